//! The form of messages between page and worker: `{ message, files }`, made and read here only.
//!
//! Writing every kind of request and reading every kind of reply takes a lot of code. What is loaded first knows the
//! few that the frame and the home page need; the parts of the program that are fetched on demand (`crate::parts`)
//! bring the [`Speech`] for all.

use js_sys::{Array, Object, Reflect};
use protocol::{
    Fault, FaultCode, FileView, FoundRecord, HomeView, PageMessage, Query, Reply, Request, Status,
    WorkerMessage,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

/// Puts a message and its files into one value that `postMessage` takes.
///
/// # Errors
/// [`FaultCode::Internal`] when the message cannot be written, which no message of ours should cause.
pub fn envelope(message: &PageMessage<Written>, files: &[Blob]) -> Result<JsValue, Fault> {
    let value = to_js(message)?;
    let list: Array = files.iter().collect();
    let object = Object::new();
    // Setting a property of a fresh plain object cannot fail.
    let _ = Reflect::set(&object, &"message".into(), &value);
    let _ = Reflect::set(&object, &"files".into(), &list);
    Ok(object.into())
}

/// Reads what the worker sent, with the first attached file.
///
/// # Errors
/// [`FaultCode::Internal`] when the message is not of this protocol.
pub fn open(data: &JsValue) -> Result<(WorkerMessage<Unread>, Option<Blob>), Fault> {
    let field = |name: &str| Reflect::get(data, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let message = serde_wasm_bindgen::from_value(field("message")).map_err(|error| {
        Fault::new(FaultCode::Internal).detail(format!("message not read: {error}"))
    })?;
    let file = field("files")
        .dyn_ref::<Array>()
        .and_then(|files| files.get(0).dyn_into::<Blob>().ok());
    Ok((message, file))
}

/// A reply as it came.
pub struct Unread(JsValue);

impl<'de> Deserialize<'de> for Unread {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_wasm_bindgen::preserve::deserialize(deserializer).map(Self)
    }
}

/// A request as it goes over.
pub struct Written(JsValue);

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_wasm_bindgen::preserve::serialize(&self.0, serializer)
    }
}

fn to_js(value: &impl Serialize) -> Result<JsValue, Fault> {
    // Whole numbers of 64 bits go over as BigInt: ids do not fit into the 53 bits of a JavaScript number.
    let serializer =
        serde_wasm_bindgen::Serializer::new().serialize_large_number_types_as_bigints(true);
    value.serialize(&serializer).map_err(|error| {
        Fault::new(FaultCode::Internal).detail(format!("message not written: {error}"))
    })
}

/// Writes any request and reads any reply.
#[derive(Clone, Copy)]
pub struct Speech {
    write: fn(&Request) -> Result<JsValue, Fault>,
    read: fn(&Unread) -> Result<Reply, Fault>,
}

/// The speech for all messages. Only parts that are fetched on demand may name it, which hand it to [`learn`].
pub const ALL: Speech = Speech {
    write: |request| to_js(request),
    read: |unread| {
        serde_wasm_bindgen::from_value(unread.0.clone()).map_err(|error| {
            Fault::new(FaultCode::Internal).detail(format!("reply not read: {error}"))
        })
    },
};

thread_local! {
    static SPEECH: Cell<Option<Speech>> = const { Cell::new(None) };
}

/// From now on everything can be written and read.
pub fn learn(speech: Speech) {
    SPEECH.set(Some(speech));
}

/// The request, or `None` where its writer is not here yet.
pub fn write(request: &Request) -> Option<Result<Written, Fault>> {
    let value = match SPEECH.get() {
        Some(speech) => (speech.write)(request),
        None => to_js(&FirstRequest::of(request)?),
    };
    Some(value.map(Written))
}

/// The reply, or `None` where its reader is not here yet.
pub fn read(unread: &Unread) -> Option<Result<Reply, Fault>> {
    match SPEECH.get() {
        Some(speech) => Some((speech.read)(unread)),
        None => serde_wasm_bindgen::from_value::<FirstReply>(unread.0.clone())
            .ok()
            .map(|reply| Ok(reply.into())),
    }
}

/// The requests that are written from the start, each exactly as in [`Request`].
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum FirstRequest<'a> {
    Query(FirstQuery<'a>),
    Backup,
    Restore,
}

/// The questions that are written from the start, each exactly as in [`Query`].
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum FirstQuery<'a> {
    Status,
    Home,
    Find { search: &'a str, limit: u32 },
}

impl<'a> FirstRequest<'a> {
    fn of(request: &'a Request) -> Option<Self> {
        let query = match request {
            Request::Backup => return Some(FirstRequest::Backup),
            Request::Restore => return Some(FirstRequest::Restore),
            Request::Query(Query::Status) => FirstQuery::Status,
            Request::Query(Query::Home) => FirstQuery::Home,
            Request::Query(Query::Find { search, limit }) => FirstQuery::Find {
                search,
                limit: *limit,
            },
            _ => return None,
        };
        Some(FirstRequest::Query(query))
    }
}

/// The replies that are read from the start, each exactly as in [`Reply`].
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum FirstReply {
    Status(Box<Status>),
    Home(Box<HomeView>),
    Found(Vec<FoundRecord>),
    File(Box<FileView>),
}

impl From<FirstReply> for Reply {
    fn from(first: FirstReply) -> Self {
        match first {
            FirstReply::Status(status) => Reply::Status(*status),
            FirstReply::Home(home) => Reply::Home(home),
            FirstReply::Found(found) => Reply::Found(found),
            FirstReply::File(file) => Reply::File(*file),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::RecordKind;

    #[test]
    fn first_requests_are_written_as_all_are() {
        for request in [
            Request::Backup,
            Request::Restore,
            Request::Query(Query::Status),
            Request::Query(Query::Home),
            Request::Query(Query::Find {
                search: "a".into(),
                limit: 5,
            }),
        ] {
            let json = |value: &dyn Fn() -> serde_json::Result<serde_json::Value>| value().unwrap();
            let first = json(&|| serde_json::to_value(FirstRequest::of(&request).unwrap()));
            assert_eq!(first, json(&|| serde_json::to_value(&request)));
        }
        assert!(FirstRequest::of(&Request::Query(Query::Segments)).is_none());
    }

    #[test]
    fn first_replies_are_read_as_all_are() {
        for reply in [
            Reply::Found(vec![FoundRecord {
                kind: RecordKind::Order,
                id: "0000100000001".into(),
                title: "A".into(),
                detail: String::new(),
            }]),
            Reply::File(FileView {
                name: "a.csv".into(),
                media_type: "text/csv".into(),
                records: 1,
            }),
        ] {
            let json = serde_json::to_string(&reply).unwrap();
            let first: FirstReply = serde_json::from_str(&json).unwrap();
            assert_eq!(Reply::from(first), reply);
        }
        assert!(serde_json::from_str::<FirstReply>("{\"segments\":[]}").is_err());
    }
}
