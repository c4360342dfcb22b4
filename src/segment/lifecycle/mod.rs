//! Life cycle stages, by the days of the first and the last order that counts.
//!
//! The first of these that is true: no order: *prospect*. Last order more than `churned_days` ago: *churned*. Last
//! order more than `dormant_days` ago: *dormant*. First order at most `new_days` ago: *new*. Else *active*.
//! [`model::LifecycleThresholds`] has the worked example.
//!
//! Where the owner chose each customer's own rhythm, those who have one (three order days and more) are dormant and
//! churned by multiples of their usual gap instead; [`model::OwnRhythm`] has the worked example.

mod cohorts;
mod history;

pub use cohorts::{Cohorts, MONTHS_MAX, cohorts};
pub use history::{Stay, stays};

use crate::columns::{Missing, Total};
use crate::{Columns, scan};
use model::{Day, LifecycleThresholds};
use std::cell::RefCell;

/// Where a customer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// 潜在: no order yet.
    Prospect,
    /// 新: first order not long ago.
    New,
    /// 活跃: buys.
    Active,
    /// 沉默: has not bought for a while.
    Dormant,
    /// 流失: has not bought for long.
    Churned,
}

impl Stage {
    /// All, in the order of a customer's life.
    pub const ALL: [Stage; 5] = [
        Stage::Prospect,
        Stage::New,
        Stage::Active,
        Stage::Dormant,
        Stage::Churned,
    ];

    /// As in a rule: `prospect`.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Prospect => "prospect",
            Stage::New => "new",
            Stage::Active => "active",
            Stage::Dormant => "dormant",
            Stage::Churned => "churned",
        }
    }
}

/// Stages of everybody as of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// Stage of each slot; `None` for removed customers.
    pub stages: Vec<Option<Stage>>,
    /// Customers in each stage, in the order of [`Stage::ALL`].
    pub counts: [u64; 5],
}

impl Lifecycle {
    /// Customers in a stage.
    pub fn count(&self, stage: Stage) -> u64 {
        self.counts.get(stage as usize).copied().unwrap_or(0)
    }
}

/// After how many days of silence a customer with that usual gap is dormant, and churned.
pub fn silence(usual_gap: Option<u32>, thresholds: &LifecycleThresholds) -> (u32, u32) {
    let (Some(rhythm), Some(gap)) = (thresholds.rhythm, usual_gap) else {
        return (thresholds.dormant_days, thresholds.churned_days);
    };
    let days = |tenths: u32| {
        // Rounded down, which changes nothing: silence is whole days, and more than the limit.
        let days = u64::from(gap.max(1)) * u64::from(tenths) / 10;
        u32::try_from(days)
            .unwrap_or(u32::MAX)
            .max(insight::MIN_QUIET_DAYS)
    };
    let dormant = days(rhythm.dormant_tenths);
    (dormant, days(rhythm.churned_tenths).max(dormant))
}

/// The stage of one customer by the days of their first and last order up to `as_of` and their usual gap then.
pub fn stage(
    first: Option<Day>,
    last: Option<Day>,
    usual_gap: Option<u32>,
    as_of: Day,
    thresholds: &LifecycleThresholds,
) -> Stage {
    let (Some(first), Some(last)) = (first, last) else {
        return Stage::Prospect;
    };
    let ago = |day: Day| i64::from(as_of.0) - i64::from(day.0);
    let (dormant_days, churned_days) = silence(usual_gap, thresholds);
    if ago(last) > i64::from(churned_days) {
        Stage::Churned
    } else if ago(last) > i64::from(dormant_days) {
        Stage::Dormant
    } else if ago(first) <= i64::from(thresholds.new_days) {
        Stage::New
    } else {
        Stage::Active
    }
}

/// The stages of a day, of one customer after the other.
pub struct Stages<'c> {
    columns: &'c Columns,
    as_of: Day,
    thresholds: LifecycleThresholds,
    days: RefCell<Vec<Day>>,
}

impl<'c> Stages<'c> {
    /// Of a day.
    pub fn new(columns: &'c Columns, as_of: Day, thresholds: LifecycleThresholds) -> Self {
        Self {
            columns,
            as_of,
            thresholds,
            days: RefCell::new(Vec::new()),
        }
    }

    /// The stage of the customer in a slot.
    pub fn of(&self, slot: usize) -> Stage {
        self.of_total(slot, self.columns.orders.total(slot, self.as_of.0))
    }

    fn of_total(&self, slot: usize, total: Total) -> Stage {
        let day = |day: i32| (total.count > 0).then_some(Day(day));
        // With fewer orders there is no rhythm.
        let gap = if self.thresholds.rhythm.is_some() && total.count >= 3 {
            let mut days = self.days.borrow_mut();
            self.columns.order_days(slot as u32, self.as_of, &mut days);
            insight::usual_gap_days(&days)
        } else {
            None
        };
        stage(
            day(total.first),
            day(total.last),
            gap,
            self.as_of,
            &self.thresholds,
        )
    }
}

/// The stages of everybody.
pub fn stages(columns: &Columns, as_of: Day, thresholds: &LifecycleThresholds) -> Lifecycle {
    let mut counts = [0u64; 5];
    let of = Stages::new(columns, as_of, *thresholds);
    let totals = columns.orders.all_totals(as_of.0).enumerate();
    let stages = totals
        .map(|(slot, total)| {
            if !columns.live().contains(slot as u32) {
                return None;
            }
            let stage = of.of_total(slot, total);
            if let Some(count) = counts.get_mut(stage as usize) {
                *count += 1;
            }
            Some(stage)
        })
        .collect();
    Lifecycle { stages, counts }
}

/// How many customers are in each stage, in the order of [`Stage::ALL`]: as [`stages`] counts them, without noting who.
pub fn counts(columns: &Columns, as_of: Day, thresholds: &LifecycleThresholds) -> [u64; 5] {
    if thresholds.rhythm.is_some() {
        // The usual gap is a matter of all orders of each customer.
        return stages(columns, as_of, thresholds).counts;
    }
    let limit = |days: u32| {
        let day = i64::from(as_of.0) - i64::from(days);
        day.max(i64::from(i32::NONE)) as i32
    };
    let (dormant, churned) = silence(None, thresholds);
    let (churned, dormant, new) = (limit(churned), limit(dormant), limit(thresholds.new_days));
    // As `stage` has it, in comparisons of days alone, which go for several customers at a time.
    let stage_between = |first: i32, last: i32| {
        let bought = if first >= new { 1 } else { 2 };
        let quiet = if last < dormant { 3 } else { bought };
        let gone = if last < churned { 4 } else { quiet };
        if last == i32::NONE { 0u8 } else { gone }
    };
    let totals = &columns.orders.totals;
    // Where nothing happened after the day asked for, the days at hand are those of the day.
    let settled = scan::column(columns.live(), &totals.horizon, i32::NONE, |horizon| {
        horizon <= as_of.0
    });
    let among = |stage: Stage| {
        let days = (totals.first.as_slice(), totals.last.as_slice());
        let found = scan::columns(&settled, days, (i32::NONE, i32::NONE), |first, last| {
            stage_between(first, last) == stage as u8
        });
        found.count()
    };
    let mut counts = Stage::ALL.map(among);
    let mut later = columns.live().clone();
    later.and_not(&settled);
    for slot in later.iter() {
        let span = columns.orders.span(slot as usize, as_of.0);
        let (first, last) = span.unwrap_or((i32::NONE, i32::NONE));
        if let Some(count) = counts.get_mut(usize::from(stage_between(first, last))) {
            *count += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_example_holds() {
        let thresholds = LifecycleThresholds::default();
        for (first, last, expected) in [
            (10, 10, Stage::New),
            (30, 0, Stage::New),
            (31, 0, Stage::Active),
            (400, 45, Stage::Active),
            (400, 90, Stage::Active),
            (400, 91, Stage::Dormant),
            (180, 180, Stage::Dormant),
            (181, 181, Stage::Churned),
        ] {
            let today = Day(20_000);
            let ago = |days: i32| Some(today.plus_days(-days));
            let found = stage(ago(first), ago(last), None, today, &thresholds);
            assert_eq!(found, expected, "{first} {last}");
        }
        assert_eq!(
            stage(None, None, None, Day(0), &thresholds),
            Stage::Prospect
        );
    }

    #[test]
    fn the_own_rhythm_decides_where_there_is_one() {
        let thresholds = LifecycleThresholds {
            rhythm: Some(model::OwnRhythm::default()),
            ..LifecycleThresholds::default()
        };
        for (gap, quiet, expected) in [
            (Some(10), 20, Stage::Active),
            (Some(10), 21, Stage::Dormant),
            (Some(10), 40, Stage::Dormant),
            (Some(10), 41, Stage::Churned),
            // Silence up to 14 days never counts.
            (Some(2), 14, Stage::Active),
            (Some(2), 15, Stage::Churned),
            (Some(5), 15, Stage::Dormant),
            // Long gaps are patient, no rhythm falls back to the days.
            (Some(120), 200, Stage::Active),
            (None, 90, Stage::Active),
            (None, 91, Stage::Dormant),
            (None, 181, Stage::Churned),
        ] {
            let today = Day(20_000);
            let last = Some(today.plus_days(-quiet));
            let found = stage(Some(Day(1)), last, gap, today, &thresholds);
            assert_eq!(found, expected, "{gap:?} {quiet}");
        }
    }
}
