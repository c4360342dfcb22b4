//! Importing a file, for real or as a dry run.
//!
//! Bytes come in through [`ImportSession::feed`], crate `intake` makes records of them, each [`ImportSession::step`]
//! takes some thousand of these into one transaction. All transactions of a file are one batch, so that one undo takes
//! the whole import back. With every transaction goes how far the import is: cut off at any point, the same file
//! dropped again goes on under the same batch. And since records are known by their keys, importing a file again
//! changes nothing: then there is no batch at all.

mod book;
mod matching;
mod merge;
mod placing;
mod record;
mod rehearsal;
mod remember;
mod report;
mod state;
mod views;
mod waiting;

pub use rehearsal::{RehearsalDone, RehearsalFile, Rehearsed};
pub(crate) use state::ImportState;
pub(crate) use views::{carry_out, name};

use crate::fault::{self, Failure, OrFault};
use crate::{Changed, Context, Engine};
use book::{Dry, Overlay};
use intake::{Circumstances, Incoming, Intake};
use model::import::{ImportKind, ImportPlan};
use model::{BatchId, CustomerId, Issue, IssueCode, Severity, Timestamp};
use protocol::{Fault, ImportReport, Progress, RecordKind, RowAction, Stage};
use record::{Desk, WrittenRecords};
use rehearsal::Story;
use report::Findings;
use std::collections::{BTreeMap, VecDeque};
use store::{BatchMeta, ImportRun};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128_with_seed};

/// Records in one transaction.
const RECORDS: usize = 2_000;

/// Records in one transaction of a large import: indexes are then written once for more of them.
const RECORDS_BULK: usize = 10_000;

/// A file of orders from this size on is large: some 50,000 orders.
const BULK_BYTES: u64 = 8 << 20;

/// Tells a file from others, so that a cut-off import goes on when the same file is dropped again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileIdentity {
    /// Its size in bytes.
    pub size: u64,
    /// A hash over size, beginning and end.
    pub fingerprint: String,
}

impl FileIdentity {
    /// Of a file of `size` bytes that begins with `head` and ends with `tail` (64 KiB each, or all there is).
    pub fn of(size: u64, head: &[u8], tail: &[u8]) -> Self {
        let head = xxh3_128_with_seed(head, size);
        let tail = xxh3_128_with_seed(tail, size);
        Self {
            size,
            fingerprint: format!("{head:032x}{tail:032x}"),
        }
    }
}

/// What an import wants next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ImportStep {
    /// More bytes of the file: call [`ImportSession::feed`], or [`ImportSession::end_of_file`] when there are none.
    NeedsBytes(Progress),
    /// Another step.
    More(Progress),
    /// [`ImportSession::finish`].
    Complete,
}

/// One import. Feed bytes, step, feed, step ... then finish.
pub struct ImportSession {
    plan: ImportPlan,
    file: FileIdentity,
    fingerprint: String,
    plan_json: String,
    intake: Intake,
    queue: VecDeque<Incoming>,
    ended: bool,
    fed: u64,
    now: Timestamp,
    people: BTreeMap<CustomerId, RowAction>,
    findings: Findings,
    /// Records taken in, in the order of the file.
    records: u64,
    /// Records that an earlier, cut-off run took in.
    replayed_until: u64,
    /// Rows of the records taken in.
    rows: u64,
    rejected: Vec<store::RejectedRow>,
    target: Target,
    /// A step failed: its transaction was rolled back, but not what was counted for it.
    failed: bool,
    /// A dry run keeps the rows that would be left out.
    keep_rejected: bool,
    /// A dry run writes down every change.
    story: Option<Story>,
    /// The last waiting order that was looked at when the file was through; `None` when all were.
    placing: Option<i64>,
}

/// Where records go.
enum Target {
    Dry(Box<Overlay>),
    Live(Live),
}

/// What a real import has in the database.
struct Live {
    batch: Option<BatchId>,
    started_at: Timestamp,
    bulk: bool,
    changed: Option<Changed>,
    /// How the file is read is remembered already.
    remembered: bool,
}

impl ImportSession {
    /// Starts. A cut-off import of the same file with the same plan goes on under its batch. A dry run writes nothing.
    ///
    /// # Errors
    /// `Invalid` for a plan that names unknown fields; `Storage`.
    pub fn new(
        engine: &mut Engine,
        plan: ImportPlan,
        file: FileIdentity,
        dry_run: bool,
        context: &Context,
    ) -> Result<Self, Fault> {
        check_plan(&plan)?;
        let plan_json = json_of(&plan)?;
        // The same file under another name is the same file.
        let nameless = json_of(&ImportPlan {
            file_name: String::new(),
            ..plan.clone()
        })?;
        let fingerprint = format!(
            "{}{:016x}",
            remember::of_file(&file),
            xxh3_64(nameless.as_bytes())
        );
        let settings = &engine.settings;
        let circumstances = Circumstances {
            zone: settings.zone,
            currency: settings.currency,
            phone_country: settings.phone_country.clone(),
            now: context.now,
        };
        let mut session = Self {
            intake: Intake::new(&plan, circumstances),
            queue: VecDeque::new(),
            ended: false,
            fed: 0,
            now: context.now,
            people: BTreeMap::new(),
            findings: Findings::default(),
            records: 0,
            replayed_until: 0,
            rows: 0,
            rejected: Vec::new(),
            target: Target::Dry(Box::default()),
            failed: false,
            keep_rejected: false,
            story: None,
            placing: Some(0),
            plan_json,
            fingerprint,
            plan,
            file,
        };
        if dry_run {
            session.intake.watch();
        } else {
            session.go_live(engine, context)?;
        }
        Ok(session)
    }

    /// Remembers what orders a dry run would have written, for the files that follow.
    fn keep_orders(&mut self) {
        if let Target::Dry(overlay) = &mut self.target {
            overlay.keep_orders();
        }
    }

    fn go_live(&mut self, engine: &mut Engine, context: &Context) -> Result<(), Fault> {
        let unfinished = engine.store.read().unfinished_import().or_fault()?;
        let earlier = unfinished.filter(|run| run.fingerprint == self.fingerprint);
        if let Some(run) = &earlier {
            let state = ImportState::of(run);
            self.replayed_until = state.records;
            self.findings = state.findings();
        }
        let bulk = self.plan.kind == ImportKind::Orders && self.file.size >= BULK_BYTES;
        if bulk {
            engine.store.begin_bulk().or_fault()?;
        }
        self.target = Target::Live(Live {
            remembered: false,
            batch: earlier.as_ref().map(|run| run.batch),
            started_at: earlier.map_or(context.now, |run| run.started_at),
            bulk,
            changed: None,
        });
        Ok(())
    }

    /// The next bytes of the file, in order; a mebibyte at a time is good.
    pub fn feed(&mut self, bytes: &[u8]) {
        let mut records = Vec::new();
        self.intake.feed(bytes, &mut records);
        self.queue.extend(records);
        self.fed += bytes.len() as u64;
    }

    /// There are no more bytes.
    pub fn end_of_file(&mut self) {
        if !self.ended {
            let mut records = Vec::new();
            self.intake.finish(&mut records);
            self.queue.extend(records);
            self.ended = true;
        }
    }

    /// Reads and writes on: at most one transaction.
    ///
    /// # Errors
    /// `Storage`, `QuotaExceeded`. What was committed stays, and the import goes on when the same file is dropped
    /// again.
    pub fn step(&mut self, engine: &mut Engine, context: &Context) -> Result<ImportStep, Fault> {
        self.take_reader_issues();
        let at_once = self.at_once();
        if self.queue.len() < at_once && !self.ended {
            return Ok(ImportStep::NeedsBytes(self.progress()));
        }
        if self.queue.is_empty() {
            return self.place_some(engine, context);
        }
        let records: Vec<Incoming> = self.queue.drain(..at_once.min(self.queue.len())).collect();
        let result = match self.target {
            Target::Dry(_) => self.go_through(engine, records),
            Target::Live(_) => self.write(engine, records, context),
        };
        if let Err(fault) = result {
            self.failed = true;
            // Whoever drops the import now must not leave the database without its indexes.
            self.end_bulk(engine)?;
            return Err(fault);
        }
        Ok(ImportStep::More(self.progress()))
    }

    fn at_once(&self) -> usize {
        match &self.target {
            Target::Live(live) if live.bulk => RECORDS_BULK,
            _ => RECORDS,
        }
    }

    fn progress(&self) -> Progress {
        Progress {
            stage: match self.target {
                Target::Dry(_) => Stage::Reading,
                Target::Live(_) => Stage::Writing,
            },
            done: self.fed.min(self.file.size),
            total: self.file.size,
            // Of an import, rows that are in: whoever stops it keeps these.
            rows: match self.target {
                Target::Dry(_) => self.intake.rows(),
                Target::Live(_) => self.rows,
            },
        }
    }

    /// Rows that could not even be split into cells.
    fn take_reader_issues(&mut self) {
        let kind = match self.plan.kind {
            ImportKind::Customers => RecordKind::Customer,
            ImportKind::Orders => RecordKind::Order,
        };
        for issue in self.intake.take_issues() {
            if issue.severity == Severity::Error {
                self.findings.count(kind, RowAction::Skip);
            }
            self.findings.issue(issue);
        }
    }

    fn go_through(&mut self, engine: &Engine, records: Vec<Incoming>) -> Result<(), Fault> {
        let Target::Dry(overlay) = &mut self.target else {
            return Ok(());
        };
        let mut book = Dry {
            read: engine.store.read(),
            overlay,
        };
        let mut written = WrittenRecords::default();
        let columns = self.intake.columns();
        let mut desk = Desk {
            plan: &self.plan,
            currency: engine.settings.currency,
            now: self.now,
            people: &mut self.people,
            findings: &mut self.findings,
            written: &mut written,
            rejected: &mut self.rejected,
            replay: false,
            columns,
            some_wait: engine.store.read().waiting_count().or_fault()? > 0,
            recognised: None,
            story: self.story.as_mut(),
        };
        for record in records {
            desk.record(record, &mut book)?;
        }
        if !self.keep_rejected {
            // Only their number and the samples matter.
            self.rejected.clear();
        }
        Ok(())
    }

    /// Remembers how the file is read, once its columns are known: before anything is written, so that a file that is
    /// cut off is read alike when it comes again.
    fn remember(&mut self, engine: &mut Engine, context: &Context) -> Result<(), Fault> {
        if let Target::Live(live) = &mut self.target
            && !std::mem::replace(&mut live.remembered, true)
        {
            let columns = self.intake.columns();
            engine.remember(&self.plan, &self.plan_json, columns, context)?;
        }
        Ok(())
    }

    /// Takes records in, in one transaction.
    fn write(
        &mut self,
        engine: &mut Engine,
        records: Vec<Incoming>,
        context: &Context,
    ) -> Result<(), Fault> {
        self.remember(engine, context)?;
        let Target::Live(live) = &mut self.target else {
            return Ok(());
        };
        let meta = BatchMeta {
            name: "import",
            subject: &self.plan.file_name,
            who: &context.who,
            at: context.now,
            request: None,
            continues: live.batch,
            bulk: true,
        };
        let mut written = WrittenRecords::default();
        let columns = self.intake.columns();
        let mut desk = Desk {
            plan: &self.plan,
            currency: engine.settings.currency,
            now: self.now,
            people: &mut self.people,
            findings: &mut self.findings,
            written: &mut written,
            rejected: &mut self.rejected,
            replay: false,
            columns,
            some_wait: engine.store.read().waiting_count().or_fault()? > 0,
            recognised: None,
            story: None,
        };
        let (done, rows, replayed) = (&mut self.records, &mut self.rows, self.replayed_until);
        let run = engine.store.write(meta, |tx| -> Result<(), Failure> {
            for record in records {
                desk.replay = *done < replayed;
                *done += 1;
                *rows += record.rows.len() as u64;
                desk.record(record, &mut book::Live(tx))?;
            }
            let started = tx.batch().is_some() || live.batch.is_some();
            if !started || *done <= replayed {
                return Ok(());
            }
            for row in desk.rejected.drain(..) {
                tx.add_rejected(&row)?;
            }
            desk.findings.rows = *rows;
            let state = ImportState::new(desk.findings, *done, columns);
            let run = live.run(&self.plan, &self.fingerprint, &state, false)?;
            tx.save_import(&run)?;
            Ok(())
        })?;
        let kinds = run.kinds();
        live.batch = run.batch.or(live.batch);
        if run.batch.is_some() {
            let changed = engine.follow_import(&written, run.data_version, &kinds)?;
            live.note(changed);
        }
        Ok(())
    }

    /// Closes a complete import. `Changed` when it wrote anything.
    ///
    /// # Errors
    /// `Storage`.
    pub fn finish(
        self,
        engine: &mut Engine,
        context: &Context,
    ) -> Result<(ImportReport, Option<Changed>), Fault> {
        let cut_short = !(self.ended && self.queue.is_empty());
        self.close(engine, context, cut_short)
    }

    /// Stops: what is committed stays and can be undone; the report says `cancelled`.
    ///
    /// # Errors
    /// `Storage`.
    pub fn cancel(
        self,
        engine: &mut Engine,
        context: &Context,
    ) -> Result<(ImportReport, Option<Changed>), Fault> {
        self.close(engine, context, true)
    }

    fn close(
        mut self,
        engine: &mut Engine,
        context: &Context,
        cancelled: bool,
    ) -> Result<(ImportReport, Option<Changed>), Fault> {
        self.take_reader_issues();
        self.end_bulk(engine)?;
        self.findings.rows = self.intake.rows();
        let Target::Live(live) = &mut self.target else {
            return Ok((self.findings.into_report(None, cancelled), None));
        };
        // Rows that were left out are kept even if nothing else happened, so that they can be saved and mended.
        let keep = live.batch.is_some() || !self.rejected.is_empty();
        if keep && !self.failed {
            let mut state = ImportState::new(&self.findings, self.records, self.intake.columns());
            state.cancelled = cancelled;
            let run = live.run(&self.plan, &self.fingerprint, &state, true)?;
            let meta = BatchMeta {
                name: "import",
                subject: &self.plan.file_name,
                who: &context.who,
                at: context.now,
                request: None,
                continues: live.batch,
                bulk: true,
            };
            let rejected = std::mem::take(&mut self.rejected);
            let written = engine.store.write(meta, |tx| -> Result<(), Failure> {
                tx.begin_batch()?;
                for row in &rejected {
                    tx.add_rejected(row)?;
                }
                tx.save_import(&run)?;
                Ok(())
            })?;
            live.batch = written.batch.or(live.batch);
            let nothing = WrittenRecords::default();
            let changed = engine.follow_import(&nothing, written.data_version, &[])?;
            live.note(changed);
        }
        Ok((
            self.findings.into_report(live.batch, cancelled),
            live.changed.take(),
        ))
    }

    fn end_bulk(&mut self, engine: &mut Engine) -> Result<(), Fault> {
        if let Target::Live(live) = &mut self.target
            && std::mem::take(&mut live.bulk)
        {
            engine.store.end_bulk().or_fault()?;
        }
        Ok(())
    }
}

impl Live {
    fn run(
        &self,
        plan: &ImportPlan,
        fingerprint: &str,
        state: &ImportState,
        finished: bool,
    ) -> Result<ImportRun, Fault> {
        let json = |e: serde_json::Error| fault::internal(e.to_string());
        Ok(ImportRun {
            // The transaction's own batch is taken, which may not exist yet.
            batch: self.batch.unwrap_or(BatchId(0)),
            fingerprint: fingerprint.to_owned(),
            file_name: plan.file_name.clone(),
            started_at: self.started_at,
            rows_done: state.rows,
            finished,
            plan: serde_json::to_string(plan).map_err(json)?,
            state: serde_json::to_string(state).map_err(json)?,
        })
    }

    fn note(&mut self, changed: Changed) {
        match &mut self.changed {
            Some(known) => known.and(changed),
            None => self.changed = Some(changed),
        }
    }
}

fn json_of(plan: &ImportPlan) -> Result<String, Fault> {
    serde_json::to_string(plan).map_err(|e| fault::internal(e.to_string()))
}

/// Every field a plan names must be one.
fn check_plan(plan: &ImportPlan) -> Result<(), Fault> {
    let known = |field: &str| {
        field.starts_with("custom.") || intake::fields().iter().any(|it| it.name == field)
    };
    let issues: Vec<Issue> = plan
        .mapping
        .iter()
        .filter(|(_, field)| !known(field))
        .map(|(header, field)| {
            Issue::error(IssueCode::UnknownChoice)
                .in_column(header)
                .in_field("mapping")
                .found(field)
        })
        .collect();
    if issues.is_empty() {
        Ok(())
    } else {
        Err(Fault::invalid(issues))
    }
}

impl Engine {
    /// Takes over a part of an import.
    fn follow_import(
        &mut self,
        written: &WrittenRecords,
        data_version: u64,
        kinds: &[store::RecordKind],
    ) -> Result<Changed, Fault> {
        /// More customers than this are not worth being read one by one at the end of a load.
        const FEW: usize = 5_000;
        self.data_version = data_version;
        self.today = None;
        self.other_day = None;
        match self.columns.as_mut() {
            Some(columns) => {
                for customer in &written.customers {
                    columns.put_customer(customer);
                }
                for order in &written.orders {
                    columns.put_order(order);
                }
                columns.set_data_version(data_version);
            }
            None => {
                let touched = &mut self.loading.touched;
                touched.extend(written.customers.iter().map(|customer| customer.id));
                touched.extend(written.orders.iter().map(|order| order.customer));
                if touched.len() > FEW {
                    touched.clear();
                    self.loading.generation += 1;
                }
            }
        }
        Ok(Changed {
            data_version,
            kinds: crate::context::kinds_of(kinds),
        })
    }
}
