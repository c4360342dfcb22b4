//! RFM with options, the life cycle over time, portraits: figures of everybody, worked out in steps and kept until
//! data, day or wish change.
//!
//! A question that needs more than one step is answered [`InsightReply::Working`]; what is done so far is kept, and
//! the same question goes on with it. Between two questions others have their turn.

mod cohorts;
mod lifecycle;
mod members;
mod portrait;
mod rfm;

use crate::{Context, Engine, Unanswered};
use model::{Day, LifecycleThresholds, RfmOptions};
use protocol::{Fault, InsightQuery, InsightReply, LifecycleStage, Reply};
use segment::lifecycle::Stage;
use segment::rfm::Rfm;
use std::rc::Rc;

/// Customers and orders that one step looks at: some 20 ms in a browser.
const STEP: usize = 100_000;

/// What was worked out for the last questions.
#[derive(Default)]
pub(crate) struct Cache {
    /// The data version that all of it is of.
    version: u64,
    /// The last scores, newest last: two days of one migration and what the page showed before.
    scores: Vec<Rc<Rfm>>,
    members: Option<members::Kept>,
    lifecycle: Option<lifecycle::Job>,
    portrait: Option<portrait::Job>,
}

/// How many scores are kept.
const SCORES: usize = 4;

impl Engine {
    /// Answers a question about everybody or a segment.
    pub(crate) fn insight(
        &mut self,
        query: &InsightQuery,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        if self.insights.version != self.data_version {
            self.insights = Cache {
                version: self.data_version,
                ..Cache::default()
            };
        }
        let today = self.today(context);
        let day = |as_of: &Option<Day>| as_of.unwrap_or(today);
        let reply = match query {
            InsightQuery::Rfm { as_of, options } => {
                self.rfm_picture(day(as_of), &self.options(options.as_ref())?)?
            }
            InsightQuery::Migration {
                as_of,
                since,
                options,
            } => self.migration(day(as_of), *since, &self.options(options.as_ref())?)?,
            InsightQuery::Members(request) => self.insight_members(request, today)?,
            InsightQuery::Reason { customer, as_of } => self.reason(*customer, day(as_of))?,
            InsightQuery::Lifecycle {
                as_of,
                since,
                thresholds,
            } => {
                let thresholds = self.thresholds(*thresholds)?;
                self.lifecycle_picture(day(as_of), *since, thresholds)?
            }
            InsightQuery::Cohorts { as_of, months } => self.cohorts(day(as_of), *months)?,
            InsightQuery::Portrait { rule, as_of } => self.portrait(rule, day(as_of), today)?,
        };
        Ok(Reply::Insight(Box::new(reply)))
    }

    /// The options asked for, or the owner's.
    fn options(&self, asked: Option<&RfmOptions>) -> Result<RfmOptions, Fault> {
        let Some(options) = asked else {
            return Ok(self.settings.rfm.clone());
        };
        let mut issues = Vec::new();
        crate::settings::check_rfm(options, &mut issues);
        if issues.is_empty() {
            Ok(options.clone())
        } else {
            Err(Fault::invalid(issues))
        }
    }

    /// The thresholds asked for, or the owner's.
    fn thresholds(&self, asked: Option<LifecycleThresholds>) -> Result<LifecycleThresholds, Fault> {
        let Some(thresholds) = asked else {
            return Ok(self.settings.lifecycle);
        };
        let mut issues = Vec::new();
        crate::settings::check_thresholds(&thresholds, &mut issues);
        if issues.is_empty() {
            Ok(thresholds)
        } else {
            Err(Fault::invalid(issues))
        }
    }

    /// The scores of a day, if they are there already.
    fn known_scores(&self, day: Day, options: &RfmOptions) -> Option<Rc<Rfm>> {
        let columns = self.columns.as_ref()?;
        let known = self.insights.scores.iter();
        known
            .rev()
            .find(|rfm| rfm.fits(columns, day, options))
            .cloned()
    }

    /// The scores of a day.
    fn scores(&mut self, day: Day, options: &RfmOptions) -> Result<Rc<Rfm>, Unanswered> {
        if let Some(known) = self.known_scores(day, options) {
            return Ok(known);
        }
        let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
        let scores = Rc::new(segment::rfm::score(columns, day, options));
        if self.insights.scores.len() >= SCORES {
            self.insights.scores.remove(0);
        }
        self.insights.scores.push(Rc::clone(&scores));
        Ok(scores)
    }
}

/// There is more to do.
fn working(done: usize, total: usize) -> InsightReply {
    InsightReply::Working {
        done: done as u64,
        total: total as u64,
    }
}

fn stage_of(stage: Stage) -> LifecycleStage {
    crate::scores::stage_of(stage)
}

fn stage_for(stage: LifecycleStage) -> Stage {
    match stage {
        LifecycleStage::Prospect => Stage::Prospect,
        LifecycleStage::New => Stage::New,
        LifecycleStage::Active => Stage::Active,
        LifecycleStage::Dormant => Stage::Dormant,
        LifecycleStage::Churned => Stage::Churned,
    }
}

/// The day from which a customer is known: they signed up, ordered first or were recorded. `first` is the first order
/// that counts.
fn known_since(columns: &segment::Columns, slot: u32, first: Option<Day>) -> Option<Day> {
    let stated = columns.signup_on(slot);
    match (stated, first) {
        (Some(stated), Some(first)) => Some(stated.min(first)),
        (one, other) => one.or(other).or_else(|| columns.created_on(slot)),
    }
}
