//! What other currencies are worth: a rate from a day on, and which orders wait for one.

use super::Block;
use crate::state::{State, apply_in, use_ask, use_state, use_status, use_today, use_words};
use model::{Currency, Day, Decimal, Rate};
use protocol::{Command, CurrencyUse, Query, RatesView, Reply};
use text::Words;
use ui::prelude::*;
use ui::{Banner, Button, EmptyState, Input, Look, Tone, icon};

/// The rates.
#[component]
pub fn Rates() -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let known: RwSignal<Vec<Rate>> = RwSignal::new(Vec::new());
    let currency = RwSignal::new(String::new());
    let asking = use_ask(|| Query::Rates);
    let used = asking.view("rows", move |reply| match reply {
        Reply::Rates(view) => {
            known.set(view.rates.clone());
            // The first currency that waits is most likely the one a person came for.
            if let Some(first) = view.used.iter().find(|it| it.without > 0)
                && currency.with_untracked(String::is_empty)
            {
                currency.set(first.currency.code().to_owned());
            }
            used(words, view)
        }
        _ => ().into_any(),
    });
    let list = move || known.with(|rates| list(words, state, rates));
    view! {
        <div>
            <Block title=words.rates_used() text=words.rates_used_text()>{used}</Block>
            <Block title=words.rates_add() text=words.rates_add_text()>
                <Form known currency/>
            </Block>
            <Block title=words.rates_list() text=words.rates_list_text()>
                <div class="rates-list">{list}</div>
            </Block>
        </div>
    }
    .into_any()
}

/// The currencies that orders are in.
fn used(words: Words, view: &RatesView) -> AnyView {
    if view.used.is_empty() {
        let text = words.rates_none_text(view.home.code());
        return view! { <EmptyState title=words.rates_none() text icon=icon::ORDERS/> }.into_any();
    }
    let home = view.home;
    let banners: Vec<AnyView> = view
        .used
        .iter()
        .filter_map(|it| {
            let (first, last) = it.waiting?;
            let text = words.rates_waiting(
                it.without,
                it.currency.code(),
                &words.day(first),
                &words.day(last),
            );
            Some(view! { <Banner text tone=Tone::Notice/> }.into_any())
        })
        .collect();
    let rows: Vec<AnyView> = view
        .used
        .iter()
        .map(|it| used_row(words, it, home))
        .collect();
    view! {
        {banners}
        <div class="table-scroll" tabindex="0" role="region" aria-label=words.rates_used()>
            <table class="table rates-used">
                <thead><tr>
                    <th scope="col">{words.rates_currency()}</th>
                    <th scope="col" class="end">{words.rates_orders()}</th>
                    <th scope="col" class="end">{words.rates_amount()}</th>
                    <th scope="col" class="end">{words.rates_converted()}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn used_row(words: Words, it: &CurrencyUse, home: Currency) -> AnyView {
    let converted = if it.without == it.orders {
        words.rates_not_yet().to_owned()
    } else {
        words.money(it.converted, home)
    };
    view! {
        <tr>
            <th scope="row">{it.currency.code().to_owned()}</th>
            <td class="end">{words.count(it.orders)}</td>
            <td class="end">{words.money(it.amount, it.currency)}</td>
            <td class="end">{converted}</td>
        </tr>
    }
    .into_any()
}

/// What a person types, read.
fn read(currency: &str, from: &str, rate: &str) -> Option<Rate> {
    Some(Rate {
        currency: Currency::parse(currency).ok()?,
        from: from.parse().ok()?,
        rate: decimal(rate)?,
    })
}

fn decimal(text: &str) -> Option<Decimal> {
    let found: Decimal = text.trim().replace(',', ".").parse().ok()?;
    (found.units > 0).then_some(found)
}

#[component]
fn Form(
    /// The rates there are.
    known: RwSignal<Vec<Rate>>,
    /// The currency typed.
    currency: RwSignal<String>,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let home = use_status().with_untracked(|s| s.as_ref().map(|s| s.settings.currency));
    let home = home.unwrap_or(Currency::CNY);
    let from = RwSignal::new(use_today().to_string());
    let rate = RwSignal::new(String::new());
    // Nothing is called wrong before somebody has tried.
    let tried = RwSignal::new(false);
    let wrong = move |bad: bool, what: &str| (bad && tried.get()).then(|| what.to_owned());
    let currency_error = Signal::derive(move || {
        let text = currency.get();
        let found = Currency::parse(&text);
        wrong(found.is_err(), words.settings_currency_wrong())
            .or_else(|| wrong(found == Ok(home), &words.rates_wrong_home(home.code())))
    });
    let from_error = Signal::derive(move || {
        let bad = from.with(|text| text.parse::<Day>().is_err());
        wrong(bad, words.rates_wrong_day())
    });
    let rate_error = Signal::derive(move || {
        let bad = rate.with(|text| decimal(text).is_none());
        wrong(bad, words.rates_wrong_rate())
    });
    let typed = move || {
        let found = read(&currency.get(), &from.get(), &rate.get())?;
        (found.currency != home).then_some(found)
    };
    let example = move || match typed() {
        Some(rate) => say(words, &rate, home),
        None => words.rates_example(home.code()),
    };
    let save = move |()| {
        tried.set(true);
        let Some(new) = untrack(typed) else { return };
        let mut rates = known.get_untracked();
        rates.retain(|it| (it.currency, it.from) != (new.currency, new.from));
        rates.push(new);
        let said = say(words, &new, home);
        apply_in(state, Command::SetRates { rates }, said, move |_| {
            rate.set(String::new());
            tried.set(false);
        });
    };
    view! {
        <form
            class="rates-form"
            on:submit=move |event| {
                event.prevent_default();
                save(());
            }
        >
            <Input label=words.rates_currency() value=currency error=currency_error placeholder="USD"/>
            <Input label=words.rates_from() value=from error=from_error kind="date"/>
            <Input label=words.rates_rate() value=rate error=rate_error mode="decimal" placeholder="7.10"/>
            <Button label=words.rates_save() look=Look::Primary submit=true/>
        </form>
        <p class="note" aria-live="polite">{example}</p>
    }
    .into_any()
}

/// A rate as a sentence.
fn say(words: Words, rate: &Rate, home: Currency) -> String {
    words.rates_say(
        rate.currency.code(),
        &rate.rate.to_string(),
        home.code(),
        &words.day(rate.from),
    )
}

/// All rates, by currency, newest first; each with its last day.
fn list(words: Words, state: State, rates: &[Rate]) -> AnyView {
    if rates.is_empty() {
        return view! { <p class="note">{words.rates_list_none()}</p> }.into_any();
    }
    let mut sorted = rates.to_vec();
    sorted.sort_by(|a, b| a.currency.cmp(&b.currency).then(b.from.cmp(&a.from)));
    let mut rows: Vec<AnyView> = Vec::with_capacity(sorted.len());
    let mut later: Option<Rate> = None;
    for rate in sorted {
        let until = later.filter(|later| later.currency == rate.currency);
        rows.push(row(words, state, rates, rate, until));
        later = Some(rate);
    }
    view! { <ul class="rates">{rows}</ul> }.into_any()
}

fn row(words: Words, state: State, all: &[Rate], rate: Rate, later: Option<Rate>) -> AnyView {
    let days = match later {
        Some(later) => {
            words.rates_until(&words.day(rate.from), &words.day(later.from.plus_days(-1)))
        }
        None => words.rates_since(&words.day(rate.from)),
    };
    let name = words.rates_remove_which(rate.currency.code(), &words.day(rate.from));
    let rest: Vec<Rate> = all.iter().copied().filter(|it| *it != rate).collect();
    let remove = move |_| {
        let rates = rest.clone();
        let said = words.rates_removed(rate.currency.code(), &words.day(rate.from));
        apply_in(state, Command::SetRates { rates }, said, |_| {});
    };
    view! {
        <li class="rates-row">
            <strong>{rate.currency.code().to_owned()}</strong>
            <span class="rate">{rate.rate.to_string()}</span>
            <span class="note">{days}</span>
            <button type="button" class="button" data-look="ghost" aria-label=name on:click=remove>
                {words.rates_remove()}
            </button>
        </li>
    }
    .into_any()
}
