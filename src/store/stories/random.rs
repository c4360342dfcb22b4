//! Random commands: undoing them one after the other brings back every byte.

use super::*;
use crate::{customers, orders};
use model::{BatchId, OrderId, Refund, SegmentId};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    AddCustomer(u8),
    EditCustomer(usize, u8),
    RemoveCustomer(usize),
    AddOrder(usize, u8),
    EditOrder(usize, usize, u8),
    RemoveOrder(usize),
    Refund(usize),
    Talk(usize),
    Segment(usize, u8),
    Settings(u8),
    Mixed(usize, u8),
}

fn step() -> impl Strategy<Value = Step> {
    let (i, v) = (any::<usize>(), any::<u8>());
    prop_oneof![
        3 => v.prop_map(Step::AddCustomer),
        2 => (i, v).prop_map(|(i, v)| Step::EditCustomer(i, v)),
        1 => i.prop_map(Step::RemoveCustomer),
        3 => (i, v).prop_map(|(i, v)| Step::AddOrder(i, v)),
        2 => (i, i, v).prop_map(|(i, j, v)| Step::EditOrder(i, j, v)),
        1 => i.prop_map(Step::RemoveOrder),
        2 => i.prop_map(Step::Refund),
        1 => i.prop_map(Step::Talk),
        1 => (i, v).prop_map(|(i, v)| Step::Segment(i, v)),
        1 => v.prop_map(Step::Settings),
        2 => (i, v).prop_map(|(i, v)| Step::Mixed(i, v)),
    ]
}

fn draft(v: u8) -> CustomerDraft {
    CustomerDraft {
        external_id: v.is_multiple_of(3).then(|| format!("C{v}")),
        email: v.is_multiple_of(2).then(|| format!("u{v}@example.com")),
        tags: (0..v % 3).map(|n| format!("tag {n}")).collect(),
        acquisition_cost: v.is_multiple_of(5).then_some(Money(i64::from(v))),
        custom: [(
            "n".to_owned(),
            model::CustomField::Number(f64::from(v) / 7.0),
        )]
        .into(),
        ..named(
            ["王伟", "Li Wei", "曾志伟", ""][usize::from(v % 4)],
            "+8613800138000",
        )
    }
}

fn bought(v: u8) -> OrderDraft {
    OrderDraft {
        status: [OrderStatus::Paid, OrderStatus::Refunded][usize::from(v.is_multiple_of(7))],
        coupon: (v % 3 == 1).then(|| format!("CODE{v}")),
        lines: order("", 100)
            .lines
            .into_iter()
            .take(usize::from(v % 3))
            .collect(),
        at: Timestamp(NOW.0 + i64::from(v)),
        ..order(
            &if v.is_multiple_of(2) {
                format!("SO{v}")
            } else {
                String::new()
            },
            100,
        )
    }
}

fn pick<T: Copy>(list: &[T], i: usize) -> Option<T> {
    (!list.is_empty()).then(|| list[i % list.len()])
}

fn apply(store: &mut Store, n: usize, step: &Step) -> Option<BatchId> {
    let customers = store
        .read()
        .customer_order(CustomerSort::CreatedAt)
        .unwrap();
    let all_orders = store.read().order_ids(&OrderFilter::default()).unwrap();
    let segments: Vec<SegmentId> = store
        .read()
        .segments()
        .unwrap()
        .iter()
        .map(|it| it.id)
        .collect();
    let meta = BatchMeta {
        at: Timestamp(NOW.0 + n as i64 * 1_000),
        ..meta("step")
    };
    let customer = |i| pick(&customers, i).ok_or(StoreError::NoSuchBatch);
    let order_id = |i| pick::<OrderId>(&all_orders, i).ok_or(StoreError::NoSuchBatch);
    let refund = Refund {
        key: format!("r{n}"),
        at: NOW,
        amount: Money(1),
        lines: Vec::new(),
    };
    let call = model::InteractionDraft {
        kind: "call".into(),
        at: NOW,
        key: Some(format!("call {n}")),
        data: Default::default(),
    };
    let written = store.write(meta, |tx| match step {
        Step::AddCustomer(v) => tx.create_customer(&draft(*v), meta.at).map(|_| ()),
        Step::EditCustomer(i, v) => tx.update_customer(customer(*i)?, &draft(*v)).map(|_| ()),
        Step::RemoveCustomer(i) => tx.remove_customer(customer(*i)?).map(|_| ()),
        Step::AddOrder(i, v) => tx.create_order(customer(*i)?, &bought(*v)).map(|_| ()),
        Step::EditOrder(i, j, v) => tx
            .update_order(order_id(*i)?, customer(*j)?, &bought(*v))
            .map(|_| ()),
        Step::RemoveOrder(i) => tx.remove_order(order_id(*i)?),
        Step::Refund(i) => tx.add_refund(order_id(*i)?, &refund),
        Step::Talk(i) => tx.add_interaction(customer(*i)?, &call).map(|_| ()),
        Step::Segment(i, v) => tx
            .save_segment(pick(&segments, *i), &format!("S{v}"), "{}")
            .map(|_| ()),
        Step::Settings(v) => tx.set_settings(&WorkspaceSettings {
            name: format!("Shop {v}"),
            ..settings()
        }),
        // Several records in one command: made, changed and removed at once.
        Step::Mixed(i, v) => {
            let id = tx.create_customer(&named("Temporary", ""), meta.at)?;
            let made = tx.create_order(id, &order("", 5))?;
            tx.add_refund(made, &refund)?;
            tx.update_customer(id, &draft(v.wrapping_mul(3)))?;
            if v.is_multiple_of(2) {
                tx.set_source_key(customers::record(id), &format!("row {n}"))?;
                tx.set_source_key(orders::record(made), &format!("row {n}"))?;
            } else {
                tx.remove_customer(id)?;
            }
            tx.update_customer(customer(*i)?, &draft(*v)).map(|_| ())
        }
    });
    // Taken keys and nothing to work on roll back, which must leave no trace either.
    written.ok().and_then(|it| it.batch)
}

/// Every byte of the records, leaving out the log, counters and the dictionary (terms stay).
fn dump(store: &Store) -> Vec<String> {
    let mut out = Vec::new();
    for table in [
        "customer",
        "customer_search",
        "\"order\"",
        "refund",
        "interaction",
        "ledger_entry",
        "segment",
        "source_key",
    ] {
        let sql = format!("SELECT * FROM {table} ORDER BY 1, 2");
        let mut statement = store.conn.prepare(&sql).unwrap();
        let columns = statement.column_count();
        let rows = statement
            .query_map([], |row| {
                let cell = |i| row.get::<_, rusqlite::types::Value>(i);
                (0..columns).map(cell).collect::<Result<Vec<_>, _>>()
            })
            .unwrap();
        out.extend(rows.map(|row| format!("{table} {:?}", row.unwrap())));
    }
    out.push(serde_json::to_string(&store.read().settings().unwrap()).unwrap());
    out.push(format!("{:?}", store.read().counts().unwrap()));
    out
}

proptest! {
    #![proptest_config(cases(120))]

    #[test]
    fn undo_brings_back_every_byte(steps in prop::collection::vec(step(), 1..25), chunk in 1usize..6) {
        let mut store = store();
        let mut states = vec![dump(&store)];
        let mut batches = Vec::new();
        for (n, step) in steps.iter().enumerate() {
            if let Some(batch) = apply(&mut store, n, step) {
                batches.push(batch);
                states.push(dump(&store));
            } else {
                prop_assert_eq!(&dump(&store), states.last().unwrap(), "rolled back: {:?}", step);
            }
        }
        let last = states.pop().unwrap();
        let mut undos = Vec::new();
        for batch in batches.iter().rev() {
            // Whole and stepwise undo do the same.
            let mut run = UndoRun::new(*batch);
            while !run.finished {
                let undone = store.undo_step(&mut run, meta("undo"), chunk).unwrap().value;
                prop_assert_eq!(undone.kept, vec![]);
            }
            undos.push(run.undo_batch.unwrap());
            prop_assert_eq!(&dump(&store), &states.pop().unwrap());
        }
        for undo in undos.iter().rev() {
            let undone = write(&mut store, "undo", |tx| tx.undo(*undo)).value;
            prop_assert_eq!(undone.kept, vec![]);
        }
        prop_assert_eq!(&dump(&store), &last);
        store.quick_check().unwrap();
        let broken = store.conn.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap();
        prop_assert!(!broken);
    }
}
