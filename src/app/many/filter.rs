//! A filter "customers of" for lists that are not of customers: orders, members, codes.

use super::sets::{SetChoice, Sets, rule_naming};
use crate::state::use_words;
use ui::prelude::*;

/// The rule of a set's key, where that can be said without knowing all sets: saved segments and lists.
pub fn rule_of_key(sets: Option<Sets>, key: &str) -> Option<String> {
    match key.split_once(':') {
        Some(("saved" | "list", id)) => Some(rule_naming(id)),
        Some(("ready", _)) => sets?.find(key).map(|item| item.rule),
        _ => None,
    }
}

/// The choice.
#[component]
pub fn SetFilter(
    /// The key of the chosen set; empty is everybody.
    value: RwSignal<String>,
    /// The sets.
    sets: Sets,
    /// The person chose.
    #[prop(optional)]
    on_change: Option<Callback<String>>,
) -> impl IntoView {
    let words = use_words();
    let changed = Callback::new(move |key: String| {
        if let Some(on_change) = on_change {
            on_change.run(key);
        }
    });
    view! {
        <SetChoice
            label=words.many_of_segment()
            label_hidden=true
            value
            sets
            empty=words.many_everyone()
            on_change=changed
        />
    }
    .into_any()
}
