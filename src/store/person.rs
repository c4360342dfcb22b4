//! Whose rows a table holds: what "everything about one person" and "erase for good" go by.
//!
//! Every table of the schema is in [`TABLES`]; a test fails for one that is not, so that nobody adds a table and
//! forgets whom it tells of.

use crate::{Reader, StoreError};
use model::CustomerId;
use rusqlite::types::ValueRef;
use serde_json::{Map, Value};

/// Orders of the customer `?1`.
const ORDERS: &str = r#"(SELECT id FROM "order" WHERE customer = ?1)"#;

/// Whose rows a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Of the customer `?1` where this holds (`{orders}` stands for the numbers of their orders).
    Theirs(&'static str),
    /// Words from files and commands in which anybody may occur: looked through by what is known of the person.
    Anybodys,
    /// Of the business, of nobody in particular.
    Nobodys,
    /// Made from other tables.
    Derived,
}

/// Every table.
pub const TABLES: &[(&str, Whose)] = &[
    ("meta", Whose::Nobodys),
    // Products and channels; kinds of interaction that only one person has are looked for when they are erased.
    ("term", Whose::Nobodys),
    ("batch", Whose::Anybodys),
    ("customer", Whose::Theirs("id = ?1")),
    ("customer_search", Whose::Derived),
    ("order", Whose::Theirs("customer = ?1")),
    ("refund", Whose::Theirs("order_id IN {orders}")),
    ("interaction", Whose::Theirs("customer = ?1")),
    ("ledger_entry", Whose::Theirs("customer = ?1")),
    ("program_version", Whose::Nobodys),
    ("segment", Whose::Nobodys),
    (
        "source_key",
        Whose::Theirs("(kind = 0 AND record = ?1) OR (kind = 1 AND record IN {orders})"),
    ),
    ("import_run", Whose::Anybodys),
    ("rejected_row", Whose::Anybodys),
    ("request", Whose::Anybodys),
    (
        "change",
        Whose::Theirs(
            "(kind = 0 AND record = ?1) OR (kind = 1 AND record IN {orders})
             OR (kind = 2 AND record IN (SELECT id FROM refund WHERE order_id IN {orders}))
             OR (kind = 3 AND record IN (SELECT id FROM interaction WHERE customer = ?1))
             OR (kind = 4 AND record IN (SELECT id FROM ledger_entry WHERE customer = ?1))
             OR (kind = 9 AND record IN (SELECT id FROM coupon_code WHERE customer = ?1))
             OR (kind = 10 AND record IN (SELECT id FROM coupon_use WHERE customer = ?1))
             OR (kind = 12 AND record IN (SELECT id FROM list_member WHERE customer = ?1))",
        ),
    ),
    ("coupon", Whose::Nobodys),
    ("coupon_code", Whose::Theirs("customer = ?1")),
    (
        "coupon_use",
        Whose::Theirs(
            "customer = ?1 OR order_id IN {orders} OR code IN (SELECT id FROM coupon_code WHERE customer = ?1)",
        ),
    ),
    ("list", Whose::Nobodys),
    ("list_member", Whose::Theirs("customer = ?1")),
    ("segment_version", Whose::Nobodys),
    // Numbers of customers in one lump, made again from the records.
    ("segment_watch", Whose::Derived),
    ("segment_event", Whose::Theirs("customer = ?1")),
    // Columns are nobody's; the file that was mapped may be called after somebody.
    ("import_mapping", Whose::Anybodys),
    ("waiting_order", Whose::Anybodys),
    ("undo_kept", Whose::Theirs("kind = 0 AND record = ?1")),
    ("merged", Whose::Theirs("customer = ?1 OR survivor = ?1")),
    ("merged_key", Whose::Theirs("survivor = ?1")),
    ("distinct_pair", Whose::Theirs("low = ?1 OR high = ?1")),
    (
        "quality_pass",
        Whose::Theirs("record = ?1 OR record IN {orders}"),
    ),
    ("handed_out", Whose::Nobodys),
    ("erasure", Whose::Theirs("customer = ?1")),
    ("sync_link", Whose::Nobodys),
    // That there is or was a record of theirs, so that nothing brings it back; fields of others go when it is erased.
    ("sync_record", Whose::Theirs(SYNC_RECORD)),
    ("sync_outbox", Whose::Theirs(SYNC_RECORD)),
    ("sync_stamp", Whose::Nobodys),
    ("sync_waiting", Whose::Anybodys),
    ("sync_conflict", Whose::Theirs(SYNC_RECORD)),
    ("sync_run", Whose::Nobodys),
];

/// Records of the customer `?1` by the numbers that sync has for kinds (see schema 4).
const SYNC_RECORD: &str = "(kind = 5 AND record = ?1) OR (kind = 7 AND record IN {orders})
     OR (kind = 8 AND record IN (SELECT id FROM refund WHERE order_id IN {orders}))
     OR (kind = 9 AND record IN (SELECT id FROM interaction WHERE customer = ?1))
     OR (kind = 10 AND record IN (SELECT id FROM ledger_entry WHERE customer = ?1))
     OR (kind = 6 AND record IN (SELECT id FROM coupon_code WHERE customer = ?1))
     OR (kind = 11 AND record IN (SELECT id FROM coupon_use WHERE customer = ?1))
     OR (kind = 12 AND record IN (SELECT id FROM list_member WHERE customer = ?1))";

/// The condition with its orders.
pub(crate) fn condition(theirs: &str) -> String {
    theirs.replace("{orders}", ORDERS)
}

/// The tables with rows of one person, each with its condition.
pub(crate) fn personal() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLES.iter().filter_map(|(table, whose)| match whose {
        Whose::Theirs(theirs) => Some((*table, *theirs)),
        Whose::Anybodys | Whose::Nobodys | Whose::Derived => None,
    })
}

impl Reader<'_> {
    /// Every row about a customer as the database has it, by table: for whoever wants to see that nothing was kept
    /// back. Tables without any are left out.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn rows_of_person(
        self,
        customer: CustomerId,
    ) -> Result<Vec<(&'static str, Vec<Value>)>, StoreError> {
        let mut found = Vec::new();
        for (table, theirs) in personal() {
            let rows = self.rows_where(table, &condition(theirs), customer.0)?;
            if !rows.is_empty() {
                found.push((table, rows));
            }
        }
        let known = crate::known::known_by(self, customer)?;
        for (table, rows) in crate::erase::mentions(self, &known)? {
            if !rows.is_empty() {
                found.push((table, rows));
            }
        }
        Ok(found)
    }

    /// How many rows there are about a customer, by table; tables without any are left out.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn count_of_person(
        self,
        customer: CustomerId,
    ) -> Result<Vec<(&'static str, u64)>, StoreError> {
        let mut found = Vec::new();
        for (table, theirs) in personal() {
            let sql = format!(
                r#"SELECT count(*) FROM "{table}" WHERE {}"#,
                condition(theirs)
            );
            let count: i64 = self
                .conn
                .prepare(&sql)?
                .query_row([customer.0], |row| row.get(0))?;
            if count > 0 {
                found.push((table, count.unsigned_abs()));
            }
        }
        Ok(found)
    }

    /// How many rows of others' words the person occurs in, by table.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn mentions_of_person(
        self,
        customer: CustomerId,
    ) -> Result<Vec<(&'static str, u64)>, StoreError> {
        let known = crate::known::known_by(self, customer)?;
        let found = crate::erase::mentions(self, &known)?;
        Ok(found
            .into_iter()
            .map(|(table, rows)| (table, rows.len() as u64))
            .collect())
    }

    /// The names of the owner's own fields, of all customers, sorted.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn custom_keys(self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT DISTINCT f.key FROM customer c JOIN json_each(c.custom) f
             WHERE c.custom IS NOT NULL ORDER BY f.key",
        )?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn rows_where(
        self,
        table: &str,
        condition: &str,
        customer: i64,
    ) -> Result<Vec<Value>, StoreError> {
        let mut statement = self
            .conn
            .prepare(&format!(r#"SELECT * FROM "{table}" WHERE {condition}"#))?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query([customer])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let mut object = Map::new();
            for (at, name) in names.iter().enumerate() {
                let value = plain(row.get_ref(at)?);
                if !value.is_null() {
                    object.insert(name.clone(), value);
                }
            }
            found.push(Value::Object(object));
        }
        Ok(found)
    }
}

/// A value as JSON; whole numbers beyond what JavaScript holds as text, bytes by their number only.
fn plain(value: ValueRef<'_>) -> Value {
    const EXACT: i64 = 1 << 53;
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) if (-EXACT..=EXACT).contains(&number) => number.into(),
        ValueRef::Integer(number) => number.to_string().into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned().into(),
        ValueRef::Blob(bytes) => format!("{} bytes", bytes.len()).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stories::new;
    use crate::{SCHEMA_VERSION, Store};
    use std::collections::BTreeSet;

    #[test]
    fn every_table_says_whose_rows_it_holds() {
        let store = Store::in_memory(new()).unwrap();
        let mut tables = store
            .conn
            .prepare(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                 AND name NOT LIKE 'customer\\_fts%' ESCAPE '\\'",
            )
            .unwrap();
        let tables: BTreeSet<String> = tables
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let known: BTreeSet<String> = TABLES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(
            tables, known,
            "schema {SCHEMA_VERSION}: say in store/person.rs whose rows a table holds"
        );
        for (table, theirs) in personal() {
            let sql = format!(
                r#"SELECT count(*) FROM "{table}" WHERE {}"#,
                condition(theirs)
            );
            store.conn.prepare(&sql).unwrap();
        }
    }
}
