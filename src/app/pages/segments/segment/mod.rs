//! One segment: its condition in words, how many and who, and in tabs what else is known of it.
//!
//! Everything follows from the address: `#/segments/<id>?tab=portrait`. What is made anew lives at `#/segments/new`
//! with its rule as a parameter, so that a half-made segment is a link too and survives a reload.

mod broken;
mod head;
mod overview;
mod subject;
mod why;

pub use subject::{NEW, Subject, is_subject};

use super::builder::{Builder, Start};
use super::history::History;
use super::portrait::Portrait;
use crate::as_of::use_as_of;
use crate::named::{SetNames, named_in, use_set_names};
use crate::router::Route;
use crate::state::{Asking, use_ask, use_place, use_title, use_words};
use protocol::{Fault, Query, Reply, SegmentView};
use text::Words;
use ui::prelude::*;
use ui::{EmptyState, ErrorState, LinkButton, Look, Skeleton, TabItem, Tabs, icon};

/// The page of one segment.
#[component]
pub fn SegmentPage(
    /// Its place in the address.
    which: String,
) -> impl IntoView {
    let words = use_words();
    if which == NEW {
        use_title(words.segment_new_title());
        return view! { <Builder start=Start::of_address()/> }.into_any();
    }
    let as_of = use_as_of();
    let asked = use_ask(|| Query::Segments);
    let found = Memo::new(move |_| find(words, &asked, &which));
    let subject = Memo::new(move |_| {
        found.with(|found| {
            let segment = found.as_ref()?.as_ref()?;
            Some(Subject::of(words, segment, as_of.get()))
        })
    });
    Effect::new(move |_| {
        if let Some(subject) = subject.get() {
            use_title(subject.name);
        }
    });
    let fault = Memo::new(move |_| found.with(|found| found.as_ref()?.as_ref()?.fault.clone()));
    let names = use_set_names(move || {
        subject.with(|it| it.as_ref().map(|it| named_in(&it.rule)).unwrap_or_default())
    });
    let state = Memo::new(move |_| match (found.get(), asked.get().fault.is_some()) {
        (Some(Some(_)), _) => "here",
        (Some(None), _) => "gone",
        (None, true) => "failed",
        (None, false) => "coming",
    });
    let content = move || match state.get() {
        "here" => view! { <Parts subject fault names/> }.into_any(),
        "gone" => gone(words),
        "failed" => failed(words, asked),
        _ => view! { <Skeleton lines=8 shape="rows"/> }.into_any(),
    };
    content.into_any()
}

/// The segment of this place: `None` before the answer is there, `Some(None)` where there is none of that place.
fn find(words: Words, asked: &Asking, which: &str) -> Option<Option<SegmentView>> {
    let reply = asked.reply()?;
    let Reply::Segments(segments) = &*reply else {
        return None;
    };
    let found = segments
        .iter()
        .find(|segment| Subject::of(words, segment, None).place() == which);
    Some(found.cloned())
}

fn gone(words: Words) -> AnyView {
    view! {
        <EmptyState title=words.segment_gone() text=words.segment_gone_text() icon=icon::SEGMENTS whole=true>
            <LinkButton label=words.segment_gone_back() href=Route::Segments(String::new()).href() look=Look::Primary/>
        </EmptyState>
    }
    .into_any()
}

fn failed(words: Words, asked: Asking) -> AnyView {
    let fault = asked.get().fault;
    let text = fault.map(|fault| words.fault(&fault)).unwrap_or_default();
    let again = Callback::new(move |()| asked.again());
    view! {
        <ErrorState title=words.faults_title_page() text action=words.act_retry() on_action=again whole=true/>
    }
    .into_any()
}

/// Head, tabs, and the tab that is open.
#[component]
fn Parts(
    /// The segment.
    subject: Memo<Option<Subject>>,
    /// Why it cannot be counted, if it cannot.
    fault: Memo<Option<Fault>>,
    /// The names of what its rule names.
    names: SetNames,
) -> impl IntoView {
    let words = use_words();
    let place = use_place();
    let tab = Memo::new(move |_| {
        place.with(|place| place.params.get("tab").unwrap_or_default().to_owned())
    });
    let head = move || {
        subject
            .get()
            .map(|subject| view! { <head::Head subject names/> })
    };
    let tabs = move || {
        let items = subject.get().map(|subject| tab_items(words, &subject));
        view! { <Tabs label=words.segment_tabs() items=items.unwrap_or_default() current=tab/> }
    };
    // The builder outlives a change of the segment's name and rule, so that saving keeps its steps of undo.
    let shown = Memo::new(move |_| match tab.get() {
        tab if tab == "rule" => (tab, None, None),
        tab => (tab, subject.get(), fault.get()),
    });
    let content = move || {
        let (tab, shown, fault) = shown.get();
        let Some(subject) = shown else {
            let start = subject.get_untracked().map(Start::of).unwrap_or_default();
            return view! { <Builder start/> }.into_any();
        };
        // What was seen of its members before is still there to be looked at.
        if let Some(fault) = fault {
            let brief = tab == "history";
            let kept = brief.then(|| view! { <History subject=subject.clone()/> });
            return view! { <broken::Broken subject fault names brief/> {kept} }.into_any();
        }
        match tab.as_str() {
            "portrait" => view! { <Portrait subject/> }.into_any(),
            "history" => view! { <History subject/> }.into_any(),
            "why" => view! { <why::Why subject/> }.into_any(),
            _ => view! { <overview::Overview subject names/> }.into_any(),
        }
    };
    view! {
        <div class="page-top">{head} {tabs}</div>
        {content}
    }
    .into_any()
}

fn tab_items(words: Words, subject: &Subject) -> Vec<TabItem> {
    let tab = |key: &str, label: &str| TabItem {
        key: key.to_owned(),
        label: label.to_owned(),
        href: subject.href(key),
        count: None,
    };
    let mut tabs = vec![
        tab("", words.segment_tab_overview()),
        tab("rule", words.segment_tab_rule()),
        tab("portrait", words.segment_tab_portrait()),
    ];
    // Who entered and left is kept of saved segments.
    if subject.id.is_some() {
        tabs.push(tab("history", words.segment_tab_history()));
    }
    tabs.push(tab("why", words.segment_tab_why()));
    tabs
}
