//! The values of changed fields as a person reads them: choices and permissions in words, times by the business's
//! clock, the lines of an order as their products.

use crate::pages::orders::instant;
use protocol::FieldChange;
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

/// Fields that say the same for nearly every new record.
const USUAL: &[(&str, &str)] = &[("kind", "person"), ("status", "paid")];

/// The changes of a record in words. Of a new record, what is as usual is left out.
pub fn shown(words: Words, zone: &str, changes: &[FieldChange]) -> Vec<Shown> {
    let mut all = Vec::new();
    let mut products = (Vec::new(), Vec::new());
    for change in changes {
        if let Some(line) = change.field.strip_prefix("lines.") {
            if line.ends_with(".product") {
                products.0.extend(change.before.clone());
                products.1.extend(change.after.clone());
            }
            continue;
        }
        let usual = change.before.is_none()
            && USUAL.iter().any(|(field, value)| {
                *field == change.field && change.after.as_deref() == Some(value)
            });
        if usual || change.field == "currency" {
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
    let joined = |products: Vec<String>| {
        let comma = match words.locale {
            Locale::ZhCn => "、",
            Locale::En => ", ",
        };
        (!products.is_empty()).then(|| products.join(comma))
    };
    let (before, after) = (joined(products.0), joined(products.1));
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
