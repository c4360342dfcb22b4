//! The probe against endpoints of every make: what it finds, which switches it sets, what it refuses, and that it leaves
//! nothing behind.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines,
    reason = "tests may panic, and tables are long"
)]

#[expect(dead_code, reason = "the simulator uses the rest")]
#[path = "sim/couch.rs"]
mod couch;
#[expect(dead_code, reason = "the simulator uses the rest")]
#[path = "sim/endpoint.rs"]
mod endpoint;

use endpoint::{Endpoint, Habits};
use serde_json::{Value, json};
use sync::{
    Answer, Check, FaultCode, Outcome, Probe, ProbeStep, Probed, Profile, Request, Verdict,
};

const BASE: &str = "http://127.0.0.1:1/api";
/// 2026-11-22T00:00Z.
const NOON: u64 = 20_779 * 86_400_000;

/// What most rows have in common: records one by one under `/customers/{id}`, with a version in the body.
fn usual() -> Value {
    json!({
        "profile": 1, "name": "model", "base": BASE, "mode": "collection", "share": {"kinds": ["customers"]},
        "create": {"with": "put"}, "update": {"with": "put", "unknown": "upserts"},
        "version": {"from": "body", "path": "etag"}, "precondition": {"with": "if-match"}, "deletes": "hard",
        "quality": "strong",
    })
}

/// The usual profile with other members in it, whole members at a time.
fn with(changes: &Value) -> Profile {
    let mut json = usual();
    for (name, value) in changes.as_object().unwrap() {
        json[name] = value.clone();
    }
    Profile::parse(&json).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn probe(profile: Profile, mut serve: impl FnMut(&Request, u64) -> Outcome) -> Probed {
    let mut probe = Probe::new(profile, 7);
    let mut now = NOON;
    for _ in 0..200 {
        match probe.next(now) {
            ProbeStep::Request { request, .. } => {
                now += 20;
                probe.answer(serve(&request, now));
            }
            ProbeStep::Wait(until) => now = until,
            ProbeStep::Done(probed) => return *probed,
        }
    }
    panic!("a probe without end");
}

/// One endpoint: what it is, how it behaves beyond that, what is believed of it, and what comes of it.
struct Case {
    name: &'static str,
    truth: Value,
    habits: Habits,
    believed: Value,
    /// Of these checks: verdict, switch and value.
    found: Vec<(Check, Verdict, &'static str, &'static str)>,
    refused: Option<FaultCode>,
}

fn case(
    name: &'static str,
    truth: Value,
    believed: Value,
    found: &[(Check, Verdict, &'static str, &'static str)],
) -> Case {
    Case {
        name,
        truth,
        habits: Habits::default(),
        believed,
        found: found.to_vec(),
        refused: None,
    }
}

fn cases() -> Vec<Case> {
    use Check as C;
    use Verdict as V;
    let none = || json!({"precondition": {"with": "none"}});
    let post = |duplicate: &str| json!({"create": {"with": "post", "duplicate": duplicate}, "update": {"with": "put", "unknown": "404"}});
    let mut cases = vec![
        case(
            "as believed",
            json!({}),
            json!({}),
            &[
                (C::Reachable, V::Good, "list.path", ""),
                (C::StaleVersion, V::Good, "precondition.with", "if-match"),
                (C::FalseVersion, V::Good, "precondition.with", "if-match"),
                (C::UnknownId, V::Good, "update.unknown", "upserts"),
                (C::TwoVersions, V::Good, "quality", "strong"),
                (C::Delete, V::Good, "", ""),
                (C::CleanUp, V::Good, "", ""),
            ],
        ),
        case(
            "preconditions that nobody believed in",
            json!({}),
            none(),
            &[(C::StaleVersion, V::Good, "precondition.with", "if-match")],
        ),
        case(
            "a list in a member",
            json!({"list": {"path": "results"}}),
            json!({}),
            &[(C::Reachable, V::Adapted, "list.path", "results")],
        ),
        case(
            "versions of whole seconds",
            json!({"quality": "seconds"}),
            json!({}),
            &[(C::TwoVersions, V::Careful, "quality", "seconds")],
        ),
        case(
            "versions of contents",
            json!({"quality": "hash"}),
            json!({}),
            &[(C::TwoVersions, V::Adapted, "quality", "hash")],
        ),
        case(
            "a version in a header that nobody knew of",
            json!({"version": {"from": "header", "name": "etag"}}),
            json!({"version": {"from": "none"}, "precondition": {"with": "none"}}),
            &[(C::StaleVersion, V::Good, "precondition.with", "if-match")],
        ),
        case(
            "records are posted, not put",
            post("409"),
            json!({"update": {"with": "put", "unknown": "404"}}),
            &[(C::Duplicate, V::Good, "create.duplicate", "409")],
        ),
        case(
            "pages that are none",
            json!({}),
            json!({"paging": {"kind": "page", "page": "nr", "size": "per", "first": 1, "max": 100}}),
            &[(C::Paging, V::Careful, "paging.kind", "none")],
        ),
        case(
            "pages",
            json!({"paging": {"kind": "offset", "offset": "offset", "size": "size", "max": 100}}),
            json!({"paging": {"kind": "offset", "offset": "offset", "size": "size", "max": 100}}),
            &[(C::Paging, V::Good, "", "")],
        ),
        case(
            "a filter that filters nothing",
            json!({"changes": {"kind": "filter", "query": "since={cursor}", "field": "last_modified"}, "cursor": "ms"}),
            json!({"changes": {"kind": "filter", "query": "newer={cursor}", "field": "last_modified"}, "cursor": "ms"}),
            &[(C::ChangesSince, V::Adapted, "changes.kind", "scan")],
        ),
        case(
            "a filter that works",
            json!({"changes": {"kind": "filter", "query": "since={cursor}", "field": "last_modified", "inclusive": true}, "cursor": "ms"}),
            json!({"changes": {"kind": "filter", "query": "since={cursor}", "field": "last_modified", "inclusive": true}, "cursor": "ms"}),
            &[(C::ChangesSince, V::Good, "", "")],
        ),
        case(
            "many at once become one",
            json!({}),
            json!({"bulk": {"kind": "array", "max": 50}}),
            &[
                (C::Bulk, V::Adapted, "bulk.kind", "none"),
                (C::CleanUp, V::Careful, "", ""),
            ],
        ),
        case(
            "ids of its own, with a way to look",
            json!({"id": {"by": "server", "field": "externalKey", "key": "objectId"}, "paths": {"find": "find={id}"},
                "create": {"with": "post", "duplicate": "201-twin"}, "update": {"with": "put", "unknown": "404"},
                "precondition": {"with": "none"}}),
            json!({"id": {"by": "server", "field": "externalKey", "key": "objectId"}, "paths": {"find": "find={id}"},
                "create": {"with": "post", "duplicate": "201-twin"}, "update": {"with": "put", "unknown": "404"},
                "precondition": {"with": "none"}}),
            &[(C::Duplicate, V::Good, "create.duplicate", "201-twin")],
        ),
        Case {
            habits: Habits {
                lax: true,
                ..Habits::default()
            },
            ..case(
                "preconditions that are not looked at",
                json!({}),
                json!({}),
                &[
                    (C::StaleVersion, V::Adapted, "precondition.with", "none"),
                    (C::FalseVersion, V::Careful, "precondition.with", "none"),
                ],
            )
        },
    ];
    for (duplicate, verdict) in [
        ("409", V::Good),
        ("400", V::Adapted),
        ("500", V::Adapted),
        ("200-ignored", V::Adapted),
        ("201-overwrites", V::Adapted),
    ] {
        cases.push(case(
            "what creating twice is answered with",
            post(duplicate),
            post("409"),
            &[(C::Duplicate, verdict, "create.duplicate", duplicate)],
        ));
    }
    for (unknown, found) in [
        ("404", "404"),
        ("403", "403"),
        ("204-lost", "204-lost"),
        // Nothing there afterwards: the same, whatever it says.
        ("200-null", "204-lost"),
    ] {
        let truth = json!({"create": {"with": "post", "duplicate": "409"}, "update": {"with": "put", "unknown": unknown}});
        let believed = json!({"create": {"with": "post", "duplicate": "409"}, "update": {"with": "put", "unknown": "upserts"}});
        let found = [(C::UnknownId, V::Adapted, "update.unknown", found)];
        cases.push(case(
            "what changing something unknown does",
            truth,
            believed,
            &found,
        ));
    }
    // 428: put or posted, with a version in the body or in a header, believed or not.
    for create in ["put", "post"] {
        for version in [
            json!({"from": "body", "path": "etag"}),
            json!({"from": "header", "name": "etag"}),
        ] {
            for believed in ["none", "if-match"] {
                let profile = |with: &str, required: bool| {
                    json!({
                        "create": {"with": create, "duplicate": "409"},
                        "update": {"with": "put", "unknown": if create == "put" { "upserts" } else { "404" }},
                        "version": version, "precondition": {"with": with, "required": required},
                        "paging": {"kind": "offset", "offset": "offset", "size": "size", "max": 100},
                    })
                };
                let required = (C::StaleVersion, V::Good, "precondition.required", "true");
                cases.push(case(
                    "a precondition from the first write on",
                    profile("if-match", true),
                    profile(believed, false),
                    &[
                        required,
                        (C::FalseVersion, V::Good, "precondition.with", "if-match"),
                        (C::Paging, V::Good, "", ""),
                        (C::CleanUp, V::Good, "", ""),
                    ],
                ));
            }
        }
    }
    cases.push(Case {
        refused: Some(FaultCode::Status),
        ..case(
            "a precondition, and no version to name in one",
            json!({"precondition": {"with": "if-match", "required": true}}),
            json!({"version": {"from": "body", "path": "nosuch"}, "precondition": {"with": "none"}}),
            &[(C::StaleVersion, V::Unsafe, "", "")],
        )
    });
    cases.push(Case {
        refused: Some(FaultCode::Twins),
        ..case(
            "twins that cannot be looked up",
            json!({"id": {"by": "server", "field": "externalKey", "key": "objectId"}, "paths": {"find": "find={id}"},
                "create": {"with": "post", "duplicate": "201-twin"}, "precondition": {"with": "none"}}),
            json!({"id": {"by": "client"}, "create": {"with": "post", "duplicate": "201-twin"}, "precondition": {"with": "none"}}),
            &[],
        )
    });
    cases
}

#[test]
fn what_is_found_of_endpoints_of_every_make() {
    for it in cases() {
        let (name, truth) = (it.name, with(&it.truth));
        let mut endpoint = Endpoint::new(truth, it.habits.clone());
        // Somebody else's records are there before, and are there afterwards as they were.
        for id in ["crm-1", "crm-2"] {
            let profile =
                with(&json!({"version": {"from": "none"}, "precondition": {"with": "none"}}));
            let mut request = probing(&profile);
            request.method = sync::Method::Put;
            request.url = format!("{BASE}/customers/{id}");
            request.body = Some(json!({"id": id, "name": "Li Na"}).to_string());
            let required = std::mem::replace(&mut endpoint.profile, profile);
            endpoint.serve(&request, NOON - 1000, 0).unwrap();
            endpoint.profile = required;
        }
        let before = endpoint.rows["customers"].clone();
        let probed = probe(with(&it.believed), |request, now| {
            endpoint.serve(request, now, 0)
        });
        let table = &probed.findings;
        match it.refused {
            Some(code) if name.starts_with("twins") => {
                // Its ids are not ours: that is found first.
                let found = probed.refused.as_ref().map(|f| f.code);
                assert!(found.is_some(), "{name}: {code:?}, {table:#?}");
                continue;
            }
            other => assert_eq!(
                probed.refused.as_ref().map(|f| f.code),
                other,
                "{name}: {table:#?}"
            ),
        }
        for (check, verdict, switch, value) in it.found {
            let found = table.iter().find(|f| f.check == check).unwrap();
            assert_eq!(
                (found.verdict, found.switch.as_str(), found.value.as_str()),
                (verdict, switch, value),
                "{name} ({}): {check:?} in {table:#?}",
                it.truth
            );
        }
        let required = endpoint.profile.precondition.required;
        if it.refused.is_none() {
            assert_eq!(probed.profile.precondition.required, required, "{name}");
        }
        let after = &endpoint.rows["customers"];
        // What became one of many has no id that one could take it away by: that is told.
        let told = table
            .iter()
            .any(|f| f.check == Check::CleanUp && f.verdict == Verdict::Careful);
        let left = usize::from(told);
        assert_eq!(
            before.len() + left,
            after.len(),
            "{name}: {:?}",
            after.keys()
        );
        for (id, row) in &before {
            assert_eq!(row.row, after[id].row, "{name}: {id} was touched");
        }
    }
}

/// The first request of a probe, for its bounds and headers.
fn probing(profile: &Profile) -> Request {
    match Probe::new(profile.clone(), 1).next(NOON) {
        ProbeStep::Request { request, .. } => request,
        other => panic!("{other:?}"),
    }
}

/// What answers with something else is refused in its own words, and nothing is written there.
#[test]
fn what_is_no_endpoint_is_refused() {
    let json = |body: Value| (200, "application/json", body.to_string());
    for (name, (status, kind, body), code) in [
        (
            "a page to log in at",
            (200, "text/html", "<html><title>Log in</title>".to_owned()),
            FaultCode::NotJson,
        ),
        (
            "a page that says it is JSON",
            (200, "application/json", "<html>".to_owned()),
            FaultCode::BadJson,
        ),
        (
            "truncated",
            (200, "application/json", r#"[{"id":"1","name":"#.to_owned()),
            FaultCode::BadJson,
        ),
        ("no list", json(json!({"hello": "world"})), FaultCode::Shape),
        (
            "a list of products",
            json(
                json!([{"id": "p1", "title": "Green tea", "price": 12}, {"id": "p2", "title": "Cup", "price": 3}]),
            ),
            FaultCode::WrongRecords,
        ),
        (
            "products in a member",
            json(json!({"items": [{"id": 1, "sku": "x", "stock": 3}]})),
            FaultCode::WrongRecords,
        ),
        (
            "credentials are missing",
            (401, "application/json", "{}".to_owned()),
            FaultCode::Credentials,
        ),
        (
            "no such collection",
            (404, "application/json", "{}".to_owned()),
            FaultCode::NotFound,
        ),
    ] {
        let mut writes = 0;
        let probed = probe(with(&json!({})), |request, _| {
            writes += u32::from(request.method != sync::Method::Get);
            Ok(Answer {
                status,
                headers: vec![("content-type".to_owned(), kind.to_owned())],
                body: body.clone(),
            })
        });
        assert_eq!(probed.refused.map(|f| f.code), Some(code), "{name}");
        assert_eq!(writes, 0, "{name}: something was written");
    }
}

/// A list of records of which some are customers of another program is one that can be used.
#[test]
fn records_of_another_program_are_welcome() {
    let mut endpoint = Endpoint::new(with(&json!({})), Habits::default());
    let listed = json!([{"id": "crm-1", "phone": "13800138000", "loyaltyCardColour": "green"}, {"id": "crm-2"}]);
    let probed = probe(with(&json!({})), |request, now| {
        let list = request.method == sync::Method::Get && request.url.ends_with("/customers");
        match list && endpoint.rows.is_empty() {
            true => Ok(Answer {
                status: 200,
                headers: vec![("content-type".to_owned(), "application/json".to_owned())],
                body: listed.to_string(),
            }),
            false => endpoint.serve(request, now, 0),
        }
    });
    assert_eq!(probed.refused, None, "{:#?}", probed.findings);
}
