//! One JSON element to flat cells.

use crate::CellType;
use crate::cells::{Cells, MAX_COLUMNS};
use crate::json::MAX_DEPTH;
use model::IssueCode;
use std::collections::BTreeMap;

/// Ends each value of a list inside a cell.
pub(crate) const LIST_END: char = '\u{1f}';

/// Names under which orders keep their lines.
pub(crate) fn is_lines(key: &str) -> bool {
    [
        "lines",
        "line_items",
        "lineItems",
        "items",
        "products",
        "goods",
        "商品",
        "明细",
        "商品明细",
    ]
    .contains(&key)
}

/// A cell found in an element.
#[derive(Clone, Copy, Debug)]
struct Piece {
    column: u32,
    start: u32,
    end: u32,
    kind: CellType,
}

/// The cells of one element, and all columns met so far. Reused from element to element.
#[derive(Debug, Default)]
pub(crate) struct Flat {
    columns: Vec<String>,
    index: BTreeMap<String, u32>,
    /// In which element (or line of one) a column was met last, to find keys that are there twice.
    seen: Vec<u32>,
    epoch: u32,
    /// The column after the last one: most elements have the same keys in the same order.
    hint: u32,
    text: String,
    pieces: Vec<Piece>,
    /// Where in `pieces` each line begins; empty for elements without lines.
    lines: Vec<usize>,
    /// Where in `pieces` the last line ends.
    lines_end: usize,
    in_lines: bool,
    overflowed: bool,
}

impl Flat {
    pub(crate) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The last element had more columns than there may be.
    pub(crate) fn overflowed(&self) -> bool {
        self.overflowed
    }

    /// Reads one element, which must be an object.
    pub(crate) fn read(&mut self, element: &str) -> Result<(), IssueCode> {
        self.text.clear();
        self.pieces.clear();
        self.lines.clear();
        self.lines_end = 0;
        self.in_lines = false;
        self.overflowed = false;
        self.hint = 0;
        self.epoch = self.epoch.wrapping_add(1);
        let mut parser = Parser {
            text: element,
            pos: 0,
            depth: 0,
        };
        if parser.peek() != Some(b'{') {
            return Err(IssueCode::Malformed);
        }
        let mut path = String::new();
        self.object(&mut parser, &mut path)?;
        match parser.peek() {
            None => Ok(()),
            Some(_) => Err(IssueCode::Malformed),
        }
    }

    fn object(&mut self, parser: &mut Parser<'_>, path: &mut String) -> Result<(), IssueCode> {
        parser.enter(b'{')?;
        if parser.take(b'}') {
            parser.depth -= 1;
            return Ok(());
        }
        loop {
            let length = path.len();
            if length > 0 {
                path.push('.');
            }
            let key_start = path.len();
            parser.string(path)?;
            if !parser.take(b':') {
                return Err(IssueCode::Malformed);
            }
            self.value(parser, path, key_start)?;
            path.truncate(length);
            if parser.take(b',') {
                continue;
            }
            parser.leave(b'}')?;
            return Ok(());
        }
    }

    fn value(
        &mut self,
        parser: &mut Parser<'_>,
        path: &mut String,
        key_start: usize,
    ) -> Result<(), IssueCode> {
        match parser.peek() {
            Some(b'{') => self.object(parser, path),
            Some(b'[') => {
                let key = path.get(key_start..).unwrap_or_default();
                let lines = !self.in_lines && self.lines.is_empty() && is_lines(key);
                if lines && parser.list_of_objects() {
                    self.lines(parser, path)
                } else {
                    self.list(parser, path)
                }
            }
            Some(b'"') => {
                let start = self.text.len();
                parser.string(&mut self.text)?;
                self.cell(path, start, CellType::Text)
            }
            Some(_) => {
                let start = self.text.len();
                let literal = parser.literal()?;
                if literal != "null" {
                    self.text.push_str(literal);
                }
                self.cell(path, start, CellType::Literal)
            }
            None => Err(IssueCode::Malformed),
        }
    }

    /// A list of plain values, or (anything nested in it) its JSON text.
    fn list(&mut self, parser: &mut Parser<'_>, path: &str) -> Result<(), IssueCode> {
        let start = self.text.len();
        let raw_start = parser.pos;
        let mut nested = false;
        parser.enter(b'[')?;
        if parser.take(b']') {
            parser.depth -= 1;
            return self.cell(path, start, CellType::List);
        }
        loop {
            match parser.peek() {
                Some(b'"') => {
                    parser.string(&mut self.text)?;
                    self.text.push(LIST_END);
                }
                Some(b'{' | b'[') => {
                    nested = true;
                    parser.skip()?;
                }
                _ => {
                    let literal = parser.literal()?;
                    if literal != "null" {
                        self.text.push_str(literal);
                        self.text.push(LIST_END);
                    }
                }
            }
            if parser.take(b',') {
                continue;
            }
            parser.leave(b']')?;
            break;
        }
        if nested {
            self.text.truncate(start);
            let raw = parser.text.get(raw_start..parser.pos).unwrap_or_default();
            self.text.push_str(raw);
            return self.cell(path, start, CellType::Text);
        }
        self.cell(path, start, CellType::List)
    }

    /// A list of objects that each become a row.
    fn lines(&mut self, parser: &mut Parser<'_>, path: &mut String) -> Result<(), IssueCode> {
        self.in_lines = true;
        parser.enter(b'[')?;
        loop {
            self.lines.push(self.pieces.len());
            self.epoch = self.epoch.wrapping_add(1);
            if parser.peek() != Some(b'{') {
                return Err(IssueCode::Malformed);
            }
            self.object(parser, path)?;
            if parser.take(b',') {
                continue;
            }
            parser.leave(b']')?;
            self.lines_end = self.pieces.len();
            self.in_lines = false;
            return Ok(());
        }
    }

    fn cell(&mut self, path: &str, start: usize, kind: CellType) -> Result<(), IssueCode> {
        let Some(column) = self.column(path) else {
            self.overflowed = true;
            self.text.truncate(start);
            return Ok(());
        };
        // The same key twice would make one of the values disappear silently.
        let seen = self.seen.get_mut(column as usize);
        if seen.is_some_and(|seen| std::mem::replace(seen, self.epoch) == self.epoch) {
            return Err(IssueCode::Malformed);
        }
        self.pieces.push(Piece {
            column,
            start: start as u32,
            end: self.text.len() as u32,
            kind,
        });
        Ok(())
    }

    fn column(&mut self, path: &str) -> Option<u32> {
        let hinted = self.columns.get(self.hint as usize);
        let column = if hinted.is_some_and(|c| c == path) {
            self.hint
        } else if let Some(&known) = self.index.get(path) {
            known
        } else {
            if self.columns.len() >= MAX_COLUMNS {
                return None;
            }
            let new = self.columns.len() as u32;
            self.columns.push(path.to_owned());
            self.index.insert(path.to_owned(), new);
            self.seen.push(self.epoch.wrapping_sub(1));
            new
        };
        self.hint = column + 1;
        Some(column)
    }
}

/// Gives `sink` the element's row, or one for each of its lines.
pub(crate) fn flatten(flat: &Flat, cells: &mut Cells, sink: &mut dyn FnMut(&[String], &Cells)) {
    let mut slots: Vec<Option<Piece>> = vec![None; flat.columns.len()];
    let (base_end, line_count) = match flat.lines.first() {
        Some(&first) => (first, flat.lines.len()),
        None => (flat.pieces.len(), 1),
    };
    let base = flat.pieces.iter().take(base_end);
    let behind = flat.pieces.iter().skip(flat.lines_end.max(base_end));
    for piece in base.chain(behind) {
        set(&mut slots, piece.column, Some(*piece));
    }
    for line in 0..line_count {
        let start = flat.lines.get(line).copied().unwrap_or(base_end);
        let end = match flat.lines.get(line + 1) {
            Some(&next) => next,
            None => flat.lines_end.max(start),
        };
        let own = flat.pieces.get(start..end).unwrap_or_default();
        let own = if flat.lines.is_empty() { &[] } else { own };
        for piece in own {
            set(&mut slots, piece.column, Some(*piece));
        }
        cells.clear();
        for slot in &slots {
            if let Some(piece) = slot {
                let text = flat.text.get(piece.start as usize..piece.end as usize);
                cells.text.push_str(text.unwrap_or_default());
            }
            cells.end_cell();
            let kind = slot.map_or(CellType::Literal, |piece| piece.kind);
            cells.types.push(kind);
        }
        if !cells.is_blank() {
            sink(&flat.columns, cells);
        }
        for piece in own {
            set(&mut slots, piece.column, None);
        }
    }
}

fn set(slots: &mut [Option<Piece>], column: u32, piece: Option<Piece>) {
    if let Some(slot) = slots.get_mut(column as usize) {
        *slot = piece;
    }
}

/// A recursive descent over one element. Depth is limited, so the stack is.
struct Parser<'a> {
    text: &'a str,
    pos: usize,
    depth: u32,
}

impl<'a> Parser<'a> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.pos).copied()
    }

    /// The next byte that is no blank.
    fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.byte() {
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Some(byte);
            }
            self.pos += 1;
        }
        None
    }

    fn take(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.pos += usize::from(found);
        found
    }

    fn enter(&mut self, bracket: u8) -> Result<(), IssueCode> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(IssueCode::LimitPassed);
        }
        self.take(bracket).then_some(()).ok_or(IssueCode::Malformed)
    }

    fn leave(&mut self, bracket: u8) -> Result<(), IssueCode> {
        self.depth -= 1;
        self.take(bracket).then_some(()).ok_or(IssueCode::Malformed)
    }

    /// Whether the list that begins here has an object first.
    fn list_of_objects(&self) -> bool {
        let behind = self.text.get(self.pos + 1..).unwrap_or_default();
        behind.trim_start().starts_with('{')
    }

    /// A number, true, false or null, as it is written.
    fn literal(&mut self) -> Result<&'a str, IssueCode> {
        self.peek();
        let rest = self.text.get(self.pos..).unwrap_or_default();
        let len = rest
            .bytes()
            .position(|b| !(b.is_ascii_alphanumeric() || b"+-.".contains(&b)))
            .unwrap_or(rest.len());
        let literal = rest.get(..len).unwrap_or_default();
        self.pos += len;
        let known = matches!(literal, "true" | "false" | "null") || is_number(literal);
        known.then_some(literal).ok_or(IssueCode::Malformed)
    }

    fn string(&mut self, out: &mut String) -> Result<(), IssueCode> {
        if !self.take(b'"') {
            return Err(IssueCode::Malformed);
        }
        loop {
            let rest = self.text.get(self.pos..).unwrap_or_default();
            let len = rest
                .bytes()
                .position(|b| b == b'"' || b == b'\\')
                .ok_or(IssueCode::Malformed)?;
            out.push_str(rest.get(..len).unwrap_or_default());
            self.pos += len;
            let closing = self.byte() == Some(b'"');
            self.pos += 1;
            if closing {
                return Ok(());
            }
            self.escape(out)?;
        }
    }

    fn escape(&mut self, out: &mut String) -> Result<(), IssueCode> {
        let byte = self.byte().ok_or(IssueCode::Malformed)?;
        self.pos += 1;
        out.push(match byte {
            b'"' | b'\\' | b'/' => byte as char,
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.four_digits()?;
                let is_high = (0xd800..0xdc00).contains(&first);
                let rest = self.text.get(self.pos..).unwrap_or_default();
                if is_high && rest.starts_with("\\u") {
                    let back = self.pos;
                    self.pos += 2;
                    let second = self.four_digits()?;
                    if (0xdc00..0xe000).contains(&second) {
                        let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                        char::from_u32(code).unwrap_or('\u{fffd}')
                    } else {
                        self.pos = back;
                        '\u{fffd}'
                    }
                } else {
                    char::from_u32(first).unwrap_or('\u{fffd}')
                }
            }
            _ => return Err(IssueCode::Malformed),
        });
        Ok(())
    }

    fn four_digits(&mut self) -> Result<u32, IssueCode> {
        let digits = self.text.get(self.pos..self.pos + 4);
        let digits = digits.filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        self.pos += 4;
        digits
            .and_then(|d| u32::from_str_radix(d, 16).ok())
            .ok_or(IssueCode::Malformed)
    }

    /// Goes behind a value without keeping anything.
    fn skip(&mut self) -> Result<(), IssueCode> {
        let mut nothing = String::new();
        match self.peek() {
            Some(open @ (b'{' | b'[')) => {
                let close = if open == b'{' { b'}' } else { b']' };
                self.enter(open)?;
                if self.take(close) {
                    self.depth -= 1;
                    return Ok(());
                }
                loop {
                    if open == b'{' {
                        self.string(&mut nothing)?;
                        if !self.take(b':') {
                            return Err(IssueCode::Malformed);
                        }
                    }
                    self.skip()?;
                    if !self.take(b',') {
                        return self.leave(close);
                    }
                }
            }
            Some(b'"') => self.string(&mut nothing),
            _ => self.literal().map(|_| ()),
        }
    }
}

/// A number by the grammar of JSON.
fn is_number(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => {
            let (mantissa, exponent) = text.split_at(at);
            let exponent = exponent.get(1..).unwrap_or_default();
            let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            (mantissa, Some(exponent))
        }
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}
