//! Lots: points of one accrual that share one expiry.
//!
//! Invariants: what is left of a lot is never below zero; a debt exists only while no posted lot is open, because
//! whatever comes in repays it first; `balance = open posted lots - debts`. Redemptions take from the lot that expires
//! first, then the older, never-expiring last; what a taker took from where is remembered, so that it can return.

use crate::Overflow;
use crate::expiry::NEVER;
use model::{EntryId, InteractionId, OrderId};
use std::collections::VecDeque;

/// Where a lot comes from; its ledger entry's id follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Purchase(OrderId),
    Signup,
    Birthday(i32),
    Event(InteractionId),
    Recorded(EntryId),
    /// The n-th lot (from 0) that a transfer or merging brought.
    Moved(EntryId, u32),
}

/// Points of one accrual.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lot {
    pub(crate) source: Source,
    pub(crate) earned: i32,
    /// Last usable day.
    pub(crate) expires: i32,
    /// Day it posts.
    pub(crate) posts: i32,
    /// What it came to, after refunds.
    pub(crate) points: i64,
    /// What is left.
    pub(crate) left: i64,
    /// Months of the inactivity rule it lives under; 0: none.
    pub(crate) inactivity_months: u32,
    /// Index among the contributions to the tier measure.
    pub(crate) contribution: u32,
    pub(crate) pending: bool,
}

/// No taker: a refund's claw-back, which never returns.
pub(crate) const NO_TAKER: u32 = u32::MAX;
/// A lot that contributes nothing to a tier measure.
pub(crate) const NO_CONTRIBUTION: u32 = u32::MAX;

/// What a taker took from a lot.
#[derive(Clone, Copy, Debug)]
struct Allocation {
    taker: u32,
    lot: u32,
    points: i64,
}

#[derive(Clone, Copy, Debug)]
struct Debt {
    taker: u32,
    left: i64,
}

/// All lots of one member.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lots {
    all: Vec<Lot>,
    /// Posted lots with points left, in the order of consumption.
    open: VecDeque<u32>,
    /// Pending lots by day of posting.
    waiting: VecDeque<u32>,
    allocations: Vec<Allocation>,
    /// In the order they came about.
    debts: VecDeque<Debt>,
    /// Pending points that left with a merging, by who took them.
    left_pending: Vec<Allocation>,
    posted: i64,
    pending: i64,
    debt: i64,
    inactivity: bool,
}

/// What came of a return.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Returned {
    pub(crate) restored: i64,
    pub(crate) forfeited: i64,
}

fn add(to: &mut i64, points: i64) -> Result<(), Overflow> {
    *to = to.checked_add(points).ok_or(Overflow)?;
    Ok(())
}

impl Lots {
    pub(crate) fn clear(&mut self) {
        self.all.clear();
        self.open.clear();
        self.waiting.clear();
        self.allocations.clear();
        self.debts.clear();
        self.left_pending.clear();
        (self.posted, self.pending, self.debt) = (0, 0, 0);
        self.inactivity = false;
    }

    /// Redeemable points; below zero a debt.
    pub(crate) fn balance(&self) -> i64 {
        // One of the two is always zero, so this cannot overflow.
        self.posted.saturating_sub(self.debt)
    }

    pub(crate) fn pending(&self) -> i64 {
        self.pending
    }

    pub(crate) fn debt(&self) -> i64 {
        self.debt
    }

    /// Every lot there ever was.
    pub(crate) fn all(&self) -> &[Lot] {
        &self.all
    }

    /// What takers hold of which lots.
    pub(crate) fn uses(&self) -> impl Iterator<Item = crate::step::LotUse> + '_ {
        self.allocations.iter().map(|it| crate::step::LotUse {
            lot: it.lot,
            recorded: it.taker,
            points: model::Points(it.points),
        })
    }

    pub(crate) fn get(&self, lot: u32) -> Option<&Lot> {
        self.all.get(lot as usize)
    }

    /// How many lots there ever were.
    pub(crate) fn count(&self) -> u32 {
        // `give` refuses more.
        u32::try_from(self.all.len()).unwrap_or(u32::MAX)
    }

    /// Open lots in the order of consumption.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Lot> {
        self.open.iter().filter_map(|&lot| self.get(lot))
    }

    /// The first day on which a lot has expired.
    pub(crate) fn next_expiry(&self) -> i32 {
        let first = self.open.front().and_then(|&lot| self.get(lot));
        first.map_or(NEVER, |lot| lot.expires.saturating_add(1))
    }

    /// The first day on which a lot posts.
    pub(crate) fn next_posting(&self) -> i32 {
        let first = self.waiting.front().and_then(|&lot| self.get(lot));
        first.map_or(NEVER, |lot| lot.posts)
    }

    /// Adds a lot: pending, or posted at once, when it repays debts.
    pub(crate) fn give(&mut self, lot: Lot) -> Result<u32, Overflow> {
        let index = u32::try_from(self.all.len()).map_err(|_| Overflow)?;
        self.inactivity |= lot.inactivity_months > 0;
        self.all.push(lot);
        if lot.pending {
            add(&mut self.pending, lot.left)?;
            let place = self.waiting.partition_point(|&other| {
                self.all
                    .get(other as usize)
                    .is_some_and(|it| it.posts <= lot.posts)
            });
            self.waiting.insert(place, index);
        } else {
            self.make_available(index, lot.left)?;
        }
        Ok(index)
    }

    /// Posts the next waiting lot that is due on `day`.
    pub(crate) fn post_due(&mut self, day: i32) -> Result<Option<u32>, Overflow> {
        if self.next_posting() > day {
            return Ok(None);
        }
        let Some(index) = self.waiting.pop_front() else {
            return Ok(None);
        };
        let Some(lot) = self.all.get_mut(index as usize) else {
            return Ok(None);
        };
        lot.pending = false;
        let points = std::mem::take(&mut lot.left);
        add(&mut self.pending, -points)?;
        self.make_available(index, points)?;
        Ok(Some(index))
    }

    /// Expires the next open lot whose last day lies before `day`: its index and what was left.
    pub(crate) fn expire_due(&mut self, day: i32) -> Result<Option<(u32, i64)>, Overflow> {
        if self.next_expiry() > day {
            return Ok(None);
        }
        let Some(index) = self.open.pop_front() else {
            return Ok(None);
        };
        let Some(lot) = self.all.get_mut(index as usize) else {
            return Ok(None);
        };
        let points = std::mem::take(&mut lot.left);
        add(&mut self.posted, -points)?;
        Ok(Some((index, points)))
    }

    /// Takes points: from `first` if it is open, then in the order of consumption. What is missing becomes a debt if
    /// `may_owe`. Returns what was neither found nor owed.
    pub(crate) fn take(
        &mut self,
        wanted: i64,
        first: Option<u32>,
        taker: u32,
        may_owe: bool,
    ) -> Result<i64, Overflow> {
        let mut missing = wanted;
        if let Some(lot) = first {
            missing = self.take_from(lot, missing, taker)?;
        }
        while missing > 0 {
            let Some(&lot) = self.open.front() else {
                break;
            };
            missing = self.take_from(lot, missing, taker)?;
        }
        if missing > 0 && may_owe {
            add(&mut self.debt, missing)?;
            self.debts.push_back(Debt {
                taker,
                left: missing,
            });
            missing = 0;
        }
        Ok(missing)
    }

    /// Takes from one lot as far as it goes; the rest is returned.
    fn take_from(&mut self, index: u32, wanted: i64, taker: u32) -> Result<i64, Overflow> {
        let place = self.place(index);
        let Some(lot) = self.all.get_mut(index as usize) else {
            return Ok(wanted);
        };
        if lot.pending || lot.left == 0 {
            return Ok(wanted);
        }
        let points = lot.left.min(wanted);
        lot.left -= points;
        if lot.left == 0 {
            self.open.remove(place);
        }
        add(&mut self.posted, -points)?;
        if taker != NO_TAKER {
            self.allocations.push(Allocation {
                taker,
                lot: index,
                points,
            });
        }
        Ok(wanted - points)
    }

    /// Lowers a pending lot.
    pub(crate) fn lower_pending(&mut self, index: u32, by: i64) -> Result<(), Overflow> {
        let Some(lot) = self.all.get_mut(index as usize) else {
            return Ok(());
        };
        lot.left -= by;
        add(&mut self.pending, -by)?;
        if lot.left == 0 {
            self.waiting.retain(|&other| other != index);
        }
        Ok(())
    }

    /// Gives more points to a lot that was lowered too far; what has expired by `day` stays lost. Returns what it gave.
    pub(crate) fn raise(&mut self, index: u32, by: i64, day: i32) -> Result<i64, Overflow> {
        let Some(lot) = self.all.get_mut(index as usize) else {
            return Ok(0);
        };
        if !lot.pending {
            if lot.expires < day {
                return Ok(0);
            }
            self.make_available(index, by)?;
            return Ok(by);
        }
        let was_void = lot.left == 0;
        add(&mut lot.left, by)?;
        add(&mut self.pending, by)?;
        if was_void {
            // Its day may have come while there was nothing to post.
            lot.posts = lot.posts.max(day);
            let posts = lot.posts;
            let place = self.waiting.partition_point(|&other| {
                self.all
                    .get(other as usize)
                    .is_some_and(|it| it.posts <= posts)
            });
            self.waiting.insert(place, index);
        }
        Ok(by)
    }

    /// Notes that a lot came to fewer points than it was made with.
    pub(crate) fn set_points(&mut self, index: u32, points: i64) {
        if let Some(lot) = self.all.get_mut(index as usize) {
            lot.points = points;
        }
    }

    /// Gives back what `taker` took: to the lots it came from. What has expired by `day` is forfeited; what was owed
    /// and not yet repaid is owed no more.
    pub(crate) fn give_back(&mut self, taker: u32, day: i32) -> Result<Returned, Overflow> {
        let mut returned = Returned::default();
        for debt in self.debts.iter_mut().filter(|debt| debt.taker == taker) {
            let owed = std::mem::take(&mut debt.left);
            add(&mut self.debt, -owed)?;
            add(&mut returned.restored, owed)?;
        }
        self.debts.retain(|debt| debt.left > 0);
        let mut back = Vec::new();
        self.allocations.retain(|it| {
            let is_its = it.taker == taker;
            if is_its {
                back.push(*it);
            }
            !is_its
        });
        for Allocation { lot, points, .. } in back {
            if self.get(lot).is_none_or(|lot| lot.expires < day) {
                add(&mut returned.forfeited, points)?;
                continue;
            }
            add(&mut returned.restored, points)?;
            self.make_available(lot, points)?;
        }
        Ok(returned)
    }

    /// The first pending lot that was earned and posts on these days.
    pub(crate) fn waiting_like(&self, earned: i32, posts: i32) -> Option<(u32, i64)> {
        self.waiting.iter().find_map(|&index| {
            let lot = self.get(index)?;
            let is_like = (lot.earned, lot.posts) == (earned, posts) && lot.left > 0;
            is_like.then_some((index, lot.left))
        })
    }

    /// Points of a pending lot leave with `taker`.
    pub(crate) fn leave_pending(
        &mut self,
        lot: u32,
        points: i64,
        taker: u32,
    ) -> Result<(), Overflow> {
        self.lower_pending(lot, points)?;
        self.left_pending.push(Allocation { taker, lot, points });
        Ok(())
    }

    /// The last pending lot that left with `taker` comes back: which, how much, and whether it is pending again.
    pub(crate) fn return_pending(
        &mut self,
        taker: u32,
        day: i32,
    ) -> Result<Option<(u32, i64)>, Overflow> {
        let place = self.left_pending.iter().rposition(|it| it.taker == taker);
        let Some(place) = place else {
            return Ok(None);
        };
        let Allocation { lot, points, .. } = self.left_pending.remove(place);
        self.raise(lot, points, day)?;
        Ok(Some((lot, points)))
    }

    /// Pending lots by day of posting.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &Lot> {
        self.waiting.iter().filter_map(|&lot| self.get(lot))
    }

    /// Moves every lot under an inactivity rule to its months after `day`.
    pub(crate) fn move_inactivity(&mut self, mut last_usable: impl FnMut(u32) -> i32) {
        if !self.inactivity {
            return;
        }
        for &index in self.open.iter().chain(&self.waiting) {
            if let Some(lot) = self.all.get_mut(index as usize)
                && lot.inactivity_months > 0
            {
                lot.expires = last_usable(lot.inactivity_months);
            }
        }
        let all = &self.all;
        let order = |&index: &u32| {
            all.get(index as usize)
                .map(|lot| (lot.expires, lot.earned, index))
        };
        self.open.make_contiguous().sort_unstable_by_key(order);
    }

    /// Points become available in a lot: debts are repaid, the rest can be spent.
    fn make_available(&mut self, index: u32, points: i64) -> Result<(), Overflow> {
        let mut rest = points;
        while rest > 0 {
            let Some(debt) = self.debts.front_mut() else {
                break;
            };
            let repaid = debt.left.min(rest);
            debt.left -= repaid;
            rest -= repaid;
            add(&mut self.debt, -repaid)?;
            if debt.taker != NO_TAKER {
                let taker = debt.taker;
                self.allocations.push(Allocation {
                    taker,
                    lot: index,
                    points: repaid,
                });
            }
            if debt.left == 0 {
                self.debts.pop_front();
            }
        }
        let place = self.place(index);
        let Some(lot) = self.all.get_mut(index as usize) else {
            return Ok(());
        };
        let was_open = self.open.get(place) == Some(&index);
        // A new lot comes with its points in `left`; a lot that gets some back has the others there.
        lot.left = if was_open {
            lot.left.checked_add(rest).ok_or(Overflow)?
        } else {
            rest
        };
        if !was_open && rest > 0 {
            self.open.insert(place, index);
        }
        add(&mut self.posted, rest)
    }

    /// Where a lot stands, or belongs, among the open ones.
    fn place(&self, index: u32) -> usize {
        let Some(lot) = self.get(index) else {
            return self.open.len();
        };
        let key = (lot.expires, lot.earned, index);
        // New lots usually expire last.
        if let Some(&last) = self.open.back()
            && self
                .get(last)
                .is_some_and(|it| (it.expires, it.earned, last) < key)
        {
            return self.open.len();
        }
        self.open.partition_point(|&other| {
            self.get(other)
                .is_some_and(|it| (it.expires, it.earned, other) < key)
        })
    }
}
