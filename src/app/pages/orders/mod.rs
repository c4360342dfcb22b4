//! Orders: the list, one order beside it, adding by hand, refunds.

mod choose;
mod detail;
mod form;
pub mod instant;
mod list;
mod of_customer;
mod quantity;
mod refund;

pub use choose::customer as choose_customer;
pub use form::{NewOrder, OrderForm};
pub use of_customer::CustomerOrders;

use crate::pages::customers::{read_import, write_import};
use crate::router::{self, Params, Route};
use crate::state::{State, use_state, use_title, use_words};
use model::{Day, OrderId};
use protocol::{FromImport, OrderList};
use ui::prelude::*;

/// What is asked of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Question {
    /// Words to find.
    pub search: String,
    /// First day.
    pub from: Option<Day>,
    /// Last day.
    pub to: Option<Day>,
    /// Only refunded or cancelled orders.
    pub returned_only: bool,
    /// Only orders that sums count.
    pub counting_only: bool,
    /// Only those of an import.
    pub import: Option<FromImport>,
    /// Only those of customers in this set, by its key ([`crate::many`]).
    pub of: String,
}

impl Question {
    fn read(params: &Params) -> Self {
        let day = |key: &str| params.get(key).and_then(|text| text.parse().ok());
        Self {
            search: params.get("q").unwrap_or_default().to_owned(),
            from: day("from"),
            to: day("to"),
            returned_only: params.get("returned").is_some(),
            counting_only: params.get("counting").is_some(),
            import: params.get("import").and_then(read_import),
            of: params.get("of").unwrap_or_default().to_owned(),
        }
    }

    fn write(&self) -> Vec<(&'static str, String)> {
        let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        let returned = if self.returned_only { "1" } else { "" };
        let mut pairs = vec![
            ("q", self.search.clone()),
            ("from", day(self.from)),
            ("to", day(self.to)),
            ("returned", returned.to_owned()),
            (
                "counting",
                if self.counting_only { "1" } else { "" }.to_owned(),
            ),
            ("import", self.import.map(write_import).unwrap_or_default()),
            ("of", self.of.clone()),
        ];
        pairs.retain(|(_, value)| !value.is_empty());
        pairs
    }

    /// Whether anything narrows the list down.
    pub fn narrows(&self) -> bool {
        *self != Self::default()
    }

    /// The request for a stretch of the list.
    pub fn request(&self, offset: u64, limit: u32) -> OrderList {
        OrderList {
            customer: None,
            search: self.search.trim().to_owned(),
            from: self.from,
            to: self.to,
            returned_only: self.returned_only,
            counting_only: self.counting_only,
            import: self.import,
            rule: None,
            offset,
            limit,
        }
    }
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(crate) struct Shared {
    /// The state of the whole page.
    pub state: State,
    /// What is asked of the list.
    pub question: Memo<Question>,
    /// The order that is open.
    pub open: Memo<Option<OrderId>>,
    /// The form of a new order is open.
    pub adding: RwSignal<bool>,
}

impl Shared {
    /// Asks the list something else, in the address, without an entry in the history.
    pub fn ask(&self, change: impl FnOnce(Question) -> Question) {
        let question = change(self.question.get_untracked());
        let route = match self.open.get_untracked() {
            Some(id) => Route::Order(id),
            None => Route::Orders,
        };
        router::replace(&href(&route, &question));
    }

    /// The link to an order that keeps the list as it is.
    pub fn order_href(&self, id: OrderId) -> String {
        href(&Route::Order(id), &self.question.get_untracked())
    }

    /// The link to the list with no order open.
    pub fn list_href(&self) -> String {
        href(&Route::Orders, &self.question.get_untracked())
    }
}

fn href(route: &Route, question: &Question) -> String {
    let pairs = question.write();
    let params: Vec<(&str, &str)> = pairs.iter().map(|(k, v)| (*k, v.as_str())).collect();
    route.with(&params)
}

/// The orders page.
#[component]
pub fn OrdersPage() -> impl IntoView {
    let state = use_state();
    let words = use_words();
    let place = state.place;
    use_title(words.orders_title());
    let shared = Shared {
        state,
        question: Memo::new(move |before: Option<&Question>| {
            place.with(|place| match place.route {
                Route::Orders | Route::Order(_) => Question::read(&place.params),
                // On the way to another page the list stays as it was.
                _ => before.cloned().unwrap_or_default(),
            })
        }),
        open: Memo::new(move |_| {
            place.with(|place| match place.route {
                Route::Order(id) => Some(id),
                _ => None,
            })
        }),
        adding: RwSignal::new(false),
    };
    provide_context(shared);
    let order = move || {
        let id = shared.open.get()?;
        let close = shared.list_href();
        Some(view! { <detail::OrderDetail id close/> })
    };
    let adding = move || {
        shared.adding.get().then(|| {
            let close = Callback::new(move |()| shared.adding.set(false));
            view! { <OrderForm new=NewOrder::Anyone on_close=close/> }
        })
    };
    view! {
        <div class="split fill" data-open=move || shared.open.get().map(|_| "")>
            <div class="split-list">
                <list::Orders/>
            </div>
            <div class="split-record">{order}</div>
        </div>
        {adding}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_round_trip() {
        for question in [
            Question::default(),
            Question {
                search: "王 1001".to_owned(),
                from: Day::from_ymd(2026, 1, 1),
                to: Day::from_ymd(2026, 1, 31),
                returned_only: true,
                counting_only: true,
                import: None,
                of: "saved:0000100000001".to_owned(),
            },
        ] {
            let pairs = question.write();
            let params = pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
            assert_eq!(Question::read(&Params(params)), question);
        }
    }
}
