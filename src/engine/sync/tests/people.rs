//! Persons who turn out to be one, who are erased, who are there twice.

use super::*;
use model::CustomerDraft;
use protocol::{MergeRequest, OutCommand, TwinCommand};

fn merge(shop: &mut Shop, survivor: CustomerId, gone: CustomerId) -> protocol::Done {
    let fields = shop
        .engine
        .store
        .read()
        .customer(survivor)
        .unwrap()
        .unwrap()
        .fields;
    shop.apply(&Command::Twins(TwinCommand::Merge(MergeRequest {
        survivor,
        gone: vec![gone],
        fields,
    })))
}

#[test]
fn a_merging_travels_with_what_came_meanwhile() {
    let mut endpoint = Endpoint::default();
    let (mut a, mut b) = (connected(11), connected(12));
    a.program();
    let ann = a.customer("Ann", "13800138001");
    let twin = a.customer("Ann L", "13800138009");
    a.order(twin, "2026-03-01T10:00", 30_000);
    a.apply(&Command::AdjustPoints {
        customer: twin,
        points: model::Points(50),
        reason: "welcome".into(),
        key: "adjust-1".into(),
    });
    settle(&mut [&mut a, &mut b], &mut endpoint);
    let done = merge(&mut a, ann, twin);
    // The other till sells to the one who went, and knows nothing of it.
    b.order(twin, "2026-06-10T10:00", 20_000);
    settle(&mut [&mut a, &mut b], &mut endpoint);
    assert_alike(&a, &b);
    for shop in [&mut a, &mut b] {
        assert_eq!(shop.engine.store.read().order_ids_of(ann).unwrap().len(), 2);
        assert_eq!(shop.engine.store.read().settled(twin).unwrap(), ann);
        shop.assert_in_step();
    }
    assert_eq!(ledger(&mut a, ann), ledger(&mut b, ann));
    a.apply(&Command::Undo {
        batch: done.batch.unwrap(),
    });
    settle(&mut [&mut a, &mut b], &mut endpoint);
    assert_alike(&a, &b);
    for shop in [&mut a, &mut b] {
        assert!(shop.engine.store.read().customer(twin).unwrap().is_some());
        assert_eq!(shop.engine.store.read().settled(twin).unwrap(), twin);
        shop.assert_in_step();
    }
    assert_eq!(ledger(&mut a, twin), ledger(&mut b, twin));
}

#[test]
fn an_erasure_travels_and_nothing_brings_the_person_back() {
    for keep_books in [false, true] {
        let mut endpoint = Endpoint::default();
        let (mut a, mut b) = (connected(11), connected(12));
        a.program();
        let ann = a.customer("Marker-Ann", "13800138001");
        let bob = a.customer("Bob", "13800138002");
        a.order(ann, "2026-03-01T10:00", 30_000);
        a.order(bob, "2026-03-01T10:00", 10_000);
        a.apply(&note(ann, "Marker-Ann likes tea"));
        settle(&mut [&mut a, &mut b], &mut endpoint);
        a.apply(&Command::Out(OutCommand::ErasePerson {
            customer: ann,
            keep_books,
            confirm: "ERASE".into(),
        }));
        // The other till edits her meanwhile.
        let mut fields = b.engine.store.read().customer(ann).unwrap().unwrap().fields;
        fields.city = Some("Marker-City".into());
        b.apply(&Command::UpdateCustomer { id: ann, fields });
        settle(&mut [&mut a, &mut b], &mut endpoint);
        assert_alike(&a, &b);
        let there = serde_json::to_string(&endpoint.records).unwrap();
        assert!(!there.contains("Marker-"), "{keep_books}: {there}");
        for shop in [&mut a, &mut b] {
            let bytes = shop.engine.backup().unwrap();
            let text = String::from_utf8_lossy(&bytes);
            let near = text.find("Marker-").map(|at| {
                let from = text.floor_char_boundary(at.saturating_sub(200));
                text.get(from..text.floor_char_boundary(at + 200))
                    .unwrap_or_default()
            });
            assert_eq!(near, None, "books kept: {keep_books}");
            let orders = shop.engine.store.read().counts().unwrap().orders;
            assert_eq!(orders, if keep_books { 2 } else { 1 });
            // Whoever was erased must not live on in the columns: they are gone.
            shop.load(None);
            shop.assert_in_step();
        }
    }
}

/// The endpoint was emptied before the other till heard of the erasure, and there somebody took that for a deletion.
#[test]
fn an_erasure_outlives_an_emptied_endpoint() {
    let mut endpoint = Endpoint::default();
    let (mut a, mut b) = (connected(11), connected(12));
    let ann = a.customer("Marker-Ann", "13800138001");
    settle(&mut [&mut a, &mut b], &mut endpoint);
    a.apply(&Command::Out(OutCommand::ErasePerson {
        customer: ann,
        keep_books: false,
        confirm: "ERASE".into(),
    }));
    settle(&mut [&mut a], &mut endpoint);
    endpoint.records.remove("customers");
    run(&mut b, &mut endpoint);
    let question = overview(&mut b).question.unwrap();
    b.apply(&Command::Sync(SyncCommand::Answer {
        question: question.id,
        choice: protocol::SyncChoice::RemoveHere,
    }));
    settle(&mut [&mut b], &mut endpoint);
    assert!(
        b.engine
            .backup()
            .unwrap()
            .windows(10)
            .any(|it| it == b"Marker-Ann")
    );
    settle(&mut [&mut a, &mut b], &mut endpoint);
    assert_alike(&a, &b);
    let there = serde_json::to_string(&endpoint.records).unwrap();
    assert!(
        there.contains("erased") && !there.contains("Marker-"),
        "{there}"
    );
    assert!(
        !b.engine
            .backup()
            .unwrap()
            .windows(7)
            .any(|it| it == b"Marker-")
    );
}

#[test]
fn the_same_file_in_two_browsers_makes_no_twins() {
    let mut endpoint = Endpoint::default();
    let (mut a, mut b) = (shop(11), shop(12));
    let customers = "客户编号,姓名,手机号\nC1,Ann,13800138001\nC2,Bob,13800138002\n";
    let orders = "订单号,客户编号,下单时间,实付金额\nO1,C1,2026-03-01 10:00,30.00\nO2,C2,2026-03-02 10:00,10.00\n";
    for shop in [&mut a, &mut b] {
        shop.import("customers.csv", customers);
        shop.import("orders.csv", orders);
        share_all(shop);
    }
    let extra = b
        .engine
        .store
        .read()
        .customer_by_external_id("C1")
        .unwrap()
        .unwrap();
    let mut fields: CustomerDraft = b
        .engine
        .store
        .read()
        .customer(extra)
        .unwrap()
        .unwrap()
        .fields;
    fields.city = Some("Suzhou".into());
    b.apply(&Command::UpdateCustomer { id: extra, fields });
    settle(&mut [&mut a, &mut b], &mut endpoint);
    assert_alike(&a, &b);
    for shop in [&mut a, &mut b] {
        let counts = shop.engine.store.read().counts().unwrap();
        assert_eq!((counts.customers, counts.orders), (2, 2));
        let ann = shop
            .engine
            .store
            .read()
            .customer_by_external_id("C1")
            .unwrap()
            .unwrap();
        let it = shop.engine.store.read().customer(ann).unwrap().unwrap();
        assert_eq!(it.fields.city.as_deref(), Some("Suzhou"));
        shop.assert_in_step();
    }
}
