//! What other currencies are worth in the workspace's, from which day on, as the owner entered it.

use crate::money::divide;
use crate::{Currency, Day, Decimal, Rounding};
use serde::{Deserialize, Serialize};

/// Most rates of a workspace: a rate a day for ten years.
pub const MOST_RATES: usize = 4_000;

/// One rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rate {
    /// The other currency.
    pub currency: Currency,
    /// First day it holds; it holds until the day before the next rate of the same currency.
    pub from: Day,
    /// What one major unit of it is worth in major units of the workspace's currency; above zero.
    pub rate: Decimal,
}

impl Rate {
    /// An amount in minor units of the other currency, in minor units of `home`, rounded half up. `None` where it does
    /// not fit.
    ///
    /// Worked example: JPY 1,200 at 0.048 is CNY 57.60; USD 19.99 at 7.1 is CNY 141.929, so 141.93.
    pub fn convert(&self, amount: i64, home: Currency) -> Option<i64> {
        let (units, scale) = self.rate.ratio();
        let up = 10i128.checked_pow(home.decimals())?;
        let down = 10i128.checked_pow(self.currency.decimals())?;
        let numerator = i128::from(amount).checked_mul(units)?.checked_mul(up)?;
        let found = divide(numerator, scale.checked_mul(down)?, Rounding::HalfUp)?;
        i64::try_from(found).ok()
    }
}

/// The rate of a currency on a day: the last that began by then; `None` before the first. Rates may be in any order.
///
/// Worked example: with USD 7.1 from 1 January and 7.2 from 1 March, 28 February has 7.1 and 1 March has 7.2.
pub fn rate_on(rates: &[Rate], currency: Currency, day: Day) -> Option<&Rate> {
    rates
        .iter()
        .filter(|rate| rate.currency == currency && rate.from <= day)
        .max_by_key(|rate| rate.from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(currency: &str, from: &str, rate: &str) -> Rate {
        Rate {
            currency: Currency::parse(currency).unwrap(),
            from: from.parse().unwrap(),
            rate: rate.parse().unwrap(),
        }
    }

    #[test]
    fn amounts_convert_between_minor_units() {
        for (currency, by, home, amount, expected) in [
            ("USD", "7.1", "CNY", 1999, Some(14_193)),
            ("USD", "7.1", "CNY", -1999, Some(-14_193)),
            ("JPY", "0.048", "CNY", 1200, Some(5760)),
            ("CNY", "20.5", "JPY", 1001, Some(205)),
            ("KWD", "23.4567", "CNY", 1, Some(2)),
            ("USD", "0.005", "CNY", 100, Some(1)),
            ("USD", "0.004", "CNY", 100, Some(0)),
            ("USD", "900000000", "CNY", i64::MAX, None),
        ] {
            let home = Currency::parse(home).unwrap();
            let found = rate(currency, "2026-01-01", by).convert(amount, home);
            assert_eq!(found, expected, "{amount} {currency} at {by}");
        }
    }

    #[test]
    fn the_last_rate_that_began_holds() {
        let rates = [
            rate("USD", "2026-03-01", "7.2"),
            rate("EUR", "2026-01-01", "7.8"),
            rate("USD", "2026-01-01", "7.1"),
        ];
        let usd = Currency::parse("USD").unwrap();
        for (day, expected) in [
            ("2025-12-31", None),
            ("2026-01-01", Some("7.1")),
            ("2026-02-28", Some("7.1")),
            ("2026-03-01", Some("7.2")),
            ("2030-01-01", Some("7.2")),
        ] {
            let found = rate_on(&rates, usd, day.parse().unwrap());
            let found = found.map(|rate| rate.rate.to_string());
            assert_eq!(found.as_deref(), expected, "{day}");
        }
        assert!(rate_on(&rates, Currency::CNY, Day(30_000)).is_none());
    }
}
