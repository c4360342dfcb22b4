//! The list of orders, one order, and the commands that change them; notes and calls too.

use crate::apply::Known;
use crate::customers::{ROWS_MAX, existing};
use crate::fault::{self, Failure, OrFault};
use crate::follow::Touched;
use crate::points::{MemberFacts, points_by_order};
use crate::{Context, Engine, Unanswered, coupons, validate};
use model::rule::Rule;
use model::{
    CustomerId, InteractionDraft, Issue, IssueCode, Money, Order, OrderDraft, OrderId, OrderStatus,
    Points, Refund, RefundLine, RefundRequest, Timestamp,
};
use protocol::{
    Fault, FaultCode, FromImport, ImportPart, OrderList, OrderRow, Outcome, Page, Reply,
};
use std::collections::BTreeMap;
use std::rc::Rc;
use store::Tx;

impl Engine {
    /// A stretch of the orders.
    pub(crate) fn orders(
        &mut self,
        request: &OrderList,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let limit = request.limit.min(ROWS_MAX);
        let page = match request.rule {
            Some(_) => {
                let ids = self.order_ids(request, context)?;
                let from = usize::try_from(request.offset).unwrap_or(usize::MAX);
                let some = ids.iter().skip(from).take(limit as usize);
                let stretch: Vec<OrderId> = some.copied().collect();
                store::Page {
                    total: ids.len() as u64,
                    items: self.store.read().orders(&stretch).or_fault()?,
                }
            }
            None => self
                .store
                .read()
                .orders_page(&self.order_filter(request), request.offset, limit)
                .or_fault()?,
        };
        Ok(Reply::Orders(Page {
            total: page.total,
            offset: request.offset,
            items: self.order_rows(page.items, context)?,
        }))
    }

    /// The customers whose orders a list shows, by id; `None` for everybody's.
    fn order_circle(
        &mut self,
        request: &OrderList,
        context: &Context,
    ) -> Result<Option<Vec<CustomerId>>, Unanswered> {
        self.among_of(request.rule.as_deref(), context)
    }

    /// The customers a rule holds for today, by id, to narrow down a list that is not of customers; `None` for
    /// everybody.
    pub(crate) fn among_of(
        &mut self,
        rule: Option<&str>,
        context: &Context,
    ) -> Result<Option<Vec<CustomerId>>, Unanswered> {
        let Some(rule) = rule else {
            return Ok(None);
        };
        let rule = Rule::parse(rule).map_err(fault::of_rule)?;
        let today = self.today(context);
        let view = self.view_rule(&rule, today, today)?;
        let members = view.evaluate(&rule)?;
        let mut ids: Vec<CustomerId> = members
            .iter()
            .filter_map(|slot| view.columns.id(slot))
            .collect();
        ids.sort_unstable();
        Ok(Some(ids))
    }

    /// Ids of all orders that a list shows, newest first. The last list with a rule is kept, so that scrolling through
    /// it is a slice.
    pub(crate) fn order_ids(
        &mut self,
        request: &OrderList,
        context: &Context,
    ) -> Result<Rc<Vec<OrderId>>, Unanswered> {
        let key = OrderList {
            offset: 0,
            limit: 0,
            ..request.clone()
        };
        let state = (self.data_version, self.today(context));
        if let Some((known, of, ids)) = &self.order_list
            && (known, *of) == (&key, state)
        {
            return Ok(Rc::clone(ids));
        }
        let among = self.order_circle(request, context)?;
        let filter = store::OrderFilter {
            among: among.as_deref(),
            ..self.order_filter(request)
        };
        let ids = Rc::new(self.store.read().order_ids(&filter).or_fault()?);
        if request.rule.is_some() {
            self.order_list = Some((key, state, Rc::clone(&ids)));
        }
        Ok(ids)
    }

    /// The store's filter for a list of orders, but for its rule.
    pub(crate) fn order_filter<'r>(&'r self, request: &'r OrderList) -> store::OrderFilter<'r> {
        let zone = self.settings.zone;
        store::OrderFilter {
            customer: request.customer,
            search: request.search.trim(),
            from: request.from.map(|day| zone.start_of(day)),
            before: request.to.map(|day| zone.start_of(day.plus_days(1))),
            returned_only: request.returned_only,
            counting_in: request.counting_only.then_some(self.settings.currency),
            convertible: &self.convertible,
            import: request.import.map(store_import),
            among: None,
        }
    }

    /// One order.
    pub(crate) fn order(&mut self, id: OrderId, context: &Context) -> Result<Reply, Unanswered> {
        let order = self.store.read().order(id).or_fault()?;
        let order = order.ok_or_else(|| fault::not_found(id))?;
        let row = self.order_rows(vec![order], context)?.pop();
        let row = row.ok_or_else(|| fault::not_found(id))?;
        Ok(Reply::Order(Box::new(row)))
    }

    pub(crate) fn order_rows(
        &mut self,
        orders: Vec<Order>,
        context: &Context,
    ) -> Result<Vec<OrderRow>, Fault> {
        let today = self.today(context);
        let programs = self.programs()?;
        let read = self.store.read();
        let mut ids: Vec<CustomerId> = orders.iter().map(|order| order.customer).collect();
        ids.sort_unstable();
        ids.dedup();
        let names: BTreeMap<CustomerId, String> = read
            .customers(&ids)
            .or_fault()?
            .into_iter()
            .map(|customer| (customer.id, customer.fields.name))
            .collect();
        let mut points: BTreeMap<OrderId, Points> = BTreeMap::new();
        if !programs.is_empty() {
            for &id in &ids {
                let facts = MemberFacts::read(read, id)?;
                let (_, entries) = facts.ledger(&programs, &self.settings.zone, today)?;
                points.extend(points_by_order(&entries));
            }
        }
        Ok(orders
            .into_iter()
            .map(|order| OrderRow {
                customer_name: names.get(&order.customer).cloned().unwrap_or_default(),
                local_at: self.settings.zone.write_local(order.fields.at),
                remaining: order.remaining(),
                points: (!programs.is_empty())
                    .then(|| points.get(&order.id).copied().unwrap_or_default()),
                order,
            })
            .collect())
    }
}

/// The records of an import as the store knows them.
pub(crate) fn store_import(import: FromImport) -> store::FromImport {
    store::FromImport {
        batch: import.batch,
        part: match import.part {
            ImportPart::Created => store::ImportPart::Created,
            ImportPart::Updated => store::ImportPart::Updated,
        },
    }
}

/// The order, or why not.
fn existing_order(read: store::Reader<'_>, id: OrderId) -> Result<Order, Failure> {
    match read.order(id)? {
        Some(order) => Ok(order),
        None => Err(fault::not_found(id).into()),
    }
}

/// Adds an order by hand.
pub(crate) fn create(
    customer: CustomerId,
    fields: &OrderDraft,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    existing(tx.read(), customer)?;
    let fields = validate::order(fields, known.context.now).map_err(Fault::invalid)?;
    let id = tx.create_order(customer, &fields)?;
    coupons::issue_for_order(tx, customer, id, &fields, known)?;
    let order = Order {
        id,
        customer,
        fields,
        refunds: Vec::new(),
    };
    Ok((Outcome::Order { id }, Touched::order(order)))
}

/// Removes an order.
pub(crate) fn remove(
    id: OrderId,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let order = existing_order(tx.read(), id)?;
    let is_released = crate::points::release_order(order.customer, id, known, tx)?;
    tx.remove_order(id)?;
    let touched = Touched {
        removed_orders: vec![(order.customer, id)],
        points: is_released.then_some(order.customer).into_iter().collect(),
        ..Touched::default()
    };
    Ok((Outcome::Order { id }, touched))
}

/// Refunds an order, whole or in part.
pub(crate) fn refund(
    request: &RefundRequest,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    crate::points::check_key(&request.key)?;
    let mut order = existing_order(tx.read(), request.order)?;
    let id = order.id;
    if let Some((of, refund)) = tx.read().refund_by_key(&request.key)? {
        let same = of == id
            && request.amount.is_none_or(|amount| amount == refund.amount)
            && request.lines == refund.lines
            && request.at.is_none_or(|at| at == refund.at);
        if same {
            return Ok((Outcome::Order { id }, Touched::default()));
        }
        return Err(Fault::new(FaultCode::KeyReused)
            .at("key")
            .found(request.key.clone())
            .into());
    }
    let at = request.at.unwrap_or(known.context.now);
    let refund = Refund {
        key: request.key.clone(),
        at,
        amount: refund_amount(&order, request, at, known.context.now)?,
        lines: request.lines.clone(),
    };
    let before = order.refunded();
    tx.add_refund(id, &refund)?;
    order.refunds.push(refund);
    order
        .refunds
        .sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
    coupons::after_refund(tx, &order, before, at, &request.key)?;
    Ok((Outcome::Order { id }, Touched::order(order)))
}

/// What a refund request comes to: what is asked, or what the lines cost, or all that remains.
fn refund_amount(
    order: &Order,
    request: &RefundRequest,
    at: Timestamp,
    now: Timestamp,
) -> Result<Money, Fault> {
    let mut issues = Vec::new();
    if at < order.fields.at || at > now {
        issues.push(
            Issue::error(IssueCode::BadDate)
                .in_field("at")
                .found(&at.to_string())
                .expected(&order.fields.at.to_string()),
        );
    }
    let lines = lines_amount(order, &request.lines, &mut issues);
    if request.amount.is_some_and(|amount| amount.0 <= 0) {
        issues.push(
            Issue::error(IssueCode::Negative)
                .in_field("amount")
                .expected("0.01"),
        );
    }
    if !issues.is_empty() {
        return Err(Fault::invalid(issues));
    }
    let remaining = order.remaining();
    let amount = match (request.amount, request.lines.is_empty()) {
        (Some(amount), _) => amount,
        // Lines may add up to more than was paid (a discount on the whole order): never more than remains.
        (None, false) => lines.min(remaining),
        (None, true) => remaining,
    };
    if amount > remaining || remaining <= Money::ZERO || order.fields.status != OrderStatus::Paid {
        return Err(Fault::new(FaultCode::RefundTooLarge)
            .at("amount")
            .found(amount.to_decimal(order.fields.currency))
            .expected(remaining.to_decimal(order.fields.currency)));
    }
    Ok(amount)
}

/// What the returned parts of lines cost, rounded so that all parts of a line come to its amount; wrong ones become
/// issues.
fn lines_amount(order: &Order, wanted: &[RefundLine], issues: &mut Vec<Issue>) -> Money {
    let mut sum = 0i64;
    for (index, part) in wanted.iter().enumerate() {
        let field = format!("lines.{index}");
        let Some(line) = order.fields.lines.get(part.line as usize) else {
            issues.push(
                Issue::error(IssueCode::NotFound)
                    .in_field(&field)
                    .found(&part.line.to_string())
                    .expected(&order.fields.lines.len().to_string()),
            );
            continue;
        };
        let earlier = order.refunds.iter().flat_map(|refund| &refund.lines);
        let before = earlier.chain(wanted.iter().take(index));
        let returned = before
            .filter(|other| other.line == part.line)
            .fold(0i64, |sum, other| sum.saturating_add(other.quantity_milli));
        let left = line.quantity_milli.saturating_sub(returned);
        if part.quantity_milli <= 0 || part.quantity_milli > left {
            issues.push(
                Issue::error(IssueCode::TooMuch)
                    .in_field(&field)
                    .found(&part.quantity_milli.to_string())
                    .expected(&left.max(0).to_string()),
            );
            continue;
        }
        // With what came back earlier, so that many parts come to the whole line.
        let cost = ::coupon::returned(
            line.amount,
            line.quantity_milli,
            returned,
            part.quantity_milli,
        );
        sum = sum.saturating_add(cost.0);
    }
    Money(sum)
}

/// Records a call, a visit, a note.
pub(crate) fn add_interaction(
    customer: CustomerId,
    fields: &InteractionDraft,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    existing(tx.read(), customer)?;
    let mut fields = fields.clone();
    fields.kind = fields.kind.trim().to_owned();
    let length = fields.kind.chars().count();
    if length == 0 || length > 100 {
        let code = if length == 0 {
            IssueCode::Missing
        } else {
            IssueCode::TooLong
        };
        let issue = Issue::error(code)
            .in_field("kind")
            .expected("note, call, visit");
        return Err(Fault::invalid(vec![issue]).into());
    }
    if let Some(key) = &fields.key {
        crate::points::check_key(key)?;
        if let Some(id) = tx.read().interaction_by_key(key)? {
            let known = tx.read().interaction(id)?;
            if known.is_some_and(|it| it.customer == customer && it.fields == fields) {
                return Ok((Outcome::Saved, Touched::default()));
            }
            return Err(Fault::new(FaultCode::KeyReused)
                .at("key")
                .found(key.clone())
                .into());
        }
    }
    tx.add_interaction(customer, &fields)?;
    Ok((Outcome::Saved, Touched::customer(customer)))
}
