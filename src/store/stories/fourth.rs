//! What the golden database of schema 4 has beyond that of schema 3.

use super::*;

/// The tables of schema 4, each with the order of its rows.
const TABLES: [(&str, &str); 7] = [
    ("sync_link", "id"),
    ("sync_record", "kind, record"),
    ("sync_outbox", "kind, record"),
    ("sync_stamp", "batch"),
    ("sync_waiting", "id"),
    ("sync_conflict", "id"),
    ("sync_run", "seq"),
];

pub(crate) fn fill(store: &mut Store) {
    let kinds = sync_kinds(SYNC_KINDS);
    store.sync_connect("{}", "", kinds, NOW).unwrap();
    while !store.sync_fill(3).unwrap() {}
    let wang = store
        .read()
        .customer_by_external_id("C-1")
        .unwrap()
        .unwrap();
    let record = crate::customers::record(wang);
    let fields = CustomerDraft {
        city: Some("Suzhou".into()),
        ..store.read().customer(wang).unwrap().unwrap().fields
    };
    write(store, "update_customer", |tx| {
        tx.update_customer(wang, &fields)
    });
    write(store, "sync", |tx| {
        let known = Known {
            wire: None,
            remote: Some("17".into()),
            version: Some("\"3\"".into()),
            meta: Some("01kaq8zk2v-0000-a2b3c".into()),
            extra: Some("{\"shoeSize\":38}".into()),
            body: None,
            gone: false,
            scan: 2,
        };
        tx.sync_known(record, &known)?;
        let clock = SyncClock {
            ms: NOW.0,
            count: 4,
        };
        tx.sync_differs(record, clock, Some("{}"), "{}")?;
        tx.sync_tried(record, Some("{\"code\":\"refused\"}"))?;
        tx.sync_wait("orders", "o-1", "{}", "lacks", Some("c-1"))?;
        tx.sync_conflict(record, "city", ("{}", "{}"), true)?;
        tx.sync_note_run(NOW, "{}")?;
        tx.sync_set_clock(clock)?;
        tx.sync_save_state("{\"cursor\":\"7\"}")
    });
}

/// Every row of these tables.
pub(crate) fn tell(store: &Store) -> String {
    super::third::tell_of(store, &TABLES)
}
