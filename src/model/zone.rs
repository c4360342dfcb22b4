//! Instants and the business's time zone.
//!
//! A [`Timestamp`] is milliseconds since 1970-01-01T00:00Z. What day it is, is a question to a [`Zone`].

use crate::day::{Day, digits};
#[cfg(feature = "zones")]
use chrono::{DateTime, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Timelike, Utc};
#[cfg(feature = "zones")]
use chrono_tz::Tz as Name;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, str::FromStr};

/// An instant: milliseconds since 1970-01-01T00:00Z. As JSON an ISO 8601 string in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// The text is no instant and no local date-time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time reads 2026-01-31T18:30:00+08:00, or without offset in the business's time zone")]
pub struct NotATime;

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // By hand, because chrono's formats would bring 20 kB into the page.
        let (days, ms) = (self.0.div_euclid(DAY_MS), self.0.rem_euclid(DAY_MS));
        let day = i32::try_from(days).map_or(Day(0), Day);
        let (hour, minute) = (ms / 3_600_000, ms / 60_000 % 60);
        let (second, rest) = (ms / 1000 % 60, ms % 1000);
        write!(f, "{day}T{hour:02}:{minute:02}:{second:02}.{rest:03}Z")
    }
}

impl FromStr for Timestamp {
    type Err = NotATime;

    /// Reads an ISO 8601 instant with an offset or `Z`.
    fn from_str(text: &str) -> Result<Self, NotATime> {
        read_instant(text).map(Self).ok_or(NotATime)
    }
}

/// Milliseconds in a day.
const DAY_MS: i64 = 86_400_000;

/// Reads RFC 3339 by hand, as chrono does (which is the referee in the tests); parts of milliseconds are dropped.
fn read_instant(text: &str) -> Option<i64> {
    let (day, rest) = text.split_at_checked(10)?;
    let day: Day = day.parse().ok()?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (clock, rest) = rest.split_at_checked(8)?;
    let (hour, minute_second) = clock.split_once(':')?;
    let (minute, second) = minute_second.split_once(':')?;
    // A leap second counts as the first of the next minute.
    let seconds = two(hour, 23)? * 3600 + two(minute, 59)? * 60 + two(second, 60)?;
    let (ms, rest) = match rest.strip_prefix('.') {
        None => (0, rest),
        Some(rest) => {
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            let (fraction, rest) = rest.split_at_checked(end)?;
            let first: String = fraction.chars().chain("00".chars()).take(3).collect();
            // No digit at all is no fraction.
            let first = if fraction.is_empty() {
                None
            } else {
                digits(&first)
            };
            (i64::from(first?), rest)
        }
    };
    let offset = match rest {
        "Z" | "z" => 0,
        _ => {
            let (sign, rest) = match rest.strip_prefix('+') {
                Some(rest) => (1, rest),
                None => (-1, rest.strip_prefix(['-', '\u{2212}'])?),
            };
            let (hours, minutes) = rest.split_once(':')?;
            sign * (two(hours, 23)? * 3600 + two(minutes, 59)? * 60)
        }
    };
    Some(i64::from(day.0) * DAY_MS + (seconds - offset) * 1000 + ms)
}

/// A number of exactly two digits up to `most`.
fn two(text: &str, most: u32) -> Option<i64> {
    let number = digits(text).filter(|number| text.len() == 2 && *number <= most)?;
    Some(i64::from(number))
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

/// An IANA time zone such as `Asia/Shanghai`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Zone(Name);

/// A zone without its rules, for the page: whoever calculates checks the name.
#[cfg(not(feature = "zones"))]
mod name {
    use super::NotAZone;
    use std::str::FromStr;
    use std::sync::Mutex;

    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct Name(&'static str);

    impl Name {
        pub const UTC: Self = Self("UTC");

        pub fn name(self) -> &'static str {
            self.0
        }
    }

    /// Every name is kept once, for good: a page meets one or two.
    static KNOWN: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

    impl FromStr for Name {
        type Err = NotAZone;

        fn from_str(text: &str) -> Result<Self, NotAZone> {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"/_+-".contains(&b);
            let starts = text.starts_with(|c: char| c.is_ascii_alphabetic());
            if !starts || text.len() > 64 || !text.bytes().all(plain) {
                return Err(NotAZone);
            }
            let mut known = KNOWN.lock().map_err(|_| NotAZone)?;
            let found = known.iter().copied().find(|name| *name == text);
            Ok(Self(found.unwrap_or_else(|| {
                let name: &'static str = Box::leak(text.into());
                known.push(name);
                name
            })))
        }
    }
}
#[cfg(not(feature = "zones"))]
use name::Name;

/// The name is not in the IANA list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time zone is an IANA name such as Asia/Shanghai")]
pub struct NotAZone;

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Zone = Zone(Name::UTC);

    /// The zone of this IANA name. Without the feature `zones` any text that could be one.
    ///
    /// # Errors
    /// [`NotAZone`] when the list does not have it.
    pub fn parse(name: &str) -> Result<Self, NotAZone> {
        name.parse().map(Self).map_err(|_| NotAZone)
    }

    /// The IANA name.
    pub fn name(&self) -> &'static str {
        self.0.name()
    }
}

#[cfg(feature = "zones")]
impl Zone {
    /// The local date-time of an instant.
    pub fn local(&self, at: Timestamp) -> NaiveDateTime {
        let utc = DateTime::<Utc>::from_timestamp_millis(at.0)
            .unwrap_or_default()
            .naive_utc();
        let offset = self
            .0
            .offset_from_utc_datetime(&utc)
            .fix()
            .local_minus_utc();
        utc.checked_add_signed(TimeDelta::seconds(i64::from(offset)))
            .unwrap_or(utc)
    }

    /// The local day of an instant.
    pub fn day(&self, at: Timestamp) -> Day {
        Day::from_date(self.local(at).date())
    }

    /// The local day and the minute of that day (0 to 1439) of an instant.
    pub fn day_and_minute(&self, at: Timestamp) -> (Day, u16) {
        let local = self.local(at);
        (
            Day::from_date(local.date()),
            (local.hour() * 60 + local.minute()) as u16,
        )
    }

    /// The instant of a local date-time. Of a time that a clock change doubles, the earlier; a time that it skips
    /// counts as the first instant after the gap.
    pub fn instant(&self, local: NaiveDateTime) -> Timestamp {
        let mut probe = local;
        // Gaps are at most a day (Samoa skipped one); quarter hours suffice, every transition lies on one.
        for _ in 0..=100 {
            if let Some(at) = self.0.from_local_datetime(&probe).earliest() {
                return Timestamp(at.timestamp_millis());
            }
            probe = probe
                .checked_add_signed(TimeDelta::minutes(15))
                .unwrap_or(probe);
        }
        Timestamp(local.and_utc().timestamp_millis())
    }

    /// The first instant of a local day.
    pub fn start_of(&self, day: Day) -> Timestamp {
        self.instant(day.date().and_time(NaiveTime::MIN))
    }

    /// Reads an instant with an offset, or a local date-time (`2026-01-31T18:30`, a space for the `T`, seconds
    /// optional) or a bare date (its first instant) in this zone.
    ///
    /// # Errors
    /// [`NotATime`] for anything else.
    pub fn read(&self, text: &str) -> Result<Timestamp, NotATime> {
        let text = text.trim();
        if let Ok(at) = text.parse::<Timestamp>() {
            return Ok(at);
        }
        if let Ok(day) = text.parse::<Day>() {
            return Ok(self.start_of(day));
        }
        for form in [
            "%Y-%m-%dT%H:%M:%S%.f",
            "%Y-%m-%d %H:%M:%S%.f",
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%d %H:%M",
        ] {
            if let Ok(local) = NaiveDateTime::parse_from_str(text, form) {
                return Ok(self.instant(local));
            }
        }
        Err(NotATime)
    }

    /// The local date-time as `2026-01-31T18:30:05`, for pages that have no time zone of their own.
    pub fn write_local(&self, at: Timestamp) -> String {
        self.local(at).format("%Y-%m-%dT%H:%M:%S").to_string()
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Zone::parse(&String::deserialize(d)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Datelike, Utc};
    use proptest::prelude::*;

    #[cfg(feature = "zones")]
    #[test]
    fn local_days_follow_the_reference_cases() {
        // ../shared/reference/loyalty-cases.json, timezone_expiry (CPython zoneinfo, tzdata 2026.6).
        for (zone, at, local) in [
            ("Asia/Shanghai", "2025-12-31T23:30:00+00:00", "2026-01-01"),
            ("Asia/Shanghai", "2025-12-31T15:30:00+00:00", "2025-12-31"),
            (
                "America/New_York",
                "2025-02-07T17:00:00+00:00",
                "2025-02-07",
            ),
            (
                "America/Los_Angeles",
                "2020-12-15T20:00:00+00:00",
                "2020-12-15",
            ),
        ] {
            let zone = Zone::parse(zone).unwrap();
            assert_eq!(zone.day(at.parse().unwrap()).to_string(), local, "{at}");
        }
        for (zone, day, starts) in [
            ("Asia/Shanghai", "2026-07-01", "2026-06-30T16:00:00.000Z"),
            ("America/New_York", "2025-03-10", "2025-03-10T04:00:00.000Z"),
            ("America/New_York", "2025-11-03", "2025-11-03T05:00:00.000Z"),
            // Midnight does not exist that day in Santiago: the clock jumps from 00:00 to 01:00.
            ("America/Santiago", "2025-09-07", "2025-09-07T04:00:00.000Z"),
        ] {
            let zone = Zone::parse(zone).unwrap();
            assert_eq!(
                zone.start_of(day.parse().unwrap()).to_string(),
                starts,
                "{day}"
            );
        }
    }

    #[cfg(not(feature = "zones"))]
    #[test]
    fn without_rules_a_zone_is_its_name() {
        let zone = Zone::parse("Asia/Shanghai").unwrap();
        assert_eq!(zone, Zone::parse("Asia/Shanghai").unwrap());
        assert_ne!(zone, Zone::UTC);
        assert_eq!(zone.name(), "Asia/Shanghai");
        for bad in ["", "Asia Shanghai", "上海", "+08:00", "<b>"] {
            assert_eq!(Zone::parse(bad), Err(NotAZone), "{bad}");
        }
    }

    #[cfg(feature = "zones")]
    #[test]
    fn times_are_read_in_the_zone() {
        let zone = Zone::parse("Asia/Shanghai").unwrap();
        for text in [
            "2026-01-31T18:30:00+08:00",
            "2026-01-31T10:30:00Z",
            "2026-01-31 18:30",
            "2026-01-31T18:30:00",
        ] {
            assert_eq!(
                zone.read(text).unwrap().to_string(),
                "2026-01-31T10:30:00.000Z",
                "{text}"
            );
        }
        assert_eq!(zone.read("31/01/2026"), Err(NotATime));
        assert_eq!(
            zone.write_local(zone.read("2026-01-31").unwrap()),
            "2026-01-31T00:00:00"
        );
    }

    #[test]
    fn instants_are_read_as_in_chrono() {
        let good = "2026-01-31T18:30:00.123456+08:00";
        let mut texts: Vec<String> = [
            good,
            "2026-01-31t18:30:00z",
            "2026-01-31 18:30:60Z",
            "1969-12-31T23:59:59.9999Z",
            "2026-01-31T24:00:00Z",
            "2026-01-31T18:30:00",
            "2026-01-31T18:30Z",
            "2026-01-31T18:30:00.Z",
            "2026-01-31T18:30:00-00:00",
            "2026-01-31T18:30:00+24:00",
            "2026-01-31T18:30:00+0800",
            "2026-01-31T18:30:00\u{2212}05:30",
            "2026-02-30T18:30:00Z",
            "2026-01-31T18:61:00Z",
            "2026-01-31T18:30:61Z",
            "",
            "Z",
            "0000-01-01T00:00:00Z",
        ]
        .map(str::to_owned)
        .to_vec();
        // Every character of a good one left out, doubled and replaced.
        for (at, c) in good.char_indices() {
            for middle in ["", "0", "9", "-", ":", " ", "Z", "二", &format!("{c}{c}")] {
                let (head, tail) = (&good[..at], &good[at + 1..]);
                texts.push([head, middle, tail].concat());
            }
        }
        for text in texts {
            let theirs = DateTime::parse_from_rfc3339(&text)
                .ok()
                .map(|at| at.timestamp_millis());
            assert_eq!(read_instant(&text), theirs, "{text}");
        }
    }

    proptest! {
        #[test]
        fn instants_are_written_as_in_chrono(ms in -80_000_000_000_000i64..400_000_000_000_000) {
            let theirs = DateTime::<Utc>::from_timestamp_millis(ms).unwrap();
            let ours = Timestamp(ms).to_string();
            prop_assert_eq!(&ours, &theirs.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string());
            if (0..=9999).contains(&theirs.date_naive().year()) {
                prop_assert_eq!(ours.parse(), Ok(Timestamp(ms)));
            }
        }

    }

    #[cfg(feature = "zones")]
    proptest! {
        #[test]
        fn a_day_starts_in_itself(number in -3_000i32..40_000, name in proptest::sample::select(vec![
            "Asia/Shanghai", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Europe/London", "UTC",
        ])) {
            let zone = Zone::parse(name).unwrap();
            let start = zone.start_of(Day(number));
            prop_assert_eq!(zone.day(start), Day(number));
            prop_assert_eq!(zone.day(Timestamp(start.0 - 1)), Day(number - 1));
        }
    }
}
