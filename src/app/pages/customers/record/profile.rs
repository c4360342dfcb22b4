//! The profile: every field that says something, by what it is about.

use super::super::draft::{self, Control, Field};
use crate::pages::orders::instant;
use crate::state::{use_currency, use_state, use_today, use_words};
use model::{Currency, CustomField, CustomerDraft, Day};
use protocol::CustomerView;
use text::Words;
use ui::prelude::*;

/// The profile of a customer.
pub fn profile(view: &CustomerView) -> AnyView {
    let words = use_words();
    let currency = use_currency();
    let today = use_today();
    let fields = &view.customer.fields;
    let groups = [
        (words.customers_profile_person(), draft::PERSON),
        (words.customers_profile_company(), draft::COMPANY),
        (words.customers_profile_place(), draft::PLACE),
        (words.customers_profile_relation(), draft::RELATION),
        (words.customers_profile_consent(), draft::CONSENT),
    ];
    let mut sections: Vec<AnyView> = Vec::new();
    for (title, table) in groups {
        let rows: Vec<AnyView> = table
            .iter()
            .filter_map(|field| {
                let text = shown(words, fields, *field, currency, today)?;
                Some(row(words.field(field.key), text))
            })
            .collect();
        sections.extend(section(title, rows));
    }
    let custom: Vec<AnyView> = fields
        .custom
        .iter()
        .map(|(name, value)| row(name.clone(), custom_shown(words, value)))
        .collect();
    sections.extend(section(words.customers_profile_custom(), custom));
    let note = fields.note.clone().map(|note| {
        view! {
            <section>
                <h3>{words.customers_note_title()}</h3>
                <p class="note-text">{note}</p>
            </section>
        }
        .into_any()
    });
    let empty = sections.is_empty() && note.is_none();
    sections.extend(note);
    let zone = instant::zone(use_state());
    let day = |at| {
        instant::day(&zone, at)
            .map(|day| words.day(day))
            .unwrap_or_default()
    };
    let created = words.customers_created_on(&day(view.customer.created_at));
    let updated = words.customers_updated_on(&day(view.customer.updated_at));
    view! {
        <section class="profile">
            <h2>{words.customers_profile_title()}</h2>
            {empty.then(|| view! { <p class="quiet-text">{words.customers_profile_empty()}</p> })}
            <div class="profile-groups">{sections}</div>
            <p class="quiet-text">{created} " · " {updated}</p>
        </section>
    }
    .into_any()
}

fn section(title: &'static str, rows: Vec<AnyView>) -> Option<AnyView> {
    (!rows.is_empty()).then(|| {
        view! {
            <section>
                <h3>{title}</h3>
                <dl>{rows}</dl>
            </section>
        }
        .into_any()
    })
}

fn row(label: String, text: String) -> AnyView {
    view! {
        <div>
            <dt>{label}</dt>
            <dd>{text}</dd>
        </div>
    }
    .into_any()
}

/// A field of a customer as words; `None` where nothing is stated.
pub fn field_shown(
    words: Words,
    fields: &CustomerDraft,
    key: &str,
    currency: Currency,
    today: Day,
) -> Option<String> {
    let mut all = draft::TABLES.iter().flat_map(|table| table.iter());
    let field = all.find(|field| field.key == key)?;
    shown(words, fields, *field, currency, today)
}

fn shown(
    words: Words,
    fields: &CustomerDraft,
    field: Field,
    currency: Currency,
    today: Day,
) -> Option<String> {
    let text = draft::read(fields, field.key, currency);
    if text.is_empty() {
        return None;
    }
    Some(match field.control {
        Control::Birthday => {
            let birthday = fields.birthday?;
            let age = birthday
                .age_on(today)
                .and_then(|age| u64::try_from(age).ok());
            match age {
                Some(age) => [&words.birthday(birthday), " · ", &words.customers_age(age)].concat(),
                None => words.birthday(birthday),
            }
        }
        Control::Date => words.day(fields.signup_on?),
        Control::Money => words.money(fields.acquisition_cost?, currency),
        Control::Consent if text == "yes" => words.customers_form_consent_yes().to_owned(),
        Control::Consent => words.customers_form_consent_no().to_owned(),
        Control::Choice(_) => words.choice(field.key, &text),
        _ => text,
    })
}

fn custom_shown(words: Words, value: &CustomField) -> String {
    match value {
        CustomField::Flag(true) => words.customers_yes().to_owned(),
        CustomField::Flag(false) => words.customers_no().to_owned(),
        CustomField::Number(number) => number.to_string(),
        CustomField::Text(text) => text.clone(),
    }
}
