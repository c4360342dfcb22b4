//! Making many groups one, each as it is suggested: a few in a step, all in one batch.

use super::merge::{self, suggested};
use crate::apply::Known;
use crate::fault::Failure;
use crate::follow::Touched;
use crate::stint::Stint;
use crate::{Applied, Context, Engine, Step, coupons};
use model::CustomerId;
use protocol::Fault;
use store::BatchMeta;

/// Groups in one step.
const GROUPS: usize = 4;

/// Mergings under way.
pub struct MergeSession {
    groups: Vec<Vec<CustomerId>>,
    stint: Stint,
}

impl MergeSession {
    /// Starts.
    pub fn new(groups: Vec<Vec<CustomerId>>) -> Self {
        Self {
            groups,
            stint: Stint::default(),
        }
    }

    /// Goes on.
    ///
    /// # Errors
    /// `Storage`, `QuotaExceeded`, what a merging refuses; what earlier steps did stays done, under one batch.
    pub fn step(&mut self, engine: &mut Engine, context: &Context) -> Result<Step<Applied>, Fault> {
        let Some(range) = self.stint.next(self.groups.len(), GROUPS) else {
            return Ok(Step::Done(self.stop()));
        };
        let to = range.end;
        let groups = self.groups.get(range).unwrap_or_default();
        let programs = engine.programs()?;
        let known = Known {
            settings: &engine.settings,
            today: engine.settings.zone.day(context.now),
            context,
            programs,
            circle: coupons::Circle::default(),
        };
        let subject = self.groups.len().to_string();
        let meta = BatchMeta {
            name: "merge_groups",
            subject: &subject,
            who: &context.who,
            at: context.now,
            request: None,
            continues: self.stint.batch,
            bulk: false,
        };
        let written = engine.store.write(meta, |tx| -> Result<_, Failure> {
            let (mut touched, mut merged) = (Touched::default(), 0);
            for group in groups {
                if let Some(request) = suggested(group, tx.read())? {
                    let one = merge::merge(&request, &known, tx)?;
                    touched.customers.extend(one.touched.customers);
                    merged += 1;
                }
            }
            Ok((touched, merged))
        })?;
        self.stint.did(engine, to, written)?;
        Ok(Step::More(self.stint.progress(self.groups.len())))
    }

    /// Ends it, perhaps before its end: what was done stays done and can be undone as one.
    pub fn stop(&mut self) -> Applied {
        self.stint.stop()
    }
}
