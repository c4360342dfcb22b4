//! What an import would do, and what it did: one part a file.

use super::desk::{FileReport, Reports};
use super::diff::Diff;
use super::files::LeftOut;
use super::{Desk, check, cleaned, heading, memory, rules};
use crate::pages::customers::{save_file, write_import};
use crate::router::Route;
use crate::state::{use_state, use_words};
use model::import::{ImportKind, Tally};
use model::{BatchId, Issue, IssueCode, Severity};
use protocol::{
    ExportFormat, ExportWhat, FromImport, ImportPart, ImportReport, IssueCount, RecordKind,
    Rehearsal,
};
use text::Words;
use ui::prelude::*;
use ui::{Badge, Button, LinkButton, Look, Tone, icon};

/// Findings shown before "show all".
const ISSUES: usize = 8;

fn touched(tally: Tally) -> u64 {
    tally.created + tally.updated
}

fn any(tally: Tally) -> bool {
    touched(tally) + tally.unchanged + tally.skipped + tally.waiting > 0
}

/// What a report changes: records, orders that begin to wait, orders that need wait no more.
fn changes(report: &ImportReport) -> u64 {
    touched(report.customers) + touched(report.orders) + report.orders.waiting + report.placed
}

/// Rows that would go in: all but those that are left out.
fn taken(report: &ImportReport) -> u64 {
    let left_out = report.customers.skipped + report.orders.skipped;
    report.rows.saturating_sub(left_out)
}

/// What would happen.
#[component]
pub fn Preview(
    /// The dry run's reports.
    reports: Reports,
    /// Take the focus.
    focus: bool,
) -> impl IntoView {
    let words = use_words();
    let desk = expect_context::<Desk>();
    let several = reports.len() > 1;
    let all: u64 = reports.iter().map(|it| changes(&it.report)).sum();
    let rows: u64 = reports.iter().map(|it| taken(&it.report)).sum();
    let ambiguous = reports.iter().any(|it| {
        let mut counts = it.report.issue_counts.iter();
        counts.any(|count| count.code == IssueCode::AmbiguousDate)
    });
    let unsaid = desk.mapping_now().is_some_and(|it| !it.dates_said);
    let dates = (ambiguous && unsaid).then(|| {
        let again = Callback::new(move |()| desk.dry_run());
        view! {
            {check::date_choice(words, desk)}
            <div class="actions">
                <Button label=words.import_date_order_again() icon=icon::REFRESH on_press=again/>
            </div>
        }
    });
    let parts: Vec<AnyView> = reports
        .iter()
        .enumerate()
        .map(|(place, it)| outlook(words, desk, place, it, several))
        .collect();
    let another = Callback::new(move |()| desk.next());
    let foot = if all > 0 {
        view! {
            <Button label=words.import_done_another() look=Look::Quiet on_press=another/>
            <Button
                label=words.import_start(rows)
                look=Look::Primary
                icon=icon::IMPORT
                on_press=Callback::new(move |()| desk.import())
            />
        }
        .into_any()
    } else {
        view! { <Button label=words.import_done_another() look=Look::Primary on_press=another/> }
            .into_any()
    };
    view! {
        <section class="import-card">
            {heading(words.import_preview_title().to_owned(), focus)}
            <LeftOut/>
            {dates}
            {parts}
            <div class="actions import-foot">
                <Button
                    label=words.import_change_columns()
                    look=Look::Quiet
                    on_press=Callback::new(move |()| desk.check())
                />
                {foot}
            </div>
        </section>
    }
    .into_any()
}

/// The rows of a file, after its name where that is no heading already.
fn facts(words: Words, it: &FileReport, several: bool) -> String {
    let rows = words.import_rows_read(it.report.rows);
    if several {
        rows
    } else {
        [&it.name, " · ", &rows].concat()
    }
}

/// The outlook of one file.
fn outlook(words: Words, desk: Desk, place: usize, it: &FileReport, several: bool) -> AnyView {
    let report = &it.report;
    let known = report.customers.unchanged + report.orders.unchanged;
    let note = match changes(report) {
        0 if known == 0 => Some(words.import_preview_empty()),
        0 => Some(words.import_preview_nothing()),
        _ => None,
    };
    let filter = RwSignal::new(String::new());
    let choices = desk.mapping_of_report(place).map(|mapping| {
        view! {
            {memory::notice(words, desk, &mapping, Some(place))}
            {rules::rules(words, desk, &mapping, Some(place))}
        }
    });
    let facts = facts(words, it, several);
    view! {
        <section class="import-file-report" aria-label=it.name.clone()>
            {several.then(|| view! { <h3 class="import-file">{it.name.clone()}</h3> })}
            <p class="quiet-text">{facts}</p>
            {note.map(|note| view! { <p class="import-note" role="status">{note}</p> })}
            {tallies(words, report, Numbers::Filter(filter))}
            {links(words, it)}
            {choices}
            {issues(words, report)}
            {cleaned::cleaned(words, &report.cleaned)}
            <Diff report=report.clone() filter/>
            {saves(words, desk, place, report)}
        </section>
    }
    .into_any()
}

/// Files that a dry run gives: rows that would be left out, every change.
fn saves(words: Words, desk: Desk, place: usize, report: &ImportReport) -> AnyView {
    let toasts = use_state().toasts;
    let place = u32::try_from(place).unwrap_or(u32::MAX);
    let save = move |give: Rehearsal| {
        Callback::new(move |()| desk.save(give, move |fault| toasts.fault(&fault)))
    };
    let left_out = report.customers.skipped + report.orders.skipped > 0;
    let busy = Signal::derive(move || desk.is_saving());
    view! {
        <div class="actions import-saves">
            {left_out
                .then(|| {
                    view! {
                        <Button
                            label=words.import_done_rejected()
                            icon=icon::DOWNLOAD
                            busy
                            on_press=save(Rehearsal::Rejected(place))
                        />
                        <span class="quiet-text">{words.import_done_rejected_hint()}</span>
                    }
                })}
            {(report.rows > 0)
                .then(|| {
                    view! {
                        <Button
                            label=words.import_diff_save()
                            look=Look::Quiet
                            icon=icon::DOWNLOAD
                            busy
                            on_press=save(Rehearsal::Changes(place))
                        />
                    }
                })}
        </div>
    }
    .into_any()
}

/// By what orders found their customer, or a list its known ones; what is weak is said so.
fn links(words: Words, it: &FileReport) -> Option<AnyView> {
    let links = it.report.links;
    let parts = [
        (links.external_id, words.import_link_external_id(), false),
        (links.email, words.import_link_email(), false),
        (links.phone, words.import_link_phone(), false),
        (links.source, words.import_link_source(), false),
        (links.name, words.import_link_name(), true),
        (links.created, words.import_link_created(), false),
        (it.report.orders.waiting, words.import_link_waiting(), false),
    ];
    let items: Vec<AnyView> = parts
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, name, weak)| {
            let weak =
                weak.then(|| view! { <Badge label=words.import_link_weak() tone=Tone::Notice/> });
            view! { <li><b>{words.count(number)}</b> " " {name} " " {weak}</li> }.into_any()
        })
        .collect();
    if items.is_empty() {
        return placed(words, it.report.placed);
    }
    let title = match it.kind {
        ImportKind::Customers => words.import_links_title_known(),
        ImportKind::Orders => words.import_links_title(),
    };
    Some(
        view! {
            <section class="import-links">
                <h4>{title}</h4>
                <ul>{items}</ul>
            </section>
            {placed(words, it.report.placed)}
        }
        .into_any(),
    )
}

/// Orders that waited have their customer now.
fn placed(words: Words, placed: u64) -> Option<AnyView> {
    (placed > 0)
        .then(|| view! { <p class="import-note">{words.import_placed(placed)}</p> }.into_any())
}

/// What happened.
#[component]
pub fn Finished(
    /// The imports' reports.
    reports: Reports,
    /// Take the focus.
    focus: bool,
) -> impl IntoView {
    let words = use_words();
    let desk = expect_context::<Desk>();
    let several = reports.len() > 1;
    let batches: Vec<BatchId> = reports.iter().filter_map(|it| it.report.batch).collect();
    let cancelled = reports.iter().any(|it| it.report.cancelled);
    let all: u64 = reports.iter().map(|it| changes(&it.report)).sum();
    let title = match (cancelled, all) {
        (true, 0) => words.import_done_title_stopped(),
        (true, _) => words.import_done_title_cancelled(),
        (false, 0) => words.import_done_title_nothing(),
        (false, _) => words.import_done_title(),
    };
    let undo = (!batches.is_empty()).then(|| {
        let label = if several {
            words.import_done_undo_all()
        } else {
            words.import_done_undo()
        };
        let busy = RwSignal::new(false);
        let press = Callback::new(move |()| {
            busy.set(true);
            desk.undo(batches.clone());
        });
        view! {
            <Button label icon=icon::UNDO busy on_press=press/>
            <span class="quiet-text">{words.import_done_text()}</span>
        }
    });
    // Stopped before the first record: nothing to count, nothing to undo.
    let untouched = cancelled && all == 0;
    let parts: Vec<AnyView> = if untouched {
        vec![view! { <p>{words.import_done_stopped_text()}</p> }.into_any()]
    } else {
        reports
            .iter()
            .map(|it| outcome(words, it, several))
            .collect()
    };
    let next = if untouched {
        start_over(words, desk)
    } else {
        next_steps(words, desk, &reports)
    };
    view! {
        <section class="import-card" role="status">
            {heading(title.to_owned(), focus)}
            <LeftOut/>
            {parts}
            <div class="actions import-undo">{undo}</div>
            <div class="actions import-foot">{next}</div>
        </section>
    }
    .into_any()
}

/// After a stop before anything was in: the same file again, or another.
fn start_over(words: Words, desk: Desk) -> AnyView {
    view! {
        <Button
            label=words.import_done_another()
            look=Look::Quiet
            on_press=Callback::new(move |()| desk.next())
        />
        <Button
            label=words.import_done_again()
            look=Look::Primary
            icon=icon::REFRESH
            on_press=Callback::new(move |()| desk.dry_run())
        />
    }
    .into_any()
}

/// The outcome of one file.
fn outcome(words: Words, it: &FileReport, several: bool) -> AnyView {
    let report = &it.report;
    let facts = facts(words, it, several);
    view! {
        <section class="import-file-report" aria-label=it.name.clone()>
            {several.then(|| view! { <h3 class="import-file">{it.name.clone()}</h3> })}
            <p class="quiet-text">{facts}</p>
            {tallies(words, report, Numbers::Rows(report.batch))}
            {links(words, it)}
            {issues(words, report)}
            <div class="actions">{rejected(words, report)}</div>
        </section>
    }
    .into_any()
}

fn next_steps(words: Words, desk: Desk, reports: &Reports) -> AnyView {
    let waits = untrack(|| desk.waiting()).first().cloned();
    let was_orders = reports.iter().any(|it| it.kind == ImportKind::Orders);
    let orders_known = reports
        .iter()
        .any(|it| touched(it.report.orders) + it.report.orders.unchanged > 0);
    let next = Callback::new(move |()| desk.next());
    let label = match waits {
        Some(name) => words.import_queue_next(&name),
        None if was_orders => words.import_done_another().to_owned(),
        None => words.import_done_next_orders().to_owned(),
    };
    let see = if was_orders && orders_known {
        view! { <LinkButton label=words.import_done_next_segments() href="#/segments" look=Look::Primary/> }
            .into_any()
    } else {
        view! { <LinkButton label=words.import_done_customers() href="#/customers?sort=created"/> }
            .into_any()
    };
    let look = if was_orders {
        Look::Plain
    } else {
        Look::Primary
    };
    let proceed = view! { <Button label look on_press=next/> }.into_any();
    if was_orders {
        [proceed, see].into_any()
    } else {
        [see, proceed].into_any()
    }
}

fn rejected(words: Words, report: &ImportReport) -> Option<AnyView> {
    let batch = report.batch?;
    if report.customers.skipped + report.orders.skipped == 0 {
        return None;
    }
    Some(
        view! {
            <RejectedButton batch/>
            <span class="quiet-text">{words.import_done_rejected_hint()}</span>
        }
        .into_any(),
    )
}

/// Saves the rows that an import left out.
#[component]
pub fn RejectedButton(
    /// Which import.
    batch: BatchId,
) -> impl IntoView {
    let words = use_words();
    let save = save_file();
    let press = Callback::new(move |()| {
        save.run((ExportWhat::Rejected { batch }, ExportFormat::Csv));
    });
    view! { <Button label=words.import_done_rejected() icon=icon::DOWNLOAD on_press=press/> }
        .into_any()
}

/// What the numbers of a report open.
#[derive(Clone, Copy)]
enum Numbers {
    /// The rows of the dry run below.
    Filter(RwSignal<String>),
    /// The records of the import.
    Rows(Option<BatchId>),
}

fn tallies(words: Words, report: &ImportReport, numbers: Numbers) -> AnyView {
    let block = |kind: RecordKind, tally: Tally| {
        any(tally).then(|| tally_block(words, kind, tally, numbers))
    };
    view! {
        <div class="import-tallies">
            {block(RecordKind::Customer, report.customers)}
            {block(RecordKind::Order, report.orders)}
        </div>
        {(report.duplicates > 0)
            .then(|| view! { <p class="import-note">{words.import_duplicates(report.duplicates)}</p> })}
    }
    .into_any()
}

/// The link to what an import brought.
fn rows_href(kind: RecordKind, batch: BatchId, part: ImportPart) -> String {
    let route = match kind {
        RecordKind::Order => Route::Orders,
        _ => Route::Customers,
    };
    let import = write_import(FromImport { batch, part });
    route.with(&[("import", &import)])
}

/// How many were created, changed, left as they were, left out, and wait.
fn tally_block(words: Words, kind: RecordKind, tally: Tally, numbers: Numbers) -> AnyView {
    let title = match kind {
        RecordKind::Order => words.import_preview_orders(),
        _ => words.import_preview_customers(),
    };
    let will = matches!(numbers, Numbers::Filter(_));
    let name = |will_be: &'static str, did: &'static str| if will { will_be } else { did };
    let mut cells = vec![
        (
            name(words.import_will_create(), words.import_did_create()),
            tally.created,
            "create",
            Some(ImportPart::Created),
        ),
        (
            name(words.import_will_update(), words.import_did_update()),
            tally.updated,
            "update",
            Some(ImportPart::Updated),
        ),
        (
            name(words.import_will_unchanged(), words.import_did_unchanged()),
            tally.unchanged,
            "unchanged",
            None,
        ),
        (
            name(words.import_will_skip(), words.import_did_skip()),
            tally.skipped,
            "skip",
            None,
        ),
    ];
    if tally.waiting > 0 {
        cells.push((words.import_will_wait(), tally.waiting, "wait", None));
    }
    let cells: Vec<AnyView> = cells
        .into_iter()
        .map(|(name, number, action, part)| {
            let value = number_view(words, kind, number, numbers, action, part);
            view! {
                <div data-action=action data-zero=(number == 0).then_some("")>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="import-tally">
            <h3>{title}</h3>
            <dl>{cells}</dl>
        </section>
    }
    .into_any()
}

/// A number that opens what it counts.
fn number_view(
    words: Words,
    kind: RecordKind,
    number: u64,
    numbers: Numbers,
    action: &'static str,
    part: Option<ImportPart>,
) -> AnyView {
    let text = words.count(number);
    match (numbers, part) {
        _ if number == 0 => text.into_any(),
        (Numbers::Filter(filter), _) => view! {
            <button
                type="button"
                class="import-number"
                aria-pressed=move || if filter.with(|it| it == action) { "true" } else { "false" }
                on:click=move |_| {
                    filter.update(|now| {
                        if now == action { now.clear() } else { action.clone_into(now) }
                    })
                }
            >
                {text}
            </button>
        }
        .into_any(),
        (Numbers::Rows(Some(batch)), Some(part)) => {
            let href = rows_href(kind, batch, part);
            view! { <a href=href>{text}</a> }.into_any()
        }
        _ => text.into_any(),
    }
}

fn issues(words: Words, report: &ImportReport) -> AnyView {
    if report.issue_counts.is_empty() {
        return (report.rows > 0)
            .then(|| view! { <p class="import-clean quiet-text">{words.import_issues_none()}</p> })
            .into_any();
    }
    let all = report.issue_counts.len();
    let lines: Vec<AnyView> = report
        .issue_counts
        .iter()
        .map(|count| issue_line(words, count, &report.issues))
        .collect();
    let (first, more) = if all > ISSUES {
        let mut lines = lines;
        let rest = lines.split_off(ISSUES);
        (lines, Some(rest))
    } else {
        (lines, None)
    };
    view! {
        <section class="import-issues">
            <h3>{words.import_issues_title()}</h3>
            <ul>{first}</ul>
            {more
                .map(|rest| {
                    view! {
                        <details>
                            <summary>{words.import_issues_more(all as u64)}</summary>
                            <ul>{rest}</ul>
                        </details>
                    }
                })}
        </section>
    }
    .into_any()
}

/// A finding as a sentence.
fn said(words: Words, issue: &Issue) -> String {
    let refund = issue.field.as_deref() == Some("order.refunded");
    match (issue.code, &issue.value, &issue.expected) {
        (IssueCode::TooMuch, Some(found), Some(kept)) if refund => {
            words.import_refund_cut(found, kept)
        }
        _ => words.issue(issue),
    }
}

fn issue_line(words: Words, count: &IssueCount, found: &[Issue]) -> AnyView {
    let skips = count.example.severity == Severity::Error;
    let (tone, label) = if skips {
        (Tone::Urgent, words.import_issues_skip())
    } else {
        (Tone::Neutral, words.import_issues_keep())
    };
    let column = count
        .column
        .as_ref()
        .map(|name| words.import_issues_column(name));
    let mut examples: Vec<&Issue> = found
        .iter()
        .filter(|issue| issue.code == count.code && issue.column == count.column)
        .take(3)
        .collect();
    if examples.is_empty() {
        examples.push(&count.example);
    }
    let examples: Vec<String> = examples
        .into_iter()
        .filter_map(|issue| {
            let row = u64::from(issue.row?);
            Some(match &issue.value {
                Some(value) => words.import_issues_example(row, value),
                None => words.import_issues_example_row(row),
            })
        })
        .collect();
    view! {
        <li>
            <p>
                {column.map(|column| view! { <b>{column}</b> })}
                " " {said(words, &count.example)}
                <span class="import-issue-count">{words.import_issues_rows(count.count)}</span>
                <Badge label tone/>
            </p>
            <p class="quiet-text">{examples.join(" · ")}</p>
        </li>
    }
    .into_any()
}
