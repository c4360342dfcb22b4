//! Every case of `loyalty-cases.json` (a copy of the reference), by its name: run with the numbers of the file, or named as
//! outside of the contract with the reason. No case can be left out, and none is counted twice. What is outside is also
//! listed in `docs/loyalty-cases.md`.

mod earning;
mod members;
mod spending;
mod time;

use crate::story::{Story, day, program};
use loyalty::RedemptionRequest;
use model::{Money, Points, Timestamp, Zone};
use serde_json::{Value, json};

enum Verdict {
    /// Agrees.
    Run(fn(&Value, &Value)),
    /// The source does it differently, or two sources contradict each other: run with the choice made.
    Choice(fn(&Value, &Value)),
    /// About coupons, accounting and the like: tested there.
    Elsewhere(&'static str),
    /// Not in the contract.
    Outside(&'static str),
}
use Verdict::{Choice, Elsewhere, Outside, Run};

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn int(value: &Value) -> i64 {
    value
        .as_i64()
        .unwrap_or_else(|| panic!("{value} is no whole number"))
}

fn rate(points: impl Into<Value>, per: &str) -> Value {
    json!({"id": "base", "on": "purchase", "points": points.into(), "per": per})
}

fn multiply(by: &Value) -> Value {
    json!({"id": "more", "on": "purchase", "multiply": text(by)})
}

fn earning(earn: &[Value]) -> Story {
    Story::new(json!({ "earn": earn }))
}

/// What one order earns.
fn earned(earn: &[Value], amount: &str) -> i64 {
    earning(earn)
        .order(1, "2025-01-10", amount)
        .balance("2025-01-10")
}

fn rounded(raw: &str, rounding: &str) -> i64 {
    let mut earn = rate(raw, "1.00");
    earn["rounding"] = json!(rounding);
    earned(&[earn], "1")
}

/// The points of 100.00 spent at each level.
fn by_tier(amount: &Value, factors: &[(&str, &Value)]) -> Vec<i64> {
    factors
        .iter()
        .map(|(level, factor)| {
            let level = json!({"id": level, "from": 0, "multiply": text(factor)});
            let tiers = json!({"window": {"kind": "lifetime"}, "levels": [level]});
            let story = Story::new(json!({"earn": [rate(1, "1.00")], "tiers": tiers}));
            story
                .order(1, "2025-01-10", &text(amount))
                .balance("2025-01-10")
        })
        .collect()
}

fn refunding(parts: Value, refunds: &[&str]) -> Story {
    let mut story = Story::new(parts).order(1, "2025-01-10", "100");
    for (minute, amount) in refunds.iter().enumerate() {
        story = story.refund(1, &format!("2025-01-12 10:{minute:02}"), amount);
    }
    story
}

/// The last usable day of points earned on a day, at noon.
fn usable_to(expiry: Value, earned: &str) -> String {
    let story = Story::new(json!({ "expiry": expiry })).order(1, earned, "10");
    let lots = story.ledger(earned).0.lots;
    lots[0].expires_on.unwrap().to_string()
}

fn day_before(text: &str) -> String {
    day(text).plus_days(-1).to_string()
}

fn redeem(parts: Value) -> model::program::Program {
    program(json!({ "redeem": parts }))
}

fn asks(points: Option<i64>, order: Option<Money>) -> RedemptionRequest<'static> {
    RedemptionRequest {
        points: points.map(Points),
        reward: None,
        order_amount: order,
        order_redeemed: Points(0),
        reward_taken: 0,
    }
}

fn levels(g: &Value, names: &[&str]) -> Value {
    let level = |name: &&str| json!({"id": name, "from": g[*name]});
    names.iter().map(level).collect()
}

fn verdict(name: &str) -> Verdict {
    let parts = [
        earning::earn_cases,
        time::pending_and_expiry_cases,
        spending::redeem_cases,
        spending::refund_cases,
        members::tier_cases,
        members::other_cases,
    ];
    let mut known = parts.iter().filter_map(|part| part(name));
    let verdict = known
        .next()
        .unwrap_or_else(|| panic!("no verdict on {name:?}"));
    assert!(known.next().is_none(), "two verdicts on {name:?}");
    verdict
}

#[test]
fn every_published_case_is_run_or_named() {
    let file: Value = serde_json::from_str(include_str!("../loyalty-cases.json")).unwrap();
    let cases = file["cases"].as_array().unwrap();
    let (mut run, mut choices, mut elsewhere, mut outside) = (0, 0, 0, 0);
    for case in cases {
        let (given, expect) = (&case["given"], &case["expect"]);
        let name = case["name"].as_str().unwrap();
        assert!(
            case["source"]
                .as_str()
                .is_some_and(|source| !source.is_empty())
        );
        match verdict(name) {
            Run(test) => {
                run += 1;
                test(given, expect);
            }
            Choice(test) => {
                choices += 1;
                test(given, expect);
            }
            Elsewhere(where_to) => {
                elsewhere += 1;
                assert!(!where_to.is_empty());
            }
            Outside(why) => {
                outside += 1;
                assert!(!why.is_empty());
            }
        }
    }
    // These are the figures of docs/loyalty-cases.md.
    assert_eq!(
        [cases.len(), run, choices, elsewhere, outside],
        [83, 60, 7, 8, 8]
    );
    // The scenarios and the table of time zones are run one by one in scenarios.rs and expiries.rs.
    assert_eq!(file["ledger_scenarios"].as_array().unwrap().len(), 7);
    let zones = file["timezone_expiry"]["expiry_cases"].as_array().unwrap();
    assert_eq!(zones.len(), crate::expiries::table().len());
    for (case, row) in zones.iter().zip(crate::expiries::table()) {
        let earned_at = text(&case["earned_at_utc"]).replace("+00:00", "Z");
        assert_eq!(
            (earned_at.as_str(), text(&case["tz"]).as_str()),
            (row.1, row.2)
        );
        let days = ["local_earn_date", "last_usable_local_date"].map(|key| text(&case[key]));
        assert_eq!(days, [row.4[0], row.4[1]]);
    }
}

#[test]
fn days_of_29_february_and_of_changing_clocks() {
    let file: Value = serde_json::from_str(include_str!("../loyalty-cases.json")).unwrap();
    let zones = &file["timezone_expiry"];
    let mut rows = 0;
    for case in zones["birthday_feb29"].as_array().unwrap() {
        // The contract's choice of the source's two.
        let on = text(&case["policy_feb28"]);
        let story = earning(&[json!({"id": "b", "on": "birthday", "points": 1})]);
        let story = story.born(&format!("--{}", text(&case["born"])), &day_before(&on));
        assert_eq!(
            (story.balance(&day_before(&on)), story.balance(&on)),
            (0, 1)
        );
        rows += 1;
    }
    for case in zones["dst_lengths"].as_array().unwrap() {
        let zone = Zone::parse(&text(&case["tz"])).unwrap();
        let date = day(&text(&case["date"]));
        let Timestamp(end) = loyalty::AsOf::end_of(date, &zone).at;
        let hours = (end + 1 - zone.start_of(date).0) as f64 / 3_600_000.0;
        assert_eq!(hours, case["hours"].as_f64().unwrap(), "{date}");
        rows += 1;
    }
    assert_eq!(rows, 9);
}
