//! Records to files.
//!
//! CSV is UTF-8 with byte order mark, lines end with CR LF. What a spreadsheet would execute (S4 of security.md) or
//! turn into a number gets an apostrophe before it, which the reader takes off again. JSON is a list of objects with
//! the names of `shuke.d.ts`, one a line. Spreadsheets hold texts as texts. Whatever is written in our own layout is
//! read back equal; layouts of other programs have places for some of the fields ([`lacking`]).

mod calendar;
mod columns;
mod csv;
mod customers;
mod layout;
mod orders;
mod orders_layout;
mod sink;
mod table;
mod vcard;
mod xlsx;
mod zip;

pub use self::calendar::{Event, Planned, Task, write_calendar};
pub use self::columns::{
    CALCULATED, CUSTOMER_COLUMNS, FactsOut, ORDER_COLUMNS, TableAround, TableLayout, TableShape,
    lacking,
};
pub use self::customers::CustomerWriter;
pub use self::orders::OrderWriter;
pub use self::sink::FileForm;
pub use self::table::{TableCell, TableWriter};
pub use self::vcard::{CardVersion, write_card};

use self::sink::Sink;
use model::{Customer, Order, Timestamp, Zone};
use serde::Serialize;
use serde_json::{Map, Value};

/// A customer to be written.
#[derive(Clone, Copy, Debug)]
pub struct CustomerOut<'a> {
    /// The record.
    pub customer: &'a Customer,
    /// What is calculated about them, where columns ask for it.
    pub facts: Option<&'a FactsOut>,
}

/// An order to be written, with what a person wants to see of its customer.
#[derive(Clone, Copy, Debug)]
pub struct OrderOut<'a> {
    /// The record.
    pub order: &'a Order,
    /// Who bought; `None` when gone.
    pub customer: Option<&'a Customer>,
}

/// One entry of a points ledger to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LedgerOut {
    /// Entry id.
    pub id: String,
    /// Idempotency key.
    pub key: String,
    /// `accrual`, `redemption`, `expiry`, `reversal`, `adjustment`, `transfer`.
    pub kind: String,
    /// When, local with offset.
    pub at: String,
    /// Points, signed.
    pub points: i64,
    /// Balance after it.
    pub balance: i64,
    /// The order it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The earn rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The entry it undoes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reverses: Option<String>,
}

/// Writes ledger entries. Use as [`CustomerWriter`].
#[derive(Debug)]
pub struct LedgerWriter {
    sink: Sink,
}

/// The columns of a ledger.
const LEDGER: [&str; 10] = [
    "id", "key", "kind", "at", "points", "balance", "order", "rule", "reason", "reverses",
];

impl LedgerWriter {
    /// A writer of this form.
    pub fn new(form: FileForm) -> Self {
        Self {
            sink: Sink::new(form, "points", false),
        }
    }

    /// Byte order mark and header.
    pub fn start(&mut self, out: &mut Vec<u8>) {
        self.sink.start(&LEDGER, out);
    }

    /// One entry.
    pub fn write(&mut self, entry: &LedgerOut, out: &mut Vec<u8>) {
        if self.sink.wants_objects() {
            let value = serde_json::to_value(entry).unwrap_or_default();
            self.sink.object(&value, out);
            return;
        }
        let key = |text: Option<&str>| TableCell::Key(text.unwrap_or_default().to_owned());
        let text = |text: Option<&str>| TableCell::Text(text.unwrap_or_default().to_owned());
        let cells = [
            key(Some(&entry.id)),
            key(Some(&entry.key)),
            text(Some(&entry.kind)),
            text(Some(&entry.at)),
            TableCell::Number(entry.points),
            TableCell::Number(entry.balance),
            key(entry.order.as_deref()),
            text(entry.rule.as_deref()),
            text(entry.reason.as_deref()),
            key(entry.reverses.as_deref()),
        ];
        self.sink.row(&cells, out);
    }

    /// The end of the file.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        self.sink.end(out);
    }
}

/// Writes rows that an import left out, as they were, with row, code and reason in three more columns; mended, the
/// file can be dropped in again. Use as [`CustomerWriter`].
#[derive(Debug)]
pub struct RejectedWriter {
    columns: Vec<String>,
    sink: Sink,
}

/// What is added to the file's own columns.
const REJECTED: [&str; 3] = ["shuke_row", "shuke_code", "shuke_reason"];

impl RejectedWriter {
    /// `columns` as the file had them.
    pub fn new(form: FileForm, columns: Vec<String>) -> Self {
        // Rows that were given back once already bring these columns along.
        let own = |column: &String| !REJECTED.contains(&column.as_str());
        let columns = columns.into_iter().take_while(own).collect();
        Self {
            columns,
            sink: Sink::new(form, "rejected", false),
        }
    }

    /// Byte order mark and header.
    pub fn start(&mut self, out: &mut Vec<u8>) {
        let own = self.columns.iter().map(String::as_str);
        let header: Vec<&str> = own.chain(REJECTED).collect();
        self.sink.start(&header, out);
    }

    /// One row: its number in the file, its cells ([`crate::RawRow::cells`]), the finding's code (`bad_money`) and
    /// the reason as the caller words it.
    pub fn write(
        &mut self,
        row: u32,
        cells: &[String],
        code: &str,
        reason: &str,
        out: &mut Vec<u8>,
    ) {
        let row_text = row.to_string();
        let added = [row_text.as_str(), code, reason];
        if self.sink.wants_objects() {
            let mut object = Map::new();
            for (column, cell) in self.columns.iter().zip(cells) {
                let cell = csv::listed(cell).into_owned();
                if !cell.is_empty() {
                    object.insert(column.clone(), Value::String(cell));
                }
            }
            for (column, cell) in REJECTED.iter().zip(added) {
                object.insert((*column).to_owned(), Value::String(cell.to_owned()));
            }
            self.sink.object(&Value::Object(object), out);
            return;
        }
        let own = (0..self.columns.len())
            .map(|idx| TableCell::Foreign(cells.get(idx).cloned().unwrap_or_default()));
        let added = added
            .into_iter()
            .map(|cell| TableCell::Text(cell.to_owned()));
        let line: Vec<TableCell> = own.chain(added).collect();
        self.sink.row(&line, out);
    }

    /// The end of the file.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        self.sink.end(out);
    }
}

/// `2026-01-31 18:30:05+08:00`, with milliseconds only where there are any.
fn local_time(zone: Zone, at: Timestamp, between: char) -> String {
    let local = zone.local(at);
    let seconds = (local.and_utc().timestamp_millis() - at.0) / 1000;
    if seconds % 60 != 0 {
        // Local mean times before 1900 are no whole minutes off.
        return at.to_string();
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    let fraction = if at.0 % 1000 == 0 { "" } else { "%.3f" };
    let form = format!("%Y-%m-%d{between}%H:%M:%S{fraction}");
    let text = local.format(&form);
    format!("{text}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod golden_tests;
#[cfg(test)]
mod tests;
