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
        if standing.balance.0 > 0 {
            self.members += 1;
            add(&mut self.outstanding, standing.balance)?;
        }
        add(&mut self.pending, standing.pending)?;
        match standing.tier {
            None => self.without_tier += 1,
            Some(tier) => {
                let place = usize::from(tier);
                if self.tiers.len() <= place {
                    self.tiers.resize(place + 1, 0);
                }
                if let Some(count) = self.tiers.get_mut(place) {
                    *count += 1;
                }
            }
        }
        for (last_usable, points) in lots {
            if let Some(day) = last_usable {
                self.add_expiring(day, points)?;
            }
        }
        Ok(())
    }

    fn add_expiring(&mut self, day: Day, points: Points) -> Result<(), Overflow> {
        if day < self.as_of || day > self.last_day {
            return Ok(());
        }
        if day < self.as_of.plus_days(30) {
            add(&mut self.expiring_30_days, points)?;
        }
        let month = self
            .expiring
            .partition_point(|(first, _)| *first <= day)
            .checked_sub(1);
        if let Some((_, sum)) = month.and_then(|month| self.expiring.get_mut(month)) {
            add(sum, points)?;
        }
        Ok(())
    }

    /// What the outstanding points are worth.
    pub fn worth(&self, program: &Program) -> Money {
        crate::worth(program, self.outstanding)
    }
}

fn add(to: &mut Points, points: Points) -> Result<(), Overflow> {
    *to = to.checked_add(points).ok_or(Overflow)?;
    Ok(())
}
