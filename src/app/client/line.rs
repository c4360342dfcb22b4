//! One worker at a time: starting it, sending, receiving, and starting another when it fails.

use super::wire::{self, Unread};
use super::{Connection, Options, Signals};
use futures_channel::oneshot;
use js_sys::Reflect;
use protocol::{
    Event, Fault, FaultCode, Hello, LISTENING, PROTOCOL_VERSION, PageMessage, Progress, Query,
    Reply, Request, RequestId, WorkerMessage,
};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::rc::{Rc, Weak};
use std::time::Duration;
use ui::prelude::*;
use ui::spawn_local;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, MessageEvent, Worker, WorkerOptions, WorkerType};

/// A request is sent once, and once more to the next worker when the first one failed.
const SENDS_MAX: u8 = 2;

/// So many workers may fail within [`RESTART_WINDOW_MS`]; after that the page says that it does not work.
const RESTARTS_MAX: usize = 4;

/// See [`RESTARTS_MAX`].
const RESTART_WINDOW_MS: f64 = 60_000.0;

/// The status is asked for again this long after a change, so that a series of changes asks once.
const STATUS_DELAY_MS: i32 = 300;

/// The preference that one page changes to ask the others: is your worker stuck?
pub const LET_GO: &str = "let-go";

/// A worker that answers nothing for so long when another tab asks for the data is stuck.
const STUCK_AFTER: Duration = Duration::from_secs(8);

/// Who waits for an answer.
pub enum Answer {
    /// Only the reply counts.
    Plain(oneshot::Sender<Result<Reply, Fault>>),
    /// The reply and the file attached to it.
    WithFile(oneshot::Sender<Result<(Reply, Option<Blob>), Fault>>),
    /// The connection itself, to refresh its status.
    Status,
}

/// A request's other end.
pub struct Waiting {
    /// Who waits for the answer.
    pub answer: Answer,
    /// Who hears of progress.
    pub on_progress: Option<Rc<dyn Fn(Progress)>>,
}

/// A request that has no answer yet.
struct Pending {
    waiting: Waiting,
    /// The message as it was sent, files included, to send it again.
    envelope: JsValue,
    sends: u8,
}

/// A worker and the functions it calls; dropping it ends the worker.
struct Running {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(web_sys::Event)>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// The connection's state.
pub struct Line {
    options: Options,
    signals: Signals,
    /// Itself, for the functions that the browser calls.
    me: Weak<Line>,
    running: RefCell<Option<Running>>,
    /// The worker listens: it said so, and has got the first message.
    listening: Cell<bool>,
    pending: RefCell<BTreeMap<RequestId, Pending>>,
    /// When workers were started anew.
    restarts: RefCell<Vec<f64>>,
    status_asked: Cell<bool>,
    /// No worker will be started any more.
    over: Cell<bool>,
}

impl Line {
    /// Starts the first worker.
    pub fn start(options: Options, signals: Signals) -> Rc<Self> {
        let line = Rc::new_cyclic(|me| Self {
            options,
            signals,
            me: me.clone(),
            running: RefCell::new(None),
            listening: Cell::new(false),
            pending: RefCell::new(BTreeMap::new()),
            restarts: RefCell::new(Vec::new()),
            status_asked: Cell::new(false),
            over: Cell::new(false),
        });
        line.start_worker();
        line.refresh_when_shown_again();
        line.listen_for_let_go();
        line
    }

    /// Sends a request, or keeps it until the worker listens.
    pub fn send(&self, id: RequestId, request: Request, files: &[Blob], waiting: Waiting) {
        if self.over.get() {
            let fault = match self.signals.connection.try_get_untracked() {
                Some(Connection::Failed(fault)) => fault,
                _ => super::closed(),
            };
            resolve(waiting, Err(fault), None);
            return;
        }
        let Some(written) = wire::write(&request) else {
            return self.send_later(id, request, files.to_vec(), waiting);
        };
        let envelope = written.and_then(|request| {
            let message = PageMessage::Ask {
                id: id.clone(),
                who: crate::prefs::read("who").unwrap_or_default(),
                request,
            };
            wire::envelope(&message, files)
        });
        let envelope = match envelope {
            Ok(envelope) => envelope,
            Err(fault) => return resolve(waiting, Err(fault), None),
        };
        let mut pending = Pending {
            waiting,
            envelope,
            sends: 0,
        };
        if self.listening.get() {
            pending.sends = 1;
            self.post(&pending.envelope);
        }
        self.pending.borrow_mut().insert(id, pending);
    }

    /// Sends a request whose writer is not here yet as soon as it is.
    fn send_later(&self, id: RequestId, request: Request, files: Vec<Blob>, waiting: Waiting) {
        let me = self.me.clone();
        spawn_local(async move {
            let came = crate::parts::fetch_speech().await;
            match me.upgrade() {
                Some(line) if came => line.send(id, request, &files, waiting),
                _ => resolve(waiting, Err(no_speech()), None),
            }
        });
    }

    /// Asks the worker to stop a request. Does nothing if it is answered already.
    pub fn cancel(&self, id: &RequestId) {
        let sent = match self.pending.borrow().get(id) {
            None => return,
            Some(pending) => pending.sends > 0,
        };
        if sent {
            if let Ok(envelope) = wire::envelope(&PageMessage::Cancel { id: id.clone() }, &[]) {
                self.post(&envelope);
            }
        } else if let Some(pending) = self.pending.borrow_mut().remove(id) {
            resolve(pending.waiting, Err(Fault::new(FaultCode::Cancelled)), None);
        }
    }

    fn post(&self, envelope: &JsValue) {
        if let Some(running) = self.running.borrow().as_ref() {
            // Fails only for values that cannot be cloned; ours are plain objects and Blobs.
            let _ = running.worker.post_message(envelope);
        }
    }

    fn start_worker(&self) {
        match self.try_start_worker() {
            Ok(running) => *self.running.borrow_mut() = Some(running),
            Err(error) => self.fail(
                Fault::new(FaultCode::WorkerFailed)
                    .detail(format!("worker not started: {}", text_of(&error))),
            ),
        }
    }

    fn try_start_worker(&self) -> Result<Running, JsValue> {
        let worker_options = WorkerOptions::new();
        worker_options.set_type(WorkerType::Module);
        worker_options.set_name("shuke");
        let worker = Worker::new_with_options(&self.worker_url()?, &worker_options)?;
        let me = self.me.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(line) = me.upgrade() {
                line.receive(&event.data());
            }
        });
        let me = self.me.clone();
        let on_error = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
            if let Some(line) = me.upgrade() {
                line.worker_error(&event);
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Running {
            worker,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    /// The start script of the page (`boot.js`) names the worker beside itself, relative to the page.
    fn worker_url(&self) -> Result<String, JsValue> {
        let document = document();
        let name = match &self.options.worker_url {
            Some(url) => url.clone(),
            None => document
                .query_selector("script[data-worker]")?
                .and_then(|script| script.get_attribute("data-worker"))
                .ok_or_else(|| JsValue::from_str("the page names no worker"))?,
        };
        let base = document.base_uri()?.unwrap_or_default();
        Ok(web_sys::Url::new_with_base(&name, &base)?.href())
    }

    /// The worker can take messages: tell it what to open, then everything that waited.
    fn worker_listens(&self) {
        let hello = PageMessage::Hello(Hello {
            version: PROTOCOL_VERSION,
            workspace: self.options.workspace.clone(),
            storage: self.options.storage,
            demo: self.options.demo.clone(),
            zone: self.options.zone.clone(),
            currency: self.options.currency.clone(),
            passphrase: None,
        });
        match wire::envelope(&hello, &[]) {
            Ok(envelope) => self.post(&envelope),
            Err(fault) => return self.fail(fault),
        }
        self.listening.set(true);
        let mut given_up = Vec::new();
        {
            let mut all = self.pending.borrow_mut();
            for (id, pending) in all.iter_mut() {
                if pending.sends < SENDS_MAX {
                    pending.sends += 1;
                    self.post(&pending.envelope);
                } else {
                    given_up.push(id.clone());
                }
            }
        }
        for id in given_up {
            self.answer(&id, Err(Fault::new(FaultCode::WorkerFailed)), None);
        }
    }

    fn receive(&self, data: &JsValue) {
        if data.as_string().as_deref() == Some(LISTENING) {
            return self.worker_listens();
        }
        let (message, file) = match wire::open(data) {
            Ok(opened) => opened,
            // A worker of another version may speak so differently that nothing of it can be read.
            Err(fault) => return leptos::logging::error!("{}", fault.detail.unwrap_or_default()),
        };
        match message {
            WorkerMessage::Ready { version, status } if version == PROTOCOL_VERSION => {
                if status.encrypted {
                    crate::router::keep_secret();
                }
                self.signals.columns_ready.set(status.columns_ready);
                self.signals.data_version.set(status.data_version);
                self.signals.sync.set(status.sync);
                self.signals.status.set(Some(status));
                self.signals.connection.set(Connection::Ready);
            }
            WorkerMessage::Ready { .. } | WorkerMessage::Refused { .. } => {
                self.signals.connection.set(Connection::OtherVersion);
            }
            // The worker lives on: it can save the damaged file and put a backup in its place.
            WorkerMessage::Failed { fault } => {
                self.signals.connection.set(Connection::Failed(fault));
            }
            WorkerMessage::Progress { id, progress } => {
                let listener = self
                    .pending
                    .borrow()
                    .get(&id)
                    .and_then(|pending| pending.waiting.on_progress.clone());
                if let Some(listener) = listener {
                    listener(progress);
                }
            }
            WorkerMessage::Answer { id, result } => self.read(id, result, file),
            WorkerMessage::Event(event) => self.event(event),
            WorkerMessage::Panicked { message } => self.restart(message),
        }
    }

    /// Reads a reply; where its reader is not here yet, as soon as it is.
    fn read(&self, id: RequestId, result: Result<Unread, Fault>, file: Option<Blob>) {
        let unread = match result {
            Ok(unread) => unread,
            Err(fault) => return self.answer(&id, Err(fault), file),
        };
        if let Some(result) = wire::read(&unread) {
            return self.answer(&id, result, file);
        }
        let me = self.me.clone();
        spawn_local(async move {
            crate::parts::fetch_speech().await;
            let result = wire::read(&unread).unwrap_or_else(|| Err(no_speech()));
            if let Some(line) = me.upgrade() {
                line.answer(&id, result, file);
            }
        });
    }

    fn event(&self, event: Event) {
        match event {
            Event::Changed { data_version, .. } => {
                self.signals.data_version.set(data_version);
                self.refresh_status_soon();
            }
            Event::ColumnsReady { .. } => {
                self.signals.columns_ready.set(true);
                self.refresh_status_soon();
            }
            Event::LeaderSilent { silent } => self.signals.leader_silent.set(silent),
            Event::Sync(light) => self.signals.sync.set(light),
            Event::Locked => crate::shell::reload(),
            Event::Leader { here } => self.signals.status.update(|status| {
                if let Some(status) = status {
                    status.leader = here;
                }
            }),
        }
    }

    fn answer(&self, id: &RequestId, result: Result<Reply, Fault>, file: Option<Blob>) {
        let Some(pending) = self.pending.borrow_mut().remove(id) else {
            return;
        };
        match (&pending.waiting.answer, result) {
            (Answer::Status, Ok(Reply::Status(status))) => self.set_status(status),
            (Answer::Status, _) => {}
            (_, result) => {
                // A restored backup is another state altogether: take over what came with the answer.
                if let Ok(Reply::Status(status)) = &result {
                    self.set_status(status.clone());
                }
                resolve(pending.waiting, result, file);
            }
        }
    }

    fn set_status(&self, status: protocol::Status) {
        self.signals.columns_ready.set(status.columns_ready);
        self.signals.sync.set(status.sync);
        self.signals.status.set(Some(status));
    }

    fn refresh_status_soon(&self) {
        if self.status_asked.replace(true) {
            return;
        }
        let me = self.me.clone();
        let ask = Closure::once_into_js(move || {
            if let Some(line) = me.upgrade() {
                line.status_asked.set(false);
                let waiting = Waiting {
                    answer: Answer::Status,
                    on_progress: None,
                };
                line.send(random_id(), Request::Query(Query::Status), &[], waiting);
            }
        });
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(
                ask.unchecked_ref(),
                STATUS_DELAY_MS,
            );
        }
    }

    /// A page that comes back from the back-forward cache has slept for minutes or days: everything on it asks again.
    fn refresh_when_shown_again(&self) {
        let me = self.me.clone();
        // It lasts as long as the page, so its handle is not kept.
        let _ = window_event_listener_untyped("pageshow", move |event| {
            let persisted = Reflect::get(&event, &"persisted".into()).is_ok_and(|v| v.is_truthy());
            if let (true, Some(line)) = (persisted, me.upgrade()) {
                line.signals.data_version.update(|version| *version += 1);
                line.refresh_status_soon();
            }
        });
    }

    /// An error that nobody in the worker caught: the script did not load, or WebAssembly trapped.
    fn worker_error(&self, event: &web_sys::Event) {
        event.prevent_default();
        let message = Reflect::get(event, &"message".into())
            .ok()
            .and_then(|message| message.as_string())
            .unwrap_or_else(|| "the worker's script could not be loaded".into());
        if self.listening.get() {
            self.restart(message);
        } else {
            self.fail(Fault::new(FaultCode::WorkerFailed).detail(message));
        }
    }

    fn restart(&self, message: String) {
        self.listening.set(false);
        *self.running.borrow_mut() = None;
        let now = js_sys::Date::now();
        let recent = {
            let mut restarts = self.restarts.borrow_mut();
            restarts.retain(|at| now - at < RESTART_WINDOW_MS);
            restarts.push(now);
            restarts.len()
        };
        self.signals.failure.set(Some(message.clone()));
        if recent > RESTARTS_MAX {
            return self.fail(Fault::new(FaultCode::WorkerFailed).detail(message));
        }
        self.signals.columns_ready.set(false);
        self.signals.connection.set(Connection::Restarting(message));
        self.start_worker();
    }

    fn listen_for_let_go(&self) {
        let me = self.me.clone();
        // It lasts as long as the page, so its handle is not kept.
        let _ = window_event_listener_untyped("storage", move |event| {
            let key = Reflect::get(&event, &"key".into())
                .ok()
                .and_then(|key| key.as_string());
            if let (true, Some(line)) = (key.is_some_and(|key| key.ends_with(LET_GO)), me.upgrade())
            {
                line.let_go_if_stuck();
            }
        });
    }

    /// Another page waits for this one's worker, which holds the data: if it does not answer a question in time, it is
    /// ended and started anew. What was committed is safe, what was not is asked again, and whoever waited first opens
    /// the data. A worker that answers keeps what it holds.
    pub fn let_go_if_stuck(&self) {
        let leads = self
            .signals
            .status
            .with_untracked(|status| status.as_ref().is_some_and(|status| status.leader));
        if !leads || !self.listening.get() {
            return;
        }
        let id = random_id();
        let waiting = Waiting {
            answer: Answer::Status,
            on_progress: None,
        };
        self.send(id.clone(), Request::Query(Query::Status), &[], waiting);
        let me = self.me.clone();
        set_timeout(
            move || {
                let Some(line) = me.upgrade() else { return };
                let unanswered = line.pending.borrow_mut().remove(&id).is_some();
                if unanswered && line.listening.get() {
                    line.restart("the worker did not answer".to_owned());
                }
            },
            STUCK_AFTER,
        );
    }

    fn fail(&self, fault: Fault) {
        self.over.set(true);
        self.listening.set(false);
        *self.running.borrow_mut() = None;
        self.signals
            .connection
            .set(Connection::Failed(fault.clone()));
        self.resolve_all(&fault);
    }

    fn resolve_all(&self, fault: &Fault) {
        let all = std::mem::take(&mut *self.pending.borrow_mut());
        for pending in all.into_values() {
            resolve(pending.waiting, Err(fault.clone()), None);
        }
    }
}

/// What can be said of a message came to nothing: the part of the program that knows it did not arrive.
fn no_speech() -> Fault {
    Fault::new(FaultCode::WorkerFailed).detail("a part of the program did not arrive")
}

/// Hands the answer to who waits; they may have stopped waiting.
fn resolve(waiting: Waiting, result: Result<Reply, Fault>, file: Option<Blob>) {
    match waiting.answer {
        Answer::Plain(sender) => {
            let _ = sender.send(result);
        }
        Answer::WithFile(sender) => {
            let _ = sender.send(result.map(|reply| (reply, file)));
        }
        Answer::Status => {}
    }
}

/// 128 random bits in hexadecimal: unique over tabs and reloads.
pub fn random_id() -> RequestId {
    let mut bytes = [0_u8; 16];
    if let Some(crypto) = web_sys::window().and_then(|window| window.crypto().ok()) {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What a JavaScript error says.
fn text_of(error: &JsValue) -> String {
    Reflect::get(error, &"message".into())
        .ok()
        .and_then(|message| message.as_string())
        .or_else(|| error.as_string())
        .unwrap_or_else(|| "unknown error".into())
}
