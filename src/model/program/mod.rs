//! The loyalty programme (contract: `docs/loyalty-program.md`).
//!
//! A [`Program`] is one JSON value that the owner edits through forms. [`Program::parse`] is the only way from text to
//! the type: what it returns is complete and consistent (ids are unique, amounts fit the currency, levels ascend), so
//! that nothing after it validates again. [`Program::to_json`] writes it back; parsing that gives the same value.
//!
//! Amounts are [`Money`] in minor units of the programme's currency, rates are exact [`Decimal`]s.

mod condition;
mod json;
mod read;
mod right;
pub mod templates;
mod write;

#[cfg(test)]
mod tests;

pub use condition::{LineCondition, LineNumber, LineText, NumberTest, TextTest};
pub use right::Right;

use crate::{Currency, Day, Decimal, Money, Points, Rounding, Zone};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A loyalty programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// What members call it.
    pub name: String,
    /// The currency of every amount in it.
    pub currency: Currency,
    /// The time zone of its days.
    pub time_zone: Zone,
    /// What earns points.
    pub earn: Vec<EarnRule>,
    /// How several multipliers on the same points combine.
    pub stacking: Stacking,
    /// Points of a purchase post on the n-th local day after it; 0: at once.
    pub pending_days: u32,
    /// When points end.
    pub expiry: Expiry,
    /// What points are worth; `None`: they buy rewards only.
    pub redeem: Option<Redeem>,
    /// What points buy.
    pub rewards: Vec<Reward>,
    /// What happens to points of a purchase that is returned after they posted.
    pub refund: RefundPolicy,
    /// Member tiers.
    pub tiers: Option<Tiers>,
}

/// One earn rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarnRule {
    /// Unique within the programme.
    pub id: String,
    /// What sets it off.
    pub on: Occasion,
    /// What it does.
    pub effect: Effect,
    /// Conditions on lines (or, for an order without lines, on the order); all hold on the same line.
    pub conditions: Vec<LineCondition>,
    /// First local day.
    pub from: Option<Day>,
    /// Last local day.
    pub to: Option<Day>,
    /// The least that the order's amount (after refunds) must be.
    pub min_amount: Option<Money>,
    /// The most points it gives a member.
    pub cap: Option<Cap>,
}

/// What sets an earn rule off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// An order.
    Purchase,
    /// The day somebody became a member.
    Signup,
    /// Each birthday.
    Birthday {
        /// No award if the date was entered less than this many days before.
        known_for_days: u32,
    },
    /// A tracked event named `referral`.
    Referral,
    /// A tracked event of this name.
    Event(String),
}

/// What an earn rule does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// `points` for each full `per` of the basis.
    Rate(Rate),
    /// So many points, whatever was paid; never multiplied.
    Fixed(Points),
    /// Multiplies what rates give for the matching lines.
    Multiply(Decimal),
    /// The matching lines earn nothing.
    Exclude,
}

/// A rate: `points` for each full `per` of `basis`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Points for each `per`.
    pub points: Decimal,
    /// The step.
    pub per: Money,
    /// Of what.
    pub basis: Basis,
    /// How steps, and later fractions from multipliers, become whole.
    pub rounding: Rounding,
    /// Where rounding happens.
    pub round_each: RoundEach,
}

/// What a rate looks at. What was paid with points is taken off each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Basis {
    /// Before discounts.
    Gross,
    /// What was paid, tax included.
    #[default]
    NetOfDiscount,
    /// What was paid, without tax.
    NetOfTaxAndDiscount,
}

/// Where rounding happens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RoundEach {
    /// Once per order.
    #[default]
    Order,
    /// On each line; the lines' points are added.
    Line,
}

/// The most points a rule gives one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    /// So many,
    pub points: Points,
    /// in each such period (local calendar).
    pub per: CapPeriod,
}

/// The period of a [`Cap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapPeriod {
    /// Each order (or event).
    Order,
    /// Each local day.
    Day,
    /// Each calendar month.
    Month,
    /// Each calendar year.
    Year,
    /// All time.
    Ever,
}

/// How multipliers combine; the tier's is one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stacking {
    /// x2 and x1.25 make x2.5.
    #[default]
    Multiply,
    /// x2 and x1.25 make x2.25.
    Add,
    /// x2 and x1.25 make x2.
    Best,
}

/// When points end. They are usable to the end of their last local day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expiry {
    /// Never.
    #[default]
    Never,
    /// The n-th day after the day earned is the last.
    Days(u32),
    /// The same day `n` calendar months later (clamped) is the last, or the end of the period it lies in.
    Months {
        /// Calendar months.
        n: u32,
        /// Move the last day to the end of this period.
        round_up: Option<Period>,
    },
    /// 31 December of the n-th year after the year earned is the last.
    YearEnd {
        /// Years after the year earned; 0 is that year itself.
        years: u32,
    },
    /// `months` after the last purchase; every purchase moves every lot.
    Inactivity {
        /// Calendar months.
        months: u32,
    },
}

/// A calendar period whose end expiry is moved to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// Calendar month.
    Month,
    /// Quarter.
    Quarter,
    /// Half of a year.
    HalfYear,
    /// Calendar year.
    Year,
}

/// What points are worth as money, and the limits of paying with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redeem {
    /// So many points
    pub points: Points,
    /// are worth this.
    pub worth: Money,
    /// Only multiples of this; at least 1.
    pub step: Points,
    /// At least so many at once.
    pub min_points: Points,
    /// At most this share of the order, above 0 up to 1.
    pub max_share: Option<Decimal>,
    /// At most so many per order.
    pub max_points: Option<Points>,
}

/// What points buy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reward {
    /// Unique within the programme.
    pub id: String,
    /// What members read.
    pub name: String,
    /// What it costs.
    pub points: Points,
    /// How many there are in all; `None`: no end.
    pub stock: Option<u32>,
}

/// What happens to posted points of a purchase that is returned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RefundPolicy {
    /// Only pending points are taken back.
    OnlyPending,
    /// At most what the member has: the balance stays at zero or above.
    WithinBalance,
    /// All of them; what is missing is a debt that the next accruals repay.
    #[default]
    Unlimited,
}

/// Member tiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiers {
    /// What decides.
    pub measure: Measure,
    /// Over which time.
    pub window: Window,
    /// When a member rises.
    pub upgrade: Upgrade,
    /// How a member falls.
    pub downgrade: Downgrade,
    /// How long a tier is kept whatever the measure does.
    pub keep_months: u32,
    /// At least one, ascending by `from`.
    pub levels: Vec<Tier>,
}

/// What decides the tier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Measure {
    /// 成长值: posted points of purchases and events.
    #[default]
    QualifyingPoints,
    /// What remains of the orders' amounts.
    Spend,
    /// Orders that were not returned whole.
    Visits,
}

/// Over which time the measure is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The n calendar months that end with the day.
    RollingMonths(u32),
    /// Since 1 January.
    CalendarYear,
    /// Since the last anniversary of the day of joining.
    Anniversary,
    /// All time.
    Lifetime,
}

/// When a member rises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Upgrade {
    /// As soon as the measure is reached.
    #[default]
    AtOnce,
    /// When the period (year of the window; else calendar month) ends.
    PeriodEnd,
}

/// How a member falls when a tier has run out and the measure does not renew it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Downgrade {
    /// One level.
    #[default]
    OneDown,
    /// To the level of the measure.
    ToMeasure,
    /// Not at all.
    Never,
}

/// One tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tier {
    /// Unique within the programme.
    pub id: String,
    /// What members read; the id where none is given.
    pub name: String,
    /// From how much on: qualifying points, minor units of spend, or visits.
    pub from: i64,
    /// Multiplier of what rates give; `None`: 1.
    pub multiply: Option<Decimal>,
}

/// Why a programme is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramError {
    /// Where: `earn[1].per`; empty for the whole text.
    pub path: String,
    /// What stands there.
    pub found: String,
    /// What would be right, in English.
    pub expected: String,
    /// What would be right, for words in any language.
    pub right: Right,
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            found,
            expected,
            ..
        } = self;
        let place = if path.is_empty() {
            "the programme"
        } else {
            path
        };
        write!(f, "{place}: found {found}, expected {expected}")
    }
}

impl std::error::Error for ProgramError {}

impl Program {
    /// Reads a programme and checks all of it.
    ///
    /// # Errors
    /// The first thing that is wrong: where, what was found and what would be right.
    pub fn parse(json: &str) -> Result<Self, ProgramError> {
        Self::check(json).map_err(|wrong| wrong.into_iter().next().unwrap_or_else(read::unknown))
    }

    /// Reads a programme and says everything that is wrong with it: at most one thing of each part, because what is
    /// wrong with a part may follow from the first thing.
    ///
    /// # Errors
    /// Each thing that is wrong, in the order of the contract; at least one.
    pub fn check(json: &str) -> Result<Self, Vec<ProgramError>> {
        read::program(json)
    }

    /// Writes it as JSON; parsing that gives the same programme.
    pub fn to_json(&self) -> String {
        write::program(self)
    }

    /// The tier of this id.
    pub fn tier(&self, id: &str) -> Option<&Tier> {
        self.tiers
            .as_ref()?
            .levels
            .iter()
            .find(|level| level.id == id)
    }

    /// The reward of this id.
    pub fn reward(&self, id: &str) -> Option<&Reward> {
        self.rewards.iter().find(|reward| reward.id == id)
    }
}
