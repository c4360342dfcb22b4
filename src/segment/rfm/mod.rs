//! RFM: recency (days since the last order), frequency (orders) and money, each scored 1 to 5, 5 is best.
//!
//! What counts as an order, within which spans, and what the money is, [`RfmOptions`] says; who has no order that
//! passes its filter has no scores. Three ways lead to scores:
//!
//! **Quintiles and ties.** Over the customers with scores, the limits between them are the quantiles at 20, 40, 60
//! and 80 % by linear interpolation (type 7 of Hyndman and Fan 1996), rounded down to whole days, orders and minor
//! units, which changes no score. A value's place is the number of limits below it, so that equal values always have
//! equal scores; a score may then be empty. Recency counts backwards: the fewest days score 5.
//!
//! **Fixed limits** are the owner's. **Averages**: who is at least as good as the arithmetic mean scores 5, who is not
//! scores 1; see [`Class`].
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

mod class;
mod values;

pub use class::{Class, class};

use crate::Columns;
use model::{Day, RfmOptions, RfmScoring};
use values::{Source, filter_of};

/// Scores of everybody as of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rfm {
    /// The day.
    pub as_of: Day,
    /// What was scored and how.
    pub options: RfmOptions,
    /// Cell of each slot: `(r - 1) * 25 + (f - 1) * 5 + (m - 1)`; [`NO_CELL`] without orders or for removed customers.
    pub cells: Vec<u8>,
    /// The four values between the five scores (of averages: the one between the two), ascending: days since the last
    /// order, orders, minor units. A value up to a limit belongs below it. Empty without orders.
    pub limits: [Vec<i64>; 3],
    /// Where averages are the limits: the averages in thousandths, rounded half up.
    pub averages: Option<[i64; 3]>,
}

/// What is scored of one customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Values {
    /// Days since the last order.
    pub days: i64,
    /// Orders.
    pub orders: i64,
    /// Money, in minor units.
    pub money: i64,
}

impl Values {
    fn all(self) -> [i64; 3] {
        [self.days, self.orders, self.money]
    }
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
pub fn score(columns: &Columns, as_of: Day, options: &RfmOptions) -> Rfm {
    let slots = columns.slots();
    let filter = filter_of(options);
    let source = Source::new(columns, as_of, options, &filter);
    let mut scored: Vec<u32> = Vec::with_capacity(slots);
    let mut values: [Vec<i64>; 3] = std::array::from_fn(|_| Vec::with_capacity(slots));
    source.each(|slot, found| {
        scored.push(slot);
        for (column, value) in values.iter_mut().zip(found.all()) {
            column.push(value);
        }
    });
    let averages = match options.scoring {
        RfmScoring::Average => averages(&values),
        RfmScoring::Quintile | RfmScoring::Fixed => None,
    };
    let mut rfm = Rfm {
        as_of,
        options: options.clone(),
        cells: vec![NO_CELL; slots],
        limits: limits_of(&values, options),
        averages,
    };
    let judge = Judge::new(&rfm);
    let [recency, frequency, money] = &values;
    let rows = recency.iter().zip(frequency).zip(money);
    for (&slot, ((&days, &orders), &money)) in scored.iter().zip(rows) {
        if let Some(place) = rfm.cells.get_mut(slot as usize) {
            *place = judge.cell(Values {
                days,
                orders,
                money,
            });
        }
    }
    rfm
}

/// What decides which cell values fall into, laid out for going over everybody: always four limits, where there are
/// fewer the last ones are passed by nobody.
struct Judge {
    average: bool,
    limits: [[i64; 4]; 3],
}

impl Judge {
    fn new(rfm: &Rfm) -> Self {
        let four = |limits: &Vec<i64>| {
            let mut four = [i64::MAX; 4];
            for (place, limit) in four.iter_mut().zip(limits) {
                *place = *limit;
            }
            four
        };
        let [recency, frequency, money] = &rfm.limits;
        Self {
            average: rfm.options.scoring == RfmScoring::Average,
            limits: [four(recency), four(frequency), four(money)],
        }
    }

    fn cell(&self, values: Values) -> u8 {
        let [by_recency, by_frequency, by_money] = &self.limits;
        let (days, orders, money) = (
            below(by_recency, values.days),
            below(by_frequency, values.orders),
            below(by_money, values.money),
        );
        if self.average {
            let side = |good: bool| if good { 5 } else { 1 };
            return cell([side(days == 0), side(orders > 0), side(money > 0)]);
        }
        cell([5 - days, 1 + orders, 1 + money])
    }
}

impl Rfm {
    /// The cell that values fall into.
    pub fn cell_of(&self, values: Values) -> u8 {
        Judge::new(self).cell(values)
    }

    /// Whether it holds for these columns, this day and these options, as far as can be told without the data.
    pub fn fits(&self, columns: &Columns, as_of: Day, options: &RfmOptions) -> bool {
        self.as_of == as_of && self.cells.len() == columns.slots() && self.options == *options
    }
}

/// What is scored of the customers in some slots; `None` without an order that counts.
pub fn values_of(
    columns: &Columns,
    as_of: Day,
    options: &RfmOptions,
    slots: &[u32],
) -> Vec<Option<Values>> {
    let filter = filter_of(options);
    let source = Source::new(columns, as_of, options, &filter);
    let slots = slots.iter();
    slots.map(|&slot| source.of(slot as usize)).collect()
}

/// How many limits lie below a value.
fn below(limits: &[i64; 4], value: i64) -> u8 {
    limits.iter().map(|&limit| u8::from(limit < value)).sum()
}

/// The values between the scores.
fn limits_of(values: &[Vec<i64>; 3], options: &RfmOptions) -> [Vec<i64>; 3] {
    let [recency, frequency, money] = values;
    match options.scoring {
        RfmScoring::Quintile => [limits(recency), limits(frequency), limits(money)],
        RfmScoring::Fixed => {
            let fixed = &options.limits;
            // Orders and money are "at least", and a value up to a limit belongs below it.
            [
                fixed.recency_days.map(i64::from).to_vec(),
                fixed.orders.map(|orders| i64::from(orders) - 1).to_vec(),
                fixed.money.map(|money| money.0 - 1).to_vec(),
            ]
        }
        RfmScoring::Average => {
            // As many days as the average are good, and as many orders or as much money.
            let least = |values: &[i64]| mean(values, 1).map(|[down, up]| (down, up));
            [
                least(recency).map(|(down, _)| down).into_iter().collect(),
                least(frequency).map(|(_, up)| up - 1).into_iter().collect(),
                least(money).map(|(_, up)| up - 1).into_iter().collect(),
            ]
        }
    }
}

/// The mean times `scale`, rounded down and up.
fn mean(values: &[i64], scale: i128) -> Option<[i64; 2]> {
    let sum: i128 = values.iter().map(|&value| i128::from(value)).sum();
    let count = i128::try_from(values.len()).ok().filter(|&n| n > 0)?;
    let down = (sum * scale).div_euclid(count);
    let up = down + i128::from((sum * scale).rem_euclid(count) > 0);
    Some([i64::try_from(down).ok()?, i64::try_from(up).ok()?])
}

/// The means in thousandths, rounded half up.
fn averages(values: &[Vec<i64>; 3]) -> Option<[i64; 3]> {
    let mut means = [0; 3];
    for (place, values) in means.iter_mut().zip(values) {
        let sum: i128 = values.iter().map(|&value| i128::from(value)).sum();
        let count = values.len() as i128;
        let mean = model::money::divide(sum * 1000, count, model::Rounding::HalfUp)?;
        *place = i64::try_from(mean).ok()?;
    }
    Some(means)
}

/// The ranks next to which the quantiles at 20, 40, 60 and 80 % of so many values lie, and how many fifths of the way
/// to the next they are.
fn ranks(count: usize) -> Option<[(usize, i128); 4]> {
    let last = count.checked_sub(1)?;
    Some([1, 2, 3, 4].map(|fifth| (last * fifth / 5, (last * fifth % 5) as i128)))
}

/// Between two neighbours, rounded down.
fn between(low: i64, high: i64, fifths: i128) -> i64 {
    let step = (i128::from(high) - i128::from(low)) * fifths / 5;
    low.saturating_add(step as i64)
}

/// The four values between five equal parts of these, as quintiles have them: the quantiles at 20, 40, 60 and 80 %,
/// rounded down.
pub(crate) fn limits(values: &[i64]) -> Vec<i64> {
    let Some(ranks) = ranks(values.len()) else {
        return Vec::new();
    };
    let wanted = ranks.map(|(rank, fifths)| [rank, rank + usize::from(fifths > 0)]);
    let found = at_ranks(values, wanted.as_flattened());
    let limit = |((_, fifths), pair): ((usize, i128), &[i64])| match pair {
        [low, high] => between(*low, *high, fifths),
        _ => 0,
    };
    ranks.into_iter().zip(found.chunks(2)).map(limit).collect()
}

/// So many bits of a value say which bucket it is counted in.
const BUCKET_BITS: u32 = 12;

/// The values at ranks, which must lie below the number of values. Sorting everybody would be most of the
/// work of scoring: instead values are counted in buckets of equal width, and only those that share a bucket with one
/// of the ranks are sorted. Days and orders are small numbers: there a bucket is a value.
fn at_ranks(values: &[i64], ranks: &[usize]) -> Vec<i64> {
    let (mut least, mut most) = (i64::MAX, i64::MIN);
    for &value in values {
        (least, most) = (least.min(value), most.max(value));
    }
    // The difference of two of 64 bits, as a number without sign.
    let place = |value: i64| value.wrapping_sub(least) as u64;
    let shift = (u64::BITS - place(most).leading_zeros()).saturating_sub(BUCKET_BITS);
    let bucket = |value: i64| (place(value) >> shift) as usize;
    let mut counts = vec![0usize; bucket(most) + 1];
    for &value in values {
        if let Some(count) = counts.get_mut(bucket(value)) {
            *count += 1;
        }
    }
    // Bucket and place in it of each rank; and which of the buckets looked into a bucket is.
    let mut places: Vec<(usize, usize)> = Vec::with_capacity(ranks.len());
    let mut number = vec![u8::MAX; counts.len()];
    let mut inside: Vec<Vec<i64>> = Vec::new();
    for &rank in ranks {
        let (mut at, mut before) = (0, 0);
        while let Some(count) = counts.get(at).filter(|count| before + **count <= rank) {
            before += count;
            at += 1;
        }
        places.push((at, rank - before));
        if let Some(number) = number.get_mut(at).filter(|it| **it == u8::MAX) {
            *number = inside.len() as u8;
            inside.push(Vec::new());
        }
    }
    if shift == 0 {
        let value = |(bucket, _): &(usize, usize)| least.wrapping_add(*bucket as i64);
        return places.iter().map(value).collect();
    }
    for &value in values {
        let number = number.get(bucket(value)).copied().unwrap_or(u8::MAX);
        if let Some(some) = inside.get_mut(usize::from(number)) {
            some.push(value);
        }
    }
    for some in &mut inside {
        some.sort_unstable();
    }
    let value = |(bucket, place): &(usize, usize)| {
        let number = number.get(*bucket).copied().unwrap_or(u8::MAX);
        let some = inside.get(usize::from(number));
        some.and_then(|it| it.get(*place)).copied().unwrap_or(least)
    };
    places.iter().map(value).collect()
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
        let limits: [i64; 4] = limits(&values).try_into().unwrap();
        assert_eq!(limits, [1, 1, 2, 5]);
        let scores = values.map(|value| 1 + below(&limits, value));
        assert_eq!(scores, [1, 1, 3, 4, 5]);
    }

    #[test]
    fn quantiles_agree_with_the_reference() {
        // statistics.json, quantiles_type7 (numpy 2.4.6).
        let values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100];
        assert_eq!(limits(&values), [3, 5, 7, 9]);
    }

    proptest! {
        #[test]
        fn limits_agree_with_sorting(
            values in prop_oneof![
                proptest::collection::vec(-50i64..50, 1..60),
                // Wider than there are buckets; most of them near one another, so that a rank's bucket is crowded.
                proptest::collection::vec(prop_oneof![-9_000i64..9_000, -(1i64 << 50)..1i64 << 50], 1..60),
            ],
        ) {
            let mut sorted = values.clone();
            sorted.sort_unstable();
            let found = limits(&values);
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
            let limits: [i64; 4] = limits(&values).try_into().unwrap();
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
