//! What earns, and how much.

use super::Verdict::{self, Outside, Run};
use super::{by_tier, day_before, earned, earning, int, multiply, rate, rounded, text};
use crate::story::{Story, money};
use model::{Money, Points};
use serde_json::json;

pub fn earn_cases(name: &str) -> Option<Verdict> {
    Some(match name {
        "step earning floors to whole steps" => Run(|g, e| {
            assert_eq!(
                earned(&[rate(1, "10.00")], &text(&g["spend"])),
                int(&e["points"])
            );
        }),
        "per-unit rate" => Run(|g, e| {
            assert_eq!(
                earned(&[rate(2, "1.00")], &text(&g["spend"])),
                int(&e["points"])
            );
        }),
        "1 point per 10.00 pre-tax" | "pre-tax base" => Run(|g, e| {
            let mut earn = rate(1, "10.00");
            earn["basis"] = json!("net_of_tax_and_discount");
            let (net, all) = (
                money(&text(&g["subtotal"])),
                money(&text(&g["total_with_tax"])),
            );
            let story = earning(&[earn]).order(1, "2025-01-10", &text(&g["total_with_tax"]));
            let story = story.with(|it| it.tax = Money(all.0 - net.0));
            assert_eq!(story.balance("2025-01-10"), int(&e["points"]));
        }),
        "tax-inclusive price, earn on net" => Run(|g, e| {
            let mut earn = rate(1, "1.00");
            earn["basis"] = json!("net_of_tax_and_discount");
            let tax = money(&text(&g["tax_included"]));
            let story = earning(&[earn]).order(1, "2025-01-10", &text(&g["gross"]));
            assert_eq!(
                story.with(|it| it.tax = tax).balance("2025-01-10"),
                int(&e["points"])
            );
        }),
        "earn on amount after discount" => Run(|g, e| {
            let price = money(&text(&g["price"]));
            let paid = price.0 * (100 - int(&g["discount_pct"])) / 100;
            let story = earning(&[rate(1, "1.00")]).order(1, "2025-01-10", "1");
            let story = story.with(|it| (it.amount, it.gross) = (Money(paid), price));
            assert_eq!(story.balance("2025-01-10"), int(&e["points"]));
        }),
        "earn on amount after coupon" => Run(|g, e| {
            let (price, coupon) = (money(&text(&g["price"])), money(&text(&g["coupon"])));
            let story = earning(&[rate(1, "1.00")]).order(1, "2025-01-10", "1");
            let story = story.with(|it| (it.amount, it.gross) = (Money(price.0 - coupon.0), price));
            assert_eq!(story.balance("2025-01-10"), int(&e["points"]));
        }),
        "50 spend 1 point per currency unit" => Run(|g, e| {
            assert_eq!(
                earned(&[rate(1, "1.00")], &text(&g["spend"])),
                int(&e["points"])
            );
        }),
        "mode up / nearest / down on 2.50" => Run(|g, e| {
            let raw = text(&g["raw"]);
            let modes = [
                ("ceil", "up"),
                ("half_up", "nearest_half_up"),
                ("floor", "down"),
            ];
            for (ours, theirs) in modes {
                assert_eq!(rounded(&raw, ours), int(&e[theirs]), "{ours}");
            }
        }),
        "nearest, .5 goes up (Siebel default)" => Run(|g, e| {
            for (raw, points) in g["raw"]
                .as_array()
                .unwrap()
                .iter()
                .zip(e["points"].as_array().unwrap())
            {
                assert_eq!(rounded(&text(raw), "half_up"), int(points));
            }
        }),
        "CRMEB: truncate, never round" => Run(|g, e| {
            assert_eq!(
                earned(&[rate(10, "100.00")], &text(&g["spend"])),
                int(&e["points"])
            );
        }),
        "silver: 1 point per full 10 yuan; gold 1.2 (whole tens only)" => Run(|g, e| {
            let spend = text(&g["spend"]);
            assert_eq!(
                earned(&[rate(1, "10.00")], &spend),
                int(&e["silver_points"])
            );
            let gold = earned(&[rate(1, "10.00"), multiply(&g["gold"])], &spend);
            assert_eq!(gold, int(&e["gold_points_if_truncated"]));
        }),
        "rounding is per accrual line, then summed (2 decimals)" => {
            Outside("points are whole; the principle is round_each: line")
        }
        "promotion multiplier 3x" | "decimal multiplier, fraction dropped" | "fraction dropped" => {
            Run(|g, e| {
                let base = text(&g["base"]);
                assert_eq!(
                    earned(&[rate(1, "1.00"), multiply(&g["multiplier"])], &base),
                    int(&e["points"])
                );
            })
        }
        "additive promotion" => Run(|g, e| {
            let add = json!({"id": "add", "on": "purchase", "points": g["add"]});
            assert_eq!(
                earned(&[rate(1, "1.00"), add], &text(&g["base"])),
                int(&e["points"])
            );
        }),
        "only one promotion applies: most recently created" => {
            Outside("the contract stacks: multiply, add or best")
        }
        "calculation order: general spend -> (one) multiplier -> product points" => Run(|g, e| {
            let product = json!({"id": "product", "on": "purchase", "points": g["product_points"]});
            let earn = [rate(1, "1.00"), multiply(&g["multiplier"]), product];
            assert_eq!(earned(&earn, &text(&g["spend_points"])), int(&e["points"]));
        }),
        "Starbucks 2026 star rates per $1" => Run(|g, e| {
            let tiers = ["green", "gold", "reserve"];
            let given = tiers.map(|tier| (tier, &g[tier]));
            assert_eq!(
                by_tier(&g["spend"], &given),
                tiers.map(|tier| int(&e[tier]))
            );
        }),
        "Sephora multipliers per $1" => Run(|g, e| {
            let tiers = ["insider", "vib", "rouge"];
            let given = tiers.map(|tier| (tier, &g[tier]));
            assert_eq!(
                by_tier(&g["spend"], &given),
                tiers.map(|tier| int(&e[tier]))
            );
        }),
        "referral purchase" => Run(|g, e| {
            let story =
                earning(&[json!({"id": "r", "on": "referral", "points": 2, "per": "1.00"})]);
            let story = story.event(1, "2025-01-10", "referral", Some(&text(&g["friend_spend"])));
            assert_eq!(story.balance("2025-01-10"), int(&e["referrer_points"]));
        }),
        "growth value on sign-up + spend" => Run(|g, e| {
            let signup = json!({"id": "hello", "on": "signup", "points": g["signup"]});
            let tiers = json!({"window": {"kind": "lifetime"}, "levels": [{"id": "普通会员", "from": 0}, {"id": "银卡会员", "from": 500}]});
            let story = Story::new(
                json!({"earn": [rate(g["per_yuan"].clone(), "1.00"), signup], "tiers": tiers}),
            );
            let story = story
                .signup("2025-01-01")
                .order(1, "2025-01-10", &text(&g["spend"]));
            assert_eq!(story.on("2025-01-10").qualifying, Points(int(&e["growth"])));
            assert!(text(&e["tier"]).starts_with(&story.tier("2025-01-10")));
        }),
        "WeChat Channels: pay_value in fen gives 1 point" => Run(|g, e| {
            let per = Money(int(&g["pay_value_fen"])).to_decimal(model::Currency::CNY);
            let paid = Money(int(&g["paid_fen"])).to_decimal(model::Currency::CNY);
            assert_eq!(earned(&[rate(1, &per)], &paid), int(&e["points"]));
        }),
        "CRMEB: points given on paid amount" => Run(|g, e| {
            assert_eq!(
                earned(&[rate(5, "1.00")], &text(&g["paid"])),
                int(&e["points"])
            );
        }),
        "no birthday award this year if date entered within next 30 days" => Run(|g, e| {
            let earn = json!({"id": "b", "on": "birthday", "points": 1, "known_for_days": g["guard_days"]});
            let birthday = format!("--{}", text(&g["birthday"]));
            let story = earning(&[earn]).born(&birthday, &text(&g["entered_on"]));
            assert_eq!(
                story.balance("2025-12-31") == 1,
                e["award_2025"].as_bool().unwrap()
            );
            assert_eq!(
                story.balance("2026-12-31") == 1,
                e["award_2026"].as_bool().unwrap()
            );
        }),
        "Feb 29 member, non-leap year -> Feb 28; leap year -> Feb 29" => Run(|g, e| {
            let earn = json!({"id": "b", "on": "birthday", "points": 1});
            let story = earning(&[earn]).born(&format!("--{}", text(&g["born"])), "2022-06-01");
            let mut before = 0;
            for year in ["2023", "2024"] {
                let on = text(&e[year]);
                assert_eq!(story.balance(&day_before(&on)), before);
                before += 1;
                assert_eq!(story.balance(&on), before);
            }
        }),
        _ => return None,
    })
}
