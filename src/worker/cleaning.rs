//! Long requests about the data itself: looking for duplicates, making many of them one, looking how good the data is,
//! mending it.

use crate::desk::{Desk, Finished, Job};
use crate::long::{Reporter, begin, goes_on};
use crate::tab::context;
use engine::{Applied, Context, Engine, FixSession, LookSession, MergeSession, Step, TwinSession};
use protocol::{Fault, FaultCode, QualityJob, Reply, TwinJob};

/// Does long work on duplicates.
///
/// # Errors
/// What the engine says; `Cancelled` when a search was stopped.
pub async fn twins(desk: &Desk, job: &Job, work: &TwinJob) -> Result<Finished, Fault> {
    match work {
        TwinJob::Find => {
            let mut session = desk.with_engine(TwinSession::new)?;
            look(desk, job, |engine, context| session.step(engine, context)).await
        }
        TwinJob::MergeGroups { groups } => {
            let mut session = MergeSession::new(groups.clone());
            change(desk, job, |engine, context, goes_on| {
                if goes_on {
                    session.step(engine, context)
                } else {
                    Ok(Step::Done(session.stop()))
                }
            })
            .await
        }
    }
}

/// Does long work on quality.
///
/// # Errors
/// What the engine says; `Cancelled` when a look was stopped.
pub async fn quality(desk: &Desk, job: &Job, work: &QualityJob) -> Result<Finished, Fault> {
    match work {
        QualityJob::Look => {
            let mut session = begin(desk, job, LookSession::new).await?;
            look(desk, job, |engine, context| session.step(engine, context)).await
        }
        QualityJob::Fix { finding, fix, rows } => {
            let mut session =
                desk.with_engine(|engine| FixSession::new(engine, *finding, *fix, rows))?;
            change(desk, job, |engine, context, goes_on| {
                if goes_on {
                    session.step(engine, context)
                } else {
                    Ok(Step::Done(session.stop()))
                }
            })
            .await
        }
    }
}

/// Work that changes nothing.
async fn look(
    desk: &Desk,
    job: &Job,
    mut step: impl FnMut(&mut Engine, &Context) -> Result<Step<Reply>, Fault>,
) -> Result<Finished, Fault> {
    let mut reporter = Reporter::new(desk, job);
    loop {
        if !goes_on(desk, job).await {
            return Err(Fault::new(FaultCode::Cancelled));
        }
        match desk.with_engine(|engine| step(engine, &context()))? {
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

/// Work that changes data; stopped, it keeps what it did.
async fn change(
    desk: &Desk,
    job: &Job,
    mut step: impl FnMut(&mut Engine, &Context, bool) -> Result<Step<Applied>, Fault>,
) -> Result<Finished, Fault> {
    let mut reporter = Reporter::new(desk, job);
    loop {
        let on = goes_on(desk, job).await;
        match desk.with_engine(|engine| step(engine, &job.context(), on))? {
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
