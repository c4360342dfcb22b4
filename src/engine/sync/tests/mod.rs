//! Two engines and an endpoint in memory: from a command in one to the same records in the other.

mod copies;
mod crash;
mod edits;
mod endpoint;
mod large;
mod lost;
mod people;
mod secrets;

use super::wire;
use super::{SyncSession, SyncStep};
use crate::stories::{PROGRAM, Shop, at, new_workspace};
use crate::{Connection, Context, Engine};
use endpoint::Endpoint;
use model::{CustomerId, Timestamp};
use protocol::{
    Command, Query, Reply, SyncCommand, SyncKeep, SyncOverview, SyncQuery, SyncReply, SyncSecret,
    SyncShare,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use sync::{Kind, Profile};

/// The profile of the endpoint in memory.
pub(in crate::sync::tests) fn profile() -> Value {
    serde_json::json!({
        "profile": 1, "name": "memory", "base": "https://sync.example", "mode": "collection",
        "auth": { "kind": "bearer" },
    })
}

fn every_kind() -> Vec<String> {
    Kind::ALL.iter().map(|it| it.name().to_owned()).collect()
}

pub(in crate::sync::tests) fn connect(share: SyncShare) -> Command {
    Command::Sync(SyncCommand::Connect {
        address: "https://sync.example".into(),
        profile: profile().to_string(),
        findings: Vec::new(),
        secret: SyncSecret {
            auth: protocol::SyncAuth::Bearer,
            user: String::new(),
            header: String::new(),
            secret: "planted-secret".into(),
        },
        keep: SyncKeep::Session,
        share,
    })
}

/// A shop with a number of its own.
pub(in crate::sync::tests) fn shop(replica: u32) -> Shop {
    shop_in(Connection::open_in_memory().unwrap(), replica)
}

pub(in crate::sync::tests) fn shop_in(connection: Connection, replica: u32) -> Shop {
    let now = at("2026-06-15T12:00");
    let context = Context {
        now,
        who: format!("till {replica}"),
    };
    let engine = Engine::open(connection, new_workspace(replica), &context).unwrap();
    let mut shop = Shop { engine, now };
    shop.load(None);
    shop
}

/// A shop that shares everything.
pub(in crate::sync::tests) fn connected(replica: u32) -> Shop {
    let mut shop = shop(replica);
    share_all(&mut shop);
    shop
}

pub(in crate::sync::tests) fn share_all(shop: &mut Shop) {
    shop.apply(&connect(SyncShare {
        kinds: every_kind(),
        withheld: Vec::new(),
    }));
}

/// One run, at most `steps` of it; whether it came to its end.
pub(in crate::sync::tests) fn run_some(
    shop: &mut Shop,
    endpoint: &mut Endpoint,
    steps: usize,
) -> bool {
    shop.now = Timestamp(shop.now.0 + 1_000);
    let context = shop.context();
    let Some(mut session) = SyncSession::new(&mut shop.engine, 7, &context).unwrap() else {
        return true;
    };
    for _ in 0..steps {
        match session.step(&mut shop.engine, &context).unwrap().0 {
            SyncStep::More => {}
            SyncStep::Request(request) => session.answer(Ok(endpoint.answer(&request))),
            SyncStep::Done { .. } => return true,
        }
    }
    shop.engine.sync_stopped();
    false
}

pub(in crate::sync::tests) fn run(shop: &mut Shop, endpoint: &mut Endpoint) {
    assert!(run_some(shop, endpoint, 20_000), "a run comes to its end");
}

/// Runs until nobody has anything to send.
#[track_caller]
pub(in crate::sync::tests) fn settle(shops: &mut [&mut Shop], endpoint: &mut Endpoint) {
    for _ in 0..6 {
        for shop in shops.iter_mut() {
            run(shop, endpoint);
        }
        let waits = shops
            .iter_mut()
            .any(|shop| overview(shop).light.pending > 0);
        if !waits {
            for shop in shops.iter_mut() {
                run(shop, endpoint);
                assert!(
                    overview(shop).trouble.is_none(),
                    "{:?}",
                    overview(shop).trouble
                );
                assert!(
                    overview(shop).question.is_none(),
                    "{:?}",
                    overview(shop).question
                );
            }
            return;
        }
    }
    let left: Vec<_> = shops
        .iter_mut()
        .map(|shop| (overview(shop).light, pending(shop)))
        .collect();
    panic!("it does not come to rest: {left:?}");
}

pub(in crate::sync::tests) fn overview(shop: &mut Shop) -> SyncOverview {
    match shop.ask(Query::Sync(SyncQuery::Overview)) {
        Reply::Sync(reply) => match *reply {
            SyncReply::Overview(Some(overview)) => *overview,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn pending(shop: &mut Shop) -> Vec<String> {
    match shop.ask(Query::Sync(SyncQuery::Pending {
        offset: 0,
        limit: 100,
    })) {
        Reply::Sync(reply) => match *reply {
            SyncReply::Pending(page) => page
                .items
                .iter()
                .map(|it| format!("{}/{} tries {}", it.record.kind, it.record.id, it.tries))
                .collect(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

pub(in crate::sync::tests) fn conflicts(shop: &mut Shop) -> Vec<protocol::SyncConflict> {
    match shop.ask(Query::Sync(SyncQuery::Conflicts {
        settled: false,
        offset: 0,
        limit: 100,
    })) {
        Reply::Sync(reply) => match *reply {
            SyncReply::Conflicts(page) => page.items,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// Everything that travels, by kind and id: what two shops in step have alike.
pub(in crate::sync::tests) fn contents(shop: &Shop) -> BTreeMap<String, Value> {
    let profile = Profile::parse(&profile()).unwrap();
    let local = shop.engine.sync_local(&profile);
    let read = shop.engine.store.read();
    let mut all = BTreeMap::new();
    for kind in Kind::ALL.iter().copied() {
        let stored = wire::stored_kind(kind);
        for record in read.sync_some(stored, 100_000).unwrap() {
            let it = read.sync_record(record).unwrap().unwrap();
            let mut fields: Map<String, Value> = local.fields(kind, &it, &Map::new()).unwrap();
            // Numbers of coupons count within one browser.
            fields.remove("number");
            let id = wire::Ids::new(read).out(record).unwrap();
            all.insert(format!("{kind}/{id}"), Value::Object(fields));
        }
    }
    all
}

#[track_caller]
pub(in crate::sync::tests) fn assert_alike(a: &Shop, b: &Shop) {
    let (a, b) = (contents(a), contents(b));
    for (key, value) in &a {
        assert_eq!(Some(value), b.get(key), "{key}");
    }
    for key in b.keys() {
        assert!(a.contains_key(key), "{key} is only in the second");
    }
}

/// A member's ledger as a page shows it.
pub(in crate::sync::tests) fn ledger(shop: &mut Shop, customer: CustomerId) -> String {
    match shop.ask(Query::Ledger {
        customer,
        as_of: None,
        offset: 0,
        limit: 500,
    }) {
        Reply::Ledger(page) => serde_json::to_string_pretty(&page.items).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// The list of all customers.
pub(in crate::sync::tests) fn all() -> protocol::ListRequest {
    protocol::ListRequest {
        limit: 500,
        ..protocol::ListRequest::default()
    }
}

pub(in crate::sync::tests) fn note(customer: CustomerId, text: &str) -> Command {
    Command::AddInteraction {
        customer,
        fields: model::InteractionDraft {
            kind: "note".into(),
            at: at("2026-06-14T10:00"),
            key: None,
            data: [("text".to_owned(), model::CustomField::Text(text.into()))].into(),
        },
    }
}

#[test]
fn everything_travels_and_ledgers_are_the_same() {
    let mut endpoint = Endpoint::default();
    let (mut a, mut b) = (connected(11), connected(12));
    a.apply(&Command::SetProgram {
        program: PROGRAM.into(),
        from: None,
    });
    let ann = a.customer("Ann", "13800138001");
    let first = a.order(ann, "2026-03-01T10:00", 50_000);
    a.order(ann, "2026-04-01T10:00", 70_000);
    a.apply(&Command::RefundOrder(model::RefundRequest {
        order: first,
        amount: Some(model::Money(10_000)),
        lines: Vec::new(),
        at: None,
        key: "back-1".into(),
    }));
    a.apply(&note(ann, "likes tea"));
    a.apply(&Command::AdjustPoints {
        customer: ann,
        points: model::Points(200),
        reason: "birthday".into(),
        key: "adjust-1".into(),
    });
    a.apply(&Command::Redeem {
        customer: ann,
        points: Some(model::Points(300)),
        reward: None,
        order_amount: None,
        order: None,
        key: "redeem-1".into(),
    });
    a.apply(&Command::SaveSegment {
        id: None,
        name: "Regulars".into(),
        rule: r#"{"all":[]}"#.into(),
    });
    let bob = b.customer("Bob", "13800138002");
    b.order(bob, "2026-05-01T10:00", 12_345);
    settle(&mut [&mut a, &mut b], &mut endpoint);
    assert_alike(&a, &b);
    assert_eq!(ledger(&mut a, ann), ledger(&mut b, ann));
    assert_eq!(a.balance(ann), b.balance(ann));
    a.assert_in_step();
    b.assert_in_step();
    assert!(b.names(all()).contains(&"Ann".to_owned()));
    // A run without news changes nothing and writes nothing there.
    let (version, writes) = (a.engine.data_version(), endpoint.writes);
    run(&mut a, &mut endpoint);
    assert_eq!(a.engine.data_version(), version);
    assert_eq!(endpoint.writes, writes);
}

#[test]
fn two_tills_redeem_at_once_and_both_entries_stay() {
    let mut endpoint = Endpoint::default();
    let (mut a, mut b) = (connected(11), connected(12));
    a.program();
    let ann = a.customer("Ann", "13800138001");
    a.order(ann, "2026-03-01T10:00", 90_000);
    settle(&mut [&mut a, &mut b], &mut endpoint);
    for (shop, key) in [(&mut a, "till-a"), (&mut b, "till-b")] {
        shop.apply(&Command::Redeem {
            customer: ann,
            points: Some(model::Points(200)),
            reward: None,
            order_amount: None,
            order: None,
            key: key.into(),
        });
    }
    settle(&mut [&mut a, &mut b], &mut endpoint);
    assert_eq!(a.balance(ann), 500);
    assert_eq!(ledger(&mut a, ann), ledger(&mut b, ann));
    a.assert_in_step();
}

#[test]
fn what_was_there_before_goes_in_portions() {
    let mut endpoint = Endpoint::default();
    let mut a = shop(11);
    for number in 0..450 {
        let customer = a.customer(&format!("Customer {number}"), "");
        a.order(customer, "2026-05-01T10:00", 100 + number);
    }
    share_all(&mut a);
    let mut b = connected(12);
    settle(&mut [&mut a, &mut b], &mut endpoint);
    assert_alike(&a, &b);
    b.assert_in_step();
    assert_eq!(b.engine.store.read().counts().unwrap().orders, 450);
}
