//! What the endpoint lacks after a complete scan. Absence is not deletion: it is sent again, or, where the endpoint
//! itself forgets what it deletes, taken for a deletion after two complete scans; a lot of it is asked about.

use super::arrive::allowance;
use super::{CHUNK, Goal, Question, Run, Stage};
use crate::kind::Kind;
use crate::merge::Side;
use crate::profile::{Deletes, Mode};
use crate::replica::{Batch, Known, Lost, Mark, Replica};
use crate::wire::collection::Lane;
use crate::wire::couch;

const DAY_MS: u64 = 86_400_000;

impl Run {
    /// Looks at the next records of a lane that its complete scan did not show.
    pub(super) fn absent<R: Replica>(
        &mut self,
        replica: &mut R,
        lane: Lane,
        mut kinds: Vec<Kind>,
        after: Option<String>,
        now_ms: u64,
    ) -> Result<(), R::Fault> {
        let Some(kind) = kinds.first().copied() else {
            let state = self.state.lanes.entry(lane.name().to_owned()).or_default();
            state.last_scan = Some(self.state.scan);
            self.stage = Stage::Pull;
            return self.keep(replica);
        };
        let known = replica.unseen(kind, self.state.scan, after.as_deref(), CHUNK)?;
        let verdict = match self.side_of(Some(kind)) {
            Some(side) => Some(side),
            None if known.is_empty() || after.is_some() => None,
            None => {
                let lost = replica.lost(kind, self.state.scan)?;
                if let Some(question) = self.doubt(kind, lost, now_ms) {
                    return self.question(replica, question);
                }
                None
            }
        };
        if self.profile.mode == Mode::Couchdb && verdict.is_none() && !known.is_empty() {
            // The feed did not show them: whether the database really lacks their revisions, it says itself.
            let last = known.last().map(|one| one.key.id.clone());
            let request = couch::ask_revisions(&self.profile, &known);
            self.stage = match last {
                Some(_) if known.len() == CHUNK => Stage::Absent(lane, kinds, last),
                _ => Stage::Absent(lane, kinds.split_off(1), None),
            };
            self.ask(request, Goal::Revisions);
            return Ok(());
        }
        let next = known.last().map(|one| one.key.id.clone());
        let whole = known.len() < CHUNK;
        let marks = self.lacks(replica, lane, kind, known, verdict)?;
        if !marks.is_empty() {
            let batch = Batch {
                scan: self.state.scan,
                marks,
                ..Batch::default()
            };
            self.write(replica, batch)?;
        }
        if whole {
            kinds.remove(0);
            self.stage = Stage::Absent(lane, kinds, None);
        } else {
            self.stage = Stage::Absent(lane, kinds, next);
        }
        Ok(())
    }

    fn doubt(&self, of: Kind, lost: Lost, now_ms: u64) -> Option<Question> {
        let Lost { missing, known } = lost;
        if missing == 0 || of.stays() {
            return None;
        }
        let away = now_ms.saturating_sub(self.state.finished_at) / DAY_MS;
        if let Some(days) = self.profile.limits.tombstone_days
            && self.state.finished_at > 0
            && away > u64::from(days)
        {
            let days = u32::try_from(away).unwrap_or(u32::MAX);
            return Some(Question::AwayTooLong { days, missing });
        }
        if missing >= known {
            return Some(Question::Emptied { of, known });
        }
        (missing > allowance(known)).then_some(Question::ManyMissing { of, known, missing })
    }

    fn lacks<R: Replica>(
        &mut self,
        replica: &R,
        lane: Lane,
        kind: Kind,
        known: Vec<Known>,
        verdict: Option<Side>,
    ) -> Result<Vec<(crate::Key, Mark)>, R::Fault> {
        let remove = |one: &Known| {
            let stamp = one.here.as_ref().map(|here| here.latest().derived());
            Mark::Remove(stamp.unwrap_or_default())
        };
        let twice = match (verdict, self.profile.deletes) {
            (None, Deletes::Hard) => {
                let state = self.state.lanes.get(lane.name());
                let before = state.and_then(|s| s.last_scan).unwrap_or(0);
                // Whoever the scan before did see is given until the next one.
                let from = known.first().map(|one| one.key.id.clone());
                let mut keys = std::collections::BTreeSet::new();
                let mut after = from.as_deref().map(before_id);
                loop {
                    let older = replica.unseen(kind, before, after.as_deref(), CHUNK)?;
                    let (first, last) =
                        (older.len() < CHUNK, older.last().map(|o| o.key.id.clone()));
                    keys.extend(older.into_iter().map(|one| one.key));
                    let enough = last.as_ref() >= known.last().map(|one| &one.key.id);
                    if first || enough {
                        break;
                    }
                    after = last;
                }
                keys
            }
            _ => std::collections::BTreeSet::new(),
        };
        let mut marks = Vec::new();
        for one in known {
            let life = one.here.as_ref().map(|here| &here.life);
            let removed = life.is_some_and(|life| life.deleted);
            let erased = life.is_some_and(|life| life.erased);
            let mark = match (verdict, self.profile.deletes) {
                // Whoever was erased must be heard of, whatever became of the endpoint.
                _ if erased || kind.stays() => Mark::Forget,
                (Some(Side::There), _) if removed => Mark::Delivered,
                (Some(Side::There), _) => remove(&one),
                (Some(Side::Here), _) => Mark::Forget,
                // Entries are never taken back by their absence; and what was edited since, a person wants.
                (None, Deletes::Hard) if one.pending || kind.is_entry() => Mark::Forget,
                (None, Deletes::Hard) if twice.contains(&one.key) => remove(&one),
                (None, Deletes::Hard) => continue,
                (None, Deletes::Field | Deletes::Feed | Deletes::None) => Mark::Forget,
            };
            marks.push((one.key, mark));
        }
        Ok(marks)
    }
}

/// A text just before an id.
fn before_id(id: &str) -> String {
    let mut text: String = id.to_owned();
    text.pop();
    text
}
