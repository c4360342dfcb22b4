//! What came: merged with what is here, and written together with the cursor.

use super::state::State;
use super::{CHUNK, Goal, Question, Run, Stage, Twins};
use crate::merge::{Side, merge};
use crate::profile::{Deletes, IdBy};
use crate::record::{Key, Leaf, Life, Path, Record};
use crate::replica::{Applied, Arrival, Batch, Common, Known, Mark, Quarantined, Replica};
use crate::stamp::{DRIFT_MS, LAST_MS, Stamp};
use crate::wire::Item;
use crate::{Fault, FaultCode, Kind};
use std::collections::BTreeMap;

/// Deletions or lacks that need no question: 20, or a tenth of what the endpoint had.
pub(super) fn allowance(known: u64) -> u64 {
    (known / 10).max(20)
}

/// An item that can be read, with its record.
struct Come {
    item: Item,
    record: Option<Record>,
}

impl Run {
    /// Looks at the next chunk of a page and writes it.
    pub(super) fn arrive<R: Replica>(
        &mut self,
        replica: &mut R,
        now_ms: u64,
    ) -> Result<(), R::Fault> {
        let count = self.items.len().min(CHUNK);
        let chunk: Vec<Item> = self.items.drain(..count).collect();
        let mut batch = Batch {
            scan: self.state.scan,
            ..Batch::default()
        };
        let coming = self.readable(&chunk, &mut batch);
        let keys: Vec<Key> = coming.keys().cloned().collect();
        let known = replica.look(&keys)?;
        if let Some(branch) = self.branches(&coming, &known) {
            // Other branches of a document are fetched first, then the chunk is looked at again.
            for item in chunk.into_iter().rev() {
                self.items.push_front(item);
            }
            self.begin_branch(branch);
            return Ok(());
        }
        if let Some((item, remote_id)) = self.tombstone(&coming, &known) {
            for item in chunk.into_iter().rev() {
                self.items.push_front(item);
            }
            let key = Key::new(item.kind.unwrap_or(Kind::Customers), &item.id);
            match self.profile.ask_one(&key, remote_id.as_deref()) {
                Some(request) => self.ask(request, Goal::Gone(Box::new(item))),
                None => self.settled(&item, None),
            }
            return Ok(());
        }
        for (known, come) in known.iter().zip(coming.into_values()) {
            let question = self.judge(replica, known, &come, &mut batch, now_ms)?;
            if let Some(question) = question {
                for item in chunk.into_iter().rev() {
                    self.items.push_front(item);
                }
                return self.question(replica, question);
            }
        }
        let last = self.items.is_empty();
        if last {
            batch.state = self.kept.take();
        }
        self.write(replica, batch)?;
        if last {
            self.page_done(replica)?;
        }
        Ok(())
    }

    /// A page is wholly written (or had nothing on it).
    pub(super) fn page_done<R: Replica>(&mut self, replica: &mut R) -> Result<(), R::Fault> {
        match self.kept.take() {
            Some(state) if self.state.lanes.len() < usize::MAX => {
                let batch = Batch {
                    scan: self.state.scan,
                    state: Some(state),
                    ..Batch::default()
                };
                replica.apply(batch).map(|_| ())
            }
            _ => Ok(()),
        }
    }

    /// Writes a batch and counts what it did.
    pub(super) fn write<R: Replica>(
        &mut self,
        replica: &mut R,
        mut batch: Batch,
    ) -> Result<(), R::Fault> {
        if batch.renumber {
            self.note_former(replica, &mut batch)?;
        }
        let changed: Vec<bool> = batch.arrivals.iter().map(|a| a.changes_here).collect();
        for arrival in &batch.arrivals {
            self.report.conflicts += arrival.conflicts.len() as u64;
            if arrival.clock_ahead {
                let key = Some(arrival.record.key.clone());
                self.note(key, Fault::new(FaultCode::ClockAhead, "", "", ""));
            }
        }
        for (key, mark) in &batch.marks {
            match mark {
                Mark::Aside(fault) => {
                    self.report.aside += 1;
                    self.report.faults.push((Some(key.clone()), fault.clone()));
                }
                Mark::Remove(_) => self.report.removed += 1,
                _ => {}
            }
        }
        self.report.quarantined += batch.quarantine.len() as u64;
        let applied = replica.apply(batch)?;
        for (applied, changed) in applied.iter().zip(changed) {
            match applied {
                Applied::In => self.report.pulled += u64::from(changed),
                Applied::Waiting => {}
                Applied::Twin { .. } => self.report.pulled += 1,
            }
        }
        Ok(())
    }

    /// A number that we give up stays known as ours, in the transaction that takes another.
    fn note_former<R: Replica>(&mut self, replica: &R, batch: &mut Batch) -> Result<(), R::Fault> {
        let node = replica.node();
        let noted = |text: &str| {
            let mut state: State = serde_json::from_str(text).unwrap_or_default();
            state.former.push(node);
            serde_json::to_string(&state).unwrap_or_default()
        };
        batch.state = Some(match &batch.state {
            Some(state) => noted(state),
            None => noted(&replica.state()?),
        });
        self.kept = self.kept.as_deref().map(noted);
        self.state.former.push(node);
        Ok(())
    }

    /// Sorts out what cannot be used now; of several with one key the last stands.
    fn readable(&mut self, chunk: &[Item], batch: &mut Batch) -> BTreeMap<Key, Come> {
        let mut coming: BTreeMap<Key, Come> = BTreeMap::new();
        for item in chunk {
            if item.id.starts_with(&self.profile.probe_prefix) {
                continue;
            }
            let mut put_aside = |fault: Fault| {
                batch.quarantine.push(Quarantined {
                    collection: item.collection.clone(),
                    id: item.id.clone(),
                    json: item.json.clone(),
                    fault,
                });
            };
            let Some(kind) = item.kind else {
                put_aside(Fault::new(FaultCode::UnknownKind, "", &item.collection, ""));
                continue;
            };
            if item.id.is_empty() {
                put_aside(Fault::new(FaultCode::BadId, "id", "", "a text"));
                continue;
            }
            let key = Key::new(kind, &item.id);
            let record = if item.gone {
                None
            } else {
                match Record::from_json(kind, &item.json) {
                    Ok(record) => Some(record),
                    Err(fault) => {
                        put_aside(fault);
                        // It is there, only not to be read.
                        batch.seen.push(key);
                        continue;
                    }
                }
            };
            if let Some(other) = coming.get(&key)
                && item.gone
                && !other.item.gone
                && self.profile.id.by == IdBy::Server
                && item.remote_id != other.item.remote_id
            {
                // Another row of this record is gone.
                continue;
            }
            if let Some(other) = coming.get(&key)
                && let (Some(a), Some(b)) = (&other.item.remote_id, &item.remote_id)
                && a != b
            {
                // Two rows for one record: both are read, the lesser is kept.
                self.twin(&key, a, b);
                let both = match (&other.record, &record) {
                    (Some(x), Some(y)) => Some(crate::join(x, y)),
                    (x, y) => x.clone().or_else(|| y.clone()),
                };
                let mut item = item.clone();
                item.remote_id = Some(lesser(a, b).to_owned());
                coming.insert(key, Come { item, record: both });
                continue;
            }
            let item = item.clone();
            coming.insert(key, Come { item, record });
        }
        coming
    }

    /// Remembers the greater of two rows of one record, to be taken away.
    fn twin(&mut self, key: &Key, a: &str, b: &str) {
        let lesser = lesser(a, b);
        let greater = if lesser == a { b } else { a };
        let twins = Twins {
            key: key.clone(),
            greater: greater.to_owned(),
            lesser: lesser.to_owned(),
        };
        if !self.twins.contains(&twins) {
            self.twins.push(twins);
        }
    }

    /// The item of the chunk that has other branches (CouchDB) which were not fetched yet.
    fn branches(&self, coming: &BTreeMap<Key, Come>, known: &[Known]) -> Option<Item> {
        coming.values().zip(known).find_map(|(come, known)| {
            let losers = crate::wire::couch::losers(come.item.version.as_deref());
            let seen = known
                .common
                .as_ref()
                .is_some_and(|c| c.version == come.item.version);
            let fetched = come.item.cursor.as_deref() == Some(FETCHED);
            (!losers.is_empty() && !seen && !fetched).then(|| come.item.clone())
        })
    }

    /// Where the server gives ids, a row can be gone and its record stay in another: a tombstone that does not say that it
    /// is of the row that we know. Whether that is there is asked first.
    fn tombstone(
        &self,
        coming: &BTreeMap<Key, Come>,
        known: &[Known],
    ) -> Option<(Item, Option<String>)> {
        if self.profile.id.by != IdBy::Server {
            return None;
        }
        coming.values().zip(known).find_map(|(come, known)| {
            let row = known.common.as_ref()?.remote_id.clone();
            let here = known.here.as_ref().is_some_and(|h| !h.life.deleted);
            let same = row.is_some() && come.item.remote_id == row;
            let settled = come.item.cursor.as_deref() == Some(FETCHED);
            (come.item.gone && here && !same && !settled).then(|| (come.item.clone(), row))
        })
    }

    /// What a tombstone turned out to be: of a row that is of no account, with what is there instead, or of the record.
    pub(super) fn settled(&mut self, tombstone: &Item, found: Option<Item>) {
        for item in &mut self.items {
            if item.gone && item.kind == tombstone.kind && item.id == tombstone.id {
                match &found {
                    Some(found) => *item = found.clone(),
                    None => item.cursor = Some(FETCHED.to_owned()),
                }
            }
        }
    }

    fn begin_branch(&mut self, item: Item) {
        let losers = crate::wire::couch::losers(item.version.as_deref());
        self.ask_branch(item, losers);
    }

    pub(super) fn ask_branch(&mut self, mut item: Item, mut losers: Vec<String>) {
        let kind = item.kind.unwrap_or(Kind::Customers);
        let key = Key::new(kind, &item.id);
        match losers.pop() {
            Some(revision) => {
                let request = crate::wire::couch::ask_one(&self.profile, &key, Some(&revision));
                self.ask(request, Goal::Branch(Box::new(item), losers));
            }
            None => {
                item.cursor = Some(FETCHED.to_owned());
                for other in &mut self.items {
                    if other.kind == item.kind
                        && other.id == item.id
                        && other.version == item.version
                    {
                        *other = item.clone();
                    }
                }
            }
        }
    }

    /// What one record that came means for what is here.
    fn judge<R: Replica>(
        &mut self,
        replica: &R,
        known: &Known,
        come: &Come,
        batch: &mut Batch,
        now_ms: u64,
    ) -> Result<Option<Question>, R::Fault> {
        let Some(there) = self.there(known, come) else {
            // Gone there, and we never had it.
            return Ok(None);
        };
        let (common, second_row) = self.row(known, come, &there);
        let losers = !crate::wire::couch::losers(come.item.version.as_deref()).is_empty();
        if known.common.as_ref() == Some(&common) && !known.pending && !losers && !second_row {
            batch.seen.push(known.key.clone());
            return Ok(None);
        }
        let kind = known.key.kind;
        let hidden = |path: &crate::Path| self.profile.withholds(kind, path);
        let shared = |record: &Record| record.without(hidden);
        let here = known.here.as_ref().map(shared);
        let before = known.common.as_ref().map(|c| shared(&c.record));
        let mut seen = shared(&there);
        let row = shared(&common.record);
        if self.profile.deletes == Deletes::None {
            seen.life = here.as_ref().map(|h| h.life.clone()).unwrap_or_default();
        }
        let mut mine = self.state.former.clone();
        mine.push(replica.node());
        if is_other(here.as_ref(), before.as_ref(), &seen, &mine) {
            let arrival = fresh(seen, common, now_ms);
            self.another(known, arrival, second_row, batch);
            return Ok(None);
        }
        let stamped = come.item.gone || Record::is_stamped(&come.item.json);
        let mut merged = merge(before.as_ref(), here.as_ref(), &seen, stamped, &mine);
        if self.is_clone(here.as_ref(), &seen, replica.node()) && !self.renumbered {
            self.renumbered = true;
            batch.renumber = true;
            let fault = Fault::new(FaultCode::SameNode, "", "", "");
            self.note(Some(known.key.clone()), fault);
        }
        let was_here = here.as_ref().is_some_and(|h| !h.life.deleted);
        if was_here && merged.record.life.deleted {
            match self.deletion(replica, kind)? {
                Verdict::Let => self.report.removed += 1,
                Verdict::Restore => {
                    merged.record.life = Life {
                        at: merged.record.latest().derived(),
                        ..Life::default()
                    };
                    merged.covered = false;
                }
                Verdict::Ask(question) => return Ok(Some(question)),
            }
        }
        self.note_back(&mut merged);
        let gone = |it: &Record| it.life.deleted && !it.life.erased;
        let gone_both = come.item.gone && here.as_ref().is_some_and(gone);
        if second_row {
            merged.covered = crate::covers(&row, &merged.record);
        }
        let delivered = (merged.covered || gone_both) && !losers;
        self.settle(known, &common, delivered, batch);
        batch.saw.push(seen.latest());
        batch.arrivals.push(Arrival {
            changes_here: !merged.news.is_empty() || merged.life_changed,
            clock_ahead: ahead(&seen, now_ms),
            record: merged.record,
            common,
            delivered,
            conflicts: merged.conflicts,
        });
        Ok(None)
    }

    /// What came is another thing than what is here under its id.
    fn another(&mut self, known: &Known, other: Arrival, second_row: bool, batch: &mut Batch) {
        batch.renumber |= !self.renumbered;
        self.renumbered = true;
        if second_row {
            // Whoever made it under our id sees the other row too, and gives it an id of its own.
            batch.seen.push(known.key.clone());
        } else {
            batch.marks.push((known.key.clone(), Mark::Rekey));
            batch.arrivals.push(other);
        }
    }

    /// The version that both sides have from now on, and whether the item is the second row of its record: then what it
    /// says is taken in, and the lesser row stays.
    fn row(&mut self, known: &Known, come: &Come, there: &Record) -> (Common, bool) {
        let common = Common {
            record: there.clone(),
            remote_id: come.item.remote_id.clone(),
            version: come.item.version.clone(),
        };
        if let Some(before) = &known.common
            && let (Some(a), Some(b)) = (&before.remote_id, &common.remote_id)
            && a != b
        {
            self.twin(&known.key, a, b);
            if lesser(a, b) == a {
                return (before.clone(), true);
            }
        }
        (common, false)
    }

    /// Counts what is delivered, and sets aside what was accepted three times and is not there.
    fn settle(&mut self, known: &Known, common: &Common, delivered: bool, batch: &mut Batch) {
        // What was alike on both sides from the start was not delivered by us.
        if delivered && known.pending && known.sent {
            self.report.pushed += 1;
        }
        let doubtful = self.doubtful.remove(&known.key);
        let before = known.common.as_ref();
        let unchanged = before.is_some_and(|before| before.record == common.record);
        if doubtful && !delivered && unchanged {
            let fault = Fault::new(FaultCode::NotKept, &known.key.to_string(), "", "");
            batch.marks.push((known.key.clone(), Mark::Aside(fault)));
        }
    }

    /// Remembers that records went back. Beyond a few that is a backup, and its old values are no edits.
    fn note_back(&mut self, merged: &mut crate::Merged) {
        if merged.went_back {
            self.went_back += 1;
            if self.went_back > 20 {
                merged.conflicts.retain(|conflict| !conflict.backwards);
            }
        }
    }

    /// The endpoint's version as a record. One that is only said to be gone is what both had, removed: that somebody was
    /// erased, the others learn from the empty shell alone.
    fn there(&self, known: &Known, come: &Come) -> Option<Record> {
        if let Some(record) = &come.record {
            return Some(record.clone());
        }
        let here = known.here.as_ref();
        let mut record = known.common.as_ref().map(|c| &c.record).or(here)?.clone();
        if record.life.deleted {
            record.life.erased = false;
            return Some(record);
        }
        record.life = match here {
            Some(here) if here.life.deleted => Life {
                erased: false,
                ..here.life.clone()
            },
            _ => Life {
                at: record.latest().derived(),
                deleted: true,
                ..Life::default()
            },
        };
        Some(record)
    }

    /// Whether somebody else stamps with our number: a stamp of ours that we do not have.
    fn is_clone(&self, here: Option<&Record>, there: &Record, node: u32) -> bool {
        let Some(here) = here else {
            return there.stamps.born.node == node && self.state.side.is_none();
        };
        // Of a person who was forgotten nothing is left to compare.
        if here.life.deleted && here.fields.is_empty() {
            return false;
        }
        let ours = here.leaves();
        there.leaves().iter().any(|(path, leaf)| {
            // A field that another program added has no stamp of its own: the record's does not count.
            let newer = match ours.get(path) {
                Some(our) => our.stamp < leaf.stamp,
                None => there.stamps.own.contains_key(path),
            };
            leaf.stamp.node == node && newer
        })
    }

    /// One more record would be removed here.
    fn deletion<R: Replica>(&mut self, replica: &R, kind: Kind) -> Result<Verdict, R::Fault> {
        let count = self.deletions.entry(kind).or_default();
        *count += 1;
        let missing = *count;
        if missing <= 20 {
            return Ok(Verdict::Let);
        }
        let known = replica.counts(kind)?.common;
        if missing <= allowance(known) {
            return Ok(Verdict::Let);
        }
        *count -= 1;
        let decided = self.decided.is_some();
        match self.side_of(Some(kind)) {
            Some(Side::Here) if decided => return Ok(Verdict::Restore),
            Some(_) => return Ok(Verdict::Let),
            None => {}
        }
        Ok(Verdict::Ask(Question::ManyMissing {
            of: kind,
            known,
            missing,
        }))
    }

    /// Looks at the next single record.
    pub(super) fn look_on<R: Replica>(&mut self, replica: &mut R) -> Result<(), R::Fault> {
        let Some(key) = self.look.pop_front() else {
            self.stage = Stage::Pull;
            if self.round == 0 {
                self.round = 1;
            }
            return Ok(());
        };
        let known = replica.look(std::slice::from_ref(&key))?;
        let common = known.first().and_then(|k| k.common.as_ref());
        let remote_id = common.and_then(|c| c.remote_id.clone());
        match self.profile.ask_one(&key, remote_id.as_deref()) {
            Some(request) => self.ask(request, Goal::One(key)),
            None => {
                self.doubtful.remove(&key);
            }
        }
        Ok(())
    }
}

/// Marks an item whose other branches were joined into it.
const FETCHED: &str = "\u{0}joined";

enum Verdict {
    Let,
    Restore,
    Ask(Question),
}

/// Whether what is here is another thing under the same id: made by somebody else with a number that is ours or was.
fn is_other(here: Option<&Record>, common: Option<&Record>, there: &Record, mine: &[u32]) -> bool {
    let Some(here) = here else {
        return false;
    };
    let (ours, theirs) = (here.stamps.born, there.stamps.born);
    let counted = crate::stamp::NOBODY;
    if theirs.node == counted || !mine.contains(&ours.node) {
        return false;
    }
    // Leaves are looked at last: most of what comes is known, and needs none of it.
    let shared = |alike: &dyn Fn(&Path, &Leaf, &Leaf) -> bool| {
        let their_leaves = there.leaves();
        here.leaves().iter().any(|(path, our)| {
            let their = their_leaves.get(path);
            their.is_some_and(|their| their.stamp == our.stamp && alike(path, our, their))
        })
    };
    // What was never sent is stamped with the number of today.
    if (ours.ms, ours.counter) == (theirs.ms, theirs.counter) {
        // Under a number that is ours no longer, references that followed have another value under one stamp.
        let today = mine.last() == Some(&ours.node);
        return common.is_none()
            && ours == theirs
            && shared(&|path, our, their| our.value != their.value && (today || !path.refers()));
    }
    // Of somebody who was erased nothing is left to compare.
    if common.is_some() && here.life.erased {
        return false;
    }
    let same = |path: &Path, our: &Leaf, their: &Leaf| our.value == their.value || path.refers();
    let nothing_of_ours = || !shared(&same);
    if mine.contains(&theirs.node) {
        // Where the endpoint had ours it lost it, and the other one came in between; or ours was united with an older
        // one, and that has something of ours.
        return common.is_none() || nothing_of_ours();
    }
    // A copy that has a number of its own by now made it under our id. What was united is never younger.
    theirs > ours && nothing_of_ours()
}

/// The lesser of two names: the shorter, then by text.
fn lesser<'a>(a: &'a str, b: &'a str) -> &'a str {
    if (a.len(), a) <= (b.len(), b) { a } else { b }
}

fn ahead(record: &Record, now_ms: u64) -> bool {
    let limit = now_ms.saturating_add(DRIFT_MS).min(LAST_MS);
    let far = |stamp: Stamp| stamp.ms > limit;
    far(record.latest()) || far(record.stamps.born)
}

fn fresh(record: Record, common: Common, now_ms: u64) -> Arrival {
    Arrival {
        clock_ahead: ahead(&record, now_ms),
        record,
        common,
        changes_here: true,
        delivered: true,
        conflicts: Vec::new(),
    }
}
