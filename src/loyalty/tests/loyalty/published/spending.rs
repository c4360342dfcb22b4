//! Redemptions and refunds.

use super::Verdict::{self, Choice, Elsewhere, Run};
use super::{asks, day_before, int, rate, redeem, refunding, text};
use crate::story::{OwnedDeed, Story, money};
use loyalty::{Limit, check_redemption, usable_points, worth};
use model::{Money, Points};
use serde_json::{Value, json};

pub fn redeem_cases(name: &str) -> Option<Verdict> {
    Some(match name {
        "100 points = 1 yuan, at most 50% of the order" => Run(|g, e| {
            let program = redeem(
                json!({"points": g["points_per_yuan"], "worth": "1.00", "max_share": "0.5"}),
            );
            let usable = usable_points(
                &program,
                Points(int(&g["balance"])),
                Some(money(&text(&g["order"]))),
            );
            assert_eq!(usable, Points(int(&e["max_points"])));
            assert_eq!(worth(&program, usable), money(&text(&e["money"])));
        }),
        "usable only in multiples of 1000" => Run(|g, e| {
            let program = redeem(json!({"points": 1, "worth": "0.01", "step": g["step"]}));
            assert_eq!(
                usable_points(&program, Points(int(&g["balance"])), None),
                Points(int(&e["usable"]))
            );
        }),
        "77 points x 0.05 = 3.85; then +82 earned" => Run(|g, e| {
            let program = redeem(json!({"points": 1, "worth": text(&g["value_per_point"])}));
            assert_eq!(
                worth(&program, Points(int(&g["redeem"]))),
                money(&text(&e["money"]))
            );
            let story = Story::new(json!({})).bonus(1, "2025-01-01", int(&g["balance"]), None);
            let story = story.redeem(2, "2025-01-02", int(&g["redeem"])).bonus(
                3,
                "2025-01-03",
                int(&g["earn_after"]),
                None,
            );
            assert_eq!(story.balance("2025-01-03"), int(&e["balance"]));
        }),
        "WeChat Channels: ratio = points per 0.01 yuan, limit = points per order" => Run(|g, e| {
            let program =
                redeem(json!({"points": g["ratio"], "worth": "0.01", "max_points": g["limit"]}));
            let usable = usable_points(&program, Points(int(&g["balance"])), None);
            assert_eq!(usable, Points(int(&e["max_points"])));
            assert_eq!(worth(&program, usable), money(&text(&e["money"])));
        }),
        "only whole multiples of the reward cost" => Run(|g, e| {
            let step = int(&g["required_points"]);
            let each = money(&text(&g["per_point"]));
            let program = redeem(
                json!({"points": step, "worth": Money(each.0 * step).to_decimal(model::Currency::CNY), "step": step}),
            );
            let usable = usable_points(&program, Points(int(&g["balance"])), None);
            assert_eq!(usable, Points(int(&e["points_cost"])));
            assert_eq!(worth(&program, usable), money(&text(&e["discount"])));
        }),
        "multiple rewards sum" => Run(|g, e| {
            let mut story = Story::new(json!({})).bonus(1, "2025-01-01", int(&g["balance"]), None);
            let mut used = 0;
            for (cost, id) in g["costs"].as_array().unwrap().iter().zip(10..) {
                story = story.redeem(id, "2025-01-02", int(cost));
                used += int(cost);
            }
            story = story.order(1, "2025-01-03", &text(&g["earned_on_order"]));
            assert_eq!(
                (used, story.balance("2025-01-03")),
                (int(&e["used"]), int(&e["balance_after"]))
            );
        }),
        "minimum 5.00 discount at 10 points = 1.00" => Run(|g, e| {
            let min = int(&e["needs_points"]);
            let program = redeem(json!({"points": 10, "worth": "1.00", "min_points": min}));
            let refused = check_redemption(
                &program,
                Points(1_000),
                &asks(Some(int(&g["points"])), None),
            );
            assert_eq!(refused.unwrap_err().limit, Limit::MinPoints);
            assert_eq!(
                worth(&program, Points(min)),
                money(&text(&g["min_discount"]))
            );
            assert!(check_redemption(&program, Points(1_000), &asks(Some(min), None)).is_ok());
        }),
        "percent discount capped by max amount" => Elsewhere("coupons"),
        "discount never exceeds order total" => Choice(|g, e| {
            // Points never pay more than the order; what a percentage takes off is a coupon's business.
            let program = redeem(json!({"points": 1, "worth": "0.01"}));
            let order = money(&text(&g["order_total"]));
            let usable = usable_points(&program, Points(1_200), Some(order));
            assert_eq!(worth(&program, usable), money(&text(&e["discount"])));
        }),
        _ => return None,
    })
}

pub fn refund_cases(name: &str) -> Option<Verdict> {
    Some(match name {
        "floor per $10 step" => Choice(|_, _| {
            // The source looks at each refund alone; here what remains decides, so that many parts equal one.
            let parts = || json!({"earn": [rate(1, "10.00")]});
            let taken = |refunds: &[&str]| 10 - refunding(parts(), refunds).balance("2025-01-12");
            assert_eq!(
                [taken(&["1"]), taken(&["5"]), taken(&["10"]), taken(&["20"])],
                [1, 1, 1, 2]
            );
            assert_eq!(taken(&["1", "5", "4"]), taken(&["10"]));
        }),
        "Square: never below zero" => Run(|g, e| {
            let story = Story::new(json!({"refund": "within_balance"})).order(
                1,
                "2025-01-10",
                &text(&g["deduct"]),
            );
            let story = story.redeem(2, "2025-01-11", int(&g["deduct"]) - int(&g["balance"]));
            assert_eq!(story.balance("2025-01-11"), int(&g["balance"]));
            let story = story.refund(1, "2025-01-12", &text(&g["deduct"]));
            assert_eq!(story.balance("2025-01-12"), int(&e["balance"]));
        }),
        "recompute on remaining spend" => Run(|g, e| {
            let story = refunding(json!({}), &[&text(&g["refund"])]);
            assert_eq!(story.balance("2025-01-11"), int(&g["earned"]));
            assert_eq!(story.balance("2025-01-12"), int(&e["points_kept"]));
        }),
        "full return gives redeemed points back, takes earned points" => Run(|g, e| {
            let story = Story::new(json!({"redeem": {"points": 20, "worth": "1.00"}}))
                .bonus(10, "2025-01-01", 300, None)
                .order(1, "2025-01-10", &text(&g["order"]))
                .entry(11, "2025-01-10", OwnedDeed::Redeem(300, Some(1)));
            // What the points paid earns nothing.
            assert_eq!(
                story.balance("2025-01-10"),
                money(&text(&g["paid"])).0 / 100
            );
            let story = story.refund(1, "2025-01-12", &text(&g["order"]));
            assert!(e["redeemed_points_restored"].as_bool().unwrap());
            assert_eq!(
                story.balance("2025-01-12"),
                300 + int(&e["earned_points_kept"])
            );
        }),
        "partial return: redeemed 300 points NOT restored" => Run(|g, e| {
            let points = int(&g["coupon_points"]);
            let story = Story::new(json!({"redeem": {"points": 20, "worth": "1.00"}}))
                .bonus(10, "2025-01-01", points, None)
                .order(1, "2025-01-10", &text(&g["order"]))
                .entry(11, "2025-01-10", OwnedDeed::Redeem(points, Some(1)))
                .refund(1, "2025-01-12", &text(&g["refund_items"]));
            // Of 100, 15 was paid in points and 75 came back: 10 earn.
            assert_eq!(story.balance("2025-01-12"), int(&e["restored"]) + 10);
        }),
        "must use the rate in force at earning time (Smile documents that it does NOT: 100 removed after rate change 1->2)" => {
            Choice(|g, e| {
                let story = Story::new(json!({"earn": [rate(g["rate_then"].clone(), "1.00")]}))
                    .order(1, "2025-01-10", &text(&g["earned"]))
                    .then(
                        "2025-01-11",
                        json!({"earn": [rate(g["rate_now"].clone(), "1.00")]}),
                    );
                let before = story.balance("2025-01-11");
                let story = story.refund(1, "2025-01-12", &text(&g["refund"]));
                assert_eq!(before - story.balance("2025-01-12"), int(&e["rigorous"]));
            })
        }
        "negative balance then repaid by accruals" => Run(|g, e| {
            let story = Story::new(json!({"refund": "unlimited"})).order(
                1,
                "2025-01-10",
                &text(&g["earned"]),
            );
            let story = story.redeem(2, "2025-01-11", int(&g["spent"])).refund(
                1,
                "2025-01-12",
                &text(&g["reversed"]),
            );
            assert_eq!(story.balance("2025-01-12"), int(&e["after_reversal"]));
            let story = story.order(3, "2025-01-13", &text(&g["next_accrual"]));
            assert_eq!(story.balance("2025-01-13"), int(&e["after_accrual"]));
        }),
        "return policies" => Run(|g, _| {
            let after = |policy: &Value| {
                let story = refunding(json!({"refund": policy}), &[]).redeem(2, "2025-01-11", 60);
                story.refund(1, "2025-01-12", "100").balance("2025-01-12")
            };
            let all: Vec<i64> = g["policy"].as_array().unwrap().iter().map(after).collect();
            assert_eq!(all, [40, 0, -60]);
        }),
        "expired points are not returned" => Run(|g, e| {
            let (points, gone) = (int(&g["points"]), text(&g["lot_expires"]));
            let story =
                Story::new(json!({})).bonus(1, "2025-01-01", points, Some(&day_before(&gone)));
            let story = story.redeem(2, &text(&g["reward_created"]), points);
            let back = text(&g["reward_deleted"]);
            let story = story.entry(3, &back, OwnedDeed::Reverse(2));
            assert_eq!(story.balance(&back), int(&e["returned"]));
        }),
        "tier is lost at once when growth falls below threshold after a refund" => Run(|g, e| {
            let tiers = json!({"window": {"kind": "rolling_months", "n": 12}, "keep_months": 12,
                "levels": [{"id": "银卡会员", "from": 500}, {"id": "金卡会员", "from": g["threshold_gold"]}]});
            let story =
                Story::new(json!({"tiers": tiers})).order(1, "2025-01-10", &text(&g["growth"]));
            assert_eq!(story.tier("2025-01-10"), "金卡会员");
            let story = story.refund(1, "2025-01-12", &text(&g["refund_growth"]));
            assert_eq!(story.tier("2025-01-12"), text(&e["tier"]));
        }),
        _ => return None,
    })
}
