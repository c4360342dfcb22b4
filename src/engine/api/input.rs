//! The arguments of a method.

use crate::public::Fields;
use model::{Day, Issue, IssueCode};
use protocol::{ApiJson, Fault, FaultCode};
use serde_json::{Map, Value};

/// A fault that names what is wrong first: in its own fields the first, all of them in its list.
pub(super) fn invalid(issues: Vec<Issue>) -> Fault {
    let mut fault = Fault::new(FaultCode::Invalid);
    if let Some(first) = issues.first() {
        fault.path = first.field.clone();
        fault.found = first.value.clone();
        fault.expected = first.expected.clone();
    }
    fault.issues = issues;
    fault
}

/// A fault about one argument.
pub(super) fn wrong(path: &str, code: IssueCode, found: &str, expected: &str) -> Fault {
    let issue = Issue::error(code).in_field(path);
    invalid(vec![issue.found(found).expected(expected)])
}

/// The arguments, taken one after another.
pub(super) struct Args {
    values: std::vec::IntoIter<Value>,
}

impl Args {
    /// Reads them.
    ///
    /// # Errors
    /// `Invalid` when the input is no JSON (values that JSON cannot hold, or nested too deep).
    pub(super) fn read(input: &ApiJson) -> Result<Self, Fault> {
        match serde_json::from_str::<Value>(&input.0) {
            Ok(Value::Array(values)) => Ok(Self {
                values: values.into_iter(),
            }),
            Ok(_) => Err(wrong("", IssueCode::Malformed, "", "plain JSON values")),
            Err(error) => {
                let fault = wrong("", IssueCode::Malformed, "", "plain JSON values");
                Err(fault.detail(error.to_string()))
            }
        }
    }

    /// The next argument; `null` when it was left out.
    pub(super) fn next(&mut self) -> Value {
        self.values.next().unwrap_or_default()
    }

    /// A text that must be there.
    pub(super) fn text(&mut self, name: &str, expected: &str) -> Result<String, Fault> {
        match self.next() {
            Value::String(text) if !text.is_empty() => Ok(text),
            Value::Null => Err(wrong(name, IssueCode::Missing, "", expected)),
            other => Err(wrong(
                name,
                IssueCode::Malformed,
                &other.to_string(),
                expected,
            )),
        }
    }

    /// An object that must be there.
    pub(super) fn object(&mut self, name: &str) -> Result<Map<String, Value>, Fault> {
        match self.next() {
            Value::Object(object) => Ok(object),
            Value::Null => Err(wrong(name, IssueCode::Missing, "", "an object")),
            other => Err(wrong(
                name,
                IssueCode::Malformed,
                &other.to_string(),
                "an object",
            )),
        }
    }

    /// Options: an object, or nothing.
    pub(super) fn options(&mut self) -> Result<Map<String, Value>, Fault> {
        match self.next() {
            Value::Object(object) => Ok(object),
            Value::Null => Ok(Map::new()),
            other => Err(wrong(
                "options",
                IssueCode::Malformed,
                &other.to_string(),
                "an object",
            )),
        }
    }

    /// A rule as the engine takes it.
    pub(super) fn rule(&mut self) -> Result<String, Fault> {
        rule_text(&self.next(), "rule")
    }

    /// There are no more.
    ///
    /// # Errors
    /// `Invalid` when there are.
    pub(super) fn end(&mut self) -> Result<(), Fault> {
        match self.values.next() {
            None | Some(Value::Null) => Ok(()),
            Some(other) => Err(wrong(
                "",
                IssueCode::LimitPassed,
                &other.to_string(),
                "no more arguments",
            )),
        }
    }
}

/// A rule as text.
pub(super) fn rule_text(rule: &Value, path: &str) -> Result<String, Fault> {
    match rule {
        Value::Object(_) => Ok(rule.to_string()),
        Value::Null => Err(wrong(path, IssueCode::Missing, "", "a segment rule")),
        other => Err(wrong(
            path,
            IssueCode::Malformed,
            &other.to_string(),
            "a segment rule",
        )),
    }
}

/// Options that every list has.
pub(super) struct Stretch {
    pub(super) limit: u32,
    pub(super) cursor: Option<String>,
}

/// How many items an answer has unless the caller says otherwise.
const USUAL: u32 = 100;

impl Stretch {
    /// Reads `limit` (at most `most`) and `cursor`.
    pub(super) fn read(from: &mut Fields<'_>, most: u32) -> Self {
        let limit = from.whole("limit");
        let fits = limit.and_then(|limit| u32::try_from(limit).ok());
        let fits = fits.filter(|limit| (1..=most).contains(limit));
        if let (Some(limit), None) = (limit, fits) {
            let expected = format!("1 to {most}");
            from.wrong(
                "limit",
                IssueCode::LimitPassed,
                &limit.to_string(),
                &expected,
            );
        }
        Self {
            limit: fits.unwrap_or(USUAL.min(most)),
            cursor: from.text("cursor"),
        }
    }
}

/// The day that something is asked for.
pub(super) fn as_of(from: &mut Fields<'_>) -> Option<Day> {
    from.day("asOf")
}

/// Options with nothing but the day.
pub(super) fn day_option(options: &Map<String, Value>) -> Result<Option<Day>, Fault> {
    let mut from = Fields::new(options, "");
    let day = as_of(&mut from);
    close(from)?;
    Ok(day)
}

/// Options: nothing may be wrong, and nothing unknown, which may be a slip of the pen.
pub(super) fn close(from: Fields<'_>) -> Result<(), Fault> {
    let unknown = from.finish().map_err(invalid)?;
    match unknown.keys().next() {
        None => Ok(()),
        Some(name) => Err(wrong(
            name,
            IssueCode::UnmappedColumn,
            name,
            "a known option",
        )),
    }
}

/// Where a list goes on: after so many items, the last of which was this one. If that is gone by then, the number counts.
pub(super) fn cursor_after(offset: u64, last: &str) -> String {
    format!("{offset}-{last}")
}

/// Reads a cursor: how many items came, and the last of them.
pub(super) fn read_cursor(cursor: &str) -> Result<(u64, &str), Fault> {
    let parts = cursor.split_once('-');
    let read = parts.and_then(|(offset, last)| Some((offset.parse().ok()?, last)));
    read.ok_or_else(|| {
        wrong(
            "cursor",
            IssueCode::Malformed,
            cursor,
            "the cursor of an answer, or none",
        )
    })
}
