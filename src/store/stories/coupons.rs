//! Coupons, their codes and uses: append-only, undone, and gone with their order and customer.

use super::*;
use model::coupon::{Audience, Benefit, Combine, Coupon, CouponState, Goods, Way};

pub(crate) fn coupon(name: &str, way: Way) -> Coupon {
    Coupon {
        name: name.into(),
        benefit: Benefit::Amount(Money(1_000)),
        way,
        goods: Goods::All,
        minimum: Some(Money(5_000)),
        maximum: None,
        from: None,
        to: None,
        per_customer: Some(1),
        total: None,
        audience: Audience::Everybody,
        combine: Combine::Any,
        note: None,
        currency: Currency::CNY,
    }
}

fn code(coupon: &StoredCoupon, text: &str, customer: Option<CustomerId>) -> CodeDraft {
    CodeDraft {
        coupon: coupon.id,
        serial: 1,
        code: text.into(),
        customer,
        value: None,
        from: None,
        to: None,
        source: None,
    }
}

fn used(
    coupon: &StoredCoupon,
    order: Option<model::OrderId>,
    customer: Option<CustomerId>,
    key: &str,
) -> UseDraft {
    UseDraft {
        coupon: coupon.id,
        code: None,
        customer,
        order,
        kind: UseKind::Use,
        discount: Money(1_000),
        at: NOW,
        key: key.into(),
        reverses: None,
        data: None,
    }
}

/// What the golden database of schema 2 has beyond that of schema 1.
pub(crate) fn fill(store: &mut Store) {
    let wang = store
        .read()
        .customer_by_external_id("C-1")
        .unwrap()
        .unwrap();
    let order = store.read().order_by_external_id("SO-1").unwrap().unwrap();
    write(store, "save_coupon", |tx| {
        tx.coupon_secret("000102030405060708090a0b0c0d0e0f")?;
        let shared = tx.create_coupon(
            &coupon("Welcome gift", Way::Shared("HELLO".into())),
            Some("HE110".into()),
        )?;
        let single = tx.create_coupon(&coupon("Birthday", Way::Single), None)?;
        tx.next_serial(&single)?;
        let made = tx.add_code(&code(&single, "ABCDEFGHJKMN", Some(wang)))?;
        tx.add_use(&used(&shared, Some(order), Some(wang), "use-1"))?;
        tx.add_use(&UseDraft {
            code: Some(made.id),
            ..used(&single, Some(order), Some(wang), "use-2")
        })
    });
    write(store, "set_coupon_state", |tx| {
        let old = tx.read().coupon_by_key("HE110")?.unwrap();
        tx.update_coupon(&StoredCoupon {
            state: CouponState::Paused,
            ..old
        })
    });
}

/// Everything of coupons, as text. Ids follow from what was written before, so they are left out.
pub(crate) fn tell(store: &Store) -> String {
    let read = store.read();
    let mut out = vec![format!("{:?}", read.coupon_secret().unwrap())];
    for it in read.coupons().unwrap() {
        out.push(format!(
            "{} {:?} {:?} {:?}",
            it.number, it.state, it.code_key, it.coupon
        ));
        for row in read
            .codes_page(it.id, CodeFilter::All, "", 0, 100)
            .unwrap()
            .items
        {
            out.push(format!(
                "{} {} {:?}",
                row.code.fields.code, row.uses, row.spent
            ));
        }
        for row in read.coupon_orders(it.id, &[]).unwrap() {
            out.push(format!(
                "{:?} {:?} {:?} {}",
                row.number, row.discount, row.revenue, row.first
            ));
        }
    }
    out.join("\n")
}

/// A shop with a customer, an order of theirs and two coupons.
fn shop() -> (Store, CustomerId, StoredCoupon, StoredCoupon) {
    let mut store = store();
    let wang = add(&mut store, &named("Wang", ""));
    let both = write(&mut store, "save_coupon", |tx| {
        let shared = tx.create_coupon(
            &coupon("A", Way::Shared("HELLO".into())),
            Some("HE110".into()),
        )?;
        Ok((shared, tx.create_coupon(&coupon("B", Way::Single), None)?))
    });
    (store, wang, both.value.0, both.value.1)
}

fn counts(store: &Store, coupon: &StoredCoupon, customer: CustomerId) -> (u32, u32, i64) {
    let (uses, own, discount) = store.read().use_counts(coupon.id, Some(customer)).unwrap();
    (uses, own, discount.0)
}

#[test]
fn a_code_belongs_to_one_coupon_that_has_not_ended() {
    let (mut store, _, shared, _) = shop();
    let again = |store: &mut Store| {
        store.write(meta("save_coupon"), |tx| {
            tx.create_coupon(
                &coupon("C", Way::Shared("hello".into())),
                Some("HE110".into()),
            )
        })
    };
    let taken = again(&mut store).unwrap_err();
    assert_eq!(
        taken,
        StoreError::KeyTaken {
            kind: RecordKind::Coupon,
            key: "HE110".into(),
            by: shared.id.0
        }
    );
    write(&mut store, "set_coupon_state", |tx| {
        tx.update_coupon(&StoredCoupon {
            state: CouponState::Ended,
            ..shared.clone()
        })
    });
    let newer = again(&mut store).unwrap().value;
    assert_eq!(
        store.read().coupon_by_key("HE110").unwrap().unwrap().id,
        newer.id
    );
    assert_eq!(newer.number, 3);
}

#[test]
fn numbers_serials_and_the_key_never_come_twice() {
    let (mut store, _, _, single) = shop();
    let made = write(&mut store, "generate_codes", |tx| {
        tx.coupon_secret("aa")?;
        tx.next_serial(&single)?;
        tx.add_code(&code(&single, "ABCDEFGHJKMN", None))
    });
    let undone = write(&mut store, "undo", |tx| tx.undo(made.batch.unwrap())).value;
    assert_eq!(undone.removed.len(), 1);
    assert_eq!(store.read().code_by_text("ABCDEFGHJKMN").unwrap(), None);
    let (serial, key) = write(&mut store, "x", |tx| {
        Ok((tx.next_serial(&single)?, tx.coupon_secret("bb")?))
    })
    .value;
    assert_eq!((serial, key.as_str()), (2, "aa"));
}

#[test]
fn uses_are_append_only_and_go_with_their_order() {
    let (mut store, wang, shared, single) = shop();
    let sold = write(&mut store, "use_coupons", |tx| {
        let id = tx.create_order(wang, &order("N1", 9_000))?;
        tx.add_use(&used(&shared, Some(id), Some(wang), "k1"))?;
        let issued = CodeDraft {
            source: Some(id),
            ..code(&single, "ABCDEFGHJKMN", Some(wang))
        };
        tx.add_code(&issued)?;
        Ok(id)
    });
    assert_eq!(counts(&store, &shared, wang), (1, 1, 1_000));
    for sql in [
        "UPDATE coupon_use SET discount = 0",
        "DELETE FROM coupon_use",
    ] {
        let refused = StoreError::from(store.conn.execute_batch(sql).unwrap_err());
        assert!(
            matches!(refused, StoreError::Constraint(_)),
            "{sql}: {refused:?}"
        );
    }
    let twice = store.write(meta("x"), |tx| tx.add_use(&used(&shared, None, None, "k1")));
    assert!(matches!(
        twice,
        Err(StoreError::KeyTaken {
            kind: RecordKind::CouponUse,
            ..
        })
    ));
    // Undo takes order, use and issued code; undo of the undo brings all three back.
    let back = write(&mut store, "undo", |tx| tx.undo(sold.batch.unwrap()));
    assert_eq!(back.value.kept, []);
    assert_eq!(counts(&store, &shared, wang), (0, 0, 0));
    assert_eq!(store.read().codes_of(wang).unwrap(), []);
    let again = write(&mut store, "undo", |tx| tx.undo(back.batch.unwrap()));
    assert_eq!(again.value.kept, []);
    assert_eq!(counts(&store, &shared, wang), (1, 1, 1_000));
    assert_eq!(store.read().codes_of(wang).unwrap().len(), 1);
    // Removing the order by hand does the same.
    let removed = write(&mut store, "remove_order", |tx| tx.remove_order(sold.value));
    assert_eq!(counts(&store, &shared, wang), (0, 0, 0));
    write(&mut store, "undo", |tx| tx.undo(removed.batch.unwrap()));
    assert_eq!(counts(&store, &shared, wang), (1, 1, 1_000));
    store.quick_check().unwrap();
}

#[test]
fn undo_of_a_use_without_an_order_appends_a_release() {
    let (mut store, wang, shared, _) = shop();
    let used = write(&mut store, "use_coupons", |tx| {
        tx.add_use(&used(&shared, None, None, "k1"))
    });
    assert_eq!(counts(&store, &shared, wang).0, 1);
    let back = write(&mut store, "undo", |tx| tx.undo(used.batch.unwrap()));
    assert_eq!(counts(&store, &shared, wang).0, 0);
    write(&mut store, "undo", |tx| tx.undo(back.batch.unwrap()));
    assert_eq!(counts(&store, &shared, wang).0, 1);
}

#[test]
fn parts_of_a_voucher_come_back() {
    let (mut store, wang, _, single) = shop();
    let (made, first) = write(&mut store, "use", |tx| {
        let made = tx.add_code(&CodeDraft {
            value: Some(Money(3_000)),
            ..code(&single, "ABCDEFGHJKMN", None)
        })?;
        let id = tx.create_order(wang, &order("N1", 9_000))?;
        let use_id = tx.add_use(&UseDraft {
            code: Some(made.id),
            ..used(&single, Some(id), Some(wang), "k1")
        })?;
        Ok((made, use_id))
    })
    .value;
    assert_eq!(store.read().spent(made.id).unwrap(), (1, Money(1_000)));
    for (key, back, left) in [("r1", 400, (1, Money(600))), ("r2", 600, (0, Money(0)))] {
        write(&mut store, "refund_order", |tx| {
            let it = tx.read().coupon_use(first)?.unwrap();
            let release = UseDraft {
                kind: UseKind::Release,
                discount: Money(back),
                key: key.into(),
                reverses: Some(first),
                ..it.fields
            };
            tx.add_use(&release)
        });
        assert_eq!(store.read().spent(made.id).unwrap(), left);
    }
}

#[test]
fn a_removed_customer_takes_uses_and_codes_along() {
    let (mut store, wang, shared, single) = shop();
    write(&mut store, "use", |tx| {
        let id = tx.create_order(wang, &order("N1", 9_000))?;
        tx.add_use(&used(&shared, Some(id), Some(wang), "k1"))?;
        let own = tx.add_code(&code(&single, "ABCDEFGHJKMN", Some(wang)))?;
        let bearer = tx.add_code(&CodeDraft {
            serial: 2,
            ..code(&single, "ABCDEFGHJKMP", None)
        })?;
        tx.add_use(&UseDraft {
            code: Some(own.id),
            ..used(&single, Some(id), Some(wang), "k2")
        })?;
        tx.add_use(&UseDraft {
            code: Some(bearer.id),
            ..used(&single, Some(id), Some(wang), "k3")
        })
    });
    let before = tell(&store);
    let gone = write(&mut store, "remove_customers", |tx| {
        tx.remove_customer(wang)
    });
    assert_eq!(counts(&store, &shared, wang), (0, 0, 0));
    assert_eq!(store.read().code_by_text("ABCDEFGHJKMN").unwrap(), None);
    // A code that anybody could bring was used all the same.
    assert!(
        store
            .read()
            .code_by_text("ABCDEFGHJKMP")
            .unwrap()
            .unwrap()
            .withdrawn
    );
    let back = write(&mut store, "undo", |tx| tx.undo(gone.batch.unwrap()));
    assert_eq!(back.value.kept, []);
    assert_eq!(tell(&store), before);
    assert!(
        !store
            .read()
            .code_by_text("ABCDEFGHJKMP")
            .unwrap()
            .unwrap()
            .withdrawn
    );
    store.quick_check().unwrap();
}

#[test]
fn what_was_used_keeps_its_coupon_and_code() {
    let (mut store, wang, _, _) = shop();
    let made = write(&mut store, "save_coupon", |tx| {
        let it = tx.create_coupon(&coupon("C", Way::Single), None)?;
        let one = tx.add_code(&code(&it, "ABCDEFGHJKMN", None))?;
        Ok((it, one))
    });
    let (it, one) = made.value;
    write(&mut store, "use", |tx| {
        let id = tx.create_order(wang, &order("N1", 9_000))?;
        tx.add_use(&UseDraft {
            code: Some(one.id),
            ..used(&it, Some(id), Some(wang), "k1")
        })
    });
    let undone = write(&mut store, "undo", |tx| tx.undo(made.batch.unwrap())).value;
    assert_eq!(undone.kept.len(), 2);
    assert!(store.read().coupon(it.id).unwrap().is_some());
}

#[test]
fn imported_orders_count_and_cancelled_ones_do_not() {
    let (mut store, wang, shared, _) = shop();
    let id = write(&mut store, "import", |tx| {
        let mut imported = order("N1", 9_000);
        imported.coupon = Some("hello".into());
        let id = tx.create_order(wang, &imported)?;
        tx.create_order(wang, &order("N2", 9_000))?;
        Ok(id)
    })
    .value;
    assert_eq!(store.read().coupon_texts().unwrap(), ["hello"]);
    let rows = store
        .read()
        .coupon_orders(shared.id, &["hello".into()])
        .unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].discount, rows[0].revenue, rows[0].imported),
        (Money(100), Money(9_000), true)
    );
    write(&mut store, "import", |tx| {
        tx.add_use(&used(&shared, Some(id), Some(wang), "k1"))?;
        let mut cancelled = tx.read().order(id)?.unwrap().fields;
        cancelled.status = OrderStatus::Cancelled;
        tx.update_order(id, wang, &cancelled)
    });
    assert_eq!(counts(&store, &shared, wang), (0, 0, 0));
    assert_eq!(
        store
            .read()
            .coupon_orders(shared.id, &["hello".into()])
            .unwrap(),
        []
    );
}
