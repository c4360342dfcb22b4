//! What the probe asks, stage by stage.

use super::{Probe, Stage};
use crate::exchange::{Method, Request};
use crate::kind::Kind;
use crate::profile::{Bulk, Changes, Mode, Paging, PreconditionWith, Profile};
use crate::record::{Key, Record};
use crate::replica::{Common, Outgoing};
use crate::stamp::Stamp;
use crate::wire::collection::Lane;
use crate::wire::document::Document;
use crate::wire::{Place, document};
use serde_json::{Value, json};

/// What a probe's records hold: everything that a server might not keep as it came.
pub(super) fn content(text: &str) -> Value {
    json!({
        "name": text, "empty": "", "emoji": "\u{1f375}\u{8336}", "nothing": null, "large": 9_007_199_254_740_993_u64,
        "nested": {"list": [1, {"deep": ["x"]}], "flag": true}, "long": "x".repeat(65_536),
    })
}

impl Probe {
    /// The kind whose collection is used.
    pub(super) fn kind(&self) -> Kind {
        let kinds = self.profile.kinds();
        let customers = kinds.iter().find(|k| **k == Kind::Customers);
        customers
            .or(kinds.first())
            .copied()
            .unwrap_or(Kind::Customers)
    }

    pub(super) fn lane(&self) -> Lane {
        self.profile.lane_of(self.kind())
    }

    /// The key of a record that the probe writes. Its id has as many characters as the endpoint wants.
    pub(super) fn key(&self, number: u32) -> Key {
        let mut id = format!("{}{}{number}", self.profile.probe_prefix, self.mark);
        let most = self.profile.id.max.unwrap_or(64) as usize;
        let least = self.profile.id.min.unwrap_or(0) as usize;
        if id.len() > most {
            let tail: String = id.chars().skip(id.len() - most).collect();
            id = tail;
        }
        while id.len() < least {
            id.push('0');
        }
        Key::new(self.kind(), &id)
    }

    pub(super) fn outgoing(
        &self,
        number: u32,
        text: &str,
        version: Option<&str>,
        there: bool,
    ) -> Outgoing {
        let fields = match content(text) {
            Value::Object(fields) => fields,
            _ => serde_json::Map::new(),
        };
        let stamp = Stamp {
            ms: 1,
            counter: 0,
            node: 1,
        };
        let record = Record::new(self.key(number), fields, stamp);
        let common = Common {
            record: record.clone(),
            remote_id: self.seen.remote_ids.get(&number).cloned(),
            version: version.map(str::to_owned),
        };
        Outgoing {
            record,
            common: there.then_some(common),
            tries: 0,
        }
    }

    /// The profile with writes one by one, for what is not about many at once.
    fn single(&self) -> Profile {
        let mut profile = self.profile.clone();
        if profile.mode == Mode::Collection {
            profile.bulk = Bulk::None;
        }
        profile
    }

    fn write(
        &self,
        number: u32,
        text: &str,
        version: Option<&str>,
        there: bool,
        forced: bool,
    ) -> Option<Request> {
        let required = self.profile.precondition.required;
        let latest = self.seen.latest.get(&number).filter(|_| required);
        let version = version.or(latest.map(String::as_str));
        let forced = forced || required;
        let one = self.outgoing(number, text, version, there);
        let mut profile = self.single();
        if !forced && profile.mode == Mode::Collection {
            profile.precondition.with = PreconditionWith::None;
        }
        profile.ask_push(self.kind(), &[one], forced)
    }

    fn read(&self, number: u32) -> Option<Request> {
        let remote = self.seen.remote_ids.get(&number).map(String::as_str);
        let mut request = self.profile.ask_one(&self.key(number), remote)?;
        request.wants_body = true;
        Some(request)
    }

    /// The probe's own file beside the document.
    fn file(&self) -> String {
        let path = self
            .profile
            .paths
            .document
            .replace("{collection}", self.profile.collection(self.kind()));
        let (folder, _) = path.rsplit_once('/').unwrap_or(("", ""));
        format!("{folder}/{}{}.json", self.profile.probe_prefix, self.mark)
    }

    fn put_file(&self, text: &str, matches: Option<&str>, new: bool) -> Request {
        let mut profile = self.profile.clone();
        profile.paths.document = self.file();
        profile.precondition.with = PreconditionWith::IfMatch;
        let known = Document {
            value: if new { Value::Null } else { json!({}) },
            version: matches.map(str::to_owned),
        };
        let one = self.outgoing(0, text, None, false);
        document::ask_put(&profile, Lane(None), &known, &[one], &self.mark)
    }

    /// The request of the stage at hand; none where the mode has no such thing.
    pub(super) fn build(&mut self) -> Option<Request> {
        if let Err(fault) = crate::check_address(&self.profile.base) {
            self.refuse(super::Check::Reachable, fault);
            return None;
        }
        match self.profile.mode {
            Mode::Document => self.build_document(),
            Mode::Collection | Mode::Couchdb | Mode::Action => self.build_records(),
        }
    }

    fn build_document(&self) -> Option<Request> {
        let version = |n: usize| self.seen.versions.get(n).cloned().flatten();
        match self.stage {
            Stage::Reach => Some(self.profile.ask_list(self.lane(), &Place::Start, None)),
            Stage::Write => Some(self.put_file("first", None, true)),
            Stage::Read | Stage::ReadTwice(_) => {
                Some(self.profile.request(Method::Get, &self.file(), None))
            }
            Stage::Again => Some(self.put_file("again", None, true)),
            Stage::Twice(n) => Some(self.put_file(&format!("text{n}"), None, false)),
            Stage::Stale => version(0).map(|v| self.put_file("stale", Some(&v), false)),
            Stage::False => {
                version(0).map(|_| self.put_file("false", Some("\"shuke-probe\""), false))
            }
            Stage::Delete(0) => Some(self.profile.request(Method::Delete, &self.file(), None)),
            Stage::Gone => Some(self.profile.request(Method::Get, &self.file(), None)),
            _ => None,
        }
    }

    fn build_records(&mut self) -> Option<Request> {
        let couch = self.profile.mode == Mode::Couchdb;
        let plain = self.profile.mode == Mode::Collection;
        let version = |seen: &super::Seen, n: usize| seen.versions.get(n).cloned().flatten();
        match self.stage {
            Stage::Reach if couch => Some(self.profile.request(Method::Get, "", None)),
            Stage::Reach | Stage::Clean => {
                Some(self.profile.ask_list(self.lane(), &Place::Start, None))
            }
            Stage::MakeDatabase => {
                let mut request = self.profile.request(Method::Put, "", Some("{}".to_owned()));
                request.wants_body = true;
                Some(request)
            }
            Stage::Write => self.write(0, "first", None, false, false),
            Stage::Read | Stage::ReadAgain => self.read(0),
            Stage::Again => self.write(0, "again", None, false, false),
            Stage::Stale if plain => {
                let stale = version(&self.seen, 0)?;
                self.write(0, "stale", Some(&stale), true, true)
            }
            Stage::False if plain => {
                version(&self.seen, 0)?;
                self.write(0, "false", Some("shuke-probe"), true, true)
            }
            Stage::Unknown if plain && self.profile.id.by == crate::IdBy::Client => {
                self.ask_unknown()
            }
            Stage::ReadUnknown if plain => self.read(9),
            Stage::Twice(n) if plain && version(&self.seen, 0).is_some() => self.write(
                0,
                ["text0", "text1", "text0"].get(n as usize)?,
                None,
                true,
                false,
            ),
            Stage::ReadTwice(_) if plain && version(&self.seen, 0).is_some() => self.read(0),
            Stage::Fill(n) if plain && self.profile.paging != Paging::None => {
                self.write(n, "page", None, false, false)
            }
            Stage::Page(n) if plain => self.page(n),
            Stage::Nonsense if plain => {
                let mut profile = self.profile.clone();
                let sign = if profile.paths.query.is_empty() {
                    ""
                } else {
                    "&"
                };
                profile.paths.query = format!("{}{sign}shukeProbe=1", profile.paths.query);
                Some(profile.ask_list(self.lane(), &Place::Start, None))
            }
            Stage::Since if plain && self.profile.changes != Changes::Scan => {
                let cursor = self.seen.cursor.clone()?;
                Some(
                    self.profile
                        .ask_list(self.lane(), &Place::Start, Some(&cursor)),
                )
            }
            Stage::Bulk if plain && self.profile.bulk != Bulk::None => self.many(),
            // Only what one has seen may be deleted.
            Stage::Look(n) if plain && self.profile.precondition.required => {
                self.seen.written.contains(&n).then(|| self.read(n))?
            }
            Stage::ReadBulk if plain && self.seen.written.contains(&4) => self.read(4),
            Stage::Delete(n) => self.delete(n),
            Stage::Gone if plain => self.read(0),
            _ => None,
        }
    }

    /// Something changed that nobody made.
    fn ask_unknown(&self) -> Option<Request> {
        let known = self.seen.latest.get(&0).map(String::as_str);
        let known = known.filter(|_| self.profile.precondition.required);
        self.write(9, "unknown", known, true, false)
    }

    /// Two records at once.
    fn many(&self) -> Option<Request> {
        let many = [4, 5].map(|number| self.outgoing(number, "many", None, false));
        let required = self.profile.precondition.required;
        self.profile.ask_push(self.kind(), &many, required)
    }

    /// Pages of one record.
    fn page(&self, number: u32) -> Option<Request> {
        let mut profile = self.profile.clone();
        match &mut profile.paging {
            Paging::None => return None,
            Paging::Page { max, size, .. }
            | Paging::Offset { max, size, .. }
            | Paging::Link { max, size }
            | Paging::Header { max, size, .. }
            | Paging::Token { max, size, .. }
            | Paging::Next { max, size, .. } => {
                if size.is_empty() {
                    return None;
                }
                *max = 1;
            }
        }
        let place = if number == 0 {
            Place::Start
        } else {
            self.seen.place.clone()?
        };
        Some(profile.ask_list(self.lane(), &place, None))
    }

    /// Takes a record of the probe away.
    fn delete(&self, number: u32) -> Option<Request> {
        if !self.seen.written.contains(&number) {
            return None;
        }
        let key = self.key(number);
        let remote = self.seen.remote_ids.get(&number).map(String::as_str);
        match self.profile.mode {
            Mode::Couchdb => {
                let id = format!("{}:{}", key.kind, key.id);
                let revision = self.seen.versions.first().cloned().flatten()?;
                let doc = json!({"docs": [{"_id": id, "_rev": revision, "_deleted": true}]});
                let mut request =
                    self.profile
                        .request(Method::Post, "/_bulk_docs", Some(doc.to_string()));
                request.wants_body = true;
                Some(request)
            }
            Mode::Collection => {
                let address = self.profile.item_address(&key, remote)?;
                let mut request = self.profile.request(Method::Delete, &address, None);
                request.wants_body = false;
                if self.profile.precondition.required {
                    let version = self.seen.latest.get(&number).map(String::as_str);
                    let by = PreconditionWith::IfMatch;
                    self.profile
                        .add_precondition(&mut request, by, version, true);
                }
                Some(request)
            }
            // A template for deleting need not exist: an empty shell that says it is deleted.
            Mode::Action | Mode::Document => {
                let mut one = self.outgoing(number, "", None, true);
                one.record.fields.clear();
                one.record.life.deleted = true;
                one.record.life.at = one.record.stamps.at;
                self.profile.ask_push(self.kind(), &[one], false)
            }
        }
    }

    /// The stage after one that is over or has no request.
    pub(super) fn skip(&mut self) {
        self.stage = match self.stage {
            Stage::Reach => Stage::Write,
            Stage::MakeDatabase => Stage::Write,
            Stage::Write => Stage::Read,
            Stage::Read => Stage::Again,
            Stage::Again => Stage::ReadAgain,
            Stage::ReadAgain => Stage::Twice(0),
            Stage::Twice(n) => Stage::ReadTwice(n),
            Stage::ReadTwice(n) if n < 2 => Stage::Twice(n + 1),
            Stage::ReadTwice(_) => Stage::Stale,
            Stage::Stale => Stage::False,
            Stage::False => Stage::Unknown,
            Stage::Unknown => Stage::ReadUnknown,
            Stage::ReadUnknown => Stage::Fill(1),
            Stage::Fill(n) if n < 2 => Stage::Fill(n + 1),
            Stage::Fill(_) => Stage::Page(0),
            Stage::Page(n) if n < 2 && self.seen.place.is_some() => Stage::Page(n + 1),
            Stage::Page(_) => Stage::Nonsense,
            Stage::Nonsense => Stage::Since,
            Stage::Since => Stage::Bulk,
            Stage::Bulk => Stage::ReadBulk,
            Stage::ReadBulk => Stage::Look(0),
            Stage::Look(n) => Stage::Delete(n),
            Stage::Delete(n) if n < 9 => Stage::Look(n + 1),
            Stage::Delete(_) => Stage::Gone,
            Stage::Gone => Stage::Clean,
            Stage::Clean | Stage::End => Stage::End,
        };
    }
}
