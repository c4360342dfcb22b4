//! What an import would do, and what it did.

use super::{Desk, heading};
use crate::pages::customers::{save_file, values, write_import};
use crate::pages::orders::instant;
use crate::router::Route;
use crate::state::{use_state, use_words};
use model::import::{ImportKind, Tally};
use model::{BatchId, Issue, IssueCode, Severity};
use protocol::{
    ExportFormat, ExportWhat, FromImport, ImportPart, ImportReport, IssueCount, RecordKind,
    RowAction, RowSample,
};
use std::rc::Rc;
use text::Words;
use ui::prelude::*;
use ui::{Badge, Button, LinkButton, Look, Tone, icon};

/// Findings shown before "show all".
const ISSUES: usize = 8;

/// Sample rows shown.
const SAMPLES: usize = 8;

fn touched(tally: Tally) -> u64 {
    tally.created + tally.updated
}

fn any(tally: Tally) -> bool {
    touched(tally) + tally.unchanged + tally.skipped > 0
}

/// What would happen.
#[component]
pub fn Preview(
    /// The dry run's report.
    report: Rc<ImportReport>,
    /// Take the focus.
    focus: bool,
) -> impl IntoView {
    let words = use_words();
    let desk = expect_context::<Desk>();
    let name = desk
        .file_name_now()
        .map(|(name, _)| name)
        .unwrap_or_default();
    let changes = touched(report.customers) + touched(report.orders);
    let empty = changes == 0 && report.customers.unchanged + report.orders.unchanged == 0;
    let note = match changes {
        0 if empty => Some(words.import_preview_empty()),
        0 => Some(words.import_preview_nothing()),
        _ => None,
    };
    view! {
        <section class="import-card">
            {heading(words.import_preview_title().to_owned(), focus)}
            <p class="quiet-text">{name} " · " {words.import_rows_read(report.rows)}</p>
            {note.map(|note| view! { <p class="import-note" role="status">{note}</p> })}
            {tallies(words, &report, false)}
            {issues(words, &report)}
            {samples(words, &report)}
            <div class="actions import-foot">
                <Button
                    label=words.import_change_columns()
                    look=Look::Quiet
                    on_press=Callback::new(move |()| desk.check())
                />
                {(changes > 0).then(|| {
                    let another = Callback::new(move |()| desk.next());
                    view! { <Button label=words.import_done_another() look=Look::Quiet on_press=another/> }
                })}
                {if changes > 0 {
                    view! {
                        <Button
                            label=words.import_start(report.rows)
                            look=Look::Primary
                            icon=icon::IMPORT
                            on_press=Callback::new(move |()| desk.import())
                        />
                    }
                        .into_any()
                } else {
                    view! {
                        <Button
                            label=words.import_done_another()
                            look=Look::Primary
                            on_press=Callback::new(move |()| desk.next())
                        />
                    }
                        .into_any()
                }}
            </div>
        </section>
    }
    .into_any()
}

/// What happened.
#[component]
pub fn Finished(
    /// The import's report.
    report: Rc<ImportReport>,
    /// Take the focus.
    focus: bool,
) -> impl IntoView {
    let words = use_words();
    let desk = expect_context::<Desk>();
    let name = desk
        .file_name_now()
        .map(|(name, _)| name)
        .unwrap_or_default();
    let changes = touched(report.customers) + touched(report.orders);
    let title = match changes {
        _ if report.cancelled => words.import_done_title_cancelled(),
        0 => words.import_done_title_nothing(),
        _ => words.import_done_title(),
    };
    let undo = report.batch.map(|batch| {
        let busy = RwSignal::new(false);
        let press = Callback::new(move |()| {
            busy.set(true);
            desk.undo(batch);
        });
        view! {
            <Button label=words.import_done_undo() icon=icon::UNDO busy on_press=press/>
            <span class="quiet-text">{words.import_done_text()}</span>
        }
    });
    view! {
        <section class="import-card">
            {heading(title.to_owned(), focus)}
            <p class="quiet-text">{name} " · " {words.import_rows_read(report.rows)}</p>
            {tallies(words, &report, true)}
            {issues(words, &report)}
            <div class="actions import-undo">{undo} {rejected(words, &report)}</div>
            <div class="actions import-foot">{next_steps(words, desk, &report)}</div>
        </section>
    }
    .into_any()
}

fn next_steps(words: Words, desk: Desk, report: &ImportReport) -> AnyView {
    let waits = untrack(|| desk.waiting()).first().cloned();
    let was_orders = desk
        .mapping_now()
        .is_some_and(|mapping| mapping.kind == ImportKind::Orders);
    let orders_known = touched(report.orders) + report.orders.unchanged > 0;
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

fn tallies(words: Words, report: &ImportReport, done: bool) -> AnyView {
    let block = |kind: RecordKind, tally: Tally| {
        any(tally).then(|| tally_block(words, kind, tally, done.then_some(report.batch)))
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

/// How many were created, changed, left as they were and left out. `done` is the batch of an import that took place.
fn tally_block(
    words: Words,
    kind: RecordKind,
    tally: Tally,
    done: Option<Option<BatchId>>,
) -> AnyView {
    let title = match kind {
        RecordKind::Order => words.import_preview_orders(),
        _ => words.import_preview_customers(),
    };
    let href = |part| Some(rows_href(kind, done.flatten()?, part));
    let names = if done.is_some() {
        [
            words.import_did_create(),
            words.import_did_update(),
            words.import_did_unchanged(),
            words.import_did_skip(),
        ]
    } else {
        [
            words.import_will_create(),
            words.import_will_update(),
            words.import_will_unchanged(),
            words.import_will_skip(),
        ]
    };
    let numbers = [
        (tally.created, "create", href(ImportPart::Created)),
        (tally.updated, "update", href(ImportPart::Updated)),
        (tally.unchanged, "unchanged", None),
        (tally.skipped, "skip", None),
    ];
    let cells: Vec<AnyView> = names
        .into_iter()
        .zip(numbers)
        .map(|(name, (number, action, href))| {
            let text = words.count(number);
            let value = match href.filter(|_| number > 0) {
                Some(href) => view! { <a href=href>{text}</a> }.into_any(),
                None => text.into_any(),
            };
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

fn samples(words: Words, report: &ImportReport) -> Option<AnyView> {
    // Rows that change something say most; then those left out.
    let rank = |sample: &&RowSample| match sample.action {
        RowAction::Update => 0,
        RowAction::Create => 1,
        RowAction::Skip => 2,
        RowAction::Unchanged => 3,
    };
    let mut shown: Vec<&RowSample> = report.samples.iter().collect();
    shown.sort_by_key(rank);
    let mut rows: Vec<&RowSample> = shown.into_iter().take(SAMPLES).collect();
    rows.sort_by_key(|sample| sample.row);
    if rows.is_empty() {
        return None;
    }
    let rows: Vec<AnyView> = rows.into_iter().map(|row| sample(words, row)).collect();
    Some(
        view! {
            <section class="import-samples">
                <h3>{words.import_samples_title()}</h3>
                <ul>{rows}</ul>
            </section>
        }
        .into_any(),
    )
}

fn sample(words: Words, sample: &RowSample) -> AnyView {
    let (name, action, tone) = match sample.action {
        RowAction::Create => (words.import_sample_create(), "create", Tone::Good),
        RowAction::Update => (words.import_sample_update(), "update", Tone::Notice),
        RowAction::Unchanged => (words.import_sample_unchanged(), "unchanged", Tone::Neutral),
        RowAction::Skip => (words.import_sample_skip(), "skip", Tone::Urgent),
    };
    let zone = instant::zone(use_state());
    let fields: Vec<AnyView> = values::shown(words, &zone, &sample.fields)
        .into_iter()
        .filter(|change| change.after.as_deref() != Some(sample.title.as_str()))
        .map(|change| {
            view! {
                <span class="diff">
                    <span class="diff-field">{change.field}</span>
                    {change.before.map(|before| view! { <del>{before}</del> })}
                    <ins>{change.after}</ins>
                </span>
            }
            .into_any()
        })
        .collect();
    let issue = sample.issue.as_ref().map(|issue| words.issue(issue));
    view! {
        <li data-action=action>
            <p>
                <span class="sample-row">{words.import_sample_row(u64::from(sample.row))}</span>
                <Badge label=name tone/>
                <b>{sample.title.clone()}</b>
            </p>
            <p class="diffs">{fields} {issue}</p>
        </li>
    }
    .into_any()
}
