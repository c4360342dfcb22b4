//! The outcome row by row: what is new, what changes from what to what, what stays, what is left out or waits.

use crate::pages::customers::values;
use crate::pages::orders::instant;
use crate::state::{use_state, use_words};
use model::import::KnownBy;
use protocol::{ImportReport, RowAction, RowSample};
use text::Words;
use ui::prelude::*;
use ui::{Badge, Button, Choice, Look, Segmented, Tone};

/// Rows shown at first, and more each time.
const STRETCH: usize = 10;

/// Every action with the name it has in choices.
const ACTIONS: [(&str, RowAction); 5] = [
    ("update", RowAction::Update),
    ("create", RowAction::Create),
    ("wait", RowAction::Wait),
    ("skip", RowAction::Skip),
    ("unchanged", RowAction::Unchanged),
];

/// The name of an action in markup and choices.
pub fn action_key(action: RowAction) -> &'static str {
    let found = ACTIONS.iter().find(|(_, it)| *it == action);
    found.map_or("", |(name, _)| name)
}

fn action_name(words: Words, action: RowAction) -> (&'static str, Tone) {
    match action {
        RowAction::Create => (words.import_sample_create(), Tone::Good),
        RowAction::Update => (words.import_sample_update(), Tone::Notice),
        RowAction::Unchanged => (words.import_sample_unchanged(), Tone::Neutral),
        RowAction::Skip => (words.import_sample_skip(), Tone::Urgent),
        RowAction::Wait => (words.import_sample_wait(), Tone::Notice),
    }
}

/// How many rows went which way, customers and orders together.
fn total(report: &ImportReport, action: RowAction) -> u64 {
    [report.customers, report.orders]
        .into_iter()
        .map(|tally| match action {
            RowAction::Create => tally.created,
            RowAction::Update => tally.updated,
            RowAction::Unchanged => tally.unchanged,
            RowAction::Skip => tally.skipped,
            RowAction::Wait => tally.waiting,
        })
        .sum()
}

/// The rows, filtered by `filter` (empty shows a mixture). The numbers above set it too.
#[component]
pub fn Diff(
    /// The report.
    report: ImportReport,
    /// Which action is shown.
    filter: RwSignal<String>,
) -> impl IntoView {
    let words = use_words();
    if report.samples.is_empty() {
        return ().into_any();
    }
    let zone = instant::zone(use_state());
    let mut choices = vec![Choice::new("", words.import_diff_all())];
    for (name, action) in ACTIONS {
        let number = total(&report, action);
        if number > 0 {
            let label = [action_name(words, action).0, " ", &words.count(number)].concat();
            choices.push(Choice::new(name, label));
        }
    }
    let samples = StoredValue::new(report.samples.clone());
    let totals = ACTIONS.map(|(name, action)| (name, total(&report, action)));
    let limit = RwSignal::new(STRETCH);
    Effect::new(move |_| {
        filter.track();
        limit.set(STRETCH);
    });
    let rows = move || {
        let (chosen, limit) = (filter.get(), limit.get());
        let (found, kept) = samples.with_value(|samples| chosen_rows(samples, &chosen, limit));
        let all: u64 = totals
            .iter()
            .filter(|(name, _)| chosen.is_empty() || chosen == *name)
            .map(|(_, number)| number)
            .sum();
        let more = kept > found.len();
        let note = (!more && all > kept as u64).then(|| words.import_diff_first(kept as u64, all));
        let items: Vec<AnyView> = found.iter().map(|row| sample(words, &zone, row)).collect();
        (items, more, note)
    };
    let content = move || {
        let (items, more, note) = rows();
        let press = Callback::new(move |()| limit.update(|limit| *limit += 2 * STRETCH));
        view! {
            <ul>{items}</ul>
            {note.map(|note| view! { <p class="quiet-text">{note}</p> })}
            {more
                .then(|| view! { <Button label=words.import_diff_more() look=Look::Quiet on_press=press/> })}
        }
        .into_any()
    };
    view! {
        <section class="import-samples">
            <h3>{words.import_samples_title()}</h3>
            {(choices.len() > 2)
                .then(|| {
                    view! {
                        <Segmented label=words.import_diff_filter() label_hidden=true value=filter choices/>
                    }
                })}
            {content}
        </section>
    }
    .into_any()
}

/// At most `limit` rows of one action, or as many of each as fit, in the order of the file; and how many there are.
fn chosen_rows(samples: &[RowSample], chosen: &str, limit: usize) -> (Vec<RowSample>, usize) {
    let mut groups: Vec<Vec<&RowSample>> = ACTIONS
        .iter()
        .filter(|(name, _)| chosen.is_empty() || chosen == *name)
        .map(|(_, action)| samples.iter().filter(|it| it.action == *action).collect())
        .collect();
    groups.retain(|group| !group.is_empty());
    let kept = groups.iter().map(Vec::len).sum();
    // Small groups first: what they leave free goes to the larger ones.
    groups.sort_by_key(Vec::len);
    let (mut rows, mut left, mut groups_left) = (Vec::new(), limit, groups.len());
    for group in groups {
        let share = left.div_ceil(groups_left.max(1)).min(group.len());
        rows.extend(group.into_iter().take(share).cloned());
        left = left.saturating_sub(share);
        groups_left = groups_left.saturating_sub(1);
    }
    rows.sort_by_key(|it| it.row);
    (rows, kept)
}

/// By what a customer was recognised.
fn recognised(words: Words, by: KnownBy) -> String {
    match by {
        KnownBy::Key => words.import_sample_by(words.import_link_external_id()),
        KnownBy::Email => words.import_sample_by(words.import_link_email()),
        KnownBy::Phone => words.import_sample_by(words.import_link_phone()),
        KnownBy::Name => words.import_sample_by(words.import_link_name()),
        KnownBy::Source => words.import_sample_by_source().to_owned(),
    }
}

fn sample(words: Words, zone: &str, sample: &RowSample) -> AnyView {
    let (name, tone) = action_name(words, sample.action);
    let fields: Vec<AnyView> = values::shown(words, zone, &sample.fields)
        .into_iter()
        .filter(|change| change.after.as_deref() != Some(sample.title.as_str()))
        .map(|change| {
            let emptied = change.after.is_none() && change.before.is_some();
            view! {
                <span class="diff">
                    <span class="diff-field">{change.field}</span>
                    {change.before.map(|before| view! { <del>{before}</del> })}
                    <ins>{change.after} {emptied.then(|| words.import_cleaned_nothing())}</ins>
                </span>
            }
            .into_any()
        })
        .collect();
    let weak = sample.by == Some(KnownBy::Name);
    let by = sample.by.map(|by| {
        let tone = if weak { Tone::Notice } else { Tone::Neutral };
        view! { <Badge label=recognised(words, by) tone/> }
    });
    let issue = sample.issue.as_ref().map(|issue| words.issue(issue));
    view! {
        <li data-action=action_key(sample.action)>
            <p>
                <span class="sample-row">{words.import_sample_row(u64::from(sample.row))}</span>
                <Badge label=name tone/>
                <b>{sample.title.clone()}</b>
                {by}
            </p>
            <p class="diffs">{fields} {issue}</p>
        </li>
    }
    .into_any()
}
