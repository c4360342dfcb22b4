//! Numbers as text: with all their digits, or as the date that they stand for.

/// What the format of a cell makes of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Style {
    /// A number.
    #[default]
    Plain,
    /// A day, with or without a time.
    Date,
    /// A time of day.
    Time,
}

/// The style of one of the formats that every workbook has (ECMA-376 part 1, 18.8.30; 27 to 36 and 50 to 58 are those
/// of Chinese, Japanese and Korean editions).
pub(crate) fn builtin(id: u32) -> Style {
    match id {
        14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57..=58 => Style::Date,
        18..=21 | 32..=35 | 45 | 47 | 55..=56 => Style::Time,
        _ => Style::Plain,
    }
}

/// The style of a format as it is written: `yyyy"年"m"月"d"日"`, `[$-409]h:mm AM/PM`, `#,##0.00;[Red]-#,##0.00`.
///
/// Letters in quotes, behind a backslash and in brackets say nothing; only the first section counts, that of positive
/// numbers. `m` is a month or minutes: minutes where hours or seconds are, and neither year nor day.
pub(crate) fn style_of(format: &str) -> Style {
    let (mut day, mut time, mut month, mut elapsed) = (false, false, false, false);
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        match c {
            ';' => break,
            '"' => while chars.next().is_some_and(|c| c != '"') {},
            '\\' | '_' | '*' => drop(chars.next()),
            '[' => {
                let inner: String = chars.by_ref().take_while(|&c| c != ']').collect();
                let inner = inner.to_ascii_lowercase();
                elapsed |=
                    !inner.is_empty() && inner.bytes().all(|b| matches!(b, b'h' | b'm' | b's'));
            }
            'y' | 'Y' | 'd' | 'D' => day = true,
            'h' | 'H' | 's' | 'S' => time = true,
            'm' | 'M' => month = true,
            _ => {}
        }
    }
    if elapsed {
        // Hours that may be more than 24 are a quantity.
        return Style::Plain;
    }
    match (day, time, month) {
        (true, _, _) | (false, false, true) => Style::Date,
        (false, true, _) => Style::Time,
        (false, false, false) => Style::Plain,
    }
}

/// Writes a number of the file in the style of its cell; `late` workbooks count days from 1904.
///
/// Digits that the file has are kept: an identifier of 19 digits that a program wrote as a number stays exact. What
/// only a spreadsheet has rounded (`2.0251007123456799E+18`) stays visibly so.
pub(crate) fn write(raw: &str, style: Style, late: bool, out: &mut String) {
    let raw = raw.trim();
    if style != Style::Plain
        && let Ok(value) = raw.parse::<f64>()
        && moment(value, late, out)
    {
        return;
    }
    if is_decimal(raw) && raw.len() <= 15 || is_whole(raw) {
        out.push_str(raw);
        return;
    }
    match raw.parse::<f64>() {
        Ok(value) => write_float(value, raw, out),
        Err(_) => out.push_str(raw),
    }
}

/// As [`write`], for formats that keep numbers as such.
pub(crate) fn write_value(value: f64, style: Style, late: bool, out: &mut String) {
    if style != Style::Plain && moment(value, late, out) {
        return;
    }
    write_float(value, &format!("{value:E}"), out);
}

/// Fifteen digits are what a spreadsheet shows: 0.30000000000000004 is 0.3.
fn write_float(value: f64, raw: &str, out: &mut String) {
    let size = value.abs();
    if value.is_finite() && (size == 0.0 || (1e-9..1e15).contains(&size)) {
        let shown: f64 = format!("{value:.14e}").parse().unwrap_or(value);
        out.push_str(&shown.to_string());
    } else {
        out.push_str(raw);
    }
}

fn is_whole(raw: &str) -> bool {
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    !digits.is_empty() && digits.len() <= 30 && digits.bytes().all(|b| b.is_ascii_digit())
}

fn is_decimal(raw: &str) -> bool {
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    plain(whole) && plain(part)
}

/// Writes the date or time that a number of days stands for; false where it is none.
///
/// Day 1 is 1 January 1900, and there is a 29 February 1900 (day 60) that never was: days before it count from one
/// day later. In workbooks of old Macintosh programs day 0 is 1 January 1904.
fn moment(value: f64, late: bool, out: &mut String) -> bool {
    /// 31 December 9999.
    const LAST: f64 = 2_958_466.0;
    if !(0.0..LAST).contains(&value) {
        return false;
    }
    // Below 2^38, so the conversion is exact.
    let seconds = (value * 86_400.0).round() as i64;
    let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let time = second != 0 || day == 0;
    if day > 0 || late {
        let since_1970 = match (late, day) {
            (true, _) => day - 24_107,
            (false, 60) => return false,
            (false, 61..) => day - 25_569,
            (false, _) => day - 25_568,
        };
        let (year, month, day) = civil(since_1970);
        out.push_str(&format!("{year:04}-{month:02}-{day:02}"));
        if time {
            out.push(' ');
        }
    }
    if time {
        let (hour, minute) = (second / 3_600, second / 60 % 60);
        out.push_str(&format!("{hour:02}:{minute:02}:{:02}", second % 60));
    }
    true
}

/// Year, month and day of a day since 1970 (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_say_what_a_number_is() {
        for (format, style) in [
            ("yyyy-mm-dd", Style::Date),
            ("yyyy\"年\"m\"月\"d\"日\";@", Style::Date),
            ("[$-804]yyyy/m/d h:mm", Style::Date),
            ("mmm-yy", Style::Date),
            ("m\"月\"d\"日\"", Style::Date),
            ("h:mm:ss AM/PM", Style::Time),
            ("mm:ss", Style::Time),
            ("[h]:mm:ss", Style::Plain),
            ("General", Style::Plain),
            ("#,##0.00;[Red]-#,##0.00", Style::Plain),
            ("0.00\"day\"", Style::Plain),
            ("\\d0", Style::Plain),
            ("0.00E+00", Style::Plain),
            ("@", Style::Plain),
            ("_(\"$\"* #,##0.00_)", Style::Plain),
        ] {
            assert_eq!(style_of(format), style, "{format}");
        }
    }

    #[test]
    fn numbers_keep_their_digits_and_dates_become_dates() {
        for (raw, style, late, expected) in [
            ("13800000000", Style::Plain, false, "13800000000"),
            (
                "2025100712345678901",
                Style::Plain,
                false,
                "2025100712345678901",
            ),
            (
                "2.0251007123456799E+18",
                Style::Plain,
                false,
                "2.0251007123456799E+18",
            ),
            ("1.3800000000000000E+10", Style::Plain, false, "13800000000"),
            ("0.30000000000000004", Style::Plain, false, "0.3"),
            ("-12.5", Style::Plain, false, "-12.5"),
            ("1E-3", Style::Plain, false, "0.001"),
            ("45413", Style::Date, false, "2024-05-01"),
            (
                "45413.41543981481",
                Style::Date,
                false,
                "2024-05-01 09:58:14",
            ),
            ("45412.99999999999", Style::Date, false, "2024-05-01"),
            ("1", Style::Date, false, "1900-01-01"),
            ("59", Style::Date, false, "1900-02-28"),
            ("60", Style::Date, false, "60"),
            ("61", Style::Date, false, "1900-03-01"),
            ("43951", Style::Date, true, "2024-05-01"),
            ("0.75", Style::Time, false, "18:00:00"),
            ("-1", Style::Date, false, "-1"),
            ("1e300", Style::Date, false, "1e300"),
            ("nonsense", Style::Plain, false, "nonsense"),
        ] {
            let mut out = String::new();
            write(raw, style, late, &mut out);
            assert_eq!(out, expected, "{raw}");
        }
    }

    #[test]
    fn civil_days_are_right_at_the_edges() {
        for (day, expected) in [
            (0, (1970, 1, 1)),
            (-25_567, (1900, 1, 1)),
            (19_782, (2024, 2, 29)),
            (20_575, (2026, 5, 2)),
            (2_932_896, (9999, 12, 31)),
        ] {
            assert_eq!(civil(day), expected);
        }
    }
}
