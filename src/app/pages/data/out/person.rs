//! Everything about one person, to hand over: as JSON, or as a page to read.

use super::page_file::{Page, shown};
use super::save::{Making, hand_out, text_file};
use crate::client;
use crate::state::{State, use_state, use_words};
use leptos::task::spawn_local;
use model::CustomerId;
use protocol::{ExportFormat, ExportWhat, Fault, FaultCode, OutExport};
use serde_json::Value;
use text::Words;
use ui::prelude::*;
use ui::{Button, Dialog, Look, icon};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// The dialog; open while a person is named.
#[component]
pub fn PersonDialog(
    /// Who, and what they are called; `None` while closed.
    person: RwSignal<Option<(CustomerId, String)>>,
) -> impl IntoView {
    let words = use_words();
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(person.with(Option::is_some)));
    let title = Signal::derive(move || {
        let name = person.with(|it| it.as_ref().map(|(_, name)| name.clone()));
        words.out_person_title(&name.unwrap_or_default())
    });
    view! {
        <Dialog
            open
            title
            close_label=words.act_close()
            on_close=Callback::new(move |()| person.set(None))
        >
            {move || person.get().map(|(id, name)| view! { <Choice id name open/> })}
        </Dialog>
    }
    .into_any()
}

#[component]
fn Choice(id: CustomerId, name: String, open: RwSignal<bool>) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let what = move || {
        let what = OutExport::Person { customer: id };
        (ExportWhat::Out(what), ExportFormat::Json)
    };
    let json = Making::new();
    let page = Making::new();
    let save_json = Callback::new(move |()| {
        json.run(state, what(), move |file, blob| {
            if hand_out(state, &blob, &file.name) {
                state.toasts.done(words.out_person_saved(&file.name), None);
                open.try_set(false);
            }
        });
    });
    let name = StoredValue::new(name);
    let save_page = Callback::new(move |()| {
        page.run(state, what(), move |file, blob| {
            let file_name = file.name.replace(".json", ".html");
            let title = words.out_person_title(&name.try_get_value().unwrap_or_default());
            spawn_local(async move {
                save_as_page(state, words, (&title, &file_name), &blob).await;
                open.try_set(false);
            });
        });
    });
    view! {
        <p>{words.out_person_text()}</p>
        <div class="outlet-choices">
            <div>
                <Button label=words.out_person_page() look=Look::Primary icon=icon::FILE busy=page.busy on_press=save_page/>
                <p class="note">{words.out_person_page_hint()}</p>
            </div>
            <div>
                <Button label=words.out_person_json() icon=icon::DOWNLOAD busy=json.busy on_press=save_json/>
                <p class="note">{words.out_person_json_hint()}</p>
            </div>
        </div>
    }
    .into_any()
}

/// Makes the page of what the worker wrote.
async fn save_as_page(state: State, words: Words, (title, name): (&str, &str), blob: &Blob) {
    let text = JsFuture::from(blob.text()).await.ok();
    let text = text.and_then(|text| text.as_string()).unwrap_or_default();
    let Ok(person) = serde_json::from_str::<Value>(&text) else {
        return state.toasts.fault(&client::mismatch());
    };
    let page = person_page(words, title, &person);
    match text_file(&page, "text/html;charset=utf-8") {
        Some(blob) if hand_out(state, &blob, name) => {
            state.toasts.done(words.out_person_saved(name), None);
        }
        Some(_) => {}
        None => state.toasts.fault(&Fault::new(FaultCode::Storage)),
    }
}

/// The page: what a person wants to read first, every row of the database folded at the end.
fn person_page(words: Words, title: &str, person: &Value) -> String {
    let mut page = Page::new(words, title);
    let name = |key: &str| words.field(key);
    let pairs = |value: &Value| -> Vec<(String, String)> {
        let fields = value.as_object().into_iter().flatten();
        fields
            .filter(|(key, value)| !matches!(key.as_str(), "custom") && !value.is_null())
            .map(|(key, value)| {
                let text = value
                    .as_str()
                    .map_or_else(|| shown(value), |text| words.choice(key, text));
                (name(key), text)
            })
            .filter(|(_, text)| !text.is_empty())
            .collect()
    };
    if let Some(day) = person.get("asOf").and_then(Value::as_str) {
        page.text(day);
    }
    if let Some(customer) = person.get("customer") {
        page.pairs(pairs(customer));
        if let Some(custom) = customer.get("custom") {
            let fields = custom.as_object().into_iter().flatten();
            page.pairs(
                fields
                    .map(|(key, value)| (key.clone(), shown(value)))
                    .collect(),
            );
        }
    }
    let parts = [
        ("calculated", words.out_columns_calculated()),
        ("segments", words.segments_title()),
        ("orders", words.orders_title()),
        ("membership", words.customers_tab_points()),
        ("points", words.customers_tab_points()),
        ("coupons", words.coupons_title()),
        ("interactions", words.customers_tab_timeline()),
        ("lists", words.out_lists()),
        ("history", words.customers_tab_history()),
    ];
    for (key, heading) in parts {
        match person.get(key) {
            Some(Value::Array(items)) if !items.is_empty() => {
                page.heading(heading);
                page.objects(&name, items);
            }
            Some(value @ Value::Object(fields)) if !fields.is_empty() => {
                page.heading(heading);
                page.pairs(pairs(value));
            }
            _ => {}
        }
    }
    if let Some(tables) = person.get("rows").and_then(Value::as_object) {
        page.heading(words.out_workspace());
        for (table, rows) in tables {
            let title = words.out_find(&["table.", table].concat()).unwrap_or(table);
            let text = serde_json::to_string_pretty(rows).unwrap_or_default();
            page.folded(title, &text);
        }
    }
    page.end()
}
