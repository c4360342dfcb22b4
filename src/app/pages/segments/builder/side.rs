//! What is seen beside the blocks while they change: how many, how much, the sentence, who, and what to look at.

use super::draft::NodeId;
use super::rows::RowKind;
use super::state::{Desk, focus_row};
use crate::router::Route;
use crate::state::{use_client, use_today};
use protocol::{ExampleMember, RulePreview};
use text::RulePart;
use ui::prelude::*;
use ui::{Amount, Button, ErrorState, Look, Skeleton};

/// The panel.
pub fn side(desk: Desk, show_blocks: Callback<NodeId>) -> AnyView {
    let words = desk.words;
    let numbers = move || match (desk.preview.get(), fault(desk)) {
        (_, Some((text, node))) => faulty(desk, text, node, show_blocks),
        (Some(preview), None) => numbers(desk, &preview),
        (None, None) => view! { <Skeleton lines=3/> }.into_any(),
    };
    let people = move || {
        let preview = desk.preview.get()?;
        fault(desk).is_none().then(|| examples(desk, &preview))
    };
    view! {
        <aside class="builder-side" aria-label=words.builder_side()>
            <div class="side-count" aria-live="polite" aria-busy=move || waiting(desk).then_some("true")>
                {numbers}
            </div>
            <section>
                <h2>{words.builder_sentence()}</h2>
                {sentence(desk, show_blocks)}
            </section>
            {people}
        </aside>
    }
    .into_any()
}

/// The answer on the screen is of an earlier rule.
fn waiting(desk: Desk) -> bool {
    desk.preview.with(Option::is_none) && !use_client().columns_ready().get()
}

/// What the worker refuses, and the block that it means.
fn fault(desk: Desk) -> Option<(String, Option<NodeId>)> {
    let fault = desk.asking.get().fault?;
    let node = fault
        .path
        .as_deref()
        .and_then(|path| desk.said.with(|said| said.node_at(path)));
    Some((desk.words.fault(&fault), node))
}

fn faulty(desk: Desk, text: String, node: Option<NodeId>, show: Callback<NodeId>) -> AnyView {
    let words = desk.words;
    let go = node.filter(|id| desk.with_untracked(|draft| draft.root.id != *id));
    view! {
        <ErrorState title=words.builder_refused() text>
            {go.map(|id| {
                view! { <Button label=words.builder_refused_show() look=Look::Plain on_press=move |()| show.run(id)/> }
            })}
        </ErrorState>
    }
    .into_any()
}

fn numbers(desk: Desk, preview: &RulePreview) -> AnyView {
    let words = desk.words;
    let count = &preview.count;
    let spend = words.money_parts(count.spend, desk.currency);
    let each = i64::try_from(count.count)
        .ok()
        .filter(|count| *count > 0)
        // Rounded towards zero: a glance at the size of it.
        .map(|n| model::Money(count.spend.0 / n));
    let warning = match (count.of, count.count) {
        (0, _) => Some(words.builder_warn_empty()),
        (_, 0) => Some(words.builder_warn_nobody()),
        (of, n) if of == n && !desk.with(super::draft::Draft::is_empty) => {
            Some(words.builder_warn_everybody())
        }
        _ => None,
    };
    let unconverted =
        (count.unconverted > 0).then(|| words.segments_unconverted(count.unconverted));
    view! {
        <p class="side-number">
            <strong data-count=count.count.to_string()>{words.builder_people(count.count)}</strong>
        </p>
        <dl class="side-facts">
            <div>
                <dt>{words.segments_share()}</dt>
                <dd>{words.share(count.count, count.of)}</dd>
            </div>
            <div>
                <dt>{words.segments_spend()}</dt>
                <dd><Amount unit=[spend.sign, &spend.unit].concat() digits=spend.digits/></dd>
            </div>
            <div>
                <dt>{words.builder_each()}</dt>
                <dd>{each.map(|each| words.money(each, desk.currency))}</dd>
            </div>
        </dl>
        {warning.map(|text| view! { <p class="side-warning">{text}</p> })}
        {unconverted.map(|text| view! { <p class="side-note">{text}</p> })}
    }
    .into_any()
}

/// The rule in words; each part leads to its block.
fn sentence(desk: Desk, show: Callback<NodeId>) -> AnyView {
    let words = desk.words;
    let content = move || {
        let mut parts = desk
            .said
            .with(|said| words.rule_parts(&said.rule, desk.currency, &|id| desk.called.name(id)));
        keep_marks(&mut parts);
        parts
            .into_iter()
            .map(|part| {
                let node = part
                    .path
                    .and_then(|path| desk.said.with_untracked(|said| said.node_at(&path)));
                let node = node.filter(|id| desk.with_untracked(|draft| draft.root.id != *id));
                match node {
                    Some(id) => view! {
                        <button type="button" class="sentence-part" on:click=move |_| show.run(id)>
                            {part.text}
                        </button>
                    }
                    .into_any(),
                    None => view! { <span>{part.text}</span> }.into_any(),
                }
            })
            .collect_view()
    };
    view! { <p class="sentence" data-sentence="">{content}</p> }.into_any()
}

/// A part is a box, and a line may begin behind every box: the mark that follows one goes into it.
fn keep_marks(parts: &mut [RulePart]) {
    for at in 1..parts.len() {
        let (before, rest) = parts.split_at_mut(at);
        if let (Some(before), Some(glue)) = (before.last_mut(), rest.first_mut())
            && before.path.is_some()
            && glue.path.is_none()
            && let Some(mark) = glue.text.chars().next().filter(|c| "，）,)".contains(*c))
        {
            before.text.push(mark);
            glue.text.remove(0);
        }
    }
}

/// Shows a block: brings it into sight and puts the focus there.
pub fn show_block(id: NodeId) {
    focus_row(id, RowKind::Node, VALUE_OR_HANDLE);
}

const VALUE_OR_HANDLE: &str = ".brick-body .combo > input, .brick-body [data-first], .brick-handle";

fn examples(desk: Desk, preview: &RulePreview) -> AnyView {
    let words = desk.words;
    if preview.examples.is_empty() {
        return ().into_any();
    }
    let today = use_today();
    let rows: Vec<AnyView> = preview
        .examples
        .iter()
        .map(|it| example(desk, it, today))
        .collect();
    view! {
        <section>
            <h2>{words.builder_examples()}</h2>
            <ul class="side-people">{rows}</ul>
        </section>
    }
    .into_any()
}

fn example(desk: Desk, it: &ExampleMember, today: model::Day) -> AnyView {
    let words = desk.words;
    let name = if it.name.is_empty() {
        words.builder_nameless().to_owned()
    } else {
        it.name.clone()
    };
    let spend = words.money_parts(it.spend, desk.currency);
    let mut about: Vec<String> = it.city.iter().cloned().collect();
    about.push(words.builder_orders_count(it.order_count));
    about.extend(it.last_order_on.map(|day| words.relative(day, today)));
    view! {
        <li>
            <a href=Route::Customer(it.id).href()>{name}</a>
            <span class="quiet-text">{about.join(" · ")}</span>
            <Amount unit=[spend.sign, &spend.unit].concat() digits=spend.digits/>
        </li>
    }
    .into_any()
}
