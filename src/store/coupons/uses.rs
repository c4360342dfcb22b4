//! Uses of coupons and their releases: appending and reading. Nothing here changes a use; the schema's triggers see to it
//! that nothing else does.
//!
//! A use is in force until releases have given back all it took off. Of a voucher parts may go back.

use crate::orders::constraint;
use crate::{Action, Reader, RecordKind, RecordRef, StoreError, Tx, Undone};
use model::coupon::{CodeId, CouponId, UseId};
use model::{CustomerId, Money, OrderId, Timestamp};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

/// A use or a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UseKind {
    /// The coupon was used.
    Use,
    /// A use was taken back, whole or (a voucher's) in part.
    Release,
}

/// A use before it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UseDraft {
    /// Of which coupon.
    pub coupon: CouponId,
    /// By which code, where it has codes.
    pub code: Option<CodeId>,
    /// By whom.
    pub customer: Option<CustomerId>,
    /// On which order.
    pub order: Option<OrderId>,
    /// Use or release.
    pub kind: UseKind,
    /// What it took off; of a release, what went back.
    pub discount: Money,
    /// When.
    pub at: Timestamp,
    /// Idempotency key, unique over all uses.
    pub key: String,
    /// The use it releases.
    pub reverses: Option<UseId>,
    /// Whatever else the caller keeps with it, as JSON.
    pub data: Option<String>,
}

/// A stored use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CouponUse {
    /// Its id.
    pub id: UseId,
    /// What was recorded.
    #[serde(flatten)]
    pub fields: UseDraft,
}

/// An order that names a code without a recorded use: it came with an import, or was typed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderUse {
    /// The order.
    pub order: OrderId,
    /// Whose.
    pub customer: CustomerId,
    /// When.
    pub at: Timestamp,
    /// What it took off, where the order says what it cost before.
    pub discount: Money,
    /// The code as the order names it.
    pub code: String,
}

/// Names a use in the log.
pub(crate) fn use_record(id: UseId) -> RecordRef {
    RecordRef {
        kind: RecordKind::CouponUse,
        id: id.0,
    }
}

impl Tx<'_> {
    /// Appends a use or a release.
    ///
    /// # Errors
    /// [`StoreError::KeyTaken`] when the idempotency key was used.
    pub fn add_use(&mut self, fields: &UseDraft) -> Result<UseId, StoreError> {
        let id = UseId(self.new_id()?);
        let created_by = self.created_by()?;
        let it = CouponUse {
            id,
            fields: fields.clone(),
        };
        self.insert_use(&it, created_by)?;
        self.touch(use_record(id), Action::Created);
        Ok(id)
    }

    /// Inserts a use as it is, without a note in the log.
    pub(crate) fn insert_use(&mut self, it: &CouponUse, created_by: i64) -> Result<(), StoreError> {
        let fields = &it.fields;
        let result = self
            .conn
            .prepare_cached(
                "INSERT INTO coupon_use (id, coupon, code, customer, order_id, kind, discount, at, key, reverses, data,
                     created_by)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute(params![
                it.id.0,
                fields.coupon.0,
                fields.code.map(|it| it.0),
                fields.customer.map(|it| it.0),
                fields.order.map(|it| it.0),
                fields.kind as i64,
                fields.discount.0,
                fields.at.0,
                fields.key,
                fields.reverses.map(|it| it.0),
                fields.data,
                created_by,
            ]);
        if let Err(error) = result {
            if let (true, Some(other)) = (constraint(&error), self.read().use_by_key(&fields.key)?)
            {
                return Err(StoreError::KeyTaken {
                    kind: RecordKind::CouponUse,
                    key: fields.key.clone(),
                    by: other.id.0,
                });
            }
            return Err(error.into());
        }
        Ok(())
    }

    /// Undo of a use or release that does not go with an order: what takes it back is appended.
    pub(crate) fn reverse_use(&mut self, id: UseId, undone: &mut Undone) -> Result<(), StoreError> {
        let Some(it) = self.read().coupon_use(id)? else {
            return Ok(());
        };
        let undo = self.begin_batch()?;
        let key = format!("undo:{undo}:{id}");
        let draft = match it.fields.kind {
            UseKind::Use => {
                let left = self.read().left_of_use(&it)?;
                if left.0 <= 0 {
                    undone.kept.push(use_record(id));
                    return Ok(());
                }
                UseDraft {
                    kind: UseKind::Release,
                    discount: left,
                    reverses: Some(id),
                    ..it.fields.clone()
                }
            }
            UseKind::Release => UseDraft {
                kind: UseKind::Use,
                reverses: None,
                ..it.fields.clone()
            },
        };
        let at = self.meta.at;
        let new = self.add_use(&UseDraft { at, key, ..draft })?;
        undone.restored.push(use_record(new));
        undone.customers.extend(it.fields.customer);
        Ok(())
    }
}

const SELECT: &str =
    "SELECT id, coupon, code, customer, order_id, kind, discount, at, key, reverses, data
    FROM coupon_use";

/// A use `u` that releases have not given back whole, on no order that was returned or cancelled whole elsewhere.
pub(super) const IN_FORCE: &str = r#"u.kind = 0 AND u.discount > coalesce(
    (SELECT sum(discount) FROM coupon_use r WHERE r.reverses = u.id), 0)
    AND NOT EXISTS (SELECT 1 FROM "order" x WHERE x.id = u.order_id AND x.status <> 0)"#;

impl Reader<'_> {
    /// A use.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn coupon_use(self, id: UseId) -> Result<Option<CouponUse>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("{SELECT} WHERE id = ?1"))?
            .query_row([id.0], from_row)
            .optional()?)
    }

    /// The use with this idempotency key.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn use_by_key(self, key: &str) -> Result<Option<CouponUse>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("{SELECT} WHERE key = ?1"))?
            .query_row([key], from_row)
            .optional()?)
    }

    /// Uses and releases on an order, in their order.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn uses_of_order(self, order: OrderId) -> Result<Vec<CouponUse>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("{SELECT} WHERE order_id = ?1 ORDER BY id"))?;
        let rows = statement.query_map([order.0], from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Uses of a coupon that are in force, the newest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn uses_of_coupon(self, coupon: CouponId) -> Result<Vec<CouponUse>, StoreError> {
        let sql = format!(
            "SELECT id, coupon, code, customer, order_id, kind, discount, at, key, reverses, data
             FROM coupon_use u WHERE coupon = ?1 AND {IN_FORCE} ORDER BY at DESC, id DESC"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map([coupon.0], from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Uses by a customer that are in force, the newest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn coupon_uses_by(self, customer: CustomerId) -> Result<Vec<CouponUse>, StoreError> {
        let sql = format!(
            "SELECT id, coupon, code, customer, order_id, kind, discount, at, key, reverses, data
             FROM coupon_use u WHERE customer = ?1 AND {IN_FORCE} ORDER BY at DESC, id DESC"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map([customer.0], from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What of a use has not been given back.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn left_of_use(self, it: &CouponUse) -> Result<Money, StoreError> {
        let back: i64 = self
            .conn
            .prepare_cached(
                "SELECT coalesce(sum(discount), 0) FROM coupon_use WHERE reverses = ?1",
            )?
            .query_row([it.id.0], |row| row.get(0))?;
        Ok(Money(it.fields.discount.0.saturating_sub(back)))
    }

    /// Uses of a coupon that are in force: in all, and by a customer; what they took off.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn use_counts(
        self,
        coupon: CouponId,
        customer: Option<CustomerId>,
    ) -> Result<(u32, u32, Money), StoreError> {
        let sql = format!(
            "SELECT count(*), count(*) FILTER (WHERE u.customer = ?2), coalesce(sum(u.discount - coalesce(
                 (SELECT sum(discount) FROM coupon_use r WHERE r.reverses = u.id), 0)), 0)
             FROM coupon_use u WHERE u.coupon = ?1 AND {IN_FORCE}"
        );
        Ok(self
            .conn
            .prepare_cached(&sql)?
            .query_row((coupon.0, customer.map(|it| it.0)), |row| {
                Ok((row.get(0)?, row.get(1)?, Money(row.get(2)?)))
            })?)
    }

    /// The texts that orders without a recorded use name as their coupon.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn coupon_texts(self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            r#"SELECT DISTINCT coupon FROM "order" o WHERE coupon IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM coupon_use u WHERE u.order_id = o.id) ORDER BY coupon"#,
        )?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Orders that name `text` as their coupon, count, and have no recorded use; the newest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn orders_with_coupon(self, text: &str) -> Result<Vec<OrderUse>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            r#"SELECT o.id, o.customer, o.at, max(coalesce(o.gross, o.amount) - o.amount, 0), o.coupon
               FROM "order" o WHERE o.coupon = ?1 AND o.status = 0
                 AND NOT EXISTS (SELECT 1 FROM coupon_use u WHERE u.order_id = o.id)
               ORDER BY o.at DESC, o.id DESC"#,
        )?;
        let rows = statement.query_map([text], |row| {
            Ok(OrderUse {
                order: OrderId(row.get(0)?),
                customer: CustomerId(row.get(1)?),
                at: Timestamp(row.get(2)?),
                discount: Money(row.get(3)?),
                code: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<CouponUse> {
    Ok(CouponUse {
        id: UseId(row.get(0)?),
        fields: UseDraft {
            coupon: CouponId(row.get(1)?),
            code: row.get::<_, Option<i64>>(2)?.map(CodeId),
            customer: row.get::<_, Option<i64>>(3)?.map(CustomerId),
            order: row.get::<_, Option<i64>>(4)?.map(OrderId),
            kind: match row.get::<_, i64>(5)? {
                0 => UseKind::Use,
                _ => UseKind::Release,
            },
            discount: Money(row.get(6)?),
            at: Timestamp(row.get(7)?),
            key: row.get(8)?,
            reverses: row.get::<_, Option<i64>>(9)?.map(UseId),
            data: row.get(10)?,
        },
    })
}
