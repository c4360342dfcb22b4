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

mod error;
mod records;
mod skeleton;

pub use error::StoreError;
pub use records::*;
pub use skeleton::*;
