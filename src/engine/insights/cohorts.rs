//! Customers by the month of their first order, and in which months after it they bought again.

use crate::{Engine, Unanswered};
use model::{Day, Issue, IssueCode};
use protocol::{CohortsView, Fault, InsightReply};
use segment::lifecycle::MONTHS_MAX;

impl Engine {
    /// The cohorts up to a day: one pass over the orders, some milliseconds for a million.
    pub(super) fn cohorts(&mut self, day: Day, months: u32) -> Result<InsightReply, Unanswered> {
        if !(1..=MONTHS_MAX).contains(&months) {
            let issue = Issue::error(IssueCode::LimitPassed).in_field("months");
            let issue = issue.found(&months.to_string()).expected("1 to 60");
            return Err(Fault::invalid(vec![issue]).into());
        }
        let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
        let found = segment::lifecycle::cohorts(columns, day, months);
        Ok(InsightReply::Cohorts(CohortsView {
            as_of: day,
            months: found.months,
            bought: found.bought,
            earlier: found.earlier,
        }))
    }
}
