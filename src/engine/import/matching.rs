//! Which known customer a record is about.
//!
//! By our own id, then external id, then e-mail, then whole telephone, then source key. A row of a list of customers
//! that came before goes to whom it went then, whatever mails and telephones have become since: its source key comes
//! first. (An order's source key is only the buyer's name.) What is found by e-mail or telephone is somebody else when
//! both sides have an external id and they differ; in a list of customers also when found by telephone under another
//! name (families and shops share numbers). Then the record becomes a customer of its own and counts as a possible
//! duplicate. Of several that fit, see [`choose`]. Last and weakest comes the name alone, where the plan allows it.

use super::book::{Book, KeyKind};
use crate::fault::Failure;
use intake::IncomingCustomer;
use model::import::{ImportKind, KnownBy, MatchBy};
use model::{Customer, Issue, IssueCode};

/// What a search for the customer came to.
#[derive(Default)]
pub(crate) struct Match {
    /// Who it is.
    pub(crate) customer: Option<Customer>,
    /// By what, if anybody was found.
    pub(crate) by: Option<KnownBy>,
    /// They were found by e-mail, telephone or name, which may point to somebody else the next time.
    pub(crate) guessed: bool,
    /// Somebody else has the same e-mail or telephone.
    pub(crate) lookalike: bool,
    /// Several have the name.
    pub(crate) ambiguous: bool,
    /// What a person should look at.
    pub(crate) issue: Option<Issue>,
}

/// By what somebody counts as recognised: a row that is known as itself goes by the strongest of the keys that it has in
/// common with the customer.
pub(crate) fn counts_as(
    by: KnownBy,
    known: &Customer,
    incoming: &IncomingCustomer,
    used: MatchBy,
) -> KnownBy {
    if by != KnownBy::Source {
        return by;
    }
    let fields = &known.fields;
    let same = |a: Option<&String>, b: Option<&String>| a.is_some() && a == b;
    let name = incoming.draft.name.as_str();
    let keys = [
        (
            used.external_id
                && same(
                    fields.external_id.as_ref(),
                    incoming.draft.external_id.as_ref(),
                ),
            KnownBy::Key,
        ),
        (
            used.email && same(fields.email.as_ref(), incoming.email_key.as_ref()),
            KnownBy::Email,
        ),
        (
            used.phone && same(fields.phone.as_ref(), incoming.phone_key.as_ref()),
            KnownBy::Phone,
        ),
        (
            used.name && !name.is_empty() && same_name(&fields.name, name),
            KnownBy::Name,
        ),
    ];
    let found = keys.into_iter().find(|(same, _)| *same);
    found.map_or(KnownBy::Source, |(_, by)| by)
}

/// Finds the customer.
pub(crate) fn find(
    book: &impl Book,
    incoming: &IncomingCustomer,
    source_key: Option<&str>,
    kind: ImportKind,
    by: MatchBy,
) -> Result<Match, Failure> {
    if let Some(id) = incoming.id
        && let Some(customer) = book.customer(id)?
    {
        return Ok(found(customer, KnownBy::Key));
    }
    let external_id = incoming.draft.external_id.as_deref();
    if by.external_id
        && let Some(key) = external_id
        && let Some(customer) = first(book, KeyKind::ExternalId, key)?
    {
        return Ok(found(customer, KnownBy::Key));
    }
    if kind == ImportKind::Customers
        && let Some(customer) = by_source_key(book, source_key)?
    {
        return Ok(found(customer, KnownBy::Source));
    }
    let mut lookalike = false;
    for (key_kind, key, how, wanted) in [
        (
            KeyKind::Email,
            incoming.email_key.as_deref(),
            KnownBy::Email,
            by.email,
        ),
        (
            KeyKind::Phone,
            incoming.phone_key.as_deref(),
            KnownBy::Phone,
            by.phone,
        ),
    ] {
        let (Some(key), true) = (key, wanted) else {
            continue;
        };
        let mut fitting = Vec::new();
        for id in book.find(key_kind, key)? {
            let Some(customer) = book.customer(id)? else {
                continue;
            };
            if fits(&customer, incoming, key_kind, kind) {
                fitting.push(customer);
            } else {
                lookalike = true;
            }
        }
        if let Some(matched) = choose(fitting, incoming, how) {
            return Ok(matched);
        }
    }
    if kind == ImportKind::Orders
        && let Some(customer) = by_source_key(book, source_key)?
    {
        return Ok(found(customer, KnownBy::Source));
    }
    let named = if by.name {
        by_name(book, incoming, kind)?
    } else {
        Match::default()
    };
    Ok(Match { lookalike, ..named })
}

fn found(customer: Customer, by: KnownBy) -> Match {
    Match {
        customer: Some(customer),
        by: Some(by),
        ..Match::default()
    }
}

/// Weak: the only customer of that name, unless something else speaks against it. An order with a key of its own that
/// nobody has is somebody else's.
fn by_name(
    book: &impl Book,
    incoming: &IncomingCustomer,
    kind: ImportKind,
) -> Result<Match, Failure> {
    let name = match kind {
        ImportKind::Orders => incoming.name_key.as_deref().unwrap_or_default(),
        ImportKind::Customers => incoming.draft.name.as_str(),
    };
    if folded(name).is_empty() {
        return Ok(Match::default());
    }
    let mut fitting = Vec::new();
    for id in book.find(KeyKind::Name, name)? {
        if let Some(customer) = book.customer(id)?
            && !contradicts(&customer, incoming)
        {
            fitting.push(customer);
        }
    }
    let ambiguous = fitting.len() > 1;
    let Some(customer) = fitting.pop().filter(|_| !ambiguous) else {
        return Ok(Match {
            ambiguous,
            ..Match::default()
        });
    };
    let issue = Issue::warning(IssueCode::NameOnly).found(&customer.fields.name);
    Ok(Match {
        guessed: true,
        issue: Some(issue),
        ..found(customer, KnownBy::Name)
    })
}

/// Both sides have a key of the same kind and they differ.
fn contradicts(known: &Customer, incoming: &IncomingCustomer) -> bool {
    let differ =
        |a: Option<&String>, b: Option<&String>| matches!((a, b), (Some(a), Some(b)) if a != b);
    let fields = &known.fields;
    differ(
        fields.external_id.as_ref(),
        incoming.draft.external_id.as_ref(),
    ) || differ(fields.email.as_ref(), incoming.email_key.as_ref())
        || differ(fields.phone.as_ref(), incoming.phone_key.as_ref())
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
    folded(a) == folded(b)
}

/// A name as it is compared.
pub(crate) fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Of several that fit: the one with the same name, then one without an external id if the record has none (it may
/// well have been made from this very record), then the oldest.
fn choose(fitting: Vec<Customer>, incoming: &IncomingCustomer, by: KnownBy) -> Option<Match> {
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
        guessed: true,
        issue,
        ..found(customer, by)
    })
}
