//! What the calendar gives, laid out for every day once.

use crate::expiry::{NEVER, last_usable, plus_months};
use model::Day;
use model::program::{Expiry, Tiers, Window};

/// More days than that are somebody's mistake; such programmes take the general way.
const MOST_DAYS: i32 = 100_000;

/// For every day from the first to the last.
#[derive(Debug)]
pub(super) struct Calendar {
    first: i32,
    last_usable: Vec<i32>,
    window_start: Vec<i32>,
    kept: Vec<i32>,
}

impl Calendar {
    pub(super) fn new(
        expiry: Expiry,
        tiers: Option<&Tiers>,
        first: i32,
        last: i32,
    ) -> Option<Self> {
        // A tier is judged by the day before.
        let first = first.checked_sub(1)?;
        if last.checked_sub(first)? > MOST_DAYS {
            return None;
        }
        let days = || (first..=last).map(Day);
        let months = tiers.and_then(|tiers| match tiers.window {
            Window::RollingMonths(n) => Some((i32::try_from(n).ok()?, tiers.keep_months)),
            Window::CalendarYear | Window::Anniversary | Window::Lifetime => None,
        });
        let (mut window_start, mut kept) = (Vec::new(), Vec::new());
        if let Some((months, keep)) = months {
            let start = |day: Day| day.plus_months(-months).plus_days(1).0;
            window_start = days().map(start).collect();
            kept = days().map(|day| plus_months(day, keep).0).collect();
        }
        Some(Self {
            first,
            last_usable: days().map(|day| last_usable(expiry, day)).collect(),
            window_start,
            kept,
        })
    }

    fn place(&self, day: i32) -> usize {
        usize::try_from(day.wrapping_sub(self.first)).unwrap_or(usize::MAX)
    }

    /// The last usable day of points earned on a day.
    #[inline]
    pub(super) fn last_usable(&self, day: i32) -> Option<i32> {
        self.last_usable.get(self.place(day)).copied()
    }

    /// The first day of the window that ends with a day.
    #[inline]
    pub(super) fn window_start(&self, day: i32) -> i32 {
        let start = self.window_start.get(self.place(day));
        start.copied().unwrap_or(i32::MIN)
    }

    /// The last day of a tier that the measure of a day gave.
    #[inline]
    pub(super) fn kept(&self, day: i32) -> i32 {
        self.kept.get(self.place(day)).copied().unwrap_or(NEVER)
    }
}
