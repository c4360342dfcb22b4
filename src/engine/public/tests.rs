use super::*;
use model::{
    Customer, CustomerId, Interaction, InteractionId, Order, OrderId, Refund, RefundLine, Replica,
    Timestamp,
};
use proptest::prelude::*;
use serde_json::json;

fn terms(strict: bool) -> Terms {
    Terms {
        currency: Currency::CNY,
        zone: Zone::parse("Asia/Shanghai").unwrap(),
        strict,
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

fn id(counter: u64) -> i64 {
    Replica::from_random(1).raw_id(counter)
}

fn whole_customer() -> Value {
    json!({
        "id": "0000100000001", "externalId": "C-1", "kind": "person", "name": "王小明", "email": "w@example.com",
        "phone": "+8613800000000", "gender": "female", "birthday": "--05-14", "country": "CN", "province": "浙江",
        "city": "杭州", "district": "西湖", "postalCode": "310000", "address": "a 1", "occupation": "b",
        "education": "c", "incomeBand": "d", "industry": "e", "companySize": "f", "interests": ["茶"],
        "tags": ["a", "b"], "sourceChannel": "wechat", "signupOn": "2026-01-31", "owner": "李",
        "consent": {"email": true, "sms": false}, "acquisitionCost": "19.90", "note": "n",
        "custom": {"__proto__": "x", "level": 3, "rate": 0.5, "vip": true},
        "createdAt": "2026-01-31T10:30:00.000Z", "updatedAt": "2026-02-01T10:30:00.000Z"
    })
}

#[test]
fn a_whole_customer_reads_and_writes_as_the_contract_says() {
    let json = whole_customer();
    let read = read_customer(&object(json.clone()), None, &terms(true)).unwrap();
    assert_eq!(read.unknown, Map::new());
    let customer = Customer {
        id: read.record.id.unwrap(),
        fields: read.record.fields,
        created_at: read.record.created_at.unwrap(),
        updated_at: read.record.updated_at.unwrap(),
    };
    assert_eq!(
        Value::Object(write_customer(&customer, Currency::CNY)),
        json
    );
}

#[test]
fn what_is_absent_stays_and_null_takes_away() {
    let base = read_customer(&object(whole_customer()), None, &terms(true)).unwrap();
    let base = base.record.fields;
    let change = json!({
        "email": null, "tags": ["c"], "consent": {"sms": true, "email": null},
        "custom": {"vip": null, "level": 4}
    });
    let read = read_customer(&object(change), Some(&base), &terms(true)).unwrap();
    let fields = read.record.fields;
    assert_eq!(fields.email, None);
    assert_eq!(fields.phone, base.phone);
    assert_eq!(fields.tags, ["c"]);
    assert_eq!(
        (fields.consent.email, fields.consent.sms),
        (None, Some(true))
    );
    let custom = Value::Object(write_customer(
        &Customer {
            id: CustomerId(id(1)),
            fields,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        },
        Currency::CNY,
    ));
    assert_eq!(
        custom["custom"],
        json!({"__proto__": "x", "level": 4, "rate": 0.5})
    );
}

#[test]
fn what_is_unknown_comes_back_at_its_place() {
    let json = json!({
        "id": "0000100000002", "customer": "0000100000001", "at": "2026-01-31T10:30:00.000Z", "currency": "CNY",
        "amount": "20.00", "status": "paid", "loyaltyHint": {"a": [1, null]},
        "lines": [{"product": "茶", "quantity": 0.35, "amount": "20.00", "sku": "T-1"}, {"product": "x", "quantity": 1, "amount": "0.00"}]
    });
    let read = read_order(&object(json.clone()), None, &terms(false)).unwrap();
    let order = Order {
        id: read.record.id.unwrap(),
        customer: read.record.customer_id().unwrap(),
        fields: read.record.fields,
        refunds: Vec::new(),
    };
    let mut written = write_order(&order);
    restore(&mut written, &read.unknown);
    assert_eq!(Value::Object(written), json);
    // A list of another length: what was unknown in its items names nothing any more.
    let shorter = Order {
        fields: model::OrderDraft {
            lines: Vec::new(),
            ..order.fields.clone()
        },
        ..order
    };
    let mut written = write_order(&shorter);
    restore(&mut written, &read.unknown);
    assert!(!written.contains_key("lines"), "{written:?}");
}

#[test]
fn values_that_own_fields_cannot_hold_are_kept_or_refused() {
    let json = json!({"name": "A", "custom": {"nested": {"a": 1}, "plain": "x"}});
    let kept = read_customer(&object(json.clone()), None, &terms(false)).unwrap();
    assert_eq!(
        Value::Object(kept.unknown),
        json!({"custom": {"nested": {"a": 1}}})
    );
    let refused = read_customer(&object(json), None, &terms(true)).unwrap_err();
    assert_eq!(refused[0].field.as_deref(), Some("custom.nested"));
}

#[test]
fn every_wrong_form_says_where_what_and_what_would_be_right() {
    for (customer, field, found, expected) in [
        (json!({"name": 5}), "name", "5", "a text"),
        (json!({"gender": "f"}), "gender", "f", "female, male, other"),
        (
            json!({"birthday": "1990-02-30"}),
            "birthday",
            "1990-02-30",
            "1990-05-14, --05-14",
        ),
        (json!({"tags": "a"}), "tags", "a", "a list of texts"),
        (
            json!({"tags": ["a", 1]}),
            "tags",
            "[\"a\",1]",
            "a list of texts",
        ),
        (json!({"consent": true}), "consent", "true", "an object"),
        (
            json!({"consent": {"sms": "yes"}}),
            "consent.sms",
            "yes",
            "true, false",
        ),
        (
            json!({"acquisitionCost": 19.9}),
            "acquisitionCost",
            "19.9",
            "\"19.99\"",
        ),
        (
            json!({"acquisitionCost": "19.999"}),
            "acquisitionCost",
            "19.999",
            "0.00",
        ),
        (json!({"id": "x"}), "id", "x", "0000100000001"),
    ] {
        let issues = read_customer(&object(customer.clone()), None, &terms(true)).unwrap_err();
        let issue = &issues[0];
        let said = (
            issue.field.as_deref(),
            issue.value.as_deref(),
            issue.expected.as_deref(),
        );
        assert_eq!(
            said,
            (Some(field), Some(found), Some(expected)),
            "{customer}"
        );
    }
    let order = json!({"at": "yesterday", "amount": 5, "lines": [{"product": "a", "amount": "1.00", "quantity": "2"}, 7]});
    let issues = read_order(&object(order), None, &terms(true)).unwrap_err();
    let fields: Vec<&str> = issues
        .iter()
        .filter_map(|issue| issue.field.as_deref())
        .collect();
    assert_eq!(fields, ["at", "amount", "lines[0].quantity", "lines[1]"]);
    let missing = read_order(&Map::new(), None, &terms(true)).unwrap_err();
    let fields: Vec<&str> = missing
        .iter()
        .filter_map(|issue| issue.field.as_deref())
        .collect();
    assert_eq!(fields, ["at", "amount"]);
}

#[test]
fn another_currency_wants_its_amounts_anew() {
    let base = read_order(
        &object(json!({"at": "2026-01-31", "amount": "20.00", "gross": "25.00"})),
        None,
        &terms(true),
    );
    let base = base.unwrap().record.fields;
    let yen = read_order(
        &object(json!({"currency": "JPY"})),
        Some(&base),
        &terms(true),
    );
    assert_eq!(yen.unwrap_err()[0].field.as_deref(), Some("amount"));
    let yen = json!({"currency": "JPY", "amount": "400"});
    let yen = read_order(&object(yen), Some(&base), &terms(true))
        .unwrap()
        .record
        .fields;
    assert_eq!((yen.amount, yen.gross), (Money(400), None));
}

#[test]
fn a_recorded_entry_and_an_event_read_and_write() {
    let entry = json!({
        "id": "0000100000005", "customer": "0000100000001", "key": "k", "kind": "accrual", "points": -5,
        "at": "2026-01-31T10:30:00.000Z", "reason": "r", "programVersion": 2, "data": {"request": "x"}
    });
    let read = read_entry(&object(entry.clone()), &terms(false)).unwrap();
    let written = write_entry(&store::Entry {
        id: read.record.id.unwrap(),
        customer: read.record.customer_id().unwrap(),
        fields: read.record.fields,
    });
    assert_eq!(Value::Object(written), entry);
    let event = json!({
        "id": "0000100000006", "customer": "0000100000001", "kind": "page_view", "key": "e",
        "at": "2026-01-31T10:30:00.000Z", "data": {"seconds": 12, "__proto__": "y"}
    });
    let read = read_event(&object(event.clone()), &terms(false)).unwrap();
    let written = write_event(&Interaction {
        id: InteractionId(read.record.id.unwrap().0),
        customer: read.record.customer_id().unwrap(),
        fields: read.record.fields,
    });
    assert_eq!(Value::Object(written), event);
}

use model::Money;

proptest! {
    #[test]
    fn orders_come_back_equal(
        amount in 0i64..1_000_000_000, milli in 0i64..10_000_000, at in 0i64..4_000_000_000_000,
        refunded in 0i64..1_000_000, yen in any::<bool>(),
    ) {
        let currency = if yen { Currency::parse("JPY").unwrap() } else { Currency::CNY };
        let order = Order {
            id: OrderId(id(9)),
            customer: CustomerId(id(1)),
            fields: model::OrderDraft {
                external_id: Some("a".into()), at: Timestamp(at), currency, amount: Money(amount),
                gross: Some(Money(amount)), tax: None, paid_with_points: Some(Money(0)),
                status: model::OrderStatus::Paid, channel: None, coupon: Some("X".into()),
                lines: vec![model::OrderLine {
                    product: "p".into(), category: None, quantity_milli: milli, amount: Money(amount),
                }],
            },
            refunds: vec![Refund {
                key: "r".into(), at: Timestamp(at + 1), amount: Money(refunded),
                lines: vec![RefundLine { line: 0, quantity_milli: milli }],
            }],
        };
        let written = Value::Object(write_order(&order)).to_string();
        let read: Map<String, Value> = serde_json::from_str(&written).unwrap();
        let read = read_order(&read, None, &terms(true)).unwrap();
        prop_assert!(read.unknown.is_empty());
        prop_assert_eq!(read.record.customer_id(), Some(order.customer));
        prop_assert_eq!(read.record.fields, order.fields);
        prop_assert_eq!(read.record.refunds, Some(order.refunds));
    }
}
