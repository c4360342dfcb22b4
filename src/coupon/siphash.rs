//! SipHash-2-4: a keyed hash for short messages (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012).
//!
//! Who does not know the key cannot tell its values from random ones, which is what a check of codes needs; the hash of
//! our snapshots is not made for that.

/// The hash of `message` under a key of 128 bits.
pub(crate) fn siphash(key: &[u8; 16], message: &[u8]) -> u64 {
    let word = |bytes: &[u8]| {
        bytes
            .iter()
            .rev()
            .fold(0u64, |word, &byte| (word << 8) | u64::from(byte))
    };
    let (low, high) = key.split_at(8);
    let (k0, k1) = (word(low), word(high));
    let mut state = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    let blocks = message.chunks_exact(8);
    // The last word has what is left and, in its highest byte, the length.
    let last = word(blocks.remainder()) | ((message.len() as u64 & 0xff) << 56);
    for block in blocks.map(word).chain([last]) {
        let [_, _, _, v3] = &mut state;
        *v3 ^= block;
        round(&mut state);
        round(&mut state);
        let [v0, ..] = &mut state;
        *v0 ^= block;
    }
    let [_, _, v2, _] = &mut state;
    *v2 ^= 0xff;
    for _ in 0..4 {
        round(&mut state);
    }
    let [v0, v1, v2, v3] = state;
    v0 ^ v1 ^ v2 ^ v3
}

fn round(state: &mut [u64; 4]) {
    let [mut v0, mut v1, mut v2, mut v3] = *state;
    v0 = v0.wrapping_add(v1);
    v1 = v1.rotate_left(13) ^ v0;
    v0 = v0.rotate_left(32);
    v2 = v2.wrapping_add(v3);
    v3 = v3.rotate_left(16) ^ v2;
    v0 = v0.wrapping_add(v3);
    v3 = v3.rotate_left(21) ^ v0;
    v2 = v2.wrapping_add(v1);
    v1 = v1.rotate_left(17) ^ v2;
    v2 = v2.rotate_left(32);
    *state = [v0, v1, v2, v3];
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first values of `vectors_sip64` of the reference implementation: key 00 01 .. 0f, message 00 01 .. of
    /// growing length; and the worked example of the paper's appendix A (15 bytes).
    #[test]
    fn values_are_those_of_the_reference() {
        let key: [u8; 16] = std::array::from_fn(|i| i as u8);
        let message: Vec<u8> = (0..64).collect();
        for (length, expected) in [
            (0, 0x726f_db47_dd0e_0e31),
            (1, 0x74f8_39c5_93dc_67fd),
            (2, 0x0d6c_8009_d9a9_4f5a),
            (3, 0x8567_6696_d7fb_7e2d),
            (7, 0xab02_00f5_8b01_d137),
            (8, 0x93f5_f579_9a93_2462),
            (15, 0xa129_ca61_49be_45e5),
        ] {
            assert_eq!(siphash(&key, &message[..length]), expected, "{length}");
        }
    }
}
