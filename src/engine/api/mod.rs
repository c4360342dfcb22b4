//! The JavaScript API: one JSON array of arguments in, one JSON value out. `docs/api.md` and `public/shuke.d.ts` say what
//! each method takes and gives.
//!
//! Everything a program hands over is checked here, and a fault says where (`path`), what was found and what would be
//! right. Of several records the right ones are taken and the others reported; a single one that is wrong is a fault.

mod customers;
mod events;
mod events_file;
mod facts;
mod files;
mod input;
mod ledger_file;
mod loyalty;
mod orders;
mod report;
mod segments;
mod sync;
#[cfg(test)]
mod tests;

pub use events_file::{ApiEvents, EventsStep};
pub use files::{ApiExport, ApiImport, api_undo_batch, api_undone};
pub use ledger_file::ApiLedger;
pub use sync::api_sync;

use crate::apply::Known;
use crate::fault::{self, Failure, OrFault};
use crate::follow::Touched;
use crate::public::Terms;
use crate::{Applied, Context, Engine, Unanswered};
use input::Args;
use protocol::{
    ApiCommand, ApiJson, ApiQuery, ApiRead, ApiWrite, Command, Done, Fault, FaultCode, Outcome,
    Query, Reply,
};
use report::put_all;
use serde_json::{Value, json};
use store::Tx;

impl Engine {
    /// The forms of this workspace.
    pub(crate) fn terms(&self) -> Terms {
        terms_of(&self.settings)
    }

    /// Answers what the API reads.
    pub(crate) fn api(&mut self, asked: &ApiQuery, context: &Context) -> Result<Reply, Unanswered> {
        let mut args = Args::read(&asked.input)?;
        let answer = match asked.method {
            ApiRead::Info => self.api_info(&mut args, context)?,
            ApiRead::CustomersGet => self.api_customer(&mut args)?,
            ApiRead::CustomersList => self.api_customers(&mut args, context)?,
            ApiRead::CustomersCount => self.api_customer_count(&mut args)?,
            ApiRead::OrdersList => self.api_orders(&mut args, context)?,
            ApiRead::SegmentsCount => self.api_count(&mut args, context)?,
            ApiRead::SegmentsMembers => self.api_members(&mut args, context)?,
            ApiRead::SegmentsExplain => self.api_explain(&mut args, context)?,
            ApiRead::SegmentsList => self.api_segments(&mut args, context)?,
            ApiRead::SegmentsRfm => self.api_rfm(&mut args, context)?,
            ApiRead::SegmentsLifecycle => self.api_lifecycle(&mut args, context)?,
            ApiRead::LoyaltyProgram => self.api_program(&mut args, context)?,
            ApiRead::LoyaltyMember => self.api_member(&mut args, context)?,
            ApiRead::LoyaltyLedger => self.api_ledger(&mut args, context)?,
            ApiRead::LoyaltyLiability => self.api_liability(&mut args, context)?,
            ApiRead::SyncProfile => self.api_sync_profile(&mut args, context)?,
            ApiRead::SyncStatus => self.api_sync_status(&mut args, context)?,
            ApiRead::SyncReport => self.api_sync_report(&mut args, context)?,
        };
        Ok(Reply::Api(ApiJson(answer.to_string())))
    }

    /// Carries out what the API changes, once for its request id.
    pub(crate) fn apply_api(
        &mut self,
        asked: &ApiCommand,
        request_id: &str,
        context: &Context,
    ) -> Result<Applied, Fault> {
        let mut args = Args::read(&asked.input)?;
        match asked.method {
            ApiWrite::CustomersPut | ApiWrite::OrdersPut | ApiWrite::EventsPut => {
                self.write_api(asked, request_id, context)
            }
            ApiWrite::CustomersRemove => self.api_remove(&mut args, request_id, context),
            ApiWrite::CustomersErase => self.api_erase(&mut args, request_id, context),
            ApiWrite::OrdersRefund => self.api_refund(&mut args, request_id, context),
            ApiWrite::SegmentsSave => self.api_save_segment(&mut args, request_id, context),
            ApiWrite::LoyaltySetProgram => self.api_set_program(&mut args, request_id, context),
            ApiWrite::LoyaltyAccrue
            | ApiWrite::LoyaltyRedeem
            | ApiWrite::LoyaltyReverse
            | ApiWrite::LoyaltyAdjust => self.api_points(asked, &mut args, request_id, context),
            // The worker does these itself, for it has secrets and schedule; here they come when they are wrong.
            ApiWrite::SyncSetProfile | ApiWrite::SyncRun => match api_sync(asked)? {
                Some(command) => {
                    let applied = self.apply(&Command::Sync(command), request_id, context)?;
                    Ok(answered(applied, &Value::Null))
                }
                None => Err(fault::internal("not about sync")),
            },
        }
    }
}

/// The forms of a workspace.
pub(crate) fn terms_of(settings: &model::WorkspaceSettings) -> Terms {
    Terms {
        currency: settings.currency,
        zone: settings.zone,
        strict: true,
    }
}

/// The part of a command of the API that is done in its transaction.
pub(crate) fn carry_out(
    asked: &ApiCommand,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let mut args = Args::read(&asked.input)?;
    match asked.method {
        ApiWrite::CustomersPut => put_all(&mut args, known, tx, customers::put_one),
        ApiWrite::OrdersPut => put_all(&mut args, known, tx, orders::put_one),
        ApiWrite::EventsPut => put_all(&mut args, known, tx, events::put_one),
        ApiWrite::LoyaltyAccrue
        | ApiWrite::LoyaltyRedeem
        | ApiWrite::LoyaltyReverse
        | ApiWrite::LoyaltyAdjust => loyalty::carry_out(asked.method, &mut args, known, tx),
        ApiWrite::CustomersRemove
        | ApiWrite::CustomersErase
        | ApiWrite::OrdersRefund
        | ApiWrite::SegmentsSave
        | ApiWrite::LoyaltySetProgram
        | ApiWrite::SyncSetProfile
        | ApiWrite::SyncRun => Err(Fault::new(FaultCode::Internal).into()),
    }
}

/// The command's name in the log.
pub(crate) fn name(asked: &ApiCommand) -> &'static str {
    match asked.method {
        ApiWrite::CustomersPut => "put_customers",
        ApiWrite::OrdersPut => "put_orders",
        ApiWrite::EventsPut => "put_events",
        ApiWrite::CustomersRemove => "remove_customers",
        ApiWrite::CustomersErase => "erase_person",
        ApiWrite::OrdersRefund => "refund_order",
        ApiWrite::SegmentsSave => "save_segment",
        ApiWrite::LoyaltySetProgram => "set_program",
        ApiWrite::LoyaltyAccrue => "give_bonus",
        ApiWrite::LoyaltyRedeem => "redeem",
        ApiWrite::LoyaltyReverse => "reverse_entry",
        ApiWrite::LoyaltyAdjust => "adjust_points",
        ApiWrite::SyncSetProfile | ApiWrite::SyncRun => "sync",
    }
}

/// Whether a query of the API may wait for columns.
pub(crate) fn needs_columns(asked: &ApiQuery) -> bool {
    match asked.method {
        ApiRead::Info
        | ApiRead::CustomersGet
        | ApiRead::CustomersCount
        | ApiRead::LoyaltyProgram
        | ApiRead::LoyaltyMember
        | ApiRead::LoyaltyLedger
        | ApiRead::SyncProfile
        | ApiRead::SyncStatus
        | ApiRead::SyncReport => false,
        // By a rule, by a sort that is calculated: to be safe all of them.
        ApiRead::CustomersList
        | ApiRead::OrdersList
        | ApiRead::SegmentsCount
        | ApiRead::SegmentsMembers
        | ApiRead::SegmentsExplain
        | ApiRead::SegmentsList
        | ApiRead::SegmentsRfm
        | ApiRead::SegmentsLifecycle
        | ApiRead::LoyaltyLiability => true,
    }
}

/// The answer of a command.
fn answered(applied: Applied, answer: &Value) -> Applied {
    Applied {
        done: Done {
            batch: applied.done.batch,
            outcome: outcome(answer),
        },
        changed: applied.changed,
    }
}

fn outcome(answer: &Value) -> Outcome {
    Outcome::Api(ApiJson(answer.to_string()))
}

/// A reply of another kind than the query's: must not happen.
fn mismatch() -> Unanswered {
    fault::internal("another reply than asked for").into()
}

impl Engine {
    /// The workspace itself.
    fn api_info(&mut self, args: &mut Args, context: &Context) -> Result<Value, Unanswered> {
        args.end()?;
        let Reply::Status(status) = self.query(&Query::Status, context)? else {
            return Err(mismatch());
        };
        let programs = self.programs()?;
        let counts = self.store.read().counts().or_fault()?;
        Ok(json!({
            "currency": status.settings.currency.code(),
            "timeZone": status.settings.zone.name(),
            "name": status.settings.name,
            "today": status.today.to_string(),
            "customers": counts.customers,
            "orders": status.orders,
            "storage": match status.storage {
                protocol::Storage::Opfs => "opfs",
                protocol::Storage::Memory => "memory",
            },
            "hasProgram": !programs.is_empty(),
        }))
    }
}
