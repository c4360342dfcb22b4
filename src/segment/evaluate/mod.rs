//! Rules to sets of customers, by running over columns.
//!
//! A rule is first made ready: names become codes, dates become days, each test of text is answered once for each
//! text of a dictionary, segments are looked up. Then each node takes a set of candidates and gives those that pass.
//! In `all`, cheap nodes go first and leave fewer candidates for the dear ones; `any` asks only about those who have
//! not passed yet.

mod attributes;
mod events;
mod explain;
mod memory;
mod number;
mod orders;
mod spread;
mod survey;
mod text;
mod value;

pub use explain::{Actual, Explained, SeenOrder, explain};
pub use memory::{Memory, MemoryCounts};
pub use spread::{Spread, spread, tally};
pub use survey::NodeCount;

pub(crate) use number::last_from;
pub(crate) use orders::OrderFilter;
pub use value::Value;

use crate::rfm::{self, Rfm};
use crate::{Bitmap, Columns, scan};
use attributes::{Leaf, Source};
use model::rule::{
    Attribute, LEADS_TO, NO_CIRCLE, NO_LONG_CHAIN, Rule, RuleError, SEGMENT_THERE, stable_hash,
};
use model::{Day, Decimal, LifecycleThresholds, RfmOptions};
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Points as columns by slot, calculated by the loyalty fold for the day asked for. A slot beyond the end of a
/// column has no value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoyaltyColumns {
    /// Redeemable points.
    pub balance: Vec<i64>,
    /// Points that expire within 30 days.
    pub expiring_30: Vec<i64>,
    /// Tier: index into `tier_ids`; `u16::MAX` is none.
    pub tier: Vec<u16>,
    /// Tier ids.
    pub tier_ids: Vec<String>,
}

/// What the columns do not say, or what was derived from them before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Derived {
    /// Points; `None` without a programme: then no customer has a value.
    pub points: Option<LoyaltyColumns>,
    /// RFM scores of these very columns; used where they are of the day asked for, else made anew.
    pub rfm: Option<Rfm>,
    /// How customers are scored.
    pub rfm_options: RfmOptions,
    /// Life cycle thresholds.
    pub lifecycle: LifecycleThresholds,
}

/// What a name in a rule leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Named {
    /// A segment: whoever the rule holds for.
    Rule(Rule),
    /// A list: these and no others, whatever changes about them.
    Members(Bitmap),
}

/// What a rule is evaluated with.
#[derive(Clone, Copy)]
pub struct EvalContext<'a> {
    /// Today: what happened later does not exist.
    pub as_of: Day,
    /// Points, scores, thresholds.
    pub derived: &'a Derived,
    /// The saved segment or list of an id.
    pub segments: &'a dyn Fn(&str) -> Option<Named>,
}

/// Segments may lead to segments this often, and nodes nest this deep over all of them.
const MAX_CHAIN: usize = 16;

/// The customers that the rule holds for.
///
/// # Errors
/// A segment that does not exist, segments that lead to each other in a circle, or through more than 16 others.
pub fn evaluate(
    rule: &Rule,
    columns: &Columns,
    context: &EvalContext,
) -> Result<Bitmap, RuleError> {
    Evaluation::new(columns, context, None).run(rule, columns.live(), &mut Vec::new(), false)
}

/// Whether what the rule says of a customer follows from that customer's columns, the day and the thresholds of stages
/// alone: not from scores that compare customers, not from points or other segments. Only then a change of one customer
/// leaves the verdict of all others as it is.
fn is_local(rule: &Rule) -> bool {
    match rule {
        Rule::All(_) | Rule::Any(_) | Rule::Not(_) => rule.children().iter().all(is_local),
        Rule::Attribute { attribute, .. } => !matches!(
            attribute,
            Attribute::RfmRecency
                | Attribute::RfmFrequency
                | Attribute::RfmMonetary
                | Attribute::RfmGroup
                | Attribute::PointsBalance
                | Attribute::PointsExpiring
                | Attribute::Tier
        ),
        Rule::Orders(_) | Rule::Events(_) | Rule::Sample { .. } => true,
        Rule::Segment(_) => false,
    }
}

/// One evaluation: what is worked out once for the whole rule.
struct Evaluation<'c> {
    columns: &'c Columns,
    context: &'c EvalContext<'c>,
    rfm: OnceCell<Rc<Rfm>>,
    /// Members of the segments met so far.
    members: RefCell<BTreeMap<String, Bitmap>>,
    /// What was worked out before, for other rules or before a change.
    memory: Option<RefCell<&'c mut Memory>>,
}

/// A rule made ready.
enum Plan<'c> {
    All(Vec<Plan<'c>>, u32),
    Any(Vec<Plan<'c>>, u32),
    Not(Box<Plan<'c>>),
    Leaf(Leaf<'c>, u32),
}

impl Plan<'_> {
    fn cost(&self) -> u32 {
        match self {
            Plan::All(_, cost) | Plan::Any(_, cost) | Plan::Leaf(_, cost) => *cost,
            Plan::Not(inner) => inner.cost(),
        }
    }

    fn run(&self, among: &Bitmap) -> Bitmap {
        match self {
            Plan::All(nodes, _) => {
                let mut left = among.clone();
                for node in nodes {
                    if left.is_empty() {
                        break;
                    }
                    left = node.run(&left);
                }
                left
            }
            Plan::Any(nodes, _) => {
                let mut left = among.clone();
                let mut found = Bitmap::empty(among.len());
                for node in nodes {
                    if left.is_empty() {
                        break;
                    }
                    let more = node.run(&left);
                    left.and_not(&more);
                    found.or(&more);
                }
                found
            }
            Plan::Not(inner) => {
                let mut left = among.clone();
                left.and_not(&inner.run(among));
                left
            }
            Plan::Leaf(run, _) => run(among),
        }
    }
}

/// Sorts nodes by cost, cheap ones first, and gives the cost of all.
fn sorted<'c>(mut nodes: Vec<Plan<'c>>) -> (Vec<Plan<'c>>, u32) {
    nodes.sort_by_key(Plan::cost);
    let cost = nodes
        .iter()
        .fold(1u32, |sum, node| sum.saturating_add(node.cost()));
    (nodes, cost)
}

/// Segments on the way from the rule asked for to where we are, with the path of the first node that led away.
type Chain = Vec<(String, String)>;

impl<'e> Evaluation<'e> {
    fn new(
        columns: &'e Columns,
        context: &'e EvalContext<'e>,
        memory: Option<&'e mut Memory>,
    ) -> Self {
        Self {
            columns,
            context,
            rfm: OnceCell::new(),
            members: RefCell::new(BTreeMap::new()),
            memory: memory.map(RefCell::new),
        }
    }

    /// Those of the candidates that the rule holds for. With `few` candidates nothing is read through for them.
    fn run(
        &self,
        rule: &Rule,
        among: &Bitmap,
        chain: &mut Chain,
        few: bool,
    ) -> Result<Bitmap, RuleError> {
        let rfm = || self.scores();
        let source = Source {
            columns: self.columns,
            context: self.context,
            rfm: &rfm,
            few,
        };
        let plan = self.plan(rule, &source, &mut String::new(), chain)?;
        Ok(plan.run(among))
    }

    fn scores(&self) -> Rc<Rfm> {
        let scored = || {
            let derived = self.context.derived;
            let options = &derived.rfm_options;
            let known = derived.rfm.as_ref();
            let fits = |rfm: &&Rfm| rfm.fits(self.columns, self.context.as_of, options);
            match known.filter(fits) {
                Some(rfm) => Rc::new(rfm.clone()),
                None => Rc::new(rfm::score(self.columns, self.context.as_of, options)),
            }
        };
        Rc::clone(self.rfm.get_or_init(scored))
    }

    fn plan<'c>(
        &self,
        rule: &'c Rule,
        source: &Source<'c>,
        path: &mut String,
        chain: &mut Chain,
    ) -> Result<Plan<'c>, RuleError> {
        Ok(match rule {
            Rule::All(nodes) => {
                let (nodes, cost) = sorted(self.plans("all", nodes, source, path, chain)?);
                Plan::All(nodes, cost)
            }
            Rule::Any(nodes) => {
                let (nodes, cost) = sorted(self.plans("any", nodes, source, path, chain)?);
                Plan::Any(nodes, cost)
            }
            Rule::Not(node) => {
                let len = push_step(path, "not");
                let inner = self.plan(node, source, path, chain)?;
                path.truncate(len);
                Plan::Not(Box::new(inner))
            }
            Rule::Attribute { attribute, test } => match self.known(rule, source) {
                Some(known) => known,
                None => Plan::Leaf(source.leaf(attribute, test), attributes::cost(attribute)),
            },
            Rule::Orders(_) | Rule::Events(_) if let Some(known) = self.known(rule, source) => {
                known
            }
            Rule::Orders(test) => {
                let as_of = source.context.as_of;
                let plan = orders::OrdersPlan::new(source.columns, test, as_of, source.few);
                let codes = source.columns.terms.len();
                Plan::Leaf(
                    Box::new(move |among| {
                        let scratch = RefCell::new(orders::Scratch::new(codes));
                        plan.run(among, |slot| plan.holds(slot, &mut scratch.borrow_mut()))
                    }),
                    if test.conditions.is_empty() { 20 } else { 40 },
                )
            }
            Rule::Events(test) => {
                let as_of = source.context.as_of;
                let plan = events::EventsPlan::new(source.columns, test, as_of, source.few);
                let codes = source.columns.events.texts.len();
                Plan::Leaf(
                    Box::new(move |among| {
                        let scratch = RefCell::new(orders::Scratch::new(codes));
                        scan::slots(among, |slot| plan.holds(slot, &mut scratch.borrow_mut()))
                    }),
                    30,
                )
            }
            Rule::Segment(id) => members_plan(self.segment(id, path, chain)?),
            Rule::Sample { percent, seed } => {
                Plan::Leaf(sample(&source.columns.customers.ids, *percent, seed), 2)
            }
        })
    }

    fn plans<'c>(
        &self,
        name: &str,
        nodes: &'c [Rule],
        source: &Source<'c>,
        path: &mut String,
        chain: &mut Chain,
    ) -> Result<Vec<Plan<'c>>, RuleError> {
        let mut plans = Vec::with_capacity(nodes.len());
        for (at, node) in nodes.iter().enumerate() {
            let len = push_step(path, &format!("{name}[{at}]"));
            plans.push(self.plan(node, source, path, chain)?);
            path.truncate(len);
        }
        Ok(plans)
    }

    /// The members of a segment.
    fn segment(&self, id: &str, path: &str, chain: &mut Chain) -> Result<Bitmap, RuleError> {
        if let Some(known) = self.members.borrow().get(id) {
            return Ok(known.clone());
        }
        let members = match self.named(id, path, chain)? {
            (Named::Members(mut members), _) => {
                members.and(self.columns.live());
                members
            }
            (Named::Rule(rule), place) => {
                chain.push((id.to_owned(), place));
                let members = self.everybody(&rule, &mut String::new(), chain)?;
                chain.pop();
                members
            }
        };
        let mut known = self.members.borrow_mut();
        known.insert(id.to_owned(), members.clone());
        Ok(members)
    }

    /// What the name of a segment leads to, and where a mistake behind it is shown: in the outermost rule, because
    /// that is what the person looks at.
    fn named(&self, id: &str, path: &str, chain: &Chain) -> Result<(Named, String), RuleError> {
        let mut here = path.to_owned();
        push_step(&mut here, "segment");
        let outer = chain.first().map_or(here, |(_, path)| path.clone());
        let wrong = |expected: &str| {
            let mut ids: Vec<&str> = chain.iter().map(|(id, _)| id.as_str()).collect();
            ids.push(id);
            RuleError {
                path: outer.clone(),
                found: ids.join(LEADS_TO),
                expected: expected.to_owned(),
            }
        };
        if chain.iter().any(|(known, _)| known == id) {
            return Err(wrong(NO_CIRCLE));
        }
        if chain.len() >= MAX_CHAIN {
            return Err(wrong(NO_LONG_CHAIN));
        }
        let named = (self.context.segments)(id).ok_or_else(|| wrong(SEGMENT_THERE))?;
        Ok((named, outer))
    }
}

/// Those of the candidates that are in a set.
fn members_plan<'c>(members: Bitmap) -> Plan<'c> {
    let run = move |among: &Bitmap| {
        let mut found = among.clone();
        found.and(&members);
        found
    };
    Plan::Leaf(Box::new(run), 0)
}

/// Adds a step to a path and gives the length to come back to.
fn push_step(path: &mut String, step: &str) -> usize {
    let len = path.len();
    if len > 0 && !path.ends_with(':') {
        path.push('.');
    }
    path.push_str(step);
    len
}

/// The draw of one customer in a sample: a number that depends on seed and id alone, evenly spread over 64 bits.
///
/// It is the mix of SplitMix64 (Steele, Lea, Flood 2014) of the id and the hash of the seed.
pub(crate) fn draw(seed_hash: u64, id: i64) -> u64 {
    let mut mixed = (id as u64 ^ seed_hash).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

/// A draw is in the sample when it lies below `percent / 100` of all numbers of 64 bits: a larger percentage of the
/// same seed contains the smaller.
fn sample<'c>(ids: &'c [i64], percent: Decimal, seed: &str) -> Leaf<'c> {
    let seed_hash = stable_hash(seed.as_bytes());
    let (units, scale) = percent.ratio();
    let limit = (units.max(0) << 64) / (scale.max(1) * 100);
    Box::new(move |among| scan::column(among, ids, 0, |id| i128::from(draw(seed_hash, id)) < limit))
}
