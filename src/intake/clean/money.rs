//! Amounts and quantities as people write them: signs, currency marks, thousands, decimal commas, full width,
//! footnotes in brackets.
//!
//! Where both `,` and `.` occur, the last one is the decimal point. One alone is a decimal point unless it groups
//! three digits: `1,234` is a thousand (in a file with decimal commas: 1.234), `1.234` the other way round.
//!
//! Worked example: `¥1,234.50`, `1.234,50`, `１２３４．５`, `1 234,5 元` and `1234.50（仅供参考）` are all 1234.50.

use super::Read;
use super::text::half_width;
use model::money::divide;
use model::{Currency, Issue, IssueCode, Money, Rounding};

/// An amount, with the currency if its mark leaves no doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// In minor units of `currency`, or of the one that was asked for.
    pub money: Money,
    /// The currency named in the cell: a code, or a mark that only one currency has.
    pub currency: Option<Currency>,
}

/// Reads an amount; `currency` is that of amounts that name none, `decimal_comma` what the file's numbers are like.
pub fn amount(cell: &str, currency: Currency, decimal_comma: bool) -> Read<Amount> {
    if let Some(units) = plain(cell.as_bytes(), currency.decimals()) {
        return Read::good(Amount {
            money: Money(units),
            currency: None,
        });
    }
    let bad = || {
        Read::bad(
            Issue::warning(IssueCode::BadMoney)
                .found(cell)
                .expected("1234.50"),
        )
    };
    let Some(number) = Written::read(cell, decimal_comma) else {
        return bad();
    };
    let own = number.currency.unwrap_or(currency);
    match number.to_scale(own.decimals()) {
        Some((units, exact)) => {
            let value = Amount {
                money: Money(units),
                currency: number.currency,
            };
            if exact {
                Read::good(value)
            } else {
                let issue = Issue::warning(IssueCode::TooPrecise)
                    .found(cell)
                    .expected(&value.money.to_decimal(own));
                Read::doubtful(value, issue)
            }
        }
        None => bad(),
    }
}

/// Reads a quantity into thousandths; units behind it (`2 件`, `0.35kg`) are left out.
pub fn quantity(cell: &str, decimal_comma: bool) -> Read<i64> {
    if let Some(units) = plain(cell.as_bytes(), 3) {
        return Read::good(units);
    }
    let digits_end = cell
        .char_indices()
        .rfind(|(_, c)| half_width(*c).is_ascii_digit())
        .map_or(0, |(at, c)| at + c.len_utf8());
    let front = cell.get(..digits_end).unwrap_or_default();
    let front = front.trim_start_matches(['x', 'X', '×', ' ']);
    let scaled = Written::read(front, decimal_comma)
        .filter(|number| number.currency.is_none())
        .and_then(|number| number.to_scale(3));
    match scaled {
        Some((units, true)) => Read::good(units),
        Some((units, false)) => Read::doubtful(
            units,
            Issue::warning(IssueCode::TooPrecise)
                .found(cell)
                .expected(&Money(units).0.to_string()),
        ),
        None => Read::bad(
            Issue::warning(IssueCode::BadNumber)
                .found(cell)
                .expected("1"),
        ),
    }
}

/// Digits with at most one point and not more decimals than asked for: most cells.
fn plain(bytes: &[u8], scale: u32) -> Option<i64> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || digits.len() > 16 {
        return None;
    }
    let mut units: i64 = 0;
    let mut decimals: Option<u32> = None;
    for &byte in digits {
        match byte {
            b'0'..=b'9' => {
                units = units * 10 + i64::from(byte - b'0');
                if let Some(count) = &mut decimals {
                    *count += 1;
                }
            }
            b'.' if decimals.is_none() => decimals = Some(0),
            _ => return None,
        }
    }
    let count = decimals.unwrap_or(0);
    if decimals == Some(0) || digits.first() == Some(&b'.') || count > scale {
        return None;
    }
    let units = units.checked_mul(10i64.checked_pow(scale - count)?)?;
    Some(if negative { -units } else { units })
}

/// A number taken apart.
struct Written {
    negative: bool,
    /// Digits without separators.
    digits: String,
    /// How many of them stand behind the decimal point.
    decimals: usize,
    /// 万 and 亿.
    factor: i128,
    currency: Option<Currency>,
}

impl Written {
    fn read(cell: &str, decimal_comma: bool) -> Option<Self> {
        let mut text: String = cell.chars().map(half_width).collect();
        let mut negative = false;
        if let Some(inner) = accounting(&text) {
            negative = true;
            text = inner;
        }
        let text = without_footnotes(&text);
        let mut number = String::new();
        let mut word = String::new();
        let mut words = Vec::new();
        let mut signs = 0;
        let mut ended = false;
        for c in text.trim().chars() {
            match c {
                '0'..='9' | '.' | ',' | '\'' | '’' | ' ' | '_'
                    if c != ' ' || !number.is_empty() =>
                {
                    let separator = !c.is_ascii_digit();
                    // `元` or a code ended the number: nothing may follow.
                    if ended && c.is_ascii_digit() {
                        return None;
                    }
                    if separator && number.is_empty() && c != '.' {
                        word.push(c);
                        continue;
                    }
                    flush(&mut word, &mut words);
                    if !(ended && separator) {
                        number.push(c);
                    }
                }
                '-' | '+' => {
                    signs += 1;
                    negative |= c == '-';
                    ended |= !number.is_empty();
                    flush(&mut word, &mut words);
                }
                c if c.is_whitespace() => flush(&mut word, &mut words),
                c => {
                    ended |= !number.is_empty();
                    word.push(c);
                }
            }
        }
        flush(&mut word, &mut words);
        if signs > 1 {
            return None;
        }
        let (factor, currency) = marks(&words)?;
        let (digits, decimals) = separate(number.trim(), decimal_comma)?;
        Some(Self {
            negative,
            digits,
            decimals,
            factor,
            currency,
        })
    }

    /// The integer number of `10^-scale` units, and whether that is exact; else rounded to the nearest.
    fn to_scale(&self, scale: u32) -> Option<(i64, bool)> {
        if self.digits.len() > 30 {
            return None;
        }
        let whole: i128 = self.digits.parse().ok()?;
        let numerator = whole
            .checked_mul(self.factor)?
            .checked_mul(10i128.checked_pow(scale)?)?;
        let denominator = 10i128.checked_pow(u32::try_from(self.decimals).ok()?)?;
        let exact = numerator.checked_rem(denominator)? == 0;
        let units = divide(numerator, denominator, Rounding::HalfUp)?;
        let units = i64::try_from(units).ok()?;
        Some((if self.negative { -units } else { units }, exact))
    }
}

fn flush(word: &mut String, words: &mut Vec<String>) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

/// `(12.50)` is how accountants write -12.50.
fn accounting(text: &str) -> Option<String> {
    let trimmed = text.trim();
    let start = trimmed.find('(')?;
    let (mark, rest) = trimmed.split_at_checked(start)?;
    let inner = rest.strip_prefix('(')?.strip_suffix(')')?;
    let short_mark = mark.chars().count() <= 3 && !mark.chars().any(|c| c.is_ascii_digit());
    let number = inner.chars().any(|c| c.is_ascii_digit())
        && !inner.contains(['(', ')', '-', '+'])
        && inner
            .chars()
            .all(|c| c.is_ascii_digit() || " .,'$€£¥".contains(c));
    (short_mark && number).then(|| format!("{mark}{inner}"))
}

/// Leaves out what stands in brackets.
fn without_footnotes(text: &str) -> String {
    let mut depth = 0u32;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// What the words around a number say: a factor and a currency. `None` for a word that is neither.
fn marks(words: &[String]) -> Option<(i128, Option<Currency>)> {
    let mut factor = 1i128;
    let mut currency = None;
    for word in words {
        let mut word = word.as_str();
        if let Some(rest) = word.strip_prefix('万') {
            factor = 10_000;
            word = rest;
        } else if let Some(rest) = word.strip_prefix('亿') {
            factor = 100_000_000;
            word = rest;
        }
        let code = match word {
            "" | "$" | "¥" | "￥" | "元" | "圆" | "块" | "kr" | "R" | "." | "-" => continue,
            "€" | "欧元" => "EUR",
            "£" | "英镑" => "GBP",
            "₹" | "Rs" | "Rs." => "INR",
            "₩" | "韩元" => "KRW",
            "₫" => "VND",
            "฿" => "THB",
            "US$" | "美元" => "USD",
            "HK$" | "港元" | "港币" => "HKD",
            "NT$" | "新台币" => "TWD",
            "A$" | "AU$" => "AUD",
            "C$" | "CA$" => "CAD",
            "S$" => "SGD",
            "R$" => "BRL",
            "CN¥" | "RMB" | "rmb" | "RMB¥" | "人民币" => "CNY",
            "JP¥" | "日元" | "円" => "JPY",
            other if other.len() == 3 && other.bytes().all(|b| b.is_ascii_uppercase()) => other,
            _ => return None,
        };
        currency = Some(Currency::parse(code).ok()?);
    }
    Some((factor, currency))
}

/// Digits without separators, and how many are decimals.
fn separate(number: &str, decimal_comma: bool) -> Option<(String, usize)> {
    let number = number.trim_end_matches([' ', '\'', '’']);
    let last_comma = number.rfind(',');
    let last_point = number.rfind('.');
    let count = |c: char| number.matches(c).count();
    let point_at = match (last_comma, last_point) {
        (Some(comma), Some(point)) => Some(comma.max(point)),
        (Some(comma), None) => {
            let behind = number.len() - comma - 1;
            let groups =
                count(',') > 1 || (behind == 3 && !decimal_comma && !number.starts_with("0,"));
            (!groups).then_some(comma)
        }
        (None, Some(point)) => {
            let behind = number.len() - point - 1;
            let groups =
                count('.') > 1 || (behind == 3 && decimal_comma && !number.starts_with("0."));
            (!groups).then_some(point)
        }
        (None, None) => None,
    };
    let (whole, fraction) = match point_at {
        Some(at) => (number.get(..at)?, number.get(at + 1..)?),
        None => (number, ""),
    };
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if point_at.is_some_and(|at| {
        let mark = number.get(at..at + 1).unwrap_or_default();
        whole.contains(mark)
    }) {
        return None;
    }
    let groups: Vec<&str> = whole.split(|c: char| !c.is_ascii_digit()).collect();
    let first = groups.first().copied().unwrap_or_default();
    // Western groups have three digits, Indian ones two before the last.
    let last = groups.len().saturating_sub(1);
    let well_grouped = groups.len() == 1
        || ((1..=3).contains(&first.len())
            && groups
                .iter()
                .enumerate()
                .skip(1)
                .all(|(idx, group)| group.len() == 3 || (group.len() == 2 && idx < last)));
    let digits = format!("{}{fraction}", groups.concat());
    (well_grouped && !digits.is_empty()).then_some((digits, fraction.len()))
}
