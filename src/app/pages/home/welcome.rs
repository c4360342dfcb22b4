//! The first run: three ways in, and where the data lives.

use crate::router::{Route, navigate};
use crate::state::{use_status, use_words};
use crate::{held, parts};
use ui::prelude::*;
use ui::{Button, Glyph, Icon, Look, icon};

/// What a person sees in an empty workspace.
#[component]
pub fn Welcome() -> impl IntoView {
    let words = use_words();
    let way = |glyph: Glyph,
               title: &'static str,
               text: &'static str,
               action: &'static str,
               look: Look,
               act: fn()| {
        view! {
            <li>
                <Icon glyph/>
                <h2>{title}</h2>
                <p>{text}</p>
                <Button label=action look on_press=move |()| act()/>
            </li>
        }
        .into_any()
    };
    let ways = [
        way(
            icon::IMPORT,
            words.home_welcome_import(),
            words.home_welcome_import_text(),
            words.home_welcome_import_action(),
            Look::Primary,
            || navigate(&Route::Data(String::new()).href()),
        ),
        way(
            icon::PLAY,
            words.home_welcome_demo(),
            words.home_welcome_demo_text(),
            words.home_welcome_demo_action(),
            Look::Plain,
            || crate::root::enter_demo(""),
        ),
        way(
            icon::PERSON_ADD,
            words.home_welcome_empty(),
            words.home_welcome_empty_text(),
            words.home_welcome_empty_action(),
            Look::Plain,
            || navigate(&Route::NewCustomer.href()),
        ),
    ];
    let ways: Vec<AnyView> = ways.into_iter().collect();
    let lost = use_status().with_untracked(|s| s.as_ref().is_some_and(held::is_lost));
    let memory =
        use_status().with_untracked(|s| s.as_ref().is_some_and(|s| s.storage_refused.is_some()));
    view! {
        {lost.then(parts::thrown_away)}
        <div class="welcome">
            <svg class="seal" viewBox="0 0 32 32" aria-hidden="true"><use href="#icon-seal"></use></svg>
            <h1 tabindex="-1">{words.home_welcome()}</h1>
            <p class="lead">{words.home_welcome_text()}</p>
            <ul class="ways">{ways}</ul>
            <p class="note">
                {(!memory).then(|| words.home_welcome_privacy())}
                " "
                <a href=Route::Settings("data".to_owned()).href()>{words.home_welcome_restore()}</a>
            </p>
        </div>
    }
    .into_any()
}
