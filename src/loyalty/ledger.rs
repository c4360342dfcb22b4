//! The ledger: the fold's steps as entries for people to read.

use model::{Day, OrderId, Points, Timestamp};

/// Kinds of ledger entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// 累积
    Accrual,
    /// 兑换
    Redemption,
    /// 过期
    Expiry,
    /// 冲正
    Reversal,
    /// 手工调整
    Adjustment,
    /// 转赠, and the merging of members
    Transfer,
}

/// An entry of the ledger.
///
/// Entries stand in the order in which they take effect, so that each `balance` is the one before plus `points`.
/// What is still pending stands at the end, with `posts_on`, and does not move the balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id. Recorded entries have the store's; derived ones follow from what they derive from: `order:<order id>`,
    /// `order:<order id>:refund:<refund key>`, `order:<order id>:return:<entry id>`, `expiry:<id of the lot>`,
    /// `signup:<rule>`, `birthday:<rule>:<year>`, `event:<interaction id>`.
    pub id: String,
    /// Its idempotency key; for derived entries the id.
    pub key: String,
    /// Its kind.
    pub kind: EntryKind,
    /// When it happened; `None`: at the start of `day`.
    pub at: Option<Timestamp>,
    /// The local day it happened.
    pub day: Day,
    /// How many; below zero takes away.
    pub points: Points,
    /// Still pending: it posts on this day.
    pub posts_on: Option<Day>,
    /// Last usable day of the points given (as it was when they were given).
    pub expires_on: Option<Day>,
    /// The balance after it; below zero it is a debt.
    pub balance: Points,
    /// The order it comes from.
    pub order: Option<OrderId>,
    /// The earn rules that gave it.
    pub rules: Vec<String>,
    /// Version of the programme it was made under.
    pub version: Option<u32>,
    /// The reward it bought.
    pub reward: Option<String>,
    /// The reason a person gave.
    pub reason: Option<String>,
    /// Id of the entry it reverses.
    pub reverses: Option<String>,
    /// Points of a return that the refund policy leaves with the member.
    pub waived: Points,
    /// Points that would have come back but have expired since.
    pub forfeited: Points,
    /// A person can reverse it.
    pub reversible: bool,
    /// It is recorded in the store (the others are derived).
    pub recorded: bool,
}
