//! Faults of clocks and of merging, each by its number in `docs/faults.md`. What runs make of them is the simulator's.

#![expect(clippy::panic, clippy::indexing_slicing, reason = "tests may panic")]

use proptest::prelude::*;
use serde_json::{Value, json};
use sync::{Clock, DRIFT_MS, Key, Kind, Path, Record, Stamp, join, merge};

const NOON: u64 = 1_795_000_000_000;
const DAY: u64 = 86_400_000;

fn customer(fields: Value, stamp: Stamp) -> Record {
    let Value::Object(fields) = fields else {
        panic!("an object")
    };
    Record::new(Key::new(Kind::Customers, "0000100000001"), fields, stamp)
}

fn name() -> Path {
    Path::field("name")
}

fn edited(record: &Record, value: &str, stamp: Stamp) -> Record {
    let mut record = record.clone();
    record.set(&name(), Some(json!(value)), stamp);
    record
}

/// F24: a clock a day ahead does not drag others along, is told, and does not shut them out for a day.
#[test]
fn a_clock_a_day_ahead_shuts_nobody_out() {
    let (mut ahead, mut right) = (Clock::new(1), Clock::new(2));
    let wrong = ahead.tick(NOON + DAY, None);
    assert!(right.see(wrong, NOON), "it is worth a mark");
    assert!(right.last.ms <= NOON + DRIFT_MS, "the clock stays");
    let record = customer(json!({ "name": "by the wrong clock" }), wrong);
    let seen = record.stamp(&name());
    let next = right.tick(NOON + 1_000, seen);
    let both = join(&record, &edited(&record, "by the right one", next));
    assert_eq!(both.value(&name()), Some(json!("by the right one")));
    // What has nothing to do with it is stamped by our own clock.
    assert!(right.tick(NOON + 2_000, None).ms <= NOON + DRIFT_MS);
}

/// F25: a clock that lags a day still stamps upwards, and beats its own older edits.
#[test]
fn a_clock_a_day_behind_still_goes_up() {
    let mut clock = Clock::new(1);
    let before = clock.tick(NOON, None);
    let after = clock.tick(NOON - DAY, None);
    assert!(after > before);
    // It beats what others did, too, once it has seen it.
    let other = Clock::new(2).tick(NOON + 60_000, None);
    assert!(!clock.see(other, NOON));
    assert!(clock.tick(NOON - DAY, Some(other)) > other);
}

/// F26: the clock jumps back between two edits of one field: the second wins.
#[test]
fn a_jump_back_between_two_edits_changes_no_order() {
    let mut clock = Clock::new(1);
    let first = clock.tick(NOON, None);
    let record = customer(json!({ "name": "first" }), first);
    let second = clock.tick(NOON - 3_600_000, record.stamp(&name()));
    let later = edited(&record, "second", second);
    assert_eq!(join(&later, &record).value(&name()), Some(json!("second")));
    assert_eq!(join(&record, &later).value(&name()), Some(json!("second")));
}

/// F27: more edits in one millisecond than the counter can tell apart.
#[test]
fn the_counter_spills_into_the_millisecond() {
    let mut clock = Clock::new(1);
    let mut last = clock.tick(NOON, None);
    for _ in 0..70_000 {
        let next = clock.tick(NOON, None);
        assert!(next > last);
        assert_eq!(Stamp::parse(&next.to_string()), Some(next));
        last = next;
    }
    assert_eq!(last.ms, NOON + 1);
}

/// F61: what a browser would refuse, or what would be read on the way, is said before anything is sent.
#[test]
fn an_address_is_encrypted_or_on_this_device() {
    for good in [
        "https://example.com/shop",
        "http://localhost:3000",
        "http://127.0.0.1:5984/team",
        "http://[::1]:8080",
    ] {
        assert_eq!(sync::check_address(good), Ok(()), "{good}");
    }
    for (bad, says) in [
        ("http://example.com", "https"),
        ("http://192.168.1.7:5984", "https"),
        ("http://localhost.example.com", "https"),
        ("https://till:s3cret@example.com", "name and password"),
        ("ftp://example.com", "https"),
        ("example.com", "https"),
    ] {
        let fault = sync::check_address(bad).unwrap_err();
        assert_eq!(serde_json::to_value(fault.code).unwrap(), json!("address"));
        assert!(fault.expected.contains(says), "{bad}: {fault:?}");
        assert!(!fault.found.contains("s3cret"), "the secret is not told");
    }
}

/// F65: what a newer version or another program stored is written back as it came.
#[test]
fn unknown_fields_come_back_untouched() {
    let json = json!({
        "id": "0000100000001", "name": "Li Na", "loyaltyCardColour": "green",
        "deep": { "a": [1, null, { "b": "9007199254740993" }] }, "empty": "", "nothing": null,
    });
    let there = Record::from_json(Kind::Customers, &json).unwrap();
    let stamp = Clock::new(1).tick(NOON, None);
    let sent = merge(
        Some(&there),
        Some(&edited(&there, "Na", stamp)),
        &there,
        false,
        &[],
    )
    .record
    .to_json();
    for field in ["loyaltyCardColour", "deep", "empty", "nothing"] {
        assert_eq!(sent[field], json[field], "{field}");
    }
    assert_eq!(sent["name"], "Na");
}

/// F66: a record of a newer form is no record yet; it is kept as it came by whoever reads it.
#[test]
fn a_newer_form_is_refused_whole() {
    let json = json!({ "id": "x", "name": "n", "shuke": { "v": 2, "at": "?" } });
    let fault = Record::from_json(Kind::Customers, &json).unwrap_err();
    assert_eq!(
        serde_json::to_value(fault.code).unwrap(),
        json!("newer-version")
    );
}

/// F67: removed on one side, edited on the other: removed for everybody, the edit is in the conflict and in the hidden
/// fields, and only an explicit restoring brings it back.
#[test]
fn removed_wins_over_a_later_edit_until_somebody_restores() {
    let (mut one, mut two) = (Clock::new(1), Clock::new(2));
    let common = customer(json!({ "name": "Li Na" }), one.tick(NOON, None));
    let mut removed = common.clone();
    removed.life.at = one.tick(NOON + 1, None);
    removed.life.deleted = true;
    let later = edited(
        &common,
        "Na",
        two.tick(NOON + DRIFT_MS, common.stamp(&name())),
    );
    for (here, there) in [(&removed, &later), (&later, &removed)] {
        let merged = merge(Some(&common), Some(here), there, true, &[]);
        assert!(merged.record.life.deleted);
        assert_eq!(merged.record.value(&name()), Some(json!("Na")));
        assert!(merged.conflicts.iter().any(|c| c.path.field == "deleted"));
    }
    let gone = join(&removed, &later);
    let mut restored = gone.clone();
    restored.life.at = two.tick(NOON + DRIFT_MS + 1, Some(gone.latest()));
    restored.life.deleted = false;
    let back = join(&gone, &restored);
    assert_eq!(
        (back.life.deleted, back.value(&name())),
        (false, Some(json!("Na")))
    );
}

/// F68: made again under the id of one that was removed: the same on every side, in whatever order they meet.
#[test]
fn made_again_after_removal_is_the_same_everywhere() {
    let mut clock = Clock::new(1);
    let mut removed = customer(json!({ "name": "old" }), clock.tick(NOON, None));
    removed.life.at = clock.tick(NOON + 1, None);
    removed.life.deleted = true;
    let mut again = customer(json!({ "name": "new" }), clock.tick(NOON + 2, None));
    let unaware = join(&removed, &again);
    assert_eq!(unaware, join(&again, &removed));
    assert!(
        unaware.life.deleted,
        "who did not know that it was removed does not restore it"
    );
    again.life.at = clock.tick(NOON + 3, None);
    let aware = join(&removed, &again);
    assert_eq!(aware, join(&again, &removed));
    assert_eq!(
        (aware.life.deleted, aware.value(&name())),
        (false, Some(json!("new")))
    );
}

/// A version of one record: few stamps and values, so that equal ones meet.
fn version() -> impl Strategy<Value = Record> {
    let stamp = || {
        (0..4_u64, 0..2_u16, 0..3_u32).prop_map(|(ms, counter, node)| Stamp {
            ms: NOON + ms,
            counter,
            node,
        })
    };
    let edits = proptest::collection::vec((0..5_usize, 0..3_usize, stamp(), any::<bool>()), 0..6);
    (stamp(), edits, stamp(), 0..6_u8).prop_map(|(at, edits, life, state)| {
        let mut record = customer(json!({ "name": "n", "tags": ["vip"] }), at);
        let paths = [
            name(),
            Path::field("phone"),
            Path::part("tags", "vip"),
            Path::part("tags", "tea"),
            Path::part("custom", "size"),
        ];
        for (path, value, stamp, gone) in edits {
            let path = &paths[path];
            let value = match &path.part {
                Some(part) if path.field == "tags" => json!(part),
                _ => json!(["a", "b", "c"][value]),
            };
            record.set(path, (!gone).then_some(value), stamp);
        }
        match state {
            0 => (record.life.at, record.life.deleted) = (life, true),
            1 => record.life.at = life,
            2 => {
                (record.life.at, record.life.deleted, record.life.erased) = (life, true, true);
                // Of the erased nothing is kept.
                record = join(&record, &record);
            }
            _ => {}
        }
        record
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// F30, F31: any order, any repetition: one outcome.
    #[test]
    fn any_order_and_any_repetition_come_to_the_same(
        versions in proptest::collection::vec(version(), 1..6),
        order in proptest::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let all = |list: &[Record]| list.iter().skip(1).fold(list[0].clone(), |sum, it| join(&sum, it)).canonical();
        let straight = all(&versions);
        let mut shuffled: Vec<Record> = order.iter().map(|at| at.get(&versions).clone()).collect();
        shuffled.extend(versions.iter().rev().cloned());
        prop_assert_eq!(all(&shuffled).to_json(), straight.to_json());
    }
}
