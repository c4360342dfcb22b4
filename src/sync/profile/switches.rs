//! The switches from paging on, and what a profile has beside them.

use crate::kind::Kind;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Switch 10. `size` names the parameter with the page size, `max` is the page size.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Paging {
    /// All at once.
    #[default]
    None,
    /// Numbered pages.
    Page {
        /// The parameter with the number.
        page: String,
        /// The parameter with the size.
        size: String,
        /// The number of the first page.
        #[serde(default = "one")]
        first: u32,
        /// Records a page.
        max: u32,
    },
    /// From a row on.
    Offset {
        /// The parameter with the row.
        offset: String,
        /// The parameter with the size.
        size: String,
        /// Records a page.
        max: u32,
    },
    /// `Link: <...>; rel="next"`.
    Link {
        /// The parameter with the size.
        size: String,
        /// Records a page.
        max: u32,
    },
    /// A header with the address of the next page.
    Header {
        /// Its name in lower case.
        header: String,
        /// The parameter with the size.
        size: String,
        /// Records a page.
        max: u32,
    },
    /// A token in the body, given back as a parameter.
    Token {
        /// The path to the token; absent or null at the end.
        path: String,
        /// The parameter.
        token: String,
        /// The parameter with the size.
        size: String,
        /// Records a page.
        max: u32,
    },
    /// An address in the body (`@odata.nextLink`).
    Next {
        /// The path to it; absent at the end.
        path: String,
        /// The parameter with the size.
        size: String,
        /// Records a page.
        max: u32,
    },
}

fn one() -> u32 {
    1
}

/// Switch 11.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Changes {
    /// There is no way: everything is read each time.
    #[default]
    Scan,
    /// A feed that the server keeps, deletions among it.
    Feed {
        /// The query: `_since={cursor}&_sort=last_modified`.
        query: String,
        /// The path, under `base`, where it is not the list's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<String>,
        /// The member of a record with its place in the feed.
        field: String,
        /// Whether the record at the cursor itself comes again.
        #[serde(default)]
        inclusive: bool,
        /// How far each pull goes back, in seconds (numbers of places where the cursor is a number); 30 at least for
        /// times.
        #[serde(default = "overlap")]
        overlap: u32,
    },
    /// A filter on a field that the server sets at each write.
    Filter {
        /// The query: `updated_gte={cursor}&_sort=updated`.
        query: String,
        /// The member of a record with the time of its last write, set by the server.
        field: String,
        /// Whether the record at the cursor itself comes again.
        #[serde(default)]
        inclusive: bool,
        /// As for feeds.
        #[serde(default = "overlap")]
        overlap: u32,
    },
}

fn overlap() -> u32 {
    30
}

/// Switch 12.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CursorKind {
    /// Milliseconds since 1970.
    Ms,
    /// An instant in ISO 8601 with zone.
    Iso,
    /// A number that only grows, in the order of commits.
    Number,
    /// Whatever it is, it is given back as it came.
    #[default]
    Opaque,
}

/// Switch 13.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deletes {
    /// The server's own: we delete, and its feed tells of deletions.
    Feed,
    /// A member `deleted` of the record, written as any other.
    #[default]
    Field,
    /// The server forgets: only what two complete scans lack is deleted here.
    Hard,
    /// Nothing is ever deleted by sync.
    None,
}

/// Switch 14.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Bulk {
    /// One request a record.
    #[default]
    None,
    /// An array of records, POSTed to `paths.bulk`.
    Array {
        /// The most records in one.
        max: u32,
        /// All or none.
        #[serde(default)]
        atomic: bool,
    },
    /// An object with an array of records.
    Envelope {
        /// The member with the array.
        member: String,
        /// The most records in one.
        max: u32,
        /// The path to the array of results, one a record in the same order; each may carry `status` or `code`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        results: Option<String>,
        /// All or none.
        #[serde(default)]
        atomic: bool,
    },
    /// An array of requests with a method, path and body each.
    Requests {
        /// The member with the array.
        member: String,
        /// The most requests in one.
        max: u32,
        /// The path to the array of answers in the same order, each with `status` and `body`.
        results: String,
    },
}

/// Switch 15.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// The largest body that is sent, in bytes.
    #[serde(default = "body_bytes")]
    pub body_bytes: u64,
    /// The largest answer that is read, in bytes.
    #[serde(default = "answer_bytes")]
    pub answer_bytes: u64,
    /// How many requests are allowed in a window; none: as fast as answers come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<u32>,
    /// The window, in seconds.
    #[serde(default = "window")]
    pub window_seconds: u32,
    /// The longest silence, in seconds.
    #[serde(default = "idle")]
    pub idle_seconds: u32,
    /// The longest time of one answer, in seconds.
    #[serde(default = "total")]
    pub total_seconds: u32,
    /// For how many days the endpoint remembers deletions; none: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tombstone_days: Option<u32>,
}

fn body_bytes() -> u64 {
    1 << 20
}
fn answer_bytes() -> u64 {
    64 << 20
}
fn window() -> u32 {
    20
}
fn idle() -> u32 {
    30
}
fn total() -> u32 {
    600
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: body_bytes(),
            answer_bytes: answer_bytes(),
            requests: None,
            window_seconds: window(),
            idle_seconds: idle(),
            total_seconds: total(),
            tombstone_days: None,
        }
    }
}

/// Switch 16.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Headers {
    /// Headers that every request has; never credentials.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fixed: BTreeMap<String, String>,
    /// The headers that the endpoint's preflight accepts, in lower case; none: all. Others are not sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Vec<String>>,
}

/// Switch 17. Blanks in addresses are always `%20`, never `+`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Encoding {
    /// The member that a written record is put into (`data`), and found in when one is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envelope: Option<String>,
    /// The column that holds the whole record where the endpoint has columns of its own; it has its id beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<Column>,
}

/// Where a record lies in an endpoint with columns of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    /// The column.
    pub name: String,
    /// Whether it holds text (JSON in a text) instead of JSON.
    #[serde(default)]
    pub text: bool,
    /// Fields of ours that are also written to columns of their own, for people to read: public name to column.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub also: BTreeMap<String, String>,
}

/// Where things are. `{collection}` and `{id}` are filled in, percent-encoded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Paths {
    /// The list of a kind.
    #[serde(default = "list_path")]
    pub list: String,
    /// One record.
    #[serde(default = "item_path")]
    pub item: String,
    /// Many at once.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub bulk: String,
    /// Where records are made by POST, where it is not the list.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub create: String,
    /// The document, or each collection's where it has `{collection}`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub document: String,
    /// The query that finds a record by our id, where the server assigns ids: `filter=externalId="{id}"`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub find: String,
    /// A query that every list has: `fields=...`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub query: String,
}

fn list_path() -> String {
    "/{collection}".to_owned()
}
fn item_path() -> String {
    "/{collection}/{id}".to_owned()
}

impl Default for Paths {
    fn default() -> Self {
        Self {
            list: list_path(),
            item: item_path(),
            bulk: String::new(),
            create: String::new(),
            document: String::new(),
            find: String::new(),
            query: String::new(),
        }
    }
}

/// What is shared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Share {
    /// The kinds that travel; none: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kinds: Option<Vec<Kind>>,
    /// Fields that are never sent, nor taken: `customers.note`, `customers.custom.size`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// Only read, never written.
    #[serde(default)]
    pub read_only: bool,
}

/// The templates of mode `action`. In bodies a text that is exactly `{records}`, `{record}`, `{id}`, `{cursor}`,
/// `{limit}`, `{token}`, `{offset}` or `{collection}` becomes that value; inside longer texts and addresses they are
/// filled in as text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Actions {
    /// Reads a list.
    pub list: Action,
    /// Makes or changes records.
    pub upsert: Action,
    /// Reads one record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub get: Option<Action>,
    /// Removes one record, where `deletes` is `hard` or `feed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete: Option<Action>,
    /// Reads what was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Action>,
    /// Where an answer says whether it worked: a path that must equal `value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ok: Option<Okay>,
}

/// One template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    /// The method.
    pub method: crate::Method,
    /// The path under `base`, with its query.
    pub path: String,
    /// The body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// The path to the array of records or results in the answer, where it is not `list.path`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub results: Option<String>,
}

/// How an answer with status 200 says that it worked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Okay {
    /// The path, in the answer or in each result; where it leads nowhere nothing is said.
    pub path: String,
    /// The values there when it worked.
    pub values: Vec<Value>,
}

/// Where an endpoint says which database it is and how far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// The path under `base`.
    pub path: String,
    /// The path in the answer to a text that stays while the database does.
    pub epoch: String,
    /// The path in the answer to a number that only grows, to be compared with cursors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<String>,
}

/// Where public widgets leave entries for the owner: an append-only list, read and never written by sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inbox {
    /// The path under `base`, or a whole address of the same origin.
    pub path: String,
    /// Entries a page.
    #[serde(default = "inbox_limit")]
    pub limit: u32,
}

fn inbox_limit() -> u32 {
    500
}

/// What stands behind a preset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verified {
    /// Tests run against the real server.
    Tested,
    /// Made from documentation, not verified against the live service.
    Documented,
    /// A person wrote it, or a probe found it.
    #[default]
    Own,
}
