//! The customers behind a number, with what their reasons are made of.

use super::rfm::{Band, bands_of, scale};
use super::{known_since, stage_for, stage_of};
use crate::{Engine, Unanswered};
use model::rule::Attribute;
use model::{CustomerId, Day, LifecycleThresholds, Money};
use protocol::{
    Fault, FaultCode, InsightMember, InsightMembers, InsightReply, MembersOf, MembersPage, Page,
    Standing,
};
use segment::Columns;
use segment::lifecycle::{Stages, silence};
use segment::rfm::{self, Class, Group, Rfm};

/// At most so many rows at once.
const MOST: u32 = 500;

/// One member as found: slot, and what a move or turn adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) slot: u32,
    pub(super) before: Option<&'static str>,
    pub(super) on: Option<Day>,
    pub(super) quiet_days: Option<u32>,
}

impl Member {
    fn plain(slot: u32) -> Self {
        Self {
            slot,
            before: None,
            on: None,
            quiet_days: None,
        }
    }
}

/// The members of the last question, in the order of the list.
pub(super) struct Kept {
    /// The question, from its first row.
    question: InsightMembers,
    day: Day,
    members: Vec<Member>,
}

impl Engine {
    pub(super) fn insight_members(
        &mut self,
        request: &InsightMembers,
        today: Day,
    ) -> Result<InsightReply, Unanswered> {
        let day = request.as_of.unwrap_or(today);
        let options = self.options(request.options.as_ref())?;
        let thresholds = self.thresholds(request.thresholds)?;
        let question = InsightMembers {
            offset: 0,
            limit: 0,
            ..request.clone()
        };
        let known = self.insights.members.as_ref();
        if known.is_none_or(|kept| kept.question != question || kept.day != day) {
            let members = match self.find_members(&request.of, day, &options, thresholds)? {
                Ok(members) => members,
                Err(working) => return Ok(working),
            };
            self.insights.members = Some(Kept {
                question,
                day,
                members,
            });
        }
        let scores = self.scores(day, &options)?;
        let (Some(columns), Some(kept)) = (&self.columns, &self.insights.members) else {
            return Err(Unanswered::NotReady);
        };
        let from = usize::try_from(request.offset).unwrap_or(usize::MAX);
        let rows = kept.members.iter().skip(from);
        let rows: Vec<&Member> = rows.take(request.limit.min(MOST) as usize).collect();
        let slots: Vec<u32> = rows.iter().map(|member| member.slot).collect();
        let standings = standings(columns, &scores, thresholds, &slots);
        let rows = rows.into_iter().zip(standings).map(|(member, standing)| {
            let text = |attribute| columns.text(member.slot, attribute).map(str::to_owned);
            InsightMember {
                id: columns.id(member.slot).unwrap_or(CustomerId(0)),
                name: text(&Attribute::Name).unwrap_or_default(),
                phone: text(&Attribute::Phone),
                standing,
                spend: Money(columns.facts(member.slot, day).spend),
                before: member.before.map(str::to_owned),
                on: member.on,
                quiet_days: member.quiet_days,
            }
        });
        Ok(InsightReply::Members(MembersPage {
            as_of: day,
            scale: scale(&scores),
            page: Page {
                offset: request.offset,
                total: kept.members.len() as u64,
                items: rows.collect(),
            },
        }))
    }

    /// All members, those who spent most first, ties by id.
    fn find_members(
        &mut self,
        of: &MembersOf,
        day: Day,
        options: &model::RfmOptions,
        thresholds: LifecycleThresholds,
    ) -> Result<Result<Vec<Member>, InsightReply>, Unanswered> {
        let mut members = match of {
            MembersOf::Scores { r, f, m } => {
                let wanted = [*r, *f, *m];
                self.of_cells(day, options, |cell| {
                    let scores = rfm::scores(cell);
                    scores.is_some_and(|scores| {
                        let both = scores.into_iter().zip(wanted);
                        both.into_iter()
                            .all(|(is, wanted)| wanted.is_none_or(|wanted| is == wanted))
                    })
                })?
            }
            MembersOf::Group(name) => {
                let group = group_of(name)?;
                self.of_cells(day, options, |cell| rfm::group(cell) == group)?
            }
            MembersOf::Class(name) => {
                let class = Class::ALL.into_iter().find(|class| class.name() == name);
                let class = class.ok_or_else(|| unknown(name))?;
                self.of_cells(day, options, |cell| rfm::class(cell) == Some(class))?
            }
            MembersOf::Moved { from, to, since } => {
                let band =
                    |name: &str| Band::named(name, options.scoring).ok_or_else(|| unknown(name));
                let from = from.as_deref().map(band).transpose()?;
                self.moved(day, *since, options, (from, band(to)?))?
            }
            MembersOf::StageMoved { from, to, since } => {
                let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
                let wanted = (from.map(stage_for), stage_for(*to));
                let moves = StageMoves::new(columns, *since, day, thresholds);
                let live = columns.live().iter();
                let moved = live.filter(|&slot| moves.of(slot) == wanted);
                let before = wanted.0.map(segment::lifecycle::Stage::name);
                moved
                    .map(|slot| Member {
                        before,
                        ..Member::plain(slot)
                    })
                    .collect()
            }
            MembersOf::Turned { turn, from, to } => {
                match self.turned(day, thresholds, *turn, (*from, *to))? {
                    Ok(members) => members,
                    Err(working) => return Ok(Err(working)),
                }
            }
        };
        let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
        members.sort_by_cached_key(|member| {
            let spend = columns.facts(member.slot, day).spend;
            (std::cmp::Reverse(spend), columns.id(member.slot))
        });
        Ok(Ok(members))
    }

    fn of_cells(
        &mut self,
        day: Day,
        options: &model::RfmOptions,
        wanted: impl Fn(u8) -> bool,
    ) -> Result<Vec<Member>, Unanswered> {
        let scores = self.scores(day, options)?;
        let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
        let live = columns.live().iter();
        let members = live.filter(|&slot| {
            let cell = scores.cells.get(slot as usize).copied();
            wanted(cell.unwrap_or(rfm::NO_CELL))
        });
        Ok(members.map(Member::plain).collect())
    }

    fn moved(
        &mut self,
        day: Day,
        since: Day,
        options: &model::RfmOptions,
        wanted: (Option<Band>, Band),
    ) -> Result<Vec<Member>, Unanswered> {
        let (before, now) = (self.scores(since, options)?, self.scores(day, options)?);
        let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
        let live = columns.live().iter();
        let moved = live.filter(|&slot| bands_of(columns, slot, &before, &now) == wanted);
        Ok(moved
            .map(|slot| Member {
                before: wanted.0.map(|band| band.name),
                ..Member::plain(slot)
            })
            .collect())
    }
}

fn group_of(name: &str) -> Result<Group, Fault> {
    let group = Group::ALL.into_iter().find(|group| group.name() == name);
    group.ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Fault {
    Fault::new(FaultCode::NotFound).found(name)
}

/// Who stood in which stage on two days.
pub(super) struct StageMoves<'c> {
    columns: &'c Columns,
    since: Day,
    before: Stages<'c>,
    now: Stages<'c>,
    as_of: Day,
}

impl<'c> StageMoves<'c> {
    pub(super) fn new(
        columns: &'c Columns,
        since: Day,
        as_of: Day,
        thresholds: LifecycleThresholds,
    ) -> Self {
        Self {
            columns,
            since,
            before: Stages::new(columns, since, thresholds),
            now: Stages::new(columns, as_of, thresholds),
            as_of,
        }
    }

    /// The stages on both days; `None` where the customer was not known yet.
    pub(super) fn of(
        &self,
        slot: u32,
    ) -> (Option<segment::lifecycle::Stage>, segment::lifecycle::Stage) {
        use segment::lifecycle::Stage;
        let (from, to) = (self.before.of(slot as usize), self.now.of(slot as usize));
        let known = from != Stage::Prospect || {
            let first = self.columns.facts(slot, self.as_of).first_order_on;
            known_since(self.columns, slot, first).is_none_or(|known| known <= self.since)
        };
        (known.then_some(from), to)
    }
}

/// Where the customers in some slots stand, and why.
pub(super) fn standings(
    columns: &Columns,
    scores: &Rfm,
    thresholds: LifecycleThresholds,
    slots: &[u32],
) -> Vec<Standing> {
    let day = scores.as_of;
    let values = rfm::values_of(columns, day, &scores.options, slots);
    let stages = Stages::new(columns, day, thresholds);
    let mut days = Vec::new();
    let rows = slots.iter().zip(values);
    rows.map(|(&slot, values)| {
        let cell = values.map_or(rfm::NO_CELL, |values| scores.cell_of(values));
        columns.order_days(slot, day, &mut days);
        let usual_gap = insight::usual_gap_days(&days);
        let (dormant, churned) = silence(usual_gap, &thresholds);
        let class = scores.averages.and_then(|_| rfm::class(cell));
        Standing {
            scores: rfm::scores(cell),
            values: values.map(|it| [it.days, it.orders, it.money]),
            group: rfm::group(cell).name().to_owned(),
            class: class.map(|class| class.name().to_owned()),
            stage: stage_of(stages.of(slot as usize)),
            quiet_days: days.last().map(|last| day.0.abs_diff(last.0)),
            usual_gap_days: usual_gap,
            silence: [dormant, churned],
        }
    })
    .collect()
}
