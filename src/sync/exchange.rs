//! What goes over the wire, as values: the transport (in the browser: fetch) makes an answer of a request.

use crate::Fault;
use serde::{Deserialize, Serialize};

/// The methods we use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or whatever the endpoint makes of it.
    Post,
    /// Writes a whole.
    Put,
    /// Writes some members.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// What a transport may spend on one answer; counted while it streams in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The most bytes of the body, after the browser inflated it.
    pub max_bytes: u64,
    /// The longest silence, in milliseconds.
    pub idle_ms: u64,
    /// The longest time for the whole, in milliseconds.
    pub total_ms: u64,
}

/// One HTTP request. Credentials are not in it: the transport adds the header that the profile's `auth` says, when the
/// address has the origin that the credentials are bound to (see [`crate::may_send_credentials`]); cookies never.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The whole address.
    pub url: String,
    /// Headers in lower case, `accept: application/json` always among them.
    pub headers: Vec<(String, String)>,
    /// The body, JSON when there is one.
    pub body: Option<String>,
    /// What the answer may cost.
    pub bounds: Bounds,
    /// Whether the body of a good answer is read at all: some servers answer writes with pages.
    pub wants_body: bool,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers that the page may see, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as text (UTF-8, undecodable bytes replaced); empty when it was not wanted.
    pub body: String,
}

impl Answer {
    /// A header by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether the content type is JSON: `application/json`, `...+json`, with or without parameters.
    pub fn is_json(&self) -> bool {
        let Some(value) = self.header("content-type") else {
            return false;
        };
        let essence = value
            .split(';')
            .next()
            .unwrap_or("")
            .trim()
            .to_ascii_lowercase();
        essence.ends_with("/json") || essence.ends_with("+json")
    }
}

/// An answer, or why there is none: `offline`, `unreachable`, `cors`, `mixed-content`, `time-out`, `too-large`,
/// `redirected`, `incomplete` (fewer bytes than announced), `cancelled`.
pub type Outcome = Result<Answer, Fault>;
