//! A browser in memory: implements `Replica`, and does what people do.

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use sync::{
    Applied, Arrival, Batch, Clock, Common, Conflict, Counts, Key, Kind, Known, Leaf, Life, Lost,
    Mark, Outgoing, Path, Record, Replica, Side, Stamp, unite,
};

#[derive(Clone, Debug)]
pub struct Row {
    pub record: Record,
    pub common: Option<Common>,
    pub pending: bool,
    pub aside: bool,
    pub tries: u32,
    pub scan: u32,
}

/// An edit that a person was told is saved.
#[derive(Clone, Debug)]
pub struct Edit {
    pub key: Key,
    pub path: Path,
    pub value: Option<Value>,
    pub stamp: Stamp,
    /// The stamp of what the author saw.
    pub saw: Option<Stamp>,
}

/// Mistakes that are planted to see whether the simulator finds them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mistakes {
    /// A 2xx is delivery.
    pub believes_yes: bool,
    /// The cursor is the local clock.
    pub local_cursor: bool,
    /// What a scan lacks is deleted.
    pub absence_deletes: bool,
    /// The later record wins whole.
    pub whole_record: bool,
    /// Pulls do not go back.
    pub no_overlap: bool,
    /// There is no full comparison that heals what was missed, and nothing is wiped.
    pub no_net: bool,
    /// The wall clock stamps, not the hybrid one.
    pub wall_clock: bool,
    /// Nobody keeps the edits that lost.
    pub drops_conflicts: bool,
    /// Removed records come back when somebody edits them.
    pub edit_restores: bool,
    /// Edits do not say what they were made over.
    pub says_nothing: bool,
}

#[derive(Clone, Debug)]
pub struct Till {
    pub clock: Clock,
    pub counter: u64,
    pub rows: BTreeMap<Key, Row>,
    pub state: String,
    pub conflicts: Vec<(Key, Conflict)>,
    pub edits: Vec<Edit>,
    /// What a person removed.
    pub removed: Vec<Key>,
    pub moved: BTreeMap<Key, Key>,
    pub quarantined: usize,
    pub inbox: BTreeSet<String>,
    pub now: u64,
    pub mistakes: Mistakes,
    pub numbers: u32,
}

fn object(fields: Value) -> Map<String, Value> {
    match fields {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

impl Till {
    pub fn new(node: u32, mistakes: Mistakes) -> Self {
        Self {
            clock: Clock::new(node),
            counter: 0,
            rows: BTreeMap::new(),
            state: String::new(),
            conflicts: Vec::new(),
            edits: Vec::new(),
            removed: Vec::new(),
            moved: BTreeMap::new(),
            quarantined: 0,
            inbox: BTreeSet::new(),
            now: 0,
            mistakes,
            numbers: node,
        }
    }

    fn tick(&mut self, over: Option<Stamp>) -> Stamp {
        if self.mistakes.wall_clock {
            return Stamp {
                ms: self.now,
                counter: 0,
                node: self.clock.node,
            };
        }
        self.clock.tick(self.now, over)
    }

    pub fn create(&mut self, kind: Kind, fields: Value) -> Key {
        self.counter += 1;
        let key = Key::new(
            kind,
            &format!("{:05x}{:08x}", self.clock.node, self.counter),
        );
        let stamp = self.tick(None);
        let record = Record::new(key.clone(), object(fields), stamp);
        for (path, leaf) in record.leaves() {
            self.edits.push(Edit {
                key: key.clone(),
                path,
                value: leaf.value,
                stamp,
                saw: None,
            });
        }
        self.rows.insert(
            key.clone(),
            Row {
                record,
                common: None,
                pending: true,
                aside: false,
                tries: 0,
                scan: 0,
            },
        );
        key
    }

    pub fn edit(&mut self, key: &Key, path: Path, value: Option<Value>) {
        let Some(row) = self.rows.get(key) else {
            return;
        };
        if row.record.life.deleted || row.record.value(&path) == value {
            return;
        }
        let saw = row.record.stamp(&path);
        let stamp = self.tick(Some(row.record.latest()));
        let row = self.rows.get_mut(key).unwrap();
        row.record.set(&path, value.clone(), stamp);
        row.pending = true;
        row.aside = false;
        self.edits.push(Edit {
            key: key.clone(),
            path,
            value,
            stamp,
            saw,
        });
    }

    pub fn remove(&mut self, key: &Key, into: Option<String>, erased: bool) {
        let Some(row) = self.rows.get(key) else {
            return;
        };
        if row.record.life.deleted && !erased || row.record.life.erased {
            return;
        }
        let stamp = self.tick(Some(row.record.latest()));
        self.removed.push(key.clone());
        let row = self.rows.get_mut(key).unwrap();
        row.record.life = Life {
            at: stamp,
            deleted: true,
            merged_into: into,
            erased,
        };
        if erased {
            row.record.fields.clear();
            row.record.stamps.own.clear();
            row.record.stamps.over.clear();
            row.record.stamps.at = row.record.stamps.born;
        }
        row.pending = true;
        row.aside = false;
    }

    pub fn living(&self, kind: Kind) -> Vec<Key> {
        let rows = self
            .rows
            .iter()
            .filter(|(k, r)| k.kind == kind && !r.record.life.deleted);
        rows.map(|(k, _)| k.clone()).collect()
    }

    /// Two living customers with one external id are one customer: the lower id stays.
    fn twins(&mut self, key: &Key) -> Option<String> {
        let row = self.rows.get(key)?;
        if row.record.life.deleted || key.kind != Kind::Customers {
            return None;
        }
        let external = row.record.fields.get("externalId")?.clone();
        let other = self.rows.iter().find(|(k, r)| {
            *k != key
                && k.kind == key.kind
                && !r.record.life.deleted
                && r.record.fields.get("externalId") == Some(&external)
        })?;
        let united = unite(&row.record, &other.1.record);
        let (stays, goes) = (united.stays.key.clone(), united.goes.key.clone());
        self.conflicts
            .extend(united.conflicts.into_iter().map(|c| (stays.clone(), c)));
        let row = self.rows.get_mut(&stays)?;
        row.pending |= row.record.canonical() != united.stays;
        row.record = united.stays;
        row.aside = false;
        let row = self.rows.get_mut(&goes)?;
        row.record = united.goes;
        row.pending = true;
        row.aside = false;
        Some(stays.id)
    }

    fn arrive(&mut self, arrival: Arrival, scan: u32) -> Applied {
        let key = arrival.record.key.clone();
        let mut record = arrival.record;
        if self.mistakes.whole_record {
            record = arrival.common.record.clone();
        }
        if self.mistakes.edit_restores
            && record.life.deleted
            && !record.life.erased
            && record
                .leaves()
                .values()
                .any(|leaf| leaf.stamp > record.life.at)
        {
            record.life = Life {
                at: record.life.at.derived(),
                ..Life::default()
            };
        }
        let common = arrival.common;
        let row = self.rows.entry(key.clone()).or_insert_with(|| Row {
            record: record.clone(),
            common: None,
            pending: false,
            aside: false,
            tries: 0,
            scan: 0,
        });
        let withheld: Vec<(Path, Leaf)> = row
            .record
            .leaves()
            .into_iter()
            .filter(|(path, _)| record.stamp(path).is_none())
            .collect();
        if record.life.erased {
            row.record = record;
        } else {
            let mut whole = record.clone();
            for (path, leaf) in withheld {
                whole.keep(&path, leaf);
            }
            row.record = whole;
        }
        row.common = Some(common);
        row.scan = scan;
        if arrival.delivered {
            row.pending = false;
            row.tries = 0;
            row.aside = false;
        } else {
            row.pending = true;
        }
        if !self.mistakes.drops_conflicts {
            self.conflicts
                .extend(arrival.conflicts.into_iter().map(|c| (key.clone(), c)));
        }
        match self.twins(&key) {
            Some(stays) => Applied::Twin { stays },
            None => Applied::In,
        }
    }

    fn mark(&mut self, key: &Key, mark: Mark) {
        if mark == Mark::Rekey {
            return self.rekey(key);
        }
        let believes = self.mistakes.believes_yes;
        let absence = self.mistakes.absence_deletes;
        let now = self.now;
        let Some(row) = self.rows.get_mut(key) else {
            return;
        };
        match mark {
            Mark::Sent => {
                row.tries += 1;
                if believes {
                    row.common = Some(Common {
                        record: row.record.clone(),
                        remote_id: row.common.as_ref().and_then(|c| c.remote_id.clone()),
                        version: None,
                    });
                    row.pending = false;
                }
            }
            Mark::Aside(_) => row.aside = true,
            Mark::Queue => row.pending = true,
            Mark::Forget if absence => {
                row.record.life = Life {
                    at: Stamp {
                        ms: now,
                        counter: 0,
                        node: 1,
                    },
                    deleted: true,
                    ..Life::default()
                };
            }
            Mark::Forget => {
                row.common = None;
                row.pending = true;
            }
            Mark::Remove(at) => {
                row.record.life = Life {
                    at,
                    deleted: true,
                    ..Life::default()
                };
                row.common = None;
                row.pending = false;
            }
            Mark::Delivered => {
                row.common = None;
                row.pending = false;
            }
            Mark::Rekey => {}
        }
    }

    fn rekey(&mut self, key: &Key) {
        let Some(mut row) = self.rows.remove(key) else {
            return;
        };
        self.counter += 1;
        let fresh = Key::new(
            key.kind,
            &format!("{:05x}{:08x}", self.clock.node, self.counter),
        );
        row.record.key = fresh.clone();
        row.pending = true;
        let was_there = row.common.take().is_some();
        for edit in &mut self.edits {
            if edit.key == *key && edit.stamp >= row.record.stamps.born {
                edit.key = fresh.clone();
            }
        }
        let born = row.record.stamps.born;
        // What came from the endpoint and was made before this record is of the other one.
        let others = |other: &Row| {
            let at = other.record.stamp(&Path::field("customer"));
            other.common.is_some() && at.is_some_and(|at| at < born)
        };
        for other in self.rows.values_mut() {
            if other.record.fields.get("customer") == Some(&json!(key.id))
                && !others(other)
                && (was_there || other.common.is_none())
                && key.kind == Kind::Customers
            {
                let (path, to) = (Path::field("customer"), json!(fresh.id));
                if other.common.is_some() {
                    let stamp = other.record.stamp(&path).unwrap_or_default().derived();
                    other.record.set(&path, Some(to), stamp);
                    other.pending = true;
                } else {
                    other.record.fields.insert(path.field, to);
                }
                for edit in &mut self.edits {
                    if edit.key == other.record.key && edit.path == Path::field("customer") {
                        edit.value = Some(json!(fresh.id));
                    }
                }
            }
        }
        for removed in &mut self.removed {
            if removed == key {
                *removed = fresh.clone();
            }
        }
        self.moved.insert(key.clone(), fresh.clone());
        self.rows.insert(fresh, row);
    }
}

impl Replica for Till {
    type Fault = std::convert::Infallible;

    fn node(&self) -> u32 {
        self.clock.node
    }

    fn state(&self) -> Result<String, Self::Fault> {
        Ok(self.state.clone())
    }

    fn look(&self, keys: &[Key]) -> Result<Vec<Known>, Self::Fault> {
        let known = keys.iter().map(|key| {
            let row = self.rows.get(key);
            Known {
                key: key.clone(),
                here: row.map(|r| r.record.clone()),
                common: row.and_then(|r| r.common.clone()),
                pending: row.is_some_and(|r| r.pending),
                sent: row.is_some_and(|r| r.pending && r.tries > 0),
            }
        });
        Ok(known.collect())
    }

    fn outbox(
        &self,
        kind: Kind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Outgoing>, Self::Fault> {
        let rows = self.rows.iter().filter(|(key, row)| {
            key.kind == kind
                && row.pending
                && !row.aside
                && after.is_none_or(|a| key.id.as_str() > a)
        });
        let mut waiting: Vec<Outgoing> = rows
            .take(limit)
            .map(|(_, row)| Outgoing {
                record: row.record.clone(),
                common: row.common.clone(),
                tries: row.tries,
            })
            .collect();
        for one in waiting.iter_mut().filter(|_| self.mistakes.says_nothing) {
            one.record.stamps.over.clear();
        }
        Ok(waiting)
    }

    fn counts(&self, kind: Kind) -> Result<Counts, Self::Fault> {
        let mut counts = Counts::default();
        for (_, row) in self.rows.iter().filter(|(key, _)| key.kind == kind) {
            counts.common += u64::from(row.common.as_ref().is_some_and(|c| !c.record.life.deleted));
            counts.pending += u64::from(row.pending && !row.aside);
        }
        Ok(counts)
    }

    fn waits(&self, kind: Kind) -> Result<u64, Self::Fault> {
        Ok(self.counts(kind)?.pending)
    }

    fn unseen(
        &self,
        kind: Kind,
        scan: u32,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Known>, Self::Fault> {
        let missing = |(key, row): &(&Key, &Row)| {
            let erased = row.record.life.erased;
            let of_note = |c: &Common| erased || !c.record.life.deleted;
            key.kind == kind && row.scan < scan && row.common.as_ref().is_some_and(of_note)
        };
        let keys: Vec<Key> = self
            .rows
            .iter()
            .filter(missing)
            .filter(|(key, _)| after.is_none_or(|a| key.id.as_str() > a))
            .take(limit)
            .map(|(key, _)| key.clone())
            .collect();
        self.look(&keys)
    }

    fn lost(&self, kind: Kind, scan: u32) -> Result<Lost, Self::Fault> {
        let shared = |(key, row): &(&Key, &Row)| {
            let there = row.common.as_ref().is_some_and(|c| !c.record.life.deleted);
            key.kind == kind && there && !row.record.life.deleted
        };
        let shared: Vec<&Row> = self.rows.iter().filter(shared).map(|it| it.1).collect();
        Ok(Lost {
            missing: shared.iter().filter(|row| row.scan < scan).count() as u64,
            known: shared.len() as u64,
        })
    }

    fn apply(&mut self, batch: Batch) -> Result<Vec<Applied>, Self::Fault> {
        if batch.renumber {
            self.numbers += 1000;
            self.clock = Clock {
                node: self.numbers,
                last: self.clock.last,
            };
        }
        for (key, mark) in batch.marks {
            self.mark(&key, mark);
        }
        for stamp in batch.saw {
            self.clock.see(stamp, self.now);
        }
        for key in batch.seen {
            if let Some(row) = self.rows.get_mut(&key) {
                row.scan = batch.scan;
            }
        }
        let scan = batch.scan;
        let applied = batch
            .arrivals
            .into_iter()
            .map(|a| self.arrive(a, scan))
            .collect();
        self.quarantined += batch.quarantine.len();
        for entry in batch.inbox {
            self.inbox.insert(entry["entry"]["id"].to_string());
        }
        if let Some(state) = batch.state {
            self.state = state;
            if self.mistakes.local_cursor {
                self.cursor_of_our_own();
            }
        }
        Ok(applied)
    }

    fn forget(&mut self, keep: Side) -> Result<(), Self::Fault> {
        for row in self.rows.values_mut() {
            row.aside = false;
            row.tries = 0;
            row.scan = 0;
            match keep {
                Side::Here => {
                    row.common = None;
                    row.pending = true;
                }
                Side::There => {
                    row.common = Some(Common {
                        record: row.record.clone(),
                        remote_id: None,
                        version: None,
                    });
                    row.pending = false;
                }
            }
        }
        Ok(())
    }
}

impl Till {
    /// The mistake: the cursor is our own wall clock.
    fn cursor_of_our_own(&mut self) {
        let mut state: Value = serde_json::from_str(&self.state).unwrap_or(Value::Null);
        if let Some(lanes) = state.get_mut("lanes").and_then(Value::as_object_mut) {
            for lane in lanes.values_mut() {
                if lane["cursor"]
                    .as_str()
                    .is_some_and(|c| c.len() >= 13 && c.parse::<u64>().is_ok())
                {
                    lane["cursor"] = json!(self.now.to_string());
                }
            }
        }
        self.state = state.to_string();
    }
}
