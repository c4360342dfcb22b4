//! Mending rows of a finding, some in a step, all in one batch that can be undone.
//!
//! What is wrong is worked out anew for each record: a value that was changed since is left alone.

use super::Hit;
use super::shape::Shape;
use crate::apply::Known;
use crate::fault::{self, Failure, OrFault};
use crate::follow::Touched;
use crate::stint::Stint;
use crate::{Applied, Context, Engine, Step, coupons, orders};
use model::{Customer, CustomerDraft, CustomerId, OrderId};
use protocol::{Fault, FaultCode, Finding, Fix};
use std::rc::Rc;
use store::BatchMeta;

/// Records in one step.
const RECORDS: usize = 50;

/// Mending under way.
pub struct FixSession {
    finding: Finding,
    fix: Fix,
    ids: Vec<i64>,
    shape: Rc<Shape>,
    stint: Stint,
}

impl FixSession {
    /// Starts; no rows means all that the last look found.
    ///
    /// # Errors
    /// `Invalid` when the finding is not mended so; `NotFound` for a row that is no id.
    pub fn new(
        engine: &Engine,
        finding: Finding,
        fix: Fix,
        rows: &[String],
    ) -> Result<Self, Fault> {
        if !finding.fixes().contains(&fix) {
            return Err(Fault::new(FaultCode::Invalid).at("fix"));
        }
        let kept = engine
            .quality
            .as_ref()
            .ok_or_else(|| Fault::new(FaultCode::Conflict))?;
        let ids = if rows.is_empty() {
            kept.rows.get(&finding).cloned().unwrap_or_default()
        } else {
            rows.iter()
                .map(|row| model::id::decode(row).map_err(|_| fault::not_found(row)))
                .collect::<Result<_, _>>()?
        };
        Ok(Self {
            finding,
            fix,
            ids,
            shape: Rc::clone(&kept.shape),
            stint: Stint::default(),
        })
    }

    /// Goes on.
    ///
    /// # Errors
    /// `Storage`, `QuotaExceeded`; what earlier steps did stays done, under one batch.
    pub fn step(&mut self, engine: &mut Engine, context: &Context) -> Result<Step<Applied>, Fault> {
        let Some(range) = self.stint.next(self.ids.len(), RECORDS) else {
            return Ok(Step::Done(self.stop()));
        };
        let to = range.end;
        let ids = self.ids.get(range).unwrap_or_default().to_vec();
        let plans = self.plans(engine, &ids, context)?;
        let programs = engine.programs()?;
        let known = Known {
            settings: &engine.settings,
            today: engine.settings.zone.day(context.now),
            context,
            programs,
            circle: coupons::Circle::default(),
        };
        let meta = BatchMeta {
            name: "fix_quality",
            subject: self.finding.code(),
            who: &context.who,
            at: context.now,
            request: None,
            continues: self.stint.batch,
            bulk: false,
        };
        let code = self.finding.code();
        let written = engine.store.write(meta, |tx| -> Result<_, Failure> {
            let (mut touched, mut count) = (Touched::default(), 0);
            for plan in plans {
                match plan {
                    Plan::Customer(id, fields) => {
                        if tx.update_customer(id, &fields)? {
                            touched.records.insert(id);
                            count += 1;
                        }
                    }
                    Plan::RemoveOrder(id) => {
                        let (_, more) = orders::remove(id, &known, tx)?;
                        touched.removed_orders.extend(more.removed_orders);
                        touched.points.extend(more.points);
                        count += 1;
                    }
                    Plan::Accept(id) => count += u64::from(tx.pass_finding(code, id)?),
                }
            }
            Ok((touched, count))
        })?;
        self.stint.did(engine, to, written)?;
        Ok(Step::More(self.stint.progress(self.ids.len())))
    }

    /// Ends it, perhaps before its end: what was done stays done and can be undone as one.
    pub fn stop(&mut self) -> Applied {
        self.stint.stop()
    }

    fn plans(&self, engine: &Engine, ids: &[i64], context: &Context) -> Result<Vec<Plan>, Fault> {
        let read = engine.store.read();
        let mut plans = Vec::with_capacity(ids.len());
        for &id in ids {
            if self.fix == Fix::Accept {
                plans.push(Plan::Accept(id));
                continue;
            }
            if self.finding.is_about_orders() {
                if self.fix == Fix::Remove && read.order(OrderId(id)).or_fault()?.is_some() {
                    plans.push(Plan::RemoveOrder(OrderId(id)));
                }
                continue;
            }
            let Some(customer) = read.customer(CustomerId(id)).or_fault()? else {
                continue;
            };
            plans.extend(self.plan(engine, customer, context));
        }
        Ok(plans)
    }

    fn plan(&self, engine: &Engine, customer: Customer, context: &Context) -> Option<Plan> {
        let id = customer.id;
        let mut fields = customer.fields.clone();
        let mut mended = false;
        // A customer may have several odd tags: one after the other.
        for _ in 0..20 {
            let now = Customer {
                fields: fields.clone(),
                ..customer.clone()
            };
            let hits = engine.hits(&now, &self.shape, context);
            let Some(hit) = hits.into_iter().find(|hit| hit.finding == self.finding) else {
                break;
            };
            if !mend(&mut fields, &hit, self.fix) {
                break;
            }
            mended = true;
        }
        mended.then_some(Plan::Customer(id, Box::new(fields)))
    }
}

enum Plan {
    Customer(CustomerId, Box<CustomerDraft>),
    RemoveOrder(OrderId),
    Accept(i64),
}

/// Puts the right value in, or takes the wrong one away; `false` when neither can be done.
fn mend(fields: &mut CustomerDraft, hit: &Hit, fix: Fix) -> bool {
    let right = match fix {
        Fix::Replace => match &hit.suggestion {
            Some(right) => Some(right.clone()),
            None => return false,
        },
        Fix::Clear => None,
        Fix::Remove | Fix::Accept => return false,
    };
    match hit.field {
        "name" => fields.name = right.unwrap_or_default(),
        "email" => fields.email = right,
        "phone" => fields.phone = right,
        "birthday" => fields.birthday = right.and_then(|day| day.parse().ok()),
        "signupOn" => fields.signup_on = right.and_then(|day| day.parse().ok()),
        "acquisitionCost" => fields.acquisition_cost = None,
        "country" => fields.country = right,
        "province" => fields.province = right,
        "city" => fields.city = right,
        "district" => fields.district = right,
        "sourceChannel" => fields.source_channel = right,
        "owner" => fields.owner = right,
        "occupation" => fields.occupation = right,
        "education" => fields.education = right,
        "industry" => fields.industry = right,
        "tags" => replace(&mut fields.tags, &hit.value, right),
        "interests" => replace(&mut fields.interests, &hit.value, right),
        _ => return false,
    }
    true
}

fn replace(list: &mut Vec<String>, value: &str, right: Option<String>) {
    list.retain(|it| it != value);
    list.extend(right);
    list.sort();
    list.dedup();
}
