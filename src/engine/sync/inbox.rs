//! What public widgets left for the owner: sign-ups become customers, the rest becomes what happened with them.
//!
//! Each entry has an id and is taken once, also where two browsers of one owner fetch it: events have the key
//! `inbox:<id>`, customers the external id `visitor:<id>` where they bring none, and twins become one.

use super::place::{Placing, WHY_LACKS};
use model::{CustomField, CustomerDraft, CustomerId, InteractionDraft, Timestamp};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use store::StoreError;

/// Fields of a sign-up that are the customer's own; what else it says is kept with the event.
const OWN: [&str; 9] = [
    "name", "email", "phone", "birthday", "gender", "city", "province", "consent", "tags",
];

/// Takes one entry, as `{"seq", "receivedAt", "entry": {...}}`.
pub(super) fn place(placing: &mut Placing<'_, '_>, item: &Value) -> Result<(), StoreError> {
    let entry = item.get("entry").unwrap_or(item);
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
    let (id, kind) = (text("id"), text("kind"));
    if id.is_empty() || kind.is_empty() {
        return Ok(());
    }
    let key = format!("inbox:{id}");
    if placing.tx.read().interaction_by_key(&key)?.is_some() {
        return Ok(());
    }
    let nothing = Map::new();
    let data = entry.get("data").and_then(Value::as_object);
    let data = data.unwrap_or(&nothing);
    // Who says nothing of themselves is a stranger of their own.
    let visitor = match text("visitor") {
        "" => format!("visitor:{id}"),
        visitor => format!("visitor:{visitor}"),
    };
    let customer = match known(placing, text("member"), &visitor)? {
        Some(customer) => Some(customer),
        None if kind == "signup" => sign_up(placing, &visitor, text("member"), data)?,
        None => None,
    };
    let Some(customer) = customer else {
        let body = item.to_string();
        return placing
            .tx
            .sync_wait("inbox", id, &body, WHY_LACKS, Some(&visitor));
    };
    let at: Timestamp = text("at").parse().unwrap_or_default();
    let fields = InteractionDraft {
        kind: kind.chars().take(100).collect(),
        at,
        key: Some(key),
        data: flat(data),
    };
    placing.tx.add_interaction(customer, &fields)?;
    placing.customers.insert(customer);
    placing.tx.sync_placed_waiting("inbox", id)?;
    if kind == "signup" {
        for waiting in placing.tx.read().sync_waiting_for(&visitor)? {
            if let Ok(item) = serde_json::from_str::<Value>(&waiting.body) {
                place(placing, &item)?;
            }
        }
    }
    Ok(())
}

fn known(
    placing: &Placing<'_, '_>,
    member: &str,
    visitor: &str,
) -> Result<Option<CustomerId>, StoreError> {
    let read = placing.tx.read();
    for key in [member, visitor] {
        if !key.is_empty()
            && let Some(found) = read.customer_by_external_id(key)?
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// A sign-up is a customer: one who is known by e-mail or telephone, or a new one.
fn sign_up(
    placing: &mut Placing<'_, '_>,
    visitor: &str,
    member: &str,
    data: &Map<String, Value>,
) -> Result<Option<CustomerId>, StoreError> {
    let mut own = data.clone();
    own.retain(|name, _| OWN.contains(&name.as_str()));
    let read = crate::public::read_customer(&own, None, &placing.terms);
    let mut fields = read.map_or_else(|_| CustomerDraft::default(), |read| read.record.fields);
    if fields.name.is_empty() && fields.email.is_none() && fields.phone.is_none() {
        return Ok(None);
    }
    let read = placing.tx.read();
    let by_email = fields
        .email
        .as_deref()
        .map(|it| read.customers_by_email(it));
    let by_phone = fields
        .phone
        .as_deref()
        .map(|it| read.customers_by_phone(it));
    for found in [by_email.transpose()?, by_phone.transpose()?] {
        if let Some(known) = found.unwrap_or_default().first() {
            return Ok(Some(*known));
        }
    }
    let key = if member.is_empty() { visitor } else { member };
    fields.external_id = Some(key.to_owned());
    fields
        .source_channel
        .get_or_insert_with(|| "web".to_owned());
    let at = placing.at();
    placing.tx.create_customer(&fields, at).map(Some)
}

/// What an event can hold.
fn flat(data: &Map<String, Value>) -> BTreeMap<String, CustomField> {
    let mut out = BTreeMap::new();
    for (name, value) in data.iter().take(100) {
        let field = match value {
            Value::Bool(flag) => CustomField::Flag(*flag),
            Value::Number(number) => CustomField::Number(number.as_f64().unwrap_or(0.0)),
            Value::String(text) => CustomField::Text(text.clone()),
            Value::Null => continue,
            other => CustomField::Text(other.to_string()),
        };
        out.insert(name.clone(), field);
    }
    out
}
