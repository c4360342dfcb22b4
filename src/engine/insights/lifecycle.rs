//! The life cycle over time: how long customers stay where, who moved, who came back.

use super::members::{Member, StageMoves};
use super::{STEP, known_since, stage_of, working};
use crate::{Engine, Unanswered};
use insight::half_life;
use model::{Day, LifecycleThresholds, Money};
use protocol::{InsightReply, LifecyclePicture, StageDwell, StageMove, Turn, TurnMonth};
use segment::Columns;
use segment::lifecycle::{Stage, Stay, stays};
use std::collections::BTreeMap;

/// Months that turns are counted in, the one of the day included.
const MONTHS: i32 = 12;

/// Something that happened to a customer.
#[derive(Clone, Copy)]
struct Turned {
    slot: u32,
    turn: Turn,
    on: Day,
    /// Days of silence before.
    quiet_days: u32,
}

/// A pass over everybody on its way.
pub(super) struct Job {
    day: Day,
    since: Day,
    thresholds: LifecycleThresholds,
    next: usize,
    with_rhythm: u64,
    counts: [u64; 5],
    /// Stays by stage.
    dwell: [Vec<insight::Stay>; 5],
    /// Days that those who are in a stage now have been there.
    now: [Vec<u32>; 5],
    moves: BTreeMap<(Option<Stage>, Stage), u64>,
    turned: Vec<Turned>,
    returned: u64,
    quiet_before: u64,
    returned_spend: i64,
    days: Vec<Day>,
    way: Vec<Stay>,
}

impl Job {
    fn new(day: Day, since: Day, thresholds: LifecycleThresholds) -> Self {
        Self {
            day,
            since,
            thresholds,
            next: 0,
            with_rhythm: 0,
            counts: [0; 5],
            dwell: Default::default(),
            now: Default::default(),
            moves: BTreeMap::new(),
            turned: Vec::new(),
            returned: 0,
            quiet_before: 0,
            returned_spend: 0,
            days: Vec::new(),
            way: Vec::new(),
        }
    }

    /// Goes on for one step; `true` once everybody was looked at.
    fn step(&mut self, columns: &Columns) -> bool {
        let moves = StageMoves::new(columns, self.since, self.day, self.thresholds);
        let mut looked_at = 0;
        while self.next < columns.slots() {
            if looked_at >= STEP {
                return false;
            }
            let slot = self.next as u32;
            self.next += 1;
            if !columns.live().contains(slot) {
                continue;
            }
            // Each order day is looked at for three stages and the way between them.
            looked_at += 4 + 2 * self.look_at(columns, slot, moves.of(slot));
        }
        true
    }

    /// Looks at one customer; how many order days they have.
    fn look_at(
        &mut self,
        columns: &Columns,
        slot: u32,
        (before, now): (Option<Stage>, Stage),
    ) -> usize {
        if let Some(count) = self.counts.get_mut(now as usize) {
            *count += 1;
        }
        *self.moves.entry((before, now)).or_default() += 1;
        columns.order_days(slot, self.day, &mut self.days);
        self.with_rhythm += u64::from(self.days.len() >= 3);
        let since = known_since(columns, slot, self.days.first().copied());
        stays(since, &self.days, self.day, &self.thresholds, &mut self.way);
        for stay in &self.way {
            let until = stay.until.unwrap_or(self.day);
            let days = until.0.abs_diff(stay.from.0);
            if let Some(stays) = self.dwell.get_mut(stay.stage as usize) {
                stays.push(insight::Stay {
                    days,
                    over: stay.until.is_some(),
                });
            }
            if stay.until.is_none()
                && let Some(now) = self.now.get_mut(stay.stage as usize)
            {
                now.push(days);
            }
        }
        self.note_turns(slot);
        if matches!(before, Some(Stage::Dormant | Stage::Churned)) {
            self.quiet_before += 1;
            if self.days.last().is_some_and(|&last| last > self.since) {
                self.returned += 1;
                let spent = columns.facts(slot, self.day).spend;
                let spent_before = columns.facts(slot, self.since).spend;
                let more = spent.saturating_sub(spent_before);
                self.returned_spend = self.returned_spend.saturating_add(more);
            }
        }
        self.days.len()
    }

    fn note_turns(&mut self, slot: u32) {
        let first = first_month(self.day);
        for pair in self.way.windows(2) {
            let [before, now] = pair else { continue };
            if now.from < first {
                continue;
            }
            let Some(turn) = turn_of(before.stage, now.stage) else {
                continue;
            };
            let last = self.days.partition_point(|&day| day < now.from);
            let last = last.checked_sub(1).and_then(|at| self.days.get(at));
            self.turned.push(Turned {
                slot,
                turn,
                on: now.from,
                quiet_days: last.map_or(0, |last| now.from.0.abs_diff(last.0)),
            });
        }
    }

    fn done(&self, columns: &Columns) -> bool {
        self.next >= columns.slots()
    }

    fn picture(&mut self) -> LifecyclePicture {
        let dwell = Stage::ALL
            .iter()
            .zip(self.counts)
            .zip(self.dwell.iter_mut().zip(&mut self.now));
        let stages = dwell
            .map(|((stage, count), (stays, now))| dwell_of(*stage, count, stays, now))
            .collect();
        let moves = self.moves.iter().map(|((from, to), count)| StageMove {
            from: from.map(stage_of),
            to: stage_of(*to),
            count: *count,
        });
        LifecyclePicture {
            as_of: self.day,
            since: self.since,
            thresholds: self.thresholds,
            with_rhythm: self.with_rhythm,
            stages,
            moves: moves.collect(),
            months: self.months(),
            returned: self.returned,
            quiet_before: self.quiet_before,
            returned_spend: Money(self.returned_spend),
        }
    }

    fn months(&self) -> Vec<TurnMonth> {
        let first = first_month(self.day);
        let months = (0..MONTHS).map(|at| {
            let from = first.plus_months(at);
            let to = first.plus_months(at + 1).plus_days(-1).min(self.day);
            let counts = Turn::ALL.map(|turn| self.customers(turn, (from, to)).len() as u64);
            TurnMonth { from, to, counts }
        });
        months.collect()
    }

    /// The customers to whom something happened in some days, each once, with the last time.
    fn customers(&self, turn: Turn, (from, to): (Day, Day)) -> Vec<Turned> {
        let days = from..=to;
        let turned = self.turned.iter();
        let mut found: Vec<Turned> = Vec::new();
        for it in turned.filter(|it| it.turn == turn && days.contains(&it.on)) {
            match found.last_mut() {
                // A customer's turns lie side by side.
                Some(last) if last.slot == it.slot => *last = *it,
                _ => found.push(*it),
            }
        }
        found
    }
}

/// The first day of the months that turns are counted in.
fn first_month(day: Day) -> Day {
    day.plus_days(1 - day.day_of_month() as i32)
        .plus_months(1 - MONTHS)
}

fn turn_of(before: Stage, now: Stage) -> Option<Turn> {
    match (before, now) {
        (Stage::Dormant, Stage::New | Stage::Active) => Some(Turn::BackFromDormant),
        (Stage::Churned, Stage::New | Stage::Active) => Some(Turn::BackFromChurned),
        (_, Stage::Dormant) => Some(Turn::FellDormant),
        (_, Stage::Churned) => Some(Turn::FellChurned),
        _ => None,
    }
}

fn dwell_of(stage: Stage, count: u64, all: &mut [insight::Stay], now: &mut [u32]) -> StageDwell {
    let half_life = half_life(all);
    let over: Vec<i64> = all
        .iter()
        .filter(|stay| stay.over)
        .map(|stay| i64::from(stay.days))
        .collect();
    let quartile = |quarter| {
        let days = insight::quantile(&over, quarter, 4)?;
        u32::try_from(days).ok()
    };
    now.sort_unstable();
    let now: Vec<i64> = now.iter().map(|&days| i64::from(days)).collect();
    StageDwell {
        stage: stage_of(stage),
        count,
        over: over.len() as u64,
        quartiles: quartile(1)
            .zip(quartile(2))
            .zip(quartile(3))
            .map(|((a, b), c)| [a, b, c]),
        half_life,
        now_days: insight::quantile(&now, 1, 2).and_then(|days| u32::try_from(days).ok()),
    }
}

impl Engine {
    pub(super) fn lifecycle_picture(
        &mut self,
        day: Day,
        since: Day,
        thresholds: LifecycleThresholds,
    ) -> Result<InsightReply, Unanswered> {
        let fits = |job: &Job| (job.day, job.since, job.thresholds) == (day, since, thresholds);
        match self.life_job(fits, || Job::new(day, since, thresholds))? {
            Ok(job) => Ok(InsightReply::Lifecycle(Box::new(job.picture()))),
            Err(working) => Ok(working),
        }
    }

    /// The customers to whom something happened.
    pub(super) fn turned(
        &mut self,
        day: Day,
        thresholds: LifecycleThresholds,
        turn: Turn,
        days: (Day, Day),
    ) -> Result<Result<Vec<Member>, InsightReply>, Unanswered> {
        // Turns do not depend on the earlier day.
        let fits = |job: &Job| (job.day, job.thresholds) == (day, thresholds);
        let job = self.life_job(fits, || Job::new(day, first_month(day), thresholds))?;
        Ok(job.map(|job| {
            let customers = job.customers(turn, days);
            let member = |it: &Turned| Member {
                slot: it.slot,
                before: None,
                on: Some(it.on),
                quiet_days: Some(it.quiet_days),
            };
            customers.iter().map(member).collect()
        }))
    }

    /// The pass that fits, one step further; the pass itself once it is done.
    fn life_job(
        &mut self,
        fits: impl Fn(&Job) -> bool,
        new: impl FnOnce() -> Job,
    ) -> Result<Result<&mut Job, InsightReply>, Unanswered> {
        let columns = self.columns.as_ref().ok_or(Unanswered::NotReady)?;
        let old = self.insights.lifecycle.take().filter(fits);
        let job = self.insights.lifecycle.insert(old.unwrap_or_else(new));
        if job.done(columns) || job.step(columns) {
            Ok(Ok(job))
        } else {
            Ok(Err(working(job.next, columns.slots())))
        }
    }
}
