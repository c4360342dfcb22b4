//! What should become of the fields when records become one, before a person chooses otherwise.
//!
//! Who stays is who has most orders, then most fields, then the oldest record. A field is theirs if they have it, else
//! that of the record that was changed last among those that have it. Tags, interests and custom fields come together;
//! notes stand one under the other; the first day as a customer is the earliest; what winning them cost adds up; and
//! somebody who once said no to being contacted has said no.

use model::{Customer, CustomerDraft, CustomerId, CustomerKind, Money};

/// A record with the number of its orders.
pub(crate) struct Candidate<'a> {
    pub(crate) customer: &'a Customer,
    pub(crate) orders: u64,
}

/// Who should stay.
pub(crate) fn survivor(candidates: &[Candidate<'_>]) -> Option<CustomerId> {
    candidates
        .iter()
        .max_by_key(|it| {
            let filled = filled(&it.customer.fields);
            (it.orders, filled, std::cmp::Reverse(it.customer.id))
        })
        .map(|it| it.customer.id)
}

fn filled(fields: &CustomerDraft) -> usize {
    match serde_json::to_value(fields) {
        Ok(serde_json::Value::Object(fields)) => fields.len(),
        _ => 0,
    }
}

/// The fields as they should be, if `stays` stays.
pub(crate) fn fields(stays: CustomerId, all: &[&Customer]) -> CustomerDraft {
    let mut sorted: Vec<&&Customer> = all.iter().collect();
    sorted.sort_by_key(|it| (it.id != stays, std::cmp::Reverse(it.updated_at), it.id));
    let Some((first, others)) = sorted.split_first() else {
        return CustomerDraft::default();
    };
    let mut it = first.fields.clone();
    for other in others {
        let of = &other.fields;
        if of.kind == CustomerKind::Company {
            it.kind = CustomerKind::Company;
        }
        if it.phone.as_deref().is_some_and(is_masked) && of.phone.is_some() {
            it.phone.clone_from(&of.phone);
        }
        it.signup_on = match (it.signup_on, of.signup_on) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        it.acquisition_cost = match (it.acquisition_cost, of.acquisition_cost) {
            (Some(a), Some(b)) => Some(Money(a.0.saturating_add(b.0))),
            (a, b) => a.or(b),
        };
        it.consent.email = consent(it.consent.email, of.consent.email);
        it.consent.sms = consent(it.consent.sms, of.consent.sms);
        it.consent.phone = consent(it.consent.phone, of.consent.phone);
        it.note = notes(it.note.take(), of.note.as_deref());
        it.fill(of);
    }
    it
}

fn is_masked(phone: &str) -> bool {
    phone.contains(['*', '＊', '×', 'x', 'X'])
}

fn consent(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (a, b) => a.or(b),
    }
}

fn notes(a: Option<String>, b: Option<&str>) -> Option<String> {
    match (a, b) {
        (Some(a), Some(b)) if a != b && !a.contains(b) => Some([&a, "\n", b].concat()),
        (Some(a), _) => Some(a),
        (None, b) => b.map(str::to_owned),
    }
}
