//! Why a customer is in a segment or not.

use crate::derive::View;
use crate::{Context, Engine, Unanswered, fault};
use model::rule::{Attribute, Rule};
use model::{CustomerId, Day, Money};
use protocol::{
    Actual, ActualOrder, ActualValue, ExplainOf, Explained, ExplainedNode, SegmentReply,
};
use segment::Value;

impl Engine {
    /// The rule's tree with what the customer has at each node.
    pub(super) fn explain(
        &mut self,
        customer: CustomerId,
        of: &ExplainOf,
        as_of: Option<Day>,
        context: &Context,
    ) -> Result<SegmentReply, Unanswered> {
        let today = self.today(context);
        let rule = self.rule_of(of, as_of.unwrap_or(today), today)?;
        let view = self.view_rule(&rule, as_of.unwrap_or(today), today)?;
        let slot = view.columns.slot(customer);
        let slot = slot.ok_or_else(|| fault::not_found(customer))?;
        let root = view.explain(&rule, slot)?;
        let name = view.columns.text(slot, &Attribute::Name);
        Ok(SegmentReply::Explained(Explained {
            customer,
            name: name.unwrap_or_default().to_owned(),
            as_of: view.day,
            rule: rule.to_json(),
            root: node(root, &view),
        }))
    }

    fn rule_of(&mut self, of: &ExplainOf, day: Day, today: Day) -> Result<Rule, Unanswered> {
        Ok(match of {
            ExplainOf::Rule(rule) => Rule::parse(rule).map_err(fault::of_rule)?,
            ExplainOf::Segment(id) => {
                let saved = self.saved_segments()?;
                let found = saved.iter().find(|saved| saved.segment.id == *id);
                let found = found.ok_or_else(|| fault::not_found(*id))?;
                found.rule.clone().map_err(fault::of_rule)?
            }
            ExplainOf::Ready(key) => {
                let ready = self.view(day, today)?.ready();
                let found = ready.into_iter().find(|ready| ready.key == key);
                found.ok_or_else(|| fault::not_found(key))?.rule
            }
        })
    }
}

fn node(it: segment::Explained, view: &View<'_>) -> ExplainedNode {
    let of = it.children.len() as u32;
    let actual = match it.actual {
        segment::Actual::Group(holding) => Actual::Group { holding, of },
        segment::Actual::Value(found) => Actual::Value(value(found)),
        segment::Actual::Orders(found, count, newest) => Actual::Orders {
            value: value(found),
            count,
            newest: newest
                .into_iter()
                .map(|order| ActualOrder {
                    id: order.id,
                    day: order.day,
                    amount: order.amount.map(Money),
                })
                .collect(),
        },
        segment::Actual::Events(found, count, newest) => Actual::Events {
            value: value(found),
            count,
            newest,
        },
        segment::Actual::Segment(id) => Actual::Segment {
            name: view.segment_name(&id),
        },
        segment::Actual::Draw(thousandths) => Actual::Draw(exact(thousandths, 3)),
    };
    ExplainedNode {
        path: it.path,
        rule: it.rule,
        holds: it.holds,
        decides: it.decides,
        actual,
        children: it
            .children
            .into_iter()
            .map(|child| node(child, view))
            .collect(),
    }
}

/// A value as the page takes it.
pub(super) fn value(found: Value) -> ActualValue {
    match found {
        Value::Missing => ActualValue::Missing,
        Value::Text(text) => ActualValue::Text(text),
        Value::List(words) => ActualValue::List(words),
        Value::Flag(flag) => ActualValue::Flag(flag),
        Value::Exact(units, scale) => ActualValue::Number(exact(units, scale)),
        Value::Float(number) => ActualValue::Number(number.to_string()),
        Value::Money(minor) => ActualValue::Money(Money(minor)),
        Value::Day(day) => ActualValue::Day(day),
        Value::Birthday(birthday) => ActualValue::Birthday(birthday.to_string()),
    }
}

/// A number without needless zeros.
pub(super) fn exact(units: i64, scale: u32) -> String {
    let text = model::Decimal { units, scale }.to_string();
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}
