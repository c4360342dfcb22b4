//! The list of orders: filtered, newest first.

use crate::{ImportPart, OrderFilter, Page, Reader, RecordKind, StoreError};
use model::{CustomerId, Order, OrderId};
use rusqlite::types::Value;
use rusqlite::{ToSql, params_from_iter};

/// From so many characters on the end of an order's number is looked for too: that takes reading all numbers.
const NUMBER_TAIL_MIN: usize = 4;

/// At most so many orders are found by their number in a list.
const NUMBERS_MAX: usize = 10_000;

impl Reader<'_> {
    /// A stretch of the orders a filter leaves, newest first, with the number of all.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn orders_page(
        self,
        filter: &OrderFilter<'_>,
        offset: u64,
        limit: u32,
    ) -> Result<Page<Order>, StoreError> {
        let (clause, values) = self.where_clause(filter)?;
        let total = if clause.is_empty() {
            self.counts()?.orders
        } else {
            let sql = format!(r#"SELECT count(*) FROM "order" {clause}"#);
            let mut statement = self.conn.prepare_cached(&sql)?;
            let total: i64 =
                statement.query_row(params_from_iter(values.iter()), |row| row.get(0))?;
            total.unsigned_abs()
        };
        let stretch = Stretch {
            offset,
            limit: u64::from(limit),
        };
        let ids = self.listed(&clause, &values, stretch)?;
        Ok(Page {
            total,
            items: self.orders(&ids)?,
        })
    }

    /// Ids of all orders a filter leaves, newest first: for exports, which then read stretches by [`Reader::orders`].
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn order_ids(self, filter: &OrderFilter<'_>) -> Result<Vec<OrderId>, StoreError> {
        let (clause, values) = self.where_clause(filter)?;
        let all = Stretch {
            offset: 0,
            limit: u64::MAX,
        };
        self.listed(&clause, &values, all)
    }

    /// The same, the largest amounts first, as they are stated, whatever their currencies; of equal ones the newest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn order_ids_by_amount(self, filter: &OrderFilter<'_>) -> Result<Vec<OrderId>, StoreError> {
        let (clause, values) = self.where_clause(filter)?;
        let sql =
            format!(r#"SELECT id FROM "order" {clause} ORDER BY amount DESC, at DESC, id DESC"#);
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(values.iter()), |row| {
            row.get(0).map(OrderId)
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Ids of a customer's orders, by time, then id.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn order_ids_of(self, customer: CustomerId) -> Result<Vec<OrderId>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(r#"SELECT id FROM "order" WHERE customer = ?1 ORDER BY at, id"#)?;
        let rows = statement.query_map([customer.0], |row| row.get(0).map(OrderId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A customer's orders with their refunds, by time, then id.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn orders_of(self, customer: CustomerId) -> Result<Vec<Order>, StoreError> {
        self.orders(&self.order_ids_of(customer)?)
    }

    /// Orders whose number is the text or begins with it (or ends with it, from four characters on), newest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn orders_by_number(self, text: &str, limit: usize) -> Result<Vec<OrderId>, StoreError> {
        let text = text.trim();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        if text.is_empty() {
            return Ok(Vec::new());
        }
        // Everything that begins with the text lies between it and the text with the last character there is.
        let mut statement = self.conn.prepare_cached(
            r#"SELECT id FROM (SELECT id, at FROM "order"
               WHERE external_id >= ?1 AND external_id < ?1 || char(1114111) LIMIT ?2) ORDER BY at DESC, id DESC"#,
        )?;
        let mut found = statement
            .query_map((text, limit), |row| row.get(0).map(OrderId))?
            .collect::<Result<Vec<_>, _>>()?;
        if found.is_empty() && text.chars().count() >= NUMBER_TAIL_MIN {
            let mut statement = self.conn.prepare_cached(
                r#"SELECT id FROM "order" WHERE external_id IS NOT NULL AND substr(external_id, -length(?1)) = ?1
                   ORDER BY id DESC LIMIT ?2"#,
            )?;
            found = statement
                .query_map((text, limit), |row| row.get(0).map(OrderId))?
                .collect::<Result<Vec<_>, _>>()?;
        }
        Ok(found)
    }

    fn listed(
        self,
        clause: &str,
        values: &[Value],
        stretch: Stretch,
    ) -> Result<Vec<OrderId>, StoreError> {
        let sql = format!(
            r#"SELECT id FROM "order" {clause} ORDER BY at DESC, id DESC LIMIT ? OFFSET ?"#
        );
        let number = |n: u64| Value::Integer(i64::try_from(n).unwrap_or(i64::MAX));
        let (limit, offset) = (number(stretch.limit), number(stretch.offset));
        let all = values.iter().chain([&limit, &offset]);
        let all = params_from_iter(all.map(|value| value as &dyn ToSql));
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map(all, |row| row.get(0).map(OrderId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn where_clause(self, filter: &OrderFilter<'_>) -> Result<(String, Vec<Value>), StoreError> {
        let mut parts: Vec<&str> = Vec::new();
        let mut values: Vec<Value> = Vec::new();
        if let Some(customer) = filter.customer {
            parts.push("customer = ?");
            values.push(Value::Integer(customer.0));
        }
        if let Some(among) = filter.among {
            let ids: Vec<i64> = among.iter().map(|id| id.0).collect();
            parts.push("customer IN (SELECT value FROM json_each(?))");
            values.push(Value::Text(serde_json::to_string(&ids)?));
        }
        if let Some(from) = filter.from {
            parts.push("at >= ?");
            values.push(Value::Integer(from.0));
        }
        if let Some(before) = filter.before {
            parts.push("at < ?");
            values.push(Value::Integer(before.0));
        }
        if filter.returned_only {
            parts.push("returned = 1");
        }
        if let Some(currency) = filter.counting_in {
            parts.push(COUNTING);
            values.push(Value::Text(currency.code().to_owned()));
            values.push(convertible(filter)?);
        }
        if let Some(import) = filter.import {
            let range = self.id_range(import.batch)?;
            let numbers = match import.part {
                ImportPart::Created => {
                    parts.push("id BETWEEN ? AND ? AND created_by = ?");
                    vec![range.0, range.1, import.batch.0]
                }
                ImportPart::Updated => {
                    parts.push(
                        "created_by <> ? AND id IN (
                             SELECT record FROM change WHERE batch = ? AND kind = ? AND action = 1
                             UNION SELECT order_id FROM refund WHERE id BETWEEN ? AND ? AND created_by = ?)",
                    );
                    let (batch, kind) = (import.batch.0, RecordKind::Order.code());
                    vec![batch, batch, kind, range.0, range.1, batch]
                }
            };
            values.extend(numbers.into_iter().map(Value::Integer));
        }
        if !filter.search.trim().is_empty() {
            let customers: Vec<i64> = self
                .search_all(filter.search)?
                .into_iter()
                .map(|id| id.0)
                .collect();
            let orders: Vec<i64> = self
                .orders_by_number(filter.search, NUMBERS_MAX)?
                .into_iter()
                .map(|id| id.0)
                .collect();
            parts.push(
                "(customer IN (SELECT value FROM json_each(?)) OR id IN (SELECT value FROM json_each(?)))",
            );
            values.push(Value::Text(serde_json::to_string(&customers)?));
            values.push(Value::Text(serde_json::to_string(&orders)?));
        }
        let clause = if parts.is_empty() {
            String::new()
        } else {
            format!("WHERE {}", parts.join(" AND "))
        };
        Ok((clause, values))
    }
}

/// Orders that sums in a currency count: in it or with a rate, and neither cancelled nor returned whole.
const COUNTING: &str = r#"(currency = ? OR EXISTS (SELECT 1 FROM json_each(?) c WHERE c.value ->> 0 = currency
    AND at >= c.value ->> 1)) AND (returned = 0 OR (status = 0 AND amount >
    (SELECT coalesce(sum(r.amount), 0) FROM refund r WHERE r.order_id = "order".id)))"#;

/// The other currencies that count, each with the instant from which on it has a rate, as JSON.
fn convertible(filter: &OrderFilter<'_>) -> Result<Value, StoreError> {
    let convertible: Vec<(&str, i64)> = filter
        .convertible
        .iter()
        .map(|(currency, from)| (currency.code(), from.0))
        .collect();
    Ok(Value::Text(serde_json::to_string(&convertible)?))
}

/// A stretch of a list.
#[derive(Clone, Copy)]
struct Stretch {
    offset: u64,
    limit: u64,
}
