//! The facade between protocol and everything below it: `apply` a command, `query`, and sessions for long work.
//!
//! Invariant: synchronous; no clock (time is [`Context::now`]), no randomness, no browser, no words. SQLite is the
//! truth; columns, scores, balances and sorted lists are derived from it and can be thrown away at any time.
//!
//! How a worker drives it:
//!
//! 1. [`Engine::open`] upgrades the database if need be. From here on [`Engine::apply`], every session, and the queries
//!    for which [`needs_columns`] is false are answered (with `facts: None`).
//! 2. [`ColumnsLoad::new`], then [`ColumnsLoad::step`] until it is done, yielding to the event loop between steps.
//!    Other queries meanwhile fail with [`Unanswered::NotReady`]: keep them and ask again when the load is done.
//!    Commands that come in between are taken into account.
//! 3. When idle, [`Engine::snapshot_bytes`] gives what to save for the next opening, or nothing if that is current.
//!
//! Long work is a value with `step`: each step takes some 10 ms natively. Drop the value to stop without a trace of the
//! step at hand; `cancel` where there is a report to get.

#![expect(unused_variables, reason = "skeleton: bodies follow")]

mod columns;
mod context;
mod export;
mod import;
mod undo;

pub use columns::ColumnsLoad;
pub use context::{Applied, Changed, Context, Host, NewWorkspace, Step, Unanswered, needs_columns};
pub use export::ExportSession;
pub use import::{FileIdentity, ImportSession, ImportStep};
pub use rusqlite::Connection;
pub use undo::UndoSession;

use model::import::Inspection;
use protocol::{Command, Fault, FaultCode, Query, Reply, Status};

/// One open workspace.
pub struct Engine {
    host: Host,
}

fn later<T>() -> Result<T, Fault> {
    Err(Fault::new(FaultCode::Internal).detail("not written yet"))
}

impl Engine {
    /// Opens the database on `connection`, creating or upgrading it in one transaction. `new` is used only when the
    /// database is empty.
    ///
    /// # Errors
    /// `NewerSchema`, `Damaged`, `Storage` or `QuotaExceeded`; nothing was changed then.
    pub fn open(
        connection: Connection,
        new: NewWorkspace,
        context: &Context,
    ) -> Result<Self, Fault> {
        later()
    }

    /// Tells what only the host knows, for [`Query::Status`].
    pub fn set_host(&mut self, host: Host) {
        self.host = host;
    }

    /// How things stand; works at once after opening.
    ///
    /// # Errors
    /// `Storage`.
    pub fn status(&mut self, context: &Context) -> Result<Status, Fault> {
        later()
    }

    /// Answers a query.
    ///
    /// # Errors
    /// [`Unanswered::NotReady`] while columns are not in memory and the query needs them, else a fault.
    pub fn query(&mut self, query: &Query, context: &Context) -> Result<Reply, Unanswered> {
        Ok(later()?)
    }

    /// Applies a command once for its request id: a repeated id gives the first answer again and changes nothing.
    /// Durable when it returns.
    ///
    /// # Errors
    /// A fault; nothing was changed then.
    pub fn apply(
        &mut self,
        command: &Command,
        request_id: &str,
        context: &Context,
    ) -> Result<Applied, Fault> {
        later()
    }

    /// Whether columns are in memory.
    pub fn columns_ready(&self) -> bool {
        false
    }

    /// Customers and orders in the columns, for [`protocol::Event::ColumnsReady`].
    pub fn columns_size(&self) -> (u64, u64) {
        (0, 0)
    }

    /// What to save so that the next opening is fast; `None` when columns are not ready or the snapshot given out (or
    /// loaded) last is still current.
    pub fn snapshot_bytes(&mut self) -> Option<Vec<u8>> {
        None
    }

    /// Grows with every write.
    pub fn data_version(&self) -> u64 {
        0
    }

    /// The whole database as the bytes of one SQLite file.
    ///
    /// # Errors
    /// `Storage`.
    pub fn backup(&mut self) -> Result<Vec<u8>, Fault> {
        later()
    }

    /// Replaces the whole database by a backup, after checking it. Columns are gone afterwards: load them again.
    ///
    /// # Errors
    /// `BadBackup`, `NewerSchema`, `Storage`, `QuotaExceeded`; nothing was changed then.
    pub fn restore(&mut self, bytes: &[u8], context: &Context) -> Result<Changed, Fault> {
        later()
    }

    /// Looks at a file: `head` is its first 256 KiB (or all of it), `size` its whole size in bytes.
    ///
    /// # Errors
    /// `UnreadableFile`.
    pub fn inspect(&self, file_name: &str, head: &[u8], size: u64) -> Result<Inspection, Fault> {
        later()
    }
}
