//! Sync: an endpoint that the owner chose, how it stands, what went wrong, what a person has to decide.
//!
//! Times that a person reads are local (`2026-01-31T18:30:05` in the business's zone). Secrets go in and never come out.
//! Kinds of record are named as on the wire: `customers`, `orders`, `refunds`, `ledger` ...

use crate::{Page, SyncTrouble, SyncTroubleCode};
use model::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How sync stands, small enough for the frame around every page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncLight {
    /// How it stands.
    pub standing: SyncStanding,
    /// Changes of this browser that no pull has shown yet.
    pub pending: u64,
    /// Fields that two sides changed, which nobody has looked at yet.
    pub conflicts: u64,
    /// Records that the endpoint refuses.
    pub aside: u64,
    /// Records done in the run that is under way.
    pub done: u64,
    /// Records of that run, as far as known; 0 when unknown.
    pub total: u64,
}

/// How sync stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncStanding {
    /// Nothing to do until something changes or the next look is due.
    InStep,
    /// Changes wait to be sent.
    Waiting,
    /// A run is under way.
    Running,
    /// The first run, or one that takes everything over, is under way.
    First,
    /// The last run failed; it is tried again by itself.
    Retrying,
    /// The network is away.
    Offline,
    /// The person paused it.
    Paused,
    /// It waits for the person: credentials, a question, something that cannot be retried.
    NeedsPerson,
}

/// Reads about sync.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncQuery {
    /// What is connected and how it stands: [`SyncReply::Overview`].
    Overview,
    /// The endpoints known by name: [`SyncReply::Presets`].
    Presets,
    /// Whether a profile is one, and what is wrong with it: [`SyncReply::Profile`].
    Check {
        /// The profile as JSON.
        profile: String,
    },
    /// What would be sent, before it is: [`SyncReply::Preview`].
    Preview {
        /// What to share.
        share: SyncShare,
    },
    /// Fields that two sides changed, the newest first: [`SyncReply::Conflicts`].
    Conflicts {
        /// Also those that a person has looked at.
        settled: bool,
        /// First, from 0.
        offset: u64,
        /// At most this many; 100 at most.
        limit: u32,
    },
    /// Changes that wait, the oldest first: [`SyncReply::Pending`].
    Pending {
        /// First, from 0.
        offset: u64,
        /// At most this many; 100 at most.
        limit: u32,
    },
    /// Records that were set aside: [`SyncReply::Aside`].
    Aside {
        /// First, from 0.
        offset: u64,
        /// At most this many; 100 at most.
        limit: u32,
    },
    /// The last runs, the newest first: [`SyncReply::Runs`].
    Runs {
        /// First, from 0.
        offset: u64,
        /// At most this many; 100 at most.
        limit: u32,
    },
}

/// What queries and jobs of sync are answered with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncReply {
    /// To [`SyncQuery::Overview`]; `None` where nothing is connected.
    Overview(Option<Box<SyncOverview>>),
    /// To [`SyncQuery::Presets`].
    Presets(Vec<SyncPreset>),
    /// To [`SyncQuery::Check`].
    Profile(SyncProfileCheck),
    /// To [`SyncQuery::Preview`].
    Preview(SyncPreview),
    /// To [`SyncQuery::Conflicts`].
    Conflicts(Page<SyncConflict>),
    /// To [`SyncQuery::Pending`].
    Pending(Page<SyncPending>),
    /// To [`SyncQuery::Aside`].
    Aside(Page<SyncAside>),
    /// To [`SyncQuery::Runs`].
    Runs(Page<SyncRun>),
    /// To [`SyncJob::Probe`].
    Probed(Box<SyncProbe>),
}

/// Changes about sync. None is undone by [`crate::Command::Undo`] but [`SyncCommand::Settle`] that took the other value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncCommand {
    /// Connects an endpoint and begins.
    Connect {
        /// Where it is; `https:`, or `http:` on this device. No credentials in it.
        address: String,
        /// The profile as JSON, as the probe gave it.
        profile: String,
        /// What the probe found, to be kept with it.
        findings: Vec<SyncFinding>,
        /// Who we are there.
        secret: SyncSecret,
        /// Where the secret is kept.
        keep: SyncKeep,
        /// What is shared.
        share: SyncShare,
    },
    /// Other credentials for the same endpoint; what waited goes on.
    Credentials {
        /// Who we are there.
        secret: SyncSecret,
        /// Where the secret is kept.
        keep: SyncKeep,
    },
    /// Shares more or less. What is withheld now stays as it is at the endpoint; it is no longer written.
    Share {
        /// What is shared.
        share: SyncShare,
    },
    /// Nothing is sent or fetched until [`SyncCommand::Resume`]; changes are collected.
    Pause,
    /// Goes on.
    Resume,
    /// Runs now, also where the next try is not due yet.
    Now {
        /// Compares everything, not only what changed.
        whole: bool,
    },
    /// Ends the connection: the secret, the cursor and what waits are forgotten, records stay on both sides.
    Disconnect,
    /// Forgets the cursor and the last-common versions and compares everything anew. Loses no record.
    StartOver {
        /// Whose values stay where both have some.
        from: SyncSide,
    },
    /// Answers what a run asked.
    Answer {
        /// [`SyncQuestion::id`]; another question may have come meanwhile.
        question: u64,
        /// What to do.
        choice: SyncChoice,
    },
    /// A person has looked at a conflict. Taking the other value is a change of the record like any other, with undo.
    Settle {
        /// Which.
        conflict: u64,
        /// Take the value that was not kept.
        other: bool,
    },
    /// All conflicts that nobody has looked at stay as they were merged.
    SettleAll,
    /// Tries a record that was set aside once more.
    Retry {
        /// Which; `None` for all.
        aside: Option<u64>,
    },
}

/// Long work about sync.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncJob {
    /// Finds out what an endpoint can do; writes a few records under ids that begin with `__probe-` and removes them.
    /// Progress counts checks. Answers [`SyncReply::Probed`].
    Probe {
        /// Where it is.
        address: String,
        /// A preset's key, a profile as JSON, or empty to find out.
        profile: String,
        /// Who we are there; forgotten after the probe.
        secret: SyncSecret,
    },
}

/// Who we are at an endpoint. Its `Debug` form does not say the secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncSecret {
    /// How it is said.
    pub auth: SyncAuth,
    /// The user's name, for [`SyncAuth::Basic`].
    pub user: String,
    /// The header's name, for [`SyncAuth::Header`].
    pub header: String,
    /// Password, token or the header's value.
    pub secret: String,
}

impl fmt::Debug for SyncSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncSecret")
            .field("auth", &self.auth)
            .finish_non_exhaustive()
    }
}

/// How an endpoint is told who we are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncAuth {
    /// Not at all.
    #[default]
    None,
    /// User and password (RFC 7617).
    Basic,
    /// A token (RFC 6750), also one that an OAuth sign-in gave.
    Bearer,
    /// A header of the endpoint's own.
    Header,
}

/// Where a secret is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncKeep {
    /// On this device, encrypted with a key that no program can read out.
    Device,
    /// In memory until the last tab closes.
    Session,
}

/// How the secret stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncSecretStanding {
    /// None is needed.
    NotNeeded,
    /// Kept on this device.
    Device,
    /// Kept until the last tab closes.
    Session,
    /// It has to be typed in again.
    Missing,
}

/// What is shared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncShare {
    /// Kinds of record; the others are neither sent nor taken.
    pub kinds: Vec<String>,
    /// Fields that never leave this browser: `customers.phone`, `customers.custom.size`.
    pub withheld: Vec<String>,
}

/// One of two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncSide {
    /// This browser.
    Here,
    /// The endpoint.
    There,
    /// Neither above the other: field by field, the later edit stays.
    Both,
}

/// What is connected and how it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncOverview {
    /// How it stands.
    pub light: SyncLight,
    /// Where the endpoint is.
    pub address: String,
    /// The preset's key, if it is one.
    pub preset: String,
    /// `document`, `collection`, `couchdb` or `action`.
    pub mode: String,
    /// The profile as JSON, indented.
    pub profile: String,
    /// How the endpoint is told who we are.
    pub auth: SyncAuth,
    /// The user's name or the header's, for the form that asks for the secret again.
    pub user: String,
    /// How the secret stands.
    pub secret: SyncSecretStanding,
    /// What is shared.
    pub share: SyncShare,
    /// What the probe found.
    pub findings: Vec<SyncFinding>,
    /// Connected since, local.
    pub since: String,
    /// The last run that came to its end, local.
    pub last_run: Option<String>,
    /// The last comparison of everything, local.
    pub last_whole: Option<String>,
    /// When the next run is due, local.
    pub next_at: Option<String>,
    /// Why the last run failed; gone after one that did not.
    pub trouble: Option<SyncTrouble>,
    /// What a run waits to be told.
    pub question: Option<SyncQuestion>,
    /// What is under way.
    pub running: Option<SyncRunning>,
    /// Records by kind: here, and known to be there.
    pub counts: Vec<SyncCount>,
    /// Records of kinds that this version does not know: kept, and read by the version that does.
    pub unknown: u64,
    /// Records whose customer (or order) has not come yet.
    pub orphans: u64,
}

/// Records of a kind on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncCount {
    /// Which kind.
    pub kind: String,
    /// Records in this browser.
    pub here: u64,
    /// Of them, seen at the endpoint as they are here.
    pub there: u64,
    /// Changes that wait.
    pub pending: u64,
}

/// A run that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncRunning {
    /// What is being done.
    pub stage: SyncStage,
    /// Records done in this stage.
    pub done: u64,
    /// Records of this stage, as far as known; 0 when unknown.
    pub total: u64,
    /// Records sent in this run.
    pub sent: u64,
    /// Records received in this run.
    pub received: u64,
    /// When it began.
    pub began_at: Timestamp,
}

/// What a run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncStage {
    /// Asking the endpoint what changed.
    Fetching,
    /// Sending what changed here.
    Sending,
    /// Reading back what was sent.
    ReadingBack,
    /// Comparing everything.
    Comparing,
    /// Waiting as the endpoint asked.
    Waiting,
}

/// What a run waits to be told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncQuestion {
    /// Names it.
    pub id: u64,
    /// What happened.
    pub kind: SyncQuestionKind,
    /// The kind of records it is about (`customers`); none: all of them.
    #[serde(default)]
    pub of: Option<String>,
    /// Records here.
    pub here: u64,
    /// Records that would go (or are missing there).
    pub missing: u64,
    /// How many may go without asking.
    pub limit: u64,
    /// Some of them.
    pub some: Vec<SyncRecord>,
    /// What can be done, the harmless first.
    pub choices: Vec<SyncChoice>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncQuestionKind {
    /// The list came back empty where there were records.
    EmptyList,
    /// Many records are gone there.
    ManyDeletions,
    /// The database there is another one than before.
    Wiped,
    /// The database there is older than what we saw last: a backup was put back.
    RolledBack,
    /// Out of touch for longer than deletions are remembered.
    LongAway,
    /// The database there belongs to another business (it has records of another workspace).
    OtherBusiness,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncChoice {
    /// Keep the records here and send them there again.
    SendAgain,
    /// Remove here what is gone there. Undo brings it back.
    RemoveHere,
    /// Join both: nothing is removed on either side.
    Join,
    /// Do nothing and stay paused.
    Pause,
    /// Look once more.
    LookAgain,
}

/// A record by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncRecord {
    /// Its kind.
    pub kind: String,
    /// Its id in text form.
    pub id: String,
    /// The customer it belongs to, in text form; empty for none.
    pub customer: String,
    /// A name or number.
    pub title: String,
}

/// A field that two sides changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncConflict {
    /// Names it.
    pub id: u64,
    /// Of which record.
    pub record: SyncRecord,
    /// The field's public name; empty where one side removed the record.
    pub field: String,
    /// The value before both changes, as JSON; `null` for none.
    pub before: String,
    /// What stayed.
    pub kept: SyncValue,
    /// What did not.
    pub other: SyncValue,
    /// When it was found, local.
    pub local_at: String,
    /// A person has looked at it.
    pub settled: bool,
    /// The field was changed since, so that the other value would not replace what was kept.
    pub changed_since: bool,
}

/// One side's value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncValue {
    /// As JSON; `null` for none. Empty where the record was removed.
    pub json: String,
    /// From this browser or another.
    pub side: SyncSide,
    /// When it was written, local.
    pub local_at: String,
}

/// A change that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncPending {
    /// Which record.
    pub record: SyncRecord,
    /// It was removed here.
    pub removed: bool,
    /// Since when, local.
    pub local_at: String,
    /// How often it was sent without being seen there.
    pub tries: u32,
}

/// A record that was set aside; the others go on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncAside {
    /// Names it.
    pub id: u64,
    /// Which record; its title may be empty for what could not be read.
    pub record: SyncRecord,
    /// It came from there and could not be taken; otherwise it is ours and was refused there.
    pub incoming: bool,
    /// Its size in bytes.
    pub bytes: u64,
    /// Why.
    pub trouble: SyncTrouble,
}

/// A run that ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncRun {
    /// Names it.
    pub id: u64,
    /// When it began, local.
    pub local_at: String,
    /// How long it took in ms.
    pub ms: u64,
    /// It compared everything.
    pub whole: bool,
    /// Records sent.
    pub sent: u64,
    /// Records received that were new or different.
    pub received: u64,
    /// Records removed here.
    pub removed: u64,
    /// Conflicts found.
    pub conflicts: u64,
    /// Requests made.
    pub requests: u64,
    /// Bytes received.
    pub bytes: u64,
    /// Why it failed; `None` when it came to its end.
    pub trouble: Option<SyncTrouble>,
    /// It ended with a question.
    pub asked: Option<SyncQuestionKind>,
}

/// An endpoint known by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncPreset {
    /// Its key (`json-server`).
    pub key: String,
    /// `document`, `collection`, `couchdb` or `action`.
    pub mode: String,
    /// How it is usually told who we are.
    pub auth: SyncAuth,
    /// An address such as its own look like.
    pub example: String,
    /// Tested against the real server; otherwise made from its documentation.
    pub verified: bool,
    /// The profile as JSON.
    pub profile: String,
}

/// Whether a profile is one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncProfileCheck {
    /// Each mistake; none when it is a profile.
    pub wrong: Vec<SyncProfileWrong>,
}

/// A mistake in a profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncProfileWrong {
    /// Where (`paging.max`).
    pub path: String,
    /// What was found.
    pub found: String,
    /// What would be right.
    pub expected: String,
}

/// What would be sent, before it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncPreview {
    /// By kind, only what is shared.
    pub kinds: Vec<SyncPreviewKind>,
    /// Every kind that can be shared, with its fields.
    pub offers: Vec<SyncOffer>,
    /// Bytes of all records, roughly.
    pub bytes: u64,
}

/// A kind that can be shared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncOffer {
    /// Which.
    pub kind: String,
    /// Records of it.
    pub records: u64,
    /// Its fields.
    pub fields: Vec<SyncField>,
}

/// A field that can be withheld, or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncField {
    /// Its public name.
    pub key: String,
    /// A record is none without it: it is always sent.
    pub needed: bool,
    /// Records that have it; `None` where nobody counted.
    pub filled: Option<u64>,
}

/// What would be sent of a kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncPreviewKind {
    /// Which.
    pub kind: String,
    /// Records.
    pub records: u64,
    /// The first of them exactly as it would be sent, indented; `None` where there is none.
    pub example: Option<String>,
}

/// What the probe found about an endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncProbe {
    /// Whether it can be used: the worst of the findings that were made.
    pub verdict: SyncVerdict,
    /// Check by check, in the order in which they were made.
    pub findings: Vec<SyncFinding>,
    /// The profile that follows, as JSON, indented; empty when there is none.
    pub profile: String,
    /// Its mode.
    pub mode: String,
    /// Why it stopped.
    pub trouble: Option<SyncTrouble>,
    /// Records that are there already, by kind.
    pub there: Vec<SyncCount>,
}

/// How good something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncVerdict {
    /// As the profile says, or better.
    Good,
    /// Differs from what was believed, and the profile was changed to it.
    Adapted,
    /// Works with a drawback that a person should know.
    Careful,
    /// Not tried: something before it failed, or this kind of server has no such thing.
    Skipped,
    /// Cannot be used safely.
    Unsafe,
}

/// What a check of the probe came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncFinding {
    /// The check's name (`stale-version`).
    pub check: String,
    /// How it went.
    pub verdict: SyncVerdict,
    /// The switch of the profile that it tells of (`precondition.with`), or empty.
    pub switch: String,
    /// The switch's value now, or what was found.
    pub value: String,
    /// What went wrong, if anything did.
    pub fault: Option<SyncTroubleCode>,
}
