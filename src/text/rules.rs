//! A segment rule as a sentence that reads like the filter it is.

use crate::{Locale, Words};
use model::rule::{
    Attribute, Compare, Condition, DateTest, EventsTest, ListOp, Measure, NumberTest, OrdersTest,
    Rule, Span, Test, TextOp, TextTest, Unit, ValueKind, Within,
};
use model::{Currency, Day, Decimal};

/// What numbers and values of a rule need to be worded.
#[derive(Clone, Copy)]
struct Wording {
    words: Words,
    currency: Currency,
}

impl Words {
    /// A rule (JSON) as a sentence; the JSON itself where it cannot be read.
    pub fn rule(self, json: &str) -> String {
        self.rule_in(json, Currency::CNY)
    }

    /// The same, with amounts in this currency.
    pub fn rule_in(self, json: &str, currency: Currency) -> String {
        match Rule::parse(json) {
            Ok(rule) => Wording {
                words: self,
                currency,
            }
            .rule(&rule, false),
            Err(_) => json.to_owned(),
        }
    }
}

impl Wording {
    fn rule(self, rule: &Rule, inside: bool) -> String {
        let w = self.words;
        match rule {
            Rule::All(nodes) if nodes.is_empty() => w.rules_everyone().to_owned(),
            Rule::Any(nodes) if nodes.is_empty() => w.rules_no_one().to_owned(),
            Rule::All(nodes) => self.joined(nodes, w.rules_and(), inside),
            Rule::Any(nodes) => self.joined(nodes, w.rules_or(), inside),
            Rule::Not(node) => w.rules_not(&self.rule(node, true)),
            Rule::Attribute { attribute, test } => self.attribute(attribute, test),
            Rule::Orders(test) => self.orders(test),
            Rule::Events(test) => self.events(test),
            Rule::Segment(id) => w.rules_segment(id),
            Rule::Sample { percent, .. } => w.rules_sample(&percent.to_string()),
        }
    }

    fn joined(self, nodes: &[Rule], with: &str, inside: bool) -> String {
        let parts: Vec<String> = nodes
            .iter()
            .map(|node| self.rule(node, nodes.len() > 1))
            .collect();
        let separator = match self.words.locale {
            Locale::ZhCn => with.to_owned(),
            Locale::En => crate::join(&[" ", with, " "]),
        };
        let text = parts.join(&separator);
        match (inside && nodes.len() > 1, self.words.locale) {
            (false, _) => text,
            (true, Locale::ZhCn) => crate::join(&["（", &text, "）"]),
            (true, Locale::En) => crate::join(&["(", &text, ")"]),
        }
    }

    fn attribute(self, attribute: &Attribute, test: &Test) -> String {
        let name = attribute.name();
        let subject = self.words.field(&name);
        let money = attribute.kind() == ValueKind::Money;
        self.test(&subject, &name, test, money)
    }

    fn test(self, subject: &str, name: &str, test: &Test, money: bool) -> String {
        let w = self.words;
        match test {
            Test::Set(true) => w.rules_is_set(subject),
            Test::Set(false) => w.rules_is_not_set(subject),
            Test::Text(text) => self.text(subject, name, text),
            Test::Number(number) => self.number(subject, number, money),
            Test::Flag(true) => w.rules_is_yes(subject),
            Test::Flag(false) => w.rules_is_no(subject),
            Test::List { op, values } => {
                let values = self.values(name, values);
                match op {
                    ListOp::AnyOf => w.rules_any_of(subject, &values),
                    ListOp::AllOf => w.rules_all_of(subject, &values),
                    ListOp::NoneOf => w.rules_none_of(subject, &values),
                }
            }
            Test::Date(date) => self.date(subject, date),
        }
    }

    fn values(self, name: &str, values: &[String]) -> String {
        let named: Vec<String> = values
            .iter()
            .map(|value| self.words.choice(name, value))
            .collect();
        named.join(match self.words.locale {
            Locale::ZhCn => "、",
            Locale::En => ", ",
        })
    }

    fn text(self, subject: &str, name: &str, test: &TextTest) -> String {
        let w = self.words;
        match test {
            TextTest::Compare(op, value) => {
                let value = w.choice(name, value);
                match op {
                    TextOp::Eq => w.rules_is(subject, &value),
                    TextOp::Ne => w.rules_is_not(subject, &value),
                    TextOp::Contains => w.rules_contains(subject, &value),
                    TextOp::NotContains => w.rules_not_contains(subject, &value),
                    TextOp::StartsWith => w.rules_starts_with(subject, &value),
                    TextOp::EndsWith => w.rules_ends_with(subject, &value),
                }
            }
            TextTest::In(values) => w.rules_in(subject, &self.values(name, values)),
            TextTest::NotIn(values) => w.rules_not_in(subject, &self.values(name, values)),
        }
    }

    fn quantity(self, value: Decimal, money: bool) -> String {
        let plain = value.to_string();
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let mut text = whole
            .parse::<i64>()
            .map_or_else(|_| whole.to_owned(), |n| self.words.number(n));
        if !fraction.is_empty() {
            text.push('.');
            text.push_str(fraction);
        }
        if money {
            crate::join(&[&self.words.currency_unit(self.currency), &text])
        } else {
            text
        }
    }

    fn number(self, subject: &str, test: &NumberTest, money: bool) -> String {
        let w = self.words;
        match test {
            NumberTest::Compare(op, value) => {
                let value = self.quantity(*value, money);
                match op {
                    Compare::Eq => w.rules_eq(subject, &value),
                    Compare::Ne => w.rules_ne(subject, &value),
                    Compare::Lt => w.rules_lt(subject, &value),
                    Compare::Lte => w.rules_lte(subject, &value),
                    Compare::Gt => w.rules_gt(subject, &value),
                    Compare::Gte => w.rules_gte(subject, &value),
                }
            }
            NumberTest::Between(low, high) => w.rules_between(
                subject,
                &self.quantity(*low, money),
                &self.quantity(*high, money),
            ),
            NumberTest::NotBetween(low, high) => w.rules_not_between(
                subject,
                &self.quantity(*low, money),
                &self.quantity(*high, money),
            ),
        }
    }

    fn span(self, span: Span) -> String {
        let n = u64::from(span.n);
        match span.unit {
            Unit::Day => self.words.rules_days(n),
            Unit::Week => self.words.rules_weeks(n),
            Unit::Month => self.words.rules_months(n),
            Unit::Quarter => self.words.rules_quarters(n),
            Unit::Year => self.words.rules_years(n),
        }
    }

    fn date(self, subject: &str, test: &DateTest) -> String {
        let w = self.words;
        match test {
            DateTest::On(day) => w.rules_on(subject, &w.day(*day)),
            DateTest::Before(day) => w.rules_before(subject, &w.day(*day)),
            DateTest::After(day) => w.rules_after(subject, &w.day(*day)),
            DateTest::Between(from, to) => {
                w.rules_between_days(subject, &w.day(*from), &w.day(*to))
            }
            DateTest::WithinLast(span) => w.rules_within_last(subject, &self.span(*span)),
            DateTest::WithinNext(span) => w.rules_within_next(subject, &self.span(*span)),
            DateTest::MoreThanAgo(span) => w.rules_more_than_ago(subject, &self.span(*span)),
            DateTest::AnniversaryWithinNext(span) => {
                w.rules_anniversary(subject, &self.span(*span))
            }
            DateTest::InMonth(month) => {
                let name = Day::from_ymd(2000, *month, 1)
                    .map(|day| w.month_short(day))
                    .unwrap_or_default();
                w.rules_in_month(subject, &name)
            }
        }
    }

    fn within(self, within: &Within) -> String {
        let w = self.words;
        match within {
            Within::AllTime => String::new(),
            Within::Last(span) => w.rules_period_last(&self.span(*span)),
            Within::Between(from, to) => w.rules_period_between(&w.day(*from), &w.day(*to)),
        }
    }

    fn conditions(self, conditions: &[Condition]) -> String {
        let parts: Vec<String> = conditions
            .iter()
            .map(|condition| {
                let name = condition.field.name();
                let money = condition.field.kind() == ValueKind::Money;
                self.test(&self.words.field(&name), &name, &condition.test, money)
            })
            .collect();
        if parts.is_empty() {
            return String::new();
        }
        self.words.rules_where(&parts.join(match self.words.locale {
            Locale::ZhCn => "，",
            Locale::En => ", ",
        }))
    }

    fn measure(self, measure: Measure) -> &'static str {
        let w = self.words;
        match measure {
            Measure::Count => w.rules_measure_count(),
            Measure::Sum => w.rules_measure_sum(),
            Measure::Average => w.rules_measure_average(),
            Measure::Min => w.rules_measure_min(),
            Measure::Max => w.rules_measure_max(),
            Measure::Quantity => w.rules_measure_quantity(),
            Measure::DistinctDays => w.rules_measure_distinct_days(),
            Measure::DistinctProducts => w.rules_measure_distinct_products(),
            Measure::DaysSinceFirst => w.rules_measure_days_since_first(),
            Measure::DaysSinceLast => w.rules_measure_days_since_last(),
        }
    }

    /// Period, measure and conditions in one; English has separators between them.
    fn subject(self, within: &Within, measure: &str, conditions: &[Condition]) -> String {
        let (period, conditions) = (self.within(within), self.conditions(conditions));
        let english = self.words.locale == Locale::En;
        let comma = if english && !period.is_empty() {
            ", "
        } else {
            ""
        };
        let blank = if english && !conditions.is_empty() {
            " "
        } else {
            ""
        };
        crate::join(&[&period, comma, measure, blank, &conditions])
    }

    fn orders(self, test: &OrdersTest) -> String {
        let subject = self.subject(&test.within, self.measure(test.measure), &test.conditions);
        self.number(&subject, &test.test, test.measure.is_money())
    }

    fn events(self, test: &EventsTest) -> String {
        let kind = self.words.interaction(&test.kind);
        let measure = self.words.rules_events(&kind, self.measure(test.measure));
        let subject = self.subject(&test.within, &measure, &test.conditions);
        self.number(&subject, &test.test, false)
    }
}
