//! Saving a set that was made of others as a segment, and the row of actions beside each such set.

use super::Shared;
use crate::as_of::with_day;
use crate::many::{Kind, Wish};
use crate::router::{Route, customers_by_rule};
use crate::state::{apply_in, use_state, use_words};
use protocol::{Chosen, Command, ListRequest, Outcome};
use ui::prelude::*;
use ui::{Button, Dialog, Input, Look, Menu, MenuItem, icon};

/// A rule that gets a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Saving {
    /// A name to start from.
    pub name: String,
    /// The rule.
    pub rule: String,
}

/// The dialog; open while there is something to save.
#[component]
pub fn SaveDialog(
    /// What is saved.
    saving: RwSignal<Option<Saving>>,
) -> impl IntoView {
    let words = use_words();
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(saving.with(Option::is_some)));
    let title = Signal::derive(move || words.overlap_save().to_owned());
    view! {
        <Dialog open title close_label=words.act_close() on_close=move |()| saving.set(None)>
            {move || saving.get_untracked().map(|start| view! { <Form start open/> })}
        </Dialog>
    }
    .into_any()
}

#[component]
fn Form(start: Saving, open: RwSignal<bool>) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let name = RwSignal::new(start.name);
    let rule = StoredValue::new(start.rule);
    let error = Signal::derive(move || {
        let missing = name.with(|name| name.trim().is_empty());
        missing.then(|| words.segments_field_name_missing().to_owned())
    });
    let save = move || {
        let text = name.get_untracked().trim().to_owned();
        if text.is_empty() {
            return;
        }
        let said = words.segments_saved(&text);
        let command = Command::SaveSegment {
            id: None,
            name: text,
            rule: rule.get_value(),
        };
        apply_in(state, command, said, move |done| {
            open.try_set(false);
            if let Outcome::Segment { id } = done.outcome {
                crate::router::navigate(&Route::Segments(id.to_string()).href());
            }
        });
    };
    view! {
        <form
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
            <Input label=words.overlap_save_name() value=name error required=true autofocus=true/>
            <div class="dialog-foot">
                <Button label=words.act_cancel() look=Look::Quiet on_press=move |()| open.set(false)/>
                <Button label=words.act_save() look=Look::Primary submit=true/>
            </div>
        </form>
    }
    .into_any()
}

/// The list of who is in the set of a rule, as of the day that is looked at.
pub fn members_href(shared: Shared, rule: &str) -> String {
    with_day(customers_by_rule(rule), shared.as_of.get_untracked())
}

/// What can be done with the set of a rule.
pub fn menu(shared: Shared, name: &str, rule: &str) -> AnyView {
    let words = shared.words;
    let start = Saving {
        name: name.to_owned(),
        rule: rule.to_owned(),
    };
    let wish = Wish {
        who: Chosen::List(ListRequest {
            rule: Some(rule.to_owned()),
            as_of: shared.as_of.get_untracked(),
            ..ListRequest::default()
        }),
        name: name.to_owned(),
        kind: Kind::Freeze,
    };
    let save = move || shared.saving.set(Some(start.clone()));
    let freeze = move || shared.wish.set(Some(wish.clone()));
    let items = vec![
        MenuItem::new(words.overlap_save(), icon::SAVE, save),
        MenuItem::new(words.overlap_freeze(), icon::PEOPLE, freeze),
    ];
    view! { <Menu label=words.lists_actions(name) icon=icon::MORE icon_only=true items/> }
        .into_any()
}
