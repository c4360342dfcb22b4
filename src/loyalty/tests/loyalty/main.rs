//! Tests of the ledger through its public interface.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines,
    reason = "tests"
)]
#![allow(missing_docs, reason = "tests")]

mod cases;
mod expiries;
mod explained;
mod fast;
mod histories;
mod liability;
mod programs;
mod properties;
mod published;
mod reference;
mod scenarios;
mod shops;
mod story;
mod tiers;

/// Histories that each property is tried with.
pub const CASES: u32 = 10_000;
