//! Records that may be one customer: the groups that were found, records side by side, what was merged and what was
//! kept apart.

mod apart;
mod groups;
mod many;
mod merge;
mod past;
mod points;

use crate::router::Route;
use crate::state::use_place;
use model::CustomerId;
use ui::prelude::*;

/// The address of the page that makes records one.
pub fn merge_href(ids: &[CustomerId]) -> String {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    page(&[("merge", &ids.join("."))])
}

/// The address of the page with parameters.
fn page(params: &[(&str, &str)]) -> String {
    Route::Data("duplicates".to_owned()).with(params)
}

/// Duplicates.
#[component]
pub fn Duplicates() -> impl IntoView {
    let place = use_place();
    let param = move |key: &'static str| {
        Memo::new(move |_| place.with(|place| place.params.get(key).unwrap_or_default().to_owned()))
    };
    let (merging, show) = (param("merge"), param("show"));
    let content = move || {
        let ids: Vec<CustomerId> = merging
            .get()
            .split('.')
            .filter_map(|id| id.parse().ok())
            .collect();
        if ids.len() > 1 {
            return merge::merge(ids);
        }
        groups::groups(show)
    };
    view! { <div class="twins">{content}</div> }.into_any()
}
