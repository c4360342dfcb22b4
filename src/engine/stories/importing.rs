//! Files: twice, undone, cut off, rehearsed, with rows that do not fit.

use super::main_job::{CUSTOMERS, ORDERS};
use super::*;
use expect_test::expect;
use model::import::OnMatch;
use protocol::{FromImport, ImportPart, ImportReport, RowAction};

#[test]
fn the_same_file_twice_changes_nothing() {
    let mut shop = Shop::new();
    let whole = CUSTOMERS.replace(",,,,,,,深圳,\n", "");
    shop.import("c.csv", &whole);
    shop.import("o.csv", ORDERS);
    let version = shop.engine.data_version();
    expect!["rows 4 customers 0+ 0~ 4= 0- orders 0+ 0~ 0= 0- duplicates 0 batch no []"]
        .assert_eq(&show(&shop.import("c.csv", &whole)));
    expect!["rows 5 customers 0+ 0~ 4= 0- orders 0+ 0~ 5= 0- duplicates 0 batch no []"]
        .assert_eq(&show(&shop.import("o.csv", ORDERS)));
    assert_eq!(shop.engine.data_version(), version);
}

#[test]
fn an_import_is_undone_at_once_and_keeps_what_was_edited_since() {
    let mut shop = Shop::new();
    shop.program();
    let kept = shop.customer("王小明", "13800000001");
    shop.order(kept, "2026-06-01", 5000);
    let first = shop.import("c.csv", CUSTOMERS);
    let second = shop.import("o.csv", ORDERS);
    assert_eq!(shop.balance(kept), 470);
    shop.assert_in_step();
    let edited = match shop.ask(Query::Find {
        search: "李娜".into(),
        limit: 1,
    }) {
        Reply::Found(found) => found[0].id.parse().unwrap(),
        other => panic!("{other:?}"),
    };
    let fields = CustomerDraft {
        name: "李娜娜".into(),
        ..CustomerDraft::default()
    };
    shop.apply(&Command::UpdateCustomer { id: edited, fields });
    for (report, removed, restored, kept) in [(second, 6, 0, 0), (first, 2, 1, 1)] {
        let batch = report.batch.unwrap();
        let done = shop.apply(&Command::Undo { batch });
        assert_eq!(
            done.outcome,
            Outcome::Undone {
                removed,
                restored,
                kept
            }
        );
        shop.assert_in_step();
        assert_eq!(
            shop.refuse(&Command::Undo { batch }).code,
            FaultCode::CannotUndo
        );
    }
    assert_eq!(shop.balance(kept), 50);
    let mut names = shop.names(ListRequest {
        limit: 9,
        ..ListRequest::default()
    });
    names.sort();
    assert_eq!(names, ["李娜娜", "王小明"]);
}

fn many(customers: u32) -> String {
    let mut file = String::from("id,name,phone,city\n");
    for n in 0..customers {
        file.push_str(&format!("K{n},Person {n},1380000{n:04},City {}\n", n % 7));
    }
    file
}

/// Feeds everything and takes `steps` steps, then drops the session and the engine as a crash would.
fn cut_off(path: &Path, file: &str, steps: usize) -> Option<u64> {
    let mut shop = Shop::in_file(path);
    let context = shop.context();
    let plan = shop.plan("many.csv", file);
    let mut session = shop.session(plan, file, false);
    session.feed(file.as_bytes());
    session.end_of_file();
    for _ in 0..steps {
        session.step(&mut shop.engine, &context).unwrap();
    }
    let status = shop.engine.status(&context).unwrap();
    status.unfinished_import.map(|it| it.rows)
}

#[test]
fn a_cut_off_import_goes_on_without_twins() {
    let folder = std::env::temp_dir().join(format!("shuke-cut-off-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = many(5_000);
    for steps in 0..4 {
        let path = folder.join(format!("{steps}.db"));
        let _ = std::fs::remove_file(&path);
        let rows = cut_off(&path, &file, steps);
        assert_eq!(
            rows,
            (steps > 0).then_some((2_000 * steps as u64).min(5_000))
        );
        let mut shop = Shop::in_file(&path);
        let there = shop.engine.columns_size().0;
        assert_eq!(
            there,
            (2_000 * steps as u64).min(5_000),
            "whole batches only"
        );
        let report = shop.import("many.csv", &file);
        assert_eq!(
            report.customers.created, 5_000,
            "counted over both runs, {steps}"
        );
        assert_eq!(shop.engine.columns_size().0, 5_000);
        let status = shop.engine.status(&shop.context()).unwrap();
        assert_eq!(status.unfinished_import, None);
        shop.assert_in_step();
        let batch = report.batch.unwrap();
        let done = shop.apply(&Command::Undo { batch });
        assert!(
            matches!(done.outcome, Outcome::Undone { removed: 5_000, .. }),
            "one batch"
        );
        shop.load(None);
        assert_eq!(shop.engine.columns_size().0, 0);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_cancelled_import_stays_and_can_be_undone() {
    let mut shop = Shop::new();
    let context = shop.context();
    let file = many(3_000);
    let plan = shop.plan("many.csv", &file);
    let mut session = shop.session(plan, &file, false);
    session.feed(file.as_bytes());
    session.step(&mut shop.engine, &context).unwrap();
    let (report, changed) = session.cancel(&mut shop.engine, &context).unwrap();
    assert!(report.cancelled && changed.is_some());
    assert_eq!(report.customers.created, 2_000);
    let Reply::Commands(log) = shop.ask(Query::Commands {
        offset: 0,
        limit: 9,
        imports_only: true,
    }) else {
        panic!()
    };
    let import = log.items[0].import.unwrap();
    assert!(!import.finished && log.items[0].undoable);
    assert_eq!(log.items[0].subject, "many.csv");
    shop.apply(&Command::Undo {
        batch: report.batch.unwrap(),
    });
    assert_eq!(shop.engine.columns_size().0, 0);
}

#[test]
fn matching_goes_by_key_then_mail_then_phone() {
    let mut shop = Shop::new();
    shop.import(
        "one.csv",
        "id,name,phone,email\nK1,Ann,13800000001,ann@example.com\nK2,Bob,13800000002,\n",
    );
    // Same key under another phone; same mail; same phone and name; same phone, other key; same phone, other name;
    // a masked phone finds nobody.
    let file = "id,name,phone,email\n\
        K1,Ann,13900000009,\n\
        ,Ann,,ANN@example.com\n\
        ,Bob,138 0000 0002,\n\
        K3,Bob,13800000002,\n\
        ,Carl,13800000002,\n\
        ,Dora,138****0002,\n";
    let dry = shop.dry_run("two.csv", file);
    let real = shop.import("two.csv", file);
    assert_eq!(show(&dry).replace("batch no", "batch yes"), show(&real));
    expect![
        "rows 6 customers 3+ 1~ 1= 0- orders 0+ 0~ 0= 0- duplicates 2 batch yes [MaskedPhonex1]"
    ]
    .assert_eq(&show(&real));
    expect![
        "rows 6 customers 0+ 0~ 5= 0- orders 0+ 0~ 0= 0- duplicates 0 batch no [MaskedPhonex1]"
    ]
    .assert_eq(&show(&shop.import("two.csv", file)));
    shop.assert_in_step();
}

#[test]
fn known_records_can_be_left_alone() {
    let mut shop = Shop::new();
    shop.import("one.csv", "id,name,city\nK1,Ann,Oslo\n");
    let file = "id,name,city\nK1,Anna,Bergen\nK2,Bob,Oslo\n";
    let mut plan = shop.plan("two.csv", file);
    plan.on_match = OnMatch::Skip;
    expect!["rows 2 customers 1+ 0~ 1= 0- orders 0+ 0~ 0= 0- duplicates 0 batch yes []"]
        .assert_eq(&show(&shop.run(plan, file, false)));
    assert_eq!(
        shop.count(r#"{"attr":"city","op":"eq","value":"Bergen"}"#),
        0
    );
    // A value that is absent in the file erases nothing.
    shop.import("three.csv", "id,name,city,phone\nK1,,,13800000001\n");
    assert_eq!(shop.count(r#"{"attr":"city","op":"eq","value":"Oslo"}"#), 2);
}

#[test]
fn orders_of_strangers_are_left_out_on_request_and_given_back() {
    let mut shop = Shop::new();
    let mut plan = shop.plan("o.csv", ORDERS);
    plan.on_unknown = model::import::OnUnknown::Skip;
    let dry = shop.run(plan.clone(), ORDERS, true);
    assert_eq!(
        dry.samples
            .iter()
            .filter(|s| s.action == RowAction::Skip)
            .count(),
        5
    );
    let report = shop.run(plan, ORDERS, false);
    expect![
        "rows 5 customers 0+ 0~ 0= 0- orders 0+ 0~ 0= 5- duplicates 0 batch yes [NoCustomerx5]"
    ]
    .assert_eq(&show(&report));
    let file = super::reading::export(
        &mut shop,
        protocol::ExportWhat::Rejected {
            batch: report.batch.unwrap(),
        },
    );
    assert_eq!(file.lines().count(), 6);
    assert!(file.lines().nth(1).unwrap().contains("A1") && file.contains("no_customer"));
    // What was given back goes in when the person allows new customers.
    let back = shop.import("back.csv", &file);
    assert_eq!(back.orders.created, 5);
}

const SHOPIFY: &str = "\
Name,Email,Financial Status,Paid at,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Billing Name,Refunded Amount,Id
#1001,ann@example.com,partially_refunded,2026-05-01 10:00:00 +0000,CNY,29.98,34.98,2026-05-01 09:58:12 +0000,2,Crew Tee,9.99,Ann Example,5.00,5001
#1001,ann@example.com,,,,,,2026-05-01 09:58:12 +0000,1,Cap,10.00,,,
#1002,,paid,2026-05-02 10:00:00 +0000,CNY,10.00,10.00,2026-05-02 10:00:00 +0000,1,Cap,10.00,Bob,0.00,5002
";

#[test]
fn refunds_of_a_file_are_recorded_once() {
    let mut shop = Shop::new();
    shop.program();
    let dry = shop.dry_run("orders_export.csv", SHOPIFY);
    let report = shop.import("orders_export.csv", SHOPIFY);
    assert_eq!(show(&dry).replace("batch no", "batch yes"), show(&report));
    expect!["rows 3 customers 2+ 0~ 0= 0- orders 2+ 0~ 0= 0- duplicates 0 batch yes []"]
        .assert_eq(&show(&report));
    let Reply::Orders(orders) = shop.ask(Query::Orders(protocol::OrderList {
        returned_only: true,
        limit: 9,
        ..protocol::OrderList::default()
    })) else {
        panic!()
    };
    let [row] = orders.items.as_slice() else {
        panic!("{orders:?}")
    };
    assert_eq!((row.remaining.0, row.points), (2998, Some(Points(29))));
    assert_eq!(shop.import("orders_export.csv", SHOPIFY).batch, None);
    // Later more has come back: the difference is added.
    let later = SHOPIFY.replace(",5.00,5001", ",9.00,5001");
    let report = shop.import("orders_export.csv", &later);
    assert_eq!((report.orders.updated, report.orders.unchanged), (1, 1));
    assert_eq!(
        shop.count(r#"{"attr":"spend","op":"eq","value":"25.98"}"#),
        1
    );
    assert_eq!(shop.import("orders_export.csv", &later).batch, None);
    shop.assert_in_step();
}

#[test]
fn a_plan_with_unknown_fields_is_refused() {
    let mut shop = Shop::new();
    let mut plan = shop.plan("c.csv", CUSTOMERS);
    plan.mapping.insert("姓名".into(), "no.such".into());
    let context = shop.context();
    let identity = FileIdentity::of(1, b"x", b"x");
    let result = ImportSession::new(&mut shop.engine, plan, identity, true, &context);
    let fault = result.err().unwrap();
    expect!["Invalid at - found - expected - [mapping:UnknownChoice]"].assert_eq(&tell(&fault));
}

/// How many customers and orders the lists show of an import, created and changed.
fn shown(shop: &mut Shop, report: &ImportReport) -> [u64; 4] {
    let batch = report.batch.unwrap();
    let [created, updated] = [ImportPart::Created, ImportPart::Updated].map(|part| {
        let import = Some(FromImport { batch, part });
        let customers = shop.list(ListRequest {
            import,
            limit: 1,
            ..ListRequest::default()
        });
        let orders = shop.ask(Query::Orders(protocol::OrderList {
            import,
            limit: 1,
            ..protocol::OrderList::default()
        }));
        let Reply::Orders(orders) = orders else {
            panic!("{orders:?}")
        };
        (customers.total, orders.total)
    });
    [created.0, updated.0, created.1, updated.1]
}

#[test]
fn the_numbers_of_an_import_open_exactly_its_rows() {
    let mut shop = Shop::new();
    let ann = shop.customer("Ann", "13800000099");
    shop.order(ann, "2026-06-01", 5000);
    for (name, file) in [
        ("c.csv", CUSTOMERS.to_owned()),
        ("o.csv", ORDERS.to_owned()),
        // Some of the same people and orders, changed.
        ("c2.csv", CUSTOMERS.replace("杭州", "宁波")),
        ("o2.csv", ORDERS.replace("拿铁", "美式")),
    ] {
        let report = shop.import(name, &file);
        let told = [
            report.customers.created,
            report.customers.updated,
            report.orders.created,
            report.orders.updated,
        ];
        assert!(told.iter().sum::<u64>() > 0, "{name} changes nothing");
        assert_eq!(shown(&mut shop, &report), told, "{name}");
    }
}
