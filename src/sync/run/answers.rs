//! What an answer means, by what was asked.

use super::{Goal, Op, Question, Run, Stage, Twins};
use crate::exchange::{Answer, Outcome};
use crate::json;
use crate::profile::Mode;
use crate::record::{Key, Record};
use crate::replica::{Batch, Mark, Replica};
use crate::wire::collection::Lane;
use crate::wire::{Item, body, couch, later, status_fault};
use crate::{Fault, FaultCode};
use serde_json::Value;

impl Run {
    /// Takes the answer to a request.
    pub(super) fn take<R: Replica>(
        &mut self,
        replica: &mut R,
        op: Op,
        outcome: Outcome,
        now_ms: u64,
    ) -> Result<(), R::Fault> {
        let answer = match outcome {
            Ok(answer) => answer,
            Err(fault) => return self.fail(replica, op, fault, None, now_ms),
        };
        match op.goal.clone() {
            Goal::List => self.take_page(replica, op, &answer, now_ms),
            Goal::Push(kind, records) => {
                self.take_push(replica, op, kind, records, &answer, now_ms)
            }
            Goal::Document(..) => self.take_document(replica, op, &answer, now_ms),
            Goal::One(key) => self.take_one(replica, op, &key, &answer, now_ms),
            Goal::Branch(item, losers) => {
                self.take_branch(replica, op, *item, losers, &answer, now_ms)
            }
            Goal::Identity => self.take_identity(replica, op, &answer, now_ms),
            Goal::Name(identity) => match status_fault(&answer) {
                // Somebody else named it in the meantime.
                Some(_) if answer.status == 409 => {
                    self.stage = Stage::Identity;
                    Ok(())
                }
                Some(fault) => self.fail(replica, op, fault, None, now_ms),
                None => {
                    self.worked();
                    self.state.identity = Some(identity);
                    self.stage = Stage::Sequence;
                    self.keep(replica)
                }
            },
            Goal::Sequence => self.take_sequence(replica, op, &answer, now_ms),
            Goal::Revisions => self.take_revisions(replica, op, &answer, now_ms),
            Goal::Twin => {
                self.worked();
                Ok(())
            }
            Goal::Gone(item) => {
                let key = Key::new(item.kind.unwrap_or(crate::Kind::Customers), &item.id);
                match self.profile.read_one(&key, &answer) {
                    Ok(found) => {
                        self.worked();
                        self.settled(&item, found);
                        Ok(())
                    }
                    Err(fault) => {
                        let after = super::backoff::retry_after(&answer, now_ms);
                        self.fail(replica, op, fault, after, now_ms)
                    }
                }
            }
            Goal::Lesser(twins) | Goal::Greater(twins) => {
                self.take_row(replica, op, twins, &answer, now_ms)
            }
            Goal::Inbox => self.take_inbox(replica, op, &answer, now_ms),
        }
    }

    fn take_one<R: Replica>(
        &mut self,
        replica: &mut R,
        op: Op,
        key: &Key,
        answer: &Answer,
        now_ms: u64,
    ) -> Result<(), R::Fault> {
        match self.profile.read_one(key, answer) {
            Ok(Some(item)) => {
                self.worked();
                self.items.push_back(item);
                Ok(())
            }
            Ok(None) => {
                self.worked();
                self.is_absent(replica, key)
            }
            Err(fault) => {
                let after = super::backoff::retry_after(answer, now_ms);
                self.fail(replica, op, fault, after, now_ms)
            }
        }
    }

    /// A look showed that a record is not there. That deletes nothing here.
    fn is_absent<R: Replica>(&mut self, replica: &mut R, key: &Key) -> Result<(), R::Fault> {
        let doubtful = self.doubtful.remove(key);
        let known = replica.look(std::slice::from_ref(key))?;
        let Some(known) = known.into_iter().next().filter(|k| k.pending) else {
            return Ok(());
        };
        // Who was erased leaves an empty shell, so that the others hear of it.
        let life = known.here.as_ref().map(|here| &here.life);
        let deleted = life.is_some_and(|life| life.deleted && !life.erased);
        let deletes = matches!(
            self.profile.deletes,
            crate::Deletes::Hard | crate::Deletes::Feed
        );
        let mark = if deleted && deletes {
            self.report.pushed += 1;
            Mark::Delivered
        } else if doubtful {
            Mark::Aside(Fault::new(FaultCode::NotKept, &key.to_string(), "", ""))
        } else {
            self.absent.insert(key.clone());
            Mark::Forget
        };
        self.mark(replica, vec![(key.clone(), mark)])
    }

    fn take_branch<R: Replica>(
        &mut self,
        replica: &mut R,
        op: Op,
        mut item: Item,
        losers: Vec<String>,
        answer: &Answer,
        now_ms: u64,
    ) -> Result<(), R::Fault> {
        let kind = item.kind.unwrap_or(crate::Kind::Customers);
        let key = Key::new(kind, &item.id);
        match self.profile.read_one(&key, answer) {
            Ok(branch) => {
                let read = |json: &Value| Record::from_json(kind, json).ok();
                let branch = branch.and_then(|branch| read(&branch.json));
                if let (Some(winner), Some(branch)) = (read(&item.json), branch) {
                    item.json = crate::join(&winner, &branch).to_json();
                }
                self.worked();
                self.ask_branch(item, losers);
                Ok(())
            }
            Err(fault) => self.fail(replica, op, fault, None, now_ms),
        }
    }

    fn take_identity<R: Replica>(
        &mut self,
        replica: &mut R,
        op: Op,
        answer: &Answer,
        now_ms: u64,
    ) -> Result<(), R::Fault> {
        let couch = self.profile.mode == Mode::Couchdb;
        let missing = couch && answer.status == 404;
        if let Some(fault) = status_fault(answer).filter(|_| !missing) {
            let after = super::backoff::retry_after(answer, now_ms);
            return self.fail(replica, op, fault, after, now_ms);
        }
        let value = match body(answer) {
            Ok(value) => value,
            Err(fault) => return self.fail(replica, op, fault, None, now_ms),
        };
        let reason = value.get("reason").and_then(Value::as_str).unwrap_or("");
        if missing && (reason.contains("no_db_file") || reason.contains("Database")) {
            return self.fail(
                replica,
                op,
                Fault::status(FaultCode::NotFound, 404),
                None,
                now_ms,
            );
        }
        self.worked();
        let path = self
            .profile
            .identity
            .as_ref()
            .map_or("identity", |i| i.epoch.as_str());
        let found = json::at(&value, path)
            .and_then(json::scalar)
            .filter(|_| !missing);
        let known = self.state.identity.clone();
        if known.is_some() && known != found {
            let Some(side) = self.side_of(None) else {
                return self.question(replica, Question::Replaced);
            };
            self.start_over(replica, side)?;
        }
        match found {
            Some(found) => {
                self.state.identity = Some(found);
                self.take_epoch_sequence(&value);
                self.stage = Stage::Sequence;
            }
            None if couch && !self.profile.share.read_only => {
                let name = format!("{:016x}", crate::chance::mix(self.chance));
                let request = couch::ask_name(&self.profile, &name);
                self.ask(request, Goal::Name(name));
            }
            None => self.stage = Stage::Sequence,
        }
        Ok(())
    }

    /// A sequence beside the identity.
    fn take_epoch_sequence(&mut self, value: &Value) {
        let path = self
            .profile
            .identity
            .as_ref()
            .and_then(|i| i.sequence.as_deref());
        let found = path
            .and_then(|path| json::at(value, path))
            .and_then(json::scalar);
        let Some(found) = found else {
            return;
        };
        for lane in self.profile.lanes() {
            let state = self.state.lanes.get(lane.name());
            let cursor = state.and_then(|s| s.cursor.clone());
            if cursor.is_some_and(|cursor| later(self.profile.cursor, &cursor, &found)) {
                self.rolled_back(lane);
            }
        }
    }

    /// The endpoint is before our cursor: everything is compared, and what is newer here is sent again.
    fn rolled_back(&mut self, lane: Lane) {
        self.forget_cursor(lane);
        self.note(None, Fault::new(FaultCode::RolledBack, "", "", ""));
    }

    fn take_sequence<R: Replica>(
        &mut self,
        replica: &mut R,
        op: Op,
        answer: &Answer,
        now_ms: u64,
    ) -> Result<(), R::Fault> {
        if let Some(fault) = status_fault(answer) {
            let after = super::backoff::retry_after(answer, now_ms);
            return self.fail(replica, op, fault, after, now_ms);
        }
        let value = match body(answer) {
            Ok(value) => value,
            Err(fault) => return self.fail(replica, op, fault, None, now_ms),
        };
        self.worked();
        let now_at = value.get("update_seq").and_then(json::scalar);
        let now_at = now_at.as_deref().and_then(couch::sequence);
        let state = self.state.lanes.get(Lane(None).name());
        let cursor = state
            .and_then(|s| s.cursor.as_deref())
            .and_then(couch::sequence);
        if cursor > now_at && now_at.is_some() {
            self.rolled_back(Lane(None));
        }
        self.begin_pull();
        Ok(())
    }

    /// Revisions that the database lacks are sent again.
    fn take_revisions<R: Replica>(
        &mut self,
        replica: &mut R,
        op: Op,
        answer: &Answer,
        now_ms: u64,
    ) -> Result<(), R::Fault> {
        let read = match status_fault(answer) {
            Some(fault) => Err(fault),
            None => couch::read_revisions(answer),
        };
        match read {
            Ok(missing) => {
                self.worked();
                let marks = missing.into_iter().map(|key| (key, Mark::Forget)).collect();
                self.mark(replica, marks)
            }
            Err(fault) => self.fail(replica, op, fault, None, now_ms),
        }
    }

    fn take_inbox<R: Replica>(
        &mut self,
        replica: &mut R,
        op: Op,
        answer: &Answer,
        now_ms: u64,
    ) -> Result<(), R::Fault> {
        if let Some(fault) = status_fault(answer) {
            let after = super::backoff::retry_after(answer, now_ms);
            return self.fail(replica, op, fault, after, now_ms);
        }
        let value = match body(answer) {
            Ok(value) => value,
            Err(fault) => return self.fail(replica, op, fault, None, now_ms),
        };
        let entries = value.get("entries").and_then(Value::as_array).cloned();
        let cursor = value.get("cursor").and_then(json::scalar);
        let (Some(entries), Some(cursor)) = (entries, cursor) else {
            let found = value.to_string();
            let fault = Fault::new(FaultCode::Shape, "entries", &found, "entries and a cursor");
            return self.fail(replica, op, fault, None, now_ms);
        };
        self.worked();
        let more = value.get("more") == Some(&Value::Bool(true)) && cursor != self.state.inbox;
        let inbox: Vec<Value> = entries;
        self.report.inbox += inbox.len() as u64;
        self.state.inbox = cursor;
        self.stage = if more { Stage::Inbox } else { Stage::End };
        let batch = Batch {
            scan: self.state.scan,
            inbox,
            state: Some(self.written()),
            ..Batch::default()
        };
        self.write(replica, batch)
    }

    /// Two rows of one record: the one with the greater name is taken away, now that both are read. First a look whether
    /// the lesser still is there: after a server began anew it may be one that we only remember. Then a look whether the
    /// greater is one of this record: such a server gives names again, to other records.
    pub(super) fn take_twin_away(&mut self) {
        let Some(Twins {
            key,
            greater,
            lesser,
        }) = self.twins.pop()
        else {
            return;
        };
        if let Some(request) = self.profile.ask_one(&key, Some(&lesser)) {
            self.ask(
                request,
                Goal::Lesser(Twins {
                    key,
                    greater,
                    lesser,
                }),
            );
        }
    }

    /// The answer to a look at one of two rows of a record.
    fn take_row<R: Replica>(
        &mut self,
        replica: &mut R,
        op: Op,
        twins: Twins,
        answer: &Answer,
        now_ms: u64,
    ) -> Result<(), R::Fault> {
        let found = match self.profile.read_one(&twins.key, answer) {
            Ok(found) => found.is_some_and(|row| !row.gone && row.id == twins.key.id),
            Err(fault) => {
                let after = super::backoff::retry_after(answer, now_ms);
                return self.fail(replica, op, fault, after, now_ms);
            }
        };
        self.worked();
        match (&op.goal, found) {
            (Goal::Lesser(_), true) => {
                if let Some(request) = self.profile.ask_one(&twins.key, Some(&twins.greater)) {
                    self.ask(request, Goal::Greater(twins));
                }
                Ok(())
            }
            // The other row is the record now: it is looked for anew.
            (Goal::Lesser(_), false) => self.mark(replica, vec![(twins.key, Mark::Forget)]),
            (_, true) => {
                let address = self.profile.item_address(&twins.key, Some(&twins.greater));
                if let Some(address) = address {
                    let request = self.profile.request(crate::Method::Delete, &address, None);
                    self.ask(request, Goal::Twin);
                }
                Ok(())
            }
            (_, false) => Ok(()),
        }
    }
}
