//! CouchDB's replication protocol: `_changes`, `_bulk_docs`, `_revs_diff`, conflicts. A document is a record under
//! `<kind>:<id>`.
//!
//! The version of a record is its revision; when the tree of revisions has several leaves it is all of them, the
//! winner first, with commas between: writing the merged record then also deletes the losers.

use super::{Item, Page, Place, Sent, body};
use crate::address::encode;
use crate::exchange::{Answer, Method, Request};
use crate::json;
use crate::kind::Kind;
use crate::profile::Profile;
use crate::record::{Key, META};
use crate::replica::{Known, Outgoing};
use crate::{Fault, FaultCode};
use serde_json::{Map, Value, json};

/// Changes asked for at once.
const PAGE: u32 = 500;

fn page_size(profile: &Profile) -> u32 {
    profile.paging.size().map_or(PAGE, |(_, max)| max)
}

fn doc_id(key: &Key) -> String {
    format!("{}:{}", key.kind, key.id)
}

pub(super) fn ask_list(profile: &Profile, since: Option<&str>) -> Request {
    let since = since.map(|s| format!("&since={}", encode(s)));
    let url = format!(
        "/_changes?include_docs=true&conflicts=true&limit={}{}",
        page_size(profile),
        since.unwrap_or_default()
    );
    profile.request(Method::Get, &url, None)
}

pub(super) fn read_list(profile: &Profile, answer: &Answer) -> Result<Page, Fault> {
    let value = body(answer)?;
    let shape = |path: &str| Fault::new(FaultCode::Shape, path, &value.to_string(), "a feed");
    let rows = value.get("results").and_then(Value::as_array);
    let rows = rows.ok_or_else(|| shape("results"))?;
    let last = value.get("last_seq").and_then(json::scalar);
    let last = last.ok_or_else(|| shape("last_seq"))?;
    let items = rows.iter().filter_map(|row| {
        let id = row.get("id")?.as_str()?;
        if id.starts_with("_design/") {
            return None;
        }
        let gone = row.get("deleted") == Some(&json!(true));
        let doc = row.get("doc").filter(|doc| doc.is_object());
        Some(item(profile, id, doc, gone))
    });
    let items: Vec<Item> = items.collect();
    let more = rows.len() >= page_size(profile) as usize;
    Ok(Page {
        items,
        next: more.then(|| Place::Token(last.clone())),
        total: None,
        cursor: Some(last),
    })
}

fn item(profile: &Profile, doc_id: &str, doc: Option<&Value>, gone: bool) -> Item {
    let (collection, id) = doc_id.split_once(':').unwrap_or(("", doc_id));
    let kind = profile.kinds().into_iter().find(|k| k.name() == collection);
    let mut members = match doc {
        Some(Value::Object(members)) => members.clone(),
        _ => Map::new(),
    };
    let mut version = members.get("_rev").and_then(json::scalar);
    if let (Some(Value::Array(losers)), Some(version)) = (members.get("_conflicts"), &mut version) {
        for loser in losers.iter().filter_map(Value::as_str) {
            version.push(',');
            version.push_str(loser);
        }
    }
    let gone = gone || members.get("_deleted") == Some(&json!(true));
    let ours = members.get(META).is_some();
    members.retain(|name, _| !name.starts_with('_'));
    members.insert("id".to_owned(), json!(id));
    if gone && ours {
        members.insert("deleted".to_owned(), json!(true));
    }
    Item {
        kind,
        collection: collection.to_owned(),
        id: id.to_owned(),
        remote_id: None,
        version,
        cursor: None,
        gone: gone && !ours,
        json: Value::Object(members),
    }
}

/// The losing revisions of a version.
pub(crate) fn losers(version: Option<&str>) -> Vec<String> {
    let revisions = version.unwrap_or("").split(',').skip(1);
    revisions.map(str::to_owned).collect()
}

/// Asks for a document, or for one revision of it.
pub(crate) fn ask_one(profile: &Profile, key: &Key, revision: Option<&str>) -> Request {
    let what = match revision {
        Some(revision) => format!("rev={}", encode(revision)),
        None => "conflicts=true".to_owned(),
    };
    let url = format!("/{}?{what}", encode(&doc_id(key)));
    profile.request(Method::Get, &url, None)
}

pub(super) fn read_one(profile: &Profile, answer: &Answer) -> Result<Option<Item>, Fault> {
    let value = body(answer)?;
    let id = value.get("_id").and_then(Value::as_str).unwrap_or("");
    Ok(Some(item(profile, id, Some(&value), false)))
}

pub(super) fn ask_push(profile: &Profile, records: &[Outgoing]) -> Request {
    let mut docs = Vec::new();
    for one in records {
        let Value::Object(mut doc) = profile.stored(one) else {
            continue;
        };
        doc.retain(|name, _| !name.starts_with('_'));
        let id = doc_id(&one.record.key);
        doc.insert("_id".to_owned(), json!(id));
        let version = one.common.as_ref().and_then(|c| c.version.as_deref());
        if let Some(winner) = version.and_then(|v| v.split(',').next()) {
            doc.insert("_rev".to_owned(), json!(winner));
        }
        docs.push(Value::Object(doc));
        for loser in losers(version) {
            docs.push(json!({"_id": id, "_rev": loser, "_deleted": true}));
        }
    }
    let body = json!({ "docs": docs }).to_string();
    let mut request = profile.request(Method::Post, "/_bulk_docs", Some(body));
    request.wants_body = true;
    request
}

/// The results stand in the order of the documents; those of deleted losers are passed over.
pub(super) fn read_push(_: &Profile, records: &[Outgoing], answer: &Answer) -> Vec<Sent> {
    let rows = body(answer).and_then(|value| match value {
        Value::Array(rows) => Ok(rows),
        other => Err(Fault::new(
            FaultCode::Shape,
            "",
            &other.to_string(),
            "a list of results",
        )),
    });
    let rows = match rows {
        Ok(rows) => rows,
        Err(fault) => return records.iter().map(|_| Sent::Later(fault.clone())).collect(),
    };
    let mut rows = rows.iter();
    records
        .iter()
        .map(|one| {
            let row = rows.next();
            let version = one.common.as_ref().and_then(|c| c.version.as_deref());
            for _ in losers(version) {
                rows.next();
            }
            match row.and_then(|row| row.get("error")).and_then(Value::as_str) {
                None => Sent::Yes,
                Some("conflict") => Sent::Conflict,
                Some(other) => Sent::Refused(Fault::new(
                    FaultCode::Refused,
                    &one.record.key.to_string(),
                    other,
                    "",
                )),
            }
        })
        .collect()
}

/// Asks which of the revisions that we know the database does not have.
pub(crate) fn ask_revisions(profile: &Profile, known: &[Known]) -> Request {
    let mut revisions = Map::new();
    for one in known {
        let version = one.common.as_ref().and_then(|c| c.version.as_deref());
        if let Some(winner) = version.and_then(|v| v.split(',').next()) {
            revisions.insert(doc_id(&one.key), json!([winner]));
        }
    }
    let body = Value::Object(revisions).to_string();
    let mut request = profile.request(Method::Post, "/_revs_diff", Some(body));
    request.wants_body = true;
    request
}

/// The records of which the database misses the revision.
pub(crate) fn read_revisions(answer: &Answer) -> Result<Vec<Key>, Fault> {
    let value = body(answer)?;
    let Value::Object(missing) = value else {
        return Err(Fault::new(
            FaultCode::Shape,
            "",
            &value.to_string(),
            "missing revisions",
        ));
    };
    let keys = missing.keys().filter_map(|doc_id| {
        let (kind, id) = doc_id.split_once(':')?;
        Some(Key::new(Kind::parse(kind)?, id))
    });
    Ok(keys.collect())
}

/// Where the database keeps who it is for us: not replicated, and gone when the database is made anew.
pub(crate) fn ask_identity(profile: &Profile) -> Request {
    profile.request(Method::Get, "/_local/shuke", None)
}

/// Writes who the database is.
pub(crate) fn ask_name(profile: &Profile, identity: &str) -> Request {
    let body = json!({"_id": "_local/shuke", "identity": identity}).to_string();
    profile.request(Method::Put, "/_local/shuke", Some(body))
}

/// Asks how far the database is.
pub(crate) fn ask_state(profile: &Profile) -> Request {
    profile.request(Method::Get, "", None)
}

/// The leading number of a sequence: `12`, `12-g1AAAA...`.
pub(crate) fn sequence(text: &str) -> Option<u64> {
    text.split('-').next()?.parse().ok()
}
