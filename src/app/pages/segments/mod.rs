//! Segments: ready and saved groups, RFM, the life cycle.

mod dialog;
mod lifecycle;
pub use lifecycle::Thresholds;
mod list;
mod rfm;

use crate::router::Route;
use crate::state::{use_place, use_title, use_words};
pub use dialog::spread;
use dialog::{Draft, SegmentDialog};
use ui::prelude::*;
use ui::{Button, Look, PageHead, TabItem, Tabs, icon};

/// The segments page.
#[component]
pub fn SegmentsPage() -> impl IntoView {
    let words = use_words();
    use_title(words.segments_title());
    let place = use_place();
    let view = Memo::new(move |_| {
        place.with(|place| match &place.route {
            Route::Segments(view) => view.clone(),
            _ => String::new(),
        })
    });
    let draft = RwSignal::new(None::<Draft>);
    let tab = |key: &str, label: &str| TabItem {
        key: key.to_owned(),
        label: label.to_owned(),
        href: Route::Segments(key.to_owned()).href(),
        count: None,
    };
    let tabs = vec![
        tab("", words.segments_tab_all()),
        tab("rfm", words.segments_tab_rfm()),
        tab("lifecycle", words.segments_tab_lifecycle()),
    ];
    let content = move || match view.get().as_str() {
        "rfm" => view! { <rfm::Rfm/> }.into_any(),
        "lifecycle" => view! { <lifecycle::Lifecycle/> }.into_any(),
        _ => view! { <list::List draft/> }.into_any(),
    };
    view! {
        <div class="page">
            <div class="page-top"><PageHead title=words.segments_title() text=words.segments_lead()>
                <Button
                    label=words.segments_new()
                    look=Look::Primary
                    icon=icon::PLUS
                    on_press=move |()| draft.set(Some(Draft::default()))
                />
            </PageHead>
            <Tabs label=words.segments_title() items=tabs current=view/></div>
            {content}
        </div>
        <SegmentDialog draft/>
    }
    .into_any()
}
