//! From what is meant to requests, and from answers to what they mean: the one place that reads the switches.

mod action;
pub(crate) mod collection;
pub(crate) mod couch;
pub(crate) mod document;
mod place;
mod template;

pub(crate) use place::{Place, advance, back, later};
pub(crate) use template::class;

use crate::exchange::{Answer, Bounds, Method, Request};
use crate::json;
use crate::kind::Kind;
use crate::profile::{IdBy, Profile, VersionSource};
use crate::record::{META, Record};
use crate::replica::Outgoing;
use crate::{Fault, FaultCode};
use serde_json::{Map, Value, json};

/// One record of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    /// Its kind; none when we do not know it.
    pub kind: Option<Kind>,
    /// The collection it came from.
    pub collection: String,
    /// Our id; empty when it has none.
    pub id: String,
    /// What the endpoint calls it, where that is not our id.
    pub remote_id: Option<String>,
    /// The endpoint's version.
    pub version: Option<String>,
    /// Its place in the feed.
    pub cursor: Option<String>,
    /// The endpoint only says that it is gone.
    pub gone: bool,
    /// The record in our form.
    pub json: Value,
}

/// One page of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Page {
    /// The records.
    pub items: Vec<Item>,
    /// Where it goes on.
    pub next: Option<Place>,
    /// How many there are in all, when the answer says.
    pub total: Option<u64>,
    /// The cursor after this page, where the answer has one apart from its records.
    pub cursor: Option<String>,
}

/// What became of one record that was sent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Sent {
    /// The endpoint says yes.
    Yes,
    /// Somebody was faster, or it is there already: look and merge.
    Conflict,
    /// It is not there.
    Missing,
    /// A precondition is required.
    NeedsVersion,
    /// Too large.
    TooLarge,
    /// Never in this form.
    Refused(Fault),
    /// Not now.
    Later(Fault),
    /// Nothing goes on.
    Stop(Fault),
}

impl Profile {
    /// What one answer may cost.
    pub(crate) fn bounds(&self) -> Bounds {
        Bounds {
            max_bytes: self.limits.answer_bytes,
            idle_ms: u64::from(self.limits.idle_seconds) * 1000,
            total_ms: u64::from(self.limits.total_seconds) * 1000,
        }
    }

    /// A request to a path under the base, or to a whole address that an answer gave.
    pub(crate) fn request(&self, method: Method, url: &str, body: Option<String>) -> Request {
        let url = if url.contains("://") {
            url.to_owned()
        } else {
            format!("{}{url}", self.base.trim_end_matches('/'))
        };
        let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
        if body.is_some() {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        for (name, value) in &self.headers.fixed {
            headers.retain(|(n, _)| n != name);
            headers.push((name.to_ascii_lowercase(), value.clone()));
        }
        Request {
            method,
            url,
            headers,
            body,
            bounds: self.bounds(),
            wants_body: method == Method::Get,
        }
    }

    /// Adds a header, unless the endpoint's preflight would refuse it.
    pub(crate) fn add_header(&self, request: &mut Request, name: &str, value: &str) {
        let allowed = self.headers.allowed.as_ref();
        if allowed.is_none_or(|names| names.iter().any(|n| n == name)) {
            request.headers.push((name.to_owned(), value.to_owned()));
        }
    }

    /// What the endpoint calls the record with our id.
    pub(crate) fn wire_id(&self, id: &str) -> String {
        let fill = (self.id.min.unwrap_or(0) as usize).saturating_sub(id.len());
        format!("{}{id}", "0".repeat(fill))
    }

    /// Our id of what the endpoint calls so.
    pub(crate) fn own_id(&self, wire: &str) -> String {
        const OURS: usize = 13;
        let fill = (self.id.min.unwrap_or(0) as usize).saturating_sub(OURS);
        if fill == 0 || wire.len() != OURS + fill {
            return wire.to_owned();
        }
        let zeros = wire.bytes().take(fill).all(|b| b == b'0');
        let id = wire.get(fill..).filter(|_| zeros);
        id.unwrap_or(wire).to_owned()
    }

    /// Whether an id can be used at this endpoint at all.
    pub(crate) fn id_fits(&self, id: &str) -> bool {
        let wire = self.wire_id(id);
        let fits = |pattern: &String| template::matches_class(pattern, &wire);
        let short = self.id.max.is_none_or(|max| wire.len() <= max as usize);
        let dots = wire == "." || wire == "..";
        !id.is_empty() && short && !dots && self.id.pattern.as_ref().is_none_or(fits)
    }

    /// Members of a stored record that the server puts there: not part of the record.
    fn server_members(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        if let VersionSource::Body { path } = &self.version {
            names.push(path);
        }
        if let Some(field) = self.changes_field() {
            names.push(field);
        }
        if let Some(key) = &self.id.key {
            names.push(key);
        }
        if self.id.field != "id" {
            names.push(&self.id.field);
        }
        names
    }

    /// The member with a record's place in the feed.
    pub(crate) fn changes_field(&self) -> Option<&str> {
        match &self.changes {
            crate::Changes::Scan => None,
            crate::Changes::Feed { field, .. } | crate::Changes::Filter { field, .. } => {
                Some(field)
            }
        }
    }

    /// A stored record, as it lies in an answer, in our form.
    pub(crate) fn item(&self, kind: Kind, stored: &Value, headers: Option<&Answer>) -> Item {
        let stored = json::at(stored, &self.list.item).unwrap_or(stored);
        let text = |path: &str| json::at(stored, path).and_then(json::scalar);
        let version = match &self.version {
            VersionSource::None => None,
            VersionSource::Header { name } => {
                headers.and_then(|answer| answer.header(name).map(str::to_owned))
            }
            VersionSource::Body { path } => text(path),
        };
        let mut json = self.uncolumned(stored);
        let id = text(&self.id.field).or_else(|| json.get("id").and_then(json::scalar));
        let id = id.map(|id| self.own_id(&id)).unwrap_or_default();
        let gone = stored.get("deleted") == Some(&json!(true)) && json.get(META).is_none();
        if let Value::Object(members) = &mut json {
            for name in self.server_members() {
                members.remove(name);
            }
            if !id.is_empty() {
                members.insert("id".to_owned(), json!(id));
            }
        }
        Item {
            kind: Some(kind),
            collection: self.collection(kind).to_owned(),
            id,
            remote_id: self.id.key.as_deref().and_then(text),
            version,
            cursor: self.changes_field().and_then(text),
            gone,
            json,
        }
    }

    /// Takes the record out of the column that holds it; columns beside it that people may edit go first.
    fn uncolumned(&self, stored: &Value) -> Value {
        let Some(column) = &self.encoding.column else {
            return stored.clone();
        };
        let inner = match json::at(stored, &column.name) {
            Some(Value::String(text)) if column.text => json::parse(text).unwrap_or(Value::Null),
            Some(other) => other.clone(),
            None => Value::Null,
        };
        let mut members = match inner {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        for (ours, theirs) in &column.also {
            match stored.get(theirs) {
                Some(Value::Null) | None => {}
                Some(value) => {
                    members.insert(ours.clone(), value.clone());
                }
            }
        }
        if stored.get("deleted") == Some(&json!(true)) {
            members.insert("deleted".to_owned(), json!(true));
        }
        Value::Object(members)
    }

    /// A record in the form in which this endpoint stores it, withheld fields as the endpoint had them.
    pub(crate) fn stored(&self, outgoing: &Outgoing) -> Value {
        let record = self.shared(outgoing);
        let wire_id = self.wire_id(&record.key.id);
        let mut json = record.to_json();
        if let Value::Object(members) = &mut json {
            members.insert("id".to_owned(), json!(wire_id));
        }
        let Some(column) = &self.encoding.column else {
            if let Value::Object(members) = &mut json
                && self.id.field != "id"
            {
                members.insert(self.id.field.clone(), json!(wire_id));
                if self.id.by == IdBy::Server {
                    members.remove("id");
                }
            }
            return json;
        };
        let mut row = Map::new();
        row.insert(self.id.field.clone(), json!(wire_id));
        for (ours, theirs) in &column.also {
            let value = json.get(ours).cloned().unwrap_or(Value::Null);
            row.insert(theirs.clone(), value);
        }
        let inner = if column.text {
            json!(json.to_string())
        } else {
            json
        };
        row.insert(column.name.clone(), inner);
        Value::Object(row)
    }

    /// What of a record goes out: without what is withheld here, with what the endpoint has of it.
    pub(crate) fn shared(&self, outgoing: &Outgoing) -> Record {
        let record = &outgoing.record;
        if self.share.without.is_empty() {
            return record.clone();
        }
        let kind = record.key.kind;
        let mut shared = record.without(|path| self.withholds(kind, path));
        if let Some(common) = &outgoing.common
            && !shared.life.erased
        {
            let kept = common.record.without(|path| !self.withholds(kind, path));
            let mut leaves = shared.leaves();
            leaves.extend(kept.leaves());
            shared.put(leaves);
        }
        shared
    }
}

/// Reads a JSON body after checking that it is one.
pub(crate) fn body(answer: &Answer) -> Result<Value, Fault> {
    if !answer.is_json() {
        let found = answer.header("content-type").unwrap_or("");
        let title = title(&answer.body);
        let found = match title {
            Some(title) => format!("{found} ({title})"),
            None => found.to_owned(),
        };
        return Err(Fault {
            status: Some(answer.status),
            ..Fault::new(
                FaultCode::NotJson,
                "content-type",
                &found,
                "application/json",
            )
        });
    }
    json::parse(&answer.body)
}

/// The title of a page, to show what answered instead of the endpoint.
fn title(body: &str) -> Option<String> {
    let (_, rest) = body.split_once("<title>")?;
    let (title, _) = rest.split_once("</title>")?;
    Some(title.trim().chars().take(80).collect())
}

/// What a status says of a list, a document or a single record; `None` when its body is to be read.
pub(crate) fn status_fault(answer: &Answer) -> Option<Fault> {
    let code = match answer.status {
        200..=299 => return None,
        300..=399 => FaultCode::Redirected,
        401 | 403 => FaultCode::Credentials,
        404 | 410 => FaultCode::NotFound,
        413 => FaultCode::TooLarge,
        408 => FaultCode::TimeOut,
        425 | 429 => FaultCode::TooMany,
        500..=599 => FaultCode::ServerError,
        _ => FaultCode::Status,
    };
    Some(Fault::status(code, answer.status))
}
