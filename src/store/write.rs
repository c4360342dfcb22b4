//! Writing: one transaction a command, its batch in the log, and what it touched.

use crate::state::State;
use crate::{Action, Reader, RecordKind, RecordRef, Store, StoreError};
use model::{BatchId, Timestamp};
use rusqlite::{Connection, OptionalExtension};

/// What a write is: its entry in the command log.
#[derive(Clone, Copy, Debug)]
pub struct BatchMeta<'a> {
    /// The command's name (`update_customer`, `import` ...).
    pub name: &'a str,
    /// What it is about: a customer's name, a file's name.
    pub subject: &'a str,
    /// Who.
    pub who: &'a str,
    /// When.
    pub at: Timestamp,
    /// The request's id: together with [`Tx::set_reply`] it is applied once.
    pub request: Option<&'a str>,
    /// Goes on with this batch (an import) instead of beginning one.
    pub continues: Option<BatchId>,
    /// Bulk (imports): undoing it keeps no copies of what it removes, so that undo itself cannot be undone.
    pub bulk: bool,
}

/// What came of a write.
#[derive(Clone, Debug, PartialEq)]
pub struct Written<T> {
    /// The batch; `None` when nothing was changed.
    pub batch: Option<BatchId>,
    /// The store's version; grew if anything was changed.
    pub data_version: u64,
    /// Every record that changed, in the order it was done, and what was done to it.
    pub touched: Vec<(RecordRef, Action)>,
    /// What the closure returned.
    pub value: T,
}

impl<T> Written<T> {
    /// The kinds of record that changed, sorted.
    pub fn kinds(&self) -> Vec<RecordKind> {
        let mut kinds: Vec<RecordKind> =
            self.touched.iter().map(|(record, _)| record.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}

/// A write transaction. Its methods are beside the records they write: `customers.rs`, `orders.rs` ...
pub struct Tx<'s> {
    pub(crate) conn: &'s Connection,
    pub(crate) state: &'s mut State,
    pub(crate) meta: BatchMeta<'s>,
    /// Set before the batch begins: it is the undo of this one.
    pub(crate) undoes: Option<BatchId>,
    /// Removals are recorded with a copy of the record; the undo of a bulk import does without.
    pub(crate) keeps_copies: bool,
    /// Records that this transaction makes what the other side has; see `sync`.
    pub(crate) sync_placed: std::collections::BTreeSet<RecordRef>,
    /// The last number of the log before this transaction; only where something is shared.
    pub(crate) log_before: i64,
    batch: Option<BatchId>,
    ids: Option<(i64, i64)>,
    touched: Vec<(RecordRef, Action)>,
    reply: Option<String>,
}

impl Store {
    /// Reads.
    pub fn read(&self) -> Reader<'_> {
        Reader { conn: &self.conn }
    }

    /// One transaction: everything `work` does, or nothing. When this returns `Ok` it is on the disk.
    ///
    /// # Errors
    /// Whatever `work` returns, and what SQLite says; then nothing was changed.
    pub fn write<T, E: From<StoreError>>(
        &mut self,
        meta: BatchMeta<'_>,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<Written<T>, E> {
        let (version, counts) = (self.state.data_version, self.state.counts);
        let result = write(&self.conn, &mut self.state, meta, work);
        if result.is_err() {
            self.state.roll_back(version, counts);
        }
        result
    }
}

fn write<T, E: From<StoreError>>(
    conn: &Connection,
    state: &mut State,
    meta: BatchMeta<'_>,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<Written<T>, E> {
    // Dropping it without commit rolls back.
    let transaction = conn.unchecked_transaction().map_err(StoreError::from)?;
    let log_before = match state.sync {
        Some(_) => crate::sync::last_of_log(conn)?,
        None => 0,
    };
    let mut tx = Tx {
        conn,
        state,
        sync_placed: std::collections::BTreeSet::new(),
        log_before,
        meta,
        undoes: None,
        keeps_copies: true,
        batch: None,
        ids: None,
        touched: Vec::new(),
        reply: None,
    };
    let value = work(&mut tx)?;
    tx.sync_note()?;
    tx.finish()?;
    let written = Written {
        batch: tx.batch,
        data_version: tx.state.data_version,
        touched: tx.touched,
        value,
    };
    transaction.commit().map_err(StoreError::from)?;
    Ok(written)
}

/// Replies that are kept, to answer a request that comes again.
const REPLIES_KEPT: i64 = 10_000;

impl<'s> Tx<'s> {
    /// Reads, seeing what this transaction wrote.
    pub fn read(&self) -> Reader<'s> {
        Reader { conn: self.conn }
    }

    /// The batch, once something was changed.
    pub fn batch(&self) -> Option<BatchId> {
        self.batch
    }

    /// Every record that changed so far.
    pub fn touched(&self) -> &[(RecordRef, Action)] {
        &self.touched
    }

    /// The batch, begun even if nothing was changed yet (an import begins with it).
    ///
    /// # Errors
    /// [`StoreError::NoSuchBatch`] when it shall go on with a batch that does not exist, [`StoreError::CannotUndo`]
    /// when that one was undone.
    pub fn begin_batch(&mut self) -> Result<BatchId, StoreError> {
        if let Some(batch) = self.batch {
            return Ok(batch);
        }
        let batch = match self.meta.continues {
            Some(batch) => {
                let undone = self
                    .conn
                    .prepare_cached("SELECT undone_by FROM batch WHERE id = ?1")?
                    .query_row([batch.0], |row| row.get::<_, Option<i64>>(0))
                    .optional()?
                    .ok_or(StoreError::NoSuchBatch)?;
                if undone.is_some() {
                    return Err(StoreError::CannotUndo);
                }
                batch
            }
            None => self.insert_batch()?,
        };
        self.batch = Some(batch);
        Ok(batch)
    }

    fn insert_batch(&mut self) -> Result<BatchId, StoreError> {
        let id = self.state.next_id();
        self.conn
            .prepare_cached(
                "INSERT INTO batch (id, at, who, name, subject, bulk, undoes)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((
                id,
                self.meta.at.0,
                self.meta.who,
                self.meta.name,
                self.meta.subject,
                self.meta.bulk,
                self.undoes.map(|batch| batch.0),
            ))?;
        Ok(BatchId(id))
    }

    /// What to answer when the request comes again, as JSON; see [`Reader::reply_to`]. Kept only if the batch's
    /// metadata names a request.
    pub fn set_reply(&mut self, reply: String) {
        self.reply = Some(reply);
    }

    /// A new id for a record of this batch.
    pub(crate) fn new_id(&mut self) -> Result<i64, StoreError> {
        self.begin_batch()?;
        let id = self.state.next_id();
        let (first, last) = self.ids.unwrap_or((id, id));
        self.ids = Some((first.min(id), last.max(id)));
        Ok(id)
    }

    /// The raw batch id for `created_by`.
    pub(crate) fn created_by(&mut self) -> Result<i64, StoreError> {
        Ok(self.begin_batch()?.0)
    }

    /// Notes that a record was changed.
    pub(crate) fn touch(&mut self, record: RecordRef, action: Action) {
        self.touched.push((record, action));
    }

    /// Records a change other than a creation.
    pub(crate) fn log(
        &mut self,
        record: RecordRef,
        action: Action,
        before: Option<&str>,
        after: Option<&str>,
    ) -> Result<(), StoreError> {
        let batch = self.begin_batch()?;
        self.conn
            .prepare_cached(
                "INSERT INTO change (batch, kind, record, action, before, after)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((
                batch.0,
                record.kind.code(),
                record.id,
                action.code(),
                before,
                after,
            ))?;
        Ok(())
    }

    /// The number of a text.
    pub(crate) fn term(&mut self, text: &str) -> Result<u32, StoreError> {
        self.state.term(self.conn, text)
    }

    /// Writes the batch's range of ids, the reply and the counters.
    fn finish(&mut self) -> Result<(), StoreError> {
        if let (Some(request), Some(reply)) = (self.meta.request, self.reply.as_deref()) {
            self.conn
                .prepare_cached("INSERT INTO request (id, reply) VALUES (?1, ?2)")?
                .execute((request, reply))?;
            let newest = self.conn.last_insert_rowid();
            self.conn
                .prepare_cached("DELETE FROM request WHERE seq <= ?1")?
                .execute([newest.saturating_sub(REPLIES_KEPT)])?;
        }
        let Some(batch) = self.batch else {
            return Ok(());
        };
        if let Some((first, last)) = self.ids {
            self.conn
                .prepare_cached(
                    "UPDATE batch SET first_id = min(coalesce(first_id, ?2), ?2),
                                      last_id = max(coalesce(last_id, ?3), ?3) WHERE id = ?1",
                )?
                .execute((batch.0, first, last))?;
        }
        self.state.data_version += 1;
        self.state.write(self.conn)
    }
}
