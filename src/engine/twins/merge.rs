//! Making records one, and saying before what it would come to.

use super::suggest;
use crate::apply::Known;
use crate::customers::{existing, subject};
use crate::fault::{Failure, OrFault};
use crate::follow::Touched;
use crate::points::{self, Apart};
use crate::{Context, Engine, Unanswered, coupons, validate};
use loyalty::Account;
use model::{Customer, CustomerDraft, CustomerId, Issue, IssueCode};
use protocol::{
    Fault, MemberPoints, MergePreview, MergeRequest, MergedPoints, Outcome, Reply, TwinReply,
};
use std::collections::BTreeSet;
use store::{BatchMeta, Moved, StoreError, Tx};

/// Records that one merging may have: more are a mistake.
pub(crate) const RECORDS_MAX: usize = 50;

/// What a merging came to.
pub(crate) struct Merged {
    moved: Moved,
    points: Option<(Apart, Account)>,
    pub(crate) touched: Touched,
}

/// The ids of a request, the survivor first; a fault if they are not two at least, or too many.
fn everybody(request: &MergeRequest) -> Result<Vec<CustomerId>, Fault> {
    let gone: BTreeSet<CustomerId> = request
        .gone
        .iter()
        .copied()
        .filter(|id| *id != request.survivor)
        .collect();
    if gone.is_empty() || gone.len() >= RECORDS_MAX {
        return Err(Fault::invalid(vec![
            Issue::error(IssueCode::UnknownChoice)
                .in_field("gone")
                .expected(&format!("2 to {RECORDS_MAX}")),
        ]));
    }
    let mut all = vec![request.survivor];
    all.extend(gone);
    Ok(all)
}

/// Makes records one.
pub(crate) fn carry_out(
    request: &MergeRequest,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let merged = merge(request, known, tx)?;
    let outcome = Outcome::Customer {
        id: request.survivor,
    };
    Ok((outcome, merged.touched))
}

/// Makes records one, in a transaction.
pub(crate) fn merge(
    request: &MergeRequest,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<Merged, Failure> {
    let all = everybody(request)?;
    let customers = all
        .iter()
        .map(|id| existing(tx.read(), *id))
        .collect::<Result<Vec<Customer>, Failure>>()?;
    let fields = checked(&request.fields, &customers, known)?;
    let apart = points::apart(&all, known, tx)?;
    let gone = all.get(1..).unwrap_or_default();
    let moved = tx.merge_customers(request.survivor, gone, &fields)?;
    let points = match apart {
        Some(apart) => {
            let account = points::unite(request.survivor, &apart, known, tx)?;
            Some((apart, account))
        }
        None => None,
    };
    Ok(Merged {
        moved,
        points,
        touched: Touched {
            customers: all.into_iter().collect(),
            ..Touched::default()
        },
    })
}

/// The fields, tidied. What is wrong with a value that one of the records has already (it came in with a file) is no
/// reason not to make them one.
fn checked(
    fields: &CustomerDraft,
    customers: &[Customer],
    known: &Known<'_>,
) -> Result<CustomerDraft, Failure> {
    let issues = match validate::customer(fields, &known.rules()) {
        Ok(tidy) => return Ok(tidy),
        Err(issues) => issues,
    };
    let json = |fields: &CustomerDraft| serde_json::to_value(fields).unwrap_or_default();
    let wanted = json(fields);
    let is_known = |issue: &Issue| {
        let name = issue.field.as_deref().unwrap_or_default();
        customers
            .iter()
            .any(|it| json(&it.fields).get(name) == wanted.get(name))
    };
    let new: Vec<Issue> = issues.into_iter().filter(|it| !is_known(it)).collect();
    if new.is_empty() {
        Ok(fields.clone())
    } else {
        Err(Fault::invalid(new).into())
    }
}

/// Ends a rehearsal: what it came to, or why it failed. Either way nothing stays.
enum Rehearsed {
    Shown(Box<MergePreview>),
    Failed(Failure),
}

impl From<StoreError> for Rehearsed {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl Engine {
    /// What making records one would do: it is done, and taken back before it is durable.
    pub(crate) fn merge_preview(
        &mut self,
        request: &MergeRequest,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let programs = self.programs()?;
        let known = Known {
            settings: &self.settings,
            today: self.settings.zone.day(context.now),
            context,
            programs,
            circle: coupons::Circle::default(),
        };
        let meta = BatchMeta {
            name: "merge_customers",
            subject: "",
            who: &context.who,
            at: context.now,
            request: None,
            continues: None,
            bulk: false,
        };
        let rehearsed = self.store.write(meta, |tx| -> Result<(), Rehearsed> {
            let merged = merge(request, &known, tx).map_err(Rehearsed::Failed)?;
            Err(Rehearsed::Shown(Box::new(preview(
                request, &merged, &known,
            ))))
        });
        match rehearsed {
            Err(Rehearsed::Shown(preview)) => Ok(Reply::Twins(TwinReply::Preview(preview))),
            Err(Rehearsed::Failed(failure)) => Err(Fault::from(failure).into()),
            Ok(_) => Err(crate::fault::internal("a rehearsal became real").into()),
        }
    }

    /// What a merging is called in the log.
    pub(crate) fn merging_subject(&self, request: &MergeRequest) -> Result<String, Fault> {
        let customer = self.store.read().customer(request.survivor).or_fault()?;
        Ok(customer.map(|it| subject(&it.fields)).unwrap_or_default())
    }
}

fn preview(request: &MergeRequest, merged: &Merged, known: &Known<'_>) -> MergePreview {
    let tiers = known
        .programs
        .in_force(known.today)
        .and_then(|version| version.program.tiers.as_ref());
    let of = |customer: CustomerId, account: &Account| MemberPoints {
        customer,
        balance: account.standing.balance,
        pending: account.standing.pending,
        tier: account.standing.tier.and_then(|tier| {
            let level = tiers?.levels.get(usize::from(tier))?;
            Some(level.name.clone())
        }),
    };
    MergePreview {
        orders: merged.moved.orders,
        interactions: merged.moved.interactions,
        entries: merged.moved.entries,
        codes: merged.moved.codes,
        points: merged.points.as_ref().map(|(apart, after)| MergedPoints {
            before: apart
                .accounts
                .iter()
                .map(|(id, account)| of(*id, account))
                .collect(),
            after: of(request.survivor, after),
        }),
    }
}

/// The merging of a group as it is suggested; `None` where fewer than two of them are left.
pub(crate) fn suggested(
    ids: &[CustomerId],
    read: store::Reader<'_>,
) -> Result<Option<MergeRequest>, Failure> {
    let customers = read.customers(ids)?;
    if customers.len() < 2 {
        return Ok(None);
    }
    let mut candidates = Vec::with_capacity(customers.len());
    for customer in &customers {
        let orders = read.order_ids_of(customer.id)?.len() as u64;
        candidates.push(suggest::Candidate { customer, orders });
    }
    let Some(survivor) = suggest::survivor(&candidates) else {
        return Ok(None);
    };
    let all: Vec<&Customer> = customers.iter().collect();
    Ok(Some(MergeRequest {
        survivor,
        gone: customers
            .iter()
            .map(|it| it.id)
            .filter(|id| *id != survivor)
            .collect(),
        fields: suggest::fields(survivor, &all),
    }))
}
