//! Bulk scans: everything there is, for columns, in stretches so that the caller can report and yield between them.
//!
//! Orders come by id, which is the order of the file on disk: a million take under a second. Whoever needs them by
//! customer and time sorts them.

use crate::customers::{self, wrong};
use crate::orders::{currency, refund_from_row, status};
use crate::{InteractionScan, LineScan, OrderScan, Reader, StoreError, TermId};
use model::{Customer, CustomerId, InteractionId, Money, OrderId, Refund, Timestamp};
use rusqlite::Row;
use rusqlite::types::ValueRef;

impl Reader<'_> {
    /// The whole dictionary, by number.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn terms(self) -> Result<Vec<(TermId, String)>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id, text FROM term ORDER BY id")?;
        let rows = statement.query_map([], |row| Ok((TermId(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Up to `limit` customers with an id above `after`, by id. Gives the last id to go on from, `None` at the end.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn scan_customers(
        self,
        after: Option<CustomerId>,
        limit: usize,
        mut each: impl FnMut(Customer),
    ) -> Result<Option<CustomerId>, StoreError> {
        let sql = format!(
            "SELECT {} FROM customer WHERE id > ?1 ORDER BY id LIMIT ?2",
            customers::COLUMNS
        );
        let last = self.scan(&sql, after.map(|id| id.0), limit, |row| {
            let customer = customers::from_row(row)?;
            let id = customer.id.0;
            each(customer);
            Ok(id)
        })?;
        Ok(last.map(CustomerId))
    }

    /// Up to `limit` orders with an id above `after`, **by id**. Gives the last id to go on from, `None` at the end.
    ///
    /// # Errors
    /// Whatever SQLite says; [`StoreError::BadValue`] for lines that are no lines.
    pub fn scan_orders(
        self,
        after: Option<OrderId>,
        limit: usize,
        mut each: impl FnMut(OrderScan<'_>),
    ) -> Result<Option<OrderId>, StoreError> {
        let mut lines = Vec::new();
        let last = self.scan(SELECT_ORDERS, after.map(|id| id.0), limit, |row| {
            let order = order_from_row(row, &mut lines)?;
            let id = order.id.0;
            each(order);
            Ok(id)
        })?;
        Ok(last.map(OrderId))
    }

    /// All refunds, by order, then time, then key.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn scan_refunds(self, mut each: impl FnMut(OrderId, Refund)) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT order_id, key, at, amount, lines FROM refund ORDER BY order_id, at, key",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (order, refund) = refund_from_row(row)?;
            each(order, refund);
        }
        Ok(())
    }

    /// Up to `limit` interactions with an id above `after`, by id. Gives the last id to go on from, `None` at the end.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn scan_interactions(
        self,
        after: Option<InteractionId>,
        limit: usize,
        mut each: impl FnMut(InteractionScan<'_>),
    ) -> Result<Option<InteractionId>, StoreError> {
        let sql = "SELECT id, customer, kind, at, data FROM interaction WHERE id > ?1 ORDER BY id LIMIT ?2";
        let last = self.scan(sql, after.map(|id| id.0), limit, |row| {
            let id = row.get(0)?;
            each(InteractionScan {
                id: InteractionId(id),
                customer: CustomerId(row.get(1)?),
                kind: TermId(row.get(2)?),
                at: Timestamp(row.get(3)?),
                data: text(row, 4)?,
            });
            Ok(id)
        })?;
        Ok(last.map(InteractionId))
    }

    /// Steps through a stretch; gives the last id if there may be more.
    fn scan(
        self,
        sql: &str,
        after: Option<i64>,
        limit: usize,
        mut each: impl FnMut(&Row<'_>) -> rusqlite::Result<i64>,
    ) -> Result<Option<i64>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut rows = statement.query((after.unwrap_or(i64::MIN), most))?;
        let (mut last, mut count) = (None, 0usize);
        while let Some(row) = rows.next()? {
            last = Some(each(row)?);
            count += 1;
        }
        Ok(if count < limit { None } else { last })
    }
}

const SELECT_ORDERS: &str = r#"SELECT id, customer, at, amount, currency, status, returned, external_id, channel,
    coupon, gross, tax, paid_with_points, lines FROM "order" WHERE id > ?1 ORDER BY id LIMIT ?2"#;

fn order_from_row<'r>(
    row: &'r Row<'_>,
    lines: &'r mut Vec<LineScan>,
) -> rusqlite::Result<OrderScan<'r>> {
    let money = |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(Money));
    lines.clear();
    if let Some(json) = text(row, 13)? {
        read_lines(json, lines).ok_or_else(|| wrong(13, NotLines))?;
    }
    Ok(OrderScan {
        id: OrderId(row.get(0)?),
        customer: CustomerId(row.get(1)?),
        at: Timestamp(row.get(2)?),
        amount: Money(row.get(3)?),
        currency: currency(4, row.get_ref(4)?)?,
        status: status(row.get(5)?),
        returned: row.get(6)?,
        external_id: text(row, 7)?,
        channel: row.get::<_, Option<u32>>(8)?.map(TermId),
        coupon: text(row, 9)?,
        gross: money(10)?,
        tax: money(11)?,
        paid_with_points: money(12)?,
        lines,
    })
}

fn text<'r>(row: &'r Row<'_>, column: usize) -> rusqlite::Result<Option<&'r str>> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        value => value
            .as_str()
            .map(Some)
            .map_err(|error| wrong(column, error)),
    }
}

/// The column does not hold lines of an order.
#[derive(Debug, thiserror::Error)]
#[error("not the lines of an order")]
struct NotLines;

/// Reads `[[product, category or null, thousandths, amount], ...]` without a JSON parser: there are millions of them.
/// Forms that our own writer does not make go through one.
fn read_lines(json: &str, lines: &mut Vec<LineScan>) -> Option<()> {
    let mut numbers = Numbers {
        rest: json.as_bytes(),
    };
    if read_own_lines(&mut numbers, lines).is_some() {
        return Some(());
    }
    lines.clear();
    let any: Vec<(u32, Option<u32>, i64, i64)> = serde_json::from_str(json).ok()?;
    lines.extend(
        any.into_iter()
            .map(|(product, category, quantity_milli, amount)| LineScan {
                product: TermId(product),
                category: category.map(TermId),
                quantity_milli,
                amount: Money(amount),
            }),
    );
    Some(())
}

fn read_own_lines(numbers: &mut Numbers<'_>, lines: &mut Vec<LineScan>) -> Option<()> {
    numbers.take(b'[')?;
    loop {
        numbers.take(b'[')?;
        let product = u32::try_from(numbers.number()?).ok()?;
        numbers.take(b',')?;
        let category = if numbers.take_null() {
            None
        } else {
            Some(TermId(u32::try_from(numbers.number()?).ok()?))
        };
        numbers.take(b',')?;
        let quantity_milli = numbers.number()?;
        numbers.take(b',')?;
        let amount = Money(numbers.number()?);
        numbers.take(b']')?;
        lines.push(LineScan {
            product: TermId(product),
            category,
            quantity_milli,
            amount,
        });
        if numbers.take(b',').is_none() {
            break;
        }
    }
    numbers.take(b']')?;
    numbers.rest.is_empty().then_some(())
}

struct Numbers<'t> {
    rest: &'t [u8],
}

impl Numbers<'_> {
    fn take(&mut self, byte: u8) -> Option<()> {
        let (first, rest) = self.rest.split_first()?;
        (*first == byte).then(|| self.rest = rest)
    }

    fn take_null(&mut self) -> bool {
        match self.rest.strip_prefix(b"null") {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn number(&mut self) -> Option<i64> {
        let negative = self.take(b'-').is_some();
        let mut value: i64 = 0;
        let mut any = false;
        while let Some((digit @ b'0'..=b'9', rest)) = self.rest.split_first() {
            let digit = i64::from(digit - b'0');
            value = value.checked_mul(10)?.checked_sub(digit)?;
            self.rest = rest;
            any = true;
        }
        // Counted downwards, because there is one more negative number than positive ones.
        any.then_some(())?;
        if negative {
            Some(value)
        } else {
            value.checked_neg()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn broken_lines_are_found() {
        for bad in [
            "",
            "[",
            "[[1,2,3]]",
            "[[1,2,3,4]",
            "[[-1,null,3,4]]",
            "{}",
            "[[1,null,99999999999999999999,1]]",
        ] {
            assert!(read_lines(bad, &mut Vec::new()).is_none(), "{bad}");
        }
        let mut lines = Vec::new();
        assert!(read_lines("[ [1, null, 1000, 5] ]", &mut lines).is_some());
        assert_eq!(lines.len(), 1);
    }

    proptest! {
        #![proptest_config(crate::stories::cases(256))]

        #[test]
        fn lines_read_as_json_does(
            rows in prop::collection::vec((any::<u32>(), any::<Option<u32>>(), any::<i64>(), any::<i64>()), 1..5),
        ) {
            let json = serde_json::to_string(&rows).unwrap();
            let mut lines = Vec::new();
            let mut numbers = Numbers { rest: json.as_bytes() };
            prop_assert_eq!(read_own_lines(&mut numbers, &mut lines), Some(()));
            let read: Vec<_> = lines
                .iter()
                .map(|it| (it.product.0, it.category.map(|term| term.0), it.quantity_milli, it.amount.0))
                .collect();
            prop_assert_eq!(read, rows);
        }
    }
}
