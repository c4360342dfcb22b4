//! Exporting customers, orders, rejected rows and ledgers.

use crate::coupons;
use crate::fault::OrFault;
use crate::points::{self, MemberFacts, entry_views};
use crate::{Context, Engine, Step, Unanswered};
use intake::{
    CustomerOut, CustomerWriter, FileForm, LedgerOut, LedgerWriter, OrderOut, OrderWriter,
    RejectedWriter,
};
use model::{BatchId, Customer, CustomerId, Issue, OrderId};
use protocol::{
    EntryKind, ExportFormat, ExportWhat, Fault, FaultCode, FileView, ListRequest, Progress, Stage,
};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Records written in one step.
const RECORDS: usize = 500;

/// One export. A list is fixed when it starts; records are written as they are when their turn comes.
pub struct ExportSession {
    work: Work,
    name: String,
    format: ExportFormat,
    bytes: Vec<u8>,
    done: u64,
    total: u64,
}

enum Work {
    /// Looking for the owner's own fields, each of which becomes a column.
    Fields {
        ids: Rc<Vec<CustomerId>>,
        keys: BTreeSet<String>,
        looked: usize,
        form: FileForm,
    },
    Customers {
        ids: Rc<Vec<CustomerId>>,
        writer: CustomerWriter,
    },
    Orders {
        ids: Vec<OrderId>,
        writer: OrderWriter,
    },
    /// Written whole when it started.
    Nothing,
}

impl ExportSession {
    /// Starts.
    ///
    /// # Errors
    /// `BadRule`, `NotFound`, `Storage`; `Busy` while columns are being read and the list needs them.
    pub fn new(
        engine: &mut Engine,
        what: ExportWhat,
        format: ExportFormat,
        context: &Context,
    ) -> Result<Self, Fault> {
        let form = match format {
            ExportFormat::Csv => FileForm::Csv,
            ExportFormat::Json => FileForm::Json,
        };
        let today = engine.today(context);
        let mut session = Self {
            work: Work::Nothing,
            name: String::new(),
            format,
            bytes: Vec::new(),
            done: 0,
            total: 0,
        };
        let kind = match what {
            ExportWhat::Customers(request) => {
                session.customers(engine, &request, form, context)?;
                "customers"
            }
            ExportWhat::Orders(list) => {
                let filter = engine.order_filter(&list);
                let ids = engine.store.read().order_ids(&filter).or_fault()?;
                session.total = ids.len() as u64;
                let mut writer = OrderWriter::new(form, engine.settings.zone);
                writer.start(&mut session.bytes);
                session.work = Work::Orders { ids, writer };
                "orders"
            }
            ExportWhat::Rejected { batch } => {
                session.rejected(engine, batch, form)?;
                "rejected-rows"
            }
            ExportWhat::Points(part) => {
                let out = &mut session.bytes;
                let (kind, records) = points::write_points(engine, &part, form, context, out)?;
                (session.done, session.total) = (records, records);
                kind
            }
            ExportWhat::Ledger { customer } => {
                session.ledger(engine, customer, form, context)?;
                "points"
            }
            ExportWhat::Coupons(what) => {
                let out = &mut session.bytes;
                let (kind, records) = coupons::export(engine, what, form, context, out)?;
                (session.done, session.total) = (records, records);
                kind
            }
            ExportWhat::Replay { replay, part } => {
                let written = engine.replay_file(replay, part, form, &mut session.bytes)?;
                (session.done, session.total) = (written, written);
                "programme-replay"
            }
        };
        let extension = match format {
            ExportFormat::Csv => "csv",
            ExportFormat::Json => "json",
        };
        session.name = format!("{kind}-{today}.{extension}");
        Ok(session)
    }

    fn customers(
        &mut self,
        engine: &mut Engine,
        request: &ListRequest,
        form: FileForm,
        context: &Context,
    ) -> Result<(), Fault> {
        let ids = engine
            .list_ids(request, context)
            .map_err(|unanswered| match unanswered {
                Unanswered::NotReady => Fault::new(FaultCode::Busy),
                Unanswered::Fault(fault) => fault,
            })?;
        self.total = ids.len() as u64;
        self.work = Work::Fields {
            ids,
            keys: BTreeSet::new(),
            looked: 0,
            form,
        };
        Ok(())
    }

    fn rejected(&mut self, engine: &Engine, batch: BatchId, form: FileForm) -> Result<(), Fault> {
        let read = engine.store.read();
        let run = read.import(batch).or_fault()?;
        let run = run.ok_or_else(|| crate::fault::not_found(batch))?;
        let columns = crate::import::ImportState::columns(&run);
        let mut writer = RejectedWriter::new(form, columns);
        writer.start(&mut self.bytes);
        for row in read.rejected(batch).or_fault()? {
            let cells: Vec<String> = serde_json::from_str(&row.cells).unwrap_or_default();
            let issue: Option<Issue> = serde_json::from_str(&row.issue).ok();
            let (code, reason) = issue.as_ref().map(reason_of).unwrap_or_default();
            writer.write(row.row, &cells, &code, &reason, &mut self.bytes);
            self.done += 1;
        }
        writer.end(&mut self.bytes);
        self.total = self.done;
        Ok(())
    }

    fn ledger(
        &mut self,
        engine: &mut Engine,
        customer: CustomerId,
        form: FileForm,
        context: &Context,
    ) -> Result<(), Fault> {
        let today = engine.today(context);
        let programs = engine.programs()?;
        let facts = MemberFacts::read(engine.store.read(), customer)?;
        let mut writer = LedgerWriter::new(form);
        writer.start(&mut self.bytes);
        for entry in entry_views(&facts, &programs, &engine.settings.zone, today)? {
            let entry = LedgerOut {
                id: entry.id,
                key: entry.key,
                kind: kind_name(entry.kind).to_owned(),
                at: entry.local_at,
                points: entry.points.0,
                balance: entry.balance.0,
                order: entry
                    .order_number
                    .or(entry.order.map(|order| order.to_string())),
                rule: entry.rule,
                reason: entry.reason,
                reverses: entry.reverses,
            };
            writer.write(&entry, &mut self.bytes);
            self.done += 1;
        }
        writer.end(&mut self.bytes);
        self.total = self.done;
        Ok(())
    }

    /// Goes on. Whenever it returns, [`ExportSession::take_bytes`] has what was written since.
    ///
    /// # Errors
    /// `Storage`.
    pub fn step(
        &mut self,
        engine: &mut Engine,
        _context: &Context,
    ) -> Result<Step<FileView>, Fault> {
        let ended = match &mut self.work {
            Work::Nothing => true,
            Work::Fields { .. } => self.look_for_fields(engine)?,
            Work::Customers { .. } => self.write_customers(engine.store.read())?,
            Work::Orders { .. } => self.write_orders(engine.store.read())?,
        };
        if !ended {
            return Ok(Step::More(Progress {
                stage: Stage::Exporting,
                done: self.done,
                total: self.total,
                rows: self.done,
            }));
        }
        self.work = Work::Nothing;
        Ok(Step::Done(FileView {
            name: self.name.clone(),
            media_type: match self.format {
                ExportFormat::Csv => "text/csv;charset=utf-8".to_owned(),
                ExportFormat::Json => "application/json".to_owned(),
            },
            records: self.done,
        }))
    }

    fn look_for_fields(&mut self, engine: &Engine) -> Result<bool, Fault> {
        let Work::Fields {
            ids,
            keys,
            looked,
            form,
        } = &mut self.work
        else {
            return Ok(false);
        };
        let to = looked.saturating_add(RECORDS).min(ids.len());
        let stretch = ids.get(*looked..to).unwrap_or_default();
        for customer in engine.store.read().customers(stretch).or_fault()? {
            keys.extend(customer.fields.custom.into_keys());
        }
        *looked = to;
        if to >= ids.len() {
            let settings = &engine.settings;
            let keys = std::mem::take(keys).into_iter().collect();
            let mut writer = CustomerWriter::new(*form, settings.currency, settings.zone, keys);
            writer.start(&mut self.bytes);
            let ids = Rc::clone(ids);
            self.work = Work::Customers { ids, writer };
        }
        Ok(false)
    }

    /// The next stretch; whether it was the last.
    fn write_customers(&mut self, read: store::Reader<'_>) -> Result<bool, Fault> {
        let Work::Customers { ids, writer } = &mut self.work else {
            return Ok(true);
        };
        let (stretch, to) = next(ids, self.done);
        for customer in read.customers(stretch).or_fault()? {
            let out = CustomerOut {
                customer: &customer,
            };
            writer.write(out, &mut self.bytes);
        }
        self.done = to as u64;
        let ended = to >= ids.len();
        if ended {
            writer.end(&mut self.bytes);
        }
        Ok(ended)
    }

    fn write_orders(&mut self, read: store::Reader<'_>) -> Result<bool, Fault> {
        let Work::Orders { ids, writer } = &mut self.work else {
            return Ok(true);
        };
        let (stretch, to) = next(ids, self.done);
        let orders = read.orders(stretch).or_fault()?;
        let mut buyers: Vec<CustomerId> = orders.iter().map(|order| order.customer).collect();
        buyers.sort_unstable();
        buyers.dedup();
        let customers: BTreeMap<CustomerId, Customer> = read
            .customers(&buyers)
            .or_fault()?
            .into_iter()
            .map(|customer| (customer.id, customer))
            .collect();
        for order in &orders {
            let out = OrderOut {
                order,
                customer: customers.get(&order.customer),
            };
            writer.write(out, &mut self.bytes);
        }
        self.done = to as u64;
        let ended = to >= ids.len();
        if ended {
            writer.end(&mut self.bytes);
        }
        Ok(ended)
    }

    /// The bytes since the last call: append them to the file.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

/// The next stretch of ids, and where it ends.
fn next<T>(ids: &[T], done: u64) -> (&[T], usize) {
    let from = usize::try_from(done).unwrap_or(usize::MAX).min(ids.len());
    let to = from.saturating_add(RECORDS).min(ids.len());
    (ids.get(from..to).unwrap_or_default(), to)
}

/// The code of an issue, and where and what as data (words are made elsewhere).
fn reason_of(issue: &Issue) -> (String, String) {
    let code = serde_json::to_value(issue.code)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default();
    let parts = [&issue.column, &issue.value, &issue.expected];
    let reason: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    (code, reason.join(" | "))
}

fn kind_name(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Accrual => "accrual",
        EntryKind::Redemption => "redemption",
        EntryKind::Expiry => "expiry",
        EntryKind::Reversal => "reversal",
        EntryKind::Adjustment => "adjustment",
        EntryKind::Transfer => "transfer",
    }
}
