//! The store: one SQLite database that holds everything, the same natively and in the browser.
//!
//! Invariants:
//! - knows no rules, no pages, no clock and no randomness: times and the replica are arguments;
//! - a write is one transaction with `synchronous=FULL`; a crash leaves the state before or after it;
//! - every change is recorded: creations by the record's `created_by`, everything else by a row of `change`;
//! - the points ledger is append-only, held by triggers;
//! - every schema version that shipped opens (`golden/`), newer ones are refused.
//!
//! Use: [`Store::open`] a connection, [`Store::read`] for a [`Reader`], [`Store::write`] for a transaction [`Tx`]
//! (which reads too, by [`Tx::read`]).

mod archive;
mod backup;
mod changes;
mod coupons;
mod customers;
mod erase;
mod error;
mod handed_out;
mod imports;
mod interactions;
mod known;
mod ledger;
mod membership;
mod merges;
mod open;
mod order_list;
mod orders;
mod person;
mod records;
mod rows;
mod scan;
mod search;
mod state;
mod sync;
mod undo;
mod waiting;
mod workspace;
mod write;

#[cfg(test)]
mod stories;

pub use archive::ArchiveRun;
pub use backup::BackupInfo;
pub use coupons::{
    CodeDraft, CodeFilter, CodeRow, CouponCode, CouponOrder, CouponUse, OrderUse, StoredCoupon,
    UseDraft, UseKind,
};
pub use erase::Erasure;
pub use error::StoreError;
pub use handed_out::HandedOut;
pub use membership::{
    Cause, DayMoves, ListMember, SegmentEvent, SegmentVersion, SegmentWatch, StaticList, WatchNotes,
};
pub use merges::{DistinctPair, FormerKey, Merging, Moved};
pub use open::{New, SCHEMA_VERSION};
pub use person::{TABLES, Whose};
pub use records::*;
pub use rows::RemovedCustomer;
pub use rusqlite::Connection;
pub use sync::{
    Fate, Known, Pending, SYNC_KINDS, SyncClock, SyncConflict, SyncEntry, SyncLink, SyncRecord,
    SyncRunRow, WaitingRecord, sync_kinds,
};
pub use undo::UndoRun;
pub use waiting::{ImportMapping, WaitingOrder};
pub use workspace::{BackupState, SETTINGS};
pub use write::{BatchMeta, Tx, Written};

/// The open database.
pub struct Store {
    conn: Connection,
    state: state::State,
    /// See [`Store::restore_by_way_of`].
    by_way_of: Option<String>,
}

/// Reads; a cheap copy of a reference. Its methods are beside the records they read: `customers.rs`, `orders.rs` ...
#[derive(Clone, Copy)]
pub struct Reader<'c> {
    conn: &'c Connection,
}
