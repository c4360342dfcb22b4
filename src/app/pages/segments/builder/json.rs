//! The rule as text: the JSON itself, checked like everywhere else. What can be read goes into the blocks at once; what
//! cannot says where and why, and the blocks stay as they are.

use super::draft::Draft;
use super::state::Desk;
use crate::pages::segments::spread;
use model::rule::Rule;
use ui::prelude::*;
use ui::{Button, Look, Textarea, icon};

/// The text mode.
#[component]
pub fn Json(
    /// The builder.
    desk: Desk,
    /// What stands in the field.
    text: RwSignal<String>,
) -> impl IntoView {
    let words = desk.words;
    let parsed = Memo::new(move |_| text.with(|text| Rule::parse(text)));
    let error = Signal::derive(move || parsed.get().err().map(|error| words.rule_refused(&error)));
    // The blocks follow the text; what they already say is no step.
    Effect::new(move |_| {
        if let Ok(rule) = parsed.get() {
            let known = desk
                .said
                .with_untracked(|said| said.rule == rule && said.wrong.is_empty());
            if !known {
                desk.type_in((0, "json"), |draft| {
                    draft.become_rule(&rule);
                });
            }
        }
    });
    // Undo and redo change the rule from outside.
    Effect::new(move |_| {
        let json = desk.json.get();
        let same = text.with_untracked(|text| {
            Rule::parse(text).is_ok_and(|rule| Draft::of(&rule).rule().rule.to_json() == json)
        });
        if !same && text.with_untracked(|text| Rule::parse(text).is_ok()) {
            text.set(spread(&json));
        }
    });
    let tidy = move |()| {
        if let Ok(rule) = parsed.get_untracked() {
            text.set(spread(&rule.to_json()));
        }
    };
    let back = move |()| text.set(spread(&desk.json.get_untracked()));
    let wrong = Signal::derive(move || parsed.with(Result::is_err));
    view! {
        <div class="json-mode">
            <Textarea
                label=words.builder_json()
                value=text
                error
                hint=words.builder_json_hint()
                rows=18
                code=true
            />
            <div class="actions">
                <Button label=words.builder_json_tidy() look=Look::Quiet disabled=wrong on_press=tidy/>
                <Show when=move || wrong.get()>
                    <Button label=words.builder_json_back() look=Look::Quiet icon=icon::UNDO on_press=back/>
                </Show>
            </div>
        </div>
    }
    .into_any()
}
