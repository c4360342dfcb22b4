//! The facade between protocol and everything below it: `apply` a command, `query`, and sessions for long work.
//!
//! Invariant: synchronous; no clock (time is [`Context::now`]), no randomness, no browser, no words. SQLite is the
//! truth; columns, scores, balances and sorted lists are derived from it and can be thrown away at any time.
//!
//! How a worker drives it:
//!
//! 1. [`Engine::open`] upgrades the database if need be. From here on [`Engine::apply`], every session, and the queries
//!    for which [`needs_columns`] is false are answered (with `facts: None`).
//! 2. [`ColumnsLoad::new`], then [`ColumnsLoad::step`] until it is done, yielding to the event loop between steps.
//!    Other queries meanwhile fail with [`Unanswered::NotReady`]: keep them and ask again when the load is done.
//!    Commands that come in between are taken into account.
//! 3. When idle, [`Engine::snapshot_bytes`] gives what to save for the next opening, or nothing if that is current.
//! 4. After a restore, an erase, a change of zone or currency, or the undo of an import the columns may be gone:
//!    whenever [`Engine::columns_ready`] is false, load again (without a snapshot).
//!
//! Long work is a value with `step`: each step takes some 10 ms natively. Drop the value to stop without a trace of the
//! step at hand; `cancel` where there is a report to get.

mod api;
mod apply;
mod columns;
mod context;
mod coupons;
mod customers;
mod derive;
mod export;
mod fault;
mod fields;
mod find;
mod follow;
mod home;
mod import;
mod insights;
mod lists;
mod orders;
mod person;
mod points;
mod public;
mod quality;
mod query;
mod rates;
mod rules;
mod sample;
mod scores;
mod segments;
mod settings;
mod status;
mod stint;
mod sync;
mod timeline;
mod twins;
mod undo;
mod validate;

#[cfg(test)]
mod stories;

pub use self::sync::{ProbeSession, SyncPlan, SyncProbeStep, SyncSession, SyncStep};
pub use self::twins::{MergeSession, TwinSession};
pub use api::{
    ApiEvents, ApiExport, ApiImport, ApiLedger, EventsStep, api_sync, api_undo_batch, api_undone,
};
pub use columns::ColumnsLoad;
pub use context::{Applied, Changed, Context, Host, NewWorkspace, Step, Unanswered, needs_columns};
pub use export::ExportSession;
pub use import::{
    FileIdentity, ImportSession, ImportStep, RehearsalDone, RehearsalFile, Rehearsed,
};
pub use points::replay::ReplaySession;
pub use quality::{FixSession, LookSession};
pub use sample::{Sample, SampleOrder};
pub use segments::bulk::BulkSession;
pub use segments::flow::MembershipSession;
pub use segments::watch::Watching;
pub use store::Connection;
pub use undo::UndoSession;

use derive::DayCache;
use fault::OrFault;
use follow::Loading;
use lists::ListCache;
use model::import::{Inspection, Reading};
use model::{Day, Replica, WorkspaceSettings};
use points::Programs;
use protocol::{Fault, FaultCode, Storage};
use segment::Columns;
use segments::SavedSegment;
use std::rc::Rc;
use store::Store;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// A list of orders: what was asked for, of which data and day, and the ids.
type OrderIds = (protocol::OrderList, (u64, Day), Rc<Vec<model::OrderId>>);

/// One open workspace.
pub struct Engine {
    store: Store,
    settings: WorkspaceSettings,
    /// Other currencies that have a rate, from which instant on.
    convertible: Vec<(model::Currency, model::Timestamp)>,
    host: Host,
    data_version: u64,
    columns: Option<Columns>,
    loading: Loading,
    /// The data version of the snapshot that the host has.
    snapshot_version: Option<u64>,
    today: Option<DayCache>,
    other_day: Option<DayCache>,
    /// Members of rules and their parts, in step with the columns.
    memory: std::cell::RefCell<segment::Memory>,
    /// What is most frequent in the data of this version, for the ready segments.
    ready_facts: std::cell::RefCell<Option<(u64, Rc<segment::ready::Facts>)>>,
    lists: ListCache,
    segments: Option<Rc<Vec<SavedSegment>>>,
    /// Who is on static lists, as far as somebody asked.
    list_sets: Rc<segments::static_lists::ListSets>,
    /// The last list of orders that a rule filtered.
    order_list: Option<OrderIds>,
    /// When everybody came, of which data.
    arrivals: Option<(u64, Rc<segments::past::Arrivals>)>,
    /// What was seen of segments over time.
    watch: segments::watch::Watch,
    programs: Option<Rc<Programs>>,
    /// Duplicates that were found.
    twins: self::twins::Kept,
    /// What the last look at the data found.
    quality: Option<quality::Kept>,
    compiled: Option<points::Compiled>,
    liability: points::LiabilityCache,
    /// The last replay of a draft.
    replay: Option<points::replay::Kept>,
    insights: insights::Cache,
    /// What is remembered of sync between requests.
    sync: self::sync::State,
}

impl Engine {
    /// Opens the database on `connection`, creating or upgrading it in one transaction. `new` is used only when the
    /// database is empty.
    ///
    /// # Errors
    /// `NewerSchema`, `Damaged`, `Storage` or `QuotaExceeded`; nothing was changed then.
    pub fn open(
        connection: Connection,
        new: NewWorkspace,
        context: &Context,
    ) -> Result<Self, Fault> {
        let new = store::New {
            replica: new.replica,
            settings: new.settings,
            now: context.now,
        };
        let store = Store::open(connection, new).or_fault()?;
        let settings = store.read().settings().or_fault()?;
        let data_version = store.read().data_version().or_fault()?;
        Ok(Self {
            store,
            convertible: rates::convertible(&settings),
            settings,
            host: Host {
                storage: Storage::Memory,
                storage_refused: None,
                demo: None,
                leader: true,
                encrypted: false,
            },
            data_version,
            columns: None,
            loading: Loading::default(),
            snapshot_version: None,
            today: None,
            other_day: None,
            memory: std::cell::RefCell::default(),
            ready_facts: std::cell::RefCell::default(),
            lists: ListCache::default(),
            segments: None,
            list_sets: Rc::default(),
            order_list: None,
            arrivals: None,
            watch: segments::watch::Watch::default(),
            programs: None,
            twins: self::twins::Kept::default(),
            quality: None,
            compiled: None,
            liability: points::LiabilityCache::default(),
            replay: None,
            insights: insights::Cache::default(),
            sync: self::sync::State::default(),
        })
    }

    /// Tells what only the host knows, for [`protocol::Query::Status`].
    pub fn set_host(&mut self, host: Host) {
        self.host = host;
    }

    /// The workspace's settings.
    pub fn settings(&self) -> &WorkspaceSettings {
        &self.settings
    }

    /// Whether columns are in memory.
    pub fn columns_ready(&self) -> bool {
        self.columns.is_some()
    }

    /// Customers and orders in the columns, for [`protocol::Event::ColumnsReady`].
    pub fn columns_size(&self) -> (u64, u64) {
        self.columns.as_ref().map_or((0, 0), |columns| {
            (columns.customer_count(), columns.order_count())
        })
    }

    /// What to save so that the next opening is fast; `None` when columns are not ready or the snapshot given out (or
    /// loaded) last is still current.
    pub fn snapshot_bytes(&mut self) -> Option<Vec<u8>> {
        let columns = self.columns.as_mut()?;
        if self.snapshot_version == Some(self.data_version) {
            return None;
        }
        self.snapshot_version = Some(self.data_version);
        Some(columns.to_bytes())
    }

    /// Grows with every write.
    pub fn data_version(&self) -> u64 {
        self.data_version
    }

    /// The database is encrypted below SQLite, whose pages can then be taken over from another encrypted database
    /// only: a restore goes by way of one at `address`, which must not exist and is the host's to remove.
    pub fn restore_by_way_of(&mut self, address: String) {
        self.store.restore_by_way_of(address);
    }

    /// Writes the whole database, without its gaps, into a new one at `address`, which says how that is encrypted.
    /// From then on nothing is written here: what came later would be lost. [`Engine::write_again`] takes that back.
    ///
    /// # Errors
    /// `QuotaExceeded`, `Storage`; nothing was changed.
    pub fn copy_into(&mut self, address: &str) -> Result<(), Fault> {
        self.store.copy_into(address).or_fault()
    }

    /// After [`Engine::copy_into`], when the copy is not to be used.
    ///
    /// # Errors
    /// `Storage`.
    pub fn write_again(&mut self) -> Result<(), Fault> {
        self.store.write_again().or_fault()
    }

    /// The whole database as the bytes of one SQLite file.
    ///
    /// # Errors
    /// `Storage`.
    pub fn backup(&mut self) -> Result<Vec<u8>, Fault> {
        self.store.backup().or_fault()
    }

    /// Replaces the whole database by a backup, after checking it. Columns are gone afterwards: load them again.
    /// Ids made from then on are of a replica that neither this browser nor the backup's had, so that an id that is
    /// written somewhere (a link, an exported file) never comes to mean another record.
    ///
    /// # Errors
    /// `BadBackup`, `NewerSchema`, `Storage`, `QuotaExceeded`; nothing was changed then.
    pub fn restore(&mut self, bytes: &[u8], context: &Context) -> Result<Changed, Fault> {
        let replica = self.store.read().replica().or_fault()?;
        // The instant, this browser and the very bytes: as good as random, without randomness.
        let seed = format!("{} {}", context.now, replica.get());
        let hash = xxh3_64_with_seed(bytes, xxh3_64(seed.as_bytes()));
        let replica = Replica::from_random(hash as u32);
        self.store.restore(bytes, replica).or_fault()?;
        self.sync_after_restore()?;
        self.start_over()?;
        Ok(self.everything_changed())
    }

    /// Looks at a file: `head` is its first 256 KiB (or all of it), `size` its whole size in bytes; `reading` holds what
    /// a person says of it.
    ///
    /// # Errors
    /// `UnreadableFile`, with what it seems to be and what would be right.
    pub fn inspect(
        &self,
        file_name: &str,
        head: &[u8],
        size: u64,
        reading: &Reading,
    ) -> Result<Inspection, Fault> {
        intake::inspect(head, size, file_name, reading).map_err(|unreadable| {
            Fault::new(FaultCode::UnreadableFile)
                .found(unreadable.found.name())
                .expected(unreadable.expected)
        })
    }

    /// Today in the business's zone.
    fn today(&self, context: &Context) -> Day {
        self.settings.zone.day(context.now)
    }
}
