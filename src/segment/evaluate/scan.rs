//! Running a test over columns: 64 slots at a time where many are asked for, one by one where few are.

use crate::Bitmap;

/// The candidates whose value passes. A column that is shorter than the candidates has `missing` behind its end.
pub(super) fn column<T: Copy>(
    candidates: &Bitmap,
    values: &[T],
    missing: T,
    passes: impl Fn(T) -> bool,
) -> Bitmap {
    let (chunks, tail) = values.as_chunks::<64>();
    let mut words = Vec::with_capacity(candidates.words().len());
    let whole = candidates.words().iter().zip(chunks);
    for (&wanted, chunk) in whole {
        words.push(if wanted == 0 {
            0
        } else {
            let mut found = 0u64;
            for (bit, &value) in chunk.iter().enumerate() {
                found |= u64::from(passes(value)) << bit;
            }
            found & wanted
        });
    }
    let beyond = if passes(missing) { u64::MAX } else { 0 };
    for (at, &wanted) in candidates.words().iter().enumerate().skip(chunks.len()) {
        let mut found = beyond;
        if at == chunks.len() {
            for (bit, &value) in tail.iter().enumerate() {
                found = found & !(1 << bit) | u64::from(passes(value)) << bit;
            }
        }
        words.push(found & wanted);
    }
    Bitmap::from_words(words, candidates.len())
}

/// The candidates whose slot passes.
pub(super) fn slots(candidates: &Bitmap, passes: impl Fn(usize) -> bool) -> Bitmap {
    let words = candidates.words().iter().enumerate().map(|(at, &wanted)| {
        let mut rest = wanted;
        let mut found = 0u64;
        while rest != 0 {
            let bit = rest.trailing_zeros();
            rest &= rest - 1;
            found |= u64::from(passes(at * 64 + bit as usize)) << bit;
        }
        found
    });
    Bitmap::from_words(words.collect(), candidates.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn both_ways_find_the_same(
            values in proptest::collection::vec(0u8..4, 0..300),
            wanted in proptest::collection::vec(any::<u64>(), 0..5),
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
