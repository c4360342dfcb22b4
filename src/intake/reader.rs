//! Bytes to rows, in bounded memory, whatever the sizes of the chunks.

use model::Issue;
use model::import::ImportPlan;

/// What is known of a cell beyond its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellType {
    /// From a format without types (CSV).
    Untyped,
    /// A JSON string.
    Text,
    /// A JSON number, true or false.
    Literal,
    /// A JSON array of plain values, each ended by U+001F.
    List,
}

/// One row of a file, borrowed from the [`Reader`].
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Row as a spreadsheet counts it, from 1; for JSON the element's number, from 1. Rows with the same number
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

/// Splits a file, fed in chunks, into rows.
#[derive(Debug)]
pub struct Reader {
    issues: Vec<Issue>,
}

impl Reader {
    /// Reads as the plan says (format, encoding, delimiter, header row).
    pub fn new(_plan: &ImportPlan) -> Self {
        Self { issues: Vec::new() }
    }

    /// Takes the next bytes and gives `sink` each row that is complete.
    pub fn feed(&mut self, _bytes: &[u8], _sink: &mut dyn FnMut(Row<'_>)) {}

    /// Ends the file and gives `sink` what is left.
    pub fn finish(&mut self, _sink: &mut dyn FnMut(Row<'_>)) {}

    /// The columns found so far.
    pub fn columns(&self) -> &[String] {
        &[]
    }

    /// What was wrong with rows that could not even be split. Emptied by the call.
    pub fn take_issues(&mut self) -> Vec<Issue> {
        std::mem::take(&mut self.issues)
    }
}
