//! Reading JSON values with their path, so that every refusal says where, what was found and what would be right.

use super::{ProgramError, Right};
use crate::{Currency, Day, Decimal, Money};
use serde_json::{Map, Value};

/// What reading gives: the value, or everything that is wrong with it (at least one thing).
pub(super) type Parsed<T> = Result<T, Vec<ProgramError>>;

/// Collects what is wrong with the parts of a whole, so that a person sees all of it at once.
#[derive(Default)]
pub(super) struct Wrongs(Vec<ProgramError>);

impl Wrongs {
    /// The part, if it is right.
    pub(super) fn take<T>(&mut self, part: Parsed<T>) -> Option<T> {
        part.map_err(|wrong| self.0.extend(wrong)).ok()
    }

    /// The parts of a list, if all are right.
    pub(super) fn all<T>(&mut self, parts: impl Iterator<Item = Parsed<T>>) -> Option<Vec<T>> {
        let taken: Vec<Option<T>> = parts.map(|part| self.take(part)).collect();
        taken.into_iter().collect()
    }

    /// The whole: there is one if nothing is wrong.
    pub(super) fn whole<T>(self, whole: Option<T>) -> Parsed<T> {
        match whole {
            Some(whole) if self.0.is_empty() => Ok(whole),
            _ => Err(self.0),
        }
    }
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct At<'a> {
    pub(super) path: String,
    pub(super) value: &'a Value,
}

/// An object and where it stands; its keys are known to be allowed.
pub(super) struct Fields<'a> {
    path: String,
    map: &'a Map<String, Value>,
}

/// What was found, shortened so that an error stays one line.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        return text;
    }
    let mut short: String = text.chars().take(LONGEST).collect();
    short.push('…');
    short
}

/// One refusal.
pub(super) fn refusal<T>(path: String, found: impl Into<String>, right: Right) -> Parsed<T> {
    Err(vec![ProgramError {
        path,
        found: found.into(),
        expected: right.to_string(),
        right,
    }])
}

impl<'a> At<'a> {
    /// The refusal of this value.
    pub(super) fn wrong<T>(&self, right: Right) -> Parsed<T> {
        refusal(self.path.clone(), shown(self.value), right)
    }

    /// The value, or the refusal.
    fn or_wrong<T>(&self, value: Option<T>, right: impl FnOnce() -> Right) -> Parsed<T> {
        match value {
            Some(value) => Ok(value),
            None => self.wrong(right()),
        }
    }

    /// The object, none of whose keys is outside `keys`.
    pub(super) fn object(&self, keys: &[&'static str]) -> Parsed<Fields<'a>> {
        let map = self.or_wrong(self.value.as_object(), || Right::Object(keys.to_vec()))?;
        if let Some(key) = map.keys().find(|key| !keys.contains(&key.as_str())) {
            return refusal(
                joined(&self.path, key),
                format!("unknown key {key:?}"),
                Right::Key(keys.to_vec()),
            );
        }
        Ok(Fields {
            path: self.path.clone(),
            map,
        })
    }

    /// The list's elements, at most `most`.
    pub(super) fn list(&self, most: usize) -> Parsed<Vec<At<'a>>> {
        let list = self.value.as_array().filter(|list| list.len() <= most);
        let element = |(index, value)| At {
            path: format!("{}[{index}]", self.path),
            value,
        };
        let list = self.or_wrong(list, || Right::List(most))?;
        Ok(list.iter().enumerate().map(element).collect())
    }

    /// A text of 1 to `longest` characters that is not blank.
    pub(super) fn text(&self, longest: usize) -> Parsed<&'a str> {
        let text = self
            .value
            .as_str()
            .filter(|text| !text.trim().is_empty() && text.chars().count() <= longest);
        self.or_wrong(text, || Right::Text(longest))
    }

    /// A whole number within bounds.
    pub(super) fn whole(&self, least: i64, most: i64) -> Parsed<i64> {
        let number = self
            .value
            .as_i64()
            .filter(|number| (least..=most).contains(number));
        self.or_wrong(number, || Right::Whole(least, most))
    }

    /// A whole number within bounds that fits 32 bits.
    pub(super) fn count(&self, most: u32) -> Parsed<u32> {
        let number = self.whole(0, i64::from(most))?;
        let right = || Right::Whole(0, i64::from(most));
        self.or_wrong(u32::try_from(number).ok(), right)
    }

    /// An exact decimal: a decimal string, or a JSON integer. Never a float.
    fn decimal(&self) -> Option<Decimal> {
        match self.value {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) if number.is_i64() => number.to_string().parse().ok(),
            _ => None,
        }
    }

    /// An exact decimal above zero and at most `most`.
    pub(super) fn rate(&self, most: i64) -> Parsed<Decimal> {
        let within = |rate: &Decimal| {
            let (numerator, denominator) = rate.ratio();
            numerator > 0 && numerator <= i128::from(most) * denominator
        };
        self.or_wrong(self.decimal().filter(within), || Right::Rate(most))
    }

    /// An amount of at least `least` minor units.
    pub(super) fn money(&self, currency: Currency, least: i64) -> Parsed<Money> {
        let minor = self
            .decimal()
            .and_then(|decimal| decimal.to_scale(currency.decimals()).ok())
            .filter(|minor| *minor >= least);
        self.or_wrong(minor.map(Money), || Right::Amount(currency, Money(least)))
    }

    /// A local date.
    pub(super) fn day(&self) -> Parsed<Day> {
        let day = self.value.as_str().and_then(|text| text.parse().ok());
        self.or_wrong(day, || Right::Date)
    }

    /// One of some names.
    pub(super) fn choice<T: Copy>(&self, choices: &[(&'static str, T)]) -> Parsed<T> {
        let name = self.value.as_str();
        let found = choices.iter().find(|(known, _)| Some(*known) == name);
        self.or_wrong(found.map(|(_, choice)| *choice), || {
            Right::OneOf(choices.iter().map(|(name, _)| *name).collect())
        })
    }
}

impl<'a> Fields<'a> {
    /// The value of a key; `null` counts as absent.
    pub(super) fn get(&self, key: &str) -> Option<At<'a>> {
        let value = self.map.get(key).filter(|value| !value.is_null())?;
        Some(At {
            path: joined(&self.path, key),
            value,
        })
    }

    /// The value of a key that must be there.
    pub(super) fn need(&self, key: &str, what: &'static str) -> Parsed<At<'a>> {
        match self.get(key) {
            Some(at) => Ok(at),
            None => refusal(joined(&self.path, key), "nothing", Right::Needed(what)),
        }
    }

    /// Reads a key if it is there.
    pub(super) fn read<T>(
        &self,
        key: &str,
        reader: impl FnOnce(&At<'a>) -> Parsed<T>,
    ) -> Parsed<Option<T>> {
        self.get(key).map(|at| reader(&at)).transpose()
    }

    /// Reads a key that must be there.
    pub(super) fn needed<T>(
        &self,
        key: &str,
        what: &'static str,
        reader: impl FnOnce(&At<'a>) -> Parsed<T>,
    ) -> Parsed<T> {
        reader(&self.need(key, what)?)
    }

    /// Reads a name if it is there, else takes the first choice's.
    pub(super) fn choice_or<T: Copy>(
        &self,
        key: &str,
        default: T,
        choices: &[(&'static str, T)],
    ) -> Parsed<T> {
        Ok(self.read(key, |at| at.choice(choices))?.unwrap_or(default))
    }

    /// Refuses keys that mean nothing here, and says why.
    pub(super) fn refuse(&self, keys: &[&str], why: &'static str) -> Parsed<()> {
        match keys.iter().find_map(|key| self.get(key)) {
            Some(at) => at.wrong(Right::Nothing(why)),
            None => Ok(()),
        }
    }

    /// The refusal of the object as a whole.
    pub(super) fn wrong<T>(&self, found: impl Into<String>, right: Right) -> Parsed<T> {
        refusal(self.path.clone(), found, right)
    }
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
