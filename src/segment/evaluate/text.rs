//! Tests of text, answered once for each text of a dictionary.

use crate::columns::{Dict, NO_CODE, fold};
use model::rule::{Test, TextOp, TextTest};

/// Which codes pass. Code 0 is no text.
pub(super) enum Codes<'c> {
    None,
    One(u32),
    /// Up to four, the last of them repeated: compared one by one, which goes for many values at a time.
    Four([u32; 4]),
    Table(Vec<bool>),
    /// Worked out when it is asked: where only a few customers are looked at, reading the whole dictionary would cost
    /// more than they do.
    Asked(&'c Dict, Box<dyn Fn(&str) -> bool + 'c>),
}

impl<'c> Codes<'c> {
    fn of(table: Vec<bool>) -> Self {
        let hits = (0..).zip(&table).filter(|&(_, &hit)| hit);
        let few: Vec<u32> = hits.map(|(code, _)| code).take(5).collect();
        match *few.as_slice() {
            [] => Self::None,
            [one] => Self::One(one),
            [a, b] => Self::Four([a, b, b, b]),
            [a, b, c] => Self::Four([a, b, c, c]),
            [a, b, c, d] => Self::Four([a, b, c, d]),
            _ => Self::Table(table),
        }
    }

    /// The codes of a dictionary that pass a test of text, or of being there. Other tests: none.
    pub(super) fn passing(dict: &'c Dict, test: &Test, few: bool) -> Self {
        match test {
            Test::Text(test) if few => return Self::Asked(dict, folded_test(test)),
            Test::Set(true) if few => return Self::Asked(dict, Box::new(|_| true)),
            _ => {}
        }
        Self::of(match test {
            Test::Text(test) => {
                let passes = folded_test(test);
                dict.matching(passes)
            }
            Test::Set(true) => dict.matching(|_| true),
            // Code 0 and no other.
            Test::Set(false) => vec![true],
            _ => Vec::new(),
        })
    }

    /// The codes whose text passes.
    pub(super) fn matching(dict: &'c Dict, passes: impl Fn(&str) -> bool + 'c, few: bool) -> Self {
        if few {
            return Self::Asked(dict, Box::new(passes));
        }
        Self::of(dict.matching(passes))
    }

    pub(super) fn contains(&self, code: u32) -> bool {
        match self {
            Self::None => false,
            Self::One(one) => *one == code,
            Self::Four(four) => four.contains(&code),
            Self::Table(table) => table.get(code as usize).copied().unwrap_or(false),
            Self::Asked(dict, passes) => code != NO_CODE && passes(dict.folded(code)),
        }
    }

    /// All of them, where they are known.
    pub(super) fn known(&self) -> Option<impl Iterator<Item = u32> + '_> {
        let (few, table) = match self {
            Self::None => ([].as_slice(), [].as_slice()),
            Self::One(code) => (std::slice::from_ref(code), [].as_slice()),
            Self::Four(four) => (four.as_slice(), [].as_slice()),
            Self::Table(table) => ([].as_slice(), table.as_slice()),
            Self::Asked(..) => return None,
        };
        let many = (0..).zip(table).filter(|&(_, &hit)| hit);
        Some(few.iter().copied().chain(many.map(|(code, _)| code)))
    }
}

/// The test for texts that are folded already.
pub(super) fn folded_test(test: &TextTest) -> Box<dyn Fn(&str) -> bool> {
    let folded = |text: &String| fold(text).into_owned();
    match test {
        TextTest::Compare(op, text) => {
            let with = folded(text);
            match op {
                TextOp::Eq => Box::new(move |text| text == with),
                TextOp::Ne => Box::new(move |text| text != with),
                TextOp::Contains => Box::new(move |text| text.contains(&with)),
                TextOp::NotContains => Box::new(move |text| !text.contains(&with)),
                TextOp::StartsWith => Box::new(move |text| text.starts_with(&with)),
                TextOp::EndsWith => Box::new(move |text| text.ends_with(&with)),
            }
        }
        TextTest::In(texts) | TextTest::NotIn(texts) => {
            let inside = matches!(test, TextTest::In(_));
            let mut with: Vec<String> = texts.iter().map(folded).collect();
            with.sort_unstable();
            Box::new(move |text| {
                with.binary_search_by(|known| known.as_str().cmp(text))
                    .is_ok()
                    == inside
            })
        }
    }
}

/// Whether one of a few fixed names passes.
pub(super) fn name_passes(test: &Test, name: &str) -> bool {
    match test {
        Test::Text(test) => folded_test(test)(name),
        Test::Set(set) => *set,
        _ => false,
    }
}
