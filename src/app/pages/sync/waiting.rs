//! Changes that wait to be sent, or to be read back: folded, for whoever wonders what is under way.

use super::question::record_link;
use super::{answer, use_count};
use crate::state::{use_ask_when, use_words};
use leptos::ev;
use protocol::{Page, Query, SyncPending, SyncQuery, SyncReply};
use text::Words;
use ui::prelude::*;
use wasm_bindgen::JsCast;

/// So many are shown.
const SHOWN: u32 = 50;

/// The list; it is asked for when it is opened.
#[component]
pub fn Waiting() -> impl IntoView {
    let words = use_words();
    let count = use_count(|light| light.pending);
    let open = RwSignal::new(false);
    let asking = use_ask_when(move || {
        let _ = count.get();
        open.get().then_some(Query::Sync(SyncQuery::Pending {
            offset: 0,
            limit: SHOWN,
        }))
    });
    let page = answer(asking, |reply| match reply {
        SyncReply::Pending(page) => Some(page),
        _ => None,
    });
    let title = move || match count.get() {
        0 => words.sync_pending_none().to_owned(),
        count => words.sync_pending(count),
    };
    let toggled = move |event: ev::Event| {
        let target = event.current_target();
        let details = target.and_then(|it| it.dyn_into::<web_sys::Element>().ok());
        open.set(details.is_some_and(|it| it.has_attribute("open")));
    };
    view! {
        <section class="section sync-part" aria-labelledby="sync-waiting">
            <h2 id="sync-waiting">{words.sync_waiting()}</h2>
            <details class="sync-details" on:toggle=toggled>
                <summary>{title}</summary>
                <p class="note">{words.sync_waiting_text()}</p>
                {move || page.with(|page| page.as_ref().map(|page| list(words, page)))}
            </details>
        </section>
    }
    .into_any()
}

fn list(words: Words, page: &Page<SyncPending>) -> AnyView {
    let rest = page.total.saturating_sub(page.items.len() as u64);
    let rows: Vec<AnyView> = page
        .items
        .iter()
        .map(|it| {
            let what = if it.removed {
                words.sync_waiting_removed()
            } else {
                words.sync_waiting_changed()
            };
            let since = words.sync_waiting_since(&words.moment(&it.local_at));
            let tries = if it.tries == 0 {
                String::new()
            } else {
                [" · ", &words.sync_waiting_tries(u64::from(it.tries))].concat()
            };
            view! {
                <li>
                    <p>{record_link(words, &it.record)}</p>
                    <p class="note">{what} " · " {since}{tries}</p>
                </li>
            }
            .into_any()
        })
        .collect();
    let more = (rest > 0).then(|| view! { <li class="note">{words.sync_ask_more(rest)}</li> });
    view! { <ul class="sync-rows">{rows}{more}</ul> }.into_any()
}
