//! Exact fractions: every rate, share and multiplier of the calculation. Rounding happens once, where the rule says.

use crate::Overflow;
use model::{Decimal, Rounding, money};

/// A fraction; the denominator is above zero. In lowest terms only where it would not fit 64 bits otherwise, because
/// most have small denominators and reducing is slow; hence no `PartialEq`.
#[derive(Clone, Copy, Debug)]
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
        if i64::try_from(numerator).is_ok() && i64::try_from(denominator).is_ok() {
            return Ok(Self {
                numerator,
                denominator,
            });
        }
        let divisor = greatest_common_divisor(numerator.unsigned_abs(), denominator.unsigned_abs());
        let divisor = i128::try_from(divisor).map_err(|_| Overflow)?.max(1);
        Ok(Self {
            numerator: numerator / divisor,
            denominator: denominator / divisor,
        })
    }

    /// In lowest terms, where that fits 64 bits.
    pub(crate) fn small(self) -> Option<(i64, i64)> {
        let divisor = greatest_common_divisor(
            self.numerator.unsigned_abs(),
            self.denominator.unsigned_abs(),
        );
        let divisor = i128::try_from(divisor).ok()?.max(1);
        let numerator = i64::try_from(self.numerator / divisor).ok()?;
        Some((numerator, i64::try_from(self.denominator / divisor).ok()?))
    }

    pub(crate) fn of(decimal: Decimal) -> Result<Self, Overflow> {
        let (numerator, denominator) = decimal.ratio();
        Self::new(numerator, denominator)
    }

    pub(crate) fn times(self, other: Self) -> Result<Self, Overflow> {
        let numerator = product(self.numerator, other.numerator)?;
        Self::new(numerator, product(self.denominator, other.denominator)?)
    }

    pub(crate) fn plus(self, other: Self) -> Result<Self, Overflow> {
        if self.denominator == other.denominator {
            let numerator = self
                .numerator
                .checked_add(other.numerator)
                .ok_or(Overflow)?;
            return Self::new(numerator, self.denominator);
        }
        let left = product(self.numerator, other.denominator)?;
        let right = product(other.numerator, self.denominator)?;
        let denominator = product(self.denominator, other.denominator)?;
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

    pub(crate) fn is_one(self) -> bool {
        self.numerator == self.denominator
    }

    /// This, or zero where it is below.
    pub(crate) fn at_least_zero(self) -> Self {
        if self.numerator < 0 { Self::ZERO } else { self }
    }

    /// `steps x self x other`, rounded.
    pub(crate) fn scale(
        self,
        steps: i64,
        other: Self,
        rounding: Rounding,
    ) -> Result<i64, Overflow> {
        let factor = product(self.numerator, other.numerator)?;
        let numerator = product(i128::from(steps), factor)?;
        whole_part(
            numerator,
            product(self.denominator, other.denominator)?,
            rounding,
        )
    }

    /// As a decimal number; what does not come out even is cut after twelve decimals. For people, not for sums.
    pub(crate) fn to_decimal(self) -> String {
        const MOST: u32 = 12;
        let (sign, size) = if self.numerator < 0 {
            ("-", self.numerator.unsigned_abs())
        } else {
            ("", self.numerator.unsigned_abs())
        };
        let divisor = self.denominator.unsigned_abs().max(1);
        let (mut text, mut rest) = (format!("{sign}{}", size / divisor), size % divisor);
        if rest > 0 {
            text.push('.');
        }
        let mut left = MOST;
        while rest > 0 && left > 0 {
            rest = rest.saturating_mul(10);
            text.push_str(&(rest / divisor).to_string());
            rest %= divisor;
            left -= 1;
        }
        text
    }

    /// How many `per`s (above zero) there are, by `rounding`.
    pub(crate) fn steps(self, per: i64, rounding: Rounding) -> Result<i64, Overflow> {
        let denominator = product(self.denominator, i128::from(per))?;
        whole_part(self.numerator, denominator, rounding)
    }
}

fn product(a: i128, b: i128) -> Result<i128, Overflow> {
    a.checked_mul(b).ok_or(Overflow)
}

/// The quotient, rounded. The frequent case fits 64 bits: dividing 128 bits is slow.
fn whole_part(numerator: i128, denominator: i128, rounding: Rounding) -> Result<i64, Overflow> {
    if let (Ok(small), Ok(divisor)) = (i64::try_from(numerator), i64::try_from(denominator)) {
        if divisor == 1 {
            return Ok(small);
        }
        if rounding == Rounding::Floor && divisor > 0 {
            return Ok(small.div_euclid(divisor));
        }
    }
    let whole = money::divide(numerator, denominator, rounding);
    whole
        .and_then(|number| i64::try_from(number).ok())
        .ok_or(Overflow)
}

fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        let rest = match (u64::try_from(a), u64::try_from(b)) {
            (Ok(a), Ok(b)) => u128::from(a % b),
            _ => a % b,
        };
        a = b;
        b = rest;
    }
    a
}
