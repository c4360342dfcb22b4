//! What coupons take off a basket, and why others do not.
//!
//! # Order of operations
//!
//! 1. Each coupon is judged by itself: its state, dates, code, limits, audience, goods and minimum. Sums are those of the
//!    basket before any coupon, so no coupon helps or hinders another to its minimum.
//! 2. Of those that may apply, the set is taken in which each admits each other and that takes off the most; of equal sets
//!    the one that spends less of vouchers, then the one with fewer coupons, then the one that comes first by (stage,
//!    coupon's id, code).
//! 3. They are taken off in this order: free products, buy and get, percentages, amounts, vouchers; within one of these by
//!    coupon's id, then code. Each looks at what the lines cost after those before it.
//! 4. A percentage is rounded half up once on the sum of its goods; an amount takes at most that sum; both, like a
//!    voucher, are shared over the lines by largest remainder in proportion to what the lines cost then. Pieces are
//!    rounded half up by line. A maximum shortens a discount, shared by largest remainder in proportion to it.
//!
//! No line ever costs less than nothing, and the lines' discounts are the discount, to the minor unit.
//!
//! # Example
//!
//! Tea 60.00 and cake 40.00, "20 % off" and "10.00 off" that admit each other: 20.00 off (12.00 and 8.00) leaves 48.00 and
//! 32.00; then 10.00 (6.00 and 4.00). To pay: 42.00 and 28.00.

use crate::goods::holds;
use crate::pieces::{Rounds, free};
use crate::split::split;
use model::coupon::{Benefit, CODES_PER_BASKET, Coupon, CouponId, CouponState, Refusal, WHOLE};
use model::money::{Rounding, divide};
use model::{Currency, CustomerId, Day, Money};

/// A line of a basket before any coupon.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Product; empty for an order of which only the total is known.
    pub product: &'a str,
    /// Its category.
    pub category: Option<&'a str>,
    /// Thousandths of a piece.
    pub quantity_milli: i64,
    /// What the whole line costs, 0 or more.
    pub amount: Money,
}

/// What is known of a code made for one holder.
#[derive(Clone, Copy, Debug, Default)]
pub struct CodeFacts {
    /// It was used (and not released), and is no voucher.
    pub used: bool,
    /// The owner took it back.
    pub withdrawn: bool,
    /// What is left of a voucher.
    pub balance: Option<Money>,
    /// Its own first day.
    pub from: Option<Day>,
    /// Its own last day.
    pub to: Option<Day>,
    /// Whom it was issued to.
    pub customer: Option<CustomerId>,
}

/// Whether the customer is among those a coupon is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Yes, or it is for everybody.
    Yes,
    /// No.
    No,
    /// That depends on who the customer is.
    Unknown,
}

/// A coupon that somebody wants to use.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// Which coupon.
    pub id: CouponId,
    /// The code as it compares ([`crate::code::key_of`]).
    pub code: &'a str,
    /// What was promised.
    pub coupon: &'a Coupon,
    /// Whether the owner lets it work.
    pub state: CouponState,
    /// What is known of the code; `None` for a shared one.
    pub facts: Option<CodeFacts>,
    /// Orders it was used for, released ones not counted.
    pub uses: u32,
    /// Of them this customer's.
    pub uses_by_customer: u32,
    /// Whether the customer is among those it is for.
    pub fit: Fit,
}

/// Everything else that matters.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// The local day of the order.
    pub day: Day,
    /// Who buys.
    pub customer: Option<CustomerId>,
    /// The order's currency.
    pub currency: Currency,
}

/// What a coupon takes off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// In all.
    pub discount: Money,
    /// Off each line of the basket.
    pub lines: Vec<Money>,
}

/// A basket with its coupons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Priced {
    /// What the basket costs before coupons.
    pub gross: Money,
    /// What it costs after them.
    pub amount: Money,
    /// What each line costs after them.
    pub lines: Vec<Money>,
    /// What each coupon came to, in the order they were given.
    pub verdicts: Vec<Result<Applied, Vec<Refusal>>>,
}

/// Judges the coupons and takes them off: see the module.
pub fn price(lines: &[Line<'_>], offers: &[Offer<'_>], facts: &Facts) -> Priced {
    let mut verdicts: Vec<Result<Applied, Vec<Refusal>>> = offers
        .iter()
        .map(|offer| {
            let why = judged(lines, offer, facts);
            if why.is_empty() {
                // Stands for "not decided yet"; every one of these is replaced below.
                Err(Vec::new())
            } else {
                Err(why)
            }
        })
        .collect();
    let mut able: Vec<usize> = Vec::new();
    for index in in_order(offers) {
        let fine = verdicts
            .get(index)
            .is_some_and(|it| matches!(it, Err(why) if why.is_empty()));
        if !fine {
            continue;
        }
        let twice = able.iter().filter_map(|&i| offers.get(i)).any(|other| {
            offers
                .get(index)
                .is_some_and(|offer| same_again(other, offer))
        });
        if twice || able.len() == CODES_PER_BASKET {
            put(&mut verdicts, index, Err(vec![Refusal::Twice]));
        } else {
            able.push(index);
        }
    }
    let best = best(lines, offers, &able);
    let mut rest = amounts(lines);
    for &index in &able {
        let Some(offer) = offers.get(index) else {
            continue;
        };
        let verdict = if best.contains(&index) {
            let taken = taken(lines, &rest, offer);
            for (rest, taken) in rest.iter_mut().zip(&taken) {
                *rest -= taken;
            }
            Ok(Applied {
                discount: Money(taken.iter().sum()),
                lines: taken.into_iter().map(Money).collect(),
            })
        } else {
            Err(vec![left_out(offers, &best, offer)])
        };
        put(&mut verdicts, index, verdict);
    }
    Priced {
        gross: Money(amounts(lines).iter().sum()),
        amount: Money(rest.iter().sum()),
        lines: rest.into_iter().map(Money).collect(),
        verdicts,
    }
}

fn put<T>(all: &mut [T], at: usize, value: T) {
    if let Some(place) = all.get_mut(at) {
        *place = value;
    }
}

/// What lines cost, negative ones nothing, and none so much that a sum could overflow.
fn amounts(lines: &[Line<'_>]) -> Vec<i64> {
    const MOST: i64 = i64::MAX / 4_096;
    lines
        .iter()
        .map(|line| line.amount.0.clamp(0, MOST))
        .collect()
}

/// The coupons by stage, id, code: the order of application.
fn in_order(offers: &[Offer<'_>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..offers.len()).collect();
    order.sort_by_key(|&i| {
        offers
            .get(i)
            .map(|offer| (offer.coupon.benefit.stage(), offer.id, offer.code))
    });
    order
}

/// A coupon counts once on an order; only vouchers add up.
fn same_again(one: &Offer<'_>, other: &Offer<'_>) -> bool {
    let voucher = matches!(other.coupon.benefit, Benefit::Voucher(_));
    one.id == other.id && (!voucher || one.code == other.code)
}

fn go_together(one: &Offer<'_>, other: &Offer<'_>) -> bool {
    if one.id == other.id {
        return !same_again(one, other);
    }
    one.coupon.combine.admits(other.id) && other.coupon.combine.admits(one.id)
}

/// Everything that speaks against a coupon by itself.
fn judged(lines: &[Line<'_>], offer: &Offer<'_>, facts: &Facts) -> Vec<Refusal> {
    let coupon = offer.coupon;
    let mut why = Vec::new();
    match offer.state {
        CouponState::Active => {}
        CouponState::Paused => why.push(Refusal::Paused),
        CouponState::Ended => why.push(Refusal::Ended),
    }
    let code = offer.facts.unwrap_or_default();
    // Of the coupon's days and the code's own the narrower ones hold.
    if let Some(from) = coupon.from.max(code.from)
        && facts.day < from
    {
        why.push(Refusal::NotYet { from });
    }
    let last = [coupon.to, code.to].into_iter().flatten().min();
    if let Some(to) = last
        && facts.day > to
    {
        why.push(Refusal::Expired { to });
    }
    if code.withdrawn {
        why.push(Refusal::Withdrawn);
    }
    if code.used {
        why.push(Refusal::CodeUsed);
    }
    if code.balance.is_some_and(|balance| balance.0 <= 0) {
        why.push(Refusal::Empty);
    }
    why.extend(limits(offer, facts));
    if coupon.currency != facts.currency {
        why.push(Refusal::OtherCurrency);
    }
    why.extend(goods(lines, coupon));
    why
}

fn limits(offer: &Offer<'_>, facts: &Facts) -> Vec<Refusal> {
    let coupon = offer.coupon;
    let mut why = Vec::new();
    if let Some(limit) = coupon.total
        && offer.uses >= limit
    {
        why.push(Refusal::UsedUp { limit });
    }
    match (coupon.per_customer, facts.customer) {
        (Some(_), None) => why.push(Refusal::NeedsCustomer),
        (Some(limit), Some(_)) if offer.uses_by_customer >= limit => {
            why.push(Refusal::CustomerUsedUp { limit });
        }
        _ => {}
    }
    let holder = offer.facts.and_then(|code| code.customer);
    let fit = match (holder, facts.customer) {
        (Some(_), None) => Fit::Unknown,
        (Some(holder), Some(customer)) if holder != customer => Fit::No,
        _ => offer.fit,
    };
    match fit {
        Fit::Yes => {}
        Fit::No => why.push(Refusal::NotForCustomer),
        Fit::Unknown if why.contains(&Refusal::NeedsCustomer) => {}
        Fit::Unknown => why.push(Refusal::NeedsCustomer),
    }
    why
}

fn goods(lines: &[Line<'_>], coupon: &Coupon) -> Option<Refusal> {
    let costs = amounts(lines);
    let among: Vec<i64> = lines
        .iter()
        .zip(&costs)
        .filter(|(line, _)| holds(&coupon.goods, line))
        .map(|(_, cost)| *cost)
        .collect();
    if among.is_empty() {
        return Some(Refusal::NoGoods);
    }
    let counted = Money(among.iter().sum());
    if let Some(minimum) = coupon.minimum
        && counted < minimum
    {
        return Some(Refusal::BelowMinimum { minimum, counted });
    }
    match &coupon.benefit {
        Benefit::Free { product, .. } => {
            let wanted = crate::folded(product);
            let there =
                |line: &Line<'_>| line.quantity_milli > 0 && crate::folded(line.product) == wanted;
            (!lines.iter().any(there)).then(|| Refusal::NeedsProduct {
                product: product.clone(),
            })
        }
        Benefit::BuyGet { .. } => {
            let rounds = rounds(coupon)?;
            (rounds.fit(lines, &costs) == 0).then(|| Refusal::NeedsPieces {
                counted: rounds.counted(lines),
                needed: rounds.needed(),
            })
        }
        Benefit::Percent(_) | Benefit::Amount(_) | Benefit::Voucher(_) => None,
    }
}

fn rounds(coupon: &Coupon) -> Option<Rounds<'_>> {
    match &coupon.benefit {
        Benefit::BuyGet {
            buy,
            get,
            of,
            off,
            times,
        } => Some(Rounds {
            bought: &coupon.goods,
            buy: *buy,
            get: *get,
            of: of.as_ref(),
            off: *off,
            times: *times,
        }),
        _ => None,
    }
}

/// What a coupon takes off each line of which `rest` is left.
fn taken(lines: &[Line<'_>], rest: &[i64], offer: &Offer<'_>) -> Vec<i64> {
    let coupon = offer.coupon;
    let among: Vec<Money> = lines
        .iter()
        .zip(rest)
        .map(|(line, &rest)| Money(if holds(&coupon.goods, line) { rest } else { 0 }))
        .collect();
    let sum = among.iter().map(|it| it.0).sum::<i64>();
    let shared = |amount: i64| -> Vec<i64> {
        split(Money(amount.clamp(0, sum)), &among)
            .into_iter()
            .map(|share| share.0)
            .collect()
    };
    let raw = match &coupon.benefit {
        Benefit::Percent(off) => {
            let numerator = i128::from(sum) * i128::from(*off);
            let off = divide(numerator, i128::from(WHOLE), Rounding::HalfUp);
            shared(off.and_then(|off| i64::try_from(off).ok()).unwrap_or(0))
        }
        Benefit::Amount(off) => shared(off.0),
        Benefit::Voucher(value) => {
            let balance = offer.facts.and_then(|code| code.balance).unwrap_or(*value);
            shared(balance.0)
        }
        Benefit::Free {
            product,
            quantity_milli,
        } => free(lines, rest, product, *quantity_milli),
        Benefit::BuyGet { .. } => match rounds(coupon) {
            Some(rounds) => rounds.discounts(lines, rest),
            None => vec![0; lines.len()],
        },
    };
    match coupon.maximum {
        Some(most) if raw.iter().sum::<i64>() > most.0 => {
            let raw: Vec<Money> = raw.into_iter().map(Money).collect();
            split(most, &raw).into_iter().map(|share| share.0).collect()
        }
        _ => raw,
    }
}

/// The set that takes off the most, as indexes of offers. `able` is in the order of application and has at most
/// [`CODES_PER_BASKET`].
fn best(lines: &[Line<'_>], offers: &[Offer<'_>], able: &[usize]) -> Vec<usize> {
    let mut best: (Sum, Vec<usize>) = (Sum::default(), Vec::new());
    for set in 1u32..(1 << able.len()) {
        let chosen: Vec<usize> = able
            .iter()
            .enumerate()
            .filter(|(bit, _)| set & (1 << bit) != 0)
            .map(|(_, &index)| index)
            .collect();
        let Some(off) = together(lines, offers, &chosen) else {
            continue;
        };
        // Larger discounts first, then smaller of everything else.
        let rank = |sum: Sum, set: &[usize]| {
            let places = positions(able, set);
            (-sum.off, sum.of_vouchers, places.len(), places)
        };
        if off.off > 0 && rank(off, &chosen) < rank(best.0, &best.1) {
            best = (off, chosen);
        }
    }
    best.1
}

fn positions(able: &[usize], chosen: &[usize]) -> Vec<usize> {
    chosen
        .iter()
        .filter_map(|index| able.iter().position(|it| it == index))
        .collect()
}

/// What a set takes off.
#[derive(Clone, Copy, Default)]
struct Sum {
    off: i64,
    /// Of it from vouchers.
    of_vouchers: i64,
}

/// What some coupons take off together; `None` when two of them do not go together.
fn together(lines: &[Line<'_>], offers: &[Offer<'_>], chosen: &[usize]) -> Option<Sum> {
    let chosen: Vec<&Offer<'_>> = chosen.iter().filter_map(|&i| offers.get(i)).collect();
    for (i, one) in chosen.iter().enumerate() {
        if chosen
            .iter()
            .skip(i + 1)
            .any(|other| !go_together(one, other))
        {
            return None;
        }
    }
    let mut rest = amounts(lines);
    let mut sum = Sum::default();
    for offer in chosen {
        let taken = taken(lines, &rest, offer);
        for (rest, taken) in rest.iter_mut().zip(&taken) {
            *rest -= taken;
        }
        let off: i64 = taken.iter().sum();
        sum.off += off;
        if matches!(offer.coupon.benefit, Benefit::Voucher(_)) {
            sum.of_vouchers += off;
        }
    }
    Some(sum)
}

/// Why a coupon that could apply is not in the best set.
fn left_out(offers: &[Offer<'_>], best: &[usize], offer: &Offer<'_>) -> Refusal {
    best.iter()
        .filter_map(|&i| offers.get(i))
        .find(|other| !go_together(other, offer))
        .map_or(Refusal::NothingLeft, |other| Refusal::NotTogether {
            with: other.id,
        })
}
