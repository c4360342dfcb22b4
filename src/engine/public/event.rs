//! Events: interactions and whatever else happened with a customer.

use super::fields::custom_value;
use super::{Fields, Public, Terms, Writer};
use model::{CustomerId, Interaction, InteractionDraft, InteractionId, Issue, IssueCode};
use serde_json::{Map, Value};

/// An event as it was read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EventRecord {
    /// Its id, if it says one.
    pub(crate) id: Option<InteractionId>,
    /// With whom: an id of ours or an external id, as it was written.
    pub(crate) customer: String,
    /// What happened.
    pub(crate) fields: InteractionDraft,
}

impl EventRecord {
    /// The customer as an id of ours, if it is one.
    pub(crate) fn customer_id(&self) -> Option<CustomerId> {
        self.customer.parse().ok()
    }
}

/// An event as JSON.
pub(crate) fn write_event(event: &Interaction) -> Map<String, Value> {
    let it = &event.fields;
    let mut out = Writer::default();
    out.put("id", event.id.to_string());
    out.put("customer", event.customer.to_string());
    out.put("kind", it.kind.as_str());
    out.put("at", it.at.to_string());
    out.some("key", it.key.as_deref());
    if !it.data.is_empty() {
        let data = it.data.iter();
        let data: Map<String, Value> = data
            .map(|(key, field)| (key.clone(), custom_value(field)))
            .collect();
        out.put("data", data);
    }
    out.0
}

/// Reads an event; `customer`, `kind` and `at` must be there.
///
/// # Errors
/// Everything whose form is wrong.
pub(crate) fn read_event(
    object: &Map<String, Value>,
    terms: &Terms,
) -> Result<Public<EventRecord>, Vec<Issue>> {
    let mut from = Fields::new(object, "");
    for (name, expected) in [
        ("customer", "0000100000001"),
        ("kind", "page_view, call, note"),
        ("at", "2026-01-31T18:30:00+08:00"),
    ] {
        if from.value(name).is_none() {
            from.missing(name, expected);
        }
    }
    let kind = from.text("kind").unwrap_or_default();
    let length = kind.chars().count();
    if length > 100 {
        from.wrong("kind", IssueCode::TooLong, &kind, "100");
    }
    let record = EventRecord {
        id: from.id("id"),
        customer: from.text("customer").unwrap_or_default(),
        fields: InteractionDraft {
            kind: kind.trim().to_owned(),
            at: from.instant("at", terms).unwrap_or_default(),
            key: from.text("key"),
            data: from.custom("data", terms).unwrap_or_default(),
        },
    };
    let unknown = from.finish()?;
    Ok(Public { record, unknown })
}
