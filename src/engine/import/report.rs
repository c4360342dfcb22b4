//! What an import found and did, gathered while it runs.

use intake::CleanedCell;
use model::import::{Cleaning, KnownBy, Tally};
use model::{BatchId, Issue, IssueCode};
use protocol::{
    Cleaned, CleanedValue, ImportReport, IssueCount, Links, RecordKind, RowAction, RowSample,
};
use std::collections::BTreeMap;

/// Findings that are kept whole; the others are only counted.
const ISSUES_KEPT: usize = 1000;

/// Rows of each kind and action that are kept for the person to look at.
const SAMPLES_EACH: usize = 100;

/// Examples of each kind of cleaning in each column.
const CLEANED_EACH: usize = 20;

/// The report as it grows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    /// Rows of the file that were read.
    pub(crate) rows: u64,
    /// What happened to customers.
    pub(crate) customers: Tally,
    /// What happened to orders.
    pub(crate) orders: Tally,
    /// Customers who look like one another.
    pub(crate) duplicates: u64,
    /// How orders found their customer.
    pub(crate) links: Links,
    /// Orders that waited and have their customer now.
    pub(crate) placed: u64,
    issues: Vec<Issue>,
    counts: BTreeMap<(IssueCode, Option<String>), (u64, Issue)>,
    samples: BTreeMap<(RecordKind, u8), Vec<RowSample>>,
    /// Values written otherwise.
    cleaned: BTreeMap<(String, Cleaning), Cleaned>,
}

impl Findings {
    /// Notes a finding.
    pub(crate) fn issue(&mut self, issue: Issue) {
        let key = (issue.code, issue.column.clone());
        match self.counts.get_mut(&key) {
            Some((count, _)) => *count += 1,
            None => {
                self.counts.insert(key, (1, issue.clone()));
            }
        }
        if self.issues.len() < ISSUES_KEPT {
            self.issues.push(issue);
        }
    }

    /// Findings counted by code and column, most frequent first.
    pub(crate) fn counts(&self) -> Vec<IssueCount> {
        let mut counts: Vec<IssueCount> = self
            .counts
            .iter()
            .map(|((code, column), (count, example))| IssueCount {
                code: *code,
                column: column.clone(),
                count: *count,
                example: example.clone(),
            })
            .collect();
        // Stable: ties keep the order of code and column.
        counts.sort_by_key(|counted| std::cmp::Reverse(counted.count));
        counts
    }

    /// Takes over counts of an import that goes on.
    pub(crate) fn restore_counts(&mut self, counts: &[IssueCount]) {
        for counted in counts {
            let key = (counted.code, counted.column.clone());
            let value = (counted.count, counted.example.clone());
            self.counts.insert(key, value);
        }
    }

    /// Takes back what was counted before, because the record turned out otherwise.
    pub(crate) fn uncount(&mut self, kind: RecordKind, action: RowAction) {
        let place = self.place(kind, action);
        *place = place.saturating_sub(1);
    }

    /// Counts what happened to a record.
    pub(crate) fn count(&mut self, kind: RecordKind, action: RowAction) {
        *self.place(kind, action) += 1;
    }

    fn place(&mut self, kind: RecordKind, action: RowAction) -> &mut u64 {
        let tally = match kind {
            RecordKind::Order => &mut self.orders,
            _ => &mut self.customers,
        };
        match action {
            RowAction::Create => &mut tally.created,
            RowAction::Update => &mut tally.updated,
            RowAction::Unchanged => &mut tally.unchanged,
            RowAction::Skip => &mut tally.skipped,
            RowAction::Wait => &mut tally.waiting,
        }
    }

    /// Counts a value that is kept otherwise than it was written.
    pub(crate) fn cleaned(&mut self, column: &str, field: &str, cell: &CleanedCell) {
        let key = (column.to_owned(), cell.how);
        let known = self.cleaned.entry(key).or_insert_with(|| Cleaned {
            column: column.to_owned(),
            field: field.to_owned(),
            how: cell.how,
            count: 0,
            examples: Vec::new(),
        });
        known.count += 1;
        if known.examples.len() < CLEANED_EACH {
            known.examples.push(CleanedValue {
                row: cell.row,
                before: cell.before.clone(),
                after: cell.after.clone(),
            });
        }
    }

    /// Counts by what an order found its customer.
    pub(crate) fn linked(&mut self, by: Option<KnownBy>) {
        let links = &mut self.links;
        *match by {
            Some(KnownBy::Key) => &mut links.external_id,
            Some(KnownBy::Email) => &mut links.email,
            Some(KnownBy::Phone) => &mut links.phone,
            Some(KnownBy::Name) => &mut links.name,
            Some(KnownBy::Source) => &mut links.source,
            None => &mut links.created,
        } += 1;
    }

    /// Whether another sample of this kind and action is wanted; making one costs more than counting.
    pub(crate) fn wants_sample(&self, kind: RecordKind, action: RowAction) -> bool {
        self.samples
            .get(&(kind, rank(action)))
            .is_none_or(|kept| kept.len() < SAMPLES_EACH)
    }

    /// Keeps a sample.
    pub(crate) fn sample(&mut self, sample: RowSample) {
        let kept = self
            .samples
            .entry((sample.kind, rank(sample.action)))
            .or_default();
        if kept.len() < SAMPLES_EACH {
            kept.push(sample);
        }
    }

    /// The report.
    pub(crate) fn into_report(self, batch: Option<BatchId>, cancelled: bool) -> ImportReport {
        let issue_counts = self.counts();
        ImportReport {
            batch,
            rows: self.rows,
            customers: self.customers,
            orders: self.orders,
            duplicates: self.duplicates,
            links: self.links,
            placed: self.placed,
            cleaned: most_first(self.cleaned),
            issues: self.issues,
            issue_counts,
            samples: self.samples.into_values().flatten().collect(),
            cancelled,
        }
    }
}

/// Most frequent first; ties keep the order of the columns' names.
fn most_first(cleaned: BTreeMap<(String, Cleaning), Cleaned>) -> Vec<Cleaned> {
    let mut cleaned: Vec<Cleaned> = cleaned.into_values().collect();
    cleaned.sort_by_key(|it| std::cmp::Reverse(it.count));
    cleaned
}

/// Skipped rows come first: they are what a person must look at.
fn rank(action: RowAction) -> u8 {
    match action {
        RowAction::Skip => 0,
        RowAction::Update => 1,
        RowAction::Create => 2,
        RowAction::Wait => 3,
        RowAction::Unchanged => 4,
    }
}
