//! The first step: where the data goes.

use super::{Checked, Draft, Step, heading};
use crate::pages::sync::address;
use crate::pages::sync::secret::auth_key;
use crate::state::{use_ask, use_client, use_state, use_words};
use protocol::{Query, Reply, SyncPreset, SyncQuery, SyncReply, SyncTrouble, SyncTroubleCode};
use text::Words;
use ui::prelude::*;
use ui::{Button, Choice, Input, Look, Select, Textarea, spawn_local};

/// A profile that the person writes.
pub const OWN: &str = "own";

/// The form.
#[component]
pub fn Place(
    /// What is typed.
    draft: Draft,
    /// Back to the way in.
    begun: RwSignal<bool>,
) -> impl IntoView {
    let words = use_words();
    let presets = |reply: &Reply| match reply {
        Reply::Sync(reply) => match &**reply {
            SyncReply::Presets(all) => Some(all.clone()),
            _ => None,
        },
        _ => None,
    };
    // Drawn once the kinds are known: a choice that is drawn anew under somebody's keys loses the focus.
    let form =
        use_ask(|| Query::Sync(SyncQuery::Presets)).steady("text", presets, move |presets| {
            form(words, draft, begun, presets.clone())
        });
    view! {
        <section class="sync-form">
            {heading(1, words.sync_address_title())}
            {form}
        </section>
    }
    .into_any()
}

fn form(words: Words, draft: Draft, begun: RwSignal<bool>, presets: Vec<SyncPreset>) -> AnyView {
    let tried = RwSignal::new(false);
    let error = Signal::derive(move || {
        let wrong = draft.address.with(|typed| address::read(typed).err())?;
        tried.get().then(|| why(words, wrong))
    });
    let wrong = RwSignal::new(None::<String>);
    let profile_error = Signal::derive(move || wrong.get());
    let next = move |()| {
        tried.set(true);
        wrong.set(None);
        if draft.place().is_empty() {
            return;
        }
        if draft.kind.with_untracked(|kind| kind == OWN) {
            check_profile(words, draft, wrong);
        } else {
            draft.go(Step::Secret);
        }
    };
    // What was found out belongs to the address it was found out about.
    let forget = move |_: String| draft.checked.set(Checked::Not);
    let own = Memo::new(move |_| draft.kind.with(|kind| kind == OWN));
    let profile = move || {
        own.get().then(|| {
            view! {
                <Textarea
                    label=words.sync_address_profile()
                    value=draft.profile
                    hint=words.sync_address_profile_hint()
                    error=profile_error
                    rows=12
                    code=true
                />
            }
        })
    };
    view! {
        <div class="sync-form">
            {kind(words, draft, presets)}
            <Input
                label=words.sync_address_label()
                value=draft.address
                error
                hint=words.sync_address_hint()
                kind="url"
                mode="url"
                placeholder="https://"
                on_change=forget
            />
            {profile}
            <p class="note">{words.sync_address_probe_note()}</p>
            <div class="actions">
                <Button label=words.sync_next() look=Look::Primary on_press=next/>
                <Button label=words.act_cancel() look=Look::Quiet on_press=move |()| begun.set(false)/>
            </div>
        </div>
    }
    .into_any()
}

/// Which kind of server it is, with what is known about that kind.
fn kind(words: Words, draft: Draft, presets: Vec<SyncPreset>) -> AnyView {
    let choices = choices(words, &presets);
    let presets = StoredValue::new(presets);
    let chosen = move |key: String| {
        draft.checked.set(Checked::Not);
        presets.with_value(|all| {
            if let Some(preset) = all.iter().find(|it| it.key == key) {
                draft.secret.auth.set(auth_key(preset.auth).to_owned());
            }
        });
    };
    view! {
        <div class="sync-kind">
            <Select label=words.sync_address_kind() value=draft.kind choices on_change=chosen/>
            <p class="note">
                {move || presets.with_value(|all| about(words, all, &draft.kind.get()))}
            </p>
        </div>
    }
    .into_any()
}

fn choices(words: Words, presets: &[SyncPreset]) -> Vec<Choice> {
    let mut all = vec![Choice::new("", words.sync_address_unknown())];
    all.extend(
        presets
            .iter()
            .map(|preset| Choice::new(preset.key.clone(), words.sync_preset(&preset.key))),
    );
    all.push(Choice::new(OWN, words.sync_address_own()));
    all
}

/// How far a kind of server was tried, and what its addresses look like.
fn about(words: Words, presets: &[SyncPreset], key: &str) -> String {
    let Some(preset) = presets.iter().find(|it| it.key == key) else {
        let hint = words.sync_address_kind_hint();
        return if key.is_empty() { hint } else { "" }.to_owned();
    };
    let tried = if preset.verified {
        words.sync_address_verified()
    } else {
        words.sync_address_unverified()
    };
    [tried, " ", &preset.example].concat()
}

/// Why an address cannot be used.
fn why(words: Words, code: SyncTroubleCode) -> String {
    let trouble = SyncTrouble {
        code,
        local_at: String::new(),
        method: String::new(),
        url: String::new(),
        status: 0,
        found: None,
        expected: None,
        cors: None,
        retry_at: None,
    };
    let (title, text) = words.sync_trouble(&trouble);
    words.sync_sentences(title, text)
}

/// Goes on when the worker takes the profile for one.
fn check_profile(words: Words, draft: Draft, wrong: RwSignal<Option<String>>) {
    let state = use_state();
    let profile = draft.profile.get_untracked();
    let answer = use_client().query(Query::Sync(SyncQuery::Check { profile }));
    spawn_local(async move {
        let reply = match answer.await {
            Ok(Reply::Sync(reply)) => *reply,
            Ok(_) => return state.toasts.fault(&crate::client::mismatch()),
            Err(fault) => return state.toasts.fault(&fault),
        };
        let SyncReply::Profile(check) = reply else {
            return state.toasts.fault(&crate::client::mismatch());
        };
        let first = check
            .wrong
            .first()
            .map(|it| words.sync_address_profile_wrong(&it.path, &it.found, &it.expected));
        if first.is_none() {
            draft.go(Step::Secret);
        }
        wrong.try_set(first);
    });
}
