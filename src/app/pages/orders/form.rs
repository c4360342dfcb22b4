//! A new order by hand: who, when, what, how much.

use super::refund::fresh_key;
use super::{choose, instant, quantity};
use crate::expect_reply;
use crate::pages::coupons::{Basket, CouponPanel};
use crate::pages::customers::{customer_one_line, customer_suggestions, plain_number};
use crate::state::{State, use_currency, use_state, use_words};
use leptos::task::spawn_local;
use model::{Currency, CustomerId, Money, OrderDraft, OrderLine, OrderStatus};
use protocol::{CheckView, Command, CouponCommand, Fault, FaultCode, Query, Reply};
use std::collections::BTreeMap;
use text::Words;
use ui::prelude::*;
use ui::{Button, Dialog, IconButton, Input, Look, icon};

/// Whose order it will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewOrder {
    /// The person chooses.
    Anyone,
    /// This customer's.
    Of(CustomerId),
}

/// One line as it is typed.
#[derive(Clone, Copy)]
struct Line {
    product: RwSignal<String>,
    category: RwSignal<String>,
    quantity: RwSignal<String>,
    amount: RwSignal<String>,
}

impl Line {
    fn new() -> Self {
        Self {
            product: RwSignal::new(String::new()),
            category: RwSignal::new(String::new()),
            quantity: RwSignal::new("1".to_owned()),
            amount: RwSignal::new(String::new()),
        }
    }

    fn is_empty(&self) -> bool {
        self.product.with(|text| text.trim().is_empty())
            && self.amount.with(|text| text.trim().is_empty())
    }
}

/// The state of the form.
#[derive(Clone, Copy)]
struct Form {
    state: State,
    words: Words,
    currency: Currency,
    zone: StoredValue<String>,
    customer: RwSignal<Option<(CustomerId, String)>>,
    at: RwSignal<String>,
    lines: RwSignal<Vec<Line>>,
    /// What was paid; empty is the sum of the lines.
    amount: RwSignal<String>,
    channel: RwSignal<String>,
    coupon: RwSignal<String>,
    /// Codes to be used with it, and what they come to.
    codes: RwSignal<Vec<String>>,
    priced: RwSignal<Option<CheckView>>,
    number: RwSignal<String>,
    wrong: RwSignal<BTreeMap<String, String>>,
    failed: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    open: RwSignal<bool>,
    /// Closing was asked for while something is typed: the person decides.
    leaving: RwSignal<bool>,
}

impl Form {
    fn new(state: State, words: Words) -> Self {
        let zone = instant::zone(state);
        Self {
            state,
            words,
            currency: use_currency(),
            customer: RwSignal::new(None),
            at: RwSignal::new(instant::local(&zone, instant::now())),
            zone: StoredValue::new(zone),
            lines: RwSignal::new(vec![Line::new()]),
            amount: RwSignal::new(String::new()),
            channel: RwSignal::new(String::new()),
            coupon: RwSignal::new(String::new()),
            codes: RwSignal::new(Vec::new()),
            priced: RwSignal::new(None),
            number: RwSignal::new(String::new()),
            wrong: RwSignal::new(BTreeMap::new()),
            failed: RwSignal::new(None),
            busy: RwSignal::new(false),
            open: RwSignal::new(true),
            leaving: RwSignal::new(false),
        }
    }

    /// Something was typed that closing would lose.
    fn begun(&self) -> bool {
        let typed = [self.amount, self.channel, self.coupon, self.number];
        let lines = self.lines.get_untracked();
        lines.len() > 1
            || lines.iter().any(|line| !untrack(|| line.is_empty()))
            || typed
                .iter()
                .any(|it| it.with_untracked(|text| !text.trim().is_empty()))
    }

    fn error(&self, key: impl Into<String>) -> Signal<Option<String>> {
        let (wrong, key) = (self.wrong, key.into());
        Signal::derive(move || wrong.with(|wrong| wrong.get(&key).cloned()))
    }

    fn money(&self, typed: &str) -> Option<Money> {
        let money = Money::parse(&plain_number(typed), self.currency).ok()?;
        (money.0 >= 0).then_some(money)
    }

    /// The sum of the lines as far as they can be read; tracked.
    fn sum(&self) -> Option<Money> {
        let lines = self.lines.get();
        let mut sum = Money::ZERO;
        let mut any = false;
        for line in lines.iter().filter(|line| !line.is_empty()) {
            any = true;
            let amount = line.amount.get();
            sum = sum.checked_add(self.money(&amount)?)?;
        }
        any.then_some(sum)
    }

    /// What is sold, as far as it can be read; tracked.
    fn basket(&self) -> Basket {
        let mut lines = Vec::new();
        for line in self.lines.get() {
            let Some(amount) = self.money(&line.amount.get()) else {
                continue;
            };
            let category = line.category.get().trim().to_owned();
            lines.push(OrderLine {
                product: line.product.get().trim().to_owned(),
                category: (!category.is_empty()).then_some(category),
                quantity_milli: quantity::read(&line.quantity.get()).unwrap_or_default(),
                amount,
            });
        }
        let amount = self.money(&self.amount.get()).unwrap_or_default();
        Basket { lines, amount }
    }

    /// What the form says, or what of it cannot be read.
    fn read(&self) -> Result<(CustomerId, OrderDraft), BTreeMap<String, String>> {
        let words = self.words;
        let mut wrong = BTreeMap::new();
        let mut bad = |key: String, why: &str| {
            wrong.insert(key, why.to_owned());
        };
        let customer = self.customer.get_untracked().map(|(id, _)| id);
        if customer.is_none() {
            bad("customer".to_owned(), words.orders_form_customer_missing());
        }
        let at = self
            .zone
            .with_value(|zone| instant::instant(zone, &self.at.get_untracked()));
        if at.is_none() {
            bad("at".to_owned(), words.orders_form_at_bad());
        }
        let mut lines = Vec::new();
        for (index, line) in self.lines.get_untracked().into_iter().enumerate() {
            if untrack(|| line.is_empty()) {
                continue;
            }
            let field = |name: &str| ["lines.", &index.to_string(), ".", name].concat();
            let product = line.product.get_untracked().trim().to_owned();
            let amount = self.money(&line.amount.get_untracked());
            let milli = quantity::read(&line.quantity.get_untracked());
            if amount.is_none() {
                bad(field("amount"), words.orders_form_amount_bad());
            }
            if milli.is_none() {
                bad(field("quantity"), words.orders_form_quantity_bad());
            }
            let category = line.category.get_untracked().trim().to_owned();
            lines.push(OrderLine {
                product,
                category: (!category.is_empty()).then_some(category),
                quantity_milli: milli.unwrap_or_default(),
                amount: amount.unwrap_or_default(),
            });
        }
        let typed = self.amount.get_untracked();
        let amount = if typed.trim().is_empty() {
            untrack(|| self.sum())
        } else {
            self.money(&typed)
        };
        if amount.is_none() {
            bad("amount".to_owned(), words.orders_form_amount_bad());
        }
        let some = |signal: RwSignal<String>| {
            Some(signal.get_untracked().trim().to_owned()).filter(|text| !text.is_empty())
        };
        match (customer, at, amount) {
            (Some(customer), Some(at), Some(amount)) if wrong.is_empty() => Ok((
                customer,
                OrderDraft {
                    external_id: some(self.number),
                    at,
                    currency: self.currency,
                    amount,
                    gross: None,
                    tax: None,
                    paid_with_points: None,
                    status: OrderStatus::Paid,
                    channel: some(self.channel),
                    coupon: some(self.coupon),
                    lines,
                },
            )),
            _ => Err(wrong),
        }
    }

    /// What is to pay with the codes; `None` while that is not known, or when one of them does not apply.
    fn payable(&self) -> Option<Money> {
        self.priced.with_untracked(|priced| {
            let priced = priced.as_ref()?;
            let all = priced.codes.iter().all(|code| code.refused.is_empty());
            all.then_some(priced.amount)
        })
    }

    fn refused(&self, fault: &Fault) {
        let words = self.words;
        let _ = match fault.code {
            FaultCode::Invalid if !fault.issues.is_empty() => {
                let of = |issue: &model::Issue| issue.field.clone().unwrap_or_default();
                let wrong = fault
                    .issues
                    .iter()
                    .map(|it| (of(it), words.issue(it)))
                    .collect();
                self.wrong.try_set(wrong);
                self.failed
                    .try_set(Some(words.orders_form_kept().to_owned()))
            }
            FaultCode::KeyTaken => {
                let why = words.orders_form_number_taken().to_owned();
                self.wrong
                    .try_set(BTreeMap::from([("externalId".to_owned(), why)]));
                self.failed
                    .try_set(Some(words.orders_form_kept().to_owned()))
            }
            _ => {
                let why = [&words.fault(fault), " ", words.orders_form_kept()].concat();
                self.failed.try_set(Some(why))
            }
        };
    }

    fn save(self) {
        let words = self.words;
        self.failed.set(None);
        let (customer, fields) = match self.read() {
            Ok(read) => read,
            Err(wrong) => return self.wrong.set(wrong),
        };
        self.wrong.set(BTreeMap::new());
        let mut paid = fields.amount;
        let command = match self.codes.get_untracked() {
            none if none.is_empty() => Command::CreateOrder { customer, fields },
            codes => {
                let Some(amount) = self.payable() else {
                    return self
                        .failed
                        .set(Some(words.orders_form_coupons().to_owned()));
                };
                paid = amount;
                Command::Coupons(CouponCommand::Use {
                    customer: Some(customer),
                    order: fields,
                    codes,
                    expected: Some(amount),
                    key: fresh_key(),
                })
            }
        };
        self.busy.set(true);
        let text = words.orders_form_saved(&words.money(paid, self.currency));
        let answer = self.state.client.apply(command);
        spawn_local(async move {
            let result = answer.await;
            let _ = self.busy.try_set(false);
            match result {
                Ok(done) => {
                    self.state.toasts.done(text, done.batch);
                    let _ = self.open.try_set(false);
                }
                Err(fault) => self.refused(&fault),
            }
        });
    }
}

/// The form in its dialog.
#[component]
pub fn OrderForm(
    /// Whose order it will be.
    new: NewOrder,
    /// It was closed, saved or not.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let words = use_words();
    let form = Form::new(use_state(), words);
    let fixed = matches!(new, NewOrder::Of(_));
    if let NewOrder::Of(id) = new {
        let answer = form.state.client.query(Query::Customer { id });
        spawn_local(async move {
            if let Ok(found) = expect_reply!(answer.await, Reply::Customer) {
                let name = customer_one_line(words, &found.customer);
                let _ = form.customer.try_set(Some((id, name)));
            }
        });
    }
    let title = Signal::derive(move || match form.customer.get() {
        Some((_, name)) => words.orders_form_for(&name),
        None => words.orders_form_title().to_owned(),
    });
    // Escape, the backdrop and the close button end here too: what was typed is kept until the person decides.
    let shown = RwSignal::new(true);
    Effect::new(move |_| {
        if !form.open.get() {
            shown.set(false);
        }
    });
    let closed = move |()| {
        if form.open.get_untracked() && form.begun() {
            shown.set(true);
            form.leaving.set(true);
        } else {
            on_close.run(());
        }
    };
    view! {
        <Dialog open=shown title close_label=words.orders_form_cancel() size="wide" on_close=closed>
            <form
                class="order-form"
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    form.save();
                }
            >
                {(!fixed).then(|| choose::customer(form.customer, form.error("customer")))}
                {lines(form)}
                {rest(form)}
                <div class="dialog-foot">
                    <p class="form-failed" role="alert">{move || form.failed.get()}</p>
                    {move || foot(form)}
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}

/// Save and cancel; or, where something typed would be lost, whether to.
fn foot(form: Form) -> AnyView {
    let words = form.words;
    if form.leaving.get() {
        return view! {
            <p class="leaving" role="alert">{words.orders_form_leave()}</p>
            <Button
                label=words.customers_form_leave_discard()
                look=Look::Danger
                on_press=move |()| form.open.set(false)
            />
            <Button
                label=words.customers_form_leave_stay()
                look=Look::Primary
                on_press=move |()| form.leaving.set(false)
            />
        }
        .into_any();
    }
    let cancel = move |()| {
        if form.begun() {
            form.leaving.set(true);
        } else {
            form.open.set(false);
        }
    };
    view! {
        <Button label=words.orders_form_cancel() on_press=cancel/>
        <Button label=words.orders_form_save() look=Look::Primary submit=true busy=form.busy/>
    }
    .into_any()
}

fn rest(form: Form) -> AnyView {
    let words = form.words;
    let hint = move || {
        form.sum()
            .map(|sum| words.orders_form_amount_hint(&words.money(sum, form.currency)))
    };
    let basket = Signal::derive(move || form.basket());
    let customer = Signal::derive(move || form.customer.get().map(|(id, _)| id));
    let paid = [
        words.orders_form_amount(),
        " ",
        &words.currency_unit(form.currency),
    ]
    .concat();
    view! {
        <div class="fields">
            <div>
                <Input label=paid value=form.amount mode="decimal" error=form.error("amount")/>
                <p class="field-hint">{hint}</p>
            </div>
            <Input
                label=words.orders_form_at()
                value=form.at
                kind="datetime-local"
                error=form.error("at")
            />
        </div>
        <details class="form-group">
            <summary>{words.coupons_panel()}</summary>
            <CouponPanel basket customer codes=form.codes result=form.priced/>
        </details>
        <details class="form-group">
            <summary>{words.orders_form_more()}</summary>
            <div class="fields">
                <Input
                    label=words.orders_form_channel()
                    hint=words.orders_form_channel_hint()
                    value=form.channel
                    error=form.error("channel")
                />
                <Input
                    label=words.orders_form_coupon()
                    value=form.coupon
                    error=form.error("coupon")
                />
                <Input
                    label=words.orders_form_number()
                    hint=words.orders_form_number_hint()
                    value=form.number
                    error=form.error("externalId")
                />
            </div>
        </details>
    }
    .into_any()
}

fn lines(form: Form) -> AnyView {
    let words = form.words;
    let products = customer_suggestions("product");
    let categories = customer_suggestions("category");
    let (product_list, category_list) = (products.id(), categories.id());
    let rows = move || {
        let lines = form.lines.get();
        let many = lines.len() > 1;
        let lists = (product_list.clone(), category_list.clone());
        lines
            .into_iter()
            .enumerate()
            .map(|(at, it)| line(form, at, it, many, lists.clone()))
            .collect_view()
    };
    let add = Callback::new(move |()| form.lines.update(|lines| lines.push(Line::new())));
    view! {
        <fieldset class="order-lines-form">
            <legend class="field-label">{words.orders_form_lines()}</legend>
            {products.datalist()}
            {categories.datalist()}
            {rows}
            <Button
                label=words.orders_form_line_add()
                icon=icon::PLUS
                look=Look::Quiet
                on_press=add
            />
        </fieldset>
    }
    .into_any()
}

fn line(form: Form, at: usize, line: Line, many: bool, lists: (String, String)) -> AnyView {
    let words = form.words;
    let error = |name: &str| form.error(["lines.", &at.to_string(), ".", name].concat());
    let remove = Callback::new(move |()| {
        form.lines.update(|lines| {
            if at < lines.len() {
                lines.remove(at);
            }
        });
    });
    view! {
        <div class="line-row">
            <Input
                label=words.orders_form_product()
                value=line.product
                list=lists.0
                error=error("product")
            />
            <Input
                label=words.orders_form_category()
                value=line.category
                list=lists.1
                error=error("category")
            />
            <Input
                label=words.orders_form_quantity()
                value=line.quantity
                mode="decimal"
                error=error("quantity")
            />
            <Input
                label=words.orders_form_line_amount()
                value=line.amount
                mode="decimal"
                error=error("amount")
            />
            {many
                .then(|| {
                    view! {
                        <IconButton
                            label=words.orders_form_line_remove()
                            icon=icon::TRASH
                            on_press=remove
                        />
                    }
                })}
        </div>
    }
    .into_any()
}
