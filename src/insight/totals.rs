//! Sums by month, favourites, and how few customers make a share of the spend.

use model::{Day, Money};

/// A month's sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthSum {
    /// The first day of the month.
    pub month: Day,
    /// The sum.
    pub amount: Money,
    /// How many went into it.
    pub orders: u64,
}

/// Sums of `months` calendar months, the last of them the one of `until`, oldest first; months without orders too.
/// Orders after `until` and before the first month are left out.
pub fn monthly(
    orders: impl IntoIterator<Item = (Day, Money)>,
    until: Day,
    months: u32,
) -> Vec<MonthSum> {
    let this = until.plus_days(1 - until.day_of_month() as i32);
    let mut sums: Vec<MonthSum> = (0..months as i32)
        .rev()
        .map(|back| MonthSum {
            month: this.plus_months(-back),
            amount: Money::ZERO,
            orders: 0,
        })
        .collect();
    for (day, amount) in orders {
        if day > until {
            continue;
        }
        let after = sums.partition_point(|sum| sum.month <= day);
        let month = after.checked_sub(1).and_then(|at| sums.get_mut(at));
        if let Some(sum) = month {
            sum.amount = Money(sum.amount.0.saturating_add(amount.0));
            sum.orders += 1;
        }
    }
    sums
}

/// The smallest number of customers that together make at least `numerator / denominator` of the spend: how many,
/// what they spent, and the whole spend. Nobody, when there is no spend.
pub fn best_share(spends: &[Money], numerator: u32, denominator: u32) -> (u64, Money, Money) {
    let total = spends
        .iter()
        .fold(0i64, |sum, spend| sum.saturating_add(spend.0));
    if total <= 0 {
        return (0, Money::ZERO, Money(total));
    }
    let mut sorted: Vec<i64> = spends.iter().map(|spend| spend.0).collect();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    let wanted = i128::from(total) * i128::from(numerator);
    let mut sum = 0i64;
    let mut count = 0;
    for spend in sorted {
        if i128::from(sum) * i128::from(denominator) >= wanted {
            break;
        }
        sum = sum.saturating_add(spend);
        count += 1;
    }
    (count, Money(sum), Money(total))
}

/// The `limit` largest sums by code (a category, a product), largest first, then by code: code, sum, how many.
pub fn top(parts: impl IntoIterator<Item = (u32, Money)>, limit: usize) -> Vec<(u32, Money, u64)> {
    let mut sums: std::collections::BTreeMap<u32, (i64, u64)> = std::collections::BTreeMap::new();
    for (code, amount) in parts {
        let sum = sums.entry(code).or_default();
        sum.0 = sum.0.saturating_add(amount.0);
        sum.1 += 1;
    }
    let mut sorted: Vec<_> = sums
        .into_iter()
        .map(|(code, (sum, count))| (code, Money(sum), count))
        .collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    sorted.truncate(limit);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn months_without_orders_are_there_too() {
        let orders = [
            ("2026-01-31", 5),
            ("2026-02-01", 7),
            ("2026-02-28", 1),
            ("2026-04-02", 9),
            ("2026-04-03", 100),
            ("2025-12-31", 100),
        ];
        let sums = monthly(
            orders.map(|(on, amount)| (day(on), Money(amount))),
            day("2026-04-02"),
            4,
        );
        let found: Vec<_> = sums
            .iter()
            .map(|sum| (sum.month.to_string(), sum.amount.0, sum.orders))
            .collect();
        assert_eq!(
            found,
            [
                ("2026-01-01".to_owned(), 5, 1),
                ("2026-02-01".to_owned(), 8, 2),
                ("2026-03-01".to_owned(), 0, 0),
                ("2026-04-01".to_owned(), 9, 1),
            ]
        );
    }

    #[test]
    fn the_best_third_is_as_small_as_can_be() {
        for (spends, found) in [
            (&[][..], (0, 0, 0)),
            (&[0, 0], (0, 0, 0)),
            (&[10, 10, 10], (1, 10, 30)),
            (&[10, 10, 11], (1, 11, 31)),
            (&[10, 10, 10, 1], (2, 20, 31)),
            (&[100, 1, 1], (1, 100, 102)),
        ] {
            let spends: Vec<Money> = spends.iter().map(|&s| Money(s)).collect();
            let (count, sum, total) = best_share(&spends, 1, 3);
            assert_eq!((count, sum.0, total.0), found, "{spends:?}");
        }
    }

    #[test]
    fn favourites_are_sorted_with_a_rule_for_ties() {
        let parts = [(7, 5), (3, 2), (9, 5), (3, 2), (1, 1)];
        let found = top(parts.map(|(code, amount)| (code, Money(amount))), 3);
        assert_eq!(
            found,
            [(7, Money(5), 1), (9, Money(5), 1), (3, Money(4), 2)]
        );
    }

    proptest! {
        #[test]
        fn one_customer_fewer_would_not_do(spends in proptest::collection::vec(0i64..1000, 1..40)) {
            let spends: Vec<Money> = spends.into_iter().map(Money).collect();
            let (count, sum, total) = best_share(&spends, 1, 3);
            prop_assert!(sum.0 * 3 >= total.0);
            let mut sorted: Vec<i64> = spends.iter().map(|s| s.0).collect();
            sorted.sort_unstable();
            let fewer: i64 = sorted.iter().rev().take((count as usize).saturating_sub(1)).sum();
            prop_assert!(total.0 == 0 || fewer * 3 < total.0);
        }
    }
}
