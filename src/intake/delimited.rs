//! Delimited text (RFC 4180 and what is really out there) to rows of cells.
//!
//! A cell that begins with `"` runs to the next single `"`; `""` inside is one quote; what follows the closing
//! quote up to the delimiter is taken literally. A row ends at LF, CR or CR LF outside quotes. An empty line is a
//! row of the spreadsheet, so it is counted, but gives nothing; a cell with line breaks in it is inside one row.
//!
//! A quote that is never closed would swallow the rest of the file. So where a row does not end within
//! [`MAX_ROW_BYTES`] or the file, the line on which it begins is given up and reading goes on with the next line.
//!
//! Worked example: `a,"b` LF `c",d` LF LF `e` is row 1 `a | b LF c | d`, and row 3 `e`.

use crate::cells::{Cells, MAX_COLUMNS};
use model::{Issue, IssueCode};

/// A row may have so many bytes (as UTF-8).
pub(crate) const MAX_ROW_BYTES: usize = 1 << 20;

/// Where in the file a [`Splitter`] is.
#[derive(Debug)]
pub(crate) struct Splitter {
    delimiter: u8,
    row: u32,
    /// The last row ended with CR: an LF that follows belongs to it.
    after_cr: bool,
    /// Giving up everything to the end of the line.
    skipping: bool,
    cells: Cells,
}

/// What the text at a row's start holds.
enum Split {
    /// A whole row of so many bytes, ended by CR or otherwise.
    Row { len: usize, cr: bool },
    /// No end of the row yet, or not within the limit.
    Unfinished { in_quotes: bool },
}

impl Splitter {
    /// Only ASCII delimiters exist; anything else counts as a comma.
    pub(crate) fn new(delimiter: Option<char>) -> Self {
        let delimiter = delimiter.and_then(|d| u8::try_from(d).ok());
        Self {
            delimiter: delimiter.filter(u8::is_ascii).unwrap_or(b','),
            row: 0,
            after_cr: false,
            skipping: false,
            cells: Cells::default(),
        }
    }

    /// Gives `sink` every row that is whole in `text` (with `at_end`: all), and says how many bytes are done with.
    pub(crate) fn consume(
        &mut self,
        text: &str,
        at_end: bool,
        issues: &mut Vec<Issue>,
        sink: &mut dyn FnMut(u32, &mut Cells),
    ) -> usize {
        let mut pos = 0;
        while let Some(rest) = text.get(pos..).filter(|rest| !rest.is_empty()) {
            if self.skipping {
                let Some(line) = rest.bytes().position(|b| b == b'\n' || b == b'\r') else {
                    return text.len();
                };
                self.skipping = false;
                self.after_cr = rest.as_bytes().get(line) == Some(&b'\r');
                pos += line + 1;
                continue;
            }
            let first = rest.as_bytes().first().copied();
            if std::mem::take(&mut self.after_cr) && first == Some(b'\n') {
                pos += 1;
                continue;
            }
            if first == Some(b'\n') || first == Some(b'\r') {
                self.after_cr = first == Some(b'\r');
                self.row = self.row.saturating_add(1);
                pos += 1;
                continue;
            }
            match split(rest, self.delimiter, at_end, &mut self.cells) {
                Split::Row { len, cr } => {
                    self.row = self.row.saturating_add(1);
                    self.after_cr = cr;
                    pos += len;
                    self.deliver(issues, sink);
                }
                Split::Unfinished { in_quotes } => {
                    if rest.len() <= MAX_ROW_BYTES && !at_end {
                        break;
                    }
                    pos += self.give_up(rest, in_quotes, issues);
                }
            }
        }
        pos
    }

    fn deliver(&mut self, issues: &mut Vec<Issue>, sink: &mut dyn FnMut(u32, &mut Cells)) {
        if self.cells.ends.len() > MAX_COLUMNS {
            issues.push(
                Issue::error(IssueCode::LimitPassed)
                    .at_row(self.row)
                    .expected("2000 columns"),
            );
        } else if !self.cells.is_blank() {
            sink(self.row, &mut self.cells);
        }
    }

    /// Reports the row that has no end and says how much of it is given up at once.
    fn give_up(&mut self, rest: &str, in_quotes: bool, issues: &mut Vec<Issue>) -> usize {
        self.row = self.row.saturating_add(1);
        self.skipping = true;
        if in_quotes {
            let start = rest.get(..rest.len().min(400)).unwrap_or_default();
            issues.push(
                Issue::error(IssueCode::Malformed)
                    .at_row(self.row)
                    .found(start.lines().next().unwrap_or_default())
                    .expected("\""),
            );
            0
        } else {
            issues.push(
                Issue::error(IssueCode::LimitPassed)
                    .at_row(self.row)
                    .expected("1048576 bytes"),
            );
            rest.floor_char_boundary(MAX_ROW_BYTES)
        }
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "hot kernel: every index is a position found below `limit`, and cuts lie beside ASCII bytes"
)]
fn split(text: &str, delimiter: u8, at_end: bool, cells: &mut Cells) -> Split {
    cells.clear();
    let bytes = text.as_bytes();
    let limit = bytes.len().min(MAX_ROW_BYTES);
    let at_end = at_end && limit == bytes.len();
    let mut pos = 0;
    loop {
        if pos < limit && bytes[pos] == b'"' {
            pos += 1;
            loop {
                let Some(n) = bytes[pos..limit].iter().position(|&b| b == b'"') else {
                    return Split::Unfinished { in_quotes: true };
                };
                cells.text.push_str(&text[pos..pos + n]);
                pos += n + 1;
                if pos == limit && !at_end {
                    return Split::Unfinished { in_quotes: true };
                }
                if pos < limit && bytes[pos] == b'"' {
                    cells.text.push('"');
                    pos += 1;
                } else {
                    break;
                }
            }
        }
        let found = bytes[pos..limit]
            .iter()
            .position(|&b| b == delimiter || b == b'\n' || b == b'\r');
        let Some(n) = found else {
            if !at_end {
                return Split::Unfinished { in_quotes: false };
            }
            cells.text.push_str(&text[pos..]);
            cells.end_cell();
            return Split::Row {
                len: text.len(),
                cr: false,
            };
        };
        cells.text.push_str(&text[pos..pos + n]);
        cells.end_cell();
        let end = bytes[pos + n];
        pos += n + 1;
        if end != delimiter {
            return Split::Row {
                len: pos,
                cr: end == b'\r',
            };
        }
    }
}
