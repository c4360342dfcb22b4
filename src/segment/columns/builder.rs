//! Bulk load: records in whatever order the store reads fastest, laid out by customer and time at the end.

use super::arrays::{Blocks, Missing, Table};
use super::events::{EventRows, EventValues};
use super::orders::{LineRows, OrderRows, OrderValues, RefundRow};
use super::{Columns, flags_of};
use model::{
    Currency, CustomField, Customer, CustomerId, InteractionId, Money, OrderId, OrderStatus,
    Refund, Timestamp, Zone,
};
use std::collections::BTreeMap;

/// An order as it is read in bulk: texts that repeat are codes from [`Builder::term`].
#[derive(Clone, Copy, Debug)]
pub struct OrderInput<'r> {
    /// Its id.
    pub id: OrderId,
    /// Who bought.
    pub customer: CustomerId,
    /// When.
    pub at: Timestamp,
    /// Currency of all amounts.
    pub currency: Currency,
    /// What was paid.
    pub amount: Money,
    /// Before discounts.
    pub gross: Option<Money>,
    /// The part that is tax.
    pub tax: Option<Money>,
    /// The part paid in points.
    pub paid_with_points: Option<Money>,
    /// Status.
    pub status: OrderStatus,
    /// Channel as a code; 0 is none.
    pub channel: u32,
    /// The coupon used.
    pub coupon: Option<&'r str>,
}

/// A line as it is read in bulk.
#[derive(Clone, Copy, Debug)]
pub struct LineInput {
    /// Product as a code.
    pub product: u32,
    /// Category as a code; 0 is none.
    pub category: u32,
    /// Thousandths of a piece.
    pub quantity_milli: i64,
    /// What was paid for the line.
    pub amount: Money,
}

/// An interaction or event as it is read in bulk.
#[derive(Clone, Copy, Debug)]
pub struct EventInput<'r> {
    /// Its id.
    pub id: InteractionId,
    /// With whom.
    pub customer: CustomerId,
    /// Kind as a code.
    pub kind: u32,
    /// When.
    pub at: Timestamp,
    /// Details.
    pub data: &'r BTreeMap<String, CustomField>,
}

/// Builds columns: first all customers, then orders, refunds and events in any order, then [`Builder::finish`].
///
/// Records of customers that are not there are left out; each order and event is given once.
pub struct Builder {
    columns: Columns,
    rows: OrderRows,
    slots: Vec<u32>,
    refunds: Vec<(OrderId, RefundRow)>,
    event_rows: EventRows,
    event_slots: Vec<u32>,
}

impl Builder {
    /// A builder of columns with nothing in them.
    pub fn new(zone: Zone, currency: Currency) -> Self {
        Self {
            columns: Columns::new(zone, currency),
            rows: OrderRows::default(),
            slots: Vec::new(),
            refunds: Vec::new(),
            event_rows: EventRows::default(),
            event_slots: Vec::new(),
        }
    }

    /// What other currencies are worth; given before orders.
    pub fn rates(&mut self, rates: &[model::Rate]) {
        self.columns.set_rates(rates);
    }

    /// Makes room, so that arrays need not grow.
    pub fn reserve(&mut self, customers: usize, orders: usize) {
        self.columns.customers.reserve(customers);
        self.columns.index.reserve(customers);
        self.rows.reserve(orders);
        self.slots.reserve(orders);
    }

    /// The code of a product, category, channel or kind of event.
    pub fn term(&mut self, text: &str) -> u32 {
        self.columns.terms.intern(text)
    }

    /// Adds a customer.
    pub fn customer(&mut self, customer: &Customer) {
        self.columns.put_customer(customer);
    }

    /// Adds an order with its lines.
    pub fn order(&mut self, order: &OrderInput, lines: impl IntoIterator<Item = LineInput>) {
        let Some(slot) = self.columns.slot(order.customer) else {
            return;
        };
        let columns = &mut self.columns;
        let line_start = columns.orders.lines.len() as u32;
        for line in lines {
            columns.orders.lines.push(
                line.product,
                line.category,
                line.quantity_milli,
                line.amount.0,
            );
        }
        let (day, minute) = columns.zone.day_and_minute(order.at);
        let currency = columns.currency_index(order.currency);
        let values = OrderValues {
            id: order.id.0,
            at: order.at.0,
            day: day.0,
            minute,
            amount: order.amount.0,
            flags: flags_of(order.status, currency),
            channel: order.channel,
            line_start,
            line_len: columns.orders.lines.len() as u32 - line_start,
            coupon: columns.coupons.intern(order.coupon.unwrap_or("")),
            currency,
            gross: order.gross.map_or(i64::NONE, |it| it.0),
            tax: order.tax.map_or(i64::NONE, |it| it.0),
            paid_with_points: order.paid_with_points.map_or(i64::NONE, |it| it.0),
        };
        self.slots.push(slot);
        self.rows.push_blank();
        self.rows.write(self.rows.rows() - 1, &values);
    }

    /// Adds a refund of an order, given before it or after it.
    pub fn refund(&mut self, order: OrderId, refund: &Refund) {
        let row = RefundRow {
            key: refund.key.clone(),
            at: refund.at,
            day: self.columns.zone.day(refund.at),
            amount: refund.amount,
            lines: refund.lines.clone(),
        };
        self.refunds.push((order, row));
    }

    /// Adds an interaction or event.
    pub fn event(&mut self, event: &EventInput) {
        let Some(slot) = self.columns.slot(event.customer) else {
            return;
        };
        let (data_start, data_len) = self.columns.events.add_data(event.data);
        let (day, minute) = self.columns.zone.day_and_minute(event.at);
        self.event_slots.push(slot);
        self.event_rows.push_blank();
        let values = EventValues {
            id: event.id.0,
            at: event.at.0,
            day: day.0,
            minute,
            kind: event.kind,
            data_start,
            data_len,
        };
        self.event_rows.write(self.event_rows.rows() - 1, &values);
    }

    /// The columns, laid out.
    pub fn finish(mut self, data_version: u64) -> Columns {
        self.columns.data_version = data_version;
        let slots = self.columns.slots();
        let (order, lens) = layout(&self.slots, slots, |row| {
            let row = row as usize;
            let at = self.rows.at.get(row).copied().unwrap_or(0);
            (at, self.rows.id.get(row).copied().unwrap_or(0))
        });
        let orders = &mut self.columns.orders;
        orders.rows = self.rows.gather(&order);
        orders.blocks = Blocks::dense(lens);
        let lines: LineRows = orders.lines.gather(&mut orders.rows);
        orders.lines = lines;
        self.attach_refunds();
        let (order, lens) = layout(&self.event_slots, slots, |row| {
            let values = self.event_rows.get(row as usize);
            (values.at, values.id)
        });
        self.columns.events.rows = self.event_rows.gather(&order);
        self.columns.events.blocks = Blocks::dense(lens);
        self.columns.events.close_holes();
        for slot in 0..slots {
            self.columns.orders.refresh(slot);
        }
        self.columns
    }

    fn attach_refunds(&mut self) {
        if self.refunds.is_empty() {
            return;
        }
        let ids = &self.columns.orders.rows.id;
        let mut rows: Vec<u32> = (0..ids.len() as u32).collect();
        let id_of = |row: &u32| ids.get(*row as usize).copied().unwrap_or(0);
        rows.sort_unstable_by_key(id_of);
        let found: Vec<Option<u32>> = self
            .refunds
            .iter()
            .map(|(order, _)| {
                let at = rows.binary_search_by_key(&order.0, id_of).ok()?;
                rows.get(at).copied()
            })
            .collect();
        let refunds = std::mem::take(&mut self.refunds);
        for ((_, refund), row) in refunds.into_iter().zip(found) {
            if let Some(row) = row {
                self.columns.attach_refund(row as usize, refund);
            }
        }
    }
}

/// The order of rows by slot, then key, and the number of rows of each slot.
fn layout<K: Ord>(slot_of: &[u32], slots: usize, key: impl Fn(u32) -> K) -> (Vec<u32>, Vec<u32>) {
    let mut lens = vec![0u32; slots];
    for &slot in slot_of {
        if let Some(len) = lens.get_mut(slot as usize) {
            *len += 1;
        }
    }
    let mut next: Vec<u32> = Vec::with_capacity(slots);
    let mut start = 0;
    for &len in &lens {
        next.push(start);
        start += len;
    }
    let mut order = vec![0u32; slot_of.len()];
    for (row, &slot) in slot_of.iter().enumerate() {
        if let Some(place) = next.get_mut(slot as usize) {
            if let Some(at) = order.get_mut(*place as usize) {
                *at = row as u32;
            }
            *place += 1;
        }
    }
    let mut start = 0;
    for &len in &lens {
        let end = start + len as usize;
        if let Some(block) = order.get_mut(start..end) {
            // Mostly in order already, which this sort notices.
            block.sort_by_key(|&row| key(row));
        }
        start = end;
    }
    (order, lens)
}
