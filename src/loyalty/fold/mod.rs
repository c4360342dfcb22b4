//! The fold: one pass over what happened to a member, in order, up to a moment.
//!
//! The fast way and the ledger are the same code with another [`Sink`].

mod award;
mod moved;
mod payment;
mod purchase;
mod recorded;

use crate::earn;
use crate::expiry::{self, Memo, NEVER};
use crate::ledger::{Entry, EntryKind, Ledger};
use crate::lots::{Lot, Lots, NO_CONTRIBUTION, Source};
use crate::programs::Compiled;
use crate::tiers::{Contribution, TierState};
use crate::timeline::{self, Happening, Item};
use crate::{
    Account, AsOf, Deed, LotState, LotUse, Member, OpenLot, Overflow, Programs, Standing, Step,
    WaitingLot,
};
use model::program::{Expiry, Measure, Tiers};
use model::{Day, EntryId, OrderId, Points};

/// Who is told of each step.
pub(crate) trait Sink {
    /// Whether steps are listed; if not, nothing is made for it.
    const LISTS: bool;
    /// Whether each step is told as a [`Step`], without words.
    const TALLIES: bool = false;
    /// A step, where they are told.
    fn tally(&mut self, _step: Step) {}
    /// An entry that takes effect now, or when the pending lot `hold` posts.
    fn add(&mut self, hold: Option<u32>, entry: Entry);
    /// A pending lot has posted, or has come to nothing.
    fn release(&mut self, lot: u32);
    /// A recorded entry was reversed and cannot be again.
    fn reversed(&mut self, id: EntryId);
}

/// Lists nothing.
struct Unlisted;

impl Sink for Unlisted {
    const LISTS: bool = false;
    fn add(&mut self, _hold: Option<u32>, _entry: Entry) {}
    fn release(&mut self, _lot: u32) {}
    fn reversed(&mut self, _id: EntryId) {}
}

/// Tells steps.
struct Tally<'s, F>(&'s mut F);

impl<F: FnMut(Step)> Sink for Tally<'_, F> {
    const LISTS: bool = false;
    const TALLIES: bool = true;
    fn tally(&mut self, step: Step) {
        (self.0)(step);
    }
    fn add(&mut self, _hold: Option<u32>, _entry: Entry) {}
    fn release(&mut self, _lot: u32) {}
    fn reversed(&mut self, _id: EntryId) {}
}

/// Folds members one after the other, reusing its buffers.
#[derive(Debug)]
pub struct Evaluator<'p> {
    programs: &'p Programs,
    buffers: Buffers,
}

#[derive(Debug)]
struct Buffers {
    items: Vec<Item>,
    lots: Lots,
    tiers: TierState,
    earn: earn::Scratch,
    /// Last usable days, for each version.
    last_days: Vec<Memo>,
    returnables: Vec<purchase::Returnable>,
    given: Vec<purchase::Given>,
    returned: Vec<purchase::ReturnedQuantity>,
    caps: Vec<award::Used>,
    deeds: Vec<recorded::State>,
    /// Orders that recorded redemptions pay for.
    paid_orders: Vec<OrderId>,
    /// Recorded entries that were left out for the same key, and the one that counts.
    aliases: Vec<(EntryId, EntryId)>,
}

impl<'p> Evaluator<'p> {
    /// With empty buffers.
    pub fn new(programs: &'p Programs) -> Self {
        let versions = programs.versions().len();
        Self {
            programs,
            buffers: Buffers {
                items: Vec::new(),
                lots: Lots::default(),
                tiers: TierState::new(versions),
                earn: earn::Scratch::default(),
                last_days: vec![Memo::new(); versions],
                returnables: Vec::new(),
                given: Vec::new(),
                returned: Vec::new(),
                caps: Vec::new(),
                deeds: Vec::new(),
                paid_orders: Vec::new(),
                aliases: Vec::new(),
            },
        }
    }

    /// What the member has: the fast way, without lots and without entries.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn standing(&mut self, member: &Member<'_>, as_of: AsOf) -> Result<Standing, Overflow> {
        self.fold(member, as_of, &mut Unlisted)
    }

    /// The last member's open lots in the order they are consumed: last usable day and points.
    /// For [`crate::Overview::add`].
    pub fn open_lots(&self) -> impl Iterator<Item = (Option<Day>, Points)> + '_ {
        self.buffers
            .lots
            .open()
            .map(|lot| (day_of(lot.expires), Points(lot.left)))
    }

    /// What the member has, with lots.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn account(&mut self, member: &Member<'_>, as_of: AsOf) -> Result<Account, Overflow> {
        let standing = self.standing(member, as_of)?;
        Ok(self.with_lots(standing))
    }

    /// The account, and the entries that led to it, oldest first.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn ledger(
        &mut self,
        member: &Member<'_>,
        as_of: AsOf,
    ) -> Result<(Account, Vec<Entry>), Overflow> {
        let mut ledger = Ledger::default();
        let standing = self.fold(member, as_of, &mut ledger)?;
        let entries = ledger.finish()?;
        Ok((self.with_lots(standing), entries))
    }

    /// What the member has, telling `see` each step in the order in which it happens. Their sum is the balance and
    /// what is pending: what was earned counts on its day, whether it has posted or not.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn tally(
        &mut self,
        member: &Member<'_>,
        as_of: AsOf,
        see: &mut impl FnMut(Step),
    ) -> Result<Standing, Overflow> {
        self.fold(member, as_of, &mut Tally(see))
    }

    /// Every lot the last member ever had, open or not.
    pub fn lots(&self) -> impl Iterator<Item = LotState> + '_ {
        self.buffers.lots.all().iter().map(|lot| LotState {
            order: lot.source.order(),
            earned_on: Day(lot.earned),
            expires_on: day_of(lot.expires),
            points: Points(lot.points),
            left: Points(lot.left),
            pending: lot.pending,
        })
    }

    /// What the last member's redemptions and other takers hold of which lots, without what was given back.
    pub fn lot_uses(&self) -> impl Iterator<Item = LotUse> + '_ {
        self.buffers.lots.uses()
    }

    fn with_lots(&self, standing: Standing) -> Account {
        let lot = |lot: &Lot| OpenLot {
            id: lot.source.entry_id(),
            points: Points(lot.left),
            earned_on: Day(lot.earned),
            expires_on: day_of(lot.expires),
        };
        let waiting = |lot: &Lot| WaitingLot {
            id: lot.source.entry_id(),
            points: Points(lot.left),
            earned_on: Day(lot.earned),
            expires_on: day_of(lot.expires),
            posts_on: Day(lot.posts),
        };
        Account {
            standing,
            lots: self.buffers.lots.open().map(lot).collect(),
            waiting: self.buffers.lots.waiting().map(waiting).collect(),
        }
    }

    fn fold<S: Sink>(
        &mut self,
        member: &Member<'_>,
        as_of: AsOf,
        sink: &mut S,
    ) -> Result<Standing, Overflow> {
        let buffers = &mut self.buffers;
        buffers.aliases.clear();
        timeline::fill(
            member,
            self.programs,
            as_of,
            &mut buffers.items,
            &mut buffers.aliases,
        );
        buffers.paid_orders.clear();
        for entry in member.recorded {
            if let Deed::Redemption {
                order: Some(order), ..
            } = entry.what
            {
                buffers.paid_orders.push(order);
            }
        }
        buffers.lots.clear();
        buffers.tiers.clear(member.signup_on.map(|day| day.0));
        buffers.returnables.clear();
        buffers.given.clear();
        buffers.returned.clear();
        buffers.caps.clear();
        buffers.deeds.clear();
        let items = std::mem::take(&mut buffers.items);
        let mut fold = Fold {
            programs: self.programs,
            member,
            buffers,
            sink,
            version: None,
            today: i32::MIN,
            rest: &[],
        };
        let first_day = items
            .first()
            .map_or(as_of.day.0, |item| item.day.min(as_of.day.0));
        fold.set_version(self.programs.index_on(first_day), first_day)?;
        let mut rest = items.as_slice();
        while let Some((item, later)) = rest.split_first() {
            rest = later;
            fold.rest = later;
            fold.advance(item.day)?;
            fold.happen(*item)?;
        }
        fold.advance(as_of.day.0)?;
        let standing = fold.standing(as_of.day.0);
        self.buffers.items = items;
        standing
    }
}

/// The last usable day, where there is one.
fn day_of(expires: i32) -> Option<Day> {
    (expires != NEVER).then_some(Day(expires))
}

/// One member's fold under way.
struct Fold<'f, S> {
    programs: &'f Programs,
    member: &'f Member<'f>,
    buffers: &'f mut Buffers,
    sink: &'f mut S,
    /// Index of the version in force.
    version: Option<usize>,
    /// The day whose start was last lived through.
    today: i32,
    /// What is still to come.
    rest: &'f [Item],
}

impl<'f, S: Sink> Fold<'f, S> {
    fn in_force(&self) -> Option<(usize, &'f Compiled)> {
        let index = self.version?;
        Some((index, self.programs.versions().get(index)?))
    }

    fn tiers(&self) -> Option<&'f Tiers> {
        self.in_force().and_then(|(_, version)| version.tiers())
    }

    fn happen(&mut self, item: Item) -> Result<(), Overflow> {
        match item.what {
            Happening::Signup => self.signup(item.day),
            Happening::Birthday(year) => self.birthday(year, item.day),
            Happening::Purchase(index) => self.purchase(index),
            Happening::Refund { refund, purchase } => self.refund(refund, purchase, item),
            Happening::Event(index) => self.event(index),
            Happening::Recorded(index) => self.recorded(index),
        }
    }

    /// Lets time pass to the start of `day`: expiry, ends of tiers, new versions, postings, day by day.
    fn advance(&mut self, day: i32) -> Result<(), Overflow> {
        loop {
            // What has become due for a day that is over (a tier given back) is due today: days do not go back.
            let due = self.next_due().max(self.today);
            if due > day || self.next_due() > day {
                return Ok(());
            }
            self.today = due;
            self.start_day(due)?;
        }
    }

    fn next_due(&self) -> i32 {
        let tiers = if self.tiers().is_some() {
            self.buffers.tiers.next_check()
        } else {
            NEVER
        };
        let lots = &self.buffers.lots;
        let version = self
            .programs
            .versions()
            .get(self.version.map_or(0, |index| index + 1));
        let version = version.map_or(NEVER, |version| version.from);
        lots.next_expiry()
            .min(lots.next_posting())
            .min(tiers)
            .min(version)
    }

    fn start_day(&mut self, day: i32) -> Result<(), Overflow> {
        while let Some((lot, points)) = self.buffers.lots.expire_due(day)? {
            self.list_expiry(lot, points, day);
        }
        if let Some(tiers) = self.tiers()
            && self.buffers.tiers.next_check() <= day
        {
            self.buffers.tiers.check(tiers, day);
        }
        let index = self.programs.index_on(day);
        if index != self.version {
            self.set_version(index, day)?;
        }
        while let Some(lot) = self.buffers.lots.post_due(day)? {
            self.sink.release(lot);
            let contribution = self.buffers.lots.get(lot).map(|lot| lot.contribution);
            let tiers = self.tiers();
            if let Some(contribution) = contribution.filter(|it| *it != NO_CONTRIBUTION) {
                self.buffers.tiers.post(tiers, contribution, day)?;
            }
        }
        Ok(())
    }

    fn set_version(&mut self, index: Option<usize>, day: i32) -> Result<(), Overflow> {
        let old = self.tiers();
        self.version = index;
        let new = self.tiers();
        self.buffers
            .tiers
            .change_rules(old, new, index.unwrap_or(0), day)
    }

    /// The last usable day of points earned on `day` under the version in force, and its inactivity months.
    fn expiry_by_program(&mut self, day: i32) -> (i32, u32) {
        let Some((index, version)) = self.in_force() else {
            return (NEVER, 0);
        };
        let rule = version.program().expiry;
        let months = match rule {
            Expiry::Inactivity { months } => months,
            Expiry::Never | Expiry::Days(_) | Expiry::Months { .. } | Expiry::YearEnd { .. } => 0,
        };
        if rule == Expiry::Never {
            return (NEVER, 0);
        }
        let last = match self.buffers.last_days.get_mut(index) {
            Some(memo) => memo.get(day, |day| expiry::last_usable(rule, day)),
            None => expiry::last_usable(rule, Day(day)),
        };
        (last, months)
    }

    /// Adds a contribution to the tier measure; `None` where nothing qualifies.
    fn contribute(&mut self, it: Contribution) -> Result<u32, Overflow> {
        let tiers = self.tiers();
        self.buffers.tiers.contribute(tiers, it)
    }

    /// Tells a step to a sink that adds up.
    fn tally(&mut self, step: Step) {
        if S::TALLIES && step.points.0 != 0 {
            self.sink.tally(step);
        }
    }

    fn list_expiry(&mut self, lot: u32, points: i64, day: i32) {
        if !S::LISTS && !S::TALLIES {
            return;
        }
        if let Some(source) = self.buffers.lots.get(lot).map(|lot| lot.source) {
            self.tally(Step {
                kind: EntryKind::Expiry,
                day: Day(day),
                points: Points(-points),
                order: source.order(),
                pending: false,
            });
            if !S::LISTS {
                return;
            }
            self.sink.add(None, Entry::expiry(source, points, Day(day)));
        }
    }

    fn standing(&mut self, day: i32) -> Result<Standing, Overflow> {
        let tiers = self.tiers();
        let lots = &self.buffers.lots;
        let state = &mut self.buffers.tiers;
        let sums = match tiers {
            Some(tiers) => state.window(tiers, day),
            None => state.all_time(),
        };
        let measure = sums.of(tiers.map_or(Measure::QualifyingPoints, |tiers| tiers.measure));
        let next_tier = tiers.and_then(|tiers| {
            let next = tiers.levels.get(usize::from(state.level))?;
            Some((state.level, next.from.saturating_sub(measure).max(0)))
        });
        let first = lots.open().next().filter(|lot| lot.expires != NEVER);
        let expires_first = first.map(|first| {
            let same = lots.open().take_while(|lot| lot.expires == first.expires);
            let points = same.fold(0i64, |sum, lot| sum.saturating_add(lot.left));
            (Day(first.expires), Points(points))
        });
        let ends = tiers.is_some_and(|tiers| !crate::tiers::holds_by_measure(tiers));
        Ok(Standing {
            balance: Points(lots.balance()),
            pending: Points(lots.pending()),
            debt: Points(lots.debt()),
            qualifying: Points(sums.points),
            measure,
            tier: state.level.checked_sub(1),
            tier_until: day_of(state.until).filter(|_| ends),
            next_tier,
            expires_first,
        })
    }
}

impl Source {
    /// The order whose purchase gave the lot.
    pub(crate) fn order(self) -> Option<OrderId> {
        match self {
            Self::Purchase(id) => Some(id),
            _ => None,
        }
    }

    /// The id of the ledger entry that gave the lot.
    pub(crate) fn entry_id(self) -> String {
        match self {
            Self::Purchase(id) => format!("order:{id}"),
            Self::Signup => "signup".to_owned(),
            Self::Birthday(year) => format!("birthday:{year}"),
            Self::Event(id) => format!("event:{id}"),
            Self::Recorded(id) => id.to_string(),
            Self::Moved(id, number) => format!("{id}.{number}"),
        }
    }
}
