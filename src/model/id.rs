//! Identifiers: 63 bits, unique across browsers without asking anyone.
//!
//! An id is `replica << 40 | counter`: 23 random bits chosen once by each browser profile and a counter kept in
//! the store. Inside one replica ids never collide; they grow with time, so SQLite appends. As text (JSON, links,
//! the JavaScript API) an id is 13 characters of Crockford's base 32 in lower case, because JavaScript numbers
//! hold only 53 bits. Example: replica 1, counter 1 is `0000100000001`.

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Bits of an id that count within one replica.
pub const COUNTER_BITS: u32 = 40;

/// One browser profile's share of the id space: 1 to 2^23 - 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Replica(u32);

impl Replica {
    /// Keeps the low 23 bits of `random`; zero becomes one, so that no id is ever zero.
    pub fn from_random(random: u32) -> Self {
        Self((random & 0x7f_ffff).max(1))
    }

    /// The number itself.
    pub fn get(self) -> u32 {
        self.0
    }

    /// The raw id with this `counter` (its low 40 bits).
    pub fn raw_id(self, counter: u64) -> i64 {
        (i64::from(self.0) << COUNTER_BITS) | ((counter & ((1 << COUNTER_BITS) - 1)) as i64)
    }
}

/// The text is not an id: it must be 13 characters of 0-9 a-z without i, l, o, u.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is 13 characters of 0-9 and a-z without i, l, o and u")]
pub struct NotAnId;

/// Writes a raw id as its 13 characters.
pub fn encode(raw: i64) -> String {
    let bits = raw as u64;
    (0..13)
        .rev()
        .map(|i| {
            let digit = ((bits >> (5 * i)) & 31) as usize;
            DIGITS.get(digit).copied().unwrap_or(b'0') as char
        })
        .collect()
}

/// Reads the 13 characters back; letters of either case.
///
/// # Errors
/// [`NotAnId`] for any other length or character, and for zero or negative numbers.
pub fn decode(text: &str) -> Result<i64, NotAnId> {
    if text.len() != 13 {
        return Err(NotAnId);
    }
    let mut bits: u64 = 0;
    for byte in text.bytes() {
        let lower = byte.to_ascii_lowercase();
        let digit = DIGITS.iter().position(|&d| d == lower).ok_or(NotAnId)?;
        bits = bits.checked_mul(32).ok_or(NotAnId)? | digit as u64;
    }
    match i64::try_from(bits) {
        Ok(raw) if raw > 0 => Ok(raw),
        _ => Err(NotAnId),
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&$crate::id::encode(self.0))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), $crate::id::encode(self.0))
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::id::NotAnId;
            fn from_str(text: &str) -> Result<Self, $crate::id::NotAnId> {
                $crate::id::decode(text).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(&$crate::id::encode(self.0))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = String::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use id;

id!(/// A customer (a person or a company).
    CustomerId);
id!(/// An order.
    OrderId);
id!(/// An interaction or tracked event.
    InteractionId);
id!(/// A saved segment.
    SegmentId);
id!(/// A static list of customers.
    ListId);
id!(/// A customer's place on a static list.
    ListMemberId);
id!(/// A recorded entry of the points ledger.
    EntryId);
id!(/// One command that changed data: what undo, history and an import batch are named by.
    BatchId);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_read_as_documented() {
        let id = CustomerId(Replica::from_random(1).raw_id(1));
        assert_eq!(id.to_string(), "0000100000001");
        assert_eq!("0000100000001".parse(), Ok(id));
        for bad in [
            "",
            "1",
            "000010000000u",
            "zzzzzzzzzzzzz",
            "0000000000000",
            "00001000000011",
        ] {
            assert_eq!(decode(bad), Err(NotAnId), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn ids_round_trip(raw in 1..=i64::MAX) {
            prop_assert_eq!(decode(&encode(raw)), Ok(raw));
            prop_assert_eq!(decode(&encode(raw).to_uppercase()), Ok(raw));
        }
    }
}
