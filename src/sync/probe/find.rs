//! What the probe makes of the answers.

use super::ask::content;
use super::{Check, Probe, Stage, Verdict};
use crate::exchange::{Answer, Outcome};
use crate::json;
use crate::profile::{
    Bulk, Changes, CreateWith, Duplicate, IdBy, Mode, Paging, PreconditionWith, Quality, UnknownId,
    VersionSource,
};
use crate::record::META;
use crate::wire::{Item, Place, Sent, body, status_fault};
use crate::{Fault, FaultCode};
use serde_json::Value;

/// Where servers put lists.
const LISTS: [&str; 8] = [
    "data", "items", "results", "value", "rows", "records", "list", "content",
];

impl Probe {
    /// Takes the answer of the stage at hand.
    pub(super) fn take(&mut self, outcome: Outcome) {
        let answer = match outcome {
            Ok(answer) => answer,
            Err(fault) => return self.unanswered(fault),
        };
        if answer.status == 428 && self.profile.mode == Mode::Collection {
            return self.take_required();
        }
        match self.stage {
            Stage::Reach => self.take_reach(&answer),
            Stage::MakeDatabase => match answer.status {
                200..=299 | 412 => self.good(Check::Reachable),
                _ => self.refuse(
                    Check::Reachable,
                    Fault::status(FaultCode::NotFound, answer.status),
                ),
            },
            Stage::Write => self.take_write(&answer),
            Stage::Read => self.take_read(&answer),
            Stage::Again => self.take_again(&answer),
            Stage::ReadAgain => self.take_read_again(&answer),
            Stage::Twice(_) => self.skip(),
            Stage::ReadTwice(n) => self.take_twice(n, &answer),
            Stage::Stale | Stage::False => self.take_precondition(&answer),
            Stage::Unknown => self.take_unknown(&answer),
            Stage::ReadUnknown => self.take_read_unknown(&answer),
            Stage::Fill(n) => {
                if (200..300).contains(&answer.status) {
                    self.seen.written.insert(n);
                }
                self.skip();
            }
            Stage::Page(n) => self.take_page(n, &answer),
            Stage::Nonsense => self.take_nonsense(&answer),
            Stage::Since => self.take_since(&answer),
            Stage::Bulk => {
                if (200..300).contains(&answer.status) {
                    self.seen.written.extend([4, 5]);
                } else {
                    self.no_bulk(Fault::status(FaultCode::Status, answer.status));
                }
                self.skip();
            }
            Stage::ReadBulk => {
                let found = self.item(4, &answer).ok().flatten();
                if found.is_some() {
                    self.find(Check::Bulk, Verdict::Good);
                } else {
                    self.no_bulk(Fault::new(FaultCode::BulkNested, "bulk.kind", "", "none"));
                    // What became of them has no id by which it could be taken away.
                    self.seen.left += 1;
                }
                self.skip();
            }
            Stage::Look(n) => {
                let item = self.item(n, &answer).ok().flatten();
                self.note_version(n, item.and_then(|item| item.version));
                self.skip();
            }
            Stage::Delete(n) => {
                if !matches!(answer.status, 200..=299 | 404 | 410) {
                    self.seen.left += 1;
                }
                self.seen.written.remove(&n);
                self.skip();
            }
            Stage::Gone => self.take_gone(&answer),
            Stage::Clean => self.take_clean(&answer),
            Stage::End => {}
        }
    }

    /// Nothing is written there without a precondition: from now on each write has one, this one too.
    fn take_required(&mut self) {
        let fault = Fault::status(FaultCode::Status, 428);
        let precondition = &mut self.profile.precondition;
        if precondition.required && self.stage == Stage::Bulk {
            self.no_bulk(fault);
            return self.skip();
        }
        if precondition.required && matches!(self.stage, Stage::Delete(_)) {
            self.seen.left += 1;
            return self.skip();
        }
        if precondition.required {
            // It wants a precondition and took none of ours for one.
            return self.refuse(Check::StaleVersion, fault);
        }
        precondition.required = true;
        precondition.with = PreconditionWith::IfMatch;
        self.require(Verdict::Adapted);
    }

    fn require(&mut self, verdict: Verdict) {
        self.find(Check::StaleVersion, verdict)
            .says("precondition.required", "true");
    }

    fn note_version(&mut self, number: u32, version: Option<String>) {
        if let Some(version) = version {
            self.seen.latest.insert(number, version);
        }
    }

    fn good(&mut self, check: Check) {
        self.find(check, Verdict::Good);
        self.skip();
    }

    /// No answer at all. A header that the preflight refuses is left out from then on.
    fn unanswered(&mut self, fault: Fault) {
        match self.stage {
            Stage::Stale | Stage::False => {
                self.no_precondition(Some(fault));
                if self.refused.is_none() {
                    self.skip();
                }
            }
            Stage::Look(_) => self.skip(),
            Stage::Reach | Stage::MakeDatabase => self.refuse(Check::Reachable, fault),
            Stage::Write | Stage::Read => self.refuse(Check::ReadBack, fault),
            Stage::Bulk | Stage::ReadBulk => {
                self.no_bulk(fault);
                self.skip();
            }
            Stage::Delete(_) | Stage::Gone | Stage::Clean => {
                self.seen.left += 1;
                self.skip();
            }
            _ => self.skip(),
        }
    }

    fn take_reach(&mut self, answer: &Answer) {
        let couch = self.profile.mode == Mode::Couchdb;
        if couch && answer.status == 404 && answer.is_json() {
            self.stage = Stage::MakeDatabase;
            return;
        }
        let fresh = self.profile.mode == Mode::Document && matches!(answer.status, 404 | 410);
        if let Some(fault) = status_fault(answer).filter(|_| !fresh) {
            return self.refuse(Check::Reachable, fault);
        }
        if fresh || answer.status == 204 {
            return self.good(Check::Reachable);
        }
        let value = match body(answer) {
            Ok(value) => value,
            Err(fault) => return self.refuse(Check::Reachable, fault),
        };
        if couch {
            let is = value.get("update_seq").is_some() || value.get("db_name").is_some();
            if !is {
                let fault = Fault::new(
                    FaultCode::Shape,
                    "",
                    &value.to_string(),
                    "a database of CouchDB",
                );
                return self.refuse(Check::Reachable, fault);
            }
            return self.good(Check::Reachable);
        }
        if self.profile.mode == Mode::Document {
            return match crate::wire::document::read(&self.profile, self.lane(), answer) {
                Ok(_) => self.good(Check::Reachable),
                Err(fault) => self.refuse(Check::Reachable, fault),
            };
        }
        self.take_list_shape(&value, answer);
    }

    /// Finds the list in the answer.
    fn take_list_shape(&mut self, value: &Value, answer: &Answer) {
        let read = self.profile.read_list(self.lane(), &Place::Start, answer);
        let mut verdict = Verdict::Good;
        if read.is_err() && self.profile.mode == Mode::Collection {
            let found = LISTS
                .iter()
                .find(|name| value.get(**name).is_some_and(Value::is_array));
            let path = if value.is_array() {
                Some("")
            } else {
                found.copied()
            };
            if let Some(path) = path {
                path.clone_into(&mut self.profile.list.path);
                verdict = Verdict::Adapted;
            }
        }
        match self.profile.read_list(self.lane(), &Place::Start, answer) {
            Ok(page) => {
                let kind = self.kind();
                let strange = page.items.first().filter(|_| {
                    let any = |item: &Item| item.gone || kind.may_be(&item.json);
                    !page.items.iter().any(any)
                });
                if let Some(item) = strange {
                    let (kind, found) = (kind.name(), item.json.to_string());
                    let fault = Fault::new(FaultCode::WrongRecords, kind, &found, kind);
                    return self.refuse(Check::Reachable, fault);
                }
                self.seen.count = page.items.len();
                let path = self.profile.list.path.clone();
                self.find(Check::Reachable, verdict)
                    .says("list.path", &path);
                self.skip();
            }
            Err(fault) => self.refuse(Check::Reachable, fault),
        }
    }

    fn take_write(&mut self, answer: &Answer) {
        let one = self.outgoing(0, "first", None, false);
        let mut single = self.profile.clone();
        if single.mode == Mode::Collection {
            single.bulk = Bulk::None;
        }
        if single.mode == Mode::Document {
            return match answer.status {
                200..=299 => {
                    self.seen.written.insert(0);
                    self.skip();
                }
                401 | 403 => self.refuse(
                    Check::ReadBack,
                    Fault::status(FaultCode::Credentials, answer.status),
                ),
                // No room for a file of its own: the document itself is then the first thing that is read back.
                _ => {
                    let mut finding = Fault::status(FaultCode::Status, answer.status);
                    finding.path = "paths.document".to_owned();
                    self.find(Check::ReadBack, Verdict::Careful).fault = Some(finding);
                    self.stage = Stage::End;
                }
            };
        }
        match single.read_push(&[one], answer).pop() {
            Some(Sent::Yes) => {
                self.seen.written.insert(0);
                self.skip();
            }
            Some(Sent::Stop(fault)) if fault.code == FaultCode::OtherId => {
                // What it made under its own id is told, for nobody knows how to take it away.
                self.seen.left += 1;
                self.refuse(Check::KeepsId, fault);
            }
            _ if matches!(answer.status, 404 | 405 | 501)
                && !self.seen.turned
                && single.mode == Mode::Collection =>
            {
                self.seen.turned = true;
                let with = match self.profile.create.with {
                    CreateWith::Put => CreateWith::Post,
                    CreateWith::Post | CreateWith::Upsert => CreateWith::Put,
                };
                self.profile.create.with = with;
                let value = if with == CreateWith::Post {
                    "post"
                } else {
                    "put"
                };
                self.find(Check::KeepsId, Verdict::Adapted)
                    .says("create.with", value);
            }
            Some(Sent::Refused(fault) | Sent::Stop(fault) | Sent::Later(fault)) => {
                self.refuse(Check::ReadBack, fault);
            }
            _ => self.refuse(
                Check::ReadBack,
                Fault::status(FaultCode::Status, answer.status),
            ),
        }
    }

    fn item(&self, number: u32, answer: &Answer) -> Result<Option<Item>, Fault> {
        self.profile.read_one(&self.key(number), answer)
    }

    fn version_of(&self, answer: &Answer, item: Option<&Item>) -> Option<String> {
        if self.profile.mode == Mode::Document {
            return answer.header("etag").map(str::to_owned);
        }
        item.and_then(|item| item.version.clone())
    }

    fn take_read(&mut self, answer: &Answer) {
        if self.profile.mode == Mode::Document {
            let version = self.version_of(answer, None);
            self.seen.versions = vec![version];
            let read = body(answer).map(|value| {
                let list = value.get(self.profile.collection(self.kind())).cloned();
                list.and_then(|list| list.get(0).cloned())
                    .unwrap_or(Value::Null)
            });
            return match read {
                Ok(record) => self.compare(&record),
                Err(fault) => self.refuse(Check::ReadBack, fault),
            };
        }
        // A version may come in a header that the profile does not know of.
        if self.profile.version == VersionSource::None
            && self.profile.mode == Mode::Collection
            && answer.header("etag").is_some()
        {
            self.profile.version = VersionSource::Header {
                name: "etag".to_owned(),
            };
        }
        match self.item(0, answer) {
            Ok(Some(item)) => {
                if self.findings.iter().all(|f| f.check != Check::KeepsId) {
                    self.find(Check::KeepsId, Verdict::Good);
                }
                if let Some(remote) = &item.remote_id {
                    self.seen.remote_ids.insert(0, remote.clone());
                }
                let version = self.version_of(answer, Some(&item));
                self.note_version(0, version.clone());
                if version.is_none() && self.profile.precondition.required {
                    let fault = Fault::status(FaultCode::Status, 428);
                    return self.refuse(Check::StaleVersion, fault);
                }
                self.seen.versions = vec![version];
                self.seen.cursor.clone_from(&item.cursor);
                self.compare(&item.json);
            }
            Ok(None) => {
                let fault = Fault::new(FaultCode::NotKept, "", "", "");
                self.refuse(Check::ReadBack, fault);
            }
            Err(fault) if fault.code == FaultCode::OtherId => self.refuse(Check::KeepsId, fault),
            Err(fault) => self.refuse(Check::ReadBack, fault),
        }
    }

    /// What was written against what is there.
    fn compare(&mut self, record: &Value) {
        let sent = content("first");
        let mut careful = None;
        for name in ["name", "empty", "emoji", "nested", "long"] {
            if record.get(name) != sent.get(name) {
                let found = record.get(name).unwrap_or(&Value::Null).to_string();
                let fault = Fault::new(FaultCode::Altered, name, &found, "as it was sent");
                return self.refuse(Check::ReadBack, fault);
            }
        }
        if record.get(META).is_none() {
            let fault = Fault::new(FaultCode::Altered, META, "", "as it was sent");
            return self.refuse(Check::ReadBack, fault);
        }
        // Large numbers and nulls are told, not refused: ours are texts.
        for name in ["large", "nothing"] {
            if record.get(name) != sent.get(name) {
                let found = record.get(name).map_or(String::new(), Value::to_string);
                careful = Some(Fault::new(
                    FaultCode::Altered,
                    name,
                    &found,
                    "as it was sent",
                ));
            }
        }
        let verdict = if careful.is_some() {
            Verdict::Careful
        } else {
            Verdict::Good
        };
        self.find(Check::ReadBack, verdict).fault = careful;
        self.skip();
    }

    fn take_again(&mut self, answer: &Answer) {
        if self.profile.mode == Mode::Document {
            // `If-None-Match: *` on a file that is there.
            let refused = answer.status == 412;
            let verdict = if refused {
                Verdict::Good
            } else {
                Verdict::Careful
            };
            let value = answer.status.to_string();
            self.find(Check::Duplicate, verdict).says("", &value);
            self.stage = Stage::Twice(0);
            return;
        }
        let put = self.profile.create.with == CreateWith::Put;
        if self.profile.mode != Mode::Collection || put {
            let conflict = self.profile.mode == Mode::Couchdb && answer.body.contains("conflict");
            let verdict = if self.profile.mode == Mode::Couchdb && !conflict {
                Verdict::Careful
            } else {
                Verdict::Good
            };
            self.find(Check::Duplicate, verdict);
            return self.skip();
        }
        let (duplicate, value) = match answer.status {
            409 | 412 => (Duplicate::Conflict, "409"),
            400 | 422 => (Duplicate::BadRequest, "400"),
            500..=599 => (Duplicate::Crash, "500"),
            // Whether it overwrote, ignored or doubled, the next look tells.
            _ => (self.profile.create.duplicate, ""),
        };
        if !value.is_empty() {
            let verdict = if duplicate == self.profile.create.duplicate {
                Verdict::Good
            } else {
                Verdict::Adapted
            };
            self.profile.create.duplicate = duplicate;
            self.find(Check::Duplicate, verdict)
                .says("create.duplicate", value);
            self.stage = Stage::Twice(0);
            return;
        }
        self.skip();
    }

    fn take_read_again(&mut self, answer: &Answer) {
        if self.findings.iter().any(|f| f.check == Check::Duplicate) {
            return self.skip();
        }
        let twins = self.profile.id.by == IdBy::Server
            || body(answer).is_ok_and(|value| {
                let list = json::at(&value, &self.profile.list.path).and_then(Value::as_array);
                list.is_some_and(|list| list.len() > 1)
            });
        let name = self
            .item(0, answer)
            .ok()
            .flatten()
            .and_then(|i| i.json.get("name").cloned());
        let (duplicate, value) = match (twins, name.as_ref().and_then(Value::as_str)) {
            (true, _) => (Duplicate::Twin, "201-twin"),
            (false, Some("again")) => (Duplicate::Overwrites, "201-overwrites"),
            (false, _) => (Duplicate::Ignored, "200-ignored"),
        };
        if twins && self.profile.paths.find.is_empty() {
            let fault = Fault::new(
                FaultCode::Twins,
                "paths.find",
                "",
                "a query that finds a record by our id",
            );
            return self.refuse(Check::Duplicate, fault);
        }
        let verdict = if duplicate == self.profile.create.duplicate {
            Verdict::Good
        } else {
            Verdict::Adapted
        };
        self.profile.create.duplicate = duplicate;
        self.find(Check::Duplicate, verdict)
            .says("create.duplicate", value);
        self.skip();
    }

    /// Two writes at once: have they two versions? And does the first content have the first version again?
    fn take_twice(&mut self, n: u32, answer: &Answer) {
        let item = match self.profile.mode {
            Mode::Document => None,
            _ => self.item(0, answer).ok().flatten(),
        };
        let version = self.version_of(answer, item.as_ref());
        self.note_version(0, version.clone());
        self.seen.versions.push(version);
        if n == 2
            && let [.., Some(first), Some(second), Some(third)] = self.seen.versions.as_slice()
        {
            let (quality, value) = if first == second {
                (Quality::Seconds, "seconds")
            } else if first == third {
                (Quality::Hash, "hash")
            } else {
                (Quality::Strong, "strong")
            };
            let verdict = match (quality, self.profile.quality == quality) {
                (Quality::Seconds, _) => Verdict::Careful,
                (_, true) => Verdict::Good,
                (_, false) => Verdict::Adapted,
            };
            self.profile.quality = quality;
            self.find(Check::TwoVersions, verdict)
                .says("quality", value);
        }
        self.skip();
    }

    fn take_precondition(&mut self, answer: &Answer) {
        let check = if self.stage == Stage::Stale {
            Check::StaleVersion
        } else {
            Check::FalseVersion
        };
        // Kinto calls a version that it could never have given malformed: refused is refused.
        let malformed = check == Check::FalseVersion && matches!(answer.status, 400 | 422);
        match answer.status {
            status if malformed || matches!(status, 409 | 412) => {
                let with = self.profile.precondition.with;
                if check == Check::StaleVersion && with == PreconditionWith::None {
                    self.profile.precondition.with = PreconditionWith::IfMatch;
                }
                // As the profile says, or better: nobody's change is overwritten.
                self.find(check, Verdict::Good)
                    .says("precondition.with", "if-match");
                if check == Check::StaleVersion && self.profile.precondition.required {
                    self.require(Verdict::Good);
                }
            }
            _ => self.no_precondition(None),
        }
        self.skip();
    }

    /// The endpoint takes no notice of versions, or the browser may not name them: they are not sent.
    fn no_precondition(&mut self, fault: Option<Fault>) {
        let check = if self.stage == Stage::Stale {
            Check::StaleVersion
        } else {
            Check::FalseVersion
        };
        if self.profile.precondition.required {
            // It wants them and does not look at them: they are sent all the same.
            if let Some(fault) = fault {
                return self.refuse(check, fault);
            }
            return self.require(Verdict::Careful);
        }
        let had = self.profile.precondition.with != PreconditionWith::None;
        self.profile.precondition.with = PreconditionWith::None;
        let verdict = if had {
            Verdict::Adapted
        } else {
            Verdict::Careful
        };
        let finding = self.find(check, verdict);
        finding.says("precondition.with", "none");
        finding.fault = fault;
    }

    fn take_unknown(&mut self, answer: &Answer) {
        let (unknown, value) = match answer.status {
            404 | 410 => (UnknownId::NotFound, "404"),
            403 => (UnknownId::Forbidden, "403"),
            // A version of what is not there is refused like a stale one.
            409 | 412 if self.profile.precondition.required => {
                self.find(Check::UnknownId, Verdict::Good);
                self.stage = Stage::Fill(1);
                return;
            }
            _ => {
                self.seen.written.insert(9);
                return self.skip();
            }
        };
        self.unknown(unknown, value);
        self.stage = Stage::Fill(1);
    }

    fn take_read_unknown(&mut self, answer: &Answer) {
        if !self.seen.written.contains(&9) {
            return self.skip();
        }
        match self.item(9, answer) {
            Ok(Some(_)) => self.unknown(UnknownId::Upserts, "upserts"),
            _ => self.unknown(UnknownId::Lost, "204-lost"),
        }
        self.skip();
    }

    fn unknown(&mut self, unknown: UnknownId, value: &str) {
        let verdict = if self.profile.update.unknown == unknown {
            Verdict::Good
        } else {
            Verdict::Adapted
        };
        self.profile.update.unknown = unknown;
        self.find(Check::UnknownId, verdict)
            .says("update.unknown", value);
    }

    /// Pages of one record must be of one record, and each another.
    fn take_page(&mut self, n: u32, answer: &Answer) {
        let mut one = self.profile.clone();
        match &mut one.paging {
            Paging::Page { max, .. }
            | Paging::Offset { max, .. }
            | Paging::Link { max, .. }
            | Paging::Header { max, .. }
            | Paging::Token { max, .. }
            | Paging::Next { max, .. } => *max = 1,
            Paging::None => {}
        }
        let place = if n == 0 {
            Place::Start
        } else {
            self.seen.place.clone().unwrap_or(Place::Start)
        };
        let page = one.read_list(self.lane(), &place, answer);
        let (next, ids) = match page {
            Ok(page) => (
                page.next,
                page.items.into_iter().map(|i| i.id).collect::<Vec<_>>(),
            ),
            Err(_) => (None, Vec::new()),
        };
        let repeated = ids.iter().any(|id| self.seen.pages.contains(id));
        if ids.len() != 1 || repeated {
            let found = if repeated {
                "the same page again".to_owned()
            } else {
                ids.len().to_string()
            };
            self.seen.place = None;
            let fault = Fault::new(FaultCode::PagingBroken, "paging", &found, "1");
            // Without pages the whole list comes, or an answer that is too large says so.
            self.profile.paging = Paging::None;
            let finding = self.find(Check::Paging, Verdict::Careful);
            finding.says("paging.kind", "none");
            finding.fault = Some(fault);
            self.stage = Stage::Nonsense;
            return;
        }
        self.seen.pages.extend(ids);
        self.seen.place = next;
        if n == 2 {
            self.find(Check::Paging, Verdict::Good);
        }
        self.skip();
    }

    fn take_nonsense(&mut self, answer: &Answer) {
        let page = self.profile.read_list(self.lane(), &Place::Start, answer);
        let value = match page {
            Ok(page) if page.items.is_empty() => "filters",
            Ok(_) => "ignored",
            Err(_) => "refused",
        };
        self.find(Check::NonsenseParameter, Verdict::Good)
            .says("", value);
        self.skip();
    }

    /// What changed since our first record must contain what was written after it, and nothing from before.
    fn take_since(&mut self, answer: &Answer) {
        let Ok(page) = self.profile.read_list(self.lane(), &Place::Start, answer) else {
            return self.no_changes("");
        };
        let cursor = self.seen.cursor.clone().unwrap_or_default();
        let kind = self.profile.cursor;
        let own = self.key(0).id;
        let finds = page.items.iter().any(|item| {
            item.id == own || self.seen.written.iter().any(|n| self.key(*n).id == item.id)
        });
        let older = page
            .items
            .iter()
            .filter_map(|i| i.cursor.as_ref())
            .any(|c| crate::wire::later(kind, &cursor, c));
        if older && kind != crate::CursorKind::Opaque {
            return self.no_changes(&cursor);
        }
        let verdict = if finds {
            Verdict::Good
        } else {
            Verdict::Careful
        };
        self.find(Check::ChangesSince, verdict);
        self.skip();
    }

    fn no_changes(&mut self, found: &str) {
        self.profile.changes = Changes::Scan;
        let fault = Fault::new(FaultCode::FilterIgnored, "changes", found, "");
        let finding = self.find(Check::ChangesSince, Verdict::Adapted);
        finding.says("changes.kind", "scan");
        finding.fault = Some(fault);
        self.skip();
    }

    fn no_bulk(&mut self, fault: Fault) {
        self.profile.bulk = Bulk::None;
        let finding = self.find(Check::Bulk, Verdict::Adapted);
        finding.says("bulk.kind", "none");
        finding.fault = Some(fault);
    }

    fn take_gone(&mut self, answer: &Answer) {
        let gone = matches!(answer.status, 404 | 410)
            || matches!(self.profile.mode, Mode::Collection)
                && matches!(self.item(0, answer), Ok(None));
        let verdict = if gone {
            Verdict::Good
        } else {
            Verdict::Careful
        };
        self.find(Check::Delete, verdict);
        if self.profile.mode == Mode::Document {
            let left = self.seen.left > 0 || !gone;
            self.clean(left);
            self.stage = Stage::End;
            return;
        }
        self.skip();
    }

    fn take_clean(&mut self, answer: &Answer) {
        let prefix = self.profile.probe_prefix.clone();
        let page = self.profile.read_list(self.lane(), &Place::Start, answer);
        let left = page.is_ok_and(|page| {
            page.items.iter().any(|i| {
                let shell = i.gone || i.json.get("deleted") == Some(&Value::Bool(true));
                i.id.starts_with(&prefix) && i.id.contains(&self.mark) && !shell
            })
        });
        self.clean(left || self.seen.left > 0);
        self.skip();
    }

    fn clean(&mut self, left: bool) {
        if left {
            let fault = Fault::new(FaultCode::ProbeLeft, "", &self.key(0).id, "");
            self.find(Check::CleanUp, Verdict::Careful).fault = Some(fault);
        } else {
            self.find(Check::CleanUp, Verdict::Good);
        }
    }
}
