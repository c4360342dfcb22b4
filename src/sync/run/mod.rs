//! One run of sync as a state machine without clock or network.
//!
//! ```text
//! loop {
//!     match run.next(&mut replica, now_ms)? {
//!         Step::Request(request) => run.answer(transport(request).await),
//!         Step::More             => let others have their turn,
//!         Step::Wait { until, .. } => come back then (or call `run.wake()` when the browser is online again),
//!         Step::Ask(question)    => show it; run.decide(choice) when a person has chosen, or drop the run,
//!         Step::Done(report)     => break,
//!     }
//! }
//! ```
//!
//! A run pulls first, then pushes, then reads back what it pushed, up to four times as long as something is left to be
//! delivered. It may be dropped at any point: what matters is in the replica, and the next run goes on from there.

mod absent;
mod answers;
mod arrive;
mod backoff;
mod pull;
mod push;
mod report;
mod state;

pub(crate) use backoff::retry_after;
pub use report::{Choice, Question, Report, Step, Waiting};

use crate::exchange::{Outcome, Request};
use crate::kind::Kind;
use crate::merge::Side;
use crate::profile::{Mode, Profile};
use crate::record::Key;
use crate::replica::{Batch, Outgoing, Replica};
use crate::wire::collection::Lane;
use crate::wire::document::Document;
use crate::wire::{Item, Place, couch};
use crate::{Fault, FaultCode};
use state::State;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Records looked at in one step.
const CHUNK: usize = 200;
/// Pushing and reading back, at most.
const ROUNDS: u32 = 4;

/// Why a run is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// As usual: what changed, and a full comparison when it is due (once a day, after errors).
    Usual,
    /// A person says now: waits and refused credentials are forgotten.
    Retry,
    /// A person asks for the full comparison now.
    Full,
    /// A person says that one side is right and the other starts over.
    StartOver(Side),
}

/// What is being done.
#[derive(Clone, Debug, PartialEq)]
enum Stage {
    /// Nothing yet.
    Start,
    /// Which database is it?
    Identity,
    /// How far is it?
    Sequence,
    /// Pulling the lanes that are left.
    Pull,
    /// What of a lane is missing there? The kinds that are left, and after which id.
    Absent(Lane, Vec<Kind>, Option<String>),
    /// Sending, kind by kind: the place of the kind, and after which id.
    Push(usize, Option<String>),
    /// Sending documents: the place of the lane.
    Documents(usize),
    /// Looking at single records.
    Look,
    /// Fetching what public widgets left.
    Inbox,
    /// Over.
    End,
}

/// A request that is out, and what for.
#[derive(Clone, Debug)]
struct Op {
    request: Request,
    goal: Goal,
    counted: bool,
}

#[derive(Clone, Debug)]
enum Goal {
    Identity,
    Name(String),
    Sequence,
    Revisions,
    List,
    One(Key),
    Branch(Box<Item>, Vec<String>),
    Push(Kind, Vec<Outgoing>),
    Document(Lane, Vec<Outgoing>),
    Twin,
    /// Whether the lesser of two rows of a record is there, then the greater, which goes.
    Lesser(Twins),
    Greater(Twins),
    /// Whether a record is there of which a tombstone came.
    Gone(Box<Item>),
    Inbox,
}

/// What a person said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Decided {
    side: Side,
    /// Of which kind; none: of all.
    of: Option<Kind>,
}

/// Two rows of one record, by what the endpoint calls them.
#[derive(Clone, Debug, PartialEq)]
struct Twins {
    key: Key,
    greater: String,
    lesser: String,
}

/// A pull of one lane under way.
#[derive(Clone, Debug)]
struct Pull {
    lane: Lane,
    place: Place,
    since: Option<String>,
    /// The scan's number when it is one from the start.
    scan: Option<u32>,
    /// No page was lost: the scan began in this run and its total did not change.
    clean: bool,
    /// It goes on from where another run stopped.
    resumed: bool,
    /// The latest cursor so far, not yet kept because the pages are not in order.
    high: Option<String>,
    sorted: bool,
    count: u64,
    total: Option<u64>,
    first_page: bool,
    /// Tells that a pull which must bring something brings nothing.
    expects: bool,
}

/// One run.
#[derive(Debug)]
pub struct Run {
    profile: Profile,
    reason: Reason,
    chance: u64,
    state: State,
    loaded: bool,
    stage: Stage,
    op: Option<Op>,
    answer: Option<Outcome>,
    wait: Option<(u64, Waiting)>,
    /// How often this run failed in a row.
    failures: u32,
    done: bool,
    report: Report,
    /// Lanes to pull, and the one being pulled.
    lanes: VecDeque<Lane>,
    pull: Option<Pull>,
    /// Items of a page that were not looked at yet, and the state to keep with the last of them.
    items: VecDeque<Item>,
    kept: Option<String>,
    documents: BTreeMap<Lane, Document>,
    /// Records to look at one by one.
    look: VecDeque<Key>,
    /// Records of which a look showed that they are not there, before they are created.
    absent: BTreeSet<Key>,
    /// Records that the endpoint accepted for the third time or more.
    doubtful: BTreeSet<Key>,
    /// Lanes in which something was sent; single records where that is enough.
    touched: BTreeSet<Lane>,
    sent_keys: Vec<Key>,
    round: u32,
    cap: usize,
    /// Preconditions are required: by the profile, or since an answer said so (428).
    versions: bool,
    /// Records whose version was asked for because of that.
    asked: BTreeSet<Key>,
    went_back: u64,
    deletions: BTreeMap<Kind, u64>,
    decided: Option<Decided>,
    twins: Vec<Twins>,
    renumbered: bool,
    window: VecDeque<u64>,
    collected: Vec<Outgoing>,
    full: bool,
}

impl Run {
    /// A run with this profile. `chance` is a random number: how much waits after failures are spread, and what a new
    /// database is called.
    pub fn new(profile: Profile, reason: Reason, chance: u64) -> Self {
        Self {
            cap: profile.bulk_size(),
            versions: profile.precondition.required,
            profile,
            reason,
            chance,
            state: State::default(),
            loaded: false,
            stage: Stage::Start,
            op: None,
            answer: None,
            wait: None,
            failures: 0,
            done: false,
            report: Report::default(),
            lanes: VecDeque::new(),
            pull: None,
            items: VecDeque::new(),
            kept: None,
            documents: BTreeMap::new(),
            look: VecDeque::new(),
            absent: BTreeSet::new(),
            doubtful: BTreeSet::new(),
            touched: BTreeSet::new(),
            sent_keys: Vec::new(),
            round: 0,
            asked: BTreeSet::new(),
            went_back: 0,
            deletions: BTreeMap::new(),
            decided: None,
            twins: Vec::new(),
            renumbered: false,
            window: VecDeque::new(),
            collected: Vec::new(),
            full: false,
        }
    }

    /// The answer to the last [`Step::Request`].
    pub fn answer(&mut self, outcome: Outcome) {
        if self.op.is_some() {
            self.answer = Some(outcome);
        }
    }

    /// What a person chose for the last [`Step::Ask`].
    pub fn decide(&mut self, choice: Choice) {
        let Some(question) = self.state.question.clone() else {
            return;
        };
        match choice {
            Choice::Later => self.stop(question.fault()),
            Choice::Here | Choice::There => {
                let side = if choice == Choice::Here {
                    Side::Here
                } else {
                    Side::There
                };
                self.decided = Some(Decided {
                    side,
                    of: question.of(),
                });
                self.state.question = None;
            }
        }
    }

    /// The network is back: an attempt that waits for it may be made now.
    pub fn wake(&mut self) {
        let network = |(_, why): &(u64, Waiting)| {
            matches!(
                why.fault.code,
                FaultCode::Offline | FaultCode::Unreachable | FaultCode::TimeOut
            )
        };
        if self.wait.as_ref().is_some_and(network) {
            self.wait = None;
            self.state.retry_at = 0;
        }
    }

    /// What the run did until now.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// What to do next. Bounded work: at most about 200 records are looked at in one call, then it says
    /// [`Step::More`].
    ///
    /// # Errors
    /// Whatever storage says; the run can be dropped, nothing is half done.
    pub fn next<R: Replica>(&mut self, replica: &mut R, now_ms: u64) -> Result<Step, R::Fault> {
        if !self.loaded {
            self.load(replica)?;
        }
        if self.done {
            return Ok(Step::Done(self.report.clone()));
        }
        if let Some(question) = &self.state.question {
            return Ok(Step::Ask(question.clone()));
        }
        if let Some((until, why)) = &self.wait {
            if now_ms < *until {
                return Ok(Step::Wait {
                    until: *until,
                    why: why.clone(),
                });
            }
            self.wait = None;
        }
        if let Some(op) = self.op.take() {
            return match self.answer.take() {
                None => Ok(self.send(op, now_ms)),
                Some(outcome) => {
                    self.take(replica, op, outcome, now_ms)?;
                    Ok(self.turn())
                }
            };
        }
        if self.items.is_empty() {
            self.go_on(replica, now_ms)?;
        } else {
            self.arrive(replica, now_ms)?;
        }
        if let Some(op) = self.op.take() {
            return Ok(self.send(op, now_ms));
        }
        Ok(self.turn())
    }

    fn turn(&self) -> Step {
        if self.done {
            return Step::Done(self.report.clone());
        }
        match &self.state.question {
            Some(question) => Step::Ask(question.clone()),
            None => Step::More,
        }
    }

    fn load<R: Replica>(&mut self, replica: &mut R) -> Result<(), R::Fault> {
        self.loaded = true;
        self.state = serde_json::from_str(&replica.state()?).unwrap_or_default();
        match self.reason {
            Reason::Usual => {}
            Reason::Retry | Reason::Full | Reason::StartOver(_) => {
                // Looking again: what is still so is asked again.
                self.state.question = None;
                self.state.locked = false;
                self.state.retry_at = 0;
                self.state.failures = 0;
            }
        }
        if let Reason::StartOver(side) = self.reason {
            self.start_over(replica, side)?;
        }
        Ok(())
    }

    /// One side is right: what is known of the endpoint is forgotten.
    fn start_over<R: Replica>(&mut self, replica: &mut R, side: Side) -> Result<(), R::Fault> {
        replica.forget(side)?;
        self.state = State {
            scan: self.state.scan,
            inbox: std::mem::take(&mut self.state.inbox),
            former: std::mem::take(&mut self.state.former),
            side: Some(side),
            ..State::default()
        };
        self.keep(replica)
    }

    /// Emits a request, not faster than the endpoint allows.
    fn send(&mut self, mut op: Op, now_ms: u64) -> Step {
        if let Some(most) = self.profile.limits.requests {
            let window = u64::from(self.profile.limits.window_seconds) * 1000;
            while self.window.front().is_some_and(|at| at + window <= now_ms) {
                self.window.pop_front();
            }
            if !op.counted && self.window.len() >= most.max(1) as usize {
                let until = self.window.front().map_or(now_ms, |at| at + window);
                let fault = Fault::new(FaultCode::TooMany, "limits.requests", "", "");
                let why = Waiting { fault, times: 0 };
                self.wait = Some((until, why.clone()));
                self.op = Some(op);
                return Step::Wait { until, why };
            }
        }
        if !op.counted {
            op.counted = true;
            self.report.requests += 1;
            self.window.push_back(now_ms);
            if self.profile.limits.requests.is_none() {
                self.window.clear();
            }
        }
        let request = op.request.clone();
        self.op = Some(op);
        Step::Request(request)
    }

    fn ask(&mut self, request: Request, goal: Goal) {
        self.op = Some(Op {
            request,
            goal,
            counted: false,
        });
    }

    /// Asks a person, and keeps the question for runs to come.
    fn question<R: Replica>(
        &mut self,
        replica: &mut R,
        question: Question,
    ) -> Result<(), R::Fault> {
        self.state.question = Some(question);
        self.keep(replica)
    }

    /// Keeps the state. While records of a page are not written yet, lists stay where they were kept last: whoever stops
    /// here reads the page again.
    fn keep<R: Replica>(&mut self, replica: &mut R) -> Result<(), R::Fault> {
        let mut state = self.state.clone();
        if !self.items.is_empty() {
            let kept: State = serde_json::from_str(&replica.state()?).unwrap_or_default();
            state.lanes = kept.lanes;
        }
        let batch = Batch {
            scan: self.state.scan,
            state: Some(serde_json::to_string(&state).unwrap_or_default()),
            ..Batch::default()
        };
        replica.apply(batch).map(|_| ())
    }

    fn written(&self) -> String {
        serde_json::to_string(&self.state).unwrap_or_default()
    }

    fn stop(&mut self, fault: Fault) {
        self.report.stopped = Some(fault);
        self.done = true;
        self.op = None;
    }

    fn note(&mut self, key: Option<Key>, fault: Fault) {
        let known = self.report.faults.iter().any(|(_, f)| f.code == fault.code);
        if !known {
            self.report.faults.push((key, fault));
        }
    }

    /// The next thing to do when nothing is out and nothing waits to be looked at.
    fn go_on<R: Replica>(&mut self, replica: &mut R, now_ms: u64) -> Result<(), R::Fault> {
        match self.stage.clone() {
            Stage::Start => self.start(now_ms),
            Stage::Identity => self.ask_identity(),
            Stage::Sequence => self.ask_sequence(),
            Stage::Pull => return self.pull_on(replica, now_ms),
            Stage::Absent(lane, kinds, after) => {
                return self.absent(replica, lane, kinds, after, now_ms);
            }
            Stage::Push(kind, after) => return self.push(replica, kind, after, now_ms),
            Stage::Documents(lane) => return self.push_documents(replica, lane),
            Stage::Look => return self.look_on(replica),
            Stage::Inbox => self.ask_inbox(),
            Stage::End => return self.end(replica, now_ms),
        }
        Ok(())
    }

    fn start(&mut self, now_ms: u64) {
        if let Err(fault) = crate::check_address(&self.profile.base) {
            return self.stop(fault);
        }
        if self.state.locked {
            return self.stop(Fault::new(FaultCode::Credentials, "", "", ""));
        }
        // A clock that was put back must not make us wait for ever.
        let far = now_ms.saturating_add(backoff::LONGEST_MS);
        self.state.retry_at = self.state.retry_at.min(far);
        if self.state.retry_at > now_ms {
            let fault = Fault::new(FaultCode::TooMany, "", "", "");
            let why = Waiting {
                fault,
                times: self.state.failures,
            };
            self.wait = Some((self.state.retry_at, why));
            self.state.retry_at = 0;
            return;
        }
        self.stage = Stage::Identity;
    }

    fn ask_identity(&mut self) {
        if self.profile.mode == Mode::Couchdb {
            let request = couch::ask_identity(&self.profile);
            return self.ask(request, Goal::Identity);
        }
        if let Some(identity) = &self.profile.identity {
            let request = self
                .profile
                .request(crate::Method::Get, &identity.path, None);
            return self.ask(request, Goal::Identity);
        }
        self.begin_pull();
    }

    fn ask_sequence(&mut self) {
        if self.profile.mode == Mode::Couchdb {
            let request = couch::ask_state(&self.profile);
            return self.ask(request, Goal::Sequence);
        }
        self.begin_pull();
    }

    /// Pulls all lanes.
    pub(super) fn begin_pull(&mut self) {
        self.lanes = self.profile.lanes().into();
        self.stage = Stage::Pull;
    }

    fn ask_inbox(&mut self) {
        let Some(inbox) = &self.profile.inbox else {
            self.stage = Stage::End;
            return;
        };
        let after = crate::address::encode(&self.state.inbox);
        let sign = if inbox.path.contains('?') { '&' } else { '?' };
        let url = format!("{}{sign}after={after}&limit={}", inbox.path, inbox.limit);
        let mut request = self.profile.request(crate::Method::Get, &url, None);
        request.wants_body = true;
        self.ask(request, Goal::Inbox);
    }

    /// What was sent is read back; then what is left is sent again, a few times.
    fn after_push(&mut self) {
        self.stage = if self.look.is_empty() {
            Stage::Pull
        } else {
            Stage::Look
        };
        self.lanes = std::mem::take(&mut self.touched).into_iter().collect();
    }

    /// All lanes are pulled: send what is left, or come to the end.
    fn after_pull<R: Replica>(&mut self, replica: &mut R) -> Result<(), R::Fault> {
        if !self.doubtful.is_empty() {
            self.look.extend(self.doubtful.iter().cloned());
            self.stage = Stage::Look;
            return Ok(());
        }
        let mut pending = 0;
        for kind in self.profile.kinds() {
            pending += replica.waits(kind)?;
        }
        self.report.pending = pending;
        let more = pending > 0 && self.round < ROUNDS && !self.profile.share.read_only;
        if !more {
            self.stage = Stage::Inbox;
            return Ok(());
        }
        self.round += 1;
        self.sent_keys.clear();
        self.let_go();
        self.stage = match self.profile.mode {
            Mode::Document => Stage::Documents(0),
            Mode::Collection | Mode::Couchdb | Mode::Action => Stage::Push(0, None),
        };
        Ok(())
    }

    /// That the endpoint is right was said of what it lacked until now, not of what is sent from here on and not listed
    /// at once.
    fn let_go(&mut self) {
        self.decided.take_if(|decided| decided.side == Side::There);
        self.state.side.take_if(|side| *side == Side::There);
    }

    /// Which side is right about a kind, or about all of it, as far as a person said so. That what is here goes, because
    /// the endpoint lacks it, was said of the kind that was asked about alone.
    fn side_of(&self, of: Option<Kind>) -> Option<Side> {
        let decided = self.decided.as_ref();
        let decided = decided.filter(|it| it.side == Side::Here || it.of.is_none() || it.of == of);
        decided.map(|it| it.side).or(self.state.side)
    }

    fn end<R: Replica>(&mut self, replica: &mut R, now_ms: u64) -> Result<(), R::Fault> {
        self.report.pending = 0;
        for kind in self.profile.kinds() {
            self.report.pending += replica.waits(kind)?;
        }
        if self.went_back > 0 {
            let count = self.went_back.to_string();
            self.note(None, Fault::new(FaultCode::RolledBack, "", &count, ""));
        }
        self.state.failures = 0;
        self.state.retry_at = 0;
        self.state.finished_at = now_ms;
        self.state.side = None;
        if self.full {
            self.state.full_due = false;
        }
        self.report.full = self.full;
        self.done = true;
        self.keep(replica)
    }
}

impl Question {
    /// Which kind it is about; none: all of it.
    pub fn of(&self) -> Option<Kind> {
        match self {
            Self::Emptied { of, .. } | Self::ManyMissing { of, .. } => Some(*of),
            Self::Replaced | Self::AwayTooLong { .. } => None,
        }
    }

    /// The fault that a run stops with while it is not answered.
    fn fault(&self) -> Fault {
        let tell = |code, of: &Kind, found: u64, known: u64| {
            Fault::new(code, of.name(), &found.to_string(), &known.to_string())
        };
        match self {
            Self::Emptied { of, known } => tell(FaultCode::Emptied, of, 0, *known),
            Self::ManyMissing { of, known, missing } => {
                tell(FaultCode::ManyMissing, of, *missing, *known)
            }
            Self::Replaced => Fault::new(FaultCode::Replaced, "", "", ""),
            Self::AwayTooLong { days, missing } => {
                let found = missing.to_string();
                Fault::new(FaultCode::AwayTooLong, "", &found, &days.to_string())
            }
        }
    }
}
