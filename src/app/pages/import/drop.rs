//! The place to drop files, and the picker for those who would rather click.

use super::Desk;
use crate::state::use_words;
use leptos::{ev, html};
use ui::prelude::*;
use ui::{Button, Icon, Look, icon};
use wasm_bindgen::JsCast;
use web_sys::{File, FileList, HtmlInputElement};

/// What the picker offers; dropped files of any kind are looked at.
const KINDS: &str = ".csv,.tsv,.txt,.json,.jsonl,.ndjson,text/csv,text/plain,application/json";

/// The files of a list.
pub fn files_of(list: Option<FileList>) -> Vec<File> {
    let Some(list) = list else { return Vec::new() };
    (0..list.length()).filter_map(|at| list.get(at)).collect()
}

/// The drop zone with its picker.
#[component]
pub fn DropZone() -> impl IntoView {
    let words = use_words();
    let desk = expect_context::<Desk>();
    let over = RwSignal::new(false);
    let picker = NodeRef::<html::Input>::new();
    let dropped = move |event: ev::DragEvent| {
        event.prevent_default();
        // The window takes dropped files too; once is enough.
        event.stop_propagation();
        over.set(false);
        desk.offer(files_of(
            event.data_transfer().and_then(|data| data.files()),
        ));
    };
    let picked = move |event: ev::Event| {
        let input: HtmlInputElement = event_target(&event);
        desk.offer(files_of(input.files()));
        // The same file can be picked again.
        input.set_value("");
    };
    let choose = Callback::new(move |()| {
        if let Some(input) = picker.get_untracked() {
            input.unchecked_ref::<web_sys::HtmlElement>().click();
        }
    });
    view! {
        <section
            class="drop-zone"
            data-over=move || over.get().then_some("")
            aria-label=words.import_drop_title()
            on:dragover=move |event| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=dropped
        >
            <Icon glyph=icon::IMPORT/>
            <p class="drop-title">
                {move || if over.get() { words.import_drop_now() } else { words.import_drop_title() }}
            </p>
            <Button label=words.import_drop_choose() look=Look::Primary on_press=choose/>
            <input
                type="file"
                class="visually-hidden"
                tabindex="-1"
                aria-hidden="true"
                multiple=true
                accept=KINDS
                node_ref=picker
                on:change=picked
            />
            <p class="drop-text">{words.import_drop_text()}</p>
            <ul class="drop-hints">
                <li>{words.import_drop_known()}</li>
                <li>{words.import_drop_order()}</li>
                <li>{words.import_drop_excel()}</li>
            </ul>
        </section>
    }
    .into_any()
}
