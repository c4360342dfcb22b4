//! Why a customer is in a segment, or not: somebody is chosen, and each node of the rule says what they have.

use super::Subject;
use crate::explain::Explanation;
use crate::pages::segments::builder::{Acts, Combo, Offer};
use crate::router::{self, Place};
use crate::state::{use_ask_when, use_state, use_words};
use model::CustomerId;
use protocol::{ExplainOf, Query, RecordKind, Reply};
use std::sync::Arc;
use ui::prelude::*;

/// Customers offered at most.
const OFFERED: u32 = 12;

/// The parameter that names the customer.
const WHO: &str = "who";

/// The tab.
#[component]
pub fn Why(
    /// The segment.
    subject: Subject,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let who = Memo::new(move |_| {
        state.place.with(|place| {
            place
                .params
                .get(WHO)
                .and_then(|id| id.parse::<CustomerId>().ok())
        })
    });
    let typed = RwSignal::new(String::new());
    let offers = found(typed);
    let choose = Callback::new(move |id: String| {
        let place = state.place.get_untracked();
        let params = place.params.set(WHO, &id);
        router::replace(
            &Place {
                params,
                route: place.route,
            }
            .href(),
        );
    });
    let of = match (subject.id, &subject.key) {
        (Some(id), _) => ExplainOf::Segment(id),
        (None, Some(key)) => ExplainOf::Ready(key.clone()),
        (None, None) => ExplainOf::Rule(subject.rule.clone()),
    };
    let as_of = subject.as_of;
    let content = move || match who.get() {
        Some(customer) => view! { <Explanation customer of=of.clone() as_of/> }.into_any(),
        None => view! { <p class="quiet-text">{words.explain_pick_text()}</p> }.into_any(),
    };
    view! {
        <section class="section why">
            <div class="why-who">
                <Combo
                    label=words.explain_pick()
                    text=typed
                    offers
                    acts=Acts { choose, back: None }
                    placeholder=words.explain_pick_hint()
                    nothing=words.explain_pick_none()
                />
            </div>
            {content}
        </section>
    }
    .into_any()
}

/// Customers that the typed words find.
fn found(typed: RwSignal<String>) -> Memo<Arc<Vec<Offer>>> {
    let asking = use_ask_when(move || {
        let search = typed.get().trim().to_owned();
        (!search.is_empty()).then_some(Query::Find {
            search,
            limit: OFFERED,
        })
    });
    Memo::new(move |_| {
        let reply = asking.reply();
        let (Some(Reply::Found(records)), false) = (
            reply.as_deref(),
            typed.with(|typed| typed.trim().is_empty()),
        ) else {
            return Arc::default();
        };
        let customers = records.iter().filter(|it| it.kind == RecordKind::Customer);
        let offers = customers.map(|it| Offer {
            value: it.id.clone(),
            label: it.title.clone(),
            note: it.detail.clone(),
            group: String::new(),
        });
        Arc::new(offers.collect())
    })
}
