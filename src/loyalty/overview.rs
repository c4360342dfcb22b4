//! What is owed in points.

use crate::Standing;
use model::program::Program;
use model::{Day, Money, Points};

/// What is owed in points to all members: add each one's standing and lots, in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// The day.
    pub as_of: Day,
    /// Redeemable points of everybody; debts do not lessen them.
    pub outstanding: Points,
    /// Earned, not yet posted.
    pub pending: Points,
    /// Members with a balance above zero.
    pub members: u64,
    /// Last usable within the 30 days that start with `as_of`.
    pub expiring_30_days: Points,
    /// Points by the month of their last usable day: the first day of this month and of the eleven that follow.
    pub expiring: Vec<(Day, Points)>,
    /// Members by tier index.
    pub tiers: Vec<u64>,
    /// Members below the first tier.
    pub without_tier: u64,
}

impl Overview {
    /// Of nobody yet.
    pub fn new(as_of: Day) -> Self {
        Self {
            as_of,
            outstanding: Points::ZERO,
            pending: Points::ZERO,
            members: 0,
            expiring_30_days: Points::ZERO,
            expiring: Vec::new(),
            tiers: Vec::new(),
            without_tier: 0,
        }
    }

    /// Adds a member.
    pub fn add(
        &mut self,
        _standing: &Standing,
        _lots: impl Iterator<Item = (Option<Day>, Points)>,
    ) {
    }

    /// What the outstanding points are worth.
    pub fn worth(&self, program: &Program) -> Money {
        crate::worth(program, self.outstanding)
    }
}
