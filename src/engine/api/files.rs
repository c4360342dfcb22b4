//! Files in and out: what the options of the API mean to the sessions that read and write files.

use super::input::{Args, close, invalid, rule_text, wrong};
use super::report::issue_json;
use crate::Engine;
use crate::public::Fields;
use model::import::{ImportKind, ImportPlan, Inspection, Reading, TextEncoding};
use model::{BatchId, IssueCode};
use protocol::{
    ApiJob, ApiJson, ExportFormat, ExportWhat, Fault, FaultCode, ImportReport, ListRequest,
    OrderList, OutExport, Outcome,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Names of encodings as the web has them.
const ENCODINGS: [(&str, TextEncoding); 12] = [
    ("utf-8", TextEncoding::Utf8),
    ("utf8", TextEncoding::Utf8),
    ("utf-16", TextEncoding::Utf16Le),
    ("utf-16le", TextEncoding::Utf16Le),
    ("utf-16be", TextEncoding::Utf16Be),
    ("gb18030", TextEncoding::Gb18030),
    ("gbk", TextEncoding::Gb18030),
    ("gb2312", TextEncoding::Gb18030),
    ("windows-1252", TextEncoding::Windows1252),
    ("iso-8859-1", TextEncoding::Windows1252),
    ("latin1", TextEncoding::Windows1252),
    ("us-ascii", TextEncoding::Windows1252),
];

/// What the rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Customers,
    Orders,
    Events,
}

/// How a program wants a file read.
#[derive(Clone, Debug)]
pub struct ApiImport {
    /// The file's name, which tells something of what it is.
    pub file_name: String,
    /// Nothing is written.
    pub dry_run: bool,
    preset: Option<String>,
    mapping: BTreeMap<String, String>,
    what: Option<What>,
    encoding: Option<TextEncoding>,
}

impl ApiImport {
    /// Reads the options.
    ///
    /// # Errors
    /// `Invalid`, with the option that is wrong.
    pub fn read(job: &ApiJob) -> Result<Self, Fault> {
        let mut args = Args::read(&job.input)?;
        let options = args.options()?;
        args.end()?;
        let mut from = Fields::new(&options, "");
        let what = from.choice(
            "what",
            &[
                ("customers", What::Customers),
                ("orders", What::Orders),
                ("events", What::Events),
            ],
        );
        let encoding = from
            .text("encoding")
            .map(|name| name.trim().to_ascii_lowercase());
        let known = encoding
            .as_ref()
            .and_then(|name| ENCODINGS.iter().find(|(known, _)| known == name));
        if let (Some(name), None) = (&encoding, known) {
            from.wrong(
                "encoding",
                IssueCode::UnknownChoice,
                name,
                "utf-8, gb18030, gbk, utf-16le, utf-16be, windows-1252",
            );
        }
        let mut mapping = BTreeMap::new();
        if let Some(value) = from.value("mapping") {
            let object = value.as_object();
            let pairs = object.map(|it| {
                it.iter()
                    .map(|(header, field)| Some((header.clone(), field.as_str()?.to_owned())))
            });
            match pairs.and_then(Iterator::collect::<Option<BTreeMap<_, _>>>) {
                Some(pairs) => mapping = pairs,
                None => {
                    let found = value.to_string();
                    from.wrong(
                        "mapping",
                        IssueCode::Malformed,
                        &found,
                        "headers of the file with names of fields",
                    );
                }
            }
        }
        let read = Self {
            file_name: from.text("fileName").unwrap_or_default(),
            dry_run: from.flag("dryRun").unwrap_or(false),
            preset: from.text("preset"),
            mapping,
            what,
            encoding: known.map(|(_, encoding)| *encoding),
        };
        close(from)?;
        Ok(read)
    }

    /// Whether the rows are events, which [`super::ApiEvents`] reads.
    pub fn is_of_events(&self) -> bool {
        self.what == Some(What::Events)
    }

    /// How the file is to be looked at.
    pub fn reading(&self) -> Reading {
        Reading {
            encoding: self.encoding,
            kind: match self.what {
                Some(What::Customers) => Some(ImportKind::Customers),
                Some(What::Orders) => Some(ImportKind::Orders),
                Some(What::Events) | None => None,
            },
            fresh: true,
            ..Reading::default()
        }
    }

    /// How the file is read: as it seems to be, but for what the options say.
    ///
    /// # Errors
    /// `Invalid` for a preset that the file is not of, and a header that it has not.
    pub fn plan(&self, engine: &Engine, inspection: &Inspection) -> Result<ImportPlan, Fault> {
        let mut plan = intake::plan(inspection, engine.settings.currency);
        if let Some(preset) = &self.preset
            && plan.preset.as_deref() != Some(preset)
        {
            let expected = plan
                .preset
                .as_deref()
                .unwrap_or("no preset: the file is of none that is known");
            return Err(wrong("preset", IssueCode::UnknownChoice, preset, expected));
        }
        for (header, field) in &self.mapping {
            if !inspection
                .columns
                .iter()
                .any(|column| column.header == *header)
            {
                let headers: Vec<&str> = inspection
                    .columns
                    .iter()
                    .map(|column| column.header.as_str())
                    .collect();
                let path = format!("mapping.{header}");
                return Err(wrong(
                    &path,
                    IssueCode::NotFound,
                    header,
                    &headers.join(", "),
                ));
            }
            match field.is_empty() || self.is_of_events() {
                true => plan.mapping.remove(header),
                false => plan.mapping.insert(header.clone(), field.clone()),
            };
        }
        Ok(plan)
    }

    /// The header of the file that stands for a field of events.
    pub(super) fn event_field<'a>(&'a self, header: &'a str) -> &'a str {
        self.mapping.get(header).map_or(header, String::as_str)
    }

    /// What an import did, or would do, in the contract's form. `created` and the like count the records that the file
    /// is about; `customers` and `orders` have both.
    pub fn report(&self, plan: &ImportPlan, report: &ImportReport) -> ApiJson {
        let own = match plan.kind {
            ImportKind::Customers => &report.customers,
            ImportKind::Orders => &report.orders,
        };
        let issues: Vec<Value> = report
            .issues
            .iter()
            .map(|issue| issue_json(issue, None))
            .collect();
        let answer = json!({
            "batch": report.batch.map(|batch| batch.to_string()).unwrap_or_default(),
            "preset": plan.preset,
            "mapping": plan.mapping,
            "what": plan.kind,
            "rows": report.rows,
            "created": own.created,
            "updated": own.updated,
            "unchanged": own.unchanged,
            "skipped": own.skipped,
            "waiting": own.waiting,
            "issues": issues,
            "duplicates": report.duplicates,
            "customers": report.customers,
            "orders": report.orders,
            "cancelled": report.cancelled,
        });
        ApiJson(answer.to_string())
    }
}

/// The batch that an import is to be taken back by.
///
/// # Errors
/// `Invalid` for what is no batch.
pub fn api_undo_batch(job: &ApiJob) -> Result<BatchId, Fault> {
    let mut args = Args::read(&job.input)?;
    let text = args.text("batch", "the batch of a report")?;
    args.end()?;
    let batch = text.parse();
    batch.map_err(|_| wrong("batch", IssueCode::NotFound, &text, "the batch of a report"))
}

/// What an undo came to, in the contract's form.
///
/// # Errors
/// `Internal` for another outcome.
pub fn api_undone(outcome: &Outcome) -> Result<ApiJson, Fault> {
    match outcome {
        Outcome::Undone {
            removed,
            restored,
            kept,
        } => {
            let answer = json!({ "removed": removed, "restored": restored, "kept": kept });
            Ok(ApiJson(answer.to_string()))
        }
        _ => Err(Fault::new(FaultCode::Internal)),
    }
}

/// A file that a program asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum ApiExport {
    /// One that a session writes.
    Records(Box<(ExportWhat, ExportFormat)>),
    /// Everybody's ledger.
    Ledger(ExportFormat),
    /// The whole database.
    Database,
}

#[derive(Clone, Copy)]
enum Subject {
    Customers,
    Orders,
    Segment,
    Ledger,
    Everything,
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Csv,
    Xlsx,
    Json,
    VCard,
    Sqlite,
}

impl ApiExport {
    /// Reads the options.
    ///
    /// # Errors
    /// `Invalid`, also for a format that there is not for what is asked for.
    pub fn read(job: &ApiJob) -> Result<Self, Fault> {
        let mut args = Args::read(&job.input)?;
        let options = args.object("options")?;
        args.end()?;
        let mut from = Fields::new(&options, "");
        for (name, expected) in [
            ("what", "customers, orders, segment, ledger, everything"),
            ("format", "csv, xlsx, json, vcard, sqlite"),
        ] {
            if from.value(name).is_none() {
                from.missing(name, expected);
            }
        }
        let what = from.choice(
            "what",
            &[
                ("customers", Subject::Customers),
                ("orders", Subject::Orders),
                ("segment", Subject::Segment),
                ("ledger", Subject::Ledger),
                ("everything", Subject::Everything),
            ],
        );
        let form = from.choice(
            "format",
            &[
                ("csv", Form::Csv),
                ("xlsx", Form::Xlsx),
                ("json", Form::Json),
                ("vcard", Form::VCard),
                ("sqlite", Form::Sqlite),
            ],
        );
        let rule = from.value("rule").map(|rule| rule_text(rule, "rule"));
        close(from)?;
        let rule = rule.transpose()?;
        let (Some(what), Some(form)) = (what, form) else {
            return Err(invalid(Vec::new()));
        };
        Self::of(what, form, rule)
    }

    fn of(what: Subject, form: Form, rule: Option<String>) -> Result<Self, Fault> {
        let refused = |expected: &str| {
            let found = match form {
                Form::Csv => "csv",
                Form::Xlsx => "xlsx",
                Form::Json => "json",
                Form::VCard => "vcard",
                Form::Sqlite => "sqlite",
            };
            Err(wrong("format", IssueCode::UnknownChoice, found, expected))
        };
        if rule.is_some() && matches!(what, Subject::Ledger | Subject::Everything) {
            return Err(wrong(
                "rule",
                IssueCode::UnmappedColumn,
                "",
                "no rule: all of it goes out",
            ));
        }
        let table = match form {
            Form::Csv => Some(ExportFormat::Csv),
            Form::Xlsx => Some(ExportFormat::Xlsx),
            Form::Json => Some(ExportFormat::Json),
            Form::VCard | Form::Sqlite => None,
        };
        match (what, table) {
            (Subject::Segment, _) if rule.is_none() => {
                Err(wrong("rule", IssueCode::Missing, "", "a segment rule"))
            }
            (Subject::Customers | Subject::Segment, table) => {
                let format = table.or((form == Form::VCard).then_some(ExportFormat::Vcard4));
                let Some(format) = format else {
                    return refused("csv, xlsx, json, vcard");
                };
                let list = ListRequest {
                    rule,
                    ..ListRequest::default()
                };
                Ok(Self::Records(Box::new((
                    ExportWhat::Customers(list),
                    format,
                ))))
            }
            (Subject::Orders, Some(format)) => {
                let list = OrderList {
                    rule,
                    ..OrderList::default()
                };
                Ok(Self::Records(Box::new((ExportWhat::Orders(list), format))))
            }
            (Subject::Ledger, Some(format)) => Ok(Self::Ledger(format)),
            (Subject::Orders | Subject::Ledger, None) => refused("csv, xlsx, json"),
            (Subject::Everything, _) => match form {
                Form::Sqlite => Ok(Self::Database),
                Form::Json => {
                    let archive = ExportWhat::Out(OutExport::Archive);
                    Ok(Self::Records(Box::new((archive, ExportFormat::Json))))
                }
                Form::Csv | Form::Xlsx | Form::VCard => refused("sqlite, json"),
            },
        }
    }
}
