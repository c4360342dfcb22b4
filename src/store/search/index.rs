//! Keeping the search index in step, inside the write's transaction.

use super::fold;
use crate::state::{optional_meta_number, set_meta_number};
use crate::{Reader, StoreError};
use model::CustomerId;
use rusqlite::Connection;

/// Raised whenever `fold.rs` makes another text or sort key of the same customer.
pub(crate) const FOLDING: i64 = 1;

/// Adds a customer's text.
pub(crate) fn insert(conn: &Connection, id: CustomerId, text: &str) -> Result<(), StoreError> {
    conn.prepare_cached("INSERT INTO customer_search (id, text) VALUES (?1, ?2)")?
        .execute((id.0, text))?;
    conn.prepare_cached("INSERT INTO customer_fts (rowid, text) VALUES (?1, ?2)")?
        .execute((id.0, text))?;
    Ok(())
}

/// Takes a customer's text away. The index has to be told what it was, as it was written then.
pub(crate) fn remove(conn: &Connection, id: CustomerId) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO customer_fts (customer_fts, rowid, text)
         SELECT 'delete', id, text FROM customer_search WHERE id = ?1",
    )?
    .execute([id.0])?;
    conn.prepare_cached("DELETE FROM customer_search WHERE id = ?1")?
        .execute([id.0])?;
    Ok(())
}

/// Replaces a customer's text if it is another.
pub(crate) fn replace(conn: &Connection, id: CustomerId, text: &str) -> Result<(), StoreError> {
    let same = conn
        .prepare_cached("SELECT 1 FROM customer_search WHERE id = ?1 AND text = ?2")?
        .exists((id.0, text))?;
    if !same {
        remove(conn, id)?;
        insert(conn, id, text)?;
    }
    Ok(())
}

/// Makes texts and sort keys anew when this program folds otherwise than the one that wrote them.
pub(crate) fn follow_folding(conn: &Connection) -> Result<(), StoreError> {
    if optional_meta_number(conn, "folding")? == Some(FOLDING) {
        return Ok(());
    }
    let transaction = conn.unchecked_transaction()?;
    conn.execute_batch(
        "INSERT INTO customer_fts (customer_fts) VALUES ('delete-all'); DELETE FROM customer_search;",
    )?;
    let (mut after, mut done) = (None, false);
    while !done {
        let mut some = Vec::new();
        after = (Reader { conn }).scan_customers(after, 1_000, |it| some.push(it))?;
        done = after.is_none();
        for customer in some {
            insert(conn, customer.id, &fold::search_text(&customer.fields))?;
            conn.prepare_cached("UPDATE customer SET sort_name = ?2 WHERE id = ?1")?
                .execute((customer.id.0, fold::sort_name(&customer.fields.name)))?;
        }
    }
    set_meta_number(conn, "folding", FOLDING)?;
    transaction.commit()?;
    Ok(())
}
