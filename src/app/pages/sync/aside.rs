//! Records that were set aside: refused there or unreadable here, each with why, and a way to try again.

use super::question::{record_link, record_title};
use super::{act, answer, focus, trouble, use_count};
use crate::state::{State, use_ask, use_state, use_words};
use protocol::{Page, Query, SyncAside, SyncCommand, SyncQuery, SyncReply};
use text::Words;
use ui::prelude::*;
use ui::{Badge, Button, Look};

/// So many are shown; what is mended makes room for the rest.
const SHOWN: u32 = 50;

/// The heading, which gets the focus when a row has gone.
const HEADING: &str = "sync-aside";

/// The list, where there is one.
#[component]
pub fn Aside() -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let count = use_count(|light| light.aside);
    let asking = use_ask(move || {
        // A memo that is only tracked is never calculated.
        let _ = count.get();
        Query::Sync(SyncQuery::Aside {
            offset: 0,
            limit: SHOWN,
        })
    });
    let page = answer(asking, |reply| match reply {
        SyncReply::Aside(page) if !page.items.is_empty() => Some(page),
        _ => None,
    });
    let content = move || page.with(|page| page.as_ref().map(|page| list(words, state, page)));
    content.into_any()
}

fn list(words: Words, state: State, page: &Page<SyncAside>) -> AnyView {
    let rows: Vec<AnyView> = page.items.iter().map(|it| row(words, state, it)).collect();
    let all = move |()| {
        act(
            state,
            SyncCommand::Retry { aside: None },
            words.sync_aside_retried(),
        );
        focus(HEADING);
    };
    view! {
        <section class="section sync-part" aria-labelledby=HEADING>
            <div class="section-head">
                <h2 id=HEADING tabindex="-1">{words.sync_aside()} " " <span class="count">{words.count(page.total)}</span></h2>
                <Button label=words.sync_aside_again_all() look=Look::Quiet on_press=all/>
            </div>
            <p class="note">{words.sync_aside_text()}</p>
            <ul class="sync-rows">{rows}</ul>
        </section>
    }
    .into_any()
}

fn row(words: Words, state: State, it: &SyncAside) -> AnyView {
    let (title, text) = words.sync_trouble(&it.trouble);
    let from = if it.incoming {
        words.sync_aside_incoming()
    } else {
        words.sync_aside_outgoing()
    };
    let name = words.sync_aside_again_of(&record_title(words, &it.record));
    let which = it.id;
    let again = move |_| {
        let command = SyncCommand::Retry { aside: Some(which) };
        act(state, command, words.sync_aside_retried());
        focus(HEADING);
    };
    view! {
        <li>
            <div>
                <p>{record_link(words, &it.record)} " " <Badge label=from/></p>
                <p class="note">{title} " · " {words.bytes(it.bytes)}</p>
                <p>{text}</p>
                {trouble::facts(words, &it.trouble)}
            </div>
            <button type="button" class="button" aria-label=name on:click=again>{words.sync_aside_again()}</button>
        </li>
    }
    .into_any()
}
