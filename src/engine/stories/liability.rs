//! The owner's view: every number equals its rows, and every sum the day it is of.

use super::reading::export;
use super::*;
use proptest::prelude::*;
use protocol::{
    BooksView, EffectView, ExportWhat, FlowKind, FlowsView, LiabilityQuery, LiabilityReply,
    MoveKind, MovesView, OwedView, PointsExport, PointsRows, PointsRowsOf, PointsRowsRequest,
    SpendingGroup, Sureness, TierPlace, Whence,
};

fn view(shop: &mut Shop, query: LiabilityQuery) -> LiabilityReply {
    match shop.ask(Query::Liability(query)) {
        Reply::Liability(reply) => *reply,
        other => panic!("{other:?}"),
    }
}

macro_rules! part {
    ($name:ident, $variant:ident, $type:ty, $($field:ident),*) => {
        fn $name(shop: &mut Shop, $($field: Option<Day>),*) -> $type {
            match view(shop, LiabilityQuery::$variant { $($field),* }) {
                LiabilityReply::$variant(view) => view,
                other => panic!("{other:?}"),
            }
        }
    };
}

part!(owed, Owed, OwedView, as_of);
part!(books, Books, BooksView, as_of);
part!(flows, Flows, FlowsView, as_of);
part!(moves, Moves, MovesView, as_of, since);
part!(effect, Effect, EffectView, as_of, since);

fn request(of: PointsRowsOf, as_of: Option<Day>, since: Option<Day>) -> PointsRowsRequest {
    PointsRowsRequest {
        of,
        as_of,
        since,
        offset: 0,
        limit: 500,
    }
}

fn rows(shop: &mut Shop, of: PointsRowsOf, as_of: Option<Day>, since: Option<Day>) -> PointsRows {
    match view(shop, LiabilityQuery::Rows(request(of, as_of, since))) {
        LiabilityReply::Rows(rows) => rows,
        other => panic!("{other:?}"),
    }
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
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

/// Ann: 1,200 in March 2025 (gone by now, 300 of them used), 500 in May 2026. Bob: 250.99 in June 2026.
fn busy() -> (Shop, CustomerId, CustomerId) {
    let mut shop = Shop::new();
    shop.program();
    let ann = shop.customer("Ann", "13800000001");
    let bob = shop.customer("=Bob", "13800000002");
    shop.order(ann, "2025-03-10T10:00", 120_000);
    shop.now = at("2025-04-01T12:00");
    redeem(&mut shop, ann, 300, "first");
    shop.now = at("2026-06-15T12:00");
    shop.order(ann, "2026-05-20T10:00", 50_000);
    shop.order(bob, "2026-06-01T10:00", 25_099);
    (shop, ann, bob)
}

#[test]
fn what_is_owed_on_any_day() {
    let (mut shop, ann, bob) = busy();
    let now = owed(&mut shop, None);
    assert_eq!(
        (now.outstanding.points, now.outstanding.members),
        (Points(750), 2)
    );
    assert_eq!((now.worth, now.members), (Some(Money(750)), 2));
    let ends: Vec<(Day, i64, u64)> = now
        .expiring
        .iter()
        .filter(|(_, has)| has.members > 0)
        .map(|(month, has)| (*month, has.points.0, has.members))
        .collect();
    assert_eq!(
        ends,
        [(day("2027-05-01"), 500, 1), (day("2027-06-01"), 250, 1)]
    );
    assert_eq!(now.expiring.len(), 24);
    // Two years after today nothing ends; four days before the first lot's end all of it is still there.
    let then = owed(&mut shop, Some(day("2026-03-06")));
    assert_eq!(then.outstanding.points, Points(900));
    assert_eq!(then.expiring[0].1.points, Points(900));
    assert_eq!(then.members, 1);
    let rows = rows(&mut shop, PointsRowsOf::Outstanding, None, None);
    let listed: Vec<(CustomerId, i64)> = rows
        .page
        .items
        .iter()
        .map(|row| (row.customer, row.points.unwrap().0))
        .collect();
    assert_eq!(listed, [(ann, 500), (bob, 250)]);
    assert_eq!(rows.points, Some(Points(750)));
}

#[test]
fn points_by_month_and_their_entries() {
    let (mut shop, _, _) = busy();
    let view = flows(&mut shop, None);
    assert_eq!(view.months.len(), 16);
    let of = |month: &str| {
        let found = view.months.iter().find(|it| it.month == day(month));
        let found = found.unwrap();
        (found.flows.map(|it| it.0), found.closing.0)
    };
    assert_eq!(of("2025-03-01"), ([1200, 0, 0, 0, 0, 0, 0], 1200));
    assert_eq!(of("2025-04-01"), ([0, -300, 0, 0, 0, 0, 0], 900));
    assert_eq!(of("2026-03-01"), ([0, 0, 0, -900, 0, 0, 0], 0));
    assert_eq!(of("2026-06-01"), ([250, 0, 0, 0, 0, 0, 0], 750));
    let of = PointsRowsOf::Flow {
        kind: Some(FlowKind::Expired),
        from: day("2026-03-01"),
        to: day("2026-03-31"),
    };
    let expired = rows(&mut shop, of, None, None);
    assert_eq!(expired.points, Some(Points(-900)));
    assert_eq!(expired.page.items[0].day, Some(day("2026-03-11")));
    assert!(expired.page.items[0].order.is_some());
}

#[test]
fn the_books_by_hand() {
    let (mut shop, _, _) = busy();
    let view = books(&mut shop, None);
    // Two members say nothing of breakage: every point is expected to be used.
    assert_eq!(view.breakage.sureness, Sureness::Nothing);
    assert_eq!(
        (view.breakage.whence, view.breakage.used_ppm),
        (Whence::Careful, 0)
    );
    let months: Vec<(Day, i64, i64, i64)> = view
        .months
        .iter()
        .map(|it| (it.month, it.paid.0, it.allocated.0, it.liability.0))
        .collect();
    assert_eq!(
        months,
        [
            // 300 used of 300 that could ever be used: nothing is owed any more. 120,000 x 300 / 120,300 = 299.25.
            (day("2025-03-01"), 120_000, 299, 0),
            // 50,000 x 500 / 50,500 = 495.05; 25,099 x 250 / 25,349 = 247.53.
            (day("2026-05-01"), 50_000, 495, 495),
            (day("2026-06-01"), 25_099, 248, 248),
        ]
    );
    assert_eq!((view.owed, view.face), (Money(743), Money(750)));
    // The owner knows better: 40 of 100 are never used, and 100 points cost 2.00.
    let mut settings = shop.engine.settings().clone();
    settings.points = PointsAssumptions {
        breakage_ppm: Some(400_000),
        worth_of_100: Some(Money(200)),
    };
    let done = shop.apply(&Command::SetSettings { settings });
    let view = books(&mut shop, None);
    assert_eq!(view.breakage.whence, Whence::Owner);
    assert_eq!(view.value, Some((Points(100), Money(200))));
    let june = view.months[2];
    // 150 of 250 at 0.02 each: 300; 25,099 x 300 / 25,399 = 296.46.
    assert_eq!(
        (june.expected, june.stand_alone, june.liability),
        (Points(150), Money(300), Money(296))
    );
    assert_eq!(owed(&mut shop, None).worth, Some(Money(1500)));
    // Taken back like any other change.
    shop.apply(&Command::Undo {
        batch: done.batch.unwrap(),
    });
    assert_eq!(books(&mut shop, None).owed, Money(743));
}

#[test]
fn an_impossible_assumption_is_refused() {
    let mut shop = Shop::new();
    for (points, field) in [
        (
            PointsAssumptions {
                breakage_ppm: Some(1_000_001),
                worth_of_100: None,
            },
            "points.breakagePpm",
        ),
        (
            PointsAssumptions {
                breakage_ppm: None,
                worth_of_100: Some(Money(0)),
            },
            "points.worthOf100",
        ),
    ] {
        let settings = WorkspaceSettings {
            points,
            ..settings()
        };
        let fault = shop.refuse(&Command::SetSettings { settings });
        assert_eq!(fault.issues[0].field.as_deref(), Some(field));
    }
}

#[test]
fn who_moved_between_two_days() {
    let (mut shop, ann, bob) = busy();
    let since = Some(day("2025-06-01"));
    let view = moves(&mut shop, None, since);
    let told: Vec<(TierPlace, TierPlace, MoveKind, u64)> = view
        .moves
        .iter()
        .map(|it| (it.from.clone(), it.to.clone(), it.kind, it.members))
        .collect();
    let tier = |id: &str| TierPlace::In(id.into());
    // Gold by 1,200 in March 2025, kept to March 2026, renewed by nothing.
    assert_eq!(
        told,
        [
            (tier("gold"), tier("silver"), MoveKind::Down, 1),
            (TierPlace::Outside, tier("silver"), MoveKind::Joined, 1),
        ]
    );
    let down = rows(
        &mut shop,
        PointsRowsOf::MovedBy(MoveKind::Down),
        None,
        since,
    );
    let row = &down.page.items[0];
    assert_eq!(row.customer, ann);
    assert_eq!(
        (row.tier_before.as_deref(), row.tier.as_deref()),
        (Some("gold"), Some("silver"))
    );
    let of = PointsRowsOf::Moved {
        from: TierPlace::Outside,
        to: tier("silver"),
    };
    assert_eq!(rows(&mut shop, of, None, since).page.items[0].customer, bob);
}

#[test]
fn what_the_programme_costs_and_who_spends() {
    let (mut shop, ann, bob) = busy();
    let since = Some(day("2025-03-31"));
    let view = effect(&mut shop, None, since);
    assert_eq!((view.redeemed, view.cost), (Points(300), Some(Money(300))));
    assert_eq!((view.issued, view.expired), (Points(750), Points(900)));
    let groups: Vec<(u64, u64, u64, i64)> = view
        .groups
        .iter()
        .map(|it| (it.people, it.buyers, it.orders, it.spend.0))
        .collect();
    assert_eq!(groups, [(1, 1, 1, 50_000), (1, 1, 1, 25_099), (0, 0, 0, 0)]);
    assert_eq!((view.before_after, view.comparable), (None, 0));
    for (group, who) in [
        (SpendingGroup::Redeemers, ann),
        (SpendingGroup::Collectors, bob),
    ] {
        let rows = rows(&mut shop, PointsRowsOf::Spending(group), None, since);
        assert_eq!(rows.page.items[0].customer, who);
    }
}

#[test]
fn files_are_safe_and_agree() {
    let (mut shop, _, bob) = busy();
    let rows = request(PointsRowsOf::Outstanding, None, None);
    let file = export(&mut shop, ExportWhat::Points(PointsExport::Rows(rows)));
    assert!(
        file.contains(&format!("'{bob},'=Bob,'+8613800000002,,,250,,,,,silver")),
        "{file}"
    );
    let file = export(
        &mut shop,
        ExportWhat::Points(PointsExport::Books { as_of: None }),
    );
    assert!(
        file.contains("2026-06-15,2026-05-01,500.00,500,0,0,500,500,5.00,4.95,0.00,4.95"),
        "{file}"
    );
    let file = export(
        &mut shop,
        ExportWhat::Points(PointsExport::Flows { as_of: None }),
    );
    assert!(file.contains("2026-03-01,0,0,0,-900,0,0,0,0"), "{file}");
    let file = export(
        &mut shop,
        ExportWhat::Points(PointsExport::Expiring { as_of: None }),
    );
    assert!(file.contains("2027-05-31,500,1"), "{file}");
}

#[test]
fn without_a_programme_there_is_nothing_to_owe() {
    let mut shop = Shop::new();
    let context = shop.context();
    let asked = shop.engine.query(
        &Query::Liability(LiabilityQuery::Owed { as_of: None }),
        &context,
    );
    assert!(matches!(asked, Err(Unanswered::Fault(fault)) if fault.code == FaultCode::NoProgram));
}

/// What happens to one of a few customers.
#[derive(Clone, Debug)]
enum Happening {
    Order { who: usize, day: i32, amount: i64 },
    Refund { order: usize, part: i64 },
    Redeem { who: usize, points: i64 },
    Adjust { who: usize, points: i64 },
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        4 => (0..4usize, 0..700i32, 1..200_000i64)
            .prop_map(|(who, day, amount)| Happening::Order { who, day, amount }),
        1 => (0..20usize, 1..=100i64).prop_map(|(order, part)| Happening::Refund { order, part }),
        2 => (0..4usize, 1..8i64).prop_map(|(who, n)| Happening::Redeem { who, points: n * 100 }),
        1 => (0..4usize, -300..300i64).prop_map(|(who, points)| Happening::Adjust { who, points }),
    ]
}

/// Lets things happen, as far as they are allowed, over two years that end today.
fn live(happenings: &[Happening]) -> Shop {
    let mut shop = Shop::new();
    shop.program();
    let people: Vec<CustomerId> = (0..4)
        .map(|n| shop.customer(&format!("C{n}"), ""))
        .collect();
    let mut orders: Vec<(OrderId, i64)> = Vec::new();
    let first = day("2024-07-01");
    for (n, it) in happenings.iter().enumerate() {
        let key = format!("key-{n}");
        match *it {
            Happening::Order { who, day, amount } => {
                let when = format!("{}T10:00", first.plus_days(day));
                orders.push((shop.order(people[who], &when, amount), amount));
            }
            Happening::Refund { order, part } => {
                if let Some(&(order, amount)) = orders.get(order) {
                    let part = (amount * part / 100).max(1);
                    let wish = super::commands::refund(order, Some(part), &key);
                    let _ = shop.try_apply(&Command::RefundOrder(wish));
                }
            }
            Happening::Redeem { who, points } => {
                let _ = shop.try_apply(&Command::Redeem {
                    customer: people[who],
                    points: Some(Points(points)),
                    reward: None,
                    order_amount: None,
                    order: None,
                    key,
                });
            }
            Happening::Adjust { who, points } => {
                let _ = shop.try_apply(&Command::AdjustPoints {
                    customer: people[who],
                    points: Points(points),
                    reason: "story".into(),
                    key,
                });
            }
        }
    }
    shop
}

fn sum_of(shop: &mut Shop, of: PointsRowsOf, as_of: Day) -> i64 {
    let rows = rows(shop, of, Some(as_of), None);
    let listed: i64 = rows
        .page
        .items
        .iter()
        .filter_map(|it| it.points)
        .map(|it| it.0)
        .sum();
    assert_eq!(rows.points.unwrap_or_default().0, listed);
    listed
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn sums_agree_on_every_day(
        happenings in proptest::collection::vec(happening(), 1..25),
        ago in 0..900i32,
        between in 1..500i32,
    ) {
        let mut shop = live(&happenings);
        let as_of = day("2026-06-15").plus_days(-ago);
        let now = owed(&mut shop, Some(as_of));
        // What ends some day and what never does is all there is.
        let ends: i64 = now.expiring.iter().map(|(_, has)| has.points.0).sum();
        prop_assert_eq!(ends + now.later.points.0 + now.never.points.0, now.outstanding.points.0);
        // Issued less used less gone is what is there.
        let view = flows(&mut shop, Some(as_of));
        let closing = view.months.last().map_or(0, |it| it.closing.0);
        let there = now.outstanding.points.0 + now.pending.points.0 - now.debt.points.0;
        prop_assert_eq!(closing, there);
        // ... at the end of every month.
        if let Some(month) = view.months.iter().rev().nth(3) {
            let then = owed(&mut shop, Some(month.month.end_of_month()));
            let there = then.outstanding.points.0 + then.pending.points.0 - then.debt.points.0;
            prop_assert_eq!(month.closing.0, there);
        }
        // The books know the same points.
        let books = books(&mut shop, Some(as_of));
        prop_assert_eq!(books.total.open.0 + books.gifts.open.0, now.outstanding.points.0 + now.pending.points.0);
        prop_assert!(books.owed.0 >= 0 && books.total.liability.0 <= books.face.0);
        // Rows add up to their numbers.
        prop_assert_eq!(sum_of(&mut shop, PointsRowsOf::Outstanding, as_of), now.outstanding.points.0);
        prop_assert_eq!(sum_of(&mut shop, PointsRowsOf::Debt, as_of), now.debt.points.0);
        let all = PointsRowsOf::Flow { kind: None, from: day("2024-01-01"), to: as_of };
        prop_assert_eq!(sum_of(&mut shop, all, as_of), closing);
        for (month, has) in now.expiring.iter().filter(|(_, has)| has.members > 0) {
            let of = PointsRowsOf::Expiring { from: *month, to: Some(month.end_of_month()) };
            prop_assert_eq!(sum_of(&mut shop, of, as_of), has.points.0);
        }
        // Movements join the two distributions.
        let since = as_of.plus_days(-between);
        let moved = moves(&mut shop, Some(as_of), Some(since));
        prop_assert_eq!(moved.now.iter().map(|it| it.has.members).sum::<u64>(), now.members);
        for (side, left) in [(&moved.then, true), (&moved.now, false)] {
            for tier in side.iter() {
                let members: u64 = moved.moves.iter()
                    .filter(|it| (if left { &it.from } else { &it.to }) == &tier.place)
                    .map(|it| it.members).sum();
                prop_assert_eq!(members, tier.has.members);
            }
        }
        let earlier = owed(&mut shop, Some(since));
        for tier in earlier.tiers.iter().filter(|it| it.has.members > 0) {
            let then = moved.then.iter().find(|it| it.place == tier.place);
            prop_assert_eq!(then.map(|it| it.has.members), Some(tier.has.members));
        }
    }
}
