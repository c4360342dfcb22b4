//! What goes wrong below, as the faults a page can word.

use model::rule::RuleError;
use protocol::{Fault, FaultCode};
use store::StoreError;

/// Why a write was given up; the transaction is rolled back.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The store could not.
    Store(StoreError),
    /// The request is wrong.
    Fault(Fault),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(error) => of_store(error),
            Failure::Fault(fault) => fault,
        }
    }
}

/// A fault of the store.
pub(crate) fn of_store(error: StoreError) -> Fault {
    let detail = error.to_string();
    let fault = match error {
        StoreError::KeyTaken { key, kind, .. } => Fault::new(FaultCode::KeyTaken)
            .at(key_field(kind))
            .found(key),
        StoreError::NotFound { id, .. } => {
            Fault::new(FaultCode::NotFound).found(model::id::encode(id))
        }
        StoreError::NoSuchBatch => Fault::new(FaultCode::NotFound),
        StoreError::CannotUndo => Fault::new(FaultCode::CannotUndo),
        StoreError::Full => Fault::new(FaultCode::QuotaExceeded),
        StoreError::Damaged(_) | StoreError::BadValue(_) => Fault::new(FaultCode::Damaged),
        StoreError::NewerSchema { found, known } => Fault::new(FaultCode::NewerSchema)
            .found(found.to_string())
            .expected(known.to_string()),
        StoreError::NotShuke => Fault::new(FaultCode::BadBackup),
        StoreError::Storage(_) => Fault::new(FaultCode::Storage),
        StoreError::Constraint(_) | StoreError::Sqlite(_) => Fault::new(FaultCode::Internal),
    };
    fault.detail(detail)
}

fn key_field(kind: store::RecordKind) -> &'static str {
    match kind {
        store::RecordKind::Customer | store::RecordKind::Order => "externalId",
        _ => "key",
    }
}

/// A rule that cannot be read or evaluated.
pub(crate) fn of_rule(error: RuleError) -> Fault {
    Fault::new(FaultCode::BadRule)
        .at(error.path)
        .found(error.found)
        .expected(error.expected)
}

/// A record that is not there.
pub(crate) fn not_found(id: impl ToString) -> Fault {
    Fault::new(FaultCode::NotFound).found(id.to_string())
}

/// Something that must not happen.
pub(crate) fn internal(detail: impl Into<String>) -> Fault {
    Fault::new(FaultCode::Internal).detail(detail)
}

/// Turns a store's result into one with a fault.
pub(crate) trait OrFault<T> {
    /// The value, or the fault.
    fn or_fault(self) -> Result<T, Fault>;
}

impl<T> OrFault<T> for Result<T, StoreError> {
    fn or_fault(self) -> Result<T, Fault> {
        self.map_err(of_store)
    }
}
