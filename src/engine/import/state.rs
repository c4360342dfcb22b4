//! What is kept of an import in the database: how far it is, for going on after a crash, and what came of it.

use super::report::Findings;
use model::import::Tally;
use protocol::{ImportSummary, IssueCount, Links, UnfinishedImport};
use serde::{Deserialize, Serialize};
use store::ImportRun;

/// The `state` of an [`ImportRun`], as JSON.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ImportState {
    /// Records that are done: as many are skipped when the import goes on.
    pub(crate) records: u64,
    pub(crate) rows: u64,
    pub(crate) customers: Tally,
    pub(crate) orders: Tally,
    pub(crate) duplicates: u64,
    pub(crate) links: Links,
    pub(crate) placed: u64,
    pub(crate) counts: Vec<IssueCount>,
    /// Header of the file, for giving rejected rows back.
    pub(crate) columns: Vec<String>,
    /// A person stopped it.
    pub(crate) cancelled: bool,
}

impl ImportState {
    /// Of a stored import; what cannot be read is empty.
    pub(crate) fn of(run: &ImportRun) -> Self {
        serde_json::from_str(&run.state).unwrap_or_default()
    }

    /// Of findings so far.
    pub(crate) fn new(findings: &Findings, records: u64, columns: &[String]) -> Self {
        Self {
            records,
            rows: findings.rows,
            customers: findings.customers,
            orders: findings.orders,
            duplicates: findings.duplicates,
            links: findings.links,
            placed: findings.placed,
            counts: findings.counts(),
            columns: columns.to_vec(),
            cancelled: false,
        }
    }

    /// The findings to go on with.
    pub(crate) fn findings(&self) -> Findings {
        let mut findings = Findings::default();
        findings.rows = self.rows;
        findings.customers = self.customers;
        findings.orders = self.orders;
        findings.duplicates = self.duplicates;
        findings.links = self.links;
        findings.placed = self.placed;
        findings.restore_counts(&self.counts);
        findings
    }

    /// The columns of the file.
    pub(crate) fn columns(run: &ImportRun) -> Vec<String> {
        Self::of(run).columns
    }

    /// What came of it, in short.
    pub(crate) fn summary(run: &ImportRun, kept: u64) -> ImportSummary {
        let state = Self::of(run);
        ImportSummary {
            rows: state.rows,
            customers: state.customers,
            orders: state.orders,
            finished: run.finished && !state.cancelled,
            kept,
        }
    }

    /// An import that was cut off.
    pub(crate) fn unfinished(run: &ImportRun) -> UnfinishedImport {
        UnfinishedImport {
            batch: run.batch,
            file_name: run.file_name.clone(),
            rows: run.rows_done,
            started_at: run.started_at,
        }
    }
}
