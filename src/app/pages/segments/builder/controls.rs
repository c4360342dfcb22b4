//! The controls of one condition: how it must be, and the value, whatever that operator needs.

use super::draft::{NodeId, What};
use super::form::{Form, Period, Shape, Wrong, measure_ops, ops};
use super::state::Desk;
use super::values::{About, Values};
use crate::state::use_ask_when;
use leptos::ev;
use model::rule::{
    Attribute, Field, Measure, Unit, ValueKind, choices_of_attribute, choices_of_field,
};
use protocol::{Query, Reply, SegmentQuery, SegmentReply, ValuesOf};
use text::Words;
use ui::fresh_id;
use ui::prelude::*;

/// A choice of a few, as small as it can be.
pub fn pick(
    label: String,
    options: Vec<(String, String)>,
    now: impl Fn() -> String + Copy + Send + Sync + 'static,
    change: impl Fn(String) + 'static,
) -> AnyView {
    let options: Vec<AnyView> = options
        .into_iter()
        .map(|(value, label)| {
            let own = value.clone();
            view! { <option value=value prop:selected=move || now() == own>{label}</option> }
                .into_any()
        })
        .collect();
    view! {
        <span class="select">
            <select class="input" aria-label=label on:change=move |event| change(event_target_value(&event))>
                {options}
            </select>
            <ui::Icon glyph=ui::icon::CHEVRON_DOWN/>
        </span>
    }
    .into_any()
}

/// The word of an operator for a kind of value.
fn op_name(words: Words, kind: ValueKind, op: &str) -> String {
    let of = match kind {
        ValueKind::Text | ValueKind::Custom => "text",
        ValueKind::Number | ValueKind::Money => "number",
        ValueKind::Flag => "flag",
        ValueKind::List => "list",
        ValueKind::Date => "date",
    };
    let key = ["op.", of, ".", op].concat();
    words.builder_find(&key).unwrap_or(op).to_owned()
}

/// The word of a measure.
pub fn measure_name(words: Words, measure: Measure) -> String {
    let key = ["measure.", measure.name()].concat();
    words
        .builder_find(&key)
        .unwrap_or(measure.name())
        .to_owned()
}

fn unit_name(words: Words, unit: Unit) -> String {
    let key = ["unit.", unit.name()].concat();
    words.builder_find(&key).unwrap_or(unit.name()).to_owned()
}

/// What a condition asks, for its controls.
pub fn about_of(desk: Desk, id: NodeId) -> Option<About> {
    let words = desk.words;
    desk.with_untracked(|draft| {
        if let Some((node, it)) = draft.find_where(id) {
            let name = it.field.name().into_owned();
            let label = match &it.field {
                Field::Data(key) => key.clone(),
                _ => words.field(&name),
            };
            return Some(match &node.what {
                What::Events { kind, .. } => About {
                    of: ValuesOf::Events {
                        kind: kind.clone(),
                        field: name.clone(),
                    },
                    choices: &[],
                    label,
                    name,
                },
                _ => About {
                    of: ValuesOf::Orders(name.clone()),
                    choices: choices_of_field(&it.field),
                    label,
                    name,
                },
            });
        }
        match &draft.find(id)?.what {
            What::Attribute { attribute, .. } => {
                let name = attribute.name().into_owned();
                Some(About {
                    label: match attribute {
                        Attribute::Custom(key) => key.clone(),
                        _ => words.field(&name),
                    },
                    of: ValuesOf::Attribute(name.clone()),
                    choices: choices_of_attribute(attribute),
                    name,
                })
            }
            What::Orders(it) | What::Events { measured: it, .. } => Some(About {
                name: it.measure.name().to_owned(),
                label: measure_name(words, it.measure),
                of: ValuesOf::Attribute(String::new()),
                choices: &[],
            }),
            _ => None,
        }
    })
}

/// The controls of a form: operator and values. Drawn anew when the operator needs others.
pub fn form_controls(desk: Desk, id: NodeId, of_measure: bool) -> AnyView {
    let kind = Memo::new(move |_| desk.with(|draft| draft.form(id).map(|form| form.kind)));
    let shape = Memo::new(move |_| desk.with(|draft| draft.form(id).map(Form::shape)));
    let operator = move || kind.get().map(|kind| operator(desk, id, kind, of_measure));
    let values = move || {
        let (kind, shape) = (kind.get()?, shape.get()?);
        let about = about_of(desk, id)?;
        Some(value_controls(desk, id, about, kind, shape))
    };
    view! { {operator} {values} }.into_any()
}

fn operator(desk: Desk, id: NodeId, kind: ValueKind, of_measure: bool) -> AnyView {
    let words = desk.words;
    let names = if of_measure { measure_ops() } else { ops(kind) };
    let options = names
        .iter()
        .map(|op| ((*op).to_owned(), op_name(words, kind, op)))
        .collect();
    let now = move || {
        desk.with(|draft| draft.form(id).map(|form| form.op.clone()))
            .unwrap_or_default()
    };
    let change = move |op: String| {
        desk.edit(|draft| {
            if let Some(form) = draft.form_mut(id) {
                form.op = op;
            }
        });
    };
    pick(words.builder_operator().to_owned(), options, now, change)
}

fn value_controls(desk: Desk, id: NodeId, about: About, kind: ValueKind, shape: Shape) -> AnyView {
    let words = desk.words;
    let money = kind == ValueKind::Money;
    let spread = matches!(about.of, ValuesOf::Attribute(ref name) if !name.is_empty())
        .then(|| about.name.clone());
    let number = |field: &'static str, label: String, list: Option<String>| {
        number_field(desk, id, field, label, money, list)
    };
    match shape {
        Shape::Nothing => ().into_any(),
        Shape::Texts => view! { <Values desk id about/> }.into_any(),
        Shape::Text => text_field(desk, id, words.builder_value(&about.label)),
        Shape::Number if about.name == "day_of_week" => weekday(desk, id, "first"),
        Shape::Numbers if about.name == "day_of_week" => [
            weekday(desk, id, "first"),
            to(words),
            weekday(desk, id, "second"),
        ]
        .into_any(),
        Shape::Number => {
            let (list, offers) = quartiles(desk, spread);
            [
                number("first", words.builder_value(&about.label), list),
                offers,
            ]
            .into_any()
        }
        Shape::Numbers => {
            let (list, offers) = quartiles(desk, spread);
            [
                number("first", words.builder_from(&about.label), list.clone()),
                to(words),
                number("second", words.builder_to(&about.label), list),
                offers,
            ]
            .into_any()
        }
        Shape::Day => day_field(desk, id, "first", words.builder_value(&about.label)),
        Shape::Days => [
            day_field(desk, id, "first", words.builder_from(&about.label)),
            to(words),
            day_field(desk, id, "second", words.builder_to(&about.label)),
        ]
        .into_any(),
        Shape::Span => [
            number("first", words.builder_span(&about.label), None),
            span_unit(desk, id),
        ]
        .into_any(),
        Shape::Month => month(desk, id),
    }
}

fn to(words: Words) -> AnyView {
    view! { <span class="quiet-text">{words.builder_between_to()}</span> }.into_any()
}

fn read(desk: Desk, id: NodeId, field: &'static str) -> String {
    desk.with(|draft| {
        let form = draft.form(id)?;
        Some(
            if field == "second" {
                &form.second
            } else {
                &form.first
            }
            .clone(),
        )
    })
    .unwrap_or_default()
}

fn write(desk: Desk, id: NodeId, field: &'static str, value: String) {
    desk.fill(id, field, |form| {
        if field == "second" {
            form.second = value;
        } else {
            form.first = value;
        }
    });
}

/// What the controls of a condition point at for readers: what is wrong with it.
pub fn note_id(id: NodeId) -> String {
    ["brick-note-", &id.to_string()].concat()
}

fn invalid(desk: Desk, id: NodeId) -> Option<&'static str> {
    let wrong = desk.said.with(|said| said.wrong_with(id));
    wrong
        .is_some_and(|wrong| wrong != Wrong::Empty)
        .then_some("true")
}

fn text_field(desk: Desk, id: NodeId, label: String) -> AnyView {
    view! {
        <input
            class="input"
            type="text"
            autocomplete="off"
            spellcheck="false"
            aria-label=label
            aria-describedby=note_id(id)
            data-first=""
            prop:value=move || read(desk, id, "first")
            on:input=move |event| write(desk, id, "first", event_target_value(&event))
            on:blur=move |_: ev::FocusEvent| desk.pause()
        />
    }
    .into_any()
}

fn number_field(
    desk: Desk,
    id: NodeId,
    field: &'static str,
    label: String,
    money: bool,
    list: Option<String>,
) -> AnyView {
    let unit = money.then(|| desk.words.currency_unit(desk.currency));
    view! {
        <span class="number-field">
            {unit.map(|unit| view! { <span class="unit">{unit}</span> })}
            <input
                class="input"
                type="text"
                inputmode="decimal"
                autocomplete="off"
                aria-label=label
                aria-describedby=note_id(id)
                aria-invalid=move || invalid(desk, id)
                list=list
                data-first=""
                prop:value=move || read(desk, id, field)
                on:input=move |event| write(desk, id, field, event_target_value(&event))
                on:blur=move |_: ev::FocusEvent| desk.pause()
            />
        </span>
    }
    .into_any()
}

fn day_field(desk: Desk, id: NodeId, field: &'static str, label: String) -> AnyView {
    view! {
        <input
            class="input"
            type="date"
            aria-label=label
            aria-describedby=note_id(id)
            aria-invalid=move || invalid(desk, id)
            data-first=""
            prop:value=move || read(desk, id, field)
            on:input=move |event| write(desk, id, field, event_target_value(&event))
            on:blur=move |_: ev::FocusEvent| desk.pause()
        />
    }
    .into_any()
}

/// The days of the week, 1 is Monday.
fn weekday(desk: Desk, id: NodeId, field: &'static str) -> AnyView {
    let words = desk.words;
    let names = [
        words.rules_weekday_1(),
        words.rules_weekday_2(),
        words.rules_weekday_3(),
        words.rules_weekday_4(),
        words.rules_weekday_5(),
        words.rules_weekday_6(),
        words.rules_weekday_7(),
    ];
    let mut options = vec![(String::new(), words.builder_choose().to_owned())];
    options.extend(
        (1..)
            .zip(names)
            .map(|(day, name)| (i32::to_string(&day), name.to_owned())),
    );
    let label = words.builder_value(&words.field("day_of_week"));
    pick(
        label,
        options,
        move || read(desk, id, field),
        move |day| write(desk, id, field, day),
    )
}

fn month(desk: Desk, id: NodeId) -> AnyView {
    let words = desk.words;
    let mut options = vec![(String::new(), words.builder_choose().to_owned())];
    options.extend((1..=12).filter_map(|month| {
        let day = model::Day::from_ymd(2000, month, 1)?;
        Some((month.to_string(), words.month_short(day)))
    }));
    pick(
        words.builder_month().to_owned(),
        options,
        move || read(desk, id, "first"),
        move |month| write(desk, id, "first", month),
    )
}

fn units(words: Words) -> Vec<(String, String)> {
    let all = Unit::ALL.iter();
    all.map(|unit| (unit.name().to_owned(), unit_name(words, *unit)))
        .collect()
}

fn span_unit(desk: Desk, id: NodeId) -> AnyView {
    let now = move || {
        let unit = desk.with(|draft| draft.form(id).map(|form| form.unit));
        unit.unwrap_or(Unit::Day).name().to_owned()
    };
    let change = move |unit: String| {
        desk.edit(|draft| {
            if let (Some(form), Some(unit)) = (draft.form_mut(id), Unit::of(&unit)) {
                form.unit = unit;
            }
        });
    };
    pick(
        desk.words.builder_unit().to_owned(),
        units(desk.words),
        now,
        change,
    )
}

/// Where the numbers of an attribute lie, offered below the field: the list's id, and the list.
fn quartiles(desk: Desk, attribute: Option<String>) -> (Option<String>, AnyView) {
    let Some(attribute) = attribute else {
        return (None, ().into_any());
    };
    let id = fresh_id("spread");
    let words = desk.words;
    let asking = use_ask_when(move || {
        Some(Query::Segment(SegmentQuery::Spread {
            attribute: attribute.clone(),
        }))
    });
    let options = move || {
        let reply = asking.reply()?;
        let Reply::Segment(reply) = &*reply else {
            return None;
        };
        let SegmentReply::Spread(Some(spread)) = &**reply else {
            return None;
        };
        let at_most = |part: &str, value: &String| {
            let label = words.builder_spread(part, value);
            view! { <option value=value.clone() label=label></option> }.into_any()
        };
        Some(vec![
            at_most("25%", &spread.quarter),
            at_most("50%", &spread.half),
            at_most("75%", &spread.three_quarters),
            at_most("100%", &spread.most),
        ])
    };
    let list = view! { <datalist id=id.clone()>{options}</datalist> }.into_any();
    (Some(id), list)
}

/// The days that a measure looks at.
pub fn period_controls(desk: Desk, id: NodeId) -> AnyView {
    let words = desk.words;
    let options = Period::KINDS
        .iter()
        .map(|kind| {
            let key = ["period.", kind].concat();
            let name = words.builder_find(&key).unwrap_or(kind);
            ((*kind).to_owned(), name.to_owned())
        })
        .collect();
    let period = move || {
        desk.with(|draft| {
            let measured = draft.find(id)?.measured()?;
            Some(measured.period.clone())
        })
    };
    let kind = Memo::new(move |_| period().map_or("all", |period| period.kind));
    let change = move |kind: String| {
        change_period(desk, id, None, |period| {
            period.kind = Period::KINDS
                .iter()
                .find(|known| **known == kind)
                .copied()
                .unwrap_or("all");
        });
    };
    let picked = pick(
        words.builder_period().to_owned(),
        options,
        move || kind.get().to_owned(),
        change,
    );
    let rest = move || match kind.get() {
        "last" => last(desk, id),
        "between" => [
            period_day(desk, id, "from", words.builder_period_from()),
            to(words),
            period_day(desk, id, "to", words.builder_period_to()),
        ]
        .into_any(),
        _ => ().into_any(),
    };
    view! { {picked} {rest} }.into_any()
}

fn change_period(
    desk: Desk,
    id: NodeId,
    mark: Option<&'static str>,
    change: impl FnOnce(&mut Period),
) {
    let edit = |draft: &mut super::draft::Draft| {
        if let Some(measured) = draft.find_mut(id).and_then(|node| node.measured_mut()) {
            change(&mut measured.period);
        }
    };
    match mark {
        Some(field) => desk.type_in((id, field), edit),
        None => desk.edit(edit),
    }
}

fn read_period(desk: Desk, id: NodeId, field: &'static str) -> String {
    desk.with(|draft| {
        let period = &draft.find(id)?.measured()?.period;
        Some(match field {
            "n" => period.n.clone(),
            "from" => period.from.clone(),
            "to" => period.to.clone(),
            _ => period.unit.name().to_owned(),
        })
    })
    .unwrap_or_default()
}

fn last(desk: Desk, id: NodeId) -> AnyView {
    let words = desk.words;
    let unit = pick(
        words.builder_unit().to_owned(),
        units(words),
        move || read_period(desk, id, "unit"),
        move |unit| {
            change_period(desk, id, None, |period| {
                period.unit = Unit::of(&unit).unwrap_or(period.unit);
            });
        },
    );
    view! {
        <span class="number-field">
            <input
                class="input"
                type="text"
                inputmode="numeric"
                autocomplete="off"
                aria-label=words.builder_period_n()
                aria-describedby=note_id(id)
                prop:value=move || read_period(desk, id, "n")
                on:input=move |event| {
                    let typed = event_target_value(&event);
                    change_period(desk, id, Some("n"), |period| period.n = typed);
                }
                on:blur=move |_: ev::FocusEvent| desk.pause()
            />
        </span>
        {unit}
    }
    .into_any()
}

fn period_day(desk: Desk, id: NodeId, field: &'static str, label: &'static str) -> AnyView {
    view! {
        <input
            class="input"
            type="date"
            aria-label=label
            aria-describedby=note_id(id)
            prop:value=move || read_period(desk, id, field)
            on:input=move |event| {
                let day = event_target_value(&event);
                change_period(desk, id, Some(field), |period| {
                    if field == "to" { period.to = day } else { period.from = day }
                });
            }
            on:blur=move |_: ev::FocusEvent| desk.pause()
        />
    }
    .into_any()
}

/// What is measured.
pub fn measure_control(desk: Desk, id: NodeId, of_orders: bool) -> AnyView {
    let words = desk.words;
    let options = Measure::ALL
        .iter()
        .map(|measure| (measure.name().to_owned(), measure_name(words, *measure)))
        .collect();
    let now = move || {
        let found = desk.with(|draft| Some(draft.find(id)?.measured()?.measure));
        found.unwrap_or(Measure::Count).name().to_owned()
    };
    let change = move |name: String| {
        desk.edit(|draft| {
            let measured = draft.find_mut(id).and_then(|node| node.measured_mut());
            if let (Some(measured), Some(measure)) = (measured, Measure::of(&name)) {
                measured.measuring(measure, of_orders);
            }
        });
    };
    pick(words.builder_measure().to_owned(), options, now, change)
}
