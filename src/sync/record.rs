//! A record as it travels: the public fields, flat, and beside them one member `shuke` with what merging needs.
//!
//! ```json
//! { "id": "0000100000001", "name": "Li Na", "tags": ["vip"], "deleted": true, "mergedInto": "0000100000002",
//!   "shuke": { "v": 1, "born": "<stamp>", "at": "<stamp>", "life": "<stamp>",
//!              "fields": { "name": "<stamp>", "tags": { "old": "<stamp>" } },
//!              "over": { "name": ["<stamp>"], "tags": { "old": [] } } } }
//! ```
//!
//! A record is a map of *leaves*: whole fields, the elements of sets (tags), the members of objects (custom fields,
//! consents). Each leaf has a stamp: its own in `fields`, else `at`. A leaf that has a stamp of its own and no value was
//! removed. Where a merge patch brought it, the stamps of a set are pairs in a list, `"tags": [["old", "<stamp>"]]`: lists are
//! replaced whole, and so never say more than the set beside them. What an edit was made over is in `over` ([`Over`]). Only `id` is needed: what other programs write has no `shuke`, and its leaves are older than every edit.

use crate::kind::{Class, Kind};
use crate::over::Over;
use crate::stamp::Stamp;
use crate::{Fault, FaultCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The version of the form above. A record with a greater one is kept as it came until this program is upgraded.
pub const FORMAT: u64 = 1;

/// The member that holds what merging needs.
pub const META: &str = "shuke";

/// Members that are not fields: their meaning is fixed, and they live in [`Record::life`] or beside the fields.
const RESERVED: [&str; 4] = ["id", "deleted", "mergedInto", "erased"];

/// Which record: its kind and its id on the wire.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// The kind.
    pub kind: Kind,
    /// The id: 13 characters for records made by us, anything (1 to 200 characters) for those of other programs.
    pub id: String,
}

impl Key {
    /// A key.
    pub fn new(kind: Kind, id: &str) -> Self {
        Self {
            kind,
            id: id.to_owned(),
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)
    }
}

/// A leaf of a record: a field, or one element or member of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    /// The public name of the field.
    pub field: String,
    /// The element of the set (its text) or the name of the member; none for whole fields.
    pub part: Option<String>,
}

impl Path {
    /// A whole field.
    pub fn field(field: &str) -> Self {
        Self {
            field: field.to_owned(),
            part: None,
        }
    }

    /// An element or member of a field.
    pub fn part(field: &str, part: &str) -> Self {
        Self {
            field: field.to_owned(),
            part: Some(part.to_owned()),
        }
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.part {
            None => f.write_str(&self.field),
            Some(part) => write!(f, "{}.{part}", self.field),
        }
    }
}

/// When the leaves of a record were last edited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamps {
    /// When the record was made.
    pub born: Stamp,
    /// The stamp of every leaf that has none of its own.
    pub at: Stamp,
    /// Leaves with a stamp of their own, among them all that were removed.
    pub own: BTreeMap<Path, Stamp>,
    /// What leaves that were edited were made over.
    pub over: BTreeMap<Path, Over>,
}

/// Whether the record is there, and since when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// When it was last removed or restored; [`Stamp::ZERO`] when it never was.
    pub at: Stamp,
    /// Removed. The fields stay, so that it can be restored; hidden everywhere.
    pub deleted: bool,
    /// Removed because it became part of this record.
    pub merged_into: Option<String>,
    /// Forgotten for good: no fields, nothing restores it.
    pub erased: bool,
}

/// A record. See the module for its form as JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Which record.
    pub key: Key,
    /// The public fields without `id`, `deleted`, `mergedInto`, `erased` and `shuke`; unknown ones too.
    pub fields: Map<String, Value>,
    /// When they were edited.
    pub stamps: Stamps,
    /// Whether it is there.
    pub life: Life,
}

/// One leaf: its stamp and value; no value means removed.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    /// When it was last edited.
    pub stamp: Stamp,
    /// Its value.
    pub value: Option<Value>,
    /// What it was made over; none where nobody says so: it was made with the record, or by a program that keeps no count.
    pub over: Option<Over>,
}

impl Record {
    /// A living record whose leaves all have one stamp: what a command made.
    pub fn new(key: Key, fields: Map<String, Value>, stamp: Stamp) -> Self {
        Self {
            key,
            fields,
            stamps: Stamps {
                born: stamp,
                at: stamp,
                ..Stamps::default()
            },
            life: Life::default(),
        }
    }

    /// Sets (or with `None` removes) a leaf at a stamp: an edit by somebody who saw what is there now.
    pub fn set(&mut self, path: &Path, value: Option<Value>, stamp: Stamp) {
        let leaves = self.leaves();
        let over = Some(over_of(leaves.get(path)));
        self.keep_in(leaves, path, Leaf { stamp, value, over });
    }

    /// Puts a leaf in the place of what is there, as it came.
    pub fn keep(&mut self, path: &Path, leaf: Leaf) {
        let leaves = self.leaves();
        self.keep_in(leaves, path, leaf);
    }

    fn keep_in(&mut self, mut leaves: BTreeMap<Path, Leaf>, path: &Path, leaf: Leaf) {
        leaves.insert(path.clone(), leaf);
        self.put(leaves);
    }

    /// The stamp of a leaf; `None` when the record knows nothing of it.
    pub fn stamp(&self, path: &Path) -> Option<Stamp> {
        match self.stamps.own.get(path) {
            Some(stamp) => Some(*stamp),
            None => self.value(path).map(|_| self.stamps.at),
        }
    }

    /// The value of a leaf.
    pub fn value(&self, path: &Path) -> Option<Value> {
        let whole = self.fields.get(&path.field)?;
        match (&path.part, whole) {
            (None, _) => Some(whole.clone()),
            (Some(part), Value::Array(items)) => {
                items.iter().find(|i| element(i) == *part).cloned()
            }
            (Some(part), Value::Object(members)) => members.get(part).cloned(),
            (Some(_), _) => None,
        }
    }

    /// The latest of all its stamps: what an edit of the record as a whole has to beat.
    pub fn latest(&self) -> Stamp {
        let own = self.stamps.own.values().copied().max();
        self.stamps
            .at
            .max(self.life.at)
            .max(own.unwrap_or(Stamp::ZERO))
    }

    /// All leaves, those that were removed too.
    pub fn leaves(&self) -> BTreeMap<Path, Leaf> {
        let mut leaves = BTreeMap::new();
        let mut add = |path: Path, value: &Value| {
            let stamp = self
                .stamps
                .own
                .get(&path)
                .copied()
                .unwrap_or(self.stamps.at);
            let value = Some(value.clone());
            let over = self.stamps.over.get(&path).cloned();
            leaves.insert(path, Leaf { stamp, value, over });
        };
        for (field, value) in &self.fields {
            match (self.key.kind.class(field), value) {
                (Class::Set, Value::Array(items)) => items
                    .iter()
                    .for_each(|item| add(Path::part(field, &element(item)), item)),
                (Class::Members, Value::Object(members)) => members
                    .iter()
                    .for_each(|(name, member)| add(Path::part(field, name), member)),
                _ => add(Path::field(field), value),
            }
        }
        for (path, stamp) in &self.stamps.own {
            leaves.entry(path.clone()).or_insert_with(|| Leaf {
                stamp: *stamp,
                value: None,
                over: self.stamps.over.get(path).cloned(),
            });
        }
        leaves
    }

    /// Makes the fields and stamps anew from leaves, in one form for one content: `at` is the earliest stamp.
    pub(crate) fn put(&mut self, leaves: BTreeMap<Path, Leaf>) {
        let at = leaves.values().filter(|l| l.value.is_some());
        let at = at.map(|leaf| leaf.stamp).min().unwrap_or(self.stamps.born);
        let (mut fields, mut own, mut overs) = (Map::new(), BTreeMap::new(), BTreeMap::new());
        for (path, Leaf { stamp, value, over }) in leaves {
            if let Some(over) = over {
                overs.insert(path.clone(), over);
            }
            if stamp != at || value.is_none() {
                own.insert(path.clone(), stamp);
            }
            let Some(value) = value else { continue };
            match (path.part, self.key.kind.class(&path.field)) {
                (None, _) => {
                    fields.insert(path.field, value);
                }
                (Some(_), Class::Set) => {
                    let list = fields.entry(path.field).or_insert_with(|| json!([]));
                    if let Value::Array(items) = list {
                        items.push(value);
                    }
                }
                (Some(part), _) => {
                    let members = fields.entry(path.field).or_insert_with(|| json!({}));
                    if let Value::Object(members) = members {
                        members.insert(part, value);
                    }
                }
            }
        }
        self.fields = fields;
        self.stamps.at = at;
        self.stamps.own = own;
        self.stamps.over = overs;
    }

    /// The same content in the one form that [`Record::put`] gives: for comparing.
    pub fn canonical(&self) -> Self {
        let mut record = self.clone();
        record.put(self.leaves());
        record
    }

    /// Without the leaves for which `hidden` holds: what is not to be sent.
    pub fn without(&self, hidden: impl Fn(&Path) -> bool) -> Self {
        let mut record = self.clone();
        let mut leaves = self.leaves();
        leaves.retain(|path, _| !hidden(path));
        record.put(leaves);
        record
    }
}

/// What an edit of a leaf is made over: the leaf, and what that was made over.
pub(crate) fn over_of(leaf: Option<&Leaf>) -> Over {
    let Some(leaf) = leaf else {
        return Over::default();
    };
    let mut over = leaf.over.clone().unwrap_or_default();
    over.note(leaf.stamp);
    over
}

/// The text that names an element of a set.
fn element(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Record {
    /// As JSON, for the wire and for keeping.
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("id".to_owned(), json!(self.key.id));
        if !self.life.erased {
            object.extend(self.fields.clone());
        }
        let mut meta = Map::new();
        meta.insert("v".to_owned(), json!(FORMAT));
        meta.insert("born".to_owned(), json!(self.stamps.born));
        meta.insert("at".to_owned(), json!(self.stamps.at));
        if self.life.at != Stamp::ZERO {
            meta.insert("life".to_owned(), json!(self.life.at));
        }
        for (name, leaves) in [
            ("fields", nested(&self.stamps.own, |stamp| json!(stamp))),
            (
                "over",
                nested(&self.stamps.over, |over| json!(over.stamps())),
            ),
        ] {
            if !leaves.is_empty() {
                meta.insert(name.to_owned(), Value::Object(leaves));
            }
        }
        if self.life.deleted {
            object.insert("deleted".to_owned(), json!(true));
        }
        if let Some(into) = &self.life.merged_into {
            object.insert("mergedInto".to_owned(), json!(into));
        }
        if self.life.erased {
            object.insert("erased".to_owned(), json!(true));
        }
        object.insert(META.to_owned(), Value::Object(meta));
        Value::Object(object)
    }

    /// Reads the JSON form. Whatever has an id and is an object is a record.
    ///
    /// # Errors
    /// `bad-id`, `newer-version` (a greater `shuke.v`) or `bad-record` with the path.
    pub fn from_json(kind: Kind, json: &Value) -> Result<Self, Fault> {
        let bad = |code, path: &str, found: &Value, expected: &str| {
            Err(Fault::new(code, path, &found.to_string(), expected))
        };
        let Value::Object(object) = json else {
            return bad(FaultCode::BadRecord, "", json, "an object");
        };
        let id = match object.get("id") {
            Some(Value::String(id)) if (1..=200).contains(&id.len()) => id.clone(),
            Some(Value::Number(id)) => id.to_string(),
            other => {
                let found = other.unwrap_or(&Value::Null);
                let expected = "a text of 1 to 200 characters";
                return bad(FaultCode::BadId, "id", found, expected);
            }
        };
        let meta = match object.get(META) {
            None | Some(Value::Null) => &Map::new(),
            Some(Value::Object(meta)) => meta,
            Some(other) => return bad(FaultCode::BadRecord, META, other, "an object"),
        };
        if let Some(version) = meta.get("v")
            && version.as_u64().is_none_or(|v| v > FORMAT)
        {
            return bad(FaultCode::NewerVersion, "shuke.v", version, "1");
        }
        let mut fields = object.clone();
        fields.remove(META);
        for name in RESERVED {
            fields.remove(name);
        }
        for (field, value) in &fields {
            let fits = match kind.class(field) {
                Class::Whole => true,
                Class::Set => value.is_array() || value.is_null(),
                Class::Members => value.is_object() || value.is_null() || kind == Kind::Settings,
            };
            if !fits {
                return bad(FaultCode::BadRecord, field, value, "a list or an object");
            }
        }
        let life = Life {
            at: stamp_of(meta, "life")?,
            deleted: flag(object, "deleted") || flag(object, "erased"),
            merged_into: object
                .get("mergedInto")
                .and_then(Value::as_str)
                .filter(|into| !into.is_empty())
                .map(str::to_owned),
            erased: flag(object, "erased"),
        };
        if life.erased {
            fields.clear();
        }
        Ok(Self {
            key: Key { kind, id },
            fields,
            stamps: Stamps {
                born: stamp_of(meta, "born")?,
                at: stamp_of(meta, "at")?,
                own: unnested(&listed(meta), "fields", life.erased, |it| {
                    stamp(it, "fields")
                })?,
                over: unnested(meta, "over", life.erased, over)?,
            },
            life,
        })
    }

    /// Whether the JSON carries stamps of ours at all: then a field that is missing was removed, else it is unknown.
    pub fn is_stamped(json: &Value) -> bool {
        json.get(META).is_some_and(Value::is_object)
    }
}

fn flag(object: &Map<String, Value>, name: &str) -> bool {
    object.get(name).and_then(Value::as_bool).unwrap_or(false)
}

fn stamp(value: &Value, path: &str) -> Result<Stamp, Fault> {
    value.as_str().and_then(Stamp::parse).ok_or_else(|| {
        let path = format!("{META}.{path}");
        Fault::new(FaultCode::BadRecord, &path, &value.to_string(), "a stamp")
    })
}

fn stamp_of(meta: &Map<String, Value>, name: &str) -> Result<Stamp, Fault> {
    match meta.get(name) {
        None | Some(Value::Null) => Ok(Stamp::ZERO),
        Some(value) => stamp(value, name),
    }
}

/// Stamps that came as pairs in a list, as members of an object. Nearly no record has any: the others are not copied.
fn listed(meta: &Map<String, Value>) -> Cow<'_, Map<String, Value>> {
    let fields = meta.get("fields").and_then(Value::as_object);
    let Some(fields) = fields.filter(|it| it.values().any(Value::is_array)) else {
        return Cow::Borrowed(meta);
    };
    let mut fields = fields.clone();
    for value in fields.values_mut() {
        if let Value::Array(pairs) = value {
            let pairs = pairs.iter().filter_map(|pair| {
                let part = pair.get(0)?.as_str()?.to_owned();
                Some((part, pair.get(1)?.clone()))
            });
            *value = Value::Object(pairs.collect());
        }
    }
    Cow::Owned(Map::from_iter([(
        "fields".to_owned(),
        Value::Object(fields),
    )]))
}

fn over(value: &Value) -> Result<Over, Fault> {
    let stamps = value.as_array().into_iter().flatten();
    stamps.map(|it| stamp(it, "over")).collect()
}

/// Of each leaf something: `{"name": .., "tags": {"old": ..}}`.
fn nested<T>(leaves: &BTreeMap<Path, T>, write: impl Fn(&T) -> Value) -> Map<String, Value> {
    let mut all = Map::new();
    for (path, it) in leaves {
        match &path.part {
            None => {
                all.insert(path.field.clone(), write(it));
            }
            Some(part) => {
                let parts = all.entry(path.field.clone()).or_insert_with(|| json!({}));
                if let Value::Object(parts) = parts {
                    parts.insert(part.clone(), write(it));
                }
            }
        }
    }
    all
}

fn unnested<T>(
    meta: &Map<String, Value>,
    name: &str,
    none: bool,
    read: impl Fn(&Value) -> Result<T, Fault>,
) -> Result<BTreeMap<Path, T>, Fault> {
    let mut all = BTreeMap::new();
    let Some(Value::Object(fields)) = meta.get(name).filter(|_| !none) else {
        return Ok(all);
    };
    for (field, value) in fields {
        match value {
            Value::Object(parts) => {
                for (part, value) in parts {
                    all.insert(Path::part(field, part), read(value)?);
                }
            }
            other => {
                all.insert(Path::field(field), read(other)?);
            }
        }
    }
    Ok(all)
}
