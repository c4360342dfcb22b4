//! The points of everybody, by slot of the columns: for rules, lists and the overview.

use super::member::Extras;
use super::source::{Source, Words};
use super::{Programs, overflow};
use crate::derive::View;
use crate::fault::OrFault;
use loyalty::{Evaluator, Standing};
use model::{CustomerId, Day, Points};
use protocol::Fault;
use segment::{Columns, LoyaltyColumns};
use std::collections::{BTreeMap, BTreeSet};

/// Days ahead in which points count as expiring.
const EXPIRING_DAYS: i32 = 30;

/// An open lot: its last usable day and its points.
pub(crate) type Lot = (Option<Day>, Points);

/// What everybody has, beyond what rules look at.
#[derive(Clone, Debug, Default)]
pub(crate) struct PointsTable {
    /// By slot.
    pub(crate) standing: Vec<Standing>,
    /// By slot, in the order they are consumed.
    pub(crate) lots: Vec<Box<[Lot]>>,
    /// Tiers of the version in force, lowest first: id and name.
    pub(crate) tiers: Vec<(String, String)>,
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
        ..PointsTable::default()
    };
    let mut entries: BTreeMap<CustomerId, Vec<store::Entry>> = BTreeMap::new();
    read.scan_entries(|entry| entries.entry(entry.customer).or_default().push(entry))
        .or_fault()?;
    let slots: Vec<u32> = columns.live().iter().collect();
    let words = Words(columns);
    let compiled = loyalty::Programs::new(&programs.versions, &words).map_err(overflow)?;
    let fold = Fold {
        columns,
        programs,
        compiled: &compiled,
        entries: &entries,
        day,
    };
    fold.slots(&slots, &mut table, &mut derived);
    Ok(Some((table, derived)))
}

/// Calculates some customers anew.
pub(crate) fn update(
    table: &mut PointsTable,
    derived: &mut LoyaltyColumns,
    columns: &Columns,
    read: store::Reader<'_>,
    programs: &Programs,
    customers: &BTreeSet<CustomerId>,
    day: Day,
) -> Result<(), Fault> {
    let mut entries = BTreeMap::new();
    let mut slots = Vec::new();
    for &customer in customers {
        entries.insert(customer, read.entries(customer).or_fault()?);
        slots.extend(columns.slot(customer));
    }
    let words = Words(columns);
    let compiled = loyalty::Programs::new(&programs.versions, &words).map_err(overflow)?;
    let fold = Fold {
        columns,
        programs,
        compiled: &compiled,
        entries: &entries,
        day,
    };
    fold.slots(&slots, table, derived);
    Ok(())
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
    fn slots(&self, slots: &[u32], table: &mut PointsTable, derived: &mut LoyaltyColumns) {
        let size = self.columns.slots();
        table.standing.resize(size, Standing::default());
        table.lots.resize_with(size, Box::default);
        derived.balance.resize(size, 0);
        derived.expiring_30.resize(size, 0);
        derived.tier.resize(size, u16::MAX);
        let as_of = self.programs.as_of(self.day);
        let zone = self.programs.zone(self.day);
        let version = self.programs.in_force(self.day);
        let mut source = Source::new(self.columns, self.compiled, version, zone);
        let mut fold = Evaluator::new(self.compiled);
        for &slot in slots {
            let entries = self
                .columns
                .id(slot)
                .and_then(|id| self.entries.get(&id))
                .map_or(&[][..], Vec::as_slice);
            let extras = Extras::read(entries);
            let recorded = extras.recorded(entries, &zone);
            source.fill(slot);
            let member = source.member(slot, &recorded);
            // Points beyond 64 bits are nobody's: one absurd record must not take the others' balances away.
            let standing = fold.standing(&member, as_of).unwrap_or_default();
            let lots: Box<[Lot]> = fold.open_lots().collect();
            let at = slot as usize;
            put(&mut derived.balance, at, standing.balance.0);
            put(&mut derived.expiring_30, at, expiring(&lots, self.day));
            put(&mut derived.tier, at, standing.tier.unwrap_or(u16::MAX));
            put(&mut table.standing, at, standing);
            put(&mut table.lots, at, lots);
        }
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
