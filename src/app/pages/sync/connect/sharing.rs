//! The third step: what is shared, seen before it is sent.

use super::{Checked, Draft, Step, heading};
use crate::pages::sync::address;
use crate::pages::sync::share::ShareForm;
use crate::state::{State, use_state, use_words};
use protocol::{Command, SyncCommand};
use text::Words;
use ui::prelude::*;
use ui::{Button, Look, spawn_local};

/// The form, and the button that begins.
#[component]
pub fn Sharing(
    /// What is typed.
    draft: Draft,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let busy = RwSignal::new(false);
    let nothing = Signal::derive(move || draft.share.is_empty());
    view! {
        <section class="sync-form sync-wide">
            {heading(3, words.sync_share_title())}
            <p class="sync-prose">{words.sync_share_lead()}</p>
            <ShareForm chosen=draft.share/>
            <div class="actions">
                <Button
                    label=words.sync_connect_go()
                    look=Look::Primary
                    busy
                    disabled=nothing
                    on_press=move |()| begin(words, state, draft, busy)
                />
                <Button label=words.sync_back() look=Look::Quiet on_press=move |()| draft.go(Step::Secret)/>
            </div>
        </section>
    }
    .into_any()
}

fn begin(words: Words, state: State, draft: Draft, busy: RwSignal<bool>) {
    let Checked::Done(probe) = draft.checked.get_untracked() else {
        return draft.go(Step::Secret);
    };
    let Some(secret) = draft.secret.read() else {
        return draft.go(Step::Secret);
    };
    let place = draft.place();
    let said = words.sync_connected(address::origin(&place));
    let command = SyncCommand::Connect {
        address: place,
        profile: probe.profile,
        findings: probe.findings,
        secret,
        keep: draft.secret.keep(),
        share: untrack(|| draft.share.share()),
    };
    busy.set(true);
    let answer = state.client.apply(Command::Sync(command));
    spawn_local(async move {
        match answer.await {
            Ok(_) => {
                draft.secret.forget();
                state.toasts.done(said, None);
            }
            Err(fault) => state.toasts.fault(&fault),
        }
        let _ = busy.try_set(false);
    });
}
