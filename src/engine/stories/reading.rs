//! Lists, sorting, searching, exporting; before and after columns are loaded.

use super::*;
use expect_test::expect;
use protocol::{CustomerSort, ExportFormat, ExportWhat, OrderList};

pub(super) fn export(shop: &mut Shop, what: ExportWhat) -> String {
    let context = shop.context();
    let engine = &mut shop.engine;
    let mut session = ExportSession::new(engine, what, ExportFormat::Csv, &context).unwrap();
    let mut bytes = Vec::new();
    loop {
        let step = session.step(engine, &context).unwrap();
        bytes.extend(session.take_bytes());
        if let Step::Done(file) = step {
            assert!(file.name.ends_with(".csv"));
            break;
        }
    }
    String::from_utf8(bytes)
        .unwrap()
        .trim_start_matches('\u{feff}')
        .to_owned()
}

fn shop_of_four() -> Shop {
    let mut shop = Shop::new();
    for (name, spends) in [
        ("陈一", vec![500]),
        ("李四", vec![100, 100]),
        ("Zoe", vec![]),
        ("阿明", vec![900]),
    ] {
        let id = shop.customer(name, "");
        shop.now.0 += 60_000;
        for (day, spend) in spends.into_iter().enumerate() {
            shop.order(id, &format!("2026-0{}-01", 5 - day), spend);
        }
    }
    shop
}

#[test]
fn lists_sort_search_filter_and_scroll() {
    let mut shop = shop_of_four();
    let list = |sort, descending| ListRequest {
        sort,
        descending,
        limit: 10,
        ..ListRequest::default()
    };
    for (sort, ascending) in [
        (CustomerSort::Name, ["阿明", "陈一", "李四", "Zoe"]),
        (CustomerSort::CreatedAt, ["陈一", "李四", "Zoe", "阿明"]),
        (CustomerSort::Spend, ["Zoe", "李四", "陈一", "阿明"]),
        (CustomerSort::OrderCount, ["Zoe", "陈一", "阿明", "李四"]),
        (CustomerSort::LastOrderOn, ["Zoe", "陈一", "李四", "阿明"]),
    ] {
        assert_eq!(shop.names(list(sort, false)), ascending, "{sort:?}");
        let mut descending = ascending;
        descending.reverse();
        assert_eq!(shop.names(list(sort, true)), descending, "{sort:?}");
        // With a rule that everybody fits, the order comes another way and must be the same.
        for (rule, search) in [(Some(r#"{"all":[]}"#.to_owned()), ""), (None, "")] {
            let request = ListRequest {
                rule,
                search: search.into(),
                ..list(sort, true)
            };
            assert_eq!(shop.names(request), descending, "{sort:?}");
        }
    }
    let request = ListRequest {
        rule: Some(r#"{"attr":"order_count","op":"gte","value":1}"#.into()),
        offset: 1,
        limit: 1,
        ..list(CustomerSort::Spend, true)
    };
    let page = shop.list(request);
    assert_eq!((page.total, page.items.len()), (3, 1));
    assert_eq!(page.items[0].customer.fields.name, "陈一");
    let found = ListRequest {
        search: "am".into(),
        ..list(CustomerSort::Name, false)
    };
    assert_eq!(shop.names(found.clone()), ["阿明"]);
    let found_by_rule = ListRequest {
        search: "am".into(),
        rule: Some(r#"{"all":[]}"#.into()),
        ..list(CustomerSort::Spend, false)
    };
    assert_eq!(shop.names(found_by_rule), ["阿明"]);
    let bad = ListRequest {
        rule: Some("{}".into()),
        ..list(CustomerSort::Name, false)
    };
    let context = shop.context();
    let result = shop.engine.query(&Query::Customers(bad), &context);
    assert!(matches!(result, Err(Unanswered::Fault(it)) if it.code == FaultCode::BadRule));
}

#[test]
fn lists_work_before_columns_and_the_rest_waits() {
    let path = std::env::temp_dir().join(format!("shuke-early-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let mut shop = Shop::in_file(&path);
    shop.program();
    let ann = shop.customer("Ann", "13800000001");
    let order = shop.order(ann, "2026-06-01", 10_000);
    drop(shop);
    let mut shop = Shop::unloaded(Connection::open(&path).unwrap());
    let context = shop.context();
    let list = |search: &str, rule: Option<&str>| {
        Query::Customers(ListRequest {
            search: search.into(),
            rule: rule.map(str::to_owned),
            limit: 10,
            ..ListRequest::default()
        })
    };
    for query in [
        list("", None),
        list("0001", None),
        Query::Status,
        Query::Customer { id: ann },
        Query::Orders(OrderList {
            limit: 9,
            ..OrderList::default()
        }),
        Query::Order { id: order },
        Query::Member {
            customer: ann,
            as_of: None,
        },
        Query::Find {
            search: "ann".into(),
            limit: 9,
        },
    ] {
        assert!(!needs_columns(&query), "{query:?}");
        let reply = shop.engine.query(&query, &context).unwrap();
        if let Reply::Customers(page) = reply {
            assert_eq!(page.total, 1);
            assert!(page.items[0].facts.is_none());
        }
    }
    for query in [
        list("", Some(r#"{"all":[]}"#)),
        Query::Home,
        Query::Segments,
        Query::Lifecycle { as_of: None },
    ] {
        assert!(needs_columns(&query), "{query:?}");
        assert_eq!(
            shop.engine.query(&query, &context),
            Err(Unanswered::NotReady)
        );
    }
    // Commands come in between the steps of the load.
    let mut load = ColumnsLoad::new(&shop.engine, None);
    let mut n = 0;
    while let Step::More(_) = load.step(&mut shop.engine, &context).unwrap() {
        n += 1;
        let id = shop.customer(&format!("Late {n}"), "");
        shop.order(id, "2026-06-02", 100);
        shop.order(ann, "2026-06-03", 100);
    }
    assert!(n > 2);
    assert_eq!(shop.engine.columns_size(), (1 + n, 1 + 2 * n));
    shop.assert_in_step();
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn exports_hold_what_the_list_shows() {
    let mut shop = shop_of_four();
    let file = export(
        &mut shop,
        ExportWhat::Customers(ListRequest {
            sort: CustomerSort::Spend,
            descending: true,
            rule: Some(r#"{"attr":"spend","op":"gt","value":0}"#.into()),
            ..ListRequest::default()
        }),
    );
    assert_eq!(file.lines().count(), 4);
    assert!(file.lines().nth(1).unwrap().contains("阿明"));
    let orders = export(&mut shop, ExportWhat::Orders(OrderList::default()));
    assert_eq!(orders.lines().count(), 5);
    // What was exported is known again.
    let report = shop.import("back.csv", &file);
    expect!["rows 3 customers 0+ 0~ 3= 0- orders 0+ 0~ 0= 0- duplicates 0 batch no []"]
        .assert_eq(&show(&report));
    let report = shop.import("orders.csv", &orders);
    expect!["rows 4 customers 0+ 0~ 3= 0- orders 0+ 0~ 4= 0- duplicates 0 batch no []"]
        .assert_eq(&show(&report));
}

#[test]
fn timeline_has_everything_newest_first() {
    let mut shop = Shop::new();
    shop.program();
    let ann = shop.customer("Ann", "");
    let order = shop.order(ann, "2026-06-01", 30_000);
    shop.apply(&Command::RefundOrder(super::commands::refund(
        order,
        Some(100),
        "r",
    )));
    shop.apply(&Command::AdjustPoints {
        customer: ann,
        points: Points(5),
        reason: "nice".into(),
        key: "k".into(),
    });
    let Reply::Timeline(page) = shop.ask(Query::Timeline {
        customer: ann,
        offset: 0,
        limit: 50,
    }) else {
        panic!()
    };
    let kinds: Vec<&str> = page
        .items
        .iter()
        .map(|item| match item.what {
            protocol::TimelineWhat::Created => "created",
            protocol::TimelineWhat::SignedUp => "signed up",
            protocol::TimelineWhat::Order { .. } => "order",
            protocol::TimelineWhat::Refund { .. } => "refund",
            protocol::TimelineWhat::Interaction { .. } => "interaction",
            protocol::TimelineWhat::Points(_) => "points",
        })
        .collect();
    assert_eq!(kinds.last(), Some(&"order"));
    assert_eq!(kinds.len() as u64, page.total);
    assert_eq!(kinds.iter().filter(|kind| **kind == "refund").count(), 1);
    assert!(kinds.contains(&"points") && kinds.contains(&"created"));
}

#[test]
fn home_names_who_needs_attention() {
    let mut shop = Shop::new();
    let fields = CustomerDraft {
        name: "Birthday".into(),
        birthday: Some("--06-22".parse().unwrap()),
        ..CustomerDraft::default()
    };
    shop.apply(&Command::CreateCustomer { fields });
    let late = CustomerDraft {
        name: "Later".into(),
        birthday: Some("--06-23".parse().unwrap()),
        ..CustomerDraft::default()
    };
    shop.apply(&Command::CreateCustomer { fields: late });
    let quiet = shop.customer("Quiet", "");
    for day in ["2026-04-01", "2026-04-08", "2026-04-15", "2026-04-22"] {
        shop.order(quiet, day, 1_000);
    }
    shop.order(quiet, "2026-05-10", 500);
    let Reply::Home(home) = shop.ask(Query::Home) else {
        panic!()
    };
    let told: Vec<String> = home
        .attention
        .iter()
        .map(|it| {
            let people: Vec<String> = it
                .people
                .iter()
                .map(|p| format!("{} {} {:?}", p.name, p.on, p.number))
                .collect();
            format!("{:?} {} {}\n", it.kind, it.count, people.join(", "))
        })
        .collect();
    expect![[r#"
        Birthday 1 Birthday 2026-06-22 None
        SlippingAway 1 Quiet 2026-05-10 Some(7)
    "#]]
    .assert_eq(&told.concat());
    for attention in &home.attention {
        assert_eq!(shop.count(&attention.rule), attention.count);
    }
    assert_eq!(home.months.len(), 13);
    assert_eq!(home.last_month_to_date.amount, Money(500));
    let best = &home.best_third;
    assert_eq!(
        (best.customers, best.amount, best.total),
        (1, Money(4_500), Money(4_500))
    );
    assert_eq!(shop.count(&best.rule), best.customers);
    assert_eq!(shop.count(&home.new_rule), home.new_this_month);
}

#[test]
fn lists_of_a_past_day_agree_with_its_figures() {
    let mut shop = Shop::new();
    shop.program();
    for n in 0..12u32 {
        let id = shop.customer(&format!("Guest {n}"), "");
        for month in 1..=(1 + n % 5) {
            shop.order(
                id,
                &format!("2026-{month:02}-{:02}", 1 + n),
                1_000 * i64::from(n + 1),
            );
        }
    }
    let mut moved = false;
    for day in ["2026-02-20", "2026-04-15", "2026-06-20"] {
        let as_of = Some(day.parse().unwrap());
        let Reply::Lifecycle(stages) = shop.ask(Query::Lifecycle { as_of }) else {
            panic!()
        };
        for (stage, count) in [
            ("prospect", stages.prospect),
            ("new", stages.new),
            ("active", stages.active),
            ("dormant", stages.dormant),
            ("churned", stages.churned),
        ] {
            let rule = format!(r#"{{"attr":"lifecycle","op":"eq","value":"{stage}"}}"#);
            for sort in [protocol::CustomerSort::Name, protocol::CustomerSort::Spend] {
                let page = shop.list(ListRequest {
                    rule: Some(rule.clone()),
                    as_of,
                    sort,
                    limit: 500,
                    ..ListRequest::default()
                });
                assert_eq!(page.total, count, "{day} {stage}");
                for row in page.items {
                    let facts = row.facts.unwrap();
                    assert!(
                        facts.last_order_on <= as_of,
                        "the columns are of that day too"
                    );
                }
            }
            moved |= count != shop.count(&rule);
        }
    }
    assert!(moved, "the past differs from today, or this shows nothing");
}

#[test]
fn orders_that_sums_count_are_neither_cancelled_nor_returned_nor_foreign() {
    let mut shop = Shop::new();
    let ann = shop.customer("Ann", "");
    let whole = shop.order(ann, "2026-06-01", 1_000);
    let part = shop.order(ann, "2026-06-02", 2_000);
    shop.order(ann, "2026-06-03", 3_000);
    let mut foreign = order("2026-06-04", 4_000);
    foreign.currency = model::Currency::parse("USD").unwrap();
    let mut cancelled = order("2026-06-05", 5_000);
    cancelled.status = model::OrderStatus::Cancelled;
    for fields in [foreign, cancelled] {
        shop.apply(&Command::CreateOrder {
            customer: ann,
            fields,
        });
    }
    for (order, amount, key) in [(whole, 1_000, "a"), (part, 500, "b")] {
        let request = super::commands::refund(order, Some(amount), key);
        shop.apply(&Command::RefundOrder(request));
    }
    let mut total = |counting_only| {
        let reply = shop.ask(Query::Orders(OrderList {
            counting_only,
            limit: 9,
            ..OrderList::default()
        }));
        let Reply::Orders(page) = reply else { panic!() };
        page.total
    };
    assert_eq!((total(false), total(true)), (5, 2));
}
