//! What happens from beginning to end.

use super::*;
use model::{Interaction, InteractionDraft, Order, Points, Refund, RefundLine};

/// Everything about a customer that undo must bring back byte for byte.
#[derive(Debug, PartialEq, serde::Serialize)]
struct Whole {
    customer: Option<model::Customer>,
    orders: Vec<Order>,
    interactions: Vec<Interaction>,
    entries: Vec<Entry>,
    counts: (u64, u64),
    found: Vec<CustomerId>,
    by_key: Option<i64>,
}

fn whole(store: &Store, id: CustomerId) -> Whole {
    let reader = store.read();
    let filter = OrderFilter {
        customer: Some(id),
        ..OrderFilter::default()
    };
    let counts = reader.counts().unwrap();
    Whole {
        customer: reader.customer(id).unwrap(),
        orders: reader.orders_page(&filter, 0, 100).unwrap().items,
        interactions: reader.interactions(id, 0, 100).unwrap().items,
        entries: reader.entries(id).unwrap(),
        counts: (counts.customers, counts.orders),
        found: reader.search_all("wang").unwrap(),
        by_key: reader
            .by_source_key(RecordKind::Customer, "row 1")
            .unwrap()
            .map(|record| record.id),
    }
}

fn entry(key: &str, points: i64) -> EntryDraft {
    EntryDraft {
        kind: EntryKind::Adjustment,
        points: Points(points),
        at: NOW,
        key: key.into(),
        program_version: Some(1),
        reward: None,
        reason: Some("sorry".into()),
        reverses: None,
        order: None,
        data: None,
    }
}

fn refund(key: &str, cents: i64) -> Refund {
    Refund {
        key: key.into(),
        at: Timestamp(NOW.0 + 5),
        amount: Money(cents),
        lines: vec![RefundLine {
            line: 1,
            quantity_milli: 1000,
        }],
    }
}

/// A customer with one of everything.
fn full_customer(store: &mut Store) -> CustomerId {
    let id = add(store, &named("王小明", "+8613800138000"));
    write(store, "fill", |tx| {
        let order = tx.create_order(id, &order("A1", 1_000))?;
        tx.add_refund(order, &refund("r1", 300))?;
        tx.create_order(id, &super::order("A2", 2_000))?;
        tx.add_interaction(
            id,
            &InteractionDraft {
                kind: "call".into(),
                at: NOW,
                key: Some("call-1".into()),
                data: [("text".to_owned(), model::CustomField::Text("hello".into()))].into(),
            },
        )?;
        tx.add_entry(id, &entry("e1", 50))?;
        tx.add_entry(id, &entry("e2", -20))?;
        tx.set_source_key(
            RecordRef {
                kind: RecordKind::Customer,
                id: id.0,
            },
            "row 1",
        )
    });
    id
}

#[test]
fn a_removed_customer_comes_back_with_everything() {
    let mut store = store();
    let id = full_customer(&mut store);
    let before = whole(&store, id);
    assert_eq!(before.orders.len(), 2);
    assert_eq!(before.found, [id]);

    let removal = write(&mut store, "remove_customers", |tx| tx.remove_customer(id));
    assert_eq!(removal.value.orders.len(), 2);
    assert_eq!(removal.value.entries, 2);
    let gone = whole(&store, id);
    assert_eq!(gone.customer, None);
    assert_eq!(
        (gone.counts, gone.found.len(), gone.by_key),
        ((0, 0), 0, None)
    );

    let undo = write(&mut store, "undo", |tx| tx.undo(removal.batch.unwrap()));
    assert_eq!(whole(&store, id), before);
    assert!(undo.value.kept.is_empty() && undo.value.reversals.is_empty());

    // Undo of the undo removes it again, and so on.
    let redo = write(&mut store, "undo", |tx| tx.undo(undo.batch.unwrap()));
    assert_eq!(whole(&store, id).counts, (0, 0));
    assert_eq!(redo.value.kept, []);
    write(&mut store, "undo", |tx| tx.undo(redo.batch.unwrap()));
    assert_eq!(whole(&store, id), before);
    store.quick_check().unwrap();
}

#[test]
fn undo_takes_back_changes_in_any_order_that_does_not_clash() {
    let mut store = store();
    let id = add(&mut store, &named("A", ""));
    let rename = |store: &mut Store, name: &str, at: i64| {
        let meta = BatchMeta {
            at: Timestamp(NOW.0 + at),
            ..meta("update_customer")
        };
        store
            .write(meta, |tx| tx.update_customer(id, &named(name, "")))
            .unwrap()
            .batch
            .unwrap()
    };
    let first = store.read().customer(id).unwrap();
    let b = rename(&mut store, "B", 1);
    let second = store.read().customer(id).unwrap();
    let c = rename(&mut store, "C", 2);

    // C stands in the way of undoing B.
    let kept = write(&mut store, "undo", |tx| tx.undo(b));
    assert_eq!(kept.value.kept.len(), 1);
    assert!(store.read().batch(b).unwrap().unwrap().undone);
    // That undo changed nothing; once it is undone B can be undone again.
    write(&mut store, "undo", |tx| tx.undo(kept.batch.unwrap()));
    assert!(store.read().batch(b).unwrap().unwrap().undoable);

    write(&mut store, "undo", |tx| tx.undo(c));
    assert_eq!(store.read().customer(id).unwrap(), second);
    let back = write(&mut store, "undo", |tx| tx.undo(b));
    assert_eq!(store.read().customer(id).unwrap(), first);
    assert_eq!(back.value.restored.len(), 1);
    assert_eq!(
        store.write(meta("undo"), |tx| tx.undo(b)),
        Err(StoreError::CannotUndo)
    );
}

#[test]
fn undoing_a_creation_keeps_what_others_use() {
    let mut store = store();
    let import = write(&mut store, "import", |tx| {
        let a = tx.create_customer(&named("A", ""), NOW)?;
        let b = tx.create_customer(&named("B", ""), NOW)?;
        let c = tx.create_customer(&named("C", ""), NOW)?;
        let order = tx.create_order(c, &order("1", 500))?;
        tx.add_entry(b, &entry("welcome", 10))?;
        Ok((a, b, c, order))
    });
    let (a, b, c, order) = import.value;
    // Someone edits A and refunds C's order.
    write(&mut store, "update_customer", |tx| {
        tx.update_customer(a, &named("A2", ""))
    });
    write(&mut store, "refund", |tx| {
        tx.add_refund(order, &refund("r", 100))
    });
    let undo = write(&mut store, "undo", |tx| tx.undo(import.batch.unwrap()));
    assert_eq!(undo.value.removed, [customers::record(b)]);
    assert_eq!(
        undo.value.kept,
        [
            orders::record(order),
            customers::record(a),
            customers::record(c)
        ]
    );
    assert_eq!(undo.value.customers, [b]);
    assert_eq!(store.read().entries(b).unwrap(), []);
    let redo = write(&mut store, "undo", |tx| tx.undo(undo.batch.unwrap()));
    assert_eq!(redo.value.restored.len(), 2, "B and the entry");
    assert_eq!(store.read().entries(b).unwrap().len(), 1);
}

#[test]
fn the_ledger_is_append_only() {
    let mut store = store();
    let id = add(&mut store, &named("A", ""));
    let give = write(&mut store, "adjust", |tx| tx.add_entry(id, &entry("k", 50)));
    for sql in [
        "DELETE FROM ledger_entry",
        "UPDATE ledger_entry SET points = 1",
    ] {
        assert!(matches!(
            store.conn.execute_batch(sql).map_err(StoreError::from),
            Err(StoreError::Constraint(_))
        ));
    }
    let taken = store.write(meta("adjust"), |tx| tx.add_entry(id, &entry("k", 50)));
    assert!(matches!(taken, Err(StoreError::KeyTaken { by, .. }) if by == give.value.0));

    let sum = |store: &Store| {
        let entries = store.read().entries(id).unwrap();
        entries.iter().map(|it| it.fields.points.0).sum::<i64>()
    };
    let undo = write(&mut store, "undo", |tx| tx.undo(give.batch.unwrap()));
    assert_eq!((undo.value.reversals.len(), sum(&store)), (1, 0));
    write(&mut store, "undo", |tx| tx.undo(undo.batch.unwrap()));
    assert_eq!(sum(&store), 50);
    assert_eq!(store.read().entries(id).unwrap().len(), 3);
}

#[test]
fn keys_are_unique() {
    let mut store = store();
    let with_id = |id: &str| CustomerDraft {
        external_id: Some(id.into()),
        ..named("A", "")
    };
    let a = add(&mut store, &with_id("1"));
    let b = add(&mut store, &with_id("2"));
    let taken = |by: i64, result: Result<(), StoreError>| match result {
        Err(StoreError::KeyTaken { by: it, .. }) => assert_eq!(it, by),
        other => panic!("{other:?}"),
    };
    taken(
        a.0,
        store
            .write(meta("x"), |tx| tx.create_customer(&with_id("1"), NOW))
            .map(|_| ()),
    );
    taken(
        a.0,
        store
            .write(meta("x"), |tx| tx.update_customer(b, &with_id("1")))
            .map(|_| ()),
    );
    let first = write(&mut store, "x", |tx| tx.create_order(a, &order("N", 100))).value;
    taken(
        first.0,
        store
            .write(meta("x"), |tx| tx.create_order(b, &order("N", 200)))
            .map(|_| ()),
    );
    // A failed write leaves nothing behind, and the next one works.
    assert_eq!(store.read().counts().unwrap().orders, 1);
    let orphan = store.write(meta("x"), |tx| {
        tx.create_order(CustomerId(5), &order("M", 100))
    });
    assert!(
        matches!(orphan, Err(StoreError::Constraint(_))),
        "{orphan:?}"
    );
    assert_eq!(store.read().counts().unwrap().orders, 1);
    write(&mut store, "x", |tx| tx.create_order(b, &order("M", 200)));
}

#[test]
fn a_request_is_answered_once() {
    let mut store = store();
    let meta = BatchMeta {
        request: Some("req-1"),
        ..meta("create_customer")
    };
    let written = store
        .write(meta, |tx| {
            let id = tx.create_customer(&named("A", ""), NOW)?;
            tx.set_reply(format!("\"{id}\""));
            Ok::<_, StoreError>(id)
        })
        .unwrap();
    let reply = store.read().reply_to("req-1").unwrap();
    assert_eq!(reply, Some(format!("\"{}\"", written.value)));
    assert_eq!(store.read().reply_to("req-2").unwrap(), None);
    // Nothing changed: no batch, no new version.
    let version = store.read().data_version().unwrap();
    let idle = write(&mut store, "update_customer", |tx| {
        tx.update_customer(written.value, &named("A", ""))
    });
    assert_eq!((idle.batch, idle.value), (None, false));
    assert_eq!(store.read().data_version().unwrap(), version);
}

#[test]
fn history_tells_what_happened() {
    let mut store = store();
    let id = add(&mut store, &named("A", ""));
    write(&mut store, "update_customer", |tx| {
        tx.update_customer(id, &named("B", "123456"))
    });
    let removal = write(&mut store, "remove_customers", |tx| tx.remove_customer(id));
    let record = customers::record(id);
    let tell = |store: &Store| {
        let page = store.read().history(record, 0, 50).unwrap();
        assert_eq!(page.total, page.items.len() as u64);
        let mut lines = Vec::new();
        for it in page.items {
            let fields: Vec<String> = it
                .fields
                .iter()
                .map(|f| format!("{} {:?} -> {:?}", f.field, f.before, f.after))
                .collect();
            lines.push(format!("{} {:?} {}", it.name, it.action, fields.join(", ")));
        }
        lines.join("\n")
    };
    expect_test::expect![[r#"
        remove_customers Removed 
        update_customer Updated name Some(String("A")) -> Some(String("B")), phone None -> Some(String("123456"))
        create_customer Created "#]]
    .assert_eq(&tell(&store));
    write(&mut store, "undo", |tx| tx.undo(removal.batch.unwrap()));
    expect_test::expect![[r#"
        undo Restored 
        remove_customers Removed 
        update_customer Updated name Some(String("A")) -> Some(String("B")), phone None -> Some(String("123456"))
        create_customer Created "#]]
    .assert_eq(&tell(&store));
    let page = store.read().history(record, 3, 1).unwrap();
    assert_eq!(page.items.len(), 1);
    assert_eq!(page.items[0].action, Action::Created);
    assert_eq!(store.read().history(record, 0, 2).unwrap().items.len(), 2);
}

#[test]
fn settings_segments_and_programmes_are_undone() {
    let mut store = store();
    let changed = write(&mut store, "set", |tx| {
        let mut settings = settings();
        settings.name = "Coffee".into();
        tx.set_settings(&settings)?;
        let program = tx.add_program(None, "{}")?;
        let segment = tx.save_segment(None, "Best", "{\"all\":[]}")?;
        Ok((program, segment))
    });
    assert_eq!(
        changed.kinds(),
        [
            RecordKind::Segment,
            RecordKind::Program,
            RecordKind::Settings
        ]
    );
    let (program, segment) = changed.value;
    assert_eq!(program, 1);
    let edit = write(&mut store, "save_segment", |tx| {
        tx.save_segment(Some(segment), "Better", "{}")
    });
    write(&mut store, "undo", |tx| tx.undo(edit.batch.unwrap()));
    assert_eq!(store.read().segment(segment).unwrap().unwrap().name, "Best");
    let undo = write(&mut store, "undo", |tx| tx.undo(changed.batch.unwrap()));
    assert_eq!(undo.value.kept, []);
    assert_eq!(store.read().settings().unwrap(), settings());
    assert_eq!(store.read().segments().unwrap(), []);
    assert_eq!(store.read().programs().unwrap(), []);
    write(&mut store, "undo", |tx| tx.undo(undo.batch.unwrap()));
    assert_eq!(store.read().settings().unwrap().name, "Coffee");
    assert_eq!(store.read().programs().unwrap().len(), 1);
    assert_eq!(
        write(&mut store, "p", |tx| tx.add_program(None, "{}")).value,
        2
    );
}
