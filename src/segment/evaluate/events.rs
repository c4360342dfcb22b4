//! Measures over the interactions and tracked events of one customer.
//!
//! Conditions look at the event's data: `data.<key>` at that key, and `category`, `product`, `channel`, `coupon`,
//! `status`, `amount` and `quantity` at the key of that name. `sum`, `average`, `min` and `max` are of the datum
//! `amount` (events without one are left out), `quantity` adds the datum `quantity`, `distinct_products` counts the
//! datum `product`.

use super::number::{DayTest, Interval, float_holds};
use super::orders::{Number, Scratch, distinct, weekday, window};
use super::text::Codes;
use crate::columns::{Columns, Datum};
use model::Day;
use model::rule::{Condition, EventsTest, Field, Measure, NumberTest, Test};

enum OfEvent<'r> {
    DayOfWeek(Number),
    Hour(Number),
    Set(u32, bool),
    Flag(u32, bool),
    Number(u32, &'r NumberTest),
    /// Texts that pass, the test of a day included.
    Text(u32, Codes<'r>),
}

/// A measure over events, ready to run.
pub(super) struct EventsPlan<'r> {
    columns: &'r Columns,
    as_of: i32,
    from: i32,
    to: i32,
    /// Code of each kind that is the same but for case and width.
    kinds: Codes<'r>,
    measure: Measure,
    test: &'r NumberTest,
    conditions: Vec<OfEvent<'r>>,
    amount: u32,
    quantity: u32,
    product: u32,
    few: bool,
}

/// A key that no event has.
const NO_KEY: u32 = u32::MAX;

impl<'r> EventsPlan<'r> {
    pub(super) fn new(columns: &'r Columns, rule: &'r EventsTest, as_of: Day, few: bool) -> Self {
        let (from, to) = window(rule.within, as_of);
        let kind = crate::columns::fold(&rule.kind).into_owned();
        let key = |name: &str| columns.events.keys.code(name).unwrap_or(NO_KEY);
        let mut plan = Self {
            columns,
            as_of: as_of.0,
            from,
            to,
            kinds: Codes::matching(&columns.terms, move |folded| folded == kind, few),
            measure: rule.measure,
            test: &rule.test,
            conditions: Vec::new(),
            amount: key("amount"),
            quantity: key("quantity"),
            product: key("product"),
            few,
        };
        for condition in &rule.conditions {
            plan.add(condition, as_of);
        }
        plan
    }

    fn add(&mut self, condition: &'r Condition, as_of: Day) {
        let number = || Number::of(&condition.test, 0).unwrap_or(Number::In(Interval::NEVER));
        let key = match &condition.field {
            Field::DayOfWeek => return self.conditions.push(OfEvent::DayOfWeek(number())),
            Field::Hour => return self.conditions.push(OfEvent::Hour(number())),
            Field::Data(key) => key.clone(),
            other => other.name().into_owned(),
        };
        let events = &self.columns.events;
        let key = events.keys.code(&key).unwrap_or(NO_KEY);
        self.conditions.push(match &condition.test {
            Test::Set(set) => OfEvent::Set(key, *set),
            Test::Flag(flag) => OfEvent::Flag(key, *flag),
            Test::Number(test) => OfEvent::Number(key, test),
            Test::Text(_) => OfEvent::Text(
                key,
                Codes::passing(&events.texts, &condition.test, self.few),
            ),
            Test::Date(test) => {
                let test = DayTest::of(*test, as_of);
                let passes = move |text: &str| text.parse().is_ok_and(|day| test.holds(day));
                OfEvent::Text(key, Codes::matching(&events.texts, passes, self.few))
            }
            Test::List { .. } => OfEvent::Text(key, Codes::None),
        });
    }

    /// Whether the measure over the events of a slot passes.
    pub(super) fn holds(&self, slot: usize, scratch: &mut Scratch) -> bool {
        let value = self.measured(slot, scratch, |_| {});
        value.is_some_and(|value| float_holds(self.test, value))
    }

    /// What is measured over the events of a slot; `each` is told the rows that were.
    pub(super) fn measured(
        &self,
        slot: usize,
        scratch: &mut Scratch,
        mut each: impl FnMut(usize),
    ) -> Option<f64> {
        let events = &self.columns.events;
        let mut tally = Tally::default();
        scratch.start();
        for row in events.blocks.rows(slot) {
            let it = events.rows.get(row);
            if it.day < self.from || it.day > self.to || !self.kinds.contains(it.kind) {
                continue;
            }
            let passes = |test: &OfEvent| self.passes(test, row, it.day, it.minute);
            if !self.conditions.iter().all(passes) {
                continue;
            }
            each(row);
            tally.count += 1;
            tally.first = Some(tally.first.map_or(it.day, |day: i32| day.min(it.day)));
            tally.last = Some(tally.last.map_or(it.day, |day: i32| day.max(it.day)));
            scratch.days.push(it.day);
            if let Some(Datum::Number(amount)) = events.datum(row, self.amount) {
                tally.amounts += 1;
                tally.sum += amount;
                tally.min = Some(tally.min.map_or(amount, |min: f64| min.min(amount)));
                tally.max = Some(tally.max.map_or(amount, |max: f64| max.max(amount)));
            }
            if let Some(Datum::Number(quantity)) = events.datum(row, self.quantity) {
                tally.quantity += quantity;
            }
            if let Some(Datum::Text(product)) = events.datum(row, self.product) {
                tally.products += u32::from(scratch.is_new(product));
            }
        }
        let since = |day: Option<i32>| day.map(|day| f64::from(self.as_of) - f64::from(day));
        match self.measure {
            Measure::Count => Some(f64::from(tally.count)),
            Measure::Sum => Some(tally.sum),
            Measure::Average => (tally.amounts > 0).then(|| tally.sum / f64::from(tally.amounts)),
            Measure::Min => tally.min,
            Measure::Max => tally.max,
            Measure::Quantity => Some(tally.quantity),
            Measure::DistinctDays => Some(f64::from(distinct(&mut scratch.days))),
            Measure::DistinctProducts => Some(f64::from(tally.products)),
            Measure::DaysSinceFirst => since(tally.first),
            Measure::DaysSinceLast => since(tally.last),
        }
    }

    fn passes(&self, test: &OfEvent, row: usize, day: i32, minute: u16) -> bool {
        let events = &self.columns.events;
        match test {
            OfEvent::DayOfWeek(number) => number.holds(Some(weekday(day))),
            OfEvent::Hour(number) => number.holds(Some(i64::from(minute / 60))),
            OfEvent::Set(key, set) => events.datum(row, *key).is_some() == *set,
            OfEvent::Flag(key, flag) => events.datum(row, *key) == Some(Datum::Flag(*flag)),
            OfEvent::Number(key, test) => match events.datum(row, *key) {
                Some(Datum::Number(number)) => float_holds(test, number),
                _ => false,
            },
            OfEvent::Text(key, codes) => match events.datum(row, *key) {
                Some(Datum::Text(code)) => codes.contains(code),
                _ => false,
            },
        }
    }
}

#[derive(Default)]
struct Tally {
    count: u32,
    amounts: u32,
    sum: f64,
    min: Option<f64>,
    max: Option<f64>,
    quantity: f64,
    products: u32,
    first: Option<i32>,
    last: Option<i32>,
}
