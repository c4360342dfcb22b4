//! A model of CouchDB: trees of revisions, a feed, conflicts that both stay.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use sync::{Answer, Method, Request};

#[derive(Clone, Debug)]
struct Leaf {
    generation: u64,
    hash: u64,
    deleted: bool,
    body: Map<String, Value>,
}

impl Leaf {
    fn rev(&self) -> String {
        format!("{}-{:016x}", self.generation, self.hash)
    }
}

#[derive(Clone, Debug, Default)]
struct Doc {
    leaves: Vec<Leaf>,
    seq: u64,
}

impl Doc {
    /// The winner: not deleted before deleted, then the longer history, then the greater revision.
    fn winner(&self) -> Option<&Leaf> {
        self.leaves
            .iter()
            .max_by_key(|l| (!l.deleted, l.generation, l.hash))
    }
}

#[derive(Clone, Debug, Default)]
pub struct Couch {
    docs: BTreeMap<String, Doc>,
    local: BTreeMap<String, Value>,
    pub seq: u64,
}

fn reply(status: u16, body: Value) -> Answer {
    Answer {
        status,
        headers: vec![("content-type".into(), "application/json".into())],
        body: body.to_string(),
    }
}

impl Couch {
    pub fn serve(
        &mut self,
        request: &Request,
        segments: &[String],
        query: &BTreeMap<String, String>,
        body: Option<Value>,
    ) -> Answer {
        match (
            request.method,
            segments
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .as_slice(),
        ) {
            (Method::Get, []) => reply(200, json!({"update_seq": self.seq, "db_name": "shuke"})),
            (Method::Get, ["_local", name]) => match self.local.get(*name) {
                Some(doc) => reply(200, doc.clone()),
                None => reply(404, json!({"error": "not_found", "reason": "missing"})),
            },
            (Method::Put, ["_local", name]) => {
                if self.local.contains_key(*name) {
                    return reply(409, json!({"error": "conflict"}));
                }
                self.local
                    .insert((*name).to_owned(), body.unwrap_or_default());
                reply(201, json!({"ok": true}))
            }
            (Method::Get, ["_changes"]) => self.changes(query),
            (Method::Post, ["_revs_diff"]) => {
                let asked = body.unwrap_or_default();
                let mut missing = Map::new();
                for (id, revs) in asked.as_object().into_iter().flatten() {
                    let known = self.docs.get(id);
                    let has = |rev: &Value| {
                        known.is_some_and(|d| {
                            d.leaves
                                .iter()
                                .any(|l| Some(l.rev().as_str()) == rev.as_str())
                        })
                    };
                    if !has(&revs[0]) {
                        missing.insert(id.clone(), json!({ "missing": revs }));
                    }
                }
                reply(200, Value::Object(missing))
            }
            (Method::Post, ["_bulk_docs"]) => self.bulk(body.unwrap_or_default()),
            (Method::Get, [id]) => self.get(id, query.get("rev")),
            _ => reply(404, json!({"error": "not_found"})),
        }
    }

    fn shown(id: &str, doc: &Doc) -> Value {
        let Some(winner) = doc.winner() else {
            return Value::Null;
        };
        let mut body = winner.body.clone();
        body.insert("_id".into(), json!(id));
        body.insert("_rev".into(), json!(winner.rev()));
        if winner.deleted {
            body.insert("_deleted".into(), json!(true));
        }
        let mut losers: Vec<String> = doc
            .leaves
            .iter()
            .filter(|l| !l.deleted && l.rev() != winner.rev())
            .map(Leaf::rev)
            .collect();
        losers.sort();
        losers.reverse();
        if !losers.is_empty() {
            body.insert("_conflicts".into(), json!(losers));
        }
        Value::Object(body)
    }

    fn changes(&self, query: &BTreeMap<String, String>) -> Answer {
        let since: u64 = query
            .get("since")
            .and_then(|s| s.split('-').next()?.parse().ok())
            .unwrap_or(0);
        let limit: usize = query
            .get("limit")
            .and_then(|l| l.parse().ok())
            .unwrap_or(usize::MAX);
        let mut docs: Vec<(&String, &Doc)> =
            self.docs.iter().filter(|(_, d)| d.seq > since).collect();
        docs.sort_by_key(|(_, d)| d.seq);
        docs.truncate(limit);
        let last = docs.last().map_or(since, |(_, d)| d.seq);
        let rows: Vec<Value> = docs
            .iter()
            .map(|(id, doc)| {
                let mut row =
                    json!({"seq": doc.seq, "id": id, "changes": [], "doc": Self::shown(id, doc)});
                if doc.winner().is_some_and(|w| w.deleted) {
                    row["deleted"] = json!(true);
                }
                row
            })
            .collect();
        let last = if rows.is_empty() {
            since.max(self.seq.min(since))
        } else {
            last
        };
        reply(200, json!({"results": rows, "last_seq": last}))
    }

    fn bulk(&mut self, body: Value) -> Answer {
        let mut results = Vec::new();
        for doc in body["docs"].as_array().cloned().unwrap_or_default() {
            let Value::Object(mut doc) = doc else {
                continue;
            };
            let id = doc
                .remove("_id")
                .and_then(|v| v.as_str().map(str::to_owned))
                .unwrap_or_default();
            let rev = doc
                .remove("_rev")
                .and_then(|v| v.as_str().map(str::to_owned));
            let deleted = doc.remove("_deleted") == Some(json!(true));
            match self.write(&id, rev.as_deref(), deleted, doc) {
                Some(rev) => results.push(json!({"ok": true, "id": id, "rev": rev})),
                None => results.push(
                    json!({"id": id, "error": "conflict", "reason": "Document update conflict."}),
                ),
            }
        }
        reply(201, Value::Array(results))
    }

    fn write(
        &mut self,
        id: &str,
        rev: Option<&str>,
        deleted: bool,
        body: Map<String, Value>,
    ) -> Option<String> {
        let doc = self.docs.entry(id.to_owned()).or_default();
        let parent = match rev {
            Some(rev) => Some(doc.leaves.iter().position(|l| l.rev() == rev)?),
            None => match doc.winner() {
                None => None,
                Some(winner) if winner.deleted => {
                    let rev = winner.rev();
                    doc.leaves.iter().position(|l| l.rev() == rev)
                }
                Some(_) => return None,
            },
        };
        let generation = parent.map_or(1, |p| doc.leaves[p].generation + 1);
        let text = format!("{rev:?}{deleted}{}", Value::Object(body.clone()));
        let hash = text.bytes().fold(14_695_981_039_346_656_037_u64, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(1_099_511_628_211)
        });
        let leaf = Leaf {
            generation,
            hash,
            deleted,
            body,
        };
        let rev = leaf.rev();
        match parent {
            Some(parent) => doc.leaves[parent] = leaf,
            None => doc.leaves.push(leaf),
        }
        self.seq += 1;
        doc.seq = self.seq;
        Some(rev)
    }

    fn get(&self, id: &str, rev: Option<&String>) -> Answer {
        let Some(doc) = self.docs.get(id) else {
            return reply(404, json!({"error": "not_found", "reason": "missing"}));
        };
        match rev {
            None => match doc.winner() {
                Some(winner) if winner.deleted => {
                    reply(404, json!({"error": "not_found", "reason": "deleted"}))
                }
                _ => reply(200, Self::shown(id, doc)),
            },
            Some(rev) => match doc.leaves.iter().find(|l| l.rev() == *rev) {
                Some(leaf) => {
                    let mut body = leaf.body.clone();
                    body.insert("_id".into(), json!(id));
                    body.insert("_rev".into(), json!(rev));
                    reply(200, Value::Object(body))
                }
                None => reply(404, json!({"error": "not_found", "reason": "missing"})),
            },
        }
    }

    /// Another node wrote a branch of its own and was replicated here: both stay.
    pub fn branch(&mut self, n: u64, phone: &str) {
        let place = usize::try_from(n).unwrap_or(0) % self.docs.len().max(1);
        let Some(doc) = self.docs.values_mut().nth(place) else {
            return;
        };
        let Some(winner) = doc.winner().filter(|w| !w.body.contains_key("erased")) else {
            return;
        };
        let mut body = winner.body.clone();
        body.insert("phone".to_owned(), json!(phone));
        let text = format!("branch{}", Value::Object(body.clone()));
        let hash = text.bytes().fold(14_695_981_039_346_656_037_u64, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(1_099_511_628_211)
        });
        let leaf = Leaf {
            generation: winner.generation,
            hash,
            deleted: false,
            body,
        };
        doc.leaves.push(leaf);
        self.seq += 1;
        doc.seq = self.seq;
    }
}
