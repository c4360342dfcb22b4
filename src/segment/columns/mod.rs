//! Columns: all customers, orders, refunds and events of the workspace in arrays.
//!
//! A customer has a *slot*, a small number that stays theirs while the columns live. Strings are codes in
//! dictionaries, amounts are minor units of the workspace's currency, days are local days of its zone. The orders of
//! one customer lie side by side, by time and then id.
//!
//! Invariant: columns that followed every write have the same content as columns built anew from the store
//! ([`Columns::first_difference`] finds none).

mod arrays;
mod builder;
mod content;
mod customers;
mod dict;
mod events;
mod fold;
mod orders;
mod snapshot;
mod touched;
mod uses;
mod values;
mod view;

pub use builder::{Builder, EventInput, LineInput, OrderInput};
pub use orders::RefundRow;
pub use snapshot::SnapshotError;
pub use uses::{EventUse, FieldUse};
pub use view::{EventRef, LineRef, LineSlices, OrderFacts, OrderRef, OrderSlices};

pub(crate) use arrays::Missing;
pub(crate) use customers::{
    CONSENT_EMAIL, CONSENT_PHONE, CONSENT_SMS, CustomColumn, Customers, ListColumn, TEXTS,
    TextColumn, custom_kind, month_day,
};
pub(crate) use dict::{Dict, NO_CODE};
pub(crate) use events::{Datum, Events};
pub(crate) use fold::fold;
pub(crate) use orders::{FOREIGN, HAS_REFUNDS, LinesLeft, Orders, Total};
pub(crate) use view::average;

use crate::Bitmap;
use events::EventValues;
use model::{
    Birthday, Currency, Customer, CustomerId, Day, Interaction, InteractionId, Money, Order,
    OrderId, OrderStatus, Rate, Refund, Zone,
};
use orders::{CANCELLED, OrderValues, REFUNDED, STATUS};
use touched::Touched;

/// All data of the workspace in arrays, by slot.
#[derive(Clone, Debug)]
pub struct Columns {
    pub(crate) zone: Zone,
    pub(crate) currency: Currency,
    data_version: u64,
    live: Bitmap,
    /// Id and slot of every customer there ever was, by id.
    index: Vec<(i64, u32)>,
    pub(crate) customers: Customers,
    pub(crate) orders: Orders,
    pub(crate) events: Events,
    /// Products, categories, channels and kinds of event.
    pub(crate) terms: Dict,
    pub(crate) coupons: Dict,
    /// Currencies other than the workspace's.
    pub(crate) currencies: Vec<Currency>,
    /// What they are worth, by day.
    rates: Vec<Rate>,
    /// Whose columns changed, for those who remember what they worked out.
    touched: Touched,
}

impl Columns {
    /// Columns without customers.
    pub fn new(zone: Zone, currency: Currency) -> Self {
        Self {
            zone,
            currency,
            data_version: 0,
            live: Bitmap::default(),
            index: Vec::new(),
            customers: Customers::default(),
            orders: Orders::new(currency),
            events: Events::default(),
            terms: Dict::default(),
            coupons: Dict::default(),
            currencies: Vec::new(),
            rates: Vec::new(),
            touched: Touched::default(),
        }
    }

    /// The zone that local days are in.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// The workspace's currency.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The store's version that these columns agree with.
    pub fn data_version(&self) -> u64 {
        self.data_version
    }

    /// Notes the store's version after a write was followed.
    pub fn set_data_version(&mut self, version: u64) {
        self.data_version = version;
    }

    /// Moves on with every change of any customer's columns: what was worked out at a tick is good for everybody but
    /// those that [`Columns::touched_since`] names.
    pub fn tick(&self) -> u64 {
        self.touched.tick()
    }

    /// The slots that changed since a tick, some of them more than once; `None` where so many did that nobody
    /// remembers.
    pub fn touched_since(&self, tick: u64) -> Option<&[u32]> {
        self.touched.since(tick)
    }

    /// Number of slots, those of removed customers included.
    pub fn slots(&self) -> usize {
        self.customers.slots()
    }

    /// The slots of customers that are not removed.
    pub fn live(&self) -> &Bitmap {
        &self.live
    }

    /// Number of customers.
    pub fn customer_count(&self) -> u64 {
        self.live.count()
    }

    /// Number of orders, those that do not count too.
    pub fn order_count(&self) -> u64 {
        self.orders
            .blocks
            .lens()
            .iter()
            .map(|&n| u64::from(n))
            .sum()
    }

    /// Orders up to the day that are left out of sums, because their currency has no rate.
    pub fn unconverted(&self, as_of: Day) -> u64 {
        if self.currencies.is_empty() {
            return 0;
        }
        let without = |slot: usize| {
            let total = self.orders.total(slot, as_of.0);
            u64::from(total.count.saturating_sub(total.converted))
        };
        (0..self.slots()).map(without).sum()
    }

    /// The slot of a customer.
    pub fn slot(&self, id: CustomerId) -> Option<u32> {
        let slot = self.any_slot(id)?;
        self.live.contains(slot).then_some(slot)
    }

    fn any_slot(&self, id: CustomerId) -> Option<u32> {
        let at = self.index.binary_search_by_key(&id.0, |&(id, _)| id).ok()?;
        self.index.get(at).map(|&(_, slot)| slot)
    }

    /// The customer in a slot, removed ones too.
    pub fn id(&self, slot: u32) -> Option<CustomerId> {
        self.customers
            .ids
            .get(slot as usize)
            .map(|&id| CustomerId(id))
    }

    /// The text of a code of a product, category or channel; empty for 0.
    pub fn term(&self, code: u32) -> &str {
        self.terms.text(code)
    }

    /// Every product, category, channel and kind of event that ever occurred, with its code.
    pub fn terms(&self) -> impl Iterator<Item = (u32, &str)> {
        self.terms.iter()
    }

    /// Every coupon that ever occurred, with its code.
    pub fn coupons(&self) -> impl Iterator<Item = (u32, &str)> {
        self.coupons.iter()
    }

    /// The code for a product, category, channel or kind of event, new ones too.
    pub fn term_code(&mut self, text: &str) -> u32 {
        self.terms.intern(text)
    }

    /// Adds a customer, or replaces what is stated about one (orders and events stay).
    pub fn put_customer(&mut self, customer: &Customer) -> u32 {
        let id = customer.id.0;
        let slot = match self.index.binary_search_by_key(&id, |&(id, _)| id) {
            Ok(at) => self.index.get(at).map_or(0, |&(_, slot)| slot),
            Err(at) => {
                let slot = self.slots() as u32;
                self.index.insert(at, (id, slot));
                self.customers.push_slot(id);
                self.orders.blocks.push_owner();
                self.orders.totals.push_slot();
                self.events.blocks.push_owner();
                self.live.push(true);
                slot
            }
        };
        self.live.set(slot, true);
        self.customers.set(slot as usize, customer, self.zone);
        self.touched.note(slot);
        slot
    }

    /// Removes a customer with their orders and events. Put again they get the same slot back, without orders.
    /// `false`: not there.
    pub fn remove_customer(&mut self, id: CustomerId) -> bool {
        let Some(slot) = self.slot(id) else {
            return false;
        };
        self.live.set(slot, false);
        let slot = slot as usize;
        self.customers.clear(slot);
        self.clear_orders(slot);
        self.clear_events(slot);
        true
    }

    /// Removes all orders of a customer, so that they can be put anew.
    pub fn remove_orders_of(&mut self, id: CustomerId) {
        if let Some(slot) = self.slot(id) {
            self.clear_orders(slot as usize);
        }
    }

    /// Removes all events of a customer, so that they can be added anew.
    pub fn remove_events_of(&mut self, id: CustomerId) {
        if let Some(slot) = self.slot(id) {
            self.clear_events(slot as usize);
        }
    }

    fn clear_orders(&mut self, slot: usize) {
        self.touched.note(slot as u32);
        for row in self.orders.blocks.rows(slot) {
            self.forget_parts(row);
        }
        self.orders.blocks.clear(slot);
        self.orders.refresh(slot);
        self.orders.tidy();
    }

    fn clear_events(&mut self, slot: usize) {
        self.touched.note(slot as u32);
        for row in self.events.blocks.rows(slot) {
            self.events.data_holes += self.events.data_range(row).len();
        }
        self.events.blocks.clear(slot);
        self.events.tidy();
    }

    /// Gives up the lines and refunds of an order whose row is about to go or to be written anew.
    fn forget_parts(&mut self, row: usize) {
        self.orders.line_holes += self.orders.line_range(row).len();
        let index = self.orders.rows.refunds.get(row) as usize;
        let list = index
            .checked_sub(1)
            .and_then(|at| self.orders.refunds.get_mut(at));
        if let Some(list) = list {
            *list = Vec::new();
        }
    }

    /// Adds or replaces an order with its lines and refunds. `false`: its customer is not there.
    ///
    /// An order that went to another customer has to be removed from the former one first.
    pub fn put_order(&mut self, order: &Order) -> bool {
        let Some(slot) = self.slot(order.customer) else {
            return false;
        };
        self.touched.note(slot);
        let slot = slot as usize;
        self.take_order(slot, order.id);
        let values = self.order_values(order);
        let block = self.orders.blocks.rows(slot);
        let key = (values.at, values.id);
        let offset = block
            .clone()
            .rev()
            .find(|&row| self.order_key(row) < key)
            .map_or(0, |row| row + 1 - block.start);
        let orders = &mut self.orders;
        let Some(row) = orders.blocks.insert(&mut orders.rows, slot, offset) else {
            return false;
        };
        orders.rows.write(row, &values);
        for refund in &order.refunds {
            self.add_refund(row, refund);
        }
        self.orders.refresh(slot);
        self.orders.tidy();
        true
    }

    fn order_key(&self, row: usize) -> (i64, i64) {
        let rows = &self.orders.rows;
        let at = rows.at.get(row).copied().unwrap_or(0);
        (at, rows.id.get(row).copied().unwrap_or(0))
    }

    fn row_of(&self, slot: usize, order: OrderId) -> Option<usize> {
        let block = self.orders.blocks.rows(slot);
        let ids = self.orders.rows.id.get(block.clone())?;
        let offset = ids.iter().position(|&id| id == order.0)?;
        Some(block.start + offset)
    }

    fn take_order(&mut self, slot: usize, order: OrderId) -> bool {
        let Some(row) = self.row_of(slot, order) else {
            return false;
        };
        self.forget_parts(row);
        let offset = row - self.orders.blocks.rows(slot).start;
        let orders = &mut self.orders;
        orders.blocks.remove(&mut orders.rows, slot, offset);
        true
    }

    fn order_values(&mut self, order: &Order) -> OrderValues {
        let fields = &order.fields;
        let line_start = self.orders.lines.len() as u32;
        for line in &fields.lines {
            let product = self.terms.intern(&line.product);
            let category = line.category.as_deref().unwrap_or("");
            let category = self.terms.intern(category);
            self.orders
                .lines
                .push(product, category, line.quantity_milli, line.amount.0);
        }
        let (day, minute) = self.zone.day_and_minute(fields.at);
        let currency = self.currency_index(fields.currency);
        OrderValues {
            id: order.id.0,
            at: fields.at.0,
            day: day.0,
            minute,
            amount: fields.amount.0,
            flags: flags_of(fields.status, currency),
            channel: self.terms.intern(fields.channel.as_deref().unwrap_or("")),
            line_start,
            line_len: fields.lines.len() as u32,
            coupon: self.coupons.intern(fields.coupon.as_deref().unwrap_or("")),
            currency,
            gross: fields.gross.map_or(i64::NONE, |it| it.0),
            tax: fields.tax.map_or(i64::NONE, |it| it.0),
            paid_with_points: fields.paid_with_points.map_or(i64::NONE, |it| it.0),
        }
    }

    fn currency_index(&mut self, currency: Currency) -> u32 {
        if currency == self.currency {
            return 0;
        }
        let known = self.currencies.iter().position(|&it| it == currency);
        let at = known.unwrap_or_else(|| {
            self.currencies.push(currency);
            self.orders.rates.push(self.rates_of(currency));
            self.currencies.len() - 1
        });
        at as u32 + 1
    }

    fn rates_of(&self, currency: Currency) -> Vec<Rate> {
        let rates = self.rates.iter().copied();
        rates.filter(|rate| rate.currency == currency).collect()
    }

    /// Takes over what other currencies are worth. All amounts of orders in them follow.
    pub fn set_rates(&mut self, rates: &[Rate]) {
        let mut rates = rates.to_vec();
        rates.sort_by_key(|rate| rate.from);
        if self.rates == rates {
            return;
        }
        self.rates = rates;
        let currencies = self.currencies.iter();
        self.orders.rates = currencies.map(|&it| self.rates_of(it)).collect();
        if self.currencies.is_empty() {
            return;
        }
        for slot in 0..self.slots() {
            let rows = self.orders.blocks.rows(slot);
            let flags = self.orders.rows.flags.get(rows).unwrap_or(&[]);
            if flags.iter().any(|flags| flags & FOREIGN != 0) {
                self.orders.refresh(slot);
            }
        }
        self.touched.note_all();
    }

    fn add_refund(&mut self, row: usize, refund: &Refund) {
        let new = RefundRow {
            key: refund.key.clone(),
            at: refund.at,
            day: self.zone.day(refund.at),
            amount: refund.amount,
            lines: refund.lines.clone(),
        };
        self.attach_refund(row, new);
    }

    fn attach_refund(&mut self, row: usize, new: RefundRow) {
        let orders = &mut self.orders;
        let index = orders.rows.refunds.get(row) as usize;
        let at = match index.checked_sub(1) {
            Some(at) => at,
            None => {
                orders.refunds.push(Vec::new());
                orders.rows.refunds.set(row, orders.refunds.len() as u32);
                orders.refunds.len() - 1
            }
        };
        let Some(list) = orders.refunds.get_mut(at) else {
            return;
        };
        list.retain(|known| known.key != new.key);
        let place = list.partition_point(|known| (known.at, &known.key) < (new.at, &new.key));
        list.insert(place, new);
        if let Some(flags) = orders.rows.flags.get_mut(row) {
            *flags |= HAS_REFUNDS;
        }
    }

    /// Removes an order. `false`: not there.
    pub fn remove_order(&mut self, customer: CustomerId, order: OrderId) -> bool {
        let Some(slot) = self.slot(customer) else {
            return false;
        };
        self.touched.note(slot);
        let slot = slot as usize;
        let there = self.take_order(slot, order);
        if there {
            self.orders.refresh(slot);
            self.orders.tidy();
        }
        there
    }

    /// Adds a refund (the same key again replaces it) and sets the order's status as it is after it.
    /// `false`: the order is not there.
    pub fn put_refund(
        &mut self,
        customer: CustomerId,
        order: OrderId,
        refund: &Refund,
        status: OrderStatus,
    ) -> bool {
        let Some(slot) = self.slot(customer).map(|slot| slot as usize) else {
            return false;
        };
        let Some(row) = self.row_of(slot, order) else {
            return false;
        };
        self.touched.note(slot as u32);
        self.add_refund(row, refund);
        if let Some(flags) = self.orders.rows.flags.get_mut(row) {
            *flags = *flags & !STATUS | flags_of(status, 0);
        }
        self.orders.refresh(slot);
        true
    }

    /// Adds an interaction or event, or replaces the one of the same id. `false`: its customer is not there.
    pub fn add_event(&mut self, event: &Interaction) -> bool {
        let Some(slot) = self.slot(event.customer).map(|slot| slot as usize) else {
            return false;
        };
        self.touched.note(slot as u32);
        self.take_event(slot, event.id);
        let kind = self.terms.intern(&event.fields.kind);
        let (data_start, data_len) = self.events.add_data(&event.fields.data);
        let (day, minute) = self.zone.day_and_minute(event.fields.at);
        let values = EventValues {
            id: event.id.0,
            at: event.fields.at.0,
            day: day.0,
            minute,
            kind,
            data_start,
            data_len,
        };
        let block = self.events.blocks.rows(slot);
        let offset = block
            .clone()
            .rev()
            .find(|&row| {
                let known = self.events.rows.get(row);
                (known.at, known.id) < (values.at, values.id)
            })
            .map_or(0, |row| row + 1 - block.start);
        let events = &mut self.events;
        if let Some(row) = events.blocks.insert(&mut events.rows, slot, offset) {
            events.rows.write(row, &values);
        }
        self.events.tidy();
        true
    }

    fn take_event(&mut self, slot: usize, event: InteractionId) -> bool {
        let mut block = self.events.blocks.rows(slot);
        let start = block.start;
        let Some(row) = block.find(|&row| self.events.rows.get(row).id == event.0) else {
            return false;
        };
        let events = &mut self.events;
        events.data_holes += events.data_range(row).len();
        events.blocks.remove(&mut events.rows, slot, row - start);
        true
    }

    /// Removes an interaction or event. `false`: not there.
    pub fn remove_event(&mut self, customer: CustomerId, event: InteractionId) -> bool {
        match self.slot(customer) {
            Some(slot) => {
                self.touched.note(slot);
                self.take_event(slot as usize, event)
            }
            None => false,
        }
    }

    /// The orders of a slot by time, then id; those that do not count too.
    pub fn orders(
        &self,
        slot: u32,
    ) -> impl DoubleEndedIterator<Item = OrderRef<'_>> + ExactSizeIterator {
        let rows = self.orders.blocks.rows(slot as usize);
        rows.map(move |row| OrderRef { columns: self, row })
    }

    /// The interactions and events of a slot by time, then id.
    pub fn events(
        &self,
        slot: u32,
    ) -> impl DoubleEndedIterator<Item = EventRef<'_>> + ExactSizeIterator {
        let rows = self.events.blocks.rows(slot as usize);
        rows.map(move |row| EventRef { columns: self, row })
    }

    /// What follows from the orders of a slot as of a day.
    pub fn facts(&self, slot: u32, as_of: Day) -> OrderFacts {
        let total = self.orders.total(slot as usize, as_of.0);
        let day = |day: i32| (total.count > 0).then_some(Day(day));
        OrderFacts {
            order_count: total.count,
            converted_count: total.converted,
            spend: total.spend,
            first_order_on: day(total.first),
            last_order_on: day(total.last),
        }
    }

    /// What remains of all orders of each slot as of a day, in the order of the slots, in minor units of the workspace's
    /// currency.
    pub fn spends(&self, as_of: Day) -> impl Iterator<Item = i64> + '_ {
        self.orders.all_totals(as_of.0).map(|total| total.spend)
    }

    /// What remains of all orders of these customers as of a day, in minor units of the workspace's currency.
    pub fn spend_of(&self, members: &Bitmap, as_of: Day) -> i64 {
        let totals = &self.orders.totals;
        if !totals.all_by(as_of.0) {
            let spend = |slot| self.orders.total(slot as usize, as_of.0).spend;
            return members.iter().map(spend).fold(0, i64::saturating_add);
        }
        let spend = |slot: u32| totals.spend.get(slot as usize).copied().unwrap_or(0);
        members.iter().map(spend).fold(0, i64::saturating_add)
    }

    /// The days up to `as_of` on which the customer bought (orders that count), ascending, each once, into `days`.
    pub fn order_days(&self, slot: u32, as_of: Day, days: &mut Vec<Day>) {
        days.clear();
        for row in self.orders.blocks.rows(slot as usize) {
            if self.orders.counted(row, as_of.0).is_some() {
                days.push(Day(self.orders.day(row)));
            }
        }
        // Already in order but where a clock was set back at midnight.
        days.sort_unstable();
        days.dedup();
    }

    /// Birthday.
    pub fn birthday(&self, slot: u32) -> Option<Birthday> {
        self.customers.birthday(slot as usize)
    }

    /// The day they became a customer.
    pub fn signup_on(&self, slot: u32) -> Option<Day> {
        customers::day_at(&self.customers.signup_on, slot as usize)
    }

    /// Local day on which the record was created.
    pub fn created_on(&self, slot: u32) -> Option<Day> {
        customers::day_at(&self.customers.created_on, slot as usize)
    }

    /// What winning the customer cost.
    pub fn acquisition_cost(&self, slot: u32) -> Option<Money> {
        let cost = self.customers.acquisition_cost.get(slot as usize);
        (cost != i64::NONE).then_some(Money(cost))
    }
}

fn flags_of(status: OrderStatus, currency: u32) -> u8 {
    let status = match status {
        OrderStatus::Paid => 0,
        OrderStatus::Refunded => REFUNDED,
        OrderStatus::Cancelled => CANCELLED,
    };
    status | if currency == 0 { 0 } else { FOREIGN }
}
