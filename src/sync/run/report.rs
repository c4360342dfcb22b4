//! What a run says: steps, questions, and the report at its end.

use crate::exchange::Request;
use crate::kind::Kind;
use crate::record::Key;
use crate::{Fault, FaultCode};
use serde::{Deserialize, Serialize};

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Send this and give the answer to [`crate::Run::answer`].
    Request(Request),
    /// Nothing to send: call again once others have had their turn.
    More,
    /// Come back at `until`; coming back sooner gives the same step. Nothing is lost by dropping the run instead and
    /// starting another one then.
    Wait {
        /// When, in milliseconds since 1970 by the caller's clock.
        until: u64,
        /// Why.
        why: Waiting,
    },
    /// Only a person can decide. The question stays until [`crate::Run::decide`], also over runs.
    Ask(Question),
    /// The run is over.
    Done(Report),
}

/// Why a run waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What went wrong.
    pub fault: Fault,
    /// How many times in a row.
    pub times: u32,
}

/// What a person is asked. Nothing was changed on either side when it is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Question {
    /// The endpoint holds none of the records of a kind although it held `known`.
    Emptied {
        /// The kind.
        of: Kind,
        /// How many records it held.
        known: u64,
    },
    /// So many records are missing there, or would be deleted here, that it looks like a mistake.
    ManyMissing {
        /// The kind.
        of: Kind,
        /// How many records it held.
        known: u64,
        /// How many of them are missing or deleted now.
        missing: u64,
    },
    /// The endpoint is another database than the one we know.
    Replaced,
    /// We were away longer than the endpoint remembers deletions: what is here and not there may have been deleted.
    AwayTooLong {
        /// For how many days.
        days: u32,
        /// How many records of ours are not there.
        missing: u64,
    },
}

/// What a person chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// What is here is right: bring it back to the endpoint.
    Here,
    /// What is there is right: what it lacks goes here as well (undoable as any other removal).
    There,
    /// Nothing yet: the run stops.
    Later,
}

/// What a run did, for the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Records that changed here.
    pub pulled: u64,
    /// Records that were removed here, because they are gone there.
    #[serde(default)]
    pub removed: u64,
    /// Records delivered: sent and seen afterwards.
    pub pushed: u64,
    /// Edits that met.
    pub conflicts: u64,
    /// Records set aside.
    pub aside: u64,
    /// Records that cannot be used now.
    pub quarantined: u64,
    /// Entries of the inbox.
    pub inbox: u64,
    /// Requests sent.
    pub requests: u64,
    /// Whether everything was compared.
    pub full: bool,
    /// Records still in the outbox.
    pub pending: u64,
    /// What went wrong, the first of each code; a run with faults that stopped it has [`Report::stopped`].
    pub faults: Vec<(Option<Key>, Fault)>,
    /// The fault that ended the run before its end.
    pub stopped: Option<Fault>,
}

impl Report {
    /// Whether credentials are to be asked for again.
    pub fn wants_credentials(&self) -> bool {
        self.stopped
            .as_ref()
            .is_some_and(|fault| fault.code == FaultCode::Credentials)
    }
}
