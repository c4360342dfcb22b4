//! Recorded entries of the points ledger: appending and reading. Nothing here changes or takes away an entry; the
//! schema's triggers see to it that nothing else does, but for the removal of the customer.

use crate::orders::constraint;
use crate::{Action, Entry, EntryDraft, EntryKind, Reader, RecordKind, RecordRef, StoreError, Tx};
use model::{CustomerId, EntryId, OrderId, Points, Timestamp};
use rusqlite::{OptionalExtension, Row, params};

/// Names an entry in the log.
pub(crate) fn record(id: EntryId) -> RecordRef {
    RecordRef {
        kind: RecordKind::LedgerEntry,
        id: id.0,
    }
}

impl Tx<'_> {
    /// Appends an entry.
    ///
    /// # Errors
    /// [`StoreError::KeyTaken`] when the idempotency key was used; [`Reader::entry_by_key`] says whether by this very
    /// entry.
    pub fn add_entry(
        &mut self,
        customer: CustomerId,
        fields: &EntryDraft,
    ) -> Result<EntryId, StoreError> {
        let id = EntryId(self.new_id()?);
        let created_by = self.created_by()?;
        let entry = Entry {
            id,
            customer,
            fields: fields.clone(),
        };
        self.insert_entry(&entry, created_by)?;
        self.touch(record(id), Action::Created);
        Ok(id)
    }

    /// Inserts an entry as it is, without a note in the log.
    pub(crate) fn insert_entry(
        &mut self,
        entry: &Entry,
        created_by: i64,
    ) -> Result<(), StoreError> {
        let it = &entry.fields;
        let result = self
            .conn
            .prepare_cached(
                "INSERT INTO ledger_entry (id, customer, kind, points, at, key, program_version, reward, reason,
                     reverses, order_id, data, created_by)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )?
            .execute(params![
                entry.id.0,
                entry.customer.0,
                it.kind as i64,
                it.points.0,
                it.at.0,
                it.key,
                it.program_version,
                it.reward,
                it.reason,
                it.reverses.map(|id| id.0),
                it.order.map(|id| id.0),
                it.data,
                created_by,
            ]);
        if let Err(error) = result {
            if let (true, Some(other)) = (constraint(&error), self.read().entry_by_key(&it.key)?) {
                return Err(StoreError::KeyTaken {
                    kind: RecordKind::LedgerEntry,
                    key: it.key.clone(),
                    by: other.id.0,
                });
            }
            return Err(error.into());
        }
        Ok(())
    }
}

const SELECT: &str = "SELECT id, customer, kind, points, at, key, program_version, reward, reason, reverses, order_id,
    data, created_by FROM ledger_entry";

impl Reader<'_> {
    /// A customer's entries in order of time, then key.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn entries(self, customer: CustomerId) -> Result<Vec<Entry>, StoreError> {
        let sql = format!("{SELECT} WHERE customer = ?1 ORDER BY at, key");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map([customer.0], from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// All entries, by customer, then time, then key.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn scan_entries(self, mut each: impl FnMut(Entry)) -> Result<(), StoreError> {
        let sql = format!("{SELECT} ORDER BY customer, at, key");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            each(from_row(row)?);
        }
        Ok(())
    }

    /// An entry.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn entry(self, id: EntryId) -> Result<Option<Entry>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("{SELECT} WHERE id = ?1"))?
            .query_row([id.0], from_row)
            .optional()?)
    }

    /// The entry with this idempotency key.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn entry_by_key(self, key: &str) -> Result<Option<Entry>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("{SELECT} WHERE key = ?1"))?
            .query_row([key], from_row)
            .optional()?)
    }

    /// How many redemptions bought this reward and were not reversed, over all customers.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn rewards_taken(self, reward: &str) -> Result<u64, StoreError> {
        let count: i64 = self
            .conn
            .prepare_cached(
                "SELECT count(*) FROM ledger_entry e WHERE e.reward = ?1 AND e.kind = 0 AND NOT EXISTS
                     (SELECT 1 FROM ledger_entry r WHERE r.customer = e.customer AND r.reverses = e.id)",
            )?
            .query_row([reward], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// The entry that reverses this one.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn reversal_of(self, entry: &Entry) -> Result<Option<Entry>, StoreError> {
        let sql =
            format!("{SELECT} WHERE customer = ?1 AND reverses = ?2 ORDER BY at, key LIMIT 1");
        Ok(self
            .conn
            .prepare_cached(&sql)?
            .query_row((entry.customer.0, entry.id.0), from_row)
            .optional()?)
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        id: EntryId(row.get(0)?),
        customer: CustomerId(row.get(1)?),
        fields: EntryDraft {
            kind: kind(row.get(2)?),
            points: Points(row.get(3)?),
            at: Timestamp(row.get(4)?),
            key: row.get(5)?,
            program_version: row.get(6)?,
            reward: row.get(7)?,
            reason: row.get(8)?,
            reverses: row.get::<_, Option<i64>>(9)?.map(EntryId),
            order: row.get::<_, Option<i64>>(10)?.map(OrderId),
            data: row.get(11)?,
        },
    })
}

/// The kind a column's number stands for.
pub(crate) fn kind(code: i64) -> EntryKind {
    match code {
        0 => EntryKind::Redemption,
        1 => EntryKind::Adjustment,
        2 => EntryKind::Reversal,
        3 => EntryKind::Bonus,
        _ => EntryKind::Transfer,
    }
}
