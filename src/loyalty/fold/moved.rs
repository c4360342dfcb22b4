//! Points that move between members: transfers and mergings, and their way back.

use super::{Fold, Sink};
use crate::expiry::NEVER;
use crate::fold::recorded::{Brought, Did, Undone};
use crate::ledger::{Entry, EntryKind};
use crate::lots::{Lot, NO_CONTRIBUTION, Source};
use crate::tiers::Kept;
use crate::{MovedLot, Overflow, Recorded};
use model::{Day, Points};

impl<S: Sink> Fold<'_, S> {
    /// Lots, and a debt, of another member come in. They keep their expiry and do not qualify.
    pub(super) fn move_in(
        &mut self,
        index: u32,
        entry: &Recorded<'_>,
        lots: &[MovedLot],
        debt: Points,
        tier: Option<Kept>,
    ) -> Result<(), Overflow> {
        let mut sum: i64 = 0;
        let first = self.buffers.lots.count();
        for (moved, number) in lots.iter().zip(0u32..) {
            let points = moved.points.0.max(0);
            let posts = moved.posts_on.map_or(entry.day.0, |day| day.0);
            let pending = posts > entry.day.0 && points > 0;
            let lot = Lot {
                source: Source::Moved(entry.id, number),
                earned: moved.earned_on.0,
                expires: moved.expires_on.map_or(NEVER, |day| day.0),
                posts,
                points,
                left: points,
                inactivity_months: 0,
                contribution: NO_CONTRIBUTION,
                pending,
            };
            let given = self.buffers.lots.give(lot)?;
            if pending {
                self.list_pending(entry, EntryKind::Transfer, given, points);
            } else {
                sum = sum.checked_add(points).ok_or(Overflow)?;
            }
        }
        let count = self.buffers.lots.count() - first;
        let debt = debt.0.max(0);
        self.buffers.lots.take(debt, None, index, true)?;
        let balance = sum.checked_sub(debt).ok_or(Overflow)?;
        let brought = Brought { first, count, tier };
        self.note(index, entry.id, Did::MovedIn(brought), None);
        self.list(entry, EntryKind::Transfer, balance);
        Ok(())
    }

    /// What a transfer or merging brought goes back: from its lots, then from the others, then it is owed.
    pub(super) fn send_back(
        &mut self,
        index: u32,
        entry: &Recorded<'_>,
        taker: u32,
        brought: Brought,
    ) -> Result<Undone, Overflow> {
        let day = entry.day.0;
        let owed = self.buffers.lots.give_back(taker, day)?;
        let mut gone: i64 = 0;
        for lot in brought.first..brought.first.saturating_add(brought.count) {
            let Some(&it) = self.buffers.lots.get(lot) else {
                continue;
            };
            if it.pending {
                self.buffers.lots.lower_pending(lot, it.left)?;
                self.list_pending(entry, EntryKind::Reversal, lot, -it.left);
                self.sink.release(lot);
            } else {
                gone = gone.checked_add(it.points).ok_or(Overflow)?;
                self.buffers.lots.take(it.points, Some(lot), index, true)?;
            }
        }
        if brought.tier.is_some() {
            let tiers = self.tiers();
            self.buffers.tiers.unmerge(tiers, brought.tier, day);
        }
        self.note(index, entry.id, Did::Took, None);
        Ok(Undone {
            points: owed.restored.checked_sub(gone).ok_or(Overflow)?,
            forfeited: owed.forfeited,
            waived: 0,
        })
    }

    /// What a member had leaves for the one that they are merged into. What other facts have changed of it since is
    /// owed or left over here, so that both sides always come to the same.
    pub(super) fn move_out(
        &mut self,
        index: u32,
        entry: &Recorded<'_>,
        lots: &[MovedLot],
        debt: Points,
    ) -> Result<(), Overflow> {
        let mut gone: i64 = 0;
        for moved in lots {
            let mut missing = moved.points.0.max(0);
            let posts = moved.posts_on.map_or(entry.day.0, |day| day.0);
            while missing > 0 && posts > entry.day.0 {
                let like = self.buffers.lots.waiting_like(moved.earned_on.0, posts);
                let Some((lot, left)) = like else {
                    break;
                };
                let part = left.min(missing);
                self.buffers.lots.leave_pending(lot, part, index)?;
                self.list_pending(entry, EntryKind::Transfer, lot, -part);
                if part == left {
                    self.sink.release(lot);
                }
                missing -= part;
            }
            gone = gone.checked_add(missing).ok_or(Overflow)?;
        }
        self.buffers.lots.take(gone, None, index, true)?;
        let debt = debt.0.max(0);
        let credit = self.credit(entry, debt)?;
        self.buffers.tiers.leave();
        self.note(index, entry.id, Did::MovedOut { credit, debt }, None);
        let balance = debt.checked_sub(gone).ok_or(Overflow)?;
        self.list(entry, EntryKind::Transfer, balance);
        Ok(())
    }

    /// A debt that leaves is points that come in: they repay it.
    fn credit(&mut self, entry: &Recorded<'_>, debt: i64) -> Result<Option<u32>, Overflow> {
        if debt == 0 {
            return Ok(None);
        }
        let lot = Lot {
            source: Source::Recorded(entry.id),
            earned: entry.day.0,
            expires: NEVER,
            posts: entry.day.0,
            points: debt,
            left: debt,
            inactivity_months: 0,
            contribution: NO_CONTRIBUTION,
            pending: false,
        };
        self.buffers.lots.give(lot).map(Some)
    }

    /// A merging is reversed: everything comes back, as far as it has not expired, and is owed again.
    pub(super) fn bring_back(
        &mut self,
        index: u32,
        entry: &Recorded<'_>,
        taker: u32,
        (credit, debt): (Option<u32>, i64),
    ) -> Result<Undone, Overflow> {
        let day = entry.day.0;
        self.buffers.lots.take(debt, credit, index, true)?;
        let returned = self.buffers.lots.give_back(taker, day)?;
        while let Some((lot, points)) = self.buffers.lots.return_pending(taker, day)? {
            self.list_pending(entry, EntryKind::Reversal, lot, points);
        }
        let tiers = self.tiers();
        self.buffers.tiers.unmerge(tiers, None, day);
        Ok(Undone {
            points: returned.restored.checked_sub(debt).ok_or(Overflow)?,
            forfeited: returned.forfeited,
            waived: 0,
        })
    }

    /// Lists a move of pending points: one recorded entry moves several accruals.
    fn list_pending(&mut self, entry: &Recorded<'_>, kind: EntryKind, lot: u32, points: i64) {
        self.tally(crate::Step {
            kind,
            day: entry.day,
            points: Points(points),
            order: None,
            pending: true,
        });
        if !S::LISTS {
            return;
        }
        let Some(it) = self.buffers.lots.get(lot) else {
            return;
        };
        let mut made = Entry::recorded(entry, kind, points);
        made.id = format!("{}:{}", entry.id, it.source.entry_id());
        made.key.clone_from(&made.id);
        made.posts_on = Some(Day(it.posts));
        made.expires_on = super::day_of(it.expires);
        made.recorded = false;
        self.sink.add(Some(lot), made);
    }
}
