//! What the counter reads: members by whatever is at hand, one card with all that staff need, what a bill would give.
//!
//! A quote is the fold itself over the member's facts and one order more that is stored nowhere, so that what is
//! promised at the counter is what is booked a moment later.

use super::{MemberFacts, Programs, entry_views};
use crate::apply::Known;
use crate::coupons;
use crate::fault::{self, OrFault};
use crate::{Context, Engine, Unanswered};
use loyalty::{Limit, RedemptionRequest};
use model::program::{Program, Redeem};
use model::{
    CustomerId, Day, EntryId, Money, Order, OrderDraft, OrderId, OrderLine, OrderStatus, Points,
    Timestamp,
};
use protocol::{
    Bill, CodeView, CounterCard, CounterQuery, CounterReply, EntryKind, Fault, FaultCode,
    FoundMember, FoundMembers, FoundReceipt, MEMBER_CODE, MemberView, PointsQuery, PointsReply,
    Query, Quote, RedeemLimit, Reply, RewardView,
};

/// Members that a search at the counter shows at most; more would not fit the screen.
const FOUND_MAX: u32 = 20;

/// Orders and redemptions on a card.
const RECENT: usize = 8;

/// The shortest text that is looked up as the number of an order.
const NUMBER_MIN: usize = 4;

/// The id of the order that a quote imagines; counters of replicas never come so far.
const IMAGINED: i64 = i64::MAX;

impl Engine {
    /// Answers a query of the counter.
    pub(crate) fn counter(
        &mut self,
        query: &CounterQuery,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let reply = match query {
            CounterQuery::Find { search, limit } => {
                CounterReply::Found(self.counter_find(search, *limit, context)?)
            }
            CounterQuery::Card { customer } => {
                CounterReply::Card(self.counter_card(*customer, context)?)
            }
            CounterQuery::Quote(bill) => CounterReply::Quote(self.quote(bill, context)?),
            CounterQuery::Code { customer } => CounterReply::Code(self.member_code(*customer)?),
            CounterQuery::Read(frame) => {
                CounterReply::Read(qr::read(frame.width, frame.height, &frame.grey.0))
            }
        };
        Ok(Reply::Counter(Box::new(reply)))
    }

    /// Whose card, id or external id this is.
    fn exact_member(&self, text: &str) -> Result<Option<CustomerId>, Fault> {
        let read = self.store.read();
        let by_id = |text: &str| -> Result<Option<CustomerId>, Fault> {
            let Ok(id) = text.parse::<CustomerId>() else {
                return Ok(None);
            };
            Ok(read.customer(id).or_fault()?.map(|it| it.id))
        };
        if let Some(id) = text.strip_prefix(MEMBER_CODE) {
            return by_id(id);
        }
        match by_id(text)? {
            Some(id) => Ok(Some(id)),
            None => read.customer_by_external_id(text).or_fault(),
        }
    }

    fn counter_find(
        &mut self,
        search: &str,
        limit: u32,
        context: &Context,
    ) -> Result<FoundMembers, Fault> {
        // A hand scanner types through the keyboard, which may be set to full-width Chinese punctuation.
        let text = search.trim().replace('：', ":");
        if text.is_empty() {
            return Ok(FoundMembers::default());
        }
        let exact = self.exact_member(&text)?;
        let limit = limit.min(FOUND_MAX) as usize;
        let ids = match exact {
            Some(id) => vec![id],
            None if text.starts_with(MEMBER_CODE) => Vec::new(),
            None => self.store.read().search(&text, limit).or_fault()?,
        };
        let day = self.today(context);
        let programs = self.programs()?;
        let mut members = Vec::with_capacity(ids.len());
        for id in ids {
            let facts = MemberFacts::read(self.store.read(), id)?;
            let mut balance = None;
            let mut tier_name = None;
            if let Some(version) = programs.in_force(day) {
                let standing = facts.account(&programs, &self.settings.zone, day)?.standing;
                balance = Some(standing.balance);
                tier_name = tier_name_of(&version.program, standing.tier);
            }
            members.push(FoundMember {
                customer: id,
                name: facts.customer.fields.name,
                phone: facts.customer.fields.phone,
                balance,
                tier_name,
            });
        }
        let receipts = self.receipts(&text)?;
        Ok(FoundMembers {
            exact,
            members,
            receipts,
        })
    }

    fn receipts(&self, text: &str) -> Result<Vec<FoundReceipt>, Fault> {
        if text.chars().count() < NUMBER_MIN || text.starts_with(MEMBER_CODE) {
            return Ok(Vec::new());
        }
        let read = self.store.read();
        let ids = read.orders_by_number(text, 4).or_fault()?;
        let mut found = Vec::new();
        for order in read.orders(&ids).or_fault()? {
            let customer = read.customer(order.customer).or_fault()?;
            found.push(FoundReceipt {
                customer: order.customer,
                name: customer.map(|it| it.fields.name).unwrap_or_default(),
                order: order.id,
                amount: order.fields.amount,
                currency: order.fields.currency,
                number: order.fields.external_id.unwrap_or_default(),
            });
        }
        Ok(found)
    }

    fn counter_card(
        &mut self,
        id: CustomerId,
        context: &Context,
    ) -> Result<CounterCard, Unanswered> {
        let day = self.today(context);
        let programs = self.programs()?;
        let facts = MemberFacts::read(self.store.read(), id)?;
        let version = programs.in_force(day).map(|version| version.number);
        let (mut member, mut rewards, mut redemptions) = (None, Vec::new(), Vec::new());
        if version.is_some() {
            member = Some(self.member_of(id, context)?);
            rewards = self.rewards_of(id, context)?;
            redemptions = entry_views(&facts, &programs, &self.settings.zone, day)?;
            redemptions.reverse();
            redemptions.retain(|entry| {
                entry.kind == EntryKind::Redemption && entry.reversible && entry.order.is_none()
            });
            redemptions.truncate(RECENT);
        }
        let zone = self.settings.zone;
        let counting = facts
            .orders
            .iter()
            .filter(|order| order.remaining() > Money::ZERO);
        let last_visit = counting
            .clone()
            .map(|order| zone.day(order.fields.at))
            .max();
        let visits = counting.count() as u64;
        let mut newest: Vec<Order> = facts.orders;
        newest.sort_by_key(|order| std::cmp::Reverse((order.fields.at, order.id)));
        newest.truncate(RECENT);
        let fields = facts.customer.fields;
        Ok(CounterCard {
            customer: id,
            number: fields.external_id.unwrap_or_else(|| id.to_string()),
            name: fields.name,
            phone: fields.phone,
            birthday: fields.birthday,
            next_birthday: fields.birthday.map(|it| it.next_on_or_after(day)),
            since: fields.signup_on,
            member,
            version,
            rewards,
            visits,
            last_visit,
            orders: self.order_rows(newest, context)?,
            redemptions,
        })
    }

    fn member_of(&mut self, id: CustomerId, context: &Context) -> Result<MemberView, Unanswered> {
        match self.member_view(id, None, context)? {
            Reply::Member(member) => Ok(member),
            _ => Err(fault::internal("a member's view is of another kind").into()),
        }
    }

    fn rewards_of(
        &mut self,
        id: CustomerId,
        context: &Context,
    ) -> Result<Vec<RewardView>, Unanswered> {
        let query = Query::Points(PointsQuery::Rewards { customer: Some(id) });
        match self.query(&query, context)? {
            Reply::Points(PointsReply::Rewards(rewards)) => Ok(rewards),
            _ => Err(fault::internal("rewards are of another kind").into()),
        }
    }

    fn member_code(&self, id: CustomerId) -> Result<CodeView, Fault> {
        if self.store.read().customer(id).or_fault()?.is_none() {
            return Err(fault::not_found(id));
        }
        let text = format!("{MEMBER_CODE}{id}");
        let code = qr::make(&text).map_err(|_| fault::internal("an id fits every code"))?;
        Ok(CodeView {
            text,
            size: code.size(),
            path: code.path(),
        })
    }

    fn quote(&mut self, bill: &Bill, context: &Context) -> Result<Quote, Unanswered> {
        let day = self.today(context);
        let programs = self.programs()?;
        let version = programs
            .in_force(day)
            .ok_or_else(|| Fault::new(FaultCode::NoProgram))?;
        let program = &version.program;
        let mut facts = MemberFacts::read(self.store.read(), bill.customer)?;
        let before = facts.account(&programs, &self.settings.zone, day)?.standing;
        let (draft, discount) = self.priced(bill, program, context)?;
        let amount = (bill.amount > Money::ZERO).then_some(draft.amount);
        let most = loyalty::usable_points(program, before.balance, amount);
        let request = RedemptionRequest {
            points: Some(bill.points),
            reward: None,
            order_amount: amount,
            order_redeemed: Points::ZERO,
            reward_taken: 0,
        };
        let usable = bill.points > Points::ZERO
            && loyalty::check_redemption(program, before.balance, &request).is_ok();
        let used = if usable { bill.points } else { Points::ZERO };
        let worth = loyalty::worth(program, used);
        let to_pay = Money(draft.amount.0.saturating_sub(worth.0));
        imagine(&mut facts, bill, draft, used, context.now);
        let (account, entries) = facts.ledger(&programs, &self.settings.zone, day)?;
        let order = amount.map(|_| OrderId(IMAGINED));
        let accrual = entries
            .iter()
            .find(|entry| order.is_some() && entry.order == order && entry.posts_on.is_some());
        let earned = entries
            .iter()
            .filter(|entry| order.is_some() && entry.order == order)
            .filter(|entry| entry.kind == loyalty::EntryKind::Accrual)
            .fold(0i64, |sum, entry| sum.saturating_add(entry.points.0));
        let after = account.standing;
        let rises = after.tier > before.tier;
        Ok(Quote {
            amount: bill.amount,
            points: bill.points,
            codes: bill.codes.clone(),
            version: version.number,
            earned: Points(earned),
            posts_on: accrual.and_then(|entry| entry.posts_on),
            most,
            most_worth: loyalty::worth(program, most),
            limit: limit_of(program, before.balance, most, amount),
            step: step_of(program),
            usable,
            worth,
            discount,
            to_pay,
            balance: after.balance,
            rises_to: rises.then(|| tier_name_of(program, after.tier)).flatten(),
        })
    }

    /// The order that the bill becomes, with its coupons taken off, and what they take off.
    fn priced(
        &mut self,
        bill: &Bill,
        program: &Program,
        context: &Context,
    ) -> Result<(OrderDraft, Money), Unanswered> {
        let mut draft = order_of(bill, program, context.now, None);
        if bill.codes.is_empty() {
            return Ok((draft, Money::ZERO));
        }
        let circle = self.circle_of(bill.customer, context)?;
        let known = Known {
            settings: &self.settings,
            today: self.settings.zone.day(context.now),
            context,
            programs: self.programs.clone().unwrap_or_default(),
            circle,
        };
        let customer = Some(bill.customer);
        let taken = coupons::price(self.store.read(), &bill.codes, &mut draft, customer, &known)
            .map_err(Fault::from)?;
        Ok((draft, taken.discount))
    }
}

/// Adds the bill to a member's facts as if it were booked now.
fn imagine(facts: &mut MemberFacts, bill: &Bill, draft: OrderDraft, used: Points, now: Timestamp) {
    let customer = bill.customer;
    let order = (bill.amount > Money::ZERO).then_some(OrderId(IMAGINED));
    if let Some(id) = order {
        facts.orders.push(Order {
            id,
            customer,
            fields: draft,
            refunds: Vec::new(),
        });
    }
    if used > Points::ZERO {
        facts.entries.push(store::Entry {
            id: EntryId(IMAGINED),
            customer,
            fields: store::EntryDraft {
                kind: store::EntryKind::Redemption,
                points: Points(-used.0),
                at: now,
                // No key of a person has a line break.
                key: "\n".to_owned(),
                program_version: None,
                reward: None,
                reason: None,
                reverses: None,
                order,
                data: None,
            },
        });
    }
}

/// The order that a bill becomes. A category needs a line, and a line needs a product: what is known of it is its
/// category.
pub(super) fn order_of(
    bill: &Bill,
    program: &Program,
    at: Timestamp,
    number: Option<&str>,
) -> OrderDraft {
    let tidy = |text: &Option<String>| {
        let text = text.as_deref().map(str::trim);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let line = tidy(&bill.category).map(|category| OrderLine {
        product: category.clone(),
        category: Some(category),
        quantity_milli: 1_000,
        amount: bill.amount,
    });
    OrderDraft {
        external_id: number.map(str::to_owned),
        at,
        currency: program.currency,
        amount: bill.amount,
        gross: None,
        tax: None,
        paid_with_points: None,
        status: OrderStatus::Paid,
        channel: tidy(&bill.channel),
        coupon: None,
        lines: line.into_iter().collect(),
    }
}

/// The name of a tier by its index.
pub(super) fn tier_name_of(program: &Program, tier: Option<u16>) -> Option<String> {
    let levels = &program.tiers.as_ref()?.levels;
    Some(levels.get(usize::from(tier?))?.name.clone())
}

fn step_of(program: &Program) -> Points {
    program
        .redeem
        .map_or(Points(1), |redeem| Points(redeem.step.0.max(1)))
}

/// The least number at once that is a multiple of the step.
fn least_of(redeem: &Redeem) -> Points {
    let step = redeem.step.0.max(1);
    let least = redeem.min_points.0.max(1);
    Points(least.saturating_add(step - 1) / step * step)
}

/// Why not one step more than `most` can be used.
fn limit_of(
    program: &Program,
    balance: Points,
    most: Points,
    amount: Option<Money>,
) -> RedeemLimit {
    let Some(redeem) = &program.redeem else {
        return RedeemLimit::NotMoney;
    };
    let least = least_of(redeem);
    let next = if most < least {
        least
    } else {
        Points(most.0.saturating_add(redeem.step.0.max(1)))
    };
    if next > balance {
        return if most == Points::ZERO && balance > Points::ZERO {
            RedeemLimit::Least(least)
        } else {
            RedeemLimit::Balance
        };
    }
    let request = RedemptionRequest {
        points: Some(next),
        reward: None,
        order_amount: amount,
        order_redeemed: Points::ZERO,
        reward_taken: 0,
    };
    match loyalty::check_redemption(program, balance, &request).map_err(|refusal| refusal.limit) {
        Err(Limit::MaxPoints) => RedeemLimit::Most(redeem.max_points.unwrap_or(most)),
        Err(Limit::MaxShare) => RedeemLimit::Share(
            redeem
                .max_share
                .map(|share| share.to_string())
                .unwrap_or_default(),
        ),
        Err(Limit::OrderAmount) => RedeemLimit::Bill,
        Err(Limit::MinPoints) => RedeemLimit::Least(least),
        // The others cannot be: the next multiple of the step is within the balance.
        Ok(_)
        | Err(
            Limit::Insufficient
            | Limit::Step
            | Limit::Stock
            | Limit::UnknownReward
            | Limit::NoRedeem
            | Limit::RewardPrice,
        ) => RedeemLimit::Balance,
    }
}

/// The standing of a member on a day.
pub(super) fn standing_of(
    read: store::Reader<'_>,
    customer: CustomerId,
    programs: &Programs,
    zone: &model::Zone,
    day: Day,
) -> Result<loyalty::Standing, Fault> {
    let facts = MemberFacts::read(read, customer)?;
    Ok(facts.account(programs, zone, day)?.standing)
}
