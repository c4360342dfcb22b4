//! Doing something to many customers, some at a time, all under one batch; and saying beforehand what it would do.

use super::static_lists::{check_names, existing};
use crate::apply::Known;
use crate::fault::{self, Failure, OrFault};
use crate::follow::Touched;
use crate::points::{self, Bonus};
use crate::{Applied, Changed, Context, Engine, Step, Unanswered, coupons, validate};
use model::{BatchId, Customer, CustomerId, Issue, IssueCode, ListId, Points};
use protocol::{
    BonusEnds, Bulk, BulkAct, BulkExample, BulkPreview, BulkRefusal, BulkValue, Chosen, Done,
    Fault, FaultCode, ListOrigin, MembershipOutcome, MembershipReply, Outcome, Progress, Reply,
    Stage,
};
use std::rc::Rc;
use store::{BatchMeta, RecordKind, Tx};

/// Customers of one step.
const CUSTOMERS: usize = 250;

/// Members of one step who get points: each account is worked out.
const MEMBERS: usize = 20;

/// Examples of a preview.
const EXAMPLES: usize = 6;

/// Longest tag or owner, in characters.
const SHORT: usize = 200;

/// One bulk action, or its preview.
pub struct BulkSession {
    bulk: Bulk,
    ids: Rc<Vec<CustomerId>>,
    at: usize,
    request: String,
    dry: bool,
    batch: Option<BatchId>,
    list: Option<ListId>,
    changed_kinds: Option<Changed>,
    told: BulkPreview,
    /// The answer of the first time, if the request was applied before.
    answered: Option<Done>,
}

/// What became of one customer.
enum Fate {
    Changed(BulkValue, BulkValue),
    Unchanged,
    Refused(Fault),
}

impl BulkSession {
    /// Starts. `dry` only says what would be done.
    ///
    /// # Errors
    /// `Invalid`, `NotFound`, `NoProgram`; `Busy` while columns are being read and the choice needs them.
    pub fn new(
        engine: &mut Engine,
        bulk: &Bulk,
        dry: bool,
        request_id: &str,
        context: &Context,
    ) -> Result<Self, Fault> {
        let bulk = Bulk {
            act: check(engine, &bulk.act)?,
            ..bulk.clone()
        };
        let ids = match &bulk.who {
            Chosen::List(list) => engine.list_ids(list, context).map_err(busy)?,
            Chosen::Ids(ids) => {
                let mut ids = ids.clone();
                ids.sort_unstable();
                ids.dedup();
                Rc::new(ids)
            }
        };
        if dry && matches!(bulk.act, BulkAct::Award { .. }) && !engine.columns_ready() {
            return Err(Fault::new(FaultCode::Busy));
        }
        Ok(Self {
            told: BulkPreview {
                chosen: ids.len() as u64,
                changed: 0,
                unchanged: 0,
                refused: Vec::new(),
                examples: Vec::new(),
            },
            bulk,
            ids,
            at: 0,
            request: request_id.to_owned(),
            dry,
            batch: None,
            list: None,
            changed_kinds: None,
            answered: if dry {
                None
            } else {
                engine.answered(request_id)?
            },
        })
    }

    /// Says what would be done.
    ///
    /// # Errors
    /// `Storage`.
    pub fn preview(
        &mut self,
        engine: &mut Engine,
        context: &Context,
    ) -> Result<Step<Reply>, Fault> {
        let ids = self.next_ids();
        if ids.is_empty() {
            let told = MembershipReply::Preview(self.told.clone());
            return Ok(Step::Done(Reply::Membership(Box::new(told))));
        }
        let customers = engine.store.read().customers(&ids).or_fault()?;
        let today = engine.today(context);
        let balances: Vec<Points> = match self.bulk.act {
            BulkAct::Award { .. } => {
                let view = engine.view_points(today, today).map_err(busy)?;
                let balance = |customer: &Customer| {
                    let slot = view.columns.slot(customer.id)?;
                    let (table, _) = view.points()?;
                    Some(table.standing.get(slot as usize)?.balance)
                };
                customers
                    .iter()
                    .map(|customer| balance(customer).unwrap_or(Points::ZERO))
                    .collect()
            }
            _ => Vec::new(),
        };
        for (at, customer) in customers.iter().enumerate() {
            let balance = balances.get(at).copied().unwrap_or(Points::ZERO);
            let fate = self.look(engine.store.read(), customer, balance)?;
            self.tell(customer, fate);
        }
        Ok(Step::More(self.progress()))
    }

    /// Goes on.
    ///
    /// # Errors
    /// `Storage`, `QuotaExceeded`; what earlier steps did stays done, under one batch.
    pub fn step(&mut self, engine: &mut Engine, context: &Context) -> Result<Step<Applied>, Fault> {
        if let Some(done) = self.answered.take() {
            return Ok(Step::Done(Applied {
                done,
                changed: None,
            }));
        }
        let ids = self.next_ids();
        if ids.is_empty() && self.at > 0 {
            return self.finish(engine, context).map(Step::Done);
        }
        let programs = engine.programs()?;
        let known = Known {
            settings: &engine.settings,
            today: engine.settings.zone.day(context.now),
            context,
            programs,
            circle: coupons::Circle::default(),
        };
        let subject = self.subject(engine.store.read())?;
        let meta = BatchMeta {
            continues: self.batch,
            ..self.meta(&subject, context)
        };
        let written = engine.store.write(meta, |tx| -> Result<Touched, Failure> {
            let mut touched = Touched::default();
            if self.list.is_none() && self.at <= ids.len() {
                self.make_list(tx, context)?;
            }
            for customer in tx.read().customers(&ids)? {
                let fate = self.change(&customer, &known, tx, &mut touched)?;
                self.tell(&customer, fate);
            }
            Ok(touched)
        })?;
        self.batch = self.batch.or(written.batch);
        // A choice of nobody comes to its end as any other.
        self.at = self.at.max(1);
        if written.batch.is_some() {
            let kinds: Vec<RecordKind> = written.kinds();
            let changed = engine.follow(written.value, written.data_version, &kinds)?;
            match &mut self.changed_kinds {
                Some(before) => before.and(changed),
                none => *none = Some(changed),
            }
        }
        Ok(Step::More(self.progress()))
    }

    /// Ends it before its end: what was done stays done, and is said.
    ///
    /// # Errors
    /// `Storage`.
    pub fn stop(&mut self, engine: &mut Engine, context: &Context) -> Result<Step<Applied>, Fault> {
        self.finish(engine, context).map(Step::Done)
    }

    fn next_ids(&mut self) -> Vec<CustomerId> {
        let step = match self.bulk.act {
            BulkAct::Award { .. } if !self.dry => MEMBERS,
            _ => CUSTOMERS,
        };
        let from = self.at.min(self.ids.len());
        let to = from.saturating_add(step).min(self.ids.len());
        self.at = self.at.max(to);
        self.ids.get(from..to).unwrap_or_default().to_vec()
    }

    fn progress(&self) -> Progress {
        Progress {
            stage: if self.dry {
                Stage::Reading
            } else {
                Stage::Writing
            },
            done: self.at.min(self.ids.len()) as u64,
            total: self.ids.len() as u64,
            rows: self.at.min(self.ids.len()) as u64,
        }
    }

    fn meta<'m>(&self, subject: &'m str, context: &'m Context) -> BatchMeta<'m> {
        BatchMeta {
            name: match self.bulk.act {
                BulkAct::Tag { .. } => "tag_customers",
                BulkAct::Assign { .. } => "assign_customers",
                BulkAct::Award { .. } => "award_points",
                BulkAct::AddToList { .. } => "add_to_list",
                BulkAct::Freeze { .. } => "save_list",
                BulkAct::TakeOffList { .. } => "take_off_list",
            },
            subject,
            who: &context.who,
            at: context.now,
            request: None,
            continues: None,
            bulk: false,
        }
    }

    fn subject(&self, read: store::Reader<'_>) -> Result<String, Fault> {
        Ok(match &self.bulk.act {
            BulkAct::Tag { tag, .. } => tag.clone(),
            BulkAct::Assign { owner } => owner.clone().unwrap_or_default(),
            BulkAct::Award { reason, .. } => reason.clone(),
            BulkAct::Freeze { name, .. } => name.clone(),
            BulkAct::AddToList { list } | BulkAct::TakeOffList { list } => read
                .list(*list)
                .or_fault()?
                .map(|list| list.name)
                .unwrap_or_default(),
        })
    }

    /// The list that is to be made of them.
    fn make_list(&mut self, tx: &mut Tx<'_>, context: &Context) -> Result<(), Failure> {
        let BulkAct::Freeze { name, note } = &self.bulk.act else {
            return Ok(());
        };
        let origin = match &self.bulk.who {
            Chosen::List(list) => {
                let of = match list.segment {
                    Some(id) => tx.read().segment(id)?.map(|segment| segment.name),
                    None => None,
                };
                let zone = tx.read().settings()?.zone;
                Some(ListOrigin {
                    segment: list.segment,
                    name: of,
                    rule: list.rule.clone(),
                    as_of: Some(list.as_of.unwrap_or(zone.day(context.now))),
                })
            }
            Chosen::Ids(_) => None,
        };
        let origin = origin
            .map(|origin| serde_json::to_string(&origin))
            .transpose()
            .map_err(|error| fault::internal(error.to_string()))?;
        self.list = Some(tx.create_list(name, note.as_deref(), origin.as_deref())?);
        Ok(())
    }

    /// What would become of a customer.
    fn look(
        &self,
        read: store::Reader<'_>,
        customer: &Customer,
        balance: Points,
    ) -> Result<Fate, Fault> {
        Ok(match &self.bulk.act {
            BulkAct::Tag { tag, add } => tags(customer, tag, *add),
            BulkAct::Assign { owner } => owners(customer, owner.as_ref()),
            BulkAct::Award { points, .. } => match balance.0.checked_add(points.0) {
                Some(after) => Fate::Changed(
                    BulkValue::Balance(balance),
                    BulkValue::Balance(Points(after)),
                ),
                None => Fate::Refused(Fault::new(FaultCode::Internal)),
            },
            BulkAct::Freeze { .. } => {
                Fate::Changed(BulkValue::OnList(false), BulkValue::OnList(true))
            }
            BulkAct::AddToList { list } => {
                let on = read.list_member(*list, customer.id).or_fault()?.is_some();
                places(on, true)
            }
            BulkAct::TakeOffList { list } => {
                let on = read.list_member(*list, customer.id).or_fault()?.is_some();
                places(on, false)
            }
        })
    }

    fn change(
        &self,
        customer: &Customer,
        known: &Known<'_>,
        tx: &mut Tx<'_>,
        touched: &mut Touched,
    ) -> Result<Fate, Failure> {
        let id = customer.id;
        match &self.bulk.act {
            BulkAct::Award { points, reason } => {
                let bonus = Bonus {
                    customer: id,
                    points: *points,
                    qualifies: false,
                    ends: BonusEnds::ByProgram,
                    reason,
                    key: &format!("bulk:{}:{id}", self.request),
                };
                return Ok(match points::bonus(&bonus, known, tx) {
                    Ok((outcome, more)) => {
                        touched.points.extend(more.points);
                        let after = match outcome {
                            Outcome::Points { balance, .. } => balance,
                            _ => *points,
                        };
                        let before = Points(after.0.saturating_sub(points.0));
                        Fate::Changed(BulkValue::Balance(before), BulkValue::Balance(after))
                    }
                    Err(Failure::Fault(fault)) => Fate::Refused(fault),
                    Err(failure) => return Err(failure),
                });
            }
            BulkAct::Freeze { .. } | BulkAct::AddToList { .. } => {
                let list = match &self.bulk.act {
                    BulkAct::AddToList { list } => Some(*list),
                    _ => self.list,
                };
                let added = match list {
                    Some(list) => tx.add_to_list(list, id)?,
                    None => false,
                };
                return Ok(places(!added, true));
            }
            BulkAct::TakeOffList { list } => {
                let taken = tx.take_off_list(*list, id)?;
                return Ok(places(taken, false));
            }
            BulkAct::Tag { .. } | BulkAct::Assign { .. } => {}
        }
        let fate = self.look(tx.read(), customer, Points::ZERO)?;
        let mut fields = customer.fields.clone();
        match &fate {
            Fate::Changed(_, BulkValue::Tags(tags)) => fields.tags.clone_from(tags),
            Fate::Changed(_, BulkValue::Owner(owner)) => fields.owner.clone_from(owner),
            _ => return Ok(fate),
        }
        tx.update_customer(id, &fields)?;
        touched.records.insert(id);
        Ok(fate)
    }

    fn tell(&mut self, customer: &Customer, fate: Fate) {
        match fate {
            Fate::Unchanged => self.told.unchanged += 1,
            Fate::Changed(before, after) => {
                self.told.changed += 1;
                if self.told.examples.len() < EXAMPLES {
                    self.told.examples.push(BulkExample {
                        id: customer.id,
                        name: crate::customers::subject(&customer.fields),
                        before,
                        after,
                    });
                }
            }
            Fate::Refused(fault) => {
                let known = self.told.refused.iter_mut().find(|known| {
                    known.fault.code == fault.code && known.fault.issues == fault.issues
                });
                match known {
                    Some(known) => known.count += 1,
                    None => self.told.refused.push(BulkRefusal {
                        fault,
                        count: 1,
                        customer: customer.id,
                        name: crate::customers::subject(&customer.fields),
                    }),
                }
            }
        }
    }

    /// Keeps the answer for a repeated request.
    fn finish(&mut self, engine: &mut Engine, context: &Context) -> Result<Applied, Fault> {
        let done = Done {
            batch: self.batch,
            outcome: Outcome::Membership(MembershipOutcome::Bulk {
                changed: self.told.changed,
                unchanged: self.told.unchanged,
                refused: self.told.refused.iter().map(|refusal| refusal.count).sum(),
                list: self.list,
            }),
        };
        let reply = serde_json::to_string(&done).map_err(|e| fault::internal(e.to_string()))?;
        let subject = self.subject(engine.store.read())?;
        let meta = BatchMeta {
            request: Some(&self.request),
            ..self.meta(&subject, context)
        };
        let kept = engine.store.write(meta, |tx| {
            tx.set_reply(reply);
            Ok::<_, store::StoreError>(())
        });
        kept.or_fault()?;
        Ok(Applied {
            done,
            changed: self.changed_kinds.take(),
        })
    }
}

/// What a person wrote, tidied; or what is wrong with it.
fn check(engine: &mut Engine, act: &BulkAct) -> Result<BulkAct, Fault> {
    let wrong = |code, field: &str| Fault::invalid(vec![Issue::error(code).in_field(field)]);
    let short = |text: &str, field: &str| {
        let text = text.trim();
        match text.chars().count() {
            0 => Err(wrong(IssueCode::Missing, field)),
            1..=SHORT => Ok(text.to_owned()),
            _ => Err(wrong(IssueCode::TooLong, field)),
        }
    };
    Ok(match act {
        BulkAct::Tag { tag, add } => BulkAct::Tag {
            tag: short(tag, "tag")?,
            add: *add,
        },
        BulkAct::Assign { owner } => BulkAct::Assign {
            owner: match owner.as_deref().map(str::trim) {
                None | Some("") => None,
                Some(owner) => Some(short(owner, "owner")?),
            },
        },
        BulkAct::Award { points, reason } => {
            if engine.programs()?.is_empty() {
                return Err(Fault::new(FaultCode::NoProgram));
            }
            if *points <= Points::ZERO {
                return Err(wrong(IssueCode::Missing, "points"));
            }
            BulkAct::Award {
                points: *points,
                reason: short(reason, "reason")?,
            }
        }
        BulkAct::Freeze { name, note } => {
            let (name, note) = check_names(name, note.as_deref())?;
            BulkAct::Freeze { name, note }
        }
        BulkAct::AddToList { list } | BulkAct::TakeOffList { list } => {
            existing(engine.store.read(), *list)?;
            act.clone()
        }
    })
}

fn tags(customer: &Customer, tag: &str, add: bool) -> Fate {
    let before = &customer.fields.tags;
    if before.iter().any(|known| known == tag) == add {
        return Fate::Unchanged;
    }
    let mut after = before.clone();
    if add {
        after.push(tag.to_owned());
        after.sort();
    } else {
        after.retain(|known| known != tag);
    }
    match validate::tags(&after) {
        Ok(()) => Fate::Changed(BulkValue::Tags(before.clone()), BulkValue::Tags(after)),
        Err(issues) => Fate::Refused(Fault::invalid(issues)),
    }
}

fn owners(customer: &Customer, owner: Option<&String>) -> Fate {
    let before = customer.fields.owner.clone();
    if before.as_ref() == owner {
        return Fate::Unchanged;
    }
    Fate::Changed(BulkValue::Owner(before), BulkValue::Owner(owner.cloned()))
}

fn places(on: bool, shall: bool) -> Fate {
    if on == shall {
        return Fate::Unchanged;
    }
    Fate::Changed(BulkValue::OnList(on), BulkValue::OnList(shall))
}

/// Columns that are not there yet are awaited by whoever drives the work.
pub(crate) fn busy(unanswered: Unanswered) -> Fault {
    match unanswered {
        Unanswered::NotReady => Fault::new(FaultCode::Busy),
        Unanswered::Fault(fault) => fault,
    }
}
