//! Redemptions that are recorded for an order: what they pay of it earns nothing, and they return when it comes back
//! whole.

use super::purchase::Returnable;
use super::recorded::{Did, State};
use super::{Fold, Sink};
use crate::ledger::{Entry, EntryKind};
use crate::lots::NO_TAKER;
use crate::step::Step;
use crate::timeline::{Happening, Item};
use crate::{Deed, Overflow, Recorded};
use model::{OrderId, Points};

impl<S: Sink> Fold<'_, S> {
    /// A redemption for an order came about or was reversed: what it pays of the order earns nothing.
    pub(super) fn look_at_payment(
        &mut self,
        order: OrderId,
        by: &Recorded<'_>,
    ) -> Result<(), Overflow> {
        let member = self.member;
        let of_order = |it: &Returnable| {
            let purchase = member.purchases.get(it.purchase as usize);
            purchase.is_some_and(|purchase| purchase.id == order)
        };
        let Some(place) = self.buffers.returnables.iter().rposition(of_order) else {
            return Ok(());
        };
        let paid = self.paid_for(order, by.at.0);
        let Some(mut state) = self.buffers.returnables.get(place).copied() else {
            return Ok(());
        };
        let (Some(purchase), Some(version)) = (
            member.purchases.get(state.purchase as usize),
            self.programs.versions().get(state.version),
        ) else {
            return Ok(());
        };
        if state.gone || paid == state.paid {
            return Ok(());
        }
        state.paid = paid;
        let points = self.points_left(state.purchase, version, purchase, &state)?;
        let lowered_by = state.points - points;
        state.points = points;
        self.change_by_payment(&state, by, order, lowered_by)?;
        let tiers = self.tiers();
        let change = (lowered_by, 0, 0);
        self.buffers
            .tiers
            .lower(tiers, state.contribution, change, by.day.0)?;
        if let Some(kept) = self.buffers.returnables.get_mut(place) {
            *kept = state;
        }
        Ok(())
    }

    /// Takes what an order no longer earns (below zero: gives it), whatever the refund policy: nothing came back.
    fn change_by_payment(
        &mut self,
        state: &Returnable,
        by: &Recorded<'_>,
        order: OrderId,
        lowered_by: i64,
    ) -> Result<(), Overflow> {
        let Some(lot) = state.lot.filter(|_| lowered_by != 0) else {
            return Ok(());
        };
        let pending = self.buffers.lots.get(lot).is_some_and(|lot| lot.pending);
        self.buffers.lots.set_points(lot, state.points);
        let mut forfeited = 0;
        let change = if lowered_by < 0 {
            let given = self.buffers.lots.raise(lot, -lowered_by, by.day.0)?;
            forfeited = -lowered_by - given;
            given
        } else if pending {
            self.buffers.lots.lower_pending(lot, lowered_by)?;
            -lowered_by
        } else {
            self.buffers
                .lots
                .take(lowered_by, Some(lot), NO_TAKER, true)?;
            -lowered_by
        };
        self.tally(Step {
            kind: EntryKind::Reversal,
            day: by.day,
            points: Points(change),
            order: Some(order),
            pending,
        });
        if S::LISTS {
            let mut made = Entry::payment(order, by, change);
            made.forfeited = Points(forfeited);
            self.sink.add(pending.then_some(lot), made);
        }
        let void = self
            .buffers
            .lots
            .get(lot)
            .is_some_and(|lot| lot.pending && lot.left == 0);
        if void {
            self.sink.release(lot);
        }
        Ok(())
    }

    /// A redemption for an order (or the reversal of its reversal) that holds.
    fn is_payment(state: &State, order: OrderId) -> bool {
        !state.reversed
            && matches!(state.did, Did::Took)
            && state.paid.is_some_and(|(of, _)| of == order)
    }

    /// What recorded redemptions pay of an order, in minor units: those so far, and those of the instant `at` that are
    /// still to come, so that it does not matter which of a purchase and its payment has the lower key.
    pub(super) fn paid_for(&self, order: OrderId, at: i64) -> i64 {
        let so_far = self
            .buffers
            .deeds
            .iter()
            .filter(|state| Self::is_payment(state, order))
            .filter_map(|state| state.paid);
        let sum = so_far.fold(0i64, |sum, (_, paid)| sum.saturating_add(paid));
        let to_come = self.rest.iter().take_while(|item| item.at == at);
        to_come.fold(sum, |sum, item| match self.payment(item) {
            Some((of, points)) if of == order => sum.saturating_add(self.worth_of(points)),
            _ => sum,
        })
    }

    fn payment(&self, item: &Item) -> Option<(OrderId, Points)> {
        let Happening::Recorded(index) = item.what else {
            return None;
        };
        match self.member.recorded.get(index as usize)?.what {
            Deed::Redemption {
                points,
                order: Some(order),
                reward: None,
            } => Some((order, points)),
            _ => None,
        }
    }

    /// The first redemption for an order that was not reversed, in the order in which they happened.
    pub(super) fn next_redeemed(&self, order: OrderId) -> Option<u32> {
        let found = self
            .buffers
            .deeds
            .iter()
            .find(|state| Self::is_payment(state, order));
        found.map(|state| state.index)
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
}
