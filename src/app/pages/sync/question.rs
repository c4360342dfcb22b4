//! What a run waits to be told: what happened, some of the records, and what can be done about it.

use super::{act, focus};
use crate::router::Route;
use crate::state::{State, use_state};
use protocol::{SyncChoice, SyncCommand, SyncQuestion, SyncRecord};
use text::Words;
use ui::prelude::*;
use ui::{Button, Icon, Look, icon};

/// The question with its choices, the harmless first.
pub fn question(words: Words, question: &SyncQuestion) -> AnyView {
    let state = use_state();
    let (title, text) = words.sync_question(question);
    let choices: Vec<AnyView> = question
        .choices
        .iter()
        .map(|choice| one(words, state, question.id, *choice))
        .collect();
    view! {
        <div class="sync-trouble" role="alert">
            <h3><Icon glyph=icon::ALERT/> {title}</h3>
            <p>{text}</p>
            {some(words, question)}
            <ul class="sync-choices">{choices}</ul>
        </div>
    }
    .into_any()
}

fn one(words: Words, state: State, question: u64, choice: SyncChoice) -> AnyView {
    let (label, text) = words.sync_choice(choice);
    let look = match choice {
        SyncChoice::RemoveHere => Look::Danger,
        _ => Look::Plain,
    };
    let press = move |()| {
        act(state, SyncCommand::Answer { question, choice }, label);
        // The button goes with the question.
        focus("sync-standing");
    };
    view! {
        <li>
            <Button label look on_press=press/>
            <p class="note">{text}</p>
        </li>
    }
    .into_any()
}

fn some(words: Words, question: &SyncQuestion) -> Option<AnyView> {
    if question.some.is_empty() {
        return None;
    }
    let rest = question.missing.saturating_sub(question.some.len() as u64);
    let rest = (rest > 0).then(|| view! { <li>{words.sync_ask_more(rest)}</li> });
    let names: Vec<AnyView> = question
        .some
        .iter()
        .map(|record| view! { <li>{record_link(words, record)}</li> }.into_any())
        .collect();
    Some(
        view! {
            <div class="sync-some"><p>{words.sync_ask_some()}</p><ul>{names}{rest}</ul></div>
        }
        .into_any(),
    )
}

/// A record's name, with a link where it has a page.
pub fn record_link(words: Words, record: &SyncRecord) -> AnyView {
    let title = record_title(words, record);
    let route = match record.kind.as_str() {
        "customers" => record.id.parse().ok().map(Route::Customer),
        "orders" => record.id.parse().ok().map(Route::Order),
        _ => record.customer.parse().ok().map(Route::Customer),
    };
    match route {
        Some(route) => view! { <a class="sync-record" href=route.href()>{title}</a> }.into_any(),
        None => view! { <span class="sync-record">{title}</span> }.into_any(),
    }
}

/// A record's name; its kind where it has none.
pub fn record_title(words: Words, record: &SyncRecord) -> String {
    let kind = words.sync_kind(&record.kind);
    match (record.title.is_empty(), record.kind.as_str()) {
        (true, _) if record.id.is_empty() => words.sync_aside_untitled().to_owned(),
        (true, _) => [&kind, " ", &record.id].concat(),
        (false, "customers") => record.title.clone(),
        (false, _) => [&kind, " · ", &record.title].concat(),
    }
}
