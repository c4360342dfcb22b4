//! Stamps: the order of edits made in browsers whose clocks disagree.
//!
//! A stamp is `(milliseconds, counter, node)`, compared in that order: a hybrid logical clock (S. Kulkarni, M. Demirbas
//! and others, "Logical Physical Clocks", 2014) with a bound. What was seen is always beaten by what is done next, even
//! when the wall clock stands still, jumps back, or another browser's clock is a day ahead. A clock that is ahead of ours by
//! more than [`DRIFT_MS`] never drags ours along: its stamps keep their place in the order of the fields they belong
//! to, and an edit of such a field takes the next place after it.
//!
//! As text a stamp is 21 characters whose order is that of the stamps: `01kaq8zk2v-0000-a2b3c`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// How far ahead of our wall clock another clock may be before it no longer moves ours, in milliseconds: 5 minutes.
pub const DRIFT_MS: u64 = 5 * 60 * 1000;

/// The last millisecond that a stamp can name: the end of the year 9999.
pub const LAST_MS: u64 = 253_402_300_799_999;

/// Who stamps what no browser of ours did: edits made at the server, twins that became one. Browsers are 1 and up.
pub const NOBODY: u32 = 0;

/// The place of one edit in the order of all edits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// Milliseconds since 1970-01-01T00:00Z by the clock of whoever made the edit, or a little later.
    pub ms: u64,
    /// Tells apart edits of one millisecond.
    pub counter: u16,
    /// The browser: the number of `model::Replica`, 25 bits at most; [`NOBODY`] when it was none.
    pub node: u32,
}

impl Stamp {
    /// Before every edit: the stamp of values that came without one.
    pub const ZERO: Self = Self {
        ms: 0,
        counter: 0,
        node: NOBODY,
    };

    /// The next place after this one in the hands of `node`; the counter spills into the millisecond.
    pub fn next(self, node: u32) -> Self {
        match self.counter.checked_add(1) {
            Some(counter) => Self {
                ms: self.ms,
                counter,
                node,
            },
            None => Self {
                ms: (self.ms + 1).min(LAST_MS),
                counter: 0,
                node,
            },
        }
    }

    /// The stamp of an edit that everybody derives alike from the value with this stamp: an edit made at the server by
    /// another program, a reference that follows a merging. The same on every replica, so that nothing goes to and fro.
    pub fn derived(self) -> Self {
        self.next(NOBODY)
    }

    /// Reads the text form; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (ms, counter, node) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || ms.len() != 10 || counter.len() != 4 || node.len() != 5 {
            return None;
        }
        let ms = number(ms)?;
        if ms > LAST_MS {
            return None;
        }
        Some(Self {
            ms,
            counter: u16::try_from(number(counter)?).ok()?,
            node: u32::try_from(number(node)?).ok()?,
        })
    }
}

fn number(text: &str) -> Option<u64> {
    text.bytes().try_fold(0_u64, |sum, byte| {
        let digit = DIGITS.iter().position(|&d| d == byte)?;
        Some(sum * 32 + digit as u64)
    })
}

fn digits(number: u64, count: u32, out: &mut String) {
    for place in (0..count).rev() {
        let digit = usize::try_from((number >> (5 * place)) & 31).unwrap_or(0);
        out.push(char::from(DIGITS.get(digit).copied().unwrap_or(b'0')));
    }
}

impl std::fmt::Display for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::with_capacity(21);
        digits(self.ms, 10, &mut text);
        text.push('-');
        digits(u64::from(self.counter), 4, &mut text);
        text.push('-');
        digits(u64::from(self.node), 5, &mut text);
        f.write_str(&text)
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a stamp is 21 characters"))
    }
}

/// One browser's clock. Kept in the same database as the data and written in the same transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Who we are; a new number when somebody else turns out to use it as well (a copied profile).
    pub node: u32,
    /// The latest stamp that we gave or took note of.
    pub last: Stamp,
}

impl Clock {
    /// A clock that has seen nothing.
    pub fn new(node: u32) -> Self {
        Self {
            node,
            last: Stamp::ZERO,
        }
    }

    /// The stamp of an edit made now. `over` is the latest stamp of what is edited (the fields that change), so that
    /// the edit beats what its author saw, however wrong the clock of whoever wrote that.
    pub fn tick(&mut self, now_ms: u64, over: Option<Stamp>) -> Stamp {
        let now_ms = now_ms.min(LAST_MS);
        let mine = if now_ms > self.last.ms {
            Stamp {
                ms: now_ms,
                counter: 0,
                node: self.node,
            }
        } else {
            self.last.next(self.node)
        };
        self.last = mine;
        match over {
            Some(over) if over >= mine => {
                let next = over.next(self.node);
                if next.ms <= now_ms.saturating_add(DRIFT_MS) {
                    self.last = next;
                }
                next
            }
            _ => mine,
        }
    }

    /// Takes note of a stamp that came from elsewhere. Whether it is too far ahead of our wall clock to move ours:
    /// then the record is worth a mark, because a clock somewhere is wrong.
    pub fn see(&mut self, stamp: Stamp, now_ms: u64) -> bool {
        let ahead = stamp.ms > now_ms.saturating_add(DRIFT_MS);
        if !ahead && stamp > self.last {
            self.last = stamp;
        }
        ahead
    }
}
