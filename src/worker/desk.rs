//! The leader's desk: the open engine, the requests of all tabs, and the order in which they are done.
//!
//! Short requests (queries, commands) are done one per turn of the event loop, in the order in which they came.
//! Long ones (files, undo) are done one after another, each in steps; between steps short ones have their turn.
//! The engine is borrowed for the length of one step or request and never across an `await`.

use crate::tab::{Tab, context};
use crate::{failure, files, long, snapshot, time, wire};
use engine::{Changed, ColumnsLoad, Context, Engine, Step, Unanswered};
use protocol::{
    Command, Event, Fault, FaultCode, FromWorker, Progress, Query, Reply, Request, RequestId,
    Status,
};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::rc::{Rc, Weak};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

/// The snapshot is written when nothing was written for so long.
const SNAPSHOT_IDLE_MS: f64 = 2_000.0;

/// And so much longer for each mebibyte of the last one: a large snapshot is not written after every single change.
const SNAPSHOT_IDLE_MS_PER_MIB: f64 = 250.0;

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
            Request::Command(command) => matches!(command, Command::Undo { .. }),
            Request::Query(_) | Request::Inspect { .. } => false,
            Request::DryRun { .. }
            | Request::Import { .. }
            | Request::Export { .. }
            | Request::Replay(_)
            | Request::Backup
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
}

impl Desk {
    /// With an open engine; `workspace` names it in OPFS.
    pub fn new(tab: Weak<Tab>, engine: Engine, workspace: Option<String>) -> Rc<Self> {
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
        })
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

    fn tell_all(&self, event: Event) {
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
    }

    fn do_command(&self, command: Command, job: Job) {
        let apply = move |desk: &Desk, job: &Job| {
            desk.with_engine(|engine| engine.apply(&command, &job.id, &job.context()))
        };
        match apply(self, &job) {
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
        self.with_engine(|engine| engine.inspect(file_name, &head, size, reading))
            .map(Reply::Inspection)
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
                Some(workspace) => snapshot::load(workspace).await,
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
    }

    fn columns_failed(&self, fault: &Fault) {
        *self.no_columns.borrow_mut() = Some(fault.clone());
        let parked = std::mem::take(&mut *self.parked.borrow_mut());
        for job in parked {
            self.answer(&job, Err(fault.clone()), None);
        }
    }

    /// Writes the snapshot when nothing has changed for a while.
    fn plan_snapshot(&self) {
        if self.workspace.is_none() {
            return;
        }
        let plan = &self.snapshot;
        let idle = SNAPSHOT_IDLE_MS + plan.last_mib.get() * SNAPSHOT_IDLE_MS_PER_MIB;
        plan.due_at.set(time::now_ms() + idle);
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
        let _ = snapshot::save(workspace, &bytes).await;
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

/// The first attached file.
///
/// # Errors
/// `UnreadableFile` when there is none.
pub fn attached_file(job: &Job) -> Result<Blob, Fault> {
    wire::first_file(&job.files)
        .ok_or_else(|| Fault::new(FaultCode::UnreadableFile).detail("no file is attached"))
}

fn take_out(queue: &mut VecDeque<Job>, id: &RequestId) -> Option<Job> {
    let at = queue.iter().position(|job| job.id == *id)?;
    queue.remove(at)
}
