//! The head of a segment's page: its name, its condition in words, and what can be done with it.

use super::Subject;
use crate::many::{ManyDialog, Wish, acts};
use crate::named::SetNames;
use crate::pages::data::out::{ExportDialog, Exported};
use crate::router::{self, Route};
use crate::state::{apply_in, use_currency, use_state, use_words};
use model::SegmentId;
use protocol::{Chosen, Command, ListRequest};
use ui::prelude::*;
use ui::{LinkButton, Look, Menu, MenuItem, icon};

/// The head.
#[component]
pub fn Head(
    /// The segment.
    subject: Subject,
    /// The names of what its rule names.
    names: SetNames,
) -> impl IntoView {
    let words = use_words();
    let (rule, currency) = (subject.rule.clone(), use_currency());
    // Names come a moment later; the head stays, for its menu may be open.
    let sentence = move || lead(words.rule_named(&rule, currency, &|id| names.name(id)));
    let wish = RwSignal::new(None::<Wish>);
    let choosing = RwSignal::new(None::<Exported>);
    let items = items(&subject, wish, choosing);
    view! {
        <header class="page-head">
            <div>
                <p class="back"><a href=Route::Segments(String::new()).href()>{words.segments_tab_all()}</a></p>
                <h1 tabindex="-1">{subject.name.clone()}</h1>
                {sentence}
            </div>
            <div class="actions">
                <Menu label=words.segments_actions(&subject.name) icon=icon::MORE icon_only=true items/>
                <LinkButton
                    label=words.segment_members_open()
                    href=subject.members_href()
                    icon=icon::PEOPLE
                    look=Look::Primary
                />
            </div>
        </header>
        <ManyDialog wish/>
        <ExportDialog what=choosing/>
    }
    .into_any()
}

/// Characters of the sentence that are shown before one asks for all of it.
const SENTENCE: usize = 320;

/// The condition in words; of a long one the beginning, and all of it below.
fn lead(sentence: String) -> AnyView {
    let short = text::shortened(sentence.clone(), SENTENCE);
    if short == sentence {
        return view! { <p class="lead">{sentence}</p> }.into_any();
    }
    view! {
        <details class="lead long-lead">
            <summary>{short}</summary>
            <p>{sentence}</p>
        </details>
    }
    .into_any()
}

/// The list of the members.
pub fn members(subject: &Subject) -> ListRequest {
    ListRequest {
        segment: subject.id,
        rule: subject.id.is_none().then(|| subject.rule.clone()),
        as_of: subject.as_of,
        ..ListRequest::default()
    }
}

fn items(
    subject: &Subject,
    wish: RwSignal<Option<Wish>>,
    choosing: RwSignal<Option<Exported>>,
) -> Vec<MenuItem> {
    let words = use_words();
    let request = members(subject);
    let who = Chosen::List(request.clone());
    let mut items = vec![MenuItem::new(words.out_more(), icon::DOWNLOAD, move || {
        choosing.set(Some(Exported::Customers(request.clone())))
    })];
    items.extend(acts(words, wish, &who, &subject.name));
    let copy = Subject {
        id: None,
        key: None,
        ..subject.clone()
    };
    items.push(MenuItem::new(words.segment_copy(), icon::COPY, move || {
        router::navigate(&copy.href(""));
    }));
    if let Some(id) = subject.id {
        items.push(delete(id, &subject.name));
    }
    items
}

fn delete(id: SegmentId, name: &str) -> MenuItem {
    let (words, state) = (use_words(), use_state());
    let said = words.segments_deleted(name);
    MenuItem::new(words.segments_delete(), icon::TRASH, move || {
        let all = Route::Segments(String::new()).href();
        apply_in(
            state,
            Command::RemoveSegment { id },
            said.clone(),
            move |_| {
                router::navigate(&all);
            },
        );
    })
    .danger()
}
