//! Interactions: writing and reading.

use crate::customers::json;
use crate::orders::constraint;
use crate::{Action, Page, Reader, RecordKind, RecordRef, StoreError, Tx};
use model::{CustomerId, Interaction, InteractionDraft, InteractionId, Timestamp};
use rusqlite::{OptionalExtension, Row};

/// Names an interaction in the log.
pub(crate) fn record(id: InteractionId) -> RecordRef {
    RecordRef {
        kind: RecordKind::Interaction,
        id: id.0,
    }
}

impl Tx<'_> {
    /// Records an interaction.
    ///
    /// # Errors
    /// [`StoreError::KeyTaken`] when the idempotency key was used.
    pub fn add_interaction(
        &mut self,
        customer: CustomerId,
        fields: &InteractionDraft,
    ) -> Result<InteractionId, StoreError> {
        let id = InteractionId(self.new_id()?);
        let created_by = self.created_by()?;
        let interaction = Interaction {
            id,
            customer,
            fields: fields.clone(),
        };
        self.insert_interaction(&interaction, created_by)?;
        self.touch(record(id), Action::Created);
        Ok(id)
    }

    /// Inserts an interaction as it is, without a note in the log.
    pub(crate) fn insert_interaction(
        &mut self,
        interaction: &Interaction,
        created_by: i64,
    ) -> Result<(), StoreError> {
        let it = &interaction.fields;
        let kind = self.term(&it.kind)?;
        let data = if it.data.is_empty() {
            None
        } else {
            Some(serde_json::to_string(&it.data)?)
        };
        let result = self
            .conn
            .prepare_cached(
                "INSERT INTO interaction (id, customer, kind, at, key, data, created_by)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((
                interaction.id.0,
                interaction.customer.0,
                kind,
                it.at.0,
                &it.key,
                data,
                created_by,
            ));
        match (result, &it.key) {
            (Ok(_), _) => Ok(()),
            (Err(error), Some(key)) if constraint(&error) => {
                match self.read().interaction_by_key(key)? {
                    Some(by) => Err(StoreError::KeyTaken {
                        kind: RecordKind::Interaction,
                        key: key.clone(),
                        by: by.0,
                    }),
                    None => Err(error.into()),
                }
            }
            (Err(error), _) => Err(error.into()),
        }
    }
}

const SELECT: &str = "SELECT i.id, i.customer, t.text, i.at, i.key, i.data, i.created_by
    FROM interaction i JOIN term t ON t.id = i.kind";

impl Reader<'_> {
    /// A customer's interactions, newest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn interactions(
        self,
        customer: CustomerId,
        offset: u64,
        limit: u32,
    ) -> Result<Page<Interaction>, StoreError> {
        let total: i64 = self
            .conn
            .prepare_cached("SELECT count(*) FROM interaction WHERE customer = ?1")?
            .query_row([customer.0], |row| row.get(0))?;
        let sql = format!(
            "{SELECT} WHERE i.customer = ?1 ORDER BY i.at DESC, i.id DESC LIMIT ?2 OFFSET ?3"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        let rows = statement.query_map((customer.0, limit, offset), from_row)?;
        Ok(Page {
            total: total.unsigned_abs(),
            items: rows.collect::<Result<_, _>>()?,
        })
    }

    /// A customer's interactions after an instant: what is planned. In order of time.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn interactions_after(
        self,
        customer: CustomerId,
        after: Timestamp,
    ) -> Result<Vec<Interaction>, StoreError> {
        let sql = format!("{SELECT} WHERE i.customer = ?1 AND i.at > ?2 ORDER BY i.at, i.id");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map((customer.0, after.0), from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// An interaction.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn interaction(self, id: InteractionId) -> Result<Option<Interaction>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("{SELECT} WHERE i.id = ?1"))?
            .query_row([id.0], from_row)
            .optional()?)
    }

    /// The interaction with this idempotency key.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn interaction_by_key(self, key: &str) -> Result<Option<InteractionId>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT id FROM interaction WHERE key = ?1")?
            .query_row([key], |row| row.get(0).map(InteractionId))
            .optional()?)
    }

    /// Ids of a customer's interactions.
    pub(crate) fn interaction_ids(self, customer: CustomerId) -> Result<Vec<i64>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id FROM interaction WHERE customer = ?1 ORDER BY id")?;
        let rows = statement.query_map([customer.0], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Interaction> {
    Ok(Interaction {
        id: InteractionId(row.get(0)?),
        customer: CustomerId(row.get(1)?),
        fields: InteractionDraft {
            kind: row.get(2)?,
            at: Timestamp(row.get(3)?),
            key: row.get(4)?,
            data: json(row, 5)?,
        },
    })
}
