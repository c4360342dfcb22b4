//! Tiers over rolling months or a lifetime, rising at once: as `crate::tiers`, without refunds and mergings.

use super::calendar::Calendar;
use crate::expiry::NEVER;
use model::program::{Downgrade, Measure, Tiers, Upgrade, Window};

/// Whether the rules are those that this file knows.
pub(super) fn is_common(tiers: &Tiers) -> bool {
    let window = match tiers.window {
        Window::RollingMonths(n) => n > 0 && tiers.keep_months > 0,
        Window::Lifetime => true,
        Window::CalendarYear | Window::Anniversary => false,
    };
    window && tiers.upgrade == Upgrade::AtOnce && tiers.levels.len() <= MOST_LEVELS
}

/// Levels that rates have factors for.
pub(super) const MOST_LEVELS: usize = 15;

/// What the measure is taken over: the orders so far.
pub(super) struct Orders<'a> {
    pub(super) days: &'a [i32],
    pub(super) amounts: &'a [i64],
    pub(super) points: &'a [i64],
}

/// What a tier comes to at the end.
pub(super) struct Judged {
    pub(super) points: i64,
    pub(super) measure: i64,
    pub(super) until: Option<i32>,
    pub(super) next: Option<(u16, i64)>,
}

/// A member's tier as time goes by.
pub(super) struct Tier<'p> {
    tiers: Option<&'p Tiers>,
    /// Levels reached; 0 is below the first.
    pub(super) level: u16,
    base: u16,
    until: i32,
    /// What of the measure makes the next level; nothing does at the highest.
    rises_at: i64,
    /// The first order inside the window of the last day looked at.
    tail: usize,
    points: i64,
    spend: i64,
    visits: i64,
}

impl<'p> Tier<'p> {
    pub(super) fn new(tiers: Option<&'p Tiers>) -> Self {
        let base = tiers.map_or(0, |tiers| level_of(tiers, 0));
        let mut tier = Self {
            tiers,
            level: 0,
            base,
            until: NEVER,
            rises_at: i64::MAX,
            tail: 0,
            points: 0,
            spend: 0,
            visits: 0,
        };
        tier.set(base, NEVER);
        tier
    }

    /// The next day on which time alone may change the tier.
    #[inline]
    pub(super) fn next_check(&self) -> i32 {
        self.until.saturating_add(1)
    }

    /// Points of an order have posted.
    #[inline]
    pub(super) fn add_points(&mut self, points: i64) -> Option<()> {
        self.points = self.points.checked_add(points)?;
        Some(())
    }

    /// An order counts.
    #[inline]
    pub(super) fn contribute(&mut self, spend: i64) -> Option<()> {
        self.spend = self.spend.checked_add(spend)?;
        self.visits += 1;
        Some(())
    }

    fn set(&mut self, level: u16, until: i32) {
        self.level = level;
        self.until = until;
        let levels = self.tiers.map_or(&[][..], |tiers| &tiers.levels);
        let next = levels.get(usize::from(level));
        self.rises_at = next.map_or(i64::MAX, |next| next.from);
    }

    /// Rises at once where the measure of `day` reaches a higher level.
    #[inline]
    pub(super) fn rise(
        &mut self,
        calendar: &Calendar,
        orders: &Orders<'_>,
        day: i32,
    ) -> Option<()> {
        let Some(tiers) = self.tiers else {
            return Some(());
        };
        // The sums still have what has left the window since: where not even those suffice, it need not be moved.
        if self.of(tiers.measure) < self.rises_at {
            return Some(());
        }
        let measured = level_of(tiers, self.measure(tiers, calendar, orders, day));
        if measured > self.level {
            self.set(measured, self.end(tiers, calendar, measured, day));
        }
        Some(())
    }

    /// The level's last day has passed; `day` is the day after.
    pub(super) fn check(
        &mut self,
        calendar: &Calendar,
        orders: &Orders<'_>,
        day: i32,
    ) -> Option<()> {
        let tiers = self.tiers?;
        let judged = day.saturating_sub(1);
        let measure = self.measure(tiers, calendar, orders, judged);
        let measured = level_of(tiers, measure).max(self.base);
        let until = self.until;
        if measured > self.level {
            self.set(measured, self.end(tiers, calendar, measured, judged));
        } else if measured == self.level {
            self.until = self.end(tiers, calendar, measured, judged).max(until);
        } else {
            self.fall(tiers, calendar, measured, judged, day);
        }
        Some(())
    }

    fn fall(&mut self, tiers: &Tiers, calendar: &Calendar, measured: u16, judged: i32, day: i32) {
        let level = match tiers.downgrade {
            Downgrade::Never => {
                self.until = NEVER;
                return;
            }
            Downgrade::ToMeasure => measured,
            Downgrade::OneDown => self.level.saturating_sub(1).max(measured),
        };
        let until = if level <= self.base {
            NEVER
        } else if level == measured {
            self.end(tiers, calendar, level, judged)
        } else {
            calendar.kept(judged).max(day)
        };
        self.set(level, until);
    }

    /// The last day of a level that the measure of `day` gave.
    fn end(&self, tiers: &Tiers, calendar: &Calendar, level: u16, day: i32) -> i32 {
        match tiers.window {
            Window::RollingMonths(_) if level > self.base => calendar.kept(day),
            _ => NEVER,
        }
    }

    fn of(&self, measure: Measure) -> i64 {
        match measure {
            Measure::QualifyingPoints => self.points,
            Measure::Spend => self.spend,
            Measure::Visits => self.visits,
        }
    }

    /// The measure over the window of `day`, which must not lie before any day asked for earlier.
    fn measure(
        &mut self,
        tiers: &Tiers,
        calendar: &Calendar,
        orders: &Orders<'_>,
        day: i32,
    ) -> i64 {
        let start = calendar.window_start(day);
        // Pending points are younger than any window is short, so what leaves it has posted.
        while orders.days.get(self.tail).is_some_and(|day| *day < start) {
            self.points -= orders.points.get(self.tail).copied().unwrap_or(0);
            let amount = orders.amounts.get(self.tail).copied().unwrap_or(0);
            self.spend -= amount.max(0);
            self.visits -= 1;
            self.tail += 1;
        }
        self.of(tiers.measure)
    }

    /// What there is at the end of `day`.
    pub(super) fn finish(&mut self, calendar: &Calendar, orders: &Orders<'_>, day: i32) -> Judged {
        let Some(tiers) = self.tiers else {
            return Judged {
                points: self.points,
                measure: self.points,
                until: None,
                next: None,
            };
        };
        let measure = self.measure(tiers, calendar, orders, day);
        let next = tiers.levels.get(usize::from(self.level));
        Judged {
            points: self.points,
            measure,
            until: (self.until != NEVER).then_some(self.until),
            next: next.map(|next| (self.level, next.from.saturating_sub(measure).max(0))),
        }
    }
}

/// Levels that a measure reaches.
fn level_of(tiers: &Tiers, measure: i64) -> u16 {
    let reached = tiers
        .levels
        .iter()
        .take_while(|level| level.from <= measure);
    u16::try_from(reached.count()).unwrap_or(u16::MAX)
}
