//! What would be right where a programme is wrong: data, so that each language has its own words for it.

use crate::{Currency, Day, Money};
use std::fmt;

/// What would be right. [`fmt::Display`] says it in English for developers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Right {
    /// A JSON object; with these keys, where they are known.
    Object(Vec<&'static str>),
    /// A key of these.
    Key(Vec<&'static str>),
    /// A list of at most so many.
    List(usize),
    /// At least one element.
    AtLeastOne,
    /// A text of 1 to so many characters.
    Text(usize),
    /// A whole number from, to.
    Whole(i64, i64),
    /// An exact decimal above zero and at most so much.
    Rate(i64),
    /// An amount of at least so much.
    Amount(Currency, Money),
    /// A date.
    Date,
    /// One of these names.
    OneOf(Vec<&'static str>),
    /// An id (or name) that no other has.
    Own,
    /// A day that is not before this one.
    NotBefore(Day),
    /// More than this, which the level of this id starts from.
    MoreThan(String, String),
    /// A currency.
    Currency,
    /// A time zone.
    Zone,
    /// Something must stand here; what, in English.
    Needed(&'static str),
    /// Nothing may stand here; why, in English.
    Nothing(&'static str),
    /// Exactly one of points, multiplier and exclusion.
    OneEffect,
    /// `true`.
    True,
    /// Two values, the lower one first.
    Pair,
    /// An amount of any size.
    AnyAmount,
    /// A number with at most three decimals.
    Quantity,
    /// 1 (Monday) to 7.
    Weekday,
    /// 0 to 23.
    Hour,
}

fn quoted(f: &mut fmt::Formatter<'_>, names: &[&str]) -> fmt::Result {
    f.write_str("one of ")?;
    for (place, name) in names.iter().enumerate() {
        let comma = if place > 0 { ", " } else { "" };
        write!(f, "{comma}{name:?}")?;
    }
    Ok(())
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(keys) if keys.is_empty() => f.write_str("a JSON object"),
            Self::Object(keys) => write!(f, "an object with {}", keys.join(", ")),
            Self::Key(keys) => write!(f, "one of {}", keys.join(", ")),
            Self::List(most) => write!(f, "a list of at most {most}"),
            Self::AtLeastOne => f.write_str("at least one"),
            Self::Text(longest) => write!(f, "a text of 1 to {longest} characters"),
            Self::Whole(least, most) => write!(f, "a whole number from {least} to {most}"),
            Self::Rate(most) => write!(
                f,
                "a decimal string such as \"1.25\", above 0 and at most {most}"
            ),
            Self::Amount(currency, least) => write!(
                f,
                "an amount of {currency} as a decimal string with at most {} decimals, {} or more",
                currency.decimals(),
                least.to_decimal(*currency)
            ),
            Self::Date => f.write_str("a date such as \"2026-01-31\""),
            Self::OneOf(names) => quoted(f, names),
            Self::Own => f.write_str("an id of its own"),
            Self::NotBefore(day) => write!(f, "{day} or later, the day of \"from\""),
            Self::MoreThan(than, id) => write!(f, "more than {than}, which {id:?} starts from"),
            Self::Currency => f.write_str("a currency of three letters such as \"CNY\""),
            Self::Zone => f.write_str("an IANA time zone such as \"Asia/Shanghai\""),
            Self::Needed(what) => f.write_str(what),
            Self::Nothing(why) => write!(f, "nothing: {why}"),
            Self::OneEffect => {
                f.write_str("exactly one of \"points\", \"multiply\" and \"exclude\": true")
            }
            Self::True => f.write_str("true"),
            Self::Pair => f.write_str("a list of two, the lower bound first"),
            Self::AnyAmount => f.write_str("an amount as a decimal string such as \"19.90\""),
            Self::Quantity => f.write_str("a number with at most three decimals"),
            Self::Weekday => f.write_str("a number from 1 (Monday) to 7"),
            Self::Hour => f.write_str("a number from 0 to 23"),
        }
    }
}
