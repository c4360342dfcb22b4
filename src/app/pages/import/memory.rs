//! What is remembered of how files are read: said where it is used, listed where it can be forgotten.

use super::Desk;
use super::mapping::Mapping;
use crate::pages::orders::instant;
use crate::state::{apply_in, use_ask, use_state, use_words};
use model::import::Reading;
use protocol::{Command, ImportCommand, ImportQuery, ImportReply, MappingView, Query, Reply};
use text::Words;
use ui::prelude::*;
use ui::{Banner, Button, Look, Tone, icon};

/// Says that a file is read as one was before, with a way to have it guessed anew.
/// `place` is that of its report, where one is shown.
pub fn notice(
    words: Words,
    desk: Desk,
    mapping: &Mapping,
    place: Option<usize>,
) -> Option<AnyView> {
    let remembered = mapping.inspection.remembered.as_ref()?;
    let zone = instant::zone(use_state());
    let day = words.moment(&instant::local(&zone, remembered.at));
    let text = match remembered.resumes {
        Some(rows) => words.import_memory_resumes(rows),
        None => words.import_memory_used(&remembered.plan.file_name, &day),
    };
    let kind = mapping.inspection.kind;
    let anew = Callback::new(move |()| {
        if let Some(place) = place {
            desk.show_report(place);
        }
        desk.look_again(Reading {
            kind: Some(kind),
            fresh: true,
            ..Reading::default()
        });
    });
    let resumes = remembered.resumes.is_some();
    Some(
        view! {
            <Banner text tone=Tone::Neutral icon=icon::HISTORY>
                {(!resumes)
                    .then(|| {
                        view! {
                            <Button label=words.import_memory_anew() look=Look::Quiet on_press=anew/>
                        }
                    })}
            </Banner>
        }
        .into_any(),
    )
}

/// The mappings that are remembered.
#[component]
pub fn Mappings() -> impl IntoView {
    let words = use_words();
    // Mappings are no records, so nothing says when they change: forgetting asks again.
    let round = RwSignal::new(0u32);
    let asking = use_ask(move || {
        round.track();
        Query::Imports(ImportQuery::Mappings)
    });
    let open = RwSignal::new(false);
    move || {
        let reply = asking.reply()?;
        let Reply::Imports(ImportReply::Mappings(mappings)) = &*reply else {
            return None;
        };
        if mappings.is_empty() {
            return None;
        }
        // Who forgets one has them open, whether or not the browser has told of it yet.
        let forgotten = move || {
            open.set(true);
            round.update(|round| *round += 1);
        };
        let rows: Vec<AnyView> = mappings
            .iter()
            .map(|it| row(words, it, forgotten))
            .collect();
        Some(view! {
            <details
                class="import-details import-mappings"
                open=open.get_untracked()
                on:toggle=move |event| open.set(is_open(&event))
            >
                <summary>{words.import_memory_title(mappings.len() as u64)}</summary>
                <p class="quiet-text">{words.import_memory_lead()}</p>
                <ul>{rows}</ul>
            </details>
        })
    }
}

fn is_open(event: &leptos::ev::Event) -> bool {
    let element: web_sys::Element = event_target(event);
    element.has_attribute("open")
}

fn row(
    words: Words,
    it: &MappingView,
    forgotten: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let state = use_state();
    let zone = instant::zone(state);
    let day = words.moment(&instant::local(&zone, it.at));
    let name = it.plan.file_name.clone();
    let facts = words.import_memory_facts(it.uses, it.columns.len() as u64, &day);
    let id = it.id;
    let forget = Callback::new(move |()| {
        let command = Command::Imports(ImportCommand::Forget { mapping: id });
        apply_in(state, command, String::new(), move |_| forgotten());
    });
    let label = words.import_memory_forget(&name);
    view! {
        <li>
            <div>
                <b>{name}</b>
                <p class="quiet-text">{facts}</p>
            </div>
            <Button label look=Look::Quiet on_press=forget/>
        </li>
    }
    .into_any()
}
