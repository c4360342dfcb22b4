//! What a person means to do, once: its idempotency key.
//!
//! The key belongs to the intention and not to the tap: it stays the same for the same content, however often the
//! button is pressed and however often sending fails, and another one is drawn when the content changes or the act is
//! done. Keys of purchases are also the numbers on their receipts, so they are short enough to read aloud.

use crate::state::use_status;
use model::Day;
use ui::prelude::*;

/// Digits of Crockford's base 32: no letter looks like a digit.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The key of what is meant now.
#[derive(Clone, Copy)]
pub struct Intention {
    kept: StoredValue<Option<(String, String)>>,
    status: Signal<Option<protocol::Status>>,
}

impl Intention {
    /// Nothing is meant yet.
    pub fn new() -> Self {
        Self {
            kept: StoredValue::new(None),
            status: use_status(),
        }
    }

    /// The key for this content: the same as long as the content is.
    pub fn key(self, content: &str) -> String {
        let today = self
            .status
            .with_untracked(|status| status.as_ref().map_or(Day(0), |s| s.today));
        let key = self.kept.try_update_value(|kept| {
            let known = kept.take().filter(|(of, _)| of == content);
            let (of, key) = known.unwrap_or_else(|| (content.to_owned(), number(today, random())));
            *kept = Some((of, key.clone()));
            key
        });
        key.unwrap_or_else(|| number(today, random()))
    }

    /// It is done: whatever comes next is another intention.
    pub fn fulfilled(self) {
        self.kept.try_update_value(|kept| *kept = None);
    }
}

/// 40 random bits.
fn random() -> u64 {
    let mut bytes = [0_u8; 8];
    let drawn = window()
        .crypto()
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    if drawn.is_err() {
        // No secret hangs on it: a browser without its own generator still has another.
        bytes = (js_sys::Math::random() * 1.0e15).to_bits().to_le_bytes();
    }
    u64::from_le_bytes(bytes) & 0xff_ffff_ffff
}

/// `R-261122-7K3Q9XMD`: the day, so that people find it, and 40 bits, so that no two tills draw the same.
fn number(day: Day, random: u64) -> String {
    let date: String = day
        .to_string()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let digits: String = (0..8)
        .map(|place| {
            let digit = (random >> (5 * place)) & 31;
            char::from(DIGITS.get(digit as usize).copied().unwrap_or(b'0'))
        })
        .collect();
    ["R-", date.get(2..).unwrap_or(&date), "-", &digits].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_documented() {
        let day: Day = "2026-11-22".parse().unwrap();
        assert_eq!(number(day, 0), "R-261122-00000000");
        assert_eq!(number(day, 31), "R-261122-Z0000000");
        assert_eq!(number(day, u64::MAX), "R-261122-ZZZZZZZZ");
    }
}
