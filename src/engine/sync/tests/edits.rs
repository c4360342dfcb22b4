//! Edits on both sides, removals, undo, what other programs write.

use super::*;
use model::CustomerDraft;
use serde_json::json;

fn change(
    shop: &mut Shop,
    id: CustomerId,
    edit: impl FnOnce(&mut CustomerDraft),
) -> protocol::Done {
    let mut fields = shop
        .engine
        .store
        .read()
        .customer(id)
        .unwrap()
        .unwrap()
        .fields;
    edit(&mut fields);
    shop.apply(&Command::UpdateCustomer { id, fields })
}

fn read(shop: &Shop, id: CustomerId) -> CustomerDraft {
    shop.engine
        .store
        .read()
        .customer(id)
        .unwrap()
        .unwrap()
        .fields
}

#[test]
fn different_fields_both_stay_and_sets_join() {
    let mut endpoint = Endpoint::default();
    let (mut a, mut b) = (connected(11), connected(12));
    let ann = a.customer("Ann", "13800138001");
    change(&mut a, ann, |it| it.tags = vec!["old".into(), "vip".into()]);
    settle(&mut [&mut a, &mut b], &mut endpoint);
    change(&mut a, ann, |it| {
        it.city = Some("Hangzhou".into());
        it.tags = vec!["vip".into(), "tea".into()];
        it.consent.email = Some(true);
    });
    change(&mut b, ann, |it| {
        it.email = Some("ann@example.com".into());
        it.tags = vec!["old".into(), "vip".into(), "coffee".into()];
        it.consent.sms = Some(false);
    });
    settle(&mut [&mut a, &mut b], &mut endpoint);
    assert_alike(&a, &b);
    let both = read(&a, ann);
    assert_eq!(both.city.as_deref(), Some("Hangzhou"));
    assert_eq!(both.email.as_deref(), Some("ann@example.com"));
    assert_eq!(both.tags, ["coffee", "tea", "vip"]);
    assert_eq!(
        (both.consent.email, both.consent.sms),
        (Some(true), Some(false))
    );
    assert!(conflicts(&mut a).is_empty() && conflicts(&mut b).is_empty());
}

#[test]
fn the_later_edit_of_a_field_stays_and_the_other_can_be_taken_back() {
    let mut endpoint = Endpoint::default();
    let (mut a, mut b) = (connected(11), connected(12));
    let ann = a.customer("Ann", "13800138001");
    settle(&mut [&mut a, &mut b], &mut endpoint);
    change(&mut a, ann, |it| it.city = Some("Hangzhou".into()));
    b.now = Timestamp(a.now.0 + 60_000);
    change(&mut b, ann, |it| it.city = Some("Suzhou".into()));
    settle(&mut [&mut a, &mut b], &mut endpoint);
    assert_eq!(read(&a, ann).city.as_deref(), Some("Suzhou"));
    assert_alike(&a, &b);
    let found: Vec<_> = [&mut a, &mut b].into_iter().flat_map(conflicts).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    let it = found.first().unwrap();
    assert_eq!(
        (it.field.as_str(), it.kept.json.as_str()),
        ("city", "\"Suzhou\"")
    );
    assert_eq!(it.other.json, "\"Hangzhou\"");
    assert_eq!(it.record.title, "Ann");
    let shop = if conflicts(&mut a).is_empty() {
        &mut b
    } else {
        &mut a
    };
    shop.now = Timestamp(shop.now.0 + 120_000);
    let done = shop.apply(&Command::Sync(SyncCommand::Settle {
        conflict: it.id,
        other: true,
    }));
    assert_eq!(read(shop, ann).city.as_deref(), Some("Hangzhou"));
    assert!(conflicts(shop).is_empty());
    assert!(done.batch.is_some(), "a toast offers undo");
    settle(&mut [&mut a, &mut b], &mut endpoint);
    assert_eq!(read(&b, ann).city.as_deref(), Some("Hangzhou"));
    assert_alike(&a, &b);
}

#[test]
fn removal_travels_and_so_does_its_undo() {
    let mut endpoint = Endpoint::default();
    let (mut a, mut b) = (connected(11), connected(12));
    a.program();
    let ann = a.customer("Ann", "13800138001");
    a.order(ann, "2026-03-01T10:00", 50_000);
    a.apply(&Command::AdjustPoints {
        customer: ann,
        points: model::Points(100),
        reason: "welcome".into(),
        key: "adjust-1".into(),
    });
    settle(&mut [&mut a, &mut b], &mut endpoint);
    let done = a.apply(&Command::RemoveCustomers { ids: vec![ann] });
    settle(&mut [&mut a, &mut b], &mut endpoint);
    assert_alike(&a, &b);
    assert!(b.engine.store.read().customer(ann).unwrap().is_none());
    assert_eq!(b.engine.store.read().counts().unwrap().orders, 0);
    b.assert_in_step();
    a.apply(&Command::Undo {
        batch: done.batch.unwrap(),
    });
    settle(&mut [&mut a, &mut b], &mut endpoint);
    assert_alike(&a, &b);
    assert_eq!(read(&b, ann).name, "Ann");
    assert_eq!(ledger(&mut a, ann), ledger(&mut b, ann));
    b.assert_in_step();
}

#[test]
fn undo_keeps_what_came_since_and_a_run_cannot_be_undone() {
    let mut endpoint = Endpoint::default();
    let (mut a, mut b) = (connected(11), connected(12));
    let ann = a.customer("Ann", "13800138001");
    settle(&mut [&mut a, &mut b], &mut endpoint);
    let done = change(&mut a, ann, |it| it.city = Some("Hangzhou".into()));
    settle(&mut [&mut a, &mut b], &mut endpoint);
    change(&mut b, ann, |it| it.city = Some("Suzhou".into()));
    settle(&mut [&mut a, &mut b], &mut endpoint);
    let undone = a.apply(&Command::Undo {
        batch: done.batch.unwrap(),
    });
    assert!(
        matches!(undone.outcome, protocol::Outcome::Undone { kept: 1, .. }),
        "{undone:?}"
    );
    assert_eq!(read(&a, ann).city.as_deref(), Some("Suzhou"));
    let context = b.context();
    let commands = b.engine.query(
        &Query::Commands {
            offset: 0,
            limit: 50,
            imports_only: false,
        },
        &context,
    );
    let Ok(Reply::Commands(page)) = commands else {
        panic!("{commands:?}")
    };
    for row in page.items.iter().filter(|row| row.command == "sync") {
        let fault = b.refuse(&Command::Undo { batch: row.batch });
        assert_eq!(fault.code, protocol::FaultCode::CannotUndo);
    }
}

#[test]
fn what_other_programs_write_is_taken_and_what_they_know_survives() {
    let mut endpoint = Endpoint::default();
    let (mut a, mut b) = (connected(11), connected(12));
    let ann = a.customer("Ann", "13800138001");
    settle(&mut [&mut a, &mut b], &mut endpoint);
    let id = ann.to_string();
    endpoint.edit("customers", &id, "shoeSize", json!({ "eu": 38 }));
    endpoint.edit("customers", &id, "city", json!("Ningbo"));
    endpoint.records.get_mut("customers").unwrap().insert(
        "crm-17".into(),
        json!({ "id": "crm-17", "name": "Carl", "kind": "person", "segment": "B" }),
    );
    endpoint.records.entry("orders".into()).or_default().insert(
        "shop/9".into(),
        json!({ "id": "shop/9", "customer": "crm-17", "at": "2026-06-01T10:00:00+08:00", "amount": "12.50" }),
    );
    settle(&mut [&mut a, &mut b], &mut endpoint);
    assert_eq!(read(&a, ann).city.as_deref(), Some("Ningbo"));
    assert_alike(&a, &b);
    let list = all();
    assert_eq!(b.names(list).len(), 2);
    change(&mut a, ann, |it| it.note = Some("called".into()));
    let carl = a
        .engine
        .store
        .read()
        .sync_by_wire(store::RecordKind::Customer, "crm-17");
    let carl = CustomerId(carl.unwrap().unwrap().id);
    change(&mut b, ann, |it| it.province = Some("Zhejiang".into()));
    change(&mut a, carl, |it| it.city = Some("Wuxi".into()));
    settle(&mut [&mut a, &mut b], &mut endpoint);
    let there = endpoint.record("customers", &id);
    assert_eq!(there["shoeSize"], json!({ "eu": 38 }));
    assert_eq!(
        (&there["note"], &there["province"]),
        (&json!("called"), &json!("Zhejiang"))
    );
    let there = endpoint.record("customers", "crm-17");
    assert_eq!(
        (&there["segment"], &there["city"]),
        (&json!("B"), &json!("Wuxi"))
    );
    assert_eq!(a.engine.store.read().order_ids_of(carl).unwrap().len(), 1);
    let writes = endpoint.writes;
    settle(&mut [&mut a, &mut b], &mut endpoint);
    assert_eq!(endpoint.writes, writes, "nothing goes to and fro");
}

#[test]
fn what_cannot_be_read_waits_and_the_others_go_on() {
    let mut endpoint = Endpoint::default();
    let mut a = connected(11);
    for (id, body) in [
        ("bad", json!({ "id": "bad", "name": 7 })),
        ("good", json!({ "id": "good", "name": "Gina" })),
    ] {
        endpoint
            .records
            .entry("customers".into())
            .or_default()
            .insert(id.into(), body);
    }
    endpoint.records.entry("orders".into()).or_default().insert(
        "o1".into(),
        json!({ "id": "o1", "customer": "later", "at": "2026-06-01T10:00:00Z", "amount": "5.00" }),
    );
    run(&mut a, &mut endpoint);
    assert_eq!(a.names(all()), ["Gina"]);
    assert_eq!(overview(&mut a).orphans, 1);
    endpoint
        .records
        .get_mut("customers")
        .unwrap()
        .insert("later".into(), json!({ "id": "later", "name": "Lea" }));
    settle(&mut [&mut a], &mut endpoint);
    assert_eq!(overview(&mut a).orphans, 0);
    assert_eq!(a.engine.store.read().counts().unwrap().orders, 1);
    a.assert_in_step();
}

#[test]
fn programmes_saved_on_one_day_hold_in_one_order_everywhere() {
    let mut endpoint = Endpoint::default();
    let (mut a, mut b) = (connected(11), connected(12));
    let ann = a.customer("Ann", "13800138001");
    settle(&mut [&mut a, &mut b], &mut endpoint);
    let double = PROGRAM.replace("\"points\":1,\"per\"", "\"points\":2,\"per\"");
    a.now = Timestamp(a.now.0 + 5_000);
    a.apply(&Command::SetProgram {
        program: double,
        from: None,
    });
    b.now = Timestamp(a.now.0 + 20_000);
    b.program();
    a.order(ann, "2026-06-10T10:00", 30_000);
    settle(&mut [&mut a, &mut b], &mut endpoint);
    assert_alike(&a, &b);
    assert_eq!(a.balance(ann), 300);
    assert_eq!(ledger(&mut a, ann), ledger(&mut b, ann));
    a.assert_in_step();
    b.assert_in_step();
}

#[test]
fn entries_of_widgets_become_customers_and_what_happened_with_them_once() {
    let mut a = connected(11);
    let entry = |id: &str, kind: &str, data: Value| {
        json!({ "seq": 1, "entry": { "id": id, "kind": kind, "at": "2026-06-10T10:00:00Z",
            "visitor": "v1", "member": "", "data": data } })
    };
    let profile = Profile::parse(&profile()).unwrap();
    let context = a.context();
    for _ in 0..2 {
        let inbox = vec![
            entry("e1", "page_view", json!({ "page": "/tea" })),
            entry(
                "e2",
                "signup",
                json!({ "name": "Wanda", "email": "wanda@example.com" }),
            ),
            entry("e3", "survey", json!({ "nps": 9 })),
        ];
        let (mut batch, mut changed, mut renumbered) = (None, None, false);
        let mut here = super::super::replica::Here {
            engine: &mut a.engine,
            context: &context,
            profile: &profile,
            removals: &mut None,
            batch: &mut batch,
            changed: &mut changed,
            renumbered: &mut renumbered,
        };
        let batch = sync::Batch {
            inbox,
            ..sync::Batch::default()
        };
        sync::Replica::apply(&mut here, batch).unwrap();
    }
    assert_eq!(a.names(all()), ["Wanda"]);
    let read = a.engine.store.read();
    let wanda = read.customers_by_email("wanda@example.com").unwrap();
    let events = read.interactions(*wanda.first().unwrap(), 0, 10).unwrap();
    assert_eq!(events.total, 3);
    a.assert_in_step();
}

#[test]
fn a_new_browser_takes_the_settings_of_the_shop() {
    let mut endpoint = Endpoint::default();
    let mut a = connected(11);
    let mut settings = a.engine.settings().clone();
    settings.name = "Tea house".into();
    a.apply(&Command::SetSettings { settings });
    settle(&mut [&mut a], &mut endpoint);
    let now = a.now;
    let context = Context {
        now,
        who: "second device".into(),
    };
    let mut new = new_workspace(12);
    new.settings.zone = model::Zone::parse("Europe/Berlin").unwrap();
    new.settings.currency = model::Currency::parse("EUR").unwrap();
    let connection = Connection::open_in_memory().unwrap();
    let engine = Engine::open(connection, new, &context).unwrap();
    let mut b = Shop { engine, now };
    b.load(None);
    share_all(&mut b);
    settle(&mut [&mut b, &mut a], &mut endpoint);
    assert_eq!(b.engine.settings(), a.engine.settings());
    assert_eq!(a.engine.settings().zone.name(), "Asia/Shanghai");
    assert_eq!(b.engine.settings().name, "Tea house");
}

fn coupon(shop: &mut Shop, id: Option<model::coupon::CouponId>, code: &str, off: i64) {
    use model::coupon::{Audience, Benefit, Combine, Coupon, Goods, Way};
    shop.apply(&Command::Coupons(protocol::CouponCommand::Save {
        id,
        fields: Coupon {
            name: format!("{off} off"),
            benefit: Benefit::Amount(model::Money(off)),
            way: Way::Shared(code.into()),
            goods: Goods::All,
            minimum: None,
            maximum: None,
            from: None,
            to: None,
            per_customer: None,
            total: None,
            audience: Audience::Everybody,
            combine: Combine::Alone,
            note: None,
            currency: model::Currency::CNY,
        },
        seed: "00112233445566778899aabbccddeeff".into(),
    }));
}

/// Two tills made a coupon of one code. What was promised differs, so neither is bent to the other: each till is told
/// which one waits and why, nothing else does, and with another code it comes.
#[test]
fn coupons_of_one_code_are_told_and_come_with_another() {
    let mut endpoint = Endpoint::default();
    let (mut a, mut b) = (connected(11), connected(12));
    coupon(&mut a, None, "SPRING", 500);
    coupon(&mut b, None, "SPRING", 1_000);
    b.customer("Bob", "13800138002");
    for _ in 0..3 {
        run(&mut a, &mut endpoint);
        run(&mut b, &mut endpoint);
    }
    let aside = |shop: &mut Shop| match shop.ask(Query::Sync(SyncQuery::Aside {
        offset: 0,
        limit: 10,
    })) {
        Reply::Sync(reply) => match *reply {
            SyncReply::Aside(page) => page.items,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    for (shop, waits) in [(&mut a, "1000 off"), (&mut b, "500 off")] {
        let found = aside(shop);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].record.title.as_str(), found[0].trouble.code),
            (waits, protocol::SyncTroubleCode::Taken)
        );
        assert_eq!(shop.engine.store.read().coupons().unwrap().len(), 1);
    }
    assert_eq!(
        contents(&a)
            .keys()
            .filter(|it| it.starts_with("customers/"))
            .count(),
        1
    );
    let own = b.engine.store.read().coupons().unwrap()[0].id;
    coupon(&mut b, Some(own), "SUMMER", 1_000);
    for _ in 0..3 {
        run(&mut b, &mut endpoint);
        run(&mut a, &mut endpoint);
    }
    assert_alike(&a, &b);
    for shop in [&mut a, &mut b] {
        assert_eq!(aside(shop).len(), 0);
        assert_eq!(shop.engine.store.read().coupons().unwrap().len(), 2);
    }
}
