//! The rule as a person edits it: a tree of numbered nodes that may be half filled in.
//!
//! A draft becomes a rule by [`Draft::rule`], which leaves out what is not complete yet and says so, and tells under
//! which path of the rule each node stands, so that counts, faults and sentences find their blocks. A rule becomes a
//! draft by [`Draft::of`]. `not` is a mark of a node and no node of its own: two of them cancel out.
//!
//! Invariant: ids are given once and never again within a draft, so that rows keep their elements while they move.

use super::form::{Form, Period, Wrong};
use model::Decimal;
use model::rule::{
    Attribute, Condition, EventsTest, Field, Measure, NumberTest, OrdersTest, Rule, ValueKind,
};

/// Names a node, or a condition on orders, within its draft.
pub type NodeId = u32;

/// The whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The outermost group; not negated.
    pub root: Node,
    pub(super) next: NodeId,
}

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its name.
    pub id: NodeId,
    /// It holds where what it says does not.
    pub negated: bool,
    /// What it says.
    pub what: What,
}

/// What a node says.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// All or any of these hold.
    Group {
        /// Any rather than all.
        any: bool,
        /// The nodes.
        nodes: Vec<Node>,
    },
    /// Everyone, or no one: an empty group that was written as one.
    Constant(bool),
    /// An attribute passes a test.
    Attribute {
        /// Which.
        attribute: Attribute,
        /// The test.
        form: Form,
    },
    /// A measure over orders.
    Orders(Measured),
    /// A measure over events.
    Events {
        /// Their kind.
        kind: String,
        /// The measure.
        measured: Measured,
    },
    /// In a segment.
    Segment(String),
    /// In a sample.
    Sample {
        /// So many of a hundred, as typed.
        percent: String,
        /// Names the sample.
        seed: String,
    },
}

/// A measure as a person fills it in.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// What an order, a line or an event must be like.
    pub conditions: Vec<Where>,
    /// The days.
    pub period: Period,
    /// What is measured.
    pub measure: Measure,
    /// What the measure must be.
    pub form: Form,
}

/// A condition on orders, lines or events.
#[derive(Clone, Debug, PartialEq)]
pub struct Where {
    /// Its name, of the same numbers as those of nodes.
    pub id: NodeId,
    /// What it looks at.
    pub field: Field,
    /// The test.
    pub form: Form,
}

/// What a draft says so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// The rule of what is complete.
    pub rule: Rule,
    /// Where each node and condition stands in it.
    pub paths: Vec<(NodeId, String)>,
    /// What is not in it, and why; in the order of the page.
    pub wrong: Vec<(NodeId, Wrong)>,
}

impl Said {
    /// The path of a node; `None` where it is not in the rule.
    pub fn path(&self, id: NodeId) -> Option<&str> {
        let found = self.paths.iter().find(|(known, _)| *known == id)?;
        Some(&found.1)
    }

    /// The innermost node that a path leads into: `all[1].orders.where[0].value` is a condition of `all[1]`.
    pub fn node_at(&self, path: &str) -> Option<NodeId> {
        let leads = |inner: &str| match path.strip_prefix(inner) {
            Some("") => true,
            Some(rest) => inner.is_empty() || rest.starts_with(['.', '[']),
            None => false,
        };
        let within = self.paths.iter().filter(|(_, inner)| leads(inner));
        within
            .max_by_key(|(_, inner)| inner.len())
            .map(|(id, _)| *id)
    }

    /// What is wrong with a node.
    pub fn wrong_with(&self, id: NodeId) -> Option<Wrong> {
        let found = self.wrong.iter().find(|(known, _)| *known == id)?;
        Some(found.1)
    }
}

impl Default for Draft {
    fn default() -> Self {
        Self::of(&Rule::All(Vec::new()))
    }
}

/// Gives ids away.
struct Ids(NodeId);

impl Ids {
    fn next(&mut self) -> NodeId {
        self.0 += 1;
        self.0
    }
}

impl Draft {
    /// The draft that says what a rule says.
    pub fn of(rule: &Rule) -> Self {
        let mut ids = Ids(0);
        let root = ids.next();
        let (any, nodes) = match rule {
            Rule::All(nodes) => (false, nodes.iter().collect()),
            Rule::Any(nodes) if !nodes.is_empty() => (true, nodes.iter().collect()),
            other => (false, vec![other]),
        };
        let nodes = nodes.into_iter().map(|it| node(it, &mut ids)).collect();
        Self {
            root: Node {
                id: root,
                negated: false,
                what: What::Group { any, nodes },
            },
            next: ids.0 + 1,
        }
    }

    /// A number that was not given yet.
    pub(super) fn fresh(&mut self) -> NodeId {
        let id = self.next;
        self.next += 1;
        id
    }

    /// The rule of what is complete.
    pub fn rule(&self) -> Said {
        let mut said = Said {
            rule: Rule::All(Vec::new()),
            paths: vec![(self.root.id, String::new())],
            wrong: Vec::new(),
        };
        if let What::Group { any, nodes } = &self.root.what {
            let inner = group(*any, nodes, "", &mut said);
            said.rule = match (any, inner.is_empty()) {
                // Nothing asked yet: everyone.
                (true, false) => Rule::Any(inner),
                _ => Rule::All(inner),
            };
        }
        said
    }

    /// Says what a rule says instead. All numbers are new, so that no row is taken for one of before.
    pub fn become_rule(&mut self, rule: &Rule) {
        let next = self.next;
        *self = Self::of(rule);
        self.next = self.next.max(next);
        let mut root = std::mem::replace(
            &mut self.root,
            Node {
                id: 0,
                negated: false,
                what: What::Constant(true),
            },
        );
        super::edit::number(&mut root, self);
        self.root = root;
    }

    /// Whether nothing was asked yet.
    pub fn is_empty(&self) -> bool {
        matches!(&self.root.what, What::Group { nodes, .. } if nodes.is_empty())
    }

    /// The node of this id.
    pub fn find(&self, id: NodeId) -> Option<&Node> {
        self.root.find(id)
    }

    /// The node of this id, to be changed.
    pub fn find_mut(&mut self, id: NodeId) -> Option<&mut Node> {
        self.root.find_mut(id)
    }

    /// The condition on orders or events of this id, and the node it belongs to.
    pub fn find_where(&self, id: NodeId) -> Option<(&Node, &Where)> {
        let mut found = None;
        self.root.walk(&mut |node| {
            if let Some(measured) = node.measured()
                && let Some(it) = measured.conditions.iter().find(|it| it.id == id)
            {
                found = Some((node, it));
            }
        });
        found
    }

    /// The group that a node stands in, and its place there.
    pub fn parent(&self, id: NodeId) -> Option<(NodeId, usize)> {
        let mut found = None;
        self.root.walk(&mut |node| {
            if let What::Group { nodes, .. } = &node.what
                && let Some(at) = nodes.iter().position(|it| it.id == id)
            {
                found = Some((node.id, at));
            }
        });
        found
    }

    /// The form of this id: of an attribute, a condition, or the number that a measure is compared with.
    pub fn form(&self, id: NodeId) -> Option<&Form> {
        if let Some(node) = self.find(id) {
            return match &node.what {
                What::Attribute { form, .. } => Some(form),
                _ => node.measured().map(|measured| &measured.form),
            };
        }
        self.find_where(id).map(|(_, it)| &it.form)
    }

    /// The same, to be changed.
    pub fn form_mut(&mut self, id: NodeId) -> Option<&mut Form> {
        self.root.form_mut(id)
    }
}

impl Node {
    /// The measure of orders or events.
    pub fn measured(&self) -> Option<&Measured> {
        match &self.what {
            What::Orders(measured) | What::Events { measured, .. } => Some(measured),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub fn measured_mut(&mut self) -> Option<&mut Measured> {
        match &mut self.what {
            What::Orders(measured) | What::Events { measured, .. } => Some(measured),
            _ => None,
        }
    }

    /// The nodes right below.
    pub fn nodes(&self) -> &[Node] {
        match &self.what {
            What::Group { nodes, .. } => nodes,
            _ => &[],
        }
    }

    /// Whether it is a group.
    pub fn is_group(&self) -> bool {
        matches!(self.what, What::Group { .. })
    }

    pub(super) fn find(&self, id: NodeId) -> Option<&Node> {
        if self.id == id {
            return Some(self);
        }
        self.nodes().iter().find_map(|node| node.find(id))
    }

    pub(super) fn find_mut(&mut self, id: NodeId) -> Option<&mut Node> {
        if self.id == id {
            return Some(self);
        }
        match &mut self.what {
            What::Group { nodes, .. } => nodes.iter_mut().find_map(|node| node.find_mut(id)),
            _ => None,
        }
    }

    fn form_mut(&mut self, id: NodeId) -> Option<&mut Form> {
        let own = self.id == id;
        match &mut self.what {
            What::Group { nodes, .. } => nodes.iter_mut().find_map(|node| node.form_mut(id)),
            What::Attribute { form, .. } => own.then_some(form),
            What::Orders(measured) | What::Events { measured, .. } => {
                if own {
                    return Some(&mut measured.form);
                }
                let mut conditions = measured.conditions.iter_mut();
                conditions.find(|it| it.id == id).map(|it| &mut it.form)
            }
            What::Constant(_) | What::Segment(_) | What::Sample { .. } => None,
        }
    }

    /// Every node from here down, parents first.
    pub fn walk<'n>(&'n self, f: &mut dyn FnMut(&'n Node)) {
        f(self);
        for node in self.nodes() {
            node.walk(f);
        }
    }

    /// How many levels it takes; a leaf takes one, its `not` another.
    pub fn depth(&self) -> usize {
        let below = self.nodes().iter().map(Node::depth).max().unwrap_or(0);
        1 + usize::from(self.negated) + below
    }

    /// How many nodes of the language it makes.
    pub fn size(&self) -> usize {
        let below: usize = self.nodes().iter().map(Node::size).sum();
        1 + usize::from(self.negated) + below
    }
}

/// The nodes of a group that are complete.
fn group(any: bool, nodes: &[Node], path: &str, said: &mut Said) -> Vec<Rule> {
    let mut rules = Vec::new();
    let name = if any { "any" } else { "all" };
    let dot = if path.is_empty() { "" } else { "." };
    for node in nodes {
        let at = [path, dot, name, "[", &rules.len().to_string(), "]"].concat();
        let known = said.paths.len();
        said.paths.push((node.id, at.clone()));
        match one(node, &at, said) {
            Ok(rule) => rules.push(rule),
            Err(wrong) => {
                said.paths.truncate(known);
                // A group that has nothing complete in it is explained by what is in it.
                if let Some(wrong) = wrong {
                    said.wrong.push((node.id, wrong));
                }
            }
        }
    }
    rules
}

/// The rule of a node; `Err(None)` where what stands below it has been said to be wrong.
fn one(node: &Node, path: &str, said: &mut Said) -> Result<Rule, Option<Wrong>> {
    let inner = if node.negated {
        [path, ".not"].concat()
    } else {
        path.to_owned()
    };
    let rule = match &node.what {
        What::Group { nodes, .. } if nodes.is_empty() => return Err(Some(Wrong::Empty)),
        What::Group { any, nodes } => {
            let rules = group(*any, nodes, &inner, said);
            if rules.is_empty() {
                return Err(None);
            }
            if *any {
                Rule::Any(rules)
            } else {
                Rule::All(rules)
            }
        }
        What::Constant(true) => Rule::All(Vec::new()),
        What::Constant(false) => Rule::Any(Vec::new()),
        What::Attribute { attribute, form } => Rule::Attribute {
            attribute: attribute.clone(),
            test: form.test().map_err(Some)?,
        },
        What::Orders(measured) => {
            let (conditions, test) =
                measure(node.id, measured, &[&inner, ".orders"].concat(), said)?;
            Rule::Orders(OrdersTest {
                conditions,
                within: measured.period.within().map_err(Some)?,
                measure: measured.measure,
                test,
            })
        }
        What::Events { kind, .. } if kind.trim().is_empty() => return Err(Some(Wrong::Empty)),
        What::Events { kind, measured } => {
            let (conditions, test) =
                measure(node.id, measured, &[&inner, ".events"].concat(), said)?;
            Rule::Events(EventsTest {
                kind: kind.trim().to_owned(),
                conditions,
                within: measured.period.within().map_err(Some)?,
                measure: measured.measure,
                test,
            })
        }
        What::Segment(id) if id.is_empty() => return Err(Some(Wrong::Empty)),
        What::Segment(id) => Rule::Segment(id.clone()),
        What::Sample { percent, seed } => sample(percent, seed)?,
    };
    Ok(if node.negated {
        Rule::Not(Box::new(rule))
    } else {
        rule
    })
}

fn sample(percent: &str, seed: &str) -> Result<Rule, Option<Wrong>> {
    let percent = super::form::number(percent).map_err(Some)?;
    let (part, whole) = percent.ratio();
    if part < 0 || part > 100 * whole {
        return Err(Some(Wrong::Bounds));
    }
    if seed.is_empty() {
        return Err(Some(Wrong::Empty));
    }
    Ok(Rule::Sample {
        percent,
        seed: seed.to_owned(),
    })
}

/// Conditions that are not complete are left out; the measure goes on without them.
fn measure(
    id: NodeId,
    measured: &Measured,
    path: &str,
    said: &mut Said,
) -> Result<(Vec<Condition>, NumberTest), Option<Wrong>> {
    let test = measured.form.number_test();
    measured.period.within().map_err(Some)?;
    let test = test.map_err(Some)?;
    debug_assert!(said.paths.last().is_some_and(|(last, _)| *last == id));
    let mut conditions = Vec::new();
    for it in &measured.conditions {
        match it.form.test() {
            Ok(test) => {
                let at = [path, ".where[", &conditions.len().to_string(), "]"].concat();
                said.paths.push((it.id, at));
                conditions.push(Condition {
                    field: it.field.clone(),
                    test,
                });
            }
            Err(wrong) => said.wrong.push((it.id, wrong)),
        }
    }
    Ok((conditions, test))
}

fn node(rule: &Rule, ids: &mut Ids) -> Node {
    let mut negated = false;
    let mut rule = rule;
    while let Rule::Not(inner) = rule {
        negated = !negated;
        rule = inner;
    }
    let id = ids.next();
    let what = match rule {
        Rule::All(nodes) if nodes.is_empty() => What::Constant(true),
        Rule::Any(nodes) if nodes.is_empty() => What::Constant(false),
        Rule::All(nodes) | Rule::Any(nodes) => What::Group {
            any: matches!(rule, Rule::Any(_)),
            nodes: nodes.iter().map(|it| node(it, ids)).collect(),
        },
        // Taken off above.
        Rule::Not(_) => What::Constant(true),
        Rule::Attribute { attribute, test } => What::Attribute {
            form: Form::of(test, attribute.kind()),
            attribute: attribute.clone(),
        },
        Rule::Orders(it) => {
            let money = it.measure.is_money();
            let kind = if money {
                ValueKind::Money
            } else {
                ValueKind::Number
            };
            What::Orders(Measured {
                conditions: wheres(&it.conditions, ids),
                period: Period::of(it.within),
                measure: it.measure,
                form: Form::of_number(&it.test, kind),
            })
        }
        Rule::Events(it) => What::Events {
            kind: it.kind.clone(),
            measured: Measured {
                conditions: wheres(&it.conditions, ids),
                period: Period::of(it.within),
                measure: it.measure,
                form: Form::of_number(&it.test, ValueKind::Number),
            },
        },
        Rule::Segment(id) => What::Segment(id.clone()),
        Rule::Sample { percent, seed } => What::Sample {
            percent: decimal(*percent),
            seed: seed.clone(),
        },
    };
    Node { id, negated, what }
}

fn decimal(value: Decimal) -> String {
    value.to_string()
}

fn wheres(conditions: &[Condition], ids: &mut Ids) -> Vec<Where> {
    conditions
        .iter()
        .map(|it| Where {
            id: ids.next(),
            field: it.field.clone(),
            form: Form::of(&it.test, it.field.kind()),
        })
        .collect()
}
