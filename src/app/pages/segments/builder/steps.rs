//! Undo and redo of a draft.
//!
//! Typing in one field is one step, however many keys it took, as long as nothing else happens in between.

use super::draft::{Draft, NodeId};

/// Steps kept.
const KEPT: usize = 200;

/// What typing changes: a field of a node. Edits with the same mark in a row are one step.
pub type Mark = (NodeId, &'static str);

/// A draft with its past and its undone future.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Steps {
    /// As it is.
    pub now: Draft,
    past: Vec<Draft>,
    future: Vec<Draft>,
    mark: Option<Mark>,
}

impl Steps {
    /// Begins with a draft.
    pub fn new(now: Draft) -> Self {
        Self {
            now,
            ..Self::default()
        }
    }

    /// Changes the draft; a step of its own unless it goes on with the typing before. Whether anything changed.
    pub fn edit(&mut self, mark: Option<Mark>, change: impl FnOnce(&mut Draft)) -> bool {
        let before = self.now.clone();
        change(&mut self.now);
        if self.now == before {
            return false;
        }
        let goes_on = mark.is_some() && mark == self.mark;
        if !goes_on {
            self.past.push(before);
            if self.past.len() > KEPT {
                self.past.remove(0);
            }
        }
        self.future.clear();
        self.mark = mark;
        true
    }

    /// Ends the typing at hand: what comes next is a step of its own.
    pub fn pause(&mut self) {
        self.mark = None;
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is something to do again.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Takes the last step back.
    pub fn undo(&mut self) -> bool {
        let Some(before) = self.past.pop() else {
            return false;
        };
        let after = std::mem::replace(&mut self.now, before);
        self.keep_ids(&after);
        self.future.push(after);
        self.mark = None;
        true
    }

    /// Takes it again.
    pub fn redo(&mut self) -> bool {
        let Some(after) = self.future.pop() else {
            return false;
        };
        let before = std::mem::replace(&mut self.now, after);
        self.keep_ids(&before);
        self.past.push(before);
        self.mark = None;
        true
    }

    /// Ids are given once, also when the draft that gave them was undone.
    fn keep_ids(&mut self, other: &Draft) {
        self.now.next = self.now.next.max(other.next);
    }
}
