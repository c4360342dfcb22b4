//! How sets of customers overlap: every pair, and every combination.

use crate::derive::View;
use crate::segments::count_view;
use crate::{Context, Engine, Unanswered, fault};
use model::rule::Rule;
use model::{Day, Issue, IssueCode, Money};
use protocol::{Fault, MembershipReply, OverlapView, REGION_SETS_MAX, Region, Reply, SETS_MAX};
use segment::Bitmap;

impl Engine {
    /// Pairs and combinations of the sets that these rules hold for.
    pub(crate) fn overlap(
        &mut self,
        rules: &[String],
        as_of: Option<Day>,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        if rules.is_empty() || rules.len() > SETS_MAX {
            let issue = Issue::error(IssueCode::LimitPassed)
                .in_field("rules")
                .found(&rules.len().to_string())
                .expected(&SETS_MAX.to_string());
            return Err(Fault::invalid(vec![issue]).into());
        }
        let today = self.today(context);
        let day = as_of.unwrap_or(today);
        let mut sets = Vec::with_capacity(rules.len());
        for rule in rules {
            let rule = Rule::parse(rule).map_err(fault::of_rule)?;
            sets.push(self.view_rule(&rule, day, today)?.evaluate(&rule)?);
        }
        let view = self.view_rule(&Rule::All(Vec::new()), day, today)?;
        let mut any = Bitmap::empty(view.columns.slots());
        for set in &sets {
            any.or(set);
        }
        let of = view.columns.customer_count();
        let shown = OverlapView {
            as_of: view.day,
            of,
            none: of.saturating_sub(any.count()),
            any: any.count(),
            sets: sets.iter().map(|set| count_view(&view, set)).collect(),
            pairs: pairs(&sets),
            regions: if sets.len() <= REGION_SETS_MAX {
                regions(&view, &sets)
            } else {
                Vec::new()
            },
        };
        Ok(Reply::Membership(Box::new(MembershipReply::Overlap(shown))))
    }
}

/// Customers in both sets, for every two: a word of both at a time.
fn pairs(sets: &[Bitmap]) -> Vec<u64> {
    let mut counts = Vec::with_capacity(sets.len() * sets.len());
    for a in sets {
        for b in sets {
            let both = a.words().iter().zip(b.words());
            counts.push(both.map(|(a, b)| u64::from((a & b).count_ones())).sum());
        }
    }
    counts
}

/// Every combination that somebody is in.
fn regions(view: &View<'_>, sets: &[Bitmap]) -> Vec<Region> {
    let mut counts = vec![(0u64, 0i64); 1 << sets.len()];
    for slot in view.columns.live().iter() {
        let inside = sets
            .iter()
            .enumerate()
            .filter(|(_, set)| set.contains(slot))
            .fold(0usize, |inside, (at, _)| inside | 1 << at);
        if let Some((count, spend)) = counts.get_mut(inside) {
            *count += 1;
            *spend = spend.saturating_add(view.columns.facts(slot, view.day).spend);
        }
    }
    let mut found: Vec<Region> = counts
        .into_iter()
        .enumerate()
        .filter(|(_, (count, _))| *count > 0)
        .map(|(inside, (count, spend))| Region {
            inside: inside as u32,
            count,
            spend: Money(spend),
        })
        .collect();
    found.sort_by(|a, b| b.count.cmp(&a.count).then(a.inside.cmp(&b.inside)));
    found
}
