//! Designing a programme: a replay says what the overview says after the switch, and leaves everything alone.

use super::commands::refund;
use super::*;
use crate::ReplaySession;
use model::program::Program;
use proptest::prelude::*;
use protocol::{
    EntryKind, ExampleRequest, ExportFormat, ExportWhat, LineValues, MoveDirection, PointsOverview,
    ProgramQuery, ProgramReply, ReplayPart, ReplayRequest, ReplaySide, ReplayView,
};

const FROM: &str = "2025-06-16";

fn replay(shop: &mut Shop, program: &str, from: Option<&str>) -> ReplayView {
    try_replay(shop, program, from).unwrap()
}

fn try_replay(shop: &mut Shop, program: &str, from: Option<&str>) -> Result<ReplayView, Fault> {
    let context = shop.context();
    let request = ReplayRequest {
        program: program.to_owned(),
        from: from.map(|day| day.parse().unwrap()),
        months: 12,
    };
    let mut session = ReplaySession::new(&mut shop.engine, request, &context)?;
    loop {
        match session.step(&mut shop.engine, &context)? {
            Step::More(progress) => assert!(progress.done <= progress.total),
            Step::Done(Reply::Programs(reply)) => match *reply {
                ProgramReply::Replay(view) => return Ok(view),
                other => panic!("{other:?}"),
            },
            Step::Done(other) => panic!("{other:?}"),
        }
    }
}

fn overview(shop: &mut Shop) -> PointsOverview {
    match shop.ask(Query::PointsOverview { as_of: None }) {
        Reply::PointsOverview(overview) => overview,
        other => panic!("{other:?}"),
    }
}

/// What overview and replay both say.
#[track_caller]
fn assert_same(side: &ReplaySide, overview: &PointsOverview, money: bool) {
    assert_eq!(side.outstanding, overview.outstanding);
    assert_eq!(side.pending, overview.pending);
    assert_eq!(side.members, overview.members);
    assert_eq!(side.tiers, overview.tiers);
    assert_eq!(side.worth, money.then_some(overview.worth));
}

/// What the ledgers of all customers say was issued and expired within the window.
fn issued_by_ledgers(shop: &mut Shop, customers: &[CustomerId]) -> (i64, i64) {
    let (mut issued, mut expired) = (0, 0);
    for &customer in customers {
        let Reply::Ledger(page) = shop.ask(Query::Ledger {
            customer,
            as_of: None,
            offset: 0,
            limit: 500,
        }) else {
            panic!()
        };
        for entry in page.items.iter().filter(|it| &it.local_at[..10] >= FROM) {
            let points = entry.points.0;
            match entry.kind {
                EntryKind::Accrual => issued += points,
                EntryKind::Reversal if points < 0 && entry.order.is_some() => issued += points,
                EntryKind::Expiry => expired -= points,
                _ => {}
            }
        }
    }
    (issued, expired)
}

/// Another programme: two points per 10, pending, other tiers.
const DRAFT: &str = r#"{"name":"New","currency":"CNY","time_zone":"Asia/Shanghai",
  "earn":[{"id":"base","on":"purchase","points":2,"per":"10.00"},{"id":"hello","on":"signup","points":7}],
  "pending_days":7,"expiry":{"kind":"months","n":6,"round_up":"month"},"refund":"within_balance",
  "redeem":{"points":50,"worth":"1.00"},
  "tiers":{"measure":"spend","window":{"kind":"rolling_months","n":12},"downgrade":"to_measure","keep_months":0,
    "levels":[{"id":"silver","from":"0"},{"id":"gold","from":"500.00","multiply":"1.5"}]}}"#;

fn adjust(customer: CustomerId, points: i64, key: &str) -> Command {
    Command::AdjustPoints {
        customer,
        points: Points(points),
        reason: "by hand".into(),
        key: key.into(),
    }
}

/// Two customers with a history: purchases, a return, points by hand.
fn history(shop: &mut Shop) -> Vec<CustomerId> {
    let ann = shop.customer("Ann", "13800000001");
    let bob = shop.customer("Bob", "");
    shop.order(ann, "2025-05-01T10:00", 40_000);
    shop.order(ann, "2025-07-01T10:00", 60_000);
    let back = shop.order(ann, "2026-03-10T10:00", 30_050);
    shop.order(bob, "2026-06-10T10:00", 99_900);
    shop.apply(&Command::RefundOrder(refund(back, Some(10_000), "r1")));
    vec![ann, bob]
}

#[test]
fn a_replay_is_what_switching_would_have_been() {
    let mut shop = Shop::new();
    let customers = history(&mut shop);
    shop.program();
    shop.apply(&adjust(customers[0], 25, "a"));
    let before = overview(&mut shop);
    let version = shop.engine.data_version();
    let view = replay(&mut shop, DRAFT, Some(FROM));
    assert_eq!(shop.engine.data_version(), version, "nothing is written");
    assert_same(view.present.as_ref().unwrap(), &before, true);
    let (issued, expired) = issued_by_ledgers(&mut shop, &customers);
    let present = view.present.clone().unwrap();
    assert_eq!((present.issued.0, present.expired.0), (issued, expired));
    assert_eq!(view.orders, 3);
    assert_eq!(view.spend, Money(60_000 + 20_050 + 99_900));

    shop.apply(&Command::SetProgram {
        program: DRAFT.into(),
        from: Some(FROM.parse().unwrap()),
    });
    let after = overview(&mut shop);
    assert_same(&view.draft, &after, true);
    let (issued, expired) = issued_by_ledgers(&mut shop, &customers);
    assert_eq!(
        (view.draft.issued.0, view.draft.expired.0),
        (issued, expired)
    );
    let months: i64 = view.months.iter().map(|it| it.draft.0).sum();
    assert_eq!(months, issued);
    assert_eq!(view.months.len(), 13);
    assert_eq!(view.months[0].month.to_string(), "2025-06-01");
    // 2 points for each 10.00 of 600.00 in July; gold (spend of the last months) multiplies from the next order on.
    assert_eq!(view.months[1].draft, Points(120));
}

#[test]
fn a_first_programme_is_replayed_over_all_of_history() {
    let mut shop = Shop::new();
    history(&mut shop);
    let view = replay(&mut shop, PROGRAM, None);
    assert_eq!(view.present, None);
    assert!(
        view.moves
            .iter()
            .all(|it| it.direction == MoveDirection::Up)
    );
    shop.program();
    assert_same(&view.draft, &overview(&mut shop), true);
}

#[test]
fn who_rises_and_falls_is_named_and_exported() {
    let mut shop = Shop::new();
    let customers = history(&mut shop);
    shop.program();
    let view = replay(&mut shop, DRAFT, Some(FROM));
    let moves: Vec<(Option<&str>, Option<&str>, MoveDirection, u64)> = view
        .moves
        .iter()
        .map(|it| {
            (
                it.from.as_deref(),
                it.to.as_deref(),
                it.direction,
                it.members,
            )
        })
        .collect();
    assert_eq!(
        moves,
        [
            (Some("silver"), Some("gold"), MoveDirection::Up, 1),
            (Some("gold"), Some("gold"), MoveDirection::Same, 1)
        ]
    );
    let movers = |shop: &mut Shop, replay: u32, cell: Option<u32>| {
        let context = shop.context();
        let query = Query::Programs(ProgramQuery::Movers {
            replay,
            cell,
            offset: 0,
            limit: 10,
        });
        shop.engine.query(&query, &context)
    };
    let Ok(Reply::Programs(reply)) = movers(&mut shop, view.replay, Some(0)) else {
        panic!()
    };
    let ProgramReply::Movers(page) = *reply else {
        panic!()
    };
    // Bob bought for 999.00: no gold by points, gold by spend.
    assert_eq!(page.total, 1);
    assert_eq!(page.items[0].customer, customers[1]);
    assert!(movers(&mut shop, view.replay.wrapping_add(1), None).is_err());

    for (part, head, rows) in [
        (ReplayPart::Months, "month,issuedPresent,issuedDraft", 13),
        (
            ReplayPart::Customers,
            "id,externalId,name,phone,issuedPresent,issuedDraft,balancePresent,balanceDraft,tierPresent,tierDraft",
            2,
        ),
    ] {
        let context = shop.context();
        let what = ExportWhat::Replay {
            replay: view.replay,
            part,
        };
        let mut session =
            ExportSession::new(&mut shop.engine, what, ExportFormat::Csv, &context).unwrap();
        let mut bytes = session.take_bytes();
        while let Step::More(_) = session.step(&mut shop.engine, &context).unwrap() {
            bytes.extend(session.take_bytes());
        }
        let text = String::from_utf8(bytes).unwrap();
        let mut lines = text.trim_start_matches('\u{feff}').lines();
        assert_eq!(lines.next(), Some(head));
        assert_eq!(lines.count(), rows);
    }
}

#[test]
fn a_draft_of_another_business_or_with_mistakes_is_refused() {
    let mut shop = Shop::new();
    history(&mut shop);
    for (program, path) in [
        (PROGRAM.replace("CNY", "USD"), "currency"),
        (PROGRAM.replace(r#""n":12}"#, r#""n":-1}"#), "expiry.n"),
    ] {
        let fault = try_replay(&mut shop, &program, None).unwrap_err();
        assert_eq!(
            (fault.code, fault.path.as_deref()),
            (FaultCode::BadProgram, Some(path))
        );
    }
}

#[test]
fn a_change_in_the_middle_is_in_the_answer() {
    let mut shop = Shop::new();
    let customers = history(&mut shop);
    shop.program();
    let context = shop.context();
    let request = ReplayRequest {
        program: DRAFT.into(),
        from: Some(FROM.parse().unwrap()),
        months: 12,
    };
    let mut session = ReplaySession::new(&mut shop.engine, request, &context).unwrap();
    let Step::More(_) = session.step(&mut shop.engine, &context).unwrap() else {
        panic!("there is more than one step")
    };
    shop.order(customers[1], "2026-06-14T10:00", 10_000);
    let reply = loop {
        if let Step::Done(reply) = session.step(&mut shop.engine, &context).unwrap() {
            break reply;
        }
    };
    let fresh = replay(&mut shop, DRAFT, Some(FROM));
    let Reply::Programs(reply) = reply else {
        panic!()
    };
    let ProgramReply::Replay(view) = *reply else {
        panic!()
    };
    assert_eq!(view.draft, fresh.draft);
}

#[test]
fn examples_and_values_are_answered() {
    let mut shop = Shop::new();
    let ann = shop.customer("Ann", "");
    let mut fields = super::order("2026-06-01T10:00", 3_000);
    fields.channel = Some("App".into());
    let line = |product: &str, category: &str| OrderLine {
        product: product.into(),
        category: Some(category.into()),
        quantity_milli: 1_000,
        amount: Money(1_500),
    };
    fields.lines = vec![line("Latte", "coffee"), line("Mug", "things")];
    shop.apply(&Command::CreateOrder {
        customer: ann,
        fields,
    });
    let mut values = |of| {
        let query = ProgramQuery::Values { of, limit: 10 };
        match shop.ask(Query::Programs(query)) {
            Reply::Programs(reply) => match *reply {
                ProgramReply::Values(values) => {
                    values.into_iter().map(|it| it.value).collect::<Vec<_>>()
                }
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(values(LineValues::Category), ["coffee", "things"]);
    assert_eq!(values(LineValues::Product), ["Latte", "Mug"]);
    assert_eq!(values(LineValues::Channel), ["App"]);
    assert!(values(LineValues::Coupon).is_empty());
    let request = |program: &str, tier: Option<&str>| ExampleRequest {
        program: program.to_owned(),
        amount: Money(10_900),
        day: "2026-06-15".parse().unwrap(),
        hour: 12,
        category: None,
        product: None,
        channel: None,
        tier: tier.map(str::to_owned),
    };
    let query = ProgramQuery::Examples(vec![
        request(DRAFT, Some("gold")),
        request("{}", None),
        request(DRAFT, Some("nobody")),
    ]);
    let Reply::Programs(reply) = shop.ask(Query::Programs(query)) else {
        panic!()
    };
    let ProgramReply::Examples(views) = *reply else {
        panic!()
    };
    let view = views[0].as_ref().unwrap();
    // Ten full tens, two points each, times 1.5.
    assert_eq!((view.points, view.worth), (Points(30), Some(Money(60))));
    assert_eq!(view.posts_on.unwrap().to_string(), "2026-06-22");
    assert_eq!(view.expires_on.unwrap().to_string(), "2026-12-31");
    assert_eq!((&views[1], &views[2]), (&None, &None));
}

fn program(points: u8, per: u8, pending: u8, months: u8, spend: bool, gold: u16) -> String {
    let measure = if spend { "spend" } else { "qualifying_points" };
    let from = if spend {
        format!("\"{gold}.00\"")
    } else {
        gold.to_string()
    };
    let from_zero = if spend { "\"0\"" } else { "0" };
    let text = format!(
        r#"{{"name":"P","currency":"CNY","time_zone":"Asia/Shanghai",
        "earn":[{{"id":"base","on":"purchase","points":{},"per":"{}.00"}},
                {{"id":"thanks","on":"purchase","points":3,"min_amount":"50.00","cap":{{"points":6,"per":"month"}}}}],
        "pending_days":{},"expiry":{{"kind":"months","n":{}}},"redeem":{{"points":100,"worth":"1.00"}},
        "tiers":{{"measure":"{measure}","window":{{"kind":"rolling_months","n":12}},"keep_months":3,
          "levels":[{{"id":"a","from":{from_zero}}},{{"id":"b","from":{from},"multiply":"1.5"}}]}}}}"#,
        points.max(1),
        per.max(1),
        pending % 20,
        months % 14 + 1,
    );
    assert!(Program::parse(&text).is_ok(), "{text}");
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    /// Whatever the history, the present and the draft: the replay says what the overview says before and after.
    #[test]
    fn a_replay_equals_switching(
        orders in prop::collection::vec((0..3usize, 0..700i32, 1..90_000i64, prop::option::of(1..100i64)), 1..14),
        present in prop::option::of((1..5u8, 1..12u8, any::<u8>(), any::<u8>(), any::<bool>(), 100..2_000u16)),
        draft in (1..5u8, 1..12u8, any::<u8>(), any::<u8>(), any::<bool>(), 100..2_000u16),
        by_hand in 0..300i64,
    ) {
        let mut shop = Shop::new();
        let customers: Vec<CustomerId> = ["Ann", "Bob", "Cem"].map(|name| shop.customer(name, "")).to_vec();
        let today: Day = "2026-06-15".parse().unwrap();
        for (number, (who, ago, amount, back)) in orders.into_iter().enumerate() {
            let day = today.plus_days(-ago);
            let id = shop.order(customers[who], &format!("{day}T10:00"), amount);
            if let Some(share) = back {
                let amount = (amount * share / 100).max(1);
                shop.apply(&Command::RefundOrder(refund(id, Some(amount), &format!("r{number}"))));
            }
        }
        let first = present.is_none();
        if let Some((points, per, pending, months, spend, gold)) = present {
            shop.apply(&Command::SetProgram { program: program(points, per, pending, months, spend, gold), from: None });
            if by_hand > 0 {
                shop.apply(&adjust(customers[0], by_hand, "hand"));
            }
        }
        let (points, per, pending, months, spend, gold) = draft;
        let draft = program(points, per, pending, months, spend, gold);
        let from = (!first).then_some(FROM);
        let view = replay(&mut shop, &draft, from);
        prop_assert_eq!(view.present.is_none(), first);
        if let Some(side) = &view.present {
            let now = overview(&mut shop);
            assert_same(side, &now, true);
            let (issued, expired) = issued_by_ledgers(&mut shop, &customers);
            prop_assert_eq!((side.issued.0, side.expired.0), (issued, expired));
        }
        shop.apply(&Command::SetProgram { program: draft, from: from.map(|day| day.parse().unwrap()) });
        let then = overview(&mut shop);
        assert_same(&view.draft, &then, true);
        let (issued, expired) = issued_by_ledgers(&mut shop, &customers);
        prop_assert_eq!((view.draft.issued.0, view.draft.expired.0), (issued, expired));
        prop_assert_eq!(view.months.iter().map(|it| it.draft.0).sum::<i64>(), issued);
        prop_assert_eq!(view.moves.iter().map(|it| it.members).sum::<u64>(), 3);
    }
}
