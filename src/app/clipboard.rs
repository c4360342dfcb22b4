//! Copying text for a person to paste elsewhere.

use crate::state::State;
use ui::prelude::*;
use ui::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// Copies and says so, or says that it could not be done: a page that is no secure one has no clipboard, and a browser
/// may refuse.
pub fn copy(state: State, text: String, copied: &'static str, failed: &'static str) {
    let clipboard = js_sys::Reflect::get(&window().navigator(), &"clipboard".into());
    spawn_local(async move {
        let written = match clipboard {
            Ok(clipboard) if !clipboard.is_undefined() => {
                let clipboard: web_sys::Clipboard = clipboard.unchecked_into();
                JsFuture::from(clipboard.write_text(&text)).await.is_ok()
            }
            _ => false,
        };
        if written {
            state.toasts.done(copied, None);
        } else {
            state.toasts.wrong(failed);
        }
    });
}
