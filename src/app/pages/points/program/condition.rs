//! Conditions of an earn rule: what, how, and values offered from the data.

use super::editing::Editing;
use super::form::choices;
use super::rows::{ATTRIBUTES, Condition, Rule, is_text, operators};
use super::rule::condition_error;
use leptos::ev::KeyboardEvent;
use model::program::Program;
use serde_json::json;
use text::Words;
use ui::prelude::*;
use ui::{Button, Chip, Choice, IconButton, Input, Look, Select, icon};

/// All conditions of a rule.
pub fn conditions(editing: Editing, rule: Rule) -> AnyView {
    let words = editing.words;
    let list = rule.conditions;
    let add = move |()| {
        let draft = editing.draft;
        let condition = draft.own(|| Condition::fresh(&draft));
        list.update(|all| all.push(condition));
    };
    view! {
        <fieldset class="line-conditions">
            <legend class="field-label">{words.program_where()}</legend>
            <p class="field-note">{words.program_where_hint()}</p>
            <For each=move || list.get() key=|it: &Condition| it.key children=move |it| row(editing, rule, it)/>
            <div class="actions">
                <Button label=words.program_where_add() look=Look::Quiet icon=icon::PLUS on_press=add/>
            </div>
        </fieldset>
    }
    .into_any()
}

/// The condition in words, for the button that takes it away.
fn said(editing: Editing, condition: Condition) -> String {
    let draft = editing.draft;
    let alone = json!({
        "name": "-", "currency": draft.currency, "time_zone": draft.zone.get_value(),
        "earn": [{"id": "-", "on": "purchase", "exclude": true, "where": [condition.json()]}],
    });
    let program = Program::parse(&alone.to_string()).ok();
    let rule = program.as_ref().and_then(|program| program.earn.first());
    let first = rule.and_then(|rule| rule.conditions.first());
    first.map_or_else(
        || {
            let name = condition.attribute.get();
            editing.words.program_name_of("attr", &name).to_owned()
        },
        |it| editing.words.line_condition(it, draft.currency),
    )
}

fn row(editing: Editing, rule: Rule, condition: Condition) -> AnyView {
    let words = editing.words;
    let attribute = condition.attribute;
    let remove = move |()| {
        rule.conditions
            .update(|all| all.retain(|it| it.key != condition.key));
    };
    // Another attribute may not know the operator.
    let changed = Callback::new(move |attribute: String| {
        let known = operators(&attribute);
        let fits = condition
            .operator
            .with_untracked(|it| known.contains(&it.as_str()));
        if let (false, Some(first)) = (fits, known.first()) {
            condition.operator.set((*first).to_owned());
        }
        condition.value.set(match attribute.as_str() {
            "day_of_week" => "1".to_owned(),
            "status" => "paid".to_owned(),
            _ => String::new(),
        });
        condition.high.set(String::new());
        condition.values.set(Vec::new());
    });
    let attributes = choices(words, "attr", &ATTRIBUTES);
    let said = Memo::new(move |_| said(editing, condition));
    view! {
        <div class="condition">
            <Select
                label=words.program_where_attr()
                value=attribute
                choices=attributes
                on_change=changed
                error=condition_error(editing, rule, condition.key, ".attr")
            />
            {move || {
                let names = attribute.with(|it| operators(it));
                view! {
                    <Select
                        label=words.program_where_op()
                        value=condition.operator
                        choices=choices(words, "op", names)
                        error=condition_error(editing, rule, condition.key, ".op")
                    />
                }
                    .into_any()
            }}
            {value_part(editing, rule, condition)}
            {move || {
                let label = words.program_where_remove(&said.get());
                view! { <IconButton label icon=icon::TRASH on_press=remove/> }.into_any()
            }}
        </div>
    }
    .into_any()
}

/// Which fields the values take; redrawn only when that changes.
fn value_part(editing: Editing, rule: Rule, condition: Condition) -> AnyView {
    let shape = Memo::new(move |_| {
        let attribute = condition.attribute.get();
        let shape = condition.operator.with(|operator| match operator.as_str() {
            "is_set" | "is_not_set" => "none",
            "in" | "not_in" => "many",
            "between" | "not_between" => "two",
            _ => "one",
        });
        (attribute, shape)
    });
    let words = editing.words;
    let error = condition_error(editing, rule, condition.key, ".value");
    let content = move || {
        let (attribute, shape) = shape.get();
        match shape {
            "none" => ().into_any(),
            "many" => many(words, condition, &attribute, error),
            "two" => view! {
                <div class="two">
                    {one(words, words.program_where_low(), condition.value, &attribute, error)}
                    {one(words, words.program_where_high(), condition.high, &attribute, Signal::derive(|| None))}
                </div>
            }
            .into_any(),
            _ => one(
                words,
                words.program_where_value(),
                condition.value,
                &attribute,
                error,
            ),
        }
    };
    view! { <div class="condition-value">{content}</div> }.into_any()
}

/// The datalist of an attribute's values; none for what is not listed.
fn values_of(attribute: &str) -> String {
    if matches!(attribute, "category" | "product" | "channel" | "coupon") {
        ["program-values-", attribute].concat()
    } else {
        String::new()
    }
}

fn one(
    words: Words,
    label: &'static str,
    value: RwSignal<String>,
    attribute: &str,
    error: Signal<Option<String>>,
) -> AnyView {
    let named = |kind: &str, codes: &[&'static str]| choices(words, kind, codes);
    let pick =
        |choices: Vec<Choice>| view! { <Select label=label value choices error/> }.into_any();
    match attribute {
        "day_of_week" => {
            if value.with_untracked(String::is_empty) {
                value.set("7".to_owned());
            }
            pick(named("weekday", &["1", "2", "3", "4", "5", "6", "7"]))
        }
        "status" => pick(named("status", &["paid", "refunded", "cancelled"])),
        _ => {
            let mode = if is_text(attribute) { "" } else { "decimal" };
            view! { <Input label=label value error mode list=values_of(attribute)/> }.into_any()
        }
    }
}

/// Several values as chips, and a field that adds one with Enter or the button.
fn many(
    words: Words,
    condition: Condition,
    attribute: &str,
    error: Signal<Option<String>>,
) -> AnyView {
    let values = condition.values;
    let typed = RwSignal::new(String::new());
    let add = move || {
        let text = typed.with_untracked(|text| text.trim().to_owned());
        if text.is_empty() {
            return;
        }
        values.update(|all| {
            if !all.contains(&text) {
                all.push(text);
            }
        });
        typed.set(String::new());
    };
    let chips = move || {
        values
            .get()
            .into_iter()
            .map(|value| {
                let label = words.program_where_value_remove(&value);
                let own = value.clone();
                let remove =
                    Callback::new(move |()| values.update(|all| all.retain(|it| *it != own)));
                view! { <Chip label=value remove_label=label on_remove=remove/> }
            })
            .collect_view()
    };
    // Choosing from the list is a whole value: it is added at once.
    let chosen = Callback::new(move |_: String| add());
    let key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.is_composing() {
            event.prevent_default();
            add();
        }
    };
    view! {
        <div class="values" on:keydown=key>
            <div class="chips">{chips}</div>
            <Input
                label=words.program_where_values()
                value=typed
                error
                list=values_of(attribute)
                on_change=chosen
            />
        </div>
    }
    .into_any()
}
