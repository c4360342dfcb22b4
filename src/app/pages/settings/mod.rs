//! Settings: this browser, this business, the data and its safety, the log, what this is.

mod about;
mod data;
mod erase;
mod general;
mod lock;
mod log;
mod rates;
mod restore;
mod secret;
pub mod thrown_away;
pub mod unlock;

use crate::router::Route;
use crate::state::{use_place, use_title, use_words};
use text::Words;
use ui::prelude::*;
use ui::{PageHead, TabItem, Tabs};

/// The settings page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let words = use_words();
    use_title(words.settings_title());
    let place = use_place();
    let view = Memo::new(move |_| {
        place.with(|place| match &place.route {
            Route::Settings(view) => view.clone(),
            _ => String::new(),
        })
    });
    view! {
        <div class="page">
            {head(words, view.into())}
            {move || match view.get().as_str() {
                "data" => view! { <data::Data/> }.into_any(),
                "rates" => view! { <rates::Rates/> }.into_any(),
                "lock" => view! { <lock::Encryption/> }.into_any(),
                "log" => view! { <log::Log/> }.into_any(),
                "about" => view! { <about::About/> }.into_any(),
                _ => view! { <general::General/> }.into_any(),
            }}
        </div>
    }
    .into_any()
}

/// Title and tabs; sync is one of the views to a person, and a part of its own to the program.
pub fn head(words: Words, view: Signal<String>) -> AnyView {
    let tab = |key: &str, label: &str| TabItem {
        key: key.to_owned(),
        label: label.to_owned(),
        href: Route::Settings(key.to_owned()).href(),
        count: None,
    };
    let tabs = vec![
        tab("", words.settings_tab_general()),
        tab("rates", words.rates_tab()),
        tab("data", words.settings_tab_data()),
        tab("lock", words.lock_tab()),
        tab("sync", words.sync_tab()),
        tab("log", words.settings_tab_log()),
        tab("about", words.settings_tab_about()),
    ];
    view! {
        <div class="page-top">
            <PageHead title=words.settings_title() text=words.settings_lead()/>
            <Tabs label=words.settings_title() items=tabs current=view/>
        </div>
    }
    .into_any()
}

/// One block: what it is at the left, the controls at the right.
#[component]
fn Block(
    /// Its title.
    title: &'static str,
    /// What it is about.
    text: &'static str,
    /// Its controls.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="settings-block">
            <header>
                <h2>{title}</h2>
                <p class="note">{text}</p>
            </header>
            <div>{children()}</div>
        </section>
    }
    .into_any()
}
