//! A dictionary: every different text once, named by a code from 1. Code 0 is no text.

use super::fold::fold;
use xxhash_rust::xxh3::xxh3_64;

/// No text.
pub(crate) const NO_CODE: u32 = 0;

/// Texts by code, and codes by text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dict {
    /// All texts, one behind the other.
    arena: String,
    /// Where each ends; code `c` ends at `ends[c - 1]`.
    ends: Vec<u32>,
    /// Folded forms of those texts that folding changes, by code.
    folded: Vec<(u32, Box<str>)>,
    /// Open addressing by hash; a power of two long; empty until something is looked up by text.
    table: Vec<u32>,
}

impl Dict {
    /// How many texts there are; the largest code.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of a code; empty for 0 and unknown codes.
    pub(crate) fn text(&self, code: u32) -> &str {
        let Some(at) = (code as usize).checked_sub(1) else {
            return "";
        };
        let end = self.ends.get(at).copied().unwrap_or(0) as usize;
        let start = match at.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or(0) as usize,
            None => 0,
        };
        self.arena.get(start..end).unwrap_or("")
    }

    /// The folded text of a code; empty for 0 and unknown codes.
    pub(crate) fn folded(&self, code: u32) -> &str {
        let known = self.folded.binary_search_by_key(&code, |(of, _)| *of);
        let known = known.ok().and_then(|at| self.folded.get(at));
        known.map_or_else(|| self.text(code), |(_, text)| text)
    }

    /// The text, or `None` for code 0.
    pub(crate) fn get(&self, code: u32) -> Option<&str> {
        (code != NO_CODE).then(|| self.text(code))
    }

    /// The code of a text, which is added where it is new. The empty text is no text.
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return NO_CODE;
        }
        if self.table.len() < (self.len() + 1) * 2 {
            self.rehash((self.len() + 1) * 4);
        }
        let at = self.place(text);
        let known = self.table.get(at).copied().unwrap_or(0);
        if known != NO_CODE {
            return known;
        }
        let code = self.push(text);
        if let Some(place) = self.table.get_mut(at) {
            *place = code;
        }
        code
    }

    /// The code of a text that is known.
    pub(crate) fn code(&self, text: &str) -> Option<u32> {
        if self.table.is_empty() {
            let mut codes = 1..=self.len() as u32;
            return codes.find(|&code| self.text(code) == text);
        }
        let code = self.table.get(self.place(text)).copied().unwrap_or(0);
        (code != NO_CODE).then_some(code)
    }

    /// Adds a text that is surely new.
    pub(crate) fn push(&mut self, text: &str) -> u32 {
        self.arena.push_str(text);
        self.ends.push(self.arena.len() as u32);
        let code = self.len() as u32;
        if let std::borrow::Cow::Owned(folded) = fold(text) {
            self.folded.push((code, folded.into()));
        }
        code
    }

    /// The place in the table where the text is, or would be.
    fn place(&self, text: &str) -> usize {
        let mask = self.table.len() - 1;
        let mut at = xxh3_64(text.as_bytes()) as usize & mask;
        loop {
            match self.table.get(at) {
                Some(&code) if code != NO_CODE && self.text(code) != text => at = (at + 1) & mask,
                _ => return at,
            }
        }
    }

    fn rehash(&mut self, least: usize) {
        self.table = vec![NO_CODE; least.next_power_of_two().max(16)];
        for code in 1..=self.len() as u32 {
            let at = self.place(self.text(code));
            if let Some(place) = self.table.get_mut(at) {
                *place = code;
            }
        }
    }

    /// Which codes have a folded text that passes; the first entry, code 0, is always `false`.
    pub(crate) fn matching(&self, passes: impl Fn(&str) -> bool) -> Vec<bool> {
        let mut found = Vec::with_capacity(self.len() + 1);
        found.push(false);
        let mut folded = self.folded.iter().peekable();
        for code in 1..=self.len() as u32 {
            found.push(match folded.next_if(|(of, _)| *of == code) {
                Some((_, text)) => passes(text),
                None => passes(self.text(code)),
            });
        }
        found
    }

    /// Every code with its text as written.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        (1..=self.len() as u32).map(|code| (code, self.text(code)))
    }

    /// The parts a snapshot keeps.
    pub(crate) fn parts(&self) -> (&str, &[u32]) {
        (&self.arena, &self.ends)
    }

    /// From the parts of a snapshot; `None` where they do not fit together.
    pub(crate) fn from_parts(arena: String, ends: Vec<u32>) -> Option<Self> {
        if ends.last().copied().unwrap_or(0) as usize != arena.len() {
            return None;
        }
        let mut start = 0;
        let mut folded = Vec::new();
        for (at, &end) in ends.iter().enumerate() {
            // `get` is `None` for an end before its start or inside a character.
            let text = arena.get(start as usize..end as usize)?;
            if let std::borrow::Cow::Owned(text) = fold(text) {
                folded.push((at as u32 + 1, text.into()));
            }
            start = end;
        }
        Some(Self {
            arena,
            ends,
            folded,
            table: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_keeps_its_code(texts in proptest::collection::vec("[a-cA-C]{0,2}", 0..60)) {
            let mut dict = Dict::default();
            let codes: Vec<u32> = texts.iter().map(|text| dict.intern(text)).collect();
            for (text, &code) in texts.iter().zip(&codes) {
                prop_assert_eq!(dict.text(code), text);
                prop_assert_eq!(dict.intern(text), code);
                prop_assert_eq!(dict.code(text).unwrap_or(0), code);
            }
            let found = dict.matching(|folded| folded == "ab");
            for (code, text) in dict.iter() {
                prop_assert_eq!(found[code as usize], text.to_lowercase() == "ab");
            }
            let (arena, ends) = dict.parts();
            let again = Dict::from_parts(arena.to_owned(), ends.to_vec()).unwrap();
            prop_assert!(again.iter().eq(dict.iter()));
            prop_assert_eq!(again.folded, dict.folded);
        }
    }
}
