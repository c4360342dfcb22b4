//! Undo: taking back what a batch did, from the log and from `created_by`.
//!
//! What the batch made is removed, what it removed is put back, what it changed becomes what it was, byte for byte.
//! A record that an ordinary batch changed later, or that has been given orders, refunds, interactions or entries
//! since, is left alone and listed. Ledger entries are never taken away: a reversal is appended (and undoing that undo
//! appends the entry anew).
//!
//! An undo is a batch itself, so that it can be undone. Undo and what it undid cancel out: a later batch stands in
//! the way only while it is in force. Worked example: A sets the name, B sets it again, undo of B, undo of A: B's
//! change and its undo cancel out, A's is taken back.
//!
//! The undo of a bulk import keeps no copies (a million rows would double the file), hence cannot be undone: import
//! the file again.

use crate::changes::{self, patch};
use crate::membership::{list_record, member_record};
use crate::workspace::{SETTINGS, program_record, segment_record};
use crate::write::BatchMeta;
use crate::{
    Action, Entry, EntryDraft, EntryKind, RecordKind, RecordRef, Store, StoreError, Tx, Undone,
    Written, coupons, customers, interactions, ledger, merges, orders,
};
use model::coupon::{CodeId, CouponId, UseId};
use model::{
    BatchId, CustomerId, EntryId, InteractionId, ListId, ListMemberId, OrderId, Points, SegmentId,
    Timestamp,
};
use rusqlite::OptionalExtension;

/// How far a stepwise undo is: made by [`UndoRun::new`], handed to [`Store::undo_step`] until `finished`. Cut off
/// half-way it can simply begin anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoRun {
    /// What is being undone.
    pub batch: BatchId,
    /// The batch of the undo itself, once something was changed.
    pub undo_batch: Option<BatchId>,
    /// Nothing is left to do.
    pub finished: bool,
    /// Records looked at so far.
    pub done: u64,
    phase: Phase,
    /// The last id (or sequence number) looked at in this phase.
    cursor: i64,
}

impl UndoRun {
    /// At the beginning.
    pub fn new(batch: BatchId) -> Self {
        Self {
            batch,
            undo_batch: None,
            finished: false,
            done: 0,
            phase: Phase::Refunds,
            cursor: 0,
        }
    }

    fn go_to(&mut self, phase: Phase, cursor: i64) {
        self.phase = phase;
        self.cursor = cursor;
    }
}

/// Children go before parents; what was made goes before what was changed comes back, so that keys are free again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Refunds,
    Interactions,
    Orders,
    Customers,
    Entries,
    Uses,
    Codes,
    Coupons,
    ListMembers,
    Lists,
    Rest,
    Changes,
}

/// The batch that is being undone.
struct Target {
    id: BatchId,
    bulk: bool,
    undoes: Option<BatchId>,
    first_id: i64,
    last_id: i64,
    /// It made customers one, or is the undo of such a batch: field by field, what is as it was left goes back.
    merges: bool,
}

impl Store {
    /// The next part of undoing a batch that may be huge: looks at `limit` records at most, in one transaction.
    ///
    /// # Errors
    /// [`StoreError::NoSuchBatch`], [`StoreError::CannotUndo`].
    pub fn undo_step(
        &mut self,
        run: &mut UndoRun,
        meta: BatchMeta<'_>,
        limit: usize,
    ) -> Result<Written<Undone>, StoreError> {
        let mut next = run.clone();
        let meta = BatchMeta {
            continues: run.undo_batch,
            ..meta
        };
        let written = self.write(meta, |tx| {
            let target = tx.undo_target(next.batch)?;
            let mut undone = Undone::default();
            tx.undo_some(&target, &mut next, limit, &mut undone)?;
            Ok::<_, StoreError>(undone)
        })?;
        next.undo_batch = written.batch.or(next.undo_batch);
        *run = next;
        Ok(written)
    }
}

impl Tx<'_> {
    /// Undoes a batch in this transaction. For batches that may be huge use [`Store::undo_step`]. Nothing else must
    /// have been written in this transaction.
    ///
    /// # Errors
    /// [`StoreError::NoSuchBatch`], [`StoreError::CannotUndo`].
    pub fn undo(&mut self, batch: BatchId) -> Result<Undone, StoreError> {
        let target = self.undo_target(batch)?;
        let mut run = UndoRun::new(batch);
        let mut undone = Undone::default();
        while !run.finished {
            self.undo_some(&target, &mut run, usize::MAX, &mut undone)?;
        }
        Ok(undone)
    }

    /// Finds the batch, and makes this transaction its undo.
    fn undo_target(&mut self, batch: BatchId) -> Result<Target, StoreError> {
        let (target, undone) = self
            .conn
            .prepare_cached(
                "SELECT bulk, undoes, coalesce(first_id, 1), coalesce(last_id, 0), undone_by,
                        name IN ('merge_customers', 'merge_groups'), name = 'sync' FROM batch WHERE id = ?1",
            )?
            .query_row([batch.0], |row| {
                let target = Target {
                    id: batch,
                    bulk: row.get(0)?,
                    undoes: row.get::<_, Option<i64>>(1)?.map(BatchId),
                    first_id: row.get(2)?,
                    last_id: row.get(3)?,
                    merges: row.get(5)?,
                };
                // What came from elsewhere is taken back there, or field by field.
                let came = row.get::<_, bool>(6)?;
                Ok((target, came || row.get::<_, Option<i64>>(4)?.is_some()))
            })
            .optional()?
            .ok_or(StoreError::NoSuchBatch)?;
        if undone || (target.bulk && target.undoes.is_some()) || self.batch().is_some() {
            return Err(StoreError::CannotUndo);
        }
        let mut target = target;
        let mut root = target.undoes;
        while let Some(of) = root {
            let known = self
                .conn
                .prepare_cached(
                    "SELECT undoes, name IN ('merge_customers', 'merge_groups') FROM batch WHERE id = ?1",
                )?
                .query_row([of.0], |row| Ok((row.get::<_, Option<i64>>(0)?, row.get(1)?)))
                .optional()?;
            let (next, merges) = known.unwrap_or((None, false));
            target.merges |= merges;
            root = next.map(BatchId);
        }
        if target.merges && target.undoes.is_none() && !self.can_unmerge(batch)? {
            return Err(StoreError::CannotUndo);
        }
        self.undoes = Some(batch);
        self.meta.bulk = target.bulk;
        self.keeps_copies = !target.bulk;
        Ok(target)
    }

    /// A merging can be taken back while its survivors are there and went into no later one.
    fn can_unmerge(&self, batch: BatchId) -> Result<bool, StoreError> {
        if self.read().merged_again(batch)?.is_some() {
            return Ok(false);
        }
        for survivor in self.read().survivors_of(batch)? {
            if !self.read().has(customers::record(survivor))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn undo_some(
        &mut self,
        target: &Target,
        run: &mut UndoRun,
        limit: usize,
        undone: &mut Undone,
    ) -> Result<(), StoreError> {
        let mut left = limit;
        while left > 0 && !run.finished {
            let looked = match run.phase {
                Phase::Changes => self.undo_changes(target, run, left, undone)?,
                Phase::Rest => self.undo_rest(target, run, undone)?,
                _ => self.undo_made(target, run, left, undone)?,
            };
            run.done = run.done.saturating_add(looked as u64);
            left = left.saturating_sub(looked.max(1));
        }
        self.note_kept(target.id, &undone.kept)?;
        if run.finished {
            let undo = self.begin_batch()?;
            self.mark_undone(target, undo)?;
        }
        undone.customers.sort_unstable();
        undone.customers.dedup();
        Ok(())
    }

    /// Removes a stretch of what the batch made, of one kind.
    fn undo_made(
        &mut self,
        target: &Target,
        run: &mut UndoRun,
        limit: usize,
        undone: &mut Undone,
    ) -> Result<usize, StoreError> {
        let (table, next) = match run.phase {
            Phase::Refunds => ("refund", Phase::Interactions),
            Phase::Interactions => ("interaction", Phase::Orders),
            Phase::Orders => (r#""order""#, Phase::Customers),
            Phase::Customers => ("customer", Phase::Entries),
            Phase::Entries | Phase::Rest | Phase::Changes => ("ledger_entry", Phase::Uses),
            Phase::Uses => ("coupon_use", Phase::Codes),
            Phase::Codes => ("coupon_code", Phase::Coupons),
            Phase::Coupons => ("coupon", Phase::ListMembers),
            Phase::ListMembers => ("list_member", Phase::Lists),
            Phase::Lists => ("list", Phase::Rest),
        };
        let ids = self.made(table, target, run.cursor, limit)?;
        for &id in &ids {
            match run.phase {
                Phase::Refunds => self.unmake(target, orders::refund_record(id), undone)?,
                Phase::Interactions => {
                    self.unmake(target, interactions::record(InteractionId(id)), undone)?;
                }
                Phase::Orders => self.unmake(target, orders::record(OrderId(id)), undone)?,
                Phase::Customers => {
                    self.unmake(target, customers::record(CustomerId(id)), undone)?
                }
                Phase::Entries | Phase::Rest | Phase::Changes => {
                    self.reverse(EntryId(id), undone)?;
                }
                Phase::Uses => self.reverse_use(UseId(id), undone)?,
                Phase::Codes => {
                    self.unmake(target, coupons::code_record(CodeId(id)), undone)?;
                }
                Phase::Coupons => {
                    self.unmake(target, coupons::coupon_record(CouponId(id)), undone)?;
                }
                Phase::ListMembers => {
                    self.unmake(target, member_record(ListMemberId(id)), undone)?;
                }
                Phase::Lists => self.unmake(target, list_record(ListId(id)), undone)?,
            }
            run.cursor = id;
        }
        if ids.len() < limit {
            run.go_to(next, 0);
        }
        Ok(ids.len())
    }

    /// Ids of what the batch made, above `after`.
    fn made(
        &self,
        table: &str,
        target: &Target,
        after: i64,
        limit: usize,
    ) -> Result<Vec<i64>, StoreError> {
        let sql = format!(
            "SELECT id FROM {table} WHERE id > ?1 AND id BETWEEN ?2 AND ?3 AND created_by = ?4 ORDER BY id LIMIT ?5"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map(
            (after, target.first_id, target.last_id, target.id.0, limit),
            |row| row.get(0),
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Removes one record the batch made, unless something was done with it since.
    fn unmake(
        &mut self,
        target: &Target,
        record: RecordRef,
        undone: &mut Undone,
    ) -> Result<(), StoreError> {
        if self.edited_after(target, record, 0)? || self.has_children(target, record)? {
            undone.kept.push(record);
            return Ok(());
        }
        undone.customers.extend(self.read().customer_of(record)?);
        self.remove_alone(record)?;
        undone.removed.push(record);
        Ok(())
    }

    /// An ordinary batch that is still in force changed the record after `seq` of the log.
    fn edited_after(
        &self,
        target: &Target,
        record: RecordRef,
        seq: i64,
    ) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT 1 FROM change c JOIN batch b ON b.id = c.batch
                 WHERE c.kind = ?1 AND c.record = ?2 AND c.seq > ?3 AND c.batch <> ?4
                   AND b.undoes IS NULL AND b.undone_by IS NULL",
            )?
            .exists((record.kind.code(), record.id, seq, target.id.0))?)
    }

    /// Whether something hangs on the record that would go with it. What this batch made or brought back hangs on it
    /// no more by now, but for ledger entries, which go along.
    fn has_children(&self, target: &Target, record: RecordRef) -> Result<bool, StoreError> {
        let sql = match record.kind {
            RecordKind::Customer => {
                r#"SELECT 1 WHERE EXISTS (SELECT 1 FROM "order" WHERE customer = ?1)
                       OR EXISTS (SELECT 1 FROM interaction WHERE customer = ?1)
                       OR EXISTS (SELECT 1 FROM ledger_entry e WHERE e.customer = ?1 AND e.created_by <> ?2
                                  AND NOT EXISTS (SELECT 1 FROM change c WHERE c.kind = 4 AND c.record = e.id
                                                  AND c.batch = ?2))
                       OR EXISTS (SELECT 1 FROM coupon_code k WHERE k.customer = ?1 AND k.created_by <> ?2
                                  AND NOT EXISTS (SELECT 1 FROM change c WHERE c.kind = 9 AND c.record = k.id
                                                  AND c.batch = ?2))"#
            }
            RecordKind::Order => "SELECT 1 FROM refund WHERE order_id = ?1 AND ?2 = ?2",
            RecordKind::Coupon => {
                "SELECT 1 WHERE ?2 = ?2 AND (EXISTS (SELECT 1 FROM coupon_code WHERE coupon = ?1)
                                             OR EXISTS (SELECT 1 FROM coupon_use WHERE coupon = ?1))"
            }
            RecordKind::CouponCode => "SELECT 1 FROM coupon_use WHERE code = ?1 AND ?2 = ?2",
            RecordKind::List => "SELECT 1 FROM list_member WHERE list = ?1 AND ?2 = ?2",
            _ => return Ok(false),
        };
        Ok(self
            .conn
            .prepare_cached(sql)?
            .exists((record.id, target.id.0))?)
    }

    /// Appends what takes an entry back.
    fn reverse(&mut self, id: EntryId, undone: &mut Undone) -> Result<(), StoreError> {
        let Some(entry) = self.read().entry(id)? else {
            return Ok(());
        };
        if self.read().reversal_of(&entry)?.is_some() {
            undone.kept.push(ledger::record(id));
            return Ok(());
        }
        let undo = self.begin_batch()?;
        let key = format!("undo:{undo}:{id}");
        // What takes an entry back comes after it, also where both were written within one instant.
        let at = Timestamp(self.meta.at.0.max(entry.fields.at.0.saturating_add(1)));
        let original = match (entry.fields.kind, entry.fields.reverses) {
            (EntryKind::Reversal, Some(original)) => self.read().entry(original)?,
            _ => None,
        };
        let draft = match original {
            // Taking back a reversal: the entry holds again.
            Some(Entry { fields, .. }) => EntryDraft { at, key, ..fields },
            None => EntryDraft {
                kind: EntryKind::Reversal,
                points: Points(entry.fields.points.0.saturating_neg()),
                at,
                key,
                reverses: Some(id),
                ..entry.fields
            },
        };
        undone
            .reversals
            .push(self.add_entry(entry.customer, &draft)?);
        Ok(())
    }

    /// Removes segments and versions of the programme that the batch made: few, so in one go.
    fn undo_rest(
        &mut self,
        target: &Target,
        run: &mut UndoRun,
        undone: &mut Undone,
    ) -> Result<usize, StoreError> {
        let mut records: Vec<RecordRef> = Vec::new();
        for id in self.made("segment", target, 0, usize::MAX)? {
            records.push(segment_record(SegmentId(id)));
        }
        for id in self.made("distinct_pair", target, 0, usize::MAX)? {
            records.push(merges::distinct_record(id));
        }
        for id in self.made("quality_pass", target, 0, usize::MAX)? {
            records.push(merges::pass_record(id));
        }
        for program in self.read().programs()? {
            let record = program_record(program.version);
            if self.read().created_by(record)? == Some(target.id.0) {
                records.push(record);
            }
        }
        for record in &records {
            self.unmake(target, *record, undone)?;
        }
        run.go_to(Phase::Changes, i64::MAX);
        Ok(records.len())
    }

    /// Takes back a stretch of the batch's changes, the last first.
    fn undo_changes(
        &mut self,
        target: &Target,
        run: &mut UndoRun,
        limit: usize,
        undone: &mut Undone,
    ) -> Result<usize, StoreError> {
        let changes = self.changes_of(target, run.cursor, limit)?;
        for change in &changes {
            run.cursor = change.seq;
            let was = self.read().customer_of(change.record)?;
            if target.merges && change.action == Action::Updated {
                self.undo_fields(change, undone)?;
                undone.customers.extend(was);
                undone
                    .customers
                    .extend(self.read().customer_of(change.record)?);
                continue;
            }
            match self.undo_change(target, change)? {
                Some(Action::Removed) => undone.removed.push(change.record),
                Some(_) => undone.restored.push(change.record),
                None => {
                    if self.stands_in_the_way(target, change)? {
                        undone.kept.push(change.record);
                    }
                    continue;
                }
            }
            // An order may have changed hands.
            undone.customers.extend(was);
            undone
                .customers
                .extend(self.read().customer_of(change.record)?);
        }
        run.finished = changes.len() < limit;
        Ok(changes.len())
    }

    /// Puts the fields back that are still as the batch left them; what was edited since stays and is listed.
    fn undo_fields(&mut self, change: &Logged, undone: &mut Undone) -> Result<(), StoreError> {
        let record = change.record;
        let (Some(before), Some(after)) = (change.before.as_deref(), change.after.as_deref())
        else {
            return Ok(());
        };
        if !self.read().has(record)? {
            return Ok(());
        }
        let (back, edited) = self.still_as_left(record, before, after)?;
        if edited {
            undone.kept.push(record);
        }
        if back.keys().all(|field| field == "updatedAt") {
            return Ok(());
        }
        let owner = back.get("customer").and_then(serde_json::Value::as_str);
        let owner = owner
            .and_then(|id| model::id::decode(id).ok())
            .map(CustomerId);
        let done = match (record.kind, owner) {
            (
                RecordKind::Interaction | RecordKind::LedgerEntry | RecordKind::CouponUse,
                Some(owner),
            ) => self.move_record(record, owner),
            _ => {
                let back = serde_json::to_string(&back)?;
                self.change_back(record, &back)
            }
        };
        match kept_if_taken(done)? {
            Some(()) => undone.restored.push(record),
            None => undone.kept.push(record),
        }
        Ok(())
    }

    fn changes_of(
        &self,
        target: &Target,
        before: i64,
        limit: usize,
    ) -> Result<Vec<Logged>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT seq, kind, record, action, before, after FROM change WHERE batch = ?1 AND seq < ?2
             ORDER BY seq DESC LIMIT ?3",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut rows = statement.query((target.id.0, before, limit))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(Logged {
                seq: row.get(0)?,
                record: RecordRef {
                    kind: changes::kind(row.get(1)?)?,
                    id: row.get(2)?,
                },
                action: changes::action(row.get(3)?),
                before: row.get(4)?,
                after: row.get(5)?,
            });
        }
        Ok(found)
    }

    /// Takes back one change and says what was done; `None` when it was left alone.
    fn undo_change(
        &mut self,
        target: &Target,
        change: &Logged,
    ) -> Result<Option<Action>, StoreError> {
        let record = change.record;
        let there = self.read().has(record)?;
        match (change.action, change.before.as_deref()) {
            (Action::Updated, Some(before)) => {
                if !there || self.edited_after(target, record, change.seq)? {
                    return Ok(None);
                }
                // A key that another record has taken since keeps this one from getting it back.
                kept_if_taken(self.change_back(record, before))
                    .map(|done| done.map(|()| Action::Updated))
            }
            (Action::Removed, Some(copy)) => {
                if there || made_by(copy)? == Some(target.id.0) || !self.has_parent(record, copy)? {
                    return Ok(None);
                }
                kept_if_taken(self.restore_row(record, copy))
                    .map(|done| done.map(|()| Action::Restored))
            }
            // Entries go along with their customer, uses with their order.
            (Action::Restored, _) if goes_along(record.kind) => Ok(None),
            (Action::Restored, _) => {
                if !there
                    || self.edited_after(target, record, change.seq)?
                    || self.has_children(target, record)?
                {
                    return Ok(None);
                }
                self.remove_alone(record)?;
                Ok(Some(Action::Removed))
            }
            _ => Ok(None),
        }
    }

    /// Removes a record on which nothing hangs but, on a customer, their ledger.
    fn remove_alone(&mut self, record: RecordRef) -> Result<(), StoreError> {
        match record.kind {
            RecordKind::Customer => self.remove_customer(CustomerId(record.id)).map(|_| ()),
            RecordKind::Order => self.remove_order_alone(OrderId(record.id)),
            _ => self.remove_row(record),
        }
    }

    /// Puts the fields of `before` back into a record.
    fn change_back(&mut self, record: RecordRef, before: &str) -> Result<(), StoreError> {
        let reader = self.read();
        match record.kind {
            RecordKind::Customer => {
                let old = self.must_have_customer(CustomerId(record.id))?;
                self.change_customer(&old, &patch(&old, before)?)
            }
            RecordKind::Order => {
                let old = self.must_have_order(OrderId(record.id))?;
                self.change_order(&old, &patch(&old, before)?)
            }
            RecordKind::Segment => match reader.segment(SegmentId(record.id))? {
                Some(old) => self.change_segment(&old, &patch(&old, before)?),
                None => Ok(()),
            },
            RecordKind::Settings => {
                debug_assert_eq!(record, SETTINGS);
                let settings = patch(&reader.settings()?, before)?;
                self.set_settings(&settings)
            }
            RecordKind::Coupon => match reader.coupon(CouponId(record.id))? {
                Some(old) => self.change_coupon(&old, &patch(&old, before)?),
                None => Ok(()),
            },
            RecordKind::CouponCode => match reader.code(CodeId(record.id))? {
                Some(old) => self.change_code(&old, &patch(&old, before)?),
                None => Ok(()),
            },
            RecordKind::List => match reader.list(ListId(record.id))? {
                Some(old) => self.change_list(&old, &patch(&old, before)?),
                None => Ok(()),
            },
            RecordKind::Refund
            | RecordKind::Interaction
            | RecordKind::LedgerEntry
            | RecordKind::CouponUse
            | RecordKind::ListMember
            | RecordKind::Distinct
            | RecordKind::QualityPass
            | RecordKind::Program => Ok(()),
        }
    }

    /// Whether what a removed record hangs on is there.
    fn has_parent(&self, record: RecordRef, copy: &str) -> Result<bool, StoreError> {
        let parents: &[(&str, RecordKind)] = match record.kind {
            RecordKind::Order | RecordKind::Interaction | RecordKind::LedgerEntry => {
                &[("customer", RecordKind::Customer)]
            }
            RecordKind::Refund | RecordKind::CouponUse => &[("order", RecordKind::Order)],
            RecordKind::CouponCode => &[("coupon", RecordKind::Coupon)],
            RecordKind::ListMember => &[
                ("customer", RecordKind::Customer),
                ("list", RecordKind::List),
            ],
            _ => return Ok(true),
        };
        let copy: serde_json::Value = serde_json::from_str(copy)?;
        for &(field, kind) in parents {
            let id = copy
                .get("record")
                .and_then(|it| it.get(field))
                .and_then(serde_json::Value::as_str)
                .and_then(|text| model::id::decode(text).ok());
            match id {
                Some(id) if self.read().has(RecordRef { kind, id })? => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Why a change was left alone: something stands in the way (as opposed to nothing being left to do).
    fn stands_in_the_way(&self, target: &Target, change: &Logged) -> Result<bool, StoreError> {
        let there = self.read().has(change.record)?;
        Ok(match change.action {
            Action::Updated => there,
            Action::Removed => {
                let copy = change.before.as_deref().unwrap_or("null");
                !there && made_by(copy)? != Some(target.id.0)
            }
            Action::Restored => there && !goes_along(change.record.kind),
            Action::Created => false,
        })
    }

    /// Notes who undid what. If the batch was an undo, what it had undone is in force again; and so on.
    fn mark_undone(&mut self, target: &Target, undo: BatchId) -> Result<(), StoreError> {
        let mut mark = self
            .conn
            .prepare_cached("UPDATE batch SET undone_by = ?2 WHERE id = ?1")?;
        let mut undoes = self
            .conn
            .prepare_cached("SELECT undoes FROM batch WHERE id = ?1")?;
        mark.execute((target.id.0, Some(undo.0)))?;
        let (mut child, mut next, mut in_force) = (target.id.0, target.undoes, true);
        while let Some(batch) = next {
            mark.execute((batch.0, (!in_force).then_some(child)))?;
            next = undoes
                .query_row([batch.0], |row| row.get::<_, Option<i64>>(0))
                .optional()?
                .flatten()
                .map(BatchId);
            child = batch.0;
            in_force = !in_force;
        }
        Ok(())
    }
}

/// Kinds that are append-only: they go with what they belong to.
fn goes_along(kind: RecordKind) -> bool {
    matches!(kind, RecordKind::LedgerEntry | RecordKind::CouponUse)
}

/// A row of the log.
struct Logged {
    seq: i64,
    record: RecordRef,
    action: Action,
    before: Option<String>,
    after: Option<String>,
}

/// The batch that made the record of a copy.
fn made_by(copy: &str) -> Result<Option<i64>, StoreError> {
    let copy: serde_json::Value = serde_json::from_str(copy)?;
    Ok(copy.get("createdBy").and_then(serde_json::Value::as_i64))
}

/// A key that is taken leaves the record alone; everything else is an error.
fn kept_if_taken(result: Result<(), StoreError>) -> Result<Option<()>, StoreError> {
    match result {
        Ok(()) => Ok(Some(())),
        Err(StoreError::KeyTaken { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
