//! What a row does to the count: how many it holds for by itself, who is left after it, and whether it matters at all.

use super::draft::{NodeId, What};
use super::state::Desk;
use protocol::NodeCount;
use ui::prelude::*;

/// What a row does, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
struct Effect {
    /// The node's counts.
    count: NodeCount,
    /// Who was left before it (of an `any`: found).
    before: u64,
    /// All customers.
    of: u64,
    /// It stands in an `any`.
    of_any: bool,
    /// It stands in a group at all.
    child: bool,
}

fn read(desk: Desk, id: NodeId) -> Option<Effect> {
    let count = desk.count_of(id)?;
    let of = desk
        .preview
        .with(|preview| preview.as_ref().map(|it| it.count.of))?;
    let (of_any, siblings, at) = desk
        .with(|draft| {
            let (group, at) = draft.parent(id)?;
            let group = draft.find(group)?;
            let any = matches!(group.what, What::Group { any: true, .. });
            let ids: Vec<NodeId> = group.nodes().iter().map(|node| node.id).collect();
            Some((any, ids, at))
        })
        .unwrap_or((false, Vec::new(), 0));
    // The one before it that is in the rule; those that are not complete are not.
    let earlier = siblings
        .iter()
        .take(at)
        .rev()
        .find_map(|id| desk.count_of(*id)?.after);
    let start = if of_any { 0 } else { of };
    Some(Effect {
        count,
        before: earlier.unwrap_or(start),
        of,
        of_any,
        child: !siblings.is_empty(),
    })
}

/// The column of a row.
pub fn effect(desk: Desk, id: NodeId) -> AnyView {
    let words = desk.words;
    let effect = Memo::new(move |_| read(desk, id));
    let content = move || {
        let it = effect.get()?;
        let after = it.count.after.unwrap_or(it.count.alone);
        let number = words.count(after);
        let text = match (it.child, it.of_any) {
            (false, _) => words.builder_holds(after),
            (true, false) => words.builder_left(after),
            (true, true) => words.builder_found(after),
        };
        let change = match (it.child, it.of_any) {
            (true, false) if it.before > after => ["−", &words.count(it.before - after)].concat(),
            (true, true) if after > it.before => ["+", &words.count(after - it.before)].concat(),
            _ => String::new(),
        };
        let alone = words.builder_alone(it.count.alone);
        Some(view! {
            <span class="effect-number" title=alone>
                <span class="visually-hidden">{text}</span>
                <span aria-hidden="true">{number}</span>
                {(!change.is_empty()).then(|| view! { <small>{change}</small> })}
            </span>
            {it.child.then(|| bar(&it, after))}
            {marks(desk, &it)}
        })
    };
    view! { <div class="effect">{content}</div> }.into_any()
}

/// The funnel: what is left, and what this row took away (of an `any`: what it added).
fn bar(it: &Effect, after: u64) -> AnyView {
    let (low, high) = (it.before.min(after), it.before.max(after));
    let class = if it.of_any { "funnel found" } else { "funnel" };
    view! {
        <svg class=class width="100%" height="6" aria-hidden="true">
            <rect class="all" x="0" y="0" width="100%" height="6" rx="3"></rect>
            <rect class="changed" x="0" y="0" width=percent(high, it.of) height="6" rx="3"></rect>
            <rect class="left" x="0" y="0" width=percent(low, it.of) height="6" rx="3"></rect>
        </svg>
    }
    .into_any()
}

/// A part of all in hundredths of a percent, rounded down; what is there at all is seen.
fn percent(part: u64, all: u64) -> String {
    let share = u128::from(part) * 10_000 / u128::from(all.max(1));
    let share = if part > 0 { share.max(100) } else { 0 };
    [
        &(share / 100).to_string(),
        ".",
        &format!("{:02}", share % 100),
        "%",
    ]
    .concat()
}

/// What is worth a word: nobody, everybody, the strongest, one that changes nothing, one that is there twice.
fn marks(desk: Desk, it: &Effect) -> AnyView {
    let words = desk.words;
    let count = &it.count;
    if it.of == 0 {
        return ().into_any();
    }
    // Of several that say the same none does anything alone, and so none the most.
    let strongest = count.strongest && count.only != Some(0);
    let (tone, text) = if count.alone == 0 {
        ("urgent", words.builder_mark_nobody().to_owned())
    } else if count.alone == it.of && it.child {
        ("notice", words.builder_mark_everybody().to_owned())
    } else if count.same_as.is_some() {
        ("notice", words.builder_mark_twice().to_owned())
    } else if strongest && it.of_any {
        ("good", words.builder_mark_brings(count.only.unwrap_or(0)))
    } else if strongest {
        (
            "good",
            words.builder_mark_strongest(count.only.unwrap_or(0)),
        )
    } else if count.only == Some(0) && it.child {
        ("quiet", words.builder_mark_no_effect().to_owned())
    } else {
        return ().into_any();
    };
    view! { <span class="effect-mark" data-tone=tone>{text}</span> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_seen_as_long_as_there_is_somebody() {
        for (part, all, wanted) in [
            (0, 100, "0.00%"),
            (1, 100_000, "1.00%"),
            (1, 3, "33.33%"),
            (3, 3, "100.00%"),
            (0, 0, "0.00%"),
        ] {
            assert_eq!(percent(part, all), wanted);
        }
    }
}
