//! JSON to rule, with the path of whatever is wrong.

use super::json::{self, Json};
use super::*;

type Parsed<T> = Result<T, RuleError>;

pub(super) fn rule(text: &str) -> Parsed<Rule> {
    let value = json::read(text)?;
    let mut nodes = 0;
    node(&value, &Path::root(), 1, &mut nodes)
}

/// Where we are; written out only when something is wrong.
struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    step: Step<'p>,
}

enum Step<'p> {
    Root,
    Key(&'p str),
    Index(usize),
}

impl Path<'_> {
    fn root() -> Path<'static> {
        Path {
            parent: None,
            step: Step::Root,
        }
    }

    fn key<'p>(&'p self, key: &'p str) -> Path<'p> {
        Path {
            parent: Some(self),
            step: Step::Key(key),
        }
    }

    fn index(&self, index: usize) -> Path<'_> {
        Path {
            parent: Some(self),
            step: Step::Index(index),
        }
    }

    fn written(&self) -> String {
        let mut text = self.parent.map(Path::written).unwrap_or_default();
        match self.step {
            Step::Root => {}
            Step::Key(key) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.extend(key.chars().take(60));
            }
            Step::Index(index) => text.push_str(&format!("[{index}]")),
        }
        text
    }

    fn wrong<T>(&self, found: impl Into<String>, expected: impl Into<String>) -> Parsed<T> {
        Err(RuleError {
            path: self.written(),
            found: found.into(),
            expected: expected.into(),
        })
    }
}

/// An object whose keys are all known.
struct Object<'j, 'p> {
    entries: &'j [(String, Json)],
    path: &'p Path<'p>,
}

impl<'j, 'p> Object<'j, 'p> {
    fn read(value: &'j Json, path: &'p Path<'p>, keys: &[&str]) -> Parsed<Self> {
        let Json::Object(entries) = value else {
            return path.wrong(value.shown(), format!("an object with {}", keys.join(", ")));
        };
        for (key, _) in entries {
            if !keys.contains(&key.as_str()) {
                return path.key(key).wrong(format!("\"{key}\""), keys.join(", "));
            }
        }
        Ok(Self { entries, path })
    }

    fn find(&self, key: &str) -> Option<&'j Json> {
        self.entries
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| value)
    }

    fn need(&self, key: &str, expected: &str) -> Parsed<&'j Json> {
        match self.find(key) {
            Some(value) => Ok(value),
            None => self.path.key(key).wrong("nothing", expected),
        }
    }
}

const NODES: &str = "all, any, not, attr, orders, events, segment, sample";

fn node(value: &Json, path: &Path, depth: usize, nodes: &mut usize) -> Parsed<Rule> {
    if depth > MAX_DEPTH {
        return path.wrong(
            format!("depth {depth}"),
            format!("depth {MAX_DEPTH} at most"),
        );
    }
    *nodes += 1;
    if *nodes > MAX_NODES {
        return path.wrong(
            format!("more than {MAX_NODES} nodes"),
            format!("{MAX_NODES} nodes at most"),
        );
    }
    let Json::Object(entries) = value else {
        return path.wrong(value.shown(), format!("an object with one of {NODES}"));
    };
    if entries.iter().any(|(key, _)| key == "attr") {
        return attribute(value, path);
    }
    let [(key, inner)] = entries.as_slice() else {
        return path.wrong(value.shown(), format!("an object with one of {NODES}"));
    };
    let below = path.key(key);
    match key.as_str() {
        "all" => node_list(inner, &below, depth, nodes).map(Rule::All),
        "any" => node_list(inner, &below, depth, nodes).map(Rule::Any),
        "not" => Ok(Rule::Not(Box::new(node(inner, &below, depth + 1, nodes)?))),
        "orders" => orders(inner, &below),
        "events" => events(inner, &below),
        "segment" => nonempty(inner, &below, "the id of a segment").map(Rule::Segment),
        "sample" => sample(inner, &below),
        _ => below.wrong(format!("\"{key}\""), NODES),
    }
}

fn node_list(value: &Json, path: &Path, depth: usize, nodes: &mut usize) -> Parsed<Vec<Rule>> {
    let Json::List(items) = value else {
        return path.wrong(value.shown(), "a list of nodes");
    };
    items
        .iter()
        .enumerate()
        .map(|(at, item)| node(item, &path.index(at), depth + 1, nodes))
        .collect()
}

fn attribute(value: &Json, path: &Path) -> Parsed<Rule> {
    let object = Object::read(value, path, &["attr", "op", "value"])?;
    let names = || {
        let names: Vec<_> = Attribute::ALL.iter().map(Attribute::name).collect();
        format!("{}, custom.<key>", names.join(", "))
    };
    let attribute = match object.need("attr", "an attribute")? {
        Json::Text(name) => match Attribute::of(name) {
            Some(attribute) => attribute,
            None => return path.key("attr").wrong(format!("\"{name}\""), names()),
        },
        other => return path.key("attr").wrong(other.shown(), names()),
    };
    let test = test(&object, attribute.kind(), choices_of_attribute(&attribute))?;
    Ok(Rule::Attribute { attribute, test })
}

fn sample(value: &Json, path: &Path) -> Parsed<Rule> {
    let object = Object::read(value, path, &["percent", "seed"])?;
    let expected = "a number from 0 to 100";
    let percent = decimal(
        object.need("percent", expected)?,
        &path.key("percent"),
        expected,
    )?;
    // 100 with the same number of decimals; nine at most, so it fits.
    let hundred = 10i64.saturating_pow(percent.scale).saturating_mul(100);
    if !(0..=hundred).contains(&percent.units) {
        return path.key("percent").wrong(percent.to_string(), expected);
    }
    let seed = match object.need("seed", "a text or a number")? {
        Json::Text(text) | Json::Number(text) => text.clone(),
        other => return path.key("seed").wrong(other.shown(), "a text or a number"),
    };
    Ok(Rule::Sample { percent, seed })
}

fn orders(value: &Json, path: &Path) -> Parsed<Rule> {
    let keys = ["where", "within", "measure", "op", "value"];
    let object = Object::read(value, path, &keys)?;
    let conditions = conditions(&object, false)?;
    let within = within(&object)?;
    let measure = measure(&object)?;
    let test = number_test(&object)?;
    Ok(Rule::Orders(OrdersTest {
        conditions,
        within,
        measure,
        test,
    }))
}

fn events(value: &Json, path: &Path) -> Parsed<Rule> {
    let keys = ["kind", "where", "within", "measure", "op", "value"];
    let object = Object::read(value, path, &keys)?;
    let expected = "a kind of event such as page_view";
    let kind = nonempty(object.need("kind", expected)?, &path.key("kind"), expected)?;
    let conditions = conditions(&object, true)?;
    let within = within(&object)?;
    let measure = measure(&object)?;
    let test = number_test(&object)?;
    Ok(Rule::Events(EventsTest {
        kind,
        conditions,
        within,
        measure,
        test,
    }))
}

fn conditions(object: &Object, of_events: bool) -> Parsed<Vec<Condition>> {
    let path = object.path.key("where");
    let items = match object.find("where") {
        None => return Ok(Vec::new()),
        Some(Json::List(items)) => items,
        Some(other) => return path.wrong(other.shown(), "a list of conditions"),
    };
    items
        .iter()
        .enumerate()
        .map(|(at, item)| condition(item, &path.index(at), of_events))
        .collect()
}

fn condition(value: &Json, path: &Path, of_events: bool) -> Parsed<Condition> {
    let object = Object::read(value, path, &["attr", "op", "value"])?;
    let names = || {
        let names: Vec<_> = Field::ALL.iter().map(Field::name).collect();
        let data = if of_events { ", data.<key>" } else { "" };
        format!("{}{data}", names.join(", "))
    };
    let field = match object.need("attr", &names())? {
        Json::Text(name) => match Field::of(name) {
            Some(Field::Data(_)) if !of_events => None,
            found => found,
        }
        .map_or_else(
            || path.key("attr").wrong(format!("\"{name}\""), names()),
            Ok,
        )?,
        other => return path.key("attr").wrong(other.shown(), names()),
    };
    // What a status may be is fixed for orders only.
    let choices = if of_events {
        &[]
    } else {
        choices_of_field(&field)
    };
    let test = test(&object, field.kind(), choices)?;
    Ok(Condition { field, test })
}

fn within(object: &Object) -> Parsed<Within> {
    let path = object.path.key("within");
    let Some(value) = object.find("within") else {
        return Ok(Within::AllTime);
    };
    let inner = Object::read(value, &path, &["last", "between"])?;
    match (inner.find("last"), inner.find("between")) {
        (Some(last), None) => Ok(Within::Last(span(last, &path.key("last"))?)),
        (None, Some(between)) => {
            let (from, to) = day_pair(between, &path.key("between"))?;
            Ok(Within::Between(from, to))
        }
        _ => path.wrong(value.shown(), "an object with one of last, between"),
    }
}

fn measure(object: &Object) -> Parsed<Measure> {
    let names = || names_of(Measure::ALL.iter().map(|it| it.name()));
    let path = object.path.key("measure");
    match object.need("measure", &names())? {
        Json::Text(name) => match Measure::of(name) {
            Some(measure) => Ok(measure),
            None => path.wrong(format!("\"{name}\""), names()),
        },
        other => path.wrong(other.shown(), names()),
    }
}

fn names_of<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

const TEXT_OPS: &str =
    "eq, ne, contains, not_contains, starts_with, ends_with, in, not_in, is_set, is_not_set";
const NUMBER_OPS: &str = "eq, ne, lt, lte, gt, gte, between, not_between, is_set, is_not_set";
const FLAG_OPS: &str = "is, is_set, is_not_set";
const LIST_OPS: &str = "any_of, all_of, none_of, is_set, is_not_set";
const DATE_OPS: &str = "on, before, after, between, within_last, within_next, more_than_ago, \
                        anniversary_within_next, in_month, is_set, is_not_set";

fn ops_of(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Text => TEXT_OPS,
        ValueKind::Number | ValueKind::Money => NUMBER_OPS,
        ValueKind::Flag => FLAG_OPS,
        ValueKind::List => LIST_OPS,
        ValueKind::Date => DATE_OPS,
        ValueKind::Custom => "an operator of text, numbers, dates or yes and no",
    }
}

fn op_name<'j>(object: &Object<'j, '_>, expected: &str) -> Parsed<&'j str> {
    match object.need("op", expected)? {
        Json::Text(name) => Ok(name),
        other => object.path.key("op").wrong(other.shown(), expected),
    }
}

fn unknown<T>(object: &Object, op: &str, kind: ValueKind) -> Parsed<T> {
    let path = object.path.key("op");
    path.wrong(format!("\"{op}\""), ops_of(kind))
}

fn test(object: &Object, kind: ValueKind, choices: &[&str]) -> Parsed<Test> {
    let op = op_name(object, ops_of(kind))?;
    if let "is_set" | "is_not_set" = op {
        return match object.find("value") {
            None => Ok(Test::Set(op == "is_set")),
            Some(value) => object.path.key("value").wrong(value.shown(), "no value"),
        };
    }
    match kind_of_test(kind, op, object.find("value")) {
        ValueKind::Text => text_test(object, op, choices, kind).map(Test::Text),
        ValueKind::Number | ValueKind::Money => {
            if !NUMBER_OPS.split(", ").any(|known| known == op) {
                return unknown(object, op, kind);
            }
            number_test(object).map(Test::Number)
        }
        ValueKind::Flag => match (op, object.need("value", "true or false")?) {
            ("is", Json::Flag(flag)) => Ok(Test::Flag(*flag)),
            ("is", other) => object
                .path
                .key("value")
                .wrong(other.shown(), "true or false"),
            _ => unknown(object, op, kind),
        },
        ValueKind::List => match ListOp::of(op) {
            Some(op) => Ok(Test::List {
                op,
                values: texts(object, &[])?,
            }),
            None => unknown(object, op, kind),
        },
        ValueKind::Date => date_test(object, op, kind).map(Test::Date),
        ValueKind::Custom => unknown(object, op, kind),
    }
}

/// What the owner's own fields hold is told by the operator and the value it compares with.
fn kind_of_test(kind: ValueKind, op: &str, value: Option<&Json>) -> ValueKind {
    if kind != ValueKind::Custom {
        return kind;
    }
    match op {
        "is" => ValueKind::Flag,
        "eq" | "ne" => match value {
            Some(Json::Number(_)) => ValueKind::Number,
            _ => ValueKind::Text,
        },
        "lt" | "lte" | "gt" | "gte" | "not_between" => ValueKind::Number,
        "between" => match value {
            Some(Json::List(items)) if items.iter().all(is_day) => ValueKind::Date,
            _ => ValueKind::Number,
        },
        _ if TextOp::of(op).is_some() || op == "in" || op == "not_in" => ValueKind::Text,
        _ if DATE_OPS.split(", ").any(|known| known == op) => ValueKind::Date,
        _ => ValueKind::Custom,
    }
}

fn is_day(value: &Json) -> bool {
    matches!(value, Json::Text(text) if text.parse::<Day>().is_ok())
}

fn text_test(object: &Object, op: &str, choices: &[&str], kind: ValueKind) -> Parsed<TextTest> {
    match op {
        "in" => texts(object, choices).map(TextTest::In),
        "not_in" => texts(object, choices).map(TextTest::NotIn),
        _ => {
            let Some(op) = TextOp::of(op) else {
                return unknown(object, op, kind);
            };
            let exact = matches!(op, TextOp::Eq | TextOp::Ne);
            let value = object.need("value", "a text")?;
            let choices = if exact { choices } else { &[] };
            text(value, &object.path.key("value"), choices).map(|text| TextTest::Compare(op, text))
        }
    }
}

fn text(value: &Json, path: &Path, choices: &[&str]) -> Parsed<String> {
    match value {
        Json::Text(text) => {
            let known = choices
                .iter()
                .any(|choice| choice.eq_ignore_ascii_case(text));
            if choices.is_empty() || known {
                Ok(text.clone())
            } else {
                path.wrong(value.shown(), choices.join(", "))
            }
        }
        other if choices.is_empty() => path.wrong(other.shown(), "a text"),
        other => path.wrong(other.shown(), choices.join(", ")),
    }
}

fn nonempty(value: &Json, path: &Path, expected: &str) -> Parsed<String> {
    match value {
        Json::Text(text) if !text.is_empty() => Ok(text.clone()),
        other => path.wrong(other.shown(), expected),
    }
}

fn texts(object: &Object, choices: &[&str]) -> Parsed<Vec<String>> {
    let path = object.path.key("value");
    let expected = "a list of at least one text";
    match object.need("value", expected)? {
        Json::List(items) if !items.is_empty() => items
            .iter()
            .enumerate()
            .map(|(at, item)| text(item, &path.index(at), choices))
            .collect(),
        other => path.wrong(other.shown(), expected),
    }
}

fn decimal(value: &Json, path: &Path, expected: &str) -> Parsed<Decimal> {
    let found = match value {
        Json::Number(text) => number(text),
        Json::Text(text) => text.parse().ok(),
        _ => None,
    };
    match found {
        Some(decimal) => Ok(decimal),
        None => path.wrong(value.shown(), expected),
    }
}

/// A JSON number exactly, `1.5e3` too; `None` where it has too many digits.
fn number(text: &str) -> Option<Decimal> {
    let Some((digits, exponent)) = text.split_once(['e', 'E']) else {
        return text.parse().ok();
    };
    let Decimal { units, scale } = digits.parse().ok()?;
    let shift = exponent.parse::<i32>().ok()?.checked_sub(scale as i32)?;
    let factor = 10i64.checked_pow(shift.unsigned_abs());
    if units == 0 {
        Some(Decimal { units: 0, scale: 0 })
    } else if shift >= 0 {
        let units = units.checked_mul(factor?)?;
        Some(Decimal { units, scale: 0 })
    } else {
        // Through text, so that needless zeros go and the limits are those of every decimal.
        let scale = shift.unsigned_abs();
        (scale <= 18)
            .then(|| Decimal { units, scale }.to_string())?
            .parse()
            .ok()
    }
}

const DECIMAL: &str = "a decimal number such as 19.99";

fn number_test(object: &Object) -> Parsed<NumberTest> {
    let ops = "eq, ne, lt, lte, gt, gte, between, not_between";
    let op = op_name(object, ops)?;
    let path = object.path.key("value");
    if let Some(op) = Compare::of(op) {
        let value = object.need("value", DECIMAL)?;
        return decimal(value, &path, DECIMAL).map(|value| NumberTest::Compare(op, value));
    }
    let pair = |value: &Json| -> Parsed<(Decimal, Decimal)> {
        let Json::List(items) = value else {
            return path.wrong(value.shown(), "a list of two numbers");
        };
        let [low, high] = items.as_slice() else {
            return path.wrong(value.shown(), "a list of two numbers");
        };
        let low = decimal(low, &path.index(0), DECIMAL)?;
        let high = decimal(high, &path.index(1), DECIMAL)?;
        if is_less(high, low) {
            return path.wrong(format!("{low}, {high}"), "the lower number first");
        }
        Ok((low, high))
    };
    let value = || object.need("value", "a list of two numbers");
    match op {
        "between" => pair(value()?).map(|(low, high)| NumberTest::Between(low, high)),
        "not_between" => pair(value()?).map(|(low, high)| NumberTest::NotBetween(low, high)),
        _ => object.path.key("op").wrong(format!("\"{op}\""), ops),
    }
}

fn is_less(a: Decimal, b: Decimal) -> bool {
    let (a_units, a_scale) = a.ratio();
    let (b_units, b_scale) = b.ratio();
    a_units * b_scale < b_units * a_scale
}

fn day(value: &Json, path: &Path) -> Parsed<Day> {
    let expected = "a date such as \"2026-01-31\"";
    match value {
        Json::Text(text) => match text.parse() {
            Ok(day) => Ok(day),
            Err(_) => path.wrong(value.shown(), expected),
        },
        other => path.wrong(other.shown(), expected),
    }
}

fn day_pair(value: &Json, path: &Path) -> Parsed<(Day, Day)> {
    let expected = "a list of two dates";
    let Json::List(items) = value else {
        return path.wrong(value.shown(), expected);
    };
    let [from, to] = items.as_slice() else {
        return path.wrong(value.shown(), expected);
    };
    let from = day(from, &path.index(0))?;
    let to = day(to, &path.index(1))?;
    if to < from {
        return path.wrong(format!("{from}, {to}"), "the earlier date first");
    }
    Ok((from, to))
}

fn span(value: &Json, path: &Path) -> Parsed<Span> {
    let object = Object::read(value, path, &["n", "unit"])?;
    let n = whole(
        object.need("n", "a whole number from 1 to 100000")?,
        &path.key("n"),
        1..=100_000,
    )?;
    let names = || names_of(Unit::ALL.iter().map(|it| it.name()));
    let unit = match object.need("unit", &names())? {
        Json::Text(name) => Unit::of(name),
        _ => None,
    };
    match (unit, object.find("unit")) {
        (Some(unit), _) => Ok(Span { n, unit }),
        (None, found) => path
            .key("unit")
            .wrong(found.map(Json::shown).unwrap_or_default(), names()),
    }
}

fn whole(value: &Json, path: &Path, range: std::ops::RangeInclusive<u32>) -> Parsed<u32> {
    let expected = format!("a whole number from {} to {}", range.start(), range.end());
    let number = decimal(value, path, &expected)?;
    let found = number.to_scale(0).ok().and_then(|n| u32::try_from(n).ok());
    match found.filter(|n| range.contains(n)) {
        Some(number) => Ok(number),
        None => path.wrong(value.shown(), expected),
    }
}

fn date_test(object: &Object, op: &str, kind: ValueKind) -> Parsed<DateTest> {
    let path = object.path.key("value");
    let value = |expected: &str| object.need("value", expected);
    let one = || day(value("a date such as \"2026-01-31\"")?, &path);
    let length = || span(value("an object with n, unit")?, &path);
    match op {
        "on" => one().map(DateTest::On),
        "before" => one().map(DateTest::Before),
        "after" => one().map(DateTest::After),
        "between" => day_pair(value("a list of two dates")?, &path)
            .map(|(from, to)| DateTest::Between(from, to)),
        "within_last" => length().map(DateTest::WithinLast),
        "within_next" => length().map(DateTest::WithinNext),
        "more_than_ago" => length().map(DateTest::MoreThanAgo),
        "anniversary_within_next" => length().map(DateTest::AnniversaryWithinNext),
        "in_month" => {
            let month = value("a whole number from 1 to 12")?;
            whole(month, &path, 1..=12).map(DateTest::InMonth)
        }
        _ => unknown(object, op, kind),
    }
}
