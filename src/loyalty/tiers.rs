//! Tiers: what decides them, when members rise and fall.
//!
//! The measure of a day is taken over its window: rolling n months are the n calendar months that end with the day;
//! calendar year and anniversary start anew. Every contribution (a purchase, an event) is dated by the day earned, counts
//! its points once they have posted, and is lowered by refunds.
//!
//! - `at_once`: the member rises as soon as the measure reaches a level. `period_end`: only when the period ends: the year
//!   of the window, or the calendar month for rolling and lifetime windows.
//! - A tier is kept to its last day: `keep_months` after the day it was reached (rolling), or after the end of the year
//!   it was reached in (calendar year, anniversary). Then the measure of that last day renews it, or the member falls
//!   as `downgrade` says. With `keep_months` 0 it is held while the measure holds it. A lifetime measure does not fall with
//!   time, so there a tier has no last day.
//! - `keep_months` protects against time passing, not against a refund: when the purchases that made a tier are
//!   returned, so that neither the measure of the day it was reached nor today's holds it, it is lost at once (unless
//!   `downgrade` is `never`).
//!
//! Worked example: calendar year, keep 12: gold reached on 2022-01-20 lasts to 2023-12-31.

use crate::Overflow;
use crate::expiry::{Memo, NEVER, end_of_year, plus_months};
use model::Day;
use model::program::{Downgrade, Measure, Tiers, Upgrade, Window};

/// What one purchase or event contributes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contribution {
    pub(crate) day: i32,
    pub(crate) points: i64,
    pub(crate) posted: bool,
    pub(crate) spend: i64,
    pub(crate) visits: i64,
}

/// Sums over a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) points: i64,
    spend: i64,
    visits: i64,
}

impl Sums {
    fn add(&mut self, it: &Contribution) -> Result<(), Overflow> {
        if it.posted {
            self.points = self.points.checked_add(it.points).ok_or(Overflow)?;
        }
        self.spend = self.spend.checked_add(it.spend).ok_or(Overflow)?;
        self.visits = self.visits.checked_add(it.visits).ok_or(Overflow)?;
        Ok(())
    }

    fn remove(&mut self, it: &Contribution) {
        // No contribution is below zero, so what was added can be taken away.
        if it.posted {
            self.points -= it.points;
        }
        self.spend -= it.spend;
        self.visits -= it.visits;
    }

    pub(crate) fn of(self, measure: Measure) -> i64 {
        match measure {
            Measure::QualifyingPoints => self.points,
            Measure::Spend => self.spend,
            Measure::Visits => self.visits,
        }
    }
}

/// A level as it was before a merging.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept {
    level: u16,
    until: i32,
    attained: i32,
}

/// A member's tier as time goes by.
#[derive(Clone, Debug)]
pub(crate) struct TierState {
    contributions: Vec<Contribution>,
    /// First contribution inside the window of the last day looked at.
    tail: usize,
    sums: Sums,
    /// Levels reached; 0 is below the first.
    pub(crate) level: u16,
    /// Last day of the level; [`NEVER`] where it does not end.
    pub(crate) until: i32,
    /// The day whose measure gave the level.
    attained: i32,
    /// First day of the next period, for upgrades at period ends.
    next_period: i32,
    joined: Option<i32>,
    /// Merged away: there is no tier until the merging is reversed. What there was then.
    left: Option<Kept>,
    /// Starts of windows, for each version.
    window_starts: Vec<Memo>,
    version: usize,
}

impl TierState {
    pub(crate) fn new(versions: usize) -> Self {
        Self {
            contributions: Vec::new(),
            tail: 0,
            sums: Sums::default(),
            level: 0,
            until: NEVER,
            attained: i32::MIN,
            next_period: NEVER,
            joined: None,
            left: None,
            window_starts: vec![Memo::new(); versions.max(1)],
            version: 0,
        }
    }

    /// Starts a member who joined on a day, if that is known.
    pub(crate) fn clear(&mut self, joined: Option<i32>) {
        self.contributions.clear();
        self.tail = 0;
        self.sums = Sums::default();
        (self.level, self.until) = (0, NEVER);
        (self.attained, self.next_period) = (i32::MIN, NEVER);
        self.joined = joined;
        self.left = None;
    }

    /// The next day on which time alone may change the tier.
    pub(crate) fn next_check(&self) -> i32 {
        if self.left.is_some() {
            return NEVER;
        }
        self.until.saturating_add(1).min(self.next_period)
    }

    /// A version (by index) comes into force on `day`.
    pub(crate) fn change_rules(
        &mut self,
        old: Option<&Tiers>,
        new: Option<&Tiers>,
        version: usize,
        day: i32,
    ) -> Result<(), Overflow> {
        self.version = version;
        if old == new {
            return Ok(());
        }
        (self.tail, self.sums) = (0, Sums::default());
        for it in &self.contributions {
            self.sums.add(it)?;
        }
        let Some(tiers) = new else {
            (self.level, self.until, self.next_period) = (0, NEVER, NEVER);
            return Ok(());
        };
        let kept = old
            .and_then(|old| old.levels.get(usize::from(self.level).checked_sub(1)?))
            .and_then(|level| tiers.levels.iter().position(|it| it.id == level.id))
            .map_or(0, |place| count(place + 1));
        let measured = match tiers.upgrade {
            Upgrade::AtOnce => level_of(tiers, self.measure(tiers, day)),
            Upgrade::PeriodEnd => 0,
        };
        let had_end = self.until;
        self.set_level(tiers, kept.max(measured).max(base(tiers)), day);
        if kept == self.level && kept > base(tiers) && had_end != NEVER {
            self.until = had_end;
        }
        self.next_period = match tiers.upgrade {
            Upgrade::AtOnce => NEVER,
            Upgrade::PeriodEnd => self.period_end(tiers, day).saturating_add(1),
        };
        if self.left.is_some() {
            (self.level, self.until) = (0, NEVER);
        }
        Ok(())
    }

    /// Something was earned on `day`. Returns its index.
    pub(crate) fn contribute(
        &mut self,
        tiers: Option<&Tiers>,
        it: Contribution,
    ) -> Result<u32, Overflow> {
        let index = u32::try_from(self.contributions.len()).map_err(|_| Overflow)?;
        self.sums.add(&it)?;
        self.contributions.push(it);
        // Who bought before signing up, or never signed up, joined with the first purchase.
        let joined_now = self.joined.is_none_or(|joined| it.day < joined);
        if joined_now {
            self.joined = Some(it.day);
        }
        if let Some(tiers) = tiers {
            if joined_now
                && tiers.window == Window::Anniversary
                && tiers.upgrade == Upgrade::PeriodEnd
            {
                self.next_period = self.period_end(tiers, it.day).saturating_add(1);
            }
            self.rise(tiers, it.day);
        }
        Ok(index)
    }

    /// The points of a contribution have posted on `day`.
    pub(crate) fn post(
        &mut self,
        tiers: Option<&Tiers>,
        index: u32,
        day: i32,
    ) -> Result<(), Overflow> {
        let Some(it) = self.contributions.get_mut(index as usize) else {
            return Ok(());
        };
        it.posted = true;
        let it = *it;
        if index as usize >= self.tail {
            self.sums.points = self.sums.points.checked_add(it.points).ok_or(Overflow)?;
        }
        if let Some(tiers) = tiers {
            self.rise(tiers, day);
            self.rise_late(tiers, it.day, day);
        }
        Ok(())
    }

    /// A refund lowers a contribution on `day`.
    pub(crate) fn lower(
        &mut self,
        tiers: Option<&Tiers>,
        index: u32,
        by: (i64, i64, i64),
        day: i32,
    ) -> Result<(), Overflow> {
        let (points, spend, visits) = by;
        let minus = |from: i64, by: i64| from.checked_sub(by).ok_or(Overflow);
        let before = tiers.map(|tiers| self.held(tiers, day));
        if let Some(it) = self.contributions.get_mut(index as usize) {
            it.points = minus(it.points, points)?;
            it.spend = minus(it.spend, spend)?;
            it.visits = minus(it.visits, visits)?;
            if index as usize >= self.tail {
                if it.posted {
                    self.sums.points = minus(self.sums.points, points)?;
                }
                self.sums.spend = minus(self.sums.spend, spend)?;
                self.sums.visits = minus(self.sums.visits, visits)?;
            }
        }
        let (Some(tiers), Some(before)) = (tiers, before) else {
            return Ok(());
        };
        let after = self.held(tiers, day);
        if tiers.downgrade != Downgrade::Never && before >= self.level && after < self.level {
            self.level = after.max(base(tiers));
            if self.level == base(tiers) {
                self.until = NEVER;
            }
        }
        if holds_by_measure(tiers) && self.level > base(tiers) && self.until != NEVER {
            // The day on which the window lets the tier go may have come nearer.
            self.until = self.until.min(day);
        }
        if points < 0 {
            self.rise(tiers, day);
        }
        Ok(())
    }

    /// What a merging may change, to put it back.
    pub(crate) fn kept(&self) -> Kept {
        let (level, until, attained) = (self.level, self.until, self.attained);
        Kept {
            level,
            until,
            attained,
        }
    }

    /// The member is merged away on `day`.
    pub(crate) fn leave(&mut self) {
        if self.left.is_none() {
            self.left = Some(self.kept());
            (self.level, self.until) = (0, NEVER);
        }
    }

    /// The merging is reversed on `day`: for who was merged away, and for who got the other's tier.
    pub(crate) fn unmerge(&mut self, tiers: Option<&Tiers>, before: Option<Kept>, day: i32) {
        let left = self.left.take();
        let Some((kept, tiers)) = left.or(before).zip(tiers) else {
            return;
        };
        let measured = match tiers.upgrade {
            Upgrade::AtOnce => level_of(tiers, self.measure(tiers, day)),
            Upgrade::PeriodEnd => 0,
        };
        let level = kept.level.max(measured).max(base(tiers));
        if left.is_none() && level >= self.level {
            return;
        }
        if level == kept.level {
            (self.level, self.attained) = (level, kept.attained);
            self.until = if level > base(tiers) {
                kept.until.max(day)
            } else {
                NEVER
            };
        } else {
            self.set_level(tiers, level, day);
        }
    }

    /// A member with this level was merged into this one.
    pub(crate) fn keep_higher(&mut self, tiers: &Tiers, id: &str, until: Option<i32>, day: i32) {
        let Some(place) = tiers.levels.iter().position(|level| level.id == id) else {
            return;
        };
        let other = count(place + 1);
        if other > self.level {
            self.set_level(tiers, other, day);
            self.until = until.unwrap_or(NEVER);
        } else if other == self.level && self.until != NEVER {
            self.until = until.map_or(NEVER, |until| until.max(self.until));
        }
    }

    /// Time alone: the tier's last day has passed, or a period has ended. `day` is the day after.
    pub(crate) fn check(&mut self, tiers: &Tiers, day: i32) {
        let ends_period = day >= self.next_period;
        if ends_period {
            self.next_period = self.period_end(tiers, day).saturating_add(1);
        }
        let by_measure = holds_by_measure(tiers);
        let judged = if judged_today(tiers) {
            day
        } else {
            day.saturating_sub(1)
        };
        let measured = level_of(tiers, self.measure(tiers, judged)).max(base(tiers));
        if measured > self.level && (ends_period || tiers.upgrade == Upgrade::AtOnce) {
            self.set_level(tiers, measured, judged);
            return;
        }
        if measured >= self.level {
            if self.level > base(tiers) {
                let end = self.end_of_level(tiers, judged);
                self.until = if by_measure { end } else { end.max(self.until) };
                self.attained = judged;
            }
            return;
        }
        if self.until < day {
            self.fall(tiers, measured, judged, day);
        }
    }

    /// The level's last day passed and the measure gives only `measured`.
    fn fall(&mut self, tiers: &Tiers, measured: u16, judged: i32, day: i32) {
        match tiers.downgrade {
            Downgrade::Never => {
                self.until = NEVER;
                return;
            }
            Downgrade::ToMeasure => self.level = measured,
            Downgrade::OneDown => self.level = self.level.saturating_sub(1).max(measured),
        }
        self.attained = judged;
        self.until = if self.level <= base(tiers) {
            NEVER
        } else if self.level == measured {
            self.end_of_level(tiers, judged)
        } else if holds_by_measure(tiers) {
            // One level a day until the measure holds.
            day
        } else {
            let kept = plus_months(Day(day - 1), tiers.keep_months).0.max(day);
            match tiers.window {
                Window::CalendarYear | Window::Anniversary => kept.max(self.period_end(tiers, day)),
                Window::RollingMonths(_) | Window::Lifetime => self.whole_periods(tiers, kept, day),
            }
        };
    }

    /// The measure over the window of `day`, which must not lie before any day asked for earlier.
    pub(crate) fn measure(&mut self, tiers: &Tiers, day: i32) -> i64 {
        self.window(tiers, day).of(tiers.measure)
    }

    /// The sums over the window of `day`.
    pub(crate) fn window(&mut self, tiers: &Tiers, day: i32) -> Sums {
        let start = self.window_start(tiers.window, day);
        while let Some(it) = self
            .contributions
            .get(self.tail)
            .filter(|it| it.day < start)
        {
            self.sums.remove(it);
            self.tail += 1;
        }
        self.sums
    }

    /// The sums of all time.
    pub(crate) fn all_time(&self) -> Sums {
        self.sums
    }

    fn window_start(&mut self, window: Window, day: i32) -> i32 {
        let rolling = |n: u32, day: Day| {
            let months = i32::try_from(n).unwrap_or(i32::MAX);
            day.plus_months(-months).plus_days(1).0
        };
        let new_year = |day: Day| Day::from_ymd(day.year(), 1, 1).map_or(i32::MIN, |day| day.0);
        let memo = self.window_starts.get_mut(self.version);
        match window {
            Window::Lifetime => i32::MIN,
            Window::RollingMonths(n) => match memo {
                Some(memo) => memo.get(day, |day| rolling(n, day)),
                None => rolling(n, Day(day)),
            },
            Window::CalendarYear => match memo {
                Some(memo) => memo.get(day, new_year),
                None => new_year(Day(day)),
            },
            Window::Anniversary => match self.joined {
                Some(joined) => anniversary(Day(joined), Day(day)).0,
                None => i32::MIN,
            },
        }
    }

    /// The level that the measure holds on `day` or held on the day the tier was reached.
    fn held(&mut self, tiers: &Tiers, day: i32) -> u16 {
        let now = self.measure(tiers, day);
        if holds_by_measure(tiers) {
            return level_of(tiers, now);
        }
        let then = self.measure_then(tiers, self.attained);
        level_of(tiers, now.max(then))
    }

    /// The measure of a day in the past, as lowered since.
    fn measure_then(&mut self, tiers: &Tiers, day: i32) -> i64 {
        let start = self.window_start(tiers.window, day);
        let mut sums = Sums::default();
        for it in self
            .contributions
            .iter()
            .filter(|it| (start..=day).contains(&it.day))
        {
            if sums.add(it).is_err() {
                // The sum over the whole window fitted, so this cannot happen; no measure is the safe answer.
                return 0;
            }
        }
        sums.of(tiers.measure)
    }

    /// Rises at once where the measure of `day` reaches a higher level.
    fn rise(&mut self, tiers: &Tiers, day: i32) {
        if tiers.upgrade == Upgrade::PeriodEnd || self.left.is_some() {
            return;
        }
        let measured = level_of(tiers, self.measure(tiers, day));
        if measured > self.level {
            self.set_level(tiers, measured, day);
        } else if measured == self.level && measured > base(tiers) && self.until != NEVER {
            match tiers.window {
                // Reached again in the next year: kept from there on.
                Window::CalendarYear | Window::Anniversary => {
                    let end = self.end_of_level(tiers, day);
                    if end > self.until {
                        (self.until, self.attained) = (end, day);
                    }
                }
                Window::RollingMonths(_) | Window::Lifetime => {}
            }
        }
    }

    /// Points earned in a year (or period) that ended before they posted count for that one still.
    fn rise_late(&mut self, tiers: &Tiers, earned: i32, day: i32) {
        let yearly = matches!(tiers.window, Window::CalendarYear | Window::Anniversary);
        if self.left.is_some() {
            return;
        }
        if !yearly && tiers.upgrade == Upgrade::AtOnce {
            return;
        }
        let end = self.period_end(tiers, earned);
        if end >= day {
            return;
        }
        let measured = level_of(tiers, self.measure_then(tiers, end));
        let until = self.end_of_level(tiers, end);
        if until < day || measured < self.level || measured <= base(tiers) {
            return;
        }
        if measured > self.level {
            (self.level, self.attained, self.until) = (measured, end, until);
        } else if self.until != NEVER {
            self.until = self.until.max(until);
        }
    }

    fn set_level(&mut self, tiers: &Tiers, level: u16, day: i32) {
        self.level = level;
        self.attained = day;
        self.until = if level <= base(tiers) {
            NEVER
        } else {
            self.end_of_level(tiers, day)
        };
    }

    /// The last day of a level that the measure of `day` gave.
    fn end_of_level(&mut self, tiers: &Tiers, day: i32) -> i32 {
        let keep = tiers.keep_months;
        let end = match tiers.window {
            Window::Lifetime => return NEVER,
            Window::RollingMonths(n) if holds_by_measure(tiers) => {
                return self.leaves_window(n).max(day);
            }
            Window::RollingMonths(_) => plus_months(Day(day), keep).0,
            Window::CalendarYear => plus_months(end_of_year(Day(day).year()), keep).0,
            Window::Anniversary => {
                let joined = Day(self.joined.unwrap_or(day));
                let start = anniversary(joined, Day(day));
                let months = i32::try_from(keep).unwrap_or(i32::MAX).saturating_add(12);
                anniversary_months(joined, start, months).0 - 1
            }
        };
        self.whole_periods(tiers, end, day.saturating_add(1))
    }

    /// With upgrades at period ends a tier lasts for whole periods, at least the one of `next`.
    fn whole_periods(&self, tiers: &Tiers, end: i32, next: i32) -> i32 {
        match tiers.upgrade {
            Upgrade::AtOnce => end,
            Upgrade::PeriodEnd => self.period_end(tiers, end.max(next)),
        }
    }

    /// The last day on which nothing leaves the rolling window.
    fn leaves_window(&self, months: u32) -> i32 {
        let Some(first) = self.contributions.get(self.tail) else {
            return i32::MIN;
        };
        let back = -i32::try_from(months).unwrap_or(i32::MAX);
        let mut day = plus_months(Day(first.day), months);
        // Clamped months may let it stay a few days longer.
        while day.plus_months(back).0 < first.day {
            day = day.plus_days(1);
        }
        day.0 - 1
    }

    /// The last day of the period that `day` lies in.
    fn period_end(&self, tiers: &Tiers, day: i32) -> i32 {
        match tiers.window {
            Window::RollingMonths(_) | Window::Lifetime => Day(day).end_of_month().0,
            Window::CalendarYear => end_of_year(Day(day).year()).0,
            Window::Anniversary => match self.joined {
                Some(joined) => {
                    let joined = Day(joined);
                    let start = anniversary(joined, Day(day));
                    anniversary_months(joined, start, 12).0 - 1
                }
                None => NEVER - 1,
            },
        }
    }
}

/// With `keep_months` 0 and upgrades at once a tier is judged by the day after its last: the new year's measure.
fn judged_today(tiers: &Tiers) -> bool {
    tiers.keep_months == 0 && tiers.upgrade == Upgrade::AtOnce
}

/// With a rolling window besides, a tier is held exactly while the measure holds it.
pub(crate) fn holds_by_measure(tiers: &Tiers) -> bool {
    judged_today(tiers) && matches!(tiers.window, Window::RollingMonths(_))
}

/// The last anniversary of `joined` on or before `day` (29 February counts as the 28th in common years). Before the
/// first it is `joined` itself.
fn anniversary(joined: Day, day: Day) -> Day {
    let years = (day.year() - joined.year()).max(0);
    let this = joined.plus_months(12 * years);
    if this <= day || years == 0 {
        this
    } else {
        joined.plus_months(12 * (years - 1))
    }
}

/// `months` after the anniversary `start` of `joined`, not losing a 29 February on the way.
fn anniversary_months(joined: Day, start: Day, months: i32) -> Day {
    joined.plus_months(12 * (start.year() - joined.year()) + months)
}

/// Levels that a measure reaches.
fn level_of(tiers: &Tiers, measure: i64) -> u16 {
    count(
        tiers
            .levels
            .iter()
            .take_while(|level| level.from <= measure)
            .count(),
    )
}

/// The level of a member who has nothing.
fn base(tiers: &Tiers) -> u16 {
    count(
        tiers
            .levels
            .iter()
            .take_while(|level| level.from <= 0)
            .count(),
    )
}

fn count(levels: usize) -> u16 {
    u16::try_from(levels).unwrap_or(u16::MAX)
}
