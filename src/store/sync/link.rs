//! The connection, the hybrid clock, and filling the outbox with what was there before.

use super::{SYNC_KINDS, bit};
use crate::{Reader, RecordKind, Store, StoreError, Tx};
use model::Timestamp;
use rusqlite::{Connection, OptionalExtension};

/// A hybrid clock: milliseconds that never go back, and a counter within one. Who ticked it is the replica.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SyncClock {
    /// Milliseconds since 1970.
    pub ms: i64,
    /// Counts within one millisecond.
    pub count: i64,
}

impl SyncClock {
    /// The counter goes so far; then a millisecond is borrowed from the future.
    const LAST_COUNT: i64 = 65_535;

    /// The next reading at `now`, which may lie before the last one: later than that in any case.
    pub fn tick(self, now: Timestamp) -> Self {
        if now.0 > self.ms {
            Self {
                ms: now.0,
                count: 0,
            }
        } else if self.count < Self::LAST_COUNT {
            Self {
                ms: self.ms,
                count: self.count + 1,
            }
        } else {
            Self {
                ms: self.ms + 1,
                count: 0,
            }
        }
    }
}

/// The connection as it is stored. What its texts mean is the engine's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncLink {
    /// Address, profile, what is shared, as JSON.
    pub link: String,
    /// Cursors and what else a run goes on with, as JSON.
    pub state: String,
    /// Kinds that are shared, one bit each ([`super::sync_kinds`]).
    pub kinds: i64,
    /// Everything that was there when it began is in the outbox.
    pub filled: bool,
    /// The clock.
    pub clock: SyncClock,
}

/// What the store remembers of the connection between writes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watching {
    pub(crate) kinds: i64,
    pub(crate) clock: SyncClock,
}

impl Watching {
    /// Reads it; `None` where nothing is shared.
    pub(crate) fn read(conn: &Connection) -> Result<Option<Self>, StoreError> {
        Ok(conn
            .prepare_cached("SELECT kinds, ms, count FROM sync_link")?
            .query_row([], |row| {
                Ok(Self {
                    kinds: row.get(0)?,
                    clock: SyncClock {
                        ms: row.get(1)?,
                        count: row.get(2)?,
                    },
                })
            })
            .optional()?)
    }
}

impl Store {
    /// Begins to share, with an empty outbox: [`Store::sync_fill`] puts in what is there. What was known of another
    /// connection is forgotten.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_connect(
        &mut self,
        link: &str,
        state: &str,
        kinds: i64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self.conn.unchecked_transaction()?;
        forget(&self.conn)?;
        self.conn
            .prepare_cached(
                "INSERT INTO sync_link (id, link, state, kinds, way, filled, last, ms, count)
                 VALUES (1, ?1, ?2, ?3, 0, 0, 0, ?4, 0)",
            )?
            .execute((link, state, kinds, now.0))?;
        transaction.commit()?;
        self.state.sync = Watching::read(&self.conn)?;
        Ok(())
    }

    /// Ends sharing: records stay on both sides, what was known of the other one is forgotten.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_disconnect(&mut self) -> Result<(), StoreError> {
        let transaction = self.conn.unchecked_transaction()?;
        forget(&self.conn)?;
        transaction.commit()?;
        self.state.sync = None;
        Ok(())
    }

    /// Whether what is taken out is overwritten, so that it cannot be read from the file's gaps.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_overwrite(&self, on: bool) -> Result<(), StoreError> {
        let on = if on { "ON" } else { "OFF" };
        Ok(self
            .conn
            .execute_batch(&format!("PRAGMA secure_delete = {on}"))?)
    }

    /// Changes the texts of the connection; no entry in the log.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_save(&mut self, link: Option<&str>, state: Option<&str>) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE sync_link SET link = coalesce(?1, link), state = coalesce(?2, state)",
            )?
            .execute((link, state))?;
        Ok(())
    }

    /// Shares other kinds: what was there of those that are new comes into the outbox by [`Store::sync_fill`]; what is no
    /// longer shared is forgotten.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_share(&mut self, link: &str, kinds: i64) -> Result<(), StoreError> {
        let transaction = self.conn.unchecked_transaction()?;
        for (rank, _) in SYNC_KINDS.iter().enumerate() {
            if kinds & (1 << rank) == 0 {
                let rank = i64::try_from(rank).unwrap_or(-1);
                for table in ["sync_record", "sync_outbox", "sync_conflict"] {
                    self.conn
                        .execute(&format!("DELETE FROM {table} WHERE kind = ?1"), [rank])?;
                }
            }
        }
        self.conn
            .prepare_cached(
                "UPDATE sync_link SET link = ?1, kinds = ?2, way = 0, filled = 0, last = 0",
            )?
            .execute((link, kinds))?;
        transaction.commit()?;
        self.state.sync = Watching::read(&self.conn)?;
        Ok(())
    }

    /// Forgets all that is known of the other side, and the state: what is here goes there (`there` false) or follows
    /// what is there, by [`Store::sync_fill`].
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_forget_other(&mut self, there: bool) -> Result<(), StoreError> {
        let transaction = self.conn.unchecked_transaction()?;
        // Ids that travel stay: records of other programs keep their names. They are few; a table is emptied at once and
        // a million rows are not, one by one.
        let kept: Vec<Kept> = self
            .conn
            .prepare(
                "SELECT kind, record, wire, iif(gone, meta, NULL), extra, iif(gone, body, NULL), gone FROM sync_record
                 WHERE wire IS NOT NULL OR gone = 1",
            )?
            .query_map([], |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                    row.get(5)?,
                    row.get(6)?,
                ))
            })?
            .collect::<Result<_, _>>()?;
        self.conn.execute_batch(
            "DELETE FROM sync_record;
             DELETE FROM sync_outbox;
             DELETE FROM sync_waiting WHERE why <> 'unknown';",
        )?;
        let mut put = self.conn.prepare(
            "INSERT INTO sync_record (kind, record, wire, meta, extra, body, gone, scan)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
        )?;
        for row in kept {
            put.execute(row)?;
        }
        drop(put);
        self.conn
            .prepare_cached("UPDATE sync_link SET state = '', way = ?1, filled = 0, last = 0")?
            .execute([there])?;
        transaction.commit()?;
        Ok(())
    }

    /// Puts up to `limit` more of the records that were there when it began into the outbox; true when all are.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_fill(&mut self, limit: usize) -> Result<bool, StoreError> {
        let transaction = self.conn.unchecked_transaction()?;
        let done = fill(&self.conn, limit)?;
        transaction.commit()?;
        Ok(done)
    }
}

/// What stays known of a record: kind, number, name, stamps, fields of others, content, removed.
type Kept = (
    i64,
    i64,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    bool,
);

impl Tx<'_> {
    /// Saves what the run goes on with, in this transaction.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_save_state(&mut self, state: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE sync_link SET state = ?1")?
            .execute([state])?;
        Ok(())
    }

    /// Sets the clock forward to what was seen of others; never back.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_set_clock(&mut self, clock: SyncClock) -> Result<(), StoreError> {
        if let Some(sync) = &mut self.state.sync
            && clock > sync.clock
        {
            sync.clock = clock;
            write_clock(self.conn, clock)?;
        }
        Ok(())
    }
}

impl Reader<'_> {
    /// The connection; `None` while nothing is shared.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_link(self) -> Result<Option<SyncLink>, StoreError> {
        let kinds_in_all = i64::try_from(SYNC_KINDS.len()).unwrap_or(i64::MAX);
        Ok(self
            .conn
            .prepare_cached("SELECT link, state, kinds, filled, ms, count FROM sync_link")?
            .query_row([], |row| {
                Ok(SyncLink {
                    link: row.get(0)?,
                    state: row.get(1)?,
                    kinds: row.get(2)?,
                    filled: row.get::<_, i64>(3)? >= kinds_in_all,
                    clock: SyncClock {
                        ms: row.get(4)?,
                        count: row.get(5)?,
                    },
                })
            })
            .optional()?)
    }
}

pub(super) fn write_clock(conn: &Connection, clock: SyncClock) -> Result<(), StoreError> {
    conn.prepare_cached("UPDATE sync_link SET ms = ?1, count = ?2")?
        .execute((clock.ms, clock.count))?;
    Ok(())
}

/// Everything that belongs to a connection.
fn forget(conn: &Connection) -> Result<(), StoreError> {
    for table in [
        "sync_link",
        "sync_record",
        "sync_outbox",
        "sync_stamp",
        "sync_waiting",
        "sync_conflict",
        "sync_run",
    ] {
        conn.execute_batch(&format!("DELETE FROM {table}"))?;
    }
    Ok(())
}

fn fill(conn: &Connection, limit: usize) -> Result<bool, StoreError> {
    let (kinds, way, mut filled, mut last): (i64, bool, i64, i64) = conn.query_row(
        "SELECT kinds, way, filled, last FROM sync_link",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let mut left = limit;
    while let Some(kind) = super::kind_of(filled) {
        if kinds & bit(kind) != 0 {
            let (count, newest) = fill_kind(conn, kind, (filled, way), last, left)?;
            left = left.saturating_sub(count);
            if left == 0 {
                last = newest;
                break;
            }
        }
        filled += 1;
        last = 0;
    }
    conn.prepare_cached("UPDATE sync_link SET filled = ?1, last = ?2")?
        .execute((filled, last))?;
    Ok(super::kind_of(filled).is_none())
}

/// Puts records of one kind above `last` in; how many, and the highest.
fn fill_kind(
    conn: &Connection,
    kind: RecordKind,
    (rank, way): (i64, bool),
    last: i64,
    limit: usize,
) -> Result<(usize, i64), StoreError> {
    let (table, id) = super::table_of(kind).unwrap_or(("(SELECT 0 AS id)", "id"));
    // The settings' only number is 0.
    let after = if kind == RecordKind::Settings {
        -1
    } else {
        last
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let newest: Option<i64> = conn
        .prepare_cached(&format!(
            "SELECT max(id) FROM (SELECT {id} AS id FROM {table} WHERE {id} > ?1 ORDER BY {id} LIMIT ?2)"
        ))?
        .query_row((after, limit), |row| row.get(0))?;
    let Some(newest) = newest else {
        return Ok((0, last));
    };
    let into = if way {
        // As if both sides had it without saying when: whatever is there is newer, and what is not there goes.
        "INSERT OR IGNORE INTO sync_record (kind, record, gone, scan) SELECT ?1, it.id, 0, 0"
    } else {
        "INSERT OR IGNORE INTO sync_outbox (kind, record, since, ms, count, tries)
         SELECT ?1, it.id, 0, 0, 0, 0"
    };
    let count = conn
        .prepare_cached(&format!(
            "{into} FROM (SELECT {id} AS id FROM {table} WHERE {id} > ?2 AND {id} <= ?3) it
             WHERE NOT EXISTS (SELECT 1 FROM sync_record r WHERE r.kind = ?1 AND r.record = it.id
                               AND (r.meta IS NOT NULL OR r.body IS NOT NULL))"
        ))?
        .execute((rank, after, newest))?;
    Ok((count.max(1), newest))
}
