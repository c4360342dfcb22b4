//! Files: golden databases, backups, damage, erasing, running out of room.
#![expect(clippy::disallowed_methods, reason = "tests write files")]

use super::*;
use model::{Interaction, InteractionDraft, Points, Refund};
use proptest::prelude::*;

/// A database of schema 1 as the first version wrote it. It opens for ever.
const GOLDEN_1: &[u8] = include_bytes!("../golden/v1.sqlite");

/// The same with coupons, as the first version of schema 2 wrote it.
const GOLDEN_2: &[u8] = include_bytes!("../golden/v2.sqlite");

/// The same of schema 3, with lists, mergings, and what waits and is remembered (`third::fill`).
const GOLDEN_3: &[u8] = include_bytes!("../golden/v3.sqlite");

/// The same of schema 4, shared with an endpoint (`fourth::fill`).
const GOLDEN_4: &[u8] = include_bytes!("../golden/v4.sqlite");

/// What the golden database was made by: two customers, orders, a refund, points and the rest, with fixed times.
fn fill(store: &mut Store) {
    let wang = CustomerDraft {
        external_id: Some("C-1".into()),
        email: Some("xm.wang@example.com".into()),
        birthday: Some("1990-05-14".parse().unwrap()),
        gender: Some(model::Gender::Female),
        province: Some("浙江".into()),
        tags: vec!["vip".into()],
        signup_on: Some("2025-01-31".parse().unwrap()),
        acquisition_cost: Some(Money(1_250)),
        custom: [
            ("shoe size".to_owned(), model::CustomField::Number(38.5)),
            ("vegan".to_owned(), model::CustomField::Flag(true)),
        ]
        .into(),
        ..named("王小明", "+8613800138000")
    };
    let import = BatchMeta {
        bulk: true,
        ..meta("import")
    };
    store
        .write(import, |tx| {
            let id = tx.create_customer(&wang, NOW)?;
            let bought = tx.create_order(id, &order("SO-1", 10_000))?;
            let refund = Refund {
                key: "refund-1".into(),
                at: Timestamp(NOW.0 + 60_000),
                amount: Money(2_500),
                lines: Vec::new(),
            };
            tx.add_refund(bought, &refund)?;
            tx.create_customer(&named("Li Wei", ""), NOW)?;
            fill_customer(tx, id)?;
            tx.add_program(None, "{\"name\":\"Star card\"}")?;
            tx.save_segment(None, "Best", "{\"all\":[]}")?;
            tx.set_source_key(orders::record(bought), "row-1")?;
            tx.add_rejected(&RejectedRow {
                row: 3,
                cells: "[\"x\"]".into(),
                issue: "{}".into(),
            })?;
            tx.save_import(&ImportRun {
                batch: model::BatchId(0),
                fingerprint: "abc".into(),
                file_name: "orders.csv".into(),
                started_at: NOW,
                rows_done: 3,
                finished: false,
                plan: "{}".into(),
                state: "{}".into(),
            })
        })
        .unwrap();
    write(store, "update_customer", |tx| {
        let id = tx.read().customer_by_external_id("C-1")?.unwrap();
        let fields = CustomerDraft {
            note: Some("Prefers oolong".into()),
            ..wang
        };
        tx.update_customer(id, &fields)
    });
    store.backup_saved(Timestamp(NOW.0 + 1)).unwrap();
}

/// A call and some points.
fn fill_customer(tx: &mut Tx<'_>, id: CustomerId) -> Result<(), StoreError> {
    let call = InteractionDraft {
        kind: "call".into(),
        at: NOW,
        key: None,
        data: Default::default(),
    };
    tx.add_interaction(id, &call)?;
    let entry = EntryDraft {
        kind: EntryKind::Bonus,
        points: Points(100),
        at: NOW,
        key: "welcome".into(),
        program_version: Some(1),
        reward: None,
        reason: None,
        reverses: None,
        order: None,
        data: Some("{\"days\":30}".into()),
    };
    tx.add_entry(id, &entry).map(|_| ())
}

/// Everything the interface shows, as text.
fn tell(store: &Store) -> String {
    let read = store.read();
    let mut out = Vec::new();
    read.scan_customers(None, usize::MAX, |it| {
        out.push(serde_json::to_string(&it).unwrap());
    })
    .unwrap();
    let orders = read.orders_page(&OrderFilter::default(), 0, 100).unwrap();
    out.extend(
        orders
            .items
            .iter()
            .map(|it| serde_json::to_string(it).unwrap()),
    );
    read.scan_entries(|it| out.push(serde_json::to_string(&it).unwrap()))
        .unwrap();
    let customers = read.customer_order(CustomerSort::Name).unwrap();
    for id in &customers {
        let all: Vec<Interaction> = read.interactions(*id, 0, 100).unwrap().items;
        out.extend(all.iter().map(|it| serde_json::to_string(it).unwrap()));
    }
    out.push(format!("{:?}", read.programs().unwrap()));
    out.push(format!("{:?}", read.segments().unwrap()));
    out.push(format!("{:?}", read.settings().unwrap()));
    out.push(format!("{:?}", read.batches(false, 0, 10).unwrap().items));
    out.push(format!("{:?}", read.search("xiaoming", 5).unwrap()));
    out.push(format!(
        "{:?}",
        read.by_source_key(RecordKind::Order, "row-1").unwrap()
    ));
    if let Some(run) = read.unfinished_import().unwrap() {
        out.push(format!("{:?}", read.rejected(run.batch).unwrap()));
    }
    out.push(format!(
        "{:?} {:?}",
        read.counts().unwrap(),
        read.backup_state().unwrap()
    ));
    out.push(format!(
        "{:?} {:?}",
        read.data_version().unwrap(),
        read.replica().unwrap()
    ));
    out.join("\n")
}

fn from_bytes(bytes: &[u8]) -> Result<Store, StoreError> {
    let mut conn = Connection::open_in_memory()?;
    conn.deserialize_read_exact(rusqlite::MAIN_DB, bytes, bytes.len(), false)?;
    Store::open(conn, new())
}

#[test]
fn every_shipped_schema_opens() {
    let mut written = store();
    fill(&mut written);
    let before_coupons = tell(&written);
    coupons::fill(&mut written);
    let before_lists = tell(&written);
    let coupons_before = coupons::tell(&written);
    third::fill(&mut written);
    let before_sync = tell(&written);
    let lists_before = third::tell(&written);
    fourth::fill(&mut written);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        // Only while the schema has not shipped; later versions get a file of their own.
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/v4.sqlite");
        std::fs::write(path, written.backup().unwrap()).unwrap();
        return;
    }
    for (bytes, schema, expected) in [
        (GOLDEN_1, 1, before_coupons),
        (GOLDEN_2, 2, before_lists),
        (GOLDEN_3, 3, before_sync),
        (GOLDEN_4, 4, tell(&written)),
    ] {
        let golden = from_bytes(bytes).unwrap();
        golden.quick_check().unwrap();
        assert_eq!(tell(&golden), expected);
        assert_eq!(Store::check_backup(bytes).unwrap().schema, schema);
        assert_eq!(schema_of(&golden), schema_of(&written));
    }
    let golden = from_bytes(GOLDEN_2).unwrap();
    assert_eq!(coupons::tell(&golden), coupons_before);
    let golden = from_bytes(GOLDEN_3).unwrap();
    assert_eq!(third::tell(&golden), lists_before);
    let golden = from_bytes(GOLDEN_4).unwrap();
    assert_eq!(third::tell(&golden), third::tell(&written));
    assert_eq!(fourth::tell(&golden), fourth::tell(&written));
    assert_eq!(coupons::tell(&golden), coupons::tell(&written));
    // An upgraded file takes coupons, lists and mergings as a new one does.
    let mut upgraded = from_bytes(GOLDEN_1).unwrap();
    coupons::fill(&mut upgraded);
    third::fill(&mut upgraded);
    fourth::fill(&mut upgraded);
    upgraded.quick_check().unwrap();
    assert_eq!(coupons::tell(&upgraded), coupons::tell(&written));
    assert_eq!(third::tell(&upgraded), third::tell(&written));
    assert_eq!(fourth::tell(&upgraded), fourth::tell(&written));
}

/// The schema itself, so that a change of it needs a new version.
fn schema_of(store: &Store) -> Vec<(String, Option<String>)> {
    store
        .conn
        .prepare("SELECT name, sql FROM sqlite_schema ORDER BY name")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

#[test]
fn the_views_read_without_this_program() {
    let golden = from_bytes(GOLDEN_2).unwrap();
    let lines = |sql: &str| {
        let mut statement = golden.conn.prepare(sql).unwrap();
        let columns = statement.column_count();
        let rows = statement
            .query_map([], |row| {
                let cell = |i| row.get::<_, rusqlite::types::Value>(i);
                let cell = |i| cell(i).map(|it| format!("({it:?})").replace("(Null)", "Null"));
                (0..columns).map(cell).collect::<Result<Vec<_>, _>>()
            })
            .unwrap();
        rows.map(|row| row.unwrap().join(" "))
            .collect::<Vec<_>>()
            .join("\n")
    };
    expect_test::expect![[r#"
        (Text("Oolong")) (Text("tea")) (Real(2.0)) (Integer(9999)) (Text("CNY"))
        (Text("Bag")) Null (Real(1.0)) (Integer(1)) (Text("CNY"))"#]]
    .assert_eq(&lines(
        "SELECT product, category, quantity, amount_minor, currency FROM order_lines",
    ));
    expect_test::expect![[r#"(Text("SO-1")) (Text("王小明")) (Text("2026-03-01 00:00:00")) (Text("paid")) (Integer(2500)) (Text("shop"))"#]]
    .assert_eq(&lines("SELECT external_id, customer_name, at_utc, status, refunded_minor, channel FROM orders"));
    for view in [
        "customers",
        "orders",
        "order_lines",
        "refunds",
        "interactions",
        "ledger_entries",
        "coupons",
        "coupon_codes",
        "coupon_uses",
    ] {
        assert!(
            !lines(&format!("SELECT * FROM {view}")).is_empty(),
            "{view}"
        );
    }
}

#[test]
fn a_backup_goes_into_another_browser() {
    let mut one = store();
    fill(&mut one);
    let bytes = one.backup().unwrap();
    let info = Store::check_backup(&bytes).unwrap();
    assert_eq!(
        (info.schema, info.counts.customers, info.counts.orders),
        (SCHEMA_VERSION, 2, 1)
    );

    let path = std::env::temp_dir().join(format!("shuke-restore-{}.db", std::process::id()));
    let mut two = Store::open(Connection::open(&path).unwrap(), new()).unwrap();
    for i in 0..20 {
        add(&mut two, &named(&format!("Old {i}"), ""));
    }
    let version = two.read().data_version().unwrap();
    two.restore(&bytes, Replica::from_random(99)).unwrap();
    assert!(two.read().data_version().unwrap() > version);
    assert_eq!(two.read().counts().unwrap().customers, 2);
    assert_eq!(two.read().search_all("old").unwrap(), []);
    assert_eq!(two.read().search_all("小明").unwrap().len(), 1);
    let id = add(&mut two, &named("New", ""));
    assert_eq!(id.0 >> model::id::COUNTER_BITS, 99);
    drop(two);
    let two = Store::open(Connection::open(&path).unwrap(), new()).unwrap();
    two.quick_check().unwrap();
    assert_eq!(two.read().counts().unwrap().customers, 3);
    drop(two);
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_backup_of_this_very_browser_makes_no_twin_ids() {
    let mut store = store();
    fill(&mut store);
    let bytes = store.backup().unwrap();
    store.restore(&bytes, Replica::from_random(7)).unwrap();
    let id = add(&mut store, &named("New", ""));
    let mut all = Vec::new();
    store
        .read()
        .scan_customers(None, usize::MAX, |it| all.push(it.id))
        .unwrap();
    assert_eq!(all.iter().filter(|it| **it == id).count(), 1);
    assert_eq!(all.last(), Some(&id));
}

#[test]
fn foreign_files_are_refused() {
    for bytes in [&b""[..], b"hello", b"SQLite format 3\0"] {
        let refused = Store::check_backup(bytes);
        assert!(
            matches!(refused, Err(StoreError::NotShuke | StoreError::Damaged(_))),
            "{refused:?}"
        );
    }
    let mut other = Connection::open_in_memory().unwrap();
    other.execute_batch("CREATE TABLE t (a)").unwrap();
    let bytes = other.serialize(rusqlite::MAIN_DB).unwrap().to_vec();
    assert_eq!(Store::check_backup(&bytes), Err(StoreError::NotShuke));
    assert!(matches!(
        Store::open(other, new()),
        Err(StoreError::NotShuke)
    ));

    let mut newer = store();
    newer
        .conn
        .execute_batch("PRAGMA user_version = 99")
        .unwrap();
    let bytes = newer.backup().unwrap();
    let refused = StoreError::NewerSchema {
        found: 99,
        known: SCHEMA_VERSION,
    };
    assert_eq!(Store::check_backup(&bytes), Err(refused.clone()));
    assert_eq!(from_bytes(&bytes).err(), Some(refused));
}

#[test]
fn other_page_sizes_and_journals_are_taken() {
    let mut store = store();
    fill(&mut store);
    let path = std::env::temp_dir().join(format!("shuke-pages-{}.db", std::process::id()));
    std::fs::write(&path, store.backup().unwrap()).unwrap();
    {
        let conn = Connection::open(&path).unwrap();
        conn.execute_batch("PRAGMA page_size = 4096; VACUUM; PRAGMA journal_mode = WAL;")
            .unwrap();
    }
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    assert_eq!(bytes[18], 2, "the header says write-ahead log");
    let path = std::env::temp_dir().join(format!("shuke-pages-2-{}.db", std::process::id()));
    let mut file = Store::open(Connection::open(&path).unwrap(), new()).unwrap();
    add(&mut file, &named("Old", ""));
    for target in [&mut store, &mut file] {
        target.restore(&bytes, Replica::from_random(8)).unwrap();
        assert_eq!(target.read().counts().unwrap().customers, 2);
        add(target, &named("New", ""));
        target.quick_check().unwrap();
    }
    drop(file);
    let file = Store::open(Connection::open(&path).unwrap(), new()).unwrap();
    assert_eq!(file.read().counts().unwrap().customers, 3);
    drop(file);
    std::fs::remove_file(path).unwrap();
}

#[test]
fn erasing_leaves_nothing() {
    let mut store = store();
    fill(&mut store);
    coupons::fill(&mut store);
    let version = store.read().data_version().unwrap();
    store.erase(new()).unwrap();
    assert!(store.read().data_version().unwrap() > version);
    assert_eq!(store.read().counts().unwrap(), Counts::default());
    assert_eq!(store.read().batches(false, 0, 10).unwrap().total, 0);
    let bytes = store.backup().unwrap();
    for word in ["小明", "Oolong", "Star card", "Welcome gift", "13800138000"] {
        let word = word.as_bytes();
        assert!(!bytes.windows(word.len()).any(|it| it == word));
    }
    add(&mut store, &named("New", ""));
    store.quick_check().unwrap();
}

#[test]
fn running_out_of_room_changes_nothing() {
    let mut store = store();
    let id = add(&mut store, &named("A", ""));
    let pages: i64 = store
        .conn
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .unwrap();
    store
        .conn
        .execute_batch(&format!("PRAGMA max_page_count = {}", pages + 4))
        .unwrap();
    let version = store.read().data_version().unwrap();
    let full = store.write(meta("import"), |tx| {
        for i in 0..1_000 {
            tx.create_order(id, &order(&format!("N{i}"), 100))?;
        }
        Ok::<_, StoreError>(())
    });
    assert_eq!(full.map(|_| ()), Err(StoreError::Full));
    assert_eq!(store.read().data_version().unwrap(), version);
    assert_eq!(store.read().counts().unwrap().orders, 0);
    // Reading works, and so does a small write.
    assert_eq!(store.read().search_all("a").unwrap(), [id]);
    write(&mut store, "x", |tx| tx.create_order(id, &order("N1", 100)));
}

proptest! {
    #![proptest_config(cases(150))]

    /// Whatever happens to the bytes: an error or an answer, never a panic. Damage that is found says so.
    #[test]
    fn damaged_files_never_panic(
        flips in prop::collection::vec((0..GOLDEN_1.len(), any::<u8>()), 0..64),
        keep in 0..=GOLDEN_1.len(),
        whole in any::<bool>(),
    ) {
        let mut bytes = GOLDEN_1.to_vec();
        for (at, value) in &flips {
            bytes[*at] = *value;
        }
        if !whole {
            bytes.truncate(keep);
        }
        let _ = Store::check_backup(&bytes);
        if bytes.is_empty() {
            // An empty file is a new database.
            return Ok(());
        }
        if let Ok(store) = from_bytes(&bytes) {
            let damage = store.quick_check();
            prop_assert!(damage.is_ok() || matches!(damage, Err(StoreError::Damaged(_))), "{:?}", damage);
            let read = store.read();
            let _ = read.scan_customers(None, usize::MAX, drop);
            let _ = read.scan_orders(None, usize::MAX, |_| ());
            let _ = read.scan_entries(drop);
            let _ = read.search("xiaoming", 5);
            let _ = read.search("王", 5);
            let _ = read.batches(false, 0, 10);
            let _ = read.settings();
        }
    }
}

#[test]
fn a_truncated_file_is_damaged() {
    let mut large = store();
    for i in 0..2_000 {
        add(
            &mut large,
            &named(&format!("Somebody {i}"), "+8613800138000"),
        );
    }
    let bytes = large.backup().unwrap();
    let half = &bytes[..bytes.len() / 2];
    assert!(matches!(
        Store::check_backup(half),
        Err(StoreError::Damaged(_))
    ));
    let mut flipped = bytes.clone();
    // The head of a page; letters inside a value SQLite has no checksum for.
    for byte in &mut flipped[81_920..82_000] {
        *byte ^= 0x5a;
    }
    assert!(matches!(
        Store::check_backup(&flipped),
        Err(StoreError::Damaged(_))
    ));
}
