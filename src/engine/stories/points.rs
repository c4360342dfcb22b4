//! Points: exact, once, within the programme's limits, undone by reversal.

use super::commands::refund;
use super::*;
use expect_test::expect;

fn redeem(customer: CustomerId, points: Option<i64>, reward: Option<&str>, key: &str) -> Command {
    Command::Redeem {
        customer,
        points: points.map(Points),
        reward: reward.map(str::to_owned),
        order_amount: None,
        order: None,
        key: key.into(),
    }
}

fn adjust(customer: CustomerId, points: i64, key: &str) -> Command {
    Command::AdjustPoints {
        customer,
        points: Points(points),
        reason: "by hand".into(),
        key: key.into(),
    }
}

fn ledger(shop: &mut Shop, customer: CustomerId) -> String {
    let Reply::Ledger(page) = shop.ask(Query::Ledger {
        customer,
        as_of: None,
        offset: 0,
        limit: 100,
    }) else {
        panic!()
    };
    page.items
        .iter()
        .map(|it| {
            format!(
                "{} {:?} {:+} = {}\n",
                &it.local_at[..10],
                it.kind,
                it.points.0,
                it.balance.0
            )
        })
        .collect()
}

#[test]
fn points_are_earned_spent_refunded_and_reversed() {
    let mut shop = Shop::new();
    let ann = shop.customer("Ann", "");
    assert_eq!(
        shop.refuse(&adjust(ann, 5, "none")).code,
        FaultCode::NoProgram
    );
    let order = shop.order(ann, "2026-06-01T10:00", 50_099);
    // The first programme holds for all of history.
    shop.program();
    assert_eq!(shop.balance(ann), 500);
    let done = shop.apply(&redeem(ann, Some(300), None, "k1"));
    assert_eq!(
        done.outcome,
        Outcome::Points {
            balance: Points(200),
            worth: Some(Money(300))
        }
    );
    let spent = done.batch.unwrap();
    for (command, expect) in [
        (
            redeem(ann, Some(250), None, "k2"),
            expect!["InsufficientPoints at - found 200 expected 250 []"],
        ),
        (
            redeem(ann, Some(150), None, "k2"),
            expect!["ProgramLimit at redeem.step found 150 expected 200 []"],
        ),
        (
            redeem(ann, Some(300), None, "k2"),
            expect!["InsufficientPoints at - found 200 expected 300 []"],
        ),
        (
            redeem(ann, Some(100), None, "k1"),
            expect!["KeyReused at key found k1 expected - []"],
        ),
        (
            redeem(ann, None, Some("car"), "k2"),
            expect!["NotFound at reward found car expected - []"],
        ),
        (
            adjust(ann, -201, "k2"),
            expect!["InsufficientPoints at - found 200 expected 201 []"],
        ),
        (
            adjust(ann, 0, "k2"),
            expect!["Invalid at - found - expected - [points:Missing]"],
        ),
    ] {
        expect.assert_eq(&tell(&shop.refuse(&command)));
    }
    // The same wish again under its key: the same answer, nothing written.
    assert_eq!(shop.apply(&redeem(ann, Some(300), None, "k1")).batch, None);
    shop.apply(&Command::RefundOrder(refund(order, Some(20_000), "r")));
    assert_eq!(shop.balance(ann), 0);
    shop.assert_in_step();
    shop.apply(&Command::Undo { batch: spent });
    assert_eq!(shop.balance(ann), 300);
    shop.assert_in_step();
    expect![[r#"
        2026-06-15 Reversal +300 = 300
        2026-06-15 Reversal -200 = 0
        2026-06-15 Redemption -300 = 200
        2026-06-01 Accrual +500 = 500
    "#]]
    .assert_eq(&ledger(&mut shop, ann));
}

#[test]
fn rewards_run_out_and_come_back_when_reversed() {
    let mut shop = Shop::new();
    shop.program();
    let ann = shop.customer("Ann", "");
    let bob = shop.customer("Bob", "");
    for customer in [ann, bob] {
        shop.apply(&adjust(customer, 400, &format!("a{customer}")));
    }
    shop.apply(&redeem(ann, None, Some("mug"), "k1"));
    assert_eq!(shop.balance(ann), 100);
    let none_left = shop.refuse(&redeem(bob, None, Some("mug"), "k2"));
    assert_eq!(none_left.code, FaultCode::ProgramLimit);
    let Reply::Ledger(page) = shop.ask(Query::Ledger {
        customer: ann,
        as_of: None,
        offset: 0,
        limit: 1,
    }) else {
        panic!()
    };
    assert!(page.items[0].reversible);
    let reverse = |entry: &str, key: &str| Command::ReverseEntry {
        entry: entry.into(),
        reason: Some("never mind".into()),
        key: key.into(),
    };
    let bought = page.items[0].id.clone();
    shop.apply(&reverse(&bought, "v1"));
    assert_eq!(shop.apply(&reverse(&bought, "v1")).batch, None);
    assert_eq!(
        shop.refuse(&reverse(&bought, "v2")).code,
        FaultCode::CannotUndo
    );
    assert_eq!(
        shop.refuse(&reverse("order:x", "v3")).code,
        FaultCode::CannotUndo
    );
    assert_eq!(shop.balance(ann), 400);
    shop.apply(&redeem(bob, None, Some("mug"), "k2"));
    shop.assert_in_step();
}

#[test]
fn given_points_that_are_spent_cannot_be_taken_back() {
    let mut shop = Shop::new();
    shop.program();
    let ann = shop.customer("Ann", "");
    shop.apply(&adjust(ann, 300, "a"));
    let Reply::Ledger(page) = shop.ask(Query::Ledger {
        customer: ann,
        as_of: None,
        offset: 0,
        limit: 1,
    }) else {
        panic!()
    };
    shop.apply(&redeem(ann, Some(200), None, "k"));
    let fault = shop.refuse(&Command::ReverseEntry {
        entry: page.items[0].id.clone(),
        reason: None,
        key: "v".into(),
    });
    assert_eq!(fault.code, FaultCode::InsufficientPoints);
    assert_eq!(shop.balance(ann), 100);
}

#[test]
fn a_new_version_leaves_earlier_purchases_alone() {
    let mut shop = Shop::new();
    shop.program();
    let ann = shop.customer("Ann", "");
    shop.order(ann, "2026-06-14T10:00", 10_000);
    shop.apply(&Command::SetProgram {
        program: PROGRAM.replace(r#""points":1,"per":"1.00""#, r#""points":2,"per":"1.00""#),
        from: None,
    });
    shop.order(ann, "2026-06-15T10:00", 10_000);
    assert_eq!(shop.balance(ann), 300);
    let Reply::Program(Some(view)) = shop.ask(Query::Program) else {
        panic!()
    };
    assert_eq!(view.versions.len(), 2);
    assert_eq!(view.versions[1].from.unwrap().to_string(), "2026-06-15");
    shop.assert_in_step();
    for (program, path) in [
        (PROGRAM.replace("CNY", "USD"), "currency"),
        (PROGRAM.replace("Asia/Shanghai", "UTC"), "time_zone"),
        (PROGRAM.replace(r#""n":12}"#, r#""n":-1}"#), "expiry.n"),
    ] {
        let fault = shop.refuse(&Command::SetProgram {
            program,
            from: None,
        });
        assert_eq!(
            (fault.code, fault.path.as_deref()),
            (FaultCode::BadProgram, Some(path))
        );
    }
}

#[test]
fn lists_and_overview_agree_with_members() {
    let mut shop = Shop::new();
    shop.program();
    let ann = shop.customer("Ann", "13800000001");
    let bob = shop.customer("Bob", "");
    shop.customer("Nobody", "");
    shop.order(ann, "2026-06-01", 120_000);
    shop.order(bob, "2025-06-20", 30_000);
    let Reply::Members(members) = shop.ask(Query::Members {
        search: String::new(),
        rule: None,
        offset: 0,
        limit: 10,
    }) else {
        panic!()
    };
    let rows: Vec<String> = members
        .items
        .iter()
        .map(|it| {
            format!(
                "{} {} {:?} {:?}\n",
                it.name,
                it.balance,
                it.tier_name,
                it.expiring.as_ref().and_then(|lot| lot.expires_on)
            )
        })
        .collect();
    expect![[r#"
        Ann 1200 Some("gold") Some(2027-06-01)
        Bob 300 Some("silver") Some(2026-06-20)
    "#]]
    .assert_eq(&rows.concat());
    let Reply::PointsOverview(overview) = shop.ask(Query::PointsOverview { as_of: None }) else {
        panic!()
    };
    assert_eq!(overview.outstanding, Points(1500));
    assert_eq!(overview.expiring_30_days, Points(300));
    assert_eq!(
        shop.count(r#"{"attr":"points.expiring_within_30_days","op":"gt","value":0}"#),
        1
    );
    assert_eq!(shop.count(r#"{"attr":"tier","op":"eq","value":"gold"}"#), 1);
    let Reply::Home(home) = shop.ask(Query::Home) else {
        panic!()
    };
    let expiring = &home.attention[1];
    assert_eq!((expiring.count, expiring.people[0].number), (1, Some(300)));
    assert_eq!(shop.count(&expiring.rule), 1);
    // Asked for another day, the answer is that day's.
    let Reply::Member(then) = shop.ask(Query::Member {
        customer: bob,
        as_of: Some("2026-06-21".parse().unwrap()),
    }) else {
        panic!()
    };
    assert_eq!(then.balance, Points(0));
    let Reply::PointsOverview(then) = shop.ask(Query::PointsOverview {
        as_of: Some("2026-06-21".parse().unwrap()),
    }) else {
        panic!()
    };
    assert_eq!(then.outstanding, Points(1200));
}
