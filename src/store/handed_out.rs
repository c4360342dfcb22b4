//! Files that left this browser: what somebody who is erased later may still be in.

use crate::{Page, Reader, Store, StoreError};
use model::Timestamp;

/// A file that left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOut {
    /// When.
    pub at: Timestamp,
    /// Who took it.
    pub who: String,
    /// What it holds.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Records in it.
    pub records: u64,
}

impl Store {
    /// Notes that a file left. No entry in the log and no new version: the data is the same.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn note_handed_out(&mut self, file: &HandedOut) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO handed_out (at, who, kind, name, records) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((
                file.at.0,
                &file.who,
                &file.kind,
                &file.name,
                i64::try_from(file.records).unwrap_or(i64::MAX),
            ))?;
        Ok(())
    }
}

impl Reader<'_> {
    /// Files that left at `since` or later, newest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn handed_out(
        self,
        since: Option<Timestamp>,
        offset: u64,
        limit: u32,
    ) -> Result<Page<HandedOut>, StoreError> {
        let since = since.map_or(i64::MIN, |at| at.0);
        let total: i64 = self
            .conn
            .prepare_cached("SELECT count(*) FROM handed_out WHERE at >= ?1")?
            .query_row([since], |row| row.get(0))?;
        let mut statement = self.conn.prepare_cached(
            "SELECT at, who, kind, name, records FROM handed_out WHERE at >= ?1
             ORDER BY seq DESC LIMIT ?2 OFFSET ?3",
        )?;
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        let rows = statement.query_map((since, limit, offset), |row| {
            Ok(HandedOut {
                at: Timestamp(row.get(0)?),
                who: row.get(1)?,
                kind: row.get(2)?,
                name: row.get(3)?,
                records: row.get::<_, i64>(4)?.unsigned_abs(),
            })
        })?;
        Ok(Page {
            total: total.unsigned_abs(),
            items: rows.collect::<Result<_, _>>()?,
        })
    }
}
