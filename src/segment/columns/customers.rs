//! What was stated about customers, by slot.

use super::arrays::{Blocks, Lazy, Missing, Table};
use super::dict::{Dict, NO_CODE};
use model::rule::Attribute;
use model::{Birthday, Consent, CustomField, Customer, CustomerKind, Day, Gender, Zone};
use std::collections::BTreeMap;

/// The attributes that are text, in the order of their columns.
pub(crate) const TEXTS: [Attribute; 15] = [
    Attribute::Name,
    Attribute::Email,
    Attribute::Phone,
    Attribute::Country,
    Attribute::Province,
    Attribute::City,
    Attribute::District,
    Attribute::PostalCode,
    Attribute::IncomeBand,
    Attribute::Occupation,
    Attribute::Education,
    Attribute::SourceChannel,
    Attribute::Owner,
    Attribute::Industry,
    Attribute::CompanySize,
];

/// A text attribute: a code for each slot.
#[derive(Clone, Debug, Default)]
pub(crate) struct TextColumn {
    pub(crate) dict: Dict,
    pub(crate) codes: Lazy<u32>,
}

/// A list attribute: a block of codes for each slot.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListColumn {
    pub(crate) dict: Dict,
    pub(crate) blocks: Blocks,
    pub(crate) codes: Codes,
}

/// Codes as a table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Codes(pub(crate) Vec<u32>);

impl Table for Codes {
    fn rows(&self) -> usize {
        self.0.len()
    }

    fn push_blank(&mut self) {
        self.0.push(NO_CODE);
    }

    fn copy_row(&mut self, from: usize, to: usize) {
        let value = self.0.get(from).copied();
        if let (Some(value), Some(place)) = (value, self.0.get_mut(to)) {
            *place = value;
        }
    }
}

impl ListColumn {
    pub(crate) fn of(&self, slot: usize) -> &[u32] {
        self.codes.0.get(self.blocks.rows(slot)).unwrap_or(&[])
    }

    fn set(&mut self, slot: usize, words: &[String]) {
        let codes: Vec<u32> = words
            .iter()
            .map(|word| self.dict.intern(word))
            .filter(|&code| code != NO_CODE)
            .collect();
        if self.of(slot) == codes {
            return;
        }
        self.blocks.clear(slot);
        for (at, code) in codes.into_iter().enumerate() {
            if let Some(row) = self.blocks.insert(&mut self.codes, slot, at)
                && let Some(place) = self.codes.0.get_mut(row)
            {
                *place = code;
            }
        }
        if self.blocks.is_sparse(self.codes.0.len()) {
            self.close_holes();
        }
    }

    pub(crate) fn close_holes(&mut self) {
        let rows = self.blocks.all_rows();
        let gathered = rows
            .iter()
            .map(|&row| self.codes.0.get(row as usize).copied().unwrap_or(NO_CODE));
        self.codes = Codes(gathered.collect());
        self.blocks = Blocks::dense(self.blocks.lens().to_vec());
    }
}

/// What kind of value an owner's own field has in a slot.
pub(crate) mod custom_kind {
    pub(crate) const NONE: u8 = 0;
    pub(crate) const FLAG: u8 = 1;
    pub(crate) const NUMBER: u8 = 2;
    pub(crate) const TEXT: u8 = 3;
}

/// A field of the owner's: any kind of value in any slot.
#[derive(Clone, Debug, Default)]
pub(crate) struct CustomColumn {
    pub(crate) dict: Dict,
    pub(crate) kinds: Lazy<u8>,
    /// 0 or 1 for a flag, the bits of a number, the code of a text.
    pub(crate) values: Lazy<u64>,
}

impl CustomColumn {
    fn set(&mut self, slot: usize, value: Option<&CustomField>) {
        let (kind, bits) = match value {
            None => (custom_kind::NONE, 0),
            Some(CustomField::Text(text)) if text.is_empty() => (custom_kind::NONE, 0),
            Some(CustomField::Flag(flag)) => (custom_kind::FLAG, u64::from(*flag)),
            Some(CustomField::Number(number)) => (custom_kind::NUMBER, number.to_bits()),
            Some(CustomField::Text(text)) => (custom_kind::TEXT, u64::from(self.dict.intern(text))),
        };
        self.kinds.set(slot, kind);
        self.values.set(slot, bits);
    }

    pub(crate) fn get(&self, slot: usize) -> Option<CustomField> {
        let bits = self.values.get(slot);
        match self.kinds.get(slot) {
            custom_kind::FLAG => Some(CustomField::Flag(bits == 1)),
            custom_kind::NUMBER => Some(CustomField::Number(f64::from_bits(bits))),
            custom_kind::TEXT => Some(CustomField::Text(self.dict.text(bits as u32).to_owned())),
            _ => None,
        }
    }
}

/// All attributes of all customers.
#[derive(Clone, Debug)]
pub(crate) struct Customers {
    pub(crate) ids: Vec<i64>,
    pub(crate) texts: [TextColumn; TEXTS.len()],
    pub(crate) tags: ListColumn,
    pub(crate) interests: ListColumn,
    /// 0 none, then in the order of [`Gender`].
    pub(crate) gender: Vec<u8>,
    /// 0 none (a removed customer), then in the order of [`CustomerKind`].
    pub(crate) kind: Vec<u8>,
    /// Two bits each for e-mail, text message and phone: 0 never asked, 1 no, 2 yes.
    pub(crate) consent: Vec<u8>,
    /// Year of birth; [`Missing::NONE`] where it is unknown.
    pub(crate) birth_year: Vec<i32>,
    /// Month and day of birth as `month * 32 + day`; 0 is none.
    pub(crate) birth_month_day: Vec<u32>,
    pub(crate) signup_on: Vec<i32>,
    pub(crate) created_on: Vec<i32>,
    pub(crate) acquisition_cost: Lazy<i64>,
    pub(crate) custom: BTreeMap<String, CustomColumn>,
}

impl Default for Customers {
    fn default() -> Self {
        Self {
            ids: Vec::new(),
            texts: std::array::from_fn(|_| TextColumn::default()),
            tags: ListColumn::default(),
            interests: ListColumn::default(),
            gender: Vec::new(),
            kind: Vec::new(),
            consent: Vec::new(),
            birth_year: Vec::new(),
            birth_month_day: Vec::new(),
            signup_on: Vec::new(),
            created_on: Vec::new(),
            acquisition_cost: Lazy::default(),
            custom: BTreeMap::new(),
        }
    }
}

/// Position of the e-mail, text message and phone consent in the byte.
pub(crate) const CONSENT_EMAIL: u8 = 0;
pub(crate) const CONSENT_SMS: u8 = 2;
pub(crate) const CONSENT_PHONE: u8 = 4;

fn consent_bits(consent: &Consent) -> u8 {
    let bits = |given: Option<bool>| match given {
        None => 0,
        Some(false) => 1,
        Some(true) => 2,
    };
    bits(consent.email) << CONSENT_EMAIL
        | bits(consent.sms) << CONSENT_SMS
        | bits(consent.phone) << CONSENT_PHONE
}

pub(crate) fn month_day(month: u32, day: u32) -> u32 {
    month * 32 + day
}

fn put<T: Copy>(column: &mut [T], slot: usize, value: T) {
    if let Some(place) = column.get_mut(slot) {
        *place = value;
    }
}

impl Customers {
    pub(crate) fn slots(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn reserve(&mut self, customers: usize) {
        self.ids.reserve(customers);
        self.gender.reserve(customers);
        self.kind.reserve(customers);
        self.consent.reserve(customers);
        self.birth_year.reserve(customers);
        self.birth_month_day.reserve(customers);
        self.signup_on.reserve(customers);
        self.created_on.reserve(customers);
    }

    /// One more slot, without any value yet.
    pub(crate) fn push_slot(&mut self, id: i64) {
        self.ids.push(id);
        self.tags.blocks.push_owner();
        self.interests.blocks.push_owner();
        self.gender.push(0);
        self.kind.push(0);
        self.consent.push(0);
        self.birth_year.push(i32::NONE);
        self.birth_month_day.push(0);
        self.signup_on.push(i32::NONE);
        self.created_on.push(i32::NONE);
    }

    pub(crate) fn set(&mut self, slot: usize, customer: &Customer, zone: Zone) {
        let fields = &customer.fields;
        let texts = [
            Some(&fields.name),
            fields.email.as_ref(),
            fields.phone.as_ref(),
            fields.country.as_ref(),
            fields.province.as_ref(),
            fields.city.as_ref(),
            fields.district.as_ref(),
            fields.postal_code.as_ref(),
            fields.income_band.as_ref(),
            fields.occupation.as_ref(),
            fields.education.as_ref(),
            fields.source_channel.as_ref(),
            fields.owner.as_ref(),
            fields.industry.as_ref(),
            fields.company_size.as_ref(),
        ];
        for (column, text) in self.texts.iter_mut().zip(texts) {
            let code = text.map_or(NO_CODE, |text| column.dict.intern(text));
            column.codes.set(slot, code);
        }
        self.tags.set(slot, &fields.tags);
        self.interests.set(slot, &fields.interests);
        let gender = match fields.gender {
            None => 0,
            Some(Gender::Female) => 1,
            Some(Gender::Male) => 2,
            Some(Gender::Other) => 3,
        };
        put(&mut self.gender, slot, gender);
        let kind = match fields.kind {
            CustomerKind::Person => 1,
            CustomerKind::Company => 2,
        };
        put(&mut self.kind, slot, kind);
        put(&mut self.consent, slot, consent_bits(&fields.consent));
        let year = fields.birthday.and_then(|birthday| birthday.year);
        put(&mut self.birth_year, slot, year.unwrap_or(i32::NONE));
        let month_day = fields
            .birthday
            .map_or(0, |birthday| month_day(birthday.month, birthday.day));
        put(&mut self.birth_month_day, slot, month_day);
        let signup = fields.signup_on.map_or(i32::NONE, |day| day.0);
        put(&mut self.signup_on, slot, signup);
        put(&mut self.created_on, slot, zone.day(customer.created_at).0);
        let cost = fields.acquisition_cost.map_or(i64::NONE, |cost| cost.0);
        self.acquisition_cost.set(slot, cost);
        for (key, column) in &mut self.custom {
            if !fields.custom.contains_key(key) {
                column.set(slot, None);
            }
        }
        for (key, value) in &fields.custom {
            match self.custom.get_mut(key) {
                Some(column) => column.set(slot, Some(value)),
                None => {
                    let mut column = CustomColumn::default();
                    column.set(slot, Some(value));
                    self.custom.insert(key.clone(), column);
                }
            }
        }
    }

    /// Forgets everything stated about the customer.
    pub(crate) fn clear(&mut self, slot: usize) {
        for column in &mut self.texts {
            column.codes.set(slot, NO_CODE);
        }
        self.tags.set(slot, &[]);
        self.interests.set(slot, &[]);
        put(&mut self.gender, slot, 0);
        put(&mut self.kind, slot, 0);
        put(&mut self.consent, slot, 0);
        put(&mut self.birth_year, slot, i32::NONE);
        put(&mut self.birth_month_day, slot, 0);
        put(&mut self.signup_on, slot, i32::NONE);
        put(&mut self.created_on, slot, i32::NONE);
        self.acquisition_cost.set(slot, i64::NONE);
        for column in self.custom.values_mut() {
            column.set(slot, None);
        }
    }

    pub(crate) fn text_column(&self, attribute: &Attribute) -> Option<&TextColumn> {
        let at = TEXTS.iter().position(|it| it == attribute)?;
        self.texts.get(at)
    }

    pub(crate) fn birthday(&self, slot: usize) -> Option<Birthday> {
        let month_day = self.birth_month_day.get(slot).copied()?;
        let year = self.birth_year.get(slot).copied()?;
        (month_day != 0).then_some(Birthday {
            year: (year != i32::NONE).then_some(year),
            month: month_day / 32,
            day: month_day % 32,
        })
    }
}

/// The day in a column of days.
pub(crate) fn day_at(column: &[i32], slot: usize) -> Option<Day> {
    let day = column.get(slot).copied()?;
    (day != i32::NONE).then_some(Day(day))
}
