//! Who entered and left, newest first.

use crate::router::Route;
use crate::state::{use_ask, use_today, use_words};
use model::{Day, SegmentId};
use protocol::{MembershipQuery, MembershipReply, MoveCause, MoveRow, Query, Reply};
use text::Words;
use ui::prelude::*;
use ui::{Badge, Choice, Pager, Segmented, Tone};

/// Rows of a stretch.
const ROWS: u64 = 50;

/// The table.
#[component]
pub fn Moves(segment: SegmentId, from: Memo<Day>) -> impl IntoView {
    let words = use_words();
    let today = use_today();
    let which = RwSignal::new(String::new());
    let offset = RwSignal::new(0u64);
    let total = RwSignal::new(0u64);
    // Another question starts at its first row.
    Effect::new(move |_| {
        from.track();
        which.track();
        offset.set(0);
    });
    let choices = vec![
        Choice::new("", words.story_moves_all()),
        Choice::new("in", words.story_moves_entered()),
        Choice::new("out", words.story_moves_left()),
    ];
    let table = use_ask(move || {
        Query::Membership(MembershipQuery::Moves {
            segment,
            entered: match which.get().as_str() {
                "in" => Some(true),
                "out" => Some(false),
                _ => None,
            },
            from: from.get().plus_days(1),
            to: today,
            offset: offset.get(),
            limit: ROWS as u32,
        })
    })
    .view("rows", move |reply| match reply {
        Reply::Membership(reply) => match &**reply {
            MembershipReply::Moves(page) => {
                total.set(page.total);
                shown(words, &page.items)
            }
            _ => ().into_any(),
        },
        _ => ().into_any(),
    });
    let place = Callback::new(move |(first, last, all): (u64, u64, u64)| {
        words.story_place(first, last, all)
    });
    let many = move || total.get() > ROWS;
    view! {
        <section class="section rule-top">
            <h2>{words.story_moves()}</h2>
            <Segmented label=words.story_moves() label_hidden=true value=which choices/>
            {table}
            <Show when=many>
                <Pager offset size=ROWS total=total earlier=words.story_earlier() later=words.story_later() place/>
            </Show>
        </section>
    }
    .into_any()
}

fn shown(words: Words, rows: &[MoveRow]) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="note">{words.story_moves_none()}</p> }.into_any();
    }
    let rows: Vec<AnyView> = rows.iter().map(|it| row(words, it)).collect();
    view! {
        <table class="table story-moves" aria-label=words.story_moves()>
            <thead>
                <tr>
                    <th scope="col">{words.story_day()}</th>
                    <th scope="col">{words.story_customer()}</th>
                    <th scope="col">{words.story_what()}</th>
                    <th scope="col" class="wide-only">{words.story_why()}</th>
                    <th scope="col" class="wide-only end">{words.story_version()}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(words: Words, it: &MoveRow) -> AnyView {
    let who = if it.exists {
        let href = Route::Customer(it.customer).href();
        view! { <a href=href>{it.name.clone()}</a> }.into_any()
    } else {
        view! { <span class="quiet">{words.story_gone()}</span> }.into_any()
    };
    let (what, tone) = if it.entered {
        (words.story_entered(), Tone::Good)
    } else {
        (words.story_left(), Tone::Neutral)
    };
    let why = match it.cause {
        MoveCause::Records => words.story_cause_records(),
        MoveCause::Calendar => words.story_cause_calendar(),
        MoveCause::Rule => words.story_cause_rule(),
    };
    view! {
        <tr>
            <td class="quiet">{words.day(it.day)}</td>
            <th scope="row">{who}</th>
            <td><Badge label=what tone/></td>
            <td class="wide-only">{why}</td>
            <td class="wide-only end quiet">{words.story_version_number(u64::from(it.version))}</td>
        </tr>
    }
    .into_any()
}
