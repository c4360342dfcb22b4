//! What was merged, and the way back.

use super::page;
use crate::pages::customers::undo;
use crate::router::Route;
use crate::state::{use_ask, use_words};
use protocol::{MergingView, Page, Query, Reply, TwinQuery, TwinReply};
use text::Words;
use ui::prelude::*;
use ui::{Badge, Button, EmptyState, LinkButton, Look, Pager, icon};

/// Mergings on a page.
const MERGINGS: u64 = 50;

/// The list.
pub fn past() -> AnyView {
    let words = use_words();
    let offset = RwSignal::new(0u64);
    let asking = use_ask(move || {
        Query::Twins(TwinQuery::Mergings {
            survivor: None,
            offset: offset.get(),
            limit: MERGINGS as u32,
        })
    });
    asking.view("rows", move |reply| match reply {
        Reply::Twins(TwinReply::Mergings(page)) => list(words, page, offset),
        _ => ().into_any(),
    })
}

fn list(words: Words, mergings: &Page<MergingView>, offset: RwSignal<u64>) -> AnyView {
    if mergings.total == 0 {
        return view! {
            <EmptyState title=words.twins_past_title() text=words.twins_past_none() icon=icon::HISTORY>
                <LinkButton label=words.twins_all() href=page(&[])/>
            </EmptyState>
        }
        .into_any();
    }
    let total = mergings.total;
    let rows: Vec<AnyView> = mergings.items.iter().map(|it| row(words, it)).collect();
    let place = Callback::new(move |(first, last, all): (u64, u64, u64)| {
        words.twins_place(&words.count(first), &words.count(last), &words.count(all))
    });
    view! {
        <h2 class="visually-hidden">{words.twins_past_title()}</h2>
        <ul class="twins-past">{rows}</ul>
        <Pager
            offset
            size=MERGINGS
            total=Signal::derive(move || total)
            earlier=words.twins_earlier()
            later=words.twins_later()
            place
        />
    }
    .into_any()
}

fn row(words: Words, it: &MergingView) -> AnyView {
    let undo = undo();
    let batch = it.batch;
    let press = Callback::new(move |()| undo.run(batch));
    let what = words.twins_past_from(&it.gone.join(", "), &it.name);
    let href = Route::Customer(it.survivor).href();
    let mut facts = vec![words.moment(&it.local_at)];
    if !it.who.is_empty() {
        facts.push(words.twins_past_by(&it.who));
    }
    if it.groups > 1 {
        facts.push(words.twins_past_batch(it.groups));
    }
    let action = if it.undone {
        view! { <Badge label=words.twins_past_undone()/> }.into_any()
    } else if it.first.is_some() {
        view! { <span class="quiet-text">{words.twins_past_first()}</span> }.into_any()
    } else {
        view! {
            <Button label=words.twins_past_undo() icon=icon::UNDO look=Look::Quiet on_press=press/>
        }
        .into_any()
    };
    view! {
        <li>
            <div>
                <p><a href=href>{what}</a></p>
                <p class="quiet-text">{facts.join(" · ")}</p>
            </div>
            <div class="actions">{action}</div>
        </li>
    }
    .into_any()
}
