//! The records an import looks at and writes: the database for real, or the database under an overlay for a dry run.
//!
//! Both answer the same questions the same way, so that a dry run tells exactly what the real one will do.

use super::{matching, waiting};
use crate::fault::Failure;
use model::{Customer, CustomerDraft, CustomerId, Order, OrderDraft, OrderId, Refund, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use store::{Reader, RecordKind, RecordRef, Tx, WaitingOrder};

/// What a customer is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum KeyKind {
    /// The source's own key.
    ExternalId,
    /// E-mail address.
    Email,
    /// Telephone, whole.
    Phone,
    /// The name, without blanks and case. Weak.
    Name,
    /// What stands for a key where the source has none.
    Source,
}

/// Records as an import sees them.
pub(crate) trait Book {
    /// Customers with this key, oldest first.
    fn find(&self, kind: KeyKind, key: &str) -> Result<Vec<CustomerId>, Failure>;
    /// A customer.
    fn customer(&self, id: CustomerId) -> Result<Option<Customer>, Failure>;
    /// Creates a customer.
    fn create_customer(
        &mut self,
        fields: &CustomerDraft,
        source_key: Option<&str>,
        at: Timestamp,
    ) -> Result<Customer, Failure>;
    /// Remembers that what this key stands for is about a customer who is there already.
    fn remember(&mut self, source_key: &str, id: CustomerId) -> Result<(), Failure>;
    /// Changes a customer.
    fn update_customer(&mut self, changed: Customer) -> Result<(), Failure>;
    /// The order with this number, else the one that a row of this key became.
    fn order_by_key(
        &self,
        number: Option<&str>,
        source_key: Option<&str>,
    ) -> Result<Option<Order>, Failure>;
    /// An order.
    fn order(&self, id: OrderId) -> Result<Option<Order>, Failure>;
    /// Creates an order, which rows with these keys stand for.
    fn create_order(
        &mut self,
        customer: CustomerId,
        fields: &OrderDraft,
        source_keys: &[&str],
    ) -> Result<OrderId, Failure>;
    /// The order that waits under this key.
    fn waiting(&self, key: &str) -> Result<Option<WaitingOrder>, Failure>;
    /// Lets an order wait, or says anew what one that waits already is.
    fn let_wait(&mut self, order: &WaitingOrder) -> Result<(), Failure>;
    /// An order that waited waits no more: it was made.
    fn placed(&mut self, waiting: &WaitingOrder) -> Result<(), Failure>;
    /// Changes an order.
    fn update_order(&mut self, order: &Order) -> Result<(), Failure>;
    /// Adds a refund.
    fn add_refund(&mut self, order: OrderId, refund: &Refund) -> Result<(), Failure>;
}

fn find_stored(read: Reader<'_>, kind: KeyKind, key: &str) -> Result<Vec<CustomerId>, Failure> {
    Ok(match kind {
        KeyKind::ExternalId => read.customer_by_external_id(key)?.into_iter().collect(),
        KeyKind::Email => read.customers_by_email(key)?,
        KeyKind::Phone => read.customers_by_phone(key)?,
        KeyKind::Name => read.customers_by_name(key)?,
        KeyKind::Source => read
            .by_source_key(RecordKind::Customer, key)?
            .map(|record| CustomerId(record.id))
            .into_iter()
            .collect(),
    })
}

fn stored_order(
    read: Reader<'_>,
    number: Option<&str>,
    source_key: Option<&str>,
) -> Result<Option<Order>, Failure> {
    let id = match (number, source_key) {
        (Some(number), _) => read.order_by_external_id(number)?,
        (None, Some(key)) => read
            .by_source_key(RecordKind::Order, key)?
            .map(|record| OrderId(record.id)),
        (None, None) => None,
    };
    match id {
        Some(id) => Ok(read.order(id)?),
        None => Ok(None),
    }
}

/// For real.
pub(crate) struct Live<'t, 's>(pub(crate) &'t mut Tx<'s>);

impl Book for Live<'_, '_> {
    fn find(&self, kind: KeyKind, key: &str) -> Result<Vec<CustomerId>, Failure> {
        find_stored(self.0.read(), kind, key)
    }

    fn customer(&self, id: CustomerId) -> Result<Option<Customer>, Failure> {
        Ok(self.0.read().customer(id)?)
    }

    fn create_customer(
        &mut self,
        fields: &CustomerDraft,
        source_key: Option<&str>,
        at: Timestamp,
    ) -> Result<Customer, Failure> {
        let id = self.0.create_customer(fields, at)?;
        if let Some(key) = source_key {
            self.remember(key, id)?;
        }
        Ok(Customer {
            id,
            fields: fields.clone(),
            created_at: at,
            updated_at: at,
        })
    }

    fn remember(&mut self, source_key: &str, id: CustomerId) -> Result<(), Failure> {
        let record = RecordRef {
            kind: RecordKind::Customer,
            id: id.0,
        };
        self.0.set_source_key(record, source_key)?;
        Ok(())
    }

    fn update_customer(&mut self, changed: Customer) -> Result<(), Failure> {
        self.0.update_customer(changed.id, &changed.fields)?;
        Ok(())
    }

    fn order_by_key(
        &self,
        number: Option<&str>,
        source_key: Option<&str>,
    ) -> Result<Option<Order>, Failure> {
        stored_order(self.0.read(), number, source_key)
    }

    fn order(&self, id: OrderId) -> Result<Option<Order>, Failure> {
        Ok(self.0.read().order(id)?)
    }

    fn create_order(
        &mut self,
        customer: CustomerId,
        fields: &OrderDraft,
        source_keys: &[&str],
    ) -> Result<OrderId, Failure> {
        let id = self.0.create_order(customer, fields)?;
        for key in source_keys {
            let record = RecordRef {
                kind: RecordKind::Order,
                id: id.0,
            };
            self.0.set_source_key(record, key)?;
        }
        Ok(id)
    }

    fn waiting(&self, key: &str) -> Result<Option<WaitingOrder>, Failure> {
        Ok(self.0.read().waiting_by_key(key)?)
    }

    fn let_wait(&mut self, order: &WaitingOrder) -> Result<(), Failure> {
        if order.id == 0 {
            self.0.let_wait(order)?;
        } else {
            self.0.update_waiting(order)?;
        }
        Ok(())
    }

    fn placed(&mut self, waiting: &WaitingOrder) -> Result<(), Failure> {
        self.0.place_waiting(waiting.id)?;
        Ok(())
    }

    fn update_order(&mut self, order: &Order) -> Result<(), Failure> {
        self.0
            .update_order(order.id, order.customer, &order.fields)?;
        Ok(())
    }

    fn add_refund(&mut self, order: OrderId, refund: &Refund) -> Result<(), Failure> {
        self.0.add_refund(order, refund)?;
        Ok(())
    }
}

/// What a dry run would have written.
#[derive(Default)]
pub(crate) struct Overlay {
    customers: BTreeMap<CustomerId, Customer>,
    keys: BTreeMap<(KeyKind, String), Vec<CustomerId>>,
    created: i64,
    waiting: BTreeMap<String, WaitingOrder>,
    /// Waiting orders of the database that were placed.
    placed: BTreeSet<i64>,
    /// Orders, if further files follow that may state them again.
    orders: Option<Orders>,
}

/// Orders that a dry run would have written.
#[derive(Default)]
struct Orders {
    all: BTreeMap<OrderId, Order>,
    keys: BTreeMap<String, OrderId>,
}

/// A dry run: the database, and what would have been written before this record.
pub(crate) struct Dry<'r> {
    pub(crate) read: Reader<'r>,
    pub(crate) overlay: &'r mut Overlay,
}

/// The form in which two telephones are compared, as the store does: only digits count.
fn normal(kind: KeyKind, key: &str) -> String {
    match kind {
        KeyKind::Phone => key.chars().filter(char::is_ascii_digit).collect(),
        KeyKind::Email => key.to_lowercase(),
        KeyKind::Name => matching::folded(key),
        KeyKind::ExternalId | KeyKind::Source => key.to_owned(),
    }
}

fn keys_of(fields: &CustomerDraft) -> impl Iterator<Item = (KeyKind, &String)> {
    [
        (KeyKind::ExternalId, &fields.external_id),
        (KeyKind::Email, &fields.email),
        (KeyKind::Phone, &fields.phone),
    ]
    .into_iter()
    .filter_map(|(kind, key)| Some((kind, key.as_ref()?)))
    .chain((!fields.name.is_empty()).then_some((KeyKind::Name, &fields.name)))
}

impl Overlay {
    /// One that keeps orders too, because further files follow.
    pub(crate) fn keep_orders(&mut self) {
        self.orders.get_or_insert_default();
    }

    fn put_order(&mut self, order: &Order, keys: &[&str]) {
        let Some(orders) = &mut self.orders else {
            return;
        };
        if let Some(number) = &order.fields.external_id {
            orders.keys.insert(format!("id:{number}"), order.id);
        }
        for key in keys {
            orders.keys.insert(format!("key:{key}"), order.id);
        }
        orders.all.insert(order.id, order.clone());
    }

    fn put(&mut self, customer: Customer) {
        let id = customer.id;
        for (kind, key) in keys_of(&customer.fields) {
            self.key(kind, key, id);
        }
        self.customers.insert(id, customer);
    }

    fn key(&mut self, kind: KeyKind, key: &str, id: CustomerId) {
        let ids = self.keys.entry((kind, normal(kind, key))).or_default();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
}

impl Book for Dry<'_> {
    fn find(&self, kind: KeyKind, key: &str) -> Result<Vec<CustomerId>, Failure> {
        let mut ids = find_stored(self.read, kind, key)?;
        let wanted = normal(kind, key);
        let added = self.overlay.keys.get(&(kind, wanted.clone()));
        ids.extend(added.into_iter().flatten());
        if kind != KeyKind::Source {
            // A customer whose key would have been replaced by now is no longer found by the old one.
            ids.retain(|id| {
                self.overlay.customers.get(id).is_none_or(|customer| {
                    keys_of(&customer.fields)
                        .any(|(of, key)| of == kind && normal(kind, key) == wanted)
                })
            });
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    fn customer(&self, id: CustomerId) -> Result<Option<Customer>, Failure> {
        match self.overlay.customers.get(&id) {
            Some(customer) => Ok(Some(customer.clone())),
            None => Ok(self.read.customer(id)?),
        }
    }

    fn create_customer(
        &mut self,
        fields: &CustomerDraft,
        source_key: Option<&str>,
        at: Timestamp,
    ) -> Result<Customer, Failure> {
        // Younger than everything stored, in the order of creation: ties go as in the real run.
        self.overlay.created += 1;
        let id = CustomerId(i64::MAX / 2 + self.overlay.created);
        let customer = Customer {
            id,
            fields: fields.clone(),
            created_at: at,
            updated_at: at,
        };
        if let Some(key) = source_key {
            self.remember(key, id)?;
        }
        self.overlay.put(customer.clone());
        Ok(customer)
    }

    fn remember(&mut self, source_key: &str, id: CustomerId) -> Result<(), Failure> {
        self.overlay.key(KeyKind::Source, source_key, id);
        Ok(())
    }

    fn update_customer(&mut self, changed: Customer) -> Result<(), Failure> {
        self.overlay.put(changed);
        Ok(())
    }

    fn order_by_key(
        &self,
        number: Option<&str>,
        source_key: Option<&str>,
    ) -> Result<Option<Order>, Failure> {
        if let Some(orders) = &self.overlay.orders
            && let Some(key) = waiting::key_of(number, source_key)
            && let Some(id) = orders.keys.get(&key)
        {
            return Ok(orders.all.get(id).cloned());
        }
        let stored = stored_order(self.read, number, source_key)?;
        match stored {
            Some(order) => self.order(order.id),
            None => Ok(None),
        }
    }

    fn order(&self, id: OrderId) -> Result<Option<Order>, Failure> {
        let orders = self.overlay.orders.as_ref();
        match orders.and_then(|orders| orders.all.get(&id)) {
            Some(order) => Ok(Some(order.clone())),
            None => Ok(self.read.order(id)?),
        }
    }

    fn create_order(
        &mut self,
        customer: CustomerId,
        fields: &OrderDraft,
        source_keys: &[&str],
    ) -> Result<OrderId, Failure> {
        self.overlay.created += 1;
        let order = Order {
            id: OrderId(i64::MAX / 2 + self.overlay.created),
            customer,
            fields: fields.clone(),
            refunds: Vec::new(),
        };
        self.overlay.put_order(&order, source_keys);
        Ok(order.id)
    }

    fn waiting(&self, key: &str) -> Result<Option<WaitingOrder>, Failure> {
        if let Some(order) = self.overlay.waiting.get(key) {
            return Ok(Some(order.clone()));
        }
        let stored = self.read.waiting_by_key(key)?;
        Ok(stored.filter(|it| !self.overlay.placed.contains(&it.id)))
    }

    fn let_wait(&mut self, order: &WaitingOrder) -> Result<(), Failure> {
        self.overlay
            .waiting
            .insert(order.key.clone(), order.clone());
        Ok(())
    }

    fn placed(&mut self, waiting: &WaitingOrder) -> Result<(), Failure> {
        self.overlay.waiting.remove(&waiting.key);
        self.overlay.placed.insert(waiting.id);
        Ok(())
    }

    fn update_order(&mut self, order: &Order) -> Result<(), Failure> {
        self.overlay.put_order(order, &[]);
        Ok(())
    }

    fn add_refund(&mut self, order: OrderId, refund: &Refund) -> Result<(), Failure> {
        if let Some(mut known) = self.order(order)?
            && self.overlay.orders.is_some()
        {
            known.refunds.push(refund.clone());
            self.overlay.put_order(&known, &[]);
        }
        Ok(())
    }
}
