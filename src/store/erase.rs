//! Erasing a person for good: from records, log, replies, search, and from the gaps of the file.
//!
//! What is taken out is overwritten (`secure_delete`), the search index forgets at once instead of marking, and the file
//! is written anew afterwards (`VACUUM`), because gaps may still hold what was edited away long ago. What stays is a
//! row of `erasure`: an id, a day, numbers.
//!
//! With `keep_books` orders and points stay as they were bought and spent, under the id that the person had, without
//! anything that says whose they were: no names, no numbers of elsewhere, no words that people typed.

use crate::known::{Known, known_by, occurs};
use crate::person::{condition, personal};
use crate::search::{fold, index};
use crate::{Action, BatchMeta, Page, Reader, RecordKind, Store, StoreError, Tx, Written};
use model::{CustomerDraft, CustomerId, Timestamp};
use rusqlite::OptionalExtension;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The receipt of an erasure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Its number.
    pub id: i64,
    /// The id the person had.
    pub customer: CustomerId,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub who: String,
    /// Orders and points stayed.
    pub books_kept: bool,
    /// The file was written anew.
    pub rewritten: bool,
    /// Rows taken out or emptied, by table.
    pub rows: BTreeMap<String, u64>,
}

/// Tables of words in which anybody may occur: number of a row, and the texts to look through.
const MENTIONS: [(&str, &str, &str); 7] = [
    ("batch", "seq", "subject"),
    ("import_run", "batch", "file_name, plan, state"),
    ("import_mapping", "id", "plan"),
    ("rejected_row", "seq", "cells"),
    ("request", "seq", "reply"),
    ("waiting_order", "id", "buyer, fields"),
    ("sync_waiting", "id", "body"),
];

/// The rows of others' tables in which the person occurs.
pub(crate) fn mentions(
    read: Reader<'_>,
    known: &Known,
) -> Result<Vec<(&'static str, Vec<Value>)>, StoreError> {
    let mut found = Vec::new();
    for (table, key, columns) in MENTIONS {
        let mut rows_found = Vec::new();
        let mut statement = read
            .conn
            .prepare(&format!("SELECT {key}, {columns} FROM {table}"))?;
        let count = statement.column_count();
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mut object = serde_json::Map::new();
            for at in 1..count {
                let text = row.get_ref(at)?.as_str().unwrap_or_default();
                if occurs(known, text) {
                    let name = names.get(at).cloned().unwrap_or_default();
                    object.insert(name, text.into());
                }
            }
            if !object.is_empty() {
                object.insert(key.to_owned(), row.get::<_, i64>(0)?.into());
                rows_found.push(Value::Object(object));
            }
        }
        found.push((table, rows_found));
    }
    Ok(found)
}

impl Store {
    /// Erases a person for good. The customer may be gone already and live on in the log only.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when nothing of them is there; whatever SQLite says. Then nothing was changed.
    pub fn erase_person(
        &mut self,
        meta: BatchMeta<'_>,
        customer: CustomerId,
        keep_books: bool,
        reply: impl FnOnce(&Erasure) -> Option<String>,
    ) -> Result<Written<Erasure>, StoreError> {
        self.conn.flush_prepared_statement_cache();
        self.conn.execute_batch(
            "PRAGMA secure_delete = ON;
             INSERT INTO customer_fts (customer_fts, rank) VALUES ('secure-delete', 1)",
        )?;
        let written = self.write(meta, |tx| {
            let erasure = tx.erase_person(customer, keep_books)?;
            if let Some(reply) = reply(&erasure) {
                tx.set_reply(reply);
            }
            Ok::<_, StoreError>(erasure)
        });
        let restored = self.conn.execute_batch(
            "INSERT INTO customer_fts (customer_fts, rank) VALUES ('secure-delete', 0)",
        );
        let mut written = written?;
        restored?;
        self.forget_watch_of(customer)?;
        written.value.rewritten = self.write_anew();
        self.conn.execute_batch("PRAGMA secure_delete = OFF")?;
        Ok(written)
    }

    /// Writes the file anew, so that its gaps hold nothing; false when there is no room to.
    fn write_anew(&self) -> bool {
        let work = "INSERT INTO customer_fts (customer_fts) VALUES ('optimize'); VACUUM;";
        self.conn.execute_batch(work).is_ok()
            && self
                .conn
                .execute_batch("UPDATE erasure SET rewritten = 1 WHERE rewritten = 0")
                .is_ok()
    }
}

impl Tx<'_> {
    fn erase_person(
        &mut self,
        customer: CustomerId,
        keep_books: bool,
    ) -> Result<Erasure, StoreError> {
        let known = known_by(self.read(), customer)?;
        let present = self.read().customer(customer)?.is_some();
        if !present && known.words.is_empty() && known.records.len() <= known.ids.len() {
            return Err(StoreError::NotFound {
                kind: RecordKind::Customer,
                id: customer.0,
            });
        }
        let keep_books = keep_books && present;
        let mut rows: BTreeMap<String, u64> = BTreeMap::new();
        let mut note = |table: &str, count: u64| {
            if count > 0 {
                *rows.entry(table.to_owned()).or_default() += count;
            }
        };
        for id in &known.ids {
            for (table, count) in self.read().count_of_person(CustomerId(*id))? {
                let stays = matches!(table, "merged" | "coupon_code" | "coupon_use" | "erasure");
                // What sync knows are ids and stamps, without which what was erased would come back.
                let kept = table == "change" || table.starts_with("sync_");
                if !kept && !(stays && (keep_books || table == "erasure")) {
                    note(table, count);
                }
            }
        }
        let terms = self.terms_of(&known)?;
        for id in &known.ids {
            self.delete_aside(*id, keep_books)?;
        }
        self.forget_points_words(&known, keep_books)?;
        if keep_books {
            self.make_nameless(customer)?;
        } else {
            for id in &known.ids {
                if self.read().customer(CustomerId(*id))?.is_some() {
                    self.remove_customer(CustomerId(*id))?;
                }
            }
        }
        self.forget_elsewhere(&known, keep_books)?;
        note("change", self.forget_log(&known)?);
        for (table, count) in self.forget_mentions(&known)? {
            note(table, count);
        }
        note("term", self.forget_terms(&terms)?);
        self.touch(crate::customers::record(customer), Action::Removed);
        self.note_erasure(customer, keep_books, rows)
    }

    fn note_erasure(
        &mut self,
        customer: CustomerId,
        books_kept: bool,
        rows: BTreeMap<String, u64>,
    ) -> Result<Erasure, StoreError> {
        let erasure = Erasure {
            id: self.new_id()?,
            customer,
            at: self.meta.at,
            who: self.meta.who.to_owned(),
            books_kept,
            rewritten: false,
            rows,
        };
        self.conn
            .prepare_cached(
                "INSERT INTO erasure (id, customer, at, who, books_kept, rewritten, rows)
                 VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)",
            )?
            .execute((
                erasure.id,
                customer.0,
                erasure.at.0,
                &erasure.who,
                books_kept,
                serde_json::to_string(&erasure.rows)?,
            ))?;
        Ok(erasure)
    }

    /// Rows that no record of the log hangs on.
    fn delete_aside(&mut self, id: i64, keep_books: bool) -> Result<(), StoreError> {
        const ASIDE: [&str; 8] = [
            "source_key",
            "list_member",
            "segment_event",
            "undo_kept",
            "merged",
            "merged_key",
            "distinct_pair",
            "quality_pass",
        ];
        for (table, theirs) in personal().filter(|(table, _)| ASIDE.contains(table)) {
            // Old ids go on leading to the orders that stay.
            if keep_books && table == "merged" {
                continue;
            }
            let sql = format!(r#"DELETE FROM "{table}" WHERE {}"#, condition(theirs));
            self.conn.prepare(&sql)?.execute([id])?;
        }
        if keep_books {
            self.conn
                .prepare_cached("DELETE FROM interaction WHERE customer = ?1")?
                .execute([id])?;
        }
        Ok(())
    }

    /// Empties the record and what is typed on orders.
    fn make_nameless(&mut self, id: CustomerId) -> Result<(), StoreError> {
        let nobody = CustomerDraft::default();
        self.conn.execute(
            "UPDATE customer SET external_id = NULL, kind = 0, name = '', email = NULL, phone = NULL, gender = NULL,
                birthday = NULL, country = NULL, province = NULL, city = NULL, district = NULL, postal_code = NULL,
                address = NULL, occupation = NULL, education = NULL, income_band = NULL, industry = NULL,
                company_size = NULL, interests = NULL, tags = NULL, source_channel = NULL, signup_on = NULL,
                owner = NULL, consent_email = NULL, consent_sms = NULL, consent_phone = NULL,
                acquisition_cost = NULL, note = NULL, custom = NULL, email_key = NULL, phone_key = NULL,
                sort_name = ?2, updated_at = ?3 WHERE id = ?1",
            (id.0, fold::sort_name(""), self.meta.at.0),
        )?;
        index::replace(self.conn, id, &fold::search_text(&nobody))?;
        self.conn.execute(
            r#"UPDATE "order" SET external_id = NULL, coupon = CASE WHEN EXISTS
                   (SELECT 1 FROM coupon_use WHERE order_id = "order".id) THEN coupon END
               WHERE customer = ?1"#,
            [id.0],
        )?;
        self.conn.execute(
            r#"UPDATE refund SET key = 'erased:' || id
               WHERE order_id IN (SELECT id FROM "order" WHERE customer = ?1)"#,
            [id.0],
        )?;
        Ok(())
    }

    /// Takes typed words out of the ledger: of entries that stay, and of those of others who gave or got points.
    fn forget_points_words(&mut self, known: &Known, keep_books: bool) -> Result<(), StoreError> {
        const TRIGGER: &str = "ledger_entry_stays";
        let sql: String = self
            .conn
            .prepare("SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?1")?
            .query_row([TRIGGER], |row| row.get(0))?;
        // The one case in which an entry loses words; its points, time and kind never change.
        self.conn
            .execute_batch(&format!("DROP TRIGGER {TRIGGER}"))?;
        // Keys that people chose may have words in them; those that pair two entries stay.
        let own = "UPDATE ledger_entry SET reason = NULL, data = json_remove(data, '$.request'),
                key = CASE WHEN data ->> '$.pair' IS NULL THEN 'erased:' || id ELSE key END
                WHERE customer = ?1";
        let others = "UPDATE ledger_entry SET reason = NULL, data = json_remove(data, '$.request')
                WHERE customer <> ?1 AND data IS NOT NULL AND instr(data, ?2) > 0";
        for id in &known.ids {
            if keep_books {
                self.conn.execute(own, [id])?;
            }
            self.conn.execute(others, (id, model::id::encode(*id)))?;
        }
        self.conn.execute_batch(&sql)?;
        Ok(())
    }

    /// Takes their words out of what sync knows, and sees to it that the other side hears of it.
    fn forget_elsewhere(&mut self, known: &Known, keep_books: bool) -> Result<(), StoreError> {
        for record in &known.records {
            self.sync_forget(*record)?;
            if keep_books {
                self.touch(*record, Action::Updated);
            }
        }
        Ok(())
    }

    /// Takes every row about their records out of the log.
    fn forget_log(&mut self, known: &Known) -> Result<u64, StoreError> {
        let mut delete = self
            .conn
            .prepare_cached("DELETE FROM change WHERE kind = ?1 AND record = ?2")?;
        let mut count = 0;
        for record in &known.records {
            count += delete.execute((record.kind.code(), record.id))? as u64;
        }
        Ok(count)
    }

    /// Takes the person out of the words of commands, files and replies.
    fn forget_mentions(&mut self, known: &Known) -> Result<Vec<(&'static str, u64)>, StoreError> {
        let mut counts = Vec::new();
        for (table, rows) in mentions(self.read(), known)? {
            for row in &rows {
                self.forget_mention(table, row, known)?;
            }
            counts.push((table, rows.len() as u64));
        }
        Ok(counts)
    }

    fn forget_mention(
        &mut self,
        table: &str,
        row: &Value,
        known: &Known,
    ) -> Result<(), StoreError> {
        let number = |name: &str| row.get(name).and_then(Value::as_i64).unwrap_or(0);
        match table {
            "batch" => self.conn.execute(
                "UPDATE batch SET subject = '' WHERE seq = ?1",
                [number("seq")],
            )?,
            "import_run" => {
                let batch = number("batch");
                let (file, plan, state): (String, String, String) = self
                    .conn
                    .prepare_cached(
                        "SELECT file_name, plan, state FROM import_run WHERE batch = ?1",
                    )?
                    .query_row([batch], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
                let file = if known.is_in(&file) {
                    String::new()
                } else {
                    file
                };
                let (plan, state) = (known.without(&plan)?, known.without(&state)?);
                self.conn.execute(
                    "UPDATE import_run SET file_name = ?2, plan = ?3, state = ?4 WHERE batch = ?1",
                    (batch, file, plan, state),
                )?
            }
            "import_mapping" => {
                let id = number("id");
                let plan: String = self
                    .conn
                    .prepare_cached("SELECT plan FROM import_mapping WHERE id = ?1")?
                    .query_row([id], |row| row.get(0))?;
                self.conn.execute(
                    "UPDATE import_mapping SET plan = ?2 WHERE id = ?1",
                    (id, known.without(&plan)?),
                )?
            }
            "rejected_row" => self
                .conn
                .execute("DELETE FROM rejected_row WHERE seq = ?1", [number("seq")])?,
            "request" => self
                .conn
                .execute("DELETE FROM request WHERE seq = ?1", [number("seq")])?,
            "sync_waiting" => self
                .conn
                .execute("DELETE FROM sync_waiting WHERE id = ?1", [number("id")])?,
            _ => self
                .conn
                .execute("DELETE FROM waiting_order WHERE id = ?1", [number("id")])?,
        };
        Ok(())
    }

    /// Numbers of the texts (products, channels, kinds) that their orders and interactions use.
    fn terms_of(&self, known: &Known) -> Result<BTreeSet<i64>, StoreError> {
        let mut terms = BTreeSet::new();
        for text in &known.terms {
            let mut number = self
                .conn
                .prepare_cached("SELECT id FROM term WHERE text = ?1")?;
            terms.extend(
                number
                    .query_row([text], |row| row.get::<_, i64>(0))
                    .optional()?,
            );
        }
        for id in &known.ids {
            for sql in [
                "SELECT kind FROM interaction WHERE customer = ?1",
                r#"SELECT channel FROM "order" WHERE customer = ?1 AND channel IS NOT NULL"#,
                r#"SELECT l.value ->> 0 FROM "order" o JOIN json_each(o.lines) l WHERE o.customer = ?1"#,
                r#"SELECT l.value ->> 1 FROM "order" o JOIN json_each(o.lines) l
                   WHERE o.customer = ?1 AND l.value ->> 1 IS NOT NULL"#,
            ] {
                let mut statement = self.conn.prepare_cached(sql)?;
                for term in statement.query_map([id], |row| row.get(0))? {
                    terms.insert(term?);
                }
            }
        }
        Ok(terms)
    }

    /// Empties texts that nobody uses any more. Their numbers stay taken: a number never comes to mean another text.
    fn forget_terms(&mut self, terms: &BTreeSet<i64>) -> Result<u64, StoreError> {
        let mut unused = terms.clone();
        let used = |unused: &mut BTreeSet<i64>, sql: &str| -> Result<(), StoreError> {
            for term in unused.clone() {
                let there = self.conn.prepare_cached(sql)?.exists([term])?;
                if there {
                    unused.remove(&term);
                }
            }
            Ok(())
        };
        used(&mut unused, r#"SELECT 1 FROM "order" WHERE channel = ?1"#)?;
        used(&mut unused, "SELECT 1 FROM interaction WHERE kind = ?1")?;
        let mut after = None;
        while !unused.is_empty() {
            after = self.read().scan_orders(after, 10_000, |order| {
                for line in order.lines {
                    unused.remove(&i64::from(line.product.0));
                    if let Some(category) = line.category {
                        unused.remove(&i64::from(category.0));
                    }
                }
            })?;
            if after.is_none() {
                break;
            }
        }
        for term in &unused {
            self.conn
                .prepare_cached("UPDATE term SET text = 'erased:' || id WHERE id = ?1")?
                .execute([term])?;
        }
        if !unused.is_empty() {
            self.state.forget_terms();
        }
        Ok(unused.len() as u64)
    }
}

impl Reader<'_> {
    /// Persons who were erased, newest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn erasures(self, offset: u64, limit: u32) -> Result<Page<Erasure>, StoreError> {
        let total: i64 = self
            .conn
            .prepare_cached("SELECT count(*) FROM erasure")?
            .query_row([], |row| row.get(0))?;
        let mut statement = self.conn.prepare_cached(
            "SELECT id, customer, at, who, books_kept, rewritten, rows FROM erasure
             ORDER BY at DESC, id DESC LIMIT ?1 OFFSET ?2",
        )?;
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        let mut rows = statement.query((limit, offset))?;
        let mut items = Vec::new();
        while let Some(row) = rows.next()? {
            let counts: String = row.get(6)?;
            items.push(Erasure {
                id: row.get(0)?,
                customer: CustomerId(row.get(1)?),
                at: Timestamp(row.get(2)?),
                who: row.get(3)?,
                books_kept: row.get(4)?,
                rewritten: row.get(5)?,
                rows: serde_json::from_str(&counts)?,
            });
        }
        Ok(Page {
            total: total.unsigned_abs(),
            items,
        })
    }

    /// When a person was first recorded: by their record, else by the log.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn first_recorded(self, customer: CustomerId) -> Result<Option<Timestamp>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT min(at) FROM (SELECT created_at AS at FROM customer WHERE id = ?1 UNION ALL
                   SELECT b.at FROM change c JOIN batch b ON b.id = c.batch WHERE c.kind = 0 AND c.record = ?1)",
            )?
            .query_row([customer.0], |row| row.get::<_, Option<i64>>(0))
            .optional()?
            .flatten()
            .map(Timestamp))
    }
}
