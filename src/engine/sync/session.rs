//! One run, a step at a time: what the worker drives.

use super::link::{Link, Trouble};
use super::place::{WHY_UNKNOWN, WHY_WRONG};
use super::replica::Here;
use crate::fault::{self, OrFault};
use crate::{Changed, Context, Engine};
use model::{BatchId, Timestamp};
use protocol::{Fault, SyncRunning, SyncStage};
use serde::{Deserialize, Serialize};
use store::{BatchMeta, StoreError};
use sync::{Choice, Outcome, Profile, Reason, Report, Request, Run, Step};

/// Records put into the outbox in one step when sharing begins.
const FILLED_AT_ONCE: usize = 3_000;

/// Between two runs without anything to send.
const LOOK_EVERY_MS: i64 = 60_000;

/// One run of sync. Dropped at any point, the next run goes on where it stopped.
#[derive(Debug)]
pub struct SyncSession {
    run: Run,
    profile: Profile,
    began: Timestamp,
    batch: Option<BatchId>,
    removals: Option<BatchId>,
    renumbered: bool,
    filled: bool,
    chosen: Option<Choice>,
    /// The network came back, or a person said that one side starts over: told to the run at its first step.
    woken: bool,
    starts_over: bool,
    /// The last request, for whoever has to say what failed.
    last: Option<(String, String, Vec<String>)>,
    tally: Tally,
}

/// What a run did so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    bytes: u64,
    pending: u64,
    /// Requests that wrote; where records go one by one this is how far sending is before anything is read back.
    writes: u64,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum SyncStep {
    /// Send this, and hand the answer to [`SyncSession::answer`].
    Request(Box<Request>),
    /// Let others have their turn, and step again.
    More,
    /// The run is over; the next is due then by itself (milliseconds since 1970), if it is.
    Done {
        /// When.
        next_at: Option<Timestamp>,
    },
}

/// A run as the log keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RunNote {
    pub(super) report: Report,
    pub(super) bytes: u64,
    #[serde(default)]
    pub(super) trouble: Option<Trouble>,
    #[serde(default)]
    pub(super) asked: Option<sync::Question>,
}

impl SyncSession {
    /// Begins a run; `None` where nothing is connected, it is paused, or a question waits. `chance` is a random number.
    ///
    /// # Errors
    /// `Invalid` when the stored profile is none.
    pub fn new(engine: &mut Engine, chance: u64, context: &Context) -> Result<Option<Self>, Fault> {
        let Some(link) = engine.sync_link()? else {
            return Ok(None);
        };
        if link.paused || (link.question.is_some() && link.choice.is_none()) {
            return Ok(None);
        }
        let profile = link.profile()?;
        let reason = match (link.start_over, link.whole, link.retry) {
            (Some(side), _, _) => Reason::StartOver(side),
            (None, true, _) => Reason::Full,
            (None, false, true) => Reason::Retry,
            (None, false, false) => Reason::Usual,
        };
        let woken = std::mem::take(&mut engine.sync.woken);
        engine.sync.running = Some(SyncRunning {
            stage: SyncStage::Fetching,
            done: 0,
            total: 0,
            sent: 0,
            received: 0,
            began_at: context.now,
        });
        let pending = engine.sync_pending(context.now)?;
        let pending = pending.iter().map(|it| it.pending - it.aside).sum();
        Ok(Some(Self {
            run: Run::new(profile.clone(), reason, chance),
            profile,
            began: context.now,
            batch: None,
            removals: None,
            renumbered: false,
            filled: false,
            chosen: link.choice,
            woken,
            starts_over: link.start_over.is_some(),
            last: None,
            tally: Tally {
                pending,
                ..Tally::default()
            },
        }))
    }

    /// Goes on; and what changed for the pages.
    ///
    /// # Errors
    /// `Storage`, `QuotaExceeded`; what earlier steps did stays done.
    pub fn step(
        &mut self,
        engine: &mut Engine,
        context: &Context,
    ) -> Result<(SyncStep, Option<Changed>), Fault> {
        if !self.filled {
            self.filled = self.fill(engine)?;
            return Ok((SyncStep::More, None));
        }
        let now = u64::try_from(context.now.0).unwrap_or(0);
        let mut changed = None;
        let mut here = Here {
            engine,
            context,
            profile: &self.profile,
            batch: &mut self.batch,
            removals: &mut self.removals,
            changed: &mut changed,
            renumbered: &mut self.renumbered,
        };
        let step = self.run.next(&mut here, now).or_fault()?;
        if std::mem::take(&mut self.woken) {
            self.run.wake();
        }
        if std::mem::take(&mut self.starts_over) {
            let mut link = engine.must_link()?;
            link.start_over = None;
            engine.save_link(&link)?;
        }
        let step = match step {
            Step::Request(request) => {
                self.note_request(engine, &request);
                SyncStep::Request(Box::new(request))
            }
            Step::More => {
                // The run may have asked to forget everything, which fills the outbox anew.
                let link = engine.store.read().sync_link().or_fault()?;
                self.filled = link.is_none_or(|link| link.filled);
                SyncStep::More
            }
            Step::Wait { until, why } => {
                let until = Timestamp(i64::try_from(until).unwrap_or(i64::MAX));
                let trouble = self.trouble(why.fault, context, Some(until));
                self.end(
                    engine,
                    context,
                    self.run.report().clone(),
                    Some(trouble),
                    None,
                )?
            }
            Step::Ask(question) => match self.answer_of_person(engine, &question)? {
                Some(choice) => {
                    self.run.decide(choice);
                    self.forget_question(engine, choice)?;
                    SyncStep::More
                }
                None => {
                    let report = self.run.report().clone();
                    self.end(engine, context, report, None, Some(question))?
                }
            },
            Step::Done(report) => {
                let stopped = report.stopped.clone();
                let trouble = stopped.map(|fault| self.trouble(fault, context, None));
                self.end(engine, context, report, trouble, None)?
            }
        };
        Ok((step, changed))
    }

    /// The answer to the last request.
    pub fn answer(&mut self, outcome: Outcome) {
        if let Ok(answer) = &outcome {
            self.tally.bytes += answer.body.len() as u64;
        }
        self.run.answer(outcome);
    }

    /// What the person chose. Sending again holds for every question of this run; removing only for the one that was
    /// asked.
    /// What the person said, if it was said of this question: that records go here was said of one kind, once.
    fn answer_of_person(
        &mut self,
        engine: &Engine,
        question: &sync::Question,
    ) -> Result<Option<Choice>, Fault> {
        if self.chosen == Some(Choice::Here) {
            return Ok(self.chosen);
        }
        let link = engine.must_link()?;
        let matter = |it: &sync::Question| (std::mem::discriminant(it), it.of());
        let same = link
            .question
            .is_some_and(|(_, it)| matter(&it) == matter(question));
        Ok(self.chosen.take().filter(|_| same))
    }

    fn fill(&self, engine: &mut Engine) -> Result<bool, Fault> {
        let link = engine.store.read().sync_link().or_fault()?;
        if link.is_none_or(|link| link.filled) {
            return Ok(true);
        }
        engine.store.sync_fill(FILLED_AT_ONCE).or_fault()
    }

    fn note_request(&mut self, engine: &mut Engine, request: &Request) {
        let names = request.headers.iter().map(|(name, _)| name.clone());
        self.last = Some((
            request.method.name().to_owned(),
            request.url.clone(),
            names.collect(),
        ));
        let stage = match request.method {
            sync::Method::Get => SyncStage::Fetching,
            _ => SyncStage::Sending,
        };
        let (_, total) = engine.sync.done;
        let pending = engine.sync_pending(Timestamp(0)).unwrap_or_default();
        let left: u64 = pending.iter().map(|it| it.pending - it.aside).sum();
        // Where nothing was connected before, the outbox fills while the run begins.
        let total = total.max(self.tally.pending).max(left);
        if stage == SyncStage::Sending {
            self.tally.writes += 1;
        }
        let done = total.saturating_sub(left).max(self.tally.writes.min(total));
        engine.sync.done = (done, total);
        let report = self.run.report();
        if let Some(running) = &mut engine.sync.running {
            (running.sent, running.received) = (report.pushed, report.pulled);
            running.stage = stage;
            (running.done, running.total) = (done, total);
        }
    }

    fn trouble(
        &self,
        fault: sync::Fault,
        context: &Context,
        retry_at: Option<Timestamp>,
    ) -> Trouble {
        let (method, url, headers) = self.last.clone().unwrap_or_default();
        Trouble {
            fault,
            at: context.now,
            method,
            url,
            headers,
            retry_at,
        }
    }

    fn forget_question(&self, engine: &mut Engine, choice: Choice) -> Result<(), Fault> {
        let mut link = engine.must_link()?;
        link.question = None;
        link.choice = None;
        link.paused |= choice == Choice::Later;
        engine.save_link(&link)
    }

    /// Notes how it ended.
    fn end(
        &mut self,
        engine: &mut Engine,
        context: &Context,
        report: Report,
        trouble: Option<Trouble>,
        asked: Option<sync::Question>,
    ) -> Result<SyncStep, Fault> {
        engine.sync.running = None;
        engine.sync.done = (0, 0);
        let Some(mut link) = engine.sync_link()? else {
            return Ok(SyncStep::Done { next_at: None });
        };
        if let Some(question) = &asked {
            link.asked += 1;
            link.question = Some((link.asked, question.clone()));
        }
        let compared = report.full && link.whole;
        link.retry = false;
        let went_well = trouble.is_none() && asked.is_none();
        if went_well {
            link.last_run = Some(context.now);
            link.question = None;
            link.choice = None;
            if report.full {
                link.last_whole = Some(context.now);
                link.whole = false;
            }
        }
        link.next_at = next_at(&link, &report, trouble.as_ref(), asked.is_some(), context);
        link.trouble.clone_from(&trouble);
        engine.save_link(&link)?;
        let note = RunNote {
            report,
            bytes: self.tally.bytes,
            trouble,
            asked,
        };
        let note = serde_json::to_string(&note).map_err(|e| fault::internal(e.to_string()))?;
        let meta = BatchMeta {
            name: "sync",
            subject: "",
            who: "",
            at: context.now,
            request: None,
            continues: None,
            bulk: false,
        };
        let written = engine.store.write(meta, |tx| {
            if went_well && compared {
                // Everything came again; what could not be read before and did not come is there no more.
                tx.sync_let_go([WHY_WRONG, WHY_UNKNOWN], None, self.began)?;
            }
            tx.sync_note_run(self.began, &note)?;
            Ok::<_, StoreError>(())
        });
        written.or_fault()?;
        Ok(SyncStep::Done {
            next_at: link.next_at,
        })
    }
}

/// When a run is due by itself.
fn next_at(
    link: &Link,
    report: &Report,
    trouble: Option<&Trouble>,
    asked: bool,
    context: &Context,
) -> Option<Timestamp> {
    if asked || link.paused {
        return None;
    }
    match trouble {
        Some(trouble) => trouble.retry_at,
        // What was sent is delivered when a later look shows it: soon.
        None if report.pending > 0 => Some(Timestamp(context.now.0 + LOOK_EVERY_MS / 4)),
        None => Some(Timestamp(context.now.0 + LOOK_EVERY_MS)),
    }
}
