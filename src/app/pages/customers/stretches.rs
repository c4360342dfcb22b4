//! The rows of a long list, asked for in stretches as they come into view.
//!
//! What was shown stays until the new answer is here, so that nothing flickers; while one question is being answered
//! the next waits, and of several that wait only the last is asked, so that fast typing never builds a queue.

use leptos::task::spawn_local;
use protocol::{Fault, FaultCode, Page};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::ops::Range;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;
use ui::prelude::*;

/// Rows in one request.
pub const STRETCH: u32 = 100;

/// A list asks again after changes this often at most.
const PAUSE_MS: f64 = 250.0;

/// So many stretches are kept; those farthest from view go first.
const KEPT: usize = 40;

/// The answer to one request; `None` when the question cannot be asked yet.
pub type Asked<T> = Option<Pin<Box<dyn Future<Output = Result<Page<T>, Fault>>>>>;

type Ask<T> = Rc<dyn Fn(u64, u32) -> Asked<T>>;

struct Stretch<T> {
    round: u64,
    rows: Vec<T>,
}

struct Inner<T> {
    ask: Ask<T>,
    stretches: BTreeMap<u64, Stretch<T>>,
    /// Grows with each question and each refresh: rows of earlier rounds are shown and asked for again.
    round: u64,
    /// Grows with each question: answers to earlier ones are not taken.
    question: u64,
    /// The question changed and has no answer yet: what is here are other rows.
    other_question: bool,
    flying: BTreeSet<u64>,
    view: Range<u64>,
    refreshed_ms: f64,
    refresh_waits: bool,
}

/// Rows of a long list. Copies are the same list.
pub struct Stretches<T: 'static> {
    inner: StoredValue<Inner<T>, LocalStorage>,
    /// Changes when rows have come.
    seen: RwSignal<u64>,
    total: RwSignal<Option<u64>>,
    fault: RwSignal<Option<Fault>>,
}

impl<T> Clone for Stretches<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Stretches<T> {}

impl<T: Clone + 'static> Stretches<T> {
    /// A list that `ask`s for rows by offset and number. Asks nothing until [`Stretches::restart`].
    pub fn new(ask: impl Fn(u64, u32) -> Asked<T> + 'static) -> Self {
        Self {
            inner: StoredValue::new_local(Inner {
                ask: Rc::new(ask),
                stretches: BTreeMap::new(),
                round: 0,
                question: 0,
                other_question: true,
                flying: BTreeSet::new(),
                view: 0..u64::from(STRETCH),
                refreshed_ms: 0.0,
                refresh_waits: false,
            }),
            seen: RwSignal::new(0),
            total: RwSignal::new(None),
            fault: RwSignal::new(None),
        }
    }

    /// The question changed: starts from the first row.
    pub fn restart(&self) {
        self.next_round(true);
    }

    /// The data changed: asks again for what is in view; at once, but not more often than the pause allows, because an
    /// import in full swing tells of changes all the time.
    pub fn refresh(&self) {
        let now = js_sys::Date::now();
        let wait = self.inner.try_update_value(|inner| {
            let wait = inner.refreshed_ms + PAUSE_MS - now;
            if inner.refresh_waits {
                return None;
            }
            if wait <= 0.0 {
                inner.refreshed_ms = now;
                return Some(0.0);
            }
            inner.refresh_waits = true;
            Some(wait)
        });
        match wait.flatten() {
            None => {}
            Some(0.0) => self.next_round(false),
            Some(wait) => {
                let list = *self;
                let later = move || {
                    list.inner.try_update_value(|inner| {
                        inner.refresh_waits = false;
                        inner.refreshed_ms = js_sys::Date::now();
                    });
                    list.next_round(false);
                };
                set_timeout(later, Duration::from_millis(wait as u64));
            }
        }
    }

    /// All rows there are; `None` before the first answer.
    pub fn total(&self) -> Option<u64> {
        self.total.get()
    }

    /// Why the last request failed.
    pub fn fault(&self) -> Option<Fault> {
        self.fault.get()
    }

    /// Whether what is here answers the newest question.
    pub fn settled(&self) -> bool {
        self.seen.track();
        self.inner
            .try_with_value(|inner| !inner.other_question && inner.flying.is_empty())
            .unwrap_or_default()
    }

    /// A row, if it has come.
    pub fn row(&self, index: u64) -> Option<T> {
        self.seen.track();
        self.row_untracked(index)
    }

    /// A row that has come, without following later changes.
    pub fn row_untracked(&self, index: u64) -> Option<T> {
        let (start, within) = (index / u64::from(STRETCH), index % u64::from(STRETCH));
        self.inner
            .try_with_value(|inner| {
                let stretch = inner.stretches.get(&start)?;
                stretch.rows.get(usize::try_from(within).ok()?).cloned()
            })
            .flatten()
    }

    /// Every row that has come, with its position.
    pub fn rows(&self) -> Vec<(u64, T)> {
        self.seen.track();
        self.inner
            .try_with_value(|inner| {
                let mut rows = Vec::new();
                for (start, stretch) in &inner.stretches {
                    let first = start * u64::from(STRETCH);
                    rows.extend((first..).zip(stretch.rows.iter().cloned()));
                }
                rows
            })
            .unwrap_or_default()
    }

    /// These rows are in view: asks for what of them is missing.
    pub fn show(&self, view: Range<u64>) {
        self.inner.try_update_value(|inner| inner.view = view);
        self.ask_missing();
    }

    fn next_round(&self, other_question: bool) {
        self.inner.try_update_value(|inner| {
            inner.round += 1;
            inner.other_question |= other_question;
            if other_question {
                inner.question += 1;
                let length = inner.view.end.saturating_sub(inner.view.start);
                inner.view = 0..length.max(1);
            }
        });
        self.ask_missing();
    }

    fn ask_missing(&self) {
        let Some((asked, ask, missing)) = self.inner.try_update_value(|inner| {
            // One question at a time: the answer in flight asks for the newest when it is here.
            if inner.other_question && !inner.flying.is_empty() {
                return ((0, 0), Rc::clone(&inner.ask), Vec::new());
            }
            let step = u64::from(STRETCH);
            let (first, last) = (
                inner.view.start / step,
                inner.view.end.max(1).div_ceil(step),
            );
            let missing: Vec<u64> = (first..last)
                .filter(|at| {
                    let fresh = |s: &Stretch<T>| s.round == inner.round;
                    !inner.flying.contains(at) && !inner.stretches.get(at).is_some_and(fresh)
                })
                .take(if inner.other_question { 1 } else { 8 })
                .collect();
            let asked = (inner.question, inner.round);
            (asked, Rc::clone(&inner.ask), missing)
        }) else {
            return;
        };
        for at in missing {
            let Some(answer) = ask(at * u64::from(STRETCH), STRETCH) else {
                return;
            };
            self.inner.try_update_value(|inner| inner.flying.insert(at));
            let list = *self;
            spawn_local(async move { list.take(asked, at, answer.await) });
        }
    }

    fn take(&self, (question, round): (u64, u64), at: u64, answer: Result<Page<T>, Fault>) {
        let current = self.inner.try_update_value(|inner| {
            inner.flying.remove(&at);
            inner.question == question
        });
        let failed = answer.is_err();
        match (current, answer) {
            (None, _) => return,
            (Some(false), _) => {}
            (Some(true), Ok(page)) => {
                self.keep(round, at, page.items);
                let _ = self.fault.try_set(None);
                let _ = self.total.try_set(Some(page.total));
                let _ = self.seen.try_update(|seen| *seen += 1);
            }
            (Some(true), Err(fault)) if fault.code == FaultCode::Cancelled => {}
            (Some(true), Err(fault)) => {
                // Rows of the question before must not stand under this one.
                let others = self.inner.try_update_value(|inner| {
                    let others = inner.other_question;
                    if others {
                        inner.stretches.clear();
                    }
                    others
                });
                if others == Some(true) {
                    let _ = self.total.try_set(None);
                    let _ = self.seen.try_update(|seen| *seen += 1);
                }
                let _ = self.fault.try_set(Some(fault));
            }
        }
        // What failed is asked for again by a person, not by itself.
        if current == Some(false) || !failed {
            self.ask_missing();
        }
    }

    fn keep(&self, round: u64, at: u64, rows: Vec<T>) {
        self.inner.try_update_value(|inner| {
            if inner.other_question {
                inner.stretches.clear();
                inner.other_question = false;
            }
            inner.stretches.insert(at, Stretch { round, rows });
            let middle = (inner.view.start + inner.view.end) / 2 / u64::from(STRETCH);
            while inner.stretches.len() > KEPT {
                let farthest = inner.stretches.keys().copied();
                match farthest.max_by_key(|start| start.abs_diff(middle)) {
                    Some(start) => inner.stretches.remove(&start),
                    None => break,
                };
            }
        });
    }
}
