//! The points of everybody, by slot of the columns: for rules, lists and the overview.

use super::fast::FastWay;
use super::lots::{Lot, LotTable};
use super::member::Extras;
use super::source::{Source, Words};
use super::{Programs, overflow};
use crate::derive::View;
use crate::fault::OrFault;
use loyalty::{Evaluator, Overview, Standing};
use model::{CustomerId, Day, Points};
use protocol::Fault;
use segment::{Columns, LoyaltyColumns};
use std::collections::{BTreeMap, BTreeSet};

/// Days ahead in which points count as expiring.
const EXPIRING_DAYS: i32 = 30;

/// What everybody has, beyond what rules look at.
#[derive(Clone, Debug)]
pub(crate) struct PointsTable {
    /// By slot.
    pub(crate) standing: Vec<Standing>,
    /// By slot, in the order they are consumed.
    pub(crate) lots: LotTable,
    /// Tiers of the version in force, lowest first: id and name.
    pub(crate) tiers: Vec<(String, String)>,
    /// The sums over everybody, kept in step with each member.
    pub(crate) totals: Overview,
    /// Slots that are in the sums.
    counted: Vec<bool>,
    /// How many members were folded for it, again and again counted: a new order folds one.
    pub(crate) folds: u64,
}

impl Default for PointsTable {
    fn default() -> Self {
        Self {
            standing: Vec::new(),
            lots: LotTable::default(),
            tiers: Vec::new(),
            totals: Overview::new(Day(0)),
            counted: Vec::new(),
            folds: 0,
        }
    }
}

/// What a customer's row shows of points.
pub(crate) struct SlotPoints {
    pub(crate) balance: Points,
    pub(crate) tier: Option<String>,
    pub(crate) tier_name: Option<String>,
}

/// The points of the customer in a slot; `None` without a programme.
pub(crate) fn of_slot(view: &View<'_>, slot: u32) -> Option<SlotPoints> {
    let (table, _) = view.points()?;
    let standing = table
        .standing
        .get(slot as usize)
        .copied()
        .unwrap_or_default();
    let tier = standing
        .tier
        .and_then(|tier| table.tiers.get(usize::from(tier)));
    Some(SlotPoints {
        balance: standing.balance,
        tier: tier.map(|(id, _)| id.clone()),
        tier_name: tier.map(|(_, name)| name.clone()),
    })
}

/// Calculates everybody for a day; `None` without a programme.
pub(crate) fn everybody(
    columns: &Columns,
    read: store::Reader<'_>,
    programs: &Programs,
    day: Day,
) -> Result<Option<(PointsTable, LoyaltyColumns)>, Fault> {
    let Some(version) = programs.in_force(day) else {
        return Ok(None);
    };
    let tiers: Vec<(String, String)> = version
        .program
        .tiers
        .iter()
        .flat_map(|tiers| &tiers.levels)
        .map(|tier| (tier.id.clone(), tier.name.clone()))
        .collect();
    let mut derived = LoyaltyColumns {
        tier_ids: tiers.iter().map(|(id, _)| id.clone()).collect(),
        ..LoyaltyColumns::default()
    };
    let mut table = PointsTable {
        tiers,
        totals: Overview::new(day),
        ..PointsTable::default()
    };
    let mut entries: BTreeMap<CustomerId, Vec<store::Entry>> = BTreeMap::new();
    read.scan_entries(|entry| entries.entry(entry.customer).or_default().push(entry))
        .or_fault()?;
    let slots: Vec<u32> = columns.live().iter().collect();
    let compiled = compile(columns, programs)?;
    let fold = Fold {
        columns,
        programs,
        compiled: &compiled,
        entries: &entries,
        day,
    };
    fold.resize(&mut table, &mut derived);
    fold.slots(&slots, &mut table, &mut derived)?;
    Ok(Some((table, derived)))
}

/// The programme's versions against the dictionaries of the columns.
pub(crate) fn compile(columns: &Columns, programs: &Programs) -> Result<loyalty::Programs, Fault> {
    loyalty::Programs::new(&programs.versions, &Words(columns)).map_err(overflow)
}

/// What calculating some customers anew needs.
pub(crate) struct Again<'a> {
    pub(crate) columns: &'a Columns,
    pub(crate) read: store::Reader<'a>,
    pub(crate) programs: &'a Programs,
    pub(crate) compiled: &'a loyalty::Programs,
}

/// Calculates some customers anew; the sums follow.
pub(crate) fn update(
    table: &mut PointsTable,
    derived: &mut LoyaltyColumns,
    with: &Again<'_>,
    customers: &BTreeSet<CustomerId>,
    day: Day,
) -> Result<(), Fault> {
    let mut entries = BTreeMap::new();
    let mut slots = Vec::new();
    let mut is_gone = false;
    for &customer in customers {
        match with.columns.slot(customer) {
            Some(slot) => slots.push(slot),
            None => is_gone = true,
        }
        entries.insert(customer, with.read.entries(customer).or_fault()?);
    }
    let fold = Fold {
        columns: with.columns,
        programs: with.programs,
        compiled: with.compiled,
        entries: &entries,
        day,
    };
    fold.resize(table, derived);
    fold.slots(&slots, table, derived)?;
    if is_gone {
        // Whose slot it was is not known any more: the sums are made anew, without folding anybody.
        table.totals = Overview::new(day);
        table.counted.fill(false);
        for slot in with.columns.live().iter() {
            table.count(slot as usize)?;
        }
    }
    Ok(())
}

impl PointsTable {
    /// Adds a slot to the sums.
    fn count(&mut self, slot: usize) -> Result<(), Fault> {
        put(&mut self.counted, slot, true);
        if let (Some(standing), Some(lots)) = (self.standing.get(slot), self.lots.get(slot)) {
            let lots = lots.iter().copied();
            self.totals.add(standing, lots).map_err(overflow)?;
        }
        Ok(())
    }

    /// Takes what a slot was counted with out of the sums.
    fn discount(&mut self, slot: usize) -> Result<(), Fault> {
        if !self.counted.get(slot).copied().unwrap_or(false) {
            return Ok(());
        }
        if let (Some(standing), Some(lots)) = (self.standing.get(slot), self.lots.get(slot)) {
            let lots = lots.iter().copied();
            self.totals.remove(standing, lots).map_err(overflow)?;
        }
        Ok(())
    }
}

/// All that folding some slots needs.
struct Fold<'a> {
    columns: &'a Columns,
    programs: &'a Programs,
    compiled: &'a loyalty::Programs,
    entries: &'a BTreeMap<CustomerId, Vec<store::Entry>>,
    day: Day,
}

impl Fold<'_> {
    /// Makes room for slots that came since. Who has just come is counted as someone who has nothing.
    fn resize(&self, table: &mut PointsTable, derived: &mut LoyaltyColumns) {
        let size = self.columns.slots();
        table.standing.resize(size, Standing::default());
        table.lots.resize(size);
        table.counted.resize(size, false);
        derived.balance.resize(size, 0);
        derived.expiring_30.resize(size, 0);
        derived.tier.resize(size, u16::MAX);
    }

    fn slots(
        &self,
        slots: &[u32],
        table: &mut PointsTable,
        derived: &mut LoyaltyColumns,
    ) -> Result<(), Fault> {
        let as_of = self.programs.as_of(self.day);
        let zone = self.programs.zone(self.day);
        let version = self.programs.in_force(self.day);
        let mut source = Source::new(self.columns, self.compiled, version, zone);
        let mut evaluator = Evaluator::new(self.compiled);
        let mut fast = FastWay::new(self.columns, self.compiled, version, slots, self.day);
        for &slot in slots {
            let entries = self
                .columns
                .id(slot)
                .and_then(|id| self.entries.get(&id))
                .map_or(&[][..], Vec::as_slice);
            let at = slot as usize;
            table.discount(at)?;
            let standing = fast.as_mut().and_then(|fast| fast.standing(slot, entries));
            let standing = match (standing, &fast) {
                (Some(standing), Some(fast)) => {
                    table.lots.set(at, fast.open_lots());
                    standing
                }
                _ => {
                    let extras = Extras::read(entries);
                    let recorded = extras.recorded(entries, &zone);
                    source.fill(slot);
                    let member = source.member(slot, &recorded);
                    // Points beyond 64 bits are nobody's: one absurd record must not take the others' away.
                    let standing = evaluator.standing(&member, as_of).unwrap_or_default();
                    table.lots.set(at, evaluator.open_lots());
                    standing
                }
            };
            let lots = table.lots.get(at).unwrap_or(&[]);
            put(&mut derived.balance, at, standing.balance.0);
            put(&mut derived.expiring_30, at, expiring(lots, self.day));
            put(&mut derived.tier, at, standing.tier.unwrap_or(u16::MAX));
            put(&mut table.standing, at, standing);
            table.count(at)?;
            table.folds += 1;
        }
        Ok(())
    }
}

fn put<T>(column: &mut [T], at: usize, value: T) {
    if let Some(place) = column.get_mut(at) {
        *place = value;
    }
}

/// Points that are last usable within the 30 days that start with `day`.
fn expiring(lots: &[Lot], day: Day) -> i64 {
    let last = day.plus_days(EXPIRING_DAYS - 1);
    lots.iter()
        .filter(|(ends, _)| ends.is_some_and(|ends| ends >= day && ends <= last))
        .fold(0i64, |sum, (_, points)| sum.saturating_add(points.0))
}
