//! How long the main job takes natively: `cargo run --profile bench -p engine --example throughput -- 100000`.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a measurement on the developer's machine"
)]

use engine::*;
use model::import::Reading;
use model::{Currency, LifecycleThresholds, Replica, Timestamp, WorkspaceSettings, Zone};
use protocol::{CustomerSort, ListRequest, Query};
use std::fmt::Write as _;
use std::time::Instant;

const PROGRAM: &str = r#"{"name":"Star","currency":"CNY","time_zone":"Asia/Shanghai",
  "earn":[{"id":"base","on":"purchase","points":1,"per":"1.00"}],"expiry":{"kind":"days","n":365}}"#;

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let value = work();
    println!(
        "{what:<40} {:>9.1} ms",
        start.elapsed().as_secs_f64() * 1000.0
    );
    value
}

fn import(engine: &mut Engine, name: &str, file: &[u8], dry: bool, context: &Context) {
    let inspection = engine.inspect(
        name,
        &file[..file.len().min(1 << 18)],
        file.len() as u64,
        &Reading::default(),
    );
    let plan = intake::plan(&inspection.unwrap(), Currency::CNY);
    let identity = FileIdentity::of(file.len() as u64, &file[..64], &file[file.len() - 64..]);
    let mut session = ImportSession::new(engine, plan, identity, dry, context).unwrap();
    let mut rest = file;
    let mut longest = 0.0f64;
    loop {
        let start = Instant::now();
        match session.step(engine, context).unwrap() {
            ImportStep::NeedsBytes(_) if rest.is_empty() => session.end_of_file(),
            ImportStep::NeedsBytes(_) => {
                let (chunk, after) = rest.split_at(rest.len().min(1 << 20));
                session.feed(chunk);
                rest = after;
            }
            ImportStep::More(_) => {}
            ImportStep::Complete => break,
        }
        longest = longest.max(start.elapsed().as_secs_f64() * 1000.0);
    }
    let report = timed("  finish", || session.finish(engine, context).unwrap().0);
    println!(
        "  longest step {longest:.0} ms; {:?} {:?} rows {}",
        report.customers, report.orders, report.rows
    );
}

fn load(engine: &mut Engine, snapshot: Option<&[u8]>, context: &Context) {
    let mut load = ColumnsLoad::new(engine, snapshot);
    while let Step::More(_) = load.step(engine, context).unwrap() {}
}

fn main() {
    let n: u32 = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(10_000);
    let path = std::env::temp_dir().join("shuke-throughput.db");
    let _ = std::fs::remove_file(&path);
    let zone = Zone::parse("Asia/Shanghai").unwrap();
    let context = Context {
        now: zone.read("2026-06-15T12:00").unwrap(),
        who: "bench".into(),
    };
    let settings = WorkspaceSettings {
        name: String::new(),
        currency: Currency::CNY,
        zone,
        phone_country: "86".into(),
        lifecycle: LifecycleThresholds::default(),
    };
    let new = || NewWorkspace {
        replica: Replica::from_random(5),
        settings: settings.clone(),
    };
    let open = || Engine::open(Connection::open(&path).unwrap(), new(), &context).unwrap();
    let mut engine = open();
    load(&mut engine, None, &context);
    let mut customers = String::from("客户编号,姓名,手机号,邮箱,省份,城市,生日\n");
    let mut orders = String::from("订单编号,下单时间,实付金额,客户编号,商品名称,商品类目,数量\n");
    let mut random = 12345u64;
    let mut draw = |below: u64| {
        random = random
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (random >> 33) % below
    };
    for c in 0..n {
        let _ = writeln!(
            customers,
            "C{c},王{c}明,138{c:08},m{c}@example.com,省{},城{},19{}-0{}-1{}",
            draw(34),
            draw(300),
            50 + draw(49),
            1 + draw(9),
            draw(9)
        );
    }
    for o in 0..n * 10 {
        let at = Timestamp(context.now.0 - draw(1000 * 86_400) as i64 * 1000);
        let c = draw(u64::from(n)) * draw(u64::from(n)) / u64::from(n);
        let _ = writeln!(
            orders,
            "O{o},{},{}.50,C{c},P{},K{},1",
            zone.write_local(at),
            1 + draw(500),
            draw(2000),
            draw(50)
        );
    }
    timed("dry run of customers", || {
        import(&mut engine, "c.csv", customers.as_bytes(), true, &context)
    });
    timed("import customers", || {
        import(&mut engine, "c.csv", customers.as_bytes(), false, &context)
    });
    timed("import orders", || {
        import(&mut engine, "o.csv", orders.as_bytes(), false, &context)
    });
    let program = protocol::Command::SetProgram {
        program: PROGRAM.into(),
        from: None,
    };
    timed("set programme", || {
        engine.apply(&program, "p", &context).unwrap()
    });
    let snapshot = timed("snapshot out", || engine.snapshot_bytes().unwrap());
    println!(
        "  snapshot {} bytes, database {}",
        snapshot.len(),
        std::fs::metadata(&path).unwrap().len()
    );
    drop(engine);
    let mut engine = timed("open", open);
    let first = Query::Customers(ListRequest {
        limit: 50,
        ..ListRequest::default()
    });
    timed("first list", || engine.query(&first, &context).unwrap());
    timed("columns from the store", || {
        load(&mut engine, None, &context)
    });
    drop(engine);
    let mut engine = open();
    timed("columns from the snapshot", || {
        load(&mut engine, Some(&snapshot), &context)
    });
    let count = |rule: &str| Query::Count {
        rule: rule.into(),
        as_of: None,
    };
    timed("first count (scores, points)", || {
        engine
            .query(
                &count(r#"{"attr":"spend","op":"gt","value":2000}"#),
                &context,
            )
            .unwrap()
    });
    timed("count", || {
        engine
            .query(
                &count(r#"{"attr":"spend","op":"gt","value":3000}"#),
                &context,
            )
            .unwrap()
    });
    timed("home", || engine.query(&Query::Home, &context).unwrap());
    timed("segments", || {
        engine.query(&Query::Segments, &context).unwrap()
    });
    let by_spend = |offset| {
        Query::Customers(ListRequest {
            sort: CustomerSort::Spend,
            descending: true,
            offset,
            limit: 50,
            ..ListRequest::default()
        })
    };
    timed("list by spend", || {
        engine.query(&by_spend(0), &context).unwrap()
    });
    timed("list by spend, scrolled", || {
        engine.query(&by_spend(5_000), &context).unwrap()
    });
    for search in ["wang", "王12", "0012", "w1"] {
        let request = ListRequest {
            search: search.into(),
            limit: 50,
            ..ListRequest::default()
        };
        timed(&format!("search {search}"), || {
            engine.query(&Query::Customers(request), &context).unwrap()
        });
    }
    let protocol::Reply::Customers(page) = engine.query(&first, &context).unwrap() else {
        panic!()
    };
    let customer = page.items.first().unwrap().customer.id;
    let order = protocol::Command::CreateOrder {
        customer,
        fields: model::OrderDraft {
            external_id: None,
            at: context.now,
            currency: Currency::CNY,
            amount: model::Money(100),
            gross: None,
            tax: None,
            paid_with_points: None,
            status: model::OrderStatus::Paid,
            channel: None,
            coupon: None,
            lines: Vec::new(),
        },
    };
    timed("one order", || engine.apply(&order, "o", &context).unwrap());
    timed("home after it", || {
        engine.query(&Query::Home, &context).unwrap()
    });
    timed("customer", || {
        engine
            .query(&Query::Customer { id: customer }, &context)
            .unwrap()
    });
    let batch = match engine
        .query(
            &Query::Commands {
                offset: 0,
                limit: 1,
                imports_only: true,
            },
            &context,
        )
        .unwrap()
    {
        protocol::Reply::Commands(page) => page.items.first().unwrap().batch,
        _ => panic!(),
    };
    timed("undo the orders", || {
        engine
            .apply(&protocol::Command::Undo { batch }, "u", &context)
            .unwrap()
    });
    let _ = std::fs::remove_file(&path);
}
