//! The worked example beside the form: a purchase of the person's choice under what is typed now, with the steps that
//! lead to its points. The worker calculates it, by the code that judges real purchases.

use super::draft::clean;
use super::editing::Editing;
use crate::state::{use_ask_when, use_today};
use model::program::{Expiry, LineCondition, LineText, Program};
use model::{Day, Money};
use protocol::{
    ExampleRequest, ExampleStep, ExampleView, ProgramQuery, ProgramReply, Query, Reply,
};
use std::sync::Arc;
use ui::prelude::*;
use ui::{Choice, DateField, Input, Select};

/// What is bought, when, by whom.
#[derive(Clone, Copy)]
struct Purchase {
    amount: RwSignal<String>,
    day: RwSignal<String>,
    category: RwSignal<String>,
    product: RwSignal<String>,
    channel: RwSignal<String>,
    tier: RwSignal<String>,
}

/// The example.
pub fn example(editing: Editing) -> AnyView {
    let (words, currency) = (editing.words, editing.draft.currency);
    let text = || RwSignal::new(String::new());
    let amount = Money(
        model::program::templates::step(currency)
            .0
            .saturating_mul(109),
    );
    let purchase = Purchase {
        amount: RwSignal::new(amount.to_decimal(currency)),
        day: RwSignal::new(use_today().to_string()),
        category: text(),
        product: text(),
        channel: text(),
        tier: text(),
    };
    keep_tier(editing, purchase);
    let request = Memo::new(move |_| request(editing, purchase));
    let asking = use_ask_when(move || {
        let request = request.get()?;
        Some(Query::Programs(ProgramQuery::Examples(vec![request])))
    });
    let result = move || {
        let Ok(program) = editing.checked.get() else {
            return view! { <p class="note">{words.program_example_broken()}</p> }.into_any();
        };
        let reply = asking.reply();
        let view = reply.as_deref().and_then(first);
        match (view, request.get()) {
            (Some(view), Some(request)) => answer(editing, &program, &request, view),
            _ => ().into_any(),
        }
    };
    view! {
        <aside class="example" aria-label=words.program_example()>
            <h2>{words.program_example()}</h2>
            {fields(editing, purchase)}
            <div class="example-result" aria-live="polite">{result}</div>
            <p class="field-note">{words.program_example_hint()}</p>
        </aside>
    }
    .into_any()
}

fn first(reply: &Reply) -> Option<&ExampleView> {
    match reply {
        Reply::Programs(reply) => match &**reply {
            ProgramReply::Examples(views) => views.first()?.as_ref(),
            _ => None,
        },
        _ => None,
    }
}

/// Tiers come and go while one types: the lowest stands in for one that is gone.
fn keep_tier(editing: Editing, purchase: Purchase) {
    Effect::new(move |()| {
        let ids = editing.checked.with(|checked| {
            let program = checked.as_ref().ok()?;
            let levels = program.tiers.as_ref().map_or(&[][..], |it| &it.levels);
            Some(levels.iter().map(|it| it.id.clone()).collect::<Vec<_>>())
        });
        let Some(ids) = ids else { return };
        let known = purchase.tier.with_untracked(|tier| ids.contains(tier));
        if !known {
            purchase.tier.set(ids.first().cloned().unwrap_or_default());
        }
    });
}

fn amount_of(editing: Editing, purchase: Purchase) -> Option<Money> {
    let currency = editing.draft.currency;
    let text = purchase.amount.with(|text| clean(text));
    Money::parse(&text, currency)
        .ok()
        .filter(|amount| amount.0 >= 0)
}

fn request(editing: Editing, purchase: Purchase) -> Option<ExampleRequest> {
    let program = editing.checked.get().ok()?;
    let some = |text: RwSignal<String>| Some(text.get()).filter(|text| !text.trim().is_empty());
    let day: Option<Day> = purchase.day.with(|text| text.parse().ok());
    let tier = some(purchase.tier).filter(|tier| program.tier(tier).is_some());
    Some(ExampleRequest {
        program: program.to_json(),
        amount: amount_of(editing, purchase)?,
        day: day?,
        hour: 12,
        category: some(purchase.category),
        product: some(purchase.product),
        channel: some(purchase.channel),
        tier,
    })
}

fn fields(editing: Editing, purchase: Purchase) -> AnyView {
    let words = editing.words;
    let wrong = Signal::derive(move || {
        amount_of(editing, purchase)
            .is_none()
            .then(|| words.program_example_amount_wrong().to_owned())
    });
    // What no condition looks at need not be asked.
    let looks = Memo::new(move |before: Option<&[bool; 2]>| {
        editing.checked.with(|checked| match checked {
            Ok(program) => [LineText::Product, LineText::Channel].map(|it| looks_at(program, it)),
            Err(_) => before.copied().unwrap_or_default(),
        })
    });
    let levels = Memo::new(move |before: Option<&Vec<(String, String)>>| {
        editing.checked.with(|checked| match checked {
            Ok(program) => {
                let levels = program.tiers.as_ref().map_or(&[][..], |it| &it.levels);
                let pair = |it: &model::program::Tier| (it.id.clone(), it.name.clone());
                levels.iter().map(pair).collect()
            }
            Err(_) => before.cloned().unwrap_or_default(),
        })
    });
    let tier = move || {
        let mut choices: Vec<Choice> = levels
            .get()
            .into_iter()
            .map(|(id, name)| Choice::new(id, name))
            .collect();
        if choices.is_empty() {
            return ().into_any();
        }
        choices.push(Choice::new("", words.program_example_tier_none()));
        view! { <Select label=words.program_example_tier() value=purchase.tier choices/> }
            .into_any()
    };
    view! {
        <div class="form-columns">
            <Input
                label=super::form::labelled_unit(editing, words.program_example_amount())
                value=purchase.amount
                error=wrong
                mode="decimal"
            />
            <DateField label=words.program_example_day() value=purchase.day/>
            <Input
                label=words.program_example_category()
                value=purchase.category
                placeholder=words.program_example_category_any()
                list="program-values-category"
            />
            {tier}
            <Show when=move || looks.with(|it| it[0])>
                <Input label=words.program_example_product() value=purchase.product list="program-values-product"/>
            </Show>
            <Show when=move || looks.with(|it| it[1])>
                <Input label=words.program_example_channel() value=purchase.channel list="program-values-channel"/>
            </Show>
        </div>
    }
    .into_any()
}

fn looks_at(program: &Program, text: LineText) -> bool {
    let mut conditions = program.earn.iter().flat_map(|rule| &rule.conditions);
    conditions.any(|it| matches!(it, LineCondition::Text(of, _) if *of == text))
}

fn answer(
    editing: Editing,
    program: &Arc<Program>,
    request: &ExampleRequest,
    view: &ExampleView,
) -> AnyView {
    let words = editing.words;
    let amount = words.money(request.amount, program.currency);
    let points = words.some_points(&words.number(view.points.0));
    let mut notes = Vec::new();
    if let Some(worth) = view.worth.filter(|_| view.points.0 > 0) {
        notes.push(words.program_example_worth(&words.money(worth, program.currency)));
    }
    if let Some(day) = view.posts_on {
        notes.push(words.program_example_posts(&words.day(day)));
    }
    if view.points.0 > 0 {
        notes.push(match (program.expiry, view.expires_on) {
            (Expiry::Inactivity { months }, _) => {
                words.program_example_inactive(&months.to_string())
            }
            (_, Some(day)) => words.program_example_expires(&words.day(day)),
            (_, None) => words.program_example_forever().to_owned(),
        });
    }
    let comma = match words.locale {
        text::Locale::ZhCn => "，",
        text::Locale::En => ", ",
    };
    let steps: Vec<AnyView> = view
        .steps
        .iter()
        .map(|step| {
            let text = words.example_step(step, program);
            let quiet = matches!(step, ExampleStep::Skipped { .. });
            view! { <li class:quiet=quiet>{text}</li> }.into_any()
        })
        .collect();
    view! {
        <p class="example-line">{words.program_example_result(&amount, &points)}</p>
        <p class="example-notes">{notes.join(comma)}</p>
        <h3>{words.program_example_how()}</h3>
        <ol class="example-steps">{steps}</ol>
    }
    .into_any()
}
