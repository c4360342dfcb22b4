//! Times the store on a synthetic business: `cargo run --profile bench -p store --example measure -- [customers]`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a benchmark: it measures time and may stop at the first error"
)]

use model::{
    Currency, CustomerDraft, CustomerId, LifecycleThresholds, Money, OrderDraft, OrderLine,
    OrderStatus, Replica, Timestamp, WorkspaceSettings, Zone,
};
use std::time::Instant;
use store::{BatchMeta, Connection, CustomerSort, New, OrderFilter, Store, StoreError};

const FAMILY: [&str; 20] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林",
    "何", "郭", "马", "曾",
];
const GIVEN: [&str; 24] = [
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明",
    "超", "秀", "霞", "平", "刚", "桂", "小", "文",
];

/// The same numbers every time, well mixed.
fn mix(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn customer(i: u64) -> CustomerDraft {
    let r = mix(i);
    let pick = |list: &[&str], shift: u32| list[(r >> shift) as usize % list.len()].to_owned();
    let mut name = pick(&FAMILY, 0) + &pick(&GIVEN, 8);
    if r & (1 << 20) != 0 {
        name += &pick(&GIVEN, 24);
    }
    CustomerDraft {
        external_id: Some(format!("C{i:07}")),
        name,
        phone: Some(format!("+861{:010}", 3_000_000_000 + r % 6_999_999_999)),
        email: Some(format!("user{:x}@example.com", r >> 40)),
        city: Some(format!("City {}", r % 300)),
        province: Some(format!("Province {}", r % 34)),
        tags: vec![format!("tag {}", r % 10), "vip".to_owned()],
        ..CustomerDraft::default()
    }
}

fn order(i: u64) -> OrderDraft {
    let r = mix(i ^ 0xabcdef);
    OrderDraft {
        external_id: Some(format!("SO{:09}", i)),
        at: Timestamp(1_700_000_000_000 + i as i64 * 90_000),
        currency: Currency::CNY,
        amount: Money((r % 100_000) as i64),
        gross: None,
        tax: None,
        paid_with_points: None,
        status: OrderStatus::Paid,
        channel: Some(["shop", "web", "app"][(r >> 7) as usize % 3].to_owned()),
        coupon: None,
        lines: (0..1 + (r >> 20) % 2)
            .map(|n| OrderLine {
                product: format!("Product {}", (r >> (n + 3)) % 2_000),
                category: Some(format!("Category {}", (r >> (n + 9)) % 50)),
                quantity_milli: 1000,
                amount: Money(500),
            })
            .collect(),
    }
}

fn main() {
    let count: u64 = std::env::args()
        .nth(1)
        .map_or(100_000, |n| n.parse().unwrap());
    let path = std::env::temp_dir().join(format!("shuke-measure-{}.db", std::process::id()));
    let new = || New {
        replica: Replica::from_random(7),
        settings: WorkspaceSettings {
            name: String::new(),
            currency: Currency::CNY,
            zone: Zone::UTC,
            phone_country: "86".to_owned(),
            lifecycle: LifecycleThresholds::default(),
            points: model::PointsAssumptions::default(),
            rfm: model::RfmOptions::default(),
            rates: Vec::new(),
        },
        now: Timestamp(0),
    };
    let mut store = Store::open(Connection::open(&path).unwrap(), new()).unwrap();
    time("making 1,000,000 orders, not stored", || {
        (0..count * 10).map(|i| order(i).lines.len()).sum::<usize>()
    });
    let (customers, batch) = writes(&mut store, count);
    time("indexes built", || store.end_bulk().unwrap());
    drop(store);
    let mut store = time("opened", || {
        Store::open(Connection::open(&path).unwrap(), new()).unwrap()
    });
    println!("{:>12} bytes", store.read().database_bytes().unwrap());
    reads(&store, &customers);
    time("backup", || store.backup_with(<[u8]>::len).unwrap());
    time("quick check", || store.quick_check().unwrap());
    time("2,000 more orders, one batch", || {
        store
            .write(meta(None), |tx| {
                for i in 0..2_000 {
                    let who = customers[mix(i) as usize % customers.len()];
                    tx.create_order(who, &order(count * 10 + i))?;
                }
                Ok::<_, StoreError>(())
            })
            .unwrap();
    });
    time("orders undone", || {
        let mut run = store::UndoRun::new(batch);
        while !run.finished {
            store.undo_step(&mut run, meta(None), 20_000).unwrap();
        }
        assert_eq!(store.read().counts().unwrap().orders, 2_000);
    });
    std::fs::remove_file(path).unwrap();
}

/// Customers, then ten orders each.
fn writes(store: &mut Store, count: u64) -> (Vec<CustomerId>, model::BatchId) {
    let customers = time("customers in, 2,000 a batch", || {
        let mut ids: Vec<CustomerId> = Vec::new();
        let mut batch = None;
        for start in (0..count).step_by(2_000) {
            let written = store.write(meta(batch), |tx| {
                for i in start..(start + 2_000).min(count) {
                    ids.push(tx.create_customer(&customer(i), Timestamp(i as i64))?);
                }
                Ok::<_, StoreError>(())
            });
            batch = written.unwrap().batch;
        }
        ids
    });
    let batch = time("orders in, 10,000 a batch", || {
        let mut batch = None;
        store.begin_bulk().unwrap();
        for start in (0..count * 10).step_by(10_000) {
            let written = store.write(meta(batch), |tx| {
                for i in start..(start + 10_000).min(count * 10) {
                    let who = customers[mix(i) as usize % customers.len()];
                    tx.create_order(who, &order(i))?;
                }
                Ok::<_, StoreError>(())
            });
            batch = written.unwrap().batch;
        }
        batch.unwrap()
    });
    (customers, batch)
}

fn reads(store: &Store, customers: &[CustomerId]) {
    let read = store.read();
    time("customers scanned", || {
        read.scan_customers(None, usize::MAX, drop).unwrap();
    });
    time("orders scanned", || {
        let mut lines = 0;
        read.scan_orders(None, usize::MAX, |it| lines += it.lines.len())
            .unwrap();
        lines
    });
    let word = |text: &str| {
        time(&format!("search {text}"), || read.search(text, 20).unwrap());
    };
    for text in [
        "王", "王伟", "wm", "zxm", "wang", "wangxiao", "138", "0013", "user12", "8", "88",
        "example",
    ] {
        word(text);
    }
    time("search_all wang", || read.search_all("wang").unwrap().len());
    for (name, sort) in [
        ("name", CustomerSort::Name),
        ("updated", CustomerSort::UpdatedAt),
    ] {
        time(&format!("page by {name}, far down"), || {
            read.customers_page(sort, true, customers.len() as u64 - 100, 50)
                .unwrap()
        });
    }
    time("order of all by name", || {
        read.customer_order(CustomerSort::Name).unwrap().len()
    });
    let filter = OrderFilter::default();
    time("orders, first page", || {
        read.orders_page(&filter, 0, 50).unwrap()
    });
    time("orders, far down", || {
        read.orders_page(&filter, 500_000, 50).unwrap()
    });
    let found = OrderFilter {
        search: "王伟",
        ..filter
    };
    time("orders of 王伟", || {
        read.orders_page(&found, 0, 50).unwrap().total
    });
    let number = OrderFilter {
        search: "0012345",
        ..filter
    };
    time("orders by tail of number", || {
        read.orders_page(&number, 0, 50).unwrap().total
    });
    time("10,000 lookups by external id", || {
        for i in 0..10_000 {
            let key = format!("SO{:09}", mix(i) % 1_000_000);
            read.order_by_external_id(&key).unwrap();
        }
    });
}

fn meta(continues: Option<model::BatchId>) -> BatchMeta<'static> {
    BatchMeta {
        name: "import",
        subject: "measure",
        who: "measure",
        at: Timestamp(0),
        request: None,
        continues,
        bulk: true,
    }
}

/// Prints the time on the clock and, where the system tells it, on the processor (others may be at work).
fn time<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let (start, cpu) = (Instant::now(), cpu_ms());
    let value = work();
    let clock = start.elapsed().as_secs_f64() * 1e3;
    println!("{clock:>9.1} ms {:>9.1} ms cpu  {name}", cpu_ms() - cpu);
    value
}

fn cpu_ms() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|n| n.parse::<f64>().ok());
    nanoseconds.unwrap_or(0.0) / 1e6
}
