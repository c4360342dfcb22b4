//! Customers that are one: making their records one, and what leads from the old ids to the survivor.
//!
//! Everything that belonged to a record that goes (orders, interactions, entries of the ledger, codes and uses of
//! coupons, places on lists) goes to the survivor. The log has each move, then the removal, then the survivor's new
//! fields: undo, which goes backwards, gives the fields back, brings the records back and hands everything over again.
//!
//! A row of `merged` holds while its batch is in force, so that undoing a merging (and undoing that) needs no change
//! of it. Worked example: A went into B, B into C. A leads to C; once the second is undone, to B.

use crate::coupons::code_record;
use crate::customers::{email_key, phone_key};
use crate::{
    Action, Reader, RecordKind, RecordRef, StoreError, Tx, customers, interactions, ledger, orders,
};
use model::coupon::{CodeId, UseId};
use model::{BatchId, CustomerDraft, CustomerId, EntryId, InteractionId, OrderId, Timestamp};
use rusqlite::OptionalExtension;
use serde_json::{Map, Value, json};

/// So many mergings, one after the other, are followed.
const LONGEST_CHAIN: usize = 64;

/// Kinds of key that records that went were known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FormerKey {
    /// The key in the source.
    ExternalId = 0,
    /// The e-mail address in small letters.
    Email = 1,
    /// The digits of the telephone.
    Phone = 2,
    /// The key of a row of a file.
    SourceRow = 3,
}

/// What went to the survivor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Orders.
    pub orders: u64,
    /// Interactions.
    pub interactions: u64,
    /// Entries of the points ledger.
    pub entries: u64,
    /// Codes of coupons.
    pub codes: u64,
    /// Uses of coupons.
    pub uses: u64,
}

/// A merging.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merging {
    /// Its batch: what to undo.
    pub batch: BatchId,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub who: String,
    /// Who stayed.
    pub survivor: CustomerId,
    /// Who went.
    pub gone: Vec<CustomerId>,
    /// It was taken back.
    pub undone: bool,
}

/// Two records that are two customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DistinctPair {
    /// Its id.
    pub id: i64,
    /// The one with the lower id.
    pub low: CustomerId,
    /// The other.
    pub high: CustomerId,
    /// When it was said.
    pub at: Timestamp,
}

fn order_of(a: CustomerId, b: CustomerId) -> (CustomerId, CustomerId) {
    if a < b { (a, b) } else { (b, a) }
}

impl Tx<'_> {
    /// Makes records one: `gone` go, `survivor` stays with `fields`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when one is not there; [`StoreError::KeyTaken`] when another customer has the external
    /// id of `fields`.
    pub fn merge_customers(
        &mut self,
        survivor: CustomerId,
        gone: &[CustomerId],
        fields: &CustomerDraft,
    ) -> Result<Moved, StoreError> {
        self.must_have_customer(survivor)?;
        let mut moved = Moved::default();
        for &id in gone {
            if id != survivor {
                self.absorb(id, survivor, &mut moved)?;
            }
        }
        self.update_customer(survivor, fields)?;
        Ok(moved)
    }

    /// Hands everything of one customer over to another and removes the first.
    pub(crate) fn absorb(
        &mut self,
        gone: CustomerId,
        survivor: CustomerId,
        moved: &mut Moved,
    ) -> Result<(), StoreError> {
        let customer = self.must_have_customer(gone)?;
        let batch = self.begin_batch()?;
        // The ledger's trigger asks for this row.
        self.conn
            .prepare_cached(
                "INSERT OR IGNORE INTO merged (batch, customer, survivor) VALUES (?1, ?2, ?3)",
            )?
            .execute((batch.0, gone.0, survivor.0))?;
        let read = self.read();
        for order in read.order_ids_of(gone)? {
            self.move_record(orders::record(order), survivor)?;
            moved.orders += 1;
        }
        for id in read.interaction_ids(gone)? {
            self.move_record(interactions::record(InteractionId(id)), survivor)?;
            moved.interactions += 1;
        }
        for entry in read.entries(gone)? {
            self.move_record(ledger::record(entry.id), survivor)?;
            moved.entries += 1;
        }
        for code in read.codes_of(gone)? {
            self.move_record(code_record(code.id), survivor)?;
            moved.codes += 1;
        }
        self.move_list_members(gone, survivor)?;
        for id in self.use_ids_of(gone)? {
            self.move_record(crate::coupons::use_record(UseId(id)), survivor)?;
            moved.uses += 1;
        }
        let it = &customer.fields;
        let keys = [
            (FormerKey::ExternalId, it.external_id.clone()),
            (FormerKey::Email, email_key(it.email.as_deref())),
            (FormerKey::Phone, phone_key(it.phone.as_deref())),
        ];
        for (kind, key) in keys {
            if let Some(key) = key {
                self.keep_key(kind, &key, survivor)?;
            }
        }
        for key in self.read().source_keys(customers::record(gone))? {
            self.keep_key(FormerKey::SourceRow, &key, survivor)?;
        }
        self.log_removal(customers::record(gone))?;
        self.delete_row(customers::record(gone))
    }

    fn keep_key(
        &mut self,
        kind: FormerKey,
        key: &str,
        survivor: CustomerId,
    ) -> Result<(), StoreError> {
        let batch = self.begin_batch()?;
        self.conn
            .prepare_cached(
                "INSERT OR IGNORE INTO merged_key (kind, key, batch, survivor) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute((kind as i64, key, batch.0, survivor.0))?;
        Ok(())
    }

    fn use_ids_of(&self, customer: CustomerId) -> Result<Vec<i64>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id FROM coupon_use WHERE customer = ?1 ORDER BY id")?;
        let rows = statement.query_map([customer.0], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Hands one record over to another customer, and records that.
    pub(crate) fn move_record(
        &mut self,
        record: RecordRef,
        to: CustomerId,
    ) -> Result<(), StoreError> {
        let id = record.id;
        let table = match record.kind {
            RecordKind::Order => {
                let old = self.must_have_order(OrderId(id))?;
                let mut new = old.clone();
                new.customer = to;
                return self.change_order(&old, &new);
            }
            RecordKind::CouponCode => {
                let Some(old) = self.read().code(CodeId(id))? else {
                    return Ok(());
                };
                let mut new = old.clone();
                new.fields.customer = Some(to);
                return self.change_code(&old, &new);
            }
            RecordKind::Interaction => "interaction",
            RecordKind::LedgerEntry => "ledger_entry",
            RecordKind::CouponUse => "coupon_use",
            _ => return Ok(()),
        };
        let Some(from) = self.read().customer_of(record)? else {
            return Ok(());
        };
        self.conn
            .prepare_cached(&format!("UPDATE {table} SET customer = ?2 WHERE id = ?1"))?
            .execute((id, to.0))?;
        let (before, after) = (json!({ "customer": from }), json!({ "customer": to }));
        let (before, after) = (before.to_string(), after.to_string());
        self.log(record, Action::Updated, Some(&before), Some(&after))?;
        self.touch(record, Action::Updated);
        Ok(())
    }

    /// Refuses a key in the source that leads to another customer by a merging.
    pub(crate) fn check_former_key(
        &self,
        id: Option<CustomerId>,
        fields: &CustomerDraft,
    ) -> Result<(), StoreError> {
        let Some(key) = &fields.external_id else {
            return Ok(());
        };
        match self.read().former(FormerKey::ExternalId, key)? {
            Some(by) if Some(by) != id => Err(StoreError::KeyTaken {
                kind: RecordKind::Customer,
                key: key.clone(),
                by: by.0,
            }),
            _ => Ok(()),
        }
    }

    /// Notes that two records are two customers; `false` when that was known.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn set_distinct(&mut self, a: CustomerId, b: CustomerId) -> Result<bool, StoreError> {
        if a == b || self.read().is_distinct(a, b)? {
            return Ok(false);
        }
        let (low, high) = order_of(a, b);
        let pair = DistinctPair {
            id: self.new_id()?,
            low,
            high,
            at: self.meta.at,
        };
        let created_by = self.created_by()?;
        self.insert_distinct(&pair, created_by)?;
        self.touch(distinct_record(pair.id), Action::Created);
        Ok(true)
    }

    /// Forgets that two records are two customers; `false` when that was not known.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn clear_distinct(&mut self, a: CustomerId, b: CustomerId) -> Result<bool, StoreError> {
        let (low, high) = order_of(a, b);
        let id = self
            .conn
            .prepare_cached("SELECT id FROM distinct_pair WHERE low = ?1 AND high = ?2")?
            .query_row((low.0, high.0), |row| row.get::<_, i64>(0))
            .optional()?;
        match id {
            Some(id) => self.remove_row(distinct_record(id)).map(|()| true),
            None => Ok(false),
        }
    }

    /// Inserts a pair as it is, without a note in the log.
    pub(crate) fn insert_distinct(
        &mut self,
        pair: &DistinctPair,
        created_by: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO distinct_pair (id, low, high, at, created_by) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((pair.id, pair.low.0, pair.high.0, pair.at.0, created_by))?;
        Ok(())
    }

    /// Notes that an odd value is right; `false` when that was known.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn pass_finding(&mut self, finding: &str, record: i64) -> Result<bool, StoreError> {
        let known = self
            .conn
            .prepare_cached("SELECT 1 FROM quality_pass WHERE finding = ?1 AND record = ?2")?
            .exists((finding, record))?;
        if known {
            return Ok(false);
        }
        let pass = QualityPass {
            id: self.new_id()?,
            finding: finding.to_owned(),
            record,
            at: self.meta.at,
        };
        let created_by = self.created_by()?;
        self.insert_pass(&pass, created_by)?;
        self.touch(pass_record(pass.id), Action::Created);
        Ok(true)
    }

    /// Inserts a pass as it is, without a note in the log.
    pub(crate) fn insert_pass(
        &mut self,
        it: &QualityPass,
        created_by: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO quality_pass (id, finding, record, at, created_by) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((it.id, &it.finding, it.record, it.at.0, created_by))?;
        Ok(())
    }

    /// The fields of a record that are still as a change left them, as they were before it; and whether others are
    /// not.
    pub(crate) fn still_as_left(
        &self,
        record: RecordRef,
        before: &str,
        after: &str,
    ) -> Result<(Map<String, Value>, bool), StoreError> {
        let now = self.read().fields_of(record)?;
        let before: Map<String, Value> = serde_json::from_str(before)?;
        let after: Map<String, Value> = serde_json::from_str(after)?;
        let (mut back, mut edited) = (Map::new(), false);
        for (field, was) in before {
            let left = after.get(&field).unwrap_or(&Value::Null);
            if now.get(&field).unwrap_or(&Value::Null) == left {
                back.insert(field, was);
            } else if field != "updatedAt" {
                edited = true;
            }
        }
        Ok((back, edited))
    }
}

/// A value of which a person said that it is right.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QualityPass {
    pub(crate) id: i64,
    pub(crate) finding: String,
    pub(crate) record: i64,
    pub(crate) at: Timestamp,
}

/// Names a pair in the log.
pub(crate) fn distinct_record(id: i64) -> RecordRef {
    RecordRef {
        kind: RecordKind::Distinct,
        id,
    }
}

/// Names a pass in the log.
pub(crate) fn pass_record(id: i64) -> RecordRef {
    RecordRef {
        kind: RecordKind::QualityPass,
        id,
    }
}

/// Rows of `merged` that hold.
const IN_FORCE: &str = "merged m JOIN batch b ON b.id = m.batch AND b.undone_by IS NULL";

impl Reader<'_> {
    /// The customer that an id stands for: itself, or the survivor of the mergings it went into.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn settled(self, id: CustomerId) -> Result<CustomerId, StoreError> {
        let mut at = id;
        let mut exists = self
            .conn
            .prepare_cached("SELECT 1 FROM customer WHERE id = ?1")?;
        let sql = format!(
            "SELECT m.survivor FROM {IN_FORCE} WHERE m.customer = ?1 ORDER BY b.seq DESC LIMIT 1"
        );
        let mut next = self.conn.prepare_cached(&sql)?;
        for _ in 0..LONGEST_CHAIN {
            if exists.exists([at.0])? {
                return Ok(at);
            }
            match next.query_row([at.0], |row| row.get(0)).optional()? {
                Some(survivor) => at = CustomerId(survivor),
                None => return Ok(id),
            }
        }
        Ok(id)
    }

    /// Who a record that was merged away was known by.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn former(self, kind: FormerKey, key: &str) -> Result<Option<CustomerId>, StoreError> {
        Ok(self.all_former(kind, key)?.into_iter().next())
    }

    /// Everybody who took over a key, the last merging first.
    pub(crate) fn all_former(
        self,
        kind: FormerKey,
        key: &str,
    ) -> Result<Vec<CustomerId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT k.survivor FROM merged_key k JOIN batch b ON b.id = k.batch AND b.undone_by IS NULL
             WHERE k.kind = ?1 AND k.key = ?2 ORDER BY b.seq DESC",
        )?;
        let rows = statement.query_map((kind as i64, key), |row| row.get(0).map(CustomerId))?;
        let mut found = Vec::new();
        for id in rows {
            let id = self.settled(id?)?;
            if !found.contains(&id) && self.has(customers::record(id))? {
                found.push(id);
            }
        }
        Ok(found)
    }

    /// The newest merging in force after `batch` that the survivors or the returning records of `batch` took part
    /// in: it must be undone first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn merged_again(self, batch: BatchId) -> Result<Option<BatchId>, StoreError> {
        let sql = format!(
            "SELECT m.batch FROM {IN_FORCE}
             WHERE b.seq > (SELECT seq FROM batch WHERE id = ?1)
               AND (m.survivor IN (SELECT survivor FROM merged WHERE batch = ?1)
                    OR m.customer IN (SELECT survivor FROM merged WHERE batch = ?1))
             ORDER BY b.seq DESC LIMIT 1"
        );
        let found = self
            .conn
            .prepare_cached(&sql)?
            .query_row([batch.0], |row| row.get(0).map(BatchId))
            .optional()?;
        Ok(found)
    }

    /// Survivors of a batch of mergings; empty where it is none.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn survivors_of(self, batch: BatchId) -> Result<Vec<CustomerId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT DISTINCT survivor FROM merged WHERE batch = ?1 ORDER BY survivor",
        )?;
        let rows = statement.query_map([batch.0], |row| row.get(0).map(CustomerId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Mergings, the newest first; of one survivor if given. `total` counts groups.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn mergings(
        self,
        survivor: Option<CustomerId>,
        offset: u64,
        limit: u32,
    ) -> Result<crate::Page<Merging>, StoreError> {
        let total: i64 = self
            .conn
            .prepare_cached(
                "SELECT count(*) FROM (SELECT DISTINCT batch, survivor FROM merged WHERE ?1 IS NULL OR survivor = ?1)",
            )?
            .query_row([survivor.map(|it| it.0)], |row| row.get(0))?;
        let mut statement = self.conn.prepare_cached(
            "SELECT m.batch, b.at, b.who, m.survivor, group_concat(m.customer), b.undone_by IS NOT NULL
             FROM merged m JOIN batch b ON b.id = m.batch WHERE ?1 IS NULL OR m.survivor = ?1
             GROUP BY m.batch, m.survivor ORDER BY b.seq DESC, m.survivor LIMIT ?2 OFFSET ?3",
        )?;
        let skip = i64::try_from(offset).unwrap_or(i64::MAX);
        let rows = statement.query_map((survivor.map(|it| it.0), limit, skip), |row| {
            let gone: String = row.get(4)?;
            let ids = gone.split(',').filter_map(|id| id.parse().ok());
            Ok(Merging {
                batch: BatchId(row.get(0)?),
                at: Timestamp(row.get(1)?),
                who: row.get(2)?,
                survivor: CustomerId(row.get(3)?),
                gone: ids.map(CustomerId).collect(),
                undone: row.get(5)?,
            })
        })?;
        Ok(crate::Page {
            total: total.unsigned_abs(),
            items: rows.collect::<Result<_, _>>()?,
        })
    }

    /// How many mergings are in force.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn mergings_in_force(self) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(DISTINCT m.batch || ' ' || m.survivor) FROM {IN_FORCE}");
        let count: i64 = self
            .conn
            .prepare_cached(&sql)?
            .query_row([], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// A customer as they were when a batch removed them.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn removed_by(
        self,
        batch: BatchId,
        id: CustomerId,
    ) -> Result<Option<model::Customer>, StoreError> {
        let copy: Option<String> = self
            .conn
            .prepare_cached(
                "SELECT before FROM change WHERE batch = ?1 AND kind = 0 AND record = ?2 AND action = 2",
            )?
            .query_row((batch.0, id.0), |row| row.get(0))
            .optional()?
            .flatten();
        let Some(copy) = copy else { return Ok(None) };
        let copy: Value = serde_json::from_str(&copy)?;
        let record = copy.get("record").cloned().unwrap_or_default();
        Ok(serde_json::from_value(record).ok())
    }

    /// Whether a person said that two records are two customers.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn is_distinct(self, a: CustomerId, b: CustomerId) -> Result<bool, StoreError> {
        let (low, high) = order_of(a, b);
        Ok(self
            .conn
            .prepare_cached("SELECT 1 FROM distinct_pair WHERE low = ?1 AND high = ?2")?
            .exists((low.0, high.0))?)
    }

    /// All pairs that are two customers, the last first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn distinct_pairs(self) -> Result<Vec<DistinctPair>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id, low, high, at FROM distinct_pair ORDER BY id DESC")?;
        let rows = statement.query_map([], pair_from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A pair.
    pub(crate) fn distinct_pair(self, id: i64) -> Result<Option<DistinctPair>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT id, low, high, at FROM distinct_pair WHERE id = ?1")?
            .query_row([id], pair_from_row)
            .optional()?)
    }

    /// Records whose finding of a kind a person said to be right.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn passed(self, finding: &str) -> Result<Vec<i64>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT record FROM quality_pass WHERE finding = ?1 ORDER BY record")?;
        let rows = statement.query_map([finding], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A pass.
    pub(crate) fn quality_pass(self, id: i64) -> Result<Option<QualityPass>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT id, finding, record, at FROM quality_pass WHERE id = ?1")?
            .query_row([id], |row| {
                Ok(QualityPass {
                    id: row.get(0)?,
                    finding: row.get(1)?,
                    record: row.get(2)?,
                    at: Timestamp(row.get(3)?),
                })
            })
            .optional()?)
    }

    /// The fields of a record as the log writes them.
    fn fields_of(self, record: RecordRef) -> Result<Map<String, Value>, StoreError> {
        let id = record.id;
        let value = match record.kind {
            RecordKind::Customer => serde_json::to_value(self.customer(CustomerId(id))?)?,
            RecordKind::Order => serde_json::to_value(self.order(OrderId(id))?)?,
            RecordKind::CouponCode => serde_json::to_value(self.code(CodeId(id))?)?,
            RecordKind::Interaction | RecordKind::CouponUse => {
                json!({ "customer": self.customer_of(record)? })
            }
            RecordKind::LedgerEntry => serde_json::to_value(self.entry(EntryId(id))?)?,
            _ => Value::Null,
        };
        match value {
            Value::Object(fields) => Ok(fields),
            _ => Ok(Map::new()),
        }
    }
}

fn pair_from_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<DistinctPair> {
    Ok(DistinctPair {
        id: row.get(0)?,
        low: CustomerId(row.get(1)?),
        high: CustomerId(row.get(2)?),
        at: Timestamp(row.get(3)?),
    })
}
