//! When a customer was in saved segments, and the static lists they are on.

use super::super::chosen::take_off;
use crate::many::rule_naming;
use crate::router::{Route, customers_by_rule};
use crate::state::{State, use_ask, use_state, use_words};
use model::CustomerId;
use protocol::{
    ListPlace, MembershipQuery, MembershipReply, MoveCause, Query, Reply, Stay, StaysView,
};
use text::Words;
use ui::prelude::*;
use ui::{IconButton, icon};

/// The part of the tab.
#[component]
pub fn Stays(
    /// Who.
    customer: CustomerId,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    use_ask(move || Query::Membership(MembershipQuery::Stays { customer })).view(
        "rows",
        move |reply| match reply {
            Reply::Membership(reply) => match &**reply {
                MembershipReply::Stays(view) => shown(words, state, customer, view),
                _ => ().into_any(),
            },
            _ => ().into_any(),
        },
    )
}

fn shown(words: Words, state: State, customer: CustomerId, view: &StaysView) -> AnyView {
    if view.stays.is_empty() && view.lists.is_empty() {
        return view! {
            <section class="section">
                <h2>{words.story_stays()}</h2>
                <p class="quiet-text">{words.story_stays_none()}</p>
            </section>
        }
        .into_any();
    }
    let stays: Vec<AnyView> = view.stays.iter().map(|it| stay(words, it)).collect();
    let lists: Vec<AnyView> = view
        .lists
        .iter()
        .map(|it| place(words, state, customer, it))
        .collect();
    view! {
        <section class="section">
            <h2>{words.story_stays()}</h2>
            <ul class="stays">{stays} {lists}</ul>
        </section>
    }
    .into_any()
}

fn stay(words: Words, it: &Stay) -> AnyView {
    let day = |day: Option<model::Day>| day.map(|day| words.day(day)).unwrap_or_default();
    let span = match (it.from, it.until) {
        (Some(_), None) => words.story_stay_since(&day(it.from)),
        (None, None) => words.story_stay_from_before().to_owned(),
        (Some(_), Some(_)) => words.story_stay_range(&day(it.from), &day(it.until)),
        (None, Some(_)) => words.story_stay_until(&day(it.until)),
    };
    let why = match it.end_cause.or(it.cause) {
        Some(MoveCause::Records) => words.story_cause_records(),
        Some(MoveCause::Calendar) => words.story_cause_calendar(),
        Some(MoveCause::Rule) => words.story_cause_rule(),
        None => "",
    };
    let class = if it.until.is_none() {
        "strong"
    } else {
        "quiet-text"
    };
    let href = Route::Segments(it.segment.to_string()).with(&[("tab", "history")]);
    view! {
        <li>
            <a class=class href=href>{it.name.clone()}</a>
            <span class="quiet-text">{span}</span>
            <span class="quiet-text">{why}</span>
        </li>
    }
    .into_any()
}

fn place(words: Words, state: State, customer: CustomerId, it: &ListPlace) -> AnyView {
    let list = it.list;
    let off = Callback::new(move |()| take_off(state, list, vec![customer], || {}));
    let label = words.many_list_take_named(&it.name);
    let href = customers_by_rule(&rule_naming(&it.list.to_string()));
    view! {
        <li>
            <a class="strong" href=href>{it.name.clone()}</a>
            <span class="quiet-text">{words.many_list()}</span>
            <IconButton label icon=icon::CLOSE on_press=off/>
        </li>
    }
    .into_any()
}
