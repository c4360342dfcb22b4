//! The values of changed fields as a person reads them: choices and permissions in words, times by the business's
//! clock, the lines of an order as their products.

use crate::pages::orders::instant;
use protocol::FieldChange;
use std::collections::BTreeMap;
use text::{Locale, Words};

/// A changed field in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The field's name.
    pub field: String,
    /// Before; `None` is empty.
    pub before: Option<String>,
    /// After; `None` is empty.
    pub after: Option<String>,
}

/// A line of an order in parts.
#[derive(Clone, Debug, Default)]
struct Item {
    product: Option<String>,
    quantity: Option<String>,
    amount: Option<String>,
}

impl Item {
    fn take(&mut self, part: &str, value: Option<&str>) {
        let value = value.map(str::to_owned);
        match part {
            "product" => self.product = value,
            "quantityMilli" => {
                // Always with three decimals, so that zeros before the point stay.
                let plain = |v: String| match v.split_once('.') {
                    Some((whole, "000")) => whole.to_owned(),
                    _ => v,
                };
                self.quantity = value.map(plain);
            }
            "amount" => self.amount = value,
            _ => {}
        }
    }

    /// `Cap × 2 (20.00)`
    fn shown(&self) -> Option<String> {
        let mut text = self.product.clone()?;
        if let Some(quantity) = self.quantity.as_ref().filter(|q| *q != "1") {
            text.push_str(" × ");
            text.push_str(quantity);
        }
        if let Some(amount) = &self.amount {
            text.push_str(" (");
            text.push_str(amount);
            text.push(')');
        }
        Some(text)
    }
}

/// Fields that say the same for nearly every new record.
const USUAL: &[(&str, &str)] = &[("kind", "person"), ("status", "paid")];

/// The changes of a record in words. Of a new record, what is as usual is left out.
pub fn shown(words: Words, zone: &str, changes: &[FieldChange]) -> Vec<Shown> {
    let mut all = Vec::new();
    let mut items = BTreeMap::<u32, [Item; 2]>::new();
    for change in changes {
        if let Some((at, part)) = change
            .field
            .strip_prefix("lines.")
            .and_then(|f| f.split_once('.'))
        {
            let [before, after] = items.entry(at.parse().unwrap_or_default()).or_default();
            before.take(part, change.before.as_deref());
            after.take(part, change.after.as_deref());
            continue;
        }
        let usual = change.before.is_none()
            && USUAL.iter().any(|(field, value)| {
                *field == change.field && change.after.as_deref() == Some(value)
            });
        let nothing = change.before.is_none()
            && change
                .after
                .as_deref()
                .is_some_and(|v| v.trim_matches(['0', '.']).is_empty());
        if usual || nothing || change.field == "currency" {
            continue;
        }
        let side = |value: &Option<String>| {
            let value = value.as_deref()?;
            Some(word(words, zone, &change.field, value))
        };
        all.push(Shown {
            field: words.field(&change.field),
            before: side(&change.before),
            after: side(&change.after),
        });
    }
    let joined = |side: usize| {
        let comma = match words.locale {
            Locale::ZhCn => "、",
            Locale::En => ", ",
        };
        let items = items.values().filter_map(|sides| sides.get(side)?.shown());
        let items: Vec<String> = items.collect();
        (!items.is_empty()).then(|| items.join(comma))
    };
    let (before, after) = (joined(0), joined(1));
    if before != after {
        all.push(Shown {
            field: words.orders_lines().to_owned(),
            before,
            after,
        });
    }
    all
}

fn word(words: Words, zone: &str, field: &str, value: &str) -> String {
    match (field, value) {
        ("gender" | "kind" | "status", _) => words.choice(field, value),
        (_, "true") if field.starts_with("consent.") => {
            words.customers_form_consent_yes().to_owned()
        }
        (_, "false") if field.starts_with("consent.") => {
            words.customers_form_consent_no().to_owned()
        }
        ("at", _) => match value.parse() {
            Ok(at) => words.moment(&instant::local(zone, at)),
            Err(_) => value.to_owned(),
        },
        ("phone", _) => super::phone_shown(value),
        _ => value.to_owned(),
    }
}
