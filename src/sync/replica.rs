//! What a run needs of the local side. The browser's implementation lies over SQLite, the simulator's in memory.

use crate::Fault;
use crate::kind::Kind;
use crate::merge::{Conflict, Side};
use crate::record::{Key, Record};
use crate::stamp::Stamp;
use serde_json::Value;

/// The version that both sides had last.
#[derive(Clone, Debug, PartialEq)]
pub struct Common {
    /// Its content, withheld and unknown fields included: they are written back as they came.
    pub record: Record,
    /// What the endpoint calls it, when that is not our id.
    pub remote_id: Option<String>,
    /// The endpoint's version of it (an ETag, a `_rev`), for preconditions.
    pub version: Option<String>,
}

/// What the local side has under a key.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// Which record.
    pub key: Key,
    /// The record as it is now, removed ones too; none when we never had it.
    pub here: Option<Record>,
    /// The version both sides had last; none when the endpoint never showed it.
    pub common: Option<Common>,
    /// Whether it is in the outbox.
    pub pending: bool,
    /// Whether it was sent since it came into the outbox, and not yet seen afterwards.
    pub sent: bool,
}

/// A change that waits to be delivered.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// The record as it is now.
    pub record: Record,
    /// The version both sides had last.
    pub common: Option<Common>,
    /// How often it was sent without being seen afterwards.
    pub tries: u32,
}

/// A record that came from the endpoint and was merged.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    /// The version to have here. Leaves that it does not mention (withheld ones) stay as they are.
    pub record: Record,
    /// The version both sides have had last, from now on: the endpoint's.
    pub common: Common,
    /// Whether `record` differs from what is here: else only `common` is new.
    pub changes_here: bool,
    /// Whether the endpoint has all of `record`. Then it leaves the outbox; else it stays there or comes into it.
    pub delivered: bool,
    /// Whether a stamp is so far ahead that a clock somewhere must be wrong.
    pub clock_ahead: bool,
    /// Edits that met.
    pub conflicts: Vec<Conflict>,
}

/// What became of an arrival in the local data.
#[derive(Clone, Debug, PartialEq)]
pub enum Applied {
    /// It is in.
    In,
    /// It refers to a record that is not here yet: kept, and tried again when more has come.
    Waiting,
    /// The same thing was here under another id (same external id, same key): one of the two became the other, and the
    /// one that went is in the outbox.
    Twin {
        /// The id that stays.
        stays: String,
    },
}

/// Something that came and cannot be used now; kept as it came, never written back, tried again after an upgrade.
#[derive(Clone, Debug, PartialEq)]
pub struct Quarantined {
    /// The collection it came from.
    pub collection: String,
    /// Its id, as far as it has one.
    pub id: String,
    /// The record as it came.
    pub json: Value,
    /// Why.
    pub fault: Fault,
}

/// What happened to a record in the outbox.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// It was sent: its `tries` go up by one. It stays in the outbox.
    Sent,
    /// It is set aside and shown, until it is edited or a person says to try again.
    Aside(Fault),
    /// It is to be sent (again): the endpoint does not have it.
    Queue,
    /// Both sides agree that the endpoint never had it: its common version is forgotten, and it is to be sent.
    Forget,
    /// It is gone at the endpoint and is to be removed here, with this stamp (two complete scans lacked it).
    Remove(Stamp),
    /// It leaves the outbox and its common version is forgotten: removed here, and the endpoint does not have it.
    Delivered,
    /// What is here under this id is another thing than what the endpoint has (two browsers counted with one number):
    /// ours, never delivered, gets a new id, and all that refers to it follows. Marks come before arrivals.
    Rekey,
}

/// Everything that one transaction writes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// Records that came, parents before children.
    pub arrivals: Vec<Arrival>,
    /// Records of which the scan at hand showed that the endpoint has them, changed or not.
    pub seen: Vec<Key>,
    /// The number of the scan: `seen` and `arrivals` get it, see [`Replica::unseen`].
    pub scan: u32,
    /// What happened to records of the outbox.
    pub marks: Vec<(Key, Mark)>,
    /// What cannot be used now.
    pub quarantine: Vec<Quarantined>,
    /// Entries that public widgets left; each has an `id` and is applied once.
    pub inbox: Vec<Value>,
    /// The latest stamps that came, for [`crate::Clock::see`]; those that are far ahead have no effect there.
    pub saw: Vec<Stamp>,
    /// Somebody else uses our number: take a new one for stamps and ids from now on.
    pub renumber: bool,
    /// The state of the run, to be kept as it is; none: unchanged.
    pub state: Option<String>,
}

/// What is known to the endpoint, to judge how much of it is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records that have a common version and are not deleted there.
    pub common: u64,
    /// Records in the outbox that are not set aside.
    pub pending: u64,
}

/// How much of what the endpoint is known to have, and what is here, a complete scan did not show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// Records that it did not show.
    pub missing: u64,
    /// All of them.
    pub known: u64,
}

/// The local side.
///
/// Everything is asked for by kind and in small portions: the outbox of a first sync has a million records. No
/// method is called between two of which it would matter that nobody else wrote in between: the run judges what is here
/// at the moment of [`Replica::look`] and hands its verdict to [`Replica::apply`] in the same call of
/// [`crate::Run::next`], so both must be inside one borrow of the database (they are: `&mut`).
pub trait Replica {
    /// Why storage failed; the run stops and nothing of the batch is applied.
    type Fault;

    /// Our number, for telling stamps of ours from others'.
    fn node(&self) -> u32;

    /// The state of the run as the last batch left it; empty for a new connection.
    ///
    /// # Errors
    /// Whatever storage says.
    fn state(&self) -> Result<String, Self::Fault>;

    /// What is here under these keys, in their order.
    ///
    /// # Errors
    /// Whatever storage says.
    fn look(&self, keys: &[Key]) -> Result<Vec<Known>, Self::Fault>;

    /// Records of the outbox of one kind whose id is greater than `after`, by id, those set aside left out.
    ///
    /// # Errors
    /// Whatever storage says.
    fn outbox(
        &self,
        kind: Kind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Outgoing>, Self::Fault>;

    /// How much of a kind the endpoint has and how much waits.
    ///
    /// # Errors
    /// Whatever storage says.
    fn counts(&self, kind: Kind) -> Result<Counts, Self::Fault>;

    /// How much of a kind waits, without counting what the endpoint has: after every pull of a million records.
    ///
    /// # Errors
    /// Whatever storage says.
    fn waits(&self, kind: Kind) -> Result<u64, Self::Fault>;

    /// The first records after `after`, by id, whose number of the last scan that saw them is less than `scan`: those with
    /// a common version that is not deleted, and persons who were erased and have a common version of any kind.
    ///
    /// # Errors
    /// Whatever storage says.
    fn unseen(
        &self,
        kind: Kind,
        scan: u32,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Known>, Self::Fault>;

    /// Of the records with a common version that is not deleted, and that were not removed here: how many have a number
    /// of the last scan less than `scan`, and how many there are. What a person has just removed is not missed.
    ///
    /// # Errors
    /// Whatever storage says.
    fn lost(&self, kind: Kind, scan: u32) -> Result<Lost, Self::Fault>;

    /// Writes a batch in one transaction. The answers are those of its arrivals, in their order.
    ///
    /// # Errors
    /// Whatever storage says; then nothing of the batch is written.
    fn apply(&mut self, batch: Batch) -> Result<Vec<Applied>, Self::Fault>;

    /// Forgets what is known of the endpoint, because a person said so. With [`Side::Here`] all common versions go and
    /// everything comes into the outbox: what is here is to be there. With [`Side::There`] the outbox is emptied and what
    /// is here now counts as common, of no version and seen by no scan: the next complete scan shows what of it is there,
    /// and the rest is removed. What was set aside is so no longer.
    ///
    /// # Errors
    /// Whatever storage says.
    fn forget(&mut self, keep: Side) -> Result<(), Self::Fault>;
}
