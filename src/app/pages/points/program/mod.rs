//! The loyalty programme: a form in plain words with an example that follows, or the JSON itself.

mod example;
mod fields;
mod form;

use super::versions::versions;
use crate::pages::segments::spread;
use crate::state::{apply_in, use_ask, use_currency, use_state, use_status, use_words};
use fields::Fields;
use model::program::{Program, ProgramError, ready};
use model::{Currency, Day, Zone};
use protocol::{Command, Query, Reply};
use text::Words;
use ui::prelude::*;
use ui::{Button, Choice, DateField, Look, Segmented, Textarea};

/// The page.
#[component]
pub fn ProgramPage() -> impl IntoView {
    let words = use_words();
    let asking = use_ask(|| Query::Program);
    asking.view("text", move |reply| match reply {
        Reply::Program(view) => {
            let known = view
                .as_ref()
                .and_then(|view| Program::parse(&view.program).ok());
            let list = view.as_ref().map(|view| versions(words, view));
            view! { <Editor known/> {list} }.into_any()
        }
        _ => ().into_any(),
    })
}

/// A ready programme in the person's language.
fn ready_program(words: Words, key: &str, currency: Currency, zone: Zone) -> Option<Program> {
    let name = match key {
        "coffee_shop" => words.points_program_ready_name_coffee(),
        _ => words.points_program_ready_name_shop(),
    };
    let ready_words = ready::Words {
        name,
        tiers: [
            words.points_program_tier_1(),
            words.points_program_tier_2(),
            words.points_program_tier_3(),
        ],
        reward: words.points_program_reward(),
    };
    ready::by_key(key, ready_words, currency, zone)
}

/// What is wrong with a programme, in words.
fn wrong(words: Words, error: &ProgramError) -> String {
    if error.path.is_empty() {
        words.points_program_wrong_root(&error.found, &error.expected)
    } else {
        words.points_program_wrong(&error.path, &error.found, &error.expected)
    }
}

#[component]
fn Editor(
    /// The programme in force, if there is one.
    known: Option<Program>,
) -> impl IntoView {
    let words = use_words();
    let currency = use_currency();
    let zone = use_status().with_untracked(|s| s.as_ref().map_or(Zone::UTC, |s| s.settings.zone));
    let fresh = known.is_none();
    let Some(start) = known.or_else(|| ready_program(words, "shop", currency, zone)) else {
        return ().into_any();
    };
    let fields = RwSignal::new(Fields::new(&start));
    let mode = RwSignal::new("form".to_owned());
    let json = RwSignal::new(String::new());
    let json_error = Signal::derive(move || {
        json.with(|json| Program::parse(json).err())
            .map(|e| wrong(words, &e))
    });
    // What the form or the text says now; `Err` says what is wrong.
    let program = Memo::new(move |_| {
        if mode.with(|mode| mode == "json") {
            json.with(|json| Program::parse(json))
                .map_err(|e| wrong(words, &e))
        } else {
            fields.get().program(words)
        }
    });
    let switch = Callback::new(move |to: String| {
        if to == "json" {
            if let Ok(program) = untrack(move || fields.get().program(words)) {
                json.set(spread(&program.to_json()));
            } else {
                json.set(spread(&fields.get_untracked().base_json()));
            }
        } else if let Ok(program) = json.with_untracked(|json| Program::parse(json)) {
            fields.set(Fields::new(&program));
        }
    });
    let choose = Callback::new(move |key: String| {
        if let Some(program) = ready_program(words, &key, currency, zone) {
            fields.set(Fields::new(&program));
            json.set(spread(&program.to_json()));
        }
    });
    let modes = vec![
        Choice::new("form", words.points_program_form()),
        Choice::new("json", words.points_program_json()),
    ];
    view! {
        <div class="program">
            <div class="program-head">
                <ReadyChoice choose fresh/>
                <Segmented label=words.points_program_mode() value=mode choices=modes on_change=switch/>
            </div>
            {move || {
                if mode.with(|mode| mode == "json") {
                    view! {
                        <Textarea label=words.points_program_json() value=json error=json_error rows=24 code=true/>
                    }
                        .into_any()
                } else {
                    form::form(words, fields.get())
                }
            }}
            <example::Example program/>
            <SaveProgram program/>
        </div>
    }
    .into_any()
}

/// The ready programmes.
#[component]
fn ReadyChoice(
    /// Takes the key of one.
    choose: Callback<String>,
    /// There is no programme yet: the first is shown already.
    fresh: bool,
) -> impl IntoView {
    let words = use_words();
    let value = RwSignal::new(if fresh {
        "shop".to_owned()
    } else {
        String::new()
    });
    let choices = ready::KEYS
        .into_iter()
        .map(|key| {
            let label = if key == "coffee_shop" {
                words.points_program_coffee()
            } else {
                words.points_program_shop()
            };
            Choice::new(key, label)
        })
        .collect();
    view! { <Segmented label=words.points_program_start() value choices on_change=choose/> }
}

/// The day it holds from, and the button.
#[component]
fn SaveProgram(
    /// What the form says now.
    program: Memo<Result<Program, String>>,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let from = RwSignal::new(String::new());
    let save = move |()| {
        let program = match program.get_untracked() {
            Ok(program) => program,
            Err(why) => return state.toasts.wrong(why),
        };
        let day: Option<Day> = from.get_untracked().parse().ok();
        let command = Command::SetProgram {
            program: program.to_json(),
            from: day,
        };
        apply_in(
            state,
            command,
            words.points_program_saved().to_owned(),
            |_| {},
        );
    };
    view! {
        <div class="form-columns">
            <DateField label=words.points_program_from() value=from hint=words.points_program_from_hint()/>
        </div>
        {move || program.get().err().map(|why| view! { <p class="field-error" role="status">{why}</p> })}
        <div class="actions">
            <Button label=words.points_program_save() look=Look::Primary on_press=save/>
        </div>
    }
    .into_any()
}
