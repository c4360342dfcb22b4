//! Writing an entry of the ledger: once for its key, with the answer kept beside it.

use super::data::Data;
use super::{MemberFacts, Programs};
use crate::apply::Known;
use crate::fault::Failure;
use loyalty::Account;
use model::program::Program;
use model::{CustomerId, Day, EntryId, Issue, IssueCode, Money, OrderId, Points, Timestamp};
use protocol::{Fault, FaultCode, Outcome};
use store::{Entry, EntryDraft, EntryKind, Tx};

/// Longest idempotency key, in characters.
const KEY_CHARACTERS: usize = 128;

/// Longest reason, in characters.
const REASON_CHARACTERS: usize = 1_000;

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

/// A reason that must be given.
pub(crate) fn check_reason(reason: &str) -> Result<String, Fault> {
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

/// A reason that may be left out.
pub(crate) fn check_optional(reason: Option<&str>) -> Result<Option<String>, Fault> {
    reason
        .filter(|reason| !reason.trim().is_empty())
        .map(check_reason)
        .transpose()
}

/// A field that is wrong.
pub(crate) fn wrong(code: IssueCode, field: &str) -> Failure {
    Fault::invalid(vec![Issue::error(code).in_field(field)]).into()
}

/// The programme in force, its version and its day.
pub(crate) fn in_force<'k>(known: &'k Known<'_>) -> Result<(&'k Program, u32, Day), Fault> {
    let version = known
        .programs
        .in_force(known.today)
        .ok_or_else(|| Fault::new(FaultCode::NoProgram))?;
    let day = version.program.time_zone.day(known.context.now);
    Ok((&version.program, version.number, day))
}

/// The entry of this key, if the request was carried out before; a fault if the key was used for something else.
/// `same` compares entries that were written before requests were kept.
pub(crate) fn repeated(
    read: store::Reader<'_>,
    key: &str,
    request: &str,
    same: impl FnOnce(&Entry) -> bool,
) -> Result<Option<(Entry, Data)>, Failure> {
    check_key(key)?;
    let Some(entry) = read.entry_by_key(key)? else {
        return Ok(None);
    };
    let data = Data::read(&entry.fields);
    let is_same = match &data.request {
        Some(asked) => asked == request,
        None => same(&entry),
    };
    if is_same {
        Ok(Some((entry, data)))
    } else {
        Err(Fault::new(FaultCode::KeyReused).at("key").found(key).into())
    }
}

/// A member's facts, folded before and after entries that are about to be written.
pub(crate) struct Draftsman<'a> {
    pub(crate) customer: CustomerId,
    facts: MemberFacts,
    programs: &'a Programs,
    zone: model::Zone,
    day: Day,
}

impl<'a> Draftsman<'a> {
    /// Reads the member.
    pub(crate) fn new(
        read: store::Reader<'_>,
        customer: CustomerId,
        known: &'a Known<'_>,
        day: Day,
    ) -> Result<Self, Failure> {
        Ok(Self {
            customer,
            facts: MemberFacts::read(read, customer)?,
            programs: &known.programs,
            zone: known.settings.zone,
            day,
        })
    }

    /// What the member has at the end of today, with what was drafted so far.
    pub(crate) fn account(&self) -> Result<Account, Fault> {
        self.facts.account(self.programs, &self.zone, self.day)
    }

    /// The recorded entries so far.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.facts.entries
    }

    /// Takes an entry into the facts without writing it, after all that are there; returns the account with it.
    pub(crate) fn draft(&mut self, fields: &mut EntryDraft) -> Result<Account, Fault> {
        fields.at = after_all(self.entries(), fields.at);
        let next = i64::try_from(self.facts.entries.len()).unwrap_or(0);
        self.facts.entries.push(Entry {
            // No stored id is so high, and what a balance comes to does not depend on it.
            id: EntryId(i64::MAX - next),
            customer: self.customer,
            fields: fields.clone(),
        });
        self.account()
    }

    /// Points redeemed for an order and not given back.
    pub(crate) fn redeemed_for(&self, order: OrderId) -> Points {
        let entries = self.entries();
        let held = |id: EntryId| entries.iter().all(|it| it.fields.reverses != Some(id));
        let sum = entries
            .iter()
            .filter(|it| {
                it.fields.kind == EntryKind::Redemption
                    && it.fields.order == Some(order)
                    && it.fields.reward.is_none()
                    && held(it.id)
            })
            .fold(0i64, |sum, it| sum.saturating_sub(it.fields.points.0));
        Points(sum)
    }
}

/// The moment for an entry that is written now: entries of one instant would go by their keys, not as they were
/// written. An entry that lies further ahead (another device's clock) is left there.
pub(crate) fn after_all(entries: &[Entry], now: Timestamp) -> Timestamp {
    /// More than a person, or a command, writes at one instant.
    const AHEAD_MS: i64 = 1_000;
    let soon = now.0.saturating_add(AHEAD_MS);
    let at_once = entries.iter().map(|entry| entry.fields.at.0);
    let latest = at_once.filter(|at| (now.0..soon).contains(at)).max();
    latest.map_or(now, |at| Timestamp(at.saturating_add(1)))
}

/// An entry with nothing but what every one has.
pub(crate) fn blank(
    kind: EntryKind,
    points: Points,
    key: &str,
    version: u32,
    known: &Known<'_>,
) -> EntryDraft {
    EntryDraft {
        kind,
        points,
        at: known.context.now,
        key: key.to_owned(),
        program_version: Some(version),
        reward: None,
        reason: None,
        reverses: None,
        order: None,
        data: None,
    }
}

/// Appends an entry with its data and its answer: the balance after it.
pub(crate) fn append(
    customer: CustomerId,
    mut fields: EntryDraft,
    mut data: Data,
    (balance, worth): (Points, Option<Money>),
    tx: &mut Tx<'_>,
) -> Result<(EntryId, Outcome), Failure> {
    (data.balance, data.worth) = (Some(balance), worth);
    fields.data = data.write();
    let id = tx.add_entry(customer, &fields)?;
    Ok((id, Outcome::Points { balance, worth }))
}
