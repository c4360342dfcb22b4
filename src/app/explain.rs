//! Why a customer is in a segment or not: the rule as a tree, at each node whether it holds and what the customer has.
//!
//! Shown on the customer's record and on the page of a segment.

use crate::router::Route;
use crate::state::{use_ask, use_currency, use_words};
use model::rule::{Attribute, Rule};
use model::{Currency, CustomerId, Day};
use protocol::{
    Actual, ActualOrder, ActualValue, ExplainOf, Explained, ExplainedNode, Query, Reply,
    SegmentQuery, SegmentReply,
};
use text::Words;
use ui::prelude::*;
use ui::{Icon, icon};

/// What texts need.
#[derive(Clone, Copy)]
struct Say {
    words: Words,
    currency: Currency,
}

/// The explanation, asked for when it is drawn.
#[component]
pub fn Explanation(
    /// Who.
    customer: CustomerId,
    /// In what.
    of: ExplainOf,
    /// The past day; `None` is today.
    as_of: Option<Day>,
) -> impl IntoView {
    let say = Say {
        words: use_words(),
        currency: use_currency(),
    };
    use_ask(move || {
        Query::Segment(SegmentQuery::Explain {
            customer,
            of: of.clone(),
            as_of,
        })
    })
    .view("rows", move |reply| match reply {
        Reply::Segment(reply) => match &**reply {
            SegmentReply::Explained(explained) => tree(say, explained),
            _ => ().into_any(),
        },
        _ => ().into_any(),
    })
}

fn tree(say: Say, explained: &Explained) -> AnyView {
    let words = say.words;
    let name = if explained.name.is_empty() {
        words.customers_unnamed()
    } else {
        &explained.name
    };
    let verdict = if explained.root.holds {
        words.explain_in(name)
    } else {
        words.explain_out(name)
    };
    view! {
        <div class="explanation">
            <p class="explain-verdict" data-holds=holds(explained.root.holds)>
                <Icon glyph=mark(explained.root.holds)/>
                <strong>{verdict}</strong>
            </p>
            <ul class="explain-tree">{node(say, &explained.root)}</ul>
        </div>
    }
    .into_any()
}

fn mark(holds: bool) -> ui::Glyph {
    if holds { icon::CHECK } else { icon::CLOSE }
}

fn holds(holds: bool) -> &'static str {
    if holds { "yes" } else { "no" }
}

fn node(say: Say, it: &ExplainedNode) -> AnyView {
    let words = say.words;
    let rule = Rule::parse(&it.rule).ok();
    let text = title(say, it, rule.as_ref());
    let said = if it.holds {
        words.explain_holds()
    } else {
        words.explain_fails()
    };
    let has = actual(say, &it.actual, rule.as_ref());
    let orders = match &it.actual {
        Actual::Orders { newest, .. } if !newest.is_empty() => Some(newest_orders(say, newest)),
        _ => None,
    };
    let below: Vec<AnyView> = it.children.iter().map(|child| node(say, child)).collect();
    view! {
        <li class="explain-node" class:decides=it.decides data-holds=holds(it.holds)>
            <p class="explain-line">
                <Icon glyph=mark(it.holds)/>
                <span class="visually-hidden">{said}</span>
                <span class="explain-asked">{text}</span>
                {has.map(|has| view! { <span class="explain-has">{has}</span> })}
            </p>
            {orders}
            {(!below.is_empty()).then(|| view! { <ul>{below}</ul> })}
        </li>
    }
    .into_any()
}

/// What the node asks: groups by how they hold together, everything else as a sentence.
fn title(say: Say, it: &ExplainedNode, rule: Option<&Rule>) -> String {
    let words = say.words;
    match (rule, &it.actual) {
        (Some(Rule::All(nodes)), _) if !nodes.is_empty() => words.explain_all().to_owned(),
        (Some(Rule::Any(nodes)), _) if !nodes.is_empty() => words.explain_any().to_owned(),
        (Some(Rule::Not(_)), _) => words.explain_not().to_owned(),
        (_, Actual::Segment { name }) => words.rule_named(&it.rule, say.currency, &|_| {
            (!name.is_empty()).then(|| name.clone())
        }),
        _ => words.rule_in(&it.rule, say.currency),
    }
}

/// What the customer has there.
fn actual(say: Say, actual: &Actual, rule: Option<&Rule>) -> Option<String> {
    let words = say.words;
    Some(match actual {
        Actual::Group { holding, of } if *of > 1 => {
            words.explain_of(&holding.to_string(), &of.to_string())
        }
        Actual::Group { .. } | Actual::Segment { .. } => return None,
        Actual::Value(found) => {
            let name = match rule {
                Some(Rule::Attribute { attribute, .. }) => attribute.name().into_owned(),
                _ => String::new(),
            };
            words.explain_has(&value(say, &name, found))
        }
        Actual::Orders { value: found, .. } => words.explain_measured(&value(say, "", found)),
        Actual::Events {
            value: found,
            newest,
            ..
        } => {
            let measured = words.explain_measured(&value(say, "", found));
            match newest.first() {
                Some(day) => [&measured, " · ", &words.explain_last(&words.day(*day))].concat(),
                None => measured,
            }
        }
        Actual::Draw(number) => words.explain_draw(number),
    })
}

fn value(say: Say, name: &str, found: &ActualValue) -> String {
    let words = say.words;
    match found {
        ActualValue::Missing => words.explain_missing().to_owned(),
        ActualValue::Text(text) => words.choice(name, text),
        ActualValue::List(list) if list.is_empty() => words.explain_missing().to_owned(),
        ActualValue::List(list) => list.join(match words.locale {
            text::Locale::ZhCn => "、",
            text::Locale::En => ", ",
        }),
        ActualValue::Flag(true) => words.explain_yes().to_owned(),
        ActualValue::Flag(false) => words.explain_no().to_owned(),
        ActualValue::Number(number) => match number.parse() {
            Ok(whole) => words.number(whole),
            Err(_) => shortened(number, name),
        },
        ActualValue::Money(money) => words.money(*money, say.currency),
        ActualValue::Day(day) => words.day(*day),
        ActualValue::Birthday(text) => match text.parse() {
            Ok(birthday) => words.birthday(birthday),
            Err(_) => text.clone(),
        },
    }
}

/// A fraction with as many places as tell people something.
fn shortened(number: &str, name: &str) -> String {
    let places = if name == Attribute::ChurnRisk.name() {
        2
    } else {
        4
    };
    match number.split_once('.') {
        Some((whole, fraction)) => {
            let kept: String = fraction.chars().take(places).collect();
            [whole, ".", &kept].concat()
        }
        None => number.to_owned(),
    }
}

fn newest_orders(say: Say, orders: &[ActualOrder]) -> AnyView {
    let words = say.words;
    let rows: Vec<AnyView> = orders
        .iter()
        .map(|order| {
            let amount = match order.amount {
                Some(amount) => words.money(amount, say.currency),
                None => words.explain_no_rate().to_owned(),
            };
            view! {
                <li>
                    <a href=Route::Order(order.id).href()>{words.day(order.day)}</a>
                    " "
                    <span class="quiet-text">{amount}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="explain-orders" aria-label=words.explain_orders()>{rows}</ul> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use text::Locale;

    #[test]
    fn what_a_customer_has_reads_as_people_say_it() {
        let say = |locale| Say {
            words: Words::new(locale),
            currency: Currency::CNY,
        };
        for (name, found, zh, en) in [
            (
                "gender",
                ActualValue::Text("female".to_owned()),
                "女",
                "Female",
            ),
            ("age", ActualValue::Number("31".to_owned()), "31", "31"),
            (
                "churn_risk",
                ActualValue::Number("0.5333333".to_owned()),
                "0.53",
                "0.53",
            ),
            (
                "tags",
                ActualValue::List(vec!["a".to_owned(), "b".to_owned()]),
                "a、b",
                "a, b",
            ),
            (
                "tags",
                ActualValue::List(Vec::new()),
                "没有记录",
                "nothing on record",
            ),
            (
                "spend",
                ActualValue::Money(model::Money(123_450)),
                "¥1,234.50",
                "¥1,234.50",
            ),
            (
                "birthday",
                ActualValue::Birthday("--05-17".to_owned()),
                "5月17日",
                "17 May",
            ),
            ("nps", ActualValue::Missing, "没有记录", "nothing on record"),
        ] {
            assert_eq!(value(say(Locale::ZhCn), name, &found), zh);
            assert_eq!(value(say(Locale::En), name, &found), en);
        }
    }
}
