//! The owner's view: what is owed, what it means for the books, how points move, what the programme costs.
//!
//! One pass over everybody ([`pass`]) per day and data version; everything else is read off it and off everybody's
//! balances. The arithmetic is that of `loyalty::liability` and `loyalty::breakage`; `docs/liability.md` has every
//! definition.

mod books;
mod effect;
mod export;
mod moves;
mod owed;
mod pass;
mod rows;

pub(crate) use export::write;

use crate::derive::View;
use crate::points::PointsTable;
use crate::{Context, Engine, Unanswered};
use loyalty::liability::PointValue;
use model::program::Program;
use model::{Day, PointsAssumptions};
use pass::{Ground, NO_MEMBER, Pass};
use protocol::{Fault, FaultCode, LiabilityQuery, LiabilityReply, Reply, TierPlace, Whence};
use std::rc::Rc;

/// What is kept until the data changes.
#[derive(Default)]
pub(crate) struct LiabilityCache {
    /// The data version all of it is of.
    version: u64,
    /// Of a day.
    pass: Option<(Day, Rc<Pass>)>,
    /// Tiers and balances of an earlier day.
    then: Option<Rc<moves::Then>>,
    /// Rows that a page is reading in stretches.
    rows: Option<Rc<rows::Kept>>,
}

/// Everything a part of the owner's view is made of.
struct Sight<'a> {
    view: View<'a>,
    table: &'a PointsTable,
    program: &'a Program,
    pass: &'a Pass,
}

/// What points are worth, and who says so.
fn value_of(program: &Program, said: &PointsAssumptions) -> (Option<PointValue>, Whence) {
    if let Some(worth) = said.worth_of_100 {
        let points = PointsAssumptions::HUNDRED;
        return (Some(PointValue { points, worth }), Whence::Owner);
    }
    match &program.redeem {
        Some(redeem) => {
            let (points, worth) = (redeem.points, redeem.worth);
            (Some(PointValue { points, worth }), Whence::Known)
        }
        None => (None, Whence::Careful),
    }
}

impl Sight<'_> {
    fn value(&self) -> (Option<PointValue>, Whence) {
        value_of(self.program, &self.view.settings.points)
    }

    /// Slots of the members there are by a day.
    fn members(&self, by: Day) -> impl Iterator<Item = u32> + '_ {
        let live = self.view.columns.live().iter();
        live.filter(move |slot| self.since(*slot) <= by.0)
    }

    fn since(&self, slot: u32) -> i32 {
        let since = self.pass.member_since.get(slot as usize);
        since.copied().unwrap_or(NO_MEMBER)
    }

    /// Where a slot stands among today's tiers; the number is the tier's, from 1, lowest first.
    fn tier(&self, slot: u32) -> u16 {
        let standing = self.table.standing.get(slot as usize);
        standing
            .and_then(|standing| standing.tier)
            .map_or(0, |tier| tier + 1)
    }
}

/// A tier's place by its number: 0 is below the first.
fn place_of(tiers: &[(String, String)], number: u16) -> TierPlace {
    let tier = usize::from(number).checked_sub(1);
    match tier.and_then(|tier| tiers.get(tier)) {
        Some((id, _)) => TierPlace::In(id.clone()),
        None => TierPlace::Below,
    }
}

/// The number of a place; `None` for one that is not there (any more).
fn number_of(tiers: &[(String, String)], place: &TierPlace) -> Option<u16> {
    match place {
        TierPlace::Outside => None,
        TierPlace::Below => Some(0),
        TierPlace::In(id) => {
            let at = tiers.iter().position(|(known, _)| known == id)?;
            u16::try_from(at + 1).ok()
        }
    }
}

/// The day twelve months before.
fn a_year_before(day: Day) -> Day {
    day.plus_months(-12)
}

impl Engine {
    /// Answers a part of the owner's view.
    pub(crate) fn liability(
        &mut self,
        query: &LiabilityQuery,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let today = self.today(context);
        let reply = match query {
            LiabilityQuery::Owed { as_of } => self.sight(*as_of, today, |sight| {
                Ok(LiabilityReply::Owed(owed::owed(sight)))
            })?,
            LiabilityQuery::Books { as_of } => self.sight(*as_of, today, |sight| {
                Ok(LiabilityReply::Books(books::books(sight)))
            })?,
            LiabilityQuery::Flows { as_of } => self.sight(*as_of, today, |sight| {
                Ok(LiabilityReply::Flows(owed::flows(sight)))
            })?,
            LiabilityQuery::Moves { as_of, since } => {
                let then = self.then(*as_of, *since, today)?;
                self.sight(*as_of, today, |sight| {
                    Ok(LiabilityReply::Moves(moves::moves(sight, &then)))
                })?
            }
            LiabilityQuery::Effect { as_of, since } => {
                let since = since.unwrap_or_else(|| a_year_before(as_of.unwrap_or(today)));
                self.sight(*as_of, today, |sight| {
                    Ok(LiabilityReply::Effect(effect::effect(sight, since)))
                })?
            }
            LiabilityQuery::Rows(request) => {
                LiabilityReply::Rows(self.points_rows(request, today)?)
            }
        };
        Ok(Reply::Liability(Box::new(reply)))
    }

    /// Looks at everybody at the end of a day.
    fn sight<T>(
        &mut self,
        as_of: Option<Day>,
        today: Day,
        look: impl FnOnce(&Sight<'_>) -> Result<T, Fault>,
    ) -> Result<T, Unanswered> {
        let day = as_of.unwrap_or(today);
        let pass = self.pass(day, today)?;
        let view = self.view_points(day, today)?;
        let programs = Rc::clone(&view.programs);
        let again = view.clone();
        let (Some((table, _)), Some(version)) = (again.points(), programs.in_force(day)) else {
            return Err(Fault::new(FaultCode::NoProgram).into());
        };
        let sight = Sight {
            view,
            table,
            program: &version.program,
            pass: &pass,
        };
        Ok(look(&sight)?)
    }

    /// The pass of a day, made once for each data version.
    fn pass(&mut self, day: Day, today: Day) -> Result<Rc<Pass>, Unanswered> {
        if self.liability.version != self.data_version {
            self.liability = LiabilityCache {
                version: self.data_version,
                ..LiabilityCache::default()
            };
        }
        if let Some((known, pass)) = &self.liability.pass
            && *known == day
        {
            return Ok(Rc::clone(pass));
        }
        let view = self.view_points(day, today)?;
        let version = view.programs.in_force(day);
        let version = version.ok_or_else(|| Fault::new(FaultCode::NoProgram))?;
        let (value, _) = value_of(&version.program, &view.settings.points);
        let ground = Ground {
            columns: view.columns,
            read: view.read,
            programs: &view.programs,
            day,
        };
        let pass = Rc::new(ground.pass(value)?);
        self.liability.pass = Some((day, Rc::clone(&pass)));
        Ok(pass)
    }
}
