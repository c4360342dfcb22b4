//! A member's ledger, newest first, with the reason of each entry and the way to reverse what people recorded.

use super::acts::fresh_key;
use super::member::Panel;
use crate::router::Route;
use crate::state::{State, use_ask, use_state, use_words};
use leptos::task::spawn_local;
use protocol::{Command, LedgerEntryView, Outcome, Page, Query, Reply};
use text::Words;
use ui::prelude::*;
use ui::{Button, Look};

/// Entries shown at first, and by how many the list grows.
const STEP: u32 = 30;

/// The ledger.
#[component]
pub fn Ledger(
    /// Of whom.
    panel: Panel,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let limit = RwSignal::new(STEP);
    let customer = panel.customer;
    let asking = use_ask(move || Query::Ledger {
        customer,
        offset: 0,
        limit: limit.get(),
    });
    let list = asking.view("rows", move |reply| match reply {
        Reply::Ledger(page) => table(words, state, page, limit),
        _ => ().into_any(),
    });
    view! {
        <section class="section">
            <h2>{words.points_ledger()}</h2>
            {list}
        </section>
    }
    .into_any()
}

fn table(
    words: Words,
    state: State,
    page: &Page<LedgerEntryView>,
    limit: RwSignal<u32>,
) -> AnyView {
    if page.items.is_empty() {
        return view! { <p class="note">{words.points_ledger_none()}</p> }.into_any();
    }
    let rows: Vec<AnyView> = page
        .items
        .iter()
        .map(|entry| row(words, state, entry))
        .collect();
    let more = (page.total > page.items.len() as u64).then(|| {
        view! {
            <Button
                label=words.points_ledger_more()
                look=Look::Quiet
                on_press=move |()| limit.update(|limit| *limit = (*limit + STEP).min(500))
            />
        }
    });
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{words.points_entry_what()}</th>
                    <th scope="col" class="wide-only">{words.points_entry_when()}</th>
                    <th scope="col" class="end">{words.points_entry_points()}</th>
                    <th scope="col" class="end">{words.points_entry_balance()}</th>
                    <th scope="col"><span class="visually-hidden">{words.act_more()}</span></th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        {more}
    }
    .into_any()
}

fn row(words: Words, state: State, entry: &LedgerEntryView) -> AnyView {
    let mut notes: Vec<AnyView> = Vec::new();
    if let Some(order) = entry.order {
        let number = entry
            .order_number
            .clone()
            .unwrap_or_else(|| order.to_string());
        notes.push(
            view! { <a href=Route::Order(order).href()>{words.points_entry_order(&number)}</a> }
                .into_any(),
        );
    }
    for text in [&entry.reward, &entry.reason].into_iter().flatten() {
        notes.push(view! { <span>{text.clone()}</span> }.into_any());
    }
    if let Some(day) = entry.posts_on {
        notes.push(view! { <span>{words.points_entry_posts(&words.day(day))}</span> }.into_any());
    }
    let sign = if entry.points.0 > 0 { "+" } else { "" };
    let class = if entry.points.0 > 0 {
        "end strong gain"
    } else {
        "end strong"
    };
    let reverse = entry.reversible.then(|| {
        let id = entry.id.clone();
        view! {
            <Button label=words.points_entry_reverse() look=Look::Quiet on_press=move |()| reverse(state, id.clone())/>
        }
    });
    view! {
        <tr>
            <td>
                <span class="entry-kind">{words.entry_kind(entry.kind)}</span>
                <span class="entry-notes">{notes}</span>
                <small class="narrow-only quiet">{words.moment(&entry.local_at)}</small>
            </td>
            <td class="wide-only quiet">{words.moment(&entry.local_at)}</td>
            <td class=class>{sign}{words.number(entry.points.0)}</td>
            <td class="end quiet">{words.number(entry.balance.0)}</td>
            <td class="end">{reverse}</td>
        </tr>
    }
    .into_any()
}

fn reverse(state: State, entry: String) {
    let answer = state.client.apply(Command::ReverseEntry {
        entry,
        reason: None,
        key: fresh_key(),
    });
    let words = Words::new(state.locale.get_untracked());
    spawn_local(async move {
        match answer.await {
            Ok(done) => {
                if let Outcome::Points { balance, .. } = done.outcome {
                    state.toasts.done(
                        words.points_reverse_done(&words.points(balance)),
                        done.batch,
                    );
                }
            }
            Err(fault) => state.toasts.fault(&fault),
        }
    });
}
