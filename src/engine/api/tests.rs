//! What programs ask and are answered, natively: JSON in, JSON out.

use crate::stories::{PROGRAM, Shop};
use protocol::{
    ApiCommand, ApiJob, ApiJson, ApiQuery, ApiRead, ApiWork, ApiWrite, Command, Fault, FaultCode,
    Outcome, Query, Reply,
};
use serde_json::{Value, json};

fn json_of(text: &ApiJson) -> Value {
    serde_json::from_str(&text.0).unwrap()
}

fn read(shop: &mut Shop, method: ApiRead, input: &Value) -> Result<Value, Fault> {
    let query = Query::Api(ApiQuery {
        method,
        input: ApiJson(input.to_string()),
    });
    let context = shop.context();
    match shop.engine.query(&query, &context) {
        Ok(Reply::Api(answer)) => Ok(json_of(&answer)),
        Err(crate::Unanswered::Fault(fault)) => Err(fault),
        other => panic!("{other:?}"),
    }
}

fn write(shop: &mut Shop, method: ApiWrite, input: &Value) -> Result<Value, Fault> {
    let command = Command::Api(ApiCommand {
        method,
        input: ApiJson(input.to_string()),
    });
    match shop.try_apply(&command)?.outcome {
        Outcome::Api(answer) => Ok(json_of(&answer)),
        other => panic!("{other:?}"),
    }
}

fn shop_with_two() -> Shop {
    let mut shop = Shop::new();
    let two = json!([[
        {"externalId": "C-1", "name": "王小明", "phone": "138 0000 0001", "tags": ["vip"], "city": "杭州"},
        {"externalId": "C-2", "name": "Anna", "email": "Anna@Example.com", "birthday": "--05-14"},
    ]]);
    write(&mut shop, ApiWrite::CustomersPut, &two).unwrap();
    shop
}

#[test]
fn customers_are_known_by_id_then_by_external_id() {
    let mut shop = shop_with_two();
    let anna = read(
        &mut shop,
        ApiRead::CustomersGet,
        &json!([{"email": "ANNA@example.com"}]),
    )
    .unwrap();
    assert_eq!(anna["name"], "Anna");
    let again = json!([[
        {"externalId": "C-1", "phone": "13800000001"},
        {"id": anna["id"], "externalId": "C-9", "tags": ["a"]},
        {"name": "New"},
        {"externalId": "C-1", "name": "", "phone": "x"},
        {"id": anna["id"], "externalId": "C-1"},
        7,
    ]]);
    let report = write(&mut shop, ApiWrite::CustomersPut, &again).unwrap();
    let counts = ["created", "updated", "unchanged"].map(|name| report[name].as_u64().unwrap());
    assert_eq!(counts, [1, 1, 1]);
    assert_eq!(report["ids"].as_array().unwrap().len(), 3);
    let issues: Vec<(u64, &str, &str)> = report["issues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let text = |name: &str| it[name].as_str().unwrap_or_default();
            (it["row"].as_u64().unwrap(), text("field"), text("code"))
        })
        .collect();
    assert_eq!(
        issues,
        [
            (3, "phone", "bad_phone"),
            (4, "externalId", "key_taken"),
            (5, "", "malformed")
        ]
    );
    let anna = read(
        &mut shop,
        ApiRead::CustomersGet,
        &json!([{"externalId": "C-9"}]),
    )
    .unwrap();
    assert_eq!(
        (&anna["name"], &anna["birthday"]),
        (&json!("Anna"), &json!("--05-14"))
    );
    assert_eq!(
        read(&mut shop, ApiRead::CustomersGet, &json!(["nobody"])).unwrap(),
        Value::Null
    );
    assert_eq!(
        read(&mut shop, ApiRead::CustomersCount, &json!([])).unwrap(),
        3
    );
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
#[test]
fn a_single_record_that_is_wrong_is_refused_with_its_place() {
    let mut shop = shop_with_two();
    for (method, input, path, found, expected) in [
        (
            ApiWrite::CustomersPut,
            json!([{"email": "nope"}]),
            "email",
            "nope",
            "name@example.com",
        ),
        (
            ApiWrite::CustomersPut,
            json!([{"note": "x"}]),
            "name",
            "",
            "name, phone, email, externalId",
        ),
        (
            ApiWrite::CustomersPut,
            json!(["x"]),
            "records",
            "\"x\"",
            "a record or a list of records",
        ),
        (
            ApiWrite::CustomersPut,
            json!([]),
            "records",
            "null",
            "a record or a list of records",
        ),
        (
            ApiWrite::OrdersPut,
            json!([{"customer": "C-1", "at": "2026-06-01", "amount": 5}]),
            "amount",
            "5",
            "\"19.99\"",
        ),
        (
            ApiWrite::OrdersPut,
            json!([{"customer": "C-7", "at": "2026-06-01", "amount": "5"}]),
            "customer",
            "C-7",
            "an id or external id of a customer",
        ),
        (
            ApiWrite::OrdersPut,
            json!([{"at": "2026-06-01", "amount": "5"}]),
            "customer",
            "",
            "0000100000001",
        ),
        (
            ApiWrite::OrdersPut,
            json!([{"customer": "C-1", "at": "2027-06-01", "amount": "5"}]),
            "at",
            "2027-05-31T16:00:00.000Z",
            "",
        ),
        (
            ApiWrite::OrdersPut,
            json!([{"customer": "C-1", "at": "2026-06-01", "amount": "5.001"}]),
            "amount",
            "5.001",
            "0.00",
        ),
        (
            ApiWrite::OrdersPut,
            json!([{"customer": "C-1", "at": "2026-06-01", "amount": "5", "tax": "6"}]),
            "tax",
            "",
            "5.00",
        ),
        (
            ApiWrite::OrdersPut,
            json!([{"customer": "C-1", "at": "2026-06-01", "amount": "-5"}]),
            "amount",
            "-5.00",
            "0.00",
        ),
        (
            ApiWrite::EventsPut,
            json!([{"customer": "C-1", "kind": "", "at": "2026-06-01"}]),
            "kind",
            "",
            "page_view, call, note",
        ),
        (
            ApiWrite::EventsPut,
            json!([{"customer": "C-1", "kind": "a", "at": "2026-06-01", "data": {"a": {}}}]),
            "data.a",
            "{}",
            "a text, a number, true or false",
        ),
        (
            ApiWrite::OrdersRefund,
            json!([{"order": "O-1"}]),
            "key",
            "",
            "1 to 128 characters",
        ),
        (
            ApiWrite::SegmentsSave,
            json!([{"name": "x"}]),
            "rule",
            "",
            "a segment rule",
        ),
        (
            ApiWrite::LoyaltyAdjust,
            json!([{"customer": "C-1", "key": "k", "points": 1.5}]),
            "points",
            "1.5",
            "a whole number",
        ),
        (
            ApiWrite::LoyaltyAdjust,
            json!([{"customer": "C-1", "key": "k", "points": 5, "at": "2026-06-16"}]),
            "at",
            "2026-06-15T16:00:00.000Z",
            "a time that has been",
        ),
        (
            ApiWrite::LoyaltyRedeem,
            json!([{"customer": "C-1", "key": "k", "pionts": 5}]),
            "pionts",
            "pionts",
            "a known option",
        ),
        (
            ApiWrite::LoyaltyAdjust,
            json!([{"customer": "C-1", "key": "k", "points": 0, "reason": "x"}]),
            "points",
            "0",
            "a whole number other than 0",
        ),
        (
            ApiWrite::LoyaltyAdjust,
            json!([{"customer": "C-1", "key": "k", "points": 5}]),
            "reason",
            "",
            "1 to 1000 characters",
        ),
        (
            ApiWrite::LoyaltyRedeem,
            json!([{"customer": "C-1", "key": "k"}]),
            "points",
            "",
            "points or reward",
        ),
        (
            ApiWrite::LoyaltyAccrue,
            json!([{"customer": "C-1", "key": "k", "points": -5}]),
            "points",
            "-5",
            "a whole number above 0",
        ),
        (
            ApiWrite::SegmentsSave,
            json!([{"name": " ", "rule": {"all": []}}]),
            "name",
            " ",
            "1 to 200 characters",
        ),
    ] {
        let fault = write(&mut shop, method, &input).unwrap_err();
        assert_eq!(fault.code, FaultCode::Invalid, "{input}");
        let said = (
            fault.path.as_deref(),
            fault.found.as_deref(),
            fault.expected.as_deref(),
        );
        let said = (
            said.0.unwrap_or_default(),
            said.1.unwrap_or_default(),
            said.2.unwrap_or_default(),
        );
        assert_eq!(said, (path, found, expected), "{input}");
    }
    for (method, input, path) in [
        (ApiRead::CustomersList, json!([{"limit": 0}]), "limit"),
        (ApiRead::CustomersList, json!([{"sort": "age"}]), "sort"),
        (ApiRead::CustomersList, json!([{"cursor": "x"}]), "cursor"),
        (
            ApiRead::CustomersList,
            json!([{"fields": ["nmae"]}]),
            "fields",
        ),
        (ApiRead::CustomersList, json!([{"lmit": 1}]), "lmit"),
        (ApiRead::CustomersList, json!(["x"]), "options"),
        (ApiRead::OrdersList, json!([{"sort": "total"}]), "sort"),
        (ApiRead::SegmentsCount, json!(["vip"]), "rule"),
        (
            ApiRead::SegmentsCount,
            json!([{}, {"asOf": "today"}]),
            "asOf",
        ),
        (ApiRead::LoyaltyMember, json!([5]), "customer"),
        (
            ApiRead::CustomersGet,
            json!([{"phone": "1", "email": "2"}]),
            "key",
        ),
        (ApiRead::CustomersCount, json!([1]), ""),
        (
            ApiRead::SegmentsRfm,
            json!([{"scoring": "thresholds", "thresholds": {"orders": [5, 4, 3, 2]}}]),
            "thresholds.orders",
        ),
    ] {
        let fault = read(&mut shop, method, &input).unwrap_err();
        assert_eq!(
            (fault.code, fault.path.as_deref()),
            (FaultCode::Invalid, Some(path)),
            "{input}"
        );
    }
    let broken = Query::Api(ApiQuery {
        method: ApiRead::CustomersCount,
        input: ApiJson(String::new()),
    });
    let context = shop.context();
    assert!(shop.engine.query(&broken, &context).is_err());
    let deep = format!("[{}{}]", "[".repeat(5_000), "]".repeat(5_000));
    let deep = Query::Api(ApiQuery {
        method: ApiRead::CustomersCount,
        input: ApiJson(deep),
    });
    assert!(shop.engine.query(&deep, &context).is_err());
}

#[test]
fn orders_come_once_and_are_refunded_once() {
    let mut shop = shop_with_two();
    let order = json!([{
        "externalId": "O-1", "customer": "C-1", "at": "2026-06-01T10:00", "amount": "120.50", "gross": "130.00",
        "lines": [{"product": "茶", "quantity": 2, "amount": "120.50"}],
    }]);
    let first = write(&mut shop, ApiWrite::OrdersPut, &order).unwrap();
    assert_eq!(
        (&first["created"], &first["issues"]),
        (&json!(1), &json!([]))
    );
    let again = write(&mut shop, ApiWrite::OrdersPut, &order).unwrap();
    assert_eq!(
        (&again["unchanged"], &again["ids"]),
        (&json!(1), &first["ids"])
    );
    let refund = json!([{"order": "O-1", "lines": [{"line": 0, "quantity": 1}], "key": "r"}]);
    let refunded = write(&mut shop, ApiWrite::OrdersRefund, &refund).unwrap();
    assert_eq!(
        (&refunded["refunded"], &refunded["amount"]),
        (&json!("60.25"), &json!("120.50"))
    );
    assert_eq!(
        write(&mut shop, ApiWrite::OrdersRefund, &refund).unwrap(),
        refunded
    );
    let too_much = json!([{"order": "O-1", "amount": "60.26", "key": "s"}]);
    let fault = write(&mut shop, ApiWrite::OrdersRefund, &too_much).unwrap_err();
    assert_eq!(
        (fault.code, fault.expected.as_deref()),
        (FaultCode::RefundTooLarge, Some("60.25"))
    );
    let nowhere = json!([{"order": "O-1", "lines": [{"line": 9, "quantity": 1}], "key": "t"}]);
    let fault = write(&mut shop, ApiWrite::OrdersRefund, &nowhere).unwrap_err();
    assert_eq!(fault.path.as_deref(), Some("lines[0]"));
    // What a list gives goes in again and changes nothing.
    let list = read(
        &mut shop,
        ApiRead::OrdersList,
        &json!([{"customer": "C-1"}]),
    )
    .unwrap();
    assert_eq!(list["total"], 1);
    let same = write(&mut shop, ApiWrite::OrdersPut, &json!([list["items"]])).unwrap();
    assert_eq!(
        (&same["unchanged"], &same["issues"]),
        (&json!(1), &json!([]))
    );
    // One field alone.
    let part = json!([{"externalId": "O-1", "channel": "wechat"}]);
    assert_eq!(
        write(&mut shop, ApiWrite::OrdersPut, &part).unwrap()["updated"],
        1
    );
    let list = read(
        &mut shop,
        ApiRead::OrdersList,
        &json!([{"fields": ["channel", "gross"]}]),
    )
    .unwrap();
    let id = &first["ids"][0];
    assert_eq!(
        list["items"],
        json!([{"id": id, "channel": "wechat", "gross": "130.00"}])
    );
}

#[test]
fn orders_are_sorted_by_time_or_amount_stretch_by_stretch() {
    let mut shop = shop_with_two();
    let order = |n: i64, amount: &str| json!({"externalId": format!("O-{n}"), "customer": if n % 2 == 0 { "C-1" } else { "C-2" }, "at": format!("2026-06-0{n}T10:00"), "amount": amount});
    let all = json!([[
        order(1, "20.00"),
        order(2, "100.00"),
        order(3, "3.00"),
        order(4, "20.00")
    ]]);
    write(&mut shop, ApiWrite::OrdersPut, &all).unwrap();
    for (options, wanted) in [
        (json!({}), "O-4 O-3 O-2 O-1"),
        (json!({"sort": "-at"}), "O-4 O-3 O-2 O-1"),
        (json!({"sort": "at"}), "O-1 O-2 O-3 O-4"),
        (json!({"sort": "-amount"}), "O-2 O-4 O-1 O-3"),
        (json!({"sort": "amount"}), "O-3 O-1 O-4 O-2"),
        (json!({"sort": "amount", "customer": "C-1"}), "O-4 O-2"),
        (
            json!({"sort": "-amount", "rule": {"attr": "tags", "op": "any_of", "value": ["vip"]}}),
            "O-2 O-4",
        ),
    ] {
        let mut options = options;
        let mut found = Vec::new();
        loop {
            options["limit"] = json!(1);
            let page = read(&mut shop, ApiRead::OrdersList, &json!([options])).unwrap();
            for it in page["items"].as_array().unwrap() {
                found.push(it["externalId"].as_str().unwrap().to_owned());
            }
            if page["cursor"].is_null() {
                break;
            }
            options["cursor"] = page["cursor"].clone();
        }
        assert_eq!(found.join(" "), wanted, "{options}");
    }
}

#[test]
fn cursors_walk_over_everything_once_whatever_comes_in_between() {
    let mut shop = Shop::new();
    let many: Vec<Value> = (0..25)
        .map(|n| json!({"externalId": format!("C-{n:02}"), "name": format!("N{n:02}")}))
        .collect();
    write(&mut shop, ApiWrite::CustomersPut, &json!([many])).unwrap();
    let mut seen = Vec::new();
    let mut options = json!({"sort": "name", "limit": 10, "fields": ["name"]});
    loop {
        let page = read(&mut shop, ApiRead::CustomersList, &json!([options])).unwrap();
        let items = page["items"].as_array().unwrap();
        seen.extend(
            items
                .iter()
                .map(|it| it["name"].as_str().unwrap().to_owned()),
        );
        if page["cursor"].is_null() {
            break;
        }
        options["cursor"] = page["cursor"].clone();
        // Somebody comes in before what was given out.
        let name = format!("A{}", seen.len());
        write(&mut shop, ApiWrite::CustomersPut, &json!([{"name": name}])).unwrap();
    }
    let expected: Vec<String> = (0..25).map(|n| format!("N{n:02}")).collect();
    assert_eq!(seen, expected);
}

#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
#[test]
fn points_are_given_spent_and_taken_back() {
    let mut shop = shop_with_two();
    let member = json!(["C-1"]);
    let none = read(&mut shop, ApiRead::LoyaltyMember, &member).unwrap_err();
    assert_eq!(none.code, FaultCode::NoProgram);
    let program: Value = serde_json::from_str(PROGRAM).unwrap();
    write(&mut shop, ApiWrite::LoyaltySetProgram, &json!([program])).unwrap();
    let order = json!([{"externalId": "O-1", "customer": "C-1", "at": "2026-06-01T10:00", "amount": "500.00"}]);
    write(&mut shop, ApiWrite::OrdersPut, &order).unwrap();
    assert_eq!(
        read(&mut shop, ApiRead::LoyaltyMember, &member).unwrap()["balance"],
        500
    );
    let bonus = json!([{"customer": "C-1", "points": 50, "key": "b", "reason": "welcome"}]);
    assert_eq!(
        write(&mut shop, ApiWrite::LoyaltyAccrue, &bonus).unwrap()["balance"],
        550
    );
    assert_eq!(
        write(&mut shop, ApiWrite::LoyaltyAccrue, &bonus).unwrap()["balance"],
        550
    );
    let redeem = json!([{"customer": "C-1", "points": 500, "key": "x", "orderAmount": "100.00"}]);
    let spent = write(&mut shop, ApiWrite::LoyaltyRedeem, &redeem).unwrap();
    assert_eq!(
        (&spent["balance"], &spent["worth"]),
        (&json!(50), &json!("5.00"))
    );
    let taken: i64 = spent["allocations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["points"].as_i64().unwrap())
        .sum();
    assert_eq!(taken, 500);
    assert_eq!(
        write(&mut shop, ApiWrite::LoyaltyRedeem, &redeem).unwrap(),
        spent
    );
    let reused = json!([{"customer": "C-1", "points": 100, "key": "x"}]);
    assert_eq!(
        write(&mut shop, ApiWrite::LoyaltyRedeem, &reused)
            .unwrap_err()
            .code,
        FaultCode::KeyReused
    );
    // At a time when the points were there, but they have been spent since.
    let late = json!([{"customer": "C-1", "points": 100, "key": "y", "at": "2026-06-10T10:00"}]);
    assert_eq!(
        write(&mut shop, ApiWrite::LoyaltyRedeem, &late)
            .unwrap_err()
            .code,
        FaultCode::InsufficientPoints
    );
    let ledger = read(
        &mut shop,
        ApiRead::LoyaltyLedger,
        &json!(["C-1", {"limit": 1}]),
    )
    .unwrap();
    assert_eq!(
        (&ledger["total"], &ledger["items"][0]["kind"]),
        (&json!(3), &json!("redemption"))
    );
    let rest = json!(["C-1", {"limit": 10, "cursor": ledger["cursor"]}]);
    let rest = read(&mut shop, ApiRead::LoyaltyLedger, &rest).unwrap();
    let kinds: Vec<&str> = rest["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        (kinds, &rest["cursor"]),
        (vec!["accrual", "accrual"], &Value::Null)
    );
    let back = json!([{"entry": ledger["items"][0]["id"], "key": "z", "reason": "mistake"}]);
    assert_eq!(
        write(&mut shop, ApiWrite::LoyaltyReverse, &back).unwrap()["balance"],
        550
    );
    let owed = read(&mut shop, ApiRead::LoyaltyLiability, &json!([])).unwrap();
    assert_eq!(
        (&owed["outstanding"], &owed["worth"]),
        (&json!(550), &json!("5.50"))
    );
    // By the last day of each lot: what ends and what never does is all that is owed.
    let ends = owed["expiring"].as_array().unwrap();
    let sum: i64 = ends.iter().map(|it| it["points"].as_i64().unwrap()).sum();
    assert_eq!(sum + owed["never"].as_i64().unwrap(), 550);
    let member = read(&mut shop, ApiRead::LoyaltyMember, &json!(["C-1"])).unwrap();
    let mut lots: Vec<(&str, i64)> = Vec::new();
    for lot in member["lots"].as_array().unwrap() {
        if let Some(day) = lot["expiresOn"].as_str() {
            lots.push((day, lot["points"].as_i64().unwrap()));
        }
    }
    lots.sort_unstable();
    let days: Vec<&str> = ends.iter().map(|it| it["on"].as_str().unwrap()).collect();
    let mut wanted: Vec<&str> = lots.iter().map(|(day, _)| *day).collect();
    wanted.dedup();
    assert_eq!(days, wanted);
}

#[test]
fn rules_count_name_and_explain() {
    let mut shop = shop_with_two();
    let rule = json!({"attr": "tags", "op": "any_of", "value": ["vip"]});
    let counted = read(&mut shop, ApiRead::SegmentsCount, &json!([rule]));
    assert_eq!(counted.unwrap(), 1);
    let saved = write(
        &mut shop,
        ApiWrite::SegmentsSave,
        &json!([{"name": "VIP", "rule": rule}]),
    )
    .unwrap();
    let list = read(&mut shop, ApiRead::SegmentsList, &json!([])).unwrap();
    assert_eq!(
        list,
        json!([{"id": saved["id"], "name": "VIP", "rule": rule, "count": 1}])
    );
    let members = read(
        &mut shop,
        ApiRead::SegmentsMembers,
        &json!([rule, {"limit": 5}]),
    )
    .unwrap();
    assert_eq!(
        (&members["total"], &members["cursor"]),
        (&json!(1), &Value::Null)
    );
    let why = read(
        &mut shop,
        ApiRead::SegmentsExplain,
        &json!([{"all": [rule]}, "C-2"]),
    )
    .unwrap();
    assert_eq!(
        (&why["holds"], &why["children"][0]["holds"]),
        (&json!(false), &json!(false))
    );
    let wrong = read(
        &mut shop,
        ApiRead::SegmentsCount,
        &json!([{"all": [{"attr": "agee"}]}]),
    )
    .unwrap_err();
    assert_eq!(wrong.code, FaultCode::BadRule);
    assert!(wrong.path.is_some_and(|path| path.starts_with("all[0]")));
    let stages = read(&mut shop, ApiRead::SegmentsLifecycle, &json!([])).unwrap();
    assert_eq!(stages["prospect"], 2);
    let rfm = read(
        &mut shop,
        ApiRead::SegmentsRfm,
        &json!([{"scoring": "quintile"}]),
    )
    .unwrap();
    assert_eq!(rfm["cells"].as_array().unwrap().len(), 125);
}

#[test]
fn events_are_recorded_once_for_their_key() {
    let mut shop = shop_with_two();
    let event = json!([{"customer": "C-1", "kind": "page_view", "at": "2026-06-10T10:00", "key": "e", "data": {"__proto__": "x"}}]);
    assert_eq!(
        write(&mut shop, ApiWrite::EventsPut, &event).unwrap()["created"],
        1
    );
    assert_eq!(
        write(&mut shop, ApiWrite::EventsPut, &event).unwrap()["unchanged"],
        1
    );
    let other =
        json!([[{"customer": "C-2", "kind": "page_view", "at": "2026-06-10T10:00", "key": "e"}]]);
    let report = write(&mut shop, ApiWrite::EventsPut, &other).unwrap();
    assert_eq!(report["issues"][0]["code"], "key_taken");
    let rule =
        json!({"events": {"kind": "page_view", "measure": "count", "op": "gte", "value": 1}});
    assert_eq!(
        read(&mut shop, ApiRead::SegmentsCount, &json!([rule])).unwrap(),
        1
    );
}

#[test]
fn who_is_removed_or_erased_is_gone() {
    let mut shop = shop_with_two();
    write(&mut shop, ApiWrite::CustomersRemove, &json!(["C-1"])).unwrap();
    let fault = write(&mut shop, ApiWrite::CustomersRemove, &json!(["C-1"])).unwrap_err();
    assert_eq!(
        (fault.code, fault.path.as_deref()),
        (FaultCode::NotFound, Some("id"))
    );
    let anna = read(
        &mut shop,
        ApiRead::CustomersGet,
        &json!([{"externalId": "C-2"}]),
    )
    .unwrap();
    let erased = write(&mut shop, ApiWrite::CustomersErase, &json!([anna["id"]])).unwrap();
    assert_eq!(erased["erased"], anna["id"]);
    assert!(erased["receipt"].as_str().is_some_and(|it| !it.is_empty()));
    assert_eq!(
        read(&mut shop, ApiRead::CustomersCount, &json!([])).unwrap(),
        0
    );
}

#[test]
fn exports_say_which_formats_there_are() {
    let ask = |options: Value| {
        crate::ApiExport::read(&ApiJob {
            method: ApiWork::Export,
            input: ApiJson(json!([options]).to_string()),
        })
    };
    for (what, formats) in [
        ("customers", "csv xlsx json vcard"),
        ("orders", "csv xlsx json"),
        ("ledger", "csv xlsx json"),
        ("everything", "json sqlite"),
    ] {
        for format in ["csv", "xlsx", "json", "vcard", "sqlite"] {
            let there = formats.split(' ').any(|it| it == format);
            let asked = ask(json!({"what": what, "format": format}));
            assert_eq!(asked.is_ok(), there, "{what} {format}");
            if let Err(fault) = asked {
                assert_eq!(fault.path.as_deref(), Some("format"));
            }
        }
    }
    assert_eq!(
        ask(json!({"what": "segment", "format": "csv"}))
            .unwrap_err()
            .path
            .as_deref(),
        Some("rule")
    );
    assert_eq!(
        ask(json!({"what": "x", "format": "csv"}))
            .unwrap_err()
            .path
            .as_deref(),
        Some("what")
    );
    assert_eq!(ask(json!({})).unwrap_err().issues.len(), 2);
}

#[test]
fn the_module_in_the_page_is_of_this_version() {
    let module = include_str!("../../../public/shuke.js");
    for line in [
        format!("const PROTOCOL = {};", protocol::PROTOCOL_VERSION),
        format!("export const version = \"{}\";", env!("CARGO_PKG_VERSION")),
    ] {
        assert!(module.contains(&line), "public/shuke.js must have: {line}");
    }
}
