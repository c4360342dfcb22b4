//! Excel's workbooks since 2007 (ECMA-376): a zip archive of XML. Read as a stream: memory is that of the shared texts.

use crate::limits::{Refused, SHEETS};
use crate::number::{self, Style};
use crate::table::{self, Table, Written};
use crate::xml::{Piece, Tag, Xml};
use crate::zip::Archive;
use crate::{Sink, book::Sheet};
use std::collections::BTreeMap;

/// Reads every sheet that has cells.
pub(crate) fn read(archive: &Archive<'_>, sink: &mut dyn Sink) -> Result<(), Refused> {
    let book = Book::read(archive)?;
    let texts = Texts::read(archive, &book.texts)?;
    let styles = Styles::read(archive, &book.styles)?;
    let mut written = Written::default();
    for sheet in book.sheets.iter().take(SHEETS) {
        if !archive.has(&sheet.at) {
            continue;
        }
        let mut cells = Cells {
            xml: Xml::new(archive.read(&sheet.at)?),
            texts: &texts,
            styles: &styles,
            late: book.late,
        };
        let mut table = Table::new(sink, &mut written, &sheet.name, sheet.hidden);
        cells.read(&mut table)?;
        table.finish()?;
    }
    if written.is_nothing() {
        return Err(Refused::Empty);
    }
    Ok(())
}

/// The workbook's list of sheets, and where its files are.
struct Book {
    sheets: Vec<Sheet>,
    texts: String,
    styles: String,
    /// Days count from 1904.
    late: bool,
}

impl Book {
    fn read(archive: &Archive<'_>) -> Result<Self, Refused> {
        let (files, texts, styles) = relations(archive)?;
        let mut xml = Xml::new(archive.read("xl/workbook.xml")?);
        let (mut sheets, mut late) = (Vec::new(), false);
        loop {
            match xml.next()? {
                Piece::Open(tag) if tag.name() == "workbookPr" => late = tag.is_set("date1904"),
                Piece::Open(tag) if tag.name() == "sheet" => {
                    let id = tag.attribute("id").unwrap_or_default();
                    let Some(at) = files.get(&id) else { continue };
                    let state = tag.attribute("state").unwrap_or_default();
                    sheets.push(Sheet {
                        name: tag.attribute("name").unwrap_or_default(),
                        hidden: matches!(state.as_str(), "hidden" | "veryHidden"),
                        at: at.clone(),
                    });
                }
                Piece::End => break,
                _ => {}
            }
        }
        Ok(Self {
            sheets,
            texts,
            styles,
            late,
        })
    }
}

/// Where each sheet is, by its id, and where texts and styles are.
type Relations = (BTreeMap<String, String>, String, String);

fn relations(archive: &Archive<'_>) -> Result<Relations, Refused> {
    let mut xml = Xml::new(archive.read("xl/_rels/workbook.xml.rels")?);
    let mut sheets = BTreeMap::new();
    let (mut texts, mut styles) = (String::new(), String::new());
    loop {
        match xml.next()? {
            Piece::Open(tag) if tag.name() == "Relationship" => {
                let target = tag.attribute("Target").unwrap_or_default();
                // From the root of the archive, or from the workbook's folder.
                let at = match target.strip_prefix('/') {
                    Some(absolute) => absolute.to_owned(),
                    None => format!("xl/{}", target.trim_start_matches("./")),
                };
                let kind = tag.attribute("Type").unwrap_or_default();
                match kind.rsplit('/').next().unwrap_or_default() {
                    "worksheet" => drop(sheets.insert(tag.attribute("Id").unwrap_or_default(), at)),
                    "sharedStrings" => texts = at,
                    "styles" => styles = at,
                    _ => {}
                }
            }
            Piece::End => break,
            _ => {}
        }
    }
    Ok((sheets, texts, styles))
}

/// Texts that cells share, one after the other, and where each ends.
#[derive(Default)]
struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    fn read(archive: &Archive<'_>, at: &str) -> Result<Self, Refused> {
        let mut texts = Self::default();
        if !archive.has(at) {
            return Ok(texts);
        }
        let mut xml = Xml::new(archive.read(at)?);
        loop {
            match xml.next()? {
                Piece::Open(tag) if tag.name() == "si" => {
                    let mut text = std::mem::take(&mut texts.text);
                    read_text(&mut xml, &mut text)?;
                    texts.ends.push(text.len());
                    texts.text = text;
                }
                Piece::End => return Ok(texts),
                _ => {}
            }
        }
    }

    fn get(&self, index: usize) -> Option<&str> {
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..*self.ends.get(index)?)
    }
}

/// Appends the text of the element that has just begun, up to its end: that of its `t`, but not how it is pronounced.
fn read_text(xml: &mut Xml<'_>, into: &mut String) -> Result<(), Refused> {
    let start = into.len();
    let mut depth = 1u32;
    // How deep the element whose text counts is, or one whose text does not.
    let (mut counts, mut silent) = (None, None);
    while depth > 0 {
        match xml.next()? {
            Piece::Open(tag) => {
                depth += 1;
                match tag.name() {
                    "t" if silent.is_none() => counts = Some(depth),
                    "rPh" if silent.is_none() => silent = Some(depth),
                    _ => {}
                }
            }
            Piece::Close => {
                if counts == Some(depth) {
                    counts = None;
                }
                if silent == Some(depth) {
                    silent = None;
                }
                depth -= 1;
            }
            Piece::Text(text) if counts.is_some() => into.push_str(&text),
            Piece::Char(c) if counts.is_some() => into.push(c),
            Piece::End => return Err(Refused::Damaged),
            _ => {}
        }
    }
    if into.get(start..).is_some_and(|text| text.contains("_x")) {
        let plain = unescape(into.get(start..).unwrap_or_default());
        into.truncate(start);
        into.push_str(&plain);
    }
    Ok(())
}

/// Characters that XML does not have are written `_x000D_` (ECMA-376 part 1, 22.9.2.19).
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let code = from.get(2..6).filter(|_| from.get(6..7) == Some("_"));
        let code = code.filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()));
        match code.and_then(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?)) {
            Some(c) => {
                out.push(c);
                rest = from.get(7..).unwrap_or_default();
            }
            None => {
                out.push_str("_x");
                rest = from.get(2..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

/// What the numbers of each cell format are.
#[derive(Default)]
struct Styles(Vec<Style>);

impl Styles {
    fn read(archive: &Archive<'_>, at: &str) -> Result<Self, Refused> {
        let mut styles = Self::default();
        if !archive.has(at) {
            return Ok(styles);
        }
        let mut own = BTreeMap::new();
        let mut in_cells = false;
        let mut xml = Xml::new(archive.read(at)?);
        let id = |tag: &Tag<'_>| {
            tag.attribute("numFmtId")
                .and_then(|id| id.parse::<u32>().ok())
        };
        loop {
            match xml.next()? {
                Piece::Open(tag) => match tag.name() {
                    "numFmt" => {
                        let code = tag.attribute("formatCode").unwrap_or_default();
                        own.insert(id(&tag).unwrap_or(0), number::style_of(&code));
                    }
                    "cellXfs" => in_cells = true,
                    "cellStyleXfs" | "cellStyles" | "dxfs" => in_cells = false,
                    "xf" if in_cells => {
                        let id = id(&tag).unwrap_or(0);
                        let style = own.get(&id).copied();
                        styles.0.push(style.unwrap_or_else(|| number::builtin(id)));
                    }
                    _ => {}
                },
                Piece::End => return Ok(styles),
                _ => {}
            }
        }
    }
}

/// What kind of value a cell says it has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Shared,
    Text,
    Flag,
    Date,
}

/// A sheet being read.
struct Cells<'a> {
    xml: Xml<'a>,
    texts: &'a Texts,
    styles: &'a Styles,
    late: bool,
}

/// The place and the type of a cell, from its attributes.
struct Head {
    place: Option<(u32, u32)>,
    kind: Kind,
    style: usize,
}

impl Cells<'_> {
    fn read(&mut self, table: &mut Table<'_>) -> Result<(), Refused> {
        // Programs may leave places out: then a cell is right of the one before, a row below.
        let (mut row, mut column) = (0u32, 0u32);
        let (mut raw, mut shown) = (String::new(), String::new());
        let mut first = true;
        loop {
            match self.xml.next()? {
                Piece::Open(tag) => match tag.name() {
                    "row" => {
                        let stated = tag.attribute("r").and_then(|r| r.parse::<u32>().ok());
                        row = match stated {
                            Some(stated) => stated.saturating_sub(1),
                            None if first => 0,
                            None => row.saturating_add(1),
                        };
                        first = false;
                        column = 0;
                    }
                    "c" => {
                        let head = head(&tag);
                        if let Some(place) = head.place {
                            (row, column) = place;
                        }
                        raw.clear();
                        self.value(&mut raw)?;
                        shown.clear();
                        self.show(&head, &raw, &mut shown);
                        let kind = match head.kind {
                            Kind::Shared | Kind::Text => table::Kind::Text,
                            Kind::Number | Kind::Flag | Kind::Date => table::Kind::Value,
                        };
                        table.cell(row, column, kind, &shown)?;
                        column = column.saturating_add(1);
                    }
                    _ => {}
                },
                Piece::End => return Ok(()),
                _ => {}
            }
        }
    }

    /// The text of `v`, or of `is`, up to the end of the cell.
    fn value(&mut self, raw: &mut String) -> Result<(), Refused> {
        let mut depth = 1u32;
        let mut in_value = false;
        while depth > 0 {
            match self.xml.next()? {
                Piece::Open(tag) => match tag.name() {
                    "is" => read_text(&mut self.xml, raw)?,
                    name => {
                        in_value = name == "v";
                        depth += 1;
                    }
                },
                Piece::Close => {
                    in_value = false;
                    depth -= 1;
                }
                Piece::Text(text) if in_value => raw.push_str(&text),
                Piece::Char(c) if in_value => raw.push(c),
                Piece::End => return Err(Refused::Damaged),
                _ => {}
            }
        }
        Ok(())
    }

    fn show(&self, head: &Head, raw: &str, shown: &mut String) {
        match head.kind {
            Kind::Shared => {
                let text = raw.trim().parse().ok().and_then(|at| self.texts.get(at));
                shown.push_str(text.unwrap_or_default());
            }
            Kind::Text if raw.contains("_x") => shown.push_str(&unescape(raw)),
            Kind::Text => shown.push_str(raw),
            Kind::Flag => shown.push_str(if raw.trim() == "1" { "true" } else { "false" }),
            Kind::Date => shown.push_str(&raw.replacen('T', " ", 1)),
            Kind::Number => {
                let style = self.styles.0.get(head.style).copied().unwrap_or_default();
                number::write(raw, style, self.late, shown);
            }
        }
        if head.kind == Kind::Flag && raw.trim().is_empty() {
            shown.clear();
        }
    }
}

fn head(tag: &Tag<'_>) -> Head {
    let mut head = Head {
        place: None,
        kind: Kind::Number,
        style: 0,
    };
    tag.attributes(|name, value| match name {
        "r" => head.place = place(value),
        "s" => head.style = value.parse().unwrap_or(0),
        "t" => {
            head.kind = match value {
                "s" => Kind::Shared,
                "b" => Kind::Flag,
                "d" => Kind::Date,
                "n" => Kind::Number,
                _ => Kind::Text,
            }
        }
        _ => {}
    });
    head
}

/// Row and column, from 0, of a reference such as `AB12`.
fn place(text: &str) -> Option<(u32, u32)> {
    let (mut column, mut row) = (0u32, 0u32);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' if row == 0 => {
                let letter = u32::from(byte.to_ascii_uppercase() - b'A') + 1;
                column = column.checked_mul(26)?.checked_add(letter)?;
            }
            b'0'..=b'9' => row = row.checked_mul(10)?.checked_add(u32::from(byte - b'0'))?,
            b'$' => {}
            _ => return None,
        }
    }
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}
