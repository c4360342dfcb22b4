//! Orders and their refunds: writing, and reading by key.

use crate::changes::{Diff, diff};
use crate::customers::{json, wrong};
use crate::{Action, Reader, RecordKind, RecordRef, StoreError, Tx, coupons};
use model::{
    Currency, CustomerId, Money, Order, OrderDraft, OrderId, OrderLine, OrderStatus, Refund,
    RefundLine, Timestamp,
};
use rusqlite::types::ValueRef;
use rusqlite::{ErrorCode, OptionalExtension, Row, params};
use std::fmt::Write;

/// The columns of [`RawOrder::from_row`], in its order.
const COLUMNS: &str = r#"id, customer, at, amount, currency, status, external_id, channel, coupon, gross, tax,
    paid_with_points, lines"#;

/// Names an order in the log.
pub(crate) fn record(id: OrderId) -> RecordRef {
    RecordRef {
        kind: RecordKind::Order,
        id: id.0,
    }
}

/// Names a refund in the log; refunds have an id inside the store only.
pub(crate) fn refund_record(id: i64) -> RecordRef {
    RecordRef {
        kind: RecordKind::Refund,
        id,
    }
}

impl Tx<'_> {
    /// Creates an order.
    ///
    /// # Errors
    /// [`StoreError::KeyTaken`] when another order has the external id; [`StoreError::Constraint`] at the end of the
    /// transaction when there is no such customer.
    pub fn create_order(
        &mut self,
        customer: CustomerId,
        fields: &OrderDraft,
    ) -> Result<OrderId, StoreError> {
        let id = OrderId(self.new_id()?);
        let created_by = self.created_by()?;
        self.insert_order(id, customer, fields, created_by)?;
        self.touch(record(id), Action::Created);
        Ok(id)
    }

    /// Replaces customer and fields of an order; `false` when they were so already. Its refunds stay.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or [`StoreError::KeyTaken`] when another order has the external id.
    pub fn update_order(
        &mut self,
        id: OrderId,
        customer: CustomerId,
        fields: &OrderDraft,
    ) -> Result<bool, StoreError> {
        let old = self.must_have_order(id)?;
        if old.fields == *fields && old.customer == customer {
            return Ok(false);
        }
        let new = Order {
            id,
            customer,
            fields: fields.clone(),
            refunds: old.refunds.clone(),
        };
        self.change_order(&old, &new)?;
        Ok(true)
    }

    /// Removes an order with its refunds.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn remove_order(&mut self, id: OrderId) -> Result<(), StoreError> {
        self.must_have_order(id)?;
        for refund in self.read().refund_ids(id)? {
            self.remove_row(refund_record(refund))?;
        }
        self.remove_order_alone(id)
    }

    /// Removes an order that has no refunds, with the uses of coupons on it and the unused codes it issued.
    pub(crate) fn remove_order_alone(&mut self, id: OrderId) -> Result<(), StoreError> {
        let uses = self.read().uses_of_order(id)?;
        for code in self.read().unused_codes_from(id)? {
            self.remove_row(coupons::code_record(code))?;
        }
        for it in &uses {
            self.log_removal(coupons::use_record(it.id))?;
        }
        self.remove_row(record(id))?;
        // Uses let themselves be taken away only when their order is gone.
        for it in &uses {
            self.delete_row(coupons::use_record(it.id))?;
        }
        Ok(())
    }

    /// Adds a refund to an order.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::KeyTaken`] when the key was used (look with
    /// [`Reader::refund_by_key`] whether it is this very refund).
    pub fn add_refund(&mut self, order: OrderId, refund: &Refund) -> Result<(), StoreError> {
        self.must_have_order(order)?;
        let id = self.new_id()?;
        let created_by = self.created_by()?;
        self.insert_refund(id, order, refund, created_by)?;
        self.touch(refund_record(id), Action::Created);
        Ok(())
    }

    /// Writes `new` over `old` and records the difference.
    pub(crate) fn change_order(&mut self, old: &Order, new: &Order) -> Result<(), StoreError> {
        // Refunds are records of their own.
        let bare = |order: &Order| Order {
            refunds: Vec::new(),
            ..order.clone()
        };
        let Some(Diff { before, after }) = diff(&bare(old), &bare(new))? else {
            return Ok(());
        };
        self.begin_batch()?;
        self.write_order(new.id, new.customer, &new.fields, None)?;
        self.set_returned(new.id)?;
        self.log(record(new.id), Action::Updated, Some(&before), Some(&after))?;
        self.touch(record(new.id), Action::Updated);
        Ok(())
    }

    /// Inserts an order as it is, without its refunds and without a note in the log.
    pub(crate) fn insert_order(
        &mut self,
        id: OrderId,
        customer: CustomerId,
        fields: &OrderDraft,
        created_by: i64,
    ) -> Result<(), StoreError> {
        self.write_order(id, customer, fields, Some(created_by))?;
        self.state.counts.orders += 1;
        Ok(())
    }

    /// Deletes an order's row, without a note in the log.
    pub(crate) fn delete_order(&mut self, id: OrderId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(r#"DELETE FROM "order" WHERE id = ?1"#)?
            .execute([id.0])?;
        self.state.counts.orders = self.state.counts.orders.saturating_sub(1);
        Ok(())
    }

    /// Inserts a refund as it is, without a note in the log.
    pub(crate) fn insert_refund(
        &mut self,
        id: i64,
        order: OrderId,
        refund: &Refund,
        created_by: i64,
    ) -> Result<(), StoreError> {
        let lines: Vec<(u32, i64)> = refund
            .lines
            .iter()
            .map(|it| (it.line, it.quantity_milli))
            .collect();
        let lines = if lines.is_empty() {
            None
        } else {
            Some(serde_json::to_string(&lines)?)
        };
        let result = self
            .conn
            .prepare_cached(
                "INSERT INTO refund (id, order_id, at, amount, key, lines, created_by)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((
                id,
                order.0,
                refund.at.0,
                refund.amount.0,
                &refund.key,
                lines,
                created_by,
            ));
        if let Err(error) = result {
            if let (true, Some(by)) = (constraint(&error), self.read().refund_id(&refund.key)?) {
                return Err(StoreError::KeyTaken {
                    kind: RecordKind::Refund,
                    key: refund.key.clone(),
                    by,
                });
            }
            return Err(error.into());
        }
        self.set_returned(order)
    }

    /// Deletes a refund's row, without a note in the log.
    pub(crate) fn delete_refund(&mut self, id: i64, order: OrderId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM refund WHERE id = ?1")?
            .execute([id])?;
        self.set_returned(order)
    }

    /// Brings `returned` in step with status and refunds.
    pub(crate) fn set_returned(&mut self, order: OrderId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                r#"UPDATE "order" SET returned = (status <> 0 OR EXISTS (SELECT 1 FROM refund WHERE order_id = ?1))
                   WHERE id = ?1"#,
            )?
            .execute([order.0])?;
        Ok(())
    }

    fn write_order(
        &mut self,
        id: OrderId,
        customer: CustomerId,
        it: &OrderDraft,
        created_by: Option<i64>,
    ) -> Result<(), StoreError> {
        let lines = self.write_lines(&it.lines)?;
        let channel = match &it.channel {
            Some(text) => Some(self.term(text)?),
            None => None,
        };
        let sql = if created_by.is_some() {
            r#"INSERT INTO "order" (id, customer, at, amount, currency, status, external_id, channel, coupon, gross, tax,
                   paid_with_points, lines, created_by, returned)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?6 <> 0)"#
        } else {
            r#"UPDATE "order" SET customer = ?2, at = ?3, amount = ?4, currency = ?5, status = ?6, external_id = ?7,
                   channel = ?8, coupon = ?9, gross = ?10, tax = ?11, paid_with_points = ?12, lines = ?13,
                   created_by = coalesce(?14, created_by) WHERE id = ?1"#
        };
        let result = self.conn.prepare_cached(sql)?.execute(params![
            id.0,
            customer.0,
            it.at.0,
            it.amount.0,
            it.currency.code(),
            status_code(it.status),
            it.external_id,
            channel,
            it.coupon,
            it.gross.map(|money| money.0),
            it.tax.map(|money| money.0),
            it.paid_with_points.map(|money| money.0),
            lines,
            created_by,
        ]);
        match (result, &it.external_id) {
            (Ok(_), _) => Ok(()),
            (Err(error), Some(key)) if constraint(&error) => {
                match self.read().order_by_external_id(key)? {
                    Some(by) => Err(StoreError::KeyTaken {
                        kind: RecordKind::Order,
                        key: key.clone(),
                        by: by.0,
                    }),
                    None => Err(error.into()),
                }
            }
            (Err(error), _) => Err(error.into()),
        }
    }

    /// Lines as the column has them: `[[product, category, thousandths, amount], ...]`.
    fn write_lines(&mut self, lines: &[OrderLine]) -> Result<Option<String>, StoreError> {
        if lines.is_empty() {
            return Ok(None);
        }
        let mut text = String::with_capacity(lines.len() * 24);
        for line in lines {
            text.push(if text.is_empty() { '[' } else { ',' });
            let product = self.term(&line.product)?;
            // Writing into a String cannot fail.
            let _ = match &line.category {
                Some(category) => {
                    let category = self.term(category)?;
                    write!(text, "[{product},{category},")
                }
                None => write!(text, "[{product},null,"),
            };
            let _ = write!(text, "{},{}]", line.quantity_milli, line.amount.0);
        }
        text.push(']');
        Ok(Some(text))
    }

    pub(crate) fn must_have_order(&self, id: OrderId) -> Result<Order, StoreError> {
        self.read().order(id)?.ok_or(StoreError::NotFound {
            kind: RecordKind::Order,
            id: id.0,
        })
    }
}

impl Reader<'_> {
    /// An order with its refunds.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn order(self, id: OrderId) -> Result<Option<Order>, StoreError> {
        let sql = format!(r#"SELECT {COLUMNS} FROM "order" WHERE id = ?1"#);
        let raw = self
            .conn
            .prepare_cached(&sql)?
            .query_row([id.0], RawOrder::from_row)
            .optional()?;
        raw.map(|raw| self.spell_out(raw)).transpose()
    }

    /// Those that exist, in the order asked for.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn orders(self, ids: &[OrderId]) -> Result<Vec<Order>, StoreError> {
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.extend(self.order(*id)?);
        }
        Ok(found)
    }

    /// The order with this key in the source.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn order_by_external_id(self, external_id: &str) -> Result<Option<OrderId>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(r#"SELECT id FROM "order" WHERE external_id = ?1"#)?
            .query_row([external_id], |row| row.get(0).map(OrderId))
            .optional()?)
    }

    /// A refund by its idempotency key.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn refund_by_key(self, key: &str) -> Result<Option<(OrderId, Refund)>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT order_id, key, at, amount, lines FROM refund WHERE key = ?1")?
            .query_row([key], refund_from_row)
            .optional()?)
    }

    /// An order's refunds in order of time, then key.
    fn refunds(self, order: OrderId) -> Result<Vec<Refund>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT order_id, key, at, amount, lines FROM refund WHERE order_id = ?1 ORDER BY at, key",
        )?;
        let rows = statement.query_map([order.0], |row| Ok(refund_from_row(row)?.1))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Ids of an order's refunds.
    pub(crate) fn refund_ids(self, order: OrderId) -> Result<Vec<i64>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id FROM refund WHERE order_id = ?1 ORDER BY id")?;
        let rows = statement.query_map([order.0], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn refund_id(self, key: &str) -> Result<Option<i64>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT id FROM refund WHERE key = ?1")?
            .query_row([key], |row| row.get(0))
            .optional()?)
    }

    /// A refund by its id in the store, with its order and who made it.
    pub(crate) fn refund_row(self, id: i64) -> Result<Option<(OrderId, Refund, i64)>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT order_id, key, at, amount, lines, created_by FROM refund WHERE id = ?1",
            )?
            .query_row([id], |row| {
                let (order, refund) = refund_from_row(row)?;
                Ok((order, refund, row.get(5)?))
            })
            .optional()?)
    }

    /// Numbers of terms become their texts.
    fn spell_out(self, raw: RawOrder) -> Result<Order, StoreError> {
        let mut order = raw.order;
        order.fields.channel = raw.channel.map(|term| self.term(term)).transpose()?;
        for (product, category, quantity_milli, amount) in raw.lines {
            order.fields.lines.push(OrderLine {
                product: self.term(product)?,
                category: category.map(|term| self.term(term)).transpose()?,
                quantity_milli,
                amount: Money(amount),
            });
        }
        order.refunds = self.refunds(order.id)?;
        Ok(order)
    }

    /// The text of a term.
    pub(crate) fn term(self, number: u32) -> Result<String, StoreError> {
        self.conn
            .prepare_cached("SELECT text FROM term WHERE id = ?1")?
            .query_row([number], |row| row.get(0))
            .optional()?
            .ok_or_else(|| StoreError::BadValue(format!("there is no term {number}")))
    }
}

/// An order whose terms are still numbers.
struct RawOrder {
    order: Order,
    channel: Option<u32>,
    lines: Vec<(u32, Option<u32>, i64, i64)>,
}

impl RawOrder {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<RawOrder> {
        let money =
            |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(Money));
        let fields = OrderDraft {
            external_id: row.get(6)?,
            at: Timestamp(row.get(2)?),
            currency: currency(4, row.get_ref(4)?)?,
            amount: Money(row.get(3)?),
            gross: money(9)?,
            tax: money(10)?,
            paid_with_points: money(11)?,
            status: status(row.get(5)?),
            channel: None,
            coupon: row.get(8)?,
            lines: Vec::new(),
        };
        Ok(RawOrder {
            order: Order {
                id: OrderId(row.get(0)?),
                customer: CustomerId(row.get(1)?),
                fields,
                refunds: Vec::new(),
            },
            channel: row.get(7)?,
            lines: json(row, 12)?,
        })
    }
}

/// Columns order_id, key, at, amount, lines.
pub(crate) fn refund_from_row(row: &Row<'_>) -> rusqlite::Result<(OrderId, Refund)> {
    let lines: Vec<(u32, i64)> = json(row, 4)?;
    Ok((
        OrderId(row.get(0)?),
        Refund {
            key: row.get(1)?,
            at: Timestamp(row.get(2)?),
            amount: Money(row.get(3)?),
            lines: lines
                .into_iter()
                .map(|(line, quantity_milli)| RefundLine {
                    line,
                    quantity_milli,
                })
                .collect(),
        },
    ))
}

/// The currency in a column.
pub(crate) fn currency(column: usize, value: ValueRef<'_>) -> rusqlite::Result<Currency> {
    let text = value.as_str().map_err(|error| wrong(column, error))?;
    Currency::parse(text).map_err(|error| wrong(column, error))
}

fn status_code(status: OrderStatus) -> i64 {
    match status {
        OrderStatus::Paid => 0,
        OrderStatus::Refunded => 1,
        OrderStatus::Cancelled => 2,
    }
}

/// The status a column's number stands for.
pub(crate) fn status(code: i64) -> OrderStatus {
    match code {
        0 => OrderStatus::Paid,
        1 => OrderStatus::Refunded,
        _ => OrderStatus::Cancelled,
    }
}

/// The schema refused it.
pub(crate) fn constraint(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation)
}
