//! Lists: pages of customers and orders.

use super::*;
use model::{OrderId, Refund};

#[test]
fn pages_of_a_list_are_as_sorted() {
    let mut store = store();
    for (i, name) in ["丙", "乙", "甲", "丁"].iter().enumerate() {
        let at = Timestamp(NOW.0 + i as i64);
        write(&mut store, "add", |tx| {
            tx.create_customer(&named(name, ""), at)
        });
    }
    let names = |sort, descending, offset, limit| -> String {
        let page = store
            .read()
            .customers_page(sort, descending, offset, limit)
            .unwrap();
        page.into_iter().map(|it| it.fields.name).collect()
    };
    assert_eq!(names(CustomerSort::Name, false, 0, 10), "丙丁甲乙");
    assert_eq!(names(CustomerSort::CreatedAt, true, 1, 2), "甲乙");
    assert_eq!(names(CustomerSort::UpdatedAt, false, 3, 9), "丁");
}

/// Ten orders, of 王伟 and Li by turns; number 3 is cancelled, number 6 refunded by the batch that is returned.
fn ten_orders(store: &mut Store) -> (Vec<OrderId>, CustomerId, model::BatchId) {
    let a = add(store, &named("王伟", "+8613800138001"));
    let b = add(store, &named("Li", ""));
    let mut ids = Vec::new();
    for i in 0..10i64 {
        let draft = OrderDraft {
            at: Timestamp(NOW.0 + i),
            status: if i == 3 {
                OrderStatus::Cancelled
            } else {
                OrderStatus::Paid
            },
            ..order(&format!("SO-{}", 1000 + i), 100)
        };
        let who = if i % 2 == 0 { a } else { b };
        ids.push(write(store, "add", |tx| tx.create_order(who, &draft)).value);
    }
    let refund = Refund {
        key: "r".into(),
        at: NOW,
        amount: Money(1),
        lines: Vec::new(),
    };
    let refunded = write(store, "refund", |tx| tx.add_refund(ids[6], &refund));
    (ids, b, refunded.batch.unwrap())
}

#[test]
fn orders_are_listed_newest_first() {
    let mut store = store();
    let (ids, b, refund) = ten_orders(&mut store);
    let list = |store: &Store, filter: OrderFilter<'_>| -> Vec<usize> {
        let page = store.read().orders_page(&filter, 0, 100).unwrap();
        assert_eq!(page.total, page.items.len() as u64);
        let listed: Vec<_> = page.items.iter().map(|it| it.id).collect();
        assert_eq!(store.read().order_ids(&filter).unwrap(), listed);
        listed
            .iter()
            .map(|id| ids.iter().position(|it| it == id).unwrap())
            .collect()
    };
    let none = OrderFilter::default();
    let search = |search| OrderFilter { search, ..none };
    for (filter, expected) in [
        (none, vec![9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
        (
            OrderFilter {
                customer: Some(b),
                ..none
            },
            vec![9, 7, 5, 3, 1],
        ),
        (
            OrderFilter {
                returned_only: true,
                ..none
            },
            vec![6, 3],
        ),
        (
            OrderFilter {
                from: Some(Timestamp(NOW.0 + 2)),
                before: Some(Timestamp(NOW.0 + 5)),
                ..none
            },
            vec![4, 3, 2],
        ),
        (search("SO-1004"), vec![4]),
        (search("1007"), vec![7]),
        (search("ww"), vec![8, 6, 4, 2, 0]),
        (
            OrderFilter {
                customer: Some(b),
                ..search("ww")
            },
            vec![],
        ),
        (search("8001"), vec![8, 6, 4, 2, 0]),
        (search("nobody"), vec![]),
    ] {
        assert_eq!(list(&store, filter), expected, "{filter:?}");
    }
    // The undo of a refund takes the order off the list of returns.
    write(&mut store, "undo", |tx| tx.undo(refund));
    let returned = OrderFilter {
        returned_only: true,
        ..none
    };
    assert_eq!(list(&store, returned), [3]);
}
