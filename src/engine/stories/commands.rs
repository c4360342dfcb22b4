//! Commands: checked, applied once, undone.

use super::*;
use expect_test::expect;
use model::rule::{NO_CIRCLE, SEGMENT_THERE};
use protocol::{SegmentQuery, SegmentReply};

#[test]
fn a_request_is_applied_once() {
    let mut shop = Shop::new();
    let context = shop.context();
    let command = Command::CreateCustomer {
        fields: CustomerDraft {
            name: "Ann".into(),
            ..CustomerDraft::default()
        },
    };
    let first = shop.engine.apply(&command, "one", &context).unwrap();
    let again = shop.engine.apply(&command, "one", &context).unwrap();
    assert_eq!(first.done, again.done);
    assert!(first.changed.is_some() && again.changed.is_none());
    assert_eq!(shop.engine.columns_size().0, 1);
    let batch = first.done.batch.unwrap();
    let undo = Command::Undo { batch };
    let undone = shop.engine.apply(&undo, "two", &context).unwrap();
    let again = shop.engine.apply(&undo, "two", &context).unwrap();
    assert_eq!((undone.done, None), (again.done, again.changed));
    assert_eq!(shop.engine.columns_size().0, 0);
}

#[test]
fn customers_are_checked_and_tidied() {
    let mut shop = Shop::new();
    let good = CustomerDraft {
        name: "  李娜 ".into(),
        email: Some(" NA@Example.com ".into()),
        phone: Some("138 0000 0002".into()),
        tags: vec!["vip".into(), " tea".into(), "vip".into(), "".into()],
        city: Some(" ".into()),
        ..CustomerDraft::default()
    };
    let Outcome::Customer { id } = shop
        .apply(&Command::CreateCustomer { fields: good })
        .outcome
    else {
        panic!()
    };
    let page = shop.list(ListRequest {
        limit: 1,
        ..ListRequest::default()
    });
    let stored = &page.items[0].customer;
    assert_eq!(stored.id, id);
    let fields = serde_json::to_string(&stored.fields).unwrap();
    expect![[r#"{"kind":"person","name":"李娜","email":"na@example.com","phone":"+8613800000002","tags":["tea","vip"],"consent":{}}"#]]
        .assert_eq(&fields);
    let check = |shop: &mut Shop, fields: CustomerDraft, expect: expect_test::Expect| {
        let fault = shop.refuse(&Command::CreateCustomer { fields });
        expect.assert_eq(&tell(&fault));
    };
    check(
        &mut shop,
        CustomerDraft {
            email: Some("nobody".into()),
            birthday: Some("2027-01-01".parse().unwrap()),
            acquisition_cost: Some(Money(-1)),
            occupation: Some("x".repeat(201)),
            ..CustomerDraft::default()
        },
        expect![
            "Invalid at - found - expected - [occupation:TooLong email:BadEmail birthday:FutureDate acquisitionCost:Negative]"
        ],
    );
    check(
        &mut shop,
        CustomerDraft::default(),
        expect!["Invalid at - found - expected - [name:NoIdentity]"],
    );
    let keyed = |name: &str| CustomerDraft {
        external_id: Some("K1".into()),
        name: name.into(),
        ..CustomerDraft::default()
    };
    shop.apply(&Command::CreateCustomer { fields: keyed("A") });
    check(
        &mut shop,
        keyed("B"),
        expect!["KeyTaken at externalId found K1 expected - []"],
    );
    let gone = CustomerId(99);
    let fault = shop.refuse(&Command::UpdateCustomer {
        id: gone,
        fields: keyed("C"),
    });
    assert_eq!(fault.code, FaultCode::NotFound);
}

#[test]
fn a_removed_customer_comes_back_with_everything() {
    let mut shop = Shop::new();
    shop.program();
    let ann = shop.customer("Ann", "");
    let order = shop.order(ann, "2026-06-01", 50_000);
    shop.apply(&Command::RefundOrder(refund(order, Some(10_000), "r1")));
    shop.apply(&Command::AddInteraction {
        customer: ann,
        fields: InteractionDraft {
            kind: "note".into(),
            at: shop.now,
            key: None,
            data: [("text".to_owned(), CustomField::Text("likes tea".into()))].into(),
        },
    });
    shop.apply(&Command::AdjustPoints {
        customer: ann,
        points: Points(50),
        reason: "sorry".into(),
        key: "k1".into(),
    });
    assert_eq!(shop.balance(ann), 450);
    let removed = shop.apply(&Command::RemoveCustomers { ids: vec![ann] });
    assert_eq!(removed.outcome, Outcome::Customers { count: 1 });
    assert_eq!(shop.engine.columns_size(), (0, 0));
    shop.assert_in_step();
    shop.apply(&Command::Undo {
        batch: removed.batch.unwrap(),
    });
    assert_eq!(shop.engine.columns_size(), (1, 1));
    assert_eq!(shop.balance(ann), 450);
    assert_eq!(
        shop.count(r#"{"events":{"kind":"note","measure":"count","op":"eq","value":1}}"#),
        1
    );
    shop.assert_in_step();
}

pub(super) fn refund(order: OrderId, amount: Option<i64>, key: &str) -> RefundRequest {
    RefundRequest {
        order,
        amount: amount.map(Money),
        lines: Vec::new(),
        at: None,
        key: key.into(),
    }
}

#[test]
fn refunds_never_pass_what_remains() {
    let mut shop = Shop::new();
    let ann = shop.customer("Ann", "");
    let mut fields = order("2026-06-01", 3_000);
    fields.lines = vec![OrderLine {
        product: "Tea".into(),
        category: None,
        quantity_milli: 3_000,
        amount: Money(3_100),
    }];
    let Outcome::Order { id } = shop
        .apply(&Command::CreateOrder {
            customer: ann,
            fields,
        })
        .outcome
    else {
        panic!()
    };
    let lines = |quantity_milli, key: &str| RefundRequest {
        lines: vec![RefundLine {
            line: 0,
            quantity_milli,
        }],
        ..refund(id, None, key)
    };
    shop.apply(&Command::RefundOrder(lines(1_000, "one")));
    // The same key again: nothing; with other content: refused.
    let again = shop.apply(&Command::RefundOrder(lines(1_000, "one")));
    assert_eq!(again.batch, None);
    for (request, expect) in [
        (
            lines(2_000, "one"),
            expect!["KeyReused at key found one expected - []"],
        ),
        (
            lines(2_001, "two"),
            expect!["Invalid at - found - expected - [lines.0:TooMuch]"],
        ),
        (
            refund(id, Some(2_000), "two"),
            expect!["RefundTooLarge at amount found 20.00 expected 19.67 []"],
        ),
        (
            refund(id, Some(-1), "two"),
            expect!["Invalid at - found - expected - [amount:Negative]"],
        ),
        (
            refund(id, Some(1), ""),
            expect!["Invalid at - found - expected - [key:Missing]"],
        ),
        (
            refund(OrderId(1), None, "two"),
            expect!["NotFound at - found 0000000000001 expected - []"],
        ),
    ] {
        expect.assert_eq(&tell(&shop.refuse(&Command::RefundOrder(request))));
    }
    shop.apply(&Command::RefundOrder(refund(id, None, "rest")));
    let fault = shop.refuse(&Command::RefundOrder(refund(id, None, "more")));
    expect!["RefundTooLarge at amount found 0.00 expected 0.00 []"].assert_eq(&tell(&fault));
    let Reply::Order(row) = shop.ask(Query::Order { id }) else {
        panic!()
    };
    assert_eq!((row.remaining.0, row.order.refunded().0), (0, 3_000));
    shop.assert_in_step();
}

#[test]
fn settings_are_checked_and_another_zone_reads_the_columns_anew() {
    let mut shop = Shop::new();
    let ann = shop.customer("Ann", "");
    shop.order(ann, "2026-06-15T00:30", 100);
    let mut settings = settings();
    settings.lifecycle.new_days = 200;
    settings.phone_country = "+86".into();
    let fault = shop.refuse(&Command::SetSettings { settings });
    expect![
        "Invalid at - found - expected - [phoneCountry:UnknownChoice lifecycle.newDays:TooMuch]"
    ]
    .assert_eq(&tell(&fault));
    let mut settings = super::settings();
    settings.zone = Zone::parse("Europe/London").unwrap();
    shop.apply(&Command::SetSettings { settings });
    assert!(!shop.engine.columns_ready());
    shop.load(None);
    assert_eq!(
        shop.count(r#"{"attr":"last_order_on","op":"on","value":"2026-06-14"}"#),
        1
    );
    shop.apply(&Command::SetLifecycle {
        thresholds: LifecycleThresholds {
            new_days: 0,
            dormant_days: 1,
            churned_days: 2,
            rhythm: None,
        },
    });
    assert!(shop.engine.columns_ready());
    assert_eq!(
        shop.count(r#"{"attr":"lifecycle","op":"eq","value":"active"}"#),
        1
    );
    shop.assert_in_step();
}

#[test]
fn erasing_needs_the_word_and_leaves_nothing() {
    let mut shop = Shop::new();
    shop.program();
    shop.customer("Ann", "");
    let erase = |confirm: &str| Command::EraseEverything {
        confirm: confirm.into(),
    };
    assert_eq!(shop.refuse(&erase("erase")).code, FaultCode::Invalid);
    shop.apply(&erase("ERASE"));
    shop.load(None);
    assert_eq!(shop.engine.columns_size(), (0, 0));
    assert_eq!(shop.ask(Query::Program), Reply::Program(None));
    shop.customer("Bob", "");
    shop.assert_in_step();
}

fn save(id: Option<SegmentId>, name: &str, rule: &str) -> Command {
    Command::SaveSegment {
        id,
        name: name.into(),
        rule: rule.into(),
    }
}

fn id_of(done: Done) -> SegmentId {
    match done.outcome {
        Outcome::Segment { id } => id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn segments_are_checked_and_a_bad_one_leaves_the_others_alone() {
    let mut shop = Shop::new();
    shop.customer("Ann", "");
    let base = id_of(shop.apply(&save(None, "Base", r#"{"all":[]}"#)));
    let upon = id_of(shop.apply(&save(None, "Upon", &format!(r#"{{"segment":"{base}"}}"#))));
    let circle = shop.refuse(&save(
        Some(base),
        "Base",
        &format!(r#"{{"segment":"{upon}"}}"#),
    ));
    assert_eq!(circle.code, FaultCode::BadRule);
    assert_eq!(circle.found.as_deref(), Some("Base → Upon → Base"));
    assert_eq!(circle.expected.as_deref(), Some(NO_CIRCLE));
    // The builder says so before anything is saved.
    let begun = |own| {
        Query::Segment(SegmentQuery::Preview {
            rule: format!(r#"{{"all":[{{"segment":"{upon}"}}]}}"#),
            own,
            as_of: None,
        })
    };
    assert!(matches!(shop.ask(begun(None)), Reply::Segment(_)));
    let context = shop.context();
    let Err(Unanswered::Fault(shown)) = shop.engine.query(&begun(Some(base)), &context) else {
        panic!("a circle was counted")
    };
    assert_eq!(
        (shown.path.as_deref(), shown.found.as_deref()),
        (Some("all[0].segment"), Some("Base → Upon → Base"))
    );
    let wrong = shop.refuse(&save(
        None,
        "X",
        r#"{"all":[{"attr":"age","op":"gte","value":"old"}]}"#,
    ));
    assert_eq!(
        (wrong.code, wrong.path.as_deref()),
        (FaultCode::BadRule, Some("all[0].value"))
    );
    assert_eq!(
        shop.refuse(&save(None, " ", r#"{"all":[]}"#)).code,
        FaultCode::Invalid
    );
    shop.apply(&Command::RemoveSegment { id: base });
    let Reply::Segments(all) = shop.ask(Query::Segments) else {
        panic!()
    };
    let saved: Vec<_> = all.iter().filter(|it| it.id.is_some()).collect();
    assert_eq!(saved.len(), 1);
    let gone = saved[0].fault.as_ref().unwrap();
    assert_eq!(gone.code, FaultCode::BadRule);
    assert_eq!(gone.found.as_deref(), Some("Upon → Base"));
    assert_eq!(gone.expected.as_deref(), Some(SEGMENT_THERE));
    assert!(
        all.iter()
            .filter(|it| it.key.is_some())
            .all(|it| it.fault.is_none())
    );
}

#[test]
fn what_a_rule_names_is_called_by_name_also_when_it_is_gone() {
    let mut shop = Shop::new();
    let rule = r#"{"attr":"spend","op":"gte","value":"1.00"}"#;
    let [upon, base] = ["Upon", "Base"].map(|name| id_of(shop.apply(&save(None, name, rule))));
    shop.apply(&Command::RemoveSegment { id: base });
    let ids = [upon.to_string(), base.to_string(), "strange".to_owned()];
    let called = SegmentQuery::Called { ids: ids.to_vec() };
    let Reply::Segment(called) = shop.ask(Query::Segment(called)) else {
        panic!()
    };
    let SegmentReply::Called(called) = *called else {
        panic!()
    };
    let called: Vec<_> = called
        .iter()
        .map(|it| (it.id.as_str(), it.name.as_str(), it.there))
        .collect();
    let [upon, base, strange] = ids.each_ref().map(String::as_str);
    let wanted = [
        (upon, "Upon", true),
        (base, "Base", false),
        (strange, strange, false),
    ];
    assert_eq!(called, wanted);
}

#[test]
fn history_tells_who_changed_what() {
    let mut shop = Shop::new();
    let ann = shop.customer("Ann", "13800000001");
    let fields = CustomerDraft {
        name: "Anna".into(),
        acquisition_cost: Some(Money(1_050)),
        ..CustomerDraft::default()
    };
    shop.apply(&Command::UpdateCustomer { id: ann, fields });
    let Reply::History(page) = shop.ask(Query::History {
        kind: protocol::RecordKind::Customer,
        id: ann.to_string(),
        offset: 0,
        limit: 9,
    }) else {
        panic!()
    };
    let lines: Vec<String> = page
        .items
        .iter()
        .map(|change| {
            let fields: Vec<String> = change
                .fields
                .iter()
                .map(|it| format!("{} {:?}>{:?}", it.field, it.before, it.after))
                .collect();
            format!(
                "{} {} {:?} {}\n",
                change.who,
                change.command,
                change.action,
                fields.join("; ")
            )
        })
        .collect();
    expect![[r#"
        tester update_customer Updated acquisitionCost None>Some("10.50"); name Some("Ann")>Some("Anna"); phone Some("+8613800000001")>None
        tester create_customer Created 
    "#]]
    .assert_eq(&lines.concat());
    // What cannot be an id is not found rather than a failure.
    let context = shop.context();
    let wrong = Query::History {
        kind: protocol::RecordKind::Order,
        id: "?".into(),
        offset: 0,
        limit: 1,
    };
    assert!(matches!(
        shop.engine.query(&wrong, &context),
        Err(Unanswered::Fault(fault)) if fault.code == FaultCode::NotFound
    ));
}
