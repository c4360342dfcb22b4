//! Long requests, in steps: import, dry run, export, backup, restore, undo.

use crate::desk::{Desk, Finished, Job, attached_file};
use crate::tab::context;
use crate::{failure, files, time};
use engine::{
    ExportSession, FileIdentity, ImportSession, ImportStep, ReplaySession, Step, UndoSession,
};
use model::BatchId;
use model::import::ImportPlan;
use protocol::{
    Command, ExportFormat, ExportWhat, Fault, FaultCode, FileView, Progress, Reply, Request,
};
use web_sys::Blob;

/// Progress is told at most this often.
const PROGRESS_EVERY_MS: f64 = 100.0;

/// Between two looks whether the columns are there.
const WAIT_FOR_COLUMNS_MS: i32 = 50;

/// Beginning and end of a file that tell it from others.
const IDENTITY_BYTES: u64 = 64 << 10;

/// Tells progress, but not too often.
struct Reporter<'a> {
    desk: &'a Desk,
    job: &'a Job,
    last_ms: f64,
}

impl<'a> Reporter<'a> {
    fn new(desk: &'a Desk, job: &'a Job) -> Self {
        Self {
            desk,
            job,
            last_ms: 0.0,
        }
    }

    fn tell(&mut self, progress: Progress) {
        let now = time::now_ms();
        if now - self.last_ms >= PROGRESS_EVERY_MS {
            self.last_ms = now;
            self.desk.progress(self.job, progress);
        }
    }
}

/// Does a long request to its end, or until it is cancelled.
///
/// # Errors
/// What the engine says, `Cancelled`, `UnreadableFile` when the file is gone.
pub async fn run(desk: &Desk, job: &Job) -> Result<Finished, Fault> {
    match &job.request {
        Request::DryRun { plan } => import(desk, job, plan, true).await,
        Request::Import { plan } => import(desk, job, plan, false).await,
        Request::Export { what, format } => export(desk, job, what, *format).await,
        Request::Replay(request) => replay(desk, job, request).await,
        Request::Backup => backup(desk),
        Request::Restore => restore(desk, job).await,
        Request::Command(Command::Undo { batch }) => undo(desk, job, *batch).await,
        Request::Command(_) | Request::Query(_) | Request::Inspect { .. } => {
            Err(failure::internal("short request among long ones"))
        }
    }
}

/// Between steps: lets others work, and says whether to stop.
async fn goes_on(desk: &Desk, job: &Job) -> bool {
    time::let_others().await;
    !desk.is_cancelled(&job.id)
}

async fn import(
    desk: &Desk,
    job: &Job,
    plan: &ImportPlan,
    dry_run: bool,
) -> Result<Finished, Fault> {
    let file = attached_file(job)?;
    let identity = identify(&file).await?;
    let mut session = desk.with_engine(|engine| {
        ImportSession::new(engine, plan.clone(), identity, dry_run, &job.context())
    })?;
    let mut reporter = Reporter::new(desk, job);
    let size = files::size(&file);
    let mut position = 0;
    loop {
        if !goes_on(desk, job).await {
            if dry_run {
                return Err(Fault::new(FaultCode::Cancelled));
            }
            // What is in stays in; the report says so and names the batch to undo.
            return import_report(
                desk.with_engine(|engine| session.cancel(engine, &job.context())),
            );
        }
        match desk.with_engine(|engine| session.step(engine, &job.context()))? {
            ImportStep::NeedsBytes(progress) => {
                reporter.tell(progress);
                if position >= size {
                    session.end_of_file();
                } else {
                    let to = size.min(position + files::PIECE);
                    session.feed(&files::slice(&file, position, to).await?);
                    position = to;
                }
            }
            ImportStep::More(progress) => reporter.tell(progress),
            ImportStep::Complete => break,
        }
    }
    import_report(desk.with_engine(|engine| session.finish(engine, &job.context())))
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

async fn identify(file: &Blob) -> Result<FileIdentity, Fault> {
    let size = files::size(file);
    let head = files::slice(file, 0, size.min(IDENTITY_BYTES)).await?;
    let tail = files::slice(file, size.saturating_sub(IDENTITY_BYTES), size).await?;
    Ok(FileIdentity::of(size, &head, &tail))
}

async fn export(
    desk: &Desk,
    job: &Job,
    what: &ExportWhat,
    format: ExportFormat,
) -> Result<Finished, Fault> {
    let mut session = loop {
        let begun = desk
            .with_engine(|engine| ExportSession::new(engine, what.clone(), format, &job.context()));
        match begun {
            // The list needs columns, which are on their way.
            Err(fault) if fault.code == FaultCode::Busy && desk.is_loading_columns() => {
                time::sleep(WAIT_FOR_COLUMNS_MS).await;
                if desk.is_cancelled(&job.id) {
                    return Err(Fault::new(FaultCode::Cancelled));
                }
            }
            begun => break begun?,
        }
    };
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

fn file(growing: files::Growing, view: FileView) -> Result<Finished, Fault> {
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
    let mut session = loop {
        let begun =
            desk.with_engine(|engine| ReplaySession::new(engine, request.clone(), &context()));
        match begun {
            Err(fault) if fault.code == FaultCode::Busy && desk.is_loading_columns() => {
                time::sleep(WAIT_FOR_COLUMNS_MS).await;
                if desk.is_cancelled(&job.id) {
                    return Err(Fault::new(FaultCode::Cancelled));
                }
            }
            begun => break begun?,
        }
    };
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

fn backup(desk: &Desk) -> Result<Finished, Fault> {
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
    file(growing, view)
}

async fn restore(desk: &Desk, job: &Job) -> Result<Finished, Fault> {
    let backup = attached_file(job)?;
    let bytes = files::slice(&backup, 0, files::size(&backup)).await?;
    let (changed, status) = desk.with_engine(|engine| {
        let changed = engine
            .restore(&bytes, &job.context())
            .map_err(failure::of_backup)?;
        Ok::<_, Fault>((changed, engine.status(&job.context())?))
    })?;
    Ok(Finished {
        reply: Reply::Status(status),
        file: None,
        changed: Some(changed),
    })
}

async fn undo(desk: &Desk, job: &Job, batch: BatchId) -> Result<Finished, Fault> {
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
