//! Records as the public JSON of `shuke.d.ts`, both ways: what the JavaScript API and sync speak.
//!
//! Names and forms are the contract's: amounts are decimal strings in major units, ids 13 characters, instants ISO 8601
//! in UTC, days `2026-01-31`. What is absent is left out; `null` means absent when it is read. What a record has beyond
//! the fields known here is handed to the caller ([`Public::unknown`]), who keeps it and puts it back ([`restore`]).
//!
//! Reading checks forms only (a text where a text must be, a date that exists). What a value may be (an e-mail address,
//! a date that is not in the future) is `validate`'s to say.

mod customer;
mod entry;
mod event;
mod fields;
mod order;
#[cfg(test)]
mod tests;

pub(crate) use customer::{read_customer, write_customer};
pub(crate) use entry::{read_entry, write_entry};
pub(crate) use event::{read_event, write_event};
pub(crate) use fields::Fields;
pub(crate) use order::{OrderRecord, read_order, read_refund_lines, write_order};

use model::{Currency, Zone};
use serde_json::{Map, Value};

/// What the forms depend on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// The workspace's currency: of amounts that name none.
    pub(crate) currency: Currency,
    /// The workspace's zone: of times without an offset.
    pub(crate) zone: Zone,
    /// What the owner's own fields or the data of an event cannot hold (lists, objects) is an issue; otherwise it counts
    /// as unknown and is kept.
    pub(crate) strict: bool,
}

/// A record that was read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Public<T> {
    /// What is known of it.
    pub(crate) record: T,
    /// What is not, at its place: fields of the record, of the objects in it, and of the objects in its lists (such a
    /// list then has an object for every item). Empty when all is known.
    pub(crate) unknown: Map<String, Value>,
}

/// Lists of records inside a record: what is unknown in one stands at its place in a list as long.
const LISTS: [&str; 2] = ["lines", "refunds"];

/// Puts what was unknown back to a record that is written. What the record has itself stays; items of a list get theirs
/// back where the list is as long as it was.
pub(crate) fn restore(record: &mut Map<String, Value>, unknown: &Map<String, Value>) {
    for (name, value) in unknown {
        match record.get_mut(name) {
            None if LISTS.contains(&name.as_str()) => {}
            None => {
                record.insert(name.clone(), value.clone());
            }
            Some(known) => restore_value(known, value),
        }
    }
}

fn restore_value(known: &mut Value, unknown: &Value) {
    match (known, unknown) {
        (Value::Object(known), Value::Object(unknown)) => restore(known, unknown),
        (Value::Array(known), Value::Array(unknown)) if known.len() == unknown.len() => {
            for (known, unknown) in known.iter_mut().zip(unknown) {
                restore_value(known, unknown);
            }
        }
        _ => {}
    }
}

/// Writes fields one after another; absent ones are left out.
#[derive(Default)]
struct Writer(Map<String, Value>);

impl Writer {
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    fn some(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    /// A list, unless it is empty.
    fn list(&mut self, name: &str, items: Vec<Value>) {
        if !items.is_empty() {
            self.put(name, items);
        }
    }
}
