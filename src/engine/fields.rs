//! Records as flat lists of fields with their text, for history and for the rows of a dry run.
//!
//! The names are those of `shuke.d.ts`; what lies inside a field is reached with a dot (`consent.email`,
//! `custom.shoe size`, `lines.0.product`). Money is written in major units (`"19.90"`), lists with `, ` between.
//!
//! Worked example: `{"name":"Li Na","tags":["vip","tea"],"acquisitionCost":1990}` before and the same without tags
//! after give one change: `tags`, before `vip, tea`, after nothing.

use model::{Currency, Money};
use protocol::FieldChange;
use serde_json::Value;
use std::collections::BTreeMap;

/// Fields that hold minor units of the record's currency.
const MONEY: [&str; 6] = [
    "amount",
    "gross",
    "tax",
    "paidWithPoints",
    "acquisitionCost",
    "worth",
];

/// Fields that say nothing to a person: they change with every write, or name the record itself.
const SILENT: [&str; 4] = ["id", "createdAt", "updatedAt", "key"];

/// The fields of a record with their text.
pub(crate) type Flat = BTreeMap<String, String>;

/// Flattens the JSON of a record. Empty fields are left out.
pub(crate) fn flatten(record: &Value, currency: Currency) -> Flat {
    let mut flat = Flat::new();
    if let Value::Object(fields) = record {
        for (name, value) in fields {
            if !SILENT.contains(&name.as_str()) {
                put(&mut flat, name, name, value, currency);
            }
        }
    }
    flat
}

fn put(flat: &mut Flat, path: &str, name: &str, value: &Value, currency: Currency) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            for (inner, value) in fields {
                put(flat, &format!("{path}.{inner}"), inner, value, currency);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (index, item) in items.iter().enumerate() {
                put(flat, &format!("{path}.{index}"), "", item, currency);
            }
        }
        Value::Array(items) => {
            let texts: Vec<String> = items
                .iter()
                .map(|item| text(name, item, currency))
                .collect();
            insert(flat, path, texts.join(", "));
        }
        plain => insert(flat, path, text(name, plain, currency)),
    }
}

fn insert(flat: &mut Flat, path: &str, text: String) {
    if !text.is_empty() {
        flat.insert(path.to_owned(), text);
    }
}

fn text(name: &str, value: &Value, currency: Currency) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if MONEY.contains(&name) => match number.as_i64() {
            Some(minor) => Money(minor).to_decimal(currency),
            None => number.to_string(),
        },
        Value::Number(number) if name == "quantityMilli" => match number.as_i64() {
            Some(units) => model::Decimal { units, scale: 3 }.to_string(),
            None => number.to_string(),
        },
        other => other.to_string(),
    }
}

/// What differs, in order of the names.
pub(crate) fn changes(before: &Flat, after: &Flat) -> Vec<FieldChange> {
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| FieldChange {
            field: name.clone(),
            before: before.get(name).cloned(),
            after: after.get(name).cloned(),
        })
        .collect()
}

/// What differs between two values that write themselves as JSON objects; `None` is no record.
pub(crate) fn changes_between<T: serde::Serialize>(
    before: Option<&T>,
    after: Option<&T>,
    currency: Currency,
) -> Vec<FieldChange> {
    let flat = |record: Option<&T>| {
        record
            .and_then(|record| serde_json::to_value(record).ok())
            .map(|value| flatten(&value, currency))
            .unwrap_or_default()
    };
    changes(&flat(before), &flat(after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use serde_json::json;

    fn show(changes: &[FieldChange]) -> String {
        changes
            .iter()
            .map(|c| {
                format!(
                    "{}: {} -> {}\n",
                    c.field,
                    c.before.as_deref().unwrap_or("·"),
                    c.after.as_deref().unwrap_or("·")
                )
            })
            .collect()
    }

    #[test]
    fn differences_read_as_a_person_expects() {
        let before = json!({"id": "x", "name": "Li Na", "tags": ["tea", "vip"], "acquisitionCost": 1990,
            "consent": {"email": true}, "custom": {"size": 38.0}, "note": null});
        let after = json!({"id": "y", "name": "Li Na", "acquisitionCost": 2000, "consent": {"email": false, "sms": true},
            "custom": {"size": 38.0}, "lines": [{"product": "Latte", "quantityMilli": 2000, "amount": 5600}]});
        let flat = |value| flatten(value, Currency::CNY);
        expect![[r#"
            acquisitionCost: 19.90 -> 20.00
            consent.email: true -> false
            consent.sms: · -> true
            lines.0.amount: · -> 56.00
            lines.0.product: · -> Latte
            lines.0.quantityMilli: · -> 2.000
            tags: tea, vip -> ·
        "#]]
        .assert_eq(&show(&changes(&flat(&before), &flat(&after))));
        assert!(changes(&flat(&before), &flat(&before)).is_empty());
    }
}
