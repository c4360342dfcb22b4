//! Names: put together from their parts in the order of their script.

/// Whether a text has Chinese characters.
pub(crate) fn is_han(text: &str) -> bool {
    text.chars().any(
        |c| matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}'),
    )
}

/// A full name: `陈` + `伟` is 陈伟, `Ann` + `Example` is Ann Example. Runs of blanks become one.
pub fn full_name(first: &str, middle: &str, last: &str) -> String {
    let parts = [first, middle, last].map(str::trim);
    let filled = parts.iter().copied().filter(|part| !part.is_empty());
    let han = filled.clone().count() > 0 && filled.clone().all(is_han);
    if han {
        let [first, middle, last] = parts;
        return [last, first, middle].concat();
    }
    let joined: Vec<&str> = filled.flat_map(str::split_whitespace).collect();
    joined.join(" ")
}

/// A name as one cell has it: runs of blanks become one, and none stay between Chinese characters (`陈　伟`).
pub fn name(cell: &str) -> String {
    let simple = !cell.bytes().any(|b| b < 0x20 || b == 0x7f)
        && !cell.contains("  ")
        && !cell.contains(['\u{3000}', '\u{a0}']);
    if simple && (!cell.contains(' ') || !is_han(cell)) {
        return cell.trim().to_owned();
    }
    let words: Vec<&str> = cell.split_whitespace().collect();
    // 陈 伟 was spaced out to look even beside names of three characters; 欧阳 娜娜 has a meaning only as one, too.
    let spaced = words
        .iter()
        .all(|word| is_han(word) && word.chars().count() <= 2);
    if spaced && words.len() <= 3 {
        words.concat()
    } else {
        words.join(" ")
    }
}
