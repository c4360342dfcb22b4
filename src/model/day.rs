//! Local days and birthdays.
//!
//! A [`Day`] is a civil date as the number of days since 1970-01-01, so that columns of days are plain integers.
//! Months clamp: 31 March minus one month is 28 February, or 29 in a leap year.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, str::FromStr};

/// A civil date: days since 1970-01-01 (negative before).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// The text is not a date of the form `2026-01-31` that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a date reads 2026-01-31 and exists in the calendar")]
pub struct NotADay;

impl Day {
    /// The day of a `chrono` date.
    pub fn from_date(date: NaiveDate) -> Self {
        // chrono's dates span ±262,000 years, about ±96 million days: always inside an i32.
        Self(date.signed_duration_since(NaiveDate::default()).num_days() as i32)
    }

    /// The `chrono` date; dates beyond chrono's range come back as 1970-01-01.
    pub fn date(self) -> NaiveDate {
        let days = Days::new(u64::from(self.0.unsigned_abs()));
        let epoch = NaiveDate::default();
        let date = if self.0 < 0 {
            epoch.checked_sub_days(days)
        } else {
            epoch.checked_add_days(days)
        };
        date.unwrap_or(epoch)
    }

    /// Year, month (1-12) and day of month, if they exist in the calendar.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self::from_date)
    }

    /// This day plus `days` (which may be negative), saturating.
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// This day plus `months` calendar months (which may be negative), clamped to the end of the month.
    pub fn plus_months(self, months: i32) -> Self {
        let count = Months::new(months.unsigned_abs());
        let date = self.date();
        let moved = if months < 0 {
            date.checked_sub_months(count)
        } else {
            date.checked_add_months(count)
        };
        moved.map_or(self, Self::from_date)
    }

    /// Calendar year.
    pub fn year(self) -> i32 {
        self.date().year()
    }

    /// Month, 1 to 12.
    pub fn month(self) -> u32 {
        self.date().month()
    }

    /// Day of the month, 1 to 31.
    pub fn day_of_month(self) -> u32 {
        self.date().day()
    }

    /// ISO weekday, 1 (Monday) to 7 (Sunday).
    pub fn weekday(self) -> u32 {
        self.date().weekday().number_from_monday()
    }

    /// The last day of this day's month.
    pub fn end_of_month(self) -> Self {
        let date = self.date();
        let first = date.with_day(1).map_or(self, Self::from_date);
        first.plus_months(1).plus_days(-1)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // By hand, as chrono writes it: its own formatting would bring 20 kB into the page.
        let date = self.date();
        let (year, month, day) = (date.year(), date.month(), date.day());
        if (0..=9999).contains(&year) {
            write!(f, "{year:04}-{month:02}-{day:02}")
        } else {
            write!(f, "{year:+05}-{month:02}-{day:02}")
        }
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The number that these digits are, if they are nothing but digits.
pub(crate) fn digits(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

impl FromStr for Day {
    type Err = NotADay;

    /// Reads exactly `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, NotADay> {
        let read = || {
            let (year, rest) = text.split_once('-')?;
            let (month, day) = rest.split_once('-')?;
            if (year.len(), month.len(), day.len()) != (4, 2, 2) {
                return None;
            }
            Self::from_ymd(digits(year)? as i32, digits(month)?, digits(day)?)
        };
        read().ok_or(NotADay)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

/// A birthday, with the year if it is known: `1990-05-14` or `--05-14` (the form of vCard).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Birthday {
    /// Year of birth.
    pub year: Option<i32>,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
}

impl Birthday {
    /// Checks that the day exists (29 February does where the year is unknown).
    ///
    /// # Errors
    /// [`NotADay`] for a day that is in no calendar.
    pub fn new(year: Option<i32>, month: u32, day: u32) -> Result<Self, NotADay> {
        // 2000 was a leap year, so every day that can be a birthday exists in it.
        Day::from_ymd(year.unwrap_or(2000), month, day).ok_or(NotADay)?;
        Ok(Self { year, month, day })
    }

    /// The day it is celebrated in `year`: 29 February counts as 28 February in common years.
    pub fn in_year(self, year: i32) -> Day {
        Day::from_ymd(year, self.month, self.day)
            .or_else(|| Day::from_ymd(year, self.month, self.day.saturating_sub(1)))
            .unwrap_or(Day(0))
    }

    /// The first celebration on or after `day`.
    pub fn next_on_or_after(self, day: Day) -> Day {
        let this_year = self.in_year(day.year());
        if this_year >= day {
            this_year
        } else {
            self.in_year(day.year() + 1)
        }
    }

    /// Completed years on `day`, if the year of birth is known and not in the future.
    pub fn age_on(self, day: Day) -> Option<i32> {
        let born = self.year?;
        let age = day.year() - born - i32::from(self.in_year(day.year()) > day);
        (age >= 0).then_some(age)
    }
}

impl fmt::Display for Birthday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.year {
            Some(year) => write!(f, "{year:04}-{:02}-{:02}", self.month, self.day),
            None => write!(f, "--{:02}-{:02}", self.month, self.day),
        }
    }
}

impl FromStr for Birthday {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        if let Some(rest) = text.strip_prefix("--") {
            let (month, day) = rest.split_once('-').ok_or(NotADay)?;
            if month.len() != 2 || day.len() != 2 {
                return Err(NotADay);
            }
            let number = |part: &str| part.parse::<u32>().map_err(|_| NotADay);
            return Self::new(None, number(month)?, number(day)?);
        }
        let day: Day = text.parse()?;
        Self::new(Some(day.year()), day.month(), day.day_of_month())
    }
}

impl Serialize for Birthday {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Birthday {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn months_clamp() {
        assert_eq!(day("2023-01-31").plus_months(1), day("2023-02-28"));
        assert_eq!(day("2024-01-31").plus_months(1), day("2024-02-29"));
        assert_eq!(day("2024-02-29").plus_months(12), day("2025-02-28"));
        assert_eq!(day("2026-03-31").plus_months(-1), day("2026-02-28"));
        assert_eq!(day("2024-02-10").end_of_month(), day("2024-02-29"));
    }

    #[test]
    fn birthdays_follow_the_reference_cases() {
        // ../shared/reference/loyalty-cases.json, birthday_feb29 and age_cases (policy: 28 February).
        let leap: Birthday = "--02-29".parse().unwrap();
        for (year, on) in [
            (2023, "2023-02-28"),
            (2024, "2024-02-29"),
            (2025, "2025-02-28"),
            (2100, "2100-02-28"),
        ] {
            assert_eq!(leap.in_year(year), day(on));
        }
        for (born, on, age) in [
            ("2000-02-29", "2023-02-28", Some(23)),
            ("2000-02-29", "2024-02-29", Some(24)),
            ("1990-12-31", "2025-12-31", Some(35)),
            ("1990-12-31", "2025-12-30", Some(34)),
            ("--12-31", "2025-12-30", None),
            ("2030-01-01", "2025-12-30", None),
        ] {
            let birthday: Birthday = born.parse().unwrap();
            assert_eq!(birthday.age_on(day(on)), age, "{born} on {on}");
        }
        for bad in ["--02-30", "1990-02-29", "--2-9", "1990", "--13-01", ""] {
            assert_eq!(bad.parse::<Birthday>(), Err(NotADay), "{bad}");
        }
    }

    #[test]
    fn only_whole_dates_are_read() {
        for bad in [
            "2026-1-31",
            "2026-02-30",
            "26-01-31",
            "2026-01-31 ",
            "+026-01-31",
            "2026-01-3a",
            "2026/01/31",
            "",
            "2026-01",
            "二〇二六-01-31",
        ] {
            assert_eq!(bad.parse::<Day>(), Err(NotADay), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn days_read_as_in_chrono(number in -800_000i32..4_000_000) {
            prop_assert_eq!(Day(number).to_string(), Day(number).date().to_string());
        }

        #[test]
        fn days_round_trip(number in -700_000i32..2_900_000) {
            let it = Day(number);
            prop_assert_eq!(Day::from_date(it.date()), it);
            if (0..=9999).contains(&it.year()) {
                prop_assert_eq!(it.to_string().parse::<Day>(), Ok(it));
            }
        }

        #[test]
        fn the_next_birthday_is_within_a_year(number in 0i32..50_000, month in 1u32..=12, dom in 1u32..=29) {
            prop_assume!(Birthday::new(None, month, dom).is_ok());
            let next = Birthday::new(None, month, dom).unwrap().next_on_or_after(Day(number));
            prop_assert!(next >= Day(number) && next.0 - number <= 366);
        }
    }
}
