//! Reading a profile: every fault is told with its path, what was found and what would be right.

use super::shape::{Member, PROFILE, Shape};
use super::{Bulk, Changes, CreateWith, CursorKind, IdBy, Mode, Paging, Profile, UpdateWith};
use crate::kind::Kind;
use crate::wire::class;
use crate::{Fault, FaultCode, check_address};
use serde_json::{Map, Value};

/// The most faults that are told at once.
const MOST: usize = 50;

pub(super) fn parse(json: &Value) -> Result<Profile, Vec<Fault>> {
    let mut faults = Vec::new();
    value(json, &Shape::Object(PROFILE), "", &mut faults);
    if !faults.is_empty() {
        faults.truncate(MOST);
        return Err(faults);
    }
    let profile: Profile = serde_json::from_value(json.clone()).map_err(|error| {
        vec![Fault::new(
            FaultCode::ProfileValue,
            "",
            &error.to_string(),
            "",
        )]
    })?;
    contradictions(&profile, &mut faults);
    if faults.is_empty() {
        Ok(profile)
    } else {
        Err(faults)
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn wrong(path: &str, found: &Value, expected: &str, faults: &mut Vec<Fault>) {
    faults.push(Fault::new(
        FaultCode::ProfileValue,
        path,
        &found.to_string(),
        expected,
    ));
}

fn value(json: &Value, shape: &Shape, path: &str, faults: &mut Vec<Fault>) {
    match shape {
        Shape::Any => {}
        Shape::Text(most) => match json.as_str() {
            Some(text) if text.chars().count() <= *most => {}
            _ => wrong(
                path,
                json,
                &format!("a text of at most {most} characters"),
                faults,
            ),
        },
        Shape::Pattern => match json.as_str() {
            Some(text) if class(text).is_some() => {}
            _ => wrong(
                path,
                json,
                "one class of characters, like [A-Za-z0-9_-]+",
                faults,
            ),
        },
        Shape::Flag if json.is_boolean() => {}
        Shape::Flag => wrong(path, json, "true or false", faults),
        Shape::Yes if *json == Value::Bool(true) => {}
        Shape::Yes => wrong(path, json, "true", faults),
        Shape::Count(from, to) => match json.as_u64() {
            Some(count) if (*from..=*to).contains(&count) => {}
            _ => wrong(
                path,
                json,
                &format!("a whole number from {from} to {to}"),
                faults,
            ),
        },
        Shape::Choice(choices) => match json.as_str() {
            Some(text) if choices.contains(&text) => {}
            _ => wrong(path, json, &choices.join(", "), faults),
        },
        Shape::Kind => match json.as_str().and_then(Kind::parse) {
            Some(_) => {}
            None => wrong(path, json, &kinds(), faults),
        },
        Shape::List(inner) => match json {
            Value::Array(items) => {
                for (place, item) in items.iter().enumerate() {
                    value(item, inner, &format!("{path}[{place}]"), faults);
                }
            }
            _ => wrong(path, json, "a list", faults),
        },
        Shape::Map(inner) => each(json, inner, path, faults, |_| true),
        Shape::ByKind(inner) => each(json, inner, path, faults, |name| {
            Kind::parse(name).is_some()
        }),
        Shape::Object(members) => match json {
            Value::Object(object) => check_members(object, &[members], path, faults),
            _ => wrong(path, json, "an object", faults),
        },
        Shape::Tagged(tag, variants) => tagged(json, tag, variants, path, faults),
    }
}

fn kinds() -> String {
    let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    names.join(", ")
}

fn each(
    json: &Value,
    inner: &Shape,
    path: &str,
    faults: &mut Vec<Fault>,
    known: impl Fn(&str) -> bool,
) {
    let Value::Object(object) = json else {
        return wrong(path, json, "an object", faults);
    };
    for (name, member) in object {
        let at = join(path, name);
        if known(name) {
            value(member, inner, &at, faults);
        } else {
            faults.push(Fault::new(FaultCode::ProfileUnknown, &at, name, &kinds()));
        }
    }
}

fn tagged(
    json: &Value,
    tag: &'static str,
    variants: &[(&str, &'static [Member])],
    path: &str,
    faults: &mut Vec<Fault>,
) {
    let names: Vec<&str> = variants.iter().map(|(name, _)| *name).collect();
    let Value::Object(object) = json else {
        return wrong(path, json, "an object", faults);
    };
    let at = join(path, tag);
    let Some(chosen) = object.get(tag) else {
        faults.push(Fault::new(
            FaultCode::ProfileMissing,
            &at,
            "",
            &names.join(", "),
        ));
        return;
    };
    let variant = variants
        .iter()
        .find(|(name, _)| chosen.as_str() == Some(name));
    let Some((_, members)) = variant else {
        return wrong(&at, chosen, &names.join(", "), faults);
    };
    let tag = Member {
        name: tag,
        shape: Shape::Any,
        needed: true,
        says: "",
    };
    check_members(object, &[members, &[tag]], path, faults);
}

fn check_members(
    object: &Map<String, Value>,
    groups: &[&[Member]],
    path: &str,
    faults: &mut Vec<Fault>,
) {
    let all = || groups.iter().flat_map(|group| group.iter());
    for member in all() {
        let at = join(path, member.name);
        match object.get(member.name) {
            Some(json) => value(json, &member.shape, &at, faults),
            None if member.needed => {
                faults.push(Fault::new(FaultCode::ProfileMissing, &at, "", member.says));
            }
            None => {}
        }
    }
    for name in object.keys() {
        if all().all(|member| member.name != name) {
            let known: Vec<&str> = all().map(|member| member.name).collect();
            let at = join(path, name);
            faults.push(Fault::new(
                FaultCode::ProfileUnknown,
                &at,
                name,
                &known.join(", "),
            ));
        }
    }
}

/// Members that are each possible and cannot be meant together.
fn contradictions(profile: &Profile, faults: &mut Vec<Fault>) {
    if let Err(fault) = check_address(&profile.base) {
        faults.push(fault);
    }
    let mut clash = |path: &str, found: &str, expected: &str| {
        faults.push(Fault::new(
            FaultCode::ProfileContradiction,
            path,
            found,
            expected,
        ));
    };
    if profile.base.contains(['?', '#']) {
        clash("base", "?", "an address without query");
    }
    match profile.mode {
        Mode::Action if profile.actions.is_none() => {
            clash("actions", "", "templates, for mode action")
        }
        Mode::Document if profile.paths.document.is_empty() => {
            clash(
                "paths.document",
                "",
                "the document's path, for mode document",
            );
        }
        _ => {}
    }
    if profile.id.by == IdBy::Server && profile.id.key.is_none() {
        clash("id.key", "", "the member with the server's id");
    }
    if profile.id.by == IdBy::Server && profile.id.key.as_deref() == Some(profile.id.field.as_str())
    {
        clash("id.field", &profile.id.field, "another member than id.key");
    }
    if profile.mode == Mode::Collection
        && profile.update.with == UpdateWith::Bulk
        && profile.bulk == Bulk::None
    {
        clash("bulk.kind", "none", "a bulk, because update.with is bulk");
    }
    if profile.id.by == IdBy::Server && profile.create.with == CreateWith::Put {
        clash(
            "create.with",
            "put",
            "post or upsert, because the server assigns ids",
        );
    }
    let addressed = matches!(profile.bulk, Bulk::Envelope { .. } | Bulk::Requests { .. });
    if profile.mode == Mode::Collection && addressed && profile.paths.bulk.is_empty() {
        clash("paths.bulk", "", "where many at once are sent");
    }
    asked_since(profile, faults);
}

/// Contradictions in how changes are asked for, and in what every request has.
fn asked_since(profile: &Profile, faults: &mut Vec<Fault>) {
    let mut clash = |path: &str, found: &str, expected: &str| {
        let code = FaultCode::ProfileContradiction;
        faults.push(Fault::new(code, path, found, expected));
    };
    let (overlap, query) = match &profile.changes {
        Changes::Scan => (None, None),
        Changes::Feed { overlap, query, .. } | Changes::Filter { overlap, query, .. } => {
            (Some(*overlap), Some(query))
        }
    };
    if let Some(overlap) = overlap
        && matches!(profile.cursor, CursorKind::Ms | CursorKind::Iso)
        && profile.mode != Mode::Couchdb
        && overlap < 30
    {
        clash(
            "changes.overlap",
            &overlap.to_string(),
            "at least 30 seconds",
        );
    }
    if let Some(query) = query
        && profile.mode == Mode::Collection
        && !query.contains("{cursor}")
    {
        clash("changes.query", query, "a query with {cursor}");
    }
    for header in profile.headers.fixed.keys() {
        let lower = header.to_ascii_lowercase();
        if matches!(
            lower.as_str(),
            "authorization" | "cookie" | "proxy-authorization"
        ) {
            clash(
                "headers.fixed",
                header,
                "no credentials: they are asked for and kept apart",
            );
        }
    }
    if let Paging::Page { page, .. } = &profile.paging
        && page.is_empty()
    {
        clash("paging.page", "", "the parameter with the number");
    }
}
