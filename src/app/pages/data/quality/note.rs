//! A note on an analysis: what in the data affects it. Nothing is said while nothing is wrong.

use super::{banner, finding_href};
use crate::router::Route;
use crate::state::{use_ask, use_client, use_words};
use protocol::{
    Analysis, Finding, QualityJob, QualityNote, QualityQuery, QualityReply, Query, Reply, Request,
};
use text::Words;
use ui::prelude::*;
use ui::spawn_local;

/// Findings that are named.
const NAMED: usize = 3;

/// The note. Where nobody has looked yet, or data changed since, it looks, once for each visit of the page.
pub fn quality_note(analysis: Analysis) -> AnyView {
    let words = use_words();
    let client = use_client();
    let asking = use_ask(move || Query::Quality(QualityQuery::Notes { analysis }));
    let looked = StoredValue::new(false);
    Effect::new(move |_| {
        let Some(reply) = asking.reply() else { return };
        let unknown = matches!(&*reply, Reply::Quality(QualityReply::Notes(None)));
        if !unknown || looked.get_value() {
            return;
        }
        looked.set_value(true);
        let request = Request::Quality(QualityJob::Look);
        let (_, answer) = client.run(request, Vec::new(), |_| {});
        spawn_local(async move {
            // A look that failed leaves the page without its note, and all else as it is.
            if answer.await.is_ok() {
                asking.again();
            }
        });
    });
    let content = move || {
        let reply = asking.reply()?;
        match &*reply {
            Reply::Quality(QualityReply::Notes(Some(notes))) if !notes.is_empty() => {
                Some(told(words, notes))
            }
            _ => None,
        }
    };
    view! { <div class="quality-note">{content}</div> }.into_any()
}

fn told(words: Words, notes: &[QualityNote]) -> AnyView {
    let items: Vec<String> = notes
        .iter()
        .take(NAMED)
        .map(|note| {
            let rows = words.quality_rows(note.count);
            words.quality_note_item(words.finding(note.finding), &rows)
        })
        .collect();
    let text = [
        words.quality_note_lead(),
        " ",
        &items.join(words.list_mark()),
    ]
    .concat();
    let href = match notes {
        [one] if one.finding != Finding::Duplicates && one.finding != Finding::WaitingOrders => {
            finding_href(one.finding)
        }
        _ => Route::Data("quality".to_owned()).href(),
    };
    banner(text, href, words.quality_note_open())
}
