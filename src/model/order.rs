//! Orders: completed purchases with their lines and refunds.
//!
//! Amounts follow `shuke.d.ts`: `amount` is what was paid, discounts taken off and tax included; `gross` is before
//! discounts; `tax` is the part of `amount` that is tax; `paid_with_points` is the part paid in points. A refund
//! never edits an order: it is a record of its own, and what remains is `amount - refunded`.

use crate::{Currency, CustomerId, Money, OrderId, Timestamp};
use serde::{Deserialize, Serialize};

/// Whether an order counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Counts with what remains of its amount.
    #[default]
    Paid,
    /// Returned whole; does not count.
    Refunded,
    /// Never came about; does not count.
    Cancelled,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderLine {
    /// Product name or code.
    pub product: String,
    /// Category of the product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// How many, in thousandths (`1000` is one piece, `350` is 0.35 kg).
    pub quantity_milli: i64,
    /// What was paid for the whole line, in the order's currency.
    pub amount: Money,
}

/// An order before it is stored. The customer is linked by whoever stores it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderDraft {
    /// The order's key in the system it came from; unique where present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// When it was bought.
    pub at: Timestamp,
    /// The currency of every amount in it.
    pub currency: Currency,
    /// What was paid, discounts taken off, tax included.
    pub amount: Money,
    /// Before discounts, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross: Option<Money>,
    /// The part of `amount` that is tax, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Money>,
    /// The part of `amount` that was paid in points, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_with_points: Option<Money>,
    /// Whether it counts.
    #[serde(default)]
    pub status: OrderStatus,
    /// Where it was bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The coupon used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<String>,
    /// Its lines; may be empty where only the total is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<OrderLine>,
}

/// How many thousandths of a line came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundLine {
    /// Index of the order's line, from 0.
    pub line: u32,
    /// Thousandths of a piece.
    pub quantity_milli: i64,
}

/// What a person asks to be refunded: an amount, lines, or (neither given) all that remains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundRequest {
    /// The order.
    pub order: OrderId,
    /// How much; without it, what the lines cost, or all that remains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Which lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<RefundLine>,
    /// When; without it, now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Idempotency key, 1 to 128 characters: the same key again writes nothing.
    pub key: String,
}

/// A recorded refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refund {
    /// Idempotency key.
    pub key: String,
    /// When.
    pub at: Timestamp,
    /// How much of the order's amount came back, in the order's currency.
    pub amount: Money,
    /// Which lines, where known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<RefundLine>,
}

/// A stored order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// Who bought.
    pub customer: CustomerId,
    /// What was stated.
    #[serde(flatten)]
    pub fields: OrderDraft,
    /// Its refunds in order of time, then key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<Refund>,
}

impl Order {
    /// What has come back so far.
    pub fn refunded(&self) -> Money {
        Money(
            self.refunds
                .iter()
                .fold(0i64, |sum, r| sum.saturating_add(r.amount.0)),
        )
    }

    /// What remains of the amount: nothing when cancelled or returned whole.
    pub fn remaining(&self) -> Money {
        match self.fields.status {
            OrderStatus::Paid => Money(
                self.fields
                    .amount
                    .0
                    .saturating_sub(self.refunded().0)
                    .max(0),
            ),
            OrderStatus::Refunded | OrderStatus::Cancelled => Money::ZERO,
        }
    }
}
