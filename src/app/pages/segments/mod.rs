//! Page.

use leptos::prelude::*;

/// The page.
#[component]
pub fn SegmentsPage() -> impl IntoView {
    view! { <div></div> }
}
