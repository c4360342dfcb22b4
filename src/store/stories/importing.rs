//! Imports: many transactions under one batch, going on after a crash, undone as a whole.

use super::*;
use crate::{customers, orders};
use model::BatchId;

fn import_meta(continues: Option<BatchId>) -> BatchMeta<'static> {
    BatchMeta {
        bulk: true,
        continues,
        ..meta("import")
    }
}

fn run(rows_done: u64, finished: bool) -> ImportRun {
    ImportRun {
        batch: BatchId(0),
        fingerprint: "abc".into(),
        file_name: "orders.csv".into(),
        started_at: NOW,
        rows_done,
        finished,
        plan: "{}".into(),
        state: "{\"customers\":1}".into(),
    }
}

#[test]
fn an_import_goes_on_after_a_crash_and_is_undone_whole() {
    let path = std::env::temp_dir().join(format!("shuke-import-{}.db", std::process::id()));
    let open = || Store::open(Connection::open(&path).unwrap(), new()).unwrap();
    let mut store = open();
    let known = add(&mut store, &named("Known", ""));
    let before = store.read().customer(known).unwrap();
    store.begin_bulk().unwrap();
    let first = store
        .write(import_meta(None), |tx| {
            let id = tx.create_customer(&named("A", ""), NOW)?;
            for i in 0..30 {
                tx.create_order(id, &order(&format!("A{i}"), 100))?;
            }
            tx.update_customer(known, &named("Known", "+8613800138000"))?;
            tx.save_import(&run(30, false))?;
            Ok::<_, StoreError>(id)
        })
        .unwrap();
    let batch = first.batch.unwrap();
    // Killed in the middle of the next batch: nothing of it is there.
    let killed: Result<Written<()>, StoreError> = store.write(import_meta(Some(batch)), |tx| {
        tx.create_order(first.value, &order("lost", 100))?;
        Err(StoreError::Storage("killed".into()))
    });
    assert!(killed.is_err());
    drop(store);

    let mut store = open();
    let unfinished = store.read().unfinished_import().unwrap().unwrap();
    assert_eq!((unfinished.batch, unfinished.rows_done), (batch, 30));
    assert_eq!(store.read().counts().unwrap().orders, 30);
    assert_eq!(store.read().order_by_external_id("lost").unwrap(), None);
    let by_customer = OrderFilter {
        customer: Some(first.value),
        ..OrderFilter::default()
    };
    assert_eq!(
        store.read().orders_page(&by_customer, 0, 5).unwrap().total,
        30
    );
    // Something else happens in between.
    let other = add(&mut store, &named("Other", ""));
    store
        .write(import_meta(Some(batch)), |tx| {
            for i in 30..50 {
                tx.create_order(first.value, &order(&format!("A{i}"), 100))?;
            }
            tx.create_order(other, &order("B", 100))?;
            tx.add_rejected(&RejectedRow {
                row: 51,
                cells: "[]".into(),
                issue: "{}".into(),
            })?;
            tx.save_import(&run(51, true))
        })
        .unwrap();
    assert_eq!(store.read().unfinished_import().unwrap(), None);
    let imports = store.read().batches(true, 0, 10).unwrap();
    assert_eq!(imports.total, 1);
    assert_eq!(imports.items[0].import.as_ref().unwrap().rows_done, 51);
    assert_eq!(store.read().rejected(batch).unwrap().len(), 1);

    undo_in_steps(&mut store, batch);
    assert_eq!(store.read().customer(known).unwrap(), before);
    assert!(store.read().customer(other).unwrap().is_some());
    drop(store);
    #[expect(clippy::disallowed_methods, reason = "tests write files")]
    std::fs::remove_file(&path).unwrap();
}

fn undo_in_steps(store: &mut Store, batch: BatchId) {
    let mut steps = UndoRun::new(batch);
    let mut count = 0;
    let mut removed = Vec::new();
    while !steps.finished {
        let step = store.undo_step(&mut steps, meta("undo"), 7).unwrap();
        removed.extend(step.value.removed);
        count += 1;
    }
    assert!(count > 7, "{count}");
    assert_eq!(removed.len(), 52);
    assert_eq!(
        store.read().counts().unwrap(),
        Counts {
            customers: 2,
            orders: 0
        }
    );
    // No copies were kept, so this undo is for good, and nothing of it swells the file.
    let undo = steps.undo_batch.unwrap();
    assert!(!store.read().batch(undo).unwrap().unwrap().undoable);
    assert_eq!(
        store.write(meta("undo"), |tx| tx.undo(undo)).map(|_| ()),
        Err(StoreError::CannotUndo)
    );
    let gone = store.write(import_meta(Some(batch)), |tx| tx.begin_batch());
    assert_eq!(gone, Err(StoreError::CannotUndo));
}

#[test]
fn rows_without_ids_are_known_again() {
    let mut store = store();
    let id = add(&mut store, &named("A", ""));
    let record = customers::record(id);
    write(&mut store, "import", |tx| {
        tx.set_source_key(record, "hash-1")
    });
    let again = write(&mut store, "import", |tx| {
        tx.set_source_key(record, "hash-1")
    });
    assert_eq!(again.batch, None);
    let read = store.read();
    assert_eq!(
        read.by_source_key(RecordKind::Customer, "hash-1").unwrap(),
        Some(record)
    );
    assert_eq!(
        read.by_source_key(RecordKind::Order, "hash-1").unwrap(),
        None
    );
    let other = add(&mut store, &named("B", ""));
    let taken = store.write(meta("import"), |tx| {
        tx.set_source_key(customers::record(other), "hash-1")
    });
    assert!(matches!(taken, Err(StoreError::KeyTaken { by, .. }) if by == id.0));
}

#[test]
fn scans_come_in_stretches() {
    let mut store = store();
    let id = add(&mut store, &named("A", ""));
    let ids = write(&mut store, "import", |tx| {
        (0..10)
            .map(|i| tx.create_order(id, &order(&format!("N{i}"), 1_000 + i)))
            .collect::<Result<Vec<_>, _>>()
    })
    .value;
    let terms: Vec<String> = store
        .read()
        .terms()
        .unwrap()
        .into_iter()
        .map(|it| it.1)
        .collect();
    let (mut after, mut seen, mut stretches) = (None, Vec::new(), 0);
    loop {
        after = store
            .read()
            .scan_orders(after, 4, |it| {
                let term = |term: TermId| terms[term.0 as usize - 1].as_str();
                assert_eq!(it.channel.map(term), Some("shop"));
                assert_eq!(term(it.lines[0].product), "Oolong");
                assert_eq!(it.lines[0].category.map(term), Some("tea"));
                assert_eq!((it.lines.len(), it.returned), (2, false));
                seen.push((it.id, it.amount.0));
            })
            .unwrap();
        stretches += 1;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(stretches, 3);
    let expected: Vec<_> = ids.iter().copied().zip(1_000..).collect();
    assert_eq!(seen, expected);
    assert_eq!(orders::record(ids[0]).id, ids[0].0);
}
