//! The model endpoint: collections, documents, couch and action by the same profile that the browsers use, so that every
//! combination of switches has a server that behaves so; and the faults on the way to it.

use super::couch::Couch;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use sync::{
    Answer, Bulk, Changes, CreateWith, CursorKind, Deletes, Duplicate, Fault, FaultCode, IdBy,
    Method, Mode, Outcome, Paging, PreconditionWith, Profile, Quality, Request, UnknownId,
    VersionSource,
};

/// How the endpoint behaves beyond what the profile says.
#[derive(Clone, Debug, Default)]
pub struct Habits {
    /// Accepts every stale precondition.
    pub lax: bool,
    /// Changes become visible in lists this many milliseconds late.
    pub late_ms: u64,
    /// Stores of plain updates say yes without effect, this many percent of the time.
    pub forgets: u64,
}

/// One stored record: the row as the server holds it.
#[derive(Clone, Debug)]
pub struct Stored {
    pub row: Map<String, Value>,
    pub modified: u64,
    pub seq: u64,
    pub visible: u64,
    pub version: u64,
    pub gone: bool,
}

#[derive(Clone, Debug)]
pub struct Endpoint {
    pub profile: Profile,
    pub habits: Habits,
    pub rows: BTreeMap<String, BTreeMap<String, Stored>>,
    pub documents: BTreeMap<String, (String, u64, u64)>,
    pub couch: Couch,
    pub seq: u64,
    pub clock: u64,
    pub epoch: u64,
    pub inbox: Vec<Value>,
    pub log: Vec<String>,
    pub trace: bool,
}

fn answer(status: u16, headers: &[(&str, String)], body: &Value) -> Answer {
    let mut all = vec![(
        "content-type".to_owned(),
        "application/json; charset=utf-8".to_owned(),
    )];
    all.extend(headers.iter().map(|(n, v)| ((*n).to_owned(), v.clone())));
    Answer {
        status,
        headers: all,
        body: body.to_string(),
    }
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' && at + 2 < bytes.len() {
            let hex = std::str::from_utf8(&bytes[at + 1..at + 3]).unwrap();
            out.push(u8::from_str_radix(hex, 16).unwrap());
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).unwrap()
}

impl Endpoint {
    pub fn new(profile: Profile, habits: Habits) -> Self {
        Self {
            profile,
            habits,
            rows: BTreeMap::new(),
            documents: BTreeMap::new(),
            couch: Couch::default(),
            seq: 0,
            clock: 0,
            epoch: 1,
            inbox: Vec::new(),
            log: Vec::new(),
            trace: false,
        }
    }

    /// Everything is lost, and it is another database.
    pub fn wipe(&mut self) {
        self.rows.clear();
        self.documents.clear();
        self.couch = Couch::default();
        self.epoch += 1;
    }

    /// A backup is restored.
    pub fn restore(&mut self, backup: &Self) {
        self.rows = backup.rows.clone();
        self.documents = backup.documents.clone();
        self.couch = backup.couch.clone();
        self.seq = backup.seq;
    }

    /// Whether something is stored and not yet in the lists.
    pub fn is_late(&self) -> bool {
        let rows = self.rows.values().flat_map(BTreeMap::values);
        rows.into_iter().any(|row| row.visible > self.clock)
    }

    pub fn serve(&mut self, request: &Request, now: u64, chance: u64) -> Outcome {
        self.clock = self.clock.max(now);
        let base = self.profile.base.clone();
        let Some(rest) = request.url.strip_prefix(&base) else {
            return Err(Fault::new(FaultCode::Unreachable, "", "", ""));
        };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let query: BTreeMap<String, String> = query
            .split('&')
            .filter_map(|p| p.split_once('='))
            .map(|(n, v)| (decode(n), decode(v)))
            .collect();
        let segments: Vec<String> = path
            .split('/')
            .filter(|s| !s.is_empty())
            .map(decode)
            .collect();
        let body = request
            .body
            .as_deref()
            .map(|b| serde_json::from_str::<Value>(b).unwrap());
        let result = match self.profile.mode {
            Mode::Couchdb => Ok(self.couch.serve(request, &segments, &query, body)),
            Mode::Document => Ok(self.document(request, &segments)),
            Mode::Collection | Mode::Action => {
                Ok(self.collection(request, &segments, &query, body, chance))
            }
        };
        if self.trace {
            let shown = |t: &str| t.chars().take(700).collect::<String>();
            let text = match &result {
                Ok(a) => format!("{} {}", a.status, shown(&a.body)),
                Err(f) => format!("{f:?}"),
            };
            self.log.push(format!(
                "      {} {} {}\n        -> {text}",
                request.method.name(),
                request.url,
                shown(request.body.as_deref().unwrap_or(""))
            ));
        }
        result
    }

    fn document(&mut self, request: &Request, segments: &[String]) -> Answer {
        let name = segments.join("/");
        let etag = |(text, version, at): &(String, u64, u64)| match self.profile.quality {
            Quality::Strong => format!("\"{version}\""),
            Quality::Seconds => format!("\"{}-{}\"", at / 1000, text.len()),
            Quality::Hash => format!(
                "\"{:x}\"",
                text.bytes()
                    .fold(7_u64, |h, b| h.wrapping_mul(31).wrapping_add(u64::from(b)))
            ),
        };
        let found = self.documents.get(&name).cloned();
        let header = |name: &str| {
            request
                .headers
                .iter()
                .find(|(n, _)| n == name)
                .map(|(_, v)| v.clone())
        };
        match request.method {
            Method::Get => match found {
                None => answer(404, &[], &json!({})),
                Some(doc) => Answer {
                    body: doc.0.clone(),
                    ..answer(200, &[("etag", etag(&doc))], &Value::Null)
                },
            },
            _ => {
                if !self.habits.lax {
                    let stale =
                        header("if-match").is_some_and(|tag| found.as_ref().map(etag) != Some(tag));
                    let exists = header("if-none-match").is_some() && found.is_some();
                    if stale || exists {
                        return Answer {
                            status: 412,
                            headers: vec![("content-type".into(), "text/html".into())],
                            body: "<html>".into(),
                        };
                    }
                }
                let version = found.map_or(1, |d| d.1 + 1);
                let text = request.body.clone().unwrap_or_default();
                self.documents.insert(name, (text, version, self.clock));
                Answer {
                    status: 204,
                    headers: vec![],
                    body: String::new(),
                }
            }
        }
    }

    fn collection(
        &mut self,
        request: &Request,
        segments: &[String],
        query: &BTreeMap<String, String>,
        body: Option<Value>,
        chance: u64,
    ) -> Answer {
        let conditional = |(name, _): &(String, String)| name.starts_with("if-");
        if self.profile.precondition.required
            && request.method != Method::Get
            && segments.first().is_none_or(|first| first != "batch")
            && !request.headers.iter().any(conditional)
        {
            return answer(428, &[], &json!({"error": "a precondition is required"}));
        }
        match (
            request.method,
            segments
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .as_slice(),
        ) {
            (Method::Get, ["about"]) => answer(
                200,
                &[],
                &json!({"epoch": format!("e{}", self.epoch), "seq": self.seq}),
            ),
            (Method::Get, ["inbox"]) => {
                let after: usize = query.get("after").and_then(|a| a.parse().ok()).unwrap_or(0);
                let entries: Vec<Value> = self.inbox.iter().skip(after).take(2).cloned().collect();
                let cursor = after + entries.len();
                answer(
                    200,
                    &[],
                    &json!({"entries": entries, "cursor": cursor.to_string(), "more": cursor < self.inbox.len()}),
                )
            }
            (Method::Post, ["batch"]) => self.batch(body.unwrap_or_default(), chance),
            (Method::Post, [kind, "upsert"]) => self.upsert(kind, body.unwrap_or_default(), chance),
            (Method::Get, [kind]) => self.list(kind, query),
            (Method::Get, [kind, id]) => self.get(kind, id),
            (Method::Post, [kind]) => self.create(kind, request, body.unwrap_or_default(), chance),
            (Method::Put | Method::Patch, [kind, id]) => {
                self.put(kind, id, request, body.unwrap_or_default(), chance)
            }
            (Method::Delete, [kind, id]) => {
                let stale = self.is_stale(kind, id, request);
                if stale {
                    return answer(412, &[], &json!({}));
                }
                self.delete(kind, id)
            }
            _ => answer(404, &[], &json!({})),
        }
    }

    fn batch(&mut self, body: Value, chance: u64) -> Answer {
        let mut results = Vec::new();
        for (place, one) in body["requests"]
            .as_array()
            .cloned()
            .unwrap_or_default()
            .iter()
            .enumerate()
        {
            let method = match one["method"].as_str() {
                Some("PUT") => Method::Put,
                Some("PATCH") => Method::Patch,
                Some("DELETE") => Method::Delete,
                _ => Method::Post,
            };
            let headers = one["headers"].as_object().cloned().unwrap_or_default();
            let inner = Request {
                method,
                url: String::new(),
                body: None,
                bounds: sync::Bounds {
                    max_bytes: 0,
                    idle_ms: 0,
                    total_ms: 0,
                },
                wants_body: true,
                headers: headers
                    .into_iter()
                    .map(|(n, v)| (n, v.as_str().unwrap_or("").to_owned()))
                    .collect(),
            };
            let path = one["path"].as_str().unwrap_or("").to_owned();
            let segments: Vec<String> = path
                .split('/')
                .filter(|s| !s.is_empty())
                .map(decode)
                .collect();
            let answer = self.collection(
                &inner,
                &segments,
                &BTreeMap::new(),
                Some(one["body"].clone()),
                chance.wrapping_add(place as u64 * 77),
            );
            results.push(json!({"status": answer.status, "body": serde_json::from_str::<Value>(&answer.body).unwrap_or(Value::Null)}));
        }
        answer(200, &[], &json!({"responses": results}))
    }

    fn upsert(&mut self, kind: &str, body: Value, chance: u64) -> Answer {
        let records = match &body {
            Value::Array(list) => list.clone(),
            other => other["records"].as_array().cloned().unwrap_or_default(),
        };
        let mut results = Vec::new();
        for record in records {
            let Value::Object(row) = record else { continue };
            let id = self.row_id(kind, &row);
            self.store(kind, &id, row, chance);
            results.push(json!({"code": "ok"}));
        }
        answer(200, &[], &json!({"results": results}))
    }

    /// The id of a row: the client's, or for servers that assign them the one it has or a new one.
    fn row_id(&mut self, kind: &str, row: &Map<String, Value>) -> String {
        let ours = row
            .get(&self.profile.id.field)
            .and_then(Value::as_str)
            .unwrap_or("")
            .to_owned();
        if self.profile.id.by == IdBy::Client {
            return ours;
        }
        let field = self.profile.id.field.clone();
        let rows = self.rows.entry(kind.to_owned()).or_default();
        let found = rows
            .iter()
            .find(|(_, s)| s.row.get(&field) == Some(&json!(ours)))
            .map(|(id, _)| id.clone());
        match found {
            Some(id) if self.profile.mode == Mode::Action => id,
            _ => {
                self.seq += 1;
                format!("s{:06}", self.seq)
            }
        }
    }

    fn store(&mut self, kind: &str, id: &str, mut row: Map<String, Value>, chance: u64) {
        self.seq += 1;
        self.clock += 1;
        let rows = self.rows.entry(kind.to_owned()).or_default();
        let version = rows.get(id).map_or(1, |s| s.version + 1);
        if self.habits.forgets > 0 && version > 1 && chance % 100 < self.habits.forgets {
            return;
        }
        if let Some(key) = &self.profile.id.key {
            row.insert(key.clone(), json!(id));
        }
        row.remove("last_modified");
        let late = if self.habits.late_ms > 0 {
            chance / 128 % self.habits.late_ms
        } else {
            0
        };
        rows.insert(
            id.to_owned(),
            Stored {
                row,
                modified: self.clock,
                seq: self.seq,
                visible: self.clock + late,
                version,
                gone: false,
            },
        );
    }

    fn version_text(&self, stored: &Stored) -> String {
        match self.profile.quality {
            Quality::Strong => stored.version.to_string(),
            Quality::Seconds => (stored.modified / 1000).to_string(),
            Quality::Hash => format!(
                "{:x}",
                Value::Object(stored.row.clone())
                    .to_string()
                    .bytes()
                    .fold(7_u64, |h, b| h.wrapping_mul(31).wrapping_add(u64::from(b)))
            ),
        }
    }

    fn shown(&self, stored: &Stored) -> Value {
        let mut row = stored.row.clone();
        if stored.gone {
            row.retain(|name, _| *name == self.profile.id.field);
            row.insert("deleted".into(), json!(true));
        }
        if let VersionSource::Body { path } = &self.profile.version {
            row.insert(path.clone(), json!(self.version_text(stored)));
        }
        let field = match &self.profile.changes {
            Changes::Scan => None,
            Changes::Feed { field, .. } | Changes::Filter { field, .. } => Some(field.clone()),
        };
        if let Some(field) = field {
            row.insert(field, self.cursor_of(stored));
        }
        Value::Object(row)
    }

    fn cursor_of(&self, stored: &Stored) -> Value {
        match self.profile.cursor {
            CursorKind::Ms => json!(stored.modified),
            CursorKind::Number => json!(stored.seq),
            CursorKind::Iso => json!(iso(stored.modified)),
            CursorKind::Opaque => json!(format!("c{:012}", stored.seq)),
        }
    }

    fn list(&mut self, kind: &str, query: &BTreeMap<String, String>) -> Answer {
        let now = self.clock;
        if let Some(id) = query.get("find") {
            let rows = self.rows.get(kind);
            let found: Vec<Value> = rows
                .into_iter()
                .flatten()
                .filter(|(_, s)| !s.gone && s.row.get(&self.profile.id.field) == Some(&json!(id)))
                .map(|(_, s)| self.shown(s))
                .collect();
            return answer(200, &[], &self.wrapped(found, None, None));
        }
        let since = query.get("since").cloned();
        let (inclusive, feed) = match &self.profile.changes {
            Changes::Scan => (false, false),
            Changes::Feed { inclusive, .. } => (*inclusive, true),
            Changes::Filter { inclusive, .. } => (*inclusive, false),
        };
        let mut rows: Vec<&Stored> = self
            .rows
            .get(kind)
            .into_iter()
            .flatten()
            .map(|(_, s)| s)
            .collect();
        rows.retain(|s| s.visible <= now && (!s.gone || feed && since.is_some()));
        if self.profile.changes != Changes::Scan {
            rows.sort_by_key(|s| {
                (
                    if self.profile.cursor == CursorKind::Ms
                        || self.profile.cursor == CursorKind::Iso
                    {
                        s.modified
                    } else {
                        s.seq
                    },
                    s.seq,
                )
            });
        }
        if let Some(since) = &since {
            rows.retain(|s| {
                let at = self.cursor_of(s);
                let at = at.as_str().map_or_else(|| at.to_string(), str::to_owned);
                let order = match (at.parse::<u64>(), since.parse::<u64>()) {
                    (Ok(a), Ok(b)) => a.cmp(&b),
                    _ => at.cmp(since),
                };
                order.is_gt() || inclusive && order.is_eq()
            });
        }
        let total = rows.len();
        let number = |name: &str| query.get(name).and_then(|v| v.parse::<usize>().ok());
        let size = number("size").unwrap_or(usize::MAX);
        let start = match &self.profile.paging {
            Paging::Page { first, .. } => (number("page").unwrap_or(*first as usize)
                - *first as usize)
                .saturating_mul(size.min(1_000_000)),
            _ => number("offset").or_else(|| number("token")).unwrap_or(0),
        };
        let page: Vec<Value> = rows
            .iter()
            .skip(start)
            .take(size)
            .map(|s| self.shown(s))
            .collect();
        let end = start + page.len();
        let more = end < total;
        let next = format!(
            "{}/{kind}?size={size}&offset={end}{}",
            self.profile.base,
            since.map(|s| format!("&since={s}")).unwrap_or_default()
        );
        let mut headers: Vec<(&str, String)> = Vec::new();
        if self.profile.list.total_header.is_some() {
            headers.push(("x-total-count", total.to_string()));
        }
        match &self.profile.paging {
            Paging::Link { .. } if more => headers.push((
                "link",
                format!(
                    "<{}/x>; rel=\"first\", <{next}>; rel=\"next\"",
                    self.profile.base
                ),
            )),
            Paging::Header { .. } if more => headers.push(("next-page", next.clone())),
            _ => {}
        }
        let body = self.wrapped(page, more.then_some((end, next)), Some(total));
        answer(200, &headers, &body)
    }

    fn wrapped(
        &self,
        page: Vec<Value>,
        next: Option<(usize, String)>,
        total: Option<usize>,
    ) -> Value {
        if self.profile.list.path.is_empty() {
            return Value::Array(page);
        }
        let mut body = json!({ self.profile.list.path.clone(): page });
        if let (Some((end, url)), Value::Object(members)) = (next, &mut body) {
            match &self.profile.paging {
                Paging::Token { .. } => {
                    members.insert("nextToken".into(), json!(end.to_string()));
                }
                Paging::Next { path, .. } => {
                    members.insert(path.clone(), json!(url));
                }
                _ => {}
            }
        }
        if let (Some(total), Some(path), Value::Object(members)) =
            (total, &self.profile.list.total_path, &mut body)
        {
            members.insert(path.clone(), json!(total));
        }
        body
    }

    fn get(&self, kind: &str, id: &str) -> Answer {
        let missing = if self.profile.update.unknown == UnknownId::Forbidden {
            403
        } else {
            404
        };
        match self.rows.get(kind).and_then(|rows| rows.get(id)) {
            Some(stored) if !stored.gone => {
                let version = self.version_text(stored);
                let shown = self.shown(stored);
                let body = match &self.profile.encoding.envelope {
                    Some(name) => json!({ name.clone(): shown }),
                    None => shown,
                };
                answer(200, &[("etag", format!("\"{version}\""))], &body)
            }
            _ => answer(missing, &[], &json!({"error": "not found"})),
        }
    }

    fn unwrapped(&self, body: Value) -> Map<String, Value> {
        let inner = match &self.profile.encoding.envelope {
            Some(name) => body[name.as_str()].clone(),
            None => body,
        };
        match inner {
            Value::Object(row) => row,
            _ => Map::new(),
        }
    }

    fn create(&mut self, kind: &str, _: &Request, body: Value, chance: u64) -> Answer {
        if let (Value::Array(_), Bulk::Array { .. }) = (&body, &self.profile.bulk) {
            return self.upsert(kind, body, chance);
        }
        let row = self.unwrapped(body);
        let id = self.row_id(kind, &row);
        let exists = self
            .rows
            .get(kind)
            .and_then(|r| r.get(&id))
            .is_some_and(|s| !s.gone);
        if exists && self.profile.create.with == CreateWith::Post {
            match self.profile.create.duplicate {
                Duplicate::Conflict => return answer(409, &[], &json!({"error": "exists"})),
                Duplicate::BadRequest => return answer(400, &[], &json!({"code": "not_unique"})),
                Duplicate::Crash => {
                    return Answer {
                        status: 500,
                        headers: vec![("content-type".into(), "text/html".into())],
                        body: "<title>Error</title>".into(),
                    };
                }
                Duplicate::Ignored => return answer(200, &[], &json!({})),
                Duplicate::Overwrites | Duplicate::Twin => {}
            }
        }
        self.store(kind, &id, row, chance);
        answer(201, &[], &json!({}))
    }

    /// Whether a write was made over another version than the one that is there.
    fn is_stale(&self, kind: &str, id: &str, request: &Request) -> bool {
        if self.habits.lax || self.profile.precondition.with != PreconditionWith::IfMatch {
            return false;
        }
        let found = self.rows.get(kind).and_then(|rows| rows.get(id));
        let tag = found
            .filter(|stored| !stored.gone)
            .map(|stored| format!("\"{}\"", self.version_text(stored)));
        let header = |name: &str| {
            let found = request.headers.iter().find(|(n, _)| n == name);
            found.map(|(_, value)| value.clone())
        };
        let stale = header("if-match").is_some_and(|wanted| Some(wanted) != tag);
        stale || header("if-none-match").is_some() && tag.is_some()
    }

    fn put(&mut self, kind: &str, id: &str, request: &Request, body: Value, chance: u64) -> Answer {
        let row = self.unwrapped(body);
        let found = self
            .rows
            .get(kind)
            .and_then(|r| r.get(id))
            .filter(|s| !s.gone)
            .cloned();
        if self.is_stale(kind, id, request) {
            return answer(412, &[], &json!({}));
        }
        if found.is_none()
            && request.method == Method::Put
            && self.profile.create.with == CreateWith::Put
        {
            self.store(kind, id, row, chance);
            return answer(201, &[], &json!({}));
        }
        let Some(found) = found else {
            return match self.profile.update.unknown {
                UnknownId::NotFound => answer(404, &[], &json!({})),
                UnknownId::Forbidden => answer(403, &[], &json!({})),
                UnknownId::Lost => answer(204, &[], &json!({})),
                UnknownId::Null => answer(200, &[], &Value::Null),
                UnknownId::Upserts => {
                    self.store(kind, id, row, chance);
                    answer(200, &[], &json!({}))
                }
            };
        };
        let row = if request.method == Method::Patch {
            let mut whole = Value::Object(found.row);
            patch(&mut whole, &Value::Object(row));
            match whole {
                Value::Object(row) => row,
                _ => Map::new(),
            }
        } else {
            row
        };
        self.store(kind, id, row, chance);
        answer(200, &[], &json!({}))
    }

    fn delete(&mut self, kind: &str, id: &str) -> Answer {
        self.seq += 1;
        self.clock += 1;
        let (seq, modified) = (self.seq, self.clock);
        let feed = self.profile.deletes == Deletes::Feed;
        let rows = self.rows.entry(kind.to_owned()).or_default();
        let Some(stored) = rows.get_mut(id).filter(|s| !s.gone) else {
            return answer(404, &[], &json!({}));
        };
        if feed {
            stored.gone = true;
            stored.seq = seq;
            stored.modified = modified;
            stored.visible = modified;
        } else {
            rows.remove(id);
        }
        answer(200, &[], &json!({}))
    }
}

fn patch(target: &mut Value, change: &Value) {
    let Value::Object(members) = change else {
        *target = change.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (name, value) in members {
        let into = target.as_object_mut().unwrap();
        if value.is_null() {
            into.remove(name);
        } else {
            patch(into.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

/// An ISO instant within one day of the simulation's start, which is a midnight.
fn iso(ms: u64) -> String {
    let days = ms / 86_400_000;
    let of_day = ms % 86_400_000;
    let (s, ms) = (of_day / 1000, of_day % 1000);
    // The civil calendar from 2026-01-01 (day 20454) on, good for years.
    let mut left = days - 20_454;
    let mut year = 2026;
    loop {
        let length = if year % 4 == 0 { 366 } else { 365 };
        if left < length {
            break;
        }
        left -= length;
        year += 1;
    }
    let months = [
        31,
        if year % 4 == 0 { 29 } else { 28 },
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let mut month = 0;
    while left >= months[month] {
        left -= months[month];
        month += 1;
    }
    format!(
        "{year:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{ms:03}Z",
        month + 1,
        left + 1,
        s / 3600,
        s / 60 % 60,
        s % 60
    )
}
