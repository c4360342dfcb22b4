//! A member's ledger, newest first, in plain words: what, why, by which rule and version, until when; and the way to
//! reverse what people recorded.

use super::acts::fresh_key;
use super::member::{Panel, Programme};
use crate::as_of::with_day;
use crate::router::Route;
use crate::state::{State, use_ask, use_state, use_words};
use leptos::task::spawn_local;
use protocol::{Command, EntryKind, LedgerEntryView, Outcome, Page, Query, Reply};
use std::sync::Arc;
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
        as_of: panel.day.get(),
        offset: 0,
        limit: limit.get(),
    });
    let list = asking.view("rows", move |reply| match reply {
        Reply::Ledger(page) => {
            let row = Row {
                words,
                state,
                programme: panel.program.get_untracked(),
                past: panel.day.get_untracked().is_some(),
            };
            table(&row, panel, page, limit)
        }
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

/// What every row is drawn with.
struct Row {
    words: Words,
    state: State,
    programme: Option<Arc<Programme>>,
    /// The ledger of a past day: nothing in it can be changed from here.
    past: bool,
}

fn table(row: &Row, panel: Panel, page: &Page<LedgerEntryView>, limit: RwSignal<u32>) -> AnyView {
    let words = row.words;
    if page.items.is_empty() {
        return view! { <p class="note">{words.points_ledger_none()}</p> }.into_any();
    }
    let rows: Vec<AnyView> = page
        .items
        .iter()
        .map(|entry| row.draw(entry, panel))
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

impl Row {
    fn draw(&self, entry: &LedgerEntryView, panel: Panel) -> AnyView {
        let (words, state) = (self.words, self.state);
        let mut notes: Vec<AnyView> = Vec::new();
        if let Some(order) = entry.order {
            let number = entry
                .order_number
                .clone()
                .unwrap_or_else(|| order.to_string());
            let href = with_day(Route::Order(order).href(), panel.day.get_untracked());
            notes.push(view! { <a href=href>{words.points_entry_order(&number)}</a> }.into_any());
        }
        for text in self.reasons(entry) {
            notes.push(view! { <span>{text}</span> }.into_any());
        }
        let sign = if entry.points.0 > 0 { "+" } else { "" };
        let class = if entry.points.0 > 0 {
            "end strong gain"
        } else {
            "end strong"
        };
        let reverse = (entry.reversible && !self.past).then(|| {
            let id = entry.id.clone();
            view! {
                <Button
                    label=words.points_entry_reverse()
                    look=Look::Quiet
                    on_press=move |()| reverse(state, id.clone())
                />
            }
        });
        view! {
            <tr>
                <td>
                    <span class="entry-kind">{words.entry_kind(entry.kind)}</span>
                    <span class="entry-notes">{notes}</span>
                    {self.rules(entry)}
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

    /// Why, and what became of it.
    fn reasons(&self, entry: &LedgerEntryView) -> Vec<String> {
        let words = self.words;
        let mut texts = Vec::new();
        if let Some(reward) = &entry.reward {
            texts.push(words.member_entry_reward(&self.reward(reward)));
        } else if entry.kind == EntryKind::Redemption && entry.order.is_some() {
            texts.push(words.member_entry_paid().to_owned());
        }
        if entry.kind == EntryKind::Reversal {
            let text = if entry.order.is_some() {
                words.member_entry_returned()
            } else {
                words.member_entry_reverses()
            };
            texts.push(text.to_owned());
        }
        if entry.kind == EntryKind::Expiry {
            texts.push(words.member_entry_expired().to_owned());
        }
        texts.extend(entry.reason.clone());
        texts.extend(
            entry
                .posts_on
                .map(|day| words.points_entry_posts(&words.day(day))),
        );
        if entry.waived.0 > 0 {
            texts.push(words.member_entry_waived(&words.points(entry.waived)));
        }
        if entry.forfeited.0 > 0 {
            texts.push(words.member_entry_forfeited(&words.points(entry.forfeited)));
        }
        texts
    }

    /// A reward by the name it has, or had.
    fn reward(&self, id: &str) -> String {
        let Some(programme) = &self.programme else {
            return id.to_owned();
        };
        let known = programme.now.reward(id).or_else(|| {
            programme
                .versions
                .values()
                .rev()
                .find_map(|it| it.reward(id))
        });
        known.map_or_else(|| id.to_owned(), |reward| reward.name.clone())
    }

    /// By which rules of which version, and until when they can be used.
    fn rules(&self, entry: &LedgerEntryView) -> Option<AnyView> {
        let words = self.words;
        let mut texts = Vec::new();
        let version = entry.version;
        let program = version.and_then(|number| self.programme.as_ref()?.versions.get(&number));
        for id in entry.rule.iter().flat_map(|ids| ids.split(", ")) {
            let rule = program.and_then(|program| program.earn.iter().find(|rule| rule.id == id));
            texts.push(match (rule, program) {
                (Some(rule), Some(program)) => words.earn_rule(rule, program.currency),
                _ => id.to_owned(),
            });
        }
        if let (Some(number), false) = (version, texts.is_empty()) {
            texts.push(words.member_entry_version(&number.to_string()));
        }
        if entry.points.0 > 0 && entry.kind == EntryKind::Accrual {
            texts.push(match entry.expires_on {
                Some(day) => words.member_entry_expires(&words.day(day)),
                None => words.member_entry_never().to_owned(),
            });
        }
        (!texts.is_empty())
            .then(|| view! { <small class="entry-rules">{texts.join(" · ")}</small> }.into_any())
    }
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
