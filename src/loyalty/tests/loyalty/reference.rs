//! A slow fold that is obviously right, for the basic programme: every single point is a thing with its own last day, and
//! every day is lived through, one after the other.

use crate::story::{OwnedDeed, Story, zone};
use loyalty::AsOf;
use model::{Day, Timestamp};
use proptest::prelude::*;
use serde_json::json;

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Pending,
    Free,
    SpentBy(i64),
    Gone,
}

#[derive(Clone, Copy, Debug)]
struct Point {
    order: i64,
    posts: i32,
    last: i32,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum Fact {
    Order { id: i64, yuan: i64 },
    Refund { order: i64, yuan: i64 },
    Redeem { id: i64, points: i64 },
    Reverse { of: i64 },
}

#[derive(Clone, Copy, Debug)]
struct Rules {
    days: i32,
    pending_days: i32,
    refund: &'static str,
}

/// Balance and pending points at the end of `until`. Who owes redeems nothing, so that debts stay simple.
fn live(rules: Rules, facts: &[(i32, Fact)], until: i32) -> (i64, i64) {
    let mut points: Vec<Point> = Vec::new();
    let mut debt = 0;
    let mut left_of: Vec<(i64, i64)> = Vec::new();
    let first = facts.first().map_or(until, |(day, _)| *day);
    for day in first..=until {
        for point in &mut points {
            if point.state == State::Free && point.last < day {
                point.state = State::Gone;
            }
        }
        for point in &mut points {
            if point.state == State::Pending && point.posts == day {
                point.state = State::Free;
                pay(point, &mut debt);
            }
        }
        for (_, fact) in facts.iter().filter(|(on, _)| *on == day) {
            match *fact {
                Fact::Order { id, yuan } => {
                    left_of.push((id, yuan));
                    for _ in 0..yuan {
                        let mut point = Point {
                            order: id,
                            posts: day + rules.pending_days,
                            last: day + rules.days,
                            state: State::Pending,
                        };
                        if rules.pending_days == 0 {
                            point.state = State::Free;
                            pay(&mut point, &mut debt);
                        }
                        points.push(point);
                    }
                }
                Fact::Refund { order, yuan } => {
                    let Some(left) = left_of.iter_mut().find(|(id, _)| *id == order) else {
                        continue;
                    };
                    let back = yuan.min(left.1);
                    left.1 -= back;
                    take_back(&mut points, &mut debt, order, back, rules, day);
                }
                Fact::Redeem { id, points: wanted } => {
                    for place in in_order(&points).into_iter().take(wanted as usize) {
                        points[place].state = State::SpentBy(id);
                    }
                }
                Fact::Reverse { of } => {
                    for point in points
                        .iter_mut()
                        .filter(|point| point.state == State::SpentBy(of))
                    {
                        point.state = if point.last < day {
                            State::Gone
                        } else {
                            State::Free
                        };
                        if point.state == State::Free {
                            pay(point, &mut debt);
                        }
                    }
                }
            }
        }
    }
    let count = |state| points.iter().filter(|point| point.state == state).count() as i64;
    (count(State::Free) - debt, count(State::Pending))
}

fn pay(point: &mut Point, debt: &mut i64) {
    if *debt > 0 {
        *debt -= 1;
        point.state = State::Gone;
    }
}

/// Free points, first to expire first, then as they came.
fn in_order(points: &[Point]) -> Vec<usize> {
    let mut free: Vec<usize> = (0..points.len())
        .filter(|&at| points[at].state == State::Free)
        .collect();
    free.sort_by_key(|&at| (points[at].last, at));
    free
}

fn take_back(points: &mut [Point], debt: &mut i64, order: i64, back: i64, rules: Rules, day: i32) {
    for _ in 0..back {
        let own = |state| {
            points
                .iter()
                .position(|point| point.order == order && point.state == state)
        };
        let is_pending = points
            .iter()
            .any(|point| point.order == order && point.posts > day);
        if is_pending {
            if let Some(at) = own(State::Pending) {
                points[at].state = State::Gone;
            }
        } else if rules.refund != "only_pending" {
            let at = own(State::Free).or_else(|| in_order(points).first().copied());
            match at {
                Some(at) => points[at].state = State::Gone,
                None if rules.refund == "unlimited" => *debt += 1,
                None => {}
            }
        }
    }
}

fn rules() -> impl Strategy<Value = Rules> {
    let refund = prop::sample::select(vec!["unlimited", "within_balance", "only_pending"]);
    (3i32..40, 0i32..3, refund).prop_map(|(days, pending_days, refund)| Rules {
        days,
        pending_days,
        refund,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::CASES))]

    #[test]
    fn the_fold_agrees_with_a_life_day_by_day(
        rules in rules(),
        plan in prop::collection::vec((0i32..60, 0u8..4, 1i64..6, 1i64..30), 1..14),
        until in 0i32..110,
    ) {
        let first = 20_000;
        let mut story = Story::new(json!({
            "expiry": {"kind": "days", "n": rules.days},
            "pending_days": rules.pending_days,
            "refund": rules.refund,
        }));
        // Facts of a day happen one minute after the other, as they stand in the plan.
        let mut plan = plan;
        plan.sort_by_key(|(day, ..)| *day);
        let mut facts: Vec<(i32, Fact)> = Vec::new();
        let mut redeemed: Vec<i64> = Vec::new();
        for (number, (offset, kind, which, size)) in plan.into_iter().enumerate() {
            let (number, day) = (number as i64, first + offset);
            let id = number + 1;
            let text = |minute: i64| {
                let at = zone().start_of(Day(day)).0 + minute * 60_000;
                zone().write_local(Timestamp(at))
            };
            let at = text(number);
            let known = |id: i64| facts.iter().any(|(_, fact)| matches!(fact, Fact::Order { id: it, .. } if *it == id));
            match kind {
                0 | 1 if !known(which) || kind == 0 => {
                    story = story.order(id, &at, &size.to_string());
                    facts.push((day, Fact::Order { id, yuan: size }));
                }
                1 => {
                    story = story.refund(which, &at, &size.to_string());
                    facts.push((day, Fact::Refund { order: which, yuan: size }));
                }
                2 => {
                    let (balance, _) = live(rules, &facts, day);
                    let points = size.min(balance);
                    if points > 0 {
                        story = story.redeem(100 + id, &at, points);
                        facts.push((day, Fact::Redeem { id: 100 + id, points }));
                        redeemed.push(100 + id);
                    }
                }
                _ => {
                    if let Some(of) = redeemed.pop() {
                        story = story.entry(100 + id, &at, OwnedDeed::Reverse(of));
                        facts.push((day, Fact::Reverse { of }));
                    }
                }
            }
        }
        let as_of = AsOf::end_of(Day(first + until), &zone());
        let standing = story.ledger_at(as_of).0.standing;
        let seen: Vec<(i32, Fact)> = facts.into_iter().filter(|(day, _)| *day <= first + until).collect();
        prop_assert_eq!((standing.balance.0, standing.pending.0), live(rules, &seen, first + until));
    }
}
