//! By what a person is recognised, in their own records and in words of others.

use crate::search::fold;
use crate::{Reader, RecordKind, RecordRef, StoreError};
use model::CustomerId;
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeSet;

/// By what a person is recognised in words of others.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// The person, and records that were merged into theirs.
    pub(crate) ids: BTreeSet<i64>,
    /// Every record of theirs, there or only in the log.
    pub(crate) records: BTreeSet<RecordRef>,
    /// Names, e-mail addresses, keys, telephones: as they are and as they were.
    pub(crate) words: BTreeSet<String>,
    /// The digits of telephones.
    digits: BTreeSet<String>,
    /// Numbers of their orders: the whole of a text, for a part of one may be another's.
    pub(crate) numbers: BTreeSet<String>,
    /// Goods, places of sale and kinds of contact of theirs, for those that nobody else has.
    pub(crate) terms: BTreeSet<String>,
}

impl Known {
    /// Whether a text is one of the person's names or has one of their addresses in it.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let text = text.trim();
        !text.is_empty()
            && (self.numbers.contains(text)
                || self.words.iter().any(|word| {
                    text == word
                        || (long_enough(word)
                            && text.len() > word.len()
                            && text.to_lowercase().contains(&word.to_lowercase()))
                })
                || self.has_digits(text))
    }

    /// Telephones are written in many ways: their digits count.
    fn has_digits(&self, text: &str) -> bool {
        /// Shorter numbers are anything.
        const TELLING: usize = 7;
        let digits: String = fold::digits(text).collect();
        digits.len() >= TELLING
            && self
                .digits
                .iter()
                .any(|own| own.ends_with(&digits) || digits.ends_with(own.as_str()))
    }

    /// Whether any text inside a JSON value is.
    fn is_in_json(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.is_in(text),
            Value::Array(items) => items.iter().any(|item| self.is_in_json(item)),
            Value::Object(fields) => fields.values().any(|item| self.is_in_json(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// Takes the person's words out of a JSON value; whether there were any. Only under names where a person's own
    /// words stand: codes stay codes.
    fn take_out(&self, name: &str, value: &mut Value) -> bool {
        const WORDS: [&str; 10] = [
            "fileName", "title", "value", "found", "before", "after", "cells", "name", "phone",
            "email",
        ];
        match value {
            Value::String(text) if WORDS.contains(&name) && self.is_in(text) => {
                text.clear();
                true
            }
            Value::Array(items) => items
                .iter_mut()
                .fold(false, |any, item| self.take_out(name, item) | any),
            Value::Object(fields) => fields
                .iter_mut()
                .fold(false, |any, (name, item)| self.take_out(name, item) | any),
            _ => false,
        }
    }

    /// JSON without the person's words.
    pub(crate) fn without(&self, json: &str) -> Result<String, StoreError> {
        let mut value: Value = serde_json::from_str(json)?;
        self.take_out("", &mut value);
        Ok(value.to_string())
    }

    /// Learns from the fields of a customer, whole or in part.
    fn learn(&mut self, fields: &Value) {
        for name in ["name", "email", "phone", "externalId"] {
            if let Some(word) = fields.get(name).and_then(Value::as_str) {
                self.learn_word(word);
            }
        }
    }

    /// Learns from an order or an interaction, whole or in part.
    fn learn_goods(&mut self, fields: &Value) {
        if let Some(number) = fields.get("externalId").and_then(Value::as_str) {
            self.numbers.insert(number.to_owned());
        }
        let lines = fields.get("lines").and_then(Value::as_array);
        for item in lines.into_iter().flatten().chain([fields]) {
            for name in ["product", "category", "channel", "kind"] {
                if let Some(term) = item.get(name).and_then(Value::as_str) {
                    self.terms.insert(term.to_owned());
                }
            }
        }
    }

    fn learn_word(&mut self, word: &str) {
        let word = word.trim();
        if word.is_empty() {
            return;
        }
        self.words.insert(word.to_owned());
        let digits: String = fold::digits(word).collect();
        let number = word
            .chars()
            .all(|c| c.is_ascii_digit() || "+-() ".contains(c));
        if number && digits.len() >= 7 {
            self.digits.insert(digits);
        }
    }
}

/// A word that is hardly part of another: two Chinese characters, six others.
fn long_enough(word: &str) -> bool {
    let chars = word.chars().count();
    let wide = word.chars().any(|c| c as u32 >= 0x2e80);
    chars >= 6 || (wide && chars >= 2)
}

/// What is known of a person, from records and log.
pub(crate) fn known_by(read: Reader<'_>, customer: CustomerId) -> Result<Known, StoreError> {
    let mut known = Known {
        ids: [customer.0].into(),
        ..Known::default()
    };
    let mut ids = vec![customer.0];
    while let Some(id) = ids.pop() {
        let mut merged = read.conn.prepare_cached(
            "SELECT m.customer FROM merged m JOIN batch b ON b.id = m.batch
                 WHERE m.survivor = ?1 AND b.undone_by IS NULL",
        )?;
        for gone in merged.query_map([id], |row| row.get(0))? {
            let gone: i64 = gone?;
            if known.ids.insert(gone) {
                ids.push(gone);
            }
        }
    }
    for id in known.ids.clone() {
        if let Some(customer) = read.customer(CustomerId(id))? {
            known.learn(&serde_json::to_value(&customer)?);
        }
        live_records(read.conn, id, &mut known.records)?;
        let mut numbers = read.conn.prepare_cached(
            r#"SELECT external_id FROM "order" WHERE customer = ?1 AND external_id IS NOT NULL"#,
        )?;
        for number in numbers.query_map([id], |row| row.get(0))? {
            known.numbers.insert(number?);
        }
    }
    let mut keys = read.conn.prepare_cached(
        "SELECT k.key FROM merged_key k JOIN batch b ON b.id = k.batch
             WHERE k.survivor = ?1 AND k.kind < 3 AND b.undone_by IS NULL",
    )?;
    for key in keys.query_map([customer.0], |row| row.get::<_, String>(0))? {
        known.learn_word(&key?);
    }
    from_log(read.conn, &mut known)?;
    Ok(known)
}

/// Their records that are there.
fn live_records(
    conn: &Connection,
    id: i64,
    records: &mut BTreeSet<RecordRef>,
) -> Result<(), StoreError> {
    use RecordKind as K;
    let orders = r#"(SELECT id FROM "order" WHERE customer = ?1)"#;
    for (kind, sql) in [
        (K::Customer, "SELECT ?1".to_owned()),
        (K::Order, format!("SELECT id FROM {orders}")),
        (
            K::Refund,
            format!("SELECT id FROM refund WHERE order_id IN {orders}"),
        ),
        (
            K::Interaction,
            "SELECT id FROM interaction WHERE customer = ?1".to_owned(),
        ),
        (
            K::LedgerEntry,
            "SELECT id FROM ledger_entry WHERE customer = ?1".to_owned(),
        ),
        (
            K::CouponCode,
            "SELECT id FROM coupon_code WHERE customer = ?1".to_owned(),
        ),
        (
            K::CouponUse,
            format!("SELECT id FROM coupon_use WHERE customer = ?1 OR order_id IN {orders}"),
        ),
        (
            K::ListMember,
            "SELECT id FROM list_member WHERE customer = ?1".to_owned(),
        ),
    ] {
        let mut statement = conn.prepare(&sql)?;
        for id in statement.query_map([id], |row| row.get(0))? {
            records.insert(RecordRef { kind, id: id? });
        }
    }
    Ok(())
}

/// Their records that are only in the log, and what they were called before.
fn from_log(conn: &Connection, known: &mut Known) -> Result<(), StoreError> {
    // Copies of removed records name their customer; what hangs on removed orders names those.
    let mut owners: BTreeSet<String> = known.ids.iter().map(|id| model::id::encode(*id)).collect();
    for (round, kinds) in ["0, 1, 3, 4, 9, 12", "2, 10"].into_iter().enumerate() {
        let sql = format!(
            "SELECT kind, record, before FROM change WHERE action = 2 AND kind IN ({kinds}) AND before IS NOT NULL"
        );
        let mut statement = conn.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let before = row.get_ref(2)?.as_str().unwrap_or_default();
            if !owners.iter().any(|owner| before.contains(owner.as_str())) {
                continue;
            }
            let copy: Value = serde_json::from_str(before)?;
            let record = copy.get("record").unwrap_or(&Value::Null);
            let (kind, id): (i64, i64) = (row.get(0)?, row.get(1)?);
            let owner = if round == 0 { "customer" } else { "order" };
            let owner = record.get(owner).and_then(Value::as_str);
            let theirs = owner.is_some_and(|owner| owners.contains(owner))
                || (kind == 0 && known.ids.contains(&id));
            if theirs {
                let kind = crate::changes::kind(kind)?;
                known.records.insert(RecordRef { kind, id });
            }
        }
        let orders = known.records.iter().filter(|r| r.kind == RecordKind::Order);
        owners = orders.map(|order| model::id::encode(order.id)).collect();
    }
    let mut told =
        conn.prepare_cached("SELECT before, after FROM change WHERE kind = ?1 AND record = ?2")?;
    for record in known.records.clone() {
        let mut rows = told.query((record.kind.code(), record.id))?;
        while let Some(row) = rows.next()? {
            for at in 0..2 {
                let Some(text) = row.get::<_, Option<String>>(at)? else {
                    continue;
                };
                let value: Value = serde_json::from_str(&text)?;
                let fields = value.get("record").unwrap_or(&value);
                match record.kind {
                    RecordKind::Customer => known.learn(fields),
                    RecordKind::Order | RecordKind::Interaction => known.learn_goods(fields),
                    _ => {}
                }
            }
        }
    }
    Ok(())
}

/// Whether the person occurs in a text, or in the texts of a JSON value.
pub(crate) fn occurs(known: &Known, text: &str) -> bool {
    if !text.starts_with(['{', '[']) {
        return known.is_in(text);
    }
    // Reading JSON is the slow part: most rows have none of the letters.
    let may = known
        .words
        .iter()
        .chain(&known.numbers)
        .any(|word| text.contains(escaped(word).as_str()))
        || known.has_digit_run(text);
    may && serde_json::from_str::<Value>(text).is_ok_and(|value| known.is_in_json(&value))
}

impl Known {
    /// Whether the last digits of a telephone stand somewhere, however they are spaced.
    fn has_digit_run(&self, text: &str) -> bool {
        /// The last digits are seldom spaced.
        const LAST: usize = 3;
        self.digits.iter().any(|own| {
            let tail = own.len().checked_sub(LAST).and_then(|from| own.get(from..));
            tail.is_some_and(|tail| text.contains(tail))
        })
    }
}

/// A word as it stands inside JSON.
fn escaped(word: &str) -> String {
    let quoted = Value::from(word).to_string();
    quoted.trim_matches('"').to_owned()
}
