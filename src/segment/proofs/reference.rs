//! The reference evaluator: one customer, one node at a time, straight from the records. Slow and plain on purpose.

use super::world::World;
use crate::columns::fold;
use model::rule::*;
use model::*;
use std::collections::{BTreeMap, BTreeSet};

/// Points of a customer: balance, expiring, tier.
pub(super) type PointsOf = BTreeMap<i64, Standing>;
pub(super) type Standing = (i64, i64, Option<String>);

pub(super) struct Reference<'w> {
    pub(super) world: &'w World,
    pub(super) as_of: Day,
    pub(super) thresholds: LifecycleThresholds,
    pub(super) points: Option<PointsOf>,
    pub(super) segments: BTreeMap<String, Rule>,
}

/// The value of an attribute.
#[derive(Debug)]
pub(super) enum Value {
    None,
    Text(String),
    /// Numerator and denominator.
    Ratio(i128, i128),
    Float(f64),
    Flag(bool),
    List(Vec<String>),
    Day(Day),
    Birthday(Birthday),
}

impl Value {
    fn whole(number: impl Into<i128>) -> Self {
        Self::Ratio(number.into(), 1)
    }

    fn cents(number: i64) -> Self {
        Self::Ratio(number.into(), 100)
    }

    fn or_none(value: Option<Value>) -> Self {
        value.unwrap_or(Self::None)
    }

    fn text(text: Option<&str>) -> Self {
        match text {
            Some(text) if !text.is_empty() => Self::Text(text.to_owned()),
            _ => Self::None,
        }
    }
}

impl Value {
    /// Whether an explanation says the same.
    pub(super) fn is(&self, found: &crate::Value) -> bool {
        let power = |scale: u32| 10i128.pow(scale);
        match (self, found) {
            (Value::None, crate::Value::Missing) => true,
            (Value::Text(a), crate::Value::Text(b)) => a == b,
            (Value::Ratio(n, d), crate::Value::Exact(units, scale)) => {
                i128::from(*units) * d == n * power(*scale)
            }
            (Value::Ratio(n, d), crate::Value::Money(minor)) => i128::from(*minor) * d == n * 100,
            (Value::Ratio(n, d), crate::Value::Float(b)) => *n as f64 / *d as f64 == *b,
            (Value::Float(a), crate::Value::Float(b)) => a == b,
            (Value::Flag(a), crate::Value::Flag(b)) => a == b,
            (Value::List(a), crate::Value::List(b)) => a == b,
            (Value::Day(a), crate::Value::Day(b)) => a == b,
            (Value::Birthday(a), crate::Value::Birthday(b)) => a == b,
            _ => false,
        }
    }
}

fn custom(value: Option<&CustomField>) -> Value {
    match value {
        None => Value::None,
        Some(CustomField::Flag(flag)) => Value::Flag(*flag),
        Some(CustomField::Number(number)) => Value::Float(*number),
        Some(CustomField::Text(text)) => Value::text(Some(text)),
    }
}

/// An order as of the day: status, what remains in the workspace's currency, what remains of its lines.
struct Seen<'w> {
    order: &'w Order,
    day: Day,
    hour: i64,
    status: OrderStatus,
    amount: Option<i64>,
    /// Line, amount, thousandths.
    lines: Vec<(&'w OrderLine, i64, i64)>,
}

fn half_up(numerator: i128, denominator: i128) -> i128 {
    if denominator == 0 {
        return 0;
    }
    (2 * numerator + denominator).div_euclid(2 * denominator)
}

impl<'w> Reference<'w> {
    pub(super) fn members(&self, rule: &Rule) -> BTreeSet<i64> {
        let ids = self.world.customers.keys().copied();
        ids.filter(|&id| self.holds(rule, id)).collect()
    }

    pub(super) fn holds(&self, rule: &Rule, id: i64) -> bool {
        match rule {
            Rule::All(nodes) => nodes.iter().all(|node| self.holds(node, id)),
            Rule::Any(nodes) => nodes.iter().any(|node| self.holds(node, id)),
            Rule::Not(node) => !self.holds(node, id),
            Rule::Attribute { attribute, test } => self.passes(test, &self.value(attribute, id)),
            Rule::Orders(test) => self.passes(
                &Test::Number(test.test.clone()),
                &self.orders_measure(test, id),
            ),
            Rule::Events(test) => self.passes(
                &Test::Number(test.test.clone()),
                &self.events_measure(test, id),
            ),
            Rule::Segment(segment) => self.holds(&self.segments[segment], id),
            Rule::Sample { percent, seed } => {
                let draw = crate::evaluate::draw(stable_hash(seed.as_bytes()), id);
                let (units, scale) = percent.ratio();
                // draw / 2^64 < percent / 100, without rounding: the limit is cut to a whole number.
                i128::from(draw) < (units << 64) / (scale * 100)
            }
        }
    }

    fn passes(&self, test: &Test, value: &Value) -> bool {
        match (test, value) {
            (Test::Set(set), value) => *set != matches!(value, Value::None),
            (Test::Text(test), Value::Text(text)) => text_passes(test, &fold(text)),
            (Test::Flag(flag), Value::Flag(value)) => flag == value,
            (Test::Number(test), Value::Ratio(n, d)) => number_passes(test, |it| {
                let (units, scale) = it.ratio();
                (n * scale).cmp(&(units * d))
            }),
            (Test::Number(test), Value::Float(value)) => number_passes(test, |it| {
                let (units, scale) = it.ratio();
                value.partial_cmp(&(units as f64 / scale as f64)).unwrap()
            }),
            (Test::List { op, values }, Value::List(list)) => {
                let list: Vec<_> = list.iter().map(|word| fold(word)).collect();
                let has = |word: &String| list.contains(&fold(word));
                match op {
                    ListOp::AnyOf => values.iter().any(has),
                    ListOp::AllOf => values.iter().all(has),
                    ListOp::NoneOf => !values.iter().any(has),
                }
            }
            (Test::Date(test), Value::Day(day)) => self.date_passes(*test, *day),
            (Test::Date(test), Value::Text(text)) => match text.parse() {
                Ok(day) => self.date_passes(*test, day),
                Err(_) => false,
            },
            (Test::Date(test), Value::Birthday(birthday)) => match (test, birthday.year) {
                (DateTest::InMonth(month), _) => birthday.month == *month,
                (DateTest::AnniversaryWithinNext(span), _) => {
                    let mut days = self.coming(*span);
                    days.any(|day| birthday.in_year(day.year()) == day)
                }
                (_, Some(year)) => self.date_passes(*test, birthday.in_year(year)),
                (_, None) => false,
            },
            _ => false,
        }
    }

    /// The days that start with today.
    fn coming(&self, span: Span) -> impl Iterator<Item = Day> {
        let from = self.as_of;
        let until = shifted(from, span, 1);
        (from.0..until.0).map(Day)
    }

    fn date_passes(&self, test: DateTest, day: Day) -> bool {
        let today = self.as_of;
        match test {
            DateTest::On(it) => day == it,
            DateTest::Before(it) => day < it,
            DateTest::After(it) => day > it,
            DateTest::Between(from, to) => from <= day && day <= to,
            DateTest::WithinLast(span) => shifted(today, span, -1) < day && day <= today,
            DateTest::WithinNext(span) => today <= day && day < shifted(today, span, 1),
            DateTest::MoreThanAgo(span) => day < shifted(today, span, -1),
            DateTest::AnniversaryWithinNext(span) => {
                let yearly = Birthday {
                    year: None,
                    month: day.month(),
                    day: day.day_of_month(),
                };
                let mut days = self.coming(span);
                days.any(|it| it.year() > day.year() && yearly.in_year(it.year()) == it)
            }
            DateTest::InMonth(month) => day.month() == month,
        }
    }

    /// All orders of a customer up to today, whatever their status, by time.
    fn orders(&self, id: i64) -> Vec<Seen<'w>> {
        let mut seen: Vec<Seen<'w>> = self
            .world
            .orders
            .values()
            .filter(|order| order.customer.0 == id)
            .map(|order| self.see(order))
            .filter(|seen| seen.day <= self.as_of)
            .collect();
        seen.sort_by_key(|seen| (seen.order.fields.at, seen.order.id));
        seen
    }

    fn see(&self, order: &'w Order) -> Seen<'w> {
        let zone = self.world.zone;
        let (day, minute) = zone.day_and_minute(order.fields.at);
        let fields = &order.fields;
        let refunds: Vec<&Refund> = order
            .refunds
            .iter()
            .filter(|it| zone.day(it.at) <= self.as_of)
            .collect();
        let back: i64 = refunds.iter().map(|it| it.amount.0).sum();
        let whole = !refunds.is_empty() && back >= fields.amount.0;
        let status = match fields.status {
            OrderStatus::Cancelled => OrderStatus::Cancelled,
            _ if whole => OrderStatus::Refunded,
            OrderStatus::Refunded if refunds.len() == order.refunds.len() => OrderStatus::Refunded,
            _ => OrderStatus::Paid,
        };
        let counts = status == OrderStatus::Paid;
        let left = if counts { fields.amount.0 - back } else { 0 };
        // The rate that began last; half a cent is rounded away from zero.
        let rates = self.world.rates.iter();
        let mut rates = rates.filter(|it| it.currency == fields.currency && it.from <= day);
        let first = rates.next();
        let rate = rates.fold(first, |a, b| {
            if a.is_some_and(|a| a.from > b.from) {
                a
            } else {
                Some(b)
            }
        });
        let convert = |amount: i64| {
            if fields.currency == self.world.currency {
                return Some(amount);
            }
            let (units, scale) = rate?.rate.ratio();
            let cents = if fields.currency.decimals() == 0 {
                100
            } else {
                1
            };
            let (units, sign) = (
                i128::from(amount) * units * cents,
                i128::from(amount.signum()),
            );
            Some((sign * half_up(sign * units, scale)) as i64)
        };
        let lines = lines_left(order, if counts { &refunds } else { &[] }, counts);
        Seen {
            order,
            day,
            hour: i64::from(minute / 60),
            status,
            amount: convert(left),
            lines: lines
                .into_iter()
                .map(|(line, amount, thousandths)| {
                    (line, convert(amount).unwrap_or(amount), thousandths)
                })
                .collect(),
        }
    }

    fn paid(&self, id: i64) -> Vec<Seen<'w>> {
        let mut seen = self.orders(id);
        seen.retain(|it| it.status == OrderStatus::Paid);
        seen
    }

    fn spend(&self, id: i64) -> i64 {
        self.paid(id).iter().filter_map(|it| it.amount).sum()
    }

    #[expect(clippy::too_many_lines, reason = "a table: one row for each attribute")]
    pub(super) fn value(&self, attribute: &Attribute, id: i64) -> Value {
        let customer = &self.world.customers[&id];
        let fields = &customer.fields;
        let text = |text: &Option<String>| Value::text(text.as_deref());
        let flag = |flag: Option<bool>| Value::or_none(flag.map(Value::Flag));
        let list = |list: &Vec<String>| match list.as_slice() {
            [] => Value::None,
            list => Value::List(list.to_vec()),
        };
        let paid = self.paid(id);
        let days_ago = |day: Day| i128::from(self.as_of.0 - day.0);
        match attribute {
            Attribute::Name => Value::text(Some(&fields.name)),
            Attribute::Email => text(&fields.email),
            Attribute::Phone => text(&fields.phone),
            Attribute::Country => text(&fields.country),
            Attribute::Province => text(&fields.province),
            Attribute::City => text(&fields.city),
            Attribute::District => text(&fields.district),
            Attribute::PostalCode => text(&fields.postal_code),
            Attribute::Gender => Value::text(fields.gender.map(|it| match it {
                Gender::Female => "female",
                Gender::Male => "male",
                Gender::Other => "other",
            })),
            Attribute::Birthday => Value::or_none(fields.birthday.map(Value::Birthday)),
            Attribute::Age => {
                let age = fields.birthday.and_then(|it| it.age_on(self.as_of));
                Value::or_none(age.map(Value::whole))
            }
            Attribute::IncomeBand => text(&fields.income_band),
            Attribute::Occupation => text(&fields.occupation),
            Attribute::Education => text(&fields.education),
            Attribute::Interests => list(&fields.interests),
            Attribute::Tags => list(&fields.tags),
            Attribute::SourceChannel => text(&fields.source_channel),
            Attribute::SignupOn => Value::or_none(fields.signup_on.map(Value::Day)),
            Attribute::Owner => text(&fields.owner),
            Attribute::Kind => Value::text(Some(match fields.kind {
                CustomerKind::Person => "person",
                CustomerKind::Company => "company",
            })),
            Attribute::Industry => text(&fields.industry),
            Attribute::CompanySize => text(&fields.company_size),
            Attribute::ConsentEmail => flag(fields.consent.email),
            Attribute::ConsentSms => flag(fields.consent.sms),
            Attribute::ConsentPhone => flag(fields.consent.phone),
            Attribute::CustomerSince => Value::or_none(
                fields
                    .signup_on
                    .or(paid.first().map(|it| it.day))
                    .or(Some(self.world.zone.day(customer.created_at)))
                    .map(Value::Day),
            ),
            Attribute::FirstOrderOn => Value::or_none(paid.first().map(|it| Value::Day(it.day))),
            Attribute::LastOrderOn => Value::or_none(paid.last().map(|it| Value::Day(it.day))),
            Attribute::DaysSinceLastOrder => {
                Value::or_none(paid.last().map(|it| Value::whole(days_ago(it.day))))
            }
            Attribute::OrderCount => Value::whole(paid.len() as i128),
            Attribute::Spend => Value::cents(self.spend(id)),
            Attribute::AverageOrderValue => {
                let amounts: Vec<i64> = paid.iter().filter_map(|it| it.amount).collect();
                average(&amounts)
            }
            Attribute::RfmRecency => self.rfm_score(id, 0),
            Attribute::RfmFrequency => self.rfm_score(id, 1),
            Attribute::RfmMonetary => self.rfm_score(id, 2),
            Attribute::RfmGroup => Value::text(Some(self.rfm_group(id))),
            Attribute::Lifecycle => Value::text(Some(self.stage(&paid))),
            Attribute::ChurnRisk => churn_risk(&paid, self.as_of),
            Attribute::Clv => {
                let cost = fields.acquisition_cost.map_or(0, |it| it.0);
                let value = Value::cents(self.spend(id) - cost);
                if paid.is_empty() { Value::None } else { value }
            }
            Attribute::PointsBalance => self.points(id, |it| Value::whole(it.0)),
            Attribute::PointsExpiring => self.points(id, |it| Value::whole(it.1)),
            Attribute::Tier => self.points(id, |it| Value::text(it.2.as_deref())),
            Attribute::Nps => {
                let mut surveys = self.events(id);
                surveys.retain(|it| it.fields.kind == "survey");
                let answers = surveys
                    .iter()
                    .rev()
                    .filter_map(|it| it.fields.data.get("nps"));
                let numbers = answers.filter_map(|it| match it {
                    CustomField::Number(number) => Some(*number),
                    _ => None,
                });
                Value::or_none({ numbers }.next().map(Value::Float))
            }
            Attribute::Custom(key) => custom(fields.custom.get(key)),
        }
    }

    fn points(&self, id: i64, get: impl Fn(&Standing) -> Value) -> Value {
        match &self.points {
            Some(points) => get(&points[&id]),
            None => Value::None,
        }
    }

    fn stage(&self, paid: &[Seen]) -> &'static str {
        let (Some(first), Some(last)) = (paid.first(), paid.last()) else {
            return "prospect";
        };
        let ago = |day: Day| (self.as_of.0 - day.0) as u32;
        if ago(last.day) > self.thresholds.churned_days {
            "churned"
        } else if ago(last.day) > self.thresholds.dormant_days {
            "dormant"
        } else if ago(first.day) <= self.thresholds.new_days {
            "new"
        } else {
            "active"
        }
    }

    /// Days since the last order, orders, spend.
    fn rfm_values(&self, id: i64) -> Option<[i64; 3]> {
        let paid = self.paid(id);
        let last = paid.last()?;
        let recency = i64::from(self.as_of.0 - last.day.0);
        Some([recency, paid.len() as i64, self.spend(id)])
    }

    fn rfm_scores(&self, id: i64) -> Option<[u8; 3]> {
        let mine = self.rfm_values(id)?;
        let ids = self.world.customers.keys();
        let all: Vec<[i64; 3]> = ids.filter_map(|&id| self.rfm_values(id)).collect();
        let mut scores = [0u8; 3];
        for which in 0..3 {
            let mut values: Vec<i64> = all.iter().map(|it| it[which]).collect();
            values.sort_unstable();
            let below = (1..=4).filter(|fifth| {
                let position = (values.len() - 1) * fifth;
                let low = values[position / 5];
                let high = values[(position / 5 + 1).min(values.len() - 1)];
                // The limit, and the value, in fifths.
                low * 5 + (high - low) * i64::from(position as u32 % 5) < mine[which] * 5
            });
            let below = below.count() as u8;
            scores[which] = if which == 0 { 5 - below } else { 1 + below };
        }
        Some(scores)
    }

    fn rfm_score(&self, id: i64, which: usize) -> Value {
        let scores = self.rfm_scores(id);
        Value::or_none(scores.map(|scores| Value::whole(scores[which])))
    }

    fn rfm_group(&self, id: i64) -> &'static str {
        let cell = self
            .rfm_scores(id)
            .map_or(crate::rfm::NO_CELL, crate::rfm::cell);
        crate::rfm::group(cell).name()
    }

    /// First and last day that a measure looks at.
    fn window(&self, within: Within) -> (Day, Day) {
        match within {
            Within::AllTime => (Day(i32::MIN), self.as_of),
            Within::Last(span) => (shifted(self.as_of, span, -1).plus_days(1), self.as_of),
            Within::Between(from, to) => (from, to.min(self.as_of)),
        }
    }

    pub(super) fn orders_measure(&self, test: &OrdersTest, id: i64) -> Value {
        let (from, to) = self.window(test.within);
        let of_status = test.conditions.iter().any(|it| it.field == Field::Status);
        let of_lines = test.conditions.iter().any(|it| it.field.is_of_line());
        let mut found = Vec::new();
        for mut seen in self.orders(id) {
            let looked_at = of_status || seen.status == OrderStatus::Paid;
            if seen.day < from || seen.day > to || !looked_at {
                continue;
            }
            let of_order = test.conditions.iter().filter(|it| !it.field.is_of_line());
            let mut of_order = of_order.filter(|it| !(of_lines && it.field == Field::Amount));
            if !of_order.all(|it| self.passes(&it.test, &order_field(&seen, &it.field))) {
                continue;
            }
            if of_lines {
                let known = seen.amount.is_some();
                let lines = std::mem::take(&mut seen.lines);
                let passes = |&(line, amount, quantity): &(&OrderLine, i64, i64)| {
                    let mut of_line = test.conditions.iter();
                    of_line.all(
                        |it| match line_field(line, amount, quantity, known, &it.field) {
                            Some(value) => self.passes(&it.test, &value),
                            None => true,
                        },
                    )
                };
                seen.lines = lines.into_iter().filter(passes).collect();
                if seen.lines.is_empty() {
                    continue;
                }
                let sum = seen.lines.iter().map(|it| it.1).sum();
                seen.amount = seen.amount.map(|_| sum);
            }
            found.push(seen);
        }
        measured(&found, test.measure, self.as_of)
    }

    fn events(&self, id: i64) -> Vec<&'w Interaction> {
        let zone = self.world.zone;
        let mut events: Vec<&Interaction> = self
            .world
            .events
            .values()
            .filter(|it| it.customer.0 == id && zone.day(it.fields.at) <= self.as_of)
            .collect();
        events.sort_by_key(|it| (it.fields.at, it.id));
        events
    }

    pub(super) fn events_measure(&self, test: &EventsTest, id: i64) -> Value {
        let zone = self.world.zone;
        let (from, to) = self.window(test.within);
        let mut events = self.events(id);
        events.retain(|it| {
            let (day, minute) = zone.day_and_minute(it.fields.at);
            let datum = |key: &str| match key {
                "text" => Value::None,
                key => custom(it.fields.data.get(key)),
            };
            fold(&it.fields.kind) == fold(&test.kind)
                && from <= day
                && day <= to
                && test.conditions.iter().all(|condition| {
                    let value = match &condition.field {
                        Field::Hour => Value::whole(minute / 60),
                        Field::DayOfWeek => Value::whole(day.weekday()),
                        Field::Data(key) => datum(key),
                        other => datum(&other.name()),
                    };
                    self.passes(&condition.test, &value)
                })
        });
        let numbers = |key: &str| -> Vec<f64> {
            let data = events.iter().filter_map(|it| it.fields.data.get(key));
            data.filter_map(|it| match it {
                CustomField::Number(number) => Some(*number),
                _ => None,
            })
            .collect()
        };
        let amounts = numbers("amount");
        let day = |it: &&Interaction| zone.day(it.fields.at);
        let since =
            |day: Option<Day>| Value::or_none(day.map(|it| Value::whole(self.as_of.0 - it.0)));
        match test.measure {
            Measure::Count => Value::whole(events.len() as i128),
            Measure::Sum => Value::Float(amounts.iter().sum()),
            Measure::Average if amounts.is_empty() => Value::None,
            Measure::Average => Value::Float(amounts.iter().sum::<f64>() / amounts.len() as f64),
            Measure::Min => {
                Value::or_none(amounts.iter().copied().reduce(f64::min).map(Value::Float))
            }
            Measure::Max => {
                Value::or_none(amounts.iter().copied().reduce(f64::max).map(Value::Float))
            }
            Measure::Quantity => Value::Float(numbers("quantity").iter().sum()),
            Measure::DistinctDays => {
                let days: BTreeSet<Day> = events.iter().map(day).collect();
                Value::whole(days.len() as i128)
            }
            Measure::DistinctProducts => {
                let data = events.iter().filter_map(|it| it.fields.data.get("product"));
                let products: BTreeSet<&str> = data
                    .filter_map(|it| match it {
                        CustomField::Text(text) if !text.is_empty() => Some(text.as_str()),
                        _ => None,
                    })
                    .collect();
                Value::whole(products.len() as i128)
            }
            Measure::DaysSinceFirst => since(events.iter().map(day).min()),
            Measure::DaysSinceLast => since(events.iter().map(day).max()),
        }
    }
}

fn shifted(day: Day, span: Span, sign: i32) -> Day {
    let n = sign * span.n as i32;
    match span.unit {
        Unit::Day => day.plus_days(n),
        Unit::Week => day.plus_days(7 * n),
        Unit::Month => day.plus_months(n),
        Unit::Quarter => day.plus_months(3 * n),
        Unit::Year => day.plus_months(12 * n),
    }
}

fn text_passes(test: &TextTest, text: &str) -> bool {
    match test {
        TextTest::Compare(op, with) => {
            let with = fold(with);
            let with = with.as_ref();
            match op {
                TextOp::Eq => text == with,
                TextOp::Ne => text != with,
                TextOp::Contains => text.contains(with),
                TextOp::NotContains => !text.contains(with),
                TextOp::StartsWith => text.starts_with(with),
                TextOp::EndsWith => text.ends_with(with),
            }
        }
        TextTest::In(list) => list.iter().any(|it| fold(it) == text),
        TextTest::NotIn(list) => !list.iter().any(|it| fold(it) == text),
    }
}

/// By how the value compares with a number.
fn number_passes(test: &NumberTest, compare: impl Fn(&Decimal) -> std::cmp::Ordering) -> bool {
    match test {
        NumberTest::Compare(Compare::Eq, it) => compare(it).is_eq(),
        NumberTest::Compare(Compare::Ne, it) => compare(it).is_ne(),
        NumberTest::Compare(Compare::Lt, it) => compare(it).is_lt(),
        NumberTest::Compare(Compare::Lte, it) => compare(it).is_le(),
        NumberTest::Compare(Compare::Gt, it) => compare(it).is_gt(),
        NumberTest::Compare(Compare::Gte, it) => compare(it).is_ge(),
        NumberTest::Between(a, b) => compare(a).is_ge() && compare(b).is_le(),
        NumberTest::NotBetween(a, b) => compare(a).is_lt() || compare(b).is_gt(),
    }
}

fn average(amounts: &[i64]) -> Value {
    let sum: i64 = amounts.iter().sum();
    match amounts.len() {
        0 => Value::None,
        count => Value::Ratio(half_up(sum.into(), count as i128), 100),
    }
}

fn churn_risk(paid: &[Seen], as_of: Day) -> Value {
    let days: BTreeSet<i32> = paid.iter().map(|it| it.day.0).collect();
    let days: Vec<i32> = days.into_iter().collect();
    let mut gaps: Vec<i32> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if gaps.len() < 2 {
        return Value::None;
    }
    gaps.sort_unstable();
    let middle = gaps.len() / 2;
    let gap = match gaps.len() % 2 {
        1 => gaps[middle],
        _ => half_up((gaps[middle - 1] + gaps[middle]).into(), 2) as i32,
    };
    let quiet = i128::from(as_of.0 - days[days.len() - 1]);
    let millionths = quiet * 1_000_000 / (quiet + 2 * i128::from(gap));
    Value::Ratio(millionths, 1_000_000)
}

/// What remains of lines: shares of refunds rounded half up; a line that came back whole is gone.
fn lines_left<'w>(
    order: &'w Order,
    refunds: &[&Refund],
    counts: bool,
) -> Vec<(&'w OrderLine, i64, i64)> {
    let lines = &order.fields.lines;
    let mut left: Vec<(i64, i64)> = lines
        .iter()
        .map(|it| (if counts { it.amount.0 } else { 0 }, it.quantity_milli))
        .collect();
    for refund in refunds {
        let mut weights = vec![0i128; lines.len()];
        for part in &refund.lines {
            if let Some(line) = lines.get(part.line as usize) {
                let worth = i128::from(line.amount.0) * i128::from(part.quantity_milli) * 1000;
                weights[part.line as usize] += worth / i128::from(line.quantity_milli);
                left[part.line as usize].1 -= part.quantity_milli;
            }
        }
        if weights.iter().sum::<i128>() == 0 {
            weights = lines.iter().map(|it| i128::from(it.amount.0)).collect();
        }
        let all: i128 = weights.iter().sum();
        for (at, weight) in weights.iter().enumerate() {
            let share = half_up(i128::from(refund.amount.0) * weight, all) as i64;
            left[at].0 = (left[at].0 - share).max(0);
        }
    }
    let lines = lines.iter().zip(left);
    lines
        .filter(|(_, left)| left.1 > 0)
        .map(|(line, left)| (line, left.0, left.1))
        .collect()
}

fn order_field(seen: &Seen, field: &Field) -> Value {
    let fields = &seen.order.fields;
    match field {
        Field::Channel => Value::text(fields.channel.as_deref()),
        Field::Coupon => Value::text(fields.coupon.as_deref()),
        Field::Amount => Value::or_none(seen.amount.map(Value::cents)),
        Field::Status => Value::text(Some(match seen.status {
            OrderStatus::Paid => "paid",
            OrderStatus::Refunded => "refunded",
            OrderStatus::Cancelled => "cancelled",
        })),
        Field::DayOfWeek => Value::whole(seen.day.weekday()),
        Field::Hour => Value::whole(seen.hour),
        Field::Category | Field::Product | Field::Quantity | Field::Data(_) => Value::None,
    }
}

/// `None` for fields that are not of the line.
fn line_field(
    line: &OrderLine,
    amount: i64,
    quantity: i64,
    known: bool,
    field: &Field,
) -> Option<Value> {
    match field {
        Field::Category => Some(Value::text(line.category.as_deref())),
        Field::Product => Some(Value::text(Some(&line.product))),
        Field::Quantity => Some(Value::Ratio(quantity.into(), 1000)),
        Field::Amount if known => Some(Value::cents(amount)),
        Field::Amount => Some(Value::None),
        _ => None,
    }
}

fn measured(found: &[Seen], measure: Measure, as_of: Day) -> Value {
    let amounts: Vec<i64> = found.iter().filter_map(|it| it.amount).collect();
    let days: BTreeSet<Day> = found.iter().map(|it| it.day).collect();
    let lines = found.iter().flat_map(|it| &it.lines);
    let since = |day: Option<&Day>| Value::or_none(day.map(|it| Value::whole(as_of.0 - it.0)));
    match measure {
        Measure::Count => Value::whole(found.len() as i128),
        Measure::Sum => Value::cents(amounts.iter().sum()),
        Measure::Average => average(&amounts),
        Measure::Min => Value::or_none(amounts.iter().min().map(|&it| Value::cents(it))),
        Measure::Max => Value::or_none(amounts.iter().max().map(|&it| Value::cents(it))),
        Measure::Quantity => Value::Ratio(lines.map(|it| i128::from(it.2)).sum(), 1000),
        Measure::DistinctDays => Value::whole(days.len() as i128),
        Measure::DistinctProducts => {
            let products: BTreeSet<&str> = lines.map(|it| it.0.product.as_str()).collect();
            Value::whole(products.len() as i128)
        }
        Measure::DaysSinceFirst => since(days.first()),
        Measure::DaysSinceLast => since(days.last()),
    }
}
