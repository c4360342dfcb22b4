//! Where the data lives, whether the browser keeps it, backup, restore, erasing.

use super::Block;
use super::erase::Erase;
use super::restore::Restore;
use crate::client;
use crate::pages::orders::instant;
use crate::state::{State, use_state, use_words};
use leptos::task::spawn_local;
use protocol::{Command, Reply, Request, Status, Storage};
use text::Words;
use ui::prelude::*;
use ui::{Button, Look, icon};

/// The page.
#[component]
pub fn Data() -> impl IntoView {
    let words = use_words();
    view! {
        <div>
            <Block title=words.settings_storage() text="">
                <Where/>
            </Block>
            <Block title=words.settings_backup() text=words.settings_backup_text()>
                <Backup/>
            </Block>
            <Block title=words.settings_restore() text=words.settings_restore_text()>
                <Restore/>
            </Block>
            <Block title=words.settings_erase() text=words.settings_erase_text()>
                <Erase/>
            </Block>
        </div>
    }
    .into_any()
}

fn place(words: Words, status: &Status) -> AnyView {
    let lives = match (status.storage, &status.demo) {
        (_, Some(_)) => words.settings_storage_demo(),
        (Storage::Opfs, None) => words.settings_storage_opfs(),
        (Storage::Memory, None) => words.settings_storage_memory(),
    };
    let refused = status
        .storage_refused
        .as_ref()
        .map(|why| words.settings_storage_refused(why));
    let size = words.settings_storage_size(
        &words.bytes(status.database_bytes),
        &words.settings_count_customers(status.customers),
        &words.settings_count_orders(status.orders),
    );
    view! {
        <p>{lives}</p>
        {refused.map(|why| view! { <p class="note">{why}</p> })}
        <p>{size}</p>
    }
    .into_any()
}

#[component]
fn Where() -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let status = state.client.status();
    // `None` while it is being asked, or where nobody can say.
    let kept = RwSignal::new(None::<bool>);
    let asked = RwSignal::new(false);
    let space = RwSignal::new(None::<client::StorageEstimate>);
    spawn_local(async move {
        let answer = client::persisted().await;
        kept.try_set(answer);
        asked.try_set(true);
        space.try_set(client::estimate().await);
    });
    let stored = move || status.with(|s| s.as_ref().is_some_and(|s| s.storage == Storage::Opfs));
    let ask = move |()| {
        spawn_local(async move {
            let granted = client::persist().await == Some(true);
            kept.try_set(Some(granted));
            if granted {
                state.toasts.done(words.settings_keep_granted(), None);
            } else {
                state.toasts.wrong(words.settings_keep_refused());
            }
        });
    };
    let keep = move || {
        if !stored() || !asked.get() {
            return ().into_any();
        }
        match kept.get() {
            Some(true) => view! { <p>{words.settings_keep_yes()}</p> }.into_any(),
            Some(false) => view! {
                <p>{words.settings_keep_no()}</p>
                <Button label=words.settings_keep_ask() icon=icon::SHIELD on_press=ask/>
            }
            .into_any(),
            None => view! { <p>{words.settings_keep_unknown()}</p> }.into_any(),
        }
    };
    let usage = move || {
        let space = space.get()?;
        let text = words.settings_storage_use(
            &words.bytes(space.usage as u64),
            &words.bytes(space.quota as u64),
        );
        stored().then(|| view! { <p class="note">{text}</p> })
    };
    view! {
        {move || status.with(|s| s.as_ref().map(|status| place(words, status)))}
        {usage}
        {keep}
    }
    .into_any()
}

/// Writes the backup, lets the person save it, and notes that they did.
pub fn save_backup(state: State, busy: RwSignal<bool>) {
    busy.set(true);
    let (_, answer) = state.client.run(Request::Backup, Vec::new(), |_| {});
    spawn_local(async move {
        let words = Words::new(state.locale.get_untracked());
        match answer.await {
            Ok((Reply::File(file), Some(blob))) if client::download(&blob, &file.name) => {
                state
                    .toasts
                    .done(words.settings_backup_done(&file.name), None);
                // Only a reminder of its age is lost if this fails.
                let _ = state.client.apply(Command::BackupSaved).await;
            }
            Ok(_) => state.toasts.fault(&client::mismatch()),
            Err(fault) => state.toasts.fault(&fault),
        }
        busy.try_set(false);
    });
}

#[component]
fn Backup() -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let busy = RwSignal::new(false);
    let age = move || {
        state.client.status().with(|status| {
            let status = status.as_ref()?;
            let Some(at) = status.last_backup_at else {
                return Some(words.settings_backup_never().to_owned());
            };
            let day = instant::day(status.settings.zone.name(), at).unwrap_or(status.today);
            let when = words.relative(day, status.today);
            let changes = match status.changes_since_backup {
                0 => words.settings_backup_unchanged().to_owned(),
                count => words.settings_backup_changes(count),
            };
            Some([&words.settings_backup_age(&when), " ", &changes].concat())
        })
    };
    view! {
        <p>{age}</p>
        <Button
            label=words.settings_backup_save()
            look=Look::Primary
            icon=icon::SAVE
            busy
            on_press=move |()| save_backup(state, busy)
        />
    }
    .into_any()
}
