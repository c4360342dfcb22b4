//! Codes: twelve characters that any till of the workspace can check without a record.
//!
//! `XXXX-XXXX-XXXX`: eleven characters of Crockford's base 32 (digits and capitals without I, L, O and U; typed O counts
//! as 0, I and L as 1, blanks and hyphens are left out) and one check character by **ISO/IEC 7064, MOD 37,36**. Serials
//! whose check character would be one of the four ambiguous letters are skipped.
//!
//! The eleven carry 55 bits: 32 of them are the coupon's number (12 bits) and the code's serial (20 bits), put through a
//! keyed permutation (four Feistel rounds), so that codes in a row do not look it; 23 are a keyed check (SipHash-2-4) of
//! those. Whoever has the workspace's key can tell real codes from others without a record of them. Limits, honestly:
//!
//! - a guess is taken for real once in 8.4 million (2^23) tries; there is no till that types so many, but such codes
//!   must not be checked by an open web page without counting tries;
//! - the key lies in the database and every backup: who has that can make codes;
//! - whether a real code was used elsewhere only the records tell; two tills that have not exchanged theirs can each
//!   accept it once;
//! - two tills that make codes of the same coupon before they exchange records make the same codes: make them on one.

use siphasher::sip::SipHasher24;
use std::fmt::Write;

/// Digits of the eleven, in order of their value.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Characters before the check character.
const BODY: usize = 11;

/// Bits of the keyed check.
const TAG_BITS: u32 = 23;

/// Bits of a serial.
const SERIAL_BITS: u32 = 20;

/// Largest number of a coupon.
pub const NUMBER_MAX: u32 = (1 << 12) - 1;

/// Largest serial.
pub const SERIAL_MAX: u32 = (1 << SERIAL_BITS) - 1;

/// What the workspace's codes are made with; 128 random bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Key([u8; 16]);

impl Key {
    /// The 32 digits of [`Key::to_hex`].
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut key = [0; 16];
        if text.len() != 32 || !text.is_ascii() {
            return None;
        }
        for (i, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
        }
        Some(Self(key))
    }

    /// As 32 hexadecimal digits.
    pub fn to_hex(self) -> String {
        self.0.iter().fold(String::new(), |mut text, byte| {
            // Writing into a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

/// What a typed text is, as far as it tells by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// Not made like a code: perhaps one that the owner wrote.
    Other,
    /// Made like a code, but the check character is wrong.
    Mistyped,
    /// The check character is right, the keyed check is not.
    Forged,
    /// Made with this key.
    Real {
        /// Number of the coupon.
        number: u32,
        /// Which of its codes.
        serial: u32,
    },
}

/// A typed text as codes compare: capitals of half width, without blanks and hyphens, O as 0, I and L as 1.
pub fn key_of(typed: &str) -> String {
    typed
        .chars()
        .map(half_width)
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}'))
        .flat_map(char::to_uppercase)
        .map(|c| match c {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// A code in groups of four, as it is printed.
pub fn shown(code: &str) -> String {
    let mut text = String::with_capacity(code.len() + 2);
    for (i, c) in code.chars().enumerate() {
        if i > 0 && i % 4 == 0 {
            text.push('-');
        }
        text.push(c);
    }
    text
}

/// The code of a coupon's serial, without hyphens; `None` where the check character would be ambiguous (take the next
/// serial) and beyond the largest number or serial.
pub fn make(key: Key, number: u32, serial: u32) -> Option<String> {
    if number > NUMBER_MAX || serial > SERIAL_MAX {
        return None;
    }
    let plain = (number << SERIAL_BITS) | serial;
    let bits = (u64::from(hidden(key, plain)) << TAG_BITS) | tag(key, plain);
    let mut code: String = (0..BODY)
        .rev()
        .filter_map(|i| ALPHABET.get((bits >> (5 * i)) as usize & 31))
        .map(|&digit| char::from(digit))
        .collect();
    let check = check_character(&code)?;
    ALPHABET.contains(&(check as u8)).then(|| {
        code.push(check);
        code
    })
}

/// Reads what was typed. Without a key no code is real.
pub fn read(key: Option<Key>, typed: &str) -> Read {
    let text = key_of(typed);
    if text.len() != BODY + 1 {
        return Read::Other;
    }
    let mut bits = 0u64;
    for byte in text.bytes() {
        let Some(digit) = ALPHABET.iter().position(|&known| known == byte) else {
            return Read::Other;
        };
        bits = (bits << 5) | digit as u64;
    }
    let (body, check) = text.split_at(BODY);
    if check_character(body) != check.chars().next() {
        return Read::Mistyped;
    }
    // The check character's five bits go.
    let bits = bits >> 5;
    let Some(key) = key else { return Read::Forged };
    let plain = revealed(key, (bits >> TAG_BITS) as u32);
    if tag(key, plain) != bits & ((1 << TAG_BITS) - 1) {
        return Read::Forged;
    }
    Read::Real {
        number: plain >> SERIAL_BITS,
        serial: plain & SERIAL_MAX,
    }
}

/// ISO/IEC 7064, MOD 37,36: the check character of digits and capital letters; `None` for other characters.
pub fn check_character(text: &str) -> Option<char> {
    let mut product = 36;
    for c in text.chars() {
        let value = c.to_digit(36).filter(|_| !c.is_ascii_lowercase())?;
        let sum = (product + value) % 36;
        product = if sum == 0 { 36 } else { sum } * 2 % 37;
    }
    char::from_digit((37 - product) % 36, 36).map(|c| c.to_ascii_uppercase())
}

/// SipHash-2-4 (Aumasson and Bernstein, 2012): who does not know the key cannot tell its values from random ones.
fn siphash(key: &[u8; 16], message: &[u8]) -> u64 {
    SipHasher24::new_with_key(key).hash(message)
}

fn keyed(key: Key, purpose: u8, value: u32) -> u64 {
    let [a, b, c, d] = value.to_le_bytes();
    siphash(&key.0, &[purpose, a, b, c, d])
}

fn tag(key: Key, plain: u32) -> u64 {
    keyed(key, 0, plain) & ((1 << TAG_BITS) - 1)
}

/// A permutation of 32 bits: Feistel rounds over halves of 16.
fn hidden(key: Key, plain: u32) -> u32 {
    let (mut left, mut right) = (plain >> 16, plain & 0xffff);
    for round in 1..=4 {
        let mixed = left ^ (keyed(key, round, right) as u32 & 0xffff);
        (left, right) = (right, mixed);
    }
    (left << 16) | right
}

/// Takes [`hidden`] back.
fn revealed(key: Key, hidden: u32) -> u32 {
    let (mut left, mut right) = (hidden >> 16, hidden & 0xffff);
    for round in (1..=4).rev() {
        let mixed = right ^ (keyed(key, round, left) as u32 & 0xffff);
        (left, right) = (mixed, left);
    }
    (left << 16) | right
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: Key = Key([7; 16]);

    /// Codes that are printed must stay real whatever implementation computes them: values of the reference
    /// (key 00 01 .. 0f, message 00 01 .. of growing length; 15 bytes is the example of the paper's appendix A).
    #[test]
    fn the_keyed_hash_is_that_of_the_reference() {
        let key: [u8; 16] = std::array::from_fn(|i| i as u8);
        let message: Vec<u8> = (0..64).collect();
        for (length, expected) in [
            (0, 0x726f_db47_dd0e_0e31),
            (1, 0x74f8_39c5_93dc_67fd),
            (8, 0x93f5_f579_9a93_2462),
            (15, 0xa129_ca61_49be_45e5),
        ] {
            assert_eq!(siphash(&key, &message[..length]), expected, "{length}");
        }
    }

    #[test]
    fn the_check_character_is_that_of_the_standard() {
        // The Global Release Identifier's own example (IFPI, "GRid Standard" 2.1) uses ISO/IEC 7064 MOD 37,36.
        assert_eq!(check_character("A12425GABC1234002"), Some('M'));
        assert_eq!(check_character("a"), None);
        assert_eq!(check_character("Ä"), None);
    }

    #[test]
    fn typing_is_forgiven_what_is_no_other_code() {
        assert_eq!(key_of(" ｗelcome-10 "), "WE1C0ME10");
        assert_eq!(key_of("双十一 88"), "双十一88");
        assert_eq!(shown("ABCDEFGHJKMN"), "ABCD-EFGH-JKMN");
        let code = (0..).find_map(|serial| make(KEY, 3, serial)).unwrap();
        let sloppy = shown(&code)
            .to_lowercase()
            .replace('0', "o")
            .replace('1', "l")
            .replace('-', " - ");
        assert!(matches!(
            read(Some(KEY), &sloppy),
            Read::Real { number: 3, .. }
        ));
        assert_eq!(read(Some(KEY), "WELCOME10"), Read::Other);
        assert_eq!(read(None, &code), Read::Forged);
        assert_eq!(read(Some(Key([8; 16])), &code), Read::Forged);
    }

    #[test]
    fn nine_of_ten_serials_make_a_code_and_none_comes_twice() {
        let codes: std::collections::BTreeSet<String> = (0..5_000)
            .filter_map(|serial| make(KEY, 1, serial))
            .collect();
        assert!((4_200..4_700).contains(&codes.len()), "{}", codes.len());
        assert!(
            codes
                .iter()
                .all(|code| code.bytes().all(|b| ALPHABET.contains(&b)))
        );
    }

    #[test]
    fn forged_codes_are_told_from_real_ones() {
        // 2^-23 each: among 20,000 with a right check character none is expected.
        let real = (0..20_000u32).filter(|n| {
            let body: String = (0..BODY)
                .map(|i| {
                    char::from(
                        ALPHABET[(siphash(
                            &[9; 16],
                            &[n.to_le_bytes().as_slice(), &[i as u8]].concat(),
                        ) % 32) as usize],
                    )
                })
                .collect();
            let Some(check) = check_character(&body) else {
                return false;
            };
            matches!(
                read(Some(KEY), &format!("{body}{check}")),
                Read::Real { .. }
            )
        });
        assert_eq!(real.count(), 0);
    }

    proptest! {
        #[test]
        fn codes_read_as_made(number in 0..=NUMBER_MAX, serial in 0..=SERIAL_MAX, key in any::<[u8; 16]>()) {
            let key = Key(key);
            prop_assert_eq!(Key::from_hex(&key.to_hex()), Some(key));
            if let Some(code) = make(key, number, serial) {
                prop_assert_eq!(read(Some(key), &shown(&code)), Read::Real { number, serial });
            }
        }

        /// Any one wrong character, and any two neighbours changed round, never pass for the real code.
        #[test]
        fn one_slip_is_found(serial in 0..=SERIAL_MAX, at in 0..12usize, other in 0..32usize) {
            let Some(code) = make(KEY, 5, serial) else { return Ok(()) };
            let mut wrong: Vec<u8> = code.bytes().collect();
            wrong[at] = ALPHABET[other];
            let wrong = String::from_utf8(wrong).unwrap();
            if wrong != code {
                prop_assert_eq!(read(Some(KEY), &wrong), Read::Mistyped);
            }
            let mut swapped: Vec<u8> = code.bytes().collect();
            if at > 0 && swapped[at] != swapped[at - 1] {
                swapped.swap(at, at - 1);
                let swapped = String::from_utf8(swapped).unwrap();
                let found = read(Some(KEY), &swapped);
                prop_assert!(matches!(found, Read::Mistyped | Read::Forged), "{:?}", found);
            }
        }

        #[test]
        fn reading_never_panics(text in ".{0,20}") {
            let _ = read(Some(KEY), &text);
        }
    }
}
