//! Codes made for one holder.

use super::StoredCoupon;
use super::uses::IN_FORCE;
use crate::changes::{Diff, diff};
use crate::{Action, Page, Reader, RecordKind, RecordRef, StoreError, Tx};
use model::coupon::{CodeId, CouponId};
use model::{CustomerId, Day, Money, OrderId, Timestamp};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

/// A code before it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeDraft {
    /// Of which coupon.
    pub coupon: CouponId,
    /// Which of its codes.
    pub serial: u32,
    /// The code without hyphens.
    pub code: String,
    /// Whom it was issued to.
    pub customer: Option<CustomerId>,
    /// A voucher's balance at first.
    pub value: Option<Money>,
    /// Its own first day.
    pub from: Option<Day>,
    /// Its own last day.
    pub to: Option<Day>,
    /// The order that issued it.
    pub source: Option<OrderId>,
}

/// A stored code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CouponCode {
    /// Its id.
    pub id: CodeId,
    /// The owner took it back.
    pub withdrawn: bool,
    /// When it was made.
    pub at: Timestamp,
    /// What was made.
    #[serde(flatten)]
    pub fields: CodeDraft,
}

/// A code in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRow {
    /// The code.
    pub code: CouponCode,
    /// Name of its holder.
    pub customer_name: Option<String>,
    /// Uses that were not released.
    pub uses: u32,
    /// What they took off.
    pub spent: Money,
    /// The order of the last of them.
    pub order: Option<OrderId>,
}

/// Which codes a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CodeFilter {
    /// All.
    #[default]
    All,
    /// Neither used nor taken back.
    Unused,
    /// Used.
    Used,
    /// Taken back.
    Withdrawn,
}

/// Names a code in the log.
pub(crate) fn code_record(id: CodeId) -> RecordRef {
    RecordRef {
        kind: RecordKind::CouponCode,
        id: id.0,
    }
}

impl Tx<'_> {
    /// The next serial of a coupon: each number comes once, whatever is undone.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn next_serial(&mut self, coupon: &StoredCoupon) -> Result<u32, StoreError> {
        self.begin_batch()?;
        self.count_up(&format!("coupon_serial.{}", coupon.number))
    }

    /// Stores a code.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn add_code(&mut self, fields: &CodeDraft) -> Result<CouponCode, StoreError> {
        let id = CodeId(self.new_id()?);
        let created_by = self.created_by()?;
        let code = CouponCode {
            id,
            withdrawn: false,
            at: self.meta.at,
            fields: fields.clone(),
        };
        self.insert_code(&code, created_by)?;
        self.touch(code_record(id), Action::Created);
        Ok(code)
    }

    /// Takes a code back.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn withdraw_code(&mut self, id: CodeId) -> Result<(), StoreError> {
        let old = self.read().code(id)?.ok_or(StoreError::NotFound {
            kind: RecordKind::CouponCode,
            id: id.0,
        })?;
        let new = CouponCode {
            withdrawn: true,
            ..old.clone()
        };
        self.change_code(&old, &new)
    }

    /// Writes `new` over `old` and records the difference.
    pub(crate) fn change_code(
        &mut self,
        old: &CouponCode,
        new: &CouponCode,
    ) -> Result<(), StoreError> {
        let Some(Diff { before, after }) = diff(old, new)? else {
            return Ok(());
        };
        let it = &new.fields;
        self.conn
            .prepare_cached(
                "UPDATE coupon_code SET customer = ?2, value = ?3, from_day = ?4, to_day = ?5, withdrawn = ?6
                 WHERE id = ?1",
            )?
            .execute((
                new.id.0,
                it.customer.map(|it| it.0),
                it.value.map(|it| it.0),
                it.from.map(|it| it.0),
                it.to.map(|it| it.0),
                new.withdrawn,
            ))?;
        let record = code_record(new.id);
        self.log(record, Action::Updated, Some(&before), Some(&after))?;
        self.touch(record, Action::Updated);
        Ok(())
    }

    /// Inserts a code as it is, without a note in the log.
    pub(crate) fn insert_code(
        &mut self,
        code: &CouponCode,
        created_by: i64,
    ) -> Result<(), StoreError> {
        let it = &code.fields;
        self.conn
            .prepare_cached(
                "INSERT INTO coupon_code (id, coupon, serial, code, customer, value, from_day, to_day, source,
                     withdrawn, at, created_by)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute(params![
                code.id.0,
                it.coupon.0,
                it.serial,
                it.code,
                it.customer.map(|it| it.0),
                it.value.map(|it| it.0),
                it.from.map(|it| it.0),
                it.to.map(|it| it.0),
                it.source.map(|it| it.0),
                code.withdrawn,
                code.at.0,
                created_by,
            ])?;
        Ok(())
    }

    /// Before a customer goes with their orders: codes that anybody could bring and they have used stay used, although
    /// the uses go. What is left of a voucher stays too.
    pub(crate) fn settle_codes_of(&mut self, customer: CustomerId) -> Result<(), StoreError> {
        let ids: Vec<i64> = self
            .conn
            .prepare_cached(
                "SELECT DISTINCT u.code FROM coupon_use u JOIN coupon_code k ON k.id = u.code
                 WHERE u.customer = ?1 AND k.customer IS NOT ?1 ORDER BY u.code",
            )?
            .query_map([customer.0], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for id in ids {
            let id = CodeId(id);
            let Some(old) = self.read().code(id)? else {
                continue;
            };
            let (_, spent) = self.read().spent(id)?;
            let mut new = old.clone();
            match &mut new.fields.value {
                Some(value) => value.0 -= spent.0,
                None => new.withdrawn |= spent.0 > 0,
            }
            self.change_code(&old, &new)?;
        }
        Ok(())
    }
}

const SELECT: &str =
    "SELECT id, coupon, serial, code, customer, value, from_day, to_day, source, withdrawn, at
    FROM coupon_code";

/// What was spent of a code and not released, over its uses `u`; on an order that was returned or cancelled whole
/// elsewhere nothing was.
const NET: &str = r#"coalesce(sum(CASE
    WHEN EXISTS (SELECT 1 FROM "order" x WHERE x.id = u.order_id AND x.status <> 0) THEN 0
    WHEN u.kind = 0 THEN u.discount ELSE -u.discount END), 0)"#;

impl Reader<'_> {
    /// A code.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn code(self, id: CodeId) -> Result<Option<CouponCode>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("{SELECT} WHERE id = ?1"))?
            .query_row([id.0], from_row)
            .optional()?)
    }

    /// The code of this text, without hyphens.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn code_by_text(self, code: &str) -> Result<Option<CouponCode>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("{SELECT} WHERE code = ?1"))?
            .query_row([code], from_row)
            .optional()?)
    }

    /// Codes issued to a customer, the newest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn codes_of(self, customer: CustomerId) -> Result<Vec<CouponCode>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("{SELECT} WHERE customer = ?1 ORDER BY id DESC"))?;
        let rows = statement.query_map([customer.0], from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Codes that an order issued.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn codes_from(self, order: OrderId) -> Result<Vec<CouponCode>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("{SELECT} WHERE source = ?1 ORDER BY id"))?;
        let rows = statement.query_map([order.0], from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Codes that an order issued and nobody ever used.
    pub(crate) fn unused_codes_from(self, order: OrderId) -> Result<Vec<CodeId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM coupon_code k WHERE source = ?1
               AND NOT EXISTS (SELECT 1 FROM coupon_use WHERE code = k.id) ORDER BY id",
        )?;
        let rows = statement.query_map([order.0], |row| row.get(0).map(CodeId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Uses of a code that were not released, and what they took off.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn spent(self, code: CodeId) -> Result<(u32, Money), StoreError> {
        let sql = format!(
            "SELECT count(*) FILTER (WHERE {IN_FORCE}), {NET} FROM coupon_use u WHERE code = ?1"
        );
        Ok(self.conn.prepare_cached(&sql)?.query_row([code.0], |row| {
            let uses: i64 = row.get(0)?;
            Ok((
                u32::try_from(uses.max(0)).unwrap_or(u32::MAX),
                Money(row.get(1)?),
            ))
        })?)
    }

    /// How many codes of a coupon there are: all, used, taken back.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn code_counts(self, coupon: CouponId) -> Result<(u64, u64, u64), StoreError> {
        let sql = format!(
            "SELECT count(*), coalesce(sum(net > 0), 0), coalesce(sum(withdrawn AND net <= 0), 0) FROM (
                 SELECT k.withdrawn, {NET} AS net FROM coupon_code k LEFT JOIN coupon_use u ON u.code = k.id
                 WHERE k.coupon = ?1 GROUP BY k.id)"
        );
        Ok(self
            .conn
            .prepare_cached(&sql)?
            .query_row([coupon.0], |row| {
                let number = |i| row.get::<_, i64>(i).map(i64::unsigned_abs);
                Ok((number(0)?, number(1)?, number(2)?))
            })?)
    }

    /// A stretch of a coupon's codes in order of their making. `search` is a part of the code without hyphens.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn codes_page(
        self,
        coupon: CouponId,
        filter: CodeFilter,
        search: &str,
        offset: u64,
        limit: u32,
    ) -> Result<Page<CodeRow>, StoreError> {
        let having = match filter {
            CodeFilter::All => "1",
            CodeFilter::Unused => "net <= 0 AND k.withdrawn = 0",
            CodeFilter::Used => "net > 0",
            CodeFilter::Withdrawn => "k.withdrawn = 1 AND net <= 0",
        };
        let from = format!(
            "FROM coupon_code k LEFT JOIN coupon_use u ON u.code = k.id
             WHERE k.coupon = ?1 AND instr(k.code, ?2) > 0 GROUP BY k.id HAVING {having}"
        );
        let total: i64 = self
            .conn
            .prepare_cached(&format!(
                "SELECT count(*) FROM (SELECT {NET} AS net {from})"
            ))?
            .query_row((coupon.0, search), |row| row.get(0))?;
        let sql = format!(
            "SELECT k.id, k.coupon, k.serial, k.code, k.customer, k.value, k.from_day, k.to_day, k.source, k.withdrawn,
                    k.at, {NET} AS net, (SELECT name FROM customer c WHERE c.id = k.customer),
                    (SELECT order_id FROM coupon_use l WHERE l.code = k.id AND l.kind = 0 ORDER BY l.at DESC, l.id DESC),
                    count(u.id) FILTER (WHERE u.kind = 0)
             {from} ORDER BY k.id LIMIT ?4 OFFSET ?3"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let skip = i64::try_from(offset).unwrap_or(i64::MAX);
        let rows = statement.query_map((coupon.0, search, skip, limit), |row| {
            let spent = Money(row.get(11)?);
            let order: Option<i64> = row.get(13)?;
            Ok(CodeRow {
                code: from_row(row)?,
                customer_name: row.get(12)?,
                uses: if spent.0 > 0 { row.get(14)? } else { 0 },
                spent,
                order: order.filter(|_| spent.0 > 0).map(OrderId),
            })
        })?;
        Ok(Page {
            total: total.unsigned_abs(),
            items: rows.collect::<Result<_, _>>()?,
        })
    }

    /// Whether a coupon has codes or uses: whoever holds one holds a promise.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn coupon_is_out(self, coupon: CouponId) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT 1 WHERE EXISTS (SELECT 1 FROM coupon_code WHERE coupon = ?1)
                    OR EXISTS (SELECT 1 FROM coupon_use WHERE coupon = ?1)",
            )?
            .exists([coupon.0])?)
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<CouponCode> {
    let day = |i| row.get::<_, Option<i32>>(i).map(|it| it.map(Day));
    Ok(CouponCode {
        id: CodeId(row.get(0)?),
        fields: CodeDraft {
            coupon: CouponId(row.get(1)?),
            serial: row.get(2)?,
            code: row.get(3)?,
            customer: row.get::<_, Option<i64>>(4)?.map(CustomerId),
            value: row.get::<_, Option<i64>>(5)?.map(Money),
            from: day(6)?,
            to: day(7)?,
            source: row.get::<_, Option<i64>>(8)?.map(OrderId),
        },
        withdrawn: row.get(9)?,
        at: Timestamp(row.get(10)?),
    })
}
