//! The ledger: the fold's steps as entries for people to read.

use crate::earn::Part;
use crate::expiry::NEVER;
use crate::fold::Sink;
use crate::lots::{Lot, Source};
use crate::programs::Compiled;
use crate::timeline::Item;
use crate::{Overflow, Recorded, Refund};
use model::{Day, EntryId, OrderId, Points, Timestamp};
use std::collections::BTreeMap;

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
    /// `order:<order id>:refund:<refund key>`, `order:<order id>:return:<entry id>`, `order:<order id>:paid:<entry id>`, `expiry:<id of the lot>`,
    /// `signup`, `birthday:<year>`, `event:<interaction id>`.
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

impl Entry {
    fn blank(id: String, kind: EntryKind, day: Day, points: i64) -> Self {
        Self {
            key: id.clone(),
            id,
            kind,
            at: None,
            day,
            points: Points(points),
            posts_on: None,
            expires_on: None,
            balance: Points::ZERO,
            order: None,
            rules: Vec::new(),
            version: None,
            reward: None,
            reason: None,
            reverses: None,
            waived: Points::ZERO,
            forfeited: Points::ZERO,
            reversible: false,
            recorded: false,
        }
    }

    /// What rules gave.
    pub(crate) fn accrual(
        lot: &Lot,
        at: Option<Timestamp>,
        version: &Compiled,
        parts: &[Part],
    ) -> Self {
        let order = match lot.source {
            Source::Purchase(order) => Some(order),
            _ => None,
        };
        let gave = parts.iter().filter(|part| part.points != 0);
        Self {
            at,
            posts_on: lot.pending.then_some(Day(lot.posts)),
            expires_on: (lot.expires != NEVER).then_some(Day(lot.expires)),
            order,
            rules: gave
                .map(|part| version.rule_id(part.rule).to_owned())
                .collect(),
            version: Some(version.version.number),
            ..Self::blank(
                lot.source.entry_id(),
                EntryKind::Accrual,
                Day(lot.earned),
                lot.points,
            )
        }
    }

    /// What a redemption that is recorded for an order (or its reversal) changes of what the order earns.
    pub(crate) fn payment(order: OrderId, by: &Recorded<'_>, points: i64) -> Self {
        let id = format!("order:{order}:paid:{}", by.id);
        Self {
            at: Some(by.at),
            order: Some(order),
            reverses: Some(format!("order:{order}")),
            ..Self::blank(id, EntryKind::Reversal, by.day, points)
        }
    }

    /// What a refund takes back.
    pub(crate) fn refund(order: OrderId, refund: &Refund<'_>, item: Item, points: i64) -> Self {
        let id = format!("order:{order}:refund:{}", refund.key);
        Self {
            at: Some(Timestamp(item.at)),
            order: Some(order),
            reverses: Some(format!("order:{order}")),
            ..Self::blank(id, EntryKind::Reversal, Day(item.day), points)
        }
    }

    /// What is left of a lot after its last day.
    pub(crate) fn expiry(source: Source, points: i64, day: Day) -> Self {
        let order = match source {
            Source::Purchase(order) => Some(order),
            _ => None,
        };
        let id = format!("expiry:{}", source.entry_id());
        Self {
            order,
            ..Self::blank(id, EntryKind::Expiry, day, -points)
        }
    }

    /// A recorded entry.
    pub(crate) fn recorded(entry: &Recorded<'_>, kind: EntryKind, points: i64) -> Self {
        let order = match entry.what {
            crate::Deed::Redemption { order, .. } => order,
            _ => None,
        };
        Self {
            key: entry.key.to_owned(),
            at: Some(entry.at),
            order,
            reason: entry.reason.map(str::to_owned),
            recorded: true,
            ..Self::blank(entry.id.to_string(), kind, entry.day, points)
        }
    }
}

/// Lists entries in the order in which they take effect, with the balance after each.
#[derive(Default)]
pub(crate) struct Ledger {
    entries: Vec<Entry>,
    /// Entries of lots that are pending, by lot.
    held: BTreeMap<u32, Vec<Entry>>,
    reversed: Vec<String>,
}

impl Sink for Ledger {
    const LISTS: bool = true;

    fn add(&mut self, hold: Option<u32>, entry: Entry) {
        match hold {
            Some(lot) => self.held.entry(lot).or_default().push(entry),
            None => self.entries.push(entry),
        }
    }

    fn release(&mut self, lot: u32) {
        for mut entry in self.held.remove(&lot).unwrap_or_default() {
            entry.posts_on = None;
            self.entries.push(entry);
        }
    }

    fn reversed(&mut self, id: EntryId) {
        self.reversed.push(id.to_string());
    }
}

impl Ledger {
    /// All entries, those that are still pending last.
    pub(crate) fn finish(self) -> Result<Vec<Entry>, Overflow> {
        let Self {
            mut entries,
            held,
            reversed,
        } = self;
        let mut balance = Points::ZERO;
        for entry in &mut entries {
            balance = balance.checked_add(entry.points).ok_or(Overflow)?;
            entry.balance = balance;
            entry.reversible &= !reversed.contains(&entry.id);
        }
        for mut group in held.into_values() {
            let posts_on = group.first().and_then(|entry| entry.posts_on);
            for entry in &mut group {
                (entry.balance, entry.posts_on) = (balance, posts_on);
            }
            entries.append(&mut group);
        }
        Ok(entries)
    }
}
