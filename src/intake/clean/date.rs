//! Days and times in every shape that files were seen to have.
//!
//! What begins with a year of four digits is year, month, day. Of `03/04/2026` only the file (or the person) can
//! say which is the month: that is [`DateOrder`]. Dates with points (`03.04.2026`) begin with the day wherever they
//! are written. A bare number is a date only where nothing else makes sense: 20260131, 20260131183000, a Unix time
//! of 10 or 13 digits, and the day count of spreadsheets between 1954 and 2064 (which says so).

use super::Read;
use super::text::half_width;
use model::import::DateOrder;
use model::{Birthday, Day, Issue, IssueCode, Timestamp, Zone};

/// A date with whatever is known of the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The day as it is written.
    pub day: Day,
    /// Milliseconds since that day's midnight, where a time is written.
    pub millis: Option<u32>,
    /// Minutes east of Greenwich, where an offset is written.
    pub offset: Option<i32>,
}

/// How sure the reading of a date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// There is one way to read it.
    Sure,
    /// Day and month could be exchanged; read by the [`DateOrder`].
    EitherWay,
    /// Only the other order makes a date of it.
    AgainstOrder,
    /// The day count of a spreadsheet.
    Serial,
}

/// Reads a date or date-time.
pub fn moment(cell: &str, order: DateOrder) -> Option<(Moment, Certainty)> {
    if let Some(moment) = iso(cell.as_bytes()) {
        return Some((moment, Certainty::Sure));
    }
    Loose::read(cell)?.moment(order)
}

impl Moment {
    /// The instant; without offset, in `zone`; without time, the first instant of the day.
    pub fn instant(self, zone: Zone) -> Timestamp {
        let millis = i64::from(self.millis.unwrap_or(0));
        if let Some(offset) = self.offset {
            let day = i64::from(self.day.0) * 86_400_000;
            return Timestamp(day + millis - i64::from(offset) * 60_000);
        }
        match self.millis {
            None => zone.start_of(self.day),
            Some(_) => {
                let (second, milli) = (millis / 1000, millis % 1000);
                let (h, m, s) = (second / 3600, second / 60 % 60, second % 60);
                let date = self.day.date();
                match date.and_hms_milli_opt(h as u32, m as u32, s as u32, milli as u32) {
                    Some(local) => zone.instant(local),
                    None => zone.start_of(self.day),
                }
            }
        }
    }

    /// The local day in `zone`: that of the instant where an offset is written, else the day as written.
    pub fn local_day(self, zone: Zone) -> Day {
        match (self.offset, self.millis) {
            (Some(_), Some(_)) => zone.day(self.instant(zone)),
            _ => self.day,
        }
    }
}

pub(crate) fn finding(cell: &str, certainty: Certainty, day: Day) -> Option<Issue> {
    match certainty {
        Certainty::Sure | Certainty::EitherWay => None,
        Certainty::AgainstOrder | Certainty::Serial => Some(
            Issue::warning(IssueCode::AmbiguousDate)
                .found(cell)
                .expected(&day.to_string()),
        ),
    }
}

pub(crate) fn bad(cell: &str) -> Issue {
    Issue::warning(IssueCode::BadDate)
        .found(cell)
        .expected("2026-01-31")
}

/// Reads a time of day that stands alone (`18:30`, `6:30 PM`, `18:30:05`, `下午6点30分`): milliseconds since midnight.
pub fn clock(cell: &str) -> Option<u32> {
    let text: String = cell
        .trim()
        .chars()
        .map(half_width)
        .collect::<String>()
        .to_lowercase();
    let text = text
        .replace("下午", "pm")
        .replace("晚上", "pm")
        .replace("上午", "am")
        .replace("早上", "am")
        .replace(['时', '点', '分'], ":")
        .replace('秒', "");
    let (late, early) = (text.contains("pm"), text.contains("am"));
    let digits = text.replace("pm", "").replace("am", "");
    let digits: String = digits.split_whitespace().collect();
    let digits = digits.trim_end_matches(':');
    let mut parts = digits.split(':');
    let whole = |part: &str| {
        let plain = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| part.parse::<u32>().ok()).flatten()
    };
    let hour = whole(parts.next()?)?;
    let minute = whole(parts.next()?)?;
    let second = match parts.next() {
        // Fractions of a second say nothing of a purchase.
        Some(part) => whole(part.split_once('.').map_or(part, |(whole, _)| whole))?,
        None => 0,
    };
    let hour = match (late, early, hour) {
        (true, false, 1..=11) => hour + 12,
        (false, true, 12) => 0,
        _ => hour,
    };
    let good = parts.next().is_none() && hour < 24 && minute < 60 && second < 60;
    good.then_some(((hour * 60 + minute) * 60 + second) * 1_000)
}

/// Reads an instant.
pub fn instant(cell: &str, order: DateOrder, zone: Zone) -> Read<Timestamp> {
    match moment(cell, order) {
        Some((moment, certainty)) => Read {
            value: Some(moment.instant(zone)),
            issue: finding(cell, certainty, moment.day),
        },
        None => Read::bad(bad(cell)),
    }
}

/// Reads a day.
pub fn day(cell: &str, order: DateOrder, zone: Zone) -> Read<Day> {
    match moment(cell, order) {
        Some((moment, certainty)) => Read {
            value: Some(moment.local_day(zone)),
            issue: finding(cell, certainty, moment.day),
        },
        None => Read::bad(bad(cell)),
    }
}

/// Reads a birthday, with or without year. A year of 1604 or 0000 is what address books write for "unknown".
pub fn birthday(cell: &str, order: DateOrder, today: Day) -> Read<Birthday> {
    if let Some(birthday) = without_year(cell, order) {
        return Read::good(birthday);
    }
    let Some((moment, certainty)) = moment(cell, order) else {
        return Read::bad(bad(cell));
    };
    let (mut year, month, day) = (
        moment.day.year(),
        moment.day.month(),
        moment.day.day_of_month(),
    );
    if moment.day > today && two_digit_year(cell) {
        year -= 100;
    }
    let known = (year > 1604).then_some(year);
    match Birthday::new(known, month, day) {
        Ok(birthday) if known.is_some_and(|_| birthday.in_year(year) > today) => Read::bad(
            Issue::warning(IssueCode::FutureDate)
                .found(cell)
                .expected(&today.to_string()),
        ),
        Ok(birthday) => Read {
            value: Some(birthday),
            issue: finding(cell, certainty, moment.day),
        },
        Err(_) => Read::bad(bad(cell)),
    }
}

fn two_digit_year(cell: &str) -> bool {
    let digits = |part: &str| part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit());
    !cell.split(|c: char| !c.is_ascii_digit()).any(digits)
}

/// `--05-14`, `--0514`, `05-14`, `5月14日`, `May 14`, `0000-05-14`.
fn without_year(cell: &str, order: DateOrder) -> Option<Birthday> {
    if let Some(rest) = cell.strip_prefix("--") {
        let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
        let (month, day) = (digits.get(..2)?, digits.get(2..)?);
        return Birthday::new(None, month.parse().ok()?, day.parse().ok()?).ok();
    }
    if let Some(rest) = cell.strip_prefix("0000-") {
        let (month, day) = rest.split_once('-')?;
        return Birthday::new(None, month.parse().ok()?, day.parse().ok()?).ok();
    }
    let loose = Loose::read(cell)?;
    if loose.millis.is_some() {
        return None;
    }
    let (month, day) = match (loose.month, loose.numbers.as_slice()) {
        (Some(month), [day]) if day.digits <= 2 => (month, day.value as u32),
        (None, [a, b]) if a.digits <= 2 && b.digits <= 2 => {
            let (a, b) = (a.value as u32, b.value as u32);
            let day_first =
                a > 12 || (b <= 12 && order == DateOrder::DayFirst && cell.contains(['/', '.']));
            if day_first { (b, a) } else { (a, b) }
        }
        _ => return None,
    };
    Birthday::new(None, month, day).ok()
}

/// `2026-01-31`, with `T` or a blank and `18:30`, `18:30:05` behind it or nothing: most cells.
fn iso(bytes: &[u8]) -> Option<Moment> {
    let (date, rest) = bytes.split_at_checked(10)?;
    let &[y1, y2, y3, y4, b'-' | b'/', m1, m2, b'-' | b'/', d1, d2] = date else {
        return None;
    };
    let two = |a: u8, b: u8| {
        (a.is_ascii_digit() && b.is_ascii_digit())
            .then(|| u32::from(a - b'0') * 10 + u32::from(b - b'0'))
    };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let day = civil(year as i32, two(m1, m2)?, two(d1, d2)?)?;
    let (time, offset) = match rest {
        [] => {
            return Some(Moment {
                day,
                millis: None,
                offset: None,
            });
        }
        &[b' ' | b'T', h1, h2, b':', n1, n2] => ((two(h1, h2)?, two(n1, n2)?, 0), None),
        &[
            b' ' | b'T',
            h1,
            h2,
            b':',
            n1,
            n2,
            b':',
            s1,
            s2,
            ref zone @ ..,
        ] => {
            let time = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
            let offset = match *zone {
                [] => None,
                [b'Z'] => Some(0),
                [b' ', sign @ (b'+' | b'-'), h1, h2, m1, m2]
                | [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
                    let minutes = i32::try_from(two(h1, h2)? * 60 + two(m1, m2)?).ok()?;
                    (minutes <= 14 * 60).then_some(())?;
                    Some(if sign == b'-' { -minutes } else { minutes })
                }
                _ => return None,
            };
            (time, offset)
        }
        _ => return None,
    };
    Some(Moment {
        day,
        millis: Some(time_of_day(time.0, time.1, time.2, 0)?),
        offset,
    })
}

/// The day, for years that a customer's life can touch.
fn civil(year: i32, month: u32, day: u32) -> Option<Day> {
    (1000..=2999)
        .contains(&year)
        .then(|| Day::from_ymd(year, month, day))
        .flatten()
}

fn time_of_day(hour: u32, minute: u32, second: u32, milli: u32) -> Option<u32> {
    // A leap second counts as the last ordinary one; midnight is sometimes written as 24:00.
    let second = second.min(if second == 60 { 59 } else { second });
    let fits = (hour < 24 && minute < 60 && second < 60) || (hour, minute, second) == (24, 0, 0);
    let hour = if hour == 24 { 23 } else { hour };
    fits.then(|| ((hour * 60 + minute) * 60 + second) * 1000 + milli.min(999))
}

#[derive(Clone, Copy, Debug)]
struct Number {
    value: u64,
    digits: usize,
}

/// A date taken apart into numbers, the name of a month, a time and an offset.
#[derive(Debug, Default)]
struct Loose {
    numbers: Vec<Number>,
    month: Option<u32>,
    millis: Option<u32>,
    offset: Option<i32>,
    /// Between the first two numbers.
    separator: Option<char>,
    /// The cell is one number with a fraction.
    fraction: bool,
}

impl Loose {
    fn read(cell: &str) -> Option<Self> {
        if cell.len() > 60 {
            return None;
        }
        let text: String = cell
            .chars()
            .map(half_width)
            .map(|c| match c {
                '年' | '月' | '日' | '号' => '-',
                '时' | '点' | '分' | '：' => ':',
                '秒' => ' ',
                other => other,
            })
            .flat_map(char::to_lowercase)
            .collect();
        let text = text.replace("上午", " am ").replace("早上", " am ");
        let text = text.replace("下午", " pm ").replace("晚上", " pm ");
        let text = text.trim().trim_end_matches(['-', ':']);
        let mut it = Self::default();
        let rest = it.take_time(text)?;
        it.take_date(&rest)?;
        Some(it)
    }

    /// Takes the time and the offset out and gives what is left.
    fn take_time(&mut self, text: &str) -> Option<String> {
        let Some(colon) = text.find(':') else {
            return Some(text.to_owned());
        };
        let before = text.get(..colon)?;
        let start = before.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| {
            at + before
                .get(at..)
                .and_then(|r| r.chars().next())
                .map_or(1, char::len_utf8)
        });
        let hour: u32 = before.get(start..)?.parse().ok()?;
        let (minute, rest) = leading_number(text.get(colon + 1..)?)?;
        let (second, rest) = match rest.strip_prefix(':').map(leading_number) {
            Some(Some((second, rest))) => (second, rest),
            _ => (0, rest.trim_start_matches(':')),
        };
        let (milli, rest) = match rest.strip_prefix(['.', ',']) {
            Some(fraction) => {
                let len = fraction.bytes().take_while(u8::is_ascii_digit).count();
                let digits = fraction.get(..len)?;
                let padded = format!("{digits:0<3}");
                (padded.get(..3)?.parse().ok()?, fraction.get(len..)?)
            }
            None => (0, rest),
        };
        let date = text.get(..start)?;
        let mut rest = rest.to_owned();
        let mut date = date.trim_end_matches('t').trim().to_owned();
        let mut hour = hour;
        for (mark, noon) in [("pm", true), ("am", false), ("p.m.", true), ("a.m.", false)] {
            let found =
                rest.contains(mark) || date.ends_with(mark) || date.contains(&format!(" {mark} "));
            if found {
                if hour > 12 && !noon {
                    return None;
                }
                hour = match (hour, noon) {
                    (12, false) => 0,
                    (h, true) if h < 12 => h + 12,
                    (h, _) => h,
                };
                rest = rest.replacen(mark, " ", 1);
                date = date.replacen(mark, " ", 1);
                break;
            }
        }
        let rest = self.take_offset(rest.trim());
        self.millis = Some(time_of_day(hour, minute, second, milli)?);
        Some(format!("{date} {rest}"))
    }

    /// `+0800`, `+08:00`, `+8`, `z`, `utc`, `gmt+8`.
    fn take_offset<'a>(&mut self, rest: &'a str) -> &'a str {
        let mut after = rest;
        let mut named = false;
        for name in ["utc", "gmt", "z"] {
            if let Some(behind) = after.strip_prefix(name) {
                named = true;
                after = behind.trim_start();
                break;
            }
        }
        let sign = match after.chars().next() {
            Some('+') => 1,
            Some('-') => -1,
            _ => {
                if named {
                    self.offset = Some(0);
                    return after;
                }
                return rest;
            }
        };
        let digits_end = after
            .char_indices()
            .skip(1)
            .find(|(_, c)| !(c.is_ascii_digit() || *c == ':'))
            .map_or(after.len(), |(at, _)| at);
        let text = after.get(1..digits_end).unwrap_or_default();
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let minutes = match digits.len() {
            1 | 2 => digits.parse::<i32>().ok().map(|h| h * 60),
            4 => digits.parse::<i32>().ok().map(|n| n / 100 * 60 + n % 100),
            _ => None,
        };
        match minutes.filter(|m| *m <= 14 * 60) {
            Some(minutes) => {
                self.offset = Some(sign * minutes);
                after.get(digits_end..).unwrap_or_default()
            }
            None => rest,
        }
    }

    fn take_date(&mut self, text: &str) -> Option<()> {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if c.is_ascii_digit() {
                let len = rest.bytes().take_while(u8::is_ascii_digit).count();
                let value = rest.get(..len)?.parse().ok()?;
                self.numbers.push(Number { value, digits: len });
                rest = rest.get(len..)?;
            } else if c.is_alphabetic() {
                let len = rest
                    .find(|c: char| !c.is_alphabetic())
                    .unwrap_or(rest.len());
                self.take_word(rest.get(..len)?)?;
                rest = rest.get(len..)?;
            } else if matches!(c, '-' | '/' | '.' | ',' | ' ' | '(' | ')') {
                if self.numbers.len() == 1 && self.separator.is_none() && c != ' ' {
                    self.separator = Some(c);
                }
                rest = rest.get(c.len_utf8()..)?;
            } else {
                return None;
            }
        }
        self.fraction = self.separator == Some('.') && self.numbers.len() == 2;
        (!self.numbers.is_empty()).then_some(())
    }

    fn take_word(&mut self, word: &str) -> Option<()> {
        const MONTHS: [&str; 12] = [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ];
        let month = MONTHS.iter().position(|name| {
            word.len() >= 3 && (name.starts_with(word) || (word == "sept" && *name == "september"))
        });
        if let Some(idx) = month {
            if self.month.replace(idx as u32 + 1).is_some() {
                return None;
            }
            return Some(());
        }
        const DAYS: [&str; 7] = [
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
        ];
        let weekday = word.len() >= 3 && DAYS.iter().any(|name| name.starts_with(word));
        let chinese =
            word.starts_with("星期") || word.starts_with('周') || word.starts_with("礼拜");
        let filler = matches!(word, "t" | "at" | "st" | "nd" | "rd" | "th" | "of");
        (weekday || chinese || filler).then_some(())
    }

    fn moment(&self, order: DateOrder) -> Option<(Moment, Certainty)> {
        if let ([number], None, None) = (self.numbers.as_slice(), self.month, self.millis) {
            return single(*number);
        }
        if let ([whole, fraction], None, None, true) = (
            self.numbers.as_slice(),
            self.month,
            self.millis,
            self.fraction,
        ) && whole.digits == 5
        {
            return serial(whole.value, *fraction);
        }
        let (day, certainty) = match (self.month, self.numbers.as_slice()) {
            (Some(month), [a, b]) => {
                // `Oct 7, 2025`, `7 Oct 2025`, `2025 Oct 7`.
                let (year, day) = if a.digits == 4 { (a, b) } else { (b, a) };
                (
                    civil(full_year(*year)?, month, day.value as u32)?,
                    Certainty::Sure,
                )
            }
            (None, [a, b, c]) => self.three(*a, *b, *c, order)?,
            _ => return None,
        };
        Some((
            Moment {
                day,
                millis: self.millis,
                offset: self.offset,
            },
            certainty,
        ))
    }

    fn three(&self, a: Number, b: Number, c: Number, order: DateOrder) -> Option<(Day, Certainty)> {
        let (x, y) = (a.value as u32, b.value as u32);
        if a.digits == 4 {
            if b.digits > 2 || c.digits > 2 {
                return None;
            }
            return Some((civil(a.value as i32, y, c.value as u32)?, Certainty::Sure));
        }
        if a.digits > 2 || b.digits > 2 {
            return None;
        }
        let year = full_year(c)?;
        if self.separator == Some('.') {
            return Some((civil(year, y, x)?, Certainty::Sure));
        }
        let day_first = civil(year, y, x);
        let month_first = civil(year, x, y);
        let (wanted, other) = match order {
            DateOrder::DayFirst => (day_first, month_first),
            DateOrder::MonthFirst => (month_first, day_first),
        };
        match (wanted, other) {
            (Some(day), Some(_)) if x == y => Some((day, Certainty::Sure)),
            (Some(day), Some(_)) => Some((day, Certainty::EitherWay)),
            (Some(day), None) => Some((day, Certainty::Sure)),
            (None, Some(day)) => Some((day, Certainty::AgainstOrder)),
            (None, None) => None,
        }
    }
}

fn leading_number(text: &str) -> Option<(u32, &str)> {
    let len = text.bytes().take_while(u8::is_ascii_digit).count();
    let value = text.get(..len).filter(|d| (1..=2).contains(&d.len()))?;
    Some((value.parse().ok()?, text.get(len..)?))
}

/// Two digits are of this century up to 68, as POSIX has it.
fn full_year(number: Number) -> Option<i32> {
    match number.digits {
        4 => Some(number.value as i32),
        2 if number.value <= 68 => Some(2000 + number.value as i32),
        2 => Some(1900 + number.value as i32),
        _ => None,
    }
}

/// A cell that is one number.
fn single(number: Number) -> Option<(Moment, Certainty)> {
    let n = number.value;
    let instant = |millis: i64| {
        let day = Day(i32::try_from(millis.div_euclid(86_400_000)).ok()?);
        let rest = u32::try_from(millis.rem_euclid(86_400_000)).ok()?;
        let moment = Moment {
            day,
            millis: Some(rest),
            offset: Some(0),
        };
        Some((moment, Certainty::Sure))
    };
    let date = |ymd: u64| {
        civil(
            (ymd / 10_000) as i32,
            (ymd / 100 % 100) as u32,
            (ymd % 100) as u32,
        )
    };
    match number.digits {
        8 => {
            let day = date(n)?;
            let moment = Moment {
                day,
                millis: None,
                offset: None,
            };
            (1900..2100)
                .contains(&day.year())
                .then_some((moment, Certainty::Sure))
        }
        12 | 14 => {
            let (ymd, hms) = if number.digits == 14 {
                (n / 1_000_000, n % 1_000_000)
            } else {
                (n / 10_000, n % 10_000 * 100)
            };
            let (h, m, s) = (hms / 10_000, hms / 100 % 100, hms % 100);
            let moment = Moment {
                day: date(ymd)?,
                millis: Some(time_of_day(h as u32, m as u32, s as u32, 0)?),
                offset: None,
            };
            Some((moment, Certainty::Sure))
        }
        10 if (946_684_800..4_102_444_800).contains(&n) => instant(n as i64 * 1000),
        13 if (946_684_800_000..4_102_444_800_000).contains(&n) => instant(n as i64),
        5 => serial(
            n,
            Number {
                value: 0,
                digits: 0,
            },
        ),
        _ => None,
    }
}

/// Days since 1899-12-30, the way spreadsheets count them since March 1900.
fn serial(days: u64, fraction: Number) -> Option<(Moment, Certainty)> {
    if !(20_000..60_000).contains(&days) || fraction.digits > 15 {
        return None;
    }
    let scale = 10u128.checked_pow(fraction.digits as u32)?;
    let seconds = (u128::from(fraction.value) * 86_400 + scale / 2) / scale;
    let millis = u32::try_from(seconds.min(86_399) * 1000).ok()?;
    let moment = Moment {
        day: Day(i32::try_from(days).ok()? - 25_569),
        millis: (fraction.digits > 0).then_some(millis),
        offset: None,
    };
    Some((moment, Certainty::Serial))
}
