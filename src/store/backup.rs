//! Backup and restore: the whole database as the bytes of one SQLite file, and erasing it.
//!
//! Restoring copies page by page through SQLite's backup interface into the open database, in one transaction of it:
//! it works on every file system, and a crash leaves the old content.

use crate::archive;
use crate::open::{self, New, SCHEMA_VERSION, quick_check, seed, set_pragmas, upgrade};
use crate::state::{State, set_meta_number};
use crate::{Counts, Reader, Store, StoreError};
use model::{Replica, WorkspaceSettings};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, MAIN_DB};
use std::io::Read;

/// What every SQLite file begins with.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// A backup that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct BackupInfo {
    /// Its schema version.
    pub schema: i64,
    /// Its settings.
    pub settings: WorkspaceSettings,
    /// What is in it.
    pub counts: Counts,
}

impl Store {
    /// Hands the bytes of the whole database to `save`, without a second copy of them in memory.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn backup_with<T>(&mut self, save: impl FnOnce(&[u8]) -> T) -> Result<T, StoreError> {
        let bytes = self.conn.serialize(MAIN_DB)?;
        Ok(save(&bytes))
    }

    /// The whole database as the bytes of an SQLite file.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn backup(&mut self) -> Result<Vec<u8>, StoreError> {
        self.backup_with(<[u8]>::to_vec)
    }

    /// Looks at the bytes of a backup: readable, undamaged, ours, not newer?
    ///
    /// # Errors
    /// [`StoreError::NotShuke`], [`StoreError::NewerSchema`], [`StoreError::Damaged`].
    pub fn check_backup(bytes: &[u8]) -> Result<BackupInfo, StoreError> {
        let (conn, schema) = load(bytes)?;
        let reader = Reader { conn: &conn };
        Ok(BackupInfo {
            schema,
            settings: reader.settings()?,
            counts: reader.counts()?,
        })
    }

    /// Replaces everything by the backup, which is checked and upgraded first. Ids made from now on are `replica`'s,
    /// which must be new, for the backup may go on living elsewhere. The data version goes on growing.
    ///
    /// # Errors
    /// As [`Store::check_backup`]; [`StoreError::Full`] when there is no room. Then nothing was changed.
    pub fn restore(&mut self, bytes: &[u8], replica: Replica) -> Result<(), StoreError> {
        let (mut source, _) = load(bytes)?;
        let theirs = State::read(&source)?;
        let version = theirs.data_version.max(self.state.data_version) + 1;
        set_meta_number(&source, "replica", i64::from(replica.get()))?;
        // The same replica twice (a backup of this very browser) must not count from the beginning again.
        let counter = if replica == theirs.replica {
            theirs.counter
        } else {
            0
        };
        set_meta_number(&source, "counter", i64::try_from(counter).unwrap_or(0))?;
        set_meta_number(
            &source,
            "data_version",
            i64::try_from(version).unwrap_or(i64::MAX),
        )?;
        source.flush_prepared_statement_cache();
        self.conn.flush_prepared_statement_cache();
        match &self.by_way_of {
            None => copy_over(&mut source, &mut self.conn)?,
            Some(address) => {
                source.execute("VACUUM INTO ?1", [address])?;
                let mut between = Connection::open(address)?;
                copy_over(&mut between, &mut self.conn)?;
            }
        }
        set_pragmas(&self.conn)?;
        self.end_bulk()?;
        self.state = State::read(&self.conn)?;
        Ok(())
    }

    /// The pages of an encrypted database can be taken over from another encrypted one only: a restore goes by way of
    /// a database at `address`, which must not exist yet and is the caller's to remove.
    pub fn restore_by_way_of(&mut self, address: String) {
        self.by_way_of = Some(address);
    }

    /// Writes everything, without gaps, into a new database at `address`; from then on nothing is written here.
    ///
    /// # Errors
    /// [`StoreError::Full`] when there is no room; then writing goes on here.
    pub fn copy_into(&mut self, address: &str) -> Result<(), StoreError> {
        self.conn.flush_prepared_statement_cache();
        self.conn.execute("VACUUM INTO ?1", [address])?;
        self.conn.execute_batch("PRAGMA query_only = ON")?;
        Ok(())
    }

    /// After [`Store::copy_into`], when the copy is not to be used.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn write_again(&mut self) -> Result<(), StoreError> {
        self.conn.execute_batch("PRAGMA query_only = OFF")?;
        Ok(())
    }

    /// Removes every record, the log and the settings for good, and begins anew. The data version goes on growing.
    ///
    /// # Errors
    /// Whatever SQLite says; then nothing was removed.
    pub fn erase(&mut self, new: New) -> Result<(), StoreError> {
        self.conn.flush_prepared_statement_cache();
        // Overwrites what is freed, so that it cannot be read from the file's gaps.
        self.conn
            .execute_batch("PRAGMA secure_delete = ON; PRAGMA foreign_keys = OFF")?;
        let version = self.state.data_version + 1;
        let result = empty(&self.conn, &new, version);
        self.conn
            .execute_batch("PRAGMA secure_delete = OFF; PRAGMA foreign_keys = ON")?;
        result?;
        // Gives the room back. That it may find none for its work changes nothing about what was erased.
        let _ = self.conn.execute_batch("VACUUM");
        self.state = State::read(&self.conn)?;
        Ok(())
    }
}

/// Copies all pages, in one transaction of the target.
fn copy_over(source: &mut Connection, target: &mut Connection) -> Result<(), StoreError> {
    let page_size = |conn: &Connection| -> Result<i64, StoreError> {
        Ok(conn.query_row("PRAGMA page_size", [], |row| row.get(0))?)
    };
    let in_memory = target.path().is_none_or(str::is_empty);
    if in_memory && page_size(source)? != page_size(target)? {
        // A file takes over the size of the pages; memory cannot, but can be replaced.
        let bytes = source.serialize(MAIN_DB)?;
        target.deserialize_read_exact(MAIN_DB, &*bytes, bytes.len(), false)?;
        return Ok(());
    }
    let copy = Backup::new(source, target)?;
    match copy.step(-1)? {
        StepResult::Done => Ok(()),
        other => Err(StoreError::Storage(format!("restoring stopped: {other:?}"))),
    }
}

/// Drops everything and makes the schema anew, in one transaction.
fn empty(conn: &Connection, new: &New, data_version: u64) -> Result<(), StoreError> {
    let transaction = conn.unchecked_transaction()?;
    let objects: Vec<(String, String)> = conn
        .prepare(
            "SELECT type, name FROM sqlite_schema
             WHERE type = 'view' OR (type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                                     AND name NOT LIKE 'customer\\_fts\\_%' ESCAPE '\\')
             ORDER BY type DESC",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (kind, name) in objects {
        conn.execute_batch(&format!(r#"DROP {kind} IF EXISTS "{name}""#))?;
    }
    for script in open::UPGRADES {
        conn.execute_batch(script)?;
    }
    for (_, sql) in open::BULK_INDEXES {
        conn.execute_batch(sql)?;
    }
    seed(conn, new, data_version)?;
    transaction.commit()?;
    Ok(())
}

/// Reads a backup into memory, checks it and brings it to our schema. Gives the version it had, too.
fn load(bytes: &[u8]) -> Result<(Connection, i64), StoreError> {
    if archive::looks_like(bytes) {
        return archive::load(bytes);
    }
    if !bytes.starts_with(MAGIC) {
        return Err(StoreError::NotShuke);
    }
    // A file that another tool switched to write-ahead logging cannot be read from memory: bytes 18 and 19 of the
    // header say so, and mean nothing else.
    let (head, tail) = bytes.split_at_checked(20).ok_or(StoreError::NotShuke)?;
    let mut head = head.to_vec();
    for flag in head.iter_mut().skip(18) {
        *flag = 1;
    }
    let mut conn = Connection::open_in_memory()?;
    conn.deserialize_read_exact(MAIN_DB, head.as_slice().chain(tail), bytes.len(), false)?;
    let schema: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    set_pragmas(&conn)?;
    quick_check(&conn)?;
    upgrade(&conn, None)?;
    debug_assert!(schema <= SCHEMA_VERSION);
    Ok((conn, schema))
}
