//! Putting the draft in force: from when, what changes in words, and what is still wrong.

use super::editing::Editing;
use crate::state::{apply_in, use_state, use_today};
use model::Day;
use protocol::Command;
use text::ProgramChange;
use ui::prelude::*;
use ui::{Button, Choice, DateField, Look, Segmented};
use wasm_bindgen::JsCast;

/// The block.
pub fn save(editing: Editing) -> AnyView {
    let words = editing.words;
    let first = editing.present.with_value(Option::is_none);
    let when = RwSignal::new(if first { "all" } else { "today" }.to_owned());
    let day = RwSignal::new(String::new());
    let mut choices = vec![
        Choice::new("today", words.program_save_today()),
        Choice::new("day", words.program_save_day()),
    ];
    if first {
        choices.insert(0, Choice::new("all", words.program_save_all()));
    }
    let day_wrong = Signal::derive(move || {
        let missing = when.with(|when| when == "day") && chosen(day).is_none();
        missing.then(|| words.program_save_day_wrong().to_owned())
    });
    let today = use_today();
    let note = move || {
        let day = chosen(day).filter(|_| when.with(|when| when == "day"))?;
        match day.cmp(&today) {
            std::cmp::Ordering::Less => Some(words.program_save_past()),
            std::cmp::Ordering::Greater if !first => Some(words.program_save_future()),
            std::cmp::Ordering::Greater | std::cmp::Ordering::Equal => None,
        }
    };
    let press = move |()| press(editing, when, day, today);
    view! {
        <section class="block">
            <h2>{words.program_save_title()}</h2>
            {changes(editing)}
            <div class="save-when">
                <Segmented label=words.program_save_when() value=when choices/>
                <Show when=move || when.with(|when| when == "day")>
                    <DateField label=words.program_save_from() value=day error=day_wrong/>
                </Show>
            </div>
            {move || note().map(|text| view! { <p class="note" role="status">{text}</p> })}
            {mistakes(editing)}
            <div class="actions">
                <Button label=words.program_save() look=Look::Primary on_press=press/>
            </div>
        </section>
    }
    .into_any()
}

fn chosen(day: RwSignal<String>) -> Option<Day> {
    day.with(|text| text.parse().ok())
}

fn press(editing: Editing, when: RwSignal<String>, day: RwSignal<String>, today: Day) {
    let words = editing.words;
    let state = use_state();
    let program = match editing.checked.get_untracked() {
        Ok(program) => program,
        Err(wrong) => {
            if let Some(first) = wrong.first() {
                state.toasts.wrong(words.program_error_at(first));
            }
            return show_first();
        }
    };
    let from = match when.get_untracked().as_str() {
        "day" => match untrack(|| chosen(day)) {
            Some(day) => Some(day),
            None => return show_first(),
        },
        "today" => Some(today),
        _ => None,
    };
    let command = Command::SetProgram {
        program: program.to_json(),
        from,
    };
    let said = words.program_saved().to_owned();
    apply_in(state, command, said, move |_| editing.forget());
}

/// Brings the first field that is wrong into sight and puts the focus there.
fn show_first() {
    let found = document()
        .query_selector("main [aria-invalid=true]")
        .ok()
        .flatten();
    let Some(field) = found else { return };
    let mut around = field.closest("details").ok().flatten();
    while let Some(details) = around {
        let _ = details.set_attribute("open", "");
        let parent = details.parent_element();
        around = parent.and_then(|parent| parent.closest("details").ok().flatten());
    }
    if let Ok(field) = field.dyn_into::<web_sys::HtmlElement>() {
        let _ = field.focus();
    }
}

/// How much is still wrong, with a way to the first of it.
fn mistakes(editing: Editing) -> AnyView {
    let words = editing.words;
    let view = move || {
        let count = editing
            .checked
            .with(|checked| checked.as_ref().err().map(|wrong| wrong.len()))?;
        Some(view! {
            <p class="mistakes" role="status">
                <span class="field-error">{words.program_wrong_count(count as u64)}</span>
                <Button label=words.program_wrong_first() look=Look::Quiet on_press=move |()| show_first()/>
            </p>
        })
    };
    view.into_any()
}

/// What is different from the programme in force.
fn changes(editing: Editing) -> AnyView {
    let words = editing.words;
    let view = move || {
        let program = editing.checked.get().ok()?;
        let present = editing.present.get_value()?;
        let changes = words.changes_between(&present, &program);
        let text = if changes.is_empty() {
            words.program_save_same()
        } else {
            words.program_changes()
        };
        Some(view! { <h3>{text}</h3> {list(editing, changes)} })
    };
    view.into_any()
}

/// Changes as a list: what is new, what it was, what is gone.
pub fn list(editing: Editing, changes: Vec<ProgramChange>) -> AnyView {
    let words = editing.words;
    let rows: Vec<AnyView> = changes
        .into_iter()
        .map(|change| {
            let label = match (&change.before, &change.after) {
                (None, _) => words.program_change_added(),
                (Some(_), Some(_)) => words.program_change_changed(),
                (Some(_), None) => words.program_change_removed(),
            };
            let both = change.after.is_some();
            let was = change.before.map(|text| {
                if both {
                    view! { <span class="was">{words.program_change_was()}" "<del>{text}</del></span> }.into_any()
                } else {
                    view! { <del>{text}</del> }.into_any()
                }
            });
            view! {
                <li>
                    <span class="badge">{label}</span>
                    " "
                    {change.after.map(|text| view! { <ins>{text}</ins> })}
                    {was}
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="changes">{rows}</ul> }.into_any()
}
