//! The probe: finds the switches of an endpoint by trying, and tells what it found.
//!
//! It writes only under ids that begin with the profile's `probePrefix`, and deletes what it wrote.

mod ask;
mod find;

use crate::Fault;
use crate::exchange::{Outcome, Request};
use crate::profile::Profile;
use crate::wire::Place;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One thing that is tried. The names are those of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// It can be reached, answers with JSON, and the list has the shape that the profile says.
    Reachable,
    /// What is written is read back equal: large numbers, null, emoji, empty text, nesting, 64 kB.
    ReadBack,
    /// It keeps the id that we choose.
    KeepsId,
    /// What creating twice is answered with, and that there are no twins.
    Duplicate,
    /// Whether a stale version is refused.
    StaleVersion,
    /// Whether a made-up version is refused.
    FalseVersion,
    /// What changing something unknown is answered with.
    UnknownId,
    /// Two writes within a second have two versions.
    TwoVersions,
    /// Pages of one record give all records.
    Paging,
    /// What a parameter that nobody knows does.
    NonsenseParameter,
    /// The filter for changes finds a new record and nothing older than the cursor.
    ChangesSince,
    /// Many at once are stored one by one.
    Bulk,
    /// What was deleted is gone, and the list says so.
    Delete,
    /// The probe left nothing behind.
    CleanUp,
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As the profile says, or better.
    Good,
    /// Differs from the profile, and the profile was changed to it.
    Adapted,
    /// Works with a drawback that a person should know.
    Careful,
    /// Not tried, because something before it failed or the mode has no such thing.
    Skipped,
    /// Cannot be used safely.
    Unsafe,
}

/// One line of the probe's table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What was tried.
    pub check: Check,
    /// How it went.
    pub verdict: Verdict,
    /// The switch of the profile that it tells of, and its value now: `precondition.with`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub switch: String,
    /// The value of the switch now, or what was found.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// What went wrong, if anything did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

/// What a probe comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Probed {
    /// The profile with what was found.
    pub profile: Profile,
    /// The table, in the order of [`Check`].
    pub findings: Vec<Finding>,
    /// Why it cannot be used, if it cannot.
    pub refused: Option<Fault>,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum ProbeStep {
    /// Send this and give the answer to [`Probe::answer`]. `done` of `total` checks are over.
    Request {
        /// The request.
        request: Request,
        /// Checks that are over.
        done: u32,
        /// Checks in all.
        total: u32,
    },
    /// Wait until then (two writes in two seconds, or the endpoint asked for it).
    Wait(u64),
    /// It is over.
    Done(Box<Probed>),
}

/// The probe.
#[derive(Debug)]
pub struct Probe {
    profile: Profile,
    stage: Stage,
    request: Option<Request>,
    answer: Option<Outcome>,
    findings: Vec<Finding>,
    refused: Option<Fault>,
    /// What the ids of this probe end with.
    mark: String,
    /// What earlier stages saw, for later ones.
    seen: Seen,
    /// Tries of the request that is out.
    tries: u32,
    wait: Option<u64>,
}

/// What earlier stages saw.
#[derive(Debug, Default)]
struct Seen {
    remote_ids: BTreeMap<u32, String>,
    versions: Vec<Option<String>>,
    /// The version that each record of ours was last seen with.
    latest: BTreeMap<u32, String>,
    pages: Vec<String>,
    place: Option<Place>,
    cursor: Option<String>,
    count: usize,
    written: BTreeSet<u32>,
    left: u32,
    turned: bool,
}

/// What is being tried. The numbers are those of the records written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Reach,
    MakeDatabase,
    Write,
    Read,
    Again,
    ReadAgain,
    Stale,
    False,
    Unknown,
    ReadUnknown,
    Twice(u32),
    ReadTwice(u32),
    Fill(u32),
    Page(u32),
    Nonsense,
    Since,
    Bulk,
    ReadBulk,
    Look(u32),
    Delete(u32),
    Gone,
    Clean,
    End,
}

impl Probe {
    /// A probe of an endpoint with what is believed about it. `chance` is a random number: the ids it writes under.
    pub fn new(profile: Profile, chance: u64) -> Self {
        let number = crate::chance::mix(chance) & 0xffff_ffff;
        Self {
            profile,
            stage: Stage::Reach,
            request: None,
            answer: None,
            findings: Vec::new(),
            refused: None,
            mark: format!("{number:08x}"),
            seen: Seen::default(),
            tries: 0,
            wait: None,
        }
    }

    /// What to do next.
    pub fn next(&mut self, now_ms: u64) -> ProbeStep {
        if let Some(until) = self.wait {
            if now_ms < until {
                return ProbeStep::Wait(until);
            }
            self.wait = None;
        }
        if self.request.is_some()
            && let Some(outcome) = self.answer.take()
        {
            if self.comes_again(&outcome, now_ms) {
                return self.next(now_ms);
            }
            self.request = None;
            self.tries = 0;
            self.take(outcome);
        }
        while self.request.is_none() && self.stage != Stage::End {
            match self.build() {
                Some(request) => self.request = Some(request),
                None => self.skip(),
            }
        }
        match &self.request {
            Some(request) if self.stage != Stage::End => ProbeStep::Request {
                request: request.clone(),
                done: u32::try_from(self.findings.len()).unwrap_or(0),
                total: Check::ALL.len() as u32,
            },
            _ => ProbeStep::Done(Box::new(self.probed())),
        }
    }

    /// The answer to the last request.
    pub fn answer(&mut self, outcome: Outcome) {
        self.answer = Some(outcome);
    }

    /// Too many requests or a passing failure: the same once more, a little later.
    fn comes_again(&mut self, outcome: &Outcome, now_ms: u64) -> bool {
        let passing = outcome
            .as_ref()
            .is_ok_and(|a| matches!(a.status, 429 | 503));
        if !passing || self.tries >= 3 {
            return false;
        }
        self.tries += 1;
        let asked = outcome
            .as_ref()
            .ok()
            .and_then(|a| crate::run::retry_after(a, now_ms));
        self.wait = Some(now_ms + asked.unwrap_or(2000).min(60_000));
        true
    }

    fn probed(&self) -> Probed {
        let mut findings = self.findings.clone();
        for check in Check::ALL {
            if findings.iter().all(|f| f.check != *check) {
                findings.push(Finding::new(*check, Verdict::Skipped));
            }
        }
        findings.sort_by_key(|finding| finding.check);
        let unsafe_one = findings.iter().find(|f| f.verdict == Verdict::Unsafe);
        let refused = self
            .refused
            .clone()
            .or_else(|| unsafe_one.and_then(|f| f.fault.clone()));
        Probed {
            profile: self.profile.clone(),
            findings,
            refused,
        }
    }

    fn find(&mut self, check: Check, verdict: Verdict) -> &mut Finding {
        self.findings.retain(|f| f.check != check);
        self.findings.push(Finding::new(check, verdict));
        let last = self.findings.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "one was just pushed")]
        &mut self.findings[last]
    }

    /// It cannot be used: what was written is taken away, and it is over.
    fn refuse(&mut self, check: Check, fault: Fault) {
        self.find(check, Verdict::Unsafe).fault = Some(fault.clone());
        self.refused.get_or_insert(fault);
        self.stage = if self.seen.written.is_empty() {
            Stage::End
        } else {
            Stage::Look(0)
        };
    }
}

impl Check {
    /// All checks, in their order.
    pub const ALL: &[Self] = &[
        Self::Reachable,
        Self::ReadBack,
        Self::KeepsId,
        Self::Duplicate,
        Self::StaleVersion,
        Self::FalseVersion,
        Self::UnknownId,
        Self::TwoVersions,
        Self::Paging,
        Self::NonsenseParameter,
        Self::ChangesSince,
        Self::Bulk,
        Self::Delete,
        Self::CleanUp,
    ];
}

impl Finding {
    fn new(check: Check, verdict: Verdict) -> Self {
        Self {
            check,
            verdict,
            switch: String::new(),
            value: String::new(),
            fault: None,
        }
    }

    /// The switch that it tells of, and its value now.
    fn says(&mut self, switch: &str, value: &str) -> &mut Self {
        switch.clone_into(&mut self.switch);
        value.clone_into(&mut self.value);
        self
    }
}
