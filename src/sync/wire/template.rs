//! Templates of addresses and bodies, and the patterns of ids.

use crate::address::encode;
use serde_json::Value;
use std::collections::BTreeMap;

/// What templates are filled with.
pub(crate) type Blanks<'a> = BTreeMap<&'a str, Value>;

/// Fills the blanks of an address in, percent-encoded. Parameters of the query that name a blank without a value are left
/// out (there is no cursor the first time).
pub(crate) fn fill_address(template: &str, blanks: &Blanks<'_>) -> String {
    let (path, query) = template.split_once('?').unwrap_or((template, ""));
    let mut address = fill(path, blanks).unwrap_or_default();
    let parameters: Vec<String> = query
        .split('&')
        .filter(|part| !part.is_empty())
        .filter_map(|part| fill(part, blanks))
        .collect();
    if !parameters.is_empty() {
        address.push('?');
        address.push_str(&parameters.join("&"));
    }
    address
}

/// `None` when a blank has no value.
fn fill(template: &str, blanks: &Blanks<'_>) -> Option<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        match blanks.get(name) {
            Some(value) => out.push_str(&encode(&crate::json::scalar(value)?)),
            None => return None,
        }
        rest = tail;
    }
    out.push_str(rest);
    Some(out.replace(' ', "%20"))
}

/// Fills the blanks of a body in: a text that is one blank becomes its value, whatever type that has; members whose
/// blank has no value are left out.
pub(crate) fn fill_body(template: &Value, blanks: &Blanks<'_>) -> Option<Value> {
    match template {
        Value::String(text) => {
            let name = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
            match name {
                Some(name) if !name.contains(['{', '}', ' ', '\n']) => blanks.get(name).cloned(),
                _ => Some(Value::String(fill_text(text, blanks))),
            }
        }
        Value::Array(items) => {
            let items = items.iter().filter_map(|item| fill_body(item, blanks));
            Some(Value::Array(items.collect()))
        }
        Value::Object(members) => {
            let filled = members.iter().filter_map(|(name, value)| {
                fill_body(value, blanks).map(|value| (name.clone(), value))
            });
            Some(Value::Object(filled.collect()))
        }
        other => Some(other.clone()),
    }
}

/// Blanks inside a longer text: only those that have a value, for GraphQL has braces of its own.
fn fill_text(text: &str, blanks: &Blanks<'_>) -> String {
    let mut out = text.to_owned();
    for (name, value) in blanks {
        if let Some(value) = crate::json::scalar(value) {
            out = out.replace(&format!("{{{name}}}"), &value);
        }
    }
    out
}

/// Whether every character of a text is in a class like `[A-Za-z0-9_-]+`, the only patterns that profiles may have.
pub(crate) fn matches_class(pattern: &str, text: &str) -> bool {
    let Some(class) = class(pattern) else {
        return false;
    };
    text.chars()
        .all(|c| class.iter().any(|(from, to)| (*from..=*to).contains(&c)))
}

/// The ranges of a class; `None` when the pattern is not one class, with `+` or `*` behind it and `^` and `$` around it or not.
pub(crate) fn class(pattern: &str) -> Option<Vec<(char, char)>> {
    let inner = pattern.trim_start_matches('^').trim_end_matches('$');
    let inner = inner.strip_prefix('[')?;
    let inner = inner
        .strip_suffix("]+")
        .or_else(|| inner.strip_suffix("]*"))?;
    if inner.is_empty() || inner.contains(['[', ']', '^', '\\']) {
        return None;
    }
    let characters: Vec<char> = inner.chars().collect();
    let mut ranges = Vec::new();
    let mut rest = characters.as_slice();
    while let [first, tail @ ..] = rest {
        match tail {
            ['-', last, tail @ ..] if first <= last => {
                ranges.push((*first, *last));
                rest = tail;
            }
            _ => {
                ranges.push((*first, *first));
                rest = tail;
            }
        }
    }
    Some(ranges)
}

#[cfg(test)]
mod tests {
    use super::{Blanks, class, fill_address, fill_body, matches_class};
    use serde_json::json;

    #[test]
    fn addresses() {
        let blanks: Blanks<'_> = [("id", json!("a/b c+d")), ("limit", json!(5))].into();
        for (template, address) in [
            ("/x/{id}", "/x/a%2Fb%20c%2Bd"),
            ("/x?a={id}&b={limit}", "/x?a=a%2Fb%20c%2Bd&b=5"),
            ("/x?since={cursor}&b={limit}", "/x?b=5"),
            ("/x?since={cursor}", "/x"),
            ("/x?filter=a eq 1", "/x?filter=a%20eq%201"),
        ] {
            assert_eq!(fill_address(template, &blanks), address, "{template}");
        }
    }

    #[test]
    fn bodies() {
        let blanks: Blanks<'_> = [("records", json!([1, 2])), ("limit", json!(5))].into();
        let template = json!({"data": "{records}", "q": "query { rows(first: {limit}) { id } }", "c": "{cursor}"});
        assert_eq!(
            fill_body(&template, &blanks),
            Some(json!({"data": [1, 2], "q": "query { rows(first: 5) { id } }"}))
        );
    }

    #[test]
    fn classes() {
        for (pattern, text, fits) in [
            ("[A-Za-z0-9_-]+", "a-B_9", true),
            ("^[a-z0-9]+$", "abc", true),
            ("[a-z0-9]+", "a b", false),
            ("[a-z]+", "é", false),
        ] {
            assert_eq!(matches_class(pattern, text), fits, "{pattern} {text}");
        }
        for pattern in ["(a|b)+", "[^a]+", "a+", "", "[]+"] {
            assert_eq!(class(pattern), None, "{pattern}");
        }
    }
}
