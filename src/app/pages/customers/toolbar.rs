//! Above the list: title, search, and the conditions as a sentence.

use super::cells;
use super::conditions::AddCondition;
use super::list::List;
use super::names::segment_name;
use super::question::Group;
use super::{Editing, Shared, save_file};
use crate::router;
use crate::state::{use_currency, use_words};
use leptos::ev;
use protocol::{CustomerSort, ExportFormat, ExportWhat};
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
    let exports = vec![
        MenuItem::new(words.customers_export_csv(), icon::FILE, move || {
            export(ExportFormat::Csv);
        }),
        MenuItem::new(words.customers_export_json(), icon::FILE, move || {
            export(ExportFormat::Json);
        }),
    ];
    // Where there is no room for buttons beside the title.
    let mut few = exports.clone();
    few.push(MenuItem::new(
        words.customers_import(),
        icon::IMPORT,
        || {
            router::navigate("#/import");
        },
    ));
    let total = move || match list.rows.total() {
        Some(total) => words.customers_total(total),
        None => words.customers_counting().to_owned(),
    };
    view! {
        <PageHead title=words.customers_title() text=words.customers_lead()>
            <span class="when-narrow">
                <Menu label=words.customers_more() icon=icon::MORE icon_only=true items=few/>
            </span>
            <Menu label=words.customers_export() icon=icon::DOWNLOAD items=exports/>
            <LinkButton label=words.customers_import() icon=icon::IMPORT href="#/import"/>
            <Button label=words.customers_new() look=Look::Primary icon=icon::PERSON_ADD on_press=new/>
        </PageHead>
        <div class="list-tools">
            <Search/>
            <p class="list-total" role="status">{total}</p>
            <SortChoice/>
            <ColumnChoice/>
        </div>
    }
    .into_any()
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
fn of_a_link(words: Words, shared: Shared) -> AnyView {
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
    view! { {import} {day} }.into_any()
}

/// The conditions as a sentence: show ... and ...
#[component]
pub fn Conditions() -> impl IntoView {
    let words = use_words();
    let shared = expect_context::<Shared>();
    let currency = use_currency();
    let chips = move || {
        let question = shared.question.get();
        question
            .conditions
            .iter()
            .enumerate()
            .map(|(at, node)| {
                let label = words.rule_in(&node.to_string(), currency);
                let remove = Callback::new(move |()| {
                    shared.ask(|mut question| {
                        if at < question.conditions.len() {
                            question.conditions.remove(at);
                        }
                        question
                    });
                });
                view! {
                    <Chip
                        label=label.clone()
                        remove_label=words.customers_filter_remove(&label)
                        on_remove=remove
                    />
                }
                .into_any()
            })
            .collect_view()
    };
    let narrowed = move || {
        shared.question.with(|q| {
            !q.conditions.is_empty() || q.group.is_some() || q.import.is_some() || q.on.is_some()
        })
    };
    let clear = Callback::new(move |()| {
        shared.ask(|question| super::Question {
            conditions: Vec::new(),
            group: None,
            import: None,
            on: None,
            ..question
        });
    });
    view! {
        <div class="conditions" role="group" aria-label=words.customers_filter_label()>
            <span class="quiet-text">{words.customers_filter_show()}</span>
            <GroupChoice/>
            {chips}
            {of_a_link(words, shared)}
            <AddCondition/>
            <Show when=narrowed>
                <Button label=words.customers_filter_clear() look=Look::Quiet on_press=clear/>
            </Show>
        </div>
    }
    .into_any()
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
