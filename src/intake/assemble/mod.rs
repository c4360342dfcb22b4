//! Rows to records.
//!
//! Rows that state the same order one after the other become one record. Further lines of it may come later, as two
//! tills that write into one file leave them: the last [`held::HELD`] orders are held back for that. The same key again
//! is left out when it says the same; else it is an error ([`IssueCode::DuplicateKey`]) where it says something else of
//! the order, or comes too late: the first is kept.

mod bind;
mod cell;
mod cleaned;
mod customer;
mod held;
mod order;
mod products;
mod seen;

use self::bind::{Binding, Bindings, CustomerTarget, LineTarget, OrderTarget, Target};
use self::cell::{Cell, Context, Notes, cell};
use self::customer::{CustomerParts, identifies};
use self::held::Held;
use self::order::OrderParts;
use self::seen::{Seen, Sight};
use crate::Row;
use crate::clean::total::{is_name_like, is_total};
use model::import::{FileFormat, ImportKind, ImportPlan};
use model::{
    Currency, CustomerDraft, CustomerId, Issue, IssueCode, Money, OrderDraft, OrderId, Timestamp,
    Zone,
};
use std::borrow::Cow;
use xxhash_rust::xxh3::xxh3_64;

pub(crate) use self::cell::untyped;
pub use self::cleaned::CleanedCell;

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
    /// For a record without a key of its own (an order without number, a customer without the source's key): the same
    /// for the same content at the same occurrence, so that the file imported again is known again.
    pub source_key: Option<String>,
    /// Warnings about single values.
    pub issues: Vec<Issue>,
    /// Values that are kept otherwise than they were written; empty unless the reading is watched.
    pub cleaned: Vec<CleanedCell>,
    /// Why nothing is to be taken from it, if so. `customer` and `order` are then as far as they could be read.
    pub rejected: Option<Issue>,
    /// The rows as they were.
    pub rows: Vec<RawRow>,
}

/// Makes records of rows.
#[derive(Debug)]
pub struct Assembler {
    plan: ImportPlan,
    context: Context,
    bindings: Bindings,
    open: Option<Open>,
    held: Held,
    seen: Seen,
    /// What cleaning does is noted.
    watched: bool,
}

/// The record that further rows may belong to.
#[derive(Debug)]
struct Open {
    row: u32,
    /// The order's key; `None` for customers and orders without one.
    key: Option<String>,
    customer: CustomerParts,
    order: OrderParts,
    issues: Vec<Issue>,
    cleaned: Vec<CleanedCell>,
    rejected: Option<Issue>,
    rows: Vec<RawRow>,
    /// Of all cells that go somewhere.
    content: u64,
    /// Of the cells that tell this record from others.
    identity: u64,
    /// Of the cells of the first row that speak of the order as a whole or its customer; 0 where only its number stands.
    head: u64,
}

impl Assembler {
    /// Reads as the plan says.
    pub fn new(plan: &ImportPlan, circumstances: Circumstances) -> Self {
        Self {
            context: Context::new(plan, circumstances),
            plan: plan.clone(),
            bindings: Bindings::default(),
            open: None,
            held: Held::default(),
            seen: Seen::default(),
            watched: false,
        }
    }

    /// From now on notes what cleaning does ([`Incoming::cleaned`]).
    pub(crate) fn watch(&mut self) {
        self.watched = true;
    }

    /// Takes a row; appends the records that are complete now (an order is complete when the next one begins).
    pub fn push(&mut self, row: Row<'_>, out: &mut Vec<Incoming>) {
        let orders = self.plan.kind == ImportKind::Orders;
        if !self.bindings.is_current(row.columns) {
            self.bindings.extend(row.columns, &self.plan, orders);
        }
        if !orders {
            let mut open = Open::new(&row);
            self.read(&row, &mut open);
            self.close(open, out);
            return;
        }
        let key = self.order_key(&row);
        let continues = self
            .open
            .as_ref()
            .is_some_and(|open| self.continues(open, key.as_deref(), &row));
        let mut open = match self.open.take() {
            Some(open) if continues => open,
            before => {
                if let Some(before) = before {
                    self.hold(before, out);
                }
                let mut open = Open::new(&row);
                open.key = key;
                open
            }
        };
        self.read(&row, &mut open);
        if self.watched {
            open.note_products(&row, &self.bindings.list);
        }
        open.order.end_row(row.number, &mut open.issues);
        self.open = Some(open);
    }

    /// Appends what is left.
    pub fn finish(&mut self, out: &mut Vec<Incoming>) {
        if let Some(open) = self.open.take() {
            self.hold(open, out);
        }
        while let Some(open) = self.held.release() {
            self.close(open, out);
        }
    }

    /// Keeps an order back for lines that come later; those that waited long enough are made.
    fn hold(&mut self, open: Open, out: &mut Vec<Incoming>) {
        if let Some(complete) = self.held.take(open) {
            self.close(complete, out);
        }
    }

    /// The number of the order a row belongs to, or our own id of it.
    fn order_key(&self, row: &Row<'_>) -> Option<String> {
        let find = |wanted: OrderTarget| {
            let mut columns = self.bindings.list.iter();
            columns.find_map(|binding| match binding.target {
                Target::Order(target) if target == wanted => cell(row, binding),
                _ => None,
            })
        };
        let found = find(OrderTarget::ExternalId).or_else(|| find(OrderTarget::Id))?;
        Some(found.text.into_owned())
    }

    fn continues(&self, open: &Open, key: Option<&str>, row: &Row<'_>) -> bool {
        if self.plan.format == FileFormat::Json
            && open.rows.last().is_some_and(|r| r.number == row.number)
        {
            return true;
        }
        match (&open.key, key) {
            (Some(known), Some(key)) => known == key,
            // Merged cells leave the rows below the first blank but for the line.
            (Some(_), None) => self.is_bare_line(row),
            (None, _) => false,
        }
    }

    /// A row that states a product and nothing of the order or the customer.
    fn is_bare_line(&self, row: &Row<'_>) -> bool {
        let mut product = false;
        for binding in &self.bindings.list {
            if cell(row, binding).is_none() {
                continue;
            }
            match binding.target {
                Target::Line(LineTarget::Product) => product = true,
                Target::Line(_) => {}
                _ => return false,
            }
        }
        product
    }

    /// Reads every bound cell of a row into the open record.
    fn read(&self, row: &Row<'_>, open: &mut Open) {
        open.rows.push(RawRow {
            number: row.number,
            text: row.text.to_owned(),
            ends: row.ends.to_vec(),
        });
        if self.plan.format == FileFormat::Delimited {
            check_width(row, open);
        }
        // Amounts need their currency first.
        let is_currency = |target: &Target| *target == Target::Order(OrderTarget::Currency);
        let currencies = self.bindings.list.iter().filter(|b| is_currency(&b.target));
        let others = self
            .bindings
            .list
            .iter()
            .filter(|b| !is_currency(&b.target));
        for binding in currencies.chain(others) {
            let Some(cell) = cell(row, binding) else {
                if self.watched {
                    open.note_emptied(row, binding);
                }
                continue;
            };
            let hash = mix(binding.column as u64, xxh3_64(cell.text.as_bytes()));
            open.content = mix(open.content, hash);
            if identifies(binding) {
                open.identity = mix(open.identity, hash);
            }
            if open.rows.len() == 1 && speaks_of_the_whole(&binding.target) {
                open.head = mix(open.head, hash);
            }
            if !self.watched {
                self.take(binding, &cell, row.number, open);
                continue;
            }
            let before = open.kept(binding, &self.context).map(Cow::into_owned);
            self.take(binding, &cell, row.number, open);
            open.note_cleaned(row, binding, &cell, before.as_deref(), &self.context);
        }
    }

    /// Takes one cell.
    fn take(&self, binding: &Binding, cell: &Cell<'_>, row: u32, open: &mut Open) {
        let mut notes = Notes {
            row,
            binding,
            issues: &mut open.issues,
        };
        let context = &self.context;
        match &binding.target {
            Target::Customer(target) => {
                // A member's nickname is who bought, where the shop knows no other key (淘宝).
                open.customer.take(*target, cell, context, &mut notes);
                if *target == CustomerTarget::Nickname && context.is_preset("taobao_orders") {
                    let key = CustomerTarget::ExternalId;
                    open.customer.take(key, cell, context, &mut notes);
                }
            }
            Target::Order(target) => open.order.take(*target, cell, context, &mut notes),
            Target::Line(target) => open.order.take_line(*target, cell, context, &mut notes),
            Target::Custom(key) => open.customer.take_custom(key, cell, &mut notes),
        }
    }

    /// The word by which a row is one of totals. What we wrote ourselves has none.
    fn total(&self, it: &Incoming) -> Option<String> {
        let first = it.rows.first()?;
        let first = first.cells().find(|cell| !cell.trim().is_empty())?;
        let total = !self.context.ours && total_word(it.customer.as_ref(), first);
        total.then(|| first.trim().to_owned())
    }

    /// Makes the record.
    fn close(&mut self, open: Open, out: &mut Vec<Incoming>) {
        let orders = self.plan.kind == ImportKind::Orders;
        let (content, identity) = (open.content, open.identity);
        let unknown = open.customer.is_unknown();
        let mut it = Incoming {
            row: open.row,
            customer: (!unknown).then(|| open.customer.finish(!orders, &self.context)),
            order: None,
            source_key: None,
            issues: open.issues,
            cleaned: open.cleaned,
            rejected: open.rejected,
            rows: open.rows,
        };
        let draft = it.customer.as_ref().map(|customer| &customer.draft);
        Open::settle_places(&mut it.cleaned, &self.bindings.list, draft);
        let mut key = None;
        if orders {
            let order = open.order;
            key = order.external_id.clone();
            key = key.or_else(|| order.id.map(|id| id.to_string()));
            match order.finish(it.row, &self.context, &mut it.issues) {
                Ok(order) => it.order = Some(order),
                Err(issue) => it.rejected = it.rejected.or(Some(issue)),
            }
        } else if let Some(word) = self.total(&it) {
            let issue = Issue::error(IssueCode::TotalRow).at_row(it.row);
            it.rejected = it.rejected.or(Some(issue.found(&word)));
            // What else is wrong with it is of no interest.
            it.issues.clear();
        } else if let Some(customer) = &it.customer {
            key = customer.draft.external_id.clone();
            key = key.or_else(|| customer.id.map(|id| id.to_string()));
        } else {
            let issue = Issue::error(IssueCode::NoIdentity).at_row(it.row);
            let issue = issue.expected("name, phone, email");
            it.rejected = it.rejected.or(Some(issue));
        }
        match (key, &it.rejected) {
            (Some(_), Some(_)) => {}
            (Some(key), None) => match self.seen.key(&key, content) {
                Sight::First => {}
                Sight::Same => return,
                Sight::Other => it.rejected = Some(twice(&key, it.row, orders)),
            },
            // Also for who can be found by mail or telephone: those may change hands, the row stays what it is.
            (None, _) => {
                let nth = self.seen.occurrence(identity);
                it.source_key = Some(format!("row:{identity:016x}:{nth}"));
            }
        }
        out.push(it);
    }
}

/// Whether a row adds the table up: its first cell says so, and nothing in it tells who somebody is.
fn total_word(customer: Option<&IncomingCustomer>, first: &str) -> bool {
    let nobody = customer.is_none_or(|it| {
        it.id.is_none()
            && it.phone_key.is_none()
            && it.email_key.is_none()
            && !is_name_like(&it.draft.name)
    });
    nobody && is_total(first)
}

fn twice(key: &str, row: u32, orders: bool) -> Issue {
    let field = if orders {
        "order.external_id"
    } else {
        "customer.external_id"
    };
    Issue::error(IssueCode::DuplicateKey)
        .at_row(row)
        .in_field(field)
        .found(key)
}

impl Open {
    fn new(row: &Row<'_>) -> Self {
        Self {
            row: row.number,
            key: None,
            customer: CustomerParts::default(),
            order: OrderParts::default(),
            issues: Vec::new(),
            cleaned: Vec::new(),
            rejected: None,
            rows: Vec::with_capacity(1),
            content: 0,
            identity: 0,
            head: 0,
        }
    }
}

/// Of the order as a whole or of its customer; its number alone says nothing of it.
fn speaks_of_the_whole(target: &Target) -> bool {
    match target {
        Target::Order(target) => !matches!(target, OrderTarget::ExternalId | OrderTarget::Id),
        Target::Customer(_) => true,
        Target::Line(_) | Target::Custom(_) => false,
    }
}

/// A row with too few cells lacks the last values; one with too many has slipped, and nobody knows where.
fn check_width(row: &Row<'_>, open: &mut Open) {
    let (cells, columns) = (row.len(), row.columns.len());
    if cells < columns {
        open.issues.push(
            Issue::warning(IssueCode::TooFewCells)
                .at_row(row.number)
                .found(&cells.to_string())
                .expected(&columns.to_string()),
        );
    } else if cells > columns
        && (columns..cells).any(|column| !row.get(column).trim().is_empty())
        && open.rejected.is_none()
    {
        open.rejected = Some(
            Issue::error(IssueCode::TooManyCells)
                .at_row(row.number)
                .found(&cells.to_string())
                .expected(&columns.to_string()),
        );
    }
}

/// Puts another hash to a hash; the order matters.
fn mix(hash: u64, other: u64) -> u64 {
    (hash ^ other)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(29)
}

#[cfg(test)]
mod tests;
