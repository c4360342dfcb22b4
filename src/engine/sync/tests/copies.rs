//! Somebody copied a browser's profile: two shops count with one number, and nothing of either is lost.

use super::*;
use serde_json::json;

/// Two shops of one number with the same customer in them, who was shared.
fn copies(endpoint: &mut Endpoint) -> (Shop, Shop, CustomerId) {
    let (mut one, mut two) = (connected(11), connected(11));
    for shop in [&mut one, &mut two] {
        shop.apply(&Command::SetProgram {
            program: PROGRAM.into(),
            from: None,
        });
        shop.customer("Ann", "13800138001");
    }
    let ann = CustomerId(
        one.engine
            .store
            .read()
            .sync_some(store::RecordKind::Customer, 1)
            .unwrap()[0]
            .id,
    );
    run(&mut one, endpoint);
    run(&mut two, endpoint);
    two.now = one.now;
    (one, two, ann)
}

fn adjust(shop: &mut Shop, customer: CustomerId, points: i64, key: &str) {
    shop.apply(&Command::AdjustPoints {
        customer,
        points: model::Points(points),
        reason: "by hand".into(),
        key: key.into(),
    });
}

/// Each makes an entry of the ledger, an order with money back, a note and a segment: all under the same ids.
#[test]
fn both_keep_what_they_made_under_one_id() {
    let mut endpoint = Endpoint::default();
    let (mut one, mut two, ann) = copies(&mut endpoint);
    for (shop, name, points) in [(&mut one, "one", 200), (&mut two, "two", 300)] {
        shop.now = Timestamp(shop.now.0 + points);
        adjust(shop, ann, points, name);
        let order = shop.order(ann, "2026-03-01T10:00", 10_000 + points);
        shop.apply(&Command::RefundOrder(model::RefundRequest {
            order,
            amount: Some(model::Money(points)),
            lines: Vec::new(),
            at: None,
            key: format!("back of {name}"),
        }));
        shop.apply(&note(ann, name));
        shop.apply(&Command::SaveSegment {
            id: None,
            name: name.into(),
            rule: r#"{"all":[]}"#.into(),
        });
    }
    settle(&mut [&mut one, &mut two], &mut endpoint);
    assert_alike(&one, &two);
    let all = contents(&one);
    let of = |kind: &str, field: &str| -> Vec<Value> {
        let those = all.iter().filter(|(key, _)| key.starts_with(kind));
        let mut found: Vec<Value> = those.map(|(_, it)| it[field].clone()).collect();
        found.sort_by_key(Value::to_string);
        found
    };
    assert_eq!(of("ledger/", "points"), [json!(200), json!(300)]);
    assert_eq!(of("orders/", "amount"), [json!("102.00"), json!("103.00")]);
    assert_eq!(of("refunds/", "amount"), [json!("2.00"), json!("3.00")]);
    assert_eq!(of("segments/", "name").len(), 2);
    assert_eq!(of("events/", "kind").len(), 2);
    let orders: std::collections::BTreeSet<String> = of("refunds/", "order")
        .iter()
        .map(Value::to_string)
        .collect();
    assert_eq!(orders.len(), 2, "either refund is of its own order");
}

/// The endpoint had Ann with what belongs to her and lost it; a copy made somebody else under her id meanwhile.
#[test]
fn the_endpoint_lost_a_record_and_a_copy_takes_its_id() {
    let mut endpoint = Endpoint::default();
    let (mut one, mut two) = (connected(11), connected(11));
    let ann = one.customer("Ann", "13800138001");
    one.order(ann, "2026-03-01T10:00", 10_000);
    run(&mut one, &mut endpoint);
    assert_eq!(overview(&mut one).light.pending, 0);
    // Only the orders are still there.
    endpoint.records.remove("customers");
    two.now = Timestamp(one.now.0 + 60_000);
    assert_eq!(
        two.customer("Bob", "13800138002"),
        ann,
        "one id for two people"
    );
    run(&mut two, &mut endpoint);
    settle(&mut [&mut one, &mut two], &mut endpoint);
    assert_alike(&one, &two);
    let all = contents(&one);
    let person = |name: &str| {
        let mut those = all.iter().filter(|(_, it)| it["name"] == name);
        those.next().map(|(key, _)| key.replace("customers/", ""))
    };
    let (ann, bob) = (person("Ann").unwrap(), person("Bob").unwrap());
    assert_ne!(ann, bob);
    let order = all
        .iter()
        .find(|(key, _)| key.starts_with("orders/"))
        .unwrap();
    assert_eq!(order.1["customer"], json!(ann), "her order stays hers");
}

/// A till that had not seen Ann makes somebody under her id and takes her order for his. When she comes, the order is hers.
#[test]
fn what_was_made_before_a_record_is_of_the_other_one() {
    let mut endpoint = Endpoint::default();
    let (mut one, mut two) = (connected(11), connected(11));
    let ann = one.customer("Ann", "13800138001");
    one.order(ann, "2026-03-01T10:00", 10_000);
    run(&mut one, &mut endpoint);
    let hidden = endpoint.records.remove("customers").unwrap();
    two.now = Timestamp(one.now.0 + 60_000);
    assert_eq!(two.customer("Bob", "13800138002"), ann);
    run(&mut two, &mut endpoint);
    let bobs = two.engine.store.read().order_ids_of(ann).unwrap();
    assert_eq!(bobs.len(), 1, "nobody else is known for it");
    endpoint.records.insert("customers".into(), hidden);
    settle(&mut [&mut one, &mut two], &mut endpoint);
    assert_alike(&one, &two);
    let all = contents(&one);
    let id = |name: &str| all.iter().find(|(_, it)| it["name"] == name).unwrap().0;
    let order = all.iter().find(|(key, _)| key.starts_with("orders/"));
    let customer = order.unwrap().1["customer"].as_str().unwrap();
    assert_eq!(id("Ann"), &format!("customers/{customer}"));
    assert_ne!(id("Bob"), id("Ann"));
    two.assert_in_step();
}
