//! Sync: an endpoint of the owner's own, connected in three steps, and how it stands.
//!
//! Invariant: what a person is doing (a form, a focused button) stays while the worker tells how a run goes on: every
//! part is drawn again only when what it shows has changed.

mod address;
mod aside;
mod conflicts;
mod connect;
mod connection;
mod dialogs;
mod intro;
mod question;
mod runs;
mod secret;
mod share;
mod standing;
mod trouble;
mod waiting;

use crate::pages::settings;
use crate::state::{Asking, State, apply_in, use_ask, use_client, use_state, use_title, use_words};
use protocol::{Command, Query, Reply, SyncCommand, SyncOverview, SyncQuery, SyncReply};
use text::Words;
use ui::prelude::*;
use ui::{ErrorState, Skeleton};

/// What is connected; drawn from by every part of the page.
type Overview = Memo<Option<Box<SyncOverview>>>;

/// The page.
#[component]
pub fn SyncPage() -> impl IntoView {
    let words = use_words();
    use_title(words.sync_title());
    view! {
        <div class="page">
            {settings::head(words, Signal::derive(|| "sync".to_owned()))}
            <Content/>
        </div>
    }
    .into_any()
}

/// What there is to show.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Nothing,
    Failed,
    Apart,
    Connected,
}

#[component]
fn Content() -> impl IntoView {
    let words = use_words();
    let client = use_client();
    let asking = use_ask(move || {
        client.sync().track();
        Query::Sync(SyncQuery::Overview)
    });
    let overview: Overview = answer(asking, |reply| match reply {
        SyncReply::Overview(overview) => overview.as_ref(),
        _ => None,
    });
    let shown = Memo::new(move |_| {
        let asked = asking.get();
        match (asked.reply, asked.fault) {
            (Some(_), _) if overview.with(Option::is_some) => Shown::Connected,
            (Some(_), _) => Shown::Apart,
            (None, Some(_)) => Shown::Failed,
            (None, None) => Shown::Nothing,
        }
    });
    // The button that began the first sync lies far below what then tells how it goes.
    Effect::watch(
        move || shown.get(),
        |now, before, _| {
            if *now == Shown::Connected && before == Some(&Shown::Apart) {
                request_animation_frame(|| {
                    crate::root::focus_title();
                    focus(standing::HEADING);
                });
            }
        },
        false,
    );
    let again = Callback::new(move |()| asking.again());
    let content = move || match shown.get() {
        Shown::Nothing => view! { <Skeleton lines=6 shape="rows"/> }.into_any(),
        Shown::Failed => {
            let why = asking.get().fault.map(|fault| words.fault(&fault));
            view! {
                <ErrorState
                    title=words.faults_title_page()
                    text=why.unwrap_or_default()
                    action=words.act_retry()
                    on_action=again
                />
            }
            .into_any()
        }
        Shown::Apart => view! { <connect::Connect/> }.into_any(),
        Shown::Connected => connected(words, overview),
    };
    content.into_any()
}

fn connected(words: Words, overview: Overview) -> AnyView {
    let dialog = RwSignal::new(dialogs::Open::None);
    view! {
        <div class="sync" data-sync=move || standing_name(overview)>
            <standing::Standing overview dialog/>
            <conflicts::Conflicts/>
            <aside::Aside/>
            <waiting::Waiting/>
            <connection::Counts overview/>
            <runs::Runs/>
            <connection::Connection overview/>
            {dialogs::dialogs(words, overview, dialog)}
        </div>
    }
    .into_any()
}

/// How it stands, for tests and style.
fn standing_name(overview: Overview) -> String {
    overview.with(|it| {
        it.as_ref().map_or_else(String::new, |it| {
            format!("{:?}", it.light.standing).to_ascii_lowercase()
        })
    })
}

/// Carries a command of sync out and says so.
fn act(state: State, command: SyncCommand, text: impl Into<String>) {
    apply_in(state, Command::Sync(command), text.into(), |_| {});
}

/// The same with something to do after success.
fn act_then(state: State, command: SyncCommand, text: String, then: impl FnOnce() + 'static) {
    apply_in(state, Command::Sync(command), text, move |_| then());
}

/// What the worker says to one question of sync, out of the replies to all of them; changes only when that does.
fn answer<T>(asking: Asking, pick: fn(&SyncReply) -> Option<&T>) -> Memo<Option<T>>
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    Memo::new(move |_| match asking.reply().as_deref() {
        Some(Reply::Sync(reply)) => pick(reply).cloned(),
        _ => None,
    })
}

/// How it stands, for the frame: changes when a list of this page should be asked for again.
fn use_count(of: impl Fn(&protocol::SyncLight) -> u64 + Send + Sync + 'static) -> Memo<u64> {
    let client = use_state().client;
    Memo::new(move |_| client.sync().with(|light| light.as_ref().map_or(0, &of)))
}

/// Puts the focus on a heading, after what had it has gone.
fn focus(id: &str) {
    use wasm_bindgen::JsCast;
    let found = document().get_element_by_id(id);
    if let Some(found) = found.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = found.focus();
    }
}
