//! What became of records that were put: the contract's `PutReport`, and issues in its form.

use super::input::{Args, invalid};
use super::outcome;
use crate::apply::Known;
use crate::fault::Failure;
use crate::follow::Touched;
use model::{Currency, Issue, IssueCode, Money, Severity};
use protocol::{Fault, Outcome};
use serde_json::{Map, Value, json};
use store::Tx;

/// How many records one put takes: more than that are several (the module in the page sends them one after another).
pub(super) const RECORDS: usize = 1_000;

/// What became of a record.
pub(super) enum Put {
    Created(String),
    Updated(String),
    Unchanged(String),
}

/// The records of a put: an object, or a list of objects.
struct Records {
    items: Vec<Value>,
    /// One record and not a list: what is wrong with it is a fault.
    single: bool,
}

/// Puts one record.
type PutOne = fn(
    &Map<String, Value>,
    &Known<'_>,
    &mut Tx<'_>,
    &mut Touched,
    &mut Vec<Issue>,
) -> Result<Put, Failed>;

/// Puts the records of a call, each as `put_one` does.
pub(super) fn put_all(
    args: &mut Args,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
    put_one: PutOne,
) -> Result<(Outcome, Touched), Failure> {
    let records = Records::of(args.next())?;
    args.end()?;
    records.put(|object, touched, issues| put_one(object, known, tx, touched, issues))
}

/// Refuses an external id that another record has.
pub(super) fn key_is_free<T: PartialEq>(
    key: &str,
    of: Option<T>,
    own: Option<T>,
    expected: &str,
) -> Result<(), Failed> {
    if of.is_some() && of != own {
        return Err(one(IssueCode::KeyTaken, "externalId", key, expected));
    }
    Ok(())
}

impl Records {
    /// Reads them.
    fn of(value: Value) -> Result<Self, Fault> {
        match value {
            Value::Array(items) if items.len() > RECORDS => Err(super::input::wrong(
                "records",
                IssueCode::LimitPassed,
                &items.len().to_string(),
                &RECORDS.to_string(),
            )),
            Value::Array(items) => Ok(Self {
                items,
                single: false,
            }),
            Value::Object(_) => Ok(Self {
                items: vec![value],
                single: true,
            }),
            other => Err(super::input::wrong(
                "records",
                IssueCode::Malformed,
                &other.to_string(),
                "a record or a list of records",
            )),
        }
    }

    /// Puts each; what is wrong with one of a list is reported and leaves the others alone.
    fn put(
        self,
        mut put: impl FnMut(&Map<String, Value>, &mut Touched, &mut Vec<Issue>) -> Result<Put, Failed>,
    ) -> Result<(Outcome, Touched), Failure> {
        let (mut report, mut touched) = (Report::default(), Touched::default());
        for (row, value) in self.items.iter().enumerate() {
            let mut issues = Vec::new();
            let result = match value {
                Value::Object(object) => put(object, &mut touched, &mut issues),
                other => Err(Failed::Issues(vec![
                    Issue::error(IssueCode::Malformed)
                        .found(&other.to_string())
                        .expected("an object"),
                ])),
            };
            match result {
                Ok(done) => report.add(done),
                Err(Failed::Issues(wrong)) if self.single => return Err(invalid(wrong).into()),
                Err(Failed::Issues(wrong)) => issues.extend(wrong),
                Err(Failed::Failure(failure)) => return Err(failure),
            }
            let row = (!self.single).then_some(row);
            let issues = issues.iter().map(|issue| issue_json(issue, row));
            report.issues.extend(issues);
        }
        Ok((outcome(&report.json()), touched))
    }
}

/// Why a record was not taken.
pub(super) enum Failed {
    /// It is wrong.
    Issues(Vec<Issue>),
    /// The whole put must stop.
    Failure(Failure),
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        match failure {
            // What a check of fields says is about this record alone.
            Failure::Fault(fault) if !fault.issues.is_empty() => Self::Issues(fault.issues),
            other => Self::Failure(other),
        }
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Failure::from(fault).into()
    }
}

impl From<store::StoreError> for Failed {
    fn from(error: store::StoreError) -> Self {
        Failure::from(error).into()
    }
}

/// One thing wrong with a record.
pub(super) fn one(code: IssueCode, field: &str, found: &str, expected: &str) -> Failed {
    let issue = Issue::error(code).in_field(field);
    Failed::Issues(vec![issue.found(found).expected(expected)])
}

#[derive(Default)]
struct Report {
    created: u64,
    updated: u64,
    unchanged: u64,
    ids: Vec<String>,
    issues: Vec<Value>,
}

impl Report {
    fn add(&mut self, done: Put) {
        let (count, id) = match done {
            Put::Created(id) => (&mut self.created, id),
            Put::Updated(id) => (&mut self.updated, id),
            Put::Unchanged(id) => (&mut self.unchanged, id),
        };
        *count += 1;
        self.ids.push(id);
    }

    fn json(self) -> Value {
        json!({
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "ids": self.ids,
            "issues": self.issues,
        })
    }
}

/// Fields of a record that nobody knows: they are left out, and the caller hears of it.
pub(super) fn unknown_fields(unknown: &Map<String, Value>, issues: &mut Vec<Issue>) {
    for (name, value) in unknown {
        issues.push(
            Issue::warning(IssueCode::UnmappedColumn)
                .in_field(name)
                .found(&value.to_string())
                .expected("a field of the record; the owner's own go into custom"),
        );
    }
}

/// What checks say of amounts in minor units, in the decimals of the API.
pub(super) fn in_decimals(mut issues: Vec<Issue>, currency: Currency) -> Vec<Issue> {
    const AMOUNTS: [&str; 5] = [
        "amount",
        "gross",
        "tax",
        "paidWithPoints",
        "acquisitionCost",
    ];
    let decimal = |text: &mut Option<String>| {
        if let Some(units) = text.as_deref().and_then(|text| text.parse().ok()) {
            *text = Some(Money(units).to_decimal(currency));
        }
    };
    for issue in &mut issues {
        let field = issue.field.as_deref().unwrap_or_default();
        let last = field.rsplit('.').next().unwrap_or_default();
        let about_size = matches!(issue.code, IssueCode::TooMuch | IssueCode::Negative);
        if about_size && AMOUNTS.contains(&last) {
            decimal(&mut issue.value);
            decimal(&mut issue.expected);
        }
        if issue.code == IssueCode::Negative && issue.expected.is_none() {
            issue.expected = Some("0 or more".to_owned());
        }
        if let Some(field) = &mut issue.field {
            *field = in_brackets(field);
        }
    }
    issues
}

/// A place in the form of the API: `lines.0.amount` of the engine is `lines[0].amount`.
pub(super) fn in_brackets(field: &str) -> String {
    let mut place = String::with_capacity(field.len() + 1);
    for step in field.split('.') {
        let number = !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
        if number && !place.is_empty() {
            place.extend(["[", step, "]"]);
        } else {
            if !place.is_empty() {
                place.push('.');
            }
            place.push_str(step);
        }
    }
    place
}

/// The name of a code in the API.
pub(super) fn code_name(code: IssueCode) -> String {
    match code {
        IssueCode::UnmappedColumn => "unknown_field".to_owned(),
        other => match serde_json::to_value(other) {
            Ok(Value::String(name)) => name,
            _ => String::new(),
        },
    }
}

/// An issue as the contract has it. The message is for developers; a page words the code for people.
pub(super) fn issue_json(issue: &Issue, row: Option<usize>) -> Value {
    let code = code_name(issue.code);
    let mut message = code.replace('_', " ");
    if let Some(field) = issue.field.as_deref().or(issue.column.as_deref()) {
        message = format!("{field}: {message}");
    }
    if let Some(found) = issue.value.as_deref().filter(|found| !found.is_empty()) {
        message = format!("{message}, found {found}");
    }
    if let Some(expected) = &issue.expected {
        message = format!("{message}, expected {expected}");
    }
    let mut json = Map::new();
    let row = row.map(Value::from).or(issue.row.map(Value::from));
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            json.insert(name.to_owned(), value);
        }
    };
    put("row", row);
    put("column", issue.column.as_deref().map(Value::from));
    put("field", issue.field.as_deref().map(Value::from));
    put("code", Some(code.into()));
    put("message", Some(message.into()));
    put("value", issue.value.as_deref().map(Value::from));
    put("expected", issue.expected.as_deref().map(Value::from));
    let severity = match issue.severity {
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    put("severity", Some(severity.into()));
    Value::Object(json)
}
