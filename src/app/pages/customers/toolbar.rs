//! Above the list: title, search, and the conditions as a sentence.

use super::cells;
use super::conditions::AddCondition;
use super::list::List;
use super::names::segment_name;
use super::question::Group;
use super::{Editing, Shared, save_file};
use crate::many::{ManyDialog, acts_of};
use crate::named::{SetNames, named_in, use_set_names};
use crate::pages::data::out::{ExportDialog, Exported};
use crate::router;
use crate::state::{use_currency, use_words};
use leptos::ev;
use protocol::{CustomerSort, ExportFormat, ExportWhat, Past};
use std::collections::BTreeSet;
use std::time::Duration;
use text::Words;
use ui::prelude::*;
use ui::{
    Button, Checkbox, Chip, Choice, LinkButton, Look, Menu, MenuItem, PageHead, Popover,
    SearchField, Select, icon,
};

/// A pause in typing that is long enough to ask.
const PAUSE: Duration = Duration::from_millis(90);

/// Title, actions, search and total.
#[component]
pub fn Toolbar() -> impl IntoView {
    let words = use_words();
    let shared = expect_context::<Shared>();
    let list = expect_context::<List>();
    let new = Callback::new(move |()| shared.editing.set(Some(Editing::New(String::new()))));
    let save = save_file();
    let export = move |format| {
        let question = shared.question.get_untracked();
        if let Some(request) = question.request(&shared.segments.get_untracked(), 0, 500) {
            save.run((ExportWhat::Customers(request), format));
        }
    };
    let choosing = RwSignal::new(None::<Exported>);
    let choose = move || {
        let question = shared.question.get_untracked();
        if let Some(request) = question.request(&shared.segments.get_untracked(), 0, 500) {
            choosing.set(Some(Exported::Customers(request)));
        }
    };
    let exports = vec![
        MenuItem::new(words.out_more(), icon::DOWNLOAD, choose),
        MenuItem::new(words.customers_export_csv(), icon::FILE, move || {
            export(ExportFormat::Csv);
        }),
        MenuItem::new(words.customers_export_json(), icon::FILE, move || {
            export(ExportFormat::Json);
        }),
    ];
    let wish = RwSignal::new(None);
    let all = Callback::new(move |()| {
        let question = shared.question.get_untracked();
        let request = question.request(&shared.segments.get_untracked(), 0, 500)?;
        Some(protocol::Chosen::List(request))
    });
    // Of a static list there is one more thing to do.
    let on_list = Memo::new(move |_| shared.static_list().map(|(id, _)| id));
    let many = move || acts_of(words, wish, all, on_list.get());
    let many_menu = move || view! { <Menu label=words.many_menu() items=many()/> };
    // Where there is no room for buttons beside the title.
    let narrow = exports.clone();
    let few_menu = move || {
        let mut few = narrow.clone();
        few.extend(many());
        few.push(MenuItem::new(
            words.customers_import(),
            icon::IMPORT,
            || {
                router::navigate("#/import");
            },
        ));
        view! { <Menu label=words.customers_more() icon=icon::MORE icon_only=true items=few/> }
    };
    view! {
        <PageHead title=words.customers_title() text=words.customers_lead()>
            <span class="when-narrow">
                {few_menu}
            </span>
            {many_menu}
            <Menu label=words.customers_export() icon=icon::DOWNLOAD items=exports/>
            <LinkButton label=words.customers_import() icon=icon::IMPORT href="#/import"/>
            <Button label=words.customers_new() look=Look::Primary icon=icon::PERSON_ADD on_press=new/>
        </PageHead>
        <ExportDialog what=choosing/>
        <ManyDialog wish/>
        <div class="list-tools">
            <Search/>
            <p class="list-total" role="status">{move || total(words, list)}</p>
            <SortChoice/>
            <ColumnChoice/>
        </div>
    }
    .into_any()
}

/// How many there are, as far as it is known.
fn total(words: Words, list: List) -> String {
    match list.rows.total() {
        Some(total) => words.customers_total(total),
        // What is wrong is said where the rows would be.
        None if list.rows.fault().is_some() => String::new(),
        None => words.customers_counting().to_owned(),
    }
}

#[component]
fn Search() -> impl IntoView {
    let words = use_words();
    let shared = expect_context::<Shared>();
    let list = expect_context::<List>();
    let value = RwSignal::new(shared.question.with_untracked(|q| q.search.clone()));
    let open_first = RwSignal::new(false);
    let mut ask = debounce(PAUSE, move |search: String| {
        if shared.question.with_untracked(|q| q.search != search) {
            shared.ask(|question| super::Question { search, ..question });
        }
    });
    Effect::watch(
        move || value.get(),
        move |search, _, _| ask(search.clone()),
        false,
    );
    // The address changed from elsewhere (a cleared filter, the back button).
    let searched = Memo::new(move |_| shared.question.with(|q| q.search.clone()));
    Effect::watch(
        move || searched.get(),
        move |search, _, _| {
            if value.with_untracked(|value| value.trim() != search.trim()) {
                value.set(search.clone());
            }
        },
        false,
    );
    // Enter opens the first match, as soon as it is the match of what was typed.
    Effect::new(move |_| {
        let settled = list.rows.settled() && value.get() == searched.get();
        if settled && open_first.get() {
            open_first.set(false);
            if let Some(row) = list.rows.row_untracked(0) {
                router::navigate(&shared.customer_href(row.customer.id));
            }
        }
    });
    let key = Callback::new(move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Enter" => open_first.set(true),
        "ArrowDown" => {
            event.prevent_default();
            list.active.set(Some(0));
            let grid = document()
                .query_selector(".customers-table .grid")
                .ok()
                .flatten();
            if let Some(grid) = grid {
                use wasm_bindgen::JsCast;
                // A list that has left the page needs no focus.
                let _ = grid.unchecked_into::<web_sys::HtmlElement>().focus();
            }
        }
        _ => {}
    });
    view! {
        <SearchField
            label=words.customers_search()
            clear_label=words.customers_search_clear()
            value
            on_key=key
        />
    }
}

const SORTS: &[(&str, CustomerSort)] = &[
    ("updated", CustomerSort::UpdatedAt),
    ("created", CustomerSort::CreatedAt),
    ("name", CustomerSort::Name),
    ("spend", CustomerSort::Spend),
    ("orders", CustomerSort::OrderCount),
    ("last_order", CustomerSort::LastOrderOn),
    ("balance", CustomerSort::Balance),
];

/// The order, where there are no headers to click.
#[component]
fn SortChoice() -> impl IntoView {
    let words = use_words();
    let shared = expect_context::<Shared>();
    let value = RwSignal::new(String::new());
    Effect::new(move |_| {
        let now = shared.question.with(|question| question.sort);
        if let Some((name, _)) = SORTS.iter().find(|(_, sort)| *sort == now) {
            value.set((*name).to_owned());
        }
    });
    let choices = SORTS
        .iter()
        .map(|(name, _)| Choice::new(*name, cells::title(words, name)))
        .collect();
    let chosen = Callback::new(move |name: String| {
        if let Some((_, sort)) = SORTS.iter().find(|(key, _)| *key == name) {
            shared.ask(|question| super::Question {
                sort: *sort,
                descending: None,
                ..question
            });
        }
    });
    view! {
        <div class="sort-choice">
            <Select
                label=words.customers_sort()
                label_hidden=true
                value
                choices
                on_change=chosen
            />
        </div>
    }
}

/// Which columns are shown.
#[component]
fn ColumnChoice() -> impl IntoView {
    let words = use_words();
    let list = expect_context::<List>();
    let content = move || {
        let boxes: Vec<AnyView> = cells::KINDS
            .iter()
            .filter(|kind| kind.key != "name")
            .map(|kind| column_box(words, list, kind.key))
            .collect();
        let reset = Callback::new(move |()| list.columns.set(String::new()));
        view! {
            <div class="column-choice">{boxes}</div>
            <Button label=words.customers_columns_reset() look=Look::Quiet on_press=reset/>
        }
        .into_any()
    };
    view! {
        <div class="column-button">
            <Popover label=words.customers_columns() icon=icon::COLUMNS look=Look::Quiet>
                {content()}
            </Popover>
        </div>
    }
}

fn column_box(words: Words, list: List, key: &'static str) -> AnyView {
    let shown = move || {
        list.columns
            .with(|c| cells::shown(c).iter().any(|kind| kind.key == key))
    };
    let value = RwSignal::new(shown());
    Effect::new(move |_| {
        let now = shown();
        if value.get_untracked() != now {
            value.set(now);
        }
    });
    let turned = Callback::new(move |on: bool| {
        let now = list.columns.with_untracked(|c| cells::shown(c));
        let mut keys: Vec<&str> = now
            .iter()
            .map(|kind| kind.key)
            .filter(|k| *k != key)
            .collect();
        if on {
            keys.push(key);
        }
        list.columns.set(keys.join(","));
    });
    view! { <Checkbox label=cells::title(words, key) value on_change=turned/> }.into_any()
}

/// What only a link narrows the list down to: an import, a past day.
fn of_a_link(words: Words, shared: Shared, names: SetNames) -> AnyView {
    let import = move || {
        let import = shared.question.with(|question| question.import)?;
        let all = move |()| {
            shared.ask(|question| super::Question {
                import: None,
                ..question
            })
        };
        Some(view! { <super::ImportChip import on_remove=all/> })
    };
    let day = move || {
        let day = words.day(shared.question.with(|question| question.on)?);
        let label = words.asof_chip(&day);
        let today = move |()| {
            shared.ask(|question| super::Question {
                on: None,
                ..question
            })
        };
        Some(view! { <Chip label remove_label=words.asof_today() on_remove=today/> })
    };
    let currency = use_currency();
    let past = move || {
        let all = shared.question.with(|question| question.past.clone());
        all.iter()
            .enumerate()
            .map(|(at, past)| {
                let label = crate::many::past::say(words, past, currency, &|id| names.name(id));
                let remove_label = words.customers_filter_remove(&label);
                let remove = Callback::new(move |()| {
                    shared.ask(|mut question| {
                        if at < question.past.len() {
                            question.past.remove(at);
                        }
                        question
                    });
                });
                view! { <Chip label remove_label on_remove=remove/> }.into_any()
            })
            .collect_view()
    };
    view! { {import} {past} {day} }.into_any()
}

/// What the conditions and the past name.
fn named(question: &super::Question) -> BTreeSet<String> {
    let mut rules: Vec<String> = question
        .conditions
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut ids = BTreeSet::new();
    for past in &question.past {
        match past {
            Past::Held { rule, .. } => rules.push(rule.clone()),
            Past::Absent { .. } => {}
            Past::Entered { segment, .. }
            | Past::Left { segment, .. }
            | Past::Member { segment, .. } => {
                ids.insert(segment.to_string());
            }
        }
    }
    ids.extend(rules.iter().flat_map(|rule| named_in(rule)));
    ids
}

/// Conditions that are shown before one asks for more.
const CHIPS: usize = 12;

/// Characters of a condition that are shown; a rule may have a thousand nodes.
const LABEL: usize = 160;

/// The conditions as a sentence: show ... and ...
#[component]
pub fn Conditions() -> impl IntoView {
    let words = use_words();
    let shared = expect_context::<Shared>();
    let currency = use_currency();
    let names = use_set_names(move || shared.question.with(named));
    let unfolded = RwSignal::new(false);
    let more = move || {
        let count = shared.question.with(|question| question.conditions.len());
        let hidden = count.checked_sub(CHIPS).filter(|hidden| *hidden > 0)?;
        let label = if unfolded.get() {
            words.customers_filter_fewer().to_owned()
        } else {
            words.customers_filter_more(hidden as u64)
        };
        let turn = move |()| unfolded.update(|it| *it = !*it);
        Some(view! { <Button label look=Look::Quiet on_press=turn/> })
    };
    let chips = move || {
        let question = shared.question.get();
        let most = if unfolded.get() { usize::MAX } else { CHIPS };
        let shown = question.conditions.iter().enumerate().take(most);
        shown
            .map(|(at, node)| {
                let label = words.rule_named(&node.to_string(), currency, &|id| names.name(id));
                condition(words, shared, at, &text::shortened(label, LABEL))
            })
            .collect_view()
    };
    let narrowed = move || {
        shared.question.with(|q| {
            !q.conditions.is_empty()
                || q.group.is_some()
                || q.import.is_some()
                || q.on.is_some()
                || !q.past.is_empty()
        })
    };
    let clear = Callback::new(move |()| {
        shared.ask(|question| super::Question {
            conditions: Vec::new(),
            group: None,
            import: None,
            on: None,
            past: Vec::new(),
            ..question
        });
    });
    view! {
        <div class="conditions" role="group" aria-label=words.customers_filter_label()>
            <span class="quiet-text">{words.customers_filter_show()}</span>
            <GroupChoice/>
            {chips}
            {more}
            {of_a_link(words, shared, names)}
            <AddCondition/>
            <Show when=narrowed>
                <Button label=words.customers_filter_clear() look=Look::Quiet on_press=clear/>
            </Show>
        </div>
    }
    .into_any()
}

/// One condition, with its way out.
fn condition(words: Words, shared: Shared, at: usize, label: &str) -> AnyView {
    let remove = Callback::new(move |()| {
        shared.ask(|mut question| {
            if at < question.conditions.len() {
                question.conditions.remove(at);
            }
            question
        });
    });
    let remove_label = words.customers_filter_remove(label);
    view! { <Chip label=label.to_owned() remove_label on_remove=remove/> }.into_any()
}

/// The group to start from: everyone, a ready one, a saved one.
#[component]
fn GroupChoice() -> impl IntoView {
    let words = use_words();
    let shared = expect_context::<Shared>();
    let name_of = |group: &Option<Group>| match group {
        None => String::new(),
        Some(Group::Saved(id)) => ["saved:", &id.to_string()].concat(),
        Some(Group::Ready(key)) => ["ready:", key].concat(),
    };
    let now = Memo::new(move |_| shared.question.with(|q| name_of(&q.group)));
    let option = move |group: Option<Group>, label: String| {
        let value = name_of(&group);
        let own = value.clone();
        view! { <option value=value prop:selected=move || now.get() == own>{label}</option> }
            .into_any()
    };
    let options = move || {
        let segments = shared.segments.get();
        let mut ready = Vec::new();
        let mut saved = Vec::new();
        for segment in segments.iter() {
            let label = segment_name(words, segment);
            match (&segment.id, &segment.key) {
                (Some(id), _) => saved.push(option(Some(Group::Saved(*id)), label)),
                (None, Some(key)) => ready.push(option(Some(Group::Ready(key.clone())), label)),
                (None, None) => {}
            }
        }
        let group = |label: &'static str, options: Vec<AnyView>| {
            (!options.is_empty())
                .then(|| view! { <optgroup label=label>{options}</optgroup> }.into_any())
        };
        (
            option(None, words.customers_filter_everyone().to_owned()),
            group(words.customers_filter_ready(), ready),
            group(words.customers_filter_saved(), saved),
        )
    };
    let changed = move |event: ev::Event| {
        let value = event_target_value(&event);
        let group = match value.split_once(':') {
            Some(("saved", id)) => id.parse().ok().map(Group::Saved),
            Some((_, key)) => Some(Group::Ready(key.to_owned())),
            None => None,
        };
        shared.ask(|question| super::Question { group, ..question });
    };
    view! {
        <span class="select group-choice">
            <select class="input" aria-label=words.customers_filter_show() on:change=changed>
                {options}
            </select>
            <ui::Icon glyph=icon::CHEVRON_DOWN/>
        </span>
    }
    .into_any()
}
