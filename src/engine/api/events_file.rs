//! Events out of a file: tables and JSON alike, each row an event with the contract's fields (`customer`, `kind`, `at`,
//! `key`, `data.<name>`). A row without a key gets one from its content, so that the same file twice changes nothing.

use super::events::put_one;
use super::files::ApiImport;
use super::report::{Failed, Put, issue_json};
use crate::apply::Known;
use crate::fault::Failure;
use crate::follow::Touched;
use crate::{Changed, Context, Engine};
use intake::{CellType, Reader, Row};
use model::import::ImportPlan;
use model::{BatchId, Issue, IssueCode};
use protocol::{ApiJson, Fault, FaultCode, Progress, Stage};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use store::BatchMeta;
use xxhash_rust::xxh3::xxh3_128;

/// Events in one transaction.
const EVENTS: usize = 500;

/// Issues that a report has.
const ISSUES: usize = 1_000;

/// What an import of events wants next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EventsStep {
    /// More bytes: [`ApiEvents::feed`], or [`ApiEvents::end_of_file`].
    NeedsBytes(Progress),
    /// Another step.
    More(Progress),
    /// [`ApiEvents::report`].
    Complete,
}

/// An import of events. Feed bytes, step, feed, step ...
pub struct ApiEvents {
    wish: ApiImport,
    reader: Reader,
    rows: VecDeque<(u32, Map<String, Value>)>,
    ended: bool,
    fed: u64,
    size: u64,
    counts: [u64; 4],
    read: u64,
    issues: Vec<Value>,
    unknown: BTreeSet<String>,
    fields: BTreeMap<String, String>,
    batch: Option<BatchId>,
    changed: Option<Changed>,
    cancelled: bool,
}

impl ApiEvents {
    /// Begins, with a file of `size` bytes.
    pub fn new(wish: ApiImport, plan: &ImportPlan, size: u64) -> Self {
        Self {
            wish,
            reader: Reader::new(plan),
            rows: VecDeque::new(),
            ended: false,
            fed: 0,
            size,
            counts: [0; 4],
            read: 0,
            issues: Vec::new(),
            unknown: BTreeSet::new(),
            fields: BTreeMap::new(),
            batch: None,
            changed: None,
            cancelled: false,
        }
    }

    /// Takes the next bytes of the file.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.fed += bytes.len() as u64;
        let mut rows = Vec::new();
        let (wish, unknown, fields) = (&self.wish, &mut self.unknown, &mut self.fields);
        self.reader.feed(bytes, &mut |row| {
            rows.push((row.number, event_of(row, wish, unknown, fields)))
        });
        self.rows.extend(rows);
        self.keep_reader_issues();
    }

    /// There are no more bytes.
    pub fn end_of_file(&mut self) {
        self.ended = true;
        let mut rows = Vec::new();
        let (wish, unknown, fields) = (&self.wish, &mut self.unknown, &mut self.fields);
        self.reader
            .finish(&mut |row| rows.push((row.number, event_of(row, wish, unknown, fields))));
        self.rows.extend(rows);
        self.keep_reader_issues();
    }

    fn keep_reader_issues(&mut self) {
        for issue in self.reader.take_issues() {
            self.note(&issue);
        }
    }

    fn note(&mut self, issue: &Issue) {
        if self.issues.len() < ISSUES {
            self.issues.push(issue_json(issue, None));
        }
    }

    fn progress(&self) -> Progress {
        Progress {
            stage: Stage::Writing,
            done: self.fed,
            total: self.size,
            rows: self.read,
        }
    }

    /// Goes on.
    ///
    /// # Errors
    /// `Storage`, `QuotaExceeded`; what is in stays in.
    pub fn step(&mut self, engine: &mut Engine, context: &Context) -> Result<EventsStep, Fault> {
        if !self.rows.is_empty() {
            self.write(engine, context)?;
            return Ok(EventsStep::More(self.progress()));
        }
        Ok(match self.ended {
            true => EventsStep::Complete,
            false => EventsStep::NeedsBytes(self.progress()),
        })
    }

    fn write(&mut self, engine: &mut Engine, context: &Context) -> Result<(), Fault> {
        let some = self.rows.len().min(EVENTS);
        let rows: Vec<(u32, Map<String, Value>)> = self.rows.drain(..some).collect();
        self.read += rows.len() as u64;
        let programs = engine.programs()?;
        let known = Known {
            settings: &engine.settings,
            today: engine.settings.zone.day(context.now),
            context,
            programs,
            circle: crate::coupons::Circle::default(),
        };
        let meta = BatchMeta {
            name: "put_events",
            subject: &self.wish.file_name,
            who: &context.who,
            at: context.now,
            request: None,
            continues: self.batch,
            bulk: false,
        };
        let dry = self.wish.dry_run;
        let mut results = Vec::new();
        let written = engine.store.write(meta, |tx| -> Result<Touched, Failure> {
            let mut touched = Touched::default();
            for (_, object) in &rows {
                let mut issues = Vec::new();
                match put_one(object, &known, tx, &mut touched, &mut issues) {
                    Err(Failed::Failure(failure)) => return Err(failure),
                    Err(Failed::Issues(wrong)) => results.push((None, wrong)),
                    Ok(done) => results.push((Some(done), issues)),
                }
            }
            // Whatever is taken back was none the less seen to be right.
            if dry {
                return Err(Fault::new(FaultCode::Cancelled).into());
            }
            Ok(touched)
        });
        match written {
            Err(_) if dry && results.len() == rows.len() => {}
            Err(failure) => return Err(failure.into()),
            Ok(written) => {
                let kinds = written.kinds();
                if let Some(batch) = written.batch {
                    self.batch = Some(batch);
                    let later = engine.follow(written.value, written.data_version, &kinds)?;
                    match &mut self.changed {
                        Some(changed) => changed.and(later),
                        None => self.changed = Some(later),
                    }
                }
            }
        }
        for ((row, _), (done, issues)) in rows.iter().zip(results) {
            let place = match done {
                Some(Put::Created(_)) => 0,
                Some(Put::Updated(_)) => 1,
                Some(Put::Unchanged(_)) => 2,
                None => 3,
            };
            if let Some(count) = self.counts.get_mut(place) {
                *count += 1;
            }
            for issue in issues {
                self.note(&issue.at_row(*row));
            }
        }
        Ok(())
    }

    /// Stops: what is in stays in.
    pub fn cancel(&mut self) {
        self.cancelled = true;
    }

    /// What came of it.
    pub fn report(mut self) -> (ApiJson, Option<Changed>) {
        for header in std::mem::take(&mut self.unknown) {
            let issue = Issue::warning(IssueCode::UnmappedColumn).in_column(&header);
            self.note(&issue.expected("customer, kind, at, key, data.<name>"));
        }
        let [created, updated, unchanged, skipped] = self.counts;
        let answer = json!({
            "batch": self.batch.map(|batch| batch.to_string()).unwrap_or_default(),
            "preset": null,
            "mapping": self.fields,
            "what": "events",
            "rows": self.read,
            "created": created,
            "updated": updated,
            "unchanged": unchanged,
            "skipped": skipped,
            "issues": self.issues,
            "duplicates": 0,
            "cancelled": self.cancelled,
        });
        (ApiJson(answer.to_string()), self.changed)
    }
}

/// A row as the JSON of an event.
fn event_of(
    row: Row<'_>,
    wish: &ApiImport,
    unknown: &mut BTreeSet<String>,
    fields: &mut BTreeMap<String, String>,
) -> Map<String, Value> {
    let mut event = Map::new();
    let mut data = Map::new();
    for (place, header) in row.columns.iter().enumerate() {
        let cell = row.get(place);
        let field = wish.event_field(header);
        let inner = field.strip_prefix("data.");
        if inner.is_none() && !["customer", "kind", "at", "key"].contains(&field) {
            if !field.is_empty() && !["id"].contains(&field) {
                unknown.insert(header.clone());
            }
            continue;
        }
        fields.insert(header.clone(), field.to_owned());
        if cell.is_empty() {
            continue;
        }
        match inner {
            Some(name) => data.insert(name.to_owned(), value_of(cell, row.cell_type(place))),
            None => event.insert(field.to_owned(), cell.trim().into()),
        };
    }
    if !data.is_empty() {
        event.insert("data".to_owned(), Value::Object(data));
    }
    if !event.contains_key("key") {
        let text = Value::Object(event.clone()).to_string();
        let key = format!("file:{:032x}", xxh3_128(text.as_bytes()));
        event.insert("key".to_owned(), key.into());
    }
    event
}

/// A cell as JSON; what a file without types says is read as a number, yes or no only where that loses nothing.
fn value_of(cell: &str, of: CellType) -> Value {
    match of {
        CellType::Text | CellType::List => cell.into(),
        CellType::Untyped | CellType::Literal => {
            let read: Option<Value> = serde_json::from_str(cell).ok();
            let plain = read.filter(|value| {
                let written = value.to_string();
                (value.is_number() || value.is_boolean()) && written == cell
            });
            plain.unwrap_or_else(|| cell.into())
        }
    }
}
