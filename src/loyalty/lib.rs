//! The points ledger: what members earn, spend and lose, and which tier they are in.
//!
//! Invariant: knows no segments, no storage, no clock, no randomness. Time, programme and facts are arguments, and the
//! same arguments give the same answer.

mod account;
mod condition;
mod earn;
mod expiry;
mod fold;
mod input;
mod ledger;
mod lots;
mod overview;
mod programs;
mod ratio;
mod redeem;
mod tiers;
mod timeline;

pub use account::{Account, OpenLot, Standing};
pub use fold::Evaluator;
pub use input::{
    AsOf, Deed, Ends, KnownBirthday, Line, Member, MovedLot, NO_CODE, Purchase, Recorded, Refund,
    ReturnedLine, Span, TrackedEvent,
};
pub use ledger::{Entry, EntryKind};
pub use overview::Overview;
pub use programs::{Dictionary, Programs, Texts, Version};
pub use redeem::{
    Limit, Redeemable, RedemptionRequest, Refusal, check_adjustment, check_redemption,
    usable_points, worth,
};

/// A number went beyond 64 bits (or an exact rate beyond 128): nothing was calculated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the points do not fit 64 bits")]
pub struct Overflow;
