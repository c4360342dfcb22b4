//! Loading the columns: from a snapshot if it is whole and current, else from the store, a step at a time.

use crate::fault::OrFault;
use crate::{Context, Engine, Step};
use model::{CustomerId, InteractionId, OrderId};
use protocol::{Fault, Progress, Stage};
use segment::{Builder, Columns, EventInput, LineInput, OrderInput};
use std::collections::BTreeMap;
use store::TermId;

/// Customers read in one step.
const CUSTOMERS: usize = 2_000;
/// Orders read in one step.
const ORDERS: usize = 20_000;
/// Interactions read in one step.
const INTERACTIONS: usize = 10_000;

/// Brings the columns into memory. See [`Engine`] for how it is driven.
pub struct ColumnsLoad {
    snapshot: Option<Columns>,
    generation: u64,
    scan: Option<Scan>,
}

/// Reading from the store.
struct Scan {
    builder: Builder,
    /// Codes of the columns by number of the store's dictionary.
    terms: BTreeMap<TermId, u32>,
    place: Place,
    done: u64,
    total: u64,
}

/// Where the scan is.
enum Place {
    Customers(Option<CustomerId>),
    Orders(Option<OrderId>),
    Interactions(Option<InteractionId>),
    Finish,
}

impl ColumnsLoad {
    /// `snapshot` is what [`Engine::snapshot_bytes`] once gave, if the host has it. A damaged or stale one is ignored.
    pub fn new(engine: &Engine, snapshot: Option<&[u8]>) -> Self {
        Self {
            snapshot: snapshot.and_then(|bytes| current(engine, bytes)),
            generation: engine.loading.generation,
            scan: None,
        }
    }

    /// Whether the snapshot is used (else everything is read from the database).
    pub fn from_snapshot(&self) -> bool {
        self.snapshot.is_some()
    }

    /// Goes on. When done the columns are in the engine; the step says how many customers and orders.
    ///
    /// # Errors
    /// `Damaged` or `Storage`.
    pub fn step(
        &mut self,
        engine: &mut Engine,
        _context: &Context,
    ) -> Result<Step<(u64, u64)>, Fault> {
        if self.generation != engine.loading.generation {
            // All that was read is void (a restore, another zone): begin anew.
            self.generation = engine.loading.generation;
            self.snapshot = None;
            self.scan = None;
        }
        if let Some(columns) = self.snapshot.take() {
            let version = columns.data_version();
            return finish(engine, columns, Some(version)).map(Step::Done);
        }
        let mut scan = match self.scan.take() {
            Some(scan) => scan,
            None => Scan::new(engine)?,
        };
        if scan.step(engine)? {
            let columns = scan.builder.finish(engine.data_version);
            return finish(engine, columns, None).map(Step::Done);
        }
        let progress = Progress {
            stage: Stage::Opening,
            done: scan.done.min(scan.total),
            total: scan.total,
            rows: scan.done,
        };
        self.scan = Some(scan);
        Ok(Step::More(progress))
    }
}

/// The columns of a snapshot, if it is whole and agrees with the database as it is.
fn current(engine: &Engine, bytes: &[u8]) -> Option<Columns> {
    if Columns::version_of(bytes)? != engine.data_version {
        return None;
    }
    let mut columns = Columns::from_bytes(bytes).ok()?;
    columns.set_rates(&engine.settings.rates);
    let settings = &engine.settings;
    let fits = columns.zone() == settings.zone && columns.currency() == settings.currency;
    // The counts are a second opinion: they cost nothing and would show a snapshot of another database.
    let counts = engine.store.read().counts().ok()?;
    let whole =
        columns.customer_count() == counts.customers && columns.order_count() == counts.orders;
    (fits && whole).then_some(columns)
}

/// Puts the columns into the engine, and reads anew whoever was touched while they were being read.
fn finish(
    engine: &mut Engine,
    columns: Columns,
    snapshot_version: Option<u64>,
) -> Result<(u64, u64), Fault> {
    // Codes are those of these columns.
    engine.compiled = None;
    let mut columns = columns;
    // They may have been changed while the columns were being read.
    columns.set_rates(&engine.settings.rates);
    engine.columns = Some(columns);
    engine.list_sets.clear();
    engine.watch.forget();
    engine.today = None;
    engine.other_day = None;
    engine.memory.take();
    let touched = std::mem::take(&mut engine.loading.touched);
    for id in touched {
        engine.refresh_customer(id)?;
    }
    if let Some(columns) = engine.columns.as_mut() {
        columns.set_data_version(engine.data_version);
    }
    engine.snapshot_version = snapshot_version;
    Ok(engine.columns_size())
}

impl Scan {
    fn new(engine: &Engine) -> Result<Self, Fault> {
        let read = engine.store.read();
        let counts = read.counts().or_fault()?;
        let mut builder = Builder::new(engine.settings.zone, engine.settings.currency);
        builder.rates(&engine.settings.rates);
        builder.reserve(counts.customers as usize, counts.orders as usize);
        Ok(Self {
            builder,
            terms: BTreeMap::new(),
            place: Place::Customers(None),
            done: 0,
            total: counts.customers + counts.orders,
        })
    }

    /// One step; `true` when all is read.
    fn step(&mut self, engine: &Engine) -> Result<bool, Fault> {
        let read = engine.store.read();
        match self.place {
            Place::Customers(after) => {
                let (builder, done) = (&mut self.builder, &mut self.done);
                let last = read
                    .scan_customers(after, CUSTOMERS, |customer| {
                        builder.customer(&customer);
                        *done += 1;
                    })
                    .or_fault()?;
                self.place = match last {
                    Some(last) => Place::Customers(Some(last)),
                    None => {
                        self.read_terms(read)?;
                        Place::Orders(None)
                    }
                };
            }
            Place::Orders(after) => {
                let last = self.orders(read, after)?;
                self.place = match last {
                    Some(last) => Place::Orders(Some(last)),
                    None => {
                        let builder = &mut self.builder;
                        read.scan_refunds(|order, refund| builder.refund(order, &refund))
                            .or_fault()?;
                        Place::Interactions(None)
                    }
                };
            }
            Place::Interactions(after) => {
                let last = self.interactions(read, after)?;
                self.place = match last {
                    Some(last) => Place::Interactions(Some(last)),
                    None => Place::Finish,
                };
            }
            Place::Finish => return Ok(true),
        }
        Ok(false)
    }

    /// Takes over the store's dictionary. Whoever gets records with newer texts while the scan goes on is read anew at
    /// its end.
    fn read_terms(&mut self, read: store::Reader<'_>) -> Result<(), Fault> {
        for (term, text) in read.terms().or_fault()? {
            let code = self.builder.term(&text);
            self.terms.insert(term, code);
        }
        Ok(())
    }

    fn orders(
        &mut self,
        read: store::Reader<'_>,
        after: Option<OrderId>,
    ) -> Result<Option<OrderId>, Fault> {
        let (builder, terms, done) = (&mut self.builder, &self.terms, &mut self.done);
        let code =
            |term: Option<TermId>| term.and_then(|term| terms.get(&term).copied()).unwrap_or(0);
        read.scan_orders(after, ORDERS, |order| {
            *done += 1;
            let input = OrderInput {
                id: order.id,
                customer: order.customer,
                at: order.at,
                currency: order.currency,
                amount: order.amount,
                gross: order.gross,
                tax: order.tax,
                paid_with_points: order.paid_with_points,
                status: order.status,
                channel: code(order.channel),
                coupon: order.coupon,
            };
            let lines = order.lines.iter().map(|line| LineInput {
                product: code(Some(line.product)),
                category: code(line.category),
                quantity_milli: line.quantity_milli,
                amount: line.amount,
            });
            builder.order(&input, lines);
        })
        .or_fault()
    }

    fn interactions(
        &mut self,
        read: store::Reader<'_>,
        after: Option<InteractionId>,
    ) -> Result<Option<InteractionId>, Fault> {
        let (builder, terms) = (&mut self.builder, &self.terms);
        read.scan_interactions(after, INTERACTIONS, |event| {
            let data = event
                .data
                .and_then(|json| serde_json::from_str(json).ok())
                .unwrap_or_default();
            builder.event(&EventInput {
                id: event.id,
                customer: event.customer,
                kind: terms.get(&event.kind).copied().unwrap_or(0),
                at: event.at,
                data: &data,
            });
        })
        .or_fault()
    }
}
