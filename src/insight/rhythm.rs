//! A customer's own rhythm and what silence means against it.
//!
//! The *usual gap* is the median number of days between order days, from three order days on; of two middle gaps the
//! mean, rounded half up. A customer is *slipping away* when they have been quiet for more than twice their usual
//! gap and more than 14 days (who buys daily may go on holiday), but not so long that they count as churned.
//! The *churn risk* is `quiet / (quiet + 2 * gap)`: 0 on the day of an order, a half where slipping away begins,
//! towards 1 as silence grows.
//!
//! Worked example: orders on the 1st, 8th, 15th and 29th: gaps 7, 7, 14, usual gap 7. Quiet for 21 days: risk
//! 21 / 35 = 0.6, slipping away.

use model::Day;

/// Silence up to this many days never counts as slipping away.
pub const MIN_QUIET_DAYS: u32 = 14;

/// The median gap between order days (ascending; doubles are ignored), from three different days on.
pub fn usual_gap_days(order_days: &[Day]) -> Option<u32> {
    let mut gaps: Vec<u32> = order_days
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] if b > a => Some(b.0.abs_diff(a.0)),
            _ => None,
        })
        .collect();
    gaps.sort_unstable();
    median_gap(&gaps)
}

/// The median of sorted gaps, from two gaps on; of two middle ones the mean, rounded half up.
pub fn median_gap(sorted: &[u32]) -> Option<u32> {
    if sorted.len() < 2 {
        return None;
    }
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(sorted.len() / 2 - 1)?;
    Some(lower + (upper - lower).div_ceil(2))
}

/// Whether `quiet` days without an order mean that the customer is slipping away.
pub fn is_slipping_away(usual_gap: u32, quiet: u32, churned_days: u32) -> bool {
    quiet > usual_gap.saturating_mul(2) && quiet > MIN_QUIET_DAYS && quiet <= churned_days
}

/// The churn risk in millionths, rounded down: 0 to 999,999.
pub fn churn_risk_millionths(usual_gap: u32, quiet: u32) -> u32 {
    let quiet = u64::from(quiet);
    let scale = quiet + 2 * u64::from(usual_gap.max(1));
    (quiet * 1_000_000 / scale) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(numbers: &[i32]) -> Vec<Day> {
        numbers.iter().map(|&n| Day(n)).collect()
    }

    #[test]
    fn the_usual_gap_is_the_median() {
        for (orders, gap) in [
            (&[][..], None),
            (&[1, 8], None),
            (&[1, 1, 8], None),
            (&[1, 8, 15], Some(7)),
            (&[1, 1, 8, 8, 15], Some(7)),
            (&[1, 8, 15, 29], Some(7)),
            (&[0, 4, 9], Some(5)),
            (&[0, 4, 10], Some(5)),
            (&[0, 1, 2, 102], Some(1)),
        ] {
            assert_eq!(usual_gap_days(&days(orders)), gap, "{orders:?}");
        }
    }

    #[test]
    fn silence_is_judged_by_the_own_rhythm() {
        for (gap, quiet, churned, slipping) in [
            (7, 14, 180, false),
            (7, 15, 180, true),
            (1, 14, 180, false),
            (1, 15, 180, true),
            (30, 60, 180, false),
            (30, 61, 180, true),
            (30, 180, 180, true),
            (30, 181, 180, false),
            (120, 181, 180, false),
        ] {
            assert_eq!(
                is_slipping_away(gap, quiet, churned),
                slipping,
                "{gap} {quiet}"
            );
            assert_eq!(
                churn_risk_millionths(gap, quiet) > 500_000,
                quiet > 2 * gap,
                "{gap} {quiet}"
            );
        }
        assert_eq!(churn_risk_millionths(7, 0), 0);
        assert_eq!(churn_risk_millionths(7, 21), 600_000);
        assert_eq!(churn_risk_millionths(0, u32::MAX), 999_999);
    }
}
