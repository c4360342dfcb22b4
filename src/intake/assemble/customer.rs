//! What a row says of a customer.

use super::bind::{Binding, CustomerTarget, Target};
use super::cell::{Cell, Context, LONG, Notes, SHORT, custom_value};
use super::cleaned::{self, word_of};
use crate::clean::place::Place;
use crate::clean::{choice, date, email, is_rounded, list, name, phone};
use crate::{CellType, IncomingCustomer, clean};
use model::{CustomField, CustomerDraft, CustomerId, CustomerKind, Issue, IssueCode};
use std::borrow::Cow;

/// A customer in the making. A field keeps the first value it gets, so that of several columns (or rows of one
/// order) the first that says something counts.
#[derive(Debug, Default)]
pub(crate) struct CustomerParts {
    draft: CustomerDraft,
    id: Option<CustomerId>,
    kind: Option<CustomerKind>,
    first_name: String,
    middle_name: String,
    last_name: String,
    nickname: String,
    company: String,
    phone_key: Option<String>,
    /// The name with the telephone number that was taken out of it; a column of telephone numbers knows better.
    name_and_phone: Option<String>,
    email_key: Option<String>,
}

impl CustomerParts {
    /// Takes a cell of a customer's field.
    pub(crate) fn take(
        &mut self,
        target: CustomerTarget,
        cell: &Cell<'_>,
        context: &Context,
        notes: &mut Notes<'_>,
    ) {
        use CustomerTarget as C;
        match target {
            C::Name if context.is_preset("tmall_orders") => {}
            C::Name => self.take_name(cell, context, notes),
            C::FirstName => fill_name(&mut self.first_name, cell, notes),
            C::MiddleName => fill_name(&mut self.middle_name, cell, notes),
            C::LastName => fill_name(&mut self.last_name, cell, notes),
            C::Nickname => fill_name(&mut self.nickname, cell, notes),
            C::Company => fill_name(&mut self.company, cell, notes),
            C::Phone => self.take_phone(&cell.text, context, notes),
            C::Email => self.take_email(cell, notes),
            C::ExternalId => self.take_key(cell, context, notes),
            C::Id if self.id.is_some() => {}
            C::Id => match cell.text.parse() {
                Ok(id) => self.id = Some(id),
                // `shuke.d.ts`: an order's customer is an id or the customer's external id.
                Err(_) => self.take_key(cell, context, notes),
            },
            C::Kind => {
                if self.kind.is_none() {
                    self.kind = notes.take(choice::kind(&cell.text));
                }
            }
            C::Gender => {
                if self.draft.gender.is_none() {
                    self.draft.gender = notes.take(choice::gender(&cell.text));
                }
            }
            C::Birthday => {
                if self.draft.birthday.is_none() {
                    let read = date::birthday(&cell.text, context.date_order, context.today);
                    self.draft.birthday = notes.take(read);
                }
            }
            C::Address => self.take_address(cell, context, notes),
            C::Interests => add_words(&mut self.draft.interests, cell, notes),
            C::Tags => {
                add_words(&mut self.draft.tags, cell, notes);
                if context.is_preset("google_contacts") {
                    // The label of everybody who is in the address book.
                    self.draft.tags.retain(|tag| tag != "myContacts");
                }
            }
            C::SignupOn => self.take_signup(cell, context, notes),
            C::ConsentEmail => fill_flag(&mut self.draft.consent.email, cell, notes),
            C::ConsentSms => fill_flag(&mut self.draft.consent.sms, cell, notes),
            C::ConsentPhone => fill_flag(&mut self.draft.consent.phone, cell, notes),
            C::AcquisitionCost => {
                if self.draft.acquisition_cost.is_none() {
                    let amount = notes.amount(cell, context, context.around.currency);
                    self.draft.acquisition_cost = amount.map(|a| a.money);
                }
            }
            C::Note => append(&mut self.draft.note, &cell.text, "\n", notes),
            C::Country
            | C::Province
            | C::City
            | C::District
            | C::PostalCode
            | C::Occupation
            | C::Education
            | C::IncomeBand
            | C::Industry
            | C::CompanySize
            | C::SourceChannel
            | C::Owner => self.take_word(target, cell, notes),
        }
    }

    /// What the field holds so far, as it is shown.
    pub(super) fn kept(&self, target: CustomerTarget, context: &Context) -> Option<Cow<'_, str>> {
        use CustomerTarget as C;
        let draft = &self.draft;
        let name = match target {
            C::Name => Some(&draft.name),
            C::FirstName => Some(&self.first_name),
            C::MiddleName => Some(&self.middle_name),
            C::LastName => Some(&self.last_name),
            C::Nickname => Some(&self.nickname),
            C::Company => Some(&self.company),
            _ => None,
        };
        if let Some(name) = name {
            return (!name.is_empty()).then_some(Cow::Borrowed(name.as_str()));
        }
        let text = match target {
            C::Phone => &draft.phone,
            C::Email => &draft.email,
            C::ExternalId => &draft.external_id,
            C::Country => &draft.country,
            C::Province => &draft.province,
            C::City => &draft.city,
            C::District => &draft.district,
            C::PostalCode => &draft.postal_code,
            C::Occupation => &draft.occupation,
            C::Education => &draft.education,
            C::IncomeBand => &draft.income_band,
            C::Industry => &draft.industry,
            C::CompanySize => &draft.company_size,
            C::SourceChannel => &draft.source_channel,
            C::Owner => &draft.owner,
            _ => return self.kept_other(target, context).map(Cow::Owned),
        };
        text.as_deref().map(Cow::Borrowed)
    }

    fn kept_other(&self, target: CustomerTarget, context: &Context) -> Option<String> {
        use CustomerTarget as C;
        let draft = &self.draft;
        match target {
            C::Kind => self.kind.as_ref().map(word_of),
            C::Gender => draft.gender.as_ref().map(word_of),
            C::Birthday => draft.birthday.map(|it| it.to_string()),
            C::SignupOn => draft.signup_on.map(|it| it.to_string()),
            C::ConsentEmail => draft.consent.email.map(|it| it.to_string()),
            C::ConsentSms => draft.consent.sms.map(|it| it.to_string()),
            C::ConsentPhone => draft.consent.phone.map(|it| it.to_string()),
            C::AcquisitionCost => draft
                .acquisition_cost
                .map(|it| it.to_decimal(context.around.currency)),
            // 天猫's cell of three things.
            C::Address => {
                let parts = [
                    Some(&draft.name),
                    draft.phone.as_ref(),
                    draft.address.as_ref(),
                ];
                let parts: Vec<&str> = parts
                    .into_iter()
                    .flatten()
                    .map(String::as_str)
                    .filter(|it| !it.is_empty())
                    .collect();
                (!parts.is_empty()).then(|| parts.join(" · "))
            }
            _ => None,
        }
    }

    /// What a field of the owner's own holds so far, as it is shown.
    pub(super) fn kept_custom(&self, key: &str) -> Option<Cow<'_, str>> {
        self.draft.custom.get(key).map(cleaned::custom)
    }

    /// What we wrote ourselves comes back as it was.
    fn take_name(&mut self, cell: &Cell<'_>, context: &Context, notes: &mut Notes<'_>) {
        if self.draft.name.is_empty() {
            let ours = context.ours || self.id.is_some();
            let tidy = if ours { name::name } else { name::person };
            let apart = if ours {
                None
            } else {
                self.part_phone(&cell.text, context)
            };
            let text = apart.as_deref().unwrap_or(&cell.text);
            self.draft.name = notes.short(&tidy(text), SHORT);
        }
    }

    /// Takes a telephone number out of the cell of the name: what is left is the name. A number that is not the one of
    /// the column for it stays where it stands.
    fn part_phone(&mut self, text: &str, context: &Context) -> Option<String> {
        let (name, number) = name::with_number(text)?;
        let number = phone::phone(&number, &context.around.phone_country);
        let number = number.text.filter(|_| number.whole)?;
        match &self.phone_key {
            Some(known) if *known != number => return None,
            Some(_) => {}
            None => {
                self.name_and_phone = Some(name::person(text));
                self.phone_key = Some(number.clone());
                self.draft.phone = Some(number);
            }
        }
        Some(name)
    }

    fn take_word(&mut self, target: CustomerTarget, cell: &Cell<'_>, notes: &mut Notes<'_>) {
        use CustomerTarget as C;
        let draft = &mut self.draft;
        let slot = match target {
            C::Country => &mut draft.country,
            C::Province => &mut draft.province,
            C::City => &mut draft.city,
            C::District => &mut draft.district,
            C::PostalCode => &mut draft.postal_code,
            C::Occupation => &mut draft.occupation,
            C::Education => &mut draft.education,
            C::IncomeBand => &mut draft.income_band,
            C::Industry => &mut draft.industry,
            C::CompanySize => &mut draft.company_size,
            C::SourceChannel => &mut draft.source_channel,
            C::Owner => &mut draft.owner,
            _ => return,
        };
        if slot.is_none() {
            *slot = Some(notes.short(&cell.text, SHORT));
        }
    }

    /// Takes a cell of a field of the owner's own.
    pub(crate) fn take_custom(&mut self, key: &str, cell: &Cell<'_>, notes: &mut Notes<'_>) {
        if !self.draft.custom.contains_key(key)
            && let Some(value) = custom_value(cell, notes)
        {
            self.draft.custom.insert(key.to_owned(), value);
        }
    }

    fn take_phone(&mut self, text: &str, context: &Context, notes: &mut Notes<'_>) {
        // A number by which somebody is recognised is worth more than one that is only written down.
        if self.phone_key.is_some() && self.name_and_phone.is_none() {
            return;
        }
        let read = phone::phone(text, &context.around.phone_country);
        if let Some(issue) = read.issue {
            notes.add(issue);
        }
        let Some(text) = read.text else { return };
        if read.whole {
            // Another number: both stay, each where it stood.
            if let Some(both) = self.name_and_phone.take()
                && self.phone_key.as_ref() != Some(&text)
            {
                self.draft.name = notes.short(&both, SHORT);
            }
            self.phone_key = Some(text.clone());
            self.draft.phone = Some(text);
        } else if self.draft.phone.is_none() {
            self.draft.phone = Some(notes.short(&text, SHORT));
        }
    }

    fn take_email(&mut self, cell: &Cell<'_>, notes: &mut Notes<'_>) {
        if self.email_key.is_some() {
            return;
        }
        if let Some(address) = notes.take(email(&cell.text)) {
            self.draft.email = Some(address.clone());
            self.email_key = Some(address);
        }
    }

    fn take_key(&mut self, cell: &Cell<'_>, context: &Context, notes: &mut Notes<'_>) {
        if self.draft.external_id.is_some() {
            return;
        }
        if is_rounded(&cell.text) && !context.ours {
            let lost = Issue::warning(IssueCode::DigitsLost).found(&cell.text);
            return notes.add(lost.expected("2025100712345678901"));
        }
        let text = context.bare_key(&cell.text);
        self.draft.external_id = Some(notes.short(text, SHORT));
    }

    fn take_address(&mut self, cell: &Cell<'_>, context: &Context, notes: &mut Notes<'_>) {
        // 天猫 writes name, telephone and address into one cell: `示例，86-13800000000，江苏省 扬州市 …`.
        if context.is_preset("tmall_orders") {
            let mut parts = cell.text.splitn(3, ['，', ',']);
            if let (Some(who), Some(number), Some(place)) =
                (parts.next(), parts.next(), parts.next())
            {
                if self.draft.name.is_empty() {
                    self.draft.name = notes.short(&name::name(who.trim()), SHORT);
                }
                self.take_phone(number.trim(), context, notes);
                let place = place.trim().trim_end_matches(['，', ',']).trim();
                if !place.is_empty() {
                    append(&mut self.draft.address, place, " ", notes);
                }
                return;
            }
        }
        append(&mut self.draft.address, &cell.text, " ", notes);
    }

    fn take_signup(&mut self, cell: &Cell<'_>, context: &Context, notes: &mut Notes<'_>) {
        if self.draft.signup_on.is_some() {
            return;
        }
        let Some(moment) = notes.moment(cell, context) else {
            return;
        };
        let day = moment.local_day(context.around.zone);
        if day > context.today.plus_days(1) {
            let expected = context.today.to_string();
            notes.add(
                Issue::warning(IssueCode::FutureDate)
                    .found(&cell.text)
                    .expected(&expected),
            );
        } else {
            self.draft.signup_on = Some(day);
        }
    }

    /// Nothing that could tell one customer from another.
    pub(crate) fn is_unknown(&self) -> bool {
        let names = [
            &self.draft.name,
            &self.first_name,
            &self.middle_name,
            &self.last_name,
            &self.nickname,
            &self.company,
        ];
        names.iter().all(|name| name.is_empty())
            && self.id.is_none()
            && self.draft.phone.is_none()
            && self.draft.email.is_none()
            && self.draft.external_id.is_none()
    }

    /// The customer. What we wrote ourselves comes back as it was, so it is not tidied. In a file of orders (`keep_all` false) nickname and company only stand in for a missing name.
    pub(crate) fn finish(mut self, keep_all: bool, context: &Context) -> IncomingCustomer {
        let draft = &mut self.draft;
        if draft.name.is_empty() {
            draft.name = name::full_name(&self.first_name, &self.middle_name, &self.last_name);
        }
        let mut kind = self.kind;
        for (spare, key) in [(self.company, "company"), (self.nickname, "nickname")] {
            if spare.is_empty() {
                continue;
            }
            if draft.name.is_empty() {
                if key == "company" {
                    kind = kind.or(Some(CustomerKind::Company));
                }
                draft.name = spare;
            } else if draft.name == spare && key == "company" {
                // A contact that is called as the company is the company.
                kind = kind.or(Some(CustomerKind::Company));
            } else if keep_all && draft.name != spare && !draft.custom.contains_key(key) {
                draft
                    .custom
                    .insert(key.to_owned(), CustomField::Text(spare));
            }
        }
        if !(context.ours || self.id.is_some()) {
            let mut place = Place {
                country: draft.country.take(),
                province: draft.province.take(),
                city: draft.city.take(),
            };
            context.gazetteer.tidy(&mut place);
            (draft.country, draft.province, draft.city) =
                (place.country, place.province, place.city);
        }
        clean::cut(&mut draft.name, SHORT);
        draft.kind = kind.unwrap_or_default();
        let keyless = self.id.is_none()
            && draft.external_id.is_none()
            && self.phone_key.is_none()
            && self.email_key.is_none();
        IncomingCustomer {
            id: self.id,
            name_key: (keyless && !draft.name.is_empty()).then(|| draft.name.clone()),
            phone_key: self.phone_key,
            email_key: self.email_key,
            draft: self.draft,
        }
    }
}

fn fill_name(slot: &mut String, cell: &Cell<'_>, notes: &mut Notes<'_>) {
    if slot.is_empty() {
        *slot = notes.short(&name::name(&cell.text), SHORT);
    }
}

fn fill_flag(slot: &mut Option<bool>, cell: &Cell<'_>, notes: &mut Notes<'_>) {
    if slot.is_none() {
        *slot = notes.take(choice::flag(&cell.text));
    }
}

fn append(slot: &mut Option<String>, text: &str, between: &str, notes: &mut Notes<'_>) {
    match slot {
        None => *slot = Some(notes.short(text, LONG)),
        Some(known) if known.contains(text) => {}
        Some(known) => {
            let both = format!("{known}{between}{text}");
            *slot = Some(notes.short(&both, LONG));
        }
    }
}

/// At most so many tags or interests.
const MAX_WORDS: usize = 100;

fn add_words(slot: &mut Vec<String>, cell: &Cell<'_>, notes: &mut Notes<'_>) {
    let words = match cell.kind {
        CellType::List => list::json_list(&cell.text),
        _ => list::list(&cell.text),
    };
    for word in words {
        slot.push(notes.short(&word, SHORT));
    }
    slot.sort();
    slot.dedup();
    if slot.len() > MAX_WORDS {
        slot.truncate(MAX_WORDS);
        notes.add(Issue::warning(IssueCode::LimitPassed).expected("100"));
    }
}

/// Whether the cell is one of those by which a customer without key is told from others.
pub(crate) fn identifies(binding: &Binding) -> bool {
    use CustomerTarget as C;
    match &binding.target {
        Target::Customer(target) => matches!(
            target,
            C::Name
                | C::FirstName
                | C::MiddleName
                | C::LastName
                | C::Nickname
                | C::Company
                | C::Phone
                | C::Email
                | C::ExternalId
                | C::Birthday
                | C::Address
        ),
        Target::Order(_) | Target::Line(_) => true,
        Target::Custom(_) => false,
    }
}
