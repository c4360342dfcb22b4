//! Sets of customers a person can name: saved segments, static lists, ready segments. Each has a key that stands in
//! links (`saved:<id>`, `list:<id>`, `ready:<key>`) and a rule that stands in other rules.

use crate::router::{Route, customers_by_rule};
use crate::state::{use_ask, use_words};
use leptos::ev;
use protocol::{MembershipQuery, MembershipReply, Query, Reply, SegmentView, StaticListView};
use std::sync::Arc;
use text::Words;
use ui::prelude::*;
use ui::{Icon, icon};

/// What kind of set it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetKind {
    /// A segment the owner saved.
    Saved,
    /// A static list.
    List,
    /// A ready segment.
    Ready,
}

/// A set of customers.
#[derive(Clone, Debug, PartialEq)]
pub struct SetItem {
    /// Its key in links.
    pub key: String,
    /// Its name as a person reads it.
    pub name: String,
    /// The rule it stands for inside other rules.
    pub rule: String,
    /// Members today.
    pub count: u64,
    /// What it is.
    pub kind: SetKind,
}

impl SetItem {
    /// Where its members are.
    pub fn href(&self) -> String {
        match self.key.split_once(':') {
            Some(("saved", id)) => Route::Customers.with(&[("segment", id)]),
            Some(("ready", key)) => Route::Customers.with(&[("ready", key)]),
            _ => customers_by_rule(&self.rule),
        }
    }
}

/// The rule that names a saved segment or a list.
pub fn rule_naming(id: &str) -> String {
    ["{\"segment\":\"", id, "\"}"].concat()
}

/// All sets there are, and how asking for them stands.
#[derive(Clone, Copy)]
pub struct Sets {
    /// The sets: saved ones first, then lists, then ready ones.
    pub items: Memo<Arc<Vec<SetItem>>>,
}

impl Sets {
    /// The set of a key.
    pub fn find(&self, key: &str) -> Option<SetItem> {
        self.items
            .with(|items| items.iter().find(|item| item.key == key).cloned())
    }
}

/// Keeps all sets at hand.
pub fn use_sets() -> Sets {
    let words = use_words();
    let asked = use_ask(|| Query::Segments);
    let lists = use_ask(|| Query::Membership(MembershipQuery::Lists));
    let items = Memo::new(move |_| {
        let mut saved = Vec::new();
        let mut ready = Vec::new();
        if let Some(Reply::Segments(segments)) = asked.reply().as_deref() {
            for segment in segments.iter().filter(|segment| segment.fault.is_none()) {
                let item = of_segment(words, segment);
                let kind = if item.kind == SetKind::Saved {
                    &mut saved
                } else {
                    &mut ready
                };
                kind.push(item);
            }
        }
        if let Some(Reply::Membership(reply)) = lists.reply().as_deref()
            && let MembershipReply::Lists(lists) = &**reply
        {
            saved.extend(lists.iter().map(of_list));
        }
        saved.append(&mut ready);
        Arc::new(saved)
    });
    Sets { items }
}

fn of_segment(words: Words, segment: &SegmentView) -> SetItem {
    let (key, name, rule, kind) = match (segment.id, &segment.key) {
        (Some(id), _) => {
            let id = id.to_string();
            (
                ["saved:", &id].concat(),
                segment.name.clone(),
                rule_naming(&id),
                SetKind::Saved,
            )
        }
        (None, key) => {
            let key = key.as_deref().unwrap_or_default();
            (
                ["ready:", key].concat(),
                words.ready_segment_of(key, &segment.name),
                segment.rule.clone(),
                SetKind::Ready,
            )
        }
    };
    SetItem {
        key,
        name,
        rule,
        count: segment.count.count,
        kind,
    }
}

fn of_list(list: &StaticListView) -> SetItem {
    let id = list.id.to_string();
    SetItem {
        key: ["list:", &id].concat(),
        name: list.name.clone(),
        rule: rule_naming(&id),
        count: list.count.count,
        kind: SetKind::List,
    }
}

/// A choice of one set, in groups.
#[component]
pub fn SetChoice(
    /// Its name.
    #[prop(into)]
    label: String,
    /// The name is for readers only.
    #[prop(optional)]
    label_hidden: bool,
    /// The key of the chosen set; empty is none.
    #[prop(into)]
    value: RwSignal<String>,
    /// The sets.
    sets: Sets,
    /// What stands for none.
    #[prop(into)]
    empty: String,
    /// The person chose.
    #[prop(optional)]
    on_change: Option<Callback<String>>,
) -> impl IntoView {
    let words = use_words();
    let id = ui::fresh_id("sets");
    let option = move |key: String, text: String| {
        let own = key.clone();
        view! { <option value=key prop:selected=move || value.with(|now| *now == own)>{text}</option> }.into_any()
    };
    let of_kind = move |kind: SetKind, label: &'static str| {
        sets.items.with(|items| {
            let some: Vec<AnyView> = items
                .iter()
                .filter(|item| item.kind == kind)
                .map(|item| {
                    let text = [&item.name, " · ", &words.count(item.count)].concat();
                    option(item.key.clone(), text)
                })
                .collect();
            (!some.is_empty()).then(|| view! { <optgroup label=label>{some}</optgroup> }.into_any())
        })
    };
    let options = move || {
        vec![
            Some(option(String::new(), empty.clone())),
            of_kind(SetKind::Saved, words.many_sets_saved()),
            of_kind(SetKind::List, words.many_sets_lists()),
            of_kind(SetKind::Ready, words.many_sets_ready()),
        ]
        .into_iter()
        .flatten()
        .collect_view()
    };
    let changed = move |event: ev::Event| {
        let key = event_target_value(&event);
        value.set(key.clone());
        if let Some(on_change) = on_change {
            on_change.run(key);
        }
    };
    let class = if label_hidden {
        "visually-hidden"
    } else {
        "field-label"
    };
    view! {
        <div class="field set-choice">
            <label class=class for=id.clone()>{label}</label>
            <span class="select">
                <select class="input" id=id on:change=changed>{options}</select>
                <Icon glyph=icon::CHEVRON_DOWN/>
            </span>
        </div>
    }
    .into_any()
}
