//! The form of messages: `{ message, files }`, made and read here only.

use js_sys::{Array, JSON, Object, Reflect};
use protocol::{Fault, FaultCode, FromWorker, Outcome, Reply};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

/// A property of a JavaScript object; undefined if there is none.
pub fn field(object: &JsValue, name: &str) -> JsValue {
    // Asked of nothing, JavaScript throws, and that takes longer than all else that is done with a short message.
    if object.is_undefined() || object.is_null() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Sets a property of a fresh plain object, which cannot fail.
pub fn set_field(object: &Object, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &name.into(), value);
}

/// Writes a message.
///
/// # Errors
/// [`FaultCode::Internal`], which no message of ours should cause.
pub fn write<T: Serialize>(message: &T) -> Result<JsValue, Fault> {
    // Whole numbers of 64 bits go over as BigInt: ids do not fit into the 53 bits of a JavaScript number.
    let serializer =
        serde_wasm_bindgen::Serializer::new().serialize_large_number_types_as_bigints(true);
    message.serialize(&serializer).map_err(|error| {
        Fault::new(FaultCode::Internal).detail(format!("message not written: {error}"))
    })
}

/// Makes text of the JSON value that a request of the JavaScript API carries; every other message stays as it is. Here
/// and not in the page, whose own `JSON` anybody may have changed.
pub fn pack(message: &JsValue) {
    let request = field(&field(message, "ask"), "request");
    for kind in ["query", "command", "api"] {
        let of = field(&request, kind);
        let call = if kind == "api" { of } else { field(&of, "api") };
        let input = field(&call, "input");
        let Some(call) = call.dyn_ref::<Object>().filter(|_| !input.is_string()) else {
            continue;
        };
        // What JSON cannot hold gives no text, which is said to be wrong where the text is read.
        let text = JSON::stringify(&input).map_or_else(|_| String::new(), String::from);
        set_field(call, "input", &text.into());
    }
}

/// Whether a message carries an answer of the JavaScript API.
fn of_api(message: &FromWorker) -> bool {
    let FromWorker::Answer { result, .. } = message else {
        return false;
    };
    match result {
        Ok(Reply::Api(_)) => true,
        Ok(Reply::Done(done)) => matches!(done.outcome, Outcome::Api(_)),
        _ => false,
    }
}

/// The other way round for an answer.
fn unpack(message: &JsValue) {
    let reply = field(&field(&field(message, "answer"), "result"), "Ok");
    let outcome = field(&field(&reply, "done"), "outcome");
    for holder in [reply, outcome] {
        let Some(text) = field(&holder, "api").as_string() else {
            continue;
        };
        if let (Some(holder), Ok(value)) = (holder.dyn_ref::<Object>(), JSON::parse(&text)) {
            set_field(holder, "api", &value);
        }
    }
}

/// Writes what goes to a page.
///
/// # Errors
/// [`FaultCode::Internal`], which no message of ours should cause.
pub fn write_for_page(message: &FromWorker) -> Result<JsValue, Fault> {
    let value = write(message)?;
    if of_api(message) {
        unpack(&value);
    }
    Ok(value)
}

/// Reads a message.
///
/// # Errors
/// [`FaultCode::Internal`] when it is not of this protocol.
pub fn read<T: DeserializeOwned>(message: JsValue) -> Result<T, Fault> {
    serde_wasm_bindgen::from_value(message).map_err(|error| {
        Fault::new(FaultCode::Internal).detail(format!("message not read: {error}"))
    })
}

/// A message with its files, as `postMessage` takes it.
pub fn envelope(message: &JsValue, files: &JsValue) -> JsValue {
    let object = Object::new();
    set_field(&object, "message", message);
    set_field(&object, "files", files);
    object.into()
}

/// No or one file, as a message carries it.
pub fn file_list(file: Option<&Blob>) -> JsValue {
    file.into_iter().collect::<Array>().into()
}

/// The first of the attached files.
pub fn first_file(files: &JsValue) -> Option<Blob> {
    files.dyn_ref::<Array>()?.get(0).dyn_into().ok()
}

/// All attached files, in their order.
pub fn all_files(files: &JsValue) -> Vec<Blob> {
    let Some(list) = files.dyn_ref::<Array>() else {
        return Vec::new();
    };
    list.iter()
        .filter_map(|file| file.dyn_into().ok())
        .collect()
}
