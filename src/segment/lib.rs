//! Columns, rules to sets of customers, RFM and life cycle.
//!
//! [`Columns`] holds every customer, order, refund and event in arrays, is built from the store and kept in step
//! with each write. [`evaluate`] turns a rule of `docs/segment-rule.md` into the set of customers it holds for.
//! [`rfm`] and [`lifecycle`] score everybody; [`ready`] has the segments that every business starts with.
//!
//! Invariant: knows no ledger, no storage and no clock. The day asked for is an argument, points come in as columns.

mod bitmap;
mod columns;
mod evaluate;
pub mod lifecycle;
pub mod portrait;
#[cfg(test)]
mod proofs;
pub mod ready;
pub mod rfm;
mod scan;

pub use bitmap::Bitmap;
pub use columns::{
    Builder, Columns, EventInput, EventRef, EventUse, FieldUse, LineInput, LineRef, LineSlices,
    OrderFacts, OrderInput, OrderRef, OrderSlices, RefundRow, SnapshotError,
};
pub use evaluate::{
    Actual, Derived, EvalContext, Explained, LoyaltyColumns, Memory, MemoryCounts, Named,
    NodeCount, SeenOrder, Spread, Value, evaluate, explain, spread, tally,
};
