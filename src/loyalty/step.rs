//! Steps of the fold as bare numbers: for sums over everybody.

use crate::EntryKind;
use model::{Day, OrderId, Points};

/// What a ledger entry does, without its texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its kind.
    pub kind: EntryKind,
    /// The local day it happened.
    pub day: Day,
    /// How many; below zero takes away.
    pub points: Points,
    /// The order it comes from.
    pub order: Option<OrderId>,
    /// It changes pending points, not the balance. That they post is no step: what was earned counts on its day.
    pub pending: bool,
}

/// A lot as it is at the end of a fold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotState {
    /// The purchase it was earned with.
    pub order: Option<OrderId>,
    /// Day earned.
    pub earned_on: Day,
    /// Last usable day.
    pub expires_on: Option<Day>,
    /// What it came to, after refunds.
    pub points: Points,
    /// What is left of it.
    pub left: Points,
    /// It has not posted.
    pub pending: bool,
}

/// Points that a recorded entry took from a lot and that did not come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotUse {
    /// Place of the lot in [`crate::Evaluator::lots`].
    pub lot: u32,
    /// Index of the recorded entry in [`crate::Member::recorded`].
    pub recorded: u32,
    /// How many.
    pub points: Points,
}
