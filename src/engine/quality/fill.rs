//! How many customers have each field filled in.

use model::{CustomerDraft, CustomerKind};
use protocol::FieldFill;
use std::collections::BTreeMap;

/// Fields in the order in which a page lists them: name, for whom, and the attribute of rules that says it.
const FIELDS: [(&str, Whose, Option<&str>); 23] = [
    ("name", Whose::All, Some("name")),
    ("phone", Whose::All, Some("phone")),
    ("email", Whose::All, Some("email")),
    ("gender", Whose::Persons, Some("gender")),
    ("birthday", Whose::Persons, Some("birthday")),
    ("province", Whose::All, Some("province")),
    ("city", Whose::All, Some("city")),
    ("district", Whose::All, Some("district")),
    ("address", Whose::All, None),
    ("postalCode", Whose::All, Some("postal_code")),
    ("country", Whose::All, Some("country")),
    ("occupation", Whose::Persons, Some("occupation")),
    ("education", Whose::Persons, Some("education")),
    ("incomeBand", Whose::Persons, Some("income_band")),
    ("industry", Whose::Companies, Some("industry")),
    ("companySize", Whose::Companies, Some("company_size")),
    ("interests", Whose::Persons, Some("interests")),
    ("tags", Whose::All, Some("tags")),
    ("sourceChannel", Whose::All, Some("source_channel")),
    ("signupOn", Whose::All, Some("signup_on")),
    ("owner", Whose::All, Some("owner")),
    ("consent", Whose::All, None),
    ("acquisitionCost", Whose::All, None),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    All,
    Persons,
    Companies,
}

/// Counts.
#[derive(Default)]
pub(crate) struct Fill {
    filled: [u64; FIELDS.len()],
    custom: BTreeMap<String, u64>,
    pub(crate) customers: u64,
    pub(crate) companies: u64,
}

impl Fill {
    /// Takes a customer into account.
    pub(crate) fn add(&mut self, it: &CustomerDraft) {
        let company = it.kind == CustomerKind::Company;
        self.customers += 1;
        self.companies += u64::from(company);
        for (count, (field, whose, _)) in self.filled.iter_mut().zip(FIELDS) {
            let fits = match whose {
                Whose::All => true,
                Whose::Persons => !company,
                Whose::Companies => company,
            };
            *count += u64::from(fits && is_filled(it, field));
        }
        for name in it.custom.keys() {
            match self.custom.get_mut(name) {
                Some(count) => *count += 1,
                None => {
                    self.custom.insert(name.clone(), 1);
                }
            }
        }
    }

    /// What came of it; fields for companies only where there are any.
    pub(crate) fn finish(&self) -> Vec<FieldFill> {
        let persons = self.customers - self.companies;
        let own = self
            .filled
            .iter()
            .zip(FIELDS)
            .map(|(filled, (field, whose, attribute))| FieldFill {
                field: field.to_owned(),
                filled: *filled,
                of: match whose {
                    Whose::All => self.customers,
                    Whose::Persons => persons,
                    Whose::Companies => self.companies,
                },
                attribute: attribute.map(str::to_owned),
            });
        let custom = self.custom.iter().map(|(name, filled)| FieldFill {
            field: format!("custom.{name}"),
            filled: *filled,
            of: self.customers,
            attribute: Some(format!("custom.{name}")),
        });
        own.chain(custom).filter(|it| it.of > 0).collect()
    }
}

fn is_filled(it: &CustomerDraft, field: &str) -> bool {
    match field {
        "name" => !it.name.is_empty(),
        "phone" => it.phone.is_some(),
        "email" => it.email.is_some(),
        "gender" => it.gender.is_some(),
        "birthday" => it.birthday.is_some(),
        "province" => it.province.is_some(),
        "city" => it.city.is_some(),
        "district" => it.district.is_some(),
        "address" => it.address.is_some(),
        "postalCode" => it.postal_code.is_some(),
        "country" => it.country.is_some(),
        "occupation" => it.occupation.is_some(),
        "education" => it.education.is_some(),
        "incomeBand" => it.income_band.is_some(),
        "industry" => it.industry.is_some(),
        "companySize" => it.company_size.is_some(),
        "interests" => !it.interests.is_empty(),
        "tags" => !it.tags.is_empty(),
        "sourceChannel" => it.source_channel.is_some(),
        "signupOn" => it.signup_on.is_some(),
        "owner" => it.owner.is_some(),
        "consent" => [it.consent.email, it.consent.sms, it.consent.phone]
            .iter()
            .any(Option::is_some),
        "acquisitionCost" => it.acquisition_cost.is_some(),
        _ => false,
    }
}
