//! Days and times as a person reads them.

use crate::{Locale, Words};
use model::{Birthday, Day};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

fn english_month(month: u32) -> &'static str {
    MONTHS
        .get(month.saturating_sub(1) as usize)
        .copied()
        .unwrap_or("")
}

/// Year, month and day of the month, without going through a calendar library three times.
fn civil(day: Day) -> (String, u32, String) {
    (
        day.year().to_string(),
        day.month(),
        day.day_of_month().to_string(),
    )
}

impl Words {
    /// `2026年1月3日`, `3 Jan 2026`.
    pub fn day(self, day: Day) -> String {
        let (year, month, date) = civil(day);
        match self.locale {
            Locale::ZhCn => crate::join(&[&year, "年", &month.to_string(), "月", &date, "日"]),
            Locale::En => crate::join(&[&date, " ", english_month(month), " ", &year]),
        }
    }

    /// Without the year: `1月3日`, `3 Jan`.
    pub fn day_of_year(self, day: Day) -> String {
        let (_, month, date) = civil(day);
        self.month_and_date(month, &date)
    }

    fn month_and_date(self, month: u32, date: &str) -> String {
        match self.locale {
            Locale::ZhCn => crate::join(&[&month.to_string(), "月", date, "日"]),
            Locale::En => crate::join(&[date, " ", english_month(month)]),
        }
    }

    /// The month with its year: `2026年1月`, `Jan 2026`.
    pub fn month(self, day: Day) -> String {
        let (year, month, _) = civil(day);
        match self.locale {
            Locale::ZhCn => crate::join(&[&year, "年", &month.to_string(), "月"]),
            Locale::En => crate::join(&[english_month(month), " ", &year]),
        }
    }

    /// The month alone, for an axis: `1月`, `Jan`.
    pub fn month_short(self, day: Day) -> String {
        let month = day.month();
        match self.locale {
            Locale::ZhCn => crate::join(&[&month.to_string(), "月"]),
            Locale::En => english_month(month).to_owned(),
        }
    }

    /// A local time such as `2026-01-31T18:30:05`: `2026年1月31日 18:30`, `31 Jan 2026, 18:30`.
    pub fn moment(self, local_at: &str) -> String {
        self.moment_with(local_at, "18:30".len())
    }

    /// The same with seconds, for two moments that have to be told apart: `31 Jan 2026, 18:30:05`.
    pub fn exact_moment(self, local_at: &str) -> String {
        self.moment_with(local_at, "18:30:05".len())
    }

    fn moment_with(self, local_at: &str, digits: usize) -> String {
        let (date, time) = local_at.split_once('T').unwrap_or((local_at, ""));
        let Ok(day) = date.parse::<Day>() else {
            return local_at.to_owned();
        };
        let day = self.day(day);
        match (time.get(..digits), self.locale) {
            (None, _) => day,
            (Some(time), Locale::ZhCn) => crate::join(&[&day, " ", time]),
            (Some(time), Locale::En) => crate::join(&[&day, ", ", time]),
        }
    }

    /// A birthday with the year if it is known.
    pub fn birthday(self, birthday: Birthday) -> String {
        match birthday
            .year
            .and_then(|year| Day::from_ymd(year, birthday.month, birthday.day))
        {
            Some(day) => self.day(day),
            None => self.month_and_date(birthday.month, &birthday.day.to_string()),
        }
    }

    /// A day against today: `今天`, `昨天`, `3 天前`, `in 5 days`; from sixty days on in months, then years.
    pub fn relative(self, day: Day, today: Day) -> String {
        let days = i64::from(day.0) - i64::from(today.0);
        match days {
            0 => self.dates_today().to_owned(),
            -1 => self.dates_yesterday().to_owned(),
            1 => self.dates_tomorrow().to_owned(),
            _ => {
                let size = days.unsigned_abs();
                let ahead = days > 0;
                match (size, ahead) {
                    (0..60, true) => self.dates_in_days(size),
                    (0..60, false) => self.dates_days_ago(size),
                    (60..730, true) => self.dates_in_months(size / 30),
                    (60..730, false) => self.dates_months_ago(size / 30),
                    (_, true) => self.dates_in_years(size / 365),
                    (_, false) => self.dates_years_ago(size / 365),
                }
            }
        }
    }
}
