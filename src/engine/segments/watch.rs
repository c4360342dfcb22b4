//! Watching saved segments: who came in and who went, day by day, also on days when nobody opened the page.
//!
//! A stay is told in days: a customer is in on a day when they are at its end. One step looks at one segment on one day,
//! the earliest first. What was seen is noted beside the log (`store/membership/watch.rs`), some steps at a time.
//!
//! Of a segment that is new the days before are worked out from the records as they are known now, as far as
//! [`BACK_DAYS`]; from its first day on it is watched. Rules that look at points are only watched: what every member
//! had on each past day is too dear for a look back.

use crate::fault::OrFault;
use crate::segments::needs::needs_points;
use crate::{Context, Engine, Unanswered};
use model::rule::Rule;
use model::{CustomerId, Day, SegmentId, Timestamp};
use protocol::Fault;
use segment::{Bitmap, Columns};
use std::collections::{BTreeMap, BTreeSet};
use store::{Cause, RecordKind, SegmentEvent, SegmentVersion, SegmentWatch, WatchNotes};

/// The days before a new segment that are worked out.
pub(crate) const BACK_DAYS: i32 = 180;

/// Longer gaps than this are not caught up day by day: only their last days are.
const GAP_DAYS: i32 = 400;

/// The same for rules that look at points.
const GAP_DAYS_POINTS: i32 = 31;

/// So many looks are noted at once.
const LOOKS_AT_ONCE: u32 = 64;

/// Or so many comings and goings.
const EVENTS_AT_ONCE: usize = 4_000;

/// What came of a step of [`Engine::watch_segments`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watching {
    /// There is more to look at.
    More,
    /// All is looked at. Pages that show segments shall ask again if something was noted since the last time.
    Done {
        /// Something was noted.
        noted: bool,
    },
}

/// What is kept between looks.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Read from the store.
    loaded: bool,
    segments: BTreeMap<SegmentId, Watched>,
    /// Segments whose rule cannot be evaluated, with the data and day that was tried.
    stuck: BTreeMap<SegmentId, (u64, Day)>,
    pending: WatchNotes,
    looks: u32,
    noted: bool,
    /// Since the last look only segments were changed, no other records.
    only_rules: bool,
    /// Data and day when everything was looked at.
    settled: Option<(u64, Day)>,
}

/// One segment between looks.
#[derive(Debug)]
struct Watched {
    version: u32,
    rule: String,
    since: Day,
    watched: Day,
    day: Day,
    data_version: u64,
    at: Timestamp,
    first: Option<Vec<CustomerId>>,
    members: Bitmap,
    /// Members who are no customers any more.
    gone: Vec<CustomerId>,
    /// Changed since it was noted.
    dirty: bool,
    /// The last day was looked at again after an absence.
    closed: bool,
}

/// The next look.
struct Look {
    segment: SegmentId,
    day: Day,
    cause: Cause,
    /// The rule to look with.
    rule: String,
    /// The segment got another rule.
    renew: bool,
}

impl Watch {
    /// Notes what kinds of record a write changed.
    pub(crate) fn follow(&mut self, kinds: &[RecordKind]) {
        let only = kinds.iter().all(|kind| *kind == RecordKind::Segment);
        self.only_rules = only && (self.only_rules || self.settled.is_some());
        self.settled = None;
    }

    /// Forgets everything: slots changed, or the whole database.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }
}

impl Engine {
    /// Whether anything changed since all segments were looked at: the data, or only the day.
    pub fn watch_is_due(&self, context: &Context) -> bool {
        self.columns.is_some()
            && self.watch.settled != Some((self.data_version, self.today(context)))
    }

    /// Looks at one saved segment on one day.
    ///
    /// # Errors
    /// `Storage`, `QuotaExceeded`: what was not noted is looked at again the next time.
    pub fn watch_segments(&mut self, context: &Context) -> Result<Watching, Fault> {
        if self.columns.is_none() {
            return Ok(Watching::Done { noted: false });
        }
        let today = self.today(context);
        let result = self.watch_step(today, context);
        if result.is_err() {
            self.watch.forget();
        }
        result
    }

    fn watch_step(&mut self, today: Day, context: &Context) -> Result<Watching, Fault> {
        self.load_watches()?;
        let Some(look) = self.next_look(today)? else {
            self.note_watches()?;
            self.watch.settled = Some((self.data_version, today));
            self.watch.only_rules = false;
            let noted = std::mem::take(&mut self.watch.noted);
            return Ok(Watching::Done { noted });
        };
        self.look(&look, today, context)?;
        self.watch.looks += 1;
        if self.watch.looks >= LOOKS_AT_ONCE || self.watch.pending.events.len() >= EVENTS_AT_ONCE {
            self.note_watches()?;
        }
        Ok(Watching::More)
    }

    fn load_watches(&mut self) -> Result<(), Fault> {
        if self.watch.loaded {
            return Ok(());
        }
        let Some(columns) = self.columns.as_ref() else {
            return Ok(());
        };
        let read = self.store.read();
        for stored in read.watches().or_fault()? {
            let versions = read.segment_versions(stored.segment).or_fault()?;
            let rule = versions
                .into_iter()
                .find(|version| version.version == stored.version)
                .map(|version| version.rule)
                .unwrap_or_default();
            let (members, gone) = slots_of(columns, &stored.members);
            let watched = Watched {
                version: stored.version,
                rule,
                since: stored.since,
                watched: stored.watched,
                day: stored.day,
                data_version: stored.data_version,
                at: stored.at,
                first: None,
                members,
                gone,
                dirty: false,
                closed: false,
            };
            self.watch.segments.insert(stored.segment, watched);
        }
        self.watch.loaded = true;
        Ok(())
    }

    /// The earliest look that is due; ties by segment.
    fn next_look(&mut self, today: Day) -> Result<Option<Look>, Fault> {
        let saved = self.saved_segments()?;
        let version = self.data_version;
        let mut next: Option<Look> = None;
        for one in saved.iter() {
            let id = one.segment.id;
            let Ok(rule) = &one.rule else { continue };
            if self.watch.stuck.get(&id) == Some(&(version, today)) {
                continue;
            }
            let look = match self.watch.segments.get(&id) {
                Some(known) => self.look_at(id, known, rule, today)?,
                None => {
                    let points = needs_points(rule, &saved);
                    Some(Look {
                        segment: id,
                        day: if points {
                            today
                        } else {
                            today.plus_days(-BACK_DAYS)
                        },
                        cause: Cause::Records,
                        rule: rule.to_json(),
                        renew: true,
                    })
                }
            };
            if let Some(look) = look
                && next.as_ref().is_none_or(|next| look.day < next.day)
            {
                next = Some(look);
            }
        }
        Ok(next)
    }

    /// The next look at a segment that was looked at before.
    fn look_at(
        &self,
        id: SegmentId,
        known: &Watched,
        rule: &Rule,
        today: Day,
    ) -> Result<Option<Look>, Fault> {
        let look = |day: Day, cause: Cause, rule: String, renew: bool| {
            Some(Look {
                segment: id,
                day,
                cause,
                rule,
                renew,
            })
        };
        let now = rule.to_json();
        // A clock that went back brings nothing new until it is where it was.
        if known.day > today {
            return Ok(None);
        }
        let renewed = known.rule != now;
        if known.day == today {
            if renewed {
                return Ok(look(today, Cause::Rule, now, true));
            }
            if known.data_version == self.data_version {
                return Ok(None);
            }
            let cause = if self.watch.only_rules {
                Cause::Rule
            } else {
                Cause::Records
            };
            return Ok(look(today, cause, now, false));
        }
        // What was changed on the last day after the last look belongs to that day.
        let end = self.settings.zone.start_of(known.day.plus_days(1));
        let changed_then = known.data_version != self.data_version
            && !known.closed
            && known.day >= known.watched
            && self
                .store
                .read()
                .written_between(known.at, end)
                .or_fault()?;
        // Days that nobody saw are looked at with the rule that was in force then.
        let then = if known.rule.is_empty() {
            now.clone()
        } else {
            known.rule.clone()
        };
        if changed_then {
            return Ok(look(known.day, Cause::Records, then, false));
        }
        let saved = self.segments.as_deref().map_or(&[][..], Vec::as_slice);
        let gap = if needs_points(rule, saved) {
            GAP_DAYS_POINTS
        } else {
            GAP_DAYS
        };
        let day = known.day.plus_days(1).max(today.plus_days(-gap));
        if day == today && renewed {
            return Ok(look(today, Cause::Rule, now, true));
        }
        Ok(look(day, Cause::Calendar, then, false))
    }

    /// Looks at a segment on a day, and compares.
    fn look(&mut self, look: &Look, today: Day, context: &Context) -> Result<(), Fault> {
        let Ok(rule) = Rule::parse(&look.rule) else {
            return self.stuck(look, today);
        };
        let members = {
            let view = self.view_rule(&rule, look.day, today);
            match view.map_err(not_ready)?.evaluate(&rule) {
                Ok(members) => members,
                // A segment that it names is gone: it is looked at again when something changes.
                Err(_) => return self.stuck(look, today),
            }
        };
        let data_version = self.data_version;
        let arrivals = self.arrivals();
        let Some(columns) = self.columns.as_ref() else {
            return Ok(());
        };
        let mut members = members;
        if look.day < today {
            // Whoever came later was in nothing then, whatever is known of them now.
            members.and(&arrivals.by(columns.live(), look.day));
        }
        let watch = &mut self.watch;
        if look.renew {
            renew(watch, look, &members, columns, today, context.now);
        }
        let Some(known) = watch.segments.get_mut(&look.segment) else {
            return Ok(());
        };
        let seen = Seen {
            look,
            columns,
            worked_out: look.day <= known.watched && known.day < look.day,
            version: known.version,
        };
        let events = &mut watch.pending.events;
        for slot in differing(&known.members, &members) {
            let entered = members.contains(slot);
            events.extend(
                columns
                    .id(slot)
                    .map(|id| seen.event(id, Some(slot), entered)),
            );
        }
        // Whoever came back meanwhile (an undo) has come in above; both on one day is neither.
        let gone = std::mem::take(&mut known.gone);
        events.extend(gone.into_iter().map(|id| seen.event(id, None, false)));
        known.closed = look.day == known.day && look.day < today;
        known.dirty = true;
        known.day = look.day;
        known.members = members;
        known.data_version = data_version;
        known.at = context.now;
        Ok(())
    }

    fn stuck(&mut self, look: &Look, today: Day) -> Result<(), Fault> {
        self.watch
            .stuck
            .insert(look.segment, (self.data_version, today));
        Ok(())
    }

    /// Writes down what was seen.
    fn note_watches(&mut self) -> Result<(), Fault> {
        let Some(columns) = self.columns.as_ref() else {
            return Ok(());
        };
        let mut notes = std::mem::take(&mut self.watch.pending);
        for (id, known) in &mut self.watch.segments {
            if !std::mem::take(&mut known.dirty) {
                continue;
            }
            notes.watches.push(SegmentWatch {
                segment: *id,
                version: known.version,
                since: known.since,
                watched: known.watched,
                day: known.day,
                data_version: known.data_version,
                at: known.at,
                first: known.first.take().unwrap_or_default(),
                members: ids_of(columns, &known.members),
            });
        }
        self.watch.looks = 0;
        if notes.watches.is_empty() {
            return Ok(());
        }
        self.watch.noted |= !notes.events.is_empty() || !notes.versions.is_empty();
        self.store.note_watch(&notes).or_fault()
    }
}

/// A segment that is new, or has another rule.
fn renew(
    watch: &mut Watch,
    look: &Look,
    members: &Bitmap,
    columns: &Columns,
    today: Day,
    now: Timestamp,
) {
    let version = match watch.segments.get_mut(&look.segment) {
        Some(known) => {
            known.version += 1;
            known.rule.clone_from(&look.rule);
            known.version
        }
        None => {
            let known = Watched {
                version: 1,
                rule: look.rule.clone(),
                since: look.day,
                watched: today,
                day: look.day,
                data_version: 0,
                at: now,
                first: Some(ids_of(columns, members)),
                members: members.clone(),
                gone: Vec::new(),
                dirty: true,
                closed: false,
            };
            watch.segments.insert(look.segment, known);
            1
        }
    };
    let version = SegmentVersion {
        version,
        rule: look.rule.clone(),
        day: look.day,
        at: now,
    };
    watch.pending.versions.push((look.segment, version));
}

/// What a look sees by.
struct Seen<'a> {
    look: &'a Look,
    columns: &'a Columns,
    worked_out: bool,
    version: u32,
}

impl Seen<'_> {
    fn event(&self, customer: CustomerId, slot: Option<u32>, entered: bool) -> SegmentEvent {
        // Of a day that was worked out afterwards the orders of that very day tell records from calendar.
        let cause = match (self.worked_out, slot) {
            (true, Some(slot)) if acted_on(self.columns, slot, self.look.day) => Cause::Records,
            (true, _) => Cause::Calendar,
            (false, None) => Cause::Records,
            (false, _) => self.look.cause,
        };
        SegmentEvent {
            segment: self.look.segment,
            day: self.look.day,
            customer,
            entered,
            cause,
            version: self.version,
        }
    }
}

/// Whether the customer bought, or something was recorded about them, on that day.
fn acted_on(columns: &Columns, slot: u32, day: Day) -> bool {
    columns.orders(slot).any(|order| order.day() == day)
        || columns.events(slot).any(|event| event.day() == day)
        || columns.created_on(slot) == Some(day)
}

/// Slots that are in one of the two sets only.
fn differing(a: &Bitmap, b: &Bitmap) -> Vec<u32> {
    let len = a.len().max(b.len());
    let mut only_a = Bitmap::from_words(a.words().to_vec(), len);
    only_a.and_not(b);
    let mut only_b = Bitmap::from_words(b.words().to_vec(), len);
    only_b.and_not(a);
    only_a.or(&only_b);
    only_a.iter().collect()
}

fn slots_of(columns: &Columns, ids: &[CustomerId]) -> (Bitmap, Vec<CustomerId>) {
    let mut set = Bitmap::empty(columns.slots());
    let mut gone = Vec::new();
    for id in ids {
        match columns.slot(*id) {
            Some(slot) => set.set(slot, true),
            None => gone.push(*id),
        }
    }
    (set, gone)
}

fn ids_of(columns: &Columns, set: &Bitmap) -> Vec<CustomerId> {
    let ids: BTreeSet<CustomerId> = set.iter().filter_map(|slot| columns.id(slot)).collect();
    ids.into_iter().collect()
}

fn not_ready(unanswered: Unanswered) -> Fault {
    match unanswered {
        Unanswered::NotReady => Fault::new(protocol::FaultCode::Busy),
        Unanswered::Fault(fault) => fault,
    }
}
