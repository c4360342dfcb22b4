//! The list of orders: search, period, and a table of any length.

use super::{Question, Shared, quantity};
use crate::expect_reply;
use crate::many::{SetFilter, Sets, rule_of_key, use_sets};
use crate::pages::customers::stretches::Stretches;
use crate::pages::customers::{ImportChip, save_file};
use crate::pages::data::out::{ExportDialog, Exported};
use crate::router;
use crate::state::{use_client, use_today, use_words};
use model::{Currency, Day, Money, OrderStatus};
use protocol::{ExportFormat, ExportWhat, OrderRow, Query, Reply};
use std::time::Duration;
use text::{Locale, Words};
use ui::prelude::*;
use ui::{
    Align, Amount, Badge, Button, Checkbox, Chip, Choice, Column, DateField, EmptyState,
    ErrorState, LinkButton, Look, Menu, MenuItem, PageHead, RowContent, SearchField, Select,
    Skeleton, Tone, VirtualTable, icon,
};

/// A pause in typing that is long enough to ask.
const PAUSE: Duration = Duration::from_millis(90);

/// An amount in two tones.
pub fn amount(words: Words, money: Money, currency: Currency) -> AnyView {
    let parts = words.money_parts(money, currency);
    let unit = [parts.sign, &parts.unit].concat();
    view! { <Amount unit digits=parts.digits/> }.into_any()
}

/// What stands of an order, as a word.
pub fn status(words: Words, row: &OrderRow) -> AnyView {
    let fields = &row.order.fields;
    let refunded = row.order.refunded().0 > 0;
    let (label, tone) = match fields.status {
        OrderStatus::Cancelled => (words.orders_status_cancelled(), Tone::Neutral),
        OrderStatus::Refunded => (words.orders_status_refunded(), Tone::Urgent),
        OrderStatus::Paid if refunded && row.remaining.0 == 0 => {
            (words.orders_status_refunded(), Tone::Urgent)
        }
        OrderStatus::Paid if refunded => (words.orders_status_part(), Tone::Notice),
        OrderStatus::Paid => (words.orders_status_paid(), Tone::Good),
    };
    view! { <Badge label tone/> }.into_any()
}

/// The products of an order in one line.
pub fn items(words: Words, row: &OrderRow) -> String {
    let lines = &row.order.fields.lines;
    match lines.split_first() {
        None => words.orders_no_items().to_owned(),
        Some((only, [])) if only.quantity_milli == 1_000 => only.product.clone(),
        Some((only, [])) => [&only.product, " × ", &quantity::shown(only.quantity_milli)].concat(),
        Some((first, rest)) => {
            // Chinese counts all of them, English the others.
            let count = match words.locale {
                Locale::ZhCn => rest.len() + 1,
                Locale::En => rest.len(),
            };
            words.orders_items_more(&first.product, count as u64)
        }
    }
}

/// The order's number, or that it was entered by hand.
pub fn number(words: Words, row: &OrderRow) -> String {
    let known = row.order.fields.external_id.clone();
    known.unwrap_or_else(|| words.orders_no_number().to_owned())
}

/// The ways in which what the list shows can leave.
fn exports(
    words: Words,
    choosing: RwSignal<Option<Exported>>,
    asked: impl Fn() -> Option<protocol::OrderList> + Copy + Send + Sync + 'static,
) -> Vec<MenuItem> {
    let save = save_file();
    let export = move |format| {
        if let Some(request) = asked() {
            save.run((ExportWhat::Orders(request), format));
        }
    };
    let choose = move || choosing.set(asked().map(Exported::Orders));
    vec![
        MenuItem::new(words.out_more(), icon::DOWNLOAD, choose),
        MenuItem::new(words.orders_export_csv(), icon::FILE, move || {
            export(ExportFormat::Csv)
        }),
        MenuItem::new(words.orders_export_json(), icon::FILE, move || {
            export(ExportFormat::Json)
        }),
    ]
}

/// The list with everything above it.
#[component]
pub fn Orders() -> impl IntoView {
    let words = use_words();
    let shared = expect_context::<Shared>();
    let client = use_client();
    let sets = use_sets();
    let asked = move |offset, limit| {
        let question = shared.question.get_untracked();
        let rule = rule_of_key(Some(sets), &question.of);
        // The rule of a ready segment is on its way.
        (rule.is_some() || question.of.is_empty()).then(|| protocol::OrderList {
            rule,
            ..question.request(offset, limit)
        })
    };
    let rows = Stretches::new(move |offset, limit| {
        let request = asked(offset, limit)?;
        let answer = client.query(Query::Orders(request));
        Some(Box::pin(async move {
            expect_reply!(answer.await, Reply::Orders)
        }))
    });
    Effect::new(move |_| {
        if shared.question.get().of.starts_with("ready:") {
            sets.items.track();
        }
        rows.restart();
    });
    Effect::watch(
        move || (client.data_version().get(), client.columns_ready().get()),
        move |_, _, _| rows.refresh(),
        false,
    );
    let choosing = RwSignal::new(None::<Exported>);
    let exports = exports(words, choosing, move || asked(0, 500));
    // Where there is no room for buttons beside the title.
    let few = exports.clone();
    let add = Callback::new(move |()| shared.adding.set(true));
    let total = move || rows.total().map(|total| words.orders_total(total));
    view! {
        <PageHead title=words.orders_title() text=words.orders_lead()>
            <span class="when-narrow">
                <Menu label=words.customers_more() icon=icon::MORE icon_only=true items=few/>
            </span>
            <Menu label=words.orders_export() icon=icon::DOWNLOAD items=exports/>
            <Button label=words.orders_new() look=Look::Primary icon=icon::PLUS on_press=add/>
        </PageHead>
        <ExportDialog what=choosing/>
        <div class="list-tools">
            <Search/>
            <p class="list-total" role="status">{total}</p>
            <Period/>
            <OfSet sets/>
        </div>
        <Narrowed/>
        <Table rows/>
    }
    .into_any()
}

/// Only orders of customers in a segment or list.
#[component]
fn OfSet(sets: Sets) -> impl IntoView {
    let shared = expect_context::<Shared>();
    let of = RwSignal::new(shared.question.with_untracked(|q| q.of.clone()));
    // The address decides; the choice follows it, also when the browser goes back.
    Effect::new(move |_| of.set(shared.question.with(|q| q.of.clone())));
    let change =
        Callback::new(move |of: String| shared.ask(|question| Question { of, ..question }));
    view! { <SetFilter value=of sets on_change=change/> }
}

/// What a link narrowed the list down to and no field shows: the orders of an import, those that sums count.
#[component]
fn Narrowed() -> impl IntoView {
    let words = use_words();
    let shared = expect_context::<Shared>();
    let chips = move || {
        let question = shared.question.get();
        let import = question.import.map(|import| {
            let all = move |()| {
                shared.ask(|question| Question {
                    import: None,
                    ..question
                })
            };
            view! { <ImportChip import on_remove=all/> }
        });
        let counting = question.counting_only.then(|| {
            let label = words.orders_counting();
            let all = move |()| {
                shared.ask(|question| Question {
                    counting_only: false,
                    ..question
                });
            };
            view! { <Chip label remove_label=words.customers_filter_remove(label) on_remove=all/> }
        });
        (import.is_some() || counting.is_some())
            .then(|| view! { <div class="conditions">{import} {counting}</div> })
    };
    chips.into_any()
}

#[component]
fn Search() -> impl IntoView {
    let words = use_words();
    let shared = expect_context::<Shared>();
    let value = RwSignal::new(shared.question.with_untracked(|q| q.search.clone()));
    let mut ask = debounce(PAUSE, move |search: String| {
        if shared.question.with_untracked(|q| q.search != search) {
            shared.ask(|question| Question { search, ..question });
        }
    });
    Effect::watch(
        move || value.get(),
        move |search, _, _| ask(search.clone()),
        false,
    );
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
    view! {
        <SearchField
            label=words.orders_search()
            clear_label=words.customers_search_clear()
            value
        />
    }
}

/// A ready period, from today.
fn period(name: &str, today: Day) -> Option<(Option<Day>, Option<Day>)> {
    let from = match name {
        "today" => today,
        "week" => today.plus_days(-6),
        "month30" => today.plus_days(-29),
        "month" => today.plus_days(1 - today.day_of_month() as i32),
        "year" => Day::from_ymd(today.year(), 1, 1)?,
        "" => return Some((None, None)),
        _ => return None,
    };
    Some((Some(from), Some(today)))
}

const PERIODS: &[&str] = &["", "today", "week", "month30", "month", "year"];

/// Which days, and whether only returned ones.
#[component]
fn Period() -> impl IntoView {
    let words = use_words();
    let shared = expect_context::<Shared>();
    let today = use_today();
    let now = shared.question.get_untracked();
    let ready = PERIODS
        .iter()
        .find(|name| period(name, today) == Some((now.from, now.to)))
        .copied();
    let value = RwSignal::new(ready.unwrap_or("custom").to_owned());
    let day = |day: Option<Day>| RwSignal::new(day.map(|d| d.to_string()).unwrap_or_default());
    let (from, to) = (day(now.from), day(now.to));
    let returned = RwSignal::new(now.returned_only);
    let choices = vec![
        Choice::new("", words.orders_period_all()),
        Choice::new("today", words.orders_period_today()),
        Choice::new("week", words.orders_period_7()),
        Choice::new("month30", words.orders_period_30()),
        Choice::new("month", words.orders_period_month()),
        Choice::new("year", words.orders_period_year()),
        Choice::new("custom", words.orders_period_custom()),
    ];
    let chosen = Callback::new(move |name: String| {
        if let Some((first, last)) = period(&name, today) {
            let text = |day: Option<Day>| day.map(|d| d.to_string()).unwrap_or_default();
            from.set(text(first));
            to.set(text(last));
            shared.ask(|question| Question {
                from: first,
                to: last,
                ..question
            });
        }
    });
    let days = Callback::new(move |_: String| {
        let (first, last) = (
            from.get_untracked().parse().ok(),
            to.get_untracked().parse().ok(),
        );
        shared.ask(|question| Question {
            from: first,
            to: last,
            ..question
        });
    });
    let only = Callback::new(move |on: bool| {
        shared.ask(|question| Question {
            returned_only: on,
            ..question
        });
    });
    view! {
        <div class="period">
            <Select
                label=words.orders_period()
                label_hidden=true
                value
                choices
                on_change=chosen
            />
            <Show when=move || value.get() == "custom">
                <DateField label=words.orders_from() label_hidden=true value=from on_change=days/>
                <span aria-hidden="true">"–"</span>
                <DateField label=words.orders_to() label_hidden=true value=to on_change=days/>
            </Show>
            <Checkbox label=words.orders_returned_only() value=returned on_change=only/>
        </div>
    }
    .into_any()
}

fn columns(words: Words, compact: bool) -> Vec<Column> {
    let column = |key, title: &str, align, track| Column {
        key,
        title: title.to_owned(),
        align,
        track,
        sorted: None,
    };
    if compact {
        return vec![column("order", "", Align::Start, "minmax(0, 1fr)")];
    }
    vec![
        column("at", words.orders_col_at(), Align::Start, "176px"),
        column(
            "number",
            words.orders_col_number(),
            Align::Start,
            "minmax(110px, 1fr)",
        ),
        column(
            "customer",
            words.orders_col_customer(),
            Align::Start,
            "minmax(110px, 1fr)",
        ),
        column(
            "items",
            words.orders_col_items(),
            Align::Start,
            "minmax(140px, 2fr)",
        ),
        column("amount", words.orders_col_amount(), Align::End, "120px"),
        column(
            "remaining",
            words.orders_col_remaining(),
            Align::End,
            "120px",
        ),
        column("points", words.orders_col_points(), Align::End, "80px"),
        column("status", words.orders_col_status(), Align::Start, "104px"),
        column("channel", words.orders_col_channel(), Align::Start, "96px"),
    ]
}

fn cells(words: Words, row: &OrderRow, href: String, compact: bool) -> Vec<AnyView> {
    let fields = &row.order.fields;
    let currency = fields.currency;
    let moment = words.moment(&row.local_at);
    let cut = |text: String| view! { <span class="cut">{text}</span> }.into_any();
    if compact {
        return vec![
            view! {
                <span class="two-lines">
                    <span class="line-one">
                        <a class="row-link cut" href=href>{row.customer_name.clone()}</a>
                        {status(words, row)}
                        <span class="line-end">{amount(words, row.remaining, currency)}</span>
                    </span>
                    <span class="line-two">
                        <span class="cut">{items(words, row)}</span>
                        <span class="line-end">{moment}</span>
                    </span>
                </span>
            }
            .into_any(),
        ];
    }
    let customer = ["#/customers/", &row.order.customer.to_string()].concat();
    let points = row.points.filter(|points| points.0 != 0);
    vec![
        view! { <a class="row-link cut" href=href>{moment}</a> }.into_any(),
        cut(number(words, row)),
        view! { <a class="cut" href=customer>{row.customer_name.clone()}</a> }.into_any(),
        cut(items(words, row)),
        amount(words, fields.amount, currency),
        amount(words, row.remaining, currency),
        points.map(|points| words.number(points.0)).into_any(),
        status(words, row),
        cut(fields.channel.clone().unwrap_or_default()),
    ]
}

#[component]
fn Table(rows: Stretches<OrderRow>) -> impl IntoView {
    let words = use_words();
    let shared = expect_context::<Shared>();
    let compact = Memo::new(move |_| shared.state.narrow.get() || shared.open.get().is_some());
    let active = RwSignal::new(None);
    let open = Callback::new(move |index: usize| {
        if let Some(row) = rows.row_untracked(index as u64) {
            router::navigate(&shared.order_href(row.order.id));
        }
    });
    let row = Callback::new(move |index: usize| {
        let row = rows.row(index as u64)?;
        let id = row.order.id;
        Some(RowContent {
            cells: cells(words, &row, shared.order_href(id), compact.get()),
            current: shared.open.get() == Some(id),
            chosen: false,
        })
    });
    let total = Signal::derive(move || rows.total().unwrap_or_default() as usize);
    let height = Signal::derive(move || if compact.get() { 60.0 } else { 36.0 });
    let state = Memo::new(move |_| match (rows.total(), rows.fault()) {
        (None, Some(_)) => "error",
        (None, None) => "loading",
        (Some(0), _) => "none",
        (Some(_), _) => "rows",
    });
    move || match state.get() {
        "error" => {
            let reason = rows.fault().map(|f| words.fault(&f)).unwrap_or_default();
            view! {
                <ErrorState
                    title=words.orders_error_title()
                    text=[&reason, " ", words.orders_error_text()].concat()
                    action=words.orders_retry()
                    on_action=Callback::new(move |()| rows.refresh())
                />
            }
            .into_any()
        }
        "loading" => view! { <Skeleton lines=12 shape="rows"/> }.into_any(),
        "none" => none(words, shared),
        _ => view! {
            <div class="orders-table" data-compact=move || compact.get().then_some("")>
                <VirtualTable
                    label=words.orders_list()
                    columns=Signal::derive(move || columns(words, compact.get()))
                    total
                    row
                    on_range=Callback::new(move |(first, end): (usize, usize)| {
                        rows.show(first as u64..end as u64)
                    })
                    on_open=open
                    row_height=height
                    active
                />
            </div>
        }
        .into_any(),
    }
}

fn none(words: Words, shared: Shared) -> AnyView {
    if shared.question.with_untracked(Question::narrows) {
        let clear = Callback::new(move |()| shared.ask(|_| Question::default()));
        return view! {
            <EmptyState title=words.orders_none_title() text=words.orders_none_text()>
                <Button label=words.orders_none_action() on_press=clear/>
            </EmptyState>
        }
        .into_any();
    }
    let add = Callback::new(move |()| shared.adding.set(true));
    view! {
        <EmptyState
            title=words.orders_empty_title()
            text=words.orders_empty_text()
            icon=icon::ORDERS
        >
            <Button label=words.orders_new() on_press=add/>
            <LinkButton label=words.customers_import() href="#/import" look=Look::Primary/>
        </EmptyState>
    }
    .into_any()
}
