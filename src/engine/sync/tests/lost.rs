//! What an endpoint lost is made again, and what it let somebody write over unseen is told.

use super::*;
use model::CustomerDraft;
use serde_json::json;
use sync::{Answer, Method, Request};

fn city(shop: &mut Shop, id: CustomerId, city: &str) {
    let record = shop.engine.store.read().customer(id).unwrap().unwrap();
    let fields = CustomerDraft {
        city: Some(city.into()),
        ..record.fields
    };
    shop.apply(&Command::UpdateCustomer { id, fields });
}

/// A run up to the first request of a kind: the session, and the request that is out.
fn up_to(
    shop: &mut Shop,
    endpoint: &mut Endpoint,
    wanted: impl Fn(&Request) -> bool,
) -> (SyncSession, Request) {
    let context = shop.context();
    let mut session = SyncSession::new(&mut shop.engine, 7, &context)
        .unwrap()
        .unwrap();
    for _ in 0..1000 {
        match session.step(&mut shop.engine, &context).unwrap().0 {
            SyncStep::More => {}
            SyncStep::Request(request) if wanted(&request) => return (session, *request),
            SyncStep::Request(request) => session.answer(Ok(endpoint.answer(&request))),
            SyncStep::Done { .. } => break,
        }
    }
    panic!("no such request");
}

fn go_on(shop: &mut Shop, endpoint: &mut Endpoint, mut session: SyncSession, answer: Answer) {
    let context = shop.context();
    session.answer(Ok(answer));
    loop {
        match session.step(&mut shop.engine, &context).unwrap().0 {
            SyncStep::More => {}
            SyncStep::Request(request) => session.answer(Ok(endpoint.answer(&request))),
            SyncStep::Done { .. } => return,
        }
    }
}

/// No precondition is honoured here. The first till has read its own value back when the second, who looked before,
/// writes over it: the first lists what was lost, and only the first.
#[test]
fn an_edit_that_was_written_over_unseen_is_told() {
    let mut endpoint = Endpoint::default();
    let (mut a, mut b) = (connected(11), connected(12));
    let ann = a.customer("Ann", "13800138001");
    settle(&mut [&mut a, &mut b], &mut endpoint);
    city(&mut a, ann, "Hangzhou");
    b.now = Timestamp(a.now.0 + 60_000);
    city(&mut b, ann, "Suzhou");
    let (session, write) = up_to(&mut b, &mut endpoint, |it| it.method == Method::Put);
    run(&mut a, &mut endpoint);
    assert_eq!(overview(&mut a).light.pending, 0, "delivered and read back");
    let answer = endpoint.answer(&write);
    go_on(&mut b, &mut endpoint, session, answer);
    settle(&mut [&mut a, &mut b], &mut endpoint);
    assert_alike(&a, &b);
    let found = conflicts(&mut a);
    assert_eq!(found.len(), 1, "{found:?}");
    let it = found.first().unwrap();
    assert_eq!(
        (
            it.field.as_str(),
            it.kept.json.as_str(),
            it.other.json.as_str()
        ),
        ("city", "\"Suzhou\"", "\"Hangzhou\"")
    );
    assert!(conflicts(&mut b).is_empty());
    // A conflict that was told travels as known: the next edit over it is no news for anybody.
    city(&mut a, ann, "Nanjing");
    settle(&mut [&mut a, &mut b], &mut endpoint);
    assert_alike(&a, &b);
    assert_eq!((conflicts(&mut a).len(), conflicts(&mut b).len()), (1, 0));
}

/// A till that merges before it writes tells of it, and nobody else does once more.
#[test]
fn an_ordinary_conflict_is_in_one_list_only() {
    let mut endpoint = Endpoint::default();
    let (mut a, mut b, mut c) = (connected(11), connected(12), connected(13));
    let ann = a.customer("Ann", "13800138001");
    settle(&mut [&mut a, &mut b, &mut c], &mut endpoint);
    for (shop, to, after) in [(&mut a, "Hangzhou", 0), (&mut b, "Suzhou", 60_000)] {
        shop.now = Timestamp(shop.now.0 + after);
        city(shop, ann, to);
    }
    settle(&mut [&mut a, &mut b, &mut c], &mut endpoint);
    let all: usize = [&mut a, &mut b, &mut c]
        .into_iter()
        .map(|shop| conflicts(shop).len())
        .sum();
    assert_eq!(all, 1);
    assert_alike(&a, &c);
}

/// Another program's record keeps its name there. When the endpoint loses it, nothing is known of it any more, and it is
/// made again under that name.
#[test]
fn a_record_with_a_name_of_its_own_is_made_again() {
    let mut endpoint = Endpoint::default();
    let mut a = connected(11);
    settle(&mut [&mut a], &mut endpoint);
    let theirs = json!({ "id": "crm-17", "name": "Bob", "loyaltyCardColour": "green" });
    let customers = endpoint.records.entry("customers".into()).or_default();
    customers.insert("crm-17".into(), theirs);
    settle(&mut [&mut a], &mut endpoint);
    let bob = a
        .engine
        .store
        .read()
        .sync_by_wire(store::RecordKind::Customer, "crm-17");
    let bob = bob.unwrap().unwrap();
    endpoint.records.clear();
    run(&mut a, &mut endpoint);
    let question = overview(&mut a).question.unwrap();
    a.apply(&Command::Sync(SyncCommand::Answer {
        question: question.id,
        choice: protocol::SyncChoice::SendAgain,
    }));
    run(&mut a, &mut endpoint);
    settle(&mut [&mut a], &mut endpoint);
    let again = endpoint.record("customers", "crm-17");
    assert_eq!(
        (&again["name"], &again["loyaltyCardColour"]),
        (&json!("Bob"), &json!("green"))
    );
    // What the person wanted forgotten is: between the answer and the first look nothing counts as known.
    a.apply(&Command::Sync(SyncCommand::StartOver {
        from: protocol::SyncSide::Here,
    }));
    let counts = a
        .engine
        .store
        .read()
        .sync_counts(store::RecordKind::Customer);
    assert_eq!(counts.unwrap().0, 1, "before the run that starts over");
    endpoint.records.clear();
    let (session, _) = up_to(&mut a, &mut endpoint, |it| it.method == Method::Get);
    drop(session);
    let counts = a
        .engine
        .store
        .read()
        .sync_counts(store::RecordKind::Customer);
    assert_eq!(
        counts.unwrap().0,
        0,
        "the name stays, and counts for nothing"
    );
    a.engine.sync_stopped();
    settle(&mut [&mut a], &mut endpoint);
    assert_eq!(endpoint.record("customers", "crm-17")["name"], "Bob");
    let wire = a.engine.store.read().sync_known(bob).unwrap().unwrap().wire;
    assert_eq!(wire.as_deref(), Some("crm-17"));
}

/// Who was just removed here is not missed there: a list that lacks nobody else asks nothing.
#[test]
fn what_was_removed_here_is_not_asked_about() {
    let mut endpoint = Endpoint::default();
    let mut a = connected(11);
    let ann = a.customer("Ann", "13800138001");
    settle(&mut [&mut a], &mut endpoint);
    a.apply(&Command::RemoveCustomers { ids: vec![ann] });
    endpoint.records.remove("customers");
    run(&mut a, &mut endpoint);
    assert_eq!(overview(&mut a).question, None);
    settle(&mut [&mut a], &mut endpoint);
    // One who is still here is asked about, though another was removed.
    let bob = a.customer("Bob", "13800138002");
    a.customer("Cai", "13800138003");
    settle(&mut [&mut a], &mut endpoint);
    a.apply(&Command::RemoveCustomers { ids: vec![bob] });
    endpoint.records.remove("customers");
    run(&mut a, &mut endpoint);
    assert!(overview(&mut a).question.is_some());
}

fn answer(shop: &mut Shop, choice: protocol::SyncChoice) {
    let question = overview(shop).question.unwrap().id;
    shop.apply(&Command::Sync(SyncCommand::Answer { question, choice }));
}

fn log_of(shop: &Shop, name: &str) -> Vec<(model::BatchId, bool)> {
    let page = shop.engine.store.read().batches(false, 0, 100).unwrap();
    let those = page.items.iter().filter(|it| it.name == name);
    those.map(|it| (it.id, it.undoable)).collect()
}

/// An emptied endpoint: that what it lacks goes here too is asked kind by kind, said of one kind, and can be undone.
#[test]
fn what_goes_because_the_endpoint_lacks_it_is_asked_by_kind_and_can_be_undone() {
    let mut endpoint = Endpoint::default();
    let (mut a, mut b) = (connected(11), connected(12));
    a.program();
    for n in 0..3 {
        let id = a.customer(&format!("Customer {n}"), &format!("1380013800{n}"));
        a.order(id, "2026-03-01T10:00", 10_000 + n);
    }
    a.apply(&Command::SaveSegment {
        id: None,
        name: "All".into(),
        rule: r#"{"all":[]}"#.into(),
    });
    settle(&mut [&mut a], &mut endpoint);
    let before = contents(&a);
    endpoint.records.clear();
    let mut asked = Vec::new();
    for _ in 0..12 {
        run(&mut a, &mut endpoint);
        let Some(question) = overview(&mut a).question else {
            break;
        };
        let customers = a.engine.store.read().counts().unwrap().customers;
        let of = question.of.unwrap();
        let gone = asked.iter().any(|it| it == "customers");
        assert_eq!(customers, if gone { 0 } else { 3 }, "{of} after {asked:?}");
        asked.push(of);
        answer(&mut a, protocol::SyncChoice::RemoveHere);
    }
    assert!(asked.contains(&"segments".to_owned()) && asked.contains(&"customers".to_owned()));
    let stay = ["settings", "programs"];
    assert!(
        !asked.iter().any(|it| stay.contains(&it.as_str())),
        "{asked:?}"
    );
    assert_eq!(a.engine.store.read().counts().unwrap().customers, 0);
    for (batch, undoable) in log_of(&a, "sync_removals") {
        assert!(undoable);
        a.apply(&Command::Undo { batch });
    }
    assert_eq!(contents(&a), before);
    a.assert_in_step();
    settle(&mut [&mut a, &mut b], &mut endpoint);
    assert_alike(&a, &b);
    assert_eq!(contents(&b), before);
}

fn aside(shop: &mut Shop) -> Vec<protocol::SyncAside> {
    match shop.ask(Query::Sync(SyncQuery::Aside {
        offset: 0,
        limit: 100,
    })) {
        Reply::Sync(reply) => match *reply {
            protocol::SyncReply::Aside(page) => page.items,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// What came and could not be read is shown and counted, tried again one by one or together, and gone when it is gone there.
#[test]
fn what_came_and_could_not_be_read_goes_when_it_is_gone_there() {
    let mut endpoint = Endpoint::default();
    let mut a = connected(11);
    a.customer("Ann", "13800138001");
    settle(&mut [&mut a], &mut endpoint);
    for id in ["crm-1", "crm-2", "crm-3"] {
        let customers = endpoint.records.entry("customers".into()).or_default();
        customers.insert(id.into(), json!({ "id": id, "name": { "first": "Bo" } }));
    }
    run(&mut a, &mut endpoint);
    let rows = aside(&mut a);
    assert_eq!((rows.len(), overview(&mut a).light.aside), (3, 3));
    assert!(rows.iter().all(|it| it.incoming));
    // One is mended there, one is gone, one stays as it is.
    let customers = endpoint.records.get_mut("customers").unwrap();
    customers.insert("crm-1".into(), json!({ "id": "crm-1", "name": "Bo" }));
    customers.remove("crm-2");
    let one = rows.iter().find(|it| it.record.id == "crm-3").unwrap().id;
    a.apply(&Command::Sync(SyncCommand::Retry { aside: Some(one) }));
    run(&mut a, &mut endpoint);
    let left: Vec<String> = aside(&mut a).into_iter().map(|it| it.record.id).collect();
    assert_eq!(left, ["crm-3"], "{left:?}");
    endpoint
        .records
        .get_mut("customers")
        .unwrap()
        .remove("crm-3");
    a.apply(&Command::Sync(SyncCommand::Retry { aside: None }));
    run(&mut a, &mut endpoint);
    assert_eq!((aside(&mut a).len(), overview(&mut a).light.aside), (0, 0));
    assert_eq!(a.engine.store.read().counts().unwrap().customers, 2);
    let fault = a.refuse(&Command::Sync(SyncCommand::Retry { aside: Some(77) }));
    assert_eq!(fault.code, protocol::FaultCode::NotFound);
}
