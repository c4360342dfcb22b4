//! Where rows go: CSV, a list of JSON objects, one object a line, or a spreadsheet.

use super::TableCell;
use super::csv::{BYTE_ORDER_MARK, CsvRow};
use super::xlsx::{Value as SheetValue, XlsxWriter};
use model::{CustomField, Day};
use serde_json::Value;

/// The form of a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileForm {
    /// CSV in UTF-8 with byte order mark, formula-safe.
    Csv,
    /// A JSON array of objects with the names of `shuke.d.ts`.
    Json,
    /// The same objects, one a line.
    Ndjson,
    /// A spreadsheet (Office Open XML).
    Xlsx,
}

/// Writes rows or objects in one of the forms.
#[derive(Debug)]
pub(super) enum Sink {
    Csv { raw: bool },
    Json { any: bool },
    Ndjson,
    Xlsx(Box<XlsxWriter>),
}

impl Sink {
    /// `title` names the sheets of a spreadsheet; `raw` leaves out protection against formulas.
    pub(super) fn new(form: FileForm, title: &str, raw: bool) -> Self {
        match form {
            FileForm::Csv => Self::Csv { raw },
            FileForm::Json => Self::Json { any: false },
            FileForm::Ndjson => Self::Ndjson,
            FileForm::Xlsx => Self::Xlsx(Box::new(XlsxWriter::new(title))),
        }
    }

    /// Whether it wants [`Sink::object`], else [`Sink::row`].
    pub(super) fn wants_objects(&self) -> bool {
        matches!(self, Self::Json { .. } | Self::Ndjson)
    }

    /// What stands before the first row.
    pub(super) fn start<S: AsRef<str>>(&mut self, header: &[S], out: &mut Vec<u8>) {
        match self {
            Self::Csv { raw } => {
                out.extend_from_slice(BYTE_ORDER_MARK);
                let mut row = CsvRow::new(out);
                for name in header {
                    if *raw {
                        row.plain(name.as_ref());
                    } else {
                        row.text(name.as_ref());
                    }
                }
                row.end();
            }
            Self::Json { any } => {
                *any = false;
                out.push(b'[');
            }
            Self::Ndjson => {}
            Self::Xlsx(sheet) => {
                let header: Vec<String> = header.iter().map(|h| h.as_ref().to_owned()).collect();
                sheet.start(&header, out);
            }
        }
    }

    /// A record as an object.
    pub(super) fn object(&mut self, value: &Value, out: &mut Vec<u8>) {
        match self {
            Self::Json { any } => {
                let between: &[u8] = if std::mem::replace(any, true) {
                    b",\n"
                } else {
                    b"\n"
                };
                out.extend_from_slice(between);
                out.extend_from_slice(value.to_string().as_bytes());
            }
            Self::Ndjson => {
                out.extend_from_slice(value.to_string().as_bytes());
                out.push(b'\n');
            }
            Self::Csv { .. } | Self::Xlsx(_) => {}
        }
    }

    /// A record as a row.
    pub(super) fn row(&mut self, cells: &[TableCell], out: &mut Vec<u8>) {
        match self {
            Self::Csv { raw } => {
                let mut row = CsvRow::new(out);
                for cell in cells {
                    if *raw {
                        row.plain(&cell.plain());
                    } else {
                        cell.protected(&mut row);
                    }
                }
                row.end();
            }
            Self::Xlsx(sheet) => {
                let values: Vec<SheetValue> = cells.iter().map(TableCell::sheet).collect();
                sheet.write(&values, out);
            }
            Self::Json { .. } | Self::Ndjson => {}
        }
    }

    /// What stands behind the last row.
    pub(super) fn end(&mut self, out: &mut Vec<u8>) {
        match self {
            Self::Json { .. } => out.extend_from_slice(b"\n]\n"),
            Self::Xlsx(sheet) => sheet.end(out),
            Self::Csv { .. } | Self::Ndjson => {}
        }
    }
}

impl TableCell {
    /// As text, without protection.
    fn plain(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Key(text) | Self::Plain(text) | Self::Foreign(text) => {
                text.clone()
            }
            Self::Number(number) => number.to_string(),
            Self::Day(day) => day.to_string(),
            Self::Moment { text, .. } => text.clone(),
            Self::Flag(flag) => flag.to_string(),
            Self::Custom(CustomField::Text(text)) => text.clone(),
            Self::Custom(CustomField::Number(number)) => number.to_string(),
            Self::Custom(CustomField::Flag(flag)) => flag.to_string(),
        }
    }

    fn protected(&self, row: &mut CsvRow<'_>) {
        match self {
            Self::Text(text) => row.text(text),
            Self::Key(text) => row.key(text),
            Self::Foreign(text) => row.foreign(text),
            Self::Custom(value) => row.custom(Some(value)),
            Self::Empty
            | Self::Number(_)
            | Self::Plain(_)
            | Self::Day(_)
            | Self::Moment { .. }
            | Self::Flag(_) => row.plain(&self.plain()),
        }
    }

    fn sheet(&self) -> SheetValue {
        match self {
            Self::Empty => SheetValue::Empty,
            Self::Text(text) | Self::Key(text) => SheetValue::Text(text.clone()),
            Self::Foreign(text) => {
                let text = super::csv::listed(text);
                SheetValue::Text(crate::clean::unwrap_formula(&text).to_owned())
            }
            Self::Number(number) => SheetValue::Number(number.to_string()),
            Self::Plain(text) => plain_value(text),
            Self::Day(day) => SheetValue::Day(*day),
            Self::Moment { text, local } => match local {
                Some((day, second)) => SheetValue::Moment(*day, *second),
                None => SheetValue::Text(text.clone()),
            },
            Self::Flag(flag) | Self::Custom(CustomField::Flag(flag)) => SheetValue::Flag(*flag),
            Self::Custom(CustomField::Number(number)) => SheetValue::Number(number.to_string()),
            Self::Custom(CustomField::Text(text)) => SheetValue::Text(text.clone()),
        }
    }
}

/// Decimals are numbers, days are days, what else we write is a word.
fn plain_value(text: &str) -> SheetValue {
    /// A spreadsheet keeps fifteen digits.
    const DIGITS: usize = 15;
    let digits = text.strip_prefix('-').unwrap_or(text);
    let number = !digits.is_empty()
        && digits.len() <= DIGITS
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && text.parse::<f64>().is_ok();
    if number {
        return SheetValue::Number(text.to_owned());
    }
    match text.parse::<Day>() {
        Ok(day) if text.len() == 10 => SheetValue::Day(day),
        _ if text.is_empty() => SheetValue::Empty,
        _ => SheetValue::Text(text.to_owned()),
    }
}
