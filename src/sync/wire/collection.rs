//! One resource a record: lists, items, writes of one and of many.

use super::template::{Blanks, fill_address};
use super::{Item, Page, Place, Sent, action, advance, body, couch, document, status_fault};
use crate::exchange::{Answer, Method, Request};
use crate::json;
use crate::kind::{Class, Kind};
use crate::profile::{
    Bulk, Changes, CreateWith, Deletes, Duplicate, IdBy, Mode, PreconditionWith, Profile,
    UnknownId, UpdateWith,
};
use crate::record::{Key, META};
use crate::replica::Outgoing;
use crate::{Fault, FaultCode};
use serde_json::{Map, Value, json};

/// A list that has a cursor of its own: a kind's collection, or one for all kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Lane(pub Option<Kind>);

impl Lane {
    /// Its name in the state.
    pub(crate) fn name(self) -> &'static str {
        self.0.map_or("all", Kind::name)
    }
}

impl Profile {
    /// The lists that are pulled, in this order.
    pub(crate) fn lanes(&self) -> Vec<Lane> {
        let one = match self.mode {
            Mode::Couchdb => true,
            Mode::Document => !self.paths.document.contains("{collection}"),
            Mode::Collection | Mode::Action => false,
        };
        if one {
            vec![Lane(None)]
        } else {
            self.kinds()
                .into_iter()
                .map(|kind| Lane(Some(kind)))
                .collect()
        }
    }

    /// The kinds that a lane brings.
    pub(crate) fn lane_kinds(&self, lane: Lane) -> Vec<Kind> {
        lane.0.map_or_else(|| self.kinds(), |kind| vec![kind])
    }

    /// The lane that brings a kind.
    pub(crate) fn lane_of(&self, kind: Kind) -> Lane {
        match self.lanes().as_slice() {
            [Lane(None)] => Lane(None),
            _ => Lane(Some(kind)),
        }
    }

    fn blanks<'a>(&self, kind: Kind, id: Option<&str>) -> Blanks<'a> {
        let mut blanks: Blanks<'a> = [("collection", json!(self.collection(kind)))].into();
        if let Some(id) = id {
            blanks.insert("id", json!(id));
        }
        blanks
    }

    /// Asks for a page of a list: what changed since a cursor, or everything.
    pub(crate) fn ask_list(&self, lane: Lane, place: &Place, since: Option<&str>) -> Request {
        match self.mode {
            Mode::Couchdb => return couch::ask_list(self, since),
            Mode::Document => return document::ask(self, lane),
            Mode::Action => return action::ask_list(self, lane, place, since),
            Mode::Collection => {}
        }
        if let Place::Url(url) = place {
            let url = if url.starts_with('/') {
                format!("{}{url}", crate::origin(&self.base).unwrap_or_default())
            } else {
                url.clone()
            };
            return self.request(Method::Get, &url, None);
        }
        let kind = lane.0.unwrap_or(Kind::Customers);
        let size = self.paging.size();
        let mut blanks = self.blanks(kind, None);
        if let Some((_, max)) = size {
            blanks.insert("limit", json!(max));
        }
        if let Some(since) = since {
            blanks.insert("cursor", json!(since));
        }
        let (path, query) = match &self.changes {
            Changes::Scan => (None, ""),
            Changes::Feed { query, path, .. } => (path.as_deref(), query.as_str()),
            Changes::Filter { query, .. } => (None, query.as_str()),
        };
        let mut template = path.unwrap_or(&self.paths.list).to_owned();
        let mut parts = vec![self.paths.query.clone(), query.to_owned()];
        if let Some((name, max)) = size.filter(|(name, _)| !name.is_empty()) {
            parts.push(format!("{name}={max}"));
        }
        if let Some((name, value)) = self.paging.parameter(place) {
            parts.push(format!("{name}={}", crate::address::encode(&value)));
        }
        for part in parts.iter().filter(|part| !part.is_empty()) {
            template.push(if template.contains('?') { '&' } else { '?' });
            template.push_str(part);
        }
        self.request(Method::Get, &fill_address(&template, &blanks), None)
    }

    /// Reads a page.
    ///
    /// # Errors
    /// Why nothing of it may be used.
    pub(crate) fn read_list(
        &self,
        lane: Lane,
        place: &Place,
        answer: &Answer,
    ) -> Result<Page, Fault> {
        if let Some(fault) = status_fault(answer) {
            return Err(fault);
        }
        match self.mode {
            Mode::Couchdb => return couch::read_list(self, answer),
            Mode::Document | Mode::Collection | Mode::Action => {}
        }
        if answer.status == 204 {
            return Ok(Page::default());
        }
        let value = body(answer)?;
        if self.mode == Mode::Action {
            action::check_ok(self, &value)?;
        }
        let path = self.list_path();
        let shape = |found: &Value| {
            Fault::new(
                FaultCode::Shape,
                path,
                &found.to_string(),
                "a list of records",
            )
        };
        let items = match json::at(&value, path) {
            Some(Value::Array(items)) => items,
            Some(other) => return Err(shape(other)),
            None => return Err(shape(&value)),
        };
        let kind = lane.0.unwrap_or(Kind::Customers);
        if let Some(wrong) = items.iter().find(|item| !item.is_object()) {
            return Err(shape(wrong));
        }
        let header = self.list.total_header.as_deref();
        let header = header.and_then(|name| answer.header(name)?.parse().ok());
        let total = self.list.total_path.as_deref();
        let total = total.and_then(|path| json::at(&value, path)?.as_u64());
        Ok(Page {
            next: advance(self, answer, &value, place, items.len()),
            items: items
                .iter()
                .map(|item| self.item(kind, item, None))
                .collect(),
            total: header.or(total),
            cursor: None,
        })
    }

    /// The path to the records of a list.
    fn list_path(&self) -> &str {
        let own = self
            .actions
            .as_ref()
            .and_then(|a| a.list.results.as_deref());
        own.filter(|_| self.mode == Mode::Action)
            .unwrap_or(&self.list.path)
    }

    /// Asks for one record; `None` where there is no way.
    pub(crate) fn ask_one(&self, key: &Key, remote_id: Option<&str>) -> Option<Request> {
        match self.mode {
            Mode::Couchdb => return Some(couch::ask_one(self, key, None)),
            Mode::Document => return None,
            Mode::Action => return action::ask_one(self, key, remote_id),
            Mode::Collection => {}
        }
        if self.id.by == IdBy::Server && remote_id.is_none() {
            if self.paths.find.is_empty() {
                return None;
            }
            let template = format!("{}?{}", self.paths.list, self.paths.find);
            let blanks = self.blanks(key.kind, Some(&self.wire_id(&key.id)));
            return Some(self.request(Method::Get, &fill_address(&template, &blanks), None));
        }
        Some(self.request(Method::Get, &self.item_address(key, remote_id)?, None))
    }

    /// The address of one record; `None` for an id that would lead elsewhere.
    pub(crate) fn item_address(&self, key: &Key, remote_id: Option<&str>) -> Option<String> {
        let wire = self.wire_id(&key.id);
        let id = remote_id.unwrap_or(&wire);
        if id.is_empty() || id == "." || id == ".." || !self.id_fits(&key.id) {
            return None;
        }
        Some(fill_address(
            &self.paths.item,
            &self.blanks(key.kind, Some(id)),
        ))
    }

    /// Reads one record; `None` when it is not there.
    ///
    /// # Errors
    /// Why the answer says nothing.
    pub(crate) fn read_one(&self, key: &Key, answer: &Answer) -> Result<Option<Item>, Fault> {
        if matches!(answer.status, 404 | 410) {
            return Ok(None);
        }
        if answer.status == 403 && self.update.unknown == UnknownId::Forbidden {
            return Ok(None);
        }
        if let Some(fault) = status_fault(answer) {
            return Err(fault);
        }
        if self.mode == Mode::Couchdb {
            return couch::read_one(self, answer);
        }
        if answer.status == 204 {
            return Ok(None);
        }
        let value = body(answer)?;
        if value.is_null() {
            return Ok(None);
        }
        if self.mode == Mode::Action {
            action::check_ok(self, &value)?;
        }
        // Found by a filter: the list has it or is empty, or ignored the filter.
        let listed = json::at(&value, self.list_path()).and_then(Value::as_array);
        if let Some(list) = listed {
            let items = list.iter().map(|item| self.item(key.kind, item, None));
            return Ok(items.into_iter().find(|item| item.id == key.id));
        }
        let envelope = self.encoding.envelope.as_deref();
        let inner = envelope.and_then(|name| value.get(name));
        // Servers that put a list under a name often put a single record there as well.
        let inner = inner.or_else(|| json::at(&value, self.list_path()).filter(|v| v.is_object()));
        let stored = inner.unwrap_or(&value);
        let item = self.item(key.kind, stored, Some(answer));
        if item.id != key.id && self.id.by == IdBy::Server {
            // A server that began anew gave the row's name to another record: ours is not there.
            return Ok(None);
        }
        if item.id != key.id {
            let found = Fault::new(FaultCode::OtherId, "id", &item.id, &key.id);
            return Err(found);
        }
        Ok(Some(item))
    }

    /// How many records of a kind go out at once.
    pub(crate) fn bulk_size(&self) -> usize {
        let max = match &self.bulk {
            Bulk::None => 1,
            Bulk::Array { max, .. } | Bulk::Envelope { max, .. } | Bulk::Requests { max, .. } => {
                *max
            }
        };
        match self.mode {
            Mode::Document => usize::MAX,
            Mode::Couchdb => (max as usize).max(200),
            Mode::Collection | Mode::Action => (max as usize).max(1),
        }
    }

    /// Whether the endpoint has a record that a write changes rather than makes.
    pub(crate) fn is_there(&self, outgoing: &Outgoing) -> bool {
        let shells = matches!(self.deletes, Deletes::Field | Deletes::None);
        outgoing.common.as_ref().is_some_and(|common| {
            let life = &common.record.life;
            !life.deleted || life.erased || shells
        })
    }

    /// Whether a record is deleted by a DELETE of its own. One that is erased is not: its empty shell has to tell the
    /// others that they forget it too.
    pub(crate) fn is_delete(&self, outgoing: &Outgoing) -> bool {
        matches!(self.deletes, Deletes::Hard | Deletes::Feed)
            && self.mode != Mode::Document
            && self.mode != Mode::Couchdb
            && outgoing.record.life.deleted
            && !outgoing.record.life.erased
    }

    /// Writes records of one kind; several only where there is a bulk. `versions` forces a precondition (after 428).
    pub(crate) fn ask_push(
        &self,
        kind: Kind,
        records: &[Outgoing],
        versions: bool,
    ) -> Option<Request> {
        match self.mode {
            Mode::Couchdb => return Some(couch::ask_push(self, records)),
            Mode::Action => return action::ask_push(self, kind, records),
            Mode::Document => return None,
            Mode::Collection => {}
        }
        match (records, &self.bulk) {
            ([one], Bulk::None) => self.ask_write(one, versions),
            ([one], _) if self.is_delete(one) => self.ask_write(one, versions),
            (many, Bulk::Requests { member, .. }) => {
                let mut requests = Vec::new();
                for one in many {
                    let inner = self.ask_write(one, versions)?;
                    let base = self.base.trim_end_matches('/');
                    let path = inner.url.strip_prefix(base).unwrap_or(&inner.url);
                    let headers: Map<String, Value> = inner
                        .headers
                        .iter()
                        .filter(|(name, _)| name.starts_with("if-"))
                        .map(|(name, value)| (name.clone(), json!(value)))
                        .collect();
                    let body = inner.body.as_deref().and_then(|b| json::parse(b).ok());
                    requests.push(json!({
                        "method": inner.method.name(), "path": path, "headers": headers,
                        "body": body.unwrap_or(Value::Null),
                    }));
                }
                Some(self.bulk_request(&json!({ member.as_str(): requests })))
            }
            (many, Bulk::Envelope { member, .. }) => {
                let records: Vec<Value> = many.iter().map(|one| self.stored(one)).collect();
                Some(self.bulk_request(&json!({ member.as_str(): records })))
            }
            (many, Bulk::Array { .. } | Bulk::None) => {
                let records: Vec<Value> = many.iter().map(|one| self.stored(one)).collect();
                let mut request = self.bulk_request(&Value::Array(records));
                let path = if self.paths.bulk.is_empty() {
                    &self.paths.list
                } else {
                    &self.paths.bulk
                };
                let address = fill_address(path, &self.blanks(kind, None));
                request.url = format!("{}{address}", self.base.trim_end_matches('/'));
                Some(request)
            }
        }
    }

    fn bulk_request(&self, body: &Value) -> Request {
        let mut request = self.request(Method::Post, &self.paths.bulk, Some(body.to_string()));
        request.wants_body = true;
        request
    }

    /// Writes or deletes one record.
    fn ask_write(&self, one: &Outgoing, versions: bool) -> Option<Request> {
        let common = one.common.as_ref().filter(|_| self.is_there(one));
        let remote_id = common.and_then(|c| c.remote_id.as_deref());
        let version = common.and_then(|c| c.version.as_deref());
        let key = &one.record.key;
        let item = self.item_address(key, remote_id)?;
        let by = match self.precondition.with {
            PreconditionWith::None if versions => PreconditionWith::IfMatch,
            with => with,
        };
        if self.is_delete(one) {
            let mut request = self.request(Method::Delete, &item, None);
            self.add_precondition(&mut request, by, version, true);
            return Some(request);
        }
        let mut stored = self.stored(one);
        if by == PreconditionWith::Rev
            && let (Value::Object(members), Some(version)) = (&mut stored, version)
        {
            members.insert("_rev".to_owned(), json!(version));
        }
        let list = fill_address(
            if self.paths.create.is_empty() {
                &self.paths.list
            } else {
                &self.paths.create
            },
            &self.blanks(key.kind, None),
        );
        let (method, url) = match (common, self.update.with, self.create.with) {
            (Some(_), UpdateWith::Put, _) | (None, _, CreateWith::Put) => (Method::Put, item),
            (Some(_), UpdateWith::Patch, _) => {
                if self.encoding.column.is_none() {
                    add_nulls(&mut stored, one);
                }
                (Method::Patch, item)
            }
            (Some(_), UpdateWith::Upsert | UpdateWith::Bulk, _)
            | (None, _, CreateWith::Post | CreateWith::Upsert) => (Method::Post, list),
        };
        let stored = match &self.encoding.envelope {
            Some(name) => json!({ name.as_str(): stored }),
            None => stored,
        };
        let mut request = self.request(method, &url, Some(stored.to_string()));
        request.wants_body = method == Method::Post && self.id.by == IdBy::Client;
        let may_create = method == Method::Put || versions && common.is_none();
        self.add_precondition(&mut request, by, version, may_create);
        Some(request)
    }

    pub(crate) fn add_precondition(
        &self,
        request: &mut Request,
        by: PreconditionWith,
        version: Option<&str>,
        may_create: bool,
    ) {
        match (by, version) {
            (PreconditionWith::IfMatch, Some(version)) => {
                let quoted = version.ends_with('"');
                let value = if quoted {
                    version.to_owned()
                } else {
                    format!("\"{version}\"")
                };
                self.add_header(request, "if-match", &value);
            }
            (PreconditionWith::IfMatch, None)
                if may_create && matches!(request.method, Method::Put | Method::Post) =>
            {
                self.add_header(request, "if-none-match", "*");
            }
            (PreconditionWith::IfUnmodifiedSince, Some(version)) => {
                self.add_header(request, "if-unmodified-since", version);
            }
            _ => {}
        }
    }

    /// What became of the records of a write, in their order.
    pub(crate) fn read_push(&self, records: &[Outgoing], answer: &Answer) -> Vec<Sent> {
        if self.mode == Mode::Couchdb && (200..300).contains(&answer.status) {
            return couch::read_push(self, records, answer);
        }
        let all = |sent: Sent| records.iter().map(|_| sent.clone()).collect();
        let [one] = records else {
            return match self.read_bulk(records, answer) {
                Ok(sent) => sent,
                Err(sent) => all(sent),
            };
        };
        if self.mode == Mode::Action || !matches!(self.bulk, Bulk::None) && !self.is_delete(one) {
            return match self.read_bulk(records, answer) {
                Ok(sent) => sent,
                Err(sent) => all(sent),
            };
        }
        let sent = self.read_status(one, answer.status, answer);
        if sent == Sent::Yes
            && let Some(fault) = self.other_id(one, answer)
        {
            return vec![Sent::Stop(fault)];
        }
        vec![sent]
    }

    /// The server gave it another id than the one sent: every further write would make a twin.
    fn other_id(&self, one: &Outgoing, answer: &Answer) -> Option<Fault> {
        if self.id.by == IdBy::Server || !answer.is_json() || answer.body.is_empty() {
            return None;
        }
        let value = json::parse(&answer.body).ok()?;
        let envelope = self.encoding.envelope.as_deref();
        let stored = envelope.and_then(|name| value.get(name)).unwrap_or(&value);
        let found = json::scalar(json::at(stored, &self.id.field)?)?;
        let sent = self.wire_id(&one.record.key.id);
        (found != sent).then(|| Fault::new(FaultCode::OtherId, &self.id.field, &found, &sent))
    }

    /// What a status says of one record.
    pub(crate) fn read_status(&self, one: &Outgoing, status: u16, answer: &Answer) -> Sent {
        let creates = !self.is_there(one);
        let refused = |code| {
            let short: String = answer.body.chars().take(120).collect();
            let found = if answer.is_json() {
                short
            } else {
                String::new()
            };
            Fault {
                status: Some(status),
                ..Fault::new(code, &one.record.key.to_string(), &found, "")
            }
        };
        match status {
            404 | 410 if self.is_delete(one) => Sent::Yes,
            200..=299 => Sent::Yes,
            409 | 412 => Sent::Conflict,
            428 => Sent::NeedsVersion,
            413 => Sent::TooLarge,
            404 | 410 => Sent::Missing,
            403 if self.update.unknown == UnknownId::Forbidden && !creates => Sent::Missing,
            401 | 403 => Sent::Stop(refused(FaultCode::Credentials)),
            400 if creates && self.create.duplicate == Duplicate::BadRequest => Sent::Conflict,
            500 if creates && self.create.duplicate == Duplicate::Crash => Sent::Conflict,
            400 | 405..=407 | 411 | 414..=424 => Sent::Refused(refused(FaultCode::Refused)),
            425 | 429 => Sent::Later(refused(FaultCode::TooMany)),
            408 => Sent::Later(refused(FaultCode::TimeOut)),
            500..=599 => Sent::Later(refused(FaultCode::ServerError)),
            300..=399 => Sent::Stop(refused(FaultCode::Redirected)),
            _ => Sent::Stop(refused(FaultCode::Status)),
        }
    }

    /// What became of many; `Err` when the answer is about all of them at once.
    fn read_bulk(&self, records: &[Outgoing], answer: &Answer) -> Result<Vec<Sent>, Sent> {
        let Some(first) = records.first() else {
            return Ok(Vec::new());
        };
        let whole = self.read_status(first, answer.status, answer);
        if whole != Sent::Yes {
            return Err(whole);
        }
        let path = match &self.bulk {
            Bulk::Requests { results, .. } => Some(results.as_str()),
            Bulk::Envelope { results, .. } => results.as_deref(),
            Bulk::None | Bulk::Array { .. } => None,
        };
        let action = self
            .actions
            .as_ref()
            .and_then(|a| a.upsert.results.as_deref());
        let action = action.filter(|_| self.mode == Mode::Action);
        let Some(path) = action.or(path) else {
            if self.mode == Mode::Action && self.actions.as_ref().is_some_and(|a| a.ok.is_some()) {
                let value = body(answer).map_err(Sent::Later)?;
                action::check_ok(self, &value).map_err(Sent::Later)?;
            }
            return Ok(records.iter().map(|_| Sent::Yes).collect());
        };
        let value = body(answer).map_err(Sent::Later)?;
        let results = json::at(&value, path).and_then(Value::as_array);
        let Some(results) = results.filter(|results| results.len() == records.len()) else {
            let found = value.to_string();
            let fault = Fault::new(FaultCode::Shape, path, &found, "one result a record");
            return Err(Sent::Later(fault));
        };
        let each = records.iter().zip(results).map(|(one, result)| {
            if let Err(fault) = action::check_ok(self, result) {
                return Sent::Refused(fault);
            }
            match result.get("status").and_then(Value::as_u64) {
                Some(status) => self.read_status(one, u16::try_from(status).unwrap_or(500), answer),
                None => Sent::Yes,
            }
        });
        Ok(each.collect())
    }
}

/// A merge patch removes what it says is null, and keeps what it does not mention: removed leaves are named, and every
/// leaf's stamp, because old ones would stay. Lists it replaces whole, so the stamps of a set's elements go in a list, too:
/// a stamp that stays without its element would say that the element was removed. Of what was erased every field goes.
fn add_nulls(stored: &mut Value, one: &Outgoing) {
    let Value::Object(members) = stored else {
        return;
    };
    let kind = one.record.key.kind;
    if one.record.life.erased {
        // What was in it is not known here any more, and shall not be known there.
        for (field, _) in kind.fields() {
            members.entry(*field).or_insert(Value::Null);
        }
    }
    let mut stamps = Map::new();
    for (path, leaf) in one.record.leaves() {
        let set = kind.class(&path.field) == Class::Set;
        match path.part {
            None => {
                stamps.insert(path.field.clone(), json!(leaf.stamp));
                members.entry(path.field).or_insert(Value::Null);
            }
            Some(part) => {
                let none = if set { json!([]) } else { json!({}) };
                match stamps.entry(path.field.clone()).or_insert(none) {
                    Value::Object(parts) => {
                        parts.insert(part.clone(), json!(leaf.stamp));
                    }
                    Value::Array(pairs) => pairs.push(json!([part, leaf.stamp])),
                    _ => {}
                }
                if set {
                    members.entry(path.field).or_insert(Value::Null);
                    continue;
                }
                let field = members.entry(path.field).or_insert_with(|| json!({}));
                if let Value::Object(parts) = field {
                    parts.entry(part).or_insert(Value::Null);
                }
            }
        }
    }
    if let Some(Value::Object(meta)) = members.get_mut(META) {
        meta.insert("fields".to_owned(), Value::Object(stamps));
        meta.entry("life").or_insert(Value::Null);
    }
    for name in ["deleted", "mergedInto"] {
        members.entry(name).or_insert(Value::Null);
    }
}
