//! What an owner sees on opening.
//!
//! Each number that names customers carries the rule whose members they are, so that opening it shows the same ones.

use crate::customers::month_total;
use crate::derive::View;
use crate::fault::OrFault;
use crate::points::overview_of;
use crate::scores::stage_counts;
use crate::{Context, Engine, Unanswered};
use insight::{best_share, monthly, usual_gap_days};
use model::rule::Rule;
use model::{CustomerId, Day, LifecycleThresholds, Money};
use protocol::{
    AttentionKind, AttentionPerson, AttentionView, BestThird, Fault, HomeView, MonthTotal, Reply,
};
use segment::ready;

/// Months shown, this one included: a year and the same month of the year before.
const MONTHS: u32 = 13;

/// Days ahead, today included, in which a birthday needs attention: today and the next seven.
const BIRTHDAY_DAYS: u32 = 8;

/// Customers named for each reason.
const PEOPLE: usize = 5;

impl Engine {
    /// The home page.
    pub(crate) fn home(&mut self, context: &Context) -> Result<Reply, Unanswered> {
        let today = self.today(context);
        let view = self.view(today, today)?;
        let sums = Sums::of(&view);
        let new = ready::customers_between(first_of_month(today), today);
        let attention = [
            AttentionKind::Birthday,
            AttentionKind::PointsExpiring,
            AttentionKind::SlippingAway,
        ]
        .into_iter()
        .filter(|kind| *kind != AttentionKind::PointsExpiring || view.points().is_some())
        .map(|kind| attention(&view, kind))
        .collect::<Result<Vec<_>, _>>()?;
        Ok(Reply::Home(Box::new(HomeView {
            today,
            customers: view.columns.customer_count(),
            new_this_month: view.evaluate(&new)?.count(),
            new_rule: new.to_json(),
            stages: stage_counts(&view),
            months: sums.months,
            last_month_to_date: sums.last_month_to_date,
            best_third: best_third(&view, &sums.year_spends),
            attention,
            points: overview_of(&view)?,
            unconverted: view.columns.unconverted(today),
        })))
    }
}

fn first_of_month(day: Day) -> Day {
    day.plus_days(1 - day.day_of_month() as i32)
}

/// Sums over all orders, in one pass.
struct Sums {
    months: Vec<MonthTotal>,
    last_month_to_date: MonthTotal,
    /// What each customer spent in the last 12 months.
    year_spends: Vec<Money>,
}

impl Sums {
    fn of(view: &View<'_>) -> Self {
        let today = view.day;
        let month = first_of_month(today);
        let last_month = month.plus_months(-1);
        // 31 March compares with all of February.
        let last_month_until = today.plus_months(-1);
        let year_from = today.plus_months(-12);
        let mut orders: Vec<(Day, Money)> = Vec::new();
        let mut year_spends = Vec::new();
        for slot in view.columns.live().iter() {
            let mut spend = 0i64;
            for order in view.columns.orders(slot) {
                let day = order.day();
                if !order.counts_on(today) {
                    continue;
                }
                if let Some(amount) = order.remaining_on(today) {
                    orders.push((day, amount));
                    if day > year_from {
                        spend = spend.saturating_add(amount.0);
                    }
                }
            }
            if spend > 0 {
                year_spends.push(Money(spend));
            }
        }
        let to_date = orders
            .iter()
            .filter(|(day, _)| *day >= last_month && *day <= last_month_until);
        let (amount, count) = to_date.fold((0i64, 0), |(amount, count), (_, more)| {
            (amount.saturating_add(more.0), count + 1)
        });
        Self {
            months: monthly(orders, today, MONTHS)
                .iter()
                .map(month_total)
                .collect(),
            last_month_to_date: MonthTotal {
                month: last_month,
                amount: Money(amount),
                orders: count,
            },
            year_spends,
        }
    }
}

/// The customers who together make a third of the spend of the last 12 months: everybody who spent at least as much
/// as the last of them, so that the rule finds exactly those who are counted.
fn best_third(view: &View<'_>, spends: &[Money]) -> BestThird {
    let (count, _, total) = best_share(spends, 1, 3);
    let mut sorted = spends.to_vec();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    let least = usize::try_from(count).unwrap_or(usize::MAX).checked_sub(1);
    let least = least.and_then(|at| sorted.get(at)).copied();
    let best: Vec<Money> = match least {
        Some(least) => sorted
            .into_iter()
            .take_while(|spend| *spend >= least)
            .collect(),
        None => Vec::new(),
    };
    let amount = best
        .iter()
        .fold(0i64, |sum, spend| sum.saturating_add(spend.0));
    BestThird {
        customers: best.len() as u64,
        amount: Money(amount),
        total,
        rule: ready::spent_within_a_year(least.unwrap_or(Money::ZERO), view.settings.currency)
            .to_json(),
    }
}

/// The rule whose members need attention for this reason.
fn rule_of(kind: AttentionKind, thresholds: &LifecycleThresholds) -> Rule {
    match kind {
        AttentionKind::Birthday => ready::birthday_within(BIRTHDAY_DAYS),
        AttentionKind::PointsExpiring => ready::points_expiring(),
        AttentionKind::SlippingAway => ready::slipping_away(thresholds),
    }
}

/// A customer with what decides how pressing it is (smaller is more), and what is said.
struct Candidate {
    pressing: (i64, i64),
    slot: u32,
    on: Day,
    number: Option<i64>,
}

fn attention(view: &View<'_>, kind: AttentionKind) -> Result<AttentionView, Fault> {
    let rule = rule_of(kind, &view.settings.lifecycle);
    let members = view.evaluate(&rule)?;
    let mut candidates: Vec<Candidate> = members
        .iter()
        .filter_map(|slot| match kind {
            AttentionKind::Birthday => birthday(view, slot),
            AttentionKind::PointsExpiring => expiring(view, slot),
            AttentionKind::SlippingAway => slipping(view, slot),
        })
        .collect();
    candidates.sort_unstable_by_key(|it| (it.pressing, view.columns.id(it.slot)));
    candidates.truncate(PEOPLE);
    let ids: Vec<CustomerId> = candidates
        .iter()
        .filter_map(|it| view.columns.id(it.slot))
        .collect();
    let customers = view.read.customers(&ids).or_fault()?;
    let people = candidates
        .iter()
        .filter_map(|candidate| {
            let id = view.columns.id(candidate.slot)?;
            let customer = customers.iter().find(|customer| customer.id == id)?;
            Some(AttentionPerson {
                id,
                name: customer.fields.name.clone(),
                on: candidate.on,
                number: candidate.number,
            })
        })
        .collect();
    Ok(AttentionView {
        kind,
        count: members.count(),
        rule: rule.to_json(),
        people,
    })
}

fn birthday(view: &View<'_>, slot: u32) -> Option<Candidate> {
    let on = view.columns.birthday(slot)?.next_on_or_after(view.day);
    let spend = view.columns.facts(slot, view.day).spend;
    Some(Candidate {
        pressing: (i64::from(on.0), -spend),
        slot,
        on,
        number: None,
    })
}

fn expiring(view: &View<'_>, slot: u32) -> Option<Candidate> {
    let (table, derived) = view.points()?;
    let (on, _) = table.standing.get(slot as usize)?.expires_first?;
    let points = derived.expiring_30.get(slot as usize).copied()?;
    Some(Candidate {
        pressing: (i64::from(on.0), -points),
        slot,
        on,
        number: Some(points),
    })
}

/// Who spent most is missed most.
fn slipping(view: &View<'_>, slot: u32) -> Option<Candidate> {
    let facts = view.columns.facts(slot, view.day);
    let mut days = Vec::new();
    view.columns.order_days(slot, view.day, &mut days);
    Some(Candidate {
        pressing: (-facts.spend, 0),
        slot,
        on: facts.last_order_on?,
        number: usual_gap_days(&days).map(i64::from),
    })
}
