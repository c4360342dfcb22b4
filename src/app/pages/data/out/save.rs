//! Making a file and letting the person save it.

use crate::client::{self, CancelHandle};
use crate::state::State;
use leptos::task::spawn_local;
use protocol::{ExportFormat, ExportWhat, Fault, FaultCode, FileView, Progress, Reply, Request};
use ui::prelude::*;
use web_sys::Blob;

/// A file that is being made.
#[derive(Clone, Copy)]
pub struct Making {
    /// How far it is; `None` while nothing is made.
    pub progress: RwSignal<Option<Progress>>,
    /// It is under way.
    pub busy: RwSignal<bool>,
    stop: StoredValue<Option<CancelHandle>, LocalStorage>,
}

impl Making {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            progress: RwSignal::new(None),
            busy: RwSignal::new(false),
            stop: StoredValue::new_local(None),
        }
    }

    /// Stops it.
    pub fn stop(&self) {
        self.stop.with_value(|stop| {
            if let Some(stop) = stop {
                stop.cancel();
            }
        });
    }

    /// How far, from 0 to 1.
    pub fn share(&self) -> Option<f64> {
        let progress = self.progress.get()?;
        (progress.total > 0).then(|| progress.done as f64 / progress.total as f64)
    }

    /// Makes a file; `then` gets it.
    pub fn run(
        self,
        state: State,
        (what, format): (ExportWhat, ExportFormat),
        then: impl FnOnce(FileView, Blob) + 'static,
    ) {
        let request = Request::Export { what, format };
        self.ask(state, request, then);
    }

    /// Asks for any file.
    pub fn ask(self, state: State, request: Request, then: impl FnOnce(FileView, Blob) + 'static) {
        self.busy.set(true);
        self.progress.set(None);
        let progress = self.progress;
        let tell = move |now| {
            progress.try_set(Some(now));
        };
        let (stop, answer) = state.client.run(request, Vec::new(), tell);
        self.stop.set_value(Some(stop));
        spawn_local(async move {
            match answer.await {
                Ok((Reply::File(file), Some(blob))) => then(file, blob),
                Ok(_) => state.toasts.fault(&client::mismatch()),
                Err(fault) if fault.code == FaultCode::Cancelled => {}
                Err(fault) => state.toasts.fault(&fault),
            }
            self.busy.try_set(false);
            self.progress.try_set(None);
        });
    }
}

/// Lets the person save a file, or says that the browser would not; whether it was.
pub fn hand_out(state: State, blob: &Blob, name: &str) -> bool {
    let saved = client::download(blob, name);
    if !saved {
        state.toasts.fault(&Fault::new(FaultCode::Storage));
    }
    saved
}

/// A text as a file.
pub fn text_file(text: &str, media_type: &str) -> Option<Blob> {
    let parts = js_sys::Array::of1(&text.into());
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(media_type);
    Blob::new_with_str_sequence_and_options(&parts, &options).ok()
}
