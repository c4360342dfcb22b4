//! How two versions of a record become one.
//!
//! [`join`] is the order-free part: leaf by leaf the later stamp stays. It is commutative, associative and idempotent
//! (a join-semilattice: M. Shapiro, N. Preguiça, C. Baquero and M. Zawirski, "Conflict-free Replicated Data Types",
//! 2011), so that it does not matter who meets whom first. [`merge`] is the three-way merge around it: the version that
//! both sides had last tells what either side changed since, hence which edits met (conflicts), what another program
//! edited without stamping it, and what the endpoint is still to be told.
//!
//! Rules. Different fields: both stay. The same field: the later edit stays and the other goes to the list of conflicts.
//! Sets: each element by its own latest edit. Removed and edited at once: removed, whatever the stamps; the edit is in
//! the list of conflicts and in the hidden fields, and an explicit restoring brings it back. Erased wins over
//! everything, for good.

use crate::over;
use crate::record::{Leaf, Life, Path, Record, over_of};
use crate::stamp::Stamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// One of the two sides of a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// This browser.
    Here,
    /// The endpoint.
    There,
}

/// Two edits of one leaf met: the later stayed. `Path` is `deleted` where a removal met an edit.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// Which leaf.
    pub path: Path,
    /// The value both sides had before.
    pub common: Option<Value>,
    /// The value that stayed and who brought it.
    pub kept: Leaf,
    /// The value that went; for a removal the edited fields as an object.
    pub lost: Leaf,
    /// Who brought the value that stayed.
    pub kept_from: Side,
    /// The value that went is older than what the endpoint had before: a late writer who had not looked, or a backup.
    pub backwards: bool,
}

/// What a merge comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// The version both sides are to have.
    pub record: Record,
    /// Edits that met.
    pub conflicts: Vec<Conflict>,
    /// The leaves that change here; empty when we have it all.
    pub news: Vec<Path>,
    /// Whether it was removed, restored, erased or merged away here by this.
    pub life_changed: bool,
    /// Whether the endpoint has it all: then our change is delivered.
    pub covered: bool,
    /// The endpoint has less than it had when we last looked: somebody wrote over it unseen, or a backup was restored.
    pub went_back: bool,
}

/// Fields that the system sets: the later one stays and nobody needs to hear of it.
pub(crate) const QUIET: [&str; 3] = ["createdAt", "updatedAt", "updatedBy"];

/// The order-free merge of two versions of one record.
pub fn join(a: &Record, b: &Record) -> Record {
    let mut record = a.clone();
    record.stamps.born = a.stamps.born.min(b.stamps.born);
    record.life = join_lives(&a.life, &b.life);
    if record.life.erased {
        record.fields.clear();
        record.stamps.own.clear();
        record.stamps.over.clear();
        record.stamps.at = record.stamps.born;
        return record;
    }
    let mut leaves = a.leaves();
    for (path, theirs) in b.leaves() {
        match leaves.get(&path) {
            Some(ours) if same_edit(&theirs, ours) => {
                let over = over::joined(ours.over.clone(), theirs.over.clone());
                leaves.insert(path, Leaf { over, ..theirs });
            }
            Some(ours) if !beats(&theirs, ours) => {}
            _ => {
                leaves.insert(path, theirs);
            }
        }
    }
    record.put(leaves);
    record
}

/// Two copies of one edit, whatever either knows of what was before.
fn same_edit(a: &Leaf, b: &Leaf) -> bool {
    a.stamp == b.stamp && a.value == b.value
}

/// Whether `a` stays when it meets `b`: the later stamp; at equal stamps (a copied profile, an edit that nobody
/// stamped) the greater value in a fixed order, so that all replicas choose alike.
fn beats(a: &Leaf, b: &Leaf) -> bool {
    let order = a.stamp.cmp(&b.stamp);
    order.then_with(|| rank(a).cmp(&rank(b))).is_gt()
}

fn rank(leaf: &Leaf) -> Option<String> {
    leaf.value.as_ref().map(Value::to_string)
}

fn join_lives(a: &Life, b: &Life) -> Life {
    let rank = |l: &Life| (l.erased, l.at, l.deleted, l.merged_into.clone());
    let winner = if rank(a) >= rank(b) { a } else { b };
    let mut life = winner.clone();
    if life.erased {
        life.merged_into = None;
    }
    life
}

/// The three-way merge of what is `here` with what is `there`; `common` is the version both had last.
/// `stamped` says whether what is there carries our stamps: without them, what it lacks is unknown and not removed.
/// `mine` are the numbers that this browser stamps with or did: whose edit was written over unseen tells of it.
pub fn merge(
    common: Option<&Record>,
    here: Option<&Record>,
    there: &Record,
    stamped: bool,
    mine: &[u32],
) -> Merged {
    let seen = common.map_or_else(
        || there.clone(),
        |common| stamp_foreign_edits(common, there, stamped),
    );
    let record = match here {
        Some(here) => join(here, &seen),
        None => seen.canonical(),
    };
    // What the common version has and the endpoint lost is here too, unless this browser keeps no copy of its own.
    let record = match common {
        Some(common) if !record.life.erased => join(&record, common),
        _ => record,
    };
    let (before, after) = (here.map(Record::leaves), record.leaves());
    let news = after.iter().filter(|(path, leaf)| {
        let had = before.as_ref().and_then(|b| b.get(*path));
        had.map_or(leaf.value.is_some(), |had| !same_edit(had, leaf))
    });
    let conflicts = conflicts(common, here, &seen, &record, mine);
    Merged {
        news: news.map(|(path, _)| path.clone()).collect(),
        life_changed: here.map_or(record.life != Life::default(), |h| h.life != record.life),
        covered: covers(there, &record),
        went_back: common.is_some_and(|common| went_back(common, there)),
        record: told(record, &conflicts),
        conflicts,
    }
}

/// Edits that lost and are in the list of conflicts are known to whatever stayed: nobody else need tell of them.
fn told(mut record: Record, conflicts: &[Conflict]) -> Record {
    let mut leaves = record.leaves();
    for conflict in conflicts {
        let leaf = leaves.get_mut(&conflict.path);
        if let Some(over) = leaf.and_then(|leaf| leaf.over.as_mut()) {
            over.join(&over_of(Some(&conflict.lost)));
        }
    }
    if !conflicts.is_empty() {
        record.put(leaves);
    }
    record
}

/// Whether a version has everything that `record` says: values of all leaves, stamps that browsers gave, life.
pub fn covers(there: &Record, record: &Record) -> bool {
    if there.life != record.life {
        return false;
    }
    let theirs = there.leaves();
    record.leaves().iter().all(|(path, leaf)| {
        let Some(their) = theirs.get(path) else {
            return leaf.value.as_ref().is_none_or(Value::is_null);
        };
        same_value(&leaf.value, &their.value)
            && (their.stamp >= leaf.stamp || leaf.stamp.node == crate::stamp::NOBODY)
    })
}

/// Null and absent are one: some servers drop nulls.
fn same_value(a: &Option<Value>, b: &Option<Value>) -> bool {
    let (a, b) = (a.as_ref(), b.as_ref());
    a.filter(|v| !v.is_null()) == b.filter(|v| !v.is_null())
}

fn went_back(common: &Record, there: &Record) -> bool {
    if there.life.erased {
        return false;
    }
    let theirs = there.leaves();
    let older = |(path, leaf): (&Path, &Leaf)| {
        let their = theirs.get(path).map_or(Stamp::ZERO, |t| t.stamp);
        leaf.stamp.node != crate::stamp::NOBODY && their < leaf.stamp
    };
    there.life.at < common.life.at || common.leaves().iter().any(older)
}

/// What another program edited at the endpoint has another value under the old stamp: it gets the stamp that follows
/// from the old one, on every replica the same.
fn stamp_foreign_edits(common: &Record, there: &Record, stamped: bool) -> Record {
    let mut seen = there.clone();
    if seen.life.erased {
        return seen;
    }
    let (old, mut leaves) = (common.leaves(), there.leaves());
    for (path, before) in &old {
        match leaves.get_mut(path) {
            Some(leaf) => {
                if leaf.stamp == before.stamp && !same_value(&leaf.value, &before.value) {
                    leaf.stamp = before.stamp.derived();
                    leaf.over = Some(over_of(Some(before)));
                }
                // An unstamped copy of what we know is what we know.
                if !stamped && same_value(&leaf.value, &before.value) {
                    leaf.stamp = before.stamp;
                    leaf.over.clone_from(&before.over);
                } else if !stamped && leaf.stamp < before.stamp {
                    leaf.stamp = before.stamp.derived();
                    leaf.over = Some(over_of(Some(before)));
                }
            }
            None if stamped && before.value.is_some() && before.stamp == there.stamps.at => {
                let stamp = before.stamp.derived();
                let over = Some(over_of(Some(before)));
                let value = None;
                leaves.insert(path.clone(), Leaf { stamp, value, over });
            }
            None => {}
        }
    }
    seen.put(leaves);
    if !stamped {
        seen.stamps.born = common.stamps.born;
    }
    if seen.life.at == common.life.at && seen.life.deleted != common.life.deleted {
        seen.life.at = common.latest().derived();
    } else if !stamped && !seen.life.deleted {
        seen.life = common.life.clone();
    }
    seen
}

fn conflicts(
    common: Option<&Record>,
    here: Option<&Record>,
    seen: &Record,
    record: &Record,
    mine: &[u32],
) -> Vec<Conflict> {
    let Some(here) = here else {
        return Vec::new();
    };
    if record.life.erased {
        return Vec::new();
    }
    let base = common.map(Record::leaves).unwrap_or_default();
    let (ours, theirs, result) = (here.leaves(), seen.leaves(), record.leaves());
    let mut found = Vec::new();
    for (path, our) in &ours {
        let Some(their) = theirs.get(path) else {
            continue;
        };
        let before = base.get(path);
        let moved = |leaf: &Leaf| before.is_none_or(|b| b.stamp != leaf.stamp);
        let known = our.stamp == their.stamp && common.is_none();
        let back = their.stamp < our.stamp;
        // Ours was delivered, and whoever wrote over it had not seen it.
        let unseen = !back && mine.contains(&our.stamp.node) && is_unseen(their, our);
        // What we wrote over is no edit when it comes back: a backup.
        let seen = our.over.as_ref().is_some_and(|o| o.covers(their.stamp));
        let met = moved(their)
            && (back && !seen || !back && moved(our) || unseen)
            && !same_value(&our.value, &their.value)
            && !known
            && !QUIET.contains(&path.field.as_str());
        // What the endpoint has now may be what was there before our last common version: then nobody edited it.
        if !met {
            continue;
        }
        let we_stay = result.get(path).is_some_and(|leaf| leaf == our);
        let (kept, lost) = if we_stay { (our, their) } else { (their, our) };
        let kept_from = if we_stay { Side::Here } else { Side::There };
        found.push(Conflict {
            path: path.clone(),
            common: before.and_then(|b| b.value.clone()),
            kept: kept.clone(),
            lost: lost.clone(),
            kept_from,
            backwards: before.is_some_and(|b| their.stamp < b.stamp) && our.over.is_none(),
        });
    }
    found.extend(removed_and_edited(&base, common, here, seen, record, mine));
    found
}

/// Whether a leaf says what it was made over, and our last edit is not among it. A later one under our number, which we did
/// not make, is that of a copy of this browser, and tells nothing of ours.
fn is_unseen(leaf: &Leaf, ours: &Leaf) -> bool {
    let over = leaf.over.as_ref();
    over.is_some_and(|over| over.latest_of(ours.stamp.node) != Some(ours.stamp))
}

/// One side removed the record, the other edited it: it is removed, and the edit is told.
fn removed_and_edited(
    base: &BTreeMap<Path, Leaf>,
    common: Option<&Record>,
    here: &Record,
    seen: &Record,
    record: &Record,
    mine: &[u32],
) -> Option<Conflict> {
    let was = common.is_some_and(|c| c.life.deleted);
    if was || !record.life.deleted || here.life.deleted == seen.life.deleted {
        return None;
    }
    let (editor, kept_from) = if here.life.deleted {
        (seen, Side::Here)
    } else {
        (here, Side::There)
    };
    let (mut stamp, remover) = (Stamp::ZERO, seen.leaves());
    let mut edited = serde_json::Map::new();
    for (path, leaf) in editor.leaves() {
        // Ours was delivered, and whoever removed the record had an earlier value still.
        let earlier = remover.get(&path).is_some_and(|r| r.stamp < leaf.stamp);
        let unseen = earlier && !here.life.deleted && mine.contains(&leaf.stamp.node);
        let moved = unseen || base.get(&path).is_none_or(|b| b.stamp != leaf.stamp);
        if moved && !QUIET.contains(&path.field.as_str()) {
            stamp = stamp.max(leaf.stamp);
            edited.insert(path.to_string(), leaf.value.unwrap_or(Value::Null));
        }
    }
    if edited.is_empty() {
        return None;
    }
    Some(Conflict {
        path: Path::field("deleted"),
        common: Some(Value::Bool(false)),
        kept: Leaf {
            stamp: record.life.at,
            value: Some(Value::Bool(true)),
            over: None,
        },
        lost: Leaf {
            stamp,
            value: Some(Value::Object(edited)),
            over: None,
        },
        kept_from,
        backwards: false,
    })
}

/// Two records that turned out to be one thing, after [`unite`].
#[derive(Clone, Debug, PartialEq)]
pub struct United {
    /// The one that stays: the one with the lesser id, with the later edit of every leaf of both.
    pub stays: Record,
    /// The one that goes: removed, and says into which it went.
    pub goes: Record,
    /// Leaves of the one that stays that were replaced, or that stayed against another value.
    pub conflicts: Vec<Conflict>,
}

/// Makes two living records of one kind one, because they share what there can be only one of (an external id, the key
/// of an entry). Everybody who meets both comes to the same two records, in whatever order.
pub fn unite(a: &Record, b: &Record) -> United {
    let (stays, goes) = if a.key.id <= b.key.id { (a, b) } else { (b, a) };
    let mut twin = goes.clone();
    twin.key = stays.key.clone();
    let united = join(stays, &twin);
    let (ours, theirs, result) = (stays.leaves(), twin.leaves(), united.leaves());
    let mut conflicts = Vec::new();
    for (path, our) in &ours {
        let Some(their) = theirs.get(path) else {
            continue;
        };
        if same_value(&our.value, &their.value) || QUIET.contains(&path.field.as_str()) {
            continue;
        }
        let we_stay = result.get(path) == Some(our);
        let (kept, lost) = if we_stay { (our, their) } else { (their, our) };
        conflicts.push(Conflict {
            path: path.clone(),
            common: None,
            kept: kept.clone(),
            lost: lost.clone(),
            kept_from: if we_stay { Side::Here } else { Side::There },
            backwards: false,
        });
    }
    let mut gone = goes.clone();
    gone.life = Life {
        at: stays.latest().max(goes.latest()).derived(),
        deleted: true,
        merged_into: Some(stays.key.id.clone()),
        erased: false,
    };
    let united = told(united, &conflicts);
    United {
        stays: united,
        goes: gone,
        conflicts,
    }
}
