//! What can go wrong in the store, as a closed list the engine turns into faults.

use crate::RecordKind;

/// Why the store could not do it. Unless said otherwise nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The external id, idempotency key or source key belongs to another record already.
    #[error("the key {key:?} belongs to {kind:?} {by} already")]
    KeyTaken {
        /// Kind of the record that has it.
        kind: RecordKind,
        /// The key.
        key: String,
        /// Raw id of the record that has it.
        by: i64,
    },
    /// The record does not exist (any more).
    #[error("{kind:?} {id} does not exist")]
    NotFound {
        /// Its kind.
        kind: RecordKind,
        /// Its raw id.
        id: i64,
    },
    /// The batch does not exist.
    #[error("no such batch")]
    NoSuchBatch,
    /// The batch was undone before, or was the undo of a bulk import, of which no copies are kept.
    #[error("the batch cannot be undone (any more)")]
    CannotUndo,
    /// No room left: the disk or the browser's quota is full.
    #[error("no room left to write")]
    Full,
    /// The stored bytes are damaged.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// Written by a newer version of the program.
    #[error("schema version {found} is newer than {known}")]
    NewerSchema {
        /// Version of the file.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// An SQLite database, but not one of Shuke's; or no database at all.
    #[error("not a Shuke database")]
    NotShuke,
    /// A rule of the schema refused the change (the append-only ledger, a reference to nothing).
    #[error("refused by the schema: {0}")]
    Constraint(String),
    /// The browser's or the operating system's storage failed (locked, read-only, input and output).
    #[error("storage failed: {0}")]
    Storage(String),
    /// A stored value cannot be read as what it must be.
    #[error("a stored value is wrong: {0}")]
    BadValue(String),
    /// Anything else SQLite says.
    #[error("SQLite: {0}")]
    Sqlite(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let text = error.to_string();
        match error {
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DiskFull => Self::Full,
                ErrorCode::DatabaseCorrupt => Self::Damaged(text),
                ErrorCode::NotADatabase => Self::NotShuke,
                ErrorCode::ConstraintViolation => Self::Constraint(text),
                ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::PermissionDenied => Self::Storage(text),
                _ => Self::Sqlite(text),
            },
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..) => Self::BadValue(text),
            _ => Self::Sqlite(text),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::BadValue(error.to_string())
    }
}
