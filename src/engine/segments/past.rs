//! Sets of customers by what held or happened in the past.

use crate::fault::{self, OrFault};
use crate::{Engine, Unanswered};
use model::rule::Rule;
use model::{CustomerId, Day, SegmentId};
use protocol::{Fault, Past};
use segment::{Bitmap, Columns};
use std::rc::Rc;
use store::SegmentEvent;

impl Engine {
    /// The customers for whom all of it is so.
    pub(crate) fn past_members(&mut self, past: &[Past], today: Day) -> Result<Bitmap, Unanswered> {
        let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
        let mut members = columns.live().clone();
        for one in past {
            members.and(&self.past_set(one, today)?);
        }
        Ok(members)
    }

    fn past_set(&mut self, past: &Past, today: Day) -> Result<Bitmap, Unanswered> {
        match past {
            Past::Held { rule, on } => {
                let rule = Rule::parse(rule).map_err(fault::of_rule)?;
                let arrivals = self.arrivals();
                let view = self.view_rule(&rule, *on, today)?;
                let mut members = view.evaluate(&rule)?;
                members.and(&arrivals.by(view.columns.live(), *on));
                Ok(members)
            }
            Past::Absent { on } => {
                let arrivals = self.arrivals();
                let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
                let mut members = columns.live().clone();
                members.and_not(&arrivals.by(columns.live(), *on));
                Ok(members)
            }
            Past::Entered { segment, from, to } => self.who_moved(*segment, true, *from, *to),
            Past::Left { segment, from, to } => self.who_moved(*segment, false, *from, *to),
            Past::Member { segment, on } => {
                let ids = members_on(self.store.read(), *segment, *on)?;
                Ok(self.set_of(&ids)?)
            }
        }
    }

    fn who_moved(
        &self,
        segment: SegmentId,
        entered: bool,
        from: Day,
        to: Day,
    ) -> Result<Bitmap, Unanswered> {
        let events = self
            .store
            .read()
            .segment_events(segment, from, to)
            .or_fault()?;
        let ids: Vec<CustomerId> = events
            .into_iter()
            .filter(|event| event.entered == entered)
            .map(|event| event.customer)
            .collect();
        self.set_of(&ids)
    }

    fn set_of(&self, ids: &[CustomerId]) -> Result<Bitmap, Unanswered> {
        let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
        let mut set = Bitmap::empty(columns.slots());
        for id in ids {
            if let Some(slot) = columns.slot(*id) {
                set.set(slot, true);
            }
        }
        Ok(set)
    }
}

/// The first day each slot's customer was there: the earliest of signing up, being recorded and the first order.
#[derive(Debug, Default)]
pub(crate) struct Arrivals(Vec<Day>);

impl Arrivals {
    /// Of everybody.
    pub(crate) fn of(columns: &Columns) -> Self {
        let never = Day(i32::MAX);
        let day = |slot: u32| {
            let bought = columns.orders(slot).map(|order| order.day()).min();
            [columns.signup_on(slot), columns.created_on(slot), bought]
                .into_iter()
                .flatten()
                .min()
                .unwrap_or(never)
        };
        Self((0..columns.slots() as u32).map(day).collect())
    }

    /// Customers who were there by the end of a day.
    pub(crate) fn by(&self, live: &Bitmap, day: Day) -> Bitmap {
        let mut there = Bitmap::empty(live.len());
        for slot in live.iter() {
            let arrived = self.0.get(slot as usize);
            there.set(slot, arrived.is_some_and(|arrived| *arrived <= day));
        }
        there
    }
}

impl Engine {
    /// When everybody came, worked out once for each state of the data.
    pub(crate) fn arrivals(&mut self) -> Rc<Arrivals> {
        let version = self.data_version;
        match &self.arrivals {
            Some((of, arrivals)) if *of == version => Rc::clone(arrivals),
            _ => {
                let arrivals = Rc::new(self.columns.as_ref().map(Arrivals::of).unwrap_or_default());
                self.arrivals = Some((version, Rc::clone(&arrivals)));
                arrivals
            }
        }
    }
}

/// Who was in a saved segment at the end of a day, by id, as it was noted: who is in now, without those who came since
/// and with those who went.
pub(crate) fn members_on(
    read: store::Reader<'_>,
    segment: SegmentId,
    on: Day,
) -> Result<Vec<CustomerId>, Fault> {
    let Some(watch) = read.watch(segment).or_fault()? else {
        return Ok(Vec::new());
    };
    if on < watch.since {
        return Ok(Vec::new());
    }
    let mut members: std::collections::BTreeSet<CustomerId> = watch.members.into_iter().collect();
    let later = read
        .segment_events(segment, on.plus_days(1), watch.day)
        .or_fault()?;
    for SegmentEvent {
        customer, entered, ..
    } in later.iter().rev()
    {
        if *entered {
            members.remove(customer);
        } else {
            members.insert(*customer);
        }
    }
    Ok(members.into_iter().collect())
}
