//! What the programme costs, beside what members and others spend. A comparison, no cause: who joins may be who buys
//! more anyway.

use super::Sight;
use super::pass::Flows;
use model::{Day, Money, Points};
use protocol::{BeforeAfter, EffectView, FlowKind, GroupSpending, SpendingGroup};

/// Days before and after joining that are compared.
const DAYS: i32 = 180;

/// Fewer members than this say nothing of before and after.
const MEMBERS_MIN: u64 = 20;

/// What one person spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spent {
    pub(super) orders: u64,
    pub(super) money: i64,
}

/// Spent before and after joining.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sides {
    pub(super) joined: Day,
    pub(super) before: i64,
    pub(super) after: i64,
}

impl Sight<'_> {
    /// The group of a slot.
    pub(super) fn group(&self, slot: u32) -> SpendingGroup {
        let redeemed = self.pass.redeemed.get(slot as usize).copied();
        if self.since(slot) > self.view.day.0 {
            SpendingGroup::Others
        } else if redeemed == Some(true) {
            SpendingGroup::Redeemers
        } else {
            SpendingGroup::Collectors
        }
    }

    /// What a slot spent from the day after `since` on; orders without a rate count without money.
    pub(super) fn spent(&self, slot: u32, since: Day) -> Spent {
        let mut spent = Spent::default();
        for order in self.view.columns.orders(slot) {
            if order.day() > since && order.counts_on(self.view.day) {
                spent.orders += 1;
                let money = order.remaining_on(self.view.day).unwrap_or_default();
                spent.money = spent.money.saturating_add(money.0);
            }
        }
        spent
    }

    /// The first day on which anybody bought.
    pub(super) fn first_day(&self) -> Option<Day> {
        let live = self.view.columns.live().iter();
        live.filter_map(|slot| Some(self.view.columns.orders(slot).next()?.day()))
            .min()
    }

    /// What a member spent on both sides of joining; `None` where that cannot be said: they had not bought before, or
    /// one side is not recorded whole.
    pub(super) fn sides(&self, slot: u32, first_day: Day) -> Option<Sides> {
        let day = self.view.day;
        let joined = Day(self.since(slot));
        if joined > day
            || joined.plus_days(DAYS) > day
            || joined.plus_days(-DAYS) < first_day
            || self.view.columns.orders(slot).next()?.day() >= joined
        {
            return None;
        }
        let (mut before, mut after) = (0i64, 0i64);
        for order in self.view.columns.orders(slot) {
            let gap = order.day().0 - joined.0;
            let side = if (-DAYS..0).contains(&gap) {
                &mut before
            } else if (1..=DAYS).contains(&gap) {
                &mut after
            } else {
                continue;
            };
            let money = order.remaining_on(day).unwrap_or_default();
            *side = side.saturating_add(money.0);
        }
        Some(Sides {
            joined,
            before,
            after,
        })
    }

    /// Points that moved from the day after `since` on.
    fn flows_since(&self, since: Day) -> Flows {
        let mut sums = Flows::default();
        for (_, flows) in self.pass.flows.since(since.0.saturating_add(1)) {
            for (sum, points) in sums.iter_mut().zip(flows) {
                *sum = sum.saturating_add(*points);
            }
        }
        sums
    }
}

/// Cost and spending.
pub(super) fn effect(sight: &Sight<'_>, since: Day) -> EffectView {
    let mut groups = SpendingGroup::ALL.map(|group| GroupSpending {
        group,
        people: 0,
        buyers: 0,
        orders: 0,
        spend: Money::ZERO,
    });
    let first_day = sight.first_day().unwrap_or(sight.view.day);
    let (mut comparable, mut before, mut after) = (0u64, 0i64, 0i64);
    for slot in sight.view.columns.live().iter() {
        let group = sight.group(slot);
        let spent = sight.spent(slot, since);
        if let Some(sums) = groups.get_mut(group as usize) {
            sums.people += 1;
            sums.buyers += u64::from(spent.orders > 0);
            sums.orders += spent.orders;
            sums.spend = Money(sums.spend.0.saturating_add(spent.money));
        }
        if let Some(sides) = sight.sides(slot, first_day) {
            comparable += 1;
            before = before.saturating_add(sides.before);
            after = after.saturating_add(sides.after);
        }
    }
    let flows = sight.flows_since(since);
    let flow = |kind: FlowKind| flows.get(kind as usize).copied().unwrap_or(0);
    let redeemed = -(flow(FlowKind::Redeemed).saturating_add(flow(FlowKind::Returned)));
    let value = sight.value().0;
    EffectView {
        since,
        as_of: sight.view.day,
        value: value.map(|value| (value.points, value.worth)),
        issued: Points(flow(FlowKind::Issued).saturating_add(flow(FlowKind::ClawedBack))),
        redeemed: Points(redeemed),
        expired: Points(-flow(FlowKind::Expired)),
        cost: value.map(|value| value.of(Points(redeemed))),
        groups: groups.to_vec(),
        before_after: (comparable >= MEMBERS_MIN).then_some(BeforeAfter {
            days: DAYS as u32,
            members: comparable,
            before: Money(before),
            after: Money(after),
        }),
        comparable,
        unconverted: sight.view.columns.unconverted(sight.view.day),
    }
}
