//! What came and cannot be placed yet.

use crate::{Reader, StoreError, Tx};
use model::Timestamp;

/// A record that waits for what it belongs to, or for a newer version of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingRecord {
    /// Its number.
    pub id: i64,
    /// Its kind as it travels.
    pub kind: String,
    /// Its id as it travels.
    pub wire: String,
    /// As it came, as JSON.
    pub body: String,
    /// Why it waits, as a code.
    pub why: String,
    /// The id that it waits for.
    pub lack: Option<String>,
    /// When it came.
    pub at: Timestamp,
}

impl Tx<'_> {
    /// Keeps a record that cannot be placed, instead of what was kept of it before.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_wait(
        &mut self,
        kind: &str,
        wire: &str,
        body: &str,
        why: &str,
        lack: Option<&str>,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO sync_waiting (kind, wire, body, why, lack, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (kind, wire) DO UPDATE SET body = ?3, why = ?4, lack = ?5, at = ?6",
            )?
            .execute((kind, wire, body, why, lack, self.meta.at.0))?;
        Ok(())
    }

    /// Lets go of what came and could not be read (`whys`): one by its number, or all that came before an instant. What the
    /// other side still has comes again with the next comparison of everything.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_let_go(
        &mut self,
        whys: [&str; 2],
        id: Option<i64>,
        before: Timestamp,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "DELETE FROM sync_waiting WHERE why IN (?1, ?2) AND (?3 IS NULL OR id = ?3) AND at < ?4",
            )?
            .execute((whys[0], whys[1], id, before.0))?;
        Ok(())
    }

    /// A record is placed.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_placed_waiting(&mut self, kind: &str, wire: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM sync_waiting WHERE kind = ?1 AND wire = ?2")?
            .execute((kind, wire))?;
        Ok(())
    }
}

const SELECT: &str = "SELECT id, kind, wire, body, why, lack, at FROM sync_waiting";

impl Reader<'_> {
    /// Records that wait for an id.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_waiting_for(self, lack: &str) -> Result<Vec<WaitingRecord>, StoreError> {
        let sql = format!("{SELECT} WHERE lack = ?1 ORDER BY id");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map([lack], row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Records that wait for one reason, or all, above a number.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_waiting(
        self,
        why: Option<&str>,
        after: i64,
        limit: usize,
    ) -> Result<Vec<WaitingRecord>, StoreError> {
        let sql =
            format!("{SELECT} WHERE id > ?1 AND (?2 IS NULL OR why = ?2) ORDER BY id LIMIT ?3");
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map((after, why, limit), row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A record that waits, by its kind and id.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_waits(self, kind: &str, wire: &str) -> Result<Option<WaitingRecord>, StoreError> {
        let sql = format!("{SELECT} WHERE kind = ?1 AND wire = ?2");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query_map((kind, wire), row)?;
        Ok(rows.next().transpose()?)
    }

    /// Whether anything waits.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_waits_at_all(self) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT 1 FROM sync_waiting LIMIT 1")?
            .exists([])?)
    }

    /// How many records wait for a reason, and how many for another.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_waiting_why(self, why: &str) -> Result<(u64, u64), StoreError> {
        let (count, others): (i64, i64) = self
            .conn
            .prepare_cached("SELECT count(*) FILTER (WHERE why = ?1), count(*) FILTER (WHERE why <> ?1) FROM sync_waiting")?
            .query_row([why], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((count.unsigned_abs(), others.unsigned_abs()))
    }
}

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<WaitingRecord> {
    Ok(WaitingRecord {
        id: row.get(0)?,
        kind: row.get(1)?,
        wire: row.get(2)?,
        body: row.get(3)?,
        why: row.get(4)?,
        lack: row.get(5)?,
        at: Timestamp(row.get(6)?),
    })
}
