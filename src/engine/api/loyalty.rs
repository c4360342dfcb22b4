//! Points: the programme, a member, the ledger, and what is done with points.

use super::customers::{must_be_named, named};
use super::input::{Args, Stretch, as_of, close, cursor_after, day_option, read_cursor, wrong};
use super::{answered, mismatch, terms_of};
use crate::apply::Known;
use crate::customers::ROWS_MAX;
use crate::fault::{self, Failure, OrFault};
use crate::follow::Touched;
use crate::points::{self, MemberFacts};
use crate::public::Fields;
use crate::{Applied, Context, Engine, Unanswered};
use model::{CustomerId, Day, IssueCode, Money, OrderId, Points, Timestamp};
use protocol::{
    ApiCommand, ApiWrite, BonusEnds, Command, Fault, FaultCode, LedgerEntryView, MemberView,
    Outcome, Query, Reply,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::rc::Rc;
use store::Tx;

/// The clock of another device may be a little ahead.
const AHEAD_MS: i64 = 60_000;

/// Characters of a reason.
const REASON_MAX: usize = 1_000;

/// What is asked of a member's points, read from the argument.
struct Deed {
    customer: String,
    key: String,
    at: Option<Timestamp>,
    points: Option<Points>,
    reason: Option<String>,
    order: Option<String>,
    order_amount: Option<Money>,
    event: Option<String>,
    reward: Option<String>,
    entry: Option<String>,
}

impl Deed {
    /// Reads it; what a method does not know is a slip.
    fn read(
        method: ApiWrite,
        object: &Map<String, Value>,
        known: &Known<'_>,
    ) -> Result<Self, Fault> {
        let terms = terms_of(known.settings);
        let mut from = Fields::new(object, "");
        let who = if method == ApiWrite::LoyaltyReverse {
            "entry"
        } else {
            "customer"
        };
        for (name, expected) in [(who, "0000100000001"), ("key", "1 to 128 characters")] {
            if from.value(name).is_none() {
                from.missing(name, expected);
            }
        }
        let mut deed = Self {
            customer: String::new(),
            key: from.text("key").unwrap_or_default(),
            at: from.instant("at", &terms),
            points: None,
            reason: None,
            order: None,
            order_amount: None,
            event: None,
            reward: None,
            entry: None,
        };
        if method == ApiWrite::LoyaltyReverse {
            deed.entry = from.text("entry");
        } else {
            deed.customer = from.text("customer").unwrap_or_default();
            deed.points = from.points("points");
        }
        if method == ApiWrite::LoyaltyRedeem {
            deed.reward = from.text("reward");
            deed.order_amount = from.money("orderAmount", terms.currency);
        } else {
            deed.reason = from.text("reason");
        }
        if matches!(method, ApiWrite::LoyaltyRedeem | ApiWrite::LoyaltyAccrue) {
            deed.order = from.text("order");
        }
        if method == ApiWrite::LoyaltyAccrue {
            deed.event = from.text("event");
        }
        close(from)?;
        if let Some(at) = deed.at
            && at.0 > known.context.now.0.saturating_add(AHEAD_MS)
        {
            let found = at.to_string();
            return Err(wrong(
                "at",
                IssueCode::FutureDate,
                &found,
                "a time that has been",
            ));
        }
        deed.check(method)?;
        Ok(deed)
    }

    /// What each method must be told, said before anything else is looked at.
    fn check(&self, method: ApiWrite) -> Result<(), Fault> {
        let number = self.points.map(|it| it.0);
        let found = number.map(|it| it.to_string()).unwrap_or_default();
        let points = |code, expected| Err(wrong("points", code, &found, expected));
        match (method, number) {
            (ApiWrite::LoyaltyAccrue | ApiWrite::LoyaltyRedeem, Some(..=0)) => {
                return points(IssueCode::Negative, "a whole number above 0");
            }
            (ApiWrite::LoyaltyRedeem, None) if self.reward.is_none() => {
                return points(IssueCode::Missing, "points or reward");
            }
            (ApiWrite::LoyaltyAdjust, None | Some(0)) => {
                return points(IssueCode::Missing, "a whole number other than 0");
            }
            _ => {}
        }
        let reason = self.reason.as_deref().unwrap_or_default();
        let length = reason.chars().count();
        let wanted = method == ApiWrite::LoyaltyAdjust;
        if wanted && reason.trim().is_empty() || length > REASON_MAX {
            let expected = "1 to 1000 characters";
            return Err(wrong("reason", IssueCode::Missing, reason, expected));
        }
        Ok(())
    }

    fn who(&self, tx: &Tx<'_>) -> Result<CustomerId, Failure> {
        let found = named(tx.read(), &self.customer)?;
        Ok(found.ok_or_else(|| fault::not_found(&self.customer).at("customer"))?)
    }

    fn order(&self, tx: &Tx<'_>) -> Result<Option<OrderId>, Failure> {
        let Some(key) = &self.order else {
            return Ok(None);
        };
        let read = tx.read();
        if let Ok(id) = key.parse::<OrderId>()
            && read.order(id)?.is_some()
        {
            return Ok(Some(id));
        }
        match read.order_by_external_id(key)? {
            Some(id) => Ok(Some(id)),
            None => Err(fault::not_found(key).at("order").into()),
        }
    }
}

/// Does it, as of the time it is said to have been.
pub(super) fn carry_out(
    method: ApiWrite,
    args: &mut Args,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let object = args.object("options")?;
    args.end()?;
    let deed = Deed::read(method, &object, known)?;
    let context = Context {
        now: deed.at.unwrap_or(known.context.now),
        who: known.context.who.clone(),
    };
    let then = Known {
        settings: known.settings,
        today: known.settings.zone.day(context.now),
        context: &context,
        programs: Rc::clone(&known.programs),
        circle: known.circle.clone(),
    };
    let done = match method {
        ApiWrite::LoyaltyAccrue => accrue(&deed, &then, tx)?,
        ApiWrite::LoyaltyRedeem => {
            let wish = points::Wish {
                customer: deed.who(tx)?,
                points: deed.points,
                reward: deed.reward.as_deref(),
                order_amount: deed.order_amount,
                order: deed.order(tx)?,
                key: &deed.key,
            };
            points::redeem(&wish, &then, tx)?
        }
        ApiWrite::LoyaltyReverse => {
            let entry = deed.entry.as_deref().unwrap_or_default();
            points::reverse(entry, deed.reason.as_deref(), &deed.key, &then, tx)?
        }
        _ => {
            let who = deed.who(tx)?;
            let how_many = deed.points.unwrap_or(Points::ZERO);
            let reason = deed.reason.as_deref().unwrap_or_default();
            points::adjust(who, how_many, reason, &deed.key, &then, tx)?
        }
    };
    if deed.at.is_some() {
        still_covered(&done.1, known, tx)?;
    }
    Ok(done)
}

/// What was spent in the past must not have been spent otherwise since.
fn still_covered(touched: &Touched, known: &Known<'_>, tx: &Tx<'_>) -> Result<(), Failure> {
    for &customer in &touched.points {
        let facts = MemberFacts::read(tx.read(), customer)?;
        let account = facts.account(&known.programs, &known.settings.zone, known.today)?;
        let balance = account.standing.balance;
        if balance < Points::ZERO {
            return Err(Fault::new(FaultCode::InsufficientPoints)
                .found(balance.to_string())
                .expected("0")
                .into());
        }
    }
    Ok(())
}

/// Gives points: for an event that a rule may reward, or so many by hand. An order's points follow from the order
/// itself; naming one alone gives nothing more.
fn accrue(deed: &Deed, known: &Known<'_>, tx: &mut Tx<'_>) -> Result<(Outcome, Touched), Failure> {
    let customer = deed.who(tx)?;
    if let Some(event) = &deed.event {
        if deed.points.is_some() {
            let expected = "points or event, not both";
            return Err(wrong("points", IssueCode::UnknownChoice, "", expected).into());
        }
        return points::event(customer, event, None, &deed.key, known, tx);
    }
    let order = deed.order(tx)?;
    let Some(how_many) = deed.points else {
        let Some(order) = order else {
            return Err(wrong("points", IssueCode::Missing, "", "points, event or order").into());
        };
        let own = tx
            .read()
            .order(order)?
            .is_some_and(|it| it.customer == customer);
        if !own {
            return Err(fault::not_found(order).at("order").into());
        }
        points::check_key(&deed.key)?;
        return Ok((Outcome::Saved, Touched::default()));
    };
    let bonus = points::Bonus {
        customer,
        points: how_many,
        qualifies: true,
        ends: BonusEnds::ByProgram,
        reason: deed.reason.as_deref().unwrap_or("accrue"),
        key: &deed.key,
    };
    points::bonus(&bonus, known, tx)
}

impl Engine {
    /// Does something with points and gives the member as they are then.
    pub(super) fn api_points(
        &mut self,
        asked: &ApiCommand,
        args: &mut Args,
        request_id: &str,
        context: &Context,
    ) -> Result<Applied, Fault> {
        let object = args.object("options")?;
        args.end()?;
        let applied = self.write_api(asked, request_id, context)?;
        let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
        let read = self.store.read();
        let entry = read.entry_by_key(text("key")).or_fault()?;
        let customer = match &entry {
            Some(entry) => entry.customer,
            None => must_be_named(read, text("customer"), "customer")?,
        };
        let day = self.today(context);
        let mut member = match self.member_json(customer, None, context)? {
            Value::Object(member) => member,
            _ => Map::new(),
        };
        if asked.method == ApiWrite::LoyaltyRedeem {
            let worth = match &applied.done.outcome {
                Outcome::Points { worth, .. } => worth.unwrap_or(Money::ZERO),
                _ => Money::ZERO,
            };
            let programs = self.programs()?;
            let currency = programs
                .in_force(day)
                .map_or(self.settings.currency, |version| version.program.currency);
            member.insert("worth".into(), worth.to_decimal(currency).into());
            let allocations = match entry {
                Some(entry) => self.allocations(&entry)?,
                None => Vec::new(),
            };
            member.insert("allocations".into(), Value::Array(allocations));
        }
        Ok(answered(applied, &Value::Object(member)))
    }

    /// Which lots a redemption took from: what each has less than without it.
    fn allocations(&mut self, entry: &store::Entry) -> Result<Vec<Value>, Fault> {
        let programs = self.programs()?;
        let zone = self.settings.zone;
        let day = zone.day(entry.fields.at);
        let mut facts = MemberFacts::read(self.store.read(), entry.customer)?;
        let place = |it: &store::Entry| (it.fields.at, it.fields.key.clone());
        let own = place(entry);
        facts.entries.retain(|it| place(it) <= own);
        let with = facts.account(&programs, &zone, day)?;
        facts.entries.retain(|it| it.id != entry.id);
        let without = facts.account(&programs, &zone, day)?;
        let left: BTreeMap<&str, Points> = with
            .lots
            .iter()
            .map(|lot| (lot.id.as_str(), lot.points))
            .collect();
        let taken = without.lots.iter().filter_map(|lot| {
            let left = left.get(lot.id.as_str()).copied().unwrap_or_default();
            let taken = lot.points.0.saturating_sub(left.0);
            (taken > 0).then(|| json!({ "lot": lot.id, "points": taken }))
        });
        Ok(taken.collect())
    }

    /// The programme in force.
    pub(super) fn api_program(
        &mut self,
        args: &mut Args,
        context: &Context,
    ) -> Result<Value, Unanswered> {
        args.end()?;
        match self.query(&Query::Program, context)? {
            Reply::Program(Some(view)) => {
                Ok(serde_json::from_str(&view.program).unwrap_or_default())
            }
            Reply::Program(None) => Err(Fault::new(FaultCode::NoProgram).into()),
            _ => Err(mismatch()),
        }
    }

    /// Puts a programme in force: for all of history where it is the first, else from today.
    pub(super) fn api_set_program(
        &mut self,
        args: &mut Args,
        request_id: &str,
        context: &Context,
    ) -> Result<Applied, Fault> {
        let program = args.object("program")?;
        args.end()?;
        let command = Command::SetProgram {
            program: Value::Object(program).to_string(),
            from: None,
        };
        let applied = self.apply(&command, request_id, context)?;
        Ok(answered(applied, &Value::Null))
    }

    /// A member's points.
    pub(super) fn api_member(
        &mut self,
        args: &mut Args,
        context: &Context,
    ) -> Result<Value, Unanswered> {
        let key = args.text("customer", "0000100000001")?;
        let as_of = day_option(&args.options()?)?;
        args.end()?;
        let customer = must_be_named(self.store.read(), &key, "customer")?;
        Ok(self.member_json(customer, as_of, context)?)
    }

    fn member_json(
        &mut self,
        customer: CustomerId,
        as_of: Option<Day>,
        context: &Context,
    ) -> Result<Value, Fault> {
        match self.member_view(customer, as_of, context) {
            Ok(Reply::Member(member)) => Ok(member_of(&member)),
            Err(Unanswered::Fault(fault)) => Err(fault),
            Ok(_) | Err(Unanswered::NotReady) => Err(fault::internal("no member")),
        }
    }

    /// A member's ledger, newest first.
    pub(super) fn api_ledger(
        &mut self,
        args: &mut Args,
        context: &Context,
    ) -> Result<Value, Unanswered> {
        let key = args.text("customer", "0000100000001")?;
        let options = args.options()?;
        args.end()?;
        let mut from = Fields::new(&options, "");
        let stretch = Stretch::read(&mut from, ROWS_MAX);
        let as_of = as_of(&mut from);
        close(from)?;
        let customer = must_be_named(self.store.read(), &key, "customer")?;
        let mut offset = 0;
        if let Some(cursor) = &stretch.cursor {
            // New entries come before those that were given out: as many as there are more now.
            let (so_many, total) = read_cursor(cursor)?;
            let before: u64 = total.parse().map_err(|_| {
                wrong(
                    "cursor",
                    IssueCode::Malformed,
                    cursor,
                    "the cursor of an answer",
                )
            })?;
            let now = self.ledger_page(customer, as_of, (0, 1), context)?.total;
            offset = so_many + now.saturating_sub(before);
        }
        let page = self.ledger_page(customer, as_of, (offset, stretch.limit), context)?;
        let end = offset + page.items.len() as u64;
        let cursor = (end < page.total).then(|| cursor_after(end, &page.total.to_string()));
        let items: Vec<Value> = page
            .items
            .iter()
            .map(|entry| self.entry_of(entry))
            .collect();
        Ok(json!({ "items": items, "total": page.total, "cursor": cursor }))
    }

    fn ledger_page(
        &mut self,
        customer: CustomerId,
        as_of: Option<Day>,
        (offset, limit): (u64, u32),
        context: &Context,
    ) -> Result<protocol::Page<LedgerEntryView>, Unanswered> {
        match self.ledger_view(customer, as_of, offset, limit, context)? {
            Reply::Ledger(page) => Ok(page),
            _ => Err(mismatch()),
        }
    }

    fn entry_of(&self, entry: &LedgerEntryView) -> Value {
        let kind = super::ledger_file::kind(entry.kind);
        let zone = self.settings.zone;
        let at = zone.read(&entry.local_at).map(|at| at.to_string());
        let mut json = Map::new();
        let mut put = |name: &str, value: Value| {
            if !value.is_null() {
                json.insert(name.to_owned(), value);
            }
        };
        put("id", entry.id.as_str().into());
        put("key", entry.key.as_str().into());
        put("kind", kind.into());
        put("at", at.unwrap_or_else(|_| entry.local_at.clone()).into());
        put("points", entry.points.0.into());
        put("balance", entry.balance.0.into());
        put("order", entry.order.map(|id| id.to_string()).into());
        put("rule", entry.rule.as_deref().into());
        put("reason", entry.reason.as_deref().into());
        put("reverses", entry.reverses.as_deref().into());
        put("reward", entry.reward.as_deref().into());
        put("postsOn", entry.posts_on.map(|day| day.to_string()).into());
        put(
            "expiresOn",
            entry.expires_on.map(|day| day.to_string()).into(),
        );
        Value::Object(json)
    }

    /// What is owed in points.
    pub(super) fn api_liability(
        &mut self,
        args: &mut Args,
        context: &Context,
    ) -> Result<Value, Unanswered> {
        let as_of = day_option(&args.options()?)?;
        args.end()?;
        let Reply::PointsOverview(it) = self.query(&Query::PointsOverview { as_of }, context)?
        else {
            return Err(mismatch());
        };
        let programs = self.programs()?;
        let currency = programs
            .in_force(it.as_of)
            .map_or(self.settings.currency, |version| version.program.currency);
        let (expiring, never) = self.points_by_last_day(it.as_of, context)?;
        let expiring = expiring
            .into_iter()
            .map(|(day, points)| json!({ "on": day.to_string(), "points": points }));
        Ok(json!({
            "outstanding": it.outstanding.0,
            "pending": it.pending.0,
            "worth": it.worth.to_decimal(currency),
            "expiring": expiring.collect::<Value>(),
            "never": never,
        }))
    }

    /// Everybody's open points by their last usable day, and those that have none.
    fn points_by_last_day(
        &mut self,
        day: Day,
        context: &Context,
    ) -> Result<(BTreeMap<Day, i64>, i64), Unanswered> {
        let today = self.today(context);
        let view = self.view_points(day, today)?;
        let (mut ends, mut never) = (BTreeMap::<Day, i64>::new(), 0i64);
        let Some((table, _)) = view.points() else {
            return Ok((ends, never));
        };
        for slot in view.columns.live().iter() {
            let lots = table.lots.get(slot as usize).unwrap_or(&[]);
            for (last, points) in lots.iter().filter(|(_, points)| points.0 > 0) {
                let sum = match last {
                    Some(last) => ends.entry(*last).or_default(),
                    None => &mut never,
                };
                *sum = sum.saturating_add(points.0);
            }
        }
        Ok((ends, never))
    }
}

fn member_of(it: &MemberView) -> Value {
    let lots = it.lots.iter().map(|lot| {
        json!({
            "id": lot.id, "points": lot.points.0, "earnedOn": lot.earned_on.to_string(),
            "expiresOn": lot.expires_on.map(|day| day.to_string()),
        })
    });
    let next = it.next_tier.as_ref();
    json!({
        "customer": it.customer.to_string(),
        "balance": it.balance.0,
        "pending": it.pending.0,
        "debt": it.debt.0,
        "qualifying": it.qualifying.0,
        "tier": it.tier,
        "tierName": it.tier_name,
        "tierUntil": it.tier_until.map(|day| day.to_string()),
        "nextTier": next.map(|next| json!({ "id": next.id, "name": next.name, "missing": next.missing })),
        "lots": lots.collect::<Value>(),
    })
}
