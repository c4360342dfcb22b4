//! What a member has: the answer of the fold.

use model::{Day, Points};

/// A member's points at a moment, small enough to copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Redeemable points; below zero it is a debt.
    pub balance: Points,
    /// Earned, not yet posted.
    pub pending: Points,
    /// What the next accruals repay; zero or above. Where it is above zero no lot is open.
    pub debt: Points,
    /// Qualifying points within the tier window (of all time without tiers).
    pub qualifying: Points,
    /// What decides the tier: qualifying points, minor units of spend, or visits.
    pub measure: i64,
    /// Index of the tier in the levels of the version in force, lowest first; `None` below the first.
    pub tier: Option<u16>,
    /// The last day of the tier, if it ends.
    pub tier_until: Option<Day>,
    /// Index of the next level, if there is one, and what of the measure is missing.
    pub next_tier: Option<(u16, i64)>,
    /// The first open lot that ends: its last usable day and points.
    pub expires_first: Option<(Day, Points)>,
}

/// A member's points with the lots they consist of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// The numbers.
    pub standing: Standing,
    /// Open posted lots in the order they are consumed.
    pub lots: Vec<OpenLot>,
}

/// What is left of an accrual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenLot {
    /// Id of the ledger entry that gave the points.
    pub id: String,
    /// What is left.
    pub points: Points,
    /// Day earned.
    pub earned_on: Day,
    /// Last usable day.
    pub expires_on: Option<Day>,
}
