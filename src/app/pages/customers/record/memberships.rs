//! The segments a customer is in and those they are not in; each says why.

use super::stays::Stays;
use crate::explain::Explanation;
use crate::router::Route;
use crate::state::{use_ask, use_words};
use leptos::ev;
use model::CustomerId;
use protocol::{ExplainOf, MembershipView, Query, Reply, SegmentQuery, SegmentReply};
use text::Words;
use ui::prelude::*;
use wasm_bindgen::JsCast;

/// The tab.
#[component]
pub fn Memberships(
    /// Who.
    customer: CustomerId,
) -> impl IntoView {
    let words = use_words();
    let asking = use_ask(move || {
        Query::Segment(SegmentQuery::Memberships {
            customer,
            as_of: None,
        })
    });
    let all = asking.view("rows", move |reply| match reply {
        Reply::Segment(reply) => match &**reply {
            SegmentReply::Memberships(all) => both(words, customer, all),
            _ => ().into_any(),
        },
        _ => ().into_any(),
    });
    view! {
        {all}
        <Stays customer/>
    }
    .into_any()
}

fn both(words: Words, customer: CustomerId, all: &[MembershipView]) -> AnyView {
    let (inside, outside): (Vec<&MembershipView>, Vec<&MembershipView>) =
        all.iter().partition(|it| it.member);
    let list = |segments: &[&MembershipView]| -> Vec<AnyView> {
        segments.iter().map(|it| one(words, customer, it)).collect()
    };
    let none = inside
        .is_empty()
        .then(|| view! { <p class="quiet-text">{words.explain_none()}</p> });
    view! {
        <div class="page">
            <p class="quiet-text">{words.explain_lead()}</p>
            <section class="section">
                <h2>{words.explain_in_count(inside.len() as u64)}</h2>
                {none}
                {list(&inside)}
            </section>
            <section class="section">
                <h2>{words.explain_out_count(outside.len() as u64)}</h2>
                {list(&outside)}
            </section>
        </div>
    }
    .into_any()
}

fn one(words: Words, customer: CustomerId, it: &MembershipView) -> AnyView {
    let (name, of, place) = match (&it.key, it.id) {
        (Some(key), _) => (
            words.ready_segment_of(key, &it.name),
            ExplainOf::Ready(key.clone()),
            ["ready:", key].concat(),
        ),
        (None, Some(id)) => (it.name.clone(), ExplainOf::Segment(id), id.to_string()),
        (None, None) => return ().into_any(),
    };
    // The reason is worked out for those that are opened.
    let open = RwSignal::new(false);
    let toggled = move |event: ev::Event| {
        let details = event
            .target()
            .and_then(|it| it.dyn_into::<web_sys::Element>().ok());
        open.set(details.is_some_and(|it| it.has_attribute("open")));
    };
    let why = move || {
        let of = of.clone();
        open.get()
            .then(move || view! { <Explanation customer of as_of=None/> })
    };
    let label = words.explain_open(&name);
    let href = Route::Segments(place).href();
    view! {
        <details class="membership" on:toggle=toggled>
            <summary>
                <span>{name}</span>
                <span class="quiet-text">{words.explain_why()}</span>
            </summary>
            {why}
            <p><a href=href>{label}</a></p>
        </details>
    }
    .into_any()
}
