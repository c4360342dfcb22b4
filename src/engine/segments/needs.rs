//! What a rule looks at that is worked out for a whole day first.

use super::SavedSegment;
use model::rule::{Attribute, Rule};

/// Segments lead to segments this often.
const DEPTH: u32 = 16;

/// Whether a rule, or a segment that it leads to, looks at points.
pub(crate) fn needs_points(rule: &Rule, saved: &[SavedSegment]) -> bool {
    looks(rule, saved, DEPTH)
}

fn looks(rule: &Rule, saved: &[SavedSegment], depth: u32) -> bool {
    match rule {
        Rule::All(rules) | Rule::Any(rules) => rules.iter().any(|rule| looks(rule, saved, depth)),
        Rule::Not(rule) => looks(rule, saved, depth),
        Rule::Attribute { attribute, .. } => matches!(
            attribute,
            Attribute::PointsBalance | Attribute::PointsExpiring | Attribute::Tier
        ),
        Rule::Segment(id) => {
            depth > 0
                && saved
                    .iter()
                    .find(|saved| saved.segment.id.to_string() == *id)
                    .and_then(|saved| saved.rule.as_ref().ok())
                    .is_some_and(|rule| looks(rule, saved, depth - 1))
        }
        Rule::Orders(_) | Rule::Events(_) | Rule::Sample { .. } => false,
    }
}
