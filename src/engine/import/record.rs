//! One record of a file: what it does to the customer and the order it names.

use super::book::{Book, KeyKind};
use super::matching;
use super::merge::{
    blank_fields, fill_customer, merge_customer, merge_order, overwrite_customer, overwrite_order,
};
use super::rehearsal::Story;
use super::report::Findings;
use super::waiting;
use crate::fault::Failure;
use crate::{customers, fields};
use intake::{Incoming, IncomingCustomer, IncomingOrder};
use model::import::{ImportKind, ImportPlan, KnownBy, MatchBy, OnMatch, OnUnknown};
use model::{
    Currency, Customer, CustomerDraft, CustomerId, Issue, IssueCode, Money, Order, OrderStatus,
    Refund, Timestamp,
};
use protocol::{FieldChange, RecordKind, RowAction, RowSample};
use std::collections::BTreeMap;
use xxhash_rust::xxh3::Xxh3;

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
    /// Columns of the file so far.
    pub(crate) columns: &'a [String],
    /// Some orders wait for their customer: those that come again are not made twice.
    pub(crate) some_wait: bool,
    /// By what the customer of the record at hand was recognised.
    pub(crate) recognised: Option<KnownBy>,
    /// Dry runs may write down every change.
    pub(crate) story: Option<&'a mut Story>,
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
        self.recognised = None;
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
        let (plan, columns) = (self.plan, self.columns);
        for cell in &record.cleaned {
            let column = columns.get(cell.column);
            let Some((column, field)) = column.and_then(|it| Some((it, plan.mapping.get(it)?)))
            else {
                continue;
            };
            if let Some(story) = &mut self.story {
                story.cleaned(field, cell);
            }
            self.findings.cleaned(column, field, cell);
        }
        match &record.order {
            Some(order) => self.order(&record, order, book),
            None => match &record.customer {
                Some(customer) => {
                    let key = source_key_of(&record, customer, self.plan.match_by);
                    self.customer(&record, customer, key.as_deref(), book)
                        .map(|_| ())
                }
                None => Ok(()),
            },
        }
    }

    /// Remembers whom the record was about when an earlier run took it in.
    fn replay(&mut self, record: &Incoming, book: &impl Book) -> Result<(), Failure> {
        if let (Some(customer), None) = (&record.customer, &record.rejected) {
            let by = self.plan.match_by;
            let key = self
                .both_key_of_customer(record)
                .or_else(|| source_key_of(record, customer, by));
            let matched = matching::find(book, customer, key.as_deref(), self.plan.kind, by)?;
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
        self.left_aside(record, kind, RowAction::Skip, &issue);
        self.findings.issue(issue);
    }

    /// Shows a record that is not taken (now).
    fn left_aside(
        &mut self,
        record: &Incoming,
        kind: RecordKind,
        action: RowAction,
        issue: &Issue,
    ) {
        let wanted = self.findings.wants_sample(kind, action);
        if !wanted && self.story.is_none() {
            return;
        }
        let sample = RowSample {
            row: record.row,
            kind,
            action,
            title: title_of(record, kind),
            by: None,
            fields: Vec::new(),
            issue: Some(issue.clone()),
        };
        if let Some(story) = &mut self.story {
            story.tell(&sample);
        }
        if wanted {
            self.findings.sample(sample);
        }
    }

    /// Where both are kept, every row stands for the record it made, so that it makes one only once.
    fn both_key(&self, record: &Incoming) -> Option<String> {
        (self.plan.on_match == OnMatch::KeepBoth)
            .then(|| format!("both:{:016x}", content_of(record)))
    }

    /// As [`Self::both_key`], of a list of customers, where it may depend on the key.
    fn both_key_of_customer(&self, record: &Incoming) -> Option<String> {
        (self.plan.kind == ImportKind::Customers && self.plan.may_keep_both())
            .then(|| format!("both:{:016x}", content_of(record)))
    }

    /// Creates or changes the customer a record states; gives the customer as they are then, or nobody when the plan
    /// creates none.
    fn customer(
        &mut self,
        record: &Incoming,
        incoming: &IncomingCustomer,
        source_key: Option<&str>,
        book: &mut impl Book,
    ) -> Result<Option<(Customer, Option<KnownBy>)>, Failure> {
        let by = self.plan.match_by;
        let matched = matching::find(book, incoming, source_key, self.plan.kind, by)?;
        let known_by = match (&matched.customer, matched.by) {
            (Some(known), Some(how)) => Some(matching::counts_as(how, known, incoming, by)),
            _ => None,
        };
        self.recognised = known_by;
        let action = self.plan.on_customer(known_by);
        let both = self.both_key_of_customer(record);
        let apart = both
            .as_deref()
            .filter(|_| matched.customer.is_none() || action == OnMatch::KeepBoth);
        if let Some(key) = apart
            && let Some(&id) = book.find(KeyKind::Source, key)?.first()
            && let Some(known) = book.customer(id)?
        {
            self.stays(record, &known);
            return Ok(Some((known, Some(KnownBy::Source))));
        }
        if let Some(issue) = matched.issue {
            self.findings.issue(issue.at_row(record.row));
        }
        let found = matched.customer;
        if let (Some(key), Some(known)) = (apart, &found)
            && !self.people.contains_key(&known.id)
        {
            self.count_known(known_by);
            let twin = self.twin(record, incoming, known, key, book)?;
            return Ok(Some((twin, None)));
        }
        if let Some(known) = found {
            if !self.people.contains_key(&known.id) {
                self.count_known(known_by);
            }
            // The same row of the same file shall mean the same person the next time.
            if let (true, ImportKind::Customers, Some(key)) =
                (matched.guessed, self.plan.kind, source_key)
            {
                book.remember(key, known.id)?;
            }
            let customer = self.known_customer(record, incoming, known, action, book)?;
            // The same file again may recognise them by another key, which this row has given them.
            if let Some(key) = &both {
                book.remember(key, customer.id)?;
            }
            return Ok(Some((customer, matched.by)));
        }
        if self.plan.kind == ImportKind::Orders && self.plan.on_unknown != OnUnknown::Create {
            return Ok(None);
        }
        self.findings.duplicates += u64::from(matched.lookalike);
        let draft = self.without_taken_key(record, &incoming.draft, None, book)?;
        let created = self.create(record, &draft, source_key, book)?;
        if let Some(key) = &both {
            book.remember(key, created.id)?;
        }
        Ok(Some((created, None)))
    }

    /// Of a list: by what its known customers were recognised. Of orders, each tells so itself.
    fn count_known(&mut self, by: Option<KnownBy>) {
        if self.plan.kind == ImportKind::Customers {
            self.findings.linked(by);
        }
    }

    fn create(
        &mut self,
        record: &Incoming,
        draft: &CustomerDraft,
        source_key: Option<&str>,
        book: &mut impl Book,
    ) -> Result<Customer, Failure> {
        let created = book.create_customer(draft, source_key, self.now)?;
        self.saw(created.id, RowAction::Create);
        let currency = self.currency;
        self.sample(record, RecordKind::Customer, RowAction::Create, || {
            fields::changes_between(None, Some(&created.fields), currency)
        });
        self.written.customers.push(created.clone());
        Ok(created)
    }

    /// Another customer beside the one that the row would be recognised as.
    fn twin(
        &mut self,
        record: &Incoming,
        incoming: &IncomingCustomer,
        known: &Customer,
        key: &str,
        book: &mut impl Book,
    ) -> Result<Customer, Failure> {
        let mut draft = incoming.draft.clone();
        // Numbers are unique; the one who has it keeps it.
        if draft.external_id == known.fields.external_id {
            draft.external_id = None;
        }
        let draft = self.without_taken_key(record, &draft, None, book)?;
        self.findings.duplicates += 1;
        self.create(record, &draft, Some(key), book)
    }

    /// The draft without a number that somebody else has.
    fn without_taken_key(
        &mut self,
        record: &Incoming,
        draft: &CustomerDraft,
        known: Option<CustomerId>,
        book: &impl Book,
    ) -> Result<CustomerDraft, Failure> {
        let mut draft = draft.clone();
        if let Some(key) = &draft.external_id
            && book
                .find(KeyKind::ExternalId, key)?
                .iter()
                .any(|id| Some(*id) != known)
        {
            let taken = Issue::warning(IssueCode::KeyTaken)
                .at_row(record.row)
                .found(key);
            self.findings.issue(taken.in_field("externalId"));
            draft.external_id = None;
        }
        Ok(draft)
    }

    fn known_customer(
        &mut self,
        record: &Incoming,
        incoming: &IncomingCustomer,
        known: Customer,
        action: OnMatch,
        book: &mut impl Book,
    ) -> Result<Customer, Failure> {
        let draft = if known.fields.external_id == incoming.draft.external_id {
            incoming.draft.clone()
        } else {
            self.without_taken_key(record, &incoming.draft, Some(known.id), book)?
        };
        // An order knows less of a customer than a list does, and so does a second row about the same one.
        let first = !self.people.contains_key(&known.id);
        // Found by the key of a record that was merged into this one: what a person chose then stays.
        let former = match (&draft.external_id, &known.fields.external_id) {
            (Some(key), Some(own)) if key != own => {
                book.find(KeyKind::ExternalId, key)?.contains(&known.id)
            }
            _ => false,
        };
        let states = self.plan.kind == ImportKind::Customers && first && !former;
        let fields = match action {
            OnMatch::Overwrite if states => {
                let blank = blank_fields(record, self.plan, self.columns);
                overwrite_customer(&known.fields, &draft, &blank)
            }
            _ if states => merge_customer(&known.fields, &draft),
            _ => fill_customer(&known.fields, &draft),
        };
        if fields == known.fields {
            self.stays(record, &known);
            return Ok(known);
        }
        // Where empty cells count, the first row states everything; filling in what it left empty would be undone and
        // done again each time the file comes.
        if action == OnMatch::Overwrite && !states {
            if self.plan.kind == ImportKind::Customers {
                let twice = Issue::warning(IssueCode::DuplicateKey).at_row(record.row);
                self.findings.issue(twice.found(&known.fields.name));
            }
            self.stays(record, &known);
            return Ok(known);
        }
        if action == OnMatch::Skip {
            // What this very file created may still be completed by its other rows.
            if self.people.get(&known.id) != Some(&RowAction::Create) {
                self.stays(record, &known);
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

    /// A customer who is already as the record says, or is to be left so.
    fn stays(&mut self, record: &Incoming, known: &Customer) {
        if !self.people.contains_key(&known.id) {
            self.sample(record, RecordKind::Customer, RowAction::Unchanged, Vec::new);
        }
        self.saw(known.id, RowAction::Unchanged);
    }

    /// Counts each customer once, by the most that happened to them.
    fn saw(&mut self, id: CustomerId, action: RowAction) {
        let weight = |action: RowAction| match action {
            RowAction::Create => 2,
            RowAction::Update => 1,
            RowAction::Unchanged | RowAction::Skip | RowAction::Wait => 0,
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
        let wanted = self.findings.wants_sample(kind, action);
        if !wanted && self.story.is_none() {
            return;
        }
        let sample = RowSample {
            row: record.row,
            kind,
            action,
            title: title_of(record, kind),
            by: self.recognised,
            fields: fields(),
            issue: None,
        };
        if let Some(story) = &mut self.story
            && action != RowAction::Unchanged
        {
            story.tell(&sample);
        }
        if wanted {
            self.findings.sample(sample);
        }
    }

    fn order(
        &mut self,
        record: &Incoming,
        incoming: &IncomingOrder,
        book: &mut impl Book,
    ) -> Result<(), Failure> {
        let both = self.both_key(record);
        if let Some(key) = &both
            && book.order_by_key(None, Some(key))?.is_some()
        {
            return self.unchanged_order(record);
        }
        let mut draft = incoming.draft.clone();
        if let Some(known) = known_order(record, incoming, book)? {
            if both.is_none() {
                return self.known_order(record, incoming, known, book);
            }
            // Another order beside it; the number stays with the one who has it.
            draft.external_id = None;
        }
        let nobody = IncomingCustomer::default();
        let buyer = record.customer.as_ref().unwrap_or(&nobody);
        let key = source_key_of(record, buyer, self.plan.match_by);
        let identified = key.is_some()
            || buyer.id.is_some()
            || buyer.draft.external_id.is_some()
            || buyer.email_key.is_some()
            || buyer.phone_key.is_some();
        let found = if identified {
            self.customer(record, buyer, key.as_deref(), book)?
        } else {
            None
        };
        let Some((customer, by)) = found else {
            return self.nobody_fits(record, incoming, buyer, key.as_deref(), book);
        };
        self.findings.linked(by);
        self.no_longer_waiting(record, incoming, book)?;
        let own = record.source_key.as_deref();
        let keys: Vec<&str> = both.as_deref().into_iter().chain(own).collect();
        let id = book.create_order(customer.id, &draft, &keys)?;
        let mut order = Order {
            id,
            customer: customer.id,
            fields: draft,
            refunds: Vec::new(),
        };
        let back = match &both {
            Some(name) => refund(name, incoming.refunded, incoming.refunded_at, &order),
            None => refund_of(record, incoming, &order),
        };
        if let Some(refund) = back {
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

    /// Nobody is known for an order: it waits or is left out, as the person chose.
    fn nobody_fits(
        &mut self,
        record: &Incoming,
        incoming: &IncomingOrder,
        buyer: &IncomingCustomer,
        source_key: Option<&str>,
        book: &mut impl Book,
    ) -> Result<(), Failure> {
        let title = customers::subject(&buyer.draft);
        let issue = Issue::error(IssueCode::NoCustomer).at_row(record.row);
        let issue = issue.found(&title);
        let mut order = waiting::of_record(record, incoming, buyer, source_key)?;
        if self.plan.on_unknown != OnUnknown::Wait || order.key.is_empty() {
            self.skip(record, RecordKind::Order, issue);
            return Ok(());
        }
        if let Some(known) = book.waiting(&order.key)? {
            if (&known.buyer, &known.fields) == (&order.buyer, &order.fields) {
                self.findings.count(RecordKind::Order, RowAction::Unchanged);
                return Ok(());
            }
            order.id = known.id;
        }
        book.let_wait(&order)?;
        self.findings.count(RecordKind::Order, RowAction::Wait);
        self.left_aside(record, RecordKind::Order, RowAction::Wait, &issue);
        Ok(())
    }

    /// An order that waited comes again and finds its customer.
    fn no_longer_waiting(
        &mut self,
        record: &Incoming,
        incoming: &IncomingOrder,
        book: &mut impl Book,
    ) -> Result<(), Failure> {
        let number = incoming.draft.external_id.as_deref();
        if self.some_wait
            && let Some(key) = waiting::key_of(number, record.source_key.as_deref())
            && let Some(waiting) = book.waiting(&key)?
        {
            book.placed(&waiting)?;
            self.findings.placed += 1;
        }
        Ok(())
    }

    fn unchanged_order(&mut self, record: &Incoming) -> Result<(), Failure> {
        self.findings.count(RecordKind::Order, RowAction::Unchanged);
        self.sample(record, RecordKind::Order, RowAction::Unchanged, Vec::new);
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
            let action = self.plan.on_match;
            self.known_customer(record, buyer, customer, action, book)?;
        }
        let fields = match self.plan.on_match {
            OnMatch::Overwrite => {
                let blank = blank_fields(record, self.plan, self.columns);
                overwrite_order(&known.fields, &incoming.draft, &blank)
            }
            _ => merge_order(&known.fields, &incoming.draft),
        };
        let mut order = Order {
            fields,
            ..known.clone()
        };
        let refund = refund_of(record, incoming, &order);
        let changed = order.fields != known.fields;
        if self.plan.on_match == OnMatch::Skip || (!changed && refund.is_none()) {
            return self.unchanged_order(record);
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

/// What stands for a key of the record's customer where the source has none, or where its key is not to be looked at:
/// the same row, the same buyer shall be the same person the next time.
fn source_key_of(record: &Incoming, customer: &IncomingCustomer, by: MatchBy) -> Option<String> {
    if record.order.is_none() {
        let own = (!by.external_id).then(|| format!("content:{:016x}", content_of(record)));
        return record.source_key.clone().or(own);
    }
    if let Some(name) = customer.name_key.as_deref() {
        let name = name.trim();
        return (!name.is_empty()).then(|| format!("name:{name}"));
    }
    let unused = |key: Option<&String>, used: bool, kind: &str| {
        key.filter(|_| !used).map(|key| format!("{kind}:{key}"))
    };
    // A key that counts finds or makes its customer itself.
    let counts = (by.external_id && customer.draft.external_id.is_some())
        || (by.email && customer.email_key.is_some())
        || (by.phone && customer.phone_key.is_some());
    if counts {
        return None;
    }
    unused(
        customer.draft.external_id.as_ref(),
        by.external_id,
        "number",
    )
    .or_else(|| unused(customer.email_key.as_ref(), by.email, "mail"))
    .or_else(|| unused(customer.phone_key.as_ref(), by.phone, "phone"))
}

/// A hash of the cells of a record's rows.
fn content_of(record: &Incoming) -> u64 {
    let mut hash = Xxh3::new();
    for cell in record.rows.iter().flat_map(intake::RawRow::cells) {
        hash.update(cell.as_bytes());
        hash.update(&[0x1f]);
    }
    hash.digest()
}

fn known_order(
    record: &Incoming,
    incoming: &IncomingOrder,
    book: &impl Book,
) -> Result<Option<Order>, Failure> {
    if let Some(id) = incoming.id
        && let Some(order) = book.order(id)?
    {
        return Ok(Some(order));
    }
    book.order_by_key(
        incoming.draft.external_id.as_deref(),
        record.source_key.as_deref(),
    )
}

/// The refund that brings the order to what the file says has come back in all. Its key follows from the order and the
/// sum, so that the same file adds nothing the second time, and a later file with more adds the difference.
fn refund_of(record: &Incoming, incoming: &IncomingOrder, order: &Order) -> Option<Refund> {
    let name = order
        .fields
        .external_id
        .as_deref()
        .or(record.source_key.as_deref())
        .unwrap_or_default();
    refund(name, incoming.refunded, incoming.refunded_at, order)
}

/// As [`refund_of`], of an order named `name`.
pub(crate) fn refund(
    name: &str,
    refunded: Option<Money>,
    at: Option<Timestamp>,
    order: &Order,
) -> Option<Refund> {
    let wanted = refunded?.min(order.fields.amount);
    let missing = wanted.checked_sub(order.refunded())?;
    if missing <= Money::ZERO || order.fields.status != OrderStatus::Paid {
        return None;
    }
    Some(Refund {
        key: format!("import:{name}:{}", wanted.0),
        at: at.unwrap_or(order.fields.at).max(order.fields.at),
        amount: missing,
        lines: Vec::new(),
    })
}

/// What a record is called in the list of samples: an order by its number, a customer by the name; else by what there is.
fn title_of(record: &Incoming, kind: RecordKind) -> String {
    let order = record.order.as_ref();
    let number = order.and_then(|order| order.draft.external_id.clone());
    let customer = record.customer.as_ref();
    let name = customer.map(|customer| customers::subject(&customer.draft));
    let name = name.filter(|name| !name.is_empty());
    match kind {
        RecordKind::Order => number.or(name),
        _ => name.or(number),
    }
    .unwrap_or_default()
}
