//! Points when two records turn out to be one customer.
//!
//! Rule (loyalty-program.md): merging adds balances and keeps the higher tier. The survivor has the orders and entries
//! of all from now on, so that later refunds, expiries and tiers follow from all of them. What the fold makes of them
//! together may differ from the sum of what each had (a cap that held for each, a multiplier of a tier that only one
//! had, points of one that expire sooner and would have been spent first). Where it does, two entries put the sum in
//! its place: what the fold gives leaves, the lots of each come in as they were, with their expiry. Purchases of both
//! count for the tier; it is never lower than the higher one was.
//!
//! Worked example: one had 80 points to the end of the year, the other 50 to June, of which 30 were spent. Together
//! the fold would have spent others; the entries see to it that 80 to the end of the year and 20 to June are left.

use super::between::merged_into;
use super::commands::append_reversal;
use super::data::{Data, LotData};
use super::write::{Draftsman, after_all, blank, in_force};
use crate::apply::Known;
use crate::fault::{self, Failure};
use loyalty::{Account, MovedLot};
use model::{CustomerId, Day, Points};
use protocol::{Fault, FaultCode};
use std::collections::BTreeMap;
use store::{EntryKind, Tx};

/// What each record had before they became one.
pub(crate) struct Apart {
    /// Each record's account.
    pub(crate) accounts: Vec<(CustomerId, Account)>,
}

/// Reads what each has; `None` without a programme. Points that were merged between them before are given back first,
/// because from now on all of it is one account.
///
/// # Errors
/// `Conflict` at `points` when the points of one were merged into somebody who is not among them.
pub(crate) fn apart(
    ids: &[CustomerId],
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<Option<Apart>, Failure> {
    if known.programs.is_empty() {
        return Ok(None);
    }
    for &id in ids {
        if let Some((to, pair)) = merged_into(tx.read(), id)? {
            if !ids.contains(&to) {
                return Err(Fault::new(FaultCode::Conflict)
                    .at("points")
                    .found(to.to_string())
                    .into());
            }
            give_back(&[id, to], &pair, known, tx)?;
        }
    }
    let (_, _, day) = in_force(known)?;
    let accounts = ids
        .iter()
        .map(|&id| Ok((id, Draftsman::new(tx.read(), id, known, day)?.account()?)))
        .collect::<Result<Vec<_>, Failure>>()?;
    Ok(Some(Apart { accounts }))
}

/// Reverses a merging of points with all that followed it.
fn give_back(
    sides: &[CustomerId],
    pair: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(), Failure> {
    for &side in sides {
        let mut entries = tx.read().entries(side)?;
        entries.reverse();
        for entry in &entries {
            let open = entries
                .iter()
                .all(|it| it.fields.reverses != Some(entry.id));
            let belongs = Data::read(&entry.fields).pair.as_deref() == Some(pair);
            if entry.fields.kind == EntryKind::Transfer && open && belongs {
                let key = format!("united:{}", entry.id);
                append_reversal(entry, None, &key, known, tx)?;
            }
        }
    }
    Ok(())
}

/// Sees to it that the survivor, who has everything by now, has the sum; returns what they have.
pub(crate) fn unite(
    survivor: CustomerId,
    apart: &Apart,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<Account, Failure> {
    let (program, version, day) = in_force(known)?;
    let together = Draftsman::new(tx.read(), survivor, known, day)?;
    let fold = together.account()?;
    let best = apart
        .accounts
        .iter()
        .map(|(_, account)| &account.standing)
        .max_by_key(|standing| (standing.tier, until(standing.tier_until)))
        .ok_or_else(|| fault::internal("nobody was merged"))?;
    let keeps_tier = fold.standing.tier >= best.tier;
    let same = is_the_sum(apart, &fold);
    if same && keeps_tier {
        return Ok(fold);
    }
    let batch = tx.begin_batch()?;
    let pair = format!("united:{batch}:{survivor}");
    let left: i64 = fold.lots.iter().map(|lot| lot.points.0).sum();
    if !same && left > 0 {
        let mut gone = blank(
            EntryKind::Transfer,
            Points(-left),
            &format!("{pair}:out"),
            version,
            known,
        );
        gone.at = after_all(&tx.read().entries(survivor)?, gone.at);
        gone.data = Data {
            other: Some(survivor),
            pair: Some(pair.clone()),
            out: true,
            ..Data::default()
        }
        .write();
        tx.add_entry(survivor, &gone)?;
    }
    let (lots, debt) = if same {
        (Vec::new(), Points::ZERO)
    } else {
        brought(apart, fold.standing.debt, day)
    };
    let sum: i64 = lots.iter().map(|lot| lot.points.0).sum();
    let mut come = blank(
        EntryKind::Transfer,
        Points(sum - debt.0),
        &format!("{pair}:in"),
        version,
        known,
    );
    come.at = after_all(&tx.read().entries(survivor)?, come.at);
    come.data = Data {
        other: Some(survivor),
        pair: Some(pair),
        merge: true,
        lots: lots.into_iter().map(LotData::from).collect(),
        debt,
        tier: best.tier.and_then(|tier| {
            let levels = &program.tiers.as_ref()?.levels;
            levels.get(usize::from(tier)).map(|level| level.id.clone())
        }),
        tier_until: best.tier_until,
        ..Data::default()
    }
    .write();
    tx.add_entry(survivor, &come)?;
    Ok(Draftsman::new(tx.read(), survivor, known, day)?.account()?)
}

/// A tier without a last day lasts longest.
fn until(day: Option<Day>) -> i32 {
    day.map_or(i32::MAX, |day| day.0)
}

/// By day earned and last day: how many points.
type Sums = BTreeMap<(Day, Option<Day>), i64>;

fn sums<'a>(accounts: impl Iterator<Item = &'a Account>) -> (Sums, i64) {
    let (mut sums, mut debt) = (Sums::new(), 0);
    for account in accounts {
        for lot in &account.lots {
            *sums.entry((lot.earned_on, lot.expires_on)).or_default() += lot.points.0;
        }
        debt += account.standing.debt.0;
    }
    (sums, debt)
}

/// The fold gives just the sum already.
fn is_the_sum(apart: &Apart, fold: &Account) -> bool {
    sums(apart.accounts.iter().map(|(_, account)| account)) == sums([fold].into_iter())
}

/// All posted lots and debts. A debt that the fold leaves is repaid by a lot of its own before the others come.
fn brought(apart: &Apart, left: Points, day: Day) -> (Vec<MovedLot>, Points) {
    let mut lots = Vec::new();
    if left > Points::ZERO {
        lots.push(MovedLot {
            points: left,
            earned_on: day,
            expires_on: None,
            posts_on: None,
        });
    }
    let mut debt = 0;
    for (_, account) in &apart.accounts {
        lots.extend(account.moved(Points(i64::MAX)));
        debt += account.standing.debt.0;
    }
    (lots, Points(debt))
}
