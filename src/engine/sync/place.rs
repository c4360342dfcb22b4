//! Putting what came into the database: records, removals, mergings, twins, and what cannot be placed yet.

use super::local::{Local, withhold, write_meta};
use super::wire::{self, Decoded, Ids, Unread, stored_kind};
use crate::public::Terms;
use model::{CustomerId, OrderId};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use store::{Known, Reader, RecordKind, RecordRef, StoreError, SyncClock, SyncRecord, Tx};
use sync::{
    Applied, Arrival, Common, Conflict, Key, Kind, Life, Mark, Path, Profile, Quarantined, Record,
    Side, Stamp,
};

/// Why a record waits: its values cannot be read.
pub(super) const WHY_WRONG: &str = "wrong";
/// Why a record waits: what it refers to is not here.
pub(super) const WHY_LACKS: &str = "lacks";
/// Why a record waits: another record has its code.
pub(super) const WHY_TAKEN: &str = "taken";
/// Why a record waits: its kind or form is of a newer version.
pub(super) const WHY_UNKNOWN: &str = "unknown";

/// Places what came in one transaction.
pub(super) struct Placing<'a, 't> {
    pub(super) tx: &'a mut Tx<'t>,
    pub(super) profile: &'a Profile,
    pub(super) terms: Terms,
    pub(super) node: u32,
    pub(super) scan: u32,
    pub(super) clock: SyncClock,
    /// When.
    pub(super) now: model::Timestamp,
    /// Something waits to be placed.
    pub(super) waiting: bool,
    /// Everybody whose records changed, also those who lost one.
    pub(super) customers: BTreeSet<CustomerId>,
    /// What belongs to somebody who comes with this batch under an id that another had here.
    pub(super) others: Vec<Arrival>,
}

impl Placing<'_, '_> {
    /// When this is written.
    pub(super) fn at(&self) -> model::Timestamp {
        self.now
    }

    fn read(&self) -> Reader<'_> {
        self.tx.read()
    }

    fn local(&self) -> Local<'_> {
        Local {
            read: self.tx.read(),
            terms: self.terms,
            node: self.node,
            profile: self.profile,
        }
    }

    /// Places one record, and what waited for it.
    pub(super) fn arrival(&mut self, arrival: &Arrival) -> Result<Applied, StoreError> {
        let applied = self.place(arrival)?;
        if applied != Applied::Waiting && self.waiting {
            let kind = arrival.record.key.kind.name();
            self.tx.sync_placed_waiting(kind, &arrival.record.key.id)?;
            self.release(&arrival.record.key.id)?;
        }
        Ok(applied)
    }

    /// Places what waited for an id, and what waited for those.
    fn release(&mut self, id: &str) -> Result<(), StoreError> {
        for waiting in self.read().sync_waiting_for(id)? {
            let Some(arrival) = read_waiting(&waiting.kind, &waiting.body) else {
                continue;
            };
            self.arrival(&arrival)?;
        }
        Ok(())
    }

    fn place(&mut self, arrival: &Arrival) -> Result<Applied, StoreError> {
        let key = &arrival.record.key;
        let record = self.named(key)?;
        self.note_customer(record)?;
        self.tx.sync_placed(record);
        if !arrival.changes_here && self.only_seen(arrival, record)? {
            return Ok(Applied::In);
        }
        let applied = if arrival.record.life.deleted {
            self.remove(arrival, record)?
        } else {
            self.put(arrival, record)?
        };
        if applied == Applied::In {
            if !arrival.record.life.erased {
                self.conflicts(record, &arrival.conflicts)?;
            }
            self.note_customer(record)?;
        }
        Ok(applied)
    }

    /// What is there is what is here, in our way of writing it: only its version and stamps are new. A long first sync
    /// reads back a million of these.
    fn only_seen(&mut self, arrival: &Arrival, record: RecordRef) -> Result<bool, StoreError> {
        let common = &arrival.common;
        if !arrival.delivered || arrival.record.life.deleted || common.record.life.deleted {
            return Ok(false);
        }
        let Some(it) = self.read().sync_record(record)? else {
            return Ok(false);
        };
        let before = self.read().sync_known(record)?.unwrap_or_default();
        let extra = before.extra.as_deref();
        let extra: Map<String, Value> = extra
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        let own = self.local().fields(arrival.record.key.kind, &it, &extra)?;
        if own != common.record.fields {
            return Ok(false);
        }
        let wire = match default_id(record).as_deref() == Some(&arrival.record.key.id) {
            true => None,
            false => Some(arrival.record.key.id.clone()),
        };
        let known = Known {
            wire,
            remote: common.remote_id.clone(),
            version: common.version.clone(),
            meta: Some(write_meta(&common.record)),
            body: None,
            gone: false,
            scan: self.scan.max(before.scan),
            extra: before.extra,
        };
        self.tx.sync_known(record, &known)?;
        self.tx.sync_delivered(record)?;
        self.conflicts(record, &arrival.conflicts)?;
        Ok(true)
    }

    /// The record's number here, a new one for what another program made.
    fn named(&mut self, key: &Key) -> Result<RecordRef, StoreError> {
        let kind = stored_kind(key.kind);
        if let Some(record) = Ids::new(self.read()).named(kind, &key.id)? {
            return Ok(record);
        }
        let id = self.tx.sync_new_id(kind)?;
        let record = RecordRef { kind, id };
        let known = Known {
            wire: Some(key.id.clone()),
            // Until it is placed nobody counts it.
            gone: true,
            ..Known::default()
        };
        self.tx.sync_known(record, &known)?;
        Ok(record)
    }

    fn note_customer(&mut self, record: RecordRef) -> Result<(), StoreError> {
        let customer = self.read().sync_owner(record)?;
        self.customers.extend(customer);
        Ok(())
    }

    fn remove(&mut self, arrival: &Arrival, record: RecordRef) -> Result<Applied, StoreError> {
        let it = &arrival.record;
        if it.life.erased {
            // Persons were erased before this transaction; what stays is that they were.
            if record.kind != RecordKind::Customer {
                self.tx.sync_remove(record)?;
                self.tx.sync_forget_log(record)?;
            }
            self.known(arrival, record, None, &Map::new())?;
            return Ok(Applied::In);
        }
        let into = it.life.merged_into.as_deref();
        let into = into.filter(|_| it.key.kind == Kind::Customers);
        if let Some(into) = into
            && let Some(survivor) = Ids::new(self.read()).named(RecordKind::Customer, into)?
        {
            let gone = CustomerId(record.id);
            let survivor = self.read().settled(CustomerId(survivor.id))?;
            if self.read().customer(survivor)?.is_none() {
                return self.wait(arrival, WHY_LACKS, Some(into));
            }
            if self.read().customer(gone)?.is_some() && survivor != gone {
                self.merge(gone, survivor)?;
            } else if survivor != gone && self.read().settled(gone)? != survivor {
                self.tx.sync_leads_to(gone, survivor)?;
            }
            self.known(arrival, record, None, &Map::new())?;
            // What names the one who went belongs to the other from now on.
            self.release(&it.key.id)?;
            return Ok(Applied::In);
        }
        self.tx.sync_remove(record)?;
        self.known(arrival, record, None, &Map::new())?;
        Ok(Applied::In)
    }

    /// Hands everything over as the other side did; everybody gives it the same stamps.
    fn merge(&mut self, gone: CustomerId, survivor: CustomerId) -> Result<(), StoreError> {
        let moved = self.belongings(gone)?;
        self.customers.extend([gone, survivor]);
        self.tx.sync_merge(gone, survivor)?;
        let survivor = RecordRef {
            kind: RecordKind::Customer,
            id: survivor.0,
        };
        self.lead(moved, survivor)
    }

    /// A reference follows a merging: the stamp is the same everywhere.
    fn point(&self, here: &mut Record, field: &str, to: &str) {
        let path = Path::field(field);
        if here.fields.get(field).and_then(Value::as_str) != Some(to) {
            let at = here.stamp(&path).unwrap_or(Stamp::ZERO).derived();
            here.set(&path, Some(json!(to)), at);
        }
    }

    fn differs(
        &mut self,
        record: RecordRef,
        common: Option<&str>,
        here: &Record,
    ) -> Result<(), StoreError> {
        let here = here.to_json().to_string();
        self.tx.sync_differs(record, self.clock, common, &here)
    }

    fn put(&mut self, arrival: &Arrival, record: RecordRef) -> Result<Applied, StoreError> {
        let mut merged = arrival.record.clone();
        let (decoded, theirs) = self.decode(&merged, record)?;
        let (it, mut extra) = match decoded {
            Ok(decoded) => decoded,
            Err(Unread::Store(error)) => return Err(error),
            Err(Unread::Lacks(id)) => return self.wait(arrival, WHY_LACKS, Some(&id)),
            Err(Unread::Wrong(_)) => return self.wait(arrival, WHY_WRONG, None),
        };
        extra.extend(theirs);
        if let Some(lacks) = self.read().sync_lacks(&it)? {
            let id = Ids::new(self.read()).out(lacks)?;
            return self.wait(arrival, WHY_LACKS, Some(&id));
        }
        let returns = record.kind == RecordKind::Customer && !self.read().sync_has(record)?;
        if let SyncRecord::Distinct(pair) = &it
            && let Some(by) = self.tx.sync_pair(pair.low, pair.high)?
            && by != record.id
        {
            return self.twin(arrival, record, by);
        }
        match self.tx.sync_put(&it) {
            Ok(_) => {}
            Err(StoreError::KeyTaken { kind, by, .. })
                if kind == record.kind && by != record.id && kind != RecordKind::Coupon =>
            {
                return self.twin(arrival, record, by);
            }
            Err(StoreError::KeyTaken { .. } | StoreError::Constraint(_)) => {
                return self.wait(arrival, WHY_TAKEN, None);
            }
            Err(error) => return Err(error),
        }
        // Versions of the programme may have changed numbers to stand in their order.
        let record = match record.kind {
            RecordKind::Program => self.named(&merged.key)?,
            _ => record,
        };
        if returns {
            self.tx.sync_unmerge(CustomerId(record.id))?;
        }
        if let SyncRecord::Coupon(coupon) = &it {
            extra.insert("number".to_owned(), json!(coupon.number));
        }
        let pointed = self.follow_references(&mut merged, &it)?;
        let whole = Arrival {
            delivered: arrival.delivered && !pointed,
            record: merged,
            ..arrival.clone()
        };
        self.known(&whole, record, Some(&it), &extra)?;
        Ok(Applied::In)
    }

    /// Reads the record, with what is withheld taken from here; and what is withheld of theirs.
    #[expect(clippy::type_complexity, reason = "read or not, and what is theirs")]
    fn decode(
        &self,
        merged: &Record,
        record: RecordRef,
    ) -> Result<(Result<Decoded, Unread>, Map<String, Value>), StoreError> {
        let kind = merged.key.kind;
        let mut fields = merged.fields.clone();
        let mut theirs = Map::new();
        if !self.profile.share.without.is_empty() {
            withhold(self.profile, kind, &mut fields);
            theirs = difference(&merged.fields, &fields);
            if let Some(now) = self.read().sync_record(record)? {
                let own = wire::encode(self.read(), &self.terms, &now, &Map::new())?;
                let mut shared = own.clone();
                withhold(self.profile, kind, &mut shared);
                crate::public::restore(&mut fields, &difference(&own, &shared));
            }
        }
        let decoded = wire::decode(self.read(), &self.terms, kind, record, &fields);
        Ok((decoded, theirs))
    }

    /// References that lead to a survivor are so in the merged record too; whether any did.
    fn follow_references(&self, merged: &mut Record, it: &SyncRecord) -> Result<bool, StoreError> {
        let own = wire::encode(self.read(), &self.terms, it, &Map::new())?;
        let mut any = false;
        for (name, kind) in wire::references(merged.key.kind) {
            if *kind != RecordKind::Customer {
                continue;
            }
            let is = own.get(*name).and_then(Value::as_str);
            let was = merged.fields.get(*name).and_then(Value::as_str);
            if let (Some(is), Some(was)) = (is, was)
                && is != was
            {
                let is = is.to_owned();
                self.point(merged, name, &is);
                any = true;
            }
        }
        Ok(any)
    }

    /// Notes what both sides have, and whether something is left to send.
    fn known(
        &mut self,
        arrival: &Arrival,
        record: RecordRef,
        it: Option<&SyncRecord>,
        extra: &Map<String, Value>,
    ) -> Result<(), StoreError> {
        let (common, id) = (&arrival.common, &arrival.record.key.id);
        let before = self.read().sync_known(record)?.unwrap_or_default();
        let wire = if default_id(record).as_deref() == Some(id) {
            None
        } else {
            Some(id.clone())
        };
        let own = match it {
            Some(it) => {
                let kind = common.record.key.kind;
                Some(self.local().fields(kind, it, extra)?)
            }
            None => None,
        };
        let same = own.is_some_and(|own| own == common.record.fields);
        // Of whom was forgotten nothing is written down, not even what the other side still has.
        let there = match arrival.record.life.erased {
            true => &arrival.record,
            false => &common.record,
        };
        let there = there.to_json().to_string();
        let body = (!same).then(|| there.clone());
        let known = Known {
            wire,
            remote: common.remote_id.clone(),
            version: common.version.clone(),
            meta: Some(write_meta(&common.record)),
            extra: (!extra.is_empty()).then(|| Value::Object(extra.clone()).to_string()),
            gone: common.record.life.deleted,
            scan: self.scan.max(before.scan),
            body,
        };
        self.tx.sync_known(record, &known)?;
        if arrival.delivered {
            return self.tx.sync_delivered(record);
        }
        self.differs(record, Some(&there), &arrival.record)
    }

    /// Keeps what cannot be placed.
    fn wait(
        &mut self,
        arrival: &Arrival,
        why: &str,
        lack: Option<&str>,
    ) -> Result<Applied, StoreError> {
        self.waiting = true;
        let key = &arrival.record.key;
        let body = json!({
            "record": arrival.record.to_json(),
            "common": arrival.common.record.to_json(),
            "remote": arrival.common.remote_id,
            "version": arrival.common.version,
            "delivered": arrival.delivered,
        });
        self.tx
            .sync_wait(key.kind.name(), &key.id, &body.to_string(), why, lack)?;
        Ok(Applied::Waiting)
    }

    /// The same thing is here under another id: the lower id stays, everywhere alike.
    fn twin(
        &mut self,
        arrival: &Arrival,
        record: RecordRef,
        by: i64,
    ) -> Result<Applied, StoreError> {
        let other = RecordRef {
            kind: record.kind,
            id: by,
        };
        let other_id = Ids::new(self.read()).out(other)?;
        let other_key = Key::new(arrival.record.key.kind, &other_id);
        let known = self.local().look(&other_key)?;
        let Some(ours) = known.here else {
            return self.wait(arrival, WHY_TAKEN, None);
        };
        let theirs = arrival.record.clone();
        let stays_theirs = theirs.key.id < ours.key.id;
        let (stays, goes) = if stays_theirs {
            (&theirs, &ours)
        } else {
            (&ours, &theirs)
        };
        let mut joined = sync::join(
            stays,
            &Record {
                key: stays.key.clone(),
                ..goes.clone()
            },
        );
        joined.life = stays.life.clone();
        let at = theirs.latest().max(ours.latest()).derived();
        let mut gone = goes.clone();
        gone.life = Life {
            at,
            deleted: true,
            merged_into: Some(stays.key.id.clone()),
            erased: false,
        };
        let ours_common = known.common.map(|it| it.record.to_json().to_string());
        self.tx.sync_placed(other);
        if stays_theirs {
            self.replace(&joined, record, other)?;
            let whole = Arrival {
                delivered: false,
                record: joined,
                ..arrival.clone()
            };
            let now = self.read().sync_record(record)?;
            self.known(&whole, record, now.as_ref(), &Map::new())?;
            self.differs(other, ours_common.as_deref(), &gone)?;
        } else {
            self.keep(&joined, other)?;
            self.differs(other, ours_common.as_deref(), &joined)?;
            if record.kind == RecordKind::Customer {
                self.tx
                    .sync_leads_to(CustomerId(record.id), CustomerId(other.id))?;
            }
            let whole = Arrival {
                delivered: false,
                record: gone,
                ..arrival.clone()
            };
            self.known(&whole, record, None, &Map::new())?;
        }
        Ok(Applied::Twin {
            stays: if stays_theirs {
                theirs.key.id
            } else {
                other_id
            },
        })
    }

    /// Theirs takes the place of ours.
    fn replace(
        &mut self,
        joined: &Record,
        record: RecordRef,
        other: RecordRef,
    ) -> Result<(), StoreError> {
        let read = |placing: &Self, fields: &Map<String, Value>| {
            wire::decode(
                placing.read(),
                &placing.terms,
                joined.key.kind,
                record,
                fields,
            )
        };
        if record.kind == RecordKind::Customer {
            let mut without = joined.fields.clone();
            without.remove("externalId");
            if let Ok((it, _)) = read(self, &without) {
                self.tx.sync_put(&it)?;
            }
            self.merge(CustomerId(other.id), CustomerId(record.id))?;
        } else {
            self.note_customer(other)?;
            self.tx.sync_replace(other, record.id)?;
        }
        if let Ok((it, _)) = read(self, &joined.fields) {
            self.tx.sync_put(&it)?;
        }
        if record.kind == RecordKind::Order {
            self.tx.sync_count_refunds(OrderId(record.id))?;
        }
        Ok(())
    }

    /// Ours stays, with what theirs knows more.
    fn keep(&mut self, joined: &Record, other: RecordRef) -> Result<(), StoreError> {
        let decoded = wire::decode(
            self.read(),
            &self.terms,
            joined.key.kind,
            other,
            &joined.fields,
        );
        if let Ok((it, _)) = decoded {
            self.tx.sync_put(&it)?;
        }
        Ok(())
    }

    fn conflicts(&mut self, record: RecordRef, conflicts: &[Conflict]) -> Result<(), StoreError> {
        for it in conflicts {
            let side = |leaf: &sync::Leaf| {
                json!({ "value": leaf.value, "ms": leaf.stamp.ms, "before": it.common }).to_string()
            };
            let (kept, lost) = (side(&it.kept), side(&it.lost));
            let theirs_lost = it.kept_from == Side::Here;
            self.tx
                .sync_conflict(record, &it.path.to_string(), (&kept, &lost), theirs_lost)?;
        }
        Ok(())
    }

    /// A comparison of everything saw a record there.
    pub(super) fn seen(&mut self, key: &Key) -> Result<(), StoreError> {
        let kind = stored_kind(key.kind);
        let Some(record) = Ids::new(self.read()).named(kind, &key.id)? else {
            return Ok(());
        };
        self.tx.sync_seen(record, self.scan)
    }

    /// What happened to a record of the outbox.
    pub(super) fn mark(&mut self, key: &Key, mark: &Mark) -> Result<(), StoreError> {
        let kind = stored_kind(key.kind);
        let Some(record) = Ids::new(self.read()).named(kind, &key.id)? else {
            return Ok(());
        };
        match mark {
            Mark::Sent => self.tx.sync_tried(record, None),
            Mark::Aside(fault) => {
                let why = json!(fault).to_string();
                self.tx.sync_tried(record, Some(&why))
            }
            Mark::Queue => self.tx.sync_enqueue(record),
            Mark::Forget => {
                let here = self.local().look(key)?.here;
                self.tx.sync_unknown(record)?;
                match here {
                    Some(here) => self.differs(record, None, &here),
                    None => self.tx.sync_enqueue(record),
                }
            }
            Mark::Remove(at) => self.vanish(key, record, *at),
            Mark::Delivered => {
                self.tx.sync_unknown(record)?;
                self.tx.sync_delivered(record)
            }
            Mark::Rekey => self.rekey(key, record),
        }
    }

    /// Another record has this one's id: it gets a new one. What refers to it and was shared says so by an edit; the rest
    /// goes with it when it is sent. What came from the endpoint and was made before it is the other one's.
    fn rekey(&mut self, key: &Key, record: RecordRef) -> Result<(), StoreError> {
        let mut shared = Vec::new();
        if record.kind == RecordKind::Customer {
            let known = self.read().sync_known(record)?.is_some();
            let here = self.local().look(key)?.here;
            let born = here.map(|here| here.stamps.born).unwrap_or_default();
            for (one, its) in self.belongings(CustomerId(record.id))? {
                let Some(common) = &its.common else { continue };
                let at = common.record.stamp(&Path::field("customer"));
                if at.is_some_and(|at| at < born) {
                    self.others.extend(as_it_came(its));
                } else if known {
                    shared.push((one, its));
                }
            }
        }
        let new = self.tx.sync_rekey(record)?;
        if new != record {
            self.tx.sync_unknown(record)?;
        }
        self.lead(shared, new)
    }

    /// What belongs to a customer and travels.
    fn belongings(
        &self,
        customer: CustomerId,
    ) -> Result<Vec<(RecordRef, sync::Known)>, StoreError> {
        let mut found = Vec::new();
        for record in self.read().sync_belongings(customer)? {
            let Some(kind) = wire::travelling_kind(record.kind) else {
                continue;
            };
            let id = Ids::new(self.read()).out(record)?;
            found.push((record, self.local().look(&Key::new(kind, &id))?));
        }
        Ok(found)
    }

    /// Records that another customer has now say so by an edit.
    fn lead(
        &mut self,
        moved: Vec<(RecordRef, sync::Known)>,
        customer: RecordRef,
    ) -> Result<(), StoreError> {
        let to = Ids::new(self.read()).out(customer)?;
        for (record, known) in moved {
            self.tx.sync_placed(record);
            let Some(mut here) = known.here else { continue };
            self.point(&mut here, "customer", &to);
            let common = known.common.map(|it| it.record.to_json().to_string());
            self.differs(record, common.as_deref(), &here)?;
        }
        Ok(())
    }

    /// It is gone there, and goes here.
    fn vanish(&mut self, key: &Key, record: RecordRef, at: Stamp) -> Result<(), StoreError> {
        let Some(mut here) = self.local().look(key)?.here else {
            return Ok(());
        };
        self.note_customer(record)?;
        self.tx.sync_placed(record);
        if !self.tx.sync_remove(record)? && self.read().sync_has(record)? {
            // What cannot be removed here (an entry, a coupon that was used) is made there again.
            self.tx.sync_unknown(record)?;
            return self.differs(record, None, &here);
        }
        here.life = Life {
            at,
            deleted: true,
            ..Life::default()
        };
        let gone = Arrival {
            common: Common {
                record: here.clone(),
                remote_id: None,
                version: None,
            },
            record: here,
            changes_here: true,
            delivered: true,
            clock_ahead: false,
            conflicts: Vec::new(),
        };
        self.known(&gone, record, None, &Map::new())
    }

    /// Keeps what cannot be used now.
    pub(super) fn quarantine(&mut self, it: &Quarantined) -> Result<(), StoreError> {
        let body = json!({ "json": it.json, "fault": it.fault }).to_string();
        let named = |kind: &&Kind| self.profile.collection(**kind) == it.collection;
        let kind = Kind::ALL.iter().find(named).map(|kind| kind.name());
        let kind = kind.unwrap_or(&it.collection).to_owned();
        self.tx.sync_wait(&kind, &it.id, &body, WHY_UNKNOWN, None)
    }
}

/// The id that travels for a record of ours, where that follows from its number.
fn default_id(record: RecordRef) -> Option<String> {
    match record.kind {
        RecordKind::Settings => Some(wire::SETTINGS_ID.to_owned()),
        RecordKind::Program => None,
        _ => Some(model::id::encode(record.id)),
    }
}

/// What `a` has and `b` has not, members of objects one by one.
fn difference(a: &Map<String, Value>, b: &Map<String, Value>) -> Map<String, Value> {
    let mut out = Map::new();
    for (name, value) in a {
        match (value, b.get(name)) {
            (value, None) => {
                out.insert(name.clone(), value.clone());
            }
            (Value::Object(all), Some(Value::Object(some))) => {
                let mut rest = all.clone();
                rest.retain(|part, _| !some.contains_key(part));
                if !rest.is_empty() {
                    out.insert(name.clone(), Value::Object(rest));
                }
            }
            _ => {}
        }
    }
    out
}

/// A record as the endpoint had it last, with what was edited here since left to the outbox.
fn as_it_came(known: sync::Known) -> Option<Arrival> {
    Some(Arrival {
        record: known.here?,
        common: known.common?,
        changes_here: true,
        delivered: !known.pending,
        clock_ahead: false,
        conflicts: Vec::new(),
    })
}

/// A record that waited, as it came.
fn read_waiting(kind: &str, body: &str) -> Option<Arrival> {
    let kind = Kind::parse(kind)?;
    let body: Value = serde_json::from_str(body).ok()?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let record = Record::from_json(kind, body.get("record")?).ok()?;
    let common = Record::from_json(kind, body.get("common")?).ok()?;
    Some(Arrival {
        record,
        common: Common {
            record: common,
            remote_id: text("remote"),
            version: text("version"),
        },
        changes_here: true,
        delivered: body
            .get("delivered")
            .and_then(Value::as_bool)
            .unwrap_or(true),
        clock_ahead: false,
        conflicts: Vec::new(),
    })
}
