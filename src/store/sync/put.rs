//! Making a record what the other side has: with the id it has there, in the log like any change.

use super::record::{SyncRecord, same};
use crate::customers;
use crate::merges;
use crate::state::{meta_number, set_meta_number};
use crate::{Action, FormerKey, RecordKind, RecordRef, StoreError, Tx};
use model::{CustomerId, OrderId, Replica};

impl Tx<'_> {
    /// Makes a record what `it` is, whether it was there or not; `false` when it was so already. What it refers to must
    /// be there ([`crate::Reader::sync_lacks`]).
    ///
    /// # Errors
    /// [`StoreError::KeyTaken`] when another record has its key: then nothing of it was written.
    pub fn sync_put(&mut self, it: &SyncRecord) -> Result<bool, StoreError> {
        let record = it.record();
        if !self.read().has(record)? {
            let created_by = self.created_by()?;
            self.sync_insert(it, created_by)?;
            self.touch(record, Action::Created);
            return Ok(true);
        }
        let before = self.touched().len();
        self.sync_change(it)?;
        Ok(self.touched().len() > before)
    }

    fn sync_insert(&mut self, it: &SyncRecord, created_by: i64) -> Result<(), StoreError> {
        match it {
            SyncRecord::Settings(it) => self.set_settings(it),
            SyncRecord::Program(it) => {
                let last = meta_number(self.conn, "programs")?;
                set_meta_number(self.conn, "programs", last.max(i64::from(it.version)))?;
                self.insert_program(it, created_by)?;
                self.order_programs(it)
            }
            SyncRecord::Segment(it) => self.insert_segment(it, created_by),
            SyncRecord::List(it) => self.insert_list(it, created_by),
            SyncRecord::Coupon(it) => {
                let mut it = it.clone();
                it.number = self.free_coupon_number(it.number)?;
                self.insert_coupon(&it, created_by)
            }
            SyncRecord::Customer(it) => self.insert_customer(it, created_by),
            SyncRecord::Code(it) => self.insert_code(it, created_by),
            SyncRecord::Order(it) => self.insert_order(it.id, it.customer, &it.fields, created_by),
            SyncRecord::Refund { id, order, refund } => {
                self.insert_refund(*id, *order, refund, created_by)
            }
            SyncRecord::Interaction(it) => self.insert_interaction(it, created_by),
            SyncRecord::Entry(it) => self.insert_entry(it, created_by),
            SyncRecord::Use(it) => self.insert_use(it, created_by),
            SyncRecord::Member(it) => self.insert_list_member(it, created_by),
            SyncRecord::Distinct(it) => self.insert_distinct(it, created_by),
        }
    }

    fn sync_change(&mut self, it: &SyncRecord) -> Result<(), StoreError> {
        let Some(old) = self.read().sync_record(it.record())? else {
            return Ok(());
        };
        match (&old, it) {
            (SyncRecord::Settings(_), SyncRecord::Settings(new)) => self.set_settings(new),
            (SyncRecord::Segment(old), SyncRecord::Segment(new)) => self.change_segment(old, new),
            (SyncRecord::List(old), SyncRecord::List(new)) => self.change_list(old, new),
            (SyncRecord::Coupon(old), SyncRecord::Coupon(new)) => {
                let mut new = new.clone();
                new.number = old.number;
                self.change_coupon(old, &new)
            }
            (SyncRecord::Customer(old), SyncRecord::Customer(new)) => {
                self.change_customer(old, new)
            }
            (SyncRecord::Code(old), SyncRecord::Code(new)) => self.change_code(old, new),
            (SyncRecord::Order(old), SyncRecord::Order(new)) => self.change_order(old, new),
            (SyncRecord::Interaction(old), SyncRecord::Interaction(new)) => {
                self.sync_move(it.record(), old.customer, new.customer)
            }
            (SyncRecord::Entry(old), SyncRecord::Entry(new)) => {
                self.sync_move(it.record(), old.customer, new.customer)
            }
            (SyncRecord::Use(old), SyncRecord::Use(new)) => {
                match (old.fields.customer, new.fields.customer) {
                    (Some(old), Some(new)) => self.sync_move(it.record(), old, new),
                    _ => Ok(()),
                }
            }
            (SyncRecord::Member(old), SyncRecord::Member(new)) => {
                if same(old, new)? {
                    return Ok(());
                }
                self.remove_row(it.record())?;
                let created_by = self.created_by()?;
                self.insert_list_member(new, created_by)?;
                self.touch(it.record(), Action::Created);
                Ok(())
            }
            // Never edited.
            _ => Ok(()),
        }
    }

    /// Of two versions with one first day the one with the higher number holds: numbers count within one browser, so they
    /// are put in the order in which the versions were saved, which is the same everywhere.
    fn order_programs(&mut self, new: &crate::ProgramVersion) -> Result<(), StoreError> {
        let mut number = i64::from(new.version);
        loop {
            let later: Option<i64> = self
                .conn
                .prepare_cached(
                    "SELECT max(version) FROM program_version
                     WHERE version < ?1 AND from_day IS ?2 AND at > ?3",
                )?
                .query_row((number, new.from.map(|day| day.0), new.at.0), |row| {
                    row.get(0)
                })?;
            let Some(other) = later else { return Ok(()) };
            self.swap_programs(number, other)?;
            number = other;
        }
    }

    fn swap_programs(&mut self, a: i64, b: i64) -> Result<(), StoreError> {
        const APART: i64 = 1 << 30;
        let kind = super::rank(RecordKind::Program).unwrap_or(-1);
        let log = RecordKind::Program.code();
        self.without_trigger("ledger_entry_stays", |tx| {
            for (from, to) in [(a, APART), (b, a), (APART, b)] {
                for sql in [
                    "UPDATE program_version SET version = ?2 WHERE version = ?1",
                    "UPDATE ledger_entry SET program_version = ?2 WHERE program_version = ?1",
                ] {
                    tx.conn.prepare_cached(sql)?.execute((from, to))?;
                }
                for (sql, kind) in [
                    (
                        "UPDATE sync_record SET record = ?2 WHERE record = ?1 AND kind = ?3",
                        kind,
                    ),
                    (
                        "UPDATE sync_outbox SET record = ?2 WHERE record = ?1 AND kind = ?3",
                        kind,
                    ),
                    (
                        "UPDATE change SET record = ?2 WHERE record = ?1 AND kind = ?3",
                        log,
                    ),
                ] {
                    tx.conn.prepare_cached(sql)?.execute((from, to, kind))?;
                }
            }
            Ok(())
        })
    }

    /// Entries and uses change hands only where the log of mergings says so.
    fn sync_move(
        &mut self,
        record: RecordRef,
        from: CustomerId,
        to: CustomerId,
    ) -> Result<(), StoreError> {
        if from == to {
            return Ok(());
        }
        if record.kind != RecordKind::Interaction && !self.were_merged(from, to)? {
            let batch = self.dead_batch()?;
            self.conn
                .prepare_cached(
                    "INSERT OR IGNORE INTO merged (batch, customer, survivor) VALUES (?1, ?2, ?3)",
                )?
                .execute((batch, from.0, to.0))?;
        }
        self.move_record(record, to)
    }

    fn were_merged(&self, a: CustomerId, b: CustomerId) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT 1 FROM merged WHERE (customer = ?1 AND survivor = ?2) OR (customer = ?2 AND survivor = ?1)",
            )?
            .exists((a.0, b.0))?)
    }

    /// Removes a record that the other side removed, with what hangs on it; `false` when it cannot go (an entry of a
    /// customer who stays) or was gone.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_remove(&mut self, record: RecordRef) -> Result<bool, StoreError> {
        if !self.read().has(record)? {
            return Ok(false);
        }
        match record.kind {
            RecordKind::Customer => self.remove_customer(CustomerId(record.id)).map(|_| true),
            RecordKind::Order => {
                let customer = self.read().customer_of(record)?;
                self.remove_order(OrderId(record.id))?;
                self.remove_emptied(customer)?;
                Ok(true)
            }
            RecordKind::List => self.remove_list(model::ListId(record.id)).map(|()| true),
            RecordKind::LedgerEntry => {
                // Whoever was erased there without keeping the books is not to be found in ours.
                let customer = self.read().customer_of(record)?;
                match customer {
                    Some(customer) if self.is_erased(customer)? => {
                        self.remove_customer(customer).map(|_| true)
                    }
                    _ => Ok(false),
                }
            }
            RecordKind::Settings | RecordKind::Program | RecordKind::CouponUse => Ok(false),
            RecordKind::Coupon => {
                let used = self
                    .conn
                    .prepare_cached(
                        "SELECT 1 WHERE EXISTS (SELECT 1 FROM coupon_code WHERE coupon = ?1)
                             OR EXISTS (SELECT 1 FROM coupon_use WHERE coupon = ?1)",
                    )?
                    .exists([record.id])?;
                if !used {
                    self.remove_row(record)?;
                }
                Ok(!used)
            }
            RecordKind::CouponCode => {
                let used = self
                    .conn
                    .prepare_cached("SELECT 1 FROM coupon_use WHERE code = ?1")?
                    .exists([record.id])?;
                if !used {
                    self.remove_row(record)?;
                }
                Ok(!used)
            }
            _ => self.remove_row(record).map(|()| true),
        }
    }

    fn is_erased(&self, customer: CustomerId) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT 1 FROM erasure WHERE customer = ?1")?
            .exists([customer.0])?)
    }

    /// A person who was erased and whose last order went has nothing left to stay for.
    fn remove_emptied(&mut self, customer: Option<CustomerId>) -> Result<(), StoreError> {
        let Some(customer) = customer else {
            return Ok(());
        };
        if !self.is_erased(customer)?
            || !self.read().order_ids_of(customer)?.is_empty()
            || !self.read().entries(customer)?.is_empty()
        {
            return Ok(());
        }
        if self.read().customer(customer)?.is_some() {
            self.remove_customer(customer)?;
        }
        Ok(())
    }

    /// Removes a record because another with the same key stays in its place; what hangs on an order goes to that one.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_replace(&mut self, gone: RecordRef, stays: i64) -> Result<(), StoreError> {
        match gone.kind {
            RecordKind::Order => {
                for id in self.read().refund_ids(OrderId(gone.id))? {
                    self.conn
                        .prepare_cached("UPDATE refund SET order_id = ?2 WHERE id = ?1")?
                        .execute((id, stays))?;
                    self.touch(crate::orders::refund_record(id), Action::Updated);
                }
                self.remove_order_alone(OrderId(gone.id))
            }
            RecordKind::LedgerEntry => self
                .without_trigger("ledger_entry_goes_with_its_customer", |tx| {
                    tx.remove_row(gone)
                }),
            RecordKind::CouponUse => {
                self.without_trigger("coupon_use_goes_with_its_order", |tx| tx.remove_row(gone))
            }
            _ => self.remove_row(gone),
        }
    }

    /// Brings an order in step with refunds that came to it.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_count_refunds(&mut self, order: OrderId) -> Result<(), StoreError> {
        self.set_returned(order)
    }

    /// The one case in which an entry goes and its customer stays: the very same one is there under another id.
    fn without_trigger(
        &mut self,
        name: &str,
        work: impl FnOnce(&mut Self) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let sql: String = self
            .conn
            .prepare("SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?1")?
            .query_row([name], |row| row.get(0))?;
        self.conn.execute_batch(&format!("DROP TRIGGER {name}"))?;
        work(self)?;
        self.conn.execute_batch(&sql)?;
        Ok(())
    }

    /// Notes that an id leads to a customer, without there having been a record.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_leads_to(
        &mut self,
        gone: CustomerId,
        survivor: CustomerId,
    ) -> Result<(), StoreError> {
        let batch = self.begin_batch()?;
        self.conn
            .prepare_cached(
                "INSERT OR IGNORE INTO merged (batch, customer, survivor) VALUES (?1, ?2, ?3)",
            )?
            .execute((batch.0, gone.0, survivor.0))?;
        Ok(())
    }

    /// Gives a record of ours another id, because another browser that counted with our number has it; what refers to
    /// it follows. The record under its new id; the same where a kind counts otherwise.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_rekey(&mut self, record: RecordRef) -> Result<RecordRef, StoreError> {
        let updates = with_id(record.kind);
        if updates.is_empty() {
            return Ok(record);
        }
        let new = self.new_id()?;
        let customer = match record.kind {
            RecordKind::Customer => self.read().customer(CustomerId(record.id))?,
            _ => None,
        };
        if let Some(customer) = &customer {
            crate::search::index::remove(self.conn, customer.id)?;
            // Old ids lead on, as after a merging.
            let dead = self.dead_batch()?;
            self.conn
                .prepare_cached(
                    "INSERT OR IGNORE INTO merged (batch, customer, survivor) VALUES (?1, ?2, ?3)",
                )?
                .execute((dead, record.id, new))?;
        }
        self.without_trigger("ledger_entry_stays", |tx| {
            tx.without_trigger("coupon_use_stays", |tx| {
                for sql in updates {
                    tx.conn.prepare_cached(sql)?.execute((record.id, new))?;
                }
                Ok(())
            })
        })?;
        if let Some(customer) = &customer {
            let text = crate::search::fold::search_text(&customer.fields);
            crate::search::index::insert(self.conn, CustomerId(new), &text)?;
        }
        let here = RecordRef {
            kind: record.kind,
            id: new,
        };
        self.conn
            .prepare_cached("UPDATE change SET record = ?3 WHERE kind = ?1 AND record = ?2")?
            .execute((record.kind.code(), record.id, new))?;
        self.sync_delivered(record)?;
        self.touch(record, Action::Removed);
        self.sync_placed(record);
        self.touch(here, Action::Created);
        Ok(here)
    }

    /// A raw id for a record of another program.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_new_id(&mut self, kind: RecordKind) -> Result<i64, StoreError> {
        if kind == RecordKind::Program {
            let version = meta_number(self.conn, "programs")?.saturating_add(1);
            set_meta_number(self.conn, "programs", version)?;
            return Ok(version);
        }
        Ok(self.state.next_id())
    }

    /// Makes one customer part of another as the other side did: everything of theirs goes to the survivor.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_merge(&mut self, gone: CustomerId, survivor: CustomerId) -> Result<(), StoreError> {
        let mut moved = crate::Moved::default();
        self.absorb(gone, survivor, &mut moved)
    }

    /// A customer who had gone into another is there again: old keys lead to them and not to the survivor.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_unmerge(&mut self, customer: CustomerId) -> Result<(), StoreError> {
        let merged = self
            .conn
            .prepare_cached("SELECT 1 FROM merged WHERE customer = ?1")?
            .exists([customer.0])?;
        let Some(record) = self.read().customer(customer)?.filter(|_| merged) else {
            return Ok(());
        };
        // The ledger's trigger goes on asking for the row; nothing else takes one of a dead batch for a merging.
        let dead = self.dead_batch()?;
        self.conn
            .prepare_cached(
                "INSERT OR IGNORE INTO merged (batch, customer, survivor)
                 SELECT ?2, customer, survivor FROM merged WHERE customer = ?1 AND batch <> ?2",
            )?
            .execute((customer.0, dead))?;
        self.conn
            .prepare_cached("DELETE FROM merged WHERE customer = ?1 AND batch <> ?2")?
            .execute((customer.0, dead))?;
        let it = &record.fields;
        for (kind, key) in [
            (FormerKey::ExternalId, it.external_id.clone()),
            (FormerKey::Email, customers::email_key(it.email.as_deref())),
            (FormerKey::Phone, customers::phone_key(it.phone.as_deref())),
        ] {
            if let Some(key) = key {
                self.conn
                    .prepare_cached("DELETE FROM merged_key WHERE kind = ?1 AND key = ?2")?
                    .execute((kind as i64, key))?;
            }
        }
        Ok(())
    }

    /// A batch that never was in force: what hangs on it holds for triggers only.
    fn dead_batch(&mut self) -> Result<i64, StoreError> {
        if let Some(known) = crate::state::optional_meta_number(self.conn, "sync_dead_batch")? {
            return Ok(known);
        }
        let id = self.state.next_id();
        self.conn
            .prepare_cached(
                "INSERT INTO batch (id, at, who, name, subject, bulk, undoes, undone_by)
                 VALUES (?1, ?2, '', 'sync', '', 0, NULL, ?1)",
            )?
            .execute((id, self.meta.at.0))?;
        set_meta_number(self.conn, "sync_dead_batch", id)?;
        Ok(id)
    }

    /// The coupon's number, or another where a coupon of ours has it: numbers count within one browser.
    fn free_coupon_number(&mut self, wanted: u32) -> Result<u32, StoreError> {
        if self.read().coupon_by_number(wanted)?.is_none() {
            let last = crate::state::optional_meta_number(self.conn, "coupons")?.unwrap_or(0);
            set_meta_number(self.conn, "coupons", last.max(i64::from(wanted)))?;
            return Ok(wanted);
        }
        loop {
            let number = self.count_up("coupons")?;
            if self.read().coupon_by_number(number)?.is_none() {
                return Ok(number);
            }
        }
    }

    /// Takes another share of the id space: somebody else writes with this one (a copied profile).
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_renew_replica(&mut self, replica: Replica) -> Result<(), StoreError> {
        set_meta_number(self.conn, "replica", i64::from(replica.get()))?;
        self.state.replica = replica;
        self.state.counter = 0;
        set_meta_number(self.conn, "counter", 0)
    }

    /// A pair by the two it is of.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_pair(&self, low: CustomerId, high: CustomerId) -> Result<Option<i64>, StoreError> {
        if !self.read().is_distinct(low, high)? {
            return Ok(None);
        }
        let pairs = self.read().distinct_pairs()?;
        let found = pairs
            .into_iter()
            .find(|it| it.low == low && it.high == high);
        Ok(found.map(|it| merges::distinct_record(it.id).id))
    }
}

/// What gives a record the id `?2` in place of `?1`, with everything that refers to it. Versions of the programme count by
/// themselves, and settings are one.
fn with_id(kind: RecordKind) -> &'static [&'static str] {
    match kind {
        RecordKind::Customer => &[
            "UPDATE customer SET id = ?2 WHERE id = ?1",
            r#"UPDATE "order" SET customer = ?2 WHERE customer = ?1"#,
            "UPDATE interaction SET customer = ?2 WHERE customer = ?1",
            "UPDATE ledger_entry SET customer = ?2 WHERE customer = ?1",
            "UPDATE coupon_code SET customer = ?2 WHERE customer = ?1",
            "UPDATE coupon_use SET customer = ?2 WHERE customer = ?1",
            "UPDATE list_member SET customer = ?2 WHERE customer = ?1",
            "UPDATE distinct_pair SET low = min(?2, iif(low = ?1, high, low)), high = max(?2, iif(low = ?1, high, low))
             WHERE ?1 IN (low, high)",
            "UPDATE quality_pass SET record = ?2 WHERE record = ?1",
            "UPDATE source_key SET record = ?2 WHERE record = ?1 AND kind = 0",
        ],
        RecordKind::Order => &[
            r#"UPDATE "order" SET id = ?2 WHERE id = ?1"#,
            "UPDATE refund SET order_id = ?2 WHERE order_id = ?1",
            "UPDATE ledger_entry SET order_id = ?2 WHERE order_id = ?1",
            "UPDATE coupon_code SET source = ?2 WHERE source = ?1",
            "UPDATE coupon_use SET order_id = ?2 WHERE order_id = ?1",
            "UPDATE quality_pass SET record = ?2 WHERE record = ?1",
            "UPDATE source_key SET record = ?2 WHERE record = ?1 AND kind = 1",
        ],
        RecordKind::LedgerEntry => &[
            "UPDATE ledger_entry SET id = ?2 WHERE id = ?1",
            "UPDATE ledger_entry SET reverses = ?2 WHERE reverses = ?1",
        ],
        RecordKind::Coupon => &[
            "UPDATE coupon SET id = ?2 WHERE id = ?1",
            "UPDATE coupon_code SET coupon = ?2 WHERE coupon = ?1",
            "UPDATE coupon_use SET coupon = ?2 WHERE coupon = ?1",
        ],
        RecordKind::CouponCode => &[
            "UPDATE coupon_code SET id = ?2 WHERE id = ?1",
            "UPDATE coupon_use SET code = ?2 WHERE code = ?1",
        ],
        RecordKind::CouponUse => &[
            "UPDATE coupon_use SET id = ?2 WHERE id = ?1",
            "UPDATE coupon_use SET reverses = ?2 WHERE reverses = ?1",
        ],
        RecordKind::List => &[
            "UPDATE list SET id = ?2 WHERE id = ?1",
            "UPDATE list_member SET list = ?2 WHERE list = ?1",
        ],
        RecordKind::Refund => &["UPDATE refund SET id = ?2 WHERE id = ?1"],
        RecordKind::Interaction => &["UPDATE interaction SET id = ?2 WHERE id = ?1"],
        RecordKind::ListMember => &["UPDATE list_member SET id = ?2 WHERE id = ?1"],
        RecordKind::Segment => &["UPDATE segment SET id = ?2 WHERE id = ?1"],
        RecordKind::Distinct => &["UPDATE distinct_pair SET id = ?2 WHERE id = ?1"],
        RecordKind::QualityPass => &["UPDATE quality_pass SET id = ?2 WHERE id = ?1"],
        RecordKind::Program | RecordKind::Settings => &[],
    }
}
