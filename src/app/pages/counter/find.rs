//! Finding the member: by phone tail, name, initials, the code of a card, or the number of a receipt; and who was
//! here today.

use super::{Till, name_or, register, scan};
use crate::pages::customers::phone_shown;
use crate::router::Route;
use crate::state::{use_ask, use_ask_when, use_today};
use model::CustomerId;
use protocol::{
    CounterQuery, CounterReply, FoundMember, FoundMembers, FoundReceipt, OrderList, OrderRow,
    Query, Reply,
};
use text::Words;
use ui::prelude::*;
use ui::{Button, Icon, PageHead, icon};
use wasm_bindgen::JsCast;

/// Members shown for a search; more would not fit above a phone's keyboard.
const SHOWN: u32 = 8;

/// Purchases of today shown.
const TODAY: u32 = 6;

/// Who was chosen.
pub type Pick = Callback<(CustomerId, String)>;

/// The first screen.
pub fn page(till: Till) -> AnyView {
    let words = till.words;
    let search = RwSignal::new(String::new());
    let scanning = RwSignal::new(false);
    let registering = RwSignal::new(false);
    let pick = Callback::new(move |(customer, _): (CustomerId, String)| till.open(customer));
    let searching = Memo::new(move |_| search.with(|text| !text.trim().is_empty()));
    view! {
        <div class="till-find" on:keydown=move |event| arrows(&event)>
            <PageHead title=words.counter_title() text=words.counter_lead()/>
            <div class="till-search">
                {field(till, search)}
                <Button
                    label=words.counter_scan()
                    icon=icon::SCAN
                    on_press=move |()| scanning.set(true)
                />
            </div>
            {results(till, search, pick)}
            <Button
                label=words.counter_register()
                icon=icon::PERSON_ADD
                on_press=move |()| registering.set(true)
            />
            {move || (!searching.get()).then(|| today(words))}
            {scan::dialog(till, scanning)}
            {register::dialog(till, registering, search)}
        </div>
    }
    .into_any()
}

/// Arrow keys go through what was found: from the search field down, and back up to it.
fn arrows(event: &leptos::ev::KeyboardEvent) {
    let down = match event.key().as_str() {
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return,
    };
    let target: web_sys::Element = event_target(event);
    let is = |selector: &str| target.closest(selector).ok().flatten();
    let near = |from: web_sys::Element| {
        if down {
            from.next_element_sibling()
        } else {
            from.previous_element_sibling()
        }
    };
    let find = |selector: &str| document().query_selector(selector).ok().flatten();
    let next = match is(".till-found li") {
        Some(row) => match near(row) {
            Some(row) => row.first_element_child(),
            None if down => None,
            None => find(".till-search input"),
        },
        None if down && is(".till-search input").is_some() => {
            find(".till-find > .till-found .till-row")
        }
        None => return,
    };
    event.prevent_default();
    if let Some(next) = next.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = next.focus();
    }
}

/// The search field: Enter opens the first one found, or whose code was typed; hand scanners end with it.
fn field(till: Till, search: RwSignal<String>) -> AnyView {
    let words = till.words;
    let stranger = RwSignal::new(false);
    Effect::watch(
        move || search.get(),
        move |_, _, _| stranger.set(false),
        false,
    );
    let enter = move |event: leptos::ev::KeyboardEvent| {
        let text = search.get_untracked().trim().to_owned();
        if event.key() != "Enter" || event.is_composing() || text.is_empty() {
            return;
        }
        event.prevent_default();
        let code = text.to_ascii_lowercase().starts_with("shuke");
        till.open_found(text, !code, move || {
            let _ = stranger.try_set(code);
        });
    };
    view! {
        <div class="search" role="search">
            <Icon glyph=icon::SEARCH/>
            <input
                class="input"
                type="search"
                data-search=""
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                enterkeyhint="go"
                autofocus=true
                aria-label=words.counter_find_label()
                placeholder=words.counter_find()
                prop:value=move || search.get()
                on:input=move |event| search.set(event_target_value(&event))
                on:keydown=enter
            />
            <button
                type="button"
                class="icon-button"
                aria-label=words.act_clear()
                hidden=move || search.with(String::is_empty)
                on:click=move |_| search.set(String::new())
            >
                <Icon glyph=icon::CLOSE/>
            </button>
        </div>
        <p class="till-wrong" role="alert">
            {move || stranger.get().then(|| words.counter_found_none_code())}
        </p>
    }
    .into_any()
}

/// Who is found by what is typed.
pub fn results(till: Till, search: RwSignal<String>, pick: Pick) -> AnyView {
    let words = till.words;
    let asking = use_ask_when(move || {
        let text = search.get();
        (!text.trim().is_empty()).then_some(Query::Counter(CounterQuery::Find {
            search: text,
            limit: SHOWN,
        }))
    });
    let found = Memo::new(move |_| match asking.reply().as_deref() {
        Some(Reply::Counter(reply)) => match &**reply {
            CounterReply::Found(found) => Some(found.clone()),
            _ => None,
        },
        _ => None,
    });
    let content = move || {
        let text = search.get();
        let found = found.get().filter(|_| !text.trim().is_empty())?;
        Some(list(words, text.trim(), &found, pick))
    };
    view! { <div class="till-found" role="status">{content}</div> }.into_any()
}

fn list(words: Words, text: &str, found: &FoundMembers, pick: Pick) -> AnyView {
    if found.members.is_empty() && found.receipts.is_empty() {
        let nobody = if text.starts_with(protocol::MEMBER_CODE) {
            words.counter_found_none_code().to_owned()
        } else {
            words.counter_found_none(text)
        };
        return view! { <p class="note">{nobody}</p> }.into_any();
    }
    let members = found.members.iter().map(|it| member(words, it, pick));
    let receipts: Vec<AnyView> = found.receipts.iter().map(|it| slip(words, it)).collect();
    view! {
        <ul class="till-list" aria-label=words.counter_found()>{members.collect_view()}</ul>
        {(!receipts.is_empty())
            .then(|| {
                view! {
                    <h2>{words.counter_receipts()}</h2>
                    <ul class="till-list">{receipts}</ul>
                }
            })}
    }
    .into_any()
}

fn member(words: Words, it: &FoundMember, pick: Pick) -> AnyView {
    let name = name_or(words, &it.name);
    let phone = it.phone.as_deref().map(phone_shown);
    let below: Vec<String> = phone.into_iter().chain(it.tier_name.clone()).collect();
    let balance = it.balance.map(|balance| words.points(balance));
    let chosen = (it.customer, name.clone());
    view! {
        <li>
            <button type="button" class="till-row" on:click=move |_| pick.run(chosen.clone())>
                <span class="two-lines"><strong>{name}</strong><small>{below.join(" · ")}</small></span>
                <span class="till-row-end">{balance}</span>
            </button>
        </li>
    }
    .into_any()
}

/// Where a receipt that was found leads.
pub fn slip_href(it: &FoundReceipt) -> String {
    Route::Counter(Some(it.customer)).with(&[("order", &it.order.to_string())])
}

fn slip(words: Words, it: &FoundReceipt) -> AnyView {
    let href = slip_href(it);
    let text = words.counter_receipt_of(&it.number, &words.money(it.amount, it.currency));
    view! {
        <li>
            <a class="till-row" href=href>
                <span class="two-lines"><strong>{name_or(words, &it.name)}</strong><small>{text}</small></span>
            </a>
        </li>
    }
    .into_any()
}

/// Who was here today: the way back to a purchase a moment ago.
fn today(words: Words) -> AnyView {
    let today = use_today();
    let asking = use_ask(move || {
        Query::Orders(OrderList {
            from: Some(today),
            limit: TODAY,
            ..OrderList::default()
        })
    });
    let list = asking.view("rows", move |reply| match reply {
        Reply::Orders(page) if page.items.is_empty() => {
            view! { <p class="note">{words.counter_today_none()}</p> }.into_any()
        }
        Reply::Orders(page) => {
            let rows = page.items.iter().map(|row| visit(words, row));
            view! { <ul class="till-list">{rows.collect_view()}</ul> }.into_any()
        }
        _ => ().into_any(),
    });
    view! { <section class="till-today"><h2>{words.counter_today()}</h2>{list}</section> }
        .into_any()
}

fn visit(words: Words, row: &OrderRow) -> AnyView {
    let order = &row.order;
    let href = Route::Counter(Some(order.customer)).with(&[("order", &order.id.to_string())]);
    let time = row.local_at.get(11..16).unwrap_or_default().to_owned();
    let amount = words.money(order.fields.amount, order.fields.currency);
    let points = row.points.map(|points| words.points(points));
    view! {
        <li>
            <a class="till-row" href=href>
                <span class="two-lines">
                    <strong>{name_or(words, &row.customer_name)}</strong>
                    <small>{[time, amount].join(" · ")}</small>
                </span>
                <span class="till-row-end">{points}</span>
            </a>
        </li>
    }
    .into_any()
}
