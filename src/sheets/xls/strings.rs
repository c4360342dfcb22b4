//! Texts of old workbooks. A record has at most 8,224 bytes; a longer one goes on in `Continue` records, and a text that
//! is cut there says anew whether its characters have one byte or two.

use crate::limits::Refused;

/// The bytes of a record and of those that continue it.
pub(crate) struct Segments<'a> {
    list: Vec<&'a [u8]>,
    at: usize,
    pos: usize,
}

impl<'a> Segments<'a> {
    pub(crate) fn new(list: Vec<&'a [u8]>) -> Self {
        Self {
            list,
            at: 0,
            pos: 0,
        }
    }

    /// What is left of the segment at hand; goes to the next one where nothing is.
    fn rest(&mut self) -> Option<&'a [u8]> {
        loop {
            let rest = self.list.get(self.at)?.get(self.pos..)?;
            if !rest.is_empty() {
                return Some(rest);
            }
            self.at += 1;
            self.pos = 0;
        }
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        let byte = *self.rest()?.first()?;
        self.pos += 1;
        Some(byte)
    }

    fn word(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            let step = self.rest()?.len().min(count);
            self.pos += step;
            count -= step;
        }
        Some(())
    }

    /// Appends `count` characters of one byte or two (`wide`); of what is cut off as many as there are.
    pub(crate) fn chars(
        &mut self,
        mut count: usize,
        mut wide: bool,
        out: &mut String,
    ) -> Option<()> {
        let mut units: Vec<u16> = Vec::new();
        while count > 0 {
            let begun = self.at;
            let Some(rest) = self.rest() else { break };
            let rest = if self.at == begun {
                rest
            } else {
                wide = rest.first()? & 1 != 0;
                self.pos += 1;
                match rest.get(1..) {
                    Some(rest) if !rest.is_empty() => rest,
                    _ => continue,
                }
            };
            let size = if wide { 2 } else { 1 };
            let here = (rest.len() / size).min(count);
            if here == 0 {
                // Half a character: damage, which the next text would only spread.
                break;
            }
            let bytes = rest.get(..here * size)?;
            if wide {
                let pairs = bytes.chunks_exact(2);
                units
                    .extend(pairs.filter_map(|two| Some(u16::from_le_bytes(two.try_into().ok()?))));
            } else {
                units.extend(bytes.iter().map(|&byte| u16::from(byte)));
            }
            self.pos += here * size;
            count -= here;
        }
        out.push_str(&String::from_utf16_lossy(&units));
        (count == 0).then_some(())
    }
}

/// Texts that cells share, one after the other, and where each ends.
#[derive(Default)]
pub(crate) struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    /// Reads the table of texts (2.4.265); what a cut-off file still has of it counts.
    pub(crate) fn read(segments: Vec<&[u8]>) -> Result<Self, Refused> {
        let mut texts = Self::default();
        let mut segments = Segments::new(segments);
        segments.skip(8).ok_or(Refused::Damaged)?;
        while texts.one(&mut segments).is_some() {
            texts.ends.push(texts.text.len());
        }
        Ok(texts)
    }

    fn one(&mut self, segments: &mut Segments<'_>) -> Option<()> {
        let count = segments.word()? as usize;
        let flags = segments.byte()?;
        let runs = if flags & 8 == 0 {
            0
        } else {
            segments.word()? as usize
        };
        let extra = if flags & 4 == 0 {
            0
        } else {
            let (low, high) = (segments.word()?, segments.word()?);
            usize::from(low) | usize::from(high) << 16
        };
        segments.chars(count, flags & 1 != 0, &mut self.text)?;
        segments.skip(runs * 4)?;
        segments.skip(extra)
    }

    pub(crate) fn get(&self, index: usize) -> Option<&str> {
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..*self.ends.get(index)?)
    }
}
