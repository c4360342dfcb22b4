//! RFM: recency (days since the last order), frequency (orders) and money (spend), each scored 1 to 5, 5 is best.
//!
//! **Quintiles and ties.** Over the customers with at least one order that counts, the limits between the scores are
//! the quantiles at 20, 40, 60 and 80 % by linear interpolation (type 7 of Hyndman and Fan 1996), rounded down to
//! whole days, orders and minor units, which changes no score. A value's place is the number of limits below it,
//! so that equal values always have equal scores; a score may then be empty. Recency counts backwards: the fewest
//! days score 5.
//!
//! **Groups.** Frequency and money together are *high* (sum of both scores 8 or more), *middle* (5 to 7) or *low*
//! (4 or less); with recency they give the group:
//!
//! | recency | high | middle | low |
//! | --- | --- | --- | --- |
//! | 5 | champions | active | new |
//! | 4 | loyal | active | promising |
//! | 3 | loyal | needs attention | needs attention |
//! | 2 | at risk | almost lost | almost lost |
//! | 1 | previously loyal | dormant | dormant |
//!
//! Worked example: orders 1, 1, 2, 4, 9 of five customers: limits 1, 1, 2 and 5 (4 + 0.2 x 5, rounded down); the
//! scores are 1, 1, 3, 4 and 5.

use crate::Columns;
use model::Day;

/// Scores of everybody as of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rfm {
    /// The day.
    pub as_of: Day,
    /// Cell of each slot: `(r - 1) * 25 + (f - 1) * 5 + (m - 1)`; [`NO_CELL`] without orders or for removed customers.
    pub cells: Vec<u8>,
    /// The four values between the five scores, ascending: days since the last order, orders, minor units of spend.
    /// A value up to a limit belongs below it. Empty without orders.
    pub limits: [Vec<i64>; 3],
}

/// No order, so no scores.
pub const NO_CELL: u8 = u8::MAX;

/// Number of cells.
pub const CELLS: u8 = 125;

/// A named group of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Bought just now, often and much.
    Champions,
    /// Buy often and much, last not long ago.
    Loyal,
    /// Bought just now, neither much nor little.
    Active,
    /// Bought just now for the first few times.
    New,
    /// Bought lately, little so far.
    Promising,
    /// Not lately, and not much.
    NeedsAttention,
    /// Used to buy often and much, quiet for a while.
    AtRisk,
    /// Used to buy often and much, quiet for long.
    PreviouslyLoyal,
    /// Quiet for a while.
    AlmostLost,
    /// Quiet for long.
    Dormant,
    /// Never bought.
    Prospects,
}

impl Group {
    /// All, best first, prospects last.
    pub const ALL: [Group; 11] = [
        Group::Champions,
        Group::Loyal,
        Group::Active,
        Group::New,
        Group::Promising,
        Group::NeedsAttention,
        Group::AtRisk,
        Group::PreviouslyLoyal,
        Group::AlmostLost,
        Group::Dormant,
        Group::Prospects,
    ];

    /// As in a rule: `champions`.
    pub fn name(self) -> &'static str {
        match self {
            Group::Champions => "champions",
            Group::Loyal => "loyal",
            Group::Active => "active",
            Group::New => "new",
            Group::Promising => "promising",
            Group::NeedsAttention => "needs_attention",
            Group::AtRisk => "at_risk",
            Group::PreviouslyLoyal => "previously_loyal",
            Group::AlmostLost => "almost_lost",
            Group::Dormant => "dormant",
            Group::Prospects => "prospects",
        }
    }
}

/// The scores in a cell, each 1 to 5: recency, frequency, money.
pub fn scores(cell: u8) -> Option<[u8; 3]> {
    (cell < CELLS).then_some([cell / 25 + 1, cell / 5 % 5 + 1, cell % 5 + 1])
}

/// The cell of three scores, each 1 to 5.
pub fn cell(scores: [u8; 3]) -> u8 {
    let [r, f, m] = scores.map(|score| score.clamp(1, 5) - 1);
    r * 25 + f * 5 + m
}

/// The group a cell belongs to; [`NO_CELL`] gives prospects.
pub fn group(cell: u8) -> Group {
    let Some([recency, frequency, money]) = scores(cell) else {
        return Group::Prospects;
    };
    let worth = frequency + money;
    let [high, middle, low] = match recency {
        5 => [Group::Champions, Group::Active, Group::New],
        4 => [Group::Loyal, Group::Active, Group::Promising],
        3 => [Group::Loyal, Group::NeedsAttention, Group::NeedsAttention],
        2 => [Group::AtRisk, Group::AlmostLost, Group::AlmostLost],
        _ => [Group::PreviouslyLoyal, Group::Dormant, Group::Dormant],
    };
    match worth {
        8.. => high,
        5..=7 => middle,
        _ => low,
    }
}

/// Scores everybody.
pub fn score(columns: &Columns, as_of: Day) -> Rfm {
    let slots = columns.slots();
    let mut cells = vec![NO_CELL; slots];
    let mut scored: Vec<u32> = Vec::with_capacity(slots);
    let mut values: [Vec<i64>; 3] = std::array::from_fn(|_| Vec::with_capacity(slots));
    let [recency, frequency, money] = &mut values;
    for slot in 0..slots {
        let total = columns.orders.total(slot, as_of.0);
        if total.count > 0 {
            scored.push(slot as u32);
            recency.push(i64::from(as_of.0) - i64::from(total.last));
            frequency.push(i64::from(total.count));
            money.push(total.spend);
        }
    }
    let limits = [
        limits(&mut recency.clone()),
        limits(&mut frequency.clone()),
        limits(&mut money.clone()),
    ];
    let [by_recency, by_frequency, by_money] = &limits;
    let rows = recency.iter().zip(&*frequency).zip(&*money);
    for (&slot, ((&recency, &frequency), &money)) in scored.iter().zip(rows) {
        let r = 5 - below(by_recency, recency);
        let f = 1 + below(by_frequency, frequency);
        let m = 1 + below(by_money, money);
        if let Some(place) = cells.get_mut(slot as usize) {
            *place = cell([r, f, m]);
        }
    }
    Rfm {
        as_of,
        cells,
        limits: limits.map(|limits| limits.to_vec()),
    }
}

/// How many limits lie below a value.
fn below(limits: &[i64], value: i64) -> u8 {
    limits.iter().map(|&limit| u8::from(limit < value)).sum()
}

/// The quantiles at 20, 40, 60 and 80 %, rounded down. Reorders the values.
fn limits(values: &mut [i64]) -> Vec<i64> {
    let Some(last) = values.len().checked_sub(1) else {
        return Vec::new();
    };
    (1..=4)
        .map(|fifth| {
            let at = last * fifth / 5;
            let part = (last * fifth % 5) as i128;
            let (_, &mut low, above) = values.select_nth_unstable(at);
            let high = above.iter().copied().min().unwrap_or(low);
            let step = (i128::from(high) - i128::from(low)) * part / 5;
            low.saturating_add(step as i64)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_cell_is_in_exactly_one_group() {
        let mut members: BTreeMap<Group, u32> = BTreeMap::new();
        for number in 0..CELLS {
            let scores = scores(number).unwrap();
            assert!(scores.iter().all(|score| (1..=5).contains(score)));
            assert_eq!(cell(scores), number);
            *members.entry(group(number)).or_default() += 1;
        }
        assert_eq!(members.values().sum::<u32>(), 125);
        // Every group but the prospects has cells, and nobody with orders is a prospect.
        assert_eq!(members.len(), 10);
        assert!(!members.contains_key(&Group::Prospects));
        assert_eq!(group(NO_CELL), Group::Prospects);
        assert_eq!(scores(NO_CELL), None);
        assert_eq!(group(cell([5, 5, 5])), Group::Champions);
        assert_eq!(group(cell([1, 1, 1])), Group::Dormant);
        assert_eq!(group(cell([5, 1, 1])), Group::New);
        for group in Group::ALL {
            let known = model::rule::choices_of_attribute(&model::rule::Attribute::RfmGroup);
            assert!(known.contains(&group.name()));
        }
    }

    #[test]
    fn the_documented_example_holds() {
        let values = [1, 1, 2, 4, 9];
        let limits = limits(&mut values.to_vec());
        assert_eq!(limits, [1, 1, 2, 5]);
        let scores = values.map(|value| 1 + below(&limits, value));
        assert_eq!(scores, [1, 1, 3, 4, 5]);
    }

    #[test]
    fn frequencies_score_as_in_the_reference() {
        // Orders of 2,357 customers of CDNOW (Fader and Hardie's sample, as shipped with lifetimes 0.11.3): number of
        // orders, customers. Counts by score: ../shared/reference/statistics.json, rfm_cdnow_sample,
        // quantile_edges_type7_le. With the whole file recency and money agreed with it too (555: 234, 111: 167).
        let histogram = [
            (1, 1205),
            (2, 406),
            (3, 208),
            (4, 150),
            (5, 98),
            (6, 56),
            (7, 65),
            (8, 35),
            (9, 23),
            (10, 21),
            (11, 8),
            (12, 10),
            (13, 13),
            (14, 7),
            (15, 6),
            (16, 7),
            (17, 9),
            (18, 2),
            (19, 3),
            (20, 1),
            (21, 2),
            (22, 4),
            (24, 5),
            (25, 1),
            (27, 1),
            (30, 1),
            (33, 1),
            (34, 1),
            (35, 1),
            (36, 1),
            (42, 1),
            (46, 1),
            (47, 2),
            (49, 1),
            (56, 1),
        ];
        let all = histogram
            .iter()
            .flat_map(|&(orders, customers)| vec![orders; customers]);
        let values: Vec<i64> = all.collect();
        let limits = limits(&mut values.clone());
        assert_eq!(limits, [1, 1, 2, 4]);
        let mut counts = [0; 6];
        for value in values {
            counts[1 + usize::from(below(&limits, value))] += 1;
        }
        assert_eq!(counts, [0, 1205, 0, 406, 358, 388]);
    }

    proptest! {
        #[test]
        fn limits_agree_with_sorting(values in proptest::collection::vec(-50i64..50, 1..60)) {
            let mut sorted = values.clone();
            sorted.sort_unstable();
            let found = limits(&mut values.clone());
            for (fifth, limit) in (1..=4).zip(found) {
                // Type 7: position (n - 1) p, linear between the neighbours; here exact in fifths.
                let position = (sorted.len() - 1) * fifth;
                let (at, part) = (position / 5, (position % 5) as i64);
                let next = sorted[(at + 1).min(sorted.len() - 1)];
                let exact_fifths = sorted[at] * 5 + (next - sorted[at]) * part;
                prop_assert_eq!(limit, exact_fifths.div_euclid(5));
            }
        }

        #[test]
        fn equal_values_score_alike_and_larger_ones_no_less(
            values in proptest::collection::vec(0i64..30, 1..80),
        ) {
            let limits = limits(&mut values.clone());
            for a in &values {
                for b in &values {
                    if a <= b {
                        prop_assert!(below(&limits, *a) <= below(&limits, *b));
                    }
                }
            }
        }
    }
}
