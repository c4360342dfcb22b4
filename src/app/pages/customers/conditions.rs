//! Adding a condition: what to look at, then which values.

use super::Shared;
use super::condition::{self, Attribute, Filled, Wanted};
use crate::state::{use_client, use_currency, use_words};
use leptos::task::spawn_local;
use protocol::{Query, Reply, ValueCount};
use text::Words;
use ui::prelude::*;
use ui::{Button, Choice, Input, Look, Popover, Segmented, icon};

/// Values shown at most; typing finds the others.
const VALUES: u32 = 40;

/// The button that adds a condition.
#[component]
pub fn AddCondition() -> impl IntoView {
    let words = use_words();
    let shared = expect_context::<Shared>();
    let open = RwSignal::new(false);
    let attribute = RwSignal::new(None::<Attribute>);
    let filled = RwSignal::new(Filled::default());
    // Each opening begins anew.
    Effect::new(move |_| {
        if !open.get() {
            attribute.set(None);
            filled.set(Filled::default());
        }
    });
    let node = Memo::new(move |_| {
        let attribute = attribute.get()?;
        filled.with(|filled| condition::node(attribute, filled))
    });
    let add = move || {
        let Some(node) = node.get_untracked() else {
            return;
        };
        open.set(false);
        shared.ask(|mut question| {
            if !question.conditions.contains(&node) {
                question.conditions.push(node);
            }
            question
        });
    };
    let control = move || {
        let attribute = attribute.get()?;
        Some(control(words, attribute, filled))
    };
    view! {
        <Popover
            label=words.customers_filter_add()
            icon=icon::PLUS
            look=Look::Quiet
            open
        >
            <form
                class="condition-form"
                on:submit=move |event| {
                    event.prevent_default();
                    add();
                }
            >
                {attribute_choice(words, attribute, filled)}
                {control}
                <Button
                    label=words.customers_filter_apply()
                    look=Look::Primary
                    submit=true
                    disabled=Signal::derive(move || node.with(Option::is_none))
                />
            </form>
        </Popover>
    }
    .into_any()
}

fn attribute_choice(
    words: Words,
    attribute: RwSignal<Option<Attribute>>,
    filled: RwSignal<Filled>,
) -> AnyView {
    let names = [
        words.customers_group_state(),
        words.customers_group_spend(),
        words.customers_group_who(),
        words.customers_group_reach(),
    ];
    let groups: Vec<AnyView> = names
        .into_iter()
        .zip(condition::GROUPS)
        .map(|(name, attributes)| {
            let options: Vec<AnyView> = attributes
                .iter()
                .map(|attribute| {
                    view! { <option value=attribute.name>{words.field(attribute.name)}</option> }
                        .into_any()
                })
                .collect();
            view! { <optgroup label=name>{options}</optgroup> }.into_any()
        })
        .collect();
    let label = words.customers_filter_attribute();
    view! {
        <span class="select">
            <select
                class="input"
                aria-label=label
                on:change=move |event| {
                    filled.set(Filled::default());
                    attribute.set(condition::find(&event_target_value(&event)));
                }
                prop:value=move || attribute.get().map_or("", |it| it.name)
            >
                <option value="" disabled=true selected=true>
                    {label}
                </option>
                {groups}
            </select>
            <ui::Icon glyph=icon::CHEVRON_DOWN/>
        </span>
    }
    .into_any()
}

fn control(words: Words, attribute: Attribute, filled: RwSignal<Filled>) -> AnyView {
    let way = |plain: &str, other: &str| way(words, plain, other, filled);
    match attribute.wanted {
        Wanted::Choice(names) => {
            let values = names
                .iter()
                .map(|name| {
                    (
                        (*name).to_owned(),
                        choice(words, attribute.name, name),
                        None,
                    )
                })
                .collect();
            ticks(words, values, filled)
        }
        Wanted::Values | Wanted::ListValues => view! { <Values attribute filled/> }.into_any(),
        Wanted::Number => [
            way(
                words.customers_filter_at_least(),
                words.customers_filter_at_most(),
            ),
            number(words.customers_filter_amount().to_owned(), filled),
        ]
        .into_any(),
        Wanted::Money => [
            way(
                words.customers_filter_at_least(),
                words.customers_filter_at_most(),
            ),
            number(
                [
                    words.customers_filter_amount(),
                    " ",
                    &words.currency_unit(use_currency()),
                ]
                .concat(),
                filled,
            ),
        ]
        .into_any(),
        Wanted::DaysAgo => [
            way(
                words.customers_filter_within(),
                words.customers_filter_ago(),
            ),
            number(words.customers_filter_days().to_owned(), filled),
        ]
        .into_any(),
        Wanted::DaysAhead => number(words.customers_filter_next().to_owned(), filled),
        Wanted::Flag => way(words.customers_filter_yes(), words.customers_filter_no()),
        Wanted::Presence => way(
            words.customers_filter_set(),
            words.customers_filter_not_set(),
        ),
    }
}

/// The name of a value that an attribute can have.
fn choice(words: Words, attribute: &str, value: &str) -> String {
    match attribute {
        "rfm.group" => words.rfm_group(value),
        _ => words.choice(attribute, value),
    }
}

/// The two ways an attribute can be asked.
fn way(words: Words, plain: &str, other: &str, filled: RwSignal<Filled>) -> AnyView {
    let value = RwSignal::new("plain".to_owned());
    let choices = vec![Choice::new("plain", plain), Choice::new("other", other)];
    let chosen = Callback::new(move |way: String| {
        filled.update(|filled| filled.other_way = way == "other");
    });
    view! {
        <Segmented
            label=words.customers_filter_value()
            label_hidden=true
            value
            choices
            on_change=chosen
        />
    }
    .into_any()
}

fn number(label: String, filled: RwSignal<Filled>) -> AnyView {
    let value = RwSignal::new(String::new());
    Effect::new(move |_| {
        let number = value.get();
        filled.update(|filled| filled.number = number);
    });
    view! { <Input label value mode="decimal" autofocus=true/> }.into_any()
}

/// Boxes to tick: value, label, number of customers.
fn ticks(
    words: Words,
    values: Vec<(String, String, Option<u64>)>,
    filled: RwSignal<Filled>,
) -> AnyView {
    let boxes: Vec<AnyView> = values
        .into_iter()
        .map(|(value, label, count)| {
            let own = value.clone();
            let count = count.map(|count| words.count(count));
            view! {
                <label class="check">
                    <input
                        type="checkbox"
                        prop:checked=move || filled.with(|filled| filled.values.contains(&own))
                        on:change=move |event| {
                            let on = event_target_checked(&event);
                            filled
                                .update(|filled| {
                                    filled.values.retain(|known| *known != value);
                                    if on {
                                        filled.values.push(value.clone());
                                    }
                                });
                        }
                    />
                    <span>{label}</span>
                    <span class="tick-count">{count}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    view! {
        <fieldset class="ticks">
            <legend class="visually-hidden">{words.customers_filter_values_any()}</legend>
            {boxes}
        </fieldset>
    }
    .into_any()
}

/// The values customers have, most frequent first, with a field that finds others.
#[component]
fn Values(attribute: Attribute, filled: RwSignal<Filled>) -> impl IntoView {
    let words = use_words();
    let client = use_client();
    let search = RwSignal::new(String::new());
    let found = RwSignal::new(None::<Vec<ValueCount>>);
    Effect::new(move |_| {
        let answer = client.query(Query::Values {
            attribute: attribute.name.to_owned(),
            search: search.get().trim().to_owned(),
            limit: VALUES,
        });
        spawn_local(async move {
            if let Ok(Reply::Values(values)) = answer.await {
                let _ = found.try_set(Some(values));
            }
        });
    });
    let list = move || {
        let values = found.get()?;
        if values.is_empty() && search.with(String::is_empty) {
            return Some(
                view! { <p class="quiet-text">{words.customers_filter_values_none()}</p> }
                    .into_any(),
            );
        }
        let values = values
            .into_iter()
            .map(|it| (it.value.clone(), it.value, Some(it.count)))
            .collect();
        Some(ticks(words, values, filled))
    };
    view! {
        <Input
            label=words.customers_filter_values_search()
            label_hidden=true
            placeholder=words.customers_filter_values_search()
            value=search
            kind="search"
            autofocus=true
        />
        {list}
    }
    .into_any()
}
