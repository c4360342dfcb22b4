//! Points for what is no purchase, and the caps of rules.

use super::{Fold, Sink};
use crate::Overflow;
use crate::earn::Part;
use crate::ledger::{Entry, EntryKind};
use crate::lots::{Lot, Source};
use crate::programs::{Compiled, EventGives};
use crate::ratio::Ratio;
use crate::step::Step;
use crate::tiers::Contribution;
use model::program::CapPeriod;
use model::{Day, Timestamp};

/// Points that a rule gave a member within one period of its cap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Used {
    counter: u16,
    per: CapPeriod,
    /// Day, month or year, counted; 0 for ever.
    period: i32,
    points: i64,
}

fn period_of(per: CapPeriod, day: Day) -> i32 {
    match per {
        CapPeriod::Order | CapPeriod::Ever => 0,
        CapPeriod::Day => day.0,
        // Months are 1 to 12, so this is unique.
        CapPeriod::Month => day
            .year()
            .saturating_mul(12)
            .saturating_add(day.month() as i32),
        CapPeriod::Year => day.year(),
    }
}

impl<S: Sink> Fold<'_, S> {
    /// How much room a rule's cap leaves on a day; no limit where it has none.
    pub(super) fn room(&self, version: &Compiled, rule: u16, day: i32) -> i64 {
        let Some(capped) = version.cap(rule) else {
            return i64::MAX;
        };
        let per = capped.cap.per;
        let most = capped.cap.points.0;
        if per == CapPeriod::Order {
            return most;
        }
        let period = period_of(per, Day(day));
        let used =
            self.buffers.caps.iter().find(|used| {
                (used.counter, used.per, used.period) == (capped.counter, per, period)
            });
        most.saturating_sub(used.map_or(0, |used| used.points))
            .max(0)
    }

    /// Counts points (below zero: no longer given) against a rule's cap in the period of `day`.
    pub(super) fn use_room(
        &mut self,
        version: &Compiled,
        rule: u16,
        day: i32,
        points: i64,
    ) -> Result<(), Overflow> {
        let Some(capped) = version
            .cap(rule)
            .filter(|it| it.cap.per != CapPeriod::Order)
        else {
            return Ok(());
        };
        let per = capped.cap.per;
        let period = period_of(per, Day(day));
        let known =
            self.buffers.caps.iter_mut().find(|used| {
                (used.counter, used.per, used.period) == (capped.counter, per, period)
            });
        match known {
            Some(used) => used.points = used.points.checked_add(points).ok_or(Overflow)?,
            None => self.buffers.caps.push(Used {
                counter: capped.counter,
                per,
                period,
                points,
            }),
        }
        Ok(())
    }

    pub(super) fn signup(&mut self, day: i32) -> Result<(), Overflow> {
        let Some((_, version)) = self.in_force() else {
            return Ok(());
        };
        self.buffers.earn.parts.clear();
        for rule in version.signup.iter().filter(|rule| rule.gate.open_on(day)) {
            let (rule, points) = (rule.gate.rule, rule.points);
            self.buffers.earn.parts.push(Part { rule, points });
        }
        self.award(version, Source::Signup, None, day)
    }

    pub(super) fn birthday(&mut self, year: i32, day: i32) -> Result<(), Overflow> {
        let (Some((_, version)), Some(known)) = (self.in_force(), self.member.birthday) else {
            return Ok(());
        };
        self.buffers.earn.parts.clear();
        for it in &version.birthday {
            let known_long_enough = known.known_on.0.saturating_add(it.known_for_days) <= day;
            if known_long_enough && it.rule.gate.open_on(day) {
                let (rule, points) = (it.rule.gate.rule, it.rule.points);
                self.buffers.earn.parts.push(Part { rule, points });
            }
        }
        self.award(version, Source::Birthday(year), None, day)
    }

    pub(super) fn event(&mut self, index: u32) -> Result<(), Overflow> {
        let Some(event) = self.member.events.get(index as usize) else {
            return Ok(());
        };
        let Some((_, version)) = self.in_force() else {
            return Ok(());
        };
        let day = event.day.0;
        self.buffers.earn.parts.clear();
        let rules = version.events.iter();
        for rule in rules.filter(|rule| rule.name == event.kind && rule.gate.open_on(day)) {
            let points = match &rule.gives {
                EventGives::Fixed(points) => *points,
                EventGives::Rate {
                    points,
                    per,
                    rounding,
                } => {
                    let amount = Ratio::whole(event.amount.map_or(0, |money| money.0.max(0)));
                    let steps = amount.steps(*per, *rounding)?;
                    points.scale(steps, Ratio::ONE, *rounding)?
                }
            };
            self.buffers.earn.parts.push(Part {
                rule: rule.gate.rule,
                points,
            });
        }
        self.award(version, Source::Event(event.id), Some(event.at), day)
    }

    /// Cuts what the rules give down to their caps and counts it; returns the sum.
    pub(super) fn apply_caps(&mut self, version: &Compiled, day: i32) -> Result<i64, Overflow> {
        let mut parts = std::mem::take(&mut self.buffers.earn.parts);
        let mut sum: i64 = 0;
        for part in &mut parts {
            part.points = part.points.min(self.room(version, part.rule, day));
            self.use_room(version, part.rule, day, part.points)?;
            sum = sum.checked_add(part.points).ok_or(Overflow)?;
        }
        self.buffers.earn.parts = parts;
        Ok(sum)
    }

    /// Gives what the rules in `parts` give for something that is no purchase: it posts at once.
    fn award(
        &mut self,
        version: &Compiled,
        source: Source,
        at: Option<Timestamp>,
        day: i32,
    ) -> Result<(), Overflow> {
        let points = self.apply_caps(version, day)?;
        if points <= 0 {
            return Ok(());
        }
        let (expires, inactivity_months) = self.expiry_by_program(day);
        let contribution = self.contribute(Contribution {
            day,
            points,
            posted: true,
            spend: 0,
            visits: 0,
        })?;
        let lot = Lot {
            source,
            earned: day,
            expires,
            posts: day,
            points,
            left: points,
            inactivity_months,
            contribution,
            pending: false,
        };
        self.buffers.lots.give(lot)?;
        self.tally(Step {
            kind: EntryKind::Accrual,
            day: Day(day),
            points: model::Points(points),
            order: None,
            pending: false,
        });
        if S::LISTS {
            let entry = Entry::accrual(&lot, at, version, &self.buffers.earn.parts);
            self.sink.add(None, entry);
        }
        Ok(())
    }
}
