//! The segment rule: one language for the list filter, the segment builder, campaigns, the embed and the search box.
//!
//! The language is described in `docs/segment-rule.md`. Here are its syntax tree (closed enums, so that whoever
//! evaluates or words a rule is told by the compiler about every new form), [`Rule::parse`] and [`Rule::to_json`].
//! What a rule *means* is decided in crate `segment`; the tree holds only what a person wrote. Amounts and numbers
//! are exact decimals, because the tree knows no currency.
//!
//! Worked example: `{"all":[{"attr":"age","op":"gte","value":18}]}` is
//! `Rule::All(vec![Rule::Attribute { attribute: Attribute::Age, test: Test::Number(NumberTest::Compare(Compare::Gte, 18)) }])`.

mod json;
mod normal;
mod parse;
#[cfg(test)]
mod tests;
mod vocabulary;
mod write;

pub use vocabulary::{
    Attribute, Compare, Field, ListOp, Measure, TextOp, Unit, ValueKind, choices_of_attribute,
    choices_of_field,
};

use crate::{Day, Decimal};
use std::collections::BTreeSet;

/// Nodes may nest this deep; the root is at depth 1.
pub const MAX_DEPTH: usize = 32;

/// A rule has at most this many nodes.
pub const MAX_NODES: usize = 1_000;

/// What would be right where segments lead to one another in a circle.
pub const NO_CIRCLE: &str = "segments that do not lead back to themselves";

/// What would be right where segments lead to one another too often.
pub const NO_LONG_CHAIN: &str = "at most 16 segments one behind the other";

/// What would be right where a rule names a segment that is not there, or not any more.
pub const SEGMENT_THERE: &str = "a segment that exists";

/// What stands between the segments of a way from one to the next in [`RuleError::found`].
pub const LEADS_TO: &str = " > ";

/// Why a rule is refused: where, what was found and what would be right, all as data rather than as sentences.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("rule, at `{path}`: found {found}, expected {expected}")]
pub struct RuleError {
    /// The place, as `all[2].value`; empty for the whole rule.
    pub path: String,
    /// What stands there, shortened.
    pub found: String,
    /// What would be right.
    pub expected: String,
}

/// A node of a rule, and so a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Every node holds; no nodes: everyone.
    All(Vec<Rule>),
    /// At least one node holds; no nodes: no one.
    Any(Vec<Rule>),
    /// The node does not hold: the exact complement.
    Not(Box<Rule>),
    /// An attribute of the customer passes a test.
    Attribute {
        /// Which attribute.
        attribute: Attribute,
        /// What it must be.
        test: Test,
    },
    /// A measure over the customer's orders compares so.
    Orders(OrdersTest),
    /// A measure over the customer's interactions and tracked events compares so.
    Events(EventsTest),
    /// Is a member of that segment.
    Segment(String),
    /// Falls in a stable random sample.
    Sample {
        /// How many of a hundred: 0 to 100.
        percent: Decimal,
        /// Names the sample: the same seed draws the same customers.
        seed: String,
    },
}

/// What a value must be. A test of a kind other than `Set` holds only where there is a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// `is_set` (`true`) and `is_not_set` (`false`).
    Set(bool),
    /// Of text; case and width do not matter.
    Text(TextTest),
    /// Of a number or of money in major units.
    Number(NumberTest),
    /// Of yes or no: `is`.
    Flag(bool),
    /// Of a list of words.
    List {
        /// How the list compares with the words.
        op: ListOp,
        /// The words, at least one.
        values: Vec<String>,
    },
    /// Of a day.
    Date(DateTest),
}

/// A test of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextTest {
    /// With one text.
    Compare(TextOp, String),
    /// Is one of these, at least one.
    In(Vec<String>),
    /// Is none of these, at least one.
    NotIn(Vec<String>),
}

/// A test of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumberTest {
    /// With one number.
    Compare(Compare, Decimal),
    /// From the first to the second, both included.
    Between(Decimal, Decimal),
    /// Below the first or above the second.
    NotBetween(Decimal, Decimal),
}

/// A test of a day. *Today* is the day that the rule is evaluated for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateTest {
    /// That day.
    On(Day),
    /// Earlier than that day.
    Before(Day),
    /// Later than that day.
    After(Day),
    /// From the first to the second, both included.
    Between(Day, Day),
    /// In the span that ends with today.
    WithinLast(Span),
    /// In the span that starts with today.
    WithinNext(Span),
    /// Before today less the span.
    MoreThanAgo(Span),
    /// The yearly return of the day falls in the span that starts with today.
    AnniversaryWithinNext(Span),
    /// In that month, 1 to 12, of whatever year.
    InMonth(u32),
}

/// A length of time such as 90 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// How many, 1 to 100,000.
    pub n: u32,
    /// Of what.
    pub unit: Unit,
}

/// The days that a measure looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// All days up to today.
    AllTime,
    /// The span that ends with today.
    Last(Span),
    /// From the first day to the second, both included.
    Between(Day, Day),
}

/// A measure over the orders of one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrdersTest {
    /// What an order, or one of its lines, must be like; all hold at once.
    pub conditions: Vec<Condition>,
    /// When it was bought.
    pub within: Within,
    /// What is measured.
    pub measure: Measure,
    /// What the measure must be. Money for `sum`, `average`, `min` and `max`.
    pub test: NumberTest,
}

/// A measure over the interactions and tracked events of one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventsTest {
    /// The kind of event, such as `page_view`.
    pub kind: String,
    /// What an event must be like; all hold at once.
    pub conditions: Vec<Condition>,
    /// When it happened.
    pub within: Within,
    /// What is measured. `sum`, `average`, `min` and `max` are of the event's datum `amount`.
    pub measure: Measure,
    /// What the measure must be.
    pub test: NumberTest,
}

/// A condition on one order, one line or one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What it looks at.
    pub field: Field,
    /// What that must be.
    pub test: Test,
}

impl Rule {
    /// Reads a rule from its JSON.
    ///
    /// # Errors
    /// [`RuleError`] with the path of what is wrong: syntax, names, values, depth or number of nodes.
    pub fn parse(text: &str) -> Result<Rule, RuleError> {
        parse::rule(text)
    }

    /// Writes the canonical JSON: fixed order of keys, no blanks, numbers without needless zeros. Rules that are
    /// equal write the same text, and the text reads back as the same rule.
    pub fn to_json(&self) -> String {
        write::rule(self)
    }

    /// The normal form: one of all rules that say the same in another order or in other words (`normal.rs` has the
    /// table). It holds for the same customers.
    pub fn normal(&self) -> Rule {
        normal::rule(self)
    }

    /// A hash of the normal form's canonical JSON (64 bits of FNV-1a) that never changes between versions of Shuke:
    /// the same rule is the same number in a link, a file and a campaign, whoever wrote it in which order.
    pub fn stable_hash(&self) -> u64 {
        stable_hash(self.normal().to_json().as_bytes())
    }

    /// The nodes right below this one.
    pub fn children(&self) -> &[Rule] {
        match self {
            Rule::All(nodes) | Rule::Any(nodes) => nodes,
            Rule::Not(node) => std::slice::from_ref(node),
            Rule::Attribute { .. }
            | Rule::Orders(_)
            | Rule::Events(_)
            | Rule::Segment(_)
            | Rule::Sample { .. } => &[],
        }
    }

    /// The ids of the segments and static lists that it names itself, each once, in order.
    pub fn named_sets(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut ahead = vec![self];
        while let Some(node) = ahead.pop() {
            if let Rule::Segment(id) = node {
                found.insert(id.as_str());
            }
            ahead.extend(node.children());
        }
        found
    }
}

/// FNV-1a with 64 bits (Fowler, Noll, Vo; IETF draft-eastlake-fnv): small, and the same everywhere.
pub fn stable_hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
