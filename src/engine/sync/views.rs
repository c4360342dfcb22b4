//! What a page is told about sync.

use super::commands::choices;
use super::link::{Link, Trouble};
use super::local::{Local, stamp};
use super::place::{WHY_LACKS, WHY_TAKEN, WHY_UNKNOWN};
use super::session::RunNote;
use super::wire::{Ids, stored_kind, travelling_kind};
use crate::fault::OrFault;
use crate::public::Terms;
use crate::{Context, Engine, Unanswered};
use model::Timestamp;
use protocol::{
    Fault, Page, Reply, SyncAside, SyncAuth, SyncConflict, SyncCount, SyncField, SyncOffer,
    SyncOverview, SyncPending, SyncPreset, SyncPreview, SyncPreviewKind, SyncProfileCheck,
    SyncProfileWrong, SyncQuery, SyncQuestion, SyncQuestionKind, SyncRecord, SyncReply, SyncRun,
    SyncSecretStanding, SyncShare, SyncSide, SyncValue,
};
use serde_json::{Map, Value, json};
use store::{RecordRef, SyncEntry};
use sync::{Auth, Key, Kind, Mode, PRESETS, Profile, Question, Record, Verified};
use xxhash_rust::xxh3::xxh3_64;

/// At most so many rows at once.
const MOST_ROWS: u32 = 100;

/// So many records tell how large all are.
const SAMPLED: usize = 40;

/// A number that names a record in the list of those set aside.
pub(super) fn aside_id(record: RecordRef) -> u64 {
    let text = format!("{:?} {}", record.kind, record.id);
    // Numbers of JavaScript hold 53 bits.
    xxh3_64(text.as_bytes()) >> 12
}

/// The name of a profile's mode.
pub(super) fn mode_name(mode: Mode) -> String {
    json!(mode).as_str().unwrap_or_default().to_owned()
}

fn auth_of(auth: &Auth) -> (SyncAuth, String) {
    match auth {
        Auth::None => (SyncAuth::None, String::new()),
        Auth::Basic => (SyncAuth::Basic, String::new()),
        Auth::Bearer | Auth::Oauth => (SyncAuth::Bearer, String::new()),
        Auth::Header { name, .. } => (SyncAuth::Header, name.clone()),
    }
}

fn page<T>(items: Vec<T>, total: u64, offset: u64) -> Page<T> {
    Page {
        total,
        offset,
        items,
    }
}

impl Engine {
    /// What the forms of records depend on.
    pub(super) fn sync_terms(&self) -> Terms {
        Terms {
            currency: self.settings.currency,
            zone: self.settings.zone,
            strict: false,
        }
    }

    /// Answers about sync.
    pub(crate) fn sync_query(
        &mut self,
        query: &SyncQuery,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let reply = match query {
            SyncQuery::Overview => SyncReply::Overview(self.sync_overview(context)?.map(Box::new)),
            SyncQuery::Presets => SyncReply::Presets(presets()),
            SyncQuery::Check { profile } => SyncReply::Profile(check(profile)),
            SyncQuery::Preview { share } => SyncReply::Preview(self.sync_preview(share)?),
            SyncQuery::Conflicts {
                settled,
                offset,
                limit,
            } => SyncReply::Conflicts(self.conflict_rows(*settled, *offset, *limit)?),
            SyncQuery::Pending { offset, limit } => {
                SyncReply::Pending(self.pending_rows(*offset, *limit, context)?)
            }
            SyncQuery::Aside { offset, limit } => {
                SyncReply::Aside(self.aside_rows(*offset, *limit)?)
            }
            SyncQuery::Runs { offset, limit } => SyncReply::Runs(self.run_rows(*offset, *limit)?),
        };
        Ok(Reply::Sync(Box::new(reply)))
    }

    fn sync_overview(&mut self, context: &Context) -> Result<Option<SyncOverview>, Fault> {
        let Some(link) = self.sync_link()? else {
            return Ok(None);
        };
        let Some(light) = self.sync_light(context)? else {
            return Ok(None);
        };
        let profile = link.profile()?;
        let zone = self.settings.zone;
        let local = |at: Timestamp| zone.write_local(at);
        let (auth, header) = auth_of(&profile.auth);
        let read = self.store.read();
        let (unknown, _) = read.sync_waiting_why(WHY_UNKNOWN).or_fault()?;
        let (orphans, _) = read.sync_waiting_why(WHY_LACKS).or_fault()?;
        let share = SyncShare {
            kinds: profile
                .kinds()
                .iter()
                .map(|it| it.name().to_owned())
                .collect(),
            withheld: profile.share.without.clone(),
        };
        Ok(Some(SyncOverview {
            light,
            address: profile.base.clone(),
            preset: profile.preset.clone().unwrap_or_default(),
            mode: mode_name(profile.mode),
            profile: serde_json::to_string_pretty(&profile.to_json()).unwrap_or_default(),
            auth,
            user: if header.is_empty() {
                link.user.clone()
            } else {
                header
            },
            secret: self.sync.secret.unwrap_or(match auth {
                SyncAuth::None => SyncSecretStanding::NotNeeded,
                _ => SyncSecretStanding::Missing,
            }),
            share,
            findings: link.findings.clone(),
            since: local(link.since),
            last_run: link.last_run.map(local),
            last_whole: link.last_whole.map(local),
            next_at: link.next_at.map(local),
            trouble: link.trouble.as_ref().map(|it| self.sync_trouble(it)),
            question: self.question(&link)?,
            running: self.sync.running,
            counts: self.sync_counts(&profile, context)?,
            unknown,
            orphans,
        }))
    }

    fn sync_counts(
        &mut self,
        profile: &Profile,
        context: &Context,
    ) -> Result<Vec<SyncCount>, Fault> {
        let pending = self.sync_pending(context.now)?;
        let kinds = profile.kinds();
        let stored: Vec<_> = kinds.iter().map(|kind| stored_kind(*kind)).collect();
        let there = self.sync_there(&stored, context.now)?;
        let read = self.store.read();
        let mut counts = Vec::new();
        for ((kind, stored), there) in kinds.into_iter().zip(stored).zip(there) {
            let waits = pending.iter().find(|it| it.kind == stored);
            counts.push(SyncCount {
                kind: kind.name().to_owned(),
                here: read.sync_here_count(stored).or_fault()?,
                there,
                pending: waits.map_or(0, |it| it.pending),
            });
        }
        Ok(counts)
    }

    fn question(&self, link: &Link) -> Result<Option<SyncQuestion>, Fault> {
        let Some((id, question)) = &link.question else {
            return Ok(None);
        };
        let (kind, of, known, missing) = match question {
            Question::Emptied { of, known } => {
                (SyncQuestionKind::EmptyList, Some(*of), *known, *known)
            }
            Question::ManyMissing { of, known, missing } => {
                (SyncQuestionKind::ManyDeletions, Some(*of), *known, *missing)
            }
            Question::Replaced => (SyncQuestionKind::Wiped, None, 0, 0),
            Question::AwayTooLong { missing, .. } => {
                (SyncQuestionKind::LongAway, None, 0, *missing)
            }
        };
        let here = match of {
            Some(of) => self
                .store
                .read()
                .sync_here_count(stored_kind(of))
                .or_fault()?,
            None => self.store.read().counts().or_fault()?.customers,
        };
        Ok(Some(SyncQuestion {
            id: *id,
            kind,
            of: of.map(|of| of.name().to_owned()),
            here: here.max(known),
            missing,
            limit: 20.max(known / 10),
            some: Vec::new(),
            choices: choices(kind),
        }))
    }

    /// A record by its name.
    pub(super) fn sync_named(&self, record: RecordRef) -> Result<SyncRecord, Fault> {
        let read = self.store.read();
        let kind = travelling_kind(record.kind).map_or("", Kind::name);
        let it = match read.sync_record(record).or_fault()? {
            Some(it) => Some(it),
            None => read.sync_removed(record).or_fault()?,
        };
        let owner = read.sync_owner(record).or_fault()?;
        let name_of = |id| -> Result<String, Fault> {
            let customer = read.customer(id).or_fault()?;
            Ok(customer
                .map(|it| crate::customers::subject(&it.fields))
                .unwrap_or_default())
        };
        use store::SyncRecord as S;
        let title = match &it {
            Some(S::Customer(it)) => crate::customers::subject(&it.fields),
            Some(S::Order(it)) => match &it.fields.external_id {
                Some(number) => number.clone(),
                None => name_of(it.customer)?,
            },
            Some(S::Segment(it)) => it.name.clone(),
            Some(S::List(it)) => it.name.clone(),
            Some(S::Coupon(it)) => it.coupon.name.clone(),
            Some(S::Code(it)) => it.fields.code.clone(),
            _ => match owner {
                Some(owner) => name_of(owner)?,
                None => String::new(),
            },
        };
        Ok(SyncRecord {
            kind: kind.to_owned(),
            id: Ids::new(read).out(record).or_fault()?,
            customer: owner.map(|it| it.to_string()).unwrap_or_default(),
            title,
        })
    }

    fn conflict_rows(
        &self,
        settled: bool,
        offset: u64,
        limit: u32,
    ) -> Result<Page<SyncConflict>, Fault> {
        let read = self.store.read();
        let limit = limit.min(MOST_ROWS);
        let rows = read.sync_conflicts(settled, offset, limit).or_fault()?;
        let zone = self.settings.zone;
        let terms = self.sync_terms();
        let mut items = Vec::new();
        for row in rows.items {
            let kept: Value = serde_json::from_str(&row.kept).unwrap_or_default();
            let lost: Value = serde_json::from_str(&row.lost).unwrap_or_default();
            let gone = row.field == "deleted";
            let side = |it: &Value, here: bool| SyncValue {
                json: match it.get("value") {
                    None | Some(Value::Null) if gone => String::new(),
                    Some(value) => value.to_string(),
                    None => "null".to_owned(),
                },
                side: if here {
                    SyncSide::Here
                } else {
                    SyncSide::There
                },
                local_at: it
                    .get("ms")
                    .and_then(Value::as_i64)
                    .filter(|ms| *ms > 0)
                    .map(|ms| zone.write_local(Timestamp(ms)))
                    .unwrap_or_default(),
            };
            let now = match read.sync_record(row.record).or_fault()? {
                Some(it) => super::wire::encode(read, &terms, &it, &Map::new()).or_fault()?,
                None => Map::new(),
            };
            let is = match row.field.split_once('.') {
                Some((field, part)) => now.get(field).and_then(|it| match it {
                    Value::Object(members) => members.get(part).cloned(),
                    Value::Array(items) => {
                        items.iter().find(|it| it.as_str() == Some(part)).cloned()
                    }
                    _ => None,
                }),
                None => now.get(&row.field).cloned(),
            };
            let kept_value = kept.get("value").cloned().filter(|value| !value.is_null());
            items.push(SyncConflict {
                id: row.id.unsigned_abs(),
                record: self.sync_named(row.record)?,
                field: if gone {
                    String::new()
                } else {
                    row.field.clone()
                },
                before: kept.get("before").unwrap_or(&Value::Null).to_string(),
                kept: side(&kept, row.theirs_lost),
                other: side(&lost, !row.theirs_lost),
                local_at: zone.write_local(row.at),
                settled: row.settled.is_some(),
                changed_since: !gone && is != kept_value,
            });
        }
        Ok(page(items, rows.total, offset))
    }

    fn pending_rows(
        &mut self,
        offset: u64,
        limit: u32,
        context: &Context,
    ) -> Result<Page<SyncPending>, Fault> {
        let pending = self.sync_pending(context.now)?;
        let total = pending.iter().map(|it| it.pending - it.aside).sum();
        let failures = self.sync_failures()?;
        let read = self.store.read();
        let rows = read
            .sync_outbox_page(false, offset, limit.min(MOST_ROWS))
            .or_fault()?;
        let mut items = Vec::new();
        for row in rows {
            items.push(SyncPending {
                removed: !read.sync_has(row.record).or_fault()?,
                record: self.sync_named(row.record)?,
                local_at: self.entry_at(&row)?,
                tries: row.tries.max(failures),
            });
        }
        Ok(page(items, total, offset))
    }

    fn entry_at(&self, row: &SyncEntry) -> Result<String, Fault> {
        let ms = match row.clock.ms {
            0 => {
                let made = self.store.read().sync_made(row.record).or_fault()?;
                made.map_or(0, |(clock, _)| clock.ms)
            }
            ms => ms,
        };
        Ok(match ms {
            0 => String::new(),
            ms => self.settings.zone.write_local(Timestamp(ms)),
        })
    }

    fn aside_rows(&self, offset: u64, limit: u32) -> Result<Page<SyncAside>, Fault> {
        let read = self.store.read();
        let limit = limit.min(MOST_ROWS);
        let rows = read.sync_outbox_page(true, offset, limit).or_fault()?;
        let profile = self.must_link()?.profile()?;
        let local = self.sync_local(&profile);
        let mut items = Vec::new();
        for row in rows {
            let fault = row
                .aside
                .as_deref()
                .and_then(|it| serde_json::from_str(it).ok());
            let fault: sync::Fault =
                fault.unwrap_or_else(|| sync::Fault::new(sync::FaultCode::Refused, "", "", ""));
            let sent = match travelling_kind(row.record.kind) {
                Some(kind) => local.outgoing(kind, &row).or_fault()?,
                None => None,
            };
            let bytes = sent.map_or(0, |it| it.record.to_json().to_string().len());
            items.push(SyncAside {
                id: aside_id(row.record),
                record: self.sync_named(row.record)?,
                incoming: false,
                bytes: bytes as u64,
                trouble: self.sync_trouble(&bare(fault, row.clock.ms)),
            });
        }
        // What came and cannot be taken, but for what only waits for its customer.
        for it in read.sync_waiting(None, 0, limit as usize).or_fault()? {
            if it.why == WHY_LACKS {
                continue;
            }
            let code = match it.why.as_str() {
                WHY_UNKNOWN => sync::FaultCode::UnknownKind,
                WHY_TAKEN => sync::FaultCode::Taken,
                _ => sync::FaultCode::BadRecord,
            };
            let body: Value = serde_json::from_str(&it.body).unwrap_or_default();
            let fault = body.get("fault").cloned();
            let fault = fault.and_then(|fault| serde_json::from_value(fault).ok());
            let fault = fault.unwrap_or_else(|| sync::Fault::new(code, &it.kind, "", ""));
            items.push(SyncAside {
                id: it.id.unsigned_abs(),
                record: SyncRecord {
                    kind: it.kind,
                    id: it.wire,
                    customer: String::new(),
                    title: named(&body),
                },
                incoming: true,
                bytes: it.body.len() as u64,
                trouble: self.sync_trouble(&bare(fault, it.at.0)),
            });
        }
        let total = offset + items.len() as u64;
        Ok(page(items, total, offset))
    }

    /// How often in a row the endpoint could not be asked: whatever waits was tried as often.
    fn sync_failures(&self) -> Result<u32, Fault> {
        let link = self.store.read().sync_link().or_fault()?;
        let state: Value = link
            .and_then(|link| serde_json::from_str(&link.state).ok())
            .unwrap_or_default();
        let failures = state.get("failures").and_then(Value::as_u64).unwrap_or(0);
        Ok(u32::try_from(failures).unwrap_or(u32::MAX))
    }

    fn run_rows(&self, offset: u64, limit: u32) -> Result<Page<SyncRun>, Fault> {
        let rows = self
            .store
            .read()
            .sync_runs(offset, limit.min(MOST_ROWS))
            .or_fault()?;
        let zone = self.settings.zone;
        let mut items = Vec::new();
        for row in rows.items {
            let Ok(note) = serde_json::from_str::<RunNote>(&row.report) else {
                continue;
            };
            items.push(SyncRun {
                id: row.seq.unsigned_abs(),
                local_at: zone.write_local(row.at),
                ms: (row.ended.0 - row.at.0).unsigned_abs(),
                whole: note.report.full,
                sent: note.report.pushed,
                received: note.report.pulled,
                removed: note.report.removed,
                conflicts: note.report.conflicts,
                requests: note.report.requests,
                bytes: note.bytes,
                trouble: note.trouble.as_ref().map(|it| self.sync_trouble(it)),
                asked: note.asked.as_ref().map(question_kind),
            });
        }
        Ok(page(items, rows.total, offset))
    }

    fn sync_preview(&self, share: &SyncShare) -> Result<SyncPreview, Fault> {
        let mut profile = blank()?;
        profile.share.kinds = Some(
            share
                .kinds
                .iter()
                .filter_map(|it| Kind::parse(it))
                .collect(),
        );
        profile.share.without.clone_from(&share.withheld);
        let local = self.sync_local(&profile);
        let (mut kinds, mut offers, mut bytes) = (Vec::new(), Vec::new(), 0);
        for kind in Kind::ALL.iter().copied() {
            let records = local.read.sync_here_count(stored_kind(kind)).or_fault()?;
            offers.push(SyncOffer {
                kind: kind.name().to_owned(),
                records,
                fields: self.offered(kind)?,
            });
            if !profile.kinds().contains(&kind) {
                continue;
            }
            let (example, size) = sample(&local, kind, &profile)?;
            bytes += size * records;
            kinds.push(SyncPreviewKind {
                kind: kind.name().to_owned(),
                records,
                example,
            });
        }
        Ok(SyncPreview {
            kinds,
            offers,
            bytes,
        })
    }

    fn offered(&self, kind: Kind) -> Result<Vec<SyncField>, Fault> {
        let mut fields: Vec<SyncField> = kind
            .fields()
            .iter()
            .map(|(key, needed)| SyncField {
                key: (*key).to_owned(),
                needed: *needed,
                filled: None,
            })
            .collect();
        if kind == Kind::Customers {
            let own = self.store.read().custom_keys().or_fault()?;
            fields.extend(own.into_iter().map(|key| SyncField {
                key: format!("custom.{key}"),
                needed: false,
                filled: None,
            }));
        }
        Ok(fields)
    }
}

/// The first record of a kind as it would be sent, and how large one is.
fn sample(
    local: &Local<'_>,
    kind: Kind,
    profile: &Profile,
) -> Result<(Option<String>, u64), Fault> {
    let records = local
        .read
        .sync_some(stored_kind(kind), SAMPLED)
        .or_fault()?;
    let (mut example, mut sum, mut count) = (None, 0_u64, 0_u64);
    for record in records {
        let Some(it) = local.read.sync_record(record).or_fault()? else {
            continue;
        };
        let fields = local.fields(kind, &it, &Map::new()).or_fault()?;
        let id = Ids::new(local.read).out(record).or_fault()?;
        let made = local.read.sync_made(record).or_fault()?;
        let at = made
            .map(|(clock, _)| stamp(clock, local.node))
            .unwrap_or_default();
        let whole = Record::new(Key::new(kind, &id), fields, at)
            .without(|path| profile.withholds(kind, path))
            .to_json();
        sum += whole.to_string().len() as u64;
        count += 1;
        if example.is_none() {
            example = serde_json::to_string_pretty(&whole).ok();
        }
    }
    Ok((example, sum.checked_div(count).unwrap_or(0)))
}

/// A profile of nothing in particular, for what only looks at what is shared.
fn blank() -> Result<Profile, Fault> {
    super::commands::parse(
        r#"{"profile":1,"name":"-","base":"https://example.org","mode":"collection"}"#,
    )
}

fn question_kind(question: &Question) -> SyncQuestionKind {
    match question {
        Question::Emptied { .. } => SyncQuestionKind::EmptyList,
        Question::ManyMissing { .. } => SyncQuestionKind::ManyDeletions,
        Question::Replaced => SyncQuestionKind::Wiped,
        Question::AwayTooLong { .. } => SyncQuestionKind::LongAway,
    }
}

fn bare(fault: sync::Fault, ms: i64) -> Trouble {
    Trouble {
        fault,
        at: Timestamp(ms),
        method: String::new(),
        url: String::new(),
        headers: Vec::new(),
        retry_at: None,
    }
}

fn presets() -> Vec<SyncPreset> {
    let mut found = Vec::new();
    for preset in PRESETS {
        let json: Value = serde_json::from_str(preset.json).unwrap_or_default();
        let Ok(profile) = Profile::parse(&json) else {
            continue;
        };
        found.push(SyncPreset {
            key: preset.id.to_owned(),
            mode: mode_name(profile.mode),
            auth: auth_of(&profile.auth).0,
            example: profile.base.clone(),
            verified: profile.verified == Verified::Tested,
            profile: serde_json::to_string_pretty(&profile.to_json()).unwrap_or_default(),
        });
    }
    found
}

fn check(text: &str) -> SyncProfileCheck {
    let json: Result<Value, _> = serde_json::from_str(text);
    let wrong = match json {
        Err(error) => vec![SyncProfileWrong {
            path: String::new(),
            found: error.to_string(),
            expected: "JSON".to_owned(),
        }],
        Ok(json) => match Profile::parse(&json) {
            Ok(_) => Vec::new(),
            Err(faults) => faults
                .into_iter()
                .map(|fault| SyncProfileWrong {
                    path: fault.path,
                    found: fault.found,
                    expected: fault.expected,
                })
                .collect(),
        },
    };
    SyncProfileCheck { wrong }
}

/// What a record that waits calls itself.
fn named(body: &Value) -> String {
    let record = body.get("record").or_else(|| body.get("json"));
    let text = |name: &str| record.and_then(|it| it.get(name)?.as_str());
    let found = text("name").or_else(|| text("code"));
    found.unwrap_or_default().to_owned()
}
