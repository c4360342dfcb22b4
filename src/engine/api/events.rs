//! Events: what happened with a customer, recorded once for its key.

use super::customers::named;
use super::report::{Failed, Put, one, unknown_fields};
use super::terms_of;
use crate::apply::Known;
use crate::follow::Touched;
use crate::public::read_event;
use model::{CustomField, Issue, IssueCode};
use serde_json::{Map, Value};
use store::Tx;

/// Most data of one event.
const DATA: usize = 100;

/// Longest name of a datum, in characters.
const NAME: usize = 200;

/// Longest text of a datum, in characters.
const TEXT: usize = 10_000;

/// The clock of another device may be a little ahead.
const AHEAD_MS: i64 = 24 * 3_600_000;

/// Records one; also what imports of events do.
pub(super) fn put_one(
    object: &Map<String, Value>,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
    touched: &mut Touched,
    issues: &mut Vec<Issue>,
) -> Result<Put, Failed> {
    let read = read_event(object, &terms_of(known.settings)).map_err(Failed::Issues)?;
    unknown_fields(&read.unknown, issues);
    let event = read.record;
    let fields = event.fields;
    if fields.kind.is_empty() {
        return Err(one(IssueCode::Missing, "kind", "", "page_view, call, note"));
    }
    if fields.at.0 > known.context.now.0.saturating_add(AHEAD_MS) {
        let found = fields.at.to_string();
        return Err(one(
            IssueCode::FutureDate,
            "at",
            &found,
            "a time that has been",
        ));
    }
    check_data(&fields.data)?;
    let Some(customer) = named(tx.read(), &event.customer)? else {
        let expected = "an id or external id of a customer";
        return Err(one(
            IssueCode::NotFound,
            "customer",
            &event.customer,
            expected,
        ));
    };
    if let Some(key) = &fields.key {
        crate::points::check_key(key)?;
        if let Some(id) = tx.read().interaction_by_key(key)? {
            let known = tx.read().interaction(id)?;
            if known.is_some_and(|it| it.customer == customer && it.fields == fields) {
                return Ok(Put::Unchanged(id.to_string()));
            }
            return Err(one(
                IssueCode::KeyTaken,
                "key",
                key,
                "a key of its own for every event",
            ));
        }
    }
    let id = tx.add_interaction(customer, &fields)?;
    touched.customers.insert(customer);
    Ok(Put::Created(id.to_string()))
}

fn check_data(data: &std::collections::BTreeMap<String, CustomField>) -> Result<(), Failed> {
    if data.len() > DATA {
        let found = data.len().to_string();
        return Err(one(
            IssueCode::LimitPassed,
            "data",
            &found,
            &DATA.to_string(),
        ));
    }
    for (name, value) in data {
        let too_long = match value {
            CustomField::Text(text) => text.chars().count() > TEXT,
            CustomField::Number(_) | CustomField::Flag(_) => false,
        };
        if too_long || name.chars().count() > NAME {
            let limit = if too_long { TEXT } else { NAME };
            let field = format!("data.{name}");
            return Err(one(IssueCode::TooLong, &field, "", &limit.to_string()));
        }
    }
    Ok(())
}
