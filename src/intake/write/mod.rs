//! Records to files.
//!
//! CSV is UTF-8 with byte order mark, lines end with CR LF. What a spreadsheet would execute (S4 of security.md) or
//! turn into a number gets an apostrophe before it, which the reader takes off again. JSON is a list of objects with
//! the names of `shuke.d.ts`, one a line.

mod csv;
mod customers;
mod orders;
mod table;

pub use self::customers::CustomerWriter;
pub use self::orders::OrderWriter;
pub use self::table::{TableCell, TableWriter};

use self::csv::{BYTE_ORDER_MARK, CsvRow};
use model::{Customer, Order, Timestamp, Zone};
use serde::Serialize;
use serde_json::{Map, Value};

/// The form of a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileForm {
    /// CSV in UTF-8 with byte order mark, formula-safe.
    Csv,
    /// A JSON array of objects with the names of `shuke.d.ts`.
    Json,
}

/// A customer to be written.
#[derive(Clone, Copy, Debug)]
pub struct CustomerOut<'a> {
    /// The record.
    pub customer: &'a Customer,
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
    form: FileForm,
    list: JsonList,
}

impl LedgerWriter {
    /// A writer of this form.
    pub fn new(form: FileForm) -> Self {
        Self {
            form,
            list: JsonList::default(),
        }
    }

    /// Byte order mark and header.
    pub fn start(&mut self, out: &mut Vec<u8>) {
        if self.form == FileForm::Json {
            self.list.start(out);
            return;
        }
        out.extend_from_slice(BYTE_ORDER_MARK);
        out.extend_from_slice(b"id,key,kind,at,points,balance,order,rule,reason,reverses\r\n");
    }

    /// One entry.
    pub fn write(&mut self, entry: &LedgerOut, out: &mut Vec<u8>) {
        if self.form == FileForm::Json {
            let value = serde_json::to_value(entry).unwrap_or_default();
            self.list.add(&value, out);
            return;
        }
        let mut row = CsvRow::new(out);
        row.key(&entry.id);
        row.key(&entry.key);
        row.text(&entry.kind);
        row.text(&entry.at);
        row.plain(&entry.points.to_string());
        row.plain(&entry.balance.to_string());
        row.key(entry.order.as_deref().unwrap_or_default());
        row.text(entry.rule.as_deref().unwrap_or_default());
        row.text(entry.reason.as_deref().unwrap_or_default());
        row.key(entry.reverses.as_deref().unwrap_or_default());
        row.end();
    }

    /// The end of the file.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        if self.form == FileForm::Json {
            self.list.end(out);
        }
    }
}

/// Writes rows that an import left out, as they were, with row, code and reason in three more columns; mended, the
/// file can be dropped in again. Use as [`CustomerWriter`].
#[derive(Debug)]
pub struct RejectedWriter {
    form: FileForm,
    columns: Vec<String>,
    list: JsonList,
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
            form,
            columns,
            list: JsonList::default(),
        }
    }

    /// Byte order mark and header.
    pub fn start(&mut self, out: &mut Vec<u8>) {
        if self.form == FileForm::Json {
            self.list.start(out);
            return;
        }
        out.extend_from_slice(BYTE_ORDER_MARK);
        let mut row = CsvRow::new(out);
        for column in &self.columns {
            row.foreign(column);
        }
        for column in REJECTED {
            row.plain(column);
        }
        row.end();
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
        if self.form == FileForm::Json {
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
            self.list.add(&Value::Object(object), out);
            return;
        }
        let mut line = CsvRow::new(out);
        for idx in 0..self.columns.len() {
            line.foreign(cells.get(idx).map_or("", |cell| cell));
        }
        for cell in added {
            line.text(cell);
        }
        line.end();
    }

    /// The end of the file.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        if self.form == FileForm::Json {
            self.list.end(out);
        }
    }
}

/// The brackets and commas of a list of objects, one a line.
#[derive(Debug, Default)]
struct JsonList {
    any: bool,
}

impl JsonList {
    fn start(&mut self, out: &mut Vec<u8>) {
        self.any = false;
        out.push(b'[');
    }

    fn add(&mut self, value: &Value, out: &mut Vec<u8>) {
        let between: &[u8] = if std::mem::replace(&mut self.any, true) {
            b",\n"
        } else {
            b"\n"
        };
        out.extend_from_slice(between);
        out.extend_from_slice(value.to_string().as_bytes());
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\n]\n");
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
mod tests;
