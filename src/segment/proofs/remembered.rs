//! What is remembered stays true whatever changes; counts of nodes and explanations agree with the reference.

use super::reference::Reference;
use super::rules::{closed_rule, rule};
use super::world::{Change, DAYS, World, change, empty_world, first_day, world};
use crate::{
    Actual, Columns, Derived, EvalContext, Explained, Memory, Named, NodeCount, evaluate, explain,
};
use model::rule::Rule;
use model::{Currency, CustomerId, LifecycleThresholds};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use std::collections::BTreeMap;

fn reference<'w>(
    world: &'w World,
    as_of: model::Day,
    segments: &BTreeMap<String, Rule>,
) -> Reference<'w> {
    Reference {
        world,
        as_of,
        thresholds: LifecycleThresholds::default(),
        points: None,
        segments: segments.clone(),
    }
}

/// Runs with the columns of a world and two saved segments, `a` and `b`, and with the reference that reads the same.
fn beside<T>(
    world: &World,
    saved: (Rule, Rule),
    day: i32,
    run: impl FnOnce(&Columns, &EvalContext<'_>, &Reference<'_>) -> T,
) -> T {
    let columns = world.columns();
    let segments = BTreeMap::from([("a".to_owned(), saved.0), ("b".to_owned(), saved.1)]);
    let named = |id: &str| segments.get(id).cloned().map(Named::Rule);
    let as_of = first_day().plus_days(day);
    let context = EvalContext {
        as_of,
        derived: &Derived::default(),
        segments: &named,
    };
    run(&columns, &context, &reference(world, as_of, &segments))
}

/// The node at a path of a survey or an explanation.
fn at<'r>(rule: &'r Rule, path: &str) -> &'r Rule {
    let mut here = rule;
    for step in path.split('.').filter(|step| !step.is_empty()) {
        let index = step.split_once('[').map_or(0, |(_, rest)| {
            rest.trim_end_matches(']').parse::<usize>().unwrap()
        });
        here = &here.children()[index];
    }
    here
}

proptest! {
    #![proptest_config(super::cases(400))]

    #[test]
    fn remembered_sets_follow_every_change(
        start in empty_world(),
        before in vec(change(), 20..60),
        after in vec(change(), 1..25),
        rules in vec(rule(), 1..4),
        saved in (closed_rule(), closed_rule()),
        day in 0i32..DAYS,
    ) {
        let mut world = start;
        let mut columns = Columns::new(world.zone, Currency::CNY);
        let segments = BTreeMap::from([("a".to_owned(), saved.0), ("b".to_owned(), saved.1)]);
        let named = |id: &str| segments.get(id).cloned().map(Named::Rule);
        // The owner changes the thresholds of stages now and then.
        let impatient = LifecycleThresholds {
            dormant_days: 3,
            churned_days: 9,
            ..LifecycleThresholds::default()
        };
        let derived = [LifecycleThresholds::default(), impatient].map(|lifecycle| Derived {
            lifecycle,
            ..Derived::default()
        });
        let mut memory = Memory::default();
        for (at, change) in before.iter().chain(&after).enumerate() {
            world.follow(change, &mut columns);
            world.apply(change);
            if at < before.len() {
                continue;
            }
            let context = EvalContext {
                as_of: first_day().plus_days(day),
                derived: &derived[at / 3 % 2],
                segments: &named,
            };
            for rule in &rules {
                let fresh = evaluate(rule, &columns, &context).unwrap();
                let remembered = memory.evaluate(rule, &columns, &context).unwrap();
                prop_assert_eq!(&remembered, &fresh, "{}", rule.to_json());
                let (surveyed, nodes) = memory.survey(rule, &columns, &context).unwrap();
                prop_assert_eq!(&surveyed, &fresh, "{}", rule.to_json());
                prop_assert_eq!(nodes[0].alone, fresh.count());
            }
        }
    }

    #[test]
    fn node_counts_are_those_of_the_reference(
        world in world(),
        rule in rule(),
        saved in (closed_rule(), closed_rule()),
        day in 0i32..DAYS,
    ) {
        beside(&world, saved, day, |columns, context, reference| {
            let (_, nodes) = Memory::default().survey(&rule, columns, context).unwrap();
            check_counts(&nodes, &rule, &world, reference)
        })?;
    }

    #[test]
    fn explanations_say_what_the_reference_sees(
        world in world(),
        rule in rule(),
        saved in (closed_rule(), closed_rule()),
        day in 0i32..DAYS,
    ) {
        beside(&world, saved, day, |columns, context, reference| {
            for &id in world.customers.keys() {
                let slot = columns.slot(CustomerId(id)).unwrap();
                let root = explain(&rule, slot, columns, context).unwrap();
                check(&root, &rule, id, reference)?;
                prop_assert!(root.decides);
                check_decides(&root)?;
            }
            Ok(())
        })?;
    }
}

/// Every node's counts are those of asking the reference one by one.
fn check_counts(
    nodes: &[NodeCount],
    rule: &Rule,
    world: &World,
    reference: &Reference<'_>,
) -> Result<(), TestCaseError> {
    for node in nodes {
        let rule_there = at(rule, &node.path);
        let alone = reference.members(rule_there).len() as u64;
        prop_assert_eq!(node.alone, alone, "{}", node.path);
        let Some((parent, index)) = parent_of(&node.path) else {
            continue;
        };
        let (all, siblings) = match at(rule, &parent) {
            Rule::All(nodes) => (true, nodes),
            Rule::Any(nodes) => (false, nodes),
            _ => continue,
        };
        let holds = |at: usize, id: i64| reference.holds(&siblings[at], id);
        let ids = || world.customers.keys().copied();
        let after = ids().filter(|&id| {
            let mut up_to = 0..=index;
            if all {
                up_to.all(|at| holds(at, id))
            } else {
                up_to.any(|at| holds(at, id))
            }
        });
        prop_assert_eq!(node.after, Some(after.count() as u64));
        let only = ids().filter(|&id| {
            let mut others = (0..siblings.len()).filter(|&at| at != index);
            if all {
                !holds(index, id) && others.all(|at| holds(at, id))
            } else {
                holds(index, id) && !others.any(|at| holds(at, id))
            }
        });
        prop_assert_eq!(node.only, Some(only.count() as u64));
    }
    Ok(())
}

fn parent_of(path: &str) -> Option<(String, usize)> {
    let (parent, last) = path.rsplit_once('.').unwrap_or(("", path));
    let (_, index) = last.split_once('[')?;
    Some((
        parent.to_owned(),
        index.trim_end_matches(']').parse().unwrap(),
    ))
}

fn check(
    node: &Explained,
    rule: &Rule,
    id: i64,
    reference: &Reference,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(&node.rule, &rule.to_json());
    prop_assert_eq!(
        node.holds,
        reference.holds(rule, id),
        "{} of {}",
        node.rule,
        id
    );
    match (rule, &node.actual) {
        (Rule::Attribute { attribute, .. }, Actual::Value(found)) => {
            let expected = reference.value(attribute, id);
            prop_assert!(
                expected.is(found),
                "{}: {expected:?}, found {found:?}",
                node.rule
            );
        }
        (Rule::Orders(test), Actual::Orders(found, count, newest)) => {
            let expected = reference.orders_measure(test, id);
            prop_assert!(
                expected.is(found),
                "{}: {expected:?}, found {found:?}",
                node.rule
            );
            prop_assert_eq!(newest.len() as u64, (*count).min(10));
        }
        (Rule::Events(test), Actual::Events(found, count, newest)) => {
            let expected = reference.events_measure(test, id);
            prop_assert!(
                expected.is(found),
                "{}: {expected:?}, found {found:?}",
                node.rule
            );
            prop_assert_eq!(newest.len() as u64, (*count).min(10));
        }
        (Rule::Segment(segment), Actual::Segment(_)) => {
            check(
                &node.children[0],
                &reference.segments[segment],
                id,
                reference,
            )?;
            return Ok(());
        }
        (Rule::All(_) | Rule::Any(_) | Rule::Not(_), Actual::Group(holding)) => {
            let expected = node.children.iter().filter(|it| it.holds).count();
            prop_assert_eq!(*holding as usize, expected);
        }
        (Rule::Sample { .. }, Actual::Draw(draw)) => prop_assert!((0..100_000).contains(draw)),
        (_, other) => prop_assert!(false, "{} has {other:?}", node.rule),
    }
    for (child, rule) in node.children.iter().zip(rule.children()) {
        check(child, rule, id, reference)?;
    }
    Ok(())
}

/// Turning over the verdict of every node that decides turns over the whole; of none that does not decide.
fn check_decides(node: &Explained) -> Result<(), TestCaseError> {
    let kind = node.rule.as_str();
    for child in &node.children {
        let expected = if kind.starts_with("{\"all\"") {
            node.holds || !child.holds
        } else if kind.starts_with("{\"any\"") {
            !node.holds || child.holds
        } else {
            true
        };
        prop_assert_eq!(child.decides, node.decides && expected, "{}", child.path);
        check_decides(child)?;
    }
    Ok(())
}

/// One new order costs one look for each condition, not a pass over everybody: by counts, not by the clock.
#[test]
fn one_order_costs_one_look() {
    let mut columns = Columns::new(model::Zone::UTC, Currency::CNY);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut ids = 0;
    while ids < 500 {
        let change = change().new_tree(&mut runner).unwrap().current();
        if let Change::PutCustomer(mut customer) = change {
            ids += 1;
            customer.id = CustomerId(ids);
            columns.put_customer(&customer);
        }
    }
    let derived = Derived::default();
    let context = EvalContext {
        as_of: first_day().plus_days(DAYS),
        derived: &derived,
        segments: &|_| None,
    };
    let rule = r#"{"all":[
        {"not":{"attr":"name","op":"contains","value":"zzz"}},
        {"orders":{"measure":"count","op":"gte","value":1}},
        {"any":[{"attr":"lifecycle","op":"ne","value":"churned"},{"attr":"spend","op":"gt","value":"1.00"}]}
    ]}"#;
    let rule = Rule::parse(rule).unwrap();
    let mut memory = Memory::default();
    memory.evaluate(&rule, &columns, &context).unwrap();
    let first = memory.counts();
    assert!(first.full_passes > 0 && first.looked_at == 0, "{first:?}");
    let mut orders = 0;
    while orders < 20 {
        let Change::PutOrder(mut order) = change().new_tree(&mut runner).unwrap().current() else {
            continue;
        };
        orders += 1;
        order.customer = CustomerId(orders * 17);
        order.id = model::OrderId(orders);
        assert!(columns.put_order(&order));
        let before = memory.counts();
        let remembered = memory.evaluate(&rule, &columns, &context).unwrap();
        let counts = memory.counts();
        assert_eq!(remembered, evaluate(&rule, &columns, &context).unwrap());
        assert_eq!(
            counts.full_passes, before.full_passes,
            "everybody was looked at"
        );
        // One customer, for each of the parts that were kept.
        assert_eq!(
            counts.looked_at - before.looked_at,
            counts.updates - before.updates
        );
        assert!(counts.updates > before.updates);
        memory.evaluate(&rule, &columns, &context).unwrap();
        assert_eq!(
            memory.counts().looked_at,
            counts.looked_at,
            "nothing changed since"
        );
    }
}
