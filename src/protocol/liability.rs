//! The owner's view of the loyalty programme: what is owed, what it means for the books, how points move, what the
//! programme costs. Every number has a list of rows behind it ([`PointsRowsOf`]), and both can be exported.
//!
//! Definitions and formulas: `docs/liability.md`.

use crate::Page;
use model::{CustomerId, Day, Money, OrderId, Points};
use serde::{Deserialize, Serialize};

/// What the owner asks. `as_of` is a local day, all of which counts; `None` is today. `since` is the earlier of two
/// days that are compared; `None` is twelve months before `as_of`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiabilityQuery {
    /// What is owed in points, when it ends, in which tiers the members are.
    Owed {
        /// The day.
        as_of: Option<Day>,
    },
    /// What the points mean for the books.
    Books {
        /// The day.
        as_of: Option<Day>,
    },
    /// How points were issued and used, by month.
    Flows {
        /// The day.
        as_of: Option<Day>,
    },
    /// Who moved between tiers.
    Moves {
        /// The later day.
        as_of: Option<Day>,
        /// The earlier day.
        since: Option<Day>,
    },
    /// What the programme costs, beside what members and others spend.
    Effect {
        /// The last day.
        as_of: Option<Day>,
        /// The day before the first.
        since: Option<Day>,
    },
    /// The rows behind a number.
    Rows(PointsRowsRequest),
}

/// To [`LiabilityQuery`], in the same order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiabilityReply {
    /// What is owed.
    Owed(OwedView),
    /// For the books.
    Books(BooksView),
    /// By month.
    Flows(FlowsView),
    /// Between tiers.
    Moves(MovesView),
    /// Cost and spending.
    Effect(EffectView),
    /// Rows.
    Rows(PointsRows),
}

/// Points and the members who have them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PointsOf {
    /// How many points.
    pub points: Points,
    /// Of how many members.
    pub members: u64,
}

/// What is owed in points at the end of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwedView {
    /// The day.
    pub as_of: Day,
    /// Redeemable points of everybody; debts do not lessen them.
    pub outstanding: PointsOf,
    /// What the outstanding points are worth at the redemption rate, rounded down; `None` where points have no worth.
    pub worth: Option<Money>,
    /// Earned, not yet posted.
    pub pending: PointsOf,
    /// Owed by members: what is earned next repays them.
    pub debt: PointsOf,
    /// Members by the end of the day.
    pub members: u64,
    /// Outstanding points by the month of their last usable day: the month of `as_of` and the 23 that follow.
    pub expiring: Vec<(Day, PointsOf)>,
    /// Outstanding points that end after these months.
    pub later: PointsOf,
    /// Outstanding points that never end.
    pub never: PointsOf,
    /// Members by tier, lowest first; those without one come first, if there are tiers at all.
    pub tiers: Vec<TierCount>,
}

/// Where a member stands among the tiers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TierPlace {
    /// Not yet a member.
    Outside,
    /// A member below the first tier.
    Below,
    /// In the tier of this id.
    In(String),
}

/// How many members are in a tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TierCount {
    /// Which.
    pub place: TierPlace,
    /// Its name; empty for none.
    pub name: String,
    /// Members in it, and their redeemable points.
    pub has: PointsOf,
}

/// What somebody assumes about points where the programme and its history do not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whence {
    /// The programme says so, or its history shows it.
    Known,
    /// The owner said so.
    Owner,
    /// Nobody knows: the careful choice.
    Careful,
}

/// How sure an estimate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sureness {
    /// Too little has happened to say anything.
    Nothing,
    /// Much may still change it: it is not used by itself.
    Weak,
    /// Good enough to plan with.
    Fair,
    /// A whole life of points was seen, and groups of members agree.
    Good,
}

/// The share of issued points that are never redeemed. Shares are parts per million.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BreakageView {
    /// What history says; `None` where it says nothing.
    pub estimate_ppm: Option<u32>,
    /// The range that 95 of 100 such estimates would cover.
    pub low_ppm: u32,
    /// Its upper end.
    pub high_ppm: u32,
    /// How sure that is.
    pub sureness: Sureness,
    /// What the owner said instead.
    pub owner_ppm: Option<u32>,
    /// What is calculated with.
    pub used_ppm: u32,
    /// Where that comes from.
    pub whence: Whence,
    /// First month whose points are in the estimate.
    pub from: Option<Day>,
    /// Last whole month that was looked at.
    pub to: Option<Day>,
    /// Points in the estimate: issued, after refunds.
    pub issued: Points,
    /// Of these, redeemed.
    pub redeemed: Points,
    /// Members they were issued to.
    pub members: u64,
    /// Months of age that could be seen.
    pub seen_months: u32,
    /// Months that points live at most; `None` where they may never end.
    pub life_months: Option<u32>,
    /// Share that was still unused after each month of age.
    pub unused_ppm: Vec<u32>,
}

/// The points of one month of issue, for the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BooksMonth {
    /// First day of the month in which the points were earned.
    pub month: Day,
    /// What was paid for the purchases that earned them: after refunds, without tax and without what was paid in
    /// points.
    pub paid: Money,
    /// Points they earned, after refunds.
    pub issued: Points,
    /// Of these, redeemed.
    pub redeemed: Points,
    /// Still open, pending ones included.
    pub open: Points,
    /// Gone without being redeemed.
    pub lost: Points,
    /// Of the open points, those expected to be redeemed.
    pub expected: Points,
    /// What the points would sell for by themselves: points x worth x share expected to be redeemed.
    pub stand_alone: Money,
    /// The part of `paid` that belongs to the points.
    pub allocated: Money,
    /// Of that, earned by now.
    pub recognised: Money,
    /// Still owed: `allocated - recognised`.
    pub liability: Money,
}

/// Points that were given for no purchase (joining, birthdays, goodwill).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BooksGifts {
    /// Points given.
    pub issued: Points,
    /// Of these, redeemed.
    pub redeemed: Points,
    /// Still open.
    pub open: Points,
    /// Of the open points, those expected to be redeemed.
    pub expected: Points,
    /// `expected` x worth: a cost that is still to come.
    pub provision: Money,
}

/// What the points mean for the books at the end of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BooksView {
    /// The day.
    pub as_of: Day,
    /// So many points are worth so much; `None` where nobody has said.
    pub value: Option<(Points, Money)>,
    /// Where that comes from.
    pub value_whence: Whence,
    /// How many points are never redeemed.
    pub breakage: BreakageView,
    /// Points from purchases by month of issue, oldest first; months that are settled too.
    pub months: Vec<BooksMonth>,
    /// All of `months` added up (its `month` is the first of them).
    pub total: BooksMonth,
    /// Points for no purchase.
    pub gifts: BooksGifts,
    /// Open points, pending ones included, at their full worth.
    pub face: Money,
    /// Contract liability (from purchases) and provision (gifts) together.
    pub owed: Money,
}

/// Ways in which points come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowKind {
    /// Earned or given by a rule or a campaign.
    Issued,
    /// Spent.
    Redeemed,
    /// Redeemed points that came back.
    Returned,
    /// Ended unused.
    Expired,
    /// Taken back by refunds and reversals.
    ClawedBack,
    /// Given or taken by hand.
    Adjusted,
    /// Moved between members.
    Transferred,
}

impl FlowKind {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 7] = [
        Self::Issued,
        Self::Redeemed,
        Self::Returned,
        Self::Expired,
        Self::ClawedBack,
        Self::Adjusted,
        Self::Transferred,
    ];
}

/// How points moved in one month. Each number has its sign: their sum is the change of `closing`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FlowMonth {
    /// First day of the month.
    pub month: Day,
    /// In the order of [`FlowKind::ALL`].
    pub flows: [Points; 7],
    /// At the end of the month: outstanding and pending points less debts.
    pub closing: Points,
}

/// How points moved, by month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FlowsView {
    /// The day; the last month ends with it.
    pub as_of: Day,
    /// Every month since the first in which anything happened.
    pub months: Vec<FlowMonth>,
}

/// Which way a member moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveKind {
    /// To a higher tier.
    Up,
    /// To a lower tier.
    Down,
    /// In the same tier on both days.
    Stayed,
    /// Became a member in between.
    Joined,
}

/// Members who went from one tier to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TierFlow {
    /// Where they were.
    pub from: TierPlace,
    /// Where they are.
    pub to: TierPlace,
    /// Which way that is.
    pub kind: MoveKind,
    /// How many.
    pub members: u64,
}

/// Movements between the tiers of two days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MovesView {
    /// The earlier day.
    pub since: Day,
    /// The later day.
    pub as_of: Day,
    /// Members by tier on the earlier day, highest first; those who were none yet last.
    pub then: Vec<TierCount>,
    /// Members by tier on the later day, highest first.
    pub now: Vec<TierCount>,
    /// Who went where; none of them is empty.
    pub moves: Vec<TierFlow>,
}

/// Groups whose spending is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpendingGroup {
    /// Members who redeemed points at least once up to the day.
    Redeemers,
    /// Members who never did.
    Collectors,
    /// Customers who are no members.
    Others,
}

impl SpendingGroup {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Redeemers, Self::Collectors, Self::Others];
}

/// What a group spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupSpending {
    /// Which.
    pub group: SpendingGroup,
    /// People in it.
    pub people: u64,
    /// Of these, who bought in the period.
    pub buyers: u64,
    /// Orders in the period that count.
    pub orders: u64,
    /// What they spent, after refunds.
    pub spend: Money,
}

/// What members spent before and after they joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BeforeAfter {
    /// Days on either side; the day of joining is in neither.
    pub days: u32,
    /// Members who had bought before they joined and whose days on both sides are recorded.
    pub members: u64,
    /// What they spent in the days before.
    pub before: Money,
    /// What they spent in the days after.
    pub after: Money,
}

/// Cost and spending from the day after `since` to `as_of`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EffectView {
    /// The day before the first.
    pub since: Day,
    /// The last day.
    pub as_of: Day,
    /// So many points are worth so much; `None`: the cost cannot be said.
    pub value: Option<(Points, Money)>,
    /// Points issued in the period, less what was taken back.
    pub issued: Points,
    /// Points redeemed in the period, less what came back.
    pub redeemed: Points,
    /// Points that ended unused in the period.
    pub expired: Points,
    /// What the redeemed points were worth: what the programme gave to members.
    pub cost: Option<Money>,
    /// In the order of [`SpendingGroup::ALL`].
    pub groups: Vec<GroupSpending>,
    /// Before and after joining; `None` where too few members can be compared.
    pub before_after: Option<BeforeAfter>,
    /// Members who could be compared: if there are too few, this says how many.
    pub comparable: u64,
    /// Orders left out because their currency has no rate.
    pub unconverted: u64,
}

/// Which rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PointsRowsRequest {
    /// Behind which number.
    pub of: PointsRowsOf,
    /// The day; `None` is today.
    pub as_of: Option<Day>,
    /// The earlier day, where two are compared; `None` is twelve months before.
    pub since: Option<Day>,
    /// First row, from 0.
    pub offset: u64,
    /// At most this many rows; 500 at most.
    pub limit: u32,
}

/// Numbers that have rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointsRowsOf {
    /// Members with redeemable points.
    Outstanding,
    /// Members with pending points.
    Pending,
    /// Members with a debt.
    Debt,
    /// All members.
    Members,
    /// Members with points whose last usable day lies in this span, both days included; no end: any later day.
    Expiring {
        /// First day.
        from: Day,
        /// Last day.
        to: Option<Day>,
    },
    /// Members with points that never end.
    NeverExpiring,
    /// Members in a tier.
    Tier(TierPlace),
    /// Members who went from one tier to another.
    Moved {
        /// Where they were.
        from: TierPlace,
        /// Where they are.
        to: TierPlace,
    },
    /// Members who moved one way.
    MovedBy(MoveKind),
    /// Entries of one kind, days included; newest first.
    Flow {
        /// Which kind; `None`: all.
        kind: Option<FlowKind>,
        /// First day.
        from: Day,
        /// Last day.
        to: Day,
    },
    /// Members with open points from the purchases of a month (any of its days names it).
    Issued {
        /// The month.
        month: Day,
    },
    /// Members with open points that were given for no purchase.
    Gifts,
    /// People of a group and what they spent in the period.
    Spending(SpendingGroup),
    /// Members whose spending before and after joining is compared.
    BeforeAfter,
}

/// One row behind a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PointsRow {
    /// Who.
    pub customer: CustomerId,
    /// Their name; may be empty.
    pub name: String,
    /// Their phone.
    pub phone: Option<String>,
    /// The number's part of this row, where it is in points.
    pub points: Option<Points>,
    /// The number's part of this row, where it is money.
    pub money: Option<Money>,
    /// The other side of a comparison: spent before joining.
    pub before: Option<Money>,
    /// The day that matters: of the entry, of the end, of joining.
    pub day: Option<Day>,
    /// What kind of entry it is.
    pub kind: Option<FlowKind>,
    /// The order it comes from.
    pub order: Option<OrderId>,
    /// Name of the tier on the earlier day.
    pub tier_before: Option<String>,
    /// Name of the tier.
    pub tier: Option<String>,
}

/// A stretch of rows with what all of them add up to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PointsRows {
    /// Points of all rows.
    pub points: Option<Points>,
    /// Money of all rows.
    pub money: Option<Money>,
    /// The stretch.
    pub page: Page<PointsRow>,
}

/// What of the owner's view to export.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointsExport {
    /// All rows behind a number.
    Rows(PointsRowsRequest),
    /// What expires when.
    Expiring {
        /// The day.
        as_of: Option<Day>,
    },
    /// Issue and redemption by month.
    Flows {
        /// The day.
        as_of: Option<Day>,
    },
    /// The calculation for the books, by month of issue.
    Books {
        /// The day.
        as_of: Option<Day>,
    },
    /// Movements between tiers.
    Moves {
        /// The later day.
        as_of: Option<Day>,
        /// The earlier day.
        since: Option<Day>,
    },
    /// Cost and spending.
    Effect {
        /// The last day.
        as_of: Option<Day>,
        /// The day before the first.
        since: Option<Day>,
    },
}
