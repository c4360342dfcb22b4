//! Static lists: customers put together by hand or frozen from a segment. They stay until somebody takes them out.

use crate::changes::{Diff, diff};
use crate::orders::constraint;
use crate::{Action, Reader, RecordKind, RecordRef, StoreError, Tx};
use model::{CustomerId, ListId, ListMemberId, Timestamp};
use rusqlite::{OptionalExtension, Row};
use serde::{Deserialize, Serialize};

/// A static list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StaticList {
    /// Its id.
    pub id: ListId,
    /// Its name.
    pub name: String,
    /// What it is for, in a person's words.
    pub note: Option<String>,
    /// What it was frozen from, as JSON (the caller's business).
    pub origin: Option<String>,
    /// When it was made.
    pub at: Timestamp,
}

/// A customer on a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListMember {
    /// Its id.
    pub id: ListMemberId,
    /// Which list.
    pub list: ListId,
    /// Who.
    pub customer: CustomerId,
    /// Since when.
    pub at: Timestamp,
}

/// Names a list in the log.
pub(crate) fn list_record(id: ListId) -> RecordRef {
    RecordRef {
        kind: RecordKind::List,
        id: id.0,
    }
}

/// Names a member of a list in the log.
pub(crate) fn member_record(id: ListMemberId) -> RecordRef {
    RecordRef {
        kind: RecordKind::ListMember,
        id: id.0,
    }
}

impl Tx<'_> {
    /// Makes a list.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn create_list(
        &mut self,
        name: &str,
        note: Option<&str>,
        origin: Option<&str>,
    ) -> Result<ListId, StoreError> {
        let id = ListId(self.new_id()?);
        let created_by = self.created_by()?;
        let list = StaticList {
            id,
            name: name.to_owned(),
            note: note.map(str::to_owned),
            origin: origin.map(str::to_owned),
            at: self.meta.at,
        };
        self.insert_list(&list, created_by)?;
        self.touch(list_record(id), Action::Created);
        Ok(id)
    }

    /// Gives a list another name and note.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn rename_list(
        &mut self,
        id: ListId,
        name: &str,
        note: Option<&str>,
    ) -> Result<(), StoreError> {
        let old = self.read().list(id)?.ok_or(StoreError::NotFound {
            kind: RecordKind::List,
            id: id.0,
        })?;
        let new = StaticList {
            name: name.to_owned(),
            note: note.map(str::to_owned),
            ..old.clone()
        };
        self.change_list(&old, &new)
    }

    /// Removes a list with its members; the customers stay. Undo brings both back.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn remove_list(&mut self, id: ListId) -> Result<(), StoreError> {
        // The log has the list last, so that undo, which goes backwards, brings it back first.
        for member in self.read().member_ids(
            "SELECT id FROM list_member WHERE list = ?1 ORDER BY id",
            id.0,
        )? {
            self.remove_row(member_record(member))?;
        }
        self.remove_row(list_record(id))
    }

    /// Puts a customer on a list; false when they are on it already.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn add_to_list(&mut self, list: ListId, customer: CustomerId) -> Result<bool, StoreError> {
        if self.read().list_member(list, customer)?.is_some() {
            return Ok(false);
        }
        let id = ListMemberId(self.new_id()?);
        let created_by = self.created_by()?;
        let member = ListMember {
            id,
            list,
            customer,
            at: self.meta.at,
        };
        self.insert_list_member(&member, created_by)?;
        self.touch(member_record(id), Action::Created);
        Ok(true)
    }

    /// Takes a customer off a list; false when they are not on it.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn take_off_list(
        &mut self,
        list: ListId,
        customer: CustomerId,
    ) -> Result<bool, StoreError> {
        let Some(member) = self.read().list_member(list, customer)? else {
            return Ok(false);
        };
        self.remove_row(member_record(member))?;
        Ok(true)
    }

    /// Puts one customer in the other's place on every list: when two records turn out to be one person. Says how many
    /// lists it was.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn move_list_members(
        &mut self,
        from: CustomerId,
        to: CustomerId,
    ) -> Result<u64, StoreError> {
        let lists = self.read().lists_of(from)?;
        for &list in &lists {
            self.take_off_list(list, from)?;
            self.add_to_list(list, to)?;
        }
        Ok(lists.len() as u64)
    }

    /// Takes a customer off all lists, before they go themselves.
    pub(crate) fn leave_lists(&mut self, customer: CustomerId) -> Result<(), StoreError> {
        let sql = "SELECT id FROM list_member WHERE customer = ?1 ORDER BY id";
        for member in self.read().member_ids(sql, customer.0)? {
            self.remove_row(member_record(member))?;
        }
        Ok(())
    }

    /// Writes `new` over `old` and records the difference.
    pub(crate) fn change_list(
        &mut self,
        old: &StaticList,
        new: &StaticList,
    ) -> Result<(), StoreError> {
        let Some(Diff { before, after }) = diff(old, new)? else {
            return Ok(());
        };
        self.conn
            .prepare_cached("UPDATE list SET name = ?2, note = ?3, origin = ?4 WHERE id = ?1")?
            .execute((new.id.0, &new.name, &new.note, &new.origin))?;
        let record = list_record(new.id);
        self.log(record, Action::Updated, Some(&before), Some(&after))?;
        self.touch(record, Action::Updated);
        Ok(())
    }

    /// Inserts a list as it is, without a note in the log.
    pub(crate) fn insert_list(
        &mut self,
        list: &StaticList,
        created_by: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO list (id, name, note, origin, at, created_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((
                list.id.0,
                &list.name,
                &list.note,
                &list.origin,
                list.at.0,
                created_by,
            ))?;
        Ok(())
    }

    /// Inserts a member as it is, without a note in the log.
    pub(crate) fn insert_list_member(
        &mut self,
        member: &ListMember,
        created_by: i64,
    ) -> Result<(), StoreError> {
        let result = self
            .conn
            .prepare_cached(
                "INSERT INTO list_member (id, list, customer, at, created_by) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((
                member.id.0,
                member.list.0,
                member.customer.0,
                member.at.0,
                created_by,
            ));
        match result {
            Ok(_) => Ok(()),
            Err(error) if constraint(&error) => {
                match self.read().list_member(member.list, member.customer)? {
                    Some(by) => Err(StoreError::KeyTaken {
                        kind: RecordKind::ListMember,
                        key: member.customer.to_string(),
                        by: by.0,
                    }),
                    None => Err(error.into()),
                }
            }
            Err(error) => Err(error.into()),
        }
    }
}

const SELECT: &str = "SELECT id, name, note, origin, at FROM list";

impl Reader<'_> {
    /// All lists with the number of their members, oldest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn lists(self) -> Result<Vec<(StaticList, u64)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, name, note, origin, at, (SELECT count(*) FROM list_member WHERE list = list.id)
             FROM list ORDER BY id",
        )?;
        let rows = statement.query_map([], |row| {
            Ok((list_from_row(row)?, row.get::<_, i64>(5)?.unsigned_abs()))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A list.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn list(self, id: ListId) -> Result<Option<StaticList>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("{SELECT} WHERE id = ?1"))?
            .query_row([id.0], list_from_row)
            .optional()?)
    }

    /// Who is on a list, by id.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn list_members(self, id: ListId) -> Result<Vec<CustomerId>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT customer FROM list_member WHERE list = ?1 ORDER BY customer")?;
        let rows = statement.query_map([id.0], |row| row.get(0).map(CustomerId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The lists a customer is on, oldest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn lists_of(self, customer: CustomerId) -> Result<Vec<ListId>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT list FROM list_member WHERE customer = ?1 ORDER BY list")?;
        let rows = statement.query_map([customer.0], |row| row.get(0).map(ListId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A customer's place on a list.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn list_member(
        self,
        list: ListId,
        customer: CustomerId,
    ) -> Result<Option<ListMemberId>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT id FROM list_member WHERE list = ?1 AND customer = ?2")?
            .query_row((list.0, customer.0), |row| row.get(0).map(ListMemberId))
            .optional()?)
    }

    /// One member of a list by its own id.
    pub(crate) fn list_member_row(
        self,
        id: ListMemberId,
    ) -> Result<Option<ListMember>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT id, list, customer, at FROM list_member WHERE id = ?1")?
            .query_row([id.0], |row| {
                Ok(ListMember {
                    id: ListMemberId(row.get(0)?),
                    list: ListId(row.get(1)?),
                    customer: CustomerId(row.get(2)?),
                    at: Timestamp(row.get(3)?),
                })
            })
            .optional()?)
    }

    fn member_ids(self, sql: &str, of: i64) -> Result<Vec<ListMemberId>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([of], |row| row.get(0).map(ListMemberId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn list_from_row(row: &Row<'_>) -> rusqlite::Result<StaticList> {
    Ok(StaticList {
        id: ListId(row.get(0)?),
        name: row.get(1)?,
        note: row.get(2)?,
        origin: row.get(3)?,
        at: Timestamp(row.get(4)?),
    })
}
