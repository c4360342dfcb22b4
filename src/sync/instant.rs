//! Instants as servers write them, for overlaps and `Retry-After`: days by the civil calendar (H. Hinnant, "chrono-
//! Compatible Low-Level Date Algorithms", 2013).

/// Days since 1970-01-01 of a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let shifted = (month + 9) % 12;
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a day since 1970-01-01.
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// Milliseconds since 1970 of `2026-05-14T10:20:30.123Z`, `2026-05-14 10:20:30+08:00` and the like; an instant without
/// zone is taken for UTC.
pub(crate) fn parse_iso(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let separators: Vec<char> = [4, 7, 10, 13, 16]
        .iter()
        .filter_map(|at| text.get(*at..at + 1)?.chars().next())
        .collect();
    let dated = matches!(separators.as_slice(), ['-', '-', 'T' | 't' | ' ', ':', ':']);
    if !dated || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let mut rest = text.get(19..)?;
    let mut ms = 0;
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = fraction.bytes().take_while(u8::is_ascii_digit).count();
        let digits: String = fraction
            .chars()
            .take(length)
            .chain("000".chars())
            .take(3)
            .collect();
        ms = digits.parse().ok()?;
        rest = fraction.get(length..)?;
    }
    let offset = match rest {
        "" | "Z" | "z" => 0,
        zone => {
            let sign = match zone.get(..1)? {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            let hours: i64 = zone.get(1..3)?.parse().ok()?;
            let minutes = zone.get(3..)?.trim_start_matches(':');
            let minutes: i64 = if minutes.is_empty() {
                0
            } else {
                minutes.parse().ok()?
            };
            sign * (hours * 60 + minutes)
        }
    };
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    Some((seconds - offset * 60) * 1000 + ms)
}

/// `2026-05-14T10:20:30.123Z`, with the separator of `like` between date and time.
pub(crate) fn iso(ms: i64, like: &str) -> String {
    let (year, month, day) = date(ms.div_euclid(86_400_000));
    let of_day = ms.rem_euclid(86_400_000);
    let (seconds, ms) = (of_day / 1000, of_day % 1000);
    let separator = if like.get(10..11) == Some(" ") {
        ' '
    } else {
        'T'
    };
    format!(
        "{year:04}-{month:02}-{day:02}{separator}{:02}:{:02}:{:02}.{ms:03}Z",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// Milliseconds since 1970 of an HTTP date: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
pub(crate) fn parse_http(text: &str) -> Option<i64> {
    let (_, rest) = text.split_once(", ")?;
    let parts: Vec<&str> = rest.split(' ').collect();
    let [day, month, year, time, "GMT"] = parts.as_slice() else {
        return None;
    };
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = i64::try_from(MONTHS.find(month)? / 3 + 1).ok()?;
    let clock: Vec<i64> = time
        .split(':')
        .filter_map(|part| part.parse().ok())
        .collect();
    let [hour, minute, second] = clock.as_slice() else {
        return None;
    };
    let day = days(year.parse().ok()?, month, day.parse().ok()?);
    Some((day * 86_400 + hour * 3600 + minute * 60 + second) * 1000)
}

#[cfg(test)]
mod tests {
    use super::{iso, parse_http, parse_iso};

    #[test]
    fn instants() {
        for (text, ms) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2000-02-29T12:00:00.5Z", Some(951_825_600_500)),
            ("2026-05-14 10:20:30.123Z", Some(1_778_754_030_123)),
            ("2019-07-25T15:26:49+05:30", Some(1_564_048_609_000)),
            ("2019-07-25T15:26:49.1234567-0200", Some(1_564_075_609_123)),
            ("yesterday", None),
            ("2019-13-25T15:26:49Z", None),
        ] {
            assert_eq!(parse_iso(text), ms, "{text}");
        }
        assert_eq!(
            iso(1_778_754_030_123, "2026-05-14 10"),
            "2026-05-14 10:20:30.123Z"
        );
        assert_eq!(iso(-1, ""), "1969-12-31T23:59:59.999Z");
        assert_eq!(
            parse_http("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(784_111_777_000)
        );
        assert_eq!(parse_http("soon"), None);
        for day in (-200_000..200_000).step_by(997) {
            let ms = day * 86_400_000;
            assert_eq!(
                parse_iso(&iso(ms, "")),
                Some(ms).filter(|_| iso(ms, "").len() == 24)
            );
        }
    }
}
