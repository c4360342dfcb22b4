//! WebAssembly's binary form as far as we change it: sections, numbers and names.

/// The id of the section of imports.
pub const IMPORTS: u8 = 2;
/// The id of the section of exports.
pub const EXPORTS: u8 = 7;

/// The program with the content of one section replaced; nothing where it is no program or `change` gives nothing.
pub fn with_section(
    program: &[u8],
    section: u8,
    change: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> Option<Vec<u8>> {
    let (header, mut rest) = program.split_at_checked(8)?;
    let mut out = header.to_vec();
    while let Some((&id, tail)) = rest.split_first() {
        let (length, tail) = number(tail)?;
        let (content, tail) = tail.split_at_checked(length)?;
        let content = if id == section {
            change(content)?
        } else {
            content.to_vec()
        };
        out.push(id);
        write_number(&mut out, content.len());
        out.extend(content);
        rest = tail;
    }
    Some(out)
}

/// An unsigned number in LEB128, and what stands behind it.
pub fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0;
    let mut rest = bytes;
    for place in 0..5 {
        let (&byte, tail) = rest.split_first()?;
        value |= usize::from(byte & 127) << (7 * place);
        rest = tail;
        if byte < 128 {
            return Some((value, rest));
        }
    }
    None
}

/// Writes an unsigned number in LEB128.
pub fn write_number(out: &mut Vec<u8>, mut value: usize) {
    while value > 127 {
        out.push((value & 127) as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
}

/// A name with its length before it, and what stands behind it.
pub fn text(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = number(bytes)?;
    let (text, rest) = rest.split_at_checked(length)?;
    Some((std::str::from_utf8(text).ok()?, rest))
}

/// Writes a name with its length before it.
pub fn write_text(out: &mut Vec<u8>, text: &str) {
    write_number(out, text.len());
    out.extend(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_trip() {
        for value in [0, 1, 127, 128, 300, 16_384, 2_000_000] {
            let mut bytes = Vec::new();
            write_number(&mut bytes, value);
            assert_eq!(number(&bytes), Some((value, &[][..])));
        }
    }
}
