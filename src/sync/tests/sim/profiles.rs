//! Every combination of switches, chosen by chance.

use super::chance::Chance;
use super::endpoint::Habits;
use serde_json::{Value, json};
use sync::Profile;

pub fn draw(chance: &mut Chance) -> (Profile, Habits) {
    let mode = *chance.pick(&[
        "collection",
        "collection",
        "collection",
        "couchdb",
        "document",
        "action",
    ]);
    let mut json = json!({
        "profile": 1, "name": "model", "base": "http://127.0.0.1:1/api", "mode": mode,
        "share": {"kinds": ["customers", "orders", "ledger"]},
        "limits": {"bodyBytes": 200_000},
    });
    let mut habits = Habits {
        lax: chance.hits(30),
        ..Habits::default()
    };
    match mode {
        "couchdb" => couch(&mut json, chance),
        "document" => document(&mut json, chance),
        _ => collection(&mut json, chance, &mut habits, mode == "action"),
    }
    if chance.hits(20) {
        json["share"]["without"] = json!(["customers.note"]);
    }
    if mode == "collection" && chance.hits(20) {
        json["inbox"] = json!({"path": "/inbox"});
    }
    let profile = Profile::parse(&json).unwrap_or_else(|faults| panic!("{faults:?}\n{json}"));
    (profile, habits)
}

fn couch(json: &mut Value, chance: &mut Chance) {
    json["version"] = json!({"from": "body", "path": "_rev"});
    json["precondition"] = json!({"with": "rev"});
    json["quality"] = json!("strong");
    json["deletes"] = json!("field");
    if chance.hits(50) {
        json["paging"] = json!({"kind": "offset", "offset": "skip", "size": "limit", "max": 3});
    }
}

fn document(json: &mut Value, chance: &mut Chance) {
    json["version"] = json!({"from": "header", "name": "etag"});
    json["precondition"] = json!({"with": *chance.pick(&["if-match", "none"])});
    json["quality"] = json!(*chance.pick(&["strong", "seconds", "hash"]));
    json["paths"] = json!({"document": *chance.pick(&["/shuke.json", "/{collection}.json"])});
}

fn collection(json: &mut Value, chance: &mut Chance, habits: &mut Habits, action: bool) {
    let path = *chance.pick(&["", "data", "results"]);
    let path = if action { "data" } else { path };
    json["list"] = json!({"path": path});
    let changes = *chance.pick(&["scan", "filter", "filter", "feed"]);
    let cursor = *chance.pick(&["ms", "iso", "number", "opaque"]);
    let inclusive = chance.hits(50);
    let overlap = if cursor == "number" { 50 } else { 30 };
    if changes != "scan" {
        json["changes"] = json!({"kind": changes, "query": "since={cursor}", "field": "last_modified", "inclusive": inclusive, "overlap": overlap});
        json["cursor"] = json!(cursor);
        // What becomes visible late is found where cursors can go back.
        if cursor == "ms" || cursor == "iso" {
            habits.late_ms = *chance.pick(&[0, 0, 20_000]);
        }
    }
    let paging = chance.below(7);
    json["paging"] = match paging {
        0 => json!({"kind": "none"}),
        1 => {
            json!({"kind": "page", "page": "page", "size": "size", "first": *chance.pick(&[0, 1]), "max": 3})
        }
        2 => json!({"kind": "offset", "offset": "offset", "size": "size", "max": 3}),
        3 => json!({"kind": "link", "size": "size", "max": 3}),
        4 => json!({"kind": "header", "header": "next-page", "size": "size", "max": 3}),
        5 if !path.is_empty() => {
            json!({"kind": "token", "path": "nextToken", "token": "token", "size": "size", "max": 3})
        }
        6 if !path.is_empty() => {
            json!({"kind": "next", "path": "@odata.nextLink", "size": "size", "max": 3})
        }
        _ => json!({"kind": "none"}),
    };
    if chance.hits(50) {
        if path.is_empty() {
            json["list"]["totalHeader"] = json!("x-total-count");
        } else {
            json["list"]["totalPath"] = json!("total");
        }
    }
    if chance.hits(50) {
        json["version"] = chance
            .pick(&[
                json!({"from": "body", "path": "etag"}),
                json!({"from": "header", "name": "etag"}),
            ])
            .clone();
        json["quality"] = json!(*chance.pick(&["strong", "seconds", "hash"]));
        if chance.hits(60) && json["version"]["from"] == "body" {
            json["precondition"] = json!({"with": "if-match", "required": chance.hits(30)});
        }
    }
    let hard = changes == "scan" && chance.hits(40);
    json["deletes"] = if hard {
        json!("hard")
    } else if changes == "feed" && chance.hits(50) {
        json!("feed")
    } else {
        json!("field")
    };
    if action {
        json["create"] = json!({"with": "upsert", "duplicate": "201-overwrites"});
        json["update"] = json!({"with": "upsert"});
        json["bulk"] =
            json!({"kind": "envelope", "member": "records", "max": 4, "results": "results"});
        json["precondition"] = json!({"with": "none"});
        json["deletes"] = json!("field");
        json["actions"] = json!({
            "list": {"method": "GET", "path": "/{collection}?since={cursor}&size={limit}&page={page}&offset={offset}&token={token}"},
            "upsert": {"method": "POST", "path": "/{collection}/upsert", "body": {"records": "{records}"}, "results": "results"},
            "get": {"method": "GET", "path": "/{collection}/{id}"},
            "ok": {"path": "code", "values": ["ok"]},
        });
        json["identity"] = json!({"path": "/about", "epoch": "epoch"});
        return;
    }
    let server_ids = chance.hits(20);
    if server_ids {
        json["id"] = json!({"by": "server", "field": "externalKey", "key": "objectId"});
        json["create"] = json!({"with": "post", "duplicate": "201-twin"});
        json["update"] = json!({"with": *chance.pick(&["put", "patch"]), "unknown": "404"});
        json["precondition"] = json!({"with": "none"});
        json["paths"] = json!({"find": "find={id}"});
    } else if chance.hits(50) {
        json["create"] = json!({"with": "post", "duplicate": *chance.pick(&["409", "400", "500", "200-ignored", "201-overwrites"])});
        json["update"] = json!({"with": *chance.pick(&["put", "patch"]), "unknown": *chance.pick(&["404", "403", "204-lost", "200-null"])});
    } else {
        json["create"] = json!({"with": "put"});
        json["update"] = json!({"with": "put", "unknown": "upserts"});
        match chance.below(5) {
            0 => {
                json["bulk"] = json!({"kind": "requests", "member": "requests", "max": 3, "results": "responses"});
                json["paths"] = json!({"bulk": "/batch"});
            }
            1 => json["encoding"] = json!({"envelope": "data"}),
            2 => json["encoding"] = json!({"column": {"name": "doc", "text": chance.hits(50)}}),
            _ => {}
        }
    }
    if chance.hits(20) && !server_ids {
        json["id"] = json!({"by": "client", "pattern": "[a-z0-9]+", "min": 15, "max": 15});
    }
    if !hard && json["deletes"] == "field" {
        habits.forgets = *chance.pick(&[0, 0, 0, 20]);
    }
}
