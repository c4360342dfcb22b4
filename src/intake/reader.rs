//! Bytes to rows, in bounded memory, whatever the sizes of the chunks.

use crate::cells::Cells;
use crate::clean;
use crate::decode::TextDecoder;
use crate::delimited::Splitter;
use crate::json::Elements;
use crate::sheet_text::SheetRows;
use crate::vcard::Cards;
use model::import::{FileFormat, ImportPlan, TextEncoding};
use model::{Issue, IssueCode};
use std::collections::BTreeSet;

/// What is known of a cell beyond its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellType {
    /// From a format without types (CSV).
    Untyped,
    /// A string of JSON, a text of a workbook or an address book: nothing is to be read into it.
    Text,
    /// A number, true or false; of a workbook also a date.
    Literal,
    /// Plain values (a JSON array, the words of a card), each ended by U+001F.
    List,
}

/// One row of a file, borrowed from the [`Reader`].
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Row as a spreadsheet counts it, from 1; for JSON and cards the element's number, from 1. Rows with the same number
    /// are parts of one JSON element (the lines of an order).
    pub number: u32,
    /// The columns so far. A JSON file may add columns as it goes on; the first ones never change.
    pub columns: &'a [String],
    pub(crate) text: &'a str,
    pub(crate) ends: &'a [u32],
    pub(crate) types: &'a [CellType],
}

impl<'a> Row<'a> {
    /// The cell of a column as the file has it (unquoted, otherwise raw); empty when the row is shorter.
    pub fn get(&self, column: usize) -> &'a str {
        let start = match column.checked_sub(1) {
            Some(before) => self.ends.get(before).copied(),
            None => Some(0),
        };
        match (start, self.ends.get(column)) {
            (Some(start), Some(&end)) => self
                .text
                .get(start as usize..end as usize)
                .unwrap_or_default(),
            _ => "",
        }
    }

    /// What is known of the cell's type.
    pub fn cell_type(&self, column: usize) -> CellType {
        self.types.get(column).copied().unwrap_or(CellType::Untyped)
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// No cells at all.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// At most so many bytes are decoded at a time, however large the chunk.
const STEP_BYTES: usize = 64 * 1024;

/// At most so many findings wait to be taken; a broken file has no use for more.
const MAX_WAITING_ISSUES: usize = 10_000;

/// Splits a file, fed in chunks, into rows.
#[derive(Debug)]
pub struct Reader {
    decoder: TextDecoder,
    /// Decoded text that is not split yet.
    text: String,
    source: Source,
    header_row: u32,
    columns: Vec<String>,
    /// Characters were replaced somewhere in the file: rows are searched for U+FFFD.
    replaced: bool,
    /// There is a NUL somewhere in the file.
    has_nul: bool,
    issues: Vec<Issue>,
}

#[derive(Debug)]
enum Source {
    Delimited(Splitter),
    Json(Elements),
    Sheet(SheetRows),
    Cards(Cards),
}

impl Reader {
    /// Reads as the plan says (format, encoding, delimiter, header row; row 0 is no header at all, then columns are
    /// named by their numbers).
    pub fn new(plan: &ImportPlan) -> Self {
        Self::with(plan.format, plan.encoding, plan.delimiter, plan.header_row)
    }

    pub(crate) fn with(
        format: FileFormat,
        encoding: TextEncoding,
        delimiter: Option<char>,
        header_row: u32,
    ) -> Self {
        Self {
            decoder: TextDecoder::new(encoding),
            text: String::new(),
            source: match format {
                FileFormat::Delimited => Source::Delimited(Splitter::new(delimiter)),
                FileFormat::Json => Source::Json(Elements::new()),
                FileFormat::Sheet => Source::Sheet(SheetRows::default()),
                FileFormat::VCard => Source::Cards(Cards::new()),
            },
            header_row,
            columns: Vec::new(),
            replaced: false,
            has_nul: false,
            issues: Vec::new(),
        }
    }

    /// Takes the next bytes and gives `sink` each row that is complete.
    pub fn feed(&mut self, bytes: &[u8], sink: &mut dyn FnMut(Row<'_>)) {
        for step in bytes.chunks(STEP_BYTES) {
            self.step(step, false, sink);
        }
    }

    /// Ends the file and gives `sink` what is left.
    pub fn finish(&mut self, sink: &mut dyn FnMut(Row<'_>)) {
        self.step(&[], true, sink);
    }

    fn step(&mut self, bytes: &[u8], last: bool, sink: &mut dyn FnMut(Row<'_>)) {
        let before = self.text.len();
        self.decoder.decode(bytes, last, &mut self.text);
        let new = self.text.get(before..).unwrap_or_default();
        self.replaced |= new.contains('\u{fffd}');
        self.has_nul |= new.contains('\0');
        let mut waiting = std::mem::take(&mut self.issues);
        let full = waiting.len();
        let used = match &mut self.source {
            Source::Delimited(splitter) => {
                let (columns, header_row) = (&mut self.columns, self.header_row);
                let suspicious = Suspicious {
                    replaced: self.replaced,
                    has_nul: self.has_nul,
                };
                let notes = &mut self.issues;
                splitter.consume(&self.text, last, &mut waiting, &mut |number, cells| {
                    if number < header_row {
                        return;
                    }
                    suspicious.check(number, cells, notes);
                    if number == header_row || columns.is_empty() {
                        *columns = column_names(cells, header_row > 0);
                        if header_row > 0 {
                            return;
                        }
                    }
                    sink(Row {
                        number,
                        columns,
                        text: &cells.text,
                        ends: &cells.ends,
                        types: &[],
                    });
                })
            }
            Source::Sheet(rows) => {
                let (columns, header_row) = (&mut self.columns, self.header_row);
                rows.consume(&self.text, last, &mut waiting, &mut |number, cells| {
                    if number < header_row {
                        return;
                    }
                    if number == header_row || columns.is_empty() {
                        *columns = column_names(cells, header_row > 0);
                        if header_row > 0 {
                            return;
                        }
                    }
                    sink(typed_row(number, columns, cells));
                })
            }
            Source::Json(elements) => {
                let mut give = |number, columns: &[String], cells: &Cells| {
                    sink(typed_row(number, columns, cells));
                };
                elements.consume(&self.text, last, &mut waiting, &mut give)
            }
            Source::Cards(cards) => {
                let mut give = |number, columns: &[String], cells: &Cells| {
                    sink(typed_row(number, columns, cells));
                };
                cards.consume(&self.text, last, &mut waiting, &mut give)
            }
        };
        self.text.drain(..used);
        self.keep(waiting, full);
    }

    /// Puts the findings of a step, in the order of their rows, behind the `full` ones that wait already.
    fn keep(&mut self, mut waiting: Vec<Issue>, full: usize) {
        if !self.issues.is_empty() || waiting.len() > full {
            waiting.append(&mut self.issues);
            waiting.truncate(MAX_WAITING_ISSUES.max(full));
            let new = waiting.get_mut(full..).unwrap_or_default();
            new.sort_by_key(|issue| issue.row);
        }
        self.issues = waiting;
    }

    /// The columns found so far.
    pub fn columns(&self) -> &[String] {
        match &self.source {
            Source::Delimited(_) | Source::Sheet(_) => &self.columns,
            Source::Json(elements) => elements.columns(),
            Source::Cards(cards) => cards.columns(),
        }
    }

    /// What was wrong with rows that could not even be split (errors), and with characters in rows that could
    /// (warnings). Emptied by the call.
    pub fn take_issues(&mut self) -> Vec<Issue> {
        std::mem::take(&mut self.issues)
    }
}

/// A row of a format that knows the types of its cells.
fn typed_row<'a>(number: u32, columns: &'a [String], cells: &'a Cells) -> Row<'a> {
    Row {
        number,
        columns,
        text: &cells.text,
        ends: &cells.ends,
        types: &cells.types,
    }
}

/// What to look for in every row, because the file has it somewhere.
#[derive(Clone, Copy)]
struct Suspicious {
    replaced: bool,
    has_nul: bool,
}

impl Suspicious {
    /// Reports bytes that were no text, and takes NULs out.
    fn check(self, number: u32, cells: &mut Cells, issues: &mut Vec<Issue>) {
        if self.replaced
            && let Some(cell) = cells.iter().find(|cell| cell.contains('\u{fffd}'))
        {
            issues.push(
                Issue::warning(IssueCode::BadEncoding)
                    .at_row(number)
                    .found(cell),
            );
        }
        if self.has_nul && cells.text.contains('\0') {
            issues.push(
                Issue::warning(IssueCode::Malformed)
                    .at_row(number)
                    .found("\\0"),
            );
            let mut clean = Cells::default();
            for cell in cells.iter() {
                clean.text.extend(cell.chars().filter(|&c| c != '\0'));
                clean.end_cell();
            }
            *cells = clean;
        }
    }
}

/// Headers as columns are named: trimmed, without our own protection, each different from all others. A column
/// without header is named by its number (`#5`).
pub(crate) fn column_names(cells: &Cells, are_names: bool) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(cells.ends.len());
    let mut taken = BTreeSet::new();
    for (idx, cell) in cells.iter().enumerate() {
        let plain = clean::text(clean::unprotect(cell));
        let base = if plain.is_empty() || !are_names {
            format!("#{}", idx + 1)
        } else {
            plain.into_owned()
        };
        let mut name = base.clone();
        let mut count = 1;
        while !taken.insert(name.clone()) {
            count += 1;
            name = format!("{base} ({count})");
        }
        names.push(name);
    }
    names
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
