//! How long the main job takes natively: `cargo run --profile bench -p engine --example throughput -- 100000`.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement on the developer's machine"
)]

use engine::*;
use model::import::Reading;
use model::{
    Currency, LifecycleThresholds, Money, OrderDraft, OrderStatus, Replica, Timestamp,
    WorkspaceSettings, Zone,
};
use protocol::{Command, CustomerSort, ListRequest, Query, Reply};
use std::fmt::Write as _;
use std::time::Instant;

const PROGRAM: &str = r#"{"name":"Star","currency":"CNY","time_zone":"Asia/Shanghai",
  "earn":[{"id":"base","on":"purchase","points":1,"per":"1.00"},
    {"id":"double","on":"purchase","multiply":"2","where":[{"attr":"category","op":"in","value":["K1","K2"]}]}],
  "expiry":{"kind":"days","n":365},
  "tiers":{"window":{"kind":"rolling_months","n":12},"keep_months":12,"downgrade":"one_down","levels":[
    {"id":"silver","from":0},{"id":"gold","from":1000,"multiply":"1.25"},{"id":"platinum","from":5000,"multiply":"1.5"}]}}"#;

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

/// A file of customers and one of orders, ten for each on average, some customers buying far more often.
fn files(n: u32, now: Timestamp, zone: Zone) -> (String, String) {
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
        let (province, city) = (draw(34), draw(300));
        let (year, month, day) = (50 + draw(49), 1 + draw(9), draw(9));
        let _ = writeln!(
            customers,
            "C{c},王{c}明,138{c:08},m{c}@example.com,省{province},城{city},19{year}-0{month}-1{day}"
        );
    }
    for o in 0..n * 10 {
        let at = zone.write_local(Timestamp(now.0 - draw(1000 * 86_400) as i64 * 1000));
        let c = draw(u64::from(n)) * draw(u64::from(n)) / u64::from(n);
        let (amount, product, category) = (1 + draw(500), draw(2000), draw(50));
        let _ = writeln!(
            orders,
            "O{o},{at},{amount}.50,C{c},P{product},K{category},1"
        );
    }
    (customers, orders)
}

fn list(search: &str, sort: CustomerSort, offset: u64) -> Query {
    Query::Customers(ListRequest {
        search: search.into(),
        sort,
        descending: true,
        offset,
        limit: 50,
        ..ListRequest::default()
    })
}

fn read(engine: &mut Engine, context: &Context) {
    let mut ask = |what: &str, query: Query| {
        timed(what, || engine.query(&query, context).unwrap());
    };
    let count = |least: u32| Query::Count {
        rule: format!(r#"{{"attr":"spend","op":"gt","value":{least}}}"#),
        as_of: None,
    };
    ask("first count (scores, points)", count(2_000));
    ask("count", count(3_000));
    for day in 10..15 {
        let as_of = format!("2026-05-{day}").parse().ok();
        ask(
            "points and tiers of everybody",
            Query::PointsOverview { as_of },
        );
    }
    ask("home", Query::Home);
    ask("segments", Query::Segments);
    ask("list by spend", list("", CustomerSort::Spend, 0));
    ask(
        "list by spend, scrolled",
        list("", CustomerSort::Spend, 5_000),
    );
    for search in ["wang", "王12", "0012", "w1"] {
        ask(
            &format!("search {search}"),
            list(search, CustomerSort::UpdatedAt, 0),
        );
    }
}

fn change(engine: &mut Engine, context: &Context) {
    let first = engine.query(&list("", CustomerSort::UpdatedAt, 0), context);
    let Reply::Customers(page) = first.unwrap() else {
        panic!()
    };
    let customer = page.items[0].customer.id;
    let fields = OrderDraft {
        external_id: None,
        at: context.now,
        currency: Currency::CNY,
        amount: Money(100),
        gross: None,
        tax: None,
        paid_with_points: None,
        status: OrderStatus::Paid,
        channel: None,
        coupon: None,
        lines: Vec::new(),
    };
    let order = Command::CreateOrder { customer, fields };
    let overview = Query::PointsOverview { as_of: None };
    timed("points today", || engine.query(&overview, context).unwrap());
    timed("one order", || engine.apply(&order, "o", context).unwrap());
    timed("points after it", || {
        engine.query(&overview, context).unwrap()
    });
    timed("home after it", || {
        engine.query(&Query::Home, context).unwrap()
    });
    let query = Query::Customer { id: customer };
    timed("customer", || engine.query(&query, context).unwrap());
    let imports = Query::Commands {
        offset: 0,
        limit: 1,
        imports_only: true,
    };
    let Reply::Commands(page) = engine.query(&imports, context).unwrap() else {
        panic!()
    };
    let undo = Command::Undo {
        batch: page.items[0].batch,
    };
    timed("undo the orders", || {
        engine.apply(&undo, "u", context).unwrap()
    });
}

fn main() {
    let n = std::env::args()
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
        points: model::PointsAssumptions::default(),
        rfm: model::RfmOptions::default(),
        rates: Vec::new(),
    };
    let open = || {
        let new = NewWorkspace {
            replica: Replica::from_random(5),
            settings: settings.clone(),
        };
        Engine::open(Connection::open(&path).unwrap(), new, &context).unwrap()
    };
    let mut engine = open();
    load(&mut engine, None, &context);
    let (customers, orders) = files(n, context.now, zone);
    for (what, name, file, dry) in [
        ("dry run of customers", "c.csv", &customers, true),
        ("import customers", "c.csv", &customers, false),
        ("import orders", "o.csv", &orders, false),
    ] {
        timed(what, || {
            import(&mut engine, name, file.as_bytes(), dry, &context)
        });
    }
    let program = Command::SetProgram {
        program: PROGRAM.into(),
        from: None,
    };
    timed("set programme", || {
        engine.apply(&program, "p", &context).unwrap()
    });
    let snapshot = timed("snapshot out", || engine.snapshot_bytes().unwrap());
    let database = std::fs::metadata(&path).unwrap().len();
    println!("  snapshot {} bytes, database {database}", snapshot.len());
    drop(engine);
    let mut engine = timed("open", open);
    let first = list("", CustomerSort::UpdatedAt, 0);
    timed("first list", || engine.query(&first, &context).unwrap());
    timed("columns from the store", || {
        load(&mut engine, None, &context)
    });
    drop(engine);
    let mut engine = open();
    timed("columns from the snapshot", || {
        load(&mut engine, Some(&snapshot), &context)
    });
    read(&mut engine, &context);
    change(&mut engine, &context);
    let _ = std::fs::remove_file(&path);
}
