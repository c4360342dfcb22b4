//! The commands on points: a programme, redeeming, adjusting, reversing.

use super::{MemberFacts, bad_program};
use crate::apply::Known;
use crate::customers::existing;
use crate::fault::{self, Failure};
use crate::follow::Touched;
use loyalty::{Limit, RedemptionRequest, Refusal};
use model::program::Program;
use model::{CustomerId, Day, EntryId, Issue, IssueCode, Money, Points, WorkspaceSettings};
use protocol::{Fault, FaultCode, Outcome};
use std::collections::BTreeSet;
use store::{Entry, EntryDraft, EntryKind, Tx};

/// Longest idempotency key, in characters.
const KEY_CHARACTERS: usize = 128;

/// Longest reason, in characters.
const REASON_CHARACTERS: usize = 1_000;

/// Points that a person wants to spend.
pub(crate) struct Wish<'a> {
    pub(crate) customer: CustomerId,
    pub(crate) points: Option<Points>,
    pub(crate) reward: Option<&'a str>,
    pub(crate) order_amount: Option<Money>,
    pub(crate) key: &'a str,
}

/// Checks an idempotency key.
pub(crate) fn check_key(key: &str) -> Result<(), Fault> {
    let code = match key.chars().count() {
        0 => IssueCode::Missing,
        1..=KEY_CHARACTERS => return Ok(()),
        _ => IssueCode::TooLong,
    };
    let issue = Issue::error(code)
        .in_field("key")
        .found(key)
        .expected(&KEY_CHARACTERS.to_string());
    Err(Fault::invalid(vec![issue]))
}

/// Puts a programme in force.
pub(crate) fn set_program(
    json: &str,
    from: Option<Day>,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let program = Program::parse(json).map_err(bad_program)?;
    let WorkspaceSettings { currency, zone, .. } = known.settings;
    // Points are earned on amounts and days of the business: another currency or zone would fit neither.
    for (path, found, expected) in [
        ("currency", program.currency.code(), currency.code()),
        ("time_zone", program.time_zone.name(), zone.name()),
    ] {
        if found != expected {
            return Err(Fault::new(FaultCode::BadProgram)
                .at(path)
                .found(found)
                .expected(expected)
                .into());
        }
    }
    // Without an earlier version no purchase has earned yet: the first programme holds for all of history.
    let from = match from {
        None if known.programs.is_empty() => None,
        None => Some(program.time_zone.day(known.context.now)),
        given => given,
    };
    tx.add_program(from, &program.to_json())?;
    let touched = Touched {
        programs: true,
        ..Touched::default()
    };
    Ok((Outcome::Saved, touched))
}

fn in_force<'k>(known: &'k Known<'_>) -> Result<(&'k Program, u32, Day), Fault> {
    let version = known
        .programs
        .in_force(known.today)
        .ok_or_else(|| Fault::new(FaultCode::NoProgram))?;
    let day = version.program.time_zone.day(known.context.now);
    Ok((&version.program, version.number, day))
}

fn balance(
    read: store::Reader<'_>,
    customer: CustomerId,
    known: &Known<'_>,
    day: Day,
) -> Result<Points, Fault> {
    let facts = MemberFacts::read(read, customer)?;
    let account = facts.account(&known.programs, &known.settings.zone, day)?;
    Ok(account.standing.balance)
}

/// The entry of this key, if the request was carried out before; a fault if the key was used for something else.
fn repeated(
    read: store::Reader<'_>,
    key: &str,
    same: impl FnOnce(&Entry) -> bool,
) -> Result<bool, Failure> {
    check_key(key)?;
    match read.entry_by_key(key)? {
        None => Ok(false),
        Some(entry) if same(&entry) => Ok(true),
        Some(_) => Err(Fault::new(FaultCode::KeyReused).at("key").found(key).into()),
    }
}

/// Redeems points.
pub(crate) fn redeem(
    wish: &Wish<'_>,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let (program, version, day) = in_force(known)?;
    existing(tx.read(), wish.customer)?;
    let cost = wish
        .points
        .or_else(|| Some(program.reward(wish.reward?)?.points));
    let again = repeated(tx.read(), wish.key, |entry| {
        entry.customer == wish.customer
            && entry.fields.kind == EntryKind::Redemption
            && entry.fields.reward.as_deref() == wish.reward
            && cost.is_some_and(|cost| entry.fields.points.0 == -cost.0)
    })?;
    let before = balance(tx.read(), wish.customer, known, day)?;
    let worth = |points| {
        wish.reward
            .is_none()
            .then(|| loyalty::worth(program, points))
    };
    if again {
        let outcome = Outcome::Points {
            balance: before,
            worth: worth(cost.unwrap_or_default()),
        };
        return Ok((outcome, Touched::default()));
    }
    let request = RedemptionRequest {
        points: wish.points,
        reward: wish.reward,
        order_amount: wish.order_amount,
        reward_taken: match wish.reward {
            Some(reward) => taken(tx.read(), reward)?,
            None => 0,
        },
    };
    let found = cost.unwrap_or_default();
    let redeemable =
        loyalty::check_redemption(program, before, &request).map_err(|refusal| {
            match (refusal.limit, wish.reward) {
                (Limit::UnknownReward, Some(reward)) => fault::not_found(reward).at("reward"),
                _ => refused(&refusal, before, found),
            }
        })?;
    let entry = EntryDraft {
        kind: EntryKind::Redemption,
        points: Points(-redeemable.points.0),
        at: known.context.now,
        key: wish.key.to_owned(),
        program_version: Some(version),
        reward: wish.reward.map(str::to_owned),
        reason: None,
        reverses: None,
        order: None,
        data: None,
    };
    tx.add_entry(wish.customer, &entry)?;
    let outcome = Outcome::Points {
        balance: balance(tx.read(), wish.customer, known, day)?,
        worth: redeemable.worth,
    };
    Ok((outcome, Touched::points(wish.customer)))
}

fn refused(refusal: &Refusal, balance: Points, wanted: Points) -> Fault {
    match refusal.limit {
        Limit::Insufficient => Fault::new(FaultCode::InsufficientPoints)
            .found(balance.to_string())
            .expected(wanted.to_string()),
        limit => Fault::new(FaultCode::ProgramLimit)
            .at(limit.path())
            .found(wanted.to_string())
            .expected(refusal.usable.to_string()),
    }
}

/// How many of a reward were bought and not given back.
fn taken(read: store::Reader<'_>, reward: &str) -> Result<u32, Failure> {
    let mut bought: BTreeSet<EntryId> = BTreeSet::new();
    let mut reversed: BTreeSet<EntryId> = BTreeSet::new();
    read.scan_entries(|entry| {
        reversed.extend(entry.fields.reverses);
        if entry.fields.reward.as_deref() == Some(reward) {
            bought.insert(entry.id);
        }
    })?;
    Ok(bought.difference(&reversed).count() as u32)
}

fn check_reason(reason: &str) -> Result<String, Fault> {
    let reason = reason.trim();
    let code = match reason.chars().count() {
        0 => IssueCode::Missing,
        1..=REASON_CHARACTERS => return Ok(reason.to_owned()),
        _ => IssueCode::TooLong,
    };
    Err(Fault::invalid(vec![
        Issue::error(code)
            .in_field("reason")
            .expected(&REASON_CHARACTERS.to_string()),
    ]))
}

/// Gives or takes points by hand.
pub(crate) fn adjust(
    customer: CustomerId,
    points: Points,
    reason: &str,
    key: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let (_, version, day) = in_force(known)?;
    existing(tx.read(), customer)?;
    let reason = check_reason(reason)?;
    if points == Points::ZERO {
        let issue = Issue::error(IssueCode::Missing).in_field("points");
        return Err(Fault::invalid(vec![issue]).into());
    }
    let again = repeated(tx.read(), key, |entry| {
        entry.customer == customer
            && entry.fields.kind == EntryKind::Adjustment
            && entry.fields.points == points
            && entry.fields.reason.as_deref() == Some(&reason)
    })?;
    let mut touched = Touched::default();
    if !again {
        let before = balance(tx.read(), customer, known, day)?;
        loyalty::check_adjustment(before, points)
            .map_err(|refusal| refused(&refusal, before, Points(points.0.saturating_neg())))?;
        let entry = EntryDraft {
            kind: EntryKind::Adjustment,
            points,
            at: known.context.now,
            key: key.to_owned(),
            program_version: Some(version),
            reward: None,
            reason: Some(reason),
            reverses: None,
            order: None,
            data: None,
        };
        tx.add_entry(customer, &entry)?;
        touched = Touched::points(customer);
    }
    let outcome = Outcome::Points {
        balance: balance(tx.read(), customer, known, day)?,
        worth: None,
    };
    Ok((outcome, touched))
}

/// Reverses a recorded redemption, adjustment or bonus. What was given and is spent already cannot be taken back.
pub(crate) fn reverse(
    entry: &str,
    reason: Option<&str>,
    key: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let (_, version, day) = in_force(known)?;
    // Derived entries (`order:...`) have no id of the store: they change with their order, not by hand.
    let id: EntryId = entry.parse().map_err(|_| {
        Fault::new(FaultCode::CannotUndo)
            .found(entry)
            .detail("derived entry")
    })?;
    let of = tx
        .read()
        .entry(id)?
        .ok_or_else(|| fault::not_found(entry))?;
    let customer = of.customer;
    let again = repeated(tx.read(), key, |known| {
        known.fields.kind == EntryKind::Reversal && known.fields.reverses == Some(id)
    })?;
    let mut touched = Touched::default();
    if !again {
        let entries = tx.read().entries(customer)?;
        let reversed = entries.iter().any(|it| it.fields.reverses == Some(id));
        if reversed || of.fields.kind == EntryKind::Reversal {
            return Err(Fault::new(FaultCode::CannotUndo)
                .found(entry)
                .detail("already reversed")
                .into());
        }
        let before = balance(tx.read(), customer, known, day)?;
        let draft = EntryDraft {
            kind: EntryKind::Reversal,
            points: Points(of.fields.points.0.saturating_neg()),
            at: known.context.now,
            key: key.to_owned(),
            program_version: Some(version),
            reward: None,
            reason: reason.map(check_reason).transpose()?,
            reverses: Some(id),
            order: None,
            data: None,
        };
        tx.add_entry(customer, &draft)?;
        let after = balance(tx.read(), customer, known, day)?;
        if after < Points::ZERO && after < before {
            return Err(Fault::new(FaultCode::InsufficientPoints)
                .found(before.to_string())
                .expected(of.fields.points.to_string())
                .into());
        }
        touched = Touched::points(customer);
    }
    let outcome = Outcome::Points {
        balance: balance(tx.read(), customer, known, day)?,
        worth: None,
    };
    Ok((outcome, touched))
}
