//! Saved and ready segments.

use crate::apply::Known;
use crate::derive::View;
use crate::fault::{self, Failure, OrFault};
use crate::follow::Touched;
use crate::{Context, Engine, Unanswered};
use model::rule::{Rule, RuleError};
use model::{Day, Issue, IssueCode, Money, SegmentId};
use protocol::{CountView, Fault, Outcome, Reply, SegmentView};
use segment::{Bitmap, Columns, Derived, EvalContext};
use std::rc::Rc;
use store::Tx;

/// A saved segment with its rule read.
#[derive(Clone, Debug)]
pub(crate) struct SavedSegment {
    pub(crate) segment: store::Segment,
    pub(crate) rule: Result<Rule, RuleError>,
}

/// Longest name of a segment, in characters.
const NAME_CHARACTERS: usize = 200;

impl Engine {
    /// Saved segments, by id, with their rules read once.
    pub(crate) fn saved_segments(&mut self) -> Result<Rc<Vec<SavedSegment>>, Fault> {
        if let Some(saved) = &self.segments {
            return Ok(Rc::clone(saved));
        }
        let saved = self.store.read().segments().or_fault()?;
        let saved = Rc::new(
            saved
                .into_iter()
                .map(|segment| SavedSegment {
                    rule: Rule::parse(&segment.rule),
                    segment,
                })
                .collect(),
        );
        self.segments = Some(Rc::clone(&saved));
        Ok(saved)
    }

    /// How many customers a rule holds for.
    pub(crate) fn count(
        &mut self,
        rule: &str,
        as_of: Option<Day>,
        context: &Context,
    ) -> Result<Reply, Unanswered> {
        let rule = Rule::parse(rule).map_err(fault::of_rule)?;
        let today = self.today(context);
        let view = self.view(as_of.unwrap_or(today), today)?;
        let members = view.evaluate(&rule)?;
        Ok(Reply::Count(count_view(&view, &members)))
    }

    /// Ready and saved segments with their counts.
    pub(crate) fn segments_view(&mut self, context: &Context) -> Result<Reply, Unanswered> {
        let today = self.today(context);
        let thresholds = self.settings.lifecycle;
        let view = self.view(today, today)?;
        let ready = segment::ready::all(today, &thresholds)
            .into_iter()
            .map(|ready| segment_view(&view, None, Some(ready.key), String::new(), Ok(ready.rule)));
        let saved = view.saved.iter().map(|saved| {
            let mut shown = segment_view(
                &view,
                Some(saved.segment.id),
                None,
                saved.segment.name.clone(),
                saved.rule.clone(),
            );
            shown.rule.clone_from(&saved.segment.rule);
            shown
        });
        Ok(Reply::Segments(ready.chain(saved).collect()))
    }
}

/// Saves a segment. Its rule must be readable, and name only segments that exist and do not lead back to it.
pub(crate) fn save(
    id: Option<SegmentId>,
    name: &str,
    rule: &str,
    known: &Known<'_>,
    tx: &mut Tx<'_>,
) -> Result<(Outcome, Touched), Failure> {
    let name = name.trim();
    let code = match name.chars().count() {
        0 => Some(IssueCode::Missing),
        1..=NAME_CHARACTERS => None,
        _ => Some(IssueCode::TooLong),
    };
    if let Some(code) = code {
        let issue = Issue::error(code)
            .in_field("name")
            .expected(&NAME_CHARACTERS.to_string());
        return Err(Fault::invalid(vec![issue]).into());
    }
    let rule = Rule::parse(rule).map_err(fault::of_rule)?;
    let saved = tx.read().segments()?;
    if let Some(id) = id
        && !saved.iter().any(|segment| segment.id == id)
    {
        return Err(fault::not_found(id).into());
    }
    let segments = |wanted: &str| {
        if id.is_some_and(|id| id.to_string() == wanted) {
            return Some(rule.clone());
        }
        let found = saved
            .iter()
            .find(|segment| segment.id.to_string() == wanted)?;
        Rule::parse(&found.rule).ok()
    };
    let context = EvalContext {
        as_of: known.today,
        derived: &Derived::default(),
        segments: &segments,
    };
    // Over no customers at all: finds segments that are missing or go round in a circle.
    let nobody = Columns::new(known.settings.zone, known.settings.currency);
    segment::evaluate(&rule, &nobody, &context).map_err(fault::of_rule)?;
    let id = tx.save_segment(id, name, &rule.to_json())?;
    let touched = Touched {
        segments: true,
        ..Touched::default()
    };
    Ok((Outcome::Segment { id }, touched))
}

/// Removes a saved segment. Segments that name it say so from then on.
pub(crate) fn remove(id: SegmentId, tx: &mut Tx<'_>) -> Result<(Outcome, Touched), Failure> {
    if tx.read().segment(id)?.is_none() {
        return Err(fault::not_found(id).into());
    }
    tx.remove_segment(id)?;
    let touched = Touched {
        segments: true,
        ..Touched::default()
    };
    Ok((Outcome::Segment { id }, touched))
}

fn segment_view(
    view: &View<'_>,
    id: Option<SegmentId>,
    key: Option<&str>,
    name: String,
    rule: Result<Rule, RuleError>,
) -> SegmentView {
    let json = rule.as_ref().map(Rule::to_json).unwrap_or_default();
    let members = rule
        .map_err(fault::of_rule)
        .and_then(|rule| view.evaluate(&rule));
    let (count, fault) = match members {
        Ok(members) => (count_view(view, &members), None),
        // A segment that cannot be evaluated must not take the others with it.
        Err(fault) => (
            count_view(view, &Bitmap::empty(view.columns.slots())),
            Some(fault),
        ),
    };
    SegmentView {
        id,
        key: key.map(str::to_owned),
        name,
        rule: json,
        count,
        fault,
    }
}

/// Size and spend of a set of customers.
pub(crate) fn count_view(view: &View<'_>, members: &Bitmap) -> CountView {
    let spend = members.iter().fold(0i64, |sum, slot| {
        sum.saturating_add(view.columns.facts(slot, view.day).spend)
    });
    CountView {
        count: members.count(),
        of: view.columns.customer_count(),
        spend: Money(spend),
        unconverted: view.columns.unconverted(view.day),
    }
}
