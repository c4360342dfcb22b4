//! Confirmations: what was done, with undo where it can be undone; and what was not done, and why.

use crate::state::{State, use_state, use_words};
use model::BatchId;
use protocol::{Command, Fault};
use std::time::Duration;
use text::{Locale, Words};
use ui::icon;
use ui::prelude::*;
use ui::spawn_local;
use ui::{Icon, IconButton};

/// One of them.
#[derive(Clone, Debug, PartialEq)]
struct Toast {
    id: u32,
    text: String,
    undo: Option<BatchId>,
    wrong: bool,
}

/// All that are shown now.
#[derive(Clone, Copy)]
pub struct Toasts {
    locale: RwSignal<Locale>,
    shown: RwSignal<Vec<Toast>>,
    last: StoredValue<u32>,
}

impl Toasts {
    /// None yet; they speak the language of `locale`.
    pub fn new(locale: RwSignal<Locale>) -> Self {
        Self {
            locale,
            shown: RwSignal::new(Vec::new()),
            last: StoredValue::new(0),
        }
    }

    /// Something was done. With a batch there is a button that undoes it.
    pub fn done(&self, text: impl Into<String>, undo: Option<BatchId>) {
        self.show(
            text.into(),
            undo,
            false,
            if undo.is_some() { 10 } else { 5 },
        );
    }

    /// Something was not done.
    pub fn wrong(&self, text: impl Into<String>) {
        self.show(text.into(), None, true, 15);
    }

    /// A request was not done, in words.
    pub fn fault(&self, fault: &Fault) {
        let words = Words::new(self.locale.get_untracked());
        self.wrong(words.fault(fault));
    }

    fn show(&self, text: String, undo: Option<BatchId>, wrong: bool, seconds: u64) {
        let id = self.last.try_update_value(|last| {
            *last += 1;
            *last
        });
        let Some(id) = id else { return };
        let this = *self;
        self.shown.update(|shown| {
            // More than three at once nobody reads; the oldest go.
            if shown.len() > 2 {
                shown.remove(0);
            }
            shown.push(Toast {
                id,
                text,
                undo,
                wrong,
            });
        });
        set_timeout(move || this.close(id), Duration::from_secs(seconds));
    }

    fn close(&self, id: u32) {
        self.shown
            .try_update(|shown| shown.retain(|toast| toast.id != id));
    }

    /// Undoes the newest that can be, for the key.
    pub fn undo_newest(&self, state: State) {
        let newest = self.shown.with_untracked(|shown| {
            shown
                .iter()
                .rev()
                .find_map(|t| t.undo.map(|batch| (t.id, batch)))
        });
        if let Some((id, batch)) = newest {
            self.close(id);
            undo(state, batch);
        }
    }
}

/// Undoes a command and says what came of it.
pub fn undo(state: State, batch: BatchId) {
    let words = Words::new(state.locale.get_untracked());
    let answer = state.client.apply(Command::Undo { batch });
    spawn_local(async move {
        match answer.await {
            Ok(done) => {
                let text = match done.outcome {
                    protocol::Outcome::Undone { kept, .. } if kept > 0 => {
                        words.shell_undone_kept(kept)
                    }
                    _ => words.shell_undone().to_owned(),
                };
                state.toasts.done(text, None);
            }
            Err(fault) => state.toasts.fault(&fault),
        }
    });
}

/// The region where they appear; readers hear them.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let state = use_state();
    let words = use_words();
    let toasts = state.toasts;
    view! {
        <div class="toasts" role="status" aria-live="polite" aria-label=words.shell_notices()>
            <For
                each=move || toasts.shown.get()
                key=|toast| toast.id
                children=move |toast| {
                    let id = toast.id;
                    view! {
                        <div class="toast" class:wrong=toast.wrong>
                            <Icon glyph=if toast.wrong { icon::ALERT } else { icon::CHECK }/>
                            <p>{toast.text}</p>
                            {toast
                                .undo
                                .map(|batch| {
                                    view! {
                                        <button
                                            type="button"
                                            class="button quiet"
                                            on:click=move |_| {
                                                toasts.close(id);
                                                undo(state, batch);
                                            }
                                        >
                                            {words.act_undo()}
                                        </button>
                                    }
                                })}
                            <IconButton label=words.act_close() icon=icon::CLOSE on_press=move |()| toasts.close(id)/>
                        </div>
                    }
                        .into_any()
                }
            />
        </div>
    }
    .into_any()
}
