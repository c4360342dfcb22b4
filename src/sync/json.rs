//! Reading JSON that strangers wrote: whole, once, bounded, and without losing digits.

use crate::{Fault, FaultCode};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Parses a body. A byte order mark is forgiven. Refused: a repeated key, NaN, half a surrogate pair, nesting deeper
/// than 128, anything after the value, and integers of more than 64 bits, which could not be written back as they came.
///
/// # Errors
/// `bad-json` with the parser's words and the place.
pub(crate) fn parse(body: &str) -> Result<Value, Fault> {
    let body = body.strip_prefix('\u{feff}').unwrap_or(body);
    let bad = |found: &str| {
        Fault::new(
            FaultCode::BadJson,
            "",
            found,
            "one whole JSON value, each key once",
        )
    };
    if let Some(number) = long_number(body) {
        return Err(bad(number));
    }
    let mut deserializer = serde_json::Deserializer::from_str(body);
    let value = Strict.deserialize(&mut deserializer);
    let value = value.map_err(|error| bad(&error.to_string()))?;
    deserializer
        .end()
        .map_err(|error| bad(&error.to_string()))?;
    Ok(value)
}

/// An integer that does not fit into 64 bits: as a float it would lose digits.
fn long_number(body: &str) -> Option<&str> {
    let bytes = body.as_bytes();
    let (mut at, mut quoted) = (0, false);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if quoted => at += 1,
            b'"' => quoted = !quoted,
            b'0'..=b'9' if !quoted => {
                let rest = bytes.get(at..).unwrap_or_default();
                let is_part =
                    |b: &&u8| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-');
                let length = rest.iter().take_while(is_part).count();
                let text = body.get(at..at + length)?;
                let whole = text.bytes().all(|b| b.is_ascii_digit());
                if whole && length > 18 && text.parse::<u64>().is_err() {
                    return Some(text);
                }
                at += length.saturating_sub(1);
            }
            _ => {}
        }
        at += 1;
    }
    None
}

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value);
        number
            .map(Value::Number)
            .ok_or_else(|| E::custom("not a number"))
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }
    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Strict)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(Strict)?;
            if members.insert(name.clone(), value).is_some() {
                return Err(de::Error::custom(format!("`{name}` twice")));
            }
        }
        Ok(Value::Object(members))
    }
}

/// The value at a path: names between dots (`data.items`), where a name may be written whole when it has dots itself
/// (`@odata.nextLink`). The empty path is the value itself.
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    if path.is_empty() {
        return Some(value);
    }
    if let Some(found) = value.get(path) {
        return Some(found);
    }
    path.char_indices()
        .filter(|(_, c)| *c == '.')
        .find_map(|(dot, _)| {
            let inner = value.get(path.get(..dot)?)?;
            at(inner, path.get(dot + 1..)?)
        })
}

/// A scalar as text, for cursors, versions and ids; `None` for objects, arrays, booleans and null.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
