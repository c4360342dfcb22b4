//! Orders that wait for their customer, and the mappings of files that are remembered.
//!
//! Rule: an order waits while the import that brought it is in force and no batch in force placed or dropped it. So
//! undo needs to know nothing of waiting orders: whatever it takes back, they follow.

use crate::{Page, Reader, RecordRef, StoreError, Tx};
use model::{BatchId, Timestamp};
use rusqlite::{OptionalExtension, Row};

/// An order that waits for its customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingOrder {
    /// Its number in the list; 0 for one that is not stored yet.
    pub id: i64,
    /// The import that brought it.
    pub batch: BatchId,
    /// Row of the file, from 1.
    pub row: u32,
    /// What tells the order from others.
    pub key: String,
    /// What it says of the customer, as JSON.
    pub buyer: String,
    /// The order, as JSON.
    pub fields: String,
}

/// How a person mapped the columns of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportMapping {
    /// Its number in the list.
    pub id: i64,
    /// Follows from the names of the columns.
    pub signature: String,
    /// The names of the columns, as a JSON array.
    pub columns: String,
    /// The plan, as JSON.
    pub plan: String,
    /// Who used it last.
    pub who: String,
    /// When it was used last.
    pub at: Timestamp,
    /// How often it was used.
    pub uses: u64,
}

const WAITS: &str = "EXISTS (SELECT 1 FROM batch b WHERE b.id = w.batch AND b.undone_by IS NULL)
    AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.id = w.placed_by AND b.undone_by IS NULL)
    AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.id = w.dropped_by AND b.undone_by IS NULL)";

const COLUMNS: &str = "w.id, w.batch, w.row, w.key, w.buyer, w.fields";

fn waiting_from_row(row: &Row<'_>) -> rusqlite::Result<WaitingOrder> {
    Ok(WaitingOrder {
        id: row.get(0)?,
        batch: BatchId(row.get(1)?),
        row: row.get(2)?,
        key: row.get(3)?,
        buyer: row.get(4)?,
        fields: row.get(5)?,
    })
}

fn mapping_from_row(row: &Row<'_>) -> rusqlite::Result<ImportMapping> {
    Ok(ImportMapping {
        id: row.get(0)?,
        signature: row.get(1)?,
        columns: row.get(2)?,
        plan: row.get(3)?,
        who: row.get(4)?,
        at: Timestamp(row.get(5)?),
        uses: row.get::<_, i64>(6)?.unsigned_abs(),
    })
}

const SELECT_MAPPING: &str =
    "SELECT id, signature, columns, plan, who, at, uses FROM import_mapping";

impl Tx<'_> {
    /// Lets an order wait. Its batch is this transaction's, its id is made here.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn let_wait(&mut self, order: &WaitingOrder) -> Result<(), StoreError> {
        let batch = self.begin_batch()?;
        self.conn
            .prepare_cached(
                "INSERT INTO waiting_order (batch, row, key, buyer, fields) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((batch.0, order.row, &order.key, &order.buyer, &order.fields))?;
        Ok(())
    }

    /// Says anew what a waiting order is: a later file knew more of it.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn update_waiting(&mut self, order: &WaitingOrder) -> Result<(), StoreError> {
        self.begin_batch()?;
        self.conn
            .prepare_cached("UPDATE waiting_order SET buyer = ?2, fields = ?3 WHERE id = ?1")?
            .execute((order.id, &order.buyer, &order.fields))?;
        Ok(())
    }

    /// Notes that this transaction made an order of a waiting one.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn place_waiting(&mut self, id: i64) -> Result<(), StoreError> {
        self.end_waiting(id, "placed_by")
    }

    /// Notes that this transaction gave a waiting order up.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn drop_waiting(&mut self, id: i64) -> Result<(), StoreError> {
        self.end_waiting(id, "dropped_by")
    }

    fn end_waiting(&mut self, id: i64, column: &str) -> Result<(), StoreError> {
        let batch = self.begin_batch()?;
        let sql = format!("UPDATE waiting_order SET {column} = ?2 WHERE id = ?1");
        self.conn.prepare_cached(&sql)?.execute((id, batch.0))?;
        Ok(())
    }

    /// Remembers a mapping for its signature. This is a habit, not data: it begins no batch.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn remember_mapping(&mut self, mapping: &ImportMapping) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO import_mapping (signature, columns, plan, who, at, uses)
                 VALUES (?1, ?2, ?3, ?4, ?5, 1)
                 ON CONFLICT (signature) DO UPDATE SET columns = excluded.columns, plan = excluded.plan,
                     who = excluded.who, at = excluded.at, uses = uses + 1",
            )?
            .execute((
                &mapping.signature,
                &mapping.columns,
                &mapping.plan,
                &mapping.who,
                mapping.at.0,
            ))?;
        Ok(())
    }

    /// Forgets a mapping.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn forget_mapping(&mut self, id: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM import_mapping WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }

    /// Notes what the undo of a batch left alone.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub(crate) fn note_kept(
        &mut self,
        batch: BatchId,
        records: &[RecordRef],
    ) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached(
            "INSERT OR IGNORE INTO undo_kept (batch, kind, record) VALUES (?1, ?2, ?3)",
        )?;
        for record in records {
            statement.execute((batch.0, record.kind.code(), record.id))?;
        }
        Ok(())
    }
}

impl Reader<'_> {
    /// Orders that wait, in the order in which they came, from the one after `after`.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn waiting_after(self, after: i64, limit: u32) -> Result<Vec<WaitingOrder>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM waiting_order w WHERE w.id > ?1 AND {WAITS} ORDER BY w.id LIMIT ?2"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map((after, limit), waiting_from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Orders that wait, a page of them.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn waiting(self, offset: u64, limit: u32) -> Result<Page<WaitingOrder>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM waiting_order w WHERE {WAITS} ORDER BY w.id LIMIT ?1 OFFSET ?2"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        let rows = statement.query_map((limit, offset), waiting_from_row)?;
        Ok(Page {
            items: rows.collect::<Result<_, _>>()?,
            total: self.waiting_count()?,
        })
    }

    /// How many orders wait.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn waiting_count(self) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) FROM waiting_order w WHERE {WAITS}");
        let count: i64 = self
            .conn
            .prepare_cached(&sql)?
            .query_row([], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// One that waits, by its id.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn waiting_order(self, id: i64) -> Result<Option<WaitingOrder>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM waiting_order w WHERE w.id = ?1 AND {WAITS}");
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_row([id], waiting_from_row).optional()?)
    }

    /// One that waits, by what tells it from others.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn waiting_by_key(self, key: &str) -> Result<Option<WaitingOrder>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM waiting_order w WHERE w.key = ?1 AND {WAITS}");
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_row([key], waiting_from_row).optional()?)
    }

    /// The mapping that is remembered for a signature.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn mapping(self, signature: &str) -> Result<Option<ImportMapping>, StoreError> {
        let sql = format!("{SELECT_MAPPING} WHERE signature = ?1");
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement
            .query_row([signature], mapping_from_row)
            .optional()?)
    }

    /// Every mapping that is remembered, the last used first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn mappings(self) -> Result<Vec<ImportMapping>, StoreError> {
        let sql = format!("{SELECT_MAPPING} ORDER BY at DESC, id DESC LIMIT 200");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map([], mapping_from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What the undo of a batch left alone, and how many that were.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn kept_by_undo(
        self,
        batch: BatchId,
        offset: u64,
        limit: u32,
    ) -> Result<Page<RecordRef>, StoreError> {
        let total: i64 = self
            .conn
            .prepare_cached("SELECT count(*) FROM undo_kept WHERE batch = ?1")?
            .query_row([batch.0], |row| row.get(0))?;
        let mut statement = self.conn.prepare_cached(
            "SELECT kind, record FROM undo_kept WHERE batch = ?1 ORDER BY kind, record LIMIT ?2 OFFSET ?3",
        )?;
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        let rows = statement.query_map((batch.0, limit, offset), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        })?;
        let mut items = Vec::new();
        for row in rows {
            let (kind, id) = row?;
            items.push(RecordRef {
                kind: crate::changes::kind(kind)?,
                id,
            });
        }
        Ok(Page {
            items,
            total: total.unsigned_abs(),
        })
    }

    /// Who changed a record last after a batch, and when: the ordinary batch in force that stands in the way of its
    /// undo, if the record itself was changed.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn edited_since(
        self,
        record: RecordRef,
        batch: BatchId,
    ) -> Result<Option<BatchId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT c.batch FROM change c JOIN batch b ON b.id = c.batch
             WHERE c.kind = ?1 AND c.record = ?2 AND c.batch <> ?3 AND b.undoes IS NULL AND b.undone_by IS NULL
               AND b.seq > (SELECT seq FROM batch WHERE id = ?3)
             ORDER BY c.seq DESC LIMIT 1",
        )?;
        Ok(statement
            .query_row((record.kind.code(), record.id, batch.0), |row| {
                row.get(0).map(BatchId)
            })
            .optional()?)
    }
}
