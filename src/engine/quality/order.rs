//! What looks wrong with the orders of a customer.

use model::{Day, Money, OrderStatus, Timestamp};
use protocol::Finding;
use segment::Columns;

/// Two orders of the same amount within this time are one, entered twice.
const TWICE_WITHIN_MS: i64 = 120_000;

/// Nobody has orders of before in a file that is right.
const FIRST_YEAR: i32 = 2000;

/// What orders are checked with.
pub(crate) struct With {
    pub(crate) today: Day,
    pub(crate) now: Timestamp,
    /// Above this an amount is far out.
    pub(crate) fence: Option<i64>,
}

/// Looks at all orders of a slot.
pub(crate) fn check(columns: &Columns, slot: u32, with: &With, mut hit: impl FnMut(Finding, i64)) {
    let own = columns.currency();
    let mut paid: Vec<(Timestamp, Money, i64)> = Vec::new();
    for order in columns.orders(slot) {
        let id = order.id().0;
        if order.at() > with.now && order.day() > with.today {
            hit(Finding::FutureOrder, id);
        }
        if order.day().year() < FIRST_YEAR {
            hit(Finding::AncientOrder, id);
        }
        if order.status() == OrderStatus::Refunded && order.refunds().is_empty() {
            hit(Finding::ReturnedWithoutRefund, id);
        }
        if order.status() != OrderStatus::Paid {
            continue;
        }
        if order.currency() != own {
            if order.remaining_on(with.today).is_none() {
                hit(Finding::ForeignCurrency, id);
            }
        } else if order.amount() <= Money::ZERO {
            hit(Finding::ZeroAmount, id);
        } else if with.fence.is_some_and(|fence| order.amount().0 >= fence) {
            hit(Finding::OutlierAmount, id);
        }
        let mut lines = order.lines();
        if lines.len() > 0 && lines.all(|line| line.category.is_none()) {
            hit(Finding::NoCategory, id);
        }
        if order.amount() > Money::ZERO {
            paid.push((order.at(), order.amount(), id));
        }
    }
    paid.sort_unstable();
    for (at, (when, amount, id)) in paid.iter().enumerate() {
        let before = paid.get(..at).unwrap_or_default().iter().rev();
        let twin = before
            .take_while(|(earlier, ..)| when.0.saturating_sub(earlier.0) <= TWICE_WITHIN_MS)
            .any(|(_, other, _)| other == amount);
        if twin {
            hit(Finding::DoubleOrder, *id);
        }
    }
}
