//! What was worked out before: the members of rules and of their parts, kept in step with the columns.
//!
//! Only what follows from one customer's columns and the day is kept (and the thresholds of stages: others forget
//! everything). Scores compare customers, points come from elsewhere, and both are columns already, so that asking them
//! again costs a tenth to a third of a millisecond for 100,000 customers; of a segment that is named, its own rule is
//! remembered. When columns change, the customers that changed
//! are asked about anew, nobody else: one new order costs one look for each part that is asked for again. Parts are
//! shared: two segments with the same condition work it out once.

use super::{Chain, EvalContext, Evaluation, Plan, Source, is_local, members_plan, push_step};
use crate::{Bitmap, Columns};
use model::rule::{Rule, RuleError};
use model::{Day, LifecycleThresholds};
use std::collections::BTreeMap;

/// Bytes of sets that are kept; those not used for longest go first.
const MOST_BYTES: usize = 16 << 20;

/// What was worked out before. Belongs to one [`Columns`]: where those are made anew it must be, too.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    entries: BTreeMap<(Day, String), Entry>,
    /// The thresholds of stages that all of it holds for.
    thresholds: Option<LifecycleThresholds>,
    /// Grows with every use.
    uses: u64,
    bytes: usize,
    counts: MemoryCounts,
}

/// What the memory spared, for whoever wants to prove it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryCounts {
    /// Sets that were there and current.
    pub hits: u64,
    /// Sets that were brought up to date by looking only at customers that had changed.
    pub updates: u64,
    /// Customers looked at for that.
    pub looked_at: u64,
    /// Sets that everybody was looked at for.
    pub full_passes: u64,
}

#[derive(Clone, Debug)]
struct Entry {
    members: Bitmap,
    /// The columns' tick that they are of.
    tick: u64,
    used: u64,
}

impl Memory {
    /// What was spared so far.
    pub fn counts(&self) -> MemoryCounts {
        self.counts
    }

    /// The customers that the rule holds for, as [`super::evaluate`] finds them.
    ///
    /// # Errors
    /// As [`super::evaluate`].
    pub fn evaluate(
        &mut self,
        rule: &Rule,
        columns: &Columns,
        context: &EvalContext,
    ) -> Result<Bitmap, RuleError> {
        self.hold_to(&context.derived.lifecycle);
        let evaluation = Evaluation::new(columns, context, Some(self));
        evaluation.everybody(rule, &mut String::new(), &mut Vec::new())
    }

    /// Forgets what was worked out with other thresholds.
    pub(super) fn hold_to(&mut self, thresholds: &LifecycleThresholds) {
        if self.thresholds.as_ref() != Some(thresholds) {
            self.entries.clear();
            self.bytes = 0;
            self.thresholds = Some(*thresholds);
        }
    }

    fn take(&mut self, key: &(Day, String)) -> Option<Entry> {
        let entry = self.entries.remove(key)?;
        self.bytes = self.bytes.saturating_sub(size(key, &entry));
        Some(entry)
    }

    fn put(&mut self, key: (Day, String), mut entry: Entry) {
        self.uses += 1;
        entry.used = self.uses;
        self.bytes += size(&key, &entry);
        self.entries.insert(key, entry);
        while self.bytes > MOST_BYTES && self.entries.len() > 1 {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used);
            let Some(key) = oldest.map(|(key, _)| key.clone()) else {
                return;
            };
            self.take(&key);
        }
    }
}

fn size((_, text): &(Day, String), entry: &Entry) -> usize {
    std::mem::size_of::<Entry>() + text.len() + entry.members.words().len() * 8
}

impl Evaluation<'_> {
    /// Everybody the rule holds for, by way of the memory where there is one.
    pub(super) fn everybody(
        &self,
        rule: &Rule,
        path: &mut String,
        chain: &mut Chain,
    ) -> Result<Bitmap, RuleError> {
        if self.memory.is_none() {
            return self.run(rule, self.columns.live(), chain, false);
        }
        if is_local(rule) {
            return self.recalled(rule);
        }
        match rule {
            Rule::All(nodes) => self.group("all", nodes, path, chain),
            Rule::Any(nodes) => self.group("any", nodes, path, chain),
            Rule::Not(node) => {
                let len = push_step(path, "not");
                let found = self.everybody(node, path, chain)?;
                path.truncate(len);
                let mut left = self.columns.live().clone();
                left.and_not(&found);
                Ok(left)
            }
            Rule::Segment(id) => self.segment(id, path, chain),
            Rule::Attribute { .. } | Rule::Orders(_) | Rule::Events(_) | Rule::Sample { .. } => {
                self.run(rule, self.columns.live(), chain, false)
            }
        }
    }

    /// The children that can be remembered are, as one; the others are asked one by one.
    fn group(
        &self,
        name: &str,
        nodes: &[Rule],
        path: &mut String,
        chain: &mut Chain,
    ) -> Result<Bitmap, RuleError> {
        let all = name == "all";
        let kept: Vec<Rule> = nodes.iter().filter(|it| is_local(it)).cloned().collect();
        let mut found = match (kept.is_empty(), all) {
            (true, true) => self.columns.live().clone(),
            (true, false) => Bitmap::empty(self.columns.slots()),
            (false, true) => self.recalled(&Rule::All(kept))?,
            (false, false) => self.recalled(&Rule::Any(kept))?,
        };
        for (at, node) in nodes.iter().enumerate() {
            if is_local(node) {
                continue;
            }
            let len = push_step(path, &format!("{name}[{at}]"));
            let more = self.everybody(node, path, chain)?;
            path.truncate(len);
            if all {
                found.and(&more);
            } else {
                found.or(&more);
            }
        }
        Ok(found)
    }

    /// The members of a rule that can be remembered.
    pub(super) fn recalled(&self, rule: &Rule) -> Result<Bitmap, RuleError> {
        let columns = self.columns;
        let Some(memory) = &self.memory else {
            return self.run(rule, columns.live(), &mut Vec::new(), false);
        };
        let key = (self.context.as_of, rule.to_json());
        let known = memory.borrow_mut().take(&key);
        let tick = columns.tick();
        let touched = known.as_ref().and_then(|it| columns.touched_since(it.tick));
        // Beyond this it is no longer the cheaper way.
        let few = touched.filter(|slots| slots.len() <= columns.slots() / 8 + 1);
        let members = match (known, few) {
            (Some(known), Some([])) => {
                memory.borrow_mut().counts.hits += 1;
                known.members
            }
            (Some(known), Some(slots)) => {
                let mut again = Bitmap::empty(columns.slots());
                for &slot in slots {
                    again.set(slot, true);
                }
                let mut kept = Bitmap::from_words(known.members.words().to_vec(), columns.slots());
                kept.and_not(&again);
                again.and(columns.live());
                kept.or(&self.run(rule, &again, &mut Vec::new(), true)?);
                let counts = &mut memory.borrow_mut().counts;
                counts.updates += 1;
                counts.looked_at += again.count();
                kept
            }
            _ => {
                memory.borrow_mut().counts.full_passes += 1;
                self.run(rule, columns.live(), &mut Vec::new(), false)?
            }
        };
        let entry = Entry {
            members: members.clone(),
            tick,
            used: 0,
        };
        memory.borrow_mut().put(key, entry);
        Ok(members)
    }

    /// A plan that takes a leaf's members from the memory, where they are there and current.
    pub(super) fn known<'c>(&self, leaf: &Rule, source: &Source<'c>) -> Option<Plan<'c>> {
        let memory = self.memory.as_ref()?.borrow();
        if source.few || memory.entries.is_empty() {
            return None;
        }
        let entry = memory.entries.get(&(self.context.as_of, leaf.to_json()))?;
        (entry.tick == self.columns.tick()).then(|| members_plan(entry.members.clone()))
    }
}
