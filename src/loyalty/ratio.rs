//! Exact fractions: every rate, share and multiplier of the calculation. Rounding happens once, where the rule says.

use crate::Overflow;
use model::{Decimal, Rounding};

/// A fraction in lowest terms; the denominator is above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ratio {
    numerator: i128,
    denominator: i128,
}

impl Ratio {
    pub(crate) const ZERO: Ratio = Ratio::whole(0);
    pub(crate) const ONE: Ratio = Ratio::whole(1);

    pub(crate) const fn whole(number: i64) -> Self {
        Self {
            numerator: number as i128,
            denominator: 1,
        }
    }

    /// `numerator / denominator`; the denominator must be above zero, else the answer is an overflow.
    pub(crate) fn new(numerator: i128, denominator: i128) -> Result<Self, Overflow> {
        if denominator <= 0 {
            return Err(Overflow);
        }
        let divisor = greatest_common_divisor(numerator.unsigned_abs(), denominator.unsigned_abs());
        let divisor = i128::try_from(divisor).map_err(|_| Overflow)?.max(1);
        Ok(Self {
            numerator: numerator / divisor,
            denominator: denominator / divisor,
        })
    }

    pub(crate) fn of(decimal: Decimal) -> Result<Self, Overflow> {
        let (numerator, denominator) = decimal.ratio();
        Self::new(numerator, denominator)
    }

    pub(crate) fn times(self, other: Self) -> Result<Self, Overflow> {
        let numerator = self
            .numerator
            .checked_mul(other.numerator)
            .ok_or(Overflow)?;
        let denominator = self
            .denominator
            .checked_mul(other.denominator)
            .ok_or(Overflow)?;
        Self::new(numerator, denominator)
    }

    /// This divided by a fraction above zero.
    pub(crate) fn over(self, other: Self) -> Result<Self, Overflow> {
        let numerator = self
            .numerator
            .checked_mul(other.denominator)
            .ok_or(Overflow)?;
        let denominator = self
            .denominator
            .checked_mul(other.numerator)
            .ok_or(Overflow)?;
        Self::new(numerator, denominator)
    }

    pub(crate) fn plus(self, other: Self) -> Result<Self, Overflow> {
        let left = self
            .numerator
            .checked_mul(other.denominator)
            .ok_or(Overflow)?;
        let right = other
            .numerator
            .checked_mul(self.denominator)
            .ok_or(Overflow)?;
        let denominator = self
            .denominator
            .checked_mul(other.denominator)
            .ok_or(Overflow)?;
        Self::new(left.checked_add(right).ok_or(Overflow)?, denominator)
    }

    pub(crate) fn minus(self, other: Self) -> Result<Self, Overflow> {
        let numerator = other.numerator.checked_neg().ok_or(Overflow)?;
        self.plus(Self { numerator, ..other })
    }

    pub(crate) fn is_above(self, other: Self) -> Result<bool, Overflow> {
        Ok(self.minus(other)?.numerator > 0)
    }

    pub(crate) fn is_positive(self) -> bool {
        self.numerator > 0
    }

    /// This, or zero where it is below.
    pub(crate) fn at_least_zero(self) -> Self {
        if self.numerator < 0 { Self::ZERO } else { self }
    }

    /// `steps x self x other`, rounded. The frequent case fits 64 bits and needs no fraction in lowest terms.
    pub(crate) fn scale(
        self,
        steps: i64,
        other: Self,
        rounding: Rounding,
    ) -> Result<i64, Overflow> {
        let factor = self
            .numerator
            .checked_mul(other.numerator)
            .ok_or(Overflow)?;
        let numerator = i128::from(steps).checked_mul(factor).ok_or(Overflow)?;
        let denominator = self
            .denominator
            .checked_mul(other.denominator)
            .ok_or(Overflow)?;
        if denominator == 1 {
            return i64::try_from(numerator).map_err(|_| Overflow);
        }
        if rounding == Rounding::Floor
            && let (Ok(small), Ok(divisor)) = (i64::try_from(numerator), i64::try_from(denominator))
        {
            return Ok(small.div_euclid(divisor));
        }
        let whole = model::money::divide(numerator, denominator, rounding);
        whole
            .and_then(|number| i64::try_from(number).ok())
            .ok_or(Overflow)
    }

    /// The whole number next to it, by `rounding`.
    pub(crate) fn round(self, rounding: Rounding) -> Result<i64, Overflow> {
        let whole = model::money::divide(self.numerator, self.denominator, rounding);
        whole
            .and_then(|number| i64::try_from(number).ok())
            .ok_or(Overflow)
    }
}

fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        // 128-bit division is slow and rarely needed.
        let rest = match (u64::try_from(a), u64::try_from(b)) {
            (Ok(a), Ok(b)) => u128::from(a % b),
            _ => a % b,
        };
        a = b;
        b = rest;
    }
    a
}
