//! The local side of a run, over the database.

use super::local::Local;
use super::place::Placing;
use super::wire::{Ids, stored_kind};
use crate::follow::Touched;
use crate::public::Terms;
use crate::{Changed, Context, Engine};
use model::{BatchId, CustomerId, OrderId};
use std::collections::BTreeSet;
use store::{Action, BatchMeta, Fate, RecordKind, RecordRef, StoreError, SyncClock, Written};
use sync::{
    Applied, Arrival, Batch, Clock, Counts, Key, Kind, Known, Lost, Mark, Outgoing, Profile,
    Replica, Side, Stamp,
};
use xxhash_rust::xxh3::xxh3_64;

/// Who the log names for what came from elsewhere.
pub(super) const BATCH_NAME: &str = "sync";
/// What the log calls it when records go here because the endpoint lacks them.
pub(super) const REMOVALS_NAME: &str = "sync_removals";

/// The engine as a run sees it.
pub(super) struct Here<'e> {
    pub(super) engine: &'e mut Engine,
    pub(super) context: &'e Context,
    pub(super) profile: &'e Profile,
    /// The batch of this run, once it changed something.
    pub(super) batch: &'e mut Option<BatchId>,
    /// The batch of what this run removed because the endpoint lacks it, which can be undone.
    pub(super) removals: &'e mut Option<BatchId>,
    /// What changed, for the pages.
    pub(super) changed: &'e mut Option<Changed>,
    /// Somebody else used our number, and we took another.
    pub(super) renumbered: &'e mut bool,
}

impl Here<'_> {
    fn terms(&self) -> Terms {
        self.engine.sync_terms()
    }

    fn local(&self) -> Local<'_> {
        Local {
            read: self.engine.store.read(),
            terms: self.terms(),
            node: self.node(),
            profile: self.profile,
        }
    }

    /// Persons whom the other side erased go first, each for good and in a transaction of its own: doing it again
    /// changes nothing.
    fn erase(&mut self, arrivals: &[Arrival]) -> Result<(), StoreError> {
        for it in arrivals {
            if !it.record.life.erased || it.record.key.kind != Kind::Customers {
                continue;
            }
            let read = self.engine.store.read();
            let named = Ids::new(read).named(RecordKind::Customer, &it.record.key.id)?;
            let Some(record) = named else { continue };
            let customer = CustomerId(record.id);
            // Who was only removed still is in the log.
            let erased = matches!(read.sync_fate(record)?, Fate::Erased { .. });
            if erased && read.customer(customer)?.is_none() {
                continue;
            }
            // Those whose books are kept there keep them here; where they are not, each order says so itself.
            let keep_books =
                !read.order_ids_of(customer)?.is_empty() || !read.entries(customer)?.is_empty();
            let meta = BatchMeta {
                name: BATCH_NAME,
                subject: "",
                who: "",
                at: self.context.now,
                request: None,
                continues: None,
                bulk: false,
            };
            let written = self
                .engine
                .store
                .erase_person(meta, customer, keep_books, |_| None);
            match written {
                Ok(written) => {
                    let touched = Touched::customer(customer);
                    self.follow(touched, written.data_version, &written.kinds())?;
                }
                Err(StoreError::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn follow(
        &mut self,
        touched: Touched,
        data_version: u64,
        kinds: &[RecordKind],
    ) -> Result<(), StoreError> {
        let changed = self
            .engine
            .follow(touched, data_version, kinds)
            .map_err(|fault| StoreError::Sqlite(fault.detail.unwrap_or_default()))?;
        match self.changed {
            Some(all) => all.and(changed),
            None => *self.changed = Some(changed),
        }
        Ok(())
    }

    /// What columns and points have to look at again.
    fn touched(
        &self,
        written: &Written<(Vec<Applied>, BTreeSet<CustomerId>)>,
    ) -> Result<Touched, StoreError> {
        let mut touched = Touched::default();
        let read = self.engine.store.read();
        let mut orders: BTreeSet<OrderId> = BTreeSet::new();
        let mut whole: BTreeSet<CustomerId> = BTreeSet::new();
        for &(record, action) in &written.touched {
            let owner = read.sync_owner(record)?;
            match (record.kind, action) {
                (RecordKind::Customer, Action::Created | Action::Updated) => {
                    touched.records.insert(CustomerId(record.id));
                }
                (RecordKind::Customer, _) => {
                    whole.insert(CustomerId(record.id));
                }
                (RecordKind::Order, Action::Created) => {
                    orders.insert(OrderId(record.id));
                }
                (RecordKind::LedgerEntry, Action::Created) => touched.points.extend(owner),
                (RecordKind::Program, _) => touched.programs = true,
                (RecordKind::Segment, _) => touched.segments = true,
                (RecordKind::Settings, _) => touched.settings = true,
                (RecordKind::Refund, Action::Created) => {
                    orders.extend(refund_order(read, record)?);
                }
                (
                    RecordKind::Order
                    | RecordKind::Refund
                    | RecordKind::Interaction
                    | RecordKind::LedgerEntry,
                    _,
                ) => whole.extend(owner),
                _ => {}
            }
        }
        // Whoever only got orders need not be read anew as a whole.
        let only_new = written.touched.iter().all(|(record, action)| {
            *action == Action::Created || record.kind == RecordKind::Customer
        });
        if !only_new {
            whole.extend(&written.value.1);
        }
        for order in orders {
            if let Some(order) = read.order(order)?
                && !whole.contains(&order.customer)
            {
                touched.orders.push(order);
            }
        }
        touched.records.retain(|id| !whole.contains(id));
        touched.customers = whole;
        Ok(touched)
    }
}

fn refund_order(read: store::Reader<'_>, record: RecordRef) -> Result<Option<OrderId>, StoreError> {
    Ok(match read.sync_record(record)? {
        Some(store::SyncRecord::Refund { order, .. }) => Some(order),
        _ => None,
    })
}

/// A clock of the store as one of `sync`.
fn clock_of(clock: SyncClock, node: u32) -> Clock {
    Clock {
        node,
        last: super::local::stamp(clock, node),
    }
}

fn stored(stamp: Stamp) -> SyncClock {
    SyncClock {
        ms: i64::try_from(stamp.ms).unwrap_or(i64::MAX),
        count: i64::from(stamp.counter),
    }
}

impl Replica for Here<'_> {
    type Fault = StoreError;

    fn node(&self) -> u32 {
        self.engine
            .store
            .read()
            .replica()
            .map_or(1, model::Replica::get)
    }

    fn state(&self) -> Result<String, StoreError> {
        let link = self.engine.store.read().sync_link()?;
        Ok(link.map(|link| link.state).unwrap_or_default())
    }

    fn look(&self, keys: &[Key]) -> Result<Vec<Known>, StoreError> {
        let local = self.local();
        keys.iter().map(|key| local.look(key)).collect()
    }

    fn outbox(
        &self,
        kind: Kind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Outgoing>, StoreError> {
        let read = self.engine.store.read();
        let stored = stored_kind(kind);
        let mut after = match after {
            Some(id) => Ids::new(read).named(stored, id)?.map_or(0, |it| it.id),
            None => -1,
        };
        let local = self.local();
        let mut found = Vec::new();
        // What cannot be told any more (nothing of it is left) is passed over.
        while found.is_empty() {
            let entries = read.sync_outbox_of(stored, after, limit)?;
            let Some(last) = entries.last() else { break };
            after = last.record.id;
            for entry in &entries {
                found.extend(local.outgoing(kind, entry)?);
            }
        }
        Ok(found)
    }

    fn counts(&self, kind: Kind) -> Result<Counts, StoreError> {
        let (common, pending) = self.engine.store.read().sync_counts(stored_kind(kind))?;
        Ok(Counts { common, pending })
    }

    fn waits(&self, kind: Kind) -> Result<u64, StoreError> {
        self.engine.store.read().sync_left(stored_kind(kind))
    }

    fn unseen(
        &self,
        kind: Kind,
        scan: u32,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Known>, StoreError> {
        let read = self.engine.store.read();
        let stored = stored_kind(kind);
        let after = match after {
            Some(id) => Ids::new(read).named(stored, id)?.map_or(0, |it| it.id),
            None => -1,
        };
        let records = read.sync_unseen(stored, scan, after, limit)?;
        let local = self.local();
        let mut found = Vec::with_capacity(records.len());
        for record in records {
            let id = Ids::new(read).out(record)?;
            found.push(local.look(&Key::new(kind, &id))?);
        }
        Ok(found)
    }

    fn lost(&self, kind: Kind, scan: u32) -> Result<Lost, StoreError> {
        let read = self.engine.store.read();
        let (missing, known) = read.sync_lost(stored_kind(kind), scan)?;
        Ok(Lost { missing, known })
    }

    fn apply(&mut self, batch: Batch) -> Result<Vec<Applied>, StoreError> {
        self.erase(&batch.arrivals)?;
        let terms = self.terms();
        let node = self.node();
        let now = u64::try_from(self.context.now.0).unwrap_or(0);
        let link = self.engine.store.read().sync_link()?;
        let mut clock = clock_of(link.map(|link| link.clock).unwrap_or_default(), node);
        for stamp in &batch.saw {
            clock.see(*stamp, now);
        }
        let seen = stored(clock.last);
        let own = stored(clock.tick(now, None));
        let removes = batch.marks.iter().any(|it| matches!(it.1, Mark::Remove(_)));
        let (name, continues) = match removes {
            true => (REMOVALS_NAME, *self.removals),
            false => (BATCH_NAME, *self.batch),
        };
        let meta = BatchMeta {
            name,
            subject: "",
            who: "",
            at: self.context.now,
            request: None,
            continues,
            bulk: false,
        };
        let (profile, at) = (self.profile, self.context.now);
        let waiting = self.engine.store.read().sync_waits_at_all()?;
        let erases = batch.arrivals.iter().any(|it| it.record.life.erased);
        self.engine.store.sync_overwrite(erases)?;
        let written = self.engine.store.write(meta, |tx| {
            if batch.renumber {
                let seed = format!("{now} {node} again");
                let replica = model::Replica::from_random(xxh3_64(seed.as_bytes()) as u32);
                tx.sync_renew_replica(replica)?;
            }
            tx.sync_set_clock(seen)?;
            let mut placing = Placing {
                tx,
                profile,
                terms,
                node,
                scan: batch.scan,
                clock: own,
                now: at,
                waiting,
                customers: BTreeSet::new(),
                others: Vec::new(),
            };
            let applied = place_all(&mut placing, &batch)?;
            let customers = placing.customers;
            tx.sync_set_clock(own)?;
            if let Some(state) = &batch.state {
                tx.sync_save_state(state)?;
            }
            Ok::<_, StoreError>((applied, customers))
        });
        self.engine.store.sync_overwrite(false)?;
        let written = written?;
        *self.renumbered |= batch.renumber;
        match removes {
            true => *self.removals = written.batch.or(*self.removals),
            false => *self.batch = written.batch.or(*self.batch),
        }
        if !written.touched.is_empty() {
            let touched = self.touched(&written)?;
            self.follow(touched, written.data_version, &written.kinds())?;
        }
        Ok(written.value.0)
    }

    fn forget(&mut self, keep: Side) -> Result<(), StoreError> {
        self.engine.store.sync_forget_other(keep == Side::There)
    }
}

fn place_all(placing: &mut Placing<'_, '_>, batch: &Batch) -> Result<Vec<Applied>, StoreError> {
    let mut applied = Vec::with_capacity(batch.arrivals.len());
    for (key, mark) in &batch.marks {
        placing.mark(key, mark)?;
    }
    for arrival in &batch.arrivals {
        applied.push(placing.arrival(arrival)?);
    }
    for arrival in std::mem::take(&mut placing.others) {
        placing.arrival(&arrival)?;
    }
    for key in &batch.seen {
        placing.seen(key)?;
    }
    for it in &batch.quarantine {
        placing.quarantine(it)?;
    }
    for entry in &batch.inbox {
        super::inbox::place(placing, entry)?;
    }
    Ok(applied)
}
