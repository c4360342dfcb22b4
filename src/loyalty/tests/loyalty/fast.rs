//! The fast way gives the general way's answers: over random common programmes and histories.

use crate::story::{OwnedDeed, OwnedEntry, OwnedPurchase, Story, Words, zone};
use loyalty::{
    AsOf, Block, Evaluator, Fast, Line, LineColumns, NO_CODE, Purchase, Spent, Standing,
};
use model::{Day, Money, OrderId, OrderStatus, Points, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

const FIRST_DAY: i32 = 20_000;
const DAYS: i32 = 500;

/// Programmes that are common, in every part that may differ.
pub fn common_program() -> impl Strategy<Value = Value> {
    let rounding = prop::sample::select(vec!["floor", "half_up", "ceil"]);
    let rate = (
        prop::sample::select(vec!["1", "2", "1.5", "0.1"]),
        prop::sample::select(vec!["1.00", "10.00", "0.50", "3.00"]),
        rounding,
    );
    let when = prop_oneof![
        3 => Just(json!({})),
        1 => (0..DAYS, 0..DAYS).prop_map(|(from, days)| json!({
            "from": Day(FIRST_DAY + from).to_string(), "to": Day(FIRST_DAY + from + days).to_string()})),
        1 => Just(json!({"min_amount": "9.00"})),
    ];
    let place = prop_oneof![
        2 => Just(json!([{"attr": "category", "op": "eq", "value": "coffee"}])),
        1 => Just(json!([{"attr": "category", "op": "in", "value": ["goods", "card"]}])),
        1 => Just(json!([{"attr": "product", "op": "ne", "value": "cup"}])),
        1 => Just(json!([{"attr": "category", "op": "eq", "value": "coffee"}, {"attr": "product", "op": "eq", "value": "cup"}])),
        1 => Just(json!([{"attr": "category", "op": "is_not_set"}])),
        1 => Just(json!([])),
    ];
    let by = prop::sample::select(vec!["2", "1.2", "3", "0.5"]);
    let multiplier = (by, place.clone(), when.clone(), any::<bool>());
    let exclude = prop::option::weighted(0.3, (place, when));
    let expiry = prop::sample::select(vec![
        json!({"kind": "never"}),
        json!({"kind": "days", "n": 40}),
        json!({"kind": "days", "n": 365}),
        json!({"kind": "months", "n": 2}),
        json!({"kind": "months", "n": 1, "round_up": "quarter"}),
        json!({"kind": "year_end", "years": 1}),
    ]);
    let tiers = (
        prop::sample::select(vec!["qualifying_points", "spend", "visits"]),
        prop::sample::select(vec![
            json!({"kind": "rolling_months", "n": 1}),
            json!({"kind": "rolling_months", "n": 6}),
            json!({"kind": "rolling_months", "n": 12}),
            json!({"kind": "lifetime"}),
        ]),
        prop::sample::select(vec!["one_down", "to_measure", "never"]),
        1u32..7,
        any::<bool>(),
    );
    (
        rate,
        prop::collection::vec(multiplier, 0..4),
        exclude,
        expiry,
        prop::option::weighted(0.8, tiers),
        prop::sample::select(vec![0, 0, 3, 14, 27]),
    )
        .prop_map(|(rate, multipliers, exclude, expiry, tiers, pending)| {
            let (points, per, rounding) = rate;
            let mut earn = vec![json!({"id": "base", "on": "purchase", "points": points, "per": per, "rounding": rounding})];
            for (number, (by, place, when, _)) in multipliers.into_iter().enumerate() {
                earn.push(rule(json!({"id": format!("m{number}"), "on": "purchase", "multiply": by}), &place, &when));
            }
            if let Some((place, when)) = exclude {
                earn.push(rule(json!({"id": "no", "on": "purchase", "exclude": true}), &place, &when));
            }
            // What members here never do: it must not matter.
            earn.push(json!({"id": "cake", "on": "birthday", "points": 50, "cap": {"points": 50, "per": "year"}}));
            earn.push(json!({"id": "hello", "on": "signup", "points": 50}));
            earn.push(json!({"id": "seen", "on": "event", "event": "review", "points": 5}));
            let mut parts = json!({"earn": earn, "expiry": expiry, "pending_days": pending});
            if let Some((measure, window, downgrade, keep, from_zero)) = tiers {
                let at = |points: i64| match measure {
                    "spend" => json!(format!("{points}.00")),
                    "visits" => json!(points / 20),
                    _ => json!(points),
                };
                let first = if from_zero { at(0) } else { at(20) };
                parts["tiers"] = json!({"measure": measure, "window": window, "downgrade": downgrade, "keep_months": keep,
                    "levels": [{"id": "a", "from": first}, {"id": "b", "from": at(60), "multiply": "1.25"},
                               {"id": "c", "from": at(200), "multiply": "1.5"}]});
            }
            parts
        })
}

fn rule(mut rule: Value, place: &Value, when: &Value) -> Value {
    if place.as_array().is_some_and(|all| !all.is_empty()) {
        rule["where"] = place.clone();
    }
    for (key, value) in when.as_object().unwrap() {
        rule[key] = value.clone();
    }
    rule
}

fn line() -> impl Strategy<Value = Line> {
    (0u32..5, 0u32..5, 0i64..3_000).prop_map(|(product, category, amount)| Line {
        product: if product == 4 { NO_CODE } else { product },
        category: if category == 4 { NO_CODE } else { category },
        quantity_milli: 1_000,
        amount: Money(amount),
    })
}

fn purchase() -> impl Strategy<Value = OwnedPurchase> {
    let lines = prop_oneof![
        2 => Just(Vec::new()),
        3 => prop::collection::vec(line(), 1..2),
        3 => prop::collection::vec(line(), 2..5),
    ];
    (0..DAYS, 0i64..1_440, lines, 0i64..9_000, 0i64..300).prop_map(
        |(day, minute, lines, total, rest)| {
            let at = Timestamp(zone().start_of(Day(FIRST_DAY + day)).0 + minute * 60_000);
            let (day, minute) = zone().day_and_minute(at);
            let sum: i64 = lines.iter().map(|line| line.amount.0).sum();
            let amount = Money(if lines.is_empty() {
                total
            } else {
                sum + rest.saturating_sub(150).max(0)
            });
            OwnedPurchase {
                head: Purchase {
                    id: OrderId(0),
                    at,
                    day,
                    minute,
                    status: OrderStatus::Paid,
                    amount,
                    gross: amount,
                    tax: Money::ZERO,
                    paid_with_points: Money::ZERO,
                    channel: NO_CODE,
                    coupon: NO_CODE,
                    lines: loyalty::Span::default(),
                    refunds: loyalty::Span::default(),
                },
                lines,
                refunds: Vec::new(),
            }
        },
    )
}

prop_compose! {
    fn common_story()(
        parts in common_program(),
        mut purchases in prop::collection::vec(purchase(), 0..25),
        spent in prop::collection::vec((0..DAYS, 0i64..1_440, 1i64..60), 0..4),
    ) -> Story {
        let mut story = Story::new(parts);
        story.words = Words(["coffee", "goods", "card", "cup"].map(str::to_owned).to_vec());
        purchases.sort_by_key(|it| it.head.at);
        for (mut it, id) in purchases.into_iter().zip(1..) {
            it.head.id = OrderId(id);
            story.purchases.push(it);
        }
        let mut spent = spent;
        spent.sort_unstable();
        for ((day, minute, points), id) in spent.into_iter().zip(101..) {
            // Half a minute later, so that no order has the same instant.
            let at = Timestamp(zone().start_of(Day(FIRST_DAY + day)).0 + minute * 60_000 + 30_000);
            story.entries.push(OwnedEntry { id, key: format!("k{id}"), at, deed: OwnedDeed::Redeem(points, None) });
        }
        story
    }
}

/// How a member stands, and the open lots: their last usable day and what is left.
type Answer = (Standing, Vec<(Option<Day>, Points)>);

/// The fast way's answer; `None` where it does not know the member.
fn fast(story: &Story, as_of: Day) -> Option<Answer> {
    let programs = story.programs();
    let (mut product, mut category, mut paid) = (Vec::new(), Vec::new(), Vec::new());
    let (mut at, mut days, mut amounts) = (Vec::new(), Vec::new(), Vec::new());
    let (mut starts, mut lens) = (Vec::new(), Vec::new());
    for it in &story.purchases {
        starts.push(product.len() as u32);
        lens.push(it.lines.len() as u32);
        for line in &it.lines {
            product.push(line.product);
            category.push(line.category);
            paid.push(line.amount.0);
        }
        at.push(it.head.at.0);
        days.push(it.head.day.0);
        amounts.push(it.head.amount.0);
    }
    let lines = LineColumns {
        product: &product,
        category: &category,
        amount: &paid,
        none: NO_CODE,
    };
    let block = Block {
        at: &at,
        day: &days,
        amount: &amounts,
        line_start: &starts,
        line_len: &lens,
    };
    let spent: Vec<Spent> = story
        .entries
        .iter()
        .map(|it| match it.deed {
            OwnedDeed::Redeem(points, _) => Spent {
                at: it.at.0,
                day: zone().day(it.at).0,
                points,
            },
            _ => panic!("only redemptions here"),
        })
        .collect();
    let mut fast = Fast::new(&programs, &lines, Day(FIRST_DAY), as_of)?;
    let standing = fast.standing(&block, &lines, &spent)?;
    let open = fast.open_lots().collect();
    Some((standing, open))
}

fn general(story: &Story, as_of: Day) -> Answer {
    let programs = story.programs();
    let as_of = AsOf::end_of(as_of, &zone());
    story.tell(|member| {
        let mut evaluator = Evaluator::new(&programs);
        let standing = evaluator.standing(member, as_of).unwrap();
        (standing, evaluator.open_lots().collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::CASES))]

    #[test]
    fn the_fast_way_gives_the_general_answers(story in common_story(), day in 0..DAYS + 500) {
        let as_of = Day(FIRST_DAY + day);
        if let Some(answer) = fast(&story, as_of) {
            prop_assert_eq!(answer, general(&story, as_of));
        }
    }
}

/// Without this the property above might hold because nobody takes the fast way.
#[test]
fn most_members_of_common_programmes_take_it() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut taken, mut with_tier, mut spent) = (0, 0, 0);
    for _ in 0..400 {
        let story = common_story().new_tree(&mut runner).unwrap().current();
        if let Some((standing, _)) = fast(&story, Day(FIRST_DAY + DAYS)) {
            taken += 1;
            with_tier += i32::from(standing.tier > Some(0));
            spent += i32::from(!story.entries.is_empty());
        }
    }
    assert!(
        taken > 150 && with_tier > 40 && spent > 20,
        "{taken} {with_tier} {spent}"
    );
}
