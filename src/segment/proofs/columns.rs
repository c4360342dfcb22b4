//! Columns that followed every change are the columns built anew; a snapshot reads back, and damage is found.

use super::world::{Change, World, change, empty_world, world};
use crate::{Columns, Derived, EvalContext, SnapshotError, evaluate, lifecycle, rfm};
use model::rule::Rule;
use model::{Currency, Day};
use proptest::collection::vec;
use proptest::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

proptest! {
    #![proptest_config(super::cases(300))]

    #[test]
    fn following_changes_is_building_anew(
        start in empty_world(),
        changes in vec(change(), 0..120),
    ) {
        let mut world = start;
        let mut columns = Columns::new(world.zone, Currency::CNY);
        for change in &changes {
            world.follow(change, &mut columns);
            world.apply(change);
        }
        let rebuilt = world.columns();
        prop_assert_eq!(columns.first_difference(&rebuilt), None);
        prop_assert_eq!(columns.customer_count(), world.customers.len() as u64);
        prop_assert_eq!(columns.order_count(), world.orders.len() as u64);
        let bytes = columns.to_bytes();
        prop_assert_eq!(columns.first_difference(&rebuilt), None);
        let mut read = Columns::from_bytes(&bytes).unwrap();
        read.set_rates(&world.rates);
        prop_assert_eq!(read.first_difference(&rebuilt), None);
        for &id in world.customers.keys() {
            prop_assert_eq!(read.slot(model::CustomerId(id)), columns.slot(model::CustomerId(id)));
        }
    }

    #[test]
    fn columns_go_on_after_a_snapshot(
        start in empty_world(),
        before in vec(change(), 0..60),
        after in vec(change(), 0..60),
    ) {
        let mut world = start;
        let mut columns = Columns::new(world.zone, Currency::CNY);
        let run = |changes: &[Change], columns: &mut Columns, world: &mut World| {
            for change in changes {
                world.follow(change, columns);
                world.apply(change);
            }
        };
        run(&before, &mut columns, &mut world);
        let mut columns = Columns::from_bytes(&columns.to_bytes()).unwrap();
        columns.set_rates(&world.rates);
        run(&after, &mut columns, &mut world);
        prop_assert_eq!(columns.first_difference(&world.columns()), None);
    }

    #[test]
    fn damage_is_found(world in world(), at in any::<prop::sample::Index>(), bits in 1u8..) {
        let bytes = world.columns().to_bytes();
        let mut damaged = bytes.clone();
        let at = at.index(bytes.len());
        damaged[at] ^= bits;
        prop_assert_eq!(Columns::from_bytes(&damaged).err(), Some(SnapshotError));
        prop_assert_eq!(Columns::from_bytes(&bytes[..at]).err(), Some(SnapshotError));
    }

    /// Even with a checksum that fits, nonsense is refused or read as something that can be asked without panic.
    #[test]
    fn nonsense_with_a_good_checksum_does_no_harm(
        world in world(),
        marks in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = world.columns().to_bytes();
        for (at, value) in marks {
            let at = 20 + at.index(bytes.len() - 20);
            bytes[at] = value;
        }
        let checksum = xxh3_64(&bytes[20..]);
        bytes[12..20].copy_from_slice(&checksum.to_le_bytes());
        if let Ok(columns) = Columns::from_bytes(&bytes) {
            ask_everything(&columns);
        }
    }
}

fn ask_everything(columns: &Columns) {
    let as_of = Day(20_600);
    let derived = Derived::default();
    let context = EvalContext {
        as_of,
        derived: &derived,
        segments: &|_| None,
    };
    for rule in [
        r#"{"attr":"age","op":"gte","value":18}"#,
        r#"{"attr":"birthday","op":"before","value":"2026-01-01"}"#,
        r#"{"attr":"birthday","op":"in_month","value":2}"#,
        r#"{"attr":"signup_on","op":"anniversary_within_next","value":{"n":7,"unit":"day"}}"#,
        r#"{"attr":"tags","op":"any_of","value":["vip"]}"#,
        r#"{"attr":"custom.a","op":"contains","value":"x"}"#,
        r#"{"attr":"churn_risk","op":"gt","value":0.5}"#,
        r#"{"attr":"nps","op":"gt","value":5}"#,
        r#"{"orders":{"where":[{"attr":"category","op":"ne","value":"x"}],"measure":"sum","op":"gt","value":5}}"#,
        r#"{"orders":{"measure":"distinct_products","op":"gt","value":1}}"#,
        r#"{"orders":{"where":[{"attr":"hour","op":"gt","value":5},{"attr":"day_of_week","op":"gt","value":5}],"measure":"average","op":"gt","value":1}}"#,
        r#"{"events":{"kind":"survey","measure":"average","op":"gt","value":1}}"#,
    ] {
        evaluate(&Rule::parse(rule).unwrap(), columns, &context).unwrap();
    }
    rfm::score(columns, as_of, &Default::default());
    lifecycle::stages(columns, as_of, &Default::default());
    let mut days = Vec::new();
    for slot in 0..columns.slots() as u32 {
        columns.order_days(slot, as_of, &mut days);
        for order in columns.orders(slot) {
            order.lines_left_on(as_of);
            order.lines().count();
        }
    }
}

#[test]
fn an_erased_person_is_in_no_snapshot() {
    use model::*;
    let zone = Zone::parse("Asia/Shanghai").unwrap();
    let mut columns = Columns::new(zone, Currency::CNY);
    for (id, name) in [(1, "Findable Person"), (2, "Somebody Else")] {
        columns.put_customer(&Customer {
            id: CustomerId(id),
            fields: CustomerDraft {
                name: name.to_owned(),
                custom: [(
                    "pet".to_owned(),
                    CustomField::Text(format!("pet of {name}")),
                )]
                .into(),
                ..CustomerDraft::default()
            },
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        });
    }
    let has = |columns: &mut Columns, text: &str| {
        let bytes = columns.to_bytes();
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    assert!(has(&mut columns, "Findable Person"));
    columns.remove_customer(CustomerId(1));
    assert!(!has(&mut columns, "Findable"));
    assert!(has(&mut columns, "pet of Somebody Else"));
}
