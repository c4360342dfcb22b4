//! Bytes: what is no text at all, and how text is spelled.

use super::Found;
use model::import::TextEncoding;

/// What the first bytes give away, if they are no text.
pub(crate) fn magic(bytes: &[u8], file_name: &str) -> Option<Found> {
    let starts = |mark: &[u8]| bytes.starts_with(mark);
    let name = file_name.to_ascii_lowercase();
    if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
        let workbook = contains(bytes, b"xl/") || name.ends_with(".xlsx");
        return Some(if workbook {
            Found::Xlsx
        } else {
            Found::Archive
        });
    }
    let known: &[(&[u8], Found)] = &[
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Found::Xls),
        (b"%PDF", Found::Pdf),
        (b"\x89PNG", Found::Media),
        (b"\xff\xd8\xff", Found::Media),
        (b"GIF8", Found::Media),
        (b"RIFF", Found::Media),
        (b"ID3", Found::Media),
        (b"OggS", Found::Media),
        (b"\x1f\x8b", Found::Archive),
        (b"Rar!", Found::Archive),
        (b"7z\xbc\xaf", Found::Archive),
        (b"SQLite format 3\0", Found::Sqlite),
    ];
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some(Found::Media);
    }
    known
        .iter()
        .find(|(mark, _)| starts(mark))
        .map(|(_, found)| *found)
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// How the bytes spell text; `cut` when the sample ends somewhere inside the file.
///
/// A byte order mark decides. Else pairs of bytes with zeros always on the same side are UTF-16, valid UTF-8 is
/// UTF-8 (no other encoding is valid by chance), and the rest is Windows-1252 where high bytes stand alone, else
/// GB18030, in which Chinese spreadsheets save.
pub(crate) fn encoding(bytes: &[u8], cut: bool) -> Option<TextEncoding> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Some(TextEncoding::Utf8);
    }
    if bytes.starts_with(b"\xff\xfe") {
        return Some(TextEncoding::Utf16Le);
    }
    if bytes.starts_with(b"\xfe\xff") {
        return Some(TextEncoding::Utf16Be);
    }
    let zeros = bytes.iter().filter(|&&b| b == 0).count();
    if zeros > 0
        && let Some(encoding) = utf16(bytes)
    {
        return Some(encoding);
    }
    // A few zeros are damage, many are no text.
    if zeros * 50 > bytes.len() {
        return None;
    }
    let valid = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => cut && error.error_len().is_none(),
    };
    if valid {
        return Some(TextEncoding::Utf8);
    }
    Some(if mostly_utf8(bytes) {
        TextEncoding::Utf8
    } else if western(bytes) {
        TextEncoding::Windows1252
    } else {
        TextEncoding::Gb18030
    })
}

/// Single bytes above ASCII among letters (`Müller`, `José,`) rather than the pairs that spell Chinese.
///
/// In GBK nearly every character is a pair of two high bytes, and no high byte stands before a blank, a comma or a
/// line end. In Windows-1252 high bytes stand alone: what follows is ASCII. The rare Chinese character whose second
/// byte is ASCII (`瑄` is AC 75) is outweighed by the pairs around it.
fn western(bytes: &[u8]) -> bool {
    let (mut alone, mut pairs) = (0usize, 0usize);
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] | [_] => break,
            [low, tail @ ..] if *low < 0x80 => tail,
            // Never the first byte of a pair.
            [0x80 | 0xff, tail @ ..] => {
                alone += 1;
                tail
            }
            // Four bytes of GB18030, which no Western text is by chance.
            [_, b'0'..=b'9', third, b'0'..=b'9', tail @ ..] if *third > 0x80 => {
                pairs += 2;
                tail
            }
            [_, next, tail @ ..] if *next >= 0x80 => {
                pairs += 1;
                tail
            }
            [_, tail @ ..] => {
                alone += 1;
                tail
            }
        };
    }
    alone > pairs
}

/// Line ends and commas have a zero on one side, and always on the same.
fn utf16(bytes: &[u8]) -> Option<TextEncoding> {
    let (mut little, mut big) = (0u32, 0u32);
    for pair in bytes.chunks_exact(2) {
        match pair {
            [b'\t' | b'\n' | b'\r' | b' '..=b'~', 0] => little += 1,
            [0, b'\t' | b'\n' | b'\r' | b' '..=b'~'] => big += 1,
            _ => {}
        }
    }
    let enough = (bytes.len() / 2 / 20).max(2) as u32;
    if little >= enough && little > big * 4 {
        Some(TextEncoding::Utf16Le)
    } else if big >= enough && big > little * 4 {
        Some(TextEncoding::Utf16Be)
    } else {
        None
    }
}

/// UTF-8 with a little damage: many characters of several bytes are right, few are wrong.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut right, mut wrong) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        right += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    right > wrong * 10
}

/// Whether a text is one of cards.
pub(crate) fn is_cards(start: &str) -> bool {
    start
        .get(..11)
        .is_some_and(|start| start.eq_ignore_ascii_case("begin:vcard"))
}

/// Text that is no table: what is it?
pub(crate) fn foreign_text(text: &str) -> Option<Found> {
    let start: String = text
        .trim_start()
        .chars()
        .take(400)
        .collect::<String>()
        .to_ascii_lowercase();
    if start.starts_with("<?xml") {
        return Some(if start.contains("<html") {
            Found::Html
        } else {
            Found::Xml
        });
    }
    let html = [
        "<!doctype html",
        "<html",
        "<head",
        "<table",
        "<meta",
        "<body",
        "<div",
    ];
    html.iter()
        .any(|mark| start.starts_with(mark))
        .then_some(Found::Html)
}

/// Control characters that no text has.
pub(crate) fn looks_binary(text: &str) -> bool {
    let (mut odd, mut all) = (0usize, 0usize);
    for c in text.chars().take(4096) {
        all += 1;
        odd += usize::from(
            c == '\u{fffd}'
                || (c.is_control()
                    && !matches!(
                        c,
                        '\t' | '\n' | '\r' | '\u{1a}' | '\0' | '\u{1e}' | '\u{1f}'
                    )),
        );
    }
    odd * 10 > all
}
