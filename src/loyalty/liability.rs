//! What points mean for the books: the arithmetic of IFRS 15 for loyalty points.
//!
//! A purchase that earns points sells two things: the goods now, and the right to use the points later. What was paid
//! is divided between them in proportion to what each would sell for by itself (IFRS 15.73 to 76):
//!
//! 1. What the points would sell for: points x worth of a point x share expected to be redeemed (B42).
//! 2. Part of the points = paid x points' price / (paid + points' price), half up. The goods' price is what was
//!    paid: the shop sells them at it. The rest belongs to the goods, so that both make up what was paid.
//! 3. The part of the points is a contract liability. It becomes revenue as points are redeemed:
//!    part x redeemed / expected to be redeemed in all, half up (B46; Illustrative Example 52). Estimates are made
//!    anew each time, so what was expected in vain becomes revenue with the rest.
//!
//! Worked example (Illustrative Example 52): 100,000 paid, 10,000 points of 1.00, 9,500 expected to be redeemed: the
//! points get 100,000 x 9,500 / 109,500 = 8,675.80, the goods 91,324.20. Of 4,500 redeemed in the first year:
//! 8,675.80 x 4,500 / 9,500 = 4,109.59 of revenue. In the second year 8,500 are redeemed in all and 9,700 expected:
//! 8,675.80 x 8,500 / 9,700 = 7,602.51 in all.

use crate::breakage::{Estimate, WHOLE_PPM};
use model::money::divide;
use model::{Money, Points, Rounding};

/// What points are worth: so many points, so much money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointValue {
    /// Above zero.
    pub points: Points,
    /// In minor units.
    pub worth: Money,
}

/// `a * b / c`, half up; bounded by 64 bits.
fn scaled(a: i64, b: i64, c: i64) -> i64 {
    let product = i128::from(a).saturating_mul(i128::from(b));
    let quotient = divide(product, i128::from(c), Rounding::HalfUp).unwrap_or(0);
    i64::try_from(quotient).unwrap_or(if quotient < 0 { i64::MIN } else { i64::MAX })
}

impl PointValue {
    /// What points are worth, half up.
    pub fn of(&self, points: Points) -> Money {
        Money(scaled(points.0, self.worth.0, self.points.0.max(1)))
    }
}

/// What was paid, divided between goods and points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// Revenue at once.
    pub goods: Money,
    /// Revenue when points are redeemed.
    pub points: Money,
}

/// Divides what was paid for goods with points whose own price is `points_price` (steps 1 and 2 above).
pub fn allocate(paid: Money, points_price: Money) -> Allocation {
    let (paid, price) = (paid.0.max(0), points_price.0.max(0));
    let points = match paid.checked_add(price) {
        Some(whole) if whole > 0 => scaled(paid, price, whole),
        _ => 0,
    };
    Allocation {
        goods: Money(paid - points),
        points: Money(points),
    }
}

/// Of the points' part, what is revenue by now (step 3): all of it once nothing more is expected to be redeemed.
pub fn recognised(part: Money, redeemed: Points, expected_in_all: Points) -> Money {
    if redeemed >= expected_in_all {
        return part;
    }
    Money(scaled(part.0, redeemed.0.max(0), expected_in_all.0))
}

/// How many points are expected to be redeemed.
#[derive(Clone, Copy, Debug)]
pub enum Expected<'e> {
    /// By what history says of points of their age.
    ByAge(&'e Estimate),
    /// All but this share of those issued, in parts per million.
    AllBut(u32),
}

/// Points that were issued in one month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Issue {
    /// Calendar months since.
    pub age: u32,
    /// What was paid for the purchases that earned them.
    pub paid: Money,
    /// How many, after refunds.
    pub issued: Points,
    /// Of these, redeemed.
    pub redeemed: Points,
    /// Of these, open.
    pub open: Points,
}

impl Expected<'_> {
    /// Of the open points of an issue, how many are still expected to be redeemed; at most all of them. Half up.
    pub fn of_open(&self, issue: &Issue) -> Points {
        let open = issue.open.0.max(0);
        match self {
            Self::ByAge(estimate) => {
                let chance = estimate.still_redeemed_ppm(issue.age);
                Points(scaled(open, i64::from(chance), i64::from(WHOLE_PPM)))
            }
            Self::AllBut(share) => {
                let kept = WHOLE_PPM.saturating_sub(*share);
                let in_all = scaled(issue.issued.0, i64::from(kept), i64::from(WHOLE_PPM));
                Points(in_all.saturating_sub(issue.redeemed.0).clamp(0, open))
            }
        }
    }
}

/// What the points of one issue mean for the books.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deferred {
    /// Of the open points, still expected to be redeemed.
    pub expected: Points,
    /// What the points would sell for by themselves.
    pub stand_alone: Money,
    /// The points' part of what was paid.
    pub allocated: Money,
    /// Of that, revenue by now.
    pub recognised: Money,
    /// The rest: the contract liability.
    pub liability: Money,
}

/// Calculates one issue. Where nothing is open any more everything is revenue.
pub fn deferred(issue: &Issue, value: &PointValue, expected: &Expected<'_>) -> Deferred {
    let still = expected.of_open(issue);
    let in_all = Points(issue.redeemed.0.max(0).saturating_add(still.0));
    let stand_alone = value.of(in_all);
    let allocated = allocate(issue.paid, stand_alone).points;
    let recognised = recognised(allocated, issue.redeemed, in_all);
    Deferred {
        expected: still,
        stand_alone,
        allocated,
        recognised,
        liability: Money(allocated.0 - recognised.0),
    }
}
