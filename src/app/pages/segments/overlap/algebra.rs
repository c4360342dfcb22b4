//! Set algebra of segments and lists, step by step: start with one, then add, keep or take away.

use super::{Shared, node, save};
use crate::many::{SetChoice, Sets};
use crate::state::use_ask_when;
use protocol::{Query, Reply};
use ui::prelude::*;
use ui::{Button, Choice, IconButton, Look, Select, icon};

/// More steps than a person follows; also keeps rules small.
const STEPS_MAX: usize = 6;

/// One step: how, and with what.
#[derive(Clone, Copy, PartialEq)]
struct Step {
    id: u64,
    how: RwSignal<String>,
    key: RwSignal<String>,
}

/// The rule and the name of what the steps make.
fn combine(
    first: (String, String),
    steps: &[(String, String, String)],
    words: text::Words,
) -> (String, String) {
    let mut rule = first.0;
    let mut name = first.1;
    for (how, other, other_name) in steps {
        (rule, name) = match how.as_str() {
            "or" => (
                node::any(&[rule, other.clone()]),
                words.overlap_name_or(&name, other_name),
            ),
            "without" => (
                node::all(&[rule, node::not(other)]),
                words.overlap_name_without(&name, other_name),
            ),
            "one" => (
                node::one(&rule, other),
                words.overlap_name_one(&name, other_name),
            ),
            _ => (
                node::all(&[rule, other.clone()]),
                words.overlap_name_and(&name, other_name),
            ),
        };
    }
    (rule, name)
}

/// The steps that say a set: how, its rule, its name.
fn taken(steps: &[Step], sets: Sets) -> Vec<(String, String, String)> {
    let said = steps.iter().filter_map(|step| {
        let item = sets.find(&step.key.get())?;
        Some((step.how.get(), item.rule, item.name))
    });
    said.collect()
}

/// The part of the page.
#[component]
pub fn Algebra(
    /// What the page shares.
    shared: Shared,
    /// The sets there are.
    sets: Sets,
) -> impl IntoView {
    let words = shared.words;
    let first = RwSignal::new(String::new());
    let last = StoredValue::new(0u64);
    let new_step = move || {
        last.update_value(|last| *last += 1);
        Step {
            id: last.get_value(),
            how: RwSignal::new("and".to_owned()),
            key: RwSignal::new(String::new()),
        }
    };
    let steps = RwSignal::new(vec![new_step()]);
    let made = Memo::new(move |_| {
        let start = sets.find(&first.get())?;
        let rest = steps.with(|steps| taken(steps, sets));
        Some(combine((start.rule, start.name), &rest, words))
    });
    let asked = use_ask_when(move || {
        made.get().map(|(rule, _)| Query::Count {
            rule,
            as_of: shared.as_of.get(),
        })
    });
    let result = move || {
        let (rule, name) = made.get()?;
        let Some(Reply::Count(count)) = asked.reply().as_deref().cloned() else {
            return None;
        };
        let text = words.overlap_algebra_result(count.count, &words.share(count.count, count.of));
        let href = save::members_href(shared, &rule);
        Some(view! {
            <p class="algebra-result" role="status">
                <strong>{text}</strong>
                <a href=href>{words.overlap_algebra_open()}</a>
                {save::menu(shared, &name, &rule)}
            </p>
        })
    };
    let more = move |()| {
        steps.update(|steps| {
            if steps.len() < STEPS_MAX {
                steps.push(new_step());
            }
        });
    };
    let can_more = move || steps.with(|steps| steps.len() < STEPS_MAX);
    view! {
        <section class="section rule-top overlap-algebra">
            <h2>{words.overlap_algebra()}</h2>
            <p class="lead">{words.overlap_algebra_lead()}</p>
            <div class="algebra-steps">
                <SetChoice label=words.overlap_algebra_first() value=first sets empty=words.many_choose()/>
                <For
                    each=move || steps.get()
                    key=|step: &Step| step.id
                    children=move |step| step_row(words, sets, steps, step)
                />
                <Show when=can_more>
                    <Button label=words.overlap_algebra_more() look=Look::Quiet icon=icon::PLUS on_press=more/>
                </Show>
            </div>
            {result}
        </section>
    }
    .into_any()
}

fn step_row(words: text::Words, sets: Sets, steps: RwSignal<Vec<Step>>, step: Step) -> AnyView {
    let choices = vec![
        Choice::new("and", words.overlap_algebra_and()),
        Choice::new("or", words.overlap_algebra_or()),
        Choice::new("without", words.overlap_algebra_without()),
        Choice::new("one", words.overlap_algebra_one()),
    ];
    let less = Callback::new(move |()| steps.update(|steps| steps.retain(|it| it.id != step.id)));
    view! {
        <div class="algebra-step">
            <Select label=words.overlap_algebra_how() label_hidden=true value=step.how choices/>
            <SetChoice label=words.overlap_algebra_what() label_hidden=true value=step.key sets empty=words.many_choose()/>
            <IconButton label=words.overlap_algebra_less() icon=icon::CLOSE on_press=less/>
        </div>
    }
    .into_any()
}
