//! Commands on the connection: connecting, pausing, answering, settling.

use super::link::Link;
use super::local::Local;
use super::place::{WHY_UNKNOWN, WHY_WRONG};
use super::wire::{self, stored_kind, travelling_kind};
use crate::apply::saved;
use crate::fault::{self, OrFault};
use crate::follow::Touched;
use crate::{Applied, Context, Engine};
use protocol::{
    Done, Fault, FaultCode, Outcome, SyncAuth, SyncChoice, SyncCommand, SyncFinding,
    SyncQuestionKind, SyncSecret, SyncShare, SyncSide,
};
use serde_json::{Map, Value, json};
use store::{BatchMeta, RecordRef, StoreError, SyncConflict, SyncRecord};
use sync::{Auth, Choice, Kind, Path, Profile, Record, Share, Side, Stamp};

impl Engine {
    /// Does a command on the connection. Secrets in it are the worker's business.
    pub(crate) fn sync_command(
        &mut self,
        command: &SyncCommand,
        request_id: &str,
        context: &Context,
    ) -> Result<Applied, Fault> {
        match command {
            SyncCommand::Connect {
                address,
                profile,
                findings,
                secret,
                share,
                ..
            } => self.sync_connect((address, profile), findings, secret, share, context)?,
            SyncCommand::Credentials { secret, .. } => {
                let mut link = self.must_link()?;
                let mut profile = link.profile()?;
                say_who(&mut profile, secret);
                link.profile = profile.to_json();
                link.user.clone_from(&secret.user);
                link.trouble = None;
                link.retry = true;
                link.next_at = Some(context.now);
                self.save_link(&link)?;
            }
            SyncCommand::Share { share } => self.sync_share(share)?,
            SyncCommand::Pause | SyncCommand::Resume => {
                let mut link = self.must_link()?;
                link.paused = matches!(command, SyncCommand::Pause);
                link.next_at = (!link.paused).then_some(context.now);
                self.save_link(&link)?;
            }
            SyncCommand::Now { whole } => {
                let mut link = self.must_link()?;
                link.whole |= whole;
                link.retry = true;
                // Whoever wants it now wants it looked at again.
                link.question = None;
                link.next_at = Some(context.now);
                self.save_link(&link)?;
            }
            SyncCommand::Disconnect => {
                self.store.sync_disconnect().or_fault()?;
                self.sync = super::link::State::default();
            }
            SyncCommand::StartOver { from } => {
                let mut link = self.must_link()?;
                (link.trouble, link.question, link.choice) = (None, None, None);
                link.next_at = Some(context.now);
                link.start_over = Some(match from {
                    SyncSide::There => Side::There,
                    SyncSide::Here | SyncSide::Both => Side::Here,
                });
                self.save_link(&link)?;
            }
            SyncCommand::Answer { question, choice } => {
                self.sync_answer(*question, *choice, context)?;
            }
            SyncCommand::Settle { conflict, other } => {
                return self.settle(*conflict, *other, request_id, context);
            }
            SyncCommand::SettleAll => self.write_sync(context, |tx| tx.sync_settle_all())?,
            SyncCommand::Retry { aside } => self.sync_retry(*aside, context)?,
        }
        Ok(saved(None))
    }

    fn sync_connect(
        &mut self,
        (address, profile): (&str, &str),
        findings: &[SyncFinding],
        secret: &SyncSecret,
        share: &SyncShare,
        context: &Context,
    ) -> Result<(), Fault> {
        if self.host.demo.is_some() {
            return Err(Fault::new(FaultCode::Invalid).at("demo"));
        }
        let mut profile = parse(profile)?;
        if !address.is_empty() {
            profile.base = address.trim_end_matches('/').to_owned();
        }
        sync::check_address(&profile.base).map_err(|fault| of_fault(&fault, "address"))?;
        profile.share = read_share(share, &profile.share)?;
        say_who(&mut profile, secret);
        let kinds = kinds_of(&profile);
        let link = Link {
            profile: profile.to_json(),
            findings: findings.to_vec(),
            user: secret.user.clone(),
            since: context.now,
            paused: false,
            last_run: None,
            last_whole: None,
            trouble: None,
            question: None,
            choice: None,
            asked: 0,
            whole: false,
            retry: false,
            start_over: None,
            next_at: Some(context.now),
        };
        let text = serde_json::to_string(&link).map_err(|e| fault::internal(e.to_string()))?;
        self.sync = super::link::State::default();
        self.store
            .sync_connect(&text, "", kinds, context.now)
            .or_fault()
    }

    fn sync_share(&mut self, share: &SyncShare) -> Result<(), Fault> {
        let mut link = self.must_link()?;
        let mut profile = link.profile()?;
        profile.share = read_share(share, &profile.share)?;
        link.profile = profile.to_json();
        // What is withheld from now on stays there: everything is compared once, so that it is known before a write.
        link.whole = true;
        link.next_at = Some(model::Timestamp(0));
        let text = serde_json::to_string(&link).map_err(|e| fault::internal(e.to_string()))?;
        self.store.sync_share(&text, kinds_of(&profile)).or_fault()
    }

    fn sync_answer(
        &mut self,
        question: u64,
        choice: SyncChoice,
        context: &Context,
    ) -> Result<(), Fault> {
        let mut link = self.must_link()?;
        if link.question.as_ref().map(|(id, _)| *id) != Some(question) {
            return Err(Fault::new(FaultCode::Conflict).at("question"));
        }
        link.choice = match choice {
            SyncChoice::SendAgain | SyncChoice::Join => Some(Choice::Here),
            SyncChoice::RemoveHere => Some(Choice::There),
            SyncChoice::Pause => {
                link.paused = true;
                None
            }
            SyncChoice::LookAgain => {
                link.question = None;
                link.retry = true;
                link.whole = true;
                None
            }
        };
        link.next_at = (!link.paused).then_some(context.now);
        self.save_link(&link)
    }

    fn sync_retry(&mut self, aside: Option<u64>, context: &Context) -> Result<(), Fault> {
        let record = match aside {
            None => None,
            Some(id) => self.aside_record(id)?,
        };
        let came = aside.filter(|_| record.is_none());
        let came = came.map(|id| self.came_record(id)).transpose()?;
        let mut link = self.must_link()?;
        link.next_at = Some(context.now);
        // What came and could not be read is let go: if it still is there, it comes with everything else.
        link.whole |= came.is_some()
            || aside.is_none() && self.store.read().sync_waits_at_all().or_fault()?;
        self.save_link(&link)?;
        self.write_sync(context, |tx| {
            if record.is_none() {
                tx.sync_let_go([WHY_WRONG, WHY_UNKNOWN], came, model::Timestamp(i64::MAX))?;
            }
            match came {
                Some(_) => Ok(()),
                None => tx.sync_try_again(record),
            }
        })
    }

    /// The number of something that came and could not be taken.
    fn came_record(&self, id: u64) -> Result<i64, Fault> {
        let id = i64::try_from(id).unwrap_or(i64::MAX);
        let found = self.store.read().sync_waiting(None, id - 1, 1).or_fault()?;
        let found = found.first().filter(|it| it.id == id);
        found
            .map(|it| it.id)
            .ok_or_else(|| Fault::new(FaultCode::NotFound))
    }

    /// The record that a number names in the list of those set aside.
    fn aside_record(&self, id: u64) -> Result<Option<RecordRef>, Fault> {
        let all = self.store.read().sync_aside(None, 10_000).or_fault()?;
        let found = all
            .iter()
            .find(|it| super::views::aside_id(it.record) == id);
        Ok(found.map(|it| it.record))
    }

    fn write_sync(
        &mut self,
        context: &Context,
        work: impl FnOnce(&mut store::Tx<'_>) -> Result<(), StoreError>,
    ) -> Result<(), Fault> {
        let meta = BatchMeta {
            name: "sync",
            subject: "",
            who: &context.who,
            at: context.now,
            request: None,
            continues: None,
            bulk: false,
        };
        self.store.write(meta, work).or_fault()?;
        Ok(())
    }

    /// A person looked at a conflict, and may take the other value: an edit like any other.
    fn settle(
        &mut self,
        id: u64,
        other: bool,
        request_id: &str,
        context: &Context,
    ) -> Result<Applied, Fault> {
        if let Some(done) = self.answered(request_id)? {
            return Ok(Applied {
                done,
                changed: None,
            });
        }
        let id = i64::try_from(id).unwrap_or(0);
        let conflict = self.store.read().sync_conflict(id).or_fault()?;
        let conflict = conflict.ok_or_else(|| Fault::new(FaultCode::NotFound))?;
        let taken = match other {
            true => Some(self.with_other(&conflict)?),
            false => None,
        };
        let meta = BatchMeta {
            name: "take_back",
            subject: &conflict.field,
            who: &context.who,
            at: context.now,
            request: Some(request_id),
            continues: None,
            bulk: false,
        };
        let written =
            self.store
                .write(meta, |tx| -> Result<(Done, Option<_>), fault::Failure> {
                    let mut owner = tx.read().sync_owner(conflict.record)?;
                    if let Some(taken) = &taken {
                        tx.sync_put(taken)?;
                        owner = owner.or(tx.read().sync_owner(conflict.record)?);
                    }
                    tx.sync_settle(id)?;
                    let done = Done {
                        batch: tx.batch(),
                        outcome: Outcome::Saved,
                    };
                    let reply =
                        serde_json::to_string(&done).map_err(|e| fault::internal(e.to_string()))?;
                    tx.set_reply(reply);
                    Ok((done, owner))
                })?;
        let kinds = written.kinds();
        let (done, owner) = written.value;
        let mut touched = owner.map(Touched::customer).unwrap_or_default();
        touched.settings = conflict.record.kind == store::RecordKind::Settings;
        touched.segments = conflict.record.kind == store::RecordKind::Segment;
        let changed = match written.batch {
            Some(_) => Some(self.follow(touched, written.data_version, &kinds)?),
            None => None,
        };
        Ok(Applied { done, changed })
    }

    /// The record with the value that was not kept.
    fn with_other(&self, conflict: &SyncConflict) -> Result<SyncRecord, Fault> {
        let read = self.store.read();
        let kind =
            travelling_kind(conflict.record.kind).ok_or_else(|| Fault::new(FaultCode::NotFound))?;
        let lost: Value = serde_json::from_str(&conflict.lost).unwrap_or_default();
        let value = lost.get("value").cloned().filter(|value| !value.is_null());
        let now = read.sync_record(conflict.record).or_fault()?;
        let was = match &now {
            Some(_) => None,
            None => read.sync_removed(conflict.record).or_fault()?,
        };
        let base = now.or(was).ok_or_else(|| Fault::new(FaultCode::NotFound))?;
        let terms = self.sync_terms();
        let fields = wire::encode(read, &terms, &base, &Map::new()).or_fault()?;
        let key = sync::Key::new(kind, "0");
        let mut record = Record::new(key, fields, Stamp::ZERO);
        if conflict.field == "deleted" {
            // What was edited while the other side removed it.
            for (name, value) in value
                .as_ref()
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                record.fields.insert(name.clone(), value.clone());
            }
        } else {
            let path = match conflict.field.split_once('.') {
                Some((field, part)) => Path::part(field, part),
                None => Path::field(&conflict.field),
            };
            record.set(&path, value, Stamp::ZERO);
        }
        wire::decode(read, &terms, kind, conflict.record, &record.fields)
            .map(|(record, _)| record)
            .map_err(|_| Fault::new(FaultCode::Conflict).at(&*conflict.field))
    }

    /// A reader of records in the form that travels.
    pub(super) fn sync_local<'e>(&'e self, profile: &'e Profile) -> Local<'e> {
        let replica = self.store.read().replica().map_or(1, model::Replica::get);
        Local {
            read: self.store.read(),
            terms: self.sync_terms(),
            node: replica,
            profile,
        }
    }
}

/// A profile from a page.
pub(super) fn parse(text: &str) -> Result<Profile, Fault> {
    let json: Value = serde_json::from_str(text).map_err(|error| {
        Fault::new(FaultCode::Invalid)
            .at("profile")
            .found(error.to_string())
    })?;
    Profile::parse(&json).map_err(|faults| match faults.first() {
        Some(first) => of_fault(first, "profile"),
        None => Fault::new(FaultCode::Invalid).at("profile"),
    })
}

/// How the endpoint is told who we are, as a person chose it; a form of the preset's own stays.
pub(super) fn say_who(profile: &mut Profile, secret: &SyncSecret) {
    let known = &profile.auth;
    profile.auth = match secret.auth {
        SyncAuth::None => Auth::None,
        SyncAuth::Basic => Auth::Basic,
        SyncAuth::Bearer if *known == Auth::Oauth => Auth::Oauth,
        SyncAuth::Bearer => Auth::Bearer,
        SyncAuth::Header => match known {
            Auth::Header { .. } if secret.header.is_empty() => known.clone(),
            Auth::Header { name, .. } if name.eq_ignore_ascii_case(&secret.header) => known.clone(),
            _ => Auth::Header {
                name: secret.header.to_lowercase(),
                prefix: String::new(),
            },
        },
    };
}

pub(super) fn of_fault(fault: &sync::Fault, path: &str) -> Fault {
    let code = json!(fault.code);
    Fault::new(FaultCode::Invalid)
        .at(if fault.path.is_empty() {
            path
        } else {
            &fault.path
        })
        .found(fault.found.clone())
        .expected(fault.expected.clone())
        .detail(code.as_str().unwrap_or_default())
}

/// What a page says is shared; what it does not say is as before.
fn read_share(share: &SyncShare, before: &Share) -> Result<Share, Fault> {
    let mut kinds = Vec::new();
    for name in &share.kinds {
        let kind = Kind::parse(name)
            .ok_or_else(|| Fault::new(FaultCode::Invalid).at("share.kinds").found(name))?;
        kinds.push(kind);
    }
    // Whoever shares what happened to somebody shares that somebody.
    let needs: [(Kind, &[Kind]); 6] = [
        (Kind::Orders, &[Kind::Customers, Kind::Refunds]),
        (Kind::Refunds, &[Kind::Customers, Kind::Orders]),
        (Kind::Events, &[Kind::Customers]),
        (
            Kind::Ledger,
            &[Kind::Customers, Kind::Orders, Kind::Refunds, Kind::Programs],
        ),
        (
            Kind::Coupons,
            &[
                Kind::Customers,
                Kind::Orders,
                Kind::Refunds,
                Kind::CouponCodes,
                Kind::CouponUses,
            ],
        ),
        (Kind::Lists, &[Kind::Customers, Kind::ListMembers]),
    ];
    for (kind, others) in needs {
        if kinds.contains(&kind) {
            kinds.extend(others);
        }
    }
    if kinds.contains(&Kind::Customers) {
        kinds.push(Kind::Distinct);
    }
    kinds.sort_unstable();
    kinds.dedup();
    Ok(Share {
        kinds: Some(kinds),
        without: share.withheld.clone(),
        read_only: before.read_only,
    })
}

fn kinds_of(profile: &Profile) -> i64 {
    store::sync_kinds(profile.kinds().into_iter().map(stored_kind))
}

/// What can be done about a question, the harmless first.
pub(super) fn choices(kind: SyncQuestionKind) -> Vec<SyncChoice> {
    match kind {
        SyncQuestionKind::EmptyList | SyncQuestionKind::ManyDeletions => vec![
            SyncChoice::LookAgain,
            SyncChoice::SendAgain,
            SyncChoice::Pause,
            SyncChoice::RemoveHere,
        ],
        SyncQuestionKind::Wiped | SyncQuestionKind::RolledBack => vec![
            SyncChoice::SendAgain,
            SyncChoice::LookAgain,
            SyncChoice::Pause,
            SyncChoice::RemoveHere,
        ],
        SyncQuestionKind::LongAway | SyncQuestionKind::OtherBusiness => {
            vec![SyncChoice::Pause, SyncChoice::Join, SyncChoice::RemoveHere]
        }
    }
}
