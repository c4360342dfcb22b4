//! Tiers: published cases and the rules of the contract.

use crate::story::{Story, day};
use model::Points;
use serde_json::{Value, json};

fn levels(list: &[(&str, i64)]) -> Value {
    list.iter()
        .map(|(id, from)| json!({"id": id, "from": from}))
        .collect()
}

fn tiered(tiers: Value) -> Story {
    Story::new(json!({ "tiers": tiers }))
}

#[test]
fn starbucks_at_once_for_twelve_months() {
    // consumeraffairs.com, fox5ny.com: green, gold from 500, reserve from 2500 stars in twelve months.
    let tiers = json!({"window": {"kind": "rolling_months", "n": 12}, "keep_months": 12,
        "levels": levels(&[("green", 0), ("gold", 500), ("reserve", 2_500)])});
    for (stars, tier) in [("499", "green"), ("500", "gold"), ("2500", "reserve")] {
        let story = tiered(tiers.clone()).order(1, "2026-01-10", stars);
        assert_eq!(story.tier("2026-01-10"), tier);
        let until = story.on("2026-01-10").tier_until;
        assert_eq!(until, (tier != "green").then(|| day("2027-01-10")));
    }
}

#[test]
fn erpnext_spend_tiers() {
    // frappe/erpnext test_loyalty_program.py: spent before, this order; the tier after it. Case 2 to 4 with history.
    let tiers = json!({"measure": "spend", "window": {"kind": "lifetime"},
        "levels": [{"id": "bronze", "from": "0"}, {"id": "silver", "from": "10000.00"},
                   {"id": "gold", "from": "20000"}]});
    for (before, amount, tier) in [
        ("0", "6000", "bronze"),
        ("0", "15000", "silver"),
        ("0", "25000", "gold"),
        ("4000", "500", "bronze"),
    ] {
        let story =
            tiered(tiers.clone())
                .order(1, "2026-01-10", before)
                .order(2, "2026-01-11", amount);
        assert_eq!(story.tier("2026-01-11"), tier, "{before} + {amount}");
    }
    let story = tiered(tiers)
        .order(1, "2026-01-10", "15000")
        .refund(1, "2026-01-12", "5000.01");
    assert_eq!(story.tier("2026-01-12"), "bronze");
    assert_eq!(story.on("2026-01-12").next_tier, Some((1, 1)));
}

#[test]
fn sephora_rest_of_the_year_and_the_next() {
    // pleasefireme.com, ilovegwp.com: qualified on 2022-01-20, valid until 2023-12-31.
    let tiers = json!({"measure": "spend", "window": {"kind": "calendar_year"}, "keep_months": 12,
        "downgrade": "to_measure", "levels": [{"id": "insider", "from": 0}, {"id": "vib", "from": 350}]});
    let story = tiered(tiers).order(1, "2022-01-20", "350");
    assert_eq!(story.on("2022-01-20").tier_until, Some(day("2023-12-31")));
    assert_eq!(story.tier("2023-12-31"), "vib");
    assert_eq!(story.tier("2024-01-01"), "insider");
    // Qualified again in the second year: to the end of the third.
    let again = story.order(2, "2023-11-01", "350");
    assert_eq!(again.on("2023-11-01").tier_until, Some(day("2024-12-31")));
    assert_eq!(
        (again.tier("2024-12-31"), again.tier("2025-01-01")),
        ("vib".into(), "insider".into())
    );
}

#[test]
fn a_year_decides_the_next() {
    // zhxjx.com: the year's points decide the next year's tier (400 for gold; the source's higher bar for rising
    // from silver is not in the contract).
    let tiers = json!({"window": {"kind": "calendar_year"}, "upgrade": "period_end", "downgrade": "one_down",
        "keep_months": 12, "levels": levels(&[("silver", 0), ("gold", 400)])});
    for (points, next) in [("399", "silver"), ("400", "gold")] {
        let story = tiered(tiers.clone()).order(1, "2025-03-01", points);
        assert_eq!(
            story.tier("2025-12-31"),
            "silver",
            "not before the year ends"
        );
        assert_eq!(story.tier("2026-01-01"), next);
        assert_eq!(story.tier("2026-12-31"), next);
        assert_eq!(
            story.tier("2027-01-01"),
            "silver",
            "one year without anything"
        );
    }
}

#[test]
fn one_down_or_to_the_measure() {
    // talon-one LoyaltyProgram.md: platinum, 50 points left: gold, or base.
    for (downgrade, after) in [("one_down", "G"), ("to_measure", "B"), ("never", "P")] {
        let tiers = json!({"window": {"kind": "rolling_months", "n": 12}, "downgrade": downgrade, "keep_months": 12,
            "levels": levels(&[("B", 0), ("S", 100), ("G", 500), ("P", 1_000)])});
        let story = tiered(tiers)
            .order(1, "2024-01-10", "1000")
            .order(2, "2024-06-10", "50");
        assert_eq!(story.tier("2025-01-10"), "P", "the last day");
        assert_eq!(story.tier("2025-01-11"), after, "{downgrade}");
        if downgrade == "one_down" {
            assert_eq!(story.on("2025-01-11").tier_until, Some(day("2026-01-10")));
            assert_eq!(
                (story.tier("2026-01-10"), story.tier("2026-01-11")),
                ("G".into(), "S".into())
            );
        }
    }
}

#[test]
fn a_tier_that_the_measure_still_holds_is_renewed() {
    let tiers = json!({"window": {"kind": "rolling_months", "n": 12}, "keep_months": 12,
        "levels": levels(&[("base", 0), ("gold", 100)])});
    let story = tiered(tiers)
        .order(1, "2024-01-10", "100")
        .order(2, "2024-07-01", "100");
    assert_eq!(story.on("2025-01-11").tier_until, Some(day("2026-01-10")));
    assert_eq!(
        (story.tier("2026-01-10"), story.tier("2026-01-11")),
        ("gold".into(), "base".into())
    );
}

#[test]
fn without_a_time_to_keep_it_the_measure_decides_every_day() {
    let tiers = json!({"window": {"kind": "rolling_months", "n": 1}, "downgrade": "to_measure",
        "levels": levels(&[("base", 0), ("silver", 50), ("gold", 100)])});
    let story = tiered(tiers)
        .order(1, "2025-01-31", "50")
        .order(2, "2025-02-10", "50");
    for (on, tier) in [
        ("2025-01-31", "silver"),
        ("2025-02-10", "gold"),
        // The month that ends on 28 February starts on 29 January; that of 1 March on 2 February.
        ("2025-02-28", "gold"),
        ("2025-03-01", "silver"),
        ("2025-03-09", "silver"),
        ("2025-03-10", "base"),
    ] {
        assert_eq!(story.tier(on), tier, "{on}");
    }
}

#[test]
fn a_refund_takes_a_tier_that_it_undoes() {
    // vsigo.cn HelpCenter4825: 2050 growth, 100 returned, gold from 2000: silver at once.
    for (window, keep) in [
        (json!({"kind": "lifetime"}), 0),
        (json!({"kind": "lifetime"}), 12),
        (json!({"kind": "rolling_months", "n": 12}), 12),
        (json!({"kind": "rolling_months", "n": 12}), 0),
        (json!({"kind": "calendar_year"}), 12),
    ] {
        let tiers = json!({"window": window, "keep_months": keep,
            "levels": levels(&[("regular", 0), ("silver", 500), ("gold", 2_000)])});
        let story = tiered(tiers)
            .order(1, "2025-03-01", "1950")
            .order(2, "2025-03-02", "100")
            .refund(2, "2025-03-05", "100");
        assert_eq!(
            (story.tier("2025-03-04"), story.tier("2025-03-05")),
            ("gold".into(), "silver".into())
        );
        let never = story.versions[0].program.clone();
        let mut kept = story.clone();
        kept.versions[0].program = never;
        kept.versions[0].program.tiers.as_mut().unwrap().downgrade =
            model::program::Downgrade::Never;
        assert_eq!(kept.tier("2025-03-05"), "gold");
    }
}

#[test]
fn a_refund_of_something_else_leaves_a_kept_tier_alone() {
    let tiers = json!({"window": {"kind": "rolling_months", "n": 1}, "keep_months": 12,
        "levels": levels(&[("base", 0), ("gold", 1_000)])});
    let story = tiered(tiers)
        .order(1, "2025-01-01", "1000")
        .order(2, "2025-06-01", "100")
        .refund(2, "2025-06-02", "100");
    assert_eq!(story.tier("2025-06-02"), "gold");
}

#[test]
fn the_tier_of_a_purchase_is_the_one_before_it() {
    let tiers = json!({"window": {"kind": "lifetime"}, "levels": [
        {"id": "base", "from": 0}, {"id": "gold", "from": 100, "multiply": "2"}]});
    let story = tiered(tiers)
        .order(1, "2025-01-01", "100")
        .order(2, "2025-01-02", "100");
    assert_eq!(
        (story.balance("2025-01-01"), story.balance("2025-01-02")),
        (100, 300)
    );
    // At the same instant the key decides: order 1 comes before order 2, whichever arrived first.
    let mut same = story.clone();
    same.purchases[1].head.at = same.purchases[0].head.at;
    same.purchases[1].head.day = same.purchases[0].head.day;
    assert_eq!(same.balance("2025-01-01"), 300);
    same.purchases.reverse();
    assert_eq!(same.balance("2025-01-01"), 300);
    // A refund is counted with the tier of its purchase.
    assert_eq!(
        story.refund(2, "2025-01-03", "50").balance("2025-01-03"),
        200
    );
}

#[test]
fn pending_points_do_not_qualify_until_they_post() {
    // docs.openloyalty.io: 100 locked points, threshold 100.
    let story = Story::new(
        json!({ "pending_days": 7, "tiers": {"window": {"kind": "lifetime"},
        "levels": levels(&[("base", 0), ("next", 100)])} }),
    )
    .order(1, "2025-01-01", "100");
    assert_eq!(
        (story.tier("2025-01-07"), story.tier("2025-01-08")),
        ("base".into(), "next".into())
    );
    assert_eq!(story.on("2025-01-07").qualifying, Points(0));
}

#[test]
fn points_of_the_old_year_that_post_in_the_new_one_count_for_the_old() {
    let story = Story::new(
        json!({ "pending_days": 7, "tiers": {"window": {"kind": "calendar_year"},
        "keep_months": 12, "levels": levels(&[("base", 0), ("gold", 100)])} }),
    )
    .order(1, "2025-12-30", "100");
    assert_eq!(
        (story.tier("2026-01-05"), story.tier("2026-01-06")),
        ("base".into(), "gold".into())
    );
    assert_eq!(story.on("2026-01-06").tier_until, Some(day("2026-12-31")));
}

#[test]
fn adjustments_do_not_qualify_and_visits_are_orders() {
    let tiers = json!({"measure": "visits", "window": {"kind": "anniversary"}, "keep_months": 0,
        "downgrade": "to_measure", "levels": levels(&[("base", 0), ("regular", 2)])});
    let story = tiered(tiers)
        .signup("2024-02-29")
        .order(1, "2025-02-27", "1")
        .order(2, "2025-02-28", "1")
        .order(3, "2025-03-01", "1");
    // The year of the member starts on 28 February in common years.
    assert_eq!(story.tier("2025-02-28"), "base");
    assert_eq!(story.tier("2025-03-01"), "regular");
    assert_eq!(story.on("2025-03-01").tier_until, Some(day("2026-02-27")));
    assert_eq!(
        (story.tier("2026-02-27"), story.tier("2026-02-28")),
        ("regular".into(), "base".into())
    );
    let returned = story.refund(3, "2025-03-02", "1");
    assert_eq!(returned.tier("2025-03-02"), "base");
    let adjusted = tiered(json!({"window": {"kind": "lifetime"},
        "levels": levels(&[("base", 0), ("gold", 100)])}))
    .entry(1, "2025-01-01", crate::story::OwnedDeed::Adjust(100));
    assert_eq!(
        (adjusted.tier("2025-01-01"), adjusted.balance("2025-01-01")),
        ("base".into(), 100)
    );
}

#[test]
fn a_new_version_keeps_the_tier_by_its_id() {
    let old = json!({"window": {"kind": "rolling_months", "n": 12}, "keep_months": 12,
        "levels": levels(&[("base", 0), ("gold", 100)])});
    let new = json!({"window": {"kind": "rolling_months", "n": 12}, "keep_months": 12,
        "levels": levels(&[("base", 0), ("silver", 50), ("gold", 500)])});
    let story = Story::new(json!({ "tiers": old }))
        .then("2025-02-01", json!({ "tiers": new }))
        .order(1, "2025-01-10", "100");
    assert_eq!(
        (story.tier("2025-01-31"), story.tier("2025-02-01")),
        ("gold".into(), "gold".into())
    );
    assert_eq!(story.on("2025-02-01").tier_until, Some(day("2026-01-10")));
    assert_eq!(story.tier("2026-01-11"), "silver");
    // A programme without tiers before: the measure gives the tier at once.
    let late = Story::new(json!({}))
        .then(
            "2025-02-01",
            json!({ "tiers": {"window": {"kind": "lifetime"},
            "levels": levels(&[("base", 0), ("gold", 100)])} }),
        )
        .order(1, "2025-01-10", "100");
    assert_eq!(late.tier("2025-02-01"), "gold");
}
