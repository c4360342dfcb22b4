//! What every page may reach: the language, the worker, the address, the preferences, and how to ask.

use crate::client::Client;
use crate::prefs::{self, Theme};
use crate::router::{self, Place};
use crate::toast::Toasts;
use model::{Currency, Day};
use protocol::{Command, Done, Fault, FaultCode, Query, Reply, Status};
use std::sync::Arc;
use text::{Locale, Words};
use ui::prelude::*;
use ui::spawn_local;
use ui::{ErrorState, Skeleton};

/// State of the whole page; small handles, all `Copy`.
#[derive(Clone, Copy)]
pub struct State {
    /// The worker.
    pub client: Client,
    /// The language.
    pub locale: RwSignal<Locale>,
    /// The theme.
    pub theme: RwSignal<Theme>,
    /// The navigation is folded to icons.
    pub folded: RwSignal<bool>,
    /// The current address.
    pub place: Memo<Place>,
    /// Confirmations.
    pub toasts: Toasts,
    /// The command palette is open.
    pub palette: RwSignal<bool>,
    /// The sheet of keys is open.
    pub keys: RwSignal<bool>,
    /// The window is as narrow as a phone.
    pub narrow: RwSignal<bool>,
    /// The network is away.
    pub offline: RwSignal<bool>,
    /// A newer version of the page is on this device and waits to be taken.
    pub newer: RwSignal<bool>,
    /// Title of the page, without the product's name.
    pub title: RwSignal<String>,
}

impl State {
    /// Gathers it; call once in the root.
    pub fn new(client: Client) -> Self {
        let locale = RwSignal::new(prefs::locale());
        Self {
            client,
            locale,
            theme: RwSignal::new(prefs::theme()),
            folded: RwSignal::new(prefs::read("nav").is_some()),
            place: router::watch(),
            toasts: Toasts::new(locale),
            palette: RwSignal::new(false),
            keys: RwSignal::new(false),
            narrow: RwSignal::new(false),
            offline: RwSignal::new(false),
            newer: RwSignal::new(false),
            title: RwSignal::new(String::new()),
        }
    }
}

/// The state of the whole page.
pub fn use_state() -> State {
    expect_context::<State>()
}

/// The words of the current language. Pages are built anew when the language changes, so this needs no signal.
pub fn use_words() -> Words {
    Words::new(use_state().locale.get_untracked())
}

/// The worker.
pub fn use_client() -> Client {
    expect_context::<Client>()
}

/// The current address as a signal.
pub fn use_place() -> Memo<Place> {
    use_state().place
}

/// What is open, once it is.
pub fn use_status() -> Signal<Option<Status>> {
    use_client().status()
}

/// The currency that totals are in, now (pages are built anew when it changes).
pub fn use_currency() -> Currency {
    use_status().with_untracked(|status| {
        status
            .as_ref()
            .map_or(Currency::CNY, |s| s.settings.currency)
    })
}

/// Today in the business's zone; the epoch before the workspace is open.
pub fn use_today() -> Day {
    use_status().with_untracked(|status| status.as_ref().map_or(Day(0), |s| s.today))
}

/// Names the page in the window's title and to readers.
pub fn use_title(title: impl Into<String>) {
    use_state().title.set(title.into());
}

/// An answer and how it stands.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The last answer; stays while a newer one is on its way.
    pub reply: Option<Arc<Reply>>,
    /// Why the last request failed.
    pub fault: Option<Fault>,
}

/// Asks, and asks again when the query or the data change. While an answer to the same query is on its way, changes
/// only mark it stale, so that an import in full swing does not pile up questions; an answer to an earlier query is
/// dropped.
pub fn use_ask(query: impl Fn() -> Query + Send + Sync + 'static) -> Asking {
    use_ask_when(move || Some(query()))
}

/// The same where there may be nothing to ask yet; the last answer then stays.
pub fn use_ask_when(query: impl Fn() -> Option<Query> + Send + Sync + 'static) -> Asking {
    let client = use_client();
    let asking = Asking {
        reply: RwSignal::new(None),
        fault: RwSignal::new(None),
        loading: RwSignal::new(false),
        work: StoredValue::new(Work {
            query: None,
            round: 0,
            busy: false,
            stale: false,
        }),
        client,
    };
    Effect::new(move |_| {
        client.data_version().track();
        if let Some(query) = query() {
            asking.ask(query);
        }
    });
    asking
}

type Draw = Box<dyn Fn(&Reply) -> AnyView + Send + Sync>;

struct Work {
    query: Option<Query>,
    round: u64,
    busy: bool,
    stale: bool,
}

/// A question that is kept answered.
#[derive(Clone, Copy)]
pub struct Asking {
    reply: RwSignal<Option<Arc<Reply>>>,
    fault: RwSignal<Option<Fault>>,
    loading: RwSignal<bool>,
    work: StoredValue<Work>,
    client: Client,
}

impl Asking {
    /// The answer as it stands; tracked as a whole.
    pub fn get(&self) -> Asked {
        Asked {
            reply: self.reply.get(),
            fault: self.fault.get(),
        }
    }

    /// The last answer alone; tracked.
    pub fn reply(&self) -> Option<Arc<Reply>> {
        self.reply.get()
    }

    /// Draws the answer: a skeleton of `shape` before it is there, what went wrong with a way to ask again, and the
    /// last answer while a newer one is on its way.
    pub fn view(
        self,
        shape: &'static str,
        draw: impl Fn(&Reply) -> AnyView + Send + Sync + 'static,
    ) -> AnyView {
        self.view_boxed(shape, Box::new(draw))
    }

    /// The same of what `pick` takes out of the answer, drawn anew only when that is another: a menu that is open in it
    /// stays open while other data change.
    pub fn steady<T: Clone + PartialEq + Send + Sync + 'static>(
        self,
        shape: &'static str,
        pick: impl Fn(&Reply) -> Option<T> + Send + Sync + 'static,
        draw: impl Fn(&T) -> AnyView + Send + Sync + 'static,
    ) -> AnyView {
        let now = Memo::new(move |_| pick(&*self.reply()?));
        let content = move || match now.get() {
            Some(now) => draw(&now),
            None => self.view(shape, |_| ().into_any()),
        };
        view! { <div class="answer" aria-busy=move || self.loading.get().then_some("true")>{content}</div> }.into_any()
    }

    fn view_boxed(self, shape: &'static str, draw: Draw) -> AnyView {
        let words = use_words();
        let content = move || match (self.reply.get(), self.fault.get()) {
            (Some(reply), _) => draw(&reply),
            (None, Some(fault)) => {
                let again = Callback::new(move |()| self.again());
                view! {
                    <ErrorState
                        title=words.faults_title_page()
                        text=words.fault(&fault)
                        action=words.act_retry()
                        on_action=again
                    />
                }
                .into_any()
            }
            (None, None) => view! { <Skeleton lines=6 shape/> }.into_any(),
        };
        view! { <div class="answer" aria-busy=move || self.loading.get().then_some("true")>{content}</div> }.into_any()
    }

    /// Asks once more, after a failure.
    pub fn again(&self) {
        let query = self.work.try_update_value(|work| {
            work.busy = false;
            work.query.clone()
        });
        if let Some(Some(query)) = query {
            self.ask(query);
        }
    }

    fn ask(&self, query: Query) {
        let round = self.work.try_update_value(|work| {
            if work.busy && work.query.as_ref() == Some(&query) {
                work.stale = true;
                return None;
            }
            work.busy = true;
            work.stale = false;
            work.round += 1;
            work.query = Some(query.clone());
            Some(work.round)
        });
        let Some(Some(round)) = round else { return };
        self.loading.try_set(true);
        let (this, answer) = (*self, self.client.query(query));
        spawn_local(async move { this.take(round, answer.await) });
    }

    fn take(&self, round: u64, answer: Result<Reply, Fault>) {
        let stale = self.work.try_update_value(|work| {
            if work.round != round {
                return None;
            }
            work.busy = false;
            Some(std::mem::take(&mut work.stale))
        });
        // `None`: the page is gone; `Some(None)`: a newer question has been asked.
        let Some(Some(stale)) = stale else { return };
        match answer {
            Ok(reply) => {
                self.fault.try_set(None);
                self.reply.try_set(Some(Arc::new(reply)));
            }
            Err(fault) if fault.code == FaultCode::Cancelled => {}
            Err(fault) => {
                self.fault.try_set(Some(fault));
            }
        }
        self.loading.try_set(stale);
        if stale {
            self.again();
        }
    }
}

/// Applies a command; says so with undo, or says why not. `text` names what was done; empty says nothing. `then`
/// runs after success.
pub fn apply_in(state: State, command: Command, text: String, then: impl FnOnce(Done) + 'static) {
    let answer = state.client.apply(command);
    spawn_local(async move {
        match answer.await {
            Ok(done) => {
                if !text.is_empty() {
                    state.toasts.done(text, done.batch);
                }
                then(done);
            }
            Err(fault) => state.toasts.fault(&fault),
        }
    });
}
