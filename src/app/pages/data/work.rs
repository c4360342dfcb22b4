//! Long work of a page: how far it is, and a way to stop it.

use crate::client::CancelHandle;
use crate::state::{State, use_state};
use protocol::{Fault, FaultCode, Progress, Reply, Request};
use ui::prelude::*;
use ui::spawn_local;
use ui::{Button, Look, ProgressBar};

/// Work that may be under way.
#[derive(Clone, Copy)]
pub struct Work {
    state: State,
    progress: RwSignal<Option<Progress>>,
    running: RwSignal<bool>,
    cancel: StoredValue<Option<CancelHandle>, LocalStorage>,
}

impl Work {
    /// Nothing is under way. When the page is left, what runs goes on to its end.
    pub fn new() -> Self {
        Self {
            state: use_state(),
            progress: RwSignal::new(None),
            running: RwSignal::new(false),
            cancel: StoredValue::new_local(None),
        }
    }

    /// Something is under way.
    pub fn is_running(self) -> bool {
        self.running.get()
    }

    /// The same as a signal, for buttons.
    pub fn busy(self) -> Signal<bool> {
        self.running.into()
    }

    /// Begins, unless something is under way. `then` hears what came of it; that it was stopped is no fault.
    pub fn run(self, request: Request, then: impl FnOnce(Reply) + 'static) {
        if self.running.get_untracked() {
            return;
        }
        self.running.set(true);
        self.progress.set(None);
        let progress = self.progress;
        let (handle, answer) = self.state.client.run(request, Vec::new(), move |now| {
            let _ = progress.try_set(Some(now));
        });
        self.cancel.set_value(Some(handle));
        spawn_local(async move {
            let result = answer.await;
            let _ = self.running.try_set(false);
            match result {
                Ok((reply, _)) => then(reply),
                Err(Fault {
                    code: FaultCode::Cancelled,
                    ..
                }) => {}
                Err(fault) => self.state.toasts.fault(&fault),
            }
        });
    }

    /// How far it is; nothing while nothing is under way.
    pub fn view(
        self,
        label: &'static str,
        stop: &'static str,
        rows: impl Fn(u64) -> String + Copy + Send + Sync + 'static,
    ) -> AnyView {
        let done = Signal::derive(move || {
            let progress = self.progress.get()?;
            (progress.total > 0).then(|| progress.done as f64 / progress.total as f64)
        });
        let facts = move || {
            let count = self.progress.with(|it| it.map_or(0, |it| it.rows));
            rows(count)
        };
        let press = Callback::new(move |()| {
            if let Some(Some(handle)) = self.cancel.try_get_value() {
                handle.cancel();
            }
        });
        let content = move || {
            self.running.get().then(|| {
                view! {
                    <div class="data-work" role="status">
                        <p>{label}</p>
                        <ProgressBar label=label done/>
                        <p class="quiet-text">{facts}</p>
                        <Button label=stop look=Look::Quiet on_press=press/>
                    </div>
                }
            })
        };
        content.into_any()
    }
}
