//! A rule over everybody, with what each of its nodes does.

use crate::derive::View;
use crate::segments::count_view;
use crate::{Context, Engine, Unanswered, fault};
use model::rule::{Attribute, Rule};
use model::{CustomerId, Day, Money, SegmentId};
use protocol::{ExampleMember, NodeCount, RulePreview, SegmentReply};
use segment::Bitmap;

/// Members shown as examples.
const EXAMPLES: usize = 8;

impl Engine {
    /// What a rule comes to.
    pub(super) fn preview(
        &mut self,
        rule: &str,
        own: Option<SegmentId>,
        as_of: Option<Day>,
        context: &Context,
    ) -> Result<SegmentReply, Unanswered> {
        let rule = Rule::parse(rule).map_err(fault::of_rule)?;
        let today = self.today(context);
        let view = self.view_rule(&rule, as_of.unwrap_or(today), today)?;
        let view = view.editing(own, &rule);
        let (members, nodes) = view.survey(&rule)?;
        Ok(SegmentReply::Preview(RulePreview {
            rule: rule.to_json(),
            hash: format!("{:016x}", rule.stable_hash()),
            count: count_view(&view, &members),
            as_of: view.day,
            examples: examples(&view, &members),
            nodes: nodes.into_iter().map(node_count).collect(),
        }))
    }
}

fn node_count(node: segment::NodeCount) -> NodeCount {
    NodeCount {
        path: node.path,
        alone: node.alone,
        after: node.after,
        only: node.only,
        strongest: node.strongest,
        same_as: node.same_as,
    }
}

/// Those who spent most, ties by id.
fn examples(view: &View<'_>, members: &Bitmap) -> Vec<ExampleMember> {
    let mut best: Vec<(i64, CustomerId, u32)> = Vec::with_capacity(EXAMPLES + 1);
    for slot in members.iter() {
        let spend = view.columns.facts(slot, view.day).spend;
        if best.len() == EXAMPLES && best.last().is_some_and(|last| last.0 > spend) {
            continue;
        }
        let Some(id) = view.columns.id(slot) else {
            continue;
        };
        let place = best.partition_point(|known| (known.0, id) > (spend, known.1));
        best.insert(place, (spend, id, slot));
        best.truncate(EXAMPLES);
    }
    let text = |slot: u32, attribute: &Attribute| view.columns.text(slot, attribute);
    best.into_iter()
        .map(|(spend, id, slot)| {
            let facts = view.columns.facts(slot, view.day);
            ExampleMember {
                id,
                name: text(slot, &Attribute::Name).unwrap_or_default().to_owned(),
                city: text(slot, &Attribute::City).map(str::to_owned),
                order_count: u64::from(facts.order_count),
                spend: Money(spend),
                last_order_on: facts.last_order_on,
            }
        })
        .collect()
}
