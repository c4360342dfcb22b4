//! One pass over everybody: steps by day, points by month of issue, who is a member since when.

use crate::fault::OrFault;
use crate::points::member::Extras;
use crate::points::source::{Source, Words};
use crate::points::{Programs, overflow};
use loyalty::breakage::{History, month_number};
use loyalty::liability::PointValue;
use loyalty::{AsOf, Deed, EntryKind, Evaluator, LotState, LotUse, Member, Step};
use model::program::Expiry;
use model::{CustomerId, Day, Money, OrderId, Points, Rounding};
use protocol::{Fault, FlowKind};
use segment::{Columns, OrderRef};
use std::collections::BTreeMap;

/// No member by the day.
pub(super) const NO_MEMBER: i32 = i32::MAX;

/// Points by kind, in the order of [`FlowKind::ALL`].
pub(super) type Flows = [i64; 7];

/// Points issued in one month.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Issued {
    pub(super) paid: i64,
    pub(super) issued: i64,
    pub(super) redeemed: i64,
    pub(super) open: i64,
}

/// Points by day, without gaps: a million steps find their day at once.
#[derive(Default)]
pub(super) struct Days {
    first: i32,
    all: Vec<Flows>,
}

impl Days {
    /// The sums of a day; `None` beyond all calendars.
    fn of(&mut self, day: i32) -> Option<&mut Flows> {
        /// Days before the first that are made room for at once.
        const AHEAD: i32 = 512;
        if self.all.is_empty() {
            self.first = day;
        }
        if day < self.first {
            let first = day.checked_sub(AHEAD)?;
            let more = usize::try_from(self.first.checked_sub(first)?).ok()?;
            self.all.splice(0..0, vec![Flows::default(); more]);
            self.first = first;
        }
        let place = usize::try_from(day.checked_sub(self.first)?).ok()?;
        if self.all.len() <= place {
            self.all.resize(place + 1, Flows::default());
        }
        self.all.get_mut(place)
    }

    /// Days from `from` on and their sums.
    pub(super) fn since(&self, from: i32) -> impl Iterator<Item = (i32, &Flows)> {
        (self.first..)
            .zip(&self.all)
            .skip_while(move |(day, _)| *day < from)
    }
}

/// What a member's orders brought in money, found in the order of time.
struct Paid<'a> {
    orders: Vec<OrderRef<'a>>,
    /// Where the last one was found: lots come in the same order.
    at: usize,
    /// Points that paid for orders.
    by_points: Vec<(OrderId, i64)>,
}

/// What the pass found, at the end of a day.
pub(super) struct Pass {
    /// By slot: the day they joined, or first had points if that was earlier or joining is not recorded.
    pub(super) member_since: Vec<i32>,
    /// By slot: whether they ever redeemed.
    pub(super) redeemed: Vec<bool>,
    /// By day.
    pub(super) flows: Days,
    /// Points of purchases, by number of the month they were earned in.
    pub(super) purchases: BTreeMap<i32, Issued>,
    /// Points for no purchase, likewise.
    pub(super) gifts: BTreeMap<i32, Issued>,
    pub(super) history: History,
    /// Calendar months after which points have ended at the latest; `None` where they may never end.
    pub(super) life_months: Option<u32>,
}

/// What is looked at.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) columns: &'a Columns,
    pub(super) read: store::Reader<'a>,
    pub(super) programs: &'a Programs,
    pub(super) day: Day,
}

/// The place of a step's kind in [`Flows`].
pub(super) fn flow_of(step: &Step) -> FlowKind {
    match step.kind {
        EntryKind::Accrual => FlowKind::Issued,
        EntryKind::Redemption => FlowKind::Redeemed,
        EntryKind::Expiry => FlowKind::Expired,
        EntryKind::Reversal if step.points.0 > 0 => FlowKind::Returned,
        EntryKind::Reversal => FlowKind::ClawedBack,
        EntryKind::Adjustment => FlowKind::Adjusted,
        EntryKind::Transfer => FlowKind::Transferred,
    }
}

impl<'a> Ground<'a> {
    /// Folds everybody, one after the other; `see` gets the slot, the member and the evaluator to ask.
    pub(super) fn each(
        &self,
        mut see: impl FnMut(u32, &Member<'_>, &mut Evaluator<'_>, AsOf),
    ) -> Result<(), Fault> {
        let mut entries: BTreeMap<CustomerId, Vec<store::Entry>> = BTreeMap::new();
        self.read
            .scan_entries(|entry| entries.entry(entry.customer).or_default().push(entry))
            .or_fault()?;
        let words = Words(self.columns);
        let compiled = loyalty::Programs::new(&self.programs.versions, &words).map_err(overflow)?;
        let zone = self.programs.zone(self.day);
        let as_of = self.programs.as_of(self.day);
        let version = self.programs.in_force(self.day);
        let mut source = Source::new(self.columns, &compiled, version, zone);
        let mut fold = Evaluator::new(&compiled);
        for slot in self.columns.live().iter() {
            let entries = self
                .columns
                .id(slot)
                .and_then(|id| entries.get(&id))
                .map_or(&[][..], Vec::as_slice);
            let extras = Extras::read(entries);
            let recorded = extras.recorded(entries, &zone);
            source.fill(slot);
            see(slot, &source.member(slot, &recorded), &mut fold, as_of);
        }
        Ok(())
    }

    /// The pass. `value` says what points that pay for an order are worth.
    pub(super) fn pass(&self, value: Option<PointValue>) -> Result<Pass, Fault> {
        let slots = self.columns.slots();
        let mut pass = Pass {
            member_since: vec![NO_MEMBER; slots],
            redeemed: vec![false; slots],
            flows: Days::default(),
            purchases: BTreeMap::new(),
            gifts: BTreeMap::new(),
            history: History::default(),
            life_months: None,
        };
        let (mut steps, mut lots, mut uses) = (Vec::new(), Vec::new(), Vec::new());
        let mut paid = Paid {
            orders: Vec::new(),
            at: 0,
            by_points: Vec::new(),
        };
        let mut longest = 0;
        self.each(|slot, member, fold, as_of| {
            steps.clear();
            let told = fold.tally(member, as_of, &mut |step| steps.push(step));
            // Points beyond 64 bits are nobody's, as in everybody's balances.
            if told.is_err() {
                steps.clear();
            }
            pass.member(slot, member, &steps, self.day);
            if told.is_ok() {
                lots.clear();
                lots.extend(fold.lots());
                uses.clear();
                uses.extend(fold.lot_uses());
                self.orders(slot, member, &uses, &mut paid);
                let money = |order| paid.of(order, self.day, value);
                let lived = pass.lots(self.number(slot), &lots, &uses, member, money);
                longest = longest.max(lived);
            }
        })?;
        let version = self.programs.in_force(self.day);
        let ends = version.is_some_and(|version| match version.program.expiry {
            Expiry::Never | Expiry::Inactivity { .. } => false,
            Expiry::Days(_) | Expiry::Months { .. } | Expiry::YearEnd { .. } => true,
        });
        pass.life_months = ends.then_some(longest);
        Ok(pass)
    }

    /// A number that stays with a member.
    fn number(&self, slot: u32) -> u64 {
        self.columns.id(slot).map_or(0, |id| id.0.unsigned_abs())
    }

    /// A member's orders, to ask what was paid for each.
    fn orders(&self, slot: u32, member: &Member<'_>, uses: &[LotUse], paid: &mut Paid<'a>) {
        paid.orders.clear();
        paid.orders.extend(self.columns.orders(slot));
        paid.by_points.clear();
        paid.at = 0;
        for it in uses {
            let entry = member.recorded.get(it.recorded as usize);
            if let Some(Deed::Redemption {
                order: Some(order),
                reward: None,
                ..
            }) = entry.map(|entry| entry.what)
            {
                paid.by_points.push((order, it.points.0));
            }
        }
    }
}

impl Paid<'_> {
    /// What was paid for an order, in money: after refunds, without tax and without what points paid.
    fn of(&mut self, id: OrderId, day: Day, value: Option<PointValue>) -> i64 {
        let ahead = self.orders.iter().skip(self.at);
        let found = ahead.zip(self.at..).find(|(order, _)| order.id() == id);
        let all = self.orders.iter().zip(0..);
        let found = found.or_else(|| all.into_iter().find(|(order, _)| order.id() == id));
        let Some((order, at)) = found else { return 0 };
        self.at = at + 1;
        let remaining = order.remaining_on(day).unwrap_or_default().0;
        if remaining <= 0 {
            return 0;
        }
        let amount = order.amount().0.max(1);
        let tax = order.tax().unwrap_or_default().0;
        let not_money = tax.saturating_add(order.paid_with_points().unwrap_or_default().0);
        let part = if not_money == 0 {
            0
        } else {
            let part = i128::from(not_money) * i128::from(remaining.min(amount));
            model::money::divide(part, i128::from(amount), Rounding::HalfUp)
                .and_then(|part| i64::try_from(part).ok())
                .unwrap_or(0)
        };
        let own = self.by_points.iter().filter(|(order, _)| *order == id);
        let points = own.fold(0i64, |sum, (_, points)| sum.saturating_add(*points));
        let points = value.map_or(Money::ZERO, |value| value.of(Points(points)));
        remaining
            .saturating_sub(part)
            .saturating_sub(points.0)
            .max(0)
    }
}

impl Pass {
    fn member(&mut self, slot: u32, member: &Member<'_>, steps: &[Step], day: Day) {
        let first = steps.first().map(|step| step.day);
        let since = match (member.signup_on, first) {
            (Some(joined), Some(first)) => Some(joined.min(first)),
            (joined, first) => joined.or(first),
        };
        if let (Some(since), Some(place)) = (
            since.filter(|since| *since <= day),
            self.member_since.get_mut(slot as usize),
        ) {
            *place = since.0;
        }
        for step in steps {
            let kind = flow_of(step);
            let flows = self.flows.of(step.day.0);
            if let Some(sum) = flows.and_then(|flows| flows.get_mut(kind as usize)) {
                *sum = sum.saturating_add(step.points.0);
            }
            if kind == FlowKind::Redeemed
                && let Some(redeemed) = self.redeemed.get_mut(slot as usize)
            {
                *redeemed = true;
            }
        }
    }

    /// Adds a member's lots. Returns the calendar months that the longest of them lives.
    fn lots(
        &mut self,
        number: u64,
        lots: &[LotState],
        uses: &[LotUse],
        member: &Member<'_>,
        mut paid: impl FnMut(OrderId) -> i64,
    ) -> u32 {
        if lots.is_empty() {
            return 0;
        }
        // What left otherwise (taken by hand, to another member) was never these members' to redeem.
        let mut used: Vec<(i64, i64)> = vec![(0, 0); lots.len()];
        let mut triangle = self.history.of_member(number);
        for it in uses {
            let (Some(lot), Some(sums)) =
                (lots.get(it.lot as usize), used.get_mut(it.lot as usize))
            else {
                continue;
            };
            match member.recorded.get(it.recorded as usize) {
                Some(entry) if matches!(entry.what, Deed::Redemption { .. }) => {
                    sums.0 = sums.0.saturating_add(it.points.0);
                    if let Some(triangle) = triangle.as_mut() {
                        let month = month_number(lot.earned_on);
                        triangle.redeem(month, month_number(entry.day), it.points.0);
                    }
                }
                _ => sums.1 = sums.1.saturating_add(it.points.0),
            }
        }
        let mut longest = 0;
        let mut seen: Option<OrderId> = None;
        for (lot, (redeemed, gone)) in lots.iter().zip(used) {
            let month = month_number(lot.earned_on);
            let left = lot.left.0;
            let issued = (lot.points.0 - gone).max(redeemed.saturating_add(left));
            if let Some(triangle) = triangle.as_mut() {
                triangle.issue(month, issued);
            }
            if let Some(last) = lot.expires_on {
                let months = u32::try_from(month_number(last) - month).unwrap_or(0);
                longest = longest.max(months);
            }
            let place = match lot.order {
                Some(_) => self.purchases.entry(month).or_default(),
                None => self.gifts.entry(month).or_default(),
            };
            place.issued = place.issued.saturating_add(issued);
            place.redeemed = place.redeemed.saturating_add(redeemed);
            place.open = place.open.saturating_add(left);
            if let Some(order) = lot.order.filter(|order| seen != Some(*order)) {
                seen = Some(order);
                place.paid = place.paid.saturating_add(paid(order));
            }
        }
        longest
    }
}
