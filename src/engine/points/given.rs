//! Points for what is no purchase: bonuses that a person gives, events and referrals that rules reward.

use super::data::Data;
use super::write::{Draftsman, append, blank, check_key, check_reason, in_force, repeated, wrong};
use crate::apply::Known;
use crate::customers::existing;
use crate::fault::Failure;
use crate::follow::Touched;
use model::{CustomField, CustomerId, InteractionDraft, IssueCode, Money, Points};
use protocol::{BonusEnds, Fault, FaultCode, Outcome};
use std::collections::BTreeMap;
use store::{EntryKind, Tx};

/// The event of a member who brought a friend.
const REFERRAL: &str = "referral";

/// The datum of a referral that names the friend.
const FRIEND: &str = "friend";

/// The datum of a referral that holds its idempotency key: the record's own key is the friend's.
const REQUEST: &str = "request";

/// Longest name of an event.
const EVENT_CHARACTERS: usize = 100;

/// A bonus.
pub(crate) struct Bonus<'a> {
    pub(crate) customer: CustomerId,
    pub(crate) points: Points,
    pub(crate) qualifies: bool,
    pub(crate) ends: BonusEnds,
    pub(crate) reason: &'a str,
    pub(crate) key: &'a str,
}

/// Gives a bonus.
pub(crate) fn bonus(
    it: &Bonus<'_>,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let (_, version, day) = in_force(known)?;
    existing(tx.read(), it.customer)?;
    let reason = check_reason(it.reason)?;
    if it.points <= Points::ZERO {
        return Err(wrong(IssueCode::Missing, "points"));
    }
    if matches!(it.ends, BonusEnds::On(last) if last < day) {
        return Err(wrong(IssueCode::BadDate, "ends"));
    }
    let request = format!(
        "bonus {} {} {} {:?} {reason:?}",
        it.customer, it.points, it.qualifies, it.ends
    );
    let mut member = Draftsman::new(tx.read(), it.customer, known, day)?;
    if let Some((_, data)) = repeated(tx.read(), it.key, &request, |_| false)? {
        let balance = member.account()?.standing.balance;
        let outcome = data.answer().unwrap_or(Outcome::Points {
            balance,
            worth: None,
        });
        return Ok((outcome, Touched::default()));
    }
    let mut entry = blank(EntryKind::Bonus, it.points, it.key, version, known);
    entry.reason = Some(reason);
    let data = Data {
        request: Some(request),
        qualifies: it.qualifies,
        ends: Some(it.ends).filter(|ends| *ends != BonusEnds::ByProgram),
        ..Data::default()
    };
    entry.data = data.write();
    let after = member.draft(&mut entry)?.standing.balance;
    let (_, outcome) = append(it.customer, entry, data, (after, None), tx)?;
    Ok((outcome, Touched::points(it.customer)))
}

/// Records an event.
pub(crate) fn event(
    customer: CustomerId,
    event: &str,
    amount: Option<Money>,
    key: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let event = event.trim();
    match event.chars().count() {
        0 => return Err(wrong(IssueCode::Missing, "event")),
        1..=EVENT_CHARACTERS => {}
        _ => return Err(wrong(IssueCode::TooLong, "event")),
    }
    happened(customer, event, BTreeMap::new(), amount, key, known, tx)
}

/// Records that a member brought a friend; once for each friend.
pub(crate) fn referral(
    referrer: CustomerId,
    friend: CustomerId,
    amount: Option<Money>,
    key: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    existing(tx.read(), friend)?;
    if referrer == friend {
        return Err(wrong(IssueCode::UnknownChoice, "friend"));
    }
    check_key(key)?;
    // One friend, one referral, whoever claims it: the friend's own key says so.
    let once = format!("referral:{friend}");
    if let Some(id) = tx.read().interaction_by_key(&once)? {
        let known = tx.read().interaction(id)?;
        let request = Some(CustomField::Text(key.to_owned()));
        let is_again = known.is_some_and(|it| it.fields.data.get(REQUEST) == request.as_ref());
        if !is_again {
            return Err(Fault::new(FaultCode::KeyTaken)
                .at("friend")
                .found(friend.to_string())
                .into());
        }
    }
    let mut data = BTreeMap::new();
    data.insert(FRIEND.to_owned(), CustomField::Text(friend.to_string()));
    data.insert(REQUEST.to_owned(), CustomField::Text(key.to_owned()));
    happened(referrer, REFERRAL, data, amount, &once, known, tx)
}

/// Records what happened; what it earns follows from the rules.
fn happened(
    customer: CustomerId,
    kind: &str,
    mut data: BTreeMap<String, CustomField>,
    amount: Option<Money>,
    key: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let (program, _, day) = in_force(known)?;
    existing(tx.read(), customer)?;
    check_key(key)?;
    if amount.is_some_and(|amount| amount < Money::ZERO) {
        return Err(wrong(IssueCode::Negative, "amount"));
    }
    if let Some(amount) = amount {
        let text = amount.to_decimal(program.currency);
        data.insert("amount".to_owned(), CustomField::Text(text));
    }
    let mut touched = Touched::default();
    match tx.read().interaction_by_key(key)? {
        Some(id) => {
            let known = tx.read().interaction(id)?;
            let is_same = known.is_some_and(|it| {
                it.customer == customer && it.fields.kind == kind && it.fields.data == data
            });
            if !is_same {
                return Err(Fault::new(FaultCode::KeyReused).at("key").found(key).into());
            }
        }
        None => {
            let fields = InteractionDraft {
                kind: kind.to_owned(),
                at: known.context.now,
                key: Some(key.to_owned()),
                data,
            };
            tx.add_interaction(customer, &fields)?;
            touched = Touched::customer(customer);
        }
    }
    let balance = Draftsman::new(tx.read(), customer, known, day)?
        .account()?
        .standing
        .balance;
    let outcome = Outcome::Points {
        balance,
        worth: None,
    };
    Ok((outcome, touched))
}
