//! How customers go between bands (stages, segments) from one day to the next, a band and day at a time.

use super::bulk::busy;
use crate::{BulkSession, Context, Engine, Step, fault};
use model::rule::Rule;
use model::{Day, Issue, IssueCode};
use protocol::{
    BANDS_MAX, FLOW_DAYS_MAX, Fault, FaultCode, FlowLink, FlowView, MembershipJob, MembershipReply,
    Progress, Reply, Stage,
};

/// A flow that is being worked out. When data changes on the way it begins anew.
pub struct Flow {
    bands: Vec<Rule>,
    days: Vec<Day>,
    data_version: u64,
    day: usize,
    band: usize,
    /// The band of each slot on the day at hand; the last two are "in none" and "not there".
    now: Vec<u8>,
    before: Vec<u8>,
    counts: Vec<u64>,
    links: Vec<FlowLink>,
}

impl Flow {
    /// Starts.
    ///
    /// # Errors
    /// `BadRule`, `Invalid` for too many or too few bands or days.
    pub(crate) fn new(bands: &[String], days: &[Day]) -> Result<Self, Fault> {
        let wrong = |field: &str, found: usize, most: usize| {
            let issue = Issue::error(IssueCode::LimitPassed)
                .in_field(field)
                .found(&found.to_string())
                .expected(&most.to_string());
            Err(Fault::invalid(vec![issue]))
        };
        if bands.is_empty() || bands.len() > BANDS_MAX {
            return wrong("bands", bands.len(), BANDS_MAX);
        }
        let grows = days.windows(2).all(|two| matches!(two, [a, b] if a < b));
        if days.len() < 2 || days.len() > FLOW_DAYS_MAX || !grows {
            return wrong("days", days.len(), FLOW_DAYS_MAX);
        }
        let bands = bands
            .iter()
            .map(|rule| Rule::parse(rule))
            .collect::<Result<_, _>>()
            .map_err(fault::of_rule)?;
        Ok(Self {
            bands,
            days: days.to_vec(),
            data_version: 0,
            day: 0,
            band: 0,
            now: Vec::new(),
            before: Vec::new(),
            counts: Vec::new(),
            links: Vec::new(),
        })
    }

    fn none(&self) -> u8 {
        self.bands.len() as u8
    }

    fn absent(&self) -> u8 {
        self.none() + 1
    }

    /// Goes on: one band on one day.
    ///
    /// # Errors
    /// `Busy` while columns are being read, `BadRule`.
    pub(crate) fn step(
        &mut self,
        engine: &mut Engine,
        context: &Context,
    ) -> Result<Step<Reply>, Fault> {
        let today = engine.today(context);
        if engine.data_version != self.data_version {
            (self.data_version, self.day, self.band) = (engine.data_version, 0, 0);
            self.counts.clear();
            self.links.clear();
        }
        let Some(&day) = self.days.get(self.day) else {
            return Ok(Step::Done(self.reply()));
        };
        let Some(rule) = self.bands.get(self.band) else {
            return Err(fault::internal("a flow without bands"));
        };
        let arrivals = engine.arrivals();
        let view = engine.view_rule(rule, day, today).map_err(busy)?;
        if self.band == 0 {
            let there = arrivals.by(view.columns.live(), day);
            let (none, absent) = (self.none(), self.absent());
            self.now = (0..view.columns.slots() as u32)
                .map(|slot| if there.contains(slot) { none } else { absent })
                .collect();
        }
        let (band, none) = (self.band as u8, self.none());
        for slot in view.evaluate(rule)?.iter() {
            if let Some(place) = self.now.get_mut(slot as usize)
                && *place == none
            {
                *place = band;
            }
        }
        self.band += 1;
        if self.band >= self.bands.len() {
            self.end_day(view.columns.live());
        }
        let total = self.days.len() * self.bands.len();
        Ok(Step::More(Progress {
            stage: Stage::Calculating,
            done: (self.day * self.bands.len() + self.band) as u64,
            total: total as u64,
            rows: 0,
        }))
    }

    /// Counts a day whose bands are known.
    fn end_day(&mut self, live: &segment::Bitmap) {
        let bands = self.bands.len() + 2;
        let mut counts = vec![0u64; bands];
        let mut links = vec![0u64; bands * bands];
        for slot in live.iter() {
            let Some(&now) = self.now.get(slot as usize) else {
                continue;
            };
            if let Some(count) = counts.get_mut(usize::from(now)) {
                *count += 1;
            }
            // Whoever was recorded while it goes on makes it begin anew: both days have the same slots.
            let before = self
                .before
                .get(slot as usize)
                .copied()
                .unwrap_or(self.absent());
            let link = usize::from(before) * bands + usize::from(now);
            if let Some(count) = links.get_mut(link) {
                *count += 1;
            }
        }
        self.counts.append(&mut counts);
        if self.day > 0 {
            let found = links.iter().enumerate().filter(|(_, count)| **count > 0);
            self.links.extend(found.map(|(link, count)| FlowLink {
                at: self.day as u32 - 1,
                from: (link / bands) as u32,
                to: (link % bands) as u32,
                count: *count,
            }));
        }
        std::mem::swap(&mut self.before, &mut self.now);
        self.day += 1;
        self.band = 0;
    }

    fn reply(&mut self) -> Reply {
        let mut rules: Vec<String> = Vec::new();
        for (at, rule) in self.bands.iter().enumerate() {
            let mut all = vec![rule.clone()];
            let earlier = self.bands.iter().take(at);
            all.extend(earlier.map(|rule| Rule::Not(Box::new(rule.clone()))));
            let rule = if all.len() == 1 {
                rule.clone()
            } else {
                Rule::All(all)
            };
            rules.push(rule.to_json());
        }
        let none = self
            .bands
            .iter()
            .map(|rule| Rule::Not(Box::new(rule.clone())));
        rules.push(Rule::All(none.collect()).to_json());
        rules.push(String::new());
        Reply::Membership(Box::new(MembershipReply::Flow(FlowView {
            days: self.days.clone(),
            rules,
            counts: std::mem::take(&mut self.counts),
            links: std::mem::take(&mut self.links),
        })))
    }
}

/// Long reading about membership.
pub enum MembershipSession {
    /// A flow.
    Flow(Box<Flow>),
    /// What a bulk action would do.
    Preview(Box<BulkSession>),
}

impl MembershipSession {
    /// Starts.
    ///
    /// # Errors
    /// `BadRule`, `Invalid`, `NotFound`; `Busy` while columns are being read.
    pub fn new(
        engine: &mut Engine,
        work: &MembershipJob,
        context: &Context,
    ) -> Result<Self, Fault> {
        Ok(match work {
            MembershipJob::Flow { bands, days } => {
                if !engine.columns_ready() {
                    return Err(Fault::new(FaultCode::Busy));
                }
                Self::Flow(Box::new(Flow::new(bands, days)?))
            }
            MembershipJob::Preview(bulk) => {
                Self::Preview(Box::new(BulkSession::new(engine, bulk, true, "", context)?))
            }
        })
    }

    /// Goes on.
    ///
    /// # Errors
    /// `Busy`, `BadRule`, `Storage`.
    pub fn step(&mut self, engine: &mut Engine, context: &Context) -> Result<Step<Reply>, Fault> {
        match self {
            Self::Flow(session) => session.step(engine, context),
            Self::Preview(session) => session.preview(engine, context),
        }
    }
}
