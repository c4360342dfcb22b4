//! The published JSON schema of profiles.

use super::shape::{Member, PROFILE, Shape};
use crate::kind::Kind;
use serde_json::{Map, Value, json};

/// The JSON schema (draft 2020-12) of a profile, made from the table that the parser checks against. What it cannot
/// say, the parser adds: the address must be safe, and some members need others.
pub fn schema() -> Value {
    let mut schema = of(&Shape::Object(PROFILE));
    if let Value::Object(object) = &mut schema {
        object.insert(
            "$schema".into(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        object.insert("title".into(), json!("Shuke sync profile"));
    }
    schema
}

fn kinds() -> Value {
    let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    json!({ "enum": names })
}

fn of(shape: &Shape) -> Value {
    match shape {
        Shape::Any => json!({}),
        Shape::Text(most) => json!({"type": "string", "maxLength": most}),
        Shape::Pattern => {
            json!({"type": "string", "pattern": "^\\^?\\[[^\\[\\]^\\\\]+\\][+*]\\$?$"})
        }
        Shape::Flag => json!({"type": "boolean"}),
        Shape::Yes => json!({"const": true}),
        Shape::Count(from, to) => json!({"type": "integer", "minimum": from, "maximum": to}),
        Shape::Choice(choices) => json!({ "enum": choices }),
        Shape::Kind => kinds(),
        Shape::List(inner) => json!({"type": "array", "items": of(inner)}),
        Shape::Map(inner) => json!({"type": "object", "additionalProperties": of(inner)}),
        Shape::ByKind(inner) => {
            json!({"type": "object", "propertyNames": kinds(), "additionalProperties": of(inner)})
        }
        Shape::Object(members) => object(members, None),
        Shape::Tagged(tag, variants) => {
            let each: Vec<Value> = variants
                .iter()
                .map(|(name, members)| object(members, Some((tag, name))))
                .collect();
            json!({ "oneOf": each })
        }
    }
}

fn object(members: &[Member], tag: Option<(&str, &str)>) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    if let Some((tag, name)) = tag {
        properties.insert(tag.to_owned(), json!({ "const": name }));
        required.push(tag);
    }
    for member in members {
        let mut inner = of(&member.shape);
        if let Value::Object(inner) = &mut inner {
            inner.insert("description".into(), json!(member.says));
        }
        properties.insert(member.name.to_owned(), inner);
        if member.needed {
            required.push(member.name);
        }
    }
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}
