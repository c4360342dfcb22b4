//! Random rules, close enough to the random business that many hold for some of it.

use super::world::{DAYS, KINDS, PLACES, PRODUCTS, WORDS, first_day};
use model::rule::*;
use model::{Day, Decimal};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

fn day() -> impl Strategy<Value = Day> {
    (-60i32..DAYS + 60).prop_map(|day| first_day().plus_days(day))
}

fn day_pair() -> impl Strategy<Value = (Day, Day)> {
    (day(), day()).prop_map(|(a, b)| (a.min(b), a.max(b)))
}

fn span() -> impl Strategy<Value = Span> {
    (1u32..400, select(Unit::ALL)).prop_map(|(n, unit)| {
        let n = match unit {
            Unit::Day => n,
            Unit::Week => n / 7 + 1,
            Unit::Month | Unit::Quarter | Unit::Year => n / 40 + 1,
        };
        Span { n, unit }
    })
}

/// Decimals with up to `scale` decimals, in the form that reading gives them.
fn decimal(low: i64, high: i64, scale: u32) -> impl Strategy<Value = Decimal> {
    (low..=high).prop_map(move |units| {
        let text = Decimal { units, scale }.to_string();
        text.parse().unwrap()
    })
}

fn number(low: i64, high: i64, scale: u32) -> impl Strategy<Value = NumberTest> {
    let pair = (low..=high, low..=high).prop_map(move |(a, b)| {
        let one = |units| Decimal { units, scale }.to_string().parse().unwrap();
        (one(a.min(b)), one(a.max(b)))
    });
    prop_oneof![
        4 => (select(Compare::ALL), decimal(low, high, scale))
            .prop_map(|(op, value)| NumberTest::Compare(op, value)),
        1 => pair.clone().prop_map(|(a, b)| NumberTest::Between(a, b)),
        1 => pair.prop_map(|(a, b)| NumberTest::NotBetween(a, b)),
    ]
}

fn numeric(low: i64, high: i64, scale: u32) -> impl Strategy<Value = Test> {
    prop_oneof![
        6 => number(low, high, scale).prop_map(Test::Number),
        1 => any::<bool>().prop_map(Test::Set),
    ]
}

fn text(from: &'static [&'static str]) -> impl Strategy<Value = Test> {
    let one = move || select(from).prop_map(str::to_owned);
    prop_oneof![
        5 => (select(TextOp::ALL), one())
            .prop_map(|(op, text)| Test::Text(TextTest::Compare(op, text))),
        1 => vec(one(), 1..3).prop_map(|texts| Test::Text(TextTest::In(texts))),
        1 => vec(one(), 1..3).prop_map(|texts| Test::Text(TextTest::NotIn(texts))),
        1 => any::<bool>().prop_map(Test::Set),
    ]
}

fn date() -> impl Strategy<Value = DateTest> {
    prop_oneof![
        day().prop_map(DateTest::On),
        day().prop_map(DateTest::Before),
        day().prop_map(DateTest::After),
        day_pair().prop_map(|(a, b)| DateTest::Between(a, b)),
        span().prop_map(DateTest::WithinLast),
        span().prop_map(DateTest::WithinNext),
        span().prop_map(DateTest::MoreThanAgo),
        span().prop_map(DateTest::AnniversaryWithinNext),
        (1u32..=12).prop_map(DateTest::InMonth),
    ]
}

fn dated() -> impl Strategy<Value = Test> {
    prop_oneof![
        8 => date().prop_map(Test::Date),
        1 => any::<bool>().prop_map(Test::Set),
    ]
}

fn flagged() -> impl Strategy<Value = Test> {
    prop_oneof![
        3 => any::<bool>().prop_map(Test::Flag),
        1 => any::<bool>().prop_map(Test::Set),
    ]
}

fn attribute() -> impl Strategy<Value = Rule> {
    let on = |attributes: &'static [Attribute], tests: BoxedStrategy<Test>| {
        (select(attributes), tests)
            .prop_map(|(attribute, test)| Rule::Attribute { attribute, test })
            .boxed()
    };
    use Attribute::*;
    let known = vec![
        on(&[Province, Province, City], text(&PLACES).boxed()),
        on(
            &[Name, Email],
            text(&["Ann", "ＡＮＮ", "小", "a@", "@x.cn"]).boxed(),
        ),
        on(&[Gender], text(&["female", "Male", "other"]).boxed()),
        on(&[Kind], text(&["person", "company"]).boxed()),
        on(
            &[Lifecycle],
            text(&["prospect", "new", "active", "dormant", "churned"]).boxed(),
        ),
        on(
            &[RfmGroup],
            text(&["champions", "loyal", "active", "dormant", "prospects"]).boxed(),
        ),
        on(&[Tier], text(&["gold", "Silver"]).boxed()),
        on(&[Age], numeric(-1, 70, 0).boxed()),
        on(
            &[OrderCount, RfmRecency, RfmFrequency, RfmMonetary],
            numeric(0, 6, 0).boxed(),
        ),
        on(&[DaysSinceLastOrder], numeric(-10, 400, 0).boxed()),
        on(
            &[Spend, AverageOrderValue, Clv],
            numeric(0, 15_000_000, 5).boxed(),
        ),
        on(&[ChurnRisk], numeric(0, 10, 1).boxed()),
        on(&[PointsBalance, PointsExpiring], numeric(-5, 5, 0).boxed()),
        on(&[Nps], numeric(-4, 16, 1).boxed()),
        on(
            &[Birthday, SignupOn, CustomerSince, FirstOrderOn, LastOrderOn],
            dated().boxed(),
        ),
        on(&[ConsentEmail, ConsentSms, ConsentPhone], flagged().boxed()),
    ];
    let open = prop_oneof![
        (
            select(&[Tags, Interests][..]),
            prop_oneof![
                (
                    select(ListOp::ALL),
                    vec(select(&WORDS[..]).prop_map(str::to_owned), 1..3)
                )
                    .prop_map(|(op, values)| Test::List { op, values }),
                any::<bool>().prop_map(Test::Set),
            ]
        )
            .prop_map(|(attribute, test)| Rule::Attribute { attribute, test }),
        (select(&["a", "b", "nobody"][..]), open_test()).prop_map(|(key, test)| Rule::Attribute {
            attribute: Custom(key.to_owned()),
            test
        }),
    ];
    prop_oneof![8 => proptest::strategy::Union::new(known), 2 => open]
}

/// A test of something that may be of any kind.
fn open_test() -> impl Strategy<Value = Test> {
    prop_oneof![
        text(&["x", "Ｘ", "2026"]),
        numeric(-4, 10, 1),
        flagged(),
        date().prop_map(Test::Date),
    ]
}

fn within() -> impl Strategy<Value = Within> {
    prop_oneof![
        Just(Within::AllTime),
        span().prop_map(Within::Last),
        day_pair().prop_map(|(a, b)| Within::Between(a, b)),
    ]
}

fn order_condition() -> impl Strategy<Value = Condition> {
    let on = |field: Field, tests: BoxedStrategy<Test>| {
        tests
            .prop_map(move |test| Condition {
                field: field.clone(),
                test,
            })
            .boxed()
    };
    prop_oneof![
        on(
            Field::Category,
            text(&["drinks", "Gift Card", "cup"]).boxed()
        ),
        on(Field::Product, text(&PRODUCTS).boxed()),
        on(Field::Quantity, numeric(0, 35, 1).boxed()),
        on(Field::Amount, numeric(0, 900_000, 4).boxed()),
        on(Field::Channel, text(&["shop", "Online"]).boxed()),
        on(Field::Coupon, text(&["C1", "c"]).boxed()),
        on(
            Field::Status,
            text(&["paid", "refunded", "cancelled"]).boxed()
        ),
        on(Field::DayOfWeek, numeric(0, 8, 0).boxed()),
        on(Field::Hour, numeric(0, 24, 0).boxed()),
    ]
}

fn orders() -> impl Strategy<Value = Rule> {
    let test = select(Measure::ALL).prop_flat_map(|measure| {
        let tests = match measure {
            it if it.is_money() => number(0, 15_000_000, 5).boxed(),
            Measure::Quantity => number(0, 100, 1).boxed(),
            Measure::DaysSinceFirst | Measure::DaysSinceLast => number(0, 500, 0).boxed(),
            _ => number(0, 5, 0).boxed(),
        };
        (Just(measure), tests)
    });
    (vec(order_condition(), 0..3), within(), test).prop_map(
        |(conditions, within, (measure, test))| {
            Rule::Orders(OrdersTest {
                conditions,
                within,
                measure,
                test,
            })
        },
    )
}

fn event_condition() -> impl Strategy<Value = Condition> {
    prop_oneof![
        (select(&["nps", "amount", "page", "none"][..]), open_test()).prop_map(|(key, test)| {
            Condition {
                field: Field::Data(key.to_owned()),
                test,
            }
        }),
        text(&["x", "2026-01-31"]).prop_map(|test| Condition {
            field: Field::Product,
            test
        }),
        numeric(-4, 10, 1).prop_map(|test| Condition {
            field: Field::Amount,
            test
        }),
        numeric(0, 24, 0).prop_map(|test| Condition {
            field: Field::Hour,
            test
        }),
    ]
}

fn events() -> impl Strategy<Value = Rule> {
    let kind = select(&KINDS[..]);
    let test = (select(Measure::ALL), number(-8, 20, 1));
    (kind, vec(event_condition(), 0..2), within(), test).prop_map(
        |(kind, conditions, within, (measure, test))| {
            Rule::Events(EventsTest {
                kind: kind.to_owned(),
                conditions,
                within,
                measure,
                test,
            })
        },
    )
}

fn leaf() -> BoxedStrategy<Rule> {
    prop_oneof![
        6 => attribute(),
        4 => orders(),
        2 => events(),
        1 => (decimal(0, 1000, 1), select(&["s", "t"][..])).prop_map(|(percent, seed)| {
            Rule::Sample { percent, seed: seed.to_owned() }
        }),
    ]
    .boxed()
}

/// One test without nodes around it.
pub(super) fn single() -> BoxedStrategy<Rule> {
    leaf()
}

fn nested(leaf: BoxedStrategy<Rule>) -> BoxedStrategy<Rule> {
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Rule::All),
            vec(inner.clone(), 0..4).prop_map(Rule::Any),
            inner.prop_map(|node| Rule::Not(Box::new(node))),
        ]
    })
    .boxed()
}

/// A rule that names no segment.
pub(super) fn closed_rule() -> BoxedStrategy<Rule> {
    nested(leaf())
}

/// A rule that may name the segments `a` and `b`.
pub(super) fn rule() -> BoxedStrategy<Rule> {
    let segment = select(&["a", "b"][..]).prop_map(|id| Rule::Segment(id.to_owned()));
    nested(prop_oneof![8 => leaf(), 1 => segment].boxed())
}
