//! Measures over the orders of one customer.
//!
//! Beside what the contract says: `amount` is the amount of the line where a line condition (`category`, `product`,
//! `quantity`) stands beside it, else of the order; a condition on `status` takes the place of the rule that only
//! paid orders count, and what is cancelled or refunded has an amount of zero; an order in another currency has the
//! amount that the rate of its day makes of it (each line on its own), without a rate it counts but has no amount. See `docs/segment-rule.md`.

use super::number::{Interval, last_from};
use super::text::{Codes, name_passes};
use crate::columns::{Columns, FOREIGN, HAS_REFUNDS, LinesLeft, Total, average};
use crate::{Bitmap, scan};
use model::rule::{Compare, Condition, Field, Measure, NumberTest, OrdersTest, Test, Within};
use model::{Day, Decimal, OrderStatus};
use std::cell::RefCell;

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

/// Conditions on orders, for whoever measures orders in ways of their own.
pub(crate) struct OrderFilter<'c> {
    plan: OrdersPlan<'c>,
    scratch: RefCell<Scratch>,
}

impl<'c> OrderFilter<'c> {
    /// The conditions on their own, as a test of orders whose measure does not matter.
    pub(crate) fn test(conditions: Vec<Condition>) -> OrdersTest {
        OrdersTest {
            conditions,
            within: Within::AllTime,
            measure: Measure::Sum,
            test: NumberTest::Compare(Compare::Gte, Decimal { units: 0, scale: 0 }),
        }
    }

    pub(crate) fn new(columns: &'c Columns, test: &'c OrdersTest, as_of: Day) -> Self {
        Self {
            plan: OrdersPlan::new(columns, test, as_of, false),
            scratch: RefCell::new(Scratch::new(0)),
        }
    }

    /// What of an order counts as of the day: `None` where it does not pass, `Some(None)` where it has no amount; of
    /// conditions on lines the sum of those that pass.
    pub(crate) fn order(&self, row: usize) -> Option<Option<i64>> {
        self.plan.order(row, &mut self.scratch.borrow_mut())
    }
}

enum OfOrder<'c> {
    Channel(Codes<'c>),
    Coupon(Codes<'c>),
    Amount(Number),
    DayOfWeek(Number),
    Hour(Number),
}

enum OfLine<'c> {
    Category(Codes<'c>),
    Product(Codes<'c>),
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
    of_order: Vec<OfOrder<'c>>,
    of_line: Vec<OfLine<'c>>,
    /// Bits of the categories one of which a matching line has; all bits where no category is asked for.
    categories: u64,
    /// Whether the measure passes where there is no order at all.
    without_orders: bool,
    /// Whether nothing but the day decides about an order that is paid whole in the workspace's currency.
    plain: bool,
    /// Whether orders are counted (or dated) by one condition on their lines.
    counts_lines: bool,
    /// Whether the pieces of all lines are measured, whatever the lines are.
    counts_pieces: bool,
    /// Whether lines have to be looked at.
    needs_lines: bool,
    /// Whether the totals of all time answer it.
    from_totals: bool,
    /// Whether the days of orders that are paid whole answer it.
    by_days: bool,
    /// Whether one order with a line of the category answers it, and the bits say surely who has one.
    by_category: bool,
    /// Whether only a few customers are looked at.
    few: bool,
}

impl<'c> OrdersPlan<'c> {
    pub(super) fn new(columns: &'c Columns, rule: &'c OrdersTest, as_of: Day, few: bool) -> Self {
        let (from, to) = window(rule.within, as_of);
        let decimals = columns.currency().decimals();
        let scale = match rule.measure {
            Measure::Sum | Measure::Average | Measure::Min | Measure::Max => decimals,
            Measure::Quantity => 3,
            _ => 0,
        };
        let test = Interval::of(&rule.test, scale);
        let lines = rule.conditions.iter().any(|it| it.field.is_of_line());
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
            without_orders: Tally::NONE
                .value(rule.measure, as_of.0)
                .is_some_and(|none| test.holds(none)),
            plain: false,
            counts_lines: false,
            counts_pieces: rule.measure == Measure::Quantity && rule.conditions.is_empty(),
            needs_lines: lines
                || matches!(rule.measure, Measure::Quantity | Measure::DistinctProducts),
            from_totals: false,
            by_days: false,
            by_category: false,
            few,
        };
        plan.plain = rule.conditions.is_empty()
            && !plan.needs_lines
            && rule.measure != Measure::DistinctDays;
        plan.from_totals = plan.plain
            && rule.within == Within::AllTime
            && !matches!(rule.measure, Measure::Min | Measure::Max);
        plan.by_days = plan.plain && matches!(rule.measure, Measure::Count | Measure::Sum);
        if rule.conditions.iter().any(|it| it.field == Field::Status) {
            plan.statuses = [true; 3];
        }
        for condition in &rule.conditions {
            plan.add(condition, lines, decimals);
        }
        let by_code = |it: &OfLine| matches!(it, OfLine::Category(_) | OfLine::Product(_));
        plan.counts_lines = plan.of_order.is_empty()
            && plan.of_line.len() == 1
            && plan.of_line.iter().all(by_code)
            && plan.looked_at(OrderStatus::Paid)
            && matches!(
                rule.measure,
                Measure::Count | Measure::DaysSinceFirst | Measure::DaysSinceLast
            );
        plan.by_category = plan.counts_lines
            && rule.measure == Measure::Count
            && rule.within == Within::AllTime
            && plan.test.is_settled(1)
            && columns.orders.categories.are_exact();
        plan
    }

    fn add(&mut self, condition: &'c Condition, lines: bool, decimals: u32) {
        let few = self.few;
        let terms = &self.columns.terms;
        let test = &condition.test;
        // A test of the wrong kind (no rule that was read has one) passes nothing.
        let number = |scale| Number::of(test, scale).unwrap_or(Number::In(Interval::NEVER));
        match &condition.field {
            Field::Category => {
                let codes = Codes::passing(terms, test, few);
                if let Some(passing) = codes.known().filter(|_| !codes.contains(0)) {
                    let known = &self.columns.orders.categories;
                    self.categories &= passing.fold(0, |bits, code| bits | known.bit(code));
                }
                self.of_line.push(OfLine::Category(codes));
            }
            Field::Product => {
                let codes = Codes::passing(terms, test, few);
                self.of_line.push(OfLine::Product(codes));
            }
            Field::Quantity => self.of_line.push(OfLine::Quantity(number(3))),
            Field::Amount if lines => self.of_line.push(OfLine::Amount(number(decimals))),
            Field::Amount => self.of_order.push(OfOrder::Amount(number(decimals))),
            Field::Channel => {
                let codes = Codes::passing(terms, test, few);
                self.of_order.push(OfOrder::Channel(codes));
            }
            Field::Coupon => {
                let codes = Codes::passing(&self.columns.coupons, test, few);
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

    /// What one order counts for: `None` where it is not looked at, `Some(None)` where it has no amount.
    fn order(&self, row: usize, scratch: &mut Scratch) -> Option<Option<i64>> {
        let orders = &self.columns.orders;
        let day = orders.day(row);
        if day < self.from || day > self.to {
            return None;
        }
        let paid = orders.rows.amount.get(row).copied()?;
        let mut tally = Tally::NONE;
        self.add_order(row, day, orders.flags(row), paid, &mut tally, scratch);
        (tally.count > 0).then(|| (tally.converted > 0).then_some(tally.sum))
    }

    /// Those of the candidates that pass. Whose last order lies before the window is told at once from the column of last
    /// days; only the others are `ask`ed one by one.
    pub(super) fn run(&self, among: &Bitmap, ask: impl Fn(usize) -> bool) -> Bitmap {
        if self.few || self.from == i32::MIN {
            return scan::slots(among, ask);
        }
        let horizon = &self.columns.orders.totals.horizon;
        let recent = scan::column(among, horizon, i32::MIN, |day| day >= self.from);
        let mut found = scan::slots(&recent, ask);
        if self.without_orders {
            let mut others = among.clone();
            others.and_not(&recent);
            found.or(&others);
        }
        found
    }

    /// Whether the measure over the orders of a slot passes.
    pub(super) fn holds(&self, slot: usize, scratch: &mut Scratch) -> bool {
        let orders = &self.columns.orders;
        let totals = &orders.totals;
        // `horizon` is no earlier than the last order.
        let horizon = totals.horizon.get(slot).copied().unwrap_or(i32::MIN);
        if horizon < self.from {
            return self.without_orders;
        }
        if self.categories != u64::MAX {
            let bought = totals.categories.get(slot).copied().unwrap_or(0);
            if bought & self.categories == 0 {
                return self.without_orders;
            }
            let exact = self.by_category && horizon <= self.to;
            if exact && totals.plain.get(slot) == Some(&1) {
                return self.test.holds(1);
            }
        }
        if self.by_days
            && horizon <= self.to
            && totals.plain.get(slot) == Some(&1)
            && !(self.from_totals && horizon <= self.as_of)
        {
            return self.holds_by_days(slot);
        }
        let mut tally = Tally::NONE;
        if self.from_totals && horizon <= self.as_of {
            tally.take(totals.get(slot));
        } else {
            scratch.start();
            self.tally(slot, &mut tally, scratch);
        }
        if tally.count == 0 {
            return self.without_orders;
        }
        tally.distinct_days = distinct(&mut scratch.days);
        tally
            .value(self.measure, self.as_of)
            .is_some_and(|value| self.test.holds(value))
    }

    /// Whether the measure passes where all orders are paid whole, their days ascend and none lies behind the window:
    /// the window then holds the last few, and how many those are is a question to one or two days.
    #[inline]
    fn holds_by_days(&self, slot: usize) -> bool {
        let orders = &self.columns.orders;
        let block = orders.blocks.rows(slot);
        let days = orders.rows.day.get(block.clone()).unwrap_or(&[]);
        if self.measure == Measure::Count {
            let (low, high, inside) = self.test.bounds();
            let at_least = |n: i64| match usize::try_from(n) {
                Ok(0) | Err(_) => n <= 0,
                Ok(n) => {
                    let day = days.len().checked_sub(n).and_then(|at| days.get(at));
                    day.is_some_and(|&day| day >= self.from)
                }
            };
            let within = at_least(low) && !at_least(high.saturating_add(1));
            return within == inside;
        }
        let amounts = orders.rows.amount.get(block).unwrap_or(&[]);
        let (mut count, mut sum) = (0u32, 0i64);
        for (&day, &amount) in days.iter().zip(amounts).rev() {
            if day < self.from {
                break;
            }
            count += 1;
            sum = sum.saturating_add(amount);
        }
        if count == 0 {
            return self.without_orders;
        }
        self.test.holds(sum)
    }

    /// What is measured over the orders of a slot, and the orders that were: each with its row and what it brought.
    pub(super) fn measured(
        &self,
        slot: usize,
        scratch: &mut Scratch,
    ) -> (Option<i64>, Vec<(usize, Option<i64>)>) {
        let orders = &self.columns.orders;
        let mut tally = Tally::NONE;
        let mut rows = Vec::new();
        scratch.start();
        for row in orders.blocks.rows(slot) {
            let day = orders.day(row);
            if day < self.from || day > self.to {
                continue;
            }
            let paid = orders.rows.amount.get(row).copied().unwrap_or(0);
            let mut one = Tally::NONE;
            self.add_order(row, day, orders.flags(row), paid, &mut one, scratch);
            if one.count > 0 {
                rows.push((row, (one.converted > 0).then_some(one.sum)));
                tally.join(&one);
            }
        }
        tally.distinct_days = distinct(&mut scratch.days);
        (tally.value(self.measure, self.as_of), rows)
    }

    fn tally(&self, slot: usize, tally: &mut Tally, scratch: &mut Scratch) {
        let orders = &self.columns.orders;
        let rows = &orders.rows;
        let block = orders.blocks.rows(slot);
        let days = rows.day.get(block.clone()).unwrap_or(&[]);
        let flags = rows.flags.get(block.clone()).unwrap_or(&[]);
        let amounts = rows.amount.get(block.clone()).unwrap_or(&[]);
        let each = days.iter().zip(flags).zip(amounts).enumerate();
        // Newest first, because most windows end today.
        for (at, ((&day, &flags), &amount)) in each.rev() {
            if day < self.from {
                // A clock set back at midnight may make one day follow the next.
                if day < self.from.saturating_sub(1) {
                    break;
                }
                continue;
            }
            if day > self.to {
                continue;
            }
            if flags == 0 && self.plain {
                tally.add(day, Some(amount));
            } else if flags == 0 && self.counts_lines {
                // The most frequent question about lines: whether there is one of a category or product.
                if self.has_line(block.start + at) {
                    tally.add(day, Some(amount));
                }
            } else if flags == 0 && self.counts_pieces {
                let lines = orders.line_range(block.start + at);
                let pieces = orders.lines.quantity_milli.get(lines).unwrap_or(&[]);
                let pieces = pieces.iter().copied().fold(0, i64::saturating_add);
                tally.quantity = tally.quantity.saturating_add(pieces);
                tally.add(day, Some(amount));
            } else {
                self.add_order(block.start + at, day, flags, amount, tally, scratch);
            }
            if self.measure == Measure::Count && self.test.is_settled(i64::from(tally.count)) {
                break;
            }
        }
    }

    /// Whether an order that is paid whole has a line that passes, where one condition is all there is.
    #[inline]
    fn has_line(&self, row: usize) -> bool {
        let orders = &self.columns.orders;
        let range = orders.line_range(row);
        let (codes, column) = match self.of_line.as_slice() {
            [OfLine::Category(codes)] => (codes, &orders.lines.category),
            [OfLine::Product(codes)] => (codes, &orders.lines.product),
            _ => return false,
        };
        let mut lines = column.get(range).unwrap_or(&[]).iter();
        match codes {
            Codes::None => false,
            Codes::One(one) => lines.any(|code| code == one),
            Codes::Four(_) | Codes::Table(_) | Codes::Asked(..) => {
                lines.any(|&code| codes.contains(code))
            }
        }
    }

    #[inline]
    fn add_order(
        &self,
        row: usize,
        day: i32,
        flags: u8,
        paid: i64,
        tally: &mut Tally,
        scratch: &mut Scratch,
    ) {
        let orders = &self.columns.orders;
        let (status, left) = if flags == 0 {
            (OrderStatus::Paid, paid)
        } else {
            orders.state(row, self.as_of)
        };
        if !self.looked_at(status) {
            return;
        }
        let amount = orders.converted(row, flags, left);
        let passes = |it: &OfOrder| self.order_passes(it, row, day, amount);
        if !self.of_order.iter().all(passes) {
            return;
        }
        if self.needs_lines {
            return self.add_by_lines(row, (day, flags, status, amount), tally, scratch);
        }
        tally.add(day, amount);
        if self.measure == Measure::DistinctDays {
            scratch.days.push(day);
        }
    }

    /// Adds an order of which day, flags, status and amount are known, as far as its lines pass.
    #[inline(never)]
    fn add_by_lines(
        &self,
        row: usize,
        (day, flags, status, amount): (i32, u8, OrderStatus, Option<i64>),
        tally: &mut Tally,
        scratch: &mut Scratch,
    ) {
        let orders = &self.columns.orders;
        let in_part = flags & HAS_REFUNDS != 0 && status == OrderStatus::Paid;
        let rate = if flags & FOREIGN == 0 {
            None
        } else {
            orders.rate_of(row)
        };
        let home = |amount: i64| match rate {
            None => amount,
            Some(rate) => rate.convert(amount, orders.home).unwrap_or(amount),
        };
        let found = if in_part {
            // Only what is refunded in part needs its lines worked out.
            orders.lines_left(row, self.as_of, &mut scratch.left);
            let left = std::mem::take(&mut scratch.left.lines);
            let lines = orders.line_range(row).zip(&left);
            let lines = lines.filter_map(|(line, left)| {
                left.map(|(amount, quantity)| (line, (home(amount), quantity)))
            });
            let found = self.add_lines(lines, amount.is_some(), tally, scratch);
            scratch.left.lines = left;
            found
        } else {
            let range = orders.line_range(row);
            let amounts = orders.lines.amount.get(range.clone()).unwrap_or(&[]);
            let quantities = orders.lines.quantity_milli.get(range.clone());
            let lines = range.zip(amounts.iter().zip(quantities.unwrap_or(&[])));
            let paid = status == OrderStatus::Paid;
            let lines = lines.map(|(line, (&amount, &quantity))| {
                (line, (if paid { home(amount) } else { 0 }, quantity))
            });
            self.add_lines(lines, amount.is_some(), tally, scratch)
        };
        let amount = match found {
            _ if self.of_line.is_empty() => amount,
            Some(sum) => amount.map(|_| sum),
            None => return,
        };
        tally.add(day, amount);
        if self.measure == Measure::DistinctDays {
            scratch.days.push(day);
        }
    }

    /// Adds the lines that pass (each with its amount and pieces); the sum of their amounts, `None` if none passes.
    #[inline]
    fn add_lines(
        &self,
        lines: impl Iterator<Item = (usize, (i64, i64))>,
        known: bool,
        tally: &mut Tally,
        scratch: &mut Scratch,
    ) -> Option<i64> {
        let mut found = None;
        for (line, (amount, quantity)) in lines {
            let passes =
                |it: &OfLine| self.line_passes(it, line, known.then_some(amount), quantity);
            if !self.of_line.iter().all(passes) {
                continue;
            }
            found = Some(found.unwrap_or(0i64).saturating_add(amount));
            tally.quantity = tally.quantity.saturating_add(quantity);
            if self.measure == Measure::DistinctProducts {
                let product = self.columns.orders.lines.product.get(line).copied();
                tally.distinct_products += u32::from(scratch.is_new(product.unwrap_or(0)));
            }
        }
        found
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
    /// By code: the number of the customer in whose orders it was last seen.
    seen: Vec<u32>,
    /// How many codes there may be: `seen` is made when the first is asked for.
    codes: usize,
    customer: u32,
    left: LinesLeft,
}

impl Scratch {
    /// For dictionaries of up to so many codes.
    pub(super) fn new(codes: usize) -> Self {
        Self {
            days: Vec::new(),
            seen: Vec::new(),
            codes,
            customer: 0,
            left: LinesLeft { lines: Vec::new() },
        }
    }

    /// Begins with another customer.
    pub(super) fn start(&mut self) {
        self.days.clear();
        self.customer += 1;
    }

    /// Whether the code is seen for the first time with this customer.
    pub(super) fn is_new(&mut self, code: u32) -> bool {
        if self.seen.is_empty() {
            self.seen = vec![0; self.codes + 1];
        }
        match self.seen.get_mut(code as usize) {
            Some(seen) if *seen != self.customer => {
                *seen = self.customer;
                true
            }
            _ => false,
        }
    }
}

pub(super) fn distinct<T: Ord>(values: &mut Vec<T>) -> u32 {
    values.sort_unstable();
    values.dedup();
    values.len() as u32
}

/// What is added up over the orders of one customer. The least and largest mean nothing while there is no order.
struct Tally {
    count: u32,
    converted: u32,
    sum: i64,
    min: i64,
    max: i64,
    quantity: i64,
    distinct_days: u32,
    distinct_products: u32,
    first: i32,
    last: i32,
}

impl Tally {
    const NONE: Self = Self {
        count: 0,
        converted: 0,
        sum: 0,
        min: i64::MAX,
        max: i64::MIN,
        quantity: 0,
        distinct_days: 0,
        distinct_products: 0,
        first: i32::MAX,
        last: i32::MIN,
    };

    #[inline]
    fn add(&mut self, day: i32, amount: Option<i64>) {
        self.count += 1;
        if let Some(amount) = amount {
            self.converted += 1;
            self.sum = self.sum.saturating_add(amount);
            self.min = self.min.min(amount);
            self.max = self.max.max(amount);
        }
        self.first = self.first.min(day);
        self.last = self.last.max(day);
    }

    /// Takes in the tally of other orders; different days are counted elsewhere.
    fn join(&mut self, other: &Tally) {
        self.count += other.count;
        self.converted += other.converted;
        self.sum = self.sum.saturating_add(other.sum);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.quantity = self.quantity.saturating_add(other.quantity);
        self.distinct_products += other.distinct_products;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }

    fn take(&mut self, total: Total) {
        self.count = total.count;
        self.converted = total.converted;
        self.sum = total.spend;
        self.first = total.first;
        self.last = total.last;
    }

    fn value(&self, measure: Measure, as_of: i32) -> Option<i64> {
        let since = |day: i32| (self.count > 0).then_some(i64::from(as_of) - i64::from(day));
        match measure {
            Measure::Count => Some(i64::from(self.count)),
            Measure::Sum => Some(self.sum),
            Measure::Average => average(self.sum, self.converted),
            Measure::Min => (self.converted > 0).then_some(self.min),
            Measure::Max => (self.converted > 0).then_some(self.max),
            Measure::Quantity => Some(self.quantity),
            Measure::DistinctDays => Some(i64::from(self.distinct_days)),
            Measure::DistinctProducts => Some(i64::from(self.distinct_products)),
            Measure::DaysSinceFirst => since(self.first),
            Measure::DaysSinceLast => since(self.last),
        }
    }
}
