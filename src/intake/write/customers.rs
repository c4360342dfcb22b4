//! Customers to CSV and JSON.

use super::csv::{BYTE_ORDER_MARK, CsvRow};
use super::{CustomerOut, FileForm, JsonList, local_time};
use crate::clean::list::join;
use model::{Currency, Customer, CustomerKind, Gender, Zone};
use serde_json::Value;

/// Headers before and behind the owner's own fields: the names of `shuke.d.ts`.
const COLUMNS: [&str; 29] = [
    "id",
    "externalId",
    "kind",
    "name",
    "phone",
    "email",
    "gender",
    "birthday",
    "country",
    "province",
    "city",
    "district",
    "postalCode",
    "address",
    "occupation",
    "education",
    "incomeBand",
    "industry",
    "companySize",
    "interests",
    "tags",
    "sourceChannel",
    "signupOn",
    "owner",
    "consent.email",
    "consent.sms",
    "consent.phone",
    "acquisitionCost",
    "note",
];

/// Writes customers. Call `start` once, `write` for each, `end` once; all append to `out`.
#[derive(Debug)]
pub struct CustomerWriter {
    form: FileForm,
    currency: Currency,
    zone: Zone,
    custom_keys: Vec<String>,
    list: JsonList,
}

impl CustomerWriter {
    /// `custom_keys` are the owner's own fields, each a column; `currency` and `zone` are the workspace's.
    pub fn new(form: FileForm, currency: Currency, zone: Zone, custom_keys: Vec<String>) -> Self {
        Self {
            form,
            currency,
            zone,
            custom_keys,
            list: JsonList::default(),
        }
    }

    /// Byte order mark and header.
    pub fn start(&mut self, out: &mut Vec<u8>) {
        if self.form == FileForm::Json {
            self.list.start(out);
            return;
        }
        out.extend_from_slice(BYTE_ORDER_MARK);
        let mut row = CsvRow::new(out);
        for column in COLUMNS {
            row.plain(column);
        }
        for key in &self.custom_keys {
            row.text(&format!("custom.{key}"));
        }
        row.plain("createdAt");
        row.plain("updatedAt");
        row.end();
    }

    /// One customer.
    pub fn write(&mut self, record: CustomerOut<'_>, out: &mut Vec<u8>) {
        let customer = record.customer;
        match self.form {
            FileForm::Csv => self.row(customer, out),
            FileForm::Json => self.list.add(&self.object(customer), out),
        }
    }

    /// The end of the file.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        if self.form == FileForm::Json {
            self.list.end(out);
        }
    }

    fn row(&self, customer: &Customer, out: &mut Vec<u8>) {
        let it = &customer.fields;
        let mut row = CsvRow::new(out);
        row.key(&customer.id.to_string());
        row.key(it.external_id.as_deref().unwrap_or_default());
        row.plain(match it.kind {
            CustomerKind::Person => "person",
            CustomerKind::Company => "company",
        });
        row.text(&it.name);
        row.key(it.phone.as_deref().unwrap_or_default());
        row.key(it.email.as_deref().unwrap_or_default());
        row.plain(match it.gender {
            Some(Gender::Female) => "female",
            Some(Gender::Male) => "male",
            Some(Gender::Other) => "other",
            None => "",
        });
        row.key(&it.birthday.map(|b| b.to_string()).unwrap_or_default());
        for text in [&it.country, &it.province, &it.city, &it.district] {
            row.optional(text.as_deref());
        }
        row.key(it.postal_code.as_deref().unwrap_or_default());
        for text in [
            &it.address,
            &it.occupation,
            &it.education,
            &it.income_band,
            &it.industry,
            &it.company_size,
        ] {
            row.optional(text.as_deref());
        }
        row.text(&join(&it.interests));
        row.text(&join(&it.tags));
        row.optional(it.source_channel.as_deref());
        row.plain(&it.signup_on.map(|day| day.to_string()).unwrap_or_default());
        row.optional(it.owner.as_deref());
        for flag in [it.consent.email, it.consent.sms, it.consent.phone] {
            row.plain(match flag {
                Some(true) => "true",
                Some(false) => "false",
                None => "",
            });
        }
        let cost = it.acquisition_cost.map(|m| m.to_decimal(self.currency));
        row.plain(&cost.unwrap_or_default());
        row.optional(it.note.as_deref());
        for key in &self.custom_keys {
            row.custom(it.custom.get(key));
        }
        row.plain(&local_time(self.zone, customer.created_at, ' '));
        row.plain(&local_time(self.zone, customer.updated_at, ' '));
        row.end();
    }

    fn object(&self, customer: &Customer) -> Value {
        let mut value = serde_json::to_value(customer).unwrap_or_default();
        if let Some(object) = value.as_object_mut()
            && let Some(cost) = customer.fields.acquisition_cost
        {
            // Amounts travel as decimal strings in major units.
            object.insert(
                "acquisitionCost".to_owned(),
                cost.to_decimal(self.currency).into(),
            );
        }
        value
    }
}
