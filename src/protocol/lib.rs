//! What page and worker say to each other.
//!
//! Invariant: knows nothing of how anything is computed. The page sends [`ToWorker`], the worker [`FromWorker`];
//! each is one structured-clone message `{ "message": <this>, "files": [Blob, ...] }`, where `files` carries bytes
//! that are never copied through Rust values (a dropped file, an export, a backup).
//!
//! A request has an id that is unique over all tabs and reloads. A command is applied once for its id, however often
//! it is sent: after a takeover by another tab the page's worker sends what is unanswered again.
//!
//! Enums are externally tagged, because the other forms of serde buffer and cost the page code size.

#![expect(
    clippy::large_enum_variant,
    reason = "one message is alive at a time; boxes would only add noise"
)]

mod api;
mod command;
mod counter;
mod coupon;
mod fault;
mod home;
mod import;
mod insight;
mod liability;
mod membership;
mod out;
mod points;
mod quality;
mod query;
mod rates;
mod replay;
mod segment;
mod sync;
mod trouble;
mod twins;
mod vault;
mod view;

pub use api::*;
pub use command::{Command, Outcome};
pub use counter::*;
pub use coupon::{
    CheckView, CodeCheck, CodeRow, CodeStanding, CodesWhich, CouponCommand, CouponExport,
    CouponOutcome, CouponQuery, CouponReply, CouponRow, CouponStanding, CouponView, HeldCode,
    HeldView, UseRow,
};
pub use fault::{Fault, FaultCode};
pub use home::{AttentionKind, AttentionPerson, AttentionView, BestThird, HomeView};
pub use import::*;
pub use insight::*;
pub use liability::*;
pub use membership::*;
pub use out::*;
pub use points::{BonusEnds, PointsCommand, PointsQuery, PointsReply, RewardView};
pub use quality::*;
pub use query::{
    CustomerSort, ExportFormat, ExportWhat, FromImport, ImportPart, ListRequest, OrderList, Query,
    RecordKind,
};
pub use rates::{CurrencyUse, RatesView};
pub use replay::*;
pub use segment::*;
pub use sync::*;
pub use trouble::*;
pub use twins::*;
pub use vault::*;
pub use view::*;

use model::BatchId;
use model::import::{ImportPlan, Inspection, Reading};
use serde::{Deserialize, Serialize};

/// Raised whenever a message changes its shape. Page and worker of different versions do not talk; the page says
/// that a new version is there and reloads.
pub const PROTOCOL_VERSION: u32 = 4;

/// What a worker posts, as a bare string that every version understands, when it can take messages: whatever was
/// posted before is lost. The page answers with [`ToWorker::Hello`].
pub const LISTENING: &str = "listening";

/// Names one request: made by the page from random bits, unique over tabs and reloads.
pub type RequestId = String;

/// Where the data lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Storage {
    /// In the browser's origin-private file system; kept.
    Opfs,
    /// In memory; gone when the tab closes. Asked for (demo) or all the browser allows.
    Memory,
}

/// The first message: what to open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hello {
    /// [`PROTOCOL_VERSION`] of the page.
    pub version: u32,
    /// Workspace: one database each. Letters, digits and `-`.
    pub workspace: String,
    /// Where to keep it.
    pub storage: Storage,
    /// Fill an empty memory workspace with this sample business (`cafe`).
    pub demo: Option<String>,
    /// Time zone for a new workspace (IANA); the browser's.
    pub zone: String,
    /// Currency for a new workspace.
    pub currency: String,
    /// Unlocks an encrypted workspace, or makes a new one an encrypted one.
    #[serde(default)]
    pub passphrase: Option<String>,
}

/// From page to worker.
pub type ToWorker = PageMessage<Request>;

/// From page to worker, with requests as `R`: the page writes them before the message that they go in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageMessage<R> {
    /// Opens the workspace; the answer is [`FromWorker::Ready`], `Refused` or `Failed`.
    Hello(Hello),
    /// Asks for something; exactly one [`FromWorker::Answer`] with the same id follows.
    Ask {
        /// The request's id.
        id: RequestId,
        /// The name of whoever works at this page, for the change log; empty where they gave none.
        #[serde(default)]
        who: String,
        /// What is asked.
        request: R,
    },
    /// Stops a long request; its answer is then [`FaultCode::Cancelled`] (what is committed stays and is said).
    Cancel {
        /// The request's id.
        id: RequestId,
    },
}

/// From worker to page.
pub type FromWorker = WorkerMessage<Reply>;

/// From worker to page, with replies as `R`: the page reads them later than the message that they come in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkerMessage<R> {
    /// The workspace is open.
    Ready {
        /// [`PROTOCOL_VERSION`] of the worker.
        version: u32,
        /// What was opened.
        status: Status,
    },
    /// The page's version is another: reload.
    Refused {
        /// [`PROTOCOL_VERSION`] of the worker.
        version: u32,
    },
    /// The workspace could not be opened (damaged, newer schema ...). Nothing was changed.
    Failed {
        /// Why.
        fault: Fault,
    },
    /// How far a long request is.
    Progress {
        /// The request's id.
        id: RequestId,
        /// How far.
        progress: Progress,
    },
    /// The answer.
    Answer {
        /// The request's id.
        id: RequestId,
        /// What came of it.
        result: Result<R, Fault>,
    },
    /// Something happened that nobody asked for.
    Event(Event),
    /// The worker's code failed where it must not; it is unusable. The page starts another.
    Panicked {
        /// What and where.
        message: String,
    },
}

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Changes data. Applied once for its id.
    Command(Command),
    /// Reads data.
    Query(Query),
    /// Looks at the attached file (`files[0]`): answers [`Reply::Inspection`].
    Inspect {
        /// The file's name.
        file_name: String,
        /// What a person corrected after a first look.
        reading: Reading,
    },
    /// Reads the attached files through, one after the other as if each had gone in before the next, and says what
    /// an import would do: answers [`Reply::Rehearsed`] or [`Reply::File`]. Long.
    DryRun {
        /// How to read each, in the order of the files.
        plans: Vec<ImportPlan>,
        /// What to give.
        give: Rehearsal,
    },
    /// Imports the attached file: answers [`Reply::Import`]. Long; committed in batches, all under one [`BatchId`].
    Import {
        /// How to read it.
        plan: ImportPlan,
    },
    /// Writes a file: answers [`Reply::File`] with the bytes attached. Long.
    Export {
        /// Which records.
        what: ExportWhat,
        /// In which format.
        format: ExportFormat,
    },
    /// Looks for duplicates, or makes many of them one. Long.
    Twins(TwinJob),
    /// Looks how good the data is, or mends it. Long.
    Quality(QualityJob),
    /// Runs a draft of the programme over real orders: answers [`Reply::Programs`]. Long.
    Replay(ReplayRequest),
    /// A flow over months, or what a bulk action would do: answers [`Reply::Membership`]. Long.
    Membership(MembershipJob),
    /// Finds out about an endpoint: answers [`Reply::Sync`]. Long.
    Sync(SyncJob),
    /// Long work of the JavaScript API: answers [`Reply::Api`] or [`Reply::File`].
    Api(ApiJob),
    /// Encryption at rest: answers [`Reply::Vault`].
    Vault(VaultJob),
    /// The whole database as one SQLite file: answers [`Reply::File`] with the bytes attached.
    Backup,
    /// Replaces the whole database by the attached backup, after checking it: answers [`Reply::Status`].
    Restore,
}

/// What a request gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// A command was applied.
    Done(Done),
    /// To [`Query::Status`].
    Status(Status),
    /// To [`Query::Home`].
    Home(Box<HomeView>),
    /// To [`Query::Customers`].
    Customers(Page<CustomerRow>),
    /// To [`Query::Customer`].
    Customer(Box<CustomerView>),
    /// To [`Query::Orders`].
    Orders(Page<OrderRow>),
    /// To [`Query::Order`].
    Order(Box<OrderRow>),
    /// To [`Query::Timeline`].
    Timeline(Page<TimelineItem>),
    /// To [`Query::History`].
    History(Page<ChangeView>),
    /// To [`Query::Commands`].
    Commands(Page<CommandView>),
    /// To [`Query::Count`].
    Count(CountView),
    /// To [`Query::Segments`].
    Segments(Vec<SegmentView>),
    /// To [`Query::Rates`].
    Rates(Box<RatesView>),
    /// To [`Query::Segment`].
    Segment(Box<SegmentReply>),
    /// To [`Query::Lifecycle`].
    Lifecycle(StageCounts),
    /// To [`Query::Insight`].
    Insight(Box<InsightReply>),
    /// To [`Query::Program`].
    Program(Option<ProgramView>),
    /// To [`Query::Programs`] and [`Request::Replay`].
    Programs(Box<ProgramReply>),
    /// To [`Query::Member`].
    Member(MemberView),
    /// To [`Query::Ledger`].
    Ledger(Page<LedgerEntryView>),
    /// To [`Query::Members`].
    Members(Page<MemberRow>),
    /// To [`Query::Points`].
    Points(PointsReply),
    /// To [`Query::Twins`] and [`Request::Twins`].
    Twins(TwinReply),
    /// To [`Query::Sync`] and [`Request::Sync`].
    Sync(Box<SyncReply>),
    /// To [`Query::Quality`] and [`Request::Quality`].
    Quality(QualityReply),
    /// To [`Query::Coupons`].
    Coupons(CouponReply),
    /// To [`Query::PointsOverview`].
    PointsOverview(PointsOverview),
    /// To [`Query::Liability`].
    Liability(Box<LiabilityReply>),
    /// To [`Query::Out`].
    Out(Box<OutReply>),
    /// To [`Query::Values`].
    Values(Vec<ValueCount>),
    /// To [`Query::Membership`] and [`Request::Membership`].
    Membership(Box<MembershipReply>),
    /// To [`Query::Find`].
    Found(Vec<FoundRecord>),
    /// To [`Query::Counter`].
    Counter(Box<CounterReply>),
    /// To [`Query::Api`] and [`Request::Api`].
    Api(ApiJson),
    /// To [`Request::Inspect`].
    Inspection(Inspection),
    /// To [`Request::Import`].
    Import(Box<ImportReport>),
    /// To [`Request::DryRun`], one report a file.
    Rehearsed(Vec<ImportReport>),
    /// To [`Query::Imports`].
    Imports(ImportReply),
    /// To [`Request::Vault`].
    Vault(VaultReply),
    /// To [`Request::Export`] and [`Request::Backup`]; the bytes are attached to the message.
    File(FileView),
}

/// A command that was applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Done {
    /// What to name for [`Command::Undo`]; `None` when nothing was changed or nothing can be undone.
    pub batch: Option<BatchId>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What a worker tells without being asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Data changed, by this tab or another: pages ask again.
    Changed {
        /// The store's version after the change; grows with every write.
        data_version: u64,
        /// Which kinds of record.
        kinds: Vec<RecordKind>,
    },
    /// The columns are in memory: counts and segments answer at once from here on.
    ColumnsReady {
        /// Customers in them.
        customers: u64,
        /// Orders in them.
        orders: u64,
    },
    /// This tab leads now (it holds the database), or another one does.
    Leader {
        /// This tab.
        here: bool,
    },
    /// How sync stands now; `None` where nothing is connected. Told whenever it changes, at most a few times a second.
    Sync(Option<SyncLight>),
    /// The workspace was locked, in all tabs: whatever is shown must go.
    Locked,
    /// The tab that holds the database has not answered for some seconds, or answers again.
    LeaderSilent {
        /// It does not answer.
        silent: bool,
    },
}
