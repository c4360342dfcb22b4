//! Tabs: links between views of one thing, so that each is a place with an address.

use crate::prelude::*;
use leptos::html;
use wasm_bindgen::JsCast;

/// One tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TabItem {
    /// Its key; the current tab's equals `current`.
    pub key: String,
    /// What it says.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// A number beside it.
    pub count: Option<String>,
}

/// A row of tabs.
#[component]
pub fn Tabs(
    /// What the tabs are views of.
    #[prop(into)]
    label: String,
    /// The tabs.
    items: Vec<TabItem>,
    /// Key of the current one.
    #[prop(into)]
    current: Signal<String>,
) -> impl IntoView {
    let links: Vec<AnyView> = items
        .into_iter()
        .map(|item| {
            let key = item.key;
            view! {
                <a
                    href=item.href
                    data-keep-scroll=""
                    aria-current=move || current.with(|now| *now == key).then_some("page")
                >
                    {item.label}
                    {item.count.map(|count| view! { <span class="count">{count}</span> })}
                </a>
            }
            .into_any()
        })
        .collect();
    let row = NodeRef::<html::Nav>::new();
    Effect::new(move |_| {
        current.track();
        request_animation_frame(move || {
            // A page may be left before it is painted.
            if let Some(row) = row.try_get_untracked().flatten() {
                show_current(&row);
            }
        });
    });
    view! { <nav class="tabs" aria-label=label node_ref=row>{links}</nav> }.into_any()
}

/// Moves a row that is wider than the screen so that the current tab is in its middle; the page itself stays.
fn show_current(row: &web_sys::HtmlElement) {
    let found = row.query_selector("[aria-current]").ok().flatten();
    if let Some(tab) = found.and_then(|tab| tab.dyn_into::<web_sys::HtmlElement>().ok()) {
        let middle = tab.offset_left() - row.offset_left() + tab.offset_width() / 2;
        row.set_scroll_left(middle - row.client_width() / 2);
    }
}
