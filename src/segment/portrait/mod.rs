//! The portrait of a set of customers: what they have more or less often than everybody else.
//!
//! A [`Sketch`] goes over all customers a stretch at a time and counts each value on both sides; then each measure is
//! compared by ranks, one a step; at the end stands a [`Portrait`]. A trait is counted once for each customer
//! however often it occurs, so that one who buys daily does not stand for many. What is stated (a city, an
//! occupation) is compared among those who stated it; what is done (a category bought) among those who ordered.
//! Tags are compared among everybody: not being tagged is a statement, too.
//!
//! Worked example: 30 of 40 members with a known city live in Hangzhou, 20 of 80 others: lift 3.

mod measures;
mod tally;
mod traits;

pub use measures::{Fifths, Measured};
pub use traits::Found;

use crate::columns::{HAS_REFUNDS, LinesLeft};
use crate::{Bitmap, Columns, LoyaltyColumns};
use measures::Measures;
use model::Day;
use model::portrait::MeasureKind;
use tally::{Marks, Sides};
use traits::Traits;

/// Bands of the age pyramid: from, to.
pub const AGE_BANDS: [(u32, Option<u32>); 7] = [
    (0, Some(17)),
    (18, Some(24)),
    (25, Some(34)),
    (35, Some(44)),
    (45, Some(54)),
    (55, Some(64)),
    (65, None),
];

/// Hours that the parts of the day begin with.
pub const DAY_PARTS: [u32; 6] = [0, 6, 11, 14, 17, 21];

/// What a finished sketch says.
#[derive(Clone, Debug, PartialEq)]
pub struct Portrait {
    /// Members and others.
    pub customers: [u64; 2],
    /// Spend of members and others, minor units.
    pub spend: [i64; 2],
    /// Every value that somebody has, in a fixed order.
    pub traits: Vec<Found>,
    /// The measures that somebody among the members has.
    pub measures: Vec<Measured>,
    /// Spend by fifths of all buyers.
    pub fifths: Fifths,
    /// The spend up to which each of them but the last goes; empty without buyers.
    pub fifth_limits: Vec<i64>,
    /// By age band: women, men, others and unknown; members and others.
    pub ages: [[[u64; 3]; 2]; AGE_BANDS.len()],
    /// Orders by weekday and hour (Monday 0 first), members and others.
    pub week: [[u64; 168]; 2],
}

/// A portrait on its way.
#[derive(Clone, Debug)]
pub struct Sketch {
    as_of: Day,
    members: Bitmap,
    next: usize,
    traits: Traits,
    measures: Measures,
    marks: Marks,
    customers: Sides,
    ages: [[[u64; 3]; 2]; AGE_BANDS.len()],
    week: [Vec<u64>; 2],
    days: Vec<Day>,
    /// Measures that are compared already.
    compared: Vec<Measured>,
    measured: usize,
}

impl Sketch {
    /// Begins one of these members as of a day.
    pub fn new(columns: &Columns, as_of: Day, members: Bitmap) -> Self {
        Self {
            as_of,
            members,
            next: 0,
            traits: Traits::new(columns),
            measures: Measures::default(),
            marks: Marks::new(columns),
            customers: Sides::default(),
            ages: Default::default(),
            week: [vec![0; 168], vec![0; 168]],
            days: Vec::new(),
            compared: Vec::new(),
            measured: 0,
        }
    }

    /// How many slots are done.
    pub fn done(&self) -> usize {
        self.next
    }

    /// Goes on until about so many customers and orders are looked at, or compares one measure; `true` once all is
    /// done.
    pub fn step(
        &mut self,
        columns: &Columns,
        points: Option<&LoyaltyColumns>,
        most: usize,
    ) -> bool {
        let mut looked_at = 0;
        while self.next < columns.slots() {
            if looked_at >= most {
                return false;
            }
            let slot = self.next;
            self.next += 1;
            looked_at += 1 + columns.orders.blocks.rows(slot).len();
            if columns.live().contains(slot as u32) {
                self.look_at(columns, points, slot);
            }
        }
        let Some(&kind) = MeasureKind::ALL.get(self.measured) else {
            return true;
        };
        self.measured += 1;
        self.compared.extend(self.measures.compare(kind));
        self.measured == MeasureKind::ALL.len()
    }

    fn look_at(&mut self, columns: &Columns, points: Option<&LoyaltyColumns>, slot: usize) {
        let side = usize::from(!self.members.contains(slot as u32));
        self.customers.add(side);
        self.traits.stated(columns, slot, side);
        if let Some(points) = points {
            let tier = points.tier.get(slot).copied().unwrap_or(u16::MAX);
            self.traits.tier(tier, side);
            if let Some(&balance) = points.balance.get(slot) {
                self.measures.add(MeasureKind::Points, side, balance);
            }
        }
        let age = columns
            .birthday(slot as u32)
            .and_then(|birthday| birthday.age_on(self.as_of))
            .and_then(|age| u32::try_from(age).ok());
        if let Some(age) = age {
            self.measures.add(MeasureKind::Age, side, i64::from(age));
            let band = band_of(age);
            self.traits.age(band, side);
            let gender = match columns.customers.gender.get(slot) {
                Some(1) => 0,
                Some(2) => 1,
                _ => 2,
            };
            let place = self.ages.get_mut(band).and_then(|it| it.get_mut(side));
            if let Some(count) = place.and_then(|it| it.get_mut(gender)) {
                *count += 1;
            }
        }
        self.orders(columns, slot, side);
    }

    fn orders(&mut self, columns: &Columns, slot: usize, side: usize) {
        let total = columns.orders.total(slot, self.as_of.0);
        if total.count == 0 {
            return;
        }
        let since = |day: i32| i64::from(self.as_of.0) - i64::from(day);
        let average = crate::columns::average(total.spend, total.converted);
        columns.order_days(slot as u32, self.as_of, &mut self.days);
        let gap = insight::usual_gap_days(&self.days).map(i64::from);
        for (kind, value) in [
            (MeasureKind::Spend, Some(total.spend)),
            (MeasureKind::Orders, Some(i64::from(total.count))),
            (MeasureKind::AverageOrder, average),
            (MeasureKind::DaysSinceLast, Some(since(total.last))),
            (MeasureKind::UsualGap, gap),
            (MeasureKind::DaysSinceFirst, Some(since(total.first))),
        ] {
            if let Some(value) = value {
                self.measures.add(kind, side, value);
            }
        }
        self.marks.start();
        self.traits.buyer(side);
        let mut left = LinesLeft { lines: Vec::new() };
        for row in columns.orders.blocks.rows(slot) {
            if columns.orders.counted(row, self.as_of.0).is_none() {
                continue;
            }
            self.when(columns, row, side);
            self.traits.order(columns, row, side, &mut self.marks);
            let in_part = columns.orders.flags(row) & HAS_REFUNDS != 0;
            if in_part {
                columns.orders.lines_left(row, self.as_of.0, &mut left);
            }
            for (at, line) in columns.orders.line_range(row).enumerate() {
                // What came back whole was not bought.
                if in_part && left.lines.get(at).copied().flatten().is_none() {
                    continue;
                }
                self.traits.line(columns, line, side, &mut self.marks);
            }
        }
    }

    /// Notes the weekday and hour of an order.
    fn when(&mut self, columns: &Columns, row: usize, side: usize) {
        let minute = columns.orders.rows.minute.get(row).copied().unwrap_or(0);
        // 1970-01-01 was a Thursday.
        let weekday = (columns.orders.day(row).wrapping_add(3)).rem_euclid(7) as usize;
        let hour = usize::from(minute / 60).min(23);
        let week = self.week.get_mut(side);
        if let Some(count) = week.and_then(|it| it.get_mut(weekday * 24 + hour)) {
            *count += 1;
        }
        let part = DAY_PARTS.iter().rposition(|&from| from as usize <= hour);
        self.traits
            .when(weekday, part.unwrap_or(0), side, &mut self.marks);
    }

    /// What it came to, once [`Sketch::step`] said so.
    pub fn finish(self, columns: &Columns, points: Option<&LoyaltyColumns>) -> Portrait {
        let [members, others] = self.week;
        let week = |counts: Vec<u64>| <[u64; 168]>::try_from(counts).unwrap_or([0; 168]);
        let (fifths, fifth_limits) = self.measures.fifths();
        Portrait {
            customers: self.customers.0,
            spend: self.measures.sums(MeasureKind::Spend),
            traits: self.traits.found(columns, points, self.customers),
            fifths,
            fifth_limits,
            measures: self.compared,
            ages: self.ages,
            week: [week(members), week(others)],
        }
    }
}

/// The band of an age.
fn band_of(age: u32) -> usize {
    let band = AGE_BANDS.iter().rposition(|&(from, _)| from <= age);
    band.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_have_no_gaps() {
        for pair in AGE_BANDS.windows(2) {
            assert_eq!(pair[0].1.unwrap() + 1, pair[1].0);
        }
        assert_eq!(AGE_BANDS[0].0, 0);
        assert_eq!(AGE_BANDS.last().unwrap().1, None);
        for (age, band) in [(0, 0), (17, 0), (18, 1), (64, 5), (65, 6), (120, 6)] {
            assert_eq!(band_of(age), band);
        }
    }
}
