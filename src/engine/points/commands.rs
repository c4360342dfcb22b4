//! The commands on one member's points: redeeming, adjusting, reversing; and setting the programme.

use super::bad_program;
use super::between::{partner, reverse_both};
use super::data::Data;
use super::rewards::taken;
use super::write::{
    Draftsman, after_all, append, blank, check_key, check_optional, check_reason, in_force,
    repeated, wrong,
};
use crate::apply::Known;
use crate::customers::existing;
use crate::fault::{self, Failure};
use crate::follow::Touched;
use loyalty::{Limit, RedemptionRequest, Refusal};
use model::program::Program;
use model::{CustomerId, Day, EntryId, IssueCode, Money, OrderId, OrderStatus, Points};
use protocol::{Fault, FaultCode, Outcome};
use store::{EntryKind, Tx};

/// Points that a person wants to spend.
pub(crate) struct Wish<'a> {
    pub(crate) customer: CustomerId,
    pub(crate) points: Option<Points>,
    pub(crate) reward: Option<&'a str>,
    pub(crate) order_amount: Option<Money>,
    pub(crate) order: Option<OrderId>,
    pub(crate) key: &'a str,
}

impl Wish<'_> {
    /// What is asked, in one line.
    fn request(&self) -> String {
        format!(
            "redeem {} {:?} {:?} {:?} {:?}",
            self.customer,
            self.points.map(|points| points.0),
            self.reward,
            self.order.map(|order| order.to_string()),
            self.order_amount.map(|amount| amount.0),
        )
    }
}

/// Puts a programme in force.
pub(crate) fn set_program(
    json: &str,
    from: Option<Day>,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let program = Program::parse(json).map_err(bad_program)?;
    super::fits_business(&program, known.settings)?;
    // Without an earlier version no purchase has earned yet: the first programme holds for all of history.
    let from = match from {
        None if known.programs.is_empty() => None,
        None => Some(program.time_zone.day(known.context.now)),
        given => given,
    };
    tx.add_program(from, &program.to_json())?;
    let touched = Touched {
        programs: true,
        ..Touched::default()
    };
    Ok((Outcome::Saved, touched))
}

/// Redeems points.
pub(crate) fn redeem(
    wish: &Wish<'_>,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let (program, version, day) = in_force(known)?;
    existing(tx.read(), wish.customer)?;
    let cost = wish
        .points
        .or_else(|| Some(program.reward(wish.reward?)?.points));
    let request = wish.request();
    let worth = |points| {
        wish.reward
            .is_none()
            .then(|| loyalty::worth(program, points))
    };
    let mut member = Draftsman::new(tx.read(), wish.customer, known, day)?;
    let before = member.account()?.standing.balance;
    let again = repeated(tx.read(), wish.key, &request, |entry| {
        entry.customer == wish.customer
            && entry.fields.kind == EntryKind::Redemption
            && entry.fields.reward.as_deref() == wish.reward
            && cost.is_some_and(|cost| entry.fields.points.0 == -cost.0)
    })?;
    if let Some((_, data)) = again {
        let outcome = data.answer().unwrap_or(Outcome::Points {
            balance: before,
            worth: worth(cost.unwrap_or_default()),
        });
        return Ok((outcome, Touched::default()));
    }
    let (order_amount, order_redeemed) = match wish.order {
        Some(order) => (Some(payable(order, wish, tx)?), member.redeemed_for(order)),
        None => (wish.order_amount, Points::ZERO),
    };
    let limits = RedemptionRequest {
        points: wish.points,
        reward: wish.reward,
        order_amount,
        order_redeemed,
        reward_taken: match wish.reward {
            Some(reward) => taken(tx.read(), reward)?,
            None => 0,
        },
    };
    let found = cost.unwrap_or_default();
    let redeemable =
        loyalty::check_redemption(program, before, &limits).map_err(|refusal| {
            match (refusal.limit, wish.reward) {
                (Limit::UnknownReward, Some(reward)) => fault::not_found(reward).at("reward"),
                _ => refused(&refusal, before, found),
            }
        })?;
    let mut entry = blank(
        EntryKind::Redemption,
        Points(-redeemable.points.0),
        wish.key,
        version,
        known,
    );
    entry.reward = wish.reward.map(str::to_owned);
    entry.order = wish.order;
    let after = member.draft(&mut entry)?.standing.balance;
    if after < Points::ZERO {
        // What the points pay for earns less: the order's own points cannot pay for it.
        return Err(
            insufficient(Points(before.0.saturating_add(after.0)), redeemable.points).into(),
        );
    }
    let data = Data {
        request: Some(request),
        ..Data::default()
    };
    let answer = (after, redeemable.worth);
    let (_, outcome) = append(wish.customer, entry, data, answer, tx)?;
    Ok((outcome, Touched::points(wish.customer)))
}

/// What is left to pay of the order that points shall pay for; it must be the member's own, and stand.
fn payable(order: OrderId, wish: &Wish<'_>, tx: &Tx<'_>) -> Result<Money, Failure> {
    let order = tx
        .read()
        .order(order)?
        .filter(|it| it.customer == wish.customer)
        .ok_or_else(|| fault::not_found(order).at("order"))?;
    // A reward is not a payment: what it costs does not lie in the order.
    if wish.reward.is_some() {
        return Err(wrong(IssueCode::UnknownChoice, "order"));
    }
    if order.fields.status != OrderStatus::Paid || order.remaining() <= Money::ZERO {
        return Err(Fault::new(FaultCode::RefundTooLarge)
            .at("order")
            .found(order.fields.amount.to_decimal(order.fields.currency))
            .expected(Money::ZERO.to_decimal(order.fields.currency))
            .into());
    }
    Ok(order.remaining())
}

fn insufficient(balance: Points, wanted: Points) -> Fault {
    Fault::new(FaultCode::InsufficientPoints)
        .found(balance.to_string())
        .expected(wanted.to_string())
}

/// A refusal as a fault.
pub(crate) fn refused(refusal: &Refusal, balance: Points, wanted: Points) -> Fault {
    match refusal.limit {
        Limit::Insufficient => insufficient(balance, wanted),
        limit => Fault::new(FaultCode::ProgramLimit)
            .at(limit.path())
            .found(wanted.to_string())
            .expected(refusal.usable.to_string()),
    }
}

/// Gives or takes points by hand.
pub(crate) fn adjust(
    customer: CustomerId,
    points: Points,
    reason: &str,
    key: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let (_, version, day) = in_force(known)?;
    existing(tx.read(), customer)?;
    let reason = check_reason(reason)?;
    if points == Points::ZERO {
        return Err(wrong(IssueCode::Missing, "points"));
    }
    let request = format!("adjust {customer} {points} {reason:?}");
    let mut member = Draftsman::new(tx.read(), customer, known, day)?;
    let before = member.account()?.standing.balance;
    let again = repeated(tx.read(), key, &request, |entry| {
        entry.customer == customer
            && entry.fields.kind == EntryKind::Adjustment
            && entry.fields.points == points
            && entry.fields.reason.as_deref() == Some(&reason)
    })?;
    if let Some((_, data)) = again {
        let outcome = data.answer().unwrap_or(Outcome::Points {
            balance: before,
            worth: None,
        });
        return Ok((outcome, Touched::default()));
    }
    loyalty::check_adjustment(before, points)
        .map_err(|refusal| refused(&refusal, before, Points(points.0.saturating_neg())))?;
    let mut entry = blank(EntryKind::Adjustment, points, key, version, known);
    entry.reason = Some(reason);
    let after = member.draft(&mut entry)?.standing.balance;
    let data = Data {
        request: Some(request),
        ..Data::default()
    };
    let (_, outcome) = append(customer, entry, data, (after, None), tx)?;
    Ok((outcome, Touched::points(customer)))
}

/// Reverses a recorded entry. What was given and is spent already cannot be taken back. A transfer or merging is
/// reversed with both members.
pub(crate) fn reverse(
    entry: &str,
    reason: Option<&str>,
    key: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    in_force(known)?;
    check_key(key)?;
    // Derived entries (`order:...`) have no id of the store: they change with their order, not by hand.
    let id: EntryId = entry.parse().map_err(|_| {
        Fault::new(FaultCode::CannotUndo)
            .found(entry)
            .detail("derived entry")
    })?;
    let of = tx
        .read()
        .entry(id)?
        .ok_or_else(|| fault::not_found(entry))?;
    let reason = check_optional(reason)?;
    if let Some(other) = partner(&of, tx.read())? {
        return reverse_both(&of, &other, reason, key, known, tx);
    }
    reverse_one(&of, reason, key, known, tx)
}

/// Reverses one entry.
fn reverse_one(
    of: &store::Entry,
    reason: Option<String>,
    key: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let reversal = append_reversal(of, reason, key, known, tx)?;
    if let Some((before, after)) = reversal.balances {
        judge(before, after, of)?;
        return Ok((reversal.outcome, Touched::points(of.customer)));
    }
    Ok((reversal.outcome, Touched::default()))
}

/// What was given and is spent already cannot be taken back.
pub(crate) fn judge(before: Points, after: Points, of: &store::Entry) -> Result<(), Failure> {
    if after < Points::ZERO && after < before {
        return Err(insufficient(before, of.fields.points).into());
    }
    Ok(())
}

/// A reversal that was written, or was there.
pub(crate) struct Reversal {
    pub(crate) outcome: Outcome,
    /// The balances before and after it; `None` where it was there.
    pub(crate) balances: Option<(Points, Points)>,
}

/// Appends the reversal of an entry, whatever it leaves.
pub(crate) fn append_reversal(
    of: &store::Entry,
    reason: Option<String>,
    key: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<Reversal, Failure> {
    let (_, version, day) = in_force(known)?;
    let (id, customer) = (of.id, of.customer);
    let mut member = Draftsman::new(tx.read(), customer, known, day)?;
    let before = member.account()?.standing.balance;
    let request = format!("reverse {id}");
    let again = repeated(tx.read(), key, &request, |known| {
        known.fields.kind == EntryKind::Reversal && known.fields.reverses == Some(id)
    })?;
    if let Some((_, data)) = again {
        let outcome = data.answer().unwrap_or(Outcome::Points {
            balance: before,
            worth: None,
        });
        return Ok(Reversal {
            outcome,
            balances: None,
        });
    }
    let is_reversed = |it: &store::Entry| it.fields.reverses == Some(id);
    if member.entries().iter().any(is_reversed) || of.fields.kind == EntryKind::Reversal {
        return Err(Fault::new(FaultCode::CannotUndo)
            .found(id.to_string())
            .detail("already reversed")
            .into());
    }
    let points = Points(of.fields.points.0.saturating_neg());
    let mut draft = blank(EntryKind::Reversal, points, key, version, known);
    draft.reason = reason;
    draft.reverses = Some(id);
    let after = member.draft(&mut draft)?.standing.balance;
    let data = Data {
        request: Some(request),
        ..Data::default()
    };
    let (_, outcome) = append(customer, draft, data, (after, None), tx)?;
    Ok(Reversal {
        outcome,
        balances: Some((before, after)),
    })
}

/// Gives back what recorded redemptions paid for an order that is removed: it never was.
pub(crate) fn release_order(
    customer: CustomerId,
    order: OrderId,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<bool, Failure> {
    let entries = tx.read().entries(customer)?;
    let mut any = false;
    for entry in &entries {
        let fields = &entry.fields;
        let is_open = entries
            .iter()
            .all(|it| it.fields.reverses != Some(entry.id));
        if fields.order != Some(order) || fields.kind != EntryKind::Redemption || !is_open {
            continue;
        }
        let key = format!("removed:{order}:{}", entry.id);
        let points = Points(fields.points.0.saturating_neg());
        let version = fields.program_version.unwrap_or(0);
        let mut draft = blank(EntryKind::Reversal, points, &key, version, known);
        draft.reverses = Some(entry.id);
        draft.order = Some(order);
        draft.at = after_all(&entries, draft.at);
        tx.add_entry(customer, &draft)?;
        any = true;
    }
    Ok(any)
}
