//! What a person fills in for one condition, and the test of the language that comes of it.
//!
//! A form keeps everything that was typed, also what the chosen operator does not use: who changes *at least* to
//! *between* and back finds their number again. Nothing here is a rule until it is complete.
//!
//! Example: number, `between`, "25", "３４": `Test::Number(NumberTest::Between(25, 34))`; with the second field empty
//! `Err(Wrong::Empty)`.

use crate::pages::customers::plain_number;
use model::rule::{
    Compare, DateTest, ListOp, NumberTest, Span, Test, TextOp, TextTest, Unit, ValueKind, Within,
};
use model::{Day, Decimal};

/// Why a form is no condition yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Something is not filled in: no mistake, only not done.
    Empty,
    /// A number was wanted.
    Number,
    /// A day such as `2026-01-31` was wanted.
    Day,
    /// The second is before the first.
    Order,
    /// Not within the bounds that the language has.
    Bounds,
}

/// The controls that an operator needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// None.
    Nothing,
    /// One text.
    Text,
    /// Texts.
    Texts,
    /// One number.
    Number,
    /// Two numbers.
    Numbers,
    /// One day.
    Day,
    /// Two days.
    Days,
    /// So many days, weeks, months ...
    Span,
    /// A month of the year.
    Month,
}

/// What was filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// What kind of value is asked about; never [`ValueKind::Custom`].
    pub kind: ValueKind,
    /// The operator: those of the language, but `is` and `is_not` for one or several texts, `yes` and `no` for flags.
    pub op: String,
    /// Texts.
    pub texts: Vec<String>,
    /// The first number or day, or the one text.
    pub first: String,
    /// The second.
    pub second: String,
    /// The unit of a span.
    pub unit: Unit,
}

/// Operators of each kind of value, the usual one first.
pub fn ops(kind: ValueKind) -> &'static [&'static str] {
    match kind {
        ValueKind::Text | ValueKind::Custom => &[
            "is",
            "is_not",
            "contains",
            "not_contains",
            "starts_with",
            "ends_with",
            "is_set",
            "is_not_set",
        ],
        ValueKind::Number | ValueKind::Money => &[
            "gte",
            "lte",
            "between",
            "not_between",
            "eq",
            "ne",
            "gt",
            "lt",
            "is_set",
            "is_not_set",
        ],
        ValueKind::Flag => &["yes", "no", "is_set", "is_not_set"],
        ValueKind::List => &["any_of", "all_of", "none_of", "is_set", "is_not_set"],
        ValueKind::Date => &[
            "within_last",
            "more_than_ago",
            "within_next",
            "anniversary_within_next",
            "in_month",
            "on",
            "before",
            "after",
            "between",
            "is_set",
            "is_not_set",
        ],
    }
}

/// Operators of a measure: it always has a number or nothing at all.
pub fn measure_ops() -> &'static [&'static str] {
    &[
        "gte",
        "lte",
        "between",
        "not_between",
        "eq",
        "ne",
        "gt",
        "lt",
    ]
}

impl Form {
    /// An empty form.
    pub fn new(kind: ValueKind) -> Self {
        Self {
            kind,
            op: ops(kind).first().copied().unwrap_or_default().to_owned(),
            texts: Vec::new(),
            first: String::new(),
            second: String::new(),
            unit: Unit::Day,
        }
    }

    /// An empty form with this operator.
    pub fn with_op(kind: ValueKind, op: &str) -> Self {
        Self {
            op: op.to_owned(),
            ..Self::new(kind)
        }
    }

    /// What its operator needs.
    pub fn shape(&self) -> Shape {
        match (self.op.as_str(), self.kind) {
            ("is" | "is_not" | "any_of" | "all_of" | "none_of", _) => Shape::Texts,
            ("contains" | "not_contains" | "starts_with" | "ends_with", _) => Shape::Text,
            ("between", ValueKind::Date) => Shape::Days,
            ("between" | "not_between", _) => Shape::Numbers,
            ("eq" | "ne" | "lt" | "lte" | "gt" | "gte", _) => Shape::Number,
            ("on" | "before" | "after", _) => Shape::Day,
            ("within_last" | "within_next" | "more_than_ago" | "anniversary_within_next", _) => {
                Shape::Span
            }
            ("in_month", _) => Shape::Month,
            _ => Shape::Nothing,
        }
    }

    /// Another kind of value: the operator goes back to the usual one where it does not go with that kind.
    pub fn turned_into(mut self, kind: ValueKind) -> Self {
        if !ops(kind).contains(&self.op.as_str()) {
            return Self::new(kind);
        }
        self.kind = kind;
        self
    }

    /// The test.
    ///
    /// # Errors
    /// What is missing or wrong.
    pub fn test(&self) -> Result<Test, Wrong> {
        Ok(match (self.op.as_str(), self.kind) {
            ("is_set", _) => Test::Set(true),
            ("is_not_set", _) => Test::Set(false),
            ("yes", _) => Test::Flag(true),
            ("no", _) => Test::Flag(false),
            (op, ValueKind::List) => Test::List {
                op: ListOp::of(op).ok_or(Wrong::Empty)?,
                values: self.some_texts()?,
            },
            (_, ValueKind::Text | ValueKind::Custom) => Test::Text(self.text_test()?),
            (_, ValueKind::Date) => Test::Date(self.date_test()?),
            (_, ValueKind::Number | ValueKind::Money) => Test::Number(self.number_test()?),
            (_, ValueKind::Flag) => return Err(Wrong::Empty),
        })
    }

    fn some_texts(&self) -> Result<Vec<String>, Wrong> {
        if self.texts.is_empty() {
            return Err(Wrong::Empty);
        }
        Ok(self.texts.clone())
    }

    fn text_test(&self) -> Result<TextTest, Wrong> {
        if self.shape() == Shape::Texts {
            let texts = self.some_texts()?;
            let is = self.op == "is";
            return Ok(match (texts.as_slice(), is) {
                ([one], true) => TextTest::Compare(TextOp::Eq, one.clone()),
                ([one], false) => TextTest::Compare(TextOp::Ne, one.clone()),
                (_, true) => TextTest::In(texts),
                (_, false) => TextTest::NotIn(texts),
            });
        }
        let op = TextOp::of(&self.op).ok_or(Wrong::Empty)?;
        if self.first.is_empty() {
            return Err(Wrong::Empty);
        }
        Ok(TextTest::Compare(op, self.first.clone()))
    }

    /// The test of a number.
    ///
    /// # Errors
    /// What is missing or wrong.
    pub fn number_test(&self) -> Result<NumberTest, Wrong> {
        let first = number(&self.first)?;
        if let Some(op) = Compare::of(&self.op) {
            return Ok(NumberTest::Compare(op, first));
        }
        let second = number(&self.second)?;
        let (a, b) = (first.ratio(), second.ratio());
        if b.0 * a.1 < a.0 * b.1 {
            return Err(Wrong::Order);
        }
        match self.op.as_str() {
            "between" => Ok(NumberTest::Between(first, second)),
            "not_between" => Ok(NumberTest::NotBetween(first, second)),
            _ => Err(Wrong::Empty),
        }
    }

    fn date_test(&self) -> Result<DateTest, Wrong> {
        let one = || day(&self.first);
        let span = || span(&self.first, self.unit);
        Ok(match self.op.as_str() {
            "on" => DateTest::On(one()?),
            "before" => DateTest::Before(one()?),
            "after" => DateTest::After(one()?),
            "between" => {
                let (from, to) = days(&self.first, &self.second)?;
                DateTest::Between(from, to)
            }
            "within_last" => DateTest::WithinLast(span()?),
            "within_next" => DateTest::WithinNext(span()?),
            "more_than_ago" => DateTest::MoreThanAgo(span()?),
            "anniversary_within_next" => DateTest::AnniversaryWithinNext(span()?),
            "in_month" => match whole(&self.first)? {
                month @ 1..=12 => DateTest::InMonth(month),
                _ => return Err(Wrong::Bounds),
            },
            _ => return Err(Wrong::Empty),
        })
    }

    /// The form that a test was filled in with; `money` says of which of the two kinds of number.
    pub fn of(test: &Test, kind: ValueKind) -> Self {
        let kind = match (kind, test) {
            (ValueKind::Custom, Test::Number(_)) => ValueKind::Number,
            (ValueKind::Custom, Test::Flag(_)) => ValueKind::Flag,
            (ValueKind::Custom, Test::Date(_)) => ValueKind::Date,
            (ValueKind::Custom, Test::List { .. }) => ValueKind::List,
            (ValueKind::Custom, Test::Text(_) | Test::Set(_)) => ValueKind::Text,
            (kind, _) => kind,
        };
        match test {
            Test::Set(true) => Self::with_op(kind, "is_set"),
            Test::Set(false) => Self::with_op(kind, "is_not_set"),
            Test::Flag(flag) => Self::with_op(kind, if *flag { "yes" } else { "no" }),
            Test::List { op, values } => Self {
                texts: values.clone(),
                ..Self::with_op(kind, op.name())
            },
            Test::Text(text) => Self::of_text(text, kind),
            Test::Number(number) => Self::of_number(number, kind),
            Test::Date(date) => Self::of_date(*date),
        }
    }

    fn of_text(test: &TextTest, kind: ValueKind) -> Self {
        let (op, texts) = match test {
            TextTest::Compare(TextOp::Eq, text) => ("is", vec![text.clone()]),
            TextTest::Compare(TextOp::Ne, text) => ("is_not", vec![text.clone()]),
            TextTest::In(texts) => ("is", texts.clone()),
            TextTest::NotIn(texts) => ("is_not", texts.clone()),
            TextTest::Compare(op, text) => {
                return Self {
                    first: text.clone(),
                    ..Self::with_op(kind, op.name())
                };
            }
        };
        Self {
            texts,
            ..Self::with_op(kind, op)
        }
    }

    /// The form of a test of a number.
    pub fn of_number(test: &NumberTest, kind: ValueKind) -> Self {
        let (op, first, second) = match test {
            NumberTest::Compare(op, value) => (op.name(), value.to_string(), String::new()),
            NumberTest::Between(low, high) => ("between", low.to_string(), high.to_string()),
            NumberTest::NotBetween(low, high) => ("not_between", low.to_string(), high.to_string()),
        };
        Self {
            first,
            second,
            ..Self::with_op(kind, op)
        }
    }

    fn of_date(test: DateTest) -> Self {
        let with = |op: &str, first: String| Self {
            first,
            ..Self::with_op(ValueKind::Date, op)
        };
        let span = |op: &str, span: Span| Self {
            unit: span.unit,
            ..with(op, span.n.to_string())
        };
        match test {
            DateTest::On(day) => with("on", day.to_string()),
            DateTest::Before(day) => with("before", day.to_string()),
            DateTest::After(day) => with("after", day.to_string()),
            DateTest::Between(from, to) => Self {
                second: to.to_string(),
                ..with("between", from.to_string())
            },
            DateTest::WithinLast(it) => span("within_last", it),
            DateTest::WithinNext(it) => span("within_next", it),
            DateTest::MoreThanAgo(it) => span("more_than_ago", it),
            DateTest::AnniversaryWithinNext(it) => span("anniversary_within_next", it),
            DateTest::InMonth(month) => with("in_month", month.to_string()),
        }
    }
}

/// The days that a measure looks at, as a person fills them in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// `all`, `last` or `between`.
    pub kind: &'static str,
    /// Of `last`: how many.
    pub n: String,
    /// Of `last`: of what.
    pub unit: Unit,
    /// Of `between`.
    pub from: String,
    /// Of `between`.
    pub to: String,
}

impl Period {
    /// The kinds of period, in the order they are offered.
    pub const KINDS: &[&str] = &["last", "between", "all"];

    /// The period that it is.
    ///
    /// # Errors
    /// What is missing or wrong.
    pub fn within(&self) -> Result<Within, Wrong> {
        match self.kind {
            "last" => Ok(Within::Last(span(&self.n, self.unit)?)),
            "between" => days(&self.from, &self.to).map(|(from, to)| Within::Between(from, to)),
            _ => Ok(Within::AllTime),
        }
    }

    /// The form of a period.
    pub fn of(within: Within) -> Self {
        let mut period = Self {
            kind: "all",
            n: "90".to_owned(),
            unit: Unit::Day,
            from: String::new(),
            to: String::new(),
        };
        match within {
            Within::AllTime => {}
            Within::Last(span) => {
                period.kind = "last";
                period.n = span.n.to_string();
                period.unit = span.unit;
            }
            Within::Between(from, to) => {
                period.kind = "between";
                period.from = from.to_string();
                period.to = to.to_string();
            }
        }
        period
    }
}

/// A number as a person types it.
pub fn number(typed: &str) -> Result<Decimal, Wrong> {
    let plain = plain_number(typed);
    if plain.is_empty() {
        return Err(Wrong::Empty);
    }
    plain.parse().map_err(|_| Wrong::Number)
}

fn whole(typed: &str) -> Result<u32, Wrong> {
    let number = number(typed)?.to_scale(0).map_err(|_| Wrong::Bounds)?;
    u32::try_from(number).map_err(|_| Wrong::Bounds)
}

fn span(typed: &str, unit: Unit) -> Result<Span, Wrong> {
    match whole(typed)? {
        n @ 1..=100_000 => Ok(Span { n, unit }),
        _ => Err(Wrong::Bounds),
    }
}

fn day(typed: &str) -> Result<Day, Wrong> {
    if typed.is_empty() {
        return Err(Wrong::Empty);
    }
    typed.parse().map_err(|_| Wrong::Day)
}

fn days(from: &str, to: &str) -> Result<(Day, Day), Wrong> {
    let (from, to) = (day(from)?, day(to)?);
    if to < from {
        return Err(Wrong::Order);
    }
    Ok((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(kind: ValueKind, op: &str, first: &str, second: &str) -> Form {
        Form {
            first: first.to_owned(),
            second: second.to_owned(),
            ..Form::with_op(kind, op)
        }
    }

    #[test]
    fn forms_say_what_is_wrong() {
        for (kind, op, first, second, wanted) in [
            (ValueKind::Number, "gte", "", "", Wrong::Empty),
            (ValueKind::Number, "gte", "many", "", Wrong::Number),
            (ValueKind::Number, "between", "30", "", Wrong::Empty),
            (ValueKind::Money, "between", "30", "20.5", Wrong::Order),
            (ValueKind::Date, "on", "", "", Wrong::Empty),
            (ValueKind::Date, "on", "2026-02-30", "", Wrong::Day),
            (
                ValueKind::Date,
                "between",
                "2026-02-03",
                "2026-02-02",
                Wrong::Order,
            ),
            (ValueKind::Date, "within_last", "0", "", Wrong::Bounds),
            (ValueKind::Date, "within_last", "1.5", "", Wrong::Bounds),
            (ValueKind::Date, "in_month", "13", "", Wrong::Bounds),
            (ValueKind::Text, "is", "typed elsewhere", "", Wrong::Empty),
            (ValueKind::Text, "contains", "", "", Wrong::Empty),
            (ValueKind::List, "any_of", "", "", Wrong::Empty),
        ] {
            assert_eq!(
                filled(kind, op, first, second).test(),
                Err(wanted),
                "{kind:?} {op} {first} {second}"
            );
        }
    }

    #[test]
    fn numbers_are_read_as_people_type_them() {
        let form = filled(ValueKind::Money, "gte", "￥１,000.5", "");
        let Ok(Test::Number(NumberTest::Compare(Compare::Gte, value))) = form.test() else {
            panic!("{:?}", form.test());
        };
        assert_eq!(value.to_string(), "1000.5");
    }

    #[test]
    fn what_was_typed_stays_when_the_operator_changes() {
        let mut form = filled(ValueKind::Number, "between", "25", "34");
        form.op = "gte".to_owned();
        assert!(form.test().is_ok());
        form.op = "between".to_owned();
        assert_eq!((form.first.as_str(), form.second.as_str()), ("25", "34"));
        // Another kind of value keeps what goes with it and drops what does not.
        assert_eq!(form.clone().turned_into(ValueKind::Money).first, "25");
        assert_eq!(
            form.turned_into(ValueKind::Text),
            Form::new(ValueKind::Text)
        );
    }

    #[test]
    fn each_operator_has_the_controls_it_needs() {
        for kind in [
            ValueKind::Text,
            ValueKind::Number,
            ValueKind::Flag,
            ValueKind::List,
            ValueKind::Date,
        ] {
            for op in ops(kind) {
                let form = Form {
                    texts: vec!["a".to_owned()],
                    ..match Form::with_op(kind, op).shape() {
                        Shape::Day | Shape::Days => filled(kind, op, "2026-01-01", "2026-01-02"),
                        _ => filled(kind, op, "1", "2"),
                    }
                };
                assert!(form.test().is_ok(), "{kind:?} {op}: {:?}", form.test());
            }
        }
    }
}
