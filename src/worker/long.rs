//! Long requests, in steps: import, dry run, export, backup, restore, undo.

use crate::desk::{Desk, Finished, Job, attached_file, attached_files};
use crate::tab::context;
use crate::{api, cleaning, failure, files, opfs, sync, time, vault};
use engine::{
    BulkSession, Engine, ExportSession, FileIdentity, ImportSession, ImportStep, MembershipSession,
    RehearsalFile, ReplaySession, Step, UndoSession,
};
use model::BatchId;
use model::import::ImportPlan;
use protocol::{
    Bulk, Command, ExportFormat, ExportWhat, Fault, FaultCode, FileView, MembershipCommand,
    MembershipJob, Progress, Rehearsal, Reply, Request,
};
use web_sys::Blob;

/// Progress is told at most this often.
const PROGRESS_EVERY_MS: f64 = 100.0;

/// Between two looks whether the columns are there.
const WAIT_FOR_COLUMNS_MS: i32 = 50;

/// Beginning and end of a file that tell it from others.
const IDENTITY_BYTES: u64 = 64 << 10;

/// Tells progress, but not too often.
pub(crate) struct Reporter<'a> {
    desk: &'a Desk,
    job: &'a Job,
    last_ms: f64,
    /// Which of several files is being read, and of how many.
    file: u64,
    files: u64,
}

impl<'a> Reporter<'a> {
    pub(crate) fn new(desk: &'a Desk, job: &'a Job) -> Self {
        Self {
            desk,
            job,
            last_ms: 0.0,
            file: 0,
            files: 1,
        }
    }

    pub(crate) fn tell(&mut self, progress: Progress) {
        let now = time::now_ms();
        if now - self.last_ms >= PROGRESS_EVERY_MS {
            self.last_ms = now;
            // Several files are one way: each is an equal part of it.
            let total = progress.total.saturating_mul(self.files);
            let done = progress.total.saturating_mul(self.file) + progress.done;
            self.desk.progress(
                self.job,
                Progress {
                    done,
                    total,
                    ..progress
                },
            );
        }
    }
}

/// Does a long request to its end, or until it is cancelled.
///
/// # Errors
/// What the engine says, `Cancelled`, `UnreadableFile` when the file is gone.
pub async fn run(desk: &Desk, job: &Job) -> Result<Finished, Fault> {
    match &job.request {
        Request::DryRun { plans, give } => rehearse(desk, job, plans, *give).await,
        Request::Import { plan } => import(desk, job, plan).await,
        Request::Export { what, format } => export(desk, job, what, *format).await,
        Request::Replay(request) => replay(desk, job, request).await,
        Request::Membership(work) => membership(desk, job, work).await,
        Request::Command(Command::Membership(MembershipCommand::Bulk(act))) => {
            bulk(desk, job, act).await
        }
        Request::Twins(work) => cleaning::twins(desk, job, work).await,
        Request::Quality(work) => cleaning::quality(desk, job, work).await,
        Request::Api(asked) => api::run(desk, job, asked).await,
        Request::Sync(work) => sync::job(desk, job, work).await,
        Request::Backup => backup(desk, job),
        Request::Vault(work) => vault::turn::run(desk, work).await,
        Request::Restore => restore(desk, job).await,
        Request::Command(Command::Undo { batch }) => undo(desk, job, *batch).await,
        Request::Command(_) | Request::Query(_) | Request::Inspect { .. } => {
            Err(failure::internal("short request among long ones"))
        }
    }
}

/// Between steps: lets others work, and says whether to stop.
pub(crate) async fn goes_on(desk: &Desk, job: &Job) -> bool {
    time::let_others().await;
    !desk.is_cancelled(&job.id)
}

pub(crate) async fn import(desk: &Desk, job: &Job, plan: &ImportPlan) -> Result<Finished, Fault> {
    let file = attached_file(job)?;
    let identity = identify(&file).await?;
    let mut session = desk.with_engine(|engine| {
        ImportSession::new(engine, plan.clone(), identity, false, &job.context())
    })?;
    let mut reporter = Reporter::new(desk, job);
    let growing = files::Growing::new();
    if !read_through(desk, job, &mut session, &file, &mut reporter, &growing).await? {
        // What is in stays in; the report says so and names the batch to undo.
        return import_report(desk.with_engine(|engine| session.cancel(engine, &job.context())));
    }
    import_report(desk.with_engine(|engine| session.finish(engine, &job.context())))
}

/// Feeds a file to a session until it is complete; `false` when it was told to stop. What the session writes is put to
/// `made`, so that it never lies in memory whole.
async fn read_through(
    desk: &Desk,
    job: &Job,
    session: &mut ImportSession,
    file: &Blob,
    reporter: &mut Reporter<'_>,
    made: &files::Growing,
) -> Result<bool, Fault> {
    let mut reading = files::Reading::new(file);
    loop {
        if !goes_on(desk, job).await {
            return Ok(false);
        }
        made.append(&session.take_bytes());
        match desk.with_engine(|engine| session.step(engine, &job.context()))? {
            ImportStep::NeedsBytes(progress) => {
                reporter.tell(progress);
                match reading.next().await? {
                    Some(bytes) => session.feed(&bytes),
                    None => session.end_of_file(),
                }
            }
            ImportStep::More(progress) => reporter.tell(progress),
            ImportStep::Complete => return Ok(true),
        }
    }
}

/// A dry run over several files, each as if those before it had gone in.
pub(crate) async fn rehearse(
    desk: &Desk,
    job: &Job,
    plans: &[ImportPlan],
    give: Rehearsal,
) -> Result<Finished, Fault> {
    let attached = attached_files(job);
    if attached.len() != plans.len() || plans.is_empty() {
        return Err(Fault::new(FaultCode::UnreadableFile).detail("not every file is attached"));
    }
    let mut reporter = Reporter::new(desk, job);
    reporter.files = plans.len() as u64;
    let mut reports = Vec::new();
    let mut before = None;
    for (place, (plan, file)) in plans.iter().zip(&attached).enumerate() {
        reporter.file = place as u64;
        let identity = identify(file).await?;
        let wish = give_of(give, place);
        let growing = files::Growing::new();
        let mut session = desk.with_engine(|engine| {
            ImportSession::rehearse(
                engine,
                plan.clone(),
                identity,
                before.take(),
                wish,
                &job.context(),
            )
        })?;
        if !read_through(desk, job, &mut session, file, &mut reporter, &growing).await? {
            return Err(Fault::new(FaultCode::Cancelled));
        }
        let (done, bytes) = desk.with_engine(|engine| session.end_rehearsal(engine))?;
        if let Some(view) = done.file {
            growing.append(&bytes);
            return Ok(Finished {
                file: Some(growing.finish(&view.media_type)?),
                reply: Reply::File(view),
                changed: None,
            });
        }
        reports.push(done.report);
        before = Some(done.rehearsed);
    }
    Ok(Finished {
        reply: Reply::Rehearsed(reports),
        file: None,
        changed: None,
    })
}

/// What is to be given of the file at this place.
fn give_of(give: Rehearsal, place: usize) -> RehearsalFile {
    match give {
        Rehearsal::Rejected(of) if of as usize == place => RehearsalFile::Rejected,
        Rehearsal::Changes(of) if of as usize == place => RehearsalFile::Changes,
        _ => RehearsalFile::None,
    }
}

type Report = (protocol::ImportReport, Option<engine::Changed>);

fn import_report(result: Result<Report, Fault>) -> Result<Finished, Fault> {
    let (report, changed) = result?;
    Ok(Finished {
        reply: Reply::Import(Box::new(report)),
        file: None,
        changed,
    })
}

/// What tells a file from others.
///
/// # Errors
/// `UnreadableFile` when it is gone.
pub async fn identify(file: &Blob) -> Result<FileIdentity, Fault> {
    let size = files::size(file);
    let head = files::slice(file, 0, size.min(IDENTITY_BYTES)).await?;
    let tail = files::slice(file, size.saturating_sub(IDENTITY_BYTES), size).await?;
    Ok(FileIdentity::of(size, &head, &tail))
}

pub(crate) async fn export(
    desk: &Desk,
    job: &Job,
    what: &ExportWhat,
    format: ExportFormat,
) -> Result<Finished, Fault> {
    let mut session = begin(desk, job, |engine| {
        ExportSession::new(engine, what.clone(), format, &job.context())
    })
    .await?;
    let mut reporter = Reporter::new(desk, job);
    let growing = files::Growing::new();
    loop {
        if !goes_on(desk, job).await {
            return Err(Fault::new(FaultCode::Cancelled));
        }
        let step = desk.with_engine(|engine| session.step(engine, &job.context()))?;
        growing.append(&session.take_bytes());
        match step {
            Step::More(progress) => reporter.tell(progress),
            Step::Done(view) => return file(growing, view),
        }
    }
}

pub(crate) fn file(growing: files::Growing, view: FileView) -> Result<Finished, Fault> {
    let blob = growing.finish(&view.media_type)?;
    Ok(Finished {
        reply: Reply::File(view),
        file: Some(blob),
        changed: None,
    })
}

async fn replay(
    desk: &Desk,
    job: &Job,
    request: &protocol::ReplayRequest,
) -> Result<Finished, Fault> {
    let mut session = begin(desk, job, |engine| {
        ReplaySession::new(engine, request.clone(), &context())
    })
    .await?;
    let mut reporter = Reporter::new(desk, job);
    loop {
        if !goes_on(desk, job).await {
            return Err(Fault::new(FaultCode::Cancelled));
        }
        match desk.with_engine(|engine| session.step(engine, &context()))? {
            Step::More(progress) => reporter.tell(progress),
            Step::Done(reply) => {
                return Ok(Finished {
                    reply,
                    file: None,
                    changed: None,
                });
            }
        }
    }
}

/// Begins what may need columns, and waits for them while they are on their way.
pub(crate) async fn begin<T>(
    desk: &Desk,
    job: &Job,
    mut begin: impl FnMut(&mut Engine) -> Result<T, Fault>,
) -> Result<T, Fault> {
    loop {
        match desk.with_engine(&mut begin) {
            Err(fault) if fault.code == FaultCode::Busy && desk.is_loading_columns() => {
                time::sleep(WAIT_FOR_COLUMNS_MS).await;
                if desk.is_cancelled(&job.id) {
                    return Err(Fault::new(FaultCode::Cancelled));
                }
            }
            begun => return begun,
        }
    }
}

/// A flow, or a look at what a bulk action would do.
async fn membership(desk: &Desk, job: &Job, work: &MembershipJob) -> Result<Finished, Fault> {
    let mut session = begin(desk, job, |engine| {
        MembershipSession::new(engine, work, &job.context())
    })
    .await?;
    let mut reporter = Reporter::new(desk, job);
    loop {
        if !goes_on(desk, job).await {
            return Err(Fault::new(FaultCode::Cancelled));
        }
        match desk.with_engine(|engine| session.step(engine, &job.context()))? {
            Step::More(progress) => reporter.tell(progress),
            Step::Done(reply) => {
                return Ok(Finished {
                    reply,
                    file: None,
                    changed: None,
                });
            }
        }
    }
}

/// Something done to many customers. Stopped half-way, what is done stays done and is one step of undo.
async fn bulk(desk: &Desk, job: &Job, act: &Bulk) -> Result<Finished, Fault> {
    let mut session = begin(desk, job, |engine| {
        BulkSession::new(engine, act, false, &job.id, &job.context())
    })
    .await?;
    let mut reporter = Reporter::new(desk, job);
    loop {
        let step = if goes_on(desk, job).await {
            desk.with_engine(|engine| session.step(engine, &job.context()))?
        } else {
            desk.with_engine(|engine| session.stop(engine, &job.context()))?
        };
        match step {
            Step::More(progress) => reporter.tell(progress),
            Step::Done(applied) => {
                return Ok(Finished {
                    reply: Reply::Done(applied.done),
                    file: None,
                    changed: applied.changed,
                });
            }
        }
    }
}

pub(crate) fn backup(desk: &Desk, job: &Job) -> Result<Finished, Fault> {
    let (bytes, status) = desk.with_engine(|engine| {
        let status = engine.status(&context())?;
        Ok::<_, Fault>((engine.backup()?, status))
    })?;
    let growing = files::Growing::new();
    growing.append(&bytes);
    let view = FileView {
        name: format!("shuke-{}.sqlite", status.today),
        media_type: "application/vnd.sqlite3".into(),
        records: status.customers + status.orders,
    };
    // A person who is erased later may still be in it, so it is named then.
    desk.with_engine(|engine| engine.note_file("backup", &view, &job.context()))?;
    file(growing, view)
}

async fn restore(desk: &Desk, job: &Job) -> Result<Finished, Fault> {
    let backup = attached_file(job)?;
    let bytes = files::slice(&backup, 0, files::size(&backup)).await?;
    let restored = desk.with_engine(|engine| {
        let changed = engine
            .restore(&bytes, &job.context())
            .map_err(failure::of_backup)?;
        Ok::<_, Fault>((changed, engine.status(&job.context())?))
    });
    if let (Some(workspace), Some(_)) = (desk.workspace(), desk.unlocked()) {
        opfs::remove_between(workspace).await?;
    }
    let (changed, status) = restored?;
    Ok(Finished {
        reply: Reply::Status(status),
        file: None,
        changed: Some(changed),
    })
}

pub(crate) async fn undo(desk: &Desk, job: &Job, batch: BatchId) -> Result<Finished, Fault> {
    let mut session =
        desk.with_engine(|engine| UndoSession::new(engine, batch, &job.id, &job.context()))?;
    let mut reporter = Reporter::new(desk, job);
    loop {
        if !goes_on(desk, job).await {
            return Err(Fault::new(FaultCode::Cancelled));
        }
        match desk.with_engine(|engine| session.step(engine, &job.context()))? {
            Step::More(progress) => reporter.tell(progress),
            Step::Done(applied) => {
                return Ok(Finished {
                    reply: Reply::Done(applied.done),
                    file: None,
                    changed: applied.changed,
                });
            }
        }
    }
}
