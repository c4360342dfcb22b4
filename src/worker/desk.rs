//! The leader's desk: the open engine, the requests of all tabs, and the order in which they are done.
//!
//! Short requests (queries, commands) are done one per turn of the event loop, in the order in which they came.
//! Long ones (files, undo) are done one after another, each in steps; between steps short ones have their turn.
//! The engine is borrowed for the length of one step or request and never across an `await`.

use crate::tab::{Tab, context};
use crate::vault::{Unlocked, turn};
use crate::{failure, files, long, snapshot, sync, time, wire};
use engine::{Changed, ColumnsLoad, Context, Engine, Step, Unanswered, Watching};
use protocol::{
    ApiWrite, Command, Event, Fault, FaultCode, FromWorker, MembershipCommand, Progress, Query,
    RecordKind, Reply, Request, RequestId, Status, VaultJob, VaultReply,
};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::rc::{Rc, Weak};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

/// The snapshot is written when nothing was written for so long.
const SNAPSHOT_IDLE_MS: f64 = 2_000.0;

/// Saved segments are looked at when nothing was written for so long.
const WATCH_IDLE_MS: i32 = 300;

/// And so much longer for each mebibyte of the last one: a large snapshot is not written after every single change.
const SNAPSHOT_IDLE_MS_PER_MIB: f64 = 250.0;

/// But never longer than this: a million orders would wait ten seconds, and whoever leaves before that waits a second
/// more for the first count of the next day.
const SNAPSHOT_IDLE_MOST_MS: f64 = 5_000.0;

/// How often it is looked whether nobody has used any page for long.
const IDLE_LOOK_MS: i32 = 5_000;

/// How much of a file is looked at to tell what it is.
const INSPECTED_BYTES: u64 = 256 << 10;

/// Whose page asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This tab's.
    Here,
    /// Another tab's.
    Tab(String),
}

/// A request.
pub struct Job {
    /// Whose.
    pub origin: Origin,
    /// Its id.
    pub id: RequestId,
    /// What is asked.
    pub request: Request,
    /// The attached files.
    pub files: JsValue,
    /// Who works at the page that asks.
    pub who: String,
}

impl Job {
    /// The context of this request now: the change log names who asked.
    pub fn context(&self) -> Context {
        let usual = context();
        if self.who.is_empty() {
            return usual;
        }
        Context {
            who: self.who.clone(),
            ..usual
        }
    }

    fn is_long(&self) -> bool {
        match &self.request {
            Request::Command(command) => matches!(
                command,
                Command::Undo { .. } | Command::Membership(MembershipCommand::Bulk(_))
            ),
            Request::Query(_)
            | Request::Inspect { .. }
            | Request::Vault(VaultJob::Used | VaultJob::Lock) => false,
            Request::DryRun { .. }
            | Request::Import { .. }
            | Request::Export { .. }
            | Request::Replay(_)
            | Request::Twins(_)
            | Request::Sync(_)
            | Request::Quality(_)
            | Request::Membership(_)
            | Request::Api(_)
            | Request::Backup
            | Request::Vault(_)
            | Request::Restore => true,
        }
    }
}

/// What a long request came to.
pub struct Finished {
    /// The answer.
    pub reply: Reply,
    /// The file that goes with it.
    pub file: Option<Blob>,
    /// What changed.
    pub changed: Option<Changed>,
}

/// When the snapshot is due.
struct SnapshotPlan {
    due_at: Cell<f64>,
    waiting: Cell<bool>,
    last_mib: Cell<f64>,
}

/// The leader's desk.
pub struct Desk {
    tab: Weak<Tab>,
    me: Weak<Desk>,
    engine: RefCell<Engine>,
    /// The workspace in OPFS; `None` in memory, where nothing is saved.
    workspace: Option<String>,
    /// Taken and not answered, so that what is sent twice is done once.
    open: RefCell<BTreeSet<RequestId>>,
    short: RefCell<VecDeque<Job>>,
    short_at_work: Cell<bool>,
    long: RefCell<VecDeque<Job>>,
    long_at_work: RefCell<Option<RequestId>>,
    cancelled: RefCell<BTreeSet<RequestId>>,
    /// Queries that wait for the columns.
    parked: RefCell<Vec<Job>>,
    /// Why there will be no columns.
    no_columns: RefCell<Option<Fault>>,
    /// Columns are being brought into memory.
    loading_columns: Cell<bool>,
    snapshot: SnapshotPlan,
    /// Saved segments are being looked at.
    watching: Cell<bool>,
    /// Sync with an endpoint, if the owner chose one.
    sync: sync::Sync,
    /// Keys, where the workspace is encrypted.
    unlocked: RefCell<Option<Rc<Unlocked>>>,
    /// Keys of a workspace that may be encrypted soon.
    prepared: RefCell<Option<::vault::New>>,
    /// When somebody last used a page.
    used_at: Cell<f64>,
    /// It is looked whether nobody does.
    looking: Cell<bool>,
}

impl Desk {
    /// With an open engine; `workspace` names it in OPFS.
    pub fn new(
        tab: Weak<Tab>,
        engine: Engine,
        workspace: Option<String>,
        unlocked: Option<Rc<Unlocked>>,
    ) -> Rc<Self> {
        let name = workspace.clone().unwrap_or_else(|| "memory".to_owned());
        Rc::new_cyclic(|me| Self {
            tab,
            me: me.clone(),
            engine: RefCell::new(engine),
            workspace,
            open: RefCell::new(BTreeSet::new()),
            short: RefCell::new(VecDeque::new()),
            short_at_work: Cell::new(false),
            long: RefCell::new(VecDeque::new()),
            long_at_work: RefCell::new(None),
            cancelled: RefCell::new(BTreeSet::new()),
            parked: RefCell::new(Vec::new()),
            no_columns: RefCell::new(None),
            loading_columns: Cell::new(false),
            snapshot: SnapshotPlan {
                due_at: Cell::new(0.0),
                waiting: Cell::new(false),
                last_mib: Cell::new(0.0),
            },
            watching: Cell::new(false),
            sync: sync::Sync::new(me.clone(), &name),
            unlocked: RefCell::new(unlocked),
            prepared: RefCell::new(None),
            used_at: Cell::new(time::now_ms()),
            looking: Cell::new(false),
        })
    }

    /// The workspace in OPFS; `None` in memory.
    pub fn workspace(&self) -> Option<&str> {
        self.workspace.as_deref()
    }

    /// The keys, where the workspace is encrypted.
    pub fn unlocked(&self) -> Option<Rc<Unlocked>> {
        self.unlocked.borrow().clone()
    }

    /// Keys of a workspace that may be encrypted soon.
    pub fn prepared(&self) -> &RefCell<Option<::vault::New>> {
        &self.prepared
    }

    /// Locks all tabs: each opens anew.
    pub fn lock_all(&self) {
        self.unlocked.borrow_mut().take();
        if let Some(tab) = self.tab.upgrade() {
            tab.lock_all();
        }
    }

    /// Looks now and then whether nobody uses any page, where the owner wants it locked then. Long work counts as use.
    pub fn lock_when_idle(&self) {
        if self.looking.replace(true) {
            return;
        }
        let Some(me) = self.me.upgrade() else { return };
        spawn_local(async move {
            loop {
                let minutes = me.unlocked().map_or(0, |it| turn::options(&it).lock_after);
                if minutes == 0 {
                    break;
                }
                if me.is_at_long_work() {
                    me.used_at.set(time::now_ms());
                }
                // By the clock, so that a device that slept locks when it wakes.
                let idle = time::now_ms() - me.used_at.get();
                if idle >= f64::from(minutes) * 60_000.0 {
                    me.lock_all();
                    break;
                }
                time::sleep(IDLE_LOOK_MS).await;
            }
            me.looking.set(false);
        });
    }

    /// Does something with the engine, without letting go of the thread.
    pub fn with_engine<T>(&self, work: impl FnOnce(&mut Engine) -> T) -> T {
        work(&mut self.engine.borrow_mut())
    }

    /// How things stand, as another tab is told.
    pub fn status(&self) -> Option<Status> {
        let mut status = self.with_engine(|engine| engine.status(&context())).ok()?;
        status.leader = false;
        Some(status)
    }

    /// Takes a request.
    pub fn take(&self, job: Job) {
        if !self.open.borrow_mut().insert(job.id.clone()) {
            return;
        }
        if job.is_long() {
            self.long.borrow_mut().push_back(job);
            self.start_long_work();
        } else {
            self.short.borrow_mut().push_back(job);
            self.start_short_work();
        }
    }

    /// Stops a request, or leaves it out if its turn has not come.
    pub fn cancel(&self, id: &RequestId) {
        let waiting = take_out(&mut self.short.borrow_mut(), id)
            .or_else(|| take_out(&mut self.long.borrow_mut(), id))
            .or_else(|| {
                let mut parked = self.parked.borrow_mut();
                let at = parked.iter().position(|job| job.id == *id)?;
                Some(parked.swap_remove(at))
            });
        if let Some(job) = waiting {
            self.answer(&job, Err(Fault::new(FaultCode::Cancelled)), None);
        } else if self.long_at_work.borrow().as_ref() == Some(id) {
            self.cancelled.borrow_mut().insert(id.clone());
        }
    }

    /// Whether the long request shall stop.
    pub fn is_cancelled(&self, id: &RequestId) -> bool {
        self.cancelled.borrow().contains(id)
    }

    /// Tells how far a long request is.
    pub fn progress(&self, job: &Job, progress: Progress) {
        if let Some(tab) = self.tab.upgrade() {
            let message = FromWorker::Progress {
                id: job.id.clone(),
                progress,
            };
            tab.deliver(&job.origin, &message, None);
        }
    }

    fn answer(&self, job: &Job, mut result: Result<Reply, Fault>, file: Option<&Blob>) {
        self.open.borrow_mut().remove(&job.id);
        if let (Ok(Reply::Status(status)), Origin::Tab(_)) = (&mut result, &job.origin) {
            status.leader = false;
        }
        if let Some(tab) = self.tab.upgrade() {
            let message = FromWorker::Answer {
                id: job.id.clone(),
                result,
            };
            tab.deliver(&job.origin, &message, file);
        }
    }

    /// Tells every page of every tab.
    pub fn tell_all(&self, event: Event) {
        if let Some(tab) = self.tab.upgrade() {
            tab.tell_all(event);
        }
    }

    fn changed(&self, changed: Changed) {
        self.tell_all(Event::Changed {
            data_version: changed.data_version,
            kinds: changed.kinds,
        });
        self.plan_snapshot();
        self.watch_segments();
        if let Some(me) = self.me.upgrade() {
            sync::after_change(&me);
        }
    }

    /// Data came from the endpoint.
    pub fn came(&self, changed: Changed) {
        self.tell_all(Event::Changed {
            data_version: changed.data_version,
            kinds: changed.kinds,
        });
        self.plan_snapshot();
        self.watch_segments();
        self.ensure_columns();
    }

    /// Sync.
    pub fn sync(&self) -> &sync::Sync {
        &self.sync
    }

    /// Long work that a person asked for is under way.
    pub fn is_at_long_work(&self) -> bool {
        self.long_at_work.borrow().is_some()
    }

    fn start_short_work(&self) {
        if self.short_at_work.replace(true) {
            return;
        }
        let Some(me) = self.me.upgrade() else { return };
        spawn_local(async move {
            loop {
                // First let in what has come meanwhile: a cancelled search need not be done.
                time::let_others().await;
                let next = me.short.borrow_mut().pop_front();
                match next {
                    Some(job) => me.do_short(job),
                    None => break,
                }
            }
            me.short_at_work.set(false);
        });
    }

    fn do_short(&self, job: Job) {
        match &job.request {
            Request::Query(query) => self.do_query(query.clone(), job),
            Request::Inspect { .. } => self.do_inspection(job),
            Request::Command(command) => self.do_command(command.clone(), job),
            Request::Vault(asked) => {
                let lock = *asked == VaultJob::Lock;
                self.used_at.set(time::now_ms());
                self.answer(&job, Ok(Reply::Vault(VaultReply::Done)), None);
                if lock && self.unlocked().is_some() {
                    self.lock_all();
                }
            }
            _ => self.answer(
                &job,
                Err(failure::internal("long request among short ones")),
                None,
            ),
        }
    }

    fn do_query(&self, query: Query, job: Job) {
        match self.with_engine(|engine| engine.query(&query, &job.context())) {
            Ok(reply) => self.answer(&job, Ok(reply), None),
            Err(Unanswered::Fault(fault)) => self.answer(&job, Err(fault), None),
            Err(Unanswered::NotReady) => match self.no_columns.borrow().clone() {
                Some(fault) => self.answer(&job, Err(fault), None),
                None => self.parked.borrow_mut().push(job),
            },
        }
        // The day may have turned since the last one.
        self.watch_segments();
    }

    fn do_command(&self, command: Command, job: Job) {
        if let Command::Sync(command) = command {
            let Some(me) = self.me.upgrade() else { return };
            spawn_local(async move {
                let result = match sync::before(&me, &command).await {
                    Ok(()) => me.with_engine(|engine| {
                        engine.apply(&Command::Sync(command.clone()), &job.id, &job.context())
                    }),
                    Err(fault) => Err(fault),
                };
                let done = result.is_ok();
                me.applied(&job, result);
                if done {
                    sync::after(&me, &command);
                }
            });
            return;
        }
        let apply = move |desk: &Desk, job: &Job| {
            desk.with_engine(|engine| engine.apply(&command, &job.id, &job.context()))
        };
        match apply(self, &job) {
            // Whoever was erased must not live on in the snapshot: first that is gone, then it is said.
            Ok(applied) if erases(&job.request) => {
                let Some(me) = self.me.upgrade() else { return };
                spawn_local(async move {
                    me.remove_snapshot().await;
                    me.applied(&job, Ok(applied));
                });
            }
            Err(fault) if fault.code == FaultCode::QuotaExceeded && self.workspace.is_some() => {
                // The snapshot is derived data: without it there may be room.
                let Some(me) = self.me.upgrade() else { return };
                spawn_local(async move {
                    let result = if me.remove_snapshot().await {
                        apply(&me, &job)
                    } else {
                        Err(fault)
                    };
                    me.applied(&job, result);
                });
            }
            result => self.applied(&job, result),
        }
    }

    fn applied(&self, job: &Job, result: Result<engine::Applied, Fault>) {
        match result {
            Err(fault) => self.answer(job, Err(fault), None),
            Ok(applied) => {
                self.answer(job, Ok(Reply::Done(applied.done)), None);
                if let Some(changed) = applied.changed {
                    self.changed(changed);
                }
                if matches!(
                    job.request,
                    Request::Command(Command::EraseEverything { .. })
                ) {
                    self.forget_snapshot();
                    if let Some(me) = self.me.upgrade() {
                        sync::forget(&me);
                    }
                }
                if matches!(job.request, Request::Command(Command::BackupSaved)) {
                    // No record changed, but the status of every page did.
                    let data_version = self.with_engine(|engine| engine.data_version());
                    self.tell_all(Event::Changed {
                        data_version,
                        kinds: Vec::new(),
                    });
                }
                self.ensure_columns();
            }
        }
    }

    fn do_inspection(&self, job: Job) {
        let Some(me) = self.me.upgrade() else { return };
        spawn_local(async move {
            let result = me.inspect(&job).await;
            me.answer(&job, result, None);
        });
    }

    async fn inspect(&self, job: &Job) -> Result<Reply, Fault> {
        let Request::Inspect { file_name, reading } = &job.request else {
            return Err(failure::internal("not an inspection"));
        };
        let file = attached_file(job)?;
        let size = files::size(&file);
        let head = files::slice(&file, 0, size.min(INSPECTED_BYTES)).await?;
        let identity = long::identify(&file).await?;
        self.with_engine(|engine| {
            let mut inspection = engine.inspect(file_name, &head, size, reading)?;
            engine.recall(&mut inspection, &identity, reading)?;
            Ok(Reply::Inspection(inspection))
        })
    }

    fn start_long_work(&self) {
        if self.long_at_work.borrow().is_some() {
            return;
        }
        let Some(me) = self.me.upgrade() else { return };
        let Some(first) = me.long.borrow_mut().pop_front() else {
            return;
        };
        *self.long_at_work.borrow_mut() = Some(first.id.clone());
        spawn_local(async move {
            let mut next = Some(first);
            while let Some(job) = next {
                *me.long_at_work.borrow_mut() = Some(job.id.clone());
                let result = long::run(&me, &job).await;
                me.cancelled.borrow_mut().remove(&job.id);
                me.finished(&job, result).await;
                next = me.long.borrow_mut().pop_front();
            }
            *me.long_at_work.borrow_mut() = None;
        });
    }

    async fn finished(&self, job: &Job, result: Result<Finished, Fault>) {
        match result {
            Ok(finished) => {
                self.answer(job, Ok(finished.reply), finished.file.as_ref());
                if let Some(changed) = finished.changed {
                    self.changed(changed);
                }
            }
            Err(fault) => {
                if fault.code == FaultCode::QuotaExceeded {
                    // Makes room for the next try.
                    self.remove_snapshot().await;
                }
                self.answer(job, Err(fault), None);
                // Part of it may be committed: pages shall look again.
                let data_version = self.with_engine(|engine| engine.data_version());
                self.tell_all(Event::Changed {
                    data_version,
                    kinds: Vec::new(),
                });
            }
        }
        self.ensure_columns();
    }

    /// Whether what needs columns is worth waiting for.
    pub fn is_loading_columns(&self) -> bool {
        self.loading_columns.get()
    }

    /// After opening: the columns, from the snapshot if it is current.
    pub fn load_first_columns(&self) {
        self.load_columns(self.workspace.clone());
    }

    /// Some changes void the columns (a restored backup, another time zone ...): then they are read again. A load
    /// that is under way notices by itself.
    fn ensure_columns(&self) {
        if !self.loading_columns.get() && !self.with_engine(|engine| engine.columns_ready()) {
            self.load_columns(None);
        }
    }

    /// Brings the columns into memory, in steps; from the snapshot of `saved_by` if that is current.
    fn load_columns(&self, saved_by: Option<String>) {
        let Some(me) = self.me.upgrade() else { return };
        self.loading_columns.set(true);
        *self.no_columns.borrow_mut() = None;
        spawn_local(async move {
            let saved = match &saved_by {
                Some(workspace) => snapshot::load(workspace, me.unlocked().as_deref()).await,
                None => None,
            };
            let mut load = ColumnsLoad::new(&me.engine.borrow(), saved.as_deref());
            drop(saved);
            let result = loop {
                time::let_others().await;
                match me.with_engine(|engine| load.step(engine, &context())) {
                    Ok(Step::More(_)) => {}
                    Ok(Step::Done(size)) => break Ok(size),
                    Err(fault) => break Err(fault),
                }
            };
            me.loading_columns.set(false);
            match result {
                Ok((customers, orders)) => me.columns_are_ready(customers, orders),
                Err(fault) => me.columns_failed(&fault),
            }
        });
    }

    fn columns_are_ready(&self, customers: u64, orders: u64) {
        self.tell_all(Event::ColumnsReady { customers, orders });
        let parked = std::mem::take(&mut *self.parked.borrow_mut());
        self.short.borrow_mut().extend(parked);
        self.start_short_work();
        self.plan_snapshot();
        self.watch_segments();
    }

    fn columns_failed(&self, fault: &Fault) {
        *self.no_columns.borrow_mut() = Some(fault.clone());
        let parked = std::mem::take(&mut *self.parked.borrow_mut());
        for job in parked {
            self.answer(&job, Err(fault.clone()), None);
        }
    }

    /// Looks at saved segments when nothing has changed for a moment, a segment and day at a time: who came in, who went.
    /// A day that began since the last look counts as a change.
    fn watch_segments(&self) {
        let is_due = self.with_engine(|engine| engine.watch_is_due(&context()));
        if !is_due || self.watching.replace(true) {
            return;
        }
        let Some(me) = self.me.upgrade() else { return };
        spawn_local(async move {
            time::sleep(WATCH_IDLE_MS).await;
            loop {
                time::let_others().await;
                // Long work changes the data at every step: afterwards is soon enough.
                if me.long_at_work.borrow().is_some() {
                    time::sleep(WATCH_IDLE_MS).await;
                    continue;
                }
                match me.with_engine(|engine| engine.watch_segments(&context())) {
                    Ok(Watching::More) => {}
                    Ok(Watching::Done { noted }) => {
                        me.watched(noted);
                        break;
                    }
                    // No room: what was not noted is looked at again after the next change.
                    Err(_) => break,
                }
            }
            me.watching.set(false);
        });
    }

    /// Pages that show the story of a segment ask again.
    fn watched(&self, noted: bool) {
        if noted {
            let data_version = self.with_engine(|engine| engine.data_version());
            self.tell_all(Event::Changed {
                data_version,
                kinds: vec![RecordKind::Watch],
            });
        }
    }

    /// Writes the snapshot when nothing has changed for a while.
    fn plan_snapshot(&self) {
        if self.workspace.is_none() {
            return;
        }
        let plan = &self.snapshot;
        let idle = SNAPSHOT_IDLE_MS + plan.last_mib.get() * SNAPSHOT_IDLE_MS_PER_MIB;
        plan.due_at
            .set(time::now_ms() + idle.min(SNAPSHOT_IDLE_MOST_MS));
        if plan.waiting.replace(true) {
            return;
        }
        let Some(me) = self.me.upgrade() else { return };
        spawn_local(async move {
            loop {
                let left = me.snapshot.due_at.get() - time::now_ms();
                if left > 0.0 {
                    time::sleep(left as i32 + 1).await;
                } else if me.long_at_work.borrow().is_some() {
                    time::sleep(SNAPSHOT_IDLE_MS as i32).await;
                } else {
                    break;
                }
            }
            me.snapshot.waiting.set(false);
            me.save_snapshot().await;
        });
    }

    async fn save_snapshot(&self) {
        let Some(workspace) = &self.workspace else {
            return;
        };
        let Some(bytes) = self.with_engine(|engine| engine.snapshot_bytes()) else {
            return;
        };
        let mib = bytes.len() as f64 / f64::from(1 << 20);
        self.snapshot.last_mib.set(mib);
        // Without it the next opening takes longer, nothing else.
        let _ = snapshot::save(workspace, self.unlocked().as_deref(), bytes).await;
    }

    async fn remove_snapshot(&self) -> bool {
        match &self.workspace {
            Some(workspace) => snapshot::remove(workspace).await,
            None => false,
        }
    }

    /// What was erased must not live on in the snapshot.
    fn forget_snapshot(&self) {
        let Some(me) = self.me.upgrade() else { return };
        spawn_local(async move {
            me.remove_snapshot().await;
        });
    }
}

/// Whether a request erases a person.
fn erases(request: &Request) -> bool {
    match request {
        Request::Command(Command::Out(_)) => true,
        Request::Command(Command::Api(asked)) => asked.method == ApiWrite::CustomersErase,
        _ => false,
    }
}

/// The first attached file.
///
/// # Errors
/// `UnreadableFile` when there is none.
pub fn attached_file(job: &Job) -> Result<Blob, Fault> {
    wire::first_file(&job.files)
        .ok_or_else(|| Fault::new(FaultCode::UnreadableFile).detail("no file is attached"))
}

/// All attached files, in their order.
pub fn attached_files(job: &Job) -> Vec<Blob> {
    wire::all_files(&job.files)
}

fn take_out(queue: &mut VecDeque<Job>, id: &RequestId) -> Option<Job> {
    let at = queue.iter().position(|job| job.id == *id)?;
    queue.remove(at)
}
