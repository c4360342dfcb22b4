//! Saved and ready segments, what was seen of them over time, static lists, and what is done to many at once.

pub(crate) mod bulk;
pub(crate) mod flow;
mod needs;
mod overlap;
pub(crate) mod past;
pub(crate) mod static_lists;
pub(crate) mod story;
pub(crate) mod watch;

use crate::apply::Known;
use crate::derive::View;
use crate::fault::{self, Failure, OrFault};
use crate::follow::Touched;
use crate::{Context, Engine, Unanswered};
use model::rule::{LEADS_TO, NO_CIRCLE, NO_LONG_CHAIN, Rule, RuleError, SEGMENT_THERE};
use model::{Day, Issue, IssueCode, ListId, Money, SegmentId};
use protocol::{CalledSet, CountView, Fault, Outcome, Reply, SegmentView};
use segment::{Bitmap, Columns, Derived, EvalContext, Named};
use std::rc::Rc;
use store::{Reader, RecordKind, RecordRef, Tx};

/// A saved segment with its rule read.
#[derive(Clone, Debug)]
pub(crate) struct SavedSegment {
    pub(crate) segment: store::Segment,
    pub(crate) rule: Result<Rule, RuleError>,
}

/// Longest name of a segment, in characters.
pub(crate) const NAME_CHARACTERS: usize = 200;

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
        let view = self.view_rule(&rule, as_of.unwrap_or(today), today)?;
        let members = view.evaluate(&rule)?;
        Ok(Reply::Count(count_view(&view, &members)))
    }

    /// Ready and saved segments with their counts.
    pub(crate) fn segments_view(&mut self, context: &Context) -> Result<Reply, Unanswered> {
        let today = self.today(context);
        let view = self.view(today, today)?;
        let ready = view
            .ready()
            .into_iter()
            .map(|ready| segment_view(&view, None, Some(ready.key), ready.about, Ok(ready.rule)));
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

    /// How the segments and lists of these ids are called.
    pub(crate) fn called_sets(&self, ids: &[String]) -> Vec<CalledSet> {
        let read = self.store.read();
        ids.iter().map(|id| called(id, read)).collect()
    }
}

/// A rule that cannot be evaluated. Ways from segment to segment are told by names; from the segment `own` on, if the
/// rule is its.
pub(crate) fn told(error: RuleError, own: Option<SegmentId>, read: Reader<'_>) -> Fault {
    if ![NO_CIRCLE, NO_LONG_CHAIN, SEGMENT_THERE].contains(&error.expected.as_str()) {
        return fault::of_rule(error);
    }
    let own = own.map(|id| id.to_string());
    let mut ids: Vec<&str> = error.found.split(LEADS_TO).collect();
    if let Some(own) = &own {
        // B > A > B, met in the rule of A, is A > B > A.
        if let Some(back) = ids.iter().position(|id| id == own) {
            ids.truncate(back + 1);
        }
        ids.insert(0, own);
    }
    let names: Vec<String> = ids.into_iter().map(|id| name_of(id, read)).collect();
    fault::of_rule(RuleError {
        found: names.join(" → "),
        ..error
    })
}

/// The name of a saved segment or a list, also of one that was removed; else what a rule calls it.
fn name_of(id: &str, read: Reader<'_>) -> String {
    called(id, read).name
}

/// The same, and whether it is still there.
fn called(id: &str, read: Reader<'_>) -> CalledSet {
    let number = id.parse::<SegmentId>().ok();
    let segment = || Some(read.segment(number?).ok().flatten()?.name);
    let list = || {
        let id = id.parse::<ListId>().ok()?;
        Some(read.list(id).ok().flatten()?.name)
    };
    let removed = || {
        let of_kind = |kind| {
            let record = RecordRef {
                kind,
                id: number?.0,
            };
            read.removed_text(record, "name").ok().flatten()
        };
        of_kind(RecordKind::Segment).or_else(|| of_kind(RecordKind::List))
    };
    let there = segment().or_else(list);
    CalledSet {
        id: id.to_owned(),
        there: there.is_some(),
        name: there.or_else(removed).unwrap_or_else(|| id.to_owned()),
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
            return Some(Named::Rule(rule.clone()));
        }
        let found = saved
            .iter()
            .find(|segment| segment.id.to_string() == wanted);
        match found {
            Some(found) => Rule::parse(&found.rule).ok().map(Named::Rule),
            // A static list is named as a segment is.
            None => {
                tx.read().list(wanted.parse().ok()?).ok()??;
                Some(Named::Members(Bitmap::empty(0)))
            }
        }
    };
    let context = EvalContext {
        as_of: known.today,
        derived: &Derived::default(),
        segments: &segments,
    };
    // Over no customers at all: finds segments that are missing or go round in a circle.
    let nobody = Columns::new(known.settings.zone, known.settings.currency);
    segment::evaluate(&rule, &nobody, &context).map_err(|error| told(error, id, tx.read()))?;
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
        .and_then(|rule| view.evaluate_of(id, &rule));
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
    let spend = view.columns.spend_of(members, view.day);
    CountView {
        count: members.count(),
        of: view.columns.customer_count(),
        spend: Money(spend),
        unconverted: view.columns.unconverted(view.day),
    }
}
