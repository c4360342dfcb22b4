//! The builder of rules: blocks with what each one does to the count, or the JSON itself; beside it how many, how much,
//! who, and the rule in words.
//!
//! What is built lives in the address as well, a moment after each edit: a reload, a link and the browser's back button
//! lose nothing. `docs/segment-builder.md` says how it is used.

mod blocks;
mod choose;
mod combo;
mod controls;
mod draft;
mod drag;
mod edit;
mod effect;
mod form;
mod json;
mod keys;
mod picker;
mod rows;
mod save;
mod side;
mod starts;
mod state;
mod steps;
#[cfg(test)]
mod tests;
mod values;

pub use combo::{Acts, Combo, Offer};

use super::segment::Subject;
use super::spread;
use crate::as_of::{AsOf, use_as_of};
use crate::router::{self, Place};
use crate::state::{use_place, use_state};
use draft::{Draft, NodeId};
use leptos::ev;
use model::rule::Rule;
use save::{SaveBar, Saved};
use starts::Starts;
use state::Desk;
use std::time::Duration;
use ui::prelude::*;
use ui::{Choice, IconButton, Segmented, icon};

/// What the builder begins with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Start {
    /// The segment; of a new one only what the address says.
    pub subject: Subject,
}

impl Start {
    /// Begins with a segment. A rule in the address is what somebody had begun to make of it.
    pub fn of(subject: Subject) -> Self {
        Self { subject }
    }

    /// Begins with what the address says.
    pub fn of_address() -> Self {
        Self::default()
    }

    /// The rule to begin with.
    fn rule(&self, begun: Option<&str>) -> Option<Rule> {
        let begun = begun.and_then(|json| Rule::parse(json).ok());
        begun.or_else(|| Rule::parse(&self.subject.rule).ok())
    }
}

/// The parameter of an address that names the condition to begin at: `all[1].not`.
pub const AT: &str = "at";

/// The address is written so long after the last edit.
const ADDRESS_AFTER: Duration = Duration::from_millis(300);

/// The builder.
#[component]
pub fn Builder(
    /// What it begins with.
    start: Start,
) -> impl IntoView {
    let place = use_place();
    let begun = place.with_untracked(|place| place.params.get("rule").map(str::to_owned));
    let draft = start
        .rule(begun.as_deref())
        .map_or_else(Draft::default, |rule| Draft::of(&rule));
    let desk = Desk::new(draft, start.subject.id, use_as_of());
    let name = RwSignal::new(start.subject.name.clone());
    let text = RwSignal::new(String::new());
    let as_text = RwSignal::new(false);
    // A rule of a newer version is shown as it is; nothing of it is thrown away.
    let unreadable = !start.subject.rule.is_empty() && Rule::parse(&start.subject.rule).is_err();
    if unreadable && begun.is_none() {
        text.set(start.subject.rule.clone());
        as_text.set(true);
    }
    let saved = RwSignal::new(Saved::of(&start.subject));
    keep_address(desk, saved, begun.unwrap_or_default());
    let show = Callback::new(move |id: NodeId| {
        as_text.set(false);
        side::show_block(id);
    });
    let content = move || {
        if as_text.get() {
            view! { <json::Json desk text/> }.into_any()
        } else {
            blocks::blocks(desk)
        }
    };
    let at = place.with_untracked(|place| place.params.get(AT).map(str::to_owned));
    let node = at.and_then(|at| desk.said.with_untracked(|said| said.node_at(&at)));
    if let Some(node) = node.filter(|_| !as_text.get_untracked()) {
        side::show_block(node);
    }
    let fresh = start.subject.id.is_none();
    let on_name = Callback::new(move |chosen: String| {
        if name.with_untracked(|name| name.trim().is_empty()) {
            name.set(chosen);
        }
    });
    let gallery = move || fresh && !as_text.get() && desk.with(Draft::is_empty);
    view! {
        <SaveBar desk subject=start.subject name saved/>
        <AsOf/>
        <div class="builder" on:keydown=move |event: ev::KeyboardEvent| keys::on_builder(desk, &event)>
            <div class="builder-main">
                {bar(desk, text, as_text)}
                {content}
                <p class="builder-told" role="status">{move || desk.told.get()}</p>
                <p class="visually-hidden" id="builder-keys">{desk.words.builder_keys()}</p>
                <Show when=gallery><Starts desk on_name/></Show>
            </div>
            {side::side(desk, show)}
        </div>
    }
    .into_any()
}

/// Blocks or text, undo and redo.
fn bar(desk: Desk, text: RwSignal<String>, as_text: RwSignal<bool>) -> AnyView {
    let words = desk.words;
    let mode = RwSignal::new("blocks".to_owned());
    Effect::new(move |_| {
        mode.set(if as_text.get() { "text" } else { "blocks" }.to_owned());
    });
    let choices = vec![
        Choice::new("blocks", words.builder_mode_blocks()),
        Choice::new("text", words.builder_mode_text()),
    ];
    let change = Callback::new(move |chosen: String| {
        if chosen == "text" {
            text.set(spread(&desk.json.get_untracked()));
            as_text.set(true);
        } else if text.with_untracked(|text| Rule::parse(text).is_ok()) {
            as_text.set(false);
        } else {
            // What cannot be read has no blocks; it is not thrown away without being told.
            mode.set("text".to_owned());
            desk.tell(words.builder_json_first());
        }
    });
    let undo = Callback::new(move |()| desk.undo());
    let redo = Callback::new(move |()| desk.redo());
    let cannot_undo = Signal::derive(move || desk.steps.with(|steps| !steps.can_undo()));
    let cannot_redo = Signal::derive(move || desk.steps.with(|steps| !steps.can_redo()));
    view! {
        <div class="builder-bar">
            <Segmented label=words.builder_mode() label_hidden=true value=mode choices on_change=change/>
            <span class="builder-steps">
                <IconButton label=words.builder_undo() icon=icon::UNDO disabled=cannot_undo on_press=undo/>
                <IconButton label=words.builder_redo() icon=icon::REDO disabled=cannot_redo on_press=redo/>
            </span>
        </div>
    }
    .into_any()
}

/// Writes what is built into the address, a moment after the last edit; what is as saved needs no place there. And
/// the other way round: another rule that comes by the address is an edit.
fn keep_address(desk: Desk, saved: RwSignal<Saved>, begun: String) {
    let state = use_state();
    let own = state.place.get_untracked().route;
    let written = StoredValue::new(begun);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(Some(handle)) = waiting.try_update_value(Option::take) {
            handle.clear();
        }
    };
    on_cleanup(stop);
    let here = own.clone();
    Effect::new(move |_| {
        let json = desk.json.get();
        let kept = match saved.with(|saved| saved.rule.clone()) {
            Some(saved) if saved == json => String::new(),
            None if desk.with_untracked(Draft::is_empty) => String::new(),
            _ => json,
        };
        stop();
        let own = own.clone();
        let write = move || {
            let place = state.place.get_untracked();
            let there = place.params.get("rule").unwrap_or_default() == kept;
            // Somebody may have gone elsewhere meanwhile.
            if place.route == own && !there {
                written.try_set_value(kept.clone());
                let params = place.params.set("rule", &kept);
                let route = place.route;
                router::replace(&Place { params, route }.href());
            }
        };
        let handle = set_timeout_with_handle(write, ADDRESS_AFTER).ok();
        waiting.try_set_value(handle);
    });
    Effect::new(move |_| {
        let place = state.place.get();
        let there = place.params.get("rule").unwrap_or_default();
        if place.route != here || there.is_empty() || written.with_value(|known| known == there) {
            return;
        }
        written.set_value(there.to_owned());
        if let Ok(rule) = Rule::parse(there) {
            desk.edit(|draft| draft.become_rule(&rule));
        }
    });
}
