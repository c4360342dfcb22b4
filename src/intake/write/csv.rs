//! Cells of CSV: quoted by RFC 4180, and safe from being taken for formulas or numbers.

use crate::assemble::untyped;
use crate::clean::is_empty_like;
use crate::clean::text::{begins_formula, protect};
use model::CustomField;
use std::borrow::Cow;

/// The mark by which spreadsheets know UTF-8.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Appends rows to bytes.
pub(super) struct CsvRow<'a> {
    out: &'a mut Vec<u8>,
    first: bool,
}

impl<'a> CsvRow<'a> {
    pub(super) fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, first: true }
    }

    /// A cell that is safe as it is: a number, a date, a word of ours.
    pub(super) fn plain(&mut self, cell: &str) {
        if !std::mem::replace(&mut self.first, false) {
            self.out.push(b',');
        }
        let quote = cell
            .bytes()
            .any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r' | b';' | b'\t'))
            || cell.starts_with(' ')
            || cell.ends_with(' ');
        if quote {
            self.out.push(b'"');
            for (idx, part) in cell.split('"').enumerate() {
                if idx > 0 {
                    self.out.extend_from_slice(b"\"\"");
                }
                self.out.extend_from_slice(part.as_bytes());
            }
            self.out.push(b'"');
        } else {
            self.out.extend_from_slice(cell.as_bytes());
        }
    }

    /// A cell of words.
    pub(super) fn text(&mut self, cell: &str) {
        self.plain(&protect(cell));
    }

    /// A key, a postal code or a telephone number.
    pub(super) fn key(&mut self, cell: &str) {
        self.plain(&key_text(cell));
    }

    /// A field of the owner's own.
    pub(super) fn custom(&mut self, value: Option<&CustomField>) {
        match value {
            None => self.plain(""),
            Some(value) => self.plain(&custom_text(value)),
        }
    }

    /// A cell of a foreign file, given back as it was but for what a spreadsheet would execute.
    pub(super) fn foreign(&mut self, cell: &str) {
        let cell = listed(cell);
        let inner = crate::clean::unwrap_formula(&cell);
        if inner.len() < cell.len() || inner.chars().next().is_some_and(begins_formula) {
            self.plain(&format!("'{inner}"));
        } else {
            self.plain(inner);
        }
    }

    pub(super) fn end(self) {
        self.out.extend_from_slice(b"\r\n");
    }
}

/// What a spreadsheet would turn into a number (`00123`, 19 digits, `+86…`) gets an apostrophe.
pub(super) fn key_text(cell: &str) -> Cow<'_, str> {
    let digits = !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit());
    let mangled = digits && (cell.len() >= 12 || (cell.len() > 1 && cell.starts_with('0')));
    let formula = cell.chars().next().is_some_and(begins_formula);
    if mangled || formula || cell.starts_with('\'') {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// Text of a field of the owner's own that would be read as something else gets an apostrophe.
pub(super) fn custom_text(value: &CustomField) -> Cow<'_, str> {
    let text = match value {
        CustomField::Flag(flag) => return Cow::Borrowed(if *flag { "true" } else { "false" }),
        CustomField::Number(number) => return Cow::Owned(number.to_string()),
        CustomField::Text(text) => text,
    };
    let formula = text.chars().next().is_some_and(begins_formula);
    let other = formula || text.starts_with('\'') || untyped(text).is_some() || is_empty_like(text);
    if other && !text.is_empty() {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A list out of a JSON file as words between commas.
pub(super) fn listed(cell: &str) -> Cow<'_, str> {
    let end = crate::json_value::LIST_END;
    if cell.contains(end) {
        let words: Vec<&str> = cell.split(end).filter(|w| !w.is_empty()).collect();
        Cow::Owned(words.join(", "))
    } else {
        Cow::Borrowed(cell)
    }
}
