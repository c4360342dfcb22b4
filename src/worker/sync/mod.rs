//! Sync in the worker: when a run is due, sending what it asks for, secrets. One leader among the tabs does it.
//!
//! A run is stepped between other requests; while it waits for the network everything else goes on. It begins a
//! moment after a change, when the network comes back, when the endpoint asked to come back, and once a minute to look.

pub mod fetch;
mod header;
pub mod secrets;

use crate::desk::{Desk, Finished, Job};
use crate::long::{Reporter, goes_on};
use crate::tab::context;
use crate::{random, time};
use engine::{Changed, ProbeSession, SyncPlan, SyncProbeStep, SyncSession, SyncStep};
use fetch::Credentials;
use protocol::{
    Event, Fault, FaultCode, Progress, Reply, Stage, SyncCommand, SyncJob, SyncKeep, SyncSecret,
    SyncSecretStanding,
};
use secrets::Secret;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;

/// A run begins so long after the last change.
const AFTER_CHANGE_MS: f64 = 1_500.0;

/// Pages are told how it stands at most this often.
const TELL_EVERY_MS: f64 = 250.0;

/// Pages are told of data that came at most this often: each of them asks again.
const CHANGED_EVERY_MS: f64 = 1_000.0;

/// Looking whether other long work is over.
const WAIT_FOR_OTHERS_MS: i32 = 200;

/// The longest sleep of the timer.
const LONGEST_SLEEP_MS: f64 = 60_000.0;

/// Sync of the open workspace.
pub struct Sync {
    desk: Weak<Desk>,
    workspace: String,
    /// The secret, and whether it is kept on the device.
    secret: RefCell<Option<(Secret, SyncKeep)>>,
    running: Cell<bool>,
    /// The run at work shall stop; its number.
    stopped: Cell<bool>,
    abort: RefCell<Option<AbortController>>,
    /// When the next run is due, by this clock.
    due: Cell<f64>,
    /// The timer that is set; older ones do nothing.
    timer: Cell<u32>,
    told_at: Cell<f64>,
    changed: RefCell<Option<Changed>>,
    changed_at: Cell<f64>,
}

impl Sync {
    /// For a workspace that is open.
    pub fn new(desk: Weak<Desk>, workspace: &str) -> Self {
        Self {
            desk,
            workspace: workspace.to_owned(),
            secret: RefCell::new(None),
            running: Cell::new(false),
            stopped: Cell::new(false),
            abort: RefCell::new(None),
            due: Cell::new(f64::INFINITY),
            timer: Cell::new(0),
            told_at: Cell::new(0.0),
            changed: RefCell::new(None),
            changed_at: Cell::new(0.0),
        }
    }

    fn plan(&self) -> Option<SyncPlan> {
        let desk = self.desk.upgrade()?;
        desk.with_engine(|engine| engine.sync_plan(&context()))
            .ok()
            .flatten()
    }
}

/// Begins to look after sync, once the database is open.
pub fn begin(desk: &Rc<Desk>) {
    let me = Rc::downgrade(desk);
    time::on_network_change(move || {
        if let Some(desk) = me.upgrade() {
            tell_host(&desk);
            soon(&desk, 0.0);
        }
    });
    let desk = Rc::clone(desk);
    spawn_local(async move {
        if let Some(plan) = desk.sync().plan() {
            let found = secrets::recall(&desk.sync().workspace, &plan.origin).await;
            if let Some(found) = found {
                *desk.sync().secret.borrow_mut() = Some((found, SyncKeep::Device));
            }
            tell_host(&desk);
            let waits = plan
                .next_at
                .map_or(f64::INFINITY, |at| at.0 as f64 - time::now_ms());
            soon(&desk, waits.max(0.0));
        }
    });
}

/// How the secret stands.
fn secret_standing(sync: &Sync, plan: &SyncPlan) -> SyncSecretStanding {
    match (&plan.auth, &*sync.secret.borrow()) {
        (::sync::Auth::None, _) => SyncSecretStanding::NotNeeded,
        (_, Some((_, SyncKeep::Device))) => SyncSecretStanding::Device,
        (_, Some((_, SyncKeep::Session))) => SyncSecretStanding::Session,
        (_, None) => SyncSecretStanding::Missing,
    }
}

/// Tells the engine what only the worker knows, and the pages how it stands.
fn tell_host(desk: &Rc<Desk>) {
    if let Some(plan) = desk.sync().plan() {
        let standing = secret_standing(desk.sync(), &plan);
        let offline = !time::scope().navigator().on_line();
        desk.with_engine(|engine| engine.sync_host(offline, standing, &time::origin()));
    }
    tell(desk);
}

/// Tells every page how it stands.
fn tell(desk: &Rc<Desk>) {
    desk.sync().told_at.set(time::now_ms());
    let light = desk.with_engine(|engine| engine.sync_light(&context()));
    if let Ok(light) = light {
        desk.tell_all(Event::Sync(light));
    }
}

fn tell_sometimes(desk: &Rc<Desk>) {
    if time::now_ms() - desk.sync().told_at.get() >= TELL_EVERY_MS {
        tell(desk);
    }
}

/// A change was written: a run is due in a moment.
pub fn after_change(desk: &Rc<Desk>) {
    let Some(plan) = desk.sync().plan() else {
        return;
    };
    tell_sometimes(desk);
    if plan.next_at.is_some() {
        let retry = plan.next_at.map_or(0.0, |at| at.0 as f64 - time::now_ms());
        // After a failure the endpoint decides when it is asked again, not the person's typing.
        let wait = if plan.failing {
            retry.max(AFTER_CHANGE_MS)
        } else {
            AFTER_CHANGE_MS
        };
        soon(desk, wait);
    }
}

/// Sets the timer, unless one is set for sooner.
fn soon(desk: &Rc<Desk>, wait_ms: f64) {
    if !wait_ms.is_finite() {
        return;
    }
    let sync = desk.sync();
    let due = time::now_ms() + wait_ms;
    sync.due.set(due);
    let number = sync.timer.get().wrapping_add(1);
    sync.timer.set(number);
    let desk = Rc::clone(desk);
    spawn_local(async move {
        loop {
            let left = desk.sync().due.get() - time::now_ms();
            if desk.sync().timer.get() != number {
                return;
            }
            if left <= 0.0 {
                break;
            }
            // A device that slept wakes up late: looking at the clock tells.
            time::sleep(left.min(LONGEST_SLEEP_MS) as i32 + 1).await;
        }
        run(&desk).await;
    });
}

/// Stops the run at work, if there is one.
fn stop(desk: &Rc<Desk>) {
    let sync = desk.sync();
    if sync.running.get() {
        sync.stopped.set(true);
        if let Some(abort) = sync.abort.borrow_mut().take() {
            abort.abort();
        }
    }
}

/// One run.
async fn run(desk: &Rc<Desk>) {
    let sync = desk.sync();
    if sync.running.get() {
        // It looks at the outbox when it comes to its end.
        return;
    }
    let Some(plan) = sync.plan() else { return };
    let standing = secret_standing(sync, &plan);
    if plan.next_at.is_none() || standing == SyncSecretStanding::Missing {
        tell_host(desk);
        return;
    }
    tell_host(desk);
    if !time::scope().navigator().on_line() && !plan.origin.starts_with("http://") {
        return;
    }
    sync.running.set(true);
    sync.stopped.set(false);
    let next = run_through(desk, &plan).await;
    sync.running.set(false);
    flush_changed(desk);
    if sync.stopped.replace(false) {
        desk.with_engine(engine::Engine::sync_stopped);
    }
    tell(desk);
    if let Ok(Some(next)) = next {
        soon(desk, (next - time::now_ms()).max(0.0));
    }
}

async fn run_through(desk: &Rc<Desk>, plan: &SyncPlan) -> Result<Option<f64>, Fault> {
    let sync = desk.sync();
    let secret = sync
        .secret
        .borrow()
        .as_ref()
        .map(|(secret, _)| secret.clone());
    let credentials = Credentials {
        origin: plan.origin.clone(),
        header: header::of(&plan.auth, secret.as_ref()),
    };
    let chance = random::number();
    let session = desk.with_engine(|engine| SyncSession::new(engine, chance, &context()))?;
    let Some(mut session) = session else {
        return Ok(None);
    };
    loop {
        time::let_others().await;
        while desk.is_at_long_work() && !sync.stopped.get() {
            time::sleep(WAIT_FOR_OTHERS_MS).await;
        }
        if sync.stopped.get() {
            // Whoever stopped it says when the next one begins.
            return Ok(None);
        }
        let step = desk.with_engine(|engine| session.step(engine, &context()));
        let (step, changed) = match step {
            Ok(step) => step,
            Err(fault) => {
                desk.with_engine(engine::Engine::sync_stopped);
                return Err(fault);
            }
        };
        if let Some(changed) = changed {
            note_changed(desk, changed);
        }
        tell_sometimes(desk);
        match step {
            SyncStep::More => {}
            SyncStep::Request(request) => {
                let Ok(abort) = AbortController::new() else {
                    return Ok(None);
                };
                *sync.abort.borrow_mut() = Some(abort.clone());
                let outcome = fetch::send(&request, &credentials, &abort).await;
                sync.abort.borrow_mut().take();
                session.answer(outcome);
            }
            SyncStep::Done { next_at } => return Ok(next_at.map(|at| at.0 as f64)),
        }
    }
}

/// Data came: pages are told, but not for every page of a list.
fn note_changed(desk: &Rc<Desk>, changed: Changed) {
    let sync = desk.sync();
    let mut all = sync.changed.borrow_mut();
    match &mut *all {
        Some(all) => all.and(changed),
        none => *none = Some(changed),
    }
    drop(all);
    if time::now_ms() - sync.changed_at.get() >= CHANGED_EVERY_MS {
        flush_changed(desk);
    }
}

fn flush_changed(desk: &Rc<Desk>) {
    let sync = desk.sync();
    if let Some(changed) = sync.changed.borrow_mut().take() {
        sync.changed_at.set(time::now_ms());
        desk.came(changed);
    }
}

/// Before a command on the connection is applied: secrets are put where they belong.
pub async fn before(desk: &Rc<Desk>, command: &SyncCommand) -> Result<(), Fault> {
    let sync = desk.sync();
    match command {
        SyncCommand::Connect {
            address,
            secret,
            keep,
            ..
        } => {
            stop(desk);
            let origin = ::sync::origin(address).unwrap_or_default();
            keep_secret(sync, &origin, secret, *keep).await;
        }
        SyncCommand::Credentials { secret, keep } => {
            let origin = sync.plan().map(|plan| plan.origin).unwrap_or_default();
            keep_secret(sync, &origin, secret, *keep).await;
        }
        SyncCommand::Disconnect => {
            stop(desk);
            *sync.secret.borrow_mut() = None;
            secrets::forget(&sync.workspace).await;
        }
        SyncCommand::Pause | SyncCommand::StartOver { .. } | SyncCommand::Share { .. } => {
            stop(desk);
        }
        _ => {}
    }
    // What is stopped must have let go of the database's state before it is changed.
    while sync.running.get() && sync.stopped.get() {
        time::sleep(5).await;
    }
    Ok(())
}

async fn keep_secret(sync: &Sync, origin: &str, secret: &SyncSecret, keep: SyncKeep) {
    let kept = Secret {
        user: secret.user.clone(),
        secret: secret.secret.clone(),
    };
    let mut keep = keep;
    if keep == SyncKeep::Device && !secrets::keep(&sync.workspace, origin, &kept).await {
        keep = SyncKeep::Session;
    }
    if keep == SyncKeep::Session {
        secrets::forget(&sync.workspace).await;
    }
    *sync.secret.borrow_mut() = Some((kept, keep));
}

/// After a command on the connection was applied.
pub fn after(desk: &Rc<Desk>, command: &SyncCommand) {
    tell_host(desk);
    match command {
        // One may have begun between stopping and being paused.
        SyncCommand::Pause | SyncCommand::Disconnect => stop(desk),
        SyncCommand::Settle { .. } | SyncCommand::SettleAll => {}
        _ => soon(desk, 0.0),
    }
}

/// The workspace was erased: so is its secret.
pub fn forget(desk: &Rc<Desk>) {
    let desk = Rc::clone(desk);
    spawn_local(async move {
        stop(&desk);
        *desk.sync().secret.borrow_mut() = None;
        secrets::forget(&desk.sync().workspace).await;
        tell(&desk);
    });
}

/// Long work about sync.
///
/// # Errors
/// What the engine says; `Cancelled` when it was stopped.
pub async fn job(desk: &Desk, job: &Job, work: &SyncJob) -> Result<Finished, Fault> {
    let SyncJob::Probe {
        address,
        profile,
        secret,
    } = work;
    let mut session = ProbeSession::new(address, profile, secret, random::number())?;
    let (origin, auth) = session.credentials();
    let kept = Secret {
        user: secret.user.clone(),
        secret: secret.secret.clone(),
    };
    let credentials = Credentials {
        origin: origin.to_owned(),
        header: header::of(auth, Some(&kept)),
    };
    let mut reporter = Reporter::new(desk, job);
    loop {
        if !goes_on(desk, job).await {
            return Err(Fault::new(FaultCode::Cancelled));
        }
        match desk.with_engine(|engine| session.step(engine, &context())) {
            SyncProbeStep::Request {
                request,
                done,
                total,
            } => {
                reporter.tell(Progress {
                    stage: Stage::Reading,
                    done: u64::from(done),
                    total: u64::from(total),
                    rows: u64::from(done),
                });
                let abort = AbortController::new()
                    .map_err(|_| Fault::new(FaultCode::Internal).detail("no AbortController"))?;
                session.answer(fetch::send(&request, &credentials, &abort).await);
            }
            SyncProbeStep::Wait(until) => {
                let left = (until as f64 - time::now_ms()).clamp(0.0, 1_000.0);
                time::sleep(left as i32 + 1).await;
            }
            SyncProbeStep::Done(reply) => {
                return Ok(Finished {
                    reply: Reply::Sync(reply),
                    file: None,
                    changed: None,
                });
            }
        }
    }
}
