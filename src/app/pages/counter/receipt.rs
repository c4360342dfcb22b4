//! The receipt: what was done in plain words, for a minute with its undo; to copy, to print, or to move to the right
//! member.

use super::{Act, Slip, Till, find};
use crate::clipboard;
use crate::router::{Route, navigate};
use crate::state::use_status;
use leptos::task::spawn_local;
use model::{CustomerId, Money, Points};
use protocol::{ActKind, Command, CounterCommand, Receipt};
use std::time::Duration;
use text::Words;
use ui::prelude::*;
use ui::{Button, Dialog, Icon, Look, icon};

/// The first moment in which a receipt takes no taps, in milliseconds: the second tap of a hasty double tap must not
/// land on whatever stands where the button was.
const DEAF_MS: u64 = 400;

/// The page of the receipt in hand.
pub fn page(till: Till) -> AnyView {
    let content = move || till.slip.get().map(|slip| paper(till, slip));
    content.into_any()
}

fn paper(till: Till, slip: Slip) -> AnyView {
    let words = till.words;
    let receipt = slip.receipt.clone();
    let deaf = RwSignal::new(true);
    set_timeout(
        move || {
            let _ = deaf.try_set(false);
        },
        Duration::from_millis(DEAF_MS),
    );
    let moving = RwSignal::new(false);
    let business = use_status().with_untracked(|status| {
        status
            .as_ref()
            .map(|status| status.settings.name.clone())
            .unwrap_or_default()
    });
    let lines = lines(words, &receipt);
    let text = plain(words, &business, &receipt, &lines);
    let movable = receipt.order.is_some()
        && matches!(receipt.kind, ActKind::Sold | ActKind::Moved)
        && receipt.amount.0 > 0;
    let copy = move |()| {
        let (done, failed) = (words.counter_copied(), words.counter_copy_failed());
        clipboard::copy(till.state, text.clone(), done, failed);
    };
    let print = move |()| {
        // A page that cannot print itself has nothing else to offer.
        let _ = window().print();
    };
    let same = move |()| till.slip.set(None);
    let next = move |()| {
        till.slip.set(None);
        navigate(&Route::Counter(None).href());
    };
    view! {
        <div class="till-receipt" inert=move || deaf.get()>
            <p class="till-done" role="status" class:undone=move || till.undone.get()>
                <Icon glyph=icon::CIRCLE_CHECK/>
                <span>
                    {move || match till.undone.get() {
                        true => words.counter_undone().to_owned(),
                        false => said(words, &receipt),
                    }}
                </span>
            </p>
            {sheet(words, &business, lines, till.undone)}
            {undo(till, slip.clone())}
            <div class="till-acts">
                <Button label=words.counter_copy() icon=icon::COPY on_press=copy/>
                <Button label=words.counter_print() icon=icon::PRINT on_press=print/>
                {movable
                    .then(|| {
                        view! {
                            <Button
                                label=words.counter_wrong_member()
                                icon=icon::PERSON
                                disabled=till.undone
                                on_press=move |()| moving.set(true)
                            />
                        }
                    })}
                <Button label=words.counter_same() look=Look::Quiet on_press=same/>
            </div>
            <button type="button" class="button primary till-do" on:click=move |_| next(())>
                {words.counter_next()}
            </button>
            {mover(till, moving, slip.receipt)}
        </div>
    }
    .into_any()
}

/// What was done, as a sentence.
fn said(words: Words, receipt: &Receipt) -> String {
    let name = &receipt.name;
    let amount = words.money(receipt.amount, receipt.currency);
    match receipt.kind {
        ActKind::Sold if receipt.earned.0 > 0 => {
            words.counter_sold(name, &words.points(receipt.earned))
        }
        ActKind::Sold => words.counter_sold_none(name),
        ActKind::Used => words.counter_used(name, &words.points(receipt.used)),
        ActKind::Rewarded => {
            words.counter_rewarded(name, receipt.reward.as_deref().unwrap_or_default())
        }
        ActKind::TookBack => words.counter_took_back(&amount, name),
        ActKind::Reversed => words.counter_reversed(name),
        ActKind::Moved => words.counter_moved(name),
    }
}

/// The lines of the paper: what, and how much.
fn lines(words: Words, receipt: &Receipt) -> Vec<(String, String)> {
    let mut lines: Vec<(&str, String)> = vec![
        (words.counter_line_when(), words.moment(&receipt.local_at)),
        (words.counter_line_member(), receipt.name.clone()),
    ];
    if let Some(from) = &receipt.moved_from {
        lines.push((words.counter_line_from(), from.clone()));
    }
    if let Some(reward) = &receipt.reward {
        lines.push((words.counter_line_reward(), reward.clone()));
    }
    money_lines(words, receipt, &mut lines);
    if receipt.earned.0 != 0 {
        let label = if receipt.earned.0 > 0 {
            words.counter_line_earned()
        } else {
            words.counter_line_earned_back()
        };
        let from = receipt
            .posts_on
            .map(|day| words.counter_line_posts(&words.day(day)));
        let text: Vec<String> = [size(words, receipt.earned)]
            .into_iter()
            .chain(from)
            .collect();
        lines.push((label, text.join(" · ")));
    }
    if let Some(tier) = &receipt.rises_to {
        lines.push((words.counter_line_tier(), tier.clone()));
    }
    let balance = words.points(receipt.balance);
    lines.push((
        words.counter_line_balance(),
        with_worth(words, receipt, balance, receipt.balance_worth),
    ));
    for (code, until) in &receipt.issued {
        let until = until.map(|day| words.counter_line_until(&words.day(day)));
        let text: Vec<String> = [code.clone()].into_iter().chain(until).collect();
        lines.push((words.counter_line_issued(), text.join(" · ")));
    }
    lines.push((words.counter_line_number(), receipt.number.clone()));
    lines
        .into_iter()
        .map(|(label, text)| (label.to_owned(), text))
        .collect()
}

/// A number of points without its sign: the line's name says which way they went.
fn size(words: Words, points: Points) -> String {
    words.points(Points(points.0.saturating_abs()))
}

/// Points with what they are worth, where they are worth something.
fn with_worth(words: Words, receipt: &Receipt, points: String, worth: Money) -> String {
    if worth.0 == 0 {
        return points;
    }
    let worth = words.money(Money(worth.0.saturating_abs()), receipt.currency);
    match words.locale {
        text::Locale::ZhCn => [&points, "（", &worth, "）"].concat(),
        text::Locale::En => [&points, " (", &worth, ")"].concat(),
    }
}

/// The bill, what coupons and points took off, and what was paid.
fn money_lines(words: Words, receipt: &Receipt, lines: &mut Vec<(&str, String)>) {
    let money = |amount: Money| words.money(amount, receipt.currency);
    if receipt.amount.0 > 0 {
        let label = match receipt.kind {
            ActKind::TookBack => words.counter_line_returned(),
            _ => words.counter_line_bill(),
        };
        lines.push((label, money(receipt.amount)));
    }
    if receipt.discount.0 > 0 {
        let minus = Money(receipt.discount.0.saturating_neg());
        lines.push((words.counter_line_discount(), money(minus)));
    }
    if receipt.used.0 != 0 {
        let label = if receipt.used.0 > 0 {
            words.counter_line_used()
        } else {
            words.counter_line_used_back()
        };
        let used = size(words, receipt.used);
        lines.push((label, with_worth(words, receipt, used, receipt.worth)));
    }
    let off = receipt.discount.0.saturating_add(receipt.worth.0.max(0));
    if receipt.amount.0 > 0 && off > 0 {
        let paid = Money(receipt.amount.0.saturating_sub(off));
        lines.push((words.counter_line_paid(), money(paid)));
    }
}

/// The same as plain text, for a message to the customer.
fn plain(words: Words, business: &str, receipt: &Receipt, lines: &[(String, String)]) -> String {
    let mut text = String::new();
    for line in [business, &said(words, receipt)] {
        if !line.is_empty() {
            text.push_str(line);
            text.push('\n');
        }
    }
    for (label, value) in lines {
        text.push_str(label);
        text.push_str(match words.locale {
            text::Locale::ZhCn => "：",
            text::Locale::En => ": ",
        });
        text.push_str(value);
        text.push('\n');
    }
    text
}

fn sheet(
    words: Words,
    business: &str,
    lines: Vec<(String, String)>,
    undone: RwSignal<bool>,
) -> AnyView {
    let rows: Vec<AnyView> = lines
        .into_iter()
        .map(|(label, text)| view! { <div><dt>{label}</dt><dd>{text}</dd></div> }.into_any())
        .collect();
    view! {
        <section class="paper print-sheet" class:undone=move || undone.get() aria-label=words.counter_receipt()>
            <h1 tabindex="-1">{if business.is_empty() { words.counter_receipt() } else { "" }}{business.to_owned()}</h1>
            <dl>{rows}</dl>
            <p class="paper-thanks">{words.counter_thanks()}</p>
        </section>
    }
    .into_any()
}

/// Whole seconds from now to a moment in the browser's milliseconds.
fn seconds(until: f64) -> u32 {
    ((until - js_sys::Date::now()) / 1_000.0).ceil().max(0.0) as u32
}

/// Keeps the number of seconds left up to date; ends with the minute, or with the receipt.
fn tick(left: RwSignal<u32>, until: f64) {
    set_timeout(
        move || {
            let now = seconds(until);
            let gone = left.try_set(now).is_some();
            if !gone && now > 0 {
                tick(left, until);
            }
        },
        Duration::from_millis(250),
    );
}

/// Undo for a minute, with what is left of it.
fn undo(till: Till, slip: Slip) -> AnyView {
    let words = till.words;
    let Some(batch) = slip.batch else {
        return ().into_any();
    };
    let until = slip.until;
    let left = RwSignal::new(seconds(until));
    tick(left, until);
    let act = Act::new();
    let press = move |_| {
        if act.busy.get_untracked() || seconds(until) == 0 {
            return;
        }
        act.busy.set(true);
        let answer = till.state.client.apply(Command::Undo { batch });
        spawn_local(async move {
            let result = answer.await;
            let _ = act.busy.try_set(false);
            match result {
                Ok(_) => {
                    let _ = till.undone.try_set(true);
                }
                Err(fault) => {
                    let _ = act.wrong.try_set(Some(words.fault(&fault)));
                }
            }
        });
    };
    let over = Memo::new(move |_| left.get() == 0);
    let content = move || match (till.undone.get(), over.get()) {
        (true, _) => ().into_any(),
        (false, true) => view! { <p class="note">{words.counter_undo_over()}</p> }.into_any(),
        (false, false) => view! {
            <button
                type="button"
                class="button till-undo"
                aria-label=words.counter_undo()
                disabled=move || act.busy.get()
                on:click=press
            >
                <Icon glyph=icon::UNDO/>
                <span role="timer">{move || words.counter_undo_left(&left.get().to_string())}</span>
            </button>
        }
        .into_any(),
    };
    view! { <div class="till-undo-place">{content}{act.notice()}</div> }.into_any()
}

/// The dialog in which the right member is found.
fn mover(till: Till, open: RwSignal<bool>, receipt: Receipt) -> AnyView {
    let words = till.words;
    view! {
        <Dialog open title=words.counter_move_title().to_owned() close_label=words.act_close()>
            {
                let receipt = receipt.clone();
                move || choose(till, &receipt)
            }
        </Dialog>
    }
    .into_any()
}

fn choose(till: Till, receipt: &Receipt) -> AnyView {
    let words = till.words;
    let search = RwSignal::new(String::new());
    let act = Act::new();
    let order = receipt.order;
    let used = receipt.used;
    let pick = Callback::new(move |(to, name): (CustomerId, String)| {
        let Some(order) = order else { return };
        let content = ["move\n", &order.to_string(), "\n", &to.to_string()].concat();
        let key = act.intention.key(&content);
        let command = CounterCommand::Move { order, to, key };
        till.carry_out(act, command, name, || {});
    });
    let short = move || {
        // Only the other member's points can be too few here.
        let wrong = act.wrong.get()?;
        (used.0 > 0).then(|| [&wrong, " ", &words.counter_move_short(&words.points(used))].concat())
    };
    view! {
        <div class="till-move">
            <ui::SearchField label=words.counter_find() value=search clear_label=words.act_clear()/>
            {find::results(till, search, pick)}
            <p class="till-wrong" role="alert">{move || short().or_else(|| act.wrong.get())}</p>
        </div>
    }
    .into_any()
}
