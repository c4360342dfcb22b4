//! Breakage: the share of issued points that are never redeemed, estimated from the business's own history.
//!
//! Points are put into a triangle by the calendar month in which they were earned and by age, the number of calendar
//! months from there to the month in which they were redeemed (Gault, Llaguno and Ménard, "Loyalty Rewards and Gift
//! Card Programs: Basic Actuarial Estimation Techniques", Casualty Actuarial Society E-Forum, 2012: issue period by
//! development age). Only whole months are looked at. The share that is still unused after age `a` is the
//! product-limit estimate (Kaplan and Meier, Journal of the American Statistical Association 53, 1958):
//!
//! `unused(a) = (1 - d(0)/n(0)) * ... * (1 - d(a)/n(a))`
//!
//! where `d(j)` are the points redeemed at age `j` and `n(j)` those not redeemed before it, both over all months of
//! issue that have reached the age `j`. Points that expired stay among the unused: they are what is measured.
//! Breakage is `unused` at the end of the points' life.
//!
//! How sure that is: members are put into ten groups, the estimate is repeated with each group left out, and the
//! spread gives the standard error (Kott, "The Delete-a-Group Jackknife", Journal of Official Statistics 17, 2001):
//! `SE^2 = 9/10 * sum of (estimate without g - mean of these)^2`; the range is the estimate +- 2.262 SE (Student's t,
//! nine degrees of freedom, 95 of 100).
//!
//! Worked example: 1,000 points issued in January and 1,000 in February, seen to the end of February. January's: 100
//! redeemed in January, 90 in February; February's: 100 in February. `unused(0) = 1 - 200/2000 = 0.9`; only January's
//! 900 have reached age 1: `unused(1) = 0.9 * (1 - 90/900) = 0.81`.

use model::money::divide;
use model::{Day, Points, Rounding};

/// Parts per million that make the whole.
pub const WHOLE_PPM: u32 = 1_000_000;

/// Groups of the jackknife.
pub const GROUPS: usize = 10;

/// Student's t for nine degrees of freedom and 95 of 100, in thousandths.
const T_MILLI: u64 = 2_262;

/// The finer scale in which products of shares are kept.
const FINE: i128 = 1_000_000_000_000;

/// The number of a calendar month; the next month has the next number.
pub fn month_number(day: Day) -> i32 {
    day.year()
        .saturating_mul(12)
        .saturating_add(day.month().saturating_sub(1) as i32)
}

/// The first day of a month by its number.
pub fn month_start(number: i32) -> Day {
    Day::from_ymd(number.div_euclid(12), number.rem_euclid(12) as u32 + 1, 1).unwrap_or(Day(0))
}

/// Points by month of issue and age of redemption.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Triangle {
    /// Number of the first month.
    first: i32,
    months: Vec<Issue>,
}

/// Points issued in one month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Issue {
    issued: i64,
    /// Redeemed, by age in months.
    redeemed: Vec<i64>,
}

impl Triangle {
    fn month(&mut self, month: i32) -> Option<&mut Issue> {
        if self.months.is_empty() {
            self.first = month;
        }
        if month < self.first {
            let more = usize::try_from(self.first - month).ok()?;
            self.months.splice(0..0, vec![Issue::default(); more]);
            self.first = month;
        }
        let place = usize::try_from(month - self.first).ok()?;
        if self.months.len() <= place {
            self.months.resize(place + 1, Issue::default());
        }
        self.months.get_mut(place)
    }

    /// Adds points issued in a month.
    pub fn issue(&mut self, month: i32, points: i64) {
        if let Some(issue) = self.month(month) {
            issue.issued = issue.issued.saturating_add(points);
        }
    }

    /// Adds points issued in `month` and redeemed in `used`; what pays for an earlier debt has age 0.
    pub fn redeem(&mut self, month: i32, used: i32, points: i64) {
        let age = usize::try_from(used.saturating_sub(month)).unwrap_or(0);
        let Some(issue) = self.month(month) else {
            return;
        };
        if issue.redeemed.len() <= age {
            issue.redeemed.resize(age + 1, 0);
        }
        if let Some(sum) = issue.redeemed.get_mut(age) {
            *sum = sum.saturating_add(points);
        }
    }

    /// Adds (`sign` 1) or takes away (`sign` -1) another triangle.
    fn merge(&mut self, other: &Self, sign: i64) {
        for (issue, month) in other.months.iter().zip(other.first..) {
            self.issue(month, sign.saturating_mul(issue.issued));
            for (points, age) in issue.redeemed.iter().zip(0..) {
                self.redeem(month, month + age, sign.saturating_mul(*points));
            }
        }
    }

    /// Points issued and redeemed up to the month `last`, by months of issue up to it.
    fn sums(&self, last: i32) -> (i64, i64) {
        let mut sums = (0i64, 0i64);
        for (issue, month) in self.months.iter().zip(self.first..=last) {
            sums.0 = sums.0.saturating_add(issue.issued);
            let seen = usize::try_from(last - month + 1).unwrap_or(0);
            for points in issue.redeemed.iter().take(seen) {
                sums.1 = sums.1.saturating_add(*points);
            }
        }
        sums
    }

    /// The share unused after each age from 0 to `ages - 1`, of `FINE`.
    fn unused(&self, last: i32, ages: usize) -> Vec<i128> {
        let mut share = FINE;
        let mut shares = Vec::with_capacity(ages);
        for age in 0..ages {
            let (mut redeemed, mut open) = (0i128, 0i128);
            for (issue, month) in self.months.iter().zip(self.first..=last) {
                let reached = usize::try_from(last - month).unwrap_or(0);
                if reached < age {
                    break;
                }
                let before = issue.redeemed.iter().take(age);
                let before: i128 = before.map(|points| i128::from(*points)).sum();
                open += i128::from(issue.issued) - before;
                redeemed += i128::from(issue.redeemed.get(age).copied().unwrap_or(0));
            }
            if open > 0 {
                let left = (open - redeemed).clamp(0, open);
                share = divide(share * left, open, Rounding::HalfUp).unwrap_or(share);
            }
            shares.push(share);
        }
        shares
    }
}

fn ppm(fine: i128) -> u32 {
    let scaled = divide(fine, FINE / i128::from(WHOLE_PPM), Rounding::HalfUp);
    scaled
        .and_then(|it| u32::try_from(it).ok())
        .unwrap_or(WHOLE_PPM)
        .min(WHOLE_PPM)
}

/// Triangles of ten groups of members.
#[derive(Clone, Debug, Default)]
pub struct History {
    groups: [Triangle; GROUPS],
    members: u64,
}

/// How sure an estimate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sureness {
    /// Too little has happened to say anything.
    Nothing,
    /// Much may still change it.
    Weak,
    /// Good enough to plan with.
    Fair,
    /// A whole life was seen and the groups agree.
    Good,
}

/// What history says of breakage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Parts per million; `None` where nothing can be said.
    pub share_ppm: Option<u32>,
    /// Lower end of the range.
    pub low_ppm: u32,
    /// Upper end.
    pub high_ppm: u32,
    /// How sure that is.
    pub sureness: Sureness,
    /// First month of issue that is in it.
    pub from: Day,
    /// Last whole month.
    pub to: Day,
    /// Points issued in these months.
    pub issued: Points,
    /// Of these, redeemed by the end of `to`.
    pub redeemed: Points,
    /// Members they were issued to.
    pub members: u64,
    /// Ages that could be seen, in months; 1 is the month of issue alone.
    pub seen_months: u32,
    /// Share unused after each age, parts per million.
    pub unused_ppm: Vec<u32>,
}

impl History {
    /// The triangle of a member: any number that stays with them, such as their id. Always there.
    pub fn of_member(&mut self, number: u64) -> Option<&mut Triangle> {
        self.members += 1;
        self.groups
            .get_mut(usize::try_from(number % GROUPS as u64).ok()?)
    }

    /// The estimate at the end of the last whole month before the day after `as_of`. `life_months`: after how many
    /// calendar months the last points have ended; `None` where they may never end.
    pub fn estimate(&self, as_of: Day, life_months: Option<u32>) -> Option<Estimate> {
        let whole = as_of == as_of.end_of_month();
        let last = month_number(as_of) - i32::from(!whole);
        let mut all = Triangle::default();
        for group in &self.groups {
            all.merge(group, 1);
        }
        let seen = u32::try_from(last - all.first + 1).ok()?;
        if all.months.is_empty() || seen == 0 {
            return None;
        }
        let ages = life_months.map_or(seen, |life| seen.min(life.saturating_add(1)));
        let unused = all.unused(last, ages as usize);
        let (issued, redeemed) = all.sums(last);
        let share = unused.last().copied().map_or(WHOLE_PPM, ppm);
        let half = self.half_width(&all, last, ages as usize);
        let sureness = sureness(seen, life_months, self.members, redeemed, half);
        Some(Estimate {
            share_ppm: (sureness > Sureness::Nothing).then_some(share),
            low_ppm: share.saturating_sub(half),
            high_ppm: share.saturating_add(half).min(WHOLE_PPM),
            sureness,
            from: month_start(all.first),
            to: month_start(last),
            issued: Points(issued),
            redeemed: Points(redeemed),
            members: self.members,
            seen_months: ages,
            unused_ppm: unused.into_iter().map(ppm).collect(),
        })
    }

    /// Half of the range, in parts per million, rounded up.
    fn half_width(&self, all: &Triangle, last: i32, ages: usize) -> u32 {
        let mut without = Vec::with_capacity(GROUPS);
        for group in &self.groups {
            let mut rest = all.clone();
            rest.merge(group, -1);
            let share = rest.unused(last, ages).last().copied().map_or(0, ppm);
            without.push(u64::from(share));
        }
        let mean = without.iter().sum::<u64>() / GROUPS as u64;
        let squares: u64 = without
            .iter()
            .map(|share| share.abs_diff(mean).saturating_pow(2))
            .fold(0, u64::saturating_add);
        let variance = squares / GROUPS as u64 * (GROUPS as u64 - 1);
        let half = (variance.isqrt() + 1)
            .saturating_mul(T_MILLI)
            .div_ceil(1000);
        u32::try_from(half).unwrap_or(WHOLE_PPM).min(WHOLE_PPM)
    }
}

/// Fewer members than this say nothing.
const MEMBERS_MIN: u64 = 30;
/// Fewer whole months say nothing.
const MONTHS_MIN: u32 = 3;
/// Half a range up to 5 points of a hundred is good, up to 15 fair.
const GOOD_PPM: u32 = 50_000;
const FAIR_PPM: u32 = 150_000;

fn sureness(seen: u32, life: Option<u32>, members: u64, redeemed: i64, half_ppm: u32) -> Sureness {
    if members < MEMBERS_MIN || seen < MONTHS_MIN || redeemed <= 0 {
        return Sureness::Nothing;
    }
    // Points that never end, or whose end was not seen yet, may still be redeemed: what is unused so far is too much.
    let Some(life) = life else {
        return Sureness::Weak;
    };
    let whole_life = seen > life;
    let most = seen.saturating_mul(4) >= life.saturating_mul(3);
    match half_ppm {
        0..=GOOD_PPM if whole_life => Sureness::Good,
        0..=FAIR_PPM if most => Sureness::Fair,
        _ => Sureness::Weak,
    }
}

impl Estimate {
    /// The chance that a point that is open at an age (calendar months since it was earned) is still redeemed: of
    /// what was unused when that age began, the part that is redeemed by the end. Parts per million, half up.
    pub fn still_redeemed_ppm(&self, age: u32) -> u32 {
        let end = self.unused_ppm.last().copied().unwrap_or(WHOLE_PPM);
        let begun = match age.checked_sub(1) {
            None => WHOLE_PPM,
            Some(before) => self.unused_ppm.get(before as usize).copied().unwrap_or(end),
        };
        let used = i128::from(begun.saturating_sub(end)) * i128::from(WHOLE_PPM);
        divide(used, i128::from(begun.max(1)), Rounding::HalfUp)
            .and_then(|it| u32::try_from(it).ok())
            .unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    #[test]
    fn the_worked_example() {
        let mut triangle = Triangle::default();
        let january = month_number(day("2026-01-15"));
        triangle.issue(january + 1, 1000);
        triangle.redeem(january + 1, january + 1, 100);
        triangle.issue(january, 1000);
        triangle.redeem(january, january, 100);
        triangle.redeem(january, january + 1, 90);
        let shares: Vec<u32> = triangle
            .unused(january + 1, 2)
            .into_iter()
            .map(ppm)
            .collect();
        assert_eq!(shares, [900_000, 810_000]);
        assert_eq!(triangle.sums(january + 1), (2000, 290));
    }

    /// 100 members who get 100 points a month each for `months` and redeem 30 of them two months later.
    fn steady(months: i32) -> History {
        let mut history = History::default();
        let first = month_number(day("2025-01-01"));
        for member in 0..100u64 {
            let triangle = history.of_member(member).expect("a group");
            for month in first..first + months {
                triangle.issue(month, 100);
                triangle.redeem(month, month + 2, 30);
            }
        }
        history
    }

    #[test]
    fn a_steady_business_is_known_for_good_once_a_life_was_seen() {
        for (as_of, seen, share, sureness) in [
            ("2025-02-27", 1, None, Sureness::Nothing),
            ("2025-06-30", 6, Some(700_000), Sureness::Weak),
            ("2025-11-30", 11, Some(700_000), Sureness::Fair),
            ("2026-01-31", 13, Some(700_000), Sureness::Good),
            ("2026-02-14", 13, Some(700_000), Sureness::Good),
        ] {
            let estimate = steady(14).estimate(day(as_of), Some(12)).expect("months");
            assert_eq!(
                (estimate.seen_months, estimate.share_ppm, estimate.sureness),
                (seen, share, sureness),
                "{as_of}"
            );
        }
        let endless = steady(14)
            .estimate(day("2026-02-28"), None)
            .expect("months");
        assert_eq!(endless.sureness, Sureness::Weak);
    }

    #[test]
    fn groups_that_differ_widen_the_range() {
        let mut history = steady(14);
        let first = month_number(day("2025-01-01"));
        // One large member who redeems everything at once.
        let whale = history.of_member(3).expect("a group");
        whale.issue(first, 50_000);
        whale.redeem(first, first, 50_000);
        let estimate = history
            .estimate(day("2026-01-31"), Some(12))
            .expect("months");
        assert!(
            estimate.high_ppm - estimate.low_ppm > 100_000,
            "{estimate:?}"
        );
        assert!(estimate.sureness < Sureness::Good);
    }

    #[test]
    fn what_is_open_is_redeemed_with_the_chance_of_its_age() {
        let estimate = steady(14)
            .estimate(day("2026-01-31"), Some(12))
            .expect("months");
        // Until the third month all of the 30 % is still to come, afterwards nothing is.
        for (age, chance) in [
            (0, 300_000),
            (1, 300_000),
            (2, 300_000),
            (3, 0),
            (12, 0),
            (99, 0),
        ] {
            assert_eq!(estimate.still_redeemed_ppm(age), chance, "{age}");
        }
    }

    #[test]
    fn months_have_numbers() {
        for text in ["2024-12-01", "2025-01-01", "2026-02-01"] {
            assert_eq!(month_start(month_number(day(text))), day(text));
        }
        assert_eq!(
            month_number(day("2026-01-31")) - month_number(day("2025-12-01")),
            1
        );
    }
}
