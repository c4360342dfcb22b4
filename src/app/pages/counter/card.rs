//! A member at the counter: who they are at a glance, and what can be done for them.

use super::{Till, back, bill, name_or, rewards};
use crate::pages::customers::phone_shown;
use crate::router::Route;
use crate::state::{use_ask, use_place, use_today};
use model::{CustomerId, Day};
use protocol::{CounterCard, CounterQuery, CounterReply, FaultCode, Query, Reply};
use std::sync::Arc;
use text::Words;
use ui::prelude::*;
use ui::{Badge, Choice, EmptyState, Icon, LinkButton, Segmented, Skeleton, icon};

/// Days before a birthday from which on it is said.
const BIRTHDAY_DAYS: i32 = 14;

/// Days before points end from which on it is said.
const EXPIRY_DAYS: i32 = 90;

/// The member's page.
pub fn page(till: Till, customer: CustomerId) -> AnyView {
    let words = till.words;
    let asking = use_ask(move || Query::Counter(CounterQuery::Card { customer }));
    let card = Memo::new(move |_| match asking.reply().as_deref() {
        Some(Reply::Counter(reply)) => match &**reply {
            CounterReply::Card(card) => Some(Arc::new(card.clone())),
            _ => None,
        },
        _ => None,
    });
    let fault = Memo::new(move |_| asking.get().fault.map(|fault| fault.code));
    let stand = Memo::new(move |_| match (card.with(Option::is_some), fault.get()) {
        (_, Some(FaultCode::NotFound)) => "gone",
        (true, _) => "here",
        (false, Some(_)) => "error",
        (false, None) => "loading",
    });
    let content = move || match stand.get() {
        "here" => here(till, customer, card),
        "gone" => gone(words),
        "error" => asking.view("tiles", |_| ().into_any()),
        _ => view! { <Skeleton lines=4 shape="tiles"/> }.into_any(),
    };
    view! {
        <div class="till-member">
            <a class="till-back" href=Route::Counter(None).href()>
                <Icon glyph=icon::ARROW_LEFT/>
                <span>{words.counter_back()}</span>
            </a>
            {content}
        </div>
    }
    .into_any()
}

fn gone(words: Words) -> AnyView {
    view! {
        <h1 tabindex="-1" class="visually-hidden">{words.counter_title()}</h1>
        <EmptyState
            title=words.counter_found_none_code()
            text=words.counter_gone()
            icon=icon::PERSON
        >
            <LinkButton label=words.counter_back() href=Route::Counter(None).href()/>
        </EmptyState>
    }
    .into_any()
}

fn here(till: Till, customer: CustomerId, card: Memo<Option<Arc<CounterCard>>>) -> AnyView {
    let words = till.words;
    // A link to a purchase opens what can be taken back.
    let place = use_place();
    let asked_order = place.with_untracked(|place| place.params.get("order").map(str::to_owned));
    let mode = RwSignal::new(
        if asked_order.is_some() {
            "back"
        } else {
            "bill"
        }
        .to_owned(),
    );
    let choices = vec![
        Choice::new("bill", words.counter_mode_bill()),
        Choice::new("rewards", words.counter_mode_rewards()),
        Choice::new("back", words.counter_mode_back()),
    ];
    let name = Memo::new(move |_| {
        card.with(|card| card.as_ref().map(|card| name_or(words, &card.name)))
            .unwrap_or_default()
    });
    let pane = move || match mode.get().as_str() {
        "rewards" => rewards::pane(till, customer, card, name),
        "back" => back::pane(till, card, name, asked_order.clone()),
        _ => bill::pane(till, customer, card, name),
    };
    view! {
        <div class="till-split">
            <section class="till-card" aria-label=words.counter_line_member()>
                {move || card.get().map(|card| glance(words, &card))}
            </section>
            <div class="till-pane">
                <Segmented label=words.counter_mode() label_hidden=true value=mode choices/>
                {pane}
            </div>
        </div>
    }
    .into_any()
}

/// All that staff need to see before they speak.
fn glance(words: Words, card: &CounterCard) -> AnyView {
    let today = use_today();
    let currency = crate::state::use_currency();
    let member = card.member.as_ref();
    let tier = member.and_then(|member| member.tier_name.clone());
    let balance = member.map(|member| words.number(member.balance.0));
    let worth = member
        .filter(|member| member.worth.0 > 0)
        .map(|member| words.counter_worth(&words.money(member.worth, currency)));
    let phone = card.phone.as_deref().map(phone_shown);
    view! {
        <div class="till-name">
            <h1 tabindex="-1">{name_or(words, &card.name)}</h1>
            {tier.map(|tier| view! { <Badge label=tier/> })}
            <small class="quiet">{phone}</small>
        </div>
        <p class="till-balance">
            <span class="till-balance-number">{balance}</span>
            " "
            <span class="quiet">{words.counter_points()}</span>
            " "
            <span class="till-worth">{worth}</span>
        </p>
        <ul class="till-facts">{facts(words, card, today)}</ul>
        <a class="till-record" href=Route::Customer(card.customer).with(&[("tab", "points")])>
            {words.counter_record()}
        </a>
    }
    .into_any()
}

fn facts(words: Words, card: &CounterCard, today: Day) -> Vec<AnyView> {
    let mut facts = Vec::new();
    if let Some(on) = card.next_birthday
        && on.0 - today.0 <= BIRTHDAY_DAYS
    {
        let text = if on == today {
            words.counter_birthday_today().to_owned()
        } else {
            words.counter_birthday_soon(&words.relative(on, today))
        };
        facts.push(fact("birthday", icon::CAKE, text));
    }
    if let Some(member) = &card.member {
        if member.debt.0 > 0 {
            let text = words.counter_debt(&words.points(member.debt));
            facts.push(fact("debt", icon::ALERT, text));
        }
        let ends = member.lots.iter().find_map(|lot| {
            let on = lot.expires_on?;
            (on.0 - today.0 <= EXPIRY_DAYS).then_some((on, lot.points))
        });
        if let Some((on, _)) = ends {
            let points = member.lots.iter().filter(|lot| lot.expires_on == Some(on));
            let sum = points.fold(0i64, |sum, lot| sum.saturating_add(lot.points.0));
            let text = words.counter_expires(&words.points(model::Points(sum)), &words.day(on));
            facts.push(fact("expires", icon::HOURGLASS, text));
        }
        if member.pending.0 > 0 {
            let text = words.counter_pending(&words.points(member.pending));
            facts.push(fact("pending", icon::CLOCK, text));
        }
    }
    let visit = match card.last_visit {
        Some(on) => [
            words.counter_last_visit(&words.relative(on, today)),
            words.counter_visits(card.visits),
        ]
        .join(" · "),
        None => words.counter_first_visit().to_owned(),
    };
    facts.push(fact("visit", icon::HISTORY, visit));
    facts
}

fn fact(kind: &'static str, glyph: ui::Glyph, text: String) -> AnyView {
    view! { <li data-fact=kind><Icon glyph/><span>{text}</span></li> }.into_any()
}
