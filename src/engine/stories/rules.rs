//! What the builder of segments asks: previews with counts of every node, explanations, values; and exchange rates.

use super::*;
use protocol::{
    Actual, ActualValue, ExplainOf, Explained, FieldKind, OrderList, RatesView, RulePreview,
    SegmentQuery, SegmentReply, ValueCount, ValuesOf,
};

fn asked(shop: &mut Shop, query: SegmentQuery) -> SegmentReply {
    match shop.ask(Query::Segment(query)) {
        Reply::Segment(reply) => *reply,
        other => panic!("{other:?}"),
    }
}

fn preview(shop: &mut Shop, rule: &str) -> RulePreview {
    let query = SegmentQuery::Preview {
        rule: rule.into(),
        own: None,
        as_of: None,
    };
    match asked(shop, query) {
        SegmentReply::Preview(preview) => preview,
        other => panic!("{other:?}"),
    }
}

fn explain(shop: &mut Shop, customer: CustomerId, of: ExplainOf) -> Explained {
    let query = SegmentQuery::Explain {
        customer,
        of,
        as_of: None,
    };
    match asked(shop, query) {
        SegmentReply::Explained(explained) => explained,
        other => panic!("{other:?}"),
    }
}

fn values(shop: &mut Shop, of: ValuesOf) -> Vec<(String, u64)> {
    let query = SegmentQuery::Values {
        of,
        search: String::new(),
        limit: 10,
    };
    match asked(shop, query) {
        SegmentReply::Values(values) => values
            .into_iter()
            .map(|ValueCount { value, count }| (value, count))
            .collect(),
        other => panic!("{other:?}"),
    }
}

/// Ann bought twice, Bob once, Cleo never.
fn shop_of_three() -> (Shop, [CustomerId; 3]) {
    let mut shop = Shop::new();
    let ann = shop.customer("Ann", "13800000001");
    let bob = shop.customer("Bob", "");
    let cleo = shop.customer("Cleo", "13800000003");
    shop.order(ann, "2026-06-01", 20_000);
    shop.order(ann, "2026-06-10", 30_000);
    shop.order(bob, "2026-01-10", 90_000);
    (shop, [ann, bob, cleo])
}

const BUYERS_WITH_PHONE: &str = r#"{"all":[
    {"attr":"phone","op":"is_set"},
    {"orders":{"within":{"last":{"n":30,"unit":"day"}},"measure":"count","op":"gte","value":2}},
    {"any":[{"attr":"name","op":"starts_with","value":"A"},{"attr":"name","op":"starts_with","value":"B"}]}
]}"#;

#[test]
fn a_preview_counts_every_node_and_names_the_strongest() {
    let (mut shop, [ann, ..]) = shop_of_three();
    let preview = preview(&mut shop, BUYERS_WITH_PHONE);
    assert_eq!((preview.count.count, preview.count.of), (1, 3));
    assert_eq!(preview.count.spend, Money(50_000));
    assert_eq!(preview.examples.len(), 1);
    assert_eq!(
        (preview.examples[0].id, preview.examples[0].order_count),
        (ann, 2)
    );
    let counts: Vec<_> = preview
        .nodes
        .iter()
        .map(|node| {
            (
                node.path.as_str(),
                node.alone,
                node.after,
                node.only,
                node.strongest,
            )
        })
        .collect();
    assert_eq!(
        counts,
        [
            ("", 1, None, None, false),
            ("all[0]", 2, Some(2), Some(0), false),
            ("all[1]", 1, Some(1), Some(0), true),
            ("all[2]", 2, Some(1), Some(0), false),
            ("all[2].any[0]", 1, Some(1), Some(1), true),
            ("all[2].any[1]", 1, Some(2), Some(1), false),
        ]
    );
    // Another order of the conditions is the same rule.
    let mut rule = model::rule::Rule::parse(BUYERS_WITH_PHONE).unwrap();
    if let model::rule::Rule::All(nodes) = &mut rule {
        nodes.reverse();
    }
    let turned = self::preview(&mut shop, &rule.to_json());
    assert_eq!(turned.hash, preview.hash);
    assert_ne!(turned.rule, preview.rule);
    let twice =
        r#"{"any":[{"attr":"age","op":"gt","value":3},{"attr":"age","op":"gt","value":"3.0"}]}"#;
    let twice = self::preview(&mut shop, twice);
    assert_eq!(twice.nodes[2].same_as.as_deref(), Some("any[0]"));
}

#[test]
fn a_bad_rule_is_refused_with_its_place() {
    let (mut shop, _) = shop_of_three();
    let deep = |n: usize| {
        format!(
            "{}{}{}",
            r#"{"not":"#.repeat(n - 1),
            r#"{"all":[]}"#,
            "}".repeat(n - 1)
        )
    };
    let wide = |n: usize| format!(r#"{{"all":[{}]}}"#, vec![r#"{"all":[]}"#; n - 1].join(","));
    assert_eq!(preview(&mut shop, &deep(32)).nodes.len(), 32);
    assert_eq!(preview(&mut shop, &wide(1000)).nodes.len(), 1000);
    for (rule, path) in [
        (deep(33), format!("not{}", ".not".repeat(31))),
        (wide(1001), "all[999]".to_owned()),
        (
            r#"{"all":[{"segment":"gone"}]}"#.to_owned(),
            "all[0].segment".to_owned(),
        ),
        (
            r#"{"all":[{"attr":"shoe_size","op":"eq","value":1}]}"#.to_owned(),
            "all[0].attr".to_owned(),
        ),
    ] {
        let query = Query::Segment(SegmentQuery::Preview {
            rule,
            own: None,
            as_of: None,
        });
        let context = shop.context();
        let Err(Unanswered::Fault(fault)) = shop.engine.query(&query, &context) else {
            panic!("it was answered");
        };
        assert_eq!((fault.code, fault.path), (FaultCode::BadRule, Some(path)));
    }
}

#[test]
fn one_new_order_asks_about_one_customer() {
    let (mut shop, [_, bob, _]) = shop_of_three();
    preview(&mut shop, BUYERS_WITH_PHONE);
    shop.count(BUYERS_WITH_PHONE);
    let before = shop.engine.memory.borrow().counts();
    shop.order(bob, "2026-06-11", 10);
    assert_eq!(preview(&mut shop, BUYERS_WITH_PHONE).count.count, 1);
    shop.count(BUYERS_WITH_PHONE);
    let after = shop.engine.memory.borrow().counts();
    assert_eq!(after.full_passes, before.full_passes);
    assert_eq!(
        after.looked_at - before.looked_at,
        after.updates - before.updates
    );
    assert!(after.updates > before.updates);
    // Scores that nobody asked for are not made either.
    assert!(
        !shop
            .engine
            .today
            .as_ref()
            .is_some_and(crate::derive::DayCache::is_scored)
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
fn a_customer_is_explained() {
    let (mut shop, [ann, bob, _]) = shop_of_three();
    let rule = || ExplainOf::Rule(BUYERS_WITH_PHONE.into());
    let explained = explain(&mut shop, ann, rule());
    assert!(explained.root.holds && explained.root.decides);
    let [phone, orders, names] = explained.root.children.as_slice() else {
        panic!("{explained:?}");
    };
    assert_eq!(
        phone.actual,
        Actual::Value(ActualValue::Text("+8613800000001".into()))
    );
    let Actual::Orders {
        value,
        count,
        newest,
    } = &orders.actual
    else {
        panic!("{orders:?}");
    };
    assert_eq!((value, *count), (&ActualValue::Number("2".into()), 2));
    assert_eq!(newest[0].amount, Some(Money(30_000)));
    assert_eq!(names.actual, Actual::Group { holding: 1, of: 2 });
    assert!(names.children[0].decides && !names.children[1].decides);
    let explained = explain(&mut shop, bob, rule());
    assert!(!explained.root.holds);
    let deciding: Vec<bool> = explained
        .root
        .children
        .iter()
        .map(|it| it.decides)
        .collect();
    assert_eq!(
        deciding,
        [true, true, false],
        "no phone and too few orders, but the name fits"
    );
    let saved = shop.apply(&Command::SaveSegment {
        id: None,
        name: "Regulars".into(),
        rule: BUYERS_WITH_PHONE.into(),
    });
    let Outcome::Segment { id } = saved.outcome else {
        panic!("{saved:?}");
    };
    let within = format!(r#"{{"not":{{"segment":"{id}"}}}}"#);
    let explained = explain(&mut shop, ann, ExplainOf::Rule(within));
    let segment = &explained.root.children[0];
    assert_eq!(
        segment.actual,
        Actual::Segment {
            name: "Regulars".into()
        }
    );
    assert_eq!(segment.children[0].path, "not.segment:");
    assert_eq!(segment.children[0].children[0].path, "not.segment:all[0]");
    assert!(explain(&mut shop, ann, ExplainOf::Segment(id)).root.holds);
    assert!(
        explain(&mut shop, bob, ExplainOf::Ready("one_time".into()))
            .root
            .holds
    );
    let gone = Query::Segment(SegmentQuery::Explain {
        customer: CustomerId(1),
        of: rule(),
        as_of: None,
    });
    let context = shop.context();
    let Err(Unanswered::Fault(fault)) = shop.engine.query(&gone, &context) else {
        panic!("it was answered");
    };
    assert_eq!(fault.code, FaultCode::NotFound);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
fn values_come_from_the_data() {
    let mut shop = Shop::new();
    let fields = |name: &str, city: &str, size: Option<CustomField>| CustomerDraft {
        name: name.into(),
        city: Some(city.into()),
        gender: Some(Gender::Female),
        custom: size
            .map(|size| ("size".to_owned(), size))
            .into_iter()
            .collect(),
        ..CustomerDraft::default()
    };
    for (name, city, size) in [
        ("Ann", "杭州", Some(CustomField::Number(38.0))),
        ("Bob", "杭州", Some(CustomField::Number(41.0))),
        ("Cleo", "上海", None),
    ] {
        shop.apply(&Command::CreateCustomer {
            fields: fields(name, city, size),
        });
    }
    let Reply::Customers(page) = shop.ask(Query::Customers(ListRequest {
        limit: 1,
        ..ListRequest::default()
    })) else {
        panic!();
    };
    let customer = page.items[0].customer.id;
    let mut draft = order("2026-06-01", 10_000);
    draft.channel = Some("门店".into());
    draft.coupon = Some("SPRING".into());
    shop.apply(&Command::CreateOrder {
        customer,
        fields: draft,
    });
    shop.apply(&Command::AddInteraction {
        customer,
        fields: InteractionDraft {
            kind: "page_view".into(),
            at: at("2026-06-02T10:00"),
            key: None,
            data: [("page".to_owned(), CustomField::Text("/sale".into()))].into(),
        },
    });
    let pairs = |found: &[(&str, u64)]| -> Vec<(String, u64)> {
        found
            .iter()
            .map(|&(value, count)| (value.to_owned(), count))
            .collect()
    };
    for (of, expected) in [
        (
            ValuesOf::Attribute("city".into()),
            pairs(&[("杭州", 2), ("上海", 1)]),
        ),
        (
            ValuesOf::Attribute("gender".into()),
            pairs(&[("female", 3)]),
        ),
        (
            ValuesOf::Attribute("lifecycle".into()),
            pairs(&[("prospect", 2), ("new", 1)]),
        ),
        (ValuesOf::Attribute("age".into()), Vec::new()),
        (ValuesOf::Orders("channel".into()), pairs(&[("门店", 1)])),
        (ValuesOf::Orders("coupon".into()), pairs(&[("SPRING", 1)])),
        (ValuesOf::Orders("status".into()), pairs(&[("paid", 1)])),
        (ValuesOf::EventKinds, pairs(&[("page_view", 1)])),
        (
            ValuesOf::Events {
                kind: "Page_View".into(),
                field: "data.page".into(),
            },
            pairs(&[("/sale", 1)]),
        ),
    ] {
        assert_eq!(values(&mut shop, of.clone()), expected, "{of:?}");
    }
    let SegmentReply::Names(names) = asked(&mut shop, SegmentQuery::Names) else {
        panic!();
    };
    assert_eq!(
        (
            names.custom[0].key.as_str(),
            names.custom[0].kind,
            names.custom[0].count
        ),
        ("size", FieldKind::Number, 2)
    );
    assert_eq!(
        (
            names.events[0].kind.as_str(),
            names.events[0].data[0].key.as_str()
        ),
        ("page_view", "page")
    );
    let spread = |shop: &mut Shop, attribute: &str| match asked(
        shop,
        SegmentQuery::Spread {
            attribute: attribute.into(),
        },
    ) {
        SegmentReply::Spread(spread) => spread.map(|it| (it.count, it.least, it.half, it.most)),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        spread(&mut shop, "spend"),
        Some((3, "0.00".to_owned(), "0.00".to_owned(), "100.00".to_owned()))
    );
    assert_eq!(spread(&mut shop, "custom.size").unwrap().3, "41");
    assert_eq!(spread(&mut shop, "age"), None);
}

fn rates(shop: &mut Shop) -> RatesView {
    match shop.ask(Query::Rates) {
        Reply::Rates(view) => *view,
        other => panic!("{other:?}"),
    }
}

fn rate(currency: &str, from: &str, rate: &str) -> Rate {
    Rate {
        currency: Currency::parse(currency).unwrap(),
        from: from.parse().unwrap(),
        rate: rate.parse().unwrap(),
    }
}

/// Count, spend and orders without a rate, of everybody.
fn sums(shop: &mut Shop) -> (u64, i64, u64) {
    let rule = r#"{"all":[]}"#.to_owned();
    match shop.ask(Query::Count { rule, as_of: None }) {
        Reply::Count(count) => (count.count, count.spend.0, count.unconverted),
        other => panic!("{other:?}"),
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
fn rates_bring_other_currencies_into_every_sum() {
    let (mut shop, [ann, ..]) = shop_of_three();
    shop.program();
    let mut draft = order("2026-05-01", 1_000);
    draft.currency = Currency::parse("USD").unwrap();
    shop.apply(&Command::CreateOrder {
        customer: ann,
        fields: draft.clone(),
    });
    draft.at = at("2026-06-02T10:00");
    shop.apply(&Command::CreateOrder {
        customer: ann,
        fields: draft,
    });
    let balance = shop.balance(ann);
    assert_eq!(sums(&mut shop), (3, 140_000, 2));
    let used = rates(&mut shop).used;
    assert_eq!(
        (used.len(), used[0].orders, used[0].without, used[0].amount),
        (1, 2, 2, Money(2_000))
    );
    let rich = r#"{"attr":"spend","op":"gte","value":"571.00"}"#;
    assert_eq!(shop.count(rich), 1, "Bob, who spent 900");
    let counting = |shop: &mut Shop| match shop.ask(Query::Orders(OrderList {
        counting_only: true,
        limit: 10,
        ..OrderList::default()
    })) {
        Reply::Orders(page) => page.total,
        other => panic!("{other:?}"),
    };
    assert_eq!(counting(&mut shop), 3);

    let list = vec![
        rate("USD", "2026-06-01", "7.2"),
        rate("USD", "2026-07-01", "9"),
    ];
    let done = shop.apply(&Command::SetRates { rates: list });
    assert_eq!(
        sums(&mut shop),
        (3, 147_200, 1),
        "the order of May is before the first rate"
    );
    assert_eq!(shop.count(rich), 2, "500 and 72");
    assert_eq!(counting(&mut shop), 4);
    assert_eq!(
        shop.balance(ann),
        balance + 72,
        "a point per yuan of what it is worth"
    );
    shop.assert_in_step();
    let Reply::Home(home) = shop.ask(Query::Home) else {
        panic!();
    };
    assert_eq!(home.unconverted, 1);

    let list = vec![
        rate("USD", "2026-06-01", "7.2"),
        rate("USD", "2026-01-01", "7"),
    ];
    shop.apply(&Command::SetRates { rates: list });
    assert_eq!(sums(&mut shop), (3, 154_200, 0));
    assert_eq!(rates(&mut shop).used[0].converted, Money(14_200));
    // What was in a snapshot is converted all the same.
    let bytes = shop.engine.snapshot_bytes().unwrap();
    assert!(shop.load(Some(&bytes)));
    assert_eq!(sums(&mut shop), (3, 154_200, 0));

    shop.apply(&Command::SetRates { rates: Vec::new() });
    assert_eq!(sums(&mut shop), (3, 140_000, 2));
    assert_eq!(shop.balance(ann), balance);
    shop.apply(&Command::Undo {
        batch: done.batch.unwrap(),
    });
    let twice = vec![
        rate("USD", "2026-06-01", "7.2"),
        rate("USD", "2026-06-01", "7.3"),
    ];
    assert_eq!(
        shop.refuse(&Command::SetRates { rates: twice }).code,
        FaultCode::Invalid
    );
    let zero = vec![rate("USD", "2026-06-01", "0")];
    assert_eq!(
        shop.refuse(&Command::SetRates { rates: zero }).code,
        FaultCode::Invalid
    );
}

#[test]
fn a_change_of_rates_can_be_undone() {
    let (mut shop, [ann, ..]) = shop_of_three();
    let mut draft = order("2026-06-01", 10);
    draft.currency = Currency::parse("JPY").unwrap();
    shop.apply(&Command::CreateOrder {
        customer: ann,
        fields: draft,
    });
    let before = sums(&mut shop);
    let done = shop.apply(&Command::SetRates {
        rates: vec![rate("JPY", "2026-01-01", "0.048")],
    });
    assert_ne!(sums(&mut shop), before);
    shop.apply(&Command::Undo {
        batch: done.batch.unwrap(),
    });
    assert_eq!(sums(&mut shop), before);
    assert!(rates(&mut shop).rates.is_empty());
}
