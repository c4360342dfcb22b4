//! The points ledger: what members earn, spend and lose, and which tier they are in.
//!
//! Invariant: knows no segments, no storage, no clock, no randomness. Time, programme and facts are arguments, and the
//! same arguments give the same answer.
//!
//! **Recorded and derived.** What people do with points (redemptions, adjustments, bonuses, reversals, transfers) is
//! recorded and comes in as [`Recorded`]. What follows from orders, refunds, events and time (accruals, their lowering,
//! posting, expiry, tiers) is derived by one pass over everything that happened, up to a moment ([`AsOf`]). So a late
//! order, an undone import and facts in any order of arrival all give the same ledger, and asking for last March gives
//! what was true last March, as far as is known today.
//!
//! # Order of operations
//!
//! Everything is put in order by local day, then instant, then key (`order:<id>`, `order:<id>:refund:<key>`,
//! `event:<id>`, a recorded entry's own); the same key counts once. A day starts with, in this order:
//!
//! 1. lots whose last day has passed expire;
//! 2. tiers whose last day or period has passed are judged (by the rules that held until then);
//! 3. a programme version whose first day it is comes into force;
//! 4. pending lots whose day has come post: they repay debts, then they can be spent and qualify;
//! 5. signup and birthday are rewarded (29 February counts as the 28th in common years).
//!
//! Then, as they come:
//!
//! - A **purchase** first moves lots under an inactivity rule, then earns by the version of its day and the tier just
//!   before it (`earn` tells how: exclusions, rates, multipliers, rounding, fixed points, caps), then counts for the tier.
//! - A **refund** recalculates the purchase on what is left, with the version, the tier and the cap room of its moment.
//!   What is left depends on the sums of what came back only, so many part refunds equal one. On a full return (all of
//!   the amount came back) first the points redeemed for the order return to their lots; what has expired since is
//!   forfeited. Then what the order no longer earns is taken back: from its own lot, from the others in the order of
//!   consumption, then as the policy of the purchase's version says. The tier measure is lowered in full by any policy.
//! - A **recorded entry** does what it says. It happened: where other facts have left too few points for it since, the
//!   rest is a debt. A reversal undoes what the entry did: points return to their lots as on a full return, points given
//!   are taken back like those of a refund.
//! - A **debt** is repaid by whatever comes in next, first debt first. While there is one, no lot is open.
//!
//! Lots are consumed by last usable day, then day earned, then as they came; those that never end last.
//! A merge of two customers is recorded on both ([`Deed::MergeIn`], [`Deed::MergeOut`]).
//!
//! Choices where the contract leaves room are listed in `docs/loyalty-cases.md`.
//!
//! # Example
//!
//! 1 point per 1.00, usable for 12 months, pending for 7 days. 100.00 spent on 1 January: 100 pending points, usable from
//! 8 January to 1 January of the next year. 20.00 come back on 3 January: 80. They post on the 8th; 60 are redeemed on the
//! 9th; the rest of the order comes back on the 20th: 20 are taken from its lot, 60 are owed.

mod account;
pub mod breakage;
mod condition;
mod earn;
mod expiry;
mod fast;
mod fold;
mod input;
mod ledger;
pub mod liability;
mod lots;
mod overview;
mod programs;
mod ratio;
mod redeem;
mod step;
mod tiers;
mod timeline;

pub use account::{Account, OpenLot, Standing, WaitingLot};
pub use earn::{EarnSkip, EarnStep, Explanation, explain};
pub use fast::{Block, Fast, Gifts, LineColumns, Spent};
pub use fold::Evaluator;
pub use input::{
    AsOf, Deed, Ends, KnownBirthday, Line, Member, MovedLot, NO_CODE, Purchase, Recorded, Refund,
    ReturnedLine, Span, TrackedEvent,
};
pub use ledger::{Entry, EntryKind};
pub use overview::Overview;
pub use programs::{Dictionary, Programs, Texts, Version};
pub use redeem::{
    Limit, Redeemable, RedemptionRequest, Refusal, check_adjustment, check_redemption,
    usable_for_order, usable_points, worth,
};
pub use step::{LotState, LotUse, Step};

/// A number went beyond 64 bits (or an exact rate beyond 128): nothing was calculated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the points do not fit 64 bits")]
pub struct Overflow;
