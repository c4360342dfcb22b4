//! The counter, made for one hand on a phone: find the member, type the amount, done.
//!
//! Nothing here needs a network, and nothing is booked twice: each act has a key for the person's intention
//! ([`intention`]), the button is dead while its act is under way, and the worker does a key once. What was done
//! stands on a receipt that can be undone for a minute.

mod back;
mod bill;
mod camera;
mod card;
mod find;
mod intention;
mod keypad;
mod receipt;
mod register;
mod rewards;
mod scan;
mod trouble;

use crate::router::{Route, navigate};
use crate::state::{State, use_ask, use_place, use_state, use_title, use_words};
use intention::Intention;
use leptos::task::spawn_local;
use model::{BatchId, CustomerId};
use protocol::{
    Command, CounterCommand, CounterQuery, CounterReply, Outcome, Query, Receipt, Reply,
};
use text::Words;
use ui::prelude::*;
use ui::{EmptyState, LinkButton, Look, PageHead, icon};

/// How long what was done can be undone on the receipt, in milliseconds.
const UNDO_MS: f64 = 60_000.0;

/// The receipt in hand.
#[derive(Clone)]
struct Slip {
    receipt: Receipt,
    /// What undo names it by; `None` when there is nothing to undo.
    batch: Option<BatchId>,
    /// Until when it can be undone here, in the browser's milliseconds.
    until: f64,
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Till {
    state: State,
    words: Words,
    slip: RwSignal<Option<Slip>>,
    /// It was undone from the receipt.
    undone: RwSignal<bool>,
}

/// An act that is prepared: what it is, and how it stands.
#[derive(Clone, Copy)]
struct Act {
    intention: Intention,
    busy: RwSignal<bool>,
    wrong: RwSignal<Option<String>>,
}

impl Act {
    fn new() -> Self {
        Self {
            intention: Intention::new(),
            busy: RwSignal::new(false),
            wrong: RwSignal::new(None),
        }
    }

    /// What went wrong, in words, for eyes and readers.
    fn notice(self) -> AnyView {
        view! { <p class="till-wrong" role="alert">{move || self.wrong.get()}</p> }.into_any()
    }
}

impl Till {
    /// Carries an act out and shows its receipt; a second tap while it is under way does nothing. `done` runs after
    /// success, while the parts of the page that started it are still there.
    fn carry_out(
        self,
        act: Act,
        command: CounterCommand,
        name: String,
        done: impl FnOnce() + 'static,
    ) {
        if act.busy.get_untracked() {
            return;
        }
        act.busy.set(true);
        act.wrong.set(None);
        let answer = self.state.client.apply(Command::Counter(command));
        spawn_local(async move {
            match answer.await {
                // The act stays busy: its page gives way to the receipt, and a second tap that comes in between must
                // not be taken for another wish.
                Ok(applied) => {
                    if let Outcome::Receipt(receipt) = applied.outcome {
                        act.intention.fulfilled();
                        done();
                        self.show(*receipt, applied.batch);
                    }
                }
                Err(fault) => {
                    let _ = act.busy.try_set(false);
                    let text = trouble::say(self.words, &fault, &name);
                    let _ = act.wrong.try_set(Some(text));
                }
            }
        });
    }

    fn show(self, receipt: Receipt, batch: Option<BatchId>) {
        let customer = receipt.customer;
        let _ = self.undone.try_set(false);
        let _ = self.slip.try_set(Some(Slip {
            receipt,
            batch,
            until: js_sys::Date::now() + UNDO_MS,
        }));
        // A purchase that was moved belongs to another page.
        navigate(&Route::Counter(Some(customer)).href());
    }

    /// Opens a member.
    fn open(self, customer: CustomerId) {
        self.slip.set(None);
        navigate(&Route::Counter(Some(customer)).href());
    }

    /// Opens whose code this is; `nobody` is called when it is nobody's.
    fn open_code(self, code: String, nobody: impl FnOnce() + 'static) {
        self.open_found(code, false, nobody);
    }

    /// The same, for what a person typed if `first`: of several found the first, as the list shows them.
    fn open_found(self, code: String, first: bool, nobody: impl FnOnce() + 'static) {
        let query = CounterQuery::Find {
            search: code,
            limit: 2,
        };
        let answer = self.state.client.query(Query::Counter(query));
        spawn_local(async move {
            let found = match answer.await {
                Ok(Reply::Counter(reply)) => match *reply {
                    CounterReply::Found(found) => found,
                    _ => return,
                },
                _ => return,
            };
            let only = match found.members.as_slice() {
                [only] => Some(only.customer),
                [best, ..] if first => Some(best.customer),
                _ => None,
            };
            match (found.exact.or(only), found.receipts.first()) {
                (Some(customer), _) => self.open(customer),
                (None, Some(slip)) if first => navigate(&find::slip_href(slip)),
                (None, _) => nobody(),
            }
        });
    }
}

/// A name, or the word for having none.
fn name_or(words: Words, name: &str) -> String {
    if name.is_empty() {
        words.counter_unnamed().to_owned()
    } else {
        name.to_owned()
    }
}

/// The page.
#[component]
pub fn CounterPage() -> impl IntoView {
    let (state, words) = (use_state(), use_words());
    use_title(words.counter_title());
    let till = Till {
        state,
        words,
        slip: RwSignal::new(None),
        undone: RwSignal::new(false),
    };
    let place = use_place();
    let customer = Memo::new(move |_| {
        place.with(|place| match place.route {
            Route::Counter(customer) => customer,
            _ => None,
        })
    });
    // A receipt belongs to its member's page.
    Effect::new(move |_| {
        let here = customer.get();
        let elsewhere = till.slip.with_untracked(|slip| {
            slip.as_ref()
                .is_some_and(|it| Some(it.receipt.customer) != here)
        });
        if elsewhere {
            till.slip.set(None);
        }
    });
    let asked = use_ask(|| Query::Program);
    let programme = Memo::new(move |_| {
        asked
            .reply()
            .map(|reply| matches!(*reply, Reply::Program(Some(_))))
    });
    let content = move || match programme.get() {
        Some(true) => inside(till, customer),
        Some(false) => no_programme(words),
        None => asked.view("tiles", |_| ().into_any()),
    };
    view! { <div class="till">{content}</div> }.into_any()
}

fn inside(till: Till, customer: Memo<Option<CustomerId>>) -> AnyView {
    let has_slip = Memo::new(move |_| till.slip.with(Option::is_some));
    let content = move || match (customer.get(), has_slip.get()) {
        (None, _) => find::page(till),
        (Some(_), true) => receipt::page(till),
        (Some(customer), false) => card::page(till, customer),
    };
    content.into_any()
}

fn no_programme(words: Words) -> AnyView {
    view! {
        <PageHead title=words.counter_title() text=words.counter_lead()/>
        <EmptyState
            title=words.counter_no_program()
            text=words.counter_no_program_text()
            icon=icon::GIFT
        >
            <LinkButton
                label=words.counter_no_program_action()
                href=Route::Points("program".to_owned()).href()
                look=Look::Primary
            />
        </EmptyState>
    }
    .into_any()
}
