//! Sync with any JSON endpoint: what to ask, how to read the answer, how two versions of a record become one.
//!
//! Invariant: knows no clock, no network, no storage, no browser and no words. Time and chance are arguments, requests
//! and answers are values, faults are values. The same arguments give the same requests.
//!
//! - [`Profile`]: what an endpoint can do, as a value with eighteen switches; presets; [`Probe`] finds them.
//! - [`Record`], [`Stamp`], [`Clock`]: the form in which a record travels, and when its fields were edited.
//! - [`merge`]: two versions and the one before become one; conflicts are told, nothing is lost.
//! - [`Replica`]: what a run needs of the local side. [`Run`]: the state machine that asks and answers.
//!
//! Rules that hold whatever the endpoint does: a change is delivered when a later pull shows it, never on a 2xx;
//! cursors are the server's values; absence is not deletion; what is unknown is kept.

mod address;
mod chance;
mod exchange;
mod fault;
mod fields;
mod instant;
mod json;
mod kind;
mod merge;
mod over;
mod probe;
mod profile;
mod record;
mod replica;
mod run;
mod stamp;
mod wire;

pub use address::{check_address, may_send_credentials, origin};
pub use exchange::{Answer, Bounds, Method, Outcome, Request};
pub use fault::{Fault, FaultCode};
pub use kind::{Class, Kind};
pub use merge::{Conflict, Merged, Side, United, covers, join, merge, unite};
pub use over::Over;
pub use probe::{Check, Finding, Probe, ProbeStep, Probed, Verdict};
pub use profile::{
    Action, Actions, Auth, Bulk, Changes, Column, Create, CreateWith, CursorKind, Deletes,
    Duplicate, Encoding, Headers, IdBy, IdRule, Identity, Inbox, Limits, List, Mode, Okay, PRESETS,
    Paging, Paths, Precondition, PreconditionWith, Preset, Profile, Quality, Share, UnknownId,
    Update, UpdateWith, Verified, VersionSource, preset, schema,
};
pub use record::{FORMAT, Key, Leaf, Life, META, Path, Record, Stamps};
pub use replica::{
    Applied, Arrival, Batch, Common, Counts, Known, Lost, Mark, Outgoing, Quarantined, Replica,
};
pub use run::{Choice, Question, Reason, Report, Run, Step, Waiting};
pub use stamp::{Clock, DRIFT_MS, LAST_MS, NOBODY, Stamp};
