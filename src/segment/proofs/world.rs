//! A small random business, and what can happen to it.

use crate::{Builder, Columns, EventInput, LineInput, OrderInput};
use model::*;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeMap;

/// All records, by id.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) zone: Zone,
    pub(super) currency: Currency,
    pub(super) customers: BTreeMap<i64, Customer>,
    pub(super) orders: BTreeMap<i64, Order>,
    pub(super) events: BTreeMap<i64, Interaction>,
    pub(super) rates: Vec<Rate>,
}

#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a few live at a time")]
pub(super) enum Change {
    PutCustomer(Customer),
    RemoveCustomer(i64),
    PutOrder(Order),
    RemoveOrder(i64),
    Refund(i64, Refund, OrderStatus),
    PutEvent(Interaction),
    RemoveEvent(i64),
    SetRates(Vec<Rate>),
}

pub(super) fn first_day() -> Day {
    "2025-01-01".parse().unwrap()
}

pub(super) const DAYS: i32 = 700;

pub(super) const PLACES: [&str; 4] = ["Guangdong", "ＧＵＡＮＧＤＯＮＧ", "浙江", "Zhejiang"];
pub(super) const WORDS: [&str; 4] = ["vip", "VIP", "coffee", "tea time"];
pub(super) const PRODUCTS: [&str; 4] = ["Latte", "latte", "gift card", "Mug"];
pub(super) const KINDS: [&str; 3] = ["survey", "page_view", "Page_View"];

fn instant() -> impl Strategy<Value = Timestamp> {
    (-40i32..DAYS, 0i64..24 * 60).prop_map(|(day, minute)| {
        let start = i64::from(first_day().0 + day) * 86_400_000;
        Timestamp(start + minute * 60_000)
    })
}

fn day() -> impl Strategy<Value = Day> {
    (-40i32..DAYS).prop_map(|day| first_day().plus_days(day))
}

fn word(from: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    option::of(select(from).prop_map(str::to_owned))
}

fn birthday() -> impl Strategy<Value = Option<Birthday>> {
    let day = (option::of(1960i32..2027), 1u32..=12, 1u32..=31);
    let known = day.prop_map(|(year, month, day)| {
        Birthday::new(year, month, day).unwrap_or(Birthday {
            year: Some(2000),
            month: 2,
            day: 29,
        })
    });
    option::of(known)
}

fn custom_field() -> impl Strategy<Value = CustomField> {
    prop_oneof![
        any::<bool>().prop_map(CustomField::Flag),
        (-4i32..8).prop_map(|n| CustomField::Number(f64::from(n) / 2.0)),
        select(&["", "x", "Ｘ", "2026-01-31", "2025-07-01"][..])
            .prop_map(|text| CustomField::Text(text.to_owned())),
    ]
}

fn data() -> impl Strategy<Value = BTreeMap<String, CustomField>> {
    let keys: &[&str] = &["nps", "amount", "quantity", "product", "page", "text"];
    btree_map(select(keys).prop_map(str::to_owned), custom_field(), 0..4)
}

prop_compose! {
    fn place()(
        name in word(&["王小明", "Ann", "ａｎｎ", ""]),
        email in word(&["a@x.cn", "b@y.com"]),
        province in word(&PLACES),
        city in word(&["Shenzhen", "Hangzhou"]),
    ) -> CustomerDraft {
        CustomerDraft {
            name: name.unwrap_or_default(),
            email,
            province,
            city,
            ..CustomerDraft::default()
        }
    }
}

prop_compose! {
    pub(super) fn customer()(
        id in 1i64..9,
        draft in place(),
        company in any::<bool>(),
        gender in option::of(select(&[Gender::Female, Gender::Male, Gender::Other][..])),
        birthday in birthday(),
        tags in vec(select(&WORDS[..]).prop_map(str::to_owned), 0..3),
        signup_on in option::of(day()),
        email in option::of(any::<bool>()),
        sms in option::of(any::<bool>()),
        cost in option::of(0i64..5_000),
        custom in btree_map(select(&["a", "b"][..]).prop_map(str::to_owned), custom_field(), 0..3),
        created_at in instant(),
    ) -> Customer {
        let mut tags = tags;
        tags.sort();
        tags.dedup();
        Customer {
            id: CustomerId(id),
            fields: CustomerDraft {
                kind: if company { CustomerKind::Company } else { CustomerKind::Person },
                gender,
                birthday,
                tags,
                signup_on,
                consent: Consent { email, sms, phone: None },
                acquisition_cost: cost.map(Money),
                custom,
                ..draft
            },
            created_at,
            updated_at: created_at,
        }
    }
}

prop_compose! {
    fn line()(
        product in select(&PRODUCTS[..]),
        category in word(&["Drinks", "drinks", "gift card", "cups"]),
        quantity_milli in select(&[500i64, 1000, 2000, 3000][..]),
        amount in 0i64..4_000,
    ) -> OrderLine {
        OrderLine { product: product.to_owned(), category, quantity_milli, amount: Money(amount) }
    }
}

fn refund_line() -> impl Strategy<Value = RefundLine> {
    (0u32..4, select(&[500i64, 1000, 2000, 3000][..])).prop_map(|(line, quantity_milli)| {
        RefundLine {
            line,
            quantity_milli,
        }
    })
}

prop_compose! {
    fn refund()(
        key in select(&["k1", "k2", "k3"][..]),
        at in instant(),
        amount in 0i64..6_000,
        lines in vec(refund_line(), 0..3),
    ) -> Refund {
        Refund { key: key.to_owned(), at, amount: Money(amount), lines }
    }
}

fn status() -> impl Strategy<Value = OrderStatus> {
    prop_oneof![
        6 => Just(OrderStatus::Paid),
        1 => Just(OrderStatus::Refunded),
        1 => Just(OrderStatus::Cancelled),
    ]
}

prop_compose! {
    pub(super) fn order()(
        id in 1i64..40,
        customer in 1i64..9,
        at in instant(),
        currency in prop_oneof![8 => Just("CNY"), 1 => Just("USD"), 1 => Just("JPY")],
        amount in 0i64..9_000,
        parts in option::of((0i64..9_000, 0i64..900, 0i64..900)),
        status in status(),
        channel in word(&["Shop", "shop", "online"]),
        coupon in word(&["C1", "c1", "C2"]),
        lines in vec(line(), 0..4),
        refunds in prop_oneof![3 => Just(Vec::new()), 1 => vec(refund(), 1..3)],
    ) -> Order {
        let mut by_key: BTreeMap<String, Refund> = BTreeMap::new();
        for refund in refunds {
            by_key.insert(refund.key.clone(), refund);
        }
        let mut refunds: Vec<Refund> = by_key.into_values().collect();
        refunds.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
        let currency = Currency::parse(currency).unwrap();
        Order {
            id: OrderId(id),
            customer: CustomerId(customer),
            fields: OrderDraft {
                external_id: None,
                at,
                currency,
                amount: Money(amount),
                gross: parts.map(|it| Money(it.0)),
                tax: parts.map(|it| Money(it.1)),
                paid_with_points: parts.map(|it| Money(it.2)),
                status,
                channel,
                coupon,
                lines,
            },
            refunds,
        }
    }
}

prop_compose! {
    pub(super) fn event()(
        id in 1i64..30,
        customer in 1i64..9,
        kind in select(&KINDS[..]),
        at in instant(),
        data in data(),
    ) -> Interaction {
        Interaction {
            id: InteractionId(id),
            customer: CustomerId(customer),
            fields: InteractionDraft { kind: kind.to_owned(), at, key: None, data },
        }
    }
}

fn rates() -> impl Strategy<Value = Vec<Rate>> {
    let rate =
        (select(&["USD", "JPY"][..]), day(), 1i64..9_000).prop_map(|(currency, from, units)| {
            Rate {
                currency: Currency::parse(currency).unwrap(),
                from,
                rate: Decimal { units, scale: 3 },
            }
        });
    vec(rate, 0..4).prop_map(|mut rates| {
        rates.sort_by_key(|rate| (rate.currency, rate.from));
        rates.dedup_by_key(|rate| (rate.currency, rate.from));
        rates
    })
}

pub(super) fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => customer().prop_map(Change::PutCustomer),
        1 => (1i64..9).prop_map(Change::RemoveCustomer),
        8 => order().prop_map(Change::PutOrder),
        2 => (1i64..40).prop_map(Change::RemoveOrder),
        2 => (1i64..40, refund(), status()).prop_map(|(id, it, to)| Change::Refund(id, it, to)),
        3 => event().prop_map(Change::PutEvent),
        1 => (1i64..30).prop_map(Change::RemoveEvent),
        1 => rates().prop_map(Change::SetRates),
    ]
}

fn zone() -> impl Strategy<Value = Zone> {
    select(&["Asia/Shanghai", "America/New_York", "UTC"][..])
        .prop_map(|name| Zone::parse(name).unwrap())
}

pub(super) fn world() -> impl Strategy<Value = World> {
    let records = (
        vec(customer(), 1..10),
        vec(order(), 0..40),
        vec(event(), 0..25),
    );
    (zone(), records, rates()).prop_map(|(zone, (customers, orders, events), rates)| {
        let mut world = World::new(zone);
        world.rates = rates;
        for it in customers {
            world.apply(&Change::PutCustomer(it));
        }
        for it in orders {
            world.apply(&Change::PutOrder(it));
        }
        for it in events {
            world.apply(&Change::PutEvent(it));
        }
        world
    })
}

pub(super) fn empty_world() -> impl Strategy<Value = World> {
    zone().prop_map(World::new)
}

impl World {
    pub(super) fn new(zone: Zone) -> Self {
        Self {
            zone,
            currency: Currency::CNY,
            customers: BTreeMap::new(),
            orders: BTreeMap::new(),
            events: BTreeMap::new(),
            rates: Vec::new(),
        }
    }

    pub(super) fn apply(&mut self, change: &Change) {
        match change.clone() {
            Change::PutCustomer(it) => {
                self.customers.insert(it.id.0, it);
            }
            Change::RemoveCustomer(id) => {
                if self.customers.remove(&id).is_some() {
                    self.orders.retain(|_, it| it.customer.0 != id);
                    self.events.retain(|_, it| it.customer.0 != id);
                }
            }
            Change::PutOrder(it) if self.customers.contains_key(&it.customer.0) => {
                self.orders.insert(it.id.0, it);
            }
            Change::RemoveOrder(id) => {
                self.orders.remove(&id);
            }
            Change::Refund(id, refund, status) => {
                if let Some(order) = self.orders.get_mut(&id) {
                    order.fields.status = status;
                    order.refunds.retain(|known| known.key != refund.key);
                    order.refunds.push(refund);
                    order
                        .refunds
                        .sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
                }
            }
            Change::PutEvent(it) if self.customers.contains_key(&it.customer.0) => {
                self.events.insert(it.id.0, it);
            }
            Change::RemoveEvent(id) => {
                self.events.remove(&id);
            }
            Change::SetRates(rates) => self.rates = rates,
            Change::PutOrder(_) | Change::PutEvent(_) => {}
        }
    }

    /// Tells columns what is about to happen to this world.
    pub(super) fn follow(&self, change: &Change, columns: &mut Columns) {
        match change {
            Change::PutCustomer(it) => {
                columns.put_customer(it);
            }
            Change::RemoveCustomer(id) => {
                columns.remove_customer(CustomerId(*id));
            }
            Change::PutOrder(it) => {
                if !self.customers.contains_key(&it.customer.0) {
                    assert!(!columns.put_order(it));
                    return;
                }
                if let Some(known) = self.orders.get(&it.id.0)
                    && known.customer != it.customer
                {
                    columns.remove_order(known.customer, known.id);
                }
                assert!(columns.put_order(it));
            }
            Change::RemoveOrder(id) => {
                if let Some(known) = self.orders.get(id) {
                    assert!(columns.remove_order(known.customer, known.id));
                }
            }
            Change::Refund(id, refund, status) => {
                if let Some(known) = self.orders.get(id) {
                    assert!(columns.put_refund(known.customer, known.id, refund, *status));
                }
            }
            Change::PutEvent(it) => {
                if !self.customers.contains_key(&it.customer.0) {
                    assert!(!columns.add_event(it));
                    return;
                }
                if let Some(known) = self.events.get(&it.id.0) {
                    columns.remove_event(known.customer, known.id);
                }
                columns.add_event(it);
            }
            Change::SetRates(rates) => columns.set_rates(rates),
            Change::RemoveEvent(id) => {
                if let Some(known) = self.events.get(id) {
                    assert!(columns.remove_event(known.customer, known.id));
                }
            }
        }
    }

    /// Columns by bulk load.
    pub(super) fn columns(&self) -> Columns {
        let mut builder = Builder::new(self.zone, self.currency);
        builder.rates(&self.rates);
        builder.reserve(self.customers.len(), self.orders.len());
        for it in self.customers.values() {
            builder.customer(it);
        }
        for order in self.orders.values() {
            self.load_order(order, &mut builder);
        }
        for event in self.events.values() {
            let kind = builder.term(&event.fields.kind);
            builder.event(&EventInput {
                id: event.id,
                customer: event.customer,
                kind,
                at: event.fields.at,
                data: &event.fields.data,
            });
        }
        builder.finish(7)
    }

    fn load_order(&self, order: &Order, builder: &mut Builder) {
        let fields = &order.fields;
        let code = |builder: &mut Builder, text: &Option<String>| match text {
            Some(text) => builder.term(text),
            None => 0,
        };
        let channel = code(builder, &fields.channel);
        let lines: Vec<LineInput> = fields
            .lines
            .iter()
            .map(|line| LineInput {
                product: builder.term(&line.product),
                category: code(builder, &line.category),
                quantity_milli: line.quantity_milli,
                amount: line.amount,
            })
            .collect();
        let input = OrderInput {
            id: order.id,
            customer: order.customer,
            at: fields.at,
            currency: fields.currency,
            amount: fields.amount,
            gross: fields.gross,
            tax: fields.tax,
            paid_with_points: fields.paid_with_points,
            status: fields.status,
            channel,
            coupon: fields.coupon.as_deref(),
        };
        builder.order(&input, lines);
        for refund in &order.refunds {
            builder.refund(order.id, refund);
        }
    }
}
