//! What other currencies are worth: entered by the owner, looked at wherever amounts are added.

use crate::apply::Known;
use crate::fault::Failure;
use crate::follow::Touched;
use crate::{Context, Engine, Unanswered, settings};
use model::rate::MOST_RATES;
use model::{
    Currency, Day, Issue, IssueCode, Money, OrderStatus, Rate, Timestamp, WorkspaceSettings,
};
use protocol::{CurrencyUse, Outcome, RatesView, Reply};
use std::collections::BTreeMap;
use store::Tx;

/// Saves all rates.
pub(crate) fn set(
    rates: &[Rate],
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let mut rates = rates.to_vec();
    rates.sort_by_key(|rate| (rate.currency, rate.from));
    let settings = WorkspaceSettings {
        rates,
        ..known.settings.clone()
    };
    settings::set(&settings, tx)
}

/// What is wrong with rates: not above zero, for the workspace's own currency, twice for one day, too many.
pub(crate) fn check(settings: &WorkspaceSettings, issues: &mut Vec<Issue>) {
    let rates = &settings.rates;
    if rates.len() > MOST_RATES {
        issues.push(
            Issue::error(IssueCode::TooMuch)
                .in_field("rates")
                .found(&rates.len().to_string())
                .expected(&MOST_RATES.to_string()),
        );
    }
    let mut seen = std::collections::BTreeSet::new();
    for rate in rates {
        let field = format!("rates.{}.{}", rate.currency, rate.from);
        if rate.rate.units <= 0 {
            issues.push(
                Issue::error(IssueCode::BadNumber)
                    .in_field(&field)
                    .found(&rate.rate.to_string())
                    .expected("> 0"),
            );
        }
        // A rate of what has become the workspace's own currency is kept, and not looked at.
        if !seen.insert((rate.currency, rate.from)) {
            issues.push(
                Issue::error(IssueCode::KeyTaken)
                    .in_field(&field)
                    .found(&rate.from.to_string()),
            );
        }
    }
}

/// Currencies that have a rate, from the start of the first day that one holds.
pub(crate) fn convertible(settings: &WorkspaceSettings) -> Vec<(Currency, Timestamp)> {
    let mut first: BTreeMap<Currency, Day> = BTreeMap::new();
    for rate in &settings.rates {
        let day = first.entry(rate.currency).or_insert(rate.from);
        *day = rate.from.min(*day);
    }
    first
        .into_iter()
        .map(|(currency, day)| (currency, settings.zone.start_of(day)))
        .collect()
}

impl Engine {
    /// Rates, and the currencies that orders are in.
    pub(crate) fn rates(&mut self, context: &Context) -> Result<Reply, Unanswered> {
        let today = self.today(context);
        let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
        let home = self.settings.currency;
        let mut used: BTreeMap<Currency, CurrencyUse> = BTreeMap::new();
        for slot in columns.live().iter() {
            for order in columns.orders(slot) {
                let currency = order.currency();
                if currency == home || !order.counts_on(today) {
                    continue;
                }
                let it = used.entry(currency).or_insert_with(|| unused(currency));
                add(it, &order, today);
            }
        }
        Ok(Reply::Rates(Box::new(RatesView {
            home,
            rates: self.settings.rates.clone(),
            used: used.into_values().collect(),
        })))
    }
}

fn unused(currency: Currency) -> CurrencyUse {
    CurrencyUse {
        currency,
        orders: 0,
        without: 0,
        waiting: None,
        amount: Money::ZERO,
        converted: Money::ZERO,
    }
}

fn add(it: &mut CurrencyUse, order: &segment::OrderRef<'_>, today: Day) {
    it.orders += 1;
    let back = order.refunds().iter().filter(|refund| refund.day <= today);
    let back = back.fold(0i64, |sum, refund| sum.saturating_add(refund.amount.0));
    let left = match order.status() {
        OrderStatus::Cancelled => 0,
        OrderStatus::Paid | OrderStatus::Refunded => order.amount().0.saturating_sub(back),
    };
    it.amount = Money(it.amount.0.saturating_add(left));
    match order.remaining_on(today) {
        Some(amount) => it.converted = Money(it.converted.0.saturating_add(amount.0)),
        None => {
            let day = order.day();
            let (first, last) = it.waiting.unwrap_or((day, day));
            it.waiting = Some((first.min(day), last.max(day)));
            it.without += 1;
        }
    }
}
