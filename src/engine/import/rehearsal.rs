//! Dry runs: over several files, each as if those before it had gone in; and, on request, written down whole.
//!
//! A report holds the first rows of each action. Whoever wants all of them asks for the story: a table with a line for
//! every field that changes and every value that cleaning put into another form, in the order of the file.

use super::book::Overlay;
use super::report::Findings;
use super::{ImportSession, Target};
use crate::{Context, Engine};
use intake::{CleanedCell, FileForm, RejectedWriter, TableCell, TableWriter};
use model::Issue;
use model::import::ImportPlan;
use protocol::{Fault, FileView, ImportReport, RecordKind, RowAction, RowSample};

/// The file that a dry run makes beside its report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RehearsalFile {
    /// None.
    #[default]
    None,
    /// The rows that would be left out, each with its reason.
    Rejected,
    /// Every change.
    Changes,
}

/// What a dry run would have written: the next one of several files goes on from it.
#[derive(Default)]
pub struct Rehearsed(pub(super) Box<Overlay>);

/// What came of a dry run.
pub struct RehearsalDone {
    /// What would happen.
    pub report: ImportReport,
    /// For the next file.
    pub rehearsed: Rehearsed,
    /// The file that was asked for; its bytes came with [`ImportSession::take_bytes`].
    pub file: Option<FileView>,
}

impl ImportSession {
    /// Starts a dry run. It writes nothing; `before` is what earlier files of the same set would have written, `more`
    /// says that others follow.
    ///
    /// # Errors
    /// `Invalid` for a plan that names unknown fields; `Storage`.
    pub fn rehearse(
        engine: &mut Engine,
        plan: ImportPlan,
        file: super::FileIdentity,
        before: Option<Rehearsed>,
        wish: RehearsalFile,
        context: &Context,
    ) -> Result<Self, Fault> {
        let mut session = Self::new(engine, plan, file, true, context)?;
        if let Some(Rehearsed(overlay)) = before {
            session.target = Target::Dry(overlay);
        }
        session.keep_orders();
        match wish {
            RehearsalFile::None => {}
            RehearsalFile::Rejected => session.keep_rejected = true,
            RehearsalFile::Changes => session.story = Some(Story::new()),
        }
        Ok(session)
    }

    /// The next bytes of the file that was asked for.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        match &mut self.story {
            Some(story) => std::mem::take(&mut story.bytes),
            None => Vec::new(),
        }
    }

    /// Closes a dry run.
    ///
    /// # Errors
    /// `Storage`.
    pub fn end_rehearsal(mut self, engine: &mut Engine) -> Result<(RehearsalDone, Vec<u8>), Fault> {
        self.take_reader_issues();
        self.end_bulk(engine)?;
        self.findings.rows = self.intake.rows();
        let mut bytes = self.take_bytes();
        let mut file = None;
        if self.keep_rejected {
            let records = write_rejected(self.intake.columns(), &self.rejected, &mut bytes);
            file = Some(view("rejected-rows", records));
        } else if let Some(story) = &mut self.story {
            story.end();
            bytes.append(&mut story.bytes);
            file = Some(view("import-changes", story.lines));
        }
        let rehearsed = match self.target {
            Target::Dry(overlay) => Rehearsed(overlay),
            Target::Live(_) => Rehearsed::default(),
        };
        let findings: Findings = self.findings;
        let done = RehearsalDone {
            report: findings.into_report(None, false),
            rehearsed,
            file,
        };
        Ok((done, bytes))
    }
}

fn view(name: &str, records: u64) -> FileView {
    FileView {
        name: format!("{name}.csv"),
        media_type: "text/csv;charset=utf-8".to_owned(),
        records,
    }
}

fn write_rejected(columns: &[String], rows: &[store::RejectedRow], out: &mut Vec<u8>) -> u64 {
    let mut writer = RejectedWriter::new(FileForm::Csv, columns.to_vec());
    writer.start(out);
    for row in rows {
        let cells: Vec<String> = serde_json::from_str(&row.cells).unwrap_or_default();
        let issue: Option<Issue> = serde_json::from_str(&row.issue).ok();
        let (code, reason) = issue
            .as_ref()
            .map(crate::export::reason_of)
            .unwrap_or_default();
        writer.write(row.row, &cells, &code, &reason, out);
    }
    writer.end(out);
    rows.len() as u64
}

/// Every change, as a table.
pub(crate) struct Story {
    writer: TableWriter,
    bytes: Vec<u8>,
    lines: u64,
}

/// Its columns.
const COLUMNS: &[&str] = &[
    "row", "record", "action", "title", "field", "before", "after",
];

impl Story {
    fn new() -> Self {
        let mut writer = TableWriter::new(FileForm::Csv, COLUMNS);
        let mut bytes = Vec::new();
        writer.start(&mut bytes);
        Self {
            writer,
            bytes,
            lines: 0,
        }
    }

    /// A value that is kept otherwise than it was written.
    pub(crate) fn cleaned(&mut self, field: &str, cell: &CleanedCell) {
        self.line([
            TableCell::Number(i64::from(cell.row)),
            TableCell::Empty,
            TableCell::Plain("clean".to_owned()),
            TableCell::Empty,
            TableCell::Text(field.to_owned()),
            TableCell::Key(cell.before.clone()),
            TableCell::Key(cell.after.clone()),
        ]);
    }

    /// What happens to a record.
    pub(crate) fn tell(&mut self, sample: &RowSample) {
        let head = || {
            [
                TableCell::Number(i64::from(sample.row)),
                TableCell::Plain(kind_name(sample.kind).to_owned()),
                TableCell::Plain(action_name(sample.action).to_owned()),
                TableCell::Text(sample.title.clone()),
            ]
        };
        let cell = |text: Option<&String>| match text {
            Some(text) => TableCell::Key(text.clone()),
            None => TableCell::Empty,
        };
        for change in &sample.fields {
            let [row, kind, action, title] = head();
            self.line([
                row,
                kind,
                action,
                title,
                TableCell::Text(change.field.clone()),
                cell(change.before.as_ref()),
                cell(change.after.as_ref()),
            ]);
        }
        if sample.fields.is_empty() {
            let [row, kind, action, title] = head();
            let why = sample.issue.as_ref().map(crate::export::reason_of);
            let why = why.map(|(_, reason)| reason);
            let after = cell(why.as_ref());
            self.line([
                row,
                kind,
                action,
                title,
                TableCell::Empty,
                TableCell::Empty,
                after,
            ]);
        }
    }

    fn line(&mut self, cells: [TableCell; 7]) {
        self.writer.write(&cells, &mut self.bytes);
        self.lines += 1;
    }

    fn end(&mut self) {
        self.writer.end(&mut self.bytes);
    }
}

fn kind_name(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Order => "order",
        _ => "customer",
    }
}

fn action_name(action: RowAction) -> &'static str {
    match action {
        RowAction::Create => "create",
        RowAction::Update => "update",
        RowAction::Unchanged => "unchanged",
        RowAction::Skip => "skip",
        RowAction::Wait => "wait",
    }
}
