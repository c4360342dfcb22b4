//! Verbs by templates: lists, upserts and deletions as an endpoint's own requests.

use super::Place;
use super::collection::Lane;
use super::template::{Blanks, fill_address, fill_body};
use crate::exchange::Request;
use crate::json;
use crate::kind::Kind;
use crate::profile::{Action, Profile};
use crate::record::Key;
use crate::replica::Outgoing;
use crate::{Fault, FaultCode};
use serde_json::{Value, json};

fn build(profile: &Profile, action: &Action, blanks: &Blanks<'_>) -> Request {
    let body = action
        .body
        .as_ref()
        .and_then(|body| fill_body(body, blanks));
    let url = fill_address(&action.path, blanks);
    let mut request = profile.request(action.method, &url, body.map(|b| b.to_string()));
    request.wants_body = true;
    request
}

pub(super) fn ask_list(
    profile: &Profile,
    lane: Lane,
    place: &Place,
    since: Option<&str>,
) -> Request {
    let kind = lane.0.unwrap_or(Kind::Customers);
    let Some(actions) = &profile.actions else {
        return profile.request(crate::Method::Get, "", None);
    };
    if let Place::Url(url) = place {
        return profile.request(actions.list.method, url, None);
    }
    let mut blanks: Blanks<'_> = [("collection", json!(profile.collection(kind)))].into();
    if let Some((_, max)) = profile.paging.size() {
        blanks.insert("limit", json!(max));
    }
    if let Some(since) = since {
        // A number stays a number in a body.
        let number = since.parse::<u64>().ok().filter(|n| n.to_string() == since);
        blanks.insert("cursor", number.map_or_else(|| json!(since), |n| json!(n)));
    }
    match place {
        Place::Page(page) => blanks.insert("page", json!(page)),
        Place::Offset(row) => blanks.insert("offset", json!(row)),
        Place::Token(token) => blanks.insert("token", json!(token)),
        Place::Start => match &profile.paging {
            crate::Paging::Page { first, .. } => blanks.insert("page", json!(first)),
            crate::Paging::Offset { .. } => blanks.insert("offset", json!(0)),
            _ => None,
        },
        Place::Url(_) => None,
    };
    build(profile, &actions.list, &blanks)
}

pub(super) fn ask_one(profile: &Profile, key: &Key, remote_id: Option<&str>) -> Option<Request> {
    let action = profile.actions.as_ref()?.get.as_ref()?;
    let id = remote_id.map_or_else(|| profile.wire_id(&key.id), str::to_owned);
    let blanks: Blanks<'_> = [
        ("collection", json!(profile.collection(key.kind))),
        ("id", json!(id)),
        ("own", json!(profile.wire_id(&key.id))),
    ]
    .into();
    Some(build(profile, action, &blanks))
}

pub(super) fn ask_push(profile: &Profile, kind: Kind, records: &[Outgoing]) -> Option<Request> {
    let actions = profile.actions.as_ref()?;
    let first = records.first()?;
    let mut blanks: Blanks<'_> = [("collection", json!(profile.collection(kind)))].into();
    let remote_id = first.common.as_ref().and_then(|c| c.remote_id.clone());
    let id = remote_id.unwrap_or_else(|| profile.wire_id(&first.record.key.id));
    blanks.insert("id", json!(id));
    if profile.is_delete(first) {
        return actions
            .delete
            .as_ref()
            .map(|delete| build(profile, delete, &blanks));
    }
    let stored: Vec<Value> = records.iter().map(|one| profile.stored(one)).collect();
    blanks.insert("record", stored.first().cloned().unwrap_or(Value::Null));
    blanks.insert("records", Value::Array(stored));
    Some(build(profile, &actions.upsert, &blanks))
}

/// Whether an answer with status 200, or one of its results, says that it worked.
///
/// # Errors
/// `says-failed` with what it says.
pub(super) fn check_ok(profile: &Profile, value: &Value) -> Result<(), Fault> {
    let Some(ok) = profile.actions.as_ref().and_then(|a| a.ok.as_ref()) else {
        return Ok(());
    };
    match json::at(value, &ok.path) {
        Some(found) if !ok.values.contains(found) => Err(Fault::new(
            FaultCode::SaysFailed,
            &ok.path,
            &value.to_string(),
            &Value::Array(ok.values.clone()).to_string(),
        )),
        _ => Ok(()),
    }
}
