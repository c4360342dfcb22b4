//! What is scored of a customer: days, orders and money as the options say.

use super::Values;
use crate::Columns;
use crate::columns::{Missing, Total, average};
use crate::evaluate::{OrderFilter, last_from};
use model::rule::{OrdersTest, Span};
use model::{Day, MoneyBasis, RfmOptions};

/// The orders that exist for the options; `None`: all.
pub(super) fn filter_of(options: &RfmOptions) -> Option<OrdersTest> {
    // Options are checked when they are saved or asked with.
    let conditions = options.conditions().unwrap_or_default();
    (!conditions.is_empty()).then(|| OrderFilter::test(conditions))
}

/// Where the values come from.
pub(super) struct Source<'c> {
    columns: &'c Columns,
    as_of: Day,
    basis: MoneyBasis,
    /// Nothing but the totals of all time is needed.
    of_totals: bool,
    filter: Option<OrderFilter<'c>>,
    /// The first days that count.
    frequency_from: i32,
    money_from: i32,
}

impl<'c> Source<'c> {
    /// With the filter of [`filter_of`].
    pub(super) fn new(
        columns: &'c Columns,
        as_of: Day,
        options: &RfmOptions,
        filter: &'c Option<OrdersTest>,
    ) -> Self {
        let from = |span: Option<Span>| span.map_or(i32::MIN, |span| last_from(as_of, span).0);
        Self {
            columns,
            as_of,
            basis: options.basis,
            of_totals: options.is_of_totals(),
            filter: filter
                .as_ref()
                .map(|test| OrderFilter::new(columns, test, as_of)),
            frequency_from: from(options.frequency_within),
            money_from: from(options.money_within),
        }
    }

    /// The values of everybody who has an order that counts, in the order of the slots.
    pub(super) fn each(&self, mut found: impl FnMut(u32, Values)) {
        if self.of_totals {
            let totals = self.columns.orders.all_totals(self.as_of.0);
            for (slot, total) in (0u32..).zip(totals) {
                if let Some(values) = self.of_total(total) {
                    found(slot, values);
                }
            }
            return;
        }
        for slot in 0..self.columns.slots() {
            if let Some(values) = self.of(slot) {
                found(slot as u32, values);
            }
        }
    }

    fn of_total(&self, total: Total) -> Option<Values> {
        (total.count > 0).then(|| Values {
            days: i64::from(self.as_of.0) - i64::from(total.last),
            orders: i64::from(total.count),
            money: match self.basis {
                MoneyBasis::Average => average(total.spend, total.converted).unwrap_or(0),
                MoneyBasis::Total | MoneyBasis::Largest | MoneyBasis::WithoutTax => total.spend,
            },
        })
    }

    /// The values of the customer in a slot; `None` without an order that counts.
    pub(super) fn of(&self, slot: usize) -> Option<Values> {
        if self.of_totals {
            return self.of_total(self.columns.orders.total(slot, self.as_of.0));
        }
        let mut last = None;
        let (mut orders, mut sum, mut with_amount, mut largest) = (0i64, 0i64, 0u32, 0i64);
        for row in self.columns.orders.blocks.rows(slot) {
            let day = self.columns.orders.day(row);
            let Some(amount) = self.counted(row) else {
                continue;
            };
            last = last.max(Some(day));
            orders += i64::from(day >= self.frequency_from);
            if let Some(amount) = amount
                && day >= self.money_from
            {
                let amount = match self.basis {
                    MoneyBasis::WithoutTax => self.without_tax(row, amount),
                    MoneyBasis::Total | MoneyBasis::Average | MoneyBasis::Largest => amount,
                };
                sum = sum.saturating_add(amount);
                with_amount += 1;
                largest = largest.max(amount);
            }
        }
        let money = match self.basis {
            MoneyBasis::Total | MoneyBasis::WithoutTax => sum,
            MoneyBasis::Average => average(sum, with_amount).unwrap_or(0),
            MoneyBasis::Largest => largest,
        };
        last.map(|last| Values {
            days: i64::from(self.as_of.0) - i64::from(last),
            orders,
            money,
        })
    }

    /// What of an order counts: `None` where it does not, `Some(None)` where it has no amount.
    fn counted(&self, row: usize) -> Option<Option<i64>> {
        match &self.filter {
            Some(filter) => filter.order(row),
            None => self.columns.orders.counted(row, self.as_of.0),
        }
    }

    /// What remains of an amount without its share of the order's tax.
    fn without_tax(&self, row: usize, amount: i64) -> i64 {
        let rows = &self.columns.orders.rows;
        let (tax, whole) = (rows.tax.get(row), rows.amount.get(row).copied());
        let Some(whole) = whole.filter(|&whole| tax != i64::NONE && whole > 0) else {
            return amount;
        };
        let share = i128::from(amount) * i128::from(tax);
        let share = model::money::divide(share, i128::from(whole), model::Rounding::HalfUp);
        amount.saturating_sub(share.and_then(|it| i64::try_from(it).ok()).unwrap_or(0))
    }
}
