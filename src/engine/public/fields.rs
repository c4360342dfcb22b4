//! Reading the fields of a JSON object, one after another, and saying of each wrong one where it stands, what was found
//! and what would be right.

use super::Terms;
use model::{Currency, CustomField, Day, Decimal, Issue, IssueCode, Money, Points, Timestamp};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// The fields of an object. Every method names a field, which counts as known from then on; what it gives is `None`
/// where the field is absent or wrong (then it is an issue).
pub(crate) struct Fields<'a> {
    object: &'a Map<String, Value>,
    path: String,
    known: BTreeSet<&'static str>,
    issues: Vec<Issue>,
    rest: Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// The fields of `object`, which stands at `path` (empty for the whole).
    pub(crate) fn new(object: &'a Map<String, Value>, path: &str) -> Self {
        Self {
            object,
            path: path.to_owned(),
            known: BTreeSet::new(),
            issues: Vec::new(),
            rest: Map::new(),
        }
    }

    /// The fields of a value that must be an object.
    ///
    /// # Errors
    /// An issue when it is none.
    pub(crate) fn of(value: &'a Value, path: &str) -> Result<Self, Vec<Issue>> {
        match value {
            Value::Object(object) => Ok(Self::new(object, path)),
            other => Err(vec![
                Issue::error(IssueCode::Malformed)
                    .in_field(path)
                    .found(&shown(other))
                    .expected("an object"),
            ]),
        }
    }

    /// Whether the field is there; `null` is.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.object.contains_key(name)
    }

    fn at(&self, name: &str) -> String {
        match self.path.is_empty() {
            true => name.to_owned(),
            false => format!("{}.{name}", self.path),
        }
    }

    /// Notes that a field is wrong.
    pub(crate) fn wrong(&mut self, name: &str, code: IssueCode, found: &str, expected: &str) {
        let issue = Issue::error(code).in_field(&self.at(name));
        self.issues.push(issue.found(found).expected(expected));
    }

    /// Notes that a field must be there.
    pub(crate) fn missing(&mut self, name: &str, expected: &str) {
        let issue = Issue::error(IssueCode::Missing).in_field(&self.at(name));
        self.issues.push(issue.expected(expected));
    }

    /// What stands in the field, but for `null`.
    pub(crate) fn value(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.insert(name);
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// A text.
    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        match self.value(name)? {
            Value::String(text) => Some(text.clone()),
            other => {
                self.wrong(name, IssueCode::Malformed, &shown(other), "a text");
                None
            }
        }
    }

    /// A text that reads as something else.
    pub(crate) fn parsed<T: FromStr>(
        &mut self,
        name: &'static str,
        code: IssueCode,
        expected: &str,
    ) -> Option<T> {
        let value = self.value(name)?;
        let read = value.as_str().and_then(|text| text.trim().parse().ok());
        if read.is_none() {
            self.wrong(name, code, &shown(value), expected);
        }
        read
    }

    /// An id of ours.
    pub(crate) fn id<T: FromStr>(&mut self, name: &'static str) -> Option<T> {
        self.parsed(name, IssueCode::NotFound, "0000100000001")
    }

    /// A day.
    pub(crate) fn day(&mut self, name: &'static str) -> Option<Day> {
        self.parsed(name, IssueCode::BadDate, "2026-01-31")
    }

    /// An instant with an offset, or a local date-time or day in the workspace's zone.
    pub(crate) fn instant(&mut self, name: &'static str, terms: &Terms) -> Option<Timestamp> {
        let value = self.value(name)?;
        let read = value.as_str().and_then(|text| terms.zone.read(text).ok());
        if read.is_none() {
            let expected = "2026-01-31T18:30:00+08:00";
            self.wrong(name, IssueCode::BadDate, &shown(value), expected);
        }
        read
    }

    /// An amount: a decimal text, never a number, which could not hold it exactly.
    pub(crate) fn money(&mut self, name: &'static str, currency: Currency) -> Option<Money> {
        let value = self.value(name)?;
        let Some(text) = value.as_str() else {
            self.wrong(name, IssueCode::BadMoney, &shown(value), "\"19.99\"");
            return None;
        };
        match Money::parse(text.trim(), currency) {
            Ok(money) => Some(money),
            Err(model::money::BadDecimal::TooPrecise) => {
                let expected = Money::ZERO.to_decimal(currency);
                self.wrong(name, IssueCode::TooPrecise, text, &expected);
                None
            }
            Err(_) => {
                self.wrong(name, IssueCode::BadMoney, text, "\"19.99\"");
                None
            }
        }
    }

    /// A currency code.
    pub(crate) fn currency(&mut self, name: &'static str) -> Option<Currency> {
        let value = self.value(name)?;
        let read = value.as_str().and_then(|text| Currency::parse(text).ok());
        if read.is_none() {
            self.wrong(name, IssueCode::BadCurrency, &shown(value), "CNY");
        }
        read
    }

    /// A number of pieces, in thousandths.
    pub(crate) fn quantity(&mut self, name: &'static str) -> Option<i64> {
        let value = self.value(name)?;
        let read = match value {
            Value::Number(number) => number
                .to_string()
                .parse::<Decimal>()
                .ok()
                .and_then(|decimal| decimal.to_scale(3).ok()),
            _ => None,
        };
        if read.is_none() {
            self.wrong(name, IssueCode::BadNumber, &shown(value), "1, 0.35");
        }
        read
    }

    /// A whole number.
    pub(crate) fn whole(&mut self, name: &'static str) -> Option<i64> {
        let value = self.value(name)?;
        let read = value.as_i64().or_else(|| {
            // 5.0 is what some programs write for 5.
            let float = value.as_f64()?;
            let fits = float.fract() == 0.0 && float.abs() < 9e15;
            fits.then_some(float as i64)
        });
        if read.is_none() {
            self.wrong(name, IssueCode::BadNumber, &shown(value), "a whole number");
        }
        read
    }

    /// A number of points.
    pub(crate) fn points(&mut self, name: &'static str) -> Option<Points> {
        self.whole(name).map(Points)
    }

    /// Yes or no.
    pub(crate) fn flag(&mut self, name: &'static str) -> Option<bool> {
        let value = self.value(name)?;
        if value.as_bool().is_none() {
            self.wrong(name, IssueCode::BadFlag, &shown(value), "true, false");
        }
        value.as_bool()
    }

    /// One of a few words.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        name: &'static str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let value = self.value(name)?;
        let found = value
            .as_str()
            .and_then(|text| choices.iter().find(|(word, _)| *word == text));
        if found.is_none() {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            let expected = words.join(", ");
            self.wrong(name, IssueCode::UnknownChoice, &shown(value), &expected);
        }
        found.map(|(_, choice)| *choice)
    }

    /// A list of texts, sorted without doubles.
    pub(crate) fn texts(&mut self, name: &'static str) -> Option<Vec<String>> {
        let value = self.value(name)?;
        let texts = value.as_array().and_then(|items| {
            let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
            texts.collect::<Option<BTreeSet<String>>>()
        });
        if texts.is_none() {
            self.wrong(name, IssueCode::Malformed, &shown(value), "a list of texts");
        }
        texts.map(|texts| texts.into_iter().collect())
    }

    /// The owner's own fields, or the data of an event: texts, numbers, yes or no, under any name.
    pub(crate) fn custom(
        &mut self,
        name: &'static str,
        terms: &Terms,
    ) -> Option<BTreeMap<String, CustomField>> {
        let value = self.value(name)?;
        let Value::Object(object) = value else {
            self.wrong(name, IssueCode::Malformed, &shown(value), "an object");
            return None;
        };
        let mut read = BTreeMap::new();
        let mut rest = Map::new();
        for (key, value) in object {
            match custom_field(value) {
                Some(field) => {
                    read.insert(key.clone(), field);
                }
                None if value.is_null() => {}
                None if terms.strict => {
                    let issue = Issue::error(IssueCode::Malformed)
                        .in_field(&format!("{}.{key}", self.at(name)));
                    let expected = "a text, a number, true or false";
                    self.issues
                        .push(issue.found(&shown(value)).expected(expected));
                }
                None => {
                    rest.insert(key.clone(), value.clone());
                }
            }
        }
        self.keep(name, Value::Object(rest));
        Some(read)
    }

    /// An object inside this one, read by `read`.
    pub(crate) fn inside<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Fields<'_>) -> T,
    ) -> Option<T> {
        let value = self.value(name)?;
        match Fields::of(value, &self.at(name)) {
            Err(issues) => {
                self.issues.extend(issues);
                None
            }
            Ok(mut inner) => {
                let record = read(&mut inner);
                let (issues, rest) = inner.end();
                self.issues.extend(issues);
                self.keep(name, Value::Object(rest));
                Some(record)
            }
        }
    }

    /// A list of objects, each read by `read`; `None` when it is absent or wrong. What `read` gives nothing for must be
    /// an issue.
    pub(crate) fn list<T>(
        &mut self,
        name: &'static str,
        mut read: impl FnMut(&mut Fields<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let value = self.value(name)?;
        let Value::Array(items) = value else {
            self.wrong(name, IssueCode::Malformed, &shown(value), "a list");
            return None;
        };
        let mut records = Vec::with_capacity(items.len());
        let mut rests = Vec::new();
        for (place, item) in items.iter().enumerate() {
            let path = format!("{}[{place}]", self.at(name));
            match Fields::of(item, &path) {
                Err(issues) => self.issues.extend(issues),
                Ok(mut inner) => {
                    records.extend(read(&mut inner));
                    let (issues, rest) = inner.end();
                    self.issues.extend(issues);
                    rests.push(rest);
                }
            }
        }
        if rests.iter().any(|rest| !rest.is_empty()) {
            let rests = rests.into_iter().map(Value::Object).collect();
            self.keep(name, Value::Array(rests));
        }
        Some(records)
    }

    /// What is unknown inside a field.
    fn keep(&mut self, name: &str, rest: Value) {
        let some = match &rest {
            Value::Object(fields) => !fields.is_empty(),
            Value::Array(items) => !items.is_empty(),
            _ => false,
        };
        if some {
            self.rest.insert(name.to_owned(), rest);
        }
    }

    fn end(mut self) -> (Vec<Issue>, Map<String, Value>) {
        for (name, value) in self.object {
            if !self.known.contains(name.as_str()) {
                self.rest.insert(name.clone(), value.clone());
            }
        }
        (self.issues, self.rest)
    }

    /// What is unknown, if nothing is wrong.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub(crate) fn finish(self) -> Result<Map<String, Value>, Vec<Issue>> {
        let (issues, rest) = self.end();
        match issues.is_empty() {
            true => Ok(rest),
            false => Err(issues),
        }
    }
}

/// A value of the owner's own fields.
fn custom_field(value: &Value) -> Option<CustomField> {
    match value {
        Value::Bool(flag) => Some(CustomField::Flag(*flag)),
        Value::Number(number) => number.as_f64().map(CustomField::Number),
        Value::String(text) => Some(CustomField::Text(text.clone())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The JSON of a value of the owner's own fields. Whole numbers are written without a point, as other programs do.
pub(super) fn custom_value(field: &CustomField) -> Value {
    match field {
        CustomField::Flag(flag) => Value::Bool(*flag),
        CustomField::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
            Value::from(*number as i64)
        }
        CustomField::Number(number) => Value::from(*number),
        CustomField::Text(text) => Value::String(text.clone()),
    }
}

/// What was found, as JSON; texts without quotes.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
