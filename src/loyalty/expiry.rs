//! The last day on which points can be used.
//!
//! Worked example: earned on 25 January with `months` 1: 25 February; with `round_up` to the quarter: 31 March.
//! Sources of the cases: Voucherify, Starbucks, JD, Voyado, as cited in the tests.

use model::Day;
use model::program::{Expiry, Period};

/// The last usable day of points that never end.
pub(crate) const NEVER: i32 = i32::MAX;

/// The last usable day of points earned on `earned`; [`NEVER`] for no end.
pub(crate) fn last_usable(expiry: Expiry, earned: Day) -> i32 {
    match expiry {
        Expiry::Never => NEVER,
        Expiry::Days(days) => earned.plus_days(i32::try_from(days).unwrap_or(i32::MAX)).0,
        Expiry::Months { n, round_up } => {
            let day = plus_months(earned, n);
            round_up.map_or(day, |period| end_of(period, day)).0
        }
        Expiry::YearEnd { years } => {
            let years = i32::try_from(years).unwrap_or(i32::MAX);
            end_of_year(earned.year().saturating_add(years)).0
        }
        Expiry::Inactivity { months } => plus_months(earned, months).0,
    }
}

/// `day` plus calendar months, clamped.
pub(crate) fn plus_months(day: Day, months: u32) -> Day {
    day.plus_months(i32::try_from(months).unwrap_or(i32::MAX))
}

/// 31 December.
pub(crate) fn end_of_year(year: i32) -> Day {
    Day::from_ymd(year, 12, 31).unwrap_or(Day(NEVER))
}

/// The end of the period that `day` lies in.
fn end_of(period: Period, day: Day) -> Day {
    let months = match period {
        Period::Month => 1,
        Period::Quarter => 3,
        Period::HalfYear => 6,
        Period::Year => 12,
    };
    let last_month = (day.month() - 1) / months * months + months;
    Day::from_ymd(day.year(), last_month, 1).map_or(day, Day::end_of_month)
}

/// Remembers what calendar arithmetic gave: days repeat over members, and the calendar is slow.
#[derive(Clone, Debug)]
pub(crate) struct Memo {
    slots: Vec<(i32, i32)>,
}

const SLOTS: usize = 4_096;

impl Memo {
    pub(crate) fn new() -> Self {
        Self { slots: Vec::new() }
    }

    /// `of(day)`, remembered. One memo serves one function.
    pub(crate) fn get(&mut self, day: i32, of: impl FnOnce(Day) -> i32) -> i32 {
        if self.slots.is_empty() {
            // No day lies at both ends of the range, so that an empty slot is never mistaken for a known one.
            self.slots.resize(SLOTS, (i32::MIN, 0));
        }
        let Some(slot) = self.slots.get_mut((day as u32 as usize) & (SLOTS - 1)) else {
            return of(Day(day));
        };
        if slot.0 != day {
            *slot = (day, of(Day(day)));
        }
        slot.1
    }
}
