//! Designing a programme: worked examples of a draft, the draft run over real orders, and values for its conditions.

use crate::{Page, ValueCount};
use model::program::{CapPeriod, Stacking};
use model::{CustomerId, Day, Money, Points, Rounding};
use serde::{Deserialize, Serialize};

/// Reads that help to design a programme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProgramQuery {
    /// What single purchases give; answered with [`ProgramReply::Examples`] in the same order.
    Examples(Vec<ExampleRequest>),
    /// Customers of the last replay, largest balance under the draft first; answered with [`ProgramReply::Movers`].
    Movers {
        /// Which replay ([`ReplayView::replay`]); an older one is `NotFound`.
        replay: u32,
        /// Only those of this row of [`ReplayView::moves`].
        cell: Option<u32>,
        /// First row, from 0.
        offset: u64,
        /// At most this many rows.
        limit: u32,
    },
    /// Values that lines, orders and events have, most frequent first; answered with [`ProgramReply::Values`].
    Values {
        /// Of what.
        of: LineValues,
        /// At most this many.
        limit: u32,
    },
}

/// What a condition of an earn rule can be given values of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineValues {
    /// Categories of lines.
    Category,
    /// Products of lines.
    Product,
    /// Channels of orders.
    Channel,
    /// Coupons of orders.
    Coupon,
    /// Kinds of tracked events.
    Event,
}

/// Answers to [`ProgramQuery`] and [`crate::Request::Replay`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProgramReply {
    /// To [`ProgramQuery::Examples`]; `None` where the programme or the request is wrong.
    Examples(Vec<Option<ExampleView>>),
    /// To [`ProgramQuery::Movers`].
    Movers(Page<MoverRow>),
    /// To [`ProgramQuery::Values`].
    Values(Vec<ValueCount>),
    /// To [`crate::Request::Replay`].
    Replay(ReplayView),
}

/// A purchase to be worked out: one line, paid in full, by a member who has earned nothing before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExampleRequest {
    /// The programme as JSON.
    pub program: String,
    /// What was paid, in minor units of the programme's currency.
    pub amount: Money,
    /// The local day.
    pub day: Day,
    /// The local hour, 0 to 23.
    pub hour: u8,
    /// Category of what was bought.
    pub category: Option<String>,
    /// What was bought.
    pub product: Option<String>,
    /// Where.
    pub channel: Option<String>,
    /// Id of the member's tier; `None` is below the first.
    pub tier: Option<String>,
}

/// What a purchase gives, and how that comes about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExampleView {
    /// Points in all.
    pub points: Points,
    /// How they come about, in the order of the calculation.
    pub steps: Vec<ExampleStep>,
    /// The day they post, where that is later.
    pub posts_on: Option<Day>,
    /// Their last usable day.
    pub expires_on: Option<Day>,
    /// What they are worth; `None` where points are not money.
    pub worth: Option<Money>,
}

/// One step of a calculation. Rules go by their id; exact numbers are decimals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExampleStep {
    /// A rule does not apply.
    Skipped {
        /// Which.
        rule: String,
        /// Why.
        why: SkipReason,
    },
    /// The purchase earns nothing because of this rule.
    Excluded {
        /// Which.
        rule: String,
    },
    /// A rate counts full steps of the basis.
    Rate {
        /// Which.
        rule: String,
        /// What it looks at.
        basis: Money,
        /// The size of a step.
        per: Money,
        /// How many steps.
        steps: i64,
        /// Points for each.
        points: String,
        /// Steps times points.
        gives: String,
    },
    /// A multiplier holds.
    Multiplied {
        /// The rule; `None` is the member's tier.
        rule: Option<String>,
        /// By how much.
        by: String,
    },
    /// Several multipliers come together.
    Together {
        /// How.
        stacking: Stacking,
        /// What they come to.
        by: String,
    },
    /// What a rate gives is made whole.
    Rounded {
        /// Which rate.
        rule: String,
        /// Before.
        exact: String,
        /// How.
        rounding: Rounding,
        /// After.
        points: Points,
    },
    /// Fixed points are added.
    Fixed {
        /// Which rule.
        rule: String,
        /// How many.
        points: Points,
    },
    /// A cap cuts what a rule gives.
    Capped {
        /// Which rule.
        rule: String,
        /// Per what.
        per: CapPeriod,
        /// What it would have given.
        from: Points,
        /// What it gives.
        to: Points,
    },
}

/// Why a rule does not apply to a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// Its first day is later.
    NotYet,
    /// Its last day is past.
    Over,
    /// The amount is too small.
    MinAmount,
    /// Its conditions do not hold.
    Conditions,
}

/// A draft to be run over real orders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplayRequest {
    /// The draft as JSON.
    pub program: String,
    /// The first day the draft is in force; `None` is from the beginning of time. Versions of the present programme
    /// that begin on this day or later are left out.
    pub from: Option<Day>,
    /// Months that are summed up, ending today.
    pub months: u32,
}

/// What would have been, compared with what is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplayView {
    /// Names this replay for [`ProgramQuery::Movers`] and [`crate::ExportWhat::Replay`].
    pub replay: u32,
    /// First day of what is summed up.
    pub from: Day,
    /// Last day: today.
    pub to: Day,
    /// Orders in that time that count.
    pub orders: u64,
    /// What they came to, less what came back.
    pub spend: Money,
    /// The present programme; `None` without one.
    pub present: Option<ReplaySide>,
    /// The draft.
    pub draft: ReplaySide,
    /// Points issued in each month (its first day): present, draft.
    pub months: Vec<ReplayMonth>,
    /// Where members go from and to, by tier of the present programme, then of the draft, lowest first.
    pub moves: Vec<TierMove>,
}

/// One programme's numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplaySide {
    /// Points issued in the time, less what refunds took back.
    pub issued: Points,
    /// What they are worth by this programme; `None` where points are not money.
    pub issued_worth: Option<Money>,
    /// Customers who got any.
    pub earners: u64,
    /// Points redeemed in the time, less what came back.
    pub redeemed: Points,
    /// Points that expired in the time.
    pub expired: Points,
    /// Redeemable points of everybody today.
    pub outstanding: Points,
    /// Earned, not yet posted.
    pub pending: Points,
    /// What the outstanding points are worth; `None` where points are not money.
    pub worth: Option<Money>,
    /// Members with points.
    pub members: u64,
    /// Points that members owe: they were redeemed and would not have been there.
    pub debt: Points,
    /// Members by tier, lowest first: id, name, count.
    pub tiers: Vec<(String, String, u64)>,
}

/// Points issued in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplayMonth {
    /// Its first day.
    pub month: Day,
    /// By the present programme.
    pub present: Points,
    /// By the draft.
    pub draft: Points,
}

/// Members who would go from one tier to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TierMove {
    /// The tier now, by name; `None` without one.
    pub from: Option<String>,
    /// The tier under the draft, by name; `None` without one.
    pub to: Option<String>,
    /// Whether that is up or down.
    pub direction: MoveDirection,
    /// How many.
    pub members: u64,
}

/// Which way a member goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveDirection {
    /// To a higher tier.
    Up,
    /// To the same tier (by its id; where the draft has no tier of that id, the one of the same place from below).
    Same,
    /// To a lower tier.
    Down,
}

/// A customer of a replay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MoverRow {
    /// Who.
    pub customer: CustomerId,
    /// Their name.
    pub name: String,
    /// Their phone.
    pub phone: Option<String>,
    /// The tier now, by name.
    pub from: Option<String>,
    /// The tier under the draft, by name.
    pub to: Option<String>,
    /// Redeemable points now.
    pub balance: Points,
    /// Redeemable points under the draft.
    pub draft_balance: Points,
}

/// What of a replay is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplayPart {
    /// A row for each month.
    Months,
    /// A row for each customer.
    Customers,
}
