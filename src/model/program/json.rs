//! Reading JSON values with their path, so that every refusal says where, what was found and what would be right.

use super::ProgramError;
use crate::{Currency, Day, Decimal, Money};
use serde_json::{Map, Value};

/// What reading gives.
pub(super) type Parsed<T> = Result<T, ProgramError>;

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

impl<'a> At<'a> {
    /// The refusal of this value.
    pub(super) fn wrong(&self, expected: impl Into<String>) -> ProgramError {
        ProgramError {
            path: self.path.clone(),
            found: shown(self.value),
            expected: expected.into(),
        }
    }

    /// The object, none of whose keys is outside `keys`.
    pub(super) fn object(&self, keys: &[&str]) -> Parsed<Fields<'a>> {
        let map = self
            .value
            .as_object()
            .ok_or_else(|| self.wrong(format!("an object with {}", keys.join(", "))))?;
        if let Some(key) = map.keys().find(|key| !keys.contains(&key.as_str())) {
            return Err(ProgramError {
                path: joined(&self.path, key),
                found: format!("unknown key {key:?}"),
                expected: format!("one of {}", keys.join(", ")),
            });
        }
        Ok(Fields {
            path: self.path.clone(),
            map,
        })
    }

    /// The list's elements, at most `most`.
    pub(super) fn list(&self, most: usize) -> Parsed<Vec<At<'a>>> {
        let elements = self
            .value
            .as_array()
            .filter(|list| list.len() <= most)
            .ok_or_else(|| self.wrong(format!("a list of at most {most}")))?;
        let element = |(index, value)| At {
            path: format!("{}[{index}]", self.path),
            value,
        };
        Ok(elements.iter().enumerate().map(element).collect())
    }

    /// A text of 1 to `longest` characters that is not blank.
    pub(super) fn text(&self, longest: usize) -> Parsed<&'a str> {
        self.value
            .as_str()
            .filter(|text| !text.trim().is_empty() && text.chars().count() <= longest)
            .ok_or_else(|| self.wrong(format!("a text of 1 to {longest} characters")))
    }

    /// A whole number within bounds.
    pub(super) fn whole(&self, least: i64, most: i64) -> Parsed<i64> {
        self.value
            .as_i64()
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| self.wrong(format!("a whole number from {least} to {most}")))
    }

    /// A whole number within bounds that fits 32 bits.
    pub(super) fn count(&self, most: u32) -> Parsed<u32> {
        let number = self.whole(0, i64::from(most))?;
        u32::try_from(number).map_err(|_| self.wrong(format!("a whole number from 0 to {most}")))
    }

    /// An exact decimal: a decimal string, or a JSON integer. Never a float.
    pub(super) fn decimal(&self, expected: &str) -> Parsed<Decimal> {
        let text = match self.value {
            Value::String(text) => text.clone(),
            Value::Number(number) if number.is_i64() => number.to_string(),
            _ => return Err(self.wrong(expected)),
        };
        text.parse().map_err(|_| self.wrong(expected))
    }

    /// An exact decimal above zero and at most `most`.
    pub(super) fn rate(&self, most: i64) -> Parsed<Decimal> {
        let expected = format!("a decimal string such as \"1.25\", above 0 and at most {most}");
        let rate = self.decimal(&expected)?;
        let (numerator, denominator) = rate.ratio();
        if numerator <= 0 || numerator > i128::from(most) * denominator {
            return Err(self.wrong(expected));
        }
        Ok(rate)
    }

    /// An amount of at least `least` minor units.
    pub(super) fn money(&self, currency: Currency, least: i64) -> Parsed<Money> {
        let bound = Money(least).to_decimal(currency);
        let expected = format!(
            "an amount of {currency} as a decimal string with at most {} decimals, {bound} or more",
            currency.decimals()
        );
        self.decimal(&expected)?
            .to_scale(currency.decimals())
            .ok()
            .filter(|minor| *minor >= least)
            .map(Money)
            .ok_or_else(|| self.wrong(expected))
    }

    /// A local date.
    pub(super) fn day(&self) -> Parsed<Day> {
        self.value
            .as_str()
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| self.wrong("a date such as \"2026-01-31\""))
    }

    /// One of some names.
    pub(super) fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Parsed<T> {
        let name = self.value.as_str();
        choices
            .iter()
            .find(|(known, _)| Some(*known) == name)
            .map(|(_, choice)| *choice)
            .ok_or_else(|| {
                let names: Vec<String> = choices.iter().map(|(n, _)| format!("{n:?}")).collect();
                self.wrong(format!("one of {}", names.join(", ")))
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
    pub(super) fn need(&self, key: &str, expected: &str) -> Parsed<At<'a>> {
        self.get(key).ok_or_else(|| ProgramError {
            path: joined(&self.path, key),
            found: "nothing".to_owned(),
            expected: expected.to_owned(),
        })
    }

    /// Reads a key if it is there.
    pub(super) fn read<T>(
        &self,
        key: &str,
        reader: impl FnOnce(&At<'a>) -> Parsed<T>,
    ) -> Parsed<Option<T>> {
        self.get(key).map(|at| reader(&at)).transpose()
    }

    /// Reads a name if it is there, else takes the first choice's.
    pub(super) fn choice_or<T: Copy>(
        &self,
        key: &str,
        default: T,
        choices: &[(&str, T)],
    ) -> Parsed<T> {
        Ok(self.read(key, |at| at.choice(choices))?.unwrap_or(default))
    }

    /// Refuses keys that mean nothing here, and says why.
    pub(super) fn refuse(&self, keys: &[&str], expected: &str) -> Parsed<()> {
        match keys.iter().find_map(|key| self.get(key)) {
            Some(at) => Err(at.wrong(expected)),
            None => Ok(()),
        }
    }

    /// The refusal of the object as a whole.
    pub(super) fn wrong(&self, found: impl Into<String>, expected: &str) -> ProgramError {
        ProgramError {
            path: self.path.clone(),
            found: found.into(),
            expected: expected.to_owned(),
        }
    }
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
