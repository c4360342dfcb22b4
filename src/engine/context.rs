//! What comes in with a request and goes out with its answer, besides the request and the answer.

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
}

/// What changed: tell every page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The store's version after the change.
    pub data_version: u64,
    /// Kinds of record, in order, without doubles.
    pub kinds: Vec<RecordKind>,
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
        | Query::Orders(_)
        | Query::Order { .. }
        | Query::Timeline { .. }
        | Query::History { .. }
        | Query::Commands { .. }
        | Query::Program
        | Query::Member { .. }
        | Query::Ledger { .. }
        | Query::Find { .. } => false,
        Query::Customers(list) => {
            use protocol::CustomerSort as Sort;
            list.rule.is_some()
                || list.segment.is_some()
                || matches!(
                    list.sort,
                    Sort::Spend | Sort::OrderCount | Sort::LastOrderOn | Sort::Balance
                )
        }
        Query::Home
        | Query::Count { .. }
        | Query::Segments
        | Query::Rfm { .. }
        | Query::Lifecycle { .. }
        | Query::Members { .. }
        | Query::PointsOverview { .. }
        | Query::Values { .. } => true,
    }
}
