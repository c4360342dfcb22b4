//! Running a test over columns: 64 slots at a time where many are asked for, one by one where few are.

use crate::Bitmap;

/// One bit for each of 64 verdicts of 0 or 1, the first in the lowest bit.
///
/// Eight bytes become eight bits by one multiplication, which moves bit `8 i` to bit `56 + i`.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline]
fn pack(verdicts: &[u8; 64]) -> u64 {
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (eights, _) = verdicts.as_chunks::<8>();
    eights.iter().rev().fold(0, |bits, eight| {
        bits << 8 | u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56
    })
}

/// One bit for each of 64 verdicts of 0 or 1, the first in the lowest bit: 16 of them by one instruction.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline]
fn pack(verdicts: &[u8; 64]) -> u64 {
    use core::arch::wasm32::{u8x16, u8x16_bitmask, u8x16_shl};
    let (sixteens, _) = verdicts.as_chunks::<16>();
    sixteens.iter().rev().fold(0, |bits, &sixteen| {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = sixteen;
        let sixteen = u8x16(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
        // The instruction takes the highest bit of each byte.
        bits << 16 | u64::from(u8x16_bitmask(u8x16_shl(sixteen, 7)))
    })
}

/// The candidates whose value passes. A column that is shorter than the candidates has `missing` behind its end.
///
/// Verdicts are first bytes and then bits: a loop that only compares and writes bytes is one that the compiler turns
/// into instructions for 16 values at a time (`simd128`).
pub(crate) fn column<T: Copy>(
    candidates: &Bitmap,
    values: &[T],
    missing: T,
    passes: impl Fn(T) -> bool,
) -> Bitmap {
    columns(
        candidates,
        (values, values),
        (missing, missing),
        |value, _| passes(value),
    )
}

/// As [`column`], for two columns at once. The shorter one ends both.
pub(crate) fn columns<A: Copy, B: Copy>(
    candidates: &Bitmap,
    (a, b): (&[A], &[B]),
    missing: (A, B),
    passes: impl Fn(A, B) -> bool,
) -> Bitmap {
    let len = a.len().min(b.len());
    let (a_chunks, a_tail) = a.get(..len).unwrap_or(&[]).as_chunks::<64>();
    let (b_chunks, b_tail) = b.get(..len).unwrap_or(&[]).as_chunks::<64>();
    let mut words = Vec::with_capacity(candidates.words().len());
    let mut verdicts = [0u8; 64];
    let whole = candidates.words().iter().zip(a_chunks.iter().zip(b_chunks));
    for (&wanted, (a, b)) in whole {
        words.push(if wanted.count_ones() <= FEW {
            bits(wanted, |bit| match (a.get(bit), b.get(bit)) {
                (Some(&a), Some(&b)) => passes(a, b),
                _ => false,
            })
        } else {
            for ((verdict, &a), &b) in verdicts.iter_mut().zip(a).zip(b) {
                *verdict = u8::from(passes(a, b));
            }
            pack(&verdicts) & wanted
        });
    }
    let beyond = if passes(missing.0, missing.1) {
        u64::MAX
    } else {
        0
    };
    let wholes = a_chunks.len();
    for (at, &wanted) in candidates.words().iter().enumerate().skip(wholes) {
        let mut found = beyond;
        if at == wholes {
            for (bit, (&a, &b)) in a_tail.iter().zip(b_tail).enumerate() {
                found = found & !(1 << bit) | u64::from(passes(a, b)) << bit;
            }
        }
        words.push(found & wanted);
    }
    Bitmap::from_words(words, candidates.len())
}

/// The candidates whose slot passes.
pub(crate) fn slots(candidates: &Bitmap, passes: impl Fn(usize) -> bool) -> Bitmap {
    let words = candidates.words().iter().enumerate();
    let words = words.map(|(at, &wanted)| bits(wanted, |bit| passes(at * 64 + bit)));
    Bitmap::from_words(words.collect(), candidates.len())
}

/// Up to so many of 64 candidates are asked one by one: that is quicker than asking all 64 at once.
const FEW: u32 = 10;

/// Those of 64 candidates that pass, asked one by one.
#[inline]
fn bits(wanted: u64, passes: impl Fn(usize) -> bool) -> u64 {
    let (mut rest, mut found) = (wanted, 0u64);
    while rest != 0 {
        let bit = rest.trailing_zeros();
        rest &= rest - 1;
        found |= u64::from(passes(bit as usize)) << bit;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn both_ways_find_the_same(
            values in proptest::collection::vec(0u8..4, 0..300),
            wanted in proptest::collection::vec(prop_oneof![any::<u64>(), (0u32..64).prop_map(|bit| 1 << bit | 1)], 0..5),
            len in 0usize..320,
            limit in 0u8..5,
        ) {
            let candidates = Bitmap::from_words(wanted, len);
            let by_column = column(&candidates, &values, 0, |value| value < limit);
            let by_slot = slots(&candidates, |slot| {
                values.get(slot).copied().unwrap_or(0) < limit
            });
            prop_assert_eq!(&by_column, &by_slot);
            let found: Vec<u32> = by_slot.iter().collect();
            let expected: Vec<u32> = (0..len as u32)
                .filter(|&slot| candidates.contains(slot))
                .filter(|&slot| values.get(slot as usize).copied().unwrap_or(0) < limit)
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
