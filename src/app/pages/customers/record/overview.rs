//! The overview: key numbers, spend by month, favourite categories, groups, profile.

use super::super::Shared;
use super::profile::profile;
use crate::pages::segments::WhyScores;
use crate::state::{use_currency, use_today, use_words};
use model::{Currency, Money};
use protocol::{CustomerFacts, CustomerView};
use text::Words;
use ui::chart::{Bar, Bars, Figure};
use ui::prelude::*;
use ui::{Chip, Skeleton, StatNumber};

/// The overview of a customer.
pub fn overview(view: &CustomerView) -> AnyView {
    let words = use_words();
    let currency = use_currency();
    let numbers = match &view.facts {
        Some(facts) if facts.order_count == 0 && view.orders_recorded > 0 => view! {
            <p class="quiet-text">
                {words.customers_bought_returned()} " "
                <a href=tab(view, "orders")>{words.customers_bought_returned_open()}</a>
            </p>
        }
        .into_any(),
        Some(facts) if facts.order_count == 0 => {
            view! { <p class="quiet-text">{words.customers_bought_never()}</p> }.into_any()
        }
        Some(facts) => numbers(words, currency, view, facts),
        None => view! {
            <p class="quiet-text" role="status">{words.customers_facts_coming()}</p>
            <Skeleton lines=4 shape="tiles"/>
        }
        .into_any(),
    };
    let has_orders = view
        .facts
        .as_ref()
        .is_some_and(|facts| facts.order_count > 0);
    view! {
        {numbers}
        {has_orders.then(|| view! { <WhyScores customer=view.customer.id/> })}
        {has_orders.then(|| spend(words, currency, view))}
        {(!view.top_categories.is_empty()).then(|| categories(words, currency, view))}
        {segments(words, view)}
        {profile(view)}
    }
    .into_any()
}

/// The link to a tab of this customer.
fn tab(view: &CustomerView, key: &str) -> String {
    expect_context::<Shared>().tab_href(view.customer.id, key)
}

/// The key numbers; each says how it is counted and opens its orders or points.
fn numbers(
    words: Words,
    currency: Currency,
    view: &CustomerView,
    facts: &CustomerFacts,
) -> AnyView {
    let orders = tab(view, "orders");
    let number = |label: &'static str,
                  means: &'static str,
                  (unit, value, note): (String, String, String),
                  href: String| {
        let definition_label = words.home_define(label);
        view! { <StatNumber label value unit note href definition=means definition_label/> }
            .into_any()
    };
    let plain = |value: String, note: String| (String::new(), value, note);
    let money = |amount: Option<Money>| match amount {
        Some(amount) => {
            let parts = words.money_parts(amount, currency);
            (
                [parts.sign, &parts.unit].concat(),
                parts.digits,
                String::new(),
            )
        }
        None => plain("–".to_owned(), String::new()),
    };
    let today = use_today();
    let last = match facts.last_order_on {
        Some(day) => plain(words.relative(day, today), words.day(day)),
        None => plain(words.customers_key_never().to_owned(), String::new()),
    };
    let gap = match facts.usual_gap_days {
        Some(days) => plain(words.customers_key_gap_days(u64::from(days)), String::new()),
        None => plain("–".to_owned(), words.customers_key_gap_unknown().to_owned()),
    };
    let count = plain(words.count(facts.order_count), String::new());
    let balance = facts.balance.map(|points| {
        let balance = plain(words.number(points.0), String::new());
        number(
            words.customers_key_balance(),
            words.customers_key_balance_means(),
            balance,
            tab(view, "points"),
        )
    });
    view! {
        <div class="key-numbers">
            {number(words.customers_key_spend(), words.customers_key_spend_means(), money(Some(facts.spend)), orders.clone())}
            {number(words.customers_key_orders(), words.customers_key_orders_means(), count, orders.clone())}
            {number(words.customers_key_average(), words.customers_key_average_means(), money(facts.average_order_value), orders.clone())}
            {number(words.customers_key_last(), words.customers_key_last_means(), last, orders.clone())}
            {number(words.customers_key_gap(), words.customers_key_gap_means(), gap, orders)}
            {balance}
        </div>
    }
    .into_any()
}

fn spend(words: Words, currency: Currency, view: &CustomerView) -> AnyView {
    let sum = view
        .months
        .iter()
        .fold(0i64, |sum, month| sum.saturating_add(month.amount.0));
    if sum == 0 {
        return view! { <p class="quiet-text">{words.customers_spend_none()}</p> }.into_any();
    }
    let last = view.months.len().saturating_sub(1);
    let bars = view
        .months
        .iter()
        .enumerate()
        .map(|(at, month)| Bar {
            label: words.month_short(month.month),
            value: month.amount.0 as f64,
            text: if month.amount.0 == 0 {
                String::new()
            } else {
                words.money_short(month.amount, currency)
            },
            href: None,
            strong: at == last,
            partial: at == last,
        })
        .collect();
    let rows = view
        .months
        .iter()
        .map(|month| {
            vec![
                words.month(month.month),
                words.money(month.amount, currency),
                words.count(month.orders),
            ]
        })
        .collect();
    let head = vec![
        words.customers_spend_month().to_owned(),
        words.customers_spend_amount().to_owned(),
        words.customers_key_orders().to_owned(),
    ];
    let title = words.customers_spend_title(&words.money(Money(sum), currency));
    let axis = Callback::new(move |value: f64| words.money_short(Money(value as i64), currency));
    view! {
        <Figure title=title.clone() table_label=words.customers_spend_table() head rows>
            <Bars label=title bars height=150 axis/>
        </Figure>
    }
    .into_any()
}

fn categories(words: Words, currency: Currency, view: &CustomerView) -> AnyView {
    let top = view
        .top_categories
        .iter()
        .map(|it| it.amount.0)
        .max()
        .unwrap_or(1)
        .max(1);
    let title = view
        .top_categories
        .first()
        .map(|first| words.customers_categories_title(&first.name));
    let rows: Vec<AnyView> = view
        .top_categories
        .iter()
        .map(|category| {
            let share = category.amount.0.max(0).saturating_mul(1_000) / top;
            view! {
                <li>
                    <span class="cut">{category.name.clone()}</span>
                    <meter min="0" max="1000" value=share.to_string()></meter>
                    <span class="category-amount">{words.money(category.amount, currency)}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="categories">
            <h2>{title}</h2>
            <ul>{rows}</ul>
        </section>
    }
    .into_any()
}

fn segments(words: Words, view: &CustomerView) -> AnyView {
    let chips: Vec<AnyView> = view
        .segments
        .iter()
        .map(|name| {
            // A ready segment comes as its key, a saved one by the name a person gave.
            let label = words.ready_segment(name);
            view! { <Chip label/> }.into_any()
        })
        .collect();
    let none = chips.is_empty().then(|| words.customers_segments_none());
    view! {
        <section class="memberships">
            <h2>{words.customers_segments_title()}</h2>
            <div class="chips">{chips} {none.map(|none| view! { <p class="quiet-text">{none}</p> })}</div>
        </section>
    }
    .into_any()
}
