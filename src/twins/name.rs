//! Names as they are compared: in Chinese (traditional or simplified), pinyin, Latin, and of companies.
//!
//! Every name has a *sound*: its letters, Chinese read as pinyin, sorted. 李娜, `Li Na`, `NA LI` and `lina` all sound
//! `ailn`, whatever their order and blanks; that anagrams sound alike does no harm, because names of the same sound are
//! compared letter by letter afterwards.

use crate::company;
use model::twin::TwinReason;
use pinyin::ToPinyin;
use unicode_normalization::UnicodeNormalization;
use xxhash_rust::xxh3::xxh3_64;

/// Longer names are cut: nobody is called so.
const NAME_CHARS_MAX: usize = 80;

/// Family names of two characters.
const LONG_FAMILY_NAMES: [&str; 18] = [
    "欧阳", "司马", "诸葛", "上官", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文",
    "司徒", "东方", "南宫", "独孤", "端木", "百里",
];

/// Readings of family names that differ from the character's usual one.
const FAMILY_READINGS: [(char, &str); 14] = [
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
];

/// Titles after Chinese names, longest first.
const TITLES_ZH: [&str; 20] = [
    "总经理",
    "先生",
    "女士",
    "小姐",
    "太太",
    "老师",
    "经理",
    "医生",
    "大夫",
    "教授",
    "师傅",
    "同学",
    "阿姨",
    "老板",
    "夫人",
    "店长",
    "主任",
    "哥",
    "姐",
    "总",
];

/// Titles among the words of Latin names.
const TITLES_LATIN: [&str; 12] = [
    "mr", "mrs", "ms", "miss", "dr", "prof", "sir", "madam", "jr", "sr", "mx", "herr",
];

/// What stands for no name.
const NOBODY: [&str; 16] = [
    "test",
    "测试",
    "unknown",
    "未知",
    "无",
    "none",
    "null",
    "na",
    "匿名",
    "匿名用户",
    "散客",
    "客户",
    "顾客",
    "会员",
    "customer",
    "guest",
];

/// A name that stands for none: `test`, 匿名 ...
pub fn is_nobody(name: &str) -> bool {
    NOBODY.contains(&&*crate::record::fold(name))
}

/// A name, prepared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Name {
    /// Letters and digits in small form, simplified; empty where there is no name.
    pub(crate) plain: Box<str>,
    /// Words in Latin letters: pinyin of family and given name, or the words themselves.
    pub(crate) words: Box<str>,
    /// Hash of the sound; 0 without a name.
    pub(crate) sound: u64,
    /// It has Chinese characters.
    pub(crate) chinese: bool,
    /// It had traditional characters.
    pub(crate) traditional: bool,
    /// A family name alone, or a single word: little to tell a person by.
    pub(crate) partial: bool,
}

impl Name {
    /// Prepares a name.
    pub(crate) fn read(text: &str, is_company: bool) -> Self {
        let folded: String = text
            .nfkd()
            .filter(|c| !is_mark(*c))
            .flat_map(char::to_lowercase)
            .take(NAME_CHARS_MAX)
            .collect();
        let (simple, traditional) = simplify(&folded);
        let words: Vec<String> = simple
            .split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
            .map(|word| word.chars().filter(|c| c.is_alphanumeric()).collect())
            .filter(|word: &String| !word.is_empty())
            .collect();
        let chinese = simple.chars().any(is_han);
        let mut name = if chinese {
            Self::chinese(&words.concat(), is_company)
        } else {
            Self::latin(&words, is_company)
        };
        if NOBODY.contains(&&*name.plain) {
            return Self::default();
        }
        name.chinese = chinese;
        name.traditional = traditional;
        name.sound = sound(&name.words);
        name
    }

    fn chinese(plain: &str, is_company: bool) -> Self {
        if is_company {
            let core = company::chinese_core(plain);
            return Self {
                words: read_aloud(&core, false).into(),
                plain: core.into(),
                ..Self::default()
            };
        }
        let mut plain = plain.to_owned();
        for title in TITLES_ZH {
            if let Some(rest) = plain.strip_suffix(title)
                && !rest.is_empty()
                && (title.chars().count() > 1 || rest.chars().count() == 1)
            {
                plain = rest.to_owned();
                break;
            }
        }
        let at = LONG_FAMILY_NAMES
            .iter()
            .find(|family| plain.starts_with(**family))
            .map_or_else(
                || plain.chars().next().map_or(0, char::len_utf8),
                |family| family.len(),
            );
        let (family, given) = plain.split_at(at.min(plain.len()));
        let words = [read_aloud(family, true), read_aloud(given, false)];
        Self {
            words: words.join(" ").trim().into(),
            partial: given.is_empty(),
            plain: plain.into(),
            ..Self::default()
        }
    }

    fn latin(words: &[String], is_company: bool) -> Self {
        let words = if is_company {
            company::latin_core(words)
        } else {
            let kept: Vec<String> = words
                .iter()
                .filter(|word| !TITLES_LATIN.contains(&word.as_str()))
                .cloned()
                .collect();
            if kept.is_empty() {
                words.to_vec()
            } else {
                kept
            }
        };
        Self {
            plain: words.concat().into(),
            partial: !is_company && words.len() < 2,
            words: words.join(" ").into(),
            ..Self::default()
        }
    }

    /// There is a name.
    pub(crate) fn is_known(&self) -> bool {
        !self.plain.is_empty()
    }
}

/// Accents and other marks that NFKD has taken off their letters.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// A Chinese character.
fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{2fa1f}')
}

/// Simplified characters, and whether that changed anything.
fn simplify(text: &str) -> (String, bool) {
    if text.is_ascii() {
        return (text.to_owned(), false);
    }
    let simple = simplet2s::convert(text);
    let changed = simple != text;
    (simple, changed)
}

/// Pinyin of Chinese characters, everything else as it is.
fn read_aloud(text: &str, is_family: bool) -> String {
    let mut read = String::new();
    for c in text.chars() {
        let family = FAMILY_READINGS
            .iter()
            .find(|(known, _)| is_family && *known == c);
        match (family, c.to_pinyin()) {
            (Some((_, reading)), _) => read.push_str(reading),
            (None, Some(reading)) => read.push_str(&reading.plain().replace('ü', "v")),
            (None, None) => read.push(c),
        }
    }
    read
}

fn sound(words: &str) -> u64 {
    // Both spellings of ü are typed.
    let mut letters: Vec<char> = words.chars().filter(|c| *c != ' ').collect();
    if letters.is_empty() {
        return 0;
    }
    letters.sort_unstable();
    let sorted: String = letters.into_iter().collect();
    xxh3_64(sorted.as_bytes()).max(1)
}

/// How two names compare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Likeness {
    /// From -1 (two people) over 0 (says nothing) to 1 (the same name).
    pub(crate) weight: f32,
    /// Why.
    pub(crate) reason: Option<TwinReason>,
}

const fn like(weight: f32, reason: TwinReason) -> Likeness {
    Likeness {
        weight,
        reason: Some(reason),
    }
}

/// Compares two names; `companies` when both are.
pub(crate) fn compare(a: &Name, b: &Name, companies: bool) -> Likeness {
    if !a.is_known() || !b.is_known() {
        return Likeness {
            weight: 0.0,
            reason: None,
        };
    }
    if a.plain == b.plain {
        return match (a.partial, a.traditional != b.traditional) {
            (true, _) => like(0.35, TwinReason::SameName),
            (false, true) => like(1.0, TwinReason::SameNameOtherScript),
            (false, false) if companies => like(1.0, TwinReason::SameCompany),
            (false, false) => like(1.0, TwinReason::SameName),
        };
    }
    if a.chinese != b.chinese {
        return across(a, b);
    }
    if a.chinese {
        return chinese(a, b, companies);
    }
    latin(a, b, companies)
}

/// Chinese against Latin letters.
fn across(a: &Name, b: &Name) -> Likeness {
    if a.sound == b.sound {
        let weight = if a.partial || b.partial { 0.6 } else { 0.9 };
        return like(weight, TwinReason::SameNamePinyin);
    }
    // A nickname in the other script says little.
    like(-0.5, TwinReason::OtherName)
}

fn chinese(a: &Name, b: &Name, companies: bool) -> Likeness {
    let (long, short) = by_length(&a.plain, &b.plain);
    if companies {
        let near = strsim::jaro_winkler(&a.plain, &b.plain);
        return if short.chars().count() >= 4 && long.contains(short) {
            like(0.7, TwinReason::NearName)
        } else if near >= 0.92 {
            like(0.6, TwinReason::NearName)
        } else {
            like(-1.0, TwinReason::OtherName)
        };
    }
    if a.words == b.words {
        return like(0.7, TwinReason::SoundName);
    }
    if a.partial || b.partial {
        // 王先生 and 王小明: the family name is all that can be compared.
        let same = long.starts_with(short);
        return if same {
            like(0.1, TwinReason::NearName)
        } else {
            like(-0.7, TwinReason::OtherName)
        };
    }
    let (long_count, short_count) = (long.chars().count(), short.chars().count());
    let distance = strsim::osa_distance(&a.plain, &b.plain);
    if short_count >= 3 && distance == 1 {
        let weight = if long_count == short_count { 0.45 } else { 0.4 };
        return like(weight, TwinReason::NearName);
    }
    if a.sound == b.sound {
        return like(0.5, TwinReason::SoundName);
    }
    like(-1.0, TwinReason::OtherName)
}

fn latin(a: &Name, b: &Name, companies: bool) -> Likeness {
    let mut left: Vec<&str> = a.words.split(' ').collect();
    let mut right: Vec<&str> = b.words.split(' ').collect();
    left.sort_unstable();
    right.sort_unstable();
    if left == right {
        return like(0.95, TwinReason::SameNameOrder);
    }
    if a.sound == b.sound
        && left.concat().len() == right.concat().len()
        && shares_word(&left, &right)
    {
        return like(0.9, TwinReason::SameNameOrder);
    }
    let (long, short) = if left.len() >= right.len() {
        (&left, &right)
    } else {
        (&right, &left)
    };
    let fits = |word: &&str| {
        long.iter().any(|other| {
            other == word
                || (word.len() == 1 && other.starts_with(*word))
                || (other.len() == 1 && word.starts_with(*other))
        })
    };
    let whole_words = short.iter().filter(|word| word.len() > 1).count();
    if short.iter().all(fits) && whole_words > 0 && shares_word(&left, &right) {
        let weight = match (short.len() > 1, whole_words > 1) {
            (true, true) => 0.85,
            (true, false) => 0.55,
            (false, _) => 0.25,
        };
        return like(weight, TwinReason::NearName);
    }
    let near = strsim::jaro_winkler(&left.join(" "), &right.join(" "))
        .max(strsim::jaro_winkler(&a.words, &b.words));
    let bar = if companies { 0.93 } else { 0.94 };
    if near >= bar {
        return like(0.65, TwinReason::NearName);
    }
    if a.sound == b.sound {
        return like(0.8, TwinReason::SameNameOrder);
    }
    if shares_word(&left, &right) {
        return like(-0.5, TwinReason::OtherName);
    }
    like(-1.0, TwinReason::OtherName)
}

fn shares_word(left: &[&str], right: &[&str]) -> bool {
    left.iter()
        .any(|word| word.len() > 1 && right.contains(word))
}

fn by_length<'n>(a: &'n str, b: &'n str) -> (&'n str, &'n str) {
    if a.len() >= b.len() { (a, b) } else { (b, a) }
}
