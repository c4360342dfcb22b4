//! The import page: from a dropped file to records, with a look at the outcome before anything changes.
//!
//! One set of files at a time: choose, check the columns (left out where the program or the layout is known), preview,
//! go in, done. The [`Desk`] holds the state; the parts of the page here only show it.

mod check;
mod cleaned;
mod desk;
mod diff;
mod drop;
mod files;
mod kept;
mod mapping;
mod memory;
mod pace;
mod past;
mod report;
mod rules;
mod sheets;
mod waiting;
mod work;

use crate::drops;
use crate::state::{use_client, use_words};
use desk::{Desk, Phase};
use leptos::html;
use model::BatchId;
use protocol::{Fault, FaultCode};
use text::Words;
use ui::prelude::*;
use ui::{Button, LinkButton, Look, icon};
use web_sys::File;

/// Takes files from anywhere on the page (a drop on the window, a picker) and opens the import page.
fn offer_files(files: Vec<File>) {
    let Some(desk) = desk::the_desk() else {
        return;
    };
    desk.offer(files);
    crate::router::navigate(&crate::router::Route::Data(String::new()).href());
}

/// The import page.
#[component]
pub fn ImportPage() -> impl IntoView {
    let words = use_words();
    let desk = desk::desk(use_client());
    provide_context(desk);
    drops::taken_by(offer_files);
    on_cleanup(move || desk.leave());
    let first = StoredValue::new(true);
    let content = move || {
        let focus = !first.get_value();
        first.set_value(false);
        phase_view(words, desk, desk.phase(), focus)
    };
    view! {
        <div class="import">
            {move || steps(words, &desk.phase())}
            <div class="import-phase">{content}</div>
            {move || queue(words, desk)}
        </div>
    }
    .into_any()
}

/// The heading of a phase; it takes the focus when the phase begins, so that readers hear where one is.
pub(super) fn heading(text: String, focus: bool) -> AnyView {
    let element = NodeRef::<html::H2>::new();
    Effect::new(move |_| {
        if let (true, Some(heading)) = (focus, element.get()) {
            // A heading that has left the page needs no focus.
            let _ = heading.focus();
        }
    });
    view! { <h2 tabindex="-1" node_ref=element>{text}</h2> }.into_any()
}

fn phase_view(words: Words, desk: Desk, phase: Phase, focus: bool) -> AnyView {
    match phase {
        Phase::Choose => view! {
            <p class="quiet-text import-lead">{words.import_lead()}</p>
            <past::Resume/>
            <drop::DropZone/>
            <waiting::WaitingOrders/>
            <past::PastImports/>
            <memory::Mappings/>
        }
        .into_any(),
        Phase::Inspecting => work::looking(words),
        Phase::Unreadable(fault) => unreadable(words, desk, &fault, focus),
        Phase::Check => view! { <check::Check focus/> }.into_any(),
        Phase::DryRun => view! { <work::Work for_good=false focus/> }.into_any(),
        Phase::Importing => view! { <work::Work for_good=true focus/> }.into_any(),
        Phase::Preview(reports) => view! { <report::Preview reports focus/> }.into_any(),
        Phase::Done(reports) => view! { <report::Finished reports focus/> }.into_any(),
        Phase::Undone {
            removed,
            restored,
            kept,
            batches,
        } => undone(words, desk, [removed, restored, kept], batches, focus),
        Phase::Failed(fault) => failed(words, desk, &fault, focus),
    }
}

fn steps(words: Words, phase: &Phase) -> AnyView {
    let at = match phase {
        Phase::Choose | Phase::Inspecting | Phase::Unreadable(_) => 0,
        Phase::Check => 1,
        Phase::DryRun | Phase::Preview(_) | Phase::Importing | Phase::Failed(_) => 2,
        Phase::Done(_) | Phase::Undone { .. } => 3,
    };
    let names = [
        words.import_step_file(),
        words.import_step_check(),
        words.import_step_preview(),
        words.import_step_done(),
    ];
    let items: Vec<AnyView> = names
        .into_iter()
        .enumerate()
        .map(|(i, name)| {
            let state = match i.cmp(&at) {
                std::cmp::Ordering::Less => "past",
                std::cmp::Ordering::Equal => "now",
                std::cmp::Ordering::Greater => "later",
            };
            view! {
                <li data-state=state aria-current=(i == at).then_some("step")>
                    <span>{name}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ol class="import-steps" aria-label=words.import_steps()>{items}</ol> }.into_any()
}

fn queue(words: Words, desk: Desk) -> Option<AnyView> {
    let waiting = desk.waiting();
    let first = waiting.first()?.clone();
    let more = waiting.len() as u64;
    Some(
        view! {
            <p class="import-queue" role="status">
                {words.import_queue(more)}
                " · "
                {words.import_queue_next(&first)}
            </p>
        }
        .into_any(),
    )
}

fn unreadable(words: Words, desk: Desk, fault: &Fault, focus: bool) -> AnyView {
    let found = fault.found.clone().unwrap_or_default();
    let name = desk
        .file_name_now()
        .map(|(name, _)| name)
        .unwrap_or_default();
    let why = why_unreadable(words, fault);
    view! {
        <section class="import-card" role="alert">
            {heading(words.import_unreadable_title().to_owned(), focus)}
            <p class="import-file">{name}</p>
            <p>{why}</p>
            <div class="actions">
                {(found == "sqlite")
                    .then(|| {
                        view! { <LinkButton label=words.shell_settings() href="#/settings"/> }
                    })}
                <Button
                    label=words.import_file_change()
                    look=Look::Primary
                    on_press=Callback::new(move |()| desk.next())
                />
            </div>
        </section>
    }
    .into_any()
}

/// What a file seems to be that cannot be read, and what would be right.
fn why_unreadable(words: Words, fault: &Fault) -> String {
    let found = fault.found.as_deref().unwrap_or_default();
    if fault.code != FaultCode::UnreadableFile {
        return words.fault(fault);
    }
    let seems = words
        .import_program_find(&["file.", found].concat())
        .map(|what| words.import_unreadable_seems(what));
    let hint = match found {
        "archive" => words.import_unreadable_hint_zip(),
        "sqlite" => words.import_unreadable_hint_backup(),
        "header_only" | "empty" => words.import_preview_empty(),
        "password" => words.import_unreadable_hint_password(),
        "damaged" => words.import_unreadable_hint_damaged(),
        "bomb" => words.import_unreadable_hint_bomb(),
        "hidden" => words.import_unreadable_hint_hidden(),
        _ => words.import_unreadable_hint_text(),
    };
    [seems.as_deref().unwrap_or_default(), " ", hint]
        .concat()
        .trim()
        .to_owned()
}

fn failed(words: Words, desk: Desk, fault: &Fault, focus: bool) -> AnyView {
    view! {
        <section class="import-card" role="alert">
            {heading(words.import_failed_title().to_owned(), focus)}
            <p>{words.fault(fault)}</p>
            <p class="quiet-text">{words.import_failed_safe()}</p>
            <div class="actions">
                <Button label=words.import_file_change() on_press=Callback::new(move |()| desk.next())/>
                <Button
                    label=words.import_retry()
                    look=Look::Primary
                    icon=icon::REFRESH
                    on_press=Callback::new(move |()| desk.dry_run())
                />
            </div>
        </section>
    }
    .into_any()
}

fn undone(
    words: Words,
    desk: Desk,
    counts: [u64; 3],
    batches: Vec<BatchId>,
    focus: bool,
) -> AnyView {
    let [removed, restored, kept] = counts;
    let name = desk
        .file_name_now()
        .map(|(name, _)| name)
        .unwrap_or_default();
    let stayed: Vec<AnyView> = if kept > 0 {
        batches
            .into_iter()
            .map(|batch| view! { <kept::Kept batch/> }.into_any())
            .collect()
    } else {
        Vec::new()
    };
    view! {
        <section class="import-card" role="status">
            {heading(words.import_done_undone(&name), focus)}
            <p>
                {words.import_done_undone_counts(removed, restored)}
                {(kept > 0).then(|| [" · ", &words.import_done_undone_kept(kept)].concat())}
            </p>
            {stayed}
            <div class="actions">
                <Button
                    label=words.import_done_another()
                    look=Look::Primary
                    on_press=Callback::new(move |()| desk.next())
                />
            </div>
        </section>
    }
    .into_any()
}
