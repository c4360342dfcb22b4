//! The fast way for common programmes: the same answers, straight from columns.
//!
//! Most programmes have one rate, some multipliers for categories or products, lots that live for a fixed time, and
//! tiers over rolling months. For those nothing has to be sorted, listed or looked up while a member is folded:
//!
//! - what an order earns before its tier is a whole number of parts ([`rate::Rate::parts`]); codes of categories and
//!   products have become bits once, not once a line;
//! - lots expire in the order in which they were earned, so that they are a stretch of the member's orders;
//! - the calendar (last usable days, starts of windows) is laid out once for all days.
//!
//! [`Fast::new`] says whether a programme is common, [`Fast::standing`] whether a member is; whoever is not is folded by
//! [`crate::Evaluator`]. That both give the same answer is a property test (`tests/loyalty/fast.rs`).

mod calendar;
mod rate;
mod tier;

use crate::programs::Compiled;
use crate::{Programs, Standing};
use calendar::Calendar;
use model::program::{Expiry, Tiers};
use model::{Day, Points};
use rate::Rate;
use tier::Tier;

/// A member's orders by time, as slices of columns: each is a paid order in the programme's currency without refunds,
/// of which nothing was paid in points, with its day in the programme's zone.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    /// When.
    pub at: &'a [i64],
    /// The local day.
    pub day: &'a [i32],
    /// What was paid, in minor units.
    pub amount: &'a [i64],
    /// The first of its lines in [`LineColumns`].
    pub line_start: &'a [u32],
    /// How many lines it has.
    pub line_len: &'a [u32],
}

/// All lines as columns; codes as in [`crate::Line`], but for `none`.
#[derive(Clone, Copy, Debug)]
pub struct LineColumns<'a> {
    /// Code of the product.
    pub product: &'a [u32],
    /// Code of the category.
    pub category: &'a [u32],
    /// What was paid for the line, in minor units.
    pub amount: &'a [i64],
    /// The code that stands for no text.
    pub none: u32,
}

/// A recorded redemption that is for no order.
#[derive(Clone, Copy, Debug)]
pub struct Spent {
    /// When.
    pub at: i64,
    /// The local day.
    pub day: i32,
    /// How many points; above zero.
    pub points: i64,
}

/// Folds common members of a common programme.
#[derive(Debug)]
pub struct Fast<'p> {
    rate: Rate,
    tiers: Option<&'p Tiers>,
    pending_days: i32,
    gifts: Gifts,
    calendar: Calendar,
    as_of: i32,
    state: State,
}

/// One member's fold under way.
#[derive(Debug, Default)]
struct State {
    /// What each order earned, by place in the block.
    points: Vec<i64>,
    /// What is left of it: only where something was spent.
    left: Vec<i64>,
    /// The first lot with something left.
    head: usize,
    /// The first lot that is still pending.
    posted: usize,
    /// The open lots at the end: last usable day (`i32::MAX`: never) and points.
    open: Vec<(i32, i64)>,
}

impl<'p> Fast<'p> {
    /// Prepares for orders from `first` on, as of the end of `as_of`; `None` where the programme is not common.
    pub fn new(
        programs: &'p Programs,
        lines: &LineColumns<'_>,
        first: Day,
        as_of: Day,
    ) -> Option<Self> {
        let [version] = programs.versions() else {
            return None;
        };
        if version.from != i32::MIN {
            return None;
        }
        let program = version.program();
        let pending_days = i32::try_from(program.pending_days).ok()?;
        if !lives_long_enough(program.expiry, pending_days) || !is_plain(version) {
            return None;
        }
        let tiers = version.tiers();
        if !tiers.is_none_or(tier::is_common) {
            return None;
        }
        Some(Self {
            rate: Rate::new(version, lines.none)?,
            tiers,
            pending_days,
            gifts: Gifts {
                signup: !version.signup.is_empty(),
                birthday: !version.birthday.is_empty(),
                events: !programs.event_names().is_empty(),
            },
            calendar: Calendar::new(program.expiry, tiers, first.0.min(as_of.0), as_of.0)?,
            as_of: as_of.0,
            state: State::default(),
        })
    }

    /// What only members without it may come here with.
    pub fn gifts(&self) -> Gifts {
        self.gifts
    }

    /// What a member has who did nothing but buy and redeem; `None` where that takes the general way. `spent` is by
    /// time.
    pub fn standing(
        &mut self,
        block: &Block<'_>,
        lines: &LineColumns<'_>,
        spent: &[Spent],
    ) -> Option<Standing> {
        let count = block.day.partition_point(|&day| day <= self.as_of);
        let (at, days) = (block.at.get(..count)?, block.day.get(..count)?);
        let (amounts, starts) = (block.amount.get(..count)?, block.line_start.get(..count)?);
        let lens = block.line_len.get(..count)?;
        self.state.clear();
        let mut tier = Tier::new(self.tiers);
        let mut spent = spent.iter();
        let mut next = spent.next();
        let orders = at.iter().zip(days).zip(amounts).zip(starts).zip(lens);
        for (place, ((((&at, &day), &amount), &start), &len)) in orders.enumerate() {
            while let Some(it) = next.filter(|it| it.at <= at) {
                if it.at == at {
                    // Which comes first is decided by keys, which are not here.
                    return None;
                }
                self.spend(&mut tier, days, amounts, it)?;
                next = spent.next();
            }
            self.advance(&mut tier, days, amounts, day)?;
            let parts = self.rate.parts(day, amount, start, len, lines)?;
            let points = self.rate.points(day, amount, parts, tier.level)?;
            self.state.points.push(points);
            if self.pending_days == 0 {
                self.state.posted = place + 1;
                tier.add_points(points)?;
            } else if points == 0 && self.state.posted == place {
                self.state.posted = place + 1;
            }
            tier.contribute(amount.max(0))?;
            let orders = self.orders(days, amounts, place + 1);
            tier.rise(&self.calendar, &orders, day)?;
        }
        while let Some(it) = next {
            if it.day > self.as_of {
                break;
            }
            self.spend(&mut tier, days, amounts, it)?;
            next = spent.next();
        }
        self.advance(&mut tier, days, amounts, self.as_of)?;
        self.finish(&mut tier, days, amounts)
    }

    /// The last member's open lots in the order they are consumed: last usable day and points.
    pub fn open_lots(&self) -> impl Iterator<Item = (Option<Day>, Points)> + '_ {
        self.state.open.iter().map(|&(expires, points)| {
            let ends = (expires != i32::MAX).then_some(Day(expires));
            (ends, Points(points))
        })
    }

    fn orders<'s>(&'s self, days: &'s [i32], amounts: &'s [i64], until: usize) -> tier::Orders<'s> {
        tier::Orders {
            days: days.get(..until).unwrap_or(days),
            amounts,
            points: &self.state.points,
        }
    }

    /// Lets time pass to the start of `day`: tiers whose last day has passed are judged, pending points post.
    #[inline]
    fn advance(
        &mut self,
        tier: &mut Tier<'p>,
        days: &[i32],
        amounts: &[i64],
        day: i32,
    ) -> Option<()> {
        if self.pending_days == 0 && tier.next_check() > day {
            return Some(());
        }
        loop {
            let posts = self.next_posting(days);
            let due = tier.next_check().min(posts);
            if due > day {
                return Some(());
            }
            if tier.next_check() <= due {
                let orders = self.orders(days, amounts, self.state.points.len());
                tier.check(&self.calendar, &orders, due)?;
            }
            while self.next_posting(days) <= due {
                let points = self.state.points.get(self.state.posted).copied()?;
                self.state.posted += 1;
                // What earned nothing was never pending.
                if points > 0 {
                    tier.add_points(points)?;
                    let orders = self.orders(days, amounts, self.state.points.len());
                    tier.rise(&self.calendar, &orders, due)?;
                }
            }
        }
    }

    /// The day on which the next pending lot posts.
    fn next_posting(&self, days: &[i32]) -> i32 {
        if self.state.posted >= self.state.points.len() {
            return i32::MAX;
        }
        let earned = days.get(self.state.posted);
        earned.map_or(i32::MAX, |day| day.saturating_add(self.pending_days))
    }

    /// Takes points from the lots that expire first.
    fn spend(
        &mut self,
        tier: &mut Tier<'p>,
        days: &[i32],
        amounts: &[i64],
        it: &Spent,
    ) -> Option<()> {
        self.advance(tier, days, amounts, it.day)?;
        let state = &mut self.state;
        let known = state.left.len();
        state.left.extend(state.points.get(known..)?);
        let mut missing = it.points;
        while missing > 0 && state.head < state.posted {
            let expires = self.calendar.last_usable(*days.get(state.head)?)?;
            let left = state.left.get_mut(state.head)?;
            if expires < it.day {
                *left = 0;
            }
            let taken = missing.min(*left);
            *left -= taken;
            missing -= taken;
            if *left > 0 {
                break;
            }
            state.head += 1;
        }
        // A debt takes the general way.
        (missing == 0).then_some(())
    }

    fn finish(&mut self, tier: &mut Tier<'p>, days: &[i32], amounts: &[i64]) -> Option<Standing> {
        let mut balance: i64 = 0;
        let mut first = self.state.posted;
        // From the latest lot back to the first that has expired: all before it have.
        while first > self.state.head {
            let expires = self.calendar.last_usable(*days.get(first - 1)?)?;
            if expires < self.as_of {
                break;
            }
            first -= 1;
        }
        self.state.open.clear();
        for place in first..self.state.posted {
            let left = match self.state.left.get(place) {
                Some(left) => *left,
                None => *self.state.points.get(place)?,
            };
            if left > 0 {
                let expires = self.calendar.last_usable(*days.get(place)?)?;
                self.state.open.push((expires, left));
                balance = balance.checked_add(left)?;
            }
        }
        let mut pending: i64 = 0;
        for &points in self.state.points.get(self.state.posted..)? {
            pending = pending.checked_add(points)?;
        }
        let expires_first = self.state.open.first().and_then(|&(ends, _)| {
            let same = self.state.open.iter().take_while(|(it, _)| *it == ends);
            let points = same.fold(0i64, |sum, (_, left)| sum.saturating_add(*left));
            (ends != i32::MAX).then_some((Day(ends), Points(points)))
        });
        let orders = self.orders(days, amounts, self.state.points.len());
        let judged = tier.finish(&self.calendar, &orders, self.as_of);
        Some(Standing {
            balance: Points(balance),
            pending: Points(pending),
            debt: Points::ZERO,
            qualifying: Points(judged.points),
            measure: judged.measure,
            tier: tier.level.checked_sub(1),
            tier_until: judged.until.map(Day),
            next_tier: judged.next,
            expires_first,
        })
    }
}

impl State {
    fn clear(&mut self) {
        self.points.clear();
        self.left.clear();
        self.open.clear();
        (self.head, self.posted) = (0, 0);
    }
}

/// Whether no lot can expire before it posts, and lots expire in the order in which they were earned.
fn lives_long_enough(expiry: Expiry, pending_days: i32) -> bool {
    /// Shorter than any month, and than the shortest window of tiers.
    const SHORT: i32 = 27;
    let is_short = pending_days <= SHORT;
    match expiry {
        Expiry::Never => is_short,
        Expiry::Days(days) => is_short && i64::from(days) > i64::from(pending_days),
        Expiry::Months { n, .. } => is_short && n > 0,
        Expiry::YearEnd { years } => is_short && (years > 0 || pending_days == 0),
        Expiry::Inactivity { .. } => false,
    }
}

/// Whether purchases earn by rates only, and those are not capped.
fn is_plain(version: &Compiled) -> bool {
    let is_capped = |rule: u16| version.cap(rule).is_some();
    version.fixed.is_empty() && !version.purchase_rules().any(is_capped)
}

/// What a programme rewards besides purchases: members to whom that happened take the general way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gifts {
    /// The day they became members.
    pub signup: bool,
    /// Birthdays.
    pub birthday: bool,
    /// Tracked events.
    pub events: bool,
}
