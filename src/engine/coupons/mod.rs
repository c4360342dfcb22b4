//! Coupons: defining them, making codes, checking and using them with orders, and what they came to.

mod basket;
mod commands;
mod export;
mod find;
mod held;
mod returns;
mod views;

pub(crate) use basket::{issue_for_order, price, record};
pub(crate) use commands::{carry_out, plant};
pub(crate) use export::export;
pub(crate) use find::Circle;
pub(crate) use returns::after_refund;

use crate::fault::OrFault;
use crate::{Context, Engine, Unanswered};
use protocol::{CouponCommand, CouponQuery, CouponReply, Fault, Reply};
use views::CodesAsked;

/// A command's name in the log.
pub(crate) fn name(command: &CouponCommand) -> &'static str {
    match command {
        CouponCommand::Save { .. } => "save_coupon",
        CouponCommand::SetState { .. } => "set_coupon_state",
        CouponCommand::Generate { .. } => "generate_codes",
        CouponCommand::Issue { .. } => "issue_code",
        CouponCommand::Withdraw { .. } => "withdraw_code",
        CouponCommand::Use { .. } => "use_coupons",
        CouponCommand::Release { .. } => "release_coupons",
    }
}

/// Whether a query waits for columns: only they know who is in a segment.
pub(crate) fn needs_columns(query: &CouponQuery) -> bool {
    match query {
        CouponQuery::Check { .. } | CouponQuery::OfCustomer { .. } => true,
        CouponQuery::Codes { rule, .. } | CouponQuery::Uses { rule, .. } => rule.is_some(),
        CouponQuery::List | CouponQuery::One { .. } | CouponQuery::Try { .. } => false,
    }
}

impl Engine {
    /// What a command is about, for the log.
    pub(crate) fn coupon_subject(&self, command: &CouponCommand) -> Result<String, Fault> {
        let read = self.store.read();
        let id = match command {
            CouponCommand::Save { fields, .. } => return Ok(fields.name.clone()),
            CouponCommand::Use { codes, .. } => return Ok(codes.join(", ")),
            CouponCommand::Release { order, .. } => {
                let order = read.order(*order).or_fault()?;
                return Ok(order.and_then(|it| it.fields.coupon).unwrap_or_default());
            }
            CouponCommand::Withdraw { code } => {
                let code = read.code(*code).or_fault()?;
                return Ok(code
                    .map(|it| ::coupon::code::shown(&it.fields.code))
                    .unwrap_or_default());
            }
            CouponCommand::SetState { id, .. }
            | CouponCommand::Generate { id, .. }
            | CouponCommand::Issue { id, .. } => *id,
        };
        let coupon = read.coupon(id).or_fault()?;
        Ok(coupon.map(|it| it.coupon.name).unwrap_or_default())
    }

    /// Answers a query on coupons.
    pub(crate) fn coupons(
        &mut self,
        query: &CouponQuery,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let reply = match query {
            CouponQuery::List => CouponReply::List(self.coupon_list(context)?),
            CouponQuery::One { id } => CouponReply::One(Box::new(self.coupon_view(*id, context)?)),
            CouponQuery::Codes {
                id,
                which,
                search,
                rule,
                offset,
                limit,
            } => {
                let among = self.among_of(rule.as_deref(), context)?;
                let asked = CodesAsked {
                    which: *which,
                    search,
                    among: among.as_deref(),
                };
                CouponReply::Codes(self.coupon_codes(*id, asked, (*offset, *limit), context)?)
            }
            CouponQuery::Uses {
                id,
                new_only,
                rule,
                offset,
                limit,
            } => {
                let among = self.among_of(rule.as_deref(), context)?;
                let page = (*offset, *limit);
                CouponReply::Uses(self.coupon_uses(*id, *new_only, among.as_deref(), page)?)
            }
            CouponQuery::Check {
                codes,
                lines,
                amount,
                customer,
            } => CouponReply::Check(self.coupon_check(codes, lines, *amount, *customer, context)?),
            CouponQuery::Try { fields, lines } => {
                CouponReply::Check(self.coupon_try(fields, lines, context))
            }
            CouponQuery::OfCustomer { customer } => {
                CouponReply::OfCustomer(self.coupons_of(*customer, context)?)
            }
        };
        Ok(Reply::Coupons(reply))
    }
}
