//! The list of customers, one customer, and the commands that change them.

use crate::apply::Known;
use crate::derive::View;
use crate::fault::{self, Failure, OrFault};
use crate::follow::Touched;
use crate::lists::store_sort;
use crate::{Context, Engine, Unanswered, scores, validate};
use insight::{monthly, top};
use model::{Customer, CustomerDraft, CustomerId, Day, Money};
use protocol::{
    CustomerRow, CustomerView, Fault, ListRequest, MonthTotal, NamedTotal, Outcome, Page, Reply,
};
use store::Tx;

/// Rows of a list that one answer may have.
pub(crate) const ROWS_MAX: u32 = 500;

/// Months on a customer's page.
const MONTHS: u32 = 12;

/// Categories on a customer's page.
const CATEGORIES: usize = 5;

impl Engine {
    /// A stretch of the customers.
    pub(crate) fn customers(
        &mut self,
        request: &ListRequest,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let limit = request.limit.min(ROWS_MAX);
        let plain = request.search.trim().is_empty()
            && request.rule.is_none()
            && request.segment.is_none()
            && request.import.is_none()
            && request.past.is_empty();
        let (total, customers) = match store_sort(request.sort) {
            // The whole list straight from an index: nothing to compute, however many there are.
            Some(sort) if plain => {
                let read = self.store.read();
                let total = read.counts().or_fault()?.customers;
                let rows = read
                    .customers_page(sort, request.descending, request.offset, limit)
                    .or_fault()?;
                (total, rows)
            }
            _ => {
                let ids = self.list_ids(request, context)?;
                let from = usize::try_from(request.offset)
                    .unwrap_or(usize::MAX)
                    .min(ids.len());
                let to = from.saturating_add(limit as usize).min(ids.len());
                let stretch = ids.get(from..to).unwrap_or_default();
                let rows = self.store.read().customers(stretch).or_fault()?;
                (ids.len() as u64, rows)
            }
        };
        Ok(Reply::Customers(Page {
            total,
            offset: request.offset,
            items: self.rows(customers, request.as_of, context)?,
        }))
    }

    /// Customers with what is calculated about them, if columns are there.
    fn rows(
        &mut self,
        customers: Vec<Customer>,
        as_of: Option<Day>,
        context: &Context,
    ) -> Result<Vec<CustomerRow>, Fault> {
        let today = self.today(context);
        let view = match self.view(as_of.unwrap_or(today), today) {
            Ok(view) => Some(view),
            Err(Unanswered::NotReady) => None,
            Err(Unanswered::Fault(fault)) => return Err(fault),
        };
        Ok(customers
            .into_iter()
            .map(|customer| {
                let facts = view.as_ref().and_then(|view| {
                    let slot = view.columns.slot(customer.id)?;
                    Some(scores::customer_facts(view, slot))
                });
                CustomerRow { customer, facts }
            })
            .collect())
    }

    /// Today's view, or nothing while columns are being read.
    pub(crate) fn view_if_ready(&mut self, today: Day) -> Result<Option<View<'_>>, Fault> {
        match self.view(today, today) {
            Ok(view) => Ok(Some(view)),
            Err(Unanswered::NotReady) => Ok(None),
            Err(Unanswered::Fault(fault)) => Err(fault),
        }
    }

    /// One customer.
    pub(crate) fn customer(
        &mut self,
        id: CustomerId,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let today = self.today(context);
        // An old link to a record that was merged away leads to who it became.
        let id = self.store.read().settled(id).or_fault()?;
        let customer = self.store.read().customer(id).or_fault()?;
        let customer = customer.ok_or_else(|| fault::not_found(id))?;
        let mut shown = CustomerView {
            customer,
            facts: None,
            orders_recorded: 0,
            months: Vec::new(),
            top_categories: Vec::new(),
            segments: Vec::new(),
        };
        let view = self.view_if_ready(today)?;
        if let Some((view, slot)) =
            view.and_then(|view| view.columns.slot(id).map(|slot| (view, slot)))
        {
            shown.facts = Some(scores::customer_facts(&view, slot));
            shown.orders_recorded = view.columns.orders(slot).count() as u64;
            shown.months = months(&view, slot);
            shown.top_categories = categories(&view, slot);
            shown.segments = segments_of(&view, slot);
        }
        Ok(Reply::Customer(Box::new(shown)))
    }
}

/// A month's sum as a page wants it.
pub(crate) fn month_total(sum: &insight::MonthSum) -> MonthTotal {
    MonthTotal {
        month: sum.month,
        amount: sum.amount,
        orders: sum.orders,
    }
}

fn months(view: &View<'_>, slot: u32) -> Vec<MonthTotal> {
    let orders = view
        .columns
        .orders(slot)
        .filter(|order| order.counts_on(view.day))
        .filter_map(|order| Some((order.day(), order.remaining_on(view.day)?)));
    monthly(orders, view.day, MONTHS)
        .iter()
        .map(month_total)
        .collect()
}

fn categories(view: &View<'_>, slot: u32) -> Vec<NamedTotal> {
    let mut names: Vec<(u32, &str)> = Vec::new();
    let mut parts: Vec<(u32, Money)> = Vec::new();
    for order in view.columns.orders(slot) {
        // Amounts of other currencies cannot be added to these.
        if !order.counts_on(view.day) || order.remaining_on(view.day).is_none() {
            continue;
        }
        for line in order.lines() {
            if let Some(category) = line.category {
                names.push((line.category_code, category));
                parts.push((line.category_code, line.amount));
            }
        }
    }
    top(parts, CATEGORIES)
        .into_iter()
        .filter_map(|(code, amount, count)| {
            let (_, name) = names.iter().find(|(of, _)| *of == code)?;
            Some(NamedTotal {
                name: (*name).to_owned(),
                amount,
                count,
            })
        })
        .collect()
}

/// Keys of the ready segments and names of the saved ones that the customer is in.
fn segments_of(view: &View<'_>, slot: u32) -> Vec<String> {
    let ready = view
        .ready()
        .into_iter()
        .map(|ready| (ready.key.to_owned(), ready.rule));
    let saved = view.saved.iter().filter_map(|saved| {
        let rule = saved.rule.as_ref().ok()?;
        Some((saved.segment.name.clone(), rule.clone()))
    });
    ready
        .chain(saved)
        .filter(|(_, rule)| {
            view.evaluate(rule)
                .is_ok_and(|members| members.contains(slot))
        })
        .map(|(name, _)| name)
        .collect()
}

/// What a customer is called in the log.
pub(crate) fn subject(fields: &CustomerDraft) -> String {
    [
        Some(&fields.name),
        fields.phone.as_ref(),
        fields.email.as_ref(),
        fields.external_id.as_ref(),
    ]
    .into_iter()
    .flatten()
    .find(|text| !text.is_empty())
    .cloned()
    .unwrap_or_default()
}

/// The customer, or why not.
pub(crate) fn existing(read: store::Reader<'_>, id: CustomerId) -> Result<Customer, Failure> {
    match read.customer(id)? {
        Some(customer) => Ok(customer),
        None => Err(fault::not_found(id).into()),
    }
}

/// Creates a customer.
pub(crate) fn create(
    fields: &CustomerDraft,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let fields = validate::customer(fields, &known.rules()).map_err(Fault::invalid)?;
    let id = tx.create_customer(&fields, known.context.now)?;
    let touched = Touched {
        records: [id].into(),
        ..Touched::default()
    };
    Ok((Outcome::Customer { id }, touched))
}

/// Replaces the fields of a customer.
pub(crate) fn update(
    id: CustomerId,
    fields: &CustomerDraft,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    existing(tx.read(), id)?;
    let fields = validate::customer(fields, &known.rules()).map_err(Fault::invalid)?;
    tx.update_customer(id, &fields)?;
    let touched = Touched {
        records: [id].into(),
        ..Touched::default()
    };
    Ok((Outcome::Customer { id }, touched))
}

/// Removes customers with all of theirs. Those that are gone already do not count.
pub(crate) fn remove(ids: &[CustomerId], tx: &mut Tx<'_>) -> Result<(Outcome, Touched), Failure> {
    let mut touched = Touched::default();
    for &id in ids {
        if tx.read().customer(id)?.is_some() {
            tx.remove_customer(id)?;
            touched.customers.insert(id);
        }
    }
    let count = touched.customers.len() as u64;
    Ok((Outcome::Customers { count }, touched))
}

/// Adds a tag to customers, or takes it away.
pub(crate) fn tag(
    ids: &[CustomerId],
    tag: &str,
    add: bool,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let tag = tag.trim();
    if tag.is_empty() {
        let missing = model::Issue::error(model::IssueCode::Missing).in_field("tag");
        return Err(Fault::invalid(vec![missing]).into());
    }
    let mut touched = Touched::default();
    for customer in tx.read().customers(ids)? {
        let mut fields = customer.fields;
        match (add, fields.tags.iter().position(|known| known == tag)) {
            (true, None) => fields.tags.push(tag.to_owned()),
            (false, Some(place)) => {
                fields.tags.remove(place);
            }
            _ => continue,
        }
        fields.tags.sort();
        validate::tags(&fields.tags).map_err(Fault::invalid)?;
        tx.update_customer(customer.id, &fields)?;
        touched.records.insert(customer.id);
    }
    let count = touched.records.len() as u64;
    Ok((Outcome::Customers { count }, touched))
}
