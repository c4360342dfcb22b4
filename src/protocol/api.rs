//! What the JavaScript API (`shuke.js`) asks: one JSON value in, one JSON value out.
//!
//! Names and forms of both are those of `shuke.d.ts`; the engine reads and writes them. The module in somebody's page is
//! thin and knows none of this program's types, and this program's types may change without it.

use serde::{Deserialize, Serialize};

/// A JSON value as text. On its way between page and worker it is a plain JavaScript value: the worker makes text of it
/// and back, so that nothing a page does to its own `JSON` matters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApiJson(pub String);

/// Reads something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiQuery {
    /// What.
    pub method: ApiRead,
    /// The arguments, a JSON array.
    pub input: ApiJson,
}

/// Changes something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiCommand {
    /// What.
    pub method: ApiWrite,
    /// The arguments, a JSON array.
    pub input: ApiJson,
}

/// Long work, with the file to read attached where there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiJob {
    /// What.
    pub method: ApiWork,
    /// The arguments without the file, a JSON array.
    pub input: ApiJson,
}

/// What can be read; the methods of `shuke.d.ts` by their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiRead {
    /// The workspace itself: currency, zone, today, how many records, where they lie.
    #[serde(rename = "info")]
    Info,
    /// A customer by a key.
    #[serde(rename = "customers.get")]
    CustomersGet,
    /// A stretch of the customers.
    #[serde(rename = "customers.list")]
    CustomersList,
    /// How many there are.
    #[serde(rename = "customers.count")]
    CustomersCount,
    /// A stretch of the orders.
    #[serde(rename = "orders.list")]
    OrdersList,
    /// How many a rule holds for.
    #[serde(rename = "segments.count")]
    SegmentsCount,
    /// Whom a rule holds for.
    #[serde(rename = "segments.members")]
    SegmentsMembers,
    /// Why it holds for a customer or not.
    #[serde(rename = "segments.explain")]
    SegmentsExplain,
    /// Saved segments.
    #[serde(rename = "segments.list")]
    SegmentsList,
    /// RFM of everybody.
    #[serde(rename = "segments.rfm")]
    SegmentsRfm,
    /// Life cycle of everybody.
    #[serde(rename = "segments.lifecycle")]
    SegmentsLifecycle,
    /// The programme in force.
    #[serde(rename = "loyalty.program")]
    LoyaltyProgram,
    /// A member's points.
    #[serde(rename = "loyalty.member")]
    LoyaltyMember,
    /// A member's ledger.
    #[serde(rename = "loyalty.ledger")]
    LoyaltyLedger,
    /// What is owed in points.
    #[serde(rename = "loyalty.liability")]
    LoyaltyLiability,
    /// How sync is set up.
    #[serde(rename = "sync.profile")]
    SyncProfile,
    /// How sync stands.
    #[serde(rename = "sync.status")]
    SyncStatus,
    /// What the last run of sync did.
    #[serde(rename = "sync.report")]
    SyncReport,
}

/// What can be changed; the methods of `shuke.d.ts` by their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiWrite {
    /// Creates and changes customers.
    #[serde(rename = "customers.put")]
    CustomersPut,
    /// Removes one.
    #[serde(rename = "customers.remove")]
    CustomersRemove,
    /// Erases one for good.
    #[serde(rename = "customers.erase")]
    CustomersErase,
    /// Creates and changes orders.
    #[serde(rename = "orders.put")]
    OrdersPut,
    /// Refunds one.
    #[serde(rename = "orders.refund")]
    OrdersRefund,
    /// Records events.
    #[serde(rename = "events.put")]
    EventsPut,
    /// Saves a segment.
    #[serde(rename = "segments.save")]
    SegmentsSave,
    /// Puts a programme in force.
    #[serde(rename = "loyalty.setProgram")]
    LoyaltySetProgram,
    /// Gives points for something.
    #[serde(rename = "loyalty.accrue")]
    LoyaltyAccrue,
    /// Spends points.
    #[serde(rename = "loyalty.redeem")]
    LoyaltyRedeem,
    /// Reverses an entry.
    #[serde(rename = "loyalty.reverse")]
    LoyaltyReverse,
    /// Gives or takes points by hand.
    #[serde(rename = "loyalty.adjust")]
    LoyaltyAdjust,
    /// Sets sync up, or ends it.
    #[serde(rename = "sync.setProfile")]
    SyncSetProfile,
    /// Runs sync now.
    #[serde(rename = "sync.run")]
    SyncRun,
}

/// Long work; the methods of `shuke.d.ts` by their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiWork {
    /// Reads a file in.
    #[serde(rename = "import")]
    Import,
    /// Takes an import back.
    #[serde(rename = "undoImport")]
    UndoImport,
    /// Writes a file.
    #[serde(rename = "export")]
    Export,
}
