//! Points between members and by hand: transfers, merging, bonuses, events, and what is left of rewards.

use model::{CustomerId, Day, Money, Points};
use serde::{Deserialize, Serialize};

/// Changes points. Every one has an idempotency key of 1 to 128 characters: the same key again gives the first answer
/// and writes nothing, the same key with other content is [`crate::FaultCode::KeyReused`]. The outcome is [`crate::Outcome::Points`] with the
/// balance of the member named first in each (of a merging: of who stays).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointsCommand {
    /// Moves points to another member. They keep their expiry and do not qualify.
    Transfer {
        /// Whose.
        from: CustomerId,
        /// To whom.
        to: CustomerId,
        /// How many.
        points: Points,
        /// Why.
        reason: Option<String>,
        /// Idempotency key.
        key: String,
    },
    /// Merges two members: balances, pending points and debts are added, the higher tier is kept. `from` keeps its
    /// record and history with nothing left; what its orders bring later (a refund, a new order) goes on to `into`.
    Merge {
        /// Who is merged away.
        from: CustomerId,
        /// Who stays.
        into: CustomerId,
        /// Why.
        reason: Option<String>,
        /// Idempotency key.
        key: String,
    },
    /// Gives points for something that no rule knows.
    Bonus {
        /// To whom.
        customer: CustomerId,
        /// How many; above zero.
        points: Points,
        /// They count towards the tier.
        qualifies: bool,
        /// When they end.
        ends: BonusEnds,
        /// Why; required.
        reason: String,
        /// Idempotency key.
        key: String,
    },
    /// Records an event that a rule may reward (a review, a check-in).
    Event {
        /// Whose.
        customer: CustomerId,
        /// Its name in the programme's rules.
        event: String,
        /// What a rate looks at, if it has an amount.
        amount: Option<Money>,
        /// Idempotency key.
        key: String,
    },
    /// Records that a member brought a friend: an event `referral`. A friend is referred once, and not by themselves.
    Referral {
        /// Who brought the friend, and earns.
        referrer: CustomerId,
        /// The friend.
        friend: CustomerId,
        /// What the friend spent, for rates.
        amount: Option<Money>,
        /// Idempotency key.
        key: String,
    },
}

/// When a bonus ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BonusEnds {
    /// As points earned on the same day.
    #[default]
    ByProgram,
    /// Never.
    Never,
    /// This is the last usable day.
    On(Day),
}

/// Asks about points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointsQuery {
    /// The rewards of the programme in force, with what is left of them.
    Rewards {
        /// The member who chooses, to say what is within reach.
        customer: Option<CustomerId>,
    },
}

/// The answer to a [`PointsQuery`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointsReply {
    /// To [`PointsQuery::Rewards`].
    Rewards(Vec<RewardView>),
}

/// A reward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RewardView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it costs.
    pub points: Points,
    /// How many there are in all; `None`: no end.
    pub stock: Option<u32>,
    /// How many were bought by all members and not given back.
    pub taken: u64,
    /// How many are left; `None`: no end.
    pub left: Option<u32>,
    /// How many more were bought than there are: two devices sold the last one before they exchanged their entries.
    pub oversold: u64,
    /// What the member's balance lacks for it; zero: within reach.
    pub missing: Points,
}
