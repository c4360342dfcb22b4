//! Orders that wait for further lines.
//!
//! An order is handed on when so many others have begun after it; until then a group of rows with its number joins it,
//! if it states further lines and says nothing else of the order. Orders leave in the order in which they began, so that
//! a file read again gives the same records in the same order.

use super::Open;
use std::collections::{BTreeMap, VecDeque};

/// So many orders wait at most: some megabytes, whatever the size of the file.
pub(super) const HELD: usize = 10_000;

/// The orders that wait.
#[derive(Debug, Default)]
pub(super) struct Held {
    waiting: VecDeque<Waiting>,
    /// Where the order of a number waits: its turn, counted over the whole file.
    turns: BTreeMap<String, u64>,
    released: u64,
}

#[derive(Debug)]
struct Waiting {
    open: Open,
    /// What each group of rows said, to know one that comes again.
    groups: Vec<u64>,
}

impl Held {
    /// Takes a group of rows; gives the order that has waited long enough.
    pub(super) fn take(&mut self, open: Open) -> Option<Open> {
        let open = self.join(open)?;
        if let Some(key) = &open.key {
            let turn = self.released + self.waiting.len() as u64;
            self.turns.insert(key.clone(), turn);
        }
        self.waiting.push_back(Waiting {
            groups: vec![open.content],
            open,
        });
        if self.waiting.len() > HELD {
            self.release()
        } else {
            None
        }
    }

    /// Gives the order that has waited longest.
    pub(super) fn release(&mut self) -> Option<Open> {
        let Waiting { open, .. } = self.waiting.pop_front()?;
        if let Some(key) = &open.key
            && self.turns.get(key) == Some(&self.released)
        {
            self.turns.remove(key);
        }
        self.released += 1;
        Some(open)
    }

    /// Puts a group of rows to the order it belongs to; gives it back if there is none that takes it.
    fn join(&mut self, open: Open) -> Option<Open> {
        let turn = open.key.as_ref().and_then(|key| self.turns.get(key));
        let at = turn.and_then(|turn| turn.checked_sub(self.released));
        let Some(first) = at.and_then(|at| self.waiting.get_mut(at as usize)) else {
            return Some(open);
        };
        if first.groups.contains(&open.content) {
            return None;
        }
        let same_order = open.head == 0 || open.head == first.open.head;
        let fits = open.rejected.is_none() && first.open.rejected.is_none();
        if !(same_order && fits && open.order.has_lines() && first.open.order.has_lines()) {
            return Some(open);
        }
        first.groups.push(open.content);
        first.open.content = super::mix(first.open.content, open.content);
        first.open.order.add_lines(open.order);
        first.open.issues.extend(open.issues);
        first.open.cleaned.extend(open.cleaned);
        first.open.rows.extend(open.rows);
        None
    }
}
