//! Restoring a backup: chosen, looked at, then put in place of everything.

use super::data::save_backup;
use crate::state::{State, use_state, use_words};
use leptos::task::spawn_local;
use leptos::{ev, html};
use protocol::{Reply, Request};
use text::Words;
use ui::prelude::*;
use ui::{Button, Look, icon};
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlInputElement};

/// What the picker offers.
const KINDS: &str = ".db,.sqlite,.sqlite3,.shuke,.json,application/json,application/vnd.sqlite3,application/x-sqlite3";

/// The control.
#[component]
pub fn Restore() -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let chosen = RwSignal::new_local(None::<File>);
    let busy = RwSignal::new(false);
    let picker = NodeRef::<html::Input>::new();
    let picked = move |event: ev::Event| {
        let input: HtmlInputElement = event_target(&event);
        chosen.set(input.files().and_then(|files| files.get(0)));
        // The same file can be picked again.
        input.set_value("");
    };
    let choose = move |()| {
        if let Some(input) = picker.get_untracked() {
            input.unchecked_ref::<web_sys::HtmlElement>().click();
        }
    };
    let preview = move || {
        let (name, size) =
            chosen.with(|file| file.as_ref().map(|file| (file.name(), file.size())))?;
        let counts = state
            .client
            .status()
            .with(|s| s.as_ref().map(|s| (s.customers, s.orders)))
            .unwrap_or_default();
        let text = words.settings_restore_preview(
            &name,
            &words.bytes(size as u64),
            &words.settings_count_customers(counts.0),
            &words.settings_count_orders(counts.1),
        );
        Some(view! {
            <div class="preview">
                <p>{text}</p>
                <div class="actions">
                    <Button label=words.act_cancel() look=Look::Quiet on_press=move |()| chosen.set(None)/>
                    <Button
                        label=words.settings_restore_first()
                        icon=icon::SAVE
                        on_press=move |()| save_backup(state, RwSignal::new(false))
                    />
                    <Button
                        label=words.settings_restore_go()
                        look=Look::Danger
                        busy
                        on_press=move |()| {
                            if let Some(file) = chosen.get_untracked() {
                                restore(state, file, chosen, busy);
                            }
                        }
                    />
                </div>
            </div>
        })
    };
    view! {
        <input
            class="visually-hidden"
            type="file"
            tabindex="-1"
            aria-hidden="true"
            accept=KINDS
            node_ref=picker
            on:change=picked
        />
        <Button label=words.settings_restore_choose() icon=icon::UPLOAD on_press=choose/>
        {preview}
    }
    .into_any()
}

fn restore(
    state: State,
    file: File,
    chosen: RwSignal<Option<File>, LocalStorage>,
    busy: RwSignal<bool>,
) {
    busy.set(true);
    let (_, answer) = state
        .client
        .run(Request::Restore, vec![file.into()], |_| {});
    spawn_local(async move {
        let words = Words::new(state.locale.get_untracked());
        match answer.await {
            Ok((Reply::Status(status), _)) => {
                let (customers, orders) =
                    (words.count(status.customers), words.count(status.orders));
                state
                    .toasts
                    .done(words.settings_restore_done(&customers, &orders), None);
                chosen.try_set(None);
            }
            Ok(_) => state.toasts.fault(&crate::client::mismatch()),
            Err(fault) => state.toasts.fault(&fault),
        }
        busy.try_set(false);
    });
}
