//! Interactions: anything that happened with a customer, from a phone call to a page view. Logged, never edited.

use crate::{CustomField, CustomerId, InteractionId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An interaction before it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InteractionDraft {
    /// What kind: `note`, `call`, `message`, `visit`, `email`, `page_view`, `review` or any name of the owner's.
    pub kind: String,
    /// When it happened.
    pub at: Timestamp,
    /// Idempotency key; the same key again writes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Details; a person's own words are under `text`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub data: BTreeMap<String, CustomField>,
}

/// A stored interaction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Interaction {
    /// Its id.
    pub id: InteractionId,
    /// With whom.
    pub customer: CustomerId,
    /// What happened.
    #[serde(flatten)]
    pub fields: InteractionDraft,
}
