//! Files that left.

use crate::state::{use_ask, use_words};
use protocol::{FileOut, OutQuery, OutReply, Query, Reply};
use text::Words;
use ui::prelude::*;
use ui::{EmptyState, icon};

/// So many are shown.
const SHOWN: u32 = 50;

/// What a kind of file is called.
pub fn kind_name(words: Words, kind: &str) -> String {
    words
        .out_find(&["file.", kind].concat())
        .map_or_else(|| kind.to_owned(), str::to_owned)
}

/// The list, newest first.
#[component]
pub fn Files() -> impl IntoView {
    let words = use_words();
    use_ask(|| {
        Query::Out(OutQuery::Files {
            offset: 0,
            limit: SHOWN,
        })
    })
    .view("rows", move |reply| match reply {
        Reply::Out(reply) => match &**reply {
            OutReply::Files(page) if page.items.is_empty() => view! {
                <EmptyState title=words.out_files_none() text=words.out_files_none_text() icon=icon::FILE/>
            }
            .into_any(),
            OutReply::Files(page) => table(words, &page.items),
            _ => ().into_any(),
        },
        _ => ().into_any(),
    })
}

/// A table of files.
pub fn table(words: Words, files: &[FileOut]) -> AnyView {
    let rows: Vec<AnyView> = files
        .iter()
        .map(|file| {
            view! {
                <tr>
                    <td>{words.moment(&file.local_at)}</td>
                    <td>{kind_name(words, &file.kind)}</td>
                    <td class="wide-only outlet-name">{file.name.clone()}</td>
                    <td class="end">{words.count(file.records)}</td>
                    <td class="wide-only">{file.who.clone()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <table class="table outlet-files" aria-label=words.out_files()>
            <thead>
                <tr>
                    <th scope="col">{words.out_files_when()}</th>
                    <th scope="col">{words.out_files_what()}</th>
                    <th scope="col" class="wide-only">{words.out_files_name()}</th>
                    <th scope="col" class="end">{words.out_files_records()}</th>
                    <th scope="col" class="wide-only">{words.out_files_who()}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
