//! The records an import looks at and writes: the database for real, or the database under an overlay for a dry run.
//!
//! Both answer the same questions the same way, so that a dry run tells exactly what the real one will do.

use crate::fault::Failure;
use model::{Customer, CustomerDraft, CustomerId, Order, OrderDraft, OrderId, Refund, Timestamp};
use std::collections::BTreeMap;
use store::{Reader, RecordKind, RecordRef, Tx};

/// What a customer is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum KeyKind {
    /// The source's own key.
    ExternalId,
    /// E-mail address.
    Email,
    /// Telephone, whole.
    Phone,
    /// What stands for a key where the source has none.
    Source,
}

/// Records as an import sees them.
pub(crate) trait Book {
    /// The database as it was before this record (for a dry run, before the import).
    fn read(&self) -> Reader<'_>;
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
    /// Creates an order.
    fn create_order(
        &mut self,
        customer: CustomerId,
        fields: &OrderDraft,
        source_key: Option<&str>,
    ) -> Result<OrderId, Failure>;
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
        KeyKind::Source => read
            .by_source_key(RecordKind::Customer, key)?
            .map(|record| CustomerId(record.id))
            .into_iter()
            .collect(),
    })
}

/// For real.
pub(crate) struct Live<'t, 's>(pub(crate) &'t mut Tx<'s>);

impl Book for Live<'_, '_> {
    fn read(&self) -> Reader<'_> {
        self.0.read()
    }

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

    fn create_order(
        &mut self,
        customer: CustomerId,
        fields: &OrderDraft,
        source_key: Option<&str>,
    ) -> Result<OrderId, Failure> {
        let id = self.0.create_order(customer, fields)?;
        if let Some(key) = source_key {
            let record = RecordRef {
                kind: RecordKind::Order,
                id: id.0,
            };
            self.0.set_source_key(record, key)?;
        }
        Ok(id)
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
}

impl Overlay {
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
    fn read(&self) -> Reader<'_> {
        self.read
    }

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

    fn create_order(
        &mut self,
        _customer: CustomerId,
        _fields: &OrderDraft,
        _source_key: Option<&str>,
    ) -> Result<OrderId, Failure> {
        // Intake gives each order of a file once, so nobody asks for it again.
        Ok(OrderId(0))
    }

    fn update_order(&mut self, _order: &Order) -> Result<(), Failure> {
        Ok(())
    }

    fn add_refund(&mut self, _order: OrderId, _refund: &Refund) -> Result<(), Failure> {
        Ok(())
    }
}
