//! What a file's record makes of a known one.
//!
//! Rule: a value the file has replaces the known one; what the file is silent about stays. Tags and interests are
//! added to, never taken away. Custom fields and consents go one by one. `kind` changes only to company, because a
//! draft that says nothing reads as a person.

use intake::Incoming;
use model::import::ImportPlan;
use model::{CustomerDraft, CustomerKind, OrderDraft};
use std::collections::BTreeMap;

/// The customer's fields after the file.
pub(crate) fn merge_customer(known: &CustomerDraft, file: &CustomerDraft) -> CustomerDraft {
    let mut merged = file.clone();
    merged.fill(known);
    if file.kind != CustomerKind::Company {
        merged.kind = known.kind;
    }
    merged
}

/// The customer's fields after a file whose empty cells count too: `blank` are the fields (by the reader's names) whose
/// columns the row leaves empty. What a customer is known by stays: nobody becomes a stranger by an empty cell.
pub(crate) fn overwrite_customer(
    known: &CustomerDraft,
    file: &CustomerDraft,
    blank: &[&str],
) -> CustomerDraft {
    let mut merged = merge_customer(known, file);
    // A list that the file states is the whole list.
    if !file.tags.is_empty() {
        merged.tags.clone_from(&file.tags);
    }
    if !file.interests.is_empty() {
        merged.interests.clone_from(&file.interests);
    }
    for field in blank {
        match *field {
            "email" => merged.email = None,
            "phone" => merged.phone = None,
            "gender" => merged.gender = None,
            "birthday" => merged.birthday = None,
            "country" => merged.country = None,
            "province" => merged.province = None,
            "city" => merged.city = None,
            "district" => merged.district = None,
            "postal_code" => merged.postal_code = None,
            "address" => merged.address = None,
            "occupation" => merged.occupation = None,
            "education" => merged.education = None,
            "income_band" => merged.income_band = None,
            "industry" => merged.industry = None,
            "company_size" => merged.company_size = None,
            "source_channel" => merged.source_channel = None,
            "signup_on" => merged.signup_on = None,
            "owner" => merged.owner = None,
            "acquisition_cost" => merged.acquisition_cost = None,
            "note" => merged.note = None,
            "interests" => merged.interests.clear(),
            "tags" => merged.tags.clear(),
            "consent.email" => merged.consent.email = None,
            "consent.sms" => merged.consent.sms = None,
            "consent.phone" => merged.consent.phone = None,
            custom => {
                if let Some(key) = custom.strip_prefix("custom.") {
                    merged.custom.remove(key);
                }
            }
        }
    }
    let nobody = merged.name.is_empty()
        && merged.external_id.is_none()
        && merged.email.is_none()
        && merged.phone.is_none();
    if nobody {
        merged.email.clone_from(&known.email);
        merged.phone.clone_from(&known.phone);
    }
    merged
}

/// The customer's fields after a source that knows less of them than a list of customers does (an order, a second row
/// of the same file): only what was absent is filled in.
pub(crate) fn fill_customer(known: &CustomerDraft, file: &CustomerDraft) -> CustomerDraft {
    let mut filled = known.clone();
    filled.fill(file);
    filled
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

/// The order's fields after a file whose empty cells count too.
pub(crate) fn overwrite_order(known: &OrderDraft, file: &OrderDraft, blank: &[&str]) -> OrderDraft {
    let mut merged = merge_order(known, file);
    for field in blank {
        match *field {
            "order.gross" => merged.gross = None,
            "order.tax" => merged.tax = None,
            "order.paid_with_points" => merged.paid_with_points = None,
            "order.channel" => merged.channel = None,
            "order.coupon" => merged.coupon = None,
            _ => {}
        }
    }
    merged
}

/// The fields whose columns the row leaves empty: what [`model::import::OnMatch::Overwrite`] empties.
pub(crate) fn blank_fields<'p>(
    record: &Incoming,
    plan: &'p ImportPlan,
    columns: &[String],
) -> Vec<&'p str> {
    let Some(first) = record.rows.first() else {
        return Vec::new();
    };
    let cells: Vec<&str> = first.cells().collect();
    let mut blank: BTreeMap<&str, bool> = BTreeMap::new();
    for (at, column) in columns.iter().enumerate() {
        let Some(field) = plan.mapping.get(column) else {
            continue;
        };
        let cell = cells.get(at).copied().unwrap_or_default().trim();
        let nothing = intake::clean::is_empty_like(cell);
        let all = blank.entry(field).or_insert(true);
        *all &= nothing;
    }
    blank
        .into_iter()
        .filter_map(|(field, blank)| blank.then_some(field))
        .collect()
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
        // An empty cell counts where a person wants it so; a value that was not mapped stays.
        let blank = ["phone", "tags", "custom.size"];
        let overwritten = overwrite_customer(&known, &file, &blank);
        assert_eq!(
            (overwritten.phone.as_deref(), overwritten.tags.len()),
            (None, 0)
        );
        assert_eq!(overwritten.custom.len(), 1);
        assert_eq!(overwritten.kind, CustomerKind::Company);
        assert_eq!(overwrite_customer(&overwritten, &file, &blank), overwritten);
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
