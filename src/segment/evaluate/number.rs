//! Tests of numbers and days, brought into the form that columns are compared with.

use model::rule::{Compare, DateTest, NumberTest, Span, Unit};
use model::{Birthday, Day, Decimal};

/// What an integer must be: between `low` and `high`, both included, or (`inside` false) not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    low: i64,
    high: i64,
    inside: bool,
}

impl Interval {
    /// Passes nothing.
    pub(super) const NEVER: Self = Self {
        low: 1,
        high: 0,
        inside: true,
    };

    /// The test for integers that count `10^-scale` of what the rule's numbers count. Exact: `lt 2.5` on whole
    /// numbers is at most 2, `eq 2.5` is never.
    pub(super) fn of(test: &NumberTest, scale: u32) -> Self {
        let all = |low, high, inside| Self { low, high, inside };
        let floor = |value: &Decimal| at_scale(*value, scale, false);
        let ceil = |value: &Decimal| at_scale(*value, scale, true);
        match test {
            NumberTest::Compare(Compare::Eq, it) => all(ceil(it), floor(it), true),
            NumberTest::Compare(Compare::Ne, it) => all(ceil(it), floor(it), false),
            NumberTest::Compare(Compare::Lt, it) => all(i64::MIN, ceil(it).saturating_sub(1), true),
            NumberTest::Compare(Compare::Lte, it) => all(i64::MIN, floor(it), true),
            NumberTest::Compare(Compare::Gt, it) => {
                all(floor(it).saturating_add(1), i64::MAX, true)
            }
            NumberTest::Compare(Compare::Gte, it) => all(ceil(it), i64::MAX, true),
            NumberTest::Between(a, b) => all(ceil(a), floor(b), true),
            NumberTest::NotBetween(a, b) => all(ceil(a), floor(b), false),
        }
    }

    /// The least and the largest value, and whether values between them pass or those beyond.
    pub(super) fn bounds(self) -> (i64, i64, bool) {
        (self.low, self.high, self.inside)
    }

    /// Whether no larger value would change the answer.
    pub(super) fn is_settled(self, value: i64) -> bool {
        value > self.high || (value >= self.low && self.high == i64::MAX)
    }

    pub(super) fn holds(self, value: i64) -> bool {
        (self.low <= value && value <= self.high) == self.inside
    }
}

/// The value in units of `10^-scale`, rounded down or up, at most as large as an `i64`.
fn at_scale(value: Decimal, scale: u32, up: bool) -> i64 {
    let units = i128::from(value.units);
    let scaled = if scale >= value.scale {
        units.saturating_mul(10i128.saturating_pow(scale - value.scale))
    } else {
        let divisor = 10i128.saturating_pow(value.scale - scale);
        let floor = units.div_euclid(divisor);
        floor + i128::from(up && units.rem_euclid(divisor) != 0)
    };
    scaled.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
}

/// Whether a number of the owner's own fields or of an event passes.
pub(super) fn float_holds(test: &NumberTest, value: f64) -> bool {
    // Both parts are exact for numbers of up to fifteen digits, so this is the number that was written.
    let number = |it: &Decimal| it.units as f64 / 10f64.powi(it.scale as i32);
    match test {
        NumberTest::Compare(Compare::Eq, it) => value == number(it),
        NumberTest::Compare(Compare::Ne, it) => value != number(it),
        NumberTest::Compare(Compare::Lt, it) => value < number(it),
        NumberTest::Compare(Compare::Lte, it) => value <= number(it),
        NumberTest::Compare(Compare::Gt, it) => value > number(it),
        NumberTest::Compare(Compare::Gte, it) => value >= number(it),
        NumberTest::Between(a, b) => number(a) <= value && value <= number(b),
        NumberTest::NotBetween(a, b) => value < number(a) || number(b) < value,
    }
}

/// The day that lies so many spans after (or before, for a negative sign) a day.
fn moved(day: Day, span: Span, sign: i32) -> Day {
    let n = sign.saturating_mul(span.n as i32);
    match span.unit {
        Unit::Day => day.plus_days(n),
        Unit::Week => day.plus_days(n.saturating_mul(7)),
        Unit::Month => day.plus_months(n),
        Unit::Quarter => day.plus_months(n.saturating_mul(3)),
        Unit::Year => day.plus_months(n.saturating_mul(12)),
    }
}

/// The first of the days that end with today: the last `n` days are `n` days.
pub(crate) fn last_from(as_of: Day, span: Span) -> Day {
    moved(as_of, span, -1).plus_days(1)
}

/// The last of the days that start with today.
pub(super) fn next_until(as_of: Day, span: Span) -> Day {
    moved(as_of, span, 1).plus_days(-1)
}

/// What a day must be.
#[derive(Clone, Debug)]
pub(super) enum DayTest {
    /// Between two days, both included.
    Interval(Day, Day),
    /// In that month.
    InMonth(u32),
    /// Returns between two days, the first of which is today.
    Anniversary(Day, Day),
}

impl DayTest {
    pub(super) fn of(test: DateTest, as_of: Day) -> Self {
        let (min, max) = (Day(i32::MIN + 1), Day(i32::MAX));
        match test {
            DateTest::On(day) => Self::Interval(day, day),
            DateTest::Before(day) => Self::Interval(min, day.plus_days(-1)),
            DateTest::After(day) => Self::Interval(day.plus_days(1), max),
            DateTest::Between(from, to) => Self::Interval(from, to),
            DateTest::WithinLast(span) => Self::Interval(last_from(as_of, span), as_of),
            DateTest::WithinNext(span) => Self::Interval(as_of, next_until(as_of, span)),
            DateTest::MoreThanAgo(span) => {
                Self::Interval(min, moved(as_of, span, -1).plus_days(-1))
            }
            DateTest::AnniversaryWithinNext(span) => {
                Self::Anniversary(as_of, next_until(as_of, span))
            }
            DateTest::InMonth(month) => Self::InMonth(month),
        }
    }

    /// Whether a full date passes. A date has its first anniversary a year later.
    pub(super) fn holds(&self, day: Day) -> bool {
        match *self {
            Self::Interval(low, high) => low <= day && day <= high,
            Self::InMonth(month) => day.month() == month,
            Self::Anniversary(from, until) => {
                let yearly = Birthday {
                    year: None,
                    month: day.month(),
                    day: day.day_of_month(),
                };
                let first = yearly.in_year(day.year().saturating_add(1));
                yearly.next_on_or_after(from.max(first)) <= until
            }
        }
    }

    /// Whether the date with this month and day, of whatever year, passes; `None` where the year matters.
    pub(super) fn holds_yearly(&self, birthday: Birthday) -> Option<bool> {
        match *self {
            Self::Interval(..) => None,
            Self::InMonth(month) => Some(birthday.month == month),
            Self::Anniversary(from, until) => Some(birthday.next_on_or_after(from) <= until),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn integers_compare_with_fractions_exactly() {
        for (op, value, holds) in [
            (Compare::Lt, "2.5", &[1, 2][..]),
            (Compare::Lte, "2.5", &[1, 2]),
            (Compare::Gt, "2.5", &[3, 4]),
            (Compare::Gte, "2.5", &[3, 4]),
            (Compare::Eq, "2.5", &[]),
            (Compare::Ne, "2.5", &[1, 2, 3, 4]),
            (Compare::Lt, "3", &[1, 2]),
            (Compare::Lte, "3", &[1, 2, 3]),
            (Compare::Gt, "3", &[4]),
            (Compare::Gte, "3", &[3, 4]),
            (Compare::Eq, "3", &[3]),
            (Compare::Gt, "-0.5", &[1, 2, 3, 4]),
        ] {
            let test = Interval::of(&NumberTest::Compare(op, decimal(value)), 0);
            let found: Vec<i64> = (1..=4).filter(|&n| test.holds(n)).collect();
            assert_eq!(found, holds, "{op:?} {value}");
        }
        let test = NumberTest::NotBetween(decimal("1.5"), decimal("3"));
        let found: Vec<i64> = (1..=4)
            .filter(|&n| Interval::of(&test, 0).holds(n))
            .collect();
        assert_eq!(found, [1, 4]);
        let money = Interval::of(&NumberTest::Compare(Compare::Gte, decimal("19.999")), 2);
        assert!(!money.holds(1999) && money.holds(2000));
    }

    #[test]
    fn spans_are_as_documented() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let today = day("2026-03-31");
        let span = |n, unit| Span { n, unit };
        assert_eq!(last_from(today, span(1, Unit::Day)), today);
        assert_eq!(last_from(today, span(90, Unit::Day)), today.plus_days(-89));
        assert_eq!(last_from(today, span(1, Unit::Month)), day("2026-03-01"));
        assert_eq!(last_from(today, span(1, Unit::Quarter)), day("2026-01-01"));
        assert_eq!(last_from(today, span(1, Unit::Year)), day("2025-04-01"));
        assert_eq!(next_until(today, span(1, Unit::Week)), day("2026-04-06"));
        assert_eq!(next_until(today, span(1, Unit::Month)), day("2026-04-29"));
        let ago = DayTest::of(DateTest::MoreThanAgo(span(60, Unit::Day)), today);
        assert!(ago.holds(today.plus_days(-61)) && !ago.holds(today.plus_days(-60)));
        let ago = DayTest::of(DateTest::MoreThanAgo(span(1, Unit::Month)), today);
        assert!(ago.holds(day("2026-02-27")) && !ago.holds(day("2026-02-28")));
        let soon = DayTest::of(DateTest::AnniversaryWithinNext(span(7, Unit::Day)), today);
        for (date, holds) in [
            ("2020-03-31", true),
            ("2020-04-06", true),
            ("2020-04-07", false),
            ("2020-03-30", false),
            ("2026-03-31", false),
            ("2025-04-01", true),
            ("2026-04-01", false),
        ] {
            assert_eq!(soon.holds(day(date)), holds, "{date}");
        }
    }
}
