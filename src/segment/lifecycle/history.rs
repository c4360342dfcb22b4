//! A customer's way through the stages.
//!
//! Between two orders a stage changes only when a limit of days passes, so the way is found at those days alone: at
//! every day it is the stage that [`super::stage`] gives for the orders up to that day. Orders that came back by the
//! day asked for never happened.

use super::{Stage, silence, stage};
use model::{Day, LifecycleThresholds};

/// Some days in one stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// The stage.
    pub stage: Stage,
    /// Its first day.
    pub from: Day,
    /// The first day of the next stage; `None`: still there.
    pub until: Option<Day>,
}

/// The way of a customer who is known since a day and ordered on `days` (ascending, each once), up to `as_of`, into
/// `found`.
pub fn stays(
    since: Option<Day>,
    days: &[Day],
    as_of: Day,
    thresholds: &LifecycleThresholds,
    found: &mut Vec<Stay>,
) {
    found.clear();
    let days = days
        .get(..days.partition_point(|&day| day <= as_of))
        .unwrap_or(&[]);
    let Some(&first) = days.first() else {
        // Known from some day on, and without an order since.
        if let Some(since) = since.filter(|&since| since <= as_of) {
            enter(found, Stage::Prospect, since);
        }
        return;
    };
    if let Some(since) = since.filter(|&since| since < first) {
        enter(found, Stage::Prospect, since);
    }
    let mut gaps: Vec<u32> = Vec::new();
    let mut before: Option<Day> = None;
    for (at, &day) in days.iter().enumerate() {
        if let Some(before) = before.replace(day) {
            let gap = day.0.abs_diff(before.0);
            gaps.insert(gaps.partition_point(|&it| it < gap), gap);
        }
        let gap = thresholds.rhythm.and_then(|_| insight::median_gap(&gaps));
        let next = days.get(at + 1).copied();
        let (dormant, churned) = silence(gap, thresholds);
        let after = |day: Day, days: u32| {
            let days = i32::try_from(days).ok()?;
            Some(Day(day.0.checked_add(days)?.checked_add(1)?))
        };
        let mut turns = [
            Some(day),
            after(first, thresholds.new_days),
            after(day, dormant),
            after(day, churned),
        ];
        turns.sort_unstable();
        let last = next.map_or(as_of, |next| next.plus_days(-1));
        for turn in turns.into_iter().flatten() {
            if (day..=last).contains(&turn) {
                let now = stage(Some(first), Some(day), gap, turn, thresholds);
                enter(found, now, turn);
            }
        }
    }
}

/// Ends the last stay where another stage begins.
fn enter(found: &mut Vec<Stay>, stage: Stage, from: Day) {
    if let Some(last) = found.last_mut() {
        if last.stage == stage {
            return;
        }
        last.until = Some(from);
    }
    found.push(Stay {
        stage,
        from,
        until: None,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::OwnRhythm;
    use proptest::prelude::*;

    #[test]
    fn a_way_through_all_stages() {
        let mut found = Vec::new();
        let thresholds = LifecycleThresholds::default();
        let days = [Day(100), Day(150), Day(500)];
        stays(Some(Day(90)), &days, Day(520), &thresholds, &mut found);
        let way: Vec<_> = found
            .iter()
            .map(|stay| (stay.stage, stay.from.0, stay.until.map(|day| day.0)))
            .collect();
        assert_eq!(
            way,
            [
                (Stage::Prospect, 90, Some(100)),
                (Stage::New, 100, Some(131)),
                (Stage::Active, 131, Some(241)),
                (Stage::Dormant, 241, Some(331)),
                (Stage::Churned, 331, Some(500)),
                (Stage::Active, 500, None),
            ]
        );
        stays(None, &[], Day(520), &thresholds, &mut found);
        assert!(found.is_empty());
        stays(
            Some(Day(600)),
            &[Day(700)],
            Day(520),
            &thresholds,
            &mut found,
        );
        assert!(found.is_empty());
    }

    proptest! {
        #[test]
        fn every_day_has_the_stage_of_that_day(
            since in 0i32..60,
            orders in proptest::collection::btree_set(0i32..400, 0..9),
            (new_days, dormant_days, more) in (0u32..50, 0u32..60, 1u32..80),
            rhythm in proptest::option::of((10u32..30, 1u32..40)),
        ) {
            let thresholds = LifecycleThresholds {
                new_days,
                dormant_days,
                churned_days: dormant_days.max(new_days) + more,
                rhythm: rhythm.map(|(dormant_tenths, more)| OwnRhythm {
                    dormant_tenths,
                    churned_tenths: dormant_tenths + more,
                }),
            };
            let days: Vec<Day> = orders.into_iter().map(Day).collect();
            let mut found = Vec::new();
            stays(Some(Day(since)), &days, Day(400), &thresholds, &mut found);
            for today in 0..=400 {
                let today = Day(today);
                let past: Vec<Day> = days.iter().copied().filter(|&day| day <= today).collect();
                let known = past.first().is_some_and(|_| true) || Day(since) <= today;
                let expected = known.then(|| stage(
                    past.first().copied(),
                    past.last().copied(),
                    insight::usual_gap_days(&past),
                    today,
                    &thresholds,
                ));
                let here: Vec<Stage> = found
                    .iter()
                    .filter(|stay| stay.from <= today && stay.until.is_none_or(|until| today < until))
                    .map(|stay| stay.stage)
                    .collect();
                prop_assert_eq!(here, Vec::from_iter(expected), "{:?}", today);
            }
        }
    }
}
