//! Commands: each one transaction, applied once for its request id.

use crate::fault::{self, Failure, OrFault};
use crate::follow::Touched;
use crate::points::Programs;
use crate::validate::Rules;
use crate::{
    Applied, BulkSession, Context, Engine, Step, UndoSession, api, coupons, customers, import,
    orders, points, rates, segments, settings, twins,
};
use model::{Day, WorkspaceSettings};
use protocol::{Command, CounterCommand, Done, Fault, FaultCode, Outcome, PointsCommand};
use std::rc::Rc;
use store::{BatchMeta, Tx};

/// What a command may look at beside the database.
pub(crate) struct Known<'a> {
    pub(crate) settings: &'a WorkspaceSettings,
    pub(crate) today: Day,
    pub(crate) context: &'a Context,
    pub(crate) programs: Rc<Programs>,
    /// Which segments the customer of the command is in, as far as coupons ask for it.
    pub(crate) circle: coupons::Circle,
}

impl Known<'_> {
    /// What checking of fields needs.
    pub(crate) fn rules(&self) -> Rules<'_> {
        Rules {
            today: self.today,
            phone_country: &self.settings.phone_country,
        }
    }
}

impl Engine {
    /// Applies a command once for its request id: a repeated id gives the first answer again and changes nothing.
    /// Durable when it returns. (`EraseEverything` and `BackupSaved` keep no answer: doing them again is the same.)
    ///
    /// # Errors
    /// A fault; nothing was changed then.
    pub fn apply(
        &mut self,
        command: &Command,
        request_id: &str,
        context: &Context,
    ) -> Result<Applied, Fault> {
        match command {
            Command::Undo { batch } => {
                let mut session = UndoSession::new(self, *batch, request_id, context)?;
                loop {
                    if let Step::Done(applied) = session.step(self, context)? {
                        return Ok(applied);
                    }
                }
            }
            Command::Membership(protocol::MembershipCommand::Bulk(bulk)) => {
                let mut session = BulkSession::new(self, bulk, false, request_id, context)?;
                loop {
                    if let Step::Done(applied) = session.step(self, context)? {
                        return Ok(applied);
                    }
                }
            }
            Command::BackupSaved => {
                self.store.backup_saved(context.now).or_fault()?;
                Ok(saved(None))
            }
            Command::EraseEverything { confirm } => self.erase(confirm, context),
            Command::Sync(command) => self.sync_command(command, request_id, context),
            Command::Out(protocol::OutCommand::ErasePerson {
                customer,
                keep_books,
                confirm,
            }) => self.erase_person((*customer, *keep_books), confirm, request_id, context),
            Command::Api(asked) => self.apply_api(asked, request_id, context),
            _ => self.write(command, request_id, context),
        }
    }

    /// Carries out the part of the API's commands that is one transaction.
    pub(crate) fn write_api(
        &mut self,
        asked: &protocol::ApiCommand,
        request_id: &str,
        context: &Context,
    ) -> Result<Applied, Fault> {
        self.write(&Command::Api(asked.clone()), request_id, context)
    }

    fn write(
        &mut self,
        command: &Command,
        request_id: &str,
        context: &Context,
    ) -> Result<Applied, Fault> {
        if let Some(done) = self.answered(request_id)? {
            return Ok(Applied {
                done,
                changed: None,
            });
        }
        let settled = self.settled_command(command)?;
        let command = settled.as_ref().unwrap_or(command);
        let subject = self.subject(command)?;
        let circle = self.circle(command, context)?;
        let programs = self.programs()?;
        let known = Known {
            settings: &self.settings,
            today: self.settings.zone.day(context.now),
            context,
            programs,
            circle,
        };
        let meta = BatchMeta {
            name: name(command),
            subject: &subject,
            who: &context.who,
            at: context.now,
            request: Some(request_id),
            continues: None,
            bulk: false,
        };
        let written = self
            .store
            .write(meta, |tx| -> Result<(Done, Touched), Failure> {
                let (outcome, mut touched) = carry_out(command, &known, tx)?;
                let few = touched.few_with_points();
                touched.points.extend(points::settle(&few, &known, tx)?);
                let done = Done {
                    batch: tx.batch(),
                    outcome,
                };
                let reply =
                    serde_json::to_string(&done).map_err(|e| fault::internal(e.to_string()))?;
                tx.set_reply(reply);
                Ok((done, touched))
            })?;
        let kinds = written.kinds();
        let (done, touched) = written.value;
        let changed = match written.batch {
            Some(_) => Some(self.follow(touched, written.data_version, &kinds)?),
            None => None,
        };
        Ok(Applied { done, changed })
    }

    /// The answer to a request that was applied before.
    pub(crate) fn answered(&self, request_id: &str) -> Result<Option<Done>, Fault> {
        let reply = self.store.read().reply_to(request_id).or_fault()?;
        reply
            .map(|json| serde_json::from_str(&json).map_err(|e| fault::internal(e.to_string())))
            .transpose()
    }

    /// What the command is about, for the log.
    fn subject(&self, command: &Command) -> Result<String, Fault> {
        let read = self.store.read();
        let of_customer = |id| -> Result<String, Fault> {
            let customer = read.customer(id).or_fault()?;
            Ok(customer
                .map(|it| customers::subject(&it.fields))
                .unwrap_or_default())
        };
        let of_order = |id| -> Result<String, Fault> {
            let order = read.order(id).or_fault()?;
            Ok(order
                .and_then(|it| it.fields.external_id)
                .unwrap_or_default())
        };
        Ok(match command {
            Command::CreateCustomer { fields } => customers::subject(fields),
            Command::UpdateCustomer { fields, .. } => customers::subject(fields),
            Command::RemoveCustomers { ids } => match ids.as_slice() {
                [id] => of_customer(*id)?,
                _ => String::new(),
            },
            Command::TagCustomers { tag, .. } => tag.clone(),
            Command::CreateOrder { customer, .. }
            | Command::AddInteraction { customer, .. }
            | Command::Redeem { customer, .. }
            | Command::AdjustPoints { customer, .. } => of_customer(*customer)?,
            Command::RemoveOrder { id } => of_order(*id)?,
            Command::RefundOrder(refund) => of_order(refund.order)?,
            Command::SaveSegment { name, .. } => name.clone(),
            Command::RemoveSegment { id } => {
                let segment = read.segment(*id).or_fault()?;
                segment.map(|it| it.name).unwrap_or_default()
            }
            Command::Counter(act) => match act {
                CounterCommand::Sell { bill, .. } => of_customer(bill.customer)?,
                CounterCommand::Reward { customer, .. } => of_customer(*customer)?,
                CounterCommand::TakeBack { order, .. } => of_order(*order)?,
                CounterCommand::Move { to, .. } => of_customer(*to)?,
                CounterCommand::Reverse { .. } => String::new(),
            },
            Command::Coupons(it) => self.coupon_subject(it)?,
            Command::Twins(protocol::TwinCommand::Merge(request)) => {
                self.merging_subject(request)?
            }
            Command::Twins(_) => String::new(),
            Command::Membership(it) => segments::static_lists::subject(it, read)?,
            Command::Points(it) => match it {
                PointsCommand::Transfer { from: of, .. }
                | PointsCommand::Merge { from: of, .. }
                | PointsCommand::Bonus { customer: of, .. }
                | PointsCommand::Event { customer: of, .. }
                | PointsCommand::Referral { referrer: of, .. } => of_customer(*of)?,
            },
            Command::SetProgram { .. }
            | Command::ReverseEntry { .. }
            | Command::SetSettings { .. }
            | Command::SetLifecycle { .. }
            | Command::SetRates { .. }
            | Command::SetRfm { .. }
            | Command::Undo { .. }
            | Command::BackupSaved
            | Command::Out(_)
            | Command::Sync(_)
            | Command::Imports(_)
            | Command::Api(_)
            | Command::EraseEverything { .. } => String::new(),
        })
    }
}

/// An answer with nothing to tell.
pub(crate) fn saved(changed: Option<crate::Changed>) -> Applied {
    Applied {
        done: Done {
            batch: None,
            outcome: Outcome::Saved,
        },
        changed,
    }
}

/// The command's name in the log.
fn name(command: &Command) -> &'static str {
    match command {
        Command::CreateCustomer { .. } => "create_customer",
        Command::UpdateCustomer { .. } => "update_customer",
        Command::RemoveCustomers { .. } => "remove_customers",
        Command::TagCustomers { .. } => "tag_customers",
        Command::CreateOrder { .. } => "create_order",
        Command::RemoveOrder { .. } => "remove_order",
        Command::RefundOrder(_) => "refund_order",
        Command::AddInteraction { .. } => "add_interaction",
        Command::SaveSegment { .. } => "save_segment",
        Command::RemoveSegment { .. } => "remove_segment",
        Command::SetProgram { .. } => "set_program",
        Command::Redeem { .. } => "redeem",
        Command::AdjustPoints { .. } => "adjust_points",
        Command::ReverseEntry { .. } => "reverse_entry",
        Command::Coupons(it) => coupons::name(it),
        Command::Twins(it) => twins::name(it),
        Command::Imports(it) => import::name(it),
        Command::Points(it) => match it {
            PointsCommand::Transfer { .. } => "transfer_points",
            PointsCommand::Merge { .. } => "merge_members",
            PointsCommand::Bonus { .. } => "give_bonus",
            PointsCommand::Event { .. } => "record_event",
            PointsCommand::Referral { .. } => "record_referral",
        },
        Command::Counter(act) => match act {
            CounterCommand::Sell { .. } => "counter_sale",
            CounterCommand::Reward { .. } => "counter_reward",
            CounterCommand::TakeBack { .. } => "counter_return",
            CounterCommand::Reverse { .. } => "counter_reverse",
            CounterCommand::Move { .. } => "counter_move",
        },
        Command::Membership(it) => match it {
            protocol::MembershipCommand::SaveList { .. } => "save_list",
            protocol::MembershipCommand::RemoveList { .. } => "remove_list",
            protocol::MembershipCommand::Bulk(_) => "bulk",
        },
        Command::SetSettings { .. } => "set_settings",
        Command::SetLifecycle { .. } => "set_lifecycle",
        Command::SetRates { .. } => "set_rates",
        Command::SetRfm { .. } => "set_rfm",
        Command::Undo { .. } => "undo",
        Command::Api(it) => api::name(it),
        Command::BackupSaved => "backup_saved",
        Command::Out(_) => "erase_person",
        Command::Sync(_) => "sync",
        Command::EraseEverything { .. } => "erase_everything",
    }
}

fn carry_out(
    command: &Command,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    match command {
        Command::CreateCustomer { fields } => customers::create(fields, known, tx),
        Command::UpdateCustomer { id, fields } => customers::update(*id, fields, known, tx),
        Command::RemoveCustomers { ids } => customers::remove(ids, tx),
        Command::TagCustomers { ids, tag, add } => customers::tag(ids, tag, *add, tx),
        Command::CreateOrder { customer, fields } => orders::create(*customer, fields, known, tx),
        Command::RemoveOrder { id } => orders::remove(*id, known, tx),
        Command::RefundOrder(request) => orders::refund(request, known, tx),
        Command::AddInteraction { customer, fields } => {
            orders::add_interaction(*customer, fields, tx)
        }
        Command::SaveSegment { id, name, rule } => segments::save(*id, name, rule, known, tx),
        Command::RemoveSegment { id } => segments::remove(*id, tx),
        Command::SetProgram { program, from } => points::set_program(program, *from, known, tx),
        Command::Redeem {
            customer,
            points,
            reward,
            order_amount,
            order,
            key,
        } => {
            let wish = points::Wish {
                customer: *customer,
                points: *points,
                reward: reward.as_deref(),
                order_amount: *order_amount,
                order: *order,
                key,
            };
            points::redeem(&wish, known, tx)
        }
        Command::AdjustPoints {
            customer,
            points,
            reason,
            key,
        } => points::adjust(*customer, *points, reason, key, known, tx),
        Command::ReverseEntry { entry, reason, key } => {
            points::reverse(entry, reason.as_deref(), key, known, tx)
        }
        Command::Counter(act) => points::act(act, known, tx),
        Command::Coupons(it) => coupons::carry_out(it, known, tx),
        Command::Twins(it) => twins::carry_out(it, known, tx),
        Command::Membership(it) => segments::static_lists::carry_out(it, known, tx),
        Command::Imports(it) => import::carry_out(it, known, tx),
        Command::Api(it) => api::carry_out(it, known, tx),
        Command::Points(it) => carry_out_points(it, known, tx),
        Command::SetSettings { settings } => settings::set(settings, tx),
        Command::SetRates { rates } => rates::set(rates, known, tx),
        Command::SetLifecycle { thresholds } => settings::set_lifecycle(*thresholds, known, tx),
        Command::SetRfm { options } => settings::set_rfm(options, known, tx),
        Command::Undo { .. }
        | Command::BackupSaved
        | Command::Out(_)
        | Command::Sync(_)
        | Command::EraseEverything { .. } => Err(Fault::new(FaultCode::Internal).into()),
    }
}

fn carry_out_points(
    command: &PointsCommand,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    match command {
        PointsCommand::Transfer {
            from,
            to,
            points,
            reason,
            key,
        } => {
            let pair = points::Pair {
                from: *from,
                to: *to,
                reason: reason.as_deref(),
                key,
            };
            points::transfer(&pair, *points, known, tx)
        }
        PointsCommand::Merge {
            from,
            into,
            reason,
            key,
        } => {
            let pair = points::Pair {
                from: *from,
                to: *into,
                reason: reason.as_deref(),
                key,
            };
            points::merge(&pair, known, tx)
        }
        PointsCommand::Bonus {
            customer,
            points,
            qualifies,
            ends,
            reason,
            key,
        } => {
            let bonus = points::Bonus {
                customer: *customer,
                points: *points,
                qualifies: *qualifies,
                ends: *ends,
                reason,
                key,
            };
            points::bonus(&bonus, known, tx)
        }
        PointsCommand::Event {
            customer,
            event,
            amount,
            key,
        } => points::event(*customer, event, *amount, key, known, tx),
        PointsCommand::Referral {
            referrer,
            friend,
            amount,
            key,
        } => points::referral(*referrer, *friend, *amount, key, known, tx),
    }
}
