//! Columns. (API first; bodies follow.)
use crate::Bitmap;
use model::*;

/// All data of the workspace in arrays, by slot.
///
/// A *slot* is the customer's place in the columns: stable while the columns live, never given to another.
pub struct Columns {
    live: Bitmap,
}

/// Why a snapshot cannot be used: it is stale, of another format or damaged. Build the columns from the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the snapshot is damaged or of another format")]
pub struct SnapshotError;

/// What follows from a customer's orders as of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderFacts {
    /// Orders that count.
    pub order_count: u32,
    /// Of them those with an amount in the workspace's currency.
    pub converted_count: u32,
    /// What remains of all orders, minor units.
    pub spend: i64,
    /// Day of the first order that counts.
    pub first_order_on: Option<Day>,
    /// Day of the last order that counts.
    pub last_order_on: Option<Day>,
}

impl OrderFacts {
    /// `spend / converted_count`, rounded half up.
    pub fn average_order_value(&self) -> Option<i64> {
        None
    }
}

/// One order in the columns.
#[derive(Clone, Copy)]
pub struct OrderRef<'a> {
    columns: &'a Columns,
}

/// One line of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRef<'a> {
    /// Product.
    pub product: &'a str,
    /// Its code: equal products have equal codes.
    pub product_code: u32,
    /// Category.
    pub category: Option<&'a str>,
    /// Its code; 0 without a category.
    pub category_code: u32,
    /// Thousandths of a piece.
    pub quantity_milli: i64,
    /// What was paid for the line.
    pub amount: Money,
}

impl<'a> OrderRef<'a> {
    /// Its id.
    pub fn id(&self) -> OrderId {
        OrderId(0)
    }
    /// When.
    pub fn at(&self) -> Timestamp {
        Timestamp(0)
    }
    /// Local day.
    pub fn day(&self) -> Day {
        Day(0)
    }
    /// Minute of the local day.
    pub fn minute(&self) -> u16 {
        0
    }
    /// Currency of its amounts.
    pub fn currency(&self) -> Currency {
        Currency::CNY
    }
    /// What was paid.
    pub fn amount(&self) -> Money {
        Money(0)
    }
    /// Before discounts.
    pub fn gross(&self) -> Option<Money> {
        None
    }
    /// Tax in the amount.
    pub fn tax(&self) -> Option<Money> {
        None
    }
    /// Paid with points.
    pub fn paid_with_points(&self) -> Option<Money> {
        None
    }
    /// Status as recorded.
    pub fn status(&self) -> OrderStatus {
        OrderStatus::Paid
    }
    /// Channel.
    pub fn channel(&self) -> Option<&'a str> {
        None
    }
    /// Coupon.
    pub fn coupon(&self) -> Option<&'a str> {
        None
    }
    /// Lines.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = LineRef<'a>> + use<'a> {
        let _ = self.columns;
        [].into_iter()
    }
    /// Refunds by time.
    pub fn refunds(&self) -> &'a [RefundRow] {
        &[]
    }
    /// Whether it counts as of the day (day reached, neither cancelled nor returned whole by then).
    pub fn counts_on(&self, _as_of: Day) -> bool {
        false
    }
    /// What remains as of the day; `None` where the currency has no rate.
    pub fn remaining_on(&self, _as_of: Day) -> Option<Money> {
        None
    }
}

/// A refund in the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRow {
    /// When.
    pub at: Timestamp,
    /// Local day.
    pub day: Day,
    /// How much.
    pub amount: Money,
    /// Which lines.
    pub lines: Vec<RefundLine>,
}

impl Columns {
    /// Empty columns.
    pub fn new(_zone: Zone, _currency: Currency) -> Self {
        Self {
            live: Bitmap::default(),
        }
    }
    /// Makes room for a bulk load. Bulk load is `put_customer` for all, then `add_order` and `add_event` in order of
    /// customer, then time: that order is fast and leaves no gaps.
    pub fn reserve(&mut self, _customers: usize, _orders: usize, _lines: usize) {}
    /// The zone that local days are in.
    pub fn zone(&self) -> Zone {
        Zone::UTC
    }
    /// The workspace's currency.
    pub fn currency(&self) -> Currency {
        Currency::CNY
    }
    /// The store's version that these columns agree with.
    pub fn data_version(&self) -> u64 {
        0
    }
    /// Notes the store's version after a write was taken over.
    pub fn set_data_version(&mut self, _version: u64) {}
    /// Number of slots, removed customers included.
    pub fn slots(&self) -> usize {
        0
    }
    /// The slots in use.
    pub fn live(&self) -> &Bitmap {
        &self.live
    }
    /// Number of customers.
    pub fn customer_count(&self) -> u64 {
        0
    }
    /// Number of orders.
    pub fn order_count(&self) -> u64 {
        0
    }
    /// Orders up to the day that are left out of sums, because their currency has no rate.
    pub fn unconverted(&self, _as_of: Day) -> u64 {
        0
    }
    /// The slot of a customer.
    pub fn slot(&self, _id: CustomerId) -> Option<u32> {
        None
    }
    /// The customer in a slot.
    pub fn id(&self, _slot: u32) -> Option<CustomerId> {
        None
    }
    /// Adds or replaces a customer (its orders and events stay).
    pub fn put_customer(&mut self, _customer: &Customer) -> u32 {
        0
    }
    /// Removes a customer with their orders and events. Putting them again gives the same slot back, without orders.
    pub fn remove_customer(&mut self, _id: CustomerId) -> bool {
        false
    }
    /// Adds an order that is surely new (bulk load). `false`: its customer is unknown.
    pub fn add_order(&mut self, _order: &Order) -> bool {
        false
    }
    /// Adds or replaces an order with its lines and refunds. `false`: its customer is unknown.
    /// An order that changed hands has to be removed from the former customer first.
    pub fn put_order(&mut self, _order: &Order) -> bool {
        false
    }
    /// Removes an order.
    pub fn remove_order(&mut self, _customer: CustomerId, _order: OrderId) -> bool {
        false
    }
    /// Adds a refund and sets the order's status as it is after it.
    pub fn put_refund(
        &mut self,
        _customer: CustomerId,
        _order: OrderId,
        _refund: &Refund,
        _status: OrderStatus,
    ) -> bool {
        false
    }
    /// Adds an interaction or event, or replaces the one of the same id.
    pub fn add_event(&mut self, _event: &Interaction) -> bool {
        false
    }
    /// Removes an interaction or event.
    pub fn remove_event(&mut self, _customer: CustomerId, _event: InteractionId) -> bool {
        false
    }
    /// The orders of a slot by time, then id; those that do not count too.
    pub fn orders(
        &self,
        _slot: u32,
    ) -> impl DoubleEndedIterator<Item = OrderRef<'_>> + ExactSizeIterator {
        [].into_iter()
    }
    /// What follows from the orders of a slot.
    pub fn facts(&self, _slot: u32, _as_of: Day) -> OrderFacts {
        OrderFacts::default()
    }
    /// Days on which the customer bought (orders that count), ascending, each once, into `days`.
    pub fn order_days(&self, _slot: u32, _as_of: Day, _days: &mut Vec<Day>) {}
    /// Birthday.
    pub fn birthday(&self, _slot: u32) -> Option<Birthday> {
        None
    }
    /// Signup day.
    pub fn signup_on(&self, _slot: u32) -> Option<Day> {
        None
    }
    /// Local day on which the record was created.
    pub fn created_on(&self, _slot: u32) -> Day {
        Day(0)
    }
    /// Acquisition cost, minor units.
    pub fn acquisition_cost(&self, _slot: u32) -> Option<Money> {
        None
    }
    /// A text attribute's value as it was written (`name`, `province` ...).
    pub fn text(&self, _slot: u32, _attribute: &model::rule::Attribute) -> Option<&str> {
        None
    }
    /// The values of a text or list attribute that contain `search`, most frequent first, then by name.
    pub fn values(
        &self,
        _attribute: &model::rule::Attribute,
        _search: &str,
        _limit: usize,
    ) -> Vec<(String, u64)> {
        Vec::new()
    }
    /// Everything as bytes: a snapshot for the next opening.
    pub fn to_bytes(&self) -> Vec<u8> {
        Vec::new()
    }
    /// Reads a snapshot back.
    ///
    /// # Errors
    /// [`SnapshotError`] for anything that is not a whole snapshot of this format; never a panic.
    pub fn from_bytes(_bytes: &[u8]) -> Result<Self, SnapshotError> {
        Err(SnapshotError)
    }
}
