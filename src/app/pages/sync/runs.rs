//! The last runs: what each moved, how long it took, why it failed.

use super::{answer, trouble};
use crate::state::{use_ask, use_client, use_words};
use protocol::{Page, Query, SyncQuery, SyncReply, SyncRun};
use text::Words;
use ui::prelude::*;
use ui::{Badge, Pager, Tone};

/// Rows of a stretch.
const SIZE: u64 = 10;

/// The list.
#[component]
pub fn Runs() -> impl IntoView {
    let words = use_words();
    let client = use_client();
    let offset = RwSignal::new(0u64);
    let total = RwSignal::new(0u64);
    // A run ends when it stands otherwise than before.
    let standing = Memo::new(move |_| client.sync().with(|light| light.map(|it| it.standing)));
    let asking = use_ask(move || {
        let _ = standing.get();
        Query::Sync(SyncQuery::Runs {
            offset: offset.get(),
            limit: SIZE as u32,
        })
    });
    let page = answer(asking, |reply| match reply {
        SyncReply::Runs(page) => Some(page),
        _ => None,
    });
    Effect::new(move |_| total.set(page.with(|page| page.as_ref().map_or(0, |page| page.total))));
    view! {
        <section class="section sync-part" aria-labelledby="sync-runs">
            <h2 id="sync-runs">{words.sync_runs()}</h2>
            {move || page.with(|page| page.as_ref().map(|page| table(words, page)))}
            <Pager
                offset
                size=SIZE
                total
                earlier=words.act_later()
                later=words.act_earlier()
                place=move |(from, to, all): (u64, u64, u64)| {
                    words.sync_runs_place(&words.count(from), &words.count(to), &words.count(all))
                }
            />
        </section>
    }
    .into_any()
}

fn table(words: Words, page: &Page<SyncRun>) -> AnyView {
    if page.items.is_empty() {
        return view! { <p class="note">{words.sync_runs_none()}</p> }.into_any();
    }
    let rows: Vec<AnyView> = page.items.iter().map(|run| row(words, run)).collect();
    view! {
        <div class="table-scroll" tabindex="0" role="group" aria-label=words.sync_runs()>
            <table class="table sync-runs">
                <thead><tr>
                    <th scope="col">{words.sync_runs_when()}</th>
                    <th scope="col">{words.sync_runs_result()}</th>
                    <th scope="col" class="end">{words.sync_runs_sent()}</th>
                    <th scope="col" class="end">{words.sync_runs_received()}</th>
                    <th scope="col" class="end">{words.sync_runs_removed()}</th>
                    <th scope="col" class="end">{words.sync_runs_requests()}</th>
                    <th scope="col" class="end">{words.sync_runs_took()}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(words: Words, run: &SyncRun) -> AnyView {
    let (label, tone) = match (&run.trouble, run.asked) {
        (_, Some(kind)) => (words.sync_question_kind(kind), Tone::Notice),
        (Some(it), None) => (words.sync_trouble(it).0, Tone::Urgent),
        (None, None) => (words.sync_runs_done(), Tone::Good),
    };
    let facts = run.trouble.as_ref().map(|it| trouble::facts(words, it));
    let whole = run
        .whole
        .then(|| view! { " " <Badge label=words.sync_runs_whole()/> });
    let conflicts = (run.conflicts > 0).then(
        || view! { " " <Badge label=words.sync_runs_conflicts(run.conflicts) tone=Tone::Notice/> },
    );
    view! {
        <tr>
            <th scope="row">{words.moment(&run.local_at)}</th>
            <td><Badge label tone/>{whole}{conflicts}{facts}</td>
            <td class="end">{words.count(run.sent)}</td>
            <td class="end">{words.count(run.received)}</td>
            <td class="end">{words.count(run.removed)}</td>
            <td class="end">{words.count(run.requests)}</td>
            <td class="end">{words.sync_took(run.ms)}</td>
        </tr>
    }
    .into_any()
}
