//! Coupons when an order comes back.
//!
//! An order that is returned whole gives its coupons free: they can be used again within their dates, and codes that it
//! issued for the next order are taken back if nobody used them. An order that comes back in part keeps them; only of a
//! voucher the same share goes back to its balance, so that many parts come to the whole.

use crate::fault::Failure;
use ::coupon::returned;
use model::coupon::Benefit;
use model::{Money, Order, OrderId, Timestamp};
use store::{CouponUse, Tx, UseDraft, UseKind};

/// Follows a refund. `order` is as it is now, this refund included; `before` had come back earlier.
pub(crate) fn after_refund(
    tx: &mut Tx<'_>,
    order: &Order,
    before: Money,
    at: Timestamp,
    key: &str,
) -> Result<(), Failure> {
    let uses = in_force(tx, order.id)?;
    let whole = order.remaining() <= Money::ZERO;
    let paid = order.fields.amount.0;
    for (index, (it, left)) in uses.into_iter().enumerate() {
        let back = if whole {
            left
        } else if is_voucher(tx, &it)? {
            let now = order.refunded().0.saturating_sub(before.0);
            Money(
                returned(it.fields.discount, paid, before.0, now)
                    .0
                    .min(left.0),
            )
        } else {
            Money::ZERO
        };
        if back > Money::ZERO {
            release(tx, &it, back, at, &format!("release:{key}#{index}"))?;
        }
    }
    if whole {
        take_issued_back(tx, order.id)?;
    }
    Ok(())
}

/// Gives all coupons of an order free; how many those are.
pub(crate) fn released(
    tx: &mut Tx<'_>,
    order: OrderId,
    at: Timestamp,
    key: &str,
) -> Result<u32, Failure> {
    let uses = in_force(tx, order)?;
    let count = u32::try_from(uses.len()).unwrap_or(u32::MAX);
    for (index, (it, left)) in uses.into_iter().enumerate() {
        release(tx, &it, left, at, &format!("{key}#{index}"))?;
    }
    Ok(count)
}

/// Uses on an order with what is left of each.
fn in_force(tx: &Tx<'_>, order: OrderId) -> Result<Vec<(CouponUse, Money)>, Failure> {
    let mut uses = Vec::new();
    for it in tx.read().uses_of_order(order)? {
        if it.fields.kind == UseKind::Use {
            let left = tx.read().left_of_use(&it)?;
            if left > Money::ZERO {
                uses.push((it, left));
            }
        }
    }
    Ok(uses)
}

fn is_voucher(tx: &Tx<'_>, it: &CouponUse) -> Result<bool, Failure> {
    let stored = tx.read().coupon(it.fields.coupon)?;
    Ok(stored.is_some_and(|stored| matches!(stored.coupon.benefit, Benefit::Voucher(_))))
}

fn release(
    tx: &mut Tx<'_>,
    it: &CouponUse,
    back: Money,
    at: Timestamp,
    key: &str,
) -> Result<(), Failure> {
    tx.add_use(&UseDraft {
        kind: UseKind::Release,
        discount: back,
        at,
        key: key.to_owned(),
        reverses: Some(it.id),
        data: None,
        ..it.fields.clone()
    })?;
    Ok(())
}

fn take_issued_back(tx: &mut Tx<'_>, order: OrderId) -> Result<(), Failure> {
    for code in tx.read().codes_from(order)? {
        let (uses, _) = tx.read().spent(code.id)?;
        if uses == 0 && !code.withdrawn {
            tx.withdraw_code(code.id)?;
        }
    }
    Ok(())
}
