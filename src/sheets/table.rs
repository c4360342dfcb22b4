//! Cells to sheet text (see the crate's beginning).

use crate::limits::{CELL_CHARS, COLUMNS, ROWS, Refused, TABLE_BYTES};
use crate::{MARK, Part, Sink};

const CELL_END: u8 = 0x1f;
const ROW_END: u8 = 0x1e;

/// Text is handed on in pieces of about this size.
const PIECE: usize = 256 << 10;

/// What is known of a cell's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing shall be read into it.
    Text,
    /// A number, a truth, a date or a time.
    Value,
}

/// What a file has become so far, over all its sheets.
#[derive(Debug, Default)]
pub(crate) struct Written {
    bytes: u64,
    sheets: usize,
}

impl Written {
    /// Whether any sheet had anything in it.
    pub(crate) fn is_nothing(&self) -> bool {
        self.sheets == 0
    }
}

/// One sheet being written. It begins with its first cell: empty sheets leave no trace.
pub(crate) struct Table<'a> {
    sink: &'a mut dyn Sink,
    written: &'a mut Written,
    name: &'a str,
    hidden: bool,
    begun: bool,
    out: Vec<u8>,
    /// Cells of the row at hand: column, kind, and where in `text` its characters are.
    cells: Vec<(u32, Kind, usize, usize)>,
    text: String,
    /// The row at hand, from 0.
    row: u32,
    /// Rows written.
    rows: u32,
    columns: u32,
}

impl<'a> Table<'a> {
    pub(crate) fn new(
        sink: &'a mut dyn Sink,
        written: &'a mut Written,
        name: &'a str,
        hidden: bool,
    ) -> Self {
        Self {
            sink,
            written,
            name,
            hidden,
            begun: false,
            out: Vec::new(),
            cells: Vec::new(),
            text: String::new(),
            row: 0,
            rows: 0,
            columns: 0,
        }
    }

    /// Takes a cell; rows and columns count from 0. Rows come in their order, the cells of a row in any.
    pub(crate) fn cell(
        &mut self,
        row: u32,
        column: u32,
        kind: Kind,
        text: &str,
    ) -> Result<(), Refused> {
        if text.chars().all(char::is_whitespace) {
            return Ok(());
        }
        if row < self.row || row >= ROWS {
            return Err(Refused::Damaged);
        }
        if row > self.row {
            self.end_row()?;
            self.row = row;
        }
        let start = self.text.len();
        let long = text.len() > CELL_CHARS;
        let cut = long.then(|| text.char_indices().nth(CELL_CHARS)).flatten();
        let kept = cut.and_then(|(at, _)| text.get(..at)).unwrap_or(text);
        self.text.push_str(kept);
        self.cells
            .push((column.min(COLUMNS), kind, start, self.text.len()));
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Refused> {
        if self.cells.is_empty() {
            return Ok(());
        }
        if !self.begun {
            self.begun = true;
            self.written.sheets += 1;
            let hidden = self.hidden;
            self.sink.begin(self.name, Part::Sheet { hidden });
            self.out.extend_from_slice(MARK);
        }
        let empty = self.row.saturating_sub(self.rows) as usize;
        self.out.resize(self.out.len() + empty, ROW_END);
        self.cells.sort_by_key(|(column, ..)| *column);
        let mut at = 0;
        let mut last = None;
        for &(column, kind, start, end) in &self.cells {
            // A cell that is there twice, or one of those beyond the limit.
            if last == Some(column) {
                continue;
            }
            last = Some(column);
            self.out
                .resize(self.out.len() + (column - at) as usize, CELL_END);
            at = column + 1;
            self.out.push(match kind {
                Kind::Text => b't',
                Kind::Value => b'v',
            });
            let text = self.text.get(start..end).unwrap_or_default();
            let kept = text.bytes().filter(|&b| b != ROW_END && b != CELL_END);
            self.out.extend(kept);
            self.out.push(CELL_END);
        }
        self.out.push(ROW_END);
        self.columns = self.columns.max(at);
        self.rows = self.row + 1;
        self.cells.clear();
        self.text.clear();
        if self.out.len() >= PIECE {
            self.hand_on()?;
        }
        Ok(())
    }

    fn hand_on(&mut self) -> Result<(), Refused> {
        self.written.bytes += self.out.len() as u64;
        if self.written.bytes > TABLE_BYTES {
            return Err(Refused::Bomb);
        }
        self.sink.bytes(&self.out);
        self.out.clear();
        Ok(())
    }

    /// Ends the sheet.
    pub(crate) fn finish(mut self) -> Result<(), Refused> {
        self.end_row()?;
        if self.begun {
            self.hand_on()?;
            self.sink.end(self.rows, self.columns);
        }
        Ok(())
    }
}
