//! Ready-made segments: rules every business starts with, in the language everybody else's are in.
//!
//! What is frequent or high is relative to the business's own customers, through the RFM scores, so that the rules
//! fit a café and a jeweller. Keys are stable; the names a person reads are in `text`.

use model::rule::{
    Attribute, Compare, DateTest, Measure, NumberTest, OrdersTest, Rule, Span, Test, TextOp,
    TextTest, Unit, Within,
};
use model::{Currency, Day, Decimal, LifecycleThresholds, Money};

/// A segment that is there from the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// Stable name, worded in `text`.
    pub key: &'static str,
    /// Its rule for the day and thresholds asked for.
    pub rule: Rule,
}

/// All of them, in the order they are shown.
///
/// | key | who |
/// | --- | --- |
/// | `birthday_this_month` | birthday in this calendar month |
/// | `birthday_next_7_days` | birthday within the next 7 days |
/// | `new_customers` | life cycle stage new |
/// | `active` | life cycle stage active |
/// | `slipping_away` | quiet for more than twice their usual gap and more than 14 days, not churned |
/// | `dormant`, `churned` | life cycle stage |
/// | `no_order_yet` | life cycle stage prospect |
/// | `frequent` | at least two orders and a frequency score of 4 or 5 |
/// | `occasional` | at least two orders and a frequency score of 1 to 3 |
/// | `one_time` | exactly one order |
/// | `high_value` | the top fifth by spend: money score 5 |
/// | `middle_value` | money score 3 or 4 |
/// | `low_value` | money score 1 or 2 |
/// | `champions`, `at_risk` | RFM group |
/// | `points_expiring` | points expire within 30 days |
/// | `with_email_consent` | agreed to e-mail and has an address |
/// | `no_contact` | neither phone nor e-mail |
pub fn all(as_of: Day, thresholds: &LifecycleThresholds) -> Vec<Ready> {
    let several = || number(Attribute::OrderCount, Compare::Gte, "2");
    let rules = [
        (
            "birthday_this_month",
            date(Attribute::Birthday, DateTest::InMonth(as_of.month())),
        ),
        ("birthday_next_7_days", birthday_within(7)),
        ("new_customers", is(Attribute::Lifecycle, "new")),
        ("active", is(Attribute::Lifecycle, "active")),
        ("slipping_away", slipping_away(thresholds)),
        ("dormant", is(Attribute::Lifecycle, "dormant")),
        ("churned", is(Attribute::Lifecycle, "churned")),
        ("no_order_yet", is(Attribute::Lifecycle, "prospect")),
        (
            "frequent",
            Rule::All(vec![several(), between(Attribute::RfmFrequency, 4, 5)]),
        ),
        (
            "occasional",
            Rule::All(vec![several(), between(Attribute::RfmFrequency, 1, 3)]),
        ),
        ("one_time", number(Attribute::OrderCount, Compare::Eq, "1")),
        (
            "high_value",
            number(Attribute::RfmMonetary, Compare::Eq, "5"),
        ),
        ("middle_value", between(Attribute::RfmMonetary, 3, 4)),
        ("low_value", between(Attribute::RfmMonetary, 1, 2)),
        ("champions", is(Attribute::RfmGroup, "champions")),
        ("at_risk", is(Attribute::RfmGroup, "at_risk")),
        ("points_expiring", points_expiring()),
        (
            "with_email_consent",
            Rule::All(vec![
                test(Attribute::ConsentEmail, Test::Flag(true)),
                test(Attribute::Email, Test::Set(true)),
            ]),
        ),
        (
            "no_contact",
            Rule::All(vec![
                test(Attribute::Phone, Test::Set(false)),
                test(Attribute::Email, Test::Set(false)),
            ]),
        ),
    ];
    rules.map(|(key, rule)| Ready { key, rule }).into()
}

/// Quiet for more than twice their usual gap and more than 14 days, but not so long that they count as churned.
/// The same rule as `insight::is_slipping_away`, in the language.
pub fn slipping_away(thresholds: &LifecycleThresholds) -> Rule {
    let most = i64::from(thresholds.churned_days);
    let least = i64::from(insight::MIN_QUIET_DAYS) + 1;
    if most < least {
        return Rule::Any(Vec::new());
    }
    Rule::All(vec![
        number(Attribute::ChurnRisk, Compare::Gt, "0.5"),
        between(Attribute::DaysSinceLastOrder, least, most),
    ])
}

/// Birthday within the next days, today among them.
pub fn birthday_within(days: u32) -> Rule {
    let span = Span {
        n: days,
        unit: Unit::Day,
    };
    date(Attribute::Birthday, DateTest::AnniversaryWithinNext(span))
}

/// Became a customer on one of these days, both included.
pub fn customers_between(from: Day, to: Day) -> Rule {
    date(Attribute::CustomerSince, DateTest::Between(from, to))
}

/// Spent at least so much in the last 12 months, the day asked for included.
pub fn spent_within_a_year(least: Money, currency: Currency) -> Rule {
    let least = Decimal {
        units: least.0,
        scale: currency.decimals(),
    };
    Rule::Orders(OrdersTest {
        conditions: Vec::new(),
        within: Within::Last(Span {
            n: 12,
            unit: Unit::Month,
        }),
        measure: Measure::Sum,
        test: NumberTest::Compare(Compare::Gte, least),
    })
}

/// Points expire within 30 days.
pub fn points_expiring() -> Rule {
    number(Attribute::PointsExpiring, Compare::Gt, "0")
}

fn test(attribute: Attribute, test: Test) -> Rule {
    Rule::Attribute { attribute, test }
}

fn is(attribute: Attribute, name: &str) -> Rule {
    let name = TextTest::Compare(TextOp::Eq, name.to_owned());
    test(attribute, Test::Text(name))
}

fn date(attribute: Attribute, it: DateTest) -> Rule {
    test(attribute, Test::Date(it))
}

fn number(attribute: Attribute, op: Compare, value: &str) -> Rule {
    // The texts are constants above, all of them decimals.
    let value = value.parse().unwrap_or(Decimal { units: 0, scale: 0 });
    test(attribute, Test::Number(NumberTest::Compare(op, value)))
}

fn between(attribute: Attribute, low: i64, high: i64) -> Rule {
    let whole = |units| Decimal { units, scale: 0 };
    let range = NumberTest::Between(whole(low), whole(high));
    test(attribute, Test::Number(range))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ready_rule_is_a_rule_of_the_language() {
        let ready = all(
            "2026-11-22".parse().unwrap(),
            &LifecycleThresholds::default(),
        );
        for it in &ready {
            assert_eq!(
                Rule::parse(&it.rule.to_json()).as_ref(),
                Ok(&it.rule),
                "{}",
                it.key
            );
        }
        let mut keys: Vec<_> = ready.iter().map(|it| it.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), ready.len());
    }

    #[test]
    fn ready_rules_read_as_documented() {
        let ready = all(
            "2026-11-22".parse().unwrap(),
            &LifecycleThresholds::default(),
        );
        let listed: Vec<String> = ready
            .iter()
            .map(|it| format!("{}: {}", it.key, it.rule.to_json()))
            .collect();
        expect_test::expect_file!["ready.expected.txt"].assert_eq(&(listed.join("\n") + "\n"));
    }
}
