//! Purchases and their refunds.

use super::{Fold, Sink};
use crate::earn::{self, Left};
use crate::ledger::{Entry, EntryKind};
use crate::lots::{Lot, NO_TAKER, Source};
use crate::programs::Compiled;
use crate::step::Step;
use crate::tiers::Contribution;
use crate::timeline::Item;
use crate::{Line, Overflow, Purchase, Refund};
use model::program::RefundPolicy;
use model::{Money, OrderStatus, Points};

/// A purchase that is refunded some day: what a refund needs to know of the moment it was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Returnable {
    pub(super) purchase: u32,
    /// Its lot; `None` if it earned nothing.
    pub(super) lot: Option<u32>,
    pub(super) contribution: u32,
    /// Version and tier level in force then.
    pub(super) version: usize,
    pub(super) level: u16,
    /// What came back so far.
    pub(super) refunded: i64,
    /// What recorded redemptions pay of it, in minor units.
    pub(super) paid: i64,
    /// What it earns after the refunds so far.
    pub(super) points: i64,
    /// What the refund policy left with the member.
    pub(super) waived: i64,
    /// Wholly returned.
    pub(super) gone: bool,
}

/// What a capped rule gave for a purchase, and the room its cap left then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given {
    purchase: u32,
    rule: u16,
    points: i64,
    room: i64,
}

/// Thousandths of a line that came back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReturnedQuantity {
    purchase: u32,
    line: u32,
    quantity_milli: i64,
}

impl<S: Sink> Fold<'_, S> {
    pub(super) fn purchase(&mut self, index: u32) -> Result<(), Overflow> {
        let Some(purchase) = self.member.purchases.get(index as usize) else {
            return Ok(());
        };
        let Some((version_index, version)) = self.in_force() else {
            return Ok(());
        };
        if purchase.status == OrderStatus::Refunded && !self.is_covered(purchase) {
            return Ok(());
        }
        let day = purchase.day.0;
        self.move_inactivity(day);
        let level = self.buffers.tiers.level;
        let is_paid = self.buffers.paid_orders.contains(&purchase.id);
        let (mut paid, patched);
        let mut purchase = purchase;
        paid = 0;
        if is_paid {
            paid = self.paid_for(purchase.id, purchase.at.0);
            patched = with_paid(purchase, paid);
            purchase = &patched;
        }
        let returns = purchase.refunds.len > 0 || is_paid;
        let left = self.weigh(index, version, purchase, 0)?;
        let lines = lines(self.member.lines, version, purchase);
        let scratch = &mut self.buffers.earn;
        let mut points = earn::earn(version, level, purchase, lines, left, scratch)?;
        if version.has_caps() {
            points = self.cap_purchase(version, index, purchase, returns)?;
        }
        points = points.max(0);
        let (lot, contribution) = self.earned(version, purchase, points)?;
        if returns {
            self.buffers.returnables.push(Returnable {
                purchase: index,
                lot,
                contribution,
                version: version_index,
                level,
                refunded: 0,
                paid,
                points,
                waived: 0,
                gone: false,
            });
        }
        Ok(())
    }

    /// Gives what a purchase earned, and counts it for the tier: its lot, if it earned any, and its contribution.
    fn earned(
        &mut self,
        version: &Compiled,
        purchase: &Purchase,
        points: i64,
    ) -> Result<(Option<u32>, u32), Overflow> {
        let day = purchase.day.0;
        let pending_days = i32::try_from(version.program().pending_days).unwrap_or(i32::MAX);
        let pending = pending_days > 0 && points > 0;
        let (expires, inactivity_months) = self.expiry_by_program(day);
        let contribution = self.contribute(Contribution {
            day,
            points,
            posted: !pending,
            spend: purchase.amount.0.max(0),
            visits: 1,
        })?;
        if points == 0 {
            return Ok((None, contribution));
        }
        let lot = Lot {
            source: Source::Purchase(purchase.id),
            earned: day,
            expires,
            posts: day.saturating_add(pending_days),
            points,
            left: points,
            inactivity_months,
            contribution,
            pending,
        };
        let given = self.buffers.lots.give(lot)?;
        self.tally(Step {
            kind: EntryKind::Accrual,
            day: purchase.day,
            points: Points(points),
            order: Some(purchase.id),
            pending,
        });
        if S::LISTS {
            let parts = &self.buffers.earn.parts;
            let entry = Entry::accrual(&lot, Some(purchase.at), version, parts);
            self.sink.add(pending.then_some(given), entry);
        }
        Ok((Some(given), contribution))
    }

    fn move_inactivity(&mut self, day: i32) {
        let mut known: Option<(u32, i32)> = None;
        self.buffers.lots.move_inactivity(|months| match known {
            Some((same, last)) if same == months => last,
            _ => {
                let last = crate::expiry::plus_months(model::Day(day), months).0;
                known = Some((months, last));
                last
            }
        });
    }

    /// Whether the refunds of an order that is marked as returned account for all of it. If not, nobody knows when
    /// it came back, and it counts as if it had never been.
    fn is_covered(&self, purchase: &Purchase) -> bool {
        let refunds = purchase.refunds.of(self.member.refunds);
        let mut sum: i64 = 0;
        for (place, refund) in refunds.iter().enumerate() {
            let earlier = refunds.iter().take(place);
            let again = |it: &Refund<'_>| !it.key.is_empty() && it.key == refund.key;
            if !earlier.into_iter().any(again) {
                sum = sum.saturating_add(refund.amount.0.max(0));
            }
        }
        !refunds.is_empty() && sum >= purchase.amount.0
    }

    /// Caps what the rules give for a purchase and notes it for its refunds; returns the sum.
    fn cap_purchase(
        &mut self,
        version: &Compiled,
        index: u32,
        purchase: &Purchase,
        returns: bool,
    ) -> Result<i64, Overflow> {
        let day = purchase.day.0;
        if returns {
            // Also rules that give nothing now: on what is left after a refund, or without a payment, they may.
            for rule in version.purchase_rules() {
                let mut parts = self.buffers.earn.parts.iter();
                let points = parts
                    .find(|part| part.rule == rule)
                    .map_or(0, |it| it.points);
                let room = self.room(version, rule, day);
                self.buffers.given.push(Given {
                    purchase: index,
                    rule,
                    points: points.min(room),
                    room,
                });
            }
        }
        self.apply_caps(version, day)
    }

    /// What is left of a purchase after `refunded` and the quantities that came back.
    fn weigh(
        &mut self,
        index: u32,
        version: &Compiled,
        purchase: &Purchase,
        refunded: i64,
    ) -> Result<Left, Overflow> {
        let amount = purchase.amount.0.saturating_sub(refunded).max(0);
        if version.plain {
            return Ok(Left { amount, rest: 1 });
        }
        let lines = purchase.lines.of(self.member.lines);
        let returned = &self.buffers.returned;
        let quantity = |line: u32| {
            let of_line = returned
                .iter()
                .filter(|it| (it.purchase, it.line) == (index, line));
            of_line.fold(0i64, |sum, it| sum.saturating_add(it.quantity_milli))
        };
        let weights = &mut self.buffers.earn.weights;
        let rest = earn::weigh(purchase, lines, refunded, quantity, weights)?;
        Ok(Left { amount, rest })
    }

    pub(super) fn refund(&mut self, refund: u32, index: u32, item: Item) -> Result<(), Overflow> {
        let place = self
            .buffers
            .returnables
            .iter()
            .rposition(|it| it.purchase == index);
        let (Some(place), Some(purchase), Some(refund)) = (
            place,
            self.member.purchases.get(index as usize),
            self.member.refunds.get(refund as usize),
        ) else {
            return Ok(());
        };
        let Some(mut state) = self.buffers.returnables.get(place).copied() else {
            return Ok(());
        };
        let Some(version) = self.programs.versions().get(state.version) else {
            return Ok(());
        };
        let before = state.refunded;
        let back = refund
            .amount
            .0
            .clamp(0, purchase.amount.0.saturating_sub(before).max(0));
        state.refunded = state.refunded.saturating_add(back);
        for line in refund.lines.of(self.member.refund_lines) {
            self.buffers.returned.push(ReturnedQuantity {
                purchase: index,
                line: line.line,
                quantity_milli: line.quantity_milli.max(0),
            });
        }
        let was_gone = state.gone;
        state.gone |= state.refunded >= purchase.amount.0;
        let points = self.points_left(index, version, purchase, &state)?;
        let lowered_by = state.points - points;
        state.points = points;
        if state.gone && !was_gone {
            self.return_redeemed(purchase, refund, item)?;
        }
        self.take_back(&mut state, version, purchase, refund, item, lowered_by)?;
        let visits = i64::from(state.gone && !was_gone);
        let tiers = self.tiers();
        let by = (lowered_by, back, visits);
        self.buffers
            .tiers
            .lower(tiers, state.contribution, by, item.day)?;
        if let Some(kept) = self.buffers.returnables.get_mut(place) {
            *kept = state;
        }
        Ok(())
    }

    /// What the purchase earns on what is left of it, with the version, tier and cap room of its moment.
    pub(super) fn points_left(
        &mut self,
        index: u32,
        version: &Compiled,
        purchase: &Purchase,
        state: &Returnable,
    ) -> Result<i64, Overflow> {
        self.buffers.earn.parts.clear();
        let purchase = &with_paid(purchase, state.paid);
        let mut sum = 0;
        if !state.gone {
            let left = self.weigh(index, version, purchase, state.refunded)?;
            let lines = lines(self.member.lines, version, purchase);
            let scratch = &mut self.buffers.earn;
            sum = earn::earn(version, state.level, purchase, lines, left, scratch)?;
        }
        if version.has_caps() {
            sum = self.cap_again(index, version, purchase.day.0)?;
        }
        Ok(sum.max(0))
    }

    /// Caps what the rules give on what is left, each with the room it had; what a cap no longer needs it has again.
    fn cap_again(&mut self, index: u32, version: &Compiled, day: i32) -> Result<i64, Overflow> {
        let mut given = std::mem::take(&mut self.buffers.given);
        let mut sum: i64 = 0;
        for it in given.iter_mut().filter(|it| it.purchase == index) {
            let part = self
                .buffers
                .earn
                .parts
                .iter()
                .find(|part| part.rule == it.rule);
            let now = part.map_or(0, |part| part.points).min(it.room);
            self.use_room(version, it.rule, day, now - it.points)?;
            it.points = now;
            sum = sum.checked_add(now).ok_or(Overflow)?;
        }
        self.buffers.given = given;
        Ok(sum)
    }

    /// Redeemed points return on a full return, to their lots.
    fn return_redeemed(
        &mut self,
        purchase: &Purchase,
        refund: &Refund<'_>,
        item: Item,
    ) -> Result<(), Overflow> {
        while let Some(index) = self.next_redeemed(purchase.id) {
            self.note_returned(index);
            let Some(entry) = self.member.recorded.get(index as usize) else {
                continue;
            };
            let returned = self.buffers.lots.give_back(index, item.day)?;
            let back = returned.restored;
            self.tally(Step {
                kind: EntryKind::Reversal,
                day: model::Day(item.day),
                points: Points(back),
                order: Some(purchase.id),
                pending: false,
            });
            if S::LISTS {
                let mut made = Entry::refund(purchase.id, refund, item, returned.restored);
                made.id = format!("order:{}:return:{}", purchase.id, entry.id);
                made.key.clone_from(&made.id);
                made.reverses = Some(entry.id.to_string());
                made.forfeited = Points(returned.forfeited);
                self.sink.add(None, made);
            }
        }
        Ok(())
    }

    /// Takes back (below zero: gives back) what the purchase no longer earns.
    fn take_back(
        &mut self,
        state: &mut Returnable,
        version: &Compiled,
        purchase: &Purchase,
        refund: &Refund<'_>,
        item: Item,
        lowered_by: i64,
    ) -> Result<(), Overflow> {
        let Some(lot) = state.lot else {
            return Ok(());
        };
        let pending = self.buffers.lots.get(lot).is_some_and(|lot| lot.pending);
        self.buffers.lots.set_points(lot, state.points);
        if lowered_by == 0 {
            return Ok(());
        }
        let (mut waived, mut forfeited) = (0, 0);
        let taken = if lowered_by < 0 {
            // The first refund said less than the later ones make clear; what was waived then is not given twice.
            let kept = state.waived.min(-lowered_by);
            state.waived -= kept;
            let back = -lowered_by - kept;
            let given = self.buffers.lots.raise(lot, back, item.day)?;
            forfeited = back - given;
            -given
        } else if pending {
            self.buffers.lots.lower_pending(lot, lowered_by)?;
            lowered_by
        } else {
            waived = match version.program().refund {
                RefundPolicy::OnlyPending => lowered_by,
                RefundPolicy::WithinBalance => {
                    self.buffers
                        .lots
                        .take(lowered_by, Some(lot), NO_TAKER, false)?
                }
                RefundPolicy::Unlimited => {
                    self.buffers
                        .lots
                        .take(lowered_by, Some(lot), NO_TAKER, true)?
                }
            };
            lowered_by - waived
        };
        state.waived = state.waived.saturating_add(waived);
        self.tally(Step {
            kind: EntryKind::Reversal,
            day: model::Day(item.day),
            points: Points(-taken),
            order: Some(purchase.id),
            pending,
        });
        if S::LISTS {
            let mut made = Entry::refund(purchase.id, refund, item, -taken);
            made.waived = Points(waived);
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
}

/// The purchase with what recorded redemptions pay of it.
fn with_paid(purchase: &Purchase, paid: i64) -> Purchase {
    Purchase {
        paid_with_points: Money(purchase.paid_with_points.0.saturating_add(paid)),
        ..*purchase
    }
}

/// The lines of a purchase, where the version looks at them.
fn lines<'m>(all: &'m [Line], version: &Compiled, purchase: &Purchase) -> &'m [Line] {
    if version.plain {
        &[]
    } else {
        purchase.lines.of(all)
    }
}
