use super::draft::{Draft, Node, NodeId, What};
use super::edit::{Refused, Spot, Step, asking};
use super::form::Wrong;
use super::rows::{Row, RowKind, rows};
use super::steps::Steps;
use model::rule::{Attribute, Field, Rule, ValueKind};
use std::collections::BTreeSet;

/// A draft of letters: `all(a any(b c) not d)`.
fn draft(text: &str) -> Draft {
    Draft::of(&Rule::parse(&json(&mut text.chars().peekable())).unwrap())
}

fn json(text: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut word = String::new();
    while let Some(c) = text.next_if(|c| c.is_alphabetic()) {
        word.push(c);
    }
    if word == "not" {
        text.next();
        return format!("{{\"not\":{}}}", json(text));
    }
    if text.next_if(|c| *c == '(').is_none() {
        return format!("{{\"segment\":\"{word}\"}}");
    }
    let mut nodes = Vec::new();
    while text.peek().is_some_and(|c| *c != ')') {
        nodes.push(json(text));
        text.next_if(|c| *c == ' ');
    }
    text.next();
    format!("{{\"{word}\":[{}]}}", nodes.join(","))
}

fn shown(draft: &Draft) -> String {
    fn node(it: &Node) -> String {
        let not = if it.negated { "not " } else { "" };
        let what = match &it.what {
            What::Group { any, nodes } => {
                let inner: Vec<String> = nodes.iter().map(node).collect();
                format!("{}({})", if *any { "any" } else { "all" }, inner.join(" "))
            }
            What::Segment(id) => id.clone(),
            other => format!("{other:?}"),
        };
        format!("{not}{what}")
    }
    node(&draft.root)
}

fn id_of(draft: &Draft, letter: &str) -> NodeId {
    let mut found = None;
    draft.root.walk(&mut |node| {
        if matches!(&node.what, What::Segment(id) if id == letter) {
            found = Some(node.id);
        }
    });
    found.unwrap()
}

/// The group right around a letter.
fn group_of(draft: &Draft, letter: &str) -> NodeId {
    draft.parent(id_of(draft, letter)).unwrap().0
}

const EXAMPLE: &str = r#"{"all":[{"attr":"gender","op":"eq","value":"female"},{"attr":"age","op":"between","value":[25,34]},{"attr":"province","op":"in","value":["Guangdong","Zhejiang"]},{"attr":"consent.email","op":"is","value":true},{"orders":{"within":{"last":{"n":90,"unit":"day"}},"measure":"count","op":"gte","value":3}},{"orders":{"where":[{"attr":"category","op":"eq","value":"gift card"}],"measure":"count","op":"eq","value":0}},{"not":{"segment":"vip"}}]}"#;

#[test]
fn every_form_of_the_language_comes_back_as_it_was() {
    let attribute = |attr: &str, op: &str, value: &str| {
        let value = if value.is_empty() {
            String::new()
        } else {
            format!(",\"value\":{value}")
        };
        format!(r#"{{"attr":"{attr}","op":"{op}"{value}}}"#)
    };
    let mut leaves = vec![
        r#"{"all":[]}"#.to_owned(),
        r#"{"sample":{"percent":12.5,"seed":"A"}}"#.to_owned(),
        r#"{"not":{"segment":"vip"}}"#.to_owned(),
        r#"{"events":{"kind":"page_view","where":[{"attr":"data.page","op":"contains","value":"/shoes"},{"attr":"quantity","op":"is_set"}],"within":{"between":["2026-01-01","2026-03-31"]},"measure":"distinct_days","op":"not_between","value":[2,5]}}"#.to_owned(),
        r#"{"orders":{"measure":"sum","op":"lt","value":"99.5"}}"#.to_owned(),
        r#"{"orders":{"where":[{"attr":"hour","op":"gte","value":18},{"attr":"amount","op":"gt","value":"10"}],"measure":"average","op":"between","value":["1","2"]}}"#.to_owned(),
        attribute("custom.size", "eq", "42"),
        attribute("custom.size", "eq", "\"42\""),
        attribute("custom.vegan", "is", "false"),
        attribute("custom.since", "between", r#"["2020-01-01","2020-12-31"]"#),
        attribute("custom.since", "within_last", r#"{"n":2,"unit":"quarter"}"#),
        attribute("custom.size", "not_in", r#"["a","b"]"#),
        attribute("birthday", "anniversary_within_next", r#"{"n":7,"unit":"day"}"#),
        attribute("birthday", "in_month", "11"),
        attribute("tags", "all_of", r#"["VIP","老客"]"#),
        attribute("tags", "is_not_set", ""),
        attribute("city", "ne", "\"杭州\""),
        attribute("clv", "lte", "\"0\""),
        attribute("signup_on", "more_than_ago", r#"{"n":1,"unit":"year"}"#),
    ];
    for op in [
        "eq",
        "ne",
        "contains",
        "not_contains",
        "starts_with",
        "ends_with",
    ] {
        leaves.push(attribute("name", op, "\"a\""));
    }
    for op in ["eq", "ne", "lt", "lte", "gt", "gte"] {
        leaves.push(attribute("nps", op, "9"));
    }
    let all = format!(
        r#"{{"all":[{},{{"any":[{},{{"not":{{"all":[{}]}}}}]}}]}}"#,
        leaves.join(","),
        EXAMPLE,
        leaves.join(",")
    );
    let rule = Rule::parse(&all).unwrap();
    let draft = Draft::of(&rule);
    let said = draft.rule();
    assert_eq!(said.rule.to_json(), rule.to_json());
    assert_eq!(said.wrong, []);
    // Every path names the node that the language finds there.
    let mut paths = BTreeSet::new();
    for (id, path) in &said.paths {
        assert!(paths.insert(path.clone()), "{path} twice");
        assert_eq!(said.node_at(path), Some(*id));
    }
    assert!(paths.contains("all[3].events.where[1]"), "{paths:?}");
}

#[test]
fn odd_roots_keep_their_meaning() {
    for (rule, wanted) in [
        (r#"{"segment":"a"}"#, r#"{"all":[{"segment":"a"}]}"#),
        (
            r#"{"not":{"not":{"segment":"a"}}}"#,
            r#"{"all":[{"segment":"a"}]}"#,
        ),
        (r#"{"any":[]}"#, r#"{"all":[{"any":[]}]}"#),
        (r#"{"all":[]}"#, r#"{"all":[]}"#),
        (r#"{"not":{"all":[]}}"#, r#"{"all":[{"not":{"all":[]}}]}"#),
        (
            r#"{"any":[{"segment":"a"}]}"#,
            r#"{"any":[{"segment":"a"}]}"#,
        ),
    ] {
        let draft = Draft::of(&Rule::parse(rule).unwrap());
        assert_eq!(draft.rule().rule.to_json(), wanted, "{rule}");
    }
}

#[test]
fn what_is_not_complete_is_left_out_and_named() {
    let mut draft = draft("all(a any(b))");
    let inner = group_of(&draft, "b");
    let age = draft
        .add(inner, asking(Attribute::Age, ValueKind::Number))
        .unwrap();
    let orders = draft
        .add(draft.root.id, What::Orders(super::draft::Measured::usual()))
        .unwrap();
    let category = draft
        .add_where(orders, Field::Category, ValueKind::Text)
        .unwrap();
    let said = draft.rule();
    assert_eq!(
        said.rule.to_json(),
        r#"{"all":[{"segment":"a"},{"any":[{"segment":"b"}]},{"orders":{"within":{"last":{"n":90,"unit":"day"}},"measure":"count","op":"gte","value":1}}]}"#
    );
    assert_eq!(said.wrong, [(age, Wrong::Empty), (category, Wrong::Empty)]);
    assert_eq!(said.path(age), None);
    assert_eq!(said.path(orders), Some("all[2]"));
    draft.form_mut(age).unwrap().first = "old".to_owned();
    assert_eq!(draft.rule().wrong_with(age), Some(Wrong::Number));
    // A group with nothing complete in it goes with what is in it; an empty one says so itself.
    let id = id_of(&draft, "b");
    draft.remove(id).unwrap();
    assert_eq!(
        draft.rule().wrong,
        [(age, Wrong::Number), (category, Wrong::Empty)]
    );
    draft.remove(age).unwrap();
    assert_eq!(draft.rule().wrong_with(inner), Some(Wrong::Empty));
}

#[test]
fn faults_find_their_blocks() {
    let draft = Draft::of(&Rule::parse(EXAMPLE).unwrap());
    let said = draft.rule();
    for (path, wanted) in [
        ("all[6].not.segment", "all[6]"),
        ("all[5].orders.where[0].value", "all[5].orders.where[0]"),
        ("all[5].orders.value", "all[5]"),
        ("", ""),
        ("any[1]", ""),
    ] {
        let id = said.node_at(path).unwrap();
        assert_eq!(said.path(id), Some(wanted), "{path}");
    }
}

#[test]
fn steps_move_nodes_in_out_and_around() {
    for (before, letter, step, after) in [
        ("all(a b c)", "c", Step::Up, "all(a c b)"),
        ("all(a b c)", "a", Step::Down, "all(b a c)"),
        ("all(a any(b c) d)", "b", Step::Up, "all(a b any(c) d)"),
        ("all(a any(b c) d)", "c", Step::Down, "all(a any(b) c d)"),
        ("all(a any(b c) d)", "b", Step::Out, "all(a any(c) b d)"),
        ("all(a any(b c) d)", "d", Step::In, "all(a any(b c d))"),
        ("all(a any(b c) d)", "a", Step::In, "all(any(a b c) d)"),
        ("all(a any(b c) d)", "a", Step::Up, "refused"),
        ("all(a any(b c) d)", "d", Step::Out, "refused"),
        ("all(a b)", "a", Step::In, "refused"),
        ("all(a b)", "b", Step::Down, "refused"),
    ] {
        let mut it = draft(before);
        let id = id_of(&it, letter);
        let done = it.step(id, step);
        let now = if done.is_ok() {
            shown(&it)
        } else {
            "refused".to_owned()
        };
        assert_eq!(now, after, "{before}: {letter} {step:?}");
        if done.is_err() {
            assert_eq!(shown(&it), before);
        }
    }
}

#[test]
fn nodes_are_dropped_where_the_line_was() {
    for (before, letter, into, at, after) in [
        ("all(a b c)", "a", "a", 2, "all(b a c)"),
        ("all(a b c)", "a", "a", 3, "all(b c a)"),
        ("all(a b c)", "c", "a", 0, "all(c a b)"),
        ("all(a b c)", "b", "a", 1, "all(a b c)"),
        ("all(a any(b c))", "a", "b", 1, "all(any(b a c))"),
        ("all(a any(b c))", "c", "a", 0, "all(c a any(b))"),
        ("all(a any(b c))", "c", "a", 99, "all(a any(b) c)"),
    ] {
        let mut it = draft(before);
        let (id, group) = (id_of(&it, letter), group_of(&it, into));
        it.move_to(id, Spot { group, at }).unwrap();
        assert_eq!(shown(&it), after, "{before}: {letter} to {into} {at}");
    }
    let mut it = draft("all(a any(b all(c)))");
    let (outer, inner) = (group_of(&it, "b"), group_of(&it, "c"));
    assert_eq!(
        it.move_to(
            outer,
            Spot {
                group: inner,
                at: 0
            }
        ),
        Err(Refused::IntoItself)
    );
    assert_eq!(
        it.move_to(
            outer,
            Spot {
                group: outer,
                at: 0
            }
        ),
        Err(Refused::IntoItself)
    );
}

#[test]
fn groups_are_made_negated_and_dissolved() {
    let mut it = draft("all(a b)");
    let b = id_of(&it, "b");
    let group = it.wrap(b).unwrap();
    assert_eq!(shown(&it), "all(a any(b))");
    it.negate(group).unwrap();
    it.negate(b).unwrap();
    assert_eq!(shown(&it), "all(a not any(not b))");
    // The `not` of a group of one goes on to that one.
    it.unwrap(group).unwrap();
    assert_eq!(shown(&it), "all(a b)");
    let mut it = draft("all(not any(a b) c)");
    let group = group_of(&it, "a");
    assert!(
        !it.can_unwrap(group),
        "not any(a b) is not: not a, not b, in an any"
    );
    assert_eq!(it.unwrap(group), Err(Refused::Gone));
    let root = it.root.id;
    it.negate(root).unwrap();
    assert_eq!(shown(&it), "all(not all(not any(a b) c))");
    let mut it = draft("any(a b)");
    let root = it.root.id;
    it.negate(root).unwrap();
    assert_eq!(shown(&it), "all(not any(a b))");
}

#[test]
fn copies_have_numbers_of_their_own() {
    let mut it = draft("all(a any(b c))");
    let group = group_of(&it, "b");
    it.duplicate(group).unwrap();
    assert_eq!(shown(&it), "all(a any(b c) any(b c))");
    unique(&it);
    let mut it = Draft::of(&Rule::parse(EXAMPLE).unwrap());
    let category = it.root.nodes()[5].measured().unwrap().conditions[0].id;
    let copy = it.duplicate(category).unwrap();
    assert_ne!(copy, category);
    assert_eq!(it.root.nodes()[5].measured().unwrap().conditions.len(), 2);
    unique(&it);
    it.remove(category).unwrap();
    assert_eq!(
        it.root.nodes()[5].measured().unwrap().conditions[0].id,
        copy
    );
}

fn unique(draft: &Draft) {
    let mut ids = BTreeSet::new();
    draft.root.walk(&mut |node| {
        assert!(ids.insert(node.id), "{} twice", node.id);
        for it in node
            .measured()
            .map(|m| m.conditions.as_slice())
            .unwrap_or_default()
        {
            assert!(ids.insert(it.id), "{} twice", it.id);
        }
    });
    assert!(ids.iter().all(|id| *id < draft.next));
}

#[test]
fn the_limits_of_the_language_hold_and_nothing_is_lost() {
    let mut it = draft("all(a)");
    let mut id = id_of(&it, "a");
    let mut wrapped = 0;
    while let Ok(group) = it.wrap(id) {
        id = group;
        wrapped += 1;
    }
    assert_eq!((wrapped, it.wrap(id)), (30, Err(Refused::TooDeep)));
    assert!(Rule::parse(&it.rule().rule.to_json()).is_ok());
    let a = id_of(&it, "a");
    let before = shown(&it);
    assert_eq!(it.negate(a), Err(Refused::TooDeep));
    assert_eq!(shown(&it), before);
    let mut it = draft("all(a)");
    let a = id_of(&it, "a");
    for _ in 0..998 {
        it.duplicate(a).unwrap();
    }
    assert_eq!(it.duplicate(a), Err(Refused::TooMany));
    assert!(Rule::parse(&it.rule().rule.to_json()).is_ok());
}

#[test]
fn undo_goes_back_step_by_step_and_typing_is_one_step() {
    let mut steps = Steps::new(draft("all(a)"));
    let root = steps.now.root.id;
    let mut age = 0;
    steps.edit(None, |draft| {
        age = draft
            .add(root, asking(Attribute::Age, ValueKind::Number))
            .unwrap()
    });
    for typed in ["2", "25"] {
        steps.edit(Some((age, "first")), |draft| {
            draft.form_mut(age).unwrap().first = typed.to_owned()
        });
    }
    steps.edit(Some((age, "op")), |draft| {
        draft.form_mut(age).unwrap().op = "lte".to_owned()
    });
    let first = |steps: &Steps| {
        steps
            .now
            .form(age)
            .map(|form| (form.op.clone(), form.first.clone()))
    };
    let was = |op: &str, first: &str| Some((op.to_owned(), first.to_owned()));
    assert!(!steps.edit(None, |_| {}), "nothing changed: no step");
    assert!(steps.undo());
    assert_eq!(first(&steps), was("gte", "25"));
    assert!(steps.undo());
    assert_eq!(first(&steps), was("gte", ""));
    assert!(steps.undo());
    assert_eq!(shown(&steps.now), "all(a)");
    assert!(!steps.undo() && !steps.can_undo());
    // What is new does not take the number of what was undone: rows would be mistaken for each other.
    assert!(steps.redo() && steps.redo());
    assert_eq!(first(&steps), was("gte", "25"));
    steps.undo();
    steps.undo();
    let mut other = 0;
    steps.edit(None, |draft| {
        other = draft.add(root, What::Segment("b".to_owned())).unwrap()
    });
    assert!(other > age && !steps.can_redo());
}

#[test]
fn rows_are_the_tree_from_top_to_bottom() {
    let mut it = draft("all(a any(b))");
    let orders = it
        .add(it.root.id, What::Orders(super::draft::Measured::usual()))
        .unwrap();
    it.add_where(orders, Field::Category, ValueKind::Text)
        .unwrap();
    let kinds: Vec<(usize, RowKind)> = rows(&it).iter().map(|row| (row.depth, row.kind)).collect();
    use RowKind::{Add, AddWhere, Node, Where};
    assert_eq!(
        kinds,
        [
            (0, Node),
            (1, Node),
            (1, Node),
            (2, Node),
            (2, Add),
            (1, Node),
            (2, Where),
            (2, AddWhere),
            (1, Add)
        ]
    );
    let keys: BTreeSet<u64> = rows(&it).iter().map(Row::key).collect();
    assert_eq!(keys.len(), kinds.len());
}

/// Thousands of random edits: numbers stay unique, the rule stays readable, and undoing all gives the beginning.
#[test]
fn random_edits_hold_the_invariants() {
    let mut seed = 7u64;
    let mut random = move |below: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((seed >> 33) as usize) % below.max(1)
    };
    for _ in 0..40 {
        let start = draft("all(a any(b c not d) not all(e any(f g)))");
        let mut steps = Steps::new(start.clone());
        let mut made = 0;
        for _ in 0..60 {
            let mut ids = Vec::new();
            steps.now.root.walk(&mut |node| ids.push(node.id));
            let (id, other) = (ids[random(ids.len())], ids[random(ids.len())]);
            let at = random(4);
            let what = random(8);
            let changed = steps.edit(None, |draft| {
                let _ = match what {
                    0 => draft.remove(id),
                    1 => draft.duplicate(id),
                    2 => draft.negate(id),
                    3 => draft.wrap(id),
                    4 => draft.unwrap(id),
                    5 => draft.move_to(id, Spot { group: other, at }).map(|()| id),
                    6 => draft.set_any(id, at % 2 == 0).map(|()| id),
                    _ => draft.add(id, What::Segment("z".to_owned())),
                };
            });
            made += usize::from(changed);
            unique(&steps.now);
            let said = steps.now.rule();
            assert_eq!(Rule::parse(&said.rule.to_json()), Ok(said.rule.clone()));
        }
        for _ in 0..made {
            assert!(steps.undo());
        }
        assert_eq!(steps.now.root, start.root);
        for _ in 0..made {
            assert!(steps.redo());
        }
        assert!(!steps.can_redo());
    }
}
