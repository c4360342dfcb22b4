//! All words and formats, in Chinese and English.
//!
//! Invariant: knows no page and nothing of how anything is computed. A [`Words`] is a language; its methods give
//! texts (generated from `locales/<language>/<area>.txt` by `build.rs`, see `catalogue.rs` for the form of the
//! files), numbers, money, days, faults and rules as a person reads them.
//!
//! A text of area `home` with the key `title` is `words.home_title()`. A key or placeholder that one language
//! lacks stops the build.

#[cfg(test)]
#[allow(
    dead_code,
    reason = "the tests read and compare files; only build.rs writes source"
)]
#[path = "catalogue.rs"]
mod catalogue;
mod cleaning;
mod coupons;
mod dates;
mod faults;
mod names;
mod numbers;
mod portrait;
mod programs;
mod rules;
mod standing;
mod sync;
#[cfg(test)]
mod tests;

pub use numbers::MoneyParts;
pub use programs::{ProgramChange, ProgramLine};
pub use rules::RulePart;
pub use standing::LETTERS;

/// The beginning of a text of more than `most` characters, with an ellipsis; a shorter one as it is.
pub fn shortened(text: String, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => join(&[text.get(..end).unwrap_or_default(), "…"]),
        None => text,
    }
}

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locale {
    /// Simplified Chinese as written in mainland China.
    #[default]
    ZhCn,
    /// English.
    En,
}

impl Locale {
    /// Both, in the order a person chooses from.
    pub const ALL: [Locale; 2] = [Locale::ZhCn, Locale::En];

    /// BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Locale::ZhCn => "zh-CN",
            Locale::En => "en",
        }
    }

    /// The language's name in itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Locale::ZhCn => "简体中文",
            Locale::En => "English",
        }
    }

    /// The best choice for a BCP 47 tag: Chinese for anything `zh`, else English.
    pub fn of_tag(tag: &str) -> Self {
        match tag.get(..2) {
            Some(start) if start.eq_ignore_ascii_case("zh") => Locale::ZhCn,
            _ => Locale::En,
        }
    }
}

/// Everything said in one language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Which.
    pub locale: Locale,
}

impl Words {
    /// The words of a language.
    pub fn new(locale: Locale) -> Self {
        Self { locale }
    }

    fn find(
        self,
        table: &[(&str, &'static str, &'static str)],
        code: &str,
    ) -> Option<&'static str> {
        table
            .iter()
            .find(|(key, ..)| *key == code)
            .map(|(_, zh, en)| match self.locale {
                Locale::ZhCn => *zh,
                Locale::En => *en,
            })
    }
}

/// The generated methods; see `build.rs`.
#[allow(
    clippy::too_many_lines,
    clippy::if_same_then_else,
    reason = "generated: tables are as long as the locale files, and forms may agree"
)]
mod generated {
    use crate::{Locale, Words};

    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}

/// Joins pieces; one place, so that the generated texts stay small.
fn join(pieces: &[&str]) -> String {
    pieces.concat()
}
