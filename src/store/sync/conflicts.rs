//! Conflicts with both values, and the log of runs.

use super::{kind_of, ranked};
use crate::{Page, Reader, RecordRef, StoreError, Tx};
use model::Timestamp;

/// Two sides said different things of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncConflict {
    /// Its number.
    pub id: i64,
    /// Of which record.
    pub record: RecordRef,
    /// Which field, by its public name.
    pub field: String,
    /// What stayed, as JSON.
    pub kept: String,
    /// What did not, as JSON.
    pub lost: String,
    /// What did not stay was the other side's.
    pub theirs_lost: bool,
    /// When it was found.
    pub at: Timestamp,
    /// When a person chose.
    pub settled: Option<Timestamp>,
}

/// A run that came to an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncRunRow {
    /// Its number.
    pub seq: i64,
    /// When it began.
    pub at: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// What came of it, as JSON.
    pub report: String,
}

/// So many runs are kept.
const RUNS_KEPT: i64 = 200;

impl Tx<'_> {
    /// Notes a conflict; an open one of the same field is replaced, what it had kept is no more.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_conflict(
        &mut self,
        record: RecordRef,
        field: &str,
        (kept, lost): (&str, &str),
        theirs_lost: bool,
    ) -> Result<(), StoreError> {
        let Some((rank, id)) = ranked(record) else {
            return Ok(());
        };
        // Two replicas that find the same conflict in several rounds tell of it once.
        let known = self
            .conn
            .prepare_cached(
                "SELECT 1 FROM sync_conflict
                 WHERE kind = ?1 AND record = ?2 AND field = ?3 AND lost = ?4 AND settled IS NULL",
            )?
            .exists((rank, id, field, lost))?;
        if known {
            return Ok(());
        }
        self.conn
            .prepare_cached(
                "INSERT INTO sync_conflict (kind, record, field, kept, lost, whose, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((rank, id, field, kept, lost, theirs_lost, self.meta.at.0))?;
        Ok(())
    }

    /// A person chose.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_settle(&mut self, id: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE sync_conflict SET settled = ?2 WHERE id = ?1")?
            .execute((id, self.meta.at.0))?;
        Ok(())
    }

    /// Everything stays as it was merged.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_settle_all(&mut self) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE sync_conflict SET settled = ?1 WHERE settled IS NULL")?
            .execute([self.meta.at.0])?;
        Ok(())
    }

    /// Notes a run that came to an end.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_note_run(&mut self, began: Timestamp, report: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("INSERT INTO sync_run (at, ended, report) VALUES (?1, ?2, ?3)")?
            .execute((began.0, self.meta.at.0, report))?;
        let newest = self.conn.last_insert_rowid();
        self.conn
            .prepare_cached("DELETE FROM sync_run WHERE seq <= ?1")?
            .execute([newest.saturating_sub(RUNS_KEPT)])?;
        Ok(())
    }
}

const SELECT: &str =
    "SELECT id, kind, record, field, kept, lost, whose, at, settled FROM sync_conflict";

impl Reader<'_> {
    /// Conflicts, the newest first: only those that nobody settled, or all.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_conflicts(
        self,
        settled: bool,
        offset: u64,
        limit: u32,
    ) -> Result<Page<SyncConflict>, StoreError> {
        let sql =
            format!("{SELECT} WHERE settled IS NULL OR ?3 ORDER BY id DESC LIMIT ?1 OFFSET ?2");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        let rows = statement.query_map((limit, offset, settled), conflict)?;
        let items: Vec<Option<SyncConflict>> = rows.collect::<Result<_, _>>()?;
        Ok(Page {
            total: match settled {
                true => self.sync_conflicts_in_all()?,
                false => self.sync_conflict_count()?,
            },
            items: items.into_iter().flatten().collect(),
        })
    }

    /// How many conflicts nobody settled.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_conflict_count(self) -> Result<u64, StoreError> {
        let count: i64 = self
            .conn
            .prepare_cached("SELECT count(*) FROM sync_conflict WHERE settled IS NULL")?
            .query_row([], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    fn sync_conflicts_in_all(self) -> Result<u64, StoreError> {
        let count: i64 = self
            .conn
            .prepare_cached("SELECT count(*) FROM sync_conflict")?
            .query_row([], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// A conflict.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_conflict(self, id: i64) -> Result<Option<SyncConflict>, StoreError> {
        let sql = format!("{SELECT} WHERE id = ?1");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query_map([id], conflict)?;
        Ok(rows.next().transpose()?.flatten())
    }

    /// The last runs, the newest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_runs(self, offset: u64, limit: u32) -> Result<Page<SyncRunRow>, StoreError> {
        let total: i64 = self
            .conn
            .prepare_cached("SELECT count(*) FROM sync_run")?
            .query_row([], |row| row.get(0))?;
        let mut statement = self.conn.prepare_cached(
            "SELECT seq, at, ended, report FROM sync_run ORDER BY seq DESC LIMIT ?1 OFFSET ?2",
        )?;
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        let rows = statement.query_map((limit, offset), |row| {
            Ok(SyncRunRow {
                seq: row.get(0)?,
                at: Timestamp(row.get(1)?),
                ended: Timestamp(row.get(2)?),
                report: row.get(3)?,
            })
        })?;
        Ok(Page {
            total: total.unsigned_abs(),
            items: rows.collect::<Result<_, _>>()?,
        })
    }
}

fn conflict(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<SyncConflict>> {
    let Some(kind) = kind_of(row.get(1)?) else {
        return Ok(None);
    };
    Ok(Some(SyncConflict {
        id: row.get(0)?,
        record: RecordRef {
            kind,
            id: row.get(2)?,
        },
        field: row.get(3)?,
        kept: row.get(4)?,
        lost: row.get(5)?,
        theirs_lost: row.get(6)?,
        at: Timestamp(row.get(7)?),
        settled: row.get::<_, Option<i64>>(8)?.map(Timestamp),
    }))
}
