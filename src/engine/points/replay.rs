//! A draft of the programme run over real orders, beside the present one: what would have been.
//!
//! Both are folded by crate `loyalty` over the same facts, recorded entries included, as of the end of today. So the
//! present side is what the overview says, and the draft's side is what the overview would say had the draft been put
//! in force on [`ReplayRequest::from`] (the tests do just that).

use super::member::Extras;
use super::source::{Source, Words};
use super::{Programs, bad_program, overflow};
use crate::fault::{self, OrFault};
use crate::{Context, Engine, Step};
use loyalty::{EntryKind, Evaluator, Overview, Standing, Version};
use model::program::Program;
use model::{CustomerId, Day, Money, Points};
use protocol::{
    Fault, FaultCode, MoveDirection, ProgramReply, Progress, ReplayMonth, ReplayRequest,
    ReplaySide, ReplayView, Reply, Stage, TierMove,
};
use std::collections::BTreeMap;
use std::rc::Rc;
use xxhash_rust::xxh3::xxh3_64;

/// Customers folded in one step, by both programmes.
const CUSTOMERS: usize = 500;

/// The longest time that is summed up, in months.
const MONTHS_MAX: u32 = 60;

/// One replay under way.
pub struct ReplaySession {
    request: ReplayRequest,
    draft: Program,
    run: Option<Run>,
}

/// What the engine keeps of the last replay, to open its numbers.
pub(crate) struct Kept {
    pub(crate) replay: u32,
    /// Largest balance under the draft first.
    pub(crate) rows: Vec<KeptRow>,
    pub(crate) view: ReplayView,
}

/// A customer of a replay.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeptRow {
    pub(crate) customer: CustomerId,
    pub(crate) present: RowSide,
    pub(crate) draft: RowSide,
    /// Index into the moves.
    pub(crate) cell: Option<u32>,
}

/// A customer under one programme.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RowSide {
    pub(crate) issued: i64,
    pub(crate) balance: i64,
    pub(crate) tier: Option<u16>,
}

/// The data as they were when the run began.
struct Run {
    data_version: u64,
    today: Day,
    from: Day,
    present: Option<Side>,
    draft: Side,
    entries: BTreeMap<CustomerId, Vec<store::Entry>>,
    slots: Vec<u32>,
    next: usize,
    orders: u64,
    spend: i64,
    rows: Vec<KeptRow>,
}

/// One programme and its sums.
struct Side {
    programs: Rc<Programs>,
    compiled: loyalty::Programs,
    overview: Overview,
    /// Issued in each month, from the first.
    months: Vec<i64>,
    earners: u64,
    redeemed: i64,
    expired: i64,
    debt: i64,
}

impl ReplaySession {
    /// Starts.
    ///
    /// # Errors
    /// `BadProgram` with path; `Busy` while columns are being read.
    pub fn new(
        engine: &mut Engine,
        request: ReplayRequest,
        _context: &Context,
    ) -> Result<Self, Fault> {
        let draft = Program::parse(&request.program).map_err(bad_program)?;
        super::fits_business(&draft, &engine.settings)?;
        if engine.columns.is_none() {
            return Err(Fault::new(FaultCode::Busy));
        }
        Ok(Self {
            request,
            draft,
            run: None,
        })
    }

    /// Goes on. Where data changed since the last step it begins anew, so that the answer is of one moment.
    ///
    /// # Errors
    /// `Busy` when the columns are gone, `Storage`.
    pub fn step(&mut self, engine: &mut Engine, context: &Context) -> Result<Step<Reply>, Fault> {
        let current = |run: &Run| run.data_version == engine.data_version;
        let mut run = match self.run.take().filter(current) {
            Some(run) => run,
            None => self.begin(engine, context)?,
        };
        let columns = engine
            .columns
            .as_ref()
            .ok_or_else(|| Fault::new(FaultCode::Busy))?;
        if run.next < run.slots.len() {
            run.fold(columns);
            let progress = Progress {
                stage: Stage::Replaying,
                done: run.next as u64,
                total: run.slots.len() as u64,
                rows: run.orders,
            };
            self.run = Some(run);
            return Ok(Step::More(progress));
        }
        let seed = format!(
            "{} {} {}",
            self.request.program, run.data_version, context.now
        );
        // Thirty-two bits, so that it passes through a script's numbers.
        let kept = run.finish(xxh3_64(seed.as_bytes()) as u32);
        let view = kept.view.clone();
        engine.replay = Some(kept);
        Ok(Step::Done(Reply::Programs(Box::new(ProgramReply::Replay(
            view,
        )))))
    }

    fn begin(&self, engine: &mut Engine, context: &Context) -> Result<Run, Fault> {
        let today = engine.today(context);
        let present = engine.programs()?;
        let columns = engine
            .columns
            .as_ref()
            .ok_or_else(|| Fault::new(FaultCode::Busy))?;
        let months = self.request.months.clamp(1, MONTHS_MAX);
        let from = today
            .plus_months(-i32::try_from(months).unwrap_or(12))
            .plus_days(1);
        let draft = Rc::new(with_draft(&present, &self.draft, self.request.from));
        let words = Words(columns);
        let side = |programs: Rc<Programs>| {
            let compiled = loyalty::Programs::new(&programs.versions, &words).map_err(overflow)?;
            Ok::<_, Fault>(Side::new(programs, compiled, today, from))
        };
        let mut entries: BTreeMap<CustomerId, Vec<store::Entry>> = BTreeMap::new();
        let read = engine.store.read();
        read.scan_entries(|entry| entries.entry(entry.customer).or_default().push(entry))
            .or_fault()?;
        Ok(Run {
            data_version: engine.data_version,
            today,
            from,
            present: match present.is_empty() {
                true => None,
                false => Some(side(present)?),
            },
            draft: side(draft)?,
            entries,
            slots: columns.live().iter().collect(),
            next: 0,
            orders: 0,
            spend: 0,
            rows: Vec::new(),
        })
    }
}

/// The versions before `from`, and the draft from then on.
fn with_draft(present: &Programs, draft: &Program, from: Option<Day>) -> Programs {
    let earlier = |version: &&Version| match (version.from, from) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(first), Some(from)) => first < from,
    };
    let mut versions: Vec<Version> = present.versions.iter().filter(earlier).cloned().collect();
    let number = present.versions.iter().map(|it| it.number).max();
    versions.push(Version {
        number: number.unwrap_or(0).saturating_add(1),
        from,
        program: draft.clone(),
    });
    Programs {
        versions,
        texts: Vec::new(),
    }
}

fn month_index(from: Day, day: Day) -> usize {
    let months = (day.year() - from.year()) * 12 + day.month() as i32 - from.month() as i32;
    usize::try_from(months).unwrap_or(0)
}

impl Run {
    /// Folds the next customers by both programmes.
    fn fold(&mut self, columns: &segment::Columns) {
        let to = self.next.saturating_add(CUSTOMERS).min(self.slots.len());
        let slots = self.slots.get(self.next..to).unwrap_or_default();
        let window = (self.from, self.today);
        let present = self
            .present
            .as_mut()
            .map(|side| side.fold(columns, slots, &self.entries, window));
        let draft = self.draft.fold(columns, slots, &self.entries, window);
        for (place, (&slot, draft)) in slots.iter().zip(draft).enumerate() {
            let present = present.as_ref().and_then(|rows| rows.get(place));
            if let Some(customer) = columns.id(slot) {
                self.rows.push(KeptRow {
                    customer,
                    present: present.copied().unwrap_or_default(),
                    draft,
                    cell: None,
                });
            }
            for order in columns.orders(slot) {
                let day = order.day();
                if day < self.from || day > self.today || !order.counts_on(self.today) {
                    continue;
                }
                if let Some(left) = order.remaining_on(self.today) {
                    self.orders += 1;
                    self.spend = self.spend.saturating_add(left.0);
                }
            }
        }
        self.next = to;
    }

    fn finish(mut self, replay: u32) -> Kept {
        let draft = self.draft.levels();
        let present = self.present.as_ref().map(Side::levels).unwrap_or_default();
        let moves = moves(&mut self.rows, &present, &draft);
        self.rows.sort_by(|a, b| {
            let by_balance = b.draft.balance.cmp(&a.draft.balance);
            by_balance.then_with(|| a.customer.cmp(&b.customer))
        });
        let first = self.from.plus_days(1 - self.from.day_of_month() as i32);
        let of = |side: Option<&Side>, place: usize| {
            let month = side.and_then(|side| side.months.get(place));
            Points(month.copied().unwrap_or(0))
        };
        let months = (0..self.draft.months.len()).map(|place| ReplayMonth {
            month: first.plus_months(i32::try_from(place).unwrap_or(0)),
            present: of(self.present.as_ref(), place),
            draft: of(Some(&self.draft), place),
        });
        let view = ReplayView {
            replay,
            from: self.from,
            to: self.today,
            orders: self.orders,
            spend: Money(self.spend),
            months: months.collect(),
            present: self.present.as_ref().map(|side| side.view(self.today)),
            draft: self.draft.view(self.today),
            moves,
        };
        Kept {
            replay,
            rows: self.rows,
            view,
        }
    }
}

impl Side {
    fn new(programs: Rc<Programs>, compiled: loyalty::Programs, today: Day, from: Day) -> Self {
        Self {
            programs,
            compiled,
            overview: Overview::new(today),
            months: vec![0; month_index(from, today) + 1],
            earners: 0,
            redeemed: 0,
            expired: 0,
            debt: 0,
        }
    }

    /// Folds some customers and adds them up; one row each.
    fn fold(
        &mut self,
        columns: &segment::Columns,
        slots: &[u32],
        entries: &BTreeMap<CustomerId, Vec<store::Entry>>,
        window: (Day, Day),
    ) -> Vec<RowSide> {
        let today = window.1;
        let zone = self.programs.zone(today);
        let as_of = self.programs.as_of(today);
        let version = self.programs.in_force(today);
        let mut source = Source::new(columns, &self.compiled, version, zone);
        let mut fold = Evaluator::new(&self.compiled);
        let mut rows = Vec::with_capacity(slots.len());
        for &slot in slots {
            let own = columns.id(slot).and_then(|id| entries.get(&id));
            let own = own.map_or(&[][..], Vec::as_slice);
            let extras = Extras::read(own);
            let recorded = extras.recorded(own, &zone);
            source.fill(slot);
            let member = source.member(slot, &recorded);
            let mut sums = Sums::new(window.0, &mut self.months);
            // Points beyond 64 bits are nobody's, as everywhere.
            let standing = fold
                .tally(&member, as_of, &mut |step| sums.add(step))
                .unwrap_or_default();
            let (issued, redeemed, expired) = (sums.issued, sums.redeemed, sums.expired);
            self.redeemed = self.redeemed.saturating_add(redeemed);
            self.expired = self.expired.saturating_add(expired);
            self.earners += u64::from(issued > 0);
            self.debt = self.debt.saturating_add(standing.debt.0);
            // Saturates like the sums above: a total beyond 64 bits has no meaning for anybody.
            let _ = self.overview.add(&standing, fold.open_lots());
            rows.push(row_side(issued, &standing));
        }
        rows
    }

    /// Ids and names of the tiers in force today, lowest first.
    fn levels(&self) -> Vec<(String, String)> {
        let version = self.programs.in_force(self.overview.as_of);
        version
            .and_then(|version| version.program.tiers.as_ref())
            .into_iter()
            .flat_map(|tiers| &tiers.levels)
            .map(|level| (level.id.clone(), level.name.clone()))
            .collect()
    }

    fn view(&self, today: Day) -> ReplaySide {
        let program = self.programs.in_force(today).map(|it| &it.program);
        let money = program.filter(|program| program.redeem.is_some());
        let worth = |points| money.map(|program| loyalty::worth(program, points));
        let issued = Points(
            self.months
                .iter()
                .fold(0i64, |sum, it| sum.saturating_add(*it)),
        );
        let tier = |(place, (id, name))| {
            let count = self.overview.tiers.get(place).copied().unwrap_or(0);
            (id, name, count)
        };
        ReplaySide {
            issued,
            issued_worth: worth(issued),
            earners: self.earners,
            redeemed: Points(self.redeemed),
            expired: Points(self.expired),
            outstanding: self.overview.outstanding,
            pending: self.overview.pending,
            worth: worth(self.overview.outstanding),
            members: self.overview.members,
            debt: Points(self.debt),
            tiers: self.levels().into_iter().enumerate().map(tier).collect(),
        }
    }
}

fn row_side(issued: i64, standing: &Standing) -> RowSide {
    RowSide {
        issued,
        balance: standing.balance.0,
        tier: standing.tier,
    }
}

/// One customer's sums over the window.
struct Sums<'a> {
    from: Day,
    months: &'a mut [i64],
    issued: i64,
    redeemed: i64,
    expired: i64,
}

impl<'a> Sums<'a> {
    fn new(from: Day, months: &'a mut [i64]) -> Self {
        Self {
            from,
            months,
            issued: 0,
            redeemed: 0,
            expired: 0,
        }
    }

    fn add(&mut self, step: loyalty::Step) {
        if step.day < self.from {
            return;
        }
        let points = step.points.0;
        match step.kind {
            // What a refund takes back was not issued after all; a redemption that comes back was none.
            EntryKind::Accrual => self.issue(step.day, points),
            EntryKind::Reversal if points < 0 && step.order.is_some() => {
                self.issue(step.day, points);
            }
            EntryKind::Redemption | EntryKind::Reversal => {
                self.redeemed = self.redeemed.saturating_sub(points);
            }
            EntryKind::Expiry => self.expired = self.expired.saturating_sub(points),
            EntryKind::Adjustment | EntryKind::Transfer => {}
        }
    }

    fn issue(&mut self, day: Day, points: i64) {
        self.issued = self.issued.saturating_add(points);
        let place = month_index(self.from, day);
        if let Some(month) = self.months.get_mut(place) {
            *month = month.saturating_add(points);
        }
    }
}

/// Counts who goes from which tier to which, and notes it in the rows. Empty where neither programme has tiers, and
/// without a present programme.
fn moves(
    rows: &mut [KeptRow],
    present: &[(String, String)],
    draft: &[(String, String)],
) -> Vec<TierMove> {
    if present.is_empty() && draft.is_empty() {
        return Vec::new();
    }
    let mut counts: BTreeMap<(Option<u16>, Option<u16>), u64> = BTreeMap::new();
    for row in rows.iter() {
        *counts
            .entry((row.present.tier, row.draft.tier))
            .or_default() += 1;
    }
    let cells: Vec<(Option<u16>, Option<u16>)> = counts.keys().copied().collect();
    for row in rows {
        let cell = cells
            .binary_search(&(row.present.tier, row.draft.tier))
            .ok();
        row.cell = cell.and_then(|cell| u32::try_from(cell).ok());
    }
    let name = |levels: &[(String, String)], tier: Option<u16>| {
        let (_, name) = levels.get(usize::from(tier?))?;
        Some(name.clone())
    };
    let place = |tier: Option<u16>| tier.map_or(-1, i32::from);
    // Where a tier of the present programme stands in the draft.
    let rank = |tier: Option<u16>| {
        let here = tier.and_then(|tier| present.get(usize::from(tier)));
        let same = here.and_then(|(id, _)| draft.iter().position(|(it, _)| it == id));
        same.map_or_else(|| place(tier), |at| i32::try_from(at).unwrap_or(i32::MAX))
    };
    counts
        .into_iter()
        .map(|((from, to), members)| TierMove {
            from: name(present, from),
            to: name(draft, to),
            direction: match place(to).cmp(&rank(from)) {
                std::cmp::Ordering::Greater => MoveDirection::Up,
                std::cmp::Ordering::Equal => MoveDirection::Same,
                std::cmp::Ordering::Less => MoveDirection::Down,
            },
            members,
        })
        .collect()
}

impl Engine {
    /// The replay of this number.
    pub(crate) fn kept_replay(&self, replay: u32) -> Result<&Kept, Fault> {
        let kept = self.replay.as_ref().filter(|kept| kept.replay == replay);
        kept.ok_or_else(|| fault::not_found(replay))
    }
}
