//! The connection as the database keeps it, and how it stands.

use super::place::WHY_LACKS;
use crate::fault::{self, OrFault};
use crate::{Context, Engine};
use model::Timestamp;
use protocol::{
    Fault, FaultCode, SyncCors, SyncFinding, SyncLight, SyncRunning, SyncSecretStanding,
    SyncStanding, SyncTrouble, SyncTroubleCode,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Pending, RecordKind};
use sync::{Choice, Profile, Question, Side};

/// What the database keeps of a connection beside cursors. No secret is in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Link {
    /// The profile as JSON; its `share` is what is shared.
    pub(super) profile: Value,
    /// What the probe found.
    pub(super) findings: Vec<SyncFinding>,
    /// The user's name, for the form that asks for the secret again.
    #[serde(default)]
    pub(super) user: String,
    /// Connected since.
    pub(super) since: Timestamp,
    #[serde(default)]
    pub(super) paused: bool,
    #[serde(default)]
    pub(super) last_run: Option<Timestamp>,
    #[serde(default)]
    pub(super) last_whole: Option<Timestamp>,
    /// Why the last run failed.
    #[serde(default)]
    pub(super) trouble: Option<Trouble>,
    /// What a run waits to be told, with its number.
    #[serde(default)]
    pub(super) question: Option<(u64, Question)>,
    /// What a person chose, for the next run.
    #[serde(default)]
    pub(super) choice: Option<Choice>,
    /// Questions so far.
    #[serde(default)]
    pub(super) asked: u64,
    /// The next run compares everything.
    #[serde(default)]
    pub(super) whole: bool,
    /// A person said now: waits and refused credentials are forgotten.
    #[serde(default)]
    pub(super) retry: bool,
    /// A person said that one side is right and the other starts over.
    #[serde(default)]
    pub(super) start_over: Option<Side>,
    /// When the next run is due by itself; none: nothing is due before something changes.
    #[serde(default)]
    pub(super) next_at: Option<Timestamp>,
}

/// Why a run failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Trouble {
    pub(super) fault: sync::Fault,
    pub(super) at: Timestamp,
    /// The request that failed.
    #[serde(default)]
    pub(super) method: String,
    #[serde(default)]
    pub(super) url: String,
    /// Headers that the request had, for the list of what to allow.
    #[serde(default)]
    pub(super) headers: Vec<String>,
    #[serde(default)]
    pub(super) retry_at: Option<Timestamp>,
}

impl Link {
    /// The profile.
    ///
    /// # Errors
    /// `Internal` when what was stored is none.
    pub(super) fn profile(&self) -> Result<Profile, Fault> {
        Profile::parse(&self.profile).map_err(|faults| {
            let first = faults.into_iter().next();
            let path = first.map(|fault| fault.path).unwrap_or_default();
            Fault::new(FaultCode::Invalid).at(path)
        })
    }
}

/// What the engine remembers of sync between requests.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// What is under way.
    pub(super) running: Option<SyncRunning>,
    /// Records of the run that were done, and in all.
    pub(super) done: (u64, u64),
    /// The network is away.
    pub(super) offline: bool,
    /// It came back since the last run.
    pub(super) woken: bool,
    /// Where the page comes from, which an endpoint has to allow.
    pub(super) origin: String,
    /// How the secret stands.
    pub(super) secret: Option<SyncSecretStanding>,
    /// What waited when it was last counted, for which version of the data.
    pending: Option<(Timestamp, Vec<Pending>)>,
    /// What the other side was known to have of each shared kind when that was last counted.
    there: Option<(Timestamp, Vec<u64>)>,
}

/// What the worker found where the host's content security policy forbids the address.
const FORBIDDEN: &str = "content-security-policy";

/// Counting a million rows for every event would take longer than the event is worth.
const COUNT_EVERY_MS: i64 = 2_000;

/// Nor while so many wait, for which it takes longer than a step should.
const COUNT_MANY_EVERY_MS: i64 = 20_000;

/// So many are many.
const MANY: u64 = 100_000;

/// So few are counted every time.
const FEW: u64 = 20_000;

impl Engine {
    /// The connection, if there is one.
    pub(super) fn sync_link(&self) -> Result<Option<Link>, Fault> {
        let Some(stored) = self.store.read().sync_link().or_fault()? else {
            return Ok(None);
        };
        serde_json::from_str(&stored.link)
            .map(Some)
            .map_err(|error| fault::internal(error.to_string()))
    }

    /// The connection; a fault where there is none.
    pub(super) fn must_link(&self) -> Result<Link, Fault> {
        self.sync_link()?
            .ok_or_else(|| Fault::new(FaultCode::NotFound).at("sync"))
    }

    pub(super) fn save_link(&mut self, link: &Link) -> Result<(), Fault> {
        let text = serde_json::to_string(link).map_err(|e| fault::internal(e.to_string()))?;
        self.store.sync_save(Some(&text), None).or_fault()
    }

    /// What waits, by kind; while much does, as of a moment ago.
    pub(super) fn sync_pending(&mut self, now: Timestamp) -> Result<Vec<Pending>, Fault> {
        let total = |all: &[Pending]| all.iter().map(|it| it.pending).sum::<u64>();
        if let Some((at, known)) = &self.sync.pending {
            let waits = total(known);
            let every = if waits > MANY {
                COUNT_MANY_EVERY_MS
            } else {
                COUNT_EVERY_MS
            };
            if waits > FEW && now.0 - at.0 < every {
                return Ok(known.clone());
            }
        }
        let fresh = self.store.read().sync_pending().or_fault()?;
        self.sync.pending = Some((now, fresh.clone()));
        Ok(fresh)
    }

    /// What the other side is known to have of these kinds; while it is much, as of a moment ago.
    pub(super) fn sync_there(
        &mut self,
        kinds: &[RecordKind],
        now: Timestamp,
    ) -> Result<Vec<u64>, Fault> {
        if let Some((at, known)) = &self.sync.there {
            let all: u64 = known.iter().sum();
            let every = if all > MANY {
                COUNT_MANY_EVERY_MS
            } else {
                COUNT_EVERY_MS
            };
            if all > FEW && known.len() == kinds.len() && now.0 - at.0 < every {
                return Ok(known.clone());
            }
        }
        let read = self.store.read();
        let count = |kind: &RecordKind| read.sync_counts(*kind).map(|counts| counts.0);
        let fresh: Vec<u64> = kinds
            .iter()
            .map(count)
            .collect::<Result<_, _>>()
            .or_fault()?;
        self.sync.there = Some((now, fresh.clone()));
        Ok(fresh)
    }

    /// How sync stands; `None` where nothing is connected.
    ///
    /// # Errors
    /// `Storage`.
    pub fn sync_light(&mut self, context: &Context) -> Result<Option<SyncLight>, Fault> {
        let Some(link) = self.sync_link()? else {
            return Ok(None);
        };
        let pending = self.sync_pending(context.now)?;
        // What came and cannot be taken is no more in step than what is not accepted there.
        let (_, refused) = self.store.read().sync_waiting_why(WHY_LACKS).or_fault()?;
        let aside = refused + pending.iter().map(|it| it.aside).sum::<u64>();
        let pending = pending.iter().map(|it| it.pending - it.aside).sum();
        let (done, total) = self.sync.done;
        Ok(Some(SyncLight {
            standing: self.standing(&link, pending),
            pending,
            conflicts: self.store.read().sync_conflict_count().or_fault()?,
            aside,
            done,
            total,
        }))
    }

    fn standing(&self, link: &Link, pending: u64) -> SyncStanding {
        let wants = |trouble: &Trouble| trouble.retry_at.is_none();
        if link.paused {
            SyncStanding::Paused
        } else if link.question.is_some() && link.choice.is_none() {
            SyncStanding::NeedsPerson
        } else if self.sync.running.is_some() {
            match link.last_run {
                None => SyncStanding::First,
                Some(_) => SyncStanding::Running,
            }
        } else if self.sync.secret == Some(SyncSecretStanding::Missing) {
            SyncStanding::NeedsPerson
        } else if self.sync.offline {
            SyncStanding::Offline
        } else if link.trouble.as_ref().is_some_and(wants) {
            SyncStanding::NeedsPerson
        } else if link.trouble.is_some() {
            SyncStanding::Retrying
        } else if pending > 0 {
            SyncStanding::Waiting
        } else {
            SyncStanding::InStep
        }
    }

    /// A fault as a page can word it.
    pub(super) fn sync_trouble(&self, trouble: &Trouble) -> SyncTrouble {
        let zone = &self.settings.zone;
        let code = serde_json::to_value(trouble.fault.code).unwrap_or_default();
        let code = match trouble.fault.found.as_str() {
            // The browser says only that it gave no answer; the worker saw why.
            FORBIDDEN => SyncTroubleCode::Forbidden,
            _ => SyncTroubleCode::of(code.as_str().unwrap_or_default()),
        };
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let cors = matches!(
            code,
            SyncTroubleCode::Cors | SyncTroubleCode::Unreachable | SyncTroubleCode::MixedContent
        );
        SyncTrouble {
            code,
            local_at: zone.write_local(trouble.at),
            method: trouble.method.clone(),
            url: trouble.url.clone(),
            status: trouble.fault.status.unwrap_or(0),
            found: some(&trouble.fault.found),
            expected: some(&trouble.fault.expected),
            cors: cors.then(|| self.cors(trouble)),
            retry_at: trouble.retry_at.map(|at| zone.write_local(at)),
        }
    }

    /// What the endpoint has to allow, from what the profile will ask and what was asked.
    fn cors(&self, trouble: &Trouble) -> SyncCors {
        let link = self.sync_link().ok().flatten();
        let profile = link.and_then(|link| link.profile().ok());
        let (methods, mut headers, expose) = match &profile {
            Some(profile) => super::allowance::of(profile),
            None => (vec![trouble.method.clone()], Vec::new(), Vec::new()),
        };
        // A browser asks for these only where they are not on its own list.
        let asked = trouble.headers.iter().filter(|name| *name != "accept");
        headers.extend(asked.cloned());
        headers.sort();
        headers.dedup();
        SyncCors {
            origin: self.sync.origin.clone(),
            methods,
            headers,
            expose,
        }
    }
}
