//! The cells of one row in one piece of text, so that a row costs no allocation.

use crate::CellType;

/// A file may have so many columns.
pub(crate) const MAX_COLUMNS: usize = 2_000;

/// Texts of cells one after the other, and where each ends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cells {
    pub(crate) text: String,
    pub(crate) ends: Vec<u32>,
    pub(crate) types: Vec<CellType>,
}

impl Cells {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.types.clear();
    }

    /// Ends the cell whose text was appended. Beyond the limit of columns only the fact is kept.
    pub(crate) fn end_cell(&mut self) {
        if self.ends.len() <= MAX_COLUMNS {
            self.ends.push(self.text.len() as u32);
        } else {
            let kept = self.ends.last().map_or(0, |&end| end as usize);
            self.text.truncate(kept);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let cell = self.text.get(start..end as usize).unwrap_or_default();
            start = end as usize;
            cell
        })
    }

    /// Nothing but blanks.
    pub(crate) fn is_blank(&self) -> bool {
        self.text.chars().all(char::is_whitespace)
    }
}
