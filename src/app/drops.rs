//! Files dropped anywhere on the page open the import; while they hang over it, the page says so.
//!
//! The import is fetched on demand: files wait here until it takes them.

use crate::router::{Route, navigate};
use crate::state::State;
use leptos::ev;
use std::cell::{Cell, RefCell};
use std::time::Duration;
use ui::prelude::*;
use web_sys::{DragEvent, File};

/// Browsers tell several times a second that something hangs over the page; silence means that it is gone, however it
/// went: let go, carried out of the window, given up with Escape.
const GONE_AFTER: Duration = Duration::from_millis(500);

/// Text and links are dragged too; those are left to the browser.
fn has_files(event: &DragEvent) -> bool {
    let types = event.data_transfer().map(|data| data.types());
    types.is_some_and(|types| types.includes(&"Files".into(), 0))
}

/// Takes what is dropped; `true` while files hang over the page and letting go would import them.
pub fn watch(state: State) -> RwSignal<bool> {
    let over = RwSignal::new(false);
    let last = StoredValue::new(0u64);
    let hangs = move |event: DragEvent| {
        if !has_files(&event) {
            return;
        }
        event.prevent_default();
        // The import page has a place of its own for them, which says so itself.
        let elsewhere = state
            .place
            .with_untracked(|place| place.route != Route::Data(String::new()));
        if elsewhere && !over.get_untracked() {
            over.set(true);
        }
        let now = last.try_update_value(|last| {
            *last += 1;
            *last
        });
        set_timeout(
            move || {
                if last.try_get_value() == now {
                    over.try_set(false);
                }
            },
            GONE_AFTER,
        );
    };
    // These live as long as the page.
    let _ = window_event_listener(ev::dragenter, hangs);
    let _ = window_event_listener(ev::dragover, hangs);
    let _ = window_event_listener(ev::drop, move |event| {
        over.set(false);
        if !has_files(&event) {
            return;
        }
        event.prevent_default();
        let Some(list) = event.data_transfer().and_then(|data| data.files()) else {
            return;
        };
        let files: Vec<File> = (0..list.length()).filter_map(|i| list.get(i)).collect();
        if !files.is_empty() {
            offer(files);
        }
    });
    over
}

type Take = fn(Vec<File>);

thread_local! {
    static WAITING: RefCell<Vec<File>> = const { RefCell::new(Vec::new()) };
    static TAKE: Cell<Option<Take>> = const { Cell::new(None) };
}

/// Hands files to the import, and goes there.
fn offer(files: Vec<File>) {
    match TAKE.get() {
        Some(take) => take(files),
        None => {
            WAITING.with_borrow_mut(|waiting| waiting.extend(files));
            navigate(&Route::Data(String::new()).href());
        }
    }
}

/// From now on the import takes them, first those that wait.
pub fn taken_by(take: Take) {
    // Hidden from the optimiser, which would see that only one function is ever set, call it outright and so draw the
    // import into what is loaded first.
    TAKE.set(Some(std::hint::black_box(take)));
    let waiting = WAITING.take();
    if !waiting.is_empty() {
        take(waiting);
    }
}
