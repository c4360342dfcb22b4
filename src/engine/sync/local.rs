//! A record on this side: as it is here, and as both sides had it last, both in the form that travels.
//!
//! What both sides had is kept as stamps only; the record itself tells the rest while it is not in the outbox, and the
//! log while it is. Only what neither can tell is kept whole (`store::Known::body`): removed records, and other ways of
//! writing the same (`2026-01-31T18:30+08:00` for an instant that we write in UTC).

use super::wire::{self, Ids, stored_kind};
use crate::public::Terms;
use model::CustomerId;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use store::{Fate, Reader, RecordKind, RecordRef, StoreError, SyncClock, SyncEntry, SyncRecord};
use sync::{Common, Key, Kind, Known, Life, META, Outgoing, Path, Profile, Record, Stamp, Stamps};

/// Reads records in the form that travels.
#[derive(Clone, Copy)]
pub(super) struct Local<'r> {
    pub(super) read: Reader<'r>,
    pub(super) terms: Terms,
    pub(super) node: u32,
    pub(super) profile: &'r Profile,
}

/// Stamps as one text: one stamp where one says it all, else JSON.
pub(super) fn write_meta(record: &Record) -> String {
    let it = &record.stamps;
    if it.born == it.at && it.own.is_empty() && it.over.is_empty() && record.life == Life::default()
    {
        return it.at.to_string();
    }
    let bare = Record {
        fields: Map::new(),
        ..record.clone()
    };
    bare.to_json()
        .get(META)
        .map(Value::to_string)
        .unwrap_or_default()
}

fn read_meta(kind: Kind, meta: Option<&str>) -> (Stamps, Life) {
    let Some(meta) = meta else {
        return (Stamps::default(), Life::default());
    };
    if let Some(at) = Stamp::parse(meta) {
        let stamps = Stamps {
            born: at,
            at,
            ..Stamps::default()
        };
        return (stamps, Life::default());
    }
    let meta: Value = serde_json::from_str(meta).unwrap_or_default();
    let whole = json!({ "id": "0", META: meta });
    Record::from_json(kind, &whole)
        .map(|record| (record.stamps, record.life))
        .unwrap_or_default()
}

/// A record from its JSON, as we wrote it.
pub(super) fn read_body(kind: Kind, body: Option<&str>) -> Option<Record> {
    let value: Value = serde_json::from_str(body?).ok()?;
    Record::from_json(kind, &value).ok()
}

fn extra_of(known: Option<&store::Known>) -> Map<String, Value> {
    let text = known.and_then(|known| known.extra.as_deref());
    let parsed = text.and_then(|text| serde_json::from_str(text).ok());
    parsed.unwrap_or_default()
}

/// Fields that say more than the record's: nothing that merging should ask about.
pub(super) fn stamp(clock: SyncClock, node: u32) -> Stamp {
    Stamp {
        ms: u64::try_from(clock.ms).unwrap_or(0).min(sync::LAST_MS),
        counter: u16::try_from(clock.count).unwrap_or(u16::MAX),
        node,
    }
}

impl Local<'_> {
    /// What is here under a key.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub(super) fn look(&self, key: &Key) -> Result<Known, StoreError> {
        let nothing = Known {
            key: key.clone(),
            here: None,
            common: None,
            pending: false,
            sent: false,
        };
        let kind = stored_kind(key.kind);
        let Some(record) = Ids::new(self.read).named(kind, &key.id)? else {
            return Ok(nothing);
        };
        let entry = self.read.sync_entry(record)?;
        let (mut here, common) = self.sides(key, record, entry.as_ref())?;
        if key.kind == Kind::Settings && common.is_none() {
            // What nobody ever set is no opinion: a new browser takes the shop's settings, whatever its own begin with.
            here = here
                .map(|it| it.without(|path| it.stamp(path) == Some(Stamp::ZERO)))
                .filter(|it| !it.fields.is_empty());
        }
        Ok(Known {
            here,
            common,
            pending: entry.is_some(),
            sent: entry.is_some_and(|entry| entry.tries > 0),
            ..nothing
        })
    }

    /// A record of the outbox.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub(super) fn outgoing(
        &self,
        kind: Kind,
        entry: &SyncEntry,
    ) -> Result<Option<Outgoing>, StoreError> {
        let id = Ids::new(self.read).out(entry.record)?;
        let key = Key::new(kind, &id);
        let (here, common) = self.sides(&key, entry.record, Some(entry))?;
        Ok(here.map(|record| Outgoing {
            record,
            common,
            tries: entry.tries,
        }))
    }

    /// Both sides of a record.
    fn sides(
        &self,
        key: &Key,
        record: RecordRef,
        entry: Option<&SyncEntry>,
    ) -> Result<(Option<Record>, Option<Common>), StoreError> {
        let known = self.read.sync_known(record)?;
        let known = known.as_ref();
        let common = self.common(key, record, known, entry)?;
        let here = match entry {
            None => common.clone(),
            Some(entry) => self.here(key, record, entry, common.as_ref())?,
        };
        let here = match here {
            // Never in the outbox and never seen there: kinds that were not shared so far.
            None if entry.is_none() => self.fresh(key, record, None)?,
            other => other,
        };
        let common = common.map(|record| Common {
            record,
            remote_id: known.and_then(|it| it.remote.clone()),
            version: known.and_then(|it| it.version.clone()),
        });
        Ok((here, common))
    }

    fn common(
        &self,
        key: &Key,
        record: RecordRef,
        known: Option<&store::Known>,
        entry: Option<&SyncEntry>,
    ) -> Result<Option<Record>, StoreError> {
        if let Some(common) = entry.and_then(|it| read_body(key.kind, it.common.as_deref())) {
            return Ok(Some(common));
        }
        let Some(it) = known else { return Ok(None) };
        if let Some(body) = read_body(key.kind, it.body.as_deref()) {
            return Ok(Some(body));
        }
        // After "begin anew" only names are left.
        if it.meta.is_none() && it.wire.is_some() {
            return Ok(None);
        }
        let was = match entry {
            Some(entry) => self.read.sync_record_at(record, entry.since)?,
            None => self.read.sync_record(record)?,
        };
        let fields = match &was {
            Some(was) => self.fields(key.kind, was, &extra_of(known))?,
            None => Map::new(),
        };
        let (stamps, life) = read_meta(key.kind, it.meta.as_deref());
        Ok(Some(Record {
            key: key.clone(),
            fields,
            stamps,
            life,
        }))
    }

    /// A record of the outbox as it is here: what it was at `since`, and every edit from then on.
    fn here(
        &self,
        key: &Key,
        record: RecordRef,
        entry: &SyncEntry,
        common: Option<&Record>,
    ) -> Result<Option<Record>, StoreError> {
        let base = read_body(key.kind, entry.here.as_deref()).or_else(|| common.cloned());
        let now = self.read.sync_record(record)?;
        let Some(mut here) = base else {
            return self.fresh(key, record, Some(entry));
        };
        let clock = stamp(entry.clock, self.node);
        if let Some(erased) = self.erased(key, record, clock)? {
            return Ok(Some(if here.life.erased { here } else { erased }));
        }
        let was = self.read.sync_record_at(record, entry.since)?;
        let turned = self.read.sync_turned(record, entry.since)?;
        let turned = turned.map(|clock| stamp(clock, self.node));
        match &now {
            Some(now) => {
                if here.life.deleted {
                    let at = later(turned.unwrap_or(clock), here.life.at, self.node);
                    here.life = Life {
                        at,
                        ..Life::default()
                    };
                }
                self.edit(&mut here, was.as_ref(), now, (record, entry.since, clock))?;
            }
            None if !here.life.deleted || turned.is_some() => {
                let at = later(turned.unwrap_or(clock), here.life.at, self.node);
                here.life = self.death(record, at)?;
                // What a person removes is in the log; what an erasure takes is nowhere.
                if self.read.sync_removed(record)?.is_none() {
                    here.life.erased = true;
                    here.life.merged_into = None;
                    here.fields = Map::new();
                    here.stamps = Stamps::default();
                }
            }
            None => {}
        }
        Ok(Some(here))
    }

    /// Every leaf that differs between `was` and `now` is an edit.
    fn edit(
        &self,
        here: &mut Record,
        was: Option<&SyncRecord>,
        now: &SyncRecord,
        (record, since, clock): (RecordRef, i64, Stamp),
    ) -> Result<(), StoreError> {
        let kind = here.key.kind;
        let nothing = Map::new();
        let leaves = |it: Option<&SyncRecord>| -> Result<_, StoreError> {
            let fields = match it {
                Some(it) => self.fields(kind, it, &nothing)?,
                None => Map::new(),
            };
            Ok(Record::new(here.key.clone(), fields, Stamp::ZERO).leaves())
        };
        let (before, after) = (leaves(was)?, leaves(Some(now))?);
        let edits = self.read.sync_edits(record, since)?;
        let at = |path: &Path| {
            let edit = edits.get(&path.field).copied();
            edit.map_or(clock, |clock| stamp(clock, self.node))
        };
        let mut paths: Vec<&Path> = before.keys().chain(after.keys()).collect();
        paths.sort();
        paths.dedup();
        for path in paths {
            let value =
                |of: &BTreeMap<Path, sync::Leaf>| of.get(path).and_then(|l| l.value.clone());
            let (old, new) = (value(&before), value(&after));
            if old == new {
                continue;
            }
            let over = here.stamp(path).unwrap_or(Stamp::ZERO);
            here.set(path, new, later(at(path), over, self.node));
        }
        Ok(())
    }

    /// A record that the other side never had.
    fn fresh(
        &self,
        key: &Key,
        record: RecordRef,
        entry: Option<&SyncEntry>,
    ) -> Result<Option<Record>, StoreError> {
        let clock = entry.map(|it| stamp(it.clock, self.node));
        let clock = clock.unwrap_or(Stamp::ZERO);
        if let Some(erased) = self.erased(key, record, clock)? {
            return Ok(Some(erased));
        }
        let made = self.read.sync_made(record)?;
        let made = made.map(|(clock, _)| stamp(clock, self.node));
        let nothing = Map::new();
        let Some(now) = self.read.sync_record(record)? else {
            let Some(was) = self.read.sync_removed(record)? else {
                return Ok(None);
            };
            let fields = self.fields(key.kind, &was, &nothing)?;
            let turned = self.read.sync_turned(record, 0)?;
            let at = turned.map_or(clock, |clock| stamp(clock, self.node));
            let mut gone = Record::new(key.clone(), fields, made.unwrap_or(at));
            gone.life = self.death(record, at)?;
            return Ok(Some(gone));
        };
        // Settings were there from the beginning.
        let born = made.unwrap_or(Stamp::ZERO);
        let fields = self.fields(key.kind, &now, &nothing)?;
        let mut fresh = Record::new(key.clone(), fields, born);
        // Removed and brought back meanwhile: that beats a tombstone that is still there.
        if let Some(turned) = self.read.sync_turned(record, 0)? {
            fresh.life.at = stamp(turned, self.node);
        }
        for (field, clock) in self.read.sync_edits(record, 0)? {
            let at = stamp(clock, self.node);
            let paths: Vec<Path> = fresh.leaves().into_keys().collect();
            for path in paths.into_iter().filter(|path| path.field == field) {
                let value = fresh.value(&path);
                fresh.set(&path, value, later(at, born, self.node));
            }
        }
        Ok(Some(fresh))
    }

    /// A customer who was erased here.
    fn erased(
        &self,
        key: &Key,
        record: RecordRef,
        at: Stamp,
    ) -> Result<Option<Record>, StoreError> {
        if record.kind != RecordKind::Customer
            || !matches!(self.read.sync_fate(record)?, Fate::Erased { .. })
        {
            return Ok(None);
        }
        Ok(Some(Record {
            key: key.clone(),
            fields: Map::new(),
            stamps: Stamps::default(),
            life: Life {
                at,
                deleted: true,
                merged_into: None,
                erased: true,
            },
        }))
    }

    fn death(&self, record: RecordRef, at: Stamp) -> Result<Life, StoreError> {
        let merged_into = match self.read.sync_fate(record)? {
            Fate::MergedInto(CustomerId(id)) => Some(Ids::new(self.read).out(RecordRef {
                kind: RecordKind::Customer,
                id,
            })?),
            _ => None,
        };
        Ok(Life {
            at,
            deleted: true,
            merged_into,
            erased: false,
        })
    }

    /// Fields as they travel: without what is withheld, with what others wrote.
    pub(super) fn fields(
        &self,
        kind: Kind,
        record: &SyncRecord,
        extra: &Map<String, Value>,
    ) -> Result<Map<String, Value>, StoreError> {
        let mut fields = wire::encode(self.read, &self.terms, record, &Map::new())?;
        if kind == Kind::Orders {
            fields.remove("refunds");
            fields.remove("refunded");
        }
        withhold(self.profile, kind, &mut fields);
        if extra.contains_key("number") && kind == Kind::Coupons {
            fields.remove("number");
        }
        crate::public::restore(&mut fields, extra);
        Ok(fields)
    }
}

/// The stamp, or the next one after `over` where that is not older.
fn later(stamp: Stamp, over: Stamp, node: u32) -> Stamp {
    if over >= stamp {
        over.next(node)
    } else {
        stamp
    }
}

/// Takes out what never leaves this browser.
pub(super) fn withhold(profile: &Profile, kind: Kind, fields: &mut Map<String, Value>) {
    if profile.share.without.is_empty() {
        return;
    }
    fields.retain(|name, _| !profile.withholds(kind, &Path::field(name)));
    for (name, value) in fields.iter_mut() {
        if let Value::Object(members) = value {
            members.retain(|part, _| !profile.withholds(kind, &Path::part(name, part)));
        }
    }
    fields.retain(|_, value| !matches!(value, Value::Object(members) if members.is_empty()));
}
