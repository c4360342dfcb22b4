//! ZIP archives as they grow: what is written can be handed on at once, whatever comes behind.
//!
//! Sizes and checksums stand behind each file (APPNOTE.TXT 4.3.9, "data descriptor"), because they are not known before.
//! The day of every file is 1 January 1980, so that the same content gives the same bytes.

use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, TDEFLStatus, compress, create_comp_flags_from_zip_params,
};

/// Deflate's level: half the time of 6 for a tenth more bytes.
const LEVEL: i32 = 3;

/// Bytes of output asked for at a time.
const PIECE: usize = 32 << 10;

/// Plain text is gathered up to here before it is compressed.
const GATHERED: usize = 64 << 10;

/// Sizes and checksum follow; names are UTF-8.
const FLAGS: u16 = 0x0808;

/// 1980-01-01 in the format of MS-DOS.
const DOS_DATE: u16 = 0x0021;

struct Entry {
    name: String,
    crc: u32,
    packed: u32,
    plain: u32,
    offset: u32,
}

struct Open {
    name: String,
    offset: u64,
    crc: Crc,
    packed: u64,
    plain: u64,
    gathered: Vec<u8>,
    deflate: Box<CompressorOxide>,
}

/// Writes an archive.
#[derive(Default)]
pub(super) struct ZipWriter {
    entries: Vec<Entry>,
    open: Option<Open>,
    offset: u64,
}

impl std::fmt::Debug for ZipWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ZipWriter")
            .field("entries", &self.entries.len())
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}

impl ZipWriter {
    /// Begins a file; the one before ends.
    pub(super) fn begin(&mut self, name: &str, out: &mut Vec<u8>) {
        self.end_file(out);
        let start = out.len();
        out.extend_from_slice(b"PK\x03\x04");
        for number in [20, FLAGS, 8, 0, DOS_DATE] {
            out.extend_from_slice(&u16::to_le_bytes(number));
        }
        // Checksum and sizes come later.
        out.extend_from_slice(&[0; 12]);
        out.extend_from_slice(&(name.len() as u16).to_le_bytes());
        out.extend_from_slice(&[0; 2]);
        out.extend_from_slice(name.as_bytes());
        let flags = create_comp_flags_from_zip_params(LEVEL, -15, 0);
        self.open = Some(Open {
            name: name.to_owned(),
            offset: self.offset,
            crc: Crc::new(),
            packed: 0,
            plain: 0,
            gathered: Vec::new(),
            deflate: Box::new(CompressorOxide::new(flags)),
        });
        self.offset += (out.len() - start) as u64;
    }

    /// Appends to the file that was begun.
    pub(super) fn write(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let Some(open) = &mut self.open else { return };
        open.crc.add(bytes);
        open.plain += bytes.len() as u64;
        open.gathered.extend_from_slice(bytes);
        if open.gathered.len() >= GATHERED {
            let written = open.pack(TDEFLFlush::None, out);
            self.offset += written;
        }
    }

    fn end_file(&mut self, out: &mut Vec<u8>) {
        let Some(mut open) = self.open.take() else {
            return;
        };
        self.offset += open.pack(TDEFLFlush::Finish, out);
        let entry = Entry {
            crc: open.crc.value(),
            packed: open.packed as u32,
            plain: open.plain as u32,
            offset: open.offset as u32,
            name: open.name,
        };
        out.extend_from_slice(b"PK\x07\x08");
        for number in [entry.crc, entry.packed, entry.plain] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        self.offset += 16;
        self.entries.push(entry);
    }

    /// The directory at the end.
    pub(super) fn end(&mut self, out: &mut Vec<u8>) {
        self.end_file(out);
        let start = out.len();
        for entry in &self.entries {
            out.extend_from_slice(b"PK\x01\x02");
            for number in [20, 20, FLAGS, 8, 0, DOS_DATE] {
                out.extend_from_slice(&u16::to_le_bytes(number));
            }
            for number in [entry.crc, entry.packed, entry.plain] {
                out.extend_from_slice(&number.to_le_bytes());
            }
            out.extend_from_slice(&(entry.name.len() as u16).to_le_bytes());
            // No extra field, no comment, first disk, no attributes.
            out.extend_from_slice(&[0; 12]);
            out.extend_from_slice(&entry.offset.to_le_bytes());
            out.extend_from_slice(entry.name.as_bytes());
        }
        let size = (out.len() - start) as u32;
        let count = (self.entries.len() as u16).to_le_bytes();
        out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        out.extend_from_slice(&count);
        out.extend_from_slice(&count);
        out.extend_from_slice(&size.to_le_bytes());
        out.extend_from_slice(&(self.offset as u32).to_le_bytes());
        out.extend_from_slice(&[0; 2]);
    }
}

impl Open {
    /// Compresses what was gathered; gives the number of bytes written.
    fn pack(&mut self, flush: TDEFLFlush, out: &mut Vec<u8>) -> u64 {
        let mut rest: &[u8] = &std::mem::take(&mut self.gathered);
        let begin = out.len();
        let mut piece = vec![0; PIECE];
        loop {
            let (status, read, wrote) = compress(&mut self.deflate, rest, &mut piece, flush);
            out.extend_from_slice(piece.get(..wrote).unwrap_or_default());
            rest = rest.get(read..).unwrap_or_default();
            let stuck = read == 0 && wrote == 0;
            let ended = match status {
                TDEFLStatus::Okay => rest.is_empty() && flush == TDEFLFlush::None && wrote < PIECE,
                TDEFLStatus::Done | TDEFLStatus::BadParam | TDEFLStatus::PutBufFailed => true,
            };
            if ended || stuck {
                break;
            }
        }
        let written = (out.len() - begin) as u64;
        self.packed += written;
        written
    }
}

/// CRC-32 as in ZIP: polynomial 0xEDB88320, by bytes.
struct Crc(u32);

const TABLE: [u32; 256] = table();

#[expect(clippy::indexing_slicing, reason = "256 entries, counted to 256")]
const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut number = 0;
    while number < 256 {
        let mut crc = number as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[number] = crc;
        number += 1;
    }
    table
}

impl Crc {
    fn new() -> Self {
        Self(!0)
    }

    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let at = ((self.0 ^ u32::from(*byte)) & 0xff) as usize;
            self.0 = (self.0 >> 8) ^ TABLE.get(at).copied().unwrap_or_default();
        }
    }

    fn value(&self) -> u32 {
        !self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_zip() {
        let mut crc = Crc::new();
        crc.add(b"123456789");
        assert_eq!(crc.value(), 0xcbf4_3926);
    }

    #[test]
    fn what_was_packed_unpacks_again() {
        let mut zip = ZipWriter::default();
        let mut out = Vec::new();
        let text: Vec<u8> = (0..200_000u32)
            .flat_map(|n| n.to_string().into_bytes())
            .collect();
        zip.begin("a.txt", &mut out);
        for piece in text.chunks(777) {
            zip.write(piece, &mut out);
        }
        zip.begin("b.txt", &mut out);
        zip.end(&mut out);
        assert!(out.len() < text.len() / 2);
        let name_end = 30 + "a.txt".len();
        let packed = zip.entries[0].packed as usize;
        let back =
            miniz_oxide::inflate::decompress_to_vec(&out[name_end..name_end + packed]).unwrap();
        assert_eq!(back, text);
        assert_eq!(zip.entries[0].plain as usize, text.len());
        assert_eq!(&out[zip.entries[1].offset as usize..][..4], b"PK\x03\x04");
        let end = out.len() - 22;
        assert_eq!(&out[end..end + 4], b"PK\x05\x06");
        let directory = u32::from_le_bytes(out[end + 16..end + 20].try_into().unwrap()) as usize;
        assert_eq!(&out[directory..directory + 4], b"PK\x01\x02");
    }
}
