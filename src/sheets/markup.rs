//! Tables in markup: web pages and XML workbooks of 2003, which shop systems write and name `.xls`.
//!
//! Both are read by one tolerant scanner, because both are tags around text: `tr` or `Row`, `td`, `th` or `Cell`. What
//! stands in a cell is its text; places that are skipped (`ss:Index`) and cells that are wide (`colspan`,
//! `ss:MergeAcross`) or high (`rowspan`) move those behind them. Scripts and styles say nothing.

use crate::Sink;
use crate::limits::{CELL_CHARS, COLUMNS, Refused, SHEETS};
use crate::number::{self, Style};
use crate::table::{Kind, Table, Written};
use encoding_rs::{BIG5, Encoding, GB18030, SHIFT_JIS, UTF_8, WINDOWS_1252};
use std::collections::BTreeMap;

/// Files of this kind are read at once, so they may not be large.
const BYTES: usize = 64 << 20;

/// Reads every table that has at least two cells in some row.
pub(crate) fn read(file: &[u8], sink: &mut dyn Sink) -> Result<(), Refused> {
    if file.len() > BYTES {
        return Err(Refused::Bomb);
    }
    let text = decode(file);
    let start: String = text.trim_start().chars().take(2_000).collect();
    let start = start.to_ascii_lowercase();
    // Declarations of entities have no place in a table (S11).
    if start.contains("<!entity") || !start.starts_with('<') {
        return Err(Refused::Damaged);
    }
    let mut written = Written::default();
    let mut scanner = Scanner { rest: &text };
    let mut count = 0;
    let mut name = String::new();
    let mut styles = Styles::default();
    while let Some(token) = scanner.next() {
        let Token::Open(tag) = token else { continue };
        match tag.name.as_str() {
            "worksheet" => name = tag.attribute("name").unwrap_or_default(),
            "style" if tag.attribute("id").is_some() => styles.open(&tag),
            "numberformat" => styles.format(&tag),
            "script" | "style" => scanner.skip_to(&tag.name),
            "table" if count < SHEETS => {
                count += 1;
                let mut table = Table::new(sink, &mut written, &name, false);
                rows(&mut scanner, &styles, &mut table)?;
                table.finish()?;
            }
            _ => {}
        }
    }
    if written.is_nothing() {
        return Err(Refused::Empty);
    }
    Ok(())
}

/// By byte order mark, by what the file says of itself, else UTF-8 where it is, else Chinese.
fn decode(file: &[u8]) -> String {
    let head = file.get(..file.len().min(1_024)).unwrap_or(file);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let named = ["charset=", "encoding="].iter().find_map(|key| {
        let rest = head.split(key).nth(1)?.trim_start_matches(['"', '\'']);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
        by_name(rest.get(..end.unwrap_or(rest.len()))?)
    });
    let valid = std::str::from_utf8(file).is_ok();
    let encoding = match named {
        // Some say GBK and write UTF-8, or the other way round.
        _ if valid => UTF_8,
        Some(encoding) if encoding != UTF_8 => encoding,
        _ => GB18030,
    };
    encoding.decode(file).0.into_owned()
}

/// The encodings that such files are written in; all that there are would be most of this program.
fn by_name(name: &str) -> Option<&'static Encoding> {
    Some(match name {
        "utf-8" | "utf8" => UTF_8,
        "gbk" | "gb2312" | "gb18030" | "x-gbk" => GB18030,
        "big5" => BIG5,
        "shift_jis" => SHIFT_JIS,
        "iso-8859-1" | "windows-1252" | "us-ascii" => WINDOWS_1252,
        _ => return None,
    })
}

/// A tag with its attributes, names in lower case and without prefix.
struct Tag {
    name: String,
    attributes: String,
    /// It ends where it begins.
    empty: bool,
}

impl Tag {
    fn attribute(&self, wanted: &str) -> Option<String> {
        let mut rest = self.attributes.as_str();
        while let Some((before, behind)) = rest.split_once('=') {
            let name = before.split_whitespace().next_back().unwrap_or_default();
            let behind = behind.trim_start();
            let quote = behind.chars().next().filter(|c| matches!(c, '"' | '\''));
            let (value, after) = match quote {
                Some(quote) => behind.get(1..)?.split_once(quote)?,
                None => {
                    let end = behind.find(char::is_whitespace).unwrap_or(behind.len());
                    behind.split_at(end)
                }
            };
            if local(name).eq_ignore_ascii_case(wanted) {
                return Some(plain(value));
            }
            rest = after;
        }
        None
    }

    fn count(&self, wanted: &str) -> Option<u32> {
        self.attribute(wanted)?.trim().parse().ok()
    }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

enum Token<'a> {
    Open(Tag),
    Close(String),
    Text(&'a str),
}

/// Goes through markup, right or wrong: every step takes at least one character, and what is no tag is text.
struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            if let Some(behind) = self.rest.strip_prefix("<!--") {
                self.rest = behind.split_once("-->").map_or("", |(_, rest)| rest);
            } else if let Some(behind) = self.rest.strip_prefix("<![CDATA[") {
                let (text, rest) = behind.split_once("]]>").unwrap_or((behind, ""));
                self.rest = rest;
                return Some(Token::Text(text));
            } else if self.rest.starts_with("<!") || self.rest.starts_with("<?") {
                self.rest = self.rest.split_once('>').map_or("", |(_, rest)| rest);
            } else if let Some(behind) = self.rest.strip_prefix('<') {
                let (inner, rest) = tag_end(behind);
                self.rest = rest;
                if let Some(name) = inner.strip_prefix('/') {
                    return Some(Token::Close(local(name.trim()).to_ascii_lowercase()));
                }
                let empty = inner.ends_with('/');
                let inner = inner.trim_end_matches('/');
                let end = inner.find(char::is_whitespace).unwrap_or(inner.len());
                let (name, attributes) = inner.split_at(end);
                return Some(Token::Open(Tag {
                    name: local(name).to_ascii_lowercase(),
                    attributes: attributes.to_owned(),
                    empty,
                }));
            } else {
                let end = self.rest.find('<').unwrap_or(self.rest.len());
                let (text, rest) = self.rest.split_at(end);
                self.rest = rest;
                return Some(Token::Text(text));
            }
        }
    }

    fn skip_to(&mut self, name: &str) {
        while let Some(token) = self.next() {
            if matches!(token, Token::Close(closed) if closed == name) {
                return;
            }
        }
    }
}

/// What stands in a tag up to its `>` outside quotes, and what stands behind it.
fn tag_end(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => {
                return (
                    text.get(..at).unwrap_or_default(),
                    text.get(at + 1..).unwrap_or_default(),
                );
            }
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    // A quote that is never closed: the tag ends at the first `>` all the same.
    text.split_once('>').unwrap_or((text, ""))
}

/// What the numbers of each cell format of an XML workbook are, by its id.
#[derive(Default)]
struct Styles {
    open: String,
    known: BTreeMap<String, Style>,
}

impl Styles {
    fn open(&mut self, tag: &Tag) {
        self.open = tag.attribute("id").unwrap_or_default();
    }

    fn format(&mut self, tag: &Tag) {
        let format = tag.attribute("format").unwrap_or_default();
        let named = !format.is_empty()
            && format
                .bytes()
                .all(|b| b.is_ascii_alphabetic() || b == b' ' || b == b'/')
            && format.starts_with(|c: char| c.is_ascii_uppercase());
        let style = match format.as_str() {
            "General Date" | "Long Date" | "Medium Date" | "Short Date" => Style::Date,
            "Long Time" | "Medium Time" | "Short Time" => Style::Time,
            _ if named => Style::Plain,
            _ => number::style_of(&format),
        };
        self.known.insert(self.open.clone(), style);
    }

    fn of(&self, tag: &Tag) -> Style {
        let id = tag.attribute("styleid").unwrap_or_default();
        self.known.get(&id).copied().unwrap_or_default()
    }
}

/// Where the cells of a table go.
#[derive(Default)]
struct Grid {
    row: u32,
    column: u32,
    begun: bool,
    /// Columns that cells from rows above reach into, and how many rows still.
    high: BTreeMap<u32, u32>,
}

impl Grid {
    fn next_row(&mut self, stated: Option<u32>) {
        if self.begun {
            self.row = self.row.saturating_add(1);
            self.high.retain(|_, rows| {
                *rows -= 1;
                *rows > 0
            });
        }
        self.begun = true;
        self.column = 0;
        if let Some(stated) = stated.filter(|&at| at > self.row) {
            self.row = stated - 1;
        }
    }

    /// Makes room for a cell and gives its column.
    fn place(&mut self, tag: &Tag) -> u32 {
        while self.high.contains_key(&self.column) {
            self.column += 1;
        }
        if let Some(stated) = tag.count("index").filter(|&at| at > self.column) {
            self.column = stated - 1;
        }
        let wide = tag.count("colspan").unwrap_or(1).max(1);
        let wide = wide.max(tag.count("mergeacross").unwrap_or(0).saturating_add(1));
        let high = tag.count("rowspan").unwrap_or(1).max(1);
        let at = self.column;
        let end = at.saturating_add(wide.min(COLUMNS));
        if high > 1 {
            for column in at..end {
                // The row at hand counts too, and is taken off when the next one begins.
                self.high.insert(column, high);
            }
        }
        self.column = end;
        at
    }
}

/// Reads the rows of a table up to its end. A table inside a cell is part of that cell's text.
fn rows(scanner: &mut Scanner<'_>, styles: &Styles, table: &mut Table<'_>) -> Result<(), Refused> {
    let mut grid = Grid::default();
    while let Some(token) = scanner.next() {
        match token {
            Token::Open(tag) => match tag.name.as_str() {
                "tr" | "row" => grid.next_row(tag.count("index")),
                "td" | "th" | "cell" => {
                    let column = grid.place(&tag);
                    let (kind, text) = match tag.empty {
                        true => (Kind::Text, String::new()),
                        false => cell(scanner, styles.of(&tag)),
                    };
                    table.cell(grid.row, column, kind, &text)?;
                }
                "script" | "style" => scanner.skip_to(&tag.name),
                _ => {}
            },
            Token::Close(name) if name == "table" => break,
            Token::Close(_) | Token::Text(_) => {}
        }
    }
    Ok(())
}

/// The text of a cell that has just begun. Cells need not be closed: the next one, or the row's end, closes them.
fn cell(scanner: &mut Scanner<'_>, style: Style) -> (Kind, String) {
    let mut text = String::new();
    let mut kind = Kind::Text;
    let (mut is_date, mut is_flag) = (false, false);
    let mut tables = 0u32;
    // In XML workbooks blanks are what they are.
    let mut exact = false;
    loop {
        let before = scanner.rest;
        let Some(token) = scanner.next() else { break };
        match token {
            Token::Text(piece) if text.len() < CELL_CHARS * 4 => match exact {
                true => text.push_str(&plain(piece)),
                false => push(piece, &mut text),
            },
            Token::Text(_) => {}
            Token::Open(tag) => match tag.name.as_str() {
                "table" => tables += 1,
                "td" | "th" | "cell" | "tr" | "row" if tables == 0 => {
                    scanner.rest = before;
                    break;
                }
                "br" | "p" | "div" | "li" if !text.is_empty() => text.push('\n'),
                "script" | "style" | "comment" => scanner.skip_to(&tag.name),
                "data" => {
                    exact = true;
                    match tag.attribute("type").as_deref() {
                        Some("Number") => kind = Kind::Value,
                        Some("Boolean") => (kind, is_flag) = (Kind::Value, true),
                        Some("DateTime") => (kind, is_date) = (Kind::Value, true),
                        _ => {}
                    }
                }
                _ => {}
            },
            Token::Close(name) => match name.as_str() {
                "table" if tables > 0 => tables -= 1,
                "td" | "th" | "cell" if tables == 0 => break,
                "tr" | "row" | "table" if tables == 0 => {
                    scanner.rest = before;
                    break;
                }
                _ => {}
            },
        }
    }
    let text = text.trim().to_owned();
    if is_date {
        let date = text.replacen('T', " ", 1);
        let whole = date.split('.').next().unwrap_or_default();
        return (kind, whole.to_owned());
    }
    if is_flag {
        return (
            kind,
            (if text == "1" { "true" } else { "false" }).to_owned(),
        );
    }
    if kind == Kind::Value {
        let mut out = String::new();
        number::write(&text, style, false, &mut out);
        return (kind, out);
    }
    (kind, text)
}

/// Appends text as a browser shows it: runs of blanks are one.
fn push(piece: &str, text: &mut String) {
    let piece = plain(piece);
    for c in piece.chars() {
        let blank = c.is_whitespace() && c != '\u{a0}' && c != '\u{3000}';
        if !blank {
            text.push(if c == '\u{a0}' { ' ' } else { c });
        } else if !text.ends_with([' ', '\n']) && !text.is_empty() {
            text.push(' ');
        }
    }
}

/// References to characters taken apart; those nobody knows stay as they are.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        out.push_str(before);
        let end = behind.bytes().take(12).position(|b| b == b';');
        let name = end.and_then(|end| behind.get(..end));
        match name.and_then(reference) {
            Some(c) => {
                out.push(c);
                rest = end
                    .and_then(|end| behind.get(end + 1..))
                    .unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "yen" => '¥',
        "euro" => '€',
        "copy" => '©',
        "middot" => '·',
        "times" => '×',
        "ldquo" => '“',
        "rdquo" => '”',
        "hellip" => '…',
        "mdash" => '—',
        "ndash" => '–',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}
