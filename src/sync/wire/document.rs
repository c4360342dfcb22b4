//! The workspace as one JSON document, or one per collection.
//!
//! One document: `{"shuke": {"v": 1, "identity": "..."}, "customers": [...], "orders": [...]}`. One per collection: an
//! array. What else the document has is kept.

use super::collection::Lane;
use super::template::{Blanks, fill_address};
use super::{Page, body};
use crate::exchange::{Answer, Method, Request};
use crate::json;
use crate::kind::Kind;
use crate::profile::{PreconditionWith, Profile, VersionSource};
use crate::record::META;
use crate::replica::Outgoing;
use crate::{Fault, FaultCode};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A document as it was read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Document {
    /// Its content; null when there is none yet.
    pub value: Value,
    /// Its version.
    pub version: Option<String>,
}

fn address(profile: &Profile, lane: Lane) -> String {
    let mut blanks: Blanks<'_> = Blanks::new();
    if let Some(kind) = lane.0 {
        blanks.insert("collection", json!(profile.collection(kind)));
    }
    fill_address(&profile.paths.document, &blanks)
}

pub(super) fn ask(profile: &Profile, lane: Lane) -> Request {
    profile.request(Method::Get, &address(profile, lane), None)
}

/// Reads the document and its records.
///
/// # Errors
/// Why nothing of it may be used.
pub(crate) fn read(
    profile: &Profile,
    lane: Lane,
    answer: &Answer,
) -> Result<(Document, Page), Fault> {
    let version = match &profile.version {
        VersionSource::Header { name } => answer.header(name).map(str::to_owned),
        VersionSource::Body { .. } | VersionSource::None => None,
    };
    if matches!(answer.status, 404 | 410) {
        let value = Value::Null;
        return Ok((
            Document {
                value,
                version: None,
            },
            Page::default(),
        ));
    }
    if let Some(fault) = super::status_fault(answer) {
        return Err(fault);
    }
    let value = body(answer)?;
    let mut items = Vec::new();
    match (
        lane.0,
        json::at(&value, &profile.list.path).unwrap_or(&value),
    ) {
        (Some(kind), Value::Array(records)) => {
            items.extend(
                records
                    .iter()
                    .map(|record| profile.item(kind, record, None)),
            );
        }
        (None, Value::Object(members)) => {
            for kind in profile.kinds() {
                match members.get(profile.collection(kind)) {
                    Some(Value::Array(records)) => {
                        items.extend(records.iter().map(|r| profile.item(kind, r, None)));
                    }
                    None | Some(Value::Null) => {}
                    Some(other) => {
                        let path = profile.collection(kind);
                        return Err(shape(path, other, "a list of records"));
                    }
                }
            }
        }
        (None, Value::Null) => {}
        (Some(_), Value::Object(empty)) if empty.is_empty() => {}
        (_, other) => return Err(shape("", other, "a document of ours")),
    }
    let page = Page {
        items,
        ..Page::default()
    };
    Ok((Document { value, version }, page))
}

fn shape(path: &str, found: &Value, expected: &str) -> Fault {
    Fault::new(FaultCode::Shape, path, &found.to_string(), expected)
}

/// Who the document says it is.
pub(crate) fn identity(document: &Document) -> Option<&str> {
    document.value.get(META)?.get("identity")?.as_str()
}

/// Writes the document with these records in it; everything else stays as it was read.
pub(crate) fn ask_put(
    profile: &Profile,
    lane: Lane,
    document: &Document,
    records: &[Outgoing],
    identity: &str,
) -> Request {
    let mut value = document.value.clone();
    match lane.0 {
        Some(kind) => {
            let mut list = match value {
                Value::Array(list) => list,
                _ => Vec::new(),
            };
            put_records(profile, kind, &mut list, records);
            value = Value::Array(list);
        }
        None => {
            let mut members = match value {
                Value::Object(members) => members,
                _ => Map::new(),
            };
            members.insert(META.to_owned(), json!({"v": 1, "identity": identity}));
            for kind in profile.kinds() {
                let name = profile.collection(kind).to_owned();
                let list = members.entry(name).or_insert_with(|| json!([]));
                if let Value::Array(list) = list {
                    put_records(profile, kind, list, records);
                }
            }
            value = Value::Object(members);
        }
    }
    let url = address(profile, lane);
    let mut request = profile.request(Method::Put, &url, Some(value.to_string()));
    request.wants_body = false;
    let precondition = &profile.precondition;
    if precondition.with == PreconditionWith::IfMatch || precondition.required {
        match &document.version {
            Some(version) => profile.add_header(&mut request, "if-match", version),
            None if document.value.is_null() => {
                profile.add_header(&mut request, "if-none-match", "*");
            }
            None => {}
        }
    }
    request
}

fn put_records(profile: &Profile, kind: Kind, list: &mut Vec<Value>, records: &[Outgoing]) {
    let mut fresh: BTreeMap<String, Value> = BTreeMap::new();
    for one in records.iter().filter(|one| one.record.key.kind == kind) {
        fresh.insert(profile.wire_id(&one.record.key.id), profile.stored(one));
    }
    for stored in list.iter_mut() {
        let id = json::at(stored, &profile.id.field).and_then(json::scalar);
        if let Some(replacement) = id.and_then(|id| fresh.remove(&id)) {
            *stored = replacement;
        }
    }
    list.extend(fresh.into_values());
}
