//! Customers: putting, getting, listing, removing, erasing.

use super::input::{Args, Stretch, close, cursor_after, read_cursor, rule_text, wrong};
use super::report::{Failed, Put, in_decimals, key_is_free, unknown_fields};
use super::{answered, facts, mismatch, terms_of};
use crate::apply::Known;
use crate::customers::ROWS_MAX;
use crate::fault::{self, OrFault};
use crate::follow::Touched;
use crate::public::{Fields, read_customer, write_customer};
use crate::{Applied, Context, Engine, Unanswered, validate};
use model::{Customer, CustomerId, Issue, IssueCode};
use protocol::{
    Command, CustomerRow, CustomerSort, Fault, ListRequest, OutCommand, Outcome, Reply,
};
use serde_json::{Map, Value, json};
use store::{Reader, Tx};

/// What customers can be sorted by; with `-` before it the other way round.
const SORTS: [(&str, CustomerSort); 7] = [
    ("updatedAt", CustomerSort::UpdatedAt),
    ("createdAt", CustomerSort::CreatedAt),
    ("name", CustomerSort::Name),
    ("spend", CustomerSort::Spend),
    ("orderCount", CustomerSort::OrderCount),
    ("lastOrderOn", CustomerSort::LastOrderOn),
    ("balance", CustomerSort::Balance),
];

/// The fields of the contract's `Customer`.
const FIELDS: [&str; 28] = [
    "id",
    "externalId",
    "kind",
    "name",
    "email",
    "phone",
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
    "consent",
    "acquisitionCost",
    "note",
    "custom",
];

/// The customer that a text names: an id of ours (also of a record that was merged away) or an external id.
pub(super) fn named(read: Reader<'_>, key: &str) -> Result<Option<CustomerId>, store::StoreError> {
    if let Ok(id) = key.parse::<CustomerId>() {
        let id = read.settled(id)?;
        if read.customer(id)?.is_some() {
            return Ok(Some(id));
        }
    }
    read.customer_by_external_id(key)
}

/// The same for the API's reads: a fault when there is nobody.
pub(super) fn must_be_named(read: Reader<'_>, key: &str, path: &str) -> Result<CustomerId, Fault> {
    let found = named(read, key).or_fault()?;
    found.ok_or_else(|| fault::not_found(key).at(path))
}

/// Creates or changes a customer: known by id, then by external id, else new.
pub(super) fn put_one(
    object: &Map<String, Value>,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
    touched: &mut Touched,
    issues: &mut Vec<Issue>,
) -> Result<Put, Failed> {
    let current = matching(object, tx.read())?;
    let base = current.as_ref().map(|customer| &customer.fields);
    let read = read_customer(object, base, &terms_of(known.settings)).map_err(Failed::Issues)?;
    unknown_fields(&read.unknown, issues);
    let currency = known.settings.currency;
    let fields = validate::customer(&read.record.fields, &known.rules())
        .map_err(|issues| Failed::Issues(in_decimals(issues, currency)))?;
    if let Some(key) = fields.external_id.as_deref() {
        let of = tx.read().customer_by_external_id(key)?;
        let own = current.as_ref().map(|customer| customer.id);
        key_is_free(key, of, own, "a key that nobody else has")?;
    }
    let Some(current) = current else {
        let id = tx.create_customer(&fields, known.context.now)?;
        touched.records.insert(id);
        return Ok(Put::Created(id.to_string()));
    };
    let id = current.id;
    if !tx.update_customer(id, &fields)? {
        return Ok(Put::Unchanged(id.to_string()));
    }
    touched.records.insert(id);
    Ok(Put::Updated(id.to_string()))
}

/// Whom a record is about: by id, else by external id. A wrong id is said when the record is read.
fn matching(object: &Map<String, Value>, read: Reader<'_>) -> Result<Option<Customer>, Failed> {
    let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::trim);
    if let Some(id) = text("id").and_then(|id| id.parse::<CustomerId>().ok()) {
        let id = read.settled(id)?;
        if let Some(customer) = read.customer(id)? {
            return Ok(Some(customer));
        }
    }
    let Some(key) = text("externalId").filter(|key| !key.is_empty()) else {
        return Ok(None);
    };
    match read.customer_by_external_id(key)? {
        Some(id) => Ok(read.customer(id)?),
        None => Ok(None),
    }
}

impl Engine {
    /// A customer by id, external id, telephone or e-mail address; `null` when there is none.
    pub(super) fn api_customer(&mut self, args: &mut Args) -> Result<Value, Unanswered> {
        let key = args.next();
        args.end()?;
        let expected = "an id, { externalId }, { phone } or { email }";
        let read = self.store.read();
        let id = match &key {
            Value::String(id) => named(read, id).or_fault()?,
            Value::Object(object) => {
                let mut from = Fields::new(object, "");
                let texts = (
                    from.text("externalId"),
                    from.text("phone"),
                    from.text("email"),
                );
                close(from)?;
                match texts {
                    (Some(key), None, None) => read.customer_by_external_id(&key).or_fault()?,
                    (None, Some(phone), None) => {
                        let clean = intake::phone(&phone, &self.settings.phone_country);
                        let phone = clean.as_deref().unwrap_or(&phone);
                        read.customers_by_phone(phone).or_fault()?.first().copied()
                    }
                    (None, None, Some(email)) => {
                        read.customers_by_email(&email).or_fault()?.first().copied()
                    }
                    _ => {
                        return Err(
                            wrong("key", IssueCode::Malformed, &key.to_string(), expected).into(),
                        );
                    }
                }
            }
            other => {
                return Err(
                    wrong("key", IssueCode::Malformed, &other.to_string(), expected).into(),
                );
            }
        };
        let Some(id) = id else {
            return Ok(Value::Null);
        };
        let customer = read.customer(id).or_fault()?;
        Ok(customer.map_or(Value::Null, |customer| {
            Value::Object(write_customer(&customer, self.settings.currency))
        }))
    }

    /// How many there are.
    pub(super) fn api_customer_count(&mut self, args: &mut Args) -> Result<Value, Unanswered> {
        args.end()?;
        Ok(self.store.read().counts().or_fault()?.customers.into())
    }

    /// A stretch of the customers.
    pub(super) fn api_customers(
        &mut self,
        args: &mut Args,
        context: &Context,
    ) -> Result<Value, Unanswered> {
        let options = args.options()?;
        args.end()?;
        let mut from = Fields::new(&options, "");
        let stretch = Stretch::read(&mut from, ROWS_MAX);
        let rule = from.value("rule").map(|rule| rule_text(rule, "rule"));
        let (sort, descending) = read_sort(&mut from);
        let fields = read_fields(&mut from);
        let mut request = ListRequest {
            search: from.text("search").unwrap_or_default(),
            sort,
            descending,
            limit: stretch.limit,
            ..ListRequest::default()
        };
        close(from)?;
        request.rule = rule.transpose()?;
        if let Some(cursor) = &stretch.cursor {
            let (offset, last) = read_cursor(cursor)?;
            let last: Option<CustomerId> = last.parse().ok();
            let ids = self.list_ids(&request, context)?;
            let place = last.and_then(|last| ids.iter().position(|id| *id == last));
            request.offset = place.map_or(offset, |place| place as u64 + 1);
        }
        let calculated = fields.as_ref().is_some_and(|fields| {
            fields
                .iter()
                .any(|field| facts::NAMES.contains(&field.as_str()))
        });
        if calculated && !self.columns_ready() {
            return Err(Unanswered::NotReady);
        }
        let Reply::Customers(page) = self.customers(&request, context)? else {
            return Err(mismatch());
        };
        let end = page.offset + page.items.len() as u64;
        let last = page.items.last().map(|row| row.customer.id.to_string());
        let cursor = last
            .filter(|_| end < page.total)
            .map(|last| cursor_after(end, &last));
        let items: Vec<Value> = page
            .items
            .iter()
            .map(|row| self.customer_fields(row, fields.as_deref()))
            .collect();
        Ok(json!({ "items": items, "total": page.total, "cursor": cursor }))
    }

    /// The chosen fields of a customer; the id is always among them.
    fn customer_fields(&self, row: &CustomerRow, fields: Option<&[String]>) -> Value {
        let mut object = write_customer(&row.customer, self.settings.currency);
        if let Some(fields) = fields {
            if let Some(known) = &row.facts {
                facts::write(known, self.settings.currency, &mut object);
            }
            object.retain(|name, _| name == "id" || fields.contains(name));
        }
        Value::Object(object)
    }

    /// Removes a customer with orders and points; undo brings them back.
    pub(super) fn api_remove(
        &mut self,
        args: &mut Args,
        request_id: &str,
        context: &Context,
    ) -> Result<Applied, Fault> {
        let key = args.text("id", "0000100000001")?;
        args.end()?;
        if let Some(done) = self.answered(request_id)? {
            return Ok(answered(
                Applied {
                    done,
                    changed: None,
                },
                &Value::Null,
            ));
        }
        let id = must_be_named(self.store.read(), &key, "id")?;
        let command = Command::RemoveCustomers { ids: vec![id] };
        let applied = self.apply(&command, request_id, context)?;
        Ok(answered(applied, &Value::Null))
    }

    /// Erases a person for good. Orders and points, if there are any, stay without anything that says whose they were.
    pub(super) fn api_erase(
        &mut self,
        args: &mut Args,
        request_id: &str,
        context: &Context,
    ) -> Result<Applied, Fault> {
        let key = args.text("id", "0000100000001")?;
        args.end()?;
        // Who was erased is found no more: the same request again goes to the first answer by its id.
        let customer = match key.parse::<CustomerId>() {
            Ok(id) => id,
            Err(_) => must_be_named(self.store.read(), &key, "id")?,
        };
        let read = self.store.read();
        let keep_books = !read.order_ids_of(customer).or_fault()?.is_empty()
            || !read.entries(customer).or_fault()?.is_empty();
        let command = Command::Out(OutCommand::ErasePerson {
            customer,
            keep_books,
            confirm: "ERASE".to_owned(),
        });
        let applied = self.apply(&command, request_id, context)?;
        let Outcome::Erased(receipt) = &applied.done.outcome else {
            return Err(fault::internal("no receipt"));
        };
        let answer = json!({ "erased": receipt.customer.to_string(), "receipt": receipt.id });
        Ok(answered(applied, &answer))
    }
}

/// `name`, `-name`; without one the last changed first.
fn read_sort(from: &mut Fields<'_>) -> (CustomerSort, bool) {
    let Some(text) = from.text("sort") else {
        return (CustomerSort::UpdatedAt, true);
    };
    let (word, descending) = match text.strip_prefix('-') {
        Some(word) => (word, true),
        None => (text.as_str(), false),
    };
    match SORTS.iter().find(|(name, _)| *name == word) {
        Some((_, sort)) => (*sort, descending),
        None => {
            let words: Vec<&str> = SORTS.iter().map(|(name, _)| *name).collect();
            let expected = format!("{}; descending with - before it", words.join(", "));
            from.wrong("sort", IssueCode::UnknownChoice, &text, &expected);
            (CustomerSort::UpdatedAt, true)
        }
    }
}

/// Which fields the answer shall have; `None` for all of the record.
fn read_fields(from: &mut Fields<'_>) -> Option<Vec<String>> {
    let fields = from.texts("fields")?;
    let is_known = |name: &str| {
        FIELDS.contains(&name)
            || ["createdAt", "updatedAt"].contains(&name)
            || facts::NAMES.contains(&name)
    };
    if let Some(unknown) = fields.iter().find(|name| !is_known(name)) {
        let expected = [&FIELDS[..], &["createdAt", "updatedAt"], &facts::NAMES[..]].concat();
        let unknown = unknown.clone();
        from.wrong(
            "fields",
            IssueCode::UnknownChoice,
            &unknown,
            &expected.join(", "),
        );
    }
    Some(fields)
}
