//! Who changed what and when, each change with a way back.

use super::super::undo;
use super::super::values::{self, Shown};
use crate::pages::orders::instant;
use crate::state::{use_ask, use_state, use_words};
use model::CustomerId;
use protocol::{ChangeAction, ChangeView, Query, RecordKind, Reply};
use text::Words;
use ui::prelude::*;
use ui::{Badge, Button, EmptyState, Look, Skeleton, Tone, icon};

/// Changes shown at first, and more each time.
const STRETCH: u32 = 30;

/// The history of a customer's record.
#[component]
pub fn History(
    /// Whose.
    customer: CustomerId,
) -> impl IntoView {
    let words = use_words();
    let limit = RwSignal::new(STRETCH);
    let undo = undo();
    let asked = use_ask(move || Query::History {
        kind: RecordKind::Customer,
        id: customer.to_string(),
        offset: 0,
        limit: limit.get(),
    });
    let list = move || {
        let asked = asked.get();
        let Some(Reply::History(page)) = asked.reply.as_deref() else {
            return view! { <Skeleton lines=6 shape="rows"/> }.into_any();
        };
        if page.items.is_empty() {
            return view! {
                <EmptyState
                    title=words.customers_history_none()
                    text=words.customers_history_note()
                    icon=icon::HISTORY
                />
            }
            .into_any();
        }
        let more = page.total > page.items.len() as u64;
        let items: Vec<AnyView> = page
            .items
            .iter()
            .map(|it| change(words, it, undo))
            .collect();
        let press = Callback::new(move |()| limit.update(|limit| *limit += STRETCH));
        view! {
            <p class="quiet-text">{words.customers_history_note()}</p>
            <ol class="history">{items}</ol>
            {more
                .then(|| {
                    view! {
                        <Button label=words.customers_timeline_more() look=Look::Quiet on_press=press/>
                    }
                })}
        }
        .into_any()
    };
    list.into_any()
}

fn change(words: Words, it: &ChangeView, undo: Callback<model::BatchId>) -> AnyView {
    let batch = it.batch;
    let (action, tone) = match it.action {
        ChangeAction::Created => (words.customers_history_created(), Tone::Good),
        ChangeAction::Updated => (words.customers_history_updated(), Tone::Neutral),
        ChangeAction::Removed => (words.customers_history_removed(), Tone::Urgent),
        ChangeAction::Restored => (words.customers_history_restored(), Tone::Good),
    };
    let who = if matches!(it.who.as_str(), "" | "owner" | "me") {
        words.customers_history_me().to_owned()
    } else {
        it.who.clone()
    };
    let command = words.command(&it.command);
    let head = [&who, " · ", &command, " · ", &words.moment(&it.local_at)].concat();
    let fields: Vec<AnyView> = values::shown(words, &instant::zone(use_state()), &it.fields)
        .into_iter()
        .map(|field| diff(words, field))
        .collect();
    let press = Callback::new(move |()| undo.run(batch));
    // Undoing an undo is the command it undid, done again; the engine says when that cannot be.
    view! {
        <li>
            <div class="history-head">
                <Badge label=action tone/>
                <span class="quiet-text">{head}</span>
                <Button
                    label=words.customers_history_undo()
                    icon=icon::UNDO
                    look=Look::Quiet
                    on_press=press
                />
            </div>
            <dl>{fields}</dl>
        </li>
    }
    .into_any()
}

fn diff(words: Words, change: Shown) -> AnyView {
    let empty = words.customers_history_empty_value();
    let had = change.before.is_some();
    let before = change.before.unwrap_or_default();
    let after = change.after.unwrap_or_else(|| empty.to_owned());
    view! {
        <div>
            <dt>{change.field}</dt>
            <dd>
                {had.then(|| view! { <del>{before}</del> })}
                " " <ins>{after}</ins>
            </dd>
        </div>
    }
    .into_any()
}
