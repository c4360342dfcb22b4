//! A whole sample business at once, for demonstrations and tests.

use crate::fault::{Failure, OrFault};
use crate::{Changed, Context, Engine};
use model::{
    CustomerDraft, InteractionDraft, Issue, IssueCode, OrderDraft, Points, Refund, Timestamp,
};
use protocol::{Fault, FaultCode};
use store::{BatchMeta, EntryDraft, EntryKind};

/// A business with all its records. Others refer to customers by position.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// Its customers. Each counts as recorded on its signup day, or else on the day of its first order.
    pub customers: Vec<CustomerDraft>,
    /// Its orders.
    pub orders: Vec<SampleOrder>,
    /// Its interactions: position of the customer, what happened.
    pub interactions: Vec<(u32, InteractionDraft)>,
    /// Points redeemed: position of the customer, when, how many.
    pub redemptions: Vec<(u32, Timestamp, Points)>,
    /// The loyalty programme as JSON; empty for none.
    pub program: String,
    /// Saved segments: name, rule as JSON.
    pub segments: Vec<(String, String)>,
    /// Coupons; those with codes get a dozen.
    pub coupons: Vec<model::coupon::Coupon>,
}

/// An order with its refunds.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleOrder {
    /// Position of the customer.
    pub customer: u32,
    /// The order.
    pub order: OrderDraft,
    /// Its refunds.
    pub refunds: Vec<Refund>,
}

impl Engine {
    /// Puts a sample business into an empty workspace, in one transaction. Columns are gone afterwards: load them.
    ///
    /// # Errors
    /// `Conflict` when there are customers already; `Invalid` when a record refers to a customer that is not there;
    /// `BadProgram`; `Storage`.
    pub fn load_sample(&mut self, sample: &Sample, context: &Context) -> Result<Changed, Fault> {
        if self.store.read().counts().or_fault()?.customers > 0 {
            return Err(Fault::new(FaultCode::Conflict));
        }
        let program = match sample.program.as_str() {
            "" => None,
            json => Some(model::program::Program::parse(json).map_err(crate::points::bad_program)?),
        };
        let zone = self.settings.zone;
        let meta = BatchMeta {
            name: "load_sample",
            subject: "",
            who: &context.who,
            at: context.now,
            request: None,
            continues: None,
            bulk: true,
        };
        let missing = || -> Failure {
            Fault::invalid(vec![Issue::error(IssueCode::NotFound).in_field("customer")]).into()
        };
        let mut first_order: Vec<Option<Timestamp>> = vec![None; sample.customers.len()];
        for order in &sample.orders {
            if let Some(first) = first_order.get_mut(order.customer as usize) {
                let at = order.order.at;
                *first = Some(first.map_or(at, |known| known.min(at)));
            }
        }
        self.store.write(meta, |tx| -> Result<(), Failure> {
            let mut ids = Vec::with_capacity(sample.customers.len());
            for (customer, first) in sample.customers.iter().zip(first_order) {
                let signup = customer.signup_on.map(|day| zone.start_of(day));
                let at = signup.into_iter().chain(first).min().unwrap_or(context.now);
                ids.push(tx.create_customer(customer, at)?);
            }
            let id_of = |position: u32| ids.get(position as usize).copied().ok_or_else(missing);
            for order in &sample.orders {
                let id = tx.create_order(id_of(order.customer)?, &order.order)?;
                for refund in &order.refunds {
                    tx.add_refund(id, refund)?;
                }
            }
            for (customer, interaction) in &sample.interactions {
                tx.add_interaction(id_of(*customer)?, interaction)?;
            }
            if let Some(program) = &program {
                tx.add_program(None, &program.to_json())?;
            }
            for (number, (customer, at, points)) in sample.redemptions.iter().enumerate() {
                let entry = EntryDraft {
                    kind: EntryKind::Redemption,
                    points: Points(points.0.saturating_abs().saturating_neg()),
                    at: *at,
                    key: format!("demo-redeem-{number}"),
                    program_version: Some(1),
                    reward: None,
                    reason: None,
                    reverses: None,
                    order: None,
                    data: None,
                };
                tx.add_entry(id_of(*customer)?, &entry)?;
            }
            for (name, rule) in &sample.segments {
                tx.save_segment(None, name, rule)?;
            }
            crate::coupons::plant(&sample.coupons, tx)
        })?;
        self.start_over()?;
        Ok(self.everything_changed())
    }
}
