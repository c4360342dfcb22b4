//! The delimiter and the row of the header.

use super::guess::{HeaderWords, looks_like_data};
use crate::delimited::Splitter;
use crate::sheet_text::SheetRows;

/// Delimiters that occur, the likelier first.
const DELIMITERS: [char; 8] = [',', '\t', ';', '|', '^', '~', '\u{1}', '\u{1f}'];

/// So many rows are looked at.
const ROWS: usize = 200;

/// The header is looked for in so many rows.
const HEADER_ROWS: u32 = 20;

/// A row with its number.
pub(crate) type NumberedRow = (u32, Vec<String>);

/// The first rows of a text.
pub(crate) fn rows(text: &str, delimiter: char, at_end: bool) -> Vec<NumberedRow> {
    let mut rows = Vec::new();
    let mut splitter = Splitter::new(Some(delimiter));
    splitter.consume(text, at_end, &mut Vec::new(), &mut |number, cells| {
        if rows.len() < ROWS {
            rows.push((number, cells.iter().map(str::to_owned).collect()));
        }
    });
    rows
}

/// The first rows of a sheet of a workbook.
pub(crate) fn sheet_rows(text: &str, at_end: bool) -> Vec<NumberedRow> {
    let mut rows = Vec::new();
    SheetRows::default().consume(text, at_end, &mut Vec::new(), &mut |number, cells| {
        if rows.len() < ROWS {
            rows.push((number, cells.iter().map(str::to_owned).collect()));
        }
    });
    rows
}

/// The delimiter by which the rows have the most alike numbers of cells.
pub(crate) fn delimiter(text: &str, at_end: bool) -> char {
    if let Some(named) = named_delimiter(text) {
        return named;
    }
    // The first 64 kB say enough, four times over.
    let head = text
        .get(..text.floor_char_boundary(64 * 1024))
        .unwrap_or(text);
    let at_end = at_end && head.len() == text.len();
    let mut best = (0u64, ',');
    for candidate in DELIMITERS {
        let rows = rows(head, candidate, at_end);
        let width = common_width(&rows);
        if width < 2 {
            continue;
        }
        let alike = rows
            .iter()
            .filter(|(_, cells)| cells.len() == width)
            .count() as u64;
        let consistency = alike * 1000 / rows.len().max(1) as u64;
        // Consistency counts most; a comma inside texts gives few and changing cells.
        let score = consistency * 4 + (width.min(40) as u64) * 25;
        if score > best.0 {
            best = (score, candidate);
        }
    }
    best.1
}

/// Excel takes a first line `sep=;` for the delimiter.
pub(crate) fn named_delimiter(text: &str) -> Option<char> {
    let line = text.lines().next()?.trim();
    let lower = line.to_ascii_lowercase();
    let rest = lower.strip_prefix("sep=")?;
    let mut chars = rest.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) if c.is_ascii() => Some(c),
        _ if line.len() == 4 => Some('\t'),
        _ => None,
    }
}

/// The number of cells that most rows have; of equals the larger.
pub(crate) fn common_width(rows: &[NumberedRow]) -> usize {
    let mut counts = std::collections::BTreeMap::<usize, usize>::new();
    for (_, cells) in rows {
        *counts.entry(cells.len()).or_default() += 1;
    }
    counts
        .into_iter()
        .max_by_key(|&(width, count)| (count, width))
        .map_or(0, |(width, _)| width)
}

/// The row of the header; 0 when the data begins without one.
///
/// Of the first twenty rows it is the one with the most known words. Without any it is the first that is about as
/// wide as the table and in which no cell looks like data.
pub(crate) fn header_row(rows: &[NumberedRow], words: &HeaderWords) -> u32 {
    let width = common_width(rows);
    let near: Vec<&NumberedRow> = rows
        .iter()
        .take_while(|(number, _)| *number <= HEADER_ROWS)
        .collect();
    let filled = |cells: &[String]| cells.iter().filter(|cell| !cell.trim().is_empty()).count();
    let mut best: Option<(usize, u32)> = None;
    for (number, cells) in &near {
        let known = cells.iter().filter(|cell| words.is_known(cell)).count();
        let wide = filled(cells) * 2 >= width.min(cells.len()).max(1);
        let title = filled(cells) == 1 && width > 1;
        if known > 0 && wide && !title && best.is_none_or(|(most, _)| known > most) {
            best = Some((known, *number));
        }
    }
    if let Some((known, number)) = best {
        let first_wide = near.iter().find(|(_, cells)| filled(cells) * 2 > width);
        // One known word in the middle of the data (a customer called 会员) is no header.
        let by_chance =
            known == 1 && width > 3 && first_wide.is_some_and(|(first, _)| *first != number);
        if !by_chance {
            return number;
        }
    }
    for (number, cells) in &near {
        if filled(cells) * 2 < width || (filled(cells) == 1 && width > 1) {
            continue;
        }
        let data = cells.iter().any(|cell| looks_like_data(cell));
        return if data { 0 } else { *number };
    }
    near.first().map_or(1, |(number, _)| *number)
}
