//! Keeping the search index in step, inside the write's transaction.

use crate::StoreError;
use model::CustomerId;
use rusqlite::Connection;

/// Adds a customer's text.
pub(crate) fn insert(conn: &Connection, id: CustomerId, text: &str) -> Result<(), StoreError> {
    conn.prepare_cached("INSERT INTO customer_search (id, text) VALUES (?1, ?2)")?
        .execute((id.0, text))?;
    conn.prepare_cached("INSERT INTO customer_fts (rowid, text) VALUES (?1, ?2)")?
        .execute((id.0, text))?;
    Ok(())
}

/// Takes a customer's text away; the index has to be told what it was.
pub(crate) fn remove(conn: &Connection, id: CustomerId, text: &str) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO customer_fts (customer_fts, rowid, text) VALUES ('delete', ?1, ?2)",
    )?
    .execute((id.0, text))?;
    conn.prepare_cached("DELETE FROM customer_search WHERE id = ?1")?
        .execute([id.0])?;
    Ok(())
}
