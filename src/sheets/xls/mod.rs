//! Excel's workbooks before 2007 (MS-XLS, and BIFF5 of Excel 5 and 95), which tills and web shops still write.

mod cells;
mod cfb;
mod strings;

pub(crate) use cfb::MARK;

use crate::limits::{Refused, SHEETS};
use crate::number::{self, Style};
use crate::table::{Table, Written};
use crate::{Sink, book::Sheet};
use cfb::Compound;
use encoding_rs::{BIG5, Encoding, GBK, SHIFT_JIS, WINDOWS_1252};
use std::collections::BTreeMap;
use strings::{Segments, Texts};

/// Reads every sheet that has cells.
pub(crate) fn read(file: &[u8], sink: &mut dyn Sink) -> Result<(), Refused> {
    let compound = Compound::open(file)?;
    if compound.has("EncryptedPackage") {
        return Err(Refused::Password);
    }
    let name = ["Workbook", "Book"]
        .into_iter()
        .find(|name| compound.has(name));
    records(&compound.stream(name.ok_or(Refused::Binary)?)?, sink)
}

/// Reads the stream of records that is the workbook.
pub(crate) fn records(stream: &[u8], sink: &mut dyn Sink) -> Result<(), Refused> {
    let book = Book::read(stream)?;
    let mut written = Written::default();
    for (sheet, start) in book.sheets.iter().take(SHEETS) {
        let mut table = Table::new(sink, &mut written, &sheet.name, sheet.hidden);
        cells::read(
            stream.get(*start..).ok_or(Refused::Damaged)?,
            &book,
            &mut table,
        )?;
        table.finish()?;
    }
    if written.is_nothing() {
        return Err(Refused::Empty);
    }
    Ok(())
}

/// A record of the stream: its number and its bytes.
pub(crate) struct Record<'a> {
    pub(crate) id: u16,
    pub(crate) body: &'a [u8],
}

/// Takes the next record off the stream.
pub(crate) fn next<'a>(stream: &mut &'a [u8]) -> Option<Record<'a>> {
    let (head, rest) = stream.split_at_checked(4)?;
    let (id, len) = (u16_of(head, 0)?, u16_of(head, 2)?);
    let (body, rest) = rest.split_at_checked(len as usize)?;
    *stream = rest;
    Some(Record { id, body })
}

pub(crate) fn u16_of(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

pub(crate) fn u32_of(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// What stands before the sheets.
pub(crate) struct Book {
    sheets: Vec<(Sheet, usize)>,
    pub(crate) texts: Texts,
    /// What the numbers of each cell format are.
    styles: Vec<Style>,
    /// Days count from 1904.
    pub(crate) late: bool,
    /// Texts are Unicode (BIFF8), else in `encoding`.
    pub(crate) unicode: bool,
    pub(crate) encoding: &'static Encoding,
}

impl Book {
    fn read(stream: &[u8]) -> Result<Self, Refused> {
        let mut book = Self {
            sheets: Vec::new(),
            texts: Texts::default(),
            styles: Vec::new(),
            late: false,
            unicode: true,
            encoding: WINDOWS_1252,
        };
        let mut formats = BTreeMap::new();
        let mut indexes = Vec::new();
        let mut names = Vec::new();
        let mut rest = stream;
        let mut begun = false;
        while let Some(record) = next(&mut rest) {
            match record.id {
                0x0809 if !begun => {
                    begun = true;
                    book.unicode = u16_of(record.body, 0) == Some(0x0600);
                }
                _ if !begun => return Err(Refused::Binary),
                0x002f => return Err(Refused::Password),
                0x0042 => book.encoding = encoding(u16_of(record.body, 0).unwrap_or(1252)),
                0x0022 => book.late = u16_of(record.body, 0) == Some(1),
                0x041e => {
                    if let Some((id, style)) = book.format(record.body) {
                        formats.insert(id, style);
                    }
                }
                0x00e0 => indexes.push(u16_of(record.body, 2).unwrap_or(0)),
                0x0085 => names.push(record.body),
                0x00fc => {
                    let mut segments = vec![record.body];
                    let mut ahead = rest;
                    while let Some(more) = next(&mut ahead).filter(|more| more.id == 0x003c) {
                        segments.push(more.body);
                        rest = ahead;
                    }
                    book.texts = Texts::read(segments)?;
                }
                0x000a => break,
                _ => {}
            }
        }
        // The code page may stand behind the names.
        book.sheets = names.iter().filter_map(|body| book.sheet(body)).collect();
        let style = |id: &u16| formats.get(id).copied();
        book.styles = indexes
            .iter()
            .map(|id| style(id).unwrap_or_else(|| number::builtin(u32::from(*id))))
            .collect();
        Ok(book)
    }

    fn format(&self, body: &[u8]) -> Option<(u16, Style)> {
        let id = u16_of(body, 0)?;
        let text = self.text(body.get(2..)?, self.unicode)?;
        Some((id, number::style_of(&text)))
    }

    /// A sheet with cells and where it begins.
    fn sheet(&self, body: &[u8]) -> Option<(Sheet, usize)> {
        let start = u32_of(body, 0)? as usize;
        let (visibility, kind) = (*body.get(4)?, *body.get(5)?);
        let name = self.text(body.get(6..)?, false)?;
        let sheet = Sheet {
            name,
            hidden: visibility & 3 != 0,
            at: String::new(),
        };
        (kind == 0).then_some((sheet, start))
    }

    /// A text with its length before it, which has two bytes or one.
    pub(crate) fn text(&self, body: &[u8], long: bool) -> Option<String> {
        let (count, rest) = if long {
            (u16_of(body, 0)? as usize, body.get(2..)?)
        } else {
            (*body.first()? as usize, body.get(1..)?)
        };
        if !self.unicode {
            let bytes = rest.get(..count).unwrap_or(rest);
            return Some(
                self.encoding
                    .decode_without_bom_handling(bytes)
                    .0
                    .into_owned(),
            );
        }
        let mut segments = Segments::new(vec![rest]);
        let flags = segments.byte()?;
        let mut out = String::new();
        segments.chars(count, flags & 1 != 0, &mut out);
        Some(out)
    }

    pub(crate) fn style(&self, format: usize) -> Style {
        self.styles.get(format).copied().unwrap_or_default()
    }
}

/// What Windows calls the encodings in which such files were written.
fn encoding(code_page: u16) -> &'static Encoding {
    match code_page {
        936 => GBK,
        950 => BIG5,
        932 => SHIFT_JIS,
        _ => WINDOWS_1252,
    }
}
