//! Why a request was not done: a code, where, what was found and what would be right. Words are made in `text`.

use model::Issue;
use serde::{Deserialize, Serialize};

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultCode {
    /// The record does not exist (any more).
    NotFound,
    /// Values are wrong; `issues` says which.
    Invalid,
    /// The external id or key belongs to another record.
    KeyTaken,
    /// The idempotency key was used before with other content.
    KeyReused,
    /// The record was changed since the page read it.
    Conflict,
    /// More points than there are; `found` has the balance.
    InsufficientPoints,
    /// A limit of the programme is passed; `path` names it (`redeem.step`).
    ProgramLimit,
    /// A coupon does not apply: `path` has the refusal's code, `found` the coupon's, `expected` what goes with it.
    CouponRefused,
    /// Codes are out or used: the field in `path` may not change any more.
    CouponLocked,
    /// There is no loyalty programme yet.
    NoProgram,
    /// More than remains of the order.
    RefundTooLarge,
    /// Cannot be undone (any more); `detail` says why.
    CannotUndo,
    /// The segment rule is wrong; `path`, `found` and `expected` say where and how.
    BadRule,
    /// The loyalty programme is wrong; `path`, `found` and `expected` say where and how.
    BadProgram,
    /// The file cannot be read as anything known.
    UnreadableFile,
    /// The file is no backup of Shuke, or a damaged one.
    BadBackup,
    /// Written by a newer version: update first.
    NewerSchema,
    /// The stored data is damaged; nothing was changed.
    Damaged,
    /// The browser has no room left; nothing was half-written.
    QuotaExceeded,
    /// The browser's storage failed otherwise.
    Storage,
    /// The workspace is encrypted and locked.
    Locked,
    /// That passphrase or recovery key does not open the workspace. Always the same, whatever is wrong with it.
    WrongPassphrase,
    /// Too many wrong ones: `found` has the seconds to wait.
    TooManyAttempts,
    /// Stopped by the person.
    Cancelled,
    /// Another long request is at work.
    Busy,
    /// The worker failed and was started anew; what was committed is safe.
    WorkerFailed,
    /// Our own mistake: something that must not happen. `detail` is for a bug report.
    Internal,
}

/// A request that was not done. Nothing was changed unless the code says otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// Why.
    pub code: FaultCode,
    /// Where in the input (`all[2].value`, `redeem.step`, a field's name).
    pub path: Option<String>,
    /// What was found.
    pub found: Option<String>,
    /// What would be right, as data.
    pub expected: Option<String>,
    /// For developers; not translated.
    pub detail: Option<String>,
    /// Each wrong value, for [`FaultCode::Invalid`].
    pub issues: Vec<Issue>,
}

impl Fault {
    /// A fault with nothing but its code.
    pub fn new(code: FaultCode) -> Self {
        Self {
            code,
            path: None,
            found: None,
            expected: None,
            detail: None,
            issues: Vec::new(),
        }
    }

    /// Adds what a developer wants to know.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds where.
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Adds what was found.
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    /// Adds what would be right.
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Wrong values.
    pub fn invalid(issues: Vec<Issue>) -> Self {
        Self {
            issues,
            ..Self::new(FaultCode::Invalid)
        }
    }
}
