//! What coupons came to: orders with them, from recorded uses and from orders that name a code.

use crate::{Reader, StoreError};
use model::coupon::CouponId;
use model::{CustomerId, Money, OrderId, Timestamp};
use rusqlite::Row;

/// An order with a coupon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CouponOrder {
    /// The order; `None`: used without one.
    pub order: Option<OrderId>,
    /// Its number in the source.
    pub number: Option<String>,
    /// Who.
    pub customer: Option<CustomerId>,
    /// Their name.
    pub customer_name: String,
    /// When.
    pub at: Timestamp,
    /// The made code without hyphens, or the order's text.
    pub code: Option<String>,
    /// What the coupon took off and did not give back.
    pub discount: Money,
    /// What remains of the order.
    pub revenue: Money,
    /// No use was recorded: it came with an import or was typed into the order.
    pub imported: bool,
    /// It was the customer's first order.
    pub first: bool,
}

/// What remains of an order `o`, and whether it was its customer's first.
const OF_ORDER: &str = r#"CASE WHEN o.status = 0 THEN max(o.amount - coalesce(
        (SELECT sum(amount) FROM refund r WHERE r.order_id = o.id), 0), 0) ELSE 0 END,
    o.id = (SELECT f.id FROM "order" f WHERE f.customer = o.customer AND f.status = 0 ORDER BY f.at, f.id LIMIT 1)"#;

impl Reader<'_> {
    /// Orders with a coupon, the newest first. `texts` are what orders without a recorded use call it.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn coupon_orders(
        self,
        coupon: CouponId,
        texts: &[String],
    ) -> Result<Vec<CouponOrder>, StoreError> {
        let sql = format!(
            r#"SELECT u.order_id, o.external_id, u.customer, coalesce(c.name, ''), u.at, k.code,
                      u.discount - coalesce((SELECT sum(discount) FROM coupon_use r WHERE r.reverses = u.id), 0), 0,
                      coalesce(u.data ->> 'amount', 0), {OF_ORDER}
               FROM coupon_use u LEFT JOIN "order" o ON o.id = u.order_id LEFT JOIN coupon_code k ON k.id = u.code
                 LEFT JOIN customer c ON c.id = u.customer
               WHERE u.coupon = ?1 AND {} ORDER BY u.at DESC, u.id DESC"#,
            super::uses::IN_FORCE
        );
        let mut found: Vec<CouponOrder> = self
            .conn
            .prepare_cached(&sql)?
            .query_map([coupon.0], from_row)?
            .collect::<Result<_, _>>()?;
        let sql = format!(
            r#"SELECT o.id, o.external_id, o.customer, coalesce(c.name, ''), o.at, o.coupon,
                      max(coalesce(o.gross, o.amount) - o.amount, 0), 1, 0, {OF_ORDER}
               FROM "order" o LEFT JOIN customer c ON c.id = o.customer
               WHERE o.coupon = ?1 AND o.status = 0
                 AND NOT EXISTS (SELECT 1 FROM coupon_use u WHERE u.order_id = o.id)"#
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        for text in texts {
            for row in statement.query_map([text], from_row)? {
                found.push(row?);
            }
        }
        // Stable, so that uses at the same instant keep their order.
        found.sort_by_key(|it| std::cmp::Reverse((it.at, it.order)));
        Ok(found)
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<CouponOrder> {
    let order: Option<i64> = row.get(0)?;
    let remains: i64 = row.get(9)?;
    Ok(CouponOrder {
        order: order.map(OrderId),
        number: row.get(1)?,
        customer: row.get::<_, Option<i64>>(2)?.map(CustomerId),
        customer_name: row.get(3)?,
        at: Timestamp(row.get(4)?),
        code: row.get(5)?,
        discount: Money(row.get(6)?),
        imported: row.get(7)?,
        revenue: Money(if order.is_some() {
            remains
        } else {
            row.get(8)?
        }),
        first: row.get::<_, Option<bool>>(10)?.unwrap_or(false),
    })
}
