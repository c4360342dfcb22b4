//! How long to wait after wrong passphrases.
//!
//! The first few are free, for slips of the fingers; after that each wrong one doubles the wait, up to five minutes.
//! The count is kept beside the key file. It slows down whoever sits at this browser; whoever has copied the files
//! meets the slow passphrase key only.

use serde::{Deserialize, Serialize};

/// Wrong attempts that cost nothing.
const FREE: u32 = 4;

/// The longest wait, in milliseconds.
const LONGEST_MS: i64 = 300_000;

/// Wrong attempts since the last right one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// How many.
    pub failures: u32,
    /// When the last one was, in milliseconds of the clock.
    pub last: i64,
}

impl Attempts {
    /// What was kept; nothing of it if it cannot be read.
    pub fn parse(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes).unwrap_or_default()
    }

    /// To be kept.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// After another wrong one.
    #[must_use]
    pub fn failed(self, now: i64) -> Self {
        Self {
            failures: self.failures.saturating_add(1),
            last: now,
        }
    }

    /// How long to wait yet, in milliseconds; 0 when another may be made. A clock that was put back does not make the
    /// wait longer than it was.
    pub fn wait(&self, now: i64) -> i64 {
        let Some(over) = self.failures.checked_sub(FREE + 1) else {
            return 0;
        };
        let whole = 2_000_i64
            .checked_shl(over)
            .filter(|wait| (0..LONGEST_MS).contains(wait) && over < 16)
            .unwrap_or(LONGEST_MS);
        let passed = now.saturating_sub(self.last);
        whole.saturating_sub(passed).clamp(0, whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_after_the_free_ones() {
        let cases: [(u32, i64); 9] = [
            (0, 0),
            (4, 0),
            (5, 2_000),
            (6, 4_000),
            (9, 32_000),
            (12, 256_000),
            (13, 300_000),
            (60, 300_000),
            (u32::MAX, 300_000),
        ];
        for (failures, wait) in cases {
            let attempts = Attempts {
                failures,
                last: 1_000,
            };
            assert_eq!(attempts.wait(1_000), wait, "{failures}");
            assert_eq!(attempts.wait(1_000 + wait), 0, "{failures}");
            assert_eq!(attempts.wait(0), wait, "{failures}: the clock was put back");
        }
    }

    #[test]
    fn are_kept_and_counted() {
        let attempts = Attempts::default().failed(5).failed(9);
        assert_eq!(
            attempts,
            Attempts {
                failures: 2,
                last: 9
            }
        );
        assert_eq!(Attempts::parse(&attempts.bytes()), attempts);
        assert_eq!(Attempts::parse(b"{\"failures\":"), Attempts::default());
    }
}
