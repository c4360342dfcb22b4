//! Zip archives, read from their directory, with everything counted while it is inflated and nothing believed of it.

use crate::limits::{ENTRIES, ENTRY_BYTES, RATIO, RATIO_FROM, Refused, SHEETS, TOTAL_BYTES};
use crate::{Part, Sink};
use flate2::read::DeflateDecoder;
use std::cell::Cell;
use std::io::{self, ErrorKind, Read};

/// One file of an archive.
#[derive(Debug)]
struct Entry {
    name: String,
    /// 0 is stored, 8 is deflated.
    method: u16,
    encrypted: bool,
    /// Where its bytes are.
    start: usize,
    end: usize,
}

/// An archive and what may still be inflated of it.
#[derive(Debug)]
pub(crate) struct Archive<'a> {
    bytes: &'a [u8],
    entries: Vec<Entry>,
    left: Cell<u64>,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(two.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let eight = bytes.get(at..at.checked_add(8)?)?;
    Some(u64::from_le_bytes(eight.try_into().ok()?))
}

/// Number of entries and where their directory begins (APPNOTE.TXT 4.3.16, and 4.3.14 for large archives).
fn directory(bytes: &[u8]) -> Option<(u64, usize)> {
    // The record is at the end, before a comment of at most 65,535 bytes.
    let from = bytes.len().saturating_sub(22 + 65_535);
    let tail = bytes.get(from..)?;
    let at = from + tail.windows(4).rposition(|mark| mark == b"PK\x05\x06")?;
    let (count, start) = (u16_at(bytes, at + 10)?, u32_at(bytes, at + 16)?);
    if count != u16::MAX && start != u32::MAX {
        return Some((u64::from(count), start as usize));
    }
    let locator = at.checked_sub(20)?;
    if bytes.get(locator..locator + 4) != Some(b"PK\x06\x07") {
        return Some((u64::from(count), start as usize));
    }
    let large = usize::try_from(u64_at(bytes, locator + 8)?).ok()?;
    if bytes.get(large..large.checked_add(4)?) != Some(b"PK\x06\x06") {
        return None;
    }
    let start = usize::try_from(u64_at(bytes, large.checked_add(48)?)?).ok()?;
    Some((u64_at(bytes, large.checked_add(32)?)?, start))
}

/// Reads the entry of the directory at `at`; gives it and where the next one is.
fn entry(bytes: &[u8], at: usize) -> Option<(Entry, usize)> {
    if bytes.get(at..at.checked_add(4)?) != Some(b"PK\x01\x02") {
        return None;
    }
    let (flags, method) = (u16_at(bytes, at + 8)?, u16_at(bytes, at + 10)?);
    let mut packed = u64::from(u32_at(bytes, at + 20)?);
    let inflated = u32_at(bytes, at + 24)?;
    let lengths = [at + 28, at + 30, at + 32].map(|at| u16_at(bytes, at).unwrap_or(0) as usize);
    let [name_len, extra_len, comment_len] = lengths;
    let mut local = u64::from(u32_at(bytes, at + 42)?);
    let name = bytes.get(at + 46..at + 46 + name_len)?;
    let extra = bytes.get(at + 46 + name_len..at + 46 + name_len + extra_len)?;
    // Sizes of more than four bytes stand in a field of their own (4.5.3), those that are needed, in this order.
    if let Some(mut at) = find_extra(extra, 1) {
        if inflated == u32::MAX {
            at += 8;
        }
        if packed == u64::from(u32::MAX) {
            packed = u64_at(extra, at)?;
            at += 8;
        }
        if local == u64::from(u32::MAX) {
            local = u64_at(extra, at)?;
        }
    }
    let local = usize::try_from(local).ok()?;
    if bytes.get(local..local.checked_add(4)?) != Some(b"PK\x03\x04") {
        return None;
    }
    let skipped = u16_at(bytes, local + 26)? as usize + u16_at(bytes, local + 28)? as usize;
    let start = local.checked_add(30)?.checked_add(skipped)?;
    let end = start.checked_add(usize::try_from(packed).ok()?)?;
    let entry = Entry {
        // Names are ours to compare, never paths (S15).
        name: String::from_utf8_lossy(name).replace('\\', "/"),
        method,
        encrypted: flags & 1 != 0,
        start,
        end,
    };
    (end <= bytes.len()).then_some((entry, at + 46 + name_len + extra_len + comment_len))
}

/// Where the data of an extra field begins.
fn find_extra(extra: &[u8], wanted: u16) -> Option<usize> {
    let mut at = 0;
    while let (Some(id), Some(len)) = (u16_at(extra, at), u16_at(extra, at + 2)) {
        if id == wanted {
            return Some(at + 4);
        }
        at += 4 + len as usize;
    }
    None
}

impl<'a> Archive<'a> {
    /// Reads the directory.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, Refused> {
        let (count, mut at) = directory(bytes).ok_or(Refused::Damaged)?;
        if count > ENTRIES as u64 {
            return Err(Refused::Bomb);
        }
        let mut entries = Vec::new();
        for _ in 0..count {
            let (entry, next) = entry(bytes, at).ok_or(Refused::Damaged)?;
            entries.push(entry);
            at = next;
        }
        // Entries that share bytes are how small bombs are made large.
        let mut ranges: Vec<(usize, usize)> = entries.iter().map(|it| (it.start, it.end)).collect();
        ranges.sort_unstable();
        let overlap = ranges.windows(2).any(|pair| match pair {
            [(_, end), (start, other)] => start < end && other > start,
            _ => false,
        });
        if overlap {
            return Err(Refused::Bomb);
        }
        Ok(Self {
            bytes,
            entries,
            left: Cell::new(TOTAL_BYTES),
        })
    }

    fn find(&self, name: &str) -> Option<&Entry> {
        let same = |it: &&Entry| it.name.trim_start_matches('/').eq_ignore_ascii_case(name);
        self.entries.iter().find(same)
    }

    /// Whether there is a file of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// A file, inflated as it is read.
    pub(crate) fn read(&self, name: &str) -> Result<Inflate<'_>, Refused> {
        self.inflate(self.find(name).ok_or(Refused::Damaged)?)
    }

    fn inflate(&self, entry: &Entry) -> Result<Inflate<'_>, Refused> {
        if entry.encrypted {
            return Err(Refused::Password);
        }
        let packed = self.bytes.get(entry.start..entry.end);
        let packed = packed.ok_or(Refused::Damaged)?;
        Ok(Inflate {
            source: match entry.method {
                0 => Source::Stored(packed),
                8 => Source::Deflated(DeflateDecoder::new(packed)),
                _ => return Err(Refused::Damaged),
            },
            packed: packed.len() as u64,
            inflated: 0,
            left: &self.left,
        })
    }
}

#[derive(Debug)]
enum Source<'a> {
    Stored(&'a [u8]),
    Deflated(DeflateDecoder<&'a [u8]>),
}

/// A file of an archive being inflated; an error of the kind `FileTooLarge` is a limit passed.
#[derive(Debug)]
pub(crate) struct Inflate<'a> {
    source: Source<'a>,
    packed: u64,
    inflated: u64,
    left: &'a Cell<u64>,
}

impl Read for Inflate<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = match &mut self.source {
            Source::Stored(bytes) => bytes.read(into)?,
            Source::Deflated(decoder) => decoder.read(into)?,
        };
        self.inflated += count as u64;
        let left = self.left.get().checked_sub(count as u64);
        let regular = self.inflated > RATIO_FROM && self.inflated / RATIO > self.packed;
        match left {
            Some(left) if !regular && self.inflated <= ENTRY_BYTES => self.left.set(left),
            _ => return Err(ErrorKind::FileTooLarge.into()),
        }
        Ok(count)
    }
}

/// What an error while inflating means.
pub(crate) fn refused(error: &io::Error) -> Refused {
    if error.kind() == ErrorKind::FileTooLarge {
        Refused::Bomb
    } else {
        Refused::Damaged
    }
}

/// Endings of files that an import may know; nothing inside an archive is unpacked again.
const TABLES: [&str; 8] = [
    ".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".vcf", ".vcard",
];

/// Gives the text files of an archive as they are.
pub(crate) fn read_files(archive: &Archive<'_>, sink: &mut dyn Sink) -> Result<(), Refused> {
    let mut count = 0;
    let mut buffer = vec![0; 64 << 10];
    for entry in &archive.entries {
        let name = entry.name.rsplit('/').next().unwrap_or_default();
        let lower = name.to_ascii_lowercase();
        let hidden = name.starts_with('.') || entry.name.starts_with("__MACOSX/");
        if hidden || !TABLES.iter().any(|ending| lower.ends_with(ending)) || count == SHEETS {
            continue;
        }
        count += 1;
        let mut bytes = archive.inflate(entry)?;
        sink.begin(&safe_name(name), Part::File);
        loop {
            let got = bytes.read(&mut buffer).map_err(|e| refused(&e))?;
            match buffer.get(..got) {
                Some(piece) if got > 0 => sink.bytes(piece),
                _ => break,
            }
        }
        sink.end(0, 0);
    }
    if count == 0 {
        return Err(Refused::Archive);
    }
    Ok(())
}

/// A name to show: without characters that turn or hide what is read.
fn safe_name(name: &str) -> String {
    let odd = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    name.chars().filter(odd).take(120).collect()
}
