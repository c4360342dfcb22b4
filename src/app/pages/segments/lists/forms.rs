//! A list's name, and freezing a segment as a list.

use crate::many::{Kind, ManyDialog, SetChoice, Sets, Wish};
use crate::pages::segments::once::apply_once;
use crate::state::{use_state, use_today, use_words};
use model::ListId;
use protocol::{Chosen, Command, ListRequest, MembershipCommand};
use ui::prelude::*;
use ui::{Button, Dialog, Input, Look};

/// A list that is being named; without an id a new one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Naming {
    /// Which.
    pub id: Option<ListId>,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub note: String,
}

/// The dialog; open while a list is being named.
#[component]
pub fn ListDialog(
    /// The list.
    naming: RwSignal<Option<Naming>>,
) -> impl IntoView {
    let words = use_words();
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(naming.with(Option::is_some)));
    let title = Signal::derive(move || {
        let known = naming.with(|it| it.as_ref().is_some_and(|it| it.id.is_some()));
        let text = if known {
            words.lists_rename_title()
        } else {
            words.lists_new()
        };
        text.to_owned()
    });
    view! {
        <Dialog open title close_label=words.act_close() on_close=move |()| naming.set(None)>
            {move || naming.get_untracked().map(|it| view! { <NameForm start=it open/> })}
        </Dialog>
    }
    .into_any()
}

#[component]
fn NameForm(start: Naming, open: RwSignal<bool>) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let id = start.id;
    let name = RwSignal::new(start.name);
    let note = RwSignal::new(start.note);
    let tried = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let error = Signal::derive(move || {
        let missing = tried.get() && name.with(|name| name.trim().is_empty());
        missing.then(|| words.many_too_short().to_owned())
    });
    let save = move || {
        tried.set(true);
        let text = name.get_untracked().trim().to_owned();
        if text.is_empty() {
            return;
        }
        let said = words.lists_saved(&text);
        let command = MembershipCommand::SaveList {
            id,
            name: text,
            note: Some(note.get_untracked()),
        };
        apply_once(state, busy, Command::Membership(command), said, move |_| {
            open.try_set(false);
        });
    };
    view! {
        <form
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
            <Input label=words.many_name() value=name error required=true autofocus=true/>
            <Input label=words.many_note() value=note/>
            <div class="dialog-foot">
                <Button label=words.act_cancel() look=Look::Quiet on_press=move |()| open.set(false)/>
                <Button label=words.lists_save() look=Look::Primary submit=true busy/>
            </div>
        </form>
    }
    .into_any()
}

/// Chooses a segment, then names the list.
#[component]
pub fn FreezeDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The sets there are.
    sets: Sets,
) -> impl IntoView {
    let words = use_words();
    let today = use_today();
    let wish = RwSignal::new(None);
    let title = Signal::derive(move || words.lists_freeze().to_owned());
    let chosen = RwSignal::new(String::new());
    let go = move || {
        let Some(item) = sets.find(&chosen.get_untracked()) else {
            return;
        };
        let request = match item.key.strip_prefix("saved:") {
            Some(id) => ListRequest {
                segment: id.parse().ok(),
                ..ListRequest::default()
            },
            None => ListRequest {
                rule: Some(item.rule),
                ..ListRequest::default()
            },
        };
        open.set(false);
        wish.set(Some(Wish {
            who: Chosen::List(request),
            name: words.lists_freeze_name(&item.name, &words.day(today)),
            kind: Kind::Freeze,
        }));
    };
    let nothing = Signal::derive(move || chosen.with(String::is_empty));
    view! {
        <Dialog open title close_label=words.act_close()>
            <form
                on:submit=move |event| {
                    event.prevent_default();
                    go();
                }
            >
                <p class="note">{words.lists_freeze_lead()}</p>
                <SetChoice label=words.lists_freeze_from() value=chosen sets empty=words.many_choose()/>
                <div class="dialog-foot">
                    <Button label=words.act_cancel() look=Look::Quiet on_press=move |()| open.set(false)/>
                    <button type="submit" class="button primary" disabled=move || nothing.get()>{words.lists_freeze()}</button>
                </div>
            </form>
        </Dialog>
        <ManyDialog wish/>
    }
    .into_any()
}
