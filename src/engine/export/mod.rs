//! Files that go out: lists in every format and layout, rejected rows, ledgers, calendars, archives, one person.

mod calendar;
mod offer;

use crate::coupons;
use crate::derive::View;
use crate::fault::OrFault;
use crate::points::{self, MemberFacts, entry_views};
use crate::{Context, Engine, Step, Unanswered, scores};
use calendar::CalendarWork;
use intake::{
    CardVersion, CustomerOut, CustomerWriter, FactsOut, FileForm, LedgerOut, LedgerWriter,
    OrderOut, OrderWriter, RejectedWriter, TableAround, TableLayout, TableShape, write_card,
};
use model::{BatchId, Customer, CustomerId, Day, Issue, OrderId};
pub(crate) use offer::receipt;
use protocol::{
    CustomerFacts, EntryKind, ExportFormat, ExportWhat, Fault, FaultCode, FileView, Layout,
    ListRequest, OrderList, OutExport, OutQuery, Progress, Shape, Stage,
};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use store::ArchiveRun;

/// Records written in one step.
const RECORDS: usize = 500;

/// Rows of an archive written in one step: shorter than records.
const ROWS: usize = 2_000;

/// One export. A list is fixed when it starts; records are written as they are when their turn comes.
pub struct ExportSession {
    work: Work,
    /// What it is, for the list of files that left.
    kind: &'static str,
    name: String,
    media_type: &'static str,
    bytes: Vec<u8>,
    done: u64,
    total: u64,
}

enum Work {
    /// Looking for the owner's own fields, each of which becomes a column.
    Fields {
        list: CustomerList,
        keys: BTreeSet<String>,
        looked: usize,
    },
    Customers {
        list: CustomerList,
        writer: PeopleWriter,
    },
    Orders {
        ids: Rc<Vec<OrderId>>,
        writer: OrderWriter,
    },
    Calendar(CalendarWork),
    Archive(Box<ArchiveRun>),
    /// Written whole when it started.
    Nothing,
}

/// Customers who go out, and how.
struct CustomerList {
    ids: Rc<Vec<CustomerId>>,
    format: ExportFormat,
    shape: TableShape,
    /// The day that facts are calculated for, where columns ask for any.
    facts_on: Option<Day>,
}

/// Writes customers as rows or as cards.
enum PeopleWriter {
    Table(Box<CustomerWriter>),
    Cards(CardVersion, TableAround),
}

impl ExportSession {
    /// Starts.
    ///
    /// # Errors
    /// `BadRule`, `NotFound`, `Storage`; `Invalid` for a format that the records cannot have; `Busy` while columns are
    /// being read and the list needs them.
    pub fn new(
        engine: &mut Engine,
        what: ExportWhat,
        format: ExportFormat,
        context: &Context,
    ) -> Result<Self, Fault> {
        let today = engine.today(context);
        let mut session = Self {
            work: Work::Nothing,
            kind: "",
            name: String::new(),
            media_type: media_type(format),
            bytes: Vec::new(),
            done: 0,
            total: 0,
        };
        session.begin(engine, what, format, context)?;
        if session.name.is_empty() {
            session.name = format!("{}-{today}.{}", session.kind, extension(format));
        }
        Ok(session)
    }

    fn begin(
        &mut self,
        engine: &mut Engine,
        what: ExportWhat,
        format: ExportFormat,
        context: &Context,
    ) -> Result<(), Fault> {
        self.kind = match what {
            ExportWhat::Customers(list) => {
                self.customers(engine, &list, Shape::default(), format, context)?;
                "customers"
            }
            ExportWhat::Orders(list) => {
                self.orders(engine, &list, Shape::default(), (format, context))?;
                "orders"
            }
            ExportWhat::Out(out) => return self.begin_out(engine, out, format, context),
            ExportWhat::Rejected { batch } => {
                self.rejected(engine, batch, form_of(format)?)?;
                "rejected-rows"
            }
            ExportWhat::Points(part) => {
                let form = form_of(format)?;
                let out = &mut self.bytes;
                let (kind, records) = points::write_points(engine, &part, form, context, out)?;
                (self.done, self.total) = (records, records);
                kind
            }
            ExportWhat::Ledger { customer } => {
                self.ledger(engine, customer, form_of(format)?, context)?;
                "points"
            }
            ExportWhat::Coupons(what) => {
                let form = form_of(format)?;
                let out = &mut self.bytes;
                let (kind, records) = coupons::export(engine, &what, form, context, out)?;
                (self.done, self.total) = (records, records);
                kind
            }
            ExportWhat::Replay { replay, part } => {
                let form = form_of(format)?;
                let written = engine.replay_file(replay, part, form, &mut self.bytes)?;
                (self.done, self.total) = (written, written);
                "programme-replay"
            }
        };
        Ok(())
    }

    fn begin_out(
        &mut self,
        engine: &mut Engine,
        out: OutExport,
        format: ExportFormat,
        context: &Context,
    ) -> Result<(), Fault> {
        let today = engine.today(context);
        match out {
            OutExport::Customers { list, shape } => {
                self.kind = "customers";
                self.name = named(self.kind, shape.layout, today, format);
                self.customers(engine, &list, shape, format, context)?;
            }
            OutExport::Orders { list, shape } => {
                self.kind = "orders";
                self.name = named(self.kind, shape.layout, today, format);
                self.orders(engine, &list, shape, (format, context))?;
            }
            OutExport::Calendar(wish) => {
                self.kind = "calendar";
                self.name = format!("calendar-{today}.ics");
                self.media_type = "text/calendar;charset=utf-8";
                let work = CalendarWork::new(engine, wish, context)?;
                self.total = work.total();
                self.work = Work::Calendar(work);
            }
            OutExport::Archive => {
                self.kind = "archive";
                self.name = format!("shuke-{today}.json");
                self.media_type = "application/json";
                let run = engine.store.archive(context.now).or_fault()?;
                self.total = run.total;
                self.work = Work::Archive(Box::new(run));
            }
            OutExport::Person { customer } => {
                self.kind = "person";
                self.name = format!("person-{customer}-{today}.json");
                self.media_type = "application/json";
                let person = engine.person_json(customer, context)?;
                self.bytes = person.into_bytes();
                (self.done, self.total) = (1, 1);
            }
        }
        Ok(())
    }

    fn customers(
        &mut self,
        engine: &mut Engine,
        request: &ListRequest,
        shape: Shape,
        format: ExportFormat,
        context: &Context,
    ) -> Result<(), Fault> {
        let ids = engine.list_ids(request, context).map_err(busy)?;
        self.total = ids.len() as u64;
        let shape = table_shape(shape);
        let calculated = |key: &String| intake::CALCULATED.contains(&key.as_str());
        let asks = shape.columns.iter().any(calculated)
            || matches!(shape.layout, TableLayout::Shopify | TableLayout::Hubspot);
        let cards = matches!(format, ExportFormat::Vcard3 | ExportFormat::Vcard4);
        let facts_on =
            (asks && !cards).then(|| request.as_of.unwrap_or_else(|| engine.today(context)));
        if facts_on.is_some() && engine.columns.is_none() {
            return Err(Fault::new(FaultCode::Busy));
        }
        self.work = Work::Fields {
            list: CustomerList {
                ids,
                format,
                shape,
                facts_on,
            },
            keys: BTreeSet::new(),
            looked: 0,
        };
        Ok(())
    }

    fn orders(
        &mut self,
        engine: &mut Engine,
        list: &OrderList,
        shape: Shape,
        (format, context): (ExportFormat, &Context),
    ) -> Result<(), Fault> {
        let form = form_of(format)?;
        let shape = table_shape(shape);
        if matches!(
            shape.layout,
            TableLayout::Hubspot | TableLayout::Fxiaoke | TableLayout::Google
        ) {
            return Err(Fault::new(FaultCode::Invalid).at("layout"));
        }
        let ids = engine.order_ids(list, context).map_err(busy)?;
        self.total = ids.len() as u64;
        let mut writer = OrderWriter::new(form, shape, around(engine, Vec::new()));
        writer.start(&mut self.bytes);
        self.work = Work::Orders { ids, writer };
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

    /// Goes on. Whenever it returns, [`ExportSession::take_bytes`] has what was written since. When it is done the
    /// file is noted as one that left.
    ///
    /// # Errors
    /// `Storage`.
    pub fn step(
        &mut self,
        engine: &mut Engine,
        context: &Context,
    ) -> Result<Step<FileView>, Fault> {
        let ended = match &mut self.work {
            Work::Nothing => true,
            Work::Fields { .. } => self.look_for_fields(engine)?,
            Work::Customers { .. } => self.write_customers(engine, context)?,
            Work::Orders { .. } => self.write_orders(engine.store.read())?,
            Work::Calendar(work) => {
                let ended = work.step(engine, context, &mut self.bytes)?;
                self.done = work.done();
                ended
            }
            Work::Archive(run) => {
                let ended = run.step(ROWS, &mut self.bytes).or_fault()?;
                self.done = run.done;
                ended
            }
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
        let file = FileView {
            name: self.name.clone(),
            media_type: self.media_type.to_owned(),
            records: self.done,
        };
        engine.note_file(self.kind, &file, context)?;
        Ok(Step::Done(file))
    }

    fn look_for_fields(&mut self, engine: &Engine) -> Result<bool, Fault> {
        let Work::Fields { list, keys, looked } = &mut self.work else {
            return Ok(false);
        };
        let ids = &list.ids;
        let chosen = &list.shape.columns;
        // Chosen columns name the fields; most layouts have no room for them.
        let known = !chosen.is_empty()
            || !matches!(list.shape.layout, TableLayout::Own | TableLayout::Google);
        if known {
            let own = chosen.iter().filter_map(|key| key.strip_prefix("custom."));
            keys.extend(own.map(str::to_owned));
            *looked = ids.len();
        } else {
            let to = looked.saturating_add(RECORDS).min(ids.len());
            let stretch = ids.get(*looked..to).unwrap_or_default();
            for customer in engine.store.read().customers(stretch).or_fault()? {
                keys.extend(customer.fields.custom.into_keys());
            }
            *looked = to;
        }
        if *looked < ids.len() {
            return Ok(false);
        }
        let keys = std::mem::take(keys).into_iter().collect();
        let around = around(engine, keys);
        let list = CustomerList {
            ids: Rc::clone(ids),
            format: list.format,
            shape: std::mem::take(&mut list.shape),
            facts_on: list.facts_on,
        };
        let writer = match list.format {
            ExportFormat::Vcard3 => PeopleWriter::Cards(CardVersion::V3, around),
            ExportFormat::Vcard4 => PeopleWriter::Cards(CardVersion::V4, around),
            format => {
                let form = form_of(format)?;
                let mut writer = CustomerWriter::new(form, list.shape.clone(), around);
                writer.start(&mut self.bytes);
                PeopleWriter::Table(Box::new(writer))
            }
        };
        self.work = Work::Customers { list, writer };
        Ok(false)
    }

    /// The next stretch; whether it was the last.
    fn write_customers(&mut self, engine: &mut Engine, context: &Context) -> Result<bool, Fault> {
        let Work::Customers { list, writer } = &mut self.work else {
            return Ok(true);
        };
        let (stretch, to) = next(&list.ids, self.done);
        let customers = engine.store.read().customers(stretch).or_fault()?;
        let today = engine.today(context);
        let view = match list.facts_on {
            Some(day) => match engine.view(day, today) {
                Ok(view) => Some(view),
                // Columns went while the file was written: it says nothing rather than something old.
                Err(Unanswered::NotReady) => None,
                Err(Unanswered::Fault(fault)) => return Err(fault),
            },
            None => None,
        };
        for customer in &customers {
            match writer {
                PeopleWriter::Cards(version, around) => {
                    write_card(customer, *version, around, &mut self.bytes);
                }
                PeopleWriter::Table(writer) => {
                    let facts = view.as_ref().and_then(|view| facts_out(view, customer.id));
                    let facts = facts.as_ref();
                    writer.write(CustomerOut { customer, facts }, &mut self.bytes);
                }
            }
        }
        self.done = to as u64;
        let ended = to >= list.ids.len();
        if let (true, PeopleWriter::Table(writer)) = (ended, writer) {
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

/// A list that waits for columns makes the export wait.
fn busy(unanswered: Unanswered) -> Fault {
    match unanswered {
        Unanswered::NotReady => Fault::new(FaultCode::Busy),
        Unanswered::Fault(fault) => fault,
    }
}

fn facts_out(view: &View<'_>, id: CustomerId) -> Option<FactsOut> {
    let slot = view.columns.slot(id)?;
    Some(facts_of(&scores::customer_facts(view, slot)))
}

/// What is calculated, as files have it.
pub(crate) fn facts_of(facts: &CustomerFacts) -> FactsOut {
    let stage = serde_json::to_value(facts.stage).ok();
    FactsOut {
        stage: stage
            .as_ref()
            .and_then(|value| value.as_str())
            .unwrap_or_default()
            .to_owned(),
        rfm: facts
            .rfm
            .map(|scores| scores.iter().map(u8::to_string).collect())
            .unwrap_or_default(),
        rfm_group: facts.rfm_group.clone(),
        order_count: facts.order_count,
        spend: facts.spend,
        average_order_value: facts.average_order_value,
        first_order_on: facts.first_order_on,
        last_order_on: facts.last_order_on,
        days_since_last_order: facts.days_since_last_order,
        usual_gap_days: facts.usual_gap_days,
        balance: facts.balance.map(|points| points.0),
        tier: facts.tier_name.clone(),
    }
}

/// What tables of this workspace depend on.
fn around(engine: &Engine, custom_keys: Vec<String>) -> TableAround {
    TableAround {
        currency: engine.settings.currency,
        zone: engine.settings.zone,
        custom_keys,
    }
}

pub(crate) fn table_layout(layout: Layout) -> TableLayout {
    match layout {
        Layout::Shuke | Layout::Words => TableLayout::Own,
        Layout::Zoho => TableLayout::Zoho,
        Layout::Shopify => TableLayout::Shopify,
        Layout::Hubspot => TableLayout::Hubspot,
        Layout::Fxiaoke => TableLayout::Fxiaoke,
        Layout::Google => TableLayout::Google,
    }
}

fn table_shape(shape: Shape) -> TableShape {
    TableShape {
        layout: table_layout(shape.layout),
        columns: shape.columns,
        words: if shape.layout == Layout::Words {
            shape.words
        } else {
            BTreeMap::new()
        },
        raw: shape.raw,
    }
}

/// `customers-zoho-2026-01-31.csv`.
fn named(kind: &str, layout: Layout, today: Day, format: ExportFormat) -> String {
    let whose = match layout {
        Layout::Shuke | Layout::Words => "",
        Layout::Zoho => "-zoho",
        Layout::Shopify => "-shopify",
        Layout::Hubspot => "-hubspot",
        Layout::Fxiaoke => "-fxiaoke",
        Layout::Google => "-google",
    };
    format!("{kind}{whose}-{today}.{}", extension(format))
}

/// The form of tables in this format.
fn form_of(format: ExportFormat) -> Result<FileForm, Fault> {
    Ok(match format {
        ExportFormat::Csv => FileForm::Csv,
        ExportFormat::Json => FileForm::Json,
        ExportFormat::Ndjson => FileForm::Ndjson,
        ExportFormat::Xlsx => FileForm::Xlsx,
        ExportFormat::Vcard3 | ExportFormat::Vcard4 => {
            return Err(Fault::new(FaultCode::Invalid).at("format"));
        }
    })
}

fn extension(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv => "csv",
        ExportFormat::Json => "json",
        ExportFormat::Ndjson => "ndjson",
        ExportFormat::Xlsx => "xlsx",
        ExportFormat::Vcard3 | ExportFormat::Vcard4 => "vcf",
    }
}

fn media_type(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv => "text/csv;charset=utf-8",
        ExportFormat::Json => "application/json",
        ExportFormat::Ndjson => "application/x-ndjson",
        ExportFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ExportFormat::Vcard3 | ExportFormat::Vcard4 => "text/vcard;charset=utf-8",
    }
}

/// Whether a question waits for the columns.
pub(crate) fn needs_columns(query: &OutQuery) -> bool {
    match query {
        OutQuery::Customers(list) => {
            crate::needs_columns(&protocol::Query::Customers(list.clone()))
        }
        OutQuery::Calendar { .. } => true,
        OutQuery::Orders(list) => crate::needs_columns(&protocol::Query::Orders(list.clone())),
        OutQuery::Files { .. } | OutQuery::Erased { .. } | OutQuery::Traces { .. } => false,
    }
}

/// The next stretch of ids, and where it ends.
fn next<T>(ids: &[T], done: u64) -> (&[T], usize) {
    let from = usize::try_from(done).unwrap_or(usize::MAX).min(ids.len());
    let to = from.saturating_add(RECORDS).min(ids.len());
    (ids.get(from..to).unwrap_or_default(), to)
}

/// The code of an issue, and where and what as data (words are made elsewhere).
pub(crate) fn reason_of(issue: &Issue) -> (String, String) {
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
