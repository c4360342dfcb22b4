//! Duplicates: found, made one, given back as they were; old ids and keys lead on.

use super::*;
use crate::{MergeSession, TwinSession};
use model::twin::TwinLevel;
use proptest::prelude::*;
use protocol::{
    MergePreview, MergeRequest, MergingView, RecordKind, TwinCommand, TwinGroups, TwinQuery,
    TwinReply, TwinsCompared, TwinsFound,
};

/// Pending for a week, a cap a month, a multiplier for gold: what two accounts have apart differs from what one would.
const CAPPED: &str = r#"{"name":"Star","currency":"CNY","time_zone":"Asia/Shanghai",
  "earn":[{"id":"base","on":"purchase","points":1,"per":"1.00"}],
  "expiry":{"kind":"months","n":12},
  "redeem":{"points":100,"worth":"1.00","step":100,"min_points":100},
  "tiers":{"measure":"qualifying_points","window":{"kind":"rolling_months","n":12},"keep_months":12,
    "levels":[{"id":"silver","from":0},{"id":"gold","from":1000,"multiply":2}]}}"#;

fn ask(shop: &mut Shop, query: TwinQuery) -> TwinReply {
    match shop.ask(Query::Twins(query)) {
        Reply::Twins(reply) => reply,
        other => panic!("{other:?}"),
    }
}

fn find(shop: &mut Shop) -> TwinsFound {
    let context = shop.context();
    let mut session = TwinSession::new(&mut shop.engine).unwrap();
    loop {
        match session.step(&mut shop.engine, &context).unwrap() {
            Step::More(_) => {}
            Step::Done(Reply::Twins(TwinReply::Found(found))) => return found,
            Step::Done(other) => panic!("{other:?}"),
        }
    }
}

fn groups(shop: &mut Shop) -> TwinGroups {
    let query = TwinQuery::Groups {
        level: None,
        offset: 0,
        limit: 50,
    };
    match ask(shop, query) {
        TwinReply::Groups(groups) => groups,
        other => panic!("{other:?}"),
    }
}

fn compare(shop: &mut Shop, ids: &[CustomerId]) -> TwinsCompared {
    match ask(shop, TwinQuery::Compare { ids: ids.to_vec() }) {
        TwinReply::Compared(compared) => *compared,
        other => panic!("{other:?}"),
    }
}

fn preview(shop: &mut Shop, request: &MergeRequest) -> MergePreview {
    let before = shop.engine.data_version();
    let reply = ask(shop, TwinQuery::Preview(request.clone()));
    assert_eq!(shop.engine.data_version(), before);
    match reply {
        TwinReply::Preview(preview) => *preview,
        other => panic!("{other:?}"),
    }
}

fn mergings(shop: &mut Shop) -> Vec<MergingView> {
    let query = TwinQuery::Mergings {
        survivor: None,
        offset: 0,
        limit: 50,
    };
    match ask(shop, query) {
        TwinReply::Mergings(page) => page.items,
        other => panic!("{other:?}"),
    }
}

fn suggested(shop: &mut Shop, ids: &[CustomerId]) -> MergeRequest {
    let compared = compare(shop, ids);
    MergeRequest {
        survivor: compared.survivor,
        gone: ids
            .iter()
            .copied()
            .filter(|id| *id != compared.survivor)
            .collect(),
        fields: compared.fields,
    }
}

fn merge(shop: &mut Shop, ids: &[CustomerId]) -> Done {
    let request = suggested(shop, ids);
    shop.apply(&Command::Twins(TwinCommand::Merge(request)))
}

fn undo(shop: &mut Shop, done: &Done) -> Done {
    shop.apply(&Command::Undo {
        batch: done.batch.unwrap(),
    })
}

fn everybody(shop: &mut Shop) -> Vec<String> {
    shop.names(ListRequest {
        limit: 100,
        ..ListRequest::default()
    })
}

fn create(shop: &mut Shop, fields: CustomerDraft) -> CustomerId {
    match shop.apply(&Command::CreateCustomer { fields }).outcome {
        Outcome::Customer { id } => id,
        other => panic!("{other:?}"),
    }
}

fn redeem(shop: &mut Shop, customer: CustomerId, points: i64, key: &str) {
    shop.apply(&Command::Redeem {
        customer,
        points: Some(Points(points)),
        reward: None,
        order_amount: None,
        order: None,
        key: key.into(),
    });
}

/// Everything a customer has, for comparing.
#[derive(Debug, PartialEq)]
struct Whole {
    customer: Option<Customer>,
    orders: Vec<Order>,
    interactions: Vec<Interaction>,
    account: Option<(i64, i64, i64, Option<String>)>,
}

fn whole(shop: &mut Shop, id: CustomerId) -> Whole {
    let read = shop.engine.store.read();
    let customer = read.customer(id).unwrap();
    let orders = read.orders_of(id).unwrap();
    let interactions = read.interactions(id, 0, 500).unwrap().items;
    let has_program = !read.programs().unwrap().is_empty();
    let account = (customer.is_some() && has_program).then(|| {
        match shop.ask(Query::Member {
            customer: id,
            as_of: None,
        }) {
            Reply::Member(it) => (it.balance.0, it.pending.0, it.debt.0, it.tier),
            other => panic!("{other:?}"),
        }
    });
    Whole {
        customer,
        orders,
        interactions,
        account,
    }
}

/// 李娜 three times and somebody else.
fn three(shop: &mut Shop) -> [CustomerId; 4] {
    let a = create(
        shop,
        CustomerDraft {
            name: "李娜".into(),
            phone: Some("13800000001".into()),
            external_id: Some("A1".into()),
            tags: vec!["tea".into()],
            ..CustomerDraft::default()
        },
    );
    let b = create(
        shop,
        CustomerDraft {
            name: "Li Na".into(),
            phone: Some("+86 138 0000 0001".into()),
            email: Some("li.na@example.com".into()),
            external_id: Some("B1".into()),
            consent: Consent {
                email: Some(false),
                ..Consent::default()
            },
            ..CustomerDraft::default()
        },
    );
    let c = create(
        shop,
        CustomerDraft {
            name: "李娜".into(),
            email: Some("li.na@example.com".into()),
            city: Some("杭州".into()),
            tags: vec!["vip".into()],
            ..CustomerDraft::default()
        },
    );
    let other = shop.customer("王强", "13800000001");
    [a, b, c, other]
}

/// 李娜 with orders, a call and a redemption, as she was, and the merging of her three records.
fn merged() -> (Shop, [CustomerId; 4], Vec<Whole>, OrderId, Done) {
    let mut shop = Shop::new();
    shop.program();
    let all @ [a, b, c, _] = three(&mut shop);
    let order = shop.order(a, "2026-05-01T10:00", 50_000);
    shop.order(a, "2026-05-03T10:00", 1_000);
    shop.order(b, "2026-05-02T10:00", 60_000);
    shop.apply(&Command::AddInteraction {
        customer: c,
        fields: InteractionDraft {
            kind: "call".into(),
            at: at("2026-05-04T10:00"),
            key: None,
            data: [].into(),
        },
    });
    redeem(&mut shop, b, 100, "r1");
    let before: Vec<Whole> = all.iter().map(|id| whole(&mut shop, *id)).collect();
    let request = suggested(&mut shop, &[a, b, c]);
    let done = shop.apply(&Command::Twins(TwinCommand::Merge(request)));
    (shop, all, before, order, done)
}

#[test]
fn they_are_found_compared_and_shown_before_they_are_made_one() {
    let mut shop = Shop::new();
    shop.program();
    let [a, b, c, _] = three(&mut shop);
    shop.order(a, "2026-05-01T10:00", 50_000);
    shop.order(a, "2026-05-03T10:00", 1_000);
    shop.order(b, "2026-05-02T10:00", 60_000);
    redeem(&mut shop, b, 100, "r1");
    let found = find(&mut shop);
    assert_eq!((found.customers, found.surplus), (4, 2));
    let view = groups(&mut shop);
    assert_eq!(view.items.len(), 1);
    let members = &view.items[0].members;
    let ids: Vec<CustomerId> = members.iter().map(|it| it.customer.id).collect();
    assert_eq!(ids, [a, b, c]);
    assert_eq!(view.items[0].level, TwinLevel::Certain);
    assert_eq!(members[0].orders, 2);

    let request = suggested(&mut shop, &ids);
    assert_eq!(request.survivor, a);
    let fields = &request.fields;
    assert_eq!(fields.name, "李娜");
    assert_eq!(fields.email.as_deref(), Some("li.na@example.com"));
    assert_eq!(fields.city.as_deref(), Some("杭州"));
    assert_eq!(fields.tags, ["tea", "vip"]);
    assert_eq!(fields.consent.email, Some(false));
    let told = preview(&mut shop, &request);
    assert_eq!((told.orders, told.interactions, told.entries), (1, 0, 1));
    let points = told.points.unwrap();
    let balances: Vec<i64> = points.before.iter().map(|it| it.balance.0).collect();
    assert_eq!(
        (balances, points.after.balance.0),
        (vec![510, 500, 0], 1_010)
    );
    shop.apply(&Command::Twins(TwinCommand::Merge(request)));
    assert_eq!(groups(&mut shop).items, []);
    shop.assert_in_step();
}

#[test]
fn old_ids_and_keys_lead_to_who_they_became() {
    let (mut shop, [a, b, c, _], ..) = merged();
    assert_eq!(shop.balance(a), 1_010);
    assert_eq!(
        shop.count(r#"{"attr":"order_count","op":"eq","value":3}"#),
        1
    );
    assert_eq!(everybody(&mut shop).len(), 2);
    for old in [b, c] {
        match shop.ask(Query::Customer { id: old }) {
            Reply::Customer(view) => assert_eq!(view.customer.id, a),
            other => panic!("{other:?}"),
        }
        assert_eq!(shop.balance(old), 1_010);
    }
    let late = shop.order(b, "2026-06-01T10:00", 2_000);
    let read = shop.engine.store.read();
    assert_eq!(read.order(late).unwrap().unwrap().customer, a);
    assert_eq!(read.customer_by_external_id("B1").unwrap(), Some(a));
    let taken = shop.refuse(&Command::CreateCustomer {
        fields: CustomerDraft {
            name: "New".into(),
            external_id: Some("B1".into()),
            ..CustomerDraft::default()
        },
    });
    assert_eq!(taken.code, FaultCode::KeyTaken);
    shop.assert_in_step();
}

#[test]
fn at_any_later_time_every_record_is_given_back_as_it_was() {
    let (mut shop, [a, b, c, other], before, order, done) = merged();
    // Since: an order was refunded, and who stayed has become a teacher.
    shop.apply(&Command::RefundOrder(RefundRequest {
        order,
        amount: Some(Money(10_000)),
        lines: Vec::new(),
        key: "back".into(),
        at: None,
    }));
    let mut fields = fields_of(&shop, a);
    fields.occupation = Some("teacher".into());
    shop.apply(&Command::UpdateCustomer { id: a, fields });
    let listed = mergings(&mut shop);
    assert_eq!(listed[0].gone, ["Li Na", "李娜"]);
    assert!(!listed[0].undone);
    shop.now = at("2026-09-01T12:00");
    let undone = undo(&mut shop, &done);
    shop.now = at("2026-06-15T12:00");
    for (id, was) in [b, c, other].into_iter().zip(&before[1..]) {
        assert_eq!(&whole(&mut shop, id), was, "{id}");
    }
    let expect = CustomerDraft {
        occupation: Some("teacher".into()),
        ..before[0].customer.clone().unwrap().fields
    };
    assert_eq!(
        fields_of(&shop, a),
        expect,
        "what was edited since stays, all else is as it was"
    );
    assert_eq!(shop.balance(a), 510 - 100);
    shop.assert_in_step();
    let read = shop.engine.store.read();
    assert_eq!(read.customer_by_external_id("B1").unwrap(), Some(b));
    // And the undo undone.
    undo(&mut shop, &undone);
    assert_eq!(shop.engine.store.read().settled(c).unwrap(), a);
    assert_eq!(everybody(&mut shop).len(), 2);
    shop.assert_in_step();
}

fn fields_of(shop: &Shop, id: CustomerId) -> CustomerDraft {
    let customer = shop.engine.store.read().customer(id).unwrap();
    customer.unwrap().fields
}

#[test]
fn balances_add_and_the_higher_tier_stays_whatever_one_account_would_have_had() {
    let mut shop = Shop::new();
    shop.apply(&Command::SetProgram {
        program: CAPPED.into(),
        from: None,
    });
    let a = shop.customer("李娜", "13800000001");
    let b = shop.customer("李娜", "13800000001");
    // Together the second purchase would have been gold's, twice the points.
    shop.order(a, "2026-01-01T10:00", 120_000);
    shop.order(b, "2026-02-01T10:00", 30_000);
    shop.order(b, "2026-03-01T10:00", 10_000);
    redeem(&mut shop, b, 300, "r1");
    let (one, other) = (whole(&mut shop, a), whole(&mut shop, b));
    let sum = one.account.as_ref().unwrap().0 + other.account.as_ref().unwrap().0;
    assert_eq!(sum, 1_200 + 100);
    let done = merge(&mut shop, &[a, b]);
    let Outcome::Customer { id } = done.outcome else {
        panic!("{done:?}")
    };
    let merged = whole(&mut shop, id).account.unwrap();
    assert_eq!((merged.0, merged.3.as_deref()), (sum, Some("gold")));
    shop.assert_in_step();
    undo(&mut shop, &done);
    assert_eq!(whole(&mut shop, a), one);
    assert_eq!(whole(&mut shop, b), other);
    shop.assert_in_step();
}

#[test]
fn a_later_merging_is_undone_first() {
    let mut shop = Shop::new();
    shop.program();
    let [a, b, c, _] = three(&mut shop);
    let first = merge(&mut shop, &[a, b]);
    let second = merge(&mut shop, &[a, c]);
    let fault = shop.refuse(&Command::Undo {
        batch: first.batch.unwrap(),
    });
    assert_eq!(fault.code, FaultCode::CannotUndo);
    let listed = mergings(&mut shop);
    assert_eq!((listed[0].first, listed[1].first), (None, second.batch));
    undo(&mut shop, &second);
    undo(&mut shop, &first);
    assert_eq!(everybody(&mut shop).len(), 4);
    shop.assert_in_step();
}

#[test]
fn two_customers_stay_two() {
    let mut shop = Shop::new();
    let [a, b, c, _] = three(&mut shop);
    find(&mut shop);
    let done = shop.apply(&Command::Twins(TwinCommand::Distinct {
        ids: vec![a, b, c],
    }));
    assert_eq!(done.outcome, Outcome::Customers { count: 3 });
    assert_eq!(groups(&mut shop).items, []);
    assert_eq!(groups(&mut shop).distinct, 3);
    // Also after another search, and when one of them is looked at anew.
    find(&mut shop);
    assert_eq!(groups(&mut shop).items, []);
    let mut fields = shop
        .engine
        .store
        .read()
        .customer(a)
        .unwrap()
        .unwrap()
        .fields;
    fields.note = Some("tall".into());
    shop.apply(&Command::UpdateCustomer { id: a, fields });
    assert_eq!(groups(&mut shop).items, []);
    shop.apply(&Command::Twins(TwinCommand::NotDistinct { a, b }));
    assert_eq!(groups(&mut shop).items.len(), 1);
    undo(&mut shop, &done);
    assert_eq!(groups(&mut shop).distinct, 0);
}

#[test]
fn changes_after_the_search_are_followed() {
    let mut shop = Shop::new();
    let [_, b, ..] = three(&mut shop);
    find(&mut shop);
    assert_eq!(groups(&mut shop).items[0].members.len(), 3);
    let fourth = shop.customer("李娜", "13800000001");
    assert_eq!(groups(&mut shop).items[0].members.len(), 4);
    shop.apply(&Command::RemoveCustomers { ids: vec![fourth] });
    assert_eq!(groups(&mut shop).items[0].members.len(), 3);
    // While somebody is typed in, the likeliest is named.
    let fields = CustomerDraft {
        name: "LI NA".into(),
        phone: Some("138 0000 0001".into()),
        ..CustomerDraft::default()
    };
    match ask(&mut shop, TwinQuery::Like { fields, own: None }) {
        TwinReply::Alike(found) => assert_eq!(found[0].id, b),
        other => panic!("{other:?}"),
    }
}

#[test]
fn many_groups_are_made_one_in_one_batch() {
    let mut shop = Shop::new();
    shop.program();
    let mut all = Vec::new();
    for n in 0..9 {
        let phone = format!("1380000000{n}");
        let a = shop.customer(&format!("Ann Number{n}"), &phone);
        let b = shop.customer(&format!("Number{n} Ann"), &phone);
        shop.order(a, "2026-05-01T10:00", 10_000);
        shop.order(b, "2026-05-02T10:00", 10_000);
        all.push(vec![a, b]);
    }
    assert_eq!(find(&mut shop).groups, [9, 0, 0]);
    let context = shop.context();
    let mut session = MergeSession::new(all);
    let done = loop {
        if let Step::Done(applied) = session.step(&mut shop.engine, &context).unwrap() {
            break applied.done;
        }
    };
    assert_eq!(done.outcome, Outcome::Customers { count: 9 });
    assert_eq!(everybody(&mut shop).len(), 9);
    assert_eq!(mergings(&mut shop).len(), 9);
    shop.assert_in_step();
    undo(&mut shop, &done);
    assert_eq!(everybody(&mut shop).len(), 18);
    assert!(mergings(&mut shop).iter().all(|it| it.undone));
    shop.assert_in_step();
}

#[test]
fn what_the_log_says_names_the_merging() {
    let mut shop = Shop::new();
    let [a, b, ..] = three(&mut shop);
    merge(&mut shop, &[a, b]);
    match shop.ask(Query::History {
        kind: RecordKind::Customer,
        id: a.to_string(),
        offset: 0,
        limit: 10,
    }) {
        Reply::History(page) => assert_eq!(page.items[0].command, "merge_customers"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_that_knows_the_old_keys_finds_the_survivor_and_changes_nothing() {
    let mut shop = Shop::new();
    let file = "客户编号,姓名,手机号,邮箱\nA1,李娜,13800000001,\nB1,Li Na,,li.na@example.com\n";
    shop.import("c.csv", file);
    assert_eq!(find(&mut shop).customers, 2);
    let read = shop.engine.store.read();
    let (a, b) = (
        read.customer_by_external_id("A1").unwrap().unwrap(),
        read.customer_by_external_id("B1").unwrap().unwrap(),
    );
    merge(&mut shop, &[a, b]);
    let before = everybody(&mut shop);
    assert_eq!(before.len(), 1);
    let survivor = shop.engine.store.read().settled(b).unwrap();
    let was = shop.engine.store.read().customer(survivor).unwrap();
    // The same file again, and its rows in the other order.
    let turned = "客户编号,姓名,手机号,邮箱\nB1,Li Na,,li.na@example.com\nA1,李娜,13800000001,\n";
    for (name, file) in [("c.csv", file), ("d.csv", turned)] {
        shop.import(name, file);
        let now = shop.engine.store.read().customer(survivor).unwrap();
        assert_eq!(
            now.map(|it| it.fields),
            was.clone().map(|it| it.fields),
            "{name}"
        );
    }
    assert_eq!(everybody(&mut shop), before);
    // Orders of either number are theirs.
    let orders = "订单号,客户编号,下单时间,实付金额\nO1,A1,2026-05-01 10:00,10.00\nO2,B1,2026-05-02 10:00,20.00\n";
    shop.import("o.csv", orders);
    assert_eq!(
        shop.engine.store.read().orders_of(survivor).unwrap().len(),
        2
    );
    shop.assert_in_step();
}

#[test]
fn places_on_lists_and_coupons_go_along() {
    let mut shop = Shop::new();
    let [a, b, ..] = three(&mut shop);
    let meta = store::BatchMeta {
        name: "save_list",
        subject: "",
        who: "",
        at: shop.now,
        request: None,
        continues: None,
        bulk: false,
    };
    let written = shop.engine.store.write(meta, |tx| {
        let list = tx.create_list("friends", None, None)?;
        tx.add_to_list(list, b)?;
        Ok::<_, store::StoreError>(list)
    });
    let list = written.unwrap().value;
    let on = |shop: &Shop, who| shop.engine.store.read().lists_of(who).unwrap() == [list];
    let done = merge(&mut shop, &[a, b]);
    let Outcome::Customer { id } = done.outcome else {
        panic!("{done:?}")
    };
    assert!(on(&shop, id));
    shop.engine.store.quick_check().unwrap();
    undo(&mut shop, &done);
    assert!(on(&shop, b) && !on(&shop, a));
    shop.engine.store.quick_check().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever two or three customers had: their balances add, nothing is lost, and undo gives all of it back.
    #[test]
    fn merging_adds_and_undo_gives_back(
        orders in prop::collection::vec((0usize..3, 1u32..150, 1i64..2_000), 1..10),
        spent in prop::collection::vec((0usize..3, 1i64..6), 0..3),
        many in 2usize..4,
        tiers in any::<bool>(),
    ) {
        let mut shop = Shop::new();
        let program = if tiers { CAPPED } else { PROGRAM };
        shop.apply(&Command::SetProgram { program: program.into(), from: None });
        let ids: Vec<CustomerId> = (0..3).map(|n| shop.customer(&format!("C{n}"), "13800000001")).collect();
        for (who, day, amount) in orders {
            let day = Day::from_ymd(2026, 1, 1).unwrap().plus_days(day as i32);
            shop.order(ids[who], &format!("{day}T10:00"), amount * 100);
        }
        for (n, (who, hundreds)) in spent.into_iter().enumerate() {
            let _ = shop.try_apply(&Command::Redeem {
                customer: ids[who],
                points: Some(Points(hundreds * 100)),
                reward: None,
                order_amount: None,
                order: None,
                key: format!("r{n}"),
            });
        }
        let before: Vec<Whole> = ids.iter().map(|id| whole(&mut shop, *id)).collect();
        let sum: i64 = before[..many].iter().map(|it| it.account.as_ref().unwrap().0).sum();
        let orders: usize = before[..many].iter().map(|it| it.orders.len()).sum();
        let done = merge(&mut shop, &ids[..many]);
        let Outcome::Customer { id } = done.outcome else { panic!() };
        let merged = whole(&mut shop, id);
        prop_assert_eq!(merged.account.as_ref().unwrap().0, sum);
        prop_assert_eq!(merged.orders.len(), orders);
        shop.assert_in_step();
        undo(&mut shop, &done);
        for (id, was) in ids.iter().zip(&before) {
            prop_assert_eq!(&whole(&mut shop, *id), was);
        }
        shop.assert_in_step();
    }
}
