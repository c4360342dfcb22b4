//! Opening: pragmas, recognising the file, upgrading it, first contents.
//!
//! A file is ours when its `application_id` says so; its `user_version` is the schema. An upgrade is one transaction,
//! so that a file is of one version or the other, never between.

use crate::search::index;
use crate::state::State;
use crate::{Store, StoreError};
use model::{Replica, Timestamp, WorkspaceSettings};
use rusqlite::Connection;
use rusqlite::config::DbConfig;

/// `Shuk`, in the header of every file of ours.
pub(crate) const APPLICATION_ID: i64 = 0x5368_756b;

/// The scripts that lead from one schema to the next; the first makes version 1 from nothing.
pub(crate) const UPGRADES: [&str; 4] = [
    include_str!("schema/v1.sql"),
    include_str!("schema/v2.sql"),
    include_str!("schema/v3.sql"),
    include_str!("schema/v4.sql"),
];

/// The newest schema version, which is what this program writes.
pub const SCHEMA_VERSION: i64 = UPGRADES.len() as i64;

/// Bytes of a page: what the wasm build makes, so that a backup fits everywhere.
const PAGE_SIZE: i64 = 8192;

/// Memory for pages.
const CACHE_KIB: u32 = 32_768;

/// Indexes that a large import does without while it runs; see [`Store::begin_bulk`].
pub(crate) const BULK_INDEXES: [(&str, &str); 2] = [
    (
        "order_customer",
        r#"CREATE INDEX IF NOT EXISTS order_customer ON "order" (customer, at)"#,
    ),
    (
        "order_at",
        r#"CREATE INDEX IF NOT EXISTS order_at ON "order" (at)"#,
    ),
];

/// What a new database begins with.
#[derive(Clone, Debug, PartialEq)]
pub struct New {
    /// This browser profile's share of the id space.
    pub replica: Replica,
    /// First settings.
    pub settings: WorkspaceSettings,
    /// When.
    pub now: Timestamp,
}

impl Store {
    /// Opens the database behind `conn`: a new one is filled with `new`, an older one upgraded.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`], [`StoreError::NotShuke`] and [`StoreError::Damaged`] leave the file as it is.
    pub fn open(conn: Connection, new: New) -> Result<Store, StoreError> {
        set_pragmas(&conn)?;
        upgrade(&conn, Some(&new))?;
        for (_, sql) in BULK_INDEXES {
            conn.execute_batch(sql)?;
        }
        let state = State::read(&conn)?;
        Ok(Store {
            conn,
            state,
            by_way_of: None,
        })
    }

    /// A new database in memory.
    ///
    /// # Errors
    /// Only if SQLite gets no memory.
    pub fn in_memory(new: New) -> Result<Store, StoreError> {
        Self::open(Connection::open_in_memory()?, new)
    }

    /// SQLite's own check of the whole file, and of the search index; some seconds for a large one.
    ///
    /// # Errors
    /// The first complaint, as [`StoreError::Damaged`].
    pub fn quick_check(&self) -> Result<(), StoreError> {
        quick_check(&self.conn)
    }

    /// Before a large import (more than some ten thousand orders): drops the indexes of orders by customer and by
    /// time, which every batch would otherwise rewrite nearly whole. Until [`Store::end_bulk`], or the next opening,
    /// reading orders by customer or time is slow, and removing customers slower.
    ///
    /// # Errors
    /// Whatever SQLite says; nothing is lost.
    pub fn begin_bulk(&mut self) -> Result<(), StoreError> {
        for (name, _) in BULK_INDEXES {
            self.conn
                .execute_batch(&format!("DROP INDEX IF EXISTS {name}"))?;
        }
        // Every order looks for its customer: keeps them all in memory while it lasts.
        self.conn.execute_batch("PRAGMA cache_size = -98304")?;
        Ok(())
    }

    /// Builds the indexes that [`Store::begin_bulk`] dropped: under a second for a million orders.
    ///
    /// # Errors
    /// [`StoreError::Full`] when there is no room for them; the next opening tries again.
    pub fn end_bulk(&mut self) -> Result<(), StoreError> {
        for (_, sql) in BULK_INDEXES {
            self.conn.execute_batch(sql)?;
        }
        self.conn
            .execute_batch(&format!("PRAGMA cache_size = -{CACHE_KIB}"))?;
        Ok(())
    }
}

/// The same settings in every browser and natively. A schema in a file from elsewhere is not trusted to call
/// functions.
pub(crate) fn set_pragmas(conn: &Connection) -> Result<(), StoreError> {
    conn.set_prepared_statement_cache_capacity(128);
    // Plans must not depend on the values bound: natively SQLite would prepare anew for each.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.execute_batch(&format!(
        "PRAGMA page_size = {PAGE_SIZE}; PRAGMA cache_size = -{CACHE_KIB}"
    ))?;
    // One connection owns the file (OPFS handles are exclusive), and it says so: otherwise SQLite looks for a journal
    // left by others before every read, which costs some 10 ms a query in OPFS until the first write of a session.
    conn.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE;
         PRAGMA journal_mode = TRUNCATE;
         PRAGMA synchronous = FULL;
         PRAGMA temp_store = MEMORY;
         PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;",
    )?;
    Ok(())
}

/// Brings the file to [`SCHEMA_VERSION`]. Without `new` an empty file is refused.
pub(crate) fn upgrade(conn: &Connection, new: Option<&New>) -> Result<(), StoreError> {
    let number = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0));
    let application = number("PRAGMA application_id")?;
    let version = number("PRAGMA user_version")?;
    let objects = number("SELECT count(*) FROM sqlite_schema")?;
    let empty = application == 0 && version == 0 && objects == 0;
    if !empty && (application != APPLICATION_ID || version < 1) {
        return Err(StoreError::NotShuke);
    }
    if version > SCHEMA_VERSION {
        return Err(StoreError::NewerSchema {
            found: version,
            known: SCHEMA_VERSION,
        });
    }
    if version == SCHEMA_VERSION {
        return index::follow_folding(conn);
    }
    if empty && new.is_none() {
        return Err(StoreError::NotShuke);
    }
    let transaction = conn.unchecked_transaction()?;
    for script in UPGRADES.iter().skip(usize::try_from(version).unwrap_or(0)) {
        conn.execute_batch(script)?;
    }
    if let (true, Some(new)) = (empty, new) {
        seed(conn, new, 1)?;
    }
    conn.execute_batch(&format!(
        "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION};"
    ))?;
    transaction.commit()?;
    index::follow_folding(conn)
}

/// First contents of an empty schema.
pub(crate) fn seed(conn: &Connection, new: &New, data_version: u64) -> Result<(), StoreError> {
    let mut put = conn.prepare_cached("INSERT INTO meta (key, value) VALUES (?1, ?2)")?;
    put.execute(("settings", serde_json::to_string(&new.settings)?))?;
    for (key, value) in [
        ("replica", i64::from(new.replica.get())),
        ("counter", 0),
        ("data_version", i64::try_from(data_version).unwrap_or(1)),
        ("customers", 0),
        ("orders", 0),
        ("programs", 0),
        ("folding", index::FOLDING),
        ("backup_seq", 0),
        ("created_at", new.now.0),
    ] {
        put.execute((key, value))?;
    }
    Ok(())
}

/// See [`Store::quick_check`].
pub(crate) fn quick_check(conn: &Connection) -> Result<(), StoreError> {
    let answer = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    match answer.map_err(StoreError::from) {
        Ok(answer) if answer == "ok" => Ok(()),
        // Whatever it stumbles over (a table whose definition cannot be read ...) is damage.
        Ok(answer) | Err(StoreError::Sqlite(answer) | StoreError::BadValue(answer)) => {
            Err(StoreError::Damaged(answer))
        }
        Err(error) => Err(error),
    }
}
