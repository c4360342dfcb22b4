//! Points between two members: transfers and mergings, each one entry on either side, written and reversed together.

use super::commands::{append_reversal, judge};
use super::data::{Data, LotData};
use super::write::{
    Draftsman, after_all, append, blank, check_optional, in_force, repeated, wrong,
};
use crate::apply::Known;
use crate::customers::existing;
use crate::fault::{self, Failure};
use crate::follow::Touched;
use loyalty::Account;
use model::program::Program;
use model::{CustomerId, IssueCode, Points};
use protocol::{Fault, FaultCode, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use store::{Entry, EntryKind, Reader, Tx};

/// How far what comes up with a member who was merged away is passed on: so many mergings, one after the other.
const LONGEST_CHAIN: usize = 16;

/// Two members and a key.
pub(crate) struct Pair<'a> {
    pub(crate) from: CustomerId,
    pub(crate) to: CustomerId,
    pub(crate) reason: Option<&'a str>,
    pub(crate) key: &'a str,
}

impl Pair<'_> {
    fn check(&self, tx: &Tx<'_>) -> Result<(), Failure> {
        existing(tx.read(), self.from)?;
        existing(tx.read(), self.to)?;
        if self.from == self.to {
            return Err(wrong(IssueCode::UnknownChoice, "to"));
        }
        for (customer, field) in [(self.from, "from"), (self.to, "to")] {
            if merged_into(tx.read(), customer)?.is_some() {
                return Err(wrong(IssueCode::UnknownChoice, field));
            }
        }
        Ok(())
    }

    fn touched(&self) -> Touched {
        Touched {
            points: [self.from, self.to].into(),
            ..Touched::default()
        }
    }
}

/// The first answer of a request that comes again.
fn answered(request: &str, key: &str, tx: &Tx<'_>) -> Result<Option<Outcome>, Failure> {
    let again = repeated(tx.read(), key, request, |_| false)?;
    Ok(again.map(|(_, data)| {
        data.answer().unwrap_or(Outcome::Points {
            balance: Points::ZERO,
            worth: None,
        })
    }))
}

/// Moves points to another member: the lots that a redemption would have taken, with their expiry.
pub(crate) fn transfer(
    pair: &Pair<'_>,
    points: Points,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let (_, version, day) = in_force(known)?;
    let reason = check_optional(pair.reason)?;
    let request = format!("transfer {} {} {points} {reason:?}", pair.from, pair.to);
    if let Some(outcome) = answered(&request, pair.key, tx)? {
        return Ok((outcome, Touched::default()));
    }
    pair.check(tx)?;
    if points <= Points::ZERO {
        return Err(wrong(IssueCode::Missing, "points"));
    }
    let mut giver = Draftsman::new(tx.read(), pair.from, known, day)?;
    let before = giver.account()?;
    if before.standing.balance < points {
        return Err(Fault::new(FaultCode::InsufficientPoints)
            .found(before.standing.balance.to_string())
            .expected(points.to_string())
            .into());
    }
    let lots = before.moved(points);
    let minus = Points(points.0.saturating_neg());
    let mut gone = blank(EntryKind::Transfer, minus, pair.key, version, known);
    gone.reason.clone_from(&reason);
    let data = Data {
        request: Some(request),
        other: Some(pair.to),
        pair: Some(pair.key.to_owned()),
        out: true,
        ..Data::default()
    };
    gone.data = data.write();
    let left = giver.draft(&mut gone)?.standing.balance;
    let (id, outcome) = append(pair.from, gone, data, (left, None), tx)?;
    let key = format!("transfer:{id}");
    let mut come = blank(EntryKind::Transfer, points, &key, version, known);
    come.reason = reason;
    let data = Data {
        other: Some(pair.from),
        pair: Some(pair.key.to_owned()),
        lots: lots.into_iter().map(LotData::from).collect(),
        ..Data::default()
    };
    come.data = data.write();
    come.at = after_all(&tx.read().entries(pair.to)?, come.at);
    tx.add_entry(pair.to, &come)?;
    Ok((outcome, pair.touched()))
}

/// Merges `pair.from` into `pair.to`.
pub(crate) fn merge(
    pair: &Pair<'_>,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    in_force(known)?;
    let reason = check_optional(pair.reason)?;
    let request = format!("merge {} {} {reason:?}", pair.from, pair.to);
    if let Some(outcome) = answered(&request, pair.key, tx)? {
        return Ok((outcome, Touched::default()));
    }
    pair.check(tx)?;
    let data = Data {
        request: Some(request),
        pair: Some(pair.key.to_owned()),
        merge: true,
        ..Data::default()
    };
    let outcome = move_all(pair, pair.key, reason, data, known, tx)?;
    Ok((outcome, pair.touched()))
}

/// Writes both entries of a merging; the answer is about who stays, and kept with who goes.
fn move_all(
    pair: &Pair<'_>,
    key: &str,
    reason: Option<String>,
    data: Data,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<Outcome, Failure> {
    let (program, version, day) = in_force(known)?;
    let account = Draftsman::new(tx.read(), pair.from, known, day)?.account()?;
    let standing = &account.standing;
    let data = Data {
        lots: account.all_moved().into_iter().map(LotData::from).collect(),
        debt: standing.debt,
        ..data
    };
    let mut come = blank(
        EntryKind::Transfer,
        standing.balance,
        &format!("{key}:in"),
        version,
        known,
    );
    come.reason.clone_from(&reason);
    let brought = Data {
        other: Some(pair.from),
        request: None,
        tier: tier_id(program, &account),
        tier_until: standing.tier_until,
        ..data.clone()
    };
    come.data = brought.write();
    let after = Draftsman::new(tx.read(), pair.to, known, day)?.draft(&mut come)?;
    tx.add_entry(pair.to, &come)?;
    let minus = Points(standing.balance.0.saturating_neg());
    let mut gone = blank(EntryKind::Transfer, minus, key, version, known);
    gone.reason = reason;
    gone.at = after_all(&tx.read().entries(pair.from)?, gone.at);
    let data = Data {
        other: Some(pair.to),
        out: true,
        ..data
    };
    let answer = (after.standing.balance, None);
    let (_, outcome) = append(pair.from, gone, data, answer, tx)?;
    Ok(outcome)
}

fn tier_id(program: &Program, account: &Account) -> Option<String> {
    let tier = usize::from(account.standing.tier?);
    let levels = &program.tiers.as_ref()?.levels;
    levels.get(tier).map(|level| level.id.clone())
}

/// Who a member was merged into, with what the merging's entries have in common; `None` if not, or no more.
pub(super) fn merged_into(
    read: Reader<'_>,
    customer: CustomerId,
) -> Result<Option<(CustomerId, String)>, Failure> {
    let entries = read.entries(customer)?;
    let found = entries
        .iter()
        .filter(|entry| entry.fields.kind == EntryKind::Transfer)
        .map(|entry| (entry, Data::read(&entry.fields)))
        .find(|(entry, data)| data.merge && data.out && !data.follows && is_open(&entries, entry));
    let Some((to, pair)) = found.and_then(|(_, data)| Some((data.other?, data.pair?))) else {
        return Ok(None);
    };
    // Whoever it was may have become another record since, perhaps this very one.
    let to = read.settled(to)?;
    Ok((to != customer).then_some((to, pair)))
}

fn is_open(entries: &[Entry], entry: &Entry) -> bool {
    entries
        .iter()
        .all(|it| it.fields.reverses != Some(entry.id))
}

/// Passes on what came up with members who were merged away: a refund of their order, a late purchase.
pub(crate) fn settle(
    customers: &BTreeSet<CustomerId>,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<BTreeSet<CustomerId>, Failure> {
    let mut changed = BTreeSet::new();
    if known.programs.is_empty() {
        return Ok(changed);
    }
    for &customer in customers {
        let mut next = customer;
        for _ in 0..LONGEST_CHAIN {
            let Some((to, pair)) = merged_into(tx.read(), next)? else {
                break;
            };
            if settle_one(next, to, &pair, known, tx)? {
                changed.extend([next, to]);
            }
            next = to;
        }
    }
    Ok(changed)
}

fn settle_one(
    from: CustomerId,
    to: CustomerId,
    pair: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<bool, Failure> {
    let (_, _, day) = in_force(known)?;
    if tx.read().customer(from)?.is_none() || tx.read().customer(to)?.is_none() {
        return Ok(false);
    }
    let member = Draftsman::new(tx.read(), from, known, day)?;
    let account = member.account()?;
    if account.lots.is_empty()
        && account.waiting.is_empty()
        && account.standing.debt == Points::ZERO
    {
        return Ok(false);
    }
    let key = format!("follow:{pair}:{}", member.entries().len());
    let data = Data {
        pair: Some(pair.to_owned()),
        merge: true,
        follows: true,
        ..Data::default()
    };
    let both = Pair {
        from,
        to,
        reason: None,
        key: &key,
    };
    move_all(&both, &key, None, data, known, tx)?;
    Ok(true)
}

/// All open entries that belong together with this one, the other member's first, then the later first; `None` for
/// an entry that stands alone.
pub(crate) fn partner(of: &Entry, read: Reader<'_>) -> Result<Option<Vec<Entry>>, Failure> {
    let data = Data::read(&of.fields);
    let (Some(pair), Some(other), EntryKind::Transfer) = (data.pair, data.other, of.fields.kind)
    else {
        return Ok(None);
    };
    let mut all = Vec::new();
    // What unites two records has both entries with one customer.
    let mut sides = vec![read.settled(other)?, of.customer];
    sides.dedup();
    for customer in sides {
        let entries = read.entries(customer)?;
        let belongs = |entry: &&Entry| {
            entry.fields.kind == EntryKind::Transfer
                && is_open(&entries, entry)
                && Data::read(&entry.fields).pair.as_ref() == Some(&pair)
        };
        let mut found: Vec<Entry> = entries.iter().filter(belongs).cloned().collect();
        found.reverse();
        all.extend(found);
    }
    Ok(Some(all))
}

/// Reverses a transfer or merging, with all that followed it, with both members. Only what is left at the end must not
/// be a debt.
pub(crate) fn reverse_both(
    of: &Entry,
    all: &[Entry],
    reason: Option<String>,
    key: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let mut ends: BTreeMap<CustomerId, (Points, Points)> = BTreeMap::new();
    let others = all.iter().filter(|entry| entry.id != of.id);
    let keys = others
        .enumerate()
        .map(|(number, entry)| (entry, format!("{key}:{number}")))
        .chain([(of, key.to_owned())]);
    let mut outcome = None;
    for (entry, key) in keys {
        let reversal = append_reversal(entry, reason.clone(), &key, known, tx)?;
        if let Some((before, after)) = reversal.balances {
            let end = ends.entry(entry.customer).or_insert((before, after));
            end.1 = after;
        }
        outcome = Some(reversal.outcome);
    }
    for &(before, after) in ends.values() {
        judge(before, after, of)?;
    }
    let touched = Touched {
        points: ends.into_keys().collect(),
        ..Touched::default()
    };
    let outcome = outcome.ok_or_else(|| fault::internal("nothing was reversed"))?;
    Ok((outcome, touched))
}
