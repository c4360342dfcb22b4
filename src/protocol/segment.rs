//! What the builder of segments asks while a person edits a rule, and why a customer is in a segment or not.
//!
//! A node is named by its *path*, as in errors of rules: empty for the whole rule, `all[2]`, `all[2].not`. Nodes of a
//! list come in the order they are written, a node before the nodes below it.

use crate::CountView;
use model::{CustomerId, Day, Money, OrderId, SegmentId};
use serde::{Deserialize, Serialize};

/// Reads about a rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmentQuery {
    /// Everything that is shown beside a rule while it is edited: [`SegmentReply::Preview`].
    Preview {
        /// The rule as JSON.
        rule: String,
        /// The saved segment that it is to be the rule of: what leads back to it is a circle.
        #[serde(default)]
        own: Option<SegmentId>,
        /// The day it is asked for.
        as_of: Option<Day>,
    },
    /// Why a customer is in or not in: [`SegmentReply::Explained`].
    Explain {
        /// Who.
        customer: CustomerId,
        /// In what.
        of: ExplainOf,
        /// The day it is asked for.
        as_of: Option<Day>,
    },
    /// Which segments a customer is in, and which not: [`SegmentReply::Memberships`].
    Memberships {
        /// Who.
        customer: CustomerId,
        /// The day it is asked for.
        as_of: Option<Day>,
    },
    /// The values there are, most frequent first: [`SegmentReply::Values`].
    Values {
        /// Of what.
        of: ValuesOf,
        /// Only values that contain this; case and width do not matter.
        search: String,
        /// At most this many; 500 at most.
        limit: u32,
    },
    /// What numbers or days there are: [`SegmentReply::Spread`].
    Spread {
        /// A number, money or date attribute of a rule, such as `spend`.
        attribute: String,
    },
    /// The names that only this workspace has: [`SegmentReply::Names`].
    Names,
    /// How segments and static lists are called that a rule names, also those that are gone: [`SegmentReply::Called`].
    Called {
        /// Their ids, as rules write them.
        ids: Vec<String>,
    },
}

/// The answer to a [`SegmentQuery`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmentReply {
    /// To [`SegmentQuery::Preview`].
    Preview(RulePreview),
    /// To [`SegmentQuery::Explain`].
    Explained(Explained),
    /// To [`SegmentQuery::Memberships`].
    Memberships(Vec<MembershipView>),
    /// To [`SegmentQuery::Values`].
    Values(Vec<crate::ValueCount>),
    /// To [`SegmentQuery::Spread`]; `None` where nobody has a value.
    Spread(Option<Spread>),
    /// To [`SegmentQuery::Names`].
    Names(RuleNames),
    /// To [`SegmentQuery::Called`]: one for each id, in the order asked.
    Called(Vec<CalledSet>),
}

/// A segment or a static list by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CalledSet {
    /// Its id, as it was asked for.
    pub id: String,
    /// Its name, or the last that it had; its id where nobody remembers one.
    pub name: String,
    /// Whether it is still there.
    pub there: bool,
}

/// A rule over everybody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RulePreview {
    /// The rule in its canonical form: equal rules have equal text.
    pub rule: String,
    /// The stable hash of the canonical form, 16 hexadecimal digits: the same in every browser and version.
    pub hash: String,
    /// Members, share and spend.
    pub count: CountView,
    /// The day it holds for.
    pub as_of: Day,
    /// A few members: those who spent most, ties by id.
    pub examples: Vec<ExampleMember>,
    /// Every node, the whole rule first.
    pub nodes: Vec<NodeCount>,
}

/// A member as an example.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExampleMember {
    /// Who.
    pub id: CustomerId,
    /// Name.
    pub name: String,
    /// City.
    pub city: Option<String>,
    /// Orders that count.
    pub order_count: u64,
    /// What remains of all their orders.
    pub spend: Money,
    /// Day of the last order.
    pub last_order_on: Option<Day>,
}

/// How many customers one node holds for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeCount {
    /// Where it stands.
    pub path: String,
    /// Customers it holds for, whatever stands around it. 0 is worth a warning (nobody), all customers too (everybody).
    pub alone: u64,
    /// For a child of an `all`: who is left after it and the children written before it (the funnel). For a child of
    /// an `any`: who has been found by it and those before it.
    pub after: Option<u64>,
    /// For a child of an `all`: whom this child alone keeps out: they pass all its siblings. For a child of an `any`:
    /// whom this child alone brings in.
    pub only: Option<u64>,
    /// The child of an `all` that keeps out the most (of an `any`: that brings in the most): by `only`, then by
    /// `alone`, then the first. Never where the parent has fewer than two children, nor where it makes no difference.
    pub strongest: bool,
    /// The node says the same as this other node, which is written before it among the same siblings.
    pub same_as: Option<String>,
}

/// A segment, and whether a customer is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MembershipView {
    /// Saved segments have one; ready ones have a `key`.
    pub id: Option<SegmentId>,
    /// Ready segments: the stable name.
    pub key: Option<String>,
    /// The name a person gave; of a ready segment the value of the data that it is about, if it is about one.
    pub name: String,
    /// Whether the customer is in it.
    pub member: bool,
}

/// In what a customer is or is not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExplainOf {
    /// A rule as JSON.
    Rule(String),
    /// A saved segment.
    Segment(SegmentId),
    /// A ready-made segment by its key.
    Ready(String),
}

/// Why a customer is in or not in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Explained {
    /// Who.
    pub customer: CustomerId,
    /// Name.
    pub name: String,
    /// The day it holds for.
    pub as_of: Day,
    /// The rule in its canonical form.
    pub rule: String,
    /// The whole rule, with the nodes below it.
    pub root: ExplainedNode,
}

/// One node of a rule for one customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedNode {
    /// Where it stands; inside a segment that the rule names the path goes on behind `segment:`, as in
    /// `all[1].segment:any[0]`.
    pub path: String,
    /// The node in canonical JSON.
    pub rule: String,
    /// Whether it holds for the customer.
    pub holds: bool,
    /// Whether the verdict of the whole rest on it: of an `all` that fails the children that fail, of an `any` that
    /// holds those that hold, and so on down.
    pub decides: bool,
    /// What the customer has.
    pub actual: Actual,
    /// The nodes below it; for a node that names a segment, the segment's rule.
    pub children: Vec<ExplainedNode>,
}

/// What a customer has where a node looks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actual {
    /// Of a group: so many of its nodes hold.
    Group {
        /// Nodes that hold.
        holding: u32,
        /// Of so many.
        of: u32,
    },
    /// A value of the customer's.
    Value(ActualValue),
    /// A measure over orders.
    Orders {
        /// What was measured; [`ActualValue::Missing`] where there is nothing to measure.
        value: ActualValue,
        /// Orders that were measured.
        count: u64,
        /// The newest of them, ten at most, newest first.
        newest: Vec<ActualOrder>,
    },
    /// A measure over interactions and events.
    Events {
        /// What was measured.
        value: ActualValue,
        /// Events that were measured.
        count: u64,
        /// Days of the newest, ten at most, newest first.
        newest: Vec<Day>,
    },
    /// Membership in a segment.
    Segment {
        /// Its name; a ready-made one has none.
        name: String,
    },
    /// The customer's draw in a sample, 0 to 100 (three decimals): in when below the percentage.
    Draw(String),
}

/// A value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActualValue {
    /// There is none.
    Missing,
    /// Text as it was written, or one of the fixed choices.
    Text(String),
    /// Words of a list.
    List(Vec<String>),
    /// Yes or no.
    Flag(bool),
    /// A number as a plain decimal.
    Number(String),
    /// An amount in the workspace's currency.
    Money(Money),
    /// A day.
    Day(Day),
    /// A birthday as it is known: `1990-05-17`, or `--05-17` without a year.
    Birthday(String),
}

/// An order that a measure looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActualOrder {
    /// Which.
    pub id: OrderId,
    /// Its local day.
    pub day: Day,
    /// What it brought to the measure, in the workspace's currency; `None` where its currency has no rate.
    pub amount: Option<Money>,
}

/// Whose values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValuesOf {
    /// Of an attribute of customers, such as `province`; counts are customers.
    Attribute(String),
    /// Of a field of orders or lines, such as `category` or `coupon`; counts are orders or lines.
    Orders(String),
    /// Kinds of interaction and event; counts are events.
    EventKinds,
    /// Of a datum of events; counts are events.
    Events {
        /// Kind of event; empty for all.
        kind: String,
        /// A field of a condition: `channel`, `data.page` ...
        field: String,
    },
}

/// How the numbers or days of an attribute lie: so many customers have a value, and these are the values a hundredth,
/// a quarter, half ... of them do not exceed, as they are written in rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Spread {
    /// Customers with a value.
    pub count: u64,
    /// The smallest.
    pub least: String,
    /// A quarter of the customers has at most this.
    pub quarter: String,
    /// Half.
    pub half: String,
    /// Three quarters.
    pub three_quarters: String,
    /// The largest.
    pub most: String,
}

/// The names that only this workspace has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleNames {
    /// The owner's own fields that somebody has a value for, by name.
    pub custom: Vec<NamedField>,
    /// Kinds of interaction and event, most frequent first.
    pub events: Vec<EventName>,
}

/// A field of the owner's, or a datum of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedField {
    /// Its key, without `custom.` or `data.`.
    pub key: String,
    /// What most of its values are.
    pub kind: FieldKind,
    /// How many values there are.
    pub count: u64,
}

/// What a field of the owner's holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Text.
    Text,
    /// Numbers.
    Number,
    /// Yes or no.
    Flag,
    /// Text that reads as a day.
    Date,
}

/// A kind of interaction or event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventName {
    /// The kind, such as `page_view`.
    pub kind: String,
    /// How often.
    pub count: u64,
    /// Its data, by key.
    pub data: Vec<NamedField>,
}
