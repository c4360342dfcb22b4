//! One record of a file: what it does to the customer and the order it names.

use super::book::{Book, KeyKind};
use super::matching;
use super::merge::{fill_customer, merge_customer, merge_order};
use super::report::Findings;
use crate::fault::Failure;
use crate::{customers, fields};
use intake::{Incoming, IncomingCustomer, IncomingOrder};
use model::import::{ImportKind, ImportPlan, OnMatch};
use model::{
    Currency, Customer, CustomerId, Issue, IssueCode, Money, Order, OrderId, OrderStatus, Refund,
    Timestamp,
};
use protocol::{FieldChange, RecordKind, RowAction, RowSample};
use std::collections::BTreeMap;

/// What an import is done with, and what it has seen and done so far.
pub(crate) struct Desk<'a> {
    pub(crate) plan: &'a ImportPlan,
    pub(crate) currency: Currency,
    pub(crate) now: Timestamp,
    /// What happened to each customer in this file: the first row that states one wins over later ones.
    pub(crate) people: &'a mut BTreeMap<CustomerId, RowAction>,
    pub(crate) findings: &'a mut Findings,
    /// Records as they are now, for the columns.
    pub(crate) written: &'a mut WrittenRecords,
    /// Rows that are left out: number, cells, why.
    pub(crate) rejected: &'a mut Vec<store::RejectedRow>,
    /// Going over what an earlier run did already: only `people` is brought up to date.
    pub(crate) replay: bool,
}

/// Customers and orders that were written, as they are now.
#[derive(Default)]
pub(crate) struct WrittenRecords {
    pub(crate) customers: Vec<Customer>,
    pub(crate) orders: Vec<Order>,
}

impl Desk<'_> {
    /// Takes a record in.
    pub(crate) fn record(&mut self, record: Incoming, book: &mut impl Book) -> Result<(), Failure> {
        if self.replay {
            return self.replay(&record, book);
        }
        for issue in &record.issues {
            self.findings.issue(issue.clone());
        }
        if let Some(issue) = &record.rejected {
            let kind = match self.plan.kind {
                ImportKind::Customers => RecordKind::Customer,
                ImportKind::Orders => RecordKind::Order,
            };
            self.skip(&record, kind, issue.clone());
            return Ok(());
        }
        match &record.order {
            Some(order) => self.order(&record, order, book),
            None => match &record.customer {
                Some(customer) => self
                    .customer(&record, customer, record.source_key.as_deref(), book)
                    .map(|_| ()),
                None => Ok(()),
            },
        }
    }

    /// Remembers whom the record was about when an earlier run took it in.
    fn replay(&mut self, record: &Incoming, book: &impl Book) -> Result<(), Failure> {
        if let (Some(customer), None) = (&record.customer, &record.rejected) {
            let key = source_key_of(record, customer);
            let matched = matching::find(book, customer, key.as_deref(), self.plan.kind)?;
            if let Some(customer) = matched.customer {
                self.people.insert(customer.id, RowAction::Update);
            }
        }
        Ok(())
    }

    /// Leaves a record out and keeps its rows.
    fn skip(&mut self, record: &Incoming, kind: RecordKind, issue: Issue) {
        self.findings.count(kind, RowAction::Skip);
        let as_json = serde_json::to_string(&issue).unwrap_or_default();
        for row in &record.rows {
            let cells: Vec<&str> = row.cells().collect();
            self.rejected.push(store::RejectedRow {
                row: row.number,
                cells: serde_json::to_string(&cells).unwrap_or_default(),
                issue: as_json.clone(),
            });
        }
        if self.findings.wants_sample(kind, RowAction::Skip) {
            self.findings.sample(RowSample {
                row: record.row,
                kind,
                action: RowAction::Skip,
                title: title_of(record),
                fields: Vec::new(),
                issue: Some(issue.clone()),
            });
        }
        self.findings.issue(issue);
    }

    /// Creates or changes the customer a record states; gives the customer as they are then, or nobody when the plan
    /// creates none.
    fn customer(
        &mut self,
        record: &Incoming,
        incoming: &IncomingCustomer,
        source_key: Option<&str>,
        book: &mut impl Book,
    ) -> Result<Option<Customer>, Failure> {
        let matched = matching::find(book, incoming, source_key, self.plan.kind)?;
        if let Some(issue) = matched.issue {
            self.findings.issue(issue.at_row(record.row));
        }
        if let Some(known) = matched.customer {
            // The same row of the same file shall mean the same person the next time.
            if let (true, ImportKind::Customers, Some(key)) =
                (matched.guessed, self.plan.kind, source_key)
            {
                book.remember(key, known.id)?;
            }
            return self.known_customer(record, incoming, known, book).map(Some);
        }
        if self.plan.kind == ImportKind::Orders && !self.plan.create_customers {
            return Ok(None);
        }
        self.findings.duplicates += u64::from(matched.lookalike);
        let created = book.create_customer(&incoming.draft, source_key, self.now)?;
        self.saw(created.id, RowAction::Create);
        let currency = self.currency;
        self.sample(record, RecordKind::Customer, RowAction::Create, || {
            fields::changes_between(None, Some(&created.fields), currency)
        });
        self.written.customers.push(created.clone());
        Ok(Some(created))
    }

    fn known_customer(
        &mut self,
        record: &Incoming,
        incoming: &IncomingCustomer,
        known: Customer,
        book: &mut impl Book,
    ) -> Result<Customer, Failure> {
        let mut draft = incoming.draft.clone();
        if let Some(key) = &draft.external_id
            && known.fields.external_id.as_ref() != Some(key)
            && book
                .find(KeyKind::ExternalId, key)?
                .iter()
                .any(|id| *id != known.id)
        {
            let taken = Issue::warning(IssueCode::KeyTaken)
                .at_row(record.row)
                .found(key);
            self.findings.issue(taken.in_field("externalId"));
            draft.external_id = None;
        }
        // An order knows less of a customer than a list does, and so does a second row about the same one.
        let first = !self.people.contains_key(&known.id);
        let fields = if self.plan.kind == ImportKind::Customers && first {
            merge_customer(&known.fields, &draft)
        } else {
            fill_customer(&known.fields, &draft)
        };
        if fields == known.fields {
            self.saw(known.id, RowAction::Unchanged);
            return Ok(known);
        }
        if self.plan.on_match == OnMatch::Skip {
            // What this very file created may still be completed by its other rows.
            if self.people.get(&known.id) != Some(&RowAction::Create) {
                self.saw(known.id, RowAction::Unchanged);
                return Ok(known);
            }
        }
        let changed = Customer {
            fields,
            updated_at: self.now,
            ..known.clone()
        };
        book.update_customer(changed.clone())?;
        self.saw(changed.id, RowAction::Update);
        let currency = self.currency;
        self.sample(record, RecordKind::Customer, RowAction::Update, || {
            fields::changes_between(Some(&known.fields), Some(&changed.fields), currency)
        });
        self.written.customers.push(changed.clone());
        Ok(changed)
    }

    /// Counts each customer once, by the most that happened to them.
    fn saw(&mut self, id: CustomerId, action: RowAction) {
        let weight = |action: RowAction| match action {
            RowAction::Create => 2,
            RowAction::Update => 1,
            RowAction::Unchanged | RowAction::Skip => 0,
        };
        match self.people.get(&id).copied() {
            Some(before) if weight(before) >= weight(action) => return,
            Some(before) => self.findings.uncount(RecordKind::Customer, before),
            None => {}
        }
        self.people.insert(id, action);
        self.findings.count(RecordKind::Customer, action);
    }

    fn sample(
        &mut self,
        record: &Incoming,
        kind: RecordKind,
        action: RowAction,
        fields: impl FnOnce() -> Vec<FieldChange>,
    ) {
        if self.findings.wants_sample(kind, action) {
            let sample = RowSample {
                row: record.row,
                kind,
                action,
                title: title_of(record),
                fields: fields(),
                issue: None,
            };
            self.findings.sample(sample);
        }
    }

    fn order(
        &mut self,
        record: &Incoming,
        incoming: &IncomingOrder,
        book: &mut impl Book,
    ) -> Result<(), Failure> {
        if let Some(known) = known_order(record, incoming, book)? {
            return self.known_order(record, incoming, known, book);
        }
        let nobody = IncomingCustomer::default();
        let buyer = record.customer.as_ref().unwrap_or(&nobody);
        let key = source_key_of(record, buyer);
        let identified = key.is_some()
            || buyer.id.is_some()
            || buyer.draft.external_id.is_some()
            || buyer.email_key.is_some()
            || buyer.phone_key.is_some();
        let customer = if identified {
            self.customer(record, buyer, key.as_deref(), book)?
        } else {
            None
        };
        let Some(customer) = customer else {
            let issue = Issue::error(IssueCode::NoCustomer).at_row(record.row);
            let title = customers::subject(&buyer.draft);
            self.skip(record, RecordKind::Order, issue.found(&title));
            return Ok(());
        };
        let id = book.create_order(customer.id, &incoming.draft, record.source_key.as_deref())?;
        let mut order = Order {
            id,
            customer: customer.id,
            fields: incoming.draft.clone(),
            refunds: Vec::new(),
        };
        if let Some(refund) = refund_of(record, incoming, &order) {
            book.add_refund(id, &refund)?;
            order.refunds.push(refund);
        }
        self.findings.count(RecordKind::Order, RowAction::Create);
        let currency = order.fields.currency;
        self.sample(record, RecordKind::Order, RowAction::Create, || {
            fields::changes_between(None, Some(&order.fields), currency)
        });
        self.written.orders.push(order);
        Ok(())
    }

    fn known_order(
        &mut self,
        record: &Incoming,
        incoming: &IncomingOrder,
        known: Order,
        book: &mut impl Book,
    ) -> Result<(), Failure> {
        // It keeps its customer, whatever the row would be matched to today.
        if let (Some(buyer), Some(customer)) = (&record.customer, book.customer(known.customer)?) {
            self.known_customer(record, buyer, customer, book)?;
        }
        let mut order = Order {
            fields: merge_order(&known.fields, &incoming.draft),
            ..known.clone()
        };
        let refund = refund_of(record, incoming, &order);
        let changed = order.fields != known.fields;
        if self.plan.on_match == OnMatch::Skip || (!changed && refund.is_none()) {
            self.findings.count(RecordKind::Order, RowAction::Unchanged);
            return Ok(());
        }
        if changed {
            book.update_order(&order)?;
        }
        if let Some(refund) = refund {
            book.add_refund(order.id, &refund)?;
            order.refunds.push(refund);
            order
                .refunds
                .sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
        }
        self.findings.count(RecordKind::Order, RowAction::Update);
        let currency = order.fields.currency;
        self.sample(record, RecordKind::Order, RowAction::Update, || {
            let mut found =
                fields::changes_between(Some(&known.fields), Some(&order.fields), currency);
            if order.refunded() != known.refunded() {
                found.push(FieldChange {
                    field: "refunded".to_owned(),
                    before: Some(known.refunded().to_decimal(currency)),
                    after: Some(order.refunded().to_decimal(currency)),
                });
            }
            found
        });
        self.written.orders.push(order);
        Ok(())
    }
}

/// What stands for a key of the record's customer where the source has none.
fn source_key_of(record: &Incoming, customer: &IncomingCustomer) -> Option<String> {
    if record.order.is_none() {
        return record.source_key.clone();
    }
    let name = customer.name_key.as_deref()?.trim();
    (!name.is_empty()).then(|| format!("name:{name}"))
}

fn known_order(
    record: &Incoming,
    incoming: &IncomingOrder,
    book: &impl Book,
) -> Result<Option<Order>, Failure> {
    let read = book.read();
    if let Some(id) = incoming.id
        && let Some(order) = read.order(id)?
    {
        return Ok(Some(order));
    }
    let by_key = match (&incoming.draft.external_id, &record.source_key) {
        (Some(key), _) => read.order_by_external_id(key)?,
        (None, Some(key)) => read
            .by_source_key(store::RecordKind::Order, key)?
            .map(|record| OrderId(record.id)),
        (None, None) => None,
    };
    match by_key {
        Some(id) => Ok(read.order(id)?),
        None => Ok(None),
    }
}

/// The refund that brings the order to what the file says has come back in all. Its key follows from the order and the
/// sum, so that the same file adds nothing the second time, and a later file with more adds the difference.
fn refund_of(record: &Incoming, incoming: &IncomingOrder, order: &Order) -> Option<Refund> {
    let wanted = incoming.refunded?.min(order.fields.amount);
    let already = order.refunded();
    let missing = wanted.checked_sub(already)?;
    if missing <= Money::ZERO || order.fields.status != OrderStatus::Paid {
        return None;
    }
    let name = order
        .fields
        .external_id
        .as_deref()
        .or(record.source_key.as_deref())
        .unwrap_or_default();
    Some(Refund {
        key: format!("import:{name}:{}", wanted.0),
        at: incoming
            .refunded_at
            .unwrap_or(order.fields.at)
            .max(order.fields.at),
        amount: missing,
        lines: Vec::new(),
    })
}

/// What a record is called in the list of samples.
fn title_of(record: &Incoming) -> String {
    let number = record
        .order
        .as_ref()
        .and_then(|order| order.draft.external_id.clone());
    let name = record
        .customer
        .as_ref()
        .map(|customer| customers::subject(&customer.draft));
    number.or(name).unwrap_or_default()
}
