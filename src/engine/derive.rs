//! What is calculated of everybody for a day: RFM, life cycle, points. Kept until data or the day change.

use crate::points::{PointsTable, Programs};
use crate::segments::static_lists::ListSets;
use crate::segments::{self, SavedSegment};
use crate::{Engine, Unanswered, fault};
use model::rule::{Attribute, Rule};
use model::{Day, SegmentId, WorkspaceSettings};
use protocol::Fault;
use segment::lifecycle::Lifecycle;
use segment::rfm::Rfm;
use segment::{Bitmap, Columns, Derived, EvalContext, Memory, Named};
use std::cell::RefCell;
use std::rc::Rc;

/// Everything calculated of everybody for one day.
pub(crate) struct DayCache {
    pub(crate) day: Day,
    /// The data version of scores and stages. Points have none: they follow each write.
    version: u64,
    /// What rules are evaluated with.
    derived: Derived,
    lifecycle: Lifecycle,
    /// Points beyond what rules look at; `None` without a programme.
    pub(crate) points: Option<PointsTable>,
    /// Scores and stages are those of `version`; otherwise they were not asked for.
    scored: bool,
    /// Points are there, if there is a programme; otherwise they were not asked for.
    pointed: bool,
}

/// What of a day is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    /// Points.
    Points,
    /// Scores and stages.
    Scores,
    /// Points, scores and stages.
    All,
    /// Nothing but columns.
    Columns,
}

/// What a rule looks at beside the columns. Segments that it names are taken to be all saved ones.
fn need_of(rule: &Rule, saved: &[SavedSegment]) -> Need {
    let mut need = need_of_node(rule);
    if names_segments(rule) {
        for rule in saved.iter().filter_map(|saved| saved.rule.as_ref().ok()) {
            need = both(need, need_of_node(rule));
        }
    }
    need
}

fn names_segments(rule: &Rule) -> bool {
    matches!(rule, Rule::Segment(_)) || rule.children().iter().any(names_segments)
}

fn need_of_node(rule: &Rule) -> Need {
    let own = match rule {
        Rule::Attribute { attribute, .. } => need_of_attribute(attribute),
        _ => Need::Columns,
    };
    let below = rule.children().iter().map(need_of_node);
    below.fold(own, both)
}

fn need_of_attribute(attribute: &Attribute) -> Need {
    match attribute {
        Attribute::RfmRecency
        | Attribute::RfmFrequency
        | Attribute::RfmMonetary
        | Attribute::RfmGroup
        | Attribute::Lifecycle => Need::Scores,
        Attribute::PointsBalance | Attribute::PointsExpiring | Attribute::Tier => Need::Points,
        _ => Need::Columns,
    }
}

fn both(a: Need, b: Need) -> Need {
    match (a, b) {
        (Need::Columns, other) | (other, Need::Columns) => other,
        (a, b) if a == b => a,
        _ => Need::All,
    }
}

impl DayCache {
    /// Whether anybody asked for scores and stages of this day.
    #[cfg(test)]
    pub(crate) fn is_scored(&self) -> bool {
        self.scored
    }

    /// The points of everybody, where rules see them too.
    pub(crate) fn points_mut(
        &mut self,
    ) -> Option<(&mut PointsTable, &mut segment::LoyaltyColumns)> {
        Some((self.points.as_mut()?, self.derived.points.as_mut()?))
    }
}

/// Columns and what is calculated from them for a day, to answer queries with.
#[derive(Clone)]
pub(crate) struct View<'a> {
    pub(crate) day: Day,
    pub(crate) columns: &'a Columns,
    pub(crate) settings: &'a WorkspaceSettings,
    pub(crate) read: store::Reader<'a>,
    pub(crate) saved: Rc<Vec<SavedSegment>>,
    pub(crate) programs: Rc<Programs>,
    cache: &'a DayCache,
    memory: &'a RefCell<Memory>,
    pub(crate) ready_facts: &'a RefCell<Option<(u64, Rc<segment::ready::Facts>)>>,
    lists: Rc<ListSets>,
    /// The segment that is being edited, with the rule it would have.
    editing: Option<(SegmentId, Rule)>,
}

impl Engine {
    /// Columns with everything calculated for `day`.
    pub(crate) fn view(&mut self, day: Day, today: Day) -> Result<View<'_>, Unanswered> {
        self.view_with(day, today, Need::All)
    }

    /// Columns with the points of `day`; scores and stages may be missing.
    pub(crate) fn view_points(&mut self, day: Day, today: Day) -> Result<View<'_>, Unanswered> {
        self.view_with(day, today, Need::Points)
    }

    /// Columns with what a rule looks at; the rest may be missing.
    pub(crate) fn view_rule(
        &mut self,
        rule: &Rule,
        day: Day,
        today: Day,
    ) -> Result<View<'_>, Unanswered> {
        let need = need_of(rule, &self.saved_segments()?);
        self.view_with(day, today, need)
    }

    /// Columns of today with what an attribute looks at.
    pub(crate) fn view_attribute(
        &mut self,
        attribute: &Attribute,
        today: Day,
    ) -> Result<View<'_>, Unanswered> {
        self.view_with(today, today, need_of_attribute(attribute))
    }

    fn view_with(&mut self, day: Day, today: Day, need: Need) -> Result<View<'_>, Unanswered> {
        if self.columns.is_none() {
            return Err(Unanswered::NotReady);
        }
        let saved = self.saved_segments()?;
        let programs = self.programs()?;
        self.refresh_day(day, today, &programs, need)?;
        let cache = if day == today {
            self.today.as_ref()
        } else {
            self.other_day.as_ref()
        };
        match (self.columns.as_ref(), cache) {
            (Some(columns), Some(cache)) => Ok(View {
                day,
                columns,
                settings: &self.settings,
                read: self.store.read(),
                saved,
                programs,
                cache,
                memory: &self.memory,
                ready_facts: &self.ready_facts,
                lists: Rc::clone(&self.list_sets),
                editing: None,
            }),
            _ => Err(fault::internal("the day's cache is missing").into()),
        }
    }

    fn refresh_day(
        &mut self,
        day: Day,
        today: Day,
        programs: &Programs,
        need: Need,
    ) -> Result<(), Fault> {
        let version = self.data_version;
        let place = if day == today {
            &mut self.today
        } else {
            &mut self.other_day
        };
        let old = place.take();
        let Some(columns) = self.columns.as_ref() else {
            return Ok(());
        };
        let mut cache = match old {
            Some(cache) if cache.day == day && cache.version == version => cache,
            // Points of today follow each write; those of another day do not.
            Some(cache) if cache.day == day && day == today => cache,
            _ => DayCache {
                day,
                version,
                derived: Derived {
                    points: None,
                    rfm: None,
                    rfm_options: self.settings.rfm.clone(),
                    lifecycle: self.settings.lifecycle,
                },
                lifecycle: Lifecycle {
                    stages: Vec::new(),
                    counts: [0; 5],
                },
                points: None,
                scored: false,
                pointed: false,
            },
        };
        if matches!(need, Need::Points | Need::All) && !cache.pointed {
            let read = self.store.read();
            (cache.points, cache.derived.points) =
                crate::points::everybody(columns, read, programs, day)?.unzip();
            cache.pointed = true;
        }
        if cache.version != version {
            (cache.version, cache.scored) = (version, false);
        }
        if cache.scored || matches!(need, Need::Points | Need::Columns) {
            *place = Some(cache);
            return Ok(());
        }
        let thresholds = self.settings.lifecycle;
        cache.scored = true;
        cache.derived.lifecycle = thresholds;
        cache.derived.rfm_options = self.settings.rfm.clone();
        cache.derived.rfm = Some(segment::rfm::score(columns, day, &self.settings.rfm));
        cache.lifecycle = segment::lifecycle::stages(columns, day, &thresholds);
        *place = Some(cache);
        Ok(())
    }
}

impl View<'_> {
    /// RFM scores of everybody.
    pub(crate) fn rfm(&self) -> Option<&Rfm> {
        self.cache.derived.rfm.as_ref()
    }

    /// Life cycle stages of everybody.
    pub(crate) fn lifecycle(&self) -> &Lifecycle {
        &self.cache.lifecycle
    }

    /// Points of everybody; `None` without a programme.
    pub(crate) fn points(&self) -> Option<(&PointsTable, &segment::LoyaltyColumns)> {
        Some((
            self.cache.points.as_ref()?,
            self.cache.derived.points.as_ref()?,
        ))
    }

    /// The same for whoever edits a segment: rules that lead to it see the rule it would have.
    pub(crate) fn editing(mut self, id: Option<SegmentId>, rule: &Rule) -> Self {
        self.editing = id.map(|id| (id, rule.clone()));
        self
    }

    /// The customers a rule holds for. What was worked out before is used, and kept in step with the columns.
    pub(crate) fn evaluate(&self, rule: &Rule) -> Result<Bitmap, Fault> {
        self.evaluate_of(None, rule)
    }

    /// The same of a saved segment, so that what is wrong with it is told from it on.
    pub(crate) fn evaluate_of(&self, own: Option<SegmentId>, rule: &Rule) -> Result<Bitmap, Fault> {
        let mut memory = self.memory.borrow_mut();
        self.with_context(|context| memory.evaluate(rule, self.columns, context))
            .map_err(|error| segments::told(error, own, self.read))
    }

    /// The customers a rule holds for, and how many each of its nodes does.
    pub(crate) fn survey(&self, rule: &Rule) -> Result<(Bitmap, Vec<segment::NodeCount>), Fault> {
        let mut memory = self.memory.borrow_mut();
        let own = self.editing.as_ref().map(|(id, _)| *id);
        self.with_context(|context| memory.survey(rule, self.columns, context))
            .map_err(|error| segments::told(error, own, self.read))
    }

    /// Why a rule holds for the customer in a slot or not.
    pub(crate) fn explain(&self, rule: &Rule, slot: u32) -> Result<segment::Explained, Fault> {
        self.with_context(|context| segment::explain(rule, slot, self.columns, context))
            .map_err(|error| segments::told(error, None, self.read))
    }

    /// How the numbers or days of an attribute lie.
    pub(crate) fn spread(&self, attribute: &Attribute) -> Option<segment::Spread> {
        self.with_context(|context| segment::spread(attribute, self.columns, context))
    }

    /// How many customers have each value of an attribute with few values.
    pub(crate) fn tally(&self, attribute: &Attribute) -> Vec<(String, u64)> {
        self.with_context(|context| segment::tally(attribute, self.columns, context))
    }

    /// The name of a saved segment or list by the id that rules know it by; the id itself where there is none.
    pub(crate) fn segment_name(&self, id: &str) -> String {
        if let Some(saved) = self.saved_segment(id) {
            return saved.segment.name.clone();
        }
        let list = id.parse::<model::ListId>().ok();
        let list = list.and_then(|id| self.read.list(id).ok().flatten());
        list.map_or_else(|| id.to_owned(), |list| list.name)
    }

    fn saved_segment(&self, id: &str) -> Option<&SavedSegment> {
        self.saved
            .iter()
            .find(|saved| saved.segment.id.to_string() == id)
    }

    fn with_context<T>(&self, run: impl FnOnce(&EvalContext<'_>) -> T) -> T {
        let segments = |id: &str| {
            if let Some((own, rule)) = &self.editing
                && own.to_string() == id
            {
                return Some(Named::Rule(rule.clone()));
            }
            match self.saved_segment(id) {
                Some(saved) => Some(Named::Rule(saved.rule.as_ref().ok()?.clone())),
                // A static list is named as a segment is.
                None => {
                    let members = self.lists.members(id, self.columns, self.read)?;
                    Some(Named::Members(members))
                }
            }
        };
        run(&EvalContext {
            as_of: self.day,
            derived: &self.cache.derived,
            segments: &segments,
        })
    }
}
