//! JSON to rows: an array of objects, an object that holds one somewhere, or one object after the other.
//!
//! Elements are cut out of the stream by counting brackets and read one by one, so that memory is bounded by the
//! largest element. Nested objects flatten (`consent.email`). A list of plain values becomes one cell, each value
//! ended by U+001F. A list of objects under a name such as `lines` gives one row for each, with the same row number.
//! Numbers keep their digits: an id of 19 digits stays exact.

use crate::cells::Cells;
use crate::delimited::MAX_ROW_BYTES;
use crate::json_value::{Flat, flatten};
use model::{Issue, IssueCode};

/// Objects and lists may nest so deep.
pub(crate) const MAX_DEPTH: u32 = 64;

/// Where in the file a [`Elements`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before anything.
    Start,
    /// Inside an object, looking for a list of objects.
    Wrapper,
    /// Between the elements of a list.
    List,
    /// Between objects that follow one another.
    Sequence,
    /// Inside an element that is too large.
    Oversize { depth: u32, string: StringState },
    /// Behind the list.
    Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StringState {
    Outside,
    Inside,
    Escaped,
}

/// Cuts elements out of a stream and flattens them.
#[derive(Debug)]
pub(crate) struct Elements {
    place: Place,
    /// Where an oversize element returns to.
    sequence: bool,
    row: u32,
    flat: Flat,
    cells: Cells,
}

impl Elements {
    pub(crate) fn new() -> Self {
        Self {
            place: Place::Start,
            sequence: false,
            row: 0,
            flat: Flat::default(),
            cells: Cells::default(),
        }
    }

    /// The columns so far.
    pub(crate) fn columns(&self) -> &[String] {
        self.flat.columns()
    }

    /// Gives `sink` the rows of every element that is whole in `text`, and says how many bytes are done with.
    pub(crate) fn consume(
        &mut self,
        text: &str,
        at_end: bool,
        issues: &mut Vec<Issue>,
        sink: &mut dyn FnMut(u32, &[String], &Cells),
    ) -> usize {
        let mut pos = 0;
        while let Some(rest) = text.get(pos..).filter(|rest| !rest.is_empty()) {
            let step = match self.place {
                Place::Start => self.start(rest, at_end),
                Place::Wrapper => self.unwrap(rest, at_end),
                Place::List | Place::Sequence => self.element(rest, at_end, issues, sink),
                Place::Oversize { depth, string } => self.skip(rest, depth, string),
                Place::Done => Some(rest.len()),
            };
            match step {
                Some(len) => pos += len,
                None if at_end => {
                    self.row = self.row.saturating_add(1);
                    issues.push(
                        Issue::error(IssueCode::Malformed)
                            .at_row(self.row)
                            .found(rest.trim()),
                    );
                    return text.len();
                }
                None => break,
            }
        }
        pos
    }

    /// Decides what kind of file it is.
    fn start(&mut self, rest: &str, at_end: bool) -> Option<usize> {
        let trimmed = rest.trim_start();
        let blank = rest.len() - trimmed.len();
        match trimmed.as_bytes().first() {
            None => Some(rest.len()),
            Some(b'[') => {
                self.place = Place::List;
                Some(blank + 1)
            }
            Some(b'{') => {
                self.place = match element_end(trimmed, MAX_ROW_BYTES) {
                    End::At(end) => {
                        let (object, behind) = trimmed.split_at_checked(end)?;
                        let next = behind.trim_start();
                        if next.is_empty() && !at_end {
                            return None;
                        }
                        if !next.is_empty() || !holds_records(object) {
                            Place::Sequence
                        } else {
                            Place::Wrapper
                        }
                    }
                    End::Never { .. } if trimmed.len() > MAX_ROW_BYTES => Place::Wrapper,
                    End::Never { .. } if at_end => Place::Sequence,
                    End::Never { .. } => return None,
                };
                Some(blank)
            }
            Some(_) => {
                self.place = Place::Sequence;
                Some(blank)
            }
        }
    }

    /// Goes to the first list of objects.
    fn unwrap(&mut self, rest: &str, at_end: bool) -> Option<usize> {
        match find_list(rest) {
            Search::List { behind_bracket } => {
                self.place = Place::List;
                Some(behind_bracket)
            }
            Search::None { scanned } if scanned > 0 => Some(scanned),
            Search::None { .. } if at_end || rest.len() > MAX_ROW_BYTES => {
                self.place = Place::Done;
                Some(rest.len())
            }
            Search::None { .. } => None,
        }
    }

    fn element(
        &mut self,
        rest: &str,
        at_end: bool,
        issues: &mut Vec<Issue>,
        sink: &mut dyn FnMut(u32, &[String], &Cells),
    ) -> Option<usize> {
        let between = |b: u8| b.is_ascii_whitespace() || b == b',' || b == 0x1e;
        let blank = rest.bytes().take_while(|&b| between(b)).count();
        if blank > 0 {
            return Some(blank);
        }
        if rest.starts_with(']') && self.place == Place::List {
            self.place = Place::Done;
            return Some(1);
        }
        match element_end(rest, MAX_ROW_BYTES) {
            End::At(end) => {
                self.row = self.row.saturating_add(1);
                let element = rest.get(..end).unwrap_or_default();
                if let Err(code) = self.flat.read(element) {
                    issues.push(Issue::error(code).at_row(self.row).found(element));
                    return Some(self.behind_broken(rest, end));
                }
                let row = self.row;
                if self.flat.overflowed() {
                    issues.push(
                        Issue::warning(IssueCode::LimitPassed)
                            .at_row(row)
                            .expected("2000 columns"),
                    );
                }
                flatten(&self.flat, &mut self.cells, &mut |columns, cells| {
                    sink(row, columns, cells);
                });
                Some(end)
            }
            End::Never { depth, string, .. } if rest.len() > MAX_ROW_BYTES => {
                self.row = self.row.saturating_add(1);
                issues.push(
                    Issue::error(IssueCode::LimitPassed)
                        .at_row(self.row)
                        .expected("1048576 bytes"),
                );
                self.sequence = self.place == Place::Sequence;
                self.place = Place::Oversize { depth, string };
                Some(rest.floor_char_boundary(MAX_ROW_BYTES))
            }
            End::Never { .. } if at_end && self.place == Place::Sequence => {
                self.row = self.row.saturating_add(1);
                issues.push(
                    Issue::error(IssueCode::Malformed)
                        .at_row(self.row)
                        .found(rest.trim()),
                );
                Some(self.behind_broken(rest, rest.len()))
            }
            End::Never { .. } => None,
        }
    }

    /// Objects that follow one another stand one on a line: after a broken one, the next line is a new chance.
    fn behind_broken(&self, rest: &str, end: usize) -> usize {
        match rest.find('\n') {
            Some(line) if self.place == Place::Sequence => end.min(line + 1),
            _ => end,
        }
    }

    fn skip(&mut self, rest: &str, depth: u32, string: StringState) -> Option<usize> {
        let mut count = Count { depth, string };
        for (at, byte) in rest.bytes().enumerate() {
            if count.closes(byte) {
                self.place = if self.sequence {
                    Place::Sequence
                } else {
                    Place::List
                };
                return Some(at + 1);
            }
        }
        self.place = Place::Oversize {
            depth: count.depth,
            string: count.string,
        };
        Some(rest.len())
    }
}

/// Counts brackets outside strings.
struct Count {
    depth: u32,
    string: StringState,
}

impl Count {
    /// True when this byte closes the outermost bracket.
    fn closes(&mut self, byte: u8) -> bool {
        match (self.string, byte) {
            (StringState::Escaped, _) => self.string = StringState::Inside,
            (StringState::Inside, b'\\') => self.string = StringState::Escaped,
            (StringState::Inside, b'"') => self.string = StringState::Outside,
            (StringState::Inside, _) => {}
            (StringState::Outside, b'"') => self.string = StringState::Inside,
            (StringState::Outside, b'{' | b'[') => self.depth = self.depth.saturating_add(1),
            (StringState::Outside, b'}' | b']') => {
                self.depth = self.depth.saturating_sub(1);
                return self.depth == 0;
            }
            (StringState::Outside, _) => {}
        }
        false
    }
}

enum End {
    At(usize),
    Never { depth: u32, string: StringState },
}

/// Where the value at the start of `text` ends, looking at `limit` bytes at most.
fn element_end(text: &str, limit: usize) -> End {
    let mut count = Count {
        depth: 0,
        string: StringState::Outside,
    };
    for (at, byte) in text.bytes().take(limit).enumerate() {
        // A plain value between elements ends before the next comma, bracket or blank.
        let plain = count.depth == 0 && count.string == StringState::Outside;
        if plain && at > 0 && (b",]}[{ \t\r\n\x1e".contains(&byte) || byte == b'"') {
            return End::At(at);
        }
        let closed_string = count.depth == 0 && count.string == StringState::Inside;
        if count.closes(byte) {
            return End::At(at + 1);
        }
        if closed_string && count.string == StringState::Outside {
            return End::At(at + 1);
        }
    }
    End::Never {
        depth: count.depth,
        string: count.string,
    }
}

enum Search {
    List {
        behind_bracket: usize,
    },
    /// None up to here, which is a safe place (outside strings) to go on from.
    None {
        scanned: usize,
    },
}

/// The first `[` that is followed by `{`, outside strings.
fn find_list(text: &str) -> Search {
    let mut safe = 0;
    let mut count = Count {
        depth: 0,
        string: StringState::Outside,
    };
    for (at, byte) in text.bytes().enumerate() {
        if count.string == StringState::Outside {
            safe = at;
            if byte == b'[' {
                let behind = text.get(at + 1..).unwrap_or_default();
                match behind.trim_start().as_bytes().first() {
                    Some(b'{') => {
                        return Search::List {
                            behind_bracket: at + 1,
                        };
                    }
                    Some(_) => {}
                    None => return Search::None { scanned: at },
                }
            }
        }
        count.closes(byte);
    }
    if count.string == StringState::Outside {
        safe = text.len();
    }
    Search::None { scanned: safe }
}

/// A single object: does it hold the records, or is it one?
fn holds_records(object: &str) -> bool {
    let Search::List { behind_bracket } = find_list(object) else {
        return false;
    };
    let before = object
        .get(..behind_bracket.saturating_sub(1))
        .unwrap_or_default()
        .trim_end()
        .trim_end_matches(':')
        .trim_end()
        .trim_end_matches('"');
    let key = before.rsplit('"').next().unwrap_or_default();
    // `items` is how answers of programs call their records.
    !crate::json_value::is_lines(key) || key == "items"
}
