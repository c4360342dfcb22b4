//! Which known customer a record is about.
//!
//! By our own id, then external id, then e-mail, then whole telephone, then source key. A row of a list of customers
//! that came before goes to whom it went then, whatever mails and telephones have become since: its source key comes
//! first. (An order's source key is only the buyer's name.) What is found by e-mail or telephone is somebody else when
//! both sides have an external id and they differ; in a list of customers also when found by telephone under another
//! name (families and shops share numbers). Then the record becomes a customer of its own and counts as a possible
//! duplicate. Of several that fit, see [`choose`].

use super::book::{Book, KeyKind};
use crate::fault::Failure;
use intake::IncomingCustomer;
use model::import::ImportKind;
use model::{Customer, Issue, IssueCode};

/// What a search for the customer came to.
#[derive(Default)]
pub(crate) struct Match {
    /// Who it is.
    pub(crate) customer: Option<Customer>,
    /// They were found by e-mail or telephone, which may point to somebody else the next time.
    pub(crate) guessed: bool,
    /// Somebody else has the same e-mail or telephone.
    pub(crate) lookalike: bool,
    /// What a person should look at.
    pub(crate) issue: Option<Issue>,
}

/// Finds the customer.
pub(crate) fn find(
    book: &impl Book,
    incoming: &IncomingCustomer,
    source_key: Option<&str>,
    kind: ImportKind,
) -> Result<Match, Failure> {
    if let Some(id) = incoming.id
        && let Some(customer) = book.customer(id)?
    {
        return Ok(found(customer));
    }
    let external_id = incoming.draft.external_id.as_deref();
    if let Some(key) = external_id
        && let Some(customer) = first(book, KeyKind::ExternalId, key)?
    {
        return Ok(found(customer));
    }
    if kind == ImportKind::Customers
        && let Some(customer) = by_source_key(book, source_key)?
    {
        return Ok(found(customer));
    }
    let mut lookalike = false;
    for (by, key) in [
        (KeyKind::Email, incoming.email_key.as_deref()),
        (KeyKind::Phone, incoming.phone_key.as_deref()),
    ] {
        let Some(key) = key else { continue };
        let mut fitting = Vec::new();
        for id in book.find(by, key)? {
            let Some(customer) = book.customer(id)? else {
                continue;
            };
            if fits(&customer, incoming, by, kind) {
                fitting.push(customer);
            } else {
                lookalike = true;
            }
        }
        if let Some(matched) = choose(fitting, incoming) {
            return Ok(matched);
        }
    }
    if kind == ImportKind::Orders
        && let Some(customer) = by_source_key(book, source_key)?
    {
        return Ok(found(customer));
    }
    Ok(Match {
        lookalike,
        ..Match::default()
    })
}

fn found(customer: Customer) -> Match {
    Match {
        customer: Some(customer),
        ..Match::default()
    }
}

fn by_source_key(book: &impl Book, key: Option<&str>) -> Result<Option<Customer>, Failure> {
    match key {
        Some(key) => first(book, KeyKind::Source, key),
        None => Ok(None),
    }
}

fn first(book: &impl Book, kind: KeyKind, key: &str) -> Result<Option<Customer>, Failure> {
    match book.find(kind, key)?.first() {
        Some(&id) => book.customer(id),
        None => Ok(None),
    }
}

fn fits(known: &Customer, incoming: &IncomingCustomer, by: KeyKind, kind: ImportKind) -> bool {
    let ids = (&known.fields.external_id, &incoming.draft.external_id);
    if let (Some(known), Some(new)) = ids
        && known != new
    {
        return false;
    }
    by != KeyKind::Phone
        || kind == ImportKind::Orders
        || known.fields.name.is_empty()
        || incoming.draft.name.is_empty()
        || same_name(&known.fields.name, &incoming.draft.name)
}

/// Names are compared without blanks and case.
fn same_name(a: &str, b: &str) -> bool {
    let folded = |name: &str| -> String {
        name.chars()
            .filter(|c| !c.is_whitespace())
            .flat_map(char::to_lowercase)
            .collect()
    };
    folded(a) == folded(b)
}

/// Of several that fit: the one with the same name, then one without an external id if the record has none (it may
/// well have been made from this very record), then the oldest.
fn choose(fitting: Vec<Customer>, incoming: &IncomingCustomer) -> Option<Match> {
    let several = fitting.len() > 1;
    let name = incoming.draft.name.as_str();
    let named = |customer: &Customer| !name.is_empty() && same_name(&customer.fields.name, name);
    let keyless = incoming.draft.external_id.is_none();
    let customer = fitting.into_iter().min_by_key(|customer| {
        let alike = keyless && customer.fields.external_id.is_none();
        (!named(customer), !alike, customer.id)
    })?;
    // The name settles it; otherwise a person should know that it was a guess.
    let issue = (several && !named(&customer))
        .then(|| Issue::warning(IssueCode::AmbiguousCustomer).found(&customer.fields.name));
    Some(Match {
        customer: Some(customer),
        guessed: true,
        lookalike: false,
        issue,
    })
}
