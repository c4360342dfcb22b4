//! What the store keeps in memory beside SQLite: counters and the dictionary. All of it can be read again.

use crate::{Counts, StoreError};
use model::Replica;
use rusqlite::{Connection, OptionalExtension};

#[expect(
    clippy::disallowed_types,
    reason = "looked up by text for every line of an import; its order never leaves"
)]
type TermNumbers = std::collections::HashMap<String, u32>;

/// Counters as of the last commit, and the dictionary.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) replica: Replica,
    /// The last counter that an id was made from. Runs ahead of the file when a write was rolled back.
    pub(crate) counter: u64,
    pub(crate) data_version: u64,
    pub(crate) counts: Counts,
    /// What is shared with an endpoint, and the clock.
    pub(crate) sync: Option<crate::sync::Watching>,
    terms: Option<TermNumbers>,
}

impl State {
    /// Reads it from the file.
    pub(crate) fn read(conn: &Connection) -> Result<State, StoreError> {
        let replica = u32::try_from(meta_number(conn, "replica")?).unwrap_or(0);
        let number = |key| meta_number(conn, key).map(|n| u64::try_from(n).unwrap_or(0));
        Ok(State {
            replica: Replica::from_random(replica),
            counter: number("counter")?,
            data_version: number("data_version")?,
            counts: Counts {
                customers: number("customers")?,
                orders: number("orders")?,
            },
            sync: crate::sync::Watching::read(conn)?,
            terms: None,
        })
    }

    /// A new id.
    pub(crate) fn next_id(&mut self) -> i64 {
        self.counter += 1;
        self.replica.raw_id(self.counter)
    }

    /// The number of a text, which gets one if it has none.
    pub(crate) fn term(&mut self, conn: &Connection, text: &str) -> Result<u32, StoreError> {
        let terms = match &mut self.terms {
            Some(terms) => terms,
            none => none.insert(read_terms(conn)?),
        };
        if let Some(&number) = terms.get(text) {
            return Ok(number);
        }
        conn.prepare_cached("INSERT INTO term (text) VALUES (?1)")?
            .execute([text])?;
        let number = u32::try_from(conn.last_insert_rowid())
            .map_err(|_| StoreError::BadValue("too many terms".to_owned()))?;
        terms.insert(text.to_owned(), number);
        Ok(number)
    }

    /// Reads the numbers of texts again when they are next needed: one lost its text.
    pub(crate) fn forget_terms(&mut self) {
        self.terms = None;
    }

    /// Forgets what a rolled-back transaction may have added.
    pub(crate) fn roll_back(&mut self, data_version: u64, counts: Counts) {
        self.data_version = data_version;
        self.counts = counts;
        self.terms = None;
    }

    /// Writes the counters.
    pub(crate) fn write(&self, conn: &Connection) -> Result<(), StoreError> {
        for (key, value) in [
            ("counter", self.counter),
            ("data_version", self.data_version),
            ("customers", self.counts.customers),
            ("orders", self.counts.orders),
        ] {
            set_meta_number(conn, key, i64::try_from(value).unwrap_or(i64::MAX))?;
        }
        Ok(())
    }
}

fn read_terms(conn: &Connection) -> Result<TermNumbers, StoreError> {
    let mut statement = conn.prepare_cached("SELECT text, id FROM term")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A number of `meta` that must be there.
pub(crate) fn meta_number(conn: &Connection, key: &str) -> Result<i64, StoreError> {
    optional_meta_number(conn, key)?
        .ok_or_else(|| StoreError::Damaged(format!("meta has no {key}")))
}

/// A number of `meta`.
pub(crate) fn optional_meta_number(
    conn: &Connection,
    key: &str,
) -> Result<Option<i64>, StoreError> {
    Ok(conn
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?)
}

/// Writes a number of `meta`.
pub(crate) fn set_meta_number(conn: &Connection, key: &str, value: i64) -> Result<(), StoreError> {
    conn.prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?
        .execute((key, value))?;
    Ok(())
}
