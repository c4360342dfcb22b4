//! What was seen of segments: the versions of their rules, who came in and who went, day by day.
//!
//! Written beside the log, as a note of what was so: it changes no record, is no batch and no new version of the data.

use crate::{Reader, Store, StoreError};
use model::{CustomerId, Day, SegmentId, Timestamp};
use rusqlite::Row;

/// Why somebody came in or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Records changed.
    Records = 0,
    /// Only the calendar moved.
    Calendar = 1,
    /// The segment has another rule.
    Rule = 2,
}

impl Cause {
    fn of(code: i64) -> Self {
        match code {
            1 => Self::Calendar,
            2 => Self::Rule,
            _ => Self::Records,
        }
    }
}

/// A rule that a segment had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentVersion {
    /// From 1.
    pub version: u32,
    /// The rule as JSON.
    pub rule: String,
    /// The first local day it was looked at.
    pub day: Day,
    /// When it was first looked at.
    pub at: Timestamp,
}

/// Where watching a segment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentWatch {
    /// Which segment.
    pub segment: SegmentId,
    /// The rule it was last looked at with.
    pub version: u32,
    /// First day of its story.
    pub since: Day,
    /// From this day on it was watched; the days before were worked out afterwards.
    pub watched: Day,
    /// The last day that was looked at.
    pub day: Day,
    /// The data that was looked at last.
    pub data_version: u64,
    /// When it was last looked at.
    pub at: Timestamp,
    /// Who was in at the end of `since`, by id.
    pub first: Vec<CustomerId>,
    /// Who was in at the end of `day`, by id.
    pub members: Vec<CustomerId>,
}

/// Somebody came in or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentEvent {
    /// Which segment.
    pub segment: SegmentId,
    /// On which local day.
    pub day: Day,
    /// Who.
    pub customer: CustomerId,
    /// They came in; otherwise they went.
    pub entered: bool,
    /// Why.
    pub cause: Cause,
    /// The version of the rule that says so.
    pub version: u32,
}

/// How many came in and went on a day, for one cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayMoves {
    /// The day.
    pub day: Day,
    /// Why.
    pub cause: Cause,
    /// How many came in.
    pub entered: u64,
    /// How many went.
    pub left: u64,
}

/// What is to be noted at once.
#[derive(Clone, Debug, Default)]
pub struct WatchNotes {
    /// New versions of rules.
    pub versions: Vec<(SegmentId, SegmentVersion)>,
    /// Who came in and went. One who came in and went (or went and came back) on one day is left out, also if the first
    /// half was noted before.
    pub events: Vec<SegmentEvent>,
    /// Where watching stands afterwards. Of one that was noted before, how it began stays as it was noted.
    pub watches: Vec<SegmentWatch>,
}

impl Store {
    /// Notes what was seen, in one transaction.
    ///
    /// # Errors
    /// Whatever SQLite says; then nothing was noted.
    pub fn note_watch(&mut self, notes: &WatchNotes) -> Result<(), StoreError> {
        let transaction = self.conn.unchecked_transaction()?;
        let mut put = self.conn.prepare_cached(
            "INSERT OR REPLACE INTO segment_version (segment, version, rule, day, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for (segment, it) in &notes.versions {
            put.execute((segment.0, it.version, &it.rule, it.day.0, it.at.0))?;
        }
        let mut undo = self.conn.prepare_cached(
            "DELETE FROM segment_event WHERE segment = ?1 AND day = ?2 AND customer = ?3 AND entered <> ?4",
        )?;
        let mut put = self.conn.prepare_cached(
            "INSERT OR REPLACE INTO segment_event (segment, day, customer, entered, cause, version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for it in &notes.events {
            let key = (it.segment.0, it.day.0, it.customer.0, it.entered);
            if undo.execute(key)? == 0 {
                put.execute((
                    it.segment.0,
                    it.day.0,
                    it.customer.0,
                    it.entered,
                    it.cause as i64,
                    it.version,
                ))?;
            }
        }
        let mut put = self.conn.prepare_cached(
            "INSERT INTO segment_watch
                 (segment, version, since, watched, day, data_version, at, first, members)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (segment) DO UPDATE SET version = excluded.version, day = excluded.day,
                 data_version = excluded.data_version, at = excluded.at, members = excluded.members",
        )?;
        for it in &notes.watches {
            put.execute((
                it.segment.0,
                it.version,
                it.since.0,
                it.watched.0,
                it.day.0,
                i64::try_from(it.data_version).unwrap_or(i64::MAX),
                it.at.0,
                pack(&it.first),
                pack(&it.members),
            ))?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Forgets the story of one customer, who goes for good.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn forget_watch_of(&mut self, customer: CustomerId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM segment_event WHERE customer = ?1")?
            .execute([customer.0])?;
        let watches = self.read().watches()?;
        let mut put = self.conn.prepare_cached(
            "UPDATE segment_watch SET first = ?2, members = ?3 WHERE segment = ?1",
        )?;
        for mut watch in watches {
            watch.first.retain(|id| *id != customer);
            watch.members.retain(|id| *id != customer);
            put.execute((watch.segment.0, pack(&watch.first), pack(&watch.members)))?;
        }
        Ok(())
    }
}

impl Reader<'_> {
    /// Where watching of every segment stands, by segment; also of those that are gone.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn watches(self) -> Result<Vec<SegmentWatch>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT segment, version, since, watched, day, data_version, at, first, members
             FROM segment_watch ORDER BY segment",
        )?;
        let mut rows = statement.query([])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(watch_from_row(row)?);
        }
        Ok(all)
    }

    /// Where watching of a segment stands.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn watch(self, segment: SegmentId) -> Result<Option<SegmentWatch>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT segment, version, since, watched, day, data_version, at, first, members
             FROM segment_watch WHERE segment = ?1",
        )?;
        let mut rows = statement.query([segment.0])?;
        rows.next()?.map(watch_from_row).transpose()
    }

    /// The rules a segment had, oldest first.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn segment_versions(self, segment: SegmentId) -> Result<Vec<SegmentVersion>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT version, rule, day, at FROM segment_version WHERE segment = ?1 ORDER BY version",
        )?;
        let rows = statement.query_map([segment.0], |row| {
            Ok(SegmentVersion {
                version: row.get(0)?,
                rule: row.get(1)?,
                day: Day(row.get(2)?),
                at: Timestamp(row.get(3)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many came in and went on each of these days (both included), by day and cause.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn segment_moves(
        self,
        segment: SegmentId,
        from: Day,
        to: Day,
    ) -> Result<Vec<DayMoves>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT day, cause, sum(entered), sum(1 - entered) FROM segment_event
             WHERE segment = ?1 AND day BETWEEN ?2 AND ?3 GROUP BY day, cause ORDER BY day, cause",
        )?;
        let rows = statement.query_map((segment.0, from.0, to.0), |row| {
            Ok(DayMoves {
                day: Day(row.get(0)?),
                cause: Cause::of(row.get(1)?),
                entered: row.get::<_, i64>(2)?.unsigned_abs(),
                left: row.get::<_, i64>(3)?.unsigned_abs(),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Who came in and went on these days (both included), by day and id.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn segment_events(
        self,
        segment: SegmentId,
        from: Day,
        to: Day,
    ) -> Result<Vec<SegmentEvent>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT segment, day, customer, entered, cause, version FROM segment_event
             WHERE segment = ?1 AND day BETWEEN ?2 AND ?3 ORDER BY day, customer",
        )?;
        let rows = statement.query_map((segment.0, from.0, to.0), event_from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What is noted of one customer, by segment and day.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn segment_events_of(self, customer: CustomerId) -> Result<Vec<SegmentEvent>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT segment, day, customer, entered, cause, version FROM segment_event
             WHERE customer = ?1 ORDER BY segment, day",
        )?;
        let rows = statement.query_map([customer.0], event_from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether anything was written after one instant and before another.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn written_between(self, after: Timestamp, before: Timestamp) -> Result<bool, StoreError> {
        // The log grows with time, but clocks are set: looks at the newest thousand.
        let mut statement = self.conn.prepare_cached(
            "SELECT 1 FROM (SELECT at FROM batch ORDER BY seq DESC LIMIT 1000) WHERE at > ?1 AND at < ?2",
        )?;
        Ok(statement.exists((after.0, before.0))?)
    }
}

fn event_from_row(row: &Row<'_>) -> rusqlite::Result<SegmentEvent> {
    Ok(SegmentEvent {
        segment: SegmentId(row.get(0)?),
        day: Day(row.get(1)?),
        customer: CustomerId(row.get(2)?),
        entered: row.get(3)?,
        cause: Cause::of(row.get(4)?),
        version: row.get(5)?,
    })
}

fn watch_from_row(row: &Row<'_>) -> Result<SegmentWatch, StoreError> {
    Ok(SegmentWatch {
        segment: SegmentId(row.get(0)?),
        version: row.get(1)?,
        since: Day(row.get(2)?),
        watched: Day(row.get(3)?),
        day: Day(row.get(4)?),
        data_version: row.get::<_, i64>(5)?.unsigned_abs(),
        at: Timestamp(row.get(6)?),
        first: unpack(row.get_ref(7)?.as_blob().unwrap_or_default())?,
        members: unpack(row.get_ref(8)?.as_blob().unwrap_or_default())?,
    })
}

/// Sorted ids as distances, each in groups of seven bits, the lowest first; all but the last have the eighth bit.
/// A hundred thousand ids of one replica are a hundred thousand bytes.
fn pack(ids: &[CustomerId]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(ids.len() + 8);
    let mut last = 0i64;
    for id in ids {
        let mut rest = id.0.wrapping_sub(last) as u64;
        last = id.0;
        while rest >= 0x80 {
            bytes.push((rest as u8 & 0x7f) | 0x80);
            rest >>= 7;
        }
        bytes.push(rest as u8);
    }
    bytes
}

/// Reads what [`pack`] wrote.
fn unpack(bytes: &[u8]) -> Result<Vec<CustomerId>, StoreError> {
    let mut ids = Vec::with_capacity(bytes.len());
    let (mut last, mut value, mut shift) = (0i64, 0u64, 0u32);
    for byte in bytes {
        value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        if byte & 0x80 == 0 {
            last = last.wrapping_add(value as i64);
            ids.push(CustomerId(last));
            (value, shift) = (0, 0);
        } else {
            shift += 7;
        }
    }
    if shift != 0 {
        return Err(StoreError::BadValue("a set of ids breaks off".to_owned()));
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sets_of_ids_come_back(ids in proptest::collection::btree_set(1i64..i64::MAX, 0..50)) {
            let ids: Vec<CustomerId> = ids.into_iter().map(CustomerId).collect();
            prop_assert_eq!(unpack(&pack(&ids)).unwrap(), ids);
        }
    }

    #[test]
    fn a_set_is_small_and_half_a_set_is_refused() {
        let replica = model::Replica::from_random(77);
        let ids: Vec<CustomerId> = (1..=1_000).map(|n| CustomerId(replica.raw_id(n))).collect();
        let bytes = pack(&ids);
        assert!(bytes.len() < 1_010, "{}", bytes.len());
        assert!(unpack(bytes.get(..3).unwrap()).is_err());
    }
}
