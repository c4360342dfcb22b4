//! What an edit was made over: so that whoever made the edit before can tell whether it was seen.
//!
//! Beside its stamp a leaf keeps, for every browser that edited it, the stamp of the latest edit that its author knew of
//! (a version vector: D. S. Parker and others, "Detection of Mutual Inconsistency in Distributed Systems", 1983). An edit
//! that is not among them was written over unseen, whatever the stamps say: two tills that write one field in the same
//! moment at an endpoint that honours no preconditions.

use crate::stamp::Stamp;
use std::collections::BTreeMap;

/// The latest edit of each browser that the author of a leaf knew of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Over(BTreeMap<u32, Stamp>);

impl Over {
    /// Whether an edit with this stamp was known. What nobody stamped is known to everybody.
    pub fn covers(&self, stamp: Stamp) -> bool {
        let known = self.0.get(&stamp.node);
        stamp == Stamp::ZERO || known.is_some_and(|known| *known >= stamp)
    }

    /// The latest edit of a browser that was known.
    pub(crate) fn latest_of(&self, node: u32) -> Option<Stamp> {
        self.0.get(&node).copied()
    }

    /// Takes note of an edit.
    pub fn note(&mut self, stamp: Stamp) {
        if stamp != Stamp::ZERO {
            let known = self.0.entry(stamp.node).or_default();
            *known = stamp.max(*known);
        }
    }

    /// Takes note of all that another knows.
    pub fn join(&mut self, other: &Self) {
        other.0.values().for_each(|stamp| self.note(*stamp));
    }

    /// The stamps, earliest first: the form that travels.
    pub fn stamps(&self) -> Vec<Stamp> {
        let mut all: Vec<Stamp> = self.0.values().copied().collect();
        all.sort();
        all
    }
}

impl FromIterator<Stamp> for Over {
    fn from_iter<I: IntoIterator<Item = Stamp>>(stamps: I) -> Self {
        let mut over = Self::default();
        stamps.into_iter().for_each(|stamp| over.note(stamp));
        over
    }
}

/// What is known when two copies of one leaf meet; what neither says stays unsaid.
pub(crate) fn joined(a: Option<Over>, b: Option<Over>) -> Option<Over> {
    match (a, b) {
        (Some(mut a), Some(b)) => {
            a.join(&b);
            Some(a)
        }
        (a, b) => a.or(b),
    }
}
