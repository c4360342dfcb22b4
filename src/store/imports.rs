//! Imports: how far they are, the rows they left out, the keys that rows became known by; and the list of commands.

use crate::{
    Batch, FormerKey, FromImport, ImportPart, ImportRun, Page, Reader, RecordKind, RecordRef,
    RejectedRow, StoreError, Tx,
};
use model::{BatchId, CustomerId, Timestamp};
use rusqlite::{OptionalExtension, Row};

impl Tx<'_> {
    /// Notes which record (customer or order) a row without an id of its own became. The same key again for the same
    /// record changes nothing.
    ///
    /// # Errors
    /// [`StoreError::KeyTaken`] when another record has the key.
    pub fn set_source_key(&mut self, record: RecordRef, key: &str) -> Result<(), StoreError> {
        let known = self.read().by_source_key(record.kind, key)?;
        match known {
            Some(known) if known == record => Ok(()),
            Some(other) => Err(StoreError::KeyTaken {
                kind: record.kind,
                key: key.to_owned(),
                by: other.id,
            }),
            None => {
                self.begin_batch()?;
                self.conn
                    .prepare_cached(
                        "INSERT INTO source_key (kind, key, record) VALUES (?1, ?2, ?3)",
                    )?
                    .execute((record.kind.code(), key, record.id))?;
                Ok(())
            }
        }
    }

    /// Saves how far an import is. Its batch is this transaction's, whatever `run` says.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn save_import(&mut self, run: &ImportRun) -> Result<(), StoreError> {
        let batch = self.begin_batch()?;
        self.conn
            .prepare_cached(
                "INSERT OR REPLACE INTO import_run
                     (batch, fingerprint, file_name, started_at, rows_done, finished, plan, state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute((
                batch.0,
                &run.fingerprint,
                &run.file_name,
                run.started_at.0,
                i64::try_from(run.rows_done).unwrap_or(i64::MAX),
                run.finished,
                &run.plan,
                &run.state,
            ))?;
        Ok(())
    }

    /// Keeps a row that the import left out.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn add_rejected(&mut self, row: &RejectedRow) -> Result<(), StoreError> {
        let batch = self.begin_batch()?;
        self.conn
            .prepare_cached(
                "INSERT INTO rejected_row (batch, row, cells, issue) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute((batch.0, row.row, &row.cells, &row.issue))?;
        Ok(())
    }
}

const SELECT: &str = "SELECT batch, fingerprint, file_name, started_at, rows_done, finished, plan, state FROM import_run";

/// An undo of a bulk batch kept no copies; everything else that is not undone can be.
const SELECT_BATCH: &str = "SELECT id, at, who, name, subject, undone_by IS NOT NULL,
    undone_by IS NULL AND NOT (bulk AND undoes IS NOT NULL) AND name NOT IN ('erase_person', 'sync'), undoes FROM batch";

impl Reader<'_> {
    /// The record a row became (`kind`: customer or order).
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn by_source_key(
        self,
        kind: RecordKind,
        key: &str,
    ) -> Result<Option<RecordRef>, StoreError> {
        let found = self
            .conn
            .prepare_cached("SELECT record FROM source_key WHERE kind = ?1 AND key = ?2")?
            .query_row((kind.code(), key), |row| {
                Ok(RecordRef {
                    kind,
                    id: row.get(0)?,
                })
            })
            .optional()?;
        if found.is_some() || kind != RecordKind::Customer {
            return Ok(found);
        }
        let survivor = self.former(FormerKey::SourceRow, key)?;
        Ok(survivor.map(|id| RecordRef { kind, id: id.0 }))
    }

    /// The last import that did not come to its end and was not undone.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn unfinished_import(self) -> Result<Option<ImportRun>, StoreError> {
        let sql = format!(
            "{SELECT} JOIN batch ON batch.id = import_run.batch
             WHERE finished = 0 AND undone_by IS NULL ORDER BY batch.seq DESC LIMIT 1"
        );
        Ok(self
            .conn
            .prepare_cached(&sql)?
            .query_row([], import_from_row)
            .optional()?)
    }

    /// An import by its batch.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn import(self, batch: BatchId) -> Result<Option<ImportRun>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("{SELECT} WHERE batch = ?1"))?
            .query_row([batch.0], import_from_row)
            .optional()?)
    }

    /// The customers that an import created or changed and that are still there, by id.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn customers_of_import(self, import: FromImport) -> Result<Vec<CustomerId>, StoreError> {
        let batch = import.batch.0;
        let (sql, numbers) = match import.part {
            ImportPart::Created => {
                let (first, last) = self.id_range(import.batch)?;
                let sql = "SELECT id FROM customer WHERE id BETWEEN ?1 AND ?2 AND created_by = ?3 ORDER BY id";
                (sql, [first, last, batch])
            }
            ImportPart::Updated => {
                let sql = "SELECT id FROM customer WHERE created_by <> ?3 AND id IN (
                               SELECT record FROM change WHERE batch = ?1 AND kind = ?2 AND action = 1) ORDER BY id";
                (sql, [batch, RecordKind::Customer.code(), batch])
            }
        };
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map(numbers, |row| row.get(0).map(CustomerId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The first and last id that a batch handed out; an empty range for a batch that is not known.
    pub(crate) fn id_range(self, batch: BatchId) -> Result<(i64, i64), StoreError> {
        let sql = "SELECT coalesce(first_id, 1), coalesce(last_id, 0) FROM batch WHERE id = ?1";
        let mut statement = self.conn.prepare_cached(sql)?;
        let range = statement.query_row([batch.0], |row| Ok((row.get(0)?, row.get(1)?)));
        Ok(range.optional()?.unwrap_or((1, 0)))
    }

    /// The rows an import left out, in their order.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn rejected(self, batch: BatchId) -> Result<Vec<RejectedRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT row, cells, issue FROM rejected_row WHERE batch = ?1 ORDER BY row, seq",
        )?;
        let rows = statement.query_map([batch.0], |row| {
            Ok(RejectedRow {
                row: row.get(0)?,
                cells: row.get(1)?,
                issue: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A batch.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn batch(self, id: BatchId) -> Result<Option<Batch>, StoreError> {
        let found = self
            .conn
            .prepare_cached(&format!("{SELECT_BATCH} WHERE id = ?1"))?
            .query_row([id.0], batch_from_row)
            .optional()?;
        found.map(|batch| self.with_import(batch)).transpose()
    }

    /// Commands and imports, newest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn batches(
        self,
        imports_only: bool,
        offset: u64,
        limit: u32,
    ) -> Result<Page<Batch>, StoreError> {
        let which = if imports_only {
            "WHERE id IN (SELECT batch FROM import_run)"
        } else {
            ""
        };
        let total: i64 = self
            .conn
            .prepare_cached(&format!("SELECT count(*) FROM batch {which}"))?
            .query_row([], |row| row.get(0))?;
        let sql = format!("{SELECT_BATCH} {which} ORDER BY seq DESC LIMIT ?1 OFFSET ?2");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        let rows = statement.query_map((limit, offset), batch_from_row)?;
        let mut items = Vec::new();
        for batch in rows {
            items.push(self.with_import(batch?)?);
        }
        Ok(Page {
            total: total.unsigned_abs(),
            items,
        })
    }

    fn with_import(self, mut batch: Batch) -> Result<Batch, StoreError> {
        batch.import = self.import(batch.id)?;
        Ok(batch)
    }
}

fn import_from_row(row: &Row<'_>) -> rusqlite::Result<ImportRun> {
    Ok(ImportRun {
        batch: BatchId(row.get(0)?),
        fingerprint: row.get(1)?,
        file_name: row.get(2)?,
        started_at: Timestamp(row.get(3)?),
        rows_done: row.get::<_, i64>(4)?.unsigned_abs(),
        finished: row.get(5)?,
        plan: row.get(6)?,
        state: row.get(7)?,
    })
}

fn batch_from_row(row: &Row<'_>) -> rusqlite::Result<Batch> {
    Ok(Batch {
        id: BatchId(row.get(0)?),
        at: Timestamp(row.get(1)?),
        who: row.get(2)?,
        name: row.get(3)?,
        subject: row.get(4)?,
        undone: row.get(5)?,
        undoable: row.get(6)?,
        undoes: row.get::<_, Option<i64>>(7)?.map(BatchId),
        import: None,
    })
}
