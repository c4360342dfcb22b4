//! One customer's orders, newest first, on their page.

use super::detail::OrderDetail;
use super::form::{NewOrder, OrderForm};
use super::list::{amount, items, number, status};
use crate::state::{use_ask, use_words};
use model::{CustomerId, OrderId};
use protocol::{OrderList, OrderRow, Query, Reply};
use text::Words;
use ui::prelude::*;
use ui::{Button, EmptyState, Look, Skeleton, icon};

/// Orders shown at first, and more each time.
const STRETCH: u32 = 50;

/// The orders of a customer.
#[component]
pub fn CustomerOrders(
    /// Whose.
    customer: CustomerId,
) -> impl IntoView {
    let words = use_words();
    let limit = RwSignal::new(STRETCH);
    let adding = RwSignal::new(false);
    let open = RwSignal::new(None::<OrderId>);
    let asked = use_ask(move || {
        Query::Orders(OrderList {
            customer: Some(customer),
            limit: limit.get(),
            ..OrderList::default()
        })
    });
    let list = move || {
        let asked = asked.get();
        let Some(Reply::Orders(page)) = asked.reply.as_deref() else {
            return view! { <Skeleton lines=6 shape="rows"/> }.into_any();
        };
        if page.items.is_empty() {
            return view! {
                <EmptyState
                    title=words.customers_orders_none_title()
                    text=words.customers_orders_none_text()
                    icon=icon::ORDERS
                />
            }
            .into_any();
        }
        let more = page.total > page.items.len() as u64;
        let rows: Vec<AnyView> = page.items.iter().map(|it| row(words, it, open)).collect();
        let press = Callback::new(move |()| limit.update(|limit| *limit += STRETCH));
        view! {
            <ul class="order-rows">{rows}</ul>
            {more
                .then(|| {
                    view! {
                        <Button label=words.customers_timeline_more() look=Look::Quiet on_press=press/>
                    }
                })}
        }
        .into_any()
    };
    let form = move || {
        adding.get().then(|| {
            let close = Callback::new(move |()| adding.set(false));
            view! { <OrderForm new=NewOrder::Of(customer) on_close=close/> }
        })
    };
    let add = Callback::new(move |()| adding.set(true));
    view! {
        <div class="tab-actions">
            <Button label=words.orders_new() icon=icon::PLUS on_press=add/>
        </div>
        {list}
        {form}
    }
    .into_any()
}

fn row(words: Words, row: &OrderRow, open: RwSignal<Option<OrderId>>) -> AnyView {
    let id = row.order.id;
    let currency = row.order.fields.currency;
    let is_open = move || open.get() == Some(id);
    let detail = move || {
        is_open().then(
            || view! { <div class="order-inline"><OrderDetail id close=String::new()/></div> },
        )
    };
    view! {
        <li data-open=move || is_open().then_some("")>
            <button
                type="button"
                class="order-row"
                aria-expanded=move || if is_open() { "true" } else { "false" }
                on:click=move |_| open.update(|open| *open = if *open == Some(id) { None } else { Some(id) })
            >
                <span class="two-lines">
                    <span class="line-one">
                        <span class="cut">{items(words, row)}</span>
                        {status(words, row)}
                        <span class="line-end">{amount(words, row.remaining, currency)}</span>
                    </span>
                    <span class="line-two">
                        <span class="cut">{words.moment(&row.local_at)}</span>
                        <span class="line-end">{number(words, row)}</span>
                    </span>
                </span>
            </button>
            {detail}
        </li>
    }
    .into_any()
}
