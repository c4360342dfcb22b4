//! Duplicates: finding them, showing them, making records one.

mod many;
pub(crate) mod merge;
mod search;
mod suggest;
mod views;

pub use many::MergeSession;
pub(crate) use search::Kept;
pub use search::TwinSession;

use crate::apply::Known;
use crate::customers::existing;
use crate::fault::Failure;
use crate::follow::Touched;
use crate::{Context, Engine, Unanswered};
use model::{CustomerId, Issue, IssueCode};
use protocol::{Alike, Command, Fault, Outcome, Reply, TwinCommand, TwinQuery, TwinReply};
use store::Tx;

/// Rows that one answer may have.
const ROWS_MAX: u32 = 100;

/// The command's name in the log.
pub(crate) fn name(command: &TwinCommand) -> &'static str {
    match command {
        TwinCommand::Merge(_) => "merge_customers",
        TwinCommand::Distinct { .. } => "keep_apart",
        TwinCommand::NotDistinct { .. } => "allow_twins",
    }
}

impl Engine {
    /// Answers a query about duplicates.
    pub(crate) fn twin_query(
        &mut self,
        query: &TwinQuery,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        match query {
            TwinQuery::Groups {
                level,
                offset,
                limit,
            } => self.twin_groups_view(*level, *offset, (*limit).min(ROWS_MAX), context),
            TwinQuery::Compare { ids } => self.compare_twins(ids, context),
            TwinQuery::Preview(request) => self.merge_preview(request, context),
            TwinQuery::Like { fields, own } => {
                let mut found = Vec::new();
                for (id, verdict) in self.alike(fields, *own)?.into_iter().take(3) {
                    let customer = existing(self.store.read(), id).map_err(Fault::from)?;
                    let Some(level) = verdict.level() else {
                        continue;
                    };
                    found.push(Alike {
                        id,
                        name: customer.fields.name,
                        phone: customer.fields.phone,
                        email: customer.fields.email,
                        city: customer.fields.city,
                        score: verdict.score,
                        level,
                        reasons: verdict.reasons,
                    });
                }
                Ok(Reply::Twins(TwinReply::Alike(found)))
            }
            TwinQuery::Mergings {
                survivor,
                offset,
                limit,
            } => self.mergings_view(*survivor, *offset, (*limit).min(ROWS_MAX)),
            TwinQuery::Distinct { offset, limit } => {
                self.distinct_view(*offset, (*limit).min(ROWS_MAX))
            }
        }
    }

    /// The command with ids of records that were merged away replaced by the survivor's.
    pub(crate) fn settled_command(&self, command: &Command) -> Result<Option<Command>, Fault> {
        use crate::fault::OrFault;
        let read = self.store.read();
        let mut settled = command.clone();
        let mut changed = false;
        let mut settle = |id: &mut CustomerId| -> Result<(), Fault> {
            let to = read.settled(*id).or_fault()?;
            changed |= to != *id;
            *id = to;
            Ok(())
        };
        match &mut settled {
            Command::CreateOrder { customer, .. }
            | Command::AddInteraction { customer, .. }
            | Command::Redeem { customer, .. }
            | Command::AdjustPoints { customer, .. }
            | Command::Points(
                protocol::PointsCommand::Bonus { customer, .. }
                | protocol::PointsCommand::Event { customer, .. },
            ) => settle(customer)?,
            Command::UpdateCustomer { id, .. } => settle(id)?,
            Command::Points(protocol::PointsCommand::Transfer { from, to, .. }) => {
                settle(from)?;
                settle(to)?;
            }
            Command::TagCustomers { ids, .. } => {
                for id in ids {
                    settle(id)?;
                }
            }
            _ => {}
        }
        Ok(changed.then_some(settled))
    }
}

/// Carries a command out.
pub(crate) fn carry_out(
    command: &TwinCommand,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    match command {
        TwinCommand::Merge(request) => merge::carry_out(request, known, tx),
        TwinCommand::Distinct { ids } => {
            if !(2..=merge::RECORDS_MAX).contains(&ids.len()) {
                let issue = Issue::error(IssueCode::UnknownChoice).in_field("ids");
                return Err(Fault::invalid(vec![issue]).into());
            }
            let mut count = 0;
            for (at, a) in ids.iter().enumerate() {
                existing(tx.read(), *a)?;
                for b in ids.get(at + 1..).unwrap_or_default() {
                    count += u64::from(tx.set_distinct(*a, *b)?);
                }
            }
            Ok((Outcome::Customers { count }, records(ids)))
        }
        TwinCommand::NotDistinct { a, b } => {
            let was = tx.clear_distinct(*a, *b)?;
            let outcome = Outcome::Customers {
                count: u64::from(was),
            };
            Ok((outcome, records(&[*a, *b])))
        }
    }
}

/// Nothing about the records changed, but who they are taken for.
fn records(ids: &[CustomerId]) -> Touched {
    Touched {
        records: ids.iter().copied().collect(),
        ..Touched::default()
    }
}
