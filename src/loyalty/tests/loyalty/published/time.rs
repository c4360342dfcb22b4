//! Posting, expiry, and in which order lots go.

use super::Verdict::{self, Choice, Outside, Run};
use super::{day_before, int, text, usable_to};
use crate::story::Story;
use serde_json::json;

pub fn pending_and_expiry_cases(name: &str) -> Option<Verdict> {
    Some(match name {
        "7-day delay, returned inside window" => Run(|g, e| {
            let returned = format!("2025-01-{:02}", 1 + int(&g["returned_on_day"]));
            let story = Story::new(json!({"pending_days": g["pending_days"]})).order(
                1,
                "2025-01-01",
                &text(&g["points"]),
            );
            let held = story.pending(&day_before(&returned));
            let story = story.refund(1, &returned, &text(&g["points"]));
            for on in [returned.as_str(), "2025-03-01"] {
                assert_eq!(
                    (story.balance(on), story.pending(on)),
                    (int(&e["active"]), int(&e["pending"]))
                );
            }
            assert_eq!(held, int(&e["reversed"]));
        }),
        "locked points do not count for the tier until active" => Run(|g, e| {
            let tiers = json!({"window": {"kind": "lifetime"}, "levels": [{"id": "base", "from": 0}, {"id": "next", "from": g["tier_threshold"]}]});
            let story = Story::new(json!({"pending_days": 7, "tiers": tiers})).order(
                1,
                "2025-01-01",
                &text(&g["locked"]),
            );
            assert_eq!(story.tier("2025-01-07"), text(&e["tier_before_activation"]));
            assert_eq!(story.tier("2025-01-08"), text(&e["tier_after_activation"]));
        }),
        "CRMEB: after the freeze period a refund no longer takes the gift points back" => {
            Run(|g, e| {
                let gift = text(&g["gift"]);
                let story =
                    Story::new(json!({"pending_days": g["freeze_days"], "refund": "only_pending"}));
                let story = story.order(1, "2025-01-01", &gift);
                let on = format!("2025-01-{:02}", 1 + int(&g["refund_on_day"]));
                let story = story.refund(1, &on, &gift);
                assert_eq!(int(&g["gift"]) - story.balance(&on), int(&e["clawed_back"]));
            })
        }
        "25 Jan + 1 month usable to end of 25 Feb" | "31 Jan + 1 month clamps to 28 Feb" => {
            Run(|g, e| {
                let last = usable_to(
                    json!({"kind": "months", "n": g["months"]}),
                    &text(&g["earned"]),
                );
                assert_eq!(last, text(&e["last_usable"]));
            })
        }
        "0 months = end of the same day" => Run(|g, e| {
            let last = usable_to(
                json!({"kind": "months", "n": g["months"]}),
                &text(&g["earned"]),
            );
            assert_eq!(last, day_before(&text(&e["expires_at"])[..10]));
        }),
        "Starbucks: 6 months after the calendar month earned" => Run(|g, e| {
            let last = usable_to(
                json!({"kind": "months", "n": 6, "round_up": "month"}),
                &text(&g["earned"]),
            );
            assert_eq!(last, day_before(&text(&e["expires_at"])));
        }),
        "Voyado: Jan 1, x calendar years after the year earned (x=2)" => Run(|g, e| {
            let earned = format!("{}-05-05", g["earned_year"]);
            let last = usable_to(json!({"kind": "year_end", "years": g["x"]}), &earned);
            assert_eq!(last, day_before(&text(&e["expires_at"])));
        }),
        "JD legacy: earned in 2014 cleared on 31 Dec 2015" => Run(|g, e| {
            let last = usable_to(json!({"kind": "year_end", "years": 1}), &text(&g["earned"]));
            assert_eq!(last, text(&e["expires_end_of"]));
        }),
        "lnaks: settlement every Feb 28 clears points older than 1 year" => {
            Outside("settlement on a fixed day of the year is no kind of expiry")
        }
        "CRMEB yearly: set Aug 2021, at 2021-12-31 clear what was earned up to 2020-12-31" => {
            Run(|g, e| {
                // What is cleared with the year 2021 was earned by the end of 2020: usable to the end of the next year.
                let expiry = json!({"kind": "year_end", "years": 1});
                let earned = text(&e["cleared_if_earned_on_or_before"]);
                assert_eq!(usable_to(expiry.clone(), &earned), text(&g["clear_on"]));
                assert_ne!(usable_to(expiry, "2021-01-01"), text(&g["clear_on"]));
            })
        }
        "White Label: 1 Mar, over one year ago" | "White Label: 1 Jan, over two years ago" => {
            Outside(
                "settlement on a fixed day of the year is no kind of expiry; the text is ambiguous about the day itself",
            )
        }
        "rolling event extends all lots" => Run(|g, e| {
            let plain = usable_to(
                json!({"kind": "months", "n": g["program_expiry_months"]}),
                &text(&g["earned"]),
            );
            assert_eq!(plain, text(&e["without_event"]));
            let story = Story::new(
                json!({"expiry": {"kind": "inactivity", "months": g["rolling_months"]}}),
            );
            let event = text(&g["event_on"]);
            let story = story
                .order(1, &text(&g["earned"]), "10")
                .order(2, &event, "10");
            let lots = story.ledger(&event).0.lots;
            assert!(
                lots.iter()
                    .all(|lot| lot.expires_on.unwrap().to_string() == text(&e["with_event"]))
            );
        }),
        "zero-point purchase counts only if configured" => Choice(|g, e| {
            // The contract's "any purchase" is the source's flag switched on.
            let story =
                Story::new(json!({"expiry": {"kind": "inactivity", "months": g["months"]}}));
            let story =
                story
                    .order(1, "2024-01-15", &text(&g["points"]))
                    .order(2, "2024-12-15", "0.50");
            let last = story.ledger("2024-12-15").0.lots[0]
                .expires_on
                .unwrap()
                .to_string();
            assert_eq!(last[..7], text(&e["flag_on"]));
        }),
        "JD 2026: 180 days" => Run(|g, e| {
            let last = usable_to(json!({"kind": "days", "n": g["days"]}), &text(&g["earned"]));
            assert!(text(&e["last_usable"]).starts_with(&last));
        }),
        "reinstatement window" => Outside("no reinstatement of expired lots in the contract"),
        "Odoo: earned 575 (115x5), redeem 500 leaves 75; then earned 805 (28x5x1.15x5), redeem 500 leaves 380 in 2nd lot; after 91 days balance 0" => {
            Run(|g, e| {
                let mut story =
                    Story::new(json!({"expiry": {"kind": "days", "n": g["expire_after_days"]}}));
                for round in 0..2 {
                    let points = int(&g["lots"][round]);
                    let (id, on) = (
                        round as i64 * 2 + 1,
                        format!("2025-01-{:02}", 1 + round * 2),
                    );
                    story = story.order(id, &on, &points.to_string());
                    let spent_on = format!("2025-01-{:02}", 2 + round * 2);
                    story = story.redeem(id + 1, &spent_on, int(&g["redeems"][round]));
                    let account = story.ledger(&spent_on).0;
                    let last = account.lots.last().unwrap();
                    assert_eq!(last.points.0, int(&e["available_after_each"][round]));
                }
                assert_eq!(story.balance("2025-04-30"), int(&e["balance_after_cron"]));
            })
        }
        "consumption order" => Run(|g, e| {
            let mut story = Story::new(json!({}));
            for lot in g["lots"].as_array().unwrap() {
                let last = lot["exp"].as_str();
                story = story.bonus(int(&lot["id"]), "2025-01-01", 10, last);
            }
            let lots = story.ledger("2025-01-02").0.lots;
            let ids: Vec<i64> = lots
                .iter()
                .map(|lot| lot.id.parse::<model::EntryId>().unwrap().0)
                .collect();
            let order: Vec<i64> = e["order"].as_array().unwrap().iter().map(int).collect();
            assert_eq!(ids, order);
        }),
        _ => return None,
    })
}
