//! How the numbers or days of an attribute lie, so that a person who gives a limit sees what is usual.

use super::{EvalContext, Evaluation, Value};
use crate::Columns;
use model::Day;
use model::rule::Attribute;
use std::collections::BTreeMap;

/// The values that a hundredth, a quarter, half ... of those who have one do not exceed.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// Customers with a value.
    pub count: u64,
    /// Least, a quarter, half, three quarters, most: each a value that a customer has.
    pub values: [Value; 5],
}

/// The spread of a number, an amount or a day; `None` where nobody has one, or the attribute is something else.
///
/// The value of a share `p` of `n` customers is that of the customer in place `ceil(p * n)`, counted from 1 (type 1
/// of Hyndman and Fan 1996), so that it is a value that occurs.
pub fn spread(attribute: &Attribute, columns: &Columns, context: &EvalContext) -> Option<Spread> {
    let evaluation = Evaluation::new(columns, context, None);
    let mut values: Vec<(f64, Value)> = Vec::new();
    for slot in columns.live().iter() {
        let value = evaluation.value(attribute, slot);
        let key = match &value {
            Value::Exact(units, scale) => *units as f64 / 10f64.powi(*scale as i32),
            Value::Float(number) => *number,
            Value::Money(minor) => *minor as f64,
            Value::Day(Day(day)) => f64::from(*day),
            Value::Missing
            | Value::Text(_)
            | Value::List(_)
            | Value::Flag(_)
            | Value::Birthday(_) => continue,
        };
        values.push((key, value));
    }
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let count = values.len();
    let at = |quarters: usize| {
        let place = (count * quarters).div_ceil(4).max(1) - 1;
        values.get(place).map(|(_, value)| value.clone())
    };
    Some(Spread {
        count: count as u64,
        values: [at(0)?, at(1)?, at(2)?, at(3)?, at(4)?],
    })
}

/// How many customers have each value of an attribute with few values (a choice, yes or no, a score), most frequent
/// first, ties by the value.
pub fn tally(
    attribute: &Attribute,
    columns: &Columns,
    context: &EvalContext,
) -> Vec<(String, u64)> {
    let evaluation = Evaluation::new(columns, context, None);
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for slot in columns.live().iter() {
        let name = match evaluation.value(attribute, slot) {
            Value::Text(text) => text,
            Value::Flag(flag) => flag.to_string(),
            Value::Exact(units, 0) => units.to_string(),
            _ => continue,
        };
        *counts.entry(name).or_default() += 1;
    }
    let mut found: Vec<(String, u64)> = counts.into_iter().collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    found
}
