//! Random histories of one member, and programmes to tell them under.

use crate::story::{OwnedDeed, OwnedEntry, OwnedEvent, OwnedPurchase, OwnedRefund, Story, zone};
use loyalty::{Ends, KnownBirthday, Line, MovedLot, NO_CODE, Purchase, ReturnedLine, Span};
use model::{Day, Money, OrderId, OrderStatus, Points, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Programmes that between them use every part of the contract.
pub fn programs() -> Vec<Value> {
    let base = json!({"id": "base", "on": "purchase", "points": 1, "per": "1.00"});
    let rolling = json!({"window": {"kind": "rolling_months", "n": 6}, "keep_months": 6, "downgrade": "one_down",
        "levels": [{"id": "a", "from": 0}, {"id": "b", "from": 60, "multiply": "1.25"},
                   {"id": "c", "from": 200, "multiply": "1.5"}]});
    vec![
        json!({}),
        json!({"expiry": {"kind": "days", "n": 40}, "refund": "within_balance", "tiers": rolling}),
        json!({"expiry": {"kind": "months", "n": 2, "round_up": "quarter"}, "pending_days": 7, "tiers":
            {"measure": "spend", "window": {"kind": "calendar_year"}, "upgrade": "period_end", "downgrade": "to_measure",
             "keep_months": 3, "levels": [{"id": "a", "from": "10.00", "multiply": "2"}]}}),
        json!({"expiry": {"kind": "inactivity", "months": 2}, "pending_days": 3, "refund": "only_pending", "tiers":
            {"measure": "visits", "window": {"kind": "anniversary"}, "levels": [{"id": "a", "from": 0}, {"id": "b", "from": 2, "multiply": "3"}]}}),
        json!({"expiry": {"kind": "year_end", "years": 0}, "stacking": "add", "earn": [
            {"id": "base", "on": "purchase", "points": "1.5", "per": "2.00", "rounding": "half_up", "basis": "gross"},
            {"id": "coffee", "on": "purchase", "multiply": "2", "where": [{"attr": "category", "op": "eq", "value": "coffee"}]},
            {"id": "cards", "on": "purchase", "exclude": true, "where": [{"attr": "product", "op": "eq", "value": "card"}]},
            {"id": "thanks", "on": "purchase", "points": 5, "min_amount": "20.00", "cap": {"points": 10, "per": "month"}}],
            "tiers": {"window": {"kind": "rolling_months", "n": 1}, "downgrade": "to_measure", "levels": [
                {"id": "a", "from": 0}, {"id": "b", "from": 30, "multiply": "1.2"}]}}),
        json!({"expiry": {"kind": "months", "n": 3}, "redeem": {"points": 2, "worth": "1.00"}, "pending_days": 2, "earn": [
            base, {"id": "hello", "on": "signup", "points": 15}, {"id": "cake", "on": "birthday", "points": 30, "known_for_days": 10},
            {"id": "review", "on": "event", "event": "review", "points": 7, "cap": {"points": 12, "per": "month"}},
            {"id": "friend", "on": "referral", "points": 1, "per": "2.00"}],
            "tiers": {"window": {"kind": "rolling_months", "n": 3}, "keep_months": 2, "levels": [
                {"id": "a", "from": 0}, {"id": "b", "from": 40, "multiply": "1.5"}]}}),
        json!({"expiry": {"kind": "days", "n": 30}, "redeem": {"points": 1, "worth": "0.10"}, "refund": "within_balance", "earn": [
            {"id": "base", "on": "purchase", "points": 1, "per": "1.00", "cap": {"points": 25, "per": "day"}}]}),
        json!({"expiry": {"kind": "days", "n": 25}, "earn": [
            {"id": "line", "on": "purchase", "points": 2, "per": "3.00", "round_each": "line", "rounding": "ceil",
             "basis": "net_of_tax_and_discount", "cap": {"points": 40, "per": "month"}}, base],
            "pending_days": 1, "stacking": "best"}),
    ]
}

fn words() -> crate::story::Words {
    crate::story::Words(
        ["coffee", "goods", "card", "cup"]
            .map(str::to_owned)
            .to_vec(),
    )
}

const FIRST_DAY: i32 = 20_000;
pub const DAYS: i32 = 400;

/// An instant within the history: a few fixed minutes of each day, so that instants meet.
fn instant() -> impl Strategy<Value = Timestamp> {
    (0..DAYS, 0i64..4).prop_map(|(day, quarter)| {
        let start = zone().start_of(Day(FIRST_DAY + day));
        Timestamp(start.0 + quarter * 6 * 3_600_000)
    })
}

/// A moment to ask about.
pub fn moment() -> impl Strategy<Value = Timestamp> {
    (0..DAYS + 200, 0i64..86_400_000)
        .prop_map(|(day, rest)| Timestamp(zone().start_of(Day(FIRST_DAY + day)).0 + rest))
}

fn line() -> impl Strategy<Value = Line> {
    (0u32..5, 0u32..5, 1i64..4, 0i64..3_000).prop_map(|(product, category, pieces, amount)| Line {
        product: if product == 4 { NO_CODE } else { product },
        category: if category == 4 { NO_CODE } else { category },
        quantity_milli: pieces * 1_000,
        amount: Money(amount),
    })
}

fn refund() -> impl Strategy<Value = OwnedRefund> {
    (
        instant(),
        0i64..4_000,
        0u8..9,
        prop::collection::vec((0u32..4, 0i64..3_000), 0..2),
    )
        .prop_map(|(at, amount, key, lines)| OwnedRefund {
            key: format!("r{key}"),
            at,
            amount: Money(amount),
            lines: lines
                .into_iter()
                .map(|(line, quantity_milli)| ReturnedLine {
                    line,
                    quantity_milli,
                })
                .collect(),
        })
}

fn purchase() -> impl Strategy<Value = OwnedPurchase> {
    let status = prop_oneof![
        8 => Just(OrderStatus::Paid),
        1 => Just(OrderStatus::Refunded),
        1 => Just(OrderStatus::Cancelled),
    ];
    let refunds = prop_oneof![
        3 => Just(Vec::new()),
        2 => prop::collection::vec(refund(), 1..4),
    ];
    let extra = (0i64..500, 0i64..500, 0i64..500);
    (
        instant(),
        status,
        prop::collection::vec(line(), 0..4),
        refunds,
        extra,
        0i64..5_000,
    )
        .prop_map(
            |(at, status, lines, refunds, (discount, tax, points), total)| {
                let (day, minute) = zone().day_and_minute(at);
                let sum: i64 = lines.iter().map(|line| line.amount.0).sum();
                let amount = if lines.is_empty() { total } else { sum };
                OwnedPurchase {
                    head: Purchase {
                        id: OrderId(0),
                        at,
                        day,
                        minute,
                        status,
                        amount: Money(amount),
                        gross: Money(amount + discount),
                        tax: Money(tax.min(amount)),
                        paid_with_points: Money(points.min(amount)),
                        channel: NO_CODE,
                        coupon: NO_CODE,
                        lines: Span::default(),
                        refunds: Span::default(),
                    },
                    lines,
                    refunds: without_double_keys(refunds),
                }
            },
        )
}

/// A key names one refund: the same key with other content is refused when it is written.
fn without_double_keys(refunds: Vec<OwnedRefund>) -> Vec<OwnedRefund> {
    let mut kept: Vec<OwnedRefund> = Vec::new();
    for refund in refunds {
        if kept.iter().all(|it| it.key != refund.key) {
            kept.push(refund);
        }
    }
    kept
}

fn moved() -> impl Strategy<Value = Vec<MovedLot>> {
    let day = |offset: i32| Day(FIRST_DAY + offset);
    let lot = (
        1i64..40,
        0..DAYS,
        prop::option::of(0..DAYS),
        prop::option::of(0..DAYS),
    );
    let lot = lot.prop_map(move |(points, earned, expires, posts)| MovedLot {
        points: Points(points),
        earned_on: day(earned),
        expires_on: expires.map(day),
        posts_on: posts.map(day),
    });
    prop::collection::vec(lot, 0..3)
}

fn deed() -> impl Strategy<Value = OwnedDeed> {
    let tier = prop::option::of(prop::sample::select(vec!["a", "b", "c", "none"]));
    prop_oneof![
        1 => moved().prop_map(OwnedDeed::TransferIn),
        1 => (moved(), 0i64..30, tier, prop::option::of(0..DAYS)).prop_map(|(lots, debt, tier, until)| {
            OwnedDeed::MergeIn(lots, debt, tier.map(str::to_owned), until.map(|day| Day(FIRST_DAY + day)))
        }),
        1 => (moved(), 0i64..30).prop_map(|(lots, debt)| OwnedDeed::MergeOut(lots, debt)),
        4 => (1i64..80, prop::option::of(1i64..10)).prop_map(|(points, order)| OwnedDeed::Redeem(points, order)),
        1 => (-50i64..50).prop_map(OwnedDeed::Adjust),
        2 => (1i64..60, any::<bool>(), prop::option::of(0..DAYS)).prop_map(|(points, qualifies, last)| {
            let ends = last.map_or(Ends::ByProgram, |day| Ends::On(Day(FIRST_DAY + day)));
            OwnedDeed::Bonus(points, ends, qualifies)
        }),
        2 => (101i64..110).prop_map(OwnedDeed::Reverse),
        1 => (1i64..40).prop_map(OwnedDeed::TransferOut),
    ]
}

/// Orders have the ids 1, 2, ..., recorded entries 101, 102, ...
pub fn story() -> impl Strategy<Value = Story> {
    let choice = prop::sample::select(programs());
    let second = prop::option::of((0..DAYS, prop::sample::select(programs())));
    let facts = (
        prop::collection::vec(purchase(), 0..9),
        prop::collection::vec((instant(), deed()), 0..7),
        prop::option::of(0..DAYS),
        prop::collection::vec(
            (instant(), any::<bool>(), prop::option::of(0i64..3_000)),
            0..4,
        ),
        prop::option::of((1u32..13, 1u32..29, 0..DAYS)),
    );
    (choice, second, facts).prop_map(
        |(parts, second, (purchases, deeds, signup, events, birthday))| {
            let mut story = Story::new(parts);
            if let Some((day, parts)) = second {
                story = story.then(&Day(FIRST_DAY + day).to_string(), parts);
            }
            story.words = words();
            story.signup_on = signup.map(|day| Day(FIRST_DAY + day));
            story.birthday = birthday.map(|(month, day, known)| KnownBirthday {
                birthday: format!("--{month:02}-{day:02}").parse().unwrap(),
                known_on: Day(FIRST_DAY + known),
            });
            for ((at, is_review, amount), id) in events.into_iter().zip(1..) {
                let kind = if is_review { "review" } else { "referral" };
                story.events.push(OwnedEvent {
                    id,
                    at,
                    kind: kind.to_owned(),
                    amount: amount.map(Money),
                });
            }
            for (mut purchase, id) in purchases.into_iter().zip(1..) {
                purchase.head.id = OrderId(id);
                story.purchases.push(purchase);
            }
            for ((at, deed), id) in deeds.into_iter().zip(101..) {
                story.entries.push(OwnedEntry {
                    id,
                    key: format!("k{id}"),
                    at,
                    deed,
                });
            }
            story
        },
    )
}
