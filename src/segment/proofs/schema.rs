//! The published JSON schema (`public/segment-rule.schema.json`): made from the vocabulary of the language, and held
//! against the parser. Whatever the parser takes the schema takes; what the schema refuses the parser refuses.
//! Depth, number of nodes, real days and the order of two bounds are beyond what a schema can say.

use super::rules::rule;
use model::rule::*;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const DECIMAL: &str = "^-?[0-9]+(\\.[0-9]+)?$";
const NONEMPTY: &str = "^[\\s\\S]+$";

/// A choice in whatever case.
fn choice_pattern(choices: &[&str]) -> String {
    let any_case = |choice: &&str| -> String {
        let letter = |c: char| match c.is_ascii_alphabetic() {
            true => format!("[{}{}]", c.to_ascii_uppercase(), c.to_ascii_lowercase()),
            false => c.to_string(),
        };
        choice.chars().map(letter).collect()
    };
    let each: Vec<String> = choices.iter().map(any_case).collect();
    format!("^({})$", each.join("|"))
}

fn object(properties: Value) -> Value {
    let required: Vec<&String> = properties.as_object().unwrap().keys().collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn names(names: impl IntoIterator<Item = &'static str>) -> Value {
    json!({"enum": names.into_iter().collect::<Vec<_>>()})
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}")})
}

/// The forms of a test of values of a kind: operators with the value they take.
fn forms(kind: ValueKind, choices: &[&str]) -> Vec<(Value, Option<Value>)> {
    let pair =
        |of: &str| json!({"type": "array", "items": reference(of), "minItems": 2, "maxItems": 2});
    let list = |item: Value| json!({"type": "array", "items": item, "minItems": 1});
    let mut forms = vec![(names(["is_set", "is_not_set"]), None)];
    match kind {
        ValueKind::Text => {
            let choice = match choices {
                [] => json!({"type": "string"}),
                _ => {
                    json!({"type": "string", "pattern": choice_pattern(choices), "examples": choices})
                }
            };
            let free = ["contains", "not_contains", "starts_with", "ends_with"];
            forms.push((names(free), Some(json!({"type": "string"}))));
            forms.push((names(["eq", "ne"]), Some(choice.clone())));
            forms.push((names(["in", "not_in"]), Some(list(choice))));
        }
        ValueKind::Number | ValueKind::Money => {
            forms.push((
                names(Compare::ALL.iter().map(|it| it.name())),
                Some(reference("number")),
            ));
            forms.push((names(["between", "not_between"]), Some(pair("number"))));
        }
        ValueKind::Flag => forms.push((names(["is"]), Some(json!({"type": "boolean"})))),
        ValueKind::List => forms.push((
            names(ListOp::ALL.iter().map(|it| it.name())),
            Some(list(json!({"type": "string"}))),
        )),
        ValueKind::Date => {
            forms.push((names(["on", "before", "after"]), Some(reference("day"))));
            forms.push((names(["between"]), Some(pair("day"))));
            let spans = [
                "within_last",
                "within_next",
                "more_than_ago",
                "anniversary_within_next",
            ];
            forms.push((names(spans), Some(reference("span"))));
            forms.push((names(["in_month"]), Some(reference("month"))));
        }
        ValueKind::Custom => {
            for kind in [
                ValueKind::Text,
                ValueKind::Number,
                ValueKind::Flag,
                ValueKind::Date,
            ] {
                forms.extend(self::forms(kind, &[]).into_iter().skip(1));
            }
        }
    }
    forms
}

/// A test of one of these names, as schemas to choose from.
fn tests(name: Value, kind: ValueKind, choices: &[&str]) -> Vec<Value> {
    let each = forms(kind, choices).into_iter();
    each.map(|(op, value)| {
        let mut properties = Map::new();
        properties.insert("attr".to_owned(), name.clone());
        properties.insert("op".to_owned(), op);
        properties.extend(value.map(|value| ("value".to_owned(), value)));
        object(Value::Object(properties))
    })
    .collect()
}

const KINDS: [ValueKind; 6] = [
    ValueKind::Text,
    ValueKind::Number,
    ValueKind::Money,
    ValueKind::Flag,
    ValueKind::List,
    ValueKind::Date,
];

fn attributes() -> Value {
    let mut found = Vec::new();
    for kind in KINDS {
        let open = |it: &&Attribute| it.kind() == kind && choices_of_attribute(it).is_empty();
        let open: Vec<_> = Attribute::ALL
            .iter()
            .filter(open)
            .map(Attribute::name)
            .collect();
        found.extend(tests(json!({"enum": open}), kind, &[]));
    }
    for attribute in Attribute::ALL {
        let choices = choices_of_attribute(attribute);
        if !choices.is_empty() {
            found.extend(tests(
                json!({"const": attribute.name()}),
                attribute.kind(),
                choices,
            ));
        }
    }
    let own = json!({"type": "string", "pattern": "^custom\\.[\\s\\S]+$"});
    found.extend(tests(own, ValueKind::Custom, &[]));
    json!({"anyOf": found})
}

fn conditions(of_events: bool) -> Value {
    let mut found = Vec::new();
    let choices = |it: &Field| if of_events { &[] } else { choices_of_field(it) };
    for kind in KINDS {
        let open = |it: &&Field| it.kind() == kind && choices(it).is_empty();
        let open: Vec<_> = Field::ALL.iter().filter(open).map(Field::name).collect();
        if !open.is_empty() {
            found.extend(tests(json!({"enum": open}), kind, &[]));
        }
    }
    for field in Field::ALL {
        if !choices(field).is_empty() {
            found.extend(tests(
                json!({"const": field.name()}),
                field.kind(),
                choices(field),
            ));
        }
    }
    if of_events {
        let datum = json!({"type": "string", "pattern": "^data\\.[\\s\\S]+$"});
        found.extend(tests(datum, ValueKind::Custom, &[]));
    }
    json!({"anyOf": found})
}

fn measured(of_events: bool) -> Value {
    let each = forms(ValueKind::Number, &[]).into_iter().skip(1);
    let each = each.map(|(op, value)| {
        let item = reference(if of_events { "eventCondition" } else { "orderCondition" });
        let mut properties = json!({
            "where": {"type": "array", "items": item},
            "within": reference("within"),
            "measure": names(Measure::ALL.iter().map(|it| it.name())),
            "op": op,
            "value": value,
        });
        let mut required = vec!["measure", "op", "value"];
        if of_events {
            properties["kind"] = json!({"type": "string", "pattern": NONEMPTY});
            required.push("kind");
        }
        json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
    });
    json!({"anyOf": each.collect::<Vec<_>>()})
}

fn schema() -> Value {
    let whole = |least: u32, most: u32| {
        json!({"anyOf": [
            {"type": "integer", "minimum": least, "maximum": most},
            {"type": "string", "pattern": DECIMAL},
        ]})
    };
    let nodes = json!({"type": "array", "items": reference("node")});
    let nonempty = json!({"type": "string", "pattern": NONEMPTY});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Segment rule",
        "description": "Which customers: see docs/segment-rule.md. Nodes may nest 32 deep, and there may be 1,000 of them.",
        "$ref": "#/$defs/node",
        "$defs": {
            "node": {"anyOf": [
                object(json!({"all": nodes})),
                object(json!({"any": nodes})),
                object(json!({"not": reference("node")})),
                reference("attribute"),
                object(json!({"orders": reference("orders")})),
                object(json!({"events": reference("events")})),
                object(json!({"segment": nonempty})),
                object(json!({"sample": object(json!({
                    "percent": {"anyOf": [
                        {"type": "number", "minimum": 0, "maximum": 100},
                        {"type": "string", "pattern": DECIMAL},
                    ]},
                    "seed": {"type": ["string", "number"]},
                }))})),
            ]},
            "attribute": attributes(),
            "orders": measured(false),
            "events": measured(true),
            "orderCondition": conditions(false),
            "eventCondition": conditions(true),
            "within": {"anyOf": [
                object(json!({"last": reference("span")})),
                object(json!({"between": {"type": "array", "items": reference("day"), "minItems": 2, "maxItems": 2}})),
            ]},
            "span": object(json!({
                "n": whole(1, 100_000),
                "unit": names(Unit::ALL.iter().map(|it| it.name())),
            })),
            "month": whole(1, 12),
            "day": {"type": "string", "format": "date"},
            "number": {"anyOf": [{"type": "number"}, {"type": "string", "pattern": DECIMAL}]},
        },
    })
}

/// Whether a value fits a schema, for the keywords that ours has; any other keyword is a failure of the test.
fn fits(schema: &Value, value: &Value, root: &Value) -> bool {
    schema.as_object().unwrap().iter().all(|(keyword, of)| {
        let each = |of: &Value| of.as_array().unwrap().clone();
        match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "examples" => true,
            "$ref" => {
                let name = of.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                fits(&root["$defs"][name], value, root)
            }
            "anyOf" => each(of).iter().any(|schema| fits(schema, value, root)),
            "enum" => each(of).contains(value),
            "const" => of == value,
            "type" => match of {
                Value::Array(types) => types.iter().any(|it| is_type(it, value)),
                one => is_type(one, value),
            },
            "properties" => value.as_object().is_none_or(|object| {
                let known = of.as_object().unwrap();
                object
                    .iter()
                    .all(|(key, value)| known.get(key).is_none_or(|it| fits(it, value, root)))
            }),
            "required" => value.as_object().is_none_or(|object| {
                each(of)
                    .iter()
                    .all(|key| object.contains_key(key.as_str().unwrap()))
            }),
            "additionalProperties" => {
                assert_eq!(of, &Value::Bool(false));
                let known = schema["properties"].as_object().unwrap();
                value
                    .as_object()
                    .is_none_or(|it| it.keys().all(|key| known.contains_key(key)))
            }
            "items" => value
                .as_array()
                .is_none_or(|it| it.iter().all(|item| fits(of, item, root))),
            "minItems" => value
                .as_array()
                .is_none_or(|it| it.len() as u64 >= of.as_u64().unwrap()),
            "maxItems" => value
                .as_array()
                .is_none_or(|it| it.len() as u64 <= of.as_u64().unwrap()),
            "minimum" => value.as_f64().is_none_or(|it| it >= of.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|it| it <= of.as_f64().unwrap()),
            "pattern" => value
                .as_str()
                .is_none_or(|it| matches(of.as_str().unwrap(), it)),
            "format" => value
                .as_str()
                .is_none_or(|it| it.parse::<model::Day>().is_ok()),
            other => panic!("a keyword that is not checked: {other}"),
        }
    })
}

fn is_type(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|it| it.fract() == 0.0),
        "boolean" => value.is_boolean(),
        other => panic!("a type that is not checked: {other}"),
    }
}

/// The patterns above, by hand.
fn matches(pattern: &str, text: &str) -> bool {
    if pattern == DECIMAL {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |it: &str| !it.is_empty() && it.bytes().all(|b| b.is_ascii_digit());
        return plain(whole) && plain(fraction);
    }
    if let Some(prefix) = pattern.strip_suffix("[\\s\\S]+$") {
        let prefix = prefix.strip_prefix('^').unwrap().replace('\\', "");
        return text
            .strip_prefix(&prefix)
            .is_some_and(|rest| !rest.is_empty());
    }
    let choices = pattern
        .strip_prefix("^(")
        .and_then(|it| it.strip_suffix(")$"));
    choices.unwrap().split('|').any(|choice| {
        let letters = choice.replace(']', "");
        let letters: Vec<char> = letters.chars().collect();
        let plain: String = letters
            .iter()
            .enumerate()
            .filter(|&(at, &c)| c != '[' && (at == 0 || letters[at - 1] != '['))
            .map(|(_, &c)| c)
            .collect();
        plain.eq_ignore_ascii_case(text)
    })
}

#[test]
fn the_published_schema_is_that_of_the_language() {
    let text = serde_json::to_string(&schema()).unwrap() + "\n";
    expect_test::expect_file!["../../../public/segment-rule.schema.json"].assert_eq(&text);
}

#[test]
fn bad_rules_are_refused_by_the_schema_too() {
    let schema = schema();
    for text in [
        "{}",
        "[]",
        r#"{"all":{}}"#,
        r#"{"all":[],"any":[]}"#,
        r#"{"attr":"nmae","op":"eq","value":"x"}"#,
        r#"{"attr":"name","op":"gt","value":"x"}"#,
        r#"{"attr":"name","op":"eq"}"#,
        r#"{"attr":"name","op":"is_set","value":true}"#,
        r#"{"attr":"gender","op":"eq","value":"woman"}"#,
        r#"{"attr":"lifecycle","op":"in","value":["asleep"]}"#,
        r#"{"attr":"age","op":"between","value":[1]}"#,
        r#"{"attr":"age","op":"eq","value":"old"}"#,
        r#"{"attr":"tags","op":"any_of","value":[]}"#,
        r#"{"attr":"custom.","op":"is_set"}"#,
        r#"{"attr":"birthday","op":"in_month","value":13}"#,
        r#"{"attr":"signup_on","op":"on","value":"yesterday"}"#,
        r#"{"attr":"signup_on","op":"within_last","value":{"n":0,"unit":"day"}}"#,
        r#"{"attr":"signup_on","op":"within_last","value":{"n":1,"unit":"hour"}}"#,
        r#"{"orders":{"measure":"count","op":"is_set"}}"#,
        r#"{"orders":{"measure":"median","op":"gt","value":1}}"#,
        r#"{"orders":{"where":[{"attr":"data.x","op":"is_set"}],"measure":"count","op":"gt","value":1}}"#,
        r#"{"orders":{"where":[{"attr":"status","op":"eq","value":"lost"}],"measure":"count","op":"gt","value":1}}"#,
        r#"{"orders":{"within":{},"measure":"count","op":"gt","value":1}}"#,
        r#"{"events":{"kind":"","measure":"count","op":"gt","value":1}}"#,
        r#"{"segment":""}"#,
        r#"{"sample":{"percent":101,"seed":"x"}}"#,
    ] {
        let value: Value = serde_json::from_str(text).unwrap();
        assert!(!fits(&schema, &value, &schema), "the schema takes {text}");
        assert!(Rule::parse(text).is_err(), "the parser takes {text}");
    }
}

/// Breaks a value at a random place: takes out a key or an item, or puts something else there.
fn broken(value: &mut Value, at: &mut usize, with: &Value) {
    if *at == 0 {
        *value = with.clone();
        return;
    }
    *at -= 1;
    match value {
        Value::Object(object) => {
            let keys: Vec<String> = object.keys().cloned().collect();
            for key in keys {
                if *at == 0 && with.is_null() {
                    object.remove(&key);
                    *at = usize::MAX;
                    return;
                }
                if let Some(inner) = object.get_mut(&key) {
                    broken(inner, at, with);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| broken(item, at, with)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(super::cases(800))]

    #[test]
    fn the_schema_takes_every_rule(rule in rule()) {
        let schema = schema();
        let value: Value = serde_json::from_str(&rule.to_json()).unwrap();
        prop_assert!(fits(&schema, &value, &schema), "{value}");
    }

    #[test]
    fn the_schema_takes_what_the_parser_takes(
        rule in rule(),
        mut at in 0usize..60,
        with in prop_oneof![
            Just(Value::Null),
            Just(json!("eq")),
            Just(json!("12.5")),
            Just(json!(7)),
            Just(json!(true)),
            Just(json!(["a", "b"])),
            Just(json!("2026-01-31")),
            Just(json!("custom.x")),
            Just(json!("spend")),
            Just(json!({"n": "3", "unit": "day"})),
            Just(json!("in")),
            Just(json!("between")),
        ],
    ) {
        let schema = schema();
        let mut value: Value = serde_json::from_str(&rule.to_json()).unwrap();
        broken(&mut value, &mut at, &with);
        if Rule::parse(&value.to_string()).is_ok() {
            prop_assert!(fits(&schema, &value, &schema), "{value}");
        }
    }
}
