//! What a run leaves for the next one, kept by the replica in the transactions of the data it tells of.

use super::report::Question;
use crate::merge::Side;
use crate::wire::Place;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A day, in milliseconds: how long a full comparison holds.
pub(super) const DAY_MS: u64 = 86_400_000;

/// The state between runs. Times are of the local clock and only say when to do what; cursors are the server's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct State {
    /// Which database the endpoint said it was.
    pub identity: Option<String>,
    /// Where each list stands.
    pub lanes: BTreeMap<String, LaneState>,
    /// The number of the last scan.
    pub scan: u32,
    /// Something went wrong: compare everything.
    pub full_due: bool,
    /// Failures in a row.
    pub failures: u32,
    /// No request before this.
    pub retry_at: u64,
    /// The last run that came to its end.
    pub finished_at: u64,
    /// Credentials were refused: no request before a person says so.
    pub locked: bool,
    /// What a person was asked.
    pub question: Option<Question>,
    /// What a person said about all that is missing, until the next complete run.
    pub side: Option<Side>,
    /// Where the inbox stands.
    pub inbox: String,
    /// Numbers that were ours until somebody else turned out to use them too: edits under them are ours still.
    pub former: Vec<u32>,
}

/// Where one list stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct LaneState {
    /// The server's cursor.
    pub cursor: Option<String>,
    /// The cursor one run earlier: how opaque ones overlap.
    pub before: Option<String>,
    /// A scan from the start that is not yet over.
    pub scan: Option<Scan>,
    /// The complete scan before this one.
    pub last_scan: Option<u32>,
    /// When everything was last compared.
    pub full_at: u64,
}

/// A scan under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Scan {
    /// Its number.
    pub number: u32,
    /// Where it goes on.
    pub place: Place,
    /// The cursor it goes on from.
    pub since: Option<String>,
}
