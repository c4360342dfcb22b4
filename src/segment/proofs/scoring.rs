//! Scores by the owner's options and stages by the own rhythm, against a slow and plain reading of the same records.

use super::cases;
use super::world::{DAYS, World, first_day, world};
use crate::lifecycle::{self, Stages};
use crate::rfm::{self, Values};
use model::rfm::span_of;
use model::*;
use proptest::prelude::*;

/// The amount that counts of an order as of a day, if it counts: paid, not returned whole.
fn counted(order: &Order, zone: Zone, as_of: Day) -> Option<(Day, i64)> {
    let day = zone.day(order.fields.at);
    if day > as_of || order.fields.status == OrderStatus::Cancelled {
        return None;
    }
    let back: Vec<(Day, i64)> = order
        .refunds
        .iter()
        .map(|refund| (zone.day(refund.at), refund.amount.0))
        .collect();
    let by_then: i64 = back.iter().filter(|it| it.0 <= as_of).map(|it| it.1).sum();
    let any = back.iter().any(|it| it.0 <= as_of);
    let later = back.iter().any(|it| it.0 > as_of);
    let amount = order.fields.amount.0;
    let refunded = order.fields.status == OrderStatus::Refunded && !later;
    let returned = refunded || any && by_then >= amount;
    (!returned).then(|| (day, amount - by_then))
}

/// The first of the last `n` days.
fn from(as_of: Day, text: Option<&str>) -> Day {
    match text {
        None => Day(i32::MIN),
        Some("90 day") => as_of.plus_days(-89),
        Some("12 month") => as_of.plus_months(-12).plus_days(1),
        Some(other) => panic!("{other}"),
    }
}

fn plain_values(
    world: &World,
    customer: i64,
    as_of: Day,
    (frequency, money): (Option<&str>, Option<&str>),
    basis: MoneyBasis,
    channel: Option<&str>,
) -> Option<Values> {
    let orders = world.orders.values().filter(|it| it.customer.0 == customer);
    let passing = orders.filter(|it| {
        channel.is_none_or(|channel| {
            let of = it.fields.channel.as_deref().unwrap_or("");
            !of.is_empty() && of.to_lowercase() == channel.to_lowercase()
        })
    });
    let counted: Vec<(Day, i64)> = passing
        .filter_map(|order| {
            let (day, amount) = counted(order, world.zone, as_of)?;
            Some((day, amount))
        })
        .collect();
    let last = counted.iter().map(|it| it.0).max()?;
    let in_money = counted.iter().filter(|it| it.0 >= from(as_of, money));
    let amounts: Vec<i64> = in_money.map(|it| it.1).collect();
    let sum: i64 = amounts.iter().sum();
    let money = match basis {
        MoneyBasis::Total | MoneyBasis::WithoutTax => sum,
        // Half up, as everywhere.
        MoneyBasis::Average if amounts.is_empty() => 0,
        MoneyBasis::Average => {
            let n = amounts.len() as i64;
            (2 * sum + n).div_euclid(2 * n)
        }
        MoneyBasis::Largest => amounts.iter().copied().max().unwrap_or(0).max(0),
    };
    let orders = counted.iter().filter(|it| it.0 >= from(as_of, frequency));
    Some(Values {
        days: i64::from(as_of.0 - last.0),
        orders: orders.count() as i64,
        money,
    })
}

fn span() -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![Just(None), Just(Some("90 day")), Just(Some("12 month"))]
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn values_agree_with_a_plain_reading(
        mut world in world(),
        at in 0..DAYS,
        spans in (span(), span()),
        basis in prop_oneof![
            Just(MoneyBasis::Total), Just(MoneyBasis::Average), Just(MoneyBasis::Largest)
        ],
        filtered in any::<bool>(),
        scoring in prop_oneof![
            Just(RfmScoring::Quintile), Just(RfmScoring::Fixed), Just(RfmScoring::Average)
        ],
    ) {
        // Amounts in other currencies are proven elsewhere.
        for order in world.orders.values_mut() {
            order.fields.currency = world.currency;
        }
        let columns = world.columns();
        let as_of = first_day().plus_days(at);
        let channel = filtered.then_some("Shop");
        let options = RfmOptions {
            scoring,
            frequency_within: spans.0.and_then(span_of),
            money_within: spans.1.and_then(span_of),
            basis,
            filter: channel
                .map(|it| format!(r#"[{{"attr":"channel","op":"eq","value":"{it}"}}]"#))
                .unwrap_or_default(),
            limits: RfmLimits::default(),
        };
        let scores = rfm::score(&columns, as_of, &options);
        let slots: Vec<u32> = columns.live().iter().collect();
        let found = rfm::values_of(&columns, as_of, &options, &slots);
        let mut values: Vec<(u8, Values)> = Vec::new();
        for (slot, found) in slots.iter().zip(found) {
            let id = columns.id(*slot).unwrap().0;
            let expected = plain_values(&world, id, as_of, spans, basis, channel);
            prop_assert_eq!(found, expected, "{}", id);
            let cell = scores.cells[*slot as usize];
            prop_assert_eq!(cell == rfm::NO_CELL, expected.is_none());
            values.extend(expected.map(|it| (cell, it)));
        }
        check_cells(&values, &options)?;
    }

    #[test]
    fn stages_are_counted_as_they_are_noted(
        world in world(),
        at in 0..DAYS,
        (new_days, dormant_days, more) in (0u32..90, 0u32..60, 0u32..90),
    ) {
        let columns = world.columns();
        let as_of = first_day().plus_days(at);
        let thresholds = LifecycleThresholds {
            new_days,
            dormant_days,
            churned_days: dormant_days + more,
            rhythm: None,
        };
        let noted = lifecycle::stages(&columns, as_of, &thresholds);
        prop_assert_eq!(lifecycle::counts(&columns, as_of, &thresholds), noted.counts);
    }

    #[test]
    fn stages_by_rhythm_agree_with_a_plain_reading(
        world in world(),
        at in 0..DAYS,
        (dormant_tenths, more) in (10u32..40, 1u32..40),
    ) {
        let columns = world.columns();
        let as_of = first_day().plus_days(at);
        let thresholds = LifecycleThresholds {
            rhythm: Some(OwnRhythm { dormant_tenths, churned_tenths: dormant_tenths + more }),
            ..LifecycleThresholds::default()
        };
        let stages = Stages::new(&columns, as_of, thresholds);
        let all = lifecycle::stages(&columns, as_of, &thresholds);
        for slot in columns.live().iter() {
            let id = columns.id(slot).unwrap().0;
            let orders = world.orders.values().filter(|it| it.customer.0 == id);
            let mut days: Vec<Day> = orders
                .filter_map(|order| Some(counted(order, world.zone, as_of)?.0))
                .collect();
            days.sort_unstable();
            days.dedup();
            let mut gaps: Vec<i64> = days
                .windows(2)
                .map(|pair| i64::from(pair[1].0 - pair[0].0))
                .collect();
            gaps.sort_unstable();
            // Twice the median, so that it is whole.
            let gap = (gaps.len() >= 2).then(|| {
                let (low, high) = (gaps[(gaps.len() - 1) / 2], gaps[gaps.len() / 2]);
                low + (high - low + 1) / 2
            });
            let limit = |tenths: u32, days: u32| match gap {
                Some(gap) => (gap * i64::from(tenths) / 10).max(14),
                None => i64::from(days),
            };
            let expected = match (days.first(), days.last()) {
                (Some(first), Some(last)) => {
                    let quiet = i64::from(as_of.0 - last.0);
                    let age = i64::from(as_of.0 - first.0);
                    if quiet > limit(dormant_tenths + more, thresholds.churned_days) {
                        lifecycle::Stage::Churned
                    } else if quiet > limit(dormant_tenths, thresholds.dormant_days) {
                        lifecycle::Stage::Dormant
                    } else if age <= i64::from(thresholds.new_days) {
                        lifecycle::Stage::New
                    } else {
                        lifecycle::Stage::Active
                    }
                }
                _ => lifecycle::Stage::Prospect,
            };
            prop_assert_eq!(stages.of(slot as usize), expected, "{} {:?}", id, days);
            prop_assert_eq!(all.stages[slot as usize], Some(expected));
        }
    }
}

/// Scores follow from the values alone: equal values have equal scores, and a better one never a worse.
fn check_cells(values: &[(u8, Values)], options: &RfmOptions) -> Result<(), TestCaseError> {
    let of = |it: &Values| [-it.days, it.orders, it.money];
    for (cell, value) in values {
        let scores = rfm::scores(*cell).unwrap();
        if options.scoring == RfmScoring::Average {
            let n = values.len() as i64;
            for (measure, score) in scores.into_iter().enumerate() {
                let sum: i64 = values.iter().map(|(_, it)| of(it)[measure]).sum();
                let good = of(value)[measure] * n >= sum;
                prop_assert_eq!(score, if good { 5 } else { 1 }, "{} {:?}", measure, value);
            }
        }
        if options.scoring == RfmScoring::Fixed {
            let limits = &options.limits;
            let days = limits.recency_days.iter();
            let r = 5 - days.filter(|&&it| value.days > i64::from(it)).count();
            let f = 1 + limits
                .orders
                .iter()
                .filter(|&&it| value.orders >= i64::from(it))
                .count();
            let m = 1 + limits.money.iter().filter(|it| value.money >= it.0).count();
            prop_assert_eq!(scores.map(usize::from), [r, f, m], "{:?}", value);
        }
        for (other_cell, other) in values {
            let others = rfm::scores(*other_cell).unwrap();
            for measure in 0..3 {
                if of(value)[measure] >= of(other)[measure] {
                    prop_assert!(scores[measure] >= others[measure]);
                }
            }
        }
    }
    Ok(())
}
