//! The canonical JSON of a rule.

use super::json::write_text;
use super::*;
use std::fmt::Write;

pub(super) fn rule(rule: &Rule) -> String {
    let mut out = String::new();
    node(rule, &mut out);
    out
}

fn node(rule: &Rule, out: &mut String) {
    match rule {
        Rule::All(nodes) => nodes_of("all", nodes, out),
        Rule::Any(nodes) => nodes_of("any", nodes, out),
        Rule::Not(inner) => {
            out.push_str("{\"not\":");
            node(inner, out);
            out.push('}');
        }
        Rule::Attribute { attribute, test } => {
            let money = attribute.kind() == ValueKind::Money;
            out.push_str("{\"attr\":");
            write_text(&attribute.name(), out);
            write_test(test, money, out);
            out.push('}');
        }
        Rule::Orders(it) => {
            out.push_str("{\"orders\":{");
            measure_of(&it.conditions, it.within, it.measure, out);
            write_number(&it.test, it.measure.is_money(), out);
            out.push_str("}}");
        }
        Rule::Events(it) => {
            out.push_str("{\"events\":{\"kind\":");
            write_text(&it.kind, out);
            out.push(',');
            measure_of(&it.conditions, it.within, it.measure, out);
            write_number(&it.test, false, out);
            out.push_str("}}");
        }
        Rule::Segment(id) => {
            out.push_str("{\"segment\":");
            write_text(id, out);
            out.push('}');
        }
        Rule::Sample { percent, seed } => {
            let _ = write!(out, "{{\"sample\":{{\"percent\":{percent},\"seed\":");
            write_text(seed, out);
            out.push_str("}}");
        }
    }
}

fn nodes_of(name: &str, nodes: &[Rule], out: &mut String) {
    let _ = write!(out, "{{\"{name}\":[");
    for (at, inner) in nodes.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        node(inner, out);
    }
    out.push_str("]}");
}

/// One condition on an order, a line or an event.
pub(super) fn condition(it: &Condition) -> String {
    let money = it.field.kind() == ValueKind::Money;
    let mut out = String::from("{\"attr\":");
    write_text(&it.field.name(), &mut out);
    write_test(&it.test, money, &mut out);
    out.push('}');
    out
}

/// `where`, `within` and `measure`; the operator and value follow.
fn measure_of(conditions: &[Condition], within: Within, measure: Measure, out: &mut String) {
    if !conditions.is_empty() {
        out.push_str("\"where\":[");
        for (at, condition) in conditions.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            out.push_str(&self::condition(condition));
        }
        out.push_str("],");
    }
    match within {
        Within::AllTime => {}
        Within::Last(span) => {
            out.push_str("\"within\":{\"last\":");
            write_span(span, out);
            out.push_str("},");
        }
        Within::Between(from, to) => {
            let _ = write!(out, "\"within\":{{\"between\":[\"{from}\",\"{to}\"]}},");
        }
    }
    let _ = write!(out, "\"measure\":\"{}\"", measure.name());
}

fn write_span(span: Span, out: &mut String) {
    let _ = write!(
        out,
        "{{\"n\":{},\"unit\":\"{}\"}}",
        span.n,
        span.unit.name()
    );
}

fn op(name: &str, out: &mut String) {
    let _ = write!(out, ",\"op\":\"{name}\"");
}

/// The operator and its value, with a comma before each.
fn write_test(test: &Test, money: bool, out: &mut String) {
    match test {
        Test::Set(true) => op("is_set", out),
        Test::Set(false) => op("is_not_set", out),
        Test::Flag(flag) => {
            op("is", out);
            let _ = write!(out, ",\"value\":{flag}");
        }
        Test::Text(TextTest::Compare(with, text)) => {
            op(with.name(), out);
            out.push_str(",\"value\":");
            write_text(text, out);
        }
        Test::Text(TextTest::In(texts)) => op_texts("in", texts, out),
        Test::Text(TextTest::NotIn(texts)) => op_texts("not_in", texts, out),
        Test::List { op: with, values } => op_texts(with.name(), values, out),
        Test::Number(number) => write_number(number, money, out),
        Test::Date(date) => write_date(*date, out),
    }
}

fn op_texts(name: &str, texts: &[String], out: &mut String) {
    op(name, out);
    out.push_str(",\"value\":[");
    for (at, text) in texts.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_text(text, out);
    }
    out.push(']');
}

fn write_number(test: &NumberTest, money: bool, out: &mut String) {
    // Money is a string, as everywhere; other numbers are numbers.
    let quote = if money { "\"" } else { "" };
    match test {
        NumberTest::Compare(with, value) => {
            op(with.name(), out);
            let _ = write!(out, ",\"value\":{quote}{value}{quote}");
        }
        NumberTest::Between(low, high) | NumberTest::NotBetween(low, high) => {
            let inside = matches!(test, NumberTest::Between(..));
            op(if inside { "between" } else { "not_between" }, out);
            let _ = write!(out, ",\"value\":[{quote}{low}{quote},{quote}{high}{quote}]");
        }
    }
}

fn write_date(test: DateTest, out: &mut String) {
    let mut day = |name: &str, day: Day| {
        op(name, out);
        let _ = write!(out, ",\"value\":\"{day}\"");
    };
    match test {
        DateTest::On(it) => day("on", it),
        DateTest::Before(it) => day("before", it),
        DateTest::After(it) => day("after", it),
        DateTest::Between(from, to) => {
            op("between", out);
            let _ = write!(out, ",\"value\":[\"{from}\",\"{to}\"]");
        }
        DateTest::WithinLast(span) => op_span("within_last", span, out),
        DateTest::WithinNext(span) => op_span("within_next", span, out),
        DateTest::MoreThanAgo(span) => op_span("more_than_ago", span, out),
        DateTest::AnniversaryWithinNext(span) => op_span("anniversary_within_next", span, out),
        DateTest::InMonth(month) => {
            op("in_month", out);
            let _ = write!(out, ",\"value\":{month}");
        }
    }
}

fn op_span(name: &str, span: Span, out: &mut String) {
    op(name, out);
    out.push_str(",\"value\":");
    write_span(span, out);
}
