//! Versions, the programmes of two shops, the overview, and a ledger as people read it.

use crate::shops::{self, Words};
use crate::story::{OwnedDeed, Story, day, end_of};
use expect_test::{Expect, expect};
use loyalty::{Evaluator, Overview};
use model::{Currency, Points, Zone};
use serde_json::json;

fn check(story: &Story, on: &str, expected: Expect) {
    expected.assert_eq(&story.told(on));
}

const WORDS: Words<'static> = Words {
    name: "Star card",
    tiers: ["Silver", "Gold", "Platinum"],
    reward: "Free drink",
};

#[test]
fn a_ledger_reads_well() {
    let story = Story::new(json!({
        "pending_days": 7, "expiry": {"kind": "months", "n": 1},
        "earn": [{"id": "base", "on": "purchase", "points": 1, "per": "1.00"},
                 {"id": "thanks", "on": "purchase", "points": 5, "min_amount": "50.00"},
                 {"id": "welcome", "on": "signup", "points": 10}],
    }))
    .signup("2025-01-01")
    .order(1, "2025-01-01", "100.00")
    .refund(1, "2025-01-03", "20.00")
    .redeem(20, "2025-01-09", 60)
    .refund(1, "2025-01-20", "80.00")
    .entry(21, "2025-01-25", OwnedDeed::Reverse(20))
    .order(2, "2025-02-14", "30.00");
    check(
        &story,
        "2025-02-15",
        expect![[r#"
            2025-01-01 Accrual +10 = 10, usable to 2025-02-01, by welcome
            2025-01-01 Accrual +105 = 115, usable to 2025-02-01, by base+thanks
            2025-01-03 Reversal -20 = 95
            2025-01-09 Redemption -60 = 35
            2025-01-20 Reversal -85 = -50
            2025-01-25 Reversal +60 = 10
            2025-02-02 Expiry -10 = 0
            2025-02-14 Accrual +30 = 0, posts 2025-02-21, usable to 2025-03-14, by base
        "#]],
    );
}

#[test]
fn the_version_of_the_day_judges() {
    let double = json!({"id": "base", "on": "purchase", "points": 2, "per": "1.00"});
    let story = Story::new(json!({}))
        .then("2025-02-01", json!({ "earn": [double] }))
        .order(1, "2025-01-31 23:59", "10")
        .order(2, "2025-02-01 00:00", "10");
    assert_eq!(
        (story.balance("2025-01-31"), story.balance("2025-02-01")),
        (10, 30)
    );
    let (_, entries) = story.ledger("2025-02-01");
    let versions: Vec<Option<u32>> = entries.iter().map(|entry| entry.version).collect();
    assert_eq!(versions, [Some(1), Some(2)]);
    // Before the first version nothing earns.
    let mut late = story;
    late.versions.remove(0);
    assert_eq!(
        (late.balance("2025-01-31"), late.balance("2025-02-01")),
        (0, 20)
    );
}

#[test]
fn the_programmes_of_two_shops_work() {
    let zone = Zone::parse("Asia/Shanghai").unwrap();
    let shop = Story::of(shops::shop(WORDS, Currency::CNY, zone))
        .order(1, "2025-01-10", "1000.50")
        .order(2, "2025-01-11", "100");
    assert_eq!(
        (shop.balance("2025-01-10"), shop.tier("2025-01-10")),
        (1_000, "gold".into())
    );
    assert_eq!(shop.balance("2025-01-11"), 1_125);
    assert_eq!(shop.balance("2026-01-11"), 125, "twelve months");
    let coffee = Story::of(shops::coffee_shop(WORDS, Currency::CNY, zone))
        .born("--05-01", "2025-01-01")
        .order(1, "2025-01-10", "35.00");
    assert_eq!(coffee.balance("2025-05-01"), 85);
    assert_eq!(
        coffee.balance("2025-08-01"),
        50,
        "the end of the sixth month"
    );
    for program in [shops::shop, shops::coffee_shop] {
        let program = program(WORDS, Currency::CNY, zone);
        assert_eq!(
            model::program::Program::parse(&program.to_json()),
            Ok(program)
        );
    }
}

#[test]
fn the_overview_adds_up() {
    let parts = json!({
        "expiry": {"kind": "days", "n": 60}, "pending_days": 1, "redeem": {"points": 100, "worth": "1.00"},
        "tiers": {"window": {"kind": "lifetime"}, "levels": [{"id": "a", "from": 50}, {"id": "b", "from": 200}]},
    });
    let stories = [
        Story::new(parts.clone())
            .order(1, "2025-01-05", "100")
            .order(2, "2025-03-01", "30"),
        Story::new(parts.clone()).order(3, "2025-02-20", "200"),
        Story::new(parts.clone())
            .order(4, "2025-02-20", "10")
            .redeem(9, "2025-02-22", 25),
        Story::new(parts),
    ];
    let mut overview = Overview::new(day("2025-03-01"));
    for story in &stories {
        let programs = story.programs();
        story.tell(|member| {
            let mut evaluator = Evaluator::new(&programs);
            let standing = evaluator.standing(member, end_of("2025-03-01")).unwrap();
            overview.add(&standing, evaluator.open_lots()).unwrap();
        });
    }
    // 100 are usable to 2025-03-06, 200 to 2025-04-21; 15 are owed.
    assert_eq!(
        (overview.outstanding, overview.pending, overview.members),
        (Points(300), Points(30), 2)
    );
    assert_eq!(overview.expiring_30_days, Points(100));
    assert_eq!(overview.expiring.len(), 12);
    assert_eq!(
        overview.expiring[..3],
        [
            (day("2025-03-01"), Points(100)),
            (day("2025-04-01"), Points(200)),
            (day("2025-05-01"), Points(0)),
        ]
    );
    assert_eq!(
        (overview.tiers.clone(), overview.without_tier),
        (vec![1, 1], 2)
    );
    assert_eq!(
        overview.worth(&stories[0].versions[0].program),
        crate::story::money("3.00")
    );
}

#[test]
fn the_inputs_may_be_empty() {
    let story = Story::default();
    let standing = story.on("2025-01-01");
    assert_eq!(standing, loyalty::Standing::default());
}
