//! Long work of the JavaScript API: files in and out, taking an import back.

use crate::desk::{Desk, Finished, Job, attached_file};
use crate::files;
use crate::long::{Reporter, backup, export, file, goes_on, import, rehearse, undo};
use engine::{
    ApiEvents, ApiExport, ApiImport, ApiLedger, EventsStep, Step, api_sync, api_undo_batch,
    api_undone,
};
use protocol::{
    ApiJob, ApiWork, Command, ExportFormat, Fault, FaultCode, Rehearsal, Reply, Request,
};
use web_sys::Blob;

/// How much of a file is looked at to tell what it is.
const INSPECTED_BYTES: u64 = 256 << 10;

/// What the API says to sync is said as the page says it, so that secrets and schedule are minded. What is wrong stays
/// as it is, and is answered by the engine.
pub fn of_sync(request: Request) -> Request {
    match &request {
        Request::Command(Command::Api(asked)) => match api_sync(asked) {
            Ok(Some(command)) => Request::Command(Command::Sync(command)),
            Ok(None) | Err(_) => request,
        },
        _ => request,
    }
}

/// Does it.
///
/// # Errors
/// What the engine says, `Cancelled`, `UnreadableFile`.
pub async fn run(desk: &Desk, job: &Job, asked: &ApiJob) -> Result<Finished, Fault> {
    match asked.method {
        ApiWork::Import => read_in(desk, job, ApiImport::read(asked)?).await,
        ApiWork::UndoImport => {
            let finished = undo(desk, job, api_undo_batch(asked)?).await?;
            let Reply::Done(done) = &finished.reply else {
                return Err(Fault::new(FaultCode::Internal));
            };
            let reply = Reply::Api(api_undone(&done.outcome)?);
            Ok(Finished { reply, ..finished })
        }
        ApiWork::Export => match ApiExport::read(asked)? {
            ApiExport::Records(wish) => export(desk, job, &wish.0, wish.1).await,
            ApiExport::Ledger(format) => ledger(desk, job, format).await,
            ApiExport::Database => backup(desk, job),
        },
    }
}

async fn read_in(desk: &Desk, job: &Job, wish: ApiImport) -> Result<Finished, Fault> {
    let blob = attached_file(job)?;
    let size = files::size(&blob);
    let head = files::slice(&blob, 0, size.min(INSPECTED_BYTES)).await?;
    let plan = desk.with_engine(|engine| {
        let inspection = engine.inspect(&wish.file_name, &head, size, &wish.reading())?;
        wish.plan(engine, &inspection)
    })?;
    if wish.is_of_events() {
        return events(desk, job, &blob, ApiEvents::new(wish, &plan, size)).await;
    }
    let finished = if wish.dry_run {
        rehearse(desk, job, std::slice::from_ref(&plan), Rehearsal::Report).await?
    } else {
        import(desk, job, &plan).await?
    };
    let report = match &finished.reply {
        Reply::Import(report) => Some(report.as_ref()),
        Reply::Rehearsed(reports) => reports.first(),
        _ => None,
    };
    let report = report.ok_or_else(|| Fault::new(FaultCode::Internal))?;
    let reply = Reply::Api(wish.report(&plan, report));
    Ok(Finished { reply, ..finished })
}

async fn events(
    desk: &Desk,
    job: &Job,
    blob: &Blob,
    mut session: ApiEvents,
) -> Result<Finished, Fault> {
    let mut reporter = Reporter::new(desk, job);
    let mut reading = files::Reading::new(blob);
    loop {
        if !goes_on(desk, job).await {
            session.cancel();
            break;
        }
        match desk.with_engine(|engine| session.step(engine, &job.context()))? {
            EventsStep::NeedsBytes(progress) => {
                reporter.tell(progress);
                match reading.next().await? {
                    Some(bytes) => session.feed(&bytes),
                    None => session.end_of_file(),
                }
            }
            EventsStep::More(progress) => reporter.tell(progress),
            EventsStep::Complete => break,
        }
    }
    let (report, changed) = session.report();
    Ok(Finished {
        reply: Reply::Api(report),
        file: None,
        changed,
    })
}

async fn ledger(desk: &Desk, job: &Job, format: ExportFormat) -> Result<Finished, Fault> {
    let mut session = desk.with_engine(|engine| ApiLedger::new(engine, format))?;
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
