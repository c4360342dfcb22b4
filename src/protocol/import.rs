//! Imports: what a dry run says and an import did, orders that wait, mappings that are remembered, what undo kept.

use crate::{FieldChange, RecordKind};
use model::import::{Cleaning, ImportPlan, KnownBy, Tally};
use model::{BatchId, CustomerId, Issue, IssueCode, Money, Timestamp};
use serde::{Deserialize, Serialize};

/// What a dry run gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rehearsal {
    /// What would happen: `Reply::Rehearsed`, one report a file.
    Report,
    /// The rows of one file (by its place among the plans) that would be left out, each with its reason: `Reply::File`.
    Rejected(u32),
    /// Every change of one file, field by field, old and new: `Reply::File`.
    Changes(u32),
}

/// What an import did, or (dry run) would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    /// What undo names it by; `None` for a dry run or when nothing was changed.
    pub batch: Option<BatchId>,
    /// Rows read.
    pub rows: u64,
    /// Customers.
    pub customers: Tally,
    /// Orders.
    pub orders: Tally,
    /// Customers who look like one another (same phone or e-mail under different keys).
    pub duplicates: u64,
    /// How orders found their customer.
    pub links: Links,
    /// Orders of earlier files that waited and have their customer now.
    pub placed: u64,
    /// The first thousand findings.
    pub issues: Vec<Issue>,
    /// All findings counted: code, column, how many rows.
    pub issue_counts: Vec<IssueCount>,
    /// Values that were written otherwise in the file, by column (dry runs only).
    pub cleaned: Vec<Cleaned>,
    /// The first rows of each action, for the person to look at.
    pub samples: Vec<RowSample>,
    /// The import was cancelled: what is in stays in and can be undone.
    pub cancelled: bool,
}

/// By what how many customers were recognised: of orders each, of a list those who were known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Links {
    /// By the number of the source, or our own id.
    pub external_id: u64,
    /// By the e-mail address.
    pub email: u64,
    /// By the telephone.
    pub phone: u64,
    /// By the name alone.
    pub name: u64,
    /// By an earlier order of the same source under the same name.
    pub source: u64,
    /// A customer was made.
    pub created: u64,
}

/// Values of one column that are kept otherwise than they were written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cleaned {
    /// The column's header.
    pub column: String,
    /// Our field.
    pub field: String,
    /// What was done.
    pub how: Cleaning,
    /// In how many rows.
    pub count: u64,
    /// The first of them: row, as it was written, as it is kept.
    pub examples: Vec<CleanedValue>,
}

/// One value before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CleanedValue {
    /// Row of the file, from 1.
    pub row: u32,
    /// As the file has it.
    pub before: String,
    /// As it is kept; empty when nothing is.
    pub after: String,
}

/// How often a finding occurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssueCount {
    /// What.
    pub code: IssueCode,
    /// In which column.
    pub column: Option<String>,
    /// In how many rows.
    pub count: u64,
    /// An example.
    pub example: Issue,
}

/// What happens to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowAction {
    /// A new record.
    Create,
    /// A changed one.
    Update,
    /// As it is already.
    Unchanged,
    /// Left out.
    Skip,
    /// An order that waits for its customer.
    Wait,
}

/// A row of a dry run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RowSample {
    /// Row of the file, from 1.
    pub row: u32,
    /// Customer or order.
    pub kind: RecordKind,
    /// What happens.
    pub action: RowAction,
    /// Name of the customer or number of the order.
    pub title: String,
    /// By what the customer was recognised, if they were known.
    pub by: Option<KnownBy>,
    /// For updates the fields before and after; for new records the fields after.
    pub fields: Vec<FieldChange>,
    /// Why it is left out or waits.
    pub issue: Option<Issue>,
}

/// What can be asked of imports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportQuery {
    /// The mappings that are remembered, the last used first.
    Mappings,
    /// Orders that wait for their customer.
    Waiting {
        /// From which.
        offset: u64,
        /// How many at most.
        limit: u32,
    },
    /// What the undo of an import left alone.
    Kept {
        /// The import.
        batch: BatchId,
        /// From which.
        offset: u64,
        /// How many at most.
        limit: u32,
    },
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportReply {
    /// To [`ImportQuery::Mappings`].
    Mappings(Vec<MappingView>),
    /// To [`ImportQuery::Waiting`].
    Waiting(WaitingView),
    /// To [`ImportQuery::Kept`].
    Kept(crate::Page<KeptRecord>),
}

/// A mapping that is remembered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MappingView {
    /// Names it.
    pub id: i64,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// How such a file is read.
    pub plan: ImportPlan,
    /// When it was used last.
    pub at: Timestamp,
    /// How often.
    pub uses: u64,
}

/// Orders that wait.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitingView {
    /// A page of them.
    pub page: crate::Page<WaitingRow>,
    /// Of those on this page, how many have a customer who fits by now.
    pub fitting: u64,
}

/// An order that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitingRow {
    /// Names it.
    pub id: i64,
    /// The import that brought it.
    pub batch: BatchId,
    /// The file's name.
    pub file_name: String,
    /// Row of the file.
    pub row: u32,
    /// The order's number, if it has one.
    pub number: Option<String>,
    /// The local moment of the purchase.
    pub local_at: String,
    /// What it cost.
    pub amount: Money,
    /// In which currency.
    pub currency: model::Currency,
    /// What it says of the customer: name, phone, e-mail, key.
    pub buyer: Vec<String>,
    /// Who fits by now.
    pub fits: Option<(CustomerId, String)>,
    /// More than one has the name, or it says nothing of anybody: only a person can tell.
    pub ambiguous: bool,
}

/// A record that an undo left alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptRecord {
    /// Customer, order ...
    pub kind: RecordKind,
    /// Its id as text, for its link; `None` for what has no page.
    pub id: Option<String>,
    /// Its name or number.
    pub title: String,
    /// The command that edited it since; `None` when something was added to it (an order, a refund ...).
    pub command: Option<String>,
    /// Who did that; empty where nobody gave a name.
    pub who: String,
    /// When, in the business's zone.
    pub local_at: Option<String>,
}

/// What can be done about imports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportCommand {
    /// Forgets a mapping.
    Forget {
        /// Which.
        mapping: i64,
    },
    /// Makes orders of waiting ones, at most a thousand at once.
    Place {
        /// Which; none means all that can be.
        ids: Vec<i64>,
        /// Whose they become.
        to: PlaceTo,
    },
    /// Gives waiting orders up. Undo brings them back.
    Drop {
        /// Which.
        ids: Vec<i64>,
    },
}

/// Whose a waiting order becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceTo {
    /// Whoever fits by now; others go on waiting.
    WhoFits,
    /// This customer's.
    Customer(CustomerId),
    /// A customer's who is made of what the order says, if nobody fits.
    New,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportOutcome {
    /// A mapping was forgotten.
    Forgotten,
    /// Orders were made.
    Placed {
        /// So many.
        orders: u64,
        /// Customers made for them.
        customers: u64,
        /// Orders that wait still.
        left: u64,
    },
    /// So many were given up.
    Dropped {
        /// How many.
        count: u64,
    },
}
