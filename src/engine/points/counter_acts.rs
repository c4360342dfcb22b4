//! The acts at the counter: each one transaction, once for its key, with a receipt that follows from what is stored.
//!
//! A sale is an order and the redemption that pays a part of it. The order's number is the key of the intention, so
//! that the receipt a customer holds names the order, and a second tap finds it.

use super::counter::{order_of, standing_of, tier_name_of};
use super::{MemberFacts, Wish, check_key, redeem, reverse};
use crate::apply::Known;
use crate::coupons;
use crate::customers::existing;
use crate::fault::{self, Failure};
use crate::follow::Touched;
use crate::orders;
use loyalty::{Entry, Standing};
use model::program::Program;
use model::{CustomerId, Issue, IssueCode, Money, Order, OrderId, Points, RefundRequest};
use protocol::{ActKind, Bill, CounterCommand, Fault, FaultCode, Outcome, Receipt};
use store::{EntryKind, Tx};

/// Carries an act out.
pub(crate) fn act(
    command: &CounterCommand,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let (receipt, touched) = match command {
        CounterCommand::Sell { bill, version, key } => sell(bill, *version, key, known, tx)?,
        CounterCommand::Reward {
            customer,
            reward,
            points,
            key,
        } => reward_taken(*customer, reward, *points, key, known, tx)?,
        CounterCommand::TakeBack { order, amount, key } => {
            take_back(*order, *amount, key, known, tx)?
        }
        CounterCommand::Reverse { entry, key } => reversed(entry, key, known, tx)?,
        CounterCommand::Move { order, to, key } => moved(*order, *to, key, known, tx)?,
    };
    Ok((Outcome::Receipt(Box::new(receipt)), touched))
}

/// The programme and its version in force today.
fn in_force<'k>(known: &'k Known<'_>) -> Result<(&'k Program, u32), Fault> {
    let version = known
        .programs
        .in_force(known.today)
        .ok_or_else(|| Fault::new(FaultCode::NoProgram))?;
    Ok((&version.program, version.number))
}

fn standing(customer: CustomerId, known: &Known<'_>, tx: &Tx<'_>) -> Result<Standing, Fault> {
    let zone = &known.settings.zone;
    standing_of(tx.read(), customer, &known.programs, zone, known.today)
}

/// The key of the redemption that pays a part of a sale.
fn points_key(key: &str) -> String {
    format!("{key}:points")
}

/// What somebody else changed meanwhile, so that what the person saw no longer holds.
fn changed(what: &str) -> Failure {
    Fault::new(FaultCode::Conflict).at(what).into()
}

fn sell(
    bill: &Bill,
    version: u32,
    key: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Receipt, Touched), Failure> {
    // The key of the redemption is longer than the key by its ending.
    check_key(&points_key(key))?;
    existing(tx.read(), bill.customer)?;
    let (program, number) = in_force(known)?;
    if bill.amount <= Money::ZERO && bill.points <= Points::ZERO {
        let issue = Issue::error(IssueCode::Missing).in_field("amount");
        return Err(Fault::invalid(vec![issue]).into());
    }
    if bill.amount <= Money::ZERO {
        return use_points(bill, version, key, known, tx);
    }
    if let Some(id) = tx.read().order_by_external_id(key)? {
        let order = stored_order(id, tx)?;
        let wanted = order_of(bill, program, order.fields.at, Some(key));
        let same = order.customer == bill.customer
            && order.fields.gross.unwrap_or(order.fields.amount) == wanted.amount
            && order.fields.channel == wanted.channel
            && order.fields.coupon.is_some() != bill.codes.is_empty()
            && order.fields.lines.len() == wanted.lines.len()
            && redeemed_for(&order, tx)? == bill.points;
        if !same {
            return Err(Fault::new(FaultCode::KeyReused).at("key").found(key).into());
        }
        let receipt = Paper::new(ActKind::Sold, bill.customer, known, tx)?.sale(&order, tx)?;
        return Ok((receipt, Touched::default()));
    }
    if version != number {
        return Err(changed("program"));
    }
    let before = standing(bill.customer, known, tx)?;
    let mut draft = order_of(bill, program, known.context.now, Some(key));
    let customer = Some(bill.customer);
    let taken = coupons::price(tx.read(), &bill.codes, &mut draft, customer, known)?;
    let (order, touched) = book(bill, &draft, key, &before, known, tx)?;
    coupons::record(tx, &taken, customer, Some(order.id), &draft, key)?;
    let mut receipt = Paper::new(ActKind::Sold, bill.customer, known, tx)?.sale(&order, tx)?;
    receipt.rises_to = rise(program, &before, bill.customer, known, tx)?;
    Ok((receipt, touched))
}

/// Creates the order, and redeems what the bill says.
fn book(
    bill: &Bill,
    draft: &model::OrderDraft,
    key: &str,
    before: &Standing,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Order, Touched), Failure> {
    // Checked before the order is there: it must not be paid with the points that it gives.
    if bill.points > Points::ZERO && bill.points > before.balance {
        return Err(Fault::new(FaultCode::InsufficientPoints)
            .found(before.balance.to_string())
            .expected(bill.points.to_string())
            .into());
    }
    let (outcome, mut touched) = orders::create(bill.customer, draft, known, tx)?;
    let Outcome::Order { id } = outcome else {
        return Err(fault::internal("an order is created as an order").into());
    };
    if bill.points > Points::ZERO {
        let wish = Wish {
            customer: bill.customer,
            points: Some(bill.points),
            reward: None,
            order_amount: None,
            order: Some(id),
            key: &points_key(key),
        };
        redeem(&wish, known, tx)?;
        touched.points.insert(bill.customer);
    }
    Ok((stored_order(id, tx)?, touched))
}

/// The name of the tier that an act lifted the member to.
fn rise(
    program: &Program,
    before: &Standing,
    customer: CustomerId,
    known: &Known<'_>,
    tx: &Tx<'_>,
) -> Result<Option<String>, Fault> {
    let after = standing(customer, known, tx)?;
    Ok((after.tier > before.tier)
        .then(|| tier_name_of(program, after.tier))
        .flatten())
}

/// Points used where the purchase itself is booked elsewhere.
fn use_points(
    bill: &Bill,
    version: u32,
    key: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Receipt, Touched), Failure> {
    let (_, number) = in_force(known)?;
    if tx.read().entry_by_key(key)?.is_none() && version != number {
        return Err(changed("program"));
    }
    let wish = Wish {
        customer: bill.customer,
        points: Some(bill.points),
        reward: None,
        order_amount: None,
        order: None,
        key,
    };
    let (_, touched) = redeem(&wish, known, tx)?;
    let receipt =
        Paper::new(ActKind::Used, bill.customer, known, tx)?.redemption(key, bill.points)?;
    Ok((receipt, touched))
}

fn reward_taken(
    customer: CustomerId,
    reward: &str,
    points: Points,
    key: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Receipt, Touched), Failure> {
    let (program, _) = in_force(known)?;
    let price = program.reward(reward).map(|reward| reward.points);
    let again = tx.read().entry_by_key(key)?.is_some();
    if !again && price.is_none_or(|price| price != points) {
        return Err(changed("reward"));
    }
    let wish = Wish {
        customer,
        points: None,
        reward: Some(reward),
        order_amount: None,
        order: None,
        key,
    };
    let (_, touched) = redeem(&wish, known, tx)?;
    let mut receipt =
        Paper::new(ActKind::Rewarded, customer, known, tx)?.redemption(key, points)?;
    receipt.worth = Money::ZERO;
    receipt.reward = Some(
        program
            .reward(reward)
            .map_or_else(|| reward.to_owned(), |it| it.name.clone()),
    );
    Ok((receipt, touched))
}

fn take_back(
    id: OrderId,
    amount: Option<Money>,
    key: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Receipt, Touched), Failure> {
    let request = RefundRequest {
        order: id,
        amount,
        lines: Vec::new(),
        at: None,
        key: key.to_owned(),
    };
    let (_, touched) = orders::refund(&request, known, tx)?;
    let order = stored_order(id, tx)?;
    let receipt = Paper::new(ActKind::TookBack, order.customer, known, tx)?.refund(&order, key)?;
    Ok((receipt, touched))
}

fn reversed(
    entry: &str,
    key: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Receipt, Touched), Failure> {
    let (_, touched) = reverse(entry, None, key, known, tx)?;
    let id = entry.parse().map_err(|_| fault::not_found(entry))?;
    let of = tx
        .read()
        .entry(id)?
        .ok_or_else(|| fault::not_found(entry))?;
    let mut receipt = Paper::new(ActKind::Reversed, of.customer, known, tx)?
        .redemption(key, Points(of.fields.points.0.min(0)))?;
    if let (Some(reward), Ok((program, _))) = (&of.fields.reward, in_force(known)) {
        receipt.worth = Money::ZERO;
        let known_by = program.reward(reward).map(|it| it.name.clone());
        receipt.reward = Some(known_by.unwrap_or_else(|| reward.clone()));
    }
    Ok((receipt, touched))
}

fn moved(
    id: OrderId,
    to: CustomerId,
    key: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Receipt, Touched), Failure> {
    check_key(&points_key(key))?;
    existing(tx.read(), to)?;
    let (program, _) = in_force(known)?;
    if let Some(done) = tx.read().order_by_external_id(key)? {
        let order = stored_order(done, tx)?;
        if order.customer != to || tx.read().order(id)?.is_some() {
            return Err(Fault::new(FaultCode::KeyReused).at("key").found(key).into());
        }
        let receipt = Paper::new(ActKind::Moved, to, known, tx)?.sale(&order, tx)?;
        return Ok((receipt, Touched::default()));
    }
    let order = stored_order(id, tx)?;
    // What came back in part belongs to the one who brought it; taking it back as a whole is the way then.
    if !order.refunds.is_empty() || order.remaining() <= Money::ZERO {
        return Err(Fault::new(FaultCode::CannotUndo)
            .detail("an order with refunds")
            .into());
    }
    if order.customer == to {
        return Err(changed("customer"));
    }
    let from = existing(tx.read(), order.customer)?;
    let bill = Bill {
        customer: to,
        amount: order.fields.amount,
        points: redeemed_for(&order, tx)?,
        category: None,
        channel: None,
        codes: Vec::new(),
    };
    let before = standing(to, known, tx)?;
    let (_, gone) = orders::remove(id, known, tx)?;
    let draft = model::OrderDraft {
        external_id: Some(key.to_owned()),
        ..order.fields.clone()
    };
    let (order, mut touched) = book(&bill, &draft, key, &before, known, tx)?;
    touched.removed_orders.extend(gone.removed_orders);
    touched.customers.extend(gone.customers);
    touched.points.extend(gone.points);
    touched.points.insert(from.id);
    let mut receipt = Paper::new(ActKind::Moved, to, known, tx)?.sale(&order, tx)?;
    receipt.moved_from = Some(crate::customers::subject(&from.fields));
    receipt.rises_to = rise(program, &before, to, known, tx)?;
    Ok((receipt, touched))
}

fn stored_order(id: OrderId, tx: &Tx<'_>) -> Result<Order, Failure> {
    match tx.read().order(id)? {
        Some(order) => Ok(order),
        None => Err(fault::not_found(id).into()),
    }
}

/// Codes that an order gave for the next one, as printed.
fn issued(id: OrderId, tx: &Tx<'_>) -> Result<Vec<(String, Option<model::Day>)>, Failure> {
    let codes = tx.read().codes_from(id)?;
    Ok(codes
        .into_iter()
        .map(|code| (::coupon::code::shown(&code.fields.code), code.fields.to))
        .collect())
}

/// Points that paid for an order and were not given back.
fn redeemed_for(order: &Order, tx: &Tx<'_>) -> Result<Points, Failure> {
    let entries = tx.read().entries(order.customer)?;
    let reversed = |id| entries.iter().any(|it| it.fields.reverses == Some(id));
    let sum = entries
        .iter()
        .filter(|entry| entry.fields.kind == EntryKind::Redemption)
        .filter(|entry| entry.fields.order == Some(order.id) && !reversed(entry.id))
        .fold(0i64, |sum, entry| sum.saturating_sub(entry.fields.points.0));
    Ok(Points(sum))
}

/// A receipt in the making: the member as they are after the act.
struct Paper<'a> {
    receipt: Receipt,
    entries: Vec<Entry>,
    stored: Vec<store::Entry>,
    known: &'a Known<'a>,
    program: &'a Program,
}

impl<'a> Paper<'a> {
    fn new(
        kind: ActKind,
        customer: CustomerId,
        known: &'a Known<'a>,
        tx: &Tx<'_>,
    ) -> Result<Self, Failure> {
        let (program, _) = in_force(known)?;
        let zone = &known.settings.zone;
        let facts = MemberFacts::read(tx.read(), customer)?;
        let (account, entries) = facts.ledger(&known.programs, zone, known.today)?;
        let balance = account.standing.balance;
        Ok(Self {
            receipt: Receipt {
                kind,
                customer,
                name: crate::customers::subject(&facts.customer.fields),
                local_at: zone.write_local(known.context.now),
                number: String::new(),
                order: None,
                amount: Money::ZERO,
                discount: Money::ZERO,
                issued: Vec::new(),
                currency: program.currency,
                used: Points::ZERO,
                worth: Money::ZERO,
                earned: Points::ZERO,
                posts_on: None,
                reward: None,
                balance,
                balance_worth: loyalty::worth(program, balance),
                moved_from: None,
                rises_to: None,
            },
            entries,
            stored: facts.entries,
            known,
            program,
        })
    }

    /// Of a purchase.
    fn sale(mut self, order: &Order, tx: &Tx<'_>) -> Result<Receipt, Failure> {
        let own = format!("order:{}", order.id);
        let accrual = self.entries.iter().find(|entry| entry.id == own);
        self.receipt.earned = accrual.map_or(Points::ZERO, |entry| entry.points);
        self.receipt.posts_on = accrual.and_then(|entry| entry.posts_on);
        self.receipt.order = Some(order.id);
        self.receipt.amount = order.fields.gross.unwrap_or(order.fields.amount);
        self.receipt.discount = Money(self.receipt.amount.0.saturating_sub(order.fields.amount.0));
        self.receipt.issued = issued(order.id, tx)?;
        self.receipt.currency = order.fields.currency;
        self.receipt.number = order.fields.external_id.clone().unwrap_or(own);
        self.receipt.local_at = self.known.settings.zone.write_local(order.fields.at);
        let used = self
            .stored
            .iter()
            .filter(|entry| entry.fields.order == Some(order.id))
            .filter(|entry| entry.fields.kind == EntryKind::Redemption)
            .fold(0i64, |sum, entry| sum.saturating_sub(entry.fields.points.0));
        self.receipt.used = Points(used);
        self.receipt.worth = loyalty::worth(self.program, self.receipt.used);
        Ok(self.receipt)
    }

    /// Of points used without a purchase of ours, or (below zero) of their return.
    fn redemption(mut self, key: &str, points: Points) -> Result<Receipt, Failure> {
        if let Some(entry) = self.stored.iter().find(|entry| entry.fields.key == key) {
            self.receipt.local_at = self.known.settings.zone.write_local(entry.fields.at);
        }
        self.receipt.number = key.to_owned();
        self.receipt.used = points;
        let size = loyalty::worth(self.program, Points(points.0.saturating_abs()));
        self.receipt.worth = if points < Points::ZERO {
            Money(-size.0)
        } else {
            size
        };
        Ok(self.receipt)
    }

    /// Of a return.
    fn refund(mut self, order: &Order, key: &str) -> Result<Receipt, Failure> {
        let refund = order.refunds.iter().find(|refund| refund.key == key);
        self.receipt.order = Some(order.id);
        self.receipt.currency = order.fields.currency;
        self.receipt.amount = refund.map_or(Money::ZERO, |refund| refund.amount);
        self.receipt.number = order
            .fields
            .external_id
            .clone()
            .unwrap_or_else(|| order.id.to_string());
        if let Some(refund) = refund {
            self.receipt.local_at = self.known.settings.zone.write_local(refund.at);
        }
        let sum = |start: &str| {
            self.entries
                .iter()
                .filter(|entry| entry.id.starts_with(start))
                .fold(0i64, |sum, entry| sum.saturating_add(entry.points.0))
        };
        let taken = format!("order:{}:refund:{key}", order.id);
        let taken = self.entries.iter().find(|entry| entry.id == taken);
        self.receipt.earned = taken.map_or(Points::ZERO, |entry| entry.points);
        // Points that paid come back with the refund that completes the return.
        if order.remaining() <= Money::ZERO && order.refunds.last().is_some_and(|it| it.key == key)
        {
            let back = sum(&format!("order:{}:return:", order.id));
            self.receipt.used = Points(back.saturating_neg());
            self.receipt.worth = Money(-loyalty::worth(self.program, Points(back)).0);
        }
        Ok(self.receipt)
    }
}
