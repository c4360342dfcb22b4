//! What the points mean for the books.

use super::{Part, Stat, breakage, stat};
use crate::state::use_ask;
use model::Money;
use protocol::{
    BooksMonth, BooksView, LiabilityQuery, LiabilityReply, PointsExport, PointsRowsOf, Query, Reply,
};
use ui::StatNumber;
use ui::prelude::*;

/// The part.
#[component]
pub fn Books(
    /// What drawing needs.
    part: Signal<Part>,
) -> impl IntoView {
    let asking = use_ask(move || {
        let as_of = part.get().day;
        Query::Liability(LiabilityQuery::Books { as_of })
    });
    asking.view("tiles", move |reply| match reply {
        Reply::Liability(reply) => match &**reply {
            LiabilityReply::Books(books) => content(part.get_untracked(), books),
            _ => ().into_any(),
        },
        _ => ().into_any(),
    })
}

fn content(part: Part, books: &BooksView) -> AnyView {
    if books.months.is_empty() && books.gifts.issued.0 == 0 {
        return ().into_any();
    }
    let words = part.words;
    let open = books.total.open.0.saturating_add(books.gifts.open.0);
    let sentence = if books.value.is_some() {
        words.liability_books_sentence(
            &words.number(open),
            &part.money(books.face),
            &part.share(books.breakage.used_ppm),
            &part.money(books.owed),
            &words.day(books.as_of),
        )
    } else {
        words.liability_books_unworth().to_owned()
    };
    view! {
        <section class="section rule-top" id="books">
            {part.head(
                words.liability_books_title().to_owned(),
                words.liability_books_lead().to_owned(),
                PointsExport::Books { as_of: part.day },
            )}
            {stats(part, books)}
            <p class="sentence">{sentence}</p>
            {breakage::breakage(part, &books.breakage)}
            {by_month(part, books)}
            <p class="note">{words.liability_books_advice()}</p>
        </section>
    }
    .into_any()
}

fn stats(part: Part, books: &BooksView) -> AnyView {
    let words = part.words;
    let define = words.act_definition();
    let known = books.value.is_some();
    let number = |label: &str, amount: Money, means: &str, href: Option<String>| {
        let money = words.money_parts(amount, part.currency);
        let (unit, value) = if known {
            ([money.sign, &money.unit].concat(), money.digits)
        } else {
            (String::new(), words.liability_worth_unknown().to_owned())
        };
        let note = String::new();
        stat(
            words,
            Stat {
                label,
                unit,
                value,
                note,
                means,
                href,
            },
        )
    };
    let expected = books
        .total
        .expected
        .0
        .saturating_add(books.gifts.expected.0);
    let open = books.total.open.0.saturating_add(books.gifts.open.0);
    let gifts = (books.gifts.open.0 > 0).then(|| part.rows(&PointsRowsOf::Gifts));
    // All of these are judged of the open points: the rows are who holds them.
    let holders = part.rows(&PointsRowsOf::Outstanding);
    let held = || Some(holders.clone());
    view! {
        <div class="stats by-three">
            {number(words.liability_books_owed(), books.owed, words.liability_books_owed_means(), held())}
            {number(
                words.liability_books_from_purchases(),
                books.total.liability,
                words.liability_books_from_purchases_means(),
                held(),
            )}
            {number(
                words.liability_books_from_gifts(),
                books.gifts.provision,
                words.liability_books_from_gifts_means(),
                gifts,
            )}
            {number(words.liability_books_face(), books.face, words.liability_books_face_means(), held())}
            <StatNumber
                label=words.liability_books_expected()
                value=words.headline(expected)
                href=holders.clone()
                note=words.liability_books_expected_note(&words.number(open))
                definition=words.liability_books_expected_means()
                definition_label=define
            />
            <StatNumber
                label=words.liability_breakage()
                value=part.share(books.breakage.used_ppm)
                href=holders.clone()
                note=breakage::whence(part, &books.breakage)
                definition=words.liability_breakage_means()
                definition_label=define
            />
        </div>
    }
    .into_any()
}

fn cells(part: Part, it: &BooksMonth) -> Vec<AnyView> {
    let words = part.words;
    [
        part.money(it.paid),
        words.number(it.issued.0),
        words.number(it.redeemed.0),
        words.number(it.lost.0),
        words.number(it.open.0),
        words.number(it.expected.0),
        part.money(it.stand_alone),
        part.money(it.allocated),
        part.money(it.recognised),
        part.money(it.liability),
    ]
    .into_iter()
    .map(|text| view! { <td class="end">{text}</td> }.into_any())
    .collect()
}

/// The calculation, month by month; where nothing is open any more there is nothing to see.
fn by_month(part: Part, books: &BooksView) -> AnyView {
    let words = part.words;
    let open = |it: &&BooksMonth| it.open.0 > 0;
    let settled = books.months.iter().filter(|it| !open(it)).count() as u64;
    let rows: Vec<AnyView> = books
        .months
        .iter()
        .filter(open)
        .map(|it| {
            let href = part.rows(&PointsRowsOf::Issued { month: it.month });
            view! {
                <tr>
                    <th scope="row"><a href=href>{words.month(it.month)}</a></th>
                    {cells(part, it)}
                </tr>
            }
            .into_any()
        })
        .collect();
    let head: Vec<AnyView> = [
        words.liability_books_paid(),
        words.liability_books_issued(),
        words.liability_books_used(),
        words.liability_books_lost(),
        words.liability_books_open(),
        words.liability_books_will(),
        words.liability_books_alone(),
        words.liability_books_part(),
        words.liability_books_earned(),
        words.liability_books_liability(),
    ]
    .into_iter()
    .map(|text| view! { <th scope="col" class="end">{text}</th> }.into_any())
    .collect();
    let settled = (settled > 0).then(|| {
        view! { <p class="note">{words.liability_books_settled(settled)}</p> }
    });
    let title = words.liability_books_by_month();
    view! {
        <details class="disclosure">
            <summary>{title}</summary>
            <div class="table-scroll" tabindex="0" role="region" aria-label=title>
                <table class="table books-table">
                    <thead><tr><th scope="col">{words.liability_books_month()}</th>{head}</tr></thead>
                    <tbody>{rows}</tbody>
                    <tfoot><tr><th scope="row">{words.liability_books_total()}</th>{cells(part, &books.total)}</tr></tfoot>
                </table>
            </div>
            {settled}
        </details>
    }
    .into_any()
}
