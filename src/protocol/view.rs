//! Views: plain answers for a page. Money is in minor units of the currency that stands beside it, or of the
//! workspace's; local times are strings in the business's zone, so that a page needs no time zone.

use crate::{RecordKind, Storage};
use model::import::Tally;
use model::{
    BatchId, Currency, Customer, CustomerId, Day, Money, Order, OrderId, Points, SegmentId,
    Timestamp, WorkspaceSettings,
};
use serde::{Deserialize, Serialize};

/// A stretch of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// All rows there are, not only these.
    pub total: u64,
    /// First row's position, from 0.
    pub offset: u64,
    /// The rows.
    pub items: Vec<T>,
}

/// How far a long request is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Units done (bytes of a file, or records).
    pub done: u64,
    /// Units in all.
    pub total: u64,
    /// Rows or records so far, for the count a person sees.
    pub rows: u64,
}

/// The stage of a long request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Reading the database into columns.
    Opening,
    /// Reading a file.
    Reading,
    /// Writing records.
    Writing,
    /// Undoing.
    Undoing,
    /// Making a file.
    Exporting,
    /// Running a draft over real orders.
    Replaying,
    /// Looking at records.
    Looking,
    /// Working something out.
    Calculating,
}

/// What is open and how it stands with storage and backup.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Settings of the workspace.
    pub settings: WorkspaceSettings,
    /// Where the data lives.
    pub storage: Storage,
    /// OPFS was wanted and could not be had; a word from the browser why.
    pub storage_refused: Option<String>,
    /// The sample business, if this is one.
    pub demo: Option<String>,
    /// Today in the business's zone.
    pub today: Day,
    /// Number of customers.
    pub customers: u64,
    /// Number of orders.
    pub orders: u64,
    /// The store's version; grows with every write.
    pub data_version: u64,
    /// Whether columns are in memory.
    pub columns_ready: bool,
    /// When a backup was last saved.
    pub last_backup_at: Option<Timestamp>,
    /// Changes (commands) since then.
    pub changes_since_backup: u64,
    /// Size of the database in bytes.
    pub database_bytes: u64,
    /// An import that was cut off: drop the same file again and it goes on.
    pub unfinished_import: Option<UnfinishedImport>,
    /// Whether this tab holds the database.
    pub leader: bool,
    /// Whether it is encrypted at rest.
    pub encrypted: bool,
    /// How sync stands; `None` where nothing is connected.
    pub sync: Option<crate::SyncLight>,
}

/// An import that did not come to its end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnfinishedImport {
    /// Its batch.
    pub batch: BatchId,
    /// The file's name.
    pub file_name: String,
    /// Rows that are in.
    pub rows: u64,
    /// When it began.
    pub started_at: Timestamp,
}

/// Customers by life cycle stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StageCounts {
    /// 潜在: no order yet.
    pub prospect: u64,
    /// 新
    pub new: u64,
    /// 活跃
    pub active: u64,
    /// 沉默
    pub dormant: u64,
    /// 流失
    pub churned: u64,
}

/// Life cycle stage of one customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LifecycleStage {
    /// 潜在
    Prospect,
    /// 新
    New,
    /// 活跃
    Active,
    /// 沉默
    Dormant,
    /// 流失
    Churned,
}

/// What is calculated about a customer, as of today.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerFacts {
    /// Life cycle stage.
    pub stage: LifecycleStage,
    /// Recency, frequency, monetary: 1 to 5, 5 is best. `None` without orders.
    pub rfm: Option<[u8; 3]>,
    /// RFM group, as `champions` (names in `segment::rfm`).
    pub rfm_group: String,
    /// Orders that count.
    pub order_count: u64,
    /// What remains of all orders, in the workspace's currency.
    pub spend: Money,
    /// `spend / order_count`, rounded half up; `None` without orders.
    pub average_order_value: Option<Money>,
    /// Day of the first order that counts.
    pub first_order_on: Option<Day>,
    /// Day of the last order that counts.
    pub last_order_on: Option<Day>,
    /// Days from the last order to today.
    pub days_since_last_order: Option<u32>,
    /// The customer's own rhythm: the median number of days between order days; from three order days on.
    pub usual_gap_days: Option<u32>,
    /// Redeemable points; `None` without a programme.
    pub balance: Option<Points>,
    /// Tier id; `None` without a programme.
    pub tier: Option<String>,
    /// Tier's name.
    pub tier_name: Option<String>,
}

/// A row of the customer list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerRow {
    /// The record.
    pub customer: Customer,
    /// What is calculated; `None` while columns are still being read.
    pub facts: Option<CustomerFacts>,
}

/// One customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerView {
    /// The record.
    pub customer: Customer,
    /// What is calculated; `None` while columns are still being read.
    pub facts: Option<CustomerFacts>,
    /// All orders on record, also those that do not count; 0 while columns are still being read.
    pub orders_recorded: u64,
    /// Spend by month over the last 12 months, oldest first, this month last.
    pub months: Vec<MonthTotal>,
    /// The categories they buy most, with spend; at most five.
    pub top_categories: Vec<NamedTotal>,
    /// Saved and ready segments they are in now.
    pub segments: Vec<String>,
}

/// A month's sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MonthTotal {
    /// The first day of the month.
    pub month: Day,
    /// What remains of its orders.
    pub amount: Money,
    /// How many orders.
    pub orders: u64,
}

/// A named sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedTotal {
    /// Name.
    pub name: String,
    /// Sum.
    pub amount: Money,
    /// How many (orders, customers).
    pub count: u64,
}

/// A row of the order list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderRow {
    /// The record.
    pub order: Order,
    /// Its customer's name.
    pub customer_name: String,
    /// When, in the business's zone: `2026-01-31T18:30:05`.
    pub local_at: String,
    /// What remains after refunds.
    pub remaining: Money,
    /// Points it has earned, net of refunds; `None` without a programme.
    pub points: Option<Points>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimelineItem {
    /// When, in the business's zone.
    pub local_at: String,
    /// What.
    pub what: TimelineWhat,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimelineWhat {
    /// The record was created.
    Created,
    /// Signed up.
    SignedUp,
    /// Bought.
    Order {
        /// Which.
        id: OrderId,
        /// Its number in the source.
        number: Option<String>,
        /// Its amount.
        amount: Money,
        /// Its currency.
        currency: Currency,
        /// Its first products.
        products: Vec<String>,
        /// How many lines there are.
        lines: u32,
    },
    /// Returned.
    Refund {
        /// Of which order.
        id: OrderId,
        /// Its number in the source.
        number: Option<String>,
        /// How much.
        amount: Money,
        /// In which currency.
        currency: Currency,
    },
    /// A call, a visit, a note, an event.
    Interaction {
        /// What kind.
        kind: String,
        /// A person's own words, if any.
        text: Option<String>,
    },
    /// An entry of the points ledger that is not an order's accrual.
    Points(LedgerEntryView),
}

/// A change of one record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeView {
    /// The command it belongs to.
    pub batch: BatchId,
    /// When, in the business's zone.
    pub local_at: String,
    /// Who.
    pub who: String,
    /// The command's name (`update_customer`, `import`, `undo` ...).
    pub command: String,
    /// What was done to the record.
    pub action: ChangeAction,
    /// Fields with their value before and after, as text.
    pub fields: Vec<FieldChange>,
}

/// What was done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeAction {
    /// It was created.
    Created,
    /// Some fields were changed.
    Updated,
    /// It was removed.
    Removed,
    /// It was brought back.
    Restored,
}

/// A field's change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldChange {
    /// The field, as in `shuke.d.ts`.
    pub field: String,
    /// Before; `None` is empty.
    pub before: Option<String>,
    /// After; `None` is empty.
    pub after: Option<String>,
}

/// A command in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommandView {
    /// What undo names it by.
    pub batch: BatchId,
    /// When, in the business's zone.
    pub local_at: String,
    /// Who.
    pub who: String,
    /// The command's name.
    pub command: String,
    /// What it was about: a customer's name, a file's name.
    pub subject: String,
    /// For imports: what came of it.
    pub import: Option<ImportSummary>,
    /// It was undone.
    pub undone: bool,
    /// It can be undone.
    pub undoable: bool,
}

/// What came of an import, in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportSummary {
    /// Rows read.
    pub rows: u64,
    /// Customers.
    pub customers: Tally,
    /// Orders.
    pub orders: Tally,
    /// It came to its end.
    pub finished: bool,
    /// Records that its undo left alone.
    #[serde(default)]
    pub kept: u64,
}

/// How many customers a rule holds for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CountView {
    /// Members.
    pub count: u64,
    /// Of so many customers.
    pub of: u64,
    /// What remains of all their orders.
    pub spend: Money,
    /// Orders left out because their currency has no rate.
    pub unconverted: u64,
}

/// A segment with its count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SegmentView {
    /// Saved segments have one; ready ones have a `key`.
    pub id: Option<SegmentId>,
    /// Ready segments: a stable name such as `birthday_this_month`, worded in `text`.
    pub key: Option<String>,
    /// The name a person gave.
    pub name: String,
    /// The rule as JSON.
    pub rule: String,
    /// Members, share and spend.
    pub count: CountView,
    /// A saved rule that cannot be evaluated (a segment it names is gone ...).
    pub fault: Option<crate::Fault>,
}

/// A cell of RFM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RfmCell {
    /// Recency, 1 to 5.
    pub r: u8,
    /// Frequency, 1 to 5.
    pub f: u8,
    /// Monetary, 1 to 5.
    pub m: u8,
    /// Customers in it.
    pub count: u64,
    /// Their spend.
    pub spend: Money,
    /// The group it belongs to.
    pub group: String,
}

/// A group of RFM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RfmGroupCount {
    /// Its name, as `champions`.
    pub group: String,
    /// Customers in it.
    pub count: u64,
    /// Their spend.
    pub spend: Money,
}

/// The loyalty programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgramView {
    /// The version in force today, as JSON.
    pub program: String,
    /// All versions, oldest first.
    pub versions: Vec<ProgramVersionView>,
}

/// A version of the programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgramVersionView {
    /// From 1.
    pub version: u32,
    /// First day it holds; `None` is for all time before the next.
    pub from: Option<Day>,
    /// The programme as JSON.
    pub program: String,
}

/// A member's points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberView {
    /// Who.
    pub customer: CustomerId,
    /// Redeemable points; negative is a debt.
    pub balance: Points,
    /// Not yet posted.
    pub pending: Points,
    /// What the next accruals repay.
    pub debt: Points,
    /// Count towards the tier.
    pub qualifying: Points,
    /// Tier id.
    pub tier: Option<String>,
    /// Tier's name.
    pub tier_name: Option<String>,
    /// Last day of the tier, if it ends.
    pub tier_until: Option<Day>,
    /// The next tier, and what of the measure is missing.
    pub next_tier: Option<NextTier>,
    /// What the balance is worth, in the programme's currency.
    pub worth: Money,
    /// Open lots in the order they are consumed.
    pub lots: Vec<LotView>,
}

/// The next tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NextTier {
    /// Tier id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Missing qualifying points (or minor units of spend, or visits).
    pub missing: i64,
}

/// Points of one accrual with one expiry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LotView {
    /// Id of the accrual's ledger entry.
    pub id: String,
    /// What is left.
    pub points: Points,
    /// Day earned.
    pub earned_on: Day,
    /// Last usable day.
    pub expires_on: Option<Day>,
}

/// Kinds of ledger entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// 累积
    Accrual,
    /// 兑换
    Redemption,
    /// 过期
    Expiry,
    /// 冲正
    Reversal,
    /// 手工调整
    Adjustment,
    /// 转赠
    Transfer,
}

/// An entry of the points ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerEntryView {
    /// Its id; derived entries (an order's accrual) have one that follows from the order's.
    pub id: String,
    /// Its idempotency key.
    pub key: String,
    /// Its kind.
    pub kind: EntryKind,
    /// When, in the business's zone.
    pub local_at: String,
    /// How many; negative takes away.
    pub points: Points,
    /// Not yet posted: it becomes usable on this day.
    pub posts_on: Option<Day>,
    /// Last usable day of the points given.
    pub expires_on: Option<Day>,
    /// The balance after it.
    pub balance: Points,
    /// The order it comes from.
    pub order: Option<OrderId>,
    /// The order's number in the source.
    pub order_number: Option<String>,
    /// The earn rules that gave it, by id.
    pub rule: Option<String>,
    /// Version of the programme it was made under.
    pub version: Option<u32>,
    /// The reward it bought.
    pub reward: Option<String>,
    /// The reason a person gave.
    pub reason: Option<String>,
    /// The entry it reverses.
    pub reverses: Option<String>,
    /// It can be reversed.
    pub reversible: bool,
    /// Points of a return that the refund policy leaves with the member.
    pub waived: Points,
    /// Points that would have come back but have expired since.
    pub forfeited: Points,
}

/// A row of the list of members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberRow {
    /// Who.
    pub customer: CustomerId,
    /// Name.
    pub name: String,
    /// Telephone.
    pub phone: Option<String>,
    /// Redeemable points.
    pub balance: Points,
    /// Not yet posted.
    pub pending: Points,
    /// Tier's name.
    pub tier_name: Option<String>,
    /// Points that expire first.
    pub expiring: Option<LotView>,
}

/// What is owed in points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PointsOverview {
    /// The day.
    pub as_of: Day,
    /// Redeemable points of everybody (debts do not lessen them).
    pub outstanding: Points,
    /// Not yet posted.
    pub pending: Points,
    /// What the outstanding points are worth, in the programme's currency.
    pub worth: Money,
    /// Members with a balance above zero.
    pub members: u64,
    /// Expiring within the next 30 days.
    pub expiring_30_days: Points,
    /// Points that expire in each coming month, up to 12: first day of the month, points.
    pub expiring: Vec<(Day, Points)>,
    /// Members in each tier, lowest first: id, name, members.
    pub tiers: Vec<(String, String, u64)>,
}

/// A value and how often it occurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ValueCount {
    /// The value.
    pub value: String,
    /// Customers that have it.
    pub count: u64,
}

/// A record for the command palette.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundRecord {
    /// Customer or order.
    pub kind: RecordKind,
    /// Its id in text form.
    pub id: String,
    /// Its name or number.
    pub title: String,
    /// Phone, e-mail, amount: what tells it from others.
    pub detail: String,
}

/// A file to save; its bytes are attached to the message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileView {
    /// Suggested name, safe on every system.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Records in it.
    pub records: u64,
}
