//! The place to drop files, and the picker for those who would rather click.

use super::Desk;
use crate::state::use_words;
use leptos::{ev, html};
use ui::prelude::*;
use ui::{Button, Icon, Look, Textarea, icon};
use wasm_bindgen::JsCast;
use web_sys::{File, FileList, HtmlInputElement};

/// What the picker offers; dropped files of any kind are looked at.
const KINDS: &str = ".csv,.tsv,.txt,.json,.jsonl,.ndjson,.vcf,.xlsx,.xlsm,.xls,.xlsb,.ods,.zip,.htm,.html,.xml,\
     text/csv,text/plain,application/json,text/vcard";

/// The files of a list.
pub fn files_of(list: Option<FileList>) -> Vec<File> {
    let Some(list) = list else { return Vec::new() };
    (0..list.length()).filter_map(|at| list.get(at)).collect()
}

/// A table of text as a file.
fn pasted(name: &str, text: &str) -> Option<File> {
    let parts = js_sys::Array::of1(&text.into());
    File::new_with_str_sequence(&parts, name).ok()
}

/// A table has more than one line, or cells.
fn is_table(text: &str) -> bool {
    text.trim().contains(['\n', '\t'])
}

/// The place for a table that is typed or pasted; closed until somebody wants it.
#[component]
fn Paste() -> impl IntoView {
    let words = use_words();
    let desk = expect_context::<Desk>();
    let text = RwSignal::new(String::new());
    let open = RwSignal::new(false);
    let take = move |text: &str| {
        if let Some(file) = pasted(words.import_paste_name(), text) {
            desk.offer(vec![file]);
        }
    };
    // A table that is pasted anywhere on the page outside a field.
    let listener = window_event_listener(ev::paste, move |event| {
        let field = event
            .target()
            .and_then(|it| it.dyn_into::<web_sys::Element>().ok());
        if field.is_some_and(|it| {
            it.closest("input, textarea, select")
                .is_ok_and(|it| it.is_some())
        }) {
            return;
        }
        let data = event
            .dyn_ref::<web_sys::ClipboardEvent>()
            .and_then(web_sys::ClipboardEvent::clipboard_data);
        let Some(data) = data else { return };
        let files = files_of(data.files());
        let text = data.get_data("text/plain").unwrap_or_default();
        if !files.is_empty() {
            event.prevent_default();
            desk.offer(files);
        } else if is_table(&text) {
            event.prevent_default();
            take(&text);
        }
    });
    on_cleanup(move || listener.remove());
    let read = Callback::new(move |()| {
        let text = text.get_untracked();
        if !text.trim().is_empty() {
            take(&text);
        }
    });
    let field = move || {
        if open.get() {
            view! {
                <Textarea label=words.import_paste_label() value=text hint=words.import_paste_hint() rows=6 code=true/>
                <Button
                    label=words.import_paste_read()
                    disabled=Signal::derive(move || !text.with(|text| is_table(text)))
                    on_press=read
                />
            }
            .into_any()
        } else {
            let show = Callback::new(move |()| open.set(true));
            view! { <Button label=words.import_paste() look=Look::Quiet icon=icon::COPY on_press=show/> }
                .into_any()
        }
    };
    view! { <div class="import-paste">{field}</div> }.into_any()
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
            <Paste/>
            <ul class="drop-hints">
                <li>{words.import_drop_known()}</li>
                <li>{words.import_drop_order()}</li>
            </ul>
        </section>
    }
    .into_any()
}
