//! The recovery key: 160 random bits that a person writes down and can read aloud.
//!
//! Written in 32 characters of base 32 without the letters that look like others (Crockford's), and three more that
//! check them, in seven groups of five: `K7QF2-…`. A slip of the pen is told at once and costs no attempt.

use crate::Trouble;
use crate::keys::derive;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Bytes of the key.
const BYTES: usize = 20;

/// Characters of the key and its check.
const CHARACTERS: usize = 35;

/// Characters of a group.
const GROUP: usize = 5;

/// A recovery key.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct RecoveryKey([u8; BYTES]);

impl RecoveryKey {
    /// Of random bytes.
    pub fn new(random: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut bytes = [0; BYTES];
        random(&mut bytes);
        Self(bytes)
    }

    /// As a person reads it: seven groups of five.
    pub fn text(&self) -> Zeroizing<String> {
        let mut bits = Zeroizing::new(self.0.to_vec());
        bits.extend(check(&self.0));
        let mut text = Zeroizing::new(String::with_capacity(CHARACTERS + CHARACTERS / GROUP));
        for at in 0..CHARACTERS {
            if at > 0 && at % GROUP == 0 {
                text.push('-');
            }
            text.push(character(five_bits(&bits, at)));
        }
        text
    }

    /// Reads what a person typed: in any case, with or without hyphens and spaces, `O` for `0`, `I` and `L` for `1`.
    ///
    /// # Errors
    /// [`Trouble::Damaged`] when it is no recovery key: too short, too long, or a character is another.
    pub fn parse(typed: &str) -> Result<Self, Trouble> {
        let mut values = Zeroizing::new(Vec::with_capacity(CHARACTERS));
        for character in typed.chars() {
            if character.is_whitespace() || matches!(character, '-' | '–' | '—' | '－') {
                continue;
            }
            values.push(value(character).ok_or(Trouble::Damaged)?);
        }
        if values.len() != CHARACTERS {
            return Err(Trouble::Damaged);
        }
        let mut all = Zeroizing::new(vec![0_u8; BYTES + 2]);
        for (at, value) in values.iter().enumerate() {
            put_five_bits(&mut all, at, *value);
        }
        let (key, said) = all.split_at(BYTES);
        let mut bytes = [0; BYTES];
        bytes.copy_from_slice(key);
        let key = Self(bytes);
        bytes.zeroize();
        if check(&key.0).as_slice() == said {
            Ok(key)
        } else {
            Err(Trouble::Damaged)
        }
    }

    /// The key that wraps the data key. It has all its randomness already: no slow function is needed.
    pub(crate) fn wrap(&self, vault: &[u8; 16]) -> Zeroizing<[u8; 32]> {
        derive(&self.0, vault, b"shuke recovery v1")
    }
}

/// 15 bits that follow from the key, in two bytes whose last bit is 0.
fn check(key: &[u8; BYTES]) -> [u8; 2] {
    let hash = Sha256::new()
        .chain_update(b"shuke recovery check")
        .chain_update(key)
        .finalize();
    let mut bytes = hash.iter().copied();
    let first = bytes.next().unwrap_or(0);
    [first, bytes.next().unwrap_or(0) & 0xfe]
}

fn five_bits(bytes: &[u8], at: usize) -> u8 {
    (0..5).fold(0, |value, bit| {
        let place = at * 5 + bit;
        let byte = bytes.get(place / 8).copied().unwrap_or(0);
        value << 1 | (byte >> (7 - place % 8) & 1)
    })
}

fn put_five_bits(bytes: &mut [u8], at: usize, value: u8) {
    for bit in 0..5 {
        let place = at * 5 + bit;
        if let Some(byte) = bytes.get_mut(place / 8) {
            *byte |= (value >> (4 - bit) & 1) << (7 - place % 8);
        }
    }
}

fn character(value: u8) -> char {
    char::from(ALPHABET.get(usize::from(value)).copied().unwrap_or(b'0'))
}

fn value(character: char) -> Option<u8> {
    // Full-width letters, as a Chinese keyboard may give them, stand for the same.
    let plain = match u32::from(character) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0)?,
        _ => character,
    };
    let letter = match plain.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let at = ALPHABET
        .iter()
        .position(|known| char::from(*known) == letter)?;
    u8::try_from(at).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(bytes: [u8; BYTES]) -> RecoveryKey {
        RecoveryKey(bytes)
    }

    #[test]
    fn is_written_in_seven_groups_of_five() {
        let text = of([0xab; BYTES]).text();
        assert_eq!(text.len(), 41);
        assert!(text.split('-').all(|group| group.len() == 5));
        assert!(!text.contains(['I', 'L', 'O', 'U']));
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(bytes: [u8; BYTES]) {
            let key = of(bytes);
            let text = key.text();
            prop_assert!(RecoveryKey::parse(&text).as_ref() == Ok(&key));
            let sloppy = text.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
            prop_assert!(RecoveryKey::parse(&sloppy).as_ref() == Ok(&key));
            let wide: String = text.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
            prop_assert!(RecoveryKey::parse(&wide) == Ok(key));
        }

        #[test]
        fn a_slip_is_told(bytes: [u8; BYTES], at in 0..35_usize, by in 1..32_u8) {
            let text: Vec<char> = of(bytes).text().chars().filter(|c| *c != '-').collect();
            let mut other = text.clone();
            other[at] = character((value(text[at]).unwrap() + by) % 32);
            let other: String = other.into_iter().collect();
            // 15 bits of check: one slip in 32,768 would pass, if slips were random.
            if let Ok(key) = RecoveryKey::parse(&other) {
                prop_assert!(key != of(bytes));
            }
        }

        #[test]
        fn nothing_else_panics(text: String) {
            let _ = RecoveryKey::parse(&text);
        }
    }

    #[test]
    fn a_known_key_is_written_so() {
        let mut bytes = [0; BYTES];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = at as u8;
        }
        let text = of(bytes).text();
        assert!(
            text.starts_with("000G4-0R40M-30E20-9185G-R38E1-W8"),
            "{}",
            *text
        );
        let mut wrong = text.to_string();
        wrong.replace_range(0..1, "1");
        assert!(RecoveryKey::parse(&wrong) == Err(Trouble::Damaged));
        assert!(RecoveryKey::parse(&text[..39]) == Err(Trouble::Damaged));
    }
}
