//! Everything that is known about one person, as JSON (S37 of security.md).
//!
//! First what a person wants to read (record, calculated scores with their explanation, orders, points, coupons,
//! segments, lists, what was said, what was changed), with amounts in major units and local times; then every row of
//! the database that is about them, so that anybody can see that nothing was kept back.

use crate::export::facts_of;
use crate::fault::{self, OrFault};
use crate::points::{MemberFacts, entry_views};
use crate::scores;
use crate::{Context, Engine, Unanswered};
use model::{CustomerId, Money, Order};
use protocol::{CouponQuery, Fault, FaultCode, ListRequest, Query, RecordKind, Reply};
use serde_json::{Map, Value, json};

/// Changes that are told; more than anybody makes to one record.
const CHANGES: u32 = 10_000;

impl Engine {
    /// Everything about one person.
    ///
    /// # Errors
    /// `NotFound`, `Storage`.
    pub(crate) fn person_json(
        &mut self,
        id: CustomerId,
        context: &Context,
    ) -> Result<String, Fault> {
        let today = self.today(context);
        let zone = self.settings.zone;
        let currency = self.settings.currency;
        let read = self.store.read();
        let customer = read.customer(id).or_fault()?;
        let customer = customer.ok_or_else(|| fault::not_found(id))?;
        let mut record = serde_json::to_value(&customer).unwrap_or_default();
        if let (Some(object), Some(cost)) =
            (record.as_object_mut(), customer.fields.acquisition_cost)
        {
            object.insert(
                "acquisitionCost".to_owned(),
                cost.to_decimal(currency).into(),
            );
        }
        let mut whole = Map::new();
        let mut put = |name: &str, value: Value| {
            whole.insert(name.to_owned(), value);
        };
        put("format", "shuke-person".into());
        put("madeAt", context.now.to_string().into());
        put("asOf", today.to_string().into());
        put("timeZone", zone.name().into());
        put("currency", currency.to_string().into());
        put("customer", record);
        put("calculated", self.calculated(id, context)?);
        put("segments", self.segments_json(id, context)?);
        let programs = self.programs()?;
        let facts = MemberFacts::read(self.store.read(), id)?;
        let orders = facts.orders.iter().map(|order| self.order_json(order));
        put("orders", orders.collect());
        let entries = entry_views(&facts, &programs, &zone, today)?;
        put("points", serde_json::to_value(entries).unwrap_or_default());
        let member = Query::Member {
            customer: id,
            as_of: None,
        };
        put("membership", self.reply_json(member, context)?);
        let coupons = Query::Coupons(CouponQuery::OfCustomer { customer: id });
        put("coupons", self.reply_json(coupons, context)?);
        let interactions = facts.interactions.iter().map(|it| {
            json!({ "id": it.id.to_string(), "kind": it.fields.kind,
                    "at": zone.write_local(it.fields.at), "data": it.fields.data })
        });
        put("interactions", interactions.collect());
        put("lists", self.lists_json(id)?);
        let history = Query::History {
            kind: RecordKind::Customer,
            id: id.to_string(),
            offset: 0,
            limit: CHANGES,
        };
        put("history", self.reply_json(history, context)?);
        let mut tables = Map::new();
        for (table, rows) in self.store.read().rows_of_person(id).or_fault()? {
            tables.insert(table.to_owned(), Value::Array(rows));
        }
        put("rows", Value::Object(tables));
        serde_json::to_string_pretty(&Value::Object(whole))
            .map_err(|error| fault::internal(error.to_string()))
    }

    /// What is calculated about them; null while columns are not in memory.
    fn calculated(&mut self, id: CustomerId, context: &Context) -> Result<Value, Fault> {
        let today = self.today(context);
        let currency = self.settings.currency;
        let Some(view) = self.view_if_ready(today)? else {
            return Ok(Value::Null);
        };
        let Some(slot) = view.columns.slot(id) else {
            return Ok(Value::Null);
        };
        let facts = scores::customer_facts(&view, slot);
        let it = facts_of(&facts);
        let thresholds = view.settings.lifecycle;
        let money = |amount: Money| amount.to_decimal(currency);
        let limits = view.rfm().map(|rfm| rfm.limits.clone());
        Ok(json!({
            "stage": it.stage,
            "stageFollowsFrom": {
                "daysSinceLastOrder": it.days_since_last_order,
                "firstOrderOn": it.first_order_on,
                "newDays": thresholds.new_days,
                "dormantDays": thresholds.dormant_days,
                "churnedDays": thresholds.churned_days,
            },
            "rfm": it.rfm,
            "rfmGroup": it.rfm_group,
            "rfmFollowsFrom": {
                "recencyDays": it.days_since_last_order,
                "frequencyOrders": it.order_count,
                "monetary": money(it.spend),
                "limits": limits,
            },
            "orderCount": it.order_count,
            "spend": money(it.spend),
            "averageOrderValue": it.average_order_value.map(money),
            "firstOrderOn": it.first_order_on,
            "lastOrderOn": it.last_order_on,
            "usualGapDays": it.usual_gap_days,
            "balance": it.balance,
            "tier": it.tier,
        }))
    }

    /// The segments they are in, with the rules that say so.
    fn segments_json(&mut self, id: CustomerId, context: &Context) -> Result<Value, Fault> {
        let segments = match self.query(&Query::Segments, context) {
            Ok(Reply::Segments(segments)) => segments,
            Ok(_) | Err(Unanswered::NotReady) => return Ok(Value::Null),
            Err(Unanswered::Fault(fault)) => return Err(fault),
        };
        let mut found = Vec::new();
        for segment in segments.into_iter().filter(|it| it.fault.is_none()) {
            let list = ListRequest {
                rule: Some(segment.rule.clone()),
                ..ListRequest::default()
            };
            let Ok(members) = self.list_ids(&list, context) else {
                continue;
            };
            if members.contains(&id) {
                let rule: Value = serde_json::from_str(&segment.rule).unwrap_or_default();
                found.push(json!({ "name": segment.name, "key": segment.key, "rule": rule }));
            }
        }
        Ok(Value::Array(found))
    }

    fn order_json(&self, order: &Order) -> Value {
        let zone = self.settings.zone;
        let it = &order.fields;
        let money = |amount: Money| amount.to_decimal(it.currency);
        let lines: Vec<Value> = it
            .lines
            .iter()
            .map(|line| {
                let quantity = model::Decimal {
                    units: line.quantity_milli,
                    scale: 3,
                };
                json!({ "product": line.product, "category": line.category,
                        "quantity": quantity.to_string(), "amount": money(line.amount) })
            })
            .collect();
        let refunds: Vec<Value> = order
            .refunds
            .iter()
            .map(|refund| {
                json!({ "at": zone.write_local(refund.at), "amount": money(refund.amount), "key": refund.key })
            })
            .collect();
        json!({
            "id": order.id.to_string(),
            "externalId": it.external_id,
            "at": zone.write_local(it.at),
            "currency": it.currency.to_string(),
            "amount": money(it.amount),
            "gross": it.gross.map(money),
            "tax": it.tax.map(money),
            "paidWithPoints": it.paid_with_points.map(money),
            "status": it.status,
            "channel": it.channel,
            "coupon": it.coupon,
            "lines": lines,
            "refunds": refunds,
        })
    }

    fn lists_json(&self, id: CustomerId) -> Result<Value, Fault> {
        let read = self.store.read();
        let mut lists = Vec::new();
        for list in read.lists_of(id).or_fault()? {
            if let Some(list) = read.list(list).or_fault()? {
                lists.push(serde_json::to_value(list).unwrap_or_default());
            }
        }
        Ok(Value::Array(lists))
    }

    /// What a page would be answered, without the name of the answer; null where there is none (no programme).
    fn reply_json(&mut self, query: Query, context: &Context) -> Result<Value, Fault> {
        match self.query(&query, context) {
            Ok(reply) => Ok(bare(serde_json::to_value(reply).unwrap_or_default())),
            Err(Unanswered::NotReady) => Ok(Value::Null),
            Err(Unanswered::Fault(fault))
                if matches!(fault.code, FaultCode::NoProgram | FaultCode::NotFound) =>
            {
                Ok(Value::Null)
            }
            Err(Unanswered::Fault(fault)) => Err(fault),
        }
    }
}

/// `{"history":{"items":[...],"total":1}}` is told as `[...]`, `{"member":{...}}` as `{...}`.
fn bare(mut value: Value) -> Value {
    while let Value::Object(object) = &mut value {
        if let Some(items) = object.remove("items") {
            return items;
        }
        let only = match (object.len(), object.keys().next()) {
            (1, Some(only)) => only.clone(),
            _ => break,
        };
        match object.get_mut(&only).map(Value::take) {
            Some(inner) if inner.is_object() => value = inner,
            Some(other) => return other,
            None => break,
        }
    }
    value
}
