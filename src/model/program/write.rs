//! From a [`Program`] to JSON. Defaults are written out, so that the file says what holds.

use super::condition;
use super::read::{
    BASES, CAP_PERIODS, DOWNGRADES, MEASURES, PERIODS, REFUND_POLICIES, ROUND_EACH, ROUNDINGS,
    STACKINGS, UPGRADES,
};
use super::{EarnRule, Effect, Expiry, Measure, Occasion, Program, Redeem, Tiers, Window};
use crate::{Currency, Money};
use serde_json::{Map, Value, json};

/// Writes a whole programme.
pub(super) fn program(program: &Program) -> String {
    let currency = program.currency;
    let earn: Vec<Value> = program
        .earn
        .iter()
        .map(|rule| earn_rule(rule, currency))
        .collect();
    let mut map = Map::new();
    let mut put = |key: &str, value: Value| map.insert(key.to_owned(), value);
    put("name", json!(program.name));
    put("currency", json!(currency));
    put("time_zone", json!(program.time_zone.name()));
    put("earn", Value::Array(earn));
    put("stacking", named(program.stacking, &STACKINGS));
    put("pending_days", json!(program.pending_days));
    put("expiry", expiry(program.expiry));
    if let Some(it) = &program.redeem {
        put("redeem", redeem(it, currency));
    }
    if !program.rewards.is_empty() {
        let reward = |reward: &super::Reward| {
            let mut value =
                json!({ "id": reward.id, "name": reward.name, "points": reward.points });
            set(&mut value, "stock", reward.stock.map(Value::from));
            value
        };
        put(
            "rewards",
            Value::Array(program.rewards.iter().map(reward).collect()),
        );
    }
    put("refund", named(program.refund, &REFUND_POLICIES));
    if let Some(it) = &program.tiers {
        put("tiers", tiers(it, currency));
    }
    Value::Object(map).to_string()
}

/// The name of a choice.
fn named<T: PartialEq>(choice: T, names: &[(&str, T)]) -> Value {
    names
        .iter()
        .find(|(_, known)| *known == choice)
        .map_or(Value::Null, |(name, _)| json!(name))
}

fn set(value: &mut Value, key: &str, to: Option<Value>) {
    if let (Some(map), Some(to)) = (value.as_object_mut(), to) {
        map.insert(key.to_owned(), to);
    }
}

fn amount(money: Money, currency: Currency) -> Value {
    Value::String(money.to_decimal(currency))
}

fn earn_rule(rule: &EarnRule, currency: Currency) -> Value {
    let mut value = json!({ "id": rule.id });
    let mut put = |key: &str, to: Option<Value>| set(&mut value, key, to);
    let on = match &rule.on {
        Occasion::Purchase => "purchase",
        Occasion::Signup => "signup",
        Occasion::Birthday { .. } => "birthday",
        Occasion::Referral => "referral",
        Occasion::Event(_) => "event",
    };
    put("on", Some(json!(on)));
    match &rule.on {
        Occasion::Event(name) => put("event", Some(json!(name))),
        Occasion::Birthday { known_for_days } if *known_for_days > 0 => {
            put("known_for_days", Some(json!(known_for_days)));
        }
        Occasion::Purchase | Occasion::Signup | Occasion::Birthday { .. } | Occasion::Referral => {}
    }
    match &rule.effect {
        Effect::Fixed(points) => put("points", Some(json!(points))),
        Effect::Multiply(factor) => put("multiply", Some(json!(factor))),
        Effect::Exclude => put("exclude", Some(json!(true))),
        Effect::Rate(rate) => {
            let whole = rate.points.to_scale(0).map(Value::from);
            put("points", Some(whole.unwrap_or_else(|_| json!(rate.points))));
            put("per", Some(amount(rate.per, currency)));
            put("rounding", Some(named(rate.rounding, &ROUNDINGS)));
            if rule.on == Occasion::Purchase {
                put("basis", Some(named(rate.basis, &BASES)));
                put("round_each", Some(named(rate.round_each, &ROUND_EACH)));
            }
        }
    }
    if !rule.conditions.is_empty() {
        let all = rule
            .conditions
            .iter()
            .map(|it| condition::write(it, currency))
            .collect();
        put("where", Some(Value::Array(all)));
    }
    put("from", rule.from.map(|day| json!(day)));
    put("to", rule.to.map(|day| json!(day)));
    put(
        "min_amount",
        rule.min_amount.map(|money| amount(money, currency)),
    );
    let cap = rule
        .cap
        .map(|cap| json!({ "points": cap.points, "per": named(cap.per, &CAP_PERIODS) }));
    put("cap", cap);
    value
}

fn expiry(expiry: Expiry) -> Value {
    match expiry {
        Expiry::Never => json!({ "kind": "never" }),
        Expiry::Days(n) => json!({ "kind": "days", "n": n }),
        Expiry::Months { n, round_up } => {
            let mut value = json!({ "kind": "months", "n": n });
            set(
                &mut value,
                "round_up",
                round_up.map(|period| named(period, &PERIODS)),
            );
            value
        }
        Expiry::YearEnd { years } => json!({ "kind": "year_end", "years": years }),
        Expiry::Inactivity { months } => json!({ "kind": "inactivity", "months": months }),
    }
}

fn redeem(redeem: &Redeem, currency: Currency) -> Value {
    let mut value = json!({
        "points": redeem.points,
        "worth": amount(redeem.worth, currency),
        "step": redeem.step,
        "min_points": redeem.min_points,
    });
    set(
        &mut value,
        "max_share",
        redeem.max_share.map(|share| json!(share)),
    );
    set(
        &mut value,
        "max_points",
        redeem.max_points.map(|points| json!(points)),
    );
    value
}

fn tiers(tiers: &Tiers, currency: Currency) -> Value {
    let level = |tier: &super::Tier| {
        let mut value = json!({ "id": tier.id });
        set(
            &mut value,
            "name",
            (tier.name != tier.id).then(|| json!(tier.name)),
        );
        let from = match tiers.measure {
            Measure::Spend => amount(Money(tier.from), currency),
            Measure::QualifyingPoints | Measure::Visits => json!(tier.from),
        };
        set(&mut value, "from", Some(from));
        set(
            &mut value,
            "multiply",
            tier.multiply.map(|factor| json!(factor)),
        );
        value
    };
    let window = match tiers.window {
        Window::RollingMonths(n) => json!({ "kind": "rolling_months", "n": n }),
        Window::CalendarYear => json!({ "kind": "calendar_year" }),
        Window::Anniversary => json!({ "kind": "anniversary" }),
        Window::Lifetime => json!({ "kind": "lifetime" }),
    };
    json!({
        "measure": named(tiers.measure, &MEASURES),
        "window": window,
        "upgrade": named(tiers.upgrade, &UPGRADES),
        "downgrade": named(tiers.downgrade, &DOWNGRADES),
        "keep_months": tiers.keep_months,
        "levels": tiers.levels.iter().map(level).collect::<Vec<_>>(),
    })
}
