//! What an endpoint can do, as a value: eighteen switches and the addresses they need.
//!
//! A profile is chosen from [`presets`], found by the [`crate::Probe`], or written by hand for an endpoint that nobody
//! here knows. [`Profile::parse`] tells every fault with its path, what was found and what would be right; the JSON
//! schema ([`schema`], shipped as `sync-profile.schema.json`) is made from the same table as the parser.

mod check;
mod presets;
mod schema;
mod shape;
mod switches;

pub use presets::{PRESETS, Preset, preset};
pub use schema::schema;
pub use switches::{
    Action, Actions, Bulk, Changes, Column, CursorKind, Deletes, Encoding, Headers, Identity,
    Inbox, Limits, Okay, Paging, Paths, Share, Verified,
};

use crate::Fault;
use crate::kind::Kind;
use crate::record::Path;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A profile. The first member says the version of this form; the next eighteen are the switches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// The version of this form: 1.
    pub profile: u32,
    /// What a person calls the endpoint.
    pub name: String,
    /// The preset it was made from, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// The address that all paths are added to; no slash at its end, no credentials, no query.
    pub base: String,
    /// 1: how the endpoint holds records.
    pub mode: Mode,
    /// 2: how we say who we are.
    #[serde(default)]
    pub auth: Auth,
    /// 3: whose ids.
    #[serde(default)]
    pub id: IdRule,
    /// 4: how a record is made.
    #[serde(default)]
    pub create: Create,
    /// 5: how a record is changed.
    #[serde(default)]
    pub update: Update,
    /// 6: what keeps two writers apart.
    #[serde(default)]
    pub precondition: Precondition,
    /// 7: where a version is found.
    #[serde(default)]
    pub version: VersionSource,
    /// 8: how much a version is worth.
    #[serde(default)]
    pub quality: Quality,
    /// 9: where the records are in a list.
    #[serde(default)]
    pub list: List,
    /// 10: how a long list is read.
    #[serde(default)]
    pub paging: Paging,
    /// 11: how changes since the last time are asked for.
    #[serde(default)]
    pub changes: Changes,
    /// 12: what the cursor is. Always a value of the server's.
    #[serde(default)]
    pub cursor: CursorKind,
    /// 13: how deletions travel.
    #[serde(default)]
    pub deletes: Deletes,
    /// 14: many at once.
    #[serde(default)]
    pub bulk: Bulk,
    /// 15: how much is too much.
    #[serde(default)]
    pub limits: Limits,
    /// 16: headers.
    #[serde(default)]
    pub headers: Headers,
    /// 17: how bodies are written.
    #[serde(default)]
    pub encoding: Encoding,
    /// 18: an outgoing change is delivered only when seen in a later pull. Always true.
    #[serde(default = "yes")]
    pub read_back: bool,
    /// Where things are, as templates under `base`.
    #[serde(default)]
    pub paths: Paths,
    /// The name of each kind's collection, where it is not the kind's own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub collections: BTreeMap<Kind, String>,
    /// What is shared.
    #[serde(default)]
    pub share: Share,
    /// Templates of mode `action`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actions: Option<Actions>,
    /// Where the endpoint says which database it is, if anywhere. (CouchDB and one document have places of their own.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// Where entries that public widgets wrote are fetched from, if anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbox: Option<Inbox>,
    /// What probes are called; some servers refuse ids that begin with `_`.
    #[serde(default = "probe_prefix")]
    pub probe_prefix: String,
    /// `tested` against the real server, or made from its documentation.
    #[serde(default)]
    pub verified: Verified,
}

fn yes() -> bool {
    true
}

fn probe_prefix() -> String {
    "__probe-".to_owned()
}

/// Switch 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The workspace as one JSON document, or one per collection (`paths.document` has `{collection}`).
    Document,
    /// One resource per record.
    Collection,
    /// The replication protocol of CouchDB.
    Couchdb,
    /// Verbs by templates (`actions`).
    Action,
}

/// Switch 2. The secret itself is never part of a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Auth {
    /// Everybody may.
    #[default]
    None,
    /// `Authorization: Basic` of name and password.
    Basic,
    /// `Authorization: Bearer` and the token.
    Bearer,
    /// A header with the secret as its value.
    Header {
        /// Its name.
        name: String,
        /// Put before the secret, with its blank: `Zoho-oauthtoken `.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        prefix: String,
    },
    /// OAuth: the token is got elsewhere and pasted; sent as bearer.
    Oauth,
}

/// Switch 3.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdRule {
    /// Who chooses.
    #[serde(default)]
    pub by: IdBy,
    /// The member of a record that holds the id (client) or our id (server assigned).
    #[serde(default = "id_field")]
    pub field: String,
    /// The member that holds the server's id, where it assigns them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The characters that ids may have, as one class of a regular expression: `[a-z0-9]+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The longest id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// The shortest id: ours are filled up with zeros in front.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
}

fn id_field() -> String {
    "id".to_owned()
}

impl Default for IdRule {
    fn default() -> Self {
        Self {
            by: IdBy::Client,
            field: id_field(),
            key: None,
            pattern: None,
            max: None,
            min: None,
        }
    }
}

/// Who chooses ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdBy {
    /// We do, and the server keeps them.
    #[default]
    Client,
    /// The server does; ours lies in `field`, which we look records up by.
    Server,
}

/// Switch 4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Create {
    /// By which request.
    #[serde(default)]
    pub with: CreateWith,
    /// What a second time is answered with.
    #[serde(default)]
    pub duplicate: Duplicate,
}

/// How a record is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CreateWith {
    /// PUT of the item.
    #[default]
    Put,
    /// POST to the collection.
    Post,
    /// POST that makes or changes.
    Upsert,
}

/// What creating something that is there already is answered with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Duplicate {
    /// A conflict.
    #[default]
    #[serde(rename = "409")]
    Conflict,
    /// 400 (with a code).
    #[serde(rename = "400")]
    BadRequest,
    /// A crash.
    #[serde(rename = "500")]
    Crash,
    /// 200, and the old record stays.
    #[serde(rename = "200-ignored")]
    Ignored,
    /// 201, and the new one takes its place.
    #[serde(rename = "201-overwrites")]
    Overwrites,
    /// 201, and there are two: we look before we create.
    #[serde(rename = "201-twin")]
    Twin,
}

/// Switch 5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Update {
    /// By which request.
    #[serde(default)]
    pub with: UpdateWith,
    /// What changing something that is not there is answered with.
    #[serde(default)]
    pub unknown: UnknownId,
}

/// How a record is changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UpdateWith {
    /// PUT of the whole.
    #[default]
    Put,
    /// PATCH with the whole as a merge patch.
    Patch,
    /// POST that makes or changes.
    Upsert,
    /// Only many at once.
    Bulk,
}

/// What changing something that is not there is answered with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnknownId {
    /// Not found: it is created instead.
    #[serde(rename = "404")]
    NotFound,
    /// Forbidden, although only missing.
    #[serde(rename = "403")]
    Forbidden,
    /// 204, and nothing is stored.
    #[serde(rename = "204-lost")]
    Lost,
    /// 200 with null, and nothing is stored.
    #[serde(rename = "200-null")]
    Null,
    /// It is created.
    #[default]
    #[serde(rename = "upserts")]
    Upserts,
}

/// Switch 6. Only an optimisation: delivery is always read back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Precondition {
    /// Which.
    #[serde(default)]
    pub with: PreconditionWith,
    /// Whether writes without one are refused (428).
    #[serde(default)]
    pub required: bool,
}

/// How a write says which version it is based on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PreconditionWith {
    /// Not at all.
    #[default]
    None,
    /// `If-Match`, and `If-None-Match: *` to create.
    IfMatch,
    /// `_rev` in the body.
    Rev,
    /// `If-Unmodified-Since`.
    IfUnmodifiedSince,
}

/// Switch 7.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum VersionSource {
    /// Nowhere.
    #[default]
    None,
    /// A response header, which the server must expose.
    Header {
        /// Its name in lower case.
        name: String,
    },
    /// A member of the record as it lies in the answer: `last_modified`, `_rev`, `@odata.etag`.
    Body {
        /// Its path.
        path: String,
    },
}

/// Switch 8. Set by the probe; `hash` and `seconds` are never trusted to tell that nothing changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quality {
    /// Every write has a version of its own.
    Strong,
    /// Two writes within a second may share one (seconds and size).
    Seconds,
    /// Follows from the content.
    #[default]
    Hash,
}

/// Switch 9.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct List {
    /// The path to the array of records (`data`, `value`, `rows`); empty: the answer is the array.
    #[serde(default)]
    pub path: String,
    /// The path inside each element to the record; empty: the element is the record.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub item: String,
    /// The header with how many there are in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_header: Option<String>,
    /// The path to how many there are in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_path: Option<String>,
}

impl Profile {
    /// Reads a profile and tells every fault in it.
    ///
    /// # Errors
    /// All faults, each with its path, what was found and what would be right.
    pub fn parse(json: &Value) -> Result<Self, Vec<Fault>> {
        check::parse(json)
    }

    /// A record as it would lie at the endpoint: what is shown before it is sent.
    pub fn preview(&self, outgoing: &crate::Outgoing) -> Value {
        self.stored(outgoing)
    }

    /// The profile as JSON.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Object(Map::new()))
    }

    /// The kinds that travel, parents before children.
    pub fn kinds(&self) -> Vec<Kind> {
        let shared = |kind: &Kind| match &self.share.kinds {
            None => true,
            Some(kinds) => kinds.contains(kind),
        };
        Kind::ALL.iter().copied().filter(shared).collect()
    }

    /// The name of a kind's collection.
    pub fn collection(&self, kind: Kind) -> &str {
        self.collections
            .get(&kind)
            .map_or(kind.name(), String::as_str)
    }

    /// Whether a leaf is never sent, nor taken.
    pub fn withholds(&self, kind: Kind, path: &Path) -> bool {
        self.share.without.iter().any(|entry| {
            let Some((of, field)) = entry.split_once('.') else {
                return false;
            };
            of == kind.name() && (field == path.field || field == path.to_string())
        })
    }
}
