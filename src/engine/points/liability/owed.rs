//! What is owed in points, when it ends, in which tiers members are; and how points moved by month.

use super::pass::Flows;
use super::{Sight, place_of};
use loyalty::breakage::{month_number, month_start};
use model::{Day, Points};
use protocol::{FlowMonth, FlowsView, OwedView, PointsOf, TierCount};
use std::collections::BTreeMap;

/// Months of expiry that are listed one by one: that of the day and those that follow.
pub(super) const MONTHS: usize = 24;

impl Sight<'_> {
    /// Open lots of a slot: last usable day and points.
    pub(super) fn lots(&self, slot: u32) -> &[(Option<Day>, Points)] {
        let lots = self.table.lots.get(slot as usize);
        lots.map_or(&[], |lots| lots)
    }
}

fn add(to: &mut PointsOf, points: i64) {
    if points > 0 {
        to.points.0 = to.points.0.saturating_add(points);
        to.members += 1;
    }
}

/// What is owed.
pub(super) fn owed(sight: &Sight<'_>) -> OwedView {
    let day = sight.view.day;
    let (mut outstanding, mut pending, mut debt) = Default::default();
    let first = month_number(day);
    // One more for what ends later, and one for what never ends.
    let mut ends = vec![PointsOf::default(); MONTHS + 2];
    for slot in sight.view.columns.live().iter() {
        let Some(standing) = sight.table.standing.get(slot as usize) else {
            continue;
        };
        add(&mut outstanding, standing.balance.0);
        add(&mut pending, standing.pending.0);
        add(&mut debt, standing.debt.0);
        let mut own: BTreeMap<usize, i64> = BTreeMap::new();
        for (last, points) in sight.lots(slot) {
            let place = match last {
                None => MONTHS + 1,
                Some(last) => {
                    let months = usize::try_from(month_number(*last) - first).unwrap_or(0);
                    months.min(MONTHS)
                }
            };
            *own.entry(place).or_default() += points.0;
        }
        for (place, points) in own {
            if let Some(sum) = ends.get_mut(place) {
                add(sum, points);
            }
        }
    }
    let never = ends.pop().unwrap_or_default();
    let later = ends.pop().unwrap_or_default();
    let months = (first..).map(month_start);
    OwedView {
        as_of: day,
        outstanding,
        worth: worth(sight, outstanding.points),
        pending,
        debt,
        members: sight.members(day).count() as u64,
        expiring: months.zip(ends).collect(),
        later,
        never,
        tiers: tiers(sight),
    }
}

/// What points are worth, rounded down: nobody is promised more.
fn worth(sight: &Sight<'_>, points: Points) -> Option<model::Money> {
    if sight.view.settings.points.worth_of_100.is_none() {
        let redeem = sight.program.redeem.is_some();
        return redeem.then(|| loyalty::worth(sight.program, points));
    }
    sight.value().0.map(|value| value.of(points))
}

/// Members by tier, lowest first; those without one first. Empty without tiers.
pub(super) fn tiers(sight: &Sight<'_>) -> Vec<TierCount> {
    let tiers = &sight.table.tiers;
    if tiers.is_empty() {
        return Vec::new();
    }
    let mut counts = vec![PointsOf::default(); tiers.len() + 1];
    for slot in sight.members(sight.view.day) {
        if let Some(count) = counts.get_mut(usize::from(sight.tier(slot))) {
            count.members += 1;
            let standing = sight.table.standing.get(slot as usize);
            let balance = standing.map_or(0, |standing| standing.balance.0.max(0));
            count.points.0 = count.points.0.saturating_add(balance);
        }
    }
    let names = [String::new()]
        .into_iter()
        .chain(tiers.iter().map(|(_, name)| name.clone()));
    (0..)
        .zip(names)
        .zip(counts)
        .map(|((number, name), has)| TierCount {
            place: place_of(tiers, number),
            name,
            has,
        })
        .collect()
}

/// How points moved, by month, from the first in which anything happened.
pub(super) fn flows(sight: &Sight<'_>) -> FlowsView {
    let mut months: BTreeMap<i32, Flows> = BTreeMap::new();
    let moved = |(_, flows): &(i32, &Flows)| flows.iter().any(|points| *points != 0);
    for (day, flows) in sight.pass.flows.since(i32::MIN).filter(moved) {
        let month = months.entry(month_number(Day(day))).or_default();
        for (sum, points) in month.iter_mut().zip(flows) {
            *sum = sum.saturating_add(*points);
        }
    }
    let last = month_number(sight.view.day);
    let first = months.keys().next().copied().unwrap_or(last);
    let mut closing = 0i64;
    let months = (first..=last)
        .map(|number| {
            let flows = months.get(&number).copied().unwrap_or_default();
            closing = flows
                .iter()
                .fold(closing, |sum, it| sum.saturating_add(*it));
            FlowMonth {
                month: month_start(number),
                flows: flows.map(Points),
                closing: Points(closing),
            }
        })
        .collect();
    FlowsView {
        as_of: sight.view.day,
        months,
    }
}
