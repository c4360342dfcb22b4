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

mod backup;
mod changes;
mod coupons;
mod customers;
mod error;
mod imports;
mod interactions;
mod ledger;
mod open;
mod order_list;
mod orders;
mod records;
mod rows;
mod scan;
mod search;
mod state;
mod undo;
mod workspace;
mod write;

#[cfg(test)]
mod stories;

pub use backup::BackupInfo;
pub use coupons::{
    CodeDraft, CodeFilter, CodeRow, CouponCode, CouponOrder, CouponUse, OrderUse, StoredCoupon,
    UseDraft, UseKind,
};
pub use error::StoreError;
pub use open::{New, SCHEMA_VERSION};
pub use records::*;
pub use rows::RemovedCustomer;
pub use rusqlite::Connection;
pub use undo::UndoRun;
pub use workspace::{BackupState, SETTINGS};
pub use write::{BatchMeta, Tx, Written};

/// The open database.
pub struct Store {
    conn: Connection,
    state: state::State,
}

/// Reads; a cheap copy of a reference. Its methods are beside the records they read: `customers.rs`, `orders.rs` ...
#[derive(Clone, Copy)]
pub struct Reader<'c> {
    conn: &'c Connection,
}
