//! The form of messages between page and worker: `{ message, files }`, made and read here only.
//!
//! Reading every kind of reply takes a lot of code. What is loaded first reads the few that the frame and the home
//! page ask for; the parts of the program that are fetched on demand (`crate::parts`) bring the reader of all.

use js_sys::{Array, Object, Reflect};
use protocol::{
    Done, Fault, FaultCode, FileView, FoundRecord, HomeView, Reply, Status, ToWorker, WorkerMessage,
};
use serde::{Deserialize, Deserializer, Serialize};
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

/// Puts a message and its files into one value that `postMessage` takes.
///
/// # Errors
/// [`FaultCode::Internal`] when the message cannot be written, which no message of ours should cause.
pub fn envelope(message: &ToWorker, files: &[Blob]) -> Result<JsValue, Fault> {
    // Whole numbers of 64 bits go over as BigInt: ids do not fit into the 53 bits of a JavaScript number.
    let serializer =
        serde_wasm_bindgen::Serializer::new().serialize_large_number_types_as_bigints(true);
    let value = message.serialize(&serializer).map_err(|error| {
        Fault::new(FaultCode::Internal).detail(format!("message not written: {error}"))
    })?;
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

/// Reads any reply.
pub type Reader = fn(&Unread) -> Result<Reply, Fault>;

thread_local! {
    static READER: Cell<Option<Reader>> = const { Cell::new(None) };
}

/// From now on every reply can be read.
pub fn learn(reader: Reader) {
    READER.set(Some(reader));
}

/// The reply, or `None` where its reader is not here yet.
pub fn read(unread: &Unread) -> Option<Result<Reply, Fault>> {
    match READER.get() {
        Some(reader) => Some(reader(unread)),
        None => serde_wasm_bindgen::from_value::<FirstReply>(unread.0.clone())
            .ok()
            .map(|reply| Ok(reply.into())),
    }
}

/// Reads any reply; belongs to the parts that are fetched on demand, which hand it to [`learn`].
///
/// # Errors
/// [`FaultCode::Internal`] when the reply is not of this protocol.
pub fn read_any(unread: &Unread) -> Result<Reply, Fault> {
    serde_wasm_bindgen::from_value(unread.0.clone())
        .map_err(|error| Fault::new(FaultCode::Internal).detail(format!("reply not read: {error}")))
}

/// The replies that are read from the start, each exactly as in [`Reply`].
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum FirstReply {
    Done(Done),
    Status(Status),
    Home(Box<HomeView>),
    Found(Vec<FoundRecord>),
    File(FileView),
}

impl From<FirstReply> for Reply {
    fn from(first: FirstReply) -> Self {
        match first {
            FirstReply::Done(done) => Reply::Done(done),
            FirstReply::Status(status) => Reply::Status(status),
            FirstReply::Home(home) => Reply::Home(home),
            FirstReply::Found(found) => Reply::Found(found),
            FirstReply::File(file) => Reply::File(file),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{Outcome, RecordKind};

    #[test]
    fn first_replies_are_read_as_all_are() {
        for reply in [
            Reply::Done(Done {
                batch: None,
                outcome: Outcome::Customers { count: 1 },
            }),
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
