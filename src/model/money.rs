//! Money: integers of the currency's minor unit. No binary fractions anywhere.
//!
//! `Money(1999)` with `Currency::parse("CNY")` is ¥19.99; with `JPY` it is ¥1,999. Amounts travel as decimal
//! strings in major units (`"19.99"`), the form of `shuke.d.ts`. Every division names its [`Rounding`].

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, str::FromStr};

/// An amount in minor units of a currency that is known from elsewhere (the order, the workspace).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Money(pub i64);

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money(0);

    /// The sum, or `None` on overflow.
    pub fn checked_add(self, other: Money) -> Option<Money> {
        self.0.checked_add(other.0).map(Money)
    }

    /// The difference, or `None` on overflow.
    pub fn checked_sub(self, other: Money) -> Option<Money> {
        self.0.checked_sub(other.0).map(Money)
    }

    /// Reads a decimal string in major units: `"19.99"`, `"-5"`, `"1000.5"`.
    ///
    /// # Errors
    /// [`BadDecimal`] when it is no plain decimal, has more decimals than the currency, or does not fit.
    pub fn parse(text: &str, currency: Currency) -> Result<Money, BadDecimal> {
        let decimal: Decimal = text.parse()?;
        decimal.to_scale(currency.decimals()).map(Money)
    }

    /// Writes the decimal string in major units with all the currency's decimals: `"19.90"`.
    pub fn to_decimal(self, currency: Currency) -> String {
        Decimal {
            units: self.0,
            scale: currency.decimals(),
        }
        .to_string()
    }
}

/// How a division that does not come out even is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Towards minus infinity.
    Floor,
    /// To the nearest; a half goes away from zero.
    HalfUp,
    /// Towards plus infinity.
    Ceil,
}

/// `numerator / denominator`, rounded as named. `None` for a denominator of zero or an overflow.
///
/// Worked example: 5 / 2 is 2 by `Floor`, 3 by `HalfUp` and `Ceil`; -5 / 2 is -3, -3 and -2.
pub fn divide(numerator: i128, denominator: i128, rounding: Rounding) -> Option<i128> {
    if denominator == 0 {
        return None;
    }
    let floor = {
        let quotient = numerator.checked_div(denominator)?;
        let remainder = numerator.checked_rem(denominator)?;
        if remainder != 0 && ((remainder < 0) != (denominator < 0)) {
            quotient.checked_sub(1)?
        } else {
            quotient
        }
    };
    let remainder = numerator.checked_sub(floor.checked_mul(denominator)?)?;
    let up = match rounding {
        Rounding::Floor => false,
        Rounding::Ceil => remainder != 0,
        Rounding::HalfUp => {
            let twice = remainder.abs().checked_mul(2)?;
            // On an exact half, "away from zero" means up for positive results only.
            twice > denominator.abs() || (twice == denominator.abs() && floor >= 0)
        }
    };
    if up {
        floor.checked_add(1)
    } else {
        Some(floor)
    }
}

/// An ISO 4217 currency code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The renminbi, the default of a new workspace.
    pub const CNY: Currency = Currency(*b"CNY");

    /// Three letters of either case.
    ///
    /// # Errors
    /// [`BadCurrency`] for anything else.
    pub fn parse(text: &str) -> Result<Self, BadCurrency> {
        match text.trim().as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_alphabetic) => {
                Ok(Self([a, b, c].map(|x| x.to_ascii_uppercase())))
            }
            _ => Err(BadCurrency),
        }
    }

    /// The code, as in `"CNY"`.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Decimals of the minor unit, by ISO 4217 (2 unless listed there otherwise).
    pub fn decimals(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG"
            | b"RWF" | b"UGX" | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            b"CLF" | b"UYW" => 4,
            _ => 2,
        }
    }
}

/// The text is not three letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a currency is a code of three letters such as CNY")]
pub struct BadCurrency;

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Currency::parse(&String::deserialize(d)?).map_err(de::Error::custom)
    }
}

/// An exact decimal number: `units / 10^scale`. Rates and multipliers of a programme, and the bridge from text to
/// [`Money`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// All digits as an integer.
    pub units: i64,
    /// How many of them stand behind the point; at most 9 when parsed.
    pub scale: u32,
}

/// Why a text is no usable decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadDecimal {
    /// Not digits with at most one point and an optional leading minus.
    #[error("not a plain decimal number such as 19.99")]
    NotDecimal,
    /// More decimals than the currency (or nine) has.
    #[error("too many decimals")]
    TooPrecise,
    /// Beyond 64 bits of minor units.
    #[error("too large")]
    TooLarge,
}

impl Decimal {
    /// The integer number of `10^-scale` units, exactly.
    ///
    /// # Errors
    /// [`BadDecimal::TooPrecise`] when digits other than zero would be lost, [`BadDecimal::TooLarge`] on overflow.
    pub fn to_scale(self, scale: u32) -> Result<i64, BadDecimal> {
        if scale >= self.scale {
            let factor = 10i64
                .checked_pow(scale - self.scale)
                .ok_or(BadDecimal::TooLarge)?;
            return self.units.checked_mul(factor).ok_or(BadDecimal::TooLarge);
        }
        let factor = 10i64
            .checked_pow(self.scale - scale)
            .ok_or(BadDecimal::TooLarge)?;
        if self.units % factor == 0 {
            Ok(self.units / factor)
        } else {
            Err(BadDecimal::TooPrecise)
        }
    }

    /// The fraction as `(numerator, denominator)`.
    pub fn ratio(self) -> (i128, i128) {
        (i128::from(self.units), 10i128.pow(self.scale.min(18)))
    }
}

impl FromStr for Decimal {
    type Err = BadDecimal;

    fn from_str(text: &str) -> Result<Self, BadDecimal> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(fraction) || digits.ends_with('.') {
            return Err(BadDecimal::NotDecimal);
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > 9 {
            return Err(BadDecimal::TooPrecise);
        }
        let mut units: i64 = 0;
        for byte in whole.bytes().chain(fraction.bytes()) {
            units = units
                .checked_mul(10)
                .and_then(|u| u.checked_add(i64::from(byte - b'0')))
                .ok_or(BadDecimal::TooLarge)?;
        }
        Ok(Self {
            units: if negative { -units } else { units },
            scale: fraction.len() as u32,
        })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let digits = format!(
            "{:0>1$}",
            self.units.unsigned_abs(),
            self.scale as usize + 1
        );
        let (whole, fraction) = digits.split_at(digits.len() - self.scale as usize);
        if fraction.is_empty() {
            write!(f, "{sign}{whole}")
        } else {
            write!(f, "{sign}{whole}.{fraction}")
        }
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.to_string())
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cny(text: &str) -> Result<Money, BadDecimal> {
        Money::parse(text, Currency::CNY)
    }

    #[test]
    fn decimals_are_read_exactly() {
        assert_eq!(cny("19.99"), Ok(Money(1999)));
        assert_eq!(cny("-0.05"), Ok(Money(-5)));
        assert_eq!(cny("5000"), Ok(Money(500_000)));
        assert_eq!(cny("1.500"), Ok(Money(150)));
        assert_eq!(cny("1.005"), Err(BadDecimal::TooPrecise));
        assert_eq!(cny("92233720368547758.08"), Err(BadDecimal::TooLarge));
        for bad in [
            "", "-", ".5", "5.", "1,000", "1e3", "+1", "１", " 1", "1.2.3",
        ] {
            assert_eq!(cny(bad), Err(BadDecimal::NotDecimal), "{bad:?}");
        }
        let jpy = Currency::parse("jpy").unwrap();
        assert_eq!(Money::parse("915", jpy), Ok(Money(915)));
        assert_eq!(Money::parse("9.5", jpy), Err(BadDecimal::TooPrecise));
        assert_eq!(Money(-5).to_decimal(Currency::CNY), "-0.05");
        assert_eq!(Money(915).to_decimal(jpy), "915");
    }

    #[test]
    fn divisions_round_as_named() {
        for (n, d, floor, half_up, ceil) in [
            (5, 2, 2, 3, 3),
            (-5, 2, -3, -3, -2),
            (4, 2, 2, 2, 2),
            (7, 3, 2, 2, 3),
            (-7, 3, -3, -2, -2),
            (5, -2, -3, -3, -2),
        ] {
            assert_eq!(divide(n, d, Rounding::Floor), Some(floor), "{n}/{d}");
            assert_eq!(divide(n, d, Rounding::HalfUp), Some(half_up), "{n}/{d}");
            assert_eq!(divide(n, d, Rounding::Ceil), Some(ceil), "{n}/{d}");
        }
        assert_eq!(divide(1, 0, Rounding::Floor), None);
        assert_eq!(divide(i128::MIN, -1, Rounding::Floor), None);
    }

    proptest! {
        #[test]
        fn money_round_trips(minor in any::<i64>(), code in "[A-Z]{3}") {
            let currency = Currency::parse(&code).unwrap();
            // The most negative number has no positive twin to parse through.
            prop_assume!(minor != i64::MIN);
            prop_assert_eq!(Money::parse(&Money(minor).to_decimal(currency), currency), Ok(Money(minor)));
        }

        #[test]
        fn reading_never_panics(text in ".{0,30}") {
            let _ = text.parse::<Decimal>();
        }

        #[test]
        fn rounding_is_within_one(n in -1_000_000i128..1_000_000, d in 1i128..1000) {
            let floor = divide(n, d, Rounding::Floor).unwrap();
            let half = divide(n, d, Rounding::HalfUp).unwrap();
            let ceil = divide(n, d, Rounding::Ceil).unwrap();
            prop_assert!(floor <= half && half <= ceil && ceil - floor <= 1);
            prop_assert!(floor * d <= n && n <= ceil * d);
            prop_assert!((2 * (half * d - n)).abs() <= d);
        }
    }
}
