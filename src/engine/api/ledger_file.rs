//! Everybody's ledger as a file: derived and recorded entries alike, member by member.

use crate::fault::OrFault;
use crate::points::{MemberFacts, entry_views};
use crate::{Context, Engine, Step};
use intake::{FileForm, TableCell, TableWriter};
use model::CustomerId;
use protocol::{EntryKind, ExportFormat, Fault, FaultCode, FileView, Progress, Stage};
use std::rc::Rc;

/// Members written in one step.
const MEMBERS: usize = 100;

const COLUMNS: [&str; 14] = [
    "customer",
    "customerExternalId",
    "customerName",
    "id",
    "key",
    "kind",
    "at",
    "points",
    "balance",
    "order",
    "rule",
    "reward",
    "reason",
    "reverses",
];

/// Writes the file, step by step.
pub struct ApiLedger {
    ids: Rc<Vec<CustomerId>>,
    done: usize,
    rows: u64,
    writer: TableWriter,
    format: ExportFormat,
    bytes: Vec<u8>,
}

impl ApiLedger {
    /// Begins.
    ///
    /// # Errors
    /// `Invalid` for a format that is no table; `Storage`.
    pub fn new(engine: &mut Engine, format: ExportFormat) -> Result<Self, Fault> {
        let form = match format {
            ExportFormat::Csv => FileForm::Csv,
            ExportFormat::Json => FileForm::Json,
            ExportFormat::Xlsx => FileForm::Xlsx,
            ExportFormat::Ndjson | ExportFormat::Vcard3 | ExportFormat::Vcard4 => {
                return Err(Fault::new(FaultCode::Invalid).at("format"));
            }
        };
        let read = engine.store.read();
        let ids = read
            .customer_order(store::CustomerSort::CreatedAt)
            .or_fault()?;
        let mut bytes = Vec::new();
        let mut writer = TableWriter::new(form, &COLUMNS);
        writer.start(&mut bytes);
        Ok(Self {
            ids: Rc::new(ids),
            done: 0,
            rows: 0,
            writer,
            format,
            bytes,
        })
    }

    /// Goes on; [`ApiLedger::take_bytes`] has what was written.
    ///
    /// # Errors
    /// `Storage`.
    pub fn step(
        &mut self,
        engine: &mut Engine,
        context: &Context,
    ) -> Result<Step<FileView>, Fault> {
        let to = (self.done + MEMBERS).min(self.ids.len());
        let ids = Rc::clone(&self.ids);
        for &id in ids.get(self.done..to).unwrap_or_default() {
            // Who is gone since is left out.
            if engine.store.read().customer(id).or_fault()?.is_some() {
                self.member(engine, id, context)?;
            }
        }
        self.done = to;
        if to < self.ids.len() {
            return Ok(Step::More(Progress {
                stage: Stage::Exporting,
                done: to as u64,
                total: self.ids.len() as u64,
                rows: self.rows,
            }));
        }
        self.writer.end(&mut self.bytes);
        let (ending, media_type) = match self.format {
            ExportFormat::Csv => ("csv", "text/csv"),
            ExportFormat::Xlsx => (
                "xlsx",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ),
            _ => ("json", "application/json"),
        };
        let view = FileView {
            name: format!("ledger-{}.{ending}", engine.today(context)),
            media_type: media_type.to_owned(),
            records: self.rows,
        };
        engine.note_file("ledger", &view, context)?;
        Ok(Step::Done(view))
    }

    /// The bytes since the last call.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    fn member(
        &mut self,
        engine: &mut Engine,
        id: CustomerId,
        context: &Context,
    ) -> Result<(), Fault> {
        let today = engine.today(context);
        let programs = engine.programs()?;
        let facts = MemberFacts::read(engine.store.read(), id)?;
        let text = |text: Option<&str>| {
            text.map_or(TableCell::Empty, |text| TableCell::Text(text.to_owned()))
        };
        let key = |text: Option<&str>| {
            text.map_or(TableCell::Empty, |text| TableCell::Key(text.to_owned()))
        };
        for entry in entry_views(&facts, &programs, &engine.settings.zone, today)? {
            let fields = &facts.customer.fields;
            let order = entry
                .order_number
                .clone()
                .or(entry.order.map(|id| id.to_string()));
            let row = [
                TableCell::Key(id.to_string()),
                key(fields.external_id.as_deref()),
                text(Some(&fields.name)),
                TableCell::Key(entry.id),
                TableCell::Text(entry.key),
                TableCell::Plain(kind(entry.kind).to_owned()),
                TableCell::Plain(entry.local_at),
                TableCell::Number(entry.points.0),
                TableCell::Number(entry.balance.0),
                key(order.as_deref()),
                text(entry.rule.as_deref()),
                text(entry.reward.as_deref()),
                text(entry.reason.as_deref()),
                key(entry.reverses.as_deref()),
            ];
            self.writer.write(&row, &mut self.bytes);
            self.rows += 1;
        }
        Ok(())
    }
}

/// The contract's name.
pub(super) fn kind(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Accrual => "accrual",
        EntryKind::Redemption => "redemption",
        EntryKind::Expiry => "expiry",
        EntryKind::Reversal => "reversal",
        EntryKind::Adjustment => "adjustment",
        EntryKind::Transfer => "transfer",
    }
}
