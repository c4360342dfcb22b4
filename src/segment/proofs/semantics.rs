//! The evaluator agrees with the reference on random rules over random businesses, whatever the day; and a table of
//! cases taken from the wording of `docs/segment-rule.md`.

use super::reference::{PointsOf, Reference, Standing};
use super::rules::{closed_rule, rule, single};
use super::world::{DAYS, World, first_day, world};
use crate::{Derived, EvalContext, LoyaltyColumns, Named, evaluate, rfm};
use model::rule::Rule;
use model::{CustomerId, Day, LifecycleThresholds};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn points() -> impl Strategy<Value = Option<Vec<(i64, i64, Option<bool>)>>> {
    option::of(vec((-5i64..6, 0i64..4, option::of(any::<bool>())), 9))
}

fn points_of(points: &Option<Vec<(i64, i64, Option<bool>)>>) -> Option<PointsOf> {
    let tier = |gold: bool| if gold { "Gold" } else { "silver" }.to_owned();
    let of = |points: &Vec<(i64, i64, Option<bool>)>| {
        let ids = (0..).zip(points);
        ids.map(|(id, &(balance, expiring, gold))| (id, (balance, expiring, gold.map(tier))))
            .collect()
    };
    points.as_ref().map(of)
}

fn found(
    rule: &Rule,
    world: &World,
    as_of: Day,
    points: &Option<PointsOf>,
    segments: &BTreeMap<String, Rule>,
    rfm_given: bool,
) -> BTreeSet<i64> {
    let columns = world.columns();
    let by_slot = |get: &dyn Fn(&Standing) -> i64, points: &PointsOf| {
        let ids = (0..columns.slots() as u32).map(|slot| columns.id(slot).unwrap().0);
        ids.map(|id| get(&points[&id])).collect::<Vec<i64>>()
    };
    let derived = Derived {
        points: points.as_ref().map(|points| LoyaltyColumns {
            balance: by_slot(&|it| it.0, points),
            expiring_30: by_slot(&|it| it.1, points),
            tier: by_slot(
                &|it| match it.2.as_deref() {
                    Some("Gold") => 0,
                    Some(_) => 1,
                    None => i64::from(u16::MAX),
                },
                points,
            )
            .into_iter()
            .map(|tier| tier as u16)
            .collect(),
            tier_ids: vec!["Gold".to_owned(), "silver".to_owned()],
        }),
        rfm: rfm_given.then(|| rfm::score(&columns, as_of, &Default::default())),
        rfm_options: Default::default(),
        lifecycle: LifecycleThresholds::default(),
    };
    let context = EvalContext {
        as_of,
        derived: &derived,
        segments: &|id| segments.get(id).cloned().map(Named::Rule),
    };
    let members = evaluate(rule, &columns, &context).unwrap();
    members
        .iter()
        .map(|slot| columns.id(slot).unwrap().0)
        .collect()
}

proptest! {
    #![proptest_config(super::cases(2000))]

    #[test]
    fn the_evaluator_agrees_with_the_reference(
        world in world(),
        rule in rule(),
        saved in (closed_rule(), closed_rule()),
        day in -20i32..DAYS + 60,
        points in points(),
        rfm_given in any::<bool>(),
    ) {
        let as_of = first_day().plus_days(day);
        let points = points_of(&points);
        let segments = BTreeMap::from([("a".to_owned(), saved.0), ("b".to_owned(), saved.1)]);
        let found = found(&rule, &world, as_of, &points, &segments, rfm_given);
        let reference = Reference {
            world: &world,
            as_of,
            thresholds: LifecycleThresholds::default(),
            points,
            segments,
        };
        prop_assert_eq!(&found, &reference.members(&rule), "{} on {}", rule.to_json(), as_of);
        let normal = rule.normal();
        prop_assert_eq!(&found, &reference.members(&normal), "normal {}", normal.to_json());
        prop_assert_eq!(normal.stable_hash(), rule.stable_hash());
        prop_assert_eq!(&normal.normal(), &normal);
    }

    /// Single tests, so that none hides in a larger rule.
    #[test]
    fn each_test_agrees_with_the_reference(
        world in world(),
        rules in vec(single(), 8),
        day in 0i32..DAYS,
        points in points(),
    ) {
        let as_of = first_day().plus_days(day);
        let points = points_of(&points);
        let reference = Reference {
            world: &world,
            as_of,
            thresholds: LifecycleThresholds::default(),
            points: points.clone(),
            segments: BTreeMap::new(),
        };
        for rule in rules {
            let found = found(&rule, &world, as_of, &points, &BTreeMap::new(), false);
            prop_assert_eq!(found, reference.members(&rule), "{} on {}", rule.to_json(), as_of);
        }
    }

    #[test]
    fn a_random_rule_reads_back(rule in rule()) {
        let json = rule.to_json();
        prop_assert_eq!(Rule::parse(&json), Ok(rule));
    }

    #[test]
    fn a_larger_sample_contains_the_smaller(ids in vec(any::<i64>(), 50), a in 0i64..=100, b in 0i64..=100) {
        let json = |n: i64| format!("{{\"sample\":{{\"percent\":{n},\"seed\":\"x\"}}}}");
        let (small, large) = (a.min(b), a.max(b));
        let drawn = |n: i64| -> Vec<bool> {
            let Rule::Sample { percent, seed } = Rule::parse(&json(n)).unwrap() else { unreachable!() };
            let limit = (percent.ratio().0 << 64) / (percent.ratio().1 * 100);
            let seed = model::rule::stable_hash(seed.as_bytes());
            ids.iter().map(|&id| i128::from(crate::evaluate::draw(seed, id)) < limit).collect()
        };
        for (in_small, in_large) in drawn(small).into_iter().zip(drawn(large)) {
            prop_assert!(in_large || !in_small);
        }
        prop_assert!(drawn(100).into_iter().all(|it| it));
        prop_assert!(!drawn(0).into_iter().any(|it| it));
    }
}

#[test]
fn circles_and_missing_segments_are_named() {
    let world = World::new(model::Zone::UTC);
    let columns = world.columns();
    let derived = Derived::default();
    let segments = |id: &str| {
        let text = match id {
            "a" => r#"{"all":[{"segment":"b"}]}"#,
            "b" => r#"{"not":{"segment":"a"}}"#,
            "self" => r#"{"segment":"self"}"#,
            "fine" => r#"{"all":[]}"#,
            "lost" => r#"{"any":[{"all":[]},{"segment":"gone"}]}"#,
            _ => return None,
        };
        Some(Named::Rule(Rule::parse(text).unwrap()))
    };
    let context = EvalContext {
        as_of: Day(0),
        derived: &derived,
        segments: &segments,
    };
    for (rule, path, found) in [
        (r#"{"segment":"a"}"#, "segment", "a > b > a"),
        (
            r#"{"all":[{"all":[]},{"not":{"segment":"b"}}]}"#,
            "all[1].not.segment",
            "b > a > b",
        ),
        (
            r#"{"any":[{"segment":"self"}]}"#,
            "any[0].segment",
            "self > self",
        ),
        (r#"{"segment":"gone"}"#, "segment", "gone"),
        (
            r#"{"not":{"segment":"lost"}}"#,
            "not.segment",
            "lost > gone",
        ),
    ] {
        let error = evaluate(&Rule::parse(rule).unwrap(), &columns, &context).unwrap_err();
        assert_eq!(
            (error.path.as_str(), error.found.as_str()),
            (path, found),
            "{rule}"
        );
    }
    let twice = r#"{"all":[{"segment":"fine"},{"segment":"fine"}]}"#;
    assert!(evaluate(&Rule::parse(twice).unwrap(), &columns, &context).is_ok());
    assert_eq!(columns.slot(CustomerId(1)), None);
}
