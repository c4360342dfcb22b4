//! What is calculated about a customer, as fields of a list.

use model::Currency;
use protocol::CustomerFacts;
use serde_json::{Map, Value};

/// Their names.
pub(super) const NAMES: [&str; 10] = [
    "spend",
    "orderCount",
    "averageOrderValue",
    "firstOrderOn",
    "lastOrderOn",
    "stage",
    "rfm",
    "rfmGroup",
    "balance",
    "tier",
];

/// Adds them to a customer; what there is not is `null`.
pub(super) fn write(facts: &CustomerFacts, currency: Currency, into: &mut Map<String, Value>) {
    let mut put = |name: &str, value: Value| into.insert(name.to_owned(), value);
    put("spend", facts.spend.to_decimal(currency).into());
    put("orderCount", facts.order_count.into());
    let average = facts.average_order_value;
    put(
        "averageOrderValue",
        average.map(|it| it.to_decimal(currency)).into(),
    );
    put(
        "firstOrderOn",
        facts.first_order_on.map(|day| day.to_string()).into(),
    );
    put(
        "lastOrderOn",
        facts.last_order_on.map(|day| day.to_string()).into(),
    );
    put(
        "stage",
        serde_json::to_value(facts.stage).unwrap_or_default(),
    );
    put("rfm", facts.rfm.map(Vec::from).into());
    put("rfmGroup", facts.rfm_group.as_str().into());
    put("balance", facts.balance.map(|points| points.0).into());
    put("tier", facts.tier.as_deref().into());
}
