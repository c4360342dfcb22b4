//! Phrases for measures over orders and events.

use super::Wording;
use crate::Locale;
use model::Decimal;
use model::rule::{
    Compare, Condition, EventsTest, Field, Measure, NumberTest, OrdersTest, Test, TextOp, TextTest,
    ValueKind, Within,
};

/// A whole number that is not negative; phrases count with nothing else.
fn whole(value: &Decimal) -> Option<u64> {
    u64::try_from(value.to_scale(0).ok()?).ok()
}

impl Wording<'_> {
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
                let subject = match &condition.field {
                    Field::Data(key) => key.clone(),
                    _ => self.words.field(&name),
                };
                self.test(&subject, &name, &condition.test, money)
            })
            .collect();
        if parts.is_empty() {
            return String::new();
        }
        self.words.rules_where(&parts.join(self.either("，", ", ")))
    }

    pub(super) fn measure(self, measure: Measure) -> &'static str {
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

    /// The goods that the only condition names, as in *bought coffee or tea*.
    fn goods(self, conditions: &[Condition]) -> Option<String> {
        let [only] = conditions else { return None };
        if !matches!(only.field, Field::Category | Field::Product) {
            return None;
        }
        match &only.test {
            Test::Text(TextTest::Compare(TextOp::Eq, value)) => Some(value.clone()),
            Test::Text(TextTest::In(values)) => Some(self.any_of(values)),
            _ => None,
        }
    }

    pub(super) fn orders(self, test: &OrdersTest) -> String {
        let period = self.within(&test.within);
        let goods = self.goods(&test.conditions);
        if test.measure == Measure::Count {
            let what = goods.clone().unwrap_or_default();
            let rest = match goods {
                Some(_) => String::new(),
                None => self.conditions(&test.conditions),
            };
            if let Some(phrase) = self.times(&what, &period, &test.test) {
                return self.followed(phrase, &rest);
            }
        }
        let bounds = self.bounds(&test.test, test.measure.is_money());
        let measured = match (test.measure, &goods) {
            (Measure::Sum, Some(goods)) => self.words.rules_spent_on(&bounds, goods),
            (Measure::Sum, None) => self.words.rules_spent(&bounds),
            (measure, _) => {
                let money = measure.is_money();
                self.number(self.measure(measure), &test.test, money)
            }
        };
        let rest = match (test.measure, goods) {
            (Measure::Sum, Some(_)) => String::new(),
            _ => self.conditions(&test.conditions),
        };
        self.followed(self.in_period(&measured, &period), &rest)
    }

    /// A phrase and the conditions behind it.
    fn followed(self, phrase: String, rest: &str) -> String {
        let blank = match (self.words.locale, rest.is_empty()) {
            (Locale::En, false) => " ",
            _ => "",
        };
        crate::join(&[&phrase, blank, rest])
    }

    /// Chinese says the time first, English last.
    fn in_period(self, what: &str, period: &str) -> String {
        match (self.words.locale, period.is_empty()) {
            (_, true) => what.to_owned(),
            (Locale::ZhCn, false) => crate::join(&[period, what]),
            (Locale::En, false) => crate::join(&[what, " ", period]),
        }
    }

    /// How often somebody bought: `近 90 天至少买过 3 次`; `None` for numbers that nobody counts with.
    pub(super) fn times(self, goods: &str, period: &str, test: &NumberTest) -> Option<String> {
        let w = self.words;
        let goods = match (self.words.locale, goods.is_empty()) {
            (_, true) => String::new(),
            (Locale::ZhCn, false) => goods.to_owned(),
            (Locale::En, false) => crate::join(&[" ", goods]),
        };
        let text = match test {
            NumberTest::Compare(op, value) => {
                let n = whole(value)?;
                match (op, n) {
                    (Compare::Eq | Compare::Lte, 0) | (Compare::Lt, 1) if period.is_empty() => {
                        w.rules_never_bought(&goods)
                    }
                    (Compare::Eq | Compare::Lte, 0) | (Compare::Lt, 1) => {
                        w.rules_did_not_buy(&goods)
                    }
                    (Compare::Gte, 1) | (Compare::Gt, 0) => w.rules_bought(&goods),
                    (Compare::Eq, n) => w.rules_bought_exactly(&goods, n),
                    (Compare::Ne, n) => w.rules_bought_other_than(&goods, n),
                    (Compare::Lt, n) => w.rules_bought_less_than(&goods, n),
                    (Compare::Lte, n) => w.rules_bought_at_most(&goods, n),
                    (Compare::Gt, n) => w.rules_bought_more_than(&goods, n),
                    (Compare::Gte, n) => w.rules_bought_at_least(&goods, n),
                }
            }
            NumberTest::Between(low, high) => {
                let (low, high) = (whole(low)?.to_string(), whole(high)?.to_string());
                w.rules_bought_between(&goods, &low, &high)
            }
            NumberTest::NotBetween(low, high) => {
                let (low, high) = (whole(low)?.to_string(), whole(high)?.to_string());
                w.rules_bought_outside(&goods, &low, &high)
            }
        };
        Some(self.in_period(&text, period))
    }

    pub(super) fn events(self, test: &EventsTest) -> String {
        let w = self.words;
        let kind = w.interaction(&test.kind);
        let rest = self.conditions(&test.conditions);
        let measured = match (test.measure, &test.test) {
            (Measure::Count, NumberTest::Compare(Compare::Eq, n)) if n.units == 0 => {
                w.rules_event_never(&kind)
            }
            (Measure::Count, NumberTest::Compare(Compare::Gte, n)) if whole(n) == Some(1) => {
                w.rules_event_ever(&kind)
            }
            (Measure::Count, it) => w.rules_event_times(&kind, &self.bounds(it, false)),
            (measure, it) => {
                let subject = w.rules_events(&kind, self.measure(measure));
                self.number(&subject, it, false)
            }
        };
        self.followed(self.in_period(&measured, &self.within(&test.within)), &rest)
    }
}
