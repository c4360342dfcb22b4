//! The rows of the form: earn rules with their conditions, rewards, tiers.

use super::draft::{Draft, Filling, Text, decimal, number, plain, text_of, text_or};
use serde_json::{Value, json};
use ui::prelude::*;

/// Kinds of earn rule that a person can add.
pub const KINDS: [&str; 8] = [
    "rate", "fixed", "multiply", "exclude", "signup", "birthday", "referral", "event",
];

/// Attributes of a condition.
pub const ATTRIBUTES: [&str; 9] = [
    "category",
    "product",
    "channel",
    "coupon",
    "status",
    "amount",
    "quantity",
    "day_of_week",
    "hour",
];

/// Whether an attribute is a text.
pub fn is_text(attribute: &str) -> bool {
    matches!(
        attribute,
        "category" | "product" | "channel" | "coupon" | "status"
    )
}

/// Operators of an attribute.
pub fn operators(attribute: &str) -> &'static [&'static str] {
    if is_text(attribute) {
        &[
            "in",
            "not_in",
            "eq",
            "ne",
            "contains",
            "not_contains",
            "starts_with",
            "ends_with",
            "is_set",
            "is_not_set",
        ]
    } else {
        &[
            "eq",
            "ne",
            "lt",
            "lte",
            "gt",
            "gte",
            "between",
            "not_between",
        ]
    }
}

fn signal(text: String) -> Text {
    RwSignal::new(text)
}

/// An earn rule. Its kind does not change: another kind is another rule.
#[derive(Clone, Copy, PartialEq)]
pub struct Rule {
    /// Names the row.
    pub key: u32,
    /// One of [`KINDS`].
    pub kind: &'static str,
    /// Its id.
    pub id: Text,
    /// Points; for a rate for each `per`.
    pub points: Text,
    /// The step of a rate; empty for fixed points.
    pub per: Text,
    /// Of what.
    pub basis: Text,
    /// How it becomes whole.
    pub rounding: Text,
    /// Where.
    pub round_each: Text,
    /// The multiplier.
    pub factor: Text,
    /// Name of the event.
    pub event: Text,
    /// Days a birthday must be known.
    pub known: Text,
    /// First day.
    pub from: Text,
    /// Last day.
    pub to: Text,
    /// The least of an order.
    pub min_amount: Text,
    /// The most points.
    pub cap: Text,
    /// Per what.
    pub cap_per: Text,
    /// Conditions.
    pub conditions: RwSignal<Vec<Condition>>,
}

fn kind_of(value: &Value) -> &'static str {
    match value.get("on").and_then(Value::as_str) {
        Some("signup") => "signup",
        Some("birthday") => "birthday",
        Some("referral") => "referral",
        Some("event") => "event",
        _ if value.get("exclude").is_some() => "exclude",
        _ if value.get("multiply").is_some() => "multiply",
        _ if value.get("per").is_some() => "rate",
        _ => "fixed",
    }
}

impl Rule {
    /// From JSON.
    pub fn load(draft: &Draft, value: &Value) -> Self {
        let cap = value.get("cap").unwrap_or(&Value::Null);
        let conditions = value.get("where").and_then(Value::as_array);
        let conditions = conditions.into_iter().flatten();
        Self {
            key: draft.fresh_key(),
            kind: kind_of(value),
            id: signal(text_of(value, "id")),
            points: signal(text_of(value, "points")),
            per: signal(text_of(value, "per")),
            basis: signal(text_or(value, "basis", "net_of_discount")),
            rounding: signal(text_or(value, "rounding", "floor")),
            round_each: signal(text_or(value, "round_each", "order")),
            factor: signal(text_of(value, "multiply")),
            event: signal(text_of(value, "event")),
            known: signal(text_of(value, "known_for_days")),
            from: signal(text_of(value, "from")),
            to: signal(text_of(value, "to")),
            min_amount: signal(text_of(value, "min_amount")),
            cap: signal(text_of(cap, "points")),
            cap_per: signal(text_or(cap, "per", "month")),
            conditions: RwSignal::new(conditions.map(|it| Condition::load(draft, it)).collect()),
        }
    }

    /// A new one of a kind, with numbers that work.
    pub fn fresh(draft: &Draft, kind: &str) -> Self {
        let taken: Vec<String> = draft
            .rules
            .get_untracked()
            .iter()
            .map(|rule| rule.id.get_untracked())
            .collect();
        let step = model::program::templates::step(draft.currency).to_decimal(draft.currency);
        let (name, mut value) = match kind {
            "rate" => ("base", json!({"points": "1", "per": step})),
            "fixed" => ("order", json!({"points": 1})),
            "multiply" => ("double", json!({"multiply": "2"})),
            "exclude" => ("excluded", json!({"exclude": true})),
            "signup" => ("welcome", json!({"on": "signup", "points": 100})),
            "birthday" => (
                "birthday",
                json!({"on": "birthday", "points": 100, "known_for_days": 30}),
            ),
            "referral" => ("friend", json!({"on": "referral", "points": 100})),
            _ => (
                "review",
                json!({"on": "event", "event": "review", "points": 20,
                       "cap": {"points": 100, "per": "month"}}),
            ),
        };
        if let Some(fields) = value.as_object_mut() {
            let id = Draft::own_id(name, &taken);
            fields.insert("id".to_owned(), Value::String(id));
        }
        let rule = Self::load(draft, &value);
        if matches!(kind, "multiply" | "exclude") {
            rule.conditions.set(vec![Condition::fresh(draft)]);
        }
        rule
    }

    /// Whether it is about orders, which have lines and an amount.
    pub fn is_purchase(&self) -> bool {
        matches!(self.kind, "rate" | "fixed" | "multiply" | "exclude")
    }

    /// Whether it gives points, which can be capped.
    pub fn gives(&self) -> bool {
        !matches!(self.kind, "multiply" | "exclude")
    }

    /// As JSON; tracked.
    pub fn json(&self) -> Value {
        let mut rule = Filling::new();
        rule.text("id", self.id);
        let on = if self.is_purchase() {
            "purchase"
        } else {
            self.kind
        };
        rule.put("on", json!(on));
        match self.kind {
            "multiply" => rule.required("multiply", self.factor, decimal),
            "exclude" => rule.put("exclude", json!(true)),
            "rate" => self.rate(&mut rule),
            "referral" | "event" => {
                if self.kind == "event" {
                    rule.text("event", self.event);
                }
                if self.per.with(|per| per.trim().is_empty()) {
                    rule.required("points", self.points, number);
                } else {
                    rule.required("points", self.points, decimal);
                    rule.decimal("per", self.per);
                    rule.text("rounding", self.rounding);
                }
            }
            _ => {
                rule.required("points", self.points, number);
                if self.kind == "birthday" {
                    rule.number("known_for_days", self.known);
                }
            }
        }
        let conditions = self.conditions.get();
        if self.is_purchase() && !conditions.is_empty() {
            rule.put("where", conditions.iter().map(Condition::json).collect());
        }
        rule.optional("from", self.from, plain);
        rule.optional("to", self.to, plain);
        if self.is_purchase() {
            rule.decimal("min_amount", self.min_amount);
        }
        if self.gives() && self.cap.with(|cap| !cap.trim().is_empty()) {
            let mut cap = Filling::new();
            cap.number("points", self.cap);
            cap.text("per", self.cap_per);
            rule.put("cap", Value::Object(cap.0));
        }
        Value::Object(rule.0)
    }

    fn rate(&self, rule: &mut Filling) {
        rule.required("points", self.points, decimal);
        rule.required("per", self.per, decimal);
        rule.text("basis", self.basis);
        rule.text("rounding", self.rounding);
        rule.text("round_each", self.round_each);
    }
}

/// A condition on lines.
#[derive(Clone, Copy, PartialEq)]
pub struct Condition {
    /// Names the row.
    pub key: u32,
    /// One of [`ATTRIBUTES`].
    pub attribute: Text,
    /// One of [`operators`].
    pub operator: Text,
    /// A single value, or the lower of two.
    pub value: Text,
    /// The upper of two.
    pub high: Text,
    /// Several values.
    pub values: RwSignal<Vec<String>>,
}

impl Condition {
    /// From JSON.
    pub fn load(draft: &Draft, value: &Value) -> Self {
        let text = |it: &Value| it.as_str().map_or_else(|| it.to_string(), str::to_owned);
        let many: Vec<String> = match value.get("value") {
            Some(Value::Array(list)) => list.iter().map(text).collect(),
            _ => Vec::new(),
        };
        let low = match many.first() {
            Some(low) => low.clone(),
            None if value.get("value").is_some_and(Value::is_array) => String::new(),
            None => text_of(value, "value"),
        };
        let high = many.get(1).cloned().unwrap_or_default();
        Self {
            key: draft.fresh_key(),
            attribute: signal(text_or(value, "attr", "category")),
            operator: signal(text_or(value, "op", "in")),
            value: signal(low),
            high: signal(high),
            values: RwSignal::new(many),
        }
    }

    /// A new one.
    pub fn fresh(draft: &Draft) -> Self {
        Self::load(draft, &json!({"attr": "category", "op": "in", "value": []}))
    }

    /// As JSON; tracked.
    pub fn json(&self) -> Value {
        let mut condition = Filling::new();
        condition.text("attr", self.attribute);
        condition.text("op", self.operator);
        let attribute = self.attribute.get();
        let one = |text: Text| {
            text.with(|text| match attribute.as_str() {
                "amount" | "quantity" => decimal(text),
                "day_of_week" | "hour" => number(text),
                _ => plain(text),
            })
        };
        match self.operator.get().as_str() {
            "is_set" | "is_not_set" => {}
            "in" | "not_in" => condition.put("value", json!(self.values.get())),
            "between" | "not_between" => {
                condition.put("value", json!([one(self.value), one(self.high)]));
            }
            _ => condition.put("value", one(self.value)),
        }
        Value::Object(condition.0)
    }
}

/// A reward.
#[derive(Clone, Copy, PartialEq)]
pub struct Prize {
    /// Names the row.
    pub key: u32,
    /// Its id.
    pub id: Text,
    /// Its name.
    pub name: Text,
    /// What it costs.
    pub points: Text,
    /// How many there are.
    pub stock: Text,
}

impl Prize {
    /// From JSON.
    pub fn load(draft: &Draft, value: &Value) -> Self {
        Self {
            key: draft.fresh_key(),
            id: signal(text_of(value, "id")),
            name: signal(text_or(value, "name", &text_of(value, "id"))),
            points: signal(text_of(value, "points")),
            stock: signal(text_of(value, "stock")),
        }
    }

    /// A new one.
    pub fn fresh(draft: &Draft) -> Self {
        let taken: Vec<String> = draft
            .prizes
            .get_untracked()
            .iter()
            .map(|prize| prize.id.get_untracked())
            .collect();
        let id = Draft::own_id("reward", &taken);
        let prize = Self::load(draft, &json!({"id": id, "points": 100}));
        prize.name.set(String::new());
        prize
    }

    /// As JSON; tracked.
    pub fn json(&self) -> Value {
        let mut prize = Filling::new();
        prize.text("id", self.id);
        prize.text("name", self.name);
        prize.required("points", self.points, number);
        prize.number("stock", self.stock);
        Value::Object(prize.0)
    }
}

/// A tier.
#[derive(Clone, Copy, PartialEq)]
pub struct Level {
    /// Names the row.
    pub key: u32,
    /// Its id.
    pub id: Text,
    /// Its name.
    pub name: Text,
    /// From how much on.
    pub from: Text,
    /// Its multiplier.
    pub multiply: Text,
}

impl Level {
    /// From JSON.
    pub fn load(draft: &Draft, value: &Value) -> Self {
        Self {
            key: draft.fresh_key(),
            id: signal(text_of(value, "id")),
            name: signal(text_or(value, "name", &text_of(value, "id"))),
            from: signal(text_of(value, "from")),
            multiply: signal(text_of(value, "multiply")),
        }
    }

    /// A new one above the others.
    pub fn fresh(draft: &Draft) -> Self {
        let levels = draft.levels.get_untracked();
        let taken: Vec<String> = levels.iter().map(|it| it.id.get_untracked()).collect();
        let id = Draft::own_id("tier", &taken);
        let level = Self::load(draft, &json!({"id": id}));
        level.name.set(String::new());
        if levels.is_empty() {
            level.from.set("0".to_owned());
        }
        level
    }

    /// As JSON; tracked.
    pub fn json(&self, spend: bool) -> Value {
        let mut level = Filling::new();
        level.text("id", self.id);
        level.text("name", self.name);
        if spend {
            level.required("from", self.from, decimal);
        } else {
            level.required("from", self.from, number);
        }
        level.decimal("multiply", self.multiply);
        Value::Object(level.0)
    }
}
