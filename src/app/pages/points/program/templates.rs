//! The templates as cards, each with a sentence worked out by the engine; one tap fills the form.

use super::editing::Editing;
use crate::state::{use_ask_when, use_state, use_today};
use model::program::Program;
use model::program::templates::{Template, Words as Names};
use model::{Currency, Zone};
use protocol::{ExampleRequest, ProgramQuery, ProgramReply, Query, Reply};
use std::sync::Arc;
use text::Words;
use ui::prelude::*;

/// A template's programme in the person's language.
pub fn program_of(words: Words, template: Template, currency: Currency, zone: Zone) -> Program {
    let (name, reward, excluded) = match template {
        Template::CafeStamps => (words.program_name_cafe(), words.program_reward_drink(), ""),
        Template::ShopPoints => (words.program_name_shop(), "", ""),
        Template::SalonTiers => (words.program_name_salon(), words.program_reward_care(), ""),
        Template::PaidMembership => (
            words.program_name_paid(),
            words.program_reward_gift(),
            words.program_fee(),
        ),
        Template::OnlineReturns => (words.program_name_online(), "", words.program_gift_cards()),
    };
    let names = Names {
        name,
        tiers: [
            words.program_tier_1(),
            words.program_tier_2(),
            words.program_tier_3(),
        ],
        reward,
        excluded,
    };
    template.program(names, currency, zone)
}

/// The cards.
pub fn cards(editing: Editing, zone: Zone) -> AnyView {
    let (words, currency, today) = (editing.words, editing.draft.currency, use_today());
    let programs: Arc<Vec<(Template, Program)>> = Arc::new(
        Template::ALL
            .into_iter()
            .map(|it| (it, program_of(words, it, currency, zone)))
            .collect(),
    );
    let requests: Vec<ExampleRequest> = programs
        .iter()
        .map(|(template, program)| ExampleRequest {
            program: program.to_json(),
            amount: template.example_amount(currency),
            day: today,
            hour: 12,
            category: None,
            product: None,
            channel: None,
            tier: None,
        })
        .collect();
    let asking = use_ask_when(move || {
        let query = ProgramQuery::Examples(requests.clone());
        Some(Query::Programs(query))
    });
    let examples = move |place: usize| match asking.reply().as_deref() {
        Some(Reply::Programs(reply)) => match &**reply {
            ProgramReply::Examples(views) => views.get(place).cloned().flatten(),
            _ => None,
        },
        _ => None,
    };
    let cards = programs
        .iter()
        .enumerate()
        .map(|(place, (template, program))| {
            let amount = words.money(template.example_amount(currency), currency);
            let sentence = move || {
                examples(place).map(|view| {
                    let points = words.some_points(&words.number(view.points.0));
                    let worth = view.worth.filter(|worth| worth.0 > 0);
                    let worth =
                        worth.map(|it| words.program_template_worth(&words.money(it, currency)));
                    let text = words.program_template_gives(&amount, &points);
                    [text, worth.unwrap_or_default()].concat()
                })
            };
            card(editing, *template, program.clone(), sentence)
        })
        .collect_view();
    view! { <div class="templates">{cards}</div> }.into_any()
}

fn card(
    editing: Editing,
    template: Template,
    program: Program,
    sentence: impl Fn() -> Option<String> + 'static,
) -> AnyView {
    let words = editing.words;
    let state = use_state();
    let key = template.key();
    let name = words.program_name_of("template", key);
    let choose = move |_| {
        editing.replace(&program);
        state.toasts.done(words.program_template_used(name), None);
    };
    view! {
        <button type="button" class="template" data-template=key on:click=choose>
            <strong>{name}</strong>
            <span>{words.program_name_of("about", key)}</span>
            <span class="template-example">{sentence}</span>
        </button>
    }
    .into_any()
}
