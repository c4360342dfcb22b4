//! What comes in with a request and goes out with its answer, besides the request and the answer.

use crate::coupons;
use model::{Replica, Timestamp, WorkspaceSettings};
use protocol::{Done, Fault, Progress, Query, RecordKind, Storage};

/// When and by whom something is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The instant that counts as now.
    pub now: Timestamp,
    /// Who asks, as the change log shall name them.
    pub who: String,
}

/// What a new, empty workspace starts with.
#[derive(Clone, Debug, PartialEq)]
pub struct NewWorkspace {
    /// The browser profile's share of ids: random bits from the host.
    pub replica: Replica,
    /// Settings.
    pub settings: WorkspaceSettings,
}

/// What only the host knows of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Where the data lives.
    pub storage: Storage,
    /// Why it does not live in OPFS although it should.
    pub storage_refused: Option<String>,
    /// The sample business, if it is one.
    pub demo: Option<String>,
    /// Whether this tab holds the database.
    pub leader: bool,
    /// Whether the database is encrypted at rest.
    pub encrypted: bool,
}

/// What changed: tell every page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The store's version after the change.
    pub data_version: u64,
    /// Kinds of record, in order, without doubles.
    pub kinds: Vec<RecordKind>,
}

impl Changed {
    /// Takes in what changed after it.
    pub fn and(&mut self, later: Changed) {
        self.data_version = later.data_version;
        self.kinds.extend(later.kinds);
        self.kinds.sort();
        self.kinds.dedup();
    }
}

/// The store's kinds of record as pages know them; refunds belong to orders.
pub(crate) fn kinds_of(kinds: &[store::RecordKind]) -> Vec<RecordKind> {
    let mut named: Vec<RecordKind> = kinds
        .iter()
        .map(|kind| match kind {
            store::RecordKind::Customer
            | store::RecordKind::Distinct
            | store::RecordKind::QualityPass => RecordKind::Customer,
            store::RecordKind::Order | store::RecordKind::Refund => RecordKind::Order,
            store::RecordKind::Interaction => RecordKind::Interaction,
            store::RecordKind::LedgerEntry => RecordKind::LedgerEntry,
            store::RecordKind::Segment => RecordKind::Segment,
            store::RecordKind::Program => RecordKind::Program,
            store::RecordKind::Settings => RecordKind::Settings,
            store::RecordKind::Coupon
            | store::RecordKind::CouponCode
            | store::RecordKind::CouponUse => RecordKind::Coupon,
            store::RecordKind::List | store::RecordKind::ListMember => RecordKind::List,
        })
        .collect();
    named.sort();
    named.dedup();
    named
}

/// A command that was applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// The answer.
    pub done: Done,
    /// What changed; `None` when nothing did (also for a repeated request).
    pub changed: Option<Changed>,
}

/// Why a query has no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Unanswered {
    /// Columns are not in memory yet: ask again when they are.
    NotReady,
    /// It cannot be answered.
    Fault(Fault),
}

impl From<Fault> for Unanswered {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// What a step of long work came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Step<T> {
    /// There is more to do.
    More(Progress),
    /// All is done.
    Done(T),
}

/// Whether a query waits for columns. The others are answered at once after opening, with `facts: None`.
pub fn needs_columns(query: &Query) -> bool {
    match query {
        Query::Status
        | Query::Customer { .. }
        | Query::Order { .. }
        | Query::Timeline { .. }
        | Query::History { .. }
        | Query::Commands { .. }
        | Query::Program
        | Query::Programs(
            protocol::ProgramQuery::Examples(_) | protocol::ProgramQuery::Movers { .. },
        )
        | Query::Member { .. }
        | Query::Ledger { .. }
        | Query::Points(_)
        | Query::Counter(_)
        | Query::Twins(_)
        | Query::Sync(_)
        | Query::Quality(_)
        | Query::Imports(_)
        | Query::Find { .. } => false,
        Query::Api(query) => crate::api::needs_columns(query),
        Query::Orders(list) => list.rule.is_some(),
        Query::Membership(query) => crate::segments::story::needs_columns(query),
        Query::Customers(list) => {
            use protocol::CustomerSort as Sort;
            list.rule.is_some()
                || list.segment.is_some()
                || !list.past.is_empty()
                || matches!(
                    list.sort,
                    Sort::Spend | Sort::OrderCount | Sort::LastOrderOn | Sort::Balance
                )
        }
        Query::Coupons(query) => coupons::needs_columns(query),
        Query::Out(query) => crate::export::needs_columns(query),
        Query::Home
        | Query::Count { .. }
        | Query::Segments
        | Query::Segment(_)
        | Query::Rates
        | Query::Lifecycle { .. }
        | Query::Insight(_)
        | Query::Programs(protocol::ProgramQuery::Values { .. })
        | Query::Members { .. }
        | Query::PointsOverview { .. }
        | Query::Liability(_)
        | Query::Values { .. } => true,
    }
}
