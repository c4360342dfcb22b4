//! What belongs to the whole workspace: settings, segments, versions of the programme, counters, replies.

use crate::changes::{Diff, diff};
use crate::state::{meta_number, optional_meta_number, set_meta_number};
use crate::{
    Action, Counts, ProgramVersion, Reader, RecordKind, RecordRef, Segment, Store, StoreError, Tx,
};
use model::{Day, Replica, SegmentId, Timestamp, WorkspaceSettings};
use rusqlite::{OptionalExtension, Row};

/// Names the settings in the log.
pub const SETTINGS: RecordRef = RecordRef {
    kind: RecordKind::Settings,
    id: 0,
};

/// Names a segment in the log.
pub(crate) fn segment_record(id: SegmentId) -> RecordRef {
    RecordRef {
        kind: RecordKind::Segment,
        id: id.0,
    }
}

/// Names a version of the programme in the log.
pub(crate) fn program_record(version: u32) -> RecordRef {
    RecordRef {
        kind: RecordKind::Program,
        id: i64::from(version),
    }
}

/// How it stands with backups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupState {
    /// When one was last saved.
    pub last_at: Option<Timestamp>,
    /// Commands since then.
    pub batches_since: u64,
}

impl Store {
    /// Notes that a backup was saved. No entry in the log and no new version: the data is the same.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn backup_saved(&mut self, at: Timestamp) -> Result<(), StoreError> {
        let transaction = self.conn.unchecked_transaction()?;
        let newest: Option<i64> = self
            .conn
            .query_row("SELECT max(seq) FROM batch", [], |row| row.get(0))?;
        set_meta_number(&self.conn, "last_backup_at", at.0)?;
        set_meta_number(&self.conn, "backup_seq", newest.unwrap_or(0))?;
        transaction.commit()?;
        Ok(())
    }
}

impl Tx<'_> {
    /// Saves a segment, new (`None`) or changed.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn save_segment(
        &mut self,
        id: Option<SegmentId>,
        name: &str,
        rule: &str,
    ) -> Result<SegmentId, StoreError> {
        let new = |id| Segment {
            id,
            name: name.to_owned(),
            rule: rule.to_owned(),
        };
        let Some(id) = id else {
            let id = SegmentId(self.new_id()?);
            let created_by = self.created_by()?;
            self.insert_segment(&new(id), created_by)?;
            self.touch(segment_record(id), Action::Created);
            return Ok(id);
        };
        let old = self.read().segment(id)?.ok_or(StoreError::NotFound {
            kind: RecordKind::Segment,
            id: id.0,
        })?;
        self.change_segment(&old, &new(id))?;
        Ok(id)
    }

    /// Removes a segment.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn remove_segment(&mut self, id: SegmentId) -> Result<(), StoreError> {
        self.remove_row(segment_record(id))
    }

    /// Writes `new` over `old` and records the difference.
    pub(crate) fn change_segment(
        &mut self,
        old: &Segment,
        new: &Segment,
    ) -> Result<(), StoreError> {
        let Some(Diff { before, after }) = diff(old, new)? else {
            return Ok(());
        };
        self.conn
            .prepare_cached("UPDATE segment SET name = ?2, rule = ?3 WHERE id = ?1")?
            .execute((new.id.0, &new.name, &new.rule))?;
        let record = segment_record(new.id);
        self.log(record, Action::Updated, Some(&before), Some(&after))?;
        self.touch(record, Action::Updated);
        Ok(())
    }

    /// Inserts a segment as it is, without a note in the log.
    pub(crate) fn insert_segment(
        &mut self,
        segment: &Segment,
        created_by: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO segment (id, name, rule, created_by) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute((segment.id.0, &segment.name, &segment.rule, created_by))?;
        Ok(())
    }

    /// Adds a version of the programme and gives its number.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn add_program(&mut self, from: Option<Day>, program: &str) -> Result<u32, StoreError> {
        let created_by = self.created_by()?;
        // A counter, not the highest number: entries name the version they were made under, so none comes twice.
        let version = meta_number(self.conn, "programs")?.saturating_add(1);
        set_meta_number(self.conn, "programs", version)?;
        let version = ProgramVersion {
            version: u32::try_from(version).unwrap_or(u32::MAX),
            from,
            program: program.to_owned(),
            at: self.meta.at,
        };
        self.insert_program(&version, created_by)?;
        self.touch(program_record(version.version), Action::Created);
        Ok(version.version)
    }

    /// Inserts a version as it is, without a note in the log.
    pub(crate) fn insert_program(
        &mut self,
        it: &ProgramVersion,
        created_by: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO program_version (version, from_day, program, at, created_by)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((
                it.version,
                it.from.map(|day| day.0),
                &it.program,
                it.at.0,
                created_by,
            ))?;
        Ok(())
    }

    /// Replaces the settings.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn set_settings(&mut self, settings: &WorkspaceSettings) -> Result<(), StoreError> {
        let old = self.read().settings()?;
        let Some(Diff { before, after }) = diff(&old, settings)? else {
            return Ok(());
        };
        self.conn
            .prepare_cached("UPDATE meta SET value = ?1 WHERE key = 'settings'")?
            .execute([serde_json::to_string(settings)?])?;
        self.log(SETTINGS, Action::Updated, Some(&before), Some(&after))?;
        self.touch(SETTINGS, Action::Updated);
        Ok(())
    }
}

impl Reader<'_> {
    /// Settings of the workspace.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn settings(self) -> Result<WorkspaceSettings, StoreError> {
        let text: String = self
            .conn
            .prepare_cached("SELECT value FROM meta WHERE key = 'settings'")?
            .query_row([], |row| row.get(0))
            .optional()?
            .ok_or_else(|| StoreError::Damaged("meta has no settings".to_owned()))?;
        Ok(serde_json::from_str(&text)?)
    }

    /// This browser profile's share of the id space.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn replica(self) -> Result<Replica, StoreError> {
        let number = meta_number(self.conn, "replica")?;
        Ok(Replica::from_random(u32::try_from(number).unwrap_or(0)))
    }

    /// Grows with every write; never comes back, not even by restoring a backup.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn data_version(self) -> Result<u64, StoreError> {
        Ok(meta_number(self.conn, "data_version")?.unsigned_abs())
    }

    /// How many customers and orders there are; kept up to date, so this is instant.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn counts(self) -> Result<Counts, StoreError> {
        Ok(Counts {
            customers: meta_number(self.conn, "customers")?.unsigned_abs(),
            orders: meta_number(self.conn, "orders")?.unsigned_abs(),
        })
    }

    /// Size of the database.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn database_bytes(self) -> Result<u64, StoreError> {
        let number = |sql: &str| self.conn.query_row(sql, [], |row| row.get::<_, i64>(0));
        let bytes = number("PRAGMA page_count")?.saturating_mul(number("PRAGMA page_size")?);
        Ok(bytes.unsigned_abs())
    }

    /// How it stands with backups.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn backup_state(self) -> Result<BackupState, StoreError> {
        let last_at = optional_meta_number(self.conn, "last_backup_at")?.map(Timestamp);
        let since = meta_number(self.conn, "backup_seq")?;
        let batches: i64 = self
            .conn
            .prepare_cached("SELECT count(*) FROM batch WHERE seq > ?1")?
            .query_row([since], |row| row.get(0))?;
        Ok(BackupState {
            last_at,
            batches_since: batches.unsigned_abs(),
        })
    }

    /// The reply to a request that was applied before.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn reply_to(self, request: &str) -> Result<Option<String>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT reply FROM request WHERE id = ?1")?
            .query_row([request], |row| row.get(0))
            .optional()?)
    }

    /// Saved segments, oldest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn segments(self) -> Result<Vec<Segment>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id, name, rule FROM segment ORDER BY id")?;
        let rows = statement.query_map([], segment_from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A saved segment.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn segment(self, id: SegmentId) -> Result<Option<Segment>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT id, name, rule FROM segment WHERE id = ?1")?
            .query_row([id.0], segment_from_row)
            .optional()?)
    }

    /// Versions of the programme, oldest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn programs(self) -> Result<Vec<ProgramVersion>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT version, from_day, program, at FROM program_version ORDER BY version",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(ProgramVersion {
                version: row.get(0)?,
                from: row.get::<_, Option<i32>>(1)?.map(Day),
                program: row.get(2)?,
                at: Timestamp(row.get(3)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn segment_from_row(row: &Row<'_>) -> rusqlite::Result<Segment> {
    Ok(Segment {
        id: SegmentId(row.get(0)?),
        name: row.get(1)?,
        rule: row.get(2)?,
    })
}
