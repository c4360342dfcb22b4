//! Reading one order at a time, without copying it: what the loyalty fold and single pages need.

use super::arrays::Missing;
use super::orders::RefundRow;
use super::{Columns, Datum};
use model::{Currency, Day, InteractionId, Money, OrderId, OrderStatus, Timestamp};

/// What follows from a customer's orders as of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderFacts {
    /// Orders that count.
    pub order_count: u32,
    /// Of them those with an amount in the workspace's currency.
    pub converted_count: u32,
    /// What remains of all orders, in minor units.
    pub spend: i64,
    /// Day of the first order that counts.
    pub first_order_on: Option<Day>,
    /// Day of the last order that counts.
    pub last_order_on: Option<Day>,
}

impl OrderFacts {
    /// `spend / converted_count` in minor units, rounded half up; `None` without orders that have an amount.
    pub fn average_order_value(&self) -> Option<i64> {
        average(self.spend, self.converted_count)
    }
}

/// `sum / count` rounded half up.
pub(crate) fn average(sum: i64, count: u32) -> Option<i64> {
    let rounding = model::Rounding::HalfUp;
    let found = model::money::divide(i128::from(sum), i128::from(count), rounding)?;
    i64::try_from(found).ok()
}

/// One order in the columns.
#[derive(Clone, Copy)]
pub struct OrderRef<'a> {
    pub(super) columns: &'a Columns,
    pub(super) row: usize,
}

/// A slot's orders as slices of the columns, by time, then id: for passes over everybody.
#[derive(Clone, Copy, Debug)]
pub struct OrderSlices<'a> {
    /// When.
    pub at: &'a [i64],
    /// Local days.
    pub day: &'a [i32],
    /// What was paid, in minor units.
    pub amount: &'a [i64],
    /// The first line of each in [`LineSlices`].
    pub line_start: &'a [u32],
    /// How many lines each has.
    pub line_len: &'a [u32],
    /// All are recorded as paid, in the workspace's currency, without refunds and without a part paid in points.
    pub plain: bool,
}

/// All lines as slices of the columns.
#[derive(Clone, Copy, Debug)]
pub struct LineSlices<'a> {
    /// Code of the product.
    pub product: &'a [u32],
    /// Code of the category; 0 without one.
    pub category: &'a [u32],
    /// What was paid for the line, in minor units.
    pub amount: &'a [i64],
}

impl super::Columns {
    /// The orders of a slot as slices; `None` where the columns do not hold what they should.
    pub fn order_slices(&self, slot: u32) -> Option<OrderSlices<'_>> {
        let range = self.orders.blocks.rows(slot as usize);
        let rows = &self.orders.rows;
        let no_flags = rows
            .flags
            .get(range.clone())?
            .iter()
            .all(|flags| *flags == 0);
        let mut paid = rows.paid_with_points.values().iter();
        let no_points = paid.len() <= range.start
            || paid
                .by_ref()
                .skip(range.start)
                .take(range.len())
                .all(|paid| *paid == i64::NONE || *paid == 0);
        Some(OrderSlices {
            at: rows.at.get(range.clone())?,
            day: rows.day.get(range.clone())?,
            amount: rows.amount.get(range.clone())?,
            line_start: rows.line_start.get(range.clone())?,
            line_len: rows.line_len.get(range)?,
            plain: no_flags && no_points,
        })
    }

    /// All lines as slices.
    pub fn line_slices(&self) -> LineSlices<'_> {
        let lines = &self.orders.lines;
        LineSlices {
            product: &lines.product,
            category: &lines.category,
            amount: &lines.amount,
        }
    }
}

/// One line of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRef<'a> {
    /// Product.
    pub product: &'a str,
    /// Its code in the columns: equal products have equal codes.
    pub product_code: u32,
    /// Category.
    pub category: Option<&'a str>,
    /// Its code; 0 without a category.
    pub category_code: u32,
    /// Thousandths of a piece.
    pub quantity_milli: i64,
    /// What was paid for the line, in the order's currency.
    pub amount: Money,
}

fn money(value: i64) -> Option<Money> {
    (value != i64::NONE).then_some(Money(value))
}

impl<'a> OrderRef<'a> {
    fn rows(&self) -> &'a super::orders::OrderRows {
        &self.columns.orders.rows
    }

    /// Its id.
    pub fn id(&self) -> OrderId {
        OrderId(self.rows().id.get(self.row).copied().unwrap_or(0))
    }

    /// When it was bought.
    pub fn at(&self) -> Timestamp {
        Timestamp(self.rows().at.get(self.row).copied().unwrap_or(0))
    }

    /// Its local day.
    pub fn day(&self) -> Day {
        Day(self.columns.orders.day(self.row))
    }

    /// Minute of the local day, 0 to 1439.
    pub fn minute(&self) -> u16 {
        self.rows().minute.get(self.row).copied().unwrap_or(0)
    }

    /// Currency of all its amounts.
    pub fn currency(&self) -> Currency {
        let index = self.rows().currency.get(self.row) as usize;
        let other = index
            .checked_sub(1)
            .and_then(|at| self.columns.currencies.get(at));
        other.copied().unwrap_or(self.columns.currency)
    }

    /// What was paid.
    pub fn amount(&self) -> Money {
        Money(self.rows().amount.get(self.row).copied().unwrap_or(0))
    }

    /// Before discounts, where known.
    pub fn gross(&self) -> Option<Money> {
        money(self.rows().gross.get(self.row))
    }

    /// The part of the amount that is tax, where known.
    pub fn tax(&self) -> Option<Money> {
        money(self.rows().tax.get(self.row))
    }

    /// The part of the amount that was paid in points, where known.
    pub fn paid_with_points(&self) -> Option<Money> {
        money(self.rows().paid_with_points.get(self.row))
    }

    /// Status as recorded, whatever the day.
    pub fn status(&self) -> OrderStatus {
        match self.columns.orders.flags(self.row) & super::orders::STATUS {
            super::orders::CANCELLED => OrderStatus::Cancelled,
            super::orders::REFUNDED => OrderStatus::Refunded,
            _ => OrderStatus::Paid,
        }
    }

    /// Where it was bought.
    pub fn channel(&self) -> Option<&'a str> {
        let code = self.rows().channel.get(self.row).copied().unwrap_or(0);
        self.columns.terms.get(code)
    }

    /// Code of the channel; 0 without one. [`Columns::term`] gives its text.
    pub fn channel_code(&self) -> u32 {
        self.rows().channel.get(self.row).copied().unwrap_or(0)
    }

    /// The coupon used.
    pub fn coupon(&self) -> Option<&'a str> {
        self.columns.coupons.get(self.rows().coupon.get(self.row))
    }

    /// Code of the coupon, in a dictionary of its own ([`Columns::coupons`]); 0 without one.
    pub fn coupon_code(&self) -> u32 {
        self.rows().coupon.get(self.row)
    }

    /// Its lines.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = LineRef<'a>> + use<'a> {
        let columns = self.columns;
        let range = columns.orders.line_range(self.row);
        range.map(move |at| {
            let lines = &columns.orders.lines;
            let code = |column: &[u32]| column.get(at).copied().unwrap_or(0);
            let number = |column: &[i64]| column.get(at).copied().unwrap_or(0);
            LineRef {
                product: columns.terms.text(code(&lines.product)),
                product_code: code(&lines.product),
                category: columns.terms.get(code(&lines.category)),
                category_code: code(&lines.category),
                quantity_milli: number(&lines.quantity_milli),
                amount: Money(number(&lines.amount)),
            }
        })
    }

    /// Its refunds by time, then key.
    pub fn refunds(&self) -> &'a [RefundRow] {
        self.columns.orders.refunds_of(self.row)
    }

    /// Whether it counts as of a day: it exists by then, and is neither cancelled nor returned whole by then.
    pub fn counts_on(&self, as_of: Day) -> bool {
        self.columns.orders.counted(self.row, as_of.0).is_some()
    }

    /// What remains of it as of a day, in the workspace's currency: nothing where it does not count, `None` where it
    /// counts but its currency has no rate.
    pub fn remaining_on(&self, as_of: Day) -> Option<Money> {
        match self.columns.orders.counted(self.row, as_of.0) {
            None => Some(Money::ZERO),
            Some(amount) => amount.map(Money),
        }
    }

    /// An amount of this order in the workspace's currency; `None` where its currency has no rate on its day.
    pub fn converted(&self, amount: Money) -> Option<Money> {
        let orders = &self.columns.orders;
        let found = orders.converted(self.row, orders.flags(self.row), amount.0);
        found.map(Money)
    }

    /// What remains of its lines as of a day (amount in the order's currency, thousandths of a piece), in the order
    /// of [`OrderRef::lines`]; `None` for a line that came back whole.
    pub fn lines_left_on(&self, as_of: Day) -> Vec<Option<(Money, i64)>> {
        let mut left = super::orders::LinesLeft { lines: Vec::new() };
        self.columns.orders.lines_left(self.row, as_of.0, &mut left);
        let lines = left.lines.into_iter();
        lines
            .map(|line| line.map(|(amount, quantity)| (Money(amount), quantity)))
            .collect()
    }
}

/// One interaction or event in the columns.
#[derive(Clone, Copy)]
pub struct EventRef<'a> {
    pub(super) columns: &'a Columns,
    pub(super) row: usize,
}

impl<'a> EventRef<'a> {
    fn values(&self) -> super::events::EventValues {
        self.columns.events.rows.get(self.row)
    }

    /// Its id.
    pub fn id(&self) -> InteractionId {
        InteractionId(self.values().id)
    }

    /// When it happened.
    pub fn at(&self) -> Timestamp {
        Timestamp(self.values().at)
    }

    /// Its local day.
    pub fn day(&self) -> Day {
        Day(self.values().day)
    }

    /// What kind.
    pub fn kind(&self) -> &'a str {
        self.columns.terms.text(self.values().kind)
    }

    /// Code of the kind.
    pub fn kind_code(&self) -> u32 {
        self.values().kind
    }

    fn datum(&self, key: &str) -> Option<Datum> {
        let events = &self.columns.events;
        let mut data = events.data_range(self.row);
        data.find_map(|at| {
            let (code, datum) = events.data.get(at)?;
            (events.keys.text(code) == key).then_some(datum)
        })
    }

    /// A datum that is a number.
    pub fn number(&self, key: &str) -> Option<f64> {
        match self.datum(key)? {
            Datum::Number(number) => Some(number),
            Datum::Flag(_) | Datum::Text(_) => None,
        }
    }

    /// A datum that is text.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        match self.datum(key)? {
            Datum::Text(code) => self.columns.events.texts.get(code),
            Datum::Flag(_) | Datum::Number(_) => None,
        }
    }
}
