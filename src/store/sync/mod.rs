//! What sync keeps in the database: the connection, what both sides know of each record, what waits to be sent.
//!
//! Invariants:
//! - whatever a write changes is in the outbox when that write is durable, in the same transaction;
//! - no second copy of records: while a record is not in the outbox, what both sides have is the record itself;
//!   otherwise it follows from the log, backwards from the record as it is ([`crate::Reader::sync_record_at`]);
//! - cursor, outbox, versions and records change together (one [`crate::Store::write`]).

mod conflicts;
mod link;
mod outbox;
mod put;
mod record;
mod waiting;

pub use conflicts::{SyncConflict, SyncRunRow};
pub(crate) use link::Watching;
pub use link::{SyncClock, SyncLink};
pub(crate) use outbox::last_of_log;
pub use outbox::{Known, Pending, SyncEntry};
pub use record::{Fate, SyncRecord};
pub use waiting::WaitingRecord;

use crate::{RecordKind, RecordRef};

/// Kinds that travel, in the order in which they do: what others refer to comes first.
pub const SYNC_KINDS: [RecordKind; 14] = [
    RecordKind::Settings,
    RecordKind::Program,
    RecordKind::Segment,
    RecordKind::List,
    RecordKind::Coupon,
    RecordKind::Customer,
    RecordKind::CouponCode,
    RecordKind::Order,
    RecordKind::Refund,
    RecordKind::Interaction,
    RecordKind::LedgerEntry,
    RecordKind::CouponUse,
    RecordKind::ListMember,
    RecordKind::Distinct,
];

/// The number of a kind in the tables of sync; `None` where it does not travel.
pub(crate) fn rank(kind: RecordKind) -> Option<i64> {
    let at = SYNC_KINDS.iter().position(|it| *it == kind)?;
    i64::try_from(at).ok()
}

/// The kind with a number.
pub(crate) fn kind_of(rank: i64) -> Option<RecordKind> {
    SYNC_KINDS.get(usize::try_from(rank).ok()?).copied()
}

/// The bit of a kind in a set of kinds.
pub(crate) fn bit(kind: RecordKind) -> i64 {
    rank(kind).map_or(0, |rank| 1 << rank)
}

/// A set of kinds as one number.
pub fn sync_kinds(kinds: impl IntoIterator<Item = RecordKind>) -> i64 {
    kinds.into_iter().fold(0, |set, kind| set | bit(kind))
}

/// A record with its number in the tables of sync.
fn ranked(record: RecordRef) -> Option<(i64, i64)> {
    rank(record.kind).map(|rank| (rank, record.id))
}

/// The table of a kind and its number's column; `None` for settings, which are one.
fn table_of(kind: RecordKind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        RecordKind::Settings | RecordKind::QualityPass => return None,
        RecordKind::Program => ("program_version", "version"),
        RecordKind::Segment => ("segment", "id"),
        RecordKind::List => ("list", "id"),
        RecordKind::Coupon => ("coupon", "id"),
        RecordKind::Customer => ("customer", "id"),
        RecordKind::CouponCode => ("coupon_code", "id"),
        RecordKind::Order => (r#""order""#, "id"),
        RecordKind::Refund => ("refund", "id"),
        RecordKind::Interaction => ("interaction", "id"),
        RecordKind::LedgerEntry => ("ledger_entry", "id"),
        RecordKind::CouponUse => ("coupon_use", "id"),
        RecordKind::ListMember => ("list_member", "id"),
        RecordKind::Distinct => ("distinct_pair", "id"),
    })
}
