//! XML as workbooks have it: no DTD, no entities but the five and characters by number (S11 of security.md).

use crate::limits::Refused;
use crate::zip::{Inflate, refused};
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::borrow::Cow;
use std::io::BufReader;

/// What comes next.
pub(crate) enum Piece<'a> {
    /// An element begins. An empty element begins and ends.
    Open(Tag<'a>),
    /// An element ends: the innermost that is open.
    Close,
    /// Text, as far as it goes without a reference.
    Text(Cow<'a, str>),
    /// A character that was written as a reference.
    Char(char),
    /// A comment or an instruction.
    Other,
    /// The end of the file.
    End,
}

/// The beginning of an element. Names are without their prefix.
pub(crate) struct Tag<'a>(BytesStart<'a>);

impl Tag<'_> {
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// Gives `each` every attribute: its name without prefix, and its value as it is written.
    pub(crate) fn attributes(&self, mut each: impl FnMut(&str, &str)) {
        let mut attributes = self.0.attributes();
        for attribute in attributes.with_checks(false).flatten() {
            each(attribute.key.local_name().into_inner(), &attribute.value);
        }
    }

    /// The value of an attribute.
    pub(crate) fn attribute(&self, wanted: &str) -> Option<String> {
        let mut found = None;
        self.attributes(|name, value| {
            if name == wanted && found.is_none() {
                found = Some(unescape(value).unwrap_or(Cow::Borrowed(value)).into_owned());
            }
        });
        found
    }

    /// Whether a flag is set.
    pub(crate) fn is_set(&self, wanted: &str) -> bool {
        matches!(self.attribute(wanted).as_deref(), Some("1" | "true" | "on"))
    }
}

/// A file of an archive as XML.
pub(crate) struct Xml<'a> {
    reader: Reader<BufReader<Inflate<'a>>>,
    buffer: Vec<u8>,
    depth: u32,
}

/// Elements of workbooks do not nest deeper.
const DEPTH: u32 = 256;

impl<'a> Xml<'a> {
    pub(crate) fn new(file: Inflate<'a>) -> Self {
        let mut reader = Reader::from_reader(BufReader::with_capacity(64 << 10, file));
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        Self {
            reader,
            buffer: Vec::new(),
            depth: 0,
        }
    }

    /// The next piece.
    pub(crate) fn next(&mut self) -> Result<Piece<'_>, Refused> {
        self.buffer.clear();
        let event = self.reader.read_event_into(&mut self.buffer);
        Ok(match event.map_err(|e| why(&e))? {
            Event::Start(tag) | Event::Empty(tag) => {
                self.depth += 1;
                if self.depth > DEPTH {
                    return Err(Refused::Bomb);
                }
                Piece::Open(Tag(tag))
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                Piece::Close
            }
            Event::Text(text) => Piece::Text(text.into_inner()),
            Event::CData(text) => Piece::Text(text.into_inner()),
            Event::GeneralRef(name) => Piece::Char(character(&name)?),
            // Where entities and bombs made of them are declared.
            Event::DocType(_) => return Err(Refused::Damaged),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => Piece::Other,
            Event::Eof => Piece::End,
        })
    }
}

fn character(name: &BytesRef<'_>) -> Result<char, Refused> {
    if let Ok(Some(c)) = name.resolve_char_ref() {
        return Ok(c);
    }
    Ok(match &**name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return Err(Refused::Damaged),
    })
}

fn why(error: &quick_xml::Error) -> Refused {
    match error {
        quick_xml::Error::Io(error) => refused(error),
        _ => Refused::Damaged,
    }
}
