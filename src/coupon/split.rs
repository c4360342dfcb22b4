//! Sharing an amount out, exact to the minor unit.

use model::Money;
use model::money::{Rounding, divide};

/// `total` shared out in proportion to `weights` by largest remainder (Hamilton's method): everybody gets the whole part
/// of their share, and what is left goes, one minor unit each, to the largest fractions; of equal ones to the earlier.
/// Negative weights count as none; without any weight nothing is shared out. While `total` is at most the sum of the
/// weights, no share is larger than its weight.
///
/// Worked example: 100 over 1, 1, 1 is 34, 33, 33.
pub fn split(total: Money, weights: &[Money]) -> Vec<Money> {
    let weight = |w: &Money| i128::from(w.0.max(0));
    let sum: i128 = weights.iter().map(weight).sum();
    if sum == 0 || total.0 <= 0 {
        return vec![Money::ZERO; weights.len()];
    }
    let total = i128::from(total.0);
    let mut shares: Vec<(i128, i128)> = weights
        .iter()
        .map(|w| (total * weight(w) / sum, total * weight(w) % sum))
        .collect();
    let mut left = total - shares.iter().map(|(share, _)| share).sum::<i128>();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    // Stable: of equal fractions the earlier comes first.
    order.sort_by_key(|&i| std::cmp::Reverse(shares.get(i).map_or(0, |(_, fraction)| *fraction)));
    for i in order {
        if left == 0 {
            break;
        }
        if let Some((share, _)) = shares.get_mut(i) {
            *share += 1;
            left -= 1;
        }
    }
    shares
        .into_iter()
        .map(|(share, _)| Money(i64::try_from(share).unwrap_or(i64::MAX)))
        .collect()
}

/// The share of `whole` that a part gives back after `before` of `all` came back earlier: the share of both together,
/// rounded half up, less the share of what came before. So many parts come to the whole, whatever their sizes, and the
/// order they come in does not matter for the sum.
///
/// Worked example: 1.00 for three pieces that come back one by one: 0.33, 0.34, 0.33.
pub fn returned(whole: Money, all: i64, before: i64, now: i64) -> Money {
    if all <= 0 {
        return Money::ZERO;
    }
    let until = |part: i64| {
        let part = i128::from(part.clamp(0, all));
        divide(
            i128::from(whole.0) * part,
            i128::from(all),
            Rounding::HalfUp,
        )
        .and_then(|share| i64::try_from(share).ok())
        .unwrap_or(0)
    };
    let after = before.saturating_add(now);
    Money(until(after).saturating_sub(until(before)))
}
