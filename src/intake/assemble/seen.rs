//! Which keys a file has stated so far.

#[expect(
    clippy::disallowed_types,
    reason = "a million keys are looked up one by one; nothing ever iterates over the map"
)]
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use xxhash_rust::xxh3::xxh3_64;

/// What a key was seen with before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    First,
    Same,
    Other,
}

/// Keys as hashes of 64 bits: at 16 bytes each, a million fit.
#[derive(Debug, Default)]
#[expect(clippy::disallowed_types, reason = "looked up only")]
pub(crate) struct Seen {
    keys: HashMap<u64, u64, BuildHasherDefault<Ready>>,
    occurrences: HashMap<u64, u32, BuildHasherDefault<Ready>>,
}

impl Seen {
    /// Notes a key with (the hash of) what was said under it.
    pub(crate) fn key(&mut self, key: &str, content: u64) -> Sight {
        match self.keys.entry(xxh3_64(key.as_bytes())) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(content);
                Sight::First
            }
            std::collections::hash_map::Entry::Occupied(entry) if *entry.get() == content => {
                Sight::Same
            }
            std::collections::hash_map::Entry::Occupied(_) => Sight::Other,
        }
    }

    /// How often this was met, this time included.
    pub(crate) fn occurrence(&mut self, identity: u64) -> u32 {
        let count = self.occurrences.entry(identity).or_default();
        *count = count.saturating_add(1);
        *count
    }
}

/// The keys are hashes already.
#[derive(Debug, Default)]
struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64(bytes);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}
