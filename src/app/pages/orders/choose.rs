//! Choosing the customer of a new order by search.

use crate::expect_reply;
use crate::pages::customers::customer_one_line;
use crate::state::{use_client, use_words};
use leptos::task::spawn_local;
use model::CustomerId;
use protocol::{ListRequest, Query, Reply};
use std::time::Duration;
use text::Words;
use ui::prelude::*;
use ui::{Button, Input, Look};

/// Who was found, as shown.
type Found = Vec<(CustomerId, String)>;

/// Matches offered.
const MATCHES: u32 = 6;

/// Keeps `found` what the words in `search` find.
fn follow(words: Words, search: RwSignal<String>, found: RwSignal<Found>) {
    let client = use_client();
    let mut look = debounce(Duration::from_millis(90), move |typed: String| {
        if typed.trim().is_empty() {
            let _ = found.try_set(Vec::new());
            return;
        }
        let answer = client.query(Query::Customers(ListRequest {
            search: typed.trim().to_owned(),
            limit: MATCHES,
            descending: true,
            ..ListRequest::default()
        }));
        spawn_local(async move {
            if let Ok(page) = expect_reply!(answer.await, Reply::Customers) {
                let rows = page.items.iter();
                let rows =
                    rows.map(|row| (row.customer.id, customer_one_line(words, &row.customer)));
                let _ = found.try_set(rows.collect());
            }
        });
    });
    Effect::watch(
        move || search.get(),
        move |typed, _, _| look(typed.clone()),
        false,
    );
}

/// The field, and the one who was chosen.
pub fn customer(
    chosen: RwSignal<Option<(CustomerId, String)>>,
    error: Signal<Option<String>>,
) -> AnyView {
    let words = use_words();
    let search = RwSignal::new(String::new());
    let found = RwSignal::new(Found::new());
    follow(words, search, found);
    let choose = Callback::new(move |(id, name): (CustomerId, String)| {
        chosen.set(Some((id, name)));
        search.set(String::new());
        found.set(Vec::new());
    });
    // Enter in the field takes the first match instead of sending the form.
    let first = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" && !event.is_composing() {
            event.prevent_default();
            if let Some(first) = found.get_untracked().into_iter().next() {
                choose.run(first);
            }
        }
    };
    let content = move || match chosen.get() {
        Some((_, name)) => {
            let change = Callback::new(move |()| chosen.set(None));
            view! {
                <p class="order-customer">
                    <b>{name}</b>
                    <Button label=words.orders_form_customer_change() look=Look::Quiet on_press=change/>
                </p>
            }
            .into_any()
        }
        None => view! {
            <div class="customer-search" on:keydown=first>
                <Input
                    label=words.orders_form_customer()
                    placeholder=words.orders_form_customer_search()
                    value=search
                    error
                    autofocus=true
                />
                <ul role="status">{move || matches(found.get(), choose)}</ul>
            </div>
        }
        .into_any(),
    };
    content.into_any()
}

fn matches(found: Found, choose: Callback<(CustomerId, String)>) -> Vec<AnyView> {
    found
        .into_iter()
        .map(|(id, name)| {
            let shown = name.clone();
            view! {
                <li>
                    <button type="button" on:click=move |_| choose.run((id, name.clone()))>
                        {shown}
                    </button>
                </li>
            }
            .into_any()
        })
        .collect()
}
