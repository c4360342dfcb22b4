//! The interface, before its parts are filled in.
#![expect(unused_variables, reason = "filled in next")]
#![allow(missing_docs, clippy::missing_errors_doc)]

use crate::*;
use model::{
    BatchId, Customer, CustomerDraft, CustomerId, Day, EntryId, Interaction, InteractionDraft,
    InteractionId, Order, OrderDraft, OrderId, Refund, Replica, SegmentId, Timestamp,
    WorkspaceSettings,
};
use rusqlite::Connection;

type Res<T> = Result<T, StoreError>;

fn pending<T>() -> Res<T> {
    Err(StoreError::Sqlite("not filled in yet".into()))
}

/// What a new database begins with.
pub struct New {
    /// This browser profile's share of the id space.
    pub replica: Replica,
    /// First settings.
    pub settings: WorkspaceSettings,
    /// When.
    pub now: Timestamp,
}

/// What a write is: its entry in the command log.
#[derive(Clone, Copy, Debug)]
pub struct BatchMeta<'a> {
    /// The command's name (`update_customer`, `import` ...).
    pub name: &'a str,
    /// What it is about: a customer's name, a file's name.
    pub subject: &'a str,
    /// Who.
    pub who: &'a str,
    /// When.
    pub at: Timestamp,
    /// The request's id: with [`Tx::set_reply`] it is applied once.
    pub request: Option<&'a str>,
    /// Goes on with this batch (an import) instead of beginning one.
    pub continues: Option<BatchId>,
    /// Bulk (imports): undoing it keeps no copies of what it removes, so that undo cannot be undone.
    pub bulk: bool,
}

/// What came of a write.
#[derive(Clone, Debug, PartialEq)]
pub struct Written<T> {
    /// The batch; `None` when nothing was changed.
    pub batch: Option<BatchId>,
    /// Grew if anything was changed.
    pub data_version: u64,
    /// Kinds of record that changed, sorted.
    pub kinds: Vec<RecordKind>,
    /// What the closure returned.
    pub value: T,
}

/// What went along with a removed customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemovedCustomer {
    /// Their orders.
    pub orders: Vec<OrderId>,
    /// Interactions removed.
    pub interactions: u64,
    /// Ledger entries removed.
    pub entries: u64,
}

/// A backup that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct BackupInfo {
    pub schema: i64,
    pub settings: WorkspaceSettings,
    pub counts: Counts,
    pub data_version: u64,
}

/// State of the last backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupState {
    /// When one was last saved.
    pub last_at: Option<Timestamp>,
    /// Batches since then.
    pub batches_since: u64,
}

/// How far a stepwise undo is. Made by [`UndoRun::new`], handed to [`Store::undo_step`] until `finished`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoRun {
    /// What is being undone.
    pub batch: BatchId,
    /// The batch of the undo itself, once something was changed.
    pub undo_batch: Option<BatchId>,
    /// Nothing is left to do.
    pub finished: bool,
    /// Records looked at so far.
    pub done: u64,
}
impl UndoRun {
    pub fn new(batch: BatchId) -> Self {
        Self {
            batch,
            undo_batch: None,
            finished: false,
            done: 0,
        }
    }
}

/// The open database.
pub struct Store {
    conn: Connection,
}

/// Reads; a cheap copy of a reference.
#[derive(Clone, Copy)]
pub struct Reader<'c> {
    conn: &'c Connection,
}

/// A write transaction.
pub struct Tx<'s> {
    conn: &'s Connection,
}

impl Store {
    /// Opens the database behind `conn`, creating or upgrading it.
    pub fn open(conn: Connection, new: New) -> Res<Store> {
        pending()
    }
    /// A new database in memory.
    pub fn in_memory(new: New) -> Res<Store> {
        pending()
    }
    /// Reads.
    pub fn read(&self) -> Reader<'_> {
        Reader { conn: &self.conn }
    }
    /// One transaction: everything `work` does, or nothing. The error of `work` rolls back.
    pub fn write<T, E: From<StoreError>>(
        &mut self,
        meta: BatchMeta<'_>,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<Written<T>, E> {
        Err(StoreError::NoSuchBatch.into())
    }
    /// The next part of undoing a batch that may be huge: looks at `limit` records at most, in one transaction.
    pub fn undo_step(
        &mut self,
        run: &mut UndoRun,
        meta: BatchMeta<'_>,
        limit: usize,
    ) -> Res<Undone> {
        pending()
    }
    /// Before a large import (tens of thousands of orders): drops the indexes by customer and time. Reading orders by
    /// customer or time is slow until [`Store::end_bulk`]; opening the database does that too.
    pub fn begin_bulk(&mut self) -> Res<()> {
        pending()
    }
    /// Builds the dropped indexes again.
    pub fn end_bulk(&mut self) -> Res<()> {
        pending()
    }
    /// The whole database as the bytes of an SQLite file.
    pub fn backup(&mut self) -> Res<Vec<u8>> {
        pending()
    }
    /// Looks at the bytes of a backup: readable, undamaged, ours, not newer?
    pub fn check_backup(bytes: &[u8]) -> Res<BackupInfo> {
        pending()
    }
    /// Replaces everything by the backup (checked and upgraded first); ids made from now on are `replica`'s.
    pub fn restore(&mut self, bytes: &[u8], replica: Replica) -> Res<()> {
        pending()
    }
    /// Notes that a backup was saved. No entry in the log, no new data version.
    pub fn backup_saved(&mut self, at: Timestamp) -> Res<()> {
        pending()
    }
    /// Removes every record, the log and the settings for good.
    pub fn erase(&mut self, new: New) -> Res<()> {
        pending()
    }
    /// SQLite's own check of the whole file; the first complaint as [`StoreError::Damaged`].
    pub fn quick_check(&self) -> Res<()> {
        pending()
    }
}

impl<'s> Tx<'s> {
    /// Reads, seeing what this transaction wrote.
    pub fn read(&self) -> Reader<'_> {
        Reader { conn: self.conn }
    }
    /// The batch, once something was changed.
    pub fn batch(&self) -> Option<BatchId> {
        None
    }
    /// The batch, begun even if nothing was changed yet (imports begin with it).
    pub fn begin_batch(&mut self) -> Res<BatchId> {
        pending()
    }
    /// What to answer when the request comes again; JSON. See [`Reader::reply_to`].
    pub fn set_reply(&mut self, reply: &str) -> Res<()> {
        pending()
    }

    pub fn create_customer(&mut self, fields: &CustomerDraft, at: Timestamp) -> Res<CustomerId> {
        pending()
    }
    /// Replaces the fields; `false` when they were so already.
    pub fn update_customer(&mut self, id: CustomerId, fields: &CustomerDraft) -> Res<bool> {
        pending()
    }
    /// Removes the customer with orders, refunds, interactions and ledger entries.
    pub fn remove_customer(&mut self, id: CustomerId) -> Res<RemovedCustomer> {
        pending()
    }

    pub fn create_order(&mut self, customer: CustomerId, fields: &OrderDraft) -> Res<OrderId> {
        pending()
    }
    /// Replaces customer and fields; `false` when they were so already.
    pub fn update_order(
        &mut self,
        id: OrderId,
        customer: CustomerId,
        fields: &OrderDraft,
    ) -> Res<bool> {
        pending()
    }
    /// Removes the order with its refunds.
    pub fn remove_order(&mut self, id: OrderId) -> Res<()> {
        pending()
    }
    /// Adds a refund; a known key is [`StoreError::KeyTaken`] (look with [`Reader::refund_by_key`] first).
    pub fn add_refund(&mut self, order: OrderId, refund: &Refund) -> Res<()> {
        pending()
    }
    pub fn add_interaction(
        &mut self,
        customer: CustomerId,
        fields: &InteractionDraft,
    ) -> Res<InteractionId> {
        pending()
    }
    pub fn add_entry(&mut self, customer: CustomerId, fields: &EntryDraft) -> Res<EntryId> {
        pending()
    }
    /// Saves a segment, new (`None`) or changed.
    pub fn save_segment(
        &mut self,
        id: Option<SegmentId>,
        name: &str,
        rule: &str,
    ) -> Res<SegmentId> {
        pending()
    }
    pub fn remove_segment(&mut self, id: SegmentId) -> Res<()> {
        pending()
    }
    /// Adds a version of the programme and gives its number.
    pub fn add_program(&mut self, from: Option<Day>, program: &str) -> Res<u32> {
        pending()
    }
    pub fn set_settings(&mut self, settings: &WorkspaceSettings) -> Res<()> {
        pending()
    }
    /// Undoes a batch. What was edited since is kept. For batches that may be huge use [`Store::undo_step`].
    pub fn undo(&mut self, batch: BatchId) -> Res<Undone> {
        pending()
    }

    /// Notes that a row without an id of its own became this record (`kind`: customer or order).
    pub fn set_source_key(&mut self, record: RecordRef, key: &str) -> Res<()> {
        pending()
    }
    /// Saves how far the import is; its batch must be this transaction's.
    pub fn save_import(&mut self, run: &ImportRun) -> Res<()> {
        pending()
    }
    pub fn add_rejected(&mut self, row: &RejectedRow) -> Res<()> {
        pending()
    }
}

impl<'c> Reader<'c> {
    pub fn settings(self) -> Res<WorkspaceSettings> {
        pending()
    }
    pub fn replica(self) -> Res<Replica> {
        pending()
    }
    /// Grows with every write; never comes back, not even by restoring a backup.
    pub fn data_version(self) -> Res<u64> {
        pending()
    }
    pub fn counts(self) -> Res<Counts> {
        pending()
    }
    pub fn database_bytes(self) -> Res<u64> {
        pending()
    }
    pub fn backup_state(self) -> Res<BackupState> {
        pending()
    }
    /// The reply to a request that was applied.
    pub fn reply_to(self, request: &str) -> Res<Option<String>> {
        pending()
    }

    pub fn customer(self, id: CustomerId) -> Res<Option<Customer>> {
        pending()
    }
    /// Those that exist, in the order asked for.
    pub fn customers(self, ids: &[CustomerId]) -> Res<Vec<Customer>> {
        pending()
    }
    pub fn customers_page(
        self,
        sort: CustomerSort,
        descending: bool,
        offset: u64,
        limit: u32,
    ) -> Res<Vec<Customer>> {
        pending()
    }
    /// Every customer's id in this order: to sort a filtered list without columns.
    pub fn customer_order(self, sort: CustomerSort) -> Res<Vec<CustomerId>> {
        pending()
    }
    pub fn customer_by_external_id(self, external_id: &str) -> Res<Option<CustomerId>> {
        pending()
    }
    /// Oldest first; `email` in any case.
    pub fn customers_by_email(self, email: &str) -> Res<Vec<CustomerId>> {
        pending()
    }
    /// Oldest first; only the digits count.
    pub fn customers_by_phone(self, phone: &str) -> Res<Vec<CustomerId>> {
        pending()
    }
    /// The record a row became (`kind`: customer or order).
    pub fn by_source_key(self, kind: RecordKind, key: &str) -> Res<Option<RecordRef>> {
        pending()
    }
    /// Customers that match all words, best first.
    pub fn search(self, text: &str, limit: usize) -> Res<Vec<CustomerId>> {
        pending()
    }
    /// Every customer that matches all words, by id.
    pub fn search_all(self, text: &str) -> Res<Vec<CustomerId>> {
        pending()
    }

    /// With its refunds.
    pub fn order(self, id: OrderId) -> Res<Option<Order>> {
        pending()
    }
    pub fn orders(self, ids: &[OrderId]) -> Res<Vec<Order>> {
        pending()
    }
    pub fn order_by_external_id(self, external_id: &str) -> Res<Option<OrderId>> {
        pending()
    }
    /// Newest first.
    pub fn orders_page(
        self,
        filter: &OrderFilter<'_>,
        offset: u64,
        limit: u32,
    ) -> Res<Page<Order>> {
        pending()
    }
    /// Orders whose number is or begins with the text (or ends with it, from four characters on), newest first.
    pub fn orders_by_number(self, text: &str, limit: usize) -> Res<Vec<OrderId>> {
        pending()
    }
    pub fn refund_by_key(self, key: &str) -> Res<Option<(OrderId, Refund)>> {
        pending()
    }
    /// Newest first.
    pub fn interactions(
        self,
        customer: CustomerId,
        offset: u64,
        limit: u32,
    ) -> Res<Page<Interaction>> {
        pending()
    }
    pub fn interaction(self, id: InteractionId) -> Res<Option<Interaction>> {
        pending()
    }
    pub fn interaction_by_key(self, key: &str) -> Res<Option<InteractionId>> {
        pending()
    }
    /// In order of time, then key.
    pub fn entries(self, customer: CustomerId) -> Res<Vec<Entry>> {
        pending()
    }
    pub fn entry(self, id: EntryId) -> Res<Option<Entry>> {
        pending()
    }
    pub fn entry_by_key(self, key: &str) -> Res<Option<Entry>> {
        pending()
    }
    pub fn segments(self) -> Res<Vec<Segment>> {
        pending()
    }
    pub fn segment(self, id: SegmentId) -> Res<Option<Segment>> {
        pending()
    }
    /// Oldest first.
    pub fn programs(self) -> Res<Vec<ProgramVersion>> {
        pending()
    }

    pub fn batch(self, id: BatchId) -> Res<Option<Batch>> {
        pending()
    }
    /// Newest first.
    pub fn batches(self, imports_only: bool, offset: u64, limit: u32) -> Res<Page<Batch>> {
        pending()
    }
    /// Newest first, the creation last.
    pub fn history(self, record: RecordRef, offset: u64, limit: u32) -> Res<Page<Change>> {
        pending()
    }
    /// The last import that did not come to its end and was not undone.
    pub fn unfinished_import(self) -> Res<Option<ImportRun>> {
        pending()
    }
    pub fn import(self, batch: BatchId) -> Res<Option<ImportRun>> {
        pending()
    }
    pub fn rejected(self, batch: BatchId) -> Res<Vec<RejectedRow>> {
        pending()
    }

    /// The whole dictionary, by number.
    pub fn terms(self) -> Res<Vec<(TermId, String)>> {
        pending()
    }
    /// Up to `limit` customers with an id above `after`, by id. Gives the last id, `None` at the end.
    pub fn scan_customers(
        self,
        after: Option<CustomerId>,
        limit: usize,
        each: impl FnMut(Customer),
    ) -> Res<Option<CustomerId>> {
        pending()
    }
    /// Up to `limit` orders with an id above `after`, **by id** (the order of the file on disk, which is what makes it
    /// fast): whoever needs them by customer and time sorts them. Gives the last id, `None` at the end.
    pub fn scan_orders(
        self,
        after: Option<OrderId>,
        limit: usize,
        each: impl FnMut(OrderScan<'_>),
    ) -> Res<Option<OrderId>> {
        pending()
    }
    /// All refunds, by order, then time, then key.
    pub fn scan_refunds(self, each: impl FnMut(OrderId, Refund)) -> Res<()> {
        pending()
    }
    /// Up to `limit` interactions with an id above `after`, by id.
    pub fn scan_interactions(
        self,
        after: Option<InteractionId>,
        limit: usize,
        each: impl FnMut(InteractionScan<'_>),
    ) -> Res<Option<InteractionId>> {
        pending()
    }
    /// All ledger entries, by customer, then time, then key.
    pub fn scan_entries(self, each: impl FnMut(Entry)) -> Res<()> {
        pending()
    }
}
