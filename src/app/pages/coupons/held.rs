//! A customer's coupons: what they hold, could use and used; and issuing one to them.

use super::codes::badge;
use super::describe::headline;
use super::{href, seed};
use crate::router::Route;
use crate::state::{State, apply_in, use_ask, use_currency, use_state, use_words};
use model::CustomerId;
use model::coupon::CouponId;
use protocol::{
    Command, CouponCommand, CouponQuery, CouponReply, HeldCode, HeldView, Query, Reply, UseRow,
};
use text::Words;
use ui::prelude::*;
use ui::{Button, Choice, EmptyState, Select, icon};

/// The panel of the customer's page.
#[component]
pub fn CustomerCoupons(
    /// Who.
    customer: CustomerId,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let asking = use_ask(move || Query::Coupons(CouponQuery::OfCustomer { customer }));
    asking.view("rows", move |reply| match reply {
        Reply::Coupons(CouponReply::OfCustomer(held)) => whole(words, state, customer, held),
        _ => ().into_any(),
    })
}

fn whole(words: Words, state: State, customer: CustomerId, held: &HeldView) -> AnyView {
    let nothing = held.codes.is_empty() && held.open.is_empty() && held.uses.is_empty();
    let issue = (!held.issuable.is_empty()).then(|| issue(words, state, customer, &held.issuable));
    let body = if nothing {
        view! {
            <EmptyState title=words.coupons_held_none() text=words.coupons_held_none_text() icon=icon::TAG/>
        }
        .into_any()
    } else {
        view! {
            {list(words, words.coupons_held(), &held.codes)}
            {list(words, words.coupons_held_open(), &held.open)}
            {used(words, held)}
        }
        .into_any()
    };
    view! { <div class="coupons-held">{issue} {body}</div> }.into_any()
}

/// Making a code for the customer.
fn issue(
    words: Words,
    state: State,
    customer: CustomerId,
    issuable: &[(CouponId, String)],
) -> AnyView {
    let chosen = RwSignal::new(
        issuable
            .first()
            .map(|(id, _)| id.to_string())
            .unwrap_or_default(),
    );
    let choices = issuable
        .iter()
        .map(|(id, name)| Choice::new(id.to_string(), name.clone()))
        .collect();
    let go = Callback::new(move |()| {
        let Ok(id) = chosen.get_untracked().parse() else {
            return;
        };
        let command = Command::Coupons(CouponCommand::Issue {
            id,
            customer,
            value: None,
            seed: seed(),
        });
        apply_in(
            state,
            command,
            words.coupons_issued_done().to_owned(),
            |_| (),
        );
    });
    view! {
        <div class="coupon-make">
            <Select label=words.coupons_issue_which() value=chosen choices/>
            <Button label=words.coupons_issue() icon=icon::TAG on_press=go/>
        </div>
    }
    .into_any()
}

fn list(words: Words, title: &'static str, codes: &[HeldCode]) -> Option<AnyView> {
    if codes.is_empty() {
        return None;
    }
    let rows: Vec<AnyView> = codes.iter().map(|code| row(words, code)).collect();
    Some(
        view! {
            <section>
                <h2>{title}</h2>
                <ul class="coupon-cards">{rows}</ul>
            </section>
        }
        .into_any(),
    )
}

fn row(words: Words, it: &HeldCode) -> AnyView {
    let currency = use_currency();
    let until = match it.to {
        Some(day) => words.coupons_term_until(&words.day(day)),
        None => words.coupons_term_always().to_owned(),
    };
    let left = it
        .balance
        .map(|balance| words.coupons_panel_left(&words.money(balance, currency)));
    view! {
        <li>
            <span>
                <a href=href(it.coupon, "")>{it.fields.name.clone()}</a>
                <small>{headline(words, &it.fields)}</small>
                <small class="quiet">{until} " " {left}</small>
            </span>
            <span class="code">{it.code.clone()}</span>
            {it.id.map(|_| badge(words, it.standing))}
        </li>
    }
    .into_any()
}

fn used(words: Words, held: &HeldView) -> Option<AnyView> {
    if held.uses.is_empty() {
        return None;
    }
    let rows: Vec<AnyView> = held.uses.iter().map(|row| one_use(words, row)).collect();
    Some(
        view! {
            <section>
                <h2>{words.coupons_held_used()}</h2>
                <ul class="coupon-cards">{rows}</ul>
            </section>
        }
        .into_any(),
    )
}

fn one_use(words: Words, row: &UseRow) -> AnyView {
    let currency = use_currency();
    let when = words.moment(&row.local_at);
    let when = match row.order {
        Some(id) => view! { <a href=Route::Order(id).href()>{when}</a> }.into_any(),
        None => when.into_any(),
    };
    let notes = [
        row.first.then(|| words.coupons_first()),
        row.imported.then(|| words.coupons_imported()),
    ];
    let notes: Vec<AnyView> = notes
        .into_iter()
        .flatten()
        .map(|note| view! { <small class="quiet">{note}</small> }.into_any())
        .collect();
    view! {
        <li>
            <span>{when} {notes}</span>
            <span class="code">{row.code.clone()}</span>
            <span class="strong">{words.coupons_panel_takes(&words.money(row.discount, currency))}</span>
        </li>
    }
    .into_any()
}
