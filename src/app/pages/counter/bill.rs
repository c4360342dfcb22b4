//! The bill: an amount, points that pay a part of it if the member likes, one button that says what it will do.

use super::keypad::{self, keypad};
use super::{Act, Till};
use crate::pages::coupons::{Basket, CouponPanel};
use crate::pages::customers::customer_suggestions;
use crate::prefs;
use crate::state::{use_ask, use_currency};
use model::{Currency, CustomerId, Money, OrderLine, Points};
use protocol::{
    Bill, CheckView, CounterCard, CounterCommand, CounterQuery, CounterReply, Query, Quote,
    RedeemLimit, Reply,
};
use std::sync::Arc;
use text::Words;
use ui::prelude::*;
use ui::{Icon, IconButton, Input, icon};
use wasm_bindgen::JsCast;

/// Where the channel is remembered on this device.
const CHANNEL: &str = "counter.channel";

/// A scanner writes a code faster than people type: keys further apart than this, in milliseconds, are a person's.
const SCANNER_MS: f64 = 300.0;

/// The bill in the making.
#[derive(Clone, Copy)]
struct Form {
    till: Till,
    customer: CustomerId,
    currency: Currency,
    act: Act,
    amount: RwSignal<String>,
    /// Points are to pay a part.
    using: RwSignal<bool>,
    /// So many; `None`: as many as can be.
    wanted: RwSignal<Option<i64>>,
    /// What they come to.
    points: RwSignal<i64>,
    category: RwSignal<String>,
    channel: RwSignal<String>,
    /// Codes of coupons as typed, and what they do to this bill once that is known.
    codes: RwSignal<Vec<String>>,
    check: RwSignal<Option<CheckView>>,
    /// The version of the programme that the person has seen.
    seen: RwSignal<u32>,
}

impl Form {
    /// The bill as it stands; tracked.
    fn bill(self) -> Bill {
        let tidy = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Bill {
            customer: self.customer,
            amount: self.money(),
            points: Points(self.points.get()),
            category: tidy(self.category.get()),
            channel: tidy(self.channel.get()),
            codes: if self.coupons_apply() {
                self.codes.get()
            } else {
                Vec::new()
            },
        }
    }

    /// Every code that was typed applies to the bill as it stands; tracked. Without codes that is so.
    fn coupons_apply(self) -> bool {
        self.codes.with(Vec::is_empty)
            || self.check.with(|check| {
                check
                    .as_ref()
                    .is_some_and(|check| check.codes.iter().all(|code| code.refused.is_empty()))
            })
    }

    fn money(self) -> Money {
        self.amount
            .with(|text| keypad::read(text, self.currency))
            .unwrap_or_default()
    }

    fn clear(self) {
        self.amount.set(String::new());
        self.using.set(false);
        self.wanted.set(None);
        self.points.set(0);
        self.codes.set(Vec::new());
    }

    fn book(self, quote: Option<Quote>, name: String) {
        let bill = untrack(|| self.bill());
        if bill.amount == Money::ZERO && bill.points == Points::ZERO {
            let words = self.till.words;
            let example = words.money(Money(3_550), self.currency);
            self.act
                .wrong
                .set(Some(words.counter_amount_wrong(&example)));
            return;
        }
        // Points and coupons follow the amount within a moment; what the button does not say yet is not done.
        let careful = self.using.get_untracked() || !self.codes.with_untracked(Vec::is_empty);
        if careful && quote.is_none() {
            return;
        }
        let version = quote.map_or_else(|| self.seen.get_untracked(), |quote| quote.version);
        let key = self.act.intention.key(&content(&bill));
        let command = CounterCommand::Sell { bill, version, key };
        self.till
            .carry_out(self.act, command, name, move || self.clear());
    }
}

/// What makes a bill another one.
fn content(bill: &Bill) -> String {
    [
        &bill.customer.to_string(),
        "\n",
        &bill.amount.0.to_string(),
        "\n",
        &bill.points.0.to_string(),
        "\n",
        bill.category.as_deref().unwrap_or_default(),
        "\n",
        bill.channel.as_deref().unwrap_or_default(),
        "\n",
        &bill.codes.join(" "),
    ]
    .concat()
}

/// The pane.
pub fn pane(
    till: Till,
    customer: CustomerId,
    card: Memo<Option<Arc<CounterCard>>>,
    name: Memo<String>,
) -> AnyView {
    let words = till.words;
    let version = Memo::new(move |_| {
        card.with(|card| card.as_ref().and_then(|card| card.version))
            .unwrap_or_default()
    });
    let form = Form {
        till,
        customer,
        currency: use_currency(),
        act: Act::new(),
        amount: RwSignal::new(String::new()),
        using: RwSignal::new(false),
        wanted: RwSignal::new(None),
        points: RwSignal::new(0),
        category: RwSignal::new(String::new()),
        channel: prefs::preference(CHANNEL),
        codes: RwSignal::new(Vec::new()),
        check: RwSignal::new(None),
        seen: RwSignal::new(version.get_untracked()),
    };
    let asking = use_ask(move || Query::Counter(CounterQuery::Quote(form.bill())));
    let latest = Memo::new(move |_| match asking.reply().as_deref() {
        Some(Reply::Counter(reply)) => match &**reply {
            CounterReply::Quote(quote) => Some(quote.clone()),
            _ => None,
        },
        _ => None,
    });
    follow_points(form, latest);
    follow_programme(form, latest);
    // Only a quote for exactly this bill is shown and acted upon.
    let quote = Memo::new(move |_| {
        let bill = form.bill();
        latest.get().filter(|quote| {
            let same = quote.amount == bill.amount && quote.points == bill.points;
            same && quote.codes == bill.codes && form.coupons_apply()
        })
    });
    let book = Callback::new(move |()| form.book(quote.get_untracked(), name.get_untracked()));
    view! {
        <div class="till-bill">
            {amount_field(form, book)}
            {use_points(form, latest)}
            {keypad(words, form.amount, form.currency)}
            {form.act.notice()}
            {button(form, quote, book)}
            {coupons(form)}
            {more(form)}
        </div>
    }
    .into_any()
}

/// Points to be used follow the amount: as many as were asked for, and never more than can be.
fn follow_points(form: Form, latest: Memo<Option<Quote>>) {
    Effect::new(move |_| {
        let (using, wanted) = (form.using.get(), form.wanted.get());
        let points = match latest.get() {
            _ if !using => 0,
            Some(quote) if quote.amount == untrack(|| form.money()) => {
                wanted.unwrap_or(quote.most.0).min(quote.most.0)
            }
            _ => return,
        };
        if form.points.get_untracked() != points {
            form.points.set(points);
        }
    });
}

/// Says that the programme has changed while a bill was open: what was promised a moment ago no longer holds.
fn follow_programme(form: Form, latest: Memo<Option<Quote>>) {
    Effect::new(move |_| {
        let Some(version) = latest.with(|quote| quote.as_ref().map(|quote| quote.version)) else {
            return;
        };
        let seen = form.seen.get_untracked();
        if seen != 0 && seen != version {
            let text = form.till.words.counter_program_changed().to_owned();
            form.act.wrong.set(Some(text));
        }
        form.seen.set(version);
    });
}

/// What keys of a hand scanner come to while the amount has the focus: the next customer's card must not become an
/// amount.
#[derive(Clone, Default)]
struct Typed {
    text: String,
    /// The amount before the first key of it.
    before: String,
    at: f64,
}

/// Gives the amount the focus when a member was chosen, after the page's title has had it; not while the person is
/// elsewhere, as on the switch between what can be done.
fn focus_amount() {
    let give = || {
        let lost = document()
            .active_element()
            .is_none_or(|now| ["BODY", "H1"].contains(&now.tag_name().as_str()));
        let field = document()
            .query_selector(".till-amount-input")
            .ok()
            .flatten();
        let field = field.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok());
        if let (true, Some(field)) = (lost, field) {
            let _ = field.focus();
        }
    };
    request_animation_frame(move || {
        give();
        request_animation_frame(give);
    });
}

fn amount_field(form: Form, book: Callback<()>) -> AnyView {
    let words = form.till.words;
    focus_amount();
    let typed = StoredValue::new(Typed::default());
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.is_composing() || event.ctrl_key() || event.meta_key() {
            return;
        }
        let key = event.key();
        let amount = form.amount.get_untracked();
        let now = event.time_stamp();
        let text = typed.try_update_value(|typed| {
            if now - typed.at > SCANNER_MS && key != "Enter" {
                *typed = Typed {
                    before: amount,
                    ..Typed::default()
                };
            }
            typed.at = now;
            if key.chars().count() == 1 {
                typed.text.push_str(&key.replace('：', ":"));
            }
            typed.clone()
        });
        if key != "Enter" {
            return;
        }
        event.prevent_default();
        let typed = text.unwrap_or_default();
        match typed.text.find(protocol::MEMBER_CODE) {
            Some(at) => {
                form.amount.set(typed.before);
                let code = typed.text.get(at..).unwrap_or_default().to_owned();
                let (wrong, words) = (form.act.wrong, words);
                form.till.open_code(code, move || {
                    let _ = wrong.try_set(Some(words.counter_found_none_code().to_owned()));
                });
            }
            None => book.run(()),
        }
    };
    view! {
        <label class="till-amount">
            <span class="till-unit">{words.currency_unit(form.currency)}</span>
            <input
                class="till-amount-input"
                type="text"
                inputmode="none"
                autocomplete="off"
                autofocus=true
                aria-label=words.counter_amount()
                placeholder="0"
                prop:value=move || form.amount.get()
                on:keydown=on_key
                on:input=move |event| {
                    let text = keypad::tidy(&event_target_value(&event), form.currency);
                    form.act.wrong.set(None);
                    form.amount.set(text);
                }
            />
        </label>
    }
    .into_any()
}

fn use_points(form: Form, latest: Memo<Option<Quote>>) -> AnyView {
    let words = form.till.words;
    let none =
        Memo::new(move |_| latest.with(|quote| quote.as_ref().is_none_or(|it| it.most.0 <= 0)));
    let label = move || {
        let quote = latest.get()?;
        let (points, worth) = match form.using.get() {
            true => (Points(form.points.get()), quote.worth),
            false => (quote.most, quote.most_worth),
        };
        (quote.most.0 > 0).then(|| {
            words.counter_use_worth(&words.points(points), &words.money(worth, form.currency))
        })
    };
    let why = move || {
        let quote = latest.get()?;
        let full = quote.most.0 <= 0 || form.points.get() >= quote.most.0;
        let why = full.then(|| limit(words, &quote.limit));
        let to_pay = (quote.usable && quote.amount.0 > 0)
            .then(|| words.counter_use_to_pay(&words.money(quote.to_pay, form.currency)));
        let parts: Vec<String> = to_pay.into_iter().chain(why).collect();
        Some(parts.join(" · "))
    };
    view! {
        <div class="till-use" class:on=move || form.using.get()>
            <button
                type="button"
                class="till-use-button"
                disabled=move || none.get() && !form.using.get()
                aria-pressed=move || if form.using.get() { "true" } else { "false" }
                on:click=move |_| {
                    form.wanted.set(None);
                    form.using.update(|on| *on = !*on);
                }
            >
                <Icon glyph=icon::POINTS/>
                <span class="two-lines"><strong>{words.counter_use_points()}</strong><small>{label}</small></span>
            </button>
            {move || form.using.get().then(|| steps(form, latest))}
            <p class="till-why note">{why}</p>
        </div>
    }
    .into_any()
}

/// Fewer points, or more of them.
fn steps(form: Form, latest: Memo<Option<Quote>>) -> AnyView {
    let words = form.till.words;
    let step = move |up: bool| {
        let Some(quote) = latest.get_untracked() else {
            return;
        };
        let step = quote.step.0.max(1);
        let now = form.points.get_untracked();
        let next = if up { now + step } else { now - step };
        form.wanted
            .set(Some(next.clamp(step.min(quote.most.0), quote.most.0)));
    };
    view! {
        <div class="till-steps">
            <IconButton
                label=words.counter_use_less()
                icon=icon::MINUS
                on_press=move |()| step(false)
            />
            <IconButton
                label=words.counter_use_more()
                icon=icon::PLUS
                on_press=move |()| step(true)
            />
        </div>
    }
    .into_any()
}

/// Why not more points.
fn limit(words: Words, limit: &RedeemLimit) -> String {
    match limit {
        RedeemLimit::Balance => words.counter_limit_balance().to_owned(),
        RedeemLimit::Least(least) => words.counter_limit_least(&words.points(*least)),
        RedeemLimit::Most(most) => words.counter_limit_most(&words.points(*most)),
        RedeemLimit::Share(share) => words.counter_limit_share(&percent(share)),
        RedeemLimit::Bill => words.counter_limit_bill().to_owned(),
        RedeemLimit::NotMoney => words.counter_limit_not_money().to_owned(),
    }
}

/// `0.5` is 50%, `0.125` is 12.5%.
fn percent(share: &str) -> String {
    let Ok(decimal) = share.parse::<model::Decimal>() else {
        return share.to_owned();
    };
    let hundredths = model::Decimal {
        units: decimal.units.saturating_mul(100),
        scale: decimal.scale,
    };
    let text = hundredths.to_string();
    let short = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b == b'0') => whole.to_owned(),
        Some(_) => text.trim_end_matches('0').to_owned(),
        None => text,
    };
    [&short, "%"].concat()
}

/// The button says what it will do; under it stands what a person would ask next.
fn button(form: Form, quote: Memo<Option<Quote>>, book: Callback<()>) -> AnyView {
    let words = form.till.words;
    let empty = Memo::new(move |_| form.money() == Money::ZERO && form.points.get() <= 0);
    let label = move || {
        let amount = form.money();
        match quote.get() {
            Some(quote) if quote.to_pay < amount && amount > Money::ZERO => words.counter_do_pay(
                &words.money(quote.to_pay, form.currency),
                &words.points(quote.earned),
            ),
            Some(quote) if quote.usable => words.counter_do_use(&words.points(quote.points)),
            Some(quote) if quote.earned.0 > 0 => words.counter_do_give(&words.points(quote.earned)),
            _ if amount > Money::ZERO => {
                words.counter_do_amount(&words.money(amount, form.currency))
            }
            _ => words.act_done().to_owned(),
        }
    };
    let below = move || {
        let quote = quote.get().filter(|quote| quote.amount.0 > 0)?;
        let rises = quote.rises_to.map(|tier| words.counter_rises(&tier));
        let from = quote
            .posts_on
            .map(|day| words.counter_gives_from(&words.points(quote.earned), &words.day(day)));
        let none = (quote.earned.0 <= 0).then(|| words.counter_gives_none().to_owned());
        let all: Vec<String> = [rises, from, none].into_iter().flatten().collect();
        Some(all.join(" · "))
    };
    view! {
        <button
            type="button"
            class="button primary till-do"
            disabled=move || empty.get() || form.act.busy.get() || !form.coupons_apply()
            aria-busy=move || form.act.busy.get().then_some("true")
            on:click=move |_| book.run(())
        >
            {label}
        </button>
        <p class="note till-below">{below}</p>
    }
    .into_any()
}

/// Coupons that the customer brings.
fn coupons(form: Form) -> AnyView {
    let words = form.till.words;
    let basket = Signal::derive(move || {
        let amount = form.money();
        let category = form.category.get();
        let line = (!category.trim().is_empty()).then(|| OrderLine {
            product: category.trim().to_owned(),
            category: Some(category.trim().to_owned()),
            quantity_milli: 1_000,
            amount,
        });
        Basket {
            lines: line.into_iter().collect(),
            amount,
        }
    });
    let customer = Signal::stored(Some(form.customer));
    view! {
        <details class="till-more">
            <summary>{words.counter_coupons()}</summary>
            <CouponPanel basket customer codes=form.codes result=form.check/>
        </details>
    }
    .into_any()
}

fn more(form: Form) -> AnyView {
    let words = form.till.words;
    let categories = customer_suggestions("category");
    let channels = customer_suggestions("channel");
    view! {
        <details class="till-more">
            <summary>{words.counter_more_fields()}</summary>
            {categories.datalist()}
            {channels.datalist()}
            <Input label=words.counter_category() value=form.category list=categories.id()/>
            <Input
                label=words.counter_channel()
                hint=words.counter_channel_hint()
                value=form.channel
                list=channels.id()
            />
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_as_per_cent() {
        for (share, text) in [
            ("0.5", "50%"),
            ("1", "100%"),
            ("0.125", "12.5%"),
            ("0.05", "5%"),
        ] {
            assert_eq!(percent(share), text);
        }
    }
}
