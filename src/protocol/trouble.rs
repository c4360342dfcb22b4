//! Why sync could not do something: a code, and the facts about it.

use serde::{Deserialize, Serialize};

/// Why something could not be done, as facts; words are made in `text`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncTrouble {
    /// Why.
    pub code: SyncTroubleCode,
    /// When, local; empty for what has not run.
    pub local_at: String,
    /// The request's method.
    pub method: String,
    /// The request's address, without a secret.
    pub url: String,
    /// The answer's status; 0 without an answer.
    pub status: u16,
    /// What was found (a content type, a number, the start of a text).
    pub found: Option<String>,
    /// What would be right.
    pub expected: Option<String>,
    /// For CORS: what the endpoint has to allow.
    pub cors: Option<SyncCors>,
    /// When it is tried again by itself, local.
    pub retry_at: Option<String>,
}

/// What an endpoint has to answer so that a page of another origin may talk to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncCors {
    /// `Access-Control-Allow-Origin`.
    pub origin: String,
    /// `Access-Control-Allow-Methods`.
    pub methods: Vec<String>,
    /// `Access-Control-Allow-Headers`.
    pub headers: Vec<String>,
    /// `Access-Control-Expose-Headers`.
    pub expose: Vec<String>,
}

macro_rules! trouble_codes {
    ($($(#[$doc:meta])* $name:ident = $wire:literal),+ $(,)?) => {
        /// Why something could not be done: everything that the crate `sync` finds out, by the same names, and what the
        /// page and the worker find out before it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum SyncTroubleCode {
            $($(#[$doc])* #[serde(rename = $wire)] $name),+
        }

        impl SyncTroubleCode {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Its name: `not-json`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $wire),+ }
            }

            /// The code of this name; [`SyncTroubleCode::Internal`] for one that nobody knows.
            pub fn of(name: &str) -> Self {
                let found = Self::ALL.iter().find(|code| code.name() == name);
                found.copied().unwrap_or(Self::Internal)
            }
        }
    };
}

trouble_codes! {
    /// The address is none, or none we may send to.
    Address = "address",
    /// User, password or a token stand in the address.
    SecretInAddress = "secret-in-address",
    /// `http:` to another machine.
    NotEncrypted = "not-encrypted",
    /// A secure page may not call an insecure address, or a public page a private one.
    MixedContent = "mixed-content",
    /// The page's own content security policy forbids the address.
    Forbidden = "forbidden",
    /// A value of the profile is not one of those possible.
    ProfileValue = "profile-value",
    /// A member of the profile is missing.
    ProfileMissing = "profile-missing",
    /// The profile has a member that we do not know.
    ProfileUnknown = "profile-unknown",
    /// Two members of the profile contradict each other.
    ProfileContradiction = "profile-contradiction",
    /// The network is away.
    Offline = "offline",
    /// No answer: the address is wrong, the server is off, or it does not allow this page ([`SyncTrouble::cors`]). The
    /// browser does not say which.
    Unreachable = "unreachable",
    /// It answers, and does not allow what is needed ([`SyncTrouble::cors`]).
    Cors = "cors",
    /// No word for too long.
    TimeOut = "time-out",
    /// Larger than an answer may be.
    TooLarge = "too-large",
    /// It leads to another origin; credentials are not sent there.
    Redirected = "redirected",
    /// The person stopped it.
    Cancelled = "cancelled",
    /// Not JSON: a login page, an error page.
    NotJson = "not-json",
    /// JSON that breaks off or is wrong.
    BadJson = "bad-json",
    /// Fewer records than the answer says it has.
    Incomplete = "incomplete",
    /// JSON, but no list (or document) where the profile says.
    Shape = "shape",
    /// Records that are none of ours: another collection.
    WrongRecords = "wrong-records",
    /// Credentials are missing, wrong or expired (401, 403).
    Credentials = "credentials",
    /// The secret could not be kept or read; it has to be typed in again.
    SecretLost = "secret-lost",
    /// The collection (or document) does not exist.
    NotFound = "not-found",
    /// One record is refused as wrong (400, 422).
    Refused = "refused",
    /// A record is larger than the endpoint takes (413).
    RecordTooLarge = "record-too-large",
    /// Too many requests (429).
    TooMany = "too-many",
    /// The server's own failure (5xx).
    ServerError = "server-error",
    /// A status that the profile does not explain.
    Status = "status",
    /// 200, and the body says that it failed.
    SaysFailed = "says-failed",
    /// 2xx, and a later look does not show what was sent.
    NotKept = "not-kept",
    /// The endpoint gave a record another id than the one sent.
    OtherId = "other-id",
    /// A record without an id, or with one that the profile does not allow.
    BadId = "bad-id",
    /// A record of a kind that this version does not know.
    UnknownKind = "unknown-kind",
    /// Written by a newer version of Shuke.
    NewerVersion = "newer-version",
    /// A record whose values have not the shape that its kind has.
    BadRecord = "bad-record",
    /// Another record here has what there can be only one of: two coupons with one code.
    Taken = "taken",
    /// Stamps from a clock that is far ahead.
    ClockAhead = "clock-ahead",
    /// Another browser uses our number (a copied profile); we took a new one.
    SameNode = "same-node",
    /// The endpoint holds nothing although it did before.
    Emptied = "emptied",
    /// So many records are missing that it looks like a wrong filter or another database.
    ManyMissing = "many-missing",
    /// The endpoint is older than what we had from it.
    RolledBack = "rolled-back",
    /// The endpoint is another database than the one we know.
    Replaced = "replaced",
    /// We were away for longer than deletions are remembered.
    AwayTooLong = "away-too-long",
    /// The endpoint stored something else than what was sent.
    Altered = "altered",
    /// Creating twice makes twins.
    Twins = "twins",
    /// Many at once were stored as one.
    BulkNested = "bulk-nested",
    /// Paging does not give every record.
    PagingBroken = "paging-broken",
    /// A parameter that we rely on is ignored.
    FilterIgnored = "filter-ignored",
    /// What the probe wrote could not be taken away again.
    ProbeLeft = "probe-left",
    /// Our own mistake.
    Internal = "internal",
}
