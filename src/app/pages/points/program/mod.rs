//! The loyalty programme: templates, a form in plain words (or the JSON itself), an example that follows, a replay over
//! real orders, and versions.

mod condition;
mod draft;
mod editing;
mod example;
mod form;
mod replay;
mod replay_view;
mod rows;
mod rule;
mod save;
mod templates;
mod versions;

use crate::pages::segments::spread;
use crate::state::{use_ask, use_ask_when, use_currency, use_state, use_status, use_words};
use draft::Draft;
use editing::Editing;
use model::Zone;
use model::program::Program;
use model::program::templates::Template;
use protocol::{LineValues, ProgramQuery, ProgramReply, ProgramView, Query, Reply};
use std::sync::Arc;
use ui::prelude::*;
use ui::{Button, Choice, Look, Segmented, Textarea};

/// The page.
#[component]
pub fn ProgramPage() -> impl IntoView {
    let asking = use_ask(|| Query::Program);
    // Drawn again only when the programme itself changes: a draft lives through every other change of the data.
    let known = Memo::new(move |_| {
        asking.reply().map(|reply| match &*reply {
            Reply::Program(view) => view.clone(),
            _ => None,
        })
    });
    let content = move || match known.get() {
        Some(view) => page(view),
        None => asking.view("text", |_| ().into_any()),
    };
    content.into_any()
}

/// Where the draft is kept: the demo's apart from the person's own.
fn place() -> &'static str {
    let demo = use_status().with_untracked(|s| s.as_ref().is_some_and(|s| s.demo.is_some()));
    if demo {
        "program.draft.demo"
    } else {
        "program.draft"
    }
}

fn page(view: Option<ProgramView>) -> AnyView {
    let words = use_words();
    let currency = use_currency();
    let zone = use_status().with_untracked(|s| s.as_ref().map_or(Zone::UTC, |s| s.settings.zone));
    let present = view
        .as_ref()
        .and_then(|view| Program::parse(&view.program).ok())
        .map(Arc::new);
    let fresh = present.is_none();
    let start = match &present {
        Some(program) => (**program).clone(),
        None => templates::program_of(words, Template::ShopPoints, currency, zone),
    };
    let draft = Draft::new(currency, zone.name());
    let editing = Editing::new(words, draft, present, &start, place());
    editing.keep();
    let lead = if fresh {
        words.program_lead_new()
    } else {
        words.program_lead()
    };
    let cards = templates::cards(editing, zone);
    let cards = if fresh {
        view! {
            <section class="section">
                <h2>{words.program_templates()}</h2>
                <p class="note">{words.program_templates_hint()}</p>
                {cards}
            </section>
        }
        .into_any()
    } else {
        view! {
            <details class="other-templates">
                <summary>{words.program_templates_other()}</summary>
                <p class="note">{words.program_templates_hint()}</p>
                {cards}
            </details>
        }
        .into_any()
    };
    let list = view.as_ref().map(|view| versions::versions(editing, view));
    view! {
        <div class="program">
            <p class="lead">{lead}</p>
            {cards}
            {value_lists()}
            <div class="program-columns">
                <div class="program-main">
                    <div class="program-head">{mode_switch(editing)}</div>
                    {draft_bar(editing, fresh, start)}
                    {editor(editing)}
                </div>
                <div class="program-side">{example::example(editing)}</div>
            </div>
            {replay::replay(editing)}
            {save::save(editing)}
            {list}
        </div>
    }
    .into_any()
}

/// Form or text. A text that is wrong stays a text: the form could not hold all of it.
fn mode_switch(editing: Editing) -> AnyView {
    let words = editing.words;
    let state = use_state();
    let modes = vec![
        Choice::new("form", words.program_form()),
        Choice::new("json", words.program_json()),
    ];
    let shown = RwSignal::new(editing.mode.get_untracked());
    Effect::new(move |()| shown.set(editing.mode.get()));
    let switch = Callback::new(move |to: String| {
        if to == "json" {
            let text = untrack(move || editing.draft.json());
            // Defaults are written out where it can be read; mistakes stay as they are.
            let text = Program::parse(&text).map_or(text, |program| program.to_json());
            editing.json.set(spread(&text));
            editing.mode.set(to);
            return;
        }
        match editing.checked.get_untracked() {
            Ok(program) => {
                editing.draft.load(&program.to_json());
                editing.mode.set(to);
            }
            Err(_) => {
                state.toasts.wrong(words.program_json_stay().to_owned());
                // In a later turn, so that the choice is seen to change back.
                request_animation_frame(move || shown.set("json".to_owned()));
            }
        }
    });
    view! { <Segmented label=words.program_mode() value=shown choices=modes on_change=switch/> }
        .into_any()
}

/// The form, or the text with everything that is wrong below it.
fn editor(editing: Editing) -> AnyView {
    let words = editing.words;
    let text_error = Signal::derive(move || {
        editing.checked.with(|checked| {
            let first = checked.as_ref().err()?.first()?;
            Some(words.program_error_at(first))
        })
    });
    let more = move || {
        editing.checked.with(|checked| {
            let wrong = checked.as_ref().err()?;
            let rows: Vec<AnyView> = wrong
                .iter()
                .skip(1)
                .map(|it| {
                    view! { <li class="field-error">{words.program_error_at(it)}</li> }.into_any()
                })
                .collect();
            Some(view! { <ul class="plain-lines">{rows}</ul> })
        })
    };
    let content = move || {
        if editing.mode.with(|mode| mode == "json") {
            view! {
                <Textarea
                    label=words.program_json_label()
                    value=editing.json
                    error=text_error
                    hint=words.program_json_hint()
                    rows=28
                    code=true
                />
                {more}
            }
            .into_any()
        } else {
            form::form(editing)
        }
    };
    content.into_any()
}

/// Says that this is a draft, with a way to be rid of it, and a way back after that.
fn draft_bar(editing: Editing, fresh: bool, start: Program) -> AnyView {
    let words = editing.words;
    let start = StoredValue::new(start);
    let discard = move |()| {
        start.with_value(|start| editing.replace(start));
        editing.forget();
    };
    let restore = move |()| {
        if let Some(kept) = editing.replaced.get_untracked() {
            editing.replaced.set(None);
            editing.open(&kept);
        }
    };
    // Without a programme everything is a draft; it is worth a word once it is no longer the first template.
    let begun = Memo::new(move |_| {
        let same = start.with_value(|start| {
            editing
                .checked
                .with(|checked| checked.as_ref().is_ok_and(|it| **it == *start))
        });
        if fresh { !same } else { editing.differs() }
    });
    view! {
        <div class="draft-bar" role="status">
            <Show when=move || begun.get()>
                <p>{words.program_draft_kept()}</p>
                <Button label=words.program_draft_discard() look=Look::Quiet on_press=discard/>
            </Show>
            <Show when=move || editing.replaced.with(Option::is_some)>
                <Button label=words.program_draft_restore() look=Look::Quiet icon=ui::icon::UNDO on_press=restore/>
            </Show>
        </div>
    }
    .into_any()
}

/// Values of the data, offered wherever a condition or the example asks for one.
fn value_lists() -> AnyView {
    let client = crate::state::use_client();
    let list = |id: &'static str, of: LineValues| {
        let asking = use_ask_when(move || {
            // Until the columns are there the question would only wait.
            client
                .columns_ready()
                .get()
                .then_some(Query::Programs(ProgramQuery::Values { of, limit: 200 }))
        });
        let options = move || match asking.reply().as_deref() {
            Some(Reply::Programs(reply)) => match &**reply {
                ProgramReply::Values(values) => values
                    .iter()
                    .map(|it| view! { <option value=it.value.clone()></option> }.into_any())
                    .collect_view(),
                _ => ().into_any(),
            },
            _ => ().into_any(),
        };
        view! { <datalist id=id>{options}</datalist> }.into_any()
    };
    [
        ("program-values-category", LineValues::Category),
        ("program-values-product", LineValues::Product),
        ("program-values-channel", LineValues::Channel),
        ("program-values-coupon", LineValues::Coupon),
        ("program-values-event", LineValues::Event),
    ]
    .map(|(id, of)| list(id, of))
    .into_iter()
    .collect_view()
}
