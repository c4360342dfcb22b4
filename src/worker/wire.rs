//! The form of messages: `{ message, files }`, made and read here only.

use js_sys::{Array, Object, Reflect};
use protocol::{Fault, FaultCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

/// A property of a JavaScript object; undefined if there is none.
pub fn field(object: &JsValue, name: &str) -> JsValue {
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
