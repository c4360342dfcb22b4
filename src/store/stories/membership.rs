//! Static lists and their undo, and what is noted of segments.

use super::*;
use model::{Day, ListId, SegmentId};

fn on(store: &Store, list: ListId) -> Vec<CustomerId> {
    store.read().list_members(list).unwrap()
}

#[test]
fn a_list_is_made_filled_removed_and_brought_back() {
    let mut store = store();
    let ids: Vec<CustomerId> = (0..5)
        .map(|i| add(&mut store, &named(&format!("C{i}"), "")))
        .collect();
    let made = write(&mut store, "save_list", |tx| {
        let list = tx.create_list("Tea fair", Some("May"), None)?;
        for id in &ids[..3] {
            assert!(tx.add_to_list(list, *id)?);
        }
        assert!(!tx.add_to_list(list, ids[0])?, "once is enough");
        Ok(list)
    });
    let list = made.value;
    assert_eq!(made.kinds(), [RecordKind::List, RecordKind::ListMember]);
    assert_eq!(on(&store, list), ids[..3]);
    assert_eq!(store.read().lists_of(ids[1]).unwrap(), [list]);
    assert_eq!(store.read().lists().unwrap()[0].1, 3);

    let taken = write(&mut store, "list_members", |tx| {
        assert!(!tx.take_off_list(list, ids[4])?);
        tx.take_off_list(list, ids[0])
    });
    assert_eq!(on(&store, list), ids[1..3]);
    write(&mut store, "undo", |tx| {
        tx.undo(taken.batch.unwrap()).map(|_| ())
    });
    assert_eq!(on(&store, list), ids[..3]);

    let removed = write(&mut store, "remove_list", |tx| tx.remove_list(list));
    assert_eq!(store.read().lists().unwrap(), []);
    let back = write(&mut store, "undo", |tx| tx.undo(removed.batch.unwrap()));
    assert_eq!(on(&store, list), ids[..3]);
    assert!(back.value.kept.is_empty());

    // Renamed since: what made it cannot take it away.
    write(&mut store, "save_list", |tx| {
        tx.rename_list(list, "Fair", None)
    });
    let undone = write(&mut store, "undo", |tx| tx.undo(made.batch.unwrap()));
    assert_eq!(undone.value.kept.len(), 1);
    assert_eq!(store.read().list(list).unwrap().unwrap().name, "Fair");
    assert_eq!(on(&store, list), []);
}

#[test]
fn members_go_and_come_back_with_their_customer_and_move_to_their_twin() {
    let mut store = store();
    let one = add(&mut store, &named("One", ""));
    let two = add(&mut store, &named("Two", ""));
    let (list, other) = write(&mut store, "save_list", |tx| {
        let list = tx.create_list("A", None, None)?;
        let other = tx.create_list("B", None, None)?;
        tx.add_to_list(list, one)?;
        tx.add_to_list(other, one)?;
        tx.add_to_list(other, two)?;
        Ok((list, other))
    })
    .value;
    let gone = write(&mut store, "remove_customers", |tx| tx.remove_customer(one));
    assert_eq!((on(&store, list), on(&store, other)), (vec![], vec![two]));
    write(&mut store, "undo", |tx| {
        tx.undo(gone.batch.unwrap()).map(|_| ())
    });
    assert_eq!(
        (on(&store, list), on(&store, other)),
        (vec![one], vec![one, two])
    );

    let moved = write(&mut store, "merge", |tx| tx.move_list_members(one, two));
    assert_eq!(moved.value, 2);
    assert_eq!(
        (on(&store, list), on(&store, other)),
        (vec![two], vec![two])
    );
    write(&mut store, "undo", |tx| {
        tx.undo(moved.batch.unwrap()).map(|_| ())
    });
    assert_eq!(
        (on(&store, list), on(&store, other)),
        (vec![one], vec![one, two])
    );

    // A list that is gone takes nobody back, and a customer who is gone is not put back on one.
    let gone = write(&mut store, "remove_customers", |tx| tx.remove_customer(one));
    write(&mut store, "remove_list", |tx| tx.remove_list(list));
    write(&mut store, "undo", |tx| {
        tx.undo(gone.batch.unwrap()).map(|_| ())
    });
    assert_eq!(store.read().lists_of(one).unwrap(), [other]);
    store.quick_check().unwrap();
}

#[test]
fn who_came_and_went_within_a_day_is_not_noted() {
    let mut store = store();
    let segment = SegmentId(9);
    let (one, two) = (CustomerId(1), CustomerId(2));
    let event = |day, customer, entered| SegmentEvent {
        segment,
        day: Day(day),
        customer,
        entered,
        cause: Cause::Calendar,
        version: 1,
    };
    let note = |events: Vec<SegmentEvent>| WatchNotes {
        events,
        ..WatchNotes::default()
    };
    let version = store.read().data_version().unwrap();
    store
        .note_watch(&note(vec![event(10, one, true), event(10, two, true)]))
        .unwrap();
    store
        .note_watch(&note(vec![event(10, one, false), event(11, two, false)]))
        .unwrap();
    let read = store.read();
    assert_eq!(
        read.segment_events(segment, Day(0), Day(20)).unwrap(),
        [event(10, two, true), event(11, two, false)]
    );
    assert_eq!(read.segment_events_of(one).unwrap(), []);
    assert_eq!(
        read.segment_moves(segment, Day(11), Day(20)).unwrap(),
        [DayMoves {
            day: Day(11),
            cause: Cause::Calendar,
            entered: 0,
            left: 1
        }]
    );
    assert_eq!(
        read.data_version().unwrap(),
        version,
        "notes are no change of the data"
    );
}

#[test]
fn where_watching_stands_is_kept_and_forgets_whoever_goes_for_good() {
    let mut store = store();
    let segment = SegmentId(9);
    let (one, two) = (CustomerId(1), CustomerId(2));
    let watch = SegmentWatch {
        segment,
        version: 1,
        since: Day(1),
        watched: Day(5),
        day: Day(11),
        data_version: 3,
        at: NOW,
        first: vec![one],
        members: vec![one, two],
    };
    let notes = WatchNotes {
        versions: vec![(
            segment,
            SegmentVersion {
                version: 1,
                rule: "{}".into(),
                day: Day(1),
                at: NOW,
            },
        )],
        watches: vec![watch.clone()],
        ..WatchNotes::default()
    };
    store.note_watch(&notes).unwrap();
    assert_eq!(
        store.read().watches().unwrap(),
        std::slice::from_ref(&watch)
    );
    assert_eq!(
        store.read().segment_versions(segment).unwrap()[0].rule,
        "{}"
    );
    // How it began stays as it was noted first.
    let later = SegmentWatch {
        day: Day(12),
        first: Vec::new(),
        ..watch.clone()
    };
    let again = WatchNotes {
        watches: vec![later],
        ..WatchNotes::default()
    };
    store.note_watch(&again).unwrap();
    let kept = store.read().watch(segment).unwrap().unwrap();
    assert_eq!((kept.day, kept.first), (Day(12), vec![one]));
    store.forget_watch_of(two).unwrap();
    assert_eq!(store.read().watch(segment).unwrap().unwrap().members, [one]);
    assert_eq!(store.read().segment_events_of(two).unwrap(), []);
}
