//! Pulling: page by page, from the server's cursor or from the start.

use super::state::{DAY_MS, Scan};
use super::{CHUNK, Goal, Op, Pull, Question, Reason, Run, Stage};
use crate::exchange::Answer;
use crate::profile::{Changes, CursorKind, Mode, Profile};
use crate::record::{Key, Record};
use crate::replica::Replica;
use crate::wire::collection::Lane;
use crate::wire::{Item, Page, Place, back, document, later};
use crate::{Fault, FaultCode};

impl Run {
    /// The next page, the next lane, or what comes after pulling.
    pub(super) fn pull_on<R: Replica>(
        &mut self,
        replica: &mut R,
        now_ms: u64,
    ) -> Result<(), R::Fault> {
        if let Some(pull) = &self.pull {
            let since = pull.since.as_deref();
            let request = self.profile.ask_list(pull.lane, &pull.place, since);
            self.ask(request, Goal::List);
            return Ok(());
        }
        match self.lanes.pop_front() {
            Some(lane) => {
                self.begin_lane(lane, now_ms);
                Ok(())
            }
            None if !self.twins.is_empty() => {
                self.take_twin_away();
                Ok(())
            }
            None => self.after_pull(replica),
        }
    }

    /// Whether a lane is read from the start.
    fn is_full(&self, lane: Lane, now_ms: u64) -> bool {
        if never_tells_changes(&self.profile) {
            return true;
        }
        let state = self.state.lanes.get(lane.name());
        let Some(state) = state.filter(|s| s.cursor.is_some()) else {
            return true;
        };
        let read_back = self.round > 0;
        let due = now_ms >= state.full_at.saturating_add(DAY_MS) || now_ms < state.full_at;
        let wanted = self.reason == Reason::Full || self.state.full_due || due;
        state.scan.is_some() || wanted && !read_back
    }

    fn begin_lane(&mut self, lane: Lane, now_ms: u64) {
        let full = self.is_full(lane, now_ms);
        let number = self.state.scan.saturating_add(1);
        let state = self.state.lanes.entry(lane.name().to_owned()).or_default();
        let resumed = state
            .scan
            .clone()
            .filter(|_| full && self.profile.mode != Mode::Document);
        let (place, since, scan, clean, expects) = match (&resumed, full) {
            (Some(scan), _) => {
                let clean = scan.place == Place::Start && scan.since.is_none();
                let (place, since) = (scan.place.clone(), scan.since.clone());
                (place, since, Some(scan.number), clean, false)
            }
            (None, true) => {
                self.state.scan = number;
                state.scan = Some(Scan {
                    number,
                    place: Place::Start,
                    since: None,
                });
                (Place::Start, None, Some(number), true, false)
            }
            (None, false) => {
                let (since, expects) = since(
                    &self.profile,
                    state.cursor.as_deref(),
                    state.before.as_deref(),
                );
                (Place::Start, since, None, true, expects)
            }
        };
        if self.round == 0 {
            state.before.clone_from(&state.cursor);
            self.full |= full;
        }
        let resumed = place != Place::Start || scan.is_some() && since.is_some();
        self.pull = Some(Pull {
            lane,
            place,
            since,
            scan,
            clean,
            resumed,
            high: None,
            sorted: true,
            count: 0,
            total: None,
            first_page: true,
            expects,
        });
    }

    /// A page came, or did not.
    pub(super) fn take_page<R: Replica>(
        &mut self,
        replica: &mut R,
        op: Op,
        answer: &Answer,
        now_ms: u64,
    ) -> Result<(), R::Fault> {
        let Some(mut pull) = self.pull.take() else {
            return Ok(());
        };
        let page = match self.read_page(&pull, answer) {
            Ok(page) => page,
            Err(fault) => {
                let after = super::backoff::retry_after(answer, now_ms);
                if answer.status == 410 || answer.status == 400 && pull.since.is_some() {
                    // The cursor is too old for the endpoint, or none of its own any more.
                    self.forget_cursor(pull.lane);
                } else {
                    self.pull = Some(pull);
                }
                return self.fail(replica, op, fault, after, now_ms);
            }
        };
        self.worked();
        if self.is_replaced(pull.lane) {
            self.pull = None;
            let Some(side) = self.side_of(None) else {
                self.lanes.push_front(pull.lane);
                return self.question(replica, Question::Replaced);
            };
            self.start_over(replica, side)?;
            self.begin_pull();
            return Ok(());
        }
        if self.is_strange(replica, &pull, &page)? {
            let first = page.items.first().map(|item| item.json.to_string());
            let kind = pull.lane.name();
            self.pull = Some(pull);
            let found = first.unwrap_or_default();
            let fault = Fault::new(FaultCode::WrongRecords, kind, &found, kind);
            return self.fail(replica, op, fault, None, now_ms);
        }
        if pull.first_page && pull.expects && page.items.is_empty() {
            // The record at the cursor itself must come again: the endpoint is older than our cursor.
            self.forget_cursor(pull.lane);
            self.lanes.push_front(pull.lane);
            return Ok(());
        }
        pull.count += page.items.len() as u64;
        // A list that goes on by cursor has another total on each page.
        let one_list = pull.since.is_none() || !is_keyset(&self.profile);
        if one_list && pull.total.is_some() && pull.total != page.total {
            pull.clean = false;
        }
        if one_list {
            pull.total = page.total.or(pull.total);
        }
        pull.first_page = false;
        self.turn_page(pull, page, now_ms);
        if self.items.is_empty() {
            self.page_done(replica)?;
        }
        Ok(())
    }

    /// Whether a list is that of something else: not one of those that came can be a record of its kind; or the endpoint
    /// had records of ours in it, and not one of those that came is known here or carries our stamps. Nothing of it is
    /// taken in.
    fn is_strange<R: Replica>(
        &self,
        replica: &R,
        pull: &Pull,
        page: &Page,
    ) -> Result<bool, R::Fault> {
        let Some(kind) = pull
            .lane
            .0
            .filter(|_| pull.first_page && !page.items.is_empty())
        else {
            return Ok(false);
        };
        let ours = |item: &Item| item.gone || Record::is_stamped(&item.json);
        if page.items.iter().any(ours) {
            return Ok(false);
        }
        if !page.items.iter().any(|item| kind.may_be(&item.json)) {
            return Ok(true);
        }
        if replica.counts(kind)?.common == 0 {
            return Ok(false);
        }
        let keys = page.items.iter().take(CHUNK);
        let keys: Vec<Key> = keys.map(|item| Key::new(kind, &item.id)).collect();
        let known = replica.look(&keys)?;
        Ok(known.iter().all(|one| one.here.is_none()))
    }

    /// Whether the document is another one than that which we know; a new one is taken note of.
    fn is_replaced(&mut self, lane: Lane) -> bool {
        let document = self
            .documents
            .get(&lane)
            .filter(|_| self.profile.mode == Mode::Document);
        let Some(found) = document.and_then(document::identity) else {
            return false;
        };
        match &self.state.identity {
            Some(known) => known != found,
            None => {
                self.state.identity = Some(found.to_owned());
                false
            }
        }
    }

    fn read_page(&mut self, pull: &Pull, answer: &Answer) -> Result<Page, Fault> {
        if self.profile.mode == Mode::Document {
            let (document, page) = document::read(&self.profile, pull.lane, answer)?;
            self.documents.insert(pull.lane, document);
            return Ok(page);
        }
        let page = self.profile.read_list(pull.lane, &pull.place, answer)?;
        let seen = pull.count + page.items.len() as u64;
        let steady = pull.total.is_none() || pull.total == page.total;
        let fixed = pull.since.is_none() || !is_keyset(&self.profile);
        if let Some(total) = page.total
            && page.next.is_none()
            && fixed
            && steady
            && pull.clean
            && seen < total
        {
            let (found, expected) = (seen.to_string(), total.to_string());
            return Err(Fault::new(FaultCode::Incomplete, "", &found, &expected));
        }
        Ok(page)
    }

    /// Moves the pull behind this page, and the state with it; the items are looked at next.
    fn turn_page(&mut self, mut pull: Pull, page: Page, now_ms: u64) {
        let kind = self.profile.cursor;
        let cursors = page.items.iter().filter_map(|i| i.cursor.as_ref());
        let cursors: Vec<&String> = cursors.collect();
        if kind != CursorKind::Opaque {
            let pairs = cursors.iter().zip(cursors.iter().skip(1));
            pull.sorted &= pairs.into_iter().all(|(a, b)| !later(kind, a, b));
        }
        let last = match (&page.cursor, cursors.last()) {
            (Some(cursor), _) => Some(cursor.clone()),
            (None, Some(last)) => Some((*last).clone()),
            (None, None) => None,
        };
        let highest = cursors
            .iter()
            .copied()
            .fold(last.clone(), |high, one| match high {
                Some(high) if page.cursor.is_some() || !later(kind, one, &high) => Some(high),
                _ => Some(one.clone()),
            });
        if let Some(highest) = highest {
            let newer = pull
                .high
                .as_ref()
                .is_none_or(|high| later(kind, &highest, high));
            if newer {
                pull.high = Some(highest);
            }
        }
        let full_page = page.items.len()
            >= self
                .profile
                .paging
                .size()
                .map_or(usize::MAX, |(_, m)| m as usize);
        let next = self.next_place(&pull, &page, last, full_page);
        self.items = page.items.into();
        let state = self
            .state
            .lanes
            .entry(pull.lane.name().to_owned())
            .or_default();
        let over = next.is_none();
        if (pull.sorted || over)
            && let Some(high) = &pull.high
        {
            let newer = state
                .cursor
                .as_ref()
                .is_none_or(|c| pull.scan.is_some() || later(kind, high, c));
            if newer && !never_tells_changes(&self.profile) {
                state.cursor = Some(high.clone());
            }
        }
        match next {
            Some((place, since)) => {
                if let Some(scan) = &mut state.scan
                    && pull.scan == Some(scan.number)
                {
                    scan.place = place.clone();
                    scan.since.clone_from(&since);
                }
                pull.place = place;
                pull.since = since;
                self.pull = Some(pull);
            }
            None => self.lane_over(&pull, now_ms),
        }
        self.kept = Some(self.written());
    }

    /// Where it goes on: place and cursor. Lists that are asked for by cursor go on from the last record's cursor, so
    /// that records which move to the end while we read push none over the edge of a page; equal cursors over a whole
    /// page are paged through.
    fn next_place(
        &self,
        pull: &Pull,
        page: &Page,
        last: Option<String>,
        full_page: bool,
    ) -> Option<(Place, Option<String>)> {
        if self.profile.mode == Mode::Couchdb {
            return page
                .next
                .as_ref()
                .and(page.cursor.clone())
                .map(|c| (Place::Start, Some(c)));
        }
        let within = page.next.clone().map(|place| (place, pull.since.clone()));
        if !is_keyset(&self.profile) || !pull.sorted || page.items.is_empty() {
            return within;
        }
        if !full_page && page.next.is_none() {
            return None;
        }
        match last {
            Some(last) if pull.since.as_ref() != Some(&last) => Some((Place::Start, Some(last))),
            _ => within,
        }
    }

    /// A lane was read to its end.
    fn lane_over(&mut self, pull: &Pull, now_ms: u64) {
        let state = self
            .state
            .lanes
            .entry(pull.lane.name().to_owned())
            .or_default();
        if let Some(number) = pull.scan {
            state.full_at = if pull.resumed {
                now_ms.saturating_sub(DAY_MS - SOON_MS)
            } else {
                now_ms
            };
            state.scan = None;
            if pull.high.is_none() && !pull.resumed {
                // Nothing is there: an endpoint that went back to its beginning may give the same cursors once more.
                state.cursor = None;
                state.before = None;
            }
            if pull.clean {
                let kinds = self.profile.lane_kinds(pull.lane);
                self.stage = Stage::Absent(pull.lane, kinds, None);
                // The scan before decides together with this one, see `absent`.
                self.state.scan = self.state.scan.max(number);
            }
        }
    }

    pub(super) fn forget_cursor(&mut self, lane: Lane) {
        let state = self.state.lanes.entry(lane.name().to_owned()).or_default();
        state.cursor = None;
        state.before = None;
        state.scan = None;
    }
}

/// After how long a scan that was interrupted is made once more. Meanwhile records may have moved from pages to come to
/// pages that were read, or the endpoint went back and gave its cursors again; but what waits here goes first.
const SOON_MS: u64 = 600_000;

/// Everything is read each time.
fn never_tells_changes(profile: &Profile) -> bool {
    match profile.mode {
        Mode::Document => true,
        Mode::Couchdb => false,
        Mode::Collection | Mode::Action => profile.changes == Changes::Scan,
    }
}

/// Whether a list goes on by cursor rather than by page.
fn is_keyset(profile: &Profile) -> bool {
    let inclusive = match &profile.changes {
        Changes::Scan => return false,
        Changes::Feed { inclusive, .. } | Changes::Filter { inclusive, .. } => *inclusive,
    };
    let ordered = profile.cursor == CursorKind::Number || inclusive;
    ordered && !profile.paging.is_led() && profile.paging.size().is_some()
}

/// The cursor that is asked for, and whether something must come: it goes back a little, to find what became visible
/// late.
fn since(profile: &Profile, cursor: Option<&str>, before: Option<&str>) -> (Option<String>, bool) {
    let Some(cursor) = cursor else {
        return (None, false);
    };
    let (overlap, inclusive) = match &profile.changes {
        _ if profile.mode == Mode::Couchdb => return (Some(cursor.to_owned()), false),
        Changes::Scan => return (None, false),
        Changes::Feed {
            overlap, inclusive, ..
        }
        | Changes::Filter {
            overlap, inclusive, ..
        } => (*overlap, *inclusive),
    };
    match back(profile.cursor, cursor, overlap) {
        Some(earlier) => {
            let goes_back = earlier != cursor;
            (Some(earlier), goes_back || inclusive)
        }
        None => (before.or(Some(cursor)).map(str::to_owned), false),
    }
}
