//! Sending what waits: kind by kind, parents first, as many at once as the endpoint takes.

use super::{CHUNK, Goal, Op, Run, Stage};
use crate::exchange::Answer;
use crate::kind::Kind;
use crate::profile::{Deletes, Duplicate, IdBy, Mode};
use crate::record::Key;
use crate::replica::{Batch, Mark, Outgoing, Replica};
use crate::wire::{Sent, document};
use crate::{Fault, FaultCode};

/// Tries after which the endpoint's yes is doubted.
const TRIES: u32 = 3;
/// Sent records that are looked at one by one, where a list can only be read whole.
const SINGLES: usize = 20;

impl Run {
    /// Sends the next records of a kind.
    pub(super) fn push<R: Replica>(
        &mut self,
        replica: &mut R,
        place: usize,
        after: Option<String>,
        now_ms: u64,
    ) -> Result<(), R::Fault> {
        let _ = now_ms;
        let Some(kind) = self.profile.kinds().get(place).copied() else {
            self.read_back(replica)?;
            self.after_push();
            return Ok(());
        };
        let most = self.cap.clamp(1, CHUNK);
        let waiting = replica.outbox(kind, after.as_deref(), most)?;
        if waiting.is_empty() {
            self.stage = Stage::Push(place + 1, None);
            return Ok(());
        }
        let mut marks = Vec::new();
        let mut records = Vec::new();
        let mut bytes = 0;
        for one in waiting {
            let last = one.record.key.id.clone();
            match self.ready(&one) {
                Ready::Send(size) => {
                    let full = bytes + size > self.profile.limits.body_bytes;
                    let alone = self.profile.is_delete(&one);
                    if !records.is_empty() && (full || alone) {
                        break;
                    }
                    bytes += size;
                    records.push(one);
                    self.stage = Stage::Push(place, Some(last));
                    if alone {
                        break;
                    }
                }
                Ready::Look => {
                    if !records.is_empty() {
                        break;
                    }
                    self.look.push_back(one.record.key);
                    self.stage = Stage::Push(place, Some(last));
                }
                Ready::Mark(mark) => {
                    marks.push((one.record.key, mark));
                    self.stage = Stage::Push(place, Some(last));
                }
            }
        }
        if !marks.is_empty() {
            self.mark(replica, marks)?;
        }
        if let Some(request) = self
            .profile
            .ask_push(kind, &records, self.versions)
            .filter(|_| !records.is_empty())
        {
            self.ask(request, Goal::Push(kind, records));
        }
        Ok(())
    }

    pub(super) fn mark<R: Replica>(
        &mut self,
        replica: &mut R,
        marks: Vec<(Key, Mark)>,
    ) -> Result<(), R::Fault> {
        let batch = Batch {
            scan: self.state.scan,
            marks,
            ..Batch::default()
        };
        self.write(replica, batch)
    }

    /// Whether a record can be sent as it is.
    fn ready(&self, one: &Outgoing) -> Ready {
        let key = &one.record.key;
        let there = self.profile.is_there(one);
        let deleted = one.record.life.deleted;
        if deleted && self.profile.deletes == Deletes::None && !one.record.life.erased {
            return Ready::Mark(Mark::Delivered);
        }
        if !self.profile.id_fits(&key.id) {
            let expected = self.profile.id.pattern.clone().unwrap_or_default();
            let fault = Fault::new(FaultCode::BadId, &key.to_string(), &key.id, &expected);
            return Ready::Mark(Mark::Aside(fault));
        }
        let looks =
            self.profile.create.duplicate == Duplicate::Twin || self.profile.id.by == IdBy::Server;
        if !there
            && looks
            && !self.absent.contains(key)
            && self.profile.ask_one(key, None).is_some()
        {
            return Ready::Look;
        }
        if self.profile.is_delete(one) && !there {
            return Ready::Mark(Mark::Delivered);
        }
        let size = self.profile.stored(one).to_string().len() as u64;
        if size > self.profile.limits.body_bytes {
            return Ready::Mark(Mark::Aside(self.too_large(key, size)));
        }
        Ready::Send(size)
    }

    fn too_large(&self, key: &Key, size: u64) -> Fault {
        let most = self.profile.limits.body_bytes.to_string();
        Fault::new(
            FaultCode::RecordTooLarge,
            &key.to_string(),
            &size.to_string(),
            &most,
        )
    }

    /// The answer to what was sent.
    pub(super) fn take_push<R: Replica>(
        &mut self,
        replica: &mut R,
        op: Op,
        kind: Kind,
        records: Vec<Outgoing>,
        answer: &Answer,
        now_ms: u64,
    ) -> Result<(), R::Fault> {
        let results = self.profile.read_push(&records, answer);
        let whole = results
            .first()
            .cloned()
            .filter(|first| results.iter().all(|r| r == first));
        match whole {
            Some(Sent::Later(fault)) => {
                let after = super::backoff::retry_after(answer, now_ms);
                return self.fail(replica, op, fault, after, now_ms);
            }
            Some(Sent::Stop(fault)) => return self.fail(replica, op, fault, None, now_ms),
            Some(Sent::TooLarge | Sent::Refused(_)) if records.len() > 1 => {
                // Halved until the one that is refused stands alone.
                self.cap = (records.len() / 2).max(1);
                let first = records.first().map(|one| before(&one.record.key.id));
                let place = self.profile.kinds().iter().position(|k| *k == kind);
                self.stage = Stage::Push(place.unwrap_or(0), first);
                return Ok(());
            }
            _ => {}
        }
        self.worked();
        let lane = self.profile.lane_of(kind);
        let mut marks = Vec::new();
        for (one, sent) in records.iter().zip(results) {
            let key = one.record.key.clone();
            self.absent.remove(&key);
            match sent {
                Sent::Yes => {
                    self.touched.insert(lane);
                    if one.tries + 1 >= TRIES {
                        self.doubtful.insert(key.clone());
                    }
                    if self.profile.is_delete(one) {
                        self.look.push_back(key.clone());
                    } else {
                        self.sent_keys.push(key.clone());
                    }
                    marks.push((key, Mark::Sent));
                }
                Sent::Conflict => {
                    self.touched.insert(lane);
                    self.look.push_back(key);
                }
                Sent::Missing => self.look.push_back(key),
                Sent::NeedsVersion if self.asked.insert(key.clone()) => {
                    self.versions = true;
                    self.look.push_back(key);
                }
                Sent::NeedsVersion => {
                    let fault = Fault::status(FaultCode::Refused, 428);
                    marks.push((key, Mark::Aside(fault)));
                }
                Sent::TooLarge => {
                    let size = self.profile.stored(one).to_string().len() as u64;
                    let fault = self.too_large(&key, size);
                    marks.push((key, Mark::Aside(fault)));
                }
                Sent::Refused(fault) => marks.push((key, Mark::Aside(fault))),
                Sent::Later(fault) | Sent::Stop(fault) => self.note(Some(key), fault),
            }
        }
        // What was halved grows again, so that one large record does not slow down a million.
        self.cap = (self.cap * 2).min(self.profile.bulk_size());
        self.mark(replica, marks)
    }

    /// Decides how what was sent is read back: by a look at each, or by pulling its lane again.
    pub(super) fn read_back<R: Replica>(&mut self, replica: &R) -> Result<(), R::Fault> {
        let scans = self.profile.changes == crate::profile::Changes::Scan;
        let single = scans
            && matches!(self.profile.mode, Mode::Collection | Mode::Action)
            && self.sent_keys.len() <= SINGLES;
        let first = self.sent_keys.first();
        let can = first.is_some_and(|key| self.profile.ask_one(key, Some("x")).is_some());
        if single && can {
            let mut known = 0;
            for kind in self.profile.kinds() {
                known += replica.counts(kind)?.common;
            }
            // A list of a page or two is read as fast as its records.
            if known > SINGLES as u64 || self.touched.is_empty() {
                self.look.extend(self.sent_keys.drain(..));
                self.touched.clear();
            }
        }
        self.sent_keys.clear();
        Ok(())
    }

    /// Sends a document with everything that waits in its lane.
    pub(super) fn push_documents<R: Replica>(
        &mut self,
        replica: &mut R,
        place: usize,
    ) -> Result<(), R::Fault> {
        let Some(lane) = self.profile.lanes().get(place).copied() else {
            self.after_push();
            return Ok(());
        };
        let mut records = std::mem::take(&mut self.collected);
        let start = records.last().map(|one| one.record.key.clone());
        let mut marks = Vec::new();
        for kind in self.profile.lane_kinds(lane) {
            let after = match &start {
                Some(last) if last.kind > kind => continue,
                Some(last) if last.kind == kind => Some(last.id.clone()),
                _ => None,
            };
            let waiting = replica.outbox(kind, after.as_deref(), CHUNK)?;
            let more = waiting.len() == CHUNK;
            for one in waiting {
                match self.ready(&one) {
                    Ready::Send(_) | Ready::Look => records.push(one),
                    Ready::Mark(mark) => marks.push((one.record.key, mark)),
                }
            }
            if more {
                // The rest in the next step.
                self.collected = records;
                return self.mark(replica, marks);
            }
        }
        if !marks.is_empty() {
            self.mark(replica, marks)?;
        }
        let document = self.documents.get(&lane).filter(|_| !records.is_empty());
        let Some(document) = document else {
            self.stage = Stage::Documents(place + 1);
            return Ok(());
        };
        let fresh = format!("{:016x}", crate::chance::mix(self.chance));
        let identity = document::identity(document).unwrap_or(&fresh).to_owned();
        let request = document::ask_put(&self.profile, lane, document, &records, &identity);
        let size = request.body.as_ref().map_or(0, String::len) as u64;
        if size
            > self
                .profile
                .limits
                .body_bytes
                .max(self.profile.limits.answer_bytes)
        {
            let most = self.profile.limits.body_bytes.to_string();
            self.stop(Fault::new(
                FaultCode::TooLarge,
                "",
                &size.to_string(),
                &most,
            ));
            return self.keep(replica);
        }
        self.ask(request, Goal::Document(lane, records));
        Ok(())
    }

    /// The answer to a document.
    pub(super) fn take_document<R: Replica>(
        &mut self,
        replica: &mut R,
        op: Op,
        answer: &Answer,
        now_ms: u64,
    ) -> Result<(), R::Fault> {
        let Goal::Document(lane, records) = &op.goal else {
            return Ok(());
        };
        let (lane, records) = (*lane, records.clone());
        let fault = match answer.status {
            200..=299 => None,
            412 => {
                // Somebody was faster: read, merge, and write again in the next round.
                self.touched.insert(lane);
                self.next_document(lane);
                return Ok(());
            }
            413 => Some(Fault::status(FaultCode::TooLarge, 413)),
            428 => Some(Fault::status(FaultCode::Status, 428)),
            _ => crate::wire::status_fault(answer),
        };
        if let Some(fault) = fault {
            let after = super::backoff::retry_after(answer, now_ms);
            return self.fail(replica, op, fault, after, now_ms);
        }
        self.worked();
        self.touched.insert(lane);
        let mut marks = Vec::new();
        for one in records {
            if one.tries + 1 >= TRIES {
                self.doubtful.insert(one.record.key.clone());
            }
            marks.push((one.record.key, Mark::Sent));
        }
        self.next_document(lane);
        self.mark(replica, marks)
    }

    fn next_document(&mut self, lane: crate::wire::collection::Lane) {
        let place = self.profile.lanes().iter().position(|l| *l == lane);
        self.stage = Stage::Documents(place.map_or(usize::MAX, |place| place + 1));
    }
}

enum Ready {
    /// Of this many bytes.
    Send(u64),
    /// Is it there already?
    Look,
    Mark(Mark),
}

/// A text just before an id, so that a list after it begins with the id.
fn before(id: &str) -> String {
    let mut text = id.to_owned();
    match text.pop() {
        Some(last) if last > '\u{1}' => {
            let less = char::from_u32(u32::from(last) - 1).unwrap_or('\u{1}');
            text.push(less);
            text.push('\u{10ffff}');
            text
        }
        _ => text,
    }
}
