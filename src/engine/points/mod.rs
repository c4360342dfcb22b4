//! Points: the programme's versions, one member's account, everybody's balances, and the commands on them.
//!
//! Recorded (in the store): redemptions, adjustments, reversals, bonuses. Derived (by crate `loyalty`, never stored):
//! what follows from orders, refunds, events and time. A balance "today" is that of the end of the local day, so
//! that it does not change from one minute to the next without a record.

mod between;
mod commands;
mod counter;
mod counter_acts;
mod data;
mod design;
mod everybody;
mod fast;
mod given;
mod liability;
mod lots;
mod member;
pub(crate) mod replay;
mod replay_rows;
mod rewards;
mod source;
mod united;
mod views;
mod write;

pub(crate) use between::{Pair, merge, settle, transfer};
pub(crate) use commands::{Wish, adjust, redeem, release_order, reverse, set_program};
pub(crate) use counter_acts::act;
pub(crate) use everybody::{PointsTable, everybody, of_slot};
pub(crate) use given::{Bonus, bonus, event, referral};
pub(crate) use liability::{LiabilityCache, write as write_points};
pub(crate) use member::{MemberFacts, points_by_order};
pub(crate) use united::{Apart, apart, unite};
pub(crate) use views::{entry_views, overview_of, stretch};
pub(crate) use write::check_key;

use crate::Engine;
use crate::fault::OrFault;
use loyalty::{AsOf, Version};
use model::program::{Program, ProgramError};
use model::{CustomerId, Day, Zone};
use protocol::{Fault, FaultCode};
use std::collections::BTreeSet;
use std::rc::Rc;

/// All versions of the programme.
#[derive(Clone, Debug, Default)]
pub(crate) struct Programs {
    /// As the fold wants them.
    pub(crate) versions: Vec<Version>,
    /// The JSON of each, as it was saved.
    pub(crate) texts: Vec<String>,
}

impl Programs {
    fn read(stored: Vec<store::ProgramVersion>) -> Result<Self, Fault> {
        let mut programs = Self::default();
        for version in stored {
            let program = Program::parse(&version.program).map_err(bad_program)?;
            programs.versions.push(Version {
                number: version.version,
                from: version.from,
                program,
            });
            programs.texts.push(version.program);
        }
        Ok(programs)
    }

    /// Whether there is no programme at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }

    /// The version in force on a day; before the first one, the first.
    pub(crate) fn in_force(&self, day: Day) -> Option<&Version> {
        // Of two with the same first day the higher number holds, as in the fold.
        self.versions
            .iter()
            .filter(|version| version.from.is_none_or(|from| from <= day))
            .max_by_key(|version| (version.from, version.number))
            .or_else(|| self.versions.first())
    }

    /// The zone of the programme's days.
    pub(crate) fn zone(&self, day: Day) -> Zone {
        self.in_force(day)
            .map_or(Zone::UTC, |version| version.program.time_zone)
    }

    /// All of a local day.
    pub(crate) fn as_of(&self, day: Day) -> AsOf {
        AsOf::end_of(day, &self.zone(day))
    }
}

/// A programme that cannot be read.
pub(crate) fn bad_program(error: ProgramError) -> Fault {
    Fault::new(FaultCode::BadProgram)
        .at(error.path)
        .found(error.found)
        .expected(error.expected)
}

/// Whether a programme's currency and zone are the business's: points are earned on amounts and days of the business,
/// so that another currency or zone would fit neither.
pub(crate) fn fits_business(
    program: &Program,
    settings: &model::WorkspaceSettings,
) -> Result<(), Fault> {
    for (path, found, expected) in [
        (
            "currency",
            program.currency.code(),
            settings.currency.code(),
        ),
        ("time_zone", program.time_zone.name(), settings.zone.name()),
    ] {
        if found != expected {
            return Err(Fault::new(FaultCode::BadProgram)
                .at(path)
                .found(found)
                .expected(expected));
        }
    }
    Ok(())
}

/// Points beyond 64 bits.
pub(crate) fn overflow(error: loyalty::Overflow) -> Fault {
    Fault::new(FaultCode::Internal).detail(error.to_string())
}

impl Engine {
    /// The programme's versions, read once.
    pub(crate) fn programs(&mut self) -> Result<Rc<Programs>, Fault> {
        if let Some(programs) = &self.programs {
            return Ok(Rc::clone(programs));
        }
        let programs = Rc::new(Programs::read(self.store.read().programs().or_fault()?)?);
        self.programs = Some(Rc::clone(&programs));
        Ok(programs)
    }

    /// Calculates the points of these customers anew in the cache of today.
    pub(crate) fn follow_points(&mut self, customers: &BTreeSet<CustomerId>) -> Result<(), Fault> {
        /// Above this many it is faster to calculate everybody when next asked.
        const FEW: usize = 2_000;
        self.other_day = None;
        if customers.len() > FEW {
            self.today = None;
        }
        let programs = self.programs()?;
        let Some(compiled) = self.compiled(&programs)? else {
            return Ok(());
        };
        let (Some(columns), Some(cache)) = (self.columns.as_ref(), self.today.as_mut()) else {
            return Ok(());
        };
        let day = cache.day;
        let Some((table, derived)) = cache.points_mut() else {
            return Ok(());
        };
        let with = everybody::Again {
            columns,
            read: self.store.read(),
            programs: &programs,
            compiled: &compiled,
        };
        everybody::update(table, derived, &with, customers, day)
    }

    /// The programme compiled against the dictionaries of the columns, kept until either changes; `None` without
    /// columns.
    fn compiled(
        &mut self,
        programs: &Rc<Programs>,
    ) -> Result<Option<Rc<loyalty::Programs>>, Fault> {
        let Some(columns) = self.columns.as_ref() else {
            self.compiled = None;
            return Ok(None);
        };
        // Codes never change their text while the columns are in memory; new ones come at the end.
        let texts = (columns.terms().count(), columns.coupons().count());
        if let Some(known) = &self.compiled
            && known.texts == texts
            && known.generation == self.loading.generation
            && Rc::ptr_eq(&known.source, programs)
        {
            return Ok(Some(Rc::clone(&known.programs)));
        }
        let compiled = Rc::new(everybody::compile(columns, programs)?);
        self.compiled = Some(Compiled {
            texts,
            generation: self.loading.generation,
            source: Rc::clone(programs),
            programs: Rc::clone(&compiled),
        });
        Ok(Some(compiled))
    }
}

/// Compiled programmes, and what they were compiled from.
pub(crate) struct Compiled {
    /// How many terms and coupons there were.
    texts: (usize, usize),
    /// Which loading of the columns it was.
    generation: u64,
    source: Rc<Programs>,
    programs: Rc<loyalty::Programs>,
}
