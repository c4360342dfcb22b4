//! Sync: what is connected, how it stands, what a person decides, and the database as a run sees it.
//!
//! What to ask an endpoint and how two versions become one is `sync`'s; here records become what travels and what came
//! becomes records: [`wire`] (forms), [`local`] (both sides of a record), [`place`] (putting what came), [`replica`]
//! (the local side of a run), [`session`] (one run, a step at a time). `docs/sync-data.md` says what travels and why.

mod allowance;
mod commands;
mod inbox;
mod link;
mod local;
mod place;
mod probe;
mod replica;
mod session;
#[cfg(test)]
mod tests;
mod views;
mod wire;

pub(crate) use link::State;
pub use probe::{ProbeSession, SyncProbeStep};
pub use session::{SyncSession, SyncStep};

use crate::{Context, Engine};
use model::Timestamp;
use protocol::{Fault, SyncSecretStanding};
use sync::Auth;

/// What the worker has to know of the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncPlan {
    /// The origin that credentials are bound to.
    pub origin: String,
    /// How the endpoint is told who we are.
    pub auth: Auth,
    /// The user's name, for `Basic`.
    pub user: String,
    /// The next run is due then by itself; none while it is paused or waits for a person.
    pub next_at: Option<Timestamp>,
    /// Something waits to be sent.
    pub pending: bool,
    /// The last run failed: the next one is not begun by a change.
    pub failing: bool,
}

impl Engine {
    /// What is connected and when the next run is due; `None` where nothing is.
    ///
    /// # Errors
    /// `Storage`.
    pub fn sync_plan(&mut self, context: &Context) -> Result<Option<SyncPlan>, Fault> {
        let Some(link) = self.sync_link()? else {
            return Ok(None);
        };
        let profile = link.profile()?;
        let waits = link.paused || (link.question.is_some() && link.choice.is_none());
        let pending = self.sync_pending(context.now)?;
        Ok(Some(SyncPlan {
            origin: sync::origin(&profile.base).unwrap_or_default(),
            auth: profile.auth,
            user: link.user,
            next_at: link.next_at.filter(|_| !waits),
            failing: link.trouble.is_some(),
            pending: pending.iter().any(|it| it.pending > it.aside),
        }))
    }

    /// Tells what only the worker knows: the network, the secret, and where the page comes from.
    pub fn sync_host(&mut self, offline: bool, secret: SyncSecretStanding, origin: &str) {
        self.sync.woken |= self.sync.offline && !offline;
        self.sync.offline = offline;
        self.sync.secret = Some(secret);
        origin.clone_into(&mut self.sync.origin);
    }

    /// A backup was put back: what it knows of the endpoint may be old, so nothing is sent before a person says so, and
    /// then everything is compared.
    pub(crate) fn sync_after_restore(&mut self) -> Result<(), Fault> {
        self.sync = State::default();
        if let Some(mut link) = self.sync_link()? {
            link.paused = true;
            link.whole = true;
            self.save_link(&link)?;
        }
        Ok(())
    }

    /// The run at work was dropped before its end.
    pub fn sync_stopped(&mut self) {
        self.sync.running = None;
        self.sync.done = (0, 0);
    }
}
