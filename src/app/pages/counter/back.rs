//! Taking back: a purchase whole or in part, and redemptions that were not for a purchase.

use super::{Act, Till, keypad};
use crate::router::Route;
use model::Money;
use protocol::{CounterCard, CounterCommand, LedgerEntryView, OrderRow};
use std::sync::Arc;
use text::Words;
use ui::prelude::*;
use ui::{Button, EmptyState, Input, icon};

/// The pane; the purchase that was asked for stands open.
pub fn pane(
    till: Till,
    card: Memo<Option<Arc<CounterCard>>>,
    name: Memo<String>,
    asked: Option<String>,
) -> AnyView {
    let words = till.words;
    let act = Act::new();
    let orders = Memo::new(move |_| {
        card.with(|card| card.as_ref().map(|card| card.orders.clone()))
            .unwrap_or_default()
    });
    let redemptions = Memo::new(move |_| {
        card.with(|card| card.as_ref().map(|card| card.redemptions.clone()))
            .unwrap_or_default()
    });
    // Which purchase is open for a part of it; kept outside of the list, which is drawn anew with the data.
    let part = RwSignal::new(None::<String>);
    let amount = RwSignal::new(String::new());
    let take = TakeBack {
        till,
        act,
        name,
        part,
        amount,
    };
    let list = move || {
        let (orders, redemptions) = (orders.get(), redemptions.get());
        if orders.is_empty() && redemptions.is_empty() {
            return view! {
                <EmptyState title=words.counter_back_none() text=String::new() icon=icon::UNDO/>
            }
            .into_any();
        }
        let rows: Vec<AnyView> = orders
            .iter()
            .map(|row| take.order(row, asked.as_deref()))
            .collect();
        let spent: Vec<AnyView> = redemptions
            .iter()
            .map(|entry| take.redemption(entry))
            .collect();
        view! {
            <ul class="till-list" aria-label=words.counter_back_orders()>{rows}</ul>
            {(!spent.is_empty())
                .then(|| {
                    view! {
                        <h2>{words.counter_back_points()}</h2>
                        <ul class="till-list">{spent}</ul>
                    }
                })}
        }
        .into_any()
    };
    view! { <div class="till-back-pane">{act.notice()}{list}</div> }.into_any()
}

#[derive(Clone, Copy)]
struct TakeBack {
    till: Till,
    act: Act,
    name: Memo<String>,
    part: RwSignal<Option<String>>,
    amount: RwSignal<String>,
}

impl TakeBack {
    fn send(self, order: model::OrderId, amount: Option<Money>) {
        let content = [
            "back\n",
            &order.to_string(),
            "\n",
            &amount.map_or(0, |amount| amount.0).to_string(),
        ]
        .concat();
        let key = self.act.intention.key(&content);
        let command = CounterCommand::TakeBack { order, amount, key };
        self.till
            .carry_out(self.act, command, self.name.get_untracked(), || {});
    }

    fn order(self, row: &OrderRow, asked: Option<&str>) -> AnyView {
        let (words, act) = (self.till.words, self.act);
        let order = &row.order;
        let (id, currency, left) = (order.id, order.fields.currency, row.remaining);
        let text_id = id.to_string();
        let whole = words.money(order.fields.amount, currency);
        let current = asked == Some(text_id.as_str());
        let below = below(words, row);
        let left_text = words.money(left, currency);
        let open = {
            let text_id = text_id.clone();
            move || self.part.with(|part| part.as_deref() == Some(&text_id))
        };
        let href = Route::Order(id).href();
        let head = view! {
            <span class="two-lines"><a href=href><strong>{whole}</strong></a><small>{below}</small></span>
        }
        .into_any();
        if left.0 <= 0 {
            return view! {
                <li class="till-row" class:current=current>
                    {head}
                    <span class="till-row-end quiet">{words.counter_back_returned()}</span>
                </li>
            }
            .into_any();
        }
        let toggle = move |()| {
            self.amount.set(String::new());
            self.part.update(|part| {
                *part = if part.as_deref() == Some(&text_id) {
                    None
                } else {
                    Some(text_id.clone())
                };
            });
        };
        view! {
            <li class="till-row tall" class:current=current>
                {head}
                <div class="till-row-acts">
                    <Button label=words.counter_back_part() look=ui::Look::Quiet on_press=toggle/>
                    <Button
                        label=words.counter_back_whole(&left_text)
                        icon=icon::UNDO
                        disabled=act.busy
                        on_press=move |()| self.send(id, None)
                    />
                </div>
                {move || open().then(|| self.partly(id, left, currency))}
            </li>
        }
        .into_any()
    }

    fn partly(self, id: model::OrderId, left: Money, currency: model::Currency) -> AnyView {
        let words = self.till.words;
        let left_text = words.money(left, currency);
        let read = move || {
            self.amount
                .with(|text| keypad::read(text, currency))
                .filter(|amount| *amount <= left)
        };
        let wrong = left_text.clone();
        let error = Signal::derive(move || {
            let typed = self.amount.with(|text| !text.is_empty());
            (typed && read().is_none()).then(|| words.counter_back_part_wrong(&wrong))
        });
        let send = move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            if let Some(amount) = untrack(read) {
                self.send(id, Some(amount));
            }
        };
        let label = words.counter_back_part_label(&left_text);
        view! {
            <form class="till-part" on:submit=send>
                <Input label value=self.amount mode="decimal" error autofocus=true/>
                <Button label=words.counter_mode_back() look=ui::Look::Primary submit=true busy=self.act.busy/>
            </form>
        }
        .into_any()
    }

    fn redemption(self, entry: &LedgerEntryView) -> AnyView {
        let (words, act) = (self.till.words, self.act);
        let id = entry.id.clone();
        let what = entry
            .reward
            .clone()
            .unwrap_or_else(|| words.entry_kind(entry.kind).to_owned());
        let below = [
            words.moment(&entry.local_at),
            words.points(model::Points(entry.points.0)),
        ]
        .join(" · ");
        let reverse = move |()| {
            let key = act.intention.key(&["reverse\n", &id].concat());
            let command = CounterCommand::Reverse {
                entry: id.clone(),
                key,
            };
            self.till
                .carry_out(act, command, self.name.get_untracked(), || {});
        };
        view! {
            <li class="till-row">
                <span class="two-lines"><strong>{what}</strong><small>{below}</small></span>
                <Button
                    label=words.counter_back_reverse()
                    icon=icon::UNDO
                    disabled=act.busy
                    on_press=reverse
                />
            </li>
        }
        .into_any()
    }
}

fn below(words: Words, row: &OrderRow) -> String {
    let order = &row.order;
    let currency = order.fields.currency;
    let left = (row.remaining.0 > 0 && row.remaining < order.fields.amount)
        .then(|| words.counter_back_left(&words.money(row.remaining, currency)));
    let gave = row
        .points
        .filter(|points| points.0 > 0)
        .map(|points| words.counter_back_earned(&words.points(points)));
    let parts: Vec<String> = [Some(words.moment(&row.local_at)), gave, left]
        .into_iter()
        .flatten()
        .collect();
    parts.join(" · ")
}
