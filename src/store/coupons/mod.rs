//! Coupons as the owner defined them, and the key that codes are made with.

mod codes;
mod report;
mod uses;

pub(crate) use codes::code_record;
pub use codes::{CodeDraft, CodeFilter, CodeRow, CouponCode};
pub use report::CouponOrder;
pub(crate) use uses::use_record;
pub use uses::{CouponUse, OrderUse, UseDraft, UseKind};

use crate::changes::{Diff, diff};
use crate::orders::constraint;
use crate::state::{optional_meta_number, set_meta_number};
use crate::{Action, Reader, RecordKind, RecordRef, StoreError, Tx};
use model::Timestamp;
use model::coupon::{Coupon, CouponId, CouponState};
use rusqlite::{OptionalExtension, Row};
use serde::{Deserialize, Serialize};

/// A stored coupon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredCoupon {
    /// Its id.
    pub id: CouponId,
    /// From 1, part of its codes; never used twice.
    pub number: u32,
    /// Whether the owner lets it work.
    pub state: CouponState,
    /// Its shared code as it compares; the caller's business.
    pub code_key: Option<String>,
    /// When it was defined.
    pub at: Timestamp,
    /// What was defined.
    #[serde(flatten)]
    pub coupon: Coupon,
}

/// Names a coupon in the log.
pub(crate) fn coupon_record(id: CouponId) -> RecordRef {
    RecordRef {
        kind: RecordKind::Coupon,
        id: id.0,
    }
}

impl Tx<'_> {
    /// Defines a coupon. `code_key` is its shared code as it compares.
    ///
    /// # Errors
    /// [`StoreError::KeyTaken`] when another coupon that has not ended has the code.
    pub fn create_coupon(
        &mut self,
        coupon: &Coupon,
        code_key: Option<String>,
    ) -> Result<StoredCoupon, StoreError> {
        let id = CouponId(self.new_id()?);
        let created_by = self.created_by()?;
        let number = self.count_up("coupons")?;
        let stored = StoredCoupon {
            id,
            number,
            state: CouponState::Active,
            code_key,
            at: self.meta.at,
            coupon: coupon.clone(),
        };
        self.insert_coupon(&stored, created_by)?;
        self.touch(coupon_record(id), Action::Created);
        Ok(stored)
    }

    /// Writes a coupon over the one that is stored; nothing when they are the same.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::KeyTaken`].
    pub fn update_coupon(&mut self, new: &StoredCoupon) -> Result<(), StoreError> {
        let old = self.read().coupon(new.id)?.ok_or(StoreError::NotFound {
            kind: RecordKind::Coupon,
            id: new.id.0,
        })?;
        self.change_coupon(&old, new)
    }

    /// Writes `new` over `old` and records the difference.
    pub(crate) fn change_coupon(
        &mut self,
        old: &StoredCoupon,
        new: &StoredCoupon,
    ) -> Result<(), StoreError> {
        let Some(Diff { before, after }) = diff(old, new)? else {
            return Ok(());
        };
        let result = self
            .conn
            .prepare_cached(
                "UPDATE coupon SET state = ?2, code_key = ?3, definition = ?4 WHERE id = ?1",
            )?
            .execute((
                new.id.0,
                new.state as i64,
                &new.code_key,
                serde_json::to_string(&new.coupon)?,
            ));
        self.coupon_key_taken(result, new)?;
        let record = coupon_record(new.id);
        self.log(record, Action::Updated, Some(&before), Some(&after))?;
        self.touch(record, Action::Updated);
        Ok(())
    }

    /// Inserts a coupon as it is, without a note in the log.
    pub(crate) fn insert_coupon(
        &mut self,
        it: &StoredCoupon,
        created_by: i64,
    ) -> Result<(), StoreError> {
        let result = self
            .conn
            .prepare_cached(
                "INSERT INTO coupon (id, number, state, code_key, definition, at, created_by)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((
                it.id.0,
                it.number,
                it.state as i64,
                &it.code_key,
                serde_json::to_string(&it.coupon)?,
                it.at.0,
                created_by,
            ));
        self.coupon_key_taken(result, it)
    }

    fn coupon_key_taken(
        &self,
        result: rusqlite::Result<usize>,
        it: &StoredCoupon,
    ) -> Result<(), StoreError> {
        let Err(error) = result else { return Ok(()) };
        if let (true, Some(key)) = (constraint(&error), &it.code_key)
            && let Some(other) = self.read().coupon_by_key(key)?
            && other.id != it.id
        {
            return Err(StoreError::KeyTaken {
                kind: RecordKind::Coupon,
                key: key.clone(),
                by: other.id.0,
            });
        }
        Err(error.into())
    }

    /// The workspace's key for codes; `fresh` becomes it when there is none yet. It is no record: undo leaves it, for
    /// codes that are printed must stay real.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn coupon_secret(&mut self, fresh: &str) -> Result<String, StoreError> {
        if let Some(known) = self.read().coupon_secret()? {
            return Ok(known);
        }
        self.conn
            .prepare_cached("INSERT INTO meta (key, value) VALUES ('coupon_key', ?1)")?
            .execute([fresh])?;
        Ok(fresh.to_owned())
    }

    /// The next number of a counter that never comes back, not even by undo.
    pub(crate) fn count_up(&mut self, key: &str) -> Result<u32, StoreError> {
        let next = optional_meta_number(self.conn, key)?
            .unwrap_or(0)
            .saturating_add(1);
        set_meta_number(self.conn, key, next)?;
        Ok(u32::try_from(next).unwrap_or(u32::MAX))
    }
}

const SELECT: &str = "SELECT id, number, state, code_key, definition, at FROM coupon";

impl Reader<'_> {
    /// All coupons, the newest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn coupons(self) -> Result<Vec<StoredCoupon>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("{SELECT} ORDER BY number DESC"))?;
        let rows = statement.query_map([], raw)?;
        rows.map(|row| stored(row?)).collect()
    }

    /// A coupon.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn coupon(self, id: CouponId) -> Result<Option<StoredCoupon>, StoreError> {
        self.one_coupon("WHERE id = ?1", id.0)
    }

    /// The coupon of a number.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn coupon_by_number(self, number: u32) -> Result<Option<StoredCoupon>, StoreError> {
        self.one_coupon("WHERE number = ?1", number)
    }

    /// The coupon with this shared code: the one in force, else the last that had it.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn coupon_by_key(self, key: &str) -> Result<Option<StoredCoupon>, StoreError> {
        self.one_coupon(
            "WHERE code_key = ?1 ORDER BY state = 2, number DESC LIMIT 1",
            key,
        )
    }

    fn one_coupon(
        self,
        clause: &str,
        value: impl rusqlite::ToSql,
    ) -> Result<Option<StoredCoupon>, StoreError> {
        self.conn
            .prepare_cached(&[SELECT, " ", clause].concat())?
            .query_row([value], raw)
            .optional()?
            .map(stored)
            .transpose()
    }

    /// The workspace's key for codes, as it was given.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn coupon_secret(self) -> Result<Option<String>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT value FROM meta WHERE key = 'coupon_key'")?
            .query_row([], |row| row.get(0))
            .optional()?)
    }
}

type Raw = (i64, u32, i64, Option<String>, String, i64);

fn raw(row: &Row<'_>) -> rusqlite::Result<Raw> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
    ))
}

fn stored((id, number, state, code_key, definition, at): Raw) -> Result<StoredCoupon, StoreError> {
    Ok(StoredCoupon {
        id: CouponId(id),
        number,
        state: match state {
            0 => CouponState::Active,
            1 => CouponState::Paused,
            _ => CouponState::Ended,
        },
        code_key,
        at: Timestamp(at),
        coupon: serde_json::from_str(&definition)?,
    })
}
