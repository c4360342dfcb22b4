//! This tab's part: listening to its page, and leading or following.

use crate::desk::{Desk, Job, Origin};
use crate::tabs::{Lead, TabMessage, Tabs, lock_name};
use crate::vault::Unlocked;
use crate::workspace::{new_workspace, open_engine, set_host};
use crate::{api, demo_data, failure, opfs, random, rescue, time, wire};
use engine::{Connection, Context, Engine};
use js_sys::{Function, Promise};
use protocol::{
    Event, Fault, FaultCode, FromWorker, Hello, LISTENING, PROTOCOL_VERSION, Reply, Request,
    RequestId, Status, Storage, ToWorker,
};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, MessageEvent};

/// A request goes to a leader, and once more to the next one; if that fails too, the request itself may be the cause.
const SENDS_MAX: u8 = 2;

/// How often a tab that waits asks whether the leader is there.
const WATCH_MS: i32 = 2_500;

/// A leader that has said nothing for so long is called silent: several times what the longest step of its work takes.
const SILENT_MS: f64 = 8_000.0;

thread_local! {
    /// A panic leaves memory in any state: from then on nothing is done any more.
    static DEAD: Cell<bool> = const { Cell::new(false) };
}

/// What this tab is.
pub(crate) enum Role {
    /// The page has not said what to open, or nobody leads yet.
    Waiting,
    /// The workspace is encrypted, and this tab has no key.
    Locked(Hello),
    /// Has the lock and opens the database.
    Opening,
    /// Another tab, named, leads and is ready.
    Following(String),
    /// Holds the database.
    Leading(Rc<Desk>),
    /// The workspace could not be opened.
    Failed(Fault),
}

/// A request of this tab's page that has no answer yet.
struct Asked {
    message: JsValue,
    files: JsValue,
    sends: u8,
}

/// This tab.
pub struct Tab {
    name: String,
    pub(crate) me: Weak<Tab>,
    pub(crate) role: RefCell<Role>,
    tabs: RefCell<Option<Tabs>>,
    /// What this tab holds the lock of.
    locked: RefCell<Option<Hello>>,
    asked: RefCell<BTreeMap<RequestId, Asked>>,
    /// When another tab that leads was last heard of, or was first waited for.
    heard_at: Cell<f64>,
    /// The page was told that the leader does not answer.
    silent: Cell<bool>,
    /// The keys, where the workspace is encrypted and was unlocked here.
    pub(crate) unlocked: RefCell<Option<Rc<Unlocked>>>,
    /// Why the key file cannot be read; said by whoever leads.
    pub(crate) trouble: RefCell<Option<Fault>>,
}

/// Starts listening to the page.
pub fn listen() {
    std::panic::set_hook(Box::new(|info| {
        let message = info.to_string();
        console_error_panic_hook::hook(info);
        if !DEAD.replace(true) {
            post(&FromWorker::Panicked { message }, None);
        }
    }));
    let tab = Rc::new_cyclic(|me| Tab {
        name: random::name(),
        me: me.clone(),
        role: RefCell::new(Role::Waiting),
        tabs: RefCell::new(None),
        locked: RefCell::new(None),
        asked: RefCell::new(BTreeMap::new()),
        heard_at: Cell::new(time::now_ms()),
        silent: Cell::new(false),
        unlocked: RefCell::new(None),
        trouble: RefCell::new(None),
    });
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if !DEAD.get() {
            let data = event.data();
            tab.page_says(wire::field(&data, "message"), wire::field(&data, "files"));
        }
    });
    let scope = time::scope();
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // It lives as long as the worker.
    on_message.forget();
    let _ = scope.post_message(&LISTENING.into());
}

/// Posts a message to the page.
pub(crate) fn post(message: &FromWorker, file: Option<&Blob>) {
    match wire::write_for_page(message) {
        Ok(value) => post_raw(&value, &wire::file_list(file)),
        Err(fault) => wasm_bindgen::throw_str(&fault.detail.unwrap_or_default()),
    }
}

fn post_raw(message: &JsValue, files: &JsValue) {
    let _ = time::scope().post_message(&wire::envelope(message, files));
}

/// The context of whatever happens now.
pub fn context() -> Context {
    Context {
        now: time::now(),
        who: "owner".into(),
    }
}

impl Tab {
    /// Hands an answer or progress to whoever asked.
    pub fn deliver(&self, origin: &Origin, message: &FromWorker, file: Option<&Blob>) {
        let answers = match message {
            FromWorker::Answer { id, .. } => Some(id.clone()),
            _ => None,
        };
        match origin {
            Origin::Here => {
                if let Some(id) = &answers {
                    self.asked.borrow_mut().remove(id);
                }
                post(message, file);
            }
            Origin::Tab(name) => {
                let written = wire::write_for_page(message);
                if let (Ok(value), Some(tabs)) = (written, &*self.tabs.borrow()) {
                    tabs.send(TabMessage::Tell {
                        to: Some(name.clone()),
                        answers,
                        message: value,
                        files: wire::file_list(file),
                    });
                }
            }
        }
    }

    /// Tells every page.
    pub fn tell_all(&self, event: Event) {
        let Ok(value) = wire::write(&FromWorker::Event(event)) else {
            return;
        };
        let no_files = wire::file_list(None);
        post_raw(&value, &no_files);
        if let Some(tabs) = &*self.tabs.borrow() {
            tabs.send(TabMessage::Tell {
                to: None,
                answers: None,
                message: value,
                files: no_files,
            });
        }
    }

    fn page_says(&self, message: JsValue, files: JsValue) {
        wire::pack(&message);
        match wire::read::<ToWorker>(message.clone()) {
            Ok(ToWorker::Hello(hello)) => self.open(hello),
            Ok(ToWorker::Ask { id, .. }) => {
                let asked = Asked {
                    message,
                    files,
                    sends: 0,
                };
                self.asked.borrow_mut().insert(id.clone(), asked);
                self.forward(&id);
            }
            Ok(ToWorker::Cancel { id }) => self.cancel(id, message),
            // A page of another version: its Hello said so already, or could not be read either.
            Err(_) => post(
                &FromWorker::Refused {
                    version: PROTOCOL_VERSION,
                },
                None,
            ),
        }
    }

    /// Brings a request of this page to whoever leads. Without a leader it waits.
    fn forward(&self, id: &RequestId) {
        let (message, files, sends) = match self.asked.borrow_mut().get_mut(id) {
            None => return,
            Some(asked) => {
                asked.sends += 1;
                (asked.message.clone(), asked.files.clone(), asked.sends)
            }
        };
        let refused = match &*self.role.borrow() {
            Role::Leading(desk) => {
                serve(desk, Origin::Here, message, files);
                return;
            }
            Role::Following(_) if sends > SENDS_MAX => Fault::new(FaultCode::WorkerFailed),
            Role::Following(_) => {
                if let Some(tabs) = &*self.tabs.borrow() {
                    tabs.ask(message, files);
                }
                return;
            }
            Role::Failed(fault) => {
                let fault = fault.clone();
                return self.rescue(id.clone(), message, files, fault);
            }
            Role::Locked(hello) => {
                if let Some(asked) = self.asked.borrow_mut().get_mut(id) {
                    asked.sends -= 1;
                }
                return self.at_the_door(id.clone(), message, hello.clone());
            }
            Role::Waiting | Role::Opening => {
                if let Some(asked) = self.asked.borrow_mut().get_mut(id) {
                    asked.sends -= 1;
                }
                return;
            }
        };
        self.answer_here(id, refused);
    }

    pub(crate) fn answer_here(&self, id: &RequestId, fault: Fault) {
        let answer = FromWorker::Answer {
            id: id.clone(),
            result: Err(fault),
        };
        self.deliver(&Origin::Here, &answer, None);
    }

    /// Asks again what has no answer: a leader has just become ready.
    fn forward_all(&self) {
        let ids: Vec<RequestId> = self.asked.borrow().keys().cloned().collect();
        for id in ids {
            self.forward(&id);
        }
    }

    fn cancel(&self, id: RequestId, message: JsValue) {
        match &*self.role.borrow() {
            Role::Leading(desk) => desk.cancel(&id),
            Role::Following(_) => {
                if let Some(tabs) = &*self.tabs.borrow() {
                    tabs.ask(message, wire::file_list(None));
                }
            }
            Role::Waiting | Role::Locked(_) | Role::Opening | Role::Failed(_) => {
                if self.asked.borrow().contains_key(&id) {
                    self.answer_here(&id, Fault::new(FaultCode::Cancelled));
                }
            }
        }
    }

    fn open(&self, hello: Hello) {
        if hello.version != PROTOCOL_VERSION {
            let version = PROTOCOL_VERSION;
            return post(&FromWorker::Refused { version }, None);
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if hello.workspace.is_empty() || !hello.workspace.chars().all(plain) {
            return self.fail(Fault::new(FaultCode::Invalid).at("workspace"));
        }
        let Some(me) = self.me.upgrade() else { return };
        spawn_local(async move {
            if hello.storage == Storage::Memory {
                return me.lead_in_memory(&hello, None).await;
            }
            match opfs::root().await {
                Err(word) => me.lead_in_memory(&hello, Some(word)).await,
                Ok(_) => me.enter(hello).await,
            }
        });
    }

    /// Asks for the lock, and follows whoever has it meanwhile.
    pub(crate) async fn compete(self: Rc<Self>, hello: Hello) {
        let me = self.me.clone();
        let joined = Tabs::join(&hello.workspace, &self.name, move |message| {
            if let (false, Some(tab)) = (DEAD.get(), me.upgrade()) {
                tab.tab_says(message);
            }
        });
        match joined {
            Ok(tabs) => {
                tabs.send(TabMessage::Who {
                    version: PROTOCOL_VERSION,
                });
                *self.tabs.borrow_mut() = Some(tabs);
                spawn_local(self.clone().watch_leader());
            }
            Err(error) => return self.fail(failure::storage("channel", &error)),
        }
        let tab = self.clone();
        let name = lock_name(&hello.workspace);
        let got_it = Closure::once_into_js(move |_lock: JsValue| -> Promise {
            spawn_local(async move { tab.lead(&hello).await });
            // Never resolved: the lock is held until the worker ends.
            Promise::new(&mut |_, _| {})
        });
        let locks = wire::field(&time::scope().navigator(), "locks");
        let request = wire::field(&locks, "request").dyn_into::<Function>();
        let asked = request.and_then(|request| request.call2(&locks, &name.into(), &got_it));
        // The promise settles when the lock is given back, which is never, or when it is refused.
        let refused = match asked {
            Ok(promise) => match promise.dyn_into::<Promise>() {
                Ok(promise) => JsFuture::from(promise).await.err(),
                Err(_) => None,
            },
            Err(error) => Some(error),
        };
        if let Some(error) = refused {
            self.fail(failure::storage("lock", &error));
        }
    }

    async fn lead(&self, hello: &Hello) {
        *self.locked.borrow_mut() = Some(hello.clone());
        *self.role.borrow_mut() = Role::Opening;
        self.announce(Lead::Opening, JsValue::UNDEFINED);
        let opened = self.open_database(hello).await;
        self.take_the_desk(opened, Some(hello.workspace.clone()));
    }

    async fn lead_in_memory(&self, hello: &Hello, refused: Option<String>) {
        *self.role.borrow_mut() = Role::Opening;
        let opened = Connection::open_in_memory()
            .map_err(|error| Fault::new(FaultCode::Storage).detail(error.to_string()))
            .and_then(|connection| match &hello.demo {
                Some(name) => demo_data::open(connection, hello, name),
                None => open_engine(connection, hello, Storage::Memory, refused, None),
            });
        self.take_the_desk(opened, None);
    }

    async fn open_database(&self, hello: &Hello) -> Result<Engine, Fault> {
        let trouble = self.trouble.borrow().clone();
        if let Some(fault) = trouble {
            return Err(fault);
        }
        let unlocked = self.unlocked.borrow().clone();
        self.check_the_door(hello, unlocked.as_deref()).await?;
        let connection = opfs::open(&hello.workspace, unlocked.as_deref()).await?;
        let keys = unlocked.as_ref().map(|unlocked| &unlocked.keys);
        open_engine(connection, hello, Storage::Opfs, None, keys)
    }

    /// Locks this and all other tabs: their pages open anew.
    pub fn lock_all(&self) {
        if let Some(tabs) = &*self.tabs.borrow() {
            tabs.send(TabMessage::Lock);
        }
        self.lock_here();
    }

    /// This tab has no key any more and nothing that was decrypted; its page opens anew.
    fn lock_here(&self) {
        self.unlocked.borrow_mut().take();
        post(&FromWorker::Event(Event::Locked), None);
        DEAD.set(true);
        // Ends this worker with all its memory, and with that gives the database and its lock back.
        time::scope().close();
    }

    /// The database is open, or is not: tell everybody.
    fn take_the_desk(&self, opened: Result<Engine, Fault>, workspace: Option<String>) {
        let opened = opened.and_then(|mut engine| {
            let status = engine.status(&context())?;
            Ok((engine, status))
        });
        let (engine, status) = match opened {
            Ok(opened) => opened,
            Err(mut fault) => {
                // Right for a file that a person hands in; our own database that is none is a damaged one.
                if fault.code == FaultCode::BadBackup {
                    fault.code = FaultCode::Damaged;
                }
                return self.fail(fault);
            }
        };
        let unlocked = self.unlocked.borrow().clone();
        let desk = Desk::new(self.me.clone(), engine, workspace, unlocked);
        *self.role.borrow_mut() = Role::Leading(desk.clone());
        desk.lock_when_idle();
        crate::sync::begin(&desk);
        let ready = |leader: bool| {
            let mut status = status.clone();
            status.leader = leader;
            FromWorker::Ready {
                version: PROTOCOL_VERSION,
                status,
            }
        };
        post(&ready(true), None);
        self.announce_ready(&ready(false));
        self.forward_all();
        desk.load_first_columns();
    }

    fn announce_ready(&self, ready: &FromWorker) {
        if let Ok(value) = wire::write(ready) {
            self.announce(Lead::Ready, value);
        }
    }

    fn announce(&self, lead: Lead, message: JsValue) {
        if let Some(tabs) = &*self.tabs.borrow() {
            tabs.announce(lead, message);
        }
    }

    /// The workspace cannot be opened. The lock is kept: another tab would fare no better.
    pub(crate) fn fail(&self, fault: Fault) {
        *self.role.borrow_mut() = Role::Failed(fault.clone());
        let message = FromWorker::Failed { fault };
        post(&message, None);
        if let Ok(value) = wire::write(&message) {
            self.announce(Lead::Failed, value);
        }
        self.forward_all();
    }

    /// What can still be done with a database that does not open: saving it as it is, and putting a backup in its
    /// place. Everything else is answered with the fault.
    fn rescue(&self, id: RequestId, message: JsValue, files: JsValue, fault: Fault) {
        let request = match wire::read::<ToWorker>(message) {
            Ok(ToWorker::Ask { request, .. }) => request,
            _ => return self.answer_here(&id, fault),
        };
        let hello = self.locked.borrow().clone();
        let (Some(me), Some(hello)) = (self.me.upgrade(), hello) else {
            return self.answer_here(&id, fault);
        };
        match request {
            Request::Backup => spawn_local(async move {
                let unlocked = me.unlocked.borrow().clone();
                match rescue::save(&hello.workspace, unlocked.as_deref()).await {
                    Err(fault) => me.answer_here(&id, fault),
                    Ok((reply, blob)) => {
                        let result = Ok(reply);
                        let answer = FromWorker::Answer { id, result };
                        me.deliver(&Origin::Here, &answer, Some(&blob));
                    }
                }
            }),
            Request::Restore => spawn_local(async move {
                match me.replace(&hello, &fault, &files).await {
                    Err(fault) => me.answer_here(&id, fault),
                    Ok((engine, status)) => {
                        let result = Ok(Reply::Status(status));
                        let answer = FromWorker::Answer { id, result };
                        me.deliver(&Origin::Here, &answer, None);
                        me.take_the_desk(Ok(engine), Some(hello.workspace));
                    }
                }
            }),
            _ => self.answer_here(&id, fault),
        }
    }

    async fn replace(
        &self,
        hello: &Hello,
        fault: &Fault,
        files: &JsValue,
    ) -> Result<(Engine, Status), Fault> {
        let backup = wire::first_file(files).ok_or_else(|| fault.clone())?;
        let new = new_workspace(hello)?;
        let unlocked = self.unlocked.borrow().clone();
        let workspace = &hello.workspace;
        let mut engine =
            rescue::replace(workspace, unlocked.as_deref(), fault, &backup, new).await?;
        set_host(&mut engine, hello, Storage::Opfs, None, unlocked.is_some());
        let status = engine.status(&context())?;
        Ok((engine, status))
    }

    fn tab_says(&self, message: TabMessage) {
        match message {
            TabMessage::Who { version } => self.introduce(version),
            TabMessage::Lock => self.lock_here(),
            TabMessage::Lead {
                tab,
                version,
                lead,
                message,
            } => self.leader_says(tab, version, lead, &message),
            TabMessage::Ask {
                tab,
                message,
                files,
            } => {
                if let Role::Leading(desk) = &*self.role.borrow() {
                    serve(desk, Origin::Tab(tab), message, files);
                }
            }
            TabMessage::Tell {
                to,
                answers,
                message,
                files,
            } => {
                if to.is_none_or(|to| to == self.name) {
                    if let Some(id) = answers {
                        self.asked.borrow_mut().remove(&id);
                    }
                    post_raw(&message, &files);
                }
            }
        }
    }

    /// While something waits for another tab, asks it now and then whether it is there, and tells the page when it
    /// is silent: a leader that is frozen would make everybody wait for ever, and nobody would know for what. A busy
    /// leader answers between two steps of its work.
    async fn watch_leader(self: Rc<Self>) {
        self.heard_at.set(time::now_ms());
        loop {
            time::sleep(WATCH_MS).await;
            if DEAD.get() || self.locked.borrow().is_some() {
                return self.tell_silence(false);
            }
            let waits = match &*self.role.borrow() {
                Role::Waiting => true,
                Role::Following(_) => !self.asked.borrow().is_empty(),
                Role::Locked(_) | Role::Opening | Role::Leading(_) | Role::Failed(_) => false,
            };
            let now = time::now_ms();
            if !waits {
                self.heard_at.set(now);
                self.tell_silence(false);
                continue;
            }
            self.tell_silence(now - self.heard_at.get() > SILENT_MS);
            if let Some(tabs) = &*self.tabs.borrow() {
                let version = PROTOCOL_VERSION;
                tabs.send(TabMessage::Who { version });
            }
        }
    }

    fn tell_silence(&self, silent: bool) {
        if self.silent.replace(silent) != silent {
            post(&FromWorker::Event(Event::LeaderSilent { silent }), None);
        }
    }

    /// Answers a new tab's question who leads.
    fn introduce(&self, version: u32) {
        match &*self.role.borrow() {
            Role::Leading(desk) => {
                if let Some(status) = desk.status() {
                    self.announce_ready(&FromWorker::Ready {
                        version: PROTOCOL_VERSION,
                        status,
                    });
                }
                if version > PROTOCOL_VERSION {
                    // The other tab runs a newer program; it can work when this one is reloaded.
                    post(&FromWorker::Refused { version }, None);
                }
            }
            Role::Opening => self.announce(Lead::Opening, JsValue::UNDEFINED),
            Role::Failed(fault) if self.locked.borrow().is_some() => {
                let fault = fault.clone();
                if let Ok(value) = wire::write(&FromWorker::Failed { fault }) {
                    self.announce(Lead::Failed, value);
                }
            }
            Role::Waiting | Role::Locked(_) | Role::Following(_) | Role::Failed(_) => {}
        }
    }

    fn leader_says(&self, tab: String, version: u32, lead: Lead, message: &JsValue) {
        if self.locked.borrow().is_some() {
            return;
        }
        self.heard_at.set(time::now_ms());
        self.tell_silence(false);
        if version != PROTOCOL_VERSION {
            return post(&FromWorker::Refused { version }, None);
        }
        let known = matches!(&*self.role.borrow(), Role::Following(leader) if *leader == tab);
        match lead {
            Lead::Ready if known => {}
            Lead::Ready => {
                *self.role.borrow_mut() = Role::Following(tab);
                post_raw(message, &wire::file_list(None));
                self.forward_all();
            }
            Lead::Opening => *self.role.borrow_mut() = Role::Waiting,
            Lead::Failed => {
                // Only the fault is read: reading any message would need the code for every reply there is.
                let fault = wire::field(&wire::field(message, "failed"), "fault");
                if let Ok(fault) = wire::read::<Fault>(fault) {
                    *self.role.borrow_mut() = Role::Failed(fault);
                }
                post_raw(message, &wire::file_list(None));
                self.forward_all();
            }
        }
    }
}

/// Puts what a page sent on the desk.
fn serve(desk: &Rc<Desk>, origin: Origin, message: JsValue, files: JsValue) {
    match wire::read::<ToWorker>(message) {
        Ok(ToWorker::Ask { id, who, request }) => desk.take(Job {
            origin,
            id,
            request: api::of_sync(request),
            files,
            who,
        }),
        Ok(ToWorker::Cancel { id }) => desk.cancel(&id),
        Ok(ToWorker::Hello(_)) | Err(_) => {}
    }
}
