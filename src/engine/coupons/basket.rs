//! Coupons on an order: what they take off, recording the uses, and codes that the order issues for the next one.

use super::find::{Found, Ground, Imported, find};
use crate::apply::Known;
use crate::fault::Failure;
use ::coupon::code::{self, Key};
use ::coupon::{Facts, Fit, Line, Offer, Priced};
use model::coupon::{CODES_PER_BASKET, CouponId, CouponState, Refusal, Way};
use model::money::{Rounding, divide};
use model::{Currency, CustomerId, Day, Issue, IssueCode, Money, OrderDraft, OrderId, OrderLine};
use protocol::{Fault, FaultCode};
use store::{CodeDraft, Reader, StoredCoupon, Tx, UseDraft, UseKind};

/// Coupons that were judged against a basket.
pub(crate) struct Judged {
    pub(crate) found: Vec<Found>,
    pub(crate) priced: Priced,
}

/// Judges codes against lines.
pub(crate) fn judge(
    codes: &[String],
    lines: &[Line<'_>],
    day: Day,
    currency: Currency,
    ground: &Ground<'_>,
) -> Result<Judged, Failure> {
    if codes.len() > CODES_PER_BASKET {
        let issue = Issue::error(IssueCode::LimitPassed)
            .in_field("codes")
            .expected(&CODES_PER_BASKET.to_string());
        return Err(Fault::invalid(vec![issue]).into());
    }
    let imported = if codes.is_empty() {
        Imported::default()
    } else {
        Imported::read(ground.read)?
    };
    let mut found = Vec::new();
    for typed in codes {
        found.push(find(typed, &imported, ground)?);
    }
    let facts = Facts {
        day,
        customer: ground.customer,
        currency,
    };
    let offers: Vec<Offer<'_>> = found.iter().filter_map(offer).collect();
    let mut priced = ::coupon::price(lines, &offers, &facts);
    // Codes that are none stand among the verdicts too, at their places.
    let mut verdicts = priced.verdicts.into_iter();
    priced.verdicts = found
        .iter()
        .map(|found| match (&found.wrong, &found.coupon) {
            (None, Some(_)) => verdicts.next().unwrap_or(Err(vec![Refusal::UnknownCode])),
            (wrong, _) => Err(vec![wrong.clone().unwrap_or(Refusal::UnknownCode)]),
        })
        .collect();
    Ok(Judged { found, priced })
}

fn offer(found: &Found) -> Option<Offer<'_>> {
    let stored = found.coupon.as_ref()?;
    Some(Offer {
        id: stored.id,
        code: &found.key,
        coupon: &stored.coupon,
        state: stored.state,
        facts: found.facts,
        uses: found.uses,
        uses_by_customer: found.own,
        fit: found.fit,
    })
}

/// The lines of a basket; one without a product where only the total is known.
pub(crate) fn lines_of(lines: &[OrderLine], amount: Money) -> Vec<Line<'_>> {
    if lines.is_empty() {
        return vec![Line {
            product: "",
            category: None,
            quantity_milli: 0,
            amount,
        }];
    }
    lines
        .iter()
        .map(|line| Line {
            product: &line.product,
            category: line.category.as_deref(),
            quantity_milli: line.quantity_milli,
            amount: line.amount,
        })
        .collect()
}

/// Coupons taken off an order that is not stored yet.
#[derive(Default)]
pub(crate) struct Taken {
    uses: Vec<(Found, ::coupon::Applied)>,
    /// What they took off.
    pub(crate) discount: Money,
}

/// Takes coupons off an order that is not stored yet: its lines, amount and tax become smaller, `gross` says what it cost
/// before, and `coupon` names the codes. Without codes nothing changes. `draft` must be before coupons, and its amount the
/// sum of its lines where it has some.
///
/// # Errors
/// `CouponRefused` for the first code that does not apply.
pub(crate) fn price(
    read: Reader<'_>,
    codes: &[String],
    draft: &mut OrderDraft,
    customer: Option<CustomerId>,
    known: &Known<'_>,
) -> Result<Taken, Failure> {
    if codes.is_empty() {
        return Ok(Taken::default());
    }
    let sum = draft
        .lines
        .iter()
        .fold(0i64, |sum, line| sum.saturating_add(line.amount.0));
    if !draft.lines.is_empty() && sum != draft.amount.0 {
        let issue = Issue::error(IssueCode::LinesDiffer)
            .in_field("amount")
            .found(&draft.amount.to_decimal(draft.currency))
            .expected(&Money(sum).to_decimal(draft.currency));
        return Err(Fault::invalid(vec![issue]).into());
    }
    let ground = Ground::of(read, known, customer);
    let day = known.settings.zone.day(draft.at);
    let lines = lines_of(&draft.lines, draft.amount);
    let Judged { found, priced } = judge(codes, &lines, day, draft.currency, &ground)?;
    let mut taken = Taken::default();
    let mut names = Vec::new();
    for (found, verdict) in found.into_iter().zip(priced.verdicts) {
        match verdict {
            Ok(applied) => {
                names.push(found.shown.clone());
                taken.discount.0 = taken.discount.0.saturating_add(applied.discount.0);
                taken.uses.push((found, applied));
            }
            Err(why) => return Err(refused(&found.shown, &why, draft.currency).into()),
        }
    }
    let before = draft.amount;
    draft.gross = Some(draft.gross.unwrap_or(before).max(before));
    draft.amount = priced.amount;
    if !draft.lines.is_empty() {
        for (line, amount) in draft.lines.iter_mut().zip(&priced.lines) {
            line.amount = *amount;
        }
    }
    // Tax is a part of what is paid, so it shrinks in proportion; rounded half up.
    if let Some(tax) = draft.tax {
        let numerator = i128::from(tax.0) * i128::from(draft.amount.0);
        let smaller = divide(numerator, i128::from(before.0), Rounding::HalfUp);
        draft.tax = Some(Money(
            smaller.and_then(|it| i64::try_from(it).ok()).unwrap_or(0),
        ));
    }
    draft.coupon = Some(names.join(", "));
    Ok(taken)
}

/// A refused code as a fault.
pub(crate) fn refused(shown: &str, why: &[Refusal], currency: Currency) -> Fault {
    let fault = Fault::new(FaultCode::CouponRefused).found(shown);
    let Some(first) = why.first() else {
        return fault;
    };
    let data = match first {
        Refusal::NotYet { from: day } | Refusal::Expired { to: day } => Some(day.to_string()),
        Refusal::UsedUp { limit } | Refusal::CustomerUsedUp { limit } => Some(limit.to_string()),
        Refusal::BelowMinimum { minimum, .. } => Some(minimum.to_decimal(currency)),
        Refusal::NeedsProduct { product } => Some(product.clone()),
        Refusal::NeedsPieces { needed, .. } => Some(needed.to_string()),
        _ => None,
    };
    let fault = fault.at(first.code());
    match data {
        Some(data) => fault.expected(data),
        None => fault,
    }
}

/// The key of the n-th coupon of a request.
fn use_key(key: &str, index: usize) -> String {
    format!("{key}#{index}")
}

/// Records the uses of coupons that [`price`] took off, on the order that was stored.
pub(crate) fn record(
    tx: &mut Tx<'_>,
    taken: &Taken,
    customer: Option<CustomerId>,
    order: Option<OrderId>,
    draft: &OrderDraft,
    key: &str,
) -> Result<(), Failure> {
    for (index, (found, applied)) in taken.uses.iter().enumerate() {
        let Some(stored) = &found.coupon else {
            continue;
        };
        let code = match (&found.code, found.unrecorded) {
            (Some(code), _) => Some(code.id),
            (None, Some(serial)) => Some(adopt(tx, stored, serial, &found.key)?),
            (None, None) => None,
        };
        let lines: Vec<i64> = applied.lines.iter().map(|it| it.0).collect();
        let data = serde_json::json!({ "lines": lines, "amount": draft.amount.0 });
        tx.add_use(&UseDraft {
            coupon: stored.id,
            code,
            customer,
            order,
            kind: UseKind::Use,
            discount: applied.discount,
            at: draft.at,
            key: use_key(key, index),
            reverses: None,
            data: Some(data.to_string()),
        })?;
    }
    Ok(())
}

/// Puts a code of another till on record, so that it cannot be used twice here.
fn adopt(
    tx: &mut Tx<'_>,
    stored: &StoredCoupon,
    serial: u32,
    code: &str,
) -> Result<model::coupon::CodeId, Failure> {
    let draft = CodeDraft {
        coupon: stored.id,
        serial,
        code: code.to_owned(),
        customer: None,
        value: None,
        from: None,
        to: None,
        source: None,
    };
    Ok(tx.add_code(&draft)?.id)
}

/// What a code is made for.
pub(crate) struct Holder {
    pub(crate) customer: Option<CustomerId>,
    pub(crate) value: Option<Money>,
    pub(crate) from: Option<Day>,
    pub(crate) to: Option<Day>,
    pub(crate) source: Option<OrderId>,
}

impl Holder {
    /// Whoever brings it.
    pub(crate) const ANYBODY: Holder = Holder {
        customer: None,
        value: None,
        from: None,
        to: None,
        source: None,
    };
}

/// Makes the next code of a coupon. Gives it as printed.
pub(crate) fn make_code(
    tx: &mut Tx<'_>,
    stored: &StoredCoupon,
    secret: Key,
    holder: &Holder,
) -> Result<String, Failure> {
    loop {
        let serial = tx.next_serial(stored)?;
        if serial > code::SERIAL_MAX || stored.number > code::NUMBER_MAX {
            let issue = Issue::error(IssueCode::LimitPassed).in_field("count");
            return Err(Fault::invalid(vec![issue]).into());
        }
        // One serial in nine has an ambiguous check character and makes no code.
        let Some(text) = code::make(secret, stored.number, serial) else {
            continue;
        };
        // A code of another till may have been put on record under this serial.
        if tx.read().code_by_text(&text)?.is_some() {
            continue;
        }
        tx.add_code(&CodeDraft {
            coupon: stored.id,
            serial,
            code: text.clone(),
            customer: holder.customer,
            value: holder.value,
            from: holder.from,
            to: holder.to,
            source: holder.source,
        })?;
        return Ok(code::shown(&text));
    }
}

/// The workspace's key for codes; made of `seed` when there is none.
pub(crate) fn secret(tx: &mut Tx<'_>, seed: &str) -> Result<Key, Failure> {
    let wrong = || {
        let issue = Issue::error(IssueCode::Malformed)
            .in_field("seed")
            .expected("32 hexadecimal digits");
        Fault::invalid(vec![issue])
    };
    let fresh = Key::from_hex(seed).ok_or_else(wrong)?;
    let text = tx.coupon_secret(&fresh.to_hex())?;
    Key::from_hex(&text)
        .ok_or_else(|| crate::fault::internal("the key of coupons is damaged").into())
}

/// Issues the codes that a stored order earns for the next one; gives them as printed.
pub(crate) fn issue_for_order(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    order: OrderId,
    draft: &OrderDraft,
    known: &Known<'_>,
) -> Result<Vec<String>, Failure> {
    let mut issued = Vec::new();
    let day = known.settings.zone.day(draft.at);
    let running: Vec<StoredCoupon> = tx
        .read()
        .coupons()?
        .into_iter()
        .filter(|stored| issues_on(stored, day, draft))
        .collect();
    // The oldest coupon first, so that codes come in the order of their coupons.
    for stored in running.into_iter().rev() {
        let Way::NextOrder { days, .. } = stored.coupon.way else {
            continue;
        };
        let last = day.plus_days(i32::try_from(days).unwrap_or(i32::MAX));
        let to = stored.coupon.to.map_or(last, |to| to.min(last));
        if to < known.today || !may_have(tx.read(), &stored, customer, known)? {
            continue;
        }
        let Some(key) = tx
            .read()
            .coupon_secret()?
            .and_then(|hex| Key::from_hex(&hex))
        else {
            continue;
        };
        let holder = Holder {
            customer: Some(customer),
            from: Some(day),
            to: Some(to),
            source: Some(order),
            ..Holder::ANYBODY
        };
        issued.push(make_code(tx, &stored, key, &holder)?);
    }
    Ok(issued)
}

fn issues_on(stored: &StoredCoupon, day: Day, draft: &OrderDraft) -> bool {
    let it = &stored.coupon;
    let Way::NextOrder { from, .. } = it.way else {
        return false;
    };
    stored.state == CouponState::Active
        && it.currency == draft.currency
        && draft.status == model::OrderStatus::Paid
        && draft.amount >= from
        && it.from.is_none_or(|first| day >= first)
        && it.to.is_none_or(|last| day <= last)
}

/// Whether the customer is among those it is for and could still use one more. Where that cannot be known yet, no code is
/// issued rather than one too many.
fn may_have(
    read: Reader<'_>,
    stored: &StoredCoupon,
    customer: CustomerId,
    known: &Known<'_>,
) -> Result<bool, Failure> {
    if known.circle.unknown && matches!(stored.coupon.audience, model::coupon::Audience::Segment(_))
    {
        return Ok(false);
    }
    let ground = Ground::of(read, known, Some(customer));
    let (uses, own, _) = read.use_counts(stored.id, Some(customer))?;
    let free = |limit: Option<u32>, uses: u32| limit.is_none_or(|limit| uses < limit);
    Ok(ground.fit(&stored.coupon.audience)? == Fit::Yes
        && free(stored.coupon.total, uses)
        && free(stored.coupon.per_customer, own))
}

/// Names of coupons by id, for refusals that name another one.
pub(crate) fn name_of(read: Reader<'_>, id: CouponId) -> Result<Option<String>, Failure> {
    Ok(read.coupon(id)?.map(|stored| stored.coupon.name))
}
