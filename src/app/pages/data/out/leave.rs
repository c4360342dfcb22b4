//! Moving to another program: one press for each.

use super::dialog::{Exported, Start, layout_name};
use crate::state::use_words;
use protocol::{Layout, ListRequest};
use ui::prelude::*;
use ui::{Button, icon};

const PROGRAMS: [Layout; 5] = [
    Layout::Zoho,
    Layout::Shopify,
    Layout::Hubspot,
    Layout::Fxiaoke,
    Layout::Google,
];

/// The programs.
#[component]
pub fn Leave(exported: RwSignal<Option<Start>>) -> impl IntoView {
    let words = use_words();
    let buttons: Vec<AnyView> = PROGRAMS
        .into_iter()
        .map(|layout| {
            let go = Callback::new(move |()| {
                let what = Exported::Customers(ListRequest::default());
                exported.set(Some(Start::in_layout(what, layout)));
            });
            view! { <Button label=layout_name(words, layout) icon=icon::DOWNLOAD on_press=go/> }
                .into_any()
        })
        .collect();
    view! { <div class="actions">{buttons}</div> }.into_any()
}
