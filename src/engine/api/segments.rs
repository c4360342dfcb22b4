//! Segments: counting, members, explaining, saving, RFM, life cycle.

use super::customers::must_be_named;
use super::input::{
    Args, Stretch, as_of, close, cursor_after, day_option, read_cursor, rule_text, wrong,
};
use super::{answered, mismatch};
use crate::public::Fields;
use crate::{Applied, Context, Engine, Unanswered};
use model::rfm::{RfmLimits, RfmOptions, RfmScoring};
use model::{Currency, CustomerId, IssueCode, Money, SegmentId};
use protocol::{
    Actual, ActualValue, Command, CustomerSort, ExplainOf, ExplainedNode, Fault, InsightQuery,
    InsightReply, ListRequest, Outcome, Query, Reply, SegmentQuery, SegmentReply,
};
use serde_json::{Map, Value, json};

/// Ids in one answer; they are short.
const MEMBERS: u32 = 10_000;

/// What the name of a segment must be.
const NAME: &str = "1 to 200 characters";

impl Engine {
    /// How many customers a rule holds for.
    pub(super) fn api_count(
        &mut self,
        args: &mut Args,
        context: &Context,
    ) -> Result<Value, Unanswered> {
        let rule = args.rule()?;
        let as_of = day_option(&args.options()?)?;
        args.end()?;
        match self.query(&Query::Count { rule, as_of }, context)? {
            Reply::Count(count) => Ok(count.count.into()),
            _ => Err(mismatch()),
        }
    }

    /// Whom a rule holds for, by id.
    pub(super) fn api_members(
        &mut self,
        args: &mut Args,
        context: &Context,
    ) -> Result<Value, Unanswered> {
        let rule = args.rule()?;
        let options = args.options()?;
        args.end()?;
        let mut from = Fields::new(&options, "");
        let stretch = Stretch::read(&mut from, MEMBERS);
        let as_of = as_of(&mut from);
        close(from)?;
        let request = ListRequest {
            rule: Some(rule),
            as_of,
            sort: CustomerSort::CreatedAt,
            ..ListRequest::default()
        };
        let ids = self.list_ids(&request, context)?;
        let mut offset = 0;
        if let Some(cursor) = &stretch.cursor {
            let (so_many, last) = read_cursor(cursor)?;
            let last: Option<CustomerId> = last.parse().ok();
            let place = last.and_then(|last| ids.iter().position(|id| *id == last));
            offset = place.map_or(so_many, |place| place as u64 + 1);
        }
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let some: Vec<String> = ids
            .iter()
            .skip(from)
            .take(stretch.limit as usize)
            .map(ToString::to_string)
            .collect();
        let end = offset + some.len() as u64;
        let cursor = some
            .last()
            .filter(|_| end < ids.len() as u64)
            .map(|last| cursor_after(end, last));
        let items: Vec<Value> = some.iter().map(|id| json!({ "id": id })).collect();
        Ok(json!({ "items": items, "total": ids.len(), "cursor": cursor }))
    }

    /// Why a rule holds for a customer or not.
    pub(super) fn api_explain(
        &mut self,
        args: &mut Args,
        context: &Context,
    ) -> Result<Value, Unanswered> {
        let rule = args.rule()?;
        let key = args.text("customer", "0000100000001")?;
        let as_of = day_option(&args.options()?)?;
        args.end()?;
        let customer = must_be_named(self.store.read(), &key, "customer")?;
        let query = Query::Segment(SegmentQuery::Explain {
            customer,
            of: ExplainOf::Rule(rule),
            as_of,
        });
        let Reply::Segment(reply) = self.query(&query, context)? else {
            return Err(mismatch());
        };
        match *reply {
            SegmentReply::Explained(it) => Ok(explained(&it.root, self.settings.currency)),
            _ => Err(mismatch()),
        }
    }

    /// Saved segments with their counts; a rule that cannot be evaluated any more counts nobody and says why.
    pub(super) fn api_segments(
        &mut self,
        args: &mut Args,
        context: &Context,
    ) -> Result<Value, Unanswered> {
        args.end()?;
        let Reply::Segments(all) = self.query(&Query::Segments, context)? else {
            return Err(mismatch());
        };
        let saved = all.iter().filter_map(|it| {
            let rule: Value = serde_json::from_str(&it.rule).unwrap_or_default();
            let mut json = json!({
                "id": it.id?.to_string(), "name": it.name, "rule": rule, "count": it.count.count,
            });
            if let (Some(fault), Value::Object(json)) = (&it.fault, &mut json) {
                json.insert(
                    "error".into(),
                    json!({ "path": fault.path, "expected": fault.expected }),
                );
            }
            Some(json)
        });
        Ok(Value::Array(saved.collect()))
    }

    /// Saves a segment.
    pub(super) fn api_save_segment(
        &mut self,
        args: &mut Args,
        request_id: &str,
        context: &Context,
    ) -> Result<Applied, Fault> {
        let segment = args.object("segment")?;
        args.end()?;
        let mut from = Fields::new(&segment, "");
        if from.value("name").is_none() {
            from.missing("name", NAME);
        }
        let rule = rule_text(from.value("rule").unwrap_or(&Value::Null), "rule");
        let id = from.id::<SegmentId>("id");
        let name = from.text("name").unwrap_or_default();
        close(from)?;
        if name.trim().is_empty() || name.chars().count() > crate::segments::NAME_CHARACTERS {
            return Err(wrong("name", IssueCode::Malformed, &name, NAME));
        }
        let command = Command::SaveSegment {
            id,
            name,
            rule: rule?,
        };
        let applied = self.apply(&command, request_id, context)?;
        match applied.done.outcome {
            Outcome::Segment { id } => {
                let answer = json!({ "id": id.to_string() });
                Ok(answered(applied, &answer))
            }
            _ => Err(crate::fault::internal("no segment")),
        }
    }

    /// RFM of everybody: as the owner saved it, or as the options say.
    pub(super) fn api_rfm(
        &mut self,
        args: &mut Args,
        context: &Context,
    ) -> Result<Value, Unanswered> {
        let options = args.options()?;
        args.end()?;
        let mut from = Fields::new(&options, "");
        let as_of = as_of(&mut from);
        let scoring = from.choice(
            "scoring",
            &[
                ("quintile", RfmScoring::Quintile),
                ("thresholds", RfmScoring::Fixed),
            ],
        );
        let currency = self.settings.currency;
        let limits = from.inside("thresholds", |inner| limits(inner, currency));
        close(from)?;
        let limits = limits.unwrap_or(self.settings.rfm.limits);
        if let Some(measure) = limits.wrong() {
            return Err(wrong(
                &format!("thresholds.{measure}"),
                IssueCode::BadNumber,
                "",
                "four values, each above the one before",
            )
            .into());
        }
        let options = scoring.map(|scoring| RfmOptions {
            scoring,
            limits,
            ..RfmOptions::default()
        });
        let query = Query::Insight(InsightQuery::Rfm { as_of, options });
        let Reply::Insight(reply) = self.query(&query, context)? else {
            return Err(mismatch());
        };
        let InsightReply::Rfm(picture) = *reply else {
            return Err(mismatch());
        };
        let cells = picture
            .cells
            .iter()
            .map(|cell| json!({ "r": cell.r, "f": cell.f, "m": cell.m, "count": cell.count }));
        let groups = picture.groups.iter().map(|group| {
            let spend = group.spend.to_decimal(currency);
            json!({ "group": group.group, "count": group.count, "spend": spend })
        });
        Ok(json!({ "cells": cells.collect::<Value>(), "groups": groups.collect::<Value>() }))
    }

    /// How many customers are at which stage.
    pub(super) fn api_lifecycle(
        &mut self,
        args: &mut Args,
        context: &Context,
    ) -> Result<Value, Unanswered> {
        let as_of = day_option(&args.options()?)?;
        args.end()?;
        match self.query(&Query::Lifecycle { as_of }, context)? {
            Reply::Lifecycle(stages) => Ok(json!({
                "prospect": stages.prospect, "new": stages.new, "active": stages.active,
                "dormant": stages.dormant, "churned": stages.churned,
            })),
            _ => Err(mismatch()),
        }
    }
}

/// The limits between scores: `recency` in days for 5, 4, 3 and 2, ascending; `orders` and `money` for 2, 3, 4 and 5.
fn limits(from: &mut Fields<'_>, currency: Currency) -> RfmLimits {
    let usual = RfmLimits::default();
    RfmLimits {
        recency_days: four(from, "recency", |it| it.as_u64()?.try_into().ok())
            .unwrap_or(usual.recency_days),
        orders: four(from, "orders", |it| it.as_u64()?.try_into().ok()).unwrap_or(usual.orders),
        money: four(from, "money", |it| {
            Money::parse(it.as_str()?, currency).ok()
        })
        .unwrap_or(usual.money),
    }
}

fn four<T>(
    from: &mut Fields<'_>,
    name: &'static str,
    read: impl Fn(&Value) -> Option<T>,
) -> Option<[T; 4]> {
    let value = from.value(name)?;
    let all: Option<Vec<T>> = value
        .as_array()
        .and_then(|it| it.iter().map(read).collect());
    let four = all.and_then(|all| <[T; 4]>::try_from(all).ok());
    if four.is_none() {
        let expected = "four values (days, orders; amounts as decimal texts)";
        from.wrong(name, IssueCode::BadNumber, &value.to_string(), expected);
    }
    four
}

/// A node of an explanation.
fn explained(node: &ExplainedNode, currency: Currency) -> Value {
    let mut json = Map::new();
    json.insert("holds".into(), node.holds.into());
    let rule: Value = serde_json::from_str(&node.rule).unwrap_or_default();
    json.insert("node".into(), rule);
    json.insert("decides".into(), node.decides.into());
    json.insert("path".into(), node.path.as_str().into());
    json.insert("actual".into(), actual(&node.actual, currency));
    if !node.children.is_empty() {
        let children = node.children.iter();
        let children = children.map(|child| explained(child, currency)).collect();
        json.insert("children".into(), Value::Array(children));
    }
    Value::Object(json)
}

/// What the customer has: a value; of orders and events also which.
fn actual(actual: &Actual, currency: Currency) -> Value {
    match actual {
        Actual::Group { holding, of } => json!({ "holding": holding, "of": of }),
        Actual::Value(found) => value(found, currency),
        Actual::Orders {
            value: found,
            count,
            newest,
        } => {
            let newest = newest.iter().map(|order| {
                json!({
                    "id": order.id.to_string(), "day": order.day.to_string(),
                    "amount": order.amount.map(|amount| amount.to_decimal(currency)),
                })
            });
            json!({ "value": value(found, currency), "count": count, "newest": newest.collect::<Value>() })
        }
        Actual::Events {
            value: found,
            count,
            newest,
        } => {
            let newest = newest.iter().map(ToString::to_string);
            json!({ "value": value(found, currency), "count": count, "newest": newest.collect::<Vec<_>>() })
        }
        Actual::Segment { name } => json!({ "segment": name }),
        Actual::Draw(draw) => json!({ "draw": draw }),
    }
}

fn value(found: &ActualValue, currency: Currency) -> Value {
    match found {
        ActualValue::Missing => Value::Null,
        ActualValue::Text(text) | ActualValue::Birthday(text) => text.as_str().into(),
        ActualValue::List(words) => words.clone().into(),
        ActualValue::Flag(flag) => (*flag).into(),
        // A plain decimal; what a binary fraction cannot hold stays text.
        ActualValue::Number(text) => match text.parse::<i64>() {
            Ok(whole) => whole.into(),
            Err(_) => text.as_str().into(),
        },
        ActualValue::Money(amount) => amount.to_decimal(currency).into(),
        ActualValue::Day(day) => day.to_string().into(),
    }
}
