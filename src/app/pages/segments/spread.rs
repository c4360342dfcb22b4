//! JSON as a person edits it.

/// One line for each level, so that a person can change numbers without losing the place.
pub fn spread(json: &str) -> String {
    let parsed = js_sys::JSON::parse(json).ok();
    let text = parsed.and_then(|value| {
        js_sys::JSON::stringify_with_replacer_and_space(
            &value,
            &wasm_bindgen::JsValue::NULL,
            &2.into(),
        )
        .ok()
    });
    text.map_or_else(|| json.to_owned(), String::from)
}
