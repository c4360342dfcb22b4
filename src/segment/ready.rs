//! Ready-made segments: rules every business starts with, in the language everybody else's are in.
//!
//! What is frequent or high is relative to the business's own customers, through the RFM scores, so that the rules
//! fit a café and a jeweller. Keys are stable; the names a person reads are in `text`.

use crate::Columns;
use model::rule::{
    Attribute, Compare, Condition, DateTest, Field, ListOp, Measure, NumberTest, OrdersTest, Rule,
    Span, Test, TextOp, TextTest, Unit, Within,
};
use model::{Currency, Day, Decimal, LifecycleThresholds, Money};

/// A segment that is there from the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// Stable name, worded in `text`.
    pub key: &'static str,
    /// The value of the data that it is about, as the city most customers live in; empty for most.
    pub about: String,
    /// Its rule for the day and thresholds asked for.
    pub rule: Rule,
}

/// What is most frequent in the data: the values of segments by place, product, interest ... `None` where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The province most customers live in.
    pub province: Option<String>,
    /// The city most customers live in.
    pub city: Option<String>,
    /// The interest most customers have.
    pub interest: Option<String>,
    /// The channel of most orders.
    pub channel: Option<String>,
    /// The category of most lines.
    pub category: Option<String>,
    /// The product of most lines.
    pub product: Option<String>,
    /// The size most companies have.
    pub company_size: Option<String>,
    /// The industry of most companies.
    pub industry: Option<String>,
}

impl Facts {
    /// Counts them. Ties go by the text.
    pub fn of(columns: &Columns) -> Self {
        let customers = |attribute| first(columns.values(&attribute, "", 1));
        let orders = |field| first(columns.values_of_orders(&field, "", 1));
        Self {
            province: customers(Attribute::Province),
            city: customers(Attribute::City),
            interest: customers(Attribute::Interests),
            channel: orders(Field::Channel),
            category: orders(Field::Category),
            product: orders(Field::Product),
            company_size: customers(Attribute::CompanySize),
            industry: customers(Attribute::Industry),
        }
    }
}

fn first(values: Vec<(String, u64)>) -> Option<String> {
    values.into_iter().next().map(|(value, _)| value)
}

/// All of them, in the order they are shown. Those about a value of the data are left out where there is none.
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
/// | `loyal` | RFM group champions or loyal |
/// | `potentially_loyal` | RFM group active or promising |
/// | `lost` | RFM group previously loyal, almost lost or dormant |
/// | `points_expiring` | points expire within 30 days |
/// | `in_top_province`, `in_top_city` | live where most customers live |
/// | `elsewhere` | live in another city than most |
/// | `women_25_34`, `aged_under_25`, `aged_35_49` | by gender and age |
/// | `top_interest` | has the interest most have |
/// | `explorers` | at least 5 different products in a year |
/// | `habitual` | at least 3 orders in a year, all of the same product |
/// | `recommends`, `critics` | last answer 9 or 10, 0 to 6 |
/// | `weekend_buyers`, `evening_buyers` | at least 2 orders in half a year on Saturdays and Sundays, from 18:00 on |
/// | `top_channel` | bought in a year through the channel of most orders |
/// | `coupon_users` | at least 2 orders with a coupon in a year |
/// | `top_category`, `top_product` | bought in a year what most lines are of |
/// | `companies` | companies |
/// | `top_company_size`, `top_industry` | companies of the size, industry most have |
/// | `with_email_consent` | agreed to e-mail and has an address |
/// | `no_contact` | neither phone nor e-mail |
pub fn all(as_of: Day, thresholds: &LifecycleThresholds, facts: &Facts) -> Vec<Ready> {
    let mut ready = state(as_of, thresholds);
    ready.extend(place_and_person(facts));
    ready.extend(taste(facts));
    ready.extend(behaviour(facts));
    ready.extend(companies(facts));
    ready.push(plain(
        "with_email_consent",
        Rule::All(vec![
            test(Attribute::ConsentEmail, Test::Flag(true)),
            test(Attribute::Email, Test::Set(true)),
        ]),
    ));
    ready.push(plain(
        "no_contact",
        Rule::All(vec![
            test(Attribute::Phone, Test::Set(false)),
            test(Attribute::Email, Test::Set(false)),
        ]),
    ));
    ready
}

fn plain(key: &'static str, rule: Rule) -> Ready {
    Ready {
        key,
        about: String::new(),
        rule,
    }
}

/// One about a value of the data.
fn about(
    key: &'static str,
    value: Option<&String>,
    rule: impl FnOnce(&str) -> Rule,
) -> Option<Ready> {
    let value = value?;
    Some(Ready {
        key,
        about: value.clone(),
        rule: rule(value),
    })
}

/// How customers stand: stage, frequency, value, loyalty, points.
fn state(as_of: Day, thresholds: &LifecycleThresholds) -> Vec<Ready> {
    let several = || number(Attribute::OrderCount, Compare::Gte, "2");
    let in_month = date(Attribute::Birthday, DateTest::InMonth(as_of.month()));
    let groups = |names: &[&str]| one_of(Attribute::RfmGroup, names);
    let frequency =
        |low, high| Rule::All(vec![several(), between(Attribute::RfmFrequency, low, high)]);
    vec![
        plain("birthday_this_month", in_month),
        plain("birthday_next_7_days", birthday_within(7)),
        plain("new_customers", is(Attribute::Lifecycle, "new")),
        plain("active", is(Attribute::Lifecycle, "active")),
        plain("slipping_away", slipping_away(thresholds)),
        plain("dormant", is(Attribute::Lifecycle, "dormant")),
        plain("churned", is(Attribute::Lifecycle, "churned")),
        plain("no_order_yet", is(Attribute::Lifecycle, "prospect")),
        plain("frequent", frequency(4, 5)),
        plain("occasional", frequency(1, 3)),
        plain("one_time", number(Attribute::OrderCount, Compare::Eq, "1")),
        plain(
            "high_value",
            number(Attribute::RfmMonetary, Compare::Eq, "5"),
        ),
        plain("middle_value", between(Attribute::RfmMonetary, 3, 4)),
        plain("low_value", between(Attribute::RfmMonetary, 1, 2)),
        plain("champions", is(Attribute::RfmGroup, "champions")),
        plain("at_risk", is(Attribute::RfmGroup, "at_risk")),
        plain("loyal", groups(&["champions", "loyal"])),
        plain("potentially_loyal", groups(&["active", "promising"])),
        plain(
            "lost",
            groups(&["previously_loyal", "almost_lost", "dormant"]),
        ),
        plain("points_expiring", points_expiring()),
    ]
}

/// Where they live, and who they are.
fn place_and_person(facts: &Facts) -> Vec<Ready> {
    let city = facts.city.as_ref();
    let placed = [
        about("in_top_province", facts.province.as_ref(), |name| {
            is(Attribute::Province, name)
        }),
        about("in_top_city", city, |name| is(Attribute::City, name)),
        about("elsewhere", city, |name| {
            let other = TextTest::Compare(TextOp::Ne, name.to_owned());
            test(Attribute::City, Test::Text(other))
        }),
    ];
    let women = Rule::All(vec![
        is(Attribute::Gender, "female"),
        between(Attribute::Age, 25, 34),
    ]);
    let mut ready: Vec<Ready> = placed.into_iter().flatten().collect();
    ready.push(plain("women_25_34", women));
    ready.push(plain(
        "aged_under_25",
        number(Attribute::Age, Compare::Lt, "25"),
    ));
    ready.push(plain("aged_35_49", between(Attribute::Age, 35, 49)));
    ready
}

/// What they like and think.
fn taste(facts: &Facts) -> Vec<Ready> {
    let interest = about("top_interest", facts.interest.as_ref(), |name| {
        let test = Test::List {
            op: ListOp::AnyOf,
            values: vec![name.to_owned()],
        };
        Rule::Attribute {
            attribute: Attribute::Interests,
            test,
        }
    });
    let products = |op, count| of_orders(Vec::new(), 12, Measure::DistinctProducts, op, count);
    let habitual = Rule::All(vec![
        of_orders(Vec::new(), 12, Measure::Count, Compare::Gte, 3),
        products(Compare::Eq, 1),
    ]);
    let mut ready: Vec<Ready> = interest.into_iter().collect();
    ready.push(plain("explorers", products(Compare::Gte, 5)));
    ready.push(plain("habitual", habitual));
    ready.push(plain("recommends", between(Attribute::Nps, 9, 10)));
    ready.push(plain("critics", between(Attribute::Nps, 0, 6)));
    ready
}

/// What they do: when, where, with what and what they buy.
fn behaviour(facts: &Facts) -> Vec<Ready> {
    let at_least = |field, low| Condition {
        field,
        test: Test::Number(NumberTest::Compare(
            Compare::Gte,
            Decimal {
                units: low,
                scale: 0,
            },
        )),
    };
    let twice = |condition| of_orders(vec![condition], 6, Measure::Count, Compare::Gte, 2);
    let bought = |field: Field| {
        move |value: &str| {
            let test = Test::Text(TextTest::Compare(TextOp::Eq, value.to_owned()));
            of_orders(
                vec![Condition { field, test }],
                12,
                Measure::Count,
                Compare::Gte,
                1,
            )
        }
    };
    let coupon = Condition {
        field: Field::Coupon,
        test: Test::Set(true),
    };
    let coupons = of_orders(vec![coupon], 12, Measure::Count, Compare::Gte, 2);
    let mut ready = vec![
        plain("weekend_buyers", twice(at_least(Field::DayOfWeek, 6))),
        plain("evening_buyers", twice(at_least(Field::Hour, 18))),
        plain("coupon_users", coupons),
    ];
    let named = [
        about(
            "top_channel",
            facts.channel.as_ref(),
            bought(Field::Channel),
        ),
        about(
            "top_category",
            facts.category.as_ref(),
            bought(Field::Category),
        ),
        about(
            "top_product",
            facts.product.as_ref(),
            bought(Field::Product),
        ),
    ];
    ready.extend(named.into_iter().flatten());
    ready
}

fn companies(facts: &Facts) -> Vec<Ready> {
    let company = || is(Attribute::Kind, "company");
    let of =
        |attribute: Attribute| move |name: &str| Rule::All(vec![company(), is(attribute, name)]);
    let mut ready = vec![plain("companies", company())];
    let named = [
        about(
            "top_company_size",
            facts.company_size.as_ref(),
            of(Attribute::CompanySize),
        ),
        about(
            "top_industry",
            facts.industry.as_ref(),
            of(Attribute::Industry),
        ),
    ];
    ready.extend(named.into_iter().flatten());
    ready
}

/// A measure over orders of the last months.
fn of_orders(
    conditions: Vec<Condition>,
    months: u32,
    measure: Measure,
    op: Compare,
    count: i64,
) -> Rule {
    Rule::Orders(OrdersTest {
        conditions,
        within: Within::Last(Span {
            n: months,
            unit: Unit::Month,
        }),
        measure,
        test: NumberTest::Compare(
            op,
            Decimal {
                units: count,
                scale: 0,
            },
        ),
    })
}

/// Is one of these names.
fn one_of(attribute: Attribute, names: &[&str]) -> Rule {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    test(attribute, Test::Text(TextTest::In(names)))
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

    fn facts() -> Facts {
        let some = |name: &str| Some(name.to_owned());
        Facts {
            province: some("浙江省"),
            city: some("杭州市"),
            interest: some("手冲"),
            channel: some("门店"),
            category: some("咖啡"),
            product: some("拿铁"),
            company_size: some("10-49"),
            industry: some("教育"),
        }
    }

    #[test]
    fn what_the_data_has_no_value_for_is_left_out() {
        let day = "2026-11-22".parse().unwrap();
        let thresholds = LifecycleThresholds::default();
        let with = all(day, &thresholds, &facts());
        let without = all(day, &thresholds, &Facts::default());
        let missing: Vec<_> = with
            .iter()
            .filter(|it| !without.iter().any(|other| other.key == it.key))
            .map(|it| (it.key, it.about.as_str()))
            .collect();
        assert_eq!(
            missing,
            [
                ("in_top_province", "浙江省"),
                ("in_top_city", "杭州市"),
                ("elsewhere", "杭州市"),
                ("top_interest", "手冲"),
                ("top_channel", "门店"),
                ("top_category", "咖啡"),
                ("top_product", "拿铁"),
                ("top_company_size", "10-49"),
                ("top_industry", "教育"),
            ]
        );
    }

    #[test]
    fn every_ready_rule_is_a_rule_of_the_language() {
        let ready = all(
            "2026-11-22".parse().unwrap(),
            &LifecycleThresholds::default(),
            &facts(),
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
            &facts(),
        );
        let listed: Vec<String> = ready
            .iter()
            .map(|it| format!("{}: {}", it.key, it.rule.to_json()))
            .collect();
        expect_test::expect_file!["ready.expected.txt"].assert_eq(&(listed.join("\n") + "\n"));
    }
}
