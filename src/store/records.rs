//! The store's own nouns: kinds of record, batches, ledger entries, pages and what a scan hands out.

use model::{
    BatchId, Currency, CustomerId, Day, EntryId, InteractionId, Money, OrderId, OrderStatus,
    Points, SegmentId, Timestamp,
};
use serde::{Deserialize, Serialize};

/// Kinds of record that the change log knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordKind {
    /// Customers.
    Customer = 0,
    /// Orders with their lines.
    Order = 1,
    /// Refunds of orders.
    Refund = 2,
    /// Interactions.
    Interaction = 3,
    /// Recorded entries of the points ledger.
    LedgerEntry = 4,
    /// Saved segments.
    Segment = 5,
    /// Versions of the loyalty programme; the raw id is the version.
    Program = 6,
    /// Settings of the workspace; the raw id is 0.
    Settings = 7,
    /// Coupons.
    Coupon = 8,
    /// Codes of coupons.
    CouponCode = 9,
    /// Uses of coupons and their releases.
    CouponUse = 10,
    /// Two records of which a person said that they are two customers.
    Distinct = 15,
    /// A value of which a person said that it is right.
    QualityPass = 16,
    /// Static lists.
    List = 11,
    /// Customers on static lists.
    ListMember = 12,
}

impl RecordKind {
    /// Its number in the file.
    pub(crate) fn code(self) -> i64 {
        self as i64
    }
}

/// A record named by kind and raw id (`CustomerId(id)`, `OrderId(id)` ...).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordRef {
    /// Its kind.
    pub kind: RecordKind,
    /// Its raw id.
    pub id: i64,
}

/// Kinds of recorded ledger entry. What follows from orders is derived and never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// Points spent.
    Redemption,
    /// Given or taken by hand.
    Adjustment,
    /// Undoes another recorded entry.
    Reversal,
    /// Given for something that is no purchase.
    Bonus,
    /// Moved between members.
    Transfer,
}

/// A ledger entry before it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryDraft {
    /// Its kind.
    pub kind: EntryKind,
    /// How many points; negative takes away.
    pub points: Points,
    /// When.
    pub at: Timestamp,
    /// Idempotency key, unique over all entries.
    pub key: String,
    /// Version of the programme it was made under.
    pub program_version: Option<u32>,
    /// The reward it bought.
    pub reward: Option<String>,
    /// The reason a person gave.
    pub reason: Option<String>,
    /// The entry it reverses.
    pub reverses: Option<EntryId>,
    /// The order it belongs to.
    pub order: Option<OrderId>,
    /// Whatever else the caller keeps with it, as JSON.
    pub data: Option<String>,
}

/// A stored ledger entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// Whose.
    pub customer: CustomerId,
    /// What was recorded.
    #[serde(flatten)]
    pub fields: EntryDraft,
}

/// A saved segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Segment {
    /// Its id.
    pub id: SegmentId,
    /// Its name.
    pub name: String,
    /// Its rule as JSON.
    pub rule: String,
}

/// A version of the loyalty programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgramVersion {
    /// From 1; never used twice.
    pub version: u32,
    /// First day it holds; `None` is for all time before the next.
    pub from: Option<Day>,
    /// The programme as JSON.
    pub program: String,
    /// When it was set.
    pub at: Timestamp,
}

/// A stretch of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// All there are, not only these.
    pub total: u64,
    /// The items.
    pub items: Vec<T>,
}

/// What the list of customers can be sorted by straight from an index; ties go by id, in the same direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomerSort {
    /// Last changed.
    UpdatedAt,
    /// First recorded.
    CreatedAt,
    /// Name, by pinyin for Chinese; nameless ones last.
    Name,
}

/// What an import did to records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportPart {
    /// It created them.
    Created,
    /// It changed them.
    Updated,
}

/// The records an import brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FromImport {
    /// Which import.
    pub batch: BatchId,
    /// Which of its records.
    pub part: ImportPart,
}

/// Which orders a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderFilter<'a> {
    /// Only this customer's.
    pub customer: Option<CustomerId>,
    /// Words: order number, customer's name or phone tail. Empty finds all.
    pub search: &'a str,
    /// From this instant on.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub before: Option<Timestamp>,
    /// Only refunded (in whole or part) or cancelled orders.
    pub returned_only: bool,
    /// Only orders that sums in this currency count: neither cancelled nor returned whole.
    pub counting_in: Option<Currency>,
    /// Other currencies that `counting_in` counts too, from the instant on from which they have a rate.
    pub convertible: &'a [(Currency, Timestamp)],
    /// Only orders of an import.
    pub import: Option<FromImport>,
    /// Only orders of these customers.
    pub among: Option<&'a [CustomerId]>,
}

/// A command or import in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// When it began.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// The command's name.
    pub name: String,
    /// What it was about.
    pub subject: String,
    /// It was undone.
    pub undone: bool,
    /// It can be undone.
    pub undoable: bool,
    /// The batch it undoes, if it is an undo.
    pub undoes: Option<BatchId>,
    /// For imports, how far it came.
    pub import: Option<ImportRun>,
}

/// An import: what is needed to go on with it, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRun {
    /// Its batch.
    pub batch: BatchId,
    /// Recognises the file (a hash of its bytes and the plan; the caller's business).
    pub fingerprint: String,
    /// The file's name.
    pub file_name: String,
    /// When it began.
    pub started_at: Timestamp,
    /// Rows that are in.
    pub rows_done: u64,
    /// It came to its end.
    pub finished: bool,
    /// The plan as JSON.
    pub plan: String,
    /// Tallies and whatever else the caller needs to go on, as JSON.
    pub state: String,
}

/// A row that an import left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRow {
    /// Row of the file, from 1.
    pub row: u32,
    /// Its cells as a JSON array of strings.
    pub cells: String,
    /// Why, as the JSON of `model::Issue`.
    pub issue: String,
}

/// What was done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It was created.
    Created = 0,
    /// Some fields were changed.
    Updated = 1,
    /// It was removed.
    Removed = 2,
    /// It was brought back.
    Restored = 3,
}

impl Action {
    /// Its number in the file.
    pub(crate) fn code(self) -> i64 {
        self as i64
    }
}

/// One field's change, with values as the record's JSON has them (names of `shuke.d.ts`).
#[derive(Clone, Debug, PartialEq)]
pub struct FieldDiff {
    /// The field.
    pub field: String,
    /// Before; `None` is empty.
    pub before: Option<serde_json::Value>,
    /// After; `None` is empty.
    pub after: Option<serde_json::Value>,
}

/// One change of one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The batch it belongs to.
    pub batch: BatchId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// The command's name.
    pub name: String,
    /// What was done.
    pub action: Action,
    /// The fields that changed (for [`Action::Updated`]).
    pub fields: Vec<FieldDiff>,
}

/// How many records there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Customers.
    pub customers: u64,
    /// Orders.
    pub orders: u64,
}

/// Number of a text in the dictionary of products, categories, channels and kinds; from 1. A number never changes
/// its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermId(pub u32);

/// An order as a bulk scan hands it out: no strings but borrowed ones.
#[derive(Clone, Copy, Debug)]
pub struct OrderScan<'r> {
    /// Its id.
    pub id: OrderId,
    /// Who bought.
    pub customer: CustomerId,
    /// When.
    pub at: Timestamp,
    /// Currency of all amounts.
    pub currency: Currency,
    /// What was paid.
    pub amount: Money,
    /// Before discounts.
    pub gross: Option<Money>,
    /// The part that is tax.
    pub tax: Option<Money>,
    /// The part paid in points.
    pub paid_with_points: Option<Money>,
    /// Whether it counts.
    pub status: OrderStatus,
    /// It has refunds (see `scan_refunds`), or was returned or cancelled whole.
    pub returned: bool,
    /// Where it was bought.
    pub channel: Option<TermId>,
    /// The coupon used.
    pub coupon: Option<&'r str>,
    /// Its key in the source.
    pub external_id: Option<&'r str>,
    /// Its lines.
    pub lines: &'r [LineScan],
}

/// A line of an [`OrderScan`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineScan {
    /// Product.
    pub product: TermId,
    /// Category.
    pub category: Option<TermId>,
    /// Thousandths of a piece.
    pub quantity_milli: i64,
    /// What was paid for the line.
    pub amount: Money,
}

/// An interaction as a bulk scan hands it out.
#[derive(Clone, Copy, Debug)]
pub struct InteractionScan<'r> {
    /// Its id.
    pub id: InteractionId,
    /// With whom.
    pub customer: CustomerId,
    /// What kind.
    pub kind: TermId,
    /// When.
    pub at: Timestamp,
    /// Details, as JSON; `None` is empty.
    pub data: Option<&'r str>,
}

/// What an undo (or a step of one) did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// Records taken away (the batch had made them). Read them no more.
    pub removed: Vec<RecordRef>,
    /// Records put back as they were, brought back or changed back: read them anew.
    pub restored: Vec<RecordRef>,
    /// Records left alone because they were edited, or given orders, refunds or entries, since.
    pub kept: Vec<RecordRef>,
    /// Ledger entries are never taken away: these reversals were appended instead.
    pub reversals: Vec<EntryId>,
    /// Everybody whose record, orders, refunds, interactions or entries were touched, removed ones too; sorted.
    pub customers: Vec<CustomerId>,
}
