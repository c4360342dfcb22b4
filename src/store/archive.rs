//! The whole workspace as one JSON file with checksums, and back in.
//!
//! Every table with its columns and rows, as they are; what is derived (the search index) is left out and made again.
//!
//! ```text
//! {"format":"shuke-archive","version":1,"schema":3,"madeAt":"2026-01-31T10:30:05Z","tables":[
//! {"name":"customer","columns":["id","external_id", ...],"rows":[
//! ["1099511627777",null, ...],
//! ...
//! ],"count":2,"sha256":"..."},
//! ...
//! ],"sha256":"..."}
//! ```
//!
//! Whole numbers beyond 2^53 are text, because readers in JavaScript would round them; the column's type tells which
//! is which, and in a column of any type such a number is `{"integer":"..."}`. Bytes are `{"hex":"..."}`. A table's
//! checksum is the SHA-256 of its rows, each as compact JSON and ended with a line feed; the last one that of
//! `name count sha256` of every table, each ended with a line feed. Whoever edits a row has to make them anew; a file
//! that was cut or flipped on its way is refused.

use crate::open::{APPLICATION_ID, SCHEMA_VERSION, UPGRADES, quick_check, set_pragmas, upgrade};
use crate::{Store, StoreError};
use model::Timestamp;
use rusqlite::types::{Value as Cell, ValueRef};
use rusqlite::{Connection, MAIN_DB};
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;

/// What an archive says it is.
const FORMAT: &str = "shuke-archive";

/// The version of its form.
const VERSION: u64 = 1;

/// Whole numbers up to here are exact everywhere.
const EXACT: i64 = 1 << 53;

/// Tables of the search index, made from the records.
const DERIVED: &str = "customer\\_search";

/// An archive in the making: from a copy in memory, so that it is of one moment whatever is written meanwhile.
pub struct ArchiveRun {
    conn: Connection,
    tables: Vec<Table>,
    at: usize,
    /// Of the table at hand.
    hash: Sha256,
    rows: u64,
    after: Option<Vec<Cell>>,
    /// Of all tables.
    whole: Sha256,
    started: bool,
    made_at: Timestamp,
    /// Rows written so far.
    pub done: u64,
    /// Rows in all.
    pub total: u64,
}

/// A table, and by what its rows are in order.
#[derive(Debug)]
struct Table {
    name: String,
    columns: Vec<(String, String)>,
    /// Positions of the columns that rows are ordered by; empty: by row number.
    key: Vec<usize>,
}

impl Store {
    /// Begins an archive of everything as it is now.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn archive(&mut self, made_at: Timestamp) -> Result<ArchiveRun, StoreError> {
        let mut conn = Connection::open_in_memory()?;
        let bytes = self.conn.serialize(MAIN_DB)?;
        conn.deserialize_read_exact(MAIN_DB, &*bytes, bytes.len(), true)?;
        drop(bytes);
        let tables = tables(&conn)?;
        let mut total = 0;
        for table in &tables {
            let sql = format!(r#"SELECT count(*) FROM "{}""#, table.name);
            total += conn
                .query_row(&sql, [], |row| row.get::<_, i64>(0))?
                .unsigned_abs();
        }
        Ok(ArchiveRun {
            conn,
            tables,
            at: 0,
            hash: Sha256::new(),
            rows: 0,
            after: None,
            whole: Sha256::new(),
            started: false,
            made_at,
            done: 0,
            total,
        })
    }
}

fn tables(conn: &Connection) -> Result<Vec<Table>, StoreError> {
    let sql = format!(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         AND name NOT LIKE 'customer\\_fts%' ESCAPE '\\' AND name NOT LIKE '{DERIVED}' ESCAPE '\\' ORDER BY name"
    );
    let names: Vec<String> = conn
        .prepare(&sql)?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut tables = Vec::new();
    for name in names {
        let info: Vec<(String, String, usize)> = conn
            .prepare("SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid")?
            .query_map([&name], |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    usize::try_from(row.get::<_, i64>(2)?).unwrap_or(0),
                ))
            })?
            .collect::<Result<_, _>>()?;
        let mut key: Vec<(usize, usize)> = info
            .iter()
            .enumerate()
            .filter(|(_, (.., pk))| *pk > 0)
            .map(|(at, (.., pk))| (*pk, at))
            .collect();
        key.sort_unstable();
        tables.push(Table {
            name,
            columns: info
                .into_iter()
                .map(|(name, kind, _)| (name, kind))
                .collect(),
            key: key.into_iter().map(|(_, at)| at).collect(),
        });
    }
    Ok(tables)
}

impl Table {
    /// The next stretch of rows behind `after`.
    fn select(&self, after: bool) -> String {
        let names: Vec<String> = self.columns.iter().map(|(n, _)| quoted(n)).collect();
        let key: Vec<&str> = self
            .key
            .iter()
            .filter_map(|at| names.get(*at).map(String::as_str))
            .collect();
        let key = if key.is_empty() {
            "rowid".to_owned()
        } else {
            key.join(", ")
        };
        let places: Vec<String> = (1..=self.key.len().max(1))
            .map(|n| format!("?{n}"))
            .collect();
        let behind = if after {
            format!("WHERE ({key}) > ({})", places.join(", "))
        } else {
            String::new()
        };
        format!(
            "SELECT {}, rowid_of FROM (SELECT *, {} AS rowid_of FROM {} {behind} ORDER BY {key} LIMIT {{limit}})",
            names.join(", "),
            if self.key.is_empty() { "rowid" } else { "0" },
            quoted(&self.name),
        )
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl ArchiveRun {
    /// Writes some rows more; whether that was all.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn step(&mut self, limit: usize, out: &mut Vec<u8>) -> Result<bool, StoreError> {
        self.begin(out)?;
        let Some(table) = self.tables.get(self.at) else {
            return Ok(true);
        };
        let begins = self.after.is_none() && self.rows == 0;
        if begins {
            let names: Vec<&str> = table
                .columns
                .iter()
                .map(|(name, _)| name.as_str())
                .collect();
            let between = if self.at == 0 { "\n" } else { ",\n" };
            let head = format!(
                "{between}{{\"name\":{},\"columns\":{},\"rows\":[",
                Value::from(table.name.as_str()),
                serde_json::to_string(&names)?
            );
            out.extend_from_slice(head.as_bytes());
        }
        let sql = table
            .select(self.after.is_some())
            .replace("{limit}", &limit.to_string());
        let mut statement = self.conn.prepare(&sql)?;
        let after = self.after.take().unwrap_or_default();
        let mut rows = statement.query(rusqlite::params_from_iter(after.iter()))?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            let mut cells = Vec::with_capacity(table.columns.len());
            for (at, (_, kind)) in table.columns.iter().enumerate() {
                cells.push(to_json(row.get_ref(at)?, kind));
            }
            let line = Value::Array(cells).to_string();
            out.extend_from_slice(if self.rows == 0 { b"\n" } else { b",\n" });
            out.extend_from_slice(line.as_bytes());
            self.hash.update(line.as_bytes());
            self.hash.update(b"\n");
            self.rows += 1;
            count += 1;
            let key = if table.key.is_empty() {
                vec![row.get(table.columns.len())?]
            } else {
                let cells = table.key.iter().map(|at| row.get(*at));
                cells.collect::<Result<Vec<Cell>, _>>()?
            };
            self.after = Some(key);
        }
        self.done += count as u64;
        if count == limit {
            return Ok(false);
        }
        let sum = hex(&std::mem::take(&mut self.hash).finalize());
        let line = format!("{} {} {sum}\n", table.name, self.rows);
        self.whole.update(line.as_bytes());
        let end = format!("\n],\"count\":{},\"sha256\":\"{sum}\"}}", self.rows);
        out.extend_from_slice(end.as_bytes());
        (self.after, self.rows) = (None, 0);
        self.at += 1;
        if self.at < self.tables.len() {
            return Ok(false);
        }
        let sum = hex(&std::mem::take(&mut self.whole).finalize());
        out.extend_from_slice(format!("\n],\"sha256\":\"{sum}\"}}\n").as_bytes());
        Ok(true)
    }

    /// What stands before the tables, once.
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), StoreError> {
        if !self.started {
            self.started = true;
            let schema: i64 = self
                .conn
                .query_row("PRAGMA user_version", [], |row| row.get(0))?;
            let head = format!(
                "{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"schema\":{schema},\"madeAt\":\"{}\",\"tables\":[",
                self.made_at
            );
            out.extend_from_slice(head.as_bytes());
        }
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn to_json(value: ValueRef<'_>, kind: &str) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) if (-EXACT..=EXACT).contains(&number) => number.into(),
        ValueRef::Integer(number) if kind == "INTEGER" => number.to_string().into(),
        ValueRef::Integer(number) => serde_json::json!({ "integer": number.to_string() }),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned().into(),
        ValueRef::Blob(bytes) => serde_json::json!({ "hex": hex(bytes) }),
    }
}

fn to_cell(value: &Value, kind: &str) -> Option<Cell> {
    Some(match value {
        Value::Null => Cell::Null,
        Value::Bool(_) | Value::Array(_) => return None,
        Value::Number(number) => match number.as_i64() {
            Some(number) => Cell::Integer(number),
            None => Cell::Real(number.as_f64()?),
        },
        Value::String(text) if kind == "INTEGER" => Cell::Integer(text.parse().ok()?),
        Value::String(text) => Cell::Text(text.clone()),
        Value::Object(object) => match (object.get("integer"), object.get("hex")) {
            (Some(Value::String(number)), None) => Cell::Integer(number.parse().ok()?),
            (None, Some(Value::String(digits))) => Cell::Blob(from_hex(digits)?),
            _ => return None,
        },
    })
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(2) || !digits.is_ascii() {
        return None;
    }
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok())
        .collect()
}

/// Whether a file looks like an archive: an object, perhaps behind a byte order mark.
pub(crate) fn looks_like(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head = bytes.get(..bytes.len().min(512)).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    head.trim_start().starts_with('{') && head.contains(FORMAT)
}

/// Reads an archive into a database in memory, checks it, and brings it to our schema. Gives the schema it had, too.
pub(crate) fn load(bytes: &[u8]) -> Result<(Connection, i64), StoreError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut loader = Loader {
        conn: Connection::open_in_memory()?,
        schema: None,
        tables: BTreeMap::new(),
        sums: BTreeMap::new(),
        order: Vec::new(),
        refused: None,
    };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = WholeSeed(&mut loader)
        .deserialize(&mut reader)
        .and_then(|()| reader.end());
    if let Some(refused) = loader.refused {
        return Err(refused);
    }
    read.map_err(|error| StoreError::Damaged(format!("archive: {error}")))?;
    let schema = loader.schema.ok_or(StoreError::NotShuke)?;
    let conn = loader.conn;
    let loose: Option<String> = conn
        .prepare("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1")?
        .query_map([], |row| row.get(0))?
        .next()
        .transpose()?;
    if let Some(table) = loose {
        return Err(StoreError::Damaged(format!(
            "archive: rows of {table} hang on nothing"
        )));
    }
    // The search index is made again at once.
    conn.execute_batch(
        "UPDATE meta SET value = 0 WHERE key = 'folding'; COMMIT; PRAGMA foreign_keys = ON",
    )?;
    quick_check(&conn)?;
    upgrade(&conn, None)?;
    Ok((conn, schema))
}

/// What is read so far.
struct Loader {
    conn: Connection,
    schema: Option<i64>,
    /// Columns and their types, by table.
    tables: BTreeMap<String, Vec<(String, String)>>,
    sums: BTreeMap<String, (u64, String)>,
    order: Vec<String>,
    /// Why it cannot be taken; the reader's own errors say only where.
    refused: Option<StoreError>,
}

impl Loader {
    /// Makes the empty tables of a schema.
    fn begin(&mut self, schema: i64) -> Result<(), StoreError> {
        if schema > SCHEMA_VERSION {
            return Err(StoreError::NewerSchema {
                found: schema,
                known: SCHEMA_VERSION,
            });
        }
        let scripts = usize::try_from(schema)
            .ok()
            .and_then(|count| UPGRADES.get(..count));
        let scripts = scripts
            .filter(|s| !s.is_empty())
            .ok_or(StoreError::NotShuke)?;
        set_pragmas(&self.conn)?;
        self.conn.execute_batch("PRAGMA foreign_keys = OFF")?;
        for script in scripts {
            self.conn.execute_batch(script)?;
        }
        self.conn.execute_batch(&format!(
            "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {schema}; BEGIN"
        ))?;
        self.tables = tables(&self.conn)?
            .into_iter()
            .map(|table| (table.name, table.columns))
            .collect();
        self.schema = Some(schema);
        Ok(())
    }

    fn refuse<E: serde::de::Error>(&mut self, error: StoreError) -> E {
        let text = error.to_string();
        self.refused = Some(error);
        E::custom(text)
    }

    fn damaged<E: serde::de::Error>(&mut self, what: String) -> E {
        self.refuse(StoreError::Damaged(format!("archive: {what}")))
    }
}

struct WholeSeed<'l>(&'l mut Loader);

impl<'de> DeserializeSeed<'de> for WholeSeed<'_> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for WholeSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an archive of Shuke")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let loader = self.0;
        let mut whole = None;
        let mut tables = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "format" => {
                    if map.next_value::<String>()? != FORMAT {
                        return Err(loader.refuse(StoreError::NotShuke));
                    }
                }
                "version" => {
                    let found: u64 = map.next_value()?;
                    if found > VERSION {
                        let error = StoreError::NewerSchema {
                            found: i64::try_from(found).unwrap_or(i64::MAX),
                            known: VERSION as i64,
                        };
                        return Err(loader.refuse(error));
                    }
                }
                "schema" if loader.schema.is_none() => {
                    let schema: i64 = map.next_value()?;
                    if let Err(error) = loader.begin(schema) {
                        return Err(loader.refuse(error));
                    }
                }
                "tables" if loader.schema.is_some() && !tables => {
                    tables = true;
                    map.next_value_seed(TablesSeed(&mut *loader))?;
                }
                "schema" | "tables" => {
                    return Err(loader.damaged(format!("{key} is not where it belongs")));
                }
                "sha256" => whole = Some(map.next_value::<String>()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let mut hash = Sha256::new();
        for name in &loader.order {
            if let Some((count, sum)) = loader.sums.get(name) {
                hash.update(format!("{name} {count} {sum}\n").as_bytes());
            }
        }
        if !tables || whole.as_deref() != Some(hex(&hash.finalize()).as_str()) {
            return Err(loader.damaged("the checksum of the whole does not fit".to_owned()));
        }
        if loader.sums.len() != loader.tables.len() {
            return Err(loader.damaged("a table is missing".to_owned()));
        }
        Ok(())
    }
}

struct TablesSeed<'l>(&'l mut Loader);

impl<'de> DeserializeSeed<'de> for TablesSeed<'_> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for TablesSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tables")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(TableSeed(&mut *self.0))?.is_some() {}
        Ok(())
    }
}

struct TableSeed<'l>(&'l mut Loader);

impl<'de> DeserializeSeed<'de> for TableSeed<'_> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for TableSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let loader = self.0;
        let (mut name, mut columns) = (None::<String>, None::<Vec<String>>);
        let (mut read, mut count, mut sum) = (None, None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "name" => name = Some(map.next_value()?),
                "columns" => columns = Some(map.next_value()?),
                "rows" => {
                    let (Some(name), Some(columns)) = (&name, &columns) else {
                        return Err(A::Error::custom("rows come before name and columns"));
                    };
                    let Some(into) = loader.tables.get(name) else {
                        return Err(loader.damaged(format!("there is no table {name:?}")));
                    };
                    let mut types = Vec::new();
                    for column in columns {
                        match into.iter().find(|(known, _)| known == column) {
                            Some((_, kind)) => types.push(kind.clone()),
                            None => {
                                return Err(
                                    loader.damaged(format!("{name} has no column {column:?}"))
                                );
                            }
                        }
                    }
                    let seed = RowsSeed {
                        sql: insert(name, columns),
                        types,
                        loader: &mut *loader,
                        table: name.clone(),
                    };
                    read = Some(map.next_value_seed(seed)?);
                }
                "count" => count = Some(map.next_value::<u64>()?),
                "sha256" => sum = Some(map.next_value::<String>()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let name = name.unwrap_or_default();
        let fits = read.is_some() && read == count.zip(sum.clone());
        let Some(read) = read.filter(|_| fits) else {
            return Err(loader.damaged(format!("the checksum of {name} does not fit")));
        };
        if loader.sums.insert(name.clone(), read).is_some() {
            return Err(loader.damaged(format!("{name} comes twice")));
        }
        loader.order.push(name);
        Ok(())
    }
}

fn insert(table: &str, columns: &[String]) -> String {
    let names: Vec<String> = columns.iter().map(|name| quoted(name)).collect();
    let places: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
    format!(
        "INSERT INTO {} ({}) VALUES ({})",
        quoted(table),
        names.join(", "),
        places.join(", ")
    )
}

struct RowsSeed<'l> {
    loader: &'l mut Loader,
    table: String,
    sql: String,
    types: Vec<String>,
}

impl<'de> DeserializeSeed<'de> for RowsSeed<'_> {
    type Value = (u64, String);
    fn deserialize<D: serde::Deserializer<'de>>(self, d: D) -> Result<Self::Value, D::Error> {
        d.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for RowsSeed<'_> {
    type Value = (u64, String);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut hash = Sha256::new();
        let mut count = 0_u64;
        while let Some(row) = seq.next_element::<Value>()? {
            hash.update(row.to_string().as_bytes());
            hash.update(b"\n");
            count += 1;
            let cells: Option<Vec<Cell>> = match &row {
                Value::Array(cells) if cells.len() == self.types.len() => cells
                    .iter()
                    .zip(&self.types)
                    .map(|(cell, kind)| to_cell(cell, kind))
                    .collect(),
                _ => None,
            };
            let Some(cells) = cells else {
                let what = format!("row {count} of {} is no row of it", self.table);
                return Err(self.loader.damaged(what));
            };
            let inserted = self
                .loader
                .conn
                .prepare_cached(&self.sql)
                .and_then(|mut statement| statement.execute(rusqlite::params_from_iter(cells)));
            if let Err(error) = inserted {
                let what = format!("row {count} of {}: {error}", self.table);
                return Err(self.loader.damaged(what));
            }
        }
        Ok((count, hex(&hash.finalize())))
    }
}
