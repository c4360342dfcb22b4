//! Compound files (MS-CFB): a file system in a file, in which old workbooks lie, and new ones that have a password.

use crate::limits::Refused;

/// How such a file begins.
pub(crate) const MARK: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Sector numbers from here on have a meaning of their own (end of chain, free ...).
const SPECIAL: u32 = 0xffff_fffa;

/// Bytes per entry of the directory.
const ENTRY: usize = 128;

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(two.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

/// A compound file.
pub(crate) struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    /// The sector that follows each.
    next: Vec<u32>,
    directory: Vec<u8>,
    /// Small streams: their bytes, the small sector that follows each, and from which size a stream is not small.
    small: Vec<u8>,
    small_next: Vec<u32>,
    small_sector: usize,
    small_below: u32,
}

impl<'a> Compound<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, Refused> {
        Self::read(bytes).ok_or(Refused::Damaged)
    }

    fn read(bytes: &'a [u8]) -> Option<Self> {
        let shift = u32::from(u16_at(bytes, 30)?);
        let small_shift = u32::from(u16_at(bytes, 32)?);
        if !bytes.starts_with(MARK) || !matches!(shift, 9 | 12) || small_shift != 6 {
            return None;
        }
        let mut file = Self {
            bytes,
            sector: 1 << shift,
            next: Vec::new(),
            directory: Vec::new(),
            small: Vec::new(),
            small_next: Vec::new(),
            small_sector: 1 << small_shift,
            small_below: u32_at(bytes, 56)?,
        };
        for at in file.table()? {
            file.next.extend(words(file.sector_at(at)?));
        }
        file.directory = file.chain(u32_at(bytes, 48)?, None)?;
        let (start, size) = place(file.directory.get(..ENTRY)?)?;
        let small_table = u32_at(bytes, 60)?;
        if small_table < SPECIAL {
            file.small_next = words(&file.chain(small_table, None)?).collect();
            file.small = file.chain(start, Some(size as usize))?;
        }
        Some(file)
    }

    fn sector_at(&self, number: u32) -> Option<&'a [u8]> {
        let start = (number as usize).checked_add(1)?.checked_mul(self.sector)?;
        // The last sector of a file may be cut short.
        let end = start.checked_add(self.sector)?.min(self.bytes.len());
        self.bytes.get(start..end).filter(|bytes| !bytes.is_empty())
    }

    /// The sectors in which the table of sectors lies: the first 109 stand in the header, others in a chain.
    fn table(&self) -> Option<Vec<u32>> {
        let mut list: Vec<u32> = words(self.bytes.get(76..512)?).collect();
        let mut more = u32_at(self.bytes, 68)?;
        let most = self.bytes.len() / self.sector + 1;
        for _ in 0..most {
            if more >= SPECIAL {
                break;
            }
            let mut numbers: Vec<u32> = words(self.sector_at(more)?).collect();
            more = numbers.pop()?;
            list.extend(numbers);
        }
        list.retain(|&number| number < SPECIAL);
        (list.len() <= most).then_some(list)
    }

    /// The bytes of a chain of sectors; a chain that never ends is damage.
    fn chain(&self, start: u32, size: Option<usize>) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut at = start;
        for _ in 0..=self.next.len() {
            if at >= SPECIAL || size.is_some_and(|size| out.len() >= size) {
                out.truncate(size.unwrap_or(out.len()));
                return Some(out);
            }
            out.extend_from_slice(self.sector_at(at)?);
            at = *self.next.get(at as usize)?;
        }
        None
    }

    fn small_chain(&self, start: u32, size: usize) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut at = start;
        for _ in 0..=self.small_next.len() {
            if at >= SPECIAL || out.len() >= size {
                out.truncate(size);
                return Some(out);
            }
            let from = (at as usize).checked_mul(self.small_sector)?;
            let to = from.checked_add(self.small_sector)?.min(self.small.len());
            out.extend_from_slice(self.small.get(from..to)?);
            at = *self.small_next.get(at as usize)?;
        }
        None
    }

    fn find(&self, name: &str) -> Option<(u32, u32)> {
        let entries = self.directory.chunks_exact(ENTRY);
        let mut streams = entries.filter(|entry| entry.get(66) == Some(&2));
        streams
            .find(|entry| name_of(entry).as_deref() == Some(name))
            .and_then(place)
    }

    /// Whether there is a stream of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The bytes of a stream.
    pub(crate) fn stream(&self, name: &str) -> Result<Vec<u8>, Refused> {
        let (start, size) = self.find(name).ok_or(Refused::Damaged)?;
        let bytes = if size < self.small_below {
            self.small_chain(start, size as usize)
        } else {
            self.chain(start, Some(size as usize))
        };
        bytes.ok_or(Refused::Damaged)
    }
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    let four = bytes.chunks_exact(4);
    four.map(|four| four.try_into().map_or(u32::MAX, u32::from_le_bytes))
}

/// First sector and size of an entry of the directory.
fn place(entry: &[u8]) -> Option<(u32, u32)> {
    Some((u32_at(entry, 116)?, u32_at(entry, 120)?))
}

fn name_of(entry: &[u8]) -> Option<String> {
    let len = usize::from(u16_at(entry, 64)?).checked_sub(2)?;
    let units = entry.get(..len.min(62))?.chunks_exact(2);
    let units: Vec<u16> = units
        .filter_map(|two| Some(u16::from_le_bytes(two.try_into().ok()?)))
        .collect();
    Some(String::from_utf16_lossy(&units))
}
