//! Folding: what is written in many ways becomes one.
//!
//! Compatibility forms (full width, ligatures) and accents are taken off, letters are made small, and everything but
//! letters and digits is dropped: `Ｏ'Brien` and `obrien`, `138-0013-8000` and `13800138000` are the same.
//!
//! The text of 王小明 with phone 13800138000 and e-mail `xm.wang@example.com` is
//!
//! ```text
//! 王小明
//! wxm
//! wangxiaoming
//! 13800138000
//! xmwangexamplecom
//! ```
//!
//! (and a last line for the key in the source). Lines and words of a line are divided by characters that folding
//! drops, so that no query reaches over them.

use model::CustomerDraft;
use pinyin::ToPinyin;
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

/// Longer texts than this are cut: nobody types more, and a pasted novel must not fill the index.
const LINE_CHARS_MAX: usize = 120;

/// Variants of pinyin and initials that are kept for a name.
const VARIANTS_MAX: usize = 4;

/// Letters and digits in small form, nothing else.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text
            .bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|byte| byte.to_ascii_lowercase() as char)
            .take(LINE_CHARS_MAX)
            .collect();
    }
    // Lower case may decompose again (İ), hence the filter comes last.
    text.nfkd()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| c.is_alphanumeric())
        .take(LINE_CHARS_MAX)
        .collect()
}

/// The decimal digits of a text, full width ones included.
pub(crate) fn digits(text: &str) -> impl Iterator<Item = char> {
    text.nfkd().filter(char::is_ascii_digit)
}

/// The words of a query, folded; empty ones dropped, at most eight.
pub(crate) fn words(query: &str) -> Vec<String> {
    query
        .split_whitespace()
        .map(fold)
        .filter(|word| !word.is_empty())
        .take(8)
        .collect()
}

/// What a customer is found by.
pub(crate) fn search_text(it: &CustomerDraft) -> String {
    let (initials, pinyin) = sounds(&it.name);
    let phone: String = it.phone.as_deref().map_or_else(String::new, |phone| {
        digits(phone).take(LINE_CHARS_MAX).collect()
    });
    let folded = |text: &Option<String>| text.as_deref().map_or_else(String::new, fold);
    [
        fold(&it.name),
        initials.join(" "),
        pinyin.join(" "),
        phone,
        folded(&it.email),
        folded(&it.external_id),
    ]
    .join("\n")
}

/// What names are sorted by: pinyin syllable by syllable for Chinese, letters and digits for the rest, then the name
/// itself; nameless ones last.
pub(crate) fn sort_name(name: &str) -> String {
    let mut key = String::new();
    let mut begin = true;
    for c in name
        .nfkd()
        .flat_map(char::to_lowercase)
        .take(LINE_CHARS_MAX)
    {
        if let Some(syllable) = syllable(c, begin) {
            if !key.is_empty() && !key.ends_with(' ') {
                key.push(' ');
            }
            key.push_str(syllable);
            key.push(' ');
            begin = false;
        } else if c.is_alphanumeric() {
            key.push(c);
            begin = false;
        } else if c.is_whitespace() && !key.is_empty() && !key.ends_with(' ') {
            key.push(' ');
        }
    }
    let mut key = key.trim_end().to_owned();
    if key.is_empty() {
        // After everything a name can begin with.
        key.push('\u{10ffff}');
    }
    key.push('\u{1}');
    key.push_str(name);
    key
}

/// Readings of family names that differ from the character's usual one.
const FAMILY_NAMES: [(char, &str); 22] = [
    ('曾', "zeng"),
    ('单', "shan"),
    ('解', "xie"),
    ('仇', "qiu"),
    ('查', "zha"),
    ('朴', "piao"),
    ('盖', "ge"),
    ('区', "ou"),
    ('翟', "zhai"),
    ('覃', "qin"),
    ('乐', "yue"),
    ('缪', "miao"),
    ('薄', "bo"),
    ('卜', "bu"),
    ('种', "chong"),
    ('召', "shao"),
    ('郗', "chi"),
    ('员', "yun"),
    ('牟', "mu"),
    ('繁', "po"),
    ('祭', "zhai"),
    ('贲', "ben"),
];

/// Other readings that are common in names of people, shops and places. Not the whole of a dictionary, which has a
/// rare or old reading for half of all characters and would find 王 by `yu`.
const ALSO_READ: [(char, &[&str]); 42] = [
    ('重', &["chong"]),
    ('长', &["chang"]),
    ('行', &["hang"]),
    ('柏', &["bo"]),
    ('朝', &["zhao"]),
    ('晟', &["sheng"]),
    ('茜', &["xi"]),
    ('娜', &["nuo"]),
    ('莎', &["suo"]),
    ('翟', &["zhai"]),
    ('覃', &["qin"]),
    ('折', &["she"]),
    ('万', &["mo"]),
    ('召', &["shao"]),
    ('隗', &["wei"]),
    ('车', &["ju"]),
    ('牟', &["mu"]),
    ('谌', &["shen"]),
    ('都', &["du"]),
    ('厦', &["xia"]),
    ('蔚', &["yu"]),
    ('尉', &["yu"]),
    ('传', &["zhuan"]),
    ('调', &["tiao"]),
    ('会', &["kuai"]),
    ('叶', &["xie"]),
    ('蚌', &["beng"]),
    ('秘', &["bi"]),
    ('适', &["kuo"]),
    ('藏', &["zang"]),
    ('盛', &["cheng"]),
    ('乘', &["sheng"]),
    ('句', &["gou"]),
    ('角', &["jue"]),
    ('莘', &["xin"]),
    ('洗', &["xian"]),
    ('乐', &["yue"]),
    ('曾', &["zeng"]),
    ('单', &["shan"]),
    ('解', &["xie"]),
    ('参', &["shen"]),
    ('薄', &["bo"]),
];

/// The usual reading of a Chinese character, as a family name if it begins the name.
fn syllable(c: char, begins_name: bool) -> Option<&'static str> {
    if c.is_ascii() {
        return None;
    }
    if begins_name && let Some((_, reading)) = FAMILY_NAMES.iter().find(|(name, _)| *name == c) {
        return Some(reading);
    }
    c.to_pinyin().map(|pinyin| plain(pinyin.plain()))
}

/// `ü` is typed as `v`.
fn plain(syllable: &'static str) -> &'static str {
    match syllable {
        "lü" => "lv",
        "nü" => "nv",
        "lüe" => "lve",
        "nüe" => "nve",
        other => other,
    }
}

/// Initials and full pinyin of a name, each with a few variants where a character is read in several ways. Words in
/// other letters give their first letter; a name without Chinese has no pinyin, for that would be itself.
fn sounds(name: &str) -> (Vec<String>, Vec<String>) {
    let mut parts: Vec<Vec<String>> = Vec::new();
    let mut chinese = false;
    let mut in_word = false;
    for c in name
        .nfkd()
        .flat_map(char::to_lowercase)
        .take(LINE_CHARS_MAX)
    {
        if let Some(first) = syllable(c, parts.is_empty()) {
            parts.push(readings(c, first));
            chinese = true;
            in_word = false;
        } else if c.is_alphanumeric() {
            match parts.last_mut() {
                Some(word) if in_word => word.iter_mut().for_each(|text| text.push(c)),
                _ => parts.push(vec![c.to_string()]),
            }
            in_word = true;
        } else if c.is_whitespace() || c.is_ascii_punctuation() || c == '·' {
            in_word = false;
        }
    }
    let initial = |text: &String| text.chars().take(1).collect::<String>();
    let initials = if parts.len() > 1 || chinese {
        variants(&parts, initial)
    } else {
        Vec::new()
    };
    let pinyin = if chinese {
        variants(&parts, String::clone)
    } else {
        Vec::new()
    };
    (initials, pinyin)
}

/// The readings of a character without tones, the likely one first.
fn readings(c: char, first: &'static str) -> Vec<String> {
    let usual = c.to_pinyin().map(|pinyin| plain(pinyin.plain()));
    let also = ALSO_READ.iter().find(|(known, _)| *known == c);
    let others = also.map_or(&[][..], |(_, readings)| readings);
    let mut all: Vec<String> = Vec::new();
    for reading in [first]
        .into_iter()
        .chain(usual)
        .chain(others.iter().copied())
    {
        if !all.iter().any(|known| known == reading) {
            all.push(reading.to_owned());
        }
    }
    // 吕 is typed lv or lu.
    let with_u: Vec<String> = all
        .iter()
        .filter(|reading| reading.contains('v'))
        .map(|reading| reading.replace('v', "u"))
        .collect();
    for reading in with_u {
        if !all.contains(&reading) {
            all.push(reading);
        }
    }
    all
}

/// The usual spelling, then those that differ from it in one character's reading; at most [`VARIANTS_MAX`].
fn variants(parts: &[Vec<String>], spell: impl Fn(&String) -> String) -> Vec<String> {
    let usual: Vec<String> = parts
        .iter()
        .map(|readings| readings.first().map(&spell).unwrap_or_default())
        .collect();
    let mut found = vec![usual.concat()];
    let mut seen: BTreeSet<String> = found.iter().cloned().collect();
    for (i, readings) in parts.iter().enumerate() {
        for other in readings.iter().skip(1).map(&spell) {
            let text: String = usual
                .iter()
                .enumerate()
                .map(|(j, part)| {
                    if i == j {
                        other.as_str()
                    } else {
                        part.as_str()
                    }
                })
                .collect();
            if found.len() < VARIANTS_MAX && seen.insert(text.clone()) {
                found.push(text);
            }
        }
    }
    found
}
