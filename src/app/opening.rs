//! What stands in place of all pages when the data cannot be opened, or another tab holds it and is silent.
//!
//! Nothing here changes anything unless a person asks for it. A damaged database can be saved as it is, and a backup
//! put in its place; the worker checks the backup first.

use crate::client;
use crate::shell::reload;
use crate::state::{State, use_state, use_words};
use leptos::{ev, html};
use protocol::{Fault, FaultCode, Reply, Request};
use text::Words;
use ui::prelude::*;
use ui::spawn_local;
use ui::{Button, ErrorState, Look, icon};
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlInputElement};

/// What the picker offers.
const KINDS: &str = ".db,.sqlite,.sqlite3,.shuke,application/vnd.sqlite3,application/x-sqlite3";

/// The data cannot be opened: why, what is safe, and every way out there is.
#[component]
pub fn CannotOpen(
    /// Why.
    fault: Fault,
) -> impl IntoView {
    let words = use_words();
    // When the words are about saving, these are about opening.
    let text = match fault.code {
        FaultCode::QuotaExceeded => words.faults_open_quota().to_owned(),
        FaultCode::Storage => words.faults_open_storage().to_owned(),
        FaultCode::WorkerFailed => words.faults_open_worker().to_owned(),
        _ => words.fault(&fault),
    };
    let damaged = matches!(fault.code, FaultCode::Damaged | FaultCode::Storage);
    let file_there = damaged || fault.code == FaultCode::NewerSchema;
    let detail = fault.detail.clone().filter(|detail| !detail.is_empty());
    view! {
        <div class="page cannot-open">
            <ErrorState
                title=words.faults_title_open()
                text
                whole=true
                action=words.act_reload()
                on_action=Callback::new(|()| reload())
            >
                {file_there.then(|| view! { <Rescue restorable=damaged/> })}
                {detail
                    .map(|detail| {
                        view! {
                            <details class="technical">
                                <summary>{words.faults_technical()}</summary>
                                <code>{detail}</code>
                            </details>
                        }
                    })}
            </ErrorState>
        </div>
    }
    .into_any()
}

/// Saving the file as it is, and a backup in its place.
#[component]
fn Rescue(
    /// A backup may take its place.
    restorable: bool,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let chosen = RwSignal::new_local(None::<File>);
    let busy = RwSignal::new(false);
    let wrong = RwSignal::new(None::<String>);
    let picker = NodeRef::<html::Input>::new();
    let picked = move |event: ev::Event| {
        let input: HtmlInputElement = event_target(&event);
        wrong.set(None);
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
        let name = chosen.with(|file| file.as_ref().map(File::name))?;
        Some(view! {
            <div class="preview">
                <p>{words.faults_rescue_preview(&name)}</p>
                <div class="actions">
                    <Button label=words.act_cancel() look=Look::Quiet on_press=move |()| chosen.set(None)/>
                    <Button
                        label=words.faults_rescue_go()
                        look=Look::Danger
                        busy
                        on_press=move |()| {
                            if let Some(file) = chosen.get_untracked() {
                                busy.set(true);
                                restore(state, words, file, wrong, busy);
                            }
                        }
                    />
                </div>
            </div>
        })
    };
    let restoring = restorable.then(|| {
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
            <Button label=words.faults_rescue_restore() look=Look::Primary icon=icon::UPLOAD on_press=choose/>
        }
    });
    view! {
        <p>{words.faults_rescue_text()}</p>
        <div class="actions">
            <Button
                label=words.faults_rescue_save()
                icon=icon::SAVE
                busy
                on_press=move |()| {
                    wrong.set(None);
                    busy.set(true);
                    save(state, words, wrong, busy);
                }
            />
            {restoring}
        </div>
        {preview}
        <p class="field-error" role="alert">{move || wrong.get()}</p>
    }
    .into_any()
}

/// Hands the database file over as it is.
fn save(state: State, words: Words, wrong: RwSignal<Option<String>>, busy: RwSignal<bool>) {
    let (_, answer) = state.client.run(Request::Backup, Vec::new(), |_| {});
    spawn_local(async move {
        match answer.await {
            Ok((Reply::File(file), Some(blob))) if client::download(&blob, &file.name) => {
                state
                    .toasts
                    .done(words.faults_rescue_saved(&file.name), None);
            }
            Ok(_) => {
                wrong.try_set(Some(words.fault(&client::mismatch())));
            }
            Err(fault) => {
                wrong.try_set(Some(words.fault(&fault)));
            }
        }
        busy.try_set(false);
    });
}

/// Puts the backup in the place of what cannot be opened; the worker then says that it is ready.
fn restore(
    state: State,
    words: Words,
    file: File,
    wrong: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
) {
    let (_, answer) = state
        .client
        .run(Request::Restore, vec![file.into()], |_| {});
    spawn_local(async move {
        match answer.await {
            Ok((Reply::Status(status), _)) => {
                let customers = words.settings_count_customers(status.customers);
                let orders = words.settings_count_orders(status.orders);
                state
                    .toasts
                    .done(words.faults_rescue_done(&customers, &orders), None);
            }
            Ok(_) => {
                wrong.try_set(Some(words.fault(&client::mismatch())));
            }
            Err(fault) => {
                wrong.try_set(Some(words.fault(&fault)));
            }
        }
        busy.try_set(false);
    });
}

/// Another tab holds the data and is silent: what to do.
#[component]
pub fn SilentTab() -> impl IntoView {
    let words = use_words();
    view! {
        <div class="page cannot-open">
            <ErrorState title=words.shell_silent_title() text=words.shell_silent_text() whole=true>
                <div class="actions"><TakeOver/></div>
            </ErrorState>
        </div>
    }
    .into_any()
}

/// The button that asks the silent tab to let go, and what became of it.
#[component]
pub fn TakeOver() -> impl IntoView {
    let words = use_words();
    let client = use_state().client;
    let asked = RwSignal::new(false);
    let press = move |()| {
        asked.set(true);
        client.take_over();
    };
    view! {
        <Button label=words.shell_silent_take_over() look=Look::Primary disabled=asked on_press=press/>
        <span class="quiet-text" role="status">
            {move || asked.get().then(|| words.shell_silent_asked())}
        </span>
    }
    .into_any()
}
