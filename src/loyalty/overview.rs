//! What is owed in points.

use crate::{Overflow, Standing};
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
    /// Members by tier index; shorter than the levels where the highest have none.
    pub tiers: Vec<u64>,
    /// Members below the first tier.
    pub without_tier: u64,
    /// Last day of the last month of `expiring`.
    last_day: Day,
    /// The first day after the 30.
    soon: Day,
}

/// Months that `expiring` lists.
const MONTHS: i32 = 12;

impl Overview {
    /// Of nobody yet.
    pub fn new(as_of: Day) -> Self {
        let first = as_of.end_of_month().plus_days(1).plus_months(-1);
        let month = |n| (first.plus_months(n), Points::ZERO);
        Self {
            as_of,
            outstanding: Points::ZERO,
            pending: Points::ZERO,
            members: 0,
            expiring_30_days: Points::ZERO,
            expiring: (0..MONTHS).map(month).collect(),
            tiers: Vec::new(),
            without_tier: 0,
            last_day: first.plus_months(MONTHS).plus_days(-1),
            soon: as_of.plus_days(30),
        }
    }

    /// Adds a member.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn add(
        &mut self,
        standing: &Standing,
        lots: impl Iterator<Item = (Option<Day>, Points)>,
    ) -> Result<(), Overflow> {
        self.change(standing, lots, Change::Add)
    }

    /// Takes a member away who was added just so: what they have now can be added in their place.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn remove(
        &mut self,
        standing: &Standing,
        lots: impl Iterator<Item = (Option<Day>, Points)>,
    ) -> Result<(), Overflow> {
        self.change(standing, lots, Change::Remove)
    }

    fn change(
        &mut self,
        standing: &Standing,
        lots: impl Iterator<Item = (Option<Day>, Points)>,
        change: Change,
    ) -> Result<(), Overflow> {
        if standing.balance.0 > 0 {
            change.count(&mut self.members);
            change.points(&mut self.outstanding, standing.balance)?;
        }
        change.points(&mut self.pending, standing.pending)?;
        match standing.tier {
            None => change.count(&mut self.without_tier),
            Some(tier) => {
                let place = usize::from(tier);
                if self.tiers.len() <= place {
                    self.tiers.resize(place + 1, 0);
                }
                if let Some(count) = self.tiers.get_mut(place) {
                    change.count(count);
                }
                while self.tiers.last() == Some(&0) {
                    self.tiers.pop();
                }
            }
        }
        for (last_usable, points) in lots {
            if let Some(day) = last_usable {
                self.change_expiring(day, points, change)?;
            }
        }
        Ok(())
    }

    fn change_expiring(
        &mut self,
        day: Day,
        points: Points,
        change: Change,
    ) -> Result<(), Overflow> {
        if day < self.as_of || day > self.last_day {
            return Ok(());
        }
        if day < self.soon {
            change.points(&mut self.expiring_30_days, points)?;
        }
        let month = self
            .expiring
            .partition_point(|(first, _)| *first <= day)
            .checked_sub(1);
        if let Some((_, sum)) = month.and_then(|month| self.expiring.get_mut(month)) {
            change.points(sum, points)?;
        }
        Ok(())
    }

    /// What the outstanding points are worth.
    pub fn worth(&self, program: &Program) -> Money {
        crate::worth(program, self.outstanding)
    }
}

/// Whether a member comes or goes.
#[derive(Clone, Copy)]
enum Change {
    Add,
    Remove,
}

impl Change {
    fn count(self, count: &mut u64) {
        *count = match self {
            Self::Add => *count + 1,
            Self::Remove => count.saturating_sub(1),
        };
    }

    fn points(self, to: &mut Points, points: Points) -> Result<(), Overflow> {
        let sum = match self {
            Self::Add => to.0.checked_add(points.0),
            Self::Remove => to.0.checked_sub(points.0),
        };
        to.0 = sum.ok_or(Overflow)?;
        Ok(())
    }
}
