//! Queries: which part answers which.

use crate::{Context, Engine, Unanswered};
use protocol::{Query, Reply};

impl Engine {
    /// Answers a query.
    ///
    /// # Errors
    /// [`Unanswered::NotReady`] while columns are not in memory and the query needs them, else a fault.
    pub fn query(&mut self, query: &Query, context: &Context) -> Result<Reply, Unanswered> {
        match query {
            Query::Status => Ok(Reply::Status(self.status(context)?)),
            Query::Home => self.home(context),
            Query::Customers(request) => self.customers(request, context),
            Query::Customer { id } => self.customer(*id, context),
            Query::Orders(request) => self.orders(request, context),
            Query::Order { id } => self.order(*id, context),
            Query::Timeline {
                customer,
                offset,
                limit,
            } => self.timeline(*customer, *offset, *limit, context),
            Query::History {
                kind,
                id,
                offset,
                limit,
            } => self.history(*kind, id, *offset, *limit),
            Query::Commands {
                offset,
                limit,
                imports_only,
            } => self.commands(*offset, *limit, *imports_only),
            Query::Count { rule, as_of } => self.count(rule, *as_of, context),
            Query::Segments => self.segments_view(context),
            Query::Rates => self.rates(context),
            Query::Segment(query) => self.rules(query, context),
            Query::Lifecycle { as_of } => self.lifecycle_view(*as_of, context),
            Query::Insight(query) => self.insight(query, context),
            Query::Program => self.program_view(context),
            Query::Programs(query) => self.design(query, context),
            Query::Member { customer, as_of } => self.member_view(*customer, *as_of, context),
            Query::Ledger {
                customer,
                as_of,
                offset,
                limit,
            } => self.ledger_view(*customer, *as_of, *offset, *limit, context),
            Query::Members {
                search,
                rule,
                offset,
                limit,
            } => self.members_view(search, rule.as_deref(), (*offset, *limit), context),
            Query::Points(query) => self.points_query(query, context),
            Query::PointsOverview { as_of } => self.points_overview(*as_of, context),
            Query::Liability(query) => self.liability(query, context),
            Query::Out(query) => self.out(query, context),
            Query::Values {
                attribute,
                search,
                limit,
            } => self.values(attribute, search, *limit, context),
            Query::Counter(query) => self.counter(query, context),
            Query::Membership(query) => crate::segments::story::answer(self, query, context),
            Query::Quality(query) => self.quality_query(query, context),
            Query::Sync(query) => self.sync_query(query, context),
            Query::Twins(query) => self.twin_query(query, context),
            Query::Coupons(query) => self.coupons(query, context),
            Query::Imports(query) => self.imports(query, context),
            Query::Api(query) => self.api(query, context),
            Query::Find { search, limit } => self.find(search, *limit),
        }
    }
}
