//! RFM of a day and between two days.

use super::working;
use crate::{Engine, Unanswered};
use model::{CustomerId, Day, Money, RfmOptions, RfmScoring};
use protocol::{
    CustomerReason, Fault, FaultCode, InsightReply, Migration, Move, RfmCell, RfmGroupCount,
    RfmPicture, RfmScale,
};
use segment::Columns;
use segment::rfm::{self, CELLS, Class, Group, Rfm};
use std::collections::BTreeMap;

/// Customers and spend of each cell, and of those without scores.
type Sums = ([(u64, i64); CELLS as usize], (u64, i64));

pub(super) fn scale(rfm: &Rfm) -> RfmScale {
    RfmScale {
        options: rfm.options.clone(),
        limits: rfm.limits.clone(),
        averages: rfm.averages,
    }
}

fn sums(columns: &Columns, rfm: &Rfm) -> Sums {
    let mut cells = [(0u64, 0i64); CELLS as usize];
    let mut outside = (0, 0i64);
    let live = columns.live();
    let rows = rfm.cells.iter().zip(columns.spends(rfm.as_of));
    for (slot, (&cell, spent)) in (0u32..).zip(rows) {
        let (count, spend) = match cells.get_mut(usize::from(cell)) {
            Some(place) => place,
            None if live.contains(slot) => &mut outside,
            None => continue,
        };
        *count += 1;
        *spend = spend.saturating_add(spent);
    }
    (cells, outside)
}

fn named(name: &str, sums: impl Iterator<Item = (u64, i64)>) -> RfmGroupCount {
    let (count, spend) = sums.fold((0, 0i64), |(count, spend), (more, money)| {
        (count + more, spend.saturating_add(money))
    });
    RfmGroupCount {
        group: name.to_owned(),
        count,
        spend: Money(spend),
    }
}

impl Engine {
    pub(super) fn rfm_picture(
        &mut self,
        day: Day,
        options: &RfmOptions,
    ) -> Result<InsightReply, Unanswered> {
        let scores = self.scores(day, options)?;
        let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
        let (sums, outside) = sums(columns, &scores);
        let of_cells = |wanted: &dyn Fn(u8) -> bool| {
            let cells = (0..CELLS).zip(sums);
            let cells = cells.filter(|(cell, _)| wanted(*cell));
            cells.map(|(_, sum)| sum).collect::<Vec<_>>()
        };
        let cells = (0..CELLS).zip(sums).filter_map(|(cell, (count, spend))| {
            let [r, f, m] = rfm::scores(cell)?;
            Some(RfmCell {
                r,
                f,
                m,
                count,
                spend: Money(spend),
                group: rfm::group(cell).name().to_owned(),
            })
        });
        let groups = Group::ALL.map(|group| {
            let cells = of_cells(&|cell| rfm::group(cell) == group);
            let extra = (group == Group::Prospects).then_some(outside);
            named(group.name(), cells.into_iter().chain(extra))
        });
        let classes = scores.averages.map(|_| {
            Class::ALL.map(|class| {
                let cells = of_cells(&|cell| rfm::class(cell) == Some(class));
                named(class.name(), cells.into_iter())
            })
        });
        Ok(InsightReply::Rfm(RfmPicture {
            as_of: day,
            scale: scale(&scores),
            saved: *options == self.settings.rfm,
            cells: cells.collect(),
            groups: groups.to_vec(),
            classes: classes.map(|it| it.to_vec()).unwrap_or_default(),
            scored: sums.iter().map(|(count, _)| count).sum(),
            unconverted: columns.unconverted(day),
        }))
    }

    pub(super) fn migration(
        &mut self,
        day: Day,
        since: Day,
        options: &RfmOptions,
    ) -> Result<InsightReply, Unanswered> {
        // One day's scores a step.
        for (done, of) in [since, day].into_iter().enumerate() {
            if self.known_scores(of, options).is_none() {
                self.scores(of, options)?;
                return Ok(working(done + 1, 3));
            }
        }
        let (before, now) = (self.scores(since, options)?, self.scores(day, options)?);
        let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
        let mut moves: BTreeMap<(Option<Band>, Band), u64> = BTreeMap::new();
        for slot in columns.live().iter() {
            let (from, to) = bands_of(columns, slot, &before, &now);
            *moves.entry((from, to)).or_default() += 1;
        }
        let count = |wanted: &dyn Fn(Option<Band>, Band) -> bool| {
            let moves = moves.iter().filter(|((from, to), _)| wanted(*from, *to));
            moves.map(|(_, count)| count).sum()
        };
        Ok(InsightReply::Migration(Migration {
            as_of: day,
            since,
            classes: options.scoring == RfmScoring::Average,
            better: count(&|from, to| from.is_some_and(|from| to < from)),
            worse: count(&|from, to| from.is_some_and(|from| to > from)),
            same: count(&|from, to| from == Some(to)),
            joined: count(&|from, _| from.is_none()),
            moves: moves
                .iter()
                .map(|((from, to), count)| Move {
                    from: from.map(|band| band.name.to_owned()),
                    to: to.name.to_owned(),
                    count: *count,
                })
                .collect(),
        }))
    }

    pub(super) fn reason(
        &mut self,
        customer: CustomerId,
        day: Day,
    ) -> Result<InsightReply, Unanswered> {
        let options = self.settings.rfm.clone();
        let scores = self.scores(day, &options)?;
        let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
        let slot = columns
            .slot(customer)
            .ok_or_else(|| Fault::new(FaultCode::NotFound))?;
        let standings =
            super::members::standings(columns, &scores, self.settings.lifecycle, &[slot]);
        let standing = standings
            .into_iter()
            .next()
            .ok_or_else(|| Fault::new(FaultCode::Internal))?;
        Ok(InsightReply::Reason(CustomerReason {
            as_of: day,
            scale: scale(&scores),
            standing,
        }))
    }
}

/// What migration compares: one of the eight classes where averages decide, else one of the eleven groups; the better
/// ones first. Whoever has no scores is in no class and comes after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Band {
    place: u8,
    pub(super) name: &'static str,
}

impl Band {
    fn of(cell: u8, scoring: RfmScoring) -> Self {
        let by_class = || rfm::class(cell).map(|class| (class as u8, class.name()));
        let (place, name) = match scoring {
            RfmScoring::Average => by_class().unwrap_or((u8::MAX, Group::Prospects.name())),
            RfmScoring::Quintile | RfmScoring::Fixed => {
                let group = rfm::group(cell);
                (group as u8, group.name())
            }
        };
        Self { place, name }
    }

    /// The band of a name, as the scoring has it.
    pub(super) fn named(name: &str, scoring: RfmScoring) -> Option<Self> {
        let cells = (0..CELLS).chain([rfm::NO_CELL]);
        let mut bands = cells.map(|cell| Self::of(cell, scoring));
        bands.find(|band| band.name == name)
    }
}

/// The bands of a customer on both days; `None` where they were not known yet.
pub(super) fn bands_of(
    columns: &Columns,
    slot: u32,
    before: &Rfm,
    now: &Rfm,
) -> (Option<Band>, Band) {
    let cell = |rfm: &Rfm| {
        let cell = rfm.cells.get(slot as usize).copied();
        cell.unwrap_or(rfm::NO_CELL)
    };
    let (from, to) = (cell(before), cell(now));
    let known = from != rfm::NO_CELL || {
        let first = columns.facts(slot, now.as_of).first_order_on;
        super::known_since(columns, slot, first).is_none_or(|since| since <= before.as_of)
    };
    let scoring = now.options.scoring;
    (
        known.then(|| Band::of(from, scoring)),
        Band::of(to, scoring),
    )
}
