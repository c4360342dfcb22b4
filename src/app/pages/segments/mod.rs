//! Segments: ready and saved groups, the page of one, RFM, the life cycle, overlaps, flows, static lists.

mod builder;
mod flow;
mod history;
mod lifecycle;
mod list;
mod lists;
mod missing;
mod once;
mod overlap;
mod portrait;
mod rfm;
mod segment;
mod sheet;
mod spread;
mod stepped;

pub use lifecycle::Thresholds;
pub use missing::Missing;
pub use rfm::Why as WhyScores;
pub use segment::Subject;
pub use spread::spread;

use crate::router::Route;
use crate::state::{use_place, use_title, use_words};
use segment::{NEW, SegmentPage, is_subject};
use ui::prelude::*;
use ui::{LinkButton, Look, PageHead, TabItem, Tabs, icon};

/// The segments page.
#[component]
pub fn SegmentsPage() -> impl IntoView {
    let place = use_place();
    let view = Memo::new(move |before: Option<&String>| {
        place.with(|place| match &place.route {
            Route::Segments(view) => view.clone(),
            // On the way to another page this one stays as it was.
            _ => before.cloned().unwrap_or_default(),
        })
    });
    // One memo and not two: a region that reads a memo and another one made of it misses changes of the first.
    let one = Memo::new(move |_| view.with(|view| is_subject(view).then(|| view.clone())));
    let content = move || match one.get() {
        Some(which) => view! { <SegmentPage which/> }.into_any(),
        None => view! { <AllSegments view/> }.into_any(),
    };
    view! { <div class="page">{content}</div> }.into_any()
}

/// What is about all segments.
#[component]
fn AllSegments(
    /// Which view.
    view: Memo<String>,
) -> impl IntoView {
    let words = use_words();
    use_title(words.segments_title());
    let tab = |key: &str, label: &str| TabItem {
        key: key.to_owned(),
        label: label.to_owned(),
        href: Route::Segments(key.to_owned()).href(),
        count: None,
    };
    let tabs = vec![
        tab("", words.segments_tab_all()),
        tab("lists", words.segment_tab_lists()),
        tab("overlap", words.segment_tab_overlap()),
        tab("flow", words.segment_tab_flow()),
        tab("rfm", words.segments_tab_rfm()),
        tab("lifecycle", words.segments_tab_lifecycle()),
    ];
    let content = move || match view.get().as_str() {
        "lists" => view! { <lists::Lists/> }.into_any(),
        "overlap" => view! { <overlap::Overlap/> }.into_any(),
        "flow" => view! { <flow::Flow/> }.into_any(),
        "rfm" => view! { <rfm::Rfm/> }.into_any(),
        "lifecycle" => view! { <lifecycle::Lifecycle/> }.into_any(),
        _ => view! { <list::List/> }.into_any(),
    };
    view! {
        <div class="page-top"><PageHead title=words.segments_title() text=words.segments_lead()>
            <LinkButton
                label=words.segments_new()
                href=Route::Segments(NEW.to_owned()).href()
                look=Look::Primary
                icon=icon::PLUS
            />
        </PageHead>
        <Tabs label=words.segments_title() items=tabs current=view/></div>
        {content}
    }
    .into_any()
}
