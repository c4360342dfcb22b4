//! What can go wrong, as values: a code, what was found, what would be right. Words are made elsewhere.

use serde::{Deserialize, Serialize};

/// What went wrong. The text form (`kebab-case`) is part of the JavaScript API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultCode {
    // The profile.
    /// A value of the profile is not one of those possible; `path` says which.
    ProfileValue,
    /// A member of the profile is missing.
    ProfileMissing,
    /// The profile has a member that we do not know.
    ProfileUnknown,
    /// Two members of the profile contradict each other.
    ProfileContradiction,
    /// The address is not one we may send to: not http(s), `http:` beyond this machine, or credentials in it.
    Address,
    // The way there.
    /// The browser is offline.
    Offline,
    /// The endpoint cannot be reached, or the browser does not say why (CORS looks the same).
    Unreachable,
    /// The endpoint answers, but does not allow this page; `expected` lists headers and methods to allow.
    Cors,
    /// A secure page may not call an insecure address, or a public page a private one.
    MixedContent,
    /// Nothing came for the idle limit, or the whole took longer than the total limit.
    TimeOut,
    /// The answer is larger than the limit.
    TooLarge,
    /// The answer leads to another origin; not followed.
    Redirected,
    /// Somebody stopped it.
    Cancelled,
    // The answer.
    /// The content type is not JSON; an HTML page most likely is a login page.
    NotJson,
    /// The body does not parse whole, repeats a key, is too deep, or has a number that cannot be kept.
    BadJson,
    /// Fewer items came than the answer itself says there are.
    Incomplete,
    /// The answer has not the shape that the profile says; `path` says where.
    Shape,
    /// Records that are none of this kind: the list of something else; `path` is the kind.
    WrongRecords,
    /// 401 or 403: the credentials are missing, wrong or expired.
    Credentials,
    /// 404 for the collection or the document itself.
    NotFound,
    /// 400 or 422 for one record, again and again: set aside.
    Refused,
    /// 413: one record is larger than the endpoint takes.
    RecordTooLarge,
    /// 429: too many requests.
    TooMany,
    /// 5xx.
    ServerError,
    /// A status that the profile does not explain.
    Status,
    /// 200, but the body says that it failed.
    SaysFailed,
    // What the data shows.
    /// The endpoint said yes three times and does not have it.
    NotKept,
    /// The endpoint gave the record another id than the one sent.
    OtherId,
    /// A record without an id, or with an id the profile does not allow.
    BadId,
    /// A record of a kind that this version does not know; kept for later.
    UnknownKind,
    /// A record written by a newer version of the format; kept for later.
    NewerVersion,
    /// A record whose values have not the shape that its kind has.
    BadRecord,
    /// Another record here has what there can be only one of (the code of a coupon).
    Taken,
    /// Stamps from a clock that is far ahead.
    ClockAhead,
    /// Another browser uses our number (a copied profile): we took a new one.
    SameNode,
    /// The endpoint holds nothing although it did before.
    Emptied,
    /// So many records are missing at the endpoint that it looks like a wrong filter or another database.
    ManyMissing,
    /// The endpoint is older than what we had from it: a backup was restored.
    RolledBack,
    /// The endpoint is another database than the one we know.
    Replaced,
    /// We were away for longer than deletions are remembered.
    AwayTooLong,
    // What the probe finds.
    /// The endpoint stored something else than what was sent.
    Altered,
    /// Creating twice makes twins.
    Twins,
    /// Many at once were stored as one.
    BulkNested,
    /// Paging does not give every record.
    PagingBroken,
    /// A parameter that we rely on is ignored.
    FilterIgnored,
    /// What the probe wrote could not be taken away again.
    ProbeLeft,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What went wrong.
    pub code: FaultCode,
    /// Where: a path in the profile (`paging.max`), in an answer (`data[3].id`), a record (`customer/0000…`), or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// What was found, shortened; never credentials.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub found: String,
    /// What would be right.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub expected: String,
    /// The HTTP status, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

/// The longest `found` that is kept, in characters.
const FOUND_MAX: usize = 120;

impl Fault {
    /// A fault; `found` is cut to 120 characters.
    pub fn new(code: FaultCode, path: &str, found: &str, expected: &str) -> Self {
        let mut short: String = found.chars().take(FOUND_MAX).collect();
        if short.len() < found.len() {
            short.push('…');
        }
        Self {
            code,
            path: path.to_owned(),
            found: short,
            expected: expected.to_owned(),
            status: None,
        }
    }

    /// A fault that an answer's status tells.
    pub fn status(code: FaultCode, status: u16) -> Self {
        Self {
            status: Some(status),
            ..Self::new(code, "", "", "")
        }
    }
}
