//! While a customer is typed in: who they may be already, by everything that was typed so far.

use super::super::draft;
use super::state::Form;
use crate::pages::customers::phone_shown;
use crate::router::Route;
use leptos::task::spawn_local;
use model::twin::TwinLevel;
use model::{CustomerDraft, CustomerKind};
use protocol::{Alike, Query, Reply, TwinQuery, TwinReply};
use std::time::Duration;
use ui::prelude::*;

/// The fields that tell who somebody is.
const TELLING: [&str; 6] = ["name", "phone", "email", "birthday", "city", "address"];

/// The panel; nothing while nobody is like them. A record that is edited is compared only once something that tells
/// who it is was changed.
pub fn alike(form: Form) -> AnyView {
    let words = form.words;
    let found = RwSignal::new(Vec::<Alike>::new());
    let client = form.state.client;
    let typed = Memo::new(move |_| {
        let mut fields = CustomerDraft::default();
        for key in TELLING {
            let text = form.value(key).get();
            draft::write(&mut fields, key, &text, form.currency);
        }
        if form.kind.get() == "company" {
            fields.kind = CustomerKind::Company;
        }
        fields
    });
    let mut look = debounce(Duration::from_millis(300), move |fields: CustomerDraft| {
        let known = fields.name.trim().chars().count() >= 2
            || fields.phone.is_some()
            || fields.email.is_some();
        if !known {
            let _ = found.try_set(Vec::new());
            return;
        }
        let asked = fields.clone();
        let answer = client.query(Query::Twins(TwinQuery::Like {
            fields,
            own: form.id,
        }));
        spawn_local(async move {
            if let Ok(Reply::Twins(TwinReply::Alike(alike))) = answer.await
                && typed.try_get_untracked() == Some(asked)
            {
                let _ = found.try_set(alike);
            }
        });
    });
    Effect::watch(
        move || typed.get(),
        move |fields, _, _| look(fields.clone()),
        false,
    );
    let panel = move || {
        let alike = found.get();
        (!alike.is_empty()).then(|| {
            let rows: Vec<AnyView> = alike.iter().map(|it| row(form, it)).collect();
            view! {
                <section class="alike">
                    <h3>{words.twins_like_heading()}</h3>
                    <ul>{rows}</ul>
                </section>
            }
        })
    };
    view! { <div role="status">{panel}</div> }.into_any()
}

fn row(form: Form, it: &Alike) -> AnyView {
    let words = form.words;
    let name = [Some(&it.name), it.phone.as_ref(), it.email.as_ref()]
        .into_iter()
        .flatten()
        .find(|text| !text.is_empty())
        .cloned()
        .unwrap_or_default();
    let says = match it.level {
        TwinLevel::Certain => words.twins_like_certain(&name),
        TwinLevel::Likely => words.twins_like_likely(&name),
        TwinLevel::Possible => words.twins_like_possible(&name),
    };
    let known_by: Vec<String> = [
        it.phone.as_deref().map(phone_shown),
        it.email.clone(),
        it.city.clone(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let reasons: Vec<AnyView> = it
        .reasons
        .iter()
        .map(|reason| {
            let speaks = if reason.speaks_for() {
                "for"
            } else {
                "against"
            };
            view! { <li data-speaks=speaks>{words.twin_reason(*reason)}</li> }.into_any()
        })
        .collect();
    let href = Route::Customer(it.id).href();
    view! {
        <li>
            <p>
                <b>{says}</b>
                " "
                <a href=href target="_blank" rel="noopener">{words.twins_like_open()}</a>
            </p>
            <p class="quiet-text">{known_by.join(" · ")}</p>
            <ul class="twins-reasons">{reasons}</ul>
        </li>
    }
    .into_any()
}
