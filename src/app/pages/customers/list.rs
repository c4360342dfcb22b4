//! The list of customers: a table of any length, or two-line rows where there is little room.

use super::cells::{self, Setting};
use super::chosen::{Chosen, ChosenBar};
use super::question::{Group, join};
use super::stretches::Stretches;
use super::toolbar::{Conditions, Toolbar};
use super::{Editing, Shared};
use crate::expect_reply;
use crate::pages::orders::instant;
use crate::pages::segments::{Missing, Subject};
use crate::prefs;
use crate::router;
use crate::state::{use_client, use_currency, use_today, use_words};
use leptos::ev;
use model::rule::Rule;
use model::{CustomerId, Money};
use protocol::{CustomerRow, CustomerSort, Fault, Query, Reply};
use text::Words;
use ui::prelude::*;
use ui::{
    Align, Button, Column, EmptyState, ErrorState, LinkButton, Look, RowContent, Skeleton, Sorted,
    VirtualTable, icon,
};

/// Height of a row of one line.
const ROW: f64 = 36.0;

/// Height of a row of two lines.
const ROW_TWO_LINES: f64 = 60.0;

/// What the parts of the list share.
#[derive(Clone, Copy)]
pub(super) struct List {
    /// The rows.
    pub rows: Stretches<CustomerRow>,
    /// The chosen ones.
    pub chosen: RwSignal<Chosen>,
    /// The row the keys are at.
    pub active: RwSignal<Option<usize>>,
    /// The columns, as kept in the preferences.
    pub columns: RwSignal<String>,
    /// Two-line rows.
    pub compact: Memo<bool>,
}

/// The list with everything above it.
#[component]
pub fn CustomerList() -> impl IntoView {
    let shared = expect_context::<Shared>();
    let list = List {
        rows: ask_rows(shared),
        chosen: RwSignal::new(Chosen::default()),
        active: RwSignal::new(None),
        columns: prefs::preference("columns.customers"),
        compact: Memo::new(move |_| shared.state.narrow.get() || shared.open.get().is_some()),
    };
    provide_context(list);
    keys(shared, list);
    view! {
        <Toolbar/>
        <Conditions/>
        <ChosenBar/>
        <Table/>
    }
    .into_any()
}

fn ask_rows(shared: Shared) -> Stretches<CustomerRow> {
    let client = use_client();
    let rows = Stretches::new(move |offset, limit| {
        let question = shared.question.get_untracked();
        let segments = shared.segments.get_untracked();
        let request = question.request(&segments, offset, limit)?;
        let answer = client.query(Query::Customers(request));
        Some(Box::pin(async move {
            expect_reply!(answer.await, Reply::Customers)
        }))
    });
    // A ready group can be asked for only when its rule is here.
    let askable = Memo::new(move |_| {
        let question = shared.question.get();
        let known = question.request(&shared.segments.get(), 0, 1).is_some();
        (question, known)
    });
    Effect::new(move |_| {
        // Read, not only tracked: a memo that was never read follows nothing.
        let _ = askable.get();
        rows.restart();
    });
    Effect::watch(
        move || (client.data_version().get(), client.columns_ready().get()),
        move |_, _, _| rows.refresh(),
        false,
    );
    rows
}

/// `e` edits the row at hand, wherever the focus is but in a field or a dialog.
fn keys(shared: Shared, list: List) {
    let listener = window_event_listener(ev::keydown, move |event| {
        let busy = event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(&event);
        if busy || shared.editing.with_untracked(Option::is_some) || event.key() != "e" {
            return;
        }
        let at_hand = list
            .active
            .get_untracked()
            .and_then(|at| list.rows.row_untracked(at as u64));
        let id = shared
            .open
            .get_untracked()
            .or_else(|| at_hand.map(|row| row.customer.id));
        if let Some(id) = id {
            event.prevent_default();
            shared.editing.set(Some(Editing::Known(id)));
        }
    });
    on_cleanup(move || listener.remove());
}

fn is_typing(event: &ev::KeyboardEvent) -> bool {
    use wasm_bindgen::JsCast;
    let element = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element
        .and_then(|element| element.closest("input, textarea, select, dialog").ok())
        .flatten()
        .is_some()
}

/// The key of a column that can be sorted by, and back.
fn sort_of(key: &str) -> Option<CustomerSort> {
    let mut kinds = cells::KINDS.iter();
    kinds
        .find(|kind| kind.key == key)
        .and_then(|kind| kind.sort)
}

#[component]
fn Table() -> impl IntoView {
    let words = use_words();
    let shared = expect_context::<Shared>();
    let list = expect_context::<List>();
    let setting = Setting {
        words,
        currency: use_currency(),
        today: use_today(),
        zone: StoredValue::new(instant::zone(shared.state)),
    };
    let columns = Signal::derive(move || {
        if list.compact.get() {
            compact_columns(list)
        } else {
            table_columns(setting, shared, list)
        }
    });
    let row = Callback::new(move |index: usize| {
        let row = list.rows.row(index as u64)?;
        Some(row_content(shared, list, setting, &row))
    });
    let open = Callback::new(move |index: usize| {
        if let Some(row) = list.rows.row_untracked(index as u64) {
            router::navigate(&shared.customer_href(row.customer.id));
        }
    });
    let choose = Callback::new(move |index: usize| {
        if let Some(row) = list.rows.row_untracked(index as u64) {
            list.chosen.update(|chosen| chosen.turn(row.customer.id));
        }
    });
    let sort = Callback::new(move |key: &'static str| {
        if let Some(sort) = sort_of(key) {
            shared.ask(|question| question.sorted_by(sort));
        }
    });
    let total = Signal::derive(move || list.rows.total().unwrap_or_default() as usize);
    let height = Signal::derive(move || {
        if list.compact.get() {
            ROW_TWO_LINES
        } else {
            ROW
        }
    });
    let range = Callback::new(move |(first, end): (usize, usize)| {
        list.rows.show(first as u64..end as u64);
    });
    let state = Memo::new(move |_| match (list.rows.total(), list.rows.fault()) {
        (None, Some(_)) => "error",
        (None, None) => "loading",
        (Some(0), _) => "none",
        (Some(_), _) => "rows",
    });
    move || match state.get() {
        "error" => failed(list, shared).into_any(),
        "loading" => view! { <Skeleton lines=12 shape="rows"/> }.into_any(),
        "none" => none(shared).into_any(),
        _ => view! {
            <div class="customers-table" data-compact=move || list.compact.get().then_some("")>
                <VirtualTable
                    label=words.customers_list()
                    columns
                    total
                    row
                    on_range=range
                    on_open=open
                    on_choose=choose
                    on_sort=sort
                    row_height=height
                    active=list.active
                />
            </div>
        }
        .into_any(),
    }
}

fn pick_column() -> Column {
    Column {
        key: "pick",
        title: String::new(),
        align: Align::Start,
        track: "36px",
        sorted: None,
    }
}

fn compact_columns(_list: List) -> Vec<Column> {
    let rest = Column {
        key: "name",
        title: String::new(),
        align: Align::Start,
        track: "minmax(0, 1fr)",
        sorted: None,
    };
    vec![pick_column(), rest]
}

fn table_columns(setting: Setting, shared: Shared, list: List) -> Vec<Column> {
    let question = shared.question.get();
    let kinds = list.columns.with(|chosen| cells::shown(chosen));
    let mut columns = vec![pick_column()];
    columns.extend(kinds.into_iter().map(|kind| Column {
        key: kind.key,
        title: cells::title(setting.words, kind.key).to_owned(),
        align: kind.align,
        track: kind.track,
        sorted: kind.sort.map(|sort| match question.sort == sort {
            false => Sorted::Can,
            true if question.is_descending() => Sorted::Descending,
            true => Sorted::Ascending,
        }),
    }));
    columns
}

fn row_content(shared: Shared, list: List, setting: Setting, row: &CustomerRow) -> RowContent {
    let id = row.customer.id;
    let href = shared.customer_href(id);
    let name = super::customer_name(setting.words, &row.customer);
    let mut views = vec![pick(setting, list, id, &name)];
    if list.compact.get() {
        let picked = list.columns.with(|chosen| cells::picked(chosen));
        views.push(cells::two_lines(row, href, setting, &picked));
    } else {
        let kinds = list.columns.with(|chosen| cells::shown(chosen));
        views.extend(
            kinds
                .into_iter()
                .map(|kind| cells::cell(kind.key, row, href.clone(), setting)),
        );
    }
    RowContent {
        cells: views,
        current: shared.open.get() == Some(id),
        chosen: list.chosen.with(|chosen| chosen.has(id)),
    }
}

fn pick(setting: Setting, list: List, id: CustomerId, name: &str) -> AnyView {
    view! {
        <input
            type="checkbox"
            class="pick"
            tabindex="-1"
            aria-label=setting.words.customers_select_row(name)
            prop:checked=move || list.chosen.with(|chosen| chosen.has(id))
            on:change=move |_| list.chosen.update(|chosen| chosen.turn(id))
        />
    }
    .into_any()
}

fn failed(list: List, shared: Shared) -> impl IntoView {
    let words = use_words();
    let fault = list.rows.fault();
    let reason = fault.as_ref().map(|fault| words.fault(fault));
    let gap = move || {
        let href = gap(words, shared, fault.as_ref()?)?;
        Some(view! { <LinkButton label=words.segment_broken_show() href/> })
    };
    view! {
        <ErrorState
            title=words.customers_error_title()
            text=[&reason.unwrap_or_default(), " ", words.customers_error_text()].concat()
            action=words.customers_retry()
            on_action=Callback::new(move |()| list.rows.refresh())
        >
            {gap}
        </ErrorState>
    }
}

/// The link to the condition that names a segment which is gone: that of the list, or of the segment it is narrowed to.
fn gap(words: Words, shared: Shared, fault: &Fault) -> Option<String> {
    let question = shared.question.get_untracked();
    let mut subject = Subject::default();
    let mut fault = fault.clone();
    if let Some(Group::Saved(id)) = question.group
        && let Some((saved, known)) = shared.segments.with(|all| {
            let saved = all.iter().find(|it| it.id == Some(id))?;
            Some((saved.clone(), saved.fault.clone()?))
        })
    {
        subject = Subject::of(words, &saved, question.on);
        fault = known;
    } else {
        subject.rule = join(&question.conditions);
        subject.as_of = question.on;
    }
    let missing = Missing::of(&Rule::parse(&subject.rule).ok()?, &fault)?;
    Some(subject.condition_href(&missing.path))
}

fn none(shared: Shared) -> AnyView {
    let words = use_words();
    let question = shared.question.get_untracked();
    if !question.narrows() {
        let new = Callback::new(move |()| shared.editing.set(Some(Editing::New(String::new()))));
        return view! {
            <EmptyState
                title=words.customers_empty_title()
                text=words.customers_empty_text()
                icon=icon::PEOPLE
            >
                <Button label=words.customers_new() on_press=new/>
                <LinkButton label=words.customers_import() href="#/import" look=Look::Primary/>
            </EmptyState>
        }
        .into_any();
    }
    let clear = Callback::new(move |()| {
        shared.ask(|question| super::Question {
            sort: question.sort,
            descending: question.descending,
            ..super::Question::default()
        });
    });
    let searched = question.search.trim().to_owned();
    let create = (!searched.is_empty() && question.conditions.is_empty()).then(|| {
        let label = words.customers_none_create(&searched);
        let press =
            Callback::new(move |()| shared.editing.set(Some(Editing::New(searched.clone()))));
        view! { <Button label icon=icon::PERSON_ADD on_press=press/> }
    });
    view! {
        <EmptyState title=words.customers_none_title() text=words.customers_none_text()>
            {create}
            <Button label=words.customers_none_action() on_press=clear/>
        </EmptyState>
    }
    .into_any()
}

/// The sum of what the chosen customers spent, as far as their rows are here.
pub(super) fn spend_of(list: List) -> Money {
    let chosen = list.chosen.get();
    let sum = list.rows.rows().iter().fold(0i64, |sum, (_, row)| {
        let spend = row.facts.as_ref().filter(|_| chosen.has(row.customer.id));
        sum.saturating_add(spend.map_or(0, |facts| facts.spend.0))
    });
    Money(sum)
}
