//! Points: the programme's versions, one member's account, everybody's balances, and the commands on them.
//!
//! Recorded (in the store): redemptions, adjustments, reversals, bonuses. Derived (by crate `loyalty`, never stored):
//! what follows from orders, refunds, events and time. A balance "today" is that of the end of the local day, so
//! that it does not change from one minute to the next without a record.

mod commands;
mod everybody;
mod member;
mod source;
mod views;

pub(crate) use commands::{Wish, adjust, check_key, redeem, reverse, set_program};
pub(crate) use everybody::{PointsTable, everybody, of_slot};
pub(crate) use member::{MemberFacts, points_by_order};
pub(crate) use views::{entry_views, overview_of, stretch};

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
        let (Some(columns), Some(cache)) = (self.columns.as_ref(), self.today.as_mut()) else {
            return Ok(());
        };
        let day = cache.day;
        match cache.points_mut() {
            Some((table, derived)) => everybody::update(
                table,
                derived,
                columns,
                self.store.read(),
                &programs,
                customers,
                day,
            ),
            None => Ok(()),
        }
    }
}
