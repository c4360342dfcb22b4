//! An endpoint in memory: one resource a record, whole records written by PUT, lists read whole.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use sync::{Answer, Method, Request};

#[derive(Debug, Default)]
pub(super) struct Endpoint {
    pub(super) records: BTreeMap<String, BTreeMap<String, Value>>,
    /// Everything that was ever sent to it.
    pub(super) wire: String,
    pub(super) writes: u64,
}

fn json_answer(status: u16, body: &Value) -> Answer {
    Answer {
        status,
        headers: vec![("content-type".into(), "application/json".into())],
        body: body.to_string(),
    }
}

impl Endpoint {
    pub(super) fn answer(&mut self, request: &Request) -> Answer {
        self.wire.push_str(&request.url);
        for (name, value) in &request.headers {
            self.wire.push_str(&format!("\n{name}: {value}"));
        }
        self.wire
            .push_str(request.body.as_deref().unwrap_or_default());
        let path = request.url.strip_prefix("https://sync.example").unwrap();
        let path = path.split('?').next().unwrap();
        let mut parts = path.trim_start_matches('/').split('/');
        let collection = parts.next().unwrap_or_default().to_owned();
        let id = parts.next();
        let body = || serde_json::from_str::<Value>(request.body.as_deref().unwrap()).unwrap();
        let records = self.records.entry(collection).or_default();
        match (request.method, id) {
            (Method::Get, None) => {
                let all: Vec<&Value> = records.values().collect();
                json_answer(200, &json!(all))
            }
            (Method::Get, Some(id)) => match records.get(id) {
                Some(record) => json_answer(200, record),
                None => json_answer(404, &json!({})),
            },
            (Method::Delete, Some(id)) => {
                self.writes += 1;
                records.remove(id);
                json_answer(200, &json!({}))
            }
            (_, Some(id)) => {
                self.writes += 1;
                let body = body();
                assert_eq!(body.get("id").and_then(Value::as_str), Some(id));
                records.insert(id.to_owned(), body.clone());
                json_answer(200, &body)
            }
            (_, None) => {
                self.writes += 1;
                let body = body();
                let id = body.get("id").and_then(Value::as_str).unwrap().to_owned();
                records.insert(id, body.clone());
                json_answer(201, &body)
            }
        }
    }

    pub(super) fn record(&self, collection: &str, id: &str) -> &Value {
        self.records.get(collection).unwrap().get(id).unwrap()
    }

    /// Another program edits a record there.
    pub(super) fn edit(&mut self, collection: &str, id: &str, field: &str, value: Value) {
        let record = self
            .records
            .get_mut(collection)
            .unwrap()
            .get_mut(id)
            .unwrap();
        record.as_object_mut().unwrap().insert(field.into(), value);
    }
}
