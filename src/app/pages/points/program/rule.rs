//! One earn rule: a card that says in a sentence what it does, and opens to be changed.

use super::condition::conditions;
use super::editing::Editing;
use super::form::{choices, labelled_unit};
use super::rows::Rule;
use model::program::Program;
use serde_json::json;
use text::Words;
use ui::prelude::*;
use ui::{DateField, Input, Select, icon};

/// Where the rule stands in the programme: `earn[2]`.
fn place(editing: Editing, rule: Rule) -> String {
    let index = editing
        .draft
        .rules
        .with(|rules| rules.iter().position(|it| it.key == rule.key));
    ["earn[", &index.unwrap_or(0).to_string(), "]"].concat()
}

/// What is wrong with a part of the rule.
pub fn error(editing: Editing, rule: Rule, part: &'static str) -> Signal<Option<String>> {
    editing.error(move || [&place(editing, rule), part].concat())
}

/// What is wrong with a condition of the rule, by its place among them.
pub fn condition_error(
    editing: Editing,
    rule: Rule,
    key: u32,
    part: &'static str,
) -> Signal<Option<String>> {
    editing.error(move || {
        let index = rule
            .conditions
            .with(|all| all.iter().position(|it| it.key == key));
        let index = index.unwrap_or(0).to_string();
        [&place(editing, rule), ".where[", &index, "]", part].concat()
    })
}

/// The rule in a sentence, as far as it can be read alone.
fn sentence(editing: Editing, rule: Rule) -> Option<String> {
    let draft = editing.draft;
    let alone = json!({
        "name": "-", "currency": draft.currency, "time_zone": draft.zone.get_value(), "earn": [rule.json()],
    });
    let program = Program::parse(&alone.to_string()).ok()?;
    let rule = program.earn.first()?;
    Some(editing.words.earn_rule(rule, draft.currency))
}

/// The card.
pub fn card(editing: Editing, rule: Rule, fresh: bool) -> AnyView {
    let words = editing.words;
    let said = Memo::new(move |before: Option<&String>| {
        let now = sentence(editing, rule);
        now.or_else(|| before.cloned())
            .unwrap_or_else(|| words.program_name_of("add", rule.kind).to_owned())
    });
    let wrong = move || editing.any_wrong(&[&place(editing, rule), "."].concat());
    let whole = error(editing, rule, "");
    let rules = editing.draft.rules;
    let remove = move |()| {
        let name = said.get_untracked();
        editing.replaced.set(Some(editing.kept()));
        rules.update(|all| all.retain(|it| it.key != rule.key));
        crate::state::use_state()
            .toasts
            .done(words.program_rule_removed(&name), None);
    };
    let up = move |()| {
        rules.update(|all| {
            if let Some(at @ 1..) = all.iter().position(|it| it.key == rule.key) {
                all.swap(at - 1, at);
            }
        });
    };
    view! {
        <div class="rule" class:wrong=wrong>
            <details open=fresh>
                <summary>
                    <span class="rule-kind">{words.program_name_of("add", rule.kind)}</span>
                    <span class="rule-said">{move || said.get()}</span>
                </summary>
                <div class="rule-body">
                    {main_fields(editing, rule)}
                    {rule.is_purchase().then(|| conditions(editing, rule))}
                    {more(editing, rule)}
                    {move || whole.get().map(|text| view! { <p class="field-error">{text}</p> })}
                </div>
            </details>
            <div class="rule-acts">
                <RuleButton label=Signal::derive(move || words.program_rule_up(&said.get())) icon=icon::CHEVRON_UP on_press=up/>
                <RuleButton label=Signal::derive(move || words.program_rule_remove(&said.get())) icon=icon::TRASH on_press=remove/>
            </div>
        </div>
    }
    .into_any()
}

/// A small button whose name follows the rule's sentence.
#[component]
fn RuleButton(
    /// Its name.
    label: Signal<String>,
    /// Its icon.
    icon: ui::Glyph,
    /// What it does.
    #[prop(into)]
    on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="icon-button"
            aria-label=move || label.get()
            title=move || label.get()
            on:click=move |_| on_press.run(())
        >
            <ui::Icon glyph=icon/>
        </button>
    }
    .into_any()
}

fn main_fields(editing: Editing, rule: Rule) -> AnyView {
    let words = editing.words;
    let points_label = match rule.kind {
        "rate" => words.program_points_each(),
        _ => words.program_points_fixed(),
    };
    let per_label = labelled_unit(editing, words.program_per());
    let with_per = matches!(rule.kind, "rate");
    view! {
        <div class="form-columns">
            {with_per
                .then(|| view! { <Input label=per_label value=rule.per error=error(editing, rule, ".per") mode="decimal"/> })}
            {rule
                .gives()
                .then(|| view! { <Input label=points_label value=rule.points error=error(editing, rule, ".points") mode="decimal"/> })}
            {(rule.kind == "multiply")
                .then(|| {
                    view! {
                        <Input
                            label=words.program_factor()
                            value=rule.factor
                            error=error(editing, rule, ".multiply")
                            mode="decimal"
                        />
                    }
                })}
            {(rule.kind == "event").then(|| event_field(editing, rule))}
            {(rule.kind == "birthday")
                .then(|| {
                    view! {
                        <Input
                            label=words.program_known()
                            value=rule.known
                            hint=words.program_known_hint()
                            error=error(editing, rule, ".known_for_days")
                            mode="numeric"
                        />
                    }
                })}
        </div>
    }
    .into_any()
}

fn event_field(editing: Editing, rule: Rule) -> AnyView {
    let words = editing.words;
    view! {
        <Input
            label=words.program_event()
            value=rule.event
            hint=words.program_event_hint()
            error=error(editing, rule, ".event")
            list="program-values-event"
        />
    }
    .into_any()
}

/// What few people change: dates, minimum, cap, rounding, the id.
fn more(editing: Editing, rule: Rule) -> AnyView {
    let words = editing.words;
    // Opened where something of it is set already.
    let used = untrack(move || {
        let some = |text: RwSignal<String>| text.with(|text| !text.is_empty());
        some(rule.from) || some(rule.to) || some(rule.min_amount) || some(rule.cap)
    });
    view! {
        <details class="rule-more" open=used>
            <summary>{words.program_more()}</summary>
            <div class="form-columns">
                <DateField
                    label=words.program_from()
                    value=rule.from
                    hint=words.program_from_hint()
                    error=error(editing, rule, ".from")
                />
                <DateField
                    label=words.program_to()
                    value=rule.to
                    hint=words.program_to_hint()
                    error=error(editing, rule, ".to")
                />
                {rule.is_purchase().then(|| min_amount(editing, rule))}
                {rule.gives().then(|| cap(editing, rule))}
                {(rule.kind == "rate").then(|| rounding(words, rule))}
                {matches!(rule.kind, "referral" | "event").then(|| event_rate(editing, rule))}
                <Input
                    label=words.program_rule_id()
                    value=rule.id
                    hint=words.program_rule_id_hint()
                    error=error(editing, rule, ".id")
                />
            </div>
        </details>
    }
    .into_any()
}

fn min_amount(editing: Editing, rule: Rule) -> AnyView {
    let words = editing.words;
    view! {
        <Input
            label=labelled_unit(editing, words.program_min_amount())
            value=rule.min_amount
            hint=words.program_min_amount_hint()
            error=error(editing, rule, ".min_amount")
            mode="decimal"
        />
    }
    .into_any()
}

fn cap(editing: Editing, rule: Rule) -> AnyView {
    let words = editing.words;
    let periods = choices(words, "cap_per", &["order", "day", "month", "year", "ever"]);
    view! {
        <Input
            label=words.program_cap()
            value=rule.cap
            hint=words.program_cap_hint()
            error=error(editing, rule, ".cap.points")
            mode="numeric"
        />
        <Select label=words.program_cap_per() value=rule.cap_per choices=periods error=error(editing, rule, ".cap.per")/>
    }
    .into_any()
}

fn rounding(words: Words, rule: Rule) -> AnyView {
    let bases = choices(
        words,
        "basis",
        &["net_of_discount", "gross", "net_of_tax_and_discount"],
    );
    view! {
        <Select label=words.program_basis() value=rule.basis choices=bases/>
        <Select
            label=words.program_rounding()
            value=rule.rounding
            choices=choices(words, "rounding", &["floor", "half_up", "ceil"])
        />
        <Select
            label=words.program_round_each()
            value=rule.round_each
            choices=choices(words, "each", &["order", "line"])
        />
    }
    .into_any()
}

/// An event can give by its amount instead of a fixed number.
fn event_rate(editing: Editing, rule: Rule) -> AnyView {
    let words = editing.words;
    view! {
        <Input
            label=labelled_unit(editing, words.program_event_per())
            value=rule.per
            hint=words.program_event_per_hint()
            error=error(editing, rule, ".per")
            mode="decimal"
        />
        <Select
            label=words.program_rounding()
            value=rule.rounding
            choices=choices(words, "rounding", &["floor", "half_up", "ceil"])
        />
    }
    .into_any()
}
