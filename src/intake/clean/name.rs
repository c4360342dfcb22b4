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

/// A person's name: as [`name`], letters typed in full width made ordinary, titles before Latin and behind Chinese names
/// left out, and `Example, Ann` in the order in which it is spoken. A family name with its title (`王先生`) stays, because
/// nothing else is known of them; so do names of companies.
pub fn person(cell: &str) -> String {
    let name = name(&width(cell));
    if is_company(&name) {
        return name;
    }
    if is_han(&name) {
        let bare = ["先生", "女士", "小姐", "太太", "夫人", "老师", "同学"]
            .iter()
            .find_map(|title| name.strip_suffix(title))
            .filter(|bare| bare.chars().count() >= 2 && bare.chars().all(|c| !c.is_ascii()));
        // 欧阳先生 is a family name of two characters and a title.
        let double = bare.is_some_and(|bare| DOUBLE.contains(&bare));
        return match bare {
            Some(bare) if !double => bare.to_owned(),
            _ => name,
        };
    }
    let spoken = match name.split_once(',') {
        Some((last, first)) if is_plain(last) && is_plain(first) => {
            format!("{} {}", first.trim(), last.trim())
        }
        _ => name,
    };
    let (first, rest) = spoken.split_once(' ').unwrap_or((spoken.as_str(), ""));
    let word = first.trim_end_matches('.').to_lowercase();
    let titles = [
        "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "herr", "frau", "mme", "monsieur", "madame",
    ];
    if titles.contains(&word.as_str()) && !rest.trim().is_empty() {
        return rest.trim().to_owned();
    }
    spoken
}

/// A name and the number that stands in the same cell behind or before it: `王小明 13812345678`. Whether it is a telephone
/// number the caller finds out.
pub fn with_number(cell: &str) -> Option<(String, String)> {
    let cell = width(cell);
    let of_number = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ');
    let between = |c: char| !c.is_alphanumeric() && c != '+';
    let bare = cell.trim_matches(|c: char| between(c) || c == '\'');
    let behind = bare.trim_end_matches(of_number);
    let before = bare.trim_start_matches(of_number);
    let (name, number) = match (behind.len() < bare.len(), before.len() < bare.len()) {
        (true, false) => (behind, bare.get(behind.len()..)?),
        (false, true) => (before, bare.get(..bare.len() - before.len())?),
        _ => return None,
    };
    let name = name.trim_matches(between);
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let whole = (10..=15).contains(&digits) && !name.chars().any(|c| c.is_ascii_digit());
    let lettered = name.chars().any(char::is_alphabetic);
    (whole && lettered).then(|| (name.to_owned(), number.trim().to_owned()))
}

/// Family names of two characters.
const DOUBLE: [&str; 12] = [
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "司徒", "夏侯",
];

/// Words of one or two letters at least, and nothing that a name does not have.
fn is_plain(part: &str) -> bool {
    let part = part.trim();
    !part.is_empty()
        && part
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '.'))
}

fn is_company(name: &str) -> bool {
    let lower = name.to_lowercase();
    let marks = ["公司", "集团", "工作室", "有限", "商行", "gmbh", "s.a."];
    let words = [
        "inc", "ltd", "llc", "co", "corp", "company", "limited", "bv", "sarl", "ag",
    ];
    marks.iter().any(|mark| lower.contains(mark))
        || lower
            .split([' ', ',', '.'])
            .any(|word| words.contains(&word))
}

/// Letters and digits typed in full width as ordinary ones; punctuation stays.
fn width(text: &str) -> String {
    let narrow = |c: char| match c {
        'ａ'..='ｚ' | 'Ａ'..='Ｚ' | '０'..='９' => super::text::half_width(c),
        other => other,
    };
    text.chars().map(narrow).collect()
}
