//! Orders: putting, refunding, listing.

use super::customers::{must_be_named, named};
use super::input::{Args, Stretch, close, cursor_after, invalid, read_cursor, rule_text};
use super::report::{Failed, Put, in_brackets, in_decimals, key_is_free, one, unknown_fields};
use super::{answered, mismatch, terms_of};
use crate::apply::Known;
use crate::customers::ROWS_MAX;
use crate::fault::{self, OrFault};
use crate::follow::Touched;
use crate::public::{Fields, OrderRecord, read_order, read_refund_lines, write_order};
use crate::{Applied, Context, Engine, Unanswered, coupons, validate};
use model::{CustomerId, Issue, IssueCode, Money, Order, OrderId, RefundRequest};
use protocol::{Command, Fault, OrderList, Reply};
use serde_json::{Map, Value, json};
use store::{Reader, Tx};

/// The fields of the contract's `Order`.
const FIELDS: [&str; 15] = [
    "id",
    "externalId",
    "customer",
    "at",
    "currency",
    "amount",
    "gross",
    "tax",
    "paidWithPoints",
    "status",
    "channel",
    "coupon",
    "lines",
    "refunded",
    "refunds",
];

/// The order that a text names: an id of ours or an external id.
fn order_named(read: Reader<'_>, key: &str) -> Result<Option<OrderId>, store::StoreError> {
    if let Ok(id) = key.parse::<OrderId>()
        && read.order(id)?.is_some()
    {
        return Ok(Some(id));
    }
    read.order_by_external_id(key)
}

/// Creates or changes an order: known by id, then by external id, else new.
pub(super) fn put_one(
    object: &Map<String, Value>,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
    touched: &mut Touched,
    issues: &mut Vec<Issue>,
) -> Result<Put, Failed> {
    let current = matching(object, tx.read())?;
    let base = current.as_ref().map(|order| &order.fields);
    let read = read_order(object, base, &terms_of(known.settings)).map_err(Failed::Issues)?;
    unknown_fields(&read.unknown, issues);
    let record = read.record;
    let currency = record.fields.currency;
    let fields = validate::order(&record.fields, known.context.now)
        .map_err(|issues| Failed::Issues(in_decimals(issues, currency)))?;
    let customer = buyer(&record, current.as_ref(), tx.read())?;
    if let Some(key) = fields.external_id.as_deref() {
        let of = tx.read().order_by_external_id(key)?;
        let own = current.as_ref().map(|order| order.id);
        key_is_free(key, of, own, "a key that no other order has")?;
    }
    let (id, is_new, mut changed) = match &current {
        None => {
            let id = tx.create_order(customer, &fields)?;
            coupons::issue_for_order(tx, customer, id, &fields, known)?;
            (id, true, true)
        }
        Some(order) => {
            let changed = tx.update_order(order.id, customer, &fields)?;
            if changed && order.customer != customer {
                touched.customers.extend([order.customer, customer]);
            }
            (order.id, false, changed)
        }
    };
    changed |= add_refunds(id, &record, tx)?;
    if changed && let Some(order) = tx.read().order(id)? {
        lines_differ(&order, issues);
        touched.orders.push(order);
    }
    let id = id.to_string();
    Ok(match (is_new, changed) {
        (true, _) => Put::Created(id),
        (false, true) => Put::Updated(id),
        (false, false) => Put::Unchanged(id),
    })
}

/// Whose order it is.
fn buyer(
    record: &OrderRecord,
    current: Option<&Order>,
    read: Reader<'_>,
) -> Result<CustomerId, Failed> {
    match (&record.customer, current) {
        (Some(key), _) => {
            let found = named(read, key)?;
            found.ok_or_else(|| {
                one(
                    IssueCode::NoCustomer,
                    "customer",
                    key,
                    "an id or external id of a customer",
                )
            })
        }
        (None, Some(order)) => Ok(order.customer),
        (None, None) => Err(one(IssueCode::Missing, "customer", "", "0000100000001")),
    }
}

/// Refunds that the record has and the order has not yet, by their keys.
fn add_refunds(id: OrderId, record: &OrderRecord, tx: &mut Tx<'_>) -> Result<bool, Failed> {
    let mut any = false;
    for refund in record.refunds.iter().flatten() {
        if let Some((of, _)) = tx.read().refund_by_key(&refund.key)? {
            if of != id {
                return Err(one(
                    IssueCode::KeyTaken,
                    "refunds",
                    &refund.key,
                    "a key of its own",
                ));
            }
            continue;
        }
        crate::points::check_key(&refund.key)?;
        let remaining = tx
            .read()
            .order(id)?
            .map_or(Money::ZERO, |order| order.remaining());
        if refund.amount > remaining || refund.amount <= Money::ZERO {
            let currency = record.fields.currency;
            let found = refund.amount.to_decimal(currency);
            let expected = format!("at most {}", remaining.to_decimal(currency));
            return Err(one(IssueCode::TooMuch, "refunds", &found, &expected));
        }
        tx.add_refund(id, refund)?;
        any = true;
    }
    Ok(any)
}

/// Lines that come to another sum than the order: kept, and said, because a discount on the whole order explains it.
fn lines_differ(order: &Order, issues: &mut Vec<Issue>) {
    let it = &order.fields;
    let sum = it
        .lines
        .iter()
        .fold(0i64, |sum, line| sum.saturating_add(line.amount.0));
    if !it.lines.is_empty() && sum != it.amount.0 {
        issues.push(
            Issue::warning(IssueCode::LinesDiffer)
                .in_field("lines")
                .found(&Money(sum).to_decimal(it.currency))
                .expected(&it.amount.to_decimal(it.currency)),
        );
    }
}

fn matching(object: &Map<String, Value>, read: Reader<'_>) -> Result<Option<Order>, Failed> {
    let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::trim);
    if let Some(id) = text("id").and_then(|id| id.parse::<OrderId>().ok())
        && let Some(order) = read.order(id)?
    {
        return Ok(Some(order));
    }
    let Some(key) = text("externalId").filter(|key| !key.is_empty()) else {
        return Ok(None);
    };
    match read.order_by_external_id(key)? {
        Some(id) => Ok(read.order(id)?),
        None => Ok(None),
    }
}

impl Engine {
    /// Refunds an order; gives it as it is then.
    pub(super) fn api_refund(
        &mut self,
        args: &mut Args,
        request_id: &str,
        context: &Context,
    ) -> Result<Applied, Fault> {
        let refund = args.object("refund")?;
        args.end()?;
        let terms = self.terms();
        let mut from = Fields::new(&refund, "");
        for (name, expected) in [
            ("order", "an id or external id of an order"),
            ("key", "1 to 128 characters"),
        ] {
            if from.value(name).is_none() {
                from.missing(name, expected);
            }
        }
        let named = from.text("order").unwrap_or_default();
        let read = self.store.read();
        let order = match order_named(read, &named).or_fault()? {
            Some(id) => read.order(id).or_fault()?,
            None => None,
        };
        let currency = order
            .as_ref()
            .map_or(terms.currency, |order| order.fields.currency);
        let request = RefundRequest {
            order: order.as_ref().map_or(OrderId(0), |order| order.id),
            amount: from.money("amount", currency),
            lines: read_refund_lines(&mut from),
            at: from.instant("at", &terms),
            key: from.text("key").unwrap_or_default(),
        };
        close(from)?;
        let order = order.ok_or_else(|| fault::not_found(&named).at("order"))?;
        let applied = self
            .apply(&Command::RefundOrder(request), request_id, context)
            .map_err(named_first)?;
        let order = self.store.read().order(order.id).or_fault()?;
        let order = order.ok_or_else(|| fault::not_found(&named).at("order"))?;
        Ok(answered(applied, &Value::Object(write_order(&order))))
    }

    /// A stretch of the orders, newest first unless asked otherwise.
    pub(super) fn api_orders(
        &mut self,
        args: &mut Args,
        context: &Context,
    ) -> Result<Value, Unanswered> {
        let options = args.options()?;
        args.end()?;
        let mut from = Fields::new(&options, "");
        let stretch = Stretch::read(&mut from, ROWS_MAX);
        let rule = from.value("rule").map(|rule| rule_text(rule, "rule"));
        let sort = from.choice("sort", &SORTS).unwrap_or(Sort::Newest);
        let fields = read_fields(&mut from);
        let customer = from.text("customer");
        let mut request = OrderList {
            search: from.text("search").unwrap_or_default(),
            ..OrderList::default()
        };
        close(from)?;
        request.rule = rule.transpose()?;
        if let Some(key) = customer {
            request.customer = Some(must_be_named(self.store.read(), &key, "customer")?);
        }
        let newest_first = sort == Sort::Newest;
        let (total, orders, offset) = if stretch.cursor.is_none() && newest_first {
            request.limit = stretch.limit;
            let Reply::Orders(page) = self.orders(&request, context)? else {
                return Err(mismatch());
            };
            let orders = page.items.into_iter().map(|row| row.order).collect();
            (page.total, orders, 0)
        } else {
            self.orders_after(&request, &stretch, sort, context)?
        };
        let orders: Vec<Order> = orders;
        let end = offset + orders.len() as u64;
        let cursor = orders
            .last()
            .filter(|_| end < total)
            .map(|last| cursor_after(end, &last.id.to_string()));
        let items = orders.iter().map(|order| {
            let mut object = write_order(order);
            if let Some(fields) = &fields {
                object.retain(|name, _| name == "id" || fields.contains(name));
            }
            Value::Object(object)
        });
        let items: Vec<Value> = items.collect();
        Ok(json!({ "items": items, "total": total, "cursor": cursor }))
    }

    /// Orders behind a cursor, or in another order than the page's.
    fn orders_after(
        &mut self,
        request: &OrderList,
        stretch: &Stretch,
        sort: Sort,
        context: &Context,
    ) -> Result<(u64, Vec<Order>, u64), Unanswered> {
        let mut sorted: Vec<OrderId> = match sort {
            Sort::Newest | Sort::Oldest => self.order_ids(request, context)?.to_vec(),
            Sort::Largest | Sort::Smallest => {
                let among = self.among_of(request.rule.as_deref(), context)?;
                let filter = store::OrderFilter {
                    among: among.as_deref(),
                    ..self.order_filter(request)
                };
                self.store.read().order_ids_by_amount(&filter).or_fault()?
            }
        };
        if matches!(sort, Sort::Oldest | Sort::Smallest) {
            sorted.reverse();
        }
        let mut offset = 0;
        if let Some(cursor) = &stretch.cursor {
            let (so_many, last) = read_cursor(cursor)?;
            let last: Option<OrderId> = last.parse().ok();
            let place = last.and_then(|last| sorted.iter().position(|id| *id == last));
            offset = place.map_or(so_many, |place| place as u64 + 1);
        }
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let some = sorted.iter().skip(from).take(stretch.limit as usize);
        let some: Vec<OrderId> = some.copied().collect();
        let orders = self.store.read().orders(&some).or_fault()?;
        Ok((sorted.len() as u64, orders, offset))
    }
}

/// The order of a list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Newest,
    Oldest,
    Largest,
    Smallest,
}

/// Their names.
const SORTS: [(&str, Sort); 4] = [
    ("-at", Sort::Newest),
    ("at", Sort::Oldest),
    ("-amount", Sort::Largest),
    ("amount", Sort::Smallest),
];

/// A fault of the fields names the first of them itself.
fn named_first(mut fault: Fault) -> Fault {
    for field in fault.issues.iter_mut().filter_map(|it| it.field.as_mut()) {
        *field = in_brackets(field);
    }
    match fault.path {
        None if !fault.issues.is_empty() => Fault {
            detail: fault.detail,
            ..invalid(fault.issues)
        },
        _ => fault,
    }
}

fn read_fields(from: &mut Fields<'_>) -> Option<Vec<String>> {
    let fields = from.texts("fields")?;
    if let Some(unknown) = fields.iter().find(|name| !FIELDS.contains(&name.as_str())) {
        let unknown = unknown.clone();
        from.wrong(
            "fields",
            IssueCode::UnknownChoice,
            &unknown,
            &FIELDS.join(", "),
        );
    }
    Some(fields)
}
