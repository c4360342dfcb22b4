//! Profiles: presets parse, faults are told with path, found and expected, and the published schema says the same.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::too_many_lines,
    reason = "tests may panic and read files, and tables are long"
)]

use serde_json::{Value, json};
use sync::{FaultCode, PRESETS, Profile, preset, schema};

const SCHEMA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../public/sync-profile.schema.json"
);

fn good() -> Value {
    json!({"profile": 1, "name": "x", "base": "https://example.com", "mode": "collection"})
}

#[test]
fn presets_parse_and_survive_writing() {
    for one in PRESETS {
        let profile = preset(one.id, "").unwrap_or_else(|faults| panic!("{}: {faults:#?}", one.id));
        let again =
            Profile::parse(&profile.to_json()).unwrap_or_else(|f| panic!("{}: {f:#?}", one.id));
        assert_eq!(profile, again, "{}", one.id);
        assert_eq!(profile.preset.as_deref(), Some(one.id));
        let json: Value = serde_json::from_str(one.json).unwrap();
        assert_eq!(fits(&schema(), &json), Ok(()), "{}", one.id);
    }
    assert_eq!(
        preset("nothing", "").unwrap_err()[0].code,
        FaultCode::ProfileValue
    );
    let moved = preset("kinto", "https://till.example/v1/").unwrap();
    assert_eq!(moved.base, "https://till.example/v1");
    assert_eq!(
        preset("kinto", "http://till.example/v1").unwrap_err()[0].code,
        FaultCode::Address
    );
}

/// Every switch with a value that is wrong: the fault says where, what and what would be right, and the schema refuses it.
#[test]
fn faults_say_where() {
    for (member, value, path, code) in [
        ("mode", json!("files"), "mode", FaultCode::ProfileValue),
        (
            "auth",
            json!({"kind": "cookie"}),
            "auth.kind",
            FaultCode::ProfileValue,
        ),
        (
            "auth",
            json!({"kind": "header"}),
            "auth.name",
            FaultCode::ProfileMissing,
        ),
        (
            "id",
            json!({"pattern": "(a|b)+"}),
            "id.pattern",
            FaultCode::ProfileValue,
        ),
        (
            "create",
            json!({"with": "patch"}),
            "create.with",
            FaultCode::ProfileValue,
        ),
        (
            "create",
            json!({"duplicate": "418"}),
            "create.duplicate",
            FaultCode::ProfileValue,
        ),
        (
            "update",
            json!({"unknown": 404}),
            "update.unknown",
            FaultCode::ProfileValue,
        ),
        (
            "precondition",
            json!({"required": "yes"}),
            "precondition.required",
            FaultCode::ProfileValue,
        ),
        (
            "version",
            json!({"from": "body"}),
            "version.path",
            FaultCode::ProfileMissing,
        ),
        ("quality", json!("good"), "quality", FaultCode::ProfileValue),
        ("list", json!([]), "list", FaultCode::ProfileValue),
        (
            "paging",
            json!({"kind": "page", "page": "p", "size": "s", "max": 0}),
            "paging.max",
            FaultCode::ProfileValue,
        ),
        (
            "changes",
            json!({"kind": "filter", "query": "a={cursor}"}),
            "changes.field",
            FaultCode::ProfileMissing,
        ),
        ("cursor", json!("local"), "cursor", FaultCode::ProfileValue),
        ("deletes", json!(true), "deletes", FaultCode::ProfileValue),
        (
            "bulk",
            json!({"max": 3}),
            "bulk.kind",
            FaultCode::ProfileMissing,
        ),
        (
            "limits",
            json!({"bodyBytes": -1}),
            "limits.bodyBytes",
            FaultCode::ProfileValue,
        ),
        (
            "headers",
            json!({"fixed": {"a": 1}}),
            "headers.fixed.a",
            FaultCode::ProfileValue,
        ),
        (
            "encoding",
            json!({"column": {}}),
            "encoding.column.name",
            FaultCode::ProfileMissing,
        ),
        (
            "readBack",
            json!(false),
            "readBack",
            FaultCode::ProfileValue,
        ),
        (
            "collections",
            json!({"people": "x"}),
            "collections.people",
            FaultCode::ProfileUnknown,
        ),
        (
            "share",
            json!({"kinds": ["customers", "people"]}),
            "share.kinds[1]",
            FaultCode::ProfileValue,
        ),
        ("shares", json!({}), "shares", FaultCode::ProfileUnknown),
        ("profile", json!(2), "profile", FaultCode::ProfileValue),
    ] {
        let mut json = good();
        json[member] = value;
        let faults = Profile::parse(&json).unwrap_err();
        assert_eq!(
            (faults[0].path.as_str(), faults[0].code),
            (path, code),
            "{json}"
        );
        assert!(!faults[0].expected.is_empty(), "{json}");
        assert!(fits(&schema(), &json).is_err(), "{json}");
    }
}

#[test]
fn contradictions_are_told() {
    for (change, path) in [
        (json!({"mode": "action"}), "actions"),
        (json!({"mode": "document"}), "paths.document"),
        (
            json!({"id": {"by": "server", "field": "x"}, "create": {"with": "post"}}),
            "id.key",
        ),
        (
            json!({"id": {"by": "server", "field": "x", "key": "k"}}),
            "create.with",
        ),
        (json!({"update": {"with": "bulk"}}), "bulk.kind"),
        (
            json!({"changes": {"kind": "filter", "query": "a={cursor}", "field": "f", "overlap": 5}, "cursor": "ms"}),
            "changes.overlap",
        ),
        (
            json!({"changes": {"kind": "filter", "query": "a=1", "field": "f"}}),
            "changes.query",
        ),
        (
            json!({"headers": {"fixed": {"Authorization": "Bearer x"}}}),
            "headers.fixed",
        ),
        (json!({"base": "http://example.com"}), "base"),
        (json!({"base": "https://me:secret@example.com"}), "base"),
    ] {
        let mut json = good();
        for (name, value) in change.as_object().unwrap() {
            json[name.as_str()] = value.clone();
        }
        let faults = Profile::parse(&json).unwrap_err();
        assert_eq!(faults[0].path, path, "{json}");
        assert!(
            !format!("{faults:?}").contains("secret"),
            "credentials are never told"
        );
    }
}

/// The published file is what the table says. `UPDATE_EXPECT=1` writes it.
#[test]
fn the_published_schema_is_the_parsers() {
    let text = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(SCHEMA, &text).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(SCHEMA).unwrap_or_default(),
        text,
        "UPDATE_EXPECT=1 writes it"
    );
}

/// As much of JSON schema as ours uses, by itself: what it lets through must be what the parser lets through.
fn fits(schema: &Value, json: &Value) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("{what}: {json}"));
    if let Some(all) = schema.get("oneOf").and_then(Value::as_array) {
        let fitting = all.iter().filter(|one| fits(one, json).is_ok()).count();
        return if fitting == 1 { Ok(()) } else { wrong("oneOf") };
    }
    if schema.get("const").is_some_and(|c| c != json) {
        return wrong("const");
    }
    if let Some(choices) = schema.get("enum").and_then(Value::as_array)
        && !choices.contains(json)
    {
        return wrong("enum");
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => {
            let Some(text) = json.as_str() else {
                return wrong("string");
            };
            if schema.get("pattern").is_some()
                && !(text.contains('[')
                    && (text.ends_with('+') || text.ends_with('*'))
                    && !text.contains('|'))
            {
                return wrong("pattern");
            }
        }
        Some("boolean") if !json.is_boolean() => return wrong("boolean"),
        Some("integer") => {
            let Some(number) = json.as_u64() else {
                return wrong("integer");
            };
            if number < schema["minimum"].as_u64().unwrap()
                || number > schema["maximum"].as_u64().unwrap()
            {
                return wrong("range");
            }
        }
        Some("array") => {
            let Some(items) = json.as_array() else {
                return wrong("array");
            };
            for item in items {
                fits(&schema["items"], item)?;
            }
        }
        Some("object") => {
            let Some(members) = json.as_object() else {
                return wrong("object");
            };
            for name in schema
                .get("required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                if !members.contains_key(name.as_str().unwrap()) {
                    return wrong("required");
                }
            }
            for (name, member) in members {
                match (
                    schema["properties"].get(name),
                    schema.get("additionalProperties"),
                ) {
                    (Some(inner), _) => fits(inner, member)?,
                    (None, Some(Value::Bool(false))) => return wrong("additional"),
                    (None, Some(inner)) => {
                        if let Some(names) = schema.get("propertyNames") {
                            fits(names, &json!(name))?;
                        }
                        fits(inner, member)?;
                    }
                    (None, None) => {}
                }
            }
        }
        _ => {}
    }
    Ok(())
}
