//! Limits of spending points.
//!
//! Worked example: 100 points are worth 1.00, at most half of the order; order 100.00, balance 9,000: 5,000 points
//! can be used, worth 50.00.

use model::program::{Program, Redeem};
use model::{Money, Points, Rounding, money};

/// A wish to spend points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedemptionRequest<'a> {
    /// How many; for a reward `None` (what it costs) or exactly that.
    pub points: Option<Points>,
    /// Id of the reward.
    pub reward: Option<&'a str>,
    /// The order that is paid, if known: what it comes to.
    pub order_amount: Option<Money>,
    /// Points that were redeemed for this order before (reversed ones not counted): limits of an order look at all.
    pub order_redeemed: Points,
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

impl Limit {
    /// Its path in the programme or the request (`redeem.step`), for messages.
    pub fn path(self) -> &'static str {
        match self {
            Self::Insufficient => "balance",
            Self::Step => "redeem.step",
            Self::MinPoints => "redeem.min_points",
            Self::MaxShare => "redeem.max_share",
            Self::MaxPoints => "redeem.max_points",
            Self::OrderAmount => "order_amount",
            Self::Stock => "rewards.stock",
            Self::UnknownReward => "rewards",
            Self::NoRedeem => "redeem",
            Self::RewardPrice => "rewards.points",
        }
    }
}

/// A refused redemption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The limit that is broken.
    pub limit: Limit,
    /// The most that could be spent instead: for an unknown reward or one that is gone, nothing.
    pub usable: Points,
}

/// Whether a member with `balance` may spend so.
///
/// # Errors
/// The first limit that is broken and the most that could be spent.
pub fn check_redemption(
    program: &Program,
    balance: Points,
    request: &RedemptionRequest<'_>,
) -> Result<Redeemable, Refusal> {
    match request.reward {
        Some(reward) => check_reward(program, balance, request, reward),
        None => check_money(program, balance, request),
    }
}

fn check_reward(
    program: &Program,
    balance: Points,
    request: &RedemptionRequest<'_>,
    reward: &str,
) -> Result<Redeemable, Refusal> {
    let refuse = |limit, usable| Err(Refusal { limit, usable });
    let Some(reward) = program.reward(reward) else {
        return refuse(Limit::UnknownReward, Points::ZERO);
    };
    if reward
        .stock
        .is_some_and(|stock| request.reward_taken >= stock)
    {
        return refuse(Limit::Stock, Points::ZERO);
    }
    if request.points.is_some_and(|points| points != reward.points) {
        return refuse(Limit::RewardPrice, reward.points);
    }
    if reward.points > balance {
        return refuse(Limit::Insufficient, Points(balance.0.max(0)));
    }
    Ok(Redeemable {
        points: reward.points,
        worth: None,
    })
}

fn check_money(
    program: &Program,
    balance: Points,
    request: &RedemptionRequest<'_>,
) -> Result<Redeemable, Refusal> {
    let before = request.order_redeemed;
    let usable = usable_for_order(program, balance, request.order_amount, before);
    let refuse = |limit| Err(Refusal { limit, usable });
    let Some(redeem) = &program.redeem else {
        return refuse(Limit::NoRedeem);
    };
    let points = request.points.unwrap_or(usable);
    if points.0 <= 0 {
        let limit = if balance.0 <= 0 {
            Limit::Insufficient
        } else {
            broken_by_nothing(redeem, request)
        };
        return refuse(limit);
    }
    if points > balance {
        return refuse(Limit::Insufficient);
    }
    if points.0 % redeem.step.0.max(1) != 0 {
        return refuse(Limit::Step);
    }
    if points < redeem.min_points {
        return refuse(Limit::MinPoints);
    }
    let in_all = Points(points.0.saturating_add(before.0.max(0)));
    if redeem.max_points.is_some_and(|most| in_all > most) {
        return refuse(Limit::MaxPoints);
    }
    if let Some(amount) = request.order_amount {
        if in_all > most_for(redeem, amount, (1, 1)) {
            return refuse(Limit::OrderAmount);
        }
        if redeem
            .max_share
            .is_some_and(|share| in_all > most_for(redeem, amount, share.ratio()))
        {
            return refuse(Limit::MaxShare);
        }
    }
    Ok(Redeemable {
        points,
        worth: Some(worth(program, points)),
    })
}

/// Why nothing can be spent, or what is wrong with asking for nothing.
fn broken_by_nothing(redeem: &Redeem, request: &RedemptionRequest<'_>) -> Limit {
    match request.points {
        Some(_) => Limit::Step,
        None if request.order_amount.is_some() && redeem.max_share.is_some() => Limit::MaxShare,
        None => Limit::MinPoints,
    }
}

/// The most points that can pay: within the balance, all limits and the order; zero if that is below the minimum.
pub fn usable_points(program: &Program, balance: Points, order_amount: Option<Money>) -> Points {
    usable_for_order(program, balance, order_amount, Points::ZERO)
}

/// [`usable_points`] for an order for which `redeemed` points were redeemed before.
pub fn usable_for_order(
    program: &Program,
    balance: Points,
    order_amount: Option<Money>,
    redeemed: Points,
) -> Points {
    let Some(redeem) = &program.redeem else {
        return Points::ZERO;
    };
    let left = |most: Points| Points(most.0.saturating_sub(redeemed.0.max(0)));
    let mut most = balance;
    if let Some(limit) = redeem.max_points {
        most = most.min(left(limit));
    }
    if let Some(amount) = order_amount {
        most = most.min(left(most_for(redeem, amount, (1, 1))));
        if let Some(share) = redeem.max_share {
            most = most.min(left(most_for(redeem, amount, share.ratio())));
        }
    }
    let step = redeem.step.0.max(1);
    let whole = Points(most.0.max(0) / step * step);
    if whole < redeem.min_points {
        Points::ZERO
    } else {
        whole
    }
}

/// The most points whose exact worth is within a share of an amount.
fn most_for(redeem: &Redeem, amount: Money, share: (i128, i128)) -> Points {
    let amount = i128::from(amount.0.max(0));
    let product = amount.checked_mul(i128::from(redeem.points.0));
    let numerator = product.and_then(|product| product.checked_mul(share.0));
    let denominator = i128::from(redeem.worth.0).checked_mul(share.1);
    let most = numerator
        .zip(denominator)
        .and_then(|(numerator, denominator)| money::divide(numerator, denominator, Rounding::Floor))
        .unwrap_or(0);
    // More than 64 bits of points are no limit.
    Points(i64::try_from(most).unwrap_or(i64::MAX))
}

/// Whether an adjustment by hand is permitted: it never makes a debt.
///
/// # Errors
/// [`Limit::Insufficient`] with the most that could be taken.
pub fn check_adjustment(balance: Points, points: Points) -> Result<(), Refusal> {
    let taken = points.0.checked_neg();
    if points.0 >= 0 || taken.is_some_and(|taken| taken <= balance.0) {
        return Ok(());
    }
    Err(Refusal {
        limit: Limit::Insufficient,
        usable: Points(balance.0.max(0)),
    })
}

/// What points are worth as money, rounded down to the minor unit; zero where they are not money or are a debt.
pub fn worth(program: &Program, points: Points) -> Money {
    let Some(redeem) = &program.redeem else {
        return Money::ZERO;
    };
    let product = i128::from(points.0.max(0)).checked_mul(i128::from(redeem.worth.0));
    let minor = product
        .and_then(|product| money::divide(product, i128::from(redeem.points.0), Rounding::Floor));
    Money(
        minor
            .and_then(|minor| i64::try_from(minor).ok())
            .unwrap_or(i64::MAX),
    )
}
