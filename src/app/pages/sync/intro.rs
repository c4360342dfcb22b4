//! What sync is for, before anything is connected.

use crate::state::{use_status, use_words};
use protocol::Storage;
use ui::prelude::*;
use ui::{Banner, Button, Icon, Look, icon};

/// What it is, what it is not, and the way in.
#[component]
pub fn Intro(
    /// The three steps are shown instead.
    begun: RwSignal<bool>,
) -> impl IntoView {
    let words = use_words();
    let status = use_status();
    // Demo data is not synced, and what is in memory only would come back empty and look like a wish to delete.
    let refused = Memo::new(move |_| {
        status.with(|status| {
            status.as_ref().and_then(|status| {
                match (status.demo.is_some(), status.storage == Storage::Memory) {
                    (true, _) => Some(words.sync_intro_demo()),
                    (false, true) => Some(words.sync_intro_memory()),
                    (false, false) => None,
                }
            })
        })
    });
    let fact = |glyph, title: &'static str, text: &'static str| {
        view! {
            <li>
                <Icon glyph/>
                <div><h3>{title}</h3><p>{text}</p></div>
            </li>
        }
        .into_any()
    };
    let facts = vec![
        fact(
            icon::LINK,
            words.sync_intro_yours(),
            words.sync_intro_yours_text(),
        ),
        fact(
            icon::FILTER,
            words.sync_intro_choose(),
            words.sync_intro_choose_text(),
        ),
        fact(
            icon::SHIELD,
            words.sync_intro_safe(),
            words.sync_intro_safe_text(),
        ),
    ];
    let way_in = move || match refused.get() {
        Some(why) => view! { <Banner text=why icon=icon::INFO/> }.into_any(),
        None => view! {
            <div class="actions">
                <Button
                    label=words.sync_intro_connect()
                    look=Look::Primary
                    on_press=move |()| begun.set(true)
                />
            </div>
        }
        .into_any(),
    };
    view! {
        <section class="sync-intro" aria-labelledby="sync-intro">
            <h2 id="sync-intro">{words.sync_intro_title()}</h2>
            <p class="sync-prose">{words.sync_intro_text()}</p>
            <ul class="sync-facts">{facts}</ul>
            {way_in}
        </section>
    }
    .into_any()
}
