//! Recorded entries: what people did with points.

use super::{Fold, Sink};
use crate::expiry::NEVER;
use crate::ledger::{Entry, EntryKind};
use crate::lots::{Lot, NO_CONTRIBUTION, Source};
use crate::step::Step;
use crate::tiers::{Contribution, Kept};
use crate::{Deed, Ends, Overflow, Recorded};
use model::program::RefundPolicy;
use model::{EntryId, OrderId, Points};

/// What a recorded entry did, for its reversal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct State {
    /// Index in `Member::recorded`.
    pub(super) index: u32,
    pub(super) id: EntryId,
    pub(super) did: Did,
    /// What it paid of an order, in minor units, while it is not reversed.
    pub(super) paid: Option<(OrderId, i64)>,
    pub(super) reversed: bool,
}

/// What a transfer or merging brought.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Brought {
    /// Lots from this one on,
    pub(super) first: u32,
    /// so many.
    pub(super) count: u32,
    /// The tier before a merging.
    pub(super) tier: Option<Kept>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Did {
    /// Took points; the allocations are under its index.
    Took,
    /// Gave a lot.
    Gave { lot: u32, points: i64 },
    /// Gave back what another had taken.
    GaveBack { points: i64 },
    /// Brought lots, and a debt under its index.
    MovedIn(Brought),
    /// Lots left, under its index, and a debt: what repaid it.
    MovedOut { credit: Option<u32>, debt: i64 },
}

/// What came of a reversal.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Undone {
    pub(super) points: i64,
    pub(super) waived: i64,
    pub(super) forfeited: i64,
}

impl<S: Sink> Fold<'_, S> {
    pub(super) fn recorded(&mut self, index: u32) -> Result<(), Overflow> {
        let Some(entry) = self.member.recorded.get(index as usize) else {
            return Ok(());
        };
        match entry.what {
            Deed::Redemption {
                points,
                reward,
                order,
            } => {
                self.take_recorded(index, entry, points, EntryKind::Redemption, reward)?;
                match order {
                    Some(order) => self.look_at_payment(order, entry),
                    None => Ok(()),
                }
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
            Deed::TransferIn { lots } => self.move_in(index, entry, lots, Points::ZERO, None),
            Deed::MergeIn {
                lots,
                debt,
                tier,
                tier_until,
            } => {
                let before = self.buffers.tiers.kept();
                self.move_in(index, entry, lots, debt, Some(before))?;
                if let (Some(tiers), Some(tier)) = (self.tiers(), tier) {
                    let until = tier_until.map(|day| day.0);
                    self.buffers
                        .tiers
                        .keep_higher(tiers, tier, until, entry.day.0);
                }
                Ok(())
            }
            Deed::MergeOut { lots, debt } => self.move_out(index, entry, lots, debt),
        }
    }

    pub(super) fn list(&mut self, entry: &Recorded<'_>, kind: EntryKind, points: i64) {
        self.tally_recorded(entry, kind, points);
        if S::LISTS {
            let mut made = Entry::recorded(entry, kind, points);
            made.reversible = true;
            self.sink.add(None, made);
        }
    }

    fn tally_recorded(&mut self, entry: &Recorded<'_>, kind: EntryKind, points: i64) {
        let order = match entry.what {
            Deed::Redemption { order, .. } => order,
            _ => None,
        };
        self.tally(Step {
            kind,
            day: entry.day,
            points: Points(points),
            order,
            pending: false,
        });
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
        let paid = match entry.what {
            Deed::Redemption {
                order: Some(order),
                reward: None,
                ..
            } => Some((order, self.worth_of(points))),
            // A reward for an order pays nothing of it, but comes back with it.
            Deed::Redemption {
                order: Some(order), ..
            } => Some((order, 0)),
            _ => None,
        };
        self.note(index, entry.id, Did::Took, paid);
        self.tally_recorded(entry, kind, -wanted);
        if S::LISTS {
            let mut made = Entry::recorded(entry, kind, -wanted);
            made.reward = reward.map(str::to_owned);
            made.reversible = true;
            self.sink.add(None, made);
        }
        Ok(())
    }

    /// What points are worth by the version in force, in minor units.
    pub(super) fn worth_of(&self, points: Points) -> i64 {
        self.in_force()
            .map_or(0, |(_, version)| crate::worth(version.program(), points).0)
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
        self.note(index, entry.id, Did::Gave { lot: given, points }, None);
        self.tally_recorded(entry, kind, points);
        if S::LISTS {
            let mut made = Entry::recorded(entry, kind, points);
            made.expires_on = super::day_of(expires);
            made.reversible = true;
            self.sink.add(None, made);
        }
        Ok(())
    }

    pub(super) fn note(&mut self, index: u32, id: EntryId, did: Did, paid: Option<(OrderId, i64)>) {
        self.buffers.deeds.push(State {
            index,
            id,
            did,
            paid,
            reversed: false,
        });
    }

    fn reverse(&mut self, index: u32, entry: &Recorded<'_>, of: EntryId) -> Result<(), Overflow> {
        // The same key was recorded twice, on two devices: whichever is reversed, it is the one that counts.
        let aliases = &self.buffers.aliases;
        let known = aliases.iter().find(|(dropped, _)| *dropped == of);
        let of = known.map_or(of, |(_, kept)| *kept);
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
        let undone = self.undo(index, entry, target)?;
        self.tally_recorded(entry, EntryKind::Reversal, undone.points);
        if S::LISTS {
            let mut made = Entry::recorded(entry, EntryKind::Reversal, undone.points);
            made.reverses = Some(of.to_string());
            made.waived = Points(undone.waived);
            made.forfeited = Points(undone.forfeited);
            made.reversible = !matches!(target.did, Did::MovedIn(_) | Did::MovedOut { .. });
            self.sink.add(None, made);
            self.sink.reversed(of);
        }
        match target.paid {
            Some((order, _)) => self.look_at_payment(order, entry),
            None => Ok(()),
        }
    }

    fn undo(
        &mut self,
        index: u32,
        entry: &Recorded<'_>,
        target: State,
    ) -> Result<Undone, Overflow> {
        let day = entry.day.0;
        match target.did {
            Did::Took => {
                let returned = self.buffers.lots.give_back(target.index, day)?;
                let points = returned.restored;
                self.note(index, entry.id, Did::GaveBack { points }, target.paid);
                Ok(Undone {
                    points,
                    forfeited: returned.forfeited,
                    ..Undone::default()
                })
            }
            Did::Gave { lot, points } => {
                let may_owe = self
                    .in_force()
                    .is_none_or(|(_, version)| version.program().refund == RefundPolicy::Unlimited);
                let waived = self.buffers.lots.take(points, Some(lot), index, may_owe)?;
                let contribution = self.buffers.lots.get(lot).map(|lot| lot.contribution);
                if let Some(contribution) = contribution.filter(|it| *it != NO_CONTRIBUTION) {
                    let tiers = self.tiers();
                    let by = (points, 0, 0);
                    self.buffers.tiers.lower(tiers, contribution, by, day)?;
                }
                self.note(index, entry.id, Did::Took, None);
                Ok(Undone {
                    points: waived - points,
                    waived,
                    ..Undone::default()
                })
            }
            Did::GaveBack { points } => {
                self.buffers.lots.take(points, None, index, true)?;
                self.note(index, entry.id, Did::Took, target.paid);
                Ok(Undone {
                    points: -points,
                    ..Undone::default()
                })
            }
            Did::MovedIn(brought) => self.send_back(index, entry, target.index, brought),
            Did::MovedOut { credit, debt } => {
                self.bring_back(index, entry, target.index, (credit, debt))
            }
        }
    }
}
