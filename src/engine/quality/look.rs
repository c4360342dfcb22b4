//! A look at everything, a step at a time.

use super::fill::Fill;
use super::shape::{Shape, Sizes};
use super::{Kept, customer, order};
use crate::fault::OrFault;
use crate::twins::TwinSession;
use crate::{Context, Engine, Step};
use model::CustomerId;
use model::twin::TwinLevel;
use protocol::{Fault, FaultCode, Finding, Progress, QualityReply, Reply, Stage};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Customers in one step.
const CUSTOMERS: usize = 1_000;
/// Customers whose orders are looked at in one step.
const SLOTS: usize = 1_500;

enum Place {
    /// Duplicates affect every count: where nobody looked for them, they are looked for first.
    Twins(Box<TwinSession>),
    Learning(Option<CustomerId>),
    Checking(Option<CustomerId>),
    Sizes(usize),
    Orders(usize),
}

/// A look under way.
pub struct LookSession {
    place: Place,
    data_version: u64,
    shape: Shape,
    fill: Fill,
    sizes: Sizes,
    slots: Vec<u32>,
    currencies: BTreeMap<String, u64>,
    orders: u64,
    /// Orders that say what was bought.
    lined: u64,
    rows: BTreeMap<Finding, Vec<i64>>,
    mendable: BTreeMap<Finding, u64>,
    passed: BTreeMap<Finding, BTreeSet<i64>>,
    done: u64,
    total: u64,
}

impl LookSession {
    /// Starts.
    ///
    /// # Errors
    /// `Busy` while columns are being read; `Storage`.
    pub fn new(engine: &mut Engine) -> Result<Self, Fault> {
        if engine.columns.is_none() {
            return Err(Fault::new(FaultCode::Busy));
        }
        let place = if engine.twins.is_due() {
            Place::Twins(Box::new(TwinSession::new(engine)?))
        } else {
            Place::Learning(None)
        };
        let columns = engine
            .columns
            .as_ref()
            .ok_or_else(|| Fault::new(FaultCode::Busy))?;
        let read = engine.store.read();
        let mut passed = BTreeMap::new();
        for finding in Finding::ALL {
            let records: BTreeSet<i64> = read
                .passed(finding.code())
                .or_fault()?
                .into_iter()
                .collect();
            if !records.is_empty() {
                passed.insert(finding, records);
            }
        }
        let counts = read.counts().or_fault()?;
        Ok(Self {
            place,
            data_version: engine.data_version,
            shape: Shape::default(),
            fill: Fill::default(),
            sizes: Sizes::default(),
            slots: columns.live().iter().collect(),
            currencies: BTreeMap::new(),
            orders: 0,
            lined: 0,
            rows: BTreeMap::new(),
            mendable: BTreeMap::new(),
            passed,
            done: 0,
            total: counts.customers.saturating_mul(4).max(1),
        })
    }

    /// Goes on. Where data changed since the last step it begins anew, so that the answer is of one moment.
    ///
    /// # Errors
    /// `Busy` when the columns are gone; `Storage`.
    pub fn step(&mut self, engine: &mut Engine, context: &Context) -> Result<Step<Reply>, Fault> {
        if self.data_version != engine.data_version {
            *self = Self::new(engine)?;
        }
        match &mut self.place {
            Place::Twins(session) => {
                let done = matches!(session.step(engine, context)?, Step::Done(_));
                if done {
                    self.place = Place::Learning(None);
                }
            }
            &mut Place::Learning(after) => self.learn(engine, after)?,
            &mut Place::Checking(after) => self.check(engine, after, context)?,
            &mut Place::Sizes(from) => self.size(engine, from)?,
            &mut Place::Orders(from) => {
                if self.check_orders(engine, from, context)? {
                    self.finish(engine)?;
                    let overview = engine.quality_overview();
                    let reply = Reply::Quality(QualityReply::Overview(overview));
                    return Ok(Step::Done(reply));
                }
            }
        }
        Ok(Step::More(Progress {
            stage: Stage::Looking,
            done: self.done.min(self.total),
            total: self.total,
            rows: self.rows.values().map(|rows| rows.len() as u64).sum(),
        }))
    }

    fn learn(&mut self, engine: &Engine, after: Option<CustomerId>) -> Result<(), Fault> {
        let (shape, fill, done) = (&mut self.shape, &mut self.fill, &mut self.done);
        let last = engine
            .store
            .read()
            .scan_customers(after, CUSTOMERS, |customer| {
                shape.add(&customer.fields);
                fill.add(&customer.fields);
                *done += 1;
            })
            .or_fault()?;
        self.place = match last {
            Some(last) => Place::Learning(Some(last)),
            None => {
                self.shape.settle();
                Place::Checking(None)
            }
        };
        Ok(())
    }

    fn check(
        &mut self,
        engine: &Engine,
        after: Option<CustomerId>,
        context: &Context,
    ) -> Result<(), Fault> {
        let mut hits = Vec::new();
        let (shape, done) = (&self.shape, &mut self.done);
        let last = engine
            .store
            .read()
            .scan_customers(after, CUSTOMERS, |it| {
                *done += 1;
                let with = customer::With {
                    shape,
                    today: engine.today(context),
                    country: &engine.settings.phone_country,
                    currency: engine.settings.currency,
                    first_order: it
                        .fields
                        .signup_on
                        .and_then(|_| engine.first_order(it.id, context)),
                };
                for hit in customer::check(&it.fields, &with) {
                    hits.push((hit.finding, it.id.0, hit.suggestion.is_some()));
                }
            })
            .or_fault()?;
        for (finding, id, mendable) in hits {
            self.hit(finding, id, mendable);
        }
        self.place = match last {
            Some(last) => Place::Checking(Some(last)),
            None => Place::Sizes(0),
        };
        Ok(())
    }

    fn hit(&mut self, finding: Finding, id: i64, mendable: bool) {
        if self
            .passed
            .get(&finding)
            .is_some_and(|records| records.contains(&id))
        {
            return;
        }
        self.rows.entry(finding).or_default().push(id);
        if mendable {
            *self.mendable.entry(finding).or_default() += 1;
        }
    }

    /// The next slots.
    fn stretch(&mut self, from: usize) -> (Vec<u32>, usize) {
        let to = from.saturating_add(SLOTS).min(self.slots.len());
        self.done += (to - from) as u64;
        let slots = self.slots.get(from..to).unwrap_or_default().to_vec();
        (slots, to)
    }

    fn size(&mut self, engine: &Engine, from: usize) -> Result<(), Fault> {
        let (slots, to) = self.stretch(from);
        let columns = engine
            .columns
            .as_ref()
            .ok_or_else(|| Fault::new(FaultCode::Busy))?;
        for slot in slots {
            for order in columns.orders(slot) {
                self.orders += 1;
                self.lined += u64::from(order.lines().len() > 0);
                if order.currency() == columns.currency() {
                    self.sizes.add(order.amount().0);
                }
                let currency = order.currency();
                let code = currency.code();
                match self.currencies.get_mut(code) {
                    Some(count) => *count += 1,
                    None => {
                        self.currencies.insert(code.to_owned(), 1);
                    }
                }
            }
        }
        self.place = if to < self.slots.len() {
            Place::Sizes(to)
        } else {
            Place::Orders(0)
        };
        Ok(())
    }

    fn check_orders(
        &mut self,
        engine: &Engine,
        from: usize,
        context: &Context,
    ) -> Result<bool, Fault> {
        let (slots, to) = self.stretch(from);
        let columns = engine
            .columns
            .as_ref()
            .ok_or_else(|| Fault::new(FaultCode::Busy))?;
        let with = order::With {
            today: engine.today(context),
            now: context.now,
            fence: self.sizes.fence(),
        };
        for slot in slots {
            order::check(columns, slot, &with, |finding, id| {
                self.hit(finding, id, false);
            });
        }
        self.place = Place::Orders(to);
        Ok(to >= self.slots.len())
    }

    fn finish(&mut self, engine: &mut Engine) -> Result<(), Fault> {
        // Where most orders have none, categories are not used: that is no mistake.
        let without = self.rows.get(&Finding::NoCategory).map_or(0, Vec::len) as u64;
        if without * 2 > self.lined {
            self.rows.remove(&Finding::NoCategory);
        }
        for rows in self.rows.values_mut() {
            rows.sort_unstable();
            rows.dedup();
        }
        let mut counts = BTreeMap::new();
        let waiting = engine.store.read().waiting_count().or_fault()?;
        counts.insert(Finding::WaitingOrders, waiting);
        if let Some((_, groups)) = engine.twin_groups()? {
            let sure = groups
                .iter()
                .filter(|group| group.level > TwinLevel::Possible);
            counts.insert(Finding::Duplicates, sure.count() as u64);
        }
        let mut currencies: Vec<(String, u64)> =
            std::mem::take(&mut self.currencies).into_iter().collect();
        currencies.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        engine.quality = Some(Kept {
            data_version: self.data_version,
            shape: Rc::new(std::mem::take(&mut self.shape)),
            customers: self.fill.customers,
            companies: self.fill.companies,
            orders: self.orders,
            fields: self.fill.finish(),
            currencies,
            rows: std::mem::take(&mut self.rows),
            mendable: std::mem::take(&mut self.mendable),
            counts,
        });
        Ok(())
    }
}
