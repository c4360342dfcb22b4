//! RFM with options, the life cycle over time, and the portrait of a segment.
//!
//! Long figures are worked out in steps, so that others have their turn: then the answer is
//! [`InsightReply::Working`], and the same question asked again goes on with it.

use crate::{LifecycleStage, Page, RfmCell, RfmGroupCount};
use model::portrait::{MeasureKind, TraitKind};
use model::{CustomerId, Day, LifecycleThresholds, Money, RfmOptions};
use serde::{Deserialize, Serialize};

/// Reads figures of everybody or of a segment. `as_of` is a local day; `None` is today.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsightQuery {
    /// RFM: [`InsightReply::Rfm`].
    Rfm {
        /// The day.
        as_of: Option<Day>,
        /// How to score; `None`: as the owner saved it.
        options: Option<RfmOptions>,
    },
    /// Who moved between groups since a day: [`InsightReply::Migration`].
    Migration {
        /// The day.
        as_of: Option<Day>,
        /// The earlier day.
        since: Day,
        /// How to score both days.
        options: Option<RfmOptions>,
    },
    /// The customers behind a number: [`InsightReply::Members`].
    Members(InsightMembers),
    /// Why a customer has their scores and stage: [`InsightReply::Reason`].
    Reason {
        /// Who.
        customer: CustomerId,
        /// The day.
        as_of: Option<Day>,
    },
    /// The life cycle over time: [`InsightReply::Lifecycle`], or [`InsightReply::Working`].
    Lifecycle {
        /// The day.
        as_of: Option<Day>,
        /// The earlier day that stages are compared with.
        since: Day,
        /// By these thresholds; `None`: the owner's.
        thresholds: Option<LifecycleThresholds>,
    },
    /// Who bought again how long after their first order: [`InsightReply::Cohorts`].
    Cohorts {
        /// The day.
        as_of: Option<Day>,
        /// So many months, that of the day the last: 1 to 60.
        months: u32,
    },
    /// What the members of a segment have in common: [`InsightReply::Portrait`], or [`InsightReply::Working`].
    Portrait {
        /// The segment's rule as JSON.
        rule: String,
        /// The day.
        as_of: Option<Day>,
    },
}

/// Which customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MembersOf {
    /// Those with these scores; `None` is any.
    Scores {
        /// Recency, 1 to 5.
        r: Option<u8>,
        /// Frequency, 1 to 5.
        f: Option<u8>,
        /// Money, 1 to 5.
        m: Option<u8>,
    },
    /// Those of an RFM group, by its code.
    Group(String),
    /// Those of one of the eight classes, by its code.
    Class(String),
    /// Those who moved between groups since a day. `None`: there was no such customer yet.
    Moved {
        /// The group before, or the class where averages decide.
        from: Option<String>,
        /// The group now.
        to: String,
        /// The earlier day.
        since: Day,
    },
    /// Those who moved between stages since a day. `None`: there was no such customer yet.
    StageMoved {
        /// The stage before.
        from: Option<LifecycleStage>,
        /// The stage now.
        to: LifecycleStage,
        /// The earlier day.
        since: Day,
    },
    /// Those to whom something happened on the days from the first to the second, both included.
    Turned {
        /// What.
        turn: Turn,
        /// The first day.
        from: Day,
        /// The last day.
        to: Day,
    },
}

/// What happens on the way through the stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// A dormant customer bought again.
    BackFromDormant,
    /// A churned customer bought again.
    BackFromChurned,
    /// Became dormant.
    FellDormant,
    /// Became churned.
    FellChurned,
}

impl Turn {
    /// All: those who came back first.
    pub const ALL: [Turn; 4] = [
        Turn::BackFromDormant,
        Turn::BackFromChurned,
        Turn::FellDormant,
        Turn::FellChurned,
    ];

    /// As in links.
    pub fn name(self) -> &'static str {
        match self {
            Turn::BackFromDormant => "back_from_dormant",
            Turn::BackFromChurned => "back_from_churned",
            Turn::FellDormant => "fell_dormant",
            Turn::FellChurned => "fell_churned",
        }
    }
}

/// The customers behind a number: those who spent most first, ties by id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InsightMembers {
    /// Which.
    pub of: MembersOf,
    /// The day.
    pub as_of: Option<Day>,
    /// How to score.
    pub options: Option<RfmOptions>,
    /// By these thresholds.
    pub thresholds: Option<LifecycleThresholds>,
    /// First row, from 0.
    pub offset: u64,
    /// At most this many; 500 at most.
    pub limit: u32,
}

/// The answer to an [`InsightQuery`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsightReply {
    /// To [`InsightQuery::Rfm`].
    Rfm(RfmPicture),
    /// To [`InsightQuery::Migration`].
    Migration(Migration),
    /// To [`InsightQuery::Members`].
    Members(MembersPage),
    /// To [`InsightQuery::Reason`].
    Reason(CustomerReason),
    /// To [`InsightQuery::Lifecycle`].
    Lifecycle(Box<LifecyclePicture>),
    /// To [`InsightQuery::Cohorts`].
    Cohorts(CohortsView),
    /// To [`InsightQuery::Portrait`].
    Portrait(Box<PortraitView>),
    /// There is more to do: ask again. So many of so many customers are done.
    Working {
        /// Done.
        done: u64,
        /// Of.
        total: u64,
    },
}

/// The limits between scores, with how they came about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RfmScale {
    /// What was scored and how.
    pub options: RfmOptions,
    /// Between the scores, ascending: days since the last order, orders, minor units. A value up to a limit belongs
    /// below it. One limit each where averages decide; none without orders.
    pub limits: [Vec<i64>; 3],
    /// The averages in thousandths, rounded half up, where they decide.
    pub averages: Option<[i64; 3]>,
}

/// RFM of everybody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RfmPicture {
    /// The day.
    pub as_of: Day,
    /// The limits.
    pub scale: RfmScale,
    /// This is how the owner saved it: rules mean these scores.
    pub saved: bool,
    /// All 125 cells.
    pub cells: Vec<RfmCell>,
    /// The eleven groups, best first.
    pub groups: Vec<RfmGroupCount>,
    /// The eight classes where averages decide, else none.
    pub classes: Vec<RfmGroupCount>,
    /// Customers with scores.
    pub scored: u64,
    /// Orders left out of the money because their currency has no rate.
    pub unconverted: u64,
}

/// Who moved from where to where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Migration {
    /// The day.
    pub as_of: Day,
    /// The earlier day.
    pub since: Day,
    /// Averages decide: the eight classes are compared (and `prospects`, who are in none), else the eleven groups.
    pub classes: bool,
    /// All moves and those who stayed; in the order of the groups.
    pub moves: Vec<Move>,
    /// Customers who are in a better group or class than before (nearer to the first).
    pub better: u64,
    /// Customers who are in a worse one.
    pub worse: u64,
    /// Customers who stayed.
    pub same: u64,
    /// Customers who are new since.
    pub joined: u64,
}

/// How many went from one group to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Move {
    /// The group before; `None`: there was no such customer yet.
    pub from: Option<String>,
    /// The group now.
    pub to: String,
    /// How many.
    pub count: u64,
}

/// A stretch of members with what their reasons are made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MembersPage {
    /// The day.
    pub as_of: Day,
    /// The limits that scores were made with.
    pub scale: RfmScale,
    /// The members.
    pub page: Page<InsightMember>,
}

/// One member.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InsightMember {
    /// Who.
    pub id: CustomerId,
    /// Name.
    pub name: String,
    /// Phone.
    pub phone: Option<String>,
    /// Where they stand.
    pub standing: Standing,
    /// Spend of all time.
    pub spend: Money,
    /// The group or stage before, by its code, where a move was asked for.
    pub before: Option<String>,
    /// The day of what happened, where that was asked for.
    pub on: Option<Day>,
    /// Days of silence before it, of those who came back.
    pub quiet_days: Option<u32>,
}

/// What puts a customer where they stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// The scores; `None` without an order that counts.
    pub scores: Option<[u8; 3]>,
    /// Days, orders, minor units that the scores are of.
    pub values: Option<[i64; 3]>,
    /// The RFM group's code.
    pub group: String,
    /// The class's code where averages decide.
    pub class: Option<String>,
    /// The stage.
    pub stage: LifecycleStage,
    /// Days since the last order.
    pub quiet_days: Option<u32>,
    /// The usual gap, from three order days on.
    pub usual_gap_days: Option<u32>,
    /// Dormant after more than so many days of silence, churned after more than so many.
    pub silence: [u32; 2],
}

/// Why one customer stands where they stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerReason {
    /// The day.
    pub as_of: Day,
    /// The limits.
    pub scale: RfmScale,
    /// Where they stand.
    pub standing: Standing,
}

/// The life cycle over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LifecyclePicture {
    /// The day.
    pub as_of: Day,
    /// The earlier day.
    pub since: Day,
    /// The thresholds that decided.
    pub thresholds: LifecycleThresholds,
    /// How many customers have a rhythm of their own.
    pub with_rhythm: u64,
    /// The stages in order: prospect, new, active, dormant, churned.
    pub stages: Vec<StageDwell>,
    /// Who stood where on both days.
    pub moves: Vec<StageMove>,
    /// What happened month by month, oldest first.
    pub months: Vec<TurnMonth>,
    /// Of those who were dormant or churned on the earlier day, how many bought again by the day.
    pub returned: u64,
    /// How many were dormant or churned on the earlier day.
    pub quiet_before: u64,
    /// What those who returned have bought since the earlier day.
    pub returned_spend: Money,
}

/// Customers by the month of their first order that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CohortsView {
    /// The day.
    pub as_of: Day,
    /// The first day of each month, oldest first.
    pub months: Vec<Day>,
    /// By month of the first order: how many bought in it (all of them), in the next month, and so on to the last.
    pub bought: Vec<Vec<u64>>,
    /// Customers whose first order lies before these months.
    pub earlier: u64,
}

/// How long customers stay in a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StageDwell {
    /// The stage.
    pub stage: LifecycleStage,
    /// Customers in it now.
    pub count: u64,
    /// Stays that are over.
    pub over: u64,
    /// Quarter, half and three quarters of the stays that are over were no longer than so many days.
    pub quartiles: Option<[u32; 3]>,
    /// The half-life in days, those who are still there included (Kaplan and Meier).
    pub half_life: Option<u32>,
    /// Median days that those who are in it now have been.
    pub now_days: Option<u32>,
}

/// How many stood in one stage before and in another now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StageMove {
    /// The stage before; `None`: there was no such customer yet.
    pub from: Option<LifecycleStage>,
    /// The stage now.
    pub to: LifecycleStage,
    /// How many.
    pub count: u64,
}

/// What happened in one month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TurnMonth {
    /// The first day of it that counts.
    pub from: Day,
    /// The last day of it that counts.
    pub to: Day,
    /// Customers to whom each of [`Turn::ALL`] happened.
    pub counts: [u64; 4],
}

/// One thing that members have more or less often than everybody else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trait {
    /// What it is.
    pub kind: TraitKind,
    /// The value, as it is stored.
    pub value: String,
    /// Its name, where that is another (tiers).
    pub name: Option<String>,
    /// Members who have it.
    pub inside: u64,
    /// Members of whom it is known.
    pub inside_of: u64,
    /// Others who have it.
    pub outside: u64,
    /// Others of whom it is known.
    pub outside_of: u64,
    /// The members' share over the others' share, in thousandths rounded half up; `None`: no other has it.
    pub lift_milli: Option<u64>,
    /// How probable such a difference is by chance.
    pub p: f64,
    /// The share of chance findings among all that are as clear (Benjamini and Hochberg); up to 0.05 it counts.
    pub q: f64,
    /// The rule itself asks for it, so that it says nothing new.
    pub of_rule: bool,
    /// The rule that its members pass, beside the segment's; `None` where rules cannot say it.
    pub rule: Option<String>,
}

/// A measure of members beside that of others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MeasureView {
    /// What is measured.
    pub kind: MeasureKind,
    /// Members it is known of.
    pub inside_of: u64,
    /// Others it is known of.
    pub outside_of: u64,
    /// Quarter, half, three quarters of the members have at most so much.
    pub inside: [i64; 3],
    /// The same of the others.
    pub outside: Option<[i64; 3]>,
    /// Mean of the members, rounded half up.
    pub inside_mean: i64,
    /// Mean of the others, rounded half up.
    pub outside_mean: Option<i64>,
    /// How probable such a difference is by chance (Mann and Whitney).
    pub p: Option<f64>,
    /// How often a member has more than another, in thousandths.
    pub superiority_milli: Option<u32>,
}

/// A band of the age pyramid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgeBand {
    /// From this age.
    pub from: u32,
    /// Up to this age; `None` for the last.
    pub to: Option<u32>,
    /// Members: women, men, others and unknown.
    pub inside: [u64; 3],
    /// Everybody else, likewise.
    pub outside: [u64; 3],
}

/// The portrait of a segment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PortraitView {
    /// The day.
    pub as_of: Day,
    /// Members.
    pub members: u64,
    /// Everybody else.
    pub others: u64,
    /// What members spent.
    pub spend: Money,
    /// What everybody spent.
    pub spend_all: Money,
    /// Values looked at.
    pub looked_at: u64,
    /// What members have more often, clearest first; those the rule asks for last.
    pub more: Vec<Trait>,
    /// What members have less often, clearest first.
    pub less: Vec<Trait>,
    /// The shares of the most frequent values, whether they differ or not, by kind: most frequent first.
    pub regions: Vec<Trait>,
    /// Categories likewise.
    pub categories: Vec<Trait>,
    /// Channels of purchase likewise.
    pub channels: Vec<Trait>,
    /// The measures that are known.
    pub measures: Vec<MeasureView>,
    /// Members and others by the fifth of all buyers that their spend falls in, least first.
    pub fifths: [[u64; 2]; 5],
    /// The spend up to which each of them but the last goes; empty without buyers.
    pub fifth_limits: Vec<Money>,
    /// How unevenly the members' spend is spread: Gini, in thousandths.
    pub gini_milli: Option<u32>,
    /// The age pyramid; empty where no age is known.
    pub ages: Vec<AgeBand>,
    /// Orders by hour, members and others.
    pub hours: Vec<[u64; 2]>,
    /// Orders by day of the week from Monday, members and others.
    pub weekdays: Vec<[u64; 2]>,
    /// Orders of members by weekday and hour, Monday 0 first: 168 numbers.
    pub week: Vec<u64>,
    /// The rule in its canonical form.
    pub rule: String,
}
