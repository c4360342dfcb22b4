//! Sheet text to rows: what crate `sheets` makes of a workbook.
//!
//! [`MARK`], then rows that end with U+001E, empty ones too, so that they are counted as in the workbook. A cell ends
//! with U+001F and begins with `t` (text) or `v` (a number, a truth, a date), unless it is empty.
//!
//! Worked example: `MARK RS tName US tVisits US RS tAnn US v3 US RS` is row 2 `Name | Visits` and row 3 `Ann | 3`.

use crate::CellType;
use crate::cells::{Cells, MAX_COLUMNS};
use crate::delimited::MAX_ROW_BYTES;
use model::{Issue, IssueCode};

/// How such a text begins.
pub(crate) const MARK: &str = "\u{1}sheet 1\u{1e}";

const ROW_END: char = '\u{1e}';
const CELL_END: char = '\u{1f}';

/// Where in the text a [`SheetRows`] is.
#[derive(Debug, Default)]
pub(crate) struct SheetRows {
    row: u32,
    begun: bool,
    /// Giving up everything to the end of the row.
    skipping: bool,
    cells: Cells,
}

impl SheetRows {
    /// Gives `sink` every row that is whole in `text` (with `at_end`: all), and says how many bytes are done with.
    pub(crate) fn consume(
        &mut self,
        text: &str,
        at_end: bool,
        issues: &mut Vec<Issue>,
        sink: &mut dyn FnMut(u32, &mut Cells),
    ) -> usize {
        let mut rest = text;
        if !self.begun {
            match rest.strip_prefix(MARK) {
                Some(behind) => rest = behind,
                None if MARK.starts_with(rest) && !at_end => return 0,
                None => {}
            }
            self.begun = true;
        }
        while !rest.is_empty() {
            let Some((row, behind)) = rest.split_once(ROW_END) else {
                if self.skipping || rest.len() > MAX_ROW_BYTES {
                    self.give_up(issues);
                    rest = "";
                } else if at_end {
                    self.row(rest, issues, sink);
                    rest = "";
                }
                break;
            };
            rest = behind;
            if std::mem::take(&mut self.skipping) {
                continue;
            }
            if row.len() > MAX_ROW_BYTES {
                self.give_up(issues);
                self.skipping = false;
            } else {
                self.row(row, issues, sink);
            }
        }
        text.len() - rest.len()
    }

    fn give_up(&mut self, issues: &mut Vec<Issue>) {
        if !std::mem::replace(&mut self.skipping, true) {
            self.row = self.row.saturating_add(1);
            let issue = Issue::error(IssueCode::LimitPassed).at_row(self.row);
            issues.push(issue.expected("1048576 bytes"));
        }
    }

    fn row(&mut self, row: &str, issues: &mut Vec<Issue>, sink: &mut dyn FnMut(u32, &mut Cells)) {
        self.row = self.row.saturating_add(1);
        self.cells.clear();
        for cell in row.split_terminator(CELL_END) {
            let (kind, text) = match cell.split_at_checked(1) {
                Some(("t", text)) => (CellType::Text, text),
                Some(("v", text)) => (CellType::Literal, text),
                Some(_) => (CellType::Text, cell),
                None => (CellType::Literal, ""),
            };
            self.cells.text.push_str(text);
            self.cells.types.push(kind);
            self.cells.end_cell();
            if self.cells.ends.len() > MAX_COLUMNS {
                let issue = Issue::error(IssueCode::LimitPassed).at_row(self.row);
                issues.push(issue.expected("2000 columns"));
                return;
            }
        }
        if !self.cells.is_blank() {
            sink(self.row, &mut self.cells);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(pieces: &[&str]) -> (Vec<(u32, Vec<String>)>, Vec<Issue>) {
        let (mut rows, mut issues) = (Vec::new(), Vec::new());
        let mut reader = SheetRows::default();
        let mut text = String::new();
        for (at, piece) in pieces.iter().enumerate() {
            text.push_str(piece);
            let last = at + 1 == pieces.len();
            let used = reader.consume(&text, last, &mut issues, &mut |row, cells| {
                rows.push((row, cells.iter().map(str::to_owned).collect()));
            });
            text.drain(..used);
        }
        (rows, issues)
    }

    const BOOK: &str = "\u{1}sheet 1\u{1e}\u{1e}tName\u{1f}tVisits\u{1f}\u{1e}tAnn\u{1f}v3\u{1f}\u{1e}\u{1f}\u{1f}tX\u{1f}\u{1e}";

    #[test]
    fn rows_are_counted_as_in_the_workbook() {
        let (found, issues) = rows(&[BOOK]);
        let names = |row: &(u32, Vec<String>)| (row.0, row.1.join("|"));
        let found: Vec<_> = found.iter().map(names).collect();
        assert_eq!(
            found,
            [
                (2, "Name|Visits".into()),
                (3, "Ann|3".into()),
                (4, "||X".into())
            ]
        );
        assert!(issues.is_empty());
    }

    #[test]
    fn rows_beyond_the_limits_are_refused_and_the_next_ones_read() {
        let long = "t".repeat(MAX_ROW_BYTES + 2);
        let wide = "tx\u{1f}".repeat(2_001);
        let text =
            format!("{MARK}{long}\u{1f}\u{1e}tgood\u{1f}\u{1e}{wide}\u{1e}tlast\u{1f}\u{1e}");
        let half = text.len() / 4;
        for pieces in [vec![text.as_str()], vec![&text[..half], &text[half..]]] {
            let (found, issues) = rows(&pieces);
            assert_eq!(
                found,
                [(2, vec!["good".to_owned()]), (4, vec!["last".to_owned()])]
            );
            let rows: Vec<_> = issues.iter().map(|it| (it.row, it.code)).collect();
            assert_eq!(
                rows,
                [
                    (Some(1), IssueCode::LimitPassed),
                    (Some(3), IssueCode::LimitPassed)
                ]
            );
        }
    }

    proptest! {
        #[test]
        fn pieces_of_any_size_give_the_same_rows(cut in 0..BOOK.len()) {
            prop_assert_eq!(rows(&[&BOOK[..cut], &BOOK[cut..]]), rows(&[BOOK]));
        }
    }
}
