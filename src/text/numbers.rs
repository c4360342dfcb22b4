//! Numbers and money as a person reads them.

use crate::{Locale, Words};
use model::{Currency, Money, Points};

/// An amount in two tones: the unit stands quieter than the digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoneyParts {
    /// `-`, or nothing.
    pub sign: &'static str,
    /// `¥`, `$`, `CHF `: what stands before the digits.
    pub unit: String,
    /// `1,234.50`
    pub digits: String,
}

/// Puts a comma between groups of three digits.
fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// One decimal, rounded half up, without a trailing zero: 123_456 by 10_000 is `12.3`.
fn tenths(value: u64, unit: u64) -> String {
    let tenths = (u128::from(value) * 10 + u128::from(unit) / 2) / u128::from(unit);
    let whole = grouped(&(tenths / 10).to_string());
    match tenths % 10 {
        0 => whole,
        rest => crate::join(&[&whole, ".", &rest.to_string()]),
    }
}

impl Words {
    /// A whole number with grouping: `12,345`.
    pub fn count(self, number: u64) -> String {
        grouped(&number.to_string())
    }

    /// A signed whole number with grouping and a true minus.
    pub fn number(self, number: i64) -> String {
        let digits = self.count(number.unsigned_abs());
        if number < 0 {
            crate::join(&["−", &digits])
        } else {
            digits
        }
    }

    /// A large number for a headline or an axis: `12.3 万`, `123K`; small ones as they are.
    pub fn short(self, number: i64) -> String {
        let sign = if number < 0 { "−" } else { "" };
        let size = number.unsigned_abs();
        let (unit, name) = match (self.locale, size) {
            (Locale::ZhCn, 0..10_000) => (1, ""),
            (Locale::ZhCn, 10_000..100_000_000) => (10_000, " 万"),
            (Locale::ZhCn, _) => (100_000_000, " 亿"),
            (Locale::En, 0..10_000) => (1, ""),
            (Locale::En, 10_000..1_000_000) => (1_000, "K"),
            (Locale::En, 1_000_000..1_000_000_000) => (1_000_000, "M"),
            (Locale::En, _) => (1_000_000_000, "B"),
        };
        crate::join(&[sign, &tenths(size, unit), name])
    }

    /// A number as a headline: exact while it fits, short from ten million on.
    pub fn headline(self, number: i64) -> String {
        if number.unsigned_abs() < 10_000_000 {
            self.number(number)
        } else {
            self.short(number)
        }
    }

    /// What stands before an amount.
    pub fn currency_unit(self, currency: Currency) -> String {
        let chinese = self.locale == Locale::ZhCn;
        let unit = match currency.code() {
            "CNY" => "¥",
            "JPY" if chinese => "JP¥",
            "JPY" => "JP¥",
            "USD" => "$",
            "EUR" => "€",
            "GBP" => "£",
            "HKD" => "HK$",
            "TWD" => "NT$",
            "SGD" => "S$",
            "AUD" => "A$",
            "CAD" => "C$",
            "KRW" => "₩",
            code => return crate::join(&[code, " "]),
        };
        unit.to_owned()
    }

    /// An amount in parts.
    pub fn money_parts(self, money: Money, currency: Currency) -> MoneyParts {
        let decimal = money.to_decimal(currency);
        let plain = decimal.strip_prefix('-').unwrap_or(&decimal);
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
        let mut digits = grouped(whole);
        if !fraction.is_empty() {
            digits.push('.');
            digits.push_str(fraction);
        }
        MoneyParts {
            sign: if money.0 < 0 { "−" } else { "" },
            unit: self.currency_unit(currency),
            digits,
        }
    }

    /// An amount in full: `¥1,234.50`.
    pub fn money(self, money: Money, currency: Currency) -> String {
        let parts = self.money_parts(money, currency);
        crate::join(&[parts.sign, &parts.unit, &parts.digits])
    }

    /// A large amount for a headline or an axis: `¥12.3 万`; below ten thousand without decimals.
    pub fn money_short(self, money: Money, currency: Currency) -> String {
        let major = 10i64.checked_pow(currency.decimals()).unwrap_or(1).max(1);
        let short = self.short((money.0.unsigned_abs() as i64 + major / 2) / major);
        let sign = if money.0 < 0 { "−" } else { "" };
        crate::join(&[sign, &self.currency_unit(currency), &short])
    }

    /// Points with their unit.
    pub fn points(self, points: Points) -> String {
        let number = self.number(points.0);
        match self.locale {
            Locale::ZhCn => crate::join(&[&number, " 积分"]),
            Locale::En if points.0.unsigned_abs() == 1 => crate::join(&[&number, " point"]),
            Locale::En => crate::join(&[&number, " points"]),
        }
    }

    /// A share in per cent, one decimal below ten: `4.2%`, `33%`. What is not all is never 100 %: `99.6%`, `>99.9%`.
    pub fn share(self, part: u64, whole: u64) -> String {
        if whole == 0 {
            return "–".to_owned();
        }
        let tenths = (u128::from(part) * 1000 + u128::from(whole) / 2) / u128::from(whole);
        if part > 0 && tenths == 0 {
            return "<0.1%".to_owned();
        }
        let not_all = part < whole && tenths >= 995;
        if not_all && tenths >= 1000 {
            return ">99.9%".to_owned();
        }
        if (tenths < 100 || not_all) && tenths % 10 != 0 {
            crate::join(&[
                &(tenths / 10).to_string(),
                ".",
                &(tenths % 10).to_string(),
                "%",
            ])
        } else {
            crate::join(&[&((tenths + 5) / 10).to_string(), "%"])
        }
    }

    /// A size of a file or of memory: `1.6 MB`.
    pub fn bytes(self, bytes: u64) -> String {
        let (unit, name) = match bytes {
            0..1_000 => (1, " B"),
            1_000..1_000_000 => (1_000, " kB"),
            1_000_000..1_000_000_000 => (1_000_000, " MB"),
            _ => (1_000_000_000, " GB"),
        };
        crate::join(&[&tenths(bytes, unit), name])
    }
}
