//! A customer as they are compared: small, with hashes where equality is all that is asked.

use crate::contact::{self, Phone};
use crate::name::Name;
use model::{Birthday, CustomerDraft, CustomerId, CustomerKind, Gender};
use unicode_normalization::UnicodeNormalization;
use xxhash_rust::xxh3::xxh3_64;

/// A customer, prepared for comparing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Who.
    pub id: CustomerId,
    pub(crate) company: bool,
    pub(crate) name: Name,
    pub(crate) email: Box<str>,
    pub(crate) phone: Phone,
    pub(crate) birthday: Option<Birthday>,
    pub(crate) gender: Option<Gender>,
    /// Hash of the city; 0 where unknown.
    pub(crate) city: u64,
    /// Letters and digits of the address.
    pub(crate) address: Box<str>,
}

impl Record {
    /// Prepares a customer; `country` is the code of telephones without one, such as `86`.
    pub fn of(id: CustomerId, it: &CustomerDraft, country: &str) -> Self {
        let company = it.kind == CustomerKind::Company;
        let phone = it.phone.as_deref();
        Self {
            id,
            company,
            name: Name::read(&it.name, company),
            email: it
                .email
                .as_deref()
                .and_then(contact::email)
                .unwrap_or_default()
                .into(),
            phone: phone.map_or_else(Phone::default, |phone| contact::phone(phone, country)),
            birthday: it.birthday,
            gender: it.gender,
            city: it.city.as_deref().map_or(0, city),
            address: it.address.as_deref().map_or_else(String::new, fold).into(),
        }
    }

    /// The last four digits of the telephone, masked or not.
    pub(crate) fn phone_tail(&self) -> Option<u32> {
        match self.phone.masked {
            Some(mask) => Some(mask.tail()),
            None if self.phone.number > 0 => u32::try_from(self.phone.number % 10_000).ok(),
            None => None,
        }
    }

    /// Whether anything can be told by it.
    pub fn says_something(&self) -> bool {
        self.name.is_known()
            || !self.email.is_empty()
            || self.phone.number > 0
            || self.phone.masked.is_some()
    }
}

/// Letters and digits in small form, simplified; what is written in several ways comes out the same.
pub fn fold(text: &str) -> String {
    let small: String = text
        .nfkd()
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
        .take(120)
        .collect();
    if small.is_ascii() {
        small
    } else {
        simplet2s::convert(&small)
    }
}

/// A city, whether or not it is called one.
fn city(text: &str) -> u64 {
    let folded = fold(text);
    let bare = folded.strip_suffix('市').unwrap_or(&folded);
    if bare.is_empty() {
        return 0;
    }
    xxh3_64(bare.as_bytes()).max(1)
}
