//! A deterministic sample business: the same day and seed give the same records, to the byte.
//!
//! Invariant: no clock and no randomness but the seeded generator in [`random`]. What is planted where is listed in
//! [`Planted`], so that tests can look for it.

mod cafe;
mod coupons;
mod names;
mod random;

pub use cafe::cafe;

use model::{CustomerDraft, InteractionDraft, OrderDraft, RefundLine, Timestamp, Zone};

/// A business with all its records, in the order in which they are to be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Business {
    /// Name of the business.
    pub name: String,
    /// Where its days begin and end.
    pub zone: Zone,
    /// Its customers. Others refer to them by position.
    pub customers: Vec<CustomerDraft>,
    /// Its orders: position of the customer, the order, its refunds. Sorted by time.
    pub orders: Vec<SampleOrder>,
    /// Its interactions: position of the customer, what happened. Sorted by time.
    pub interactions: Vec<(u32, InteractionDraft)>,
    /// Points redeemed over the years: position of the customer, when, how many. Sorted by time.
    pub redemptions: Vec<(u32, Timestamp, i64)>,
    /// The loyalty programme as JSON (loyalty-program.md).
    pub program: String,
    /// Saved segments: name, rule as JSON.
    pub segments: Vec<(String, String)>,
    /// Coupons.
    pub coupons: Vec<model::coupon::Coupon>,
    /// What was put where on purpose.
    pub planted: Planted,
}

impl Business {
    /// The business as it stands at `now`: what happens later on that day is moved into the part of it that has passed,
    /// in the same order and with the same counts. Nobody has seen tonight's orders in the morning.
    #[must_use]
    pub fn until(mut self, now: Timestamp) -> Self {
        let start = self.zone.start_of(self.zone.day(now));
        let end = self.zone.start_of(self.zone.day(now).plus_days(1));
        let moved = |at: &mut Timestamp| {
            if *at > start {
                at.0 = start.0 + (at.0 - start.0) * (now.0 - start.0) / (end.0 - start.0);
            }
        };
        for sample in &mut self.orders {
            moved(&mut sample.order.at);
            for refund in &mut sample.refunds {
                moved(&mut refund.at);
            }
        }
        for (_, interaction) in &mut self.interactions {
            moved(&mut interaction.at);
        }
        for (_, at, _) in &mut self.redemptions {
            moved(at);
        }
        self
    }
}

/// An order with its refunds.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleOrder {
    /// Position of the customer.
    pub customer: u32,
    /// The order.
    pub order: OrderDraft,
    /// Its refunds.
    pub refunds: Vec<SampleRefund>,
}

/// A refund of a sample order.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleRefund {
    /// Idempotency key.
    pub key: String,
    /// When.
    pub at: Timestamp,
    /// Minor units.
    pub amount: model::Money,
    /// Which lines.
    pub lines: Vec<RefundLine>,
}

/// Where the sample has what it is known to have. Positions are those of the customers, numbers those of orders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Planted {
    /// Pairs of records of the same person: same phone written differently, or same e-mail.
    pub duplicates: Vec<(u32, u32)>,
    /// Regulars who stopped coming and are past twice their usual gap.
    pub slipping: Vec<u32>,
    /// Customers whose birthday is today or within the next seven days.
    pub birthdays: Vec<u32>,
    /// External ids of orders that were refunded in part.
    pub part_refunds: Vec<String>,
    /// External ids of orders that were refunded whole.
    pub full_refunds: Vec<String>,
    /// External ids of orders that were cancelled.
    pub cancelled: Vec<String>,
}
