//! The outbox, and what both sides know of each record.

use super::{kind_of, link::write_clock, ranked};
use crate::{Fate, Reader, RecordKind, RecordRef, StoreError, SyncClock, Tx};
use rusqlite::OptionalExtension;
use std::collections::BTreeSet;

/// What is known of a record's other side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The id it travels under, where that is not ours.
    pub wire: Option<String>,
    /// What the endpoint calls it, where that is another.
    pub remote: Option<String>,
    /// What the endpoint calls its version.
    pub version: Option<String>,
    /// Stamps of the fields as both sides had them; the caller's business.
    pub meta: Option<String>,
    /// Fields of others, as JSON.
    pub extra: Option<String>,
    /// All of it, where the record cannot tell: removed ones, other ways of writing the same.
    pub body: Option<String>,
    /// Both sides removed it.
    pub gone: bool,
    /// The last comparison of everything that saw it; 0 for none.
    pub scan: u32,
}

/// A record in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncEntry {
    /// Which.
    pub record: RecordRef,
    /// Number of the log up to which both sides had the same.
    pub since: i64,
    /// Stamp of the last edit; zero for what was there when sharing began.
    pub clock: SyncClock,
    /// How often it was sent without being seen.
    pub tries: u32,
    /// Why it is set aside, as JSON.
    pub aside: Option<String>,
    /// What both sides had at `since`, where the log cannot tell: after a merge that left it in the outbox.
    pub common: Option<String>,
    /// What we had at `since`, likewise.
    pub here: Option<String>,
}

/// How many records of a kind wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The kind.
    pub kind: RecordKind,
    /// In the outbox, those set aside too.
    pub pending: u64,
    /// Of them set aside.
    pub aside: u64,
}

impl Tx<'_> {
    /// At the end of a transaction: what it touched goes into the outbox, under one stamp.
    pub(crate) fn sync_note(&mut self) -> Result<(), StoreError> {
        let Some(sync) = self.state.sync else {
            return Ok(());
        };
        let shared: BTreeSet<RecordRef> = self
            .touched()
            .iter()
            .map(|(record, _)| *record)
            .filter(|record| sync.kinds & super::bit(record.kind) != 0)
            .filter(|record| !self.sync_placed.contains(record))
            .collect();
        if shared.is_empty() {
            return Ok(());
        }
        let clock = sync.clock.tick(self.meta.at);
        let mut put = self.conn.prepare_cached(
            "INSERT INTO sync_outbox (kind, record, since, ms, count, tries) VALUES (?1, ?2, ?3, ?4, ?5, 0)
             ON CONFLICT (kind, record) DO UPDATE SET ms = ?4, count = ?5, tries = 0, aside = NULL",
        )?;
        for record in shared {
            if let Some((rank, id)) = ranked(record) {
                put.execute((rank, id, self.log_before, clock.ms, clock.count))?;
            }
        }
        if let Some(batch) = self.batch() {
            self.conn
                .prepare_cached(
                    "INSERT INTO sync_stamp (batch, ms, count) VALUES (?1, ?2, ?3)
                     ON CONFLICT (batch) DO UPDATE SET ms = ?2, count = ?3",
                )?
                .execute((batch.0, clock.ms, clock.count))?;
        }
        if let Some(sync) = &mut self.state.sync {
            sync.clock = clock;
        }
        write_clock(self.conn, clock)
    }

    /// What this transaction does to a record is what the other side has, and no news for the outbox.
    pub fn sync_placed(&mut self, record: RecordRef) {
        self.sync_placed.insert(record);
    }

    /// Puts a record into the outbox although nothing of it changed here: as from `since` of the log.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_enqueue(&mut self, record: RecordRef) -> Result<(), StoreError> {
        let (Some((rank, id)), Some(sync)) = (ranked(record), self.state.sync) else {
            return Ok(());
        };
        let clock = sync.clock.tick(self.meta.at);
        self.conn
            .prepare_cached(
                "INSERT INTO sync_outbox (kind, record, since, ms, count, tries) VALUES (?1, ?2, ?3, ?4, ?5, 0)
                 ON CONFLICT (kind, record) DO UPDATE SET aside = NULL",
            )?
            .execute((rank, id, self.log_now()?, clock.ms, clock.count))?;
        if let Some(sync) = &mut self.state.sync {
            sync.clock = clock;
        }
        write_clock(self.conn, clock)
    }

    /// Both sides have the record as it is now, or as `since` of the log had it if it stays in the outbox.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_known(&mut self, record: RecordRef, known: &Known) -> Result<(), StoreError> {
        let Some((rank, id)) = ranked(record) else {
            return Ok(());
        };
        self.conn
            .prepare_cached(
                "INSERT OR REPLACE INTO sync_record
                     (kind, record, wire, remote, version, meta, extra, body, gone, scan)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute((
                rank,
                id,
                &known.wire,
                &known.remote,
                &known.version,
                &known.meta,
                &known.extra,
                &known.body,
                known.gone,
                known.scan,
            ))?;
        Ok(())
    }

    /// A comparison of everything saw that the other side has a record.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_seen(&mut self, record: RecordRef, scan: u32) -> Result<(), StoreError> {
        if let Some((rank, id)) = ranked(record) {
            self.conn
                .prepare_cached(
                    "UPDATE sync_record SET scan = ?3 WHERE kind = ?1 AND record = ?2 AND scan < ?3",
                )?
                .execute((rank, id, scan))?;
        }
        Ok(())
    }

    /// Forgets that the other side ever had a record.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_unknown(&mut self, record: RecordRef) -> Result<(), StoreError> {
        if let Some(key) = ranked(record) {
            self.conn
                .prepare_cached(
                    "DELETE FROM sync_record WHERE kind = ?1 AND record = ?2 AND wire IS NULL",
                )?
                .execute(key)?;
            self.conn
                .prepare_cached(
                    "UPDATE sync_record SET version = NULL, remote = NULL, meta = iif(gone, meta, NULL),
                            body = iif(gone, body, NULL)
                     WHERE kind = ?1 AND record = ?2",
                )?
                .execute(key)?;
        }
        Ok(())
    }

    /// Takes a record out of the outbox: the other side has it.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_delivered(&mut self, record: RecordRef) -> Result<(), StoreError> {
        if let Some(key) = ranked(record) {
            self.conn
                .prepare_cached("DELETE FROM sync_outbox WHERE kind = ?1 AND record = ?2")?
                .execute(key)?;
        }
        Ok(())
    }

    /// A record stays in the outbox after a merge: from now on `common` is what both sides had, `here` what we have
    /// (both JSON). It goes in if it is not there.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_differs(
        &mut self,
        record: RecordRef,
        clock: SyncClock,
        common: Option<&str>,
        here: &str,
    ) -> Result<(), StoreError> {
        let Some((rank, id)) = ranked(record) else {
            return Ok(());
        };
        self.conn
            .prepare_cached(
                "INSERT INTO sync_outbox (kind, record, since, ms, count, tries, common, here)
                 VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7)
                 ON CONFLICT (kind, record) DO UPDATE SET since = ?3, common = ?6, here = ?7",
            )?
            .execute((
                rank,
                id,
                self.log_now()?,
                clock.ms,
                clock.count,
                common,
                here,
            ))?;
        Ok(())
    }

    /// Counts a try, or sets a record aside (`why` as JSON).
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_tried(&mut self, record: RecordRef, why: Option<&str>) -> Result<(), StoreError> {
        if let Some((rank, id)) = ranked(record) {
            self.conn
                .prepare_cached(
                    "UPDATE sync_outbox SET tries = tries + 1, aside = coalesce(?3, aside)
                     WHERE kind = ?1 AND record = ?2",
                )?
                .execute((rank, id, why))?;
        }
        Ok(())
    }

    /// Records that were set aside shall be sent again: one, or all.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_try_again(&mut self, record: Option<RecordRef>) -> Result<(), StoreError> {
        let key = record.and_then(ranked);
        self.conn
            .prepare_cached(
                "UPDATE sync_outbox SET tries = 0, aside = NULL
                 WHERE aside IS NOT NULL AND (?1 IS NULL OR (kind = ?1 AND record = ?2))",
            )?
            .execute((key.map(|key| key.0), key.map(|key| key.1)))?;
        Ok(())
    }

    /// Takes every row about a record out of the log.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_forget_log(&mut self, record: RecordRef) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM change WHERE kind = ?1 AND record = ?2")?
            .execute((record.kind.code(), record.id))?;
        self.sync_forget(record)
    }

    /// Forgets every word of a record, not that it is or was.
    pub(crate) fn sync_forget(&mut self, record: RecordRef) -> Result<(), StoreError> {
        let Some(key) = ranked(record) else {
            return Ok(());
        };
        for sql in [
            "UPDATE sync_record SET extra = NULL, body = NULL WHERE kind = ?1 AND record = ?2",
            "UPDATE sync_outbox SET common = NULL, here = NULL, aside = NULL WHERE kind = ?1 AND record = ?2",
            "DELETE FROM sync_conflict WHERE kind = ?1 AND record = ?2",
        ] {
            self.conn.prepare_cached(sql)?.execute(key)?;
        }
        Ok(())
    }

    /// The last number of the log.
    pub(crate) fn log_now(&self) -> Result<i64, StoreError> {
        last_of_log(self.conn)
    }
}

/// The last number of the log.
pub(crate) fn last_of_log(conn: &rusqlite::Connection) -> Result<i64, StoreError> {
    Ok(conn
        .prepare_cached("SELECT coalesce(max(seq), 0) FROM change")?
        .query_row([], |row| row.get(0))?)
}

impl Reader<'_> {
    /// The next records of the outbox above `after`, parents first; those set aside are left out.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_outbox(
        self,
        after: Option<RecordRef>,
        limit: usize,
    ) -> Result<Vec<SyncEntry>, StoreError> {
        self.entries_after(after, limit, "aside IS NULL")
    }

    /// Records that are set aside.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_aside(
        self,
        after: Option<RecordRef>,
        limit: usize,
    ) -> Result<Vec<SyncEntry>, StoreError> {
        self.entries_after(after, limit, "aside IS NOT NULL")
    }

    fn entries_after(
        self,
        after: Option<RecordRef>,
        limit: usize,
        which: &str,
    ) -> Result<Vec<SyncEntry>, StoreError> {
        let (rank, id) = after.and_then(ranked).unwrap_or((-1, 0));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT kind, record, since, ms, count, tries, aside, common, here FROM sync_outbox
             WHERE (kind, record) > (?1, ?2) AND {which} ORDER BY kind, record LIMIT ?3"
        ))?;
        let rows = statement.query_map((rank, id, limit), entry)?;
        Ok(rows
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .flatten()
            .collect())
    }

    /// A stretch of the outbox: what is set aside, or the rest.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_outbox_page(
        self,
        aside: bool,
        offset: u64,
        limit: u32,
    ) -> Result<Vec<SyncEntry>, StoreError> {
        let which = if aside { "NOT NULL" } else { "NULL" };
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT kind, record, since, ms, count, tries, aside, common, here FROM sync_outbox
             WHERE aside IS {which} ORDER BY kind, record LIMIT ?1 OFFSET ?2"
        ))?;
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        let rows = statement.query_map((limit, offset), entry)?;
        let rows: Vec<Option<SyncEntry>> = rows.collect::<Result<_, _>>()?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// How many records of a kind there are.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_here_count(self, kind: RecordKind) -> Result<u64, StoreError> {
        let Some(table) = super::table_of(kind) else {
            return Ok(1);
        };
        match kind {
            RecordKind::Customer => return Ok(self.counts()?.customers),
            RecordKind::Order => return Ok(self.counts()?.orders),
            _ => {}
        }
        let count: i64 = self
            .conn
            .prepare_cached(&format!("SELECT count(*) FROM {}", table.0))?
            .query_row([], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// The newest records of a kind.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_some(self, kind: RecordKind, limit: usize) -> Result<Vec<RecordRef>, StoreError> {
        let Some((table, id)) = super::table_of(kind) else {
            return Ok(vec![crate::SETTINGS]);
        };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {id} FROM {table} ORDER BY {id} DESC LIMIT ?1"
        ))?;
        let rows =
            statement.query_map([limit], |row| row.get(0).map(|id| RecordRef { kind, id }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A record's place in the outbox.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_entry(self, record: RecordRef) -> Result<Option<SyncEntry>, StoreError> {
        let Some(key) = ranked(record) else {
            return Ok(None);
        };
        Ok(self
            .conn
            .prepare_cached(
                "SELECT kind, record, since, ms, count, tries, aside, common, here FROM sync_outbox WHERE kind = ?1 AND record = ?2",
            )?
            .query_row(key, entry)
            .optional()?
            .flatten())
    }

    /// How many wait, by kind.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_pending(self) -> Result<Vec<Pending>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT kind, count(*), count(aside) FROM sync_outbox GROUP BY kind ORDER BY kind",
        )?;
        let rows = statement.query_map([], |row| {
            Ok((row.get(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        })?;
        let mut found = Vec::new();
        for row in rows {
            let (rank, pending, aside) = row?;
            found.extend(kind_of(rank).map(|kind| Pending {
                kind,
                pending: pending.unsigned_abs(),
                aside: aside.unsigned_abs(),
            }));
        }
        Ok(found)
    }

    /// What is known of a record's other side.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_known(self, record: RecordRef) -> Result<Option<Known>, StoreError> {
        let Some(key) = ranked(record) else {
            return Ok(None);
        };
        Ok(self
            .conn
            .prepare_cached(
                "SELECT wire, remote, version, meta, extra, body, gone, scan FROM sync_record
                 WHERE kind = ?1 AND record = ?2",
            )?
            .query_row(key, known)
            .optional()?)
    }

    /// The record that has an id elsewhere, where that is not ours.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_by_wire(
        self,
        kind: RecordKind,
        wire: &str,
    ) -> Result<Option<RecordRef>, StoreError> {
        let Some(rank) = super::rank(kind) else {
            return Ok(None);
        };
        Ok(self
            .conn
            .prepare_cached("SELECT record FROM sync_record WHERE kind = ?1 AND wire = ?2")?
            .query_row((rank, wire), |row| row.get(0))
            .optional()?
            .map(|id| RecordRef { kind, id }))
    }

    /// Records that the comparison `scan` did not see, above `after`: those that the other side is known to have, and
    /// persons who were erased and whose empty shell it is known to have.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_unseen(
        self,
        kind: RecordKind,
        scan: u32,
        after: i64,
        limit: usize,
    ) -> Result<Vec<RecordRef>, StoreError> {
        let rank = super::rank(kind).unwrap_or(-1);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let erased = kind == RecordKind::Customer;
        let mut statement = self.conn.prepare_cached(
            "SELECT record FROM sync_record WHERE kind = ?1 AND gone = 0 AND meta IS NOT NULL AND scan < ?2 AND record > ?3
             UNION
             SELECT record FROM erasure JOIN sync_record ON kind = ?1 AND record = customer
             WHERE ?5 AND gone = 1 AND scan < ?2 AND record > ?3
             ORDER BY record LIMIT ?4",
        )?;
        let rows = statement.query_map((rank, scan, after, limit, erased), |row| {
            row.get(0).map(|id| RecordRef { kind, id })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Of the records that the other side is known to have and that are here: how many the comparison `scan` did not
    /// see, and how many there are.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_lost(self, kind: RecordKind, scan: u32) -> Result<(u64, u64), StoreError> {
        let rank = super::rank(kind).unwrap_or(-1);
        let (mut missing, mut known): (i64, i64) = self
            .conn
            .prepare_cached(
                "SELECT count(*) FILTER (WHERE scan < ?2), count(*) FROM sync_record
                 WHERE kind = ?1 AND gone = 0 AND meta IS NOT NULL",
            )?
            .query_row((rank, scan), |row| Ok((row.get(0)?, row.get(1)?)))?;
        // What was removed here and not yet there waits in the outbox.
        let mut statement = self.conn.prepare_cached(
            "SELECT record, scan < ?2 FROM sync_outbox JOIN sync_record USING (kind, record)
             WHERE kind = ?1 AND gone = 0 AND meta IS NOT NULL",
        )?;
        let mut rows = statement.query((rank, scan))?;
        while let Some(row) = rows.next()? {
            let record = RecordRef {
                kind,
                id: row.get(0)?,
            };
            if !self.has(record)? || matches!(self.sync_fate(record)?, Fate::Erased { .. }) {
                known -= 1;
                missing -= i64::from(row.get::<_, bool>(1)?);
            }
        }
        Ok((missing.unsigned_abs(), known.unsigned_abs()))
    }

    /// How many records of a kind the other side is known to have, and how many wait (those set aside left out).
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_counts(self, kind: RecordKind) -> Result<(u64, u64), StoreError> {
        let rank = super::rank(kind).unwrap_or(-1);
        let counts: (i64, i64) = self
            .conn
            .prepare_cached(
                "SELECT (SELECT count(*) FROM sync_record WHERE kind = ?1 AND gone = 0 AND meta IS NOT NULL),
                        (SELECT count(*) FROM sync_outbox WHERE kind = ?1)
                      - (SELECT count(*) FROM sync_outbox WHERE kind = ?1 AND aside IS NOT NULL)",
            )?
            .query_row([rank], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((counts.0.unsigned_abs(), counts.1.unsigned_abs()))
    }

    /// How many records of a kind wait (those set aside left out).
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_left(self, kind: RecordKind) -> Result<u64, StoreError> {
        let rank = super::rank(kind).unwrap_or(-1);
        let count: i64 = self
            .conn
            .prepare_cached(
                "SELECT (SELECT count(*) FROM sync_outbox WHERE kind = ?1)
                      - (SELECT count(*) FROM sync_outbox WHERE kind = ?1 AND aside IS NOT NULL)",
            )?
            .query_row([rank], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// Records of one kind in the outbox above `after`; those set aside are left out.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn sync_outbox_of(
        self,
        kind: RecordKind,
        after: i64,
        limit: usize,
    ) -> Result<Vec<SyncEntry>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut statement = self.conn.prepare_cached(
            "SELECT kind, record, since, ms, count, tries, aside, common, here FROM sync_outbox
             WHERE kind = ?1 AND record > ?2 AND aside IS NULL ORDER BY record LIMIT ?3",
        )?;
        let rank = super::rank(kind).unwrap_or(-1);
        let rows = statement.query_map((rank, after, limit), entry)?;
        let rows: Vec<Option<SyncEntry>> = rows.collect::<Result<_, _>>()?;
        Ok(rows.into_iter().flatten().collect())
    }
}

fn known(row: &rusqlite::Row<'_>) -> rusqlite::Result<Known> {
    Ok(Known {
        wire: row.get(0)?,
        remote: row.get(1)?,
        version: row.get(2)?,
        meta: row.get(3)?,
        extra: row.get(4)?,
        body: row.get(5)?,
        gone: row.get(6)?,
        scan: row.get(7)?,
    })
}

fn entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<SyncEntry>> {
    let Some(kind) = kind_of(row.get(0)?) else {
        return Ok(None);
    };
    Ok(Some(SyncEntry {
        record: RecordRef {
            kind,
            id: row.get(1)?,
        },
        since: row.get(2)?,
        clock: SyncClock {
            ms: row.get(3)?,
            count: row.get(4)?,
        },
        tries: row.get(5)?,
        aside: row.get(6)?,
        common: row.get(7)?,
        here: row.get(8)?,
    }))
}
