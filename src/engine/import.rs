//! Importing a file, for real or as a dry run.

use crate::{Changed, Context, Engine, later};
use model::import::ImportPlan;
use protocol::{Fault, ImportReport, Progress};

/// Tells a file from others, so that a cut-off import goes on when the same file is dropped again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileIdentity {
    /// Its size in bytes.
    pub size: u64,
    /// A hash over size, beginning and end.
    pub fingerprint: String,
}

impl FileIdentity {
    /// Of a file of `size` bytes that begins with `head` and ends with `tail` (64 KiB each, or all there is).
    pub fn of(size: u64, head: &[u8], tail: &[u8]) -> Self {
        use xxhash_rust::xxh3::xxh3_128_with_seed;
        let fingerprint = format!(
            "{:032x}{:032x}",
            xxh3_128_with_seed(head, size),
            xxh3_128_with_seed(tail, size)
        );
        Self { size, fingerprint }
    }
}

/// What an import wants next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ImportStep {
    /// More bytes of the file: call [`ImportSession::feed`], or [`ImportSession::end_of_file`] when there are none.
    NeedsBytes(Progress),
    /// Another step.
    More(Progress),
    /// [`ImportSession::finish`].
    Complete,
}

/// One import. Feed bytes, step, feed, step ... then finish.
pub struct ImportSession {}

impl ImportSession {
    /// Starts. A cut-off import of the same file with the same plan goes on under its batch. A dry run writes nothing.
    ///
    /// # Errors
    /// `Invalid` for a plan that names unknown fields; `Storage`.
    pub fn new(
        engine: &mut Engine,
        plan: ImportPlan,
        file: FileIdentity,
        dry_run: bool,
        context: &Context,
    ) -> Result<Self, Fault> {
        later()
    }

    /// The next bytes of the file, in order; a mebibyte at a time is good.
    pub fn feed(&mut self, bytes: &[u8]) {}

    /// There are no more bytes.
    pub fn end_of_file(&mut self) {}

    /// Reads and writes on: at most one transaction.
    ///
    /// # Errors
    /// `UnreadableFile`, `Storage`, `QuotaExceeded`. What was committed stays and the import can go on later.
    pub fn step(&mut self, engine: &mut Engine, context: &Context) -> Result<ImportStep, Fault> {
        later()
    }

    /// Closes a complete import. `Changed` when it wrote anything.
    ///
    /// # Errors
    /// `Storage`.
    pub fn finish(
        self,
        engine: &mut Engine,
        context: &Context,
    ) -> Result<(ImportReport, Option<Changed>), Fault> {
        later()
    }

    /// Stops: what is committed stays and can be undone; the report says `cancelled`.
    ///
    /// # Errors
    /// `Storage`.
    pub fn cancel(
        self,
        engine: &mut Engine,
        context: &Context,
    ) -> Result<(ImportReport, Option<Changed>), Fault> {
        later()
    }
}
