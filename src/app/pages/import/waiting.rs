//! Orders that wait for their customer: who fits by now, and what a person can do about the others.

use crate::pages::orders::choose_customer;
use crate::router::Route;
use crate::state::{State, apply_in, use_ask, use_state, use_words};
use model::CustomerId;
use protocol::{
    Command, ImportCommand, ImportOutcome, ImportQuery, ImportReply, Outcome, PlaceTo, Query,
    Reply, WaitingRow, WaitingView,
};
use text::Words;
use ui::prelude::*;
use ui::{Badge, Button, Dialog, Look, Tone, icon};

/// Orders shown at first, and more each time.
const STRETCH: u32 = 10;

/// The list, with its actions. Nothing is drawn while nothing waits.
#[component]
pub fn WaitingOrders() -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let limit = RwSignal::new(STRETCH);
    let asking = use_ask(move || {
        Query::Imports(ImportQuery::Waiting {
            offset: 0,
            limit: limit.get(),
        })
    });
    let choosing = RwSignal::new(None::<i64>);
    let content = move || {
        let reply = asking.reply()?;
        let Reply::Imports(ImportReply::Waiting(waiting)) = &*reply else {
            return None;
        };
        (waiting.page.total > 0).then(|| list(words, state, waiting, limit, choosing))
    };
    view! {
        {content}
        <Choose choosing/>
    }
    .into_any()
}

fn list(
    words: Words,
    state: State,
    waiting: &WaitingView,
    limit: RwSignal<u32>,
    choosing: RwSignal<Option<i64>>,
) -> AnyView {
    let total = waiting.page.total;
    let rows: Vec<AnyView> = waiting
        .page
        .items
        .iter()
        .map(|it| row(words, state, it, choosing))
        .collect();
    let more = total > rows.len() as u64 && rows.len() < 200;
    let press = Callback::new(move |()| limit.update(|limit| *limit += 2 * STRETCH));
    let all = |to: PlaceTo| Callback::new(move |()| place(state, words, Vec::new(), to));
    let fitting = waiting.fitting;
    let create = match fitting {
        0 => words.import_waiting_create_all(),
        _ => words.import_waiting_create_others(),
    };
    view! {
        <section class="import-waiting">
            <header>
                <h2>{words.import_waiting_title(total)}</h2>
                <p class="quiet-text">{words.import_waiting_lead()}</p>
                <div class="actions">
                    {(fitting > 0)
                        .then(|| {
                            view! {
                                <Button
                                    label=words.import_waiting_place_fitting()
                                    look=Look::Primary
                                    icon=icon::LINK
                                    on_press=all(PlaceTo::WhoFits)
                                />
                            }
                        })}
                    <Button
                        label=create
                        icon=icon::PERSON_ADD
                        on_press=all(PlaceTo::New)
                    />
                </div>
            </header>
            <ul>{rows}</ul>
            {more
                .then(|| view! { <Button label=words.import_diff_more() look=Look::Quiet on_press=press/> })}
        </section>
    }
    .into_any()
}

fn row(words: Words, state: State, it: &WaitingRow, choosing: RwSignal<Option<i64>>) -> AnyView {
    let id = it.id;
    let title = it
        .number
        .clone()
        .unwrap_or_else(|| words.import_sample_row(u64::from(it.row)));
    let facts = [
        &words.moment(&it.local_at),
        " · ",
        &words.money(it.amount, it.currency),
        " · ",
        &it.file_name,
    ]
    .concat();
    let buyer = if it.buyer.is_empty() {
        words.import_waiting_nobody().to_owned()
    } else {
        it.buyer.join(" · ")
    };
    let fits = it.fits.as_ref().map(|(customer, name)| {
        let href = Route::Customer(*customer).href();
        let name = name.clone();
        let press = Callback::new(move |()| place(state, words, vec![id], PlaceTo::WhoFits));
        view! {
            <a href=href>{words.import_waiting_fits(&name)}</a>
            <Button label=words.import_waiting_give(&name) on_press=press/>
        }
    });
    let ambiguous = (it.ambiguous && it.fits.is_none())
        .then(|| view! { <Badge label=words.import_waiting_ambiguous() tone=Tone::Notice/> });
    let create = (it.fits.is_none() && !it.buyer.is_empty()).then(|| {
        let press = Callback::new(move |()| place(state, words, vec![id], PlaceTo::New));
        view! { <Button label=words.import_waiting_create() look=Look::Quiet on_press=press/> }
    });
    let choose = Callback::new(move |()| choosing.set(Some(id)));
    let drop = Callback::new(move |()| {
        let command = Command::Imports(ImportCommand::Drop { ids: vec![id] });
        let done = words.import_waiting_dropped().to_owned();
        apply_in(state, command, done, |_| {});
    });
    view! {
        <li>
            <div>
                <p><b>{title}</b> " " <span class="import-buyer">{buyer}</span> " " {ambiguous}</p>
                <p class="quiet-text">{facts}</p>
            </div>
            <div class="actions">
                {fits}
                {create}
                <Button label=words.import_waiting_choose() look=Look::Quiet on_press=choose/>
                <Button label=words.import_waiting_drop() look=Look::Quiet on_press=drop/>
            </div>
        </li>
    }
    .into_any()
}

/// Makes orders of waiting ones and says how many; a thousand at a time until no more can be placed.
fn place(state: State, words: Words, ids: Vec<i64>, to: PlaceTo) {
    let all = ids.is_empty();
    let command = Command::Imports(ImportCommand::Place { ids, to });
    let answer = state.client.apply(command);
    ui::spawn_local(async move {
        match answer.await {
            Ok(done) => {
                let Outcome::Imports(ImportOutcome::Placed {
                    orders,
                    customers,
                    left,
                }) = done.outcome
                else {
                    return;
                };
                let text = if orders == 0 {
                    words.import_waiting_none().to_owned()
                } else if customers > 0 {
                    words.import_waiting_placed_new(orders, customers)
                } else {
                    words.import_waiting_placed(orders)
                };
                state.toasts.done(text, done.batch.filter(|_| orders > 0));
                if all && orders >= 1_000 && left > 0 {
                    place(state, words, Vec::new(), to);
                }
            }
            Err(fault) => state.toasts.fault(&fault),
        }
    });
}

/// The dialog in which a customer is chosen for one order.
#[component]
fn Choose(
    /// Which order; `None` while nobody chooses.
    choosing: RwSignal<Option<i64>>,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let open = RwSignal::new(false);
    let chosen = RwSignal::new(None::<(CustomerId, String)>);
    Effect::new(move |_| {
        if choosing.get().is_some() {
            chosen.set(None);
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            choosing.set(None);
        }
    });
    let give = Callback::new(move |()| {
        if let (Some(id), Some((customer, _))) = (choosing.get_untracked(), chosen.get_untracked())
        {
            place(state, words, vec![id], PlaceTo::Customer(customer));
            open.set(false);
        }
    });
    view! {
        <Dialog open title=words.import_waiting_choose_title().to_owned() close_label=words.act_close()>
            <div class="import-choose">
                {choose_customer(chosen, Signal::derive(|| None))}
                <div class="actions">
                    <Button
                        label=words.import_waiting_give_chosen()
                        look=Look::Primary
                        disabled=Signal::derive(move || chosen.with(Option::is_none))
                        on_press=give
                    />
                </div>
            </div>
        </Dialog>
    }
    .into_any()
}
