//! Customers: the list, and one customer beside it.
//!
//! Everything the list shows follows from the address ([`Question`]), so every state of it is a link; the record that
//! is open is part of the path. The list stays mounted while records open and close, so that it keeps its place.

mod cells;
mod chosen;
mod condition;
mod conditions;
pub mod draft;
mod export;
mod form;
mod import_part;
mod list;
mod names;
mod question;
mod record;
pub mod stretches;
mod toolbar;
pub mod values;

pub use condition::plain_number;
pub use export::save_file;
pub use form::{CustomerForm, Editing, suggestions as customer_suggestions};
pub use import_part::ImportChip;
pub use names::{customer_name, one_line as customer_one_line, phone_shown};
pub use question::{read_import, write_import};
pub use record::field_shown;

use crate::pages::data::out::{EraseDialog, PersonDialog};
use crate::router::{self, Params, Route};
use crate::state::{State, use_ask, use_client, use_state, use_title, use_words};
use model::{BatchId, CustomerId, ListId};
use protocol::{MembershipQuery, MembershipReply, Query, Reply, SegmentView};
use question::Question;
use std::sync::Arc;
use ui::prelude::*;

/// Undoes a command or an import and says what came of it.
pub fn undo() -> Callback<BatchId> {
    let state = use_state();
    Callback::new(move |batch| crate::toast::undo(state, batch))
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(crate) struct Shared {
    /// The state of the whole page.
    pub state: State,
    /// What is asked of the list.
    pub question: Memo<Question>,
    /// The customer who is open.
    pub open: Memo<Option<CustomerId>>,
    /// Ready and saved segments.
    pub segments: RwSignal<Arc<Vec<SegmentView>>>,
    /// The static lists.
    pub lists: Memo<Arc<Vec<(ListId, String)>>>,
    /// The form, when it is open.
    pub editing: RwSignal<Option<Editing>>,
    /// Who everything is told about, and what they are called. These dialogs outlive the record that opens them.
    pub telling: RwSignal<Option<(CustomerId, String)>>,
    /// Who is about to be erased for good.
    pub erasing: RwSignal<Option<(CustomerId, String)>>,
}

impl Shared {
    /// Asks the list something else, in the address, without an entry in the history.
    pub fn ask(&self, change: impl FnOnce(Question) -> Question) {
        let question = change(self.question.get_untracked());
        let route = match self.open.get_untracked() {
            Some(id) => Route::Customer(id),
            None => Route::Customers,
        };
        router::replace(&self.href(&route, &question, &[]));
    }

    /// The static list whose members are shown, alone or narrowed down further. Listens.
    pub fn static_list(&self) -> Option<(ListId, String)> {
        let named = self.question.with(|question| {
            let ids = question
                .conditions
                .iter()
                .filter_map(|node| node.get("segment"));
            ids.filter_map(|id| id.as_str().map(str::to_owned))
                .collect::<Vec<_>>()
        });
        self.lists.with(|lists| {
            let is_named = |(id, _): &&(ListId, String)| named.contains(&id.to_string());
            lists.iter().find(is_named).cloned()
        })
    }

    /// The link to a customer that keeps the list as it is.
    pub fn customer_href(&self, id: CustomerId) -> String {
        let question = self.question.get_untracked();
        self.href(&Route::Customer(id), &question, &[])
    }

    /// The link to a tab of a customer.
    pub fn tab_href(&self, id: CustomerId, tab: &str) -> String {
        let question = self.question.get_untracked();
        self.href(&Route::Customer(id), &question, &[("tab", tab)])
    }

    /// The link to the list with no customer open.
    pub fn list_href(&self) -> String {
        self.href(&Route::Customers, &self.question.get_untracked(), &[])
    }

    fn href(&self, route: &Route, question: &Question, more: &[(&str, &str)]) -> String {
        let pairs = question.write();
        let mut params: Vec<(&str, &str)> = pairs.iter().map(|(k, v)| (*k, v.as_str())).collect();
        params.extend(more.iter().filter(|(_, value)| !value.is_empty()));
        route.with(&params)
    }
}

fn read_question(params: &Params) -> Question {
    Question::read(|key| params.get(key).map(str::to_owned))
}

/// The customers: list and record.
#[component]
pub fn CustomersPage() -> impl IntoView {
    let state = use_state();
    let words = use_words();
    let place = state.place;
    use_title(words.customers_title());
    let shared = Shared {
        state,
        question: Memo::new(move |before: Option<&Question>| {
            place.with(|place| match place.route {
                Route::Customers | Route::Customer(_) | Route::NewCustomer => {
                    read_question(&place.params)
                }
                // On the way to another page the list stays as it was.
                _ => before.cloned().unwrap_or_default(),
            })
        }),
        open: Memo::new(move |_| {
            place.with(|place| match place.route {
                Route::Customer(id) => Some(id),
                _ => None,
            })
        }),
        segments: RwSignal::new(Arc::default()),
        lists: static_lists(),
        editing: RwSignal::new(None),
        telling: RwSignal::new(None),
        erasing: RwSignal::new(None),
    };
    provide_context(shared);
    load_segments(shared);
    // `#/customers/new` opens the form over the list.
    Effect::new(move |_| {
        if place.with(|place| place.route == Route::NewCustomer) {
            shared.editing.set(Some(Editing::New(String::new())));
            router::replace(&shared.list_href());
        }
    });
    let record = move || shared.open.get().map(|id| view! { <record::Record id/> });
    view! {
        <div class="split fill" data-open=move || shared.open.get().map(|_| "")>
            <div class="split-list">
                <list::CustomerList/>
            </div>
            <div class="split-record">{record}</div>
        </div>
        <PersonDialog person=shared.telling/>
        <EraseDialog
            person=shared.erasing
            // Not the list as it was: its search may have their name.
            on_erased=Callback::new(move |()| router::navigate(&Route::Customers.href()))
        />
        {move || {
            shared
                .editing
                .get()
                .map(|editing| {
                    let closed = Callback::new(move |()| shared.editing.set(None));
                    view! { <CustomerForm editing on_close=closed on_saved=after_saving(shared)/> }
                })
        }}
    }
    .into_any()
}

/// A customer who was just created is opened.
fn after_saving(shared: Shared) -> Callback<CustomerId> {
    Callback::new(move |id| {
        if shared.open.get_untracked() != Some(id) {
            router::navigate(&shared.customer_href(id));
        }
    })
}

/// Ids and names of the static lists.
fn static_lists() -> Memo<Arc<Vec<(ListId, String)>>> {
    let asking = use_ask(|| Query::Membership(MembershipQuery::Lists));
    Memo::new(move |_| {
        let reply = asking.reply();
        let Some(Reply::Membership(reply)) = reply.as_deref() else {
            return Arc::default();
        };
        let MembershipReply::Lists(lists) = &**reply else {
            return Arc::default();
        };
        Arc::new(
            lists
                .iter()
                .map(|list| (list.id, list.name.clone()))
                .collect(),
        )
    })
}

/// Keeps the names and rules of the segments at hand; they may come later than the list.
fn load_segments(shared: Shared) {
    let client = use_client();
    Effect::new(move |_| {
        // Their names and rules matter here, their counts do not: once is enough, and again when columns are there.
        if !client.columns_ready().get() {
            return;
        }
        let answer = client.query(Query::Segments);
        leptos::task::spawn_local(async move {
            if let Ok(Reply::Segments(found)) = answer.await {
                let _ = shared.segments.try_set(Arc::new(found));
            }
        });
    });
}
