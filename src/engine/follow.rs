//! Following a write: what is derived (columns, balances, caches) is brought in step with the store.

use crate::context::kinds_of;
use crate::fault::OrFault;
use crate::{Changed, Engine};
use model::{CustomerId, Order, OrderId};
use protocol::{Fault, RecordKind};
use std::collections::BTreeSet;

/// What a write touched. Anything not named here must not have changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Touched {
    /// Customers to be read anew with everything of theirs (also when they are gone).
    pub(crate) customers: BTreeSet<CustomerId>,
    /// Customers of whom only the record itself changed.
    pub(crate) records: BTreeSet<CustomerId>,
    /// Orders that were added or changed, as they are now.
    pub(crate) orders: Vec<Order>,
    /// Orders that were removed.
    pub(crate) removed_orders: Vec<(CustomerId, OrderId)>,
    /// Customers whose recorded points changed.
    pub(crate) points: BTreeSet<CustomerId>,
    /// Programme versions.
    pub(crate) programs: bool,
    /// Saved segments.
    pub(crate) segments: bool,
    /// Settings.
    pub(crate) settings: bool,
}

impl Touched {
    /// A customer with everything of theirs.
    pub(crate) fn customer(id: CustomerId) -> Self {
        Self {
            customers: [id].into(),
            ..Self::default()
        }
    }

    /// One order, as it is now.
    pub(crate) fn order(order: Order) -> Self {
        Self {
            orders: vec![order],
            ..Self::default()
        }
    }

    /// Recorded points of a customer.
    pub(crate) fn points(id: CustomerId) -> Self {
        Self {
            points: [id].into(),
            ..Self::default()
        }
    }

    /// Whose points one command of a person changed; nobody after a change of many.
    pub(crate) fn few_with_points(&self) -> BTreeSet<CustomerId> {
        /// More than a person changes by hand at once.
        const FEW: usize = 20;
        let all = self.everybody();
        if all.len() > FEW {
            BTreeSet::new()
        } else {
            all
        }
    }

    /// Everybody whose columns or points may differ.
    fn everybody(&self) -> BTreeSet<CustomerId> {
        let mut all = self.customers.clone();
        all.extend(&self.records);
        all.extend(self.orders.iter().map(|order| order.customer));
        all.extend(self.removed_orders.iter().map(|(customer, _)| customer));
        all.extend(&self.points);
        all
    }
}

/// What happens while columns are not in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Loading {
    /// Customers touched since the load began: they are read anew at its end.
    pub(crate) touched: BTreeSet<CustomerId>,
    /// Grows when all that was read so far is void.
    pub(crate) generation: u64,
}

impl Engine {
    /// Takes over a committed write.
    pub(crate) fn follow(
        &mut self,
        touched: Touched,
        data_version: u64,
        kinds: &[store::RecordKind],
    ) -> Result<Changed, Fault> {
        self.data_version = data_version;
        if touched.programs {
            self.programs = None;
            self.today = None;
        }
        if touched.segments {
            self.segments = None;
        }
        if touched.settings {
            self.take_over_settings()?;
        }
        self.list_sets.follow(kinds);
        self.watch.follow(kinds);
        self.twins.follow(&touched);
        let everybody = touched.everybody();
        if self.columns.is_none() {
            self.loading.touched.extend(everybody.iter().copied());
        } else {
            self.follow_columns(&touched)?;
        }
        self.follow_points(&everybody)?;
        Ok(Changed {
            data_version,
            kinds: kinds_of(kinds),
        })
    }

    fn follow_columns(&mut self, touched: &Touched) -> Result<(), Fault> {
        for &id in &touched.customers {
            self.refresh_customer(id)?;
        }
        for &id in &touched.records {
            let customer = self.store.read().customer(id).or_fault()?;
            if let (Some(columns), Some(customer)) = (self.columns.as_mut(), customer) {
                columns.put_customer(&customer);
            }
        }
        let Some(columns) = self.columns.as_mut() else {
            return Ok(());
        };
        for (customer, order) in &touched.removed_orders {
            columns.remove_order(*customer, *order);
        }
        for order in &touched.orders {
            columns.put_order(order);
        }
        columns.set_data_version(self.data_version);
        Ok(())
    }

    /// Reads one customer with everything of theirs anew into the columns.
    pub(crate) fn refresh_customer(&mut self, id: CustomerId) -> Result<(), Fault> {
        let Some(columns) = self.columns.as_mut() else {
            return Ok(());
        };
        // Removing first is what clears orders and events that are gone; the slot comes back the same.
        columns.remove_customer(id);
        let read = self.store.read();
        let Some(customer) = read.customer(id).or_fault()? else {
            return Ok(());
        };
        columns.put_customer(&customer);
        for order in read.orders_of(id).or_fault()? {
            columns.put_order(&order);
        }
        let mut offset = 0;
        loop {
            let page = read.interactions(id, offset, 500).or_fault()?;
            for interaction in &page.items {
                columns.add_event(interaction);
            }
            offset += page.items.len() as u64;
            if page.items.is_empty() || offset >= page.total {
                return Ok(());
            }
        }
    }

    /// Takes over a part of a long write: these customers are read anew.
    pub(crate) fn follow_some(&mut self, customers: BTreeSet<CustomerId>) -> Result<(), Fault> {
        self.twins.touch(&customers);
        if self.columns.is_none() {
            self.loading.touched.extend(customers);
            return Ok(());
        }
        for &id in &customers {
            self.refresh_customer(id)?;
        }
        if let Some(columns) = self.columns.as_mut() {
            columns.set_data_version(self.data_version);
        }
        self.follow_points(&customers)
    }

    /// Forgets everything derived and reads settings anew: after a restore or an erase.
    pub(crate) fn start_over(&mut self) -> Result<(), Fault> {
        self.settings = self.store.read().settings().or_fault()?;
        self.convertible = crate::rates::convertible(&self.settings);
        self.data_version = self.store.read().data_version().or_fault()?;
        self.forget_columns();
        self.twins.forget();
        self.quality = None;
        self.segments = None;
        self.programs = None;
        Ok(())
    }

    /// Throws the columns away, with what was made of them.
    pub(crate) fn forget_columns(&mut self) {
        self.columns = None;
        self.list_sets.clear();
        self.arrivals = None;
        self.watch.forget();
        self.snapshot_version = None;
        self.today = None;
        self.other_day = None;
        self.memory.take();
        self.loading.generation += 1;
        self.loading.touched.clear();
    }

    /// Every kind of record may have changed.
    pub(crate) fn everything_changed(&self) -> Changed {
        Changed {
            data_version: self.data_version,
            kinds: vec![
                RecordKind::Customer,
                RecordKind::Order,
                RecordKind::Interaction,
                RecordKind::LedgerEntry,
                RecordKind::Segment,
                RecordKind::Program,
                RecordKind::Settings,
                RecordKind::Coupon,
                RecordKind::List,
                RecordKind::Watch,
            ],
        }
    }
}
