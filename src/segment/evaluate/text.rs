//! Tests of text, answered once for each text of a dictionary.

use crate::columns::{Dict, fold};
use model::rule::{Test, TextOp, TextTest};

/// Which codes pass. Code 0 is no text.
pub(super) enum Codes {
    None,
    One(u32),
    Table(Vec<bool>),
}

impl Codes {
    fn of(table: Vec<bool>) -> Self {
        let mut hits = (0..)
            .zip(&table)
            .filter(|&(_, &hit)| hit)
            .map(|(code, _)| code);
        match (hits.next(), hits.next()) {
            (None, _) => Self::None,
            (Some(code), None) => Self::One(code),
            _ => Self::Table(table),
        }
    }

    /// The codes of a dictionary that pass a test of text, or of being there. Other tests: none.
    pub(super) fn passing(dict: &Dict, test: &Test) -> Self {
        Self::of(match test {
            Test::Text(test) => {
                let passes = folded_test(test);
                dict.matching(passes)
            }
            Test::Set(true) => dict.matching(|_| true),
            Test::Set(false) => {
                let mut table = dict.matching(|_| false);
                if let Some(none) = table.first_mut() {
                    *none = true;
                }
                table
            }
            _ => Vec::new(),
        })
    }

    /// The codes whose text passes.
    pub(super) fn matching(dict: &Dict, passes: impl Fn(&str) -> bool) -> Self {
        Self::of(dict.matching(passes))
    }

    pub(super) fn contains(&self, code: u32) -> bool {
        match self {
            Self::None => false,
            Self::One(one) => *one == code,
            Self::Table(table) => table.get(code as usize).copied().unwrap_or(false),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let (one, table) = match self {
            Self::None => (None, [].as_slice()),
            Self::One(code) => (Some(*code), [].as_slice()),
            Self::Table(table) => (None, table.as_slice()),
        };
        let many = (0..).zip(table).filter(|&(_, &hit)| hit);
        one.into_iter().chain(many.map(|(code, _)| code))
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
