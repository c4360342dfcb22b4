//! OpenDocument spreadsheets (LibreOffice): `content.xml` in a zip archive.

use crate::limits::{COLUMNS, Refused, SHEETS};
use crate::table::{Kind, Table, Written};
use crate::xml::{Piece, Tag, Xml};
use crate::zip::Archive;
use crate::{Sink, number};

/// A row or cell that is there more often than this is a fill, not data.
const REPEATED: u32 = 10_000;

/// A row has at most so many bytes of text.
const ROW_BYTES: usize = 16 << 20;

/// Reads every sheet that has cells.
pub(crate) fn read(archive: &Archive<'_>, sink: &mut dyn Sink) -> Result<(), Refused> {
    if archive.has("META-INF/manifest.xml") && is_encrypted(archive)? {
        return Err(Refused::Password);
    }
    let mut xml = Xml::new(archive.read("content.xml")?);
    let mut written = Written::default();
    let mut count = 0;
    loop {
        match xml.next()? {
            Piece::Open(tag) if tag.name() == "table" && count < SHEETS => {
                count += 1;
                let name = tag.attribute("name").unwrap_or_default();
                let mut table = Table::new(sink, &mut written, &name, false);
                rows(&mut xml, &mut table)?;
                table.finish()?;
            }
            Piece::End => break,
            _ => {}
        }
    }
    if written.is_nothing() {
        return Err(Refused::Empty);
    }
    Ok(())
}

fn is_encrypted(archive: &Archive<'_>) -> Result<bool, Refused> {
    let mut xml = Xml::new(archive.read("META-INF/manifest.xml")?);
    loop {
        match xml.next()? {
            Piece::Open(tag) if tag.name() == "encryption-data" => return Ok(true),
            Piece::End => return Ok(false),
            _ => {}
        }
    }
}

fn repeats(tag: &Tag<'_>, name: &str) -> u32 {
    let stated = tag.attribute(name).and_then(|n| n.parse::<u32>().ok());
    stated.unwrap_or(1).max(1)
}

/// Reads the rows of a table up to its end.
fn rows(xml: &mut Xml<'_>, table: &mut Table<'_>) -> Result<(), Refused> {
    let mut depth = 1u32;
    let mut row = 0u32;
    while depth > 0 {
        match xml.next()? {
            Piece::Open(tag) if tag.name() == "table-row" => {
                let times = repeats(&tag, "number-rows-repeated");
                let cells = cells(xml)?;
                if !cells.is_empty() {
                    for copy in 0..times.min(REPEATED) {
                        for (column, kind, text) in &cells {
                            table.cell(row.saturating_add(copy), *column, *kind, text)?;
                        }
                    }
                }
                row = row.saturating_add(times);
            }
            Piece::Open(_) => depth += 1,
            Piece::Close => depth -= 1,
            Piece::End => return Err(Refused::Damaged),
            _ => {}
        }
    }
    Ok(())
}

/// The cells of a row that has just begun, up to its end.
fn cells(xml: &mut Xml<'_>) -> Result<Vec<(u32, Kind, String)>, Refused> {
    let mut list = Vec::new();
    let (mut column, mut size) = (0u32, 0usize);
    loop {
        match xml.next()? {
            Piece::Open(tag) => {
                let times = repeats(&tag, "number-columns-repeated");
                let stated = stated(&tag);
                let shown = paragraphs(xml)?;
                let (kind, text) = match stated {
                    Some(value) => (Kind::Value, value),
                    None => (Kind::Text, shown),
                };
                if !text.trim().is_empty() {
                    // Copies of a long text are how a small row is made large.
                    let copies = times.min(COLUMNS + 1) as usize;
                    size = copies.saturating_mul(text.len()).saturating_add(size);
                    if size > ROW_BYTES {
                        return Err(Refused::Bomb);
                    }
                    for copy in 0..copies {
                        list.push((column.saturating_add(copy as u32), kind, text.clone()));
                    }
                }
                column = column.saturating_add(times);
            }
            Piece::Close => return Ok(list),
            Piece::End => return Err(Refused::Damaged),
            _ => {}
        }
    }
}

/// The value that a cell states beside what it shows; `None` for texts.
fn stated(tag: &Tag<'_>) -> Option<String> {
    match tag.attribute("value-type")?.as_str() {
        "float" | "currency" | "percentage" => {
            let mut text = String::new();
            let raw = tag.attribute("value")?;
            number::write(&raw, number::Style::Plain, false, &mut text);
            Some(text)
        }
        "date" => {
            let value = tag.attribute("date-value")?.replacen('T', " ", 1);
            // Fractions of a second are rounding, and midnight is what a day without a time is written as.
            let whole = value.split('.').next().unwrap_or_default();
            Some(whole.trim_end_matches(" 00:00:00").to_owned())
        }
        "boolean" => tag.attribute("boolean-value"),
        "time" => {
            let value = tag.attribute("time-value")?;
            let digits: Vec<&str> = value
                .strip_prefix("PT")?
                .split(['H', 'M', 'S'])
                .filter(|part| !part.is_empty())
                .collect();
            let whole = |part: &&str| part.split('.').next().unwrap_or_default().to_owned();
            Some(digits.iter().map(whole).collect::<Vec<_>>().join(":"))
        }
        _ => None,
    }
}

/// The text that a cell shows, up to its end: its paragraphs, one a line; notes beside it do not count.
fn paragraphs(xml: &mut Xml<'_>) -> Result<String, Refused> {
    let mut text = String::new();
    let mut depth = 1u32;
    let (mut paragraph, mut note) = (None, None);
    while depth > 0 {
        match xml.next()? {
            Piece::Open(tag) => {
                depth += 1;
                match tag.name() {
                    "annotation" if note.is_none() => note = Some(depth),
                    "p" if note.is_none() => {
                        if !text.is_empty() {
                            text.push('\n');
                        }
                        paragraph = Some(depth);
                    }
                    "s" if paragraph.is_some() => {
                        for _ in 0..repeats(&tag, "c").min(100) {
                            text.push(' ');
                        }
                    }
                    "tab" if paragraph.is_some() => text.push(' '),
                    "line-break" if paragraph.is_some() => text.push('\n'),
                    _ => {}
                }
            }
            Piece::Close => {
                if paragraph == Some(depth) {
                    paragraph = None;
                }
                if note == Some(depth) {
                    note = None;
                }
                depth -= 1;
            }
            Piece::Text(piece) if paragraph.is_some() => text.push_str(&piece),
            Piece::Char(c) if paragraph.is_some() => text.push(c),
            Piece::End => return Err(Refused::Damaged),
            _ => {}
        }
    }
    Ok(text)
}
