//! A slow fold that is obviously right: every single point is a thing, every day is lived through, one after the other,
//! and every sum is taken anew whenever it is needed. It shares nothing with the fold but the calendar.

use crate::story::{OwnedDeed, Story, zone};
use loyalty::{AsOf, Ends, Line, NO_CODE};
use model::{Day, Money, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Pending,
    Free,
    TakenBy(i64),
    Gone,
}

/// A point, and which lot it came with.
#[derive(Clone, Copy, Debug)]
struct Point {
    lot: usize,
    state: State,
}

#[derive(Clone, Copy, Debug)]
struct Lot {
    earned: i32,
    posts: i32,
    last: i32,
    moves: bool,
}

/// What counts towards the tier, dated by the day earned.
#[derive(Clone, Copy, Debug)]
struct Earned {
    day: i32,
    points: i64,
    /// The lot it waits for; nothing waits for itself.
    lot: Option<usize>,
}

#[derive(Clone, Debug)]
enum Fact {
    /// Id, lines: whether coffee, amount in cents.
    Order(i64, Vec<(bool, i64)>),
    /// Order, cents.
    Refund(i64, i64),
    /// Id, points, the order they pay for.
    Redeem(i64, i64, Option<i64>),
    /// Id, points (below zero takes).
    Adjust(i64, i64),
    /// Id, points, last usable day.
    Bonus(i64, i64, Option<i32>),
    /// Id, the entry.
    Reverse(i64, i64),
    Review,
}

#[derive(Clone, Copy, Debug)]
enum Ending {
    Never,
    Days(i32),
    Months(i32),
    YearEnd(i32),
    Inactivity(i32),
}

#[derive(Clone, Copy, Debug)]
struct Rules {
    per: i64,
    rounding: &'static str,
    coffee_doubles: bool,
    ending: Ending,
    pending_days: i32,
    refund: &'static str,
    /// Months of the window, months to keep, how to fall.
    tiers: Option<(i32, i32, &'static str)>,
}

const FROM: [i64; 3] = [0, 40, 120];
/// Multipliers of the levels, in quarters.
const QUARTERS: [i64; 3] = [4, 5, 6];
/// Cents that a redeemed point is worth.
const WORTH: i64 = 10;
const REVIEW: i64 = 7;
const REVIEW_CAP: i64 = 12;
const NEVER: i32 = i32::MAX;

struct Order {
    id: i64,
    lines: Vec<(bool, i64)>,
    amount: i64,
    refunded: i64,
    level: usize,
    lot: Option<usize>,
    earned: usize,
    points: i64,
    waived: i64,
}

/// One life.
struct Life {
    rules: Rules,
    day: i32,
    points: Vec<Point>,
    lots: Vec<Lot>,
    /// Owed points, first owed first: by whom they were taken.
    owed: Vec<Option<i64>>,
    /// Who took which point, in order.
    taken: Vec<(i64, usize)>,
    orders: Vec<Order>,
    /// Redemptions that pay for orders and hold: id, order, cents.
    payments: Vec<(i64, i64, i64)>,
    /// What entries gave: id, lot, points.
    gave: Vec<(i64, usize, i64)>,
    earned: Vec<Earned>,
    reviews: Vec<(i32, i64)>,
    level: usize,
    until: i32,
    reached: i32,
}

fn divided(number: i64, by: i64, rounding: &str) -> i64 {
    let (whole, rest) = (number / by, number % by);
    match rounding {
        "floor" => whole,
        "ceil" => whole + i64::from(rest > 0),
        _ => whole + i64::from(2 * rest >= by),
    }
}

impl Life {
    fn last_usable(&self) -> i32 {
        let day = Day(self.day);
        match self.rules.ending {
            Ending::Never => NEVER,
            Ending::Days(days) => self.day + days,
            Ending::Months(months) | Ending::Inactivity(months) => day.plus_months(months).0,
            Ending::YearEnd(years) => Day::from_ymd(day.year() + years, 12, 31).unwrap().0,
        }
    }

    /// What an order earns on what is left of it: whole `per`s of all, and again of what is coffee.
    fn earns(&self, order: &Order) -> i64 {
        let left = order.amount - order.refunded;
        if left <= 0 {
            return 0;
        }
        let paid: i64 = self
            .payments
            .iter()
            .filter(|it| it.1 == order.id)
            .map(|it| it.2)
            .sum();
        let basis = (left - paid).max(0);
        // Every line has its share of what is left.
        let coffee: i64 = order.lines.iter().filter(|it| it.0).map(|it| it.1).sum();
        let all = divided(basis, self.rules.per, self.rules.rounding);
        let more = if self.rules.coffee_doubles {
            divided(
                basis * coffee,
                self.rules.per * order.amount,
                self.rules.rounding,
            )
        } else {
            0
        };
        let quarters = self.rules.tiers.map_or(4, |_| QUARTERS[order.level]);
        divided((all + more) * quarters, 4, self.rules.rounding)
    }

    fn free_in_order(&self) -> Vec<usize> {
        let mut free: Vec<usize> = (0..self.points.len())
            .filter(|&at| self.points[at].state == State::Free)
            .collect();
        free.sort_by_key(|&at| {
            let lot = self.points[at].lot;
            (self.lots[lot].last, self.lots[lot].earned, lot)
        });
        free
    }

    /// A point can be spent from now on; a debt takes it first.
    fn free(&mut self, at: usize) {
        self.points[at].state = State::Free;
        if self.owed.is_empty() {
            return;
        }
        match self.owed.remove(0) {
            Some(taker) => self.hand(at, taker),
            None => self.points[at].state = State::Gone,
        }
    }

    fn hand(&mut self, at: usize, taker: i64) {
        self.points[at].state = State::TakenBy(taker);
        self.taken.push((taker, at));
    }

    fn give(&mut self, points: i64, last: i32, moves: bool, waits: i32) -> usize {
        let lot = self.lots.len();
        self.lots.push(Lot {
            earned: self.day,
            posts: self.day + waits,
            last,
            moves,
        });
        for _ in 0..points {
            self.points.push(Point {
                lot,
                state: State::Pending,
            });
            if waits == 0 {
                self.free(self.points.len() - 1);
            }
        }
        lot
    }

    /// Takes points, from a lot first, for a taker who may get them back; what is missing is owed, or not taken.
    fn take(
        &mut self,
        wanted: i64,
        first: Option<usize>,
        taker: Option<i64>,
        may_owe: bool,
    ) -> i64 {
        let mut missing = 0;
        for _ in 0..wanted {
            let own = |point: &Point| Some(point.lot) == first && point.state == State::Free;
            let at = self
                .points
                .iter()
                .position(own)
                .or_else(|| self.free_in_order().first().copied());
            match (at, taker) {
                (Some(at), Some(taker)) => self.hand(at, taker),
                (Some(at), None) => self.points[at].state = State::Gone,
                (None, _) if may_owe => self.owed.push(taker),
                (None, _) => missing += 1,
            }
        }
        missing
    }

    /// What a taker took returns: what is still owed is forgotten, what has expired stays lost.
    fn give_back(&mut self, taker: i64) {
        self.owed.retain(|it| *it != Some(taker));
        let (back, kept) = std::mem::take(&mut self.taken)
            .into_iter()
            .partition(|it| it.0 == taker);
        self.taken = kept;
        let back: Vec<(i64, usize)> = back;
        for (_, at) in back {
            if self.lots[self.points[at].lot].last < self.day {
                self.points[at].state = State::Gone;
            } else {
                self.free(at);
            }
        }
    }

    fn expire(&mut self) {
        for point in &mut self.points {
            if point.state == State::Free && self.lots[point.lot].last < self.day {
                point.state = State::Gone;
            }
        }
    }

    fn start_day(&mut self) {
        self.expire();
        if self.until < self.day {
            self.judge();
        }
        for at in 0..self.points.len() {
            if self.points[at].state == State::Pending
                && self.lots[self.points[at].lot].posts <= self.day
            {
                self.free(at);
            }
        }
        self.rise();
    }

    /// The qualifying points of the window that ends with a day, as lowered since; `today` says what has posted.
    fn measure(&self, day: i32, today: i32) -> i64 {
        let Some((months, ..)) = self.rules.tiers else {
            return 0;
        };
        let start = Day(day).plus_months(-months).plus_days(1).0;
        let posted = |it: &&Earned| it.lot.is_none_or(|lot| self.lots[lot].posts <= today);
        let inside = self
            .earned
            .iter()
            .filter(|it| (start..=day).contains(&it.day));
        inside.filter(posted).map(|it| it.points).sum()
    }

    fn level_of(measure: i64) -> usize {
        FROM.iter().filter(|from| **from <= measure).count() - 1
    }

    fn reach(&mut self, level: usize, day: i32) {
        let (_, keep, _) = self.rules.tiers.unwrap();
        (self.level, self.reached) = (level, day);
        self.until = if level == 0 {
            NEVER
        } else {
            Day(day).plus_months(keep).0
        };
    }

    fn rise(&mut self) {
        if self.rules.tiers.is_some() {
            let level = Self::level_of(self.measure(self.day, self.day));
            if level > self.level {
                self.reach(level, self.day);
            }
        }
    }

    /// The last day of the tier was yesterday: its measure renews it, or the member falls.
    fn judge(&mut self) {
        let Some((_, keep, downgrade)) = self.rules.tiers else {
            return;
        };
        let yesterday = self.day - 1;
        let measured = Self::level_of(self.measure(yesterday, yesterday));
        if measured >= self.level {
            return self.reach(measured, yesterday);
        }
        match downgrade {
            "never" => self.until = NEVER,
            "to_measure" => self.reach(measured, yesterday),
            _ => {
                let level = (self.level - 1).max(measured);
                self.reach(level, yesterday);
                if level > 0 {
                    self.until = Day(yesterday).plus_months(keep).0.max(self.day);
                }
            }
        }
    }

    /// The level that today's measure, or that of the day the tier was reached, holds.
    fn held(&self) -> usize {
        let then = self.measure(self.reached, self.day);
        Self::level_of(self.measure(self.day, self.day).max(then))
    }

    /// An order earns another number of points than before. `policy`: something came back; otherwise it was paid for.
    fn change(&mut self, place: usize, policy: Option<&str>) {
        let now = self.earns(&self.orders[place]);
        let before = self.orders[place].points;
        let held = self.held();
        self.orders[place].points = now;
        let earned = self.orders[place].earned;
        self.earned[earned].points = now;
        let lot = self.orders[place].lot;
        if let Some(lot) = lot {
            let is_pending = self.lots[lot].posts > self.day;
            for _ in now..before {
                let own = self
                    .points
                    .iter()
                    .position(|it| it.lot == lot && it.state == State::Pending);
                if is_pending {
                    self.points[own.unwrap()].state = State::Gone;
                } else if policy != Some("only_pending") {
                    let missing = self.take(1, Some(lot), None, policy != Some("within_balance"));
                    self.orders[place].waived += missing;
                }
            }
            for _ in before..now {
                self.points.push(Point {
                    lot,
                    state: State::Pending,
                });
                if !is_pending {
                    let at = self.points.len() - 1;
                    if self.lots[lot].last < self.day {
                        self.points[at].state = State::Gone;
                    } else {
                        self.free(at);
                    }
                }
            }
        }
        if let Some((.., downgrade)) = self.rules.tiers
            && downgrade != "never"
            && held >= self.level
            && self.held() < self.level
        {
            self.level = self.held();
            if self.level == 0 {
                self.until = NEVER;
            }
        }
        self.rise();
    }

    fn happen(&mut self, fact: &Fact) {
        self.expire();
        match fact {
            Fact::Order(id, lines) => self.order(*id, lines),
            Fact::Refund(order, cents) => {
                let Some(place) = self.orders.iter().position(|it| it.id == *order) else {
                    return;
                };
                let it = &mut self.orders[place];
                let was_gone = it.refunded >= it.amount;
                it.refunded = it.amount.min(it.refunded + cents);
                if it.refunded >= it.amount && !was_gone {
                    let paid: Vec<i64> = self
                        .payments
                        .iter()
                        .filter(|it| it.1 == *order)
                        .map(|it| it.0)
                        .collect();
                    self.payments.retain(|it| it.1 != *order);
                    for payment in paid {
                        self.give_back(payment);
                    }
                }
                self.change(place, Some(self.rules.refund));
            }
            Fact::Redeem(id, points, order) => {
                self.take(*points, None, Some(*id), true);
                if let Some(order) = order {
                    self.payments.push((*id, *order, points * WORTH));
                    self.look_at(*order);
                }
            }
            Fact::Adjust(id, points) if *points < 0 => {
                self.take(-points, None, Some(*id), true);
            }
            Fact::Adjust(id, points) => {
                let moves = matches!(self.rules.ending, Ending::Inactivity(_));
                let lot = self.give(*points, self.last_usable(), moves, 0);
                self.gave.push((*id, lot, *points));
            }
            Fact::Bonus(id, points, last) => {
                let lot = self.give(*points, last.unwrap_or(NEVER), false, 0);
                self.gave.push((*id, lot, *points));
            }
            Fact::Reverse(id, of) => {
                if let Some(&(_, lot, points)) = self.gave.iter().find(|it| it.0 == *of) {
                    self.take(
                        points,
                        Some(lot),
                        Some(*id),
                        self.rules.refund == "unlimited",
                    );
                } else {
                    self.give_back(*of);
                    if let Some(place) = self.payments.iter().position(|it| it.0 == *of) {
                        let (_, order, _) = self.payments.remove(place);
                        self.look_at(order);
                    }
                }
            }
            Fact::Review => {
                let month = |day: i32| (Day(day).year(), Day(day).month());
                let had: i64 = self
                    .reviews
                    .iter()
                    .filter(|it| month(it.0) == month(self.day))
                    .map(|it| it.1)
                    .sum();
                let points = REVIEW.min(REVIEW_CAP - had);
                if points > 0 {
                    self.reviews.push((self.day, points));
                    let moves = matches!(self.rules.ending, Ending::Inactivity(_));
                    self.earned.push(Earned {
                        day: self.day,
                        points,
                        lot: None,
                    });
                    self.rise();
                    self.give(points, self.last_usable(), moves, 0);
                }
            }
        }
    }

    fn look_at(&mut self, order: i64) {
        let place = self
            .orders
            .iter()
            .position(|it| it.id == order && it.refunded < it.amount);
        if let Some(place) = place {
            self.change(place, None);
        }
    }

    fn order(&mut self, id: i64, lines: &[(bool, i64)]) {
        if let Ending::Inactivity(months) = self.rules.ending {
            let last = Day(self.day).plus_months(months).0;
            for (number, lot) in self.lots.iter_mut().enumerate() {
                let lives = |it: &Point| {
                    it.lot == number && matches!(it.state, State::Free | State::Pending)
                };
                if lot.moves && self.points.iter().any(lives) {
                    lot.last = last;
                }
            }
        }
        let mut order = Order {
            id,
            lines: lines.to_vec(),
            amount: lines.iter().map(|it| it.1).sum(),
            refunded: 0,
            level: self.level,
            lot: None,
            earned: self.earned.len(),
            points: 0,
            waived: 0,
        };
        order.points = self.earns(&order);
        let moves = matches!(self.rules.ending, Ending::Inactivity(_));
        if order.points > 0 {
            order.lot = Some(self.give(
                order.points,
                self.last_usable(),
                moves,
                self.rules.pending_days,
            ));
        }
        self.earned.push(Earned {
            day: self.day,
            points: order.points,
            lot: order.lot,
        });
        self.orders.push(order);
        self.rise();
    }
}

/// What there is at the end of a day: balance, pending, debt, qualifying, level, open lots (last day, points).
type Answer = (i64, i64, i64, i64, usize, Vec<(i32, i64)>);

/// Lives through every day up to `until`.
fn live(rules: Rules, facts: &[(i32, Fact)], until: i32) -> Answer {
    let mut life = Life {
        rules,
        day: 0,
        points: Vec::new(),
        lots: Vec::new(),
        owed: Vec::new(),
        taken: Vec::new(),
        orders: Vec::new(),
        payments: Vec::new(),
        gave: Vec::new(),
        earned: Vec::new(),
        reviews: Vec::new(),
        level: 0,
        until: NEVER,
        reached: i32::MIN / 2,
    };
    let first = facts.first().map_or(until, |(day, _)| *day);
    for day in first..=until {
        life.day = day;
        life.start_day();
        for (_, fact) in facts.iter().filter(|(on, _)| *on == day) {
            life.happen(fact);
        }
        life.expire();
    }
    let count = |state| life.points.iter().filter(|it| it.state == state).count() as i64;
    let debt = life.owed.len() as i64;
    let mut open: Vec<(i32, i64)> = Vec::new();
    for at in life.free_in_order() {
        let last = life.lots[life.points[at].lot].last;
        match open.last_mut() {
            Some(lot) if lot.0 == last => lot.1 += 1,
            _ => open.push((last, 1)),
        }
    }
    let qualifying = match rules.tiers {
        Some(_) => life.measure(until, until),
        None => 0,
    };
    let free = count(State::Free);
    (
        free - debt,
        count(State::Pending),
        debt,
        qualifying,
        life.level,
        open,
    )
}

/// The same question to the fold.
fn fold(story: &Story, rules: Rules, until: i32) -> Answer {
    let account = story.ledger_at(AsOf::end_of(Day(until), &zone())).0;
    let mut open: Vec<(i32, i64)> = Vec::new();
    for lot in &account.lots {
        let last = lot.expires_on.map_or(NEVER, |day| day.0);
        match open.last_mut() {
            Some(known) if known.0 == last => known.1 += lot.points.0,
            _ => open.push((last, lot.points.0)),
        }
    }
    let it = account.standing;
    let tiers = rules.tiers.is_some();
    let qualifying = if tiers { it.qualifying.0 } else { 0 };
    let level = it.tier.map_or(0, usize::from);
    (
        it.balance.0,
        it.pending.0,
        it.debt.0,
        qualifying,
        level,
        open,
    )
}

fn programme(rules: Rules) -> Value {
    let mut earn = vec![
        json!({"id": "base", "on": "purchase", "points": 1, "per": Money(rules.per).to_decimal(model::Currency::CNY),
            "rounding": rules.rounding}),
        json!({"id": "review", "on": "event", "event": "review", "points": REVIEW, "cap": {"points": REVIEW_CAP, "per": "month"}}),
    ];
    if rules.coffee_doubles {
        earn.push(json!({"id": "coffee", "on": "purchase", "multiply": "2",
            "where": [{"attr": "category", "op": "eq", "value": "coffee"}]}));
    }
    let mut parts = json!({
        "earn": earn,
        "pending_days": rules.pending_days,
        "refund": rules.refund,
        "redeem": {"points": 1, "worth": "0.10"},
        "expiry": match rules.ending {
            Ending::Never => json!({"kind": "never"}),
            Ending::Days(n) => json!({"kind": "days", "n": n}),
            Ending::Months(n) => json!({"kind": "months", "n": n}),
            Ending::YearEnd(n) => json!({"kind": "year_end", "years": n}),
            Ending::Inactivity(n) => json!({"kind": "inactivity", "months": n}),
        },
    });
    if let Some((months, keep, downgrade)) = rules.tiers {
        parts["tiers"] = json!({"window": {"kind": "rolling_months", "n": months}, "keep_months": keep, "downgrade": downgrade,
            "levels": [{"id": "a", "from": FROM[0]}, {"id": "b", "from": FROM[1], "multiply": "1.25"},
                       {"id": "c", "from": FROM[2], "multiply": "1.5"}]});
    }
    parts
}

fn rules() -> impl Strategy<Value = Rules> {
    let ending = prop_oneof![
        1 => Just(Ending::Never),
        3 => (3i32..60).prop_map(Ending::Days),
        2 => (1i32..4).prop_map(Ending::Months),
        1 => (0i32..2).prop_map(Ending::YearEnd),
        1 => (1i32..4).prop_map(Ending::Inactivity),
    ];
    let tiers = (
        1i32..7,
        1i32..7,
        prop::sample::select(vec!["one_down", "to_measure", "never"]),
    );
    (
        prop::sample::select(vec![100, 50, 300]),
        prop::sample::select(vec!["floor", "floor", "half_up", "ceil"]),
        any::<bool>(),
        ending,
        0i32..4,
        prop::sample::select(vec!["unlimited", "within_balance", "only_pending"]),
        prop::option::of(tiers),
    )
        .prop_map(
            |(per, rounding, coffee_doubles, ending, pending_days, refund, tiers)| Rules {
                per,
                rounding,
                coffee_doubles,
                ending,
                pending_days,
                refund,
                tiers,
            },
        )
}

/// Kind, which earlier fact, size; for orders the lines.
type Draw = (i32, u8, usize, i64, Vec<(bool, i64)>);

fn draws() -> impl Strategy<Value = Vec<Draw>> {
    let lines = prop::collection::vec((any::<bool>(), 1i64..2_500), 1..4);
    prop::collection::vec((0i32..150, 0u8..12, 0usize..8, 1i64..40, lines), 1..16)
}

/// Tells drawn facts to both, one minute after the other as they stand.
fn told(rules: Rules, mut draws: Vec<Draw>, first: i32) -> (Story, Vec<(i32, Fact)>) {
    draws.sort_by_key(|(day, ..)| *day);
    let mut story = Story::new(programme(rules));
    story.words = crate::story::Words(vec!["coffee".to_owned(), "cake".to_owned()]);
    let (mut facts, mut orders, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    for (number, (offset, kind, which, size, lines)) in draws.into_iter().enumerate() {
        let (id, day) = (100 + number as i64, first + offset);
        let at = zone().start_of(Day(day)).0 + number as i64 * 60_000;
        let at = zone().write_local(Timestamp(at));
        let order = orders.get(which % orders.len().max(1)).copied();
        let fact = match (kind, order) {
            (3 | 4, Some(order)) => {
                story = story.refund(
                    order,
                    &at,
                    &Money(size * 53).to_decimal(model::Currency::CNY),
                );
                Fact::Refund(order, size * 53)
            }
            (5 | 6, order) => {
                let order = order.filter(|_| kind == 6);
                story = story.entry(id, &at, OwnedDeed::Redeem(size, order));
                entries.push(id);
                Fact::Redeem(id, size, order)
            }
            (7, _) => {
                story = story.entry(id, &at, OwnedDeed::Adjust(size - 15));
                entries.push(id);
                Fact::Adjust(id, size - 15)
            }
            (8, _) => {
                let last = (which > 2).then_some(day + size as i32);
                let ends = last.map_or(Ends::Never, |last| Ends::On(Day(last)));
                story = story.entry(id, &at, OwnedDeed::Bonus(size, ends, false));
                entries.push(id);
                Fact::Bonus(id, size, last)
            }
            (9, _) if !entries.is_empty() => {
                // Each is reversed once.
                let of = entries.remove(which % entries.len());
                story = story.entry(id, &at, OwnedDeed::Reverse(of));
                Fact::Reverse(id, of)
            }
            (10, _) => {
                story = story.event(id, &at, "review", None);
                Fact::Review
            }
            _ => {
                let cents: i64 = lines.iter().map(|it| it.1).sum();
                story = story.order(id, &at, &Money(cents).to_decimal(model::Currency::CNY));
                story.purchases.last_mut().unwrap().lines = lines
                    .iter()
                    .map(|&(is_coffee, amount)| Line {
                        product: NO_CODE,
                        category: u32::from(!is_coffee),
                        quantity_milli: 1_000,
                        amount: Money(amount),
                    })
                    .collect();
                orders.push(id);
                Fact::Order(id, lines)
            }
        };
        facts.push((day, fact));
    }
    (story, facts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::CASES))]

    #[test]
    fn the_fold_agrees_with_a_life_day_by_day(rules in rules(), draws in draws(), until in 0i32..400) {
        let first = 20_000;
        let (story, facts) = told(rules, draws, first);
        let until = first + until;
        let seen: Vec<(i32, Fact)> = facts.into_iter().filter(|(day, _)| *day <= until).collect();
        prop_assert_eq!(fold(&story, rules, until), live(rules, &seen, until), "{:?} {:?}", rules, seen);
    }
}
