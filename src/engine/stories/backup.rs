//! Backup, restore and the snapshot of the columns.

use super::*;

fn busy_shop() -> Shop {
    let mut shop = Shop::new();
    shop.program();
    for n in 0..20 {
        let id = shop.customer(&format!("Person {n}"), "");
        shop.order(id, "2026-06-01", 1_000 * n);
    }
    shop
}

#[test]
fn a_backup_opens_in_another_browser() {
    let mut shop = busy_shop();
    let bytes = shop.engine.backup().unwrap();
    shop.apply(&Command::BackupSaved);
    let status = shop.engine.status(&shop.context()).unwrap();
    assert_eq!(
        (status.last_backup_at, status.changes_since_backup),
        (Some(shop.now), 0)
    );
    let mut other = Shop::new();
    other.customer("Somebody else", "");
    let context = other.context();
    let changed = other.engine.restore(&bytes, &context).unwrap();
    assert_eq!(changed.kinds.len(), 10);
    assert!(!other.engine.columns_ready());
    other.load(None);
    assert_eq!(other.engine.columns_size(), (20, 20));
    let new = other.customer("New here", "");
    assert_ne!(
        new.0 >> model::id::COUNTER_BITS,
        7,
        "ids of a replica nobody had"
    );
    other.assert_in_step();
    let before = other.engine.data_version();
    for bad in [&b"not a database"[..], &bytes[..bytes.len() / 2], &[]] {
        let fault = other.engine.restore(bad, &context).unwrap_err();
        assert!(
            matches!(fault.code, FaultCode::BadBackup | FaultCode::Damaged),
            "{fault:?}"
        );
        assert_eq!(other.engine.data_version(), before);
    }
    assert_eq!(other.engine.columns_size().0, 21);
}

#[test]
fn a_stale_or_damaged_snapshot_falls_back_to_the_store() {
    let path = std::env::temp_dir().join(format!("shuke-snapshot-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let mut shop = Shop::in_file(&path);
    let ann = shop.customer("Ann", "");
    shop.order(ann, "2026-06-01", 1_000);
    let good = shop.engine.snapshot_bytes().unwrap();
    assert_eq!(shop.engine.snapshot_bytes(), None, "the host has it");
    drop(shop);

    let open = || Shop::unloaded(Connection::open(&path).unwrap());
    let mut shop = open();
    assert!(shop.load(Some(&good)));
    assert_eq!(
        shop.engine.snapshot_bytes(),
        None,
        "what was loaded is current"
    );
    shop.assert_in_step();
    drop(shop);
    for at in [0, 7, good.len() / 2, good.len() - 1] {
        let mut damaged = good.clone();
        damaged[at] ^= 0x40;
        let mut shop = open();
        assert!(!shop.load(Some(&damaged)), "byte {at}");
        assert_eq!(shop.engine.columns_size(), (1, 1));
    }
    let mut shop = open();
    assert!(!shop.load(Some(&good[..good.len() - 3])));
    shop.order(ann, "2026-06-02", 1_000);
    drop(shop);
    let mut shop = open();
    assert!(!shop.load(Some(&good)), "stale");
    assert_eq!(shop.engine.columns_size(), (1, 2));
    shop.assert_in_step();
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn a_sample_business_is_loaded_whole() {
    let mut shop = Shop::new();
    let person = |name: &str, signup: &str| CustomerDraft {
        name: name.into(),
        signup_on: Some(signup.parse().unwrap()),
        ..CustomerDraft::default()
    };
    let sample = Sample {
        customers: vec![person("Ann", "2024-05-01"), person("Bob", "2026-06-01")],
        orders: vec![SampleOrder {
            customer: 0,
            order: order("2026-05-01", 100_000),
            refunds: vec![Refund {
                key: "r".into(),
                at: at("2026-05-02"),
                amount: Money(10_000),
                lines: Vec::new(),
            }],
        }],
        interactions: Vec::new(),
        redemptions: vec![(0, at("2026-06-01"), Points(400))],
        program: PROGRAM.into(),
        segments: vec![("All".into(), r#"{"all":[]}"#.into())],
        coupons: Vec::new(),
    };
    let context = shop.context();
    shop.engine.load_sample(&sample, &context).unwrap();
    shop.load(None);
    let page = shop.list(ListRequest {
        search: "Ann".into(),
        limit: 1,
        ..ListRequest::default()
    });
    let facts = page.items[0].facts.as_ref().unwrap();
    assert_eq!(
        (facts.spend, facts.balance),
        (Money(90_000), Some(Points(500)))
    );
    shop.assert_in_step();
    let again = shop.engine.load_sample(&sample, &context).unwrap_err();
    assert_eq!(again.code, FaultCode::Conflict);
}
