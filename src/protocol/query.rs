//! Queries: everything that reads.

use crate::CounterQuery;
use model::{BatchId, CustomerId, Day, OrderId, SegmentId};
use serde::{Deserialize, Serialize};

/// Kinds of record, for change events and history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// Customers.
    Customer,
    /// Orders and refunds.
    Order,
    /// Interactions.
    Interaction,
    /// Recorded entries of the points ledger.
    LedgerEntry,
    /// Saved segments.
    Segment,
    /// The loyalty programme.
    Program,
    /// Settings of the workspace.
    Settings,
    /// Coupons, their codes and uses.
    Coupon,
    /// Static lists and who is on them.
    List,
    /// Not a record: what was noted of segments over time.
    Watch,
}

/// What customers are sorted by; ties go by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerSort {
    /// Last changed.
    #[default]
    UpdatedAt,
    /// First recorded.
    CreatedAt,
    /// Name, by pinyin for Chinese.
    Name,
    /// Spend of all time.
    Spend,
    /// Number of orders.
    OrderCount,
    /// Day of the last order.
    LastOrderOn,
    /// Points balance.
    Balance,
}

/// What an import did to records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportPart {
    /// It created them.
    Created,
    /// It changed them.
    Updated,
}

/// The records that an import brought, so that its numbers open exactly their rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FromImport {
    /// Which import.
    pub batch: BatchId,
    /// Which of its records.
    pub part: ImportPart,
}

/// A stretch of a sorted, searched and filtered list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListRequest {
    /// Words to find: name, pinyin or its initials, phone tail, e-mail. Empty finds all.
    pub search: String,
    /// A segment rule as JSON.
    pub rule: Option<String>,
    /// A saved segment (its rule holds together with `rule`).
    pub segment: Option<SegmentId>,
    /// The day that rule, order and calculated columns are asked for.
    pub as_of: Option<Day>,
    /// Only customers of an import.
    pub import: Option<FromImport>,
    /// What held or happened in the past; all of it.
    #[serde(default)]
    pub past: Vec<crate::Past>,
    /// Order of the list.
    pub sort: CustomerSort,
    /// Largest, newest or Z first.
    pub descending: bool,
    /// First row, from 0.
    pub offset: u64,
    /// At most this many rows; 500 at most.
    pub limit: u32,
}

/// A stretch of the list of orders, newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderList {
    /// Only this customer's.
    pub customer: Option<CustomerId>,
    /// Words to find: order number, customer's name or phone tail.
    pub search: String,
    /// Local days, both included.
    pub from: Option<Day>,
    /// Local days, both included.
    pub to: Option<Day>,
    /// Only refunded (in whole or part) or cancelled orders.
    pub returned_only: bool,
    /// Only orders that sums count: in the workspace's currency, neither cancelled nor returned whole.
    pub counting_only: bool,
    /// Only orders of an import.
    pub import: Option<FromImport>,
    /// Only orders of customers a rule holds for today, as JSON.
    #[serde(default)]
    pub rule: Option<String>,
    /// First row, from 0.
    pub offset: u64,
    /// At most this many rows; 500 at most.
    pub limit: u32,
}

/// Reads data. `as_of` is a local day; `None` is today.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Query {
    /// What is open and how it stands with storage and backup.
    Status,
    /// The home page.
    Home,
    /// A stretch of the customers.
    Customers(ListRequest),
    /// One customer with everything on their page but the lists.
    Customer {
        /// Which.
        id: CustomerId,
    },
    /// A stretch of the orders.
    Orders(OrderList),
    /// One order.
    Order {
        /// Which.
        id: OrderId,
    },
    /// Everything recorded about a customer, newest first.
    Timeline {
        /// Who.
        customer: CustomerId,
        /// First item, from 0.
        offset: u64,
        /// At most this many items.
        limit: u32,
    },
    /// Every change of one record, newest first.
    History {
        /// Kind of record.
        kind: RecordKind,
        /// Its id in text form.
        id: String,
        /// First item, from 0.
        offset: u64,
        /// At most this many items.
        limit: u32,
    },
    /// The last commands (and imports), newest first: what can be undone.
    Commands {
        /// First item, from 0.
        offset: u64,
        /// At most this many items.
        limit: u32,
        /// Only imports.
        imports_only: bool,
    },
    /// How many customers a rule holds for.
    Count {
        /// The rule as JSON.
        rule: String,
        /// The day it is asked for.
        as_of: Option<Day>,
    },
    /// Ready and saved segments with their counts.
    Segments,
    /// What other currencies are worth, and which orders wait for that.
    Rates,
    /// What a rule comes to while it is edited, and why a customer is in or not in.
    Segment(crate::SegmentQuery),
    /// Life cycle stages of everybody.
    Lifecycle {
        /// The day they are asked for.
        as_of: Option<Day>,
    },
    /// RFM with options, the life cycle over time, portraits of segments.
    Insight(crate::InsightQuery),
    /// The loyalty programme in force and its versions.
    Program,
    /// What helps to design one.
    Programs(crate::ProgramQuery),
    /// A member's points.
    Member {
        /// Who.
        customer: CustomerId,
        /// The day they are asked for.
        as_of: Option<Day>,
    },
    /// A member's ledger, newest first.
    Ledger {
        /// Whose.
        customer: CustomerId,
        /// The day it is asked for: what came later is not there yet.
        as_of: Option<Day>,
        /// First entry, from 0.
        offset: u64,
        /// At most this many entries.
        limit: u32,
    },
    /// Members by balance, largest first.
    Members {
        /// Words to find, as in [`ListRequest::search`].
        search: String,
        /// Only members a rule holds for today, as JSON.
        rule: Option<String>,
        /// First row, from 0.
        offset: u64,
        /// At most this many rows.
        limit: u32,
    },
    /// Coupons: the list, one, codes, uses, checking a basket.
    Coupons(crate::CouponQuery),
    /// Sync: how it stands, what waits, what a person has to decide.
    Sync(crate::SyncQuery),
    /// Duplicates.
    Twins(crate::TwinQuery),
    /// How good the data is.
    Quality(crate::QualityQuery),
    /// Imports: mappings that are remembered, orders that wait, what an undo left alone.
    Imports(crate::ImportQuery),
    /// What is left of rewards.
    Points(crate::PointsQuery),
    /// What is owed in points.
    PointsOverview {
        /// The day it is asked for.
        as_of: Option<Day>,
    },
    /// The owner's view of the loyalty programme.
    Liability(crate::LiabilityQuery),
    /// What there is to take away, and what was erased.
    Out(crate::OutQuery),
    /// Static lists, segments over time, overlaps.
    Membership(crate::MembershipQuery),
    /// The values an attribute has, most frequent first.
    Values {
        /// An attribute of the segment rule, such as `province`.
        attribute: String,
        /// Only values that contain this.
        search: String,
        /// At most this many.
        limit: u32,
    },
    /// What the counter reads.
    Counter(CounterQuery),
    /// What the JavaScript API reads.
    Api(crate::ApiQuery),
    /// Records for the command palette: customers and orders by any word.
    Find {
        /// The words.
        search: String,
        /// At most this many.
        limit: u32,
    },
}

/// What to export.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportWhat {
    /// Customers that a list shows (its search, rule and order; `offset` and `limit` do not matter).
    Customers(ListRequest),
    /// Orders that a list shows.
    Orders(OrderList),
    /// The rows an import left out, with their reasons, ready to be mended and dropped in again.
    Rejected {
        /// Which import.
        batch: BatchId,
    },
    /// A part of the owner's view of the loyalty programme.
    Points(crate::PointsExport),
    /// A member's ledger.
    Ledger {
        /// Whose.
        customer: CustomerId,
    },
    /// Codes or uses of a coupon.
    Coupons(crate::CouponExport),
    /// Files to take away: chosen columns, layouts, archives, calendars, one person.
    Out(crate::OutExport),
    /// The last replay of a draft.
    Replay {
        /// Which ([`crate::ReplayView::replay`]).
        replay: u32,
        /// Which part.
        part: crate::ReplayPart,
    },
}

/// The format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// CSV in UTF-8 with byte order mark (so that spreadsheets read it), formula-safe.
    Csv,
    /// A JSON array of objects with the names of `shuke.d.ts`.
    Json,
    /// The same objects, one a line.
    Ndjson,
    /// A spreadsheet (Office Open XML).
    Xlsx,
    /// vCard 3.0 (RFC 2426); customers only.
    Vcard3,
    /// vCard 4.0 (RFC 6350); customers only.
    Vcard4,
}
