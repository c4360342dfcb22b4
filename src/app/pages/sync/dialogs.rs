//! What the menu opens: credentials, what is shared, starting over, disconnecting.

use super::secret::{SecretFields, SecretForm};
use super::share::{Chosen, ShareForm};
use super::{Overview, act_then, address};
use crate::state::{use_state, use_words};
use protocol::{SyncCommand, SyncSide};
use text::Words;
use ui::prelude::*;
use ui::{Banner, Button, Choice, Dialog, Look, Segmented, Tone, icon};

/// Which is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// None.
    None,
    /// Other credentials.
    Secret,
    /// What is shared.
    Share,
    /// Starting over.
    Over,
    /// Disconnecting.
    Off,
}

/// The one dialog, whatever is in it.
pub fn dialogs(words: Words, overview: Overview, dialog: RwSignal<Open>) -> AnyView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(dialog.get() != Open::None));
    let title = Signal::derive(move || {
        match dialog.get() {
            Open::None => "",
            Open::Secret => words.sync_secret_change(),
            Open::Share => words.sync_share_change(),
            Open::Over => words.sync_over_title(),
            Open::Off => words.sync_off_title(),
        }
        .to_owned()
    });
    let content = move || match dialog.get() {
        Open::None => ().into_any(),
        Open::Secret => view! { <Secret overview dialog/> }.into_any(),
        Open::Share => view! { <Share overview dialog/> }.into_any(),
        Open::Over => view! { <Over dialog/> }.into_any(),
        Open::Off => view! { <Off overview dialog/> }.into_any(),
    };
    let closed = Callback::new(move |()| dialog.set(Open::None));
    view! {
        <Dialog open title size="wide" close_label=words.act_close() on_close=closed>
            {content}
        </Dialog>
    }
    .into_any()
}

/// Where the endpoint is.
fn place(overview: Overview) -> String {
    overview.with_untracked(|it| {
        it.as_deref()
            .map(|it| it.address.clone())
            .unwrap_or_default()
    })
}

#[component]
fn Secret(
    /// What is connected.
    overview: Overview,
    /// Which is open.
    dialog: RwSignal<Open>,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let place = place(overview);
    let origin = address::origin(&place).to_owned();
    let fields = overview.with_untracked(|it| {
        it.as_deref()
            .map_or_else(SecretFields::new, SecretFields::of)
    });
    let save = move |()| {
        let Some(secret) = fields.read() else { return };
        let command = SyncCommand::Credentials {
            secret,
            keep: fields.keep(),
        };
        act_then(
            state,
            command,
            words.sync_secret_saved().to_owned(),
            move || {
                fields.forget();
                dialog.set(Open::None);
            },
        );
    };
    view! {
        <p>{words.sync_secret_change_text(&origin)}</p>
        <SecretForm fields origin/>
        <div class="dialog-foot">
            <Button label=words.act_cancel() look=Look::Quiet on_press=move |()| dialog.set(Open::None)/>
            <Button label=words.sync_secret_save() look=Look::Primary on_press=save/>
        </div>
    }
    .into_any()
}

#[component]
fn Share(
    /// What is connected.
    overview: Overview,
    /// Which is open.
    dialog: RwSignal<Open>,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let chosen = overview.with_untracked(|it| {
        it.as_deref()
            .map_or_else(Chosen::everything, |it| Chosen::of(&it.share))
    });
    let nothing = Signal::derive(move || chosen.is_empty());
    let save = move |()| {
        let share = untrack(|| chosen.share());
        let said = words.sync_share_saved().to_owned();
        act_then(state, SyncCommand::Share { share }, said, move || {
            dialog.set(Open::None);
        });
    };
    view! {
        <p>{words.sync_share_change_text()}</p>
        <ShareForm chosen/>
        <div class="dialog-foot">
            <Button label=words.act_cancel() look=Look::Quiet on_press=move |()| dialog.set(Open::None)/>
            <Button label=words.sync_share_save() look=Look::Primary disabled=nothing on_press=save/>
        </div>
    }
    .into_any()
}

#[component]
fn Over(
    /// Which is open.
    dialog: RwSignal<Open>,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let side = RwSignal::new("both".to_owned());
    let sides = vec![
        Choice::new("both", words.sync_over_both()),
        Choice::new("here", words.sync_over_here()),
        Choice::new("there", words.sync_over_there()),
    ];
    let go = move |()| {
        let from = match side.get_untracked().as_str() {
            "here" => SyncSide::Here,
            "there" => SyncSide::There,
            _ => SyncSide::Both,
        };
        let said = words.sync_over_done().to_owned();
        act_then(state, SyncCommand::StartOver { from }, said, move || {
            dialog.set(Open::None);
        });
    };
    view! {
        <p>{words.sync_over_text()}</p>
        <Segmented label=words.sync_over_from() value=side choices=sides/>
        <p class="note">{words.sync_over_note()}</p>
        <div class="dialog-foot">
            <Button label=words.act_cancel() look=Look::Quiet on_press=move |()| dialog.set(Open::None)/>
            <Button label=words.sync_over_go() look=Look::Primary on_press=go/>
        </div>
    }
    .into_any()
}

#[component]
fn Off(
    /// What is connected.
    overview: Overview,
    /// Which is open.
    dialog: RwSignal<Open>,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let place = place(overview);
    let pending = move || overview.with(|it| it.as_deref().map_or(0, |it| it.light.pending));
    let warning = move || {
        let count = pending();
        (count > 0).then(|| {
            view! { <Banner text=words.sync_off_pending(count) tone=Tone::Notice icon=icon::ALERT/> }
        })
    };
    let go = move |()| {
        let said = words.sync_off_done().to_owned();
        // The dialog goes with the connection.
        act_then(state, SyncCommand::Disconnect, said, move || {
            let _ = dialog.try_set(Open::None);
        });
    };
    view! {
        <p>{words.sync_off_text(address::origin(&place))}</p>
        {warning}
        <div class="dialog-foot">
            <Button label=words.act_cancel() look=Look::Quiet on_press=move |()| dialog.set(Open::None)/>
            <Button label=words.sync_off_go() look=Look::Danger on_press=go/>
        </div>
    }
    .into_any()
}
