//! Limits of spending points.

use model::program::Program;
use model::{Money, Points};

/// A wish to spend points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedemptionRequest<'a> {
    /// How many; for a reward `None` (what it costs) or exactly that.
    pub points: Option<Points>,
    /// Id of the reward.
    pub reward: Option<&'a str>,
    /// The order that is paid, if known: what it comes to.
    pub order_amount: Option<Money>,
    /// How many of the reward were bought so far (reversed ones not counted).
    pub reward_taken: u32,
}

/// What a permitted redemption comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redeemable {
    /// Points to take.
    pub points: Points,
    /// What they are worth as money; `None` for a reward.
    pub worth: Option<Money>,
}

/// The limit of the programme that a redemption breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Fewer points than that.
    Insufficient,
    /// Not a multiple of `redeem.step`, or not above zero.
    Step,
    /// Below `redeem.min_points`.
    MinPoints,
    /// More than `redeem.max_share` of the order.
    MaxShare,
    /// More than `redeem.max_points`.
    MaxPoints,
    /// Worth more than the order.
    OrderAmount,
    /// No more of this reward.
    Stock,
    /// The programme has no such reward.
    UnknownReward,
    /// Points are not money in this programme.
    NoRedeem,
    /// A reward costs what it costs.
    RewardPrice,
}

/// A refused redemption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The limit that is broken.
    pub limit: Limit,
    /// The most that could be spent.
    pub usable: Points,
}

impl Limit {
    /// Its path in the programme (`redeem.step`), for messages.
    pub fn path(self) -> &'static str {
        "redeem"
    }
}

/// Whether a member with `balance` may spend so.
///
/// # Errors
/// The first limit that is broken and the most that could be spent.
pub fn check_redemption(
    _program: &Program,
    balance: Points,
    _request: &RedemptionRequest<'_>,
) -> Result<Redeemable, Refusal> {
    Err(Refusal {
        limit: Limit::NoRedeem,
        usable: balance,
    })
}

/// The most points that can pay: within the balance, all limits and the order.
pub fn usable_points(_program: &Program, balance: Points, _order_amount: Option<Money>) -> Points {
    balance
}

/// Whether an adjustment by hand is permitted: it never makes a debt.
///
/// # Errors
/// [`Limit::Insufficient`] with the most that could be taken.
pub fn check_adjustment(balance: Points, points: Points) -> Result<(), Refusal> {
    let _ = (balance, points);
    Ok(())
}

/// What points are worth as money, rounded down; zero where they are not money.
pub fn worth(_program: &Program, _points: Points) -> Money {
    Money::ZERO
}
