//! What never leaves this browser.

use super::*;
use model::CustomerDraft;
use serde_json::json;

#[test]
fn what_is_withheld_is_never_on_the_wire_and_stays_on_both_sides() {
    let mut endpoint = Endpoint::default();
    let mut a = shop(11);
    let withheld = [
        "customers.note",
        "customers.phone",
        "customers.custom.secret",
    ];
    a.apply(&connect(SyncShare {
        kinds: every_kind(),
        withheld: withheld.iter().map(|it| (*it).to_owned()).collect(),
    }));
    let fields = CustomerDraft {
        name: "Ann".into(),
        phone: Some("13800138001".into()),
        note: Some("MARKER-note".into()),
        custom: [
            (
                "secret".to_owned(),
                model::CustomField::Text("MARKER-custom".into()),
            ),
            ("size".to_owned(), model::CustomField::Text("M".into())),
        ]
        .into(),
        ..CustomerDraft::default()
    };
    let ann = match a.apply(&Command::CreateCustomer { fields }).outcome {
        protocol::Outcome::Customer { id } => id,
        other => panic!("{other:?}"),
    };
    a.order(ann, "2026-05-01T10:00", 5_000);
    settle(&mut [&mut a], &mut endpoint);
    // Another program keeps a telephone of its own there.
    let id = ann.to_string();
    endpoint.edit("customers", &id, "phone", json!("+4930123456"));
    endpoint.edit("customers", &id, "city", json!("Berlin"));
    settle(&mut [&mut a], &mut endpoint);
    let it = a.engine.store.read().customer(ann).unwrap().unwrap().fields;
    assert_eq!(it.city.as_deref(), Some("Berlin"));
    assert_eq!(it.phone.as_deref(), Some("+8613800138001"));
    assert_eq!(it.note.as_deref(), Some("MARKER-note"));
    let mut edited = it.clone();
    edited.name = "Ann B".into();
    edited.note = Some("MARKER-again".into());
    a.apply(&Command::UpdateCustomer {
        id: ann,
        fields: edited,
    });
    settle(&mut [&mut a], &mut endpoint);
    let there = endpoint.record("customers", &id);
    assert_eq!(there["name"], json!("Ann B"));
    assert_eq!(there["phone"], json!("+4930123456"), "theirs is given back");
    assert_eq!(there["custom"], json!({ "size": "M" }));
    for secret in ["MARKER", "13800138001", "planted-secret"] {
        assert!(!endpoint.wire.contains(secret), "{secret}");
    }
    let bytes = a.engine.backup().unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains("planted-secret"));
}

#[test]
fn the_demo_is_never_shared() {
    let mut a = shop(11);
    a.engine.set_host(crate::Host {
        storage: protocol::Storage::Memory,
        storage_refused: None,
        demo: Some("cafe".into()),
        leader: true,
        encrypted: false,
    });
    let fault = a.refuse(&connect(SyncShare {
        kinds: every_kind(),
        withheld: Vec::new(),
    }));
    assert_eq!(fault.path.as_deref(), Some("demo"));
}

#[test]
fn addresses_that_would_tell_the_secret_are_refused() {
    for address in [
        "http://example.org",
        "https://user:word@example.org",
        "ftp://example.org",
        "example.org",
    ] {
        let mut a = shop(11);
        let Command::Sync(SyncCommand::Connect {
            profile,
            findings,
            secret,
            keep,
            share,
            ..
        }) = connect(SyncShare::default())
        else {
            panic!()
        };
        let command = Command::Sync(SyncCommand::Connect {
            address: address.into(),
            profile,
            findings,
            secret,
            keep,
            share,
        });
        let fault = a.refuse(&command);
        assert_eq!(fault.code, protocol::FaultCode::Invalid, "{address}");
    }
}

#[test]
fn what_will_be_sent_is_shown_as_it_is_sent() {
    let mut endpoint = Endpoint::default();
    let mut a = shop(11);
    a.customer("Ann", "13800138001");
    let share = SyncShare {
        kinds: vec!["customers".into()],
        withheld: vec!["customers.phone".into()],
    };
    let preview = match a.ask(Query::Sync(SyncQuery::Preview {
        share: share.clone(),
    })) {
        Reply::Sync(reply) => match *reply {
            SyncReply::Preview(preview) => preview,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let kind = preview
        .kinds
        .iter()
        .find(|it| it.kind == "customers")
        .unwrap();
    assert_eq!(kind.records, 1);
    let example: Value = serde_json::from_str(kind.example.as_deref().unwrap()).unwrap();
    assert!(example.get("phone").is_none());
    a.apply(&connect(share));
    settle(&mut [&mut a], &mut endpoint);
    let id = example["id"].as_str().unwrap();
    assert_eq!(endpoint.record("customers", id), &example);
}
