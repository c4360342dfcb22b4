//! The normal form: rules that say the same in another order or in other words become one rule.
//!
//! | written | normal |
//! | --- | --- |
//! | children of `all` and `any`, conditions, words in another order, or twice | sorted by their text, once |
//! | `all` in `all`, `any` in `any` | the children in the outer one |
//! | `all` or `any` of one node; `not` of `not` | the node |
//! | `in` or `not_in` one text | `eq`, `ne` |
//! | `between` a number or day and itself; `not_between` | `eq` or `on`; `ne` |
//! | `all_of` one word | `any_of` |
//! | weeks, quarters, years | days, months |
//!
//! The normal form holds for exactly the same customers.

use super::*;

/// Most of a unit in one span.
const MOST: u32 = 100_000;

pub(super) fn rule(it: &Rule) -> Rule {
    match it {
        Rule::All(nodes) => group(nodes, true),
        Rule::Any(nodes) => group(nodes, false),
        Rule::Not(node) => match rule(node) {
            Rule::Not(inner) => *inner,
            other => Rule::Not(Box::new(other)),
        },
        Rule::Attribute { attribute, test } => Rule::Attribute {
            attribute: attribute.clone(),
            test: self::test(test),
        },
        Rule::Orders(it) => Rule::Orders(OrdersTest {
            conditions: conditions(&it.conditions),
            within: within(it.within),
            measure: it.measure,
            test: number(&it.test),
        }),
        Rule::Events(it) => Rule::Events(EventsTest {
            kind: it.kind.clone(),
            conditions: conditions(&it.conditions),
            within: within(it.within),
            measure: it.measure,
            test: number(&it.test),
        }),
        Rule::Segment(_) | Rule::Sample { .. } => it.clone(),
    }
}

fn group(nodes: &[Rule], all: bool) -> Rule {
    let mut flat = Vec::with_capacity(nodes.len());
    for node in nodes {
        match (rule(node), all) {
            (Rule::All(inner), true) | (Rule::Any(inner), false) => flat.extend(inner),
            (other, _) => flat.push(other),
        }
    }
    flat.sort_by_cached_key(Rule::to_json);
    flat.dedup();
    if flat.len() == 1
        && let Some(only) = flat.pop()
    {
        return only;
    }
    if all {
        Rule::All(flat)
    } else {
        Rule::Any(flat)
    }
}

fn conditions(written: &[Condition]) -> Vec<Condition> {
    let mut conditions: Vec<Condition> = written
        .iter()
        .map(|it| Condition {
            field: it.field.clone(),
            test: test(&it.test),
        })
        .collect();
    conditions.sort_by_cached_key(write::condition);
    conditions.dedup();
    conditions
}

fn test(it: &Test) -> Test {
    match it {
        Test::Set(_) | Test::Flag(_) => it.clone(),
        Test::Text(it) => Test::Text(text(it)),
        Test::Number(it) => Test::Number(number(it)),
        Test::Date(it) => Test::Date(date(*it)),
        Test::List { op, values } => {
            let values = words(values);
            let one = values.len() == 1 && *op == ListOp::AllOf;
            Test::List {
                op: if one { ListOp::AnyOf } else { *op },
                values,
            }
        }
    }
}

fn words(written: &[String]) -> Vec<String> {
    let mut words = written.to_vec();
    words.sort();
    words.dedup();
    words
}

fn text(it: &TextTest) -> TextTest {
    let (op, texts, inside) = match it {
        TextTest::Compare(..) => return it.clone(),
        TextTest::In(texts) => (TextOp::Eq, words(texts), true),
        TextTest::NotIn(texts) => (TextOp::Ne, words(texts), false),
    };
    match (texts.as_slice(), inside) {
        ([one], _) => TextTest::Compare(op, one.clone()),
        (_, true) => TextTest::In(texts),
        (_, false) => TextTest::NotIn(texts),
    }
}

fn number(it: &NumberTest) -> NumberTest {
    match it {
        NumberTest::Between(low, high) if low == high => NumberTest::Compare(Compare::Eq, *low),
        NumberTest::NotBetween(low, high) if low == high => NumberTest::Compare(Compare::Ne, *low),
        other => other.clone(),
    }
}

fn date(it: DateTest) -> DateTest {
    match it {
        DateTest::Between(from, to) if from == to => DateTest::On(from),
        DateTest::WithinLast(it) => DateTest::WithinLast(span(it)),
        DateTest::WithinNext(it) => DateTest::WithinNext(span(it)),
        DateTest::MoreThanAgo(it) => DateTest::MoreThanAgo(span(it)),
        DateTest::AnniversaryWithinNext(it) => DateTest::AnniversaryWithinNext(span(it)),
        other => other,
    }
}

fn within(it: Within) -> Within {
    match it {
        Within::Last(it) => Within::Last(span(it)),
        other => other,
    }
}

/// A week is seven days, a quarter three months and a year twelve, wherever a span is counted from.
fn span(it: Span) -> Span {
    let (factor, unit) = match it.unit {
        Unit::Week => (7, Unit::Day),
        Unit::Quarter => (3, Unit::Month),
        Unit::Year => (12, Unit::Month),
        Unit::Day | Unit::Month => return it,
    };
    match it.n.saturating_mul(factor) {
        n if n <= MOST => Span { n, unit },
        // Beyond what a rule may say.
        _ => it,
    }
}
