//! What JavaScript throws, as faults.

use crate::wire::field;
use protocol::{Fault, FaultCode};
use sqlite_wasm_vfs::sahpool::OpfsSAHError;
use wasm_bindgen::JsValue;

/// `Name: message` of a JavaScript error.
pub fn text_of(error: &JsValue) -> String {
    let name = field(error, "name").as_string();
    let message = field(error, "message").as_string();
    match (name, message) {
        (Some(name), Some(message)) => format!("{name}: {message}"),
        (_, Some(message)) => message,
        _ => error.as_string().unwrap_or_else(|| "unknown error".into()),
    }
}

/// A failure of the browser's storage.
pub fn storage(what: &str, error: &JsValue) -> Fault {
    storage_text(what, &text_of(error))
}

/// A failure of the pool of files below SQLite.
pub fn pool(error: &OpfsSAHError) -> Fault {
    let mut fault = storage_text("pool", &error.to_string());
    if let OpfsSAHError::InvalidHeader { .. } | OpfsSAHError::DuplicateFilename(_) = error {
        fault.code = FaultCode::Damaged;
    }
    fault
}

fn storage_text(what: &str, text: &str) -> Fault {
    let code = if text.contains("QuotaExceededError") {
        FaultCode::QuotaExceeded
    } else {
        FaultCode::Storage
    };
    Fault::new(code).detail(format!("{what}: {text}"))
}

/// The person's file cannot be read (any more): it was moved, changed or is on a disk that is gone.
pub fn unreadable_file(error: &JsValue) -> Fault {
    Fault::new(FaultCode::UnreadableFile).detail(text_of(error))
}

/// A damaged file that somebody hands in as a backup says nothing about the data that is here.
pub fn of_backup(mut fault: Fault) -> Fault {
    if fault.code == FaultCode::Damaged {
        fault.code = FaultCode::BadBackup;
    }
    fault
}

/// What must not happen.
pub fn internal(detail: impl Into<String>) -> Fault {
    Fault::new(FaultCode::Internal).detail(detail)
}
