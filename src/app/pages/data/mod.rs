//! Data: how it comes in, how good it is, how it goes out.
//!
//! Four views of one section: the import (the first, `#/data`), duplicates, quality, and files to take away. Each is
//! drawn anew when its tab is chosen; what must outlive that (a file going in) lives at the import's desk.

mod duplicates;
pub mod out;
mod quality;
mod work;

pub use duplicates::merge_href;
pub use quality::quality_note;

use crate::pages::import::ImportPage;
use crate::router::Route;
use crate::state::{use_place, use_title, use_words};
use ui::prelude::*;
use ui::{PageHead, TabItem, Tabs};

/// The data page.
#[component]
pub fn DataPage() -> impl IntoView {
    let words = use_words();
    use_title(words.data_title());
    let place = use_place();
    let view = Memo::new(move |_| {
        place.with(|place| match &place.route {
            Route::Data(view) => view.clone(),
            _ => String::new(),
        })
    });
    let tab = |key: &str, label: &str| TabItem {
        key: key.to_owned(),
        label: label.to_owned(),
        href: Route::Data(key.to_owned()).href(),
        count: None,
    };
    let tabs = vec![
        tab("", words.data_tab_import()),
        tab("duplicates", words.data_tab_duplicates()),
        tab("quality", words.data_tab_quality()),
        tab("out", words.data_tab_out()),
    ];
    view! {
        <div class="page">
            <div class="page-top"><PageHead title=words.data_title() text=words.data_lead()/>
            <Tabs label=words.data_title() items=tabs current=view/></div>
            {move || match view.get().as_str() {
                "duplicates" => view! { <duplicates::Duplicates/> }.into_any(),
                "quality" => view! { <quality::Quality/> }.into_any(),
                "out" => view! { <out::Out/> }.into_any(),
                _ => view! { <ImportPage/> }.into_any(),
            }}
        </div>
    }
    .into_any()
}
