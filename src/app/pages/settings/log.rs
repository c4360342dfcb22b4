//! The log of commands: who did what when, with undo.

use crate::state::{State, use_ask, use_state, use_words};
use crate::toast;
use protocol::{CommandView, Page, Query, Reply};
use text::Words;
use ui::prelude::*;
use ui::{Badge, Button, EmptyState, Look, Pager, icon};

/// Rows of a stretch.
const SIZE: u64 = 50;

/// The log.
#[component]
pub fn Log() -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let offset = RwSignal::new(0u64);
    let total = RwSignal::new(0u64);
    let asking = use_ask(move || Query::Commands {
        offset: offset.get(),
        limit: SIZE as u32,
        imports_only: false,
    });
    let list = asking.view("rows", move |reply| match reply {
        Reply::Commands(page) => {
            total.set(page.total);
            rows(words, state, page)
        }
        _ => ().into_any(),
    });
    view! {
        <section class="section">
            <p class="lead">{words.settings_log_lead()}</p>
            {list}
            <Pager
                offset
                size=SIZE
                total
                earlier=words.act_later()
                later=words.act_earlier()
                place=move |(from, to, all): (u64, u64, u64)| {
                    words.settings_log_place(&words.count(from), &words.count(to), &words.count(all))
                }
            />
        </section>
    }
    .into_any()
}

fn rows(words: Words, state: State, page: &Page<CommandView>) -> AnyView {
    if page.items.is_empty() {
        return view! {
            <EmptyState title=words.settings_log_none() text=words.settings_log_none_text() icon=icon::HISTORY/>
        }
        .into_any();
    }
    let rows: Vec<AnyView> = page
        .items
        .iter()
        .map(|command| row(words, state, command))
        .collect();
    view! { <ul>{rows}</ul> }.into_any()
}

fn row(words: Words, state: State, command: &CommandView) -> AnyView {
    let name = words.command(&command.command);
    let import = command.import.map(|import| {
        let text = words.settings_log_import(
            &words.count(import.rows),
            &words.count(import.customers.created),
            &words.count(import.orders.created),
        );
        view! { <p class="note">{text}</p> }
    });
    // What came of a conflict is told by the field that it was about.
    let subject = if command.command == "take_back" {
        words.field(&command.subject)
    } else {
        command.subject.clone()
    };
    let batch = command.batch;
    let act = if command.undone {
        view! { <Badge label=words.settings_log_undone()/> }.into_any()
    } else if command.undoable {
        view! {
            <Button
                label=words.act_undo()
                look=Look::Quiet
                icon=icon::UNDO
                on_press=move |()| toast::undo(state, batch)
            />
        }
        .into_any()
    } else {
        ().into_any()
    };
    let when = words.moment(&command.local_at);
    // Where nobody gave a name there is only one person, and "owner" says nothing.
    let by = if command.who.is_empty() || command.who == "owner" {
        when
    } else {
        words.settings_log_by(&command.who, &when)
    };
    view! {
        <li class="log-row">
            <div>
                <strong>{name}</strong>
                <span class="subject">{subject}</span>
                {import}
            </div>
            <span class="when">{by}</span>
            {act}
        </li>
    }
    .into_any()
}
