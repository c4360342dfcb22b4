//! The customer: a person or an organisation with whom the business has or may have a relation.

use crate::{Birthday, CustomerId, Day, Money, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What kind of customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerKind {
    /// A human being.
    #[default]
    Person,
    /// An organisation.
    Company,
}

/// Gender as the customer stated it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// 女
    Female,
    /// 男
    Male,
    /// Neither, or not to be put into these two.
    Other,
}

/// Permission to contact, by way of contact. `None` means never asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Consent {
    /// By e-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<bool>,
    /// By text message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms: Option<bool>,
    /// By telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<bool>,
}

/// The value of a field the owner invented.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CustomField {
    /// Yes or no.
    Flag(bool),
    /// A number as JSON has it.
    Number(f64),
    /// Anything else.
    Text(String),
}

/// Everything a person may state about a customer: what forms edit, files bring and the JavaScript API puts.
///
/// A field that is absent (`None`, or an empty list) says nothing; [`Customer`] adds what the system knows.
/// In JSON the names are those of `shuke.d.ts` (`externalId`, `postalCode`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomerDraft {
    /// The key of this customer in the system it came from; unique where present.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Person or company.
    pub kind: CustomerKind,
    /// Full name as it is written to them; may be empty where only a phone is known.
    pub name: String,
    /// E-mail address, trimmed and in lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone, E.164 (`+8613800000000`) where that could be derived, else as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Gender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// Birthday, with or without year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday: Option<Birthday>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Province or state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// District.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// Postal code, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Street address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Occupation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occupation: Option<String>,
    /// Education.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub education: Option<String>,
    /// Income band, in the owner's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub income_band: Option<String>,
    /// Industry (companies).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub industry: Option<String>,
    /// Size (companies), in the owner's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_size: Option<String>,
    /// Interests; sorted, no doubles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub interests: Vec<String>,
    /// Tags; sorted, no doubles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The channel that brought this customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_channel: Option<String>,
    /// The day they became a customer or member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signup_on: Option<Day>,
    /// The employee responsible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Permissions to contact.
    pub consent: Consent,
    /// What winning this customer cost, in minor units of the workspace's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acquisition_cost: Option<Money>,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The owner's own fields.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub custom: BTreeMap<String, CustomField>,
}

impl CustomerDraft {
    /// Takes from `other` what is empty here. Lists come together; consents and the owner's own fields go one by one;
    /// the kind stays.
    pub fn fill(&mut self, other: &Self) {
        fn gap<T: Clone>(slot: &mut Option<T>, more: Option<&T>) {
            if slot.is_none() {
                *slot = more.cloned();
            }
        }
        fn together(list: &mut Vec<String>, more: &[String]) {
            for word in more {
                if let Err(place) = list.binary_search(word) {
                    list.insert(place, word.clone());
                }
            }
        }
        if self.name.is_empty() {
            self.name.clone_from(&other.name);
        }
        gap(&mut self.external_id, other.external_id.as_ref());
        gap(&mut self.email, other.email.as_ref());
        gap(&mut self.phone, other.phone.as_ref());
        gap(&mut self.gender, other.gender.as_ref());
        gap(&mut self.birthday, other.birthday.as_ref());
        gap(&mut self.country, other.country.as_ref());
        gap(&mut self.province, other.province.as_ref());
        gap(&mut self.city, other.city.as_ref());
        gap(&mut self.district, other.district.as_ref());
        gap(&mut self.postal_code, other.postal_code.as_ref());
        gap(&mut self.address, other.address.as_ref());
        gap(&mut self.occupation, other.occupation.as_ref());
        gap(&mut self.education, other.education.as_ref());
        gap(&mut self.income_band, other.income_band.as_ref());
        gap(&mut self.industry, other.industry.as_ref());
        gap(&mut self.company_size, other.company_size.as_ref());
        gap(&mut self.source_channel, other.source_channel.as_ref());
        gap(&mut self.signup_on, other.signup_on.as_ref());
        gap(&mut self.owner, other.owner.as_ref());
        gap(&mut self.acquisition_cost, other.acquisition_cost.as_ref());
        gap(&mut self.note, other.note.as_ref());
        gap(&mut self.consent.email, other.consent.email.as_ref());
        gap(&mut self.consent.sms, other.consent.sms.as_ref());
        gap(&mut self.consent.phone, other.consent.phone.as_ref());
        together(&mut self.interests, &other.interests);
        together(&mut self.tags, &other.tags);
        for (key, value) in &other.custom {
            if !self.custom.contains_key(key) {
                self.custom.insert(key.clone(), value.clone());
            }
        }
    }
}

/// A stored customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
    /// What was stated.
    #[serde(flatten)]
    pub fields: CustomerDraft,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
