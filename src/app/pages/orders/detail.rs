//! One order: its items, sums, refunds and points, and what can be done with it.

use super::list::{amount, number, status};
use super::refund::RefundDialog;
use super::{instant, quantity};
use crate::state::{apply_in, use_ask, use_state, use_words};
use model::{Money, OrderId};
use protocol::{Command, FaultCode, OrderRow, Query, Reply};
use std::sync::Arc;
use text::Words;
use ui::prelude::*;
use ui::{Button, EmptyState, ErrorState, Icon, LinkButton, Look, Skeleton, icon};

/// An order with everything known of it.
#[component]
pub fn OrderDetail(
    /// Which.
    id: OrderId,
    /// Where closing leads; empty inside a customer's page.
    #[prop(into)]
    close: String,
) -> impl IntoView {
    let words = use_words();
    let refunding = RwSignal::new(false);
    let asked = use_ask(move || Query::Order { id });
    let row = Memo::new(move |_| match asked.get().reply.as_deref() {
        Some(Reply::Order(row)) => Some(Arc::new(OrderRow::clone(row))),
        _ => None,
    });
    let fault = Memo::new(move |_| asked.get().fault);
    let close = StoredValue::new(close);
    let content = move || {
        if let Some(fault) = fault.get() {
            let href = close.get_value();
            return if fault.code == FaultCode::NotFound {
                view! {
                    <EmptyState title=words.orders_gone_title() text=words.orders_gone_text() icon=icon::ORDERS>
                        {(!href.is_empty()).then(|| view! { <LinkButton label=words.orders_back() href/> })}
                    </EmptyState>
                }
                .into_any()
            } else {
                view! {
                    <ErrorState
                        title=words.orders_error_title()
                        text=words.fault(&fault)
                        action=words.orders_retry()
                        on_action=Callback::new(move |()| asked.again())
                    />
                }
                .into_any()
            };
        }
        match row.get() {
            Some(row) => order(words, &row, &close.get_value(), refunding),
            None => view! { <Skeleton lines=8 shape="rows"/> }.into_any(),
        }
    };
    let dialog = move || {
        let row = row.get()?;
        refunding.get().then(|| {
            let done = Callback::new(move |()| refunding.set(false));
            view! { <RefundDialog row=OrderRow::clone(&row) on_close=done/> }
        })
    };
    view! {
        <article class="record order">{content}</article>
        {dialog}
    }
    .into_any()
}

fn order(words: Words, row: &OrderRow, close: &str, refunding: RwSignal<bool>) -> AnyView {
    let inline = close.is_empty();
    let title = match &row.order.fields.external_id {
        Some(number) => words.orders_detail_title(number),
        None => words.orders_detail_by_hand().to_owned(),
    };
    let customer = ["#/customers/", &row.order.customer.to_string()].concat();
    let head = (!inline).then(|| {
        let close = close.to_owned();
        let back = close.clone();
        view! {
            <header class="record-head">
                <div class="record-bar">
                    <a class="icon-button" href=back aria-label=words.orders_back()>
                        <Icon glyph=icon::ARROW_LEFT/>
                    </a>
                    <a class="icon-button record-close" href=close aria-label=words.orders_close()>
                        <Icon glyph=icon::CLOSE/>
                    </a>
                </div>
                <h1 tabindex="-1">{title}</h1>
                <p class="record-badges">
                    {status(words, row)} <a href=customer>{row.customer_name.clone()}</a>
                    <span class="quiet-text">{words.moment(&row.local_at)}</span>
                </p>
            </header>
        }
    });
    view! {
        {head}
        {lines(words, row)}
        {sums(words, row)}
        {refunds(words, row)}
        {actions(words, row, close, refunding)}
    }
    .into_any()
}

fn lines(words: Words, row: &OrderRow) -> Option<AnyView> {
    let fields = &row.order.fields;
    if fields.lines.is_empty() {
        return None;
    }
    let returned = |at: usize| -> i64 {
        let lines = row
            .order
            .refunds
            .iter()
            .flat_map(|refund| refund.lines.iter());
        lines
            .filter(|line| line.line as usize == at)
            .fold(0, |sum, line| sum + line.quantity_milli)
    };
    let rows: Vec<AnyView> = fields
        .lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let back = returned(at);
            let back = (back > 0).then(|| words.orders_line_returned(&quantity::shown(back)));
            view! {
                <tr>
                    <td>
                        {line.product.clone()}
                        {line.category.clone().map(|name| view! { <small class="quiet-text">{name}</small> })}
                        {back.map(|back| view! { <small class="returned">{back}</small> })}
                    </td>
                    <td class="end">{quantity::shown(line.quantity_milli)}</td>
                    <td class="end">{amount(words, line.amount, fields.currency)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    Some(
        view! {
            <table class="order-lines">
                <thead>
                    <tr>
                        <th scope="col">{words.orders_line_product()}</th>
                        <th scope="col" class="end">{words.orders_line_quantity()}</th>
                        <th scope="col" class="end">{words.orders_line_amount()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any(),
    )
}

fn sums(words: Words, row: &OrderRow) -> AnyView {
    let fields = &row.order.fields;
    let currency = fields.currency;
    let discount = fields
        .gross
        .and_then(|gross| gross.checked_sub(fields.amount))
        .filter(|discount| discount.0 > 0);
    let refunded = Some(row.order.refunded()).filter(|money| money.0 > 0);
    let lines = [
        (
            words.orders_sum_gross(),
            fields.gross.filter(|_| discount.is_some()),
        ),
        (
            words.orders_sum_discount(),
            discount.map(|money| Money(-money.0)),
        ),
        (words.orders_sum_amount(), Some(fields.amount)),
        (words.orders_sum_tax(), fields.tax.filter(|tax| tax.0 > 0)),
        (
            words.orders_sum_points(),
            fields.paid_with_points.filter(|paid| paid.0 > 0),
        ),
        (
            words.orders_sum_refunded(),
            refunded.map(|money| Money(-money.0)),
        ),
        (
            words.orders_sum_remaining(),
            refunded.map(|_| row.remaining),
        ),
    ];
    let money: Vec<AnyView> = lines
        .into_iter()
        .filter_map(|(label, money)| {
            let money = amount(words, money?, currency);
            Some(view! { <div><dt>{label}</dt> <dd>{money}</dd></div> }.into_any())
        })
        .collect();
    let facts = [
        (words.orders_col_number(), Some(number(words, row))),
        (words.orders_col_channel(), fields.channel.clone()),
        (words.orders_coupon(), fields.coupon.clone()),
    ];
    let facts: Vec<AnyView> = facts
        .into_iter()
        .filter_map(|(label, text)| {
            let text = text?;
            Some(view! { <div><dt>{label}</dt> <dd>{text}</dd></div> }.into_any())
        })
        .collect();
    let points = row.points.filter(|points| points.0 > 0).map(|points| {
        let text = words.orders_points_earned(points.0.unsigned_abs());
        view! { <p class="order-points"><Icon glyph=icon::POINTS/> {text}</p> }
    });
    view! {
        <dl class="order-sums">{money}</dl>
        {points}
        <dl class="order-facts">{facts}</dl>
    }
    .into_any()
}

fn refunds(words: Words, row: &OrderRow) -> Option<AnyView> {
    if row.order.refunds.is_empty() {
        return None;
    }
    let currency = row.order.fields.currency;
    let zone = instant::zone(use_state());
    let rows: Vec<AnyView> = row
        .order
        .refunds
        .iter()
        .map(|refund| {
            let at = words.moment(&instant::local(&zone, refund.at));
            view! {
                <li>
                    <span>{at}</span>
                    {amount(words, refund.amount, currency)}
                </li>
            }
            .into_any()
        })
        .collect();
    Some(
        view! {
            <section class="order-refunds">
                <h2>{words.orders_refunds()}</h2>
                <ul>{rows}</ul>
            </section>
        }
        .into_any(),
    )
}

fn actions(words: Words, row: &OrderRow, close: &str, refunding: RwSignal<bool>) -> AnyView {
    let state = use_state();
    let id = row.order.id;
    let text = match &row.order.fields.external_id {
        Some(number) => words.orders_removed(number),
        None => words.orders_removed_plain().to_owned(),
    };
    let close = close.to_owned();
    let remove = Callback::new(move |()| {
        let close = close.clone();
        apply_in(
            state,
            Command::RemoveOrder { id },
            text.clone(),
            move |_| {
                if !close.is_empty() {
                    crate::router::navigate(&close);
                }
            },
        );
    });
    let refund = Callback::new(move |()| refunding.set(true));
    let can = row.remaining.0 > 0;
    view! {
        <div class="actions order-actions">
            {can.then(|| view! { <Button label=words.orders_refund() icon=icon::UNDO on_press=refund/> })}
            <Button label=words.orders_remove() look=Look::Quiet icon=icon::TRASH on_press=remove/>
            <small class="quiet-text">{words.orders_remove_hint()}</small>
        </div>
    }
    .into_any()
}
