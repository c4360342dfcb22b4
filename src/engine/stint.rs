//! Work on a list of records, some in a step, all in one batch: how far it is, what it did, how it ends.

use crate::follow::Touched;
use crate::{Applied, Changed, Engine};
use model::BatchId;
use protocol::{Done, Fault, Outcome, Progress, Stage};
use std::ops::Range;
use store::Written;

/// How far the work is.
#[derive(Default)]
pub(crate) struct Stint {
    next: usize,
    /// What all steps belong to, once one has written something.
    pub(crate) batch: Option<BatchId>,
    count: u64,
    changed: Option<Changed>,
}

impl Stint {
    /// The next `many` of `total`; `None` when all are done.
    pub(crate) fn next(&self, total: usize, many: usize) -> Option<Range<usize>> {
        (self.next < total).then(|| self.next..self.next.saturating_add(many).min(total))
    }

    /// Notes what a step that went `to` there wrote: the records it touched, how many count.
    pub(crate) fn did(
        &mut self,
        engine: &mut Engine,
        to: usize,
        written: Written<(Touched, u64)>,
    ) -> Result<(), Fault> {
        self.next = to;
        let kinds = written.kinds();
        let (touched, count) = written.value;
        self.count += count;
        if written.batch.is_some() {
            self.batch = written.batch;
            let changed = engine.follow(touched, written.data_version, &kinds)?;
            match &mut self.changed {
                Some(before) => before.and(changed),
                none => *none = Some(changed),
            }
        }
        Ok(())
    }

    pub(crate) fn progress(&self, total: usize) -> Progress {
        Progress {
            stage: Stage::Writing,
            done: self.next as u64,
            total: total as u64,
            rows: self.count,
        }
    }

    /// Ends it, perhaps before its end: what was done stays done and can be undone as one.
    pub(crate) fn stop(&mut self) -> Applied {
        Applied {
            done: Done {
                batch: self.batch,
                outcome: Outcome::Customers { count: self.count },
            },
            changed: self.changed.take(),
        }
    }
}
