//! The commands on coupons.

use super::basket::{Holder, make_code, price, record, secret};
use super::returns::released;
use crate::apply::Known;
use crate::customers::existing;
use crate::fault::{self, Failure};
use crate::follow::Touched;
use crate::{orders, points, validate};
use ::coupon::code;
use model::coupon::{
    Audience, Benefit, CODES_AT_ONCE, CodeId, Combine, Coupon, CouponId, CouponState, Way, locked,
};
use model::{CustomerId, Issue, IssueCode, Money, OrderDraft};
use protocol::{CouponCommand, CouponOutcome, Fault, FaultCode, Outcome};
use store::{StoredCoupon, Tx};

/// Carries one out.
pub(crate) fn carry_out(
    command: &CouponCommand,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let outcome = match command {
        CouponCommand::Save { id, fields, seed } => save(*id, fields, seed, known, tx)?,
        CouponCommand::SetState { id, state } => set_state(*id, *state, tx)?,
        CouponCommand::Generate { id, count, seed } => generate(*id, *count, seed, tx)?,
        CouponCommand::Issue {
            id,
            customer,
            value,
            seed,
        } => issue(*id, *customer, *value, seed, tx)?,
        CouponCommand::Withdraw { code } => withdraw(*code, tx)?,
        CouponCommand::Use {
            customer,
            order,
            codes,
            expected,
            key,
        } => {
            let wish = Wish {
                customer: *customer,
                order,
                codes,
                expected: *expected,
                key,
            };
            return use_codes(&wish, known, tx);
        }
        CouponCommand::Release { order, key } => {
            points::check_key(key)?;
            if tx.read().order(*order)?.is_none() {
                return Err(fault::not_found(order).into());
            }
            let count = released(tx, *order, known.context.now, key)?;
            CouponOutcome::Released { count }
        }
    };
    Ok((Outcome::Coupons(outcome), Touched::default()))
}

fn stored(id: CouponId, tx: &Tx<'_>) -> Result<StoredCoupon, Failure> {
    tx.read()
        .coupon(id)?
        .ok_or_else(|| fault::not_found(id).into())
}

fn save(
    id: Option<CouponId>,
    fields: &Coupon,
    seed: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<CouponOutcome, Failure> {
    let mut fields = fields.checked().map_err(Fault::invalid)?;
    fields.currency = known.settings.currency;
    // The key is made with the first coupon, so that an order can issue codes without anybody's randomness.
    secret(tx, seed)?;
    refers(&fields, known, tx)?;
    let key = match &fields.way {
        Way::Shared(text) => Some(shared_key(text)?),
        Way::Single | Way::NextOrder { .. } => None,
    };
    let id = match id {
        None => tx.create_coupon(&fields, key)?.id,
        Some(id) => {
            let old = stored(id, tx)?;
            if old.state == CouponState::Ended {
                return Err(Fault::new(FaultCode::CouponLocked).at("state").into());
            }
            if tx.read().coupon_is_out(id)?
                && let Some(field) = locked(&old.coupon, &fields)
            {
                return Err(Fault::new(FaultCode::CouponLocked).at(field.name()).into());
            }
            tx.update_coupon(&StoredCoupon {
                coupon: fields,
                code_key: key,
                ..old
            })?;
            id
        }
    };
    Ok(CouponOutcome::Saved { id })
}

/// Codes that a sample's coupon begins with.
const SAMPLE_CODES: u32 = 12;

/// Puts the coupons of the sample business in place. Its key is no secret: what is sold with it is nothing.
pub(crate) fn plant(coupons: &[Coupon], tx: &mut Tx<'_>) -> Result<(), Failure> {
    let seed = "73616d706c6520627573696e65737300";
    for fields in coupons {
        let fields = fields.checked().map_err(Fault::invalid)?;
        let key = match &fields.way {
            Way::Shared(text) => Some(shared_key(text)?),
            Way::Single | Way::NextOrder { .. } => None,
        };
        secret(tx, seed)?;
        let stored = tx.create_coupon(&fields, key)?;
        if fields.way == Way::Single {
            generate(stored.id, SAMPLE_CODES, seed, tx)?;
        }
    }
    Ok(())
}

/// What the definition names must be there.
fn refers(fields: &Coupon, known: &Known<'_>, tx: &Tx<'_>) -> Result<(), Failure> {
    let missing = |field: &str, found: String| -> Failure {
        let issue = Issue::error(IssueCode::NotFound)
            .in_field(field)
            .found(&found);
        Fault::invalid(vec![issue]).into()
    };
    match &fields.audience {
        Audience::Everybody => {}
        Audience::Segment(id) => {
            if tx.read().segment(*id)?.is_none() {
                return Err(missing("audience", id.to_string()));
            }
        }
        Audience::Customer(id) => {
            existing(tx.read(), *id)?;
        }
        Audience::Tier(tier) => {
            let version = known.programs.in_force(known.today);
            if version
                .and_then(|version| version.program.tier(tier))
                .is_none()
            {
                return Err(missing("audience", tier.clone()));
            }
        }
    }
    if let Combine::With(ids) = &fields.combine {
        for id in ids {
            if tx.read().coupon(*id)?.is_none() {
                return Err(missing("combine", id.to_string()));
            }
        }
    }
    Ok(())
}

/// A shared code as it compares. One that reads like a made code would be called mistyped or forged wherever it is not
/// known, so it is refused.
fn shared_key(text: &str) -> Result<String, Failure> {
    let key = code::key_of(text);
    if matches!(code::read(None, &key), code::Read::Forged) {
        let issue = Issue::error(IssueCode::Malformed)
            .in_field("code")
            .found(text)
            .expected("WELCOME10");
        return Err(Fault::invalid(vec![issue]).into());
    }
    Ok(key)
}

fn set_state(id: CouponId, state: CouponState, tx: &mut Tx<'_>) -> Result<CouponOutcome, Failure> {
    let old = stored(id, tx)?;
    if old.state == CouponState::Ended && state != CouponState::Ended {
        return Err(Fault::new(FaultCode::CouponLocked).at("state").into());
    }
    tx.update_coupon(&StoredCoupon { state, ..old })?;
    Ok(CouponOutcome::Saved { id })
}

/// Codes can be made for it by hand.
fn makes_codes(stored: &StoredCoupon) -> Result<(), Failure> {
    if stored.state == CouponState::Ended {
        return Err(Fault::new(FaultCode::CouponLocked).at("state").into());
    }
    if matches!(stored.coupon.way, Way::Shared(_)) {
        let issue = Issue::error(IssueCode::UnknownChoice).in_field("way");
        return Err(Fault::invalid(vec![issue]).into());
    }
    Ok(())
}

fn generate(
    id: CouponId,
    count: u32,
    seed: &str,
    tx: &mut Tx<'_>,
) -> Result<CouponOutcome, Failure> {
    let stored = stored(id, tx)?;
    makes_codes(&stored)?;
    if !(1..=CODES_AT_ONCE).contains(&count) {
        let issue = Issue::error(IssueCode::BadNumber)
            .in_field("count")
            .found(&count.to_string())
            .expected("1-10000");
        return Err(Fault::invalid(vec![issue]).into());
    }
    let key = secret(tx, seed)?;
    let value = match stored.coupon.benefit {
        Benefit::Voucher(value) => Some(value),
        _ => None,
    };
    let holder = Holder {
        value,
        ..Holder::ANYBODY
    };
    let mut first = None;
    for _ in 0..count {
        let code = make_code(tx, &stored, key, &holder)?;
        first.get_or_insert(code);
    }
    Ok(CouponOutcome::Codes {
        count,
        first: first.unwrap_or_default(),
    })
}

fn issue(
    id: CouponId,
    customer: CustomerId,
    value: Option<Money>,
    seed: &str,
    tx: &mut Tx<'_>,
) -> Result<CouponOutcome, Failure> {
    let stored = stored(id, tx)?;
    makes_codes(&stored)?;
    existing(tx.read(), customer)?;
    if value.is_some_and(|value| value.0 <= 0) {
        let issue = Issue::error(IssueCode::BadMoney).in_field("value");
        return Err(Fault::invalid(vec![issue]).into());
    }
    let value = match stored.coupon.benefit {
        Benefit::Voucher(usual) => Some(value.unwrap_or(usual)),
        _ => None,
    };
    let key = secret(tx, seed)?;
    let holder = Holder {
        customer: Some(customer),
        value,
        ..Holder::ANYBODY
    };
    let first = make_code(tx, &stored, key, &holder)?;
    Ok(CouponOutcome::Codes { count: 1, first })
}

fn withdraw(id: CodeId, tx: &mut Tx<'_>) -> Result<CouponOutcome, Failure> {
    let code = tx.read().code(id)?.ok_or_else(|| fault::not_found(id))?;
    tx.withdraw_code(id)?;
    Ok(CouponOutcome::Saved {
        id: code.fields.coupon,
    })
}

/// Coupons to be used.
struct Wish<'a> {
    customer: Option<CustomerId>,
    order: &'a OrderDraft,
    codes: &'a [String],
    expected: Option<Money>,
    key: &'a str,
}

fn use_codes(
    wish: &Wish<'_>,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    points::check_key(wish.key)?;
    if let Some(again) = repeated(wish, tx)? {
        return Ok((Outcome::Coupons(again), Touched::default()));
    }
    let mut draft = validate::order(wish.order, known.context.now).map_err(Fault::invalid)?;
    let taken = price(tx.read(), wish.codes, &mut draft, wish.customer, known)?;
    if let Some(expected) = wish.expected
        && expected != draft.amount
    {
        return Err(Fault::new(FaultCode::Conflict)
            .found(expected.to_decimal(draft.currency))
            .expected(draft.amount.to_decimal(draft.currency))
            .into());
    }
    let used = |order, issued| {
        Outcome::Coupons(CouponOutcome::Used {
            order,
            amount: draft.amount,
            discount: taken.discount,
            issued,
        })
    };
    let Some(customer) = wish.customer else {
        record(tx, &taken, None, None, &draft, wish.key)?;
        return Ok((used(None, Vec::new()), Touched::default()));
    };
    let (outcome, touched) = orders::create(customer, &draft, known, tx)?;
    let Outcome::Order { id } = outcome else {
        return Err(fault::internal("an order is created as an order").into());
    };
    record(tx, &taken, Some(customer), Some(id), &draft, wish.key)?;
    let issued = tx
        .read()
        .codes_from(id)?
        .iter()
        .map(|it| code::shown(&it.fields.code))
        .collect();
    Ok((used(Some(id), issued), touched))
}

/// The outcome of the same request before; a fault if the key was used for something else.
fn repeated(wish: &Wish<'_>, tx: &Tx<'_>) -> Result<Option<CouponOutcome>, Failure> {
    let Some(before) = tx.read().use_by_key(&format!("{}#0", wish.key))? else {
        return Ok(None);
    };
    if before.fields.customer != wish.customer {
        return Err(Fault::new(FaultCode::KeyReused)
            .at("key")
            .found(wish.key)
            .into());
    }
    let order = match before.fields.order {
        Some(id) => tx.read().order(id)?,
        None => None,
    };
    let uses = match &order {
        Some(order) => tx.read().uses_of_order(order.id)?,
        None => vec![before.clone()],
    };
    let discount = uses
        .iter()
        .filter(|it| it.fields.kind == store::UseKind::Use)
        .fold(0i64, |sum, it| sum.saturating_add(it.fields.discount.0));
    Ok(Some(CouponOutcome::Used {
        order: order.as_ref().map(|order| order.id),
        amount: order
            .map(|order| order.fields.amount)
            .or(wish.expected)
            .unwrap_or_default(),
        discount: Money(discount),
        issued: Vec::new(),
    }))
}
