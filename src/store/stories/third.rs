//! What the golden database of schema 3 has beyond that of schema 2.

use super::*;
use model::{Day, SegmentId};

/// The tables of schema 3, each with the order of its rows.
const TABLES: [(&str, &str); 14] = [
    ("list", "id"),
    ("list_member", "id"),
    ("segment_version", "segment, version"),
    ("segment_watch", "segment"),
    ("segment_event", "segment, day, customer"),
    ("import_mapping", "id"),
    ("waiting_order", "id"),
    ("undo_kept", "batch, kind, record"),
    ("merged", "batch, customer"),
    ("merged_key", "kind, key, batch, survivor"),
    ("distinct_pair", "id"),
    ("quality_pass", "id"),
    ("handed_out", "seq"),
    ("erasure", "id"),
];

pub(crate) fn fill(store: &mut Store) {
    let wang = store
        .read()
        .customer_by_external_id("C-1")
        .unwrap()
        .unwrap();
    let twin = add(store, &named("Wang Xiaoming", "+8613800138009"));
    let other = add(store, &named("王小敏", ""));
    write(store, "save_list", |tx| {
        let list = tx.create_list("Tea fair", Some("May"), Some("{\"all\":[]}"))?;
        tx.add_to_list(list, wang)?;
        tx.add_to_list(list, twin)?;
        tx.set_distinct(wang, other)?;
        tx.pass_finding("no_contact", other.0)?;
        tx.remember_mapping(&ImportMapping {
            id: 0,
            signature: "phone|name".into(),
            columns: "[\"phone\",\"name\"]".into(),
            plan: "{}".into(),
            who: "owner".into(),
            at: NOW,
            uses: 1,
        })?;
        tx.let_wait(&WaitingOrder {
            id: 0,
            batch: model::BatchId(1),
            row: 4,
            key: "SO-9".into(),
            buyer: "{\"phone\":\"+8613800138111\"}".into(),
            fields: "{}".into(),
        })
    });
    let fields = CustomerDraft {
        phone: Some("+8613800138000".into()),
        ..store.read().customer(wang).unwrap().unwrap().fields
    };
    write(store, "merge", |tx| {
        tx.merge_customers(wang, &[twin], &fields)
    });
    watched(store, wang);
}

/// What is noted of a segment, and a file that left.
fn watched(store: &mut Store, wang: CustomerId) {
    let segment = SegmentId(9);
    let event = SegmentEvent {
        segment,
        day: Day(20_500),
        customer: wang,
        entered: true,
        cause: Cause::Calendar,
        version: 1,
    };
    let watch = SegmentWatch {
        segment,
        version: 1,
        since: Day(20_400),
        watched: Day(20_450),
        day: Day(20_500),
        data_version: 3,
        at: NOW,
        first: vec![],
        members: vec![wang],
    };
    let version = SegmentVersion {
        version: 1,
        rule: "{}".into(),
        day: Day(20_400),
        at: NOW,
    };
    let notes = WatchNotes {
        versions: vec![(segment, version)],
        watches: vec![watch],
        events: vec![event],
    };
    store.note_watch(&notes).unwrap();
    let file = HandedOut {
        at: NOW,
        who: "owner".into(),
        kind: "customers".into(),
        name: "customers.csv".into(),
        records: 3,
    };
    store.note_handed_out(&file).unwrap();
}

/// Every row of these tables.
pub(crate) fn tell(store: &Store) -> String {
    tell_of(store, &TABLES)
}

/// Every row of some tables, each with the order of its rows.
pub(crate) fn tell_of(store: &Store, tables: &[(&str, &str)]) -> String {
    let mut out = Vec::new();
    for (table, order) in tables {
        let sql = format!("SELECT * FROM {table} ORDER BY {order}");
        let mut statement = store.conn.prepare(&sql).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            (0..columns)
                .map(|i| row.get::<_, rusqlite::types::Value>(i))
                .collect::<Result<Vec<_>, _>>()
        });
        for row in rows.unwrap() {
            out.push(format!("{table} {:?}", row.unwrap()));
        }
    }
    out.join("\n")
}
