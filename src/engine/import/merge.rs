//! What a file's record makes of a known one.
//!
//! Rule: a value the file has replaces the known one; what the file is silent about stays. Tags and interests are
//! added to, never taken away. Custom fields and consents go one by one. `kind` changes only to company, because a
//! draft that says nothing reads as a person.

use model::{CustomerDraft, CustomerKind, OrderDraft};

/// The customer's fields after the file.
pub(crate) fn merge_customer(known: &CustomerDraft, file: &CustomerDraft) -> CustomerDraft {
    let mut merged = known.clone();
    if file.kind == CustomerKind::Company {
        merged.kind = CustomerKind::Company;
    }
    if !file.name.is_empty() {
        merged.name.clone_from(&file.name);
    }
    macro_rules! replace {
        ($($field:ident),*) => { $(if file.$field.is_some() { merged.$field.clone_from(&file.$field); })* };
    }
    replace!(
        external_id,
        email,
        phone,
        gender,
        birthday,
        country,
        province,
        city,
        district,
        postal_code,
        address,
        occupation,
        education,
        income_band,
        industry,
        company_size,
        source_channel,
        signup_on,
        owner,
        acquisition_cost,
        note
    );
    union(&mut merged.interests, &file.interests);
    union(&mut merged.tags, &file.tags);
    merged.consent.email = file.consent.email.or(known.consent.email);
    merged.consent.sms = file.consent.sms.or(known.consent.sms);
    merged.consent.phone = file.consent.phone.or(known.consent.phone);
    for (key, value) in &file.custom {
        merged.custom.insert(key.clone(), value.clone());
    }
    merged
}

/// The customer's fields after a source that knows less of them than a list of customers does (an order, a second row
/// of the same file): only what was absent is filled in.
pub(crate) fn fill_customer(known: &CustomerDraft, file: &CustomerDraft) -> CustomerDraft {
    let mut filled = merge_customer(file, known);
    // `merge_customer` keeps the kind of its first argument unless the second is a company.
    filled.kind = known.kind;
    filled
}

fn union(known: &mut Vec<String>, file: &[String]) {
    for value in file {
        if let Err(place) = known.binary_search(value) {
            known.insert(place, value.clone());
        }
    }
}

/// The order's fields after the file.
pub(crate) fn merge_order(known: &OrderDraft, file: &OrderDraft) -> OrderDraft {
    let mut merged = file.clone();
    macro_rules! keep {
        ($($field:ident),*) => { $(if merged.$field.is_none() { merged.$field.clone_from(&known.$field); })* };
    }
    keep!(external_id, gross, tax, paid_with_points, channel, coupon);
    if merged.lines.is_empty() {
        merged.lines.clone_from(&known.lines);
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Consent, CustomField};

    #[test]
    fn silence_keeps_and_values_replace() {
        let known = CustomerDraft {
            name: "Li Na".into(),
            phone: Some("+8613800000000".into()),
            kind: CustomerKind::Company,
            tags: vec!["tea".into(), "vip".into()],
            consent: Consent {
                email: Some(true),
                sms: None,
                phone: Some(false),
            },
            custom: [("size".to_owned(), CustomField::Number(38.0))].into(),
            ..CustomerDraft::default()
        };
        assert_eq!(merge_customer(&known, &CustomerDraft::default()), known);
        let file = CustomerDraft {
            email: Some("li@example.com".into()),
            tags: vec!["gold".into(), "vip".into()],
            consent: Consent {
                email: Some(false),
                ..Consent::default()
            },
            custom: [("shoe".to_owned(), CustomField::Flag(true))].into(),
            ..CustomerDraft::default()
        };
        let merged = merge_customer(&known, &file);
        assert_eq!(merged.tags, ["gold", "tea", "vip"]);
        assert_eq!(merged.name, "Li Na");
        assert_eq!(merged.phone, known.phone);
        assert_eq!(
            merged.consent,
            Consent {
                email: Some(false),
                sms: None,
                phone: Some(false)
            }
        );
        assert_eq!(merged.custom.len(), 2);
        // Once more changes nothing: the same file twice leaves everything as it is.
        assert_eq!(merge_customer(&merged, &file), merged);
        // Filling never changes what is known.
        let stranger = CustomerDraft {
            name: "Somebody".into(),
            city: Some("Hangzhou".into()),
            ..CustomerDraft::default()
        };
        let filled = fill_customer(&known, &stranger);
        assert_eq!(
            (filled.name.as_str(), filled.city.as_deref()),
            ("Li Na", Some("Hangzhou"))
        );
        assert_eq!(filled.kind, CustomerKind::Company);
        assert_eq!(fill_customer(&filled, &stranger), filled);
    }
}
