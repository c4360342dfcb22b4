//! What an undo left alone because it was edited since: which records, by whom and when.

use crate::router::Route;
use crate::state::{use_ask, use_words};
use model::BatchId;
use protocol::{ImportQuery, ImportReply, KeptRecord, Query, RecordKind, Reply};
use text::Words;
use ui::prelude::*;
use ui::{Button, Look};

/// Records shown at first, and more each time.
const STRETCH: u32 = 20;

/// The list.
#[component]
pub fn Kept(
    /// The import that was undone.
    batch: BatchId,
) -> impl IntoView {
    let words = use_words();
    let limit = RwSignal::new(STRETCH);
    let asking = use_ask(move || {
        Query::Imports(ImportQuery::Kept {
            batch,
            offset: 0,
            limit: limit.get(),
        })
    });
    asking.view("rows", move |reply| {
        let Reply::Imports(ImportReply::Kept(page)) = reply else {
            return ().into_any();
        };
        if page.items.is_empty() {
            return ().into_any();
        }
        let rows: Vec<AnyView> = page.items.iter().map(|it| row(words, it)).collect();
        let more = page.total > page.items.len() as u64 && page.items.len() < 200;
        let press = Callback::new(move |()| limit.update(|limit| *limit += 2 * STRETCH));
        view! {
            <section class="import-kept">
                <h3>{words.import_kept_title()}</h3>
                <p class="quiet-text">{words.import_kept_lead()}</p>
                <ul>{rows}</ul>
                {more
                    .then(|| view! { <Button label=words.import_diff_more() look=Look::Quiet on_press=press/> })}
            </section>
        }
        .into_any()
    })
}

fn row(words: Words, it: &KeptRecord) -> AnyView {
    let href = match (it.kind, &it.id) {
        (RecordKind::Customer, Some(id)) => id.parse().ok().map(|id| Route::Customer(id).href()),
        (RecordKind::Order, Some(id)) => id.parse().ok().map(|id| Route::Order(id).href()),
        _ => None,
    };
    let kind = match it.kind {
        RecordKind::Order => words.import_kind_orders_short(),
        _ => words.import_kind_customers_short(),
    };
    let title = if it.title.is_empty() {
        kind.to_owned()
    } else {
        it.title.clone()
    };
    let name = match href {
        Some(href) => view! { <a href=href>{title}</a> }.into_any(),
        None => view! { <b>{title}</b> }.into_any(),
    };
    let what = match (&it.command, &it.local_at) {
        (Some(command), Some(at)) => {
            let command = words.command(command);
            [&command, " · ", &words.moment(at), " ", &it.who].concat()
        }
        _ => words.import_kept_added().to_owned(),
    };
    view! { <li><p>{name}</p><p class="quiet-text">{what.trim().to_owned()}</p></li> }.into_any()
}
