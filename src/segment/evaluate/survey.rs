//! How many customers each node of a rule holds for, alone and in its place: what a person sees while they edit it.

use super::{Chain, EvalContext, Evaluation, Memory, is_local, push_step};
use crate::{Bitmap, Columns};
use model::rule::{Rule, RuleError};

/// How many customers one node holds for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeCount {
    /// Where it stands, as in errors of rules; empty for the whole rule.
    pub path: String,
    /// Customers it holds for, whatever stands around it.
    pub alone: u64,
    /// In `all`: who is left after it and those written before it. In `any`: who was found by it and those before it.
    pub after: Option<u64>,
    /// In `all`: whom it alone keeps out. In `any`: whom it alone brings in.
    pub only: Option<u64>,
    /// The child that keeps out (or brings in) the most.
    pub strongest: bool,
    /// A sibling before it that says the same.
    pub same_as: Option<String>,
}

impl Memory {
    /// The customers that the rule holds for, and the counts of every node, each before those below it.
    ///
    /// # Errors
    /// As [`super::evaluate`].
    pub fn survey(
        &mut self,
        rule: &Rule,
        columns: &Columns,
        context: &EvalContext,
    ) -> Result<(Bitmap, Vec<NodeCount>), RuleError> {
        self.hold_to(&context.derived.lifecycle);
        let survey = Survey {
            evaluation: Evaluation::new(columns, context, Some(self)),
        };
        let mut nodes = Vec::new();
        let members = survey.node(rule, &mut String::new(), &mut Vec::new(), &mut nodes)?;
        Ok((members, nodes))
    }
}

struct Survey<'e> {
    evaluation: Evaluation<'e>,
}

impl Survey<'_> {
    fn node(
        &self,
        rule: &Rule,
        path: &mut String,
        chain: &mut Chain,
        nodes: &mut Vec<NodeCount>,
    ) -> Result<Bitmap, RuleError> {
        let at = nodes.len();
        nodes.push(NodeCount {
            path: path.clone(),
            alone: 0,
            after: None,
            only: None,
            strongest: false,
            same_as: None,
        });
        let members = match rule {
            Rule::All(children) => self.group("all", children, path, chain, nodes)?,
            Rule::Any(children) => self.group("any", children, path, chain, nodes)?,
            Rule::Not(child) => {
                let len = push_step(path, "not");
                let found = self.node(child, path, chain, nodes)?;
                path.truncate(len);
                let mut left = self.evaluation.columns.live().clone();
                left.and_not(&found);
                left
            }
            leaf if is_local(leaf) => self.evaluation.recalled(leaf)?,
            leaf => self.evaluation.everybody(leaf, path, chain)?,
        };
        if let Some(node) = nodes.get_mut(at) {
            node.alone = members.count();
        }
        Ok(members)
    }

    fn group(
        &self,
        name: &str,
        children: &[Rule],
        path: &mut String,
        chain: &mut Chain,
        nodes: &mut Vec<NodeCount>,
    ) -> Result<Bitmap, RuleError> {
        let all = name == "all";
        let live = self.evaluation.columns.live();
        let neutral = if all {
            live.clone()
        } else {
            Bitmap::empty(live.len())
        };
        let join = |into: &mut Bitmap, with: &Bitmap| {
            if all { into.and(with) } else { into.or(with) }
        };
        let mut found: Vec<(usize, Bitmap)> = Vec::with_capacity(children.len());
        let mut before = neutral.clone();
        for (at, child) in children.iter().enumerate() {
            let place = nodes.len();
            let len = push_step(path, &format!("{name}[{at}]"));
            let members = self.node(child, path, chain, nodes)?;
            path.truncate(len);
            join(&mut before, &members);
            if let Some(node) = nodes.get_mut(place) {
                node.after = Some(before.count());
            }
            found.push((place, members));
        }
        self.only(all, neutral, &found, nodes);
        mark_strongest(all, live.count(), &found, nodes);
        mark_same(children, &found, nodes);
        Ok(before)
    }

    /// Whom each child alone keeps out or brings in: by what those before it and those behind it come to.
    fn only(&self, all: bool, neutral: Bitmap, found: &[(usize, Bitmap)], nodes: &mut [NodeCount]) {
        let join = |into: &mut Bitmap, with: &Bitmap| {
            if all { into.and(with) } else { into.or(with) }
        };
        let mut behind = Vec::with_capacity(found.len());
        let mut so_far = neutral.clone();
        for (_, members) in found.iter().rev() {
            behind.push(so_far.clone());
            join(&mut so_far, members);
        }
        let mut before = neutral;
        for ((place, members), behind) in found.iter().zip(behind.iter().rev()) {
            let mut others = before.clone();
            join(&mut others, behind);
            let mut only;
            if all {
                only = others;
                only.and_not(members);
            } else {
                only = members.clone();
                only.and_not(&others);
            }
            if let Some(node) = nodes.get_mut(*place) {
                node.only = Some(only.count());
            }
            join(&mut before, members);
        }
    }
}

fn mark_strongest(all: bool, of: u64, found: &[(usize, Bitmap)], nodes: &mut [NodeCount]) {
    if found.len() < 2 {
        return;
    }
    // What it does on its own: how many it keeps out, or brings in.
    let weight = |node: &NodeCount| {
        let alone = if all {
            of.saturating_sub(node.alone)
        } else {
            node.alone
        };
        (node.only.unwrap_or(0), alone)
    };
    let places = found.iter().map(|(place, _)| *place);
    let mut best: Option<(usize, (u64, u64))> = None;
    for place in places {
        let Some(weight) = nodes.get(place).map(weight) else {
            continue;
        };
        if weight.1 > 0 && best.is_none_or(|(_, known)| weight > known) {
            best = Some((place, weight));
        }
    }
    if let Some(node) = best.and_then(|(place, _)| nodes.get_mut(place)) {
        node.strongest = true;
    }
}

fn mark_same(children: &[Rule], found: &[(usize, Bitmap)], nodes: &mut [NodeCount]) {
    let mut known: std::collections::BTreeMap<String, String> = std::collections::BTreeMap::new();
    for (child, (place, _)) in children.iter().zip(found) {
        let Some(node) = nodes.get_mut(*place) else {
            continue;
        };
        match known.entry(child.to_json()) {
            std::collections::btree_map::Entry::Occupied(first) => {
                node.same_as = Some(first.get().clone());
            }
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(node.path.clone());
            }
        }
    }
}
