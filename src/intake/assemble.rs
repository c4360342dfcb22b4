//! Rows to records.

use crate::Row;
use model::import::ImportPlan;
use model::{
    Currency, CustomerDraft, CustomerId, Issue, Money, OrderDraft, OrderId, Timestamp, Zone,
};

/// What reading depends on beside the file: all that must not be asked of a clock or a browser.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// The business's time zone, for times without offset.
    pub zone: Zone,
    /// The workspace's currency (acquisition costs).
    pub currency: Currency,
    /// Telephone country code that numbers without one get, such as `86`.
    pub phone_country: String,
    /// Now: later birthdays and orders are [`model::IssueCode::FutureDate`].
    pub now: Timestamp,
}

/// A row of the file as it was, kept so that rejected rows can be given back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawRow {
    /// Row as a spreadsheet counts it.
    pub number: u32,
    pub(crate) text: String,
    pub(crate) ends: Vec<u32>,
}

impl RawRow {
    /// Its cells in the order of the file's columns.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let cell = self.text.get(start..end as usize).unwrap_or_default();
            start = end as usize;
            cell
        })
    }
}

/// A customer as a row states it, with the keys it may be found by (strongest first: `id`, the draft's
/// `external_id`, `phone_key`, `email_key`, then `name_key`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IncomingCustomer {
    /// Our own id (only files we wrote have it).
    pub id: Option<CustomerId>,
    /// What the row says; fields it is silent about are `None`.
    pub draft: CustomerDraft,
    /// The telephone where it is whole (E.164, not masked).
    pub phone_key: Option<String>,
    /// The e-mail address.
    pub email_key: Option<String>,
    /// For orders whose customer has no other key: the name as it is written (Shopify's Billing Name).
    pub name_key: Option<String>,
}

/// An order as one or more rows state it.
#[derive(Clone, Debug, PartialEq)]
pub struct IncomingOrder {
    /// Our own id (only files we wrote have it).
    pub id: Option<OrderId>,
    /// What the rows say.
    pub draft: OrderDraft,
    /// How much of the amount has come back in part, where the file says so and the order still counts.
    pub refunded: Option<Money>,
    /// When it came back, where the file says so.
    pub refunded_at: Option<Timestamp>,
}

/// What a row (or the rows of one order) amounts to.
#[derive(Clone, Debug, PartialEq)]
pub struct Incoming {
    /// First row.
    pub row: u32,
    /// The customer it states. In a file of orders: who bought, as far as it says.
    pub customer: Option<IncomingCustomer>,
    /// The order it states; `None` in a file of customers.
    pub order: Option<IncomingOrder>,
    /// For a record without a key of its own (an order without number, a customer with a name only): the same for
    /// the same content at the same occurrence, so that the file imported again is known again.
    pub source_key: Option<String>,
    /// Warnings about single values.
    pub issues: Vec<Issue>,
    /// Why nothing is to be taken from it, if so. `customer` and `order` are then as far as they could be read.
    pub rejected: Option<Issue>,
    /// The rows as they were.
    pub rows: Vec<RawRow>,
}

/// Makes records of rows.
#[derive(Debug)]
pub struct Assembler {
    _plan: ImportPlan,
}

impl Assembler {
    /// Reads as the plan says.
    pub fn new(plan: &ImportPlan, _circumstances: Circumstances) -> Self {
        Self {
            _plan: plan.clone(),
        }
    }

    /// Takes a row; appends the records that are complete now (an order is complete when the next one begins).
    pub fn push(&mut self, _row: Row<'_>, _out: &mut Vec<Incoming>) {}

    /// Appends what is left.
    pub fn finish(&mut self, _out: &mut Vec<Incoming>) {}
}
