//! The change log: differences between two states of a record, and its history.

use crate::{Action, Change, FieldDiff, Page, Reader, RecordKind, RecordRef, StoreError};
use model::{BatchId, Timestamp};
use rusqlite::OptionalExtension;
use serde::Serialize;
use serde_json::{Map, Value};

/// The fields that differ, as two JSON objects. A field that is absent on one side is null there.
pub(crate) struct Diff {
    pub(crate) before: String,
    pub(crate) after: String,
}

/// Compares two records field by field; `None` when nothing differs.
pub(crate) fn diff<T: Serialize>(old: &T, new: &T) -> Result<Option<Diff>, StoreError> {
    let (old, new) = (object(old)?, object(new)?);
    let (mut before, mut after) = (Map::new(), Map::new());
    for key in old.keys().chain(new.keys()) {
        let (was, is) = (old.get(key), new.get(key));
        if was != is {
            before.insert(key.clone(), was.cloned().unwrap_or(Value::Null));
            after.insert(key.clone(), is.cloned().unwrap_or(Value::Null));
        }
    }
    if before.is_empty() {
        return Ok(None);
    }
    Ok(Some(Diff {
        before: serde_json::to_string(&before)?,
        after: serde_json::to_string(&after)?,
    }))
}

/// Puts the fields of a diff's side into a record's JSON.
pub(crate) fn patch<T: Serialize + serde::de::DeserializeOwned>(
    record: &T,
    fields: &str,
) -> Result<T, StoreError> {
    let mut object = object(record)?;
    let fields: Map<String, Value> = serde_json::from_str(fields)?;
    for (key, value) in fields {
        if value.is_null() {
            object.remove(&key);
        } else {
            object.insert(key, value);
        }
    }
    Ok(serde_json::from_value(Value::Object(object))?)
}

fn object<T: Serialize>(record: &T) -> Result<Map<String, Value>, StoreError> {
    match serde_json::to_value(record)? {
        Value::Object(map) => Ok(map),
        _ => Err(StoreError::BadValue(
            "a record is no JSON object".to_owned(),
        )),
    }
}

/// Fields that the system sets; a person reading the history need not see them.
const SYSTEM_FIELDS: [&str; 3] = ["id", "createdAt", "updatedAt"];

impl Reader<'_> {
    /// What happened to one record, newest first; its creation is last.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn history(
        self,
        record: RecordRef,
        offset: u64,
        limit: u32,
    ) -> Result<Page<Change>, StoreError> {
        let logged: u64 = self
            .conn
            .prepare_cached("SELECT count(*) FROM change WHERE kind = ?1 AND record = ?2")?
            .query_row((record.kind.code(), record.id), |row| row.get::<_, i64>(0))?
            .unsigned_abs();
        let creation = self.creation(record)?;
        let mut items = Vec::new();
        let mut statement = self.conn.prepare_cached(
            "SELECT b.id, b.at, b.who, b.name, c.action, c.before, c.after
             FROM change c JOIN batch b ON b.id = c.batch
             WHERE c.kind = ?1 AND c.record = ?2 ORDER BY c.seq DESC LIMIT ?3 OFFSET ?4",
        )?;
        let skip = i64::try_from(offset).unwrap_or(i64::MAX);
        let mut rows = statement.query((record.kind.code(), record.id, limit, skip))?;
        while let Some(row) = rows.next()? {
            let action = action(row.get(4)?);
            let before: Option<String> = row.get(5)?;
            let after: Option<String> = row.get(6)?;
            items.push(Change {
                batch: BatchId(row.get(0)?),
                at: Timestamp(row.get(1)?),
                who: row.get(2)?,
                name: row.get(3)?,
                action,
                fields: match (action, before, after) {
                    (Action::Updated, Some(before), Some(after)) => field_diffs(&before, &after)?,
                    _ => Vec::new(),
                },
            });
        }
        let total = logged + u64::from(creation.is_some());
        let wants_last = offset.saturating_add(u64::from(limit)) >= total && offset < total;
        if wants_last && limit > 0 {
            items.extend(creation);
        }
        Ok(Page { total, items })
    }

    /// A text of a record that was removed, as it was last.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn removed_text(
        self,
        record: RecordRef,
        field: &str,
    ) -> Result<Option<String>, StoreError> {
        let text: Option<Option<String>> = self
            .conn
            .prepare_cached(
                "SELECT before -> 'record' ->> ?3 FROM change
                 WHERE kind = ?1 AND record = ?2 AND action = 2 ORDER BY seq DESC LIMIT 1",
            )?
            .query_row((record.kind.code(), record.id, field), |row| row.get(0))
            .optional()?;
        Ok(text.flatten())
    }

    /// The creation of a record, from its row or, if it was removed, from the copy in the log.
    fn creation(self, record: RecordRef) -> Result<Option<Change>, StoreError> {
        let live = match created_by_sql(record.kind) {
            Some(sql) => self
                .conn
                .prepare_cached(sql)?
                .query_row([record.id], |row| row.get::<_, i64>(0))
                .optional()?,
            None => None,
        };
        let batch = match live {
            Some(batch) => Some(batch),
            None => self.created_by_of_removed(record)?,
        };
        let Some(batch) = batch else {
            return Ok(None);
        };
        Ok(self
            .conn
            .prepare_cached("SELECT at, who, name FROM batch WHERE id = ?1")?
            .query_row([batch], |row| {
                Ok(Change {
                    batch: BatchId(batch),
                    at: Timestamp(row.get(0)?),
                    who: row.get(1)?,
                    name: row.get(2)?,
                    action: Action::Created,
                    fields: Vec::new(),
                })
            })
            .optional()?)
    }

    fn created_by_of_removed(self, record: RecordRef) -> Result<Option<i64>, StoreError> {
        let copy: Option<Option<i64>> = self
            .conn
            .prepare_cached(
                "SELECT before ->> 'createdBy' FROM change
                 WHERE kind = ?1 AND record = ?2 AND action = 2 ORDER BY seq DESC LIMIT 1",
            )?
            .query_row((record.kind.code(), record.id), |row| row.get(0))
            .optional()?;
        Ok(copy.flatten())
    }
}

/// How to ask a record's row for the batch that made it; settings are there from the beginning.
pub(crate) fn created_by_sql(kind: RecordKind) -> Option<&'static str> {
    Some(match kind {
        RecordKind::Customer => "SELECT created_by FROM customer WHERE id = ?1",
        RecordKind::Order => r#"SELECT created_by FROM "order" WHERE id = ?1"#,
        RecordKind::Refund => "SELECT created_by FROM refund WHERE id = ?1",
        RecordKind::Interaction => "SELECT created_by FROM interaction WHERE id = ?1",
        RecordKind::LedgerEntry => "SELECT created_by FROM ledger_entry WHERE id = ?1",
        RecordKind::Segment => "SELECT created_by FROM segment WHERE id = ?1",
        RecordKind::Program => "SELECT created_by FROM program_version WHERE version = ?1",
        RecordKind::Settings => return None,
        RecordKind::Coupon => "SELECT created_by FROM coupon WHERE id = ?1",
        RecordKind::CouponCode => "SELECT created_by FROM coupon_code WHERE id = ?1",
        RecordKind::CouponUse => "SELECT created_by FROM coupon_use WHERE id = ?1",
        RecordKind::Distinct => "SELECT created_by FROM distinct_pair WHERE id = ?1",
        RecordKind::QualityPass => "SELECT created_by FROM quality_pass WHERE id = ?1",
        RecordKind::List => "SELECT created_by FROM list WHERE id = ?1",
        RecordKind::ListMember => "SELECT created_by FROM list_member WHERE id = ?1",
    })
}

fn field_diffs(before: &str, after: &str) -> Result<Vec<FieldDiff>, StoreError> {
    let mut before: Map<String, Value> = serde_json::from_str(before)?;
    let after: Map<String, Value> = serde_json::from_str(after)?;
    let some = |value: Value| (!value.is_null()).then_some(value);
    Ok(after
        .into_iter()
        .filter(|(field, _)| !SYSTEM_FIELDS.contains(&field.as_str()))
        .map(|(field, is)| FieldDiff {
            before: before.remove(&field).and_then(some),
            after: some(is),
            field,
        })
        .collect())
}

/// The action a number of the file stands for.
pub(crate) fn action(code: i64) -> Action {
    match code {
        1 => Action::Updated,
        2 => Action::Removed,
        3 => Action::Restored,
        _ => Action::Created,
    }
}

/// The kind of record a number of the file stands for.
pub(crate) fn kind(code: i64) -> Result<RecordKind, StoreError> {
    Ok(match code {
        0 => RecordKind::Customer,
        1 => RecordKind::Order,
        2 => RecordKind::Refund,
        3 => RecordKind::Interaction,
        4 => RecordKind::LedgerEntry,
        5 => RecordKind::Segment,
        6 => RecordKind::Program,
        7 => RecordKind::Settings,
        8 => RecordKind::Coupon,
        9 => RecordKind::CouponCode,
        10 => RecordKind::CouponUse,
        15 => RecordKind::Distinct,
        16 => RecordKind::QualityPass,
        11 => RecordKind::List,
        12 => RecordKind::ListMember,
        _ => {
            return Err(StoreError::BadValue(format!(
                "no kind of record has number {code}"
            )));
        }
    })
}
