//! Recorded entries: what people did with points.

use super::{Fold, Sink};
use crate::expiry::NEVER;
use crate::ledger::{Entry, EntryKind};
use crate::lots::{Lot, NO_CONTRIBUTION, Source};
use crate::tiers::Contribution;
use crate::{Deed, Ends, MovedLot, Overflow, Recorded};
use model::program::RefundPolicy;
use model::{EntryId, OrderId, Points};

/// What a recorded entry did, for its reversal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct State {
    /// Index in `Member::recorded`.
    index: u32,
    id: EntryId,
    did: Did,
    reversed: bool,
}

#[derive(Clone, Copy, Debug)]
enum Did {
    /// Took points; the allocations are under its index.
    Took,
    /// Gave a lot.
    Gave { lot: u32, points: i64 },
    /// Gave back what another had taken.
    GaveBack { points: i64 },
}

impl<S: Sink> Fold<'_, S> {
    pub(super) fn recorded(&mut self, index: u32) -> Result<(), Overflow> {
        let Some(entry) = self.member.recorded.get(index as usize) else {
            return Ok(());
        };
        match entry.what {
            Deed::Redemption { points, reward, .. } => {
                self.take_recorded(index, entry, points, EntryKind::Redemption, reward)
            }
            Deed::Adjustment {
                points: Points(points),
            } if points < 0 => {
                let wanted = Points(points.checked_neg().ok_or(Overflow)?);
                self.take_recorded(index, entry, wanted, EntryKind::Adjustment, None)
            }
            Deed::Adjustment { points } => {
                self.give_recorded(index, entry, points, Ends::ByProgram, EntryKind::Adjustment)
            }
            Deed::Bonus { points, ends, .. } => {
                self.give_recorded(index, entry, points, ends, EntryKind::Accrual)
            }
            Deed::Reversal { of } => self.reverse(index, entry, of),
            Deed::TransferOut { points } => {
                self.take_recorded(index, entry, points, EntryKind::Transfer, None)
            }
            Deed::TransferIn { lots } => self.move_in(entry, lots, Points::ZERO),
            Deed::MergeIn {
                lots,
                debt,
                tier,
                tier_until,
            } => {
                self.move_in(entry, lots, debt)?;
                if let (Some(tiers), Some(tier)) = (self.tiers(), tier) {
                    let until = tier_until.map(|day| day.0);
                    self.buffers
                        .tiers
                        .keep_higher(tiers, tier, until, entry.day.0);
                }
                Ok(())
            }
            Deed::MergeOut => {
                while let Some((lot, points)) = self.buffers.lots.first_pending() {
                    self.buffers.lots.lower_pending(lot, points)?;
                    if S::LISTS {
                        let mut made = Entry::recorded(entry, EntryKind::Transfer, -points);
                        if let Some(source) = self.buffers.lots.get(lot).map(|lot| lot.source) {
                            // One recorded entry voids several accruals.
                            made.id = format!("{}:{}", entry.id, source.entry_id());
                            made.key.clone_from(&made.id);
                            made.recorded = false;
                        }
                        self.sink.add(Some(lot), made);
                        self.sink.release(lot);
                    }
                }
                let balance = self.buffers.lots.close();
                self.list(entry, EntryKind::Transfer, -balance);
                Ok(())
            }
        }
    }

    fn list(&mut self, entry: &Recorded<'_>, kind: EntryKind, points: i64) {
        if S::LISTS {
            self.sink.add(None, Entry::recorded(entry, kind, points));
        }
    }

    fn take_recorded(
        &mut self,
        index: u32,
        entry: &Recorded<'_>,
        points: Points,
        kind: EntryKind,
        reward: Option<&str>,
    ) -> Result<(), Overflow> {
        let wanted = points.0.max(0);
        // What is recorded happened. If other facts have since left too few points for it, the rest is owed.
        self.buffers.lots.take(wanted, None, index, true)?;
        if kind != EntryKind::Transfer {
            self.note(index, entry.id, Did::Took);
        }
        if S::LISTS {
            let mut made = Entry::recorded(entry, kind, -wanted);
            made.reward = reward.map(str::to_owned);
            made.reversible = kind != EntryKind::Transfer;
            self.sink.add(None, made);
        }
        Ok(())
    }

    fn give_recorded(
        &mut self,
        index: u32,
        entry: &Recorded<'_>,
        points: Points,
        ends: Ends,
        kind: EntryKind,
    ) -> Result<(), Overflow> {
        let (day, points) = (entry.day.0, points.0.max(0));
        let (expires, inactivity_months) = match ends {
            Ends::ByProgram => self.expiry_by_program(day),
            Ends::Never => (NEVER, 0),
            Ends::On(last) => (last.0, 0),
        };
        let contribution = match entry.what {
            Deed::Bonus {
                qualifies: true, ..
            } => self.contribute(Contribution {
                day,
                points,
                posted: true,
                spend: 0,
                visits: 0,
            })?,
            _ => NO_CONTRIBUTION,
        };
        let lot = Lot {
            source: Source::Recorded(entry.id),
            earned: day,
            expires,
            posts: day,
            points,
            left: points,
            inactivity_months,
            contribution,
            pending: false,
        };
        let given = self.buffers.lots.give(lot)?;
        self.note(index, entry.id, Did::Gave { lot: given, points });
        if S::LISTS {
            let mut made = Entry::recorded(entry, kind, points);
            made.expires_on = super::day_of(expires);
            made.reversible = true;
            self.sink.add(None, made);
        }
        Ok(())
    }

    fn note(&mut self, index: u32, id: EntryId, did: Did) {
        let reversed = false;
        self.buffers.deeds.push(State {
            index,
            id,
            did,
            reversed,
        });
    }

    fn reverse(&mut self, index: u32, entry: &Recorded<'_>, of: EntryId) -> Result<(), Overflow> {
        let target = self
            .buffers
            .deeds
            .iter_mut()
            .find(|state| state.id == of && !state.reversed);
        let Some(target) = target else {
            // A second reversal, or one of an entry that is not there.
            return Ok(());
        };
        target.reversed = true;
        let target = *target;
        let (mut waived, mut forfeited) = (0, 0);
        let points = match target.did {
            Did::Took => {
                let returned = self.buffers.lots.give_back(target.index, entry.day.0)?;
                forfeited = returned.forfeited;
                self.note(
                    index,
                    entry.id,
                    Did::GaveBack {
                        points: returned.restored,
                    },
                );
                returned.restored
            }
            Did::Gave { lot, points } => {
                let may_owe = self
                    .in_force()
                    .is_none_or(|(_, version)| version.program().refund == RefundPolicy::Unlimited);
                waived = self.buffers.lots.take(points, Some(lot), index, may_owe)?;
                let contribution = self.buffers.lots.get(lot).map(|lot| lot.contribution);
                if let Some(contribution) = contribution.filter(|it| *it != NO_CONTRIBUTION) {
                    let tiers = self.tiers();
                    let by = (points, 0, 0);
                    self.buffers
                        .tiers
                        .lower(tiers, contribution, by, entry.day.0)?;
                }
                self.note(index, entry.id, Did::Took);
                waived - points
            }
            Did::GaveBack { points } => {
                self.buffers.lots.take(points, None, index, true)?;
                self.note(index, entry.id, Did::Took);
                -points
            }
        };
        if S::LISTS {
            let mut made = Entry::recorded(entry, EntryKind::Reversal, points);
            made.reverses = Some(of.to_string());
            made.waived = Points(waived);
            made.forfeited = Points(forfeited);
            made.reversible = true;
            self.sink.add(None, made);
            self.sink.reversed(of);
        }
        Ok(())
    }

    /// The first redemption for an order that was not reversed, in the order in which they happened.
    pub(super) fn next_redeemed(&self, order: OrderId) -> Option<u32> {
        let paid_for = |state: &&State| {
            let entry = self.member.recorded.get(state.index as usize);
            entry.is_some_and(|entry| match entry.what {
                Deed::Redemption { order: paid, .. } => paid == Some(order) && !state.reversed,
                _ => false,
            })
        };
        self.buffers
            .deeds
            .iter()
            .find(paid_for)
            .map(|state| state.index)
    }

    pub(super) fn note_returned(&mut self, index: u32) {
        let state = self
            .buffers
            .deeds
            .iter_mut()
            .find(|state| state.index == index);
        if let Some(state) = state {
            state.reversed = true;
            let id = state.id;
            if S::LISTS {
                self.sink.reversed(id);
            }
        }
    }

    /// Lots, and a debt, of another member come in. They keep their expiry and do not qualify.
    fn move_in(
        &mut self,
        entry: &Recorded<'_>,
        lots: &[MovedLot],
        debt: Points,
    ) -> Result<(), Overflow> {
        let mut sum: i64 = 0;
        for (moved, number) in lots.iter().zip(0u32..) {
            let points = moved.points.0.max(0);
            sum = sum.checked_add(points).ok_or(Overflow)?;
            self.buffers.lots.give(Lot {
                source: Source::Moved(entry.id, number),
                earned: moved.earned_on.0,
                expires: moved.expires_on.map_or(NEVER, |day| day.0),
                posts: entry.day.0,
                points,
                left: points,
                inactivity_months: 0,
                contribution: NO_CONTRIBUTION,
                pending: false,
            })?;
        }
        let debt = debt.0.max(0);
        self.buffers.lots.owe(debt)?;
        let points = sum.checked_sub(debt).ok_or(Overflow)?;
        self.list(entry, EntryKind::Transfer, points);
        Ok(())
    }
}
