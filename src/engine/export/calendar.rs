//! Birthdays and things to do as a calendar.

use super::{busy, next};
use crate::derive::View;
use crate::fault::{self, OrFault};
use crate::{Context, Engine, Unanswered};
use intake::{Event, Planned, Task, write_calendar};
use model::rule::Rule;
use model::{CustomerId, Day};
use protocol::{CalendarExport, Fault};
use segment::{Bitmap, ready};
use std::collections::BTreeMap;

/// Customers who slip away that are worth a task each: more than that nobody calls.
const SLIPPING: usize = 200;

/// A calendar in the making.
pub(super) struct CalendarWork {
    wish: CalendarExport,
    ids: Vec<CustomerId>,
    looked: u64,
    slipping: BTreeMap<CustomerId, u32>,
    expiring: BTreeMap<CustomerId, (Day, i64)>,
    birthdays: Vec<Event>,
    tasks: Vec<Task>,
    planned: Vec<Planned>,
}

/// What needs attention: days since the last order, and points with the day they expire.
struct Pressing {
    slipping: BTreeMap<CustomerId, u32>,
    expiring: BTreeMap<CustomerId, (Day, i64)>,
}

fn chosen(view: &View<'_>, rule: Option<&str>) -> Result<Bitmap, Fault> {
    let mut members = view.columns.live().clone();
    if let Some(rule) = rule {
        let rule = Rule::parse(rule).map_err(fault::of_rule)?;
        members.and(&view.evaluate(&rule)?);
    }
    Ok(members)
}

fn pressing(view: &View<'_>, among: &Bitmap) -> Result<Pressing, Fault> {
    let mut members = view.evaluate(&ready::slipping_away(&view.settings.lifecycle))?;
    members.and(among);
    let mut missed: Vec<(i64, u32)> = members
        .iter()
        .map(|slot| (-view.columns.facts(slot, view.day).spend, slot))
        .collect();
    missed.sort_unstable();
    missed.truncate(SLIPPING);
    let slipping = missed.iter().filter_map(|(_, slot)| {
        let last = view.columns.facts(*slot, view.day).last_order_on?;
        let days = u32::try_from(view.day.0 - last.0).ok()?;
        Some((view.columns.id(*slot)?, days))
    });
    let slipping = slipping.collect();
    let mut expiring = BTreeMap::new();
    if let Some((table, derived)) = view.points() {
        let mut members = view.evaluate(&ready::points_expiring())?;
        members.and(among);
        for slot in members.iter() {
            let standing = table.standing.get(slot as usize);
            let first = standing.and_then(|standing| standing.expires_first);
            let points = derived.expiring_30.get(slot as usize).copied();
            if let (Some(id), Some((on, _)), Some(points)) = (view.columns.id(slot), first, points)
            {
                expiring.insert(id, (on, points));
            }
        }
    }
    Ok(Pressing { slipping, expiring })
}

impl Engine {
    /// How many birthdays and tasks a calendar would have; visits and calls that are planned are not counted.
    pub(super) fn calendar_counts(
        &mut self,
        rule: Option<&str>,
        context: &Context,
    ) -> Result<(u64, u64), Unanswered> {
        let today = self.today(context);
        let view = self.view(today, today)?;
        let among = chosen(&view, rule)?;
        let birthdays = among
            .iter()
            .filter(|slot| view.columns.birthday(*slot).is_some())
            .count();
        let pressing = pressing(&view, &among)?;
        let tasks = pressing.slipping.len() + pressing.expiring.len();
        Ok((birthdays as u64, tasks as u64))
    }
}

impl CalendarWork {
    pub(super) fn new(
        engine: &mut Engine,
        wish: CalendarExport,
        context: &Context,
    ) -> Result<Self, Fault> {
        let today = engine.today(context);
        let view = engine.view(today, today).map_err(busy)?;
        let among = chosen(&view, wish.rule.as_deref())?;
        let pressing = if wish.tasks {
            pressing(&view, &among)?
        } else {
            Pressing {
                slipping: BTreeMap::new(),
                expiring: BTreeMap::new(),
            }
        };
        let wants = |slot: &u32| {
            // Planned visits may be with anybody.
            wish.tasks || (wish.birthdays && view.columns.birthday(*slot).is_some())
        };
        let slots = among.iter().filter(wants);
        let mut ids: Vec<CustomerId> = slots.filter_map(|slot| view.columns.id(slot)).collect();
        ids.sort_unstable();
        Ok(Self {
            wish,
            ids,
            looked: 0,
            slipping: pressing.slipping,
            expiring: pressing.expiring,
            birthdays: Vec::new(),
            tasks: Vec::new(),
            planned: Vec::new(),
        })
    }

    pub(super) fn total(&self) -> u64 {
        self.ids.len() as u64
    }

    /// Customers looked at; at the end, entries of the calendar.
    pub(super) fn done(&self) -> u64 {
        if self.looked < self.total() {
            return self.looked;
        }
        (self.birthdays.len() + self.tasks.len() + self.planned.len()) as u64
    }

    /// Looks at some customers more; at the end writes the file.
    pub(super) fn step(
        &mut self,
        engine: &Engine,
        context: &Context,
        out: &mut Vec<u8>,
    ) -> Result<bool, Fault> {
        let today = engine.today(context);
        let read = engine.store.read();
        let (stretch, to) = next(&self.ids, self.looked);
        for customer in read.customers(stretch).or_fault()? {
            let id = customer.id;
            let name = crate::customers::subject(&customer.fields);
            let fill = |template: &str, what: &str, text: &str| {
                template.replace("{name}", &name).replace(what, text)
            };
            if let (true, Some(birthday)) = (self.wish.birthdays, customer.fields.birthday) {
                self.birthdays.push(Event {
                    id: id.to_string(),
                    text: fill(&self.wish.birthday, "{}", ""),
                    birthday,
                });
            }
            if let Some(days) = self.slipping.get(&id) {
                self.tasks.push(Task {
                    id: format!("slipping-{id}"),
                    text: fill(&self.wish.slipping, "{days}", &days.to_string()),
                    due: today,
                });
            }
            if let Some((due, points)) = self.expiring.get(&id) {
                self.tasks.push(Task {
                    id: format!("points-{id}"),
                    text: fill(&self.wish.expiring, "{points}", &points.to_string()),
                    due: *due,
                });
            }
            if self.wish.tasks {
                for planned in read.interactions_after(id, context.now).or_fault()? {
                    self.planned.push(Planned {
                        id: planned.id.to_string(),
                        text: fill(&self.wish.planned, "{what}", &planned.fields.kind),
                        at: planned.fields.at,
                    });
                }
            }
        }
        self.looked = to as u64;
        if to < self.ids.len() {
            return Ok(false);
        }
        let head = (self.wish.title.as_str(), context.now, today);
        write_calendar(head, &self.birthdays, &self.tasks, &self.planned, out);
        Ok(true)
    }
}
