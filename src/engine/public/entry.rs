//! Recorded entries of the points ledger. (What follows from orders is derived everywhere anew and travels nowhere.)

use super::customer::word;
use super::{Fields, Public, Terms, Writer};
use model::{CustomerId, EntryId, Issue, IssueCode, OrderId, Points};
use serde_json::{Map, Value};
use store::{Entry, EntryDraft, EntryKind};

/// The public names; what is given for something that is no purchase is an accrual like others.
const KINDS: [(&str, EntryKind); 5] = [
    ("accrual", EntryKind::Bonus),
    ("redemption", EntryKind::Redemption),
    ("adjustment", EntryKind::Adjustment),
    ("reversal", EntryKind::Reversal),
    ("transfer", EntryKind::Transfer),
];

/// An entry as it was read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EntryRecord {
    /// Its id, if it says one.
    pub(crate) id: Option<EntryId>,
    /// Whose: an id of ours or an external id, as it was written.
    pub(crate) customer: String,
    /// What was recorded.
    pub(crate) fields: EntryDraft,
}

impl EntryRecord {
    /// The customer as an id of ours, if it is one.
    pub(crate) fn customer_id(&self) -> Option<CustomerId> {
        self.customer.parse().ok()
    }
}

/// An entry as JSON: the contract's `LedgerEntry` (without the balance, which follows from all entries), with its
/// customer, reward, version of the programme, and `data` as this program keeps it.
pub(crate) fn write_entry(entry: &Entry) -> Map<String, Value> {
    let it = &entry.fields;
    let mut out = Writer::default();
    out.put("id", entry.id.to_string());
    out.put("customer", entry.customer.to_string());
    out.put("key", it.key.as_str());
    out.put("kind", word(&KINDS, &it.kind));
    out.put("at", it.at.to_string());
    out.put("points", it.points.0);
    out.some("order", it.order.map(|id| id.to_string()));
    out.some("reason", it.reason.as_deref());
    out.some("reverses", it.reverses.map(|id| id.to_string()));
    out.some("reward", it.reward.as_deref());
    out.some("programVersion", it.program_version);
    let data = it.data.as_deref();
    out.some(
        "data",
        data.and_then(|text| serde_json::from_str::<Value>(text).ok()),
    );
    out.0
}

/// Reads an entry; `customer`, `key`, `kind`, `at` and `points` must be there.
///
/// # Errors
/// Everything whose form is wrong.
pub(crate) fn read_entry(
    object: &Map<String, Value>,
    terms: &Terms,
) -> Result<Public<EntryRecord>, Vec<Issue>> {
    let mut from = Fields::new(object, "");
    for (name, expected) in [
        ("customer", "0000100000001"),
        ("key", "1 to 128 characters"),
        (
            "kind",
            "accrual, redemption, adjustment, reversal, transfer",
        ),
        ("at", "2026-01-31T18:30:00+08:00"),
        ("points", "a whole number"),
    ] {
        if from.value(name).is_none() {
            from.missing(name, expected);
        }
    }
    let version = from.whole("programVersion");
    if version.is_some_and(|version| u32::try_from(version).is_err()) {
        from.wrong("programVersion", IssueCode::BadNumber, "", "1");
    }
    let data = from.value("data");
    let record = EntryRecord {
        id: from.id("id"),
        customer: from.text("customer").unwrap_or_default(),
        fields: EntryDraft {
            kind: from.choice("kind", &KINDS).unwrap_or(EntryKind::Adjustment),
            points: from.points("points").unwrap_or(Points::ZERO),
            at: from.instant("at", terms).unwrap_or_default(),
            key: from.text("key").unwrap_or_default(),
            program_version: version.and_then(|version| u32::try_from(version).ok()),
            reward: from.text("reward"),
            reason: from.text("reason"),
            reverses: from.id::<EntryId>("reverses"),
            order: from.id::<OrderId>("order"),
            data: data.map(Value::to_string),
        },
    };
    // The balance follows from all entries.
    let _ = from.value("balance");
    let unknown = from.finish()?;
    Ok(Public { record, unknown })
}
