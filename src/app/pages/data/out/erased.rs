//! Receipts of persons who were erased: the list, one of them on the page, one as a file.

use super::page_file::{Page, escaped};
use super::save::{hand_out, text_file};
use crate::state::{use_ask, use_state, use_words};
use protocol::{Erasure, OutQuery, OutReply, Query, Reply};
use text::Words;
use ui::prelude::*;
use ui::{Button, EmptyState, Look, icon};

/// So many are shown.
const SHOWN: u32 = 50;

/// The list, newest first; each opens.
#[component]
pub fn Erased() -> impl IntoView {
    let words = use_words();
    use_ask(|| {
        Query::Out(OutQuery::Erased {
            offset: 0,
            limit: SHOWN,
        })
    })
    .view("rows", move |reply| match reply {
        Reply::Out(reply) => match &**reply {
            OutReply::Erased(page) if page.items.is_empty() => view! {
                <EmptyState title=words.out_erased_none() text=words.out_erased_none_text() icon=icon::SHIELD/>
            }
            .into_any(),
            OutReply::Erased(page) => {
                let items: Vec<AnyView> = page
                    .items
                    .iter()
                    .map(|it| {
                        let head = [&words.moment(&it.local_at), " · ", words.out_erased_number(), " ", &it.id].concat();
                        view! {
                            <details class="outlet-receipt">
                                <summary>{head}</summary>
                                <Receipt erasure=it.clone()/>
                            </details>
                        }
                        .into_any()
                    })
                    .collect();
                view! { <div class="outlet-receipts">{items}</div> }.into_any()
            }
            _ => ().into_any(),
        },
        _ => ().into_any(),
    })
}

/// What is erased, and how many rows.
pub fn row_names(words: Words, rows: &[(String, u64)]) -> Vec<(String, String)> {
    rows.iter()
        .map(|(table, count)| {
            let name = words.out_find(&["table.", table].concat());
            let name = name.map_or_else(|| table.clone(), str::to_owned);
            (name, words.count(*count))
        })
        .collect()
}

/// What a receipt says, line by line.
fn lines(words: Words, it: &Erasure) -> Vec<(String, String)> {
    let who = if it.who.is_empty() {
        words.out_receipt_nobody().to_owned()
    } else {
        it.who.clone()
    };
    let books = if it.books_kept {
        words.out_receipt_books_kept()
    } else {
        words.out_receipt_books_dropped()
    };
    let file = if it.rewritten {
        words.out_receipt_rewritten()
    } else {
        words.out_receipt_not_rewritten()
    };
    [
        (words.out_receipt_number(), it.id.as_str()),
        (words.out_receipt_customer(), &it.customer.to_string()),
        (words.out_receipt_when(), &words.moment(&it.local_at)),
        (words.out_receipt_who(), &who),
        (words.out_receipt_books(), books),
        (words.out_receipt_file(), file),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// A receipt.
#[component]
pub fn Receipt(erasure: Erasure) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let pair = |(name, value): (String, String)| view! { <dt>{name}</dt> <dd>{value}</dd> };
    let said: Vec<_> = lines(words, &erasure).into_iter().map(pair).collect();
    let rows: Vec<_> = row_names(words, &erasure.rows)
        .into_iter()
        .map(pair)
        .collect();
    let files = (!erasure.files.is_empty()).then(|| {
        view! {
            <h3>{words.out_erase_files()}</h3>
            <p class="note">{words.out_erase_files_text()}</p>
            {super::files::table(words, &erasure.files)}
        }
    });
    let kept = StoredValue::new(erasure);
    let save = Callback::new(move |()| {
        let (name, page) = kept.with_value(|it| {
            let name = ["receipt-", &it.id, ".html"].concat();
            (name, receipt_page(words, it))
        });
        if let Some(blob) = text_file(&page, "text/html;charset=utf-8") {
            hand_out(state, &blob, &name);
        }
    });
    view! {
        <div class="receipt">
            <dl class="receipt-lines">{said}</dl>
            <h3>{words.out_receipt_rows()}</h3>
            <dl class="receipt-lines">{rows}</dl>
            {files}
            <Button label=words.out_receipt_save() look=Look::Plain icon=icon::SAVE on_press=save/>
        </div>
    }
    .into_any()
}

/// A receipt as a page of its own.
fn receipt_page(words: Words, it: &Erasure) -> String {
    let mut page = Page::new(words, words.out_receipt_title());
    page.text(words.out_receipt_text());
    page.pairs(lines(words, it));
    page.heading(words.out_receipt_rows());
    page.pairs(row_names(words, &it.rows));
    if !it.files.is_empty() {
        page.heading(words.out_erase_files());
        page.text(words.out_erase_files_text());
        let rows = it.files.iter().map(|file| {
            let what = super::files::kind_name(words, &file.kind);
            vec![words.moment(&file.local_at), what, file.name.clone()]
        });
        page.rows(rows.collect());
    }
    debug_assert_eq!(escaped("<"), "&lt;");
    page.end()
}
