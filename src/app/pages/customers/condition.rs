//! The conditions a person can add to the list: each asks one thing of a customer and becomes one node of the
//! segment rule.
//!
//! Example: "City", "Hangzhou" and "Ningbo" ticked: `{"attr":"city","op":"in","value":["Hangzhou","Ningbo"]}`.

use serde_json::{Value, json};

/// What a condition asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// One or several of these names.
    Choice(&'static [&'static str]),
    /// One or several of the values customers have.
    Values,
    /// The same for a list such as tags.
    ListValues,
    /// A number of this at least or at most.
    Number,
    /// An amount of money at least or at most.
    Money,
    /// A number of days: within the last, or longer ago.
    DaysAgo,
    /// A number of days ahead: birthdays.
    DaysAhead,
    /// Yes or no.
    Flag,
    /// Filled in or not.
    Presence,
}

/// Something a person can ask of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name in the rule.
    pub name: &'static str,
    /// What it asks for.
    pub wanted: Wanted,
}

const fn attribute(name: &'static str, wanted: Wanted) -> Attribute {
    Attribute { name, wanted }
}

/// Life cycle stages, as the rule names them.
pub const STAGES: &[&str] = &["prospect", "new", "active", "dormant", "churned"];

/// RFM groups, as the rule names them.
pub const RFM_GROUPS: &[&str] = &[
    "champions",
    "loyal",
    "active",
    "new",
    "promising",
    "needs_attention",
    "at_risk",
    "previously_loyal",
    "almost_lost",
    "dormant",
    "prospects",
];

/// Attributes by what they are about, in the order of the menu.
pub const GROUPS: &[&[Attribute]] = &[
    &[
        attribute("lifecycle", Wanted::Choice(STAGES)),
        attribute("rfm.group", Wanted::Choice(RFM_GROUPS)),
        attribute("tier", Wanted::Values),
        attribute("points.balance", Wanted::Number),
    ],
    &[
        attribute("spend", Wanted::Money),
        attribute("order_count", Wanted::Number),
        attribute("average_order_value", Wanted::Money),
        attribute("last_order_on", Wanted::DaysAgo),
        attribute("customer_since", Wanted::DaysAgo),
        attribute("first_order_on", Wanted::DaysAgo),
    ],
    &[
        attribute("tags", Wanted::ListValues),
        attribute("gender", Wanted::Choice(&["female", "male", "other"])),
        attribute("age", Wanted::Number),
        attribute("birthday", Wanted::DaysAhead),
        attribute("province", Wanted::Values),
        attribute("city", Wanted::Values),
        attribute("source_channel", Wanted::Values),
        attribute("owner", Wanted::Values),
        attribute("kind", Wanted::Choice(&["person", "company"])),
        attribute("signup_on", Wanted::DaysAgo),
    ],
    &[
        attribute("phone", Wanted::Presence),
        attribute("email", Wanted::Presence),
        attribute("consent.email", Wanted::Flag),
        attribute("consent.sms", Wanted::Flag),
    ],
];

/// What a person has filled in so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// Ticked values.
    pub values: Vec<String>,
    /// A number, as typed.
    pub number: String,
    /// The second way of asking: at most, longer ago, no, not filled in.
    pub other_way: bool,
}

/// The attribute of this name.
pub fn find(name: &str) -> Option<Attribute> {
    let mut all = GROUPS.iter().flat_map(|group| group.iter());
    all.find(|attribute| attribute.name == name).copied()
}

/// A number as people type it, made plain: full-width digits, thousands separators and signs of currency go.
pub fn plain_number(typed: &str) -> String {
    typed
        .chars()
        .filter_map(|c| match c {
            '０'..='９' => char::from_u32(c as u32 - '０' as u32 + u32::from(b'0')),
            '．' => Some('.'),
            '－' => Some('-'),
            ',' | '，' | '¥' | '￥' | '$' | '€' | '£' => None,
            c if c.is_whitespace() => None,
            c => Some(c),
        })
        .collect()
}

/// The node of the rule; `None` while something is missing or is no number.
pub fn node(attribute: Attribute, filled: &Filled) -> Option<Value> {
    let name = attribute.name;
    let other = filled.other_way;
    let plain = plain_number(&filled.number);
    let ticked = || (!filled.values.is_empty()).then(|| json!(filled.values));
    let whole = || plain.parse::<i64>().ok();
    let days = || plain.parse::<u32>().ok().filter(|n| *n > 0);
    let (op, value) = match attribute.wanted {
        Wanted::Choice(_) | Wanted::Values => (if other { "not_in" } else { "in" }, ticked()?),
        Wanted::ListValues => (if other { "none_of" } else { "any_of" }, ticked()?),
        Wanted::Number => (if other { "lte" } else { "gte" }, json!(whole()?)),
        Wanted::Money => {
            plain.parse::<model::Decimal>().ok()?;
            (if other { "lte" } else { "gte" }, json!(plain))
        }
        Wanted::DaysAgo => (
            if other {
                "more_than_ago"
            } else {
                "within_last"
            },
            json!({ "n": days()?, "unit": "day" }),
        ),
        Wanted::DaysAhead => (
            "anniversary_within_next",
            json!({ "n": days()?, "unit": "day" }),
        ),
        Wanted::Flag => ("is", json!(!other)),
        Wanted::Presence => {
            let op = if other { "is_not_set" } else { "is_set" };
            return Some(json!({ "attr": name, "op": op }));
        }
    };
    Some(json!({ "attr": name, "op": op, "value": value }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, filled: Filled, wanted: Option<&str>) {
        let made = node(find(name).unwrap(), &filled).map(|node| node.to_string());
        assert_eq!(made.as_deref(), wanted, "{name} {filled:?}");
    }

    #[test]
    fn conditions_are_nodes_of_the_rule() {
        let number = |n: &str, other_way| Filled {
            number: n.to_owned(),
            other_way,
            ..Filled::default()
        };
        check("tags", Filled::default(), None);
        check(
            "tags",
            Filled {
                values: vec!["VIP".to_owned()],
                ..Filled::default()
            },
            Some(r#"{"attr":"tags","op":"any_of","value":["VIP"]}"#),
        );
        check(
            "spend",
            number("￥１,000.5", false),
            Some(r#"{"attr":"spend","op":"gte","value":"1000.5"}"#),
        );
        check("spend", number("much", false), None);
        check(
            "last_order_on",
            number("90", true),
            Some(r#"{"attr":"last_order_on","op":"more_than_ago","value":{"n":90,"unit":"day"}}"#),
        );
        check("last_order_on", number("0", true), None);
        check(
            "consent.email",
            number("", false),
            Some(r#"{"attr":"consent.email","op":"is","value":true}"#),
        );
        check(
            "phone",
            number("", true),
            Some(r#"{"attr":"phone","op":"is_not_set"}"#),
        );
    }
}
