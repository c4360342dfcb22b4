//! Published cases (`loyalty-cases.json`, "cases"), as tables with their sources. What is out of the contract, and where
//! sources contradict each other, is in `docs/loyalty-cases.md`.

use crate::story::{OwnedDeed, Story, day, money, program};
use loyalty::{
    Ends, Limit, MovedLot, RedemptionRequest, check_adjustment, check_redemption, usable_points,
};
use model::{Money, Points};
use serde_json::{Value, json};

fn rate(points: Value, per: &str) -> Value {
    json!({"id": "base", "on": "purchase", "points": points, "per": per})
}

/// What one order of `amount` earns.
fn earns(earn: Value, amount: &str) -> i64 {
    Story::new(json!({ "earn": earn }))
        .order(1, "2026-01-10", amount)
        .balance("2026-01-10")
}

#[test]
fn rates() {
    for (source, points, per, spend, expected) in [
        (
            "developer.squareup.com LoyaltyProgramAccrualRule",
            json!(1),
            "10.00",
            "105.00",
            10,
        ),
        (
            "docs.openloyalty.io: 2 points per unit",
            json!(2),
            "1.00",
            "1",
            2,
        ),
        (
            "help.zoho.com Thrive: 1 per unit",
            json!(1),
            "1.00",
            "50.00",
            50,
        ),
        (
            "help.zoho.com Thrive: referral, 2 per 1.00",
            json!(2),
            "1.00",
            "100.00",
            200,
        ),
        (
            "doc.crmeb.com/mer/mer2/4335: truncate",
            json!(10),
            "100.00",
            "109",
            10,
        ),
        (
            "doc.crmeb.com/mer/mer2/4335: 5 per yuan",
            json!(5),
            "1.00",
            "10",
            50,
        ),
        (
            "zhxjx.com: 1 per full 10 yuan, silver",
            json!(1),
            "10.00",
            "99",
            9,
        ),
        (
            "developers.weixin.qq.com: 100 fen a point",
            json!(1),
            "1.00",
            "123.45",
            123,
        ),
        (
            "the contract: a rate is an exact rational",
            json!("0.1"),
            "1.00",
            "29.00",
            2,
        ),
        ("vsigo.cn: 1 per yuan", json!(1), "1.00", "450", 450),
    ] {
        assert_eq!(
            earns(json!([rate(points, per)]), spend),
            expected,
            "{source}"
        );
    }
}

#[test]
fn bases() {
    let story = |basis: &str, per: &str| {
        let mut base = rate(json!(1), per);
        base["basis"] = json!(basis);
        Story::new(json!({ "earn": [base] }))
    };
    let net_of_tax = "net_of_tax_and_discount";
    // developer.squareup.com/forums 22747: 21.90 before tax, 23.35 with it, 1 per 10.00 pre-tax.
    let pre_tax = story(net_of_tax, "10.00").order(1, "2026-01-10", "23.35");
    assert_eq!(
        pre_tax
            .with(|it| it.tax = money("1.45"))
            .balance("2026-01-10"),
        2
    );
    // community.squareup.com 639361: 2.00 with 0.15 tax in it.
    let included = story(net_of_tax, "1.00").order(1, "2026-01-10", "2.00");
    assert_eq!(
        included
            .with(|it| it.tax = money("0.15"))
            .balance("2026-01-10"),
        1
    );
    // odoo test_loyalty.py: 100.00 less 10 %; help.smile.io 4036183: 50.00 less a coupon of 10.00.
    for (gross, paid, points) in [("100.00", "90.00", 90), ("50.00", "40.00", 40)] {
        let discounted = |basis| {
            let story = story(basis, "1.00").order(1, "2026-01-10", paid);
            story
                .with(|it| it.gross = money(gross))
                .balance("2026-01-10")
        };
        assert_eq!(discounted("net_of_discount"), points);
        assert_eq!(discounted("gross"), money(gross).0 / 100);
    }
    // The contract: what is paid with points earns nothing, on every basis.
    for (basis, points) in [("gross", 100), ("net_of_discount", 80), (net_of_tax, 70)] {
        let story = story(basis, "1.00")
            .order(1, "2026-01-10", "100.00")
            .with(|it| {
                it.gross = money("120.00");
                it.tax = money("10.00");
                it.paid_with_points = money("20.00");
            });
        assert_eq!(story.balance("2026-01-10"), points, "{basis}");
    }
}

#[test]
fn roundings() {
    let rounded = |rounding: &str, amount: &str| {
        let mut base = rate(json!(1), "1.00");
        base["rounding"] = json!(rounding);
        earns(json!([base]), amount)
    };
    for (source, amount, floor, half_up, ceil) in [
        ("veecotech.freshdesk.com 22000271754", "2.50", 2, 3, 3),
        ("docs.oracle.com Siebel Loyalty", "10.50", 10, 11, 11),
        ("docs.oracle.com Siebel Loyalty", "10.49", 10, 10, 11),
        ("exact", "3.00", 3, 3, 3),
    ] {
        assert_eq!(rounded("floor", amount), floor, "{source}");
        assert_eq!(rounded("half_up", amount), half_up, "{source}");
        assert_eq!(rounded("ceil", amount), ceil, "{source}");
    }
    // Rounded on each line and summed, as Siebel does (with decimals there; points are whole here).
    let lines = |round_each: &str| {
        let mut base = rate(json!(1), "1.00");
        base["round_each"] = json!(round_each);
        Story::new(json!({ "earn": [base] }))
            .order(1, "2026-01-10", "3.20")
            .line("a", "", "1.60")
            .line("b", "", "1.60")
            .balance("2026-01-10")
    };
    assert_eq!((lines("order"), lines("line")), (3, 2));
}

#[test]
fn multipliers() {
    let times = |factor: &str| json!({"id": "m", "on": "purchase", "multiply": factor});
    for (source, base, factor, points) in [
        (
            "squareup LoyaltyPromotionIncentivePointsMultiplierData",
            "5",
            "3",
            15,
        ),
        ("squareup: 1.5 x 4", "4", "1.5", 6),
        ("squareup: fraction dropped", "5", "1.5", 7),
        ("Starbucks 2026 gold", "50.00", "1.2", 60),
        ("Starbucks 2026 reserve", "50.00", "1.7", 85),
        ("Sephora VIB", "100.00", "1.25", 125),
        ("Sephora Rouge", "100.00", "1.5", 150),
    ] {
        let points_given = earns(json!([rate(json!(1), "1.00"), times(factor)]), base);
        assert_eq!(points_given, points, "{source}");
    }
    // zhxjx.com: whole tens only, gold 1.2: 10.8, truncated.
    assert_eq!(
        earns(json!([rate(json!(1), "10.00"), times("1.2")]), "99"),
        10
    );
    // squareup PointsAdditionData: base 5 and 3 more.
    let fixed = |points: i64| json!({"id": "f", "on": "purchase", "points": points});
    assert_eq!(earns(json!([rate(json!(1), "1.00"), fixed(3)]), "5"), 8);
    // docs.openloyalty.io: spend points, then the multiplier, then product points: 100 x 2 + 30.
    assert_eq!(
        earns(
            json!([rate(json!(1), "1.00"), times("2"), fixed(30)]),
            "100"
        ),
        230
    );
}

#[test]
fn stacking() {
    let double = json!({"id": "coffee", "on": "purchase", "multiply": "2",
        "where": [{"attr": "category", "op": "in", "value": ["coffee"]}]});
    let tiers = json!({"window": {"kind": "lifetime"},
        "levels": [{"id": "gold", "from": 0, "multiply": "1.25"}]});
    for (stacking, all_coffee, mixed) in
        [("multiply", 125, 100), ("add", 112, 92), ("best", 100, 85)]
    {
        let story = Story::new(json!({
            "earn": [rate(json!(1), "1.00"), double], "tiers": tiers, "stacking": stacking,
        }));
        let coffee = story
            .clone()
            .order(1, "2026-01-10", "50")
            .line("flat white", "Coffee", "50");
        assert_eq!(coffee.balance("2026-01-10"), all_coffee, "{stacking}");
        let with_cup = story
            .order(1, "2026-01-10", "50")
            .line("flat white", "ＣＯＦＦＥＥ", "30")
            .line("cup", "goods", "20");
        assert_eq!(with_cup.balance("2026-01-10"), mixed, "{stacking}");
    }
}

#[test]
fn exclusions_seasons_and_minimums() {
    let gift_cards = json!({"id": "no", "on": "purchase", "exclude": true,
        "where": [{"attr": "category", "op": "eq", "value": "gift card"}]});
    let story = Story::new(json!({ "earn": [rate(json!(1), "1.00"), gift_cards] }))
        .order(1, "2026-01-10", "100")
        .line("beans", "coffee", "40")
        .line("card", "Gift Card", "50");
    // 10.00 of delivery is on no line and no gift card.
    assert_eq!(story.balance("2026-01-10"), 50);
    let season = json!({"id": "m", "on": "purchase", "multiply": "2",
        "from": "2026-01-01", "to": "2026-03-31", "min_amount": "50.00"});
    for (at, amount, points) in [
        ("2025-12-31 23:59", "60", 60),
        ("2026-01-01 00:00", "60", 120),
        ("2026-03-31 23:59", "60", 120),
        ("2026-04-01 00:00", "60", 60),
        ("2026-02-01", "49.99", 49),
        ("2026-02-01", "50.00", 100),
    ] {
        let story = Story::new(json!({ "earn": [rate(json!(1), "1.00"), season] }));
        assert_eq!(
            story.order(1, at, amount).balance("2026-04-02"),
            points,
            "{at} {amount}"
        );
    }
    let happy_hour = json!({"id": "m", "on": "purchase", "multiply": "3", "where": [
        {"attr": "hour", "op": "between", "value": [15, 16]},
        {"attr": "day_of_week", "op": "lte", "value": 5},
        {"attr": "channel", "op": "eq", "value": "store"}]});
    for (at, channel, points) in [
        ("2026-01-09 15:00", "Store", 30),
        ("2026-01-09 16:59", "store", 30),
        ("2026-01-09 17:00", "store", 10),
        ("2026-01-10 15:00", "store", 10),
        ("2026-01-09 15:00", "online", 10),
    ] {
        let story = Story::new(json!({ "earn": [rate(json!(1), "1.00"), happy_hour] }));
        let story = story.order(1, at, "10").channel(channel);
        assert_eq!(story.balance("2026-01-10"), points, "{at} {channel}");
    }
}

#[test]
fn caps() {
    let review = json!({"id": "review", "on": "event", "event": "review", "points": 20,
        "cap": {"points": 50, "per": "month"}});
    let mut story = Story::new(json!({ "earn": [review] }));
    for (id, at) in [
        (1, "2026-01-05"),
        (2, "2026-01-06"),
        (3, "2026-01-07"),
        (4, "2026-01-31"),
        (5, "2026-02-01"),
    ] {
        story = story.event(id, at, "review", None);
    }
    for (on, balance) in [
        ("2026-01-05", 20),
        ("2026-01-06", 40),
        ("2026-01-07", 50),
        ("2026-01-31", 50),
        ("2026-02-01", 70),
    ] {
        assert_eq!(story.balance(on), balance, "{on}");
    }
    for (per, balance) in [
        ("order", 60),
        ("day", 60),
        ("month", 30),
        ("year", 30),
        ("ever", 30),
    ] {
        let mut base = rate(json!(1), "1.00");
        base["cap"] = json!({"points": 30, "per": per});
        let story = Story::new(json!({ "earn": [base] }))
            .order(1, "2026-01-05", "100")
            .order(2, "2026-01-06", "100");
        assert_eq!(story.balance("2026-01-06"), balance, "{per}");
    }
    // A return makes room again, for later purchases.
    let mut base = rate(json!(1), "1.00");
    base["cap"] = json!({"points": 30, "per": "ever"});
    let story = Story::new(json!({ "earn": [base] }))
        .order(1, "2026-01-05", "25")
        .refund(1, "2026-01-06", "25")
        .order(2, "2026-01-07", "40");
    assert_eq!(story.balance("2026-01-07"), 30);
}

#[test]
fn events_signups_and_birthdays() {
    // vsigo.cn: 100 on signup and 1 per yuan of 450 make 550.
    let story = Story::new(json!({
        "earn": [rate(json!(1), "1.00"), {"id": "welcome", "on": "signup", "points": 100}],
        "tiers": {"window": {"kind": "lifetime"}, "levels": [
            {"id": "regular", "from": 0}, {"id": "silver", "from": 500}]},
    }))
    .signup("2025-01-01")
    .order(1, "2025-01-02", "450");
    assert_eq!(
        (story.balance("2025-01-01"), story.tier("2025-01-01")),
        (100, "regular".into())
    );
    assert_eq!(
        (story.balance("2025-01-02"), story.tier("2025-01-02")),
        (550, "silver".into())
    );
    // help.zoho.com Thrive: 2 points per 1.00 that the referred friend spends.
    let referral = json!([{"id": "friend", "on": "referral", "points": 2, "per": "1.00"}]);
    let story = Story::new(json!({ "earn": referral }));
    let story = story.event(1, "2025-01-02", "referral", Some("100.00"));
    assert_eq!(story.balance("2025-01-02"), 200);
    // help.smile.io 4036229: entered on 1 June, birthday on 20 June, guard of 30 days.
    let birthday = json!([{"id": "b", "on": "birthday", "points": 200, "known_for_days": 30}]);
    let story = Story::new(json!({ "earn": birthday })).born("--06-20", "2025-06-01");
    assert_eq!(story.balance("2025-12-31"), 0);
    assert_eq!(story.balance("2026-06-19"), 0);
    assert_eq!(story.balance("2026-06-20"), 200);
    // help-shopcircle.freshdesk.com 19000171269: 29 February.
    let story = Story::new(json!({ "earn": [{"id": "b", "on": "birthday", "points": 1}] }))
        .born("--02-29", "2022-12-01");
    let awarded: Vec<String> = story
        .ledger("2024-12-31")
        .1
        .iter()
        .map(|entry| entry.day.to_string())
        .collect();
    assert_eq!(awarded, ["2023-02-28", "2024-02-29"]);
}

#[test]
fn redemptions() {
    let ask = |redeem: Value, balance: i64, points: Option<i64>, order: Option<&str>| {
        let program = program(json!({ "redeem": redeem }));
        let request = RedemptionRequest {
            points: points.map(Points),
            reward: None,
            order_amount: order.map(money),
            order_redeemed: Points(0),
            reward_taken: 0,
        };
        let usable = usable_points(&program, Points(balance), request.order_amount);
        let worth = loyalty::worth(&program, usable);
        let checked = check_redemption(&program, Points(balance), &request);
        (
            usable.0,
            worth,
            checked.map(|it| it.points.0).map_err(|it| it.limit),
        )
    };
    // m.zoftsoft.com (JD): 100 points are 1 yuan, at most half of the order.
    let jd = json!({"points": 100, "worth": "1.00", "max_share": "0.5"});
    assert_eq!(
        ask(jd.clone(), 9_000, None, Some("100.00")),
        (5_000, money("50.00"), Ok(5_000))
    );
    let too_much = ask(jd.clone(), 9_000, Some(5_001), Some("100.00"));
    assert_eq!(too_much.2, Err(Limit::MaxShare));
    assert_eq!(
        ask(jd.clone(), 19_000, Some(10_001), Some("100.00")).2,
        Err(Limit::OrderAmount)
    );
    assert_eq!(
        ask(jd, 50, Some(51), Some("100.00")).2,
        Err(Limit::Insufficient)
    );
    // 3dmxku.com: only multiples of 1000.
    let step = json!({"points": 100, "worth": "1.00", "step": 1_000});
    assert_eq!(ask(step.clone(), 2_750, None, None).0, 2_000);
    assert_eq!(ask(step, 2_750, Some(2_750), None).2, Err(Limit::Step));
    // github.com/yrestom/POS-Awesome 45: 77 points at 0.05 are 3.85.
    let awesome = json!({"points": 1, "worth": "0.05"});
    assert_eq!(ask(awesome, 77, None, None), (77, money("3.85"), Ok(77)));
    // developers.weixin.qq.com: 100 points are 0.01, at most 100 per order.
    let weixin = json!({"points": 100, "worth": "0.01", "max_points": 100});
    assert_eq!(
        ask(weixin.clone(), 500, None, None),
        (100, Money(1), Ok(100))
    );
    assert_eq!(ask(weixin, 500, Some(101), None).2, Err(Limit::MaxPoints));
    // odoo test_loyalty.py: 3 points at 1.50 each, 10 in hand: whole multiples only.
    let odoo = json!({"points": 1, "worth": "1.50", "step": 3});
    assert_eq!(ask(odoo, 10, None, None), (9, money("13.50"), Ok(9)));
    // docs.yithemes.com: 10 points are 1.00, at least 5.00: needs 50.
    let yith = json!({"points": 10, "worth": "1.00", "min_points": 50});
    assert_eq!(
        ask(yith.clone(), 200, Some(10), None).2,
        Err(Limit::MinPoints)
    );
    assert_eq!(ask(yith, 49, None, None).0, 0);
    // odoo test_loyalty.py: never more than the order (of 6.00).
    let plain = json!({"points": 1, "worth": "1.00"});
    assert_eq!(
        ask(plain.clone(), 12, None, Some("6.00")),
        (6, money("6.00"), Ok(6))
    );
    assert_eq!(ask(plain.clone(), 12, Some(0), None).2, Err(Limit::Step));
    assert_eq!(
        ask(plain.clone(), -5, None, None).2,
        Err(Limit::Insufficient)
    );
    assert_eq!(ask(Value::Null, 5, Some(1), None).2, Err(Limit::NoRedeem));
    assert_eq!(ask(plain, i64::MAX, None, None).0, i64::MAX);
}

#[test]
fn rewards() {
    let program = program(json!({"rewards": [{"id": "drink", "points": 300, "stock": 2}]}));
    let ask = |reward, balance, points: Option<i64>, reward_taken| {
        let request = RedemptionRequest {
            points: points.map(Points),
            reward: Some(reward),
            order_amount: None,
            order_redeemed: Points(0),
            reward_taken,
        };
        let checked = check_redemption(&program, Points(balance), &request);
        checked.map(|it| it.points.0).map_err(|it| it.limit)
    };
    assert_eq!(ask("drink", 300, None, 0), Ok(300));
    assert_eq!(ask("drink", 300, Some(300), 1), Ok(300));
    assert_eq!(ask("drink", 299, None, 0), Err(Limit::Insufficient));
    assert_eq!(ask("drink", 900, None, 2), Err(Limit::Stock));
    assert_eq!(ask("drink", 900, Some(200), 0), Err(Limit::RewardPrice));
    assert_eq!(ask("cake", 900, None, 0), Err(Limit::UnknownReward));
}

#[test]
fn refunds() {
    let after = |per: &str, spend: &str, refunds: &[&str]| {
        let mut story =
            Story::new(json!({ "earn": [rate(json!(1), per)] })).order(1, "2026-01-10", spend);
        for amount in refunds {
            story = story.refund(1, "2026-01-11", amount);
        }
        story.balance("2026-01-11")
    };
    // developer.squareup.com/forums 22747: 1 per 10.00; here the points are those of what remains, so that 1.00 of
    // 100.00 costs a point (see docs/loyalty-cases.md), and tens cost what the source says.
    for (refund, left) in [("10", 9), ("20", 8), ("1", 9), ("5", 9)] {
        assert_eq!(after("10.00", "100.00", &[refund]), left, "{refund}");
    }
    assert_eq!(after("10.00", "105.00", &["1"]), 10);
    assert_eq!(after("10.00", "105.00", &["5"]), 10);
    // support.nobullproject.com: 75 of 100 came back.
    assert_eq!(after("1.00", "100", &["75"]), 25);
    // Many part refunds equal one.
    assert_eq!(
        after("10.00", "100", &["3", "3", "3", "1"]),
        after("10.00", "100", &["10"])
    );
    assert_eq!(after("1.00", "100", &["33.33", "33.33", "33.34"]), 0);
    // developer.squareup.com/forums 22747: never below zero, where the policy says so.
    let story = Story::new(json!({ "refund": "within_balance" }))
        .order(1, "2026-01-10", "2")
        .redeem(5, "2026-01-11", 1)
        .refund(1, "2026-01-12", "2");
    assert_eq!(story.balance("2026-01-12"), 0);
    // help.zenoti.com 663101: earned 100, spent 100, reversed 100, then 150.
    let story = Story::new(json!({ "refund": "unlimited" }))
        .order(1, "2026-01-10", "100")
        .redeem(5, "2026-01-11", 100)
        .refund(1, "2026-01-12", "100")
        .order(2, "2026-01-13", "150");
    assert_eq!(
        (story.balance("2026-01-12"), story.balance("2026-01-13")),
        (-100, 50)
    );
    // help.smile.io 4036183: the rate in force when it was earned, though the rate has doubled since.
    let story = Story::new(json!({}))
        .then("2026-02-01", json!({ "earn": [rate(json!(2), "1.00")] }))
        .order(1, "2026-01-10", "50")
        .refund(1, "2026-02-10", "50");
    assert_eq!(
        (story.balance("2026-02-09"), story.balance("2026-02-10")),
        (50, 0)
    );
    // doc.crmeb.com/mer/mer2/4335: after the freeze of 15 days a refund takes nothing back.
    let story = Story::new(json!({ "pending_days": 15, "refund": "only_pending" })).order(
        1,
        "2026-01-01",
        "50",
    );
    assert_eq!(
        story
            .clone()
            .refund(1, "2026-01-17", "50")
            .balance("2026-01-17"),
        50
    );
    assert_eq!(story.refund(1, "2026-01-15", "50").balance("2026-01-17"), 0);
}

#[test]
fn redeemed_points_return_on_a_full_return_only() {
    // rvca.gorgias.help 587419: order 100, paid 85 and 300 points.
    let story = Story::new(json!({}))
        .bonus(9, "2026-01-01", 300, None)
        .order(1, "2026-01-10", "100")
        .with(|it| it.paid_with_points = money("15.00"))
        .entry(10, "2026-01-10 11:59", OwnedDeed::Redeem(300, Some(1)));
    assert_eq!(story.balance("2026-01-10"), 85);
    let part = story.clone().refund(1, "2026-01-20", "75");
    assert_eq!(part.balance("2026-01-20"), 10);
    let full = story.clone().refund(1, "2026-01-20", "100");
    assert_eq!(full.balance("2026-01-20"), 300);
    let in_two = part.refund(1, "2026-01-21", "25");
    assert_eq!(in_two.balance("2026-01-21"), 300);
    // developer.squareup.com/forums 23344: what has expired since does not return.
    let story = Story::new(json!({}))
        .bonus(9, "2025-06-01", 10, Some("2025-06-30"))
        .order(1, "2025-06-30", "0")
        .entry(10, "2025-06-30", OwnedDeed::Redeem(10, Some(1)))
        .refund(1, "2025-07-02", "0");
    assert_eq!(story.balance("2025-07-02"), 0);
}

#[test]
fn refunds_of_lines() {
    let gift_cards = json!({"id": "no", "on": "purchase", "exclude": true,
        "where": [{"attr": "category", "op": "eq", "value": "gift card"}]});
    let story = Story::new(json!({ "earn": [rate(json!(1), "1.00"), gift_cards] }))
        .order(1, "2026-01-10", "100")
        .line("beans", "coffee", "40")
        .line("card", "gift card", "60");
    assert_eq!(story.balance("2026-01-10"), 40);
    // The card earned nothing, so that its return costs nothing; the beans earned all.
    let card = story
        .clone()
        .refund_lines(1, "2026-01-11", "60", &[(1, 1_000)]);
    assert_eq!(card.balance("2026-01-11"), 40);
    let beans = story
        .clone()
        .refund_lines(1, "2026-01-11", "40", &[(0, 1_000)]);
    assert_eq!(beans.balance("2026-01-11"), 0);
    // Half of each: the amount alone does not say what came back, so it is shared by all lines.
    let half = story.clone().refund(1, "2026-01-11", "50");
    assert_eq!(half.balance("2026-01-11"), 20);
    let half_a_card = story.refund_lines(1, "2026-01-11", "30", &[(1, 500)]);
    assert_eq!(half_a_card.balance("2026-01-11"), 40);
}

#[test]
fn lots_are_consumed_first_in_first_out() {
    // odoo test_expire_loyalty_points.py: 575, redeem 500; 805, redeem 500; 90 days.
    let story = Story::new(json!({ "expiry": {"kind": "days", "n": 90} }))
        .order(1, "2025-01-01", "575")
        .redeem(5, "2025-01-02", 500)
        .order(2, "2025-01-03", "805")
        .redeem(6, "2025-01-04", 500);
    assert_eq!(story.balance("2025-01-02"), 75);
    let lots = story.ledger("2025-01-04").0.lots;
    assert_eq!(lots.len(), 1);
    assert_eq!(lots[0].points, Points(380));
    assert_eq!(story.balance("2025-04-04"), 0);
    // odoo loyalty_history.py: lots by expiry, then age, never-expiring last.
    let story = Story::new(json!({}))
        .bonus(1, "2025-01-01", 1, None)
        .bonus(2, "2025-01-02", 2, Some("2025-12-31"))
        .bonus(3, "2025-01-03", 3, Some("2025-05-31"))
        .bonus(4, "2025-01-04", 4, Some("2025-12-31"));
    let order: Vec<i64> = story
        .ledger("2025-01-05")
        .0
        .lots
        .iter()
        .map(|lot| lot.points.0)
        .collect();
    assert_eq!(order, [3, 2, 4, 1]);
    // odoo test_loyalty_history.py: 4 in hand, rewards of 1 and 2, 1 earned on the order.
    let story = Story::new(json!({}))
        .bonus(1, "2025-01-01", 4, None)
        .redeem(2, "2025-01-02", 1)
        .redeem(3, "2025-01-02 12:01", 2)
        .order(1, "2025-01-02 12:02", "1");
    assert_eq!(story.balance("2025-01-02"), 2);
}

#[test]
fn transfers_and_merging() {
    let lot = |points, last: Option<&str>| MovedLot {
        points: Points(points),
        earned_on: day("2025-01-01"),
        expires_on: last.map(day),
        posts_on: None,
    };
    let tiers = json!({"window": {"kind": "lifetime"}, "levels": [
        {"id": "base", "from": 0}, {"id": "silver", "from": 100}, {"id": "gold", "from": 1_000}]});
    // docs.oracle.com B40099_02: transferred points keep their expiration; qualifying points do not move.
    let story = Story::new(json!({ "tiers": tiers })).entry(
        1,
        "2025-06-01",
        OwnedDeed::TransferIn(vec![lot(100, Some("2025-08-31"))]),
    );
    let (account, _) = story.ledger("2025-06-01");
    assert_eq!(account.lots[0].expires_on, Some(day("2025-08-31")));
    assert_eq!(
        (account.standing.qualifying, story.tier("2025-06-01")),
        (Points(0), "base".into())
    );
    assert_eq!(story.balance("2025-09-01"), 0);
    let sender = Story::new(json!({}))
        .bonus(1, "2025-01-01", 150, None)
        .entry(2, "2025-06-01", OwnedDeed::TransferOut(100));
    assert_eq!(sender.balance("2025-06-01"), 50);
    // rcx-doc (Kobie): balances add, the higher tier survives.
    let merged = Story::new(json!({ "tiers": tiers }))
        .order(1, "2025-01-01", "120")
        .entry(
            2,
            "2025-06-01",
            OwnedDeed::MergeIn(vec![lot(80, None)], 0, Some("gold".into()), None),
        );
    assert_eq!(
        (merged.balance("2025-06-01"), merged.tier("2025-05-31")),
        (200, "silver".into())
    );
    assert_eq!(merged.tier("2025-06-01"), "gold");
    // odoo base_partner_merge.py: 10 + 5 + 7, the sources end with nothing.
    let destination = Story::new(json!({}))
        .bonus(1, "2025-01-01", 10, None)
        .entry(
            2,
            "2025-06-01",
            OwnedDeed::MergeIn(vec![lot(5, None)], 0, None, None),
        )
        .entry(
            3,
            "2025-06-01",
            OwnedDeed::MergeIn(vec![lot(7, None)], 0, None, None),
        );
    assert_eq!(destination.balance("2025-06-01"), 22);
    let source = Story::new(json!({ "pending_days": 30 }))
        .bonus(1, "2025-01-01", 5, None)
        .order(1, "2025-05-31", "50")
        .entry(
            2,
            "2025-06-01",
            OwnedDeed::MergeOut(
                vec![
                    lot(5, None),
                    MovedLot {
                        points: Points(50),
                        earned_on: day("2025-05-31"),
                        expires_on: None,
                        posts_on: Some(day("2025-06-30")),
                    },
                ],
                0,
            ),
        );
    let gone = source.on("2025-12-31");
    assert_eq!((gone.balance, gone.pending), (Points(0), Points(0)));
    // A debt comes along.
    let owing = Story::new(json!({}))
        .bonus(1, "2025-01-01", 10, None)
        .entry(
            2,
            "2025-06-01",
            OwnedDeed::MergeIn(Vec::new(), 25, None, None),
        );
    assert_eq!(owing.on("2025-06-01").debt, Points(15));
}

#[test]
fn adjustments() {
    // squareup adjust-loyalty-points: 5 - 10 is an error. What is recorded all the same is a debt of 5.
    assert_eq!(
        check_adjustment(Points(5), Points(-10)).unwrap_err().usable,
        Points(5)
    );
    assert_eq!(check_adjustment(Points(5), Points(-5)), Ok(()));
    assert_eq!(check_adjustment(Points(-5), Points(1)), Ok(()));
    assert!(check_adjustment(Points(5), Points(i64::MIN)).is_err());
    let story = Story::new(json!({}))
        .bonus(1, "2025-01-01", 5, None)
        .entry(2, "2025-01-02", OwnedDeed::Adjust(-10))
        .entry(3, "2025-01-03", OwnedDeed::Adjust(20));
    assert_eq!(
        (story.balance("2025-01-02"), story.balance("2025-01-03")),
        (-5, 15)
    );
    // Reversals: of the taking, of the giving, of a reversal; a second one does nothing.
    let story = story
        .entry(4, "2025-01-04", OwnedDeed::Reverse(2))
        .entry(5, "2025-01-05", OwnedDeed::Reverse(2))
        .entry(6, "2025-01-06", OwnedDeed::Reverse(3))
        .entry(7, "2025-01-07", OwnedDeed::Reverse(6));
    for (on, balance) in [
        ("2025-01-04", 25),
        ("2025-01-05", 25),
        ("2025-01-06", 5),
        ("2025-01-07", 25),
    ] {
        assert_eq!(story.balance(on), balance, "{on}");
    }
}

#[test]
fn a_qualifying_bonus_qualifies_and_its_reversal_undoes_that() {
    let tiers = json!({"window": {"kind": "lifetime"}, "downgrade": "to_measure",
        "levels": [{"id": "base", "from": 0}, {"id": "silver", "from": 100}]});
    let story = Story::new(json!({ "tiers": tiers }))
        .entry(1, "2025-01-01", OwnedDeed::Bonus(100, Ends::Never, true))
        .entry(2, "2025-01-02", OwnedDeed::Reverse(1));
    assert_eq!(
        (story.tier("2025-01-01"), story.tier("2025-01-02")),
        ("silver".into(), "base".into())
    );
}
