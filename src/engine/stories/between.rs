//! Points between members, for orders, by events; keys; and that a new order folds one member.

use super::commands::refund;
use super::*;
use protocol::{BonusEnds, MemberView, PointsCommand, PointsQuery, PointsReply, RewardView};

/// Pending for a week, half an order may be paid with points, everything else as the plain programme.
const PENDING: &str = r#"{"name":"Star","currency":"CNY","time_zone":"Asia/Shanghai",
  "earn":[{"id":"base","on":"purchase","points":1,"per":"1.00"},
    {"id":"review","on":"event","event":"review","points":20,"cap":{"points":40,"per":"month"}},
    {"id":"friend","on":"referral","points":100}],
  "pending_days":7,"expiry":{"kind":"months","n":12},
  "redeem":{"points":100,"worth":"1.00","step":100,"min_points":100,"max_share":"0.5"},
  "rewards":[{"id":"mug","name":"Mug","points":300,"stock":1}],
  "tiers":{"measure":"qualifying_points","window":{"kind":"rolling_months","n":12},"keep_months":12,
    "levels":[{"id":"silver","from":0},{"id":"gold","from":1000}]}}"#;

fn points(command: PointsCommand) -> Command {
    Command::Points(command)
}

fn transfer(from: CustomerId, to: CustomerId, many: i64, key: &str) -> Command {
    points(PointsCommand::Transfer {
        from,
        to,
        points: Points(many),
        reason: Some("家人".into()),
        key: key.into(),
    })
}

fn merge(from: CustomerId, into: CustomerId, key: &str) -> Command {
    points(PointsCommand::Merge {
        from,
        into,
        reason: None,
        key: key.into(),
    })
}

fn bonus(customer: CustomerId, many: i64, ends: BonusEnds, key: &str) -> Command {
    points(PointsCommand::Bonus {
        customer,
        points: Points(many),
        qualifies: true,
        ends,
        reason: "campaign".into(),
        key: key.into(),
    })
}

fn redeem(customer: CustomerId, many: i64, order: Option<OrderId>, key: &str) -> Command {
    Command::Redeem {
        customer,
        points: Some(Points(many)),
        reward: None,
        order_amount: None,
        order,
        key: key.into(),
    }
}

fn reverse(entry: &str, key: &str) -> Command {
    Command::ReverseEntry {
        entry: entry.into(),
        reason: None,
        key: key.into(),
    }
}

#[track_caller]
fn member(shop: &mut Shop, customer: CustomerId) -> MemberView {
    let as_of = None;
    match shop.ask(Query::Member { customer, as_of }) {
        Reply::Member(member) => member,
        other => panic!("{other:?}"),
    }
}

/// The id of the recorded entry with a key.
#[track_caller]
fn entry(shop: &mut Shop, customer: CustomerId, key: &str) -> String {
    let entries = shop.engine.store.read().entries(customer).unwrap();
    let found = entries.iter().find(|it| it.fields.key.starts_with(key));
    found.unwrap().id.to_string()
}

fn with_program(json: &str) -> Shop {
    let mut shop = Shop::new();
    shop.apply(&Command::SetProgram {
        program: json.into(),
        from: None,
    });
    shop
}

#[test]
fn transferred_points_keep_their_expiry_and_do_not_qualify() {
    let mut shop = with_program(PROGRAM);
    let ann = shop.customer("Ann", "");
    let bob = shop.customer("Bob", "");
    shop.order(ann, "2025-08-01T10:00", 30_000);
    shop.order(ann, "2026-06-01T10:00", 90_000);
    let done = shop.apply(&transfer(ann, bob, 400, "t1"));
    let answer = Outcome::Points {
        balance: Points(800),
        worth: None,
    };
    assert_eq!(done.outcome, answer);
    let got = member(&mut shop, bob);
    let lots: Vec<(i64, String)> = got
        .lots
        .iter()
        .map(|lot| (lot.points.0, lot.expires_on.unwrap().to_string()))
        .collect();
    let expect = [
        (300, "2026-08-01".to_owned()),
        (100, "2027-06-01".to_owned()),
    ];
    assert_eq!(lots, expect);
    assert_eq!((got.balance, got.qualifying), (Points(400), Points(0)));
    assert_eq!(member(&mut shop, ann).qualifying, Points(1_200));
    shop.assert_in_step();
    // Again, after other things: the first answer. With other content, to oneself, or more than there is: refused.
    shop.apply(&redeem(ann, 200, None, "r"));
    assert_eq!(shop.apply(&transfer(ann, bob, 400, "t1")).outcome, answer);
    assert_eq!(shop.balance(ann), 600);
    for (command, code) in [
        (transfer(ann, bob, 300, "t1"), FaultCode::KeyReused),
        (transfer(bob, ann, 400, "t1"), FaultCode::KeyReused),
        (transfer(ann, ann, 100, "t2"), FaultCode::Invalid),
        (transfer(ann, bob, 601, "t2"), FaultCode::InsufficientPoints),
        (transfer(ann, bob, 0, "t2"), FaultCode::Invalid),
        (transfer(ann, bob, -5, "t2"), FaultCode::Invalid),
    ] {
        assert_eq!(shop.refuse(&command).code, code, "{command:?}");
    }
}

#[test]
fn a_transfer_is_taken_back_on_both_sides() {
    let mut shop = with_program(PROGRAM);
    let ann = shop.customer("Ann", "");
    let bob = shop.customer("Bob", "");
    shop.order(ann, "2026-06-01T10:00", 90_000);
    let done = shop.apply(&transfer(ann, bob, 400, "t1"));
    shop.apply(&Command::Undo {
        batch: done.batch.unwrap(),
    });
    assert_eq!((shop.balance(ann), shop.balance(bob)), (900, 0));
    shop.assert_in_step();
    // From the side of who got them.
    shop.apply(&transfer(ann, bob, 300, "t2"));
    let given = entry(&mut shop, ann, "t2");
    let entry = entry(&mut shop, bob, &format!("transfer:{given}"));
    shop.apply(&reverse(&entry, "v"));
    assert_eq!((shop.balance(ann), shop.balance(bob)), (900, 0));
    assert_eq!(shop.apply(&reverse(&entry, "v")).batch, None);
    assert_eq!(
        shop.refuse(&reverse(&entry, "w")).code,
        FaultCode::CannotUndo
    );
    // What is spent already cannot be taken back by hand.
    shop.apply(&transfer(ann, bob, 300, "t3"));
    shop.apply(&redeem(bob, 300, None, "r"));
    let entry = self::entry(&mut shop, ann, "t3");
    let fault = shop.refuse(&reverse(&entry, "x"));
    assert_eq!(fault.code, FaultCode::InsufficientPoints);
    assert_eq!((shop.balance(ann), shop.balance(bob)), (600, 0));
    shop.assert_in_step();
}

#[test]
fn merging_adds_everything_keeps_the_higher_tier_and_follows_up() {
    let mut shop = with_program(PENDING);
    let ann = shop.customer("Ann", "");
    let bob = shop.customer("Bob", "");
    let old = shop.order(ann, "2026-05-01T10:00", 120_000);
    shop.order(ann, "2026-06-12T10:00", 5_000);
    shop.order(bob, "2026-06-01T10:00", 30_000);
    let done = shop.apply(&merge(ann, bob, "m1"));
    let answer = Outcome::Points {
        balance: Points(1_500),
        worth: None,
    };
    assert_eq!(done.outcome, answer);
    let (gone, kept) = (member(&mut shop, ann), member(&mut shop, bob));
    assert_eq!(
        (gone.balance, gone.pending, gone.tier),
        (Points(0), Points(0), None)
    );
    assert_eq!((kept.balance, kept.pending), (Points(1_500), Points(50)));
    assert_eq!(kept.tier.as_deref(), Some("gold"));
    shop.assert_in_step();
    // A refund of her order is passed on to him, once.
    shop.apply(&Command::RefundOrder(refund(old, Some(20_000), "back")));
    assert_eq!((shop.balance(ann), shop.balance(bob)), (0, 1_300));
    let late = shop.order(ann, "2026-06-02T10:00", 10_000);
    assert_eq!((shop.balance(ann), shop.balance(bob)), (0, 1_400));
    shop.apply(&Command::RemoveOrder { id: late });
    assert_eq!((shop.balance(ann), shop.balance(bob)), (0, 1_300));
    shop.assert_in_step();
    assert_eq!(shop.apply(&merge(ann, bob, "m1")).outcome, answer);
    for command in [
        merge(ann, bob, "m2"),
        merge(bob, ann, "m2"),
        merge(bob, bob, "m2"),
        transfer(bob, ann, 100, "m2"),
    ] {
        assert_eq!(
            shop.refuse(&command).code,
            FaultCode::Invalid,
            "{command:?}"
        );
    }
    // Pending points post with him.
    shop.now = at("2026-06-20T12:00");
    assert_eq!((shop.balance(ann), shop.balance(bob)), (0, 1_350));
    shop.assert_in_step();
    // The merging and what followed it are reversed together.
    let entry = entry(&mut shop, ann, "m1");
    shop.apply(&reverse(&entry, "v"));
    assert_eq!((shop.balance(ann), shop.balance(bob)), (1_050, 300));
    assert_eq!(member(&mut shop, bob).tier.as_deref(), Some("silver"));
    assert_eq!(member(&mut shop, ann).tier.as_deref(), Some("gold"));
    shop.assert_in_step();
    shop.apply(&merge(ann, bob, "m3"));
    assert_eq!((shop.balance(ann), shop.balance(bob)), (0, 1_350));
}

#[test]
fn an_undone_merging_leaves_both_as_they_were() {
    let mut shop = with_program(PENDING);
    let ann = shop.customer("Ann", "");
    let bob = shop.customer("Bob", "");
    let order = shop.order(ann, "2026-05-01T10:00", 120_000);
    shop.order(ann, "2026-06-12T10:00", 5_000);
    shop.apply(&redeem(ann, 1_200, None, "r"));
    shop.apply(&Command::RefundOrder(refund(order, Some(10_000), "back")));
    shop.order(bob, "2026-06-01T10:00", 30_000);
    let (before_ann, before_bob) = (member(&mut shop, ann), member(&mut shop, bob));
    assert_eq!(
        (before_ann.debt, before_ann.pending),
        (Points(100), Points(50))
    );
    let done = shop.apply(&merge(ann, bob, "m1"));
    let merged = member(&mut shop, bob);
    assert_eq!(
        (merged.balance, merged.pending, merged.debt),
        (Points(200), Points(50), Points(0))
    );
    let batch = done.batch.unwrap();
    let undone = shop.apply(&Command::Undo { batch });
    assert_eq!(member(&mut shop, ann), before_ann);
    assert_eq!(member(&mut shop, bob), before_bob);
    shop.assert_in_step();
    // And the undo undone.
    let batch = undone.batch.unwrap();
    shop.apply(&Command::Undo { batch });
    assert_eq!((shop.balance(ann), shop.balance(bob)), (0, 200));
    shop.assert_in_step();
}

#[test]
fn points_pay_for_an_order_within_its_limits_and_return_with_it() {
    let mut shop = with_program(PENDING);
    let ann = shop.customer("Ann", "");
    let bob = shop.customer("Bob", "");
    shop.order(ann, "2026-05-01T10:00", 120_000);
    let order = shop.order(ann, "2026-06-15T10:00", 1_000);
    assert_eq!(member(&mut shop, ann).pending, Points(10));
    shop.apply(&redeem(ann, 300, Some(order), "k1"));
    // Half of 10.00 is 500 points; 300 are used.
    let fault = shop.refuse(&redeem(ann, 300, Some(order), "k2"));
    assert_eq!(fault.path.as_deref(), Some("redeem.max_share"));
    assert_eq!(fault.expected.as_deref(), Some("200"));
    shop.apply(&redeem(ann, 200, Some(order), "k2"));
    // 5.00 of it is paid in points and earns nothing.
    let then = member(&mut shop, ann);
    assert_eq!((then.balance, then.pending), (Points(700), Points(5)));
    for (command, code) in [
        (redeem(bob, 100, Some(order), "k3"), FaultCode::NotFound),
        (redeem(ann, 300, None, "k1"), FaultCode::KeyReused),
    ] {
        assert_eq!(shop.refuse(&command).code, code);
    }
    shop.assert_in_step();
    // A payment that is reversed earns again.
    let entry = entry(&mut shop, ann, "k2");
    let done = shop.apply(&reverse(&entry, "v"));
    let then = member(&mut shop, ann);
    assert_eq!((then.balance, then.pending), (Points(900), Points(7)));
    shop.apply(&Command::Undo {
        batch: done.batch.unwrap(),
    });
    let then = member(&mut shop, ann);
    assert_eq!((then.balance, then.pending), (Points(700), Points(5)));
    shop.now = at("2026-06-15T12:05");
    // The order comes back whole: so do the points. Nothing more can be paid for it.
    let refunded = shop.apply(&Command::RefundOrder(refund(order, None, "back")));
    let then = member(&mut shop, ann);
    assert_eq!((then.balance, then.pending), (Points(1_200), Points(0)));
    let fault = shop.refuse(&redeem(ann, 100, Some(order), "k4"));
    assert_eq!(fault.code, FaultCode::RefundTooLarge);
    let again = shop.refuse(&Command::RefundOrder(refund(order, None, "back2")));
    assert_eq!(again.code, FaultCode::RefundTooLarge);
    shop.assert_in_step();
    shop.apply(&Command::Undo {
        batch: refunded.batch.unwrap(),
    });
    assert_eq!(shop.balance(ann), 700);
    // An order that is removed gives them back, too; and takes them again when that is undone.
    let removed = shop.apply(&Command::RemoveOrder { id: order });
    assert_eq!(shop.balance(ann), 1_200);
    shop.apply(&Command::Undo {
        batch: removed.batch.unwrap(),
    });
    let then = member(&mut shop, ann);
    assert_eq!((then.balance, then.pending), (Points(700), Points(5)));
    shop.assert_in_step();
}

#[test]
fn an_order_cannot_be_paid_with_the_points_it_gives() {
    let mut shop = with_program(PROGRAM);
    let ann = shop.customer("Ann", "");
    let order = shop.order(ann, "2026-06-15T10:00", 10_000);
    assert_eq!(shop.balance(ann), 100);
    let fault = shop.refuse(&redeem(ann, 100, Some(order), "k"));
    assert_eq!(fault.code, FaultCode::InsufficientPoints);
}

#[test]
fn events_referrals_and_bonuses_earn_once() {
    let mut shop = with_program(PENDING);
    let ann = shop.customer("Ann", "");
    let bob = shop.customer("Bob", "");
    let event = |key: &str| {
        points(PointsCommand::Event {
            customer: ann,
            event: "review".into(),
            amount: None,
            key: key.into(),
        })
    };
    for (key, balance) in [("e1", 20), ("e1", 20), ("e2", 40), ("e3", 40)] {
        // The third of the month is beyond the cap.
        shop.apply(&event(key));
        assert_eq!(shop.balance(ann), balance, "{key}");
    }
    let referral = |referrer, friend, key: &str| {
        points(PointsCommand::Referral {
            referrer,
            friend,
            amount: None,
            key: key.into(),
        })
    };
    let done = shop.apply(&referral(ann, bob, "f1"));
    assert_eq!(shop.balance(ann), 140);
    let carol = shop.customer("Carol", "");
    for (command, code) in [
        (referral(ann, bob, "f2"), FaultCode::KeyReused),
        (referral(carol, bob, "f3"), FaultCode::KeyReused),
        (referral(bob, bob, "f4"), FaultCode::Invalid),
    ] {
        let refused = shop.refuse(&command).code;
        assert!(
            refused == code || refused == FaultCode::KeyTaken,
            "{command:?}"
        );
    }
    assert_eq!(shop.apply(&referral(ann, bob, "f1")).batch, None);
    shop.apply(&Command::Undo {
        batch: done.batch.unwrap(),
    });
    assert_eq!(shop.balance(ann), 40);
    let last = "2026-06-30".parse().unwrap();
    shop.apply(&bonus(ann, 50, BonusEnds::On(last), "b1"));
    assert_eq!(
        shop.apply(&bonus(ann, 50, BonusEnds::On(last), "b1")).batch,
        None
    );
    let fault = shop.refuse(&bonus(ann, 50, BonusEnds::Never, "b1"));
    assert_eq!(fault.code, FaultCode::KeyReused);
    let over = "2026-06-14".parse().unwrap();
    let fault = shop.refuse(&bonus(ann, 50, BonusEnds::On(over), "b2"));
    assert_eq!(fault.code, FaultCode::Invalid);
    let then = member(&mut shop, ann);
    assert_eq!((then.balance, then.qualifying), (Points(90), Points(90)));
    shop.assert_in_step();
    shop.now = at("2026-07-01T12:00");
    assert_eq!(shop.balance(ann), 40);
}

fn mug(shop: &mut Shop, customer: CustomerId) -> RewardView {
    let customer = Some(customer);
    match shop.ask(Query::Points(PointsQuery::Rewards { customer })) {
        Reply::Points(PointsReply::Rewards(rewards)) => rewards[0].clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_two_devices_oversold_is_said_and_not_lost() {
    let mut shop = with_program(PROGRAM);
    let ann = shop.customer("Ann", "");
    let bob = shop.customer("Bob", "");
    for customer in [ann, bob] {
        shop.order(customer, "2026-06-01T10:00", 40_000);
    }
    let view = mug(&mut shop, ann);
    assert_eq!(
        (view.left, view.taken, view.missing),
        (Some(1), 0, Points(0))
    );
    let buy = Command::Redeem {
        customer: ann,
        points: None,
        reward: Some("mug".into()),
        order_amount: None,
        order: None,
        key: "mine".into(),
    };
    shop.apply(&buy);
    let view = mug(&mut shop, ann);
    assert_eq!(
        (view.left, view.taken, view.missing),
        (Some(0), 1, Points(200))
    );
    // The other device sold the same mug before it heard of this one; its entry arrives.
    let entry = store::EntryDraft {
        kind: store::EntryKind::Redemption,
        points: Points(-300),
        at: at("2026-06-15T11:59"),
        key: "theirs".into(),
        program_version: Some(1),
        reward: Some("mug".into()),
        reason: None,
        reverses: None,
        order: None,
        data: None,
    };
    let meta = store::BatchMeta {
        name: "exchange",
        subject: "",
        who: "other",
        at: shop.now,
        request: None,
        continues: None,
        bulk: false,
    };
    let written = shop
        .engine
        .store
        .write(meta, |tx| tx.add_entry(bob, &entry))
        .unwrap();
    shop.engine
        .follow(
            crate::follow::Touched::points(bob),
            written.data_version,
            &written.kinds(),
        )
        .unwrap();
    assert_eq!((shop.balance(ann), shop.balance(bob)), (100, 100));
    let view = mug(&mut shop, ann);
    assert_eq!((view.left, view.taken, view.oversold), (Some(0), 2, 1));
    shop.assert_in_step();
    // One is given back: one is there for one.
    let entry = self::entry(&mut shop, bob, "theirs");
    shop.apply(&reverse(&entry, "v"));
    let view = mug(&mut shop, ann);
    assert_eq!((view.left, view.taken, view.oversold), (Some(0), 1, 0));
}

#[test]
fn two_tills_cannot_spend_the_same_points() {
    let mut shop = with_program(PROGRAM);
    let ann = shop.customer("Ann", "");
    shop.order(ann, "2026-06-01T10:00", 30_000);
    // Two requests at once come one after the other: the leader of the tabs writes.
    shop.apply(&redeem(ann, 200, None, "till-1"));
    let fault = shop.refuse(&redeem(ann, 200, None, "till-2"));
    assert_eq!(fault.code, FaultCode::InsufficientPoints);
    assert_eq!(fault.found.as_deref(), Some("100"));
    // A double tap is one redemption, even if the second tap comes much later, and gives the first answer.
    let first = shop.apply(&redeem(ann, 100, None, "tap"));
    shop.order(ann, "2026-06-02T10:00", 50_000);
    shop.now = at("2026-06-18T12:00");
    let again = shop.apply(&redeem(ann, 100, None, "tap"));
    assert_eq!((again.outcome, again.batch), (first.outcome, None));
    assert_eq!(shop.balance(ann), 500);
}

#[test]
fn a_new_order_folds_one_member_and_the_sums_follow() {
    let mut shop = with_program(PROGRAM);
    let customers: Vec<CustomerId> = (0..30)
        .map(|n| shop.customer(&format!("C{n}"), ""))
        .collect();
    for &customer in &customers {
        shop.order(customer, "2026-06-01T10:00", 10_000);
    }
    let look = |shop: &mut Shop| {
        let today = shop.engine.today(&shop.context());
        let view = shop.engine.view_points(today, today).unwrap();
        let (table, _) = view.points().unwrap();
        (table.folds, table.totals.outstanding, table.totals.members)
    };
    let (folds, outstanding, members) = look(&mut shop);
    assert_eq!((outstanding, members), (Points(3_000), 30));
    let order = shop.order(customers[7], "2026-06-03T10:00", 5_000);
    assert_eq!(look(&mut shop), (folds + 1, Points(3_050), 30));
    shop.apply(&Command::RefundOrder(refund(order, None, "r")));
    assert_eq!(look(&mut shop), (folds + 2, Points(3_000), 30));
    shop.apply(&redeem(customers[3], 100, None, "k"));
    assert_eq!(look(&mut shop), (folds + 3, Points(2_900), 29));
    // A member who goes is taken out of the sums without folding anybody.
    shop.apply(&Command::RemoveCustomers {
        ids: vec![customers[9]],
    });
    assert_eq!(look(&mut shop), (folds + 3, Points(2_800), 28));
    shop.assert_in_step();
}
