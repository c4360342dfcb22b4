//! Customers: writing and reading their rows.

use crate::changes::{Diff, diff};
use crate::search::{fold, index};
use crate::{Action, CustomerSort, FormerKey, Reader, RecordKind, RecordRef, StoreError, Tx};
use model::{
    BatchId, Birthday, Consent, Customer, CustomerDraft, CustomerId, CustomerKind, Day, Gender,
    Money, Timestamp,
};
use rusqlite::types::{FromSqlError, Type};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};

/// The columns of [`from_row`], in its order.
pub(crate) const COLUMNS: &str = "id, external_id, kind, name, email, phone, gender, birthday, country, province, city,
    district, postal_code, address, occupation, education, income_band, industry, company_size, interests, tags,
    source_channel, signup_on, owner, consent_email, consent_sms, consent_phone, acquisition_cost, note, custom,
    created_at, updated_at";

/// Names a customer in the log.
pub(crate) fn record(id: CustomerId) -> RecordRef {
    RecordRef {
        kind: RecordKind::Customer,
        id: id.0,
    }
}

impl Tx<'_> {
    /// Creates a customer; `at` is when it counts as recorded.
    ///
    /// # Errors
    /// [`StoreError::KeyTaken`] when another customer has the external id.
    pub fn create_customer(
        &mut self,
        fields: &CustomerDraft,
        at: Timestamp,
    ) -> Result<CustomerId, StoreError> {
        self.check_former_key(None, fields)?;
        let id = CustomerId(self.new_id()?);
        let created_by = self.created_by()?;
        let customer = Customer {
            id,
            fields: fields.clone(),
            created_at: at,
            updated_at: at,
        };
        self.insert_customer(&customer, created_by)?;
        self.touch(record(id), Action::Created);
        Ok(id)
    }

    /// Replaces the fields of a customer; `false` when they were so already.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or [`StoreError::KeyTaken`] when another customer has the external id.
    pub fn update_customer(
        &mut self,
        id: CustomerId,
        fields: &CustomerDraft,
    ) -> Result<bool, StoreError> {
        let old = self.must_have_customer(id)?;
        if old.fields == *fields {
            return Ok(false);
        }
        if old.fields.external_id != fields.external_id {
            self.check_former_key(Some(id), fields)?;
        }
        let new = Customer {
            id,
            fields: fields.clone(),
            created_at: old.created_at,
            updated_at: self.meta.at,
        };
        self.change_customer(&old, &new)?;
        Ok(true)
    }

    /// Writes `new` over `old` and records the difference.
    pub(crate) fn change_customer(
        &mut self,
        old: &Customer,
        new: &Customer,
    ) -> Result<(), StoreError> {
        let Some(Diff { before, after }) = diff(old, new)? else {
            return Ok(());
        };
        self.begin_batch()?;
        write_row(self.conn, new, None)?;
        index::replace(self.conn, new.id, &fold::search_text(&new.fields))?;
        self.log(record(new.id), Action::Updated, Some(&before), Some(&after))?;
        self.touch(record(new.id), Action::Updated);
        Ok(())
    }

    /// Inserts a customer as it is, without a note in the log.
    pub(crate) fn insert_customer(
        &mut self,
        customer: &Customer,
        created_by: i64,
    ) -> Result<(), StoreError> {
        write_row(self.conn, customer, Some(BatchId(created_by)))?;
        index::insert(self.conn, customer.id, &fold::search_text(&customer.fields))?;
        self.state.counts.customers += 1;
        Ok(())
    }

    /// Deletes a customer's row, without a note in the log.
    pub(crate) fn delete_customer(&mut self, id: CustomerId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM customer WHERE id = ?1")?
            .execute([id.0])?;
        index::remove(self.conn, id)?;
        self.state.counts.customers = self.state.counts.customers.saturating_sub(1);
        Ok(())
    }

    pub(crate) fn must_have_customer(&self, id: CustomerId) -> Result<Customer, StoreError> {
        self.read().customer(id)?.ok_or(StoreError::NotFound {
            kind: RecordKind::Customer,
            id: id.0,
        })
    }
}

impl<'c> Reader<'c> {
    /// A customer.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn customer(self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        let sql = const_format("WHERE id = ?1");
        Ok(self
            .conn
            .prepare_cached(&sql)?
            .query_row([id.0], from_row)
            .optional()?)
    }

    /// Those that exist, in the order asked for.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn customers(self, ids: &[CustomerId]) -> Result<Vec<Customer>, StoreError> {
        let mut statement = self.conn.prepare_cached(&const_format("WHERE id = ?1"))?;
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.extend(statement.query_row([id.0], from_row).optional()?);
        }
        Ok(found)
    }

    /// A stretch of all customers, straight from an index.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn customers_page(
        self,
        sort: CustomerSort,
        descending: bool,
        offset: u64,
        limit: u32,
    ) -> Result<Vec<Customer>, StoreError> {
        let column = sort.column();
        let way = if descending { "DESC" } else { "ASC" };
        // The inner query stays inside the index, so that skipping rows reads no customer.
        let sql =
            format!("SELECT id FROM customer ORDER BY {column} {way}, id {way} LIMIT ?1 OFFSET ?2");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        let ids = statement
            .query_map((limit, offset), |row| row.get(0).map(CustomerId))?
            .collect::<Result<Vec<_>, _>>()?;
        self.customers(&ids)
    }

    /// Every customer's id in ascending order of `sort`: to sort a list that was filtered elsewhere.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn customer_order(self, sort: CustomerSort) -> Result<Vec<CustomerId>, StoreError> {
        let sql = format!("SELECT id FROM customer ORDER BY {}, id", sort.column());
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map([], |row| row.get(0).map(CustomerId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The customer with this key in the source, or the survivor of a merging with one who had it.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn customer_by_external_id(
        self,
        external_id: &str,
    ) -> Result<Option<CustomerId>, StoreError> {
        let found = self
            .conn
            .prepare_cached("SELECT id FROM customer WHERE external_id = ?1")?
            .query_row([external_id], |row| row.get(0).map(CustomerId))
            .optional()?;
        match found {
            Some(id) => Ok(Some(id)),
            None => self.former(FormerKey::ExternalId, external_id),
        }
    }

    /// Customers with this e-mail address, in any case; oldest first, then survivors of those who had it.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn customers_by_email(self, email: &str) -> Result<Vec<CustomerId>, StoreError> {
        match email_key(Some(email)) {
            Some(key) => self.customers_by("email_key", &key, FormerKey::Email),
            None => Ok(Vec::new()),
        }
    }

    /// Customers with this telephone, of which only the digits count; oldest first, then survivors of those who had it.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn customers_by_phone(self, phone: &str) -> Result<Vec<CustomerId>, StoreError> {
        match phone_key(Some(phone)) {
            Some(key) => self.customers_by("phone_key", &key, FormerKey::Phone),
            None => Ok(Vec::new()),
        }
    }

    /// Customers with this name, compared without case and blanks; oldest first. Names are no keys: whoever asks must
    /// reckon with namesakes.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn customers_by_name(self, name: &str) -> Result<Vec<CustomerId>, StoreError> {
        // The key of the order holds the name itself behind what it sounds like, which is what namesakes share.
        let key = fold::sort_name(name);
        let sound = key.split('\u{1}').next().unwrap_or_default();
        if sound.starts_with('\u{10ffff}') {
            return Ok(Vec::new());
        }
        let (from, to) = (format!("{sound}\u{1}"), format!("{sound}\u{2}"));
        let mut statement = self.conn.prepare_cached(
            "SELECT id, name FROM customer WHERE sort_name >= ?1 AND sort_name < ?2 ORDER BY id LIMIT 200",
        )?;
        let mut rows = statement.query([from, to])?;
        let wanted = name_key(name);
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            if name_key(&row.get::<_, String>(1)?) == wanted {
                found.push(CustomerId(row.get(0)?));
            }
        }
        Ok(found)
    }

    /// Customers whose name is read as this one is, the oldest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn customers_sounding(
        self,
        name: &str,
        limit: usize,
    ) -> Result<Vec<CustomerId>, StoreError> {
        let key = fold::sort_name(name);
        let sound = key.split('\u{1}').next().unwrap_or_default();
        if sound.is_empty() || sound.starts_with('\u{10ffff}') {
            return Ok(Vec::new());
        }
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM customer WHERE sort_name >= ?1 AND sort_name < ?2 ORDER BY id LIMIT ?3",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let (from, to) = ([sound, "\u{1}"].concat(), [sound, "\u{2}"].concat());
        let rows = statement.query_map((from, to, limit), |row| row.get(0).map(CustomerId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn customers_by(
        self,
        column: &str,
        key: &str,
        kind: FormerKey,
    ) -> Result<Vec<CustomerId>, StoreError> {
        let sql = format!("SELECT id FROM customer WHERE {column} = ?1 ORDER BY id");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map([key], |row| row.get(0).map(CustomerId))?;
        let mut found = rows.collect::<Result<Vec<_>, _>>()?;
        for id in self.all_former(kind, key)? {
            if !found.contains(&id) {
                found.push(id);
            }
        }
        Ok(found)
    }
}

impl CustomerSort {
    fn column(self) -> &'static str {
        match self {
            Self::UpdatedAt => "updated_at",
            Self::CreatedAt => "created_at",
            Self::Name => "sort_name",
        }
    }
}

fn const_format(tail: &str) -> String {
    format!("SELECT {COLUMNS} FROM customer {tail}")
}

/// What e-mail addresses are compared by.
pub(crate) fn email_key(email: Option<&str>) -> Option<String> {
    let key = email?.trim().to_lowercase();
    (!key.is_empty()).then_some(key)
}

/// What names are compared by: letters without blanks and case.
fn name_key(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// What telephones are compared by: the digits. A number with masked digits knows nobody.
pub(crate) fn phone_key(phone: Option<&str>) -> Option<String> {
    let phone = phone?;
    if phone.contains(['*', '＊', '×', 'x', 'X']) {
        return None;
    }
    let digits: String = fold::digits(phone).collect();
    (digits.len() >= 5).then_some(digits)
}

/// Inserts (`created_by` given) or updates the row of a customer.
fn write_row(
    conn: &Connection,
    customer: &Customer,
    created_by: Option<BatchId>,
) -> Result<(), StoreError> {
    let it = &customer.fields;
    let sql = if created_by.is_some() { INSERT } else { UPDATE };
    let result = conn.prepare_cached(sql)?.execute(params![
        customer.id.0,
        it.external_id,
        kind_code(it.kind),
        it.name,
        it.email,
        it.phone,
        it.gender.map(gender_code),
        it.birthday.map(|birthday| birthday.to_string()),
        it.country,
        it.province,
        it.city,
        it.district,
        it.postal_code,
        it.address,
        it.occupation,
        it.education,
        it.income_band,
        it.industry,
        it.company_size,
        json_list(&it.interests)?,
        json_list(&it.tags)?,
        it.source_channel,
        it.signup_on.map(|day| day.0),
        it.owner,
        it.consent.email,
        it.consent.sms,
        it.consent.phone,
        it.acquisition_cost.map(|cost| cost.0),
        it.note,
        if it.custom.is_empty() {
            None
        } else {
            Some(serde_json::to_string(&it.custom)?)
        },
        customer.created_at.0,
        customer.updated_at.0,
        email_key(it.email.as_deref()),
        phone_key(it.phone.as_deref()),
        fold::sort_name(&it.name),
        created_by.map(|batch| batch.0),
    ]);
    match (result, &it.external_id) {
        (Ok(_), _) => Ok(()),
        (Err(error), Some(key))
            if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) =>
        {
            match (Reader { conn }).customer_by_external_id(key)? {
                Some(by) => Err(StoreError::KeyTaken {
                    kind: RecordKind::Customer,
                    key: key.clone(),
                    by: by.0,
                }),
                None => Err(error.into()),
            }
        }
        (Err(error), _) => Err(error.into()),
    }
}

const INSERT: &str = "INSERT INTO customer (id, external_id, kind, name, email, phone, gender, birthday, country,
    province, city, district, postal_code, address, occupation, education, income_band, industry, company_size,
    interests, tags, source_channel, signup_on, owner, consent_email, consent_sms, consent_phone, acquisition_cost,
    note, custom, created_at, updated_at, email_key, phone_key, sort_name, created_by)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,
    ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36)";

const UPDATE: &str = "UPDATE customer SET external_id = ?2, kind = ?3, name = ?4, email = ?5, phone = ?6, gender = ?7,
    birthday = ?8, country = ?9, province = ?10, city = ?11, district = ?12, postal_code = ?13, address = ?14,
    occupation = ?15, education = ?16, income_band = ?17, industry = ?18, company_size = ?19, interests = ?20,
    tags = ?21, source_channel = ?22, signup_on = ?23, owner = ?24, consent_email = ?25, consent_sms = ?26,
    consent_phone = ?27, acquisition_cost = ?28, note = ?29, custom = ?30, created_at = ?31, updated_at = ?32,
    email_key = ?33, phone_key = ?34, sort_name = ?35, created_by = coalesce(?36, created_by) WHERE id = ?1";

/// A customer from the columns of [`COLUMNS`].
pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Customer> {
    let fields = CustomerDraft {
        external_id: row.get(1)?,
        kind: match row.get::<_, i64>(2)? {
            0 => CustomerKind::Person,
            _ => CustomerKind::Company,
        },
        name: row.get(3)?,
        email: row.get(4)?,
        phone: row.get(5)?,
        gender: row.get::<_, Option<i64>>(6)?.map(gender),
        birthday: birthday(row, 7)?,
        country: row.get(8)?,
        province: row.get(9)?,
        city: row.get(10)?,
        district: row.get(11)?,
        postal_code: row.get(12)?,
        address: row.get(13)?,
        occupation: row.get(14)?,
        education: row.get(15)?,
        income_band: row.get(16)?,
        industry: row.get(17)?,
        company_size: row.get(18)?,
        interests: json(row, 19)?,
        tags: json(row, 20)?,
        source_channel: row.get(21)?,
        signup_on: row.get::<_, Option<i32>>(22)?.map(Day),
        owner: row.get(23)?,
        consent: Consent {
            email: row.get(24)?,
            sms: row.get(25)?,
            phone: row.get(26)?,
        },
        acquisition_cost: row.get::<_, Option<i64>>(27)?.map(Money),
        note: row.get(28)?,
        custom: json(row, 29)?,
    };
    Ok(Customer {
        id: CustomerId(row.get(0)?),
        fields,
        created_at: Timestamp(row.get(30)?),
        updated_at: Timestamp(row.get(31)?),
    })
}

fn birthday(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Birthday>> {
    match row.get_ref(column)?.as_str_or_null() {
        Ok(None) => Ok(None),
        Ok(Some(text)) => text.parse().map(Some).map_err(|error| wrong(column, error)),
        Err(error) => Err(wrong(column, error)),
    }
}

/// A JSON column; null is the empty value.
pub(crate) fn json<T: serde::de::DeserializeOwned + Default>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<T> {
    let text: Result<Option<&str>, FromSqlError> = row.get_ref(column)?.as_str_or_null();
    match text {
        Ok(None) => Ok(T::default()),
        Ok(Some(text)) => serde_json::from_str(text).map_err(|error| wrong(column, error)),
        Err(error) => Err(wrong(column, error)),
    }
}

/// A value that is not what the column must hold.
pub(crate) fn wrong(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

fn json_list(list: &[String]) -> Result<Option<String>, StoreError> {
    if list.is_empty() {
        return Ok(None);
    }
    Ok(Some(serde_json::to_string(list)?))
}

fn kind_code(kind: CustomerKind) -> i64 {
    match kind {
        CustomerKind::Person => 0,
        CustomerKind::Company => 1,
    }
}

fn gender_code(gender: Gender) -> i64 {
    match gender {
        Gender::Female => 0,
        Gender::Male => 1,
        Gender::Other => 2,
    }
}

fn gender(code: i64) -> Gender {
    match code {
        0 => Gender::Female,
        1 => Gender::Male,
        _ => Gender::Other,
    }
}
