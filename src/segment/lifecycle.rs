//! Life cycle stages, by the days of the first and the last order that counts.
//!
//! The first of these that is true: no order: *prospect*. Last order more than `churned_days` ago: *churned*. Last
//! order more than `dormant_days` ago: *dormant*. First order at most `new_days` ago: *new*. Else *active*.
//! [`model::LifecycleThresholds`] has the worked example.

use crate::Columns;
use model::{Day, LifecycleThresholds};

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

/// The stage of one customer by the days of their first and last order up to `as_of`.
pub fn stage(
    first: Option<Day>,
    last: Option<Day>,
    as_of: Day,
    thresholds: &LifecycleThresholds,
) -> Stage {
    let (Some(first), Some(last)) = (first, last) else {
        return Stage::Prospect;
    };
    let ago = |day: Day| i64::from(as_of.0) - i64::from(day.0);
    if ago(last) > i64::from(thresholds.churned_days) {
        Stage::Churned
    } else if ago(last) > i64::from(thresholds.dormant_days) {
        Stage::Dormant
    } else if ago(first) <= i64::from(thresholds.new_days) {
        Stage::New
    } else {
        Stage::Active
    }
}

/// The stages of everybody.
pub fn stages(columns: &Columns, as_of: Day, thresholds: &LifecycleThresholds) -> Lifecycle {
    let mut counts = [0u64; 5];
    let stages = (0..columns.slots())
        .map(|slot| {
            if !columns.live().contains(slot as u32) {
                return None;
            }
            let total = columns.orders.total(slot, as_of.0);
            let day = |day: i32| (total.count > 0).then_some(Day(day));
            let stage = stage(day(total.first), day(total.last), as_of, thresholds);
            if let Some(count) = counts.get_mut(stage as usize) {
                *count += 1;
            }
            Some(stage)
        })
        .collect();
    Lifecycle { stages, counts }
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
            let found = stage(ago(first), ago(last), today, &thresholds);
            assert_eq!(found, expected, "{first} {last}");
        }
        assert_eq!(stage(None, None, Day(0), &thresholds), Stage::Prospect);
    }
}
