//! What a rule comes to while it is edited, why a customer is in or not in, and the values a rule can name.

mod explain;
mod membership;
mod preview;
mod values;

use crate::{Context, Engine, Unanswered};
use protocol::{Reply, SegmentQuery, SegmentReply};

impl Engine {
    /// Answers what the builder of segments asks.
    pub(crate) fn rules(
        &mut self,
        query: &SegmentQuery,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let reply = match query {
            SegmentQuery::Preview { rule, own, as_of } => {
                self.preview(rule, *own, *as_of, context)?
            }
            SegmentQuery::Explain {
                customer,
                of,
                as_of,
            } => self.explain(*customer, of, *as_of, context)?,
            SegmentQuery::Memberships { customer, as_of } => {
                self.memberships(*customer, *as_of, context)?
            }
            SegmentQuery::Values { of, search, limit } => {
                self.values_of(of, search, *limit, context)?
            }
            SegmentQuery::Spread { attribute } => self.spread(attribute, context)?,
            SegmentQuery::Names => self.rule_names(context)?,
            SegmentQuery::Called { ids } => SegmentReply::Called(self.called_sets(ids)),
        };
        Ok(Reply::Segment(Box::new(reply)))
    }
}
