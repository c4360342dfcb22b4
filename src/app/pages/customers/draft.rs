//! The fields of a customer as a form shows them: which there are, and how each reads and writes as text.
//!
//! One table drives the form, the profile and the words; a new field is one row here and two arms below.

use super::condition::plain_number;
use model::{Birthday, Currency, CustomerDraft, Day, Gender, Money};

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// A line of text.
    Text,
    /// A line of text with the values customers have as suggestions; the attribute of the rule.
    Suggest(&'static str),
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// Several words, separated by commas.
    List,
    /// One of a few names; empty is not stated.
    Choice(&'static [&'static str]),
    /// A calendar day.
    Date,
    /// A birthday, with or without year.
    Birthday,
    /// An amount of money.
    Money,
    /// Yes, no, or never asked.
    Consent,
    /// Several lines of text.
    Long,
}

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, as in `shuke.d.ts` and in a fault's issues.
    pub key: &'static str,
    /// How it is filled in.
    pub control: Control,
}

const fn field(key: &'static str, control: Control) -> Field {
    Field { key, control }
}

/// What identifies and reaches a customer.
pub const CONTACT: &[Field] = &[
    field("name", Control::Text),
    field("phone", Control::Phone),
    field("email", Control::Email),
];

/// About a person.
pub const PERSON: &[Field] = &[
    field("gender", Control::Choice(&["female", "male", "other"])),
    field("birthday", Control::Birthday),
    field("occupation", Control::Suggest("occupation")),
    field("education", Control::Suggest("education")),
    field("incomeBand", Control::Suggest("income_band")),
    field("interests", Control::List),
];

/// About a company.
pub const COMPANY: &[Field] = &[
    field("industry", Control::Suggest("industry")),
    field("companySize", Control::Suggest("company_size")),
];

/// Where they are.
pub const PLACE: &[Field] = &[
    field("country", Control::Suggest("country")),
    field("province", Control::Suggest("province")),
    field("city", Control::Suggest("city")),
    field("district", Control::Suggest("district")),
    field("address", Control::Text),
    field("postalCode", Control::Text),
];

/// What they are to the business.
pub const RELATION: &[Field] = &[
    field("sourceChannel", Control::Suggest("source_channel")),
    field("signupOn", Control::Date),
    field("owner", Control::Suggest("owner")),
    field("acquisitionCost", Control::Money),
    field("externalId", Control::Text),
];

/// Permissions to contact.
pub const CONSENT: &[Field] = &[
    field("consent.email", Control::Consent),
    field("consent.sms", Control::Consent),
    field("consent.phone", Control::Consent),
];

/// Every table of fields, in the order of the form.
pub const TABLES: &[&[Field]] = &[CONTACT, PERSON, COMPANY, PLACE, RELATION, CONSENT, NOTE];

/// Free text.
pub const NOTE: &[Field] = &[field("note", Control::Long)];

/// The text of a field; empty where nothing is stated.
pub fn read(draft: &CustomerDraft, key: &str, currency: Currency) -> String {
    let plain = |text: &Option<String>| text.clone().unwrap_or_default();
    let consent = |given: Option<bool>| match given {
        Some(true) => "yes".to_owned(),
        Some(false) => "no".to_owned(),
        None => String::new(),
    };
    match key {
        "name" => draft.name.clone(),
        "interests" => draft.interests.join(", "),
        "gender" => match draft.gender {
            Some(Gender::Female) => "female".to_owned(),
            Some(Gender::Male) => "male".to_owned(),
            Some(Gender::Other) => "other".to_owned(),
            None => String::new(),
        },
        "birthday" => draft.birthday.map_or_else(String::new, write_birthday),
        "signupOn" => draft
            .signup_on
            .map_or_else(String::new, |day| day.to_string()),
        "acquisitionCost" => draft
            .acquisition_cost
            .map_or_else(String::new, |cost| cost.to_decimal(currency)),
        "consent.email" => consent(draft.consent.email),
        "consent.sms" => consent(draft.consent.sms),
        "consent.phone" => consent(draft.consent.phone),
        _ => text_field(draft, key).map(plain).unwrap_or_default(),
    }
}

/// Puts the text of a field into the draft. False when it does not read as what the field holds.
pub fn write(draft: &mut CustomerDraft, key: &str, text: &str, currency: Currency) -> bool {
    let text = text.trim();
    let some = (!text.is_empty()).then(|| text.to_owned());
    let consent = match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    match key {
        "name" => draft.name = text.to_owned(),
        "interests" => draft.interests = words(text),
        "gender" => {
            draft.gender = match text {
                "female" => Some(Gender::Female),
                "male" => Some(Gender::Male),
                "other" => Some(Gender::Other),
                _ => None,
            }
        }
        "birthday" => {
            draft.birthday = read_birthday(text);
            return some.is_none() || draft.birthday.is_some();
        }
        "signupOn" => {
            draft.signup_on = text.parse::<Day>().ok();
            return some.is_none() || draft.signup_on.is_some();
        }
        "acquisitionCost" => {
            draft.acquisition_cost = Money::parse(&plain_number(text), currency).ok();
            return some.is_none() || draft.acquisition_cost.is_some();
        }
        "consent.email" => draft.consent.email = consent,
        "consent.sms" => draft.consent.sms = consent,
        "consent.phone" => draft.consent.phone = consent,
        _ => {
            if let Some(place) = text_field_mut(draft, key) {
                *place = some;
            }
        }
    }
    true
}

macro_rules! text_fields {
    ($($key:literal => $field:ident),* $(,)?) => {
        fn text_field<'a>(draft: &'a CustomerDraft, key: &str) -> Option<&'a Option<String>> {
            match key {
                $($key => Some(&draft.$field),)*
                _ => None,
            }
        }

        fn text_field_mut<'a>(draft: &'a mut CustomerDraft, key: &str) -> Option<&'a mut Option<String>> {
            match key {
                $($key => Some(&mut draft.$field),)*
                _ => None,
            }
        }
    };
}

text_fields! {
    "phone" => phone,
    "email" => email,
    "occupation" => occupation,
    "education" => education,
    "incomeBand" => income_band,
    "industry" => industry,
    "companySize" => company_size,
    "country" => country,
    "province" => province,
    "city" => city,
    "district" => district,
    "address" => address,
    "postalCode" => postal_code,
    "sourceChannel" => source_channel,
    "owner" => owner,
    "externalId" => external_id,
    "note" => note,
}

/// Words separated by commas of any kind; sorted, no doubles.
pub fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text
        .split([',', '，', '、', ';', '；', '\n'])
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.sort();
    words.dedup();
    words
}

/// A birthday as people write it: `1990-05-14`, `1990/5/14`, `1990年5月14日`, `19900514`, `05-14`, `5月14日`.
pub fn read_birthday(text: &str) -> Option<Birthday> {
    let parts: Vec<&str> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .collect();
    let number = |part: &str| part.parse::<u32>().ok();
    let (year, month, day) = match parts.as_slice() {
        [whole] if whole.len() == 8 => (
            Some(number(whole.get(..4)?)?),
            number(whole.get(4..6)?)?,
            number(whole.get(6..)?)?,
        ),
        [year, month, day] if year.len() == 4 => {
            (Some(number(year)?), number(month)?, number(day)?)
        }
        [month, day] => (None, number(month)?, number(day)?),
        _ => return None,
    };
    let year = match year {
        Some(year) => Some(i32::try_from(year).ok()?),
        None => None,
    };
    Birthday::new(year, month, day).ok()
}

fn write_birthday(birthday: Birthday) -> String {
    birthday.to_string().trim_start_matches("--").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn birthdays_are_read_as_people_write_them() {
        for (text, read) in [
            ("1990-05-14", Some("1990-05-14")),
            ("1990/5/14", Some("1990-05-14")),
            ("1990年5月14日", Some("1990-05-14")),
            ("19900514", Some("1990-05-14")),
            ("05-14", Some("--05-14")),
            ("5月14日", Some("--05-14")),
            ("02-29", Some("--02-29")),
            ("1990-02-29", None),
            ("14 May", None),
            ("", None),
        ] {
            let birthday = read_birthday(text).map(|b| b.to_string());
            assert_eq!(birthday.as_deref(), read, "{text}");
        }
    }

    #[test]
    fn every_field_reads_back_what_was_written() {
        let currency = Currency::CNY;
        let mut draft = CustomerDraft::default();
        for field in TABLES.iter().flat_map(|table| table.iter()) {
            let text = match field.control {
                Control::Choice(names) => names[0],
                Control::Date => "2026-01-31",
                Control::Birthday => "05-14",
                Control::Money => "35.50",
                Control::Consent => "no",
                Control::List => "a, b",
                _ => "some text",
            };
            assert!(
                write(&mut draft, field.key, text, currency),
                "{}",
                field.key
            );
            assert_eq!(read(&draft, field.key, currency), text, "{}", field.key);
            assert!(write(&mut draft, field.key, " ", currency), "{}", field.key);
            assert_eq!(read(&draft, field.key, currency), "", "{}", field.key);
        }
        assert_eq!(draft, CustomerDraft::default());
        assert!(!write(&mut draft, "acquisitionCost", "cheap", currency));
        assert!(!write(&mut draft, "birthday", "soon", currency));
    }

    #[test]
    fn words_are_separated_by_any_comma() {
        assert_eq!(words("茶，咖啡、茶; bread ,"), ["bread", "咖啡", "茶"]);
    }
}
