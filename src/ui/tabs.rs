//! Tabs: links between views of one thing, so that each is a place with an address.

use crate::prelude::*;

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
    view! { <nav class="tabs" aria-label=label>{links}</nav> }.into_any()
}
