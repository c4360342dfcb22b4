//! Imports that were: what each brought, and a way to take it back; and one that was cut off.

use super::kept::Kept;
use super::report::RejectedButton;
use crate::client::Client;
use crate::expect_reply;
use crate::pages::customers::undo;
use crate::state::use_words;
use protocol::{CommandView, ImportSummary, Query, Reply};
use text::Words;
use ui::prelude::*;
use ui::{Badge, Banner, Button, Look, Tone, icon};

/// Imports shown at first, and more each time.
const STRETCH: u32 = 8;

/// Notice of an import that did not come to its end.
#[component]
pub fn Resume() -> impl IntoView {
    let words = use_words();
    let client = expect_context::<Client>();
    let undo = undo();
    let unfinished = Memo::new(move |_| client.status().get().and_then(|s| s.unfinished_import));
    move || {
        unfinished.get().map(|import| {
            let text = words.import_resume_text(&import.file_name, import.rows);
            let press = Callback::new(move |()| undo.run(import.batch));
            view! {
                <Banner text tone=Tone::Notice icon=icon::HOURGLASS>
                    <Button label=words.import_resume_undo() look=Look::Quiet on_press=press/>
                </Banner>
            }
        })
    }
}

/// The imports that were, newest first.
#[component]
pub fn PastImports() -> impl IntoView {
    let words = use_words();
    let client = expect_context::<Client>();
    let limit = RwSignal::new(STRETCH);
    let imports = LocalResource::new(move || {
        client.data_version().track();
        let query = Query::Commands {
            offset: 0,
            limit: limit.get(),
            imports_only: true,
        };
        async move { expect_reply!(client.query(query).await, Reply::Commands) }
    });
    // The last list stays while the next is on its way.
    let shown = RwSignal::new(None);
    Effect::new(move |_| {
        if let Some(Ok(page)) = imports.get() {
            shown.set(Some(page));
        }
    });
    move || {
        let page = shown.get()?;
        if page.items.is_empty() {
            return None;
        }
        let more = page.total > page.items.len() as u64;
        let rows: Vec<AnyView> = page.items.iter().map(|it| row(words, it)).collect();
        let press = Callback::new(move |()| limit.update(|limit| *limit += STRETCH));
        Some(view! {
            <section class="import-past">
                <h2>{words.import_past_title()}</h2>
                <ul>{rows}</ul>
                {more
                    .then(|| {
                        view! { <Button label=words.import_past_more() look=Look::Quiet on_press=press/> }
                    })}
            </section>
        })
    }
}

fn row(words: Words, it: &CommandView) -> AnyView {
    let undo = undo();
    let batch = it.batch;
    let summary = it.import.map(|summary| {
        let (customers, orders) = (summary.customers.created, summary.orders.created);
        let parts = [
            (customers > 0).then(|| words.import_past_customers(customers)),
            (orders > 0).then(|| words.import_past_orders(orders)),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        match parts.as_slice() {
            [] => words.import_past_nothing().to_owned(),
            parts => parts.join(" · "),
        }
    });
    let state = match it.import {
        _ if it.undone => Some((words.import_past_undone(), Tone::Neutral)),
        Some(ImportSummary {
            finished: false, ..
        }) => Some((words.import_past_unfinished(), Tone::Notice)),
        _ => None,
    };
    let left_out = it
        .import
        .is_some_and(|s| s.customers.skipped + s.orders.skipped > 0 && !it.undone);
    let press = Callback::new(move |()| undo.run(batch));
    let kept = it.import.map_or(0, |summary| summary.kept);
    let open = RwSignal::new(false);
    let stayed = (it.undone && kept > 0).then(|| {
        let look = Callback::new(move |()| open.set(true));
        let label = words.import_kept_show(kept);
        move || {
            if open.get() {
                view! { <Kept batch/> }.into_any()
            } else {
                view! { <Button label=label.clone() look=Look::Quiet on_press=look/> }.into_any()
            }
        }
    });
    view! {
        <li>
            <div>
                <p>
                    <b>{it.subject.clone()}</b>
                    {state.map(|(label, tone)| view! { <Badge label tone/> })}
                </p>
                <p class="quiet-text">{words.moment(&it.local_at)} " · " {summary}</p>
                {stayed}
            </div>
            <div class="actions">
                {left_out.then(|| view! { <RejectedButton batch/> })}
                {(it.undoable && !it.undone)
                    .then(|| {
                        view! {
                            <Button
                                label=words.import_past_undo()
                                icon=icon::UNDO
                                look=Look::Quiet
                                on_press=press
                            />
                        }
                    })}
            </div>
        </li>
    }
    .into_any()
}
