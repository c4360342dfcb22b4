//! What a person does to a draft, one edit at a time; each either changes the draft or says why it cannot.

use super::draft::{Draft, Measured, Node, NodeId, What, Where};
use super::form::{Form, Period};
use model::rule::{Attribute, Field, MAX_DEPTH, MAX_NODES, Measure, ValueKind, Within};

/// Why an edit was refused; the draft is as before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no such node.
    Gone,
    /// A group cannot be put into itself.
    IntoItself,
    /// Rules go 32 deep at most.
    TooDeep,
    /// Rules have 1,000 nodes at most.
    TooMany,
}

/// Where a node goes: into this group, before its node at that place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The group.
    pub group: NodeId,
    /// Before which of its nodes; beyond the last is the end.
    pub at: usize,
}

/// The way a key moves a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Before its neighbour, or out of its group at the group's start.
    Up,
    /// Behind its neighbour, or out of its group at the group's end.
    Down,
    /// Out of its group, behind it.
    Out,
    /// Into the group before it, else the group behind it.
    In,
}

impl Draft {
    /// Runs an edit on a copy and keeps it only when the rule stays within its limits.
    fn attempt<T>(
        &mut self,
        edit: impl FnOnce(&mut Draft) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        let mut changed = self.clone();
        let gives = edit(&mut changed)?;
        if changed.root.depth() > MAX_DEPTH {
            return Err(Refused::TooDeep);
        }
        if changed.root.size() > MAX_NODES {
            return Err(Refused::TooMany);
        }
        *self = changed;
        Ok(gives)
    }

    fn nodes_mut(&mut self, group: NodeId) -> Result<&mut Vec<Node>, Refused> {
        match self.find_mut(group).map(|node| &mut node.what) {
            Some(What::Group { nodes, .. }) => Ok(nodes),
            _ => Err(Refused::Gone),
        }
    }

    fn put(&mut self, node: Node, spot: Spot) -> Result<(), Refused> {
        let nodes = self.nodes_mut(spot.group)?;
        nodes.insert(spot.at.min(nodes.len()), node);
        Ok(())
    }

    fn take(&mut self, id: NodeId) -> Result<(Node, Spot), Refused> {
        let (group, at) = self.parent(id).ok_or(Refused::Gone)?;
        let node = self.nodes_mut(group)?.remove(at);
        Ok((node, Spot { group, at }))
    }

    /// Adds a node at the end of a group; gives its id.
    ///
    /// # Errors
    /// [`Refused`], as all edits.
    pub fn add(&mut self, group: NodeId, what: What) -> Result<NodeId, Refused> {
        self.attempt(|draft| {
            let id = draft.fresh();
            let node = Node {
                id,
                negated: false,
                what,
            };
            draft.put(
                node,
                Spot {
                    group,
                    at: usize::MAX,
                },
            )?;
            Ok(id)
        })
    }

    /// Adds a condition to a measure; gives its id.
    ///
    /// # Errors
    /// [`Refused::Gone`] where the node measures nothing.
    pub fn add_where(
        &mut self,
        of: NodeId,
        field: Field,
        kind: ValueKind,
    ) -> Result<NodeId, Refused> {
        let id = self.fresh();
        let measured = self
            .find_mut(of)
            .and_then(Node::measured_mut)
            .ok_or(Refused::Gone)?;
        measured.conditions.push(Where {
            id,
            field,
            form: Form::new(kind),
        });
        Ok(id)
    }

    /// Removes a node or a condition. Gives where the focus goes: what takes its place, else what is before it.
    ///
    /// # Errors
    /// [`Refused::Gone`]; the outermost group stays.
    pub fn remove(&mut self, id: NodeId) -> Result<NodeId, Refused> {
        if let Some((node, _)) = self.find_where(id) {
            let of = node.id;
            let measured = self.find_mut(of).and_then(Node::measured_mut);
            measured
                .ok_or(Refused::Gone)?
                .conditions
                .retain(|it| it.id != id);
            return Ok(of);
        }
        let (_, spot) = self.take(id)?;
        let nodes = self.nodes_mut(spot.group)?;
        let next = nodes.get(spot.at).or_else(|| nodes.last());
        Ok(next.map_or(spot.group, |node| node.id))
    }

    /// Puts a copy of a node or a condition behind it; gives the copy's id.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn duplicate(&mut self, id: NodeId) -> Result<NodeId, Refused> {
        self.attempt(|draft| {
            if let Some((node, it)) = draft.find_where(id) {
                let (of, mut copy) = (node.id, it.clone());
                copy.id = draft.fresh();
                let new = copy.id;
                let measured = draft
                    .find_mut(of)
                    .and_then(Node::measured_mut)
                    .ok_or(Refused::Gone)?;
                let at = measured.conditions.iter().position(|it| it.id == id);
                measured.conditions.insert(at.map_or(0, |at| at + 1), copy);
                return Ok(new);
            }
            let mut copy = draft.find(id).ok_or(Refused::Gone)?.clone();
            let (group, at) = draft.parent(id).ok_or(Refused::Gone)?;
            number(&mut copy, draft);
            let new = copy.id;
            draft.put(copy, Spot { group, at: at + 1 })?;
            Ok(new)
        })
    }

    /// Turns a node into its opposite and back.
    ///
    /// # Errors
    /// [`Refused`]; the outermost group has no opposite of its own, so what is in it goes into a negated group.
    pub fn negate(&mut self, id: NodeId) -> Result<NodeId, Refused> {
        if id == self.root.id {
            let wrapped = self.wrap(id)?;
            return self.negate(wrapped);
        }
        self.attempt(|draft| {
            let node = draft.find_mut(id).ok_or(Refused::Gone)?;
            node.negated = !node.negated;
            Ok(id)
        })
    }

    /// Puts a node into a group of its own, of the other kind than the group around it; of the outermost group, what
    /// is in it. Gives the group's id.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn wrap(&mut self, id: NodeId) -> Result<NodeId, Refused> {
        self.attempt(|draft| {
            let group = draft.fresh();
            if id == draft.root.id {
                let What::Group { any, nodes } = &mut draft.root.what else {
                    return Err(Refused::Gone);
                };
                let inner = Node {
                    id: group,
                    negated: false,
                    what: What::Group {
                        any: *any,
                        nodes: std::mem::take(nodes),
                    },
                };
                nodes.push(inner);
                *any = false;
                return Ok(group);
            }
            let (node, spot) = draft.take(id)?;
            let around = draft.find(spot.group).map(|node| &node.what);
            let any = matches!(around, Some(What::Group { any: false, .. }));
            let what = What::Group {
                any,
                nodes: vec![node],
            };
            let new = Node {
                id: group,
                negated: false,
                what,
            };
            draft.put(new, spot)?;
            Ok(group)
        })
    }

    /// Whether a group can be dissolved without changing what its nodes say each.
    pub fn can_unwrap(&self, id: NodeId) -> bool {
        id != self.root.id
            && self
                .find(id)
                .is_some_and(|node| node.is_group() && (!node.negated || node.nodes().len() == 1))
    }

    /// Dissolves a group: its nodes take its place. The `not` of a group of one goes on to that one.
    ///
    /// # Errors
    /// [`Refused::Gone`] where that cannot be.
    pub fn unwrap(&mut self, id: NodeId) -> Result<NodeId, Refused> {
        if !self.can_unwrap(id) {
            return Err(Refused::Gone);
        }
        let (node, spot) = self.take(id)?;
        let What::Group { mut nodes, .. } = node.what else {
            return Err(Refused::Gone);
        };
        let first = nodes.first().map_or(spot.group, |node| node.id);
        if let (true, Some(only)) = (node.negated, nodes.first_mut()) {
            only.negated = !only.negated;
        }
        let around = self.nodes_mut(spot.group)?;
        let at = spot.at.min(around.len());
        around.splice(at..at, nodes);
        Ok(first)
    }

    /// Moves a node to a spot; the place is counted with the node still where it was.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn move_to(&mut self, id: NodeId, spot: Spot) -> Result<(), Refused> {
        let moving = self.find(id).ok_or(Refused::Gone)?;
        if moving.find(spot.group).is_some() {
            return Err(Refused::IntoItself);
        }
        self.attempt(|draft| {
            let (node, from) = draft.take(id)?;
            let behind = from.group == spot.group && from.at < spot.at;
            let at = spot.at.saturating_sub(usize::from(behind));
            draft.put(node, Spot { at, ..spot })
        })
    }

    /// The spot that a step leads to; `None` where there is none.
    pub fn spot_of(&self, id: NodeId, step: Step) -> Option<Spot> {
        let (group, at) = self.parent(id)?;
        let nodes = self.find(group)?.nodes();
        let into = |node: &Node, end: bool| {
            let at = if end { node.nodes().len() } else { 0 };
            node.is_group().then_some(Spot { group: node.id, at })
        };
        let out = |behind: usize| {
            let (outer, place) = self.parent(group)?;
            Some(Spot {
                group: outer,
                at: place + behind,
            })
        };
        match step {
            Step::Up if at == 0 => out(0),
            Step::Up => Some(Spot { group, at: at - 1 }),
            Step::Down if at + 1 == nodes.len() => out(1),
            Step::Down => Some(Spot { group, at: at + 2 }),
            Step::Out => out(1),
            Step::In => {
                let before = at.checked_sub(1).and_then(|at| nodes.get(at));
                let found = before.and_then(|node| into(node, true));
                found.or_else(|| nodes.get(at + 1).and_then(|node| into(node, false)))
            }
        }
    }

    /// Moves a node by a step.
    ///
    /// # Errors
    /// [`Refused::Gone`] where the step leads nowhere.
    pub fn step(&mut self, id: NodeId, step: Step) -> Result<(), Refused> {
        let spot = self.spot_of(id, step).ok_or(Refused::Gone)?;
        self.move_to(id, spot)
    }

    /// Whether all or any of a group's nodes must hold.
    ///
    /// # Errors
    /// [`Refused::Gone`].
    pub fn set_any(&mut self, id: NodeId, wanted: bool) -> Result<(), Refused> {
        match self.find_mut(id).map(|node| &mut node.what) {
            Some(What::Group { any, .. }) => {
                *any = wanted;
                Ok(())
            }
            _ => Err(Refused::Gone),
        }
    }

    /// Replaces what a node says: another attribute was chosen. What was filled in stays where it still goes.
    ///
    /// # Errors
    /// [`Refused::Gone`].
    pub fn replace(&mut self, id: NodeId, what: What) -> Result<(), Refused> {
        let node = self.find_mut(id).ok_or(Refused::Gone)?;
        node.what = match (what, &node.what) {
            (What::Attribute { attribute, form }, What::Attribute { form: old, .. })
                if old.shape() == form.shape() && !texts_of_another(old) =>
            {
                What::Attribute {
                    attribute,
                    form: old.clone().turned_into(form.kind),
                }
            }
            (What::Orders(_), What::Orders(old) | What::Events { measured: old, .. }) => {
                What::Orders(old.clone())
            }
            (What::Events { kind, .. }, What::Orders(old) | What::Events { measured: old, .. }) => {
                What::Events {
                    kind,
                    measured: old.clone().of_events(),
                }
            }
            (what, _) => what,
        };
        Ok(())
    }
}

/// Texts belong to their attribute: a city is no province.
fn texts_of_another(form: &Form) -> bool {
    !form.texts.is_empty()
}

/// New ids for a copy and all below it.
pub(super) fn number(node: &mut Node, draft: &mut Draft) {
    node.id = draft.fresh();
    if let Some(measured) = node.measured_mut() {
        for it in &mut measured.conditions {
            it.id = draft.fresh();
        }
    }
    if let What::Group { nodes, .. } = &mut node.what {
        for node in nodes {
            number(node, draft);
        }
    }
}

impl Measured {
    /// At least one in the last 90 days: what most people ask first.
    pub fn usual() -> Self {
        Self {
            conditions: Vec::new(),
            period: Period {
                kind: "last",
                ..Period::of(Within::AllTime)
            },
            measure: Measure::Count,
            form: Form {
                first: "1".to_owned(),
                ..Form::new(ValueKind::Number)
            },
        }
    }

    /// Another measure: whether it is money goes with it.
    pub fn measuring(&mut self, measure: Measure, of_orders: bool) {
        self.measure = measure;
        self.form.kind = if of_orders && measure.is_money() {
            ValueKind::Money
        } else {
            ValueKind::Number
        };
    }

    /// The same of events, whose amounts are plain numbers.
    fn of_events(mut self) -> Self {
        let measure = self.measure;
        self.measuring(measure, false);
        self
    }
}

/// What a new condition on an attribute looks like.
pub fn asking(attribute: Attribute, kind: ValueKind) -> What {
    let mut form = Form::new(kind);
    if attribute == Attribute::Birthday {
        form = Form {
            first: "30".to_owned(),
            ..Form::with_op(kind, "anniversary_within_next")
        };
    }
    What::Attribute { attribute, form }
}
