//! Randomness, from the browser's generator only.

use model::Replica;
use std::fmt::Write;

fn fill(bytes: &mut [u8]) {
    if let Ok(crypto) = crate::time::scope().crypto() {
        let _ = crypto.get_random_values_with_u8_array(bytes);
    }
}

/// 128 random bits in hexadecimal.
pub fn name() -> String {
    let mut bytes = [0_u8; 16];
    fill(&mut bytes);
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Random bytes.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0_u8; N];
    fill(&mut bytes);
    bytes
}

/// A random number.
pub fn number() -> u64 {
    u64::from_le_bytes(bytes())
}

/// A share of the id space for a new workspace.
pub fn replica() -> Replica {
    let mut bytes = [0_u8; 4];
    fill(&mut bytes);
    Replica::from_random(u32::from_le_bytes(bytes))
}
