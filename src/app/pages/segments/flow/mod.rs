//! Flow between segments and stages over months.
//!
//! What is shown follows from the address (`?bands=own&sets=...&months=6&step=month`), so that it is a link.

mod ask;
mod picture;

use super::rfm;
use crate::many::{SetChoice, Sets, use_sets};
use crate::router::{self, Params, Place, Route};
use crate::state::{use_place, use_today, use_words};
use ask::use_flow;
use model::Day;
use protocol::{BANDS_MAX, LifecycleStage};
use text::Words;
use ui::prelude::*;
use ui::{Chip, Choice, Segmented, Select};

/// A band: its name, its rule and the key of its colour.
#[derive(Clone, Debug, PartialEq)]
struct Band {
    name: String,
    rule: String,
    key: &'static str,
}

/// Keys of colours for bands without one of their own.
const KEYS: [&str; BANDS_MAX] = [
    "b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8", "b9", "b10", "b11",
];

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
struct Question {
    bands: String,
    sets: Vec<String>,
    months: i32,
    step: String,
}

impl Question {
    fn read(params: &Params) -> Self {
        let get = |key: &str| params.get(key).unwrap_or_default().to_owned();
        let months = get("months").parse().unwrap_or(6);
        let known = |text: String, all: &[&str], usual: &str| {
            if all.contains(&text.as_str()) {
                text
            } else {
                usual.to_owned()
            }
        };
        Self {
            bands: known(get("bands"), &["stages", "rfm", "own"], "stages"),
            sets: get("sets")
                .split(',')
                .filter(|key| key.contains(':'))
                .take(BANDS_MAX)
                .map(str::to_owned)
                .collect(),
            months: if [3, 6, 12, 24].contains(&months) {
                months
            } else {
                6
            },
            step: known(get("step"), &["month", "quarter", "ends"], "month"),
        }
    }

    /// The days, from the end of a month back to today.
    fn days(&self, today: Day) -> Vec<Day> {
        let step = match self.step.as_str() {
            "month" => 1,
            "quarter" => 3,
            _ => self.months,
        };
        let mut days: Vec<Day> = (1..=self.months / step)
            .rev()
            .filter_map(|back| end_of_month(today.plus_months(1 - back * step - 1)))
            .filter(|day| *day < today)
            .collect();
        days.push(today);
        days
    }
}

/// The last day of a day's month.
fn end_of_month(day: Day) -> Option<Day> {
    let first = Day::from_ymd(day.year(), day.month(), 1)?;
    Some(first.plus_months(1).plus_days(-1))
}

fn ask(change: &[(&str, &str)]) {
    let hash = window().location().hash().unwrap_or_default();
    let place = Place::parse(&hash);
    let mut params = place.params;
    for (key, value) in change {
        params = params.set(key, value);
    }
    let there = Place {
        route: Route::Segments("flow".to_owned()),
        params,
    };
    router::replace(&there.href());
}

/// The page.
#[component]
pub fn Flow() -> impl IntoView {
    let words = use_words();
    let place = use_place();
    let today = use_today();
    let sets = use_sets();
    let question = Memo::new(move |_| place.with(|place| Question::read(&place.params)));
    let bands = Memo::new(move |_| question.with(|question| bands(words, question, sets)));
    let asked = use_flow(move || {
        let days = question.with(|question| question.days(today));
        let rules: Vec<String> =
            bands.with(|bands| bands.iter().map(|it| it.rule.clone()).collect());
        (!rules.is_empty() && days.len() > 1).then_some((rules, days))
    });
    let none = Memo::new(move |_| bands.with(Vec::is_empty));
    let content = move || {
        if none.get() {
            view! { <p class="note">{words.flow_choose_none()}</p> }.into_any()
        } else {
            view! { <picture::Picture asked bands/> }.into_any()
        }
    };
    let own = Memo::new(move |_| question.with(|question| question.bands == "own"));
    view! {
        <div class="page">
            <p class="lead">{words.flow_lead()}</p>
            <Controls question/>
            <Show when=move || own.get()><Own question sets/></Show>
            {content}
        </div>
    }
    .into_any()
}

fn bands(words: Words, question: &Question, sets: Sets) -> Vec<Band> {
    match question.bands.as_str() {
        "rfm" => rfm::saved_bands()
            .iter()
            .zip(KEYS)
            .filter_map(|(code, key)| {
                Some(Band {
                    name: rfm::band_name(words, code),
                    rule: rfm::band_rule(code)?,
                    key,
                })
            })
            .collect(),
        "own" => question
            .sets
            .iter()
            .zip(KEYS)
            .filter_map(|(set, key)| {
                let item = sets.find(set)?;
                Some(Band {
                    name: item.name,
                    rule: item.rule,
                    key,
                })
            })
            .collect(),
        _ => [
            ("active", LifecycleStage::Active),
            ("new", LifecycleStage::New),
            ("dormant", LifecycleStage::Dormant),
            ("churned", LifecycleStage::Churned),
            ("prospect", LifecycleStage::Prospect),
        ]
        .into_iter()
        .map(|(key, stage)| Band {
            name: words.stage(stage),
            rule: is("lifecycle", key),
            key,
        })
        .collect(),
    }
}

fn is(attribute: &str, value: &str) -> String {
    [
        "{\"attr\":\"",
        attribute,
        "\",\"op\":\"eq\",\"value\":\"",
        value,
        "\"}",
    ]
    .concat()
}

/// What flows, over how long, in which steps.
#[component]
fn Controls(question: Memo<Question>) -> impl IntoView {
    let words = use_words();
    let now = question.get_untracked();
    let field = |key: &'static str, start: String, read: fn(&Question) -> String| {
        let value = RwSignal::new(start);
        // The address decides; the control follows it, also when the browser goes back.
        Effect::new(move |_| value.set(question.with(read)));
        let change = Callback::new(move |text: String| ask(&[(key, &text)]));
        (value, change)
    };
    let (bands, set_bands) = field("bands", now.bands.clone(), |it| it.bands.clone());
    let (months, set_months) = field("months", now.months.to_string(), |it| it.months.to_string());
    let (step, set_step) = field("step", now.step.clone(), |it| it.step.clone());
    let kinds = vec![
        Choice::new("stages", words.flow_bands_stages()),
        Choice::new("rfm", words.flow_bands_rfm()),
        Choice::new("own", words.flow_bands_own()),
    ];
    let spans = [3, 6, 12, 24]
        .into_iter()
        .map(|months: u64| Choice::new(months.to_string(), words.flow_months_value(months)))
        .collect();
    let steps = vec![
        Choice::new("month", words.flow_step_month()),
        Choice::new("quarter", words.flow_step_quarter()),
        Choice::new("ends", words.flow_step_ends()),
    ];
    view! {
        <div class="flow-controls">
            <Segmented label=words.flow_bands() value=bands choices=kinds on_change=set_bands/>
            <Select label=words.flow_months() value=months choices=spans on_change=set_months/>
            <Select label=words.flow_step() value=step choices=steps on_change=set_step/>
        </div>
    }
    .into_any()
}

/// The segments that are chosen, in order.
#[component]
fn Own(question: Memo<Question>, sets: Sets) -> impl IntoView {
    let words = use_words();
    let adding = RwSignal::new(String::new());
    let keys = Memo::new(move |_| question.with(|question| question.sets.clone()));
    let add = Callback::new(move |key: String| {
        let mut all = keys.get_untracked();
        if !key.is_empty() && !all.contains(&key) && all.len() < BANDS_MAX {
            all.push(key);
            ask(&[("sets", &all.join(","))]);
        }
        adding.set(String::new());
    });
    let chips = move || {
        let all = keys.get();
        all.iter()
            .filter_map(|key| {
                let item = sets.find(key)?;
                let rest: Vec<String> = all.iter().filter(|other| *other != key).cloned().collect();
                let remove = move |()| ask(&[("sets", &rest.join(","))]);
                let remove_label = words.overlap_remove(&item.name);
                Some(view! { <Chip label=item.name remove_label on_remove=remove/> }.into_any())
            })
            .collect_view()
    };
    view! {
        <div class="flow-own" role="group" aria-label=words.flow_choose()>
            <p class="quiet">{words.flow_choose()} " · " {words.flow_choose_hint()}</p>
            {chips}
            <SetChoice
                label=words.overlap_add()
                label_hidden=true
                value=adding
                sets
                empty=words.overlap_add()
                on_change=add
            />
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(months: i32, step: &str, today: &str) -> Vec<String> {
        let question = Question {
            bands: "stages".to_owned(),
            sets: Vec::new(),
            months,
            step: step.to_owned(),
        };
        let days = question.days(today.parse().unwrap());
        days.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn days_are_ends_of_months_and_today() {
        assert_eq!(
            days(3, "month", "2026-03-31"),
            ["2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31"]
        );
        assert_eq!(
            days(6, "quarter", "2026-06-15"),
            ["2025-12-31", "2026-03-31", "2026-06-15"]
        );
        assert_eq!(days(12, "ends", "2026-06-15"), ["2025-06-30", "2026-06-15"]);
        assert_eq!(days(24, "month", "2026-06-15").len(), 25);
    }
}
