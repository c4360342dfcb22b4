//! Explanations say what the fold gives, and their steps lead there.

use loyalty::{
    AsOf, Dictionary, EarnSkip, EarnStep, Evaluator, Line, Member, NO_CODE, Programs, Purchase,
    Span, Texts, Version, explain,
};
use model::program::{Effect, Program};
use model::{
    Currency, Decimal, Money, OrderId, OrderStatus, Points, Rounding, Timestamp, Zone, money,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Categories `coffee` (0) and `tea` (1); channel `app` (0).
struct Shelf;

impl Dictionary for Shelf {
    fn each(&self, of: Texts, see: &mut dyn FnMut(u32, &str)) {
        match of {
            Texts::Categories => [(0, "coffee"), (1, "tea")]
                .map(|(code, text)| see(code, text))
                .len(),
            Texts::Channels => [(0, "app")].map(|(code, text)| see(code, text)).len(),
            Texts::Products | Texts::Coupons => 0,
        };
    }
}

fn purchase(amount: i64, day: &str, channel: u32) -> Purchase {
    let zone = Zone::parse("Asia/Shanghai").unwrap();
    let at = zone.read(&format!("{day}T12:00")).unwrap();
    Purchase {
        id: OrderId(1),
        at,
        day: day.parse().unwrap(),
        minute: 720,
        status: OrderStatus::Paid,
        amount: Money(amount),
        gross: Money(amount),
        tax: Money::ZERO,
        paid_with_points: Money::ZERO,
        channel,
        coupon: NO_CODE,
        lines: Span { start: 0, len: 1 },
        refunds: Span::default(),
    }
}

fn line(amount: i64, category: u32) -> Line {
    Line {
        product: NO_CODE,
        category,
        quantity_milli: 1_000,
        amount: Money(amount),
    }
}

fn programs(earn: Value, more: Value) -> (Program, Programs) {
    let mut value = json!({
        "name": "P", "currency": "CNY", "time_zone": "Asia/Shanghai", "earn": earn,
    });
    for (key, part) in more.as_object().unwrap() {
        value[key] = part.clone();
    }
    let program = Program::parse(&value.to_string()).unwrap_or_else(|fault| panic!("{fault}"));
    let version = Version {
        number: 1,
        from: None,
        program: program.clone(),
    };
    (program, Programs::new(&[version], &Shelf).unwrap())
}

#[test]
fn each_step_is_told() {
    let tiers = json!({"measure": "spend", "window": {"kind": "lifetime"}, "levels": [
        {"id": "silver", "from": "0"}, {"id": "gold", "from": "100", "multiply": "1.25"}]});
    let earn = json!([
        {"id": "base", "on": "purchase", "points": 1, "per": "10"},
        {"id": "coffee", "on": "purchase", "multiply": "2", "where": [{"attr": "category", "op": "eq", "value": "coffee"}]},
        {"id": "may", "on": "purchase", "multiply": "3", "from": "2026-05-01", "to": "2026-05-31"},
        {"id": "big", "on": "purchase", "points": 50, "min_amount": "500"},
        {"id": "thanks", "on": "purchase", "points": 9, "cap": {"points": 5, "per": "day"}},
        {"id": "welcome", "on": "signup", "points": 100},
    ]);
    let (_, programs) = programs(
        earn,
        json!({"tiers": tiers, "pending_days": 7, "expiry": {"kind": "months", "n": 1}}),
    );
    let told = explain(
        &programs,
        &purchase(10_900, "2026-01-31", NO_CODE),
        Some(line(10_900, 0)),
        2,
    )
    .unwrap();
    assert_eq!(told.points, Points(30));
    assert_eq!(told.posts_on.unwrap().to_string(), "2026-02-07");
    assert_eq!(told.expires_on.unwrap().to_string(), "2026-02-28");
    assert_eq!(
        told.steps,
        [
            EarnStep::Rate {
                rule: 0,
                basis: Money(10_900),
                steps: 10,
                gives: "10".into()
            },
            EarnStep::Skipped {
                rule: 2,
                why: EarnSkip::Season
            },
            EarnStep::Multiplied {
                rule: None,
                by: "1.25".into()
            },
            EarnStep::Multiplied {
                rule: Some(1),
                by: "2".into()
            },
            EarnStep::Together { by: "2.5".into() },
            EarnStep::Skipped {
                rule: 3,
                why: EarnSkip::MinAmount
            },
            EarnStep::Fixed {
                rule: 4,
                points: Points(9)
            },
            EarnStep::Capped {
                rule: 4,
                per: model::program::CapPeriod::Day,
                from: Points(9),
                to: Points(5)
            },
        ]
    );
    // Tea is not coffee, and 1.25 times 10 is 12.5.
    let tea = explain(
        &programs,
        &purchase(10_900, "2026-01-31", NO_CODE),
        Some(line(10_900, 1)),
        2,
    )
    .unwrap();
    assert_eq!(tea.points, Points(17));
    assert!(tea.steps.contains(&EarnStep::Skipped {
        rule: 1,
        why: EarnSkip::Conditions
    }));
    assert!(tea.steps.contains(&EarnStep::Rounded {
        rule: 0,
        exact: "12.5".into(),
        points: Points(12)
    }));
}

#[test]
fn an_exclusion_ends_it() {
    let earn = json!([
        {"id": "base", "on": "purchase", "points": 1, "per": "1"},
        {"id": "no-tea", "on": "purchase", "exclude": true, "where": [{"attr": "category", "op": "eq", "value": "tea"}]},
    ]);
    let (_, programs) = programs(earn, json!({}));
    let told = explain(
        &programs,
        &purchase(1_000, "2026-01-31", 0),
        Some(line(1_000, 1)),
        0,
    )
    .unwrap();
    assert_eq!(
        (told.points, told.steps),
        (Points(0), vec![EarnStep::Excluded { rule: 1 }])
    );
}

fn rule(number: usize) -> impl Strategy<Value = Value> {
    let conditions = prop_oneof![
        3 => Just(json!([])),
        1 => Just(json!([{"attr": "category", "op": "eq", "value": "coffee"}])),
        1 => Just(json!([{"attr": "category", "op": "is_not_set"}])),
        1 => Just(json!([{"attr": "channel", "op": "in", "value": ["app"]}])),
        1 => Just(json!([{"attr": "amount", "op": "gte", "value": "5"}])),
        1 => Just(json!([{"attr": "day_of_week", "op": "between", "value": [6, 7]}])),
    ];
    let effect = prop_oneof![
        4 => (1..40i64, 1..3000i64, 0..3usize, any::<bool>()).prop_map(|(points, per, rounding, each)| json!({
            "points": (format!("{}.{}", points / 10, points % 10)),
            "per": (Money(per).to_decimal(Currency::CNY)),
            "rounding": (["floor", "half_up", "ceil"][rounding]),
            "round_each": if each { "line" } else { "order" },
        })),
        2 => (1..30i64).prop_map(|points| json!({ "points": points })),
        3 => (1..40i64).prop_map(|tenths| json!({ "multiply": (format!("{}.{}", tenths / 10, tenths % 10)) })),
        1 => Just(json!({ "exclude": true })),
    ];
    (
        conditions,
        effect,
        prop::option::of(0..80i64),
        prop::option::of(1..40i64),
    )
        .prop_map(move |(conditions, mut effect, least, cap)| {
            effect["id"] = json!(format!("r{number}"));
            effect["on"] = json!("purchase");
            effect["where"] = conditions;
            if let Some(least) = least {
                effect["min_amount"] = json!(least.to_string());
            }
            if let (Some(cap), true) = (cap, effect.get("points").is_some()) {
                effect["cap"] = json!({ "points": cap, "per": "month" });
            }
            if effect["points"] == json!("0.0") {
                effect["points"] = json!("0.5");
            }
            if effect["multiply"] == json!("0.0") {
                effect["multiply"] = json!("0.5");
            }
            effect
        })
}

/// Half of 12.5 and the like, exactly.
fn rounded(exact: &str, rounding: Rounding) -> i128 {
    let decimal: Decimal = exact.parse().unwrap();
    let (numerator, denominator) = decimal.ratio();
    money::divide(numerator, denominator, rounding).unwrap()
}

proptest! {
    /// The explanation gives what the ledger gives to a member with this one purchase, and its steps add up to it.
    #[test]
    fn explanations_agree_with_the_ledger(
        rules in (rule(0), rule(1), rule(2), rule(3)),
        stacking in 0..3usize,
        amount in 0..20_000i64,
        category in prop_oneof![Just(NO_CODE), Just(0), Just(1)],
        channel in prop_oneof![Just(NO_CODE), Just(0)],
        day in 1..29u32,
    ) {
        let earn = json!([rules.0, rules.1, rules.2, rules.3]);
        let stacking = ["multiply", "add", "best"][stacking];
        let (program, programs) = programs(earn, json!({ "stacking": stacking }));
        let purchase = purchase(amount, &format!("2026-02-{day:02}"), channel);
        let line = line(amount, category);
        let told = explain(&programs, &purchase, Some(line), 0).unwrap();
        let (purchases, lines) = ([purchase], [line]);
        let member = Member { purchases: &purchases, lines: &lines, ..Member::default() };
        let as_of = AsOf { at: Timestamp(i64::MAX), day: purchase.day };
        let standing = Evaluator::new(&programs).standing(&member, as_of).unwrap();
        prop_assert_eq!(told.points, standing.balance);

        let mut by_rule = std::collections::BTreeMap::<usize, i64>::new();
        for step in &told.steps {
            match step {
                EarnStep::Rate { rule, gives, .. } => {
                    if let Ok(whole) = gives.parse() { by_rule.insert(*rule, whole); }
                }
                EarnStep::Rounded { rule, exact, points } => {
                    let Effect::Rate(rate) = program.earn[*rule].effect else { panic!("a rate") };
                    prop_assert_eq!(rounded(exact, rate.rounding), i128::from(points.0));
                    by_rule.insert(*rule, points.0);
                }
                EarnStep::Fixed { rule, points } => { by_rule.insert(*rule, points.0); }
                EarnStep::Capped { rule, to, from, .. } => {
                    prop_assert!(to < from);
                    by_rule.insert(*rule, to.0);
                }
                EarnStep::Multiplied { .. } | EarnStep::Together { .. } | EarnStep::Skipped { .. } | EarnStep::Excluded { .. } => {}
            }
        }
        let multiplied = told.steps.iter().any(|step| matches!(step, EarnStep::Multiplied { .. }));
        if !multiplied {
            prop_assert_eq!(by_rule.values().sum::<i64>(), told.points.0);
        }
    }
}
