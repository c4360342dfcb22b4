//! Conditions on lines: the `where` of an earn rule, in the words of the segment rule.

use super::Right;
use super::json::{At, Parsed};
use crate::{Currency, Decimal};
use serde_json::Value;

/// One condition on a line of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineCondition {
    /// Compares a text; a line without the value matches only `is_not_set`.
    Text(LineText, TextTest),
    /// Compares a number.
    Number(LineNumber, NumberTest),
}

/// Attributes of a line or its order that are texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineText {
    /// The line's category.
    Category,
    /// The line's product.
    Product,
    /// The order's channel.
    Channel,
    /// The order's coupon.
    Coupon,
    /// The order's status: `paid`, `refunded`, `cancelled`.
    Status,
}

/// Attributes of a line or its order that are numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineNumber {
    /// What was paid for the line, in minor units; of the order where it has no lines.
    Amount,
    /// The line's quantity in thousandths.
    Quantity,
    /// 1 (Monday) to 7.
    DayOfWeek,
    /// 0 to 23, local.
    Hour,
}

/// How a text compares; case and width are folded by whoever evaluates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextTest {
    /// `eq`
    Is(String),
    /// `ne`
    IsNot(String),
    /// `in`
    In(Vec<String>),
    /// `not_in`
    NotIn(Vec<String>),
    /// `contains`
    Contains(String),
    /// `not_contains`
    ContainsNot(String),
    /// `starts_with`
    StartsWith(String),
    /// `ends_with`
    EndsWith(String),
    /// `is_set`
    IsSet,
    /// `is_not_set`
    IsNotSet,
}

/// How a number compares, in the attribute's smallest unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberTest {
    /// `eq`
    Is(i64),
    /// `ne`
    IsNot(i64),
    /// `lt`
    Below(i64),
    /// `lte`
    AtMost(i64),
    /// `gt`
    Above(i64),
    /// `gte`
    AtLeast(i64),
    /// `between`, both included.
    Between(i64, i64),
    /// `not_between`
    NotBetween(i64, i64),
}

impl NumberTest {
    /// Whether `value` passes.
    pub fn holds(self, value: i64) -> bool {
        match self {
            Self::Is(to) => value == to,
            Self::IsNot(to) => value != to,
            Self::Below(to) => value < to,
            Self::AtMost(to) => value <= to,
            Self::Above(to) => value > to,
            Self::AtLeast(to) => value >= to,
            Self::Between(low, high) => (low..=high).contains(&value),
            Self::NotBetween(low, high) => !(low..=high).contains(&value),
        }
    }
}

const TEXTS: [(&str, LineText); 5] = [
    ("category", LineText::Category),
    ("product", LineText::Product),
    ("channel", LineText::Channel),
    ("coupon", LineText::Coupon),
    ("status", LineText::Status),
];

const NUMBERS: [(&str, LineNumber); 4] = [
    ("amount", LineNumber::Amount),
    ("quantity", LineNumber::Quantity),
    ("day_of_week", LineNumber::DayOfWeek),
    ("hour", LineNumber::Hour),
];

const TEXT_OPERATORS: [&str; 10] = [
    "eq",
    "ne",
    "in",
    "not_in",
    "contains",
    "not_contains",
    "starts_with",
    "ends_with",
    "is_set",
    "is_not_set",
];
const NUMBER_OPERATORS: [&str; 8] = [
    "eq",
    "ne",
    "lt",
    "lte",
    "gt",
    "gte",
    "between",
    "not_between",
];

/// Longest text that a condition compares with, and the longest list of such texts.
const LONGEST_TEXT: usize = 500;
const LONGEST_LIST: usize = 1_000;

/// Reads one condition.
pub(super) fn read(at: &At<'_>, currency: Currency) -> Parsed<LineCondition> {
    let fields = at.object(&["attr", "op", "value"])?;
    let attribute = fields.need("attr", "an attribute of a line such as \"category\"")?;
    let operator = fields.need("op", "an operator such as \"eq\"")?;
    let name = attribute.value.as_str().unwrap_or_default();
    let value = |what: &'static str| fields.need("value", what);
    if let Some((_, text)) = TEXTS.iter().find(|(known, _)| *known == name) {
        if matches!(operator.value.as_str(), Some("is_set" | "is_not_set")) {
            fields.refuse(&["value"], "this operator compares with no value")?;
        }
        return text_test(&operator, value).map(|test| LineCondition::Text(*text, test));
    }
    if let Some((_, number)) = NUMBERS.iter().find(|(known, _)| *known == name) {
        let test = number_test(*number, &operator, value, currency)?;
        return Ok(LineCondition::Number(*number, test));
    }
    let names = TEXTS.iter().map(|(name, _)| *name);
    let names = names.chain(NUMBERS.iter().map(|(name, _)| *name));
    attribute.wrong(Right::OneOf(names.collect()))
}

fn text_test<'a>(
    operator: &At<'_>,
    value: impl Fn(&'static str) -> Parsed<At<'a>>,
) -> Parsed<TextTest> {
    let one = || value("a text")?.text(LONGEST_TEXT).map(str::to_owned);
    let many = || {
        let list = value("a list of texts")?.list(LONGEST_LIST)?;
        list.iter()
            .map(|at| at.text(LONGEST_TEXT).map(str::to_owned))
            .collect::<Parsed<_>>()
    };
    Ok(match operator.value.as_str() {
        Some("eq") => TextTest::Is(one()?),
        Some("ne") => TextTest::IsNot(one()?),
        Some("in") => TextTest::In(many()?),
        Some("not_in") => TextTest::NotIn(many()?),
        Some("contains") => TextTest::Contains(one()?),
        Some("not_contains") => TextTest::ContainsNot(one()?),
        Some("starts_with") => TextTest::StartsWith(one()?),
        Some("ends_with") => TextTest::EndsWith(one()?),
        Some("is_set") => TextTest::IsSet,
        Some("is_not_set") => TextTest::IsNotSet,
        _ => return operator.wrong(Right::OneOf(TEXT_OPERATORS.to_vec())),
    })
}

fn number_test<'a>(
    attribute: LineNumber,
    operator: &At<'_>,
    value: impl Fn(&'static str) -> Parsed<At<'a>>,
    currency: Currency,
) -> Parsed<NumberTest> {
    let one = || number(attribute, &value("a number")?, currency);
    let two = || {
        let pair = value("a list of two, the lower bound first")?;
        let Ok::<[At<'_>; 2], _>([low, high]) = pair.list(2)?.try_into() else {
            return pair.wrong(Right::Pair);
        };
        let bounds = (
            number(attribute, &low, currency)?,
            number(attribute, &high, currency)?,
        );
        if bounds.0 > bounds.1 {
            return pair.wrong(Right::Pair);
        }
        Ok(bounds)
    };
    Ok(match operator.value.as_str() {
        Some("eq") => NumberTest::Is(one()?),
        Some("ne") => NumberTest::IsNot(one()?),
        Some("lt") => NumberTest::Below(one()?),
        Some("lte") => NumberTest::AtMost(one()?),
        Some("gt") => NumberTest::Above(one()?),
        Some("gte") => NumberTest::AtLeast(one()?),
        Some("between") => two().map(|(low, high)| NumberTest::Between(low, high))?,
        Some("not_between") => two().map(|(low, high)| NumberTest::NotBetween(low, high))?,
        _ => return operator.wrong(Right::OneOf(NUMBER_OPERATORS.to_vec())),
    })
}

fn number_right(attribute: LineNumber) -> Right {
    match attribute {
        LineNumber::Amount => Right::AnyAmount,
        LineNumber::Quantity => Right::Quantity,
        LineNumber::DayOfWeek => Right::Weekday,
        LineNumber::Hour => Right::Hour,
    }
}

/// A number in the attribute's smallest unit. JSON numbers count by their decimal reading, as in the segment rule.
fn number(attribute: LineNumber, at: &At<'_>, currency: Currency) -> Parsed<i64> {
    let (scale, bounds) = match attribute {
        LineNumber::Amount => (currency.decimals(), i64::MIN..=i64::MAX),
        LineNumber::Quantity => (3, i64::MIN..=i64::MAX),
        LineNumber::DayOfWeek => (0, 1..=7),
        LineNumber::Hour => (0, 0..=23),
    };
    let decimal: Option<Decimal> = match at.value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.to_string().parse().ok(),
        _ => None,
    };
    let number = decimal
        .and_then(|decimal| decimal.to_scale(scale).ok())
        .filter(|number| bounds.contains(number));
    number.map_or_else(|| at.wrong(number_right(attribute)), Ok)
}

/// Writes one condition.
pub(super) fn write(condition: &LineCondition, currency: Currency) -> Value {
    let (attribute, (operator, value)) = match condition {
        LineCondition::Text(attribute, test) => (text_name(*attribute), text_value(test)),
        LineCondition::Number(attribute, test) => (
            number_name(*attribute),
            number_value(*attribute, *test, currency),
        ),
    };
    match value {
        Some(value) => serde_json::json!({ "attr": attribute, "op": operator, "value": value }),
        None => serde_json::json!({ "attr": attribute, "op": operator }),
    }
}

fn text_name(attribute: LineText) -> &'static str {
    TEXTS
        .iter()
        .find(|(_, known)| *known == attribute)
        .map_or("", |(name, _)| name)
}

fn number_name(attribute: LineNumber) -> &'static str {
    NUMBERS
        .iter()
        .find(|(_, known)| *known == attribute)
        .map_or("", |(name, _)| name)
}

fn text_value(test: &TextTest) -> (&'static str, Option<Value>) {
    let one = |text: &String| Some(Value::String(text.clone()));
    let many = |texts: &Vec<String>| Some(Value::from(texts.clone()));
    match test {
        TextTest::Is(text) => ("eq", one(text)),
        TextTest::IsNot(text) => ("ne", one(text)),
        TextTest::In(texts) => ("in", many(texts)),
        TextTest::NotIn(texts) => ("not_in", many(texts)),
        TextTest::Contains(text) => ("contains", one(text)),
        TextTest::ContainsNot(text) => ("not_contains", one(text)),
        TextTest::StartsWith(text) => ("starts_with", one(text)),
        TextTest::EndsWith(text) => ("ends_with", one(text)),
        TextTest::IsSet => ("is_set", None),
        TextTest::IsNotSet => ("is_not_set", None),
    }
}

fn number_value(
    attribute: LineNumber,
    test: NumberTest,
    currency: Currency,
) -> (&'static str, Option<Value>) {
    let one = |number: i64| match attribute {
        LineNumber::Amount => Value::String(crate::Money(number).to_decimal(currency)),
        LineNumber::Quantity if number % 1_000 != 0 => Value::String(
            Decimal {
                units: number,
                scale: 3,
            }
            .to_string(),
        ),
        LineNumber::Quantity => Value::from(number / 1_000),
        LineNumber::DayOfWeek | LineNumber::Hour => Value::from(number),
    };
    let two = |low, high| Some(Value::Array(vec![one(low), one(high)]));
    match test {
        NumberTest::Is(to) => ("eq", Some(one(to))),
        NumberTest::IsNot(to) => ("ne", Some(one(to))),
        NumberTest::Below(to) => ("lt", Some(one(to))),
        NumberTest::AtMost(to) => ("lte", Some(one(to))),
        NumberTest::Above(to) => ("gt", Some(one(to))),
        NumberTest::AtLeast(to) => ("gte", Some(one(to))),
        NumberTest::Between(low, high) => ("between", two(low, high)),
        NumberTest::NotBetween(low, high) => ("not_between", two(low, high)),
    }
}
