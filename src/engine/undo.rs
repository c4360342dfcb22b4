//! Undoing a command or a whole import, a step at a time.

use crate::fault::{self, OrFault};
use crate::follow::Touched;
use crate::{Applied, Context, Engine, Step};
use model::BatchId;
use protocol::{Done, Fault, FaultCode, Outcome, Progress, Stage};
use store::{BatchMeta, RecordKind, UndoRun};

/// Records looked at in one step.
const RECORDS: usize = 2_000;

/// Records looked at in one step of undoing a large import: indexes are then written once for more of them.
const RECORDS_BULK: usize = 10_000;

/// An import of so many rows is large.
const BULK_ROWS: u64 = 20_000;

/// Above this many records the columns are read anew instead of being followed one by one.
const FOLLOWED: u64 = 5_000;

/// One undo. [`Engine::apply`] with `Command::Undo` does the same in one go; use the session, because an import can
/// have a million records. After the undo of a large import [`Engine::columns_ready`] is false: load them again.
pub struct UndoSession {
    run: UndoRun,
    request: String,
    subject: String,
    at_once: usize,
    touched: Touched,
    kinds: Vec<RecordKind>,
    removed: u64,
    restored: u64,
    kept: u64,
    /// The answer of the first time, if the request was applied before.
    answered: Option<Done>,
}

impl UndoSession {
    /// Starts; `request_id` as for [`Engine::apply`].
    ///
    /// # Errors
    /// `CannotUndo`, `NotFound`, `Storage`.
    pub fn new(
        engine: &mut Engine,
        batch: BatchId,
        request_id: &str,
        _context: &Context,
    ) -> Result<Self, Fault> {
        let answered = engine.answered(request_id)?;
        let known = engine.store.read().batch(batch).or_fault()?;
        let known = known.ok_or_else(|| fault::not_found(batch))?;
        if answered.is_none() && !known.undoable {
            let detail = if known.undone {
                "undone already"
            } else {
                "cannot be undone"
            };
            return Err(Fault::new(FaultCode::CannotUndo).detail(detail));
        }
        Ok(Self {
            run: UndoRun::new(batch),
            request: request_id.to_owned(),
            subject: known.subject,
            at_once: match &known.import {
                Some(run) if run.rows_done > BULK_ROWS => RECORDS_BULK,
                _ => RECORDS,
            },
            touched: Touched::default(),
            kinds: Vec::new(),
            removed: 0,
            restored: 0,
            kept: 0,
            answered,
        })
    }

    /// Goes on. Cut off half-way (a crash, or dropped) it can be begun anew.
    ///
    /// # Errors
    /// `Storage`, `QuotaExceeded`; what earlier steps did stays done.
    pub fn step(&mut self, engine: &mut Engine, context: &Context) -> Result<Step<Applied>, Fault> {
        if let Some(done) = self.answered.take() {
            return Ok(Step::Done(Applied {
                done,
                changed: None,
            }));
        }
        if !self.run.finished {
            let meta = BatchMeta {
                name: "undo",
                subject: &self.subject,
                who: &context.who,
                at: context.now,
                request: None,
                continues: None,
                bulk: false,
            };
            let written = engine
                .store
                .undo_step(&mut self.run, meta, self.at_once)
                .or_fault()?;
            engine.data_version = written.data_version;
            self.kinds.extend(written.kinds());
            let undone = written.value;
            self.removed += undone.removed.len() as u64;
            self.restored += undone.restored.len() as u64;
            // Taking points back appends a reversal; to a person that is something taken away.
            self.removed += undone.reversals.len() as u64;
            self.kept += undone.kept.len() as u64;
            self.note(&undone);
            for &reversal in &undone.reversals {
                let entry = engine.store.read().entry(reversal).or_fault()?;
                self.touched
                    .customers
                    .extend(entry.map(|entry| entry.customer));
            }
            if self.run.done <= FOLLOWED {
                let customers = std::mem::take(&mut self.touched.customers);
                engine.follow_some(customers)?;
            } else if engine.columns.is_some() {
                engine.forget_columns();
            }
            if !self.run.finished {
                return Ok(Step::More(Progress {
                    stage: Stage::Undoing,
                    done: self.run.done,
                    // How many there are is known only at the end.
                    total: self.run.done + self.at_once as u64,
                    rows: self.run.done,
                }));
            }
        }
        self.finish(engine, context).map(Step::Done)
    }

    fn note(&mut self, undone: &store::Undone) {
        self.touched.customers.extend(&undone.customers);
        for record in undone.removed.iter().chain(&undone.restored) {
            match record.kind {
                RecordKind::Segment => self.touched.segments = true,
                RecordKind::Program => self.touched.programs = true,
                RecordKind::Settings => self.touched.settings = true,
                RecordKind::Customer
                | RecordKind::Order
                | RecordKind::Refund
                | RecordKind::Interaction
                | RecordKind::Coupon
                | RecordKind::CouponCode
                | RecordKind::CouponUse
                | RecordKind::Distinct
                | RecordKind::QualityPass
                | RecordKind::List
                | RecordKind::ListMember
                | RecordKind::LedgerEntry => {}
            }
        }
    }

    /// Keeps the answer for a repeated request, and brings what is derived in step.
    fn finish(&mut self, engine: &mut Engine, context: &Context) -> Result<Applied, Fault> {
        self.kinds.sort_unstable();
        self.kinds.dedup();
        let done = Done {
            batch: self.run.undo_batch,
            outcome: Outcome::Undone {
                removed: self.removed,
                restored: self.restored,
                kept: self.kept,
            },
        };
        let reply = serde_json::to_string(&done).map_err(|e| fault::internal(e.to_string()))?;
        let meta = BatchMeta {
            name: "undo",
            subject: &self.subject,
            who: &context.who,
            at: context.now,
            request: Some(&self.request),
            continues: None,
            bulk: false,
        };
        let kept = engine.store.write(meta, |tx| {
            tx.set_reply(reply);
            Ok::<_, store::StoreError>(())
        });
        kept.or_fault()?;
        let touched = std::mem::take(&mut self.touched);
        let version = engine.data_version;
        let changed = engine.follow(touched, version, &self.kinds)?;
        Ok(Applied {
            done,
            changed: Some(changed),
        })
    }
}
