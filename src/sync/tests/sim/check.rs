//! The invariants, once it is quiet.

use super::till::{Edit, Till};
use super::world::World;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use sync::{Deletes, Key, Kind, Path};

/// What a till shows: living records and their values.
pub fn view(till: &Till) -> BTreeMap<Key, BTreeMap<String, Value>> {
    let living = till.rows.iter().filter(|(_, row)| !row.record.life.deleted);
    living
        .map(|(key, row)| {
            let leaves = row.record.leaves().into_iter();
            let values = leaves.filter_map(|(path, leaf)| {
                Some((path.to_string(), leaf.value.filter(|v| !v.is_null())?))
            });
            (key.clone(), values.collect())
        })
        .collect()
}

pub fn check(world: &World) -> Result<(), String> {
    let first = shared_view(world, &world.tills[0]);
    for (n, till) in world.tills.iter().enumerate().skip(1) {
        let other = shared_view(world, till);
        if first != other {
            let keys: BTreeSet<&Key> = first.keys().chain(other.keys()).collect();
            let differs = keys
                .into_iter()
                .find(|k| first.get(k) != other.get(k))
                .unwrap();
            return Err(format!(
                "tills 0 and {n} differ in {differs}:\n  {:?}\n  {:?}",
                first.get(differs),
                other.get(differs)
            ));
        }
    }
    for (n, till) in world.tills.iter().enumerate() {
        if let Some((key, row)) = till
            .rows
            .iter()
            .find(|(_, row)| row.pending && row.record.life.merged_into.is_none())
        {
            return Err(format!(
                "till {n} still has {key} in its outbox (aside: {}, tries {})",
                row.aside, row.tries
            ));
        }
        if till.inbox.len() as u64 != world.left && world.endpoint.profile.inbox.is_some() {
            return Err(format!(
                "till {n} has {} entries of the inbox, {} were left",
                till.inbox.len(),
                world.left
            ));
        }
    }
    edits(world)?;
    ledger(world)?;
    twins(world)?;
    removed(world)
}

fn shared_view(world: &World, till: &Till) -> BTreeMap<Key, BTreeMap<String, Value>> {
    let mut view = view(till);
    for (key, values) in &mut view {
        values.retain(|path, _| {
            let path = Path::field(path.split('.').next().unwrap_or(""));
            !world.endpoint.profile.withholds(key.kind, &path)
        });
    }
    view
}

/// No acknowledged edit is lost: it is there, was edited over by somebody who saw it, or is in a list of conflicts.
fn edits(world: &World) -> Result<(), String> {
    let all: Vec<&Edit> = world.tills.iter().flat_map(|till| &till.edits).collect();
    let saw: BTreeSet<(&Key, &Path, sync::Stamp)> = all
        .iter()
        .filter_map(|e| Some((&e.key, &e.path, e.saw?)))
        .collect();
    let lost: BTreeSet<(&Key, &Path, sync::Stamp)> = world
        .tills
        .iter()
        .flat_map(|t| &t.conflicts)
        .map(|(k, c)| (k, &c.path, c.lost.stamp))
        .collect();
    // One value that two tills gave is told once, under the later stamp.
    let told = |edit: &Edit| {
        let lists = world.tills.iter().flat_map(|t| &t.conflicts);
        edit.value.is_some()
            && lists
                .filter(|(key, it)| *key == edit.key && it.path == edit.path)
                .any(|(_, it)| it.lost.value == edit.value)
    };
    // A copied profile has the edits of the first, and either moves its records to a new id of its own: references follow.
    let mut copies: BTreeMap<(&Key, &Path, sync::Stamp), Vec<&Option<Value>>> = BTreeMap::new();
    for edit in &all {
        let id = (&edit.key, &edit.path, edit.stamp);
        copies.entry(id).or_default().push(&edit.value);
    }
    for edit in &all {
        if world.endpoint.profile.withholds(edit.key.kind, &edit.path)
            || edit.path.field == "updatedAt"
        {
            continue;
        }
        let Some(row) = world.tills[0].rows.get(&edit.key) else {
            let hard = world.endpoint.profile.deletes != Deletes::Field;
            if hard
                || world
                    .tills
                    .iter()
                    .any(|t| t.rows.get(&edit.key).is_some_and(|r| r.record.life.deleted))
            {
                continue;
            }
            return Err(format!("nothing is left of {}: {edit:?}", edit.key));
        };
        let there = row.record.stamp(&edit.path) == Some(edit.stamp)
            || row.record.value(&edit.path) == edit.value;
        // Another program wrote over what it read at the endpoint, whatever came after that.
        let foreign = row
            .record
            .value(&edit.path)
            .is_some_and(|v| v.to_string().contains("foreign"));
        let written_over = edit.path.field == "phone"
            && edit.value.as_ref().is_some_and(|value| {
                let of = (edit.key.id.clone(), value.clone());
                world.written_over.contains(&of)
            });
        // The same file brought the same value to both tills: whoever edits one edits both.
        let imported = edit.saw.is_none()
            && edit
                .value
                .as_ref()
                .is_some_and(|v| v.to_string().contains("file "));
        // A tag that two tills gave is one tag: whoever takes off the later saw it there.
        let given_again = || {
            saw.iter().any(|(key, path, stamp)| {
                let of_later = |it: &&&Edit| it.stamp == *stamp && it.value == edit.value;
                (*key, *path) == (&edit.key, &edit.path)
                    && *stamp > edit.stamp
                    && all
                        .iter()
                        .filter(of_later)
                        .any(|it| it.key == edit.key && it.path == edit.path)
            })
        };
        let id = (&edit.key, &edit.path, edit.stamp);
        let copied = copies[&id].contains(&&row.record.value(&edit.path));
        let there = there || foreign || written_over || imported || copied || given_again();
        if !(there
            || row.record.life.deleted
            || saw.contains(&id)
            || lost.contains(&id)
            || told(edit))
        {
            return Err(format!(
                "an edit is lost: {edit:?}; now {:?} {:?}",
                row.record.stamp(&edit.path),
                row.record.value(&edit.path)
            ));
        }
    }
    Ok(())
}

/// Every entry that was made is everywhere, once.
fn ledger(world: &World) -> Result<(), String> {
    let mut made: BTreeMap<&Key, i64> = BTreeMap::new();
    for edit in world.tills.iter().flat_map(|till| &till.edits) {
        if edit.key.kind == Kind::Ledger && edit.path.field == "points" {
            made.insert(
                &edit.key,
                edit.value.as_ref().and_then(Value::as_i64).unwrap_or(0),
            );
        }
    }
    let sum: i64 = made.values().sum();
    for (n, till) in world.tills.iter().enumerate() {
        let here = till
            .rows
            .iter()
            .filter(|(k, r)| k.kind == Kind::Ledger && !r.record.life.deleted);
        let points: i64 = here
            .map(|(_, r)| r.record.fields["points"].as_i64().unwrap_or(0))
            .sum();
        if points != sum {
            return Err(format!("till {n} has {points} points, {sum} were recorded"));
        }
    }
    Ok(())
}

/// No two living customers with one external id, no two rows for one record.
fn twins(world: &World) -> Result<(), String> {
    for till in &world.tills {
        let mut seen = BTreeSet::new();
        for key in till.living(Kind::Customers) {
            if let Some(external) = till.rows[&key].record.fields.get("externalId")
                && !seen.insert(external.to_string())
            {
                return Err(format!("two customers with {external}"));
            }
        }
    }
    let field = &world.endpoint.profile.id.field;
    for (kind, rows) in &world.endpoint.rows {
        let mut seen = BTreeSet::new();
        for stored in rows.values().filter(|s| !s.gone) {
            if !seen.insert(stored.row.get(field).map(Value::to_string)) {
                return Err(format!(
                    "two rows of {kind} for {:?}",
                    stored.row.get(field)
                ));
            }
        }
    }
    Ok(())
}

/// What was removed stays so, and of what was erased nothing is left at the endpoint.
fn removed(world: &World) -> Result<(), String> {
    let mut erased = BTreeSet::new();
    for till in &world.tills {
        erased.extend(
            till.rows
                .iter()
                .filter(|(_, r)| r.record.life.erased)
                .map(|(k, _)| k.clone()),
        );
    }
    let hard = world.endpoint.profile.deletes == Deletes::Hard;
    for key in world
        .tills
        .iter()
        .flat_map(|till| &till.removed)
        .filter(|_| !hard && !world.copied)
    {
        let living = world
            .tills
            .iter()
            .any(|t| t.rows.get(key).is_some_and(|r| !r.record.life.deleted));
        if living {
            return Err(format!("{key} was removed and is back"));
        }
    }
    for key in &erased {
        for (n, till) in world.tills.iter().enumerate() {
            if till
                .rows
                .get(key)
                .is_some_and(|r| !r.record.fields.is_empty())
            {
                return Err(format!("till {n} still knows {key}, which was erased"));
            }
        }
    }
    for (collection, rows) in &world.endpoint.rows {
        let fields = Kind::parse(collection).map_or(&[][..], Kind::fields);
        for (id, stored) in rows
            .iter()
            .filter(|(_, s)| !s.gone && s.row.get("erased") == Some(&json!(true)))
        {
            let left = fields
                .iter()
                .find(|(field, _)| stored.row.get(*field).is_some_and(|it| !it.is_null()));
            if let Some((field, _)) = left {
                return Err(format!(
                    "{collection}/{id} was erased, and the endpoint has its {field}"
                ));
            }
        }
    }
    for till in &world.tills {
        for (key, row) in &till.rows {
            let elsewhere = world
                .tills
                .iter()
                .any(|t| t.rows.get(key).is_some_and(|r| !r.record.life.deleted));
            if row.record.life.deleted && elsewhere {
                return Err(format!("{key} is removed here and there elsewhere"));
            }
        }
    }
    Ok(())
}
