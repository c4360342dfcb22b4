//! The cells of one sheet of an old workbook.

use super::{Book, Record, next, u16_of, u32_of};
use crate::limits::Refused;
use crate::number;
use crate::table::{Kind, Table};
use std::collections::BTreeMap;

/// Cells of rows that come before those that wait have all come: rows are written in blocks of 32.
const BLOCK: u32 = 64;

/// Cells that wait until their rows are complete: programs write them by kind or by block, not by row.
#[derive(Default)]
struct Waiting(BTreeMap<(u32, u32), (Kind, String)>);

impl Waiting {
    fn put(
        &mut self,
        (row, column): (u32, u32),
        kind: Kind,
        text: String,
        table: &mut Table<'_>,
    ) -> Result<(), Refused> {
        self.0.insert((row, column), (kind, text));
        while let Some(first) = self.0.first_entry() {
            if first.key().0.saturating_add(BLOCK) >= row {
                break;
            }
            let ((row, column), (kind, text)) = first.remove_entry();
            table.cell(row, column, kind, &text)?;
        }
        Ok(())
    }

    fn finish(self, table: &mut Table<'_>) -> Result<(), Refused> {
        for ((row, column), (kind, text)) in self.0 {
            table.cell(row, column, kind, &text)?;
        }
        Ok(())
    }
}

/// Reads the sheet that begins with `stream`.
pub(super) fn read(mut stream: &[u8], book: &Book, table: &mut Table<'_>) -> Result<(), Refused> {
    let mut waiting = Waiting::default();
    let mut depth = 0u32;
    // Where the text of a formula goes, which comes in a record of its own.
    let mut awaited: Option<(u32, u32)> = None;
    while let Some(record) = next(&mut stream) {
        match record.id {
            // Charts lie inside the sheets that show them.
            0x0809 => depth += 1,
            0x000a => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            _ if depth > 1 => {}
            0x0207 => {
                if let (Some(place), Some(text)) = (awaited.take(), book.text(record.body, true)) {
                    waiting.put(place, Kind::Text, text, table)?;
                }
            }
            0x00bd => many(&record, book, &mut waiting, table)?,
            _ => {
                let Some(place) = place(record.body) else {
                    continue;
                };
                if record.id == 0x0006 && awaits_text(record.body) {
                    awaited = Some(place);
                } else if let Some((kind, text)) = value(&record, book) {
                    waiting.put(place, kind, text, table)?;
                }
            }
        }
    }
    waiting.finish(table)
}

fn place(body: &[u8]) -> Option<(u32, u32)> {
    Some((u32::from(u16_of(body, 0)?), u32::from(u16_of(body, 2)?)))
}

/// The result of the formula is a text.
fn awaits_text(body: &[u8]) -> bool {
    u16_of(body, 12) == Some(0xffff) && body.get(6) == Some(&0)
}

/// The text of a cell; `None` for records that are no cells, and for empty ones.
fn value(record: &Record<'_>, book: &Book) -> Option<(Kind, String)> {
    let body = record.body;
    let style = |value: f64| {
        let style = book.style(u16_of(body, 4)? as usize);
        let mut out = String::new();
        number::write_value(value, style, book.late, &mut out);
        Some((Kind::Value, out))
    };
    match record.id {
        0x0203 => style(double(body, 6)?),
        0x027e => style(short(u32_of(body, 6)?)),
        0x00fd => text(book.texts.get(u32_of(body, 6)? as usize)?.to_owned()),
        0x0204 | 0x00d6 => text(book.text(body.get(6..)?, true)?),
        0x0205 => truth(*body.get(6)?, *body.get(7)?),
        0x0006 if u16_of(body, 12) == Some(0xffff) => match body.get(6)? {
            1 => truth(*body.get(8)?, 0),
            2 => truth(*body.get(8)?, 1),
            _ => None,
        },
        0x0006 => style(double(body, 6)?),
        _ => None,
    }
}

fn text(text: String) -> Option<(Kind, String)> {
    Some((Kind::Text, text))
}

fn truth(value: u8, is_error: u8) -> Option<(Kind, String)> {
    let text = match (is_error, value) {
        (0, 0) => "false",
        (0, _) => "true",
        _ => "#N/A",
    };
    Some((Kind::Value, text.to_owned()))
}

fn double(body: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(body.get(at..at + 8)?.try_into().ok()?))
}

/// A number in four bytes (2.5.217): an integer of 30 bits, or the front half of a double; either may stand for its
/// hundredth.
fn short(word: u32) -> f64 {
    let value = if word & 2 == 0 {
        f64::from_bits(u64::from(word & !3) << 32)
    } else {
        f64::from((word as i32) >> 2)
    };
    if word & 1 == 0 { value } else { value / 100.0 }
}

/// Several numbers of one row.
fn many(
    record: &Record<'_>,
    book: &Book,
    waiting: &mut Waiting,
    table: &mut Table<'_>,
) -> Result<(), Refused> {
    let Some((row, first)) = place(record.body) else {
        return Ok(());
    };
    let pairs = record.body.get(4..).unwrap_or_default().chunks_exact(6);
    for (column, pair) in (first..).zip(pairs) {
        if let (Some(format), Some(word)) = (u16_of(pair, 0), u32_of(pair, 2)) {
            let mut out = String::new();
            let style = book.style(format as usize);
            number::write_value(short(word), style, book.late, &mut out);
            waiting.put((row, column), Kind::Value, out, table)?;
        }
    }
    Ok(())
}
