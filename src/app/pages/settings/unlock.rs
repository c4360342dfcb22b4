//! The screen of a locked workspace. It is a part of the settings to the program, so that the page's first load does
//! not grow by it.

use super::secret::SecretField;
use crate::client::{self, Connection};
use crate::root::for_good;
use crate::state::{State, use_state, use_title, use_words};
use leptos::ev;
use protocol::{FaultCode, Reply, Request, VaultJob, VaultReply, VaultSecret};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use text::Words;
use ui::prelude::*;
use ui::{Button, Icon, Look, icon, spawn_local};

/// Use of the page is told at most this often, in milliseconds.
const USED_EVERY_MS: f64 = 20_000.0;

/// Whether this screen stands in place of all pages.
pub fn is_locked(state: State) -> bool {
    state.client.connection().with_untracked(
        |connection| matches!(connection, Connection::Failed(fault) if fault.code == FaultCode::Locked),
    )
}

/// What this screen shows and does.
#[derive(Clone, Copy)]
struct Door {
    state: State,
    words: Words,
    typed: RwSignal<String>,
    by_key: RwSignal<bool>,
    busy: RwSignal<bool>,
    wrong: RwSignal<Option<String>>,
    wait: RwSignal<u32>,
}

impl Door {
    /// Asks how long to wait: other tabs, and this one before it was loaded anew, count.
    fn look(self) {
        let request = Request::Vault(VaultJob::Look);
        let (_, answer) = self.state.client.run(request, Vec::new(), |_| {});
        spawn_local(async move {
            if let Ok((Reply::Vault(VaultReply::State(view)), _)) = answer.await {
                self.wait.try_set(view.wait);
            }
        });
    }

    fn knock(self) {
        let typed = self.typed.get_untracked();
        if typed.is_empty() || self.busy.get_untracked() || self.wait.get_untracked() != 0 {
            return;
        }
        self.busy.set(true);
        self.wrong.set(None);
        let secret = if self.by_key.get_untracked() {
            VaultSecret::Recovery(typed)
        } else {
            VaultSecret::Passphrase(typed)
        };
        let request = Request::Vault(VaultJob::Unlock { secret });
        let (_, answer) = self.state.client.run(request, Vec::new(), |_| {});
        spawn_local(async move {
            let words = self.words;
            let fault = match answer.await {
                Ok((Reply::Vault(VaultReply::Done), _)) => {
                    self.typed.try_set(String::new());
                    for_good(|| tell_of_use(self.state));
                    // The worker says when it is open; until then the button stays as it is.
                    return;
                }
                Ok(_) => client::mismatch(),
                Err(fault) => fault,
            };
            let text = match fault.code {
                FaultCode::WrongPassphrase => Some(words.lock_wrong().to_owned()),
                FaultCode::Invalid => Some(words.lock_key_slip().to_owned()),
                FaultCode::TooManyAttempts => None,
                _ => Some(words.fault(&fault)),
            };
            self.wrong.try_set(text);
            self.busy.try_set(false);
            self.look();
        });
    }
}

/// Tells the worker that somebody uses the page, so that it does not lock by itself.
fn tell_of_use(state: State) {
    let last = Rc::new(Cell::new(0.0));
    for name in ["pointerdown", "keydown"] {
        let last = last.clone();
        // It lasts as long as the page, so its handle is not kept.
        let _ = window_event_listener_untyped(name, move |_| {
            let now = js_sys::Date::now();
            if now - last.get() < USED_EVERY_MS {
                return;
            }
            last.set(now);
            let request = Request::Vault(VaultJob::Used);
            let (_, answer) = state.client.run(request, Vec::new(), |_| {});
            spawn_local(async move {
                let _ = answer.await;
            });
        });
    }
}

/// The screen.
#[component]
pub fn Unlock() -> impl IntoView {
    let words = use_words();
    use_title("");
    let door = Door {
        state: use_state(),
        words,
        typed: RwSignal::new(String::new()),
        by_key: RwSignal::new(false),
        busy: RwSignal::new(false),
        wrong: RwSignal::new(None),
        wait: RwSignal::new(0),
    };
    door.look();
    let tick = set_interval_with_handle(
        move || {
            if door.wait.try_get_untracked().is_some_and(|wait| wait != 0) {
                door.wait.try_update(|wait| *wait -= 1);
            }
        },
        Duration::from_secs(1),
    )
    .ok();
    on_cleanup(move || {
        if let Some(tick) = &tick {
            tick.clear();
        }
    });
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        door.knock();
    };
    let waits = Signal::derive(move || door.wait.get() != 0);
    view! {
        <div class="page unlock">
            <form class="unlock-card" on:submit=submit>
                <Icon glyph=icon::SHIELD/>
                <h1 tabindex="-1">{words.lock_unlock_title()}</h1>
                {move || field(door)}
                <p class="field-error" role="alert">{move || said(door)}</p>
                <Button label=words.lock_unlock() look=Look::Primary busy=door.busy disabled=waits submit=true/>
                {move || other_way(door)}
                <p class="note">{words.lock_forgotten()}</p>
            </form>
        </div>
    }
    .into_any()
}

fn said(door: Door) -> Option<String> {
    match door.wait.get() {
        0 => door.wrong.get(),
        seconds => Some(door.words.lock_wait(&seconds.to_string())),
    }
}

fn field(door: Door) -> AnyView {
    let words = door.words;
    if door.by_key.get() {
        return view! {
            <p>{words.lock_unlock_key_text()}</p>
            <SecretField label=words.lock_key() value=door.typed autocomplete="off" autofocus=true/>
        }
        .into_any();
    }
    view! {
        <p>{words.lock_unlock_text()}</p>
        <SecretField label=words.lock_passphrase() value=door.typed autofocus=true/>
    }
    .into_any()
}

fn other_way(door: Door) -> AnyView {
    let words = door.words;
    let label = if door.by_key.get() {
        words.lock_by_passphrase()
    } else {
        words.lock_by_key()
    };
    let turn = move |()| {
        door.typed.set(String::new());
        door.wrong.set(None);
        door.by_key.update(|by_key| *by_key = !*by_key);
    };
    view! { <Button label look=Look::Quiet on_press=turn/> }.into_any()
}
