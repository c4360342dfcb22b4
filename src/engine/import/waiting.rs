//! Orders that wait for their customer: how they are kept, and how they find one.
//!
//! Rule: an order is placed of itself when a customer fits by number, e-mail, telephone or by an earlier order under
//! the same name; a name alone is weak, so there a person says yes.

use super::book::Book;
use super::matching;
use super::record::WrittenRecords;
use crate::fault::{self, Failure};
use intake::{Incoming, IncomingCustomer, IncomingOrder};
use model::import::{ImportKind, KnownBy, MatchBy};
use model::{Customer, CustomerDraft, Money, Order, OrderDraft, Timestamp};
use serde::{Deserialize, Serialize};
use store::WaitingOrder;

/// What is kept of the buyer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Buyer {
    pub(crate) draft: CustomerDraft,
    pub(crate) phone_key: Option<String>,
    pub(crate) email_key: Option<String>,
    pub(crate) name_key: Option<String>,
    /// What stands for a key where the source has none.
    pub(crate) source_key: Option<String>,
}

/// What is kept of the order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Waiting {
    pub(crate) draft: OrderDraft,
    #[serde(default)]
    pub(crate) refunded: Option<Money>,
    #[serde(default)]
    pub(crate) refunded_at: Option<Timestamp>,
    /// What tells the order from others where it has no number.
    #[serde(default)]
    pub(crate) source_key: Option<String>,
}

/// What tells an order from others, if anything does.
pub(crate) fn key_of(external_id: Option<&str>, source_key: Option<&str>) -> Option<String> {
    match (external_id, source_key) {
        (Some(number), _) => Some(format!("id:{number}")),
        (None, Some(key)) => Some(format!("key:{key}")),
        (None, None) => None,
    }
}

/// An order of a file as one that waits.
pub(crate) fn of_record(
    record: &Incoming,
    order: &IncomingOrder,
    buyer: &IncomingCustomer,
    source_key: Option<&str>,
) -> Result<WaitingOrder, Failure> {
    let kept = Buyer {
        draft: buyer.draft.clone(),
        phone_key: buyer.phone_key.clone(),
        email_key: buyer.email_key.clone(),
        name_key: buyer.name_key.clone(),
        source_key: source_key.map(str::to_owned),
    };
    let waiting = Waiting {
        draft: order.draft.clone(),
        refunded: order.refunded,
        refunded_at: order.refunded_at,
        source_key: record.source_key.clone(),
    };
    let number = order.draft.external_id.as_deref();
    Ok(WaitingOrder {
        id: 0,
        batch: model::BatchId(0),
        row: record.row,
        key: key_of(number, record.source_key.as_deref()).unwrap_or_default(),
        buyer: json(&kept)?,
        fields: json(&waiting)?,
    })
}

fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|e| fault::internal(e.to_string()).into())
}

/// Reads one; what cannot be read is left alone.
pub(crate) fn read(stored: &WaitingOrder) -> Option<(Buyer, Waiting)> {
    let buyer = serde_json::from_str(&stored.buyer).ok()?;
    let waiting = serde_json::from_str(&stored.fields).ok()?;
    Some((buyer, waiting))
}

impl Buyer {
    /// As it came from the file.
    pub(crate) fn incoming(&self) -> IncomingCustomer {
        IncomingCustomer {
            id: None,
            draft: self.draft.clone(),
            phone_key: self.phone_key.clone(),
            email_key: self.email_key.clone(),
            name_key: self.name_key.clone(),
        }
    }

    /// Whether it says anything by which somebody can be known.
    pub(crate) fn says_something(&self) -> bool {
        !self.draft.name.is_empty()
            || self.draft.external_id.is_some()
            || self.phone_key.is_some()
            || self.email_key.is_some()
    }
}

/// Who fits by now, and by what.
pub(crate) fn who_fits(
    book: &impl Book,
    buyer: &Buyer,
    by: MatchBy,
) -> Result<matching::Match, Failure> {
    let incoming = buyer.incoming();
    matching::find(
        book,
        &incoming,
        buyer.source_key.as_deref(),
        ImportKind::Orders,
        by,
    )
}

/// Makes the order; `None` when it is there already.
pub(crate) fn place(
    book: &mut impl Book,
    waiting: &Waiting,
    customer: &Customer,
    written: &mut WrittenRecords,
) -> Result<Option<Order>, Failure> {
    let number = waiting.draft.external_id.as_deref();
    if book
        .order_by_key(number, waiting.source_key.as_deref())?
        .is_some()
    {
        return Ok(None);
    }
    let keys: Vec<&str> = waiting.source_key.as_deref().into_iter().collect();
    let id = book.create_order(customer.id, &waiting.draft, &keys)?;
    let mut order = Order {
        id,
        customer: customer.id,
        fields: waiting.draft.clone(),
        refunds: Vec::new(),
    };
    let name = number.or(waiting.source_key.as_deref());
    let refund = super::record::refund(
        name.unwrap_or_default(),
        waiting.refunded,
        waiting.refunded_at,
        &order,
    );
    if let Some(refund) = refund {
        book.add_refund(id, &refund)?;
        order.refunds.push(refund);
    }
    written.orders.push(order.clone());
    Ok(Some(order))
}

/// Sure enough to be placed without asking.
pub(crate) fn is_sure(by: Option<KnownBy>) -> bool {
    by.is_some_and(|by| by != KnownBy::Name)
}
