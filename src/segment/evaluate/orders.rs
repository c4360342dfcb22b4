//! Measures over the orders of one customer.
//!
//! Beside what the contract says: `amount` is the amount of the line where a line condition (`category`, `product`,
//! `quantity`) stands beside it, else of the order; a condition on `status` takes the place of the rule that only
//! paid orders count, and what is cancelled or refunded has an amount of zero; an order in a currency without a
//! rate counts but has no amount. See `docs/segment-rule.md`.

use super::number::{Interval, last_from};
use super::text::{Codes, name_passes};
use crate::columns::{
    CANCELLED, Columns, HAS_REFUNDS, LinesLeft, UNCONVERTED, average, category_bit,
};
use model::rule::{Condition, Field, Measure, OrdersTest, Test, Within};
use model::{Day, OrderStatus};

/// A test of a number that may be missing.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    In(Interval),
    Set(bool),
}

impl Number {
    pub(super) fn of(test: &Test, scale: u32) -> Option<Self> {
        match test {
            Test::Number(test) => Some(Self::In(Interval::of(test, scale))),
            Test::Set(set) => Some(Self::Set(*set)),
            _ => None,
        }
    }

    pub(super) fn holds(self, value: Option<i64>) -> bool {
        match (self, value) {
            (Self::In(interval), Some(value)) => interval.holds(value),
            (Self::In(_), None) => false,
            (Self::Set(set), value) => set == value.is_some(),
        }
    }
}

/// The days a measure looks at, none after the day asked for.
pub(super) fn window(within: Within, as_of: Day) -> (i32, i32) {
    match within {
        Within::AllTime => (i32::MIN, as_of.0),
        Within::Last(span) => (last_from(as_of, span).0, as_of.0),
        Within::Between(from, to) => (from.0, to.min(as_of).0),
    }
}

enum OfOrder {
    Channel(Codes),
    Coupon(Codes),
    Amount(Number),
    DayOfWeek(Number),
    Hour(Number),
}

enum OfLine {
    Category(Codes),
    Product(Codes),
    Quantity(Number),
    Amount(Number),
}

/// A measure over orders, ready to run.
pub(super) struct OrdersPlan<'c> {
    columns: &'c Columns,
    as_of: i32,
    from: i32,
    to: i32,
    measure: Measure,
    test: Interval,
    /// Whether paid, refunded and cancelled orders are looked at.
    statuses: [bool; 3],
    of_order: Vec<OfOrder>,
    of_line: Vec<OfLine>,
    /// Bits of the categories one of which a matching line has; all bits where no category is asked for.
    categories: u64,
    /// Whether the measure passes where there is no order at all.
    without_orders: bool,
}

impl<'c> OrdersPlan<'c> {
    pub(super) fn new(columns: &'c Columns, rule: &OrdersTest, as_of: Day) -> Self {
        let (from, to) = window(rule.within, as_of);
        let decimals = columns.currency().decimals();
        let scale = match rule.measure {
            Measure::Sum | Measure::Average | Measure::Min | Measure::Max => decimals,
            Measure::Quantity => 3,
            _ => 0,
        };
        let test = Interval::of(&rule.test, scale);
        let mut plan = Self {
            columns,
            as_of: as_of.0,
            from,
            to,
            measure: rule.measure,
            test,
            statuses: [true, false, false],
            of_order: Vec::new(),
            of_line: Vec::new(),
            categories: u64::MAX,
            without_orders: Tally::default()
                .value(rule.measure, as_of.0)
                .is_some_and(|none| test.holds(none)),
        };
        let lines = rule.conditions.iter().any(|it| it.field.is_of_line());
        if rule.conditions.iter().any(|it| it.field == Field::Status) {
            plan.statuses = [true; 3];
        }
        for condition in &rule.conditions {
            plan.add(condition, lines, decimals);
        }
        plan
    }

    fn add(&mut self, condition: &Condition, lines: bool, decimals: u32) {
        let terms = &self.columns.terms;
        let test = &condition.test;
        // A test of the wrong kind (no rule that was read has one) passes nothing.
        let number = |scale| Number::of(test, scale).unwrap_or(Number::In(Interval::NEVER));
        match &condition.field {
            Field::Category => {
                let codes = Codes::passing(terms, test);
                if !codes.contains(0) {
                    let bits = codes.iter().fold(0, |bits, code| bits | category_bit(code));
                    self.categories &= bits;
                }
                self.of_line.push(OfLine::Category(codes));
            }
            Field::Product => {
                let codes = Codes::passing(terms, test);
                self.of_line.push(OfLine::Product(codes));
            }
            Field::Quantity => self.of_line.push(OfLine::Quantity(number(3))),
            Field::Amount if lines => self.of_line.push(OfLine::Amount(number(decimals))),
            Field::Amount => self.of_order.push(OfOrder::Amount(number(decimals))),
            Field::Channel => {
                let codes = Codes::passing(terms, test);
                self.of_order.push(OfOrder::Channel(codes));
            }
            Field::Coupon => {
                let codes = Codes::passing(&self.columns.coupons, test);
                self.of_order.push(OfOrder::Coupon(codes));
            }
            Field::Status => {
                let names = ["paid", "refunded", "cancelled"];
                for (status, name) in self.statuses.iter_mut().zip(names) {
                    *status &= name_passes(test, name);
                }
            }
            Field::DayOfWeek => self.of_order.push(OfOrder::DayOfWeek(number(0))),
            Field::Hour => self.of_order.push(OfOrder::Hour(number(0))),
            // Orders have no data of that kind.
            Field::Data(_) => self
                .of_order
                .push(OfOrder::Hour(Number::In(Interval::NEVER))),
        }
    }

    fn looked_at(&self, status: OrderStatus) -> bool {
        let [paid, refunded, cancelled] = self.statuses;
        match status {
            OrderStatus::Paid => paid,
            OrderStatus::Refunded => refunded,
            OrderStatus::Cancelled => cancelled,
        }
    }

    /// Whether the measure over the orders of a slot passes.
    pub(super) fn holds(&self, slot: usize, scratch: &mut Scratch) -> bool {
        let orders = &self.columns.orders;
        let totals = &orders.totals;
        let bought = totals.categories.get(slot).copied().unwrap_or(0);
        // `horizon` is no earlier than the last order.
        let horizon = totals.horizon.get(slot).copied().unwrap_or(i32::MIN);
        if horizon < self.from || bought & self.categories == 0 && self.categories != u64::MAX {
            return self.without_orders;
        }
        let mut tally = Tally::default();
        scratch.clear();
        let rows = &orders.rows;
        let block = orders.blocks.rows(slot);
        let days = rows.day.get(block.clone()).unwrap_or(&[]);
        let flags = rows.flags.get(block.clone()).unwrap_or(&[]);
        // Newest first, because most windows end today. A clock set back at midnight may make one day follow the next.
        for (at, (&day, &flags)) in days.iter().zip(flags).enumerate().rev() {
            if day < self.from {
                if day < self.from.saturating_sub(1) {
                    break;
                }
                continue;
            }
            if day > self.to {
                continue;
            }
            self.add_order(block.start + at, day, flags, &mut tally, scratch);
        }
        if tally.count == 0 {
            return self.without_orders;
        }
        tally.distinct_days = distinct(&mut scratch.days);
        tally.distinct_products = distinct(&mut scratch.products);
        tally
            .value(self.measure, self.as_of)
            .is_some_and(|value| self.test.holds(value))
    }

    #[inline]
    fn add_order(&self, row: usize, day: i32, flags: u8, tally: &mut Tally, scratch: &mut Scratch) {
        let orders = &self.columns.orders;
        let (status, left) = if flags == 0 {
            let amount = orders.rows.amount.get(row).copied().unwrap_or(0);
            (OrderStatus::Paid, amount)
        } else if flags == CANCELLED && !self.looked_at(OrderStatus::Cancelled) {
            return;
        } else {
            orders.state(row, self.as_of)
        };
        if !self.looked_at(status) {
            return;
        }
        let converted = flags & UNCONVERTED == 0;
        let amount = converted.then_some(left);
        if !self
            .of_order
            .iter()
            .all(|it| self.order_passes(it, row, day, amount))
        {
            return;
        }
        if self.of_line.is_empty()
            && !matches!(self.measure, Measure::Quantity | Measure::DistinctProducts)
        {
            tally.add(day, amount);
            if self.measure == Measure::DistinctDays {
                scratch.days.push(day);
            }
            return;
        }
        self.add_lines(row, day, flags, status, amount, tally, scratch);
    }

    #[expect(clippy::too_many_arguments, reason = "one step of the loop above")]
    fn add_lines(
        &self,
        row: usize,
        day: i32,
        flags: u8,
        status: OrderStatus,
        amount: Option<i64>,
        tally: &mut Tally,
        scratch: &mut Scratch,
    ) {
        let orders = &self.columns.orders;
        let range = orders.line_range(row);
        // Only what is refunded in part needs its lines worked out.
        let in_part = flags & HAS_REFUNDS != 0 && status == OrderStatus::Paid;
        if in_part {
            orders.lines_left(row, self.as_of, &mut scratch.left);
        }
        let (mut matched, mut sum) = (false, 0i64);
        for (at, line) in range.enumerate() {
            let (line_amount, quantity) = if in_part {
                match scratch.left.lines.get(at) {
                    Some(Some(left)) => *left,
                    _ => continue,
                }
            } else {
                let paid = match status {
                    OrderStatus::Paid => orders.lines.amount.get(line).copied().unwrap_or(0),
                    OrderStatus::Refunded | OrderStatus::Cancelled => 0,
                };
                let quantity = orders.lines.quantity_milli.get(line).copied();
                (paid, quantity.unwrap_or(0))
            };
            let line_known = amount.is_some().then_some(line_amount);
            let passes = |it: &OfLine| self.line_passes(it, line, line_known, quantity);
            if self.of_line.iter().all(passes) {
                matched = true;
                sum = sum.saturating_add(line_amount);
                tally.quantity = tally.quantity.saturating_add(quantity);
                if self.measure == Measure::DistinctProducts {
                    scratch
                        .products
                        .extend(orders.lines.product.get(line).copied());
                }
            }
        }
        if self.of_line.is_empty() {
            tally.add(day, amount);
        } else if matched {
            tally.add(day, amount.map(|_| sum));
        } else {
            return;
        }
        if self.measure == Measure::DistinctDays {
            scratch.days.push(day);
        }
    }

    fn order_passes(&self, test: &OfOrder, row: usize, day: i32, amount: Option<i64>) -> bool {
        let rows = &self.columns.orders.rows;
        match test {
            OfOrder::Channel(codes) => codes.contains(rows.channel.get(row).copied().unwrap_or(0)),
            OfOrder::Coupon(codes) => codes.contains(rows.coupon.get(row)),
            OfOrder::Amount(number) => number.holds(amount),
            OfOrder::DayOfWeek(number) => number.holds(Some(weekday(day))),
            OfOrder::Hour(number) => {
                let minute = rows.minute.get(row).copied().unwrap_or(0);
                number.holds(Some(i64::from(minute / 60)))
            }
        }
    }

    fn line_passes(&self, test: &OfLine, line: usize, amount: Option<i64>, quantity: i64) -> bool {
        let lines = &self.columns.orders.lines;
        match test {
            OfLine::Category(codes) => {
                codes.contains(lines.category.get(line).copied().unwrap_or(0))
            }
            OfLine::Product(codes) => codes.contains(lines.product.get(line).copied().unwrap_or(0)),
            OfLine::Quantity(number) => number.holds(Some(quantity)),
            OfLine::Amount(number) => number.holds(amount),
        }
    }
}

/// 1 (Monday) to 7: 1970-01-01 was a Thursday.
pub(super) fn weekday(day: i32) -> i64 {
    i64::from((day.wrapping_add(3)).rem_euclid(7)) + 1
}

/// Memory that is used again for each customer.
pub(super) struct Scratch {
    pub(super) days: Vec<i32>,
    pub(super) products: Vec<u32>,
    left: LinesLeft,
}

impl Scratch {
    pub(super) fn new() -> Self {
        Self {
            days: Vec::new(),
            products: Vec::new(),
            left: LinesLeft { lines: Vec::new() },
        }
    }

    pub(super) fn clear(&mut self) {
        self.days.clear();
        self.products.clear();
    }
}

pub(super) fn distinct<T: Ord>(values: &mut Vec<T>) -> u32 {
    values.sort_unstable();
    values.dedup();
    values.len() as u32
}

/// What is added up over the orders of one customer.
#[derive(Default)]
struct Tally {
    count: u32,
    converted: u32,
    sum: i64,
    min: Option<i64>,
    max: Option<i64>,
    quantity: i64,
    distinct_days: u32,
    distinct_products: u32,
    first: Option<i32>,
    last: Option<i32>,
}

impl Tally {
    #[inline]
    fn add(&mut self, day: i32, amount: Option<i64>) {
        self.count += 1;
        if let Some(amount) = amount {
            self.converted += 1;
            self.sum = self.sum.saturating_add(amount);
            self.min = Some(self.min.map_or(amount, |min| min.min(amount)));
            self.max = Some(self.max.map_or(amount, |max| max.max(amount)));
        }
        self.first = Some(self.first.map_or(day, |first| first.min(day)));
        self.last = Some(self.last.map_or(day, |last| last.max(day)));
    }

    fn value(&self, measure: Measure, as_of: i32) -> Option<i64> {
        let since = |day: Option<i32>| day.map(|day| i64::from(as_of) - i64::from(day));
        match measure {
            Measure::Count => Some(i64::from(self.count)),
            Measure::Sum => Some(self.sum),
            Measure::Average => average(self.sum, self.converted),
            Measure::Min => self.min,
            Measure::Max => self.max,
            Measure::Quantity => Some(self.quantity),
            Measure::DistinctDays => Some(i64::from(self.distinct_days)),
            Measure::DistinctProducts => Some(i64::from(self.distinct_products)),
            Measure::DaysSinceFirst => since(self.first),
            Measure::DaysSinceLast => since(self.last),
        }
    }
}
