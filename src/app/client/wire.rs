//! The form of messages between page and worker: `{ message, files }`, made and read here only.

use js_sys::{Array, Object, Reflect};
use protocol::{Fault, FaultCode, FromWorker, ToWorker};
use serde::Serialize;
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
pub fn open(data: &JsValue) -> Result<(FromWorker, Option<Blob>), Fault> {
    let field = |name: &str| Reflect::get(data, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let message = serde_wasm_bindgen::from_value(field("message")).map_err(|error| {
        Fault::new(FaultCode::Internal).detail(format!("message not read: {error}"))
    })?;
    let file = field("files")
        .dyn_ref::<Array>()
        .and_then(|files| files.get(0).dyn_into::<Blob>().ok());
    Ok((message, file))
}
