//! Customers.

use super::fields::custom_value;
use super::{Fields, Public, Terms, Writer};
use model::{
    Consent, Currency, Customer, CustomerDraft, CustomerId, CustomerKind, Gender, Issue, IssueCode,
    Timestamp,
};
use serde_json::{Map, Value};

const KINDS: [(&str, CustomerKind); 2] = [
    ("person", CustomerKind::Person),
    ("company", CustomerKind::Company),
];

const GENDERS: [(&str, Gender); 3] = [
    ("female", Gender::Female),
    ("male", Gender::Male),
    ("other", Gender::Other),
];

/// A customer as it was read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CustomerRecord {
    /// Its id, if it says one.
    pub(crate) id: Option<CustomerId>,
    /// Its fields: those of the base, and over them what was read.
    pub(crate) fields: CustomerDraft,
    /// When it was created, if it says so.
    pub(crate) created_at: Option<Timestamp>,
    /// When it was last changed, if it says so.
    pub(crate) updated_at: Option<Timestamp>,
}

/// The word of a choice.
pub(super) fn word<T: PartialEq>(choices: &[(&'static str, T)], choice: &T) -> &'static str {
    let found = choices.iter().find(|(_, known)| known == choice);
    found.map_or("", |(word, _)| *word)
}

/// A customer as JSON.
pub(crate) fn write_customer(customer: &Customer, currency: Currency) -> Map<String, Value> {
    let it = &customer.fields;
    let mut out = Writer::default();
    out.put("id", customer.id.to_string());
    out.put("kind", word(&KINDS, &it.kind));
    out.put("name", it.name.as_str());
    macro_rules! texts {
        ($($field:ident $name:literal),*) => { $( out.some($name, it.$field.as_deref()); )* };
    }
    texts!(external_id "externalId", email "email", phone "phone", country "country", province "province",
        city "city", district "district", postal_code "postalCode", address "address", occupation "occupation",
        education "education", income_band "incomeBand", industry "industry", company_size "companySize",
        source_channel "sourceChannel", owner "owner", note "note");
    out.some("gender", it.gender.map(|gender| word(&GENDERS, &gender)));
    out.some("birthday", it.birthday.map(|day| day.to_string()));
    out.some("signupOn", it.signup_on.map(|day| day.to_string()));
    out.list(
        "interests",
        it.interests
            .iter()
            .map(|t| Value::from(t.as_str()))
            .collect(),
    );
    out.list(
        "tags",
        it.tags.iter().map(|t| Value::from(t.as_str())).collect(),
    );
    let mut consent = Writer::default();
    consent.some("email", it.consent.email);
    consent.some("sms", it.consent.sms);
    consent.some("phone", it.consent.phone);
    if !consent.0.is_empty() {
        out.put("consent", consent.0);
    }
    let cost = it.acquisition_cost.map(|cost| cost.to_decimal(currency));
    out.some("acquisitionCost", cost);
    if !it.custom.is_empty() {
        let custom = it.custom.iter();
        let custom: Map<String, Value> = custom
            .map(|(key, field)| (key.clone(), custom_value(field)))
            .collect();
        out.put("custom", custom);
    }
    out.put("createdAt", customer.created_at.to_string());
    out.put("updatedAt", customer.updated_at.to_string());
    out.0
}

/// Reads a customer. Fields that are not there are those of `base`; `null` takes a field away. Permissions and the
/// owner's own fields are changed one by one, lists as a whole.
///
/// # Errors
/// Everything whose form is wrong. Whether the values are right, `validate::customer` says.
pub(crate) fn read_customer(
    object: &Map<String, Value>,
    base: Option<&CustomerDraft>,
    terms: &Terms,
) -> Result<Public<CustomerRecord>, Vec<Issue>> {
    let mut from = Fields::new(object, "");
    let mut it = base.cloned().unwrap_or_default();
    macro_rules! set {
        ($($field:ident $name:literal $read:expr);*) => { $(
            if from.has($name) {
                it.$field = $read;
            }
        )* };
    }
    set!(
        kind "kind" from.choice("kind", &KINDS).unwrap_or_default();
        name "name" from.text("name").unwrap_or_default();
        external_id "externalId" from.text("externalId");
        email "email" from.text("email");
        phone "phone" from.text("phone");
        gender "gender" from.choice("gender", &GENDERS);
        birthday "birthday" from.parsed("birthday", IssueCode::BadDate, "1990-05-14, --05-14");
        country "country" from.text("country");
        province "province" from.text("province");
        city "city" from.text("city");
        district "district" from.text("district");
        postal_code "postalCode" from.text("postalCode");
        address "address" from.text("address");
        occupation "occupation" from.text("occupation");
        education "education" from.text("education");
        income_band "incomeBand" from.text("incomeBand");
        industry "industry" from.text("industry");
        company_size "companySize" from.text("companySize");
        interests "interests" from.texts("interests").unwrap_or_default();
        tags "tags" from.texts("tags").unwrap_or_default();
        source_channel "sourceChannel" from.text("sourceChannel");
        signup_on "signupOn" from.day("signupOn");
        owner "owner" from.text("owner");
        acquisition_cost "acquisitionCost" from.money("acquisitionCost", terms.currency);
        note "note" from.text("note")
    );
    if from.has("consent") {
        let known = it.consent;
        it.consent = from
            .inside("consent", |inner| consent(inner, known))
            .unwrap_or_default();
    }
    if from.has("custom") {
        let named = from.value("custom").and_then(Value::as_object);
        match from.custom("custom", terms) {
            None => it.custom.clear(),
            Some(read) => {
                it.custom
                    .retain(|key, _| named.is_none_or(|named| !named.contains_key(key)));
                it.custom.extend(read);
            }
        }
    }
    let record = CustomerRecord {
        id: from.id("id"),
        fields: it,
        created_at: from.instant("createdAt", terms),
        updated_at: from.instant("updatedAt", terms),
    };
    let unknown = from.finish()?;
    Ok(Public { record, unknown })
}

fn consent(from: &mut Fields<'_>, known: Consent) -> Consent {
    let mut one = |name: &'static str, known: Option<bool>| {
        let read = from.flag(name);
        if from.has(name) { read } else { known }
    };
    Consent {
        email: one("email", known.email),
        sms: one("sms", known.sms),
        phone: one("phone", known.phone),
    }
}
