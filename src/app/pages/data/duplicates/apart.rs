//! Pairs of which a person said that they are two customers.

use super::{merge_href, page};
use crate::state::{apply_in, use_ask, use_state, use_words};
use protocol::{Command, DistinctView, Page, Query, Reply, TwinCommand, TwinQuery, TwinReply};
use text::Words;
use ui::prelude::*;
use ui::{Button, EmptyState, LinkButton, Look, Pager, icon};

/// Pairs on a page.
const PAIRS: u64 = 50;

/// The list.
pub fn apart() -> AnyView {
    let words = use_words();
    let offset = RwSignal::new(0u64);
    let asking = use_ask(move || {
        Query::Twins(TwinQuery::Distinct {
            offset: offset.get(),
            limit: PAIRS as u32,
        })
    });
    asking.view("rows", move |reply| match reply {
        Reply::Twins(TwinReply::Distinct(page)) => list(words, page, offset),
        _ => ().into_any(),
    })
}

fn list(words: Words, pairs: &Page<DistinctView>, offset: RwSignal<u64>) -> AnyView {
    if pairs.total == 0 {
        return view! {
            <EmptyState title=words.twins_apart_title() text=words.twins_apart_none() icon=icon::PEOPLE>
                <LinkButton label=words.twins_all() href=page(&[])/>
            </EmptyState>
        }
        .into_any();
    }
    let total = pairs.total;
    let rows: Vec<AnyView> = pairs.items.iter().map(|it| row(words, it)).collect();
    let place = Callback::new(move |(first, last, all): (u64, u64, u64)| {
        words.twins_place(&words.count(first), &words.count(last), &words.count(all))
    });
    view! {
        <h2 class="visually-hidden">{words.twins_apart_title()}</h2>
        <ul class="twins-past">{rows}</ul>
        <Pager
            offset
            size=PAIRS
            total=Signal::derive(move || total)
            earlier=words.twins_earlier()
            later=words.twins_later()
            place
        />
    }
    .into_any()
}

fn row(words: Words, it: &DistinctView) -> AnyView {
    let state = use_state();
    let (a, b) = (it.a, it.b);
    let press = Callback::new(move |()| {
        let command = Command::Twins(TwinCommand::NotDistinct { a, b });
        apply_in(
            state,
            command,
            words.twins_apart_forgotten().to_owned(),
            |_| {},
        );
    });
    view! {
        <li>
            <div>
                <p><a href=merge_href(&[a, b])>{words.twins_apart_pair(&it.a_name, &it.b_name)}</a></p>
                <p class="quiet-text">{words.moment(&it.local_at)}</p>
            </div>
            <div class="actions">
                <Button label=words.twins_apart_forget() look=Look::Quiet on_press=press/>
            </div>
        </li>
    }
    .into_any()
}
