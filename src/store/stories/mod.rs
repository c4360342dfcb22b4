//! Tests of the store through its interface.

mod coupons;
mod files;
mod finding;
mod fourth;
mod importing;
mod lists;
mod membership;
mod power;
mod random;
mod third;
mod undo;

use crate::*;
use model::{
    Currency, CustomerDraft, CustomerId, LifecycleThresholds, Money, OrderDraft, OrderLine,
    OrderStatus, Replica, Timestamp, WorkspaceSettings, Zone,
};

/// So many cases; failures are printed, not written into the source tree.
pub(crate) fn cases(count: u32) -> proptest::test_runner::Config {
    proptest::test_runner::Config {
        cases: count,
        failure_persistence: None,
        ..proptest::test_runner::Config::default()
    }
}

/// 2026-03-01T00:00Z.
pub(crate) const NOW: Timestamp = Timestamp(1_772_323_200_000);

pub(crate) fn settings() -> WorkspaceSettings {
    WorkspaceSettings {
        name: "Tea".into(),
        currency: Currency::CNY,
        zone: Zone::parse("Asia/Shanghai").unwrap(),
        phone_country: "86".into(),
        lifecycle: LifecycleThresholds::default(),
        points: model::PointsAssumptions::default(),
        rfm: model::RfmOptions::default(),
        rates: Vec::new(),
    }
}

pub(crate) fn new() -> New {
    New {
        replica: Replica::from_random(7),
        settings: settings(),
        now: NOW,
    }
}

pub(crate) fn store() -> Store {
    Store::in_memory(new()).unwrap()
}

pub(crate) fn meta(name: &str) -> BatchMeta<'_> {
    BatchMeta {
        name,
        subject: "",
        who: "me",
        at: NOW,
        request: None,
        continues: None,
        bulk: false,
    }
}

/// Writes and unwraps.
pub(crate) fn write<T>(
    store: &mut Store,
    name: &str,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError>,
) -> Written<T> {
    store.write(meta(name), work).unwrap()
}

pub(crate) fn named(name: &str, phone: &str) -> CustomerDraft {
    CustomerDraft {
        name: name.into(),
        phone: (!phone.is_empty()).then(|| phone.into()),
        ..CustomerDraft::default()
    }
}

pub(crate) fn add(store: &mut Store, draft: &CustomerDraft) -> CustomerId {
    write(store, "create_customer", |tx| {
        tx.create_customer(draft, NOW)
    })
    .value
}

pub(crate) fn order(number: &str, cents: i64) -> OrderDraft {
    OrderDraft {
        external_id: (!number.is_empty()).then(|| number.into()),
        at: NOW,
        currency: Currency::CNY,
        amount: Money(cents),
        gross: Some(Money(cents + 100)),
        tax: None,
        paid_with_points: None,
        status: OrderStatus::Paid,
        channel: Some("shop".into()),
        coupon: None,
        lines: vec![
            OrderLine {
                product: "Oolong".into(),
                category: Some("tea".into()),
                quantity_milli: 2000,
                amount: Money(cents - 1),
            },
            OrderLine {
                product: "Bag".into(),
                category: None,
                quantity_milli: 1000,
                amount: Money(1),
            },
        ],
    }
}
