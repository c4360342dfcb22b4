//! What a member has: the answer of the fold.

use crate::MovedLot;
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
    /// Pending lots by day of posting.
    pub waiting: Vec<WaitingLot>,
}

impl Account {
    /// The lots that `points` points would be taken from, as another member would get them.
    pub fn moved(&self, points: Points) -> Vec<MovedLot> {
        let mut missing = points.0;
        let mut moved = Vec::new();
        for lot in &self.lots {
            let part = lot.points.0.min(missing);
            if part <= 0 {
                break;
            }
            missing -= part;
            moved.push(MovedLot {
                points: Points(part),
                earned_on: lot.earned_on,
                expires_on: lot.expires_on,
                posts_on: None,
            });
        }
        moved
    }

    /// Everything there is, as a member that this one is merged into would get it.
    pub fn all_moved(&self) -> Vec<MovedLot> {
        let waiting = self.waiting.iter().map(|lot| MovedLot {
            points: lot.points,
            earned_on: lot.earned_on,
            expires_on: lot.expires_on,
            posts_on: Some(lot.posts_on),
        });
        let mut moved = self.moved(Points(i64::MAX));
        moved.extend(waiting);
        moved
    }
}

/// An accrual that has not posted yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingLot {
    /// Id of the ledger entry that gives the points.
    pub id: String,
    /// How many there are.
    pub points: Points,
    /// Day earned.
    pub earned_on: Day,
    /// Last usable day.
    pub expires_on: Option<Day>,
    /// The day they post.
    pub posts_on: Day,
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
