//! The head of the builder: the segment's name, and saving it.

use super::draft::Draft;
use super::state::Desk;
use crate::pages::segments::once::apply_once;
use crate::pages::segments::segment::Subject;
use crate::router;
use crate::state::{State, use_state};
use model::rule::Rule;
use protocol::{Command, Outcome};
use ui::prelude::*;
use ui::{Button, Input, Look, icon};

/// A segment as it is saved: its name, and its rule as the builder writes it where it can be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    /// Its name.
    pub name: String,
    /// Its rule.
    pub rule: Option<String>,
}

impl Saved {
    /// Of a segment as it was opened; one that nobody has saved is saved as nothing.
    pub fn of(subject: &Subject) -> Self {
        Self {
            name: subject.name.clone(),
            rule: canonical(&subject.rule),
        }
    }
}

/// The bar.
#[component]
pub fn SaveBar(
    /// The builder.
    desk: Desk,
    /// The segment as it was opened.
    subject: Subject,
    /// Its name, as typed.
    name: RwSignal<String>,
    /// Name and rule as they are saved.
    saved: RwSignal<Saved>,
) -> impl IntoView {
    let words = desk.words;
    let state = use_state();
    let id = desk.own;
    let tried = RwSignal::new(false);
    let unfinished = Memo::new(move |_| desk.said.with(|said| said.wrong.len()));
    let error = Signal::derive(move || {
        let missing = tried.get() && name.with(|name| name.trim().is_empty());
        missing.then(|| words.segments_field_name_missing().to_owned())
    });
    let changed = Memo::new(move |_| {
        saved.with(|saved| {
            name.with(|name| name.trim() != saved.name)
                || desk.json.with(|json| Some(json) != saved.rule.as_ref())
        })
    });
    let bar = Bar {
        desk,
        name,
        saved,
        tried,
        busy: RwSignal::new(false),
    };
    let save = move |copy: bool| save(state, bar, copy);
    let is_saved = Signal::derive(move || id.get().is_some() && !changed.get());
    let note = move || {
        let left = unfinished.get();
        if left > 0 {
            return Some(words.builder_unfinished(left as u64));
        }
        (id.get().is_some() && changed.get()).then(|| words.builder_unsaved().to_owned())
    };
    let copy = id.get_untracked().map(|_| {
        view! {
            <Button label=words.builder_save_copy() look=Look::Quiet icon=icon::COPY busy=bar.busy on_press=move |()| save(true)/>
        }
    });
    // The page of a ready or saved segment has a head of its own.
    let title = (id.get_untracked().is_none() && subject.key.is_none()).then(|| {
        view! {
            <header class="page-head"><div>
                <h1 tabindex="-1">{words.segment_new_title()}</h1>
                <p class="lead">{words.builder_lead()}</p>
            </div></header>
        }
    });
    view! {
        {title}
        <div class="save-bar">
            <Input label=words.segments_field_name() value=name error required=true/>
            <p class="save-note" aria-live="polite">{note}</p>
            <div class="actions">
                {copy}
                <Button
                    label=words.act_save()
                    look=Look::Primary
                    disabled=is_saved
                    busy=bar.busy
                    on_press=move |()| save(false)
                />
            </div>
        </div>
    }
    .into_any()
}

/// What saving reads and writes.
#[derive(Clone, Copy)]
struct Bar {
    desk: Desk,
    name: RwSignal<String>,
    saved: RwSignal<Saved>,
    tried: RwSignal<bool>,
    /// It is being saved.
    busy: RwSignal<bool>,
}

/// Saves what is complete; a copy, and what nobody has saved yet, gets a page of its own.
fn save(state: State, bar: Bar, copy: bool) {
    let Bar {
        desk, saved, busy, ..
    } = bar;
    let words = desk.words;
    bar.tried.set(true);
    let named = bar.name.get_untracked().trim().to_owned();
    let left = desk.said.with_untracked(|said| said.wrong.len());
    if left > 0 {
        desk.tell(words.builder_unfinished(left as u64));
        return;
    }
    if named.is_empty() {
        return;
    }
    let rule = desk.json.get_untracked();
    let id = desk.own.get_untracked().filter(|_| !copy);
    let said = words.segments_saved(&named);
    let command = Command::SaveSegment {
        id,
        name: named.clone(),
        rule: rule.clone(),
    };
    apply_once(state, busy, command, said, move |done| {
        let Outcome::Segment { id: new } = done.outcome else {
            return;
        };
        saved.try_set(Saved {
            name: named,
            rule: Some(rule),
        });
        if id.is_none() {
            let subject = Subject {
                id: Some(new),
                ..Subject::default()
            };
            router::navigate(&subject.href(""));
        } else {
            let _ = busy.try_set(false);
            drop_begun(state);
        }
    });
}

/// The rule as the builder would write it; `None` where it cannot be read.
fn canonical(json: &str) -> Option<String> {
    let rule = Rule::parse(json).ok()?;
    Some(Draft::of(&rule).rule().rule.to_json())
}

/// What was begun is saved: the address needs no rule any more.
fn drop_begun(state: State) {
    let place = state.place.get_untracked();
    let params = place.params.set("rule", "");
    router::replace(
        &router::Place {
            params,
            route: place.route,
        }
        .href(),
    );
}
