//! What is calculated of everybody for a day: RFM, life cycle, points. Kept until data or the day change.

use crate::points::{PointsTable, Programs};
use crate::segments::SavedSegment;
use crate::{Engine, Unanswered, fault};
use model::{Day, WorkspaceSettings};
use protocol::Fault;
use segment::lifecycle::Lifecycle;
use segment::rfm::Rfm;
use segment::{Bitmap, Columns, Derived, EvalContext};
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
}

impl DayCache {
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
}

impl Engine {
    /// Columns with everything calculated for `day`.
    pub(crate) fn view(&mut self, day: Day, today: Day) -> Result<View<'_>, Unanswered> {
        self.view_with(day, today, Need::All)
    }

    /// Columns with the scores and stages of `day`; points may be missing.
    pub(crate) fn view_scores(&mut self, day: Day, today: Day) -> Result<View<'_>, Unanswered> {
        self.view_with(day, today, Need::Scores)
    }

    /// Columns with the points of `day`; scores and stages may be missing.
    pub(crate) fn view_points(&mut self, day: Day, today: Day) -> Result<View<'_>, Unanswered> {
        self.view_with(day, today, Need::Points)
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
        if need != Need::Scores && !cache.pointed {
            let read = self.store.read();
            (cache.points, cache.derived.points) =
                crate::points::everybody(columns, read, programs, day)?.unzip();
            cache.pointed = true;
        }
        if cache.version != version {
            (cache.version, cache.scored) = (version, false);
        }
        if cache.scored || need == Need::Points {
            *place = Some(cache);
            return Ok(());
        }
        let thresholds = self.settings.lifecycle;
        cache.scored = true;
        cache.derived.lifecycle = thresholds;
        cache.derived.rfm = Some(segment::rfm::score(columns, day));
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

    /// The customers a rule holds for.
    pub(crate) fn evaluate(&self, rule: &model::rule::Rule) -> Result<Bitmap, Fault> {
        let segments = |id: &str| {
            self.saved
                .iter()
                .find(|saved| saved.segment.id.to_string() == id)
                .and_then(|saved| saved.rule.as_ref().ok().cloned())
        };
        let context = EvalContext {
            as_of: self.day,
            derived: &self.cache.derived,
            segments: &segments,
        };
        segment::evaluate(rule, self.columns, &context).map_err(fault::of_rule)
    }
}
