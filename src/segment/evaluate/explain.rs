//! Why a rule holds for a customer or not: the rule's tree, with what the customer has at each node.

use super::events::EventsPlan;
use super::orders::{OrdersPlan, Scratch};
use super::value::{Value, some};
use super::{Chain, EvalContext, Evaluation, Named, draw, push_step};
use crate::{Bitmap, Columns};
use model::rule::{EventsTest, OrdersTest, Rule, RuleError, stable_hash};
use model::{CustomerId, Day, OrderId};

/// Most orders or events that are named.
const NEWEST: usize = 10;

/// One node for one customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// Where it stands; behind `segment:` inside a segment that the rule names.
    pub path: String,
    /// The node in canonical JSON.
    pub rule: String,
    /// Whether it holds.
    pub holds: bool,
    /// Whether the verdict of the whole rests on it.
    pub decides: bool,
    /// What the customer has.
    pub actual: Actual,
    /// The nodes below it; below a segment its rule.
    pub children: Vec<Explained>,
    group: Group,
}

/// How a node rests on those below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    All,
    Any,
    One,
}

/// What a customer has where a node looks.
#[derive(Clone, Debug, PartialEq)]
pub enum Actual {
    /// Of a group: how many of its nodes hold.
    Group(u32),
    /// A value.
    Value(Value),
    /// A measure over orders: what was measured, how many, the newest.
    Orders(Value, u64, Vec<SeenOrder>),
    /// A measure over events: what was measured, how many, days of the newest.
    Events(Value, u64, Vec<Day>),
    /// Membership in a segment or list.
    Segment(String),
    /// The customer's draw in a sample, in thousandths of a percent.
    Draw(i64),
}

/// An order that was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenOrder {
    /// Which.
    pub id: OrderId,
    /// Its local day.
    pub day: Day,
    /// What it brought, in minor units of the workspace's currency; `None` without a rate.
    pub amount: Option<i64>,
}

/// Explains a rule for the customer in a slot.
///
/// # Errors
/// As [`super::evaluate`].
pub fn explain(
    rule: &Rule,
    slot: u32,
    columns: &Columns,
    context: &EvalContext,
) -> Result<Explained, RuleError> {
    let mut only = Bitmap::empty(columns.slots());
    only.set(slot, true);
    let explaining = Explaining {
        evaluation: Evaluation::new(columns, context, None),
        columns,
        context,
        slot,
        only,
    };
    let mut root = explaining.node(rule, &mut String::new(), &mut Vec::new())?;
    decide(&mut root);
    Ok(root)
}

struct Explaining<'e> {
    evaluation: Evaluation<'e>,
    columns: &'e Columns,
    context: &'e EvalContext<'e>,
    slot: u32,
    only: Bitmap,
}

impl Explaining<'_> {
    fn node(
        &self,
        rule: &Rule,
        path: &mut String,
        chain: &mut Chain,
    ) -> Result<Explained, RuleError> {
        let mut children = Vec::new();
        let (actual, holds) = match rule {
            Rule::All(nodes) | Rule::Any(nodes) => {
                let all = matches!(rule, Rule::All(_));
                let name = if all { "all" } else { "any" };
                for (at, node) in nodes.iter().enumerate() {
                    let len = push_step(path, &format!("{name}[{at}]"));
                    children.push(self.node(node, path, chain)?);
                    path.truncate(len);
                }
                let holding = children.iter().filter(|it| it.holds).count();
                let holds = if all {
                    holding == nodes.len()
                } else {
                    holding > 0
                };
                (Actual::Group(holding as u32), holds)
            }
            Rule::Not(node) => {
                let len = push_step(path, "not");
                let child = self.node(node, path, chain)?;
                path.truncate(len);
                let holds = !child.holds;
                let holding = u32::from(child.holds);
                children.push(child);
                (Actual::Group(holding), holds)
            }
            Rule::Segment(id) => {
                let (named, place) = self.evaluation.named(id, path, chain)?;
                let holds = match named {
                    Named::Members(members) => members.contains(self.slot),
                    Named::Rule(inner) => {
                        let len = push_step(path, "segment:");
                        chain.push((id.clone(), place));
                        let child = self.node(&inner, path, chain)?;
                        chain.pop();
                        path.truncate(len);
                        let holds = child.holds;
                        children.push(child);
                        holds
                    }
                };
                (Actual::Segment(id.clone()), holds)
            }
            leaf => {
                let holds = self.evaluation.run(leaf, &self.only, chain, true)?;
                (self.actual(leaf), holds.contains(self.slot))
            }
        };
        Ok(Explained {
            path: path.clone(),
            rule: rule.to_json(),
            holds,
            decides: false,
            actual,
            children,
            group: match rule {
                Rule::All(_) => Group::All,
                Rule::Any(_) => Group::Any,
                _ => Group::One,
            },
        })
    }

    fn actual(&self, leaf: &Rule) -> Actual {
        match leaf {
            Rule::Attribute { attribute, .. } => {
                Actual::Value(self.evaluation.value(attribute, self.slot))
            }
            Rule::Orders(test) => self.orders(test),
            Rule::Events(test) => self.events(test),
            Rule::Sample { seed, .. } => {
                let id = self.columns.id(self.slot).unwrap_or(CustomerId(0));
                let draw = draw(stable_hash(seed.as_bytes()), id.0);
                Actual::Draw(((u128::from(draw) * 100_000) >> 64) as i64)
            }
            Rule::All(_) | Rule::Any(_) | Rule::Not(_) => Actual::Group(0),
            Rule::Segment(id) => Actual::Segment(id.clone()),
        }
    }

    fn orders(&self, test: &OrdersTest) -> Actual {
        let columns = self.columns;
        let plan = OrdersPlan::new(columns, test, self.context.as_of, true);
        let mut scratch = Scratch::new(columns.terms.len());
        let (value, rows) = plan.measured(self.slot as usize, &mut scratch);
        let scale = match test.measure {
            model::rule::Measure::Quantity => 3,
            _ => 0,
        };
        let value = some(value, |value| {
            if test.measure.is_money() {
                Value::Money(value)
            } else {
                Value::Exact(value, scale)
            }
        });
        let all = self.columns.orders(self.slot).collect::<Vec<_>>();
        let first = columns.orders.blocks.rows(self.slot as usize).start;
        let newest = rows.iter().rev().take(NEWEST).filter_map(|&(row, amount)| {
            let order = all.get(row.checked_sub(first)?)?;
            Some(SeenOrder {
                id: order.id(),
                day: order.day(),
                amount,
            })
        });
        Actual::Orders(value, rows.len() as u64, newest.collect())
    }

    fn events(&self, test: &EventsTest) -> Actual {
        let events = &self.columns.events;
        let plan = EventsPlan::new(self.columns, test, self.context.as_of, true);
        let mut scratch = Scratch::new(events.texts.len());
        let mut days = Vec::new();
        let value = plan.measured(self.slot as usize, &mut scratch, |row| {
            days.push(Day(events.rows.get(row).day));
        });
        let count = days.len() as u64;
        let newest = days.into_iter().rev().take(NEWEST).collect();
        Actual::Events(some(value, Value::Float), count, newest)
    }
}

/// Marks the nodes on which the verdict rests: of an `all` that holds every child, of one that fails those that fail;
/// of an `any` the other way round.
fn decide(node: &mut Explained) {
    node.decides = true;
    let holds = node.holds;
    for child in &mut node.children {
        let matters = match node.group {
            Group::All => holds || !child.holds,
            Group::Any => !holds || child.holds,
            Group::One => true,
        };
        if matters {
            decide(child);
        }
    }
}
