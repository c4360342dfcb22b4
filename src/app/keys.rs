//! Keys that work everywhere: palette, search, `g` and a letter, rows of a list, the sheet.

use crate::actions::{self, Action};
use crate::state::State;
use leptos::ev;
use ui::prelude::*;
use wasm_bindgen::JsCast;

/// How long after `g` the letter may come, in milliseconds.
const WAIT_MS: f64 = 1500.0;

/// Whether the person is writing.
fn is_writing(event: &ev::KeyboardEvent) -> bool {
    let Some(element) = event
        .target()
        .and_then(|t| t.dyn_into::<web_sys::Element>().ok())
    else {
        return false;
    };
    element
        .closest("input, textarea, select, [contenteditable]")
        .ok()
        .flatten()
        .is_some()
}

/// Whether a dialog is open: then only its own keys hold.
fn in_dialog() -> bool {
    document()
        .query_selector("dialog[open]")
        .ok()
        .flatten()
        .is_some()
}

/// Listens as long as the page lives.
pub fn listen(state: State) {
    let went = StoredValue::new(0.0f64);
    let _ = window_event_listener(ev::keydown, move |event| {
        let key = event.key();
        if (event.ctrl_key() || event.meta_key())
            && !event.alt_key()
            && key.eq_ignore_ascii_case("k")
        {
            event.prevent_default();
            state.palette.update(|open| *open = !*open);
            return;
        }
        if event.ctrl_key()
            || event.meta_key()
            || event.alt_key()
            || is_writing(&event)
            || in_dialog()
        {
            return;
        }
        let now = js_sys::Date::now();
        let after_g = now - went.get_value() < WAIT_MS;
        went.set_value(0.0);
        if after_g {
            if let Some(action) = Action::ALL
                .iter()
                .find(|action| action.go_key() == Some(key.as_str()))
            {
                event.prevent_default();
                actions::run(state, *action);
            }
            return;
        }
        match key.as_str() {
            "g" => went.set_value(now),
            "j" | "k" | "ArrowDown" | "ArrowUp" if !in_rows(&event) => focus_rows(&event, &key),
            _ => {
                if let Some(action) = Action::ALL
                    .iter()
                    .find(|action| action.key() == Some(key.as_str()))
                {
                    event.prevent_default();
                    actions::run(state, *action);
                }
            }
        }
    });
}

fn in_rows(event: &ev::KeyboardEvent) -> bool {
    let element = event
        .target()
        .and_then(|t| t.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|e| {
        e.closest("[data-rows], [role=menu], [role=listbox]")
            .ok()
            .flatten()
            .is_some()
    })
}

/// `j` and `k` anywhere lead into the list of the page.
fn focus_rows(event: &ev::KeyboardEvent, key: &str) {
    if key.len() > 1 {
        // Arrows scroll the page.
        return;
    }
    let rows = document().query_selector("main [data-rows]").ok().flatten();
    if let Some(rows) = rows.and_then(|rows| rows.dyn_into::<web_sys::HtmlElement>().ok()) {
        event.prevent_default();
        let _ = rows.focus();
        // The same key once more, now inside the list.
        if let Ok(again) = web_sys::KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &{
            let init = web_sys::KeyboardEventInit::new();
            init.set_key(key);
            init.set_cancelable(true);
            init
        }) {
            let _ = rows.dispatch_event(&again);
        }
    }
}
