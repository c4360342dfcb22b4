//! A refund: everything that remains, an amount, or items.

use super::quantity;
use crate::client::Client;
use crate::pages::customers::plain_number;
use crate::state::{State, use_state, use_words};
use leptos::task::spawn_local;
use model::{Currency, Money, RefundLine, RefundRequest};
use protocol::{Command, FaultCode, OrderRow};
use text::Words;
use ui::prelude::*;
use ui::{Button, Choice, Dialog, Input, Look, Segmented};

/// What is typed.
#[derive(Clone, Copy)]
struct Refund {
    state: State,
    words: Words,
    row: StoredValue<OrderRow>,
    currency: Currency,
    /// `whole`, `part` or `lines`.
    how: RwSignal<String>,
    amount: RwSignal<String>,
    /// Quantity coming back, by line.
    quantities: StoredValue<Vec<RwSignal<String>>>,
    wrong: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    open: RwSignal<bool>,
    /// The same for every try, so that a second press refunds nothing twice.
    key: StoredValue<String>,
}

impl Refund {
    fn new(state: State, words: Words, row: OrderRow) -> Self {
        let quantities = row.order.fields.lines.iter();
        Self {
            state,
            words,
            currency: row.order.fields.currency,
            how: RwSignal::new("whole".to_owned()),
            amount: RwSignal::new(String::new()),
            quantities: StoredValue::new(
                quantities.map(|_| RwSignal::new(String::new())).collect(),
            ),
            wrong: RwSignal::new(None),
            busy: RwSignal::new(false),
            open: RwSignal::new(true),
            key: StoredValue::new(fresh_key()),
            row: StoredValue::new(row),
        }
    }

    fn left(&self) -> Money {
        self.row.with_value(|row| row.remaining)
    }

    /// What of a line has not come back yet.
    fn left_of_line(&self, at: usize) -> i64 {
        self.row.with_value(|row| {
            let back = row
                .order
                .refunds
                .iter()
                .flat_map(|refund| refund.lines.iter());
            let back: i64 = back
                .filter(|line| line.line as usize == at)
                .map(|line| line.quantity_milli)
                .sum();
            let bought = row
                .order
                .fields
                .lines
                .get(at)
                .map_or(0, |line| line.quantity_milli);
            (bought - back).max(0)
        })
    }

    /// Lines that come back; `Err` where a quantity cannot be read or is too large.
    fn lines(&self) -> Result<Vec<RefundLine>, ()> {
        let mut lines = Vec::new();
        for (at, typed) in self.quantities.get_value().into_iter().enumerate() {
            let typed = typed.get();
            if typed.trim().is_empty() {
                continue;
            }
            let milli = quantity::read(&typed).ok_or(())?;
            if milli > self.left_of_line(at) {
                return Err(());
            }
            lines.push(RefundLine {
                line: u32::try_from(at).map_err(|_| ())?,
                quantity_milli: milli,
            });
        }
        Ok(lines)
    }

    /// What it comes to as far as it can be said here; the worker has the last word.
    fn comes_to(&self) -> Option<Money> {
        match self.how.get().as_str() {
            "whole" => Some(self.left()),
            "part" => {
                let plain = plain_number(&self.amount.get());
                let money = Money::parse(&plain, self.currency).ok()?;
                (money.0 > 0 && money <= self.left()).then_some(money)
            }
            _ => {
                let lines = self.lines().ok().filter(|lines| !lines.is_empty())?;
                let sum = self.row.with_value(|row| {
                    lines.iter().fold(0i128, |sum, back| {
                        let line = row.order.fields.lines.get(back.line as usize);
                        let part = line.map_or(0, |line| {
                            let whole = i128::from(line.quantity_milli).max(1);
                            i128::from(line.amount.0) * i128::from(back.quantity_milli) / whole
                        });
                        sum + part
                    })
                });
                let sum = i64::try_from(sum).ok()?;
                Some(Money(sum.min(self.left().0)))
            }
        }
    }

    fn request(&self) -> Option<RefundRequest> {
        let how = self.how.get_untracked();
        let comes_to = untrack(|| self.comes_to())?;
        Some(RefundRequest {
            order: self.row.with_value(|row| row.order.id),
            amount: (how == "part").then_some(comes_to),
            lines: if how == "lines" {
                untrack(|| self.lines()).ok()?
            } else {
                Vec::new()
            },
            at: None,
            key: self.key.get_value(),
        })
    }

    fn save(self) {
        let words = self.words;
        let (Some(request), Some(money)) = (self.request(), untrack(|| self.comes_to())) else {
            let left = words.money(self.left(), self.currency);
            self.wrong
                .set(Some(match self.how.get_untracked().as_str() {
                    "lines" => words.orders_refund_pick().to_owned(),
                    _ => words.orders_refund_amount_bad(&left),
                }));
            return;
        };
        self.wrong.set(None);
        self.busy.set(true);
        let client: Client = self.state.client;
        let answer = client.apply(Command::RefundOrder(request));
        let text = words.orders_refunded(&words.money(money, self.currency));
        spawn_local(async move {
            let result = answer.await;
            let _ = self.busy.try_set(false);
            match result {
                Ok(done) => {
                    self.state.toasts.done(text, done.batch);
                    let _ = self.open.try_set(false);
                }
                Err(fault) => {
                    // Another amount under the same key would be refused as a contradiction.
                    if fault.code == FaultCode::KeyReused {
                        self.key.try_update_value(|key| *key = fresh_key());
                    }
                    let _ = self.wrong.try_set(Some(words.fault(&fault)));
                }
            }
        });
    }
}

/// A key that no other refund has.
pub(super) fn fresh_key() -> String {
    let random = (js_sys::Math::random() * 9e15) as u64;
    [
        "page-",
        &random.to_string(),
        "-",
        &js_sys::Date::now().to_string(),
    ]
    .concat()
}

/// The dialog.
#[component]
pub fn RefundDialog(
    /// Of which order.
    row: OrderRow,
    /// It was closed.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let words = use_words();
    let title = match &row.order.fields.external_id {
        Some(number) => words.orders_refund_title(number),
        None => words.orders_refund().to_owned(),
    };
    let has_lines = !row.order.fields.lines.is_empty();
    let refund = Refund::new(use_state(), words, row);
    let left = words.orders_refund_left(&words.money(refund.left(), refund.currency));
    let mut choices = vec![
        Choice::new("whole", words.orders_refund_whole()),
        Choice::new("part", words.orders_refund_part()),
    ];
    if has_lines {
        choices.push(Choice::new("lines", words.orders_refund_lines()));
    }
    let open = refund.open;
    view! {
        <Dialog
            open
            title=Signal::stored(title)
            close_label=words.orders_form_cancel()
            on_close
        >
            <form
                class="refund-form"
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    refund.save();
                }
            >
                <p class="quiet-text">{left.clone()}</p>
                <Segmented
                    label=words.orders_refund_how()
                    label_hidden=true
                    value=refund.how
                    choices=choices.clone()
                />
                {move || fields(refund)}
                <p class="quiet-text">{words.orders_refund_points()}</p>
                <p class="form-failed" role="alert">{move || refund.wrong.get()}</p>
                <div class="dialog-foot">
                    <Button
                        label=words.orders_form_cancel()
                        on_press=Callback::new(move |()| open.set(false))
                    />
                    {move || button(refund)}
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}

/// What is filled in for the chosen way.
fn fields(refund: Refund) -> AnyView {
    let words = refund.words;
    match refund.how.get().as_str() {
        "part" => {
            let label = [
                words.orders_refund_amount(),
                " ",
                &words.currency_unit(refund.currency),
            ]
            .concat();
            view! { <Input label value=refund.amount mode="decimal" autofocus=true/> }.into_any()
        }
        "lines" => lines(refund),
        _ => ().into_any(),
    }
}

/// The button says what it will do.
fn button(refund: Refund) -> AnyView {
    let words = refund.words;
    let label = match refund.comes_to() {
        Some(money) => words.orders_refund_do(&words.money(money, refund.currency)),
        None => words.orders_refund().to_owned(),
    };
    view! { <Button label look=Look::Primary submit=true busy=refund.busy/> }.into_any()
}

fn lines(refund: Refund) -> AnyView {
    let quantities = refund.quantities.get_value();
    let rows: Vec<AnyView> = quantities
        .into_iter()
        .enumerate()
        .filter(|(at, _)| refund.left_of_line(*at) > 0)
        .map(|(at, value)| {
            let name = refund
                .row
                .with_value(|row| {
                    row.order
                        .fields
                        .lines
                        .get(at)
                        .map(|line| line.product.clone())
                })
                .unwrap_or_default();
            let most = quantity::shown(refund.left_of_line(at));
            let all = most.clone();
            let label = [&name, " × ", &most].concat();
            let take = Callback::new(move |()| value.set(all.clone()));
            view! {
                <div class="refund-line">
                    <span class="cut">{name}</span>
                    <Input label label_hidden=true value mode="decimal" placeholder="0"/>
                    <Button label=["/ ", &most].concat() look=Look::Quiet on_press=take/>
                </div>
            }
            .into_any()
        })
        .collect();
    view! { <div class="refund-lines">{rows}</div> }.into_any()
}
